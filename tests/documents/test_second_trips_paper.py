"""Second trips on paper and from the command line say what was counted, in both languages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hall_desk import i18n
from hall_desk.cli import main
from hall_desk.documents.second_trips import second_trips as on_paper
from hall_desk.services import accounts, second_trips, trip_tables
from hall_desk.services.figures import period
from hall_desk.services.second_trips import SecondTrips
from hall_desk.services.trip_records import MissingPaper
from hall_desk.store.database import Store
from tests.documents.reading import joined, texts


@pytest.fixture
def trips(sample_file: Path) -> SecondTrips:
    """The sample hall's: a notice of Friday that was opened again on Monday."""
    store = Store.open(str(sample_file))
    try:
        span = period.between(date(2020, 2, 17), date(2020, 2, 24))
        return second_trips.of_period(accounts.operator(store), span)
    finally:
        store.close()


def test_the_paper_ranks_what_was_missing_and_says_what_is_counted(trips: SecondTrips) -> None:
    (line,) = trips.lines
    text = joined(on_paper(trips))
    for words in (
        "二次跑动", "2020-02-17–2020-02-24", "演练", line.matter, trip_tables.paper_words(line.paper),
        "非必需", "告知单再次打开", *(f"{name}" for name, _words in trip_tables.meanings(trips)),
    ):  # fmt: skip
        assert "".join(words.split()) in text, words


def test_the_same_figures_give_the_same_bytes_and_english_is_whole(trips: SecondTrips) -> None:
    assert on_paper(trips) == on_paper(trips)
    i18n.use("en")
    text = joined(on_paper(trips))
    assert "Secondtrips" in text
    assert "Notrequired" in text
    assert "二次跑动" not in text


def test_a_hundred_lines_go_over_pages_with_their_heads(trips: SecondTrips) -> None:
    (line,) = trips.lines
    many = tuple(replace(line, paper=MissingPaper(f"证明 {number}")) for number in range(100))
    pages = texts(on_paper(replace(trips, lines=many)))
    assert len(pages) > 2
    assert all("所缺材料" in page for page in pages[:3])


def test_without_a_second_trip_the_paper_says_so(trips: SecondTrips) -> None:
    assert "没有人为同一件事跑第二趟" in joined(
        on_paper(replace(trips, lines=(), trips=0, visits=0))
    )


def test_the_command_writes_every_form(
    sample_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hall.sqlite3").write_bytes(sample_file.read_bytes())
    where = [
        "report",
        "trips",
        "--data",
        str(tmp_path),
        "--from",
        "2020-02-17",
        "--to",
        "2020-02-24",
    ]
    for ending, begins in (
        (".pdf", b"%PDF"), (".xlsx", b"PK"), (".csv", b"\xef\xbb\xbf"), (".json", b"{"),
    ):  # fmt: skip
        file = tmp_path / f"trips{ending}"
        assert main([*where, "--output", str(file)]) == 0
        assert file.read_bytes().startswith(begins)
    assert json.loads((tmp_path / "trips.json").read_text("utf-8"))["trips"] == 1
    assert main([*where, "--days", "2", "--output", str(tmp_path / "trips.json")]) == 0
    assert json.loads((tmp_path / "trips.json").read_text("utf-8"))["trips"] == 0
    assert main([*where, "--days", "0", "--output", str(tmp_path / "trips.json")]) == 2
    assert (
        main(["report", "trips", "--data", str(tmp_path), "--output", str(tmp_path / "a.pdf")]) == 2
    )
    assert "1 至 90 天" in capsys.readouterr().err
