"""The expected failures of Hall Desk, as facts.

An expected failure is raised by a service (or converted at one edge: the database, a file, a printer) and says
what happened in attributes. It holds no user text and no personal data: the words, in each language, are made in
one place, `hall_desk.i18n.explain`. Anything that is not a `HallDeskError` is a bug.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any


class HallDeskError(Exception):
    """Base of all expected failures. `facts` are the keyword arguments, also readable as attributes."""

    def __init__(self, **facts: Any) -> None:
        super().__init__()
        self.facts = facts
        self.__dict__.update(facts)

    def __str__(self) -> str:
        # Only the class and the names of the facts: a traceback in a log must never show a person's data.
        return f"{type(self).__name__}({', '.join(sorted(self.facts))})"


# --- input ---------------------------------------------------------------------------------------


class BadInput(HallDeskError):
    """One value cannot be taken. `field` names where it was typed, `reason` is a stable code for the sentence."""

    field: str
    reason: str

    def __init__(self, field: str, reason: str, **facts: Any) -> None:
        super().__init__(field=field, reason=reason, **facts)


class BadFile(HallDeskError):
    """An import file was refused as a whole: its `name`, the first `problems` and how many there are.

    The problems are `services.import_problems.Problem`s, which have the words as well.
    """

    name: str
    problems: list[Any]
    problem_count: int


class BadRow(HallDeskError):
    """What was typed of one row of the hall's lists cannot be taken: `problems`, the first of them put into words.

    Each is a `services.list_forms.FieldProblem`, which says at which field it lies and has the words as well.
    """

    problems: list[Any]
    words: str


class EditConflict(HallDeskError):
    """Somebody else changed the same fields since the form was filled; nothing was written.

    `conflicts` are `services.list_editing.Conflict`s: the field, both values, who and when. `owner` (a name in
    words), `since` (UTC) and `since_text` are those of the newest; `fields` are the fields' names as they are shown.
    """

    conflicts: list[Any]
    owner: str
    since: datetime
    since_text: str
    fields: list[str]


class NotFound(HallDeskError):
    """`kind` (ticket, matter, window …) with `key` does not exist, or has been retired."""

    kind: str
    key: str


# --- rights --------------------------------------------------------------------------------------


class NotAllowed(HallDeskError):
    """The actor's role may not do this. `action` is the right's name, e.g. `tickets.claim`."""

    action: str


class SignInRefused(HallDeskError):
    """Wrong name or PIN. `tries_left` is None when the account is unknown."""

    tries_left: int | None


class AccountLocked(HallDeskError):
    """Too many wrong PINs; `until` says when the next try is taken (UTC)."""

    until: datetime


# --- the ticket's life ---------------------------------------------------------------------------


class AlreadyClaimed(HallDeskError):
    """Somebody else has the ticket: `number`, `owner` (staff short name), `window`, `since` (UTC)."""

    number: str
    owner: str
    window: str
    since: datetime


class WrongState(HallDeskError):
    """The ticket is not in a state that allows this. `number`, `state`, `action`."""

    number: str
    state: str
    action: str


class PapersOut(HallDeskError):
    """A ticket cannot be closed: `papers` are the names of papers that are not with the resident."""

    number: str
    papers: list[str]


class DataDestroyed(HallDeskError):
    """The time of what is kept of a ticket's resident is over: nothing of it is there, and nothing is added."""

    number: str


class NothingWaiting(HallDeskError):
    """No ticket is queued at this window."""

    window: str


class OpenTicketExists(HallDeskError):
    """The resident has an open ticket for the same matter: `number`, `window`, `owner`, `ticket_id`."""

    number: str
    window: str
    owner: str
    ticket_id: Any


class ChangedMeanwhile(HallDeskError):
    """Somebody else moved the ticket on since the screen showed it: `number`, `owner`, `since_text`."""

    number: str
    owner: str
    since_text: str


class NothingToUndo(HallDeskError):
    """The ticket's last step cannot be taken back: `number`, `owner` who took it.

    `reason` is `too_late`, `not_yours`, `moved_on` (a paper has gone on since) or `never` (such a step cannot be).
    """

    number: str
    owner: str
    reason: str


class SheetNeeded(HallDeskError):
    """A sheet cannot leave: `other` is the ticket of the same visit that still needs `papers`. `number`."""

    number: str
    other: str
    papers: list[str]


class WrongProof(HallDeskError):
    """The pick-up code, receipt or tail that was shown does not belong to this ticket."""

    number: str


# --- people --------------------------------------------------------------------------------------


class PapersHeld(HallDeskError):
    """A post cannot simply be left: `papers` papers and the `tickets` (numbers) are in this person's hands."""

    papers: int
    tickets: tuple[str, ...]


class DoneByOther(HallDeskError):
    """Somebody else has done this meanwhile: `owner` (staff), `since` (UTC), `since_text`."""

    owner: str
    since: datetime
    since_text: str


class IncidentClosed(HallDeskError):
    """An incident was closed meanwhile: by `owner` (staff name), `since` (UTC) and `since_text` (hall's time)."""

    owner: str
    since: datetime


# --- calls --------------------------------------------------------------------------------------


class BeingCalled(HallDeskError):
    """Somebody else has this number on the line: `owner`, `since` (UTC), `since_text`."""

    owner: str
    since: datetime


class AlreadyCalled(HallDeskError):
    """Somebody called or settled this callback meanwhile: `owner`, `since` (UTC), `since_text`, `outcome`.

    `outcome` is that of the call (`no_answer`) or the state it led to (`reached`, `withdrawn` …).
    """

    owner: str
    since: datetime
    outcome: str


# --- environment ---------------------------------------------------------------------------------


class DatabaseAway(HallDeskError):
    """The database server cannot be reached. `host` may be empty."""

    host: str


class ServerRefused(DatabaseAway):
    """The server is there but does not let this program in. `host` may be empty.

    `reason` is one of `password`, `no_password`, `hba` (no rule for this PC), `database` (none of this name), `no_tls`,
    `certificate` (not made by our CA), `certificate_name` (of another server), `certificate_file` (our CA file is
    missing), `rights` (the role may not use the tables), `empty` (no tables, and the role may make none), `standby` (a
    copy that only reads).
    """

    reason: str


class ServerNotReached(DatabaseAway):
    """Nothing was said to a database server yet. `host`, `port`.

    `reason` is one of `name` (no such name on this network), `closed` (the PC is there, nothing listens at the port),
    `no_answer` (silence), `no_route` (no way there), `not_postgres` (something else listens), `given_up` (cancelled).
    """

    port: int
    reason: str


class DatabaseBusy(HallDeskError):
    """A lock was not given in time; nothing was written; trying again is safe."""


class DatabaseMissing(HallDeskError):
    """There is no hall here yet: `place` is a file or a database name. The cure is `hall-desk init` or `demo`."""

    place: str


class SchemaTooNew(HallDeskError):
    """The database was made by a newer program: `found` and `known` are schema versions."""

    found: int
    known: int


class SchemaTooOld(HallDeskError):
    """The database must be migrated first (`hall-desk migrate`): `found` and `known` are schema versions.

    `by_admin` is True when this role may not do it: the server's administrator runs `hall-desk server init`.
    """

    found: int
    known: int


class CannotWrite(HallDeskError):
    """A file or folder cannot be written: `place`, and `reason` one of `read_only`, `disk_full`, `no_permission`."""

    place: str
    reason: str


class NotADatabase(HallDeskError):
    """The file at `place` is not a Hall Desk database, or is damaged."""

    place: str


class CannotPrint(HallDeskError):
    """The printer did not take the job: `printer`, `reason` (see `devices.printing.put`).

    With the fact `begun` something may have come out already.
    """

    printer: str
    reason: str


class CannotMail(HallDeskError):
    """The mail server does not take the hall's mail; nothing was delivered. `host`, `port`, and `reason` is one of

    `no_server` (none is set), `no_password` (this PC has none for it), `name` (no such computer), `unreachable`,
    `no_answer`, `not_mail` (what answers is no mail server, or one that is encrypted in another way), `cut`,
    `no_starttls` (it cannot encrypt), `certificate` (nobody this PC trusts vouches for it), `certificate_name` (it is
    another computer's), `certificate_expired`, `ca_file` (this PC's file of those it trusts), `no_sign_in` (it knows no
    users), `sign_in` (user or password refused), `sign_in_needed`, `encryption_needed`, `sender` (refused), `too_large`
    (with `limit` in bytes, 0 when it did not say), `unavailable` (not now), `gives_up` (several failed in a row).
    """

    host: str
    port: int
    reason: str


class BeingSent(HallDeskError):
    """Somebody is sending the directory just now: `owner`, `since` (UTC), `since_text`, `until_text`.

    From `until_text` on it is known that their program has ended, and somebody else may go on.
    """

    owner: str
    since: datetime
    since_text: str
    until_text: str


class MissingGlyph(HallDeskError):
    """The fonts have no shape for `characters`, so a paper would show a box instead of a name."""

    characters: str


class AlreadyThere(HallDeskError):
    """`kind` with `key` exists already (a hall in this place, a window number, a matter code)."""

    kind: str
    key: str


class DayNotOver(HallDeskError):
    """A report was asked for a day that lies ahead: `day`."""

    day: date


class PreviewOutdated(HallDeskError):
    """The hall's lists were changed since an import was shown: it would do something else now. Nothing was written."""


class Stopped(HallDeskError):
    """Somebody stopped a long piece of work; nothing came of it."""


class DayClosed(HallDeskError):
    """Somebody closed this day already: `day`, `by` (staff short name), `at` (UTC), `at_text` (in the hall)."""

    day: date
    by: str
    at: datetime


class DayNotSettled(HallDeskError):
    """A day cannot be closed: `count` things are open without a reason, `originals` of them papers.

    `people` are still counted in the hall and nobody said that they left.
    """

    count: int
    originals: int
    people: int


# --- the hall's key ------------------------------------------------------------------------------


class HallKeyUnusable(HallDeskError):
    """Something is wrong with this PC's key of the hall, kept at `place`. `reason` is one of

    `none` (the hall has no key), `missing` (this PC lacks it), `damaged`, `wrong` (another hall's), `unreadable` (for
    this user), `open_to_others` (used, but other users of the PC may read it), `cannot_open` (what is sealed was
    changed or is sealed with another key).
    """

    reason: str
    place: str


# --- backups -------------------------------------------------------------------------------------


class CannotBackUp(HallDeskError):
    """A backup could not be made or brought back. `reason` is one of

    `no_tools` (PostgreSQL's `tool` is not on this PC), `tools_old` (older than the server), `failed` (`tool` gave up),
    `engine` (made by a hall on the other kind of database, `engine`).
    """

    reason: str


class NotABackup(HallDeskError):
    """A file is not a backup that can be used. `reason` is one of

    `shape` (something else), `damaged`, `passphrase_needed`, `wrong_passphrase`, `too_new` (by a newer program).
    """

    reason: str


# --- a hall's server -----------------------------------------------------------------------------


class CannotPrepare(HallDeskError):
    """`server init` changed nothing. `reason` is one of

    `not_postgres`, `no_database` (the URL names none), `maintenance` (the URL names a database of PostgreSQL itself),
    `too_old` (`found` and `needed` are server versions), `rights` (the administrator lacks them), `encoding` (`found`),
    `occupied` (`place` holds something else; `found` names one table), `same_roles`, `role_name` (`role`),
    `strong_role` (`role` has more rights than an application may have), `short_password` (`limit`).
    """

    reason: str

    @property
    def mistyped(self) -> bool:
        """Whether something else has to be typed, and not something to be done on the server."""
        named = ("not_postgres", "no_database", "maintenance", "same_roles", "role_name")
        return self.reason in (*named, "strong_role", "short_password")


class SeveralHalls(HallDeskError):
    """The database holds several halls and none was chosen: `names`."""

    names: list[str]
