"""Measuring and reading devices behind one small interface: what they give, and how they are started and stopped.

A PC without any of them is the usual one: a device that is not there is waited for, and nobody is bothered.
Nothing a device gave is ever logged.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True)
class Temperature:
    """What a thermometer measured, in tenths of ℃; whether that can be a person's is judged as if it was typed."""

    tenths: int

    def __str__(self) -> str:
        return f"{self.tenths // 10}.{self.tenths % 10}"


@dataclass(frozen=True)
class IdCard:
    """Name (empty where the reader gives none) and checked number of an ID card. Its `repr` shows neither."""

    name: str = field(repr=False)
    number: str = field(repr=False)


Reading = Temperature | IdCard


class Instrument(QObject):
    """One device.

    Signals:
        read: a `Reading`, told on the UI thread.
        state_changed: `off` (none is set), `away` (not there, or not yet) or `ready`.
    """

    read = Signal(object)
    state_changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = "off"

    def start(self) -> None:
        """Begins to listen; what is not there yet is waited for."""
        self._become("ready")

    def stop(self) -> None:
        """Listens no more; nothing is told after this."""
        self._become("off")

    def _become(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
