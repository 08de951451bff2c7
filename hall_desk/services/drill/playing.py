"""Each act of a drill done for real: through the service that a person at the desk would use, as that person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import (
    attendance,
    callbacks,
    consultations,
    day_close,
    disinfection,
    foyer,
    halls,
    incidents,
    missing_notices,
    number_troubles,
    passages,
    phone_cases,
    posts,
    ratings,
    screening,
    slips,
    tickets,
)
from hall_desk.services.attendance import NewAttendance
from hall_desk.services.callbacks import NewAttempt, NewCallback
from hall_desk.services.consultations import NewConsultation
from hall_desk.services.day_close import Carried, NewClose
from hall_desk.services.disinfection import NewRound
from hall_desk.services.drill.invented import PHRASES
from hall_desk.services.drill.script import Act
from hall_desk.services.drill.stage import Stage
from hall_desk.services.halls import PRACTICE_PIN
from hall_desk.services.incidents import NewIncident, NewStep
from hall_desk.services.missing_notices import NewNotice, NoticeItem
from hall_desk.services.number_troubles import NewTrouble
from hall_desk.services.passages import NewPassage
from hall_desk.services.phone_cases import NewPhoneCase
from hall_desk.services.posts import NewHandOver, NewShift
from hall_desk.services.ratings import NewFollowUp, NewOffer, NewRating
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import Collector, NewPaper, NewTicket, Proof
from hall_desk.store import models
from hall_desk.store.ids import part_of

# What is measured of staff in a drill: nobody's temperature was recorded.
STAFF_READING = "36.5"


def play(on: Stage, act: Act) -> None:
    """Does one act now. Raises what its service raises: what cannot be done now because the day went otherwise."""
    _PLAYED[act.kind](on, act, act.facts)


def _own_ticket(on: Stage, act: Act) -> UUID:
    found = on.ticket(act.ref)
    if found is None:
        raise errors.NotFound(kind="ticket", key="")
    return found


def _own_call(on: Stage, act: Act) -> UUID:
    found = on.callback(act.ref)
    if found is None:
        raise errors.NotFound(kind="callback", key="")
    return found


def _papers(on: Stage, ticket: UUID, places: list[int]) -> tuple[UUID, ...]:
    with on.store.reading():
        rows = models.Paper.select(models.Paper.id).where(
            models.Paper.ticket == ticket, models.Paper.position.in_(places or [-1])
        )
        return tuple(row.id for row in rows)


def _sheet(on: Stage, name: str) -> UUID | None:
    if not name:
        return None
    ref, _, place = name.partition("/")
    ticket = on.ticket(ref)
    found = _papers(on, ticket, [int(place)]) if ticket and place.isdecimal() else ()
    return found[0] if found else None


def _check(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    first = on.check(facts["first"]) if facts["first"] else None
    name, tenths = facts["name"], facts["tenths"]
    if facts["person"] == "staff" and on.has(name):
        name = on.person(name).name
    new = NewCheck(
        on.key(act.ref), f"{tenths // 10}.{tenths % 10}", name, facts["phone"], facts["reason"],
        facts["person"], first,
    )  # fmt: skip
    screening.record(on.actor(act), new)


def _leave(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    who, receipt = on.actor(act), ""
    if facts["ticket"]:
        ticket = on.ticket(facts["ticket"])
        if ticket is None:
            raise errors.NotFound(kind="ticket", key="")
        receipt = tickets.receipt_facts(who, ticket).code
    passages.leave(who, NewPassage(on.key(act.ref), facts["count"], receipt))


def _ask(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    led_to = None
    if facts["led_to"]:
        outcome = facts["outcome"]
        find = {"ticket": on.ticket, "callback": on.callback}.get(outcome, on.key)
        led_to = find(facts["led_to"])
    new = NewConsultation(
        on.key(act.ref), facts["outcome"], facts["channel"], on.matter(facts["matter"]), facts["question"],
        facts["name"], facts["phone"], led_to,
    )  # fmt: skip
    consultations.record(on.actor(act), new)


def _notice(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    matter = on.matter(facts["matter"])
    if matter is None:
        raise errors.NotFound(kind="matter", key=facts["matter"])
    missing, complete = (
        tuple(NoticeItem(name, original, count) for name, original, count, _sheet in facts[side])
        for side in ("missing", "complete")
    )
    new = NewNotice(
        on.key(act.ref), matter, missing, complete, facts["name"], facts["phone"], facts["note"],
        on.window(facts["window"]),
    )  # fmt: skip
    missing_notices.give(on.actor(act), new)


def _slip(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    window = on.window(facts["window"])
    if window is None:
        raise errors.NotFound(kind="window", key=facts["window"])
    slips.give(on.actor(act), on.key(act.ref), window, on.matter(facts["matter"]))


def _promise(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    new = NewCallback(
        on.key(act.ref), on.window(facts["window"]), facts["phone"], facts["name"],
        on.matter(facts["matter"]), on.moment(facts["due"]), facts["note"], number_confirmed=True,
    )  # fmt: skip
    callbacks.promise(on.actor(act), new)


def _attempt(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    key = part_of(on.key(act.ref), f"attempt:{act.at}")
    callbacks.attempt(on.actor(act), NewAttempt(key, _own_call(on, act), facts["outcome"]))


def _phone_case(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    new = NewPhoneCase(
        on.key(act.ref), on.window(facts["window"]), on.matter(facts["matter"]), facts["outcome"],
        facts["minutes"], "", on.callback(facts["callback"]) if facts["callback"] else None,
    )  # fmt: skip
    phone_cases.record(on.actor(act), new)


def _number(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    window = on.window(facts["window"])
    if window is None:
        raise errors.NotFound(kind="window", key=facts["window"])
    number_troubles.report(on.actor(act), NewTrouble(on.key(act.ref), window))


def _incident(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    new = NewIncident(
        on.key(act.ref), facts["incident"], PHRASES["place"], PHRASES["people"], PHRASES["what"],
        on.check(facts["check"]) if facts["check"] else None,
        on.ticket(facts["ticket"]) if facts["ticket"] else None,
    )  # fmt: skip
    incidents.open(on.actor(act), new)


def _incident_step(on: Stage, act: Act, _facts: Mapping[str, Any]) -> None:
    incident = on.incident(act.ref)
    key = part_of(incident, f"drill:{act.at}")
    incidents.step(on.actor(act), NewStep(key, incident, PHRASES["step"]))


def _attendance(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    out = facts["happened"] == "out"
    new = NewAttendance(
        on.key(act.ref), on.person(facts["person"]).staff_id, facts["happened"],
        "" if out else STAFF_READING, None if out else True,
    )  # fmt: skip
    attendance.record(on.actor(act), new)


def _post(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    new = NewShift(
        on.key(act.ref), facts["place"], on.person(facts["person"]).staff_id, on.window(facts["window"])
    )  # fmt: skip
    posts.take_post(on.actor(act), new)


def _post_leave(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    whose = on.person(facts["person"]).staff_id
    posts.leave_post(on.actor(act), whose, papers_stay=True)


def _hand_over(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    giver, taker = on.person(facts["giver"]).person(), on.person(facts["taker"]).staff_id
    seen = posts.held(on.actor(act), giver).keys
    new = NewHandOver(on.key(act.ref), giver, taker, PRACTICE_PIN, tuple(seen))
    posts.hand_over(on.actor(act), new)


def _round(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    new = NewRound(on.key(act.ref), facts["area"], PHRASES["round"], None, facts["time"])
    disinfection.record(on.actor(act), new)


def _foyer_call(on: Stage, act: Act, _facts: Mapping[str, Any]) -> None:
    key = part_of(on.key(act.ref), f"call:{act.at}")
    foyer.call_again(on.actor(act), _own_ticket(on, act), key)


def _foyer_notice(on: Stage, act: Act, _facts: Mapping[str, Any]) -> None:
    foyer.add_notice(on.actor(act), foyer.NewNotice(on.key(act.ref), PHRASES["notice"]))


def _rate(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    ticket = on.ticket(facts["ticket"]) if facts["ticket"] else None
    if facts["ticket"] and ticket is None:
        raise errors.NotFound(kind="ticket", key="")
    offer = NewOffer(on.key(act.ref), ticket, None if ticket else on.window(facts["window"]))
    guest = ratings.offer(on.actor(act), offer)
    words = PHRASES["comment"] if "other" in facts["reasons"] else ""
    ratings.rate(guest, NewRating(facts["grade"], tuple(facts["reasons"]), words))


def _ticket(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    papers = tuple(
        NewPaper(name, original, count, _sheet(on, sheet))
        for name, original, count, sheet in facts["papers"]
    )
    new = NewTicket(
        id=on.key(act.ref),
        matter_id=on.matter(facts["matter"]),
        name=facts["name"],
        phone=facts["phone"],
        priority=facts["priority"],
        remark=facts["remark"],
        consent=True,
        papers=papers,
        window_id=on.window(facts["window"]),
        second_allowed=True,
        visit=on.ticket(facts["visit"]) if facts["visit"] else None,
        without_check=facts["without_check"],
    )
    tickets.open(on.actor(act), new)


def _receive(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    ticket = _own_ticket(on, act)
    told = dict.fromkeys(_papers(on, ticket, facts["missing"]), "missing")
    told |= dict.fromkeys(_papers(on, ticket, facts["differing"]), PHRASES["difference"])
    tickets.received(on.actor(act), ticket, told)


def _suspend(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    due = on.moment(facts["due"]) if facts["due"] else None
    tickets.suspend(on.actor(act), _own_ticket(on, act), PHRASES["missing"], due)


def _transfer(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    window = on.window(facts["window"])
    if window is None:
        raise errors.NotFound(kind="window", key=facts["window"])
    tickets.transfer(on.actor(act), _own_ticket(on, act), window, PHRASES["transfer"])


def _finish(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    ticket = _own_ticket(on, act)
    kept = _papers(on, ticket, facts["kept"])
    new = tuple(NewPaper(name, original, count) for name, original, count, _ in facts["new"])
    tickets.finish(on.actor(act), ticket, facts["result"], kept, new)


def _hand_back(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    who, key = on.actor(act), _own_ticket(on, act)
    ticket = tickets.get(who, key)
    proof = Proof("pickup_code", ticket.pickup_code)
    if facts["proof"] == "receipt":
        proof = Proof("receipt", tickets.receipt_facts(who, key).code)
    collector = None
    if facts["second"]:
        second = on.person(facts["second"]).staff_id
        name, reason = PHRASES["collector"], PHRASES["collector_reason"]
        collector = Collector(name, reason, second, PRACTICE_PIN)
        if facts["proof"] == "other_collector":
            proof = Proof("", "")
    papers = None if facts["all"] else _papers(on, key, facts["papers"])
    tickets.hand_back(who, key, proof, papers, collector)


def _close(on: Stage, act: Act, _facts: Mapping[str, Any]) -> None:
    who = on.actor(act)
    found = day_close.review(who, on.day).items
    carried = tuple(Carried(item.kind, item.id, PHRASES["carried"]) for item in found)
    day_close.close(who, NewClose(on.key(act.ref), on.day, carried, hall_empty=True))


def _follow_up(on: Stage, act: Act, _facts: Mapping[str, Any]) -> None:
    ratings.follow_up(on.actor(act), NewFollowUp(on.key(act.ref), PHRASES["follow_up"]))


def _check_undo(on: Stage, act: Act, _facts: Mapping[str, Any]) -> None:
    screening.undo(on.actor(act), on.key(act.ref))


def _setting(on: Stage, act: Act, facts: Mapping[str, Any]) -> None:
    halls.change_setting(on.actor(act), facts["name"], facts["value"])


_Play = Callable[[Stage, Act, Mapping[str, Any]], object]
_PLAYED: dict[str, _Play] = {
    "check": _check,
    "check.undo": _check_undo,
    "check.left": lambda on, act, _: screening.left(on.actor(act), on.key(act.ref)),
    "come": lambda on, act, facts: passages.come_in(
        on.actor(act), NewPassage(on.key(act.ref), facts["count"])
    ),
    "leave": _leave,
    "ask": _ask,
    "ask.undo": lambda on, act, _: consultations.undo(on.actor(act), on.key(act.ref)),
    "notice": _notice,
    "slip": _slip,
    "promise": _promise,
    "call": lambda on, act, _: callbacks.call(on.actor(act), _own_call(on, act)),
    "hang_up": lambda on, act, _: callbacks.let_go(on.actor(act), _own_call(on, act)),
    "attempt": _attempt,
    "drop": lambda on, act, facts: callbacks.withdraw(
        on.actor(act), _own_call(on, act), facts["reason"]
    ),
    "again": lambda on, act, _: callbacks.reopen(on.actor(act), _own_call(on, act)),
    "postpone": lambda on, act, facts: callbacks.postpone(
        on.actor(act), _own_call(on, act), on.moment(facts["due"])
    ),
    "phone_case": _phone_case,
    "phone_case.undo": lambda on, act, _: phone_cases.undo(on.actor(act), on.key(act.ref)),
    "number": _number,
    "number.settle": lambda on, act, _: number_troubles.settle(on.actor(act), on.key(act.ref)),
    "incident": _incident,
    "incident.come": lambda on, act, _: incidents.on_my_way(on.actor(act), on.incident(act.ref)),
    "incident.step": _incident_step,
    "incident.close": lambda on, act, _: incidents.close(
        on.actor(act), on.incident(act.ref), PHRASES["incident_result"]
    ),
    "attendance": _attendance,
    "attendance.undo": lambda on, act, _: attendance.undo(on.actor(act), on.key(act.ref)),
    "post": _post,
    "post.leave": _post_leave,
    "post.hand_over": _hand_over,
    "round": _round,
    "foyer.call": _foyer_call,
    "foyer.notice": _foyer_notice,
    "foyer.notice_down": lambda on, act, _: foyer.retire_notice(on.actor(act), on.key(act.ref)),
    "rate": _rate,
    "rate.follow_up": _follow_up,
    "ticket": _ticket,
    "claim": lambda on, act, _: tickets.claim(on.actor(act), _own_ticket(on, act)),
    "receive": _receive,
    "note_read": lambda on, act, _: tickets.note_read(on.actor(act), _own_ticket(on, act)),
    "release": lambda on, act, _: tickets.release(
        on.actor(act), _own_ticket(on, act), PHRASES["release"]
    ),
    "suspend": _suspend,
    "resume": lambda on, act, _: tickets.resume(on.actor(act), _own_ticket(on, act)),
    "transfer": _transfer,
    "finish": _finish,
    "withdraw": lambda on, act, _: tickets.withdraw(
        on.actor(act), _own_ticket(on, act), PHRASES["withdrawn"]
    ),
    "terminate": lambda on, act, _: tickets.terminate(
        on.actor(act), _own_ticket(on, act), PHRASES["terminated"]
    ),
    "hand_back": _hand_back,
    "undo": lambda on, act, _: tickets.undo(on.actor(act), _own_ticket(on, act)),
    "setting": _setting,
    "close": _close,
}
