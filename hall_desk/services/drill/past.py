"""The day that is recorded: its journal, what was made on it, and who and what everybody becomes in the drill."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hall_desk.services.accounts import Actor
from hall_desk.services.drill.invented import Invented
from hall_desk.services.drill.script import Act, Person
from hall_desk.store import models

NEW_PAPER = "新制证件"
# Words that a new paper may keep, because they name a kind of paper and nobody.
_KINDS_OF_PAPER = (
    "医保卡",
    "社保卡",
    "优待卡",
    "优待证",
    "居住证",
    "身份证",
    "营业执照",
    "证明",
    "收据",
    "发票",
)
_AREAS = ("大厅", "窗口区", "帮办代办岗", "门厅", "自助区", "卫生间", "会议室", "仓库")


@dataclass(frozen=True)
class Happening:
    """One entry of the day's journal."""

    at: datetime
    kind: str
    subject: UUID | None
    ticket: UUID | None
    staff: UUID | None
    letter: str
    facts: Mapping[str, Any]

    @classmethod
    def of(cls, row: models.JournalEntry) -> Happening:
        """The entry in a row."""
        facts = json.loads(row.facts or "{}")
        return cls(row.at, row.kind, row.subject, row.ticket, row.staff, row.letter, facts)


class Past:
    """The day that is recorded: who was there, what was made on it, and who they become. Read inside one `reading`."""

    def __init__(
        self,
        actor: Actor,
        day: date,
        told: list[Happening],
        people: dict[UUID, Person],
        invented: Invented,
    ) -> None:
        self.actor = actor
        self.day = day
        self.people = people
        self.invented = invented
        self.refs: dict[UUID, str] = {}
        self.areas: dict[str, str] = {}
        self.moments = {(one.at, one.kind, one.ticket or one.subject): one for one in told}
        self.at_moment = {(one.at, one.kind) for one in told}
        hall = actor.hall_id
        self.codes = dict(
            models.Matter.select(models.Matter.id, models.Matter.code)
            .where(models.Matter.hall == hall)
            .tuples()
        )
        self.windows = dict(
            models.Window.select(models.Window.id, models.Window.number)
            .where(models.Window.hall == hall)
            .tuples()
        )
        self.papers = {
            name for (name,) in models.Material.select(models.Material.name).distinct().tuples()
        }
        names = models.Staff.select(models.Staff.name, models.Staff.id)
        self.staff_names = dict(names.where(models.Staff.hall == hall).tuples())

    def ms(self, moment: datetime) -> int:
        """Milliseconds since the day began."""
        start = self.actor.store.start_of(self.day)
        return round((moment - start).total_seconds() * 1000)

    def who(self, staff: UUID | None) -> str:
        """What a member of staff is called in the drill; nobody where nobody was signed in."""
        return self.people[staff].name if staff in self.people else ""

    def make(self, key: UUID | None, letter: str) -> str:
        """The name of something that is made by this act."""
        assert key is not None
        return self.refs.setdefault(key, f"{letter}{len(self.refs) + 1}")

    def ref(self, key: UUID | None) -> str:
        """The name of something made on this day; empty for everything else."""
        return self.refs.get(key, "") if key is not None else ""

    def code(self, matter: UUID | None) -> str:
        return self.codes.get(matter, "") if matter is not None else ""

    def number(self, window: UUID | None) -> str:
        return self.windows.get(window, "") if window is not None else ""

    def name(self, real: str) -> str:
        """The invented name; a colleague is called by what they do."""
        if real in self.staff_names:
            return self.people[self.staff_names[real]].name
        return self.invented.name(real)

    def paper(self, real: str, position: int, *, new: bool = False) -> str:
        """The name of a paper where the directory has it or it says no more than a kind of paper; else a number."""
        if real in self.papers:
            return real
        kind = next((word for word in _KINDS_OF_PAPER if word in real), "")
        return kind or (NEW_PAPER if new else f"材料{position + 1}")

    def area(self, real: str) -> str:
        """One of the usual areas for each that was disinfected."""
        number = len(self.areas)
        usual = _AREAS[number] if number < len(_AREAS) else f"区域{number + 1}"
        return self.areas.setdefault(real, usual)

    def together(self, one: Happening, kind: str) -> bool:
        """Whether `kind` happened in the same moment to the same ticket or thing."""
        return (one.at, kind, one.ticket or one.subject) in self.moments

    def part_of_another(self, one: Happening) -> bool:
        """Whether the entry is told by another act of the same moment, and so nothing is left out without it."""
        match one.kind:
            case "callback.promised":
                return self.together(one, "ticket.suspended")
            case "callback.withdrawn" | "callback.reopened":
                return one.ticket is not None
            case "post.taken" | "post.left":
                return (one.at, "post.handed_over") in self.at_moment
            case "incident.opened":
                return (one.at, "check.recorded") in self.at_moment
            case "incident.closed" | "incident.step_added":
                return (one.at, "check.withdrawn") in self.at_moment
            case "passage.left":
                return one.facts.get("how") == "close_of_day"
        return False


def made_by(
    past: Past, one: Happening, kind: str, ref: str, post: str = "", chain: str = "", **facts: Any
) -> Act:
    """The act of an entry, at its time and by its person; `chain` is the ref where nothing else is said."""
    at, who = past.ms(one.at), past.who(one.staff)
    return Act(at, kind, who, one.letter, post, ref, chain or ref, facts)


def row_of(model: Any, key: UUID | None) -> Any:
    """The row with this key, if there is one."""
    return model.get_or_none(model.id == key) if key is not None else None


def desk_post(past: Past, one: Happening, usual: str) -> str:
    """The post of an act of the front desk; a clerk does it at the own window, a manager wherever."""
    person = past.people[one.staff] if one.staff is not None else None
    if person is None or person.role == "manager":
        return "" if usual != "screening" else usual
    return f"window:{person.window}" if person.role == "window_clerk" else usual


def window_post(past: Past, one: Happening) -> str:
    """The window of the clerk who did it; nothing for somebody without one."""
    person = past.people[one.staff] if one.staff is not None else None
    return f"window:{person.window}" if person is not None and person.window else ""
