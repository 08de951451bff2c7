"""Retention: what is said of people goes when its time is over, whole and for good, and figures and journal stay."""

from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hall_desk import errors
from hall_desk.services import (
    accounts,
    callbacks,
    corrections,
    figures,
    halls,
    incidents,
    missing_notices,
    retention,
    sample_day,
    screening,
    tickets,
)
from hall_desk.services.callbacks import NewCallback
from hall_desk.services.incidents import NewIncident
from hall_desk.services.missing_notices import NewNotice, NoticeItem
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import NewPaper, NewTicket
from hall_desk.store import models
from hall_desk.store.ids import new_id
from hall_desk.store.journal import digest_of
from tests.conftest import MORNING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hall_desk.services.accounts import Actor
    from hall_desk.services.tickets import TicketView
    from hall_desk.store.database import Store

DAY = MORNING.date()
LATER = datetime(2030, 1, 7, 2, 0, tzinfo=UTC)  # when every time of 2020 is over


def morning_after(store: Store, days: int) -> date:
    """Lets the hall's clock stand so many days later, at the same hour; gives that day."""
    store.freeze(MORNING + timedelta(days=days))
    return store.today()


def handled(desk: Actor, clerk: Actor, matter: Any, name: str = "于桂兰") -> TicketView:
    """A ticket that was opened, finished and handed back."""
    typed = NewTicket(
        new_id(), matter, name, "13800004127", consent=True, remark="行动不便，家在三里河",
        papers=(NewPaper("身份证"),), second_allowed=True,
    )  # fmt: skip
    opened = tickets.open(desk, typed)
    key = opened.card.id
    tickets.claim(clerk, key)
    tickets.received(clerk, key)
    tickets.finish(clerk, key, "已交于桂兰本人")
    return tickets.hand_back(desk, key, tickets.Proof("pickup_code", opened.pickup_code))


def rows_of(found: retention.Purged) -> dict[str, int]:
    return dict(found.rows_of)


def words_in(store: Store) -> list[tuple[str, str, str]]:
    """Every private column that says something of a person: no PIN's or key's, and of papers only the notes."""
    found = []
    with store.reading():
        for model in models.MODELS:
            for column in model.private:
                if column in ("pin_hash", "key_check"):
                    continue
                table = model._meta.table_name
                sql = f"SELECT {column} FROM {table} WHERE {column} NOT IN ('', '[]')"  # noqa: S608
                texts = [text for (text,) in store.execute(sql).fetchall()]
                if column in ("missing", "complete") and table == "missing_notice":
                    texts = [text for text in texts if '"note"' in text]
                found += [(table, column, text) for text in texts]
    return found


def end_everything(store: Store) -> None:
    """Whatever is open in a hall is over: as if the hall had gone on working that day."""
    staff = "(SELECT id FROM staff LIMIT 1)"
    with store.reading():
        for table, sets, where in (
            ("claim", "ended_at = claimed_at, ended_how = 'finished'", "ended_at IS NULL"),
            (
                "ticket",
                "state = 'closed', closed_at = state_at, outcome = coalesce(outcome, 'finished')",
                "state <> 'closed'",
            ),
            (
                "paper",
                "holder = 'resident', holder_staff_id = NULL",
                "holder IN ('desk', 'runner', 'window')",
            ),
            (
                "callback",
                "state = 'reached', settled_at = at, settled_by_id = staff_id, calling_id = NULL, calling_at = NULL",
                "settled_at IS NULL",
            ),
            ("incident", "state = 'closed', closed_at = at", "closed_at IS NULL"),
            (
                "rating",
                f"followed_up_at = at, followed_up_by_id = {staff}",
                "follow_up_due_at IS NOT NULL AND followed_up_at IS NULL",
            ),
        ):
            store.execute(f"UPDATE {table} SET {sets} WHERE {where}")  # noqa: S608 - fixed text


# --- the five times ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", retention.KINDS)
def test_a_time_is_a_number_of_days_within_the_law(manager: Actor, kind: str) -> None:
    name = f"retention_{kind}_days"
    for wrong in (0, -1, 3651):
        with pytest.raises(errors.BadInput):
            halls.change_setting(manager, name, wrong)
    for wrong_kind in ("30", 30.0, True, None):
        with pytest.raises(errors.BadInput):
            halls.change_setting(manager, name, wrong_kind)
    assert getattr(halls.change_setting(manager, name, 1), name) == 1
    assert getattr(halls.change_setting(manager, name, 3650), name) == 3650


def test_only_a_manager_purges(front_desk: Actor, clerk: Actor) -> None:
    for actor in (front_desk, clerk):
        with pytest.raises(errors.NotAllowed):
            retention.preview(actor, DAY)
        with pytest.raises(errors.NotAllowed):
            retention.purge(actor, DAY)


def test_a_day_that_lies_ahead_is_refused(manager: Actor) -> None:
    with pytest.raises(errors.DayNotOver):
        retention.preview(manager, DAY + timedelta(days=1))
    with pytest.raises(errors.DayNotOver):
        retention.purge(manager, DAY + timedelta(days=1))


def test_thirty_days_are_thirty_whole_days_after_the_day(
    store: Store, manager: Actor, front_desk: Actor
) -> None:
    before_midnight = datetime(2020, 2, 21, 15, 59, 59, tzinfo=UTC)
    for moment in (before_midnight, before_midnight + timedelta(seconds=1)):
        store.freeze(moment)
        screening.record(front_desk, NewCheck(new_id(), "36.5", name="孙立", phone="13800004127"))
    assert retention.purge(manager, morning_after(store, 30)).rows == 0
    assert rows_of(retention.purge(manager, morning_after(store, 31))) == {"screening": 1}
    with store.reading():
        names = {row.service_day: row.name for row in models.TemperatureCheck.select()}
    assert names == {DAY: "", DAY + timedelta(days=1): "孙立"}
    assert rows_of(retention.purge(manager, morning_after(store, 32))) == {"screening": 1}


def test_the_day_asked_for_counts_and_not_the_day_of_asking(
    store: Store, manager: Actor, front_desk: Actor
) -> None:
    screening.record(front_desk, NewCheck(new_id(), "36.5", name="孙立"))
    morning_after(store, 400)
    assert retention.purge(manager, DAY + timedelta(days=30)).rows == 0
    assert retention.purge(manager, DAY + timedelta(days=31)).rows == 1


# --- what is open, and what ended when -------------------------------------------------------------


def test_a_tickets_time_begins_when_it_was_closed(
    store: Store, manager: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    typed = NewTicket(
        new_id(), small_hall["medical"], "于桂兰", consent=True, papers=(NewPaper("身份证"),)
    )
    opened = tickets.open(front_desk, typed)
    today = morning_after(store, 1000)
    assert retention.purge(manager, today).rows == 0
    assert tickets.view(manager, opened.card.id).card.name == "于桂兰"
    tickets.claim(clerk, opened.card.id)
    tickets.received(clerk, opened.card.id)
    tickets.finish(clerk, opened.card.id, "已办好")
    tickets.hand_back(front_desk, opened.card.id, tickets.Proof("pickup_code", opened.pickup_code))
    assert retention.purge(manager, morning_after(store, 1365)).rows == 0
    assert rows_of(retention.purge(manager, morning_after(store, 1366))) == {"ticket": 1}


def test_what_waits_for_a_follow_up_keeps_the_ticket(
    store: Store, manager: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    ticket = handled(front_desk, clerk, small_hall["medical"])
    with manager.store.change(manager) as change:
        rating = models.Rating.create(
            id=new_id(), hall=manager.hall_id, ticket=ticket.card.id, at=change.at,
            service_day=change.day, grade=1, comment="等了太久", follow_up_due_at=change.at,
            force_insert=True,
        )  # fmt: skip
        change.record("rating.given", None)
    today = morning_after(store, 2000)
    assert retention.purge(manager, today).rows == 0
    with store.reading():
        models.Rating.update(followed_up_at=MORNING, followed_up_by=manager.staff_id).where(
            models.Rating.id == rating.id
        ).execute()
    assert rows_of(retention.purge(manager, today)) == {"ticket": 2}
    assert words_in(store) == []


def test_a_callback_that_is_due_and_an_open_incident_stay(
    store: Store, manager: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    ticket = handled(front_desk, clerk, small_hall["medical"])
    promised = callbacks.promise(
        clerk,
        NewCallback(
            new_id(), small_hall["window3"], "13600008853", ticket_id=ticket.card.id,
            name="于桂兰", note="下午再打", due_at=MORNING + timedelta(hours=1),
        ),
    )  # fmt: skip
    incident = incidents.open(
        front_desk,
        NewIncident(new_id(), "dispute", place="门口", people="孙立 13800004127", what="吵了起来"),
    )
    today = morning_after(store, 2000)
    assert retention.purge(manager, today).rows == 0
    callbacks.withdraw(manager, promised.id, "came_in")
    incidents.close(manager, incident.id, "孙立已回家")
    later = morning_after(store, 2000 + 731)
    assert rows_of(retention.purge(manager, later)) == {"ticket": 1, "callback": 1, "incident": 1}
    assert words_in(store) == []


def test_notes_on_the_papers_of_a_notice_go_and_the_papers_stay(
    store: Store, manager: Actor, front_desk: Actor, small_hall: dict[str, Any]
) -> None:
    given = missing_notices.give(
        front_desk,
        NewNotice(
            new_id(), small_hall["medical"],
            (NoticeItem("户口本", count=2, note="孙立名下那一本"), NoticeItem("身份证")),
            (NoticeItem("照片", original=False, note="孙立的"),),
        ),
    )  # fmt: skip
    assert rows_of(retention.purge(manager, morning_after(store, 181))) == {"consultation": 1}
    found = missing_notices.find(front_desk, given.code)
    assert found.missing == (NoticeItem("户口本", count=2), NoticeItem("身份证"))
    assert found.complete == (NoticeItem("照片", original=False),)
    assert retention.purge(manager, store.today()).rows == 0


def test_a_late_record_of_a_purged_day_goes_the_next_time(
    store: Store, manager: Actor, front_desk: Actor
) -> None:
    screening.record(front_desk, NewCheck(new_id(), "36.5", name="孙立"))
    today = morning_after(store, 40)
    assert retention.purge(manager, today).rows == 1
    store.freeze(MORNING)  # as a record from an outbox is written: with its own time
    screening.record(front_desk, NewCheck(new_id(), "36.6", name="周敏"))
    morning_after(store, 40)
    assert rows_of(retention.purge(manager, today)) == {"screening": 1}
    assert words_in(store) == []


def test_a_ticket_that_was_emptied_is_not_put_right_any_more(
    store: Store, manager: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    ticket = handled(front_desk, clerk, small_hall["medical"])
    retention.purge(manager, morning_after(store, 366))
    change = corrections.FieldChange("remark", "", "家在三里河")
    with pytest.raises(errors.DataDestroyed):
        corrections.correct(
            manager, corrections.NewCorrection(new_id(), ticket.card.id, (change,), "写错了")
        )
    assert words_in(store) == []


# --- preview -------------------------------------------------------------------------------------


def test_the_preview_says_what_the_purge_does(
    store: Store, manager: Actor, front_desk: Actor, clerk: Actor, small_hall: dict[str, Any]
) -> None:
    handled(front_desk, clerk, small_hall["medical"])
    screening.record(front_desk, NewCheck(new_id(), "36.5", name="孙立"))
    store.freeze(MORNING + timedelta(days=1))
    screening.record(front_desk, NewCheck(new_id(), "36.5", name="孙立"))
    today = morning_after(store, 500)
    seen = retention.preview(manager, today)
    assert [kind.kind for kind in seen.kinds] == list(retention.KINDS)
    told = {kind.kind: (kind.rows, kind.oldest) for kind in seen.kinds if kind.rows}
    assert told == {"screening": (2, DAY), "ticket": (1, DAY)}
    assert seen.rows == 3
    assert seen.kinds[0].before == today - timedelta(days=30)
    done = retention.purge(manager, today)
    assert rows_of(done) == {"screening": 2, "ticket": 1}
    assert retention.preview(manager, today).rows == 0


# --- figures, journal, restart, at once ------------------------------------------------------------


def plain(told: figures.DayFigures) -> dict[str, Any]:
    """The figures without the words that may go: residents' initials and why something was carried over."""
    found: dict[str, Any] = json.loads(figures.as_json(told))
    for line in found["custody"]["out"]:
        line["resident"] = ""
    for line in found["close"]["carried"]:
        line["reason"] = ""
    for line in found["attention"]:
        line["facts"].pop("reason", None)
    return found


def test_the_figures_of_a_purged_day_are_the_same_but_for_the_words(sample_hall: Store) -> None:
    end_everything(sample_hall)
    manager = accounts.sign_in(sample_hall, sample_day.PEOPLE["manager"], sample_day.PIN)
    before = figures.of_day(manager, sample_day.DAY)
    with sample_hall.reading():
        digest = digest_of(manager.hall_id, sample_day.DAY)
    assert words_in(sample_hall)
    sample_hall.freeze(LATER)
    done = retention.purge(manager, sample_hall.today())
    assert set(rows_of(done)) == set(retention.KINDS)
    assert words_in(sample_hall) == []
    after = figures.of_day(manager, sample_day.DAY)
    assert plain(after) == plain(before)
    with sample_hall.reading():
        assert digest_of(manager.hall_id, sample_day.DAY) == digest
    # The day of the purge tells of it, and tells it again a year later.
    told = {one.code: one.count for one in figures.of_day(manager, sample_hall.today()).purged}
    assert told == rows_of(done)
    day = sample_hall.today()
    sample_hall.freeze(LATER + timedelta(days=400))
    assert {one.code: one.count for one in figures.of_day(manager, day).purged} == told


def test_the_journal_tells_numbers_and_no_person(
    store: Store, manager: Actor, front_desk: Actor
) -> None:
    screening.record(front_desk, NewCheck(new_id(), "36.5", name="孙立"))
    today = morning_after(store, 40)
    retention.purge(manager, today)
    with store.reading():
        entries = models.JournalEntry.select().where(models.JournalEntry.kind == "retention.purged")
        facts = [json.loads(entry.facts) for entry in entries]
    assert facts == [{"day": today.isoformat(), "rows": {"screening": 1}}]
    retention.purge(manager, today)
    with store.reading():
        assert entries.count() == 1  # nothing to tell, nothing told


def many_checks(store: Store, actor: Actor, count: int) -> None:
    key = actor.hall_id
    with store.change(actor) as change:
        rows = [
            {
                "id": new_id(), "hall": key, "at": MORNING, "service_day": DAY, "tenths": 365,
                "person": "resident", "name": f"孙立{number}", "phone": f"138{number:08d}",
                "outcome": "normal", "staff": actor.staff_id,
            }
            for number in range(count)
        ]  # fmt: skip
        for start in range(0, count, 80):
            models.TemperatureCheck.insert_many(rows[start : start + 80]).execute()
        change.record("check.recorded", None)


def test_a_purge_that_was_stopped_goes_on_with_the_rest(
    store: Store, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_checks(store, manager, 120)
    monkeypatch.setattr(retention, "BATCH", 50)
    today = morning_after(store, 40)
    some = retention.purge_some(manager, today)
    assert (some.rows, some.more) == (50, True)

    def broken(*_args: Any) -> int:
        raise errors.DatabaseBusy

    with monkeypatch.context() as patch:
        patch.setattr(retention, "_clear", broken)
        with pytest.raises(errors.DatabaseBusy):
            retention.purge(manager, today)
    assert retention.preview(manager, today).rows == 70
    assert retention.purge(manager, today).rows == 70
    told = figures.of_day(manager, today).purged
    assert [(one.code, one.count) for one in told] == [("screening", 120)]


def test_two_pcs_at_once_empty_each_row_once(
    store: Store, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_checks(store, manager, 400)
    monkeypatch.setattr(retention, "BATCH", 20)
    today = morning_after(store, 40)
    done: list[int] = []

    def work() -> None:
        try:
            done.append(retention.purge(manager, today).rows)
        finally:
            store.close_thread()

    threads = [threading.Thread(target=work) for _pc in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(done) == 400
    assert len(done) == 2
    assert words_in(store) == []
    assert figures.of_day(manager, today).purged[0].count == 400


def test_twenty_thousand_rows_go_in_small_bites(store: Store, manager: Actor) -> None:
    many_checks(store, manager, 20_000)
    today = morning_after(store, 40)
    assert retention.preview(manager, today).rows == 20_000
    bites = []
    while True:
        some = retention.purge_some(manager, today)
        bites.append(some.rows)
        if not some.more:
            break
    assert bites == [retention.BATCH] * 40 + [0]
    assert words_in(store) == []
    if not store.postgres:
        gone = {f"孙立{number}" for number in range(0, 20_000, 13)}
        gone |= {f"138{number:08d}" for number in range(0, 20_000, 13)}
        assert found_in(Path(store.place), gone) == set()


# --- finding fast --------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [one.name for one in retention._TABLES])
def test_the_rows_are_found_by_their_index(store: Store, manager: Actor, table: str) -> None:
    (one,) = (one for one in retention._TABLES if one.name == table)
    with store.reading():
        if store.postgres:
            store.execute("SET LOCAL enable_seqscan = off")
            store.execute("SET LOCAL enable_bitmapscan = off")
        sql, values = retention._query(manager, one, DAY, "x.id")
        explain = "EXPLAIN " if store.postgres else "EXPLAIN QUERY PLAN "
        plan = store.execute(explain + sql, (*values, 500)).fetchall()
    told = "\n".join(str(line[-1]) for line in plan)
    assert f"{table}_personal" in told, told
    assert f"SCAN {table}" not in told


def test_every_private_column_has_its_time(store: Store) -> None:
    """A column that says something of a person and is emptied by nothing would be kept for ever."""
    emptied = {
        (part.table, column)
        for table in retention._TABLES
        for part in (
            retention._Part(table.name, "id", (*table.columns, *table.notes)),
            *table.parts,
        )
        for column in part.columns
    }
    private = {
        (model._meta.table_name, column) for model in models.MODELS for column in model.private
    }
    # A PIN's hash goes with its account, the key's mark is the hall's.
    assert private - emptied == {("staff", "pin_hash"), ("hall", "key_check")}
    assert emptied - private == set()


# --- the bytes -----------------------------------------------------------------------------------


def test_no_byte_of_the_file_tells_a_name_or_number_afterwards(
    sample_file: Path, tmp_path: Path
) -> None:
    import shutil

    from hall_desk.store.database import Store

    path = tmp_path / "hall.sqlite3"
    shutil.copy(sample_file, path)
    store = Store.open(str(path))
    try:
        store.freeze(LATER)
        end_everything(store)
        gone = {
            text
            for _table, column, text in words_in(store)
            if column not in ("missing", "complete") and len(text.encode()) > 3
        }
        with store.reading():
            people = {row.name for row in models.Staff.select()}
        said = said_besides(store)
        gone = {text for text in gone if text not in people and text not in said}
        assert len(gone) > 200
        manager = accounts.operator(store)
        retention.purge(manager, store.today())
        assert found_in(path, gone) == set()
    finally:
        store.close()
    assert found_in(path, gone) == set()


def said_besides(store: Store) -> str:
    """Everything that stays in the tables: what a purged word may be a part of."""
    parts: list[str] = []
    with store.reading():
        for model in models.MODELS:
            names = [
                field.column_name
                for field in model._meta.sorted_fields
                if field.name not in model.private
            ]
            columns = ", ".join(f'"{name}"' for name in names)
            table = model._meta.table_name
            for row in store.execute(f'SELECT {columns} FROM "{table}"').fetchall():  # noqa: S608
                parts += [str(value) for value in row]
    return "\n".join(parts)


def found_in(path: Path, texts: Iterable[str]) -> set[str]:
    content = b"".join(
        part.read_bytes() for part in path.parent.glob(path.name + "*") if part.is_file()
    )
    return {text for text in texts if text.encode() in content}
