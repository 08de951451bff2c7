"""The bridge between threads: outcomes reach their owner on the UI thread, and no error is ever lost."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from hall_desk import errors, i18n
from hall_desk.ui.background import Background
from hall_desk.ui.notices import Notices

Settled = Callable[[], None]


def _refuse() -> None:
    raise errors.DatabaseBusy


def _break() -> None:
    raise ZeroDivisionError


def test_work_runs_in_its_lane_and_the_result_comes_back_to_the_ui_thread(
    background: Background, settled: Settled
) -> None:
    owner = QObject()
    seen: list[tuple[str, str]] = []

    def done(worker: str) -> None:
        seen.append((worker, threading.current_thread().name))

    background.data(owner, lambda: threading.current_thread().name, done)
    background.devices(owner, lambda: threading.current_thread().name, done)
    settled()
    here = threading.current_thread().name
    assert sorted(seen) == [("hall-desk-data", here), ("hall-desk-devices", here)]


def test_jobs_of_a_lane_are_done_in_order(background: Background, settled: Settled) -> None:
    owner = QObject()
    seen: list[int] = []
    for number in range(50):
        background.data(owner, lambda number=number: number, seen.append)
    settled()
    assert seen == list(range(50))


def test_an_expected_error_goes_where_it_is_waited_for(
    background: Background, settled: Settled, notices: Notices
) -> None:
    owner = QObject()
    background.refused.connect(notices.refused)
    taken: list[errors.HallDeskError] = []
    background.data(owner, _refuse, None, taken.append)
    settled()
    assert [type(error) for error in taken] == [errors.DatabaseBusy]
    assert notices.kind == ""


@pytest.mark.parametrize("failed", [None, lambda _error: False], ids=["nobody", "not taken"])
def test_an_expected_error_that_nobody_takes_is_shown_in_the_notices(
    background: Background,
    settled: Settled,
    notices: Notices,
    failed: Callable[[errors.HallDeskError], bool] | None,
) -> None:
    owner = QObject()
    background.refused.connect(notices.refused)
    background.data(owner, _refuse, None, failed)
    settled()
    assert notices.kind == "error"
    assert notices.text() == i18n.explain(errors.DatabaseBusy())


def test_a_bug_is_logged_once_told_with_its_id_and_the_lane_goes_on(
    background: Background,
    settled: Settled,
    notices: Notices,
    caplog: pytest.LogCaptureFixture,
) -> None:
    owner = QObject()
    background.bug_found.connect(notices.bug)
    refused: list[errors.HallDeskError] = []
    background.data(owner, _break, None, refused.append)
    settled()
    logged = [r for r in caplog.records if r.exc_info and r.exc_info[0] is ZeroDivisionError]
    assert len(logged) == 1
    bug = str(logged[0].args[0] if isinstance(logged[0].args, tuple) else "")
    assert bug in notices.text()
    assert refused == []
    seen: list[int] = []
    background.data(owner, lambda: 7, seen.append)
    settled()
    assert seen == [7]


def test_a_bug_in_what_takes_the_result_is_told_too(
    background: Background, settled: Settled, notices: Notices
) -> None:
    owner = QObject()
    background.bug_found.connect(notices.bug)
    background.data(owner, lambda: 1, lambda number: number / 0)
    settled()
    assert notices.kind == "error"


def test_a_job_whose_owner_is_gone_is_dropped_and_its_error_logged(
    background: Background,
    settled: Settled,
    notices: Notices,
    qtbot: QtBot,
    caplog: pytest.LogCaptureFixture,
) -> None:
    background.refused.connect(notices.refused)
    background.bug_found.connect(notices.bug)
    gate = threading.Event()
    owner = QObject()
    seen: list[object] = []

    def work() -> None:
        gate.wait(10)
        raise errors.DatabaseBusy

    background.data(owner, work, seen.append, seen.append)
    background.data(owner, lambda: 1, seen.append)
    background.data(owner, _break, seen.append)
    with qtbot.waitSignal(owner.destroyed):
        owner.deleteLater()
    with caplog.at_level(logging.WARNING):
        gate.set()
        settled()
    assert seen == []
    assert notices.kind == ""
    texts = [record.getMessage() for record in caplog.records]
    assert any("DatabaseBusy" in text for text in texts)
    assert any(
        record.exc_info and record.exc_info[0] is ZeroDivisionError for record in caplog.records
    )


def test_only_the_newest_answer_of_a_question_is_delivered(
    background: Background, settled: Settled
) -> None:
    owner, other = QObject(), QObject()
    gate = threading.Event()
    asked: list[int] = []
    seen: list[int] = []

    def ask(number: int) -> int:
        gate.wait(10)
        asked.append(number)
        return number

    for number in range(5):
        background.data(owner, lambda number=number: ask(number), seen.append, replaces="search")
    background.data(other, lambda: 99, seen.append, replaces="search")
    gate.set()
    settled()
    assert seen == [4, 99]
    assert set(asked) <= {0, 4}


def test_stopping_finishes_what_was_asked_for(store: object, qtbot: QtBot) -> None:
    background = Background(None)
    owner = QObject()
    seen: list[int] = []
    for number in range(20):
        background.data(owner, lambda number=number: number, seen.append)
    background.stop()
    assert seen == list(range(20))
    background.data(owner, lambda: 21, seen.append)
    assert seen == list(range(20))


def test_calls_into_qt_leave_the_count_of_none_alone(qtbot: QtBot) -> None:
    # PySide6 6.12 loses a reference to None with every void call and ends the program after some thousand.
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(100):
        label.setText(str(number))
    assert abs(sys.getrefcount(None) - before) < 20
