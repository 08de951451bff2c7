"""Finding names by what people type: characters, nicknames, codes, pinyin and initials, in any mixture."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_desk import resources
from hall_desk.services import pinyin
from hall_desk.services.pinyin import Index, Rank, matches


@pytest.mark.parametrize(
    ("query", "name", "rank"),
    [
        ("医保卡领取", "医保卡领取", Rank.EXACT),
        ("医保", "医保卡领取", Rank.NAME_PREFIX),
        ("领取", "医保卡领取", Rank.INSIDE),
        ("ybk", "医保卡领取", Rank.INITIALS_PREFIX),
        ("ybk", "领取医保卡", Rank.INSIDE),
        ("yibaok", "医保卡领取", Rank.PINYIN_PREFIX),
        ("yibaoka", "领取医保卡", Rank.INSIDE),
        ("yib", "医保卡领取", Rank.PINYIN_PREFIX),
        ("ybaok", "医保卡领取", Rank.PINYIN_PREFIX),
        ("医bk", "医保卡领取", Rank.INITIALS_PREFIX),
        ("医baok", "医保卡领取", Rank.PINYIN_PREFIX),
        ("yi保ka", "医保卡领取", Rank.PINYIN_PREFIX),
        ("bgdd", "变更定点医疗机构", Rank.INITIALS_PREFIX),
        ("zhzhm", "居住证补领证明", None),
        ("shbzhk", "社会保障卡", Rank.PINYIN_PREFIX),
        ("bgddyljgyd", "变更定点医疗机构（异地）", Rank.INITIALS_PREFIX),
        ("xian", "西安", Rank.PINYIN_PREFIX),
        ("lv", "绿卡", Rank.PINYIN_PREFIX),
        ("lu", "绿卡", Rank.PINYIN_PREFIX),
        ("12345", "12345 市民诉求登记", Rank.NAME_PREFIX),
        ("12345sm", "12345 市民诉求登记", Rank.INITIALS_PREFIX),
        ("yibaox", "医保卡领取", None),
        ("ybkz", "医保卡", None),
        ("社保", "医保卡领取", None),
    ],
)
def test_a_name_is_found_by_what_is_typed(query: str, name: str, rank: Rank | None) -> None:
    assert matches(query, name) == rank


@pytest.mark.parametrize("query", ["yinhang", "yinxing", "yh", "yx", "hang", "xing"])
def test_both_readings_of_a_character_find_it(query: str) -> None:
    assert matches(query, "银行卡变更") is not None


@pytest.mark.parametrize("query", ["zhongdu", "chongdu", "zd", "cd"])
def test_zhong_and_chong(query: str) -> None:
    assert matches(query, "重度残疾人护理补贴") is not None


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("zeng", "曾庆华"),
        ("shan", "单田芳"),
        ("xie", "解珍"),
        ("qiu", "仇英"),
        ("ren", "任健"),
        ("zha", "查良镛"),
        ("ge", "盖叫天"),
        ("ou", "区金蓉"),
        ("piao", "朴正焕"),
        ("tan", "覃瑞"),
        ("qin", "覃瑞"),
        ("yuchi", "尉迟恭"),
        ("yc", "尉迟恭"),
        ("moqi", "万俟咏"),
        ("chanyu", "单于强"),
    ],
)
def test_surnames_are_read_as_surnames(query: str, name: str) -> None:
    assert matches(query, name) in (Rank.PINYIN_PREFIX, Rank.INITIALS_PREFIX)


@pytest.mark.parametrize("query", ["ＹＢＫ", "YbK", " y b k ", "y'b'k", "ybk。"])
def test_case_width_and_signs_do_not_matter(query: str) -> None:
    assert matches(query, "医保卡领取") == Rank.INITIALS_PREFIX


def test_codes_and_nicknames() -> None:
    entry = ("养老助残卡办理", "老年优待卡 老年证", "YL01")
    assert (
        matches("YL01", *entry)
        == matches("yl-01", *entry)
        == matches("ＹＬ０１", *entry)
        == Rank.EXACT
    )
    assert matches("l01", *entry) == Rank.INSIDE
    assert matches("老年证", *entry) == Rank.EXACT
    assert matches("优待", *entry) == Rank.NICKNAME
    assert matches("lnz", *entry) == Rank.INITIALS_PREFIX
    assert matches("laonianz", *entry) == Rank.PINYIN_PREFIX
    assert matches("老年证办理", *entry) is None


@pytest.mark.parametrize("query", ["", " ", "。", "'"])
def test_nothing_typed_finds_nothing(query: str) -> None:
    assert matches(query, "医保卡") is None


def test_rare_characters_are_found_and_read() -> None:
    assert matches("䶮", "刘䶮") == Rank.INSIDE
    assert matches("𬭊", "𬭊工作室") == Rank.NAME_PREFIX
    assert matches("yan", "䶮") == Rank.PINYIN_PREFIX
    assert matches("du", "𬭊") == Rank.PINYIN_PREFIX


def test_words_typed_apart_are_found_apart() -> None:
    index = Index([("a", "领取医保卡", "", ""), ("b", "医保卡", "", "")])
    assert index.search("医保卡 领取") == ["a"]
    assert index.search("yi bao ka") == ["b", "a"]


def test_best_comes_first_and_ties_keep_their_order() -> None:
    index = Index(
        [
            ("inside", "领取社保卡", "", "1"),
            ("nickname", "一卡通", "社保卡片", "2"),
            ("prefix", "社保卡申领", "", "3"),
            ("second", "社保卡挂失", "", "4"),
            ("exact", "一卡通换卡", "社保卡", "5"),
            ("not", "医保卡", "", "6"),
        ]
    )
    assert index.search("社保卡") == ["exact", "prefix", "second", "nickname", "inside"]
    assert index.search("sbk") == ["nickname", "prefix", "second", "exact", "inside"]
    assert index.search("社保卡", limit=2) == ["exact", "prefix"]
    assert len(index) == 6


def test_the_usual_reading_comes_before_the_unusual() -> None:
    # 重 in 重度 is zhong; chong finds it too, behind what is chong.
    index = Index([("zhong", "重度残疾", "", ""), ("chong", "重庆医保", "", "")])
    assert index.search("chong") == ["chong", "zhong"]
    assert index.search("zhongd") == ["zhong"]


def test_display_is_toned_and_follows_the_phrase() -> None:
    assert pinyin.display("变更定点") == "biàn gēng dìng diǎn"
    assert pinyin.display("银行卡（异地）A12") == "yín háng kǎ yì dì A12"
    assert pinyin.display("曾庆华") != pinyin.display("曾庆华", person=True) == "zēng qìng huá"
    assert pinyin.display("尉迟恭", person=True).startswith("yù chí ")


def test_sort_keys() -> None:
    assert pinyin.keys("医保卡领取").full == "yibaokalingqu"
    assert pinyin.keys("医保卡A1").initials == "ybka1"
    assert len(pinyin.keys("医保卡", "取卡 老卡").nicknames) == 2


def sample_names() -> Iterator[tuple[str, str, str]]:
    with resources.path("sample_hall", "matters.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        for row in csv.DictReader(file):
            if row["窗口"]:
                yield row["事项名称"], row["俗称"], row["事项编码"]


@given(st.data())
def test_every_sample_matter_is_found_by_its_own_pinyin(data: st.DataObject) -> None:
    """However the syllables are shortened: whole, first letter, or the character itself."""
    name, nicknames, code = data.draw(st.sampled_from(list(sample_names())))
    sounds = pinyin.keys(name).name
    typed = "".join(data.draw(st.sampled_from(sound.pieces)) for sound in sounds)
    assert matches(typed, name, nicknames, code) is not None
    cut = data.draw(st.integers(1, len(typed)))
    assert matches(typed[:cut], name, nicknames, code) is not None


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_breaks_the_search(query: str, name: str) -> None:
    rank = matches(query, name)
    assert rank is None or query
    if pinyin.fold(name):
        assert matches(name, name) == Rank.EXACT


def test_many_readings_do_not_explode() -> None:
    name = "行" * 60
    # One that tried every reading would never end.
    assert matches("h" * 59 + "x", name) == Rank.INITIALS_PREFIX
    assert matches("hangxing" * 29 + "?", name) is not None
    assert matches("hangheng" * 29 + "b", name) is None


def test_five_hundred_matters_while_typing() -> None:
    names = list(sample_names())
    entries = [
        (n, names[n % len(names)][0] + str(n), names[n % len(names)][1], f"X{n}")
        for n in range(500)
    ]
    index = Index(entries)
    slowest = 0.0
    for query in (
        "y",
        "yb",
        "ybk",
        "s",
        "sh",
        "sheb",
        "医保",
        "变更定点",
        "dingdianyiliao",
        "zzzz",
    ):
        runs = []
        for _ in range(5):
            started = time.perf_counter()
            index.search(query)
            runs.append(time.perf_counter() - started)
        slowest = max(slowest, min(runs))
    # About 1-3 ms on a quiet PC; the limit leaves room for a loaded test machine.
    assert slowest < 0.025, f"{slowest * 1000:.1f} ms"


def test_pypinyin_is_imported_only_when_needed() -> None:
    code = "import sys, hall_desk.services.pinyin; sys.exit('pypinyin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
