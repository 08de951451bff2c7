"""How blocks and tables are put on pages."""

from __future__ import annotations

import pytest

from hall_desk.documents import flow
from hall_desk.documents.flow import Block, Column, Row, Table, paginate

HEADING = flow.heading("各窗口", 100)
COLUMNS = (Column("窗口", 60), Column("办结", 40, "right"))


def table(rows: int) -> Table:
    return Table(COLUMNS, tuple(Row((f"{number} 号窗口", "1")) for number in range(rows)))


def block(height: float, *, keep: bool = False) -> Block:
    return Block(height, lambda paper, x, top: None, keep_with_next=keep)


def rows_of(piece: Block, made_of: Table) -> int:
    return round((piece.height - made_of.head.height) / made_of.lines[0].height)


@pytest.mark.parametrize("before", [0, 40, 80, 92, 96, 100])
@pytest.mark.parametrize("count", [1, 2, 3, 8, 9, 10, 14, 15, 16, 17, 30, 31, 32, 61])
def test_tables_over_pages(count: int, before: float) -> None:
    """Whatever the room left: all rows are there, no page holds one row of a longer table, and the
    heading stands over the first of them."""
    made = table(count)
    room = 105.0
    pages = paginate([block(before), HEADING, made], room, room)
    parts = [
        rows_of(piece, made)
        for page in pages
        for piece in page
        if piece not in (HEADING,) and piece.height not in (before,)
    ]
    assert sum(parts) == count
    assert count == 1 or min(parts) >= 2
    (home,) = [page for page in pages if HEADING in page]
    assert home[-1] is not HEADING
    for page in pages:
        assert sum(piece.height for piece in page) <= room + 1e-6


def test_a_short_table_is_not_divided() -> None:
    made = table(8)
    pages = paginate([block(80), HEADING, made], 105, 105)
    assert len(pages) == 2
    assert pages[1][0] is HEADING


def test_what_keeps_together_moves_together() -> None:
    signatures, digest = block(10, keep=True), block(25)
    assert paginate([block(70), signatures, digest], 100, 100)[1] == [signatures, digest]


def test_room_between_blocks_falls_away_at_the_top_of_a_page() -> None:
    last = block(50)
    assert paginate([block(60), flow.space(5), last], 100, 100)[1] == [last]


def test_there_is_always_a_page() -> None:
    assert paginate([], 100, 100) == [[]]


def test_a_row_higher_than_a_page_still_comes_out() -> None:
    made = Table(COLUMNS, (Row(("很长" * 2000, "1")), Row(("短", "2"))))
    pages = paginate([made], 100, 100)
    assert sum(len(page) for page in pages) == 2
