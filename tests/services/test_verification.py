"""The journal is sealed, and whoever changes it afterwards is found: each kind of tampering, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hall_desk import errors
from hall_desk.services import figures, incidents, screening, verification
from hall_desk.services.accounts import Actor
from hall_desk.services.progress import Progress
from hall_desk.services.verification import Verified
from hall_desk.store import hall_key, seals
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from hall_desk.store.journal import Born
from hall_desk.store.models import JournalEntry
from tests.conftest import MORNING
from tests.services import tampering

DAY = date(2020, 2, 21)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def write(actor: Actor, count: int = 1, *, kind: str = "check.recorded") -> None:
    """Something happens `count` times, ten seconds apart."""
    for _time in range(count):
        actor.store.freeze(actor.store.now() + 10 * SECOND)
        with actor.store.change(actor) as change:
            change.record(kind, new_id(), outcome="normal")


@pytest.fixture
def day(store: Store, manager: Actor) -> Store:
    """A morning in three seals, and an hour later a fourth."""
    for _seal in range(3):
        write(manager, 5)
        assert seals.seal(store)
    store.freeze(store.now() + HOUR)
    write(manager, 3)
    assert seals.seal(store)
    return store


def verified(manager: Actor, paper: str = "", day: date = DAY) -> Verified:
    return verification.verify(manager, day, paper)


def told(manager: Actor, paper: str = "") -> list[str]:
    return [finding.what for finding in verified(manager, paper).findings]


def test_a_range_tells_of_each_day_that_has_a_journal(day: Store, manager: Actor) -> None:
    day.freeze(MORNING + timedelta(days=2))
    write(manager, 3)
    assert seals.seal(day)
    week = (DAY - timedelta(days=3), DAY + timedelta(days=3))
    told_of: list[tuple[int, int]] = []
    progress = Progress(lambda one: told_of.append((one.done, one.of)))
    found = verification.verify_days(manager, *week, progress)
    assert [one.day for one in found] == [DAY, DAY + timedelta(days=2)]
    assert found[0] == verified(manager)
    assert all(one.sound for one in found)
    assert told_of == [(0, 2), (1, 2), (2, 2)]
    tampering.delete(day, tampering.entries(day)[-1])
    assert [one.sound for one in verification.verify_days(manager, *week)] == [True, False]
    progress.stop()
    with pytest.raises(errors.Stopped):
        verification.verify_days(manager, *week, progress)
    with pytest.raises(errors.BadInput):
        verification.verify_days(manager, DAY, DAY - timedelta(days=1))


# --- sealing -------------------------------------------------------------------------------------


def test_every_entry_is_sealed_once(day: Store, manager: Actor) -> None:
    keys = [line.key for seal in tampering.sealed(day) for line in seals.lines_of(seal.entries)]
    assert sorted(keys) == sorted(entry.id for entry in tampering.entries(day))
    assert [seal.number for seal in tampering.sealed(day)] == [1, 2, 3, 4]
    found = verified(manager)
    assert found.sound
    assert (found.entries, found.seals, found.unsealed) == (len(keys), 4, 0)


def test_with_nothing_new_no_seal_is_made(day: Store) -> None:
    assert seals.seal(day) is None
    assert seals.seal_all(day) == 0


def test_what_was_written_since_is_counted_and_no_fault(day: Store, manager: Actor) -> None:
    write(manager, 2)
    found = verified(manager)
    assert found.sound
    assert found.unsealed == 2


def test_much_at_once_is_sealed_in_batches(
    store: Store, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "BATCH", 4)
    write(manager, 60)
    store.freeze(store.now() + HOUR)
    made = seals.seal(store)
    assert made is not None
    assert (made.count, made.left) == (4, True)
    # What came an hour before the last full batch, and is still unsealed, was simply not reached.
    assert verified(manager).sound
    assert seals.seal_all(store) > 50
    assert verified(manager).sound


def test_an_entry_that_becomes_visible_late_is_sealed_later(day: Store, manager: Actor) -> None:
    late = day.now() - 40 * SECOND
    day.freeze(day.now() + 30 * SECOND)
    write(manager)
    assert seals.seal(day)
    with day.change(manager) as change:
        change.at = late
        change.record("check.recorded", new_id(), outcome="normal")
    made = seals.seal(day)
    assert made is not None
    assert made.count == 1
    assert verified(manager).sound


def test_a_record_from_an_outbox_comes_with_its_old_time(day: Store, manager: Actor) -> None:
    write(manager, 1)
    assert seals.seal(day)
    for ago in (3 * HOUR, timedelta(days=3)):
        sender = replace(manager, born=Born(day.now() - ago, sent_at=day.now()))
        screening.record(sender, screening.NewCheck(new_id(), "36.5", "于女士"))
    assert seals.seal_all(day) == 2
    assert verified(manager).sound
    three_days_ago = verified(manager, day=DAY - timedelta(days=3))
    assert three_days_ago.sound
    assert three_days_ago.entries == 1


def test_what_is_written_around_midnight_is_sealed_with_its_day(day: Store, manager: Actor) -> None:
    day.freeze(MORNING.replace(hour=15, minute=59, second=30))
    write(manager, 8)  # 23:59:40 to 00:00:50
    late = day.now() - 71 * SECOND
    assert seals.seal(day)
    assert seals.seal(day)
    with day.change(manager) as change:
        change.at, change.day = late, DAY
        change.record("check.recorded", new_id(), outcome="normal")
    made = seals.seal(day)
    assert made is not None
    assert made.day == DAY
    assert verified(manager).sound
    assert verified(manager, day=DAY + timedelta(days=1)).sound


def test_after_days_without_anybody_the_last_evening_is_sealed(day: Store, manager: Actor) -> None:
    write(manager, 2)
    day.freeze(day.now() + timedelta(days=40))
    write(manager, 1)
    assert [seals.seal(day), seals.seal(day), seals.seal(day)][2] is None
    assert [seal.service_day for seal in tampering.sealed(day)][-2:] == [DAY, day.today()]
    assert verified(manager).sound


def test_a_practice_clock_that_is_set_back_is_no_tampering(day: Store, manager: Actor) -> None:
    day.freeze(MORNING)
    write(manager, 3)
    assert verified(manager).sound
    for _time in range(2):
        assert seals.seal(day)
        assert verified(manager).sound
        write(manager, 3)
    assert verified(manager).sound


# --- tampering -----------------------------------------------------------------------------------


def test_a_changed_row_is_named(day: Store, manager: Actor) -> None:
    entry = tampering.entries(day)[4]
    tampering.change(day, entry, facts='{"outcome":"fever"}')
    [found] = verified(manager).findings
    assert (found.what, found.at, found.kind, found.who) == (
        "changed",
        entry.at,
        entry.kind,
        "李主任",
    )


@pytest.mark.parametrize(
    "values",
    [
        {"at": MORNING + HOUR},
        {"staff": None},
        {"kind": "check.withdrawn"},
        {"post": "front_desk"},
        {"subject": UUID(int=7)},
        {"letter": "Z"},
    ],
)
def test_no_part_of_a_row_can_be_changed(
    day: Store, manager: Actor, values: dict[str, object]
) -> None:
    tampering.change(day, tampering.entries(day)[4], **values)
    assert told(manager) == ["changed"]


def test_a_row_that_is_moved_to_another_day_is_named(day: Store, manager: Actor) -> None:
    entry = tampering.entries(day)[4]
    tampering.change(day, entry, service_day=DAY - timedelta(days=1), at=entry.at - 24 * HOUR)
    assert told(manager) == ["changed"]
    yesterday = verified(manager, day=DAY - timedelta(days=1))
    assert [finding.what for finding in yesterday.findings] == ["added"]


@pytest.mark.parametrize("which", [4, -1])
def test_a_deleted_row_is_named(day: Store, manager: Actor, which: int) -> None:
    entry = tampering.entries(day)[which]
    tampering.delete(day, entry)
    [found] = verified(manager).findings
    assert (found.what, found.kind) == ("missing", entry.kind)
    assert found.at is not None
    assert abs(found.at - entry.at) < timedelta(minutes=1)


@pytest.mark.parametrize("sealed", [False, True], ids=["before sealing", "and sealed as if real"])
def test_a_row_put_in_with_an_old_time_is_named(day: Store, manager: Actor, sealed: bool) -> None:
    past = day.now() - HOUR
    with day.change(manager) as change:
        change.at = past
        change.record("check.recorded", new_id(), outcome="normal")
    if sealed:
        assert seals.seal_all(day) == 1
    [found] = verified(manager).findings
    assert (found.what, found.at) == ("added", past)


def test_a_row_put_into_a_day_long_past_is_named(day: Store, manager: Actor) -> None:
    day.freeze(day.now() + timedelta(days=9))
    write(manager, 1)
    assert seals.seal(day)
    for past in (DAY, DAY + timedelta(days=4)):
        with day.change(manager) as change:
            change.at, change.day = day.start_of(past) + 11 * HOUR, past
            change.record("check.recorded", new_id(), outcome="normal")
    for _time in range(2):
        assert told(manager) == ["added"]
        quiet = verified(manager, day=DAY + timedelta(days=4))
        assert [finding.what for finding in quiet.findings] == ["added"]
        seals.seal_all(day)


def test_a_changed_seal_is_named(day: Store, manager: Actor) -> None:
    seal = tampering.sealed(day)[1]
    for values in ({"entries": seal.entries.replace("a", "b")}, {"at": MORNING}, {"count": 1},
                   {"entries": "nothing"}, {"digest": "0" * 64}, {"previous": "0" * 64}):  # fmt: skip
        before = {name: getattr(seal, name) for name in values}
        tampering.change_seal(day, seal, **values)
        found = verified(manager)
        assert ("seal_changed", 2) in {(one.what, one.seal) for one in found.findings}, values
        tampering.change_seal(day, seal, **before)
    assert verified(manager).sound


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_deleted_seal_is_named(day: Store, manager: Actor, which: int) -> None:
    tampering.delete_seal(day, tampering.sealed(day)[which])
    found = verified(manager)
    [hole] = found.findings
    assert (hole.what, hole.seal, hole.last_seal) == ("seal_missing", which + 1, which + 1)
    assert found.unsealed >= 5


def test_a_whole_day_of_seals_that_is_deleted_is_told(day: Store, manager: Actor) -> None:
    day.freeze(day.now() + timedelta(days=1))
    write(manager, 1)
    assert seals.seal(day)
    for seal in tampering.sealed(day)[1:4]:
        tampering.delete_seal(day, seal)
    [hole] = verified(manager).findings
    assert (hole.what, hole.seal, hole.last_seal) == ("seal_missing", 2, 4)


def test_who_rewrites_a_seal_breaks_the_chain(day: Store, manager: Actor) -> None:
    entry = tampering.entries(day)[4]
    tampering.change(day, entry, facts='{"outcome":"fever"}')
    honest = tampering.sealed(day)
    tampering.forge_seals(day)
    for seal in honest[2:]:
        tampering.change_seal(day, seal, previous=seal.previous, digest=seal.digest, mark=seal.mark)
    assert "seal_order" in told(manager)


def test_who_rewrites_all_seals_but_lacks_the_key_is_found_by_the_marks(
    store: Store, manager: Actor
) -> None:
    write(manager, 5)
    seals.seal(store)
    write(manager, 5)
    seals.seal(store)
    found = verified(manager)
    assert found.sound
    assert found.marked
    tampering.change(store, tampering.entries(store)[-1], facts="{}")
    tampering.forge_seals(store, hall_key.generate())
    assert told(manager) == ["mark_wrong", "mark_wrong"]
    tampering.forge_seals(store, store.hall_key)
    assert told(manager) == []  # that was the hall's key; only paper can tell now
    tampering.change_seal(store, tampering.sealed(store)[1], mark="")
    assert told(manager) == ["mark_missing"]


def test_without_marks_the_digest_on_paper_catches_the_forger(day: Store, manager: Actor) -> None:
    day.hall_key = None
    paper = figures.digest_of_day(manager, DAY).text
    assert verified(manager, paper).after_paper == 0
    tampering.change(day, tampering.entries(day)[4], facts='{"outcome":"fever"}')
    tampering.forge_seals(day)
    assert told(manager) == []
    assert told(manager, paper) == ["paper"]


def test_a_paper_of_the_evening_fits_a_day_that_went_on(day: Store, manager: Actor) -> None:
    paper = figures.digest_of_day(manager, DAY).text
    write(manager, 2)
    sender = replace(manager, born=Born(day.now() - 2 * HOUR, sent_at=day.now()))
    screening.record(sender, screening.NewCheck(new_id(), "36.5", "于女士"))
    found = verified(manager, paper)
    assert found.sound
    assert found.after_paper == 3
    assert verified(manager, " ".join((paper[:4], paper[4:8], paper[8:16].upper()))).sound


def test_the_code_on_the_paper_is_read_too(day: Store, manager: Actor) -> None:
    digest = figures.digest_of_day(manager, DAY).text.upper()
    assert verified(manager, f"HDDAY1*20200221*{digest}").after_paper == 0
    assert verified(manager, f"HDDAY1*20200222*{'0' * 64}*{digest}").after_paper == 0
    for code in (f"HDDAY1*20200220*{digest}", f"HDDAY1*20200222*{digest}"):
        with pytest.raises(errors.BadInput) as refused:
            verified(manager, code)
        assert refused.value.reason == "other_day"
    with pytest.raises(errors.BadInput) as refused:
        verified(manager, "12345")
    assert refused.value.reason == "shape"


def test_only_managers_verify(front_desk: Actor) -> None:
    with pytest.raises(errors.NotAllowed):
        verification.verify(front_desk, DAY)


def test_a_key_keeps_pcs_without_it_from_sealing(store: Store, manager: Actor) -> None:
    from hall_desk.store.models import Hall

    with store.change(manager):
        Hall.update(key_check="something").execute()
    write(manager, 1)
    here, store.hall_key = store.hall_key, None
    assert seals.seal(store) is None
    store.hall_key = here
    assert seals.seal(store) is not None


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_is_done_to_a_sealed_day_is_found(
    day: Store, manager: Actor, data: st.DataObject
) -> None:
    entry = data.draw(st.sampled_from(tampering.entries(day)))
    kind = entry.kind
    match data.draw(st.sampled_from(["facts", "at", "kind", "delete", "add"])):
        case "facts":
            before = {"facts": entry.facts}
            tampering.change(day, entry, facts=entry.facts[:-1] + ',"x":1}')
        case "at":
            before = {"at": entry.at}
            moved = data.draw(st.integers(1, 10**9)) * data.draw(st.sampled_from([1, -1]))
            tampering.change(day, entry, at=entry.at + timedelta(microseconds=moved))
        case "kind":
            before = {"kind": entry.kind}
            kind = "ticket.claimed"
            tampering.change(day, entry, kind=kind)
        case "delete":
            before = None
            tampering.delete(day, entry)
        case _:
            before = {}
            earlier = day.now() - data.draw(st.integers(400, 3000)) * SECOND
            fresh = JournalEntry(
                **{**entry.__data__, "id": new_id(), "at": earlier, "request": None}
            )
            fresh.save(force_insert=True)
    [found] = verified(manager).findings
    assert found.kind == kind
    if before is None:
        with day.asking():
            JournalEntry.insert(**entry.__data__).execute()
    elif before:
        tampering.change(day, entry, **before)
    else:
        tampering.delete(day, fresh)
    assert verified(manager).sound


def test_incidents_and_tickets_are_named_by_what_they_are(day: Store, manager: Actor) -> None:
    incidents.open(
        manager, incidents.NewIncident(id=new_id(), kind="dispute", place="大厅", what="争吵")
    )
    seals.seal(day)
    last = tampering.entries(day)[-1]
    tampering.delete(day, last)
    [found] = verified(manager).findings
    assert (found.what, found.kind) == ("missing", "incident.opened")
