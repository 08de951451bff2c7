"""Incidents: reported by anybody, answered by name, dealt with step by step, closed once with a result."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest

from hall_desk import errors
from hall_desk.services import accounts, halls, incidents, screening
from hall_desk.services.accounts import Actor, Role
from hall_desk.services.incidents import NewIncident, NewStep
from hall_desk.services.screening import NewCheck
from hall_desk.store import models
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING, PIN


@pytest.fixture
def group(store: Store, manager: Actor) -> Actor:
    """A member of the working group."""
    accounts.add_staff(manager, "王组长", Role.WORKING_GROUP, PIN)
    return accounts.sign_in(store, "王组长", PIN)


def report(actor: Actor, kind: str = "dispute", **more: Any) -> incidents.Incident:
    values = {"place": "大厅东侧", "people": "周先生", "what": "插队争执", **more}
    return incidents.open(actor, NewIncident(new_id(), kind, **values))


def say(actor: Actor, incident: incidents.Incident, text: str) -> incidents.Incident:
    return incidents.step(actor, NewStep(new_id(), incident.id, text))


def fever(actor: Actor) -> screening.Check:
    new = NewCheck(new_id(), "37.6", name="周先生", phone="13600008853", reason="医保卡领取")
    held = screening.record(actor, new)
    return screening.record(actor, NewCheck(new_id(), "37.8", recheck_of=held.id))


def test_everybody_may_report_and_all_see_it(
    front_desk: Actor, clerk: Actor, group: Actor, manager: Actor
) -> None:
    made = report(clerk, "equipment", place="3 号窗口", what="打印机冒烟")
    assert (made.state, made.reporter, made.place) == ("open", "张敏", "3 号窗口")
    for actor in (front_desk, clerk, group, manager):
        assert [one.id for one in incidents.open_ones(actor)] == [made.id]
    assert [(one.kind, one.staff) for one in made.steps] == [("opened", "张敏")]


def test_a_second_enter_is_the_same_incident_and_the_same_step(front_desk: Actor) -> None:
    new = NewIncident(new_id(), "dispute", "大厅东侧")
    assert incidents.open(front_desk, new) == incidents.open(front_desk, new)
    written = NewStep(new_id(), new.id, "已请双方到调解室")
    incidents.step(front_desk, written)
    again = incidents.step(front_desk, written)
    assert [one.kind for one in again.steps] == ["opened", "step"]
    assert len(incidents.of_today(front_desk)) == 1


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({"kind": "earthquake"}, "incident_kind", "unknown"),
        ({"place": "  "}, "place", "empty"),
        ({"place": "很" * 61}, "place", "too_long"),
        ({"people": "人" * 201}, "people", "too_long"),
        ({"what": "事" * 501}, "what", "too_long"),
        ({"kind": "other", "what": ""}, "what", "empty"),
    ],
)
def test_what_is_refused_in_place(
    front_desk: Actor, values: dict[str, str], field: str, reason: str
) -> None:
    with pytest.raises(errors.BadInput) as refused:
        report(front_desk, **values)
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert incidents.of_today(front_desk) == []


def test_where_somebody_is_needed_at_once_the_kind_says_it_all(front_desk: Actor) -> None:
    made = report(front_desk, "illness", people="", what="")
    assert made.due_at == MORNING + timedelta(minutes=5)


def test_the_deadline_is_the_halls_and_its_change_is_journalled(
    store: Store, front_desk: Actor, manager: Actor
) -> None:
    halls.change_setting(manager, "incident_minutes_dispute", 7)
    made = report(front_desk)
    assert made.due_at == MORNING + timedelta(minutes=7)
    assert not made.overdue(MORNING + timedelta(minutes=7))
    assert made.overdue(MORNING + timedelta(minutes=7, seconds=1))
    entry = models.JournalEntry.get(models.JournalEntry.kind == "setting.changed")
    assert json.loads(entry.facts) == {
        "name": "incident_minutes_dispute",
        "before": 20,
        "after": 7,
    }
    with pytest.raises(errors.BadInput):
        halls.change_setting(manager, "incident_minutes_dispute", -1)


def test_the_earliest_deadline_comes_first(front_desk: Actor) -> None:
    slow, soon = report(front_desk, "equipment"), report(front_desk, "illness")
    assert [one.id for one in incidents.open_ones(front_desk)] == [soon.id, slow.id]
    assert [one.id for one in incidents.of_today(front_desk)] == [soon.id, slow.id]


def test_several_may_be_on_their_way_and_the_first_answer_counts(
    store: Store, front_desk: Actor, group: Actor, manager: Actor
) -> None:
    made = report(front_desk)
    store.freeze(MORNING + timedelta(minutes=2))
    incidents.on_my_way(group, made.id)
    store.freeze(MORNING + timedelta(minutes=3))
    incidents.on_my_way(manager, made.id)
    again = incidents.on_my_way(group, made.id)
    assert again.going == ("王组长", "李主任")
    assert again.answered_at == MORNING + timedelta(minutes=2)
    (shown,) = incidents.open_ones(front_desk)
    assert (shown.going, shown.steps) == (again.going, ())


def test_steps_have_author_and_time_and_closing_needs_a_result(
    store: Store, front_desk: Actor, group: Actor
) -> None:
    made = report(front_desk)
    store.freeze(MORNING + timedelta(minutes=1))
    say(front_desk, made, "已劝开")
    store.freeze(MORNING + timedelta(minutes=4))
    for empty in ("", "  \n"):
        with pytest.raises(errors.BadInput) as refused:
            incidents.close(group, made.id, empty)
        assert refused.value.field == "incident_result"
    done = incidents.close(group, made.id, "双方和解离开")
    assert (done.state, done.result) == ("closed", "双方和解离开")
    assert [(one.kind, one.staff, one.text, one.at) for one in done.steps] == [
        ("opened", "陈晓", "", MORNING),
        ("step", "陈晓", "已劝开", MORNING + timedelta(minutes=1)),
        ("closed", "王组长", "双方和解离开", MORNING + timedelta(minutes=4)),
    ]
    assert incidents.open_ones(front_desk) == []
    assert [one.state for one in incidents.of_today(front_desk)] == ["closed"]


def test_nothing_is_added_after_the_end_and_the_late_one_learns_who_closed_it(
    front_desk: Actor, group: Actor, manager: Actor
) -> None:
    made = report(front_desk)
    incidents.close(group, made.id, "已处理")
    for late in (
        lambda: say(front_desk, made, "又来了"),
        lambda: incidents.on_my_way(manager, made.id),
        lambda: incidents.close(manager, made.id, "我也处理了"),
    ):
        with pytest.raises(errors.IncidentClosed) as refused:
            late()
        assert (refused.value.owner, refused.value.since_text) == ("王组长", "10:03")
    assert incidents.get(front_desk, made.id).result == "已处理"
    assert len(incidents.get(front_desk, made.id).steps) == 2


def test_enter_twice_closes_once(front_desk: Actor, group: Actor) -> None:
    made = report(front_desk)
    first = incidents.close(group, made.id, "已处理")
    assert incidents.close(group, made.id, "已处理") == first
    with pytest.raises(errors.IncidentClosed):
        incidents.close(group, made.id, "别的结果")


def test_of_two_who_close_at_the_same_moment_one_is_told_who_was_first(
    store: Store, front_desk: Actor, group: Actor, manager: Actor
) -> None:
    gate = threading.Barrier(2)
    told: list[str] = []

    def close(actor: Actor, made: incidents.Incident) -> None:
        try:
            gate.wait(20)
            incidents.close(actor, made.id, f"{actor.name}处理完毕")
            told.append("closed")
        except errors.IncidentClosed as refused:
            told.append(refused.owner)
        finally:
            store.close_thread()

    for _round in range(10):
        made = report(front_desk)
        told.clear()
        threads = [threading.Thread(target=close, args=(actor, made)) for actor in (group, manager)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        done = incidents.get(front_desk, made.id)
        winner = done.steps[-1].staff
        assert sorted(told) == sorted(["closed", winner])
        assert done.result == f"{winner}处理完毕"
        assert [one.kind for one in done.steps] == ["opened", "closed"]


def test_the_same_person_at_two_pcs_is_on_the_way_once(
    store: Store, front_desk: Actor, group: Actor
) -> None:
    gate = threading.Barrier(2)
    failed: list[BaseException] = []

    def go(made: incidents.Incident) -> None:
        try:
            gate.wait(20)
            incidents.on_my_way(group, made.id)
        except BaseException as error:  # noqa: BLE001 - shown by the test
            failed.append(error)
        finally:
            store.close_thread()

    for _round in range(10):
        made = report(front_desk)
        threads = [threading.Thread(target=go, args=(made,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert failed == []
        assert incidents.get(front_desk, made.id).going == ("王组长",)


def test_only_managers_and_the_working_group_answer_and_close(
    front_desk: Actor, clerk: Actor
) -> None:
    made = report(front_desk)
    for actor in (front_desk, clerk):
        with pytest.raises(errors.NotAllowed):
            incidents.on_my_way(actor, made.id)
        with pytest.raises(errors.NotAllowed):
            incidents.close(actor, made.id, "已处理")
    assert say(clerk, made, "已报警").steps[-1].staff == "张敏"


def test_what_an_incident_is_about_must_be_of_this_hall(front_desk: Actor) -> None:
    for subject in ("check_id", "ticket_id"):
        with pytest.raises(errors.NotFound):
            report(front_desk, **{subject: new_id()})
    with pytest.raises(errors.NotFound):
        incidents.get(front_desk, new_id())
    with pytest.raises(errors.NotFound):
        incidents.step(front_desk, NewStep(new_id(), new_id(), "已到场"))


def test_the_journal_names_nobody(front_desk: Actor, group: Actor) -> None:
    made = report(front_desk, people="欧阳先生 13600008853", what="争执")
    say(front_desk, made, "欧阳先生已离开")
    incidents.on_my_way(group, made.id)
    incidents.close(group, made.id, "欧阳先生道歉")
    entries = list(
        models.JournalEntry.select().where(models.JournalEntry.kind.startswith("incident."))
    )
    assert [entry.kind for entry in sorted(entries, key=lambda entry: entry.id)] == [
        "incident.opened",
        "incident.step_added",
        "incident.answered",
        "incident.closed",
    ]
    assert not any("欧阳" in entry.facts or "1360000" in entry.facts for entry in entries)


def test_an_incident_of_yesterday_stays_open_today(store: Store, front_desk: Actor) -> None:
    store.freeze(MORNING.replace(hour=15, minute=59, second=59))  # 23:59:59 in the hall
    made = report(front_desk, what="𬭊先生与人争执")
    store.freeze(MORNING.replace(hour=16, minute=0, second=0))
    assert incidents.of_today(front_desk) == []
    assert [one.what for one in incidents.open_ones(front_desk)] == ["𬭊先生与人争执"]
    (whole,) = incidents.of_day(front_desk, made.service_day)
    assert [one.kind for one in whole.steps] == ["opened"]


# --- a fever ---------------------------------------------------------------------------------------


def test_a_fever_opens_exactly_one_incident_with_the_facts_filled_in(front_desk: Actor) -> None:
    held = screening.record(
        front_desk,
        NewCheck(new_id(), "37.6", name="周先生", phone="13600008853", reason="医保卡领取"),
    )
    assert incidents.open_ones(front_desk) == []
    second = NewCheck(new_id(), "37.8", recheck_of=held.id)
    screening.record(front_desk, second)
    screening.record(front_desk, second)  # Enter again
    (made,) = incidents.open_ones(front_desk)
    assert (made.kind, made.check_id, made.reporter) == ("fever", second.id, "陈晓")
    assert made.people == "周先生、13600008853、医保卡领取"
    assert "37.6" in made.what
    assert "37.8" in made.what
    assert made.place
    assert made.due_at == MORNING + timedelta(minutes=10)


def test_two_desks_that_measure_the_same_person_at_once_open_one_incident(
    store: Store, front_desk: Actor, manager: Actor
) -> None:
    gate = threading.Barrier(2)
    told: list[str] = []

    def measure(actor: Actor, held: screening.Check) -> None:
        try:
            gate.wait(20)
            screening.record(actor, NewCheck(new_id(), "37.8", recheck_of=held.id))
            told.append("fever")
        except errors.NotFound as refused:
            told.append(refused.kind)
        except BaseException as error:  # noqa: BLE001 - shown by the test
            told.append(repr(error))
        finally:
            store.close_thread()

    for _round in range(10):
        before = len(incidents.open_ones(front_desk))
        held = screening.record(front_desk, NewCheck(new_id(), "37.6"))
        told.clear()
        desks = [
            threading.Thread(target=measure, args=(actor, held)) for actor in (front_desk, manager)
        ]
        for desk in desks:
            desk.start()
        for desk in desks:
            desk.join(20)
        assert sorted(told) == ["check", "fever"]
        assert len(incidents.open_ones(front_desk)) == before + 1


def test_a_normal_second_reading_opens_none(front_desk: Actor) -> None:
    held = screening.record(front_desk, NewCheck(new_id(), "37.6"))
    screening.record(front_desk, NewCheck(new_id(), "36.8", recheck_of=held.id))
    assert incidents.of_today(front_desk) == []


def test_a_fever_of_nobody_known_is_reported_too(front_desk: Actor) -> None:
    held = screening.record(front_desk, NewCheck(new_id(), "37.6"))
    screening.record(front_desk, NewCheck(new_id(), "38.0", recheck_of=held.id))
    (made,) = incidents.open_ones(front_desk)
    assert made.people == ""


def test_a_fever_and_its_incident_stand_or_fall_together(front_desk: Actor, manager: Actor) -> None:
    fever(front_desk)
    with front_desk.store.reading():
        entries = {
            entry.kind: entry.at
            for entry in models.JournalEntry.select().where(
                models.JournalEntry.kind.in_(["check.recorded", "incident.opened"])
            )
        }
    assert len(entries) == 2
    assert models.Incident.select().count() == 1


def test_a_withdrawn_fever_ends_its_incident_and_measuring_again_opens_a_new_one(
    front_desk: Actor, group: Actor
) -> None:
    check = fever(front_desk)
    incidents.on_my_way(group, incidents.open_ones(group)[0].id)
    screening.undo(front_desk, check.id)
    (ended,) = incidents.of_today(front_desk)
    assert (ended.state, ended.going) == ("closed", ("王组长",))
    assert ended.result
    assert check.recheck_of is not None
    screening.record(front_desk, NewCheck(new_id(), "37.9", recheck_of=check.recheck_of))
    assert [one.state for one in incidents.of_today(front_desk)] == ["open", "closed"]


def test_a_withdrawn_fever_that_is_dealt_with_already_is_only_told(
    front_desk: Actor, group: Actor
) -> None:
    check = fever(front_desk)
    (made,) = incidents.open_ones(group)
    say(group, made, "已联系社区医院")
    screening.undo(front_desk, check.id)
    told = incidents.get(group, made.id)
    assert told.state == "open"
    assert [one.kind for one in told.steps] == ["opened", "step", "step"]


def test_a_withdrawn_fever_whose_incident_is_closed_changes_nothing_there(
    front_desk: Actor, group: Actor
) -> None:
    check = fever(front_desk)
    (made,) = incidents.open_ones(group)
    done = incidents.close(group, made.id, "已送诊")
    screening.undo(front_desk, check.id)
    assert incidents.get(group, made.id) == done
