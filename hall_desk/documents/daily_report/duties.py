"""The hall's own duties: incidents, its people's health and posts, disinfection, and what residents thought of it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from hall_desk import i18n
from hall_desk.documents import flow
from hall_desk.documents.daily_report.sheet import (
    COLUMN_GAP,
    HALF,
    ROOM,
    SMALL,
    THIRD,
    beside,
    clock,
    nothing,
    share,
    small_table,
    temperature,
)
from hall_desk.documents.flow import Block, Column, Row, Table
from hall_desk.documents.page import INK, RED, together
from hall_desk.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from hall_desk.services.figures import DayFigures, IncidentLine, LowRating, PostLine


# Posts that stand in one column beside the attendance.
_MOST_BESIDE = 20


def incidents(figures: DayFigures) -> list[Block | Table]:
    """Each incident with its steps; nothing when there was none."""
    lines = figures.incidents.lines
    if not lines:
        return []
    columns = (
        Column(_("Reported"), 22),
        Column(_("Kind"), 22),
        Column(_("Place"), 28),
        Column(_("Course"), ROOM - 22 - 22 - 28 - 28),
        Column(_("Outcome"), 28),
    )
    rows = tuple(
        Row(
            (
                clock(line.at, figures.day),
                i18n.code("incident", line.kind),
                f"{line.place} {line.number}".strip(),
                _course(line, figures.day),
                _ended(line, figures.day),
            ),
            colour=RED if line.closed_at is None else INK,
        )
        for line in lines
    )
    return [flow.heading(_("Incidents"), ROOM), Table(columns, rows)]


def _course(line: IncidentLine, day: date) -> str:
    words = {
        "opened": _("reported"),
        "step": _("dealt with"),
        "on_my_way": _("on the way"),
        "closed": _("closed"),
    }
    said = (f"{clock(one.at, day)} {one.staff} {words[one.kind]}" for one in line.steps)
    return _("; ").join(together(step) for step in said)


def _ended(line: IncidentLine, day: date) -> str:
    if line.closed_at is None:
        return _("not settled, overdue") if line.late else _("not settled")
    at = clock(line.closed_at, day)
    return (
        _("{at}, after the deadline").format(at=at)
        if line.late
        else _("{at} in time").format(at=at)
    )


# --- the hall's people ---------------------------------------------------------------------------


def staff(figures: DayFigures) -> list[Block | Table]:
    """Health and disinfection on the left, who was on which post on the right; nothing when all is empty."""
    left = [*_attendance(figures), *_disinfection(figures)]
    posts = _posts(figures.posts.lines)
    if len(posts) > _MOST_BESIDE:
        # Too many for one column: a table of its own, which may go on over pages.
        below: list[Block | Table] = [flow.space(3)] if left else []
        below += [flow.heading(_("Posts"), ROOM), Table(_post_columns(ROOM), posts)]
        return [flow.stack(left), *below] if left else below
    right = []
    if posts:
        right = [flow.heading(_("Posts"), HALF), Table(_post_columns(HALF), posts).whole()]
    if left and right:
        return [beside([flow.stack(left), flow.stack(right)], HALF)]
    return [flow.stack(left or right)] if left or right else []


def _attendance(figures: DayFigures) -> list[Block]:
    here = figures.attendance
    if not (here.present or here.readings or here.not_checked):
        return []
    lines: list[tuple[str, int | str]] = [
        (_("Came to work"), here.present),
        (_("Readings"), here.readings),
        (_("Highest reading"), temperature(here.highest_tenths)),
        (_("Not measured"), len(here.not_checked)),
    ]
    red = len(lines) - 1 if here.not_checked else None
    if here.asked > 1:
        asked = _("Measured fewer than {count} times").format(count=here.asked)
        lines.append((asked, here.too_few))
    for name, count in (
        (_("High readings"), len(here.high)),
        (_("Felt unwell"), here.unwell),
        (_("Without a mask"), here.without_mask),
        (_("Not signed out"), here.not_out),
    ):
        if count:
            lines.append((name, count))
    blocks = [small_table(_("Staff and health"), _("Item"), _("Number"), lines, red=red, room=HALF)]
    if here.high:
        high = _(", ").join(
            f"{one.at:%H:%M} {one.person} {temperature(one.tenths)}" for one in here.high
        )
        blocks += [flow.space(0.8), flow.paragraph(high, HALF, SMALL.coloured(RED))]
    return [*blocks, flow.space(3)]


def _disinfection(figures: DayFigures) -> list[Block]:
    areas = figures.disinfection.areas
    if not areas:
        return []
    columns = (Column(_("Area"), 28), Column(_("Times"), HALF - 28 - 26), Column(_("By"), 26))
    rows = tuple(
        Row(
            (
                line.area,
                _(", ").join(f"{at:%H:%M}" for at in line.times),
                _(", ").join(line.people),
            )
        )
        for line in areas
    )
    return [flow.heading(_("Disinfection"), HALF), Table(columns, rows).whole()]


def _posts(lines: Iterable[PostLine]) -> tuple[Row, ...]:
    """A row per post and window with all its turns."""
    return tuple(
        Row((_post(*key), _turns(list(turns))))
        for key, turns in groupby(lines, key=lambda line: (line.post, line.window_number))
    )


def _post_columns(room: float) -> tuple[Column, ...]:
    return (Column(_("Post"), 26), Column(_("On duty"), room - 26))


def _post(post: str, window: str) -> str:
    return _("Window {number}").format(number=window) if window else i18n.code("post", post)


def _turns(turns: list[PostLine]) -> str:
    said = []
    for one in turns:
        until = f"{one.until:%H:%M}" if one.until else ""
        text = f"{one.staff} {one.since:%H:%M}–{until}"
        turn = _("{turn}, handed over").format(turn=text) if one.handed_to else text
        said.append(together(turn))
    return _("; ").join(said)


# --- ratings -------------------------------------------------------------------------------------


def ratings(figures: DayFigures) -> list[Block | Table]:
    """The five grades, and every low one with its follow-up; nothing when nobody rated and nothing waits."""
    rated = figures.ratings
    if not rated.total and not rated.waiting:
        return []
    lines: list[tuple[str, int | str]] = [
        (i18n.code("grade", one.code), one.count) for one in rated.by_grade
    ]
    lines.append((_("Share of satisfied"), share(rated.satisfied, rated.total)))
    grades = small_table(_("Ratings"), _("Grade"), _("Count"), lines)
    room = ROOM - THIRD - COLUMN_GAP
    blocks: list[Block] = [flow.heading(_("Low ratings and follow-ups"), room)]
    if rated.low:
        columns = (
            Column(_("Time"), 15),
            Column(_("Ticket or window"), 24),
            Column(_("Grade"), 26),
            Column(_("Why"), room - 15 - 24 - 26 - 26),
            Column(_("Follow-up"), 26),
        )
        blocks.append(
            Table(columns, tuple(_low(line, figures.day) for line in rated.low[:8])).whole()
        )
    else:
        blocks.append(nothing(_("Nobody was dissatisfied on this day."), room))
    if rated.waiting:
        waits = _("To be followed up: {count}, of them overdue: {late}.").format(
            count=rated.waiting, late=rated.late
        )
        blocks += [flow.space(1), flow.paragraph(waits, room, SMALL)]
    return [flow.beside([(0, grades), (THIRD + COLUMN_GAP, flow.stack(blocks))])]


def _low(line: LowRating, day: date) -> Row:
    about = line.number or (
        _("Window {number}").format(number=line.window_number)
        if line.window_number
        else _("The hall")
    )
    done = line.followed_up_at
    follow = (
        _("done {at}").format(at=clock(done, day))
        if done
        else _("by {day}").format(day=f"{line.due_at:%m-%d}")
    )
    reasons = _(", ").join(i18n.code("rating_reason", one) for one in line.reasons)
    cells = (f"{line.at:%H:%M}", about, i18n.code("grade", str(line.grade)), reasons, follow)
    return Row(cells, colour=INK if done else RED)
