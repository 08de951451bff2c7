"""Fonts, measuring and breaking, and what every PDF carries."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import datetime
from itertools import pairwise

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper_facts import BEIJING, MORNING
from reading import fonts, pictures, text
from reportlab.pdfbase import ttfonts

from hall_desk import i18n
from hall_desk.devices import printing
from hall_desk.documents import page
from hall_desk.documents.page import Paper, Style

RARE = "䶮㛃𬭊𫍽𬘓龑㐱"
BODY = Style(10)


def one_page(content: str, style: Style = BODY) -> bytes:
    paper = Paper(title="试印", author="太平桥政务服务大厅", made_at=MORNING)
    paper.page(80, 40)
    paper.text(5, 20, content, style)
    return paper.data()


@pytest.mark.parametrize("bold", [False, True])
def test_rare_names_are_drawn_and_copied_right(bold: bool) -> None:
    assert text(one_page(RARE, Style(12, bold))).strip() == RARE
    assert page.missing_glyphs(RARE) == ""


def test_reportlab_still_needs_our_table_of_characters() -> None:
    """When this fails, reportlab writes UTF-16 itself and `_with_utf16` can go."""
    page.fonts()
    original = ttfonts.makeToUnicodeCMap.__wrapped__  # type: ignore[attr-defined]
    assert "<00> <2CB4A>" in original("Any", [ord("𬭊")])


def test_nothing_dear_is_imported_before_the_first_paper() -> None:
    """Screens import these modules when the program starts."""
    program = (
        "import sys, hall_desk.documents.daily_report, hall_desk.documents.slip,"
        "hall_desk.documents.receipt;"
        "print([name for name in ('reportlab', 'qrcode', 'peewee', 'PIL') if name in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"


def test_missing_glyphs_are_named_once_and_in_order() -> None:
    assert page.missing_glyphs("王😀𪸩😀\n小\u2028") == "😀𪸩"


def test_a_missing_character_is_shown_as_a_missing_type() -> None:
    paper = one_page("王𪸩平\ud800")
    # The PDF keeps the character to be copied; what is seen of it is the sign.
    assert text(paper).strip() == "王𪸩平〓"
    assert dark_dots(one_page("𪸩")) == dark_dots(one_page("〓")) != dark_dots(one_page("平"))
    assert page.missing_glyphs(printing.text_of(paper)) == "𪸩"  # also after it was drawn
    assert page.width("𪸩", Style(12)) == page.width("平", Style(12))


def dark_dots(pdf: bytes) -> bytes:
    (picture,) = printing.render_pages(pdf, 8)
    return bytes(picture.image.constBits())


def test_missing_characters_are_named_with_their_numbers() -> None:
    assert page.named("𰀀😀") == "𰀀 (U+30000) 😀 (U+1F600)"


def test_line_ends_and_variation_selectors_leave_no_mark() -> None:
    assert text(one_page("葛\U000e0100城\n区\t办\ufe0f")).strip() == "葛城 区 办"


def test_only_embedded_fonts_and_only_noto() -> None:
    found = fonts(one_page("大厅 A018"))
    assert found
    assert all(found.values())
    assert all("NotoSansSC" in name for name in found)


def test_a_pdf_says_what_it_is() -> None:
    reader = pypdf.PdfReader(io.BytesIO(one_page("大厅")))
    assert reader.metadata is not None
    assert reader.metadata.title == "试印"
    assert reader.metadata.author == "太平桥政务服务大厅"
    assert reader.metadata.creation_date == MORNING
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"


def test_the_language_of_a_pdf_follows_the_program() -> None:
    i18n.use("en")
    reader = pypdf.PdfReader(io.BytesIO(one_page("Hall")))
    assert reader.trailer["/Root"]["/Lang"] == "en"


def test_same_moment_same_bytes_and_another_moment_another_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = one_page("大厅")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert one_page("大厅") == first
    paper = Paper(
        title="试印", author="太平桥政务服务大厅", made_at=datetime(2021, 1, 1, tzinfo=BEIJING)
    )
    paper.page(80, 40)
    paper.text(5, 20, "大厅", BODY)
    assert paper.data() != first


def test_spaced_digits_are_copied_without_spaces() -> None:
    paper = Paper(title="试印", author="大厅", made_at=MORNING)
    paper.page(80, 40)
    paper.text(5, 20, "4072", Style(20, bold=True), spacing=2.0)
    assert text(paper.data()).strip() == "4072"


def test_thermal_text_is_black() -> None:
    (picture,) = pictures(one_page("一", Style(24, colour=page.BLACK)))
    assert picture.getextrema() == (0, 255)


# --- fitting --------------------------------------------------------------------------------------


def test_fit_leaves_short_text_alone() -> None:
    assert page.fit("A018", 70, Style(40, bold=True), 20) == Style(40, bold=True)


@pytest.mark.parametrize("room", [60.0, 30.0, 8.0])
def test_fit_never_goes_over_the_room(room: float) -> None:
    phone = "0086-010-5555 0103"
    style = page.fit(phone, room, Style(30, bold=True), 9)
    assert page.width(phone, style) <= room + 1e-6
    assert style.size >= 9


# --- breaking -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "phone", ["010-5555 0103", "13800138000", "400-123-4567", "+86 138 0013 8000"]
)
def test_a_phone_number_is_never_broken(phone: str) -> None:
    for room in range(30, 80):
        lines = page.wrap(f"也可拨打窗口电话{phone}询问，窗口会给您回电。", room, BODY)
        assert sum(phone in line for line in lines) == 1


def test_words_numbers_and_counts_stay_whole() -> None:
    for room in range(24, 60):
        lines = page.wrap("请于 12 分钟内到 3 号窗口交 A018 的 registration 表", room, BODY)
        for whole in ("12 分", "3 号", "A018", "registration"):
            assert any(whole in line for line in lines), (room, lines)


def test_no_line_begins_with_a_closing_or_ends_with_an_opening_mark() -> None:
    content = "需要准备：身份证（原件），户口簿（复印件）；“申请表”可在窗口填写。"
    for room in range(16, 70):
        lines = page.wrap(content, room, BODY)
        assert "".join(lines) == content
        for line in lines[1:]:
            assert line[0] not in "：），；”。", (room, lines)
        for line in lines[:-1]:
            assert line[-1] not in "（“", (room, lines)


def test_a_kept_together_text_is_not_broken() -> None:
    spec = page.together("复印件 2 份")
    for room in range(20, 60):
        lines = page.wrap(f"户口簿首页及本人页 {spec}", room, BODY)
        assert any("复印件 2 份" in line for line in lines)


def test_a_kept_together_text_wider_than_a_line_is_broken_between_words() -> None:
    assert page.wrap(page.together("nine of ten within 5:10"), 28, BODY) == [
        "nine of ten",
        "within 5:10",
    ]


def test_a_long_web_address_is_broken_rather_than_cut() -> None:
    address = "https://banshi.example.gov.cn/pubtask/task/1/110102000000/6f0c1e52.html"
    lines = page.wrap(address, 40, BODY)
    assert len(lines) > 1
    assert "".join(lines) == address


def test_balanced_lines_are_about_equally_long() -> None:
    lines = page.wrap("城乡居民基本养老保险与城镇职工养老保险转移", 70, BODY, balanced=True)
    assert len(lines) == 2
    assert abs(len(lines[0]) - len(lines[1])) <= 2


def test_the_last_line_is_not_one_character() -> None:
    for count in range(12, 60):
        lines = page.wrap("字" * count, 50, BODY)
        assert len(lines) == 1 or len(lines[-1]) >= 2, lines


@given(st.text(alphabet="大厅窗口，。（）A1 9-\n·𬭊", max_size=60), st.floats(15, 90))
def test_breaking_loses_nothing_and_stays_within_the_room(content: str, room: float) -> None:
    lines = page.wrap(content, room, BODY)
    assert lines
    kept = "".join("".join(lines).replace("·", "").split())
    assert kept == "".join(content.replace("·", "").split())
    assert all(page.width(line, BODY) <= room + 1e-6 for line in lines)


def test_lines_do_not_touch() -> None:
    style = Style(9)
    for top, bottom in pairwise(style.baseline(n * style.leading, style.leading) for n in range(3)):
        assert bottom - top > style.size * page.MM_PER_PT


def test_the_dot_of_a_name_stays_and_the_dot_between_facts_falls_away() -> None:
    style = page.Style(10)
    room = page.width("居民：欧阳·阿卜杜热合曼·", style) + 0.5
    assert page.wrap("居民：欧阳·阿卜杜热合曼·买买提江", room, style) == [
        "居民：欧阳·阿卜杜热合曼·",
        "买买提江",
    ]
    room = page.width("医保卡领取 ·", style) + 0.5
    assert page.wrap("医保卡领取 · 3 号窗口", room, style) == ["医保卡领取", "3 号窗口"]
