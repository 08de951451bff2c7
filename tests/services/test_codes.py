"""A code on paper says whose it is, and a wrong character or two that changed places are noticed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_2

from hall_desk import errors, i18n
from hall_desk.services import codes, finding, hand_backs, missing_notices, passages, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.finding import NoticeHit, TicketHit
from hall_desk.services.missing_notices import NewNotice, NoticeItem
from hall_desk.services.passages import NewPassage
from hall_desk.services.tickets import NewTicket, Proof, TicketView
from hall_desk.store.ids import new_id

HALL, OTHER = UUID(int=0x5EED), UUID(int=0xBEEF)
DAY = date(2020, 2, 21)

numbers = st.from_regex(r"[A-Z][0-9]{3,4}", fullmatch=True)
proofs = st.just("") | st.from_regex(r"[0-9A-F]{8}", fullmatch=True)
days = st.dates(date(2019, 1, 1), date(2099, 12, 31))
of_tickets = st.builds(codes.of_ticket, st.uuids(), numbers, days, proofs)
of_notices = st.builds(codes.of_notice, st.uuids(), st.from_regex(r"[0-9]{12}", fullmatch=True))
printed = of_tickets | of_notices


def noticed(text: str) -> bool:
    """Whether a changed code is refused, or no longer taken for one of ours at all."""
    try:
        return codes.read(text) is None
    except errors.BadInput as error:
        return error.field == "code" and error.reason in ("not_whole", "misread")


# --- by themselves ---------------------------------------------------------------------------------


@given(st.uuids(), numbers, days, proofs)
def test_a_tickets_code_says_what_it_was_made_of(
    hall: UUID, number: str, day: date, proof: str
) -> None:
    code = codes.of_ticket(hall, number, day, proof)
    read = codes.read(code)
    assert read is not None
    assert (read.number, read.day, read.proof) == (number, day, proof)
    assert read.kind == ("receipt" if proof else "ticket")
    assert read.is_of(hall)
    assert mod_37_2.is_valid(code)


@given(printed)
def test_a_code_fits_the_small_characters_of_a_qr_code(code: str) -> None:
    # ISO/IEC 18004, table 5; and no more of them than version 2 holds, so that its modules are large.
    assert set(code) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    assert len(code) <= 38


@given(st.text(codes.CHARACTERS, min_size=1, max_size=40))
def test_the_check_character_is_iso_7064(text: str) -> None:
    assert codes.check_character(text) == mod_37_2.calc_check_digit(text)


@given(printed, st.data())
def test_every_wrong_character_is_noticed(code: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(st.sampled_from(codes.CHARACTERS.replace(code[at], "")))
    assert noticed(code[:at] + wrong + code[at + 1 :])


def test_every_wrong_character_at_every_place_of_one_code_is_noticed() -> None:
    for code in (
        codes.of_ticket(HALL, "A018", DAY, "9F3C21A0"),
        codes.of_ticket(HALL, "A018", DAY),
        codes.of_notice(HALL, "407218853316"),
    ):
        for at, right in enumerate(code):
            for wrong in codes.CHARACTERS.replace(right, ""):
                assert noticed(code[:at] + wrong + code[at + 1 :])


@given(printed, st.data())
def test_two_characters_that_changed_places_are_noticed(code: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(code) - 2))
    assume(code[at] != code[at + 1])
    assert noticed(code[:at] + code[at + 1] + code[at] + code[at + 2 :])


@given(printed, st.data())
def test_a_code_that_was_cut_off_is_noticed_or_is_an_older_one(
    code: str, data: st.DataObject
) -> None:
    cut = code[: data.draw(st.integers(6, len(code) - 1))]
    if not noticed(cut):
        read = codes.read(cut)
        assert read is not None
        assert read.mark == ""


@given(st.uuids(), st.uuids())
def test_halls_differ_in_their_mark(hall: UUID, other: UUID) -> None:
    assume(codes.mark_of(hall) != codes.mark_of(other))
    code = codes.of_ticket(hall, "A018", DAY, "9F3C21A0")
    assert codes.read_own(code, hall) is not None
    with pytest.raises(errors.BadInput) as refused:
        codes.read_own(code, other)
    assert (refused.value.reason, refused.value.facts["kind"]) == ("other_hall", "receipt")


def test_a_thousand_halls_have_a_thousand_marks() -> None:
    marks = {codes.mark_of(UUID(int=number << 64)) for number in range(300)}
    assert len(marks) == 300
    assert all(len(mark) == codes.MARK_LENGTH for mark in marks)


@pytest.mark.parametrize(
    "spoil",
    [
        str.lower,
        lambda code: f"  {code}\n",
        lambda code: code.replace("*", " * "),
        lambda code: " ".join(code),
        lambda code: code.replace("*", "×"),
        lambda code: "".join(chr(ord(character) + 0xFEE0) for character in code),
        lambda code: f"]Q1{code}",
    ],
    ids=["small", "around", "beside stars", "spaced", "times", "full width", "symbology"],
)
@given(printed)
def test_a_code_may_be_typed_as_people_and_input_methods_type(
    spoil: Callable[[str], str], code: str
) -> None:
    assert codes.read(spoil(code)) == codes.read(code)


@pytest.mark.parametrize(
    "text", ["", "A018", "6901234567892", "于女士", "HD", "hd1", "HDN2*1", "医保 卡"]
)
def test_what_is_no_code_of_ours_is_left_alone(text: str) -> None:
    assert codes.read(text) is None
    assert codes.plain(text) == text.upper()


@given(st.text())
def test_nothing_that_is_scanned_breaks_the_reading(text: str) -> None:
    for scanned in (text, f"HD1*{text}", f"HDN1*{text}"):
        with contextlib.suppress(errors.BadInput):
            codes.read(scanned)


# --- in a hall ---------------------------------------------------------------------------------------


@pytest.fixture
def ticket(front_desk: Actor, small_hall: dict[str, Any]) -> TicketView:
    new = NewTicket(new_id(), small_hall["medical"], "于女士", "13800004127", consent=True)
    return tickets.open(front_desk, new)


def of_elsewhere(code: str) -> str:
    """The same code as another hall would have printed it."""
    read = codes.read(code)
    assert read is not None
    if read.day is None:
        return codes.of_notice(OTHER, read.number)
    return codes.of_ticket(OTHER, read.number, read.day, read.proof)


def misread(code: str) -> str:
    return code[:-1] + ("0" if code[-1] != "0" else "1")


def without_mark(code: str) -> str:
    return code[: -codes.MARK_LENGTH - 2]


def test_another_halls_paper_is_said_to_be_that_and_nothing_is_found(
    front_desk: Actor, ticket: TicketView
) -> None:
    facts = tickets.receipt_facts(front_desk, ticket.card.id)
    notice = codes.of_notice(front_desk.hall_id, "407218853316")
    for code, kind in ((facts.code, "receipt"), (facts.reference, "ticket"), (notice, "notice")):
        for ask in (finding.search, finding.scanned):
            found = ask(front_desk, of_elsewhere(code))
            assert (found.meant, found.hits) == (f"other_hall_{kind}", ())
            found = ask(front_desk, misread(code))
            assert (found.meant, found.hits) == ("misread", ())


def test_a_half_typed_code_is_no_mistake_yet_and_a_half_scanned_one_is(
    front_desk: Actor, ticket: TicketView
) -> None:
    code = tickets.receipt_facts(front_desk, ticket.card.id).code[:12]
    assert finding.search(front_desk, code).meant == ""
    assert finding.scanned(front_desk, code).meant == "misread"


def test_papers_of_this_hall_open_what_they_are_of_with_and_without_mark(
    front_desk: Actor, ticket: TicketView
) -> None:
    facts = tickets.receipt_facts(front_desk, ticket.card.id)
    for code in (facts.code, facts.reference, ticket.card.number):
        for paper in (code, code.lower(), without_mark(code) if "*" in code else code):
            for ask in (finding.search, finding.scanned):
                (hit,) = ask(front_desk, paper).hits
                assert isinstance(hit, TicketHit)
                assert hit.card.id == ticket.card.id
                assert bool(hit.proof) == (code == facts.code)


def test_a_notice_opens_with_and_without_mark(
    front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    new = NewNotice(new_id(), small_hall["medical"], (NoticeItem("收入证明"),))
    given = missing_notices.give(front_desk, new)
    for paper in (given.scan, without_mark(given.scan), given.code, given.scan.lower()):
        (hit,) = finding.scanned(front_desk, paper).hits
        assert isinstance(hit, NoticeHit)
        assert hit.notice.id == new.id
    for wrong, reason in (
        (of_elsewhere(given.scan), "other_hall"),
        (misread(given.scan), "misread"),
    ):
        with pytest.raises(errors.BadInput) as refused:
            missing_notices.find(front_desk, wrong)
        assert refused.value.reason == reason
    assert "其他大厅" in i18n.explain(errors.BadInput("code", "other_hall", kind="notice"))


@pytest.mark.parametrize(
    ("spoil", "reason", "said"),
    [
        (of_elsewhere, "other_hall", "其他大厅"),
        (misread, "misread", "有误"),
        (lambda c: c[:-3], "not_whole", "不完整"),
    ],
)
def test_neither_door_nor_hand_back_takes_a_wrong_receipt(
    front_desk: Actor,
    clerk: Actor,
    ticket: TicketView,
    spoil: Callable[[str], str],
    reason: str,
    said: str,
) -> None:
    code = spoil(tickets.receipt_facts(front_desk, ticket.card.id).code)
    passages.come_in(front_desk, NewPassage(new_id(), 3))
    with pytest.raises(errors.BadInput) as refused:
        passages.leave(front_desk, NewPassage(new_id(), receipt=code))
    assert (refused.value.field, refused.value.reason) == ("receipt", reason)
    assert said in i18n.explain(refused.value)
    assert passages.inside(front_desk).count == 3
    tickets.claim(clerk, ticket.card.id)
    tickets.finish(clerk, ticket.card.id, "已办结")
    with pytest.raises(errors.BadInput) as refused:
        hand_backs.hand_back(front_desk, ticket.card.id, Proof("receipt", code))
    assert (refused.value.field, refused.value.reason) == ("proof", reason)
    assert said in i18n.explain(refused.value)


def test_an_old_receipt_proves_as_ever_and_a_bag_proves_nothing(
    front_desk: Actor, clerk: Actor, ticket: TicketView
) -> None:
    facts = tickets.receipt_facts(front_desk, ticket.card.id)
    tickets.claim(clerk, ticket.card.id)
    tickets.finish(clerk, ticket.card.id, "已办结")
    with pytest.raises(errors.WrongProof):
        hand_backs.hand_back(front_desk, ticket.card.id, Proof("receipt", facts.reference))
    old = Proof("receipt", without_mark(facts.code).lower())
    assert hand_backs.hand_back(front_desk, ticket.card.id, old).card.state == "closed"


def test_a_receipt_of_the_same_number_of_another_ticket_proves_nothing(
    front_desk: Actor, clerk: Actor, ticket: TicketView, small_hall: dict[str, Any]
) -> None:
    other = tickets.open(
        front_desk, NewTicket(new_id(), small_hall["residence"], "钱先生", consent=True)
    )
    code = tickets.receipt_facts(front_desk, other.card.id).code
    read = codes.read(code)
    assert read is not None
    swapped = replace(read, number=ticket.card.number)
    assert swapped.day is not None
    forged = codes.of_ticket(front_desk.hall_id, swapped.number, swapped.day, swapped.proof)
    tickets.claim(clerk, ticket.card.id)
    tickets.finish(clerk, ticket.card.id, "已办结")
    for wrong in (code, forged):
        with pytest.raises(errors.WrongProof):
            hand_backs.hand_back(front_desk, ticket.card.id, Proof("receipt", wrong))


def test_a_notices_code_is_one_when_all_of_it_is_typed() -> None:
    whole = codes.of_notice(HALL, missing_notices.code_of(HALL))
    assert not missing_notices.looks_like_code(whole[:9])
    assert missing_notices.looks_like_code(without_mark(whole))
    assert not missing_notices.looks_like_code(whole[:-2])
    assert missing_notices.looks_like_code(whole)
    assert missing_notices.looks_like_code(misread(whole)), "it is looked up, and said to be wrong"
