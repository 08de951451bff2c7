"""What is reported to the working group on the sample day, and how it is dealt with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from hall_desk.services import incidents
from hall_desk.services.accounts import Actor
from hall_desk.services.incidents import NewIncident, NewStep
from hall_desk.services.sample_day.day import ReplayedDay, moment
from hall_desk.services.sample_day.script import DAY, NEXT_DAY
from hall_desk.store import ids

if TYPE_CHECKING:
    from hall_desk.services.sample_day.people import People


class Reports:
    """The incidents of the two days."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.manager = people.manager

    def friday(self, day: ReplayedDay) -> None:
        self._fever_is_dealt_with(day)
        self._refuses_rules(day)

    def monday(self, day: ReplayedDay) -> None:
        self._dispute(day)

    def _fever_is_dealt_with(self, day: ReplayedDay) -> None:
        """The fever of the day opened its incident by itself (see `screening`)."""
        step = "已引导至隔离观察区，联系社区卫生服务站和所在社区"
        self._script(
            day,
            DAY,
            (time(10, 8), partial(self._comes, self.manager)),
            (time(10, 12), partial(self._step, step)),
            (time(10, 25), partial(self._end, self.manager, "由社区接回，隔离观察区已消毒")),
        )

    def _refuses_rules(self, day: ReplayedDay) -> None:
        """Reported while it is being dealt with (边报告边处理), as the hall's rules want it."""
        second = self.people.second_manager
        place, people = "大厅入口", "一位男居民，约五十岁"
        self._script(
            day,
            DAY,
            (
                time(14, 40),
                partial(self._report, "refuses_rules", place, people, "不愿测温，要求直接进厅"),
            ),
            (time(14, 42), partial(self._step, "说明防控规定，提供电话小贴士")),
            (time(14, 46), partial(self._comes, second)),
            (time(14, 53), partial(self._end, second, "改为电话办理，居民自行离开")),
        )

    def _dispute(self, day: ReplayedDay) -> None:
        """Still open when the sample hall opens on the screen."""
        what = "两位居民为等候次序争执"
        self._script(
            day,
            NEXT_DAY,
            (time(9, 57), partial(self._report, "dispute", "门厅等候区", "两位女居民", what)),
            (time(9, 59), partial(self._comes, self.people.second_manager)),
            (time(10, 1), partial(self._step, "请两位分开就座，核对受理时间")),
        )

    def _script(self, day: ReplayedDay, on: date, *steps: tuple[time, Callable[[], None]]) -> None:
        for clock, run in steps:
            day.at(moment(on, clock), run)

    def _open_incident(self) -> UUID:
        return incidents.open_ones(self.manager)[0].id

    def _report(self, kind: str, place: str, people: str, what: str) -> None:
        new = NewIncident(ids.new_id(), kind, place, people, what)
        incidents.open(self.people.screener, new)

    def _comes(self, who: Actor) -> None:
        incidents.on_my_way(who, self._open_incident())

    def _step(self, text: str) -> None:
        incidents.step(self.people.screener, NewStep(ids.new_id(), self._open_incident(), text))

    def _end(self, by: Actor, result: str) -> None:
        incidents.close(by, self._open_incident(), result)
