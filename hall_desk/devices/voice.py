"""The voice of a PC: a chime and spoken words, by whatever the system has; where it has nothing, silence.

A player (`paplay`, `aplay`, `afplay`, Windows' own) plays the chime, a speaker (`spd-say`, `espeak-ng`, `say`, pyttsx3)
says the words. Neither is needed: what is missing is left out and nobody is bothered. One thread works through
what was asked for, so that two announcements are never heard at once.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hall_desk.devices import chime

_log = logging.getLogger(__name__)

LONGEST_S = 20.0  # no announcement takes longer; a program that hangs is ended
ENDS_WITHIN_S = 2.0  # once it was told to; a voice that cannot be broken off is left to itself
_ESPEAK_VOICES = {"zh_CN": "cmn", "en": "en"}
_SPD_LANGUAGES = {"zh_CN": "zh", "en": "en"}
_SAY_VOICES = {"zh_CN": "Tingting", "en": "Samantha"}
_PLAYERS = ("paplay", "pw-play", "aplay", "afplay")
_SPEAKERS = ("spd-say", "espeak-ng", "say")


@dataclass(frozen=True)
class Found:
    """What this PC has: the names of the programs, empty where there is none."""

    player: str
    speaker: str


def find(which: Callable[[str], str | None] = shutil.which) -> Found:
    """Looks what can play and what can speak on this PC."""
    if sys.platform == "win32":
        speaks = importlib.util.find_spec("pyttsx3") is not None
        return Found("winsound", "pyttsx3" if speaks else "")
    return Found(
        next((name for name in _PLAYERS if which(name)), ""),
        next((name for name in _SPEAKERS if which(name)), ""),
    )


def play_command(player: str, file: str) -> list[str]:
    """The command that plays a WAV file."""
    return [player, "-q", file] if player == "aplay" else [player, file]


def speak_command(speaker: str, words: str, language: str) -> list[str]:
    """The command that says `words` and returns when they have been said."""
    match speaker:
        case "spd-say":
            return [speaker, "--wait", "-l", _SPD_LANGUAGES[language], "--", words]
        case "espeak-ng":
            return [speaker, "-v", _ESPEAK_VOICES[language], "-s", "140", "--", words]
        case _:
            return [speaker, "-v", _SAY_VOICES[language], "--", words]


def voice_for(voices: Iterable[Any], language: str) -> str:
    """The id of the first of pyttsx3's voices that speaks a language; empty where none does: then the system's own.

    Windows says the language only in a voice's id (`TTS_MS_ZH-CN_HUIHUI_11.0`), other systems in `languages`.
    """
    wanted = language.replace("_", "-").lower()
    for voice in voices:
        said = [voice.id, *(str(one) for one in getattr(voice, "languages", None) or ())]
        for text in said:
            plain = text.replace("_", "-").lower()
            if re.search(rf"(?<![a-z]){wanted}(?![a-z])", plain):
                return str(voice.id)
    return ""


@dataclass(frozen=True)
class _Spoken:
    words: str
    language: str
    # How often the voice had been muted before: what was asked for before a silence is not said after it.
    silences: int


class Voice:
    """Announces one after the other. `found` is what the PC has; nothing is started before the first announcement."""

    def __init__(self, found: Found | None = None, *, muted: bool = False) -> None:
        self.found = find() if found is None else found
        self.muted = muted
        self._waiting: queue.SimpleQueue[_Spoken | None] = queue.SimpleQueue()
        self._left = 0
        self._silences = 0
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._running: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def announce(self, words: str, language: str) -> None:
        """Chime and words, after those asked for before. Muted or on a silent PC it does nothing."""
        if self.muted or self._stopping.is_set() or self.found == Found("", ""):
            return
        with self._lock:
            self._left += 1
        self._waiting.put(_Spoken(words, language, self._silences))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="hall-desk-voice", daemon=True)
            self._thread.start()

    def busy(self) -> bool:
        """Whether something is being said or waits to be."""
        with self._lock:
            return self._left > 0

    def mute(self, muted: bool) -> None:
        """Muted it says nothing more, breaks off what it is saying, and forgets what waits."""
        self.muted = muted
        if muted:
            self._silences += 1
            self._end_running()

    def stop(self) -> None:
        """Breaks off, forgets what waits, and ends the thread."""
        self._stopping.set()
        self._waiting.put(None)
        self._end_running()
        if self._thread is not None:
            self._thread.join(ENDS_WITHIN_S)
            self._thread = None

    # --- in the voice's own thread -------------------------------------------------------------------

    def _run(self) -> None:
        while (spoken := self._waiting.get()) is not None:
            for part in (self._play, self._speak):
                self._try(part, spoken)
            with self._lock:
                self._left -= 1
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _try(self, part: Callable[[_Spoken], None], spoken: _Spoken) -> None:
        if self._silent() or spoken.silences != self._silences:
            return
        try:
            part(spoken)
        except Exception as error:  # noqa: BLE001  a PC without a voice is no reason to stop the screen
            _log.info("the voice failed: %s", type(error).__name__)

    def _play(self, _spoken: _Spoken) -> None:
        if self.found.player == "winsound":
            _winsound().PlaySound(chime.wav(), _winsound().SND_MEMORY)
        elif self.found.player:
            self._start(play_command(self.found.player, str(self._chime_file())))

    def _speak(self, spoken: _Spoken) -> None:
        if self.found.speaker == "pyttsx3":
            engine = importlib.import_module("pyttsx3").init()
            chosen = voice_for(engine.getProperty("voices"), spoken.language)
            if chosen:
                engine.setProperty("voice", chosen)
            engine.say(spoken.words)
            engine.runAndWait()
        elif self.found.speaker:
            self._start(speak_command(self.found.speaker, spoken.words, spoken.language))

    def _silent(self) -> bool:
        return self.muted or self._stopping.is_set()

    def _chime_file(self) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="hall-desk-chime-")
            Path(self._folder.name, "chime.wav").write_bytes(chime.wav())
        return Path(self._folder.name, "chime.wav")

    def _start(self, command: Sequence[str]) -> None:
        nothing = subprocess.DEVNULL
        with self._lock:
            if self._silent():
                return
            running = self._running = subprocess.Popen(
                command, stdin=nothing, stdout=nothing, stderr=nothing, env=_plain_environment()
            )
        try:
            running.wait(LONGEST_S)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        finally:
            with self._lock:
                self._running = None

    def _end_running(self) -> None:
        with self._lock:
            if self._running is not None:
                self._running.terminate()


def _plain_environment() -> dict[str, str]:
    # A bundled program points to its own libraries; the system's programs need the system's.
    return {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}


def _winsound() -> Any:
    return importlib.import_module("winsound")
