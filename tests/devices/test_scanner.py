"""A scanner is told from a person by its speed: a scan is swallowed whole, everything else arrives as it was typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import shiboken6
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from hall_desk.devices import scanner as scanners
from hall_desk.devices.scanner import Scanner

if TYPE_CHECKING:
    from PySide6.QtGui import QWindow
    from pytestqt.qtbot import QtBot

RECEIPT = "HD1*A018*20200221*9F3C21A0"
NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Clock:
    """The time of arrival, for what has no timestamp of its own."""

    def __init__(self) -> None:
        self.ms = 1000.0

    def __call__(self) -> float:
        return self.ms / 1000


class Form(QWidget):
    """One of each thing that can have the keyboard."""

    def __init__(self) -> None:
        super().__init__()
        self.line = QLineEdit()
        self.text = QPlainTextEdit()
        self.number = QSpinBox()
        self.choice = QComboBox()
        self.choice.addItems(["甲", "乙", "H", "A"])
        self.button = QPushButton("确定")
        self.tick = QCheckBox("同意")
        self.list = QListWidget()
        self.list.addItems(["A", "H", "9"])
        layout = QVBoxLayout(self)
        for widget in self.all():
            layout.addWidget(widget)
        self.pressed: list[str] = []
        self.button.clicked.connect(lambda: self.pressed.append("button"))
        self.line.returnPressed.connect(lambda: self.pressed.append("return"))

    def all(self) -> tuple[QWidget, ...]:
        return (self.line, self.text, self.number, self.choice, self.button, self.tick, self.list)

    def state(self) -> tuple[object, ...]:
        return (
            self.line.text(), self.text.toPlainText(), self.number.value(), self.choice.currentIndex(),
            self.tick.isChecked(), self.list.currentRow(), tuple(self.pressed),
        )  # fmt: skip


class Keyboard:
    """Gives key events to a window as the system does, at the times that are said."""

    def __init__(self, window: QWindow, clock: Clock) -> None:
        self.window = window
        self.clock = clock
        self.at = 5_000

    def press(
        self,
        key: Qt.Key,
        text: str = "",
        after: int = 5,
        *,
        modifiers: Qt.KeyboardModifier = NONE,
        repeat: bool = False,
        release: bool = True,
    ) -> None:
        self.at += after
        self.clock.ms += after
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)[: 1 + release]:
            event = QKeyEvent(kind, key, modifiers, text, repeat)
            event.setTimestamp(self.at)
            QApplication.sendEvent(self.window, event)

    def type(self, text: str, gap: int = 5, first: int | None = None) -> None:
        """A capital or a sign comes with Shift, as from a scanner."""
        for number, character in enumerate(text):
            after = gap if first is None or number else first
            if character.isascii() and (character.isupper() or character in '*"+?'):
                self.press(Qt.Key.Key_Shift, "", after, modifiers=SHIFT, release=False)
                self.press(Qt.Key(ord(character)), character, 0, modifiers=SHIFT)
            else:
                self.press(Qt.Key(ord(character.upper())), character, after)

    def scan(self, text: str, suffix: Qt.Key = Qt.Key.Key_Return) -> None:
        self.type(text, first=500)
        self.press(suffix, "\t" if suffix == Qt.Key.Key_Tab else "\r")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    form = Form()
    qtbot.addWidget(form)
    with qtbot.waitExposed(form):
        form.show()
    form.activateWindow()
    form.line.setFocus()
    return form


@pytest.fixture
def scanned(form: Form, clock: Clock) -> Iterator[list[str]]:
    scanner = Scanner(form, lambda text: text.upper().startswith("HD1"), clock)
    said: list[str] = []
    scanner.scanned.connect(said.append)
    scanner.spoiled.connect(lambda: said.append("spoiled"))
    yield said
    scanner.stop()


@pytest.fixture
def board(form: Form, clock: Clock) -> Keyboard:
    window = form.windowHandle()
    assert window is not None
    return Keyboard(window, clock)


def commit(form: Form, clock: Clock, text: str, preedit: str = "", after: int = 5) -> None:
    clock.ms += after
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(text)
    focus = QApplication.focusWidget()
    assert focus is not None
    QApplication.sendEvent(focus, event)


def pause(clock: Clock) -> None:
    clock.ms += 1000


# --- scans ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab])
def test_a_scan_is_taken_whole_and_nothing_is_typed(
    form: Form, scanned: list[str], board: Keyboard, suffix: Qt.Key
) -> None:
    before = form.state()
    board.scan(RECEIPT, suffix)
    assert scanned == [RECEIPT]
    assert form.state() == before
    assert form.line.hasFocus(), "neither Enter nor Tab was pressed for the form"


@pytest.mark.parametrize("place", range(7))
def test_a_scan_is_taken_wherever_the_keyboard_is(
    form: Form, scanned: list[str], board: Keyboard, place: int
) -> None:
    widget = form.all()[place]
    widget.setFocus()
    before = form.state()
    board.scan("H 9" + RECEIPT)  # with a space, which would press a button
    assert scanned == ["H 9" + RECEIPT]
    assert form.state() == before
    assert widget.hasFocus()


def test_a_scan_is_taken_where_nothing_has_the_keyboard(
    form: Form, scanned: list[str], board: Keyboard
) -> None:
    form.line.clearFocus()
    board.scan(RECEIPT)
    assert scanned == [RECEIPT]


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
def test_a_scan_is_taken_while_a_list_or_a_menu_hangs_open(
    form: Form, scanned: list[str], board: Keyboard, qtbot: QtBot
) -> None:
    form.choice.setFocus()
    form.choice.showPopup()
    board.scan(RECEIPT)
    assert scanned == [RECEIPT]
    form.choice.hidePopup()
    assert form.choice.currentIndex() == 0
    menu = QMenu(form)
    ran: list[str] = []
    menu.addAction("&Hall", lambda: ran.append("hall"))
    menu.popup(form.pos())
    qtbot.waitUntil(menu.isVisible)
    board.scan(RECEIPT)
    assert scanned == [RECEIPT, RECEIPT]
    assert ran == []
    menu.close()


def test_two_scans_behind_each_other_are_two(
    form: Form, scanned: list[str], board: Keyboard
) -> None:
    board.scan(RECEIPT)
    board.type("HDN1*407218853316", first=10)
    board.press(Qt.Key.Key_Return, "\r")
    assert scanned == [RECEIPT, "HDN1*407218853316"]


def test_a_routing_slips_number_is_short_and_still_a_scan(
    form: Form, scanned: list[str], board: Keyboard
) -> None:
    board.scan("A018")
    assert scanned == ["A018"]
    board.scan("36.5")  # a thermometer that types
    assert scanned == ["A018"]
    assert form.line.text() == "36.5"
    assert form.pressed == ["return"]


def test_control_characters_are_left_out(form: Form, scanned: list[str], board: Keyboard) -> None:
    board.type("HD1*A0", first=500)
    control = Qt.KeyboardModifier.ControlModifier
    board.press(Qt.Key.Key_BracketRight, "\x1d", modifiers=control)
    board.type("18")
    board.press(Qt.Key.Key_Return, "\r")
    assert scanned == ["HD1*A018"]
    assert form.line.text() == ""


def test_a_scanner_that_gives_characters_by_their_number_is_one(
    form: Form, scanned: list[str], board: Keyboard
) -> None:
    alt = Qt.KeyboardModifier.AltModifier
    board.at += 500
    for character in RECEIPT:
        board.press(Qt.Key.Key_Alt, "", 2, modifiers=alt, release=False)
        for digit in f"{ord(character):04d}":
            key = Qt.Key(ord(digit))
            pad = alt | Qt.KeyboardModifier.KeypadModifier
            board.press(key, digit, 2, modifiers=pad)
        board.press(Qt.Key.Key_unknown, character, 2, release=False)
    board.press(Qt.Key.Key_Return, "\r")
    assert scanned == [RECEIPT]
    assert form.line.text() == ""


def test_alt_and_a_letter_stay_a_shortcut(form: Form, scanned: list[str], board: Keyboard) -> None:
    seen: list[str] = []
    shortcut = QShortcut(QKeySequence("Alt+A"), form)
    shortcut.activated.connect(lambda: seen.append(form.line.text()))
    for character in "365":
        QTest.keyClick(board.window, Qt.Key(ord(character)))
    QTest.keyClick(board.window, Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)
    assert seen == ["365"]


def test_no_shortcut_runs_inside_a_scan(form: Form, scanned: list[str], board: Keyboard) -> None:
    def wanted_by_the_program(key: Qt.Key, text: str, modifiers: Qt.KeyboardModifier) -> bool:
        """Asks, as Qt does before it looks for a shortcut."""
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifiers, text)
        event.setTimestamp(board.at + 3)
        event.ignore()
        QApplication.sendEvent(board.window, event)
        return event.isAccepted()

    control = Qt.KeyboardModifier.ControlModifier
    form.button.setFocus()
    assert not wanted_by_the_program(Qt.Key.Key_Return, "\r", NONE)
    assert not wanted_by_the_program(Qt.Key.Key_L, "\x0c", control)
    board.type("HD1A01", first=500)
    assert wanted_by_the_program(Qt.Key.Key_BracketRight, "\x1d", control)
    assert wanted_by_the_program(Qt.Key.Key_L, "\x0c", control)
    board.type("8")
    assert wanted_by_the_program(Qt.Key.Key_Return, "\r", NONE)
    board.press(Qt.Key.Key_Return, "\r")
    assert scanned == ["HD1A018"]
    board.at += 500
    assert not wanted_by_the_program(Qt.Key.Key_Return, "\r", NONE)


# --- people ---------------------------------------------------------------------------------------------


def test_fifteen_keys_a_second_are_typed(form: Form, scanned: list[str], board: Keyboard) -> None:
    board.type("13800004127", gap=67)
    board.press(Qt.Key.Key_Return, "\r", 67)
    assert scanned == []
    assert form.line.text() == "13800004127"
    assert form.pressed == ["return"]


def test_a_key_that_is_held_down_repeats(form: Form, scanned: list[str], board: Keyboard) -> None:
    for number in range(20):
        board.press(Qt.Key.Key_A, "a", 30, repeat=number > 0, release=False)
    board.press(Qt.Key.Key_Return, "\r", 30)
    assert (scanned, form.line.text()) == ([], "a" * 20)
    for _number in range(20):  # over a remote desktop nobody says that it is the same key
        board.press(Qt.Key.Key_B, "b", 30, release=False)
    board.press(Qt.Key.Key_Return, "\r", 30)
    assert (scanned, form.line.text()) == ([], "a" * 20 + "b" * 20)


def test_a_single_key_arrives_by_itself(
    form: Form, scanned: list[str], board: Keyboard, qtbot: QtBot
) -> None:
    board.press(Qt.Key.Key_3, "3")
    qtbot.waitUntil(lambda: form.line.text() == "3", timeout=2000)


def test_a_shortcut_finds_what_was_typed_before_it_in_its_field(
    form: Form, scanned: list[str], qtbot: QtBot
) -> None:
    seen: list[str] = []
    shortcut = QShortcut(QKeySequence("F4"), form)
    shortcut.activated.connect(lambda: seen.append(form.line.text()))
    window = form.windowHandle()
    assert window is not None
    for character in "365":
        QTest.keyClick(window, Qt.Key(ord(character)))
    QTest.keyClick(window, Qt.Key.Key_F4)
    assert seen == ["365"]


def test_a_shortcut_that_was_typed_while_the_program_was_busy_runs(
    form: Form, scanned: list[str], qtbot: QtBot
) -> None:
    seen: list[str] = []
    shortcut = QShortcut(QKeySequence("Ctrl+L"), form)
    shortcut.activated.connect(lambda: seen.append(form.line.text()))
    window = form.windowHandle()
    assert window is not None
    for character in "13800004127":
        QTest.keyClick(window, Qt.Key(ord(character)))
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert seen == ["13800004127"]


def test_the_keyboard_may_move_between_two_keys(
    form: Form, scanned: list[str], board: Keyboard
) -> None:
    board.type("ab", first=500)
    form.text.setFocus()
    board.type("cd")
    board.press(Qt.Key.Key_Left)
    assert (form.line.text(), form.text.toPlainText()) == ("ab", "cd")


def test_what_is_held_for_a_field_that_goes_away_is_dropped(
    form: Form, scanned: list[str], board: Keyboard
) -> None:
    board.type("abc", first=500)
    shiboken6.delete(form.line)
    board.press(Qt.Key.Key_Left)
    assert scanned == []


def test_events_that_a_program_made_are_no_scan(form: Form, scanned: list[str]) -> None:
    QTest.keyClicks(form.line, RECEIPT)
    QTest.keyClick(form.line, Qt.Key.Key_Return)
    assert scanned == []
    assert form.line.text() == RECEIPT


def test_a_busy_program_does_not_take_a_typist_for_a_scanner(
    form: Form, scanned: list[str], board: Keyboard, clock: Clock
) -> None:
    for character in "13800004127":
        board.type(character, gap=120)
        clock.ms -= 119  # they all arrive at once, when the program finds the time
    board.press(Qt.Key.Key_Return, "\r", 120)
    assert scanned == []
    assert form.line.text() == "13800004127"


@pytest.mark.parametrize("text", ["13800004127", "110105194912310021", "yuhuilan"])
def test_what_was_typed_while_the_program_was_busy_comes_as_a_heap_and_is_typed(
    form: Form, scanned: list[str], board: Keyboard, text: str
) -> None:
    # As on Windows, where the time of a key is when the program got it.
    board.type(text, gap=0, first=900)
    board.press(Qt.Key.Key_Return, "\r", 0)
    assert scanned == []
    assert form.line.text() == text
    assert form.pressed == ["return"]


def test_a_code_of_ours_is_taken_out_of_a_heap(
    form: Form, scanned: list[str], board: Keyboard
) -> None:
    board.type(RECEIPT, gap=0, first=900)
    board.press(Qt.Key.Key_Return, "\r", 0)
    assert scanned == [RECEIPT]
    assert form.line.text() == ""


def test_composing_while_the_program_was_busy_is_left_alone(
    form: Form, scanned: list[str], clock: Clock
) -> None:
    for step in ("y", "yi", "yib", "yiba", "yibao", "yibaok", "yibaoka"):
        commit(form, clock, "", step, after=0)
    commit(form, clock, "医保卡", after=0)
    assert form.line.text() == "医保卡"
    assert scanned == []


def test_after_stopping_every_key_goes_its_way(form: Form, board: Keyboard, clock: Clock) -> None:
    scanner = Scanner(form, clock=clock)
    board.type("ab", first=500)
    scanner.stop()
    assert form.line.text() == "ab"
    board.type("cdefgh")
    assert form.line.text() == "abcdefgh"


Strokes = st.lists(
    st.tuples(
        st.sampled_from("aZ09*. -"),
        st.sampled_from([0, 1, 5, 20, 34, 35, 36, 60, 67, 200]),
        st.booleans(),
    ),
    max_size=24,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(strokes=Strokes, end=st.sampled_from([0, 5, 34, 35, 100]))
def test_whatever_the_rhythm_nothing_is_lost_doubled_or_out_of_order(
    form: Form, scanned: list[str], board: Keyboard, strokes: list[tuple[str, int, bool]], end: int
) -> None:
    form.line.clear()
    scanned.clear()
    form.pressed.clear()
    board.at += 1000
    text = ""
    for character, gap, release in strokes:
        key = Qt.Key(ord(character.upper()))
        board.press(key, character, gap, release=release)
        text += character
    board.press(Qt.Key.Key_Return, "\r", end)
    burst = text  # what came at a scanner's speed before Enter
    for place in range(len(strokes) - 1, -1, -1):
        if strokes[place][1] >= scanners.GAP_MS:
            burst = text[place:]
            break
    took = sum(gap for _c, gap, _r in strokes[len(strokes) - len(burst) + 1 :]) if burst else 0
    heap = took < len(burst) - 1
    if end < scanners.GAP_MS and scanners.is_scan(burst) and not heap:
        assert scanned == [burst]
        assert form.line.text() == text[: len(text) - len(burst)]
        assert form.pressed == []
    else:
        assert scanned == []
        assert form.line.text() == text
        assert form.pressed == ["return"]


# --- input methods -----------------------------------------------------------------------------------------


def test_a_scan_that_comes_as_committed_texts_is_taken(
    form: Form, scanned: list[str], board: Keyboard, clock: Clock
) -> None:
    for character in "ＨＤ1*A018":
        commit(form, clock, character)
    board.press(Qt.Key.Key_Return, "\r")
    assert scanned == ["HD1*A018"]
    assert form.line.text() == ""


def test_digits_by_key_and_letters_by_commit_are_one_scan(
    form: Form, scanned: list[str], board: Keyboard, clock: Clock
) -> None:
    for character in RECEIPT:
        if character.isdigit():
            board.press(Qt.Key(ord(character)), character)
        else:
            commit(form, clock, character)
    board.press(Qt.Key.Key_Return, "\r")
    assert scanned == [RECEIPT]
    assert form.line.text() == ""


def test_chinese_is_committed_at_once(form: Form, scanned: list[str], clock: Clock) -> None:
    commit(form, clock, "于女士", after=500)
    assert form.line.text() == "于女士"
    commit(form, clock, "，", after=500)
    commit(form, clock, "您好", after=3)
    assert form.line.text() == "于女士，您好"


def test_a_scan_right_behind_a_committed_word_is_one(
    form: Form, scanned: list[str], board: Keyboard, clock: Clock
) -> None:
    commit(form, clock, "吴")
    board.type("6901234567892")
    board.press(Qt.Key.Key_Return, "\r")
    assert scanned == ["6901234567892"]
    assert form.line.text() == "吴"


def test_committed_letters_that_are_no_scan_arrive_in_order(
    form: Form, scanned: list[str], clock: Clock, qtbot: QtBot
) -> None:
    for text in ("OK", "，", "v2"):
        commit(form, clock, text)
    qtbot.waitUntil(lambda: form.line.text() == "OK，v2", timeout=2000)
    assert scanned == []


def test_composing_as_people_do_is_left_alone(form: Form, scanned: list[str], clock: Clock) -> None:
    for step in ("y", "yi", "yib", "yiba", "yibao", "yibaok", "yibaoka"):
        for _again in range(3):  # an input method repeats itself
            commit(form, clock, "", step, after=2)
        clock.ms += 70
    commit(form, clock, "医保卡", after=300)
    assert form.line.text() == "医保卡"
    assert scanned == []


def test_a_scan_that_is_composed_and_committed_as_it_is_can_be_read(
    form: Form, scanned: list[str], board: Keyboard, clock: Clock
) -> None:
    commit(form, clock, "", "H", after=500)
    commit(form, clock, "", "HD")
    commit(form, clock, "", "HD1")
    commit(form, clock, "HD1", "")
    commit(form, clock, "*", "")
    for part in ("A", "A0", "A01", "A018"):
        commit(form, clock, "", part)
    commit(form, clock, "A018", "")
    board.press(Qt.Key.Key_Return, "\r")
    assert scanned == ["HD1*A018"]
    assert form.line.text() == ""


def test_a_scan_that_became_chinese_says_so_and_types_nothing(
    form: Form, scanned: list[str], clock: Clock, qtbot: QtBot
) -> None:
    form.line.setText("于女士")
    for part in ("h", "hd", "h'd'a", "h'd'a'b", "h'd'a'b'c", "h'd'a'b'c'd", "h'd'a'b'c'd'e"):
        commit(form, clock, "", part, after=8)
    commit(form, clock, "好的啊", "", after=8)
    pause(clock)
    qtbot.waitUntil(lambda: scanned == ["spoiled"], timeout=2000)
    assert form.line.text() == "于女士"
    assert form.line.displayText() == "于女士"


_Mixed = st.lists(
    st.tuples(
        st.sampled_from(["a", "7", "*", "Z", "于", "，", "OK", "您好", "Ａ"]),
        st.sampled_from([0, 2, 5, 20, 34, 60, 200]),
        st.booleans(),
    ),
    max_size=16,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(strokes=_Mixed, end=st.sampled_from([2, 34, 100]))
def test_keys_and_committed_texts_mixed_lose_nothing(
    form: Form,
    scanned: list[str],
    board: Keyboard,
    clock: Clock,
    strokes: list[tuple[str, int, bool]],
    end: int,
) -> None:
    form.line.clear()
    scanned.clear()
    board.at += 1000
    clock.ms += 1000
    whole = ""
    for text, gap, by_key in strokes:
        if by_key and len(text) == 1 and text.isascii():
            board.press(Qt.Key(ord(text.upper())), text, gap)
        else:
            commit(form, clock, text, after=gap)
            board.at += gap
        whole += text
    board.press(Qt.Key.Key_Return, "\r", end)
    board.press(Qt.Key.Key_Left, "", 200)
    left = form.line.text()
    assert whole.startswith(left)
    taken = whole[len(left) :].replace("Ａ", "A")
    assert scanned == ([taken] if taken else [])


def test_stuck_keys_are_no_code(qapp: QApplication) -> None:
    assert scanners.is_scan("HD1*A018")
    assert scanners.is_scan("A018")
    assert not scanners.is_scan("aaaaaaaaaa")
    assert not scanners.is_scan("12345")
    assert not scanners.is_scan("")
    assert scanners.without_controls("\x02HD1\x1dA018\x03\r") == "HD1A018"


def test_a_thousand_keys_without_an_end_are_given_back(
    form: Form, scanned: list[str], board: Keyboard, qtbot: QtBot, clock: Clock
) -> None:
    text = "ab" * 700
    board.type(text, gap=1)
    pause(clock)
    qtbot.waitUntil(lambda: form.line.text() == text, timeout=5000)
    assert scanned == []


# --- readers of ID cards -------------------------------------------------------------------------------------

CARD = "11010519491231002X"


def send_card(board: Keyboard, fields: tuple[str, ...], part: Qt.Key) -> None:
    board.at += 500
    board.clock.ms += 500
    for field in fields:
        for character in field:
            key = Qt.Key(ord(character)) if character.isascii() else Qt.Key.Key_unknown
            board.press(key, character)
        board.press(part, "\t" if part == Qt.Key.Key_Tab else "\r")


@pytest.mark.parametrize("part", [Qt.Key.Key_Tab, Qt.Key.Key_Return])
@pytest.mark.parametrize(
    "fields",
    [("于丽", CARD), (CARD, "于丽"), ("于丽", "女", "汉", "北京市西城区1号", CARD), (CARD,)],
)
def test_the_fields_of_a_card_are_one_scan(
    form: Form,
    scanned: list[str],
    board: Keyboard,
    clock: Clock,
    qtbot: QtBot,
    fields: tuple[str, ...],
    part: Qt.Key,
) -> None:
    before = form.state()
    send_card(board, fields, part)
    pause(clock)
    qtbot.waitUntil(lambda: scanned == ["\t".join(fields)], timeout=2000)
    assert form.state() == before
    assert form.line.hasFocus()


@pytest.mark.parametrize("whole", [True, False], ids=["a word", "each character"])
def test_a_name_that_was_committed_is_taken_out_of_its_field_again(
    form: Form, scanned: list[str], board: Keyboard, clock: Clock, qtbot: QtBot, whole: bool
) -> None:
    form.line.setText("前面")
    for text in ("于女士",) if whole else "于女士":
        commit(form, clock, text)
        board.at += 5
    board.press(Qt.Key.Key_Tab, "\t")
    board.type(CARD)
    board.press(Qt.Key.Key_Tab, "\t")
    pause(clock)
    qtbot.waitUntil(lambda: scanned == [f"于女士\t{CARD}"], timeout=2000)
    assert form.line.text() == "前面"
    assert form.line.hasFocus()


def test_a_word_and_enter_at_once_without_a_card_are_given_back(
    form: Form, scanned: list[str], board: Keyboard, clock: Clock, qtbot: QtBot
) -> None:
    send_card(board, ("于丽",), Qt.Key.Key_Return)
    assert form.pressed == []
    pause(clock)
    qtbot.waitUntil(lambda: form.pressed == ["return"], timeout=2000)
    assert (scanned, form.line.text()) == ([], "于丽")


def test_a_chinese_text_from_a_code_is_still_one_scan(
    form: Form, scanned: list[str], board: Keyboard, clock: Clock, qtbot: QtBot
) -> None:
    send_card(board, ("太平桥街道政务服务大厅",), Qt.Key.Key_Return)
    pause(clock)
    qtbot.waitUntil(lambda: scanned == ["太平桥街道政务服务大厅"], timeout=2000)
    assert form.line.text() == ""


def test_a_receipt_right_behind_a_card_is_a_scan_of_its_own(
    form: Form, scanned: list[str], board: Keyboard, clock: Clock
) -> None:
    send_card(board, ("于丽", CARD), Qt.Key.Key_Tab)
    board.scan(RECEIPT)
    assert scanned == [f"于丽\t{CARD}", RECEIPT]
