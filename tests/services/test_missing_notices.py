"""一次性告知单: exactly what is missing, a code that survives a slip of the finger, and the next visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_10

from hall_desk import errors
from hall_desk.services import codes
from hall_desk.services import missing_notices as notices
from hall_desk.services.accounts import Actor
from hall_desk.services.missing_notices import NewNotice, NoticeItem
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from hall_desk.store.models import JournalEntry
from tests.conftest import MORNING

MISSING = (
    NoticeItem("户口本", original=True, count=1, note="户主页也要"),
    NoticeItem("𬭊氏证明", original=False, count=2),
)
COMPLETE = (NoticeItem("身份证"),)


@pytest.fixture
def new(small_hall: dict[str, Any]) -> NewNotice:
    return NewNotice(
        new_id(),
        small_hall["medical"],
        MISSING,
        COMPLETE,
        name="于女士",
        phone="138 0000 4127",
        note="下周三前来可免填表",
    )


def journal(store: Store) -> list[tuple[str, str]]:
    with store.reading():
        return [
            (row.kind, row.facts)
            for row in JournalEntry.select().order_by(JournalEntry.at, JournalEntry.id)
            if row.kind.startswith("missing_notice.")
        ]


# --- giving --------------------------------------------------------------------------------------


def test_a_notice_says_what_is_missing_what_is_there_and_where_to_come(
    store: Store, front_desk: Actor, new: NewNotice
) -> None:
    facts = notices.give(front_desk, new)
    assert (facts.missing, facts.complete) == (MISSING, COMPLETE)
    assert (facts.matter, facts.window.number, facts.window.phone) == (
        "医保卡领取",
        "3",
        "010-5555-0103",
    )
    assert (facts.resident, facts.note, facts.clerk) == ("于**", "下周三前来可免填表", "陈晓")
    assert f"{facts.given_at:%H:%M}" == "10:03"
    assert facts.scan == codes.of_notice(front_desk.hall_id, facts.code)
    assert notices.facts(front_desk, new.id) == facts


def test_the_preview_is_the_paper_and_leaves_nothing(
    store: Store, front_desk: Actor, new: NewNotice
) -> None:
    seen = notices.preview(front_desk, new)
    assert notices.today(front_desk) == []
    assert notices.give(front_desk, new) == seen


def test_a_second_enter_is_the_same_notice(store: Store, front_desk: Actor, new: NewNotice) -> None:
    assert notices.give(front_desk, new) == notices.give(front_desk, new)
    changed = replace(new, note="改过")
    assert notices.give(front_desk, changed).note == "下周三前来可免填表"
    assert len(notices.today(front_desk)) == len(journal(store)) == 1


def test_nobody_stands_in_the_journal(store: Store, front_desk: Actor, new: NewNotice) -> None:
    notices.give(front_desk, new)
    ((kind, facts),) = journal(store)
    assert kind == "missing_notice.given"
    assert '"missing":2' in facts
    assert not any(secret in facts for secret in ("于女士", "4127", "户口本", "免填表"))


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"missing": ()}, "missing", "empty"),
        ({"missing": (NoticeItem(" "),)}, "papers", "name"),
        ({"missing": (NoticeItem("照片", count=0),)}, "papers", "count"),
        ({"missing": (NoticeItem("照片", count=100),)}, "papers", "count"),
        ({"missing": (NoticeItem("照" * 81),)}, "papers", "too_long"),
        ({"missing": (NoticeItem("照片", note="白" * 81),)}, "papers", "too_long"),
        ({"missing": (NoticeItem("照片"),) * 30}, "missing", "too_many"),
        ({"phone": "12"}, "phone", "not_a_phone"),
        ({"name": "于" * 41}, "name", "too_long"),
        ({"note": "长" * 201}, "note", "too_long"),
    ],
)
def test_what_is_refused_leaves_nothing(
    front_desk: Actor, new: NewNotice, change: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(errors.BadInput) as refused:
        notices.give(front_desk, replace(new, **change))
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert notices.today(front_desk) == []


def test_an_unknown_matter_or_window_is_not_found(front_desk: Actor, new: NewNotice) -> None:
    for change, kind in (({"matter_id": new_id()}, "matter"), ({"window_id": new_id()}, "window")):
        with pytest.raises(errors.NotFound) as refused:
            notices.give(front_desk, replace(new, **change))
        assert refused.value.kind == kind


def test_another_window_may_be_named(
    front_desk: Actor, new: NewNotice, small_hall: dict[str, Any]
) -> None:
    facts = notices.give(front_desk, replace(new, window_id=small_hall["window2"]))
    assert facts.window.number == "2"


def test_a_window_clerk_may_give_one_too(clerk: Actor, new: NewNotice) -> None:
    assert notices.give(clerk, new).clerk == "张敏"


# --- the code ------------------------------------------------------------------------------------


@given(st.uuids())
def test_the_code_follows_from_the_key_and_its_check_digit_is_iso_7064(key: UUID) -> None:
    code = notices.code_of(key)
    assert code == notices.code_of(key)
    assert len(code) == 12
    assert mod_11_10.is_valid(code)
    assert notices.read_code(code) == code


@given(st.uuids(), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(key: UUID, at: int, by: int) -> None:
    code = notices.code_of(key)
    wrong = code[:at] + str((int(code[at]) + by) % 10) + code[at + 1 :]
    with pytest.raises(errors.BadInput) as refused:
        notices.read_code(wrong)
    assert refused.value.reason == "checksum"


def test_it_is_read_however_it_was_typed_or_scanned(front_desk: Actor, new: NewNotice) -> None:
    code = notices.give(front_desk, new).code
    wide = "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in code)
    for typed in (
        code,
        notices.grouped(code),
        f" {code[:4]}-{code[4:8]}-{code[8:]} ",
        wide,
        f"HDN1*{code}",
        codes.of_notice(front_desk.hall_id, code),
        codes.of_notice(front_desk.hall_id, code).lower().replace("*", "×"),
        f"hdn1*{code}\n",
        f"ＨＤＮ１＊{code}",
        f"HDN1×{code}",  # what a Chinese input method makes of the star
    ):
        assert notices.looks_like_code(typed), typed
        assert notices.find(front_desk, typed).id == new.id, typed


@pytest.mark.parametrize(
    "typed", ["", "ybk", "13800004127", "医保卡", "HD1*A018*20200221*9F3C21A0"]
)
def test_other_texts_are_no_code(front_desk: Actor, typed: str) -> None:
    assert not notices.looks_like_code(typed)
    with pytest.raises(errors.BadInput) as refused:
        notices.find(front_desk, typed)
    assert (refused.value.field, refused.value.reason) == ("code", "shape")


def test_a_right_code_of_no_notice_says_so(front_desk: Actor) -> None:
    code = notices.code_of(new_id())
    with pytest.raises(errors.NotFound) as refused:
        notices.find(front_desk, code)
    assert (refused.value.kind, refused.value.key) == ("missing_notice", notices.grouped(code))


def test_of_two_notices_with_the_same_code_the_newer_one_is_meant(
    store: Store, front_desk: Actor, new: NewNotice
) -> None:
    code = notices.give(front_desk, new).code
    store.freeze(MORNING + timedelta(days=400))
    later = replace(new, id=new_id())
    notices.give(front_desk, later)
    with store.change(front_desk) as change:
        models.MissingNotice.update(code=code).where(models.MissingNotice.id == later.id).execute()
        change.record("test.collided")
    assert notices.find(front_desk, code).id == later.id


# --- the next visit ------------------------------------------------------------------------------


def test_the_next_visit_opens_it_and_is_journalled_once_a_day(
    store: Store, front_desk: Actor, new: NewNotice
) -> None:
    notices.give(front_desk, new)
    store.freeze(MORNING + timedelta(days=3))
    opened = notices.reopen(front_desk, new.id)
    assert opened.notice.missing == MISSING
    assert opened.notice.reopened_at == MORNING + timedelta(days=3)
    assert (opened.phone, opened.notice.phone_masked) == ("13800004127", "138****4127")
    assert opened.matter is not None
    assert opened.matter.code == "YB01"
    store.freeze(MORNING + timedelta(days=3, minutes=2))
    assert notices.reopen(front_desk, new.id).notice.reopened_at == MORNING + timedelta(days=3)
    assert journal(store)[1:] == [("missing_notice.reopened", '{"days":3}')]
    store.freeze(MORNING + timedelta(days=4))
    notices.reopen(front_desk, new.id)
    assert len(journal(store)) == 3


def test_a_matter_that_was_retired_meanwhile_is_not_offered(
    store: Store, front_desk: Actor, new: NewNotice
) -> None:
    notices.give(front_desk, new)
    with store.change(front_desk) as change:
        models.Matter.update(retired_at=change.at).where(models.Matter.code == "YB01").execute()
        change.record("matter.retired")
    opened = notices.reopen(front_desk, new.id)
    assert opened.matter is None
    assert opened.notice.matter == "医保卡领取"


def test_a_notice_that_is_not_there_cannot_be_opened(front_desk: Actor) -> None:
    for call in (notices.reopen, notices.facts):
        with pytest.raises(errors.NotFound):
            call(front_desk, new_id())


def test_a_lost_paper_is_found_by_phone(
    store: Store, front_desk: Actor, new: NewNotice, small_hall: dict[str, Any]
) -> None:
    notices.give(front_desk, new)
    store.freeze(MORNING + timedelta(days=1))
    other = replace(new, id=new_id(), matter_id=small_hall["residence"])
    notices.give(front_desk, other)
    found = notices.by_phone(front_desk, "+86 138-0000-4127")
    assert [notice.id for notice in found] == [other.id, new.id]
    assert [n.id for n in notices.by_phone(front_desk, "13800004127", new.matter_id)] == [new.id]
    assert notices.by_phone(front_desk, "4127") == []
    assert notices.by_phone(front_desk, "13800004128") == []
    assert [notice.id for notice in notices.today(front_desk)] == [other.id]
