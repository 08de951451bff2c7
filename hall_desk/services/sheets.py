"""Reads a table from a CSV or XLSX file that somebody made in WPS or Excel, and writes one.

What comes out of a file is text in rows; nothing in a file is ever calculated. A file that is not a
plain table is refused with a reason (`errors.BadFile`), and so is one that would use up the PC.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from hall_desk import errors
from hall_desk.services.import_problems import Problem, refusal
from hall_desk.services.progress import ROWS, Progress

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED_BYTES = 100 * 1024 * 1024
MOST_ROWS = 20_000
# Parts of a workbook; zipfile keeps some 2 KB for each that the archive lists, however empty.
MOST_PARTS = 2_000
MOST_COLUMNS = 64
# Excel's own limit; a file that names a later row was made to keep us counting.
LAST_ROW = 1_048_576
FORMATS = (".csv", ".xlsx")

# What a spreadsheet program would calculate when it opens a CSV file, behind spaces too.
_CALCULATED = re.compile(r"\s*'*\s*[=+\-@＝＋－＠]")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]+[0-9]+(?::[A-Z]+[0-9]+)?)"')
# What openpyxl and zipfile raise for a file that is not what it says; DefusedXmlException and
# UnicodeDecodeError are ValueErrors.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    OSError,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row that has something in it; `number` is the row's number in WPS and Excel."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The text of a file. `problems` name cells that have no text to take: formulas, merged cells."""

    name: str
    heading_row: int
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()


def heading_key(text: str) -> str:
    """A heading as it is compared: `电话 *`, `电话（必填）` and `电话` are the same."""
    text = re.sub(r"[(（\[【].*?[)）\]】]", "", text)
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in text if c.isalnum())


def column_letter(index: int) -> str:
    """The letter of a column counted from 0: A, B, … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


# --- reading ---------------------------------------------------------------------------------


def read_table(
    source: Path | str | bytes,
    known: frozenset[str],
    name: str = "",
    progress: Progress | None = None,
) -> Table:
    """The table in a file or in bytes: CSV (UTF-8, GBK, GB18030, UTF-16) or XLSX (first sheet).

    `known` are the `heading_key`s that may occur: they decide the separator and the encoding.
    Raises NotFound `file`, Stopped, and BadFile for what is no table at all or too large. Cells that
    cannot be taken are named in the table's `problems`.
    """
    progress = progress or Progress()
    if isinstance(source, bytes):
        content = source
    else:
        path = Path(source)
        name = name or path.name
        content = _content(path)
    if len(content) > MOST_BYTES:
        raise _refused(name, "too_big", limit=MOST_BYTES // 2**20)
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise _refused(name, "empty_file")
    if content.startswith(b"PK\x03\x04"):
        table = _read_xlsx(content, name, progress)
    elif content.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise _refused(name, "encrypted" if locked else "old_excel")
    else:
        table = _read_csv(content, name, known, progress)
    if not table.headings:
        raise _refused(name, "empty_file")
    return table


def _refused(name: str, reason: str, row: int = 0, **facts: Any) -> errors.BadFile:
    return refusal(name, [Problem(row, "", reason, facts=facts)])


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise errors.NotFound(kind="file", key=str(path)) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        raise _refused(path.name, "unreadable") from error


class _Builder:
    """Collects rows into a table: the first that has anything is the headings, empty ones are skipped."""

    def __init__(self, name: str, progress: Progress) -> None:
        self.name = name
        self.progress = progress
        self.heading_row = 0
        self.headings: tuple[str, ...] = ()
        self.rows: list[Row] = []
        self.problems: list[Problem] = []

    def add(self, number: int, cells: Sequence[str]) -> None:
        """Takes the next row. Raises BadFile when there are too many, Stopped."""
        self.progress.tell(ROWS, len(self.rows), 0)
        last = len(cells)
        while last and not cells[last - 1].strip():
            last -= 1
        if not last:
            return
        if not self.headings:
            self.heading_row = number
            self.headings = tuple(cell.strip() for cell in cells[:last])
            return
        if len(self.rows) == MOST_ROWS:
            raise _refused(self.name, "too_many_rows", limit=MOST_ROWS)
        width = len(self.headings)
        for index, cell in enumerate(cells[:last]):
            if cell.strip() and (index >= width or not self.headings[index]):
                self.problem(number, index, "no_heading", cell)
        taken = tuple(cells[:width])
        self.rows.append(Row(number, taken + ("",) * (width - len(taken))))

    def problem(self, row: int, index: int, reason: str, value: str = "", **facts: Any) -> None:
        heading = self.headings[index] if index < len(self.headings) else ""
        letter = column_letter(index)
        self.problems.append(Problem(row, heading, reason, value.strip(), letter, facts))

    def table(self) -> Table:
        return Table(
            self.name, self.heading_row, self.headings, tuple(self.rows), tuple(self.problems)
        )


# --- CSV -------------------------------------------------------------------------------------


def _read_csv(content: bytes, name: str, known: frozenset[str], progress: Progress) -> Table:
    text = _decoded(content, name, known)
    if any(unicodedata.category(c) == "Cc" and c not in "\t\r\n" for c in text[:4096]):
        raise _refused(name, "not_a_table")
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=_separator(text, known), strict=True
    )
    built = _Builder(name, progress)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            for index, cell in enumerate(cells):
                if cell.lstrip().startswith(("=", "＝")):
                    built.problem(number, index, "formula", cell)
            built.add(number, [_unguarded(cell) for cell in cells])
    except csv.Error:
        raise _refused(name, "quotes", row=number + 1) from None
    return built.table()


def _decoded(content: bytes, name: str, known: frozenset[str]) -> str:
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused(name, "not_a_table")
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    # A UTF-8 file with one damaged character is often valid GB18030 too, as other characters.
    as_utf8 = content.decode("utf-8-sig", errors="replace")
    if content.startswith(b"\xef\xbb\xbf") or (
        _known_headings(as_utf8, known) > _known_headings(text, known)
    ):
        raise _refused(name, "broken_character", row=row)
    if not text:
        raise _refused(name, "not_a_table" if b"\x00" in content[:4096] else "encoding")
    return text


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip(",;\t \ufeff")), "")


def _known_headings(text: str, known: frozenset[str]) -> int:
    return sum(heading_key(part) in known for part in re.split(r"[,;\t]", _first_line(text)))


def _separator(text: str, known: frozenset[str]) -> str:
    line = _first_line(text)

    def fits(separator: str) -> tuple[int, int]:
        parts = line.split(separator)
        return sum(heading_key(part) in known for part in parts), len(parts)

    return max((",", ";", "\t"), key=fits)


def _unguarded(cell: str) -> str:
    return cell[cell.index("'") + 1 :] if "'" in cell and _is_guarded(cell) else cell


def _is_guarded(cell: str) -> bool:
    return cell.lstrip().startswith("'") and _CALCULATED.match(cell) is not None


def _guarded(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet program would calculate."""
    return f"'{cell}" if _CALCULATED.match(cell) else cell


# --- XLSX ------------------------------------------------------------------------------------


def _read_xlsx(content: bytes, name: str, progress: Progress) -> Table:
    import openpyxl  # some 0.15 s: only when a workbook is read

    if content.count(b"PK\x01\x02") > MOST_PARTS:
        raise _refused(name, "damaged")
    book = None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive, name)
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions it drops; only the cells' values matter here.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
            sheet: Any = next(s for s in book.worksheets if s.sheet_state == "visible")
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                merged = _merged_ranges(archive, sheet._worksheet_path)
            return _read_sheet(sheet, merged, name, progress)
    except StopIteration:
        raise _refused(name, "not_a_table") from None
    except _DAMAGED as error:
        raise _refused(name, "damaged") from error
    finally:
        if book is not None:
            book.close()


def _check_archive(archive: zipfile.ZipFile, name: str) -> None:
    parts = archive.infolist()
    # The sizes are the archive's own word; zipfile reads no part further than it says.
    if sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise _refused(name, "unpacks_too_big", limit=MOST_UNPACKED_BYTES // 2**20)
    if any(part.flag_bits & 0x1 for part in parts):
        raise _refused(name, "encrypted")
    if not any(part.filename.startswith("xl/") for part in parts):
        raise _refused(name, "not_a_table")


def _merged_ranges(archive: zipfile.ZipFile, part: str) -> list[str]:
    found: list[str] = []
    tail = b""
    with archive.open(part) as file:
        while chunk := file.read(1 << 20):
            text = tail + chunk
            found += [ref.decode() for ref in _MERGED.findall(text)]
            # A tag cut in two by the chunks' border is seen whole with the next chunk.
            cut = text.rfind(b"<")
            tail = text[cut:] if cut >= 0 and b">" not in text[cut:] else b""
    return found


def _read_sheet(sheet: Any, merged: list[str], name: str, progress: Progress) -> Table:
    # Some programs write a wrong size of the sheet, and openpyxl would stop there.
    sheet.reset_dimensions()
    built = _Builder(name, progress)
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        if number > LAST_ROW:
            raise _refused(name, "damaged")
        if all(cell.value is None for cell in cells):
            continue
        texts = []
        for index, cell in enumerate(cells):
            if cell.data_type == "f":
                built.problem(number, index, "formula")
                texts.append("=")
            elif cell.data_type == "e":
                built.problem(number, index, "cell_error", str(cell.value))
                texts.append(str(cell.value))
            else:
                texts.append(_cell_text(cell))
        built.add(number, texts)
    for area in merged:
        row = re.search(r"\d+", area)
        if row:
            built.problems.append(
                Problem(int(row.group()), "", "merged", facts={"range": area.replace("$", "")})
            )
    return built.table()


def _cell_text(cell: Any) -> str:
    """What the cell shows, as far as it matters: 3.0 is 3, a date is ISO, 0031 keeps its zeros."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int):
        zeros = re.fullmatch(r"0{2,20}", cell.number_format or "")
        return str(value).zfill(len(zeros.group())) if zeros and value >= 0 else str(value)
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


# --- writing ---------------------------------------------------------------------------------


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file that WPS and Excel open rightly: UTF-8 with BOM, CRLF, nothing to calculate."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([_guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook of one sheet. Every cell is text, so zeros stay and nothing is calculated."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", title)[:31] or "1")
    sheet.freeze_panes = "A2"
    content = [tuple(row) for row in rows]
    for index, heading in enumerate(headings):
        dimension = sheet.column_dimensions[column_letter(index)]
        dimension.width = text_width([heading, *(row[index] for row in content[:200])])
        # Cells added later are text as well.
        dimension.number_format = "@"

    def cells(row: Sequence[str], bold: bool = False) -> Iterator[Any]:
        for text in row:
            if not text:
                yield None
                continue
            cell = WriteOnlyCell(sheet, value="")
            put_text(cell, text)
            if bold:
                cell.font = Font(bold=True)
            yield cell

    sheet.append(cells(headings, bold=True))
    for row in content:
        sheet.append(cells(row))
    file = io.BytesIO()
    book.save(file)
    book.close()
    return file.getvalue()


def put_text(cell: Any, text: str) -> None:
    """Makes an openpyxl cell a text that stays one, whatever it begins with."""
    cell.value = printable(text)
    # openpyxl takes a text that begins with = for a formula unless told otherwise.
    cell.data_type = "s"
    cell.number_format = "@"
    if _CALCULATED.match(text):
        cell.quotePrefix = True


def printable(text: str) -> str:
    """The text without what XML cannot hold."""
    return "".join(
        c
        for c in text
        if c in "\t\n" or not (unicodedata.category(c) in ("Cc", "Cs") or c in "\ufffe\uffff")
    )


def text_width(texts: list[str]) -> int:
    """A column's width in characters for these texts; a Chinese character takes two."""
    longest = max(
        sum(2 if ord(c) > 0x2E7F else 1 for c in line)
        for text in texts
        for line in text.split("\n")
    )
    return min(max(longest + 2, 8), 60)
