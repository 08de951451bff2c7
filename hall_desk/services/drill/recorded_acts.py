"""What one entry of the journal becomes in a drill: an act without a person, or nothing that can be played."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from hall_desk.services.drill import recorded_tickets
from hall_desk.services.drill.invented import phrase
from hall_desk.services.drill.past import Happening, Past, desk_post, made_by, row_of, window_post
from hall_desk.services.drill.script import Act
from hall_desk.store import models


def act_of(past: Past, one: Happening) -> Act | None:
    """The act of an entry; None when there is nothing to play, or nobody known who did it."""
    make = _ACTS.get(one.kind)
    if make is None or past.part_of_another(one):
        if one.kind == "incident.opened" and one.subject is not None:
            _incident_of_check(past, one)
        return None
    if one.kind == "rating.given":
        # A resident's press, played at the desk that offered it.
        return _rate(past, one)
    return make(past, one) if past.who(one.staff) else None


# --- the door ------------------------------------------------------------------------------------


def _check(past: Past, one: Happening) -> Act | None:
    row = row_of(models.TemperatureCheck, one.subject)
    if row is None:
        return None
    first = past.ref(row.recheck_of_id)
    if row.recheck_of_id and not first:
        return None
    ref = past.make(row.id, "c")
    return made_by(
        past, one, "check", ref, "screening", first or ref,
        tenths=row.tenths, person=row.person, name=past.name(row.name), phone=past.invented.phone(row.phone),
        reason=phrase("reason", row.reason), first=first,
    )  # fmt: skip


def _passage(past: Past, one: Happening) -> Act | None:
    row = row_of(models.Passage, one.subject)
    if row is None:
        return None
    if row.direction == "in":
        return made_by(past, one, "come", past.make(row.id, "p"), count=row.count)
    ticket = past.ref(row.ticket_id)
    if row.ticket_id and not ticket:
        return None
    return made_by(
        past, one, "leave", past.make(row.id, "p"), "", ticket, count=row.count, ticket=ticket
    )


# --- the desk ------------------------------------------------------------------------------------


def _ask(past: Past, one: Happening) -> Act | None:
    row = row_of(models.Consultation, one.subject)
    if row is None:
        return None
    led_to, ref = past.ref(row.led_to), past.make(row.id, "q")
    return made_by(
        past, one, "ask", ref, desk_post(past, one, "consultation"), led_to,
        matter=past.code(row.matter_id), name=past.name(row.name), phone=past.invented.phone(row.phone), note="",
        channel=row.channel, outcome=row.outcome, question=phrase("question", row.question), led_to=led_to,
    )  # fmt: skip


def _items(past: Past, text: str) -> list[list[Any]]:
    return [
        [
            past.paper(item["name"], place),
            bool(item.get("original", True)),
            int(item.get("count", 1)),
            "",
        ]
        for place, item in enumerate(json.loads(text or "[]"))
    ]


def _notice(past: Past, one: Happening) -> Act | None:
    row = row_of(models.MissingNotice, one.subject)
    if row is None:
        return None
    return made_by(
        past, one, "notice", past.make(row.id, "n"), desk_post(past, one, "consultation"),
        matter=past.code(row.matter_id), window=past.number(row.window_id), name=past.name(row.name),
        phone=past.invented.phone(row.phone), note=phrase("note", row.note),
        missing=_items(past, row.missing), complete=_items(past, row.complete),
    )  # fmt: skip


def _slip(past: Past, one: Happening) -> Act | None:
    row = row_of(models.Slip, one.subject)
    if row is None:
        return None
    return made_by(
        past, one, "slip", past.make(row.id, "s"), desk_post(past, one, "consultation"),
        window=past.number(row.window_id), matter=past.code(row.matter_id),
    )  # fmt: skip


# --- the telephone -------------------------------------------------------------------------------


def _promise(past: Past, one: Happening) -> Act | None:
    row = row_of(models.Callback, one.subject)
    if row is None or row.ticket_id:
        return None
    due = datetime.fromisoformat(one.facts["due_at"])
    return made_by(
        past, one, "promise", past.make(row.id, "b"), desk_post(past, one, "consultation"),
        matter=past.code(row.matter_id), window=past.number(row.window_id), name=past.name(row.name),
        phone=past.invented.phone(row.phone), note=phrase("note", row.note), due=past.ms(due),
    )  # fmt: skip


def _of_call(past: Past, one: Happening) -> tuple[str, models.Callback | None]:
    """The name of a callback; one that hangs on a ticket is found by its ticket (`t4!`)."""
    row = row_of(models.Callback, one.subject)
    if row is not None and row.ticket_id:
        ticket = past.ref(row.ticket_id)
        return (f"{ticket}!" if ticket else ""), row
    return past.ref(one.subject), row


def _calls(kind: str) -> Callable[[Past, Happening], Act | None]:
    def make(past: Past, one: Happening) -> Act | None:
        ref, row = _of_call(past, one)
        if not ref or row is None:
            return None
        facts: dict[str, Any] = {}
        if kind == "attempt":
            facts = {
                "outcome": one.facts["outcome"],
                "name": past.name(row.name),
                "phone": past.invented.phone(row.phone),
            }
        elif kind == "drop":
            facts = {"reason": one.facts["reason"]}
        elif kind == "postpone":
            facts = {"due": past.ms(datetime.fromisoformat(one.facts["due_at"]))}
        return made_by(past, one, kind, ref, window_post(past, one), ref.rstrip("!"), **facts)

    return make


def _phone_case(past: Past, one: Happening) -> Act | None:
    row = row_of(models.PhoneCase, one.subject)
    if row is None:
        return None
    callback = past.ref(row.callback_id)
    return made_by(
        past, one, "phone_case", past.make(row.id, "h"), window_post(past, one), callback,
        window=past.number(row.window_id), matter=past.code(row.matter_id), outcome=row.outcome,
        minutes=row.minutes, callback=callback,
    )  # fmt: skip


def _number(past: Past, one: Happening) -> Act | None:
    row = row_of(models.NumberTrouble, one.subject)
    if row is None:
        return None
    return made_by(past, one, "number", past.make(row.id, "u"), window=past.number(row.window_id))


# --- incidents and the hall's own duties ---------------------------------------------------------


def _incident_of_check(past: Past, one: Happening) -> None:
    """The incident of a fever opens itself; its later steps name it by its check (`c9!`)."""
    row = row_of(models.Incident, one.subject)
    check = past.ref(row.check_of_id) if row is not None else ""
    if check:
        past.refs[row.id] = f"{check}!"


def _incident(past: Past, one: Happening) -> Act | None:
    row = row_of(models.Incident, one.subject)
    if row is None:
        return None
    return made_by(
        past, one, "incident", past.make(row.id, "i"), "", "",
        incident=row.kind, check=past.ref(row.check_of_id), ticket=past.ref(row.ticket_id),
    )  # fmt: skip


def _attendance(past: Past, one: Happening) -> Act | None:
    row = row_of(models.Attendance, one.subject)
    person = past.who(row.person_id) if row is not None else ""
    if not person:
        return None
    return made_by(
        past, one, "attendance", past.make(row.id, "a"), "", f"staff:{person}",
        person=person, happened=row.kind,
    )  # fmt: skip


def _taken(past: Past, one: Happening) -> Act | None:
    row = row_of(models.Shift, one.subject)
    person = past.who(row.staff_id) if row is not None else ""
    if not person:
        return None
    return made_by(
        past, one, "post", past.make(row.id, "o"), "", f"staff:{person}",
        person=person, place=row.post, window=past.number(row.window_id),
    )  # fmt: skip


def _left(past: Past, one: Happening) -> Act | None:
    row = row_of(models.Shift, one.subject)
    # A post that ends because its person takes another one ends by that.
    if row is None or (one.at, "post.taken") in past.at_moment:
        return None
    person = past.who(row.staff_id)
    return made_by(past, one, "post.leave", "", "", f"staff:{person}", person=person)


def _handed_over(past: Past, one: Happening) -> Act | None:
    giver, taker = (past.who(UUID(one.facts[side])) for side in ("giver", "taker"))
    ref = f"o{past.ms(one.at)}"
    return made_by(past, one, "post.hand_over", ref, "", f"staff:{giver}", giver=giver, taker=taker)


def _round(past: Past, one: Happening) -> Act | None:
    row = row_of(models.Disinfection, one.subject)
    if row is None:
        return None
    earlier = f"{past.actor.store.local(row.at):%H:%M}" if row.at != one.at else ""
    return made_by(
        past, one, "round", past.make(row.id, "d"), area=past.area(row.area), time=earlier
    )


def _foyer_call(past: Past, one: Happening) -> Act | None:
    ticket = past.ref(one.ticket or one.subject)
    return made_by(past, one, "foyer.call", ticket) if ticket else None


def _rate(past: Past, one: Happening) -> Act | None:
    row = row_of(models.Rating, one.subject)
    if row is None:
        return None
    ticket = past.ref(row.ticket_id)
    desk = next(
        (
            other
            for other in past.moments.values()
            if other.kind == "rating.offered" and other.subject == row.id
        ),
        None,
    )
    if desk is None or not past.who(desk.staff) or (row.ticket_id and not ticket):
        return None
    made = made_by(
        past, one, "rate", past.make(row.id, "r"), "", ticket,
        ticket=ticket, window=past.number(row.window_id), grade=row.grade, reasons=row.reasons.split(),
    )  # fmt: skip
    return Act(
        made.at,
        made.kind,
        past.who(desk.staff),
        desk.letter,
        made.post,
        made.ref,
        made.chain,
        made.facts,
    )


def _setting(past: Past, one: Happening) -> Act | None:
    value = one.facts["after"]
    return made_by(past, one, "setting", "", name=one.facts["name"], value=value)


def _closed(past: Past, one: Happening) -> Act | None:
    return (
        made_by(past, one, "close", "close") if one.facts["day"] == past.day.isoformat() else None
    )


def _plain(kind: str, letter: str = "") -> Callable[[Past, Happening], Act | None]:
    """An act on something made today, or (with `letter`) one that makes something and says no more."""

    def make(past: Past, one: Happening) -> Act | None:
        ref = past.make(one.subject, letter) if letter else past.ref(one.subject)
        chain = ref.rstrip("!")
        return made_by(past, one, kind, ref, "", chain) if ref else None

    return make


_ACTS: dict[str, Callable[[Past, Happening], Act | None]] = {
    "check.recorded": _check,
    "check.withdrawn": _plain("check.undo"),
    "check.left": _plain("check.left"),
    "passage.came": _passage,
    "passage.left": _passage,
    "consultation.recorded": _ask,
    "consultation.withdrawn": _plain("ask.undo"),
    "missing_notice.given": _notice,
    "slip.given": _slip,
    "callback.promised": _promise,
    "callback.calling": _calls("call"),
    "callback.let_go": _calls("hang_up"),
    "callback.called": _calls("attempt"),
    "callback.withdrawn": _calls("drop"),
    "callback.reopened": _calls("again"),
    "callback.postponed": _calls("postpone"),
    "phone_case.recorded": _phone_case,
    "phone_case.withdrawn": _plain("phone_case.undo"),
    "number.reported": _number,
    "number.settled": _plain("number.settle"),
    "incident.opened": _incident,
    "incident.answered": _plain("incident.come"),
    "incident.step_added": _plain("incident.step"),
    "incident.closed": _plain("incident.close"),
    "attendance.recorded": _attendance,
    "attendance.withdrawn": _plain("attendance.undo"),
    "post.taken": _taken,
    "post.left": _left,
    "post.handed_over": _handed_over,
    "disinfection.recorded": _round,
    "foyer.called_again": _foyer_call,
    "foyer.notice_added": _plain("foyer.notice", "f"),
    "foyer.notice_retired": _plain("foyer.notice_down"),
    "rating.given": _rate,
    "rating.followed_up": _plain("rate.follow_up"),
    **recorded_tickets.STEPS,
    "setting.changed": _setting,
    "day.closed": _closed,
}
