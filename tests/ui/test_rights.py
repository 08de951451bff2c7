"""What the services would refuse is not offered: each role's pages, and every key of every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from hall_desk import errors
from hall_desk.services import accounts
from hall_desk.services.accounts import Actor, Role
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.ui.main_window import LOCK, QUIT, SWITCH
from tests.conftest import PIN

if TYPE_CHECKING:
    from hall_desk.ui.main_window import MainWindow

PAGES = {
    Role.FRONT_DESK: {
        "screening", "consultation", "proxy", "foyer", "window", "callbacks", "incidents", "people",
    },
    Role.WINDOW_CLERK: {"proxy", "window", "callbacks", "incidents"},
    Role.MANAGER: {
        "screening", "consultation", "proxy", "foyer", "window", "callbacks", "incidents", "people", "report",
        "dashboard", "lists", "settings", "trips",
    },
    Role.WORKING_GROUP: {"incidents"},
}  # fmt: skip
ROLES = pytest.mark.parametrize("role", PAGES, ids=lambda role: role.value)


@pytest.fixture
def store(sample_hall: Store) -> Store:
    """These screens have something of everything to show."""
    return sample_hall


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rights for want of which a service refused what a screen asked."""
    found: list[str] = []
    needs = Actor.needs

    def listening(actor: Actor, action: str) -> None:
        try:
            needs(actor, action)
        except errors.NotAllowed:
            found.append(action)
            raise

    monkeypatch.setattr(Actor, "needs", listening)
    return found


def somebody(store: Store, role: Role) -> Actor:
    window = models.Window.get(models.Window.number == "3").id
    there = window if role is Role.WINDOW_CLERK else None
    accounts.add_staff(accounts.operator(store), "某某某", role, PIN, there)
    return accounts.sign_in(store, "某某某", PIN)


@ROLES
def test_each_role_has_the_pages_of_its_work(
    role: Role, store: Store, make_window: Callable[..., MainWindow], settled: Callable[[], None]
) -> None:
    window = make_window(somebody(store, role))
    settled()
    assert set(window.pages) - {"outbox", "journal"} == PAGES[role]
    assert ("journal" in window.pages) <= (role is Role.MANAGER)


@ROLES
def test_no_key_of_any_page_asks_for_what_is_refused(
    role: Role,
    store: Store,
    make_window: Callable[..., MainWindow],
    settled: Callable[[], None],
    refused: list[str],
) -> None:
    window = make_window(somebody(store, role))
    for name, page in window.pages.items():
        keys = {shortcut.key for shortcut in page.shortcuts()} | set(window._everywhere)
        for key in sorted(keys - {QUIT, LOCK, SWITCH}):
            window.go(name)
            settled()
            window._pressed(key)
            settled()
            for dialog in reversed(window.dialogs()):
                dialog.reject()
            assert refused == [], (name, key)
