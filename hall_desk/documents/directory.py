"""The window phone directory (窗口电话目录) on A4: window by window with a code to dial, then matter by matter."""

from __future__ import annotations

from datetime import datetime, time
from itertools import zip_longest
from typing import TYPE_CHECKING

from hall_desk.documents import flow, qr
from hall_desk.documents.daily_report.sheet import (
    BODY,
    FOOT,
    MARGIN,
    PAGE,
    ROOM,
    RUNNING_HEAD,
    SMALL,
    TOP,
    dashed,
    muted,
    window_words,
)
from hall_desk.documents.flow import CELL, Block, Column, Row, Table
from hall_desk.documents.page import (
    ACCENT,
    INK,
    MUTED,
    RULE,
    STRONG_RULE,
    Paper,
    Style,
    fit,
    together,
    width,
    wrap,
)
from hall_desk.i18n import _, _n
from hall_desk.services import directory_paper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hall_desk.services.directory_paper import Directory, MatterEntry, WindowEntry
    from hall_desk.services.matters import WindowLine

_CODE_ROOM = 24.0
# Between two codes, so that a phone held over the page sees only one of them.
_BETWEEN = 3.0
_TEXT_ROOM = ROOM - _CODE_ROOM - 6.0
_TITLE = Style(11.5, bold=True)
_PHONE = Style(17, bold=True, colour=ACCENT)
_EXTENSION = Style(12, bold=True, colour=ACCENT)
_SMALLEST = 9  # points, for a number that does not fit
# A window's matters stay with its code up to this height; more of them may go on over the page.
_WHOLE_UP_TO = 90.0
_PAD = 4.0  # mm beside the text of a table's cell, with a little to spare

_CODE_COLUMN, _WINDOW_COLUMN, _PHONE_COLUMN, _CHANNEL_COLUMN = 18.0, 41.0, 39.0, 38.0


def directory(facts: Directory) -> bytes:
    """The directory as a PDF; the same facts in the same language give the same bytes.

    Raises `resources.ResourceMissingError` when the fonts have not been built.
    """
    title = _("Window phone directory")
    made_at = datetime.combine(facts.day, time())
    paper = Paper(
        title=f"{title} · {directory_paper.edition(facts)}", author=facts.hall, made_at=made_at
    )
    pages = flow.paginate(_pieces(facts), PAGE[1] - TOP - FOOT, PAGE[1] - TOP - RUNNING_HEAD - FOOT)
    for number, blocks in enumerate(pages, start=1):
        paper.page(*PAGE)
        if facts.practice:
            paper.watermark(_("PRACTICE"), PAGE[0])
        top = TOP
        if number > 1:
            _running_head(paper, facts)
            top += RUNNING_HEAD
        flow.stack(blocks).draw(paper, MARGIN, top)
        _foot(paper, facts, number, len(pages))
    return paper.data()


def _pieces(facts: Directory) -> list[Block | Table]:
    pieces: list[Block | Table] = [_head(facts), flow.space(3.5)]
    if not facts.windows:
        pieces.append(muted(_("The hall has no windows yet.")))
    else:
        pieces.append(flow.heading(_("Look up by window"), ROOM))
    for entry in facts.windows:
        pieces += _window(entry)
    if facts.matters:
        pieces += [flow.space(4.5), flow.heading(_("Look up by matter"), ROOM), _matters(facts)]
    return pieces


# --- head and foot ------------------------------------------------------------------------------


def _head(facts: Directory) -> Block:
    hall, title = Style(10, colour=MUTED), Style(19, bold=True)
    right = Style(8.5, colour=MUTED)
    name = _("Window phone directory")
    counts = [
        _n("{count} window", "{count} windows", len(facts.windows)),
        _n("{count} matter", "{count} matters", len(facts.matters)),
    ]
    numbers = (len(facts.windows), len(facts.matters))
    words = [text.format(count=count) for text, count in zip(counts, numbers, strict=True)]
    if facts.practice:
        words.insert(0, _("Practice data"))
    told = "  ·  ".join(words)
    edition = directory_paper.edition(facts)

    def draw(paper: Paper, x: float, top: float) -> None:
        edge = x + ROOM
        paper.text(x, top + 4.2, facts.hall, fit(facts.hall, ROOM - 70, hall, 6))
        paper.text(x, top + 12.4, name, title)
        paper.text(edge, top + 4.2, edition, right.coloured(INK), align="right")
        fitted = fit(told, ROOM - width(name, title) - 6, right, 6)
        paper.text(edge, top + 12.4, told, fitted, align="right")
        paper.line(x, top + 15.8, edge, top + 15.8, weight=0.7, colour=ACCENT)

    return Block(16.2, draw)


def _running_head(paper: Paper, facts: Directory) -> None:
    baseline = TOP + 3
    right = _("Window phone directory")
    room = ROOM - width(right, SMALL) - 6
    paper.text(MARGIN, baseline, facts.hall, fit(facts.hall, room, SMALL, 5))
    paper.text(MARGIN + ROOM, baseline, right, SMALL, align="right")
    paper.line(MARGIN, baseline + 2, MARGIN + ROOM, baseline + 2, colour=STRONG_RULE)


def _foot(paper: Paper, facts: Directory, number: int, pages: int) -> None:
    line = PAGE[1] - FOOT + 4
    paper.line(MARGIN, line, MARGIN + ROOM, line, colour=STRONG_RULE)
    paper.text(MARGIN, line + 4, directory_paper.edition(facts), SMALL)
    words = _("Page {number} of {count}").format(number=number, count=pages)
    paper.text(MARGIN + ROOM, line + 4, words, SMALL, align="right")


# --- by window ----------------------------------------------------------------------------------


def _window(entry: WindowEntry) -> list[Block]:
    """A window with its code; where it has very many matters, their further lines as blocks of their own."""
    line = entry.line
    above = [flow.paragraph(window_words(line.number, line.name), _TEXT_ROOM, _TITLE), _phone(line)]
    hours = dashed(line.hours)
    about = "\u3000".join(part for part in (hours, entry.note) if part)
    if about:
        above.append(flow.paragraph(about, _TEXT_ROOM, BODY.coloured(MUTED)))
    above.append(_gap(0.8))
    lines = _matter_lines(entry)
    taken = sum(block.height for block in above)
    inside = max(1, int((_WHOLE_UP_TO - taken) / BODY.leading))
    text = flow.stack([*above, *lines[:inside]])
    dialled = qr.dial(line.phone, line.extension)
    code = qr.code(dialled, _CODE_ROOM) if dialled else None
    further = lines[inside:]

    def draw(paper: Paper, x: float, top: float) -> None:
        paper.line(x, top, x + ROOM, top, colour=RULE)
        text.draw(paper, x, top + _BETWEEN / 2)
        if code:
            code.draw(paper, x + ROOM - code.size, top + _BETWEEN / 2)

    height = max(text.height, code.size if code else 0.0) + _BETWEEN
    if not further:
        return [Block(height, draw)]
    # The room below a window belongs under its last line.
    last = flow.stack([further[-1], _gap(_BETWEEN / 2)])
    return [Block(height - _BETWEEN / 2, draw, keep_with_next=True), *further[:-1], last]


def _gap(height: float) -> Block:
    return Block(height, lambda paper, x, top: None)


def _phone(line: WindowLine) -> Block:
    if not line.phone:
        words = _("This window has no number yet. Please ask at the front desk.")
        return flow.paragraph(words, _TEXT_ROOM, BODY.in_bold())
    extension = _("ext. {extension}").format(extension=line.extension) if line.extension else ""
    beside = width(extension, _EXTENSION) + 4.0 if extension else 0.0
    phone = fit(line.phone, _TEXT_ROOM - beside, _PHONE, _SMALLEST)

    def draw(paper: Paper, x: float, top: float) -> None:
        baseline = _PHONE.baseline(top, _PHONE.leading)
        paper.text(x, baseline, line.phone, phone)
        paper.text(x + width(line.phone, phone) + 4.0, baseline, extension, _EXTENSION)

    return Block(_PHONE.leading, draw)


def _matter_lines(entry: WindowEntry) -> list[Block]:
    """The names of its matters run on, a line a block."""
    # Each name stays whole as long as it is no longer than a line.
    names = " · ".join(map(together, entry.matters))
    words = names or _("No matter of the list is handled here.")
    style = BODY if names else BODY.coloured(MUTED)
    return [_line(text, style) for text in wrap(words, _TEXT_ROOM, style)]


def _line(text: str, style: Style) -> Block:
    def draw(paper: Paper, x: float, top: float) -> None:
        paper.text(x, style.baseline(top, style.leading), text, style)

    return Block(style.leading, draw)


# --- by matter ----------------------------------------------------------------------------------


def _matters(facts: Directory) -> Table:
    others = _CODE_COLUMN + _WINDOW_COLUMN + _PHONE_COLUMN + _CHANNEL_COLUMN
    columns = (
        Column(_("Code"), _CODE_COLUMN),
        Column(_("Matter"), ROOM - others),
        Column(_("Window"), _WINDOW_COLUMN),
        Column(_("Phone"), _PHONE_COLUMN),
        Column(_("Channels"), _CHANNEL_COLUMN),
    )
    return Table(columns, tuple(_matter(entry) for entry in facts.matters))


def _matter(entry: MatterEntry) -> Row:
    windows, phones = _side_by_side(entry.windows)
    channels = directory_paper.channel_words(entry.channels)
    return Row((entry.code, entry.name, windows, phones, channels))


def _side_by_side(windows: Sequence[WindowLine]) -> tuple[str, str]:
    """A matter's windows and their phones as lines that stand beside each other, however either wraps."""
    if not windows:
        return "–", "–"
    left, right = [], []
    for window in windows:
        name = wrap(window_words(window.number, window.name), _WINDOW_COLUMN - _PAD, CELL)
        phone = wrap(_number(window), _PHONE_COLUMN - _PAD, CELL)
        for one, other in zip_longest(name, phone, fillvalue=""):
            # A no-break space keeps the line: an empty one at the end would fall away.
            left.append(one or "\u00a0")
            right.append(other or "\u00a0")
    return "\n".join(left), "\n".join(right)


def _number(window: WindowLine) -> str:
    if not window.phone:
        return "–"
    if not window.extension:
        return window.phone
    extension = together(_("ext. {extension}").format(extension=window.extension))
    return f"{window.phone} {extension}"
