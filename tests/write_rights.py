"""Writes docs/rights.md from the table of rights: `python -m tests.write_rights`."""

from __future__ import annotations

from pathlib import Path

from hall_desk import i18n
from hall_desk.services.accounts import RIGHTS, Role

PATH = Path(__file__).resolve().parents[1] / "docs" / "rights.md"

# What each right lets one do, in one line.
MEANINGS = {
    "screening.record": "record and undo temperature checks",
    "screening.read": "see today's checks",
    "passages.record": "count people in and out",
    "passages.read": "see how many are in the hall",
    "incidents.open": "report an incident and add a step to it",
    "incidents.read": "see incidents",
    "incidents.handle": "take an incident on, close it",
    "matters.read": "look matters up",
    "consultations.record": "record and undo consultations",
    "consultations.read": "see today's consultations",
    "missing_notices.give": "give a one-time notice of missing papers",
    "missing_notices.read": "find such a notice again",
    "tickets.open": "open a ticket, take papers in",
    "tickets.read": "see tickets and find residents",
    "tickets.claim": "claim a ticket",
    "tickets.handle": "handle a claimed ticket: papers, result, transfer, suspension",
    "tickets.withdraw": "withdraw a ticket for the resident",
    "tickets.hand_back": "hand papers back to the resident",
    "tickets.correct": "correct an opened ticket",
    "tickets.print": "print a ticket's papers",
    "identity.find": "find a resident by a whole ID number",
    "identity.reveal": "see a whole ID number for ten seconds, with a reason",
    "identity.review": "see who was shown ID numbers",
    "identity.recovery": "print the recovery sheet of the hall's key",
    "custody.read": "see who holds which paper",
    "slips.give": "give a telephone slip",
    "callbacks.read": "see the calls to make",
    "callbacks.promise": "promise a call, withdraw a promise",
    "callbacks.call": "make calls, note what came of them",
    "callbacks.reopen": "open a call again that somebody else settled",
    "phone_cases.read": "see cases settled by telephone",
    "phone_cases.record": "record a case settled by telephone",
    "phone_cases.correct": "take back another clerk's telephone case",
    "numbers.read": "see which numbers are said to be wrong",
    "numbers.report": "say that a number is wrong",
    "numbers.settle": "say that a number was put right",
    "foyer.read": "see what the foyer's screen shows",
    "foyer.call": "call a resident to the desk on the foyer's screen",
    "foyer.notices": "write notices on the foyer's screen",
    "day.close": "close the day",
    "attendance.record": "record the staff's comings and temperatures",
    "attendance.read": "see who of the staff is here",
    "attendance.health": "see what the staff said about their health",
    "posts.read": "see who is on which post and holds what",
    "posts.take": "go on a post, leave it",
    "posts.assign": "put somebody else on a post",
    "posts.hand_over": "hand over one's own post, or take one over",
    "posts.hand_over_for": "hand over for somebody who is gone",
    "disinfection.record": "record a round of disinfection",
    "disinfection.read": "see today's rounds",
    "ratings.offer": "offer a resident to rate",
    "ratings.read": "see ratings",
    "ratings.follow_up": "note what was done about a bad rating",
    "figures.read": "see the day's figures and the report",
    "directory.import": "import windows, matters, staff, communities",
    "directory.export": "export them",
    "directory.mail": "send the directory to the communities, set the mail server",
    "halls.read": "see the hall's settings",
    "halls.change": "change the hall's settings",
    "lists.read": "see the hall's lists row by row, with what happened to each row",
    "lists.change": "add, edit, order, retire and bring back windows, matters, staff and communities",
    "accounts.read": "see all accounts",
    "accounts.change": "add accounts, retire them, set a forgotten PIN",
    "accounts.own_pin": "change one's own PIN",
    "backups.make": "make a backup",
    "outbox.read": "see what waits for the server",
    "outbox.settle": "settle what the server refused",
    "retention.purge": "remove personal data whose time is over",
    "drill.record": "record a day of the hall without its people, for a drill",
    "drill.run": "run a drill day in a practice hall, and set its clock's pace",
    "journal.read": "read and filter the journal",
    "journal.verify": "prove that a day's journal was not changed",
    "journal.export": "export the journal",
}  # fmt: skip
SUBJECTS = {
    "screening": "The door", "passages": "The door", "incidents": "Incidents", "matters": "Consultation",
    "consultations": "Consultation", "missing_notices": "Consultation", "slips": "Consultation",
    "tickets": "Tickets and papers", "identity": "Tickets and papers", "custody": "Tickets and papers",
    "callbacks": "Calls", "phone_cases": "Calls", "numbers": "Calls", "foyer": "The foyer's screen",
    "attendance": "The staff's day", "posts": "The staff's day", "disinfection": "The staff's day",
    "ratings": "Ratings",
}  # fmt: skip
THE_HALL = "The hall"
HEAD = """# Rights

Made from the table in `hall_desk/services/accounts.py` by `python -m tests.write_rights`; a test calls every function
of the services as every role and compares. The command line acts as a manager. A screen hides what would be refused.
"""


def written() -> str:
    """The document as the table of rights has it now."""
    with_names = [(role, _named(role)) for role in Role]
    groups: dict[str, list[str]] = {}
    for right in RIGHTS:
        groups.setdefault(SUBJECTS.get(right.partition(".")[0], THE_HALL), []).append(right)
    lines = [HEAD]
    for subject, rights in groups.items():
        lines += [f"## {subject}\n"]
        lines += ["| may | " + " | ".join(name for _role, name in with_names) + " | right |"]
        lines += ["|---|" + ":-:|" * len(with_names) + "---|"]
        for right in rights:
            marks = ["✓" if role in RIGHTS[right] else "" for role, _name in with_names]
            lines.append(f"| {MEANINGS[right]} | " + " | ".join(marks) + f" | `{right}` |")
        lines.append("")
    return "\n".join(lines)


def _named(role: Role) -> str:
    before = i18n.language()
    i18n.use("en")
    try:
        return i18n.code("role", role.value)
    finally:
        i18n.use(before)


if __name__ == "__main__":
    PATH.write_text(written(), "utf-8")
