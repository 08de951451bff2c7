"""A person's data as it is typed: phones, ID numbers by GB 11643, names with rare characters, and masks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from hall_desk.errors import BadInput
from hall_desk.services import privacy


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800004127", "13800004127"),
        ("138 0000 4127", "13800004127"),
        ("138-0000-4127", "13800004127"),
        ("+86 138 0000 4127", "13800004127"),
        ("１３８００００４１２７", "13800004127"),
        ("010-55550101", "010-55550101"),
        ("010-5555-0101", "010-5555-0101"),
        ("55550101", "55550101"),
        ("0311-5550101-22", "0311-5550101-22"),
        ("12345", "12345"),
        ("", ""),
    ],
)
def test_phones_that_are_understood(typed: str, kept: str) -> None:
    assert privacy.check_phone(typed) == kept


@pytest.mark.parametrize(
    "typed", ["138x0004127", "1380000412", "138000041270", "电话", "12", "+1 555 0101"]
)
def test_phones_that_are_refused(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        privacy.check_phone(typed)
    assert (refused.value.field, refused.value.reason) == ("phone", "not_a_phone")


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002X",
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        " 110105 19491231 002X ",
    ],
)
def test_id_numbers_that_are_understood(typed: str) -> None:
    assert privacy.check_id_number(typed) == "11010519491231002X"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("110105194912310021", "checksum"),
        ("1101051949123100", "length"),
        ("11010519491231A02X", "characters"),
        ("11010519491331002X", "birth_date"),
    ],
)
def test_id_numbers_that_are_refused(typed: str, reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        privacy.check_id_number(typed)
    assert refused.value.reason == reason


@given(
    st.from_regex(
        r"11010[1-9](19[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}", fullmatch=True
    )
)
def test_the_check_character_is_the_one_of_another_implementation(first: str) -> None:
    good = first + ric.calc_check_digit(first + "0")
    assert privacy.check_id_number(good) == good
    for other in set("0123456789X") - {good[-1]}:
        with pytest.raises(BadInput):
            privacy.check_id_number(first + other)


@pytest.mark.parametrize("name", ["䶮㛃", "𬭊", "阿卜杜拉·买买提", "O'Brien Wu"])
def test_rare_names_stay_as_they_are(name: str) -> None:
    assert privacy.check_name(f"  {name}\t") == name


def test_masks() -> None:
    assert privacy.mask_phone("13800004127") == "138****4127"
    assert privacy.mask_phone("12345") == "***45"
    assert privacy.mask_phone("") == ""
    assert privacy.mask_name("孙立人") == "孙**"
    assert privacy.mask_name("𬭊某") == "𬭊**"
    assert privacy.mask_id("11010519491231002X") == "110***********002X"
