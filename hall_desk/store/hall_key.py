"""A hall's key: what ID numbers are sealed with, found again by, and what marks the journal's seals.

One secret of 32 bytes for the whole hall, from which keys for each purpose are derived (HKDF-SHA256). Every PC of the
hall has it in a file of this user's (`keys/<hall>.key` in the data folder, 0600); it never stands in the database,
which only keeps a short check that tells the right key from a wrong one.

The same secret as a recovery code is typed from paper: 13 groups of five characters of Crockford's base32, the last of
each group a check over GF(32) of the group and its number, so that any one mistyped character, two that changed places
and a group in the wrong place are noticed, and the group is named.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import stat
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hall_desk import errors
from hall_desk.settings import why_not_written, write_file

FOLDER = "keys"
SECRET_BYTES = 32
_NONCE_BYTES = (
    12  # 96 bits at random, as SP 800-38D 8.2.2 allows for far more seals than a hall ever makes
)
_LONGEST_FILE = 1000

GROUPS, GROUP = 13, 5
# Before the code in a QR code, so that a scan of it is not taken for anything else.
SCAN = "HDKEY1*"
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# What people read instead of a digit (Crockford).
_ALIKE = str.maketrans("OIL", "011")


class HallKey:
    """The key at work. It shows itself nowhere: its text is only given by `code`."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise ValueError("a hall's key has 32 bytes")
        self.secret = secret
        self._seal = AESGCM(self._derived("seal id numbers"))
        self._print = self._derived("fingerprint id numbers")
        self._mark = self._derived("mark journal seals")
        self._check = self._derived("check")

    def _derived(self, purpose: str) -> bytes:
        return HKDF(
            algorithm=SHA256(), length=32, salt=None, info=f"hall desk 1: {purpose}".encode()
        ).derive(self.secret)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HallKey) and hmac.compare_digest(self.secret, other.secret)

    def __hash__(self) -> int:
        return hash(self._check)

    def __repr__(self) -> str:
        return "HallKey()"

    def seal(self, number: str, row: UUID) -> str:
        """An ID number sealed for one row: moved to another row it no longer opens."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._seal.encrypt(nonce, number.encode(), row.bytes)
        return base64.urlsafe_b64encode(sealed).decode()

    def open(self, sealed: str, row: UUID) -> str:
        """The ID number of a row. Raises HallKeyUnusable `cannot_open`: another key's, another row's, or damaged."""
        try:
            whole = base64.b64decode(sealed, altchars=b"-_", validate=True)
            number = self._seal.decrypt(whole[:_NONCE_BYTES], whole[_NONCE_BYTES:], row.bytes)
            return number.decode()
        except (InvalidTag, ValueError):
            raise errors.HallKeyUnusable(reason="cannot_open", place="") from None

    def fingerprint(self, number: str) -> str:
        """What an ID number is found by: one number has one in this hall, and it tells nothing without the key.

        HMAC-SHA256, since ID numbers are few enough that a plain hash of one is soon guessed. `number` is normalised
        (`privacy.check_id_number`).
        """
        return hmac.new(self._print, number.encode(), hashlib.sha256).hexdigest()

    def mark(self, content: bytes) -> str:
        """An HMAC-SHA256 (hex) that only a PC with the hall's key can have made."""
        return hmac.new(self._mark, content, hashlib.sha256).hexdigest()

    def check(self, hall_id: UUID) -> str:
        """What the hall keeps to tell its key from others (`Hall.key_check`)."""
        return hmac.new(self._check, hall_id.bytes, hashlib.sha256).hexdigest()[:16]

    def code(self) -> tuple[str, ...]:
        """The recovery code, in groups."""
        number = int.from_bytes(self.secret, "big") << 4  # 256 bits fill 52 digits but for 4 bits
        digits = [number >> 5 * place & 31 for place in reversed(range(GROUPS * (GROUP - 1)))]
        groups = []
        for place in range(GROUPS):
            group = digits[place * (GROUP - 1) : (place + 1) * (GROUP - 1)]
            groups.append("".join(_DIGITS[digit] for digit in (*group, _checked(place, group))))
        return tuple(groups)

    def scan(self) -> str:
        """What a QR code of the key holds."""
        return SCAN + "".join(self.code())


def generate() -> HallKey:
    """A new key for a new hall."""
    return HallKey(os.urandom(SECRET_BYTES))


# Nothing in a practice hall is real, and every PC shall find what another one opened there.
PRACTICE = HallKey(hashlib.sha256(b"hall desk: the key of practice halls is no secret").digest())


# --- the recovery code -------------------------------------------------------------------------------


def _checked(place: int, digits: list[int]) -> int:
    """The check digit of a group: a polynomial over GF(32) (x^5 + x^2 + 1), begun with the group's place."""
    total = place
    for digit in (*digits, 0):
        total = total << 1 ^ (0b100101 if total & 16 else 0) ^ digit
    return total


def from_code(text: str) -> HallKey:
    """The key of a recovery code that was typed or scanned, in whatever case and groups.

    Raises BadInput `recovery_code`: `empty`; `length` (`found` characters of `wanted`); or naming a `group` (1 to 13)
    `group_length`, `group_character` or `group_wrong`; `whole` when each group fits and the code is still none.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    words = "".join(c if c.isalnum() else " " for c in plain).translate(_ALIKE).split()
    if words[:1] == [SCAN.rstrip("*")]:
        del words[0]
    joined = "".join(words)
    if not joined:
        raise errors.BadInput("recovery_code", "empty")
    groups = [joined[start : start + GROUP] for start in range(0, len(joined), GROUP)]
    if len(joined) != GROUPS * GROUP:
        short = next((n for n, word in enumerate(words, 1) if len(word) != GROUP), None)
        if len(words) == GROUPS and short is not None:
            raise errors.BadInput("recovery_code", "group_length", group=short)
        raise errors.BadInput("recovery_code", "length", found=len(joined), wanted=GROUPS * GROUP)
    number = 0
    for place, group in enumerate(groups):
        digits = [_DIGITS.find(character) for character in group]
        if -1 in digits:
            raise errors.BadInput("recovery_code", "group_character", group=place + 1)
        if _checked(place, digits[:-1]) != digits[-1]:
            raise errors.BadInput("recovery_code", "group_wrong", group=place + 1)
        for digit in digits[:-1]:
            number = number << 5 | digit
    if number & 15:
        raise errors.BadInput("recovery_code", "whole")
    return HallKey((number >> 4).to_bytes(SECRET_BYTES, "big"))


# --- on this PC --------------------------------------------------------------------------------------


def path_of(folder: Path, hall_id: UUID) -> Path:
    """Where a data folder has the key of a hall."""
    return folder / FOLDER / f"{hall_id}.key"


def find(
    folder: Path, hall_id: UUID, check: str
) -> tuple[HallKey | None, errors.HallKeyUnusable | None]:
    """This PC's key of a hall whose `key_check` is `check`, and what is wrong with it.

    No key without a trouble. A key that other users may read is used all the same, and told.
    """
    path = path_of(folder, hall_id)
    if not check:
        return None, _trouble("none", path)
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read(_LONGEST_FILE)
    except (FileNotFoundError, NotADirectoryError):
        return None, _trouble("missing", path)
    except OSError:
        return None, _trouble("unreadable", path)
    try:
        key = from_code(content.decode())
    except (UnicodeDecodeError, errors.BadInput):
        return None, _trouble("damaged", path)
    if not hmac.compare_digest(key.check(hall_id), check):
        return None, _trouble("wrong", path)
    open_to_others = os.name == "posix" and mode & 0o077
    return key, _trouble("open_to_others", path) if open_to_others else None


def _trouble(reason: str, path: Path) -> errors.HallKeyUnusable:
    return errors.HallKeyUnusable(reason=reason, place=str(path))


def keep(folder: Path, hall_id: UUID, key: HallKey) -> Path:
    """Writes a hall's key to the data folder, for this user only. Raises CannotWrite.

    A file that holds something else is put aside beside it and never lost: it may be the key of older numbers.
    """
    path = path_of(folder, hall_id)
    content = "-".join(key.code()).encode() + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.chmod(0o700)
        if path.exists() and path.read_bytes() != content:
            path.rename(path.with_name(f"{path.name}.before-{datetime.now(UTC):%Y%m%d%H%M%S}"))
    except OSError as error:
        raise errors.CannotWrite(place=str(path), reason=why_not_written(error)) from error
    write_file(path, content)
    return path


def forget(folder: Path, hall_id: UUID) -> None:
    """Takes the key of a hall that was not made after all from the data folder."""
    path = path_of(folder, hall_id)
    path.unlink(missing_ok=True)
    if path.parent.exists() and not any(path.parent.iterdir()):
        path.parent.rmdir()
