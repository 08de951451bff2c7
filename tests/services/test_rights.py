"""Every function of the services, called as every role, refuses and allows what the table of rights says."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import importlib
import inspect
import pkgutil
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import hall_desk
from hall_desk import errors, services
from hall_desk.services import accounts, posts, turns
from hall_desk.services.accounts import RIGHTS, Actor, Role
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests import write_rights
from tests.conftest import PIN
from tests.services.rights_table import INSIDE, NEEDS, OPEN

ROOT = Path(hall_desk.__file__).parent
# Makers of halls: they call the services as people who are signed in.
ASIDE = ("sample_day", "load")
FIRST = {"Actor", "Store", "Guest"}


def modules() -> Iterator[tuple[str, types.ModuleType]]:
    """The modules of the services by their short names: `tickets`, `figures.staff`."""
    start = f"{services.__name__}."
    for found in pkgutil.walk_packages(services.__path__, start):
        name = found.name.removeprefix(start)
        if not name.startswith(ASIDE):
            yield name, importlib.import_module(found.name)


def public_functions(*first: str) -> dict[str, Callable[..., Any]]:
    """The public functions by `module.name` whose first parameter is one of `first`."""
    found = {}
    for short, module in modules():
        for name, function in vars(module).items():
            own = inspect.isfunction(function) and function.__module__ == module.__name__
            if not own or name.startswith("_"):
                continue
            parameters = list(inspect.signature(function).parameters.values())
            if parameters and parameters[0].annotation in first:
                found[f"{short}.{name}"] = function
    return found


FUNCTIONS = public_functions(*FIRST)


# --- the tables are complete -----------------------------------------------------------------------------


def test_every_function_stands_in_one_table() -> None:
    tables = [set(NEEDS), set(INSIDE), set(OPEN)]
    named = set().union(*tables)
    assert sum(map(len, tables)) == len(named), "a function stands in two tables"
    assert sorted(set(FUNCTIONS) - named) == [], "new: give it a line in rights_table.py"
    assert sorted(named - set(FUNCTIONS)) == [], "gone: take its line out of rights_table.py"


def named_outside() -> set[str]:
    """What screens, commands, papers and devices name of the services."""
    found = set()
    for path in ROOT.rglob("*.py"):
        if "services" in path.relative_to(ROOT).parts:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        as_named: dict[str, str] = {}
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or node.module is None:
                continue
            if node.module == services.__name__:
                as_named |= {alias.asname or alias.name: alias.name for alias in node.names}
            elif node.module.startswith(f"{services.__name__}."):
                module = node.module.removeprefix(f"{services.__name__}.")
                found |= {f"{module}.{alias.name}" for alias in node.names}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found.add(f"{as_named.get(node.value.id)}.{node.attr}")
    return found


def test_what_only_services_may_call_is_named_nowhere_else() -> None:
    outside = named_outside()
    assert "tickets.open" in outside, "the search itself is broken"
    inside = set(INSIDE) | set(public_functions("Change"))
    assert sorted(inside & outside) == []


# --- names of rights ---------------------------------------------------------------------------------------


def asked_rights() -> Iterator[tuple[str, str]]:
    """File and name of every right that the code asks for in words: `needs("…")`, `may("…")`, a page's `right`."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            asks = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("needs", "may")
            )
            is_right = (
                path.parent.name == "pages"
                and isinstance(node, ast.Assign)
                and any(isinstance(name, ast.Name) and name.id == "right" for name in node.targets)
            )
            if asks or is_right:
                where = node.args[0] if isinstance(node, ast.Call) else node.value
                for word in ast.walk(where):
                    if (
                        isinstance(word, ast.Constant)
                        and isinstance(word.value, str)
                        and word.value
                    ):
                        yield path.name, word.value


def test_every_right_that_is_asked_for_exists_and_every_right_is_asked_for() -> None:
    from hall_desk.services import undo

    asked = list(asked_rights())
    assert len(asked) > 100, "the search itself is broken"
    assert [pair for pair in asked if pair[1] not in RIGHTS] == []
    of_tables = {*NEEDS.values(), *undo.RIGHTS.values()}
    assert of_tables <= set(RIGHTS)
    assert sorted(set(RIGHTS) - {right for _file, right in asked} - of_tables) == []


def test_a_misspelt_right_is_a_bug_for_every_role(manager: Actor) -> None:
    for asks in (manager.may, manager.needs):
        with pytest.raises(KeyError):
            asks("tickets.opne")


def test_the_table_in_the_docs_is_this_one() -> None:
    assert set(write_rights.MEANINGS) == set(RIGHTS)
    assert write_rights.PATH.read_text("utf-8") == write_rights.written(), (
        "run python -m tests.write_rights"
    )


# --- every function as every role --------------------------------------------------------------------------


@dataclasses.dataclass
class Hall:
    """The sample hall with somebody of each role, and things in it to be acted on."""

    actors: dict[Role, Actor]
    known: dict[str, Any]
    folder: Path

    def values(self, function: Callable[..., Any]) -> list[Any]:
        """A value for each parameter that must be given."""
        parameters = list(inspect.signature(function).parameters.values())[1:]
        hints = type_hints(function)
        return [
            self.value(one.name, hints[one.name])
            for one in parameters
            if one.default is one.empty and one.kind is not one.KEYWORD_ONLY
        ]

    def named_values(self, function: Callable[..., Any]) -> dict[str, Any]:
        hints = type_hints(function)
        return {
            one.name: self.value(one.name, hints[one.name])
            for one in inspect.signature(function).parameters.values()
            if one.default is one.empty and one.kind is one.KEYWORD_ONLY
        }

    def value(self, name: str, kind: Any) -> Any:
        """Something of a type: a thing of the hall where the name tells which, else the simplest there is."""
        if kind is UUID:
            return self.known.get(name) or new_id()
        if name in self.known and isinstance(
            self.known[name], kind if isinstance(kind, type) else ()
        ):
            return self.known[name]
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            hints = type_hints(kind)
            return kind(**{
                field.name: self.value(field.name, hints[field.name])
                for field in dataclasses.fields(kind)
                if field.default is dataclasses.MISSING
                and field.default_factory is dataclasses.MISSING
                and field.init
            })  # fmt: skip
        if isinstance(kind, type) and issubclass(kind, Enum):
            return next(iter(kind))
        origin = typing.get_origin(kind) or kind
        if origin in (types.UnionType, typing.Union):
            options = typing.get_args(kind)
            return None if type(None) in options else self.value(name, options[0])
        if origin is Path:
            return self.folder / f"{new_id()}.csv"
        simple: dict[Any, Any] = {
            str: "x", int: 1, bool: False, float: 1.0, Decimal: Decimal(1),
            date: self.known["day"], datetime: self.known["at"], time: time(10), timedelta: timedelta(1),
            bytes: b"", tuple: (), list: [], dict: {}, set: set(), frozenset: frozenset(),
        }  # fmt: skip
        if origin in simple:
            return simple[origin]
        if origin is Mapping:
            return {}
        if origin in (typing.Any, object) or getattr(origin, "__module__", "") == "collections.abc":
            return ()
        raise AssertionError(f"how to make a {kind} for {name!r}?")


def type_hints(thing: Any) -> dict[str, Any]:
    """The types of a function's parameters or of a class's fields, those imported for checking only too."""
    known: dict[str, Any] = {"Callable": Callable}
    for _short, module in modules():
        known |= {name: found for name, found in vars(module).items() if isinstance(found, type)}
    thing = inspect.unwrap(thing) if inspect.isfunction(thing) else thing
    return typing.get_type_hints(thing, {**known, **vars(sys.modules[thing.__module__])})


@pytest.fixture
def hall(sample_hall: Store, tmp_path: Path) -> Hall:
    operator = accounts.operator(sample_hall)
    window = models.Window.get(models.Window.number == "3")
    for role in Role:
        there = window.id if role is Role.WINDOW_CLERK else None
        accounts.add_staff(operator, f"某{role.value}", role, PIN, there)
    actors = {role: accounts.sign_in(sample_hall, f"某{role.value}", PIN, "Z") for role in Role}
    with sample_hall.reading():
        ticket = models.Ticket.get(models.Ticket.state == "queued")
        known = {
            "ticket_id": ticket.id,
            "window_id": window.id,
            "matter_id": ticket.matter_id,
            "staff_id": models.Staff.get(models.Staff.name == "某front_desk").id,
            "day": sample_hall.today(),
            "at": sample_hall.now(),
            "text": "于",
            "kind": "communities",
            "name": "某某某",
        }
    return Hall(actors, known, tmp_path)


def refused_right(call: Callable[[], object]) -> str:
    """The right for want of which the call was refused; empty when it was not, whatever else came of it.

    That a ticket lies at somebody else's window, or that a person is needed, is a rule of the work and no right.
    """
    try:
        call()
    except errors.NotAllowed as error:
        return error.action if error.action in RIGHTS else ""
    except errors.HallDeskError:
        pass
    return ""


def test_every_role_is_allowed_and_refused_what_the_table_says(hall: Hall) -> None:
    wrong = []
    for name, right in NEEDS.items():
        function = FUNCTIONS[name]
        for role, actor in hall.actors.items():
            values, more = hall.values(function), hall.named_values(function)
            said = refused_right(lambda: function(actor, *values, **more))  # noqa: B023 - called at once
            expected = "" if role in RIGHTS[right] else right
            if said != expected:
                wrong.append((name, role.value, f"refused for {said or 'nothing'}", expected))
    assert wrong == []


def test_what_is_done_for_somebody_else_has_a_right_of_its_own(hall: Hall) -> None:
    """Where the same function needs another right, by whom it is about."""
    own = hall.actors[Role.FRONT_DESK].person()
    giver, taker = hall.actors[Role.WINDOW_CLERK].person(), hall.actors[Role.FRONT_DESK].person()
    manager = hall.actors[Role.MANAGER].person()
    calls: list[tuple[str, Callable[[Actor], object], set[Role]]] = [
        (
            "posts.assign",
            lambda who: turns.take_post(who, turns.NewShift(new_id(), "proxy", staff_id=manager)),
            {Role.FRONT_DESK, Role.MANAGER},
        ),
        (
            "posts.assign",
            lambda who: turns.leave_post(who, new_id()),
            {Role.FRONT_DESK, Role.MANAGER},
        ),
        (
            "posts.hand_over_for",
            lambda who: posts.hand_over(who, posts.NewHandOver(new_id(), giver, taker, PIN)),
            # The two whose post it is, and a manager for somebody who is gone.
            {Role.FRONT_DESK, Role.WINDOW_CLERK, Role.MANAGER},
        ),
    ]
    assert own == taker
    for right, call, allowed in calls:
        for role, actor in hall.actors.items():
            if role is Role.MANAGER and right == "posts.assign":
                assert refused_right(lambda: call(actor)) == ""  # noqa: B023 - called at once
                continue
            assert bool(refused_right(lambda: call(actor))) == (role not in allowed), (right, role)  # noqa: B023


def test_no_refused_call_has_written_anything(hall: Hall) -> None:
    foyer, group = hall.actors[Role.FOYER], hall.actors[Role.WORKING_GROUP]

    def written() -> int:
        with foyer.store.reading():
            return int(models.JournalEntry.select().count())

    before = written()
    for name, right in NEEDS.items():
        for actor in (foyer, group):
            if actor.role not in RIGHTS[right]:
                values = hall.values(FUNCTIONS[name])
                more = hall.named_values(FUNCTIONS[name])
                with contextlib.suppress(errors.NotAllowed):
                    FUNCTIONS[name](actor, *values, **more)
    assert written() == before
