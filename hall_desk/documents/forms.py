"""The six standard papers of proxy service, filled from a ticket: A4, to be signed.

委托书, 受理单, 中止单, 续办委托书, 办结单 / 终止单 and 材料交接清单, as DB3205/T 1077-2023 and DB14/T 2233-2020
name them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.documents.flow import Column, Row, Table
from hall_desk.documents.form_sheet import ROOM, Sheet, lay_out
from hall_desk.documents.page import Paper
from hall_desk.documents.slip import window_title
from hall_desk.i18n import N_, _, _n

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from hall_desk.documents.flow import Block
    from hall_desk.services.ticket_forms import Event, FormFacts, FormHandBack, FormPaper, Handling

STANDARDS = "DB3205/T 1077-2023, DB14/T 2233-2020"
# The name each paper has in the standards, and what it is.
TITLES = {
    "authorisation": ("委托书", N_("Authorisation")),
    "acceptance": ("受理单", N_("Acceptance")),
    "suspension": ("中止单", N_("Suspension")),
    "resumption": ("续办委托书", N_("Authorisation to resume")),
    "completion": ("办结单", N_("Completion")),
    "termination": ("终止单", N_("Termination")),
    "custody_list": ("材料交接清单", N_("List of papers handed over")),
}
PROOFS = {
    "receipt": N_("receipt shown"),
    "pickup_code": N_("pick-up code"),
    "phone_tail": N_("end of the phone number"),
    "id_tail": N_("end of the ID number"),
    "other_collector": N_("colleague as witness"),
}


def title_of(kind: str, outcome: str = "") -> str:
    """The name of a paper; where English is chosen the standard's Chinese name stands before it."""
    ended_early = kind == "completion" and outcome in ("withdrawn", "terminated")
    chinese, english = TITLES["termination" if ended_early else kind]
    shown = _(english)
    return shown if shown == chinese else f"{chinese} {shown}"


def form(facts: FormFacts) -> bytes:
    """One paper as a PDF. Up to about fifteen papers it is one page; a longer list goes on on the next.

    Raises `resources.ResourceMissingError` when the fonts are missing.
    """
    title = title_of(facts.kind, facts.outcome)
    paper = Paper(title=f"{title} {facts.number}", author=facts.hall, made_at=facts.printed.at)
    fill = {
        "authorisation": _authorisation,
        "acceptance": _acceptance,
        "suspension": _suspension,
        "resumption": _resumption,
        "completion": _completion,
        "custody_list": _custody_list,
    }[facts.kind]

    def blocks(sheet: Sheet) -> list[Block | Table]:
        day = _date(facts.opened.at)
        head = sheet.head(facts.hall, title, facts.number, day, facts.code)
        return [head, sheet.gap(1.5), *fill(sheet, facts)]

    foot = _(
        "Printed {time} by {who} · after {standards} · scan the code to open the ticket"
    ).format(
        time=f"{facts.printed.at:%Y-%m-%d %H:%M}", who=facts.printed.staff, standards=STANDARDS
    )
    return lay_out(paper, blocks, foot, practice=facts.practice)


# --- what several papers have -------------------------------------------------------------------


def _date(moment: datetime) -> str:
    return _("{year}-{month}-{day}").format(
        year=moment.year, month=f"{moment:%m}", day=f"{moment:%d}"
    )


def _time(moment: datetime | None) -> str:
    return f"{_date(moment)} {moment:%H:%M}" if moment is not None else ""


def _who(event: Event | None) -> str:
    return event.staff if event is not None else ""


def _resident(facts: FormFacts, label: str) -> list[list[tuple[str, str]]]:
    name = facts.resident
    if facts.priority:
        name = f"{name}  ({i18n.code('priority', facts.priority)})"
    return [
        [(label, name), (_("Phone"), facts.phone_masked)],
        [(_("ID number"), facts.id_masked), (_("Accepted at"), _time(facts.opened.at))],
    ]


def _matter(facts: FormFacts) -> list[tuple[str, str]]:
    matter = facts.matter
    if facts.matter_code:
        matter = f"{matter}  ({facts.matter_code})"
    return [(_("Matter"), matter)]


def _window(facts: FormFacts) -> list[tuple[str, str]]:
    phone = facts.window.phone
    if phone and facts.window.extension:
        phone = f"{phone} {_('ext. {extension}').format(extension=facts.window.extension)}"
    return [(_("Window"), window_title(facts.window)), (_("Its phone"), phone)]


def _papers(sheet: Sheet, facts: FormFacts, title: str) -> list[Block | Table]:
    """The papers that came from the resident, with what the window found otherwise."""
    own = [paper for paper in facts.papers if not paper.line.new]
    if not own:
        return [sheet.heading(title), sheet.text(_("No papers were taken in."))]
    rows = tuple(
        Row((str(number), paper.line.name, _kind(paper), str(paper.line.count), _note(paper)))
        for number, paper in enumerate(own, start=1)
    )
    columns = (
        Column(_("No."), 11, "centre"),
        Column(_("Paper"), 81),
        Column(_("Original / copy"), 26),
        Column(_("Copies"), 16, "centre"),
        Column(_("Remark"), 36),
    )
    return [sheet.heading(title), Table(columns, rows)]


def _kind(paper: FormPaper) -> str:
    return _("Original") if paper.line.original else _("Copy")


def _note(paper: FormPaper) -> str:
    line = paper.line
    parts = []
    if line.difference:
        parts.append(_("missing") if line.difference == "missing" else line.difference)
    if line.shared:
        parts.append(_("with {number}").format(number=line.shared))
    return _(", ").join(parts)


# --- the papers ---------------------------------------------------------------------------------


def _authorisation(sheet: Sheet, facts: FormFacts) -> list[Block | Table]:
    parties = [
        *_resident(facts, _("Principal")),
        [(_("Agent"), facts.hall), (_("Taken in by"), facts.opened.staff)],
        _matter(facts),
        _window(facts),
    ]
    body = (
        _(
            "I authorise the proxy staff of {hall} to handle the matter named above for me: to hand in the papers "
            "listed below, to sign for what is received, and to collect the result. I acknowledge what they do within "
            "this authorisation."
        ).format(hall=facts.hall),
        _("I confirm that the papers and statements I have given are true, complete and my own."),
        _(
            "This authorisation holds from the day of signature until the matter is finished or ended and all papers "
            "have been handed back to me. I can withdraw it at any time."
        ),
    )
    return [
        *sheet.boxes(parties),
        sheet.gap(4),
        *(block for text in body for block in (sheet.text(text, 11), sheet.gap(1.6))),
        sheet.gap(1),
        *_papers(sheet, facts, _("Papers entrusted")),
        sheet.gap(2),
        sheet.signatures([_("Principal"), _("Agent's clerk")], stamp=True),
    ]


def _acceptance(sheet: Sheet, facts: FormFacts) -> list[Block | Table]:
    promised = _n("{count} min", "{count} min", facts.promised_minutes)
    rows = [
        *_resident(facts, _("Resident")),
        _matter(facts),
        _window(facts),
        [
            (_("Promised within"), promised.format(count=facts.promised_minutes)),
            (_("Taken in by"), facts.opened.staff),
        ],
        [(_("Remark"), facts.remark)],
    ]
    body = (
        _(
            "Your matter has been accepted for proxy service. Please wait in the foyer, or leave your number."
        ),
        _(
            "To collect the result and your papers, bring the receipt, its pick-up code or your ID card. Somebody else "
            "who collects for you gives name and reason, and a second member of staff is present."
        ),
    )
    return [
        *sheet.boxes(rows),
        sheet.gap(3),
        *_papers(sheet, facts, _("Papers taken in")),
        sheet.gap(3),
        *(block for text in body for block in (sheet.text(text), sheet.gap(1))),
        sheet.gap(1),
        sheet.signatures([_("Resident"), _("Taken in by")], stamp=True),
    ]


def _suspension(sheet: Sheet, facts: FormFacts) -> list[Block | Table]:
    rows = [
        *_resident(facts, _("Resident")),
        _matter(facts),
        _window(facts),
        [
            (_("Suspended at"), _time(facts.suspended.at if facts.suspended else None)),
            (_("Suspended by"), _who(facts.suspended)),
        ],
        [(_("Still missing"), facts.missing)],
        [(_("The window calls"), _time(facts.callback_at))],
    ]
    body = (
        _(
            "The handling is suspended because of what is missing. The time it stands still does not count against the "
            "promised time."
        ),
        _(
            "When you have it, come back with this paper, sign the authorisation to resume, and the window goes on "
            "where it stopped. Until then you may have your papers back against proof."
        ),
    )
    return [
        *sheet.boxes(rows),
        sheet.gap(4),
        *(block for text in body for block in (sheet.text(text, 11), sheet.gap(1.2))),
        sheet.gap(2),
        *_where(sheet, facts, _("Where the papers are")),
        sheet.gap(2),
        sheet.signatures([_("Resident"), _("Window's clerk")], stamp=True),
    ]


def _resumption(sheet: Sheet, facts: FormFacts) -> list[Block | Table]:
    rows = [
        *_resident(facts, _("Principal")),
        [(_("Agent"), facts.hall)],
        _matter(facts),
        _window(facts),
        [
            (_("Suspended at"), _time(facts.suspended.at if facts.suspended else None)),
            (_("Resumed at"), _time(facts.resumed.at if facts.resumed else None)),
        ],
        [(_("What was missing"), facts.missing)],
    ]
    body = _(
        "I have brought what was missing and authorise the proxy staff of {hall} to go on with the matter named above. "
        "My first authorisation holds for this as well, until the matter is finished or ended and all papers have been "
        "handed back to me."
    ).format(hall=facts.hall)
    return [
        *sheet.boxes(rows),
        sheet.gap(4),
        sheet.text(body, 11),
        sheet.gap(3),
        sheet.heading(_("Papers brought now (to be filled in)")),
        sheet.blank_lines(3 if len(facts.papers) <= 10 else 2),
        sheet.gap(3),
        *_where(sheet, facts, _("Papers of this ticket")),
        sheet.gap(2),
        sheet.signatures([_("Principal"), _("Agent's clerk")], stamp=True),
    ]


def _completion(sheet: Sheet, facts: FormFacts) -> list[Block | Table]:
    finished = facts.outcome == "finished"
    ended = facts.ended
    rows = [
        *_resident(facts, _("Resident")),
        _matter(facts),
        _window(facts),
        [
            (_("Finished at") if finished else _("Ended at"), _time(ended.at if ended else None)),
            (_("Finished by") if finished else _("Ended by"), _who(ended)),
        ],
    ]
    if finished:
        rows.append([(_("Result"), facts.result)])
        body = _(
            "The matter named above has been handled. The result and the papers below are handed over."
        )
    else:
        how = {
            "withdrawn": _("at the resident's wish"),
            "terminated": _("by the window"),
        }.get(facts.outcome, "")
        rows.append([(_("Ended how"), how)])
        rows.append([(_("Reason"), facts.result)])
        body = _(
            "The handling ends for the reason above. The papers below are handed back. You may apply again when the "
            "reason no longer holds."
        )
    return [
        *sheet.boxes(rows),
        sheet.gap(4),
        sheet.text(body, 11),
        sheet.gap(3),
        *_where(sheet, facts, _("Papers handed over or kept")),
        *_handed_back(sheet, facts.hand_backs),
        sheet.gap(2),
        sheet.signatures([_("Collected by"), _("Handed over by")], stamp=True),
    ]


def _where(sheet: Sheet, facts: FormFacts, title: str) -> list[Block | Table]:
    """Every paper with where it is now."""
    if not facts.papers:
        return [sheet.heading(title), sheet.text(_("No papers were taken in."))]
    rows = tuple(
        Row((str(number), _named(paper), _kind(paper), str(paper.line.count), _place(paper)))
        for number, paper in enumerate(facts.papers, start=1)
    )
    columns = (
        Column(_("No."), 11, "centre"),
        Column(_("Paper"), 68),
        Column(_("Original / copy"), 26),
        Column(_("Copies"), 16, "centre"),
        Column(_("Now"), 49),
    )
    return [sheet.heading(title), Table(columns, rows)]


def _named(paper: FormPaper) -> str:
    note = _note(paper)
    name = paper.line.name
    if paper.line.new:
        name += _(" ({note})").format(note=_("new"))
    return name + (_(" ({note})").format(note=note) if note else "")


def _place(paper: FormPaper) -> str:
    at = f"{paper.now.at:%m-%d %H:%M}"
    match paper.line.holder:
        case "resident":
            return _("Handed back {time}").format(time=at)
        case "kept":
            return _("Kept by window {number}").format(number=paper.now.window)
        case "window":
            return _("At window {number}").format(number=paper.now.window)
        case "runner":
            return _("On the way")
        case _:
            return _("At the front desk")


def _handed_back(sheet: Sheet, rows: Sequence[FormHandBack]) -> list[Block | Table]:
    if not rows:
        return []
    lines = tuple(
        Row(
            (
                f"{row.at:%m-%d %H:%M}",
                str(row.papers),
                row.collector or _("the resident"),
                _(PROOFS[row.proof]),
                _(", ").join(name for name in (row.staff, row.second) if name),
                row.reason,
            )
        )
        for row in rows
    )
    columns = (
        Column(_("Time"), 25),
        Column(_("Copies"), 17, "centre"),
        Column(_("Collected by"), 32),
        Column(_("Proof"), 33),
        Column(_("Staff"), 33),
        Column(_("Reason"), 30),
    )
    return [sheet.gap(3), sheet.heading(_("Handing back")), Table(columns, lines)]


def _custody_list(sheet: Sheet, facts: FormFacts) -> list[Block | Table]:
    rows = [
        [(_("Resident"), facts.resident), (_("Accepted at"), _time(facts.opened.at))],
        _matter(facts),
        _window(facts),
    ]
    signatures = [
        _("Resident (handed in)"),
        _("Front desk (took in)"),
        _("Window (received)"),
        _("Resident (got back)"),
    ]
    return [
        *sheet.boxes(rows),
        sheet.gap(4),
        *_ways(sheet, facts.papers),
        *_handed_back(sheet, facts.hand_backs),
        sheet.gap(2),
        sheet.text(_("Who signs has counted the papers and compared them with this list."), 9.5),
        sheet.signatures(signatures),
    ]


def _ways(sheet: Sheet, papers: Sequence[FormPaper]) -> list[Block | Table]:
    """Every paper with the hands it went through."""
    title = _("Papers and whose hands they went through")
    if not papers:
        return [sheet.heading(title), sheet.text(_("No papers were taken in."))]
    count = sum(paper.line.count for paper in papers)
    rows = tuple(
        Row(
            (
                str(number),
                _named(paper),
                _kind(paper),
                str(paper.line.count),
                _hand(paper.taken),
                _hand(paper.received),
                _place(paper),
            )
        )
        for number, paper in enumerate(papers, start=1)
    )
    columns = (
        Column(_("No."), 11, "centre"),
        Column(_("Paper"), 45),
        Column(_("Original / copy"), 19),
        Column(_("Copies"), 16, "centre"),
        Column(_("Front desk"), 25),
        Column(_("Window"), 26),
        Column(_("Now"), ROOM - 142),
    )
    total = _n("{count} sheet in all", "{count} sheets in all", count).format(count=count)
    return [sheet.heading(f"{title} · {total}"), Table(columns, rows)]


def _hand(handling: Handling | None) -> str:
    if handling is None:
        return "—"
    place = _("No. {number}").format(number=handling.window) if handling.window else ""
    return " ".join(part for part in (place, handling.staff, f"{handling.at:%H:%M}") if part)
