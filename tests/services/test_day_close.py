"""Closing a day: nothing that is open is forgotten, no original without a reason, once, and by one manager."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hall_desk import errors
from hall_desk.services import accounts, callbacks, day_close, passages, screening, tickets
from hall_desk.services.accounts import Role
from hall_desk.services.callbacks import NewCallback
from hall_desk.services.day_close import Carried, NewClose
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store import models
from hall_desk.store.ids import new_id
from hall_desk.store.models import JournalEntry
from tests.conftest import MORNING, PIN

if TYPE_CHECKING:
    from hall_desk.services.accounts import Actor
    from hall_desk.services.day_close import OpenItem, Review
    from hall_desk.services.tickets import TicketView
    from hall_desk.store.database import Store

DAY = MORNING.date()
PAPERS = (NewPaper("身份证"), NewPaper("户口本复印件", original=False), NewPaper("医保手册"))


def opened(desk: Actor, matter: Any, name: str = "于女士", papers: Any = PAPERS) -> TicketView:
    typed = NewTicket(
        new_id(), matter, name, "13800004127", consent=True, papers=papers, second_allowed=True
    )
    return tickets.open(desk, typed)


def handed_back(desk: Actor, clerk: Actor, ticket: TicketView) -> None:
    key = ticket.card.id
    tickets.claim(clerk, key)
    tickets.received(clerk, key)
    tickets.finish(clerk, key, "已办好")
    tickets.hand_back(desk, key, tickets.Proof("pickup_code", ticket.pickup_code))


def reasons(seen: Review, why: str = "居民改日来取") -> tuple[Carried, ...]:
    return tuple(Carried(item.kind, item.id, why) for item in seen.items)


def told(items: tuple[OpenItem, ...]) -> list[tuple[str, str, str]]:
    return [(item.kind, item.number, item.what) for item in items]


@pytest.fixture
def open_things(
    front_desk: Actor, clerk: Actor, manager: Actor, small_hall: dict[str, Any]
) -> TicketView:
    """One of every kind that can be open in the evening."""
    ticket = opened(front_desk, small_hall["medical"])
    callbacks.promise(
        clerk,
        NewCallback(
            new_id(), small_hall["window3"], "13600008853", matter_id=small_hall["transfer"],
            due_at=MORNING + timedelta(hours=1),
        ),
    )  # fmt: skip
    with manager.store.change(manager) as change:
        models.Incident.create(
            id=new_id(), hall=manager.hall_id, at=change.at, service_day=change.day, kind="dispute",
            place="门口", state="open", due_at=change.at, staff=manager.staff_id, force_insert=True,
        )  # fmt: skip
        models.Rating.create(
            id=new_id(), hall=manager.hall_id, ticket=ticket.card.id, at=change.at,
            service_day=change.day, grade=1, reasons="slow",
            follow_up_due_at=change.at + timedelta(hours=2), force_insert=True,
        )  # fmt: skip
        change.record("incident.opened", None)
    return ticket


def test_every_kind_of_open_thing_is_listed(manager: Actor, open_things: TicketView) -> None:
    seen = day_close.review(manager, DAY)
    assert seen.closing is None
    assert told(seen.items) == [
        ("ticket", "A001", "医保卡领取"),
        ("paper", "A001", "身份证"),
        ("paper", "A001", "医保手册"),
        ("callback", "3", "变更定点医疗机构"),
        ("incident", "", "dispute"),
        ("follow_up", "A001", "1"),
    ]
    assert seen.items[1].staff == "陈晓"
    assert seen.items[3].who == "136****8853"


def test_what_is_settled_or_due_later_is_not_listed(
    store: Store, manager: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    handed_back(front_desk, clerk, opened(front_desk, small_hall["medical"]))
    callbacks.promise(
        clerk,
        NewCallback(
            new_id(), small_hall["window3"], "13600008853", due_at=MORNING + timedelta(days=3)
        ),
    )
    assert day_close.review(manager, DAY).items == ()
    store.freeze(MORNING + timedelta(days=1))
    opened(front_desk, small_hall["medical"])
    assert day_close.review(manager, DAY).items == ()
    assert len(day_close.review(manager, DAY + timedelta(days=1)).items) == 3


def test_a_day_is_closed_with_a_reason_for_each_open_thing(
    manager: Actor, open_things: TicketView
) -> None:
    seen = day_close.review(manager, DAY)
    typed = NewClose(new_id(), DAY, reasons(seen))
    closing = day_close.close(manager, typed)
    assert (closing.id, closing.day, closing.by, closing.at) == (typed.id, DAY, "李主任", MORNING)
    assert sorted(line.kind for line in closing.carried) == sorted(item.kind for item in seen.items)
    assert day_close.review(manager, DAY).closing == day_close.closing(manager, DAY) == closing


def test_a_second_enter_is_the_same_closing(manager: Actor, open_things: TicketView) -> None:
    typed = NewClose(new_id(), DAY, reasons(day_close.review(manager, DAY)))
    assert day_close.close(manager, typed) == day_close.close(manager, typed)
    with manager.store.reading():
        assert JournalEntry.select().where(JournalEntry.kind == "day.closed").count() == 1


@pytest.mark.parametrize("left_out", ["ticket", "paper", "callback", "incident", "follow_up"])
def test_nothing_open_can_be_left_out(
    left_out: str, manager: Actor, open_things: TicketView
) -> None:
    given = [one for one in reasons(day_close.review(manager, DAY)) if one.kind != left_out]
    with pytest.raises(errors.DayNotSettled) as refused:
        day_close.close(manager, NewClose(new_id(), DAY, tuple(given)))
    lacking = 2 if left_out == "paper" else 1
    assert refused.value.count == lacking
    assert refused.value.originals == (lacking if left_out == "paper" else 0)
    assert day_close.closing(manager, DAY) is None


def test_the_tickets_reason_does_not_cover_its_original(
    manager: Actor, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    ticket = opened(front_desk, small_hall["medical"], papers=(NewPaper("身份证"),))
    with pytest.raises(errors.DayNotSettled) as refused:
        day_close.close(
            manager, NewClose(new_id(), DAY, (Carried("ticket", ticket.card.id, "明天再办"),))
        )
    assert (refused.value.count, refused.value.originals) == (1, 1)


@pytest.mark.parametrize(("reason", "why"), [("  ", "empty"), ("长" * 201, "too_long")])
def test_a_reason_that_is_none_is_refused(
    reason: str, why: str, manager: Actor, open_things: TicketView
) -> None:
    given = reasons(day_close.review(manager, DAY))
    with pytest.raises(errors.BadInput) as refused:
        day_close.close(
            manager, NewClose(new_id(), DAY, (*given[1:], replace(given[0], reason=reason)))
        )
    assert (refused.value.field, refused.value.reason) == ("reason", why)
    assert day_close.closing(manager, DAY) is None


def test_what_came_up_while_the_wizard_was_open_stops_the_closing(
    manager: Actor, front_desk: Actor, small_hall: dict[str, Any], open_things: TicketView
) -> None:
    given = reasons(day_close.review(manager, DAY))
    opened(front_desk, small_hall["residence"], "周先生", papers=())
    with pytest.raises(errors.DayNotSettled) as refused:
        day_close.close(manager, NewClose(new_id(), DAY, given))
    assert refused.value.count == 1


def test_what_was_settled_meanwhile_is_not_carried_over(
    manager: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    ticket = opened(front_desk, small_hall["medical"])
    given = reasons(day_close.review(manager, DAY))
    handed_back(front_desk, clerk, ticket)
    assert day_close.close(manager, NewClose(new_id(), DAY, given)).carried == ()


def test_the_second_manager_is_told_who_closed_it_and_when(store: Store, manager: Actor) -> None:
    accounts.add_staff(manager, "韩梅", Role.MANAGER, PIN)
    other = accounts.sign_in(store, "韩梅", PIN)
    day_close.close(manager, NewClose(new_id(), DAY))
    store.freeze(MORNING + timedelta(minutes=5))
    with pytest.raises(errors.DayClosed) as refused:
        day_close.close(other, NewClose(new_id(), DAY))
    assert (refused.value.by, refused.value.at) == ("李主任", MORNING)
    assert refused.value.facts["at_text"] == "02-21 10:03"


def test_of_two_managers_at_once_one_closes_and_the_other_is_told(
    store: Store, manager: Actor, open_things: TicketView
) -> None:
    accounts.add_staff(manager, "韩梅", Role.MANAGER, PIN)
    other = accounts.sign_in(store, "韩梅", PIN)
    given = reasons(day_close.review(manager, DAY))
    together = threading.Barrier(2)
    ended: dict[str, Any] = {}

    def press(actor: Actor) -> None:
        together.wait()
        try:
            ended[actor.name] = day_close.close(actor, NewClose(new_id(), DAY, given))
        except errors.HallDeskError as error:
            ended[actor.name] = error
        finally:
            store.close_thread()

    threads = [threading.Thread(target=press, args=(actor,)) for actor in (manager, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    closed = [name for name, what in ended.items() if isinstance(what, day_close.Closing)]
    refused = [what for what in ended.values() if isinstance(what, errors.DayClosed)]
    assert (len(closed), len(refused)) == (1, 1), ended
    assert refused[0].by == closed[0]
    with store.reading():
        assert models.DayClose.select().count() == 1
        assert models.CarriedOver.select().count() == len(given)


def test_people_in_the_hall_must_be_said_to_have_left(manager: Actor, front_desk: Actor) -> None:
    for name in ("于女士", "周先生"):
        screening.record(front_desk, NewCheck(new_id(), "365", name))
    assert day_close.review(manager, DAY).people == 2
    typed = NewClose(new_id(), DAY)
    with pytest.raises(errors.DayNotSettled) as refused:
        day_close.close(manager, typed)
    assert refused.value.people == 2
    day_close.close(manager, replace(typed, hall_empty=True))
    assert passages.inside(manager).count == 0


def test_a_forgotten_day_is_closed_the_next_morning_and_none_ahead(
    store: Store, manager: Actor, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    opened(front_desk, small_hall["medical"], papers=())
    store.freeze(MORNING + timedelta(days=1))
    opened(front_desk, small_hall["residence"], "周先生", papers=())
    seen = day_close.review(manager, DAY)
    assert told(seen.items) == [("ticket", "A001", "医保卡领取")]
    assert day_close.close(manager, NewClose(new_id(), DAY, reasons(seen))).day == DAY
    for ask in (
        lambda: day_close.review(manager, DAY + timedelta(days=2)),
        lambda: day_close.close(manager, NewClose(new_id(), DAY + timedelta(days=2))),
    ):
        with pytest.raises(errors.DayNotOver):
            ask()


def test_a_day_that_was_forgotten_is_named(
    store: Store, manager: Actor, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    day = timedelta(days=1)
    screening.record(front_desk, NewCheck(new_id(), "365", "于女士"))
    store.freeze(MORNING + day)
    # A hall that never closed a day is not nagged.
    assert day_close.review(manager, DAY + day).forgotten is None
    day_close.close(manager, NewClose(new_id(), DAY + day))
    assert day_close.review(manager, DAY + day).forgotten == DAY
    day_close.close(manager, NewClose(new_id(), DAY, hall_empty=True))
    # Nobody came on the day after: it needs no closing.
    store.freeze(MORNING + 3 * day)
    assert day_close.review(manager, DAY + 3 * day).forgotten is None


def test_the_reason_of_the_day_before_is_offered_again(
    store: Store, manager: Actor, open_things: TicketView
) -> None:
    seen = day_close.review(manager, DAY)
    day_close.close(manager, NewClose(new_id(), DAY, reasons(seen, "材料补齐后再办")))
    store.freeze(MORNING + timedelta(days=1))
    again = day_close.review(manager, DAY + timedelta(days=1))
    assert {item.reason for item in again.items} == {"材料补齐后再办"}


def test_work_goes_on_after_the_closing(
    manager: Actor, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    day_close.close(manager, NewClose(new_id(), DAY))
    assert opened(front_desk, small_hall["medical"]).card.number == "A001"


def test_the_journal_tells_numbers_and_no_words(manager: Actor, open_things: TicketView) -> None:
    seen = day_close.review(manager, DAY)
    day_close.close(manager, NewClose(new_id(), DAY, reasons(seen, "于女士明天来取")))
    with manager.store.reading():
        facts = {row.kind: row.facts for row in JournalEntry.select()}
    assert facts["day.closed"] == '{"carried":6,"day":"2020-02-21","originals":2,"people":0}'
    assert "于女士" not in "".join(facts.values())
    assert tickets.get(manager, open_things.card.id).history[0].kind == "day.carried_over"


def test_only_managers_close_a_day(front_desk: Actor, clerk: Actor) -> None:
    for actor in (front_desk, clerk):
        with pytest.raises(errors.NotAllowed):
            day_close.review(actor, DAY)
        with pytest.raises(errors.NotAllowed):
            day_close.close(actor, NewClose(new_id(), DAY))
