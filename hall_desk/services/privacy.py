"""A person's data: checking what was typed, and the masked forms that screens and papers show."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from hall_desk.errors import BadInput

LONGEST_NAME = 40
LONGEST_TEXT = 500

# GB 11643-1999: weights of the first 17 digits (ISO 7064 MOD 11-2) and the check characters by remainder.
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"


def folded(text: str) -> str:
    """Full-width letters, digits and signs as plain ones, without outer spaces (NFKC)."""
    return unicodedata.normalize("NFKC", text).strip()


def check_name(text: str, required: bool = True) -> str:
    """A name as it is kept. Raises BadInput `name` (empty, too_long)."""
    # Not NFKC: it would replace rare characters that are part of a person's name.
    name = " ".join("".join(c for c in text if unicodedata.category(c)[0] != "C").split())
    if not name and required:
        raise BadInput("name", "empty")
    if len(name) > LONGEST_NAME:
        raise BadInput("name", "too_long", limit=LONGEST_NAME)
    return name


def check_phone(text: str, required: bool = False) -> str:
    """A phone number as digits, with `-` kept in a landline. Raises BadInput `phone` (empty, not_a_phone).

    Taken are mainland mobiles (1 and ten digits, +86 dropped), landlines with or without area code and extension,
    and service numbers such as 12345.
    """
    phone = re.sub(r"[\s()]+", "", folded(text).replace("—", "-").replace("–", "-"))
    if not phone:
        if required:
            raise BadInput("phone", "empty")
        return ""
    phone = re.sub(r"^(\+86|0086)-?", "", phone)
    mobile = phone.replace("-", "")
    if re.fullmatch(r"1[3-9]\d{9}", mobile):
        return mobile
    if re.fullmatch(r"(0\d{2,3}-?)?[2-9]\d{2,3}-?\d{4}(-\d{1,6})?|1\d{4}|400-?\d{3}-?\d{4}", phone):
        return phone
    raise BadInput("phone", "not_a_phone")


def check_id_number(text: str) -> str:
    """An 18-character resident ID number, upper case. Empty is allowed.

    Raises BadInput `id_number` (length, characters, birth_date, checksum), by GB 11643.
    """
    number = re.sub(r"\s+", "", folded(text)).upper()
    if not number:
        return ""
    if len(number) != 18:
        raise BadInput("id_number", "length")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise BadInput("id_number", "characters")
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise BadInput("id_number", "birth_date") from None
    total = sum(weight * int(digit) for weight, digit in zip(ID_WEIGHTS, number[:17], strict=True))
    if ID_CHECK[total % 11] != number[17]:
        raise BadInput("id_number", "checksum")
    return number


def check_text(field: str, text: str, required: bool = False, limit: int = LONGEST_TEXT) -> str:
    """Free text without control characters. Raises BadInput `field` (empty, too_long)."""
    clean = "".join(c for c in text.strip() if c in "\n" or unicodedata.category(c)[0] != "C")
    if not clean and required:
        raise BadInput(field, "empty")
    if len(clean) > limit:
        raise BadInput(field, "too_long", limit=limit)
    return clean


def mask_phone(phone: str) -> str:
    """`13800004127` as `138****4127`; a shorter number keeps only its last two digits."""
    if not phone:
        return ""
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return "*" * (len(phone) - 2) + phone[-2:]


def mask_name(name: str) -> str:
    """`孙立` as `孙**`: what a public screen or paper may show."""
    return f"{name[0]}**" if name else ""


def mask_id(number: str) -> str:
    """An ID number with its first three and last four characters."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if number else ""
