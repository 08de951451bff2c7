"""The stage of a drill: who plays whom in this hall, and where the script's things are in it.

Keys follow from the hall, the day and the script, so that an act which is played again finds what it made.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.drill.script import Act, DrillScript
from hall_desk.store import models
from hall_desk.store.ids import part_of

# What is measured of staff in a drill: nobody's temperature was recorded.
STAFF_READING = "36.5"


class Stage:
    """One run of a drill in this hall on one day. The caller has made sure that it is a practice hall."""

    def __init__(self, manager: Actor, script: DrillScript, day: date) -> None:
        self.manager = manager
        self.store = manager.store
        self.script = script
        self.day = day
        self.start = self.store.start_of(day)
        self._run = part_of(manager.hall_id, f"drill:{day}")
        self._scripted = {
            act.ref: act for act in script.acts if act.kind in ("ticket", "promise", "check")
        }
        with self.store.reading():
            self._people = self._cast()
            hall = manager.hall_id
            self._matters = dict(
                models.Matter.select(models.Matter.code, models.Matter.id)
                .where(models.Matter.hall == hall)
                .tuples()
            )
            self._windows = dict(
                models.Window.select(models.Window.number, models.Window.id)
                .where(models.Window.hall == hall)
                .tuples()
            )

    def _cast(self) -> dict[str, Actor]:
        rows = (
            models.Staff.select(models.Staff, models.Window)
            .join(models.Window, "LEFT OUTER JOIN")
            .where(models.Staff.hall == self.manager.hall_id, models.Staff.retired_at.is_null())
            .order_by(models.Staff.id)
        )
        here = [
            Actor(
                store=self.store,
                hall_id=self.manager.hall_id,
                hall_name=self.manager.hall_name,
                staff_id=row.id,
                name=row.name,
                role=Role(row.role),
                window_id=row.window_id,
                window_number=row.window.number if row.window_id else "",
                window_name=row.window.name if row.window_id else "",
            )
            for row in rows
        ]
        return _parts(self.script, here)

    def missing(self) -> list[str]:
        """What the script needs and this hall lacks, by number, code or name: windows, matters, people."""
        wanted: list[str] = []
        for act in self.script.acts:
            for name, known in (("window", self._windows), ("matter", self._matters)):
                value = act.facts.get(name, "")
                if value and value not in known and value not in wanted:
                    wanted.append(value)
            if act.who not in self._people and act.who not in wanted:
                wanted.append(act.who)
        return wanted

    # --- where things are --------------------------------------------------------------------

    def moment(self, at: int) -> datetime:
        """The hall's time of a moment in the script."""
        return self.start + timedelta(milliseconds=at)

    def at(self, moment: datetime) -> int:
        """The script's time of a moment in the hall."""
        return round((moment - self.start).total_seconds() * 1000)

    def scripted(self, ref: str) -> Act | None:
        """The act that makes a ticket, a promised call or a check."""
        return self._scripted.get(ref)

    def key(self, ref: str) -> UUID:
        """The key of what the drill itself makes."""
        return part_of(self._run, ref)

    def ticket(self, ref: str) -> UUID | None:
        """The ticket of the script in this hall: the drill's own, or the one a trainee opened for the same resident."""
        act = self._scripted.get(ref)
        if act is None or act.kind != "ticket":
            return None
        key = self.key(ref)
        with self.store.reading():
            if models.Ticket.select().where(models.Ticket.id == key).exists():
                return key
            return self._like(models.Ticket, act, models.Ticket.opened_at)

    def _like(self, model: Any, act: Act, when: Any) -> UUID | None:
        facts = act.facts
        who = model.name == facts["name"] if facts["name"] else model.phone == facts["phone"]
        if facts["name"] and facts["phone"]:
            who = who | (model.phone == facts["phone"])
        same = [model.hall == self.manager.hall_id, model.service_day == self.day, who]
        if facts.get("matter"):
            same.append(model.matter == self._matters.get(facts["matter"]))
        row = model.select(model.id).where(*same).order_by(when.desc(), model.id.desc()).first()
        return None if row is None else row.id

    def callback(self, ref: str) -> UUID | None:
        """The promised call of the script in this hall; `t4!` is the one that hangs on ticket `t4`."""
        row = models.Callback
        if ref.endswith("!"):
            ticket = self.ticket(ref[:-1])
            if ticket is None:
                return None
            with self.store.reading():
                found = (
                    row.select(row.id).where(row.ticket == ticket).order_by(row.at.desc()).first()
                )
            return None if found is None else found.id
        key, act = self.key(ref), self._scripted.get(ref)
        with self.store.reading():
            if row.select().where(row.id == key).exists():
                return key
            return self._like(row, act, row.at) if act is not None else None

    def check(self, ref: str) -> UUID | None:
        """The temperature check of the script, which a trainee may have recorded."""
        row, key, act = models.TemperatureCheck, self.key(ref), self._scripted.get(ref)
        with self.store.reading():
            if row.select().where(row.id == key).exists():
                return key
            named = act is not None and (act.facts["name"] or act.facts["phone"])
            return self._like(row, act, row.at) if act is not None and named else None

    def incident(self, ref: str) -> UUID:
        """The key of an incident; `c9!` is the one that check `c9` opened. Raises NotFound."""
        if not ref.endswith("!"):
            return self.key(ref)
        check = self.check(ref[:-1])
        with self.store.reading():
            found = models.Incident.get_or_none(models.Incident.check_of == check)
        if check is None or found is None:
            raise errors.NotFound(kind="incident", key="")
        return found.id  # type: ignore[no-any-return]

    def actor(self, act: Act) -> Actor:
        """Who does an act. Raises NotFound `staff` when this hall has nobody for it."""
        found = self._people.get(act.who)
        if found is None:
            raise errors.NotFound(kind="staff", key=act.who)
        return replace(found, letter=act.letter)

    def has(self, name: str) -> bool:
        """Whether somebody here plays this one of the script."""
        return name in self._people

    def person(self, name: str) -> Actor:
        """The member of staff for a name of the script. Raises NotFound `staff`."""
        found = self._people.get(name)
        if found is None:
            raise errors.NotFound(kind="staff", key=name)
        return found

    def matter(self, code: str) -> UUID | None:
        """The matter with this code, if the hall has it."""
        return self._matters.get(code) if code else None

    def window(self, number: str) -> UUID | None:
        """The window with this number, if the hall has it."""
        return self._windows.get(number) if number else None


def _parts(script: DrillScript, here: list[Actor]) -> dict[str, Actor]:
    """Who plays whom: whoever bears the name, else somebody of the same role and window who plays nobody yet."""
    by_name = {person.name: person for person in here}
    cast = {one.name: by_name[one.name] for one in script.staff if one.name in by_name}
    free = [person for person in here if person.name not in cast]
    for one in script.staff:
        if one.name not in cast:
            fitting = (
                person
                for person in free
                if person.role.value == one.role and person.window_number == one.window
            )
            found = next(fitting, None)
            if found is not None:
                free.remove(found)
                cast[one.name] = found
    return cast
