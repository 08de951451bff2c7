"""Callbacks: what is promised is due in time, three calls without answer go aside, and of two callers one is told."""

from __future__ import annotations

import logging
import multiprocessing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from hall_desk import errors, i18n
from hall_desk.services import accounts, callback_times, callbacks, halls, privacy, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.callbacks import NewAttempt, NewCallback
from hall_desk.services.tickets import NewTicket
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING, PIN

PHONE = "13800004127"
Places = dict[str, Any]


def new(place: UUID | None, phone: str = PHONE, **more: Any) -> NewCallback:
    return NewCallback(new_id(), place, phone, **more)


def tried(key: UUID, outcome: str = "no_answer", **more: Any) -> NewAttempt:
    return NewAttempt(new_id(), key, outcome, **more)


def later(store: Store, **span: float) -> None:
    store.freeze(store.now() + timedelta(**span))


def kinds(store: Store) -> list[str]:
    with store.reading():
        rows = models.JournalEntry.select(models.JournalEntry.kind)
        return [kind for (kind,) in rows.tuples() if kind.startswith("callback.")]


def test_a_promise_is_due_after_the_halls_minutes(front_desk: Actor, small_hall: Places) -> None:
    made = callbacks.promise(
        front_desk, new(small_hall["window3"], name="于女士", matter_id=small_hall["medical"])
    )
    assert (made.state, made.due_at, made.call_at) == (
        "due",
        MORNING + timedelta(minutes=30),
        MORNING + timedelta(minutes=30),
    )
    assert (made.window_number, made.matter, made.phone_masked) == (
        "3",
        "医保卡领取",
        "138****4127",
    )
    assert (made.promised_by, made.name, made.tries) == ("陈晓", "于女士", 0)
    assert callbacks.due(front_desk) == [made]


def test_the_usual_minutes_are_a_setting(
    manager: Actor, front_desk: Actor, small_hall: Places
) -> None:
    halls.change_setting(manager, "callback_minutes", 45)
    made = callbacks.promise(front_desk, new(small_hall["window3"]))
    assert made.due_at == MORNING + timedelta(minutes=45)


@pytest.mark.parametrize(
    ("moment", "hours", "opens"),
    [
        ("2020-02-21 10:30", "9:00-12:00 13:30-17:00", "2020-02-21 10:30"),
        ("2020-02-21 12:10", "9:00-12:00 13:30-17:00", "2020-02-21 13:30"),
        ("2020-02-21 12:00", "9:00-12:00 13:30-17:00", "2020-02-21 13:30"),
        ("2020-02-21 08:10", "9:00-12:00 13:30-17:00", "2020-02-21 09:00"),
        # a Friday evening: Monday morning
        ("2020-02-21 17:20", "9:00-12:00 13:30-17:00", "2020-02-24 09:00"),
        # somebody works on a Saturday: then it is open today
        ("2020-02-22 10:30", "9:00-17:00", "2020-02-22 10:30"),
        ("2020-02-22 17:30", "9:00-17:00", "2020-02-24 09:00"),
        ("2020-02-21 12:10", "上午９：００－１２：００，下午13:30~17:00", "2020-02-21 13:30"),
        ("2020-02-21 22:10", "", "2020-02-21 22:10"),
        ("2020-02-21 22:10", "全天", "2020-02-21 22:10"),
        ("2020-02-28 18:00", "9:00-17:00", "2020-03-02 09:00"),
    ],
)
def test_a_call_is_due_when_the_window_is_open(moment: str, hours: str, opens: str) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    at = datetime.fromisoformat(moment).replace(tzinfo=zone)
    opens_on = halls.Settings().opens_on
    assert callback_times.within_hours(at, hours, opens_on) == datetime.fromisoformat(
        opens
    ).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        # the eve of the holiday: after it, on the Sunday that is worked for it
        ("2020-09-30 18:00", "2020-10-09 09:00"),
        ("2020-10-09 18:00", "2020-10-10 09:00"),
        ("2020-10-10 18:00", "2020-10-12 09:00"),
        # whoever works on a holiday has today
        ("2020-10-05 10:00", "2020-10-05 10:00"),
    ],
)
def test_no_call_is_due_on_a_holiday(moment: str, opens: str) -> None:
    hall = halls.Settings(
        closed_days=tuple(f"2020-10-0{day}" for day in range(1, 9)), open_days=("2020-10-10",)
    )
    at, wanted = datetime.fromisoformat(moment), datetime.fromisoformat(opens)
    assert callback_times.within_hours(at, "9:00-17:00", hall.opens_on) == wanted


def test_in_a_hall_that_is_closed_for_months_a_call_is_due_at_once() -> None:
    at = datetime(2020, 2, 21, 18, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert callback_times.within_hours(at, "9:00-17:00", lambda _day: False) == at


def test_after_hours_a_promise_is_for_the_next_opening(
    store: Store, front_desk: Actor, small_hall: Places
) -> None:
    later(store, hours=6, minutes=50)  # 16:53 on a Friday
    made = callbacks.promise(front_desk, new(small_hall["window3"]))
    assert store.local(made.due_at).isoformat() == "2020-02-24T09:00:00+08:00"


def test_a_second_enter_is_the_same_promise(front_desk: Actor, small_hall: Places) -> None:
    typed = new(small_hall["window3"])
    assert callbacks.promise(front_desk, typed) == callbacks.promise(front_desk, typed)
    assert callbacks.counts(front_desk).due == 1
    assert kinds(front_desk.store) == ["callback.promised"]


@pytest.mark.parametrize(
    ("phone", "reason"),
    [
        ("", "empty"),
        ("138abc", "not_a_phone"),
        ("12345678901", "not_a_phone"),
        ("1380000412", "not_a_phone"),
        ("138000041277", "not_a_phone"),
        ("13333333333", "doubtful"),
        ("13800138000", "doubtful"),
        ("13912345678", "doubtful"),
        ("13987654321", "doubtful"),
        ("15412347654", "doubtful"),
        ("12345", "doubtful"),
        ("4008123123", "doubtful"),
        ("010-5555010", "doubtful"),
        ("01155550103", "doubtful"),
        ("0261-2345678", "doubtful"),
        ("88888888", "doubtful"),
    ],
)
def test_a_number_that_cannot_be_or_hardly_can_is_questioned(
    front_desk: Actor, small_hall: Places, phone: str, reason: str
) -> None:
    with pytest.raises(errors.BadInput) as refused:
        callbacks.promise(front_desk, new(small_hall["window3"], phone))
    assert (refused.value.field, refused.value.reason) == ("phone", reason)
    assert i18n.explain(refused.value) != i18n.explain(errors.BadInput("phone", "?"))
    assert callbacks.due(front_desk) == []
    confirmed = new(small_hall["window3"], phone, number_confirmed=True)
    if reason == "doubtful":
        assert callbacks.promise(front_desk, confirmed).state == "due"
    else:
        with pytest.raises(errors.BadInput):
            callbacks.promise(front_desk, confirmed)


@pytest.mark.parametrize(
    "phone",
    ["13800004127", "１３９００００２２１０", "+86 199 0000 2210", "010-5555 0103", "(0755)2345679", "55550103-12",
     "2345679"],
)  # fmt: skip
def test_ordinary_numbers_are_not_questioned(phone: str) -> None:
    assert not privacy.doubtful_phone(privacy.check_phone(phone, required=True))


def test_what_cannot_be_promised(front_desk: Actor, small_hall: Places, store: Store) -> None:
    window = small_hall["window3"]
    for wrong, field, reason in (
        (new(None), "window", "empty"),
        (new(new_id()), "window", "gone"),
        (new(window, matter_id=new_id()), "matter", "gone"),
        (new(window, due_at=MORNING + timedelta(days=61)), "due", "too_far"),
        (new(window, due_at=MORNING - timedelta(days=8)), "due", "past"),
        (new(window, note="字" * 201), "note", "too_long"),
        (new(window, name="字" * 41), "name", "too_long"),
    ):
        with pytest.raises(errors.BadInput) as refused:
            callbacks.promise(front_desk, wrong)
        assert (refused.value.field, refused.value.reason) == (field, reason)
    with pytest.raises(errors.NotFound):
        callbacks.promise(front_desk, new(window, ticket_id=new_id()))
    with store.change(front_desk) as change:
        models.Window.update(retired_at=change.at).where(models.Window.id == window).execute()
        change.record("window.retired", window)
    with pytest.raises(errors.BadInput):
        callbacks.promise(front_desk, new(window))
    assert callbacks.counts(front_desk).due == 0


def test_a_promise_that_arrives_late_is_overdue_at_once(
    front_desk: Actor, small_hall: Places
) -> None:
    made = callbacks.promise(
        front_desk, new(small_hall["window3"], due_at=MORNING - timedelta(hours=2))
    )
    assert made.overdue(MORNING)
    assert callbacks.counts(front_desk).overdue == 1


def test_a_matter_alone_gives_its_window(front_desk: Actor, small_hall: Places) -> None:
    made = callbacks.promise(front_desk, new(None, matter_id=small_hall["residence"]))
    assert made.window_number == "2"


def test_rare_characters_of_a_name_stay(front_desk: Actor, small_hall: Places) -> None:
    made = callbacks.promise(front_desk, new(small_hall["window3"], name=" 𠮷田　䶮 "))
    assert made.name == "𠮷田 䶮"


def test_lists_by_window_in_order_and_by_pages(front_desk: Actor, small_hall: Places) -> None:
    made = [
        callbacks.promise(
            front_desk,
            new(small_hall[place], due_at=MORNING + timedelta(minutes=minutes)),
        )
        for place, minutes in (("window3", 40), ("window2", 10), ("window3", 20), ("window3", 20))
    ]
    assert callbacks.due(front_desk) == [made[1], made[2], made[3], made[0]]
    assert callbacks.due(front_desk, small_hall["window2"]) == [made[1]]
    page = callbacks.due(front_desk, limit=2)
    rest = callbacks.due(front_desk, limit=2, after=(page[-1].call_at, page[-1].id))
    assert page + rest == callbacks.due(front_desk)
    assert callbacks.due(front_desk, after=(rest[-1].call_at, rest[-1].id)) == []


def test_counts_for_the_badge_and_when_they_change(
    store: Store, front_desk: Actor, small_hall: Places
) -> None:
    for minutes in (5, 10, 11, 60):
        callbacks.promise(
            front_desk,
            new(small_hall["window3"], due_at=MORNING + timedelta(minutes=minutes)),
        )
    now = callbacks.counts(front_desk)
    assert (now.due, now.overdue, now.soon, now.side, now.urgent) == (4, 0, 2, 0, 2)
    assert now.changes_at == MORNING + timedelta(minutes=1)
    later(store, minutes=5)  # on the minute it is late
    now = callbacks.counts(front_desk, small_hall["window3"])
    assert (now.overdue, now.soon) == (1, 2)
    assert now.changes_at == MORNING + timedelta(minutes=10)
    assert callbacks.counts(front_desk, small_hall["window2"]).changes_at is None


def test_the_number_is_given_to_who_calls_and_the_second_is_told(
    store: Store, clerk: Actor, second_clerk: Actor, small_hall: Places
) -> None:
    made = callbacks.promise(clerk, new(small_hall["window3"]))
    call = callbacks.call(clerk, made.id)
    assert call.phone == PHONE
    assert call.callback.on_the_line(store.now())
    for action in (
        lambda: callbacks.call(second_clerk, made.id),
        lambda: callbacks.attempt(second_clerk, tried(made.id, "reached")),
        lambda: callbacks.withdraw(second_clerk, made.id, "not_wanted"),
        lambda: callbacks.postpone(second_clerk, made.id, MORNING + timedelta(hours=3)),
    ):
        with pytest.raises(errors.BeingCalled) as told:
            action()
        assert (told.value.owner, told.value.since) == ("张敏", MORNING)
        assert i18n.explain(told.value) == "张敏 自 10:03 起正在拨打此号码。"
    assert callbacks.call(clerk, made.id).phone == PHONE  # a second key press
    callbacks.let_go(second_clerk, made.id)  # not theirs: nothing happens
    assert callbacks.get(clerk, made.id).caller == "张敏"
    callbacks.let_go(clerk, made.id)
    assert callbacks.get(clerk, made.id).caller_id is None
    assert callbacks.call(second_clerk, made.id).phone == PHONE


def test_who_forgot_to_hang_up_stands_in_nobodys_way(
    store: Store, clerk: Actor, second_clerk: Actor, small_hall: Places
) -> None:
    made = callbacks.promise(clerk, new(small_hall["window3"]))
    callbacks.call(clerk, made.id)
    later(store, minutes=5)
    assert not callbacks.get(clerk, made.id).on_the_line(store.now())
    assert callbacks.call(second_clerk, made.id).callback.caller == "刘洋"
    with pytest.raises(errors.BeingCalled):
        callbacks.attempt(clerk, tried(made.id))


def test_a_clerk_has_one_number_on_the_line(clerk: Actor, small_hall: Places) -> None:
    first, second = (callbacks.promise(clerk, new(small_hall["window3"])) for _ in range(2))
    callbacks.call(clerk, first.id)
    callbacks.call(clerk, second.id)
    assert callbacks.get(clerk, first.id).caller_id is None
    assert callbacks.get(clerk, second.id).caller_id == clerk.staff_id


def test_three_without_answer_go_to_the_side_list_and_never_away(
    store: Store, clerk: Actor, small_hall: Places
) -> None:
    made = callbacks.promise(clerk, new(small_hall["window3"], due_at=MORNING))
    for turn in (1, 2):
        again = callbacks.attempt(clerk, tried(made.id))
        assert (again.state, again.tries, again.due_at) == ("due", turn, MORNING)
        assert again.call_at == store.now() + timedelta(minutes=20)
        assert again.tried_at == store.now()
        later(store, minutes=20)
    aside = callbacks.attempt(clerk, tried(made.id))
    assert (aside.state, aside.tries) == ("side", 3)
    assert callbacks.due(clerk) == []
    assert callbacks.side_list(clerk) == [aside]
    assert callbacks.side_list(clerk, small_hall["window2"]) == []
    later(store, days=400)
    assert [row.id for row in callbacks.side_list(clerk)] == [made.id]
    still = callbacks.attempt(clerk, tried(made.id))
    assert (still.state, still.tries) == ("side", 4)
    call = callbacks.call(clerk, made.id)
    assert call.phone == PHONE
    done = callbacks.attempt(clerk, tried(made.id, "reached", note="约好来取"))
    assert (done.state, done.settled_by) == ("reached", "张敏")
    assert callbacks.side_list(clerk) == []
    assert [(one.outcome, one.note) for one in callbacks.attempts(clerk, made.id)] == [
        ("reached", "约好来取"),
        *[("no_answer", "")] * 4,
    ]


def test_a_call_without_answer_before_the_break_is_due_after_it(
    store: Store, clerk: Actor, small_hall: Places
) -> None:
    made = callbacks.promise(clerk, new(small_hall["window3"]))
    later(store, hours=1, minutes=50)  # 11:53
    again = callbacks.attempt(clerk, tried(made.id))
    assert f"{store.local(again.call_at):%H:%M}" == "13:30"


@pytest.mark.parametrize("outcome", ["reached", "wrong_number", "needs_visit"])
def test_a_call_that_settles(clerk: Actor, small_hall: Places, outcome: str) -> None:
    made = callbacks.promise(clerk, new(small_hall["window3"]))
    callbacks.call(clerk, made.id)
    typed = tried(made.id, outcome, tries_seen=0)
    done = callbacks.attempt(clerk, typed)
    assert (done.state, done.settled_at, done.caller_id) == (outcome, MORNING, None)
    assert callbacks.attempt(clerk, typed) == done  # a double Enter, or a replay
    assert len(callbacks.attempts(clerk, made.id)) == 1
    assert callbacks.settled_today(clerk) == [done]
    assert callbacks.counts(clerk).due == 0


def test_an_unknown_outcome_and_an_unknown_callback(clerk: Actor, small_hall: Places) -> None:
    made = callbacks.promise(clerk, new(small_hall["window3"]))
    with pytest.raises(errors.BadInput):
        callbacks.attempt(clerk, tried(made.id, "perhaps"))
    with pytest.raises(errors.NotFound):
        callbacks.attempt(clerk, tried(new_id()))
    with pytest.raises(errors.NotFound):
        callbacks.call(clerk, new_id())


def test_what_another_clerk_did_meanwhile_is_told_and_not_counted_over(
    store: Store, clerk: Actor, second_clerk: Actor, small_hall: Places
) -> None:
    made = callbacks.promise(clerk, new(small_hall["window3"]))
    callbacks.attempt(second_clerk, tried(made.id))
    with pytest.raises(errors.AlreadyCalled) as told:
        callbacks.attempt(clerk, tried(made.id, tries_seen=0))
    assert (told.value.owner, told.value.outcome) == ("刘洋", "no_answer")
    assert callbacks.get(clerk, made.id).tries == 1
    callbacks.attempt(second_clerk, tried(made.id, "reached"))
    later(store, minutes=1)
    for action in (
        lambda: callbacks.call(clerk, made.id),
        lambda: callbacks.attempt(clerk, tried(made.id)),
        lambda: callbacks.withdraw(clerk, made.id, "came_in"),
        lambda: callbacks.postpone(clerk, made.id, MORNING + timedelta(hours=3)),
    ):
        with pytest.raises(errors.AlreadyCalled) as told:
            action()
        assert i18n.explain(told.value) == "刘洋 已于 10:03 先行处理：已接通。本次未作更改。"


def test_withdrawing_takes_a_reason(clerk: Actor, front_desk: Actor, small_hall: Places) -> None:
    made = callbacks.promise(clerk, new(small_hall["window3"]))
    with pytest.raises(errors.BadInput):
        callbacks.withdraw(front_desk, made.id, "whatever")
    gone = callbacks.withdraw(front_desk, made.id, "came_in")
    assert (gone.state, gone.reason, gone.settled_by) == ("withdrawn", "came_in", "陈晓")
    assert callbacks.withdraw(front_desk, made.id, "came_in") == gone
    assert kinds(clerk.store).count("callback.withdrawn") == 1


def test_another_time_is_a_new_promise(store: Store, clerk: Actor, small_hall: Places) -> None:
    made = callbacks.promise(clerk, new(small_hall["window3"]))
    for _turn in range(3):
        callbacks.attempt(clerk, tried(made.id))
    wanted = MORNING + timedelta(hours=5)
    moved = callbacks.postpone(clerk, made.id, wanted)
    assert (moved.state, moved.due_at, moved.call_at, moved.tries) == ("due", wanted, wanted, 0)
    for wrong in (MORNING - timedelta(minutes=1), MORNING + timedelta(days=61)):
        with pytest.raises(errors.BadInput):
            callbacks.postpone(clerk, made.id, wrong)


def test_a_settled_callback_is_reopened_by_who_settled_it_or_a_manager(
    store: Store, clerk: Actor, second_clerk: Actor, manager: Actor, small_hall: Places
) -> None:
    made = callbacks.promise(clerk, new(small_hall["window3"]))
    with pytest.raises(errors.NotFound):
        callbacks.reopen(clerk, made.id)  # it is open
    callbacks.attempt(clerk, tried(made.id, "wrong_number"))
    with pytest.raises(errors.NotFound):
        callbacks.reopen(second_clerk, made.id)
    again = callbacks.reopen(clerk, made.id)
    assert (again.state, again.settled_at, again.tries) == ("due", None, 0)
    for _turn in range(3):
        callbacks.attempt(clerk, tried(made.id))
    callbacks.withdraw(clerk, made.id, "not_wanted")
    later(store, minutes=11)
    with pytest.raises(errors.NotFound):
        callbacks.reopen(clerk, made.id)
    assert callbacks.reopen(manager, made.id).state == "side"


def test_over_midnight_what_is_open_stays_and_what_was_settled_is_yesterdays(
    store: Store, clerk: Actor, small_hall: Places
) -> None:
    store.freeze(datetime(2020, 2, 21, 15, 55, tzinfo=UTC))  # 23:55 in the hall
    opened = callbacks.promise(
        clerk, new(small_hall["window3"], due_at=store.now() + timedelta(minutes=10))
    )
    settled = callbacks.promise(clerk, new(small_hall["window3"]))
    callbacks.attempt(clerk, tried(settled.id, "reached"))
    assert [row.id for row in callbacks.settled_today(clerk)] == [settled.id]
    later(store, minutes=11)  # 00:06
    assert callbacks.settled_today(clerk) == []
    assert [row.id for row in callbacks.due(clerk)] == [opened.id]
    assert callbacks.counts(clerk).overdue == 1
    callbacks.attempt(clerk, tried(opened.id, "reached"))
    assert [row.id for row in callbacks.settled_today(clerk)] == [opened.id]
    with store.reading():
        days = [row.service_day.isoformat() for row in models.CallAttempt.select()]
    assert sorted(days) == ["2020-02-21", "2020-02-22"]


def test_a_tickets_promises_end_when_it_goes_on(
    front_desk: Actor, clerk: Actor, small_hall: Places, store: Store
) -> None:
    ticket = tickets.open(
        front_desk, NewTicket(new_id(), small_hall["medical"], "于女士", PHONE, consent=True)
    ).card
    made = callbacks.promise(clerk, new(small_hall["window3"], ticket_id=ticket.id))
    other = callbacks.promise(clerk, new(small_hall["window3"]))
    assert made.ticket_number == ticket.number
    with store.change(clerk) as change:
        assert callbacks.settle_for_ticket(change, clerk, ticket.id) == 1
    gone = callbacks.get(clerk, made.id)
    assert (gone.state, gone.reason) == ("withdrawn", "ticket_resumed")
    assert callbacks.due(clerk) == [other]


def test_a_promise_inside_another_services_transaction_falls_with_it(
    clerk: Actor, small_hall: Places, store: Store
) -> None:
    def fails() -> None:
        with store.change(clerk) as change:
            callbacks.promise_within(change, clerk, new(small_hall["window3"]))
            raise errors.NotFound(kind="ticket", key="")

    with pytest.raises(errors.NotFound):
        fails()
    assert callbacks.due(clerk) == []
    assert kinds(store) == []


def test_an_open_promise_is_found_by_its_number(front_desk: Actor, small_hall: Places) -> None:
    made = callbacks.promise(front_desk, new(small_hall["window3"]))
    assert callbacks.promised_to(front_desk, " 138 0000 4127") == made
    assert callbacks.promised_to(front_desk, "13800004128") is None
    assert callbacks.promised_to(front_desk, "abc") is None
    callbacks.attempt(front_desk, tried(made.id, "reached"))
    assert callbacks.promised_to(front_desk, PHONE) is None


def test_the_journal_holds_no_name_phone_or_note(clerk: Actor, small_hall: Places) -> None:
    made = callbacks.promise(clerk, new(small_hall["window3"], name="于女士", note="医保卡到了吗"))
    callbacks.call(clerk, made.id)
    callbacks.attempt(clerk, tried(made.id, note="没人接"))
    callbacks.postpone(clerk, made.id, MORNING + timedelta(hours=1))
    callbacks.withdraw(clerk, made.id, "settled_otherwise")
    callbacks.reopen(clerk, made.id)
    assert kinds(clerk.store) == [
        "callback.promised", "callback.calling", "callback.called", "callback.postponed",
        "callback.withdrawn", "callback.reopened",
    ]  # fmt: skip
    with clerk.store.reading():
        facts = " ".join(row.facts for row in models.JournalEntry.select())
    for private in ("于女士", PHONE, "医保卡到了吗", "没人接"):
        assert private not in facts


ROUNDS, PROCESSES, PATIENCE_S = 15, 4, 120


def _caller(place: str, who: int, keys: list[UUID], gate: Any, results: Any) -> None:
    """One PC: reaches for the same numbers as all the others, and says that nobody answered."""
    store = Store.open(place)
    actor = accounts.sign_in(store, f"窗口{who}", PIN)
    got, counted, told = [], 0, 0
    for key in keys:
        gate.wait(PATIENCE_S)
        try:
            got.append(callbacks.call(actor, key).callback.id)
        except errors.BeingCalled:
            told += 1
        gate.wait(PATIENCE_S)
        try:
            callbacks.attempt(actor, tried(key, tries_seen=0))
            counted += 1
        except (errors.BeingCalled, errors.AlreadyCalled):
            told += 1
    store.close()
    results.put((got, counted, told))


def test_of_four_pcs_that_call_at_once_one_gets_the_number(
    place: str, store: Store, manager: Actor, small_hall: Places
) -> None:
    for who in range(PROCESSES):
        accounts.add_staff(
            manager, f"窗口{who}", accounts.Role.WINDOW_CLERK, PIN, small_hall["window3"]
        )
    keys = [callbacks.promise(manager, new(small_hall["window3"])).id for _ in range(ROUNDS)]
    store.thaw()
    context = multiprocessing.get_context("spawn")
    gate, results = context.Barrier(PROCESSES), context.Queue()
    callers = [
        context.Process(target=_caller, args=(place, who, keys, gate, results), daemon=True)
        for who in range(PROCESSES)
    ]
    for process in callers:
        process.start()
    told = [results.get(timeout=PATIENCE_S) for _ in callers]
    for process in callers:
        process.join(timeout=PATIENCE_S)
    taken = [key for got, _, _ in told for key in got]
    assert sorted(taken) == sorted(keys)
    assert sum(counted for _, counted, _ in told) == ROUNDS
    assert sum(heard for _, _, heard in told) == 2 * ROUNDS * (PROCESSES - 1)
    assert {row.tries for row in callbacks.due(manager)} == {1}


NOW = datetime(2020, 2, 21, 10, 3, 27, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("15:30", "2020-02-21 15:30"),
        ("1530", "2020-02-21 15:30"),
        ("１５：３０", "2020-02-21 15:30"),
        ("15.30", "2020-02-21 15:30"),
        ("2-24 9:00", "2020-02-24 09:00"),
        ("2月24日 9:00", "2020-02-24 09:00"),
        ("2/24 0900", "2020-02-24 09:00"),
        ("15点", "2020-02-21 15:00"),
        ("15点30分", "2020-02-21 15:30"),
        ("11", "2020-02-21 11:00"),
        ("明天9:00", "2020-02-22 09:00"),
        ("tomorrow 9", "2020-02-22 09:00"),
        ("2月24日9点", "2020-02-24 09:00"),
    ],
)
def test_times_that_are_understood(typed: str, moment: str) -> None:
    assert callback_times.read_due(typed, NOW) == datetime.fromisoformat(moment).replace(
        tzinfo=NOW.tzinfo
    )


def test_no_time_typed_is_none_and_january_is_next_years() -> None:
    assert callback_times.read_due("  ", NOW) is None
    december = NOW.replace(month=12, day=30)
    wanted = callback_times.read_due("1-4 9:00", december)
    assert wanted is not None
    assert wanted.date().isoformat() == "2021-01-04"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("9:00", "past"),
        ("25:00", "shape"),
        ("下午", "shape"),
        ("2-30 9:00", "shape"),
        ("2-24", "shape"),
        ("6-1 9:00", "too_far"),
        ("2-20 9:00", "too_far"),
    ],
)
def test_times_that_are_refused(typed: str, reason: str) -> None:
    with pytest.raises(errors.BadInput) as refused:
        callback_times.read_due(typed, NOW)
    assert (refused.value.field, refused.value.reason) == ("due", reason)


@pytest.mark.parametrize(
    ("hour", "offered"),
    [
        (10, ["usual 21 10:33", "hour 21 11:03", "afternoon 21 13:30", "next_day 24 09:00"]),
        (12, ["usual 21 13:30", "next_day 24 09:00"]),
        (15, ["usual 21 15:33", "hour 21 16:03", "next_day 24 09:00"]),
        (16, ["usual 21 16:33", "hour 24 09:00"]),
        (17, ["usual 24 09:00"]),
    ],
)
def test_times_that_are_offered_each_once(
    store: Store, front_desk: Actor, small_hall: Places, hour: int, offered: list[str]
) -> None:
    store.freeze(MORNING + timedelta(hours=hour - 10))
    found = callback_times.choices(front_desk, small_hall["window3"])
    assert [f"{one.code} {store.local(one.at):%d %H:%M}" for one in found] == offered


def _plan(store: Store, sql: str, parameters: Any) -> str:
    how = "EXPLAIN" if store.postgres else "EXPLAIN QUERY PLAN"
    rows = store.db.execute_sql(f"{how} {sql}", parameters).fetchall()
    return " ".join(str(part) for row in rows for part in row)


def test_ten_years_of_settled_callbacks_are_not_read_for_the_open_ones(
    store: Store, clerk: Actor, small_hall: Places, caplog: pytest.LogCaptureFixture
) -> None:
    years = 6_000
    with store.change(clerk) as change:
        rows = [
            (
                new_id(), clerk.hall_id, change.at, change.day, small_hall["window3"], PHONE, change.at,
                change.at, "reached", clerk.staff_id, MORNING - timedelta(hours=number), clerk.staff_id,
            )
            for number in range(1, years)
        ]  # fmt: skip
        row = models.Callback
        fields = [
            row.id, row.hall, row.at, row.service_day, row.window, row.phone, row.due_at, row.call_at, row.state,
            row.staff, row.settled_at, row.settled_by,
        ]  # fmt: skip
        for start in range(0, len(rows), 2000):
            row.insert_many(rows[start : start + 2000], fields).execute()
        change.record("callback.promised", None)
    callbacks.promise(clerk, new(small_hall["window3"]))
    with store.reading():
        if store.postgres:
            store.execute("ANALYZE callback")
    caplog.set_level(logging.DEBUG, "peewee")
    callbacks.due(clerk)
    callbacks.due(clerk, small_hall["window3"])
    callbacks.side_list(clerk)
    callbacks.counts(clerk)
    callbacks.settled_today(clerk)
    callbacks.promised_to(clerk, PHONE)
    asked: list[Any] = [record.msg for record in caplog.records if record.name == "peewee"]
    with store.reading():
        plans = [
            _plan(store, sql, parameters) for sql, parameters in asked if 'FROM "callback"' in sql
        ]
    assert len(plans) == 6
    for plan in plans:
        assert "callback_due" in plan or "callback_open" in plan or "callback_settled" in plan
        assert "Seq Scan on callback" not in plan
        assert "SCAN t1" not in plan.replace("SCAN t1 USING", "")
