"""Hall settings: what is taken and refused, who changed what when, and two managers at once."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hall_desk import errors, i18n
from hall_desk.services import accounts, hall_settings, halls, incidents, setting_forms
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.hall_settings import Wish
from hall_desk.services.incidents import NewIncident
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import PIN


@pytest.fixture
def colleague(store: Store, manager: Actor) -> Actor:
    accounts.add_staff(manager, "周主任", Role.MANAGER, PIN)
    return accounts.sign_in(store, "周主任", PIN)


def value(actor: Actor, name: str) -> Any:
    return next(one.value for one in hall_settings.kept(actor) if one.name == name)


def journalled(store: Store) -> int:
    with store.reading():
        entries = models.JournalEntry.select()
        return entries.where(models.JournalEntry.kind == "setting.changed").count()


def test_every_setting_has_a_form() -> None:
    """But the directory's version, which counts itself."""
    names = {one.name for one in fields(halls.Settings)} - {"directory_version"}
    assert set(setting_forms.FORMS) == names


@pytest.mark.parametrize("name", setting_forms.FORMS)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_what_a_form_shows_is_read_as_the_same(name: str, language: str) -> None:
    i18n.use(language)
    usual = getattr(halls.Settings(), name)
    assert setting_forms.read(name, setting_forms.text_of(name, usual)) == usual


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("threshold_tenths", "３７．５", 375),
        ("threshold_tenths", "37,5 ℃", 375),
        ("threshold_tenths", "38", 380),
        ("recheck_minutes", " １０ ", 10),
        ("hours", "9：00至12：00，13:30~17:00", "9:00-12:00 13:30-17:00"),
        ("hours", "13:30-17:00 08:30-12:00", "8:30-12:00 13:30-17:00"),
        ("open_weekdays", "61234", "12346"),
        ("closed_days", "2026年10月1日~2026年10月3日", ("2026-10-01", "2026-10-02", "2026-10-03")),
        ("closed_days", "2026/10/2, 2026.10.1\n2026-10-1", ("2026-10-01", "2026-10-02")),
        ("open_days", "", ()),
        ("priorities", "残疾人\n\n  军属  优抚 \n", ("disabled", "军属 优抚")),
        ("incident_kinds", "停电\n漏水", ("停电", "漏水")),
    ],
)
def test_what_people_type_is_kept_in_one_form(
    manager: Actor, name: str, typed: str, kept: Any
) -> None:
    halls.change_setting(manager, name, setting_forms.read(name, typed))
    assert value(manager, name) == kept


@pytest.mark.parametrize(
    ("name", "typed", "code"),
    [
        ("threshold_tenths", "warm", "temperature"),
        ("threshold_tenths", "373", "temperature"),
        ("threshold_tenths", "44.0", "threshold"),
        ("recheck_minutes", "", "number"),
        ("recheck_minutes", "-1", "number"),
        ("recheck_minutes", "5.5", "number"),
        ("recheck_minutes", "0", "range"),
        ("retention_ticket_days", "0", "range"),
        ("retention_ticket_days", "3651", "range"),
        ("idle_lock_minutes", "241", "range"),
        ("hours", "", "hours"),
        ("hours", "全天", "hours"),
        ("hours", "9:00-12:00 11:00-17:00", "hours"),
        ("hours", "17:00-9:00", "hours"),
        ("hours", "9:00-17:75", "hours"),
        ("open_weekdays", "", "weekdays"),
        ("closed_days", "2026-02-30", "date"),
        ("closed_days", "2026-10-07~2026-10-01", "date"),
        ("closed_days", "2026-10-01~2027-10-07", "date"),
        ("closed_days", "国庆节", "date"),
        ("closed_days", "2026-10-10", "both"),
        ("priorities", "残疾人\n残疾人", "twice"),
        ("priorities", "一二三四五六七八九十甲乙丙", "too_long"),
        ("priorities", "\n".join("甲乙丙丁戊己庚辛壬癸"), "too_many"),
        ("incident_kinds", "发热", "twice"),
        ("incident_kinds", "停电\n漏水\n火警", "too_many"),
    ],
)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_what_does_not_fit_is_refused_in_a_sentence(
    manager: Actor, name: str, typed: str, code: str, language: str
) -> None:
    halls.change_setting(manager, "open_days", ("2026-10-10",))
    before = value(manager, name)
    with pytest.raises(errors.BadInput) as refused:
        halls.change_setting(manager, name, setting_forms.read(name, typed))
    i18n.use(language)
    sentence = i18n.explain(refused.value)
    assert (refused.value.field, refused.value.reason) == ("setting", code)
    assert "{" not in sentence
    assert sentence
    i18n.use("zh_CN")
    assert value(manager, name) == before


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("capacity", "12"),
        ("epidemic", 1),
        ("nothing", 1),
        ("closed_days", [3]),
        ("priorities", [3]),
    ],
)
def test_what_no_form_sends_is_refused_too(manager: Actor, name: str, wrong: Any) -> None:
    with pytest.raises(errors.BadInput):
        halls.change_setting(manager, name, wrong)


def test_the_history_says_who_changed_it_from_what_to_what(
    store: Store, manager: Actor, colleague: Actor
) -> None:
    hall_settings.change(manager, {"recheck_minutes": Wish(5, 7)})
    store.freeze(store.now() + timedelta(minutes=1))
    hall_settings.change(colleague, {"recheck_minutes": Wish(7, 9)})
    hall_settings.change(colleague, {"capacity": Wish(0, 40)})
    told = [
        (line.who, line.fields[0].before, line.fields[0].after)
        for line in hall_settings.history(manager, "recheck_minutes")
    ]
    assert told == [("周主任", "7 分钟", "9 分钟"), ("李主任", "5 分钟", "7 分钟")]
    assert hall_settings.history(manager, "callback_minutes") == []
    assert len(hall_settings.history(manager, "recheck_minutes", limit=1)) == 1


def test_a_history_is_read_by_its_index(store: Store, manager: Actor) -> None:
    if store.postgres:
        pytest.skip("a planner of its own decides by the rows there are")
    with store.reading():
        plan = store.execute(
            f"EXPLAIN QUERY PLAN {hall_settings._ENTRIES}", (manager.hall_id.hex, new_id().hex, 5)
        ).fetchall()
    assert any("journal_history" in str(line) for line in plan)


def test_what_another_manager_changed_meanwhile_is_shown_and_not_overwritten(
    store: Store, manager: Actor, colleague: Actor
) -> None:
    hall_settings.change(colleague, {"recheck_minutes": Wish(5, 9)})
    with pytest.raises(errors.EditConflict) as conflict:
        hall_settings.change(manager, {"capacity": Wish(0, 40), "recheck_minutes": Wish(5, 7)})
    (one,) = conflict.value.conflicts
    assert (one.field, one.mine, one.his, one.who) == ("recheck_minutes", 7, 9, "周主任")
    said = i18n.explain(conflict.value)
    assert [word for word in ("周主任", "复测间隔") if word not in said] == []
    assert (value(manager, "capacity"), value(manager, "recheck_minutes")) == (0, 9)
    # Decided for one's own: what was seen is now the other's.
    hall_settings.change(manager, {"recheck_minutes": Wish(9, 7)})
    assert value(manager, "recheck_minutes") == 7


def test_what_both_changed_alike_is_no_conflict_and_no_entry(
    store: Store, manager: Actor, colleague: Actor
) -> None:
    hall_settings.change(colleague, {"recheck_minutes": Wish(5, 9)})
    before = journalled(store)
    hall_settings.change(manager, {"recheck_minutes": Wish(5, 9)})
    assert journalled(store) == before


def test_one_that_is_refused_keeps_all_as_they_were(store: Store, manager: Actor) -> None:
    with pytest.raises(errors.BadInput):
        hall_settings.change(manager, {"capacity": Wish(0, 40), "recheck_minutes": Wish(5, 999)})
    assert (value(manager, "capacity"), journalled(store)) == (0, 0)


def test_the_journal_calls_a_setting_by_its_name(store: Store, manager: Actor) -> None:
    from hall_desk.services import happenings

    facts = {"name": "threshold_tenths", "before": 373, "after": 375}
    said = happenings.sentence("setting.changed", facts, "李主任")
    assert [word for word in ("入口：体温阈值", "37.3 ℃", "37.5 ℃") if word not in said] == []
    old = happenings.sentence("setting.changed", {**facts, "name": "gone"}, "李主任")
    assert [word for word in ("gone", "373") if word not in old] == []


def test_a_kind_of_the_halls_own_is_reported_with_the_deadline_of_others(
    store: Store, manager: Actor, front_desk: Actor
) -> None:
    new = NewIncident(id=new_id(), kind="停电", place="大厅", people="", what="")
    with pytest.raises(errors.BadInput):
        incidents.open(front_desk, new)
    halls.change_setting(manager, "incident_kinds", ("停电",))
    halls.change_setting(manager, "incident_minutes_other", 45)
    made = incidents.open(front_desk, new)
    assert (made.kind, made.due_at) == ("停电", store.now() + timedelta(minutes=45))
    # Taken off the list, it stays what was reported.
    halls.change_setting(manager, "incident_kinds", ())
    assert incidents.get(manager, made.id).kind == "停电"
    assert incidents.minutes_for(halls.settings(manager), "停电") == 45


def test_the_documentation_names_every_setting_with_its_limits() -> None:
    i18n.use("en")
    text = (Path(__file__).parents[2] / "docs" / "settings.md").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    assert lines[1:] == documented()


def documented() -> list[str]:
    """The table of docs/settings.md."""
    usual, lines = halls.Settings(), []
    for name, form in setting_forms.FORMS.items():
        value = getattr(usual, name)
        least, most = (
            (setting_forms.text_of(name, limit) for limit in halls.LIMITS[name])
            if name in halls.LIMITS
            else ("", "")
        )
        cells = (
            setting_forms.full_label(name),
            setting_forms.shown(name, value),
            least,
            most,
            setting_forms.unit(form),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return lines
