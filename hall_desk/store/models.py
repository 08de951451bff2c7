"""The tables of a hall.

Every row that is recorded has a UUIDv7 key made where it is born, so that a repeated Enter or a replay makes one
row; every table carries its hall. The rules that must always hold are constraints here and in `migrations`
(a test compares the two, on both engines). Times are UTC; `service_day` is a date in the hall's time zone.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from peewee import (
    BooleanField,
    Check,
    CompositeKey,
    DatabaseProxy,
    DateField,
    Field,
    ForeignKeyField,
    IntegerField,
    Model,
    SmallIntegerField,
    TextField,
    UUIDField,
)

proxy = DatabaseProxy()

# Rights on tables that differ from `Row.rights`.
WRITTEN_ONCE = ("SELECT", "INSERT")
REPLACED = ("SELECT", "INSERT", "DELETE")  # short lists that are taken away and written anew


class UtcField(Field):
    """A moment in UTC: `timestamptz` on PostgreSQL, fixed-width ISO text (sorts as time) on SQLite."""

    field_type = "TIMESTAMPTZ"

    def db_value(self, value: datetime | str | None) -> str | None:
        if value is None or isinstance(value, str):
            return value
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def python_value(self, value: Any) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        moment: datetime = value.astimezone(UTC)
        return moment


class Row(Model):
    # What the program does with rows of this table. `server init` gives its role these rights and no others.
    rights: ClassVar[tuple[str, ...]] = ("SELECT", "INSERT", "UPDATE")
    # Text columns that never leave the hall: a district's figures do without them.
    private: ClassVar[tuple[str, ...]] = ()

    class Meta:
        database = proxy
        legacy_table_names = False


class Hall(Row):
    id = UUIDField(primary_key=True)
    name = TextField()
    opened_day = DateField()
    time_zone = TextField(default="Asia/Shanghai")
    # Tickets handled before this program, counted in the cumulative figure from `opened_day` on.
    opening_balance = IntegerField(default=0)
    # Seconds added to the server's clock. NULL in a real hall; set in a practice hall, whose day is another day.
    practice_offset_s = IntegerField(null=True)

    class Meta:
        table_name = "hall"


class HallRow(Row):
    id = UUIDField(primary_key=True)
    hall = ForeignKeyField(Hall, index=False, on_delete="RESTRICT")


class Setting(HallRow):
    """One hall setting that differs from its default; the history is in the journal."""

    name = TextField()
    value = TextField()

    class Meta:
        table_name = "setting"
        indexes = ((("hall", "name"), True),)


class Window(HallRow):
    number = TextField()
    name = TextField()
    phone = TextField()
    extension = TextField(default="")
    hours = TextField(default="")
    note = TextField(default="")
    position = IntegerField(default=0)
    retired_at = UtcField(null=True)

    class Meta:
        table_name = "window"
        indexes = ((("hall", "number"), True),)


class Staff(HallRow):
    private = ("pin_hash",)

    name = TextField()
    role = TextField()
    window = ForeignKeyField(Window, null=True, index=False, on_delete="RESTRICT")
    pin_hash = TextField()
    wrong_tries = IntegerField(default=0)
    locked_until = UtcField(null=True)
    retired_at = UtcField(null=True)

    class Meta:
        table_name = "staff"
        indexes = ((("hall", "name"), True),)
        constraints = [Check("role IN ('front_desk','window_clerk','manager')")]


class Community(HallRow):
    name = TextField()
    email = TextField()
    contact = TextField(default="")
    phone = TextField(default="")
    retired_at = UtcField(null=True)

    class Meta:
        table_name = "community"
        indexes = ((("hall", "name"), True),)


class Matter(HallRow):
    code = TextField()
    name = TextField()
    nicknames = TextField(default="")  # separated by spaces
    channels = TextField(default="on_the_spot proxy phone")  # of on_the_spot, proxy, phone, online
    promised_minutes = IntegerField(default=3)
    fee = TextField(default="")
    legal_basis = TextField(default="")
    online_address = TextField(default="")
    note = TextField(default="")
    result_texts = TextField(default="")  # one template per line
    checked_on = DateField(null=True)
    checked_by = TextField(default="")
    retired_at = UtcField(null=True)

    class Meta:
        table_name = "matter"
        indexes = ((("hall", "code"), True),)
        constraints = [Check("promised_minutes > 0")]


class MatterWindow(Row):
    rights = REPLACED

    hall = ForeignKeyField(Hall, index=False, on_delete="RESTRICT")
    matter = ForeignKeyField(Matter, index=False, on_delete="RESTRICT")
    window = ForeignKeyField(Window, index=False, on_delete="RESTRICT")
    position = SmallIntegerField(default=0)  # 0 is the window a new ticket goes to

    class Meta:
        table_name = "matter_window"
        primary_key = CompositeKey("matter", "window")


class Material(HallRow):
    rights = REPLACED

    matter = ForeignKeyField(Matter, index=False, on_delete="RESTRICT")
    name = TextField()
    original = BooleanField(default=True)
    count = SmallIntegerField(default=1)
    required = BooleanField(default=True)
    note = TextField(default="")  # e.g. may be filled in at the window
    position = SmallIntegerField(default=0)

    class Meta:
        table_name = "material"
        indexes = ((("matter", "position"), True),)
        constraints = [Check("count > 0")]


class Desk(HallRow):
    """A desk PC and its letter: tickets opened there are numbered A001, A002 …, so numbers never collide."""

    letter = TextField()
    pc = TextField()

    class Meta:
        table_name = "desk"
        indexes = ((("hall", "letter"), True),)


class TicketCounter(Row):
    """The last number given per desk letter and service day. Numbers come from here, never from MAX or COUNT."""

    hall = ForeignKeyField(Hall, index=False, on_delete="RESTRICT")
    service_day = DateField()
    letter = TextField()
    last = IntegerField()

    class Meta:
        table_name = "ticket_counter"
        primary_key = CompositeKey("hall", "service_day", "letter")


class TemperatureCheck(HallRow):
    private = ("name", "phone", "reason")

    at = UtcField()
    service_day = DateField()
    tenths = SmallIntegerField()  # the reading in tenths of a degree Celsius: 365 is 36.5
    person = TextField()
    name = TextField(default="")
    phone = TextField(default="")
    reason = TextField(default="")
    outcome = TextField()
    # A second reading points to the first; the first keeps `hold` and is settled by it.
    recheck_of = ForeignKeyField("self", null=True, index=False, on_delete="RESTRICT")
    recheck_due_at = UtcField(null=True)
    withdrawn_at = UtcField(null=True)
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")
    letter = TextField(default="")

    class Meta:
        table_name = "temperature_check"
        indexes = ((("hall", "service_day", "at"), False), (("phone", "at"), False))
        constraints = [
            Check("tenths BETWEEN 340 AND 430"),
            Check("person IN ('resident','staff','other')"),
            Check("outcome IN ('normal','hold','fever')"),
        ]


class Ticket(HallRow):
    private = ("phone", "id_masked", "remark", "pickup_code", "result", "missing", "transfer_note")

    number = TextField()
    service_day = DateField()
    matter = ForeignKeyField(Matter, index=False, on_delete="RESTRICT")
    window = ForeignKeyField(Window, index=False, on_delete="RESTRICT")
    state = TextField()
    outcome = TextField(null=True)  # finished, withdrawn, terminated: known from `ready` on
    name = TextField()
    phone = TextField(default="")
    id_masked = TextField(
        default=""
    )  # the first three and last four characters; the number itself is not kept
    priority = TextField(default="")
    remark = TextField(default="")
    consent = BooleanField(default=False)
    pickup_code = TextField()
    promised_minutes = IntegerField()
    letter = TextField()
    opened_at = UtcField()
    opened_by = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")
    # Where the ticket stands in its window's queue: the time it queued, less a head start for priority.
    # One key gives priority first, then time, and nobody starves.
    queue_rank = UtcField()
    state_at = UtcField()  # since when it is in its state
    claimed_at = UtcField(null=True)
    ready_at = UtcField(null=True)
    closed_at = UtcField(null=True)
    result = TextField(default="")
    missing = TextField(default="")
    callback_at = UtcField(null=True)
    transfer_note = TextField(default="")
    note_read_at = UtcField(null=True)

    class Meta:
        table_name = "ticket"
        indexes = (
            (("hall", "service_day", "number"), True),
            (("phone", "matter", "opened_at"), False),
            (("matter", "window", "ready_at"), False),
            (("hall", "ready_at"), False),
            (("hall", "closed_at"), False),
        )
        constraints = [
            Check("state IN ('queued','handling','suspended','ready','closed')"),
            Check("outcome IN ('finished','withdrawn','terminated')"),
            Check("(state IN ('ready','closed')) = (outcome IS NOT NULL)"),
            Check("(state = 'closed') = (closed_at IS NOT NULL)"),
        ]


class Claim(HallRow):
    """Who handled a ticket at which window, from when to when. At most one is open per ticket."""

    private = ("note",)

    ticket = ForeignKeyField(Ticket, index=False, on_delete="RESTRICT")
    window = ForeignKeyField(Window, index=False, on_delete="RESTRICT")
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")
    claimed_at = UtcField()
    ended_at = UtcField(null=True)
    ended_how = TextField(null=True)
    note = TextField(
        default=""
    )  # why it was released, what is missing, what the next window must know

    class Meta:
        table_name = "claim"
        constraints = [
            Check(
                "ended_how IN ('finished','released','suspended','transferred','withdrawn','terminated')"
            ),
            Check("(ended_at IS NULL) = (ended_how IS NULL)"),
        ]


class Paper(HallRow):
    """One line of papers of a ticket and who holds it now."""

    ticket = ForeignKeyField(Ticket, index=False, on_delete="RESTRICT")
    position = SmallIntegerField()
    name = TextField()
    original = BooleanField()
    count = SmallIntegerField()
    new = BooleanField(default=False)  # came out of the handling: a card, a certificate
    holder = TextField()
    holder_window = ForeignKeyField(Window, null=True, index=False, on_delete="RESTRICT")
    holder_staff = ForeignKeyField(Staff, null=True, index=False, on_delete="RESTRICT")
    held_since = UtcField()
    difference = TextField(default="")  # what the taker found otherwise than listed

    class Meta:
        table_name = "paper"
        indexes = ((("ticket", "position"), True),)
        constraints = [
            Check("count > 0"),
            Check("holder IN ('desk','runner','window','resident','kept')"),
            # In named hands: a member of staff, unless it is back with the resident.
            Check("(holder = 'resident') = (holder_staff_id IS NULL)"),
            Check("holder NOT IN ('window','kept') OR holder_window_id IS NOT NULL"),
        ]


class CustodyMove(HallRow):
    rights = WRITTEN_ONCE

    paper = ForeignKeyField(Paper, index=False, on_delete="RESTRICT")
    ticket = ForeignKeyField(Ticket, index=False, on_delete="RESTRICT")
    at = UtcField()
    service_day = DateField()
    giver = TextField()
    giver_staff = ForeignKeyField(Staff, null=True, index=False, on_delete="RESTRICT")
    giver_window = ForeignKeyField(Window, null=True, index=False, on_delete="RESTRICT")
    taker = TextField()
    taker_staff = ForeignKeyField(Staff, null=True, index=False, on_delete="RESTRICT")
    taker_window = ForeignKeyField(Window, null=True, index=False, on_delete="RESTRICT")

    class Meta:
        table_name = "custody_move"
        indexes = ((("ticket", "at"), False), (("hall", "service_day", "at"), False))


class Slip(HallRow):
    """A telephone slip that was given out."""

    rights = WRITTEN_ONCE

    at = UtcField()
    service_day = DateField()
    window = ForeignKeyField(Window, index=False, on_delete="RESTRICT")
    matter = ForeignKeyField(Matter, null=True, index=False, on_delete="RESTRICT")
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")
    letter = TextField(default="")

    class Meta:
        table_name = "slip"
        indexes = ((("hall", "service_day", "at"), False),)


class JournalEntry(HallRow):
    """The append-only record of every change. Holds keys, numbers and codes; never a person's name or phone."""

    rights = WRITTEN_ONCE

    at = UtcField()
    service_day = DateField()
    kind = TextField()
    subject = UUIDField(null=True)
    ticket = UUIDField(null=True)
    staff = UUIDField(null=True)
    post = TextField(default="")
    letter = TextField(default="")
    facts = TextField(default="{}")
    # The key of the command, on its first entry: the same key press sent twice is one happening.
    request = UUIDField(null=True)

    class Meta:
        table_name = "journal"
        indexes = ((("hall", "service_day", "at"), False), (("ticket", "at"), False))


# Partial indexes: open tickets stay few however old the hall is, and so do papers out and people to measure again.
Ticket.add_index(
    Ticket.index(
        Ticket.window, Ticket.queue_rank, where=(Ticket.state == "queued"), name="ticket_queue"
    )
)
Ticket.add_index(
    Ticket.index(
        Ticket.hall, Ticket.opened_at, where=(Ticket.state != "closed"), name="ticket_open"
    )
)
Claim.add_index(
    Claim.index(Claim.ticket, unique=True, where=Claim.ended_at.is_null(), name="claim_open")
)
Claim.add_index(Claim.index(Claim.ticket, Claim.claimed_at, name="claim_ticket"))
Claim.add_index(Claim.index(Claim.window, Claim.claimed_at, name="claim_window"))
Claim.add_index(
    Claim.index(
        Claim.hall, Claim.ended_at, where=(Claim.ended_how == "suspended"), name="claim_suspended"
    )
)
JournalEntry.add_index(
    JournalEntry.index(
        JournalEntry.request,
        unique=True,
        where=JournalEntry.request.is_null(False),
        name="journal_request",
    )
)
Paper.add_index(Paper.index(Paper.hall, Paper.held_since, name="paper_held_since"))
Paper.add_index(
    Paper.index(
        Paper.hall,
        Paper.held_since,
        where=(Paper.holder.in_(["desk", "runner", "window"])),
        name="paper_out",
    )
)
TemperatureCheck.add_index(
    TemperatureCheck.index(
        TemperatureCheck.recheck_of,
        unique=True,
        where=TemperatureCheck.recheck_of.is_null(False) & TemperatureCheck.withdrawn_at.is_null(),
        name="temperature_check_recheck",
    )
)

MODELS: list[type[Row]] = [
    Hall,
    Setting,
    Window,
    Staff,
    Community,
    Matter,
    MatterWindow,
    Material,
    Desk,
    TicketCounter,
    TemperatureCheck,
    Ticket,
    Claim,
    Paper,
    CustodyMove,
    Slip,
    JournalEntry,
]
