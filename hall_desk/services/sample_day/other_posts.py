"""The other posts of the sample day: who leaves, consultations, telephone, ratings, and the close of day.

Their chance comes from seeds of their own, so that they change nothing of who comes to the door and the proxy post.
"""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from hall_desk.services import (
    callbacks,
    consultations,
    day_close,
    foyer,
    halls,
    missing_notices,
    number_troubles,
    passages,
    phone_cases,
    ratings,
    tickets,
)
from hall_desk.services.accounts import Actor
from hall_desk.services.callbacks import NewAttempt, NewCallback
from hall_desk.services.consultations import NewConsultation
from hall_desk.services.day_close import Carried, NewClose
from hall_desk.services.missing_notices import NewNotice, NoticeItem
from hall_desk.services.number_troubles import NewTrouble
from hall_desk.services.passages import NewPassage
from hall_desk.services.phone_cases import NewPhoneCase
from hall_desk.services.ratings import NewOffer, NewRating
from hall_desk.services.sample_day.day import ReplayedDay, moment, spread
from hall_desk.services.sample_day.own_people import OwnPeople
from hall_desk.services.sample_day.reports import Reports
from hall_desk.services.sample_day.script import (
    BROUGHT,
    CALLBACKS,
    CAPACITY,
    DAY,
    FOYER_NOTICE,
    GRADES,
    NEXT_DAY,
    NOTICES_BY_HOUR,
    PHONE_CASES,
    PIN,
    QUESTIONS,
    SETTLED_BY_HOUR,
    SURNAMES,
    TITLES,
)
from hall_desk.services.tickets import Collector, TicketView
from hall_desk.store import ids

if TYPE_CHECKING:
    from hall_desk.services.sample_day.people import People

# Why what is open on Friday evening may wait.
_REASONS = {
    "ticket": "等待居民补充收入证明，下周一 9:30 回电",
    "paper": "窗口继续办理需要，锁存于窗口保险柜，下周一交还",
    "callback": "三次无人接听，下周一再拨",
}
# A turnaround longer than this made somebody press the lowest grade.
_TOO_LONG = timedelta(minutes=6)


class OtherPosts:
    """What happens in the sample hall beside checks and tickets."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.store = people.store
        self.manager = people.manager
        self.chance = random.Random("other posts")  # noqa: S311 - a repeatable day, no secret
        self.own_people = OwnPeople(people)
        self.reports = Reports(people)
        self.callers = 500
        self.grades = iter(GRADES)
        self.low_given = self.collected = False
        self.notices: list[str] = []

    # --- the two days ----------------------------------------------------------------------------

    def friday(self, day: ReplayedDay) -> None:
        halls.change_setting(self.manager, "epidemic", True)
        halls.change_setting(self.manager, "capacity", CAPACITY)
        foyer.add_notice(self.manager, foyer.NewNotice(ids.new_id(), FOYER_NOTICE))
        self.own_people.friday(day)
        self._consultations(day, DAY, SETTLED_BY_HOUR, NOTICES_BY_HOUR)
        for clock, outcomes in CALLBACKS:
            self._callback(day, moment(DAY, clock), outcomes)
        for number, count in PHONE_CASES.items():
            self._phone_cases(day, DAY, number, count)
        self.reports.friday(day)
        for clock in (time(14, 20), time(15, 42)):
            day.at(moment(DAY, clock), self._number_does_not_answer)
        day.at(moment(DAY, time(17, 12)), self._close_day)

    def monday(self, day: ReplayedDay) -> None:
        self.own_people.monday(day)
        self._consultations(day, NEXT_DAY, {9: 5}, {9: 1})
        for number, count in (("1", 1), ("3", 4), ("5", 2)):
            self._phone_cases(day, NEXT_DAY, number, count, hours=(9,))
        day.at(moment(NEXT_DAY, time(9, 12)), self._number_answers)
        day.at(moment(NEXT_DAY, time(9, 33)), self._call_for_window_7)
        day.at(moment(NEXT_DAY, time(9, 46)), self._notice_comes_back)
        due = moment(NEXT_DAY, time(10, 20))
        day.at(moment(NEXT_DAY, time(9, 50)), lambda: self._promise_by("变更定点", due, []))
        self.reports.monday(day)

    # --- the door --------------------------------------------------------------------------------

    def leaves(self, day: ReplayedDay, now: datetime, ticket: TicketView | None = None) -> None:
        """Somebody who came in goes again, after a while; some are not counted out."""
        if ticket is not None:
            code = tickets.receipt_facts(self.people.screener, ticket.card.id).code
            day.at(
                now + timedelta(seconds=self.chance.randint(20, 90)),
                lambda: self._left(NewPassage(ids.new_id(), receipt=code)),
            )
        elif self.chance.random() < 0.97:
            day.at(
                now + timedelta(seconds=self.chance.randint(240, 1320)),
                lambda: self._left(NewPassage(ids.new_id())),
            )

    def _left(self, new: NewPassage) -> None:
        if passages.inside(self.people.screener).count:
            passages.leave(self.people.screener, new)

    # --- consultations ---------------------------------------------------------------------------

    def asked(self, desk: Actor, outcome: str, matter: UUID | None, led_to: UUID | None) -> None:
        """A question that ended with a slip, a ticket, a callback or a notice."""
        new = NewConsultation(ids.new_id(), outcome, matter_id=matter, led_to=led_to)
        consultations.record(desk, new)

    def _caller(self) -> tuple[str, str]:
        self.callers += 1
        name = SURNAMES[self.callers * 7 % len(SURNAMES)] + self.chance.choice(TITLES)
        return name, f"1390000{(self.callers * 373 + 27) % 10000:04d}"

    def _brought(self) -> str:
        names = [name for name, _ in BROUGHT]
        return self.chance.choices(names, [count for _, count in BROUGHT])[0]

    def _consultations(
        self, day: ReplayedDay, on: date, settled: dict[int, int], notices: dict[int, int]
    ) -> None:
        for number, at in enumerate(spread(self.chance, on, settled)):
            day.at(at, partial(self._settled, number))
        for at in spread(self.chance, on, notices):
            day.at(at, self._notice)

    def _settled(self, number: int) -> None:
        channel = "phone" if number % 3 == 2 else "in_person"
        matter = self.people.matter(self._brought()).line.id if number % 7 else None
        question = "" if matter else QUESTIONS[number % len(QUESTIONS)]
        new = NewConsultation(ids.new_id(), "settled", channel, matter, question)
        consultations.record(self.people.desks[1], new)

    def _notice(self) -> None:
        """Exactly what is missing, on paper: of the matter's materials the last one was not brought."""
        matter = self.people.matter(self._brought())
        name, phone = self._caller()
        items = [NoticeItem(one.name, one.original, one.count) for one in matter.materials]
        key = ids.new_id()
        new = NewNotice(
            key, matter.line.id, tuple(items[-1:]), tuple(items[:-1]), name=name, phone=phone
        )
        self.notices.append(missing_notices.give(self.people.desks[1], new).code)
        self.asked(self.people.desks[1], "notice", matter.line.id, key)

    def _notice_comes_back(self) -> None:
        desk = self.people.desks[1]
        missing_notices.reopen(desk, missing_notices.find(desk, self.notices[-2]).id)

    # --- telephone -------------------------------------------------------------------------------

    def _promise(self, typed: str, due_at: datetime | None = None) -> UUID:
        desk, matter = self.people.desks[1], self.people.matter(typed).line
        name, phone = self._caller()
        key = ids.new_id()
        callbacks.promise(
            desk, NewCallback(key, matter.window.id, phone, name, matter.id, due_at=due_at)
        )
        self.asked(desk, "callback", matter.id, key)
        return key

    def _promise_by(self, typed: str, due: datetime, made: list[UUID]) -> None:
        made.append(self._promise(typed, due))

    def _callback(self, day: ReplayedDay, at: datetime, outcomes: tuple[str, ...]) -> None:
        """A promise, and the calls made for it: each a little before it is due, or a while after the last."""
        typed = self._brought() if outcomes else "医保卡领取"
        due = at + timedelta(minutes=25) if outcomes else moment(NEXT_DAY, time(10, 15))
        clerk = self.people.clerks[self.people.matter(typed).line.window.number]
        made: list[UUID] = []
        day.at(at, lambda: self._promise_by(typed, due, made))
        for number, outcome in enumerate(outcomes):
            call = due - timedelta(minutes=2) + timedelta(minutes=24 * number)
            day.at(call, partial(self._call_promised, clerk, made, outcome))

    def _call_promised(self, clerk: Actor, made: list[UUID], outcome: str) -> None:
        self._call(clerk, made[0], outcome)

    def _call(self, clerk: Actor, key: UUID, outcome: str) -> None:
        if outcome == "came_in":
            callbacks.withdraw(clerk, key, outcome)
            return
        callbacks.call(clerk, key)
        callbacks.attempt(clerk, NewAttempt(ids.new_id(), key, outcome))

    def _call_for_window_7(self) -> None:
        """One of Friday's two suspended tickets: its window calls in time, the other's does not."""
        clerk = self.people.clerks["7"]
        (promised,) = callbacks.due(clerk, clerk.window_id)
        self._call(clerk, promised.id, "reached")

    def _phone_cases(
        self, day: ReplayedDay, on: date, number: str, count: int,
        hours: tuple[int, ...] = (9, 10, 11, 13, 14, 15, 16),
    ) -> None:  # fmt: skip
        clerk = self.people.clerks[number]
        mine = [
            matter.line.id
            for matter in (self.people.matter(name) for name, _ in BROUGHT)
            if matter.line.window.number == number
        ]
        for _ in range(count):
            at = moment(on, time(self.chance.choice(hours))) + timedelta(
                seconds=self.chance.randint(60, 3540)
            )
            outcome = self.chance.choices(
                ("settled", "answered", "needs_visit", "passed_on"), (62, 24, 9, 5)
            )[0]
            matter = self.chance.choice([*mine, None]) if mine else None
            minutes = self.chance.randint(1, 6)
            new = NewPhoneCase(ids.new_id(), None, matter, outcome, minutes)
            day.at(at, partial(self._phone_case, clerk, new))

    def _phone_case(self, clerk: Actor, new: NewPhoneCase) -> None:
        phone_cases.record(clerk, new)

    def _number_does_not_answer(self) -> None:
        window = self.people.clerks["6"].window_id
        assert window is not None
        number_troubles.report(self.people.desks[1], NewTrouble(ids.new_id(), window))

    def _number_answers(self) -> None:
        for trouble in number_troubles.unsettled(self.manager):
            number_troubles.settle(self.manager, trouble.id)

    # --- after the hand-back ---------------------------------------------------------------------

    def collector(self, ticket: TicketView) -> Collector | None:
        """One old resident's daughter comes for the papers; a second member of staff stands by."""
        if self.collected or ticket.card.priority != "70+":
            return None
        self.collected = True
        second = self.people.relief.staff_id
        return Collector(
            f"{ticket.card.name[0]}女士（女儿）", "本人行动不便，在门厅等候", second, PIN
        )

    def rates(self, desk: Actor, ticket: TicketView) -> None:
        """The resident is offered the five grades, and presses one or does not."""
        if ticket.card.since - ticket.card.opened_at > _TOO_LONG and not self.low_given:
            self.low_given = True
            rating = NewRating(1, ("slow",))
        else:
            grade = next(self.grades, None)
            if grade is None:
                return
            rating = NewRating(grade)
        guest = ratings.offer(desk, NewOffer(ids.new_id(), ticket.card.id))
        ratings.rate(guest, rating)

    # --- the evening -----------------------------------------------------------------------------

    def _close_day(self) -> None:
        """Everything that is open is carried over with its reason, the one original that is out among it."""
        open_things = day_close.review(self.manager, DAY).items
        carried = tuple(Carried(item.kind, item.id, _REASONS[item.kind]) for item in open_things)
        day_close.close(self.manager, NewClose(ids.new_id(), DAY, carried, hall_empty=True))
