"""Going on while the server is away: what is recorded then is numbered, kept, and sent in order, once each."""

from __future__ import annotations

import random
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hall_desk import errors
from hall_desk.services import (
    accounts,
    attendance,
    away,
    callbacks,
    consultations,
    disinfection,
    figures,
    halls,
    identity,
    incidents,
    missing_notices,
    number_troubles,
    passages,
    phone_cases,
    screening,
    slips,
    tickets,
)
from hall_desk.services.accounts import Actor
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from hall_desk.store.local_hall import fingerprint
from hall_desk.store.outbox import Outbox
from tests.cables import Cable, OwnServer, cable, database, own_server, place
from tests.conftest import MORNING, PIN

__all__ = ["cable", "database", "own_server", "place"]


@pytest.fixture
def outbox(store: Store, small_hall: dict[str, Any], tmp_path: Path) -> Iterator[Outbox]:
    """The desk's outbox; the hall was seen once, with all its people in it."""
    made = Outbox(tmp_path / "outbox")
    store.keep_outbox(made)
    yield made
    made.close()


@pytest.fixture
def desk(front_desk: Actor, second_clerk: Actor, outbox: Outbox) -> Actor:
    away.take_picture(front_desk.store)
    return front_desk


def check(temperature: str = "36.5", **more: Any) -> NewCheck:
    return NewCheck(new_id(), temperature, **more)


def ticket(hall: dict[str, Any], name: str = "孙秀英", **more: Any) -> NewTicket:
    return NewTicket(
        new_id(), hall["medical"], name, consent=True, papers=(NewPaper("身份证"),), **more
    )


def back(store: Store, cable: Cable) -> list[away.Sent]:
    """The server is there again; everything is sent."""
    cable.mend()
    store.found_again()
    store.come_back()
    done = [away.send(store)]
    while done[-1].left:
        done.append(away.send(store))
    return done


def states(store: Store) -> list[str]:
    assert store.outbox is not None
    return [record.state for record in store.outbox.records()]


def test_checks_slips_and_tickets_go_on_and_arrive_as_they_were(
    desk: Actor, small_hall: dict[str, Any], cable: Cable
) -> None:
    store = desk.store
    before = tickets.open(desk, ticket(small_hall, "赵一"))
    assert before.card.number == "A001"
    cable.refuse()
    seen = screening.record(desk, check(name="孙秀英", phone="13800006620"))
    opened = tickets.open(desk, ticket(small_hall))
    given = new_id()
    slips.give(desk, given, small_hall["window3"], small_hall["medical"])
    facts = tickets.receipt_facts(desk, opened.card.id)
    assert store.away
    assert (opened.card.number, seen.outcome) == ("A002", "normal")

    assert back(store, cable) == [away.Sent(sent=3, refused=0, left=0)]

    assert not store.away
    there = tickets.get(desk, opened.card.id)
    assert there.card.number == "A002"
    after = tickets.receipt_facts(desk, opened.card.id)
    assert (after.number, after.pickup_code, after.code) == (
        facts.number,
        facts.pickup_code,
        facts.code,
    )
    assert [row.id for row in screening.today(desk)] == [seen.id]
    with store.reading():
        assert models.Slip.get_by_id(given).letter == "A"
    assert tickets.open(desk, ticket(small_hall, "钱二")).card.number == "A003"


def test_a_second_matter_of_a_visit_shares_its_sheet_when_both_arrive(
    desk: Actor, small_hall: dict[str, Any], cable: Cable
) -> None:
    store = desk.store
    before = tickets.open(desk, ticket(small_hall))
    cable.refuse()
    first = tickets.open(desk, ticket(small_hall, "赵一"))
    sheet = first.papers[0]
    asked = NewTicket(
        new_id(), small_hall["residence"], "", consent=True, visit=first.card.id,
        papers=(NewPaper(sheet.name, shared_with=sheet.id),),
    )  # fmt: skip
    second = tickets.open(desk, asked)
    assert (second.card.name, second.papers[0].shared) == ("赵一", first.card.number)

    assert back(store, cable) == [away.Sent(sent=2, refused=0, left=0)]

    there = tickets.get(desk, second.card.id)
    assert (there.visit, there.card.name) == (first.card.id, "赵一")
    assert (there.papers[0].shared, there.papers[0].holder) == (first.card.number, "desk")
    assert there.pickup_code == second.pickup_code
    assert tickets.get(desk, before.card.id).visit is None


def test_every_duty_of_the_desk_goes_on_and_arrives(
    desk: Actor, clerk: Actor, small_hall: dict[str, Any], cable: Cable
) -> None:
    store = desk.store
    away.take_picture(store)
    cable.refuse()
    medical, window = small_hall["medical"], small_hall["window3"]
    item = missing_notices.NoticeItem("收入证明")
    notice = missing_notices.give(
        desk, missing_notices.NewNotice(new_id(), medical, (item,), name="孙秀英")
    )
    promised = callbacks.promise(
        desk, callbacks.NewCallback(new_id(), window, "13800006620", "孙秀英", medical)
    )
    asked = consultations.NewConsultation(
        new_id(), "callback", matter_id=medical, name="孙秀英", led_to=promised.id
    )
    consultations.record(desk, asked)
    reported = incidents.open(
        desk, incidents.NewIncident(new_id(), "refuses_rules", "大门", what="不戴口罩")
    )
    incidents.step(desk, incidents.NewStep(new_id(), reported.id, "已劝说"))
    came = attendance.NewAttendance(new_id(), desk.person(), "in", "36.4", mask=True)
    attendance.record(desk, came)
    passages.come_in(desk, passages.NewPassage(new_id()))
    disinfection.record(desk, disinfection.NewRound(new_id(), "大厅门口"))
    case = phone_cases.NewPhoneCase(new_id(), window, medical, "settled", 3)
    phone_cases.record(clerk, case)
    trouble = number_troubles.report(desk, number_troubles.NewTrouble(new_id(), window))
    assert store.away
    assert states(store) == ["waiting"] * 10

    assert back(store, cable) == [away.Sent(sent=10, refused=0, left=0)]

    assert states(store) == ["sent"] * 10
    assert missing_notices.find(desk, notice.code).name == "孙秀英"
    assert [line.id for line in consultations.today(desk)] == [asked.id]
    found = incidents.get(desk, reported.id)
    assert [step.text for step in found.steps if step.kind == "step"] == ["已劝说"]
    assert [entry.id for entry in attendance.today(desk)] == [came.id]
    assert [line.id for line in phone_cases.today(clerk)] == [case.id]
    assert [line.id for line in number_troubles.unsettled(desk)] == [trouble.id]
    with store.reading():
        assert models.Callback.get_by_id(promised.id).phone == "13800006620"


@pytest.mark.parametrize("command", sorted(away._COMMANDS))
def test_what_a_command_takes_can_be_kept(command: str) -> None:
    """Its values are plain: each has a known way to the file and back."""
    types = away._types(command)
    assert types.pop("actor") is Actor
    types.pop("return")
    assert types
    for kind in types.values():
        assert away._converter().get_structure_hook(kind) is not None


def test_what_happened_keeps_its_own_time(
    desk: Actor, small_hall: dict[str, Any], cable: Cable
) -> None:
    store = desk.store
    cable.refuse()
    store.freeze(MORNING + timedelta(minutes=7))
    opened = tickets.open(desk, ticket(small_hall))
    store.freeze(MORNING + timedelta(hours=2))
    back(store, cable)
    there = tickets.get(desk, opened.card.id)
    assert there.card.opened_at == MORNING + timedelta(minutes=7)
    assert there.history[-1].at == MORNING + timedelta(minutes=7)
    with store.reading():
        entry = models.JournalEntry.get(models.JournalEntry.kind == "ticket.opened")
    assert '"sent_at":"2020-02-21T04:03:27' in entry.facts


def test_numbers_begin_anew_at_midnight_while_the_server_is_away(
    desk: Actor, small_hall: dict[str, Any], cable: Cable
) -> None:
    store = desk.store
    cable.refuse()
    assert tickets.open(desk, ticket(small_hall, "甲")).card.number == "A001"
    store.freeze(MORNING + timedelta(days=1))
    assert tickets.open(desk, ticket(small_hall, "乙")).card.number == "A001"
    assert tickets.open(desk, ticket(small_hall, "丙")).card.number == "A002"
    assert back(store, cable)[-1].refused == 0
    assert tickets.open(desk, ticket(small_hall, "丁")).card.number == "A003"


def test_the_answer_is_lost_while_sending_and_nothing_is_there_twice(
    desk: Actor, small_hall: dict[str, Any], cable: Cable
) -> None:
    store = desk.store
    cable.refuse()
    opened = tickets.open(desk, ticket(small_hall))
    receipt = tickets.receipt_facts(desk, opened.card.id)
    cable.mend()
    cable.lose_next_commit()
    store.found_again()
    store.come_back()
    with pytest.raises(errors.DatabaseAway):
        away.send(store)
    assert away.send(store) == away.Sent(sent=1, refused=0, left=0)
    there = tickets.receipt_facts(desk, opened.card.id)
    assert (there.number, there.pickup_code) == (receipt.number, receipt.pickup_code)
    with store.reading():
        assert models.Ticket.select().count() == 1
        opened_entries = models.JournalEntry.select().where(
            models.JournalEntry.kind == "ticket.opened"
        )
        assert opened_entries.count() == 1


def test_a_lost_answer_with_the_server_there_is_asked_again_at_once(
    desk: Actor, small_hall: dict[str, Any], cable: Cable
) -> None:
    cable.lose_next_commit()
    assert tickets.open(desk, ticket(small_hall)).card.number == "A001"
    assert not desk.store.away
    assert states(desk.store) == []


def test_the_answer_is_lost_after_the_server_committed(
    desk: Actor, small_hall: dict[str, Any], cable: Cable
) -> None:
    store = desk.store
    asked = ticket(small_hall)
    tickets.open(desk, asked)  # the server has it
    assert store.outbox is not None
    cable.refuse()
    # The same press again, as the form does when no answer came.
    again = tickets.open(desk, asked)
    receipt = tickets.receipt_facts(desk, again.card.id)
    back(store, cable)
    there = tickets.receipt_facts(desk, asked.id)
    assert there.pickup_code == receipt.pickup_code
    with store.reading():
        assert models.Ticket.select().count() == 1


def test_a_double_enter_while_away_is_one_record(
    desk: Actor, small_hall: dict[str, Any], cable: Cable
) -> None:
    cable.refuse()
    asked, seen = ticket(small_hall), check()
    first = tickets.open(desk, asked)
    assert tickets.open(desk, asked).card.number == first.card.number
    screening.record(desk, seen)
    screening.record(desk, seen)
    assert states(desk.store) == ["waiting", "waiting"]
    back(desk.store, cable)
    assert states(desk.store) == ["sent", "sent"]


@pytest.mark.parametrize(
    "step",
    [
        lambda desk, hall: tickets.claim_next(
            replace(desk, role=accounts.Role.MANAGER), hall["window3"]
        ),
        lambda desk, _hall: halls.change_setting(
            replace(desk, role=accounts.Role.MANAGER), "recheck_minutes", 6
        ),
        lambda desk, _hall: figures.of_day(
            replace(desk, role=accounts.Role.MANAGER), desk.store.today()
        ),
    ],
    ids=["claiming", "settings", "report"],
)
def test_what_needs_the_server_says_so(
    desk: Actor, small_hall: dict[str, Any], cable: Cable, step: Callable[..., Any]
) -> None:
    cable.refuse()
    tickets.open(desk, ticket(small_hall))
    with pytest.raises(errors.DatabaseAway):
        step(desk, small_hall)
    assert states(desk.store) == ["waiting"]


def test_a_held_person_is_measured_again_across_the_cut(desk: Actor, cable: Cable) -> None:
    first = screening.record(desk, check("37.8", name="吴某"))
    away.take_picture(desk.store)
    cable.refuse()
    second = screening.record(desk, check("36.8", recheck_of=first.id))
    assert second.outcome == "normal"
    assert screening.holds(desk) == []
    assert back(desk.store, cable)[-1].refused == 0
    assert screening.holds(desk) == []


def test_what_the_hall_refuses_is_kept_with_the_reason_and_the_rest_goes_on(
    desk: Actor,
    manager: Actor,
    small_hall: dict[str, Any],
    cable: Cable,
    own_server: OwnServer,
    place: str,
) -> None:
    store = desk.store
    cable.refuse()
    first = tickets.open(desk, ticket(small_hall, "甲"))
    second = tickets.open(
        desk, replace(ticket(small_hall, "乙"), matter_id=small_hall["residence"])
    )
    name = place.rsplit("/", 1)[1]
    key = small_hall["medical"]
    own_server.run(f"UPDATE matter SET retired_at = now() WHERE id = '{key}'", database=name)  # noqa: S608
    assert back(store, cable) == [away.Sent(sent=1, refused=1, left=0)]
    line = next(line for line in away.waiting(store).lines if line.state == "refused")
    assert (line.number, line.what) == (first.card.number, "tickets.open")
    assert isinstance(line.error, errors.BadInput)
    assert (line.error.field, line.error.reason) == ("matter", "gone")
    assert tickets.get(desk, second.card.id).card.number == "A002"

    # A manager brings the matter back and lets it be sent again: number, papers and all.
    with pytest.raises(errors.NotAllowed):
        away.try_again(desk, line.id)
    own_server.run(f"UPDATE matter SET retired_at = NULL WHERE id = '{key}'", database=name)  # noqa: S608
    away.try_again(manager, line.id)
    assert away.send(store).sent == 1
    assert tickets.get(desk, first.card.id).card.number == "A001"


def test_a_manager_settles_a_refused_record_and_the_journal_says_why(
    desk: Actor,
    manager: Actor,
    small_hall: dict[str, Any],
    cable: Cable,
    own_server: OwnServer,
    place: str,
) -> None:
    store = desk.store
    cable.refuse()
    tickets.open(desk, ticket(small_hall))
    own_server.run("UPDATE matter SET retired_at = now()", database=place.rsplit("/", 1)[1])
    back(store, cable)
    (line,) = away.waiting(store).lines
    with pytest.raises(errors.NotAllowed):
        away.settle(desk, line.id, "mistake")
    with pytest.raises(errors.BadInput):
        away.settle(manager, line.id, "")
    away.settle(manager, line.id, "entered_again")
    assert away.waiting(store).lines == ()
    with store.reading():
        entry = models.JournalEntry.get(models.JournalEntry.kind == "outbox.settled")
    assert entry.staff == manager.staff_id
    assert '"because":"entered_again"' in entry.facts
    assert '"number":"A001"' in entry.facts
    with pytest.raises(errors.NotFound):
        away.settle(manager, line.id, "mistake")


def test_another_outcome_on_the_server_is_shown(
    desk: Actor, manager: Actor, cable: Cable, own_server: OwnServer, place: str
) -> None:
    # The threshold was lowered by a manager whose own cable was whole.
    cable.refuse()
    assert screening.record(desk, check("37.1")).outcome == "normal"
    own_server.run(
        "INSERT INTO setting (id, hall_id, name, value) SELECT gen_random_uuid(), id, "
        "'threshold_tenths', '370' FROM hall",
        database=place.rsplit("/", 1)[1],
    )
    back(desk.store, cable)
    (line,) = away.waiting(desk.store).lines
    assert line.state == "differs"
    assert screening.today(desk)[0].outcome == "hold"


def test_a_second_desk_may_have_taken_the_same_person_in(
    desk: Actor, small_hall: dict[str, Any], cable: Cable, second_desk_opens: Callable[[], None]
) -> None:
    cable.refuse()
    opened = tickets.open(desk, ticket(small_hall, "孙秀英"))
    second_desk_opens()
    # The papers of both lie at a desk: both are in the hall.
    assert back(desk.store, cable)[-1].refused == 0
    assert tickets.get(desk, opened.card.id).card.number == "A001"
    assert [card.number for card in tickets.board(desk).queued] == ["A001", "B001"]


@pytest.fixture
def second_desk_opens(
    own_server: OwnServer, place: str, small_hall: dict[str, Any], front_desk: Actor
) -> Callable[[], None]:
    """Another desk, whose cable is whole, takes the same resident in: written past this program."""

    def opens() -> None:
        key = UUID(int=77)
        own_server.run(
            "INSERT INTO ticket (id, hall_id, number, service_day, matter_id, window_id, state, name, phone, id_masked,"  # noqa: S608
            " priority, remark, consent, pickup_code, promised_minutes, letter, opened_at, opened_by_id, queue_rank,"
            " state_at, due_at, result, missing, transfer_note, id_sealed, id_print)"
            f" VALUES ('{key}', '{front_desk.hall_id}', 'B001', '2020-02-21', '{small_hall['medical']}',"
            f" '{small_hall['window3']}', 'queued', '孙秀英', '', '', '', '', true, '0000', 3, 'B',"
            f" '2020-02-21 02:30Z', '{front_desk.staff_id}', '2020-02-21 02:30Z', '2020-02-21 02:30Z',"
            " '2020-02-21 02:33Z', '', '', '', '', '')",
            database=place.rsplit("/", 1)[1],
        )

    return opens


def test_an_id_number_waits_sealed_and_arrives_so(
    desk: Actor, small_hall: dict[str, Any], cable: Cable
) -> None:
    """Not even what waits on this PC, sealed as it is, has the number itself; nobody is shown one meanwhile."""
    store, number = desk.store, "11010519491231002X"
    cable.refuse()
    opened = tickets.open(desk, ticket(small_hall, id_number=number))
    assert (opened.id_masked, opened.id_kept) == ("110***********002X", True)
    assert store.outbox is not None
    assert number not in repr(store.outbox.records())
    assert [card.id for card in identity.find(desk, number)] == [opened.card.id]
    with pytest.raises(errors.DatabaseAway):
        identity.reveal(desk, opened.card.id, "lost_card")
    assert back(store, cable)[-1] == away.Sent(sent=1, refused=0, left=0)
    assert identity.reveal(desk, opened.card.id, "lost_card") == number


def test_the_cable_comes_loose_again_while_sending(
    desk: Actor, small_hall: dict[str, Any], cable: Cable
) -> None:
    store = desk.store
    cable.refuse()
    numbers = [tickets.open(desk, ticket(small_hall, f"居民{n}")).card.number for n in range(5)]
    cable.mend()
    store.found_again()
    store.come_back()
    assert away.send(store, most=2).left == 3
    cable.refuse()
    with pytest.raises(errors.DatabaseAway):
        away.send(store)
    assert tickets.open(desk, ticket(small_hall, "又一位")).card.number == "A006"
    assert len(tickets.board(desk).queued) == 6
    back(store, cable)
    with store.reading():
        there = [row.number for row in models.Ticket.select().order_by(models.Ticket.number)]
    assert there == [*numbers, "A006"]


def test_the_program_is_started_without_the_server(
    desk: Actor, small_hall: dict[str, Any], cable: Cable, place: str, tmp_path: Path
) -> None:
    store = desk.store
    tickets.open(desk, ticket(small_hall, "赵一"))
    cable.refuse()
    tickets.open(desk, ticket(small_hall, "钱二"))
    store.close()

    outbox = Outbox(tmp_path / "outbox")
    with pytest.raises(errors.DatabaseAway):
        Store.open(place)
    alone = away.open_alone(place, outbox)
    assert alone is not None
    assert [person.name for person in accounts.names(alone)]
    with pytest.raises(errors.SignInRefused):
        away.sign_in(alone, desk.name, "1357")
    again = away.sign_in(alone, desk.name, PIN, "A")
    alone.freeze(MORNING + timedelta(minutes=3))
    assert tickets.open(again, ticket(small_hall, "孙三")).card.number == "A003"
    assert [card.name for card in tickets.board(again).queued] == ["钱二", "孙三"]
    assert back(alone, cable)[-1] == away.Sent(sent=4, refused=0, left=0)
    assert [card.name for card in tickets.board(again).queued] == ["赵一", "钱二", "孙三"]
    with alone.reading():
        entry = models.JournalEntry.get(
            models.JournalEntry.kind == "staff.signed_in",
            models.JournalEntry.facts.contains("away"),
        )
    assert entry.staff == desk.staff_id
    alone.close()


def test_a_picture_is_of_one_hall_whoever_signs_in_to_its_server(place: str) -> None:
    again = place.replace("postgres@", "hall_app:another%20password@")
    assert fingerprint(again) == fingerprint(place)
    for other in (f"{place}2", place.replace("127.0.0.1", "127.0.0.2")):
        assert fingerprint(other) != fingerprint(place)


def test_five_wrong_pins_lock_while_the_server_is_away_too(desk: Actor, cable: Cable) -> None:
    cable.refuse()
    assert away.go_on_alone(desk.store)
    for _ in range(4):
        with pytest.raises(errors.SignInRefused):
            away.sign_in(desk.store, desk.name, "1357")
    for pin in ("1357", PIN):
        with pytest.raises(errors.AccountLocked):
            away.sign_in(desk.store, desk.name, pin)


def test_a_hall_that_was_never_seen_cannot_go_on(
    front_desk: Actor, outbox: Outbox, small_hall: dict[str, Any], cable: Cable
) -> None:
    cable.refuse()
    with pytest.raises(errors.DatabaseAway):
        tickets.open(front_desk, ticket(small_hall))
    assert states(front_desk.store) == []


def test_a_disk_that_is_full_refuses_and_records_nothing(
    desk: Actor, small_hall: dict[str, Any], cable: Cable, tmp_path: Path
) -> None:
    cable.refuse()
    tickets.open(desk, ticket(small_hall, "甲"))
    waiting = tmp_path / "outbox" / "waiting"
    kept = waiting.read_bytes()
    waiting.unlink()
    waiting.symlink_to("/dev/full")
    with pytest.raises(errors.CannotWrite) as refused:
        tickets.open(desk, ticket(small_hall, "乙"))
    assert refused.value.reason == "disk_full"
    waiting.unlink()
    waiting.write_bytes(kept)
    assert [card.name for card in tickets.board(desk).queued] == ["甲"]
    assert tickets.open(desk, ticket(small_hall, "丙")).card.number == "A002"
    assert back(desk.store, cable)[-1].sent == 2


def test_bad_input_is_refused_while_away_as_ever(
    desk: Actor, small_hall: dict[str, Any], cable: Cable
) -> None:
    cable.refuse()
    tickets.open(desk, ticket(small_hall))
    with pytest.raises(errors.BadInput):
        screening.record(desk, check("50"))
    with pytest.raises(errors.BadInput):
        tickets.open(desk, ticket(small_hall, ""))
    with pytest.raises(errors.OpenTicketExists):
        tickets.open(desk, ticket(small_hall))
    assert states(desk.store) == ["waiting"]


def test_nothing_of_a_person_lies_readable_on_the_disk(
    desk: Actor, small_hall: dict[str, Any], cable: Cable, tmp_path: Path
) -> None:
    cable.refuse()
    tickets.open(
        desk, ticket(small_hall, "孙秀英", phone="13800006620", id_number="110101194912310024")
    )
    away.take_picture(desk.store)
    for file in (tmp_path / "outbox").iterdir():
        assert file.stat().st_mode & 0o077 == 0 or not file.stat().st_size, file.name
        content = file.read_bytes()
        for word in ("孙秀英", "13800006620", "110101194912310024", "医保卡"):
            assert word.encode() not in content


KILLS = 12


@pytest.mark.slow
def test_a_desk_that_is_killed_while_away_loses_no_ticket_and_sends_each_once(
    desk: Actor, small_hall: dict[str, Any], cable: Cable, place: str, tmp_path: Path
) -> None:
    """Killed at random points, started again without the server each time; then the server is back."""
    store = desk.store
    before = tickets.open(desk, ticket(small_hall, "赵一")).card.number
    cable.refuse()
    store.close()
    chance = random.Random(20200221)
    told = [before]
    command = [sys.executable, "-m", "tests.services.lonely_desk", place, str(tmp_path / "outbox")]
    for _ in range(KILLS):
        with subprocess.Popen(
            [*command, desk.name, PIN, str(small_hall["medical"]), MORNING.isoformat()],
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=Path(__file__).resolve().parents[2],
        ) as lonely:
            assert lonely.stdout is not None
            assert lonely.stdout.readline() == "open\n"
            tickets_opened = chance.randrange(1, 8)
            told += [lonely.stdout.readline().strip() for _ in range(tickets_opened)]
            select.select([], [], [], chance.random() / 100)
            lonely.kill()
            told += [line.strip() for line in lonely.stdout if line.endswith("\n")]
    assert len(set(told)) == len(told), "a number was given twice"

    alone = away.open_alone(place, Outbox(tmp_path / "outbox"))
    assert alone is not None
    alone.freeze(MORNING)
    done = back(alone, cable)
    assert sum(sent.refused for sent in done) == 0
    with alone.reading():
        there = [row.number for row in models.Ticket.select().order_by(models.Ticket.number)]
        papers = models.Paper.select().count()
    assert set(told) <= set(there)
    # One that was kept, but killed before it was said, may be there for each kill; and nothing else.
    assert len(told) <= len(there) <= len(told) + KILLS
    assert len(set(there)) == len(there)
    assert papers == len(there)
    alone.close()
