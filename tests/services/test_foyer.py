"""What the foyer may see: numbers and masked names, where and about how long, notices, and who is called."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hall_desk import errors
from hall_desk.services import accounts, foyer, tickets
from hall_desk.services.accounts import Role
from hall_desk.services.foyer import NewNotice
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store.ids import new_id
from tests.conftest import MORNING, PIN

if TYPE_CHECKING:
    from hall_desk.services.accounts import Actor
    from hall_desk.services.tickets import TicketView
    from hall_desk.store.database import Store

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def screen(store: Store, manager: Actor) -> Actor:
    """The account of the PC in the foyer."""
    accounts.add_staff(manager, "大厅屏一号", Role.FOYER, PIN)
    return accounts.sign_in(store, "大厅屏一号", PIN)


def opened(desk: Actor, matter: Any, name: str = "孙立", **more: Any) -> TicketView:
    typed = NewTicket(
        new_id(), matter, name, "13800004127", consent=True, papers=(NewPaper("身份证"),),
        remark="腿脚不便", second_allowed=True, **more,
    )  # fmt: skip
    return tickets.open(desk, typed)


def finished(clerk: Actor, ticket: TicketView) -> None:
    tickets.claim(clerk, ticket.card.id)
    tickets.received(clerk, ticket.card.id)
    tickets.finish(clerk, ticket.card.id, "已办好，卡号 110")


def fetched(desk: Actor, ticket: TicketView) -> None:
    proof = tickets.Proof("pickup_code", tickets.get(desk, ticket.card.id).pickup_code)
    tickets.hand_back(desk, ticket.card.id, proof)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("孙立", "孙**"),
        ("欧阳锋", "欧阳**"),
        ("欧阳", "欧**"),
        ("司马相如", "司马**"),
        ("𬭊某", "𬭊**"),
        ("葛\U000e0100亮", "葛\U000e0100**"),
        ("于女士", "于**"),
        ("买买提·艾力", "买**"),
    ],
)
def test_names_are_masked_to_the_surname(
    name: str,
    masked: str,
    screen: Actor,
    front_desk: Actor,
    clerk: Actor,
    small_hall: dict[str, Any],
) -> None:
    finished(clerk, opened(front_desk, small_hall["medical"], name))
    (line,) = foyer.shown(screen).ready
    assert line.name == masked


def test_nothing_of_a_person_is_shown_but_number_and_masked_name(
    screen: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    finished(clerk, opened(front_desk, small_hall["medical"]))
    opened(front_desk, small_hall["medical"], "孙立人")
    told = str(asdict(foyer.shown(screen)))
    assert "A001" in told
    for secret in ("孙立", "4127", "1380", "腿脚", "医保", "身份证", "卡号"):
        assert secret not in told


def test_the_foyers_account_may_do_nothing_else(screen: Actor) -> None:
    rights = [action for action, roles in accounts.RIGHTS.items() if Role.FOYER in roles]
    assert rights == ["foyer.read"]
    for forbidden in (
        lambda: tickets.board(screen),
        lambda: foyer.call_again(screen, new_id(), new_id()),
        lambda: foyer.notices(screen),
        lambda: foyer.add_notice(screen, NewNotice(new_id(), "请戴口罩")),
    ):
        with pytest.raises(errors.NotAllowed):
            forbidden()


def test_a_ticket_goes_from_being_handled_to_ready_and_away(
    store: Store, screen: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    ticket = opened(front_desk, small_hall["medical"])
    (line,) = foyer.shown(screen).handled
    assert (line.number, line.window_number, line.waiting, line.minutes) == ("A001", "3", True, 3)
    tickets.claim(clerk, ticket.card.id)
    store.freeze(MORNING + MINUTE + SECOND)
    (line,) = foyer.shown(screen).handled
    assert (line.waiting, line.minutes) == (False, 2)
    tickets.received(clerk, ticket.card.id)
    tickets.finish(clerk, ticket.card.id, "已办好")
    seen = foyer.shown(screen)
    assert seen.handled == ()
    assert [(one.number, one.since, one.finished) for one in seen.ready] == [
        ("A001", MORNING + MINUTE + SECOND, True)
    ]
    fetched(front_desk, ticket)
    seen = foyer.shown(screen)
    assert (seen.ready, seen.calls) == ((), ())


def test_who_waits_behind_others_is_told_the_sum(
    store: Store, screen: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    for name in ("于女士", "周先生", "吴女士"):
        opened(front_desk, small_hall["medical"], name)
    opened(front_desk, small_hall["residence"], "郑先生")
    tickets.claim_next(clerk)
    store.freeze(MORNING + MINUTE)
    told = {line.number: (line.waiting, line.minutes) for line in foyer.shown(screen).handled}
    assert told == {
        "A001": (False, 2),
        "A002": (True, 5),
        "A003": (True, 8),
        "A004": (True, 3),
    }


def test_a_passed_time_is_not_told_as_one_minute_for_ever(
    store: Store, screen: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    tickets.claim(clerk, opened(front_desk, small_hall["medical"]).card.id)
    store.freeze(MORNING + 3 * MINUTE)
    assert foyer.shown(screen).handled[0].minutes is None


def test_a_withdrawn_ticket_is_called_to_fetch_its_papers_but_not_as_done(
    screen: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    ticket = opened(front_desk, small_hall["medical"])
    tickets.withdraw(front_desk, ticket.card.id, "改天再来")
    (line,) = foyer.shown(screen).ready
    assert not line.finished


def test_yesterdays_tickets_are_not_called_and_a_resumed_one_carries_its_day(
    store: Store, screen: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    finished(clerk, opened(front_desk, small_hall["medical"], "于女士"))
    waits = opened(front_desk, small_hall["medical"], "周先生")
    opened(front_desk, small_hall["medical"], "吴女士")
    store.freeze(MORNING + timedelta(days=1))
    seen = foyer.shown(screen)
    assert (seen.ready, seen.handled, seen.calls) == ((), (), ())
    finished(clerk, waits)
    (line,) = foyer.shown(screen).ready
    assert (line.number, line.day) == ("A002", date(2020, 2, 21))


def test_a_ready_ticket_is_called_once_and_again_when_asked(
    store: Store, screen: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    first, second = (
        opened(front_desk, small_hall["medical"], name) for name in ("于女士", "周先生")
    )
    finished(clerk, first)
    store.freeze(MORNING + MINUTE)
    finished(clerk, second)
    calls = foyer.shown(screen).calls
    assert [(call.line.number, call.again) for call in calls] == [("A001", False), ("A002", False)]
    assert foyer.shown(screen).calls == calls

    store.freeze(MORNING + 2 * MINUTE)
    pressed = new_id()
    foyer.call_again(front_desk, first.card.id, pressed)
    foyer.call_again(front_desk, first.card.id, pressed)  # a double Enter
    again = foyer.shown(screen).calls
    assert [(call.line.number, call.again) for call in again[2:]] == [("A001", True)]
    assert len({call.key for call in again}) == 3


def test_two_desks_that_call_at_once_make_one_call(
    store: Store,
    screen: Actor,
    manager: Actor,
    front_desk: Actor,
    clerk: Actor,
    small_hall: dict[str, Any],
) -> None:
    ticket = opened(front_desk, small_hall["medical"])
    finished(clerk, ticket)
    for actor in (front_desk, manager):
        foyer.call_again(actor, ticket.card.id, new_id())
    (line,) = foyer.to_call(front_desk)
    assert (line.number, line.name, line.again, line.last_at) == ("A001", "孙立", 1, MORNING)
    store.freeze(MORNING + 5 * SECOND)
    foyer.call_again(manager, ticket.card.id, new_id())
    assert foyer.to_call(front_desk)[0].again == 2
    assert len(foyer.shown(screen).calls) == 3
    fetched(front_desk, ticket)
    assert foyer.to_call(front_desk) == []


def test_only_what_is_ready_can_be_called(
    front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    ticket = opened(front_desk, small_hall["medical"])
    with pytest.raises(errors.WrongState) as refused:
        foyer.call_again(front_desk, ticket.card.id, new_id())
    assert refused.value.state == "queued"
    with pytest.raises(errors.NotFound):
        foyer.call_again(front_desk, new_id(), new_id())
    with pytest.raises(errors.NotAllowed):
        foyer.call_again(clerk, ticket.card.id, new_id())


def test_a_call_stands_in_the_tickets_history(
    front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    ticket = opened(front_desk, small_hall["medical"])
    finished(clerk, ticket)
    foyer.call_again(front_desk, ticket.card.id, new_id())
    assert tickets.get(front_desk, ticket.card.id).history[0].kind == "foyer.called_again"


def test_notices_come_and_go(store: Store, screen: Actor, manager: Actor) -> None:
    mask = NewNotice(new_id(), "  请佩戴口罩，\n保持一米距离 ")
    foyer.add_notice(manager, mask)
    foyer.add_notice(manager, mask)
    today = NewNotice(new_id(), "今天下午三点停电检修", MORNING.date())
    foyer.add_notice(manager, today)
    assert foyer.shown(screen).notices == ("请佩戴口罩， 保持一米距离", "今天下午三点停电检修")
    assert [line.staff for line in foyer.notices(manager)] == ["李主任", "李主任"]
    store.freeze(MORNING + timedelta(days=1))
    assert foyer.shown(screen).notices == ("请佩戴口罩， 保持一米距离",)
    foyer.retire_notice(manager, mask.id)
    foyer.retire_notice(manager, mask.id)
    assert foyer.shown(screen).notices == ()


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (NewNotice(new_id(), " \n "), "empty"),
        (NewNotice(new_id(), "长" * 61), "too_long"),
        (NewNotice(new_id(), "昨天", date(2020, 2, 20)), "past"),
    ],
)
def test_notices_that_are_refused(manager: Actor, typed: NewNotice, reason: str) -> None:
    with pytest.raises(errors.BadInput) as refused:
        foyer.add_notice(manager, typed)
    assert (refused.value.field, refused.value.reason) == ("notice", reason)


def test_more_notices_than_the_screen_holds_are_refused(manager: Actor) -> None:
    typed = NewNotice(new_id(), "通知")
    for _ in range(foyer.MOST_NOTICES):
        foyer.add_notice(manager, replace(typed, id=new_id()))
    with pytest.raises(errors.BadInput) as refused:
        foyer.add_notice(manager, replace(typed, id=new_id()))
    assert refused.value.reason == "too_many"


def test_a_notice_that_never_was_cannot_be_taken_away(manager: Actor) -> None:
    with pytest.raises(errors.NotFound):
        foyer.retire_notice(manager, new_id())
