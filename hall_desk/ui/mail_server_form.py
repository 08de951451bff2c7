"""The hall's mail server, with a test that sends a real mail, and this PC's password for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hall_desk import errors, i18n
from hall_desk import settings as desk_settings
from hall_desk.devices.mail import Account, Connection
from hall_desk.documents.directory_mail import trial_letter
from hall_desk.i18n import _
from hall_desk.services import mail_addresses, mail_server, mailings
from hall_desk.services.mail_server import PORTS, MailServer
from hall_desk.store.ids import new_id
from hall_desk.ui.buttons import Button, Segmented
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Band, Text
from hall_desk.ui.setup.choose_file import FileEdit

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.services.mailings import Outcome
    from hall_desk.ui.session import Session

TRY = "Alt+T"


class MailServerForm(QWidget):
    """`saved` gives the server once the hall has it; `left` that somebody goes back without."""

    saved = Signal(object)
    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._seen: MailServer | None = None
        self._busy = False
        self.host = LabelledField(_("Mail server"), placeholder="mail.example.com")
        self.port = LabelledField(_("Port"))
        self.port.setFixedWidth(110)
        self.security = Segmented([(way, i18n.code("mail_security", way)) for way in PORTS])
        self.security_field = LabelledField(_("Encryption"), self.security)
        self.user = LabelledField(_("User"), placeholder=_("empty where the server asks for none"))
        self.password = LabelledField(_("Password (kept on this PC only)"))
        self.password.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.sender_address = LabelledField(_("Sender's address"), placeholder="hall@example.com")
        self.sender_name = LabelledField(_("Sender's name"))
        picker = FileEdit(_("CA file"), _("Certificates (*.crt *.pem *.cer);;All files (*)"))
        self.ca_file = LabelledField(
            _("CA file, only where this PC does not trust the server by itself"), picker
        )
        self.warning = Band("warn")
        inside = QVBoxLayout(self.warning)
        inside.setContentsMargins(14, 8, 14, 8)
        inside.addWidget(
            Text(
                _(
                    "Without encryption everybody on the way can read the mail and the password. Only for a server "
                    "in this house that offers nothing else."
                )
            ).wrap()
        )
        self.to = LabelledField(_("Test mail to"))
        self.try_button = Button(_("Send a test mail"), "plain", TRY)
        self.said = Text("").wrap()
        self.band = Band("info")
        words = QVBoxLayout(self.band)
        words.setContentsMargins(14, 8, 14, 8)
        words.addWidget(self.said)
        self.band.hide()
        self.save_button = Button(_("Save"), "primary", "Enter")
        self.back_button = Button(_("Back to the letter"), "plain", "Esc")
        self._lay_out()
        self.security.changed.connect(self._security_changed)
        self.try_button.clicked.connect(self.try_it)
        self.save_button.clicked.connect(self.save)
        self.back_button.clicked.connect(self.left)
        self.show_server(None)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        first = QHBoxLayout()
        first.setSpacing(12)
        first.addWidget(self.host, 1, top)
        first.addWidget(self.port, 0, top)
        grid.addLayout(first, 0, 0)
        grid.addWidget(self.security_field, 0, 1, top)
        grid.addWidget(self.user, 1, 0, top)
        grid.addWidget(self.password, 1, 1, top)
        grid.addWidget(self.sender_address, 2, 0, top)
        grid.addWidget(self.sender_name, 2, 1, top)
        grid.addWidget(self.ca_file, 3, 0, 1, 2)
        grid.addWidget(self.warning, 4, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        tried = QHBoxLayout()
        tried.setSpacing(12)
        tried.addWidget(self.to, 1, top)
        tried.addWidget(self.try_button, 0, Qt.AlignmentFlag.AlignBottom)
        tried.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.save_button)
        foot.addStretch(1)
        foot.addWidget(self.back_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(grid)
        layout.addLayout(tried)
        layout.addWidget(self.band)
        layout.addStretch(1)
        layout.addLayout(foot)

    def fields(self) -> dict[str, LabelledField]:
        """The fields by the names that errors have for them."""
        return {
            "mail_host": self.host,
            "mail_port": self.port,
            "mail_user": self.user,
            "mail_password": self.password,
            "mail_address": self.sender_address,
            "mail_sender_name": self.sender_name,
            "mail_ca_file": self.ca_file,
            "mail_to": self.to,
        }

    def show_server(self, server: MailServer | None) -> None:
        """Fills the form with what the hall has; the usual encryption and port where it has none."""
        self._seen = server
        shown = server or MailServer(
            "", PORTS["starttls"], "starttls", "", "", self._session.actor.hall_name
        )
        settings = self._session.settings
        self.host.set_text(shown.host)
        self.security.set_value(shown.security)
        self.port.set_text(str(shown.port))
        self.user.set_text(shown.user)
        self.sender_address.set_text(shown.sender)
        self.sender_name.set_text(shown.sender_name)
        self.ca_file.set_text(settings.mail_ca_file)
        self.to.set_text(shown.sender)
        self.password.clear()
        line = self.password.line()
        assert isinstance(line, QLineEdit)
        kept = server is not None and Account.of_pc(server, settings).password
        line.setPlaceholderText(_("as it was") if kept else "")
        self.say("")
        self._show_security()

    def arrive(self) -> None:
        (self.host if not self.host.text() else self.sender_address).setFocus(
            Qt.FocusReason.OtherFocusReason
        )

    def say(self, sentence: str, kind: str = "info") -> None:
        """Shows a sentence below the fields; none hides it."""
        self.band.show_kind(kind)
        self.said.setText(sentence)
        self.band.setVisible(bool(sentence))

    # --- what is typed -------------------------------------------------------------------------------

    def _security_changed(self, way: object) -> None:
        if self.port.text() in (str(port) for port in PORTS.values()):
            self.port.set_text(str(PORTS[str(way)]))
        self._show_security()

    def _show_security(self) -> None:
        plain = self.security.value() == "none"
        self.warning.setVisible(plain)
        self.ca_file.setVisible(not plain)

    def _typed(self) -> Account:
        """What stands in the form. Raises BadInput."""
        port = self.port.text().strip()
        server = mail_server.checked(
            MailServer(
                self.host.text().strip(),
                int(port) if port.isascii() and port.isdecimal() and len(port) < 6 else 0,
                str(self.security.value()),
                self.user.text().strip(),
                self.sender_address.text().strip(),
                self.sender_name.text().strip(),
            )
        )
        password = self.password.text()
        if not password:
            password = Account.of_pc(server, self._session.settings).password
        ca_file = self.ca_file.text().strip() if server.security != "none" else ""
        return Account(server, password if server.user else "", ca_file)

    def _checked(self) -> Account | None:
        """As `_typed`; what is wrong is said beside its field."""
        for field in self.fields().values():
            field.clear_error()
        self.say("")
        try:
            return self._typed()
        except errors.BadInput as error:
            self._refused(error)
            return None

    def _refused(self, error: HallDeskError) -> None:
        name = ""
        match error:
            case errors.BadInput():
                name = error.field
            case errors.CannotMail(reason="name"):
                name = "mail_host"
            case errors.CannotMail(reason="sign_in" | "no_password"):
                name = "mail_password"
            case errors.CannotMail(reason="sender"):
                name = "mail_address"
            case errors.CannotMail(reason="ca_file"):
                name = "mail_ca_file"
        field = self.fields().get(name)
        if field is not None:
            field.show_error(i18n.explain(error))
        else:
            self.say(i18n.explain(error), "bad")

    def _show_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self.save_button.setEnabled(not busy)
        self.try_button.setEnabled(not busy)

    # --- the test and saving ---------------------------------------------------------------------------

    def try_it(self) -> None:
        """Sends a short mail with what stands in the form; nothing is saved."""
        if self._busy or (account := self._checked()) is None:
            return
        try:
            to = mail_addresses.checked(self.to.text() or account.server.sender)
        except errors.BadInput as error:
            self.to.show_error(i18n.explain(error))
            return
        actor = self._session.actor
        self._show_busy(busy=True)
        self.say(_("Sending…"))

        def work() -> Outcome:
            letter = trial_letter(actor.hall_name, mailings.date(actor))
            with Connection(account) as connection:
                return connection.send(new_id(), to, "", letter)

        self._session.background.mail(
            self, work, lambda outcome: self._tried(outcome, to), self._not_tried
        )

    def _tried(self, outcome: Outcome, to: str) -> None:
        self._show_busy(busy=False)
        if outcome.state == "sent":
            self.say(
                _("The server took it. Look whether it arrives at {address}.").format(address=to),
                "ok",
            )
        else:
            self.say(i18n.code("mail_trouble", outcome.error), "bad")

    def _not_tried(self, error: HallDeskError) -> None:
        self._show_busy(busy=False)
        self.say("")
        self._refused(error)

    def save(self) -> None:
        """Gives the server to the hall, and keeps password and CA file on this PC."""
        if self._busy or (account := self._checked()) is None:
            return
        actor, seen = self._session.actor, self._seen
        folder = self._session.papers.parent
        self._show_busy(busy=True)

        def work() -> MailServer:
            server = mail_server.change(actor, account.server, seen)
            desk_settings.save(folder, account.kept_in(desk_settings.load(folder)))
            return server

        def done(server: MailServer) -> None:
            self._show_busy(busy=False)
            self._session.use_settings(account.kept_in(self._session.settings))
            self.show_server(server)
            self.saved.emit(server)

        def failed(error: HallDeskError) -> None:
            self._show_busy(busy=False)
            self._refused(error)

        self._session.background.data(self, work, done, failed)
