"""The hall's key: its recovery code names what was mistyped, its file is this user's, its seals belong to one row."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_desk import errors
from hall_desk.store import hall_key
from hall_desk.store.hall_key import HallKey

HALL, OTHER_HALL = UUID(int=1), UUID(int=2)
ROW, OTHER_ROW = UUID(int=3), UUID(int=4)
NUMBER = "11010519491231002X"
KEY = HallKey(bytes(range(32)))

secrets = st.binary(min_size=32, max_size=32)
alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def refused(code: str) -> errors.BadInput:
    with pytest.raises(errors.BadInput) as told:
        hall_key.from_code(code)
    return told.value


# --- the recovery code -----------------------------------------------------------------------------------------


@given(secrets)
def test_a_code_gives_its_key_however_it_is_typed(secret: bytes) -> None:
    key = HallKey(secret)
    groups = key.code()
    assert [len(group) for group in groups] == [5] * 13
    people = " ".join(groups).lower().replace("0", "o").replace("1", "l")
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in "".join(groups))
    for typed in ("-".join(groups), "".join(groups), people, full_width, key.scan()):
        assert hall_key.from_code(typed) == key
    assert hall_key.from_code(key.scan().replace("*", "×")) == key


@given(secrets, st.integers(0, 64), st.sampled_from(alphabet))
def test_one_wrong_character_names_its_group(secret: bytes, at: int, instead: str) -> None:
    code = "".join(HallKey(secret).code())
    if code[at] != instead:
        error = refused(code[:at] + instead + code[at + 1 :])
        assert (error.reason, error.facts["group"]) == ("group_wrong", at // 5 + 1)


@given(secrets, st.integers(0, 12), st.integers(0, 4), st.integers(0, 4))
def test_two_characters_that_changed_places(secret: bytes, group: int, one: int, two: int) -> None:
    groups = [list(group) for group in HallKey(secret).code()]
    changed = groups[group]
    changed[one], changed[two] = changed[two], changed[one]
    code = "".join("".join(group) for group in groups)
    if code != "".join(HallKey(secret).code()):
        assert refused(code).facts["group"] == group + 1


@given(secrets, st.integers(0, 12), st.integers(0, 12))
def test_two_groups_that_changed_places(secret: bytes, one: int, two: int) -> None:
    groups = list(HallKey(secret).code())
    groups[one], groups[two] = groups[two], groups[one]
    if one != two:
        assert refused(" ".join(groups)).facts["group"] == min(one, two) + 1


def test_what_is_missing_is_named() -> None:
    groups = list(KEY.code())
    assert refused("").reason == "empty"
    assert refused("—— --").reason == "empty"
    short = refused(" ".join([*groups[:4], groups[4][:4], *groups[5:]]))
    assert (short.reason, short.facts["group"]) == ("group_length", 5)
    lost = refused(" ".join(groups[1:]))
    assert (lost.reason, lost.facts["found"], lost.facts["wanted"]) == ("length", 60, 65)
    strange = refused("".join(groups).replace(groups[2], "UUUUU"))
    assert (strange.reason, strange.facts["group"]) == ("group_character", 3)


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    with pytest.raises(errors.BadInput):
        hall_key.from_code(text)


# --- at work ---------------------------------------------------------------------------------------------------


def test_a_seal_opens_for_its_row_and_key_only() -> None:
    sealed = KEY.seal(NUMBER, ROW)
    assert KEY.open(sealed, ROW) == NUMBER
    assert NUMBER not in sealed
    assert KEY.seal(NUMBER, ROW) != sealed
    changed = ("B" if sealed[20] == "A" else "A").join((sealed[:20], sealed[21:]))
    for key, text, row in (
        (KEY, sealed, OTHER_ROW),
        (hall_key.generate(), sealed, ROW),
        (KEY, changed, ROW),
        (KEY, "", ROW),
        (KEY, "no seal 中", ROW),
    ):
        with pytest.raises(errors.HallKeyUnusable) as told:
            key.open(text, row)
        assert told.value.reason == "cannot_open"


def test_fingerprints_marks_and_checks_are_of_the_key() -> None:
    other = hall_key.generate()
    assert KEY.fingerprint(NUMBER) == HallKey(KEY.secret).fingerprint(NUMBER)
    assert len({KEY.fingerprint(NUMBER), other.fingerprint(NUMBER), KEY.mark(NUMBER.encode())}) == 3
    assert KEY.check(HALL) not in (KEY.check(OTHER_HALL), other.check(HALL))
    assert KEY.secret.hex() not in repr(KEY)


# --- on this PC ------------------------------------------------------------------------------------------------


def trouble_of(folder: Path, check: str = "") -> tuple[bool, str]:
    key, trouble = hall_key.find(folder, HALL, check or KEY.check(HALL))
    return key is not None, trouble.reason if trouble else ""


def test_the_file_is_this_users_alone(tmp_path: Path) -> None:
    path = hall_key.keep(tmp_path / "数据 folder", HALL, KEY)
    assert hall_key.find(tmp_path / "数据 folder", HALL, KEY.check(HALL)) == (KEY, None)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path) -> None:
    assert trouble_of(tmp_path) == (False, "missing")
    assert hall_key.find(tmp_path, HALL, "")[1].reason == "none"  # type: ignore[union-attr]
    path = hall_key.keep(tmp_path, HALL, hall_key.generate())
    assert trouble_of(tmp_path) == (False, "wrong")
    for content in (b"", b"\xff\xfe\x00", "-".join(KEY.code())[:-3].encode(), b"x" * 100_000):
        path.write_bytes(content)
        assert trouble_of(tmp_path) == (False, "damaged")
    path.unlink()
    path.mkdir()
    assert trouble_of(tmp_path) == (False, "unreadable")


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps rights in another way")
def test_a_file_that_others_may_read_is_used_and_told(tmp_path: Path) -> None:
    hall_key.keep(tmp_path, HALL, KEY).chmod(0o644)
    assert trouble_of(tmp_path) == (True, "open_to_others")
    hall_key.keep(tmp_path, HALL, KEY)
    assert trouble_of(tmp_path) == (True, "")


def test_a_key_is_never_overwritten_by_another(tmp_path: Path) -> None:
    older = hall_key.generate()
    path = hall_key.keep(tmp_path, HALL, older)
    hall_key.keep(tmp_path, HALL, KEY)
    (aside,) = (file for file in path.parent.iterdir() if file != path)
    assert hall_key.from_code(aside.read_text()) == older
    assert hall_key.find(tmp_path, HALL, KEY.check(HALL))[0] == KEY
    path.parent.chmod(0o500)
    try:
        if not os.access(path.parent, os.W_OK):
            with pytest.raises(errors.CannotWrite):
                hall_key.keep(tmp_path, HALL, older)
    finally:
        path.parent.chmod(0o700)
