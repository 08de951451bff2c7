"""The consultation post: a question is written down with what came of it, settled on the spot where possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from peewee import fn

from hall_desk import errors
from hall_desk.services import privacy
from hall_desk.services.accounts import Actor
from hall_desk.services.away import waits
from hall_desk.store import models
from hall_desk.store.models import Consultation, MissingNotice, Staff, Ticket

CHANNELS = ("in_person", "phone")
# In the order of their keys on the screen.
OUTCOMES = ("settled", "slip", "callback", "ticket", "online", "notice")
UNDO_WITHIN = timedelta(minutes=10)
LONGEST_QUESTION = 200


@dataclass(frozen=True)
class NewConsultation:
    """What was asked and what came of it. `id` is made when the form is opened: a second key press is the same one.

    `led_to` is the key of the slip, callback, ticket or notice that came of it.
    """

    id: UUID
    outcome: str
    channel: str = "in_person"
    matter_id: UUID | None = None
    question: str = ""
    name: str = ""
    phone: str = ""
    led_to: UUID | None = None


@dataclass(frozen=True)
class ConsultationLine:
    """A recorded consultation. `reference` is the number of the ticket or the code of the notice that came of it."""

    id: UUID
    at: datetime
    matter_id: UUID | None
    matter: str
    channel: str
    outcome: str
    question: str
    name: str
    phone_masked: str
    led_to: UUID | None
    reference: str
    staff: str
    staff_id: UUID
    withdrawn: bool

    def may_undo(self, actor: Actor, now: datetime) -> bool:
        """Whether `undo` would still take it back."""
        mine = self.staff_id == actor.staff_id
        return mine and not self.withdrawn and now - self.at <= UNDO_WITHIN


@dataclass(frozen=True)
class Counts:
    """How many consultations a day had, by outcome (every outcome is there) and by channel; withdrawn ones apart."""

    total: int
    by_outcome: Mapping[str, int]
    by_channel: Mapping[str, int]
    withdrawn: int


@waits
def record(actor: Actor, new: NewConsultation) -> ConsultationLine:
    """Records one consultation, once per `new.id`.

    Raises BadInput (outcome, channel, question, name, phone), NotFound `matter`. A matter or a few words of the
    question are needed: a record of nothing says nothing.
    """
    actor.needs("consultations.record")
    if new.outcome not in OUTCOMES:
        raise errors.BadInput("outcome", "unknown")
    if new.channel not in CHANNELS:
        raise errors.BadInput("channel", "unknown")
    question = privacy.check_text(
        "question", new.question, required=new.matter_id is None, limit=LONGEST_QUESTION
    )
    name = privacy.check_name(new.name, required=False)
    phone = privacy.check_phone(new.phone)
    with actor.store.change(actor) as change:
        again = _load(actor, new.id)
        if again is not None:
            return again
        code = _code_of(actor, new.matter_id)
        Consultation.create(
            id=new.id,
            hall=actor.hall_id,
            at=change.at,
            service_day=change.day,
            matter=new.matter_id,
            channel=new.channel,
            outcome=new.outcome,
            question=question,
            name=name,
            phone=phone,
            led_to=new.led_to,
            staff=actor.person(),
            letter=actor.letter,
            force_insert=True,
        )
        change.record(
            "consultation.recorded", new.id, outcome=new.outcome, channel=new.channel, matter=code
        )
        made = _load(actor, new.id)
        assert made is not None
        return made


def _code_of(actor: Actor, matter_id: UUID | None) -> str:
    if matter_id is None:
        return ""
    row = models.Matter.get_or_none(
        models.Matter.id == matter_id, models.Matter.hall == actor.hall_id
    )
    if row is None:
        raise errors.NotFound(kind="matter", key="")
    return str(row.code)


@waits
def undo(actor: Actor, consultation_id: UUID) -> None:
    """Withdraws one's own consultation within ten minutes; it stays in the records, marked.

    What came of it (a ticket, a notice on paper) is not undone with it. Raises NotFound `consultation`.
    """
    actor.needs("consultations.record")
    with actor.store.change(actor) as change:
        line = _load(actor, consultation_id)
        if line is None or not line.may_undo(actor, change.at):
            raise errors.NotFound(kind="consultation", key="")
        Consultation.update(withdrawn_at=change.at).where(
            Consultation.id == consultation_id, Consultation.withdrawn_at.is_null()
        ).execute()
        change.record("consultation.withdrawn", consultation_id, outcome=line.outcome)


def today(actor: Actor, limit: int = 200) -> list[ConsultationLine]:
    """Today's consultations, newest first, at most `limit`."""
    actor.needs("consultations.read")
    with actor.store.reading():
        rows = list(
            _selected()
            .where(
                Consultation.hall == actor.hall_id,
                Consultation.service_day == actor.store.today(),
            )
            .order_by(Consultation.at.desc(), Consultation.id.desc())
            .limit(limit)
        )
        return _lines(rows)


def summary(actor: Actor) -> Counts:
    """Today's counts."""
    actor.needs("consultations.read")
    with actor.store.reading():
        return of_day(actor, actor.store.today())


def of_day(actor: Actor, day: date) -> Counts:
    """One day's counts; the caller has opened a `reading()` and answers for the right."""
    rows = (
        Consultation.select(
            Consultation.outcome,
            Consultation.channel,
            Consultation.withdrawn_at.is_null(False),
            fn.COUNT(Consultation.id),
        )
        .where(Consultation.hall == actor.hall_id, Consultation.service_day == day)
        .group_by(
            Consultation.outcome, Consultation.channel, Consultation.withdrawn_at.is_null(False)
        )
        .tuples()
    )
    by_outcome, by_channel = dict.fromkeys(OUTCOMES, 0), dict.fromkeys(CHANNELS, 0)
    withdrawn = 0
    for outcome, channel, was_withdrawn, count in rows:
        if was_withdrawn:
            withdrawn += count
        else:
            by_outcome[outcome] += count
            by_channel[channel] += count
    return Counts(sum(by_outcome.values()), by_outcome, by_channel, withdrawn)


def _selected() -> Any:
    return (
        Consultation.select(Consultation, Staff, models.Matter)
        .join(Staff)
        .switch(Consultation)
        .join(models.Matter, "LEFT OUTER JOIN")
    )


def _load(actor: Actor, consultation_id: UUID) -> ConsultationLine | None:
    row = (
        _selected()
        .where(Consultation.id == consultation_id, Consultation.hall == actor.hall_id)
        .first()
    )
    return _lines([row])[0] if row is not None else None


def _lines(rows: list[Consultation]) -> list[ConsultationLine]:
    references = _references(rows)
    return [
        ConsultationLine(
            id=row.id,
            at=row.at,
            matter_id=row.matter_id,
            matter=row.matter.name if row.matter_id else "",
            channel=row.channel,
            outcome=row.outcome,
            question=row.question,
            name=row.name,
            phone_masked=privacy.mask_phone(row.phone),
            led_to=row.led_to,
            reference=references.get(row.led_to, ""),
            staff=row.staff.name,
            staff_id=row.staff_id,
            withdrawn=row.withdrawn_at is not None,
        )
        for row in rows
    ]


def _references(rows: list[Consultation]) -> dict[UUID | None, str]:
    found: dict[UUID | None, str] = {}
    for outcome, model, column in (
        ("ticket", Ticket, Ticket.number),
        ("notice", MissingNotice, MissingNotice.code),
    ):
        keys = [row.led_to for row in rows if row.outcome == outcome and row.led_to]
        if keys:
            found |= dict(model.select(model.id, column).where(model.id.in_(keys)).tuples())
    return found
