"""The log says what went wrong and where, and nothing about anybody."""

from __future__ import annotations

import ast
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import peewee
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_desk import cli, errors, i18n, logs
from hall_desk.services import sample_day, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.tickets import NewTicket
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.personal import PERSON, persons_of

ROOT = Path(__file__).resolve().parents[1]
NAME, PHONE, ID_NUMBER = PERSON

_log = logging.getLogger("hall_desk.tests")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The folder of the logs, which are being written, everything there is to write."""
    logs.start(tmp_path, logging.DEBUG)
    yield tmp_path / logs.FOLDER
    logs.stop()


def written(folder: Path) -> str:
    return "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.log*")))


def provoke(work: Callable[[], object]) -> str:
    """The id under which the error of `work` was logged."""
    try:
        work()
    except Exception as error:  # noqa: BLE001 - any error at all
        return logs.log_bug(error)
    raise AssertionError("nothing went wrong")


# --- what stands in it -----------------------------------------------------------------------------------


def test_a_bug_is_told_by_its_id_its_type_and_where(folder: Path) -> None:
    bug = provoke(lambda: {}[NAME])
    text = written(folder)
    assert f"bug {bug}" in text
    assert "KeyError" in text
    assert "test_logs.py" in text
    assert NAME not in text
    assert str(ROOT) not in text, "folders name this PC's user"


def test_rows_that_a_database_refuses_are_not_quoted(
    folder: Path, store: Store, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    """PostgreSQL says `Key (…)=(…) already exists` and `Failing row contains (…)`; neither is logged."""
    opened = tickets.open(
        front_desk, NewTicket(new_id(), small_hall["medical"], NAME, PHONE, consent=True)
    )
    said = []

    def again(**changed: Any) -> None:
        row = {**models.Ticket.get_by_id(opened.card.id).__data__, "id": new_id(), **changed}
        try:
            models.Ticket.insert(row).execute()
        except peewee.PeeweeException as error:
            said.append(str(error))
            raise

    def unique() -> None:
        models.proxy.execute_sql('CREATE UNIQUE INDEX by_person ON ticket ("name", "phone")')
        again(number="A999")

    for wrong in (unique, lambda: again(name=None, remark=ID_NUMBER), lambda: again(state=PHONE)):
        with store.asking():
            provoke(wrong)
        if store.postgres:
            store.close_thread()
    text = written(folder)
    assert text.count("peewee.IntegrityError") + text.count("peewee.DataError") >= 2
    if store.postgres:
        assert any(NAME in words for words in said), "the server did quote them"
        assert "sqlstate=23505" in text
        assert "constraint=by_person" in text
    else:
        assert "sqlite=SQLITE_CONSTRAINT" in text
    for personal in PERSON:
        assert personal not in text


def errors_about_somebody() -> Iterator[BaseException]:
    for text in PERSON:
        yield ValueError(f"could not read {text!r}")
        yield KeyError(text)
        yield OSError(28, f"no space for {text}", f"/home/{text}/x")
        yield UnicodeEncodeError("ascii", text, 0, 1, text)
        yield errors.BadInput("phone", "shape", value=text)
        yield errors.NotFound(kind="ticket", key=text)
        yield ExceptionGroup(text, [ValueError(text), KeyError(text)])


def test_no_error_is_quoted_however_it_came_about(folder: Path) -> None:
    for inner in errors_about_somebody():
        try:
            try:
                raise inner
            except BaseException as first:
                raise RuntimeError(f"{NAME} {PHONE} {ID_NUMBER}") from first
        except RuntimeError as error:
            error.add_note(NAME)
            logs.log_bug(error)
            _log.warning("it failed: %s, %s", error, inner, exc_info=True)
            _log.warning("about %s", NAME)
            _log.warning("about %s and %d", PHONE, int(PHONE))
            logging.getLogger("somebody.else").error("row %s", NAME)
            logging.getLogger("somebody.else").error(f"row {ID_NUMBER}", stack_info=True)  # noqa: G004
            logs.log_qt(logging.WARNING, f"QLineEdit: '{NAME}' and {PHONE} in /home/{NAME}")
    text = written(folder)
    assert "QLineEdit: … and … in …" in text
    assert "hall_desk.tests it failed: RuntimeError, " in text
    for personal in PERSON:
        assert personal not in text


@given(st.text(max_size=80))
def test_plain_words_hold_no_number_and_no_chinese(text: str) -> None:
    words = logs.plain_words(text)
    assert words.replace("…", "").isascii()
    assert "\n" not in words
    assert all(sum(c.isdigit() for c in word) < 4 for word in words.split())


def test_every_text_that_we_log_is_fixed() -> None:
    """A text made at run time could hold anything; so could an argument that is neither an error nor a code."""
    for path in sorted((ROOT / "hall_desk").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and isinstance(call.func.value, ast.Name)
                and call.func.value.id in ("log", "_log", "logging", "logger")
                and call.func.attr
                in ("debug", "info", "warning", "error", "exception", "critical", "log")
            ):
                text = call.args[call.func.attr == "log"]
                assert isinstance(text, ast.Constant), f"{path.name}:{call.lineno}"


# --- a whole day -----------------------------------------------------------------------------------------


def test_a_whole_day_with_everything_logged_names_nobody(
    folder: Path, place: str, quick_pins: None
) -> None:
    with sample_day.make(place) as hall:
        people = persons_of(hall)
        with hall.reading():
            rows = [list(row.__data__.values()) for row in models.Ticket.select().limit(40)]
        for row in rows:
            provoke(lambda row=row: int(repr(row)))
            _log.error("a row: %s", row)
    text = written(folder)
    assert "peewee" in text, "what the database was asked was offered to the log"
    assert len(people) > 100
    assert {value for value in people if value in text} == set()


# --- the files -------------------------------------------------------------------------------------------


def test_files_are_this_users_and_only_so_many(folder: Path) -> None:
    line = "x" * 70
    for number in range(6):
        _log.info("%s line %d", line, number)
    assert re.fullmatch(
        rf"\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d INFO hall_desk.tests {line} line 5",
        written(folder).splitlines()[-1],
    )
    if os.name == "posix":
        assert folder.stat().st_mode & 0o777 == 0o700
        assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())
    for _ in range(logs.MOST_BYTES // 100 * (logs.KEPT + 3)):
        _log.info("%s", line)
    files = list(folder.glob("*.log*"))
    assert len(files) == logs.KEPT + 1
    assert sum(path.stat().st_size for path in files) <= logs.MOST_BYTES * (logs.KEPT + 1)
    if os.name == "posix":
        assert all(path.stat().st_mode & 0o777 == 0o600 for path in files)


def test_nothing_is_made_until_there_is_something_to_write(folder: Path) -> None:
    assert not folder.exists()


WRITER = """
import logging, sys
from pathlib import Path
from hall_desk import logs
logs.start(Path(sys.argv[1]))
log = logging.getLogger("hall_desk.writer")
log.info("%s has begun", sys.argv[2])
print("begun", flush=True)
sys.stdin.readline()
for number in range(3000):
    log.info("%s writes %d", sys.argv[2], number)
"""


def writer(folder: Path, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_two_programs_do_not_write_into_each_others_lines(tmp_path: Path) -> None:
    for _time in range(2):  # the second time with the files of the first
        both = [writer(tmp_path, "one"), writer(tmp_path, "two")]
        for program in both:
            assert program.stdout is not None
            assert program.stdout.readline() == "begun\n"
        ended = [program.communicate("\n") for program in both]
        assert [err for _out, err in ended] == ["", ""]
    files = sorted((tmp_path / logs.FOLDER).glob("*.log"))
    assert [path.name for path in files] == ["hall-desk-2.log", "hall-desk.log"]
    lines = written(tmp_path / logs.FOLDER).splitlines()
    assert len(lines) == 2 * 2 * 3001
    assert all(
        re.fullmatch(r"\S+ \S+ INFO hall_desk.writer (one|two) (has begun|writes \d+)", line)
        for line in lines
    )


def test_a_disk_that_is_full_costs_the_log_only(folder: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no disk that is always full")
    folder.mkdir(mode=0o700)
    (folder / "hall-desk.log").symlink_to("/dev/full")
    bugs = [provoke(lambda: 1 / 0) for _ in range(3)]
    (folder / "hall-desk.log").unlink()
    bugs.append(provoke(lambda: 1 / 0))
    assert [bug in written(folder) for bug in bugs] == [False, False, False, True]


def test_a_folder_that_cannot_be_made_costs_the_log_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    logs.start(tmp_path / "file")
    logs.catch_crashes()
    assert len(provoke(lambda: 1 / 0)) == 6
    logs.stop()
    assert capsys.readouterr().err == ""


# --- programs that end badly -----------------------------------------------------------------------------


def test_a_bug_of_a_command_is_one_line_with_its_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_words: object) -> None:
        raise ValueError(f"cannot read {NAME}")

    monkeypatch.setattr(Store, "open", broken)
    for language in i18n.LANGUAGES:
        words = ["report", "daily", "--output", str(tmp_path / "x.json")]
        assert cli.main(["--data", str(tmp_path), "--language", language, *words]) == 1
        [line] = capsys.readouterr().err.splitlines()
        found = re.search(r"[(（]([0-9a-f]{6})[)）]", line)
        assert found, line
        assert str(tmp_path / logs.FOLDER) in line
        assert f"bug {found[1]}" in written(tmp_path / logs.FOLDER)
    assert NAME not in written(tmp_path / logs.FOLDER)


CRASHER = """
import faulthandler, sys
from pathlib import Path
from hall_desk import logs
logs.start(Path(sys.argv[1]))
logs.say_start(on_server=True, qt="6.9")
logs.catch_crashes()
def falls():
    faulthandler._sigsegv()
falls()
"""


def test_a_crash_is_told_at_the_next_start(tmp_path: Path) -> None:
    script = tmp_path / NAME / "script.py"
    script.parent.mkdir()
    script.write_text(CRASHER, "utf-8")
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, str(script), str(tmp_path)], capture_output=True, cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert done.returncode != 0
    text = written(tmp_path / logs.FOLDER)
    assert "Python 3." in text.splitlines()[0]
    assert "postgresql" in text.splitlines()[0]
    assert "the program crashed when it ran last: Fatal Python error: Segmentation fault" in text
    assert "script.py:9 falls" in text
    assert NAME not in text
