"""The page of the hall's lists by keys: found, changed, added, put in order, retired, and two managers at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from hall_desk.services import list_editing, list_forms, matters, tickets
from hall_desk.services.directory_columns import Kind
from hall_desk.services.list_editing import Typed
from hall_desk.services.tickets import NewTicket
from hall_desk.store.ids import new_id
from hall_desk.ui.dialogs.import_lists import ImportListsDialog
from hall_desk.ui.pages.lists import ListsPage

if TYPE_CHECKING:
    from uuid import UUID

    from hall_desk.services.accounts import Actor
    from hall_desk.services.list_editing import Listed
    from hall_desk.ui.main_window import MainWindow
    from tests.ui.conftest import Keys

Settled = Callable[[], None]


@pytest.fixture
def window(
    make_window: Callable[..., MainWindow], manager: Actor, small_hall: dict[str, Any]
) -> MainWindow:
    return make_window(manager)


@pytest.fixture
def page(window: MainWindow, settled: Settled, keys: Keys) -> ListsPage:
    keys.press("Ctrl+F3")
    settled()
    shown = window.page()
    assert isinstance(shown, ListsPage)
    return shown


def listed(actor: Actor, kind: Kind, id_: UUID) -> Listed:
    return next(one for one in list_editing.records(actor, kind, retired=True) if one.id == id_)


def edited(actor: Actor, kind: Kind, row: Listed, **typed: str) -> None:
    """Another manager changes a row."""
    texts = {**list_forms.texts(kind, row.values), **typed}
    form = Typed(texts, list_forms.material_texts(row.values))
    list_editing.edit(actor, kind, row.id, row.values, form)


def numbers(page: ListsPage) -> list[str]:
    return [row.one.values["number"] for row in page.list.models[Kind.WINDOWS].rows]


def test_a_window_is_found_and_its_phone_changed(
    page: ListsPage, keys: Keys, settled: Settled, manager: Actor, small_hall: dict[str, Any]
) -> None:
    keys.type("ylb")
    settled()
    assert numbers(page) == ["3"]
    keys.press("Return")
    phone = page.pane.form.fields["phone"]
    phone.edit.setFocus()
    keys.press("Ctrl+A")
    keys.type("010-5555-9999")
    keys.press("Ctrl+Return")
    settled()
    row = listed(manager, Kind.WINDOWS, small_hall["window3"])
    assert row.values["phone"] == "010-5555-9999"
    assert not page.pane.form.dirty()
    keys.press("Alt+J")
    settled()
    assert page.pane.form.row is not None


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    page: ListsPage, keys: Keys, settled: Settled, manager: Actor
) -> None:
    before = len(list_editing.records(manager, Kind.WINDOWS, retired=True))
    keys.press("Ctrl+N")
    settled()
    form = page.pane.form
    form.fields["number"].edit.setFocus()
    keys.type("3")
    form.fields["name"].edit.setFocus()
    keys.type("养老服务")
    form.fields["phone"].edit.setFocus()
    keys.type("abc")
    keys.press("Ctrl+Return")
    settled()
    assert form.fields["phone"].error.isVisible()
    assert form.fields["name"].edit.text() == "养老服务"  # type: ignore[attr-defined]
    assert len(list_editing.records(manager, Kind.WINDOWS, retired=True)) == before
    form.fields["phone"].edit.setFocus()
    keys.press("Ctrl+A")
    keys.type("010-5555-0107")
    keys.press("Ctrl+Return")
    settled()
    assert form.fields["number"].error.isVisible()  # there is a window 3
    form.fields["number"].edit.setFocus()
    keys.press("Ctrl+A")
    keys.type("17")
    keys.press("Ctrl+Return")
    settled()
    assert [window.number for window in matters.windows(manager)][-1] == "17"


def test_half_typed_rows_wait_until_one_comes_back(
    page: ListsPage, keys: Keys, settled: Settled
) -> None:
    keys.press("Return")
    note = page.pane.form.fields["hours"].edit
    note.setFocus()
    keys.press("Ctrl+A")
    keys.type("8:30-12:00")
    keys.press("Escape", "Down")
    settled()
    assert note.text() != "8:30-12:00"  # type: ignore[attr-defined]
    keys.press("Ctrl+4")
    settled()
    assert page.kind is Kind.COMMUNITIES
    keys.press("Ctrl+1")
    settled()
    page.list.table().selectRow(0)
    settled()
    assert page.pane.form.fields["hours"].edit.text() == "8:30-12:00"  # type: ignore[attr-defined]
    keys.press("Alt+X")
    assert not page.pane.form.dirty()


def test_windows_are_put_in_order_by_keys(
    page: ListsPage, keys: Keys, settled: Settled, manager: Actor
) -> None:
    before = numbers(page)
    page.list.table().selectRow(0)
    settled()
    page.list.table().setFocus()
    keys.press("Alt+Down")
    settled()
    assert numbers(page) == [before[1], before[0], *before[2:]]
    assert [window.number for window in matters.windows(manager)] == numbers(page)
    keys.press("Alt+Up")
    settled()
    assert numbers(page) == before


def test_a_window_that_holds_a_ticket_is_not_retired(
    page: ListsPage,
    keys: Keys,
    settled: Settled,
    front_desk: Actor,
    manager: Actor,
    small_hall: dict[str, Any],
) -> None:
    tickets.open(front_desk, NewTicket(new_id(), small_hall["medical"], "王秀英", consent=True))
    page.show_with(row_id=small_hall["window3"])
    settled()
    keys.press("Alt+T")
    settled()
    assert page.pane.problem.isVisible()
    assert not listed(manager, Kind.WINDOWS, small_hall["window3"]).retired


def test_a_community_is_added_retired_and_brought_back(
    page: ListsPage, keys: Keys, settled: Settled, manager: Actor
) -> None:
    keys.press("Ctrl+4")
    settled()
    keys.press("Ctrl+N")
    settled()
    form = page.pane.form
    form.fields["name"].edit.setFocus()
    keys.type("太平桥东里社区")
    form.fields["email"].edit.setFocus()
    keys.type("dongli@example.invalid")
    keys.press("Ctrl+Return")
    settled()
    (row,) = list_editing.records(manager, Kind.COMMUNITIES)
    assert row.values["name"] == "太平桥东里社区"
    keys.press("Alt+T")
    settled()
    assert list_editing.records(manager, Kind.COMMUNITIES) == []
    keys.press("Alt+D")
    settled()
    page.list.table().selectRow(0)
    settled()
    keys.press("Alt+T")
    settled()
    assert len(list_editing.records(manager, Kind.COMMUNITIES)) == 1


@pytest.mark.parametrize("take", [True, False])
def test_two_managers_at_once_lose_nothing(
    page: ListsPage,
    keys: Keys,
    settled: Settled,
    manager: Actor,
    small_hall: dict[str, Any],
    take: bool,
) -> None:
    page.show_with(row_id=small_hall["window3"])
    settled()
    form = page.pane.form
    phone = form.fields["phone"]
    phone.edit.setFocus()
    keys.press("Ctrl+A")
    keys.type("010-5555-7777")
    row = listed(manager, Kind.WINDOWS, small_hall["window3"])
    edited(manager, Kind.WINDOWS, row, phone="010-5555-8888", hours="8:00-12:00")
    settled()
    page.reload()
    settled()
    assert form.fields["hours"].edit.text() == "8:00-12:00"  # type: ignore[attr-defined]
    assert phone.edit.text() == "010-5555-7777"  # type: ignore[attr-defined]
    assert form.undecided() == 1
    keys.press("Ctrl+Return")
    settled()
    assert listed(manager, Kind.WINDOWS, row.id).values["phone"] == "010-5555-8888"
    (phone.take_asked if take else phone.keep_asked).emit()
    keys.press("Ctrl+Return")
    settled()
    now = listed(manager, Kind.WINDOWS, row.id).values
    assert now["phone"] == ("010-5555-8888" if take else "010-5555-7777")
    assert now["hours"] == "8:00-12:00"


def test_import_opens_for_the_list_that_is_shown(
    page: ListsPage, window: MainWindow, keys: Keys, settled: Settled
) -> None:
    keys.press("Ctrl+2")
    settled()
    page.import_button.setFocus()
    keys.press("Space")
    settled()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, ImportListsDialog)
