"""E-mail addresses and lines of a message's head, as a mail server may be told them.

A line break in one of them is how somebody writes heads of his own into a message, or commands to its server.
"""

from __future__ import annotations

import re
import unicodedata

from hall_desk.errors import BadInput

LONGEST = 254  # RFC 5321 §4.5.3.1, less the angle brackets
LONGEST_LINE = 200
_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def checked(text: str) -> str:
    """An address without what stands around it. Raises BadInput `mail_address` (empty, line_break, shape).

    Letters of all languages are taken before the @; whether the server takes them too turns out when it is asked.
    """
    if _breaks(text):
        raise BadInput("mail_address", "line_break")
    address = unicodedata.normalize("NFC", text.strip())
    if not address:
        raise BadInput("mail_address", "empty")
    local, at, domain = address.rpartition("@")
    good = (
        at
        and len(address.encode()) <= LONGEST
        and _LOCAL.fullmatch(local)
        and ".." not in local
        and not local.startswith(".")
        and not local.endswith(".")
        and is_host(domain)
        and "." in domain
    )
    if not good:
        raise BadInput("mail_address", "shape")
    return address


def check_line(field: str, text: str) -> str:
    """One line of a head. Raises BadInput `field` (line_break, too_long)."""
    if _breaks(text):
        raise BadInput(field, "line_break")
    if len(text) > LONGEST_LINE:
        raise BadInput(field, "too_long", limit=LONGEST_LINE)
    return text.strip()


def is_host(text: str) -> bool:
    """Whether this can be the name or the IPv4 address of a computer."""
    try:
        name = in_ascii(text)
    except BadInput:
        return False
    return len(name) <= 253 and all(_LABEL.fullmatch(label) for label in name.split("."))


def in_ascii(host: str) -> str:
    """A computer's name as networks know it: other letters are written as IDNA says. Raises BadInput `mail_host`."""
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise BadInput("mail_host", "shape") from None


def _breaks(text: str) -> bool:
    """Whether there is a character that ends a line, or any other that no line has."""
    return any(unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") for c in text)
