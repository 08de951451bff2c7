"""Reading the journal: in words, filtered, page by page, as a file; and that no person stands in it."""

from __future__ import annotations

import ast
import csv
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import hall_desk
from hall_desk import errors, i18n
from hall_desk.services import happenings, journal, sample_day, screening, verification
from hall_desk.services.accounts import Actor, operator
from hall_desk.services.journal import Filter
from hall_desk.store import models, seals
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id

DAY = sample_day.DAY


@pytest.fixture
def boss(sample_hall: Store) -> Actor:
    return operator(sample_hall)


def of_day(**more: Any) -> Filter:
    return Filter(DAY, DAY, **more)


def everything(actor: Actor, wanted: Filter) -> list[journal.Line]:
    return list(journal.entries(actor, wanted, None, 100_000).lines)


def test_pages_follow_each_other_without_a_gap(boss: Actor) -> None:
    found: list[journal.Line] = []
    page = journal.entries(boss, of_day(), None, 37)
    while page.more:
        found += page.lines
        page = journal.entries(boss, of_day(), found[-1], 37)
    found += page.lines
    assert found == everything(boss, of_day())
    assert len(found) == verification.verify(boss, DAY).entries
    assert [line.place for line in found] == sorted((one.place for one in found), reverse=True)


def test_each_filter_shows_what_fits_and_all_of_it(boss: Actor) -> None:
    whole = everything(boss, of_day())
    line = next(one for one in whole if one.kind == "ticket.claimed")
    [person] = [key for key, name in journal.people(boss) if name == line.who]
    assert everything(boss, of_day(staff=person)) == [one for one in whole if one.who == line.who]
    tickets = [one for one in whole if one.kind.startswith("ticket.")]
    assert everything(boss, of_day(topic="ticket")) == tickets
    about = [one for one in whole if one.number == line.number]
    assert everything(boss, of_day(number=f" {line.number.lower()} ")) == about
    at_desk = everything(boss, of_day(post="front_desk"))
    assert at_desk
    assert {one.post for one in at_desk} == {"前台人员"}
    assert everything(boss, of_day(topic="ticket", number="Z999")) == []


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_line_of_the_sample_day_is_a_sentence(boss: Actor, language: str) -> None:
    i18n.use(language)
    for line in everything(boss, Filter(DAY, DAY + timedelta(days=9))):
        assert line.kind not in line.text
        assert "{" not in line.text
        assert line.who


def recorded_kinds() -> set[str]:
    """Every kind that the program's code records."""
    found: set[str] = set()
    folder = Path(hall_desk.__file__).parent
    for file in (*folder.glob("services/**/*.py"), *folder.glob("cli/*.py")):
        text = file.read_text("utf-8")
        for call in ast.walk(ast.parse(text)):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr == "record"
                and call.args
            ):
                kind = call.args[0]
                if isinstance(kind, ast.Constant) and "." in str(kind.value):
                    found.add(str(kind.value))
        found |= set(re.findall(r'"(staff\.(?:signed_in|confirmed|unlocked))"', text))
    return found


def test_every_kind_that_is_recorded_has_its_sentence_and_topic() -> None:
    kinds = recorded_kinds()
    assert len(kinds) > 50
    assert kinds - set(happenings.SENTENCES) == set()
    assert {kind.partition(".")[0] for kind in happenings.SENTENCES} == set(happenings.TOPICS)


def test_a_kind_of_another_version_is_shown_as_it_is() -> None:
    assert happenings.sentence("robot.danced", {}, "陈晓") == "陈晓 robot.danced"
    assert "–" in happenings.sentence("slip.given", {}, "陈晓")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_file_has_what_is_shown_oldest_first(boss: Actor, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"journal.{ending}"
    shown = everything(boss, of_day(topic="ticket"))
    assert journal.export(boss, of_day(topic="ticket"), file) == len(shown)
    if ending == "csv":
        rows = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    else:
        sheet = openpyxl.load_workbook(file).active
        assert sheet is not None
        rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[0][-1] == "内容"
    assert [row[-1] for row in rows[1:]] == [line.text for line in reversed(shown)]
    newest = journal.entries(boss, Filter(DAY, boss.store.today())).lines[0]
    assert newest.kind == "journal.exported"
    with pytest.raises(errors.BadInput):
        journal.export(boss, of_day(), tmp_path / "journal.doc")


def test_only_managers_read_and_export(front_desk: Actor, tmp_path: Path) -> None:
    for forbidden in (
        lambda: journal.entries(front_desk, of_day()),
        lambda: journal.people(front_desk),
        lambda: journal.export(front_desk, of_day(), tmp_path / "x.csv"),
    ):
        with pytest.raises(errors.NotAllowed):
            forbidden()


def test_whoever_sits_there_the_journal_is_sealed_but_not_twice_a_minute(
    store: Store, front_desk: Actor
) -> None:
    assert journal.seal_due(front_desk) is False
    store.freeze(store.now() + timedelta(seconds=30))
    screening.record(front_desk, screening.NewCheck(new_id(), "36.5", "于女士"))
    journal.seal_due(front_desk)
    with store.reading():
        assert models.JournalSeal.select().count() == 1
    store.freeze(store.now() + timedelta(seconds=30))
    journal.seal_due(front_desk)
    with store.reading():
        assert models.JournalSeal.select().count() == 2


def test_the_sample_day_is_sealed_and_sound(boss: Actor) -> None:
    found = verification.verify(boss, DAY)
    assert found.sound
    assert found.entries > 500
    assert found.unsealed == 0


def test_no_resident_stands_in_the_journal(boss: Actor) -> None:
    """So that retention can destroy what is personal while the journal stays whole."""
    personal: set[str] = set()
    with boss.store.reading():
        text = "\n".join(
            f"{row.kind} {row.post} {row.facts}"
            for row in models.JournalEntry.select(
                models.JournalEntry.kind, models.JournalEntry.post, models.JournalEntry.facts
            )
        )
        for model in (models.Ticket, models.TemperatureCheck, models.Consultation, models.Callback,
                      models.MissingNotice, models.PhoneCase):  # fmt: skip
            for name in ("name", "phone", "id_masked", "id_print", "id_sealed"):
                if name in model._meta.fields:
                    field = model._meta.fields[name]
                    personal |= {value for (value,) in model.select(field).tuples() if value}
    assert len(personal) > 100
    # Names of one character, if there are any, say nobody's name.
    assert [value for value in personal if len(value) > 1 and value in text] == []


def test_what_is_asked_every_minute_and_every_page_uses_an_index(boss: Actor) -> None:
    store = boss.store
    seals.seal_all(store)
    asked: list[tuple[str, Any]] = []
    db = models.proxy.obj
    real = db.execute_sql

    def noted(sql: str, params: Any = None) -> Any:
        if "journal" in sql and sql.startswith("SELECT"):
            asked.append((sql, params))
        return real(sql, params)

    screening.record(_desk(boss), screening.NewCheck(new_id(), "36.5", "于女士"))
    db.execute_sql = noted
    try:
        assert seals.seal(store)
        journal.entries(boss, of_day())
    finally:
        del db.execute_sql
    assert len(asked) > 5
    explain = "EXPLAIN " if store.postgres else "EXPLAIN QUERY PLAN "
    with store.reading():
        if store.postgres:
            real("SET LOCAL enable_seqscan = off")
        for sql, params in asked:
            plan = "\n".join(str(row) for row in real(explain + sql, params).fetchall())
            assert "Seq Scan" not in plan, sql
            assert "SCAN journal" not in plan.replace("USING", "") or "INDEX" in plan, (sql, plan)


def _desk(boss: Actor) -> Actor:
    from hall_desk.services import accounts

    return accounts.sign_in(boss.store, sample_day.PEOPLE["front_desk"], sample_day.PIN, "A")
