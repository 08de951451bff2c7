"""Epidemic and ordinary mode: in epidemic mode nothing is taken in without a passed temperature check of today."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hall_desk import errors
from hall_desk.services import intake_checks, screening, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import NewTicket
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING


@pytest.fixture
def epidemic(manager: Actor) -> None:
    intake_checks.set_mode(manager, epidemic=True)


def ticket(hall: dict[str, Any], **more: Any) -> NewTicket:
    new = NewTicket(new_id(), hall["medical"], "于女士", "13800004127", consent=True)
    return replace(new, **more)


def refusal(actor: Actor, new: NewTicket) -> str:
    with pytest.raises(errors.BadInput) as refused:
        tickets.open(actor, new)
    assert refused.value.field == "check"
    return refused.value.reason


def measure(actor: Actor, temperature: str = "365", **more: Any) -> screening.Check:
    return screening.record(actor, NewCheck(new_id(), temperature, **more))


def waived() -> list[Any]:
    entries = models.JournalEntry.select().where(models.JournalEntry.kind == "check.waived")
    return [json.loads(entry.facts) for entry in entries]


def test_in_ordinary_mode_a_check_is_optional(
    front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    assert not intake_checks.needs_check(front_desk, "于女士", "")
    assert tickets.open(front_desk, ticket(small_hall)).card.state == "queued"


def test_in_epidemic_mode_a_passed_check_of_today_is_required(
    store: Store, front_desk: Actor, small_hall: dict[str, Any], epidemic: None
) -> None:
    new = ticket(small_hall)
    assert intake_checks.needs_check(front_desk, "于女士", "13800004127")
    assert refusal(front_desk, new) == "needed"
    measure(front_desk, name="于女士", phone="13800004127")
    assert not intake_checks.needs_check(front_desk, "于女士", "13800004127")
    # The refused try has used no number.
    assert tickets.open(front_desk, new).card.number == "A001"
    store.freeze(MORNING + timedelta(days=1))
    assert refusal(front_desk, ticket(small_hall, second_allowed=True)) == "needed"


def test_ordinary_mode_again_asks_for_nothing(
    front_desk: Actor, manager: Actor, small_hall: dict[str, Any], epidemic: None
) -> None:
    intake_checks.set_mode(manager, epidemic=False)
    assert tickets.open(front_desk, ticket(small_hall)).card.state == "queued"


def test_the_name_is_enough_where_no_phone_was_taken(
    front_desk: Actor, small_hall: dict[str, Any], epidemic: None
) -> None:
    measure(front_desk, name="于女士")
    assert tickets.open(front_desk, ticket(small_hall)).card.state == "queued"


def test_somebody_else_of_the_same_name_is_somebody_else(
    front_desk: Actor, small_hall: dict[str, Any], epidemic: None
) -> None:
    measure(front_desk, name="于女士", phone="13900002210")
    assert refusal(front_desk, ticket(small_hall)) == "needed"


def test_a_check_without_a_name_counts_when_the_ticket_is_opened_from_it(
    front_desk: Actor, small_hall: dict[str, Any], epidemic: None
) -> None:
    check = measure(front_desk)
    assert tickets.open(front_desk, ticket(small_hall, check_id=check.id)).card.state == "queued"


def test_a_check_that_was_withdrawn_or_high_or_of_yesterday_lets_nobody_in(
    store: Store, front_desk: Actor, small_hall: dict[str, Any], epidemic: None
) -> None:
    old = measure(front_desk)
    store.freeze(MORNING + timedelta(days=1))
    wrong = measure(front_desk)
    screening.undo(front_desk, wrong.id)
    high = measure(front_desk, "376")
    for check in (old, wrong, high):
        assert refusal(front_desk, ticket(small_hall, check_id=check.id)) == "needed"


def test_who_was_too_hot_is_not_served_whatever_is_said(
    front_desk: Actor, small_hall: dict[str, Any], epidemic: None
) -> None:
    measure(front_desk, name="于女士", phone="13800004127")
    held = measure(front_desk, "37.6", name="于女士", phone="13800004127")
    assert intake_checks.at_intake(front_desk, "于女士", "13800004127").not_admitted
    assert refusal(front_desk, ticket(small_hall)) == "not_admitted"
    assert refusal(front_desk, ticket(small_hall, without_check="unnamed")) == "not_admitted"
    screening.record(front_desk, NewCheck(new_id(), "36.6", recheck_of=held.id))
    assert tickets.open(front_desk, ticket(small_hall)).card.state == "queued"


def test_without_a_check_a_reason_is_given_and_journalled(
    front_desk: Actor, small_hall: dict[str, Any], epidemic: None
) -> None:
    with pytest.raises(errors.BadInput):
        tickets.open(front_desk, ticket(small_hall, without_check="in a hurry"))
    new = ticket(small_hall, without_check="unnamed")
    tickets.open(front_desk, new)
    tickets.open(front_desk, new)
    assert waived() == [{"reason": "unnamed"}]


def test_the_switch_is_for_managers_and_is_journalled(front_desk: Actor, manager: Actor) -> None:
    with pytest.raises(errors.NotAllowed):
        intake_checks.set_mode(front_desk, epidemic=True)
    assert intake_checks.set_mode(manager, epidemic=True).epidemic
    entry = models.JournalEntry.get(models.JournalEntry.kind == "setting.changed")
    assert json.loads(entry.facts) == {"name": "epidemic", "before": False, "after": True}
