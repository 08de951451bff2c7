"""After a drill: the run beside the recorded day, and what trainees left undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from hall_desk.i18n import N_, _
from hall_desk.ui.labels import Text
from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hall_desk.services.drill import Debrief, Served

# What was asked of a trainee or skipped, as it is counted afterwards.
KINDS = {
    "check": N_("checks"),
    "ask": N_("questions"),
    "promise": N_("promised calls"),
    "ticket": N_("tickets to open"),
    "withdraw": N_("withdrawals"),
    "hand_back": N_("hand-backs"),
    "claim": N_("claims"),
    "finish": N_("tickets to finish"),
    "suspend": N_("suspensions"),
    "resume": N_("tickets to take up again"),
    "transfer": N_("transfers"),
    "terminate": N_("terminations"),
    "attempt": N_("calls"),
    "phone_case": N_("phone cases"),
}


@dataclass(frozen=True)
class Line:
    """A figure of the run beside that of the recorded day."""

    title: str
    here: str
    recorded: str


class DebriefPanel(QWidget):
    """A table of figures, and sentences about what went otherwise."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: RowsModel[Line] = RowsModel(
            [
                Column(_("Figure"), lambda line: line.title, 260, 1),
                Column(_("Drill"), lambda line: line.here, 150, bold=True, right=True),
                Column(_("Recorded day"), lambda line: line.recorded, 150, right=True),
            ],
            lambda line: line.title,
        )
        self.figures: Table[Line] = Table(self._rows)
        self.figures.setAccessibleName(_("The drill beside the recorded day"))
        self.sentences = Text("").wrap()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.figures, 1)
        layout.addWidget(self.sentences)

    def show_debrief(self, debrief: Debrief) -> None:
        """Shows how a drill went."""
        here, recorded = debrief.here, debrief.recorded
        self._rows.show(
            [
                Line(_("Tickets opened"), str(here.opened), str(recorded.opened)),
                Line(_("Tickets ended"), str(here.ended), str(recorded.ended)),
                Line(_("Wait until claimed (median)"), _span(here.wait_s), _span(recorded.wait_s)),
                Line(
                    _("Intake to end (median)"),
                    _span(here.turnaround_s),
                    _span(recorded.turnaround_s),
                ),
                Line(_("Promises held"), _kept(here), _kept(recorded)),
            ]
        )
        self.sentences.setText("\n".join(sentences(debrief)))


def sentences(debrief: Debrief) -> Iterator[str]:
    """What is to be talked about, in plain sentences."""
    counts = debrief.counts
    if counts.asked:
        yield _(
            "Of {asked} things asked of trainees {answered} were done, {late} of them late."
        ).format(asked=counts.asked, answered=counts.answered, late=counts.late)
        if counts.otherwise:
            yield _("{count} went another way than on the recorded day.").format(
                count=counts.otherwise
            )
        if counts.missed:
            yield _("Left undone: {kinds}.").format(kinds=_listed(counts.missed))
        elif not counts.otherwise:
            yield _("Nothing was left undone.")
    yield (
        _("Sheets of paper still in the hall's hands: {count}.").format(count=debrief.papers_left)
        if debrief.papers_left
        else _("No paper was left behind.")
    )
    skipped = sum(count for _kind, count in counts.skipped)
    if skipped:
        yield _("The drill skipped {count} acts that were no longer possible.").format(
            count=skipped
        )


def _listed(counts: tuple[tuple[str, int], ...]) -> str:
    words = [f"{_(KINDS[kind])} {count}" for kind, count in counts if kind in KINDS]
    return _(", ").join(words)


def _span(seconds: int | None) -> str:
    return "–" if seconds is None else f"{seconds // 60}:{seconds % 60:02d}"


def _kept(served: Served) -> str:
    if not served.measured:
        return "–"
    share = round(100 * served.kept / served.measured)
    return f"{served.kept} / {served.measured} ({share} %)"
