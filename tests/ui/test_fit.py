"""Nothing is cut off: every word fits where it stands, on every page, in both languages, on the smallest screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from hall_desk import i18n
from hall_desk.devices.instruments import IdCard, Temperature
from hall_desk.devices.thermometer_lines import Heard
from hall_desk.services import accounts, halls, screening, tickets
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.devices import DevicesDialog
from hall_desk.ui.dialogs.keys import KeysDialog
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from hall_desk.ui.dialogs.slip import SlipDialog
from hall_desk.ui.labels import Elided
from hall_desk.ui.no_hall import NoHall
from hall_desk.ui.sign_in import SignIn

if TYPE_CHECKING:
    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store
    from hall_desk.ui.background import Background
    from hall_desk.ui.main_window import MainWindow

PIN = "2468"


@pytest.fixture(params=["zh_CN", "en"])
def language(request: pytest.FixtureRequest) -> str:
    """Chosen before the screens are made; the next test starts in Chinese again."""
    i18n.use(request.param)
    return str(request.param)


def cut_off(root: QWidget) -> list[str]:
    """What does not fit, as sentences."""
    found = []
    for label in root.findChildren(QLabel):
        if isinstance(label, Elided):
            continue  # made to be cut, with the whole text in its tool tip
        if not label.isVisible() or not label.text() or not label.pixmap().isNull():
            continue
        if label.wordWrap():
            needed = label.heightForWidth(label.width())
            if needed > label.height() + 1:
                found.append(f"label {label.text()!r}: {label.height()} of {needed} px high")
        elif label.sizeHint().width() > label.width() + 1:
            needed = label.sizeHint().width()
            found.append(f"label {label.text()!r}: {label.width()} of {needed} px wide")
        elif label.sizeHint().height() > label.height() + 1:
            found.append(f"label {label.text()!r}: too low")
    for button in root.findChildren(QAbstractButton):
        if button.isVisible() and button.text() and button.sizeHint().width() > button.width() + 1:
            needed = button.sizeHint().width()
            found.append(f"button {button.text()!r}: {button.width()} of {needed} px wide")
    for line in root.findChildren(QLineEdit):
        if line.isVisible() and line.placeholderText() and not line.text():
            needed = QFontMetrics(line.font()).horizontalAdvance(line.placeholderText())
            room = line.contentsRect().width() - line.textMargins().right() - 20
            if needed > room:
                found.append(f"placeholder {line.placeholderText()!r}: {room} of {needed} px wide")
    return found


@pytest.fixture
def lived_in(front_desk: Actor, small_hall: dict[str, Any]) -> None:
    """Someone held, someone with a ticket: more to show than an empty hall has."""
    screening.record(front_desk, NewCheck(new_id(), "376", "欧阳先生", "13600008853"))
    screening.record(front_desk, NewCheck(new_id(), "365", "于女士", "13800004127", "医保卡领取"))
    papers = (NewPaper("身份证"), NewPaper("户口本复印件", original=False, count=2))
    tickets.open(
        front_desk,
        NewTicket(
            new_id(), small_hall["medical"], "于女士", "13800004127", consent=True, papers=papers
        ),
    )


@pytest.mark.parametrize("page", ["screening", "consultation", "proxy", "window", "report"])
def test_every_page(
    page: str,
    language: str,
    make_window: Callable[..., MainWindow],
    manager: Actor,
    lived_in: None,
    settled: Callable[[], None],
) -> None:
    window = make_window(manager)
    window.go(page)
    settled()
    assert window.page().name == page
    assert cut_off(window) == []


def test_the_screening_page_with_every_field_refused(
    language: str,
    make_window: Callable[..., MainWindow],
    front_desk: Actor,
    lived_in: None,
    settled: Callable[[], None],
    qtbot: Any,
) -> None:
    window = make_window(front_desk)
    page: Any = window.page()
    for field, reason in (
        ("temperature", "out_of_range"),
        ("name", "empty"),
        ("phone", "not_a_phone"),
        ("reason", "empty"),
    ):
        getattr(page.form, field).show_error(i18n._(i18n.BAD_INPUT[(field, reason)]))
    page.form.temperature.show_error(i18n._(i18n.BAD_INPUT[("temperature", "out_of_range")]))
    page.offer_reading(Temperature(366))
    qtbot.waitUntil(lambda: page.form.temperature.error.height() > 0)
    page.layout().activate()
    assert cut_off(window) == []


@pytest.mark.parametrize("dialog", [NewTicketDialog, SlipDialog, KeysDialog])
def test_every_dialog(
    dialog: Any,
    language: str,
    make_window: Callable[..., MainWindow],
    front_desk: Actor,
    lived_in: None,
    settled: Callable[[], None],
) -> None:
    window = make_window(front_desk)
    dialog(window.session).open()
    settled()
    (shown,) = window.dialogs()
    assert cut_off(shown) == []


def test_the_devices_with_what_they_said_and_what_is_wrong(
    language: str,
    make_window: Callable[..., MainWindow],
    front_desk: Actor,
    lived_in: None,
    settled: Callable[[], None],
) -> None:
    window = make_window(front_desk)
    window.show_devices()
    (shown,) = window.dialogs()
    assert isinstance(shown, DevicesDialog)
    shown.port.set_text("/dev/serial/by-id/usb-Prolific_Technology_Inc")
    shown.pattern.set_text("T=[0-9.]+")
    shown.save()
    window.devices.thermometer.heard.emit(Heard("T=36.5C " * 8, None))
    shown.take_reading(IdCard("阿依古丽·买买提", "11010519491231002X"))
    shown.take_scan("https://example.org/")
    settled()
    assert cut_off(shown) == []


def test_the_sign_in(
    language: str,
    store: Store,
    background: Background,
    manager: Actor,
    show: Callable[..., None],
    settled: Callable[[], None],
) -> None:
    screen = SignIn(store, background, halls.info(store), "A")
    show(screen)
    assert cut_off(screen) == []
    screen.pin.show_error(i18n.explain(_refusal(store)))
    screen.layout().activate()
    assert cut_off(screen) == []


def _refusal(store: Store) -> Any:
    with pytest.raises(accounts.errors.SignInRefused) as caught:
        accounts.sign_in(store, "李主任", "0000")
    return caught.value


def test_the_window_without_a_hall(language: str, show: Callable[..., None], qtbot: Any) -> None:
    from hall_desk import errors

    sentence = i18n.explain(errors.SchemaTooNew(found=12, known=3))
    screen = NoHall(sentence)
    show(screen, 700, 420)
    assert cut_off(screen) == []
    assert screen.sentence.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
