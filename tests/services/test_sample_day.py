"""The sample day and the figures made of it: the same in every run, and the same again in the report's two forms."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pypdf
import pytest

from hall_desk import errors
from hall_desk.documents.daily_report import daily_report
from hall_desk.services import (
    accounts,
    callbacks,
    custody,
    figures,
    incidents,
    posts,
    sample_day,
    screening,
    tickets,
)
from hall_desk.services.accounts import Actor
from hall_desk.services.figures import DayFigures
from hall_desk.store import models
from hall_desk.store.database import Store


@pytest.fixture
def boss(sample_hall: Store) -> Actor:
    return accounts.sign_in(sample_hall, sample_day.PEOPLE["manager"], sample_day.PIN)


@pytest.fixture
def day(boss: Actor) -> DayFigures:
    return figures.of_day(boss, sample_day.DAY)


def test_the_day_is_the_one_that_was_promised(day: DayFigures) -> None:
    assert 185 <= day.screening.total <= 195
    assert (day.screening.fevers, day.screening.cleared_on_recheck) == (1, 1)
    assert day.tickets.opened == 31
    assert day.tickets.cumulative == 267
    assert day.tickets.finished + day.tickets.suspended + day.tickets.terminated == 31
    assert day.slips.total == 49
    assert day.custody.originals_out == 1


def test_the_paper_s_facts_are_in_the_day(day: DayFigures) -> None:
    """Over twenty business calls at the window that changes hospitals; refused rules, reported while dealt with."""
    by_window = {line.number: line for line in day.phone_cases.by_window}
    assert by_window["3"].count > 20
    assert max(hour.count for hour in day.consultations.by_hour) == 24
    fever, refused = day.incidents.lines
    assert (fever.kind, refused.kind) == ("fever", "refuses_rules")
    for line in (fever, refused):
        assert [step.kind for step in line.steps][0::3] == ["opened", "closed"]
        assert len(line.steps) == 4
    assert day.epidemic


def test_friday_was_closed_with_the_one_original_carried_over(day: DayFigures) -> None:
    assert day.close.closed_by == sample_day.PEOPLE["manager"]
    kinds = [line.kind for line in day.close.carried]
    assert kinds == ["ticket", "ticket", "paper", "callback"]
    assert all(line.reason for line in day.close.carried)
    assert day.late.entries == 0
    assert (day.people.capacity, day.people.refused, day.people.left_at_close > 0) == (40, 1, True)


def test_the_staff_are_measured_and_on_their_posts(day: DayFigures) -> None:
    assert (day.attendance.present, day.attendance.not_checked, day.attendance.too_few) == (
        18,
        (),
        1,
    )
    assert day.posts.turns == 17
    assert day.posts.handed_over == 2
    assert day.disinfection.rounds == 6


def test_residents_rated(day: DayFigures) -> None:
    (low,) = day.ratings.low
    assert (low.grade, low.reasons) == (1, ("slow",))
    assert day.ratings.total == sum(one.count for one in day.ratings.by_grade) > 15
    assert day.tickets.given_to_others == 1


def test_parts_add_up(day: DayFigures) -> None:
    checks, done = day.screening, day.tickets
    assert checks.residents + checks.staff + checks.others == checks.total
    assert sum(hour.count for hour in checks.by_hour) == checks.total
    assert sum(part.count for part in done.distribution) == done.measured == done.finished
    for name in ("opened", "finished"):
        assert sum(getattr(line, name) for line in day.windows) == getattr(done, name)
        assert sum(getattr(line, name) for line in done.by_matter) == getattr(done, name)
    assert sum(line.within for line in day.windows) == done.within_promise
    assert sum(line.slips for line in day.windows) == day.slips.total
    asked = day.consultations
    assert sum(one.count for one in asked.by_outcome) == asked.total == 128
    assert sum(one.count for one in asked.by_channel) == asked.total
    outcomes = {one.code: one.count for one in asked.by_outcome}
    assert (outcomes["slip"], outcomes["ticket"]) == (day.slips.total, done.opened)
    assert outcomes["notice"] == asked.notices_given
    assert sum(line.phone_cases for line in day.windows) == day.phone_cases.total
    assert sum(line.callbacks_settled for line in day.windows) == day.callbacks.settled
    inside = day.people
    assert inside.came - inside.left_by_key == inside.left_at_close
    kept = day.custody
    assert kept.received + kept.new_papers == kept.handed_back + kept.kept_copies + sum(
        p.count for p in kept.out
    )


def test_the_next_morning_is_full_of_life(boss: Actor) -> None:
    board = tickets.board(boss)
    assert len(board.queued) == 3
    assert len(board.handling) == 3
    assert len(board.suspended) == 2
    assert len(board.ready) == 2
    assert len(screening.holds(boss)) == 1
    waiting = callbacks.counts(boss)
    assert (waiting.due, waiting.overdue, waiting.side) == (3, 1, 1)
    (dispute,) = incidents.open_ones(boss)
    assert (dispute.kind, len(dispute.going)) == ("dispute", 1)
    assert {one.post: one.staff for one in posts.on_posts(boss) if one.post != "window"} == {
        "screening": "王静",
        "consultation": "李雪梅",
        "proxy": "陈晓东",
    }
    assert custody.papers_out(boss)


def test_the_report_of_a_past_day_does_not_change_with_what_comes_after(
    sample_hall: Store, boss: Actor
) -> None:
    before = figures.as_json(figures.of_day(boss, sample_day.DAY))
    suspended = tickets.board(boss).suspended[0]
    tickets.resume(boss, suspended.id)
    tickets.finish(boss, suspended.id, "已办理")
    shown = tickets.get(boss, suspended.id)
    tickets.hand_back(boss, suspended.id, tickets.Proof("pickup_code", shown.pickup_code))
    assert figures.as_json(figures.of_day(boss, sample_day.DAY)) == before


def test_pdf_and_json_tell_the_same(day: DayFigures) -> None:
    told = json.loads(figures.as_json(day))
    pdf = pypdf.PdfReader(io.BytesIO(daily_report(day)))
    text = "".join(page.extract_text() for page in pdf.pages)
    for number in (
        told["screening"]["total"],
        told["tickets"]["opened"],
        told["tickets"]["cumulative"],
        told["custody"]["received"],
        told["custody"]["handed_back"],
        *(line["number"] for line in told["custody"]["out"]),
    ):
        assert str(number) in text
    for line in told["windows"]:
        assert f"{line['number']} 号窗口 {line['name']}" in text
    assert told["digest"][:4] in text


def test_the_same_day_gives_the_same_bytes(day: DayFigures, boss: Actor) -> None:
    assert daily_report(day) == daily_report(figures.of_day(boss, sample_day.DAY))


def test_every_run_lives_the_same_day(tmp_path: Path, quick_pins: None) -> None:
    told = []
    for name in ("one", "two"):
        with sample_day.make(str(tmp_path / name / "hall.sqlite3")) as store:
            boss = accounts.sign_in(store, sample_day.PEOPLE["manager"], sample_day.PIN)
            told.append(figures.as_json(figures.of_day(boss, sample_day.DAY)))
    assert told[0] == told[1]


def test_no_row_has_a_whole_id_number_and_the_journal_no_person(sample_hall: Store) -> None:
    names = {row.name for row in models.TemperatureCheck.select() if row.person == "resident"}
    phones = {row.phone for row in models.Ticket.select()}
    journal = " ".join(row.facts for row in models.JournalEntry.select())
    assert not [name for name in names | phones if name and name in journal]


def test_a_day_ahead_is_refused(boss: Actor) -> None:
    with pytest.raises(errors.DayNotOver):
        figures.of_day(boss, date(2030, 1, 1))


def test_an_empty_day_is_a_day(boss: Actor) -> None:
    empty = figures.of_day(boss, date(2020, 2, 22))
    assert (empty.tickets.opened, empty.screening.total, empty.as_of, empty.entries) == (
        0,
        0,
        None,
        0,
    )
    assert empty.tickets.open_at_end == 2
    assert daily_report(empty).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 0.9, None),
        ([5.0], 0.9, 5.0),
        ([1.0, 2.0, 3.0, 4.0], 0.5, 2.0),
        (list(map(float, range(1, 11))), 0.9, 9.0),
    ],
)
def test_percentiles_are_nearest_rank(
    values: list[float], share: float, expected: float | None
) -> None:
    assert figures.percentile(values, share) == expected
