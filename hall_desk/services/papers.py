"""Printing a receipt, a routing slip or a 一次性告知单 again: each reprint is counted in the hall and journalled.

The first print belongs to taking the ticket in or giving the notice and bears no mark; from the second on the paper
says which it is, so that two receipts of one ticket are told apart.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hall_desk import errors
from hall_desk.services import missing_notices
from hall_desk.services.accounts import Actor
from hall_desk.services.away import waits
from hall_desk.services.missing_notices import NoticeFacts
from hall_desk.services.ticket_cards import ReceiptFacts, load_joined, receipt_facts
from hall_desk.store.models import JournalEntry

KINDS = ("receipt", "routing_slip")


@dataclass(frozen=True)
class Reprint:
    """What to print, and the how-manieth time it is printed again (1 is the second paper)."""

    facts: ReceiptFacts
    kind: str
    count: int


@dataclass(frozen=True)
class NoticeReprint:
    """The notice to print, and the how-manieth time it is printed again."""

    facts: NoticeFacts
    count: int


@waits
def reprint(actor: Actor, press: UUID, ticket_id: UUID, kind: str) -> Reprint:
    """Counts a reprint and gives what to print; `press` is made at the key: said twice it is one reprint.

    Raises NotFound `ticket`, BadInput `form`.
    """
    actor.needs("tickets.print")
    if kind not in KINDS:
        raise errors.BadInput("form", "unknown")
    with actor.store.change(actor) as change:
        load_joined(actor, ticket_id)
        earlier = _earlier(ticket_id, kind)
        count = next((facts["count"] for key, facts in earlier if key == press), 0)
        if not count:
            count = len(earlier) + 1
            change.record("ticket.reprinted", press, ticket=ticket_id, paper=kind, count=count)
    return Reprint(receipt_facts(actor, ticket_id), kind, count)


def next_reprint(actor: Actor, ticket_id: UUID, kind: str) -> Reprint:
    """What `reprint` would print, to be looked at; nothing is counted. Raises NotFound `ticket`, BadInput `form`."""
    actor.needs("tickets.print")
    if kind not in KINDS:
        raise errors.BadInput("form", "unknown")
    with actor.store.reading():
        load_joined(actor, ticket_id)
        count = len(_earlier(ticket_id, kind)) + 1
    return Reprint(receipt_facts(actor, ticket_id), kind, count)


@waits
def reprint_notice(actor: Actor, press: UUID, notice_id: UUID) -> NoticeReprint:
    """The same for a notice that was given. Raises NotFound `missing_notice`."""
    actor.needs("missing_notices.give")
    with actor.store.change(actor) as change:
        notice = missing_notices.facts(actor, notice_id)
        earlier = _earlier_of_notice(actor, notice_id, notice.given_at)
        count = next((told["count"] for told in earlier if told["press"] == str(press)), 0)
        if not count:
            count = len(earlier) + 1
            change.record("missing_notice.reprinted", notice_id, press=str(press), count=count)
    return NoticeReprint(notice, count)


def _earlier_of_notice(actor: Actor, notice_id: UUID, given_at: datetime) -> list[dict[str, Any]]:
    rows = JournalEntry.select(JournalEntry.facts).where(
        JournalEntry.hall == actor.hall_id,
        # The index begins with the days; no notice is printed again before the day it was given.
        JournalEntry.service_day >= given_at.date(),
        JournalEntry.kind == "missing_notice.reprinted",
        JournalEntry.subject == notice_id,
    )
    return [json.loads(row.facts) for row in rows]


def _earlier(ticket_id: UUID, kind: str) -> list[tuple[UUID, dict[str, Any]]]:
    rows = JournalEntry.select(JournalEntry.subject, JournalEntry.facts).where(
        JournalEntry.ticket == ticket_id, JournalEntry.kind == "ticket.reprinted"
    )
    told = [(row.subject, json.loads(row.facts)) for row in rows]
    return [(key, facts) for key, facts in told if facts["paper"] == kind]
