"""Figures of the hall's own people: attendance and health, posts, rounds of disinfection."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from hall_desk.services import privacy
from hall_desk.services.figures.attention import MOST, Attention
from hall_desk.services.posts import POSTS
from hall_desk.store.models import Attendance, Disinfection, Shift, Staff, Window

if TYPE_CHECKING:
    from hall_desk.services.figures.days import Day


@dataclass(frozen=True)
class HighReading:
    """A member of staff with a high reading. Masked: the report is filed, health is the manager's page."""

    at: datetime
    person: str
    tenths: int


@dataclass(frozen=True)
class AttendanceFigures:
    """`present` came in on the day; `asked` readings a day are wanted of each (0 asks for none). Of those present or on
    a post `not_checked` had no reading, `too_few` fewer than asked. `unwell` said how they felt, `without_mask` were
    seen without one; `not_out` had not been signed out at the day's end."""

    asked: int
    present: int
    readings: int
    not_checked: tuple[str, ...]
    too_few: int
    highest_tenths: int | None
    high: tuple[HighReading, ...]
    unwell: int
    without_mask: int
    not_out: int


@dataclass(frozen=True)
class PostLine:
    """One person's turn on a post; `until` is empty where nobody had ended it."""

    post: str
    window_number: str
    staff: str
    since: datetime
    until: datetime | None
    handed_to: str


@dataclass(frozen=True)
class PostFigures:
    turns: int
    handed_over: int
    lines: tuple[PostLine, ...]


@dataclass(frozen=True)
class AreaLine:
    area: str
    times: tuple[datetime, ...]
    people: tuple[str, ...]


@dataclass(frozen=True)
class DisinfectionFigures:
    rounds: int
    areas: tuple[AreaLine, ...]


def count_attendance(day: Day) -> tuple[AttendanceFigures, list[Attention]]:
    rows = [
        row
        for row in Attendance.select(Attendance, Staff)
        .join(Staff, on=(Attendance.person == Staff.id))
        .where(Attendance.hall == day.hall_id, Attendance.service_day == day.day)
        .order_by(Attendance.at, Attendance.id)
        if day.stood(row.withdrawn_at)
    ]
    of_person: dict[UUID, list[Attendance]] = defaultdict(list)
    names: dict[UUID, str] = {}
    for row in rows:
        of_person[row.person_id].append(row)
        names[row.person_id] = row.person.name
    came = {key for key, lines in of_person.items() if any(row.kind == "in" for row in lines)}
    for shift in (
        Shift.select(Shift.staff, Staff)
        .join(Staff, on=(Shift.staff == Staff.id))
        .where(Shift.hall == day.hall_id, Shift.service_day == day.day)
    ):
        names[shift.staff_id] = shift.staff.name
    asked = day.settings.staff_checks_a_day
    readings = {key: sum(row.tenths is not None for row in of_person.get(key, [])) for key in names}
    threshold = day.settings.threshold_tenths
    # What somebody felt stays with the hall; that a manager had to look is in the journal.
    alarms = {
        entry.subject
        for entry in day.entries
        if entry.kind == "attendance.recorded" and entry.facts.get("alarm")
    }
    high = [row for row in rows if row.tenths is not None and row.tenths >= threshold]
    high_keys = {row.id for row in high}
    figures = AttendanceFigures(
        asked=asked,
        present=len(came),
        readings=sum(readings.values()),
        not_checked=tuple(sorted(names[key] for key in names if asked and not readings[key])),
        too_few=sum(0 < readings[key] < asked for key in names),
        highest_tenths=max((row.tenths for row in rows if row.tenths is not None), default=None),
        high=tuple(
            HighReading(day.local(row.at), privacy.mask_name(row.person.name), row.tenths)
            for row in high
        ),
        unwell=len({row.person_id for row in rows if row.id in alarms - high_keys}),
        without_mask=len({row.person_id for row in rows if row.mask is False}),
        not_out=sum(
            next(row.kind for row in reversed(of_person[key]) if row.kind != "check") == "in"
            for key in came
        ),
    )
    attention = [
        Attention("staff_high", {"at": f"{line.at:%H:%M}", "person": line.person})
        for line in figures.high
    ][:MOST]
    if figures.not_checked:
        attention.append(
            Attention(
                "staff_not_checked",
                {"names": list(figures.not_checked[:MOST]), "count": len(figures.not_checked)},
            )
        )
    return figures, attention


def count_posts(day: Day) -> PostFigures:
    taker = Staff.alias()
    rows = (
        Shift.select(Shift, Staff, Window, taker)
        .join(Staff, on=(Shift.staff == Staff.id))
        .switch(Shift)
        .join(Window, "LEFT OUTER JOIN", on=(Shift.window == Window.id))
        .switch(Shift)
        .join(taker, "LEFT OUTER JOIN", on=(Shift.handed_to == taker.id))
        .where(Shift.hall == day.hall_id, Shift.service_day == day.day)
    )
    order = {post: place for place, post in enumerate(POSTS)}
    lines = []
    for row in sorted(
        rows,
        key=lambda row: (
            order[row.post],
            row.window.position if row.window_id else 0,
            row.started_at,
            row.id,
        ),
    ):
        # A turn that was ended later is given the day's last second (see `services.posts`).
        by_itself = row.ended_at and row.ended_at >= day.end - timedelta(seconds=1)
        until = None if by_itself else day.before_end(row.ended_at)
        lines.append(
            PostLine(
                post=row.post,
                window_number=row.window.number if row.window_id else "",
                staff=row.staff.name,
                since=day.local(row.started_at),
                until=until,
                handed_to=row.handed_to.name if row.handed_to_id and until else "",
            )
        )
    return PostFigures(len(lines), sum(bool(line.handed_to) for line in lines), tuple(lines))


def count_disinfection(day: Day) -> DisinfectionFigures:
    rounds: dict[str, list[Disinfection]] = defaultdict(list)
    for row in (
        Disinfection.select(Disinfection, Staff)
        .join(Staff)
        .where(Disinfection.hall == day.hall_id, Disinfection.service_day == day.day)
        .order_by(Disinfection.at, Disinfection.id)
    ):
        rounds[row.area].append(row)
    return DisinfectionFigures(
        rounds=sum(len(rows) for rows in rounds.values()),
        areas=tuple(
            AreaLine(
                area,
                tuple(day.local(row.at) for row in rows),
                tuple(dict.fromkeys(row.staff.name for row in rows)),
            )
            for area, rows in rounds.items()
        ),
    )
