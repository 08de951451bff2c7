"""The keys of the program: what each does, which may be changed, and which are in force on this PC.

In code a key is named by what it is unless somebody changed it: `Button(_("New ticket"), key="F4")`,
`Shortcut("F7", …)`. Whatever binds or draws it asks `now("F4")`. This PC's choice stands in the `[keys]` table of its
settings, by the names below:

    [keys]
    new_ticket = "Ctrl+N"

Like the language, the keys are the process's: one PC, one choice, chosen before a window is made.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

from hall_desk.i18n import N_


@dataclass(frozen=True)
class Action:
    """What a key does. `name` stands in the settings, `key` is its key unless changed."""

    name: str
    key: str
    title: str
    group: str


PAGES, WORK, EVERYWHERE, FIXED_GROUP = N_("Pages"), N_("Work"), N_("Everywhere"), N_("Always so")

ACTIONS: tuple[Action, ...] = (
    Action("screening", "F2", N_("Temperatures"), PAGES),
    Action("consultation", "F10", N_("Consultations"), PAGES),
    Action("proxy", "F3", N_("Proxy service"), PAGES),
    Action("callbacks", "F11", N_("Callbacks"), PAGES),
    Action("window", "F5", N_("Window work"), PAGES),
    Action("dashboard", "Ctrl+F2", N_("The day so far"), PAGES),
    Action("incidents", "Ctrl+F9", N_("Incidents"), PAGES),
    Action("people", "Ctrl+F10", N_("Staff health"), PAGES),
    Action("lists", "Ctrl+F3", N_("Hall lists"), PAGES),
    Action("settings", "Ctrl+F5", N_("Hall settings"), PAGES),
    Action("foyer", "Ctrl+F11", N_("Foyer screen"), PAGES),
    Action("report", "F12", N_("Report"), PAGES),
    Action("trips", "Ctrl+F6", N_("Second trips"), PAGES),
    Action("journal", "Shift+F11", N_("Journal"), PAGES),
    Action("outbox", "Ctrl+F12", N_("Outbox"), PAGES),
    Action("new_ticket", "F4", N_("New ticket"), WORK),
    Action("another_matter", "Shift+F4", N_("Another matter of the same resident"), WORK),
    Action("claim_next", "F6", N_("Claim the next ticket"), WORK),
    Action("finish", "F7", N_("Finish, or hand the papers back"), WORK),
    Action("slip", "F8", N_("Phone slip"), WORK),
    Action("phone_case", "Ctrl+F8", N_("Phone case"), WORK),
    Action("incident", "F9", N_("Report an incident from anywhere"), WORK),
    Action("answer_incident", "Shift+F9", N_("Answer the newest incident"), WORK),
    Action("close_day", "Shift+F12", N_("Close of day"), WORK),
    Action("take_post", "Ctrl+G", N_("Take post"), WORK),
    Action("hand_over", "Ctrl+H", N_("Hand over a post"), WORK),
    Action("promises", "Ctrl+J", N_("About to break the promise"), WORK),
    Action("find", "Ctrl+K", N_("Find anything"), EVERYWHERE),
    Action("switch_person", "Ctrl+L", N_("Switch person"), EVERYWHERE),
    Action("lock", "Ctrl+Shift+L", N_("Lock the screen"), EVERYWHERE),
    Action("print_jobs", "Ctrl+Shift+P", N_("Print jobs"), EVERYWHERE),
    Action("drill", "Ctrl+Shift+D", N_("Drill day (practice hall)"), EVERYWHERE),
    Action("keys", "Ctrl+F1", N_("All keys"), EVERYWHERE),
    Action("quit", "Ctrl+Q", N_("Quit"), EVERYWHERE),
)

# Keys that mean the same in every program or belong to one form; they are listed, not changed.
FIXED: tuple[tuple[str, str], ...] = (
    ("F1", N_("Help for what is shown")),
    ("Enter", N_("Save, or go on; in a list: open")),
    ("Ctrl+Enter", N_("Send the form")),
    ("Esc", N_("Close the form; in the one box: empty it")),
    ("Ctrl+Z", N_("Undo the last step, for ten seconds")),
    ("Ctrl+1 2 3", N_("Screening: resident, staff, other")),
    ("Ctrl+↓ ↑", N_("Screening: one leaves, one enters")),
    ("Ctrl+M", N_("Screening: epidemic or ordinary mode (managers)")),
    ("Alt+A", N_("All papers are complete")),
    ("Alt+1 … 9", N_("Result or choice with that number")),
    ("Alt+R", N_("Window: record the papers received")),
    ("Alt+P", N_("Papers of the ticket shown, its receipt again")),
    ("Alt+I", N_("Show the ID number of the ticket shown")),
    ("Alt+O", N_("Proxy service: somebody else collects; second trips: the later visit's ticket")),
    ("Alt+E", N_("Put a ticket right (managers)")),
    ("Alt+N", N_("Window: the note has been read")),
    ("Alt+S", N_("Proxy service: the resident rates")),
    ("Alt+H", N_("Staff health: hand over the post selected")),
    ("Alt+L", N_("Staff health: the person goes out")),
    ("Alt+M", N_("Staff health: mask worn or not")),
    ("Alt+V", N_("Journal: verify the day")),
    ("Alt+K", N_("Second trips: put the paper on the checklist")),
    ("Alt+W", N_("Second trips: write the note at the paper")),
    ("Alt+B", N_("Phone slip: this number does not answer")),
    ("Alt+F", N_("Report: file it")),
    ("Alt+C", N_("Report: the copy that was filed")),
    ("1 … 5", N_("Callbacks: what came of the call, another time")),
    ("Del", N_("Callbacks: call off; phone cases: take back")),
    ("Alt+G", N_("Drill: pause, or go on")),
    ("Alt+T", N_("Drill: play the next act")),
    ("Alt+X", N_("Drill: end it")),
    ("Alt+Y", N_("Drill: another file")),
    ("Ctrl+P", N_("Print")),
    ("Ctrl+S", N_("Save as a file")),
)

_SHAPE = re.compile(r"(Ctrl\+|Shift\+|Alt\+|Ctrl\+Shift\+)?F([1-9]|1[0-2])|Ctrl\+(Shift\+)?[A-Z]")
# Editing a field, and what pages and forms have for themselves.
_TAKEN = frozenset(f"Ctrl+{letter}" for letter in "ACMNOPSVXYZ") | {"Alt+F4", "F1"}

_by_name = {action.name: action for action in ACTIONS}
_by_key = {action.key: action for action in ACTIONS}
_now: dict[str, str] = {}


def use(chosen: Mapping[str, str]) -> tuple[str, ...]:
    """Puts this PC's choice in force; gives the names of what was ignored, as they stand in the settings.

    An unknown name, a key that cannot be taken and one that two actions would have are left as they were.
    """
    global _now
    good, ignored = checked(chosen)
    _now = {_by_name[name].key: key for name, key in good.items()}
    return ignored


def checked(chosen: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """What of a choice can be used, written as Qt writes it, and the names of the rest."""
    good = {
        name: normal(key)
        for name, key in chosen.items()
        if name in _by_name and may_be(normal(key))
    }
    while True:
        keys = {action.name: good.get(action.name, action.key) for action in ACTIONS}
        often = Counter(keys.values())
        double = [name for name in good if often[keys[name]] > 1]
        if not double:
            break
        for name in double:
            del good[name]
    ignored = tuple(f"keys.{name}" for name in chosen if name not in good)
    changed = {name: key for name, key in good.items() if key != _by_name[name].key}
    return changed, ignored


def normal(key: str) -> str:
    """A key's name as Qt writes it, whatever the case or spaces it was typed with."""
    return QKeySequence(key.replace(" ", "")).toString(QKeySequence.SequenceFormat.PortableText)


def may_be(key: str) -> bool:
    """Whether an action may have this key: a function key, alone or with one held, or Ctrl and a free letter."""
    return _SHAPE.fullmatch(key) is not None and key not in _TAKEN


def now(key: str) -> str:
    """The key in force for what has `key` unless changed; a key that cannot be changed is itself."""
    return _now.get(key, key)


def key_of(name: str) -> str:
    """The key in force for an action by its name."""
    return now(_by_name[name].key)


def original(name: str) -> str:
    """The key an action has unless changed; what is no action's name is a key itself."""
    return _by_name[name].key if name in _by_name else name


def is_name(name: str) -> bool:
    """Whether an action is called so."""
    return name in _by_name


def is_action(key: str) -> bool:
    """Whether `key` is an action's own key, so that it can be changed."""
    return key in _by_key


def chosen() -> dict[str, str]:
    """This PC's choice by name, without what is as it was."""
    return {_by_key[key].name: now_key for key, now_key in _now.items()}
