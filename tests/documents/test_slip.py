"""The telephone slip: read back by phone, by eye and by search."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdf
import pytest
import zxingcpp
from paper_facts import EIGHT_MATERIALS, LONG_MATTER, LONG_SLIP, SLIP, WINDOW
from reading import assert_tidy, codes, fonts, joined, pictures, text

from hall_desk import errors, i18n
from hall_desk.documents import qr
from hall_desk.documents.slip import ROLLS, phone_slip

EVERY_ROLL = pytest.mark.parametrize("roll", list(ROLLS))
EVERY_FORM = pytest.mark.parametrize("large", [False, True], ids=["plain", "large"])


@EVERY_ROLL
@EVERY_FORM
def test_a_phone_reads_the_number(roll: str, large: bool) -> None:
    assert codes(phone_slip(SLIP, roll, large)) == ["tel:01055550103"]


@EVERY_ROLL
@EVERY_FORM
def test_everything_a_resident_needs_is_on_it(roll: str, large: bool) -> None:
    words = joined(phone_slip(SLIP, roll, large))
    for wanted in (
        "太平桥政务服务大厅",
        "窗口电话小贴士",
        "变更医疗定点医院",
        "3号窗口医疗保险",
        "010-55550103",
        "工作日9:00–12:0013:30–17:00",
        "手机扫码，直接拨打",
        "①身份证原件1份",
        "②社保卡原件1份",
        "也可留下电话，窗口会给您回电。",
        "2020-02-2110:03",
        "前台A",
        "目录第7版",
    ):
        assert wanted in words


@EVERY_ROLL
def test_the_phone_number_stands_on_one_line(roll: str) -> None:
    assert "010-5555 0103" in text(phone_slip(LONG_SLIP, roll, large=True))


@pytest.mark.parametrize("roll", ["58", "80"])
@EVERY_FORM
def test_modules_of_the_code_fall_on_whole_dots(roll: str, large: bool) -> None:
    """Drawn at a thermal printer's 8 dots a millimetre, no dot of the code is grey."""
    pdf = phone_slip(SLIP, roll, large)
    (picture,) = pictures(pdf)
    assert picture.width == ROLLS[roll].width * 8
    columns = range(picture.width // 2 - 80, picture.width // 2 + 80)
    place = zxingcpp.read_barcodes(picture)[0].position
    for y in range(place.top_left.y - 2, place.bottom_left.y + 2):
        assert {picture.getpixel((x, y)) for x in columns} <= {0, 255}


@pytest.mark.parametrize("roll", ["58", "80"])
def test_a_roll_is_cut_where_the_text_ends(roll: str) -> None:
    def height(facts: object) -> float:
        pdf = phone_slip(facts, roll)  # type: ignore[arg-type]
        (page,) = pypdf.PdfReader(io.BytesIO(pdf)).pages
        assert float(page.mediabox.width) * 25.4 / 72 == pytest.approx(ROLLS[roll].width, abs=0.001)
        return float(page.mediabox.height) * 25.4 / 72

    short, longer = height(SLIP), height(replace(SLIP, materials=EIGHT_MATERIALS))
    assert short < 130
    assert longer > short + 20


@EVERY_ROLL
@EVERY_FORM
def test_the_longest_texts_stay_on_the_paper(roll: str, large: bool) -> None:
    pdf = phone_slip(LONG_SLIP, roll, large)
    paper = ROLLS[roll]
    assert_tidy(pdf, (paper.width - paper.printable) / 2)
    words = joined(pdf)
    assert LONG_MATTER in words
    assert "⑧单位出具的在职证明复印件1份" in words
    assert "⑤异地居住证明或暂住证原件1份（如有）" in words


@EVERY_ROLL
@EVERY_FORM
def test_extension_and_online_address_are_read_too(roll: str, large: bool) -> None:
    assert sorted(codes(phone_slip(LONG_SLIP, roll, large))) == sorted(
        ["tel:01055550103,80106", LONG_SLIP.online_address]
    )
    assert "转 80106" in text(phone_slip(LONG_SLIP, roll, large))


def test_a_window_alone_needs_no_matter() -> None:
    words = joined(phone_slip(replace(SLIP, matter="", materials=()), "80"))
    assert "3号窗口医疗保险" in words
    assert "需要准备" not in words


def test_a_window_without_a_number_sends_people_to_the_desk() -> None:
    pdf = phone_slip(replace(SLIP, window=replace(WINDOW, phone="")), "58")
    assert codes(pdf) == []
    words = joined(pdf)
    assert "此窗口暂无电话，请到前台咨询。" in words
    assert "回电" not in words


def test_an_address_too_long_for_a_readable_code_is_named_only() -> None:
    facts = replace(SLIP, online_address="https://example.gov.cn/" + "a1" * 900)
    pdf = phone_slip(facts, "58")
    assert codes(pdf) == ["tel:01055550103"]
    assert "example.gov.cn/…" in text(pdf)


def test_large_print_is_larger() -> None:
    def area(large: bool) -> int:
        (picture,) = pictures(phone_slip(SLIP, "80", large))
        return int(picture.height)

    assert area(large=True) > area(large=False) * 1.2


@EVERY_ROLL
def test_the_same_facts_give_the_same_bytes(roll: str) -> None:
    assert phone_slip(LONG_SLIP, roll) == phone_slip(LONG_SLIP, roll)


def test_only_embedded_fonts() -> None:
    assert all(fonts(phone_slip(SLIP, "80")).values())


def test_an_unknown_roll_is_refused() -> None:
    with pytest.raises(errors.BadInput) as refused:
        phone_slip(SLIP, "letter")
    assert (refused.value.field, refused.value.reason) == ("roll", "unknown")


def test_in_english() -> None:
    i18n.use("en")
    words = text(phone_slip(LONG_SLIP, "80"))
    for wanted in (
        "Window phone slip",
        "Window 12",
        "Scan to call",
        "Please bring:",
        "original × 1",
    ):
        assert wanted in words


# --- what a phone dials -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phone", "extension", "address"),
    [
        ("010-5555 0103", "", "tel:01055550103"),
        ("(010) 5555-0103", "", "tel:01055550103"),
        ("010-5555 0103", "0106", "tel:01055550103,0106"),
        ("010-55550103-0106", "", "tel:01055550103,0106"),
        ("5555 0103 转 8", "", "tel:55550103,8"),
        ("5555 0103 / 5555 0104", "", "tel:55550103"),
        ("+86 138 0013 8000", "", "tel:+8613800138000"),
        ("400-123-4567", "", "tel:4001234567"),
        ("12345", "", "tel:12345"),
        ("", "", ""),
        ("暂无", "", ""),
    ],
)
def test_dialling(phone: str, extension: str, address: str) -> None:
    assert qr.dial(phone, extension) == address


@pytest.mark.parametrize(
    ("written", "opened"),
    [
        ("https://banshi.example.gov.cn/a?b=1&c=2", "https://banshi.example.gov.cn/a?b=1&c=2"),
        ("banshi.example.gov.cn", "https://banshi.example.gov.cn"),
        ("https://政务.example.cn/办事", "https://xn--zfr164b.example.cn/%E5%8A%9E%E4%BA%8B"),
        ("  ", ""),
    ],
)
def test_web_addresses_are_ascii(written: str, opened: str) -> None:
    assert qr.web(written) == opened


@pytest.mark.parametrize("payload", ["tel:12345", "https://example.gov.cn/" + "a1" * 40])
def test_modules_are_half_a_millimetre_at_least_and_the_border_four(payload: str) -> None:
    code = qr.code(payload, 48)
    assert code is not None
    assert code.module >= 0.5
    assert (code.module / 0.125).is_integer()
    assert code.size == (len(code.modules) + 8) * code.module <= 48


def test_a_code_is_ascii_only() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        qr.code("窗口", 30)
