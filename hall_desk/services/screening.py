"""Temperature checks at the door: reading what was typed, deciding, holding and measuring again.

A second high reading is a fever: it opens an incident in the same transaction.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from hall_desk import errors
from hall_desk.i18n import _
from hall_desk.services import incidents, privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.away import waits
from hall_desk.services.halls import load_settings
from hall_desk.services.incidents import NewIncident
from hall_desk.store.ids import part_of
from hall_desk.store.journal import Change
from hall_desk.store.models import Staff, TemperatureCheck

LOWEST_TENTHS = 340
HIGHEST_TENTHS = 430
PERSONS = ("resident", "staff", "other")
UNDO_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class NewCheck:
    """What was typed for one person. `id` is made when the form is opened: a second Enter is the same check."""

    id: UUID
    temperature: str
    name: str = ""
    phone: str = ""
    reason: str = ""
    person: str = "resident"
    recheck_of: UUID | None = None


@dataclass(frozen=True)
class Check:
    """A recorded check. `outcome` is normal, hold or fever; `due_at` is when a held person is measured again.

    `left_at` is when a held person went away without a second reading.
    """

    id: UUID
    at: datetime
    tenths: int
    person: str
    name: str
    phone_masked: str
    reason: str
    outcome: str
    recheck_of: UUID | None
    due_at: datetime | None
    settled_by: UUID | None
    staff: str
    withdrawn: bool
    left_at: datetime | None = None

    @property
    def degrees(self) -> str:
        return _degrees(self.tenths)

    @property
    def passed(self) -> bool:
        """Whether this reading lets the person in."""
        return self.outcome == "normal" and not self.withdrawn


@dataclass(frozen=True)
class Summary:
    """Today's counts; `by_hour` gives (hour, checks) for consecutive hours."""

    total: int
    high: int
    to_recheck: int
    fevers: int
    by_hour: tuple[tuple[int, int], ...]


def read_temperature(text: str) -> int:
    """The reading in tenths of ℃: `365`, `36.5`, `36,5`, `36.5℃` and full-width digits all give 365.

    Raises BadInput `temperature` (empty, not_a_number, out_of_range).
    """
    plain = (
        re.sub(r"\s+", "", privacy.folded(text))
        .replace("。", ".")
        .replace(",", ".")
        .replace("、", ".")
    )
    plain = re.sub(r"(°C|℃|度|C|°)$", "", plain, flags=re.IGNORECASE)
    if not plain:
        raise errors.BadInput("temperature", "empty")
    if not re.fullmatch(r"\d{1,3}(\.\d{0,2})?", plain):
        raise errors.BadInput("temperature", "not_a_number")
    whole, dot, part = plain.partition(".")
    if dot:
        tenths = round(float(f"{whole}.{part or '0'}") * 10 + 1e-9)
    else:
        # Clerks type 365 for 36.5; two digits are whole degrees.
        tenths = int(whole) if len(whole) == 3 else int(whole) * 10
    if not LOWEST_TENTHS <= tenths <= HIGHEST_TENTHS:
        raise errors.BadInput("temperature", "out_of_range")
    return tenths


def _value(row: TemperatureCheck, settled: dict[UUID, UUID]) -> Check:
    return Check(
        id=row.id,
        at=row.at,
        tenths=row.tenths,
        person=row.person,
        name=row.name,
        phone_masked=privacy.mask_phone(row.phone),
        reason=row.reason,
        outcome=row.outcome,
        recheck_of=row.recheck_of_id,
        due_at=row.recheck_due_at,
        settled_by=settled.get(row.id),
        staff=row.staff.name,
        withdrawn=row.withdrawn_at is not None,
        left_at=row.left_at,
    )


def as_check(row: TemperatureCheck) -> Check:
    """A row that `load` gave, as a frozen value."""
    return _value(row, {})


def _settled(ids: list[UUID]) -> dict[UUID, UUID]:
    if not ids:
        return {}
    rows = TemperatureCheck.select(TemperatureCheck.id, TemperatureCheck.recheck_of).where(
        TemperatureCheck.recheck_of.in_(ids), TemperatureCheck.withdrawn_at.is_null()
    )
    return {row.recheck_of_id: row.id for row in rows}


def load(check_id: UUID) -> TemperatureCheck | None:
    """The row of one check with its recorder; the caller has a transaction open."""
    return (  # type: ignore[no-any-return]
        TemperatureCheck.select(TemperatureCheck, Staff)
        .join(Staff)
        .where(TemperatureCheck.id == check_id)
        .first()
    )


@waits
def record(actor: Actor, new: NewCheck) -> Check:
    """Records one reading. At or above the threshold a first reading holds the person, a second one is a fever.

    A fever opens an incident by itself. Staff are measured by name: it is they who are asked for at the end of a day.
    Raises BadInput (temperature, person, name, phone, reason), NotFound `check` when the person to be measured again
    was settled or withdrawn meanwhile.
    """
    actor.needs("screening.record")
    tenths = read_temperature(new.temperature)
    if new.person not in PERSONS:
        raise errors.BadInput("person", "unknown")
    reason = privacy.check_text("reason", new.reason, limit=200)
    with actor.store.change(actor) as change:
        again = load(new.id)
        if again is not None:
            return _value(again, {})
        settings = load_settings(actor.hall_id)
        high = tenths >= settings.threshold_tenths
        person = new.person
        first: TemperatureCheck | None = None
        if new.recheck_of is None:
            name = privacy.check_name(new.name, settings.name_required or person == "staff")
            phone = privacy.check_phone(new.phone, settings.phone_required)
        else:
            _take(new.recheck_of)
            first = load(new.recheck_of)
            if (
                first is None
                or first.withdrawn_at
                or first.outcome != "hold"
                or _settled([first.id])
            ):
                raise errors.NotFound(kind="check", key="")
            # The second reading is of the same person, whatever was left in the form.
            name, phone, reason, person = (
                first.name,
                first.phone,
                reason or first.reason,
                first.person,
            )
        outcome = "normal" if not high else "fever" if new.recheck_of else "hold"
        row = TemperatureCheck.create(
            id=new.id,
            hall=actor.hall_id,
            at=change.at,
            service_day=change.day,
            tenths=tenths,
            person=person,
            name=name,
            phone=phone,
            reason=reason,
            outcome=outcome,
            recheck_of=new.recheck_of,
            recheck_due_at=change.at + timedelta(minutes=settings.recheck_minutes)
            if outcome == "hold"
            else None,
            staff=actor.person(),
            letter=actor.letter,
            force_insert=True,
        )
        change.record("check.recorded", row.id, outcome=outcome, recheck=new.recheck_of is not None)
        if outcome == "fever" and first is not None:
            _report_fever(change, actor, first, tenths, new.id)
        stored = load(row.id)
        assert stored is not None
        return _value(stored, {})


def _take(check_id: UUID) -> None:
    """Holds a check against another desk that measures the same person, until this transaction ends."""
    # Nothing changes; on PostgreSQL the row is locked by it, and what is read afterwards is what the other desk wrote.
    (
        TemperatureCheck.update(outcome=TemperatureCheck.outcome)
        .where(TemperatureCheck.id == check_id)
        .execute()
    )


def _report_fever(
    change: Change, actor: Actor, first: TemperatureCheck, tenths: int, check_id: UUID
) -> None:
    """Tells the working group at once, with the facts filled in."""
    what = _("Measured twice: {first} ℃ at {time}, then {second} ℃. Not admitted.").format(
        first=_degrees(first.tenths),
        time=f"{actor.store.local(first.at):%H:%M}",
        second=_degrees(tenths),
    )
    words = (first.name, first.phone, first.reason)
    incidents.open_within(
        change,
        actor,
        NewIncident(
            id=part_of(check_id, "incident"),
            kind="fever",
            place=_("Screening post at the door"),
            people=_(", ").join(word for word in words if word)[: incidents.LONGEST_PEOPLE],
            what=what,
            check_id=check_id,
        ),
    )


def _degrees(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


@waits
def undo(actor: Actor, check_id: UUID) -> None:
    """Withdraws one's own check within ten minutes; it stays in the records, marked. Raises NotFound `check`.

    The incident of a withdrawn fever is over with it, unless steps were taken already: then it says so.
    """
    actor.needs("screening.record")
    with actor.store.change(actor) as change:
        row = load(check_id)
        if (
            row is None
            or row.withdrawn_at
            or row.staff_id != actor.staff_id
            or change.at - row.at > UNDO_WITHIN
            or _settled([row.id])
        ):
            raise errors.NotFound(kind="check", key="")
        TemperatureCheck.update(withdrawn_at=change.at).where(
            TemperatureCheck.id == row.id
        ).execute()
        change.record("check.withdrawn", row.id)
        if row.outcome == "fever":
            reason = _("The reading was withdrawn as a mistake.")
            incidents.withdraw_check_within(change, actor, row.id, reason)


@waits
def left(actor: Actor, check_id: UUID) -> None:
    """Notes that a held person went away without a second reading; once. Raises NotFound `check`.

    Somebody who comes back after all is measured again as before.
    """
    actor.needs("screening.record")
    with actor.store.change(actor) as change:
        _take(check_id)
        row = load(check_id)
        if row is None or row.withdrawn_at or row.outcome != "hold" or _settled([row.id]):
            raise errors.NotFound(kind="check", key="")
        if not row.left_at:
            TemperatureCheck.update(left_at=change.at).where(
                TemperatureCheck.id == row.id
            ).execute()
            change.record("check.left", row.id)


def today(actor: Actor, limit: int = 200) -> list[Check]:
    """Today's checks, newest first, at most `limit`."""
    actor.needs("screening.read")
    with actor.store.reading():
        rows = list(
            TemperatureCheck.select(TemperatureCheck, Staff)
            .join(Staff)
            .where(
                TemperatureCheck.hall == actor.hall_id,
                TemperatureCheck.service_day == actor.store.today(),
            )
            .order_by(TemperatureCheck.at.desc(), TemperatureCheck.id.desc())
            .limit(limit)
        )
        settled = _settled([row.id for row in rows if row.outcome == "hold"])
    return [_value(row, settled) for row in rows]


def _unsettled(actor: Actor) -> list[TemperatureCheck]:
    second = TemperatureCheck.alias()
    return list(
        TemperatureCheck.select(TemperatureCheck, Staff)
        .join(Staff)
        .where(
            TemperatureCheck.hall == actor.hall_id,
            TemperatureCheck.service_day == actor.store.today(),
            TemperatureCheck.outcome == "hold",
            TemperatureCheck.left_at.is_null(),
            TemperatureCheck.withdrawn_at.is_null(),
            ~TemperatureCheck.id.in_(
                second.select(second.recheck_of).where(
                    second.hall == actor.hall_id,
                    second.service_day == actor.store.today(),
                    second.recheck_of.is_null(False),
                    second.withdrawn_at.is_null(),
                )
            ),
        )
        .order_by(TemperatureCheck.at)
        .limit(200)
    )


def holds(actor: Actor) -> list[Check]:
    """Those who wait to be measured again today, longest waiting first."""
    actor.needs("screening.read")
    with actor.store.reading():
        return [_value(row, {}) for row in _unsettled(actor)]


def summary(actor: Actor) -> Summary:
    """Today's counts. A held person and the second reading count as one check of one person each time measured."""
    actor.needs("screening.read")
    with actor.store.reading():
        threshold = load_settings(actor.hall_id).threshold_tenths
        rows = list(
            TemperatureCheck.select(
                TemperatureCheck.at, TemperatureCheck.tenths, TemperatureCheck.outcome
            )
            .where(
                TemperatureCheck.hall == actor.hall_id,
                TemperatureCheck.service_day == actor.store.today(),
                TemperatureCheck.withdrawn_at.is_null(),
            )
            .tuples()
        )
        waiting = len(_unsettled(actor))
    hours = Counter(actor.store.local(at).hour for at, _tenths, _outcome in rows)
    span = range(min(hours), max(hours) + 1) if hours else range(0)
    return Summary(
        total=len(rows),
        high=sum(tenths >= threshold for _at, tenths, _outcome in rows),
        to_recheck=waiting,
        fevers=sum(outcome == "fever" for _at, _tenths, outcome in rows),
        by_hour=tuple((hour, hours[hour]) for hour in span),
    )


def known_name(actor: Actor, phone: str) -> str | None:
    """The name last given with this phone, or None."""
    actor.needs("screening.read")
    try:
        number = privacy.check_phone(phone, required=True)
    except errors.BadInput:
        return None
    with actor.store.reading():
        row = (
            TemperatureCheck.select(TemperatureCheck.name)
            .where(TemperatureCheck.phone == number, TemperatureCheck.name != "")
            .order_by(TemperatureCheck.at.desc())
            .first()
        )
    return row.name if row else None


def last_of(actor: Actor, day: date, name: str, phone: str) -> TemperatureCheck | None:
    """The last check of one day with this phone, or else with this name and no other phone.

    The caller has a transaction open.
    """
    query = (
        TemperatureCheck.select(TemperatureCheck, Staff)
        .join(Staff)
        .where(
            TemperatureCheck.hall == actor.hall_id,
            TemperatureCheck.service_day == day,
            TemperatureCheck.withdrawn_at.is_null(),
        )
        .order_by(TemperatureCheck.at.desc(), TemperatureCheck.id.desc())
    )
    row = None
    digits = re.sub(r"\D", "", privacy.folded(phone))
    if digits:
        row = query.where(TemperatureCheck.phone == digits).first()
        query = query.where(TemperatureCheck.phone == "")
    if row is None and name.strip():
        row = query.where(TemperatureCheck.name == name.strip()).first()
    return row


def passed_today(actor: Actor, name: str, phone: str) -> Check | None:
    """Today's check of this phone, or else of this name, when the last one was passed; None when there is none."""
    last = last_today(actor, name, phone)
    return last if last is not None and last.passed else None


def last_today(actor: Actor, name: str, phone: str) -> Check | None:
    """Today's last check of this phone, or else of this name and no other phone, whatever came of it."""
    actor.needs("screening.read")
    with actor.store.reading():
        row = last_of(actor, actor.store.today(), name, phone)
    return _value(row, {}) if row else None
