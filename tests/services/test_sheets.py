"""Reading tables that people made in WPS and Excel, and refusing what is no table."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula

from hall_desk import errors
from hall_desk.services import sheets
from hall_desk.services.directory import read_table
from hall_desk.services.sheets import Table

WINDOWS = "窗口号,名称,电话\n1,综合受理,010-5555-0101\n3,医疗保险,010-5555-0103\n"


def xlsx(rows: list[list[Any]], **more: Any) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for name, value in more.items():
        if name == "merge":
            sheet.merge_cells(value)
        else:
            sheet[name] = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cells(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


def reason(content: bytes | Path) -> tuple[str, int]:
    with pytest.raises(errors.BadFile) as caught:
        read_table(content, *(["表.csv"] if isinstance(content, bytes) else []))
    (problem,) = caught.value.problems
    assert caught.value.facts["problem_count"] == 1
    assert problem.sentence()
    return problem.reason, problem.row


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_encodings_of_wps_and_excel(encoding: str) -> None:
    table = read_table(WINDOWS.encode(encoding))
    assert table.headings == ("窗口号", "名称", "电话")
    assert cells(table) == [("1", "综合受理", "010-5555-0101"), ("3", "医疗保险", "010-5555-0103")]
    assert [row.number for row in table.rows] == [2, 3]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(separator: str, end: str) -> None:
    text = WINDOWS.replace(",", separator).replace("\n", end)
    assert cells(read_table(text.encode()))[1] == ("3", "医疗保险", "010-5555-0103")


def test_rare_characters_survive_every_encoding() -> None:
    text = "社区,电子邮箱\n䶮𬭊社区,a@example.com\n"
    for encoding in ("utf-8", "gb18030", "utf-16"):
        assert cells(read_table(text.encode(encoding)))[0][0] == "䶮𬭊社区"
    assert cells(read_table(xlsx([["社区"], ["䶮𬭊社区"]])))[0][0] == "䶮𬭊社区"


def test_row_numbers_are_those_of_the_spreadsheet() -> None:
    text = '\n窗口号,名称,备注\n1,综合,"一行\n两行"\n,,\n\n2,居住,\n'
    table = read_table(text.encode())
    assert table.heading_row == 2
    assert [(row.number, row.cells[2]) for row in table.rows] == [(3, "一行\n两行"), (6, "")]


def test_xlsx_cells_are_read_as_they_look() -> None:
    content = xlsx(
        [["窗口号", "名称", "电话", "备注"], [3.0, " 医疗保险 ", 12345, 3.5]],
        A3="0031", B3=datetime(2020, 2, 17),  # noqa: DTZ001 - a spreadsheet knows no zone
        C3=date(2020, 2, 18), D3=True,
    )  # fmt: skip
    table = read_table(content)
    assert cells(table) == [
        ("3", " 医疗保险 ", "12345", "3.5"),
        ("0031", "2020-02-17", "2020-02-18", "TRUE"),
    ]


def test_a_number_shown_with_zeros_keeps_them() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["窗口号"])
    sheet["A2"] = 31
    sheet["A2"].number_format = "0000"
    file = io.BytesIO()
    book.save(file)
    assert cells(read_table(file.getvalue())) == [("0031",)]


def test_the_first_visible_sheet_counts_and_empty_formatted_rows_do_not() -> None:
    book = openpyxl.Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.append(["别的"])
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet("目录")
    sheet.append(["窗口号"])
    sheet.append([1])
    sheet.cell(60_000, 1).number_format = "@"
    file = io.BytesIO()
    book.save(file)
    table = read_table(file.getvalue())
    assert (table.headings, cells(table)) == (("窗口号",), [("1",)])


def test_formulas_in_xlsx_are_named() -> None:
    content = xlsx(
        [["窗口号", "名称"], [1, '=A2&"号"'], [2, "居住"]], B4=ArrayFormula("B4", "=A2:A3")
    )
    table = read_table(content)
    assert [(p.row, p.letter, p.column, p.reason) for p in table.problems] == [
        (2, "B", "名称", "formula"),
        (4, "B", "名称", "formula"),
    ]


def test_formulas_in_csv_are_named() -> None:
    table = read_table('窗口号,名称\n1,"=HYPERLINK(""x"")"\n2, =1+1\n'.encode())
    assert [(p.row, p.letter, p.reason) for p in table.problems] == [
        (2, "B", "formula"),
        (3, "B", "formula"),
    ]


def test_error_cells_and_merged_cells_are_named() -> None:
    content = xlsx([["窗口号", "名称"], [1, "#REF!"], [2, "居住"], [None, None]], merge="A3:A4")
    table = read_table(content)
    assert [(p.row, p.reason, p.facts.get("range")) for p in table.problems] == [
        (2, "cell_error", None),
        (3, "merged", "A3:A4"),
    ]


def test_values_outside_the_headings_are_named() -> None:
    table = read_table("窗口号,,名称\n1,x,综合,,y\n".encode())
    assert [(p.letter, p.reason) for p in table.problems] == [
        ("B", "no_heading"),
        ("E", "no_heading"),
    ]


# --- refused as a whole ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", "\ufeff \n".encode("utf-16")]
)
def test_empty_files(content: bytes) -> None:
    assert reason(content) == ("empty_file", 0)


def test_an_empty_workbook() -> None:
    assert reason(xlsx([])) == ("empty_file", 0)


def test_fifty_thousand_rows_are_one_plain_problem() -> None:
    text = "窗口号,名称,电话\n" + "".join(f"{n},窗口,010-5555-0101\n" for n in range(50_000))
    assert reason(text.encode()) == ("too_many_rows", 0)


def test_fifty_thousand_rows_of_xlsx() -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(50_001):
        sheet.append([number])
    file = io.BytesIO()
    book.save(file)
    assert reason(file.getvalue()) == ("too_many_rows", 0)


def test_twenty_thousand_rows_are_taken() -> None:
    text = "窗口号\n" + "\n".join(str(n) for n in range(20_000)) + "\n\n\n"
    assert len(read_table(text.encode()).rows) == 20_000


def test_a_file_that_is_too_large() -> None:
    assert reason(b"1," * (11 * 2**20)) == ("too_big", 0)


def test_no_tables(tmp_path: Path) -> None:
    assert reason(b"%PDF-1.7\n\x00\x01\x02" + bytes(range(256)))[0] in ("not_a_table", "encoding")
    assert reason(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00")[0] in (
        "not_a_table",
        "encoding",
    )
    assert reason(b"\xff\xfe\x00\xd8\x00") == ("not_a_table", 0)
    assert reason(b"\x41\xff" * 40) == ("encoding", 0)
    assert reason("窗口号,名称,电话\n1,综\x07合,12345\n".encode()) == ("not_a_table", 0)
    other = tmp_path / "a.docx"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert reason(other) == ("not_a_table", 0)


def test_old_and_protected_workbooks() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
    assert reason(ole) == ("old_excel", 0)
    assert reason(ole + "EncryptedPackage".encode("utf-16-le")) == ("encrypted", 0)


def test_a_workbook_in_a_zip_with_a_password() -> None:
    content = bytearray(xlsx([["窗口号"], [1]]))
    # The flag "encrypted" of the first entry in the archive's list.
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert reason(bytes(content)) == ("encrypted", 0)


def test_a_damaged_workbook() -> None:
    whole = xlsx([["窗口号"], [1]])
    assert reason(whole[: len(whole) // 2]) == ("damaged", 0)
    assert reason(b"PK\x03\x04" + b"x" * 500) == ("damaged", 0)


def repacked(content: bytes, part: str, change: Any) -> bytes:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info.filename, change(data) if info.filename == part else data)
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_zip_bomb_is_not_unpacked() -> None:
    whole = xlsx([["窗口号"], [1]])
    bomb = repacked(whole, SHEET, lambda data: data + b" " * (120 * 2**20))
    assert len(bomb) < 2**20
    tracemalloc.start()
    assert reason(bomb) == ("unpacks_too_big", 0)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20 * 2**20


def test_an_xml_bomb_is_refused() -> None:
    def laughs(data: bytes) -> bytes:
        entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
        head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entities}]>'.encode()
        return head + data[data.index(b"<worksheet") :].replace(b"<v>1</v>", b"<v>&l11;</v>")

    assert reason(repacked(xlsx([["窗口号"], [1]]), SHEET, laughs)) == ("damaged", 0)


def test_a_workbook_that_names_a_row_far_away_is_refused() -> None:
    def far(data: bytes) -> bytes:
        return data.replace(b'<row r="2"', b'<row r="900000000"').replace(
            b'r="A2"', b'r="A900000000"'
        )

    assert reason(repacked(xlsx([["窗口号"], [1]]), SHEET, far)) == ("damaged", 0)


def test_a_wrong_sheet_size_hides_no_rows() -> None:
    content = repacked(
        xlsx([["窗口号", "名称"], [1, "综合"]]),
        SHEET,
        lambda data: data.replace(b'ref="A1:B2"', b'ref="A1"'),
    )
    assert cells(read_table(content)) == [("1", "综合")]


def test_a_damaged_character_of_utf8_is_named_by_row_and_not_read_as_gbk() -> None:
    content = WINDOWS.encode().replace("医疗".encode(), "医疗".encode()[:-1])
    assert reason(content) == ("broken_character", 3)
    assert reason(b"\xef\xbb\xbf" + content) == ("broken_character", 3)


def test_an_open_quotation_mark() -> None:
    assert reason('窗口号,名称\n1,"综合\n2,居住\n'.encode())[0] == "quotes"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(errors.NotFound) as caught:
        read_table(tmp_path / "无.csv")
    assert caught.value.kind == "file"
    assert reason(tmp_path) == ("unreadable", 0)


# --- writing ---------------------------------------------------------------------------------

TEXTS = st.text(
    st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("=+-@'\"＝ ,;|\n\t你䶮𬭊"),
    max_size=12,
)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6))
def test_what_is_written_is_read_again(rows: list[tuple[str, str]]) -> None:
    filled = [("x", *row) for row in rows]
    for content in (
        sheets.csv_bytes(("姓名", "甲", "乙"), filled),
        sheets.xlsx_bytes("甲/乙", ("姓名", "甲", "乙"), filled),
    ):
        table = read_table(content)
        assert table.problems == ()
        assert cells(table) == filled


@pytest.mark.parametrize("text", ["=1+1", "+86 10", "-5", "@x", "'=x", " =x", "＝x"])
def test_csv_holds_nothing_that_is_calculated(text: str) -> None:
    content = sheets.csv_bytes(("姓名",), [(text,)])
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines()[1].lstrip('"').startswith("'")
    assert cells(read_table(content)) == [(text,)]


def test_xlsx_cells_are_text_with_zeros() -> None:
    content = sheets.xlsx_bytes("窗口", ("编码",), [("0031",), ("=1+1",)])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert [(c.value, c.data_type, c.number_format) for (c,) in sheet.iter_rows(min_row=2)] == [
        ("0031", "s", "@"),
        ("=1+1", "s", "@"),
    ]
    assert sheet["A3"].quotePrefix
