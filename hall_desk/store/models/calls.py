"""What windows do by telephone: callbacks promised, business settled by phone, numbers that do not answer."""

from __future__ import annotations

from peewee import Check, DateField, ForeignKeyField, SmallIntegerField, TextField

from hall_desk.store.models.base import WRITTEN_ONCE, HallRow, UtcField, index_personal
from hall_desk.store.models.directory import Matter, Staff, Window
from hall_desk.store.models.tickets import Ticket


class Callback(HallRow):
    """A promise that a window will phone. `side` is the side list, after three calls without answer.

    `due_at` is what was promised and stays; `call_at` is when to call next, later after a call without answer.
    `calling` is who has the number on the line; `reason` is why a promise was withdrawn.
    """

    private = ("name", "phone", "note")

    at = UtcField()
    service_day = DateField()
    window = ForeignKeyField(Window, index=False, on_delete="RESTRICT")
    matter = ForeignKeyField(Matter, null=True, index=False, on_delete="RESTRICT")
    ticket = ForeignKeyField(Ticket, null=True, index=False, on_delete="RESTRICT")
    name = TextField(default="")
    phone = TextField()
    note = TextField(default="")
    due_at = UtcField()
    call_at = UtcField()
    state = TextField()
    reason = TextField(default="")
    tries = SmallIntegerField(default=0)
    tried_at = UtcField(null=True)
    calling = ForeignKeyField(Staff, null=True, index=False, on_delete="RESTRICT")
    calling_at = UtcField(null=True)
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")
    letter = TextField(default="")
    settled_at = UtcField(null=True)
    settled_by = ForeignKeyField(Staff, null=True, index=False, on_delete="RESTRICT")

    class Meta:
        table_name = "callback"
        indexes = ((("hall", "service_day", "at"), False),)
        constraints = [
            Check("state IN ('due','side','reached','wrong_number','needs_visit','withdrawn')"),
            Check("(state IN ('due','side')) = (settled_at IS NULL)"),
            Check("(settled_at IS NULL) = (settled_by_id IS NULL)"),
            Check("(calling_id IS NULL) = (calling_at IS NULL)"),
            Check("(state = 'withdrawn') = (reason <> '')"),
        ]


class CallAttempt(HallRow):
    """One call made for a callback."""

    rights = WRITTEN_ONCE
    private = ("note",)

    callback = ForeignKeyField(Callback, index=False, on_delete="RESTRICT")
    at = UtcField()
    service_day = DateField()
    outcome = TextField()
    note = TextField(default="")
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")

    class Meta:
        table_name = "call_attempt"
        indexes = ((("callback", "at"), False), (("hall", "service_day", "at"), False))
        constraints = [Check("outcome IN ('reached','no_answer','wrong_number','needs_visit')")]


class PhoneCase(HallRow):
    """Business settled by telephone at a window."""

    private = ("note",)

    at = UtcField()
    service_day = DateField()
    window = ForeignKeyField(Window, index=False, on_delete="RESTRICT")
    matter = ForeignKeyField(Matter, null=True, index=False, on_delete="RESTRICT")
    outcome = TextField()
    minutes = SmallIntegerField()
    # The promised call that settled it, where it was one.
    callback = ForeignKeyField(Callback, null=True, index=False, on_delete="RESTRICT")
    note = TextField(default="")
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")
    withdrawn_at = UtcField(null=True)

    class Meta:
        table_name = "phone_case"
        indexes = (
            (("hall", "service_day", "at"), False),
            (("window", "service_day", "at"), False),
        )
        constraints = [
            Check("outcome IN ('settled','needs_visit','passed_on','answered')"),
            Check("minutes BETWEEN 0 AND 600"),
        ]


class NumberTrouble(HallRow):
    """A window's number does not answer: said by anybody, settled by a manager."""

    at = UtcField()
    service_day = DateField()
    window = ForeignKeyField(Window, index=False, on_delete="RESTRICT")
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")
    settled_at = UtcField(null=True)
    settled_by = ForeignKeyField(Staff, null=True, index=False, on_delete="RESTRICT")

    class Meta:
        table_name = "number_trouble"
        indexes = ((("hall", "service_day", "at"), False),)
        constraints = [Check("(settled_at IS NULL) = (settled_by_id IS NULL)")]


# What is open is what is not settled (a check says so): a condition that both planners recognise without its values.
Callback.add_index(
    Callback.index(
        Callback.window,
        Callback.state,
        Callback.call_at,
        where=Callback.settled_at.is_null(),
        name="callback_due",
    )
)
Callback.add_index(
    Callback.index(
        Callback.hall,
        Callback.state,
        Callback.call_at,
        where=Callback.settled_at.is_null(),
        name="callback_open",
    )
)
Callback.add_index(
    Callback.index(
        Callback.hall,
        Callback.settled_at,
        where=Callback.settled_at.is_null(False),
        name="callback_settled",
    )
)
Callback.add_index(
    Callback.index(Callback.ticket, where=Callback.ticket.is_null(False), name="callback_of_ticket")
)
NumberTrouble.add_index(
    NumberTrouble.index(
        NumberTrouble.window,
        unique=True,
        where=NumberTrouble.settled_at.is_null(),
        name="number_trouble_open",
    )
)
index_personal(Callback, Callback.settled_at, Callback.name, Callback.phone, Callback.note)
index_personal(PhoneCase, PhoneCase.service_day, PhoneCase.note)
