"""A manager puts right what was written on a ticket; the words before and the reason stay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hall_desk import errors
from hall_desk.services import tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.tickets import FieldChange, NewCorrection, NewPaper, NewTicket, TicketView
from hall_desk.store import models
from hall_desk.store.ids import new_id


@pytest.fixture
def ticket(front_desk: Actor, small_hall: dict[str, Any]) -> TicketView:
    return tickets.open(
        front_desk,
        NewTicket(
            new_id(), small_hall["medical"], "于女士", "13800004127", consent=True,
            papers=(NewPaper("身份证"),),
        ),
    )  # fmt: skip


def asked(ticket: TicketView, *changes: FieldChange, reason: str = "登记时听错") -> NewCorrection:
    return NewCorrection(new_id(), ticket.card.id, changes, reason)


def test_name_phone_remark_and_priority_are_put_right(
    manager: Actor, ticket: TicketView, small_hall: dict[str, Any]
) -> None:
    correction = asked(
        ticket,
        FieldChange("phone", "138****4127", "13900001111"),
        FieldChange("name", "于女士", "余女士"),
        FieldChange("remark", "", "听力不好"),
        FieldChange("priority", "", "70+"),
    )
    right = tickets.correct(manager, correction)
    assert (right.card.name, right.phone_masked, right.remark, right.card.priority) == (
        "余女士",
        "139****1111",
        "听力不好",
        "70+",
    )
    rank = models.Ticket.get_by_id(ticket.card.id).queue_rank
    assert rank == ticket.card.opened_at - timedelta(minutes=10)
    rows = {row.field: (row.before, row.after) for row in models.Correction.select()}
    assert rows == {
        "name": ("于女士", "余女士"),
        "phone": ("13800004127", "13900001111"),
        "remark": ("", "听力不好"),
        "priority": ("", "70+"),
    }
    told = right.history[0]
    assert (told.kind, told.facts["note"]) == ("ticket.corrected", "登记时听错")
    assert told.facts["fields"] == ["name", "phone", "priority", "remark"]
    journal = " ".join(entry.facts for entry in models.JournalEntry.select())
    assert not any(word in journal for word in ("余女士", "13900001111", "听力", "听错"))


def test_a_name_is_put_right_on_every_ticket_of_the_visit(
    manager: Actor, front_desk: Actor, ticket: TicketView, small_hall: dict[str, Any]
) -> None:
    second, third = (
        tickets.open(
            front_desk,
            NewTicket(new_id(), small_hall[matter], "", consent=True, visit=ticket.card.id),
        )
        for matter in ("residence", "transfer")
    )
    correction = asked(
        second,
        FieldChange("name", "于女士", "余女士"),
        FieldChange("phone", "138****4127", "13900001111"),
        FieldChange("remark", "", "只在这一单"),
    )
    tickets.correct(manager, correction)
    tickets.correct(manager, correction)
    for one in (ticket, second, third):
        now = tickets.get(manager, one.card.id)
        assert (now.card.name, now.phone_masked) == ("余女士", "139****1111")
        assert now.history[0].facts["note"] == "登记时听错"
        assert bool(now.remark) == (one is second)
    assert models.Correction.select().count() == 3 + 2 + 2


def test_said_twice_it_is_one_correction(manager: Actor, ticket: TicketView) -> None:
    correction = asked(ticket, FieldChange("name", "于女士", "余女士"))
    assert tickets.correct(manager, correction) == tickets.correct(manager, correction)
    assert models.Correction.select().count() == 1


def test_a_waiting_ticket_goes_to_the_right_matter_and_window(
    manager: Actor, front_desk: Actor, ticket: TicketView, small_hall: dict[str, Any]
) -> None:
    before = small_hall["medical"].hex
    right = tickets.correct(
        manager, asked(ticket, FieldChange("matter", before, small_hall["residence"].hex))
    )
    assert (right.card.matter, right.card.window_number) == ("居住证办理", "2")
    moved = tickets.correct(
        manager,
        asked(
            ticket,
            FieldChange("window", small_hall["window2"].hex, small_hall["window3"].hex),
        ),
    )
    assert (moved.card.matter, moved.card.window_number) == ("居住证办理", "3")


def test_a_matter_of_the_same_window_stays_there(
    manager: Actor, ticket: TicketView, small_hall: dict[str, Any]
) -> None:
    right = tickets.correct(
        manager,
        asked(
            ticket,
            FieldChange("matter", small_hall["medical"].hex, small_hall["transfer"].hex),
        ),
    )
    assert (right.card.matter, right.card.window_number) == ("变更定点医疗机构", "3")


def test_where_it_goes_is_not_put_right_once_somebody_works_on_it(
    manager: Actor, clerk: Actor, ticket: TicketView, small_hall: dict[str, Any]
) -> None:
    tickets.claim(clerk, ticket.card.id)
    for field, seen, value in (
        ("matter", small_hall["medical"], small_hall["residence"]),
        ("window", small_hall["window3"], small_hall["window2"]),
    ):
        with pytest.raises(errors.WrongState):
            tickets.correct(manager, asked(ticket, FieldChange(field, seen.hex, value.hex)))


def test_a_result_is_put_right_only_when_there_is_one(
    manager: Actor, clerk: Actor, ticket: TicketView
) -> None:
    change = FieldChange("result", "", "已变更为 4 家医院")
    with pytest.raises(errors.WrongState):
        tickets.correct(manager, asked(ticket, change))
    tickets.claim(clerk, ticket.card.id)
    tickets.finish(clerk, ticket.card.id, "已变更为 3 家医院")
    right = tickets.correct(
        manager, asked(ticket, FieldChange("result", "已变更为 3 家医院", "已变更为 4 家医院"))
    )
    assert right.result == "已变更为 4 家医院"


def test_what_another_pc_put_right_meanwhile_is_not_written_over(
    manager: Actor, ticket: TicketView
) -> None:
    tickets.correct(manager, asked(ticket, FieldChange("name", "于女士", "余女士")))
    with pytest.raises(errors.ChangedMeanwhile):
        tickets.correct(
            manager,
            asked(
                ticket, FieldChange("name", "于女士", "俞女士"), FieldChange("remark", "", "改过")
            ),
        )
    now = tickets.get(manager, ticket.card.id)
    assert (now.card.name, now.remark) == ("余女士", "")


@pytest.mark.parametrize(
    ("change", "reason", "field"),
    [
        (FieldChange("name", "于女士", " "), "听错", "name"),
        (FieldChange("phone", "138****4127", "138x"), "听错", "phone"),
        (FieldChange("priority", "", "VIP"), "听错", "priority"),
        (FieldChange("name", "于女士", "余女士"), " ", "reason"),
        (FieldChange("name", "于女士", "于女士"), "听错", "changes"),
        (FieldChange("number", "A001", "A002"), "听错", "changes"),
        (FieldChange("matter", "", "x"), "听错", "matter"),
    ],
)
def test_bad_corrections_name_the_field(
    manager: Actor, ticket: TicketView, change: FieldChange, reason: str, field: str
) -> None:
    with pytest.raises(errors.BadInput) as refused:
        tickets.correct(manager, asked(ticket, change, reason=reason))
    assert refused.value.field == field
    assert models.Correction.select().count() == 0


def test_only_managers_put_right(front_desk: Actor, clerk: Actor, ticket: TicketView) -> None:
    for actor in (front_desk, clerk):
        with pytest.raises(errors.NotAllowed):
            tickets.correct(actor, asked(ticket, FieldChange("name", "于女士", "余女士")))
