"""The window phone directory (窗口电话目录): every open window with its matters, every matter with its windows.

It says what slips say one by one and nothing of any person, so whoever may look matters up may print it; no right of
its own. `directory.export` stays for the lists that can be imported again, which also have what is retired.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from peewee import fn

from hall_desk import i18n
from hall_desk.i18n import _
from hall_desk.services import pinyin, sheets
from hall_desk.services.accounts import Actor
from hall_desk.services.halls import is_practice, load_settings
from hall_desk.services.matters import WindowLine, window_line
from hall_desk.store import models


@dataclass(frozen=True)
class WindowEntry:
    """An open window; `matters` are the names of what it handles, in the order of their codes."""

    line: WindowLine
    note: str
    matters: tuple[str, ...]


@dataclass(frozen=True)
class MatterEntry:
    """A matter in use. Of `windows` the first is the one its tickets go to; `materials` counts the papers it needs."""

    code: str
    name: str
    pinyin: str
    windows: tuple[WindowLine, ...]
    channels: tuple[str, ...]
    materials: int


@dataclass(frozen=True)
class Directory:
    """The directory as it is on `day`. `version` goes up with every import that changes it (`directory.apply`)."""

    hall: str
    version: int
    day: date
    practice: bool
    windows: tuple[WindowEntry, ...]
    matters: tuple[MatterEntry, ...]


def of_hall(actor: Actor) -> Directory:
    """The hall's directory now: windows in the hall's order, matters by code, without what is retired."""
    actor.needs("matters.read")
    with actor.store.reading():
        windows = list(
            models.Window.select()
            .where(models.Window.hall == actor.hall_id, models.Window.retired_at.is_null())
            .order_by(models.Window.position, models.Window.number)
        )
        matters = _matters(actor.hall_id, {row.id: window_line(row) for row in windows})
        version = load_settings(actor.hall_id).directory_version
        practice = is_practice(actor.hall_id)
    names: dict[UUID, list[str]] = {}
    for matter in matters:
        for window in matter.windows:
            names.setdefault(window.id, []).append(matter.name)
    entries = (
        WindowEntry(window_line(row), row.note, tuple(names.get(row.id, ()))) for row in windows
    )
    return Directory(
        actor.hall_name, version, actor.store.today(), practice, tuple(entries), matters
    )


def _matters(hall_id: UUID, lines: dict[UUID, WindowLine]) -> tuple[MatterEntry, ...]:
    windows: dict[UUID, list[WindowLine]] = {}
    place = models.MatterWindow
    for matter_id, window_id in (
        place.select(place.matter, place.window)
        .where(place.hall == hall_id)
        .order_by(place.position)
        .tuples()
    ):
        if window_id in lines:
            windows.setdefault(matter_id, []).append(lines[window_id])
    paper = models.Material
    counts = dict(
        paper.select(paper.matter, fn.COUNT(paper.id))
        .where(paper.hall == hall_id)
        .group_by(paper.matter)
        .tuples()
    )
    matter = models.Matter
    rows = (
        matter.select(matter.id, matter.code, matter.name, matter.channels)
        .where(matter.hall == hall_id, matter.retired_at.is_null())
        .tuples()
    )
    # By code in Python: the two databases sort letters and digits differently.
    return tuple(
        MatterEntry(
            code,
            name,
            pinyin.display(name),
            tuple(windows.get(key, ())),
            tuple(channels.split()),
            counts.get(key, 0),
        )
        for key, code, name, channels in sorted(rows, key=lambda row: row[1])
    )


# --- the same as a workbook ----------------------------------------------------------------------


def file_name(directory: Directory, ending: str) -> str:
    """A name for its file: `window-phones-v3-2020-02-21.pdf`."""
    return f"window-phones-v{directory.version}-{directory.day.isoformat()}{ending}"


def as_xlsx(directory: Directory) -> bytes:
    """A workbook of two sheets, by window and by matter. Telephone numbers are text, counts are numbers.

    Headings stay in view; version and day are in the foot of its pages and in the file's title.
    """
    import openpyxl

    book = openpyxl.Workbook()
    book.properties.created = datetime.combine(directory.day, time())
    book.properties.creator = directory.hall
    book.properties.title = f"{_('Window phone directory')} · {edition(directory)}"
    first = book.active
    assert first is not None
    headings = [
        _("Window"),
        _("Window's name"),
        _("Phone"),
        _("Extension"),
        _("Hours"),
        _("Note"),
        _("Matters"),
        _("Number of matters"),
    ]
    _fill(first, directory, _("Look up by window"), headings, map(_window_cells, directory.windows))
    headings = [
        _("Code"),
        _("Matter"),
        _("Pinyin"),
        _("Window"),
        _("Window's name"),
        _("Phone"),
        _("Extension"),
        _("Channels"),
        _("Papers to bring"),
    ]
    second: Any = book.create_sheet()
    _fill(
        second, directory, _("Look up by matter"), headings, map(_matter_cells, directory.matters)
    )
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def edition(directory: Directory) -> str:
    """“Directory version 3 · 2020-02-21”."""
    version = _("Directory version {version}").format(version=directory.version)
    return f"{version} · {directory.day.isoformat()}"


def channel_words(channels: Sequence[str]) -> str:
    """How a matter can be done, in words."""
    return _(", ").join(i18n.code("channel", channel) for channel in channels)


def _window_cells(entry: WindowEntry) -> list[str | int]:
    line = entry.line
    facts = [line.number, line.name, line.phone, line.extension, line.hours, entry.note]
    return [*facts, _(", ").join(entry.matters), len(entry.matters)]


def _matter_cells(entry: MatterEntry) -> list[str | int]:
    # One line of the cell for each window, so that the phone beside it is that window's.
    columns = zip(*((w.number, w.name, w.phone, w.extension) for w in entry.windows), strict=True)
    windows = ["\n".join(column) for column in columns] or [""] * 4
    cells = [entry.code, entry.name, entry.pinyin, *windows, channel_words(entry.channels)]
    return [*cells, entry.materials]


def _fill(sheet: Any, directory: Directory, title: str, headings: list[str], rows: Any) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.title = title
    sheet.append(headings)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "B2"
    widths = [[heading] for heading in headings]
    for number, row in enumerate(rows, start=2):
        for place, value in enumerate(row, start=1):
            if value == "":
                continue
            cell = sheet.cell(number, place)
            if isinstance(value, int):
                cell.value = value
            else:
                sheets.put_text(cell, value)
                widths[place - 1].append(value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for place, texts in enumerate(widths):
        sheet.column_dimensions[sheets.column_letter(place)].width = sheets.text_width(texts)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    # An ampersand begins a code in Excel's heads and feet.
    sheet.oddFooter.left.text = f"{directory.hall} · {edition(directory)}".replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"
