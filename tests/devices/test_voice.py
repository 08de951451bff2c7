"""The chime and the voice: made by us, one announcement after the other, and silent where a PC has nothing."""

from __future__ import annotations

import array
import cmath
import io
import math
import os
import wave
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from hall_desk.devices import chime, voice
from hall_desk.devices.voice import Found, Voice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

WAIT_MS = 10_000


# --- the chime -----------------------------------------------------------------------------------


def samples() -> array.array[int]:
    with wave.open(io.BytesIO(chime.wav())) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
        return array.array("h", file.readframes(file.getnframes()))


def strength(part: array.array[int], pitch: float) -> float:
    """How strongly a pitch sounds in a part of the chime."""
    turn = -1j * math.tau * pitch / chime.RATE
    return abs(sum(value * cmath.exp(turn * n) for n, value in enumerate(part))) / len(part)


def test_the_chime_is_two_falling_tones() -> None:
    heard = samples()
    first, last = heard[2_000:9_000], heard[-14_000:-7_000]
    assert strength(first, 659.25) > 10 * strength(first, 523.25)
    assert strength(last, 523.25) > 10 * strength(last, 659.25)


def test_it_is_short_not_clipped_and_does_not_click() -> None:
    heard = samples()
    assert 1.5 < len(heard) / chime.RATE < 2.5
    assert 0.4 < max(map(abs, heard)) / 32_767 < 0.9
    assert max(abs(heard[0]), abs(heard[-1])) < 100
    assert chime.wav() == chime.wav()


# --- what a PC has -------------------------------------------------------------------------------


def test_the_first_program_that_is_there_is_taken() -> None:
    there = {"aplay", "afplay", "espeak-ng"}
    assert voice.find(lambda name: name if name in there else None) == Found("aplay", "espeak-ng")
    assert voice.find(lambda _name: None) == Found("", "")


def test_words_are_arguments_and_never_options() -> None:
    assert voice.speak_command("spd-say", "-x", "zh_CN") == [
        "spd-say",
        "--wait",
        "-l",
        "zh",
        "--",
        "-x",
    ]
    assert voice.speak_command("espeak-ng", "A", "zh_CN")[1:3] == ["-v", "cmn"]
    assert voice.speak_command("espeak-ng", "A", "en")[1:3] == ["-v", "en"]


# --- the queue, with programs that only write down what they were asked ---------------------------


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What was played and said, one line when a program starts and one when it ends."""
    log, programs = tmp_path / "heard", tmp_path / "bin"
    programs.mkdir()
    log.touch()
    for name in ("aplay", "spd-say"):
        script = programs / name
        script.write_text(
            f'#!/bin/sh\nfor last; do :; done\ncase $last in *.wav) test -s "$last" && last=chime;; esac\n'
            f'echo "start $last" >> {log}\nread -r line < {tmp_path}/gate\necho "end $last" >> {log}\n'
        )
        script.chmod(0o755)
    (tmp_path / "gate").write_text("open\n")
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return log


@pytest.fixture
def speaking(heard: Path) -> Iterator[Voice]:
    made = Voice(Found("aplay", "spd-say"))
    yield made
    made.stop()


def lines(log: Path) -> list[str]:
    return log.read_text("utf-8").splitlines()


def test_a_chime_comes_before_the_words_and_nothing_sounds_at_once(
    speaking: Voice, heard: Path, qtbot: QtBot
) -> None:
    speaking.announce("请A零一五号到代办岗领取", "zh_CN")
    speaking.announce("请A零一六号到代办岗领取", "zh_CN")
    assert speaking.busy()
    qtbot.waitUntil(lambda: not speaking.busy(), timeout=WAIT_MS)
    assert lines(heard) == [
        f"{step} {what}"
        for words in ("请A零一五号到代办岗领取", "请A零一六号到代办岗领取")
        for what in ("chime", words)
        for step in ("start", "end")
    ]


def test_muting_breaks_off_and_says_nothing_more(
    speaking: Voice, heard: Path, qtbot: QtBot
) -> None:
    gate = heard.parent / "gate"
    gate.unlink()
    os.mkfifo(gate)  # the program waits here, as a long announcement would
    speaking.announce("一", "zh_CN")
    speaking.announce("二", "zh_CN")
    qtbot.waitUntil(lambda: lines(heard) == ["start chime"], timeout=WAIT_MS)
    speaking.mute(True)
    qtbot.waitUntil(lambda: not speaking.busy(), timeout=WAIT_MS)
    speaking.announce("三", "zh_CN")
    assert not speaking.busy()
    assert lines(heard) == ["start chime"]


def test_stopping_ends_a_program_that_hangs(speaking: Voice, heard: Path, qtbot: QtBot) -> None:
    gate = heard.parent / "gate"
    gate.unlink()
    os.mkfifo(gate)
    speaking.announce("一", "zh_CN")
    qtbot.waitUntil(lambda: lines(heard) == ["start chime"], timeout=WAIT_MS)
    thread = speaking._thread
    assert thread is not None
    speaking.stop()
    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (Found("aplay", ""), ["start chime", "end chime"]),
        (Found("", "spd-say"), ["start 一", "end 一"]),
        (Found("no-such-player", "spd-say"), ["start 一", "end 一"]),
    ],
)
def test_what_is_missing_is_left_out(
    found: Found, told: list[str], heard: Path, qtbot: QtBot
) -> None:
    made = Voice(found)
    made.announce("一", "zh_CN")
    qtbot.waitUntil(lambda: not made.busy(), timeout=WAIT_MS)
    assert lines(heard) == told
    made.stop()


def test_a_silent_pc_starts_nothing() -> None:
    made = Voice(Found("", ""))
    made.announce("一", "zh_CN")
    assert (made.busy(), made._thread) == (False, None)
    made.stop()


def test_what_waited_before_a_silence_is_not_said_after_it(
    speaking: Voice, heard: Path, qtbot: QtBot
) -> None:
    gate = heard.parent / "gate"
    gate.unlink()
    os.mkfifo(gate)
    speaking.announce("一", "zh_CN")
    speaking.announce("二", "zh_CN")
    qtbot.waitUntil(lambda: lines(heard) == ["start chime"], timeout=WAIT_MS)
    speaking.mute(True)
    speaking.mute(False)
    qtbot.waitUntil(lambda: not speaking.busy(), timeout=WAIT_MS)
    assert lines(heard) == ["start chime"]
    gate.unlink()
    gate.write_text("open\n")
    speaking.announce("三", "zh_CN")
    qtbot.waitUntil(lambda: not speaking.busy(), timeout=WAIT_MS)
    assert lines(heard)[-1] == "end 三"


@pytest.mark.parametrize(("language", "chosen"), [("zh_CN", "HUIHUI"), ("en", "ZIRA"), ("fr", "")])
def test_windows_speaks_in_the_language_of_the_screen(language: str, chosen: str) -> None:
    zira = SimpleNamespace(id=r"HKEY\Tokens\TTS_MS_EN-US_ZIRA_11.0", languages=[])
    huihui = SimpleNamespace(id=r"HKEY\Tokens\TTS_MS_ZH-CN_HUIHUI_11.0")
    assert chosen in voice.voice_for([zira, huihui], language)
    assert bool(voice.voice_for([zira, huihui], language)) == bool(chosen)


def test_other_systems_say_the_language_of_a_voice() -> None:
    voices = [
        SimpleNamespace(id="com.apple.Samantha", languages=["en_US"]),
        SimpleNamespace(id="com.apple.Tingting", languages=["zh_CN"]),
    ]
    assert voice.voice_for(voices, "zh_CN") == "com.apple.Tingting"
    assert voice.voice_for([], "zh_CN") == ""
