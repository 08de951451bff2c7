"""Keys made where a thing is born: UUIDv7 (RFC 9562 §5.7), so that they sort by time and never collide."""

from __future__ import annotations

import hashlib
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

_lock = threading.Lock()
_last_ms = 0
_sequence = 0
_random: Callable[[int], bytes] = os.urandom


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


_now_ms: Callable[[], int] = _wall_ms


def new_id() -> uuid.UUID:
    """A new UUIDv7; within one process later calls give greater keys (12-bit counter, RFC 9562 §6.2 method 1)."""
    global _last_ms, _sequence
    with _lock:
        now_ms = _now_ms()
        if now_ms > _last_ms:
            _last_ms, _sequence = now_ms, int.from_bytes(_random(2), "big") & 0x7FF
        else:
            _sequence += 1
            if _sequence > 0xFFF:
                _last_ms, _sequence = _last_ms + 1, 0
        moment, sequence = _last_ms, _sequence
        tail = int.from_bytes(_random(8), "big") & ((1 << 62) - 1)
    return uuid.UUID(int=(moment << 80) | (0x7 << 76) | (sequence << 64) | (0b10 << 62) | tail)


def code_of(key: uuid.UUID, count: int) -> str:
    """A decimal code of `count` digits from the random part of a key: whoever knows the key gets the same again."""
    return str((key.int & ((1 << 62) - 1)) % 10**count).zfill(count)


def part_of(key: uuid.UUID, part: int | str) -> uuid.UUID:
    """The key of a part of something that has a key: the same again for the same part.

    `part` is a name, or a number below 4,096; numbered parts sort by their number.
    """
    name = part.encode() if isinstance(part, str) else part.to_bytes(2, "big")
    digest = hashlib.sha256(key.bytes + name).digest()
    tail = int.from_bytes(digest[:8], "big") & ((1 << 62) - 1)
    place = int.from_bytes(digest[8:10], "big") & 0xFFF if isinstance(part, str) else part
    moment = key.int >> 80
    return uuid.UUID(int=(moment << 80) | (0x7 << 76) | (place << 64) | (0b10 << 62) | tail)


@contextmanager
def repeatable(seed: str, clock: Callable[[], datetime]) -> Iterator[None]:
    """Inside, keys and codes are the same in every run: for the sample day, never for a real hall."""
    global _random, _now_ms, _last_ms, _sequence
    counter = 0

    def seeded(size: int) -> bytes:
        nonlocal counter
        counter += 1
        return hashlib.sha256(f"{seed}:{counter}".encode()).digest()[:size]

    before = (_random, _now_ms, _last_ms, _sequence)
    _random, _now_ms, _last_ms, _sequence = seeded, lambda: int(clock().timestamp() * 1000), 0, 0
    try:
        yield
    finally:
        _random, _now_ms, _last_ms, _sequence = before
