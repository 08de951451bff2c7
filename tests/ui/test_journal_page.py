"""The journal page: a manager reads, filters, verifies and exports what happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from hall_desk import i18n
from hall_desk.services import screening
from hall_desk.store.ids import new_id
from hall_desk.ui.pages.journal import JournalPage
from tests.services import tampering

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.ui.main_window import MainWindow
    from hall_desk.ui.session import Session


@pytest.fixture
def page(
    make_window: Callable[..., MainWindow],
    manager: Actor,
    front_desk: Actor,
    settled: Callable[[], None],
) -> JournalPage:
    screening.record(front_desk, screening.NewCheck(new_id(), "36.5", "于女士"))
    window = make_window(manager)
    window.go("journal")
    settled()
    page = window.page()
    assert isinstance(page, JournalPage)
    return page


def texts(page: JournalPage) -> list[str]:
    return [row.text for row in page.model.rows]


def test_what_happens_appears_by_itself(qtbot: QtBot, page: JournalPage, front_desk: Actor) -> None:
    assert texts(page)[0] == "陈晓 登记测温：正常"
    screening.record(front_desk, screening.NewCheck(new_id(), "37.6", "王先生"))
    again = f"陈晓 登记测温：{i18n.code('outcome', 'hold')}"
    qtbot.waitUntil(lambda: texts(page)[0] == again)


def test_the_filter_leaves_what_fits(qtbot: QtBot, page: JournalPage) -> None:
    page.topic.setCurrentIndex(page.topic.findData("check"))
    page.topic.activated.emit(page.topic.currentIndex())
    qtbot.waitUntil(lambda: texts(page) == ["陈晓 登记测温：正常"])
    page.number.insert("A001")
    page.number.textEdited.emit("A001")
    qtbot.waitUntil(page.first_steps.isVisible)


def test_verifying_tells_that_all_is_as_sealed_or_what_is_not(
    qtbot: QtBot, page: JournalPage
) -> None:
    page.session.journal.seal_everything()
    page.verify_button.click()
    qtbot.waitUntil(page.result.isVisible)
    assert "均与封存一致" in page.result_words.text()
    tampering.delete(page.session.store, tampering.entries(page.session.store)[-1])
    page.verify_button.click()
    qtbot.waitUntil(lambda: "封存过的记录缺失" in page.result_words.text())
    assert "check.recorded" in page.result_words.text()


def test_all_the_days_that_are_shown_are_verified(qtbot: QtBot, page: JournalPage) -> None:
    page.session.journal.seal_everything()
    last = page.last.date()
    page.first.setDate(last.addDays(-6))
    page.verify()
    page.verify()  # once more while it runs is once
    qtbot.waitUntil(page.result.isVisible)
    span = f"{last.addDays(-6).toString('yyyy-MM-dd')} – {last.toString('yyyy-MM-dd')}"
    assert page.result_words.text().startswith(span)
    assert "均与封存一致" in page.result_words.text()
    assert page.verify_button.isEnabled()
    assert not page.progress.is_following()


def test_the_export_writes_what_is_shown(qtbot: QtBot, page: JournalPage, tmp_path: Path) -> None:
    file = tmp_path / "journal.csv"
    page.export_to(file)
    qtbot.waitUntil(file.exists)
    qtbot.waitUntil(lambda: "导出日志" in texts(page)[0])
    assert "登记测温" in file.read_text("utf-8-sig")


def test_only_managers_have_the_page(
    make_session: Callable[[Actor], Session], front_desk: Actor
) -> None:
    assert not JournalPage.offered(make_session(front_desk))
