"""Help by F1: there for every page and dialog, in both languages, with the keys in force, and nothing typed is lost."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt

import hall_desk.ui
from hall_desk import i18n, resources
from hall_desk.services import halls
from hall_desk.ui import help_pages, key_map
from hall_desk.ui.dialogs import Sheet
from hall_desk.ui.dialogs.incident import IncidentDialog
from hall_desk.ui.dialogs.new_ticket import NewTicketDialog
from hall_desk.ui.help import HelpSheet, help_of
from hall_desk.ui.main_window import GROUPS
from hall_desk.ui.setup_wizard import SetupWizard
from hall_desk.ui.sign_in import SignIn
from hall_desk.ui.typed import has_typing

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

    from hall_desk.services.accounts import Actor
    from hall_desk.store.database import Store
    from hall_desk.ui.background import Background
    from hall_desk.ui.main_window import MainWindow

Settled = Callable[[], None]
MakeWindow = Callable[..., "MainWindow"]
LANGUAGES = ("zh_CN", "en")
NAMES = sorted(help_pages.NAMES)
MOST_LINES = 60
# A key that somebody wrote out, which would be wrong on a PC where it was changed.
WRITTEN_KEY = re.compile(r"\bF\d{1,2}\b|\b(?:Ctrl|Alt|Shift)\b|\b(?:Esc|Enter|Tab|Del|PgUp|PgDn)\b")
# Keys every field and list has, which no screen binds by name.
EVERYWHERE = {"Enter", "Esc", "Tab", "Del", "F1", "↑", "↓", "←", "→", "Ctrl+Enter"}


@pytest.fixture(autouse=True)
def _usual_keys() -> Iterator[None]:
    yield
    key_map.use({})


@pytest.fixture
def window(make_window: MakeWindow, front_desk: Actor, small_hall: dict[str, Any]) -> MainWindow:
    return make_window(front_desk)


def text_of(name: str, language: str) -> str:
    return resources.path("help", language, f"{name}.md").read_text("utf-8")


def shown(window: MainWindow) -> HelpSheet:
    sheet = window.dialogs()[-1]
    assert isinstance(sheet, HelpSheet)
    return sheet


# --- the texts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_a_file_for_every_topic_and_no_other(language: str) -> None:
    files = {file.stem for file in resources.path("help", language).glob("*.md")}
    assert files == help_pages.NAMES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_has_help_that_is_called_like_it(language: str) -> None:
    i18n.use(language)
    for _group, pages in GROUPS:
        for page, _key in pages:
            assert help_pages.page(page.name).title == page.title()


def _kinds(of: type[Sheet]) -> Iterator[type[Sheet]]:
    for kind in of.__subclasses__():
        yield kind
        yield from _kinds(kind)


def test_every_dialog_has_help() -> None:
    for module in pkgutil.walk_packages(hall_desk.ui.__path__, "hall_desk.ui."):
        importlib.import_module(module.name)
    # What others are made from is never shown itself.
    kinds = [kind for kind in _kinds(Sheet) if not kind.__subclasses__() and kind is not HelpSheet]
    kinds = [kind for kind in kinds if kind.__module__.startswith("hall_desk.")]
    assert NewTicketDialog in kinds
    without = sorted(kind.__name__ for kind in kinds if help_of(kind) not in help_pages.NAMES)
    assert without == [], "name their help in OF_DIALOG of hall_desk/ui/help.py"


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_say_the_same(name: str) -> None:
    def shape(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
        return [
            (block.kind, sorted((p.kind, p.value) for p in block.pieces if p.kind != "text"))
            for block in help_pages.page(name, language).blocks
        ]

    assert shape("zh_CN") == shape("en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_each_has_its_sections_and_is_short(name: str, language: str) -> None:
    blocks = help_pages.page(name, language).blocks
    kinds = [block.kind for block in blocks]
    assert kinds[:2] == ["title", "text"]
    headings = [help_pages.words(block) for block in blocks if block.kind == "heading"]
    assert (
        headings
        == {
            "zh_CN": ["怎么做", "按键", "出了问题"],
            "en": ["Steps", "Keys", "If something goes wrong"],
        }[language]
    )
    assert 2 <= kinds.count("step") <= 6
    assert len(text_of(name, language).splitlines()) < MOST_LINES


def _in_code() -> str:
    folder = Path(hall_desk.ui.__file__).parent
    return "\n".join(
        file.read_text("utf-8") for file in folder.rglob("*.py") if not file.name.startswith("help")
    )


def test_every_key_is_one_of_the_program() -> None:
    code = _in_code()
    arrows = {"Ctrl+↓": "Ctrl+Down", "Ctrl+↑": "Ctrl+Up"}
    unknown = {
        (name, piece.value)
        for name in NAMES
        for block in help_pages.page(name, "zh_CN").blocks
        for piece in block.pieces
        if piece.kind == "key"
        and not key_map.is_name(piece.value)
        and piece.value not in EVERYWHERE
        # A row of keys is bound by its number: Alt+1 to 6, Ctrl+1 to 3.
        and not re.fullmatch(r"(Alt\+|Ctrl\+)?\d", piece.value)
        and f'"{arrows.get(piece.value, piece.value)}"' not in code
    }
    assert not unknown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_no_key_is_written_out_and_every_link_leads_somewhere(name: str, language: str) -> None:
    text = text_of(name, language)
    written = WRITTEN_KEY.findall(re.sub(r"\{[^}]*\}", "", text))
    assert not written, "write {key:new_ticket}, {key:Enter}"
    assert set(re.findall(r"\{help:([^}]*)\}", text)) <= help_pages.NAMES
    assert not re.search(r"[{}]", re.sub(r"\{(key|help):[^{}]+\}", "", text))


def test_what_is_found_written_out() -> None:
    for wrong in ("press F4", "按 F12 打开", "Ctrl+K", "press Esc", "按 Enter 键"):
        assert WRITTEN_KEY.search(wrong)
    for right in ("36.5 ℃", "A018", "Enterprise", "PDF", "CSV", "w3"):
        assert not WRITTEN_KEY.search(right)


# --- keys in force ----------------------------------------------------------------------------------------


def test_help_names_the_key_that_is_in_force_on_this_pc() -> None:
    key_map.use({"new_ticket": "Ctrl+Shift+B"})
    words = help_pages.plain(help_pages.page("proxy"))
    assert "Ctrl+Shift+B 新建代办单" in words
    assert "F4" not in words.replace("Shift+F4", "")


def test_a_key_is_drawn_with_its_own_name(qtbot: QtBot) -> None:
    sheet = HelpSheet(None, "proxy", ["proxy"])
    qtbot.addWidget(sheet)
    assert 'src="key:F4"' in sheet.text.toHtml()
    assert "F4 新建代办单" in sheet.text.accessibleDescription()
    key_map.use({"new_ticket": "Ctrl+T"})
    sheet.text.show_page(help_pages.page("proxy"))
    assert 'src="key:Ctrl%2BT"' in sheet.text.toHtml()


# --- finding -----------------------------------------------------------------------------------------------


def test_help_is_found_by_title_words_pinyin_and_key() -> None:
    spelt = help_pages.spelt()
    assert help_pages.search("", NAMES) == NAMES
    assert help_pages.search("回电", NAMES)[0] == "callbacks"
    assert help_pages.search("jiaohuan", NAMES, spelt)[0] == "hand_back"
    assert help_pages.search("dyrw", NAMES, spelt)[0] == "print_jobs"
    assert "lock" in help_pages.search("忘了密码", NAMES)
    assert "print_jobs" in help_pages.search("ctrl shift p", NAMES)
    assert help_pages.search("zzzz", NAMES, spelt) == []


def test_only_what_is_offered_is_found() -> None:
    assert help_pages.search("回执", ["screening", "proxy"]) == ["screening", "proxy"]


# --- on the screen -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["front_desk", "clerk", "manager"])
def test_f1_opens_the_help_of_every_page(
    role: str,
    request: pytest.FixtureRequest,
    make_window: MakeWindow,
    small_hall: dict[str, Any],
    keys: Keys,
    settled: Settled,
) -> None:
    window = make_window(request.getfixturevalue(role))
    for name in window.pages:
        window.go(name)
        settled()
        keys.press("F1")
        assert shown(window).name == name
        assert shown(window).text.toPlainText().startswith(window.pages[name].title())
        keys.press("F1")
        assert window.dialogs() == []
        assert window.page().name == name


def test_f1_over_a_form_keeps_what_is_typed_and_where_the_keyboard_was(
    window: MainWindow, keys: Keys, settled: Settled
) -> None:
    window.go("proxy")
    keys.press("F4")
    (form,) = window.dialogs()
    assert isinstance(form, NewTicketDialog)
    form.form.name.edit.setFocus()
    keys.type("于女士")
    field = keys.focused()
    keys.press("F1")
    assert shown(window).name == "new_ticket"
    assert shown(window).isAncestorOf(keys.focused())
    keys.press("Return", "F4", "F7")
    assert [type(dialog) for dialog in window.dialogs()] == [NewTicketDialog, HelpSheet]
    keys.press("Escape")
    assert window.dialogs() == [form]
    assert keys.focused() is field
    assert form.form.name.text() == "于女士"


def test_an_incident_can_be_reported_over_the_help(window: MainWindow, keys: Keys) -> None:
    keys.press("F1", "F9")
    assert [type(dialog) for dialog in window.dialogs()] == [HelpSheet, IncidentDialog]
    keys.press("F1")
    assert shown(window).name == "incidents"


def test_the_keyboard_chooses_turns_follows_and_comes_back(
    window: MainWindow, keys: Keys, settled: Settled
) -> None:
    keys.press("F1")
    sheet = shown(window)
    assert sheet.name == "screening"
    keys.press("Down")
    assert sheet.name == "consultation"
    assert sheet.text.toPlainText().startswith("咨询登记")
    keys.press("Up", "PgDown")
    assert sheet.name == "screening"
    sheet.text.anchorClicked.emit("help:devices")
    assert sheet.name == "devices"
    keys.press("Alt+Left")
    assert sheet.name == "screening"


def test_typing_finds_and_marks(window: MainWindow, keys: Keys, qtbot: QtBot) -> None:
    keys.press("F1")
    sheet = shown(window)
    keys.type("回执")
    titles = [sheet.list.item(row).text() for row in range(sheet.list.count())]
    assert titles[:2] == ["测温登记", "帮办代办"]
    assert sheet.text.extraSelections()
    assert not has_typing(window.workplace), "a search is no work that could be lost"
    keys.press("Ctrl+A")
    keys.type("dayinrenwu")
    qtbot.waitUntil(lambda: sheet.name == "print_jobs")  # by pinyin as soon as that is prepared
    keys.press("Ctrl+A")
    keys.type("zzzz")
    assert sheet.nothing.isVisible()
    assert sheet.list.count() == 0
    keys.press("Ctrl+A", "Delete")
    assert sheet.list.count() > 10


def test_a_clerk_is_not_offered_the_help_of_managers(
    make_window: MakeWindow, clerk: Actor, keys: Keys
) -> None:
    window = make_window(clerk)
    keys.press("F1")
    sheet = shown(window)
    offered = {
        sheet.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(sheet.list.count())
    }
    assert {"start", "window", "callbacks", "print_jobs"} <= offered
    assert not offered & {"screening", "journal", "settings", "recovery_sheet", "drill", "setup"}


def test_the_menu_opens_help_too(window: MainWindow) -> None:
    action = next(a for a in window.top_bar.menu.actions() if a.text() == "帮助\tF1")
    action.trigger()
    assert shown(window).name == "screening"


def test_a_locked_screen_shows_only_its_own_help(
    window: MainWindow, keys: Keys, settled: Settled
) -> None:
    window.lock.lock()
    keys.type("24")
    keys.press("F1")
    (sheet,) = window.lock.screen.findChildren(HelpSheet)
    assert sheet.text.toPlainText().startswith("锁屏")
    assert not sheet.search.isVisible()
    assert window.dialogs() == []
    keys.press("F1")
    assert not sheet.is_open()
    assert window.lock.screen.pin.text() == "24"
    assert keys.focused() is window.lock.screen.pin.edit


def test_the_sign_in_shows_only_its_own_help(
    store: Store, background: Background, show: Callable[..., None], keys: Keys
) -> None:
    screen = SignIn(store, background, halls.info(store), "A")
    show(screen)
    keys.type("li")
    keys.press("F1")
    (sheet,) = screen.findChildren(HelpSheet)
    assert sheet.text.toPlainText().startswith("登录")
    assert not sheet.list.isVisible()
    sheet.go("journal")  # links of its text lead on, but none to the hall's work
    keys.press("Escape")
    assert not sheet.is_open()
    assert screen.name.text() == "li"


def test_the_wizard_has_help(
    background: Background, show: Callable[..., None], keys: Keys, tmp_path: Path
) -> None:
    wizard = SetupWizard(tmp_path, background, i18n.use)
    show(wizard)
    keys.press("F1")
    (sheet,) = wizard.findChildren(HelpSheet)
    assert sheet.text.toPlainText().startswith("首次设置")
    keys.press("F1")
    assert not sheet.is_open()
    assert wizard.at == "where"


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_fits_a_small_screen(
    language: str, window: MainWindow, keys: Keys, settled: Settled
) -> None:
    i18n.use(language)
    keys.press("F1")
    sheet = shown(window)
    for name in NAMES:
        sheet.go(name)
        bar = sheet.text.verticalScrollBar()
        assert bar.maximum() <= bar.pageStep() // 2, f"{name} is too long"
        assert sheet.text.horizontalScrollBar().maximum() == 0, name
