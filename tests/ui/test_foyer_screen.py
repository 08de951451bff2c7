"""The foyer's screen: calls one after the other, readable from eight metres, masked, and honest when nothing comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from hall_desk import i18n
from hall_desk.services import accounts, foyer, tickets
from hall_desk.services.accounts import Role
from hall_desk.services.foyer import NewNotice
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store.changes import Changed
from hall_desk.store.ids import new_id
from hall_desk.ui.drill.watermark import Watermark
from hall_desk.ui.foyer import close_foyer, open_foyer, picture
from hall_desk.ui.foyer.screen import FoyerScreen
from hall_desk.ui.session import Session
from tests.conftest import MORNING, PIN

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.services.tickets import TicketView
    from hall_desk.store.database import Store
    from hall_desk.ui.background import Background
    from hall_desk.ui.notices import Notices

Settled = Callable[[], None]


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 960.0

    def __call__(self) -> float:
        return self.now


class Heard:
    """Stands for loudspeakers: what was said, and whether somebody is still speaking."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.speaking = False

    def announce(self, words: str, language: str) -> None:
        self.words.append(f"{language}: {words}")

    def busy(self) -> bool:
        return self.speaking

    def stop(self) -> None:
        self.speaking = False


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def foyer_session(
    make_session: Callable[[Actor], Session], store: Store, manager: Actor
) -> Session:
    accounts.add_staff(manager, "大厅屏", Role.FOYER, PIN)
    return make_session(accounts.sign_in(store, "大厅屏", PIN))


@pytest.fixture
def screen(
    foyer_session: Session, clock: Clock, heard: Heard, show: Callable[..., None]
) -> Iterator[FoyerScreen]:
    made = FoyerScreen(foyer_session, clock=clock, voice=heard)  # type: ignore[arg-type]
    made._timer.stop()  # the test says when time passes
    show(made)
    yield made
    made.end()


@pytest.fixture
def ticket(front_desk: Actor, small_hall: dict[str, Any]) -> Callable[..., TicketView]:
    def make(name: str = "孙立") -> TicketView:
        return tickets.open(
            front_desk,
            NewTicket(
                new_id(), small_hall["medical"], name, consent=True, papers=(NewPaper("身份证"),),
                second_allowed=True,
            ),
        )  # fmt: skip

    return make


@pytest.fixture
def finish(clerk: Actor, screen: FoyerScreen, settled: Settled) -> Callable[..., None]:
    def finish(*made: TicketView) -> None:
        for one in made:
            tickets.claim(clerk, one.card.id)
            tickets.received(clerk, one.card.id)
            tickets.finish(clerk, one.card.id, "已办好")
        screen.reload()
        settled()

    return finish


def large(screen: FoyerScreen) -> tuple[str, bool]:
    assert screen.scene is not None
    return (
        (screen.scene.large.number, screen.scene.large.announced)
        if screen.scene.large
        else ("", False)
    )


def pass_time(screen: FoyerScreen, clock: Clock, seconds: float) -> None:
    clock.now += seconds
    screen.step()


# --- calling -------------------------------------------------------------------------------------


def test_calls_come_one_after_the_other_each_for_five_seconds(
    screen: FoyerScreen, clock: Clock, heard: Heard, ticket: Any, finish: Any
) -> None:
    finish(ticket("孙立"), ticket("欧阳锋"), ticket("黄先生"))
    assert large(screen) == ("A001", True)
    for number in ("A002", "A003"):
        before = large(screen)
        pass_time(screen, clock, 4.9)
        assert large(screen) == before
        pass_time(screen, clock, 0.1)
        assert large(screen) == (number, True)
    pass_time(screen, clock, 5)
    assert large(screen) == ("A003", False)
    assert heard.words == [f"zh_CN: 请A零零{n}号到代办岗领取" for n in "一二三"]


def test_the_next_call_waits_for_the_voice_but_not_for_ever(
    screen: FoyerScreen, clock: Clock, heard: Heard, ticket: Any, finish: Any
) -> None:
    finish(ticket(), ticket())
    heard.speaking = True
    pass_time(screen, clock, 7)
    assert large(screen) == ("A001", True)
    heard.speaking = False
    pass_time(screen, clock, 0.2)
    assert large(screen) == ("A002", True)
    heard.speaking = True
    pass_time(screen, clock, 20)
    assert large(screen) == ("A002", False)


def test_the_desk_calls_again(
    screen: FoyerScreen, clock: Clock, heard: Heard, ticket: Any, finish: Any, front_desk: Actor,
    qtbot: QtBot,
) -> None:  # fmt: skip
    first = ticket()
    finish(first, ticket())
    for _ in range(3):
        pass_time(screen, clock, 5)
    assert large(screen) == ("A002", False)
    foyer.call_again(front_desk, first.card.id, new_id())
    qtbot.waitUntil(lambda: large(screen) == ("A001", True))
    assert heard.words[-1] == "zh_CN: 请A零零一号到代办岗领取"
    assert len(heard.words) == 3


def test_who_has_fetched_the_papers_is_not_called_any_more(
    screen: FoyerScreen, clock: Clock, heard: Heard, ticket: Any, finish: Any, front_desk: Actor,
    settled: Settled,
) -> None:  # fmt: skip
    first, second, third = ticket(), ticket(), ticket()
    finish(first, second, third)
    tickets.hand_back(front_desk, second.card.id, tickets.Proof("pickup_code", second.pickup_code))
    screen.reload()
    settled()
    pass_time(screen, clock, 5)
    assert large(screen) == ("A003", True)
    assert len(heard.words) == 2


def test_a_screen_that_is_switched_on_does_not_call_the_morning_again(
    foyer_session: Session, store: Store, clock: Clock, heard: Heard, ticket: Any, clerk: Actor,
    show: Callable[..., None],
) -> None:  # fmt: skip
    for made in (ticket("孙立"), ticket("欧阳锋")):
        tickets.claim(clerk, made.card.id)
        tickets.received(clerk, made.card.id)
        tickets.finish(clerk, made.card.id, "已办好")
        store.freeze(MORNING + timedelta(minutes=10))
    made = FoyerScreen(foyer_session, clock=clock, voice=heard)  # type: ignore[arg-type]
    made._timer.stop()
    show(made)
    # The one of this moment is called, that of ten minutes ago is only listed.
    assert large(made) == ("A002", True)
    assert made.scene is not None
    assert [row.number for row in made.scene.ready] == ["A001"]
    assert len(heard.words) == 1
    made.end()


# --- what is shown -------------------------------------------------------------------------------


def test_a_ticket_goes_through_the_screen(
    screen: FoyerScreen, ticket: Any, finish: Any, front_desk: Actor, qtbot: QtBot
) -> None:
    made = ticket("欧阳锋")
    qtbot.waitUntil(lambda: screen.scene is not None and len(screen.scene.handled) == 1)
    assert screen.scene is not None
    (row,) = screen.scene.handled
    assert (row.number, row.middle, row.more, row.end) == ("A001", "3 号窗口", "等候", "约 3 分钟")
    finish(made)
    assert screen.scene.handled == ()
    assert screen.scene.large is not None
    assert screen.scene.large.first == "欧阳**，已办好"
    assert "欧阳锋" not in screen.accessibleName()
    tickets.hand_back(front_desk, made.card.id, tickets.Proof("pickup_code", made.pickup_code))
    qtbot.waitUntil(lambda: screen.scene is not None and screen.scene.ready == ())


def test_long_lists_turn_their_pages(
    screen: FoyerScreen, clock: Clock, ticket: Any, settled: Settled
) -> None:
    for _ in range(6):
        ticket()
    screen.reload()
    settled()
    assert screen.scene is not None
    seen = {row.number for row in screen.scene.handled}
    assert len(seen) == 4
    assert screen.scene.handled_page[1] == 2
    pass_time(screen, clock, 8)
    assert len(seen | {row.number for row in screen.scene.handled}) == 6


def test_notices_come_by_themselves(screen: FoyerScreen, manager: Actor, qtbot: QtBot) -> None:
    foyer.add_notice(manager, NewNotice(new_id(), "请佩戴口罩，保持一米距离"))
    qtbot.waitUntil(lambda: screen.scene is not None and len(screen.scene.notices) == 1)


def test_the_minutes_run_down_though_nobody_writes(
    screen: FoyerScreen, store: Store, clock: Clock, clerk: Actor, ticket: Any, settled: Settled
) -> None:
    tickets.claim(clerk, ticket().card.id)
    screen.reload()
    settled()
    assert screen.scene is not None
    assert screen.scene.handled[0].end == "约 3 分钟"
    store.freeze(MORNING + timedelta(minutes=2))
    pass_time(screen, clock, 20)
    settled()
    pass_time(screen, clock, 0)
    assert screen.scene.handled[0].end == "约 1 分钟"
    assert screen.scene.clock == "10:05"


def test_the_server_away_is_said_with_the_time_of_the_picture(
    screen: FoyerScreen, store: Store, clock: Clock, settled: Settled
) -> None:
    screen.session._take(Changed(everything=True, online=False))
    store.freeze(MORNING + timedelta(minutes=5))
    pass_time(screen, clock, 1)
    assert screen.scene is not None
    assert "10:03" in screen.scene.away
    screen.session._take(Changed(everything=True, online=True))
    settled()
    assert screen.scene.away == ""


def test_in_english(screen: FoyerScreen, heard: Heard, ticket: Any, finish: Any) -> None:
    i18n.use("en")
    finish(ticket())
    assert heard.words == ["en: Number A 0 0 1, please come to the front desk."]


# --- how it looks --------------------------------------------------------------------------------


def heights_of_white(image: QImage, left: int, right: int, top: int, bottom: int) -> int:
    """How many lines of a part of the picture have white in them."""
    white = QColor("#ffffff").rgb()
    lines = [
        y for y in range(top, bottom) if any(image.pixel(x, y) == white for x in range(left, right))
    ]
    return max(lines) - min(lines) + 1 if lines else 0


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (3840, 2160)])
def test_numbers_to_be_fetched_can_be_read_from_eight_metres(
    size: tuple[int, int], screen: FoyerScreen, ticket: Any, finish: Any
) -> None:
    finish(ticket(), ticket())
    width, height = size
    screen.resize(width, height)
    image = screen.grab().toImage()
    assert (image.width(), image.height()) == size
    # A 32 inch screen is 398.5 mm high, whatever its dots: 35 mm are this many of them.
    needed = 35 / 398.5 * height
    unit = height / picture.HEIGHT
    banner = heights_of_white(
        image, round(80 * unit), round(330 * unit), round(115 * unit), round(270 * unit)
    )
    row = heights_of_white(
        image, round(66 * unit), round(280 * unit), round(354 * unit), round(450 * unit)
    )
    assert banner > row >= needed


def test_the_picture_keeps_its_proportions(screen: FoyerScreen, ticket: Any, finish: Any) -> None:
    finish(ticket())
    screen.resize(1600, 1200)
    screen.findChild(Watermark).hide()  # the mark of a practice hall lies over all of it
    image = screen.grab().toImage()
    ground = QColor(picture.GROUND).rgb()
    # 1600 by 900 of it is the design; above and below is nothing but the ground.
    assert all(image.pixel(x, y) == ground for x in range(0, 1600, 7) for y in (*range(140), 1199))
    assert any(image.pixel(x, 300) != ground for x in range(0, 1600, 7))


# --- the window ----------------------------------------------------------------------------------


@pytest.fixture
def opened(session: Session, settled: Settled) -> Iterator[FoyerScreen]:
    made = open_foyer(session)
    settled()
    yield made
    close_foyer()
    settled()


def test_it_opens_once_and_sees_only_what_the_foyer_may(
    opened: FoyerScreen, session: Session
) -> None:
    assert opened.isFullScreen()
    assert opened.scene is not None
    assert opened.scene.hint == "按 Esc 退出全屏"
    assert open_foyer(session) is opened
    assert opened.session.actor.role is Role.FOYER
    assert not opened.session.actor.may("tickets.read")


def test_it_stays_when_the_person_at_the_desk_changes(
    background: Background, notices: Notices, front_desk: Actor, manager: Actor, qtbot: QtBot,
    settled: Settled, tmp_path: Path,
) -> None:  # fmt: skip
    session = Session(front_desk.store, front_desk, background, notices, papers=tmp_path)
    opened = open_foyer(session)
    session.stop()
    settled()
    foyer.add_notice(manager, NewNotice(new_id(), "请戴口罩"))
    qtbot.waitUntil(lambda: opened.scene is not None and opened.scene.notices == ("请戴口罩",))
    close_foyer()


def test_escape_leaves_the_full_screen_and_then_closes_it(
    opened: FoyerScreen, keys: Keys, qtbot: QtBot
) -> None:
    opened.activateWindow()
    opened.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is opened)
    keys.press("Escape")
    assert not opened.isFullScreen()
    keys.press("F11")
    assert opened.isFullScreen()
    keys.press("Escape")
    with qtbot.waitSignal(opened.closed):
        keys.press("Escape")


def test_the_foyers_own_pc_does_not_close_by_escape(
    screen: FoyerScreen, keys: Keys, qtbot: QtBot
) -> None:
    keys.press("Escape", "Escape")
    assert screen.isVisible()
    with qtbot.waitSignal(screen.person_switch_asked):
        keys.press("Ctrl+L")


def test_a_muted_pc_is_silent(
    make_session: Callable[[Actor], Session], front_desk: Actor, settled: Settled
) -> None:
    session = make_session(front_desk)
    session.settings = replace(session.settings, foyer_sound="off")
    made = FoyerScreen(session)
    assert made.voice.muted
    settled()
    made.end()
