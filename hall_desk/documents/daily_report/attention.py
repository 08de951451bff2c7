"""What a manager must look at, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.documents import flow
from hall_desk.documents.daily_report.sheet import BODY, ROOM, duration, holder_words, muted
from hall_desk.documents.flow import Block, Table
from hall_desk.documents.page import width
from hall_desk.i18n import _, _n

if TYPE_CHECKING:
    from hall_desk.services.figures import Attention, DayFigures


def needs_attention(figures: DayFigures) -> list[Block | Table]:
    title = flow.heading(_("Needs attention"), ROOM)
    if not figures.attention:
        return [title, muted(_("Nothing needs a manager's attention."))]
    indent = width("00. ", BODY)
    blocks: list[Block | Table] = [title]
    for number, one in enumerate(figures.attention, start=1):
        words = flow.paragraph(sentence(one), ROOM - indent, BODY)
        blocks.append(flow.labelled(f"{number}.", words, indent, BODY))
    return blocks


def sentence(attention: Attention) -> str:
    """What a manager has to look at, in words; a kind this program does not know is named."""
    facts = attention.facts
    match attention.kind:
        case "fever":
            return _("Fever confirmed at {at}; check that it was dealt with.").format(**facts)
        case "originals_out":
            return _originals_out(**facts)
        case "incident_open":
            return _incident_open(**facts)
        case "callback_overdue":
            return _callback_overdue(**facts)
        case "number_trouble":
            return _(
                "The number of window {window} is said not to answer since {since}; check the directory."
            ).format(**facts)
        case "low_rating":
            return _low_rating(**facts)
        case "follow_ups_late":
            return _n(
                "{count} low rating was not followed up in time.",
                "{count} low ratings were not followed up in time.",
                facts["count"],
            ).format(**facts)
        case "staff_high":
            return _("{person} of the staff had a high reading at {at}.").format(**facts)
        case "staff_not_checked":
            return _staff_not_checked(**facts)
        case "hall_full":
            return _("{peak} people were in the hall at {at}; {capacity} are allowed.").format(
                **facts
            )
        case "late_entries":
            return _n(
                "{count} entry was made after the day was closed (last at {last}).",
                "{count} entries were made after the day was closed (last at {last}).",
                facts["count"],
            ).format(**facts)
        case "over_promise":
            return _("{number} took {minutes} min; {promised} min were promised.").format(**facts)
        case "busy_hour":
            return _busy_hour(**facts)
        case "still_open":
            return _("{number} was not closed ({state}).").format(
                number=facts["number"], state=i18n.code("state", facts["state"])
            )
    return attention.kind


def _originals_out(
    number: str, papers: list[str], holder: str, window: str, staff: str, reason: str, since: str
) -> str:
    where = holder_words(holder, window, staff)
    if since:
        where = _("{where}, since {day}").format(where=where, day=since)
    text = _(
        "{number}: originals not handed back yet ({holder}): {papers}. "
        "Hand them back, or note the reason."
    )
    if reason:
        text = _(
            "{number}: originals not handed back yet ({holder}): {papers}. Carried over: {reason}"
        )
    return text.format(number=number, papers=_(", ").join(papers), holder=where, reason=reason)


def _incident_open(kind: str, at: str, late: bool) -> str:
    text = (
        _("An incident ({kind}, {at}) is past its deadline and not settled.")
        if late
        else _("An incident ({kind}, {at}) is not settled.")
    )
    return text.format(kind=i18n.code("incident", kind), at=at)


def _callback_overdue(window: str, due: str, tries: int) -> str:
    text = _("Window {window} had promised a call for {due} and has not made it.")
    if tries:
        text = _n(
            "Window {window} had promised a call for {due}; {tries} try was not answered.",
            "Window {window} had promised a call for {due}; {tries} tries were not answered.",
            tries,
        )
    return text.format(window=window, due=due, tries=tries)


def _low_rating(grade: int, reasons: list[str], number: str, window: str, due: str) -> str:
    about = number or (_("Window {number}").format(number=window) if window else _("the hall"))
    return _("{grade} ({about}: {reasons}); follow up by {due}.").format(
        grade=i18n.code("grade", str(grade)),
        about=about,
        reasons=_(", ").join(i18n.code("rating_reason", one) for one in reasons),
        due=due,
    )


def _staff_not_checked(names: list[str], count: int) -> str:
    return _n(
        "{count} member of staff was not measured: {names}.",
        "{count} members of staff were not measured: {names}.",
        count,
    ).format(count=count, names=_(", ").join(names) + ("…" if count > len(names) else ""))


def _busy_hour(hour: int, opened: int, median_wait_seconds: float | None) -> str:
    text = _("{opened} tickets came in between {start} and {end}").format(
        opened=opened, start=f"{hour}:00", end=f"{hour + 1}:00"
    )
    if median_wait_seconds is None:
        return _("{what}; none was taken up.").format(what=text)
    return _("{what}; half of them waited longer than {wait}.").format(
        what=text, wait=duration(median_wait_seconds)
    )
