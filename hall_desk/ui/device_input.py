"""What this PC's thermometer and card reader give, and where it goes: into the form that is open, or kept on offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from hall_desk import i18n
from hall_desk.devices.id_reader import IdReader
from hall_desk.devices.instruments import IdCard, Temperature
from hall_desk.devices.thermometer import Thermometer
from hall_desk.errors import BadInput
from hall_desk.i18n import _
from hall_desk.services import privacy
from hall_desk.ui.pages.screening import ScreeningPage

if TYPE_CHECKING:
    from hall_desk.devices.instruments import Reading
    from hall_desk.ui.main_window import MainWindow

# A card that nobody wanted is forgotten.
CARD_KEPT_MS = 30_000


class DeviceInput(QObject):
    """Listens to the devices of this PC while its window is shown, and gives what they read to what lies on top."""

    def __init__(self, window: MainWindow, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self.thermometer = Thermometer(self)
        self.id_reader = IdReader(self)
        # A card on offer; it stands nowhere else.
        self._card: IdCard | None = None
        self._forgetting = QTimer(self)
        self._forgetting.setSingleShot(True)
        self._forgetting.setInterval(CARD_KEPT_MS)
        self._forgetting.timeout.connect(self._forget)
        for device in (self.thermometer, self.id_reader):
            device.read.connect(self._take)

    def start(self) -> None:
        """Begins to listen as this PC's settings say; settings that cannot be are said once, and left out."""
        settings = self._window.session.settings
        try:
            self.thermometer.use(settings.thermometer, settings.thermometer_pattern)
        except BadInput as error:
            self._window.session.notices.error(i18n.explain(error))
        self.thermometer.start()

    def stop(self) -> None:
        self.thermometer.stop()
        self._forget()

    def take_scan(self, text: str) -> bool:
        """Whether a scan was an ID card; what is in it went where it belongs."""
        return self.id_reader.take(text)

    def _take(self, reading: Reading) -> None:
        window, dialogs = self._window, self._window.dialogs()
        if window.lock.locked:
            return
        if (dialogs[-1] if dialogs else window.page()).take_reading(reading):
            return
        if isinstance(reading, Temperature):
            self._offer_temperature(reading)
        else:
            self._offer_card(reading, form_open=bool(dialogs))

    def _offer_temperature(self, reading: Temperature) -> None:
        """Keeps it on the page where temperatures are typed; who has no such page measures nobody."""
        page = self._window.pages.get(ScreeningPage.name)
        if isinstance(page, ScreeningPage):
            page.offer_reading(reading)
            self._window.session.notices.info(
                _("Thermometer: {degrees} ℃. It waits on the page “Temperatures”.").format(
                    degrees=reading
                )
            )

    def _offer_card(self, card: IdCard, *, form_open: bool) -> None:
        notices = self._window.session.notices
        if form_open:
            notices.info(_("An ID card was read, but this form has no place for it."))
        elif self._window.session.actor.may("identity.find"):
            self._card = card
            self._forgetting.start()
            notices.info(
                _("ID card read: {name} {number}").format(
                    name=privacy.mask_name(card.name), number=privacy.mask_id(card.number)
                ),
                self._find,
                _("Find by this ID number"),
            )
        else:
            notices.info(_("An ID card was read. Open a form first."))

    def _find(self) -> None:
        card = self._card
        self._forget()
        if card is not None:
            self._window.scans.find_person(card.number)
        else:
            self._window.session.notices.info(_("The card was forgotten. Read it again."))

    def _forget(self) -> None:
        self._forgetting.stop()
        self._card = None
