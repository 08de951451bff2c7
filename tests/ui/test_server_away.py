"""The server away, as the screens tell it: at once, without a box, without a frozen second, and healed by itself."""

from __future__ import annotations

import ast
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from hall_desk.errors import DatabaseAway
from hall_desk.services import screening, tickets
from hall_desk.services.tickets import NewTicket
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.ticket_steps import TerminateDialog
from hall_desk.ui.main_window import MainWindow
from hall_desk.ui.pages.screening import ScreeningPage
from hall_desk.ui.session import CLOCK_MAY_DIFFER
from tests.cables import Cable, OwnServer, cable, database, own_server, place

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store
    from hall_desk.ui.background import Background
    from hall_desk.ui.pages.proxy import ProxyPage
    from hall_desk.ui.pages.window import WindowPage

__all__ = ["cable", "database", "own_server", "place"]

Settled = Callable[[], None]
AT_ONCE_MS, NOTICED_MS, BACK_MS = 2000, 8000, 3000
BLOCKED_S = 0.1


@pytest.fixture
def window(
    make_window: Callable[..., MainWindow],
    front_desk: Actor,
    small_hall: dict[str, Any],
    qtbot: QtBot,
) -> MainWindow:
    made = make_window(front_desk)
    listening(made, qtbot)
    return made


def listening(window: MainWindow, qtbot: QtBot) -> None:
    listener = window.session._listener
    assert listener is not None
    qtbot.waitUntil(listener.listening.is_set, timeout=5000)


def away(window: MainWindow) -> bool:
    """Whether all three places say the same, and it is that the server is away."""
    banner = window.away_banner.isVisible()
    assert (window.top_bar.online.words() == "服务器断开") is banner
    assert window.status_bar.database.text().endswith("断开") is banner
    return banner


def wait_away(window: MainWindow, qtbot: QtBot, within_ms: int) -> None:
    qtbot.waitUntil(lambda: away(window), timeout=within_ms)


def wait_back(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not away(window), timeout=BACK_MS)


# Turns as the UI thread does, but has nothing else to do: tells the gaps in which the whole machine stood still.
CONTROL = """
import select, sys, time
gaps, last = [], time.monotonic()
while not select.select([sys.stdin], [], [], 0.005)[0]:
    now = time.monotonic()
    if now - last > 0.025:
        gaps.append((last, now))
    last = now
print(gaps)
"""


class Gaps:
    """The longest gap between two turns of the UI thread's loop, less what an idle process was starved meanwhile."""

    TURN_MS = 5

    def __init__(self) -> None:
        self.turns = 0
        self._late: list[tuple[float, float]] = []
        self._control = subprocess.Popen(
            [sys.executable, "-S", "-c", CONTROL],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._last = time.monotonic()
        self._longest: float | None = None
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(self.TURN_MS)
        self._timer.timeout.connect(self._turn)
        self._timer.start()

    def _turn(self) -> None:
        now = time.monotonic()
        self.turns += 1
        if now - self._last > BLOCKED_S / 6:
            self._late.append((self._last, now))
        self._last = now

    def end(self) -> float:
        """The longest time in seconds that the UI thread, and not the whole machine, stood still."""
        if self._longest is None:
            self._timer.stop()
            told, _ = self._control.communicate(timeout=10)
            starved = ast.literal_eval(told)
            self._longest = max((self._own(gap, starved) for gap in self._late), default=0.0)
        return self._longest

    @staticmethod
    def _own(gap: tuple[float, float], starved: list[tuple[float, float]]) -> float:
        start, end = gap
        return end - start - sum(max(0.0, min(end, b) - max(start, a)) for a, b in starved)


@pytest.fixture
def gaps() -> Iterator[Callable[[], Gaps]]:
    made: list[Gaps] = []

    def start() -> Gaps:
        made.append(Gaps())
        return made[-1]

    yield start
    for one in made:
        one.end()


def test_gaps_see_a_blocked_thread(gaps: Callable[[], Gaps], qtbot: QtBot) -> None:
    measured = gaps()
    qtbot.waitUntil(lambda: measured.turns > 3)
    waiting = threading.Event()
    waiting.wait(0.3)  # what must never happen in a slot
    qtbot.waitUntil(lambda: measured.turns > 6)
    assert measured.end() > 0.2


def test_a_silent_cut_is_shown_and_healed_and_the_screen_never_stands_still(
    window: MainWindow,
    cable: Cable,
    keys: Keys,
    qtbot: QtBot,
    settled: Settled,
    gaps: Callable[[], Gaps],
    front_desk: Actor,
) -> None:
    page = window.page()
    assert isinstance(page, ScreeningPage)
    keys.type("365")
    keys.press("Tab")
    keys.type("于女士")
    field = keys.focused()
    qtbot.waitUntil(lambda: not away(window))
    measured = gaps()
    cable.cut()
    keys.press("Return")  # hangs in the lane until the cut is noticed
    wait_away(window, qtbot, NOTICED_MS)
    assert QApplication.activeModalWidget() is None
    assert keys.focused() is field
    assert "保存" in window.away_banner.sentence.text()
    assert "接单" in window.away_banner.sentence.text()
    qtbot.waitUntil(page.problem.isVisible, timeout=NOTICED_MS)
    assert "连不上大厅服务器" in page.problem.text()
    # Everything a person may do meanwhile: pages, search, dialogs, keys that need the server.
    keys.press("F3", "F4", "Escape", "F2", "Ctrl+K")
    keys.type("于")
    settled()
    page.arrive()
    keys.press("Return")
    settled()
    assert (page.form.temperature.text(), page.form.name.text()) == ("365", "于女士")
    assert page.problem.isVisible()
    cable.mend()
    wait_back(window, qtbot)
    print(f"the UI thread stood still for {measured.end() * 1000:.0f} ms at most")
    assert measured.end() < BLOCKED_S
    assert measured.turns > 100
    assert page.problem.isHidden()
    assert window.session.notices.kind != "error"
    assert (page.form.temperature.text(), page.form.name.text()) == ("365", "于女士")
    settled()
    keys.press("Return")
    settled()
    (check,) = screening.today(front_desk)
    assert (check.tenths, check.name) == (365, "于女士")


def test_a_save_that_came_through_but_was_not_answered_is_one_row(
    window: MainWindow,
    keys: Keys,
    qtbot: QtBot,
    settled: Settled,
    own_server: OwnServer,
    front_desk: Actor,
) -> None:
    page = window.page()
    assert isinstance(page, ScreeningPage)
    keys.type("365")
    keys.press("Tab")
    keys.type("于女士")
    # Saved, but this PC never heard of it.
    screening.record(front_desk, page.form.new_check())
    own_server.stop_at_once()
    try:
        wait_away(window, qtbot, AT_ONCE_MS)
        keys.press("Return")
        qtbot.waitUntil(page.problem.isVisible)
    finally:
        own_server.start()
    wait_back(window, qtbot)
    keys.press("Return")
    settled()
    assert len(screening.today(front_desk)) == 1
    assert page.form.is_empty()


def test_a_claim_whose_answer_was_lost_is_given_by_the_same_key(
    make_window: Callable[..., MainWindow],
    front_desk: Actor,
    clerk: Actor,
    small_hall: dict[str, Any],
    cable: Cable,
    keys: Keys,
    qtbot: QtBot,
    settled: Settled,
) -> None:
    """The clerk who presses F6 again gets the ticket that is hers already, not a second one."""
    for name in ("于女士", "诸葛先生"):
        tickets.open(front_desk, NewTicket(new_id(), small_hall["medical"], name, consent=True))
    window = make_window(clerk)
    window.go("window")
    settled()
    page: WindowPage = window.page()  # type: ignore[assignment]
    cable.lose_next_commit()
    keys.press("F6")
    qtbot.waitUntil(page.ticket.problem.isVisible)
    settled()
    keys.press("F6")
    settled()
    assert page.ticket.number.text() == "A001"
    assert [card.number for card in tickets.board(clerk).handling] == ["A001"]
    keys.press("F6")
    settled()
    assert page.ticket.number.text() == "A002", "an answered key press is over"


def test_a_dialog_whose_answer_was_lost_ends_by_the_same_enter(
    make_window: Callable[..., MainWindow],
    clerk: Actor,
    front_desk: Actor,
    small_hall: dict[str, Any],
    cable: Cable,
    keys: Keys,
    qtbot: QtBot,
    settled: Settled,
) -> None:
    new = NewTicket(new_id(), small_hall["medical"], "于女士", consent=True)
    ticket_id = tickets.open(front_desk, new).card.id
    tickets.claim(clerk, ticket_id)
    window = make_window(clerk)
    window.go("window")
    settled()
    page: WindowPage = window.page()  # type: ignore[assignment]
    page._ask(TerminateDialog)
    (dialog,) = window.dialogs()
    assert isinstance(dialog, TerminateDialog)
    keys.type("不在本区")
    cable.lose_next_commit()
    keys.press("Return")
    qtbot.waitUntil(dialog.problem.isVisible)
    assert dialog.field.text() == "不在本区"
    keys.press("Return")
    settled()
    assert not window.dialogs()
    assert tickets.get(clerk, ticket_id).card.state == "ready"


def test_refused_is_shown_at_once_and_what_happened_meanwhile_is_read(
    make_window: Callable[..., MainWindow],
    front_desk: Actor,
    small_hall: dict[str, Any],
    cable: Cable,
    own_server: OwnServer,
    database: str,
    keys: Keys,
    qtbot: QtBot,
    settled: Settled,
) -> None:
    """The selected ticket, the place in the list and half a word stay; what others wrote meanwhile is there."""
    for number in range(30):
        new = NewTicket(new_id(), small_hall["medical"], f"居民{number}", consent=True)
        tickets.open(front_desk, new)
    window = make_window(front_desk)
    listening(window, qtbot)
    keys.press("F3")
    settled()
    page: ProxyPage = window.page()  # type: ignore[assignment]
    bar = page.board.columns[0].view.verticalScrollBar()
    for _ in range(20):
        keys.press("Down")
    settled()
    number, scrolled = page.panel.number.text(), bar.value()
    assert (number, scrolled > 0) == ("A021", True)
    keys.press("Ctrl+K")
    keys.type("12")
    finder = keys.focused()
    cable.refuse()
    wait_away(window, qtbot, AT_ONCE_MS)
    own_server.run("UPDATE ticket SET priority = 'elderly' WHERE number = 'A002'", database)
    cable.mend()
    wait_back(window, qtbot)
    qtbot.waitUntil(lambda: any(card.priority for card in page._board.queued), timeout=BACK_MS)
    settled()
    assert page.panel.number.text() == number
    assert bar.value() == scrolled
    assert keys.focused() is finder
    assert window.top_bar.finder.text() == "12"


def test_questions_do_not_pile_up_behind_a_dead_line(background: Background, qtbot: QtBot) -> None:
    """Three hundred reloads asked while the lane waits are one reload when it goes on."""
    owner, go_on, asked = QObject(), threading.Event(), []
    background.data(owner, lambda: go_on.wait(10))
    for number in range(300):
        background.data(owner, lambda number=number: asked.append(number), replaces="reload")
    go_on.set()
    qtbot.waitUntil(background.idle)
    assert asked == [299]


def test_a_question_is_asked_again_and_a_step_is_not(background: Background, qtbot: QtBot) -> None:
    """One killed connection: what is only read is read again by itself."""
    owner, asked, told = QObject(), Counter[str](), []

    def work(name: str) -> str:
        asked[name] += 1
        if asked[name] == 1:
            raise DatabaseAway(host="")
        return name

    background.data(owner, lambda: work("step"), told.append, lambda error: told.append(error))
    background.data(owner, lambda: work("question"), told.append, replaces="question")
    qtbot.waitUntil(background.idle)
    assert isinstance(told[0], DatabaseAway)
    assert told[1:] == ["question"]
    assert asked == {"step": 1, "question": 2}


def test_a_wrong_clock_is_told_once_and_goes(window: MainWindow, store: Store) -> None:
    told: list[str] = []
    window.session.clock_differed.connect(told.append)
    for ahead in (
        CLOCK_MAY_DIFFER,
        -timedelta(hours=3, minutes=20),
        -timedelta(hours=3),
        timedelta(),
    ):
        store.clock.pc_ahead = ahead
        window.session._tick()
        assert window.status_bar.clock.isVisible() is (abs(ahead) > CLOCK_MAY_DIFFER)
    assert told == [
        "这台电脑的时钟慢了 3 小时 20 分，请校准；在此之前以服务器时间为准。",
        "",
    ]
    assert window.session.notices.text() == told[0]
