"""The headline figures of the day in boxes, and its pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hall_desk.documents import flow
from hall_desk.documents.charts import Bar
from hall_desk.documents.daily_report.sheet import (
    BODY,
    HALF,
    ROOM,
    SMALL,
    beside,
    chart,
    dashed,
    duration,
    share,
)
from hall_desk.documents.flow import Block, Table
from hall_desk.documents.page import (
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
)
from hall_desk.i18n import _

if TYPE_CHECKING:
    from hall_desk.services.figures import DayFigures


@dataclass(frozen=True)
class _Figure:
    title: str
    value: str
    below: str
    alarming: bool = False


def boxes(figures: DayFigures) -> Block:
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
            duration(tickets.median_seconds),
            ""
            if tickets.p90_seconds is None
            else _("nine of ten within {duration}").format(duration=duration(tickets.p90_seconds)),
        ),
        _Figure(
            _("Within the promise"),
            share(tickets.within_promise, tickets.measured),
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
    slot = ROOM / len(boxes)
    pad = 2.6
    below = [flow.paragraph(_by_facts(box.below), slot - 2 * pad, SMALL) for box in boxes]
    value_style = Style(17, bold=True)
    value_top = 2.2 + BODY.leading
    below_top = value_top + value_style.leading * 0.92
    height = below_top + max(block.height for block in below) + 2.2

    def draw(paper: Paper, x: float, top: float) -> None:
        for number, (box, words) in enumerate(zip(boxes, below, strict=True)):
            left = x + number * slot
            if number:
                paper.line(left, top, left, top + height)
            left += pad
            title = fit(box.title, slot - 2 * pad, BODY.coloured(MUTED), 5)
            paper.text(left, BODY.baseline(top + 2.2, BODY.leading), box.title, title)
            style = value_style.coloured(RED if box.alarming else INK)
            style = fit(box.value, slot - 2 * pad, style, 8)
            baseline = value_style.baseline(top + value_top, value_style.leading * 0.92)
            paper.text(left, baseline, box.value, style)
            words.draw(paper, left, top + below_top)
        paper.frame((x, top, ROOM, height), colour=STRONG_RULE)

    return Block(height, draw)


def _by_facts(text: str) -> str:
    """A line of facts between dots, to be broken only at the dots."""
    return " · ".join(together(fact) for fact in text.split(" · "))


def charts(figures: DayFigures) -> list[Block | Table]:
    """Checks, turnaround, consultations and people by the hour; what there was none of has no picture."""
    checks = [Bar(str(line.hour), line.count) for line in figures.screening.by_hour]
    durations = [Bar(dashed(part.label), part.count) for part in figures.tickets.distribution]
    asked = [Bar(str(line.hour), line.count) for line in figures.consultations.by_hour]
    inside = [Bar(str(line.hour), line.count) for line in figures.people.most_by_hour]
    pictures = [
        chart(
            _("Temperature checks per hour"),
            checks,
            BLUE_BAR,
            _("No temperature was taken on this day."),
        ),
        chart(
            _("Turnaround of tickets (minutes)"),
            durations,
            GREEN_BAR,
            _("No ticket was finished on this day."),
        ),
    ]
    if asked:
        pictures.append(chart(_("Consultations per hour"), asked, GREEN_BAR, ""))
    if inside:
        pictures.append(chart(_("Most people in the hall, by hour"), inside, BLUE_BAR, ""))
    rows: list[Block | Table] = []
    for start in range(0, len(pictures), 2):
        rows += [flow.space(3.5), beside(pictures[start : start + 2], HALF)]
    return rows[1:]
