"""Compares the texts in the code with the translations: what is missing, unused or changed.

`./desk texts` prints it, `tests/test_texts.py` insists that there is nothing to print.
"""

import re
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import build_resources

if TYPE_CHECKING:
    from babel.messages.catalog import Message

KEYWORDS = {"_": None, "_n": (1, 2), "gettext": None, "ngettext": (1, 2), "N_": None}
# Where a new text belongs, by the part of hall_desk that says it.
PO_FILES = {"ui": "ui.po", "documents": "documents.po", "cli.py": "commands.po"}
OTHER_PO_FILE = "messages.po"

Text = tuple[str, ...]  # the English text; with a second one where it has a plural


@dataclass(frozen=True)
class Problem:
    """One thing to put right in one .po file."""

    po_file: str
    kind: str
    text: Text
    detail: str

    def __str__(self) -> str:
        return f"{self.po_file}: {self.kind}: {' / '.join(self.text)!r} {self.detail}".rstrip()


def used_texts(root: Path) -> dict[Text, list[str]]:
    """Every text that the code under `root` may show, with the places (`file:line`) it stands."""
    from babel.messages.extract import extract

    used: dict[Text, list[str]] = {}
    package = root / "hall_desk"
    for source in sorted(package.rglob("*.py")):
        with source.open("rb") as code:
            for line, messages, *_ in extract("python", code, KEYWORDS):
                text = _as_text(messages)
                if any(text):
                    place = f"{source.relative_to(package).as_posix()}:{line}"
                    used.setdefault(text, []).append(place)
    return used


def problems(root: Path, language: str) -> list[Problem]:
    """What keeps `language` from being complete, ordered by .po file."""
    used = used_texts(root)
    found: list[Problem] = []
    translated: set[Text] = set()
    for po_file, message in _translations(root, language):
        text = _as_text(message.id)
        translated.add(text)
        if text not in used:
            found.append(Problem(po_file, "unused", text, ""))
        found += _wrong_in(po_file, text, message)
    for text in used.keys() - translated:
        places = used[text]
        found.append(Problem(_po_file_for(places[0]), "missing", text, f"used in {places[0]}"))
    return sorted(found, key=lambda problem: (problem.po_file, problem.kind, problem.text))


def _translations(root: Path, language: str) -> Iterator[tuple[str, "Message"]]:
    for source in build_resources.sources(root, language):
        for message in build_resources.read_catalog(source, language):
            if message.id:
                yield source.name, message


def _wrong_in(po_file: str, text: Text, message: "Message") -> Iterator[Problem]:
    forms = _as_text(message.string)
    if message.fuzzy:
        yield Problem(po_file, "fuzzy", text, "")
    if not all(forms):
        yield Problem(po_file, "empty", text, "")
        return
    # The last form is the one for many; only earlier ones may leave out what the singular does.
    for number, form in enumerate(forms, start=1):
        allowed = [fields(text[-1])] if number == len(forms) else [fields(one) for one in text]
        if fields(form) not in allowed:
            yield Problem(po_file, "other {fields}", text, f"in {form!r}")


def fields(text: str) -> frozenset[str]:
    """The names in braces that `str.format` would fill in; a broken brace counts as a name."""
    try:
        return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)
    except ValueError as error:
        return frozenset({str(error)})


def _as_text(messages: object) -> Text:
    parts = messages if isinstance(messages, tuple | list) else (messages,)
    return tuple(part if isinstance(part, str) else "" for part in parts)


def _po_file_for(place: str) -> str:
    first = re.split("[/:]", place)[0]
    return PO_FILES.get(first, OTHER_PO_FILE)


def main() -> int:
    """Print every problem of every language; missing texts in a form to paste into the .po file."""
    count = 0
    for language in build_resources.languages(build_resources.ROOT):
        for problem in problems(build_resources.ROOT, language):
            count += 1
            print(_to_paste(problem) if problem.kind == "missing" else f"# {problem}")
    print(f"# {count} problems" if count else "All texts are translated, and none is unused.")
    return 1 if count else 0


def _to_paste(problem: Problem) -> str:
    from babel.messages.pofile import normalize

    lines = [f"\n# for {problem.po_file}, {problem.detail}", f"msgid {normalize(problem.text[0])}"]
    if len(problem.text) > 1:
        lines += [f"msgid_plural {normalize(problem.text[1])}", 'msgstr[0] ""']
    else:
        lines.append('msgstr ""')
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
