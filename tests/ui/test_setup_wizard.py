"""The first run: a hall made or joined by keys alone, every mistake said beside its field, nothing half made."""

from __future__ import annotations

import platform
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from PySide6.QtWidgets import QApplication

from hall_desk import i18n, resources, settings
from hall_desk.services import accounts, halls, matters
from hall_desk.settings import Settings
from hall_desk.store import hall_key
from hall_desk.store.database import Store
from hall_desk.ui.app import HallDesk
from hall_desk.ui.background import Background
from hall_desk.ui.no_hall import NoHall
from hall_desk.ui.setup.done import DoneStep
from hall_desk.ui.setup.hall import HallStep
from hall_desk.ui.setup.hall_key import KeyStep, SheetStep
from hall_desk.ui.setup.lists import ListsStep
from hall_desk.ui.setup.printers import PrintersStep
from hall_desk.ui.setup.server import ServerStep
from hall_desk.ui.setup.this_pc import ThisPcStep
from hall_desk.ui.setup_wizard import SetupWizard
from hall_desk.ui.sign_in import SignIn
from tests.documents.reading import codes
from tests.store.servers import ADMIN, ADMIN_PASSWORD, Server, prepare, programs, start

if TYPE_CHECKING:
    from conftest import Keys
    from pytestqt.qtbot import QtBot

PIN = "2468"
WAIT_MS = 15_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def lanes() -> Iterator[Background]:
    made = Background(None)
    bugs: list[str] = []
    made.bug_found.connect(bugs.append)
    yield made
    made.stop()
    assert not bugs


@pytest.fixture
def idle(qtbot: QtBot, lanes: Background) -> Callable[[], None]:
    return lambda: qtbot.waitUntil(lanes.idle, timeout=WAIT_MS)


@pytest.fixture
def wizard(
    qtbot: QtBot, folder: Path, lanes: Background, idle: Callable[[], None], quick_pins: None
) -> SetupWizard:
    made = SetupWizard(folder, lanes, i18n.use)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    return made


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = prepare(programs())
    try:
        yield start(made)
    finally:
        made.stop()


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """An empty database."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE first_run")
        yield "first_run"
        connection.execute("DROP DATABASE first_run WITH (FORCE)")


@pytest.fixture
def hall(server: Server, database: str, quick_pins: None) -> str:
    store = halls.create(server.url(database), name="太平桥大厅", manager="李主任", pin=PIN)
    accounts.claim_letter(store, "PC-01", "A")
    store.close()
    return database


def fill_hall(keys: Keys) -> None:
    """Types the hall's step; the keyboard is on the hall's name."""
    for text in ("太平桥大厅", "2020-02-03", "12800", "李建国", PIN, PIN):
        keys.type(text)
        if text != PIN or keys.focused().accessibleName() == "设置密码":
            keys.press("Tab")


def type_server(step: ServerStep, server: Server, database: str, password: str) -> None:
    step.host.set_text("127.0.0.1")
    step.port.set_text(str(server.port))
    step.database.set_text(database)
    step.user.set_text(ADMIN)
    step.password.set_text(password)


def server_step(wizard: SetupWizard, keys: Keys) -> ServerStep:
    """Goes to the server's step by keys."""
    keys.press("Down", "Return")
    step = wizard.step()
    assert isinstance(step, ServerStep)
    return step


# --- this PC alone --------------------------------------------------------------------------------------


@pytest.fixture
def desk(qapp: QApplication, folder: Path, quick_pins: None) -> Iterator[HallDesk]:
    made = HallDesk(qapp, str(folder / settings.DATABASE), Settings(), folder)
    yield made
    made.stop()


def shown(qtbot: QtBot, desk: HallDesk, act: Callable[[], object]) -> object:
    with qtbot.waitSignal(desk.window_shown, timeout=WAIT_MS) as signal:
        act()
    assert signal.args is not None
    return signal.args[0]


def test_a_hall_on_this_pc_by_keys_and_its_manager_signs_in(
    qtbot: QtBot, desk: HallDesk, folder: Path, keys: Keys
) -> None:
    wizard = shown(qtbot, desk, desk.start)
    assert isinstance(wizard, SetupWizard)
    wizard.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    keys.press("Return")
    fill_hall(keys)
    keys.press("Return")
    assert wizard.at == "lists"
    keys.press("Return")  # the sample hall's windows and matters
    qtbot.waitUntil(lambda: wizard.at == "pc", timeout=WAIT_MS)
    pc = wizard.step()
    assert isinstance(pc, ThisPcStep)
    assert pc.letter.text() == "A"
    keys.type("b")
    keys.press("Backspace", "Backspace")
    keys.type("c")
    keys.press("Tab", "Right", "Right")
    assert pc.post.value() == "consultation"
    keys.press("Return")
    assert wizard.at == "printers"
    keys.press("Return")  # no printer: papers are kept as PDF
    done = wizard.step()
    assert isinstance(done, DoneStep)
    assert done.rows["新建大厅"] == "太平桥大厅"
    assert not folder.exists()
    keys.press("Return")
    qtbot.waitUntil(lambda: wizard.at == "sheet", timeout=WAIT_MS)
    sheet = wizard.step()
    assert isinstance(sheet, SheetStep)
    assert not wizard.back.isVisible()
    assert not sheet.buttons.print_button.isVisible()  # no printer was chosen
    sheet.buttons.ask = lambda: str(folder.parent / "恢复单.pdf")
    keys.press("Alt+S")
    qtbot.waitUntil(lambda: bool(sheet.buttons.told.text()), timeout=WAIT_MS)
    (code,) = codes((folder.parent / "恢复单.pdf").read_bytes())
    screen = shown(qtbot, desk, lambda: keys.press("Return"))
    assert isinstance(screen, SignIn)
    assert screen.letter.text() == "C"
    written = folder / settings.FILE
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert settings.load(folder) == Settings(letter="C", post="consultation")
    assert sorted(file.name for file in folder.iterdir() if "hall" not in file.name) == [
        hall_key.FOLDER,
        settings.FILE,
    ]
    screen.name.set_text("李建国")
    screen.pin.set_text(PIN)
    window = shown(qtbot, desk, screen.try_sign_in)
    actor = window.session.actor  # type: ignore[attr-defined]
    assert (actor.name, actor.letter) == ("李建国", "C")
    assert window.page().name == "consultation"  # type: ignore[attr-defined]
    assert actor.store.hall_key == hall_key.from_code(code)
    assert len(matters.windows(actor)) == 12
    info = halls.info(actor.store)
    assert (info.opened_day.isoformat(), info.opening_balance) == ("2020-02-03", 12800)


def test_the_wizard_comes_only_when_no_hall_was_ever_named(
    qtbot: QtBot, qapp: QApplication, folder: Path, quick_pins: None
) -> None:
    own = str(folder / settings.DATABASE)
    cases = [
        (own, Settings(ignored=(settings.FILE,))),  # may have named a server
        (str(folder / "other.sqlite3"), Settings()),
        ("postgresql://127.0.0.1:1/hall", Settings(database="postgresql://127.0.0.1:1/hall")),
    ]
    for place, chosen in cases:
        desk = HallDesk(qapp, place, chosen, folder)
        try:
            assert isinstance(shown(qtbot, desk, desk.start), NoHall), place
        finally:
            desk.stop()
    halls.create(own, name="大厅", manager="李主任", pin=PIN).close()
    desk = HallDesk(qapp, own, Settings(), folder)
    try:
        assert isinstance(shown(qtbot, desk, desk.start), SignIn)
    finally:
        desk.stop()


def test_back_and_forward_keep_what_was_typed_also_in_the_other_language(
    wizard: SetupWizard, keys: Keys, folder: Path, idle: Callable[[], None]
) -> None:
    keys.press("Return")
    fill_hall(keys)
    keys.press("Alt+Left")
    assert wizard.at == "where"
    server = server_step(wizard, keys)
    server.host.set_text("192.168.1.10")
    server.password.set_text("geheim")
    keys.press("Alt+Left")
    wizard.language.click()
    assert i18n.language() == "en"
    assert wizard.step().isAncestorOf(keys.focused())
    keys.press("Return")
    again = wizard.step()
    assert isinstance(again, ServerStep)
    assert again is not server
    assert (again.host.text(), again.password.text()) == ("192.168.1.10", "geheim")
    keys.press("Alt+Left", "Up", "Return")
    hall = wizard.step()
    assert isinstance(hall, HallStep)
    typed = (hall.hall, hall.opened, hall.balance, hall.manager, hall.pin, hall.pin_again)
    assert [field.text() for field in typed] == [
        "太平桥大厅", "2020-02-03", "12800", "李建国", PIN, PIN,
    ]  # fmt: skip
    keys.press("Return", "Return")
    idle()
    assert wizard.at == "pc"
    keys.press("Alt+Left")
    assert wizard.at == "lists"
    wizard.close()
    assert not folder.exists()


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("hall", " ", "请填写大厅名称"),
        ("opened", "3.2.2020", "2020-02-21"),
        ("opened", "2999-01-01", "不能晚于今天"),
        ("balance", "many", "整数"),
        ("balance", "-1", "整数"),
        ("manager", "", ""),
        ("pin", "12", "4"),
        ("pin", "1111", ""),
        ("pin", "1234", ""),
        ("pin_again", "1357", "不"),
    ],
)
def test_each_bad_field_of_the_hall_is_told_there(
    wizard: SetupWizard, keys: Keys, folder: Path, name: str, text: str, sentence: str
) -> None:
    keys.press("Return")
    fill_hall(keys)
    step = wizard.step()
    assert isinstance(step, HallStep)
    getattr(step, name).set_text(text)
    keys.press("Return")
    assert wizard.at == "hall"
    for other in ("hall", "opened", "balance", "manager", "pin", "pin_again"):
        field = getattr(step, other)
        assert field.error.isVisible() == (other == name), other
    field = getattr(step, name)
    assert sentence in field.error.text() or name == "hall"
    assert keys.focused() is field.edit
    assert field.text() == text
    assert not folder.exists()


def test_files_are_looked_at_before_and_mended(
    wizard: SetupWizard, keys: Keys, folder: Path, tmp_path: Path, idle: Callable[[], None]
) -> None:
    keys.press("Return")
    fill_hall(keys)
    keys.press("Return")
    step = wizard.step()
    assert isinstance(step, ListsStep)
    keys.press("Right", "Return")
    assert step.problem.isVisible()  # no file yet
    windows = tmp_path / "windows.csv"
    windows.write_text("窗口号,名称,电话\n1,综合,010-5555-0101\n1,综合,abc\n", "utf-8")
    keys.type(str(windows))
    step.files["matters"].ask = lambda: str(resources.path("sample_hall", "matters.csv"))
    step.files["matters"].button.click()
    assert wizard.next.text() == "检查文件"
    keys.press("Return")
    idle()
    assert wizard.at == "lists"
    told = [step.problems.item(row).text() for row in range(step.problems.count())]
    assert len(told) == 2
    assert all("windows.csv" in line and "3" in line for line in told)
    assert "abc" in told[1]
    assert step.chips["matters"].text() == "窗口改好后检查"
    windows.write_bytes(resources.path("sample_hall", "windows.csv").read_bytes())
    keys.press("Return")
    idle()
    assert not step.problems.isVisible()
    assert "12" in step.chips["windows"].text()
    assert wizard.at == "lists"
    keys.press("Return")
    assert wizard.at == "pc"
    keys.press("Return", "Return", "Return")
    idle()
    store = Store.open(str(folder / settings.DATABASE))
    assert len(matters.windows(accounts.operator(store))) == 12
    store.close()


@pytest.mark.parametrize("name", ["missing.csv", "picture.xlsx"])
def test_a_file_that_is_no_table(
    wizard: SetupWizard, keys: Keys, tmp_path: Path, idle: Callable[[], None], name: str
) -> None:
    (tmp_path / "picture.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    keys.press("Return")
    fill_hall(keys)
    keys.press("Return", "Right", "Tab")
    step = wizard.step()
    assert isinstance(step, ListsStep)
    keys.type(str(tmp_path / name))
    keys.press("Return")
    idle()
    assert wizard.at == "lists"
    assert name in step.problems.item(0).text()


def test_a_folder_that_cannot_be_written_leaves_nothing(
    qtbot: QtBot, tmp_path: Path, lanes: Background, idle: Callable[[], None], quick_pins: None,
    keys: Keys,
) -> None:  # fmt: skip
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be", "utf-8")
    wizard = SetupWizard(blocked / "data", lanes, i18n.use)
    qtbot.addWidget(wizard)
    with qtbot.waitExposed(wizard):
        wizard.show()
    wizard.activateWindow()
    keys.press("Return")
    fill_hall(keys)
    keys.press("Return", "Right", "Right", "Return", "Return", "Return", "Return")
    idle()
    assert wizard.at == "done"
    assert wizard.step().problem.isVisible()
    assert wizard.next.isEnabled()
    assert blocked.is_file()


def test_another_program_was_quicker(
    wizard: SetupWizard, keys: Keys, folder: Path, idle: Callable[[], None]
) -> None:
    keys.press("Return")
    fill_hall(keys)
    keys.press("Return", "Right", "Right", "Return", "Return", "Return")
    assert wizard.at == "done"
    halls.create(str(folder / settings.DATABASE), name="先", manager="王", pin=PIN).close()
    keys.press("Return")
    idle()
    assert wizard.step().problem.isVisible()
    store = Store.open(str(folder / settings.DATABASE))
    assert halls.info(store).name == "先"
    store.close()
    assert [file.name for file in folder.iterdir()] == [settings.DATABASE]


@pytest.fixture
def printers_step(wizard: SetupWizard, keys: Keys, idle: Callable[[], None]) -> PrintersStep:
    wizard.draft.slip_printer = "system:前台小票"  # no printer of this PC
    wizard.rebuild()
    keys.press("Return")
    fill_hall(keys)
    keys.press("Return", "Right", "Right", "Return", "Return")
    idle()
    step = wizard.step()
    assert isinstance(step, PrintersStep)
    return step


def test_a_trial_page_says_what_the_printer_does_not_do(
    printers_step: PrintersStep, keys: Keys, idle: Callable[[], None]
) -> None:
    slips = printers_step.form.slips
    assert slips.printer() == "system:前台小票"
    keys.press("Alt+1")
    idle()
    assert "前台小票" in slips.field.error.text()
    assert slips.field.error.isVisible()
    slips.box.setCurrentIndex(0)
    slips.box.activated.emit(0)
    assert not slips.trial.isEnabled()
    assert not slips.field.error.isVisible()


def test_both_printers_and_the_roll_are_chosen_by_keys_and_written(
    qtbot: QtBot, wizard: SetupWizard, printers_step: PrintersStep, keys: Keys, folder: Path,
    idle: Callable[[], None],
) -> None:  # fmt: skip
    form = printers_step.form
    form.slips.typed.setFocus()
    keys.press("Ctrl+A")
    keys.type("192.168.10.31")
    form.roll.setFocus()
    keys.press("Left")
    assert form.roll.value() == "58"
    form.papers.box.setFocus()
    keys.press("End")  # another one, by its address
    assert form.papers.typed.isVisible()
    keys.press("Tab")
    keys.type("192.168.10.31")
    keys.press("Return")
    assert wizard.at == "printers"
    assert form.papers.field.error.isVisible()  # a slip printer takes no A4
    keys.press("Ctrl+A")
    keys.type("folder:/srv/papers")
    keys.press("Return")
    done = wizard.step()
    assert isinstance(done, DoneStep)
    assert done.rows["热敏小票打印机"] == "192.168.10.31 · 58 mm"
    assert done.rows["A4 打印机"] == "文件夹 papers"
    keys.press("Return")
    qtbot.waitUntil(lambda: wizard.at == "sheet", timeout=WAIT_MS)
    written = settings.load(folder)
    assert written.slip_printer == "escpos+tcp://192.168.10.31:9100"
    assert (written.paper_printer, written.roll) == ("folder:/srv/papers", "58")


def test_a_bug_is_told_and_nothing_typed_is_lost(wizard: SetupWizard, keys: Keys) -> None:
    keys.press("Return")
    fill_hall(keys)
    wizard.show_bug("a1b2c3")
    assert "a1b2c3" in wizard.bug.text()
    assert wizard.bug.isVisible()
    hall = wizard.step()
    assert isinstance(hall, HallStep)
    assert (hall.hall.text(), hall.pin.text()) == ("太平桥大厅", PIN)


# --- a hall on a server --------------------------------------------------------------------------------


def test_joining_a_hall_by_keys(
    qtbot: QtBot, wizard: SetupWizard, keys: Keys, server: Server, hall: str, folder: Path,
    idle: Callable[[], None],
) -> None:  # fmt: skip
    step = server_step(wizard, keys)
    keys.type("127.0.0.1")
    keys.press("Tab", "Ctrl+A")
    for text in (str(server.port), hall, ADMIN, ADMIN_PASSWORD):
        keys.type(text)
        keys.press("Tab")
    keys.press("Alt+T")
    assert step.progress.isVisible()
    assert not wizard.next.isEnabled()
    idle()
    assert wizard.at == "server"
    assert "太平桥大厅" in step.result.text()
    assert step.band.isVisible()
    keys.press("Return")
    pc = wizard.step()
    assert isinstance(pc, ThisPcStep)
    assert pc.letter.text() == "B"  # A is PC-01's
    pc.letter.edit.selectAll()
    keys.type("a")
    keys.press("Return")
    assert wizard.at == "pc"
    assert pc.letter.error.isVisible()
    keys.type("d")
    keys.press("Return", "Return")
    assert wizard.at == "done"
    with qtbot.waitSignal(wizard.finished, timeout=WAIT_MS):
        keys.press("Return")
    written = settings.load(folder)
    assert written.letter == "D"
    assert stat.S_IMODE((folder / settings.FILE).stat().st_mode) == 0o600
    assert not (folder / settings.DATABASE).exists()
    store = Store.open(written.database)
    assert accounts.claim_letter(store, platform.node()) == "D"
    store.close()


@pytest.mark.parametrize("with_key", [True, False])
def test_joining_with_the_recovery_code_or_without(
    qtbot: QtBot, wizard: SetupWizard, keys: Keys, server: Server, database: str, folder: Path,
    tmp_path: Path, idle: Callable[[], None], quick_pins: None, with_key: bool,
) -> None:  # fmt: skip
    store = halls.create(
        server.url(database), name="太平桥大厅", manager="李主任", pin=PIN, folder=tmp_path / "pc1"
    )
    key = store.hall_key
    assert key is not None
    store.close()
    step = server_step(wizard, keys)
    type_server(step, server, database, ADMIN_PASSWORD)
    keys.press("Return")
    idle()
    code = wizard.step()
    assert isinstance(code, KeyStep)
    groups = list(key.code())
    if with_key:
        wrong = ("0" if groups[3][0] != "0" else "1") + groups[3][1:]
        keys.type(" ".join([*groups[:3], wrong, *groups[4:]]))
        keys.press("Return")
        assert "第 4 组" in code.code.error.text()
        code.code.set_text(hall_key.generate().scan())
        keys.press("Return")
        assert "另一个大厅" in code.code.error.text()
        code.code.set_text(" ".join(groups).lower())
    keys.press("Return")
    assert wizard.at == "pc"
    keys.press("Return", "Return")
    done = wizard.step()
    assert isinstance(done, DoneStep)
    assert done.rows["大厅密钥"] == ("已录入" if with_key else "未录入")
    with qtbot.waitSignal(wizard.finished, timeout=WAIT_MS):
        keys.press("Return")
    joined = Store.open(settings.load(folder).database)
    joined.learn_key(folder)
    assert joined.hall_key == (key if with_key else None)
    joined.close()


def test_a_letter_taken_meanwhile_leads_back_to_its_field(
    wizard: SetupWizard, keys: Keys, server: Server, hall: str, folder: Path,
    idle: Callable[[], None],
) -> None:  # fmt: skip
    type_server(server_step(wizard, keys), server, hall, ADMIN_PASSWORD)
    keys.press("Return")
    idle()
    assert wizard.at == "pc"  # Enter tests and goes on
    keys.press("Return", "Return")
    store = Store.open(server.url(hall))
    accounts.claim_letter(store, "PC-02", "B")
    store.close()
    keys.press("Return")
    idle()
    assert wizard.at == "pc"
    pc = wizard.step()
    assert isinstance(pc, ThisPcStep)
    assert pc.letter.error.isVisible()
    assert keys.focused() is pc.letter.edit
    assert pc.letter.text() == "B"
    assert "C–Z" in pc.free.text()
    assert not folder.exists()


def test_a_hall_is_made_on_the_server_where_there_is_none(
    qtbot: QtBot, wizard: SetupWizard, keys: Keys, server: Server, database: str, folder: Path,
    idle: Callable[[], None],
) -> None:  # fmt: skip
    step = server_step(wizard, keys)
    type_server(step, server, database, ADMIN_PASSWORD)
    keys.press("Return")
    idle()
    assert wizard.at == "server"
    assert "还没有大厅" in step.result.text()
    keys.press("Return")
    assert wizard.at == "hall"
    fill_hall(keys)
    keys.press("Return", "Return")
    idle()
    assert wizard.at == "pc"
    keys.press("Return", "Return", "Return")
    idle()
    assert wizard.at == "sheet"
    assert isinstance(wizard.step(), SheetStep)
    wizard.go_back()  # what is made is made
    assert wizard.at == "sheet"
    with qtbot.waitSignal(wizard.finished, timeout=WAIT_MS):
        wizard.go_on()  # the sheet can be made later
    store = Store.open(settings.load(folder).database)
    store.learn_key(folder)
    assert store.hall_key is not None
    assert halls.info(store).name == "太平桥大厅"
    assert len(matters.windows(accounts.operator(store))) == 12
    store.close()


def test_each_failure_has_its_sentence_and_place(
    wizard: SetupWizard, keys: Keys, server: Server, hall: str, folder: Path,
    idle: Callable[[], None],
) -> None:  # fmt: skip
    step = server_step(wizard, keys)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        cases = [
            (step.host, "", step.host, "地址"),
            (step.port, "70000", step.port, "65535"),
            (step.database, "", step.database, "数据库名称"),
            (step.user, "", step.user, "用户名"),
            (step.host, "no-such-server.invalid", step.host, "no-such-server.invalid"),
            (step.port, str(closed.getsockname()[1]), None, "没有服务"),
            (step.password, "wrong", step.password, ""),
            (step.database, "missing", step.database, ""),
        ]
        for field, text, place, words in cases:
            type_server(step, server, hall, ADMIN_PASSWORD)
            field.set_text(text)
            step.try_it()
            idle()
            assert wizard.at == "server"
            told = step.result if place is None else place.error
            assert told.isVisible(), text
            assert words in told.text()
            assert field.text() == text
            assert field.edit.hasFocus() or field.edit.isAncestorOf(keys.focused())
    type_server(step, server, hall, ADMIN_PASSWORD)
    step.tls.set_value("verify-full")
    step.try_it()
    assert step.ca_file.error.isVisible()
    step.tls.set_value("require")
    step.try_it()
    idle()
    assert step.band.isVisible()
    assert "TLS" in step.result.text()
    with psycopg.connect(server.url(hall), autocommit=True) as connection:
        connection.execute("INSERT INTO schema_version (version) VALUES (9999)")
    step.tls.set_value("disable")
    step.try_it()
    idle()
    assert "9999" in step.result.text()
    assert not folder.exists()


def test_a_test_can_be_stopped_and_a_silent_server_is_told(
    wizard: SetupWizard, keys: Keys, idle: Callable[[], None]
) -> None:
    step = server_step(wizard, keys)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        step.host.set_text("127.0.0.1")
        step.port.set_text(str(door.getsockname()[1]))
        step.database.set_text("hall")
        step.user.set_text("app")
        keys.press("Return")
        assert keys.focused() is step.cancel
        keys.press("Return")
        assert not step.progress.isVisible()
        assert wizard.next.isEnabled()
        idle()
        assert not step.band.isVisible()
        keys.press("Alt+T")
        idle()
        assert "没有应答" in step.result.text()


def test_leaving_the_step_or_the_window_stops_the_test(
    wizard: SetupWizard, keys: Keys, folder: Path, idle: Callable[[], None]
) -> None:
    step = server_step(wizard, keys)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        step.host.set_text("127.0.0.1")
        step.port.set_text(str(door.getsockname()[1]))
        step.database.set_text("hall")
        step.user.set_text("app")
        for leave in (wizard.go_back, wizard.close):
            step.try_it()
            assert step.busy()
            leave()
            assert not step.busy()
            idle()
            wizard.at = "server"
    assert not folder.exists()
