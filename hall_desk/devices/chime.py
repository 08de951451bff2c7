"""The chime before an announcement: two falling tones, made here so that no sound file has to be shipped."""

from __future__ import annotations

import array
import io
import math
import sys
import wave
from functools import cache

RATE = 22_050
LOUDEST = 0.55  # of what the format holds: loud enough for a foyer, without clipping where the tones overlap
# When each tone begins (s), its pitch (Hz), and how long it rings (s): e'' and c'', a falling third.
TONES = ((0.0, 659.25, 0.9), (0.45, 523.25, 1.3))
# A struck bar: the octave and the twelfth, fainter and shorter than the tone itself.
PARTIALS = ((1.0, 1.0, 3.2), (2.0, 0.35, 5.5), (3.0, 0.12, 8.0))
SECONDS = max(start + rings for start, _pitch, rings in TONES)


def _tone(pitch: float, at: float, rings: float) -> float:
    # 8 ms of rise and 60 ms of fall: a tone that is cut clicks.
    edge = min(1.0, at / 0.008) * min(1.0, (rings - at) / 0.06)
    return edge * sum(
        share * math.exp(-fall * at) * math.sin(math.tau * pitch * times * at)
        for times, share, fall in PARTIALS
    )


@cache
def wav() -> bytes:
    """The chime as a WAV file: one channel, 16 bits, about 1.8 s. The same bytes every time."""
    values = [0.0] * round(SECONDS * RATE)
    for start, pitch, rings in TONES:
        first = round(start * RATE)
        for number in range(round(rings * RATE)):
            values[first + number] += _tone(pitch, number / RATE, rings)
    scale = LOUDEST * 32_767 / max(abs(value) for value in values)
    samples = array.array("h", (round(value * scale) for value in values))
    if sys.byteorder == "big":
        samples.byteswap()
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return file.getvalue()
