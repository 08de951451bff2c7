"""What a hall is set up with: settings, windows, people, communities, matters with their materials, desk letters."""

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
)

from hall_desk.store.models.base import REPLACED, Hall, HallRow, Row, UtcField


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
        constraints = [
            Check("role IN ('front_desk','window_clerk','manager','working_group','foyer')")
        ]


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
