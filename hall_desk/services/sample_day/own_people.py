"""The sample hall's own people: they come and are measured, stand at their posts, disinfect, and go."""

from __future__ import annotations

import random
from datetime import date, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from hall_desk.services import attendance, disinfection, posts
from hall_desk.services.accounts import Actor
from hall_desk.services.attendance import NewAttendance
from hall_desk.services.disinfection import NewRound
from hall_desk.services.posts import NewHandOver, NewShift
from hall_desk.services.sample_day.day import ReplayedDay, moment
from hall_desk.services.sample_day.script import AREAS, DAY, NEXT_DAY, PIN
from hall_desk.store import ids

if TYPE_CHECKING:
    from hall_desk.services.sample_day.people import People


class OwnPeople:
    """Attendance, posts and disinfection of the two days."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.chance = random.Random("own people")  # noqa: S311 - a repeatable day, no secret

    def friday(self, day: ReplayedDay) -> None:
        self._staff_comes(day, DAY)
        self._staff_again(day)
        self._staff_goes(day)
        for clock, area, note in AREAS:
            day.at(moment(DAY, clock), partial(self._round, area, note))

    def monday(self, day: ReplayedDay) -> None:
        self._staff_comes(day, NEXT_DAY)
        for clock, area, note in AREAS[:3]:
            day.at(moment(NEXT_DAY, clock), partial(self._round, area, note))

    def _everybody(self) -> list[Actor]:
        people = self.people
        desk = [
            people.manager,
            people.second_manager,
            people.screener,
            *people.desks,
            people.relief,
        ]
        return [*desk, *people.clerks.values()]

    def _staff_comes(self, day: ReplayedDay, on: date) -> None:
        start = moment(on, time(8, 22))
        for number, person in enumerate(self._everybody()):
            at = start + timedelta(seconds=45 * number + self.chance.randint(0, 30))
            day.at(at, partial(self._measured, person))
        people = self.people
        for minute, person, post in (
            (40, people.screener, "screening"),
            (41, people.desks[1], "consultation"),
            (42, people.desks[0], "proxy"),
        ):
            at = moment(on, time(8, minute))
            day.at(at, partial(self._takes, person, post))
        for number, clerk in enumerate(people.clerks.values()):
            at = moment(on, time(8, 45)) + timedelta(seconds=40 * number)
            day.at(at, partial(self._takes, clerk, "window"))

    def _measured(self, person: Actor, kind: str = "") -> None:
        tenths = round(min(max(self.chance.gauss(364, 1.6), 359), 369))
        typed = f"{tenths // 10}.{tenths % 10}"
        mask = True if kind != "out" else None
        text = typed if kind != "out" else ""
        new = NewAttendance(ids.new_id(), person.staff_id, kind, text, mask)
        attendance.record(self.people.relief, new)

    def _takes(self, person: Actor, post: str) -> None:
        posts.take_post(person, NewShift(ids.new_id(), post))

    def _staff_again(self, day: ReplayedDay) -> None:
        """The second reading at noon, and the screener's meal."""
        people = self.people
        leaves_early = people.clerks["12"]
        for number, person in enumerate(self._everybody()):
            at = moment(DAY, time(13, 2)) + timedelta(seconds=70 * number)
            if person is not leaves_early:
                day.at(at, partial(self._measured, person, "check"))
        day.at(moment(DAY, time(12, 4)), lambda: self._goes(leaves_early))
        screener, relief = people.screener, people.relief
        day.at(moment(DAY, time(12, 0)), lambda: self._hand_over(screener, relief))
        day.at(moment(DAY, time(12, 45)), lambda: self._hand_over(relief, screener))

    def _hand_over(self, giver: Actor, taker: Actor) -> None:
        new = NewHandOver(ids.new_id(), giver.person(), taker.staff_id, PIN)
        posts.hand_over(giver, new)
        self.people.screener = taker

    def _staff_goes(self, day: ReplayedDay) -> None:
        leaves_early = self.people.clerks["12"]
        for number, person in enumerate(self._everybody()):
            # Managers stay for the closing.
            if person in (self.people.manager, leaves_early):
                continue
            at = moment(DAY, time(17, 3)) + timedelta(seconds=20 * number)
            day.at(at, partial(self._goes, person))

    def _goes(self, person: Actor) -> None:
        # What a suspended ticket needs stays at its window over the weekend.
        posts.leave_post(person, papers_stay=True)
        self._measured(person, "out")

    def _round(self, area: str, note: str) -> None:
        disinfection.record(self.people.relief, NewRound(ids.new_id(), area, note))
