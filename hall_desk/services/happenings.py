"""What a journal entry says, in words: one sentence for every kind of happening that is recorded.

Of residents nothing can be said: the journal holds keys, numbers and codes. Staff are named when it is read.
"""

from __future__ import annotations

from typing import Any

from hall_desk import i18n
from hall_desk.i18n import N_, _, _n
from hall_desk.services import setting_forms

SENTENCES: dict[str, str] = {
    "hall.made": N_("{who} made this hall"),
    "hall.recovery_sheet_made": N_("{who} made the recovery sheet of the hall's key"),
    "hall.practice_clock_set": N_("{who} started the practice clock"),
    "setting.changed": N_("{who} changed the setting “{name}” from {before} to {after}"),
    "desk.letter_given": N_("{who} gave a PC the desk letter {letter_given}"),
    "staff.added": N_("{who} added the account of {subject}"),
    "staff.changed": N_("{who} changed the account of {subject}"),
    "staff.retired": N_("{who} retired the account of {subject}"),
    "staff.restored": N_("{who} brought back the account of {subject}"),
    "staff.pin_set": N_("{who} set the PIN of {subject}"),
    "staff.signed_in": N_("{subject} signed in"),
    "staff.sign_in_refused": N_("A sign-in as {subject} was refused, try {tries}"),
    "staff.confirmed": N_("{subject} confirmed with their PIN what {who} did"),
    "window.added": N_("{who} added a window"),
    "window.changed": N_("{who} changed a window"),
    "window.moved": N_("{who} moved a window from place {before} to {after}"),
    "window.retired": N_("{who} closed a window for good"),
    "window.restored": N_("{who} brought back a window"),
    "matter.added": N_("{who} added a matter"),
    "matter.changed": N_("{who} changed a matter"),
    "matter.retired": N_("{who} retired a matter"),
    "matter.restored": N_("{who} brought back a matter"),
    "community.added": N_("{who} added a community"),
    "community.changed": N_("{who} changed a community"),
    "community.retired": N_("{who} retired a community"),
    "community.restored": N_("{who} brought back a community"),
    "directory.mail_server_changed": N_("{who} changed the hall's mail server"),
    "directory.mail_started": N_(
        "{who} began to send directory version {version} to {count} communities"
    ),
    "directory.mailed": N_(
        "{who} sent directory version {version}: {sent} sent, {refused} not taken, {unknown} unknown, {waiting} left"
    ),
    "directory.mail_settled": N_("{who} settled whether a mail had arrived: {arrived}"),
    "check.recorded": N_("{who} recorded a temperature check: {outcome}"),
    "check.withdrawn": N_("{who} took a temperature check back"),
    "check.left": N_("{who} noted that somebody left before the second reading"),
    "check.waived": N_("{who} took somebody in without a check of their own"),
    "passage.came": N_("{who} counted {count} in"),
    "passage.left": N_("{who} counted {count} out"),
    "consultation.recorded": N_("{who} registered a question: {outcome}"),
    "consultation.withdrawn": N_("{who} took a registered question back"),
    "missing_notice.given": N_("{who} gave a notice of what is missing"),
    "missing_notice.reprinted": N_(
        "{who} printed a notice of what is missing again (reprint {count})"
    ),
    "missing_notice.reopened": N_("{who} opened a notice of what is missing again"),
    "slip.given": N_("{who} gave a phone slip for window {window}"),
    "callback.promised": N_("{who} promised a call"),
    "callback.calling": N_("{who} took the number of a callback"),
    "callback.let_go": N_("{who} laid a callback aside without calling"),
    "callback.called": N_("{who} called"),
    "callback.withdrawn": N_("{who}: the call is no longer due"),
    "callback.reopened": N_("{who}: the call is due again"),
    "callback.postponed": N_("{who} agreed another time for the call"),
    "phone_case.recorded": N_("{who} settled something by phone"),
    "phone_case.withdrawn": N_("{who} took a phone case back"),
    "number.reported": N_("{who} reported that the number of window {window} does not answer"),
    "number.settled": N_("{who} settled a number that did not answer"),
    "incident.opened": N_("{who} reported an incident: {incident_kind}"),
    "incident.answered": N_("{who} was on the way to an incident"),
    "incident.step_added": N_("{who} wrote a step of an incident"),
    "incident.closed": N_("{who} closed an incident"),
    "attendance.recorded": N_("{who} recorded a colleague in, out or checked"),
    "attendance.withdrawn": N_("{who} took back a colleague's record"),
    "post.taken": N_("{who} put somebody on a post: {post}"),
    "post.left": N_("{who} ended a turn on a post: {post}"),
    "post.handed_over": N_("{who} handed over a post with all it holds"),
    "disinfection.recorded": N_("{who} recorded a disinfection round"),
    "foyer.called_again": N_("{who} had the resident called again"),
    "foyer.notice_added": N_("{who} put up a notice in the foyer"),
    "foyer.notice_retired": N_("{who} took down a notice in the foyer"),
    "rating.offered": N_("{who} offered the resident a rating"),
    "rating.given": N_("A resident gave a rating"),
    "rating.followed_up": N_("{who} followed up a low rating"),
    "ticket.opened": N_("{who} took it in with {papers}"),
    "ticket.claimed": N_("{who} claimed it"),
    "ticket.received": N_("{who} received {papers}"),
    "ticket.released": N_("{who} put it back into the queue"),
    "ticket.suspended": N_("{who} suspended it"),
    "ticket.resumed": N_("{who} took it up again"),
    "ticket.transferred": N_("{who} passed it to window {window}"),
    "ticket.handed_over": N_("{who} passed it on with the post"),
    "ticket.note_read": N_("{who} read the note"),
    "ticket.finished": N_("{who} finished it, papers back to the desk"),
    "ticket.withdrawn": N_("{who} recorded that the resident withdrew"),
    "ticket.terminated": N_("{who} terminated it"),
    "ticket.handed_back": N_("{who} handed back {papers}"),
    "ticket.closed": N_("Closed"),
    "ticket.reprinted": N_("{who} printed a receipt or routing slip again"),
    "ticket.paper_printed": N_("{who} printed a standard paper"),
    "ticket.undone": N_("{who} took a step back"),
    "ticket.corrected": N_("{who} put right what was written"),
    "identity.revealed": N_("{who} was shown an ID number: {reason}"),
    "day.closed": N_("{who} closed the day {day}; {carried} carried over"),
    "day.report_filed": N_("{who} filed the report of {day} (copy {copy})"),
    "day.carried_over": N_("{who} carried it over when closing the day"),
    "retention.purged": N_("{who} destroyed personal data whose time was over"),
    "backup.made": N_("{who} made a backup"),
    "outbox.settled": N_("{who} settled a record of the outbox"),
    "journal.exported": N_("{who} exported the journal, {first_day} to {last_day}"),
}
TOPICS: dict[str, str] = {
    "attendance": N_("Staff health"),
    "backup": N_("Backup"),
    "callback": N_("Callbacks"),
    "check": N_("Temperatures"),
    "community": N_("Communities"),
    "consultation": N_("Consultations"),
    "day": N_("Close of day"),
    "desk": N_("Desk letters"),
    "directory": N_("Directory by e-mail"),
    "disinfection": N_("Disinfection"),
    "foyer": N_("Foyer screen"),
    "hall": N_("Hall"),
    "identity": N_("ID numbers"),
    "incident": N_("Incidents"),
    "journal": N_("Journal"),
    "matter": N_("Matters"),
    "missing_notice": N_("Notices of what is missing"),
    "number": N_("Numbers that do not answer"),
    "outbox": N_("Outbox"),
    "passage": N_("In and out of the hall"),
    "phone_case": N_("Phone cases"),
    "post": N_("Posts"),
    "rating": N_("Ratings"),
    "retention": N_("Retention"),
    "setting": N_("Settings"),
    "slip": N_("Phone slips"),
    "staff": N_("Accounts"),
    "ticket": N_("Tickets"),
    "window": N_("Windows"),
}
# Facts that are codes, and the list that has their words.
_CODES = {
    "check.recorded": {"outcome": "outcome"},
    "consultation.recorded": {"outcome": "consultation_outcome"},
    "incident.opened": {"incident_kind": "incident"},
    "identity.revealed": {"reason": "reveal_reason"},
    "post.taken": {"post": "post"},
    "post.left": {"post": "post"},
}


class _Facts(dict[str, str]):
    """Facts for a sentence; one that an older program did not write yet is a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def sentence(kind: str, facts: dict[str, Any], who: str, subject: str = "") -> str:
    """The entry in words; `subject` is the name of the member of staff it is about, where it is about one.

    A kind this program does not know is shown as it is, never left out.
    """
    text = SENTENCES.get(kind)
    if text is None:
        return f"{who} {kind}".strip()
    codes = _CODES.get(kind, {})
    words = _Facts({name: _word(codes.get(name), value) for name, value in facts.items()})
    if kind == "setting.changed":
        name = facts["name"]
        words["name"] = setting_forms.full_label(name)
        words["before"], words["after"] = (
            setting_forms.shown(name, facts[when]) for when in ("before", "after")
        )
    words["who"], words["subject"] = who, subject or "–"
    if "window_to" in words:
        words["window"] = words["window_to"]
    count = facts.get("papers", 0)
    if isinstance(count, int):
        words["papers"] = _n("{count} paper", "{count} papers", count).format(count=count)
    return _(text).format_map(words)


def topic(kind: str) -> str:
    """What a kind belongs to, in words."""
    name = kind.partition(".")[0]
    text = TOPICS.get(name)
    return _(text) if text else name


def _word(codes: str | None, value: Any) -> str:
    if codes is not None:
        return i18n.code(codes, str(value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _(", ").join(map(str, value))
    return str(value) if value not in (None, "") else "–"
