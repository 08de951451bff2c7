"""The columns of the import files, and what a cell of each may hold.

One table for both ways: how a text is read, what an empty cell means, and how a value is written back.
Chinese and English headings and words are understood whatever the language of the screen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hall_desk import i18n
from hall_desk.i18n import N_, _
from hall_desk.services import sheets
from hall_desk.services.accounts import Role

LONGEST_NAME = 60
LONGEST_LINE = 200
LONGEST_TEXT = 1000
LONGEST_EMAIL = 254  # RFC 5321, as a path


class Kind(StrEnum):
    WINDOWS = "windows"
    MATTERS = "matters"
    STAFF = "staff"
    COMMUNITIES = "communities"


TITLES = {
    Kind.WINDOWS: N_("Windows"),
    Kind.MATTERS: N_("Matters"),
    Kind.STAFF: N_("Staff list"),
    Kind.COMMUNITIES: N_("Communities"),
}


@dataclass(frozen=True, slots=True)
class MaterialValue:
    name: str
    original: bool
    count: int
    required: bool
    note: str


class Wrong(Exception):
    """A cell cannot be taken; never leaves the import: it becomes a Problem."""

    def __init__(self, reason: str, **facts: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


# --- what a cell may hold --------------------------------------------------------------------


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _clean(text: str, limit: int, lines: bool) -> str:
    # Not NFKC: rare characters of names must stay as they are.
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").strip()
    text = "".join(c for c in text if c not in "\ufeff\u200b\u200e\u200f")
    if "\ufffd" in text:
        raise Wrong("broken_character")
    if not lines:
        if "\n" in text:
            raise Wrong("line_break")
        text = text.replace("\t", " ")
    if any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in text):
        raise Wrong("control_character")
    if len(text) > limit:
        raise Wrong("too_long", limit=limit)
    return text


def _line(limit: int = LONGEST_LINE) -> Callable[[str], str]:
    return lambda text: _clean(text, limit, lines=False)


def _lines(limit: int = LONGEST_TEXT) -> Callable[[str], str]:
    return lambda text: _clean(text, limit, lines=True)


def _key(text: str) -> str:
    text = _folded(_clean(text, 20, lines=False))
    if text and not all(c.isalnum() or c in "-_." for c in text):
        raise Wrong("not_a_key")
    return text


def _window_number(text: str) -> str:
    """`3`, `３`, `3号` and `3 号窗口` are window 3."""
    return _key(re.sub(r"\s*号?\s*(窗口)?\s*$", "", _folded(text)))


def _split(text: str) -> list[str]:
    return [part for part in re.split(r"[\s、，,;；/|]+", text) if part]


def _window_numbers(text: str) -> tuple[str, ...]:
    parts = _split(_folded(_clean(text, LONGEST_LINE, lines=True)))
    return tuple(dict.fromkeys(filter(None, map(_window_number, parts))))


def _nicknames(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_split(_clean(text, LONGEST_LINE, lines=True))))


def _texts(text: str) -> tuple[str, ...]:
    # One a line, or with | between them; a text that has a | itself needs lines (`_shown_texts`).
    border = r"\n" if "\n" in text.lstrip() else r"[|｜]"
    parts = (part.strip() for part in re.split(border, _clean(text, LONGEST_TEXT, lines=True)))
    return tuple(dict.fromkeys(filter(None, parts)))


def _shown_texts(value: tuple[str, ...]) -> str:
    if any("|" in text or "｜" in text for text in value):
        return "".join(f"{text}\n" for text in value)
    return "|".join(value)


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        text = _folded(text)
        if not re.fullmatch(r"-?\d{1,9}(\.0+)?", text):
            raise Wrong("not_a_number")
        value = int(text.partition(".")[0])
        if not low <= value <= high:
            raise Wrong("out_of_range", low=low, high=high)
        return value

    return parse


def _day(text: str) -> date | None:
    text = _folded(text).removesuffix(" 00:00:00")
    if not text:
        return None
    shape = re.fullmatch(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", text)
    shape = shape or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    if not shape:
        raise Wrong("not_a_date")
    try:
        return date(*map(int, shape.groups()))
    except ValueError:
        raise Wrong("not_a_date") from None


def _phone(text: str) -> str:
    """A number to call, as it is printed: digits in groups. Empty is allowed."""
    phone = re.sub(r"[\s().]+", "-", re.sub(r"[—–‐−]", "-", _folded(text))).strip("-")
    phone = re.sub(r"-+", "-", phone)
    if not phone:
        return ""
    phone = re.sub(r"^(\+86|0086)-?", "", phone)
    digits = phone.replace("-", "")
    # Mobile, landline with or without area code, 400/800, and short service numbers (12345, 96156).
    known = r"1[3-9]\d{9}|(0\d{2,3})?[2-9]\d{6,7}|[48]00\d{7}|1\d{4}|9[56]\d{3,4}"
    if re.fullmatch(known, digits) and re.fullmatch(r"\d+(-\d+)*", phone):
        return phone
    if digits.isdigit() and re.fullmatch(known, f"0{digits}"):
        raise Wrong("lost_zero")
    raise Wrong("not_a_phone")


def _extension(text: str) -> str:
    text = _folded(text)
    if text and not re.fullmatch(r"\d{1,8}", text):
        raise Wrong("not_a_number")
    return text


def _email(text: str) -> str:
    # A line break in an address is how somebody writes a header of his own into a mail.
    text = _folded(_clean(text, LONGEST_EMAIL, lines=False))
    name, at, domain = text.rpartition("@")
    good = (
        at
        and re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}", name)
        and re.fullmatch(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}", domain)
        and ".." not in name
        and not name.startswith(".")
        and not name.endswith(".")
    )
    if text and not good:
        raise Wrong("not_an_email")
    return text


def _address(text: str) -> str:
    text = _clean(text, LONGEST_LINE, lines=False)
    if text and not re.fullmatch(r"https?://[^\s/]+\S*", text):
        raise Wrong("not_an_address")
    return text


class _Choice:
    """Words in both languages for stored codes; the first word of a language is the one written."""

    def __init__(self, **codes: str) -> None:
        """`codes` are `code="中文 also… / english, also…"` with each side's first word shown."""
        self.shown: dict[str, tuple[str, str]] = {}
        self.known: dict[str, str] = {}
        for value, words in codes.items():
            chinese, english = (side.strip() for side in words.split("/"))
            chinese_words, english_words = chinese.split(), english.split(", ")
            self.shown[value] = (chinese_words[0], english_words[0])
            for word in (*chinese_words, *english_words):
                self.known[_word(word)] = value

    def show(self, value: str) -> str:
        return self.shown[value][i18n.language() == "en"]

    def parse(self, text: str) -> str:
        value = self.known.get(_word(text))
        if value is None:
            raise Wrong("not_a_choice", choices=_(", ").join(map(self.show, self.shown)))
        return value

    def parse_yes(self, text: str) -> bool:
        value = self.known.get(_word(text))
        if value is None:
            raise Wrong("not_yes_no")
        return value == "yes"

    def show_yes(self, value: bool) -> str:
        return self.show("yes" if value else "no")


def _word(text: str) -> str:
    return re.sub(r"[\s_]+", "", _folded(text).casefold())


ROLES = _Choice(
    front_desk="前台人员 前台 前台工作人员 / front desk, front desk staff",
    window_clerk="窗口人员 窗口 窗口工作人员 / window clerk, window, clerk",
    manager="管理人员 管理 管理员 主任 副主任 负责人 大厅主任 / manager",
    working_group="工作组 工作组成员 / working group",
    foyer="大厅屏 大厅屏幕 / foyer screen, foyer",
)
CHANNELS = _Choice(
    on_the_spot="现场 当场 现场办理 / on the spot",
    proxy="代办 帮办代办 帮办 / proxy",
    phone="电话 电话办理 / phone",
    online="网上 线上 网办 网上办理 / online",
)
ORIGINAL = _Choice(yes="原件 / original", no="复印件 复印 影印件 / copy")
REQUIRED = _Choice(
    yes="必需 是 必须 必要 必备 √ ✓ 1 / yes, y, true, required",
    no="可选 否 非必需 非必须 选交 容缺 0 × / no, n, false, optional",
)
_RETIRED = _Choice(
    yes="停用 是 已停用 √ ✓ 1 / yes, y, true, retired",
    no="在用 否 启用 正常 0 × / no, n, false, in use",
)


def _channels(text: str) -> tuple[str, ...]:
    text = _folded(text).casefold().replace("on the spot", "on_the_spot")
    wanted = set(map(CHANNELS.parse, _split(text)))
    return tuple(value for value in CHANNELS.shown if value in wanted)


def _role(text: str) -> str:
    return Role(ROLES.parse(text)).value


def without(facts: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in names}


# --- the columns of each kind ----------------------------------------------------------------


def _as_it_is(value: Any) -> str:
    return str(value)


def _spaced(value: tuple[str, ...]) -> str:
    return " ".join(value)


@dataclass(frozen=True)
class Column:
    """One column of an import file. `headings` are understood; the first two are written (中, en)."""

    field: str
    headings: tuple[str, ...]
    parse: Callable[[str], Any]
    show: Callable[[Any], str] = _as_it_is
    # A needed column must be in the file and none of its cells may be empty.
    needed: bool = False
    # What an empty cell means.
    empty: Any = ""

    @property
    def heading(self) -> str:
        return self.headings[i18n.language() == "en"]


def _retired_column() -> Column:
    return Column(
        "retired",
        ("停用", "Retired", "是否停用", "状态"),
        _RETIRED.parse_yes,
        lambda value: _RETIRED.show("yes") if value else "",
        empty=False,
    )


MATERIAL_FIELDS = ("material", "original", "count", "required", "material_note")

COLUMNS: dict[Kind, tuple[Column, ...]] = {
    Kind.WINDOWS: (
        Column(
            "number",
            ("窗口号", "Number", "窗口", "编号", "号", "Window"),
            _window_number,
            needed=True,
        ),
        Column("name", ("名称", "Name", "窗口名称"), _line(LONGEST_NAME), needed=True),
        Column("phone", ("电话", "Phone", "窗口电话", "联系电话", "电话号码"), _phone, needed=True),
        Column("extension", ("分机", "Extension", "分机号"), _extension),
        Column("hours", ("办公时间", "Hours", "工作时间", "服务时间"), _line()),
        Column("note", ("备注", "Note", "说明"), _lines()),
        _retired_column(),
    ),
    Kind.MATTERS: (
        Column("code", ("事项编码", "Code", "编码", "编号", "事项编号"), _key, needed=True),
        Column("name", ("事项名称", "Name", "名称", "事项"), _line(LONGEST_NAME), needed=True),
        Column("nicknames", ("俗称", "Nicknames", "别名"), _nicknames, _spaced, empty=()),
        Column(
            "windows",
            ("窗口", "Windows", "窗口号", "办理窗口"),
            _window_numbers,
            lambda value: "、".join(value),
            needed=True,
        ),
        Column(
            "channels",
            ("办理方式", "Channels", "办理渠道"),
            _channels,
            lambda value: "、".join(map(CHANNELS.show, value)),
            empty=("on_the_spot", "proxy", "phone"),
        ),
        Column(
            "promised_minutes",
            ("承诺分钟", "Minutes", "承诺时限", "分钟"),
            _number(1, 9999),
            empty=None,
        ),
        Column("fee", ("收费", "Fee", "费用"), _line()),
        Column("legal_basis", ("法律依据", "Legal basis", "依据", "办理依据"), _lines()),
        Column("online_address", ("网上办理地址", "Online address", "网址"), _address),
        Column("note", ("备注", "Note"), _lines()),
        Column(
            "result_texts",
            ("结果用语", "Result texts", "办理结果"),
            _texts,
            _shown_texts,
            empty=(),
        ),
        Column(
            "checked_on",
            ("核对日期", "Checked on"),
            _day,
            lambda value: value.isoformat() if value else "",
            empty=None,
        ),
        Column("checked_by", ("核对人", "Checked by"), _line(LONGEST_NAME)),
        _retired_column(),
        Column("material", ("材料", "Material", "材料名称", "所需材料"), _line(LONGEST_NAME)),
        Column(
            "original",
            ("原件或复印件", "Original or copy", "材料形式", "原件复印件"),
            ORIGINAL.parse_yes,
            ORIGINAL.show_yes,
            empty=True,
        ),
        Column("count", ("份数", "Count", "数量"), _number(1, 99), empty=1),
        Column(
            "required",
            ("是否必需", "Required", "必需", "是否必须", "必要性"),
            REQUIRED.parse_yes,
            REQUIRED.show_yes,
            empty=True,
        ),
        Column("material_note", ("材料说明", "Material note", "材料备注"), _line()),
    ),
    Kind.STAFF: (
        Column("name", ("姓名", "Name"), _line(40), needed=True),
        Column("role", ("岗位", "Role", "角色"), _role, ROLES.show, needed=True),
        Column("window", ("窗口", "Window", "窗口号"), _window_number),
        # Written empty: a PIN is kept nowhere, only its hash, which `import_reading` makes at once.
        Column("pin", ("初始密码", "Initial PIN", "PIN", "初始PIN", "密码"), _folded, lambda _: ""),
        _retired_column(),
    ),
    Kind.COMMUNITIES: (
        Column(
            "name",
            ("社区", "Community", "名称", "社区名称", "Name"),
            _line(LONGEST_NAME),
            needed=True,
        ),
        Column("email", ("电子邮箱", "E-mail", "邮箱", "电子邮件", "Email"), _email, needed=True),
        Column("contact", ("联系人", "Contact"), _line(40)),
        Column("phone", ("电话", "Phone", "联系电话"), _phone),
        _retired_column(),
    ),
}

KEY_FIELD = {
    Kind.WINDOWS: "number",
    Kind.MATTERS: "code",
    Kind.STAFF: "name",
    Kind.COMMUNITIES: "name",
}
HEADINGS = frozenset(
    sheets.heading_key(heading)
    for columns in COLUMNS.values()
    for column in columns
    for heading in column.headings
)


def key_of(text: str) -> str:
    """Two codes or names are the same thing when this is the same: `yb01` is `YB01`."""
    return _folded(text).casefold()
