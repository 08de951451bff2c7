"""Finding a matter while typing, by keys alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from hall_desk.services import tickets
from hall_desk.services.tickets import NewTicket
from hall_desk.store.ids import new_id
from hall_desk.ui.matter_search import MatterSearch, facts_of

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.services.matters import MatterLine
    from hall_desk.ui.session import Session

Settled = Callable[[], None]


class Form(QWidget):
    """A search with a field after it, as in every form that has one."""

    def __init__(self, session: Session, *, suggest: bool) -> None:
        super().__init__()
        self.search = MatterSearch(session, suggest=suggest)
        self.next = QLineEdit()
        self.chosen: list[MatterLine] = []
        self.heard: list[str] = []
        self.search.chosen.connect(self.chosen.append)
        self.search.cleared.connect(lambda: self.heard.append("cleared"))
        self.search.accepted.connect(lambda: self.heard.append("accepted"))
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addWidget(self.next)
        layout.addStretch(1)

    def offered(self) -> list[str]:
        if not self.search.results.isVisible():
            return []
        return [line.name for line in self.search.model.lines]


@pytest.fixture
def form(
    session: Session, small_hall: dict[str, Any], show: Callable[..., None], settled: Settled
) -> Form:
    made = Form(session, suggest=False)
    show(made, 700, 500)
    made.search.setFocus()
    settled()
    return made


@pytest.fixture
def needed(
    session: Session, small_hall: dict[str, Any], show: Callable[..., None], settled: Settled
) -> Form:
    """The same where a matter has to be chosen."""
    made = Form(session, suggest=True)
    show(made, 700, 500)
    made.next.setFocus()
    return made


@pytest.mark.parametrize("typed", ["ybk", "医保", "YB01", "yibaoka"])
def test_a_matter_is_found_and_chosen_with_enter(
    form: Form, keys: Keys, settled: Settled, typed: str
) -> None:
    keys.type(typed)
    settled()
    assert form.offered()[0] == "医保卡领取"
    keys.press("Return")
    assert [line.name for line in form.chosen] == ["医保卡领取"]
    assert form.search.text() == "医保卡领取"
    assert form.search.matter == form.chosen[0]
    assert form.offered() == []


def test_down_and_up_choose_another(form: Form, keys: Keys, settled: Settled) -> None:
    keys.press("Down")
    settled()
    offered = form.offered()
    assert len(offered) == 3
    keys.press("Down", "Down", "Up", "Down", "Return")
    assert form.chosen[0].name == offered[1]


def test_enter_before_the_answer_takes_the_best_match(
    form: Form, keys: Keys, settled: Settled
) -> None:
    keys.type("bgdd")
    keys.press("Return")
    assert form.chosen == []
    settled()
    assert [line.name for line in form.chosen] == ["变更定点医疗机构"]


def test_escape_hides_the_list_and_keeps_the_text(form: Form, keys: Keys, settled: Settled) -> None:
    keys.type("ju")
    settled()
    assert form.offered() == ["居住证办理"]
    keys.press("Escape")
    assert form.offered() == []
    assert form.search.text() == "ju"
    assert form.search.matter is None


def test_changing_the_text_takes_the_choice_back(form: Form, keys: Keys, settled: Settled) -> None:
    keys.type("jz")
    settled()
    keys.press("Return")
    assert form.search.matter is not None
    keys.type("x")
    assert form.search.matter is None
    assert form.heard == ["cleared"]


def test_free_text_is_left_alone_where_no_matter_is_needed(
    form: Form, keys: Keys, settled: Settled
) -> None:
    keys.type("快递")
    settled()
    assert form.offered() == []
    keys.press("Return")
    assert form.heard == ["accepted"]
    assert form.search.text() == "快递"
    assert form.chosen == []


def test_where_one_is_needed_a_search_that_finds_none_says_so(
    needed: Form, keys: Keys, settled: Settled
) -> None:
    needed.search.setFocus()
    settled()
    keys.type("qqq")
    settled()
    results = needed.search.results
    assert results.isVisible()
    assert results.model().index(0, 0).data() == "没有找到事项"
    keys.press("Return")
    assert needed.chosen == []


def test_todays_most_used_are_offered_before_typing(
    needed: Form,
    front_desk: Actor,
    small_hall: dict[str, Any],
    settled: Settled,
    keys: Keys,
) -> None:
    tickets.open(front_desk, NewTicket(new_id(), small_hall["residence"], "于女士", consent=True))
    needed.search.setFocus()
    settled()
    assert needed.offered()[0] == "居住证办理"
    keys.press("Return")
    assert needed.chosen == [], "nothing is chosen that nobody asked for"
    keys.press("Down")
    settled()
    keys.press("Down", "Return")
    assert needed.chosen[0].name == "居住证办理"


def test_tab_takes_what_is_marked_where_one_is_needed(
    needed: Form, keys: Keys, settled: Settled
) -> None:
    needed.search.setFocus()
    settled()
    keys.type("jzz")
    settled()
    keys.press("Tab")
    assert [line.name for line in needed.chosen] == ["居住证办理"]
    assert needed.next.hasFocus()


def test_a_row_tells_pinyin_window_promise_and_todays_use(
    form: Form,
    keys: Keys,
    settled: Settled,
    front_desk: Actor,
    small_hall: dict[str, Any],
) -> None:
    tickets.open(front_desk, NewTicket(new_id(), small_hall["medical"], "于女士", consent=True))
    keys.type("ybk")
    settled()
    line = form.search.model.lines[0]
    assert line.pinyin.startswith("yī bǎo")
    assert facts_of(line) == "3 号窗口 · 约 3 分钟 · 今日 1 件"


def test_a_click_chooses(form: Form, keys: Keys, settled: Settled, qtbot: QtBot) -> None:
    from PySide6.QtCore import Qt

    keys.type("b")
    settled()
    view = form.search.results
    area = view.visualRect(view.model().index(0, 0))
    name = form.offered()[0]
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=area.center())
    assert [line.name for line in form.chosen] == [name]
