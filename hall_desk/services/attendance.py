"""Staff: who came, who left, and how they are. Several times a day where the hall asks for it.

What is written down about a person's health is shown to managers and to whoever wrote it, to nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.away import waits
from hall_desk.services.halls import Settings, load_settings
from hall_desk.services.screening import read_temperature
from hall_desk.store.models import Attendance, Shift, Staff, Window

KINDS = ("in", "check", "out")
UNDO_WITHIN = timedelta(minutes=10)
MOST_STAFF = 500
LONGEST_SYMPTOMS = 100
# Accounts of people, or of a screen, that do not work in the hall.
ELSEWHERE = ("foyer", "working_group")


@dataclass(frozen=True)
class NewAttendance:
    """What was noted of one person. `id` is made when the form is opened: a second Enter is the same entry.

    `kind` is in, check or out; empty means: in for who is not here yet, check for who is.
    """

    id: UUID
    person_id: UUID | None
    kind: str = ""
    temperature: str = ""
    mask: bool | None = None
    symptoms: str = ""


@dataclass(frozen=True)
class Entry:
    """One line of the register. `symptoms` is empty for those who may not read them; `unwell` says there are some."""

    id: UUID
    at: datetime
    person_id: UUID
    person: str
    kind: str
    tenths: int | None
    mask: bool | None
    symptoms: str
    unwell: bool
    high: bool
    staff: str
    withdrawn: bool

    @property
    def degrees(self) -> str:
        return degrees(self.tenths)

    @property
    def alarming(self) -> bool:
        return self.high or self.unwell


@dataclass(frozen=True)
class Person:
    """A member of staff today. `came_at` and `left_at` tell of the last time; `checks` of `asked` are done.

    `unwell` is whether symptoms were told of today, `unwell_now` whether the last line tells of them.
    """

    id: UUID
    name: str
    role: str
    window: str
    inside: bool
    came_at: datetime | None
    left_at: datetime | None
    checks: int
    asked: int
    tenths: int | None
    checked_at: datetime | None
    mask: bool | None
    high: bool
    unwell: bool
    unwell_now: bool
    symptoms: str
    post: str
    post_window: str

    @property
    def degrees(self) -> str:
        return degrees(self.tenths)

    @property
    def unchecked(self) -> bool:
        """Here, or on a post, and not measured today although the hall asks for it."""
        return self.asked > 0 and self.checks == 0 and (self.inside or bool(self.post))

    @property
    def alarming(self) -> bool:
        """Here, and the last reading was high or the last line tells of symptoms: a manager must know."""
        return self.inside and (self.high or self.unwell_now)

    @property
    def away_from_post(self) -> bool:
        """On a post, came today, and has left the house."""
        return bool(self.post) and self.left_at is not None and not self.inside


@dataclass(frozen=True)
class Summary:
    """Today in numbers: who is in the house, who of them was not measured, who of them is a worry."""

    staff: int
    inside: int
    unchecked: int
    alarming: int


def degrees(tenths: int | None) -> str:
    return "" if tenths is None else f"{tenths // 10}.{tenths % 10}"


# --- recording -----------------------------------------------------------------------------------


@waits
def record(actor: Actor, new: NewAttendance) -> Entry:
    """Writes one line of the register.

    A reading is needed for a check, and for coming in where the hall asks for checks. Raises BadInput: `person`
    (empty, gone), `kind` (unknown, already_in, not_in), `temperature`, `symptoms` (too_long).
    """
    actor.needs("attendance.record")
    if new.kind and new.kind not in KINDS:
        raise errors.BadInput("kind", "unknown")
    tenths = read_temperature(new.temperature) if new.temperature.strip() else None
    symptoms = privacy.check_text("symptoms", new.symptoms, limit=LONGEST_SYMPTOMS)
    with actor.store.change(actor) as change:
        settings = load_settings(actor.hall_id)
        there = _load(new.id)
        if there is not None:
            return _entry(actor, there, settings)
        person = _lock_person(actor, new.person_id)
        came_at = _inside_since(person.id, change.day)
        kind = new.kind or ("check" if came_at else "in")
        if kind == "in" and came_at:
            since = f"{actor.store.local(came_at):%H:%M}"
            raise errors.BadInput("kind", "already_in", since=since)
        if kind != "in" and not came_at:
            raise errors.BadInput("kind", "not_in")
        measured = kind == "check" or (kind == "in" and settings.staff_checks_a_day > 0)
        if measured and tenths is None:
            raise errors.BadInput("temperature", "empty")
        row = Attendance.create(
            id=new.id,
            hall=actor.hall_id,
            at=change.at,
            service_day=change.day,
            person=person.id,
            kind=kind,
            tenths=tenths,
            mask=new.mask,
            symptoms=symptoms,
            staff=actor.person(),
            letter=actor.letter,
            force_insert=True,
        )
        # Only that a manager must look, never what for.
        alarm = bool(symptoms) or (tenths or 0) >= settings.threshold_tenths
        change.record("attendance.recorded", row.id, happened=kind, alarm=alarm)
        stored = _load(row.id)
        assert stored is not None
        return _entry(actor, stored, settings)


@waits
def undo(actor: Actor, entry_id: UUID) -> None:
    """Withdraws one's own entry within ten minutes, the person's latest one; it stays in the register, marked.

    Raises NotFound `attendance`.
    """
    actor.needs("attendance.record")
    with actor.store.change(actor) as change:
        row = _load(entry_id)
        refusal = errors.NotFound(kind="attendance", key="")
        if row is None or row.staff_id != actor.staff_id or change.at - row.at > UNDO_WITHIN:
            raise refusal
        _lock_person(actor, row.person_id)
        latest = next(iter(_of_person(row.person_id, row.service_day)), None)
        if latest is None or latest.id != row.id:
            raise refusal
        done = (
            Attendance.update(withdrawn_at=change.at)
            .where(Attendance.id == row.id, Attendance.withdrawn_at.is_null())
            .execute()
        )
        if done != 1:
            raise refusal
        change.record("attendance.withdrawn", row.id)


def _lock_person(actor: Actor, person_id: UUID | None) -> Staff:
    """The member of staff, whom nobody else records until this change is over."""
    if person_id is None:
        raise errors.BadInput("person", "empty")
    wanted = (Staff.id == person_id, Staff.hall == actor.hall_id, Staff.retired_at.is_null())
    rows = Staff.select().where(*wanted)
    # SQLite has one writer at a time anyway.
    person = (rows.for_update() if actor.store.postgres else rows).first()
    if person is None:
        raise errors.BadInput("person", "gone")
    return person  # type: ignore[no-any-return]


def _of_person(person_id: UUID, day: date) -> Any:
    """One person's lines of a day that count, the newest first."""
    return (
        Attendance.select()
        .where(
            Attendance.person == person_id,
            Attendance.service_day == day,
            Attendance.withdrawn_at.is_null(),
        )
        .order_by(Attendance.at.desc(), Attendance.id.desc())
    )


def _inside_since(person_id: UUID, day: date) -> datetime | None:
    last = next((row for row in _of_person(person_id, day) if row.kind != "check"), None)
    return last.at if last is not None and last.kind == "in" else None


# --- reading -------------------------------------------------------------------------------------


def _joined() -> Any:
    recorder = Staff.alias()
    return (
        Attendance.select(Attendance, Staff, recorder)
        .join(Staff, on=(Attendance.person == Staff.id))
        .switch(Attendance)
        .join(recorder, on=(Attendance.staff == recorder.id))
    )


def _load(entry_id: UUID) -> Attendance | None:
    return _joined().where(Attendance.id == entry_id).first()  # type: ignore[no-any-return]


def _may_read(actor: Actor, row: Attendance) -> bool:
    return actor.may("attendance.health") or row.staff_id == actor.staff_id


def _entry(actor: Actor, row: Attendance, settings: Settings) -> Entry:
    return Entry(
        id=row.id,
        at=row.at,
        person_id=row.person_id,
        person=row.person.name,
        kind=row.kind,
        tenths=row.tenths,
        mask=row.mask,
        symptoms=row.symptoms if _may_read(actor, row) else "",
        unwell=bool(row.symptoms),
        high=row.tenths is not None and row.tenths >= settings.threshold_tenths,
        staff=row.staff.name,
        withdrawn=row.withdrawn_at is not None,
    )


def today(actor: Actor, limit: int = 200) -> list[Entry]:
    """Today's lines of the register, the newest first, at most `limit`."""
    actor.needs("attendance.read")
    with actor.store.reading():
        settings = load_settings(actor.hall_id)
        rows = (
            _joined()
            .where(Attendance.hall == actor.hall_id, Attendance.service_day == actor.store.today())
            .order_by(Attendance.at.desc(), Attendance.id.desc())
            .limit(limit)
        )
        return [_entry(actor, row, settings) for row in rows]


def people(actor: Actor) -> list[Person]:
    """Everybody who works here, as they are today: managers and the desk first, then by window."""
    actor.needs("attendance.read")
    with actor.store.reading():
        return _people(actor)


def _people(actor: Actor) -> list[Person]:
    settings = load_settings(actor.hall_id)
    day = actor.store.today()
    lines: dict[UUID, list[Attendance]] = {}
    for line in (
        Attendance.select()
        .where(
            Attendance.hall == actor.hall_id,
            Attendance.service_day == day,
            Attendance.withdrawn_at.is_null(),
        )
        .order_by(Attendance.at, Attendance.id)
    ):
        lines.setdefault(line.person_id, []).append(line)
    posts = {
        shift.staff_id: (shift.post, shift.window.number if shift.window_id else "")
        for shift in Shift.select(Shift, Window)
        .join(Window, "LEFT OUTER JOIN")
        .where(Shift.hall == actor.hall_id, Shift.service_day == day, Shift.ended_at.is_null())
    }
    rows = (
        Staff.select(Staff, Window)
        .join(Window, "LEFT OUTER JOIN")
        .where(
            Staff.hall == actor.hall_id, Staff.retired_at.is_null(), Staff.role.not_in(ELSEWHERE)
        )
        .order_by(Window.position, Window.number, Staff.role, Staff.name)
        .limit(MOST_STAFF)
    )
    found = [
        _person(actor, row, lines.get(row.id, []), posts.get(row.id, ("", "")), settings)
        for row in rows
    ]
    # NULL stands first on one engine and last on the other.
    return sorted(found, key=lambda person: bool(person.window))


def _person(
    actor: Actor,
    staff: Staff,
    lines: list[Attendance],
    post: tuple[str, str],
    settings: Settings,
) -> Person:
    doors = [line for line in lines if line.kind != "check"]
    measured = [line for line in lines if line.tenths is not None]
    last = measured[-1] if measured else None
    # What was said once stands all day, whatever the later readings.
    said = next((line for line in reversed(lines) if line.symptoms), None)
    return Person(
        id=staff.id,
        name=staff.name,
        role=staff.role,
        window=staff.window.number if staff.window_id else "",
        inside=bool(doors) and doors[-1].kind == "in",
        came_at=next((line.at for line in reversed(doors) if line.kind == "in"), None),
        left_at=next((line.at for line in reversed(doors) if line.kind == "out"), None),
        checks=len(measured),
        asked=settings.staff_checks_a_day,
        tenths=last.tenths if last else None,
        checked_at=last.at if last else None,
        mask=next((line.mask for line in reversed(lines) if line.mask is not None), None),
        high=last is not None and last.tenths >= settings.threshold_tenths,
        unwell=said is not None,
        unwell_now=bool(lines) and bool(lines[-1].symptoms),
        symptoms=said.symptoms if said is not None and _may_read(actor, said) else "",
        post=post[0],
        post_window=post[1],
    )


def not_checked(actor: Actor) -> list[Person]:
    """Who has not been measured today: those in the house or on a post first, then who has not come."""
    actor.needs("attendance.read")
    without = [person for person in people(actor) if person.checks == 0]
    return sorted(without, key=lambda person: not person.unchecked)


def inside(actor: Actor) -> list[Person]:
    """Who is in the house now."""
    actor.needs("attendance.read")
    return [person for person in people(actor) if person.inside]


def summary(actor: Actor) -> Summary:
    """Today in numbers."""
    actor.needs("attendance.read")
    return summed(people(actor))


def summed(found: list[Person]) -> Summary:
    """The numbers of a list that was read already."""
    return Summary(
        staff=len(found),
        inside=sum(person.inside for person in found),
        unchecked=sum(person.unchecked for person in found),
        alarming=sum(person.alarming for person in found),
    )
