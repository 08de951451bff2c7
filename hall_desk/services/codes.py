"""The codes on paper: what a QR code of Hall Desk says, whose it is, and whether it was read right.

    HD1*A018*20200221*9F3C21A0*K7QMJ    a receipt: ticket, day, proof; then hall mark and check character
    HD1*A018*20200221*K7QMU             the other papers of a ticket: they open it and prove nothing
    HDN1*407218853316*K7QM6             a 一次性告知单 by its digits

The **hall mark** (four characters of a hash over the hall's key) tells another hall's paper from one of ours without
asking anybody. The **check character** is ISO/IEC 7064 MOD 37-2, over all that stands before it, `*` counting 36: the
system on blood bags (ISBT 128). It finds every wrong character and every two that changed places, which MOD 37,36 does
not. All characters belong to the alphanumeric mode of QR codes (ISO/IEC 18004, 8.4.3), so that codes stay small.

Papers printed before codes had mark and check end earlier; they are read as they are. A telephone slip's code is a
`tel:` address for the resident's own phone, and none of these.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hall_desk.errors import BadInput
from hall_desk.services import privacy

if TYPE_CHECKING:
    from uuid import UUID

# ISO/IEC 7064 MOD 37-2: the place of a character is its value.
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
MODULUS, RADIX = 37, 2
# Crockford's base 32: without the letters that are read as a digit or as each other.
_MARKS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MARK_LENGTH = 4
# The longest text that is looked at; a code of ours has 34 characters at most.
LONGEST = 100

_SEAL = rf"(?:\*([{_MARKS}]{{{MARK_LENGTH}}})([0-9A-Z*]))?"
_TICKET = re.compile(rf"HD1\*([A-Z]\d{{3,5}})\*(\d{{8}})(?:\*([0-9A-F]{{8}}))?{_SEAL}")
_NOTICE = re.compile(rf"HDN1\*(\d{{12}}){_SEAL}")
_OURS = re.compile(r"HDN?1\*")
# What a scanner may say first: the kind of code it read (ISO/IEC 15424).
_SYMBOLOGY = re.compile(r"^\][A-Z][0-9A-Z]")


@dataclass(frozen=True)
class PaperCode:
    """A code that was read right. `kind` is receipt, ticket or notice.

    `number` is the ticket's or the notice's twelve digits, `day` the ticket's, `proof` the receipt's. `mark` is empty
    on papers from before codes had one.
    """

    kind: str
    number: str
    day: date | None = None
    proof: str = ""
    mark: str = ""

    def is_of(self, hall_id: UUID) -> bool:
        """Whether a paper of this hall carries it, as far as the code says."""
        return self.mark in ("", mark_of(hall_id))


def mark_of(hall_id: UUID) -> str:
    """The characters by which a hall knows its own papers. One in a million other halls has the same."""
    number = int.from_bytes(hashlib.sha256(b"hall mark " + hall_id.bytes).digest())
    return "".join(_MARKS[number >> 5 * place & 31] for place in range(MARK_LENGTH))


def check_character(text: str) -> str:
    """The ISO/IEC 7064 MOD 37-2 check character of a text of `CHARACTERS`."""
    total = 0
    for character in text:
        total = (total + CHARACTERS.index(character)) * RADIX % MODULUS
    return CHARACTERS[(1 - total) % MODULUS]


def of_ticket(hall_id: UUID, number: str, day: date, proof: str = "") -> str:
    """The code of a ticket's papers; with `proof` (eight hexadecimal digits) its receipt's."""
    parts = ("HD1", number, f"{day:%Y%m%d}", proof)
    return _sealed("*".join(part for part in parts if part), hall_id)


def of_notice(hall_id: UUID, digits: str) -> str:
    """The code of a 一次性告知单."""
    return _sealed(f"HDN1*{digits}", hall_id)


def _sealed(body: str, hall_id: UUID) -> str:
    text = f"{body}*{mark_of(hall_id)}"
    return text + check_character(text)


def plain(text: str) -> str:
    """What was scanned or typed, as codes are compared: plain capitals, without what scanners and people add.

    Spaces go only out of what begins like a code of ours: elsewhere they part words.
    """
    # A Chinese input method makes × of a *.
    wanted = privacy.folded(text[:LONGEST]).upper().replace("×", "*")
    wanted = _SYMBOLOGY.sub("", wanted)
    together = re.sub(r"[\s\-_]+", "", wanted)
    return together if _OURS.match(together) else wanted


def looks_like_ours(text: str) -> bool:
    """Whether a text begins as only our codes do, whole or not."""
    return _OURS.match(plain(text)) is not None


def read(text: str) -> PaperCode | None:
    """What a code says; None for a text that does not begin as our codes do.

    Raises BadInput `code` for one that was cut off or changed on its way: `not_whole` where parts are missing,
    `misread` where the check character or the day is wrong.
    """
    wanted = plain(text)
    if not _OURS.match(wanted):
        return None
    ticket, notice = _TICKET.fullmatch(wanted), _NOTICE.fullmatch(wanted)
    found = ticket or notice
    if found is None:
        raise BadInput("code", "not_whole")
    mark, check = found.groups()[-2:]
    if mark and check_character(wanted[:-1]) != check:
        raise BadInput("code", "misread")
    if notice is not None:
        return PaperCode("notice", notice[1], mark=mark or "")
    assert ticket is not None
    try:
        day = date.fromisoformat(ticket[2])
    except ValueError:
        raise BadInput("code", "misread") from None
    proof = ticket[3] or ""
    return PaperCode("receipt" if proof else "ticket", ticket[1], day, proof, mark or "")


def read_own(text: str, hall_id: UUID) -> PaperCode | None:
    """As `read`; raises BadInput `code` (`other_hall`, with the kind) for another hall's paper."""
    code = read(text)
    if code is not None and not code.is_of(hall_id):
        raise BadInput("code", "other_hall", kind=code.kind)
    return code
