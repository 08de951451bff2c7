"""ID numbers are sealed, found by whoever has the hall's key, and shown against a reason that is kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hall_desk import cli, errors, i18n
from hall_desk.services import accounts, finding, founding, halls, identity, tickets
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.tickets import NewTicket, TicketView
from hall_desk.settings import Settings
from hall_desk.store import hall_key, models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING, PIN

NUMBER, OTHER = "11010519491231002X", "440524188001010014"


def opened(desk: Actor, matter: Any, number: str = NUMBER, name: str = "于女士") -> TicketView:
    asked = NewTicket(new_id(), matter, name, id_number=number, consent=True, second_allowed=True)
    return tickets.open(desk, asked)


def found(actor: Actor, number: str = NUMBER) -> list[str]:
    return [card.number for card in identity.find(actor, number)]


def journal(store: Store, kind: str) -> list[dict[str, Any]]:
    with store.reading():
        rows = models.JournalEntry.select().where(models.JournalEntry.kind == kind)
        return [json.loads(row.facts) for row in rows]


# --- finding ---------------------------------------------------------------------------------------------------


def test_the_tickets_of_a_card_newest_first(
    front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    first = opened(front_desk, small_hall["medical"])
    opened(front_desk, small_hall["medical"], OTHER)
    opened(front_desk, small_hall["transfer"], "")
    second = opened(front_desk, small_hall["transfer"])
    numbers = [second.card.number, first.card.number]
    assert found(front_desk) == numbers
    assert found(clerk, "１１０１０５ 19491231 002x") == numbers
    assert found(front_desk, "") == []
    assert [len(identity.find(front_desk, NUMBER, limit=1)), len(found(front_desk, OTHER))] == [
        1,
        1,
    ]
    with pytest.raises(errors.BadInput):
        identity.find(front_desk, NUMBER[:-1] + "1")


def test_the_one_box_finds_a_card_and_keeps_nothing_of_it(
    front_desk: Actor, manager: Actor, small_hall: dict[str, Any]
) -> None:
    ticket = opened(front_desk, small_hall["medical"])
    hit = finding.search(front_desk, NUMBER)
    assert [one.card.number for one in hit.hits] == [ticket.card.number]  # type: ignore[union-attr]
    assert (hit.text, hit.meant) == ("110***********002X", "id_number")
    assert NUMBER not in repr(hit)
    accounts.add_staff(manager, "工作组", Role.WORKING_GROUP, PIN)
    other = accounts.sign_in(front_desk.store, "工作组", PIN)
    with pytest.raises(errors.NotAllowed):
        identity.find(other, NUMBER)


def test_another_matter_of_the_visit_keeps_the_card_too(
    front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    first = opened(front_desk, small_hall["medical"])
    asked = NewTicket(new_id(), small_hall["transfer"], "", consent=True, visit=first.card.id)
    second = tickets.open(front_desk, asked)
    assert (second.id_masked, second.id_kept) == (first.id_masked, True)
    assert found(front_desk) == [second.card.number, first.card.number]
    assert identity.reveal(front_desk, second.card.id, "lost_card") == NUMBER


def test_a_seal_moved_to_another_ticket_does_not_open(
    front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    mine, other = (opened(front_desk, small_hall["medical"], number) for number in (NUMBER, OTHER))
    with front_desk.store.change(front_desk):
        row = models.Ticket.get_by_id(mine.card.id)
        models.Ticket.update(id_sealed=row.id_sealed).where(
            models.Ticket.id == other.card.id
        ).execute()
    with pytest.raises(errors.HallKeyUnusable):
        identity.reveal(front_desk, other.card.id, "compare_card")
    assert journal(front_desk.store, "identity.revealed") == []


# --- showing ---------------------------------------------------------------------------------------------------


def test_who_was_shown_a_number_and_why_is_kept(
    front_desk: Actor, clerk: Actor, manager: Actor, small_hall: dict[str, Any]
) -> None:
    ticket = opened(front_desk, small_hall["medical"])
    key = ticket.card.id
    assert identity.reveal(front_desk, key, "business_system") == NUMBER
    assert identity.reveal(clerk, key, "other", " 医保中心来电核对 ") == NUMBER
    lines = identity.reveals(manager)
    assert {(line.reason, line.note, line.staff, line.number) for line in lines} == {
        ("business_system", "", "陈晓", ticket.card.number),
        ("other", "医保中心来电核对", "张敏", ticket.card.number),
    }
    assert identity.reveals(manager, last=MORNING.date().replace(day=20)) == []
    assert len(identity.reveals(manager, first=MORNING.date(), limit=1)) == 1
    assert journal(front_desk.store, "identity.revealed") == [
        {"reason": "business_system"},
        {"reason": "other"},
    ]
    assert tickets.get(clerk, key).history[0].kind == "identity.revealed"
    with pytest.raises(errors.NotAllowed):
        identity.reveals(clerk)


@pytest.mark.parametrize(
    ("reason", "note", "field"),
    [
        ("", "", "reveal_reason"),
        ("curious", "", "reveal_reason"),
        ("other", "  ", "reveal_note"),
        ("other", "长" * 201, "reveal_note"),
        ("other", f"他是{NUMBER}", "reveal_note"),
    ],
)
def test_without_a_reason_nothing_is_shown(
    front_desk: Actor,
    manager: Actor,
    small_hall: dict[str, Any],
    reason: str,
    note: str,
    field: str,
) -> None:
    ticket = opened(front_desk, small_hall["medical"])
    with pytest.raises(errors.BadInput) as refused:
        identity.reveal(front_desk, ticket.card.id, reason, note)
    assert refused.value.field == field
    assert identity.reveals(manager) == []
    i18n.explain(refused.value).format()


def test_an_undo_is_not_kept_from_by_a_showing(
    front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    ticket = opened(front_desk, small_hall["medical"])
    tickets.claim(clerk, ticket.card.id)
    identity.reveal(clerk, ticket.card.id, "business_system")
    assert tickets.undo(clerk, ticket.card.id).card.state == "queued"


# --- PCs with and without the key ------------------------------------------------------------------------------


@pytest.fixture
def real_hall(place: str, tmp_path: Path, quick_pins: None) -> Iterator[Store]:
    """A hall that is no practice: its key lies in the data folder of the PC it was made on."""
    store = halls.create(place, name="大厅", manager="李主任", pin=PIN, folder=tmp_path / "pc1")
    yield store
    store.close()


def matter_of(actor: Actor) -> Any:
    with actor.store.change(actor):
        window = models.Window.create(
            id=new_id(),
            hall=actor.hall_id,
            number="1",
            name="综合",
            phone="",
            position=1,
            force_insert=True,
        )
        matter = models.Matter.create(
            id=new_id(), hall=actor.hall_id, code="A1", name="医保", force_insert=True
        )
        models.MatterWindow.create(
            hall=actor.hall_id, matter=matter.id, window=window.id, position=0
        )
    return matter.id


def test_two_pcs_with_the_key_find_each_others_tickets(
    real_hall: Store, tmp_path: Path, place: str
) -> None:
    desk = accounts.sign_in(real_hall, "李主任", PIN, "A")
    matter = matter_of(desk)
    first = opened(desk, matter)
    code = identity.recovery(desk).groups
    real_hall.close()

    second_pc = Store.open(place)
    second_pc.learn_key(tmp_path / "pc2")
    assert second_pc.key_trouble is not None
    assert second_pc.key_trouble.reason == "missing"
    assert "hall-desk key take" in i18n.explain(second_pc.key_trouble)
    other = accounts.sign_in(second_pc, "李主任", PIN, "B")
    with pytest.raises(errors.HallKeyUnusable):
        identity.find(other, NUMBER)
    with pytest.raises(errors.HallKeyUnusable):
        identity.reveal(other, first.card.id, "lost_card")
    without = opened(other, matter, name="没有密钥")
    assert (without.id_masked, without.id_kept) == ("110***********002X", False)

    with pytest.raises(errors.BadInput) as wrong:
        founding.take_key(second_pc, tmp_path / "pc2", hall_key.generate())
    assert wrong.value.reason == "other_hall"
    founding.take_key(second_pc, tmp_path / "pc2", hall_key.from_code(" ".join(code)))
    assert second_pc.key_trouble is None
    assert found(other) == [first.card.number]
    assert identity.reveal(other, first.card.id, "lost_card") == NUMBER
    with pytest.raises(errors.BadInput) as masked:
        identity.reveal(other, without.card.id, "lost_card")
    assert masked.value.reason == "masked_only"
    second_pc.close()


def test_no_full_number_lies_in_the_database(real_hall: Store, place: str, tmp_path: Path) -> None:
    desk = accounts.sign_in(real_hall, "李主任", PIN, "A")
    ticket = opened(desk, matter_of(desk))
    identity.reveal(desk, ticket.card.id, "other", "核对")
    finding.search(desk, NUMBER)
    if real_hall.on_server:
        rows = ""
        with real_hall.reading():
            for model in models.MODELS:
                rows += "".join(str(row) for row in model.select().tuples())
        scanned = [rows.encode()]
    else:
        scanned = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert any(b"002X" in content for content in scanned)  # the mask is there
    assert not any(
        NUMBER.encode() in content or NUMBER[6:14].encode() in content for content in scanned
    )


def test_a_hall_whose_key_cannot_be_written_is_not_made(place: str, tmp_path: Path) -> None:
    (tmp_path / "pc1").write_text("a file where the folder should be")
    with pytest.raises(errors.CannotWrite):
        halls.create(place, name="大厅", manager="李主任", pin=PIN, folder=tmp_path / "pc1")
    assert Store.create(place).halls() == []


# --- commands --------------------------------------------------------------------------------------


def test_the_key_by_command(
    real_hall: Store, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    key, hall_id = real_hall.hall_key, real_hall.hall_id
    assert key is not None
    real_hall.close()
    pc = tmp_path / "pc1"
    if place.startswith("postgres"):
        (pc / "settings.toml").write_text(f'database = "{place}"')
    else:
        shutil.move(place, pc / "hall.sqlite3")
    where = ["--data", str(pc), "key"]
    file = hall_key.path_of(pc, hall_id)
    assert cli.main([*where, "check"]) == 0
    assert cli.main([*where, "sheet", str(tmp_path / "sheet.pdf")]) == 0
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "sheet.pdf").stat().st_mode & 0o777 == 0o600
    assert cli.main([*where, "sheet", str(tmp_path / "sheet.txt")]) == 2
    file.rename(tmp_path / "usb.key")
    assert cli.main([*where, "check"]) == 1
    assert cli.main([*where, "sheet", str(tmp_path / "none.pdf")]) == 1
    assert cli.main([*where, "take", str(tmp_path / "nowhere.key")]) == 2
    assert cli.main([*where, "take", str(tmp_path / "usb.key")]) == 0
    file.unlink()
    code = list(key.code())
    mistyped = ("2" if code[6][0] == "1" else "1") + code[6][1:]
    monkeypatch.setenv("HALL_DESK_KEY", " ".join([*code[:6], mistyped, *code[7:]]))
    capsys.readouterr()
    assert cli.main([*where, "take"]) == 2
    said = capsys.readouterr().err
    assert "第 7 组" in said
    assert code[0] not in said
    monkeypatch.setenv("HALL_DESK_KEY", " ".join(code).lower())
    assert cli.main([*where, "take"]) == 0
    assert cli.main([*where, "check"]) == 0
    output = capsys.readouterr()
    assert code[0] not in output.out + output.err


def test_founding_keeps_the_key_with_the_hall_and_takes_it_back_with_it(
    tmp_path: Path, quick_pins: None
) -> None:
    hall = founding.new_hall("大厅", "", "", "李主任", PIN, PIN)
    settings = Settings(letter="A")
    founding.set_up(tmp_path, settings, "pc", hall)
    facts = founding.recovery(tmp_path, settings)
    assert hall_key.from_code(facts.scan).code() == facts.groups
    assert not facts.practice
    (path,) = (tmp_path / hall_key.FOLDER).iterdir()
    with pytest.raises(errors.AlreadyThere):
        founding.set_up(tmp_path, settings, "pc", hall)
    assert list(path.parent.iterdir()) == [path]
    broken = replace(hall, files=((founding.Kind.WINDOWS, tmp_path / "none.csv"),))
    with pytest.raises(errors.HallDeskError):
        founding.set_up(tmp_path / "elsewhere", settings, "pc", broken)
    assert not (tmp_path / "elsewhere" / hall_key.FOLDER).exists()
