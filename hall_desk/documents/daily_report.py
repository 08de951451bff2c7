"""The daily report (工作日报): everything of one service day on A4, as its figures have it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from hall_desk import i18n
from hall_desk.documents import flow, qr
from hall_desk.documents.charts import Bar, column_chart
from hall_desk.documents.flow import Block, Column, Row, Table
from hall_desk.documents.page import (
    ACCENT,
    BLUE_BAR,
    GREEN_BAR,
    INK,
    MUTED,
    RED,
    STRONG_RULE,
    Paper,
    Style,
    fit,
    together,
    width,
)
from hall_desk.i18n import N_, _, _n

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hall_desk.services.figures import Attention, DayFigures, PaperOutLine

# A4 in mm, with margins that every office printer reaches.
_PAGE = (210.0, 297.0)
_MARGIN = 13.0
_ROOM = _PAGE[0] - 2 * _MARGIN
_TOP = 12.0
_RUNNING_HEAD = 9.0  # on every page but the first
_FOOT = 15.0
_COLUMN_GAP = 6.0
_HALF = (_ROOM - _COLUMN_GAP) / 2
_THIRD = (_ROOM - 2 * _COLUMN_GAP) / 3

_BODY = Style(8.5)
_SMALL = Style(7.5, colour=MUTED)

_WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
_MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)


def daily_report(figures: DayFigures) -> bytes:
    """The report of one day as a PDF; the same figures in the same language give the same bytes.

    Durations are minutes and seconds. Sections without data of their own kind say so in a
    sentence; what the program does not record has no section. Raises
    `resources.ResourceMissingError` when the fonts have not been built.
    """
    made_at = figures.as_of or datetime.combine(figures.day, time())
    paper = Paper(
        title=f"{_('Daily report')} {figures.day.isoformat()}", author=figures.hall, made_at=made_at
    )
    _report(paper, figures)
    return paper.data()


def district_report(halls: Sequence[DayFigures]) -> bytes:
    """Several halls' reports of one day as a PDF: a page that adds them up, then each as it stands.

    The same figures in the same language give the same bytes. Raises as `daily_report` does.
    """
    day = halls[0].day
    moments = [one.as_of for one in halls if one.as_of]
    title = _("Daily report of the district")
    paper = Paper(
        title=f"{title} {day.isoformat()}",
        author=title,
        made_at=max(moments, default=datetime.combine(day, time())),
    )
    pages = flow.paginate(
        _all_halls(title, halls), _PAGE[1] - _TOP - _FOOT, _PAGE[1] - _TOP - _FOOT
    )
    for blocks in pages:
        paper.page(*_PAGE)
        if any(one.practice for one in halls):
            paper.watermark(_("PRACTICE"), _PAGE[0])
        flow.stack(blocks).draw(paper, _MARGIN, _TOP)
    for one in halls:
        _report(paper, one)
    return paper.data()


def _all_halls(title: str, halls: Sequence[DayFigures]) -> list[Block | Table]:
    from hall_desk.services.figures import total

    rows = []
    for name, one, tickets in [
        *((one.hall, total([one]), one.tickets) for one in halls),
        (_("Total"), total(halls), None),
    ]:
        counts = (one.checked, one.fevers, one.opened, one.finished)
        later = (one.open_at_end, one.slips, one.originals_out, one.cumulative)
        share = _share(one.within_promise, one.measured)
        cells = (name, *map(str, counts), share, *map(str, later))
        rows.append(Row(cells, bold=tickets is None))
    columns = _columns(
        (_("Hall"), 0),
        (_("Temperature checks"), 22),
        (_("Fevers"), 13),
        (_("Opened"), 16),
        (_("Finished"), 17),
        (_("Within the promise"), 19),
        (_("Still open"), 13),
        (_("Phone slips"), 13),
        (_("Originals out"), 18),
        (_("Tickets in all"), 16),
    )
    words = _n(
        "{count} hall reported; its own report follows.",
        "{count} halls reported; their own reports follow.",
        len(halls),
    ).format(count=len(halls))
    return [
        flow.heading(f"{title} · {_day(halls[0])}", _ROOM),
        Table(columns, tuple(rows)),
        flow.space(2),
        _sentence(words),
    ]


def _report(paper: Paper, figures: DayFigures) -> None:
    """Draws one hall's report on pages of its own."""
    pages = flow.paginate(
        _pieces(figures),
        _PAGE[1] - _TOP - _FOOT,
        _PAGE[1] - _TOP - _RUNNING_HEAD - _FOOT,
    )
    for number, blocks in enumerate(pages, start=1):
        paper.page(*_PAGE)
        if figures.practice:
            paper.watermark(_("PRACTICE"), _PAGE[0])
        top = _TOP
        if number > 1:
            _running_head(paper, figures)
            top += _RUNNING_HEAD
        flow.stack(blocks).draw(paper, _MARGIN, top)
        _foot(paper, figures, number, len(pages))


def _pieces(figures: DayFigures) -> list[Block | Table]:
    pieces: list[Block | Table] = [_head(figures), flow.space(3.5), _headline(figures)]
    sections: list[list[Block | Table]] = [
        _charts(figures),
        _windows(figures),
        _day_tables(figures),
        _papers_out(figures),
        _attention(figures),
        _matters(figures),
        [_signatures()],
        [_digests(figures)],
    ]
    for section in sections:
        if section:
            pieces += [flow.space(4.5), *section]
    return pieces


# --- texts for values ---------------------------------------------------------------------------


def _duration(seconds: float | None) -> str:
    return "–" if seconds is None else i18n.clock(seconds)


def _share(part: int, of: int) -> str:
    """A percentage that is 100 only when all are in, and 0 only when none is."""
    if not of:
        return "–"
    percent = round(100 * part / of)
    return f"{min(max(percent, 1 if part else 0), 100 if part == of else 99)}%"


def _temperature(tenths: int | None) -> str:
    return "–" if tenths is None else f"{tenths // 10}.{tenths % 10} ℃"


def _day(figures: DayFigures) -> str:
    day = figures.day
    return _("{weekday}, {day} {month} {year}").format(
        weekday=_(_WEEKDAYS[figures.weekday]),
        day=day.day,
        month=_(_MONTHS[day.month - 1]),
        year=day.year,
    )


def _hours(hours: str) -> str:
    return hours.replace("-", "–")


def _groups(digest: str) -> str:
    """The first sixteen digits in groups of four, as people compare them aloud."""
    return " ".join(digest[start : start + 4] for start in range(0, 16, 4)) if digest else "–"


# --- head and foot ------------------------------------------------------------------------------


def _head(figures: DayFigures) -> Block:
    hall, title = Style(10, colour=MUTED), Style(19, bold=True)
    right = Style(8.5, colour=MUTED)
    facts = []
    if figures.hours:
        facts.append(_("Open {hours}").format(hours=_hours(figures.hours)))
    if figures.as_of:
        facts.append(_("Data as of {moment}").format(moment=f"{figures.as_of:%Y-%m-%d %H:%M}"))
    if figures.made_by:
        facts.append(_("Made by {name}").format(name=figures.made_by))
    if figures.practice:
        facts.insert(0, _("Practice data"))
    report = _("Daily report")
    title_room = width(report, title) + 6
    facts_text = "  ·  ".join(facts)

    def draw(paper: Paper, x: float, top: float) -> None:
        paper.text(x, top + 4.2, figures.hall, fit(figures.hall, _ROOM - 60, hall, 6))
        paper.text(x, top + 12.4, report, title)
        edge = x + _ROOM
        paper.text(edge, top + 4.2, _day(figures), right.coloured(INK), align="right")
        fitted = fit(facts_text, _ROOM - title_room, right, 6)
        paper.text(edge, top + 12.4, facts_text, fitted, align="right")
        paper.line(x, top + 15.8, edge, top + 15.8, weight=0.7, colour=ACCENT)

    return Block(16.2, draw)


def _running_head(paper: Paper, figures: DayFigures) -> None:
    baseline = _TOP + 3
    right = f"{_('Daily report')}  {figures.day.isoformat()}"
    room = _ROOM - width(right, _SMALL) - 6
    paper.text(_MARGIN, baseline, figures.hall, fit(figures.hall, room, _SMALL, 5))
    paper.text(_MARGIN + _ROOM, baseline, right, _SMALL, align="right")
    paper.line(_MARGIN, baseline + 2, _MARGIN + _ROOM, baseline + 2, colour=STRONG_RULE)


def _foot(paper: Paper, figures: DayFigures, number: int, pages: int) -> None:
    line = _PAGE[1] - _FOOT + 4
    paper.line(_MARGIN, line, _MARGIN + _ROOM, line, colour=STRONG_RULE)
    left = "\u3000".join(
        (
            _("Digest of the day {digest}").format(digest=_groups(figures.digest)),
            _("day before {digest}").format(digest=_groups(figures.previous_digest)),
        )
    )
    right = _("Page {number} of {count}").format(number=number, count=pages)
    paper.text(_MARGIN, line + 4, left, _SMALL)
    paper.text(_MARGIN + _ROOM, line + 4, right, _SMALL, align="right")


# --- headline figures and charts ----------------------------------------------------------------


@dataclass(frozen=True)
class _Figure:
    title: str
    value: str
    below: str
    alarming: bool = False


def _headline(figures: DayFigures) -> Block:
    screening, tickets = figures.screening, figures.tickets
    share_before = tickets.previous_day_share
    boxes = [
        _Figure(
            _("Temperature checks"),
            str(screening.total),
            _("residents {residents} · staff {staff} · others {others}").format(
                residents=screening.residents, staff=screening.staff, others=screening.others
            ),
        ),
        _Figure(
            _("Fevers"),
            str(screening.fevers),
            _("normal on recheck {count}").format(count=screening.cleared_on_recheck),
            alarming=screening.fevers > 0,
        ),
        _Figure(
            _("Tickets opened"),
            str(tickets.opened),
            _("finished {finished} · suspended {suspended} · terminated {terminated}").format(
                finished=tickets.finished,
                suspended=tickets.suspended,
                terminated=tickets.terminated,
            ),
        ),
        _Figure(
            _("Median time"),
            _duration(tickets.median_seconds),
            ""
            if tickets.p90_seconds is None
            else _("nine of ten within {duration}").format(duration=_duration(tickets.p90_seconds)),
        ),
        _Figure(
            _("Within the promise"),
            _share(tickets.within_promise, tickets.measured),
            ""
            if share_before is None
            else _("day before {share}").format(share=f"{round(100 * share_before)}%"),
        ),
        _Figure(
            _("Tickets in all"),
            str(tickets.cumulative),
            _("since {day}").format(day=figures.opened_day.isoformat()),
        ),
    ]
    slot = _ROOM / len(boxes)
    pad = 2.6
    below = [flow.paragraph(_by_facts(box.below), slot - 2 * pad, _SMALL) for box in boxes]
    value_style = Style(17, bold=True)
    value_top = 2.2 + _BODY.leading
    below_top = value_top + value_style.leading * 0.92
    height = below_top + max(block.height for block in below) + 2.2

    def draw(paper: Paper, x: float, top: float) -> None:
        for number, (box, words) in enumerate(zip(boxes, below, strict=True)):
            left = x + number * slot
            if number:
                paper.line(left, top, left, top + height)
            left += pad
            title = fit(box.title, slot - 2 * pad, _BODY.coloured(MUTED), 5)
            paper.text(left, _BODY.baseline(top + 2.2, _BODY.leading), box.title, title)
            style = value_style.coloured(RED if box.alarming else INK)
            style = fit(box.value, slot - 2 * pad, style, 8)
            baseline = value_style.baseline(top + value_top, value_style.leading * 0.92)
            paper.text(left, baseline, box.value, style)
            words.draw(paper, left, top + below_top)
        paper.frame((x, top, _ROOM, height), colour=STRONG_RULE)

    return Block(height, draw)


def _by_facts(text: str) -> str:
    """A line of facts between dots, to be broken only at the dots."""
    return " · ".join(together(fact) for fact in text.split(" · "))


def _charts(figures: DayFigures) -> list[Block | Table]:
    by_hour = [Bar(str(line.hour), line.count) for line in figures.screening.by_hour]
    durations = [Bar(_hours(b.label), b.count) for b in figures.tickets.distribution]
    checks = _chart(
        _("Temperature checks per hour"),
        by_hour,
        BLUE_BAR,
        _("No temperature was taken on this day."),
    )
    turnaround = _chart(
        _("Turnaround of tickets (minutes)"),
        durations,
        GREEN_BAR,
        _("No ticket was finished on this day."),
    )
    return [flow.beside([(0, checks), (_HALF + _COLUMN_GAP, turnaround)])]


def _chart(title: str, bars: list[Bar], colour: Any, empty: str) -> Block:
    if any(bar.value for bar in bars):
        body = column_chart(bars, _HALF, 27.0, colour)
    else:
        body = flow.paragraph(empty, _HALF, _BODY.coloured(MUTED))
    return flow.stack([flow.heading(title, _HALF), body])


# --- tables -------------------------------------------------------------------------------------


def _windows(figures: DayFigures) -> list[Block | Table]:
    windows, tickets = figures.tickets.by_window, figures.tickets
    title = flow.heading(_("By window"), _ROOM)
    if not windows:
        return [title, _sentence(_("No window had anything to do on this day."))]
    rows = [
        Row(
            (
                _window(line.number, line.name),
                str(line.opened),
                str(line.finished),
                _duration(line.median_seconds),
                _share(line.within, line.measured),
                str(line.slips),
            )
        )
        for line in windows
    ]
    rows.append(
        Row(
            (
                _("Total"),
                str(sum(line.opened for line in windows)),
                str(sum(line.finished for line in windows)),
                _duration(tickets.median_seconds),
                _share(tickets.within_promise, tickets.measured),
                str(sum(line.slips for line in windows)),
            ),
            bold=True,
        )
    )
    columns = _columns(
        (_("Window"), 0),
        (_("Opened"), 18),
        (_("Finished"), 18),
        (_("Median turnaround"), 30),
        (_("Within the promise"), 30),
        (_("Phone slips"), 20),
    )
    return [title, Table(columns, tuple(rows))]


def _matters(figures: DayFigures) -> list[Block | Table]:
    if not figures.tickets.by_matter:
        return []
    rows = tuple(
        Row(
            (
                line.code,
                line.name,
                line.window_number,
                str(line.opened),
                str(line.finished),
                _duration(line.median_seconds),
            )
        )
        for line in figures.tickets.by_matter
    )
    columns = (
        Column(_("Code"), 20),
        Column(_("Matter"), _ROOM - 20 - 16 - 18 - 18 - 30),
        Column(_("Window"), 16),
        Column(_("Opened"), 18, "right"),
        Column(_("Finished"), 18, "right"),
        Column(_("Median turnaround"), 30, "right"),
    )
    return [flow.heading(_("By matter"), _ROOM), Table(columns, rows)]


def _columns(first: tuple[str, float], *others: tuple[str, float]) -> tuple[Column, ...]:
    """A left column that takes the room the figures to its right leave."""
    left = _ROOM - sum(size for _title, size in others)
    return (
        Column(first[0], left),
        *(Column(title, size, "right") for title, size in others),
    )


def _window(number: str, name: str) -> str:
    return f"{_('Window {number}').format(number=number)} {name}".strip()


def _day_tables(figures: DayFigures) -> list[Block | Table]:
    """Three small tables side by side: what became of tickets, of papers, of checks."""
    tickets, custody, screening = figures.tickets, figures.custody, figures.screening
    out = custody.originals_out
    done = [
        (_("Opened on this day"), tickets.opened),
        (_("Finished"), tickets.finished),
        (_("Withdrawn by resident"), tickets.withdrawn),
        (_("Terminated by window"), tickets.terminated),
        (_("Suspended now"), tickets.suspended),
        (_("Open at day's end"), tickets.open_at_end),
    ]
    papers = [
        (_("Taken in"), custody.received),
        (_("Handed back"), custody.handed_back),
        (_("Kept by windows"), custody.kept_copies),
        (_("New from windows"), custody.new_papers),
        (_("Originals still out"), out),
    ]
    checks: list[tuple[str, int | str]] = [
        (_("Residents"), screening.residents),
        (_("Staff"), screening.staff),
        (_("Others"), screening.others),
        (_("Highest reading"), _temperature(screening.highest_tenths)),
        (_("Held to measure again"), screening.held),
        (_("Normal on recheck"), screening.cleared_on_recheck),
        (_("Fever"), screening.fevers),
    ]
    if screening.withdrawn:
        checks.append((_("Withdrawn readings"), screening.withdrawn))
    blocks = [
        _small_table(_("Proxy tickets"), _("Item"), _("Tickets"), done),
        _small_table(_("Custody of papers"), _("Item"), _("Count"), papers, red=4 if out else None),
        _small_table(
            _("Screening"),
            _("Item"),
            _("Checks"),
            checks,
            red=6 if screening.fevers else None,
        ),
    ]
    return [
        flow.beside(
            [(number * (_THIRD + _COLUMN_GAP), block) for number, block in enumerate(blocks)]
        )
    ]


def _small_table(
    title: str,
    left: str,
    right: str,
    lines: Any,
    *,
    red: int | None = None,
) -> Block:
    columns = (Column(left, _THIRD - 17), Column(right, 17, "right"))
    rows = tuple(
        Row((label, str(value)), bold=number == red, colour=RED if number == red else INK)
        for number, (label, value) in enumerate(lines)
    )
    return flow.stack([flow.heading(title, _THIRD), Table(columns, rows).whole()])


def _papers_out(figures: DayFigures) -> list[Block | Table]:
    out = figures.custody.out
    if not out:
        return []
    columns = (
        Column(_("Ticket"), 17),
        Column(_("Resident"), 22),
        Column(_("Paper"), _ROOM - 17 - 22 - 25 - 38 - 25),
        Column(_("Kind"), 25),
        Column(_("Held by"), 38),
        Column(_("Since"), 25),
    )
    rows = tuple(
        Row(
            (
                line.number,
                line.resident,
                line.paper,
                _kind(line),
                _holder(line.holder, line.window_number, line.staff),
                f"{line.since:%m-%d %H:%M}",
            ),
            colour=RED if line.original else INK,
        )
        for line in out
    )
    return [flow.heading(_("Papers still out"), _ROOM), Table(columns, rows)]


def _kind(line: PaperOutLine) -> str:
    text = _("original × {count}") if line.original else _("copy × {count}")
    return text.format(count=line.count)


def _holder(holder: str, window_number: str, staff: str) -> str:
    place = (
        _("Window {number}").format(number=window_number)
        if window_number and holder in ("window", "kept")
        else i18n.code("holder", holder)
    )
    return f"{place} {staff}".strip()


def _sentence(text: str) -> Block:
    return flow.paragraph(text, _ROOM, _BODY.coloured(MUTED))


# --- attention ----------------------------------------------------------------------------------


def _attention(figures: DayFigures) -> list[Block | Table]:
    title = flow.heading(_("Needs attention"), _ROOM)
    if not figures.attention:
        return [title, _sentence(_("Nothing needs a manager's attention."))]
    indent = width("00. ", _BODY)
    blocks: list[Block | Table] = [title]
    for number, attention in enumerate(figures.attention, start=1):
        words = flow.paragraph(sentence(attention), _ROOM - indent, _BODY)
        blocks.append(flow.labelled(f"{number}.", words, indent, _BODY))
    return blocks


def sentence(attention: Attention) -> str:
    """What a manager has to look at, in words; a kind this program does not know is named."""
    facts = attention.facts
    match attention.kind:
        case "fever":
            return _("Fever confirmed at {at}; check that it was dealt with.").format(**facts)
        case "originals_out":
            holder = _holder(facts["holder"], facts["window"], facts["staff"])
            return _(
                "{number}: originals not handed back yet ({holder}): {papers}. "
                "Hand them back, or note the reason."
            ).format(number=facts["number"], papers=_(", ").join(facts["papers"]), holder=holder)
        case "over_promise":
            return _("{number} took {minutes} min; {promised} min were promised.").format(**facts)
        case "busy_hour":
            return _busy_hour(**facts)
        case "still_open":
            return _("{number} was not closed ({state}).").format(
                number=facts["number"], state=i18n.code("state", facts["state"])
            )
    return attention.kind


def _busy_hour(hour: int, opened: int, median_wait_seconds: float | None) -> str:
    text = _("{opened} tickets came in between {start} and {end}").format(
        opened=opened, start=f"{hour}:00", end=f"{hour + 1}:00"
    )
    if median_wait_seconds is None:
        return _("{what}; none was taken up.").format(what=text)
    return _("{what}; half of them waited longer than {wait}.").format(
        what=text, wait=_duration(median_wait_seconds)
    )


# --- signatures and digests ---------------------------------------------------------------------


def _signatures() -> Block:
    labels = (_("Manager on duty"), _("Checked by"), _("Date"))
    gap = 8.0
    slot = (_ROOM - gap * (len(labels) - 1)) / len(labels)

    def draw(paper: Paper, x: float, top: float) -> None:
        for number, label in enumerate(labels):
            left = x + number * (slot + gap)
            baseline = top + 9
            paper.text(left, baseline, label, _BODY)
            start = left + width(label, _BODY) + 2
            paper.line(start, baseline + 0.6, left + slot, baseline + 0.6, colour=STRONG_RULE)

    return Block(11, draw, keep_with_next=True)


def _digests(figures: DayFigures) -> Block:
    """Both digests in full, and a QR code of the day's for the one who verifies it."""
    code = qr.code(day_code(figures), 26.0) if figures.digest else None
    room = _ROOM - (code.size + 6 if code else 0)
    lines = [
        flow.heading(_("Digest of the day's journal"), room),
        flow.paragraph(
            _("Entries: {count}. Recompute it with “hall-desk verify --date {day}”.").format(
                count=figures.entries, day=figures.day.isoformat()
            ),
            room,
            _SMALL,
        ),
        flow.space(0.8),
        _digest_line(_("This day"), figures.digest, room),
        _digest_line(_("Day before"), figures.previous_digest, room),
    ]
    words = flow.stack(lines)
    if code is None:
        return words
    picture = Block(code.size, code.draw)
    return flow.beside([(0, words), (_ROOM - code.size, picture)])


def _digest_line(label: str, digest: str, room: float) -> Block:
    text = " ".join(digest[start : start + 4] for start in range(0, len(digest), 4)) or "–"
    indent = 20.0
    words = flow.paragraph(text, room - indent, Style(7.5))
    return flow.labelled(label, words, indent, _SMALL)


def day_code(figures: DayFigures) -> str:
    """The text in the report's QR code, `HDDAY1*<yyyymmdd>*<digest>`; capitals make it small."""
    return f"HDDAY1*{figures.day:%Y%m%d}*{figures.digest.upper()}"
