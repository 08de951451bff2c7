"""The lines of the closing: one open thing each, in words, with the reason it was given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from hall_desk import i18n
from hall_desk.i18n import N_, _, _n
from hall_desk.ui import theme
from hall_desk.ui.tables import Column, RowsModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hall_desk.services.day_close import CarriedLine, OpenItem, Review
    from hall_desk.ui.session import Session

Key = tuple[str, UUID]

KINDS = {
    "people": N_("In the hall"),
    "ticket": N_("Open ticket"),
    "paper": N_("Original out"),
    "callback": N_("Callback due"),
    "incident": N_("Open incident"),
    "follow_up": N_("Follow-up due"),
}
# The usual reasons, one key each.
REASONS: dict[str, tuple[str, ...]] = {
    "ticket": (
        N_("The resident comes another day"),
        N_("Waiting for missing papers"),
        N_("The window goes on tomorrow"),
    ),
    "paper": (
        N_("Locked in at the front desk"),
        N_("The window needs it to go on"),
        N_("The resident fetches it another day"),
    ),
    "callback": (N_("No answer, called again tomorrow"), N_("Another time was agreed")),
    "incident": (N_("The working group goes on with it"), N_("Waiting for an answer from above")),
    "follow_up": (N_("Contacted, waiting for an answer"), N_("Followed up tomorrow")),
}


@dataclass(frozen=True)
class Line:
    """One line of the wizard. `reason` is what was given now, `offered` what stands in the field to begin with."""

    key: Key
    kind: str
    number: str
    what: str
    who: str
    where: str
    since: str
    reason: str
    offered: str = ""
    ticket_id: UUID | None = None


def open_lines(
    session: Session, seen: Review, reasons: Mapping[Key, str], *, hall_empty: bool
) -> list[Line]:
    """The lines of a review, people first. A paper is offered the reason of its ticket."""
    lines = []
    if seen.people:
        lines.append(_people(session, seen.people, hall_empty=hall_empty))
    of_ticket: dict[UUID, str] = {}
    for item in seen.items:
        given = reasons.get(item.key, "")
        if item.ticket_id is not None and given and item.kind in ("ticket", "paper"):
            of_ticket[item.ticket_id] = given
        lines.append(_line(session, item, given))
    return [_with_offer(line, of_ticket, seen) for line in lines]


def _with_offer(line: Line, of_ticket: Mapping[UUID, str], seen: Review) -> Line:
    before = next((item.reason for item in seen.items if item.key == line.key), "")
    beside = of_ticket.get(line.ticket_id, "") if line.ticket_id and line.kind == "paper" else ""
    return replace(line, offered=line.reason or beside or before)


def _people(session: Session, people: int, *, hall_empty: bool) -> Line:
    counted = _n("{count} person", "{count} people", people).format(count=people)
    return Line(
        key=("people", session.actor.hall_id),
        kind="people",
        number="",
        what=counted,
        who="",
        where="",
        since="",
        reason=_("Everybody has left") if hall_empty else "",
    )


def _line(session: Session, item: OpenItem, reason: str) -> Line:
    local = session.store.local(item.since)
    today = local.date() == session.today()
    what = _what(item.kind, item.what)
    if item.kind == "paper" and item.count > 1:
        what = f"{what} × {item.count}"
    return Line(
        key=item.key,
        kind=item.kind,
        number=_number(item.kind, item.number),
        what=what,
        who=item.who,
        where=_where(item),
        since=f"{local:%H:%M}" if today else f"{local:%m-%d}",
        reason=reason,
        ticket_id=item.ticket_id,
    )


def _what(kind: str, what: str) -> str:
    codes = {"incident": "incident", "follow_up": "grade"}
    return i18n.code(codes[kind], what) if kind in codes else what


def _number(kind: str, number: str) -> str:
    return _("Window {number}").format(number=number) if kind == "callback" else number


def _where(item: OpenItem) -> str:
    if item.kind == "ticket":
        state = i18n.code("state", item.state)
        return f"{state} · " + _("Window {number}").format(number=item.window_number)
    if item.kind == "paper":
        place = i18n.code("holder", item.state)
        if item.window_number:
            place = _("Window {number}").format(number=item.window_number)
        return f"{place} · {item.staff}" if item.staff else place
    if item.kind == "callback":
        return i18n.code("callback", item.state)
    return item.staff


def carried_line(number: int, line: CarriedLine) -> Line:
    """A line of a day that is closed."""
    key = ("carried", UUID(int=number))
    shown = _number(line.kind, line.number)
    return Line(key, line.kind, shown, _what(line.kind, line.what), "", "", "", line.reason)


def make_model() -> RowsModel[Line]:
    """The columns of the wizard."""
    return RowsModel(
        (
            Column(
                _("Kind"),
                lambda line: _(KINDS[line.kind]),
                132,
                chip=lambda line: "bad" if line.kind == "paper" else "muted",
            ),
            Column(_("No."), lambda line: line.number, 92, bold=True),
            Column(_("What"), lambda line: line.what, 130, weight=3),
            Column(_("Who"), lambda line: line.who, 96, weight=1),
            Column(_("Now with"), lambda line: line.where, 150, weight=1),
            Column(_("Since"), lambda line: line.since, 68),
            Column(
                _("Why it may wait"),
                lambda line: line.reason or _("to be settled"),
                200,
                weight=3,
                ink=lambda line: theme.OK if line.reason else theme.BAD_STRONG,
            ),
        ),
        lambda line: line.key,
    )
