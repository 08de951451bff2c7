"""The model of all tables: what changes is changed, and the selection stays on its row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PySide6.QtCore import Qt

from hall_desk.ui.tables import Column, RowsModel, Table

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot


@dataclass(frozen=True)
class Row:
    key: int
    words: str


COLUMNS: tuple[Column[Row], ...] = (
    Column("Key", lambda row: str(row.key)),
    Column("Words", lambda row: row.words, weight=1),
)


def make() -> RowsModel[Row]:
    return RowsModel(COLUMNS, key=lambda row: row.key)


def rows(*keys: int, words: str = "a") -> list[Row]:
    return [Row(key, words) for key in keys]


def test_it_is_a_sound_qt_model(qtmodeltester: ModelTester, qapp: object) -> None:
    model = make()
    model.show(rows(3, 1, 2))
    qtmodeltester.check(model)
    assert model.data(model.index(1, 0)) == "1"
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Words"


@pytest.mark.parametrize(
    ("after", "row"),
    [
        pytest.param(rows(9, 1, 2, 3), 2, id="one comes above"),
        pytest.param(rows(2, 3), 0, id="one above goes"),
        pytest.param(rows(3, 2, 1), 1, id="another order"),
        pytest.param(rows(1, 2, 3, words="b"), 1, id="other words"),
        pytest.param(rows(7, 3, 8, 2), 3, id="all of it"),
    ],
)
def test_the_selection_stays_on_its_row(qtbot: QtBot, after: list[Row], row: int) -> None:
    model = make()
    model.show(rows(1, 2, 3))
    table = Table(model)
    qtbot.addWidget(table)
    table.select(2)
    model.show(after)
    assert table.currentIndex().row() == row
    selected = table.selected()
    assert selected is not None
    assert selected.key == 2


def test_nothing_is_touched_when_nothing_differs(qtbot: QtBot) -> None:
    model = make()
    model.show(rows(1, 2, 3))
    with qtbot.assertNotEmitted(model.dataChanged), qtbot.assertNotEmitted(model.rowsInserted):
        model.show(rows(1, 2, 3))


def test_only_the_row_that_differs_is_drawn_again(qtbot: QtBot) -> None:
    model = make()
    model.show(rows(1, 2, 3))
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.show([Row(1, "a"), Row(2, "b"), Row(3, "a")])
    first, last, *_roles = changed.args
    assert (first.row(), last.row()) == (1, 1)


unique_rows = some.lists(
    some.builds(Row, some.integers(0, 12), some.sampled_from("ab")), unique_by=lambda row: row.key
)


@given(before=unique_rows, after=unique_rows)
def test_any_rows_can_follow_any_rows(qapp: object, before: list[Row], after: list[Row]) -> None:
    model = make()
    model.show(before)
    model.show(after)
    assert list(model.rows) == after


def test_enter_chooses_and_a_row_can_be_found(qtbot: QtBot) -> None:
    model = make()
    table = Table(model)
    qtbot.addWidget(table)
    model.show(rows(1, 2, 3))
    assert table.select(3)
    assert not table.select(4)
    with qtbot.waitSignal(table.chosen) as chosen:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert chosen.args == [Row(3, "a")]


def test_the_columns_fill_the_width(qtbot: QtBot) -> None:
    table = Table(make())
    qtbot.addWidget(table)
    for width in (400, 613, 1100):
        table.resize(width, 200)
        table.show()
        used = sum(table.columnWidth(column) for column in range(2))
        assert used == table.viewport().width()
