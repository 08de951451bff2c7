"""The test page: as wide as its roll, and readable."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from reading import joined, pictures

from hall_desk import errors
from hall_desk.documents.trial import trial_page

NOW = datetime(2020, 2, 21, 10, 3, tzinfo=UTC)


@pytest.mark.parametrize("roll", ["58", "80"])
def test_it_names_the_printer_and_shows_chinese(roll: str) -> None:
    pdf = trial_page(roll, "前台小票", NOW)
    words = joined(pdf)
    for wanted in ("测试页", "前台小票", "政务服务大厅帮办代办0123456789", "2020-02-2110:03"):
        assert wanted in words
    (picture,) = pictures(pdf)
    assert abs(picture.width / 8 - int(roll)) < 1


def test_an_unknown_roll_is_refused() -> None:
    with pytest.raises(errors.BadInput):
        trial_page("70", "前台小票", NOW)
