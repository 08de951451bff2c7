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


# Area code and number, and then the extension.
_LANDLINE = r"((?:0\d{2,3}-?)?[2-9]\d{2,3}-?\d{4})(?:-\d{1,6})?"
# Mobile prefixes that no operator gives to people (unassigned, or for machines), as of the MIIT's numbering plan.
_ODD_MOBILES = (
    "140",
    "141",
    "142",
    "143",
    "144",
    "154",
    "160",
    "161",
    "163",
    "164",
    "168",
    "169",
    "179",
    "194",
)


def doubtful_phone(phone: str) -> bool:
    """Whether a number that `check_phone` took is so unusual that it should be compared with the resident.

    Such are: one digit repeated or counted up, the example 13800138000, mobile prefixes nobody has, service numbers,
    area codes that do not exist and local numbers too short for their area code.
    """
    digits = re.sub(r"\D", "", phone)
    if re.fullmatch(r"1\d{10}", digits) and "-" not in phone:
        tail = digits[3:]
        runs = ("0123456789" * 2, "9876543210" * 2)
        return (
            digits[:3] in _ODD_MOBILES
            or len(set(tail)) == 1
            or digits == "13800138000"
            or any(tail in run for run in runs)
        )
    landline = re.fullmatch(_LANDLINE, phone)
    if landline is None or digits.startswith("400"):
        return True
    digits = re.sub(r"\D", "", landline[1])
    local = digits
    if digits.startswith("0"):
        # 010 and 02x are followed by eight digits, the longer area codes by seven or eight.
        long_area = digits[1] not in "12"
        area, local = digits[: 3 + long_area], digits[3 + long_area :]
        if area == "026" or (area.startswith("01") and area != "010"):
            return True
        if len(local) not in ((7, 8) if long_area else (8,)):
            return True
    return len(set(local)) == 1


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


# With two characters of surname a name has at least three: 欧阳 alone is 欧 and a given name.
_COMPOUND = (
    "欧阳 司马 上官 诸葛 司徒 东方 夏侯 尉迟 皇甫 令狐 慕容 公孙 长孙 宇文 端木 轩辕 南宫 独孤 呼延 闻人 赫连 "
    "澹台 濮阳 淳于 单于 太史 申屠 仲孙 钟离 鲜于 闾丘 司空 司寇 亓官 公羊 万俟 宗政 公冶 乐正 拓跋 西门 百里 "
    "东郭 南门 第五 左丘 梁丘 东门 微生 公西 颛孙 壤驷 公良 漆雕 宰父 谷梁 羊舌 完颜 纳兰"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())


def mask_name(name: str) -> str:
    """`孙立` as `孙**`, `欧阳锋` as `欧阳**`: what a public screen or paper may show."""
    if not name:
        return ""
    shown = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
    # Marks and variation selectors belong to the character before them.
    while shown < len(name) and unicodedata.category(name[shown])[0] == "M":
        shown += 1
    return f"{name[:shown]}**"


# Also within other words, and with spaces as they are read out; `\d` takes full-width digits too.
_IDS = re.compile(r"(?<!\d)(?:\d[ \u3000]?){17}[\dXxＸｘ](?!\d)")


def looks_like_id(text: str) -> bool:
    """Whether a text is nothing but what has the shape of an ID number, right or mistyped."""
    return _IDS.fullmatch(text.strip()) is not None


def mask_ids(text: str) -> str:
    """A text with every ID number in it masked, each character by one, so that the length stays."""
    return _IDS.sub(lambda found: masked_in_place(found[0]), text)


def masked_in_place(number: str) -> str:
    """A number with all but its first three and last four characters starred; a short one wholly."""
    if len(number) <= 7:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def mask_id(number: str) -> str:
    """An ID number with its first three and last four characters."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if number else ""
