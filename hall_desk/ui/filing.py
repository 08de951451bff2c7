"""Filing the report of a closed day: made, written beside the day's other copies, and put into the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.devices import printing
from hall_desk.documents import daily_report
from hall_desk.i18n import _
from hall_desk.services import figures, filed_reports
from hall_desk.ui.buttons import Button
from hall_desk.ui.labels import Band, Text

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from hall_desk.errors import HallDeskError
    from hall_desk.services.accounts import Actor
    from hall_desk.services.figures import DayFigures
    from hall_desk.services.filed_reports import FiledCopy
    from hall_desk.ui.session import Session

FILE, SEE = "Alt+F", "Alt+C"


@dataclass(frozen=True)
class Filed:
    """What a day's copies are like: the newest one, whether its file is on this PC (as `filed_reports.where` says it),
    and whether the figures are still those it shows. `copy` is None where nothing was filed."""

    copy: FiledCopy | None = None
    where: str = "away"
    same: bool = True
    path: Path | None = None


def look(actor: Actor, folder: Path, counted: DayFigures) -> Filed:
    """The filed copies of a day, in the data lane."""
    if counted.close.closed_at is None:
        return Filed()
    copies = filed_reports.of_day(actor, counted.day)
    if not copies:
        return Filed()
    newest = copies[-1]
    return Filed(
        newest,
        filed_reports.where(folder, newest.new),
        filed_reports.fingerprint(counted) == newest.new.fingerprint,
        filed_reports.path_of(folder, counted.day, newest.new.copy),
    )


def file_report(session: Session, day: date) -> None:
    """Makes the daily report of a closed day, files it, and prints it where a printer is set.

    What fails is said; the report page offers to file it again.
    """
    actor, folder = session.actor, session.papers.parent

    def work() -> tuple[FiledCopy, bytes]:
        counted = figures.of_day(actor, day)
        pdf = daily_report.daily_report(counted)
        copies = filed_reports.of_day(actor, day)
        highest = max((copy.new.copy for copy in copies), default=0)
        new = filed_reports.keep(folder, counted, pdf, printing.page_count(pdf), highest)
        return filed_reports.record(actor, new), pdf

    def done(made: tuple[FiledCopy, bytes]) -> None:
        copy, pdf = made
        name = filed_reports.path_of(folder, day, copy.new.copy).name
        session.notices.success(_("The report is filed: {file}").format(file=name))
        session.print_pdf(pdf, _("Daily report {day}").format(day=day.isoformat()), "report")

    def failed(error: HallDeskError) -> None:
        said = _("The report of {day} is not filed: {why}").format(
            day=day.isoformat(), why=i18n.explain(error)
        )
        session.notices.error(said)

    session.background.reports(session, work, done, failed)


class FiledStrip(Band):
    """Says of a closed day when and by whom its report was filed, and whether it still tells the same.

    `file_wanted` and `see_wanted` are its buttons.
    """

    file_wanted = Signal()
    see_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("ok", parent)
        self.words = Text("").wrap()
        self.see_button = Button(_("Filed copy"), "plain", SEE)
        self.file_button = Button(_("File it"), "plain", FILE)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 6, 10, 6)
        layout.setSpacing(10)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.see_button)
        layout.addWidget(self.file_button)
        self.see_button.clicked.connect(self.see_wanted)
        self.file_button.clicked.connect(self.file_wanted)
        self.hide()

    def show_filed(self, filed: Filed, *, closed: bool, may_file: bool) -> None:
        """Shows how it stands; hidden for a day that is not closed."""
        self.setVisible(closed)
        if not closed:
            return
        facts = _words(filed)
        self.words.setText(" · ".join(facts))
        self.show_kind(_kind(filed))
        self.see_button.setVisible(filed.where == "here")
        # As it is filed, same and whole, there is nothing to file.
        whole = filed.copy is not None and filed.same and filed.where != "other"
        self.file_button.setVisible(may_file and not (whole and filed.where == "here"))
        self.file_button.setText(_("File it") if filed.copy is None else _("File again"))

    def show_seen(self, *, seen: bool) -> None:
        """Whether the paper shown is the filed copy."""
        self.see_button.setText(_("Today's figures") if seen else _("Filed copy"))


def _words(filed: Filed) -> list[str]:
    if filed.copy is None:
        return [_("This day is closed, and its report is not filed yet.")]
    copy = filed.copy
    said = [_("Filed {at} by {name}").format(at=f"{copy.at:%Y-%m-%d %H:%M}", name=copy.by or "–")]
    if copy.new.copy > 1:
        said.append(_("copy {number}").format(number=copy.new.copy))
    said.append(
        {
            "here": _("its file is on this PC"),
            "away": _("its file is not on this PC"),
            "other": _("the file on this PC is not the one that was filed"),
        }[filed.where]
    )
    said.append(
        _("the figures are still the same")
        if filed.same
        else _("the figures have changed since then")
    )
    return said


def _kind(filed: Filed) -> str:
    if filed.where == "other":
        return "bad"
    return "ok" if filed.copy is not None and filed.same else "warn"
