"""The recovery sheet: what is typed or scanned from it is the key, and it names nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from reading import assert_tidy, codes, joined, texts

from hall_desk import i18n
from hall_desk.documents.recovery_sheet import recovery_sheet
from hall_desk.services.identity import Recovery
from hall_desk.store import hall_key
from hall_desk.store.hall_key import HallKey

KEY = HallKey(bytes(range(100, 132)))
FACTS = Recovery(
    "太平桥政务服务大厅",
    datetime(2020, 2, 21, 10, 3, tzinfo=ZoneInfo("Asia/Shanghai")),
    KEY.code(),
    KEY.scan(),
)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_key_comes_back_from_paper(language: str) -> None:
    i18n.use(language)
    pdf = recovery_sheet(FACTS)
    assert len(texts(pdf)) == 1
    assert_tidy(pdf, 15)
    (scanned,) = codes(pdf)
    assert hall_key.from_code(scanned) == KEY
    plain = joined(pdf).replace(" ", "")
    for group in KEY.code():
        assert group in plain
    assert "hall-deskkeytake" in plain
    assert recovery_sheet(FACTS) == pdf


def test_the_sheet_of_a_practice_hall_says_so() -> None:
    assert i18n._("PRACTICE") in joined(recovery_sheet(replace(FACTS, practice=True)))
