"""Mailings: the window phone directory sent to communities by e-mail, and what became of each address.

    waiting ──> unknown ──> sent                 sent is the end: such an address is never written to again
                  │ └─────> refused ──> waiting  by somebody who sends again to those that failed
                  └──> sent or waiting, by a person who asked whether it arrived

A result is `unknown` from before its message is sent until the server's answer is written down, each in a transaction
of its own. A program that is killed thus leaves `unknown` for the one under way and `waiting` for the rest.

One program sends at a time. It holds the mailing by the key of its *run*, and says so again with each address; who has
said nothing for `LEASE` is gone, and another may go on. The results of a run that was taken over still count, since
each names the try it belongs to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from peewee import fn

from hall_desk import errors
from hall_desk.i18n import _
from hall_desk.services import mail_addresses
from hall_desk.services.accounts import COMMAND_LINE, Actor
from hall_desk.services.halls import is_practice, load_settings
from hall_desk.store import models
from hall_desk.store.ids import new_id
from hall_desk.store.journal import Change

# Longer than one address can take (`devices.mail.Patience.address_s`), with the connection made anew.
LEASE = timedelta(minutes=5)
LONGEST_TEXT = 4000
MOST_PAST = 200
UNDER_WAY = "under_way"


@dataclass(frozen=True)
class Outcome:
    """What became of one address: `sent`, `refused` or `unknown`; and why it was not sent (`MAIL_TROUBLE` in i18n)."""

    state: str
    error: str = ""


SENT = Outcome("sent")


@dataclass(frozen=True)
class Recipient:
    """A community that may get the directory. `problem` is what is wrong with its address (a reason of BadInput
    `mail_address`); `version` and `at` are of the last directory that was sent to it, 0 and None before the first."""

    id: UUID
    name: str
    contact: str
    address: str
    problem: str
    version: int
    at: datetime | None


@dataclass(frozen=True)
class NewMailing:
    """A mailing to be sent. `id` is made when the form opens; `version` is the directory's that is attached."""

    id: UUID
    communities: tuple[UUID, ...]
    version: int
    subject: str
    text: str


@dataclass(frozen=True)
class Result:
    """One address of a mailing. `under_way`: it is `unknown` because its message is being sent at this moment."""

    id: UUID
    community_id: UUID
    name: str
    address: str
    state: str
    error: str
    tries: int
    at: datetime | None
    under_way: bool


@dataclass(frozen=True)
class Mailing:
    """A mailing as it stands. `by` began it; `sender` sends it now (empty: nobody), until `until` if nothing is heard.

    `error` is why the last run ended early (a reason of CannotMail).
    """

    id: UUID
    at: datetime
    by: str
    version: int
    subject: str
    text: str
    sender: str
    until: datetime | None
    error: str
    results: tuple[Result, ...]

    @cached_property
    def counts(self) -> Counter[str]:
        """How many addresses are in which state."""
        return Counter(result.state for result in self.results)

    @property
    def unsent(self) -> int:
        """How many would be tried when it is sent again: what was refused, and what was never tried."""
        return self.counts["refused"] + self.counts["waiting"]


@dataclass(frozen=True)
class PastMailing:
    """A mailing in a list of them: who began it, when (UTC), and how many addresses are in which state."""

    id: UUID
    at: datetime
    by: str
    version: int
    subject: str
    counts: Counter[str]


@dataclass(frozen=True)
class Run:
    """The right to send a mailing: `key` is given back with every step."""

    mailing_id: UUID
    key: UUID
    subject: str
    text: str


@dataclass(frozen=True)
class Envelope:
    """The next address. `id` is the result's, and `tries` tells this try from others of it."""

    id: UUID
    address: str
    name: str
    tries: int


# --- looking --------------------------------------------------------------------------------------------------


def recipients(actor: Actor) -> list[Recipient]:
    """The communities in use, in the order they were added, with what each got last. Raises DatabaseAway."""
    actor.needs("directory.mail")
    actor.store.need_server()
    with actor.store.reading():
        result, mailing = models.MailingResult, models.Mailing
        got: dict[UUID, tuple[int, datetime]] = {}
        rows = (
            result.select(result.community, result.at, mailing.version)
            .join(mailing)
            .where(result.hall == actor.hall_id, result.state == "sent")
            .order_by(result.at)
            .tuples()
        )
        for community_id, at, version in rows:
            got[community_id] = (version, at)
        community = models.Community
        found = community.select().where(
            community.hall == actor.hall_id, community.retired_at.is_null()
        )
        return [
            Recipient(
                row.id, row.name, row.contact, row.email, _problem(row.email),
                *got.get(row.id, (0, None)),
            )
            for row in found.order_by(community.id)
        ]  # fmt: skip


def get(actor: Actor, mailing_id: UUID) -> Mailing:
    """Raises NotFound `mailing`, DatabaseAway."""
    actor.needs("directory.mail")
    actor.store.need_server()
    with actor.store.reading():
        return _view(actor, _row(actor, mailing_id))


def latest(actor: Actor) -> Mailing | None:
    """The last mailing that was begun. Raises DatabaseAway."""
    actor.needs("directory.mail")
    actor.store.need_server()
    with actor.store.reading():
        mailing = models.Mailing
        row = (
            mailing.select()
            .where(mailing.hall == actor.hall_id)
            .order_by(mailing.at.desc(), mailing.id.desc())
            .first()
        )
        return None if row is None else _view(actor, row)


def past(actor: Actor) -> list[PastMailing]:
    """The mailings that were begun, the last one first, at most `MOST_PAST`. Raises DatabaseAway."""
    actor.needs("directory.mail")
    actor.store.need_server()
    with actor.store.reading():
        mailing, result = models.Mailing, models.MailingResult
        rows = list(
            mailing.select(mailing, models.Staff)
            .join(models.Staff, "LEFT OUTER JOIN", on=(mailing.staff == models.Staff.id))
            .where(mailing.hall == actor.hall_id)
            .order_by(mailing.at.desc(), mailing.id.desc())
            .limit(MOST_PAST)
        )
        counts: dict[UUID, Counter[str]] = {row.id: Counter() for row in rows}
        states = (
            result.select(result.mailing, result.state, fn.COUNT(result.id))
            .where(result.mailing.in_(list(counts)))
            .group_by(result.mailing, result.state)
            .tuples()
        )
        for mailing_id, state, count in states:
            counts[mailing_id][state] = count
        return [
            PastMailing(row.id, row.at, _name(row.staff), row.version, row.subject, counts[row.id])
            for row in rows
        ]


def proposed(actor: Actor) -> tuple[str, str]:
    """Subject and text as they stand in the form before anybody writes; a practice hall's say that it is one."""
    actor.needs("directory.mail")
    with actor.store.reading():
        version = load_settings(actor.hall_id).directory_version
        practice = is_practice(actor.hall_id)
    subject = _("{hall}: window phone directory, version {version}").format(
        hall=actor.hall_name, version=version
    )
    if practice:
        subject = f"{_('PRACTICE')} · {subject}"
    text = _(
        "To all communities\n\n"
        "Attached is the window phone directory of {hall}, version {version}: as PDF to be printed and put up, and for "
        "Excel to be searched. Please put it in the place of the one before.\n\n"
        "Residents can ask by telephone first, and see whether they need to come at all.\n\n"
        "{hall}"
    )
    return subject, text.format(hall=actor.hall_name, version=version)


def date(actor: Actor) -> datetime:
    """What stands on a mail as its date: the time as it is, also in a practice hall, whose day is another one."""
    actor.needs("directory.mail")
    store = actor.store
    return store.now() - timedelta(seconds=store.practice_offset_s)


# --- beginning and going on -----------------------------------------------------------------------------------


def start(actor: Actor, new: NewMailing) -> Run:
    """Begins a mailing and gives the right to send it; the same one begun twice is one.

    Raises BeingSent, BadInput (`communities` empty or gone, `mail_address` with `community`, `mail_subject`,
    `mail_text`, `mailing` other_version).
    """
    actor.needs("directory.mail")
    subject = mail_addresses.check_line("mail_subject", new.subject)
    if not subject:
        raise errors.BadInput("mail_subject", "empty")
    text = new.text.strip()
    if len(text) > LONGEST_TEXT:
        raise errors.BadInput("mail_text", "too_long", limit=LONGEST_TEXT)
    if not new.communities:
        raise errors.BadInput("communities", "empty")
    with actor.store.change(actor) as change:
        _one_at_a_time(actor, change)
        _same_version(actor, new.version)
        mailing = models.Mailing
        if not mailing.select().where(mailing.id == new.id).exists():
            mailing.create(
                id=new.id, hall=actor.hall_id, at=change.at, service_day=change.day, staff=actor.staff_id,
                version=new.version, subject=subject, text=text, force_insert=True,
            )  # fmt: skip
            for row in _chosen(actor, new.communities):
                models.MailingResult.create(
                    id=new_id(), hall=actor.hall_id, mailing=new.id, community=row.id,
                    address=_good(row), force_insert=True,
                )  # fmt: skip
        return _take(actor, change, _row(actor, new.id))


def go_on(actor: Actor, mailing_id: UUID, version: int, also_unknown: bool = False) -> Run:
    """The right to send a mailing once more to those that were refused or never tried, at the addresses they have now.

    Never to those it was sent to; to those of whom nobody knows only with `also_unknown`. `version` is the directory's
    that will be attached. Raises NotFound `mailing`, BeingSent, BadInput `mailing` (nothing_left, other_version),
    `mail_address` with `community`.
    """
    actor.needs("directory.mail")
    with actor.store.change(actor) as change:
        _one_at_a_time(actor, change)
        row = _row(actor, mailing_id)
        if row.version != version:
            raise errors.BadInput("mailing", "other_version", version=version, before=row.version)
        _same_version(actor, version)
        result, community = models.MailingResult, models.Community
        wanted = ("refused", "waiting", "unknown") if also_unknown else ("refused", "waiting")
        there = list(
            result.select(result, community)
            .join(community)
            .where(
                result.mailing == mailing_id,
                result.state.in_(wanted),
                community.retired_at.is_null(),
            )
        )
        if not there:
            raise errors.BadInput("mailing", "nothing_left")
        for one in there:
            result.update(state="waiting", error="", address=_good(one.community)).where(
                result.id == one.id
            ).execute()
        return _take(actor, change, row)


def _one_at_a_time(actor: Actor, change: Change) -> None:
    """Raises BeingSent while a mailing of the hall is being sent; until the commit nobody else can begin either."""
    if actor.store.postgres:
        hall = models.Hall.select(models.Hall.id).where(models.Hall.id == actor.hall_id)
        list(hall.for_update("FOR NO KEY UPDATE"))
    mailing = models.Mailing
    busy = (
        mailing.select()
        .where(
            mailing.hall == actor.hall_id, mailing.run.is_null(False), mailing.run_until > change.at
        )
        .first()
    )
    if busy is not None:
        raise _being_sent(actor, busy)


def _being_sent(actor: Actor, row: models.Mailing) -> errors.BeingSent:
    local = actor.store.local
    return errors.BeingSent(
        owner=_name(row.run_staff),
        since=row.run_since,
        since_text=f"{local(row.run_since):%H:%M}",
        until_text=f"{local(row.run_until) + timedelta(minutes=1):%H:%M}",
    )


def _same_version(actor: Actor, version: int) -> None:
    now = load_settings(actor.hall_id).directory_version
    if now != version:
        raise errors.BadInput("mailing", "other_version", version=now, before=version)


def _take(actor: Actor, change: Change, row: models.Mailing) -> Run:
    key = new_id()
    models.Mailing.update(
        run=key,
        run_since=change.at,
        run_until=change.at + LEASE,
        run_staff=actor.staff_id,
        error="",
    ).where(models.Mailing.id == row.id).execute()
    result = models.MailingResult
    count = result.select().where(result.mailing == row.id, result.state == "waiting").count()
    change.record("directory.mail_started", row.id, version=row.version, count=count)
    return Run(row.id, key, row.subject, row.text)


# --- the run ----------------------------------------------------------------------------------------------------


def next_envelope(actor: Actor, run: Run) -> Envelope | None:
    """The next address, which is `unknown` from now on; None when none waits. Raises BeingSent when the run was taken
    over by somebody else."""
    actor.needs("directory.mail")
    with actor.store.change(actor) as change:
        _still_ours(actor, run, change.at)
        result, community = models.MailingResult, models.Community
        row = (
            result.select(result, community)
            .join(community)
            .where(
                result.mailing == run.mailing_id,
                result.state == "waiting",
                community.retired_at.is_null(),
            )
            .order_by(community.id)
            .first()
        )
        if row is None:
            return None
        tries = row.tries + 1
        result.update(state="unknown", error=UNDER_WAY, tries=tries, at=change.at).where(
            result.id == row.id
        ).execute()
        return Envelope(row.id, row.address, row.community.name, tries)


def record(actor: Actor, envelope: Envelope, outcome: Outcome) -> None:
    """Writes down what became of a try, whoever has the run by now. Not sent, and not refused: `waiting` again."""
    actor.needs("directory.mail")
    with actor.store.change(actor) as change:
        result = models.MailingResult
        result.update(state=outcome.state, error=outcome.error, at=change.at).where(
            result.id == envelope.id,
            result.hall == actor.hall_id,
            result.state == "unknown",
            result.tries == envelope.tries,
        ).execute()


def finish(actor: Actor, run: Run, error: str = "") -> Mailing:
    """Gives the run back; `error` is why it ended early. Does nothing when somebody else has taken it over."""
    actor.needs("directory.mail")
    with actor.store.change(actor) as change:
        mailing = models.Mailing
        given = (
            mailing.update(run=None, run_since=None, run_until=None, run_staff=None, error=error)
            .where(mailing.id == run.mailing_id, mailing.run == run.key)
            .execute()
        )
        done = _view(actor, _row(actor, run.mailing_id))
        if given:
            counts = done.counts
            change.record(
                "directory.mailed",
                run.mailing_id,
                version=done.version,
                sent=counts["sent"],
                refused=counts["refused"],
                unknown=counts["unknown"],
                waiting=counts["waiting"],
            )
        return done


def _still_ours(actor: Actor, run: Run, at: datetime) -> None:
    mailing = models.Mailing
    held = (
        mailing.update(run_until=at + LEASE)
        .where(mailing.id == run.mailing_id, mailing.run == run.key)
        .execute()
    )
    if not held:
        row = _row(actor, run.mailing_id)
        if row.run is None:
            raise errors.BadInput("mailing", "nothing_left")
        raise _being_sent(actor, row)


# --- what a person decides --------------------------------------------------------------------------------------


def settle(actor: Actor, result_id: UUID, arrived: bool) -> None:
    """Somebody asked the community whether the mail of which nobody knew has come: if not, it waits to be sent again.

    Raises NotFound `mailing`, BeingSent while its mailing is being sent; what is not unknown any more stays as it is.
    """
    actor.needs("directory.mail")
    with actor.store.change(actor) as change:
        result = models.MailingResult
        row = result.get_or_none(result.id == result_id, result.hall == actor.hall_id)
        if row is None:
            raise errors.NotFound(kind="mailing", key="")
        _one_at_a_time(actor, change)
        state = "sent" if arrived else "waiting"
        changed = (
            result.update(state=state, error="", at=change.at)
            .where(result.id == result_id, result.state == "unknown")
            .execute()
        )
        if changed:
            change.record("directory.mail_settled", row.mailing_id, arrived=arrived)


# --- rows and views ---------------------------------------------------------------------------------------------


def _row(actor: Actor, mailing_id: UUID) -> models.Mailing:
    mailing = models.Mailing
    row: models.Mailing | None = mailing.get_or_none(
        mailing.id == mailing_id, mailing.hall == actor.hall_id
    )
    if row is None:
        raise errors.NotFound(kind="mailing", key="")
    return row


def _view(actor: Actor, row: models.Mailing) -> Mailing:
    result, community = models.MailingResult, models.Community
    rows = (
        result.select(result, community)
        .join(community)
        .where(result.mailing == row.id)
        .order_by(community.id)
    )
    live = row.run is not None and row.run_until > actor.store.now()
    return Mailing(
        row.id,
        row.at,
        _name(row.staff),
        row.version,
        row.subject,
        row.text,
        _name(row.run_staff) if live else "",
        row.run_until if live else None,
        row.error,
        tuple(
            Result(
                one.id, one.community.id, one.community.name, one.address, one.state, one.error, one.tries, one.at,
                under_way=live and one.error == UNDER_WAY,
            )
            for one in rows
        ),
    )  # fmt: skip


def _name(staff: models.Staff | None) -> str:
    return _(COMMAND_LINE) if staff is None else str(staff.name)


def _chosen(actor: Actor, keys: Iterable[UUID]) -> list[models.Community]:
    """The communities with these keys. Raises BadInput `communities` when one was retired meanwhile."""
    wanted = set(keys)
    community = models.Community
    rows = community.select().where(
        community.hall == actor.hall_id, community.retired_at.is_null(), community.id.in_(wanted)
    )
    found = sorted(rows, key=lambda row: row.id)
    if len(found) < len(wanted):
        raise errors.BadInput("communities", "gone")
    return found


def _problem(address: str) -> str:
    try:
        mail_addresses.checked(address)
    except errors.BadInput as error:
        return error.reason
    return ""


def _good(community: models.Community) -> str:
    """Its address. Raises BadInput `mail_address` that names the community."""
    if reason := _problem(community.email):
        raise errors.BadInput("mail_address", f"of_{reason}", community=community.name)
    return mail_addresses.checked(community.email)
