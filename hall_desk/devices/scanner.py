"""Scanners that type what they read (keyboard wedge): told from people by their speed, wherever the keyboard is.

A scan is a burst of at least six characters with less than 35 ms between one key and the next, ended by Enter or Tab.
A ticket's number (`A018`, four characters: all that a routing slip's code holds) is one too. The burst is swallowed
whole and told by `scanned`. Anything else is let through untouched and in order: each key waits at most `HOLD_MS` to
see whether another follows at a scanner's speed, which nobody notices. A typist's fastest bursts are some 15 keys a
second (67 ms), and a key that is held down repeats, which Qt says.

Times are the events' own timestamps. An event without one (0) was made by a program and is never a scan. X11 and
Wayland say when a key was pressed; elsewhere (Windows) Qt says when it got the key, so what was typed while the program
was busy comes all at once. No scanner needs less than a millisecond for a character: such a heap is taken only if it
is the code of something (`known`), and is else typed as it came.

**Under an input method** some or all characters come as committed texts, without keys and without timestamps. Texts of
plain ASCII are then taken like keys, by the time of their arrival. Where the input method composes (pre-edit text that
changes at a scanner's speed), the burst is swallowed and read from what it commits: right where it commits letters as
they are (Microsoft Pinyin with capitals), else `spoiled` is told, and nothing is typed.

**A reader of ID cards** sends several fields with Tab or Enter between them. Where what came so far can be a part of a
card (`id_reader`), the end waits as long as a key does; a name that an input method committed at once is taken out of
its field again. Of a card all fields are told, parted by tabs.

What cannot be known here: an input method that keeps Enter to itself and commits nothing leaves no end (a pause is
taken for it); one that turns letters into Chinese has lost them for ever. A scanner that gives characters by number
(“ALT mode” in its manual) or works as a serial port has neither problem. No real input method, and no Windows, runs on
the machines this is tested on: their events are imitated.
"""

from __future__ import annotations

import re
import time
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent

from hall_desk.devices import id_reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QWindow

LEAST = 6
GAP_MS = 35
# A little longer than the gap: the next key may be on its way when the timer fires.
HOLD_MS = 40
# After this pause a scan that went through an input method is over.
PAUSE_MS = 80
MOST = 1024
# So many characters at this speed no person types: from here on no shortcut is meant.
SURELY_FAST = 4
_NUMBER = re.compile(r"[A-Za-z]\d{3,5}")

_SUFFIX = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_SILENT = (Qt.Key.Key_Shift, Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_Alt)
_PART = "\t"
_PLAIN = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
# A character given by its number: Alt held, digits on the number pad, and the character when Alt is let go.
_BY_NUMBER = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.KeypadModifier


def is_scan(text: str) -> bool:
    """Whether characters that came at a scanner's speed are a code, and not a key that got stuck."""
    return (len(text) >= LEAST or _NUMBER.fullmatch(text) is not None) and len(set(text)) > 1


def without_controls(text: str) -> str:
    """The characters that stand for something: scanners add separators and line ends of their own."""
    return "".join(c for c in text if unicodedata.category(c)[0] != "C")


def _plain(text: str) -> str:
    """Full-width letters and digits as plain ones. Signs stay: a full-width comma was meant by somebody."""
    folded = (unicodedata.normalize("NFKC", character) for character in text)
    return "".join(
        plain if plain.isascii() and (plain.isalnum() or plain == "*") else character
        for character, plain in zip(text, folded, strict=True)
    )


@dataclass(frozen=True)
class _Held:
    """An event that waits, for whom it was meant, and the characters in it."""

    event: QEvent
    target: QObject | None
    text: str


class Scanner(QObject):
    """Listens to every window of the program while it lives.

    Signals:
        scanned: the text of a scan, without control characters but the tabs between the fields of an ID card. Nothing
            of it was typed anywhere.
        spoiled: something was scanned that an input method made unreadable. Nothing of it was typed either.
    """

    scanned = Signal(str)
    spoiled = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        known: Callable[[str], bool] = lambda _text: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._known = known
        self._clock = clock
        self._window: QWindow | None = None
        self._focus: QObject | None = None
        self._held: list[_Held] = []
        # What an input method committed in this burst and was let through, and the field that has it.
        self._passed = ""
        self._passed_to: QObject | None = None
        # Whether a Tab or Enter is held that may be an end, or only part two fields of a card.
        self._ended = False
        self._passing = False
        # The last key or committed text: its own timestamp (0 where it has none) and when it arrived, in ms.
        self._last = self._first = self._first_held = (0, 0.0)
        self._strokes = 0
        self._preedit = ""
        self._composed = False
        self._swallowing = False
        self._swallowed_keys: set[int] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._time_is_up)
        self._due = 0.0
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        self._signals = (app.focusWindowChanged, app.focusObjectChanged)
        for signal in self._signals:
            signal.connect(self._listen)
        self._listen()

    def stop(self) -> None:
        """Lets go of what is held and listens no more."""
        self.flush()
        for signal in self._signals:
            signal.disconnect(self._listen)
        self._listen_to_window(None)
        self._listen_to_focus(None)

    # --- where to listen ----------------------------------------------------------------------------
    # Keys come to the window before they come to whatever has the focus, a menu or a list that pops up included; what
    # an input method says comes to the focus alone. A filter on the application would see every event there is.

    def _listen(self, *_what: object) -> None:
        self._listen_to_window(QGuiApplication.focusWindow())
        self._listen_to_focus(QGuiApplication.focusObject())

    def _listen_to_window(self, window: QWindow | None) -> None:
        if window is self._window:
            return
        self.flush()
        if self._window is not None and shiboken6.isValid(self._window):
            self._window.removeEventFilter(self)
        self._window = window
        if window is not None:
            window.installEventFilter(self)

    def _listen_to_focus(self, focus: QObject | None) -> None:
        if focus is self._focus:
            return
        if self._focus is not None and shiboken6.isValid(self._focus):
            self._focus.removeEventFilter(self)
        self._focus = focus
        if focus is not None:
            focus.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._passing:
            return False
        kind = event.type()
        if isinstance(event, QInputMethodEvent):
            return watched is self._focus and self._committed(event)
        if watched is not self._window:
            return False
        self._listen_to_focus(QGuiApplication.focusObject())
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._pressed(event)
        if kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            return self._released(event)
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            return self._before_shortcuts(event)
        if kind == QEvent.Type.MouseButtonPress:
            self.flush()
        return False

    # --- keys -----------------------------------------------------------------------------------------

    def _pressed(self, event: QKeyEvent) -> bool:
        key, text = event.key(), event.text()
        follows = self._follows(event.timestamp())
        if event.timestamp() == 0 or event.isAutoRepeat():
            self.flush()
            return False
        if self._swallowing:
            if follows:
                self._swallowed_keys.add(key)
                if key in _SUFFIX:
                    self._end_composed()
                else:
                    self._hold(event, text)
                return True
            self._end_composed()
        by_number = event.modifiers() == _BY_NUMBER
        if key in _SILENT or by_number:
            if self._held and not follows:
                self.flush()
            return self._hold(event, "") if self._held or by_number else False
        if key in _SUFFIX and not event.modifiers() & ~_PLAIN:
            if follows and self._may_go_on():
                self._hold(event, _PART)
                self._ended = True
                return True
            if follows and self._is_scan():
                self._swallowed_keys.add(key)
                self._tell()
                return True
            self.flush()
            return False
        if text and not event.modifiers() & ~_PLAIN and text.isprintable():
            if not follows:
                self.flush()
            return self._hold(event, text)
        if follows and self._is_fast() and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return self._hold(event, "")  # a separator inside a code, sent as Ctrl and a key
        self.flush()
        return False

    def _released(self, event: QKeyEvent) -> bool:
        if event.key() in self._swallowed_keys:
            self._swallowed_keys.discard(event.key())
            return True
        if self._held and not event.isAutoRepeat():
            self._held.append(_Held(event.clone(), self._target(), ""))
            return True
        return False

    def _before_shortcuts(self, event: QKeyEvent) -> bool:
        """No shortcut runs inside a scan; before any other what was typed is in its field."""
        follows = self._follows(event.timestamp()) and not event.isAutoRepeat()
        text = event.text()
        part_of_card = event.key() in _SUFFIX and self._may_go_on()
        if follows and (self._swallowing or self._is_fast() or self._is_scan() or part_of_card):
            event.accept()
            return True
        typed = text and text.isprintable() and not event.modifiers() & ~_PLAIN
        part = event.key() in _SILENT or (follows and event.modifiers() == _BY_NUMBER)
        if not typed and not part:
            self.flush()
        return False

    def _follows(self, timestamp: int) -> bool:
        """Whether this comes at a scanner's speed behind what came last."""
        before, arrived = self._last
        if not self._held and not self._strokes:
            return False
        if before and timestamp:
            return 0 <= timestamp - before < GAP_MS
        return self._now() - arrived < GAP_MS

    def _hold(self, event: QKeyEvent | QInputMethodEvent, text: str) -> bool:
        self._stroke(event.timestamp() if isinstance(event, QKeyEvent) else 0)
        if not self._held:
            self._first_held = self._last
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            self._held.append(_Held(event.clone(), self._target(), text))
        else:
            self._held.append(_Held(event.clone(), self._focus, text))
        if text != _PART:
            self._ended = False
        if len(self._held) > MOST and not self._swallowing:
            self.flush()
        else:
            self._wait(PAUSE_MS if self._swallowing else HOLD_MS)
        return True

    # --- what an input method says ------------------------------------------------------------------------

    def _committed(self, event: QInputMethodEvent) -> bool:
        text, composing = event.commitString(), bool(event.preeditString())
        if not self._follows(0):
            if self._swallowing:
                self._end_composed()
            self.flush()
        news = bool(text) or event.preeditString() != self._preedit
        self._preedit = event.preeditString()
        if not news or not (text or composing or self._strokes):
            if self._held:
                self._held.append(_Held(event.clone(), self._focus, ""))
            return bool(self._held)  # only how it is drawn: an input method says that often
        plain = _plain(text)
        self._composed = self._composed or composing
        if (
            self._composed
            and self._strokes + 1 >= LEAST
            and not self._heaped(self._first, self._strokes)
        ):
            self._swallowing = True
        if self._swallowing or self._held or (plain.isascii() and plain and not composing):
            return self._hold(event, plain)
        self._stroke(0)
        if text and not self._composed:
            self._passed += text
            self._passed_to = self._focus
        self._wait(HOLD_MS)
        return False

    def _end_composed(self) -> None:
        """A scan that an input method had its hands in is over: what it left of it is told."""
        text = self._text()
        focus = self._focus
        self._forget()
        self._passing = True
        try:
            QGuiApplication.inputMethod().reset()
            if focus is not None and shiboken6.isValid(focus):
                QGuiApplication.sendEvent(
                    focus, QInputMethodEvent()
                )  # takes the pre-edit text away
        finally:
            self._passing = False
        if text.isascii() and is_scan(text):
            self.scanned.emit(text)
        else:
            self.spoiled.emit()

    # --- deciding ---------------------------------------------------------------------------------------

    def _text(self) -> str:
        return without_controls("".join(held.text for held in self._held))

    def _fields(self) -> str:
        """What came in this burst, let through or held, with a tab where a Tab or Enter was."""
        parts = (self._passed + "".join(held.text for held in self._held)).split(_PART)
        return _PART.join(without_controls(part) for part in parts).strip(_PART)

    def _may_go_on(self) -> bool:
        fields = self._fields()
        return (
            bool(fields)
            and not self._composed
            and not self._known(self._text())
            and id_reader.may_go_on(fields)
        )

    def _is_scan(self) -> bool:
        text = self._text()
        return is_scan(text) and (
            not self._heaped(self._first_held, len(text)) or self._known(text)
        )

    def _stroke(self, timestamp: int) -> None:
        self._last = (timestamp, self._now())
        if not self._strokes:
            self._first = self._last
        self._strokes += 1

    def _heaped(self, since: tuple[int, float], characters: int) -> bool:
        """Whether so many came faster than any scanner sends them: the program was busy, and the times say nothing."""
        (first, arrived), (last, at) = since, self._last
        return (last - first if first and last else at - arrived) < characters - 1

    def _is_fast(self) -> bool:
        characters = len(self._text())
        return characters >= SURELY_FAST and not self._heaped(self._first_held, characters)

    def _tell(self, text: str = "") -> None:
        text = text or self._text()
        for held in self._held:
            if isinstance(held.event, QKeyEvent) and held.event.type() == QEvent.Type.KeyPress:
                self._swallowed_keys.add(held.event.key())
        for held in self._held:
            if isinstance(held.event, QKeyEvent) and held.event.type() == QEvent.Type.KeyRelease:
                self._swallowed_keys.discard(held.event.key())
        self._forget()
        self.scanned.emit(text)

    def _wait(self, ms: int) -> None:
        self._due = self._now() + ms
        self._timer.start(ms)

    def _time_is_up(self) -> None:
        if self._now() - self._due > GAP_MS:
            # The program was busy: what came meanwhile is still to be handed out, and belongs to this burst.
            self._wait(GAP_MS)
        elif self._swallowing:
            self._end_composed()
        else:
            self.flush()

    def flush(self) -> None:
        """Ends the burst: a card or scan whose end was held is told, anything else goes on to whom it was meant for."""
        if self._ended:
            fields = self._fields()
            if id_reader.read(fields) is not None and not self._heaped(self._first, len(fields)):
                self._take_back()
                self._tell(fields)
                return
            if self._is_scan():
                self._tell()
                return
        held = list(self._held)
        self._forget()
        self._passing = True
        try:
            for one in held:
                self._deliver(one)
        finally:
            self._passing = False

    def _take_back(self) -> None:
        """Takes what was let through out of its field again."""
        field, length = self._passed_to, len(self._passed)
        if not length or field is None or not shiboken6.isValid(field):
            return
        event = QInputMethodEvent()
        event.setCommitString("", -length, length)
        self._passing = True
        try:
            QGuiApplication.sendEvent(field, event)
        finally:
            self._passing = False

    def _deliver(self, held: _Held) -> None:
        target = held.target
        if target is None or not shiboken6.isValid(target):
            return
        window = self._window
        if (
            isinstance(held.event, QKeyEvent)
            and target is QGuiApplication.focusObject()
            and window is not None
            and shiboken6.isValid(window)
        ):
            QGuiApplication.sendEvent(window, held.event)  # as it came: the window knows of menus
        else:
            QGuiApplication.sendEvent(target, held.event)

    def _forget(self) -> None:
        self._timer.stop()
        self._held.clear()
        self._strokes = 0
        self._composed = self._swallowing = self._ended = False
        self._passed, self._passed_to = "", None
        self._last = self._first = self._first_held = (0, 0.0)

    def _target(self) -> QObject | None:
        return QGuiApplication.focusObject() or self._window

    def _now(self) -> float:
        return self._clock() * 1000
