"""The pages of help: short Markdown files in both languages, with the keys that are in force on this PC.

A file has a title, a sentence of what the place is for, and sections of steps and points. `{key:new_ticket}` stands
for the key of an action, `{key:Alt+R}` for one that cannot be changed, `{help:proxy}` for another page of help.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from hall_desk import i18n, resources
from hall_desk.services import pinyin
from hall_desk.services.pinyin import Index
from hall_desk.ui import key_map

_PLACE = re.compile(r"\{(key|help):([^}]+)\}")
_NUMBERED = re.compile(r"\d+\. ")
# Fewer letters than this fit the initials of some words on nearly every page.
_FEWEST_LETTERS = 4


@dataclass(frozen=True)
class Topic:
    """A page of help; without `right` it is not offered among the others."""

    name: str
    right: str = ""


TOPICS: tuple[Topic, ...] = (
    Topic("start"),
    Topic("dashboard", "figures.read"),
    Topic("screening", "screening.record"),
    Topic("consultation", "consultations.record"),
    Topic("missing_notice", "missing_notices.give"),
    Topic("proxy", "tickets.read"),
    Topic("new_ticket", "tickets.open"),
    Topic("hand_back", "tickets.hand_back"),
    Topic("ticket_papers", "tickets.print"),
    Topic("id_numbers", "identity.reveal"),
    Topic("correction", "tickets.correct"),
    Topic("window", "tickets.read"),
    Topic("callbacks", "callbacks.read"),
    Topic("slip", "slips.give"),
    Topic("incidents", "incidents.read"),
    Topic("people", "attendance.read"),
    Topic("posts", "posts.take"),
    Topic("foyer", "foyer.call"),
    Topic("report", "figures.read"),
    Topic("trips", "figures.read"),
    Topic("close_day", "day.close"),
    Topic("journal", "journal.read"),
    Topic("outbox", "outbox.read"),
    Topic("lists", "lists.read"),
    Topic("import_lists", "directory.import"),
    Topic("settings", "halls.change"),
    Topic("directory", "matters.read"),
    Topic("mailing", "directory.mail"),
    Topic("drill", "drill.run"),
    Topic("doctor"),
    Topic("printers"),
    Topic("print_jobs"),
    Topic("devices"),
    Topic("keys"),
    Topic("lock"),
    Topic("sign_in"),
    Topic("recovery_sheet", "identity.recovery"),
    Topic("setup", "halls.change"),
)
NAMES = frozenset(topic.name for topic in TOPICS)


@dataclass(frozen=True)
class Piece:
    """Words, a key or a link: `kind` is `text`, `key` or `help`."""

    kind: str
    value: str


@dataclass(frozen=True)
class Block:
    """A line of a page: `kind` is `title`, `heading`, `step` (numbered), `point` or `text`."""

    kind: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class HelpPage:
    name: str
    blocks: tuple[Block, ...]

    @property
    def title(self) -> str:
        return words(self.blocks[0])


def page(name: str, language: str = "") -> HelpPage:
    """A page of help in a language (none given: the one of now). Raises ResourceMissingError."""
    return _page(name, language or i18n.language())


@lru_cache(maxsize=256)
def _page(name: str, language: str) -> HelpPage:
    text = resources.path("help", language, f"{name}.md").read_text(encoding="utf-8")
    return HelpPage(name, tuple(_blocks(text)))


def _blocks(text: str) -> list[Block]:
    blocks: list[Block] = []
    for line in text.splitlines():
        if line.startswith("# "):
            blocks.append(Block("title", _pieces(line[2:])))
        elif line.startswith("## "):
            blocks.append(Block("heading", _pieces(line[3:])))
        elif line.startswith("- "):
            blocks.append(Block("point", _pieces(line[2:])))
        elif _NUMBERED.match(line):
            blocks.append(Block("step", _pieces(line.partition(" ")[2])))
        elif line.strip():
            blocks.append(Block("text", _pieces(line)))
    return blocks


def _pieces(line: str) -> tuple[Piece, ...]:
    found: list[Piece] = []
    at = 0
    for match in _PLACE.finditer(line):
        if match.start() > at:
            found.append(Piece("text", line[at : match.start()]))
        found.append(Piece(match.group(1), match.group(2)))
        at = match.end()
    if at < len(line):
        found.append(Piece("text", line[at:]))
    return tuple(found)


def key_words(name: str) -> str:
    """The key in force for an action's name; a key that cannot be changed is itself."""
    return key_map.key_of(name) if key_map.is_name(name) else key_map.now(name)


def words(block: Block) -> str:
    """A line as plain words, with the keys of this PC."""
    said: dict[str, Callable[[str], str]] = {
        "text": str,
        "key": key_words,
        "help": lambda name: page(name).title,
    }
    return "".join(said[piece.kind](piece.value) for piece in block.pieces)


def plain(shown: HelpPage) -> str:
    """A whole page as plain words, for a screen reader."""
    return "\n".join(words(block) for block in shown.blocks)


@dataclass(frozen=True)
class Spelt:
    """What finds pages by the pinyin of their titles and lines; made by `spelt`."""

    titles: Index[str]
    lines: Index[tuple[str, int]]


def search(text: str, names: Sequence[str], by_pinyin: Spelt | None = None) -> list[str]:
    """The pages of `names` that fit what was typed, best first: by title, then by their lines, then by pinyin.

    An empty text gives all of them in their order.
    """
    wanted = pinyin.fold(text)
    if not wanted:
        return list(names)
    titled = [name for name in names if wanted in pinyin.fold(page(name).title)]
    written = [
        name
        for name in names
        if any(wanted in pinyin.fold(words(block)) for block in page(name).blocks)
    ]
    found = dict.fromkeys([*titled, *written])
    if by_pinyin is not None:
        heard = by_pinyin.titles.search(text, len(TOPICS))
        if len(wanted) >= _FEWEST_LETTERS:
            written += [name for name, _line in by_pinyin.lines.search(text, 200)]
        found = dict.fromkeys([*titled, *heard, *written])
    return [name for name in found if name in names]


def spelt() -> Spelt:
    """Prepares the search by pinyin in the language of now; it takes a third of a second the first time."""
    return _spelt(i18n.language())


@lru_cache(maxsize=4)
def _spelt(language: str) -> Spelt:
    pages = [_page(topic.name, language) for topic in TOPICS]
    # Only Chinese is spelt otherwise than it is written.
    chinese = pages if language.startswith("zh") else []
    return Spelt(
        Index((shown.name, shown.title, "", "") for shown in pages),
        Index(
            ((shown.name, number), words(block), "", "")
            for shown in chinese
            for number, block in enumerate(shown.blocks)
        ),
    )
