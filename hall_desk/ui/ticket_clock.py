"""The promise clock: how long a ticket has stood where it stands, and in which colour: what is left of its promise.

The time shown is that of the state (waiting, in hand); the colour follows the promise, which runs from intake and
stands still while the ticket is suspended (see `services.promises`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.i18n import _

if TYPE_CHECKING:
    from hall_desk.services.tickets import Card
    from hall_desk.ui.session import Session

# Amber from two thirds of the promise on: one minute is left of the usual three.
AMBER_FROM = 2 / 3


class Tone(StrEnum):
    """What a clock's colour says; the values name the kinds of `theme.KINDS`."""

    ON_TIME = "ok"
    SOON = "warn"
    OVER = "bad"
    STILL = "muted"


def seconds_of(card: Card, now: datetime) -> int:
    return max(0, int((now - card.since).total_seconds()))


def tone_of(card: Card, now: datetime) -> Tone:
    """Green, amber or red by what is left of the promise; a suspended ticket's clock stands still.

    What is ready waits for the resident, so it turns amber and never red: the hall is not late.
    """
    if card.state == "suspended":
        return Tone.STILL
    promised_s = card.promised_minutes * 60
    if card.state == "ready":
        return Tone.SOON if seconds_of(card, now) > promised_s else Tone.ON_TIME
    left = (card.due_at - now).total_seconds()
    if left < 0:
        return Tone.OVER
    return Tone.SOON if left <= promised_s * (1 - AMBER_FROM) else Tone.ON_TIME


def clock_text(session: Session, card: Card, now: datetime) -> str:
    """The running time, or the day for a ticket that has stood since an earlier one."""
    since = session.store.local(card.since)
    today = session.store.local(now).date()
    if since.date() == today:
        return i18n.clock(seconds_of(card, now))
    if since.date() == today - timedelta(days=1):
        return _("yesterday")
    return f"{since:%m-%d}"


def lateness_text(card: Card, now: datetime) -> str:
    """In words what the red says, empty while the promise holds."""
    if tone_of(card, now) is not Tone.OVER:
        return ""
    if card.state == "queued" and seconds_of(card, now) > card.promised_minutes * 60:
        return _("Unclaimed for over {minutes} min").format(minutes=card.promised_minutes)
    return _("Over the promised {minutes} min").format(minutes=card.promised_minutes)
