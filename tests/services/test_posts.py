"""Who is on which post, and a post that goes to somebody else with everything that is held there."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from hall_desk import errors
from hall_desk.services import accounts, custody, posts, tickets
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.posts import NewHandOver, NewShift
from hall_desk.services.tickets import NewPaper, NewTicket, TicketView
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from hall_desk.store.models import Claim, CustodyMove, JournalEntry, Staff
from tests.conftest import MORNING, PIN


def shift(post: str, person: Actor | None = None, window: Any = None) -> NewShift:
    return NewShift(new_id(), post, person.staff_id if person else None, window)


def over(giver: Actor, taker: Actor, by: Actor | None = None, pin: str = PIN) -> NewHandOver:
    seen = posts.held(by or giver, giver.person()).keys
    return NewHandOver(new_id(), giver.person(), taker.staff_id, pin, seen)


@pytest.fixture
def second_desk(store: Store, manager: Actor) -> Actor:
    accounts.add_staff(manager, "孙丽", Role.FRONT_DESK, PIN)
    return accounts.sign_in(store, "孙丽", PIN, "B")


@pytest.fixture
def ticket(front_desk: Actor, small_hall: dict[str, Any]) -> TicketView:
    papers = (NewPaper("身份证"), NewPaper("户口本复印件", original=False, count=2))
    asked = NewTicket(
        new_id(), small_hall["medical"], "于女士", "13800004127", consent=True, papers=papers
    )
    return tickets.open(front_desk, asked)


@pytest.fixture
def in_hand(clerk: Actor, ticket: TicketView) -> TicketView:
    """The ticket in the clerk's hands, papers and all."""
    tickets.claim(clerk, ticket.card.id)
    return tickets.received(clerk, ticket.card.id)


def on(actor: Actor) -> list[tuple[str, str, str]]:
    return [(line.post, line.window, line.staff) for line in posts.on_posts(actor)]


# --- taking and leaving ---------------------------------------------------------------------------


def test_posts_are_told_in_their_order_with_their_people(
    front_desk: Actor, second_desk: Actor, clerk: Actor, manager: Actor
) -> None:
    posts.take_post(clerk, shift("window"))
    posts.take_post(front_desk, shift("proxy"))
    posts.take_post(second_desk, shift("screening"))
    posts.take_post(manager, shift("proxy"))
    assert on(front_desk) == [
        ("screening", "", "孙丽"),
        ("proxy", "", "陈晓"),
        ("proxy", "", "李主任"),
        ("window", "3", "张敏"),
    ]


def test_a_person_is_on_one_post_and_pressing_twice_changes_nothing(front_desk: Actor) -> None:
    typed = shift("proxy")
    first = posts.take_post(front_desk, typed)
    assert posts.take_post(front_desk, typed).id == first.id
    assert posts.take_post(front_desk, shift("proxy")).id == first.id
    posts.take_post(front_desk, shift("screening"))
    assert on(front_desk) == [("screening", "", "陈晓")]
    assert [line.until is None for line in posts.of_today(front_desk)] == [False, True]


def test_the_desk_puts_others_on_a_post_and_a_clerk_only_themselves(
    front_desk: Actor, clerk: Actor, second_clerk: Actor
) -> None:
    assert posts.take_post(front_desk, shift("window", clerk)).window == "3"
    with pytest.raises(errors.NotAllowed):
        posts.take_post(clerk, shift("window", second_clerk))
    with pytest.raises(errors.NotAllowed):
        posts.leave_post(clerk, second_clerk.staff_id)


@pytest.mark.parametrize(
    ("post", "reason"), [("kitchen", "unknown"), ("", "unknown"), ("window", "empty")]
)
def test_a_post_that_does_not_exist_is_refused(front_desk: Actor, post: str, reason: str) -> None:
    with pytest.raises(errors.BadInput) as refused:
        posts.take_post(front_desk, shift(post))
    assert refused.value.reason == reason
    assert on(front_desk) == []


def test_two_pcs_put_one_person_on_a_post_once(front_desk: Actor) -> None:
    start = threading.Barrier(2)
    failed: list[Exception] = []

    def take(post: str) -> None:
        start.wait()
        try:
            posts.take_post(front_desk, shift(post))
        except Exception as error:  # noqa: BLE001
            failed.append(error)
        finally:
            front_desk.store.close_thread()

    threads = [threading.Thread(target=take, args=(post,)) for post in ("proxy", "screening")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(posts.on_posts(front_desk)) == 1


def test_a_post_is_not_left_with_papers_in_hand_unless_they_are_to_stay(
    front_desk: Actor, ticket: TicketView
) -> None:
    posts.take_post(front_desk, shift("proxy"))
    with pytest.raises(errors.PapersHeld) as refused:
        posts.leave_post(front_desk)
    assert (refused.value.papers, refused.value.tickets) == (3, ())
    posts.leave_post(front_desk, papers_stay=True)
    assert on(front_desk) == []
    posts.leave_post(front_desk)  # nobody there: nothing to do


def test_a_ticket_in_hand_keeps_its_clerk_on_the_post(clerk: Actor, in_hand: TicketView) -> None:
    posts.take_post(clerk, shift("window"))
    with pytest.raises(errors.PapersHeld) as refused:
        posts.leave_post(clerk, papers_stay=True)
    assert refused.value.tickets == ("A001",)


def test_a_turn_nobody_ended_lasts_to_the_end_of_its_day(store: Store, front_desk: Actor) -> None:
    posts.take_post(front_desk, shift("proxy"))
    store.freeze(MORNING + timedelta(days=3))
    assert on(front_desk) == []
    posts.take_post(front_desk, shift("proxy"))
    assert on(front_desk) == [("proxy", "", "陈晓")]
    store.freeze(MORNING)
    (stale,) = posts.of_today(front_desk)
    assert stale.until is not None
    assert f"{store.local(stale.until):%d %H:%M:%S}" == "21 23:59:59"


# --- handing over ----------------------------------------------------------------------------------


def test_the_desk_goes_to_the_next_with_every_paper(
    store: Store, front_desk: Actor, second_desk: Actor, ticket: TicketView
) -> None:
    posts.take_post(front_desk, shift("proxy"))
    store.freeze(MORNING + timedelta(hours=2))
    done = posts.hand_over(front_desk, over(front_desk, second_desk))
    assert (done.taker, done.papers, done.tickets) == ("孙丽", 3, ())
    papers = tickets.get(front_desk, ticket.card.id).papers
    assert [(paper.holder, paper.holder_staff) for paper in papers] == [("desk", "孙丽")] * 2
    assert on(front_desk) == [("proxy", "", "孙丽")]
    first, _second = posts.of_today(front_desk)
    assert (first.handed_to, first.until) == ("孙丽", MORNING + timedelta(hours=2))
    with store.reading():
        moves = list(CustodyMove.select().where(CustodyMove.giver == "desk"))
    assert {(m.giver_staff_id, m.taker_staff_id, m.at) for m in moves} == {
        (front_desk.staff_id, second_desk.staff_id, MORNING + timedelta(hours=2))
    }


def test_a_window_goes_to_the_next_with_papers_and_tickets_in_hand(
    store: Store, clerk: Actor, second_clerk: Actor, in_hand: TicketView
) -> None:
    posts.take_post(clerk, shift("window"))
    store.freeze(MORNING + timedelta(minutes=1))
    done = posts.hand_over(clerk, over(clerk, second_clerk))
    assert (done.papers, done.tickets) == (3, ("A001",))
    now = tickets.get(second_clerk, in_hand.card.id)
    assert (now.card.state, now.card.owner) == ("handling", "刘洋")
    assert now.card.since == in_hand.card.since  # the resident waits since then
    assert {(p.holder, p.holder_window, p.holder_staff) for p in now.papers} == {
        ("window", "3", "刘洋")
    }
    with store.reading():
        claims = list(Claim.select().order_by(Claim.claimed_at))
    assert [(c.staff_id, c.ended_how) for c in claims] == [
        (clerk.staff_id, "handed_over"),
        (second_clerk.staff_id, None),
    ]
    assert now.history[0].kind == "ticket.handed_over"
    closed = tickets.finish(second_clerk, in_hand.card.id, "已领取")
    assert closed.card.state == "ready"


def test_the_taker_may_be_the_one_who_is_signed_in(
    front_desk: Actor, second_desk: Actor, ticket: TicketView
) -> None:
    posts.take_post(front_desk, shift("proxy"))
    posts.hand_over(second_desk, over(front_desk, second_desk, by=second_desk))
    assert on(front_desk) == [("proxy", "", "孙丽")]


def test_a_manager_hands_over_for_somebody_who_is_gone_and_nobody_else_does(
    store: Store, front_desk: Actor, second_desk: Actor, manager: Actor, ticket: TicketView
) -> None:
    accounts.add_staff(manager, "王静", Role.FRONT_DESK, PIN)
    bystander = accounts.sign_in(store, "王静", PIN, "C")
    with pytest.raises(errors.NotAllowed):
        posts.hand_over(bystander, over(front_desk, second_desk, by=bystander))
    done = posts.hand_over(manager, over(front_desk, second_desk, by=manager))
    assert done.papers == 3


def test_the_other_side_agrees_by_a_pin_of_their_own(
    store: Store, front_desk: Actor, second_desk: Actor, ticket: TicketView
) -> None:
    with pytest.raises(errors.SignInRefused) as refused:
        posts.hand_over(front_desk, over(front_desk, second_desk, pin="1357"))
    assert refused.value.tries_left == 4
    with pytest.raises(errors.BadInput) as empty:
        posts.hand_over(front_desk, over(front_desk, second_desk, pin=""))
    assert (empty.value.field, empty.value.reason) == ("pin", "empty")
    papers = tickets.get(front_desk, ticket.card.id).papers
    assert {paper.holder_staff for paper in papers} == {"陈晓"}
    for _try in range(4):
        with pytest.raises(errors.HallDeskError):
            posts.hand_over(front_desk, over(front_desk, second_desk, pin="1357"))
    with pytest.raises(errors.AccountLocked):
        posts.hand_over(front_desk, over(front_desk, second_desk))


def test_a_pin_is_shown_nowhere(
    store: Store, front_desk: Actor, second_desk: Actor, ticket: TicketView
) -> None:
    typed = over(front_desk, second_desk)
    assert PIN not in repr(typed)
    posts.hand_over(front_desk, typed)
    with store.reading():
        assert not any(PIN in entry.facts for entry in JournalEntry.select())


def test_a_double_enter_hands_over_once(
    store: Store, front_desk: Actor, second_desk: Actor, ticket: TicketView
) -> None:
    posts.take_post(front_desk, shift("proxy"))
    typed = over(front_desk, second_desk)
    assert posts.hand_over(front_desk, typed) == posts.hand_over(front_desk, typed)
    with store.reading():
        told = JournalEntry.select().where(JournalEntry.kind == "post.handed_over").count()
    assert told == 1


def test_two_pcs_hand_over_one_post_at_once_and_it_goes_to_one(
    store: Store, front_desk: Actor, second_desk: Actor, manager: Actor, ticket: TicketView
) -> None:
    posts.take_post(front_desk, shift("proxy"))
    asked = [
        (front_desk, over(front_desk, second_desk)),
        (manager, over(front_desk, manager, by=manager)),
    ]
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def hand_over(actor: Actor, new: NewHandOver) -> None:
        start.wait()
        try:
            outcomes.append(posts.hand_over(actor, new).taker)
        except errors.BadInput as refused:
            outcomes.append(refused.reason)
        finally:
            store.close_thread()

    threads = [threading.Thread(target=hand_over, args=pair) for pair in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taker = next(name for name in outcomes if name in ("孙丽", "李主任"))
    assert sorted(outcomes) == sorted([taker, "changed"])
    papers = tickets.get(front_desk, ticket.card.id).papers
    assert {paper.holder_staff for paper in papers} == {taker}
    assert [line.staff for line in posts.on_posts(front_desk)] == [taker]


def test_what_came_since_the_list_was_shown_is_not_handed_over_unseen(
    front_desk: Actor, second_desk: Actor, ticket: TicketView, small_hall: dict[str, Any]
) -> None:
    shown = over(front_desk, second_desk)
    asked = NewTicket(
        new_id(), small_hall["residence"], "钱女士", "13900001234", consent=True,
        papers=(NewPaper("身份证"),),
    )  # fmt: skip
    tickets.open(front_desk, asked)
    with pytest.raises(errors.BadInput) as refused:
        posts.hand_over(front_desk, shown)
    assert (refused.value.field, refused.value.reason) == ("held", "changed")
    assert posts.held(front_desk, second_desk.person()).keys == ()
    again = over(front_desk, second_desk)
    assert posts.hand_over(front_desk, again).papers == 4


def test_papers_only_go_where_they_can_be_handled(
    front_desk: Actor, clerk: Actor, manager: Actor, in_hand: TicketView, store: Store,
    small_hall: dict[str, Any],
) -> None:  # fmt: skip
    accounts.add_staff(manager, "周倩", Role.WINDOW_CLERK, PIN, small_hall["window2"])
    elsewhere = accounts.sign_in(store, "周倩", PIN, "C")
    for taker in (elsewhere, front_desk):
        with pytest.raises(errors.BadInput) as refused:
            posts.hand_over(clerk, over(clerk, taker))
        assert (refused.value.reason, refused.value.facts["window"]) == ("other_window", "3")
    assert posts.hand_over(clerk, over(clerk, manager)).tickets == ("A001",)


def test_the_desks_papers_do_not_go_to_a_window(
    front_desk: Actor, clerk: Actor, ticket: TicketView
) -> None:
    with pytest.raises(errors.BadInput) as refused:
        posts.hand_over(front_desk, over(front_desk, clerk))
    assert refused.value.reason == "desk_only"


@pytest.mark.parametrize("whom", ["nobody", "oneself", "stranger"])
def test_a_taker_is_needed_who_works_here(front_desk: Actor, ticket: TicketView, whom: str) -> None:
    taker = {"nobody": None, "oneself": front_desk.staff_id, "stranger": new_id()}[whom]
    seen = posts.held(front_desk, front_desk.person()).keys
    typed = NewHandOver(new_id(), front_desk.person(), taker, PIN, seen)
    with pytest.raises(errors.BadInput) as refused:
        posts.hand_over(front_desk, typed)
    assert refused.value.field == "taker"


def test_there_must_be_something_to_hand_over(front_desk: Actor, second_desk: Actor) -> None:
    with pytest.raises(errors.BadInput) as refused:
        posts.hand_over(front_desk, over(front_desk, second_desk))
    assert refused.value.reason == "nothing"


def test_a_suspended_tickets_papers_go_along(
    clerk: Actor, second_clerk: Actor, in_hand: TicketView
) -> None:
    tickets.suspend(clerk, in_hand.card.id, "收入证明")
    done = posts.hand_over(clerk, over(clerk, second_clerk))
    assert (done.papers, done.tickets) == (3, ())
    assert custody.papers_out(clerk)[0].paper.holder_staff == "刘洋"


def test_what_comes_back_to_a_desk_that_changed_hands_goes_to_who_stands_there(
    store: Store, front_desk: Actor, second_desk: Actor, manager: Actor, clerk: Actor,
    in_hand: TicketView,
) -> None:  # fmt: skip
    def stands() -> Any:
        with store.change(manager) as change:
            return posts.stands_for(change, front_desk.person())

    assert stands() == front_desk.staff_id
    posts.take_post(front_desk, shift("proxy"))
    posts.hand_over(front_desk, over(front_desk, second_desk))
    assert stands() == second_desk.staff_id
    posts.hand_over(second_desk, over(second_desk, manager))
    assert stands() == manager.staff_id
    done = tickets.finish(clerk, in_hand.card.id, "已领取", new=(NewPaper("医保卡"),))
    assert {(paper.holder, paper.holder_staff) for paper in done.papers} == {("desk", "李主任")}
    # Back at the post, the first one is asked for nobody else's papers.
    posts.hand_over(manager, over(manager, front_desk))
    assert stands() == front_desk.staff_id


def test_a_colleague_who_only_left_the_post_still_gets_their_papers_back(
    front_desk: Actor, clerk: Actor, in_hand: TicketView
) -> None:
    posts.take_post(front_desk, shift("proxy"))
    posts.leave_post(front_desk)
    done = tickets.finish(clerk, in_hand.card.id, "已领取")
    assert {paper.holder_staff for paper in done.papers} == {"陈晓"}


def test_candidates_come_with_where_they_are_and_were(
    store: Store, front_desk: Actor, clerk: Actor
) -> None:
    posts.take_post(front_desk, shift("screening"))
    posts.leave_post(front_desk)
    posts.take_post(clerk, shift("window"))
    found = {line.name: line for line in posts.candidates(front_desk)}
    assert (found["陈晓"].post, found["陈晓"].last_post) == ("", "screening")
    assert (found["张敏"].post, found["张敏"].window) == ("window", "3")


def test_everybody_sees_who_is_on_duty_and_a_retired_taker_is_refused(
    store: Store, front_desk: Actor, second_desk: Actor, clerk: Actor, ticket: TicketView
) -> None:
    assert posts.on_posts(clerk) == []
    typed = over(front_desk, second_desk)
    with store.change(front_desk) as change:
        Staff.update(retired_at=change.at).where(Staff.id == second_desk.staff_id).execute()
        change.record("staff.retired", second_desk.staff_id)
    with pytest.raises(errors.BadInput) as refused:
        posts.hand_over(front_desk, typed)
    assert refused.value.reason == "gone"
