"""The window phone directory by e-mail: written, tried on oneself, sent to all communities, again to the failed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hall_desk import errors, i18n
from hall_desk.devices.mail import Account, Connection
from hall_desk.documents.directory_mail import directory_letter
from hall_desk.i18n import _
from hall_desk.services import directory_paper, mail_addresses, mail_server, mailings
from hall_desk.services.mailings import NewMailing
from hall_desk.store.ids import new_id
from hall_desk.ui import theme
from hall_desk.ui.buttons import Button
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.dialogs.past_mailings import PastMailingsDialog
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Band, Elided, Ground, Text
from hall_desk.ui.mail_keeper import counts_words
from hall_desk.ui.mail_server_form import MailServerForm
from hall_desk.ui.mailing_table import Line, MailingTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from hall_desk.errors import HallDeskError
    from hall_desk.services.mail_server import MailServer
    from hall_desk.services.mailings import Mailing, Outcome, Recipient, Run
    from hall_desk.store.changes import Changed
    from hall_desk.ui.session import Session

SEND, TRY, AGAIN, STOP, SERVER = "Ctrl+Enter", "Alt+T", "Alt+A", "Alt+X", "Alt+M"
ALL, ARRIVED, NOT_ARRIVED, PAST = "Alt+L", "Alt+K", "Alt+N", "Alt+B"
_ASIDE = 372
_TOPICS = frozenset({"directory", "community", "setting"})


@dataclass(frozen=True)
class Shown:
    """What the form shows: the hall's mail server, the communities, the last mailing, and what would be sent now."""

    server: MailServer | None
    recipients: list[Recipient]
    latest: Mailing | None
    version: int
    subject: str
    text: str
    files: str


class MailingDialog(Dialog):
    """Closing it leaves a mailing that is under way alone; opened again it shows how far that is."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            session, _("Send the directory to the communities"), width=1140, height=660
        )
        self._shown: Shown | None = None
        self._key = new_id()  # of the mailing to come: a double press is one mailing
        self._trying = False
        self._just_ended = False
        self.table = MailingTable(session)
        self.ticked_words = Text("", "soft")
        self.all_button = Button(_("Tick all or none"), "plain", ALL)
        self.why = Text("").wrap()
        self.why_band = Band("warn")
        self.arrived = Button(_("It arrived"), "plain", ARRIVED)
        self.not_arrived = Button(_("It did not"), "plain", NOT_ARRIVED)
        self.subject = LabelledField(_("Subject"))
        self.text = LabelledField(_("Text"), QPlainTextEdit())
        self.attached = Text("", "soft").wrap()
        self.sender_words = Elided("")
        self.server_words = Elided("")
        self.server_words.setProperty("look", "soft")
        self.server_button = Button(_("Mail server…"), "plain", SERVER)
        self.to = LabelledField(_("First to oneself, to look at it"))
        self.try_button = Button(_("Send to me"), "plain", TRY)
        self.tried = Text("", "soft").wrap()
        self.band = Band("info")
        self.said = Text("").wrap()
        self.progress = QProgressBar()
        self.stop_button = Button(_("Stop"), "plain", STOP)
        self.send_button = Button(_("Send"), "primary", SEND)
        self.again_button = Button(_("Send again to the failed"), "plain", AGAIN)
        self.past_button = Button(_("Earlier mailings"), "plain", PAST)
        self.close_button = Button(_("Close"), key="Esc")
        self.server_form = MailServerForm(session)
        self.stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self._show_state()

    # --- how it is laid out -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.escape_hint.hide()
        card = Ground()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        under = QHBoxLayout()
        under.setSpacing(12)
        under.addWidget(self.ticked_words)
        under.addStretch(1)
        under.addWidget(self.all_button)
        why = QHBoxLayout(self.why_band)
        why.setContentsMargins(14, 6, 8, 6)
        why.setSpacing(10)
        why.addWidget(self.why, 1)
        why.addWidget(self.arrived)
        why.addWidget(self.not_arrived)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(card, 1)
        left.addLayout(under)
        left.addWidget(self.why_band)
        sides = QHBoxLayout()
        sides.setSpacing(18)
        sides.addLayout(left, 1)
        sides.addWidget(self._aside())
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(8)
        self.progress.setStyleSheet(
            f"QProgressBar {{ border: none; border-radius: 4px; background: {theme.WHITE}; }}"
            f"QProgressBar::chunk {{ border-radius: 4px; background: {theme.PRIMARY}; }}"
        )
        told = QHBoxLayout(self.band)
        told.setContentsMargins(14, 6, 8, 6)
        told.setSpacing(12)
        told.addWidget(self.said, 3)
        told.addWidget(self.progress, 2)
        told.addWidget(self.stop_button)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.send_button)
        foot.addWidget(self.again_button)
        foot.addStretch(1)
        foot.addWidget(self.past_button)
        foot.addWidget(self.close_button)
        letter = QWidget()
        layout = QVBoxLayout(letter)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(sides, 1)
        layout.addWidget(self.band)
        layout.addLayout(foot)
        self.stack.addWidget(letter)
        self.stack.addWidget(self.server_form)
        self.body.addWidget(self.stack, 1)

    def _aside(self) -> QWidget:
        aside = QWidget()
        aside.setFixedWidth(_ASIDE)
        server = QHBoxLayout()
        server.setSpacing(10)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.sender_words)
        words.addWidget(self.server_words)
        server.addLayout(words, 1)
        server.addWidget(self.server_button)
        trial = QHBoxLayout()
        trial.setSpacing(10)
        trial.addWidget(self.to, 1)
        trial.addWidget(self.try_button, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(aside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(server)
        layout.addWidget(self.subject)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.attached)
        layout.addLayout(trial)
        layout.addWidget(self.tried)
        return aside

    def _connect(self) -> None:
        keeper = self.session.mailing
        keeper.begun.connect(lambda _key: self._read_latest())
        keeper.moved.connect(self._moved)
        keeper.ended.connect(self._ended)
        self.session.changed.connect(self._changed)
        self.table.ticked_changed.connect(self._show_state)
        self.table.moved_to.connect(lambda _line: self._show_why())
        self.all_button.clicked.connect(self.tick_all_or_none)
        self.arrived.clicked.connect(lambda: self.settle(arrived=True))
        self.not_arrived.clicked.connect(lambda: self.settle(arrived=False))
        self.send_button.clicked.connect(self.send)
        self.again_button.clicked.connect(self.send_again)
        self.stop_button.clicked.connect(self.stop)
        self.try_button.clicked.connect(self.try_it)
        self.server_button.clicked.connect(self.show_server)
        self.past_button.clicked.connect(self.show_past)
        self.close_button.clicked.connect(self.reject)
        self.server_form.saved.connect(self._server_saved)
        self.server_form.left.connect(self.show_letter)
        for key, run in (
            ("Ctrl+Return", self.send),
            (SEND, self.send),
            (AGAIN, self.send_again),
            (STOP, self.stop),
            (SERVER, self.show_server),
            (ALL, self.tick_all_or_none),
            (PAST, self.show_past),
            (ARRIVED, lambda: self.settle(arrived=True)),
            (NOT_ARRIVED, lambda: self.settle(arrived=False)),
        ):
            self.bind(key, run)
        self.bind(TRY, lambda: self.server_form.try_it() if self._at_server else self.try_it())

    @property
    def _at_server(self) -> bool:
        return self.stack.currentWidget() is self.server_form

    # --- opening, reading, closing ------------------------------------------------------------------------

    def arrive(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._read()

    def reject(self) -> None:
        """Back from the mail server to the letter, or closes."""
        if self._at_server and self.is_open():
            self.show_letter()
        else:
            super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._at_server:
                if self.server_form.back_button.hasFocus():
                    self.show_letter()
                else:
                    self.server_form.save()
            else:
                for button in self.findChildren(Button):
                    if button.hasFocus() and button.isEnabled():
                        button.click()
                        break
            event.accept()
        else:
            super().keyPressEvent(event)

    def _read(self) -> None:
        actor = self.session.actor

        def work() -> Shown:
            facts = directory_paper.of_hall(actor)
            subject, text = mailings.proposed(actor)
            return Shown(
                mail_server.of_hall(actor),
                mailings.recipients(actor),
                mailings.latest(actor),
                facts.version,
                subject,
                text,
                f"{directory_paper.file_name(facts, '.pdf')}, .xlsx",
            )

        self.session.background.data(self, work, self.show_all, self._refused, replaces="mailing")

    def _read_latest(self) -> None:
        """Only how far the mailing is."""
        actor = self.session.actor

        def done(latest: Mailing | None) -> None:
            if self._shown is not None:
                self.show_all(replace(self._shown, latest=latest))

        self.session.background.data(
            self, lambda: mailings.latest(actor), done, self._refused, replaces="latest"
        )

    def _changed(self, changed: Changed) -> None:
        if self.is_open() and changed.touches(_TOPICS):
            self._read()

    def show_all(self, shown: Shown) -> None:
        """Shows what was read; what somebody ticked and typed stays."""
        first, self._shown = self._shown is None, shown
        before = {line.id: line for line in self.table.rows.rows}
        current = self._current()
        results = {one.community_id: one for one in current.results} if current else {}
        lines = [Line(one, results.get(one.id)) for one in shown.recipients]
        self.table.rows.show(lines)
        if first:
            self.subject.set_text(shown.subject)
            self.subject.edit.setCursorPosition(0)
            self.text.set_text(shown.text)
            if shown.server is not None:
                self.to.set_text(shown.server.sender)
            self.attached.setText(_("Attached: {files}").format(files=shown.files))
            # Whoever has this version, or is part of the last mailing, gets it only if somebody wants it so.
            self.table.tick(
                line.id
                for line in lines
                if line.result is None and line.recipient.version != shown.version
            )
            if lines:
                self.table.selectRow(0)
            self._tell_last()
        else:
            # Whoever was written to is not ticked any more: pressed once more it would go to them again.
            ended, self._just_ended = self._just_ended, False
            self.table.tick(
                line.id
                for line in lines
                if (line.id in self.table.ticked and not (ended and line.result is not None))
                or line.id not in before
            )
        self._show_state()
        if first and shown.server is None:
            self.show_server()

    def _current(self) -> Mailing | None:
        """The last mailing, as long as it is of the directory as it is now."""
        shown = self._shown
        if shown is None or shown.latest is None or shown.latest.version != shown.version:
            return None
        return shown.latest

    def _tell_last(self) -> None:
        """What was left of the last mailing is the first thing to be seen."""
        current = self._current()
        if current is None or self.session.mailing.sending:
            return
        if current.error and self._shown is not None and self._shown.server is not None:
            said = i18n.explain(self._shown.server.trouble(current.error))
            self._say(f"{said} {counts_words(current)}", "bad")
        elif current.unsent or current.counts["unknown"]:
            self._say(
                _("Not all have this version yet. {counts}").format(counts=counts_words(current)),
                "warn",
            )

    # --- what can be done now --------------------------------------------------------------------------------

    def _show_state(self) -> None:
        shown, keeper = self._shown, self.session.mailing
        current = self._current()
        count, all_of = len(self.table.ticked), len(self.table.rows.rows)
        ticked = _("{count} of {all} ticked").format(count=count, all=all_of)
        empty = "" if shown is None else _("There are no communities yet: a manager adds them.")
        self.ticked_words.setText(ticked if all_of else empty)
        self.send_button.setText(_("Send to {count}").format(count=count))
        ready = shown is not None and shown.server is not None and not keeper.sending
        self.send_button.setEnabled(ready and count > 0)
        self.try_button.setEnabled(ready and not self._trying)
        self.again_button.setVisible(current is not None and current.unsent > 0)
        self.again_button.setEnabled(ready)
        if current is not None:
            self.again_button.setText(
                _("Send again to the failed ({count})").format(count=current.unsent)
            )
        self.table.locked = keeper.sending
        self.all_button.setEnabled(not keeper.sending)
        self.subject.setEnabled(not keeper.sending)
        self.text.setEnabled(not keeper.sending)
        self.band.setVisible(keeper.sending or bool(self.said.text()))
        self.progress.setVisible(keeper.sending)
        self.stop_button.setVisible(keeper.sending)
        self.stop_button.setEnabled(not keeper.stopping)
        if keeper.sending and current is not None:
            done = len(current.results) - current.counts["waiting"]
            self.progress.setRange(0, max(1, len(current.results)))
            self.progress.setValue(done)
            self.progress.setAccessibleName(f"{done} / {len(current.results)}")
        self._show_server_words()
        self._show_why()

    def _show_server_words(self) -> None:
        server = None if self._shown is None else self._shown.server
        if server is None:
            self.sender_words.setText(_("No mail server yet"))
            self.server_words.setText("")
        else:
            plain = i18n.code("mail_security", server.security)
            self.sender_words.setText(server.sender)
            self.server_words.setText(
                f"{server.host} · {plain}" if server.security == "none" else server.host
            )

    def _show_why(self) -> None:
        line = self.table.selected() if self.table.rows.rows else None
        result = None if line is None else line.result
        why, asks = "", False
        if line is not None and line.recipient.problem:
            reason = f"of_{line.recipient.problem}"
            problem = errors.BadInput("mail_address", reason, community=line.recipient.name)
            why = i18n.explain(problem)
        elif result is not None and result.error and not result.under_way:
            assert line is not None
            why = f"{line.recipient.name}: {i18n.code('mail_trouble', result.error)}"
            asks = result.state == "unknown"
        self.why.setText(why)
        self.why_band.setVisible(bool(why))
        self.why_band.show_kind("warn" if asks else "bad")
        for button in (self.arrived, self.not_arrived):
            button.setVisible(asks)
            button.setEnabled(asks and not self.session.mailing.sending)

    def _say(self, sentence: str, kind: str = "info") -> None:
        self.band.show_kind(kind)
        self.said.setText(sentence)
        self.band.setVisible(self.session.mailing.sending or bool(sentence))

    # --- what is done ------------------------------------------------------------------------------------------

    def tick_all_or_none(self) -> None:
        """All that have an address; none when all are ticked."""
        if self._at_server or self.session.mailing.sending:
            return
        good = {line.id for line in self.table.rows.rows if not line.recipient.problem}
        self.table.tick(set() if self.table.ticked == good else good)

    def send(self) -> None:
        """Begins a new mailing to those that are ticked."""
        shown = self._shown
        if self._at_server or shown is None or not self.send_button.isEnabled():
            return
        self.subject.clear_error()
        self.text.clear_error()
        new = NewMailing(
            self._key,
            tuple(self.table.ticked),
            shown.version,
            self.subject.text(),
            self.text.text(),
        )
        actor = self.session.actor
        self._start(lambda: mailings.start(actor, new))

    def send_again(self) -> None:
        """Goes on with the last mailing, to those that were refused or never tried."""
        current = self._current()
        if self._at_server or current is None or not self.again_button.isEnabled():
            return
        if current.unsent:
            actor, key, version = self.session.actor, current.id, current.version
            self._start(lambda: mailings.go_on(actor, key, version))

    def _start(self, take: Callable[[], Run]) -> None:
        assert self._shown is not None
        assert self._shown.server is not None
        account = Account.of_pc(self._shown.server, self.session.settings)
        self.session.mailing.send(take, account)
        self._say(_("The directory is being drawn…"))
        self._show_state()

    def stop(self) -> None:
        """Ends after the address that is under way."""
        if self.session.mailing.sending:
            self.session.mailing.stop()
            self._say(_("It ends after this address; the others are not written to."))
            self._show_state()

    def try_it(self) -> None:
        """Sends to oneself exactly what the communities would get."""
        shown = self._shown
        if shown is None or shown.server is None or not self.try_button.isEnabled():
            return
        self.to.clear_error()
        try:
            to = mail_addresses.checked(self.to.text())
        except errors.BadInput as error:
            self.to.show_error(i18n.explain(error))
            return
        actor, subject, text = self.session.actor, self.subject.text(), self.text.text()
        account = Account.of_pc(shown.server, self.session.settings)
        self._trying = True
        self.tried.setText(_("Sending…"))
        self._show_state()

        def work() -> Outcome:
            facts = directory_paper.of_hall(actor)
            letter = directory_letter(facts, subject, text, mailings.date(actor))
            with Connection(account) as connection:
                return connection.send(new_id(), to, "", letter)

        self.session.background.mail(self, work, self._tried, self._not_tried)

    def _tried(self, outcome: Outcome) -> None:
        self._trying = False
        if outcome.state == "sent":
            self.tried.setText(_("Sent to you. Look at it, then send it to all."))
        else:
            self.tried.setText("")
            self.to.show_error(i18n.code("mail_trouble", outcome.error))
        self._show_state()

    def _not_tried(self, error: HallDeskError) -> None:
        self._trying = False
        self.tried.setText("")
        self._refused(error)
        self._show_state()

    def settle(self, *, arrived: bool) -> None:
        """Says of the selected community whether the mail of which nobody knew has come."""
        line = self.table.selected() if self.table.rows.rows else None
        result = None if line is None else line.result
        if self._at_server or result is None or not self.arrived.isEnabled():
            return
        actor, key = self.session.actor, result.id
        self.session.background.data(
            self,
            lambda: mailings.settle(actor, key, arrived),
            lambda _nothing: self._read(),
            self._refused,
        )

    def show_past(self) -> None:
        """The mailings of before, over this form."""
        if not self._at_server:
            PastMailingsDialog(self.session).open()

    # --- what comes back -----------------------------------------------------------------------------------------

    def _moved(self, name: str) -> None:
        if name and not self.session.mailing.stopping:
            self._say(_("Now: {community}").format(community=name))
        self._read_latest()

    def _ended(self, kind: str, said: str) -> None:
        self._key = new_id()
        self._just_ended = True
        self._say(said, kind)
        self._read()

    def _refused(self, error: HallDeskError) -> None:
        if isinstance(error, errors.BadInput) and error.field == "mail_subject":
            self.subject.show_error(i18n.explain(error))
        else:
            self._say(i18n.explain(error), "bad")

    # --- the mail server ------------------------------------------------------------------------------------------

    def show_server(self) -> None:
        """The mail server in the place of the letter."""
        if self._shown is None or self.session.mailing.sending:
            return
        self.server_form.show_server(self._shown.server)
        self.heading.setText(_("Mail server of the hall"))
        self.stack.setCurrentWidget(self.server_form)
        self.server_form.arrive()

    def show_letter(self) -> None:
        """Back from the mail server."""
        self.heading.setText(_("Send the directory to the communities"))
        self.stack.setCurrentIndex(0)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _server_saved(self, server: MailServer) -> None:
        if not self.to.text():
            self.to.set_text(server.sender)
        self._say("")
        self.show_letter()
        self._read()
