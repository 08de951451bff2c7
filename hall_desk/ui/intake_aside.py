"""Beside a new ticket: where it will go, how long that takes, and what must be known before it is taken in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from hall_desk import i18n
from hall_desk.i18n import _, _n
from hall_desk.services import intake_checks
from hall_desk.ui import theme
from hall_desk.ui.buttons import Link
from hall_desk.ui.labels import Band, Ground, Text
from hall_desk.ui.ticket_cards import window_text

if TYPE_CHECKING:
    from hall_desk.errors import OpenTicketExists
    from hall_desk.services.intake_checks import AtIntake
    from hall_desk.services.matters import Matter
    from hall_desk.services.tickets import Expectation
    from hall_desk.ui.session import Session


class Warned(Band):
    """A sentence that takes several lines, with links below it."""

    def __init__(self, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(kind, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.sentence = Text("").wrap()
        self.links = QHBoxLayout()
        self.links.setSpacing(16)
        self.links.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 9, 12, 9)
        layout.setSpacing(4)
        layout.addWidget(self.sentence)
        layout.addLayout(self.links)
        self.hide()

    def link(self, text: str) -> Link:
        link = Link(text)
        self.links.insertWidget(self.links.count() - 1, link)
        return link

    def link_below(self, text: str) -> Link:
        """A link on a line of its own."""
        link = Link(text)
        link.hide()
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addWidget(link)
        return link

    def say(self, sentence: str) -> None:
        """Shows the sentence; no sentence, no band."""
        self.sentence.setText(sentence)
        self.setVisible(bool(sentence))


class IntakeAside(Ground):
    """The right side of the new-ticket form."""

    existing_wanted = Signal()
    second_wanted = Signal()
    draft_wanted = Signal()
    # Why there is no check: a code of `intake_checks.WITHOUT_CHECK`.
    without_check = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self._session = session
        self.setFixedWidth(330)
        self.window_line = Text("", "heading").wrap()
        self.expected = Text("").wrap()
        self.expected.setTextFormat(Qt.TextFormat.RichText)
        self.channels = Text("", "soft").wrap()
        self.note = Text("", "soft").wrap()
        self.check = Warned("ok")
        self.excuses: dict[str, Link] = {}
        for reason in intake_checks.WITHOUT_CHECK:
            link = self.check.link_below(i18n.code("without_check", reason))
            link.clicked.connect(lambda _on=False, reason=reason: self.without_check.emit(reason))
            self.excuses[reason] = link
        self.existing = Warned("warn")
        self.open_existing = self.existing.link(_("Open it"))
        self.open_second = self.existing.link(_("Open another anyway"))
        self.draft = Warned("info")
        self.back_to_draft = self.draft.link(_("Go on with it"))
        self.consent = QCheckBox(_("The resident agrees to be represented"))
        self.consent.setToolTip(_("The agreement is printed on the receipt."))
        self.consent_error = Text("", "error").wrap()
        self.consent_error.hide()
        self.consent.toggled.connect(self.consent_error.hide)
        self.open_existing.clicked.connect(self.existing_wanted)
        self.open_second.clicked.connect(self.second_wanted)
        self.back_to_draft.clicked.connect(self.draft_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 14)
        layout.setSpacing(10)
        for widget in (self.window_line, self.expected, self.channels, self.note):
            layout.addWidget(widget)
        for band in (self.check, self.existing, self.draft):
            layout.addWidget(band)
        layout.addStretch(1)
        layout.addWidget(self.consent_error)
        layout.addWidget(self.consent)
        self.show_nothing()

    def add_band(self, band: QWidget) -> None:
        """Puts one more band below those that are here."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(layout.indexOf(self.draft), band)

    def show_nothing(self) -> None:
        """Before a matter is chosen."""
        self.window_line.setText(_("Choose a matter first"))
        for text in (self.expected, self.channels, self.note):
            text.clear()
            text.hide()
        self.existing.say("")

    def show_matter(self, matter: Matter, expectation: Expectation) -> None:
        line = matter.line
        self.window_line.setText(f"{window_text(line.window.number)}  {line.window.name}")
        ahead = _n("{count} ahead", "{count} ahead", expectation.ahead).format(
            count=expectation.ahead
        )
        minutes = _n("{count} min", "{count} min", expectation.minutes).format(
            count=expectation.minutes
        )
        expected = _("expected")
        words = f"{ahead} · {expected} <b style='font-size: 20px'>{minutes}</b>"
        if not expectation.enough:
            few = _("by the promise: too few cases yet")
            words += f"<br><span style='color: {theme.INK_SOFT}; font-size: 13px'>{few}</span>"
        self.expected.setText(words)
        names = "  ".join(i18n.code("channel", channel) for channel in line.channels)
        self.channels.setText(_("Channels: {names}").format(names=names))
        self.note.setText(matter.note)
        self.note.setVisible(bool(matter.note))
        self.expected.show()
        self.channels.show()

    def show_check(self, name: str, asked: AtIntake | None, excuse: str = "") -> None:
        """Says whether this resident's temperature lets them be served, and in epidemic mode that it must.

        `excuse` is why there is no check, once that was said.
        """
        last = asked.last if asked is not None else None
        kind, said = "ok", ""
        if last is not None:
            said = (
                _("{name}: {degrees} ℃ at {time}, may be served.")
                if last.passed
                else _("{name}: {degrees} ℃ at {time}, not admitted. Measure again first.")
            )
            said = said.format(
                name=name or last.name or _("This resident"),
                degrees=last.degrees,
                time=f"{self._session.store.local(last.at):%H:%M}",
            )
            kind = "ok" if last.passed else "bad"
        elif asked is not None and asked.required and excuse:
            said = _("Will be noted: {reason}.").format(reason=i18n.code("without_check", excuse))
            kind = "warn"
        elif asked is not None and asked.required:
            said = _(
                "Epidemic mode: {name} has no passed temperature check today. Measure first, or:"
            )
            said = said.format(name=name or _("this resident"))
            kind = "bad"
        self.check.show_kind(kind)
        self.check.say(said)
        for link in self.excuses.values():
            link.setVisible(kind == "bad" and last is None)

    def show_check_error(self, sentence: str, *, excusable: bool) -> None:
        """What the service said about the temperature check."""
        self.check.show_kind("bad")
        self.check.say(sentence)
        for link in self.excuses.values():
            link.setVisible(excusable)
        if excusable:
            next(iter(self.excuses.values())).setFocus(Qt.FocusReason.OtherFocusReason)

    def show_existing(self, error: OpenTicketExists | None) -> None:
        self.existing.say("" if error is None else i18n.explain(error))
        if error is not None:
            self.open_existing.setText(_("Open {number}").format(number=error.number))

    def show_draft(self, words: str) -> None:
        """Says that another form was left half filled in."""
        said = _("A form for {who} was left unfinished.").format(who=words) if words else ""
        self.draft.say(said)

    def show_consent_error(self, sentence: str) -> None:
        self.consent_error.setText(sentence)
        self.consent_error.show()
        self.consent.setFocus(Qt.FocusReason.OtherFocusReason)
