"""Ratings: offered by the desk, given by the resident alone, low ones explained and followed up."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hall_desk import errors, i18n
from hall_desk.services import halls, ratings, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.ratings import Guest, NewFollowUp, NewOffer, NewRating
from hall_desk.services.tickets import NewTicket, TicketView
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from hall_desk.store.models import JournalEntry, Rating
from tests.conftest import MORNING


@pytest.fixture
def ticket(front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]) -> TicketView:
    """A finished ticket without papers."""
    asked = NewTicket(new_id(), small_hall["medical"], "于女士", "13800004127", consent=True)
    opened = tickets.open(front_desk, asked)
    tickets.claim(clerk, opened.card.id)
    return tickets.finish(clerk, opened.card.id, "已领取")


@pytest.fixture
def guest(front_desk: Actor, ticket: TicketView) -> Guest:
    return ratings.offer(front_desk, NewOffer(new_id(), ticket.card.id))


def given(store: Store) -> list[Rating]:
    with store.reading():
        return list(Rating.select())


def test_a_resident_rates_what_was_offered_and_nobodys_name_is_on_it(
    store: Store, guest: Guest, manager: Actor, ticket: TicketView, small_hall: dict[str, Any]
) -> None:
    assert (guest.number, guest.matter) == ("A001", "医保卡领取")
    ratings.rate(guest, NewRating(5))
    (row,) = given(store)
    assert (row.grade, row.ticket_id, row.window_id) == (5, ticket.card.id, small_hall["window3"])
    assert row.follow_up_due_at is None
    with store.reading():
        (told,) = JournalEntry.select().where(JournalEntry.kind == "rating.given")
    assert (told.staff, told.post, json.loads(told.facts)) == (None, "resident", {})


def test_staff_cannot_rate(
    front_desk: Actor, clerk: Actor, manager: Actor, guest: Guest, store: Store
) -> None:
    for actor in (front_desk, clerk, manager):
        not_a_guest: Any = actor
        with pytest.raises(errors.NotAllowed):
            ratings.rate(not_a_guest, NewRating(5))
    assert given(store) == []


def test_nobody_rates_what_was_not_offered(guest: Guest, store: Store) -> None:
    with pytest.raises(errors.BadInput) as refused:
        ratings.rate(replace(guest, offer_id=new_id()), NewRating(5))
    assert (refused.value.field, refused.value.reason) == ("offer", "over")
    assert given(store) == []


def test_an_offer_is_good_for_one_rating(guest: Guest, store: Store) -> None:
    ratings.rate(guest, NewRating(3))
    ratings.rate(guest, NewRating(5))
    assert [row.grade for row in given(store)] == [3]


def test_an_offer_is_over_after_fifteen_minutes(store: Store, guest: Guest) -> None:
    store.freeze(MORNING + timedelta(minutes=15, seconds=1))
    with pytest.raises(errors.BadInput) as refused:
        ratings.rate(guest, NewRating(5))
    assert refused.value.reason == "over"


def test_an_offer_made_before_midnight_is_good_after_it(
    store: Store, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    store.freeze(MORNING.replace(hour=15, minute=59, second=30))  # 23:59:30 in the hall
    late = ratings.offer(front_desk, NewOffer(new_id(), window_id=small_hall["window3"]))
    store.freeze(MORNING.replace(hour=16, minute=0, second=10))
    ratings.rate(late, NewRating(4))
    (row,) = given(store)
    assert (row.ticket_id, row.window_id) == (None, small_hall["window3"])
    assert row.service_day == MORNING.date() + timedelta(days=1)


def test_a_ticket_is_rated_once_whatever_desk_offered_it(
    store: Store, front_desk: Actor, guest: Guest, ticket: TicketView
) -> None:
    other = ratings.offer(front_desk, NewOffer(new_id(), ticket.card.id))
    ratings.rate(guest, NewRating(5))
    with pytest.raises(errors.AlreadyThere) as refused:
        ratings.rate(other, NewRating(1, ("slow",)))
    assert i18n.explain(refused.value) == "评价“A001”已经存在。"
    with pytest.raises(errors.AlreadyThere):
        ratings.offer(front_desk, NewOffer(new_id(), ticket.card.id))
    assert [row.grade for row in given(store)] == [5]


def test_two_screens_at_once_give_one_rating(
    store: Store, front_desk: Actor, guest: Guest, ticket: TicketView
) -> None:
    other = ratings.offer(front_desk, NewOffer(new_id(), ticket.card.id))
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def press(whose: Guest) -> None:
        start.wait()
        try:
            ratings.rate(whose, NewRating(5))
            outcomes.append("rated")
        except errors.AlreadyThere:
            outcomes.append("there")
        finally:
            store.close_thread()

    threads = [threading.Thread(target=press, args=(whose,)) for whose in (guest, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["rated", "there"]


def test_a_ticket_is_rated_when_it_is_done_and_not_before(
    front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    asked = NewTicket(new_id(), small_hall["medical"], "钱女士", "13900001234", consent=True)
    waiting = tickets.open(front_desk, asked)
    with pytest.raises(errors.WrongState):
        ratings.offer(front_desk, NewOffer(new_id(), waiting.card.id))
    with pytest.raises(errors.NotFound):
        ratings.offer(front_desk, NewOffer(new_id(), new_id()))
    with pytest.raises(errors.NotFound):
        ratings.offer(front_desk, NewOffer(new_id(), window_id=new_id()))


@pytest.mark.parametrize(
    ("pressed", "field", "reason"),
    [
        (NewRating(2), "reasons", "empty"),
        (NewRating(1, (), "很差"), "reasons", "empty"),
        (NewRating(1, ("other",)), "comment", "empty"),
        (NewRating(1, ("other",), "  \n "), "comment", "empty"),
        (NewRating(2, ("weather",)), "reasons", "unknown"),
        (NewRating(0), "grade", "unknown"),
        (NewRating(6), "grade", "unknown"),
        (NewRating(2, ("slow",), "慢" * 201), "comment", "too_long"),
    ],
)
def test_two_low_grades_without_a_reason_are_refused_politely(
    store: Store, guest: Guest, pressed: NewRating, field: str, reason: str
) -> None:
    with pytest.raises(errors.BadInput) as refused:
        ratings.rate(guest, pressed)
    assert (refused.value.field, refused.value.reason) == (field, reason)
    if reason == "empty" and field == "reasons":
        assert "请" in i18n.explain(refused.value)
    assert given(store) == []
    ratings.rate(guest, NewRating(2, ("slow",)))  # the same page goes on


def test_a_low_grade_opens_a_follow_up_with_the_halls_days(
    store: Store, manager: Actor, guest: Guest, ticket: TicketView
) -> None:
    halls.change_setting(manager, "rating_follow_up_days", 3)
    ratings.rate(guest, NewRating(2, ("other", "slow"), "𬭊先生等了一个小时"))
    (line,) = ratings.to_follow_up(manager)
    assert (line.reasons, line.comment) == (("slow", "other"), "𬭊先生等了一个小时")
    assert line.due_at == MORNING + timedelta(days=3)
    assert (line.number, line.matter, line.window) == ("A001", "医保卡领取", "3")
    assert (line.resident, line.phone_masked) == ("于女士", "138****4127")
    assert ratings.waiting(manager) == 1
    with store.reading():
        told = [entry.facts for entry in JournalEntry.select()]
    assert not any("等了" in facts for facts in told)


def test_a_follow_up_is_written_once(
    store: Store, manager: Actor, second_manager: Actor, guest: Guest
) -> None:
    ratings.rate(guest, NewRating(1, ("manner",)))
    (line,) = ratings.to_follow_up(manager)
    with pytest.raises(errors.BadInput) as empty:
        ratings.follow_up(manager, NewFollowUp(line.id, " "))
    assert (empty.value.field, empty.value.reason) == ("follow_up", "empty")
    written = NewFollowUp(line.id, "已致电道歉，窗口加派人员")
    store.freeze(MORNING + timedelta(hours=1))
    done = ratings.follow_up(manager, written)
    assert ratings.follow_up(manager, written) == done  # a double Enter
    assert (done.followed_up_by, done.follow_up, done.waits) == (
        "李主任",
        "已致电道歉，窗口加派人员",
        False,
    )
    assert ratings.to_follow_up(manager) == []
    with pytest.raises(errors.DoneByOther) as refused:
        ratings.follow_up(second_manager, NewFollowUp(line.id, "另有说法"))
    assert i18n.explain(refused.value) == "李主任 已于 02-21 11:03 办理。"
    assert ratings.recent(manager)[0].follow_up == "已致电道歉，窗口加派人员"


@pytest.fixture
def second_manager(store: Store, manager: Actor) -> Actor:
    from hall_desk.services import accounts
    from tests.conftest import PIN

    accounts.add_staff(manager, "韩梅", accounts.Role.MANAGER, PIN)
    return accounts.sign_in(store, "韩梅", PIN)


def test_a_good_grade_has_nothing_to_follow_up(manager: Actor, guest: Guest) -> None:
    ratings.rate(guest, NewRating(4))
    (line,) = ratings.recent(manager)
    with pytest.raises(errors.NotFound):
        ratings.follow_up(manager, NewFollowUp(line.id, "无"))
    with pytest.raises(errors.NotFound):
        ratings.follow_up(manager, NewFollowUp(new_id(), "无"))


def test_counts_by_grade_over_a_range_of_days(
    store: Store, front_desk: Actor, manager: Actor, small_hall: dict[str, Any]
) -> None:
    def rate(grade: int, *reasons: str) -> None:
        offered = ratings.offer(front_desk, NewOffer(new_id(), window_id=small_hall["window2"]))
        ratings.rate(offered, NewRating(grade, reasons))

    rate(5)
    rate(5)
    rate(2, "unclear")
    store.freeze(MORNING + timedelta(days=1))
    rate(3)
    day = MORNING.date()
    today = ratings.counts(manager, day, day)
    assert today.by_grade == ((5, 2), (4, 0), (3, 0), (2, 1), (1, 0))
    assert (today.total, today.satisfied, today.waiting, today.late) == (3, 2, 1, 0)
    assert ratings.counts(manager, day, day + timedelta(days=1)).total == 4
    store.freeze(MORNING + timedelta(days=5, seconds=1))
    assert ratings.counts(manager, day, day).late == 1


def test_only_managers_read_what_residents_said(front_desk: Actor, clerk: Actor) -> None:
    for actor in (front_desk, clerk):
        for reading in (ratings.recent, ratings.to_follow_up, ratings.waiting):
            with pytest.raises(errors.NotAllowed):
                reading(actor)  # type: ignore[operator]
        with pytest.raises(errors.NotAllowed):
            ratings.follow_up(actor, NewFollowUp(new_id(), "好"))
