"""Readers of ID cards that type what they read: name and number are taken out of the burst, the rest is dropped.

A burst is told from other scans by what is in it: one number that is right by GB 11643. Around it readers send what
they like (sex, nation, birth, address, authority), parted by tabs, line ends, `|`, `,` or `;`, with labels or without.
Of all that only the name is looked for; nothing else is kept, shown or logged.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from hall_desk.devices.instruments import IdCard, Instrument
from hall_desk.errors import BadInput
from hall_desk.services import privacy

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

LONGEST_BURST = 1024
# What Linux says of keyboards and their like, and what readers among them call themselves.
INPUT_DEVICES = Path("/proc/bus/input/devices")
_READERS = re.compile(r"card|reader|scan|bar\s*code|\b(?:IDR|CVR|SDT)[-\d]", re.IGNORECASE)
_PARTS = re.compile(r"[\t\r\n|,;，；｜、]+")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{9}[\dXx](?![0-9A-Za-z])")
_NAME_LABEL = re.compile(r"^\s*(?:姓\s*名|中文姓名|name)\s*[:：=]\s*", re.IGNORECASE)
_SHORTEST_NAME = 2
_BETWEEN = "·•・.' -"
# Fields that look like a name and are none: a nation (“维吾尔族”), an authority, an address.
_NO_NAME = re.compile(
    r"族$|公安|分局|派出所|[省市区县镇乡村路街号室楼弄巷]$|^(?:长期|男性|女性|male|female)$",
    re.IGNORECASE,
)


class IdReader(Instrument):
    """The card reader of this PC: it is given every scan, and tells of those that are cards."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.start()

    def take(self, text: str) -> bool:
        """Whether a scan was a card; then it was told."""
        card = read(text)
        if card is None:
            return False
        self.read.emit(card)
        return True


def plugged_in(told: Path = INPUT_DEVICES) -> list[str]:
    """The names of what types here and calls itself a reader or scanner; empty where the system does not tell."""
    try:
        blocks = told.read_text("utf-8", "replace").split("\n\n")
    except OSError:
        return []
    names = []
    for block in blocks:
        name = re.search(r'^N: Name="(.*)"$', block, re.MULTILINE)
        types = re.search(r"^H: Handlers=.*\bkbd\b", block, re.MULTILINE)
        if name and types and _READERS.search(name[1]):
            names.append(" ".join(name[1].split()))
    return list(dict.fromkeys(names))


def read(text: str) -> IdCard | None:
    """The card in a burst; None where there is no right ID number in it, or more than one."""
    plain = unicodedata.normalize("NFKC", _repaired(text[:LONGEST_BURST]))
    numbers = set()
    for found in _NUMBER.finditer(plain):
        try:
            numbers.add(privacy.check_id_number(found[0]))
        except BadInput:
            continue
    if len(numbers) != 1:
        return None
    return IdCard(_name(_repaired(text[:LONGEST_BURST])), numbers.pop())


def may_go_on(text: str) -> bool:
    """Whether what came so far can be the first fields of a card, so that a Tab or Enter is not its end yet.

    True of a right number, of Chinese words (a name comes before its number), and of what has several fields already.
    A name in Latin letters is not told from other scans: of such a card the number alone is taken.
    """
    words = _repaired(text).strip()
    if "\t" in words or read(words) is not None:
        return True
    return not words.isascii() and not any(c.isdigit() for c in words)


def _name(text: str) -> str:
    """The first field that can be a name. Not folded by NFKC, which would replace rare characters of names."""
    fields = [field.strip() for field in _PARTS.split(text)]
    labelled = [_NAME_LABEL.sub("", field) for field in fields if _NAME_LABEL.match(field)]
    for field in labelled or _unlabelled(fields):
        if _is_name(field):
            try:
                return privacy.check_name(field)
            except BadInput:
                return ""
    return ""


def _unlabelled(fields: list[str]) -> list[str]:
    """The fields, and the words around a number that only spaces part from them."""
    found: list[str] = []
    for field in fields:
        before = _NUMBER.split(unicodedata.normalize("NFKC", field))
        found += [field] if len(before) == 1 else [part.strip() for part in before]
    return found


def _is_name(field: str) -> bool:
    if not _SHORTEST_NAME <= len(field) <= privacy.LONGEST_NAME or _NO_NAME.search(field):
        return False
    return field[0].isalpha() and all(
        unicodedata.category(c)[0] in "LM" or c in _BETWEEN for c in field
    )


def _repaired(text: str) -> str:
    """GB 18030 that arrived byte by byte as Latin-1 letters (“ÓÚÀö”), as the characters it was."""
    if not any("\x80" <= c <= "\xff" for c in text) or any(c > "\xff" for c in text):
        return text
    try:
        return text.encode("latin-1").decode("gb18030")
    except UnicodeDecodeError:
        return text
