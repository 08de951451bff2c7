"""Does this PC work? Each line says how a thing is and what to do; nothing hangs, is changed, or names anybody."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hall_desk import doctor, i18n
from hall_desk.cli import main
from hall_desk.devices import id_reader, voice
from hall_desk.doctor import (
    BROKEN,
    NOT_SET_UP,
    WORKS,
    Check,
    Finding,
    Patient,
    Said,
    screen,
    server,
    this_pc,
)
from hall_desk.doctor.screen import Monitor, Screen
from hall_desk.services.accounts import Actor
from hall_desk.settings import Settings
from hall_desk.store import health, models
from hall_desk.store.database import Store
from hall_desk.store.local_hall import fingerprint
from hall_desk.store.outbox import Outbox

DESKTOP = Screen((Monitor(1366, 768, 1.0), Monitor(1920, 1080, 1.5)), ("Front desk",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture
def patient(store: Store, folder: Path) -> Patient:
    """A PC of a hall that exists, with nothing chosen yet."""
    return Patient(store.place, folder, Settings(), DESKTOP)


def look(patient: Patient, *names: str) -> dict[str, Finding]:
    """The findings of the checks so named, and of the database before them."""
    wanted = tuple(one for one in doctor.checks() if not names or one.name in ("database", *names))
    return {one.name: one for one in doctor.examine(patient, wanted)}


# --- the database --------------------------------------------------------------------------------


def test_a_hall_that_works_has_nothing_broken(patient: Patient) -> None:
    found = look(patient)
    assert [one for one in found.values() if one.state == BROKEN] == []
    assert all(one.told for one in found.values())
    assert found["database"].told.startswith("“太平桥政务服务大厅”")
    assert [found[name].state for name in ("schema", "writing", "push", "clock")] == [WORKS] * 4


def test_looking_changes_nothing_in_the_hall(patient: Patient, store: Store) -> None:
    def entries() -> int:
        with store.reading():
            return int(models.JournalEntry.select().count())

    before = entries()
    look(patient)
    assert entries() == before


def test_before_a_hall_exists_everything_can_be_looked_at(folder: Path) -> None:
    patient = Patient(str(folder / "hall.sqlite3"), folder, Settings(), DESKTOP, alone=True)
    found = look(patient)
    assert found["database"].state == NOT_SET_UP
    assert "Hall Desk" in found["database"].advice
    assert doctor.sound(list(found.values()))
    assert not (folder / "hall.sqlite3").exists()


def test_a_file_that_is_no_hall_is_named(folder: Path) -> None:
    place = folder / "hall.sqlite3"
    place.write_bytes(b"no database at all" * 100)
    found = look(Patient(str(place), folder, Settings(), DESKTOP, alone=True))
    assert found["database"].state == BROKEN
    assert found["schema"].state == NOT_SET_UP


def test_a_server_that_is_away_is_said_with_the_step_that_failed(folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = f"postgresql://desk:secret@127.0.0.1:{port}/hall"
    found = look(Patient(place, folder, Settings(database=place), DESKTOP, alone=True))
    assert found["database"].state == BROKEN
    assert str(port) in found["database"].told
    assert found["database"].advice
    assert found["fonts"].state == WORKS
    assert "secret" not in doctor.as_text(list(found.values()))


def test_a_clock_far_off_and_a_slow_push_are_told(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = health.look(patient.place)
    wrong = replace(good, on_server=True, clock=timedelta(minutes=42), push_s=3.0, writes=False)
    monkeypatch.setattr(health, "look", lambda _place: wrong)
    found = look(patient, "clock", "push", "writing")
    assert "快 42 分钟" in found["clock"].told
    assert {found[name].state for name in ("clock", "push", "writing")} == {BROKEN}
    assert all(found[name].advice for name in ("clock", "push", "writing"))


# --- this PC ----------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to(patient: Patient) -> None:
    patient.folder.chmod(0o500)
    assert look(patient, "folder")["folder"].state == BROKEN
    patient.folder.chmod(0o700)


@pytest.mark.skipif(os.name != "posix", reason="rights by mode")
def test_a_folder_that_others_may_write_to(patient: Patient) -> None:
    patient.folder.chmod(0o777)
    found = look(patient, "folder")["folder"]
    assert (found.state, "chmod 700" in found.advice) == (BROKEN, True)
    assert stat.S_IMODE(patient.folder.stat().st_mode) == 0o777


def test_settings_that_were_not_understood(patient: Patient) -> None:
    patient.settings = Settings(ignored=("keys.quit",))
    assert "keys.quit" in look(patient, "settings")["settings"].told


def test_the_outbox_is_counted_whoever_keeps_it(folder: Path) -> None:
    place = "postgresql://desk@127.0.0.1:1/hall"
    patient = Patient(place, folder, Settings(), DESKTOP)
    wanted = tuple(one for one in doctor.checks() if one.name == "outbox")
    assert [one.told for one in doctor.examine(patient, wanted)] == ["没有待发记录"]
    kept = Outbox(folder / "outbox" / fingerprint(place))
    try:
        assert "断网暂存" in next(doctor.examine(patient, wanted)).told
        patient.outbox = kept
        assert next(doctor.examine(patient, wanted)).told == "没有待发记录"
    finally:
        kept.close()


def test_an_old_backup_is_too_old(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    real = replace(health.look(patient.place), practice=False)
    monkeypatch.setattr(health, "look", lambda _place: real)
    patient.place = str(patient.folder / "hall.sqlite3")
    assert look(patient, "backup")["backup"].state == NOT_SET_UP
    file = patient.folder / "backups" / "hall-2020-02-21.backup"
    file.parent.mkdir()
    file.write_bytes(b"")
    assert look(patient, "backup")["backup"].state == WORKS
    old = time.time() - 30 * 86_400
    os.utime(file, (old, old))
    assert "30 天前" in look(patient, "backup")["backup"].told
    assert look(patient, "key")["key"].state in (NOT_SET_UP, BROKEN)


def test_on_a_server_the_newest_backup_that_hall_desk_made_is_told(
    patient: Patient, manager: Actor, front_desk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(this_pc, "is_postgres", lambda _place: True)
    patient.actor = front_desk
    assert look(patient, "backup")["backup"].state == NOT_SET_UP
    patient.actor = manager
    assert "hall-desk backup" in look(patient, "backup")["backup"].advice
    store = manager.store
    with store.change(manager) as change:
        change.record("backup.made", None, bytes=1, sealed=False)
    made = store.now().timestamp()
    for days, state in ((3, WORKS), (8, NOT_SET_UP)):
        monkeypatch.setattr(time, "time", lambda days=days: made + days * 86_400 + 60)
        found = look(patient, "backup")["backup"]
        assert (found.state, f"{days} 天前" in found.told) == (state, True)
        assert bool(found.advice) == (state == NOT_SET_UP)


# --- what is plugged in -----------------------------------------------------------------------------


def test_printers_are_looked_for_and_never_printed_on(patient: Patient, tmp_path: Path) -> None:
    patient.settings = Settings(slip_printer="system:Front desk", paper_printer="system:Gone")
    found = look(patient, "slip_printer", "paper_printer")
    assert (found["slip_printer"].state, found["paper_printer"].state) == (WORKS, BROKEN)
    papers = tmp_path / "papers"
    papers.mkdir()
    patient.settings = Settings(slip_printer=f"folder:{papers}", paper_printer="none")
    found = look(patient, "slip_printer", "paper_printer")
    assert (found["slip_printer"].state, found["paper_printer"].state) == (WORKS, NOT_SET_UP)
    assert list(papers.iterdir()) == []


def test_a_slip_printer_is_only_asked_how_it_is(patient: Patient) -> None:
    heard = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            line, _where = listener.accept()
            with line, contextlib.suppress(ConnectionResetError):  # hung up once it was answered
                while data := line.recv(1024):
                    heard.extend(data)
                    line.sendall(b"\x12\x12\x12\x72")  # no paper

        thread = threading.Thread(target=answer)
        thread.start()
        port = listener.getsockname()[1]
        patient.settings = Settings(slip_printer=f"escpos+tcp://127.0.0.1:{port}")
        found = look(patient, "slip_printer")["slip_printer"]
        thread.join(10)
    assert found.state == BROKEN
    assert "纸" in found.told
    assert bytes(heard).count(b"\x10\x04") * 3 == len(heard)  # DLE EOT n and nothing else


def test_a_printer_that_is_off_is_said_so(patient: Patient) -> None:
    patient.settings = Settings(slip_printer="escpos+tcp://127.0.0.1:1")
    assert look(patient, "slip_printer")["slip_printer"].state == BROKEN


def test_screens_thermometer_and_voice(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    found = look(patient, "screen", "second_screen", "thermometer")
    assert "1366 × 768" in found["screen"].told
    assert found["second_screen"].state == WORKS
    assert found["thermometer"].state == NOT_SET_UP
    patient.screen = Screen((Monitor(1024, 600, 1.25),), ())
    patient.settings = Settings(thermometer="serial:/dev/no-such-port", foyer_sound="off")
    found = look(patient, "screen", "second_screen", "thermometer", "voice")
    assert [found[name].state for name in ("screen", "second_screen", "thermometer", "voice")] == [
        BROKEN, NOT_SET_UP, BROKEN, NOT_SET_UP,
    ]  # fmt: skip
    patient.settings = Settings()
    monkeypatch.setattr(voice, "find", lambda: voice.Found("aplay", "espeak-ng"))
    assert look(patient, "voice")["voice"].told == "aplay, espeak-ng"


def test_a_card_reader_is_known_by_its_name_alone(
    patient: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "devices"
    monkeypatch.setattr(id_reader.plugged_in, "__defaults__", (told,))
    assert look(patient, "id_reader")["id_reader"].state == NOT_SET_UP
    one = 'I: Bus=0003\nN: Name="{}"\nH: Handlers=sysrq {} event3 leds\n\n'
    told.write_text(
        one.format("AT Translated Set 2 keyboard", "kbd")
        + one.format("IDR210  ID Card Reader", "kbd")
        + one.format("Card Reader Lid", "mouse0"),
        "utf-8",
    )
    found = look(patient, "id_reader")["id_reader"]
    assert (found.state, found.told) == (WORKS, "已插上：IDR210 ID Card Reader")


def test_the_mail_server_is_asked_only_where_there_is_one(
    patient: Patient, manager: Actor, front_desk: Actor
) -> None:
    assert look(patient, "mail")["mail"].state == NOT_SET_UP
    for actor in (manager, front_desk):
        patient.actor = actor
        assert look(patient, "mail")["mail"].state == NOT_SET_UP


def test_an_input_method_that_this_qt_cannot_use(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("QT_IM_MODULE", "fcitx")
    assert look(patient, "typing")["typing"].state == BROKEN


def test_a_qt_that_aborts_is_refused(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    import PySide6

    monkeypatch.setattr(PySide6, "__version__", "6.12.0")
    assert look(patient, "versions")["versions"].state == BROKEN


# --- how it is asked --------------------------------------------------------------------------------


def test_a_check_that_hangs_or_fails_is_a_line_like_the_others(patient: Patient) -> None:
    forever = threading.Event()

    def hangs(_patient: Patient) -> Said:
        forever.wait(20)
        return Said(WORKS, "")

    def fails(_patient: Patient) -> Said:
        raise ValueError

    checks = (
        Check("hangs", "Disk", hangs, server.REACH_ADVICE, limit_s=0.05),
        Check("fails", "Disk", fails, server.REACH_ADVICE),
        Check("works", "Disk", lambda _patient: Said(WORKS, "fine"), ""),
    )
    found = list(doctor.examine(patient, checks))
    forever.set()
    assert [one.state for one in found] == [BROKEN, BROKEN, WORKS]
    assert all(one.advice for one in found[:2])


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_line_is_in_the_language_asked_for(patient: Patient, language: str) -> None:
    i18n.use(language)
    told = doctor.as_text([replace(one, told="") for one in look(patient).values()])
    assert any(ord(letter) > 0x3000 for letter in told.replace("，", "")) == (language == "zh_CN")


def test_the_command_ends_with_what_it_found(
    sample_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(screen, "look_from_outside", lambda: DESKTOP)
    (tmp_path / "hall.sqlite3").write_bytes(sample_file.read_bytes())
    tmp_path.chmod(0o700)
    assert main(["doctor", "--json", "--data", str(tmp_path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["works"] is True
    assert {one["name"] for one in told["checks"]} == {one.name for one in doctor.checks()}
    (tmp_path / "settings.toml").write_text('slip_printer = "system:Gone"\n', "utf-8")
    assert main(["doctor", "--data", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "✗" in said
    assert "Gone" in said


def test_no_person_is_named(
    sample_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(screen, "look_from_outside", lambda: None)
    (tmp_path / "hall.sqlite3").write_bytes(sample_file.read_bytes())
    (tmp_path / "settings.toml").write_text('people = ["李建国"]\n', "utf-8")
    main(["doctor", "--data", str(tmp_path)])
    assert "李建国" not in capsys.readouterr().out


def test_a_process_of_its_own_looks_at_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    seen = screen.look_from_outside()
    assert seen is not None
    assert len(seen.monitors) == 1
    assert seen.printers is not None


def test_without_a_screen_nothing_is_seen_and_nothing_breaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert screen.look_from_outside() is None
    monkeypatch.setenv("QT_QPA_PLATFORM", "no-such-platform")
    assert screen.look_from_outside() is None
