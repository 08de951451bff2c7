"""The consultation post: what was asked, what came of it, and taking back one's own within ten minutes."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from hall_desk import errors
from hall_desk.services import consultations, matters, slips, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.consultations import NewConsultation
from hall_desk.services.tickets import NewTicket
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from hall_desk.store.models import JournalEntry
from tests.conftest import MORNING


def new(outcome: str = "settled", **more: Any) -> NewConsultation:
    return NewConsultation(new_id(), outcome, **more)


def journal(store: Store, topic: str) -> list[tuple[str, str]]:
    with store.reading():
        return [
            (row.kind, row.facts)
            for row in JournalEntry.select().order_by(JournalEntry.at, JournalEntry.id)
            if row.kind.startswith(topic)
        ]


@pytest.mark.parametrize("outcome", consultations.OUTCOMES)
@pytest.mark.parametrize("channel", consultations.CHANNELS)
def test_every_outcome_on_every_channel(
    front_desk: Actor, small_hall: dict[str, Any], outcome: str, channel: str
) -> None:
    made = consultations.record(
        front_desk,
        new(
            outcome,
            channel=channel,
            matter_id=small_hall["medical"],
            question="要带什么",
            name="𬭊先生",
        ),
    )
    (listed,) = consultations.today(front_desk)
    assert listed == made
    assert (made.matter, made.outcome, made.channel) == ("医保卡领取", outcome, channel)
    assert (made.name, made.question, made.staff) == ("𬭊先生", "要带什么", "陈晓")


def test_a_question_needs_no_matter(front_desk: Actor) -> None:
    made = consultations.record(front_desk, new(question="派出所怎么走"))
    assert (made.matter, made.matter_id, made.question) == ("", None, "派出所怎么走")


def test_a_second_key_press_is_the_same_consultation(store: Store, front_desk: Actor) -> None:
    typed = new(question="几点下班")
    assert consultations.record(front_desk, typed) == consultations.record(front_desk, typed)
    assert consultations.summary(front_desk).total == 1
    assert len(journal(store, "consultation.")) == 1


@pytest.mark.parametrize(
    ("more", "field", "reason"),
    [
        ({}, "question", "empty"),
        ({"question": " \n "}, "question", "empty"),
        ({"question": "问" * 201}, "question", "too_long"),
        ({"question": "问", "phone": "138abc"}, "phone", "not_a_phone"),
        ({"question": "问", "name": "张" * 41}, "name", "too_long"),
        ({"question": "问", "channel": "pigeon"}, "channel", "unknown"),
        ({"question": "问", "outcome": "fever"}, "outcome", "unknown"),
    ],
)
def test_what_is_refused_leaves_nothing(
    front_desk: Actor, more: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(errors.BadInput) as refused:
        consultations.record(front_desk, new(**more))
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert consultations.today(front_desk) == []


def test_a_matter_that_is_not_of_this_hall_is_not_found(front_desk: Actor) -> None:
    with pytest.raises(errors.NotFound) as refused:
        consultations.record(front_desk, new(matter_id=new_id()))
    assert refused.value.kind == "matter"


def test_phones_are_masked_in_lists_and_never_journalled(store: Store, front_desk: Actor) -> None:
    consultations.record(front_desk, new(question="退休手续", name="于女士", phone="138 0000 4127"))
    assert consultations.today(front_desk)[0].phone_masked == "138****4127"
    ((kind, facts),) = journal(store, "consultation.")
    assert kind == "consultation.recorded"
    assert not any(secret in facts for secret in ("于女士", "13800004127", "退休手续"))


def test_what_came_of_it_is_named(front_desk: Actor, small_hall: dict[str, Any]) -> None:
    ticket = tickets.open(
        front_desk, NewTicket(new_id(), small_hall["medical"], "于女士", consent=True)
    )
    made = consultations.record(
        front_desk, new("ticket", matter_id=small_hall["medical"], led_to=ticket.card.id)
    )
    assert made.reference == ticket.card.number == "A001"


def test_undo_withdraws_ones_own_within_ten_minutes_and_keeps_it(
    store: Store, front_desk: Actor, manager: Actor
) -> None:
    first = consultations.record(front_desk, new(question="一"))
    with pytest.raises(errors.NotFound):
        consultations.undo(manager, first.id)  # somebody else's
    store.freeze(MORNING + timedelta(minutes=10))
    consultations.undo(front_desk, first.id)
    with pytest.raises(errors.NotFound):
        consultations.undo(front_desk, first.id)
    assert [line.withdrawn for line in consultations.today(front_desk)] == [True]
    assert consultations.summary(front_desk).total == 0
    assert consultations.summary(front_desk).withdrawn == 1
    second = consultations.record(front_desk, new(question="二"))
    store.freeze(MORNING + timedelta(minutes=20, seconds=1))
    assert not second.may_undo(front_desk, store.now())
    with pytest.raises(errors.NotFound):
        consultations.undo(front_desk, second.id)
    assert [kind for kind, _facts in journal(store, "consultation.")] == [
        "consultation.recorded",
        "consultation.withdrawn",
        "consultation.recorded",
    ]


def test_the_summary_counts_every_outcome(front_desk: Actor) -> None:
    for outcome in ("settled", "settled", "online"):
        consultations.record(front_desk, new(outcome, question="问"))
    consultations.record(front_desk, new("slip", question="问", channel="phone"))
    counts = consultations.summary(front_desk)
    assert counts.total == 4
    assert dict(counts.by_outcome) == {
        "settled": 2, "slip": 1, "callback": 0, "ticket": 0, "online": 1, "notice": 0,
    }  # fmt: skip
    assert dict(counts.by_channel) == {"in_person": 3, "phone": 1}


def test_midnight_belongs_to_the_next_day_of_the_hall(store: Store, front_desk: Actor) -> None:
    store.freeze(MORNING.replace(hour=15, minute=59, second=59))  # 23:59:59 in the hall
    late = consultations.record(front_desk, new(question="问"))
    yesterday = store.today()
    store.freeze(MORNING.replace(hour=16, minute=0, second=0))
    assert consultations.today(front_desk) == []
    consultations.undo(front_desk, late.id)
    consultations.record(front_desk, new(question="问"))
    with store.reading():
        assert consultations.of_day(front_desk, yesterday).withdrawn == 1
    assert consultations.summary(front_desk).total == 1


def test_the_list_ends_at_its_limit_newest_first(front_desk: Actor) -> None:
    for number in range(4):
        consultations.record(front_desk, new(question=str(number)))
    assert [line.question for line in consultations.today(front_desk, 3)] == ["3", "2", "1"]


def test_a_window_clerk_does_not_sit_at_the_consultation_post(clerk: Actor) -> None:
    for call in (
        lambda: consultations.record(clerk, new(question="问")),
        lambda: consultations.today(clerk),
        lambda: consultations.summary(clerk),
        lambda: consultations.undo(clerk, new_id()),
    ):
        with pytest.raises(errors.NotAllowed):
            call()


# --- which matters come first --------------------------------------------------------------------


def first_codes(actor: Actor, text: str = "") -> list[str]:
    return [line.code for line in matters.search(actor, text)]


def test_what_was_asked_most_today_is_found_first(
    store: Store, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    assert first_codes(front_desk) == ["JZ01", "YB01", "YB02"]
    slips.give(front_desk, new_id(), small_hall["window3"], small_hall["transfer"])
    assert first_codes(front_desk) == ["YB02", "JZ01", "YB01"]
    consultations.record(front_desk, new(matter_id=small_hall["medical"]))
    tickets.open(front_desk, NewTicket(new_id(), small_hall["medical"], "于女士", consent=True))
    assert first_codes(front_desk) == ["YB01", "YB02", "JZ01"]
    assert [line.used_today for line in matters.search(front_desk, "")] == [2, 1, 0]
    store.freeze(MORNING + timedelta(days=1))
    assert first_codes(front_desk) == ["JZ01", "YB01", "YB02"]


def test_among_what_fits_equally_the_most_used_comes_first(
    front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    assert first_codes(front_desk, "yb0") == ["YB01", "YB02"]  # both codes begin with it
    consultations.record(front_desk, new(matter_id=small_hall["transfer"]))
    assert first_codes(front_desk, "yb0") == ["YB02", "YB01"]
    # A better fit stays before a more used one.
    assert first_codes(front_desk, "YB01")[0] == "YB01"


def test_a_consultation_that_led_to_a_slip_counts_once(
    front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    slip = new_id()
    slips.give(front_desk, slip, small_hall["window3"], small_hall["medical"])
    consultations.record(front_desk, new("slip", matter_id=small_hall["medical"], led_to=slip))
    assert matters.search(front_desk, "ybk")[0].used_today == 1
    assert matters.get(front_desk, small_hall["medical"]).line.used_today == 1


def test_a_withdrawn_consultation_does_not_count(
    front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    made = consultations.record(front_desk, new(matter_id=small_hall["medical"]))
    consultations.undo(front_desk, made.id)
    assert matters.search(front_desk, "ybk")[0].used_today == 0


def test_two_thousand_matters_while_typing(manager: Actor, small_hall: dict[str, Any]) -> None:
    """`./desk bench search` has the figures (7-11 ms a key press); here only that nobody made it grow tenfold."""
    with manager.store.change(manager) as change:
        for start in range(0, 2000, 100):
            rows = [(new_id(), number) for number in range(start, start + 100)]
            models.Matter.insert_many(
                [
                    {"id": key, "hall": manager.hall_id, "code": f"Z{number:04}", "name": f"重度残疾人补贴第{number}项"}
                    for key, number in rows
                ]
            ).execute()  # fmt: skip
            models.MatterWindow.insert_many(
                [
                    {"hall": manager.hall_id, "matter": key, "window": small_hall["window3"], "position": 0}
                    for key, _number in rows
                ]
            ).execute()  # fmt: skip
        change.record("matter.added")
    matters.warm_up(manager)
    for typed in ("z", "zd", "zhongdu", "chongdu", "残疾", "ybk"):
        runs = []
        for _ in range(3):
            started = time.perf_counter()
            found = matters.search(manager, typed)
            runs.append(time.perf_counter() - started)
        assert found
        assert min(runs) < 0.1, f"{typed}: {min(runs) * 1000:.1f} ms"
    assert matters.search(manager, "ybk")[0].code == "YB01"


def test_a_changed_directory_is_searched_at_once(
    manager: Actor, small_hall: dict[str, Any]
) -> None:
    assert first_codes(manager, "ybk") == ["YB01"]
    with manager.store.change(manager) as change:
        models.Matter.update(name="社保卡领取", nicknames="小卡 老卡").where(
            models.Matter.id == small_hall["medical"]
        ).execute()
        models.MatterWindow.delete().where(
            models.MatterWindow.matter == small_hall["transfer"]
        ).execute()
        change.record("matter.changed", small_hall["medical"])
    assert first_codes(manager, "ybk") == []
    assert first_codes(manager, "sbk") == first_codes(manager, "laoka") == ["YB01"]
    assert first_codes(manager) == ["JZ01", "YB01"]  # a matter without a window is not offered
    assert first_codes(manager, "") == [line.code for line in matters.search(manager, "", 2)]
