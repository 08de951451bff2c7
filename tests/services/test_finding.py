"""The one box: whatever a clerk has in hand or remembers finds the thing, and what is not there finds nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_desk import errors
from hall_desk.services import accounts, codes, finding, missing_notices, tickets
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.finding import Found, MatterHit, NoticeHit, PaperHit, TicketHit
from hall_desk.services.missing_notices import NewNotice, NoticeItem
from hall_desk.services.tickets import NewPaper, NewTicket, Proof
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING, PIN


def open_ticket(actor: Actor, matter: Any, name: str = "于女士", phone: str = "13800004127") -> Any:
    papers = (NewPaper("身份证"), NewPaper("户口本复印件", original=False))
    return tickets.open(
        actor, NewTicket(new_id(), matter, name, phone, consent=True, papers=papers)
    )


def close(desk: Actor, clerk: Actor, ticket: Any) -> None:
    tickets.claim(clerk, ticket.card.id)
    tickets.received(clerk, ticket.card.id)
    tickets.finish(clerk, ticket.card.id, "已办好")
    tickets.hand_back(desk, ticket.card.id, Proof("pickup_code", ticket.pickup_code))


def found_tickets(found: Found) -> list[tuple[str, str]]:
    return [(hit.card.number, hit.found_by) for hit in found.hits if isinstance(hit, TicketHit)]


def kinds(found: Found) -> list[str]:
    return [type(group[0]).__name__ for group in found.groups]


# --- tickets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "how"),
    [
        ("A001", "number"),
        ("a1", "number"),
        ("Ａ００１", "number"),
        ("于女士", "name"),
        ("于", "name"),
        ("yns", "name"),
        ("yunv", "name"),
        ("4127", "phone"),
        ("127", "phone"),
        ("13800004127", "phone"),
    ],
)
def test_a_ticket_is_found_by_whatever_one_has(
    front_desk: Actor, small_hall: dict[str, Any], typed: str, how: str
) -> None:
    open_ticket(front_desk, small_hall["medical"])
    open_ticket(front_desk, small_hall["residence"], "钱先生", "13900001111")
    assert found_tickets(finding.search(front_desk, typed)) == [("A001", how)]


def test_a_receipt_finds_its_ticket_and_brings_the_proof_along(
    front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    ticket = open_ticket(front_desk, small_hall["medical"])
    code = tickets.receipt_facts(front_desk, ticket.card.id).code
    for scanned in (code, code.lower(), code.replace("*", "×"), f"  {code} ", f"]Q1{code}"):
        found = finding.scanned(front_desk, scanned)
        assert found.meant == "receipt"
        (hit,) = found.hits
        assert isinstance(hit, TicketHit)
        assert (hit.card.id, hit.proof) == (ticket.card.id, code)


def test_a_receipt_is_good_whenever_it_was_printed(
    store: Store, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    ticket = open_ticket(front_desk, small_hall["medical"])
    code = tickets.receipt_facts(front_desk, ticket.card.id).code
    close(front_desk, clerk, ticket)
    store.freeze(MORNING + timedelta(days=400))
    assert found_tickets(finding.scanned(front_desk, code)) == [("A001", "receipt")]


def test_a_forged_receipt_finds_nothing(front_desk: Actor, small_hall: dict[str, Any]) -> None:
    ticket = open_ticket(front_desk, small_hall["medical"])
    code = tickets.receipt_facts(front_desk, ticket.card.id).code
    forged = codes.of_ticket(front_desk.hall_id, "A001", MORNING.date(), "00000000")
    old = "HD1*A001*20200221*00000000"
    for wrong, meant in (
        (forged, "receipt"),
        (old, "receipt"),
        (code.replace("20200221", "20200222"), "misread"),
        (code.replace("20200221", "20209999"), "misread"),
        (old.replace("20200221", "20209999"), "misread"),
    ):
        found = finding.search(front_desk, wrong)
        assert (found.meant, found.hits) == (meant, ())


def test_a_routing_slips_number_means_todays_ticket_or_one_still_open(
    store: Store, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    first = open_ticket(front_desk, small_hall["medical"])
    store.freeze(MORNING + timedelta(days=1))
    second = open_ticket(front_desk, small_hall["residence"], "钱先生", "13900001111")
    assert first.card.number == second.card.number == "A001"
    found = finding.scanned(front_desk, "A001")
    assert [hit.card.id for hit in found.hits if isinstance(hit, TicketHit)] == [
        second.card.id,
        first.card.id,
    ]
    close(front_desk, clerk, first)
    found = finding.scanned(front_desk, "A001")
    assert [hit.card.id for hit in found.hits if isinstance(hit, TicketHit)] == [second.card.id]


def test_a_closed_ticket_is_found_by_number_and_day(
    store: Store, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    close(front_desk, clerk, open_ticket(front_desk, small_hall["medical"]))
    store.freeze(MORNING + timedelta(days=1))
    open_ticket(front_desk, small_hall["residence"], "钱先生", "13900001111")
    for typed in ("A001 2-21", "A001 0221", "a1 2020-02-21", "A001 昨天", "A001 2月21日"):
        (hit,) = finding.search(front_desk, typed).hits
        assert isinstance(hit, TicketHit)
        assert (hit.card.name, hit.card.state) == ("于女士", "closed")
    assert finding.search(front_desk, "A001 2-19").hits == ()


def test_a_bare_number_finds_what_was_closed_lately_when_nothing_nearer_has_it(
    store: Store, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    close(front_desk, clerk, open_ticket(front_desk, small_hall["medical"]))
    store.freeze(MORNING + timedelta(days=31))
    assert found_tickets(finding.search(front_desk, "A001")) == [("A001", "number")]
    store.freeze(MORNING + timedelta(days=32))
    assert finding.search(front_desk, "A001").hits == ()


def test_a_whole_phone_number_finds_closed_tickets_too_and_a_tail_does_not(
    store: Store, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    close(front_desk, clerk, open_ticket(front_desk, small_hall["medical"]))
    store.freeze(MORNING + timedelta(days=3))
    assert found_tickets(finding.search(front_desk, "13800004127")) == [("A001", "phone")]
    assert found_tickets(finding.search(front_desk, "4127")) == []


def test_a_day_lists_its_tickets(
    store: Store, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    close(front_desk, clerk, open_ticket(front_desk, small_hall["medical"]))
    store.freeze(MORNING + timedelta(days=5))
    assert found_tickets(finding.search(front_desk, "2020-02-21")) == [("A001", "day")]
    assert found_tickets(finding.search(front_desk, "2月21日")) == [("A001", "day")]


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2020-02-20", date(2020, 2, 20)),
        ("20200220", date(2020, 2, 20)),
        ("2-20", date(2020, 2, 20)),
        ("0220", date(2020, 2, 20)),
        ("２月２０日", date(2020, 2, 20)),
        ("2/21", date(2020, 2, 21)),
        ("12-31", date(2019, 12, 31)),
        ("昨天", date(2020, 2, 20)),
        ("2-30", None),
        ("13-01", None),
        ("于女士", None),
        ("", None),
    ],
)
def test_days_are_read_as_they_are_typed(typed: str, day: date | None) -> None:
    assert finding.read_day(typed, date(2020, 2, 21)) == day


@given(st.text(max_size=30))
def test_no_text_is_a_day_that_is_not_one(typed: str) -> None:
    day = finding.read_day(typed, date(2020, 2, 29))
    assert day is None or isinstance(day, date)


def test_the_29th_of_february_is_not_looked_for_in_a_year_without_it() -> None:
    assert finding.read_day("2-29", date(2021, 3, 1)) is None
    assert finding.read_day("2-29", date(2020, 3, 1)) == date(2020, 2, 29)
    assert finding.read_day("2-29", date(2020, 2, 1)) is None


# --- papers, matters, notices ------------------------------------------------------------------------


def test_whose_is_this_id_card(front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]) -> None:
    open_ticket(front_desk, small_hall["medical"])
    second = open_ticket(front_desk, small_hall["residence"], "钱先生", "13900001111")
    found = finding.search(front_desk, "身份证")
    papers = [hit for hit in found.hits if isinstance(hit, PaperHit)]
    assert [(hit.paper.name, hit.card.name, hit.card.number) for hit in papers] == [
        ("身份证", "于女士", "A001"),
        ("身份证", "钱先生", "A002"),
    ]
    (his,) = [hit for hit in finding.search(front_desk, "sfz 钱").hits if isinstance(hit, PaperHit)]
    assert (his.card.id, his.paper.holder_staff) == (second.card.id, "陈晓")


def test_papers_are_found_by_who_has_them_until_they_are_back(
    front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    ticket = open_ticket(front_desk, small_hall["medical"])
    tickets.claim(clerk, ticket.card.id)
    tickets.received(clerk, ticket.card.id)
    held = [hit for hit in finding.search(front_desk, "张敏").hits if isinstance(hit, PaperHit)]
    assert {(hit.paper.name, hit.paper.holder_window) for hit in held} == {
        ("身份证", "3"),
        ("户口本复印件", "3"),
    }
    tickets.finish(clerk, ticket.card.id, "已办好")
    tickets.hand_back(front_desk, ticket.card.id, Proof("pickup_code", ticket.pickup_code))
    assert not [h for h in finding.search(front_desk, "身份证").hits if isinstance(h, PaperHit)]


def test_a_matter_is_found_beside_tickets_and_the_exacter_kind_comes_first(
    front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    open_ticket(front_desk, small_hall["medical"], "易碧珂")  # y b k, as 医保卡
    found = finding.search(front_desk, "ybk")
    assert kinds(found) == ["TicketHit", "MatterHit"]
    found = finding.search(front_desk, "YB01")
    assert kinds(found) == ["MatterHit"]
    assert [hit.matter.code for hit in found.hits if isinstance(hit, MatterHit)] == ["YB01"]
    found = finding.search(front_desk, "医保卡领取")
    assert kinds(found)[0] == "MatterHit"


def test_a_notice_is_found_by_its_code_and_by_phone(
    front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    given = missing_notices.give(
        front_desk,
        NewNotice(
            new_id(), small_hall["medical"], (NoticeItem("收入证明"),), name="吴女士",
            phone="13700006620",
        ),
    )  # fmt: skip
    for scanned in (given.scan, given.code, given.scan.replace("*", "×")):
        found = finding.scanned(front_desk, scanned)
        assert found.meant == "notice"
        (hit,) = found.hits
        assert isinstance(hit, NoticeHit)
        assert hit.notice.code == given.code
    by_phone = finding.search(front_desk, "13700006620")
    assert kinds(by_phone) == ["NoticeHit"]
    wrong = given.code[:-1] + str((int(given.code[-1]) + 1) % 10)
    assert finding.scanned(front_desk, wrong).hits == ()


@pytest.mark.parametrize(
    "scanned",
    ["6901234567892", "https://example.org/a", "HD1*A001", "于女士", "于", "", "   ", "X" * 5000],
)
def test_a_scan_that_is_no_code_of_ours_is_never_guessed_at(
    front_desk: Actor, small_hall: dict[str, Any], scanned: str
) -> None:
    open_ticket(front_desk, small_hall["medical"])
    assert finding.scanned(front_desk, scanned).hits == ()


@pytest.mark.parametrize(
    "text",
    ["A018", "a18", "HD1*A018*20200221*9F3C21A0", "HD1*A018*20200221", "hd1*A018*20200221*k7qmU"],
)
def test_codes_of_ours_are_known_by_their_shape(text: str) -> None:
    assert finding.is_code(text)


@pytest.mark.parametrize(
    "text",
    ["13800004127", "11010519491231002X", "于女士", "365", "ybk", "", "HD1*A018*20200221*K7QMX"],
)
def test_what_people_type_is_no_code(text: str) -> None:
    assert not finding.is_code(text)


def test_each_kind_has_an_end(front_desk: Actor, small_hall: dict[str, Any]) -> None:
    for number in range(12):
        open_ticket(front_desk, small_hall["medical"], f"于女士{number}", f"138000041{number:02d}")
    found = finding.search(front_desk, "于", limit=5)
    assert max(len(group) for group in found.groups) == 5


def test_a_name_with_a_rare_character_is_found(
    front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    open_ticket(front_desk, small_hall["medical"], "𠮷先生")
    assert found_tickets(finding.search(front_desk, "𠮷先")) == [("A001", "name")]


def test_the_foyers_pc_finds_nothing(manager: Actor, store: Store) -> None:
    accounts.add_staff(manager, "候办区", Role.FOYER, PIN)
    foyer = accounts.sign_in(store, "候办区", PIN)
    for ask in (finding.search, finding.scanned):
        with pytest.raises(errors.NotAllowed):
            ask(foyer, "A001")


def test_what_is_repeated_is_read_by_an_index(
    store: Store, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    hall, day = front_desk.hall_id.hex, "2020-02-21"
    asked = (
        (finding._NEAR, (hall, hall, day, 10), ("ticket_open", "service_day")),
        (finding._NUMBERED, (hall, day, "A001", hall, "A001", 10), ("ticket_open", "service_day")),
        (finding._OF_PHONE, ("13800004127", 8), ("ticket_phone",)),
    )
    if store.postgres:
        store.execute("SET enable_seqscan = off")
    for sql, parameters, indexes in asked:
        with store.reading():
            explain = "EXPLAIN " if store.postgres else "EXPLAIN QUERY PLAN "
            plan = str(store.execute(explain + sql, parameters).fetchall())
        for index in indexes:
            assert index in plan, plan
        assert "SCAN ticket" not in plan, plan


def test_receipts_of_the_sample_day_are_all_found(sample_hall: Store) -> None:
    boss = accounts.operator(sample_hall)
    board = tickets.board(boss)
    cards = (*board.queued, *board.handling, *board.suspended, *board.ready)
    assert cards
    for card in cards:
        code = tickets.receipt_facts(boss, card.id).code
        (hit,) = finding.scanned(boss, code).hits
        assert isinstance(hit, TicketHit)
        assert hit.card == card
    assert finding.is_receipt(code)
