"""Finds names by characters, code, nickname, full pinyin or initials, typed in any mixture.

`ybk`, `yibaok`, `医bk` and `医保` all find 医保卡领取, and also 领取医保卡, where they lie inside.
Every reading of a character counts (行 is xing and hang), and so do the readings characters have
as surnames (曾 zeng, 单 shan). Case, full-width forms, spaces and punctuation do not matter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Rank(IntEnum):
    """How well a query fits; lower is better."""

    EXACT = 0  # the whole code, name or nickname
    NAME_PREFIX = 1  # the name begins with these characters
    NICKNAME = 2  # these characters are in a nickname
    INITIALS_PREFIX = 3  # name or nickname begins with these pinyin initials
    PINYIN_PREFIX = 4  # name or nickname begins with this pinyin, or pinyin and characters mixed
    INSIDE = 5  # any of these further inside, part of the code, or several words found apart


class Sound(NamedTuple):
    """One character of a searchable text and what may be typed for it."""

    character: str
    initials: frozenset[str]  # single first letters of all readings; empty where it is not read
    readings: tuple[str, ...]  # all, without tones; ü as both v and u
    pieces: tuple[str, ...]  # what may stand for the whole character in the middle of a query
    seconds: frozenset[str]  # second letters of all readings
    usual_readings: tuple[str, ...]  # the reading this text asks for (phrase or surname)
    usual_pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchKeys:
    """What a name can be found by. `full` and `initials` use the usual readings, for sorting."""

    full: str
    initials: str
    name: tuple[Sound, ...]
    nicknames: tuple[tuple[Sound, ...], ...]


# Readings that hold for the character as a surname; the first is used to show a person's name.
_SURNAMES: dict[str, tuple[str, ...]] = {
    "曾": ("zēng",),
    "单": ("shàn",),
    "解": ("xiè",),
    "仇": ("qiú",),
    "任": ("rén",),
    "查": ("zhā",),
    "盖": ("gě", "gài"),
    "区": ("ōu",),
    "朴": ("piáo",),
    "覃": ("qín", "tán"),
    "洗": ("xiǎn",),
    "冼": ("xiǎn",),
    "折": ("shé",),
    "乐": ("yuè", "lè"),
    "员": ("yùn",),
    "贠": ("yùn",),
    "缪": ("miào",),
    "翟": ("zhái",),
    "华": ("huà",),
    "晁": ("cháo",),
    "种": ("chóng",),
    "重": ("chóng",),
    "繁": ("pó",),
    "秘": ("bì",),
    "召": ("shào",),
    "燕": ("yān",),
    "令": ("líng",),
    "佴": ("nài",),
    "那": ("nā",),
    "哈": ("hǎ",),
    "宁": ("nìng", "níng"),
    "甯": ("nìng",),
    "葛": ("gě",),
    "过": ("guō",),
    "纪": ("jǐ", "jì"),
    "要": ("yāo",),
    "隗": ("wěi", "kuí"),
    "尹": ("yǐn",),
    "应": ("yīng",),
    "黑": ("hè", "hēi"),
    "撒": ("sǎ",),
    "幺": ("yāo",),
    "车": ("chē",),
    "都": ("dū",),
    "干": ("gān",),
    "谌": ("chén", "shèn"),
    "逄": ("páng",),
    "牟": ("mù", "móu"),
    "厘": ("xǐ",),
    "卜": ("bǔ",),
    "石": ("shí",),
    "句": ("gōu",),
    "勾": ("gōu",),
    "眭": ("suī",),
    "郇": ("xún", "huán"),
    "祭": ("zhài",),
    "长": ("cháng",),
    "相": ("xiàng",),
    "强": ("qiáng",),
    "万": ("wàn",),
    "沈": ("shěn",),
    "尉": ("wèi",),
    "俞": ("yú",),
    "於": ("yū",),
    "柏": ("bǎi", "bó"),
    "阚": ("kàn",),
    "行": ("xíng",),
}
_COMPOUND_SURNAMES: dict[str, tuple[str, ...]] = {
    "尉迟": ("yù", "chí"),
    "万俟": ("mò", "qí"),
    "长孙": ("zhǎng", "sūn"),
    "单于": ("chán", "yú"),
    "澹台": ("tán", "tái"),
    "令狐": ("líng", "hú"),
    "鲜于": ("xiān", "yú"),
    "宰父": ("zǎi", "fǔ"),
    "夏侯": ("xià", "hóu"),
    "皇甫": ("huáng", "fǔ"),
    "亓官": ("qí", "guān"),
    "乐正": ("yuè", "zhèng"),
    "濮阳": ("pú", "yáng"),
    "呼延": ("hū", "yán"),
}


def fold(text: str) -> str:
    """The text as it is compared: compatibility forms unified, lower case, no marks or spaces."""
    return "".join(
        "v" if character == "ü" else character
        for character in unicodedata.normalize("NFKC", text).casefold()
        if not _is_mark(character)
    )


def keys(text: str, nicknames: str = "") -> SearchKeys:
    """The search keys of a name and its nicknames (separated by spaces).

    Readings are kept per text, so a second call is cheap.
    """
    name = _sounds(text)
    usual = [s.usual_readings[0] if s.usual_readings else s.character for s in name]
    return SearchKeys(
        full="".join(usual),
        initials="".join(reading[0] for reading in usual),
        name=name,
        nicknames=tuple(_sounds(word) for word in nicknames.split()),
    )


def matches(query: str, name: str, nicknames: str = "", code: str = "") -> Rank | None:
    """How well the query fits this one name, or None. For many names use `Index`."""
    found = Index([(0, name, nicknames, code)]).ranked(query)
    return found[0][0] if found else None


def display(text: str, *, person: bool = False) -> str:
    """Toned pinyin with a space between syllables, e.g. `biàn gēng dìng diǎn`.

    With `person=True` the surname is read as a surname. Letters and digits stay as they are;
    punctuation is left out.
    """
    parts: list[str] = []
    joined = False  # whether the last part is a run of letters that may go on
    for character, toned in zip(text, _toned(text, person), strict=True):
        if _is_read(character) and not _is_mark(character):
            parts.append(toned)
            joined = False
        elif _is_mark(character):
            joined = False
        elif joined:
            parts[-1] += character
        else:
            parts.append(character)
            joined = True
    return " ".join(parts)


class Index(Generic[Key]):
    """Names to be searched while somebody types: some thousand of them in a few milliseconds.

    `entries` are `(key, name, nicknames separated by spaces, code)`. Where two fit a query equally
    well, the one that came first in `entries` is found first, so give the most used first. An
    index does not change.
    """

    def __init__(self, entries: Iterable[tuple[Key, str, str, str]]) -> None:
        self._keys: list[Key] = []
        # Per entry the folded texts and sounds: the name, each nickname, and the code last.
        self._texts: list[list[str]] = []
        self._sounds: list[list[tuple[Sound, ...]]] = []
        # Where a query can begin: the first character or letter -> (entry, which text, position).
        self._starts: dict[str, list[tuple[int, int, int]]] = {}
        for key, name, nicknames, code in entries:
            number = len(self._keys)
            found = keys(name, nicknames)
            sounds = [found.name, *found.nicknames, tuple(_letter(c) for c in fold(code))]
            self._keys.append(key)
            self._sounds.append(sounds)
            self._texts.append(["".join(s.character for s in one) for one in sounds])
            for which, one in enumerate(sounds):
                for position, sound in enumerate(one):
                    for start in sound.initials | {sound.character}:
                        self._starts.setdefault(start, []).append((number, which, position))

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys as they were given."""
        return tuple(self._keys)

    def search(
        self, text: str, limit: int = 12, used: Mapping[Key, int] | None = None
    ) -> list[Key]:
        """The keys that fit, best first; nothing for an empty text. Among equals the most used come first."""
        return [key for _, key in self.ranked(text, used)[:limit]]

    def ranked(self, text: str, used: Mapping[Key, int] | None = None) -> list[tuple[Rank, Key]]:
        """All that fit with their rank, best first; `used` says how often, where that changes by the hour."""
        best = self._best(fold(text))
        words = [word for word in map(fold, text.split()) if word]
        if len(words) > 1:
            # 领取 医保卡: each word somewhere, but behind what has them side by side.
            apart = [self._best(word) for word in words]
            for number in set(apart[0]).intersection(*apart[1:]):
                best.setdefault(number, (Rank.INSIDE, max(one[number][1] for one in apart)))
        often = used or {}
        order = sorted(
            best, key=lambda number: (*best[number], -often.get(self._keys[number], 0), number)
        )
        return [(best[number][0], self._keys[number]) for number in order]

    def _best(self, query: str) -> dict[int, tuple[Rank, int]]:
        """Per entry its rank, and 1 where only an unusual reading fits: those come last."""
        best: dict[int, tuple[Rank, int]] = {}
        if not query:
            return best
        for number, which, position in self._starts.get(query[0], ()):
            found = self._fit(query, number, which, position)
            if found is not None and (number not in best or found < best[number]):
                best[number] = found
        return best

    def _fit(self, query: str, number: int, which: int, start: int) -> tuple[Rank, int] | None:
        text = self._texts[number][which]
        code = len(self._texts[number]) - 1
        if text.startswith(query, start):
            if len(query) == len(text):
                return Rank.EXACT, 0
            if which == 0 and start == 0:
                return Rank.NAME_PREFIX, 0
            return (Rank.NICKNAME if 0 < which < code else Rank.INSIDE), 0
        if which == code:
            return None
        sounds = self._sounds[number][which]
        if len(query) > 1 and not _second_fits(query[1], sounds, start):
            return None
        if _initials_fit(query, sounds, start):
            return (Rank.INSIDE if start else Rank.INITIALS_PREFIX), 0
        fit = _sound_fit(query, sounds, start)
        if fit is None:
            return None
        return (Rank.INSIDE if start else Rank.PINYIN_PREFIX), fit


# --- matching --------------------------------------------------


def _second_fits(letter: str, sounds: tuple[Sound, ...], start: int) -> bool:
    """Whether a query's second letter can go on in this character or begin the next: most cannot, and are done with."""
    if letter in sounds[start].seconds:
        return True
    if start + 1 == len(sounds):
        return False
    following = sounds[start + 1]
    return letter in following.initials or letter == following.character


def _initials_fit(query: str, sounds: tuple[Sound, ...], start: int) -> bool:
    if len(query) > len(sounds) - start:
        return False
    for offset, letter in enumerate(query):
        sound = sounds[start + offset]
        if letter not in sound.initials and letter != sound.character:
            return False
    return True


def _sound_fit(query: str, sounds: tuple[Sound, ...], start: int) -> int | None:
    """0 if the query can be read from `start` with usual readings, 1 if with any, else None."""
    # Every character takes a letter at least, so that more of them than the query is long are not looked at.
    ahead = sounds[start : start + len(query)]
    if not _can_read(query, ahead, usual=False):
        return None
    return 0 if _can_read(query, ahead, usual=True) else 1


def _can_read(query: str, sounds: tuple[Sound, ...], *, usual: bool) -> bool:
    """Whether the query reads along these characters; of the last one a part is enough.

    The reachable places in the query are kept per character, so many readings cost a sum, not a
    product.
    """
    places = {0}
    for sound in sounds:
        reached = set()
        pieces = sound.usual_pieces if usual else sound.pieces
        readings = sound.usual_readings if usual else sound.readings
        for place in places:
            rest = query[place:]
            for reading in readings:
                if reading.startswith(rest):
                    return True
            for piece in pieces:
                if rest.startswith(piece):
                    reached.add(place + len(piece))
        if len(query) in reached:
            return True
        if not reached:
            return False
        places = reached
    return False


# --- readings --------------------------------------------------


def _is_mark(character: str) -> bool:
    # Cn stays: a character newer than this Python's tables is still somebody's name.
    category = unicodedata.category(character)
    return category[0] in "PZSM" or category in ("Cc", "Cf")


def _is_read(character: str) -> bool:
    return ord(character) >= 0x2E80 or character == "〇"


def _letter(character: str) -> Sound:
    return Sound(character, frozenset(), (), (character,), frozenset(), (), (character,))


@lru_cache(maxsize=8192)
def _sounds(text: str) -> tuple[Sound, ...]:
    folded = fold(text)
    usual = _toned(folded, person=False)
    return tuple(_sound(character, toned) for character, toned in zip(folded, usual, strict=True))


@lru_cache(maxsize=8192)
def _sound(character: str, toned: str) -> Sound:
    """A character with the reading its text asks for. Kept, for there are far fewer than characters in a directory."""
    known = [toned] if _is_read(character) else []
    usual_readings = _spellings(known)
    readings = _spellings([*known, *_readings(character)])
    return Sound(
        character,
        frozenset(reading[0] for reading in readings),
        readings,
        _pieces(character, readings),
        frozenset(reading[1] for reading in readings if len(reading) > 1),
        usual_readings,
        _pieces(character, usual_readings),
    )


def _pieces(character: str, readings: tuple[str, ...]) -> tuple[str, ...]:
    pieces = {character, *readings, *(reading[0] for reading in readings)}
    pieces.update(reading[:2] for reading in readings if reading[:2] in ("zh", "ch", "sh"))
    return tuple(sorted(pieces))


def _spellings(toned: Iterable[str]) -> tuple[str, ...]:
    """The ways these readings are typed: without tones, ü as v and as u, each once."""
    found: dict[str, None] = {}
    for reading in toned:
        base = unicodedata.normalize("NFD", reading)
        with_v = "".join(c for c in base.replace("u\u0308", "v") if c.isascii() and c.isalpha())
        if with_v:
            found[with_v] = None
            found[with_v.replace("v", "u")] = None
    return tuple(found)


@lru_cache(maxsize=8192)
def _readings(character: str) -> tuple[str, ...]:
    """All readings of one character with tones, the most usual first; empty if it has none."""
    if not _is_read(character):
        return ()
    from pypinyin import Style, pinyin  # some 0.1-0.25 s: only when first needed

    found = pinyin(character, style=Style.TONE, heteronym=True, errors="ignore")
    return (*(found[0] if found else ()), *_SURNAMES.get(character, ()))


def _surname(text: str) -> dict[int, tuple[str, ...]]:
    """The readings the beginning of the text has if it is a person's name, by position."""
    compound = _COMPOUND_SURNAMES.get(text[:2])
    if compound:
        return {position: (reading,) for position, reading in enumerate(compound)}
    return {0: _SURNAMES[text[0]]} if text[:1] in _SURNAMES else {}


@lru_cache(maxsize=8192)
def _toned(text: str, person: bool) -> tuple[str, ...]:
    """One reading with tone per character of the text; a character without reading as it is."""
    from pypinyin import Style, lazy_pinyin

    surname = _surname(text) if person else {}
    known = [surname[position][0] for position in sorted(surname)]
    # A list, so that a run of letters gives one part per letter; the annotation knows only str.
    rest = lazy_pinyin(text[len(known) :], style=Style.TONE, errors=list)  # type: ignore[arg-type]
    return (*known, *rest)
