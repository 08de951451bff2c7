"""A state machine that looks for a way to close a ticket with a paper out, or to lose a paper. It finds none."""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from hall_desk import errors
from hall_desk.services import accounts, custody, halls, tickets
from hall_desk.services.tickets import NewPaper, NewTicket, Proof
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING, PIN, _window

STEPS = ("claim", "claim_next", "received", "missing", "release", "suspend", "resume", "transfer", "note_read",
         "finish", "finish_keeping", "withdraw", "terminate", "undo")  # fmt: skip


def _hall(place: str) -> dict[str, Any]:
    store = halls.create(place, name="大厅", manager="李主任", pin=PIN, practice_at=MORNING)
    manager = accounts.sign_in(store, "李主任", PIN)
    windows = [_window(manager.hall_id, number, "窗口") for number in ("2", "3")]
    matter = models.Matter.create(
        id=new_id(), hall=manager.hall_id, code="1", name="事项", force_insert=True
    )
    models.MatterWindow.create(hall=manager.hall_id, matter=matter.id, window=windows[1].id)
    people = {}
    for name, role, window in (
        ("陈", accounts.Role.FRONT_DESK, None),
        ("张", accounts.Role.WINDOW_CLERK, windows[1].id),
        ("周", accounts.Role.WINDOW_CLERK, windows[0].id),
    ):
        accounts.add_staff(manager, name, role, PIN, window)
        people[name] = accounts.sign_in(store, name, PIN)
    return {"store": store, "matter": matter.id, "windows": [w.id for w in windows], **people}


class Papers(RuleBasedStateMachine):
    hall: dict[str, Any]
    opened = Bundle("opened")

    @initialize()
    def morning(self) -> None:
        self.minute = 0
        with self.hall["store"].db.atomic():
            models.Paper.update(shared_with=None).execute()
            models.Staff.update(wrong_tries=0, locked_until=None).execute()
            for table in (
                models.CallAttempt,
                models.Callback,
                models.HandBack,
                models.CustodyMove,
                models.Paper,
                models.Claim,
                models.Ticket,
            ):
                table.delete().execute()

    def _later(self) -> None:
        # Four seconds: what was just done can be undone, what was done before the last two steps cannot.
        self.minute += 1
        self.hall["store"].freeze(MORNING + timedelta(seconds=4 * self.minute))

    @rule(target=opened, originals=st.lists(st.booleans(), min_size=1, max_size=4))
    def intake(self, originals: list[bool]) -> Any:
        self._later()
        papers = tuple(NewPaper(f"材料{i}", original) for i, original in enumerate(originals))
        new = NewTicket(
            new_id(),
            self.hall["matter"],
            f"居民{self.minute}",
            "13800004127",
            consent=True,
            papers=papers,
            second_allowed=True,
        )
        return tickets.open(self.hall["陈"], new).card.id

    @rule(target=opened, other=opened, shared=st.integers(1, 4), own=st.integers(0, 1))
    def second_matter(self, other: Any, shared: int, own: int) -> Any:
        """Another matter of the visit, with sheets of the ticket before; its key even when a sheet is gone."""
        self._later()
        seen = tickets.get(self.hall["陈"], other)
        sheets = tuple(
            NewPaper(paper.name, shared_with=paper.id)
            for paper in seen.papers[:shared]
            if paper.in_our_hands
        )
        new = NewTicket(
            new_id(),
            self.hall["matter"],
            "",
            consent=True,
            papers=sheets + (NewPaper("自带"),) * own,
            visit=other,
            second_allowed=True,
        )
        return tickets.open(self.hall["陈"], new).card.id

    @rule(ticket=opened, who=st.sampled_from(["张", "周"]), step=st.sampled_from(STEPS))
    def window_step(self, ticket: Any, who: str, step: str) -> None:
        self._later()
        actor, desk = self.hall[who], self.hall["陈"]
        papers = tickets.get(desk, ticket).papers
        first = papers[0].id if papers else new_id()
        called = MORNING + timedelta(hours=1)
        other = self.hall["windows"][0 if who == "张" else 1]
        calls = {
            "claim": lambda: tickets.claim(actor, ticket),
            "claim_next": lambda: tickets.claim_next(actor),
            "received": lambda: tickets.received(actor, ticket),
            "missing": lambda: tickets.received(actor, ticket, {first: "missing"}),
            "release": lambda: tickets.release(actor, ticket),
            "suspend": lambda: tickets.suspend(actor, ticket, "缺证明", called),
            "resume": lambda: tickets.resume(actor, ticket),
            "transfer": lambda: tickets.transfer(actor, ticket, other, "请核对"),
            "note_read": lambda: tickets.note_read(actor, ticket),
            "finish": lambda: tickets.finish(actor, ticket, "好", new=(NewPaper("新证"),)),
            "finish_keeping": lambda: tickets.finish(actor, ticket, "好", kept=(first,)),
            "withdraw": lambda: tickets.withdraw(desk, ticket, "不办了"),
            "terminate": lambda: tickets.terminate(actor, ticket, "不符合"),
            "undo": lambda: tickets.undo(actor, ticket),
        }
        with contextlib.suppress(errors.HallDeskError):
            calls[step]()

    @rule(ticket=opened, part=st.integers(0, 4), data=st.booleans())
    def give_back(self, ticket: Any, part: int, data: bool) -> None:
        self._later()
        seen = tickets.get(self.hall["陈"], ticket)
        some = None if data else tuple(paper.id for paper in seen.papers[:part])
        proof = Proof("pickup_code", seen.pickup_code)
        with contextlib.suppress(errors.HallDeskError):
            tickets.hand_back(self.hall["陈"], ticket, proof, some)

    @rule(ticket=opened, right_pin=st.booleans())
    def somebody_else_collects(self, ticket: Any, right_pin: bool) -> None:
        self._later()
        other = tickets.Collector(
            "女儿", "本人住院", self.hall["张"].staff_id, PIN if right_pin else "9753"
        )
        with contextlib.suppress(errors.HallDeskError):
            tickets.hand_back(self.hall["陈"], ticket, Proof("receipt", ""), None, other)
            assert right_pin

    @rule(ticket=opened)
    def desk_undoes(self, ticket: Any) -> None:
        """Undoing gives back the very ticket that was there before, but for its history."""
        desk = self.hall["陈"]
        self._later()
        before = tickets.get(desk, ticket)
        step = next(
            (
                step
                for step in (
                    lambda: tickets.hand_back(
                        desk, ticket, Proof("pickup_code", before.pickup_code)
                    ),
                    lambda: tickets.withdraw(desk, ticket, "不办了"),
                )
                if self._goes(step)
            ),
            None,
        )
        if step is not None:
            undone = tickets.undo(desk, ticket)
            assert replace(undone, history=(), papers=()) == replace(before, history=(), papers=())
            assert [(p.name, p.holder, p.holder_staff) for p in undone.papers] == [
                (p.name, p.holder, p.holder_staff) for p in before.papers
            ]

    @staticmethod
    def _goes(step: Any) -> bool:
        try:
            step()
        except errors.HallDeskError:
            return False
        return True

    @invariant()
    def no_closed_ticket_has_a_paper_out(self) -> None:
        out = (
            models.Paper.select()
            .join(models.Ticket)
            .where(models.Ticket.state == "closed", models.Paper.holder.in_(custody.OUT))
        )
        assert out.count() == 0

    @invariant()
    def every_paper_is_where_its_last_move_took_it_and_moves_join_up(self) -> None:
        for paper in models.Paper.select().where(models.Paper.shared_with.is_null()):
            moves = list(
                models.CustodyMove.select()
                .where(models.CustodyMove.paper == paper.id)
                .order_by(models.CustodyMove.at, models.CustodyMove.id)
            )
            for before, after in itertools.pairwise(moves):
                assert (before.taker, before.taker_staff_id) == (after.giver, after.giver_staff_id)
            assert (moves[-1].taker, moves[-1].taker_staff_id) == (
                paper.holder,
                paper.holder_staff_id,
            )

    @invariant()
    def a_ticket_in_hand_has_exactly_one_open_claim(self) -> None:
        for ticket in models.Ticket.select():
            claims = (
                models.Claim.select()
                .where(models.Claim.ticket == ticket.id, models.Claim.ended_at.is_null())
                .count()
            )
            assert claims == (1 if ticket.state == "handling" else 0)

    @invariant()
    def a_shared_sheet_has_one_place_and_no_moves_of_its_own(self) -> None:
        for line in models.Paper.select().where(models.Paper.shared_with.is_null(False)):
            assert models.Paper.get_by_id(line.shared_with_id).shared_with_id is None
            assert (
                models.CustodyMove.select().where(models.CustodyMove.paper == line.id).count() == 0
            )

    @invariant()
    def no_sheet_is_with_the_resident_while_a_window_works_with_it(self) -> None:
        for line in (
            models.Paper.select()
            .join(models.Ticket)
            .where(models.Paper.shared_with.is_null(False), models.Ticket.state == "queued")
        ):
            never_suspended = (
                models.Claim.select()
                .where(models.Claim.ticket == line.ticket_id, models.Claim.ended_how == "suspended")
                .count()
                == 0
            )
            if never_suspended:
                assert models.Paper.get_by_id(line.shared_with_id).holder in custody.OUT

    @invariant()
    def a_call_is_due_only_while_its_ticket_is_suspended(self) -> None:
        due = models.Callback.select().where(models.Callback.state.in_(("due", "side")))
        for call in due.join(models.Ticket):
            assert models.Ticket.get_by_id(call.ticket_id).state == "suspended"


def _search(place: str, examples: int) -> None:
    hall = _hall(place)
    Papers.hall = hall
    try:
        run_state_machine_as_test(
            Papers,
            settings=settings(
                max_examples=examples,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                database=None,
            ),
        )
    finally:
        store: Store = hall["store"]
        store.close()


def test_no_way_to_close_a_ticket_with_a_paper_out_on_sqlite(
    tmp_path: Path, quick_pins: None
) -> None:
    _search(str(tmp_path / "hall.sqlite3"), 40)


def test_no_way_to_close_a_ticket_with_a_paper_out_on_postgresql(
    postgres_database: str, quick_pins: None
) -> None:
    _search(postgres_database, 15)
