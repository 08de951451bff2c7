"""The daily report (工作日报): everything of one service day on A4, as its figures have it."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from hall_desk.documents import flow
from hall_desk.documents.daily_report.attention import needs_attention, sentence
from hall_desk.documents.daily_report.calls import by_phone
from hall_desk.documents.daily_report.desk import consultations
from hall_desk.documents.daily_report.duties import incidents, ratings, staff
from hall_desk.documents.daily_report.ending import closing, day_code, digests, signatures
from hall_desk.documents.daily_report.figure_tables import small_print
from hall_desk.documents.daily_report.headline import boxes, charts
from hall_desk.documents.daily_report.sheet import (
    FOOT,
    MARGIN,
    PAGE,
    ROOM,
    RUNNING_HEAD,
    TOP,
    day_words,
    figure_columns,
    foot,
    head,
    muted,
    running_head,
    share,
)
from hall_desk.documents.daily_report.tickets import (
    clerks,
    day_tables,
    matters,
    papers_out,
    windows,
)
from hall_desk.documents.flow import Block, Row, Table
from hall_desk.documents.page import Paper
from hall_desk.i18n import _, _n

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hall_desk.services.figures import DayFigures

__all__ = ["daily_report", "day_code", "district_report", "sentence"]


def daily_report(figures: DayFigures) -> bytes:
    """The report of one day as a PDF; the same figures in the same language give the same bytes.

    Durations are minutes and seconds. Duties of which nothing was recorded are named in one line. Raises
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
    pages = flow.paginate(_all_halls(title, halls), PAGE[1] - TOP - FOOT, PAGE[1] - TOP - FOOT)
    for blocks in pages:
        paper.page(*PAGE)
        if any(one.practice for one in halls):
            paper.watermark(_("PRACTICE"), PAGE[0])
        flow.stack(blocks).draw(paper, MARGIN, TOP)
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
        promised = share(one.within_promise, one.measured)
        cells = (name, *map(str, counts), promised, *map(str, later))
        rows.append(Row(cells, bold=tickets is None))
    columns = figure_columns(
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
        flow.heading(f"{title} · {day_words(halls[0])}", ROOM),
        Table(columns, tuple(rows)),
        flow.space(2),
        muted(words),
    ]


def _report(paper: Paper, figures: DayFigures) -> None:
    """Draws one hall's report on pages of its own."""
    pages = flow.paginate(
        _pieces(figures),
        PAGE[1] - TOP - FOOT,
        PAGE[1] - TOP - RUNNING_HEAD - FOOT,
    )
    for number, blocks in enumerate(pages, start=1):
        paper.page(*PAGE)
        if figures.practice:
            paper.watermark(_("PRACTICE"), PAGE[0])
        top = TOP
        if number > 1:
            running_head(paper, figures)
            top += RUNNING_HEAD
        flow.stack(blocks).draw(paper, MARGIN, top)
        foot(paper, figures, number, len(pages))


def _pieces(figures: DayFigures) -> list[Block | Table]:
    from hall_desk.services.figures.meanings import DAY_MEANINGS, MEANINGS

    pieces: list[Block | Table] = [head(figures), flow.space(3.5), boxes(figures)]
    duties = [
        (_("consultations"), consultations(figures)),
        (_("phone"), by_phone(figures)),
        (_("incidents"), incidents(figures)),
        (_("ratings"), ratings(figures)),
        ("", matters(figures)),
        ("", clerks(figures)),
        (_("staff and posts"), staff(figures)),
    ]
    empty = [name for name, section in duties if name and not section]
    unused: list[Block | Table] = [
        muted(_("Nothing was recorded of: {duties}.").format(duties=_(", ").join(empty)))
    ]
    sections: list[list[Block | Table]] = [
        charts(figures),
        windows(figures),
        # Where the first page has room, a manager sees at once what to look at.
        needs_attention(figures),
        day_tables(figures),
        papers_out(figures),
        *(section for _name, section in duties),
        unused if empty else [],
        closing(figures),
        small_print((*MEANINGS[1:], *DAY_MEANINGS)),
        [flow.stack([signatures(), flow.space(4.5), digests(figures)])],
    ]
    for section in sections:
        if section:
            pieces += [flow.space(4.5), *section]
    return pieces
