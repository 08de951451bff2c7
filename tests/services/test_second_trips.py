"""二次跑动: who came again for one matter, for want of what, and what the checklist says of it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest

from hall_desk import errors, i18n
from hall_desk.services import (
    checklists,
    matters,
    retention,
    second_trips,
    tickets,
    trip_tables,
    undo,
)
from hall_desk.services.accounts import Actor
from hall_desk.services.figures import period
from hall_desk.services.second_trips import ABSENT, OPTIONAL, OTHER_FORM, REQUIRED, SecondTrips
from hall_desk.services.trip_records import MissingPaper
from hall_desk.store.database import Store
from hall_desk.store.models import JournalEntry, Material
from tests.conftest import MORNING
from tests.services.trips import SUNS_ID, SUNS_PHONE, ZHAO, ZHAOS_PHONE, Days

FIRST = MORNING.date()
NEVER = "no paper"


@pytest.fixture
def days(store: Store, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]) -> Days:
    return Days(store, front_desk, clerk, small_hall)


@pytest.fixture
def count(store: Store, manager: Actor) -> Callable[..., SecondTrips]:
    """The report of some days, the first of them a month before day 0, looked at on the last."""

    def counted(last: int, within: int = 30, first: int = -31) -> SecondTrips:
        store.freeze(MORNING + timedelta(days=last, hours=6))
        span = period.between(FIRST + timedelta(days=first), FIRST + timedelta(days=last))
        return second_trips.of_period(manager, span, within)

    return counted


def told(figures: SecondTrips) -> list[tuple[str, str, int, int]]:
    """Code, paper, trips and people of each line."""
    return [
        (line.code, line.paper.name if line.paper else NEVER, line.count, line.people)
        for line in figures.lines
    ]


# --- what a second trip is -------------------------------------------------------------------------


def test_a_ticket_after_a_notice_is_a_second_trip(days: Days, count: Any) -> None:
    days.notice(0, "户口本")
    days.ticket(3)
    figures = count(3)
    assert told(figures) == [("YB01", "户口本", 1, 1)]
    (line,) = figures.lines
    (trip,) = line.trips
    assert (trip.first_kind, trip.second_kind, trip.second_number) == ("notice", "ticket", "A001")
    assert (trip.days, trip.certain, trip.first_window) == (3, False, "3")
    assert (line.visits, line.share, line.median_days) == (2, 0.5, 3)
    assert (figures.trips, figures.people, figures.firsts) == (1, 1, 1)


@pytest.mark.parametrize(
    ("day", "hour", "trips"), [(0, 0.4, 0), (0, 0.5, 1), (30, 0, 1), (31, 0, 0)]
)
def test_it_is_no_sooner_than_half_an_hour_and_no_later_than_thirty_days(
    days: Days, count: Any, day: int, hour: float, trips: int
) -> None:
    days.notice(0, "户口本")
    days.ticket(day, hour=hour)
    assert count(40).trips == trips


def test_how_many_days_may_lie_between_can_be_chosen(days: Days, count: Any) -> None:
    days.notice(0, "户口本")
    days.ticket(8)
    assert [count(9, within).trips for within in (7, 8, 90)] == [0, 1, 1]
    for within in (0, 91):
        with pytest.raises(errors.BadInput) as refused:
            count(9, within)
        assert (refused.value.field, refused.value.reason) == ("trip_days", "range")


def test_it_counts_on_the_day_of_the_second_visit(days: Days, count: Any) -> None:
    days.notice(0, "户口本")
    days.ticket(5)
    assert [count(9, first=first).trips for first in (4, 5, 6)] == [1, 1, 0]
    assert count(4).trips == 0


def test_another_matter_is_no_second_trip(days: Days, count: Any) -> None:
    days.notice(0, "户口本")
    days.ticket(2, matter="residence")
    assert count(3).lines == ()


def test_each_return_counts_once(days: Days, count: Any) -> None:
    days.notice(0, "户口本")
    days.asked(0, "slip", hour=0.1)
    days.notice(4, "户口本")
    days.ticket(6)
    figures = count(7)
    assert told(figures) == [("YB01", "户口本", 2, 1)]
    assert [trip.second_kind for trip in figures.lines[0].trips] == ["ticket", "notice"]


def test_two_missing_papers_are_two_lines_and_one_trip(days: Days, count: Any) -> None:
    days.notice(0, "户口本", "照片")
    days.ticket(2)
    figures = count(3)
    assert sorted(told(figures)) == sorted([("YB01", "户口本", 1, 1), ("YB01", "照片", 1, 1)])
    assert (figures.trips, figures.people) == (1, 1)


# --- how a first visit ends without a result --------------------------------------------------------


def test_a_suspended_ticket_that_is_taken_up_again_is_a_certain_return(
    days: Days, count: Any
) -> None:
    ticket = days.ticket(0, name=ZHAO, phone="")
    days.suspended(ticket, "缺户口本复印件，请子女送来")
    days.at(2)
    tickets.resume(days.clerk, ticket.card.id)
    figures = count(3)
    assert told(figures) == [("YB01", "户口本复印件", 1, 1)]
    (trip,) = figures.lines[0].trips
    assert (trip.second_kind, trip.certain, trip.words) == (
        "resumed",
        True,
        "缺户口本复印件，请子女送来",
    )
    assert (figures.certain, figures.nameless) == (1, 0)


def test_a_ticket_taken_up_within_the_visit_is_none(days: Days, count: Any) -> None:
    ticket = days.ticket(0)
    days.suspended(ticket, "缺照片")
    days.at(0, 0.2)
    tickets.resume(days.clerk, ticket.card.id)
    assert count(3).lines == ()


def test_a_resumption_that_was_undone_is_none(days: Days, count: Any) -> None:
    ticket = days.ticket(0)
    days.suspended(ticket, "缺照片")
    days.at(2)
    tickets.resume(days.clerk, ticket.card.id)
    undo.undo(days.clerk, ticket.card.id)
    assert count(3).lines == ()


@pytest.mark.parametrize("outcome", ["withdrawn", "terminated"])
def test_a_ticket_broken_off_and_a_new_one(days: Days, count: Any, outcome: str) -> None:
    ticket = days.ticket(0)
    if outcome == "withdrawn":
        tickets.withdraw(days.desk, ticket.card.id, "身份证过期，改天再来")
    else:
        days.handled(ticket)
        tickets.terminate(days.clerk, ticket.card.id, "身份证过期")
    days.ticket(9)
    figures = count(9)
    assert told(figures) == [("YB01", "身份证", 1, 1)]
    (trip,) = figures.lines[0].trips
    assert (trip.first_kind, trip.first_number, trip.second_ticket) == (outcome, "A001", trip.key)


def test_papers_not_as_listed_name_what_was_missing(days: Days, count: Any) -> None:
    ticket = days.ticket(0)
    tickets.claim(days.clerk, ticket.card.id)
    copy = next(paper for paper in ticket.papers if not paper.original)
    tickets.received(days.clerk, ticket.card.id, {copy.id: "missing"})
    tickets.terminate(days.clerk, ticket.card.id, "不齐")
    days.ticket(1)
    figures = count(2)
    assert told(figures) == [("YB01", "户口本复印件", 1, 1)]
    assert figures.lines[0].trips[0].first_kind == "terminated"


def test_who_was_sent_away_and_came_again_lacked_no_paper(days: Days, count: Any) -> None:
    days.asked(0, "slip")
    days.asked(4, "settled")
    figures = count(5)
    assert told(figures) == [("YB01", NEVER, 1, 1)]
    assert figures.lines[0].standing == ""


@pytest.mark.parametrize(
    ("outcome", "channel"), [("settled", "in_person"), ("ticket", "in_person"), ("slip", "phone")]
)
def test_a_consultation_that_settled_or_was_no_visit_is_no_first_trip(
    days: Days, count: Any, outcome: str, channel: str
) -> None:
    days.asked(0, outcome, channel=channel)
    days.ticket(3)
    assert count(3).lines == ()


# --- who is the same person --------------------------------------------------------------------------


def test_a_notice_opened_again_needs_no_name(days: Days, count: Any) -> None:
    given = days.notice(0, "户口本", name="", phone="")
    days.scan(5, given)
    figures = count(6)
    assert told(figures) == [("YB01", "户口本", 1, 1)]
    (trip,) = figures.lines[0].trips
    assert (trip.second_kind, trip.certain, trip.days) == ("scan", True, 5)
    assert figures.certain == 1


def test_the_ticket_opened_from_the_notice_is_the_visit(days: Days, count: Any) -> None:
    given = days.notice(0, "户口本")
    days.scan(5, given)
    days.ticket(5, hour=0.1)
    figures = count(6)
    (trip,) = figures.lines[0].trips
    assert (trip.second_kind, trip.second_number, trip.certain) == ("ticket", "A001", True)


@pytest.mark.parametrize(
    ("name", "phone", "trips"),
    [
        ("孙桂兰", SUNS_PHONE, 1),
        ("", SUNS_PHONE, 1),
        ("赵永福", SUNS_PHONE, 0),  # a son's phone may serve both parents
        ("孙桂兰", ZHAOS_PHONE, 0),
        ("孙桂兰", "", 0),  # a name alone is nobody
    ],
)
def test_a_person_is_the_phone_without_another_name(
    days: Days, count: Any, name: str, phone: str, trips: int
) -> None:
    days.notice(0, "户口本", name=name, phone=phone)
    days.ticket(3)
    assert count(4).trips == trips


def test_an_id_number_says_more_than_a_phone(days: Days, count: Any) -> None:
    first = days.ticket(0, phone=ZHAOS_PHONE, id_number=SUNS_ID)
    tickets.withdraw(days.desk, first.card.id, "改天再来")
    days.ticket(2, phone=SUNS_PHONE, id_number=SUNS_ID)
    other = days.ticket(3, matter="residence", id_number=SUNS_ID)
    tickets.withdraw(days.desk, other.card.id, "改天再来")
    days.ticket(5, matter="residence", id_number="110105194912310038")
    assert told(count(6)) == [("YB01", NEVER, 1, 1)]


def test_people_are_counted_once_each(days: Days, count: Any) -> None:
    for phone, name in ((SUNS_PHONE, "孙桂兰"), (ZHAOS_PHONE, ZHAO)):
        days.notice(0, "户口本", name=name, phone=phone)
        days.notice(2, "户口本", name=name, phone=phone)
        days.ticket(4, name=name, phone=phone)
    figures = count(6)
    assert told(figures) == [("YB01", "户口本", 4, 2)]
    assert (figures.trips, figures.people) == (4, 2)


def test_what_cannot_be_followed_is_counted(days: Days, manager: Actor, count: Any) -> None:
    days.notice(0, "户口本", name="", phone="")
    given = days.notice(0, "照片")
    days.scan(2, given)
    ticket = days.ticket(3)
    days.handled(ticket)
    figures = count(4)
    assert (figures.trips, figures.nameless, figures.forgotten) == (1, 1, 0)
    days.at(190)
    retention.purge(manager, FIRST + timedelta(days=190))
    figures = count(190, first=-31)
    # The scan is still certain; of the other nobody knows any more that nothing was ever written.
    assert (figures.trips, figures.nameless, figures.forgotten) == (1, 0, 1)
    assert "1 次" in trip_tables.unmatched_words(figures)


# --- the paper and its checklist ----------------------------------------------------------------------


def test_how_a_paper_stands_on_the_checklist_today(
    store: Store, manager: Actor, days: Days, count: Any
) -> None:
    with store.change(manager) as change:
        change.record("matter.changed", None)
        rows = Material.select().where(Material.matter == days.matters["transfer"])
        for row in rows:
            Material.delete().where(Material.id == row.id).execute()
        Material.create(
            id=row.id, hall=manager.hall_id, matter=days.matters["transfer"], name="照片",
            required=False, position=0, force_insert=True,
        )  # fmt: skip
    days.notice(0, " 身份证", "居住证")
    days.notice(0, "户口本复印件", "身份证", name=ZHAO, phone=ZHAOS_PHONE, original=False)
    days.notice(0, "照片", matter="transfer")
    days.ticket(1)
    days.ticket(1, name=ZHAO, phone=ZHAOS_PHONE)
    days.ticket(1, matter="transfer")
    found = {
        (line.code, line.paper.name, line.paper.original): line.standing
        for line in count(2).lines
        if line.paper
    }
    assert found == {
        ("YB01", "身份证", True): REQUIRED,
        ("YB01", "居住证", True): ABSENT,
        ("YB01", "户口本复印件", False): REQUIRED,
        ("YB01", "身份证", False): OTHER_FORM,
        ("YB02", "照片", True): OPTIONAL,
    }


def test_the_most_trips_come_first_and_lines_without_a_paper_after_their_equals(
    days: Days, count: Any
) -> None:
    for number, papers in enumerate((["照片"], ["照片"], ["户口本"], [])):
        phone = f"1380000000{number}"
        if papers:
            days.notice(0, *papers, name="", phone=phone)
        else:
            days.asked(0, "online", name="", phone=phone)
        days.ticket(1, name="某人", phone=phone)
    assert [(paper, trips) for _code, paper, trips, _people in told(count(2))] == [
        ("照片", 2),
        ("户口本", 1),
        (NEVER, 1),
    ]


def test_the_report_changes_the_checklist(
    store: Store, manager: Actor, days: Days, count: Any
) -> None:
    days.notice(0, "居住证")
    days.ticket(1)
    (line,) = count(2).lines
    assert line.paper is not None
    checklists.put_on(manager, line.matter_id, line.paper, "三个月内")
    (line,) = count(2).lines
    assert line.standing == REQUIRED
    listed = matters.get(days.desk, line.matter_id).materials
    assert [(one.name, one.required, one.note) for one in listed][-1] == (
        "居住证",
        True,
        "三个月内",
    )
    with pytest.raises(errors.AlreadyThere):
        checklists.put_on(manager, line.matter_id, MissingPaper("居住 证"))
    with store.reading():
        entry = JournalEntry.select().where(JournalEntry.kind == "matter.changed").get()
    facts = json.loads(entry.facts)
    assert (entry.subject, facts["fields"]) == (line.matter_id, ["materials"])
    assert len(facts["after"]["materials"]) == len(facts["before"]["materials"]) + 1


def test_a_paper_of_the_checklist_is_made_required_and_explained(
    store: Store, manager: Actor, days: Days
) -> None:
    matter, paper = days.matters["medical"], MissingPaper("身份证")
    with store.change(manager) as change:
        change.record("matter.changed", None)
        row = Material.get(Material.matter == matter, Material.name == "身份证")
        Material.delete().where(Material.id == row.id).execute()
        row.required = False
        row.save(force_insert=True)
    checklists.require(manager, matter, paper)
    checklists.require(manager, matter, paper)
    checklists.write_note(manager, matter, paper, "正反两面")
    listed = matters.get(days.desk, matter).materials
    assert [(one.name, one.required, one.note) for one in listed] == [
        ("身份证", True, "正反两面"),
        ("户口本复印件", True, ""),
    ]
    with store.reading():
        changes = JournalEntry.select().where(JournalEntry.kind == "matter.changed").count()
    assert changes == 3
    for act in (checklists.require, lambda *about: checklists.write_note(*about, "词")):
        with pytest.raises(errors.NotFound):
            act(manager, matter, MissingPaper("照片"))


# --- bounds and files ----------------------------------------------------------------------------------


def test_a_period_is_a_year_at_most_and_not_ahead(manager: Actor) -> None:
    with pytest.raises(errors.BadInput) as refused:
        second_trips.of_period(manager, period.between(date(2018, 1, 1), FIRST))
    assert (refused.value.field, refused.value.reason) == ("period", "too_long")
    ahead = FIRST + timedelta(days=1)
    with pytest.raises(errors.DayNotOver):
        second_trips.of_period(manager, period.between(ahead, ahead))


def test_no_file_names_a_person_or_repeats_free_words(days: Days, count: Any) -> None:
    ticket = days.ticket(0)
    days.suspended(ticket, "孙桂兰的户口本复印件没带")
    days.at(2)
    tickets.resume(days.clerk, ticket.card.id)
    figures = count(3)
    book = openpyxl.load_workbook(io.BytesIO(trip_tables.as_xlsx(figures)))
    cells = [
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    ]
    for text in (
        trip_tables.as_json(figures),
        trip_tables.as_csv(figures).decode("utf-8-sig"),
        "\n".join(cells),
    ):
        assert "户口本复印件" in text
        assert "A001" in text
        assert "没带" not in text
        assert "孙桂兰" not in text
        assert SUNS_PHONE not in text


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_tables_have_real_numbers_under_their_headings(
    days: Days, count: Any, language: str
) -> None:
    days.notice(0, "居住证")
    days.ticket(3)
    i18n.use(language)
    figures = count(4)
    book = openpyxl.load_workbook(io.BytesIO(trip_tables.as_xlsx(figures)))
    lines, visits, _meaning = book.worksheets
    head, row = list(lines.iter_rows(values_only=True))
    assert len(head) == len(row) == len(trip_tables.headings())
    assert row[4:10] == (1, 1, 2, 0.5, 3, 0)
    assert list(visits.iter_rows(values_only=True))[1][-1] == 3
    read = list(csv.reader(io.StringIO(trip_tables.as_csv(figures).decode("utf-8-sig"))))
    assert read[1][4:10] == ["1", "1", "2", "50.0", "3", "0"]
    facts = json.loads(trip_tables.as_json(figures))
    assert facts["lines"][0]["on_checklist"] == ABSENT
