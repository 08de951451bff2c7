"""Printing as a clerk sees it: the red sign, one key to try again, another printer, and the reprint's mark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PySide6.QtWidgets import QWidget

from hall_desk import settings as desk_settings
from hall_desk.devices import slip_printer
from hall_desk.services.accounts import Actor
from hall_desk.settings import Settings
from hall_desk.store.print_jobs import PrintJobs
from hall_desk.ui.dialogs.print_jobs import PrintJobsDialog
from hall_desk.ui.dialogs.printers import PrintersDialog
from hall_desk.ui.main_window import MainWindow
from hall_desk.ui.papers import Options, printer_for
from tests.devices.slip_printers import NO_PAPER, READY, Behaviour, TcpPrinter, codes_in, picture_of
from tests.ui.conftest import Keys

CODE = "HALL-DESK-TEST"


@pytest.fixture(autouse=True)
def _strangers() -> Iterator[None]:
    slip_printer.forget_habits()
    yield
    slip_printer.forget_habits()


@pytest.fixture
def window(make_window: Callable[..., MainWindow], front_desk: Actor) -> MainWindow:
    return make_window(front_desk)


def use(window: MainWindow, **settings: Any) -> None:
    window.session.use_settings(replace(window.session.settings, **settings))


def a_page(roll: str = "80") -> bytes:
    from datetime import UTC, datetime

    from hall_desk.documents.trial import trial_page

    return trial_page(roll, "前台", datetime(2020, 2, 21, tzinfo=UTC))


def states(window: MainWindow) -> list[str]:
    return [job.state for job in window.session.printing.jobs.latest()]


def test_without_a_printer_it_is_kept_and_said(
    window: MainWindow, qtbot: Any, settled: Callable[[], None]
) -> None:
    with qtbot.waitSignal(window.session.paper_told) as told:
        window.session.print_pdf(a_page(), "回执 A001", "receipt")
    assert told.args[0] == "success"
    assert "存为 PDF" in told.args[1] or "PDF" in told.args[1]
    settled()
    assert states(window) == ["kept"]


def test_the_red_sign_and_one_key_to_try_again(
    window: MainWindow, keys: Keys, settled: Callable[[], None], qtbot: Any
) -> None:
    sign = window.status_bar.trouble
    with TcpPrinter(Behaviour(hangs_up_after=3000)) as printer:
        use(window, slip_printer=printer.address)
        assert not sign.isVisible()
        window.session.print_pdf(a_page(), "回执 A001", "receipt")
        settled()
        assert sign.isVisible()
        assert sign.text().startswith("回执 A001：") or "回执 A001" in sign.text()
        printer.behaviour.hangs_up_after = -1
        keys.press("Ctrl+Shift+P")
        settled()
        (dialog,) = window.dialogs()
        assert isinstance(dialog, PrintJobsDialog)
        assert "中断" in dialog.trouble_words.text()
        assert dialog.came_out.isEnabled()
        keys.press("Return")
        settled()
        assert states(window) == ["printed"]
        assert not sign.isVisible()
    assert codes_in(picture_of(printer.papers()[-1])) == {CODE}


def test_it_comes_out_by_itself_when_paper_was_put_in(
    window: MainWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hall_desk.devices.print_queue.PAUSES_S", (0.05,))
    with TcpPrinter(Behaviour(answers=NO_PAPER)) as printer:
        use(window, slip_printer=printer.address)
        window.session.print_pdf(a_page(), "回执 A001", "receipt")
        qtbot.waitUntil(window.status_bar.trouble.isVisible)
        assert "缺纸" in window.status_bar.trouble.text()
        printer.behaviour.answers = READY
        qtbot.waitUntil(lambda: not window.status_bar.trouble.isVisible())
        assert len(printer.papers()) == 1


def test_it_is_sent_to_another_printer_by_one_key(
    window: MainWindow, keys: Keys, settled: Callable[[], None], tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    use(window, slip_printer="system:没有这台", paper_printer=f"folder:{other}")
    window.session.print_pdf(a_page(), "回执 A001", "receipt")
    settled()
    assert "没有这台打印机" in window.status_bar.trouble.text()
    keys.press("Ctrl+Shift+P")
    settled()
    keys.press("Alt+E")
    settled()
    assert states(window) == ["printed"]
    assert len(list(other.iterdir())) == 1


def test_a_job_is_dropped(window: MainWindow, keys: Keys, settled: Callable[[], None]) -> None:
    use(window, slip_printer="folder:/no/such/folder")
    window.session.print_pdf(a_page(), "回执 A001", "receipt")
    settled()
    keys.press("Ctrl+Shift+P")
    settled()
    keys.press("Delete")
    settled()
    assert states(window) == ["dropped"]
    assert not window.status_bar.trouble.isVisible()


def test_what_an_earlier_run_left_is_shown_at_the_start(
    make_window: Callable[..., MainWindow],
    front_desk: Actor,
    tmp_path: Path,
    settled: Callable[[], None],
) -> None:
    from tests.devices.test_print_queue import a_job

    jobs = PrintJobs(tmp_path)
    left = jobs.add(a_job(tmp_path, "none"))
    jobs.step(left.id, "printing", "waiting")
    jobs.close()
    window = make_window(front_desk)
    settled()
    assert window.status_bar.trouble.isVisible()
    assert "打出来了吗" in window.status_bar.trouble.text()


def test_pages_and_copies_reach_the_printer(
    window: MainWindow, settled: Callable[[], None], tmp_path: Path
) -> None:
    folder = tmp_path / "a4"
    folder.mkdir()
    use(window, paper_printer=f"folder:{folder}")
    window.session.print_pdf(a_page("a4"), "日报", "report", Options("1", 3))
    settled()
    (file,) = folder.iterdir()
    assert len(pypdf.PdfReader(BytesIO(file.read_bytes())).pages) == 3


def test_the_pages_of_the_report_are_chosen_by_keys(
    make_window: Callable[..., MainWindow],
    manager: Actor,
    keys: Keys,
    settled: Callable[[], None],
    tmp_path: Path,
) -> None:
    folder = tmp_path / "a4"
    folder.mkdir()
    window = make_window(manager)
    use(window, paper_printer=f"folder:{folder}")
    window.go("report")
    settled()
    page: Any = window.page()
    page.options.pages.setFocus()
    keys.type("9-99")
    keys.press("Ctrl+P")
    settled()
    assert list(folder.iterdir()) == []
    assert page.options.pages.accessibleDescription()
    keys.type("1")
    page.options.copies.setText("2")
    keys.press("Ctrl+P")
    settled()
    (file,) = folder.iterdir()
    assert len(pypdf.PdfReader(BytesIO(file.read_bytes())).pages) == 2
    assert page.options.pages.text() == ""


def test_a_character_the_fonts_lack_is_said(
    window: MainWindow, settled: Callable[[], None]
) -> None:
    from datetime import UTC, datetime

    from hall_desk.documents.trial import trial_page
    from hall_desk.ui.paper_view import PaperView

    paper = trial_page("80", "\U00030000", datetime(2020, 2, 21, tzinfo=UTC))
    view = PaperView(window.session.background, window)
    view.show_pdf(paper)
    settled()
    assert not view.lacking.isHidden()
    assert "𰀀 (U+30000)" in view.lacking.text()
    view.show_pdf(a_page())
    settled()
    assert view.lacking.isHidden()
    window.session.print_pdf(paper, "回执 A001", "receipt")
    settled()
    assert "𰀀 (U+30000)" in window.session.notices.text()


@pytest.mark.parametrize(
    ("purpose", "width", "printer"),
    [
        ("receipt", 80, "escpos+tcp://p:9100"),
        ("slip", 148, "system:A4"),  # a sheet does not go through a slip printer of its own
        ("report", 210, "system:A4"),
    ],
)
def test_each_paper_has_its_printer(purpose: str, width: float, printer: str) -> None:
    settings = Settings(slip_printer="escpos+tcp://p:9100", paper_printer="system:A4")
    assert printer_for(settings, purpose, width) == printer


def test_the_one_printer_of_older_settings_takes_both(tmp_path: Path) -> None:
    (tmp_path / desk_settings.FILE).write_text('printer = "前台"\n', "utf-8")
    settings = desk_settings.load(tmp_path)
    assert (settings.slip_printer, settings.paper_printer) == ("system:前台", "system:前台")
    assert settings.ignored == ()


def test_the_printers_are_chosen_and_tried(
    window: MainWindow, keys: Keys, settled: Callable[[], None], tmp_path: Path
) -> None:
    window.show_printers()
    (dialog,) = window.dialogs()
    assert isinstance(dialog, PrintersDialog)
    settled()
    with TcpPrinter() as printer:
        box = dialog.form.slips.box
        box.setCurrentIndex(box.count() - 1)
        box.activated.emit(box.count() - 1)
        dialog.form.slips.typed.setFocus()
        keys.type("not an address!")
        keys.press("Return")
        assert dialog.is_open()
        assert dialog.form.slips.field.error.isVisible()
        dialog.form.slips.typed.selectAll()
        keys.type(f"127.0.0.1:{printer.port}")
        keys.press("Alt+1")
        settled()
        assert "127.0.0.1" in dialog.form.slips.said.text()
        assert codes_in(picture_of(printer.papers()[0])) == {CODE}
        keys.press("Return")
        settled()
        assert window.dialogs() == []
        assert window.session.settings.slip_printer == printer.address
        assert desk_settings.load(tmp_path).slip_printer == printer.address
    assert "127.0.0.1" in window.status_bar.printer.text()


def test_the_dialogs_fit_a_small_screen(window: MainWindow, settled: Callable[[], None]) -> None:
    for show in (window.show_print_jobs, window.show_printers):
        show()
        settled()
        (dialog,) = window.dialogs()
        place = dialog.sheet
        for child in place.findChildren(QWidget):
            if child.isVisible() and child.parentWidget() is place:
                assert place.rect().contains(child.geometry()), child
        dialog.reject()
