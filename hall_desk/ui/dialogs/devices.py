"""The devices of this PC: where the thermometer is and what it says, and what card reader and scanner give."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from hall_desk import errors, i18n
from hall_desk.devices import thermometer as thermometers
from hall_desk.devices.instruments import IdCard
from hall_desk.i18n import _
from hall_desk.services import codes, finding, privacy
from hall_desk.ui.buttons import Button, Link, Segmented
from hall_desk.ui.dialogs import Dialog
from hall_desk.ui.fields import LabelledField
from hall_desk.ui.labels import Chip, Elided, Text

if TYPE_CHECKING:
    from hall_desk.devices.instruments import Reading
    from hall_desk.devices.thermometer import Source, Thermometer
    from hall_desk.devices.thermometer_lines import Heard
    from hall_desk.ui.session import Session

OFFERED_RATES = (2400, 4800, 9600, 19200, 38400, 115200)
MOST_PORTS = 4
READING_WIDTH = 130
_STATES = {"off": "muted", "away": "warn", "ready": "ok"}


def address_of(source: Source) -> str:
    """The setting that names a source, without what is as usual."""
    usual = thermometers.Source(source.port)
    options = {
        "baud": source.baud,
        "bits": source.bits,
        "parity": source.parity,
        "stopbits": source.stop_bits,
        "unit": source.unit,
    }
    plain = (usual.baud, usual.bits, usual.parity, usual.stop_bits, usual.unit)
    changed = {
        name: value
        for (name, value), before in zip(options.items(), plain, strict=True)
        if value != before or name == "baud"
    }
    return f"{thermometers.SCHEME}{source.port}?{urlencode(changed)}"


class DevicesDialog(Dialog):
    """`picked` gives the settings chosen. The thermometer is tried with what stands in the form while it is open."""

    picked = Signal(dict)

    def __init__(self, session: Session, thermometer: Thermometer) -> None:
        super().__init__(session, _("Devices of this PC"), width=780, height=600)
        settings = session.settings
        self._thermometer = thermometer
        self._before = (settings.thermometer, settings.thermometer_pattern)
        try:
            self._source = thermometers.read_source(settings.thermometer)
        except errors.BadInput:
            self._source = None
        self._saved = False
        source = self._source or thermometers.Source("")
        self.state = Chip("")
        self.port = LabelledField(
            _("Port (empty: no thermometer)"), placeholder=_("e.g. /dev/ttyUSB0 or COM3")
        )
        self.port.set_text(source.port)
        self.found = QHBoxLayout()
        self.found.setSpacing(12)
        self.rate = Segmented([(rate, str(rate)) for rate in OFFERED_RATES])
        self.rate.set_value(source.baud if source.baud in OFFERED_RATES else 9600)
        self.unit = Segmented([("C", "℃"), ("F", "℉")])
        self.unit.set_value(source.unit)
        self.pattern = LabelledField(
            _("Pattern of its lines (empty: the usual one)"),
            placeholder=r"T=(?<value>[0-9.]+)(?<unit>[CF])",
        )
        self.pattern.set_text(settings.thermometer_pattern)
        self.line = Elided("")
        self.reading = Text("", "heading")
        self.reading.setMinimumWidth(READING_WIDTH)
        self.card = Text("").wrap()
        self.code = Text("").wrap()
        self.save_button = Button(_("Save"), "primary", "Ctrl+Enter")
        self.cancel_button = Button(_("Cancel"), "plain", "Esc")
        self.escape_hint.hide()
        self._lay_out()
        self._connect()
        self._show_state(thermometer.state)
        self._forget_line()
        self.card.setText(_("Lay a card on the reader to see what it gives."))
        self.code.setText(_("Scan any code to see whether it can be read."))
        session.background.devices(self, thermometers.ports, self._show_ports, lambda _error: None)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(Text(_("Thermometer"), "heading"))
        head.addWidget(self.state)
        head.addStretch(1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.port, 0, 0, top)
        grid.addWidget(self.pattern, 0, 1, top)
        grid.addWidget(LabelledField(_("Speed (baud)"), self.rate), 1, 0, top)
        grid.addWidget(LabelledField(_("Unit where the line says none"), self.unit), 1, 1, top)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        heard = QHBoxLayout()
        heard.setSpacing(10)
        heard.addWidget(Text(_("Last line:"), "label"))
        heard.addWidget(self.line, 1)
        heard.addWidget(self.reading)
        foot = QHBoxLayout()
        foot.addWidget(self.save_button)
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        self.body.addLayout(head)
        self.body.addLayout(grid)
        self.body.addLayout(self.found)
        self.body.addLayout(heard)
        self.body.addSpacing(8)
        self.body.addWidget(Text(_("ID-card reader"), "heading"))
        self.body.addWidget(self.card)
        self.body.addSpacing(8)
        self.body.addWidget(Text(_("Scanner"), "heading"))
        self.body.addWidget(self.code)
        self.body.addStretch(1)
        self.body.addLayout(foot)

    def _connect(self) -> None:
        self._thermometer.heard.connect(self._hear)
        self._thermometer.state_changed.connect(self._show_state)
        for field in (self.port, self.pattern):
            field.edit.editingFinished.connect(self._try)
        self.rate.changed.connect(self._try)
        self.unit.changed.connect(self._try)
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.reject)
        self.bind("Ctrl+Return", self.save)
        self.bind("Ctrl+Enter", self.save)

    # --- the thermometer --------------------------------------------------------------------------------

    def settings(self) -> dict[str, str]:
        """What stands in the form, as settings of this PC. Raises BadInput (thermometer, thermometer_pattern)."""
        port, address = self.port.text().strip(), ""
        if port:
            source = self._source or thermometers.Source(port)
            rate, unit = self.rate.value(), str(self.unit.value())
            assert isinstance(rate, int)
            address = address_of(
                thermometers.Source(port, rate, source.bits, source.parity, source.stop_bits, unit)
            )
        return {"thermometer": address, "thermometer_pattern": self.pattern.text().strip()}

    def _try(self, *_what: object) -> bool:
        """Listens by what stands in the form; False where that cannot be, which is said beside its field."""
        if not self.is_open():
            return False
        for field in (self.port, self.pattern):
            field.clear_error()
        try:
            wanted = self.settings()
            now = (wanted["thermometer"], wanted["thermometer_pattern"])
            if now != self._before:
                self._thermometer.use(*now)
                self._before = now
                self._forget_line()
        except errors.BadInput as error:
            field = self.pattern if error.field == "thermometer_pattern" else self.port
            field.show_error(i18n.explain(error))
            return False
        return True

    def save(self) -> None:
        """Keeps what stands in the form for this PC."""
        if self._try():
            self._saved = True
            self.picked.emit(self.settings())
            self.accept()

    def _close_sheet(self, *, accepted: bool) -> None:
        settings = self.session.settings
        kept = (settings.thermometer, settings.thermometer_pattern)
        if self.is_open() and not self._saved and kept != self._before:
            try:
                self._thermometer.use(*kept)
            except errors.BadInput:
                self._thermometer.use("")
        super()._close_sheet(accepted=accepted)

    def _hear(self, heard: Heard) -> None:
        self.line.setText(heard.line)
        if heard.tenths is None:
            self.reading.setText(_("not understood"))
        else:
            self.reading.setText(f"{heard.tenths / 10:.1f} ℃")

    def _forget_line(self) -> None:
        self.line.setText(_("nothing yet"))
        self.reading.setText("")

    def _show_state(self, state: str) -> None:
        words = {
            "off": _("none set up"),
            "away": _("not found; it may be plugged in at any time"),
            "ready": _("connected"),
        }
        self.state.show_text(words[state], _STATES[state])

    def _show_ports(self, ports: list[str]) -> None:
        if not ports:
            self.found.addWidget(Text(_("This PC has no serial port now."), "soft"))
        else:
            self.found.addWidget(Text(_("Found on this PC:"), "soft"))
        before: QWidget = self.port.edit
        for port in ports[:MOST_PORTS]:
            link = Link(port)
            link.clicked.connect(lambda _checked=False, port=port: self._pick_port(port))
            self.found.addWidget(link)
            QWidget.setTabOrder(before, link)
            before = link
        self.found.addStretch(1)

    def _pick_port(self, port: str) -> None:
        self.port.set_text(port)
        self._try()

    # --- card reader and scanner -----------------------------------------------------------------------

    def take_reading(self, reading: Reading) -> bool:
        """Shows a card masked: that it was understood, not whose it is. A temperature is shown as it is heard."""
        if isinstance(reading, IdCard):
            name = privacy.mask_name(reading.name) or _("no name")
            self.card.setText(
                _("Understood: {name}, {number}").format(
                    name=name, number=privacy.mask_id(reading.number)
                )
            )
        return True

    def take_scan(self, code: str) -> bool:
        """Says what was scanned, without opening it."""
        self.code.setText(self._scanned(code))
        return True

    def _scanned(self, code: str) -> str:
        try:
            read = codes.read_own(code, self.session.actor.hall_id)
        except errors.BadInput as error:
            if error.reason == "other_hall":
                return _("Understood: a paper from another hall.")
            return i18n.explain(error)
        if read is not None:
            return _("Understood: a code of this hall, {number}").format(number=read.number)
        if finding.is_code(code):
            return _("Understood: a code of this hall, {number}").format(number=code)
        return _("Read, {count} characters, but no code of this program.").format(count=len(code))
