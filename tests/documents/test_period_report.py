"""The weekly and monthly report on paper and as files say what the figures say, in both languages."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from hall_desk import i18n
from hall_desk.cli import main
from hall_desk.documents.period_report import period_report
from hall_desk.services import accounts, sample_day
from hall_desk.services.figures import period, period_tables
from hall_desk.services.figures.groups import DayLine
from hall_desk.services.figures.meanings import MEANINGS, kind_of, value_of
from hall_desk.services.figures.period import PeriodFigures
from hall_desk.services.figures.typed_tables import COUNT
from hall_desk.store.database import Store
from tests.documents.reading import joined

DAY = sample_day.DAY


@pytest.fixture
def week(sample_file: Path) -> PeriodFigures:
    store = Store.open(str(sample_file))
    try:
        return period.of_period(accounts.operator(store), period.week_of(DAY))
    finally:
        store.close()


def test_the_weekly_report_names_every_figure_and_table(week: PeriodFigures) -> None:
    text = joined(period_report(week))
    assert "工作周报" in text
    assert "2020-02-17" in text
    for name, title, _meaning in MEANINGS:
        value = value_of(week.totals, name)
        assert i18n._(title) in text
        if kind_of(name) == COUNT:
            assert str(value) in text
    for table in period_tables.tables(week):
        if table.name != "hours":
            assert table.title in text
    assert "演练" in text


def test_the_same_figures_give_the_same_bytes_and_english_is_whole(week: PeriodFigures) -> None:
    assert period_report(week) == period_report(week)
    i18n.use("en")
    text = joined(period_report(week))
    assert "Weeklyreport" in text
    assert "Withinthepromise" in text
    assert "测温" not in text.replace("太平桥", "")


def test_a_year_is_charted_by_months_and_fits_its_pages(week: PeriodFigures) -> None:
    first = date(2019, 3, 1)
    days = tuple(
        DayLine(first + timedelta(days=number), 191, 1, 128, 49, 31, 28, 24, 142.0, 49)
        for number in range(366)
    )
    year = replace(
        week,
        period=period.between(first, first + timedelta(days=365)),
        until=first + timedelta(days=365),
        by_day=days,
    )
    text = joined(period_report(year))
    assert "每月受理代办" in text
    assert "2020-02-29" in text


def test_a_period_without_anything_is_a_page_and_not_an_error(sample_file: Path) -> None:
    store = Store.open(str(sample_file))
    try:
        empty = period.of_period(accounts.operator(store), period.month_of(date(2019, 1, 1)))
    finally:
        store.close()
    text = joined(period_report(empty))
    assert "工作月报" in text
    assert "这几天没有记录。" in text
    assert len(period_tables.as_xlsx(empty)) > 1000
    assert period_tables.as_csv(empty, "clerks").count(b"\r\n") == 1


def test_the_workbook_has_numbers_dates_and_durations(week: PeriodFigures) -> None:
    book = openpyxl.load_workbook(io.BytesIO(period_tables.as_xlsx(week)))
    assert book.sheetnames == ["总览", "按日", "按时段", "各窗口", "各事项", "按人员"]
    days = book["按日"]
    assert days.freeze_panes == "B2"
    line = week.by_day[0]
    assert days["A2"].value.date() == line.day
    assert days["F2"].value == line.opened
    assert days["H2"].value == pytest.approx(line.within_promise / line.finished)
    assert days["H2"].number_format == "0.0%"
    assert days["I2"].value.total_seconds() == pytest.approx(line.median_seconds or 0, abs=0.001)
    overview = {row[0].value: row[1].value for row in book["总览"].iter_rows(min_row=2)}
    assert overview["代办受理"] == week.totals.opened
    for sheet in book:
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_two_days_are_charted_in_the_workbook(week: PeriodFigures) -> None:
    two = replace(week, by_day=(*week.by_day, replace(week.by_day[0], day=DAY + timedelta(days=1))))
    book = openpyxl.load_workbook(io.BytesIO(period_tables.as_xlsx(two)))
    assert len(book["按日"]._charts) == 1


def test_a_name_that_looks_like_a_formula_stays_a_name(week: PeriodFigures) -> None:
    evil = replace(week.by_clerk[0], name='=HYPERLINK("http://x")')
    bad = replace(week, by_clerk=(evil,))
    book = openpyxl.load_workbook(io.BytesIO(period_tables.as_xlsx(bad)))
    assert book["按人员"]["A2"].data_type == "s"
    text = period_tables.as_csv(bad, "clerks").decode("utf-8-sig")
    assert next(csv.reader(text.splitlines()[1:]))[0].startswith("'=")


@pytest.mark.parametrize("by", period_tables.NAMES)
def test_a_csv_opens_in_excel_and_has_a_line_each(week: PeriodFigures, by: str) -> None:
    content = period_tables.as_csv(week, by)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    table = next(table for table in period_tables.tables(week) if table.name == by)
    assert len(rows) == 1 + len(table.rows)
    assert {len(row) for row in rows} == {len(table.columns)}


def _hall(sample_file: Path, tmp_path: Path) -> list[str]:
    (tmp_path / "hall.sqlite3").write_bytes(sample_file.read_bytes())
    return ["--data", str(tmp_path)]


def test_the_command_writes_a_report_in_every_form(sample_file: Path, tmp_path: Path) -> None:
    where = _hall(sample_file, tmp_path)
    for words, ending, begins in (
        (["weekly", "--date", "2020-02-21"], ".pdf", b"%PDF"),
        (["monthly", "--date", "2020-02-21"], ".xlsx", b"PK"),
        (["range", "--from", "2020-02-21", "--to", "2020-02-24"], ".csv", b"\xef\xbb\xbf"),
    ):
        out = tmp_path / f"out{ending}"
        assert main([*where, "report", *words, "--output", str(out)]) == 0
        assert out.read_bytes().startswith(begins)
    out = tmp_path / "out.json"
    week = ["report", "weekly", "--date", "2020-02-21", "--output", str(out)]
    assert main([*where, *week]) == 0
    told = json.loads(out.read_text("utf-8"))
    assert told["totals"]["opened"] == 31
    assert told["period"] == {"first": "2020-02-17", "last": "2020-02-23", "kind": "week"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["range", "--from", "2020-02-22", "--to", "2020-02-21"], "第一天晚于最后一天"),
        (["range", "--from", "2010-02-22", "--to", "2020-02-21"], "最多 1098 天"),
        (["range"], "--from"),
    ],
)
def test_a_range_that_makes_no_sense_is_one_plain_sentence(
    sample_file: Path,
    tmp_path: Path,
    words: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    where = _hall(sample_file, tmp_path)
    out = tmp_path / "out.pdf"
    assert main([*where, "report", *words, "--output", str(out)]) == 2
    complaint = capsys.readouterr().err
    assert said in complaint
    assert complaint.count("\n") == 1
    assert not out.exists()
