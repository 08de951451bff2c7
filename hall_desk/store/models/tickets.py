"""Proxy tickets and all that hangs on them: claims, papers and whose hands they are in, hand-backs, ratings."""

from __future__ import annotations

from peewee import (
    BooleanField,
    Check,
    CompositeKey,
    DateField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
    UUIDField,
)

from hall_desk.store.models.base import WRITTEN_ONCE, Hall, HallRow, Row, UtcField, index_personal
from hall_desk.store.models.directory import Matter, Staff, Window


class TicketCounter(Row):
    """The last number given per desk letter and service day. Numbers come from here, never from MAX or COUNT."""

    hall = ForeignKeyField(Hall, index=False, on_delete="RESTRICT")
    service_day = DateField()
    letter = TextField()
    last = IntegerField()

    class Meta:
        table_name = "ticket_counter"
        primary_key = CompositeKey("hall", "service_day", "letter")


class Ticket(HallRow):
    private = (
        "name",
        "phone",
        "id_masked",
        "id_sealed",
        "id_print",
        "remark",
        "pickup_code",
        "result",
        "missing",
        "transfer_note",
    )

    number = TextField()
    service_day = DateField()
    matter = ForeignKeyField(Matter, index=False, on_delete="RESTRICT")
    window = ForeignKeyField(Window, index=False, on_delete="RESTRICT")
    state = TextField()
    outcome = TextField(null=True)  # finished, withdrawn, terminated: known from `ready` on
    name = TextField()
    phone = TextField(default="")
    # Of an ID number the first three and last four characters; the number encrypted with the hall's key, empty where
    # the PC lacked that key; and its keyed fingerprint, by which it is found again.
    id_masked = TextField(default="")
    id_sealed = TextField(default="")
    id_print = TextField(default="")
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
    # When the promise falls due: intake and the promised minutes, and the time it was suspended until now.
    due_at = UtcField()
    claimed_at = UtcField(null=True)
    ready_at = UtcField(null=True)
    closed_at = UtcField(null=True)
    result = TextField(default="")
    missing = TextField(default="")
    callback_at = UtcField(null=True)
    transfer_note = TextField(default="")
    note_read_at = UtcField(null=True)
    # Several matters of one resident in one visit: the key of the first ticket, on all of them.
    visit = UUIDField(null=True)

    class Meta:
        table_name = "ticket"
        indexes = (
            (("visit",), False),
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


class IdReveal(HallRow):
    """Somebody was shown a resident's whole ID number, and why."""

    private = ("note",)

    ticket = ForeignKeyField(Ticket, index=False, on_delete="RESTRICT")
    at = UtcField()
    service_day = DateField()
    reason = TextField()
    note = TextField(default="")
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")

    class Meta:
        table_name = "id_reveal"
        indexes = ((("ticket", "at"), False), (("hall", "service_day", "at"), False))
        constraints = [
            Check("reason IN ('business_system','compare_card','lost_card','complaint','other')")
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
                "ended_how IN ('finished','released','suspended','transferred','withdrawn','terminated',"
                "'undone','handed_over')"
            ),
            Check("(ended_at IS NULL) = (ended_how IS NULL)"),
        ]


class Paper(HallRow):
    """One line of papers of a ticket and who holds it now."""

    private = ("difference", "difference_before")

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
    difference_before = TextField(default="")  # what stood there before, so that it can be undone
    # The same sheet serves another ticket of the visit; it is held, and handed back, there.
    shared_with = ForeignKeyField("self", null=True, index=False, on_delete="RESTRICT")

    class Meta:
        table_name = "paper"
        indexes = ((("ticket", "position"), True),)
        constraints = [
            Check("count > 0"),
            # `void`: entered by mistake and taken back; such a line is shown nowhere.
            Check("holder IN ('desk','runner','window','resident','kept','void')"),
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
    # The same on all moves of one step, and in its journal entry: what an undo takes back together.
    step = UUIDField(null=True)

    class Meta:
        table_name = "custody_move"
        indexes = ((("ticket", "at"), False), (("hall", "service_day", "at"), False))


class HandBack(HallRow):
    """One handing back of papers: to whom, against which proof, and who stood by when it was somebody else."""

    private = ("collector", "reason")

    ticket = ForeignKeyField(Ticket, index=False, on_delete="RESTRICT")
    at = UtcField()
    service_day = DateField()
    proof = TextField()
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")
    # Empty when the resident came in person.
    collector = TextField(default="")
    reason = TextField(default="")
    second_staff = ForeignKeyField(Staff, null=True, index=False, on_delete="RESTRICT")
    papers = SmallIntegerField(default=0)
    undone_at = UtcField(null=True)

    class Meta:
        table_name = "hand_back"
        indexes = ((("ticket", "at"), False),)
        constraints = [
            Check("proof IN ('receipt','pickup_code','phone_tail','id_tail','other_collector')"),
            Check("collector = '' OR second_staff_id IS NOT NULL"),
        ]


class Correction(HallRow):
    """What a manager put right on a ticket afterwards, and why. The words before are kept here, not in the journal."""

    rights = WRITTEN_ONCE
    private = ("before", "after", "reason")

    ticket = ForeignKeyField(Ticket, index=False, on_delete="RESTRICT")
    at = UtcField()
    field = TextField()
    before = TextField()
    after = TextField()
    reason = TextField()
    staff = ForeignKeyField(Staff, index=False, on_delete="RESTRICT")

    class Meta:
        table_name = "correction"
        indexes = ((("ticket", "at"), False),)


class Rating(HallRow):
    """What a resident thought of the service: five grades (GB/T 39735), and for the two low ones why."""

    private = ("comment", "follow_up")

    ticket = ForeignKeyField(Ticket, null=True, index=False, on_delete="RESTRICT")
    window = ForeignKeyField(Window, null=True, index=False, on_delete="RESTRICT")
    at = UtcField()
    service_day = DateField()
    grade = SmallIntegerField()  # 5 very satisfied … 1 very dissatisfied
    reasons = TextField(default="")  # codes separated by spaces
    comment = TextField(default="")
    letter = TextField(default="")
    # A low grade is followed up by somebody until a day.
    follow_up_due_at = UtcField(null=True)
    followed_up_at = UtcField(null=True)
    followed_up_by = ForeignKeyField(Staff, null=True, index=False, on_delete="RESTRICT")
    follow_up = TextField(default="")

    class Meta:
        table_name = "rating"
        indexes = ((("hall", "service_day", "at"), False),)
        constraints = [
            Check("grade BETWEEN 1 AND 5"),
            Check("(followed_up_at IS NULL) = (followed_up_by_id IS NULL)"),
        ]


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
Ticket.add_index(
    Ticket.index(
        Ticket.hall,
        Ticket.due_at,
        where=(Ticket.state.in_(["queued", "handling"])),
        name="ticket_due",
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
Paper.add_index(Paper.index(Paper.hall, Paper.held_since, name="paper_held_since"))
Paper.add_index(
    Paper.index(Paper.shared_with, where=Paper.shared_with.is_null(False), name="paper_shared")
)
Paper.add_index(
    Paper.index(
        Paper.hall,
        Paper.held_since,
        where=(Paper.holder.in_(["desk", "runner", "window"])),
        name="paper_out",
    )
)
Rating.add_index(
    Rating.index(
        Rating.ticket, unique=True, where=Rating.ticket.is_null(False), name="rating_ticket"
    )
)
Rating.add_index(
    Rating.index(
        Rating.hall,
        Rating.follow_up_due_at,
        where=Rating.follow_up_due_at.is_null(False) & Rating.followed_up_at.is_null(),
        name="rating_to_follow_up",
    )
)
Ticket.add_index(
    Ticket.index(
        Ticket.hall, Ticket.id_print, where=(Ticket.id_print != ""), name="ticket_id_print"
    )
)
# Everything said of the person of a ticket goes together; the name is never empty before.
index_personal(Ticket, Ticket.closed_at, Ticket.name)
index_personal(Rating, Rating.service_day, Rating.comment, Rating.follow_up)
