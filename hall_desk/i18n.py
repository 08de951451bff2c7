"""Texts in the chosen language. Source texts are English; Simplified Chinese is complete and the default.

`_` and `_n` translate; `N_` marks a text that is translated where it is used. The words for stored codes
(`code`) and for expected failures (`explain`) are here, in one place, for screens, papers and commands alike.
"""

from __future__ import annotations

import gettext
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hall_desk import errors, resources

if TYPE_CHECKING:
    pass

DEFAULT = "zh_CN"
LANGUAGES = {"zh_CN": "简体中文", "en": "English"}

_language = DEFAULT
_catalogue: gettext.NullTranslations | None = None


def use(language: str) -> None:
    """Chooses the language of all texts made from now on; an unknown one means the default."""
    global _language, _catalogue
    _language = language if language in LANGUAGES else DEFAULT
    if _language == "en":
        _catalogue = gettext.NullTranslations()
        return
    path = resources.path("translations", _language, "LC_MESSAGES", "hall_desk.mo")
    with path.open("rb") as file:
        _catalogue = gettext.GNUTranslations(file)


def language() -> str:
    return _language


def _current() -> gettext.NullTranslations:
    if _catalogue is None:
        use(_language)
    assert _catalogue is not None
    return _catalogue


def _(text: str) -> str:
    return _current().gettext(text) if text else ""


def _n(one: str, many: str, count: int) -> str:
    return _current().ngettext(one, many, count)


def N_(text: str) -> str:
    """Marks a text for translation; the caller passes it through `_` when it is shown."""
    return text


# --- words for stored codes ----------------------------------------------------------------------

WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)

CODES: dict[str, dict[str, str]] = {
    "print_state": {
        "waiting": N_("Waits"),
        "printing": N_("Is printed"),
        "printed": N_("Came out"),
        "failed": N_("Not printed"),
        "unknown": N_("Came out?"),
        "dropped": N_("Dropped"),
        "kept": N_("Kept as PDF"),
    },
    # The causes of CannotPrint in two or three words.
    "print_trouble": {
        "offline": N_("printer not reached"),
        "no_paper": N_("no paper"),
        "cover_open": N_("cover is open"),
        "faulty": N_("printer faulty"),
        "busy": N_("printer in use"),
        "no_permission": N_("not allowed"),
        "stuck": N_("printer is stuck"),
        "slow": N_("printer too slow"),
        "cut": N_("connection broke off"),
        "unknown": N_("unknown printer"),
        "stopped": N_("queue stopped"),
        "refused": N_("printer refuses"),
        "too_wide": N_("too wide for the roll"),
        "folder": N_("folder missing"),
        "bad_address": N_("printer not understood"),
        "lost_file": N_("file is gone"),
        "unknown_outcome": N_("did it come out?"),
    },
    "mail_state": {
        "waiting": N_("Not sent yet"),
        "sent": N_("Sent"),
        "refused": N_("Not taken"),
        "unknown": N_("Arrived?"),
    },
    # Why one address did not get its mail.
    "mail_trouble": {
        "address": N_("The server does not know or take this address."),
        "full": N_("The mailbox is full."),
        "later": N_("Not taken for now; try again later."),
        "message": N_("The server does not take this message."),
        "too_large": N_("The message is too large for this mailbox."),
        "local_part": N_("The server takes only plain Latin letters before the @."),
        "stalled": N_("The server went silent."),
        "dropped": N_("The connection broke off."),
        "no_answer": N_("The server's answer never came: ask the community whether it arrived."),
        "under_way": N_(
            "The program ended while this was sent: ask the community whether it arrived."
        ),
    },
    "mail_security": {
        "starttls": N_("Encrypted (STARTTLS)"),
        "tls": N_("Encrypted from the start (TLS)"),
        "none": N_("Not encrypted"),
    },
    "state": {
        "queued": N_("Waiting"),
        "handling": N_("In hand"),
        "suspended": N_("Suspended"),
        "ready": N_("Ready"),
        "closed": N_("Closed"),
    },
    "ticket_outcome": {
        "finished": N_("Finished"),
        "withdrawn": N_("Withdrawn"),
        "terminated": N_("Terminated"),
    },
    "outcome": {"normal": N_("Normal"), "hold": N_("Measure again"), "fever": N_("Fever")},
    "holder": {
        "desk": N_("Front desk"),
        "runner": N_("On the way"),
        "window": N_("Window"),
        "resident": N_("Resident"),
        "kept": N_("Kept by the window"),
    },
    "person": {"resident": N_("Resident"), "staff": N_("Staff"), "other": N_("Other")},
    "priority": {
        "70+": N_("70+"),
        "disabled": N_("Disabled"),
        "pregnant": N_("Pregnant"),
        "serviceman": N_("Serviceman"),
    },
    "attendance": {"in": N_("Came in"), "check": N_("Checked in between"), "out": N_("Went out")},
    "post": {
        "screening": N_("Screening post"),
        "consultation": N_("Consultation post"),
        "proxy": N_("Proxy post"),
        "window": N_("Window"),
    },
    "grade": {
        "5": N_("Very satisfied"),
        "4": N_("Satisfied"),
        "3": N_("Fairly satisfied"),
        "2": N_("Dissatisfied"),
        "1": N_("Very dissatisfied"),
    },
    "rating_reason": {
        "slow": N_("Took too long"),
        "manner": N_("Unfriendly manner"),
        "unclear": N_("Not explained clearly"),
        "errands": N_("Sent from place to place"),
        "mistake": N_("Mistake in papers or result"),
        "place": N_("Noisy, dirty or crowded"),
        "other": N_("Something else"),
    },
    "role": {
        "front_desk": N_("Front desk staff"),
        "window_clerk": N_("Window clerk"),
        "manager": N_("Manager"),
        "working_group": N_("Working group"),
        "foyer": N_("Foyer screen"),
    },
    "channel": {
        "on_the_spot": N_("On the spot"),
        "proxy": N_("Proxy"),
        "phone": N_("Phone"),
        "online": N_("Online"),
    },
    "incident": {
        "refuses_rules": N_("Refuses the rules"),
        "fever": N_("Fever"),
        "illness": N_("Illness"),
        "dispute": N_("Dispute"),
        "lost_papers": N_("Lost papers"),
        "equipment": N_("Equipment"),
        "other": N_("Other"),
    },
    "incident_state": {"open": N_("Being dealt with"), "closed": N_("Dealt with")},
    "without_check": {
        "unnamed": N_("Measured at the door without a name"),
        "not_inside": N_("The resident is not in the hall"),
    },
    "callback": {
        "due": N_("To be called"),
        "side": N_("Side list"),
        "reached": N_("Reached"),
        "no_answer": N_("No answer"),
        "wrong_number": N_("Wrong number"),
        "needs_visit": N_("Needs a visit"),
        "withdrawn": N_("No longer wanted"),
    },
    "callback_reason": {
        "came_in": N_("Came to the hall"),
        "not_wanted": N_("Does not want the call"),
        "settled_otherwise": N_("Settled otherwise"),
        "promised_twice": N_("Promised twice"),
        "ticket_resumed": N_("Ticket taken up again"),
    },
    "phone_outcome": {
        "settled": N_("Settled by phone"),
        "answered": N_("Question answered"),
        "needs_visit": N_("Needs a visit"),
        "passed_on": N_("Passed on"),
    },
    "asked": {"in_person": N_("In person"), "phone": N_("By phone")},
    "consultation_outcome": {
        "settled": N_("Settled on the spot"),
        "slip": N_("Phone slip printed"),
        "callback": N_("Callback promised"),
        "ticket": N_("Ticket opened"),
        "online": N_("Sent online"),
        "notice": N_("Notice of what is missing"),
    },
    "retention": {
        "screening": N_("Screening register"),
        "consultation": N_("Consultations and notices"),
        "ticket": N_("Proxy cases"),
        "callback": N_("Callbacks and phone cases"),
        "incident": N_("Incidents"),
    },
    "reveal_reason": {
        "business_system": N_("Business system"),
        "compare_card": N_("Compare the card"),
        "lost_card": N_("Lost card"),
        "complaint": N_("Complaint"),
        "other": N_("Something else"),
    },
    "kind": {
        "incident": N_("incident"),
        "ticket": N_("ticket"),
        "matter": N_("matter"),
        "window": N_("window"),
        "staff": N_("member of staff"),
        "community": N_("community"),
        "check": N_("temperature check"),
        "consultation": N_("consultation"),
        "missing_notice": N_("notice of what is missing"),
        "paper": N_("paper"),
        "report": N_("filed report"),
        "day": N_("closed day"),
        "hall": N_("hall"),
        "callback": N_("callback"),
        "phone_case": N_("phone case"),
        "number": N_("number report"),
        "desk": N_("desk letter"),
        "setting": N_("setting"),
        "record": N_("record"),
        "file": N_("file"),
        "outbox": N_("record of the outbox"),
        "notice": N_("notice"),
        "attendance": N_("entry"),
        "shift": N_("post"),
        "rating": N_("rating"),
        "mailing": N_("mailing"),
        "material": N_("paper of the checklist"),
    },
    # Second trips: how the first visit ended, what the second one was, and how a paper stands on the checklist.
    "first_trip": {
        "notice": N_("Notice given"),
        "suspended": N_("Suspended"),
        "withdrawn": N_("Withdrawn"),
        "terminated": N_("Terminated"),
        "difference": N_("Papers not as listed"),
        "consultation": N_("Consultation, sent away"),
    },
    "second_trip": {
        "ticket": N_("New ticket"),
        "notice": N_("Another notice"),
        "consultation": N_("Consultation"),
        "scan": N_("Notice opened again"),
        "resumed": N_("Ticket taken up again"),
    },
    "on_checklist": {
        "required": N_("Required"),
        "optional": N_("Not required"),
        "other_form": N_("In another form"),
        "absent": N_("Not on it"),
    },
}


def code(kind: str, value: str) -> str:
    """The word for a stored code; a code this program does not know is shown as it is."""
    text = CODES.get(kind, {}).get(value)
    return _(text) if text else value


def still_kept(text: str) -> str:
    """A resident's name, or what else was certainly said once; when it is gone, that its time was over."""
    return text or _("no longer kept")


def clock(seconds: float) -> str:
    """A duration as m:ss, or h:mm:ss from an hour on."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


# --- sentences for expected failures -------------------------------------------------------------

CANNOT_PRINT: dict[str, str] = {
    "offline": N_(
        "The printer {printer} cannot be reached. Is it switched on and its cable plugged in?"
    ),
    "no_paper": N_("The printer {printer} has no paper. Put in a new roll."),
    "cover_open": N_("The cover of the printer {printer} is open. Close it."),
    "faulty": N_("The printer {printer} reports a fault. Switch it off and on; look at its knife."),
    "busy": N_("The printer {printer} is in use by another program."),
    "no_permission": N_(
        "This user may not use the printer {printer}. Ask whoever looks after this PC."
    ),
    "stuck": N_("The printer {printer} takes no more. Look at its paper and its lamps."),
    "slow": N_("The printer {printer} took too long over the paper."),
    "cut": N_("The connection to the printer {printer} broke off."),
    "unknown": N_("This PC knows no printer {printer} any more. Choose another one."),
    "stopped": N_(
        "The queue of the printer {printer} is stopped. Ask whoever looks after this PC."
    ),
    "refused": N_(
        "The printer {printer} did not take the paper. It is kept and can be printed again."
    ),
    "too_wide": N_(
        "The paper is too wide for the roll in the printer {printer}. Send it to another one."
    ),
    "folder": N_("The folder {printer} is missing or cannot be written."),
    "bad_address": N_(
        "The printer “{printer}” in this PC's settings is not understood. Choose it again."
    ),
    "lost_file": N_("The paper's file is no longer there; print it again where it was made."),
}
BAD_INPUT: dict[tuple[str, str], str] = {
    ("printer", "kind"): N_(
        "Write the kind of the printer first, for example escpos+tcp://192.168.10.31"
    ),
    ("printer", "host"): N_("This is not the address of a printer. Type it as 192.168.10.31"),
    ("printer", "port"): N_("A port is a number from 1 to 65535; slip printers have 9100."),
    ("printer", "path"): N_("Name the device file, the port or the folder."),
    ("printer", "name"): N_("Name the system's printer."),
    ("printer", "baud"): N_("The speed is one of: {choices}."),
    ("printer", "cut"): N_("The cut is partial, full or no."),
    ("printer", "rows"): N_("The rows sent at once are a number from {least} to {most}."),
    ("printer", "option"): N_("Unknown: {name}."),
    ("pages", "syntax"): N_("Write pages as 1-3 or 2,5."),
    ("pages", "range"): N_("The paper has the pages 1 to {count}."),
    ("temperature", "empty"): N_("Type the temperature, for example 36.5 or 365."),
    ("temperature", "not_a_number"): N_(
        "This is not a temperature. Type a number such as 36.5 or 365."
    ),
    ("temperature", "out_of_range"): N_(
        "A body temperature lies between 34.0 and 43.0 ℃. Measure again."
    ),
    ("person", "unknown"): N_("Choose resident, staff or other."),
    ("check", "needed"): N_(
        "No passed temperature check today: it is required before intake in epidemic mode."
    ),
    ("check", "not_admitted"): N_(
        "This person's last temperature today was too high; nothing may be taken in."
    ),
    ("without_check", "unknown"): N_("Choose why there is no temperature check."),
    ("count", "nobody_inside"): N_("Nobody is in the hall by the count; nothing was recorded."),
    ("count", "shape"): N_("The number of people must lie between 1 and 99."),
    ("receipt", "unknown"): N_("No ticket of this hall has this receipt."),
    ("digest", "shape"): N_("A digest has 64 of the characters 0-9 and a-f; the first 16 will do."),
    ("days", "too_many"): N_("These are more than {limit} entries: choose fewer days."),
    ("digest", "one_day"): N_("A digest belongs to one day: say which with --date."),
    ("digest", "other_day"): N_("This paper is about another day."),
    ("incident_kind", "unknown"): N_("Choose what kind of incident it is."),
    ("place", "empty"): N_("Say where it is, so that somebody can come."),
    ("place", "too_long"): N_("The place is too long (at most {limit} characters)."),
    ("people", "too_long"): N_("The text is too long (at most {limit} characters)."),
    ("what", "empty"): N_("Say in a few words what happened."),
    ("what", "too_long"): N_("The text is too long (at most {limit} characters)."),
    ("step", "empty"): N_("Write what was done."),
    ("step", "too_long"): N_("The text is too long (at most {limit} characters)."),
    ("incident_result", "empty"): N_("Write how it ended, then close it."),
    ("incident_result", "too_long"): N_("The text is too long (at most {limit} characters)."),
    ("name", "empty"): N_("The name is needed."),
    ("name", "too_long"): N_("The name is too long (at most {limit} characters)."),
    ("phone", "empty"): N_("The phone number is needed."),
    ("phone", "not_a_phone"): N_(
        "This is not a phone number: 11 digits for a mobile, or area code and number."
    ),
    ("phone", "doubtful"): N_(
        "This number looks unusual. Compare it with the resident; Enter again keeps it."
    ),
    ("matter", "not_chosen"): N_("Choose a matter from the list, or empty the field."),
    ("due", "shape"): N_("A time looks like 10:30."),
    ("due", "past"): N_("That time has passed."),
    ("due", "too_far"): N_("A call can be promised for the next 60 days."),
    ("outcome", "unknown"): N_("Choose what came of it."),
    ("minutes", "shape"): N_("Minutes are a whole number from 0 to 600."),
    ("id_number", "length"): N_("An ID number has 18 characters."),
    ("id_number", "characters"): N_("An ID number has 17 digits and a last digit or X."),
    ("id_number", "birth_date"): N_("The birth date in this ID number does not exist."),
    ("id_number", "checksum"): N_(
        "One digit of this ID number is wrong. Compare it with the card."
    ),
    ("id_number", "masked_only"): N_("Of this ID number only what is shown was kept."),
    ("reveal_reason", "empty"): N_("Choose why it is needed."),
    ("reveal_note", "empty"): N_("Write in a few words why it is needed."),
    ("reveal_note", "too_long"): N_("The text is too long (at most {limit} characters)."),
    ("reveal_note", "id_number"): N_("Write the reason without an ID number."),
    ("recovery_code", "empty"): N_("Type or scan the recovery code of the hall's key."),
    ("recovery_code", "length"): N_("A recovery code has {wanted} characters; these are {found}."),
    ("recovery_code", "group_length"): N_("Group {group} has five characters on the sheet."),
    ("recovery_code", "group_character"): N_(
        "In group {group} stands a character that no code has."
    ),
    ("recovery_code", "group_wrong"): N_("Group {group} is not as on the sheet. Compare it."),
    ("recovery_code", "whole"): N_("This is not a recovery code."),
    ("recovery_code", "other_hall"): N_("This is the recovery code of another hall."),
    ("matter", "empty"): N_("Choose a matter."),
    ("matter", "gone"): N_("This matter is no longer offered. Choose another one."),
    ("matter", "no_window"): N_("This matter has no window yet. A manager must assign one."),
    ("matter", "not_by_proxy"): N_(
        "This matter cannot be handled by proxy. Print a phone slip instead."
    ),
    ("window", "gone"): N_("This window is no longer in use. Choose another one."),
    ("window", "empty"): N_("Choose a window."),
    ("window", "same"): N_("The ticket is at this window already."),
    ("papers", "name"): N_("Every paper needs a name."),
    ("papers", "count"): N_("The number of copies must lie between 1 and 99."),
    ("papers", "too_many"): N_("At most {limit} papers can go on one ticket."),
    ("papers", "shared_gone"): N_(
        "{paper} is no longer in the hall's hands. Take it in again as a paper of this ticket."
    ),
    ("visit", "gone"): N_("The first ticket of this visit is not there any more."),
    ("callback", "no_phone"): N_("This resident left no phone number to call."),
    ("callback", "past"): N_("That time has passed."),
    ("callback", "shape"): N_("A time looks like 10:30."),
    ("callback", "too_far"): N_("A call can be promised for the next 60 days."),
    ("form", "not_yet"): N_("There is nothing to write on this paper yet."),
    ("collector", "empty"): N_("Write who collects the papers."),
    ("collector", "too_long"): N_("The name is too long (at most {limit} characters)."),
    ("second", "empty"): N_("Choose the colleague who stands by."),
    ("second", "same"): N_("The second person must be somebody else."),
    ("changes", "empty"): N_("Nothing has been changed yet."),
    ("consent", "missing"): N_("Tick that the resident agrees to be represented."),
    ("priority", "unknown"): N_("This priority is not on the hall's list."),
    ("remark", "too_long"): N_("The remark is too long (at most {limit} characters)."),
    ("reason", "empty"): N_("A reason is needed."),
    ("reason", "too_long"): N_("The text is too long (at most {limit} characters)."),
    ("result", "empty"): N_("Write the result for the resident."),
    ("result", "too_long"): N_("The result is too long (at most {limit} characters)."),
    ("missing", "empty"): N_("Write what is missing."),
    ("missing", "too_many"): N_("At most {limit} papers can stand on one notice."),
    ("papers", "too_long"): N_("The name of a paper is too long (at most {limit} characters)."),
    ("question", "empty"): N_("Choose a matter, or write the question in a few words."),
    ("question", "too_long"): N_("The question is too long (at most {limit} characters)."),
    ("code", "shape"): N_("A notice's code has 12 digits."),
    ("code", "checksum"): N_("One digit of this code is wrong. Compare it with the paper."),
    ("thermometer", "address"): N_("Name the port, for example /dev/ttyUSB0 or COM3."),
    ("thermometer", "baud"): N_("This speed is not one of a thermometer: take 9600 if unsure."),
    ("thermometer", "option"): N_("An option of the thermometer's port is not known."),
    ("thermometer_pattern", "not_a_pattern"): N_(
        "This is no pattern (regular expression). Leave it empty for the usual one."
    ),
    ("thermometer_pattern", "no_group"): N_(
        "The pattern needs brackets around the degrees, for example T=([0-9.]+)"
    ),
    ("thermometer_pattern", "too_long"): N_("A pattern has at most {limit} characters."),
    ("thermometer_pattern", "too_slow"): N_(
        "This pattern tries too many ways and would take too long. Make it simpler."
    ),
    ("code", "not_whole"): N_("A part of this code is missing. Scan or type it again."),
    ("code", "misread"): N_("This code was read or typed wrong. Try again."),
    ("code", "other_hall"): N_("This notice is from another hall."),
    ("receipt", "not_whole"): N_("A part of this code is missing. Scan or type it again."),
    ("receipt", "misread"): N_("This code was read or typed wrong. Try again."),
    ("receipt", "other_hall"): N_("This receipt is from another hall."),
    ("proof", "not_whole"): N_("A part of this code is missing. Scan or type it again."),
    ("proof", "misread"): N_("This code was read or typed wrong. Try again."),
    ("proof", "other_hall"): N_("This receipt is from another hall."),
    ("note", "empty"): N_("Write a note for the next window."),
    ("proof", "empty"): N_("Scan the receipt, or type the pick-up code or a phone or ID tail."),
    ("proof", "note_unread"): N_("Read the note from the last window first."),
    ("pin", "too_short"): N_("A PIN has at least {limit} characters."),
    ("pin", "too_long"): N_("A PIN or password has at most {limit} characters."),
    ("pin", "same"): N_("The new PIN is the old one."),
    ("old_pin", "empty"): N_("Type the PIN you have now."),
    ("pin", "too_simple"): N_(
        "This PIN is too easy to guess. Do not repeat one digit or count up."
    ),
    ("pin", "not_the_same"): N_("The two PINs are not the same."),
    ("pin", "passwords_differ"): N_("The two passwords are not the same."),
    ("server", "empty"): N_("Type the server's name or address."),
    ("server", "shape"): N_("This is not the name or address of a server, such as 192.168.1.10."),
    ("address", "shape"): N_(
        "This is not the address of a database, such as postgresql://user@server/hall."
    ),
    ("port", "shape"): N_("From 1 to 65535; usually 5432."),
    ("database", "empty"): N_("Type the name of the database."),
    ("user", "empty"): N_("Type the name of the database user."),
    ("ca_file", "empty"): N_("Choose the CA file that the server's administrator gave you."),
    ("ca_file", "missing"): N_("There is no such file."),
    ("day", "ahead"): N_("The opening day cannot lie ahead."),
    ("balance", "shape"): N_("Type a whole number, such as 0 or 12800."),
    ("letter", "taken"): N_("Another PC has this letter."),
    ("files", "empty"): N_("Choose at least one file, or another way to start."),
    ("letter", "shape"): N_("The desk letter is one letter from A to Z."),
    ("hall", "empty"): N_("The hall needs a name."),
    ("day", "shape"): N_("A date looks like 2020-02-21."),
    ("load", "count"): N_("{option} is too small, or greater than {limit}."),
    ("load", "database"): N_(
        "load tries a PostgreSQL server, or a temporary file when --database is left out."
    ),
    ("table", "unknown"): N_("This report has the tables {names}."),
    ("period", "no_first_day"): N_("Say the range's first day with --from."),
    ("period", "backwards"): N_("The first day comes after the last."),
    ("period", "too_long"): N_("A report covers at most {limit} days. Choose fewer."),
    ("trip_days", "range"): N_("Choose 1 to {limit} days between two visits."),
    ("output", "ending"): N_("The output's name must end in one of: {endings}."),
    ("drill", "not_practice"): N_("A drill runs in a practice hall only; this hall is real."),
    ("drill", "pace"): N_("A drill runs at 1, 2, 5, 10 or 60 times the pace of the day."),
    ("drill", "post"): N_("This drill has no such post."),
    ("drill", "other_hall"): N_(
        "This drill is of another hall; here is no {missing}. Make its own practice hall: hall-desk drill new"
    ),
    ("drill", "empty_day"): N_("Nothing happened on this day that a drill could replay."),
    ("drill", "too_long"): N_("More happened on this day than a drill can hold."),
    ("drill", "too_large"): N_("This file is too large for a drill."),
    ("drill", "not_a_drill"): N_("This file is not a drill of Hall Desk."),
    ("drill", "too_new"): N_(
        "This drill was recorded by a newer Hall Desk. Update this one first."
    ),
    ("drill", "damaged"): N_("This drill was damaged or changed; record it again."),
    ("drill", "shape"): N_("This drill says something that no Hall Desk records; record it again."),
    ("roll", "unknown"): N_("Choose the paper: {choices}."),
    ("notice", "empty"): N_("Write the notice."),
    ("notice", "too_long"): N_("The notice is too long (at most {limit} characters)."),
    ("notice", "past"): N_("This day is over already."),
    ("notice", "too_many"): N_("The screen has room for {limit} notices. Take one away first."),
    ("setting", "unknown"): N_("There is no setting of this name."),
    ("person", "empty"): N_("Choose a person."),
    ("person", "gone"): N_("This person no longer works here."),
    ("person", "oneself"): N_("Nobody retires themselves: another manager does."),
    ("person", "last_manager"): N_("The hall would have no manager left."),
    ("person", "holds_papers"): N_(
        "This person still holds {papers} papers of residents. Hand them over first."
    ),
    ("person", "handles_tickets"): N_(
        "This person is still handling {numbers}. Hand it over or put it back first."
    ),
    ("person", "on_post"): N_("This person is on a post. End that turn or hand it over first."),
    ("kind", "unknown"): N_("Choose coming in, a check or going out."),
    ("kind", "already_in"): N_("Already in the house since {since}. Record a check, or leaving."),
    ("kind", "not_in"): N_("Not in the house yet. Record coming in first."),
    ("symptoms", "too_long"): N_("The text is too long (at most {limit} characters)."),
    ("post", "unknown"): N_("Choose a post."),
    ("taker", "empty"): N_("Choose who takes over."),
    ("taker", "same"): N_("Giver and taker are the same person."),
    ("taker", "desk_only"): N_(
        "Papers of the front desk can only go to front desk staff or a manager."
    ),
    ("taker", "other_window"): N_(
        "What belongs to window {window} can only go to a clerk of that window or a manager."
    ),
    ("held", "changed"): N_("What is held has changed meanwhile. Look at it again, then confirm."),
    ("held", "nothing"): N_("This person is on no post and holds nothing."),
    ("pin", "empty"): N_("The PIN is needed."),
    ("area", "empty"): N_("Write which area was disinfected."),
    ("area", "too_long"): N_("The text is too long (at most {limit} characters)."),
    ("note", "too_long"): N_("The text is too long (at most {limit} characters)."),
    ("time", "shape"): N_("A time looks like 10:30."),
    ("time", "ahead"): N_("That time has not come yet."),
    ("grade", "unknown"): N_("Choose one of the five grades."),
    ("reasons", "empty"): N_("Please tell us what went wrong, so that we can put it right."),
    ("reasons", "unknown"): N_("Please choose from the reasons shown."),
    ("comment", "empty"): N_("Please write in a few words what it was."),
    ("comment", "too_long"): N_("The text is too long (at most {limit} characters)."),
    ("follow_up", "empty"): N_("Write what was found and what was done about it."),
    ("follow_up", "too_long"): N_("The text is too long (at most {limit} characters)."),
    ("offer", "over"): N_("The time for this rating is over. The desk can offer it again."),
    ("setting", "value"): N_("This value does not fit the setting."),
    ("setting", "number"): N_("Type a whole number, such as 0 or 60."),
    ("setting", "range"): N_("Type a whole number from {least} to {most}."),
    ("setting", "temperature"): N_("Type a temperature such as 37.3."),
    ("setting", "threshold"): N_("The threshold is from {least} to {most} ℃."),
    ("setting", "hours"): N_("Opening hours look like 9:00-12:00 13:30-17:00."),
    ("setting", "weekdays"): N_("Choose at least one day of the week."),
    ("setting", "date"): N_("“{text}” is no day: write 2026-10-01, or 2026-10-01~2026-10-07."),
    ("setting", "both"): N_("{text} stands among the closed days and the worked weekends."),
    ("setting", "empty"): N_("Write the word."),
    ("setting", "line_break"): N_("A line break does not belong here."),
    ("setting", "too_long"): N_("The text is too long (at most {limit} characters)."),
    ("setting", "twice"): N_("“{text}” is there twice."),
    ("setting", "too_many"): N_("At most {limit} of them."),
    ("mail_host", "empty"): N_("Type the mail server's name or address."),
    ("mail_host", "shape"): N_(
        "This is not the name or address of a server, such as mail.example.com."
    ),
    ("mail_host", "line_break"): N_("A line break does not belong here."),
    ("mail_host", "too_long"): N_("The text is too long (at most {limit} characters)."),
    ("mail_port", "shape"): N_("From 1 to 65535; usually 587, 465 or 25."),
    ("mail_security", "unknown"): N_("Choose how the connection is encrypted."),
    ("mail_user", "line_break"): N_("A line break does not belong here."),
    ("mail_user", "too_long"): N_("The text is too long (at most {limit} characters)."),
    ("mail_sender_name", "line_break"): N_("A line break does not belong here."),
    ("mail_sender_name", "too_long"): N_("The text is too long (at most {limit} characters)."),
    ("mail_address", "empty"): N_("Type an e-mail address."),
    ("mail_address", "shape"): N_("This is not an e-mail address such as name@example.com."),
    ("mail_address", "line_break"): N_(
        "This e-mail address has a line break in it; nothing was sent."
    ),
    ("mail_address", "of_empty"): N_("{community} has no e-mail address."),
    ("mail_address", "of_shape"): N_(
        "What {community} has is not an e-mail address; nothing was sent."
    ),
    ("mail_address", "of_line_break"): N_(
        "The e-mail address of {community} has a line break in it; nothing was sent."
    ),
    ("mail_subject", "empty"): N_("Write the subject."),
    ("mail_subject", "line_break"): N_("The subject is one line."),
    ("mail_subject", "too_long"): N_("The text is too long (at most {limit} characters)."),
    ("mail_text", "too_long"): N_("The text is too long (at most {limit} characters)."),
    ("communities", "empty"): N_("Tick at least one community."),
    ("communities", "gone"): N_("A community was retired meanwhile. Look at the list again."),
    ("mailing", "needs_send"): N_(
        "--only-failed and --to go with --send, and --also-unknown with --only-failed."
    ),
    ("mailing", "nothing_left"): N_("There is nobody left to send it to."),
    ("mailing", "other_version"): N_(
        "The directory has changed since (version {before}, now {version}). Send the new one as a mailing of its own."
    ),
    ("passphrase", "too_short"): N_("A passphrase has at least {limit} characters."),
    ("passphrase", "not_the_same"): N_("The two passphrases are not the same."),
}


CANNOT_UNDO: dict[str, str] = {
    "too_late": N_("The ten seconds are over: {number} stays as it is."),
    "not_yours": N_("{owner} has gone on with {number} since; nothing was undone."),
    "moved_on": N_("A paper of {number} has been passed on since; nothing was undone."),
    "never": N_("This step of {number} cannot be undone."),
}


CANNOT_MAIL: dict[str, str] = {
    "no_server": N_(
        "No mail server is set yet. A manager sets it where the directory is sent from."
    ),
    "no_password": N_("This PC has no password for the mail server {host}. Type it once more."),
    "name": N_(
        "No computer named {host} is known on this network. Check how the address is typed."
    ),
    "unreachable": N_(
        "The mail server {host} cannot be reached at port {port}. Check the port and the network cable."
    ),
    "no_answer": N_(
        "{host} does not answer at port {port}. Check the port, the encryption, and the firewall."
    ),
    "not_mail": N_(
        "What answers at {host}, port {port}, does not speak as expected. Check the port and the encryption."
    ),
    "cut": N_("The mail server {host} broke off the connection."),
    "no_starttls": N_(
        "The mail server {host} does not offer encryption at port {port}. Nothing was sent; choose another port or way."
    ),
    "certificate": N_(
        "Nobody this PC trusts vouches for the certificate of {host}. Nothing was sent, and no password; ask its "
        "administrator for the CA file."
    ),
    "certificate_name": N_(
        "The certificate shown is not for {host}. Nothing was sent; use the server's name as its "
        "certificate has it."
    ),
    "certificate_expired": N_(
        "The certificate of {host} has expired. Nothing was sent; tell its administrator, and check this PC's date."
    ),
    "ca_file": N_("The CA file for the mail server is missing on this PC, or is none."),
    "no_sign_in": N_(
        "The mail server {host} knows no signing in that Hall Desk knows. Leave the user empty."
    ),
    "sign_in": N_("The mail server {host} does not accept this user name or password."),
    "sign_in_needed": N_("The mail server {host} wants a user name and a password."),
    "encryption_needed": N_("The mail server {host} wants the connection encrypted."),
    "sender": N_("The mail server {host} does not take mail from this sender's address."),
    "too_large": N_("The message is too large for the mail server {host}. Nothing was sent."),
    "unavailable": N_("The mail server {host} takes no mail just now. Try again later."),
    "gives_up": N_(
        "Several times in a row the mail server broke off or was silent, so the rest was not tried. Try again later."
    ),
}

SERVER_REFUSED: dict[str, str] = {
    "password": N_("The server {host} does not accept this user name or password."),
    "no_password": N_("The server {host} asks for a password, and none was given."),
    "hba": N_(
        "The server {host} does not let this PC in. Its administrator must add a rule to pg_hba.conf."
    ),
    "database": N_(
        "The server {host} has no database of this name. Its administrator runs “hall-desk server init”."
    ),
    "no_tls": N_("The server {host} does not offer TLS, but this PC insists on it (sslmode)."),
    "certificate": N_(
        "The certificate of the server {host} was not made by the CA this PC trusts. Nothing was sent; "
        "ask the administrator for the right CA file (sslrootcert)."
    ),
    "certificate_name": N_(
        "The certificate shown is not for {host}. Nothing was sent; use the server's name as its "
        "certificate has it."
    ),
    "certificate_file": N_("The CA file named in the database address (sslrootcert) is not there."),
    "rights": N_(
        "This database user may not use the hall's tables on {host}. Use the application's user, or have "
        "the administrator run “hall-desk server init” again."
    ),
    "standby": N_(
        "The server {host} is a copy that only reads; nothing was saved. Use the first server's address, or have "
        "the administrator promote this one."
    ),
    "empty": N_(
        "The database on {host} has no tables yet and this user may make none. Its administrator runs "
        "“hall-desk server init” first."
    ),
}

CANNOT_PREPARE: dict[str, str] = {
    "not_postgres": N_(
        "This is not the address of a PostgreSQL server. It looks like postgresql://postgres@server/hall"
    ),
    "no_database": N_("Name the database as well, for example postgresql://postgres@server/hall"),
    "maintenance": N_(
        "The database “{database}” belongs to PostgreSQL itself. Choose another name."
    ),
    "too_old": N_(
        "The server is PostgreSQL {found}; Hall Desk needs {needed} or newer. Nothing was changed."
    ),
    "rights": N_(
        "This user may not make roles and a database here. Connect as the server's administrator, usually "
        "postgres. Nothing was changed."
    ),
    "encoding": N_(
        "The database is encoded in {found}; Hall Desk needs UTF8. Nothing was changed."
    ),
    "occupied": N_(
        "The database at {place} holds something else (the table {found}). Nothing was changed; name "
        "another database."
    ),
    "same_roles": N_("The owner and the application must be two roles."),
    "role_name": N_("“{role}” cannot be the name of a role."),
    "strong_role": N_(
        "The role “{role}” may do more than an application should. Name another one with --application."
    ),
    "short_password": N_("The application's password has at least {limit} characters."),
}


CANNOT_BACK_UP: dict[str, str] = {
    "no_tools": N_(
        "{tool} is not on this PC. Install PostgreSQL's client programs, of the server's version or newer."
    ),
    "tools_old": N_("{tool} of this PC is older than the server. Install the server's version."),
    "failed": N_("{tool} could not do it. Is the server there, and is there room on the disk?"),
    "engine": N_(
        "This backup is of a hall on {engine}. It can only be brought back to a place of that kind."
    ),
}

KEY_UNUSABLE: dict[str, str] = {
    "none": N_("This hall has no key: of ID numbers only the masked form is kept."),
    "missing": N_(
        "This PC lacks the hall's key: it keeps ID numbers masked only, and can neither find nor show them. Take the "
        "key from the recovery sheet with “hall-desk key take”."
    ),
    "damaged": N_(
        "The hall's key in {place} is damaged and not used. Take it again from the recovery sheet with “hall-desk "
        "key take”."
    ),
    "wrong": N_(
        "The key in {place} is not this hall's and not used. Take the right one from the recovery sheet with "
        "“hall-desk key take”."
    ),
    "unreadable": N_("This user may not read the hall's key in {place}, so it is not used."),
    "open_to_others": N_(
        "Other users of this PC may read the hall's key in {place}. Let only this user read it."
    ),
    "cannot_open": N_(
        "The hall's key does not open this ID number: it was changed, or sealed with another key."
    ),
}

NOT_A_BACKUP: dict[str, str] = {
    "shape": N_("This file is not a backup of Hall Desk."),
    "damaged": N_("This backup is damaged: it cannot be read to its end. Nothing was changed."),
    "passphrase_needed": N_("This backup is sealed: its passphrase is needed."),
    "wrong_passphrase": N_("The passphrase does not open this backup."),
    "too_new": N_("This backup was made by a newer Hall Desk. Update this program first."),
}


SERVER_NOT_REACHED: dict[str, str] = {
    "name": N_(
        "No computer named {host} is known on this network. Check how the address is typed."
    ),
    "closed": N_(
        "{host} is there, but nothing listens at port {port}. Check the port, and that PostgreSQL runs."
    ),
    "no_answer": N_(
        "{host} does not answer at port {port}. Check the network cable, and that the server and its "
        "firewall let this PC in."
    ),
    "no_route": N_("There is no way to {host} from this PC. Check the network cable."),
    "not_postgres": N_("What answers at {host}, port {port}, is not PostgreSQL. Check the port."),
    "given_up": N_("The test was cancelled."),
}


def _moment(value: Any) -> str:
    return value.astimezone().strftime("%H:%M") if isinstance(value, datetime) else str(value)


def explain(error: errors.HallDeskError) -> str:
    """The sentence for an expected failure: what happened, and what to do."""
    f = error.facts
    match error:
        case errors.BadInput():
            text = BAD_INPUT.get((error.field, error.reason))
            return _(text).format(**f) if text else _("This value cannot be taken.")
        case errors.BadFile():
            return _("The file was not taken; nothing was changed.")
        case errors.BadRow():
            return error.words
        case errors.EditConflict():
            return _(
                "{owner} changed {fields} too, at {time}. Choose which is right, then save again."
            ).format(
                owner=error.owner,
                fields=_(", ").join(error.fields),
                time=error.since_text,
            )
        case errors.NotFound():
            return _("There is no {kind} “{key}”.").format(
                kind=code("kind", error.kind), key=error.key
            )
        case errors.NotAllowed():
            return _("Your role does not allow this. Ask a manager.")
        case errors.SignInRefused():
            if f.get("tries_left"):
                return _n(
                    "Name or PIN is wrong. {count} try is left.",
                    "Name or PIN is wrong. {count} tries are left.",
                    f["tries_left"],
                ).format(count=f["tries_left"])
            return _("Name or PIN is wrong.")
        case errors.AccountLocked():
            return _("Too many wrong PINs. Try again in {minutes} min.").format(
                minutes=f["minutes"]
            )
        case errors.AlreadyClaimed():
            return _("{number} is with {owner} at window {window} since {since}.").format(
                number=error.number, owner=error.owner, window=error.window, since=f["since_text"]
            )
        case errors.WrongState():
            return _("{number} is “{state}” now; this step is not possible.").format(
                number=error.number, state=code("state", error.state)
            )
        case errors.PapersOut():
            return _("{number} cannot be closed: {papers} not back with the resident yet.").format(
                number=error.number, papers=_(", ").join(error.papers)
            )
        case errors.DataDestroyed():
            return _(
                "The personal data of {number} has been destroyed because its time was over."
            ).format(number=error.number)
        case errors.NothingWaiting():
            return _("Nobody is waiting at window {window}.").format(window=error.window)
        case errors.OpenTicketExists():
            return _(
                "This resident has {number} open for the same matter, at window {window} ({owner})."
            ).format(
                number=error.number, window=error.window, owner=error.owner or _("not claimed yet")
            )
        case errors.ChangedMeanwhile() if error.owner:
            return _("{number} was moved on by {owner} at {time}. Look at it again.").format(
                number=error.number, owner=error.owner, time=error.since_text
            )
        case errors.ChangedMeanwhile():
            return _("{number} was changed on another PC meanwhile. Look at it again.").format(
                number=error.number
            )
        case errors.NothingToUndo():
            return _(CANNOT_UNDO[error.reason]).format(number=error.number, owner=error.owner)
        case errors.SheetNeeded():
            return _(
                "{other} still needs {papers}: hand it back when that is done, or withdraw {other} first."
            ).format(other=error.other, papers=_(", ").join(error.papers))
        case errors.WrongProof():
            return _("This does not belong to {number}. Nothing was handed back.").format(
                number=error.number
            )
        case errors.PapersHeld() if error.tickets:
            return _(
                "Still held: {papers} papers, tickets {tickets}. Hand them over first."
            ).format(papers=error.papers, tickets=_(", ").join(error.tickets))
        case errors.PapersHeld():
            return _("Still held: {papers} papers. Hand them over first.").format(
                papers=error.papers
            )
        case errors.DoneByOther():
            return _("{owner} has done this already, at {since}.").format(
                owner=error.owner, since=error.since_text
            )
        case errors.BeingCalled():
            return _("{owner} is calling this number since {since}.").format(
                owner=error.owner, since=f["since_text"]
            )
        case errors.AlreadyCalled():
            return _("{owner} was first, at {since}: {outcome}. Nothing was changed.").format(
                owner=error.owner, since=f["since_text"], outcome=code("callback", error.outcome)
            )
        case errors.ServerNotReached():
            text = SERVER_NOT_REACHED[error.reason]
            return _(text).format(host=error.host, port=error.port)
        case errors.ServerRefused():
            text = SERVER_REFUSED.get(error.reason, SERVER_REFUSED["hba"])
            return _(text).format(host=error.host or "localhost")
        case errors.CannotPrepare():
            return _(CANNOT_PREPARE[error.reason]).format(**f)
        case errors.SeveralHalls():
            return _(
                "There are several halls here: {names}. “report” and “verify” take one of them with --hall."
            ).format(names=_(", ").join(error.names))
        case errors.CannotBackUp():
            engine = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(f.get("engine", ""), "")
            return _(CANNOT_BACK_UP[error.reason]).format(**{**f, "engine": engine})
        case errors.HallKeyUnusable():
            return _(KEY_UNUSABLE[error.reason]).format(place=error.place)
        case errors.NotABackup():
            return _(NOT_A_BACKUP[error.reason])
        case errors.DatabaseAway():
            return _(
                "The hall's server cannot be reached. Check the network cable; trying again by itself."
            )
        case errors.DatabaseBusy():
            return _("The database was busy and nothing was saved. Please try again.")
        case errors.DatabaseMissing():
            return _(
                "There is no hall at {place} yet. Make one with “hall-desk init”, or try “hall-desk demo”."
            ).format(place=error.place)
        case errors.SchemaTooNew():
            return _(
                "The database (version {found}) is newer than this program (version {known}). "
                "Update the program on this PC."
            ).format(found=error.found, known=error.known)
        case errors.SchemaTooOld() if f.get("by_admin"):
            return _(
                "The server's database (version {found}) is older than this program (version {known}). Its "
                "administrator must run “hall-desk server init” of the new program first."
            ).format(found=error.found, known=error.known)
        case errors.SchemaTooOld():
            return _(
                "The database (version {found}) is older than this program (version {known}). "
                "Run “hall-desk migrate” once."
            ).format(found=error.found, known=error.known)
        case errors.CannotWrite():
            reasons = {
                "read_only": _("{place} is read-only; nothing was saved."),
                "disk_full": _(
                    "The disk is full; {place} was not written. Free some space and try again."
                ),
                "no_permission": _("This user may not write {place}."),
                "no_folder": _("The folder of {place} does not exist."),
            }
            return reasons.get(error.reason, _("{place} cannot be written.")).format(
                place=error.place
            )
        case errors.NotADatabase():
            return _(
                "{place} is not a Hall Desk database, or it is damaged. Restore a backup."
            ).format(place=error.place)
        case errors.CannotPrint():
            text = CANNOT_PRINT.get(error.reason, CANNOT_PRINT["refused"])
            said = _(text).format(printer=error.printer)
            if f.get("begun"):
                said += " " + _(
                    "Something may have come out: look at the printer before printing again."
                )
            return said
        case errors.CannotMail():
            return _(CANNOT_MAIL[error.reason]).format(host=error.host, port=error.port)
        case errors.BeingSent():
            return _(
                "{owner} is sending the directory since {since}. If that program has ended, go on after {until}."
            ).format(owner=error.owner, since=f["since_text"], until=f["until_text"])
        case errors.MissingGlyph():
            return _("The fonts cannot show: {characters}").format(characters=error.characters)
        case errors.AlreadyThere():
            return _("There is a {kind} “{key}” already.").format(
                kind=code("kind", error.kind), key=error.key
            )
        case errors.DayClosed():
            return _("{day} was closed by {by} at {at} already.").format(
                day=error.day, by=error.by, at=f["at_text"]
            )
        case errors.DayNotSettled() if error.people:
            return _n(
                "{people} person is still counted in the hall. Say that everybody has left.",
                "{people} people are still counted in the hall. Say that everybody has left.",
                error.people,
            ).format(people=error.people)
        case errors.DayNotSettled():
            return _n(
                "{count} line is neither settled nor carried over with a reason.",
                "{count} lines are neither settled nor carried over with a reason.",
                error.count,
            ).format(count=error.count)
        case errors.IncidentClosed():
            return _("{owner} closed this incident at {time}; nothing was changed.").format(
                owner=error.owner, time=f["since_text"]
            )
        case errors.PreviewOutdated():
            return _(
                "The lists were changed meanwhile; nothing was imported. Look at what the file would do now."
            )
        case errors.Stopped():
            return _("Stopped. Nothing was made.")
        case errors.DayNotOver():
            return _("{day} lies ahead; there is nothing to report yet.").format(day=error.day)
    return _("This could not be done.")
