"""The hall's server: its address, who asks, and a test that says exactly what is wrong."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout

from hall_desk import errors, i18n
from hall_desk.i18n import _
from hall_desk.store.reaching import ServerAddress, ServerFound, address, try_server
from hall_desk.ui import theme
from hall_desk.ui.buttons import Button, Segmented
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Band, Text
from hall_desk.ui.setup import Draft, Step, focus
from hall_desk.ui.setup.choose_file import FileEdit

if TYPE_CHECKING:
    from hall_desk.errors import HallDeskError
    from hall_desk.ui.background import Background


class ServerStep(Step):
    def __init__(self, draft: Draft, background: Background) -> None:
        super().__init__(draft, background, _("The hall's server"))
        self._given_up: threading.Event | None = None
        self._going_on = False  # the test was asked for by going on
        self._build_fields()
        self._build_test()
        self._lay_out()
        self._show_tls()

    def _build_fields(self) -> None:
        self.host = self.kept(LabelledField(_("Server"), placeholder="192.168.1.10"), "host")
        self.port = self.kept(LabelledField(_("Port")), "port")
        self.port.setFixedWidth(128)
        self.database = self.kept(
            LabelledField(_("Database"), placeholder=_("e.g. hall")), "database"
        )
        self.user = self.kept(
            LabelledField(_("Database user"), placeholder=_("e.g. hall_app")), "user"
        )
        self.password = self.kept(LabelledField(_("Password of the database user")), "password")
        self.password.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.tls = Segmented(
            [
                ("disable", _("Not encrypted")),
                ("require", _("Encrypted")),
                ("verify-full", _("Encrypted, server verified")),
            ]
        )
        self.tls.set_value(self.draft.tls)
        self.tls.changed.connect(self._tls_changed)
        self.tls_field = LabelledField(_("Encryption (TLS)"), self.tls)
        picker = FileEdit(_("CA file"), _("Certificates (*.crt *.pem *.cer);;All files (*)"))
        self.ca_file = self.kept(LabelledField(_("CA file"), picker), "ca_file")
        for field in self._fields():
            line = field.line()
            assert isinstance(line, QLineEdit)
            line.textChanged.connect(self._typed)

    def _build_test(self) -> None:
        self.test = Button(_("Test the connection"), key="Alt+T")
        self.test.clicked.connect(self.try_it)
        shortcut = QShortcut(QKeySequence("Alt+T"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.try_it)
        self.cancel = Button(_("Stop the test"))
        self.cancel.clicked.connect(self.give_up)
        self.progress = QProgressBar()
        self.progress.setAccessibleName(_("The server is being tested"))
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setStyleSheet(
            f"QProgressBar {{ border: none; border-radius: 3px; background: {theme.LANE}; }}"
            f"QProgressBar::chunk {{ border-radius: 3px; background: {theme.PRIMARY}; }}"
        )
        self.result = Text("").wrap()
        self.band = Band("ok")
        inside = QVBoxLayout(self.band)
        inside.setContentsMargins(14, 9, 14, 9)
        inside.addWidget(self.result)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        first = QHBoxLayout()
        first.setSpacing(16)
        first.addWidget(self.host, 1, top)
        first.addWidget(self.port, 0, top)
        grid.addLayout(first, 0, 0)
        grid.addWidget(self.database, 0, 1, top)
        grid.addWidget(self.user, 1, 0, top)
        grid.addWidget(self.password, 1, 1, top)
        grid.addWidget(self.tls_field, 2, 0, 1, 2)
        grid.addWidget(self.ca_file, 3, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.test)
        line.addWidget(self.cancel)
        line.addWidget(self.progress, 1)
        line.addStretch(0)
        self.body.addLayout(grid)
        self.body.addSpacing(2)
        self.body.addLayout(line)
        self.body.addWidget(self.band)
        self.finish_layout()

    def _fields(self) -> dict[LabelledField, str]:
        """The fields, each with the name that errors have for it."""
        return {
            self.host: "server",
            self.port: "port",
            self.database: "database",
            self.user: "user",
            self.password: "password",
            self.ca_file: "ca_file",
        }

    def arrive(self) -> None:
        needed = (self.host, self.database, self.user, self.password)
        focus(next((one for one in needed if not one.text()), self.host))
        self._show_state()

    def leave(self) -> None:
        self.give_up()

    # --- what is typed -------------------------------------------------------------------------------

    def _typed(self) -> None:
        self.give_up()
        if self.draft.reached is not None and self._address() != self.draft.reached[0]:
            self.draft.reached = None
        self._show_state()

    def _tls_changed(self, value: object) -> None:
        self.draft.tls = str(value)
        self._show_tls()
        self._typed()

    def _show_tls(self) -> None:
        self.ca_file.setVisible(self.draft.tls == "verify-full")

    def _address(self) -> ServerAddress | None:
        """What is typed, or None when it cannot be an address."""
        try:
            return self._checked()
        except errors.BadInput:
            return None

    def _checked(self) -> ServerAddress:
        d = self.draft
        return address(d.host, d.port, d.database, d.user, d.password, d.tls, d.ca_file)

    # --- the test --------------------------------------------------------------------------------------

    def next_words(self) -> str:
        return _("Next step")

    def busy(self) -> bool:
        return self._given_up is not None

    def go_on(self) -> None:
        if self.draft.reached is not None:
            self.passed.emit()
        else:
            self.try_it()
            self._going_on = self.busy()

    def try_it(self) -> None:
        """Tests what is typed, off the UI thread; the answer is shown below the button."""
        if self.busy():
            return
        self._going_on = False
        for field in self._fields():
            field.clear_error()
        self.draft.reached = None
        try:
            wanted = self._checked()
        except errors.BadInput as error:
            self._show_state()
            self._show_at_field(error.field, i18n.explain(error))
            return
        self._given_up = given_up = threading.Event()
        self._show_state()
        focus(self.cancel)

        def failed(error: HallDeskError) -> None:
            if self._given_up is given_up:
                self._failed(error)

        def done(found: ServerFound) -> None:
            if self._given_up is given_up:
                self._found(wanted, found)

        self.background.data(self, lambda: try_server(wanted.url, given_up), done, failed)

    def give_up(self) -> None:
        """Cancels the test; its answer is no longer waited for."""
        if self._given_up is not None:
            self._given_up.set()
            self._given_up = None
            if self.cancel.hasFocus():
                focus(self.test)
            self._show_state()

    def _found(self, wanted: ServerAddress, found: ServerFound) -> None:
        self._given_up = None
        self.draft.reached = (wanted, found)
        had_keyboard = self.cancel.hasFocus()
        self._show_state()
        if self._going_on and found.hall:
            self.passed.emit()
        elif had_keyboard:
            self.ready.emit()

    def _failed(self, error: HallDeskError) -> None:
        self._given_up = None
        had_keyboard = self.cancel.hasFocus()
        self._show_state()
        sentence = i18n.explain(error)
        if not self._show_at_field(_field_name(error), sentence):
            self.band.show_kind("bad")
            self.result.setText(sentence)
            self.band.show()
            if isinstance(error, errors.ServerNotReached):
                focus(self.port if error.reason in ("closed", "not_postgres") else self.host)
            elif had_keyboard:
                focus(self.test)

    def _show_at_field(self, name: str, sentence: str) -> bool:
        field = next((one for one, called in self._fields().items() if called == name), None)
        if field is not None:
            field.show_error(sentence)
        return field is not None

    def _show_state(self) -> None:
        testing = self.busy()
        self.test.setVisible(not testing)
        self.cancel.setVisible(testing)
        self.progress.setVisible(testing)
        reached = self.draft.reached
        self.band.setVisible(reached is not None)
        if reached is not None:
            hall = reached[1].hall
            self.band.show_kind("ok" if hall else "info")
            self.result.setText(
                _("The server lets this PC in. Its hall: {hall}").format(hall=hall)
                if hall
                else _(
                    "The server lets this PC in. There is no hall in this database yet: "
                    "go on to make it."
                )
            )
        self.changed.emit()


def _field_name(error: HallDeskError) -> str:
    """The field that a failure is about, if it is about one."""
    match error:
        case errors.ServerNotReached(reason="name"):
            return "server"
        case errors.ServerRefused(reason="password" | "no_password"):
            return "password"
        case errors.ServerRefused(reason="database"):
            return "database"
        case errors.ServerRefused(reason="certificate" | "certificate_file"):
            return "ca_file"
    return ""
