"""The hall's settings as people read and write them: what each is called and means, its text in a form, and its words.

In a form a setting is a text: a number, a temperature in ℃, `yes` or `no`, opening times, digits of weekdays, or lines
of days or words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hall_desk import errors, i18n
from hall_desk.i18n import N_, _, _n
from hall_desk.services import halls, opening, privacy

YES, NO = "yes", "no"
_TEMPERATURE = re.compile(r"(\d{2})(?:[.,。](\d))?\s*(?:℃|°C)?", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,9}")


class Shape(StrEnum):
    """How a setting is written."""

    NUMBER = "number"
    TEMPERATURE = "temperature"
    YES_NO = "yes_no"
    HOURS = "hours"
    WEEKDAYS = "weekdays"
    DAYS = "days"
    WORDS = "words"


@dataclass(frozen=True)
class Form:
    """One setting. `unit` is `minutes`, `days`, `people` or `times`; `nought` says what 0 means."""

    name: str
    label: str
    said: str
    shape: Shape = Shape.NUMBER
    unit: str = ""
    nought: str = ""


@dataclass(frozen=True)
class Group:
    """Settings that belong together."""

    title: str
    forms: tuple[Form, ...]


_UNITS: dict[str, Callable[[int], str]] = {
    "minutes": lambda count: _n("{count} minute", "{count} minutes", count),
    "days": lambda count: _n("{count} day", "{count} days", count),
    "people": lambda count: _n("{count} person", "{count} people", count),
    "times": lambda count: _n("{count} time a day", "{count} times a day", count),
}
_AFTER = {
    "minutes": N_("minutes"),
    "days": N_("days"),
    "people": N_("people"),
    "times": N_("times a day"),
}


def _incident(kind: str, label: str) -> Form:
    said = N_("How long after the report somebody must have ended an incident of this kind.")
    return Form(f"incident_minutes_{kind}", label, said, unit="minutes")


def _kept(what: str, label: str, said: str) -> Form:
    return Form(f"retention_{what}_days", label, said, unit="days")


GROUPS: tuple[Group, ...] = (
    Group(
        N_("Opening"),
        (
            Form(
                "hours",
                N_("Opening hours"),
                N_(
                    "When the hall is open. A window without hours of its own has these; callbacks are due within them."
                ),
                Shape.HOURS,
            ),
            Form(
                "open_weekdays",
                N_("Days of the week"),
                N_("On which days the hall opens, apart from the single days below."),
                Shape.WEEKDAYS,
            ),
            Form(
                "closed_days",
                N_("Closed days"),
                N_(
                    "Holidays; no callback falls on them. One a line, or first and last: 2026-10-01~2026-10-07."
                ),
                Shape.DAYS,
            ),
            Form(
                "open_days",
                N_("Worked weekends"),
                N_("Days of the weekend on which the hall opens all the same. One a line."),
                Shape.DAYS,
            ),
        ),
    ),
    Group(
        N_("Door"),
        (
            Form(
                "epidemic",
                N_("Epidemic mode"),
                N_("Only who passed a temperature check today is taken in."),
                Shape.YES_NO,
            ),
            Form(
                "threshold_tenths",
                N_("Threshold"),
                N_("From this temperature on somebody is held and measured again."),
                Shape.TEMPERATURE,
            ),
            Form(
                "recheck_minutes",
                N_("Second reading after"),
                N_("How long somebody rests before they are measured again."),
                unit="minutes",
            ),
            Form(
                "name_required",
                N_("Name at the check"),
                N_("A temperature check asks for the name."),
                Shape.YES_NO,
            ),
            Form(
                "phone_required",
                N_("Phone at the check"),
                N_("A temperature check asks for the phone number."),
                Shape.YES_NO,
            ),
            Form(
                "capacity",
                N_("People in the hall"),
                N_("How many may be in the hall at once; the door says when it is full."),
                unit="people",
                nought=N_("no limit"),
            ),
            Form(
                "staff_checks_a_day",
                N_("Checks of staff"),
                N_("How often a day everybody who works here is measured."),
                unit="times",
                nought=N_("none"),
            ),
            Form(
                "staff_masks",
                N_("Masks of staff"),
                N_("A check of staff asks whether a mask is worn."),
                Shape.YES_NO,
            ),
        ),
    ),
    Group(
        N_("Proxy service"),
        (
            Form(
                "default_promise_minutes",
                N_("Promise"),
                N_("What a matter without a time of its own promises the waiting resident."),
                unit="minutes",
            ),
            Form(
                "promise_warning_minutes",
                N_("Warning before"),
                N_("How long before its promise falls due a ticket is shown as about to break it."),
                unit="minutes",
            ),
            Form(
                "priorities",
                N_("Priorities"),
                N_(
                    "Who is served first, one a line, in the order of the number keys. Tickets keep their own."
                ),
                Shape.WORDS,
            ),
            Form(
                "priority_head_start_minutes",
                N_("Head start"),
                N_("A ticket with a priority is queued as if it had come so much earlier."),
                unit="minutes",
            ),
        ),
    ),
    Group(
        N_("Calls"),
        (
            Form(
                "callback_minutes",
                N_("Callback due after"),
                N_("When a callback is due if no time was agreed."),
                unit="minutes",
            ),
            Form(
                "callback_again_minutes",
                N_("Next try after"),
                N_("When the next call is due after nobody answered."),
                unit="minutes",
            ),
            Form(
                "phone_case_minutes",
                N_("Minutes of a phone case"),
                N_("What stands in the form of a phone case before its minutes are typed."),
                unit="minutes",
            ),
        ),
    ),
    Group(
        N_("Incidents"),
        (
            Form(
                "incident_kinds",
                N_("Kinds of its own"),
                N_(
                    "Beside the seven kinds of the program, one a line, at most two. Their deadline is that of “other”."
                ),
                Shape.WORDS,
            ),
            _incident("refuses_rules", N_("Deadline: refuses the rules")),
            _incident("fever", N_("Deadline: fever")),
            _incident("illness", N_("Deadline: sudden illness")),
            _incident("dispute", N_("Deadline: dispute")),
            _incident("lost_papers", N_("Deadline: lost papers")),
            _incident("equipment", N_("Deadline: equipment")),
            _incident("other", N_("Deadline: other")),
        ),
    ),
    Group(
        N_("Ratings"),
        (
            Form(
                "rating_follow_up_days",
                N_("Follow-up of a bad rating"),
                N_("Within how many days a bad rating is looked into and answered."),
                unit="days",
            ),
        ),
    ),
    Group(
        N_("Retention"),
        (
            _kept(
                "screening",
                N_("Temperature checks"),
                N_("For how long names and phones of temperature checks are kept."),
            ),
            _kept(
                "consultation",
                N_("Consultations"),
                N_("For how long what was said of people at consultations is kept."),
            ),
            _kept(
                "ticket",
                N_("Tickets"),
                N_("For how long what is said of residents is kept after their ticket closed."),
            ),
            _kept(
                "callback",
                N_("Callbacks"),
                N_("For how long names and phones are kept after a callback was settled."),
            ),
            _kept(
                "incident",
                N_("Incidents"),
                N_("For how long what is said of people is kept after an incident ended."),
            ),
        ),
    ),
    Group(
        N_("PCs"),
        (
            Form(
                "idle_lock_minutes",
                N_("Automatic lock"),
                N_("After how long without a key or the mouse a screen locks itself."),
                unit="minutes",
                nought=N_("never"),
            ),
        ),
    ),
)
FORMS: dict[str, Form] = {form.name: form for group in GROUPS for form in group.forms}


def label(name: str) -> str:
    """What a setting is called; a name this program does not know is shown as it is."""
    form = FORMS.get(name)
    return _(form.label) if form else name


def full_label(name: str) -> str:
    """The label with its group before it: what it is called where the others of its group do not stand beside it."""
    group = next((one for one in GROUPS if any(form.name == name for form in one.forms)), None)
    if group is None:
        return name
    return _("{group}: {setting}").format(group=_(group.title), setting=label(name))


def unit(form: Form) -> str:
    """What stands behind the field."""
    if form.shape is Shape.TEMPERATURE:
        return "℃"
    return _(_AFTER[form.unit]) if form.unit else ""


def bounds(form: Form) -> str:
    """What may be typed, in a sentence; empty where anything of its shape may be."""
    if form.name not in halls.LIMITS:
        return ""
    least, most = (text_of(form.name, limit) for limit in halls.LIMITS[form.name])
    said = _("From {least} to {most}.").format(least=least, most=most)
    if form.nought:
        said += " " + _("0: {nought}.").format(nought=_(form.nought))
    return said


def text_of(name: str, value: Any) -> str:
    """A value as it stands in a form."""
    match FORMS[name].shape:
        case Shape.TEMPERATURE:
            return f"{value / 10:.1f}"
        case Shape.YES_NO:
            return YES if value else NO
        case Shape.DAYS:
            return "\n".join(value)
        case Shape.WORDS:
            return "\n".join(_word(name, one) for one in value)
    return str(value)


def read(name: str, text: str) -> Any:
    """The value of what stands in a form; limits are checked when it is saved. Raises BadInput `setting`."""
    match FORMS[name].shape:
        case Shape.NUMBER:
            folded = privacy.folded(text)
            if not _NUMBER.fullmatch(folded):
                raise errors.BadInput("setting", "number")
            return int(folded)
        case Shape.TEMPERATURE:
            found = _TEMPERATURE.fullmatch(privacy.folded(text))
            if found is None:
                raise errors.BadInput("setting", "temperature")
            return int(found[1]) * 10 + int(found[2] or 0)
        case Shape.YES_NO:
            return text == YES
        case Shape.HOURS:
            return opening.checked_hours(text)
        case Shape.WEEKDAYS:
            return opening.checked_weekdays(text)
        case Shape.DAYS:
            return opening.read_days(text)
        case Shape.WORDS:
            codes = {_word(name, code): code for code in i18n.CODES.get(_codes(name), {})}
            words = (" ".join(line.split()) for line in text.splitlines())
            return tuple(codes.get(word, word) for word in words if word)


def shown(name: str, value: Any) -> str:
    """A value in words, on one line. One of a setting this program does not know is shown as it is."""
    form = FORMS.get(name)
    if form is None:
        return str(value)
    match form.shape:
        case Shape.YES_NO:
            return _("yes") if value else _("no")
        case Shape.TEMPERATURE:
            return f"{value / 10:.1f} ℃"
        case Shape.WEEKDAYS:
            return _(", ").join(_(i18n.WEEKDAYS[int(day) - 1]) for day in value)
        case Shape.DAYS:
            return _(", ").join(value) or _("none")
        case Shape.WORDS:
            return _(", ").join(_word(name, one) for one in value) or _("none")
        case Shape.NUMBER:
            if value == 0 and form.nought:
                return _(form.nought)
            return _UNITS[form.unit](value).format(count=value) if form.unit else str(value)
    return str(value)


def _codes(name: str) -> str:
    return "priority" if name == "priorities" else "incident"


def _word(name: str, code: str) -> str:
    return i18n.code(_codes(name), code)
