"""The daily report on the screen is the paper: its pages, its figures, its files."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from hall_desk.services import consultations, day_close, incidents, screening
from hall_desk.services.consultations import NewConsultation
from hall_desk.services.day_close import NewClose
from hall_desk.services.figures import period
from hall_desk.services.incidents import NewIncident
from hall_desk.services.progress import DAYS, Progress
from hall_desk.services.screening import NewCheck
from hall_desk.store.ids import new_id
from hall_desk.ui.pages.report import ReportPage

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]


@pytest.fixture
def page(
    make_window: Callable[..., MainWindow],
    manager: Actor,
    small_hall: dict[str, Any],
    settled: Settled,
) -> ReportPage:
    window = make_window(manager)
    window.go("report")
    settled()
    page = window.page()
    assert isinstance(page, ReportPage)
    return page


def text_of(file: Path) -> str:
    return "".join(shown.extract_text() for shown in pypdf.PdfReader(file).pages)


def test_the_preview_has_the_papers_pages_and_proportion(page: ReportPage) -> None:
    assert page._made is not None
    sheets = page.preview._sheets
    from io import BytesIO

    assert len(sheets) == len(pypdf.PdfReader(BytesIO(page._made.pdf)).pages)
    assert sheets[0].height() / sheets[0].width() == pytest.approx(297 / 210, rel=0.01)


def test_it_zooms_and_goes_back_to_the_width(
    page: ReportPage, keys: Keys, settled: Settled
) -> None:
    width = page.preview._sheets[0].width()
    keys.press("Ctrl++")
    assert page.preview._sheets[0].width() > width
    keys.press("Ctrl+0")
    assert page.preview._sheets[0].width() == width
    settled()


def test_a_new_check_comes_into_the_open_report(
    page: ReportPage, manager: Actor, qtbot: QtBot
) -> None:
    screening.record(manager, NewCheck(new_id(), "365", "于女士"))
    qtbot.waitUntil(lambda: page._made is not None and page._made.figures.screening.total == 1)


def test_what_the_other_posts_record_comes_into_the_open_report(
    page: ReportPage, manager: Actor, small_hall: dict[str, Any], qtbot: QtBot
) -> None:
    new = NewConsultation(new_id(), "settled", matter_id=small_hall["medical"])
    consultations.record(manager, new)
    qtbot.waitUntil(lambda: page._made is not None and page._made.figures.consultations.total == 1)
    incidents.open(manager, NewIncident(new_id(), "equipment", "2 号窗口"))
    qtbot.waitUntil(lambda: page._made is not None and page._made.figures.incidents.opened == 1)


def test_saved_files_tell_the_same(
    page: ReportPage, manager: Actor, qtbot: QtBot, settled: Settled, tmp_path: Path
) -> None:
    screening.record(manager, NewCheck(new_id(), "365", "于女士"))
    qtbot.waitUntil(lambda: page._made is not None and page._made.figures.screening.total == 1)
    assert page._made is not None
    for ending, ask in (("pdf", page.save_pdf), ("json", page.save_json)):
        ask()
        dialog = page._dialog
        assert dialog is not None
        assert dialog.defaultSuffix() == ending
        dialog.fileSelected.emit(str(tmp_path / f"day.{ending}"))
        dialog.reject()
    settled()
    assert page.session.notices.kind == "success"
    told = json.loads((tmp_path / "day.json").read_text("utf-8"))
    assert told["screening"]["total"] == 1
    assert "2020" in text_of(tmp_path / "day.pdf")


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(
    page: ReportPage, settled: Settled, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    page.save_to(tmp_path / "file" / "day.pdf", lambda: b"x")
    settled()
    assert page.session.notices.kind == "error"


def test_printing_keeps_the_paper(page: ReportPage, keys: Keys, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.session.paper_told) as told:
        keys.press("Ctrl+P")
    assert told.args is not None
    assert told.args[0] == "success"
    (file,) = page.session.papers.glob("*.pdf")
    assert page._made is not None
    assert file.read_bytes() == page._made.pdf


def test_another_day_by_keys_and_no_day_that_lies_ahead(
    page: ReportPage, keys: Keys, settled: Settled
) -> None:
    today = page.session.today()
    keys.press("Alt+Right")
    assert page.day.day() == today
    keys.press("Alt+Left")
    assert page.day.day() == today - timedelta(days=1)
    assert not page.print_button.isEnabled()
    settled()
    assert page._made is not None
    assert page._made.figures.day == today - timedelta(days=1)
    assert page.print_button.isEnabled()


# --- several days --------------------------------------------------------------------------------


def test_a_weeks_report_is_shown_printed_and_saved_by_keys(
    page: ReportPage, manager: Actor, keys: Keys, settled: Settled, tmp_path: Path
) -> None:
    screening.record(manager, NewCheck(new_id(), "365", "于女士"))
    page.about.kind.setFocus()
    keys.press("Right")
    settled()
    assert page._made is not None
    assert page._made.name.startswith("report-2020-02-17-2020-02-23")
    assert "工作周报" in text_of_bytes(page._made.pdf)
    assert not page.panel.isVisible()
    assert not page.close_day_button.isVisible()
    page.table_menu.aboutToShow.emit()
    words = [action.text() for action in page.table_menu.actions()]
    assert words[0] == "Excel（全部表格）"
    assert len(words) == 7
    page.save_to(tmp_path / "week.pdf", lambda: b"%PDF")
    settled()
    assert (tmp_path / "week.pdf").read_bytes() == b"%PDF"
    keys.press("Alt+Left")
    settled()
    assert page._made is not None
    assert page._made.name.startswith("report-2020-02-10")


def test_a_backwards_range_is_refused_where_it_was_chosen_and_mended_there(
    page: ReportPage, settled: Settled
) -> None:
    page.about.kind.set_value("range")
    page.about.first.setDate(page.about.first.date().addYears(1))
    settled()
    assert page.problem.isVisible()
    assert "第一天晚于最后一天" in page.problem_words.text()
    assert not page.print_button.isEnabled()
    page.about.first.setDate(page.about.first.date().addYears(-1))
    settled()
    assert not page.problem.isVisible()
    assert page.print_button.isEnabled()


def test_months_are_stepped_whole(page: ReportPage, settled: Settled) -> None:
    page.about.kind.set_value("month")
    settled()
    page.about.step(-1)
    settled()
    shown = page.about.period()
    assert (shown.first.isoformat(), shown.last.isoformat()) == ("2020-01-01", "2020-01-31")
    assert page._made is not None
    assert "工作月报" in text_of_bytes(page._made.pdf)


def text_of_bytes(pdf: bytes) -> str:
    from io import BytesIO

    return "".join(shown.extract_text() for shown in pypdf.PdfReader(BytesIO(pdf)).pages)


def test_a_day_has_its_tables_too(page: ReportPage, settled: Settled, tmp_path: Path) -> None:
    page.table_menu.aboutToShow.emit()
    assert len(page.table_menu.actions()) == 8
    page.table_menu.actions()[0].trigger()
    assert page._dialog is not None
    page._dialog.fileSelected.emit(str(tmp_path / "day.xlsx"))
    page._dialog.reject()
    settled()
    assert (tmp_path / "day.xlsx").read_bytes().startswith(b"PK")


# --- long ones -----------------------------------------------------------------------------------


def test_a_long_report_is_stopped_by_esc_and_counted_again_by_a_button(
    page: ReportPage, keys: Keys, qtbot: QtBot, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = period.of_period

    def endless(actor: Actor, wanted: period.Period, progress: Progress) -> period.PeriodFigures:
        while True:
            progress.tell(DAYS, 14, 732)

    monkeypatch.setattr(period, "of_period", endless)
    page.about.kind.set_value("month")
    qtbot.waitUntil(lambda: page.progress.isVisible())
    qtbot.waitUntil(lambda: page.progress.words.text() == "第 14 天，共 732 天")
    page.day.edit.setFocus()
    keys.press("Escape")
    assert not page.progress.isVisible()
    assert page.problem_words.text() == "已停止，没有生成报告。"
    settled()
    monkeypatch.setattr(period, "of_period", real)
    page.again_button.click()
    settled()
    assert page._made is not None
    assert not page.problem.isVisible()


def test_choosing_other_days_stops_the_count_before(
    page: ReportPage, qtbot: QtBot, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, begun = period.of_period, []

    def first_endless(
        actor: Actor, wanted: period.Period, progress: Progress
    ) -> period.PeriodFigures:
        begun.append(wanted)
        while len(begun) == 1 or wanted != begun[-1]:
            progress.tell(DAYS, 0, 1)
        return real(actor, wanted, progress)

    monkeypatch.setattr(period, "of_period", first_endless)
    page.about.kind.set_value("month")
    qtbot.waitUntil(lambda: len(begun) == 1)
    page.about.kind.set_value("week")
    settled()
    assert page._made is not None
    assert page._made.name.startswith("report-2020-02-17")


# --- the filed copy ------------------------------------------------------------------------------


def test_a_closed_day_says_how_its_report_was_filed(
    page: ReportPage, manager: Actor, keys: Keys, qtbot: QtBot, settled: Settled
) -> None:
    assert not page.filed.isVisible()
    day_close.close(manager, NewClose(new_id(), page.session.today()))
    qtbot.waitUntil(lambda: page.filed.words.text() == "当日已收尾，报告尚未归档。")
    with qtbot.waitSignal(page.session.paper_told):
        keys.press("Alt+F")
    qtbot.waitUntil(lambda: "数字与现在一致" in page.filed.words.text())
    assert "李主任于" in page.filed.words.text()
    assert "文件在本机" in page.filed.words.text()
    assert not page.filed.file_button.isVisible()
    file = page.session.papers.parent / "reports" / "2020" / "2020-02-21.pdf"
    settled()
    keys.press("Alt+C")
    qtbot.waitUntil(lambda: page.preview._pdf == file.read_bytes())
    keys.press("Alt+C")
    qtbot.waitUntil(lambda: page._made is not None and page.preview._pdf == page._made.pdf)
    screening.record(manager, NewCheck(new_id(), "365", "于女士"))
    qtbot.waitUntil(lambda: "归档后数字有变动" in page.filed.words.text())
    keys.press("Alt+F")
    qtbot.waitUntil(lambda: "第 2 份" in page.filed.words.text())
    settled()
    assert (file.parent / "2020-02-21-2.pdf").exists()


def test_a_report_that_could_not_be_filed_is_said_and_offered_again(
    page: ReportPage, manager: Actor, keys: Keys, qtbot: QtBot, settled: Settled
) -> None:
    folder = page.session.papers.parent / "reports"
    folder.write_bytes(b"in the way")
    day_close.close(manager, NewClose(new_id(), page.session.today()))
    qtbot.waitUntil(lambda: page.filed.isVisible())
    keys.press("Alt+F")
    settled()
    assert page.session.notices.kind == "error"
    assert "2020-02-21 的报告未归档" in page.session.notices.text()
    folder.unlink()
    keys.press("Alt+F")
    qtbot.waitUntil(lambda: "文件在本机" in page.filed.words.text())
    settled()
