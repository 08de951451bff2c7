"""Builds what the repository does not carry: the two Chinese font files and the compiled texts.

Run by `./desk`, by the wheel's build hook and by hand (`python installer/build_resources.py`).
Whether something has to be built is decided with the standard library alone, so that `./desk` can
ask before there is an environment; only the building itself needs fontTools and Babel.
"""

import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from one_at_a_time import one_at_a_time

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

ROOT = Path(__file__).resolve().parent.parent
FONTS = Path("resources", "fonts")
TRANSLATIONS = Path("resources", "translations")
LOCK_FILE = Path(".cache", "build-resources.lock")

# Static faces: reportlab embeds only the thinnest instance of a variable font.
FACES = {"NotoSansSC-Regular.ttf": 400, "NotoSansSC-Bold.ttf": 700}
FONT_LICENCE = "OFL.txt"
# Raise the number when the faces are to be made differently: every checkout then builds them anew.
FONT_RECIPE = "Noto Sans SC 400 and 700 from justmytype-intl-cjk 0.1.0, recipe 1\n"
STAMP = "built.txt"

PO_LINE = re.compile(r'\s*(#.*|((msgid|msgid_plural|msgstr(\[\d\])?)\s+)?"([^"\\]|\\.)*")?\s*')


class ResourceError(Exception):
    """The sources cannot be built; the text names the file and the cure."""


def build(root: Path = ROOT) -> None:
    """Build whatever is missing or out of date under `root`; raises `ResourceError`."""
    with one_at_a_time(root / LOCK_FILE, "Another process is building the fonts; waiting for it."):
        if not fonts_are_built(root):
            print("Building the Chinese fonts, once: about half a minute.", flush=True)
            _build_fonts(root)
        for language in stale_languages(root):
            print(f"Compiling the texts for {language}.", flush=True)
            compile_language(root, language)


def is_fresh(root: Path = ROOT) -> bool:
    """Whether there is nothing to build; takes a few milliseconds."""
    return fonts_are_built(root) and not stale_languages(root)


# --- fonts -----------------------------------------------------------------------------------


def fonts_are_built(root: Path) -> bool:
    """Whether every font file of today's recipe is in place."""
    folder = root / FONTS
    complete = all((folder / name).is_file() for name in (*FACES, FONT_LICENCE))
    return complete and _text_of(folder / STAMP) == FONT_RECIPE


def _build_fonts(root: Path) -> None:
    from concurrent.futures import ProcessPoolExecutor
    from importlib.resources import as_file, files

    folder = root / FONTS
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STAMP).unlink(missing_ok=True)
    for left_over in folder.glob(".*"):  # by a build that was killed
        left_over.unlink()
    package = files("justmytype_intl_cjk") / "fonts" / "ofl" / "notosanssc"
    with as_file(package) as source:
        variable = source / "NotoSansSC[wght].ttf"
        with ProcessPoolExecutor(max_workers=len(FACES)) as pool:
            jobs = [
                pool.submit(_build_face, variable, weight, folder / name)
                for name, weight in FACES.items()
            ]
            for job in jobs:
                job.result()
        with _replacing(folder / FONT_LICENCE) as unfinished:
            shutil.copyfile(source / FONT_LICENCE, unfinished)
    with _replacing(folder / STAMP) as unfinished:
        unfinished.write_text(FONT_RECIPE, encoding="utf-8")


def _build_face(variable: Path, weight: int, target: Path) -> None:
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    # Without a new time stamp the same source gives the same bytes, and so do PDFs that embed it.
    font = TTFont(variable, recalcTimestamp=False)
    instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True, updateFontNames=True)
    with _replacing(target) as unfinished:
        font.save(unfinished)


# --- texts -----------------------------------------------------------------------------------


def languages(root: Path) -> list[str]:
    """The languages with text sources, e.g. `["zh_CN"]`."""
    return sorted({source.parent.name for source in (root / TRANSLATIONS).glob("*/*.po")})


def sources(root: Path, language: str) -> list[Path]:
    """The .po files of one language, in a fixed order."""
    return sorted((root / TRANSLATIONS / language).glob("*.po"))


def stale_languages(root: Path) -> list[str]:
    """The languages whose compiled file is missing or made from other sources."""
    return [language for language in languages(root) if not _is_compiled(root, language)]


def _is_compiled(root: Path, language: str) -> bool:
    compiled = _compiled_folder(root, language)
    return (compiled / "hall_desk.mo").is_file() and _text_of(compiled / STAMP) == _fingerprint(
        root, language
    )


def _compiled_folder(root: Path, language: str) -> Path:
    return root / TRANSLATIONS / language / "LC_MESSAGES"


def _fingerprint(root: Path, language: str) -> str:
    digest = hashlib.sha256()
    for source in sources(root, language):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest() + "\n"


def compile_language(root: Path, language: str) -> None:
    """Make one `hall_desk.mo` of all .po files of `language`; raises `ResourceError`."""
    from babel.messages.mofile import write_mo

    fingerprint = _fingerprint(root, language)
    catalog = merged_catalog(root, language)
    folder = _compiled_folder(root, language)
    folder.mkdir(parents=True, exist_ok=True)
    with _replacing(folder / "hall_desk.mo") as unfinished, unfinished.open("wb") as compiled:
        write_mo(compiled, catalog)
    with _replacing(folder / STAMP) as unfinished:
        unfinished.write_text(fingerprint, encoding="utf-8")


def merged_catalog(root: Path, language: str) -> "Catalog":
    """All texts of one language; refuses one text with two translations, naming both files."""
    from babel.messages.catalog import Catalog

    merged = Catalog(locale=language, creation_date=datetime(2020, 1, 1, tzinfo=UTC))
    first_seen: dict[object, Path] = {}
    for source in sources(root, language):
        for message in read_catalog(source, language):
            if not message.id:
                continue
            key = message.id[0] if isinstance(message.id, tuple) else message.id
            known = merged.get(key)
            if known is None:
                merged[message.id] = message
                first_seen[key] = source
            elif (known.id, known.string) != (message.id, message.string):
                raise ResourceError(
                    f"{key!r} has two translations: {known.string!r} in {first_seen[key].name}, "
                    f"{message.string!r} in {source.name}. Make them the same."
                )
    return merged


def read_catalog(source: Path, language: str) -> "Catalog":
    """One .po file as Babel's catalog; raises `ResourceError` naming the line that is wrong."""
    from babel.messages.pofile import PoFileError, read_po

    try:
        lines = source.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            if not PO_LINE.fullmatch(line):  # Babel takes a lost quotation mark without a word
                raise ResourceError(f"{source}, line {number}: this is not a .po line: {line}")
        return read_po(lines, locale=language, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise ResourceError(f"{source} is not a valid .po file in UTF-8: {error}") from error


# --- files -----------------------------------------------------------------------------------


def _text_of(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """A file to write that takes `target`'s place only when the block has ended well."""
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(descriptor)
    unfinished = Path(name)
    try:
        yield unfinished
        unfinished.chmod(0o644)  # mkstemp makes it private
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def main() -> int:
    """Build and say what went wrong in one sentence."""
    try:
        build()
    except ResourceError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130  # ./desk got it too, and says so
    return 0


if __name__ == "__main__":
    sys.exit(main())
