"""ID-card readers type in many ways; of all of it a name and a number are taken."""

from __future__ import annotations

import logging
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_desk.devices import id_reader
from hall_desk.devices.id_reader import IdReader
from hall_desk.devices.instruments import IdCard
from hall_desk.services import privacy

NUMBER = "11010519491231002X"
OTHER = "110101199003071233"


@pytest.mark.parametrize(
    ("burst", "name"),
    [
        (f"于丽\t{NUMBER}", "于丽"),
        (f"{NUMBER}\t于丽", "于丽"),
        (f"于丽\n女\n汉\n1949-12-31\n北京市西城区太平桥大街1号\n{NUMBER}\n", "于丽"),
        (f"于丽|女|汉族|19491231|北京市西城区|{NUMBER}|北京市公安局西城分局|长期", "于丽"),
        (f"{NUMBER},女,维吾尔族,阿依古丽·买买提", "阿依古丽·买买提"),
        (f"于丽 {NUMBER}", "于丽"),
        (f"于丽，{NUMBER}", "于丽"),
        (f"姓名:于丽;性别:女;民族:汉;公民身份号码:{NUMBER}", "于丽"),
        (f"性别：女|姓名：于丽|身份证号：{NUMBER.lower()}", "于丽"),
        ("于丽\t１１０１０５１９４９１２３１００２Ｘ", "于丽"),
        (f"𬭊䶮㛃\t{NUMBER}", "𬭊䶮㛃"),
        (f"ZHANG SAN\t{NUMBER}", "ZHANG SAN"),
        (f"欧阳锋\r{NUMBER}\r", "欧阳锋"),
        (f"于丽\t{NUMBER}".encode("gb18030").decode("latin-1"), "于丽"),
        (NUMBER, ""),
        (f"\t\t{NUMBER}\t", ""),
        (f"女\t汉族\t{NUMBER}\t北京市西城区太平桥街", ""),
    ],
)
def test_name_and_number_are_found(burst: str, name: str) -> None:
    assert id_reader.read(burst) == IdCard(name, NUMBER)


@pytest.mark.parametrize(
    "burst",
    [
        "",
        "于丽",
        "于丽\t13800004127",
        "HD1*A018*20200221*9F3C21A0*K7QMJ",
        "HDN1*407218853316*K7QM6",
        "6901234567892",
        NUMBER[:-1] + "1",  # its check is wrong
        f"9{NUMBER}",
        f"{NUMBER}7",
        f"于丽\t{NUMBER}\t钱七\t{OTHER}",  # whose?
        "https://example.org/?id=" + "1" * 18,
    ],
)
def test_what_is_no_card_is_left_alone(burst: str) -> None:
    assert id_reader.read(burst) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_but_name_and_number_is_ever_taken(before: str, after: str) -> None:
    card = id_reader.read(f"{before}|{NUMBER}|{after}")
    if card is not None:
        assert card.number == NUMBER
        assert not any(c.isdigit() for c in card.name)
        assert len(card.name) <= privacy.LONGEST_NAME


def test_a_card_is_told_and_nothing_of_it_is_logged(
    qtbot: object, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reader = IdReader()
    told: list[IdCard] = []
    reader.read.connect(told.append)
    assert reader.take(f"于丽\t女\t{NUMBER}")
    assert not reader.take("6901234567892")
    assert told == [IdCard("于丽", NUMBER)]
    assert repr(told[0]) == "IdCard()"
    assert caplog.text == ""
    assert "北京" not in str(pickle.dumps(told))


@pytest.mark.parametrize("text", ["于丽", NUMBER, f"于丽\t{NUMBER}", "姓名:于丽"])
def test_a_burst_may_go_on_where_a_card_may_begin(text: str) -> None:
    assert id_reader.may_go_on(text)


@pytest.mark.parametrize(
    "text", ["6901234567892", "HD1*A018*20200221", "36.5", "A018", "13800004127", "ZHANG SAN"]
)
def test_other_scans_end_at_once(text: str) -> None:
    assert not id_reader.may_go_on(text)
