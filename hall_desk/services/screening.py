"""Temperature checks at the door: reading what was typed, deciding, holding and measuring again."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hall_desk import errors
from hall_desk.services import privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.away import waits
from hall_desk.services.halls import load_settings
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
    """A recorded check. `outcome` is normal, hold or fever; `due_at` is when a held person is measured again."""

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

    @property
    def degrees(self) -> str:
        return f"{self.tenths // 10}.{self.tenths % 10}"


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
    )


def _settled(ids: list[UUID]) -> dict[UUID, UUID]:
    if not ids:
        return {}
    rows = TemperatureCheck.select(TemperatureCheck.id, TemperatureCheck.recheck_of).where(
        TemperatureCheck.recheck_of.in_(ids), TemperatureCheck.withdrawn_at.is_null()
    )
    return {row.recheck_of_id: row.id for row in rows}


def _load(check_id: UUID) -> TemperatureCheck | None:
    return (  # type: ignore[no-any-return]
        TemperatureCheck.select(TemperatureCheck, Staff)
        .join(Staff)
        .where(TemperatureCheck.id == check_id)
        .first()
    )


@waits
def record(actor: Actor, new: NewCheck) -> Check:
    """Records one reading. At or above the threshold a first reading holds the person, a second one is a fever.

    Raises BadInput (temperature, person, name, phone, reason), NotFound `check` when the person to be measured again
    was settled or withdrawn meanwhile.
    """
    actor.needs("screening.record")
    tenths = read_temperature(new.temperature)
    if new.person not in PERSONS:
        raise errors.BadInput("person", "unknown")
    reason = privacy.check_text("reason", new.reason, limit=200)
    with actor.store.change(actor) as change:
        again = _load(new.id)
        if again is not None:
            return _value(again, {})
        settings = load_settings(actor.hall_id)
        high = tenths >= settings.threshold_tenths
        person = new.person
        if new.recheck_of is None:
            name = privacy.check_name(new.name, settings.name_required)
            phone = privacy.check_phone(new.phone, settings.phone_required)
        else:
            first = _load(new.recheck_of)
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
        stored = _load(row.id)
        assert stored is not None
        return _value(stored, {})


@waits
def undo(actor: Actor, check_id: UUID) -> None:
    """Withdraws one's own check within ten minutes; it stays in the records, marked. Raises NotFound `check`."""
    actor.needs("screening.record")
    with actor.store.change(actor) as change:
        row = _load(check_id)
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


def passed_today(actor: Actor, name: str, phone: str) -> Check | None:
    """Today's latest passed check of this phone, or else of this name; None when there is none."""
    actor.needs("screening.read")
    with actor.store.reading():
        query = (
            TemperatureCheck.select(TemperatureCheck, Staff)
            .join(Staff)
            .where(
                TemperatureCheck.hall == actor.hall_id,
                TemperatureCheck.service_day == actor.store.today(),
                TemperatureCheck.outcome == "normal",
                TemperatureCheck.withdrawn_at.is_null(),
            )
            .order_by(TemperatureCheck.at.desc())
        )
        row = None
        digits = re.sub(r"\D", "", privacy.folded(phone))
        if digits:
            row = query.where(TemperatureCheck.phone == digits).first()
        if row is None and name.strip():
            row = query.where(TemperatureCheck.name == name.strip()).first()
    return _value(row, {}) if row else None
