"""What the steps of a ticket become in a drill."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from hall_desk.services.drill.invented import PHRASES, phrase
from hall_desk.services.drill.past import Happening, Past, made_by, row_of, window_post
from hall_desk.services.drill.script import Act
from hall_desk.store import models


def _ticket(past: Past, one: Happening) -> Act | None:
    row = row_of(models.Ticket, one.subject)
    if row is None:
        return None
    ref = past.make(row.id, "t")
    first = (
        models.Claim.select()
        .where(models.Claim.ticket == row.id)
        .order_by(models.Claim.claimed_at)
        .first()
    )
    lines = models.Paper.select().where(models.Paper.ticket == row.id, ~models.Paper.new)
    papers = [
        [past.paper(line.name, line.position), line.original, line.count, _sheet(past, line)]
        for line in lines.order_by(models.Paper.position)
    ]
    waived = next(
        (
            other
            for other in past.moments.values()
            if other.kind == "check.waived" and (other.at, other.staff) == (one.at, one.staff)
        ),
        None,
    )
    return made_by(
        past, one, "ticket", ref, "proxy",
        matter=past.code(row.matter_id),
        window=past.number(first.window_id if first is not None else row.window_id),
        name=past.name(row.name) or past.invented.name(str(row.id)), phone=past.invented.phone(row.phone),
        priority=row.priority, remark=phrase("remark", row.remark), papers=papers,
        visit=past.ref(row.visit) if row.visit not in (None, row.id) else "",
        without_check=waived.facts["reason"] if waived is not None else "",
    )  # fmt: skip


def _sheet(past: Past, line: models.Paper) -> str:
    """The line of another ticket that is the same sheet, as `t3/0`."""
    if line.shared_with_id is None:
        return ""
    sheet = models.Paper.get_by_id(line.shared_with_id)
    ticket = past.ref(sheet.ticket_id)
    return f"{ticket}/{sheet.position}" if ticket else ""


def _steps(
    kind: str, facts: Callable[[Past, Happening], dict[str, Any] | None] | None = None
) -> Callable[[Past, Happening], Act | None]:
    def make(past: Past, one: Happening) -> Act | None:
        ref = past.ref(one.ticket)
        told = facts(past, one) if facts is not None else {}
        if not ref or told is None:
            return None
        desk = kind in ("withdraw", "hand_back")
        post = "proxy" if desk else window_post(past, one)
        return made_by(past, one, kind, ref, post, **told)

    return make


def _differences(past: Past, one: Happening) -> dict[str, Any]:
    missing: list[int] = []
    differing: list[int] = []
    if one.facts.get("differences"):
        for line in models.Paper.select().where(models.Paper.ticket == one.ticket):
            if line.difference:
                (missing if line.difference == "missing" else differing).append(line.position)
    return {"missing": missing, "differing": differing}


def _due(past: Past, one: Happening) -> dict[str, Any]:
    promised = past.moments.get((one.at, "callback.promised", one.ticket))
    if promised is None:
        return {"due": 0}
    return {"due": past.ms(datetime.fromisoformat(promised.facts["due_at"]))}


def _moved(one: Happening, taker: str) -> list[models.Paper]:
    step = one.facts.get("step")
    if not step:
        return []
    moves = models.CustodyMove.select(models.CustodyMove.paper).where(
        models.CustodyMove.step == UUID(step), models.CustodyMove.taker == taker
    )
    return list(
        models.Paper.select()
        .where(models.Paper.id.in_([row.paper_id for row in moves]))
        .order_by(models.Paper.position)
    )


def _finished(past: Past, one: Happening) -> dict[str, Any]:
    row = models.Ticket.get_by_id(one.ticket)
    result = row.result
    if result not in row.matter.result_texts.splitlines():
        result = PHRASES["result"]
    new = [
        [past.paper(line.name, line.position, new=True), line.original, line.count, ""]
        for line in _moved(one, "desk")
        if line.new
    ]
    kept = [line.position for line in _moved(one, "kept")]
    return {"result": result, "kept": kept, "new": new}


def _handed_back(past: Past, one: Happening) -> dict[str, Any] | None:
    row = row_of(models.HandBack, UUID(one.facts["hand_back"]))
    if row is None:
        return None
    return {
        "papers": [line.position for line in _moved(one, "resident")],
        "all": not one.facts.get("left"),
        "proof": row.proof,
        "second": past.who(row.second_staff_id),
    }


def _transferred(past: Past, one: Happening) -> dict[str, Any]:
    return {"window": one.facts["window_to"]}


STEPS: dict[str, Callable[[Past, Happening], Act | None]] = {
    "ticket.opened": _ticket,
    "ticket.claimed": _steps("claim"),
    "ticket.received": _steps("receive", _differences),
    "ticket.note_read": _steps("note_read"),
    "ticket.released": _steps("release"),
    "ticket.suspended": _steps("suspend", _due),
    "ticket.resumed": _steps("resume"),
    "ticket.transferred": _steps("transfer", _transferred),
    "ticket.finished": _steps("finish", _finished),
    "ticket.withdrawn": _steps("withdraw"),
    "ticket.terminated": _steps("terminate"),
    "ticket.handed_back": _steps("hand_back", _handed_back),
    "ticket.undone": _steps("undo"),
}
