"""The hall's own duties: incidents, people's health and posts, disinfection, foyer notices, the close of a day."""

from __future__ import annotations

from peewee import (
    BooleanField,
    Check,
    DateField,
    ForeignKeyField,
    SmallIntegerField,
    TextField,
    UUIDField,
)

from hall_desk.store.models.base import WRITTEN_ONCE, HallRow, UtcField, index_personal
from hall_desk.store.models.desk import TemperatureCheck
from hall_desk.store.models.directory import Staff, Window
from hall_desk.store.models.tickets import Ticket


class Incident(HallRow):
    """Something reported to the working group while it is dealt with."""

    private = ("people", "what", "result")

    at = UtcField()
    service_day = DateField()
    kind = TextField()
    place = TextField(default="")
    people = TextField(default="")
    what = TextField(default="")
    state = TextField()
    due_at = UtcField()
    check_of = ForeignKeyField(TemperatureCheck, null=True, index=False, on_delete="RESTRICT")
    ticket = ForeignKeyField(Ticket, null=True, index=False, on_delete="RESTRICT")
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")
    letter = TextField(default="")
    answered_at = UtcField(null=True)  # the first "on my way"
    closed_at = UtcField(null=True)
    result = TextField(default="")

    class Meta:
        table_name = "incident"
        indexes = ((("hall", "service_day", "at"), False),)
        constraints = [
            Check("kind <> ''"),  # the program's kinds, and words of the hall's own
            Check("state IN ('open','closed')"),
            Check("(state = 'closed') = (closed_at IS NOT NULL)"),
        ]


class IncidentStep(HallRow):
    """One step while an incident is handled; nothing is edited afterwards."""

    rights = WRITTEN_ONCE
    private = ("text",)

    incident = ForeignKeyField(Incident, index=False, on_delete="RESTRICT")
    at = UtcField()
    kind = TextField()
    text = TextField(default="")
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")

    class Meta:
        table_name = "incident_step"
        indexes = ((("incident", "at"), False),)
        constraints = [Check("kind IN ('opened','step','on_my_way','closed')")]


class Attendance(HallRow):
    """A member of staff came, left, or was checked in between."""

    private = ("symptoms",)

    at = UtcField()
    service_day = DateField()
    person = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")
    kind = TextField()
    tenths = SmallIntegerField(null=True)
    mask = BooleanField(null=True)
    symptoms = TextField(default="")
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")  # who recorded it
    letter = TextField(default="")
    withdrawn_at = UtcField(null=True)

    class Meta:
        table_name = "attendance"
        indexes = ((("hall", "service_day", "at"), False), (("person", "at"), False))
        constraints = [
            Check("kind IN ('in','out','check')"),
            Check("tenths BETWEEN 340 AND 430"),
        ]


class Shift(HallRow):
    """Who is on which post, from when to when. One post at a time per person."""

    post = TextField()
    window = ForeignKeyField(Window, null=True, index=False, on_delete="RESTRICT")
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")
    service_day = DateField()
    started_at = UtcField()
    ended_at = UtcField(null=True)
    handed_to = ForeignKeyField(Staff, null=True, index=False, on_delete="RESTRICT")

    class Meta:
        table_name = "shift"
        indexes = ((("hall", "service_day", "started_at"), False),)
        constraints = [
            Check("post IN ('screening','consultation','proxy','window')"),
            Check("(post = 'window') = (window_id IS NOT NULL)"),
        ]


class Disinfection(HallRow):
    """One round of disinfection of an area."""

    rights = WRITTEN_ONCE

    at = UtcField()
    service_day = DateField()
    area = TextField()
    note = TextField(default="")
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")

    class Meta:
        table_name = "disinfection"
        indexes = ((("hall", "service_day", "at"), False),)


class FoyerNotice(HallRow):
    """A line of the manager's on the foyer screen."""

    text = TextField()
    at = UtcField()
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")
    until_day = DateField(null=True)
    retired_at = UtcField(null=True)

    class Meta:
        table_name = "foyer_notice"
        indexes = ((("hall", "at"), False),)


class Announcement(HallRow):
    """A ready ticket is called in the foyer once more."""

    rights = WRITTEN_ONCE

    ticket = ForeignKeyField(Ticket, index=False, on_delete="RESTRICT")
    at = UtcField()
    service_day = DateField()
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")

    class Meta:
        table_name = "announcement"
        indexes = ((("hall", "service_day", "at"), False),)


class DayClose(HallRow):
    """A service day was closed."""

    rights = WRITTEN_ONCE

    service_day = DateField()
    at = UtcField()
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")

    class Meta:
        table_name = "day_close"
        indexes = ((("hall", "service_day"), True),)


class CarriedOver(HallRow):
    """What was still open when a day was closed, and why it may wait."""

    rights = WRITTEN_ONCE
    private = ("reason",)

    day_close = ForeignKeyField(DayClose, index=False, on_delete="RESTRICT")
    kind = TextField()
    subject = UUIDField()
    number = TextField(default="")
    reason = TextField()

    class Meta:
        table_name = "carried_over"
        indexes = ((("day_close",), False), (("subject",), False))
        constraints = [Check("kind IN ('ticket','paper','callback','incident','follow_up')")]


Incident.add_index(
    Incident.index(
        Incident.hall, Incident.due_at, where=(Incident.state == "open"), name="incident_open"
    )
)
Incident.add_index(
    Incident.index(
        Incident.check_of,
        unique=True,
        where=Incident.check_of.is_null(False),
        name="incident_check",
    )
)
Shift.add_index(
    Shift.index(Shift.staff, unique=True, where=Shift.ended_at.is_null(), name="shift_open")
)
index_personal(Incident, Incident.closed_at, Incident.people, Incident.what, Incident.result)
index_personal(Attendance, Attendance.service_day, Attendance.symptoms)
index_personal(CarriedOver, CarriedOver.day_close, CarriedOver.reason)
