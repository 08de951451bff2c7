"""Drill days: a day recorded without its people and played again, alone and with trainees, on both databases."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hall_desk import errors
from hall_desk.services import accounts, drill, figures, halls, sample_day, screening, tickets
from hall_desk.services.accounts import Actor
from hall_desk.services.drill import DrillScript, Replay
from hall_desk.services.drill.script import DAY_MS, Act, Person
from hall_desk.services.screening import NewCheck
from hall_desk.services.tickets import NewPaper, NewTicket, Proof
from hall_desk.store import models
from hall_desk.store.clock import Pace
from hall_desk.store.database import Store
from hall_desk.store.ids import new_id
from tests.conftest import MORNING, PIN
from tests.personal import persons_of


@pytest.fixture(scope="module")
def recorded(sample_file: Path) -> tuple[DrillScript, dict[str, Any]]:
    """The sample hall's Friday as a drill, and its figures."""
    store = Store.open(str(sample_file))
    try:
        store.freeze(sample_day.moment(sample_day.NEXT_DAY, sample_day.NOW))
        manager = accounts.sign_in(store, sample_day.PEOPLE["manager"], PIN)
        script = drill.record(manager, sample_day.DAY)
        return script, json.loads(figures.as_json(figures.of_day(manager, sample_day.DAY)))
    finally:
        store.close()


@pytest.fixture
def script(recorded: tuple[DrillScript, dict[str, Any]]) -> DrillScript:
    return recorded[0]


@pytest.fixture
def hall(place: str, script: DrillScript, quick_pins: None) -> Iterator[Store]:
    """The practice hall of the script, its clock running as clocks do."""
    made = drill.make(place, script)
    halls.keep_practice_clock(made)
    yield made
    made.close()


@pytest.fixture
def head(hall: Store) -> Actor:
    return accounts.sign_in(hall, "主任甲", halls.PRACTICE_PIN)


def at(replay: Replay, hour: int, minute: int = 0) -> None:
    """Turns the paused clock of the hall to a time of the drill's day, and lets the drill catch up."""
    moment = replay.stage.moment((hour * 60 + minute) * 60_000)
    drill.set_pace(replay.manager, 0, moment)
    while replay.advance():
        pass


def first(script: DrillScript, kind: str, **facts: Any) -> Act:
    return next(
        act
        for act in script.acts
        if act.kind == kind and all(act.facts[name] == value for name, value in facts.items())
    )


# --- recording -----------------------------------------------------------------------------------


def test_both_databases_record_the_same_acts(sample_hall: Store, script: DrillScript) -> None:
    manager = accounts.sign_in(sample_hall, sample_day.PEOPLE["manager"], PIN)
    again = drill.record(manager, sample_day.DAY)
    assert [(act.at, act.kind, act.who, act.ref) for act in again.acts] == [
        (act.at, act.kind, act.who, act.ref) for act in script.acts
    ]
    assert (again.windows, again.matters, again.staff) == (
        script.windows,
        script.matters,
        script.staff,
    )
    # The lots are drawn anew: nobody is called the same twice, but for chance.
    opened = [act.facts["name"] for act in script.acts if act.kind == "ticket"]
    assert opened != [act.facts["name"] for act in again.acts if act.kind == "ticket"]


def test_no_person_is_in_the_script(sample_hall: Store) -> None:
    manager = accounts.sign_in(sample_hall, sample_day.PEOPLE["manager"], PIN)
    # Somebody who says everything about themselves, and an ID number.
    desk = accounts.sign_in(sample_hall, sample_day.PEOPLE["front_desk"], PIN)
    sample_hall.freeze(sample_hall.now() + timedelta(minutes=5))
    screening.record(desk, NewCheck(new_id(), "36.4", "诸葛于飞", "13800004127", "来问母亲的低保"))
    matter = models.Matter.get(models.Matter.code == first_code(sample_hall))
    tickets.open(
        desk,
        NewTicket(
            new_id(), matter.id, "诸葛于飞", "13800004127", "11010519491231002X", remark="耳背，请大声",
            consent=True, papers=(NewPaper("诸葛于飞的户口本"),),
        ),
    )  # fmt: skip
    for day in (sample_day.DAY, sample_day.NEXT_DAY):
        script = drill.record(manager, day)
        played = drill.to_bytes(replace(script, windows="", matters="")).decode()
        # What clerks chose from the directory (results, names of papers) is in the directory as well.
        cells = set(re.split(r'[\n,"]', script.windows + script.matters))
        directory = script.windows + script.matters
        found = [
            value
            for value in persons_of(sample_hall) | {"11010519491231002X", "诸葛", "13800004127"}
            if value in played
            and not (value in directory and len(value) > 3)
            and value not in cells
        ]
        assert found == []
        assert day.isoformat() not in played


def first_code(store: Store) -> str:
    with store.reading():
        row = models.Matter.select().where(models.Matter.channels.contains("proxy")).first()
    return str(row.code)


def test_equal_people_stay_equal(script: DrillScript) -> None:
    measured = {act.facts["phone"] for act in script.acts if act.kind == "check"}
    for act in script.acts:
        if act.kind == "ticket":
            assert act.facts["phone"] in measured
            assert act.facts["phone"].startswith("154")
            assert len(act.facts["phone"]) == 11


def test_nothing_is_recorded_of_staffs_health(script: DrillScript) -> None:
    for act in script.acts:
        if act.kind == "attendance":
            assert set(act.facts) == {"person", "happened"}


def test_an_empty_day_and_one_ahead_are_refused(sample_hall: Store) -> None:
    manager = accounts.sign_in(sample_hall, sample_day.PEOPLE["manager"], PIN)
    with pytest.raises(errors.BadInput) as refused:
        drill.record(manager, date(2020, 2, 22))
    assert (refused.value.field, refused.value.reason) == ("drill", "empty_day")
    with pytest.raises(errors.DayNotOver):
        drill.record(manager, date(2020, 2, 25))


def test_what_is_about_earlier_days_is_left_out_and_counted(sample_hall: Store) -> None:
    manager = accounts.sign_in(sample_hall, sample_day.PEOPLE["manager"], PIN)
    monday = drill.record(manager, sample_day.NEXT_DAY)
    assert (
        monday.left_out > 0
    )  # Friday's promised call, its notice, its number that does not answer
    refs = {act.ref for act in monday.acts if act.kind == "ticket"}
    assert {act.ref for act in monday.acts if act.kind == "claim"} <= refs


# --- the file ------------------------------------------------------------------------------------


def test_a_file_comes_back_as_it_went(script: DrillScript, tmp_path: Path) -> None:
    file = tmp_path / "friday.drill"
    drill.write(file, script)
    assert drill.read(file) == script
    with pytest.raises(errors.BadInput):
        drill.write(tmp_path / "friday.txt", script)
    with pytest.raises(errors.NotFound):
        drill.read(tmp_path / "none.drill")


def reason_of(content: bytes) -> str:
    with pytest.raises(errors.BadInput) as refused:
        drill.from_bytes(content)
    assert refused.value.field == "drill"
    return refused.value.reason


def test_files_that_are_none_are_refused_by_name(script: DrillScript) -> None:
    good = drill.to_bytes(script)
    assert reason_of(b"") == "not_a_drill"
    assert reason_of(b"\xff\xfe") == "not_a_drill"
    assert reason_of(b"[" * 100_000) == "not_a_drill"
    assert reason_of(b"{}") == "not_a_drill"
    assert reason_of(b" " * (16 * 1024 * 1024 + 1)) == "too_large"
    assert reason_of(good.replace(b'"version":1', b'"version":2')) == "too_new"
    assert reason_of(good.replace(b'"weekday":4', b'"weekday":3')) == "damaged"


def signed(body: Any) -> bytes:
    """A file whose digest is right, whatever is in it."""
    from hall_desk.services.drill.script import _digest

    whole = {"format": "hall-desk drill", "version": 1, "digest": _digest(body), "script": body}
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("acts", 0, "at"), DAY_MS),
        (("acts", 0, "at"), -1),
        (("acts", 0, "at"), True),
        (("acts", 0, "kind"), "drop table"),
        (("acts", 0, "who"), "nobody"),
        (("acts", 0, "letter"), "AB"),
        (("acts", 0, "facts"), {"extra": 1}),
        (("acts", 0, "facts"), None),
        (("acts",), []),
        (("staff",), []),
        (("staff", 0, "role"), "king"),
        (("staff", 0, "name"), " "),
        (("weekday",), 7),
        (("hall",), ""),
        (("settings",), {"threshold_tenths": {"a": 1}}),
        (("windows",), None),
        (("left_out",), 1.5),
    ],
)
def test_a_signed_file_is_not_believed_either(
    script: DrillScript, path: tuple[Any, ...], value: Any
) -> None:
    body = json.loads(drill.to_bytes(script))["script"]
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert reason_of(signed(body)) == "shape"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(content=st.binary() | st.text().map(str.encode) | _JSON.map(signed))
def test_whatever_stands_in_a_file_is_refused_plainly(content: bytes) -> None:
    assert reason_of(content) in {"not_a_drill", "damaged", "shape", "too_new"}


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_one_wrong_value_anywhere_is_refused_or_taken_whole(data: st.DataObject) -> None:
    body = json.loads(_SMALL)["script"]
    act = data.draw(st.sampled_from(body["acts"]))
    place = data.draw(st.sampled_from([body, act, act["facts"]]))
    if place:
        place[data.draw(st.sampled_from(sorted(place)))] = data.draw(_JSON)
    content = signed(body)
    with contextlib.suppress(errors.BadInput):
        assert drill.from_bytes(content) == drill.from_bytes(
            drill.to_bytes(drill.from_bytes(content))
        )


_SMALL = drill.to_bytes(
    DrillScript(
        hall="大厅", weekday=4, opening_balance=0, settings={"epidemic": True}, windows="", matters="",
        staff=(Person("主任甲", "manager"),),
        acts=(
            Act(0, "setting", "主任甲", facts={"name": "epidemic", "value": False}),
            Act(5, "come", "主任甲", "A", "", "p1", "p1", {"count": 2}),
        ),
    )
).decode()  # fmt: skip


# --- playing it again ----------------------------------------------------------------------------


def test_a_day_played_again_gives_the_same_figures(
    hall: Store, head: Actor, recorded: tuple[DrillScript, dict[str, Any]]
) -> None:
    script, real = recorded
    assert script.left_out == 0
    replay = drill.begin(head, script)
    replay.play_all()
    assert replay.day == sample_day.DAY
    state = replay.state()
    assert (state.skipped, state.waiting, state.left, state.over) == (0, 0, 0, True)
    here = json.loads(figures.as_json(figures.of_day(head, replay.day)))
    assert sorted(here) == sorted(real)
    # People, what they said, the hall's own history, and temperatures of staff differ; nothing else does.
    told = {
        "name",
        "resident",
        "staff",
        "reason",
        "people",
        "handed_to",
        "closed_by",
        "made_by",
        "place",
    }
    told |= {"digest", "entries", "previous_digest", "opened_day", "highest_tenths", "by_clerk"}
    assert list(differences(real, here, told)) == []
    clerks = [
        sorted(
            tuple(value for name, value in sorted(clerk.items()) if name != "name")
            for clerk in day["by_clerk"]
        )
        for day in (_without_none(real), _without_none(here))
    ]
    assert clerks[0] == clerks[1]
    debrief = replay.debrief()
    assert debrief.here == debrief.recorded
    assert debrief.papers_left == 1


def _without_none(day: dict[str, Any]) -> dict[str, Any]:
    cleaned = [
        {name: -1 if value is None else value for name, value in clerk.items()}
        for clerk in day["by_clerk"]
    ]
    return {"by_clerk": cleaned}


def differences(real: Any, here: Any, told: set[str], path: str = "") -> Iterator[str]:
    if isinstance(real, dict) and isinstance(here, dict):
        for name in sorted(real.keys() | here.keys()):
            if name not in told:
                yield from differences(real.get(name), here.get(name), told, f"{path}.{name}")
    elif isinstance(real, list) and isinstance(here, list) and len(real) == len(here):
        for number, (one, other) in enumerate(zip(real, here, strict=True)):
            yield from differences(one, other, told, f"{path}[{number}]")
    elif real != here:
        yield f"{path}: {real!r} {here!r}"


def test_the_second_run_is_a_week_later_in_an_empty_hall(
    hall: Store, head: Actor, script: DrillScript
) -> None:
    half = drill.begin(head, script)
    at(half, 11)
    half.stop()
    assert tickets.board(head).queued or tickets.board(head).handling or tickets.board(head).ready
    again = drill.begin(head, script)
    assert again.day == half.day + timedelta(days=7)
    board = tickets.board(head)
    assert (board.queued, board.handling, board.suspended, board.ready) == ((), (), (), ())
    at(again, 11)
    assert again.state().skipped == 0
    assert again.state().played == half.state().played


def test_a_real_hall_has_no_drill(place: str, script: DrillScript, quick_pins: None) -> None:
    real = halls.create(place, name="大厅", manager="李主任", pin=PIN)
    try:
        manager = accounts.sign_in(real, "李主任", PIN)
        for act in (lambda: drill.begin(manager, script), lambda: drill.set_pace(manager, 60)):
            with pytest.raises(errors.BadInput) as refused:
                act()
            assert refused.value.reason == "not_practice"
        assert real.clock.pace is None
    finally:
        real.close()


def test_only_managers_run_a_drill(hall: Store, script: DrillScript) -> None:
    desk = accounts.sign_in(hall, "帮办甲", halls.PRACTICE_PIN)
    for act in (
        lambda: drill.begin(desk, script),
        lambda: drill.record(desk, script.day),
        lambda: drill.set_pace(desk, 2),
        lambda: drill.require_practice(desk),
    ):
        with pytest.raises(errors.NotAllowed):
            act()


def test_a_drill_of_another_hall_is_refused(
    small_hall: dict[str, Any], manager: Actor, script: DrillScript
) -> None:
    with pytest.raises(errors.BadInput) as refused:
        drill.begin(manager, script)
    assert refused.value.reason == "other_hall"


# --- the clock -----------------------------------------------------------------------------------


def test_a_pace_is_so_many_times_the_servers() -> None:
    pace = Pace(60, MORNING, MORNING + timedelta(days=1))
    assert pace.at(MORNING + timedelta(seconds=2)) == MORNING + timedelta(days=1, minutes=2)
    still = replace(pace, times=0)
    assert still.at(MORNING + timedelta(hours=2)) == MORNING + timedelta(days=1)


def test_the_clock_runs_stands_and_is_the_same_on_every_pc(hall: Store, head: Actor) -> None:
    nine = MORNING.replace(hour=1, minute=0, second=0)
    drill.set_pace(head, 0, nine)
    assert hall.now() == hall.now() == nine
    drill.set_pace(head, 60)
    began, start = time.monotonic(), hall.now()
    while hall.now() - start < timedelta(seconds=3):
        pass
    ran = (hall.now() - start).total_seconds()
    took = time.monotonic() - began
    assert took < ran <= took * 60 + 0.1
    # Another PC reads how the clock runs out of the hall.
    here = hall.clock.pace
    hall.clock.pace = None
    hall.learn_clock()
    assert hall.clock.pace == here
    hall.learn_hall()
    assert hall.clock.pace == here
    for wrong in (3, -1, 1000):
        with pytest.raises(errors.BadInput):
            drill.set_pace(head, wrong)


def test_pause_step_and_stop(hall: Store, head: Actor, script: DrillScript) -> None:
    replay = drill.begin(head, script)
    before = replay.state()
    assert (before.times, before.played, before.over) == (0, 0, False)
    assert before.now == drill.begins(script)
    assert replay.advance() == 0  # nothing is due while the clock stands
    replay.step()
    assert replay.state().played == 1
    assert hall.now() == replay.stage.moment(script.acts[0].at)
    replay.step()
    assert replay.state().played == 2
    replay.run(60)
    assert replay.state().times == 60
    replay.run(0)
    replay.stop()
    after = replay.state()
    assert after.over
    assert after.debrief is not None
    assert after.debrief.here.opened == 0
    assert replay.advance() == 0
    assert hall.clock.pace is not None
    assert hall.clock.pace.times == 1


# --- trainees ------------------------------------------------------------------------------------


def test_a_trainee_at_the_proxy_post_is_told_who_comes(
    hall: Store, head: Actor, script: DrillScript
) -> None:
    replay = drill.begin(head, script, frozenset({"proxy"}))
    opening = first(script, "ticket")
    drill.set_pace(head, 0, replay.stage.moment(opening.at + 1000))
    while replay.advance():
        pass
    (todo,) = replay.state().todos
    assert (todo.kind, todo.post) == ("ticket", "proxy")
    assert todo.facts["name"] == opening.facts["name"]
    assert todo.matter
    assert not tickets.board(head).queued
    # Ten minutes later the resident still waits, and the window has nothing; the rest of the hall went on.
    late = replay.stage.moment(opening.at) + timedelta(minutes=10)
    played = replay.state().played
    drill.set_pace(head, 0, late)
    while replay.advance():
        pass
    assert replay.state().played > played
    assert replay.state().waiting > 1
    trainee = accounts.sign_in(hall, "帮办乙", halls.PRACTICE_PIN)
    facts = opening.facts
    with hall.reading():
        matter = models.Matter.get(models.Matter.code == facts["matter"])
    opened = tickets.open(
        trainee,
        NewTicket(
            new_id(),
            matter.id,
            facts["name"],
            facts["phone"],
            consent=True,
            papers=(NewPaper("身份证"),),
        ),
    )
    replay.advance()
    assert opening.facts["name"] not in [one.facts.get("name") for one in replay.state().todos]
    # The window takes it up as long after the intake as on the recorded day.
    claim = next(act for act in script.acts if act.kind == "claim" and act.ref == opening.ref)
    drill.set_pace(head, 0, late + timedelta(milliseconds=claim.at - opening.at - 500))
    replay.advance()
    assert tickets.get(head, opened.card.id).card.state == "queued"
    drill.set_pace(head, 0, late + timedelta(milliseconds=claim.at - opening.at + 500))
    replay.advance()
    assert tickets.get(head, opened.card.id).card.state == "handling"
    assert replay.state().skipped == 0


def test_what_a_trainee_leaves_undone_is_missed_and_the_day_ends(
    hall: Store, head: Actor, script: DrillScript
) -> None:
    replay = drill.begin(head, script, frozenset({"proxy", "screening"}))
    for hour in range(9, 18):
        at(replay, hour)
    at(replay, 17, 30)
    state = replay.state()
    assert state.over
    assert state.debrief is not None
    missed = dict(state.debrief.counts.missed)
    assert missed["ticket"] == 31
    assert missed["check"] > 100
    assert state.debrief.counts.answered == 0
    assert state.debrief.here.opened == 0
    assert state.debrief.recorded.opened == 31


def test_a_window_trainee_who_does_otherwise_stops_nobody(
    hall: Store, head: Actor, script: DrillScript
) -> None:
    replay = drill.begin(head, script, frozenset({"window:3"}))
    trainee = accounts.sign_in(hall, "3号窗甲", halls.PRACTICE_PIN, "W")
    wanted = next(act for act in script.acts if act.kind == "claim" and act.post == "window:3")
    drill.set_pace(head, 0, replay.stage.moment(wanted.at + 1000))
    while replay.advance():
        pass
    todo = next(one for one in replay.state().todos if one.kind == "claim")
    key = replay.stage.ticket(wanted.ref)
    assert key is not None
    assert todo.number == tickets.get(trainee, key).card.number
    tickets.claim(trainee, key)
    replay.advance()
    drill.set_pace(head, 0, replay.stage.moment(wanted.at) + timedelta(minutes=8))
    while replay.advance():
        pass
    assert [one.kind for one in replay.state().todos if one.number == todo.number] == ["finish"]
    tickets.terminate(trainee, key, "户籍不在本区")
    for hour in (12, 15, 18):
        at(replay, hour)
    assert (
        tickets.get(head, key).card.state == "closed"
    )  # the desk handed the papers back all the same
    state = replay.state()
    assert state.debrief is not None
    assert state.debrief.counts.otherwise == 1
    assert state.debrief.counts.answered == 1
    assert dict(state.debrief.counts.missed)["claim"] > 5


def test_somebody_who_meddles_is_skipped_and_counted(
    hall: Store, head: Actor, script: DrillScript
) -> None:
    replay = drill.begin(head, script)
    claim = next(act for act in script.acts if act.kind == "claim")
    drill.set_pace(head, 0, replay.stage.moment(claim.at - 1000))
    while replay.advance():
        pass
    key = replay.stage.ticket(claim.ref)
    assert key is not None
    tickets.withdraw(head, key, "不办了")
    tickets.hand_back(head, key, Proof("pickup_code", tickets.get(head, key).pickup_code))
    at(replay, 12)
    assert replay.state().skipped >= 3  # the claim, the receipt of the papers, the end
    at(replay, 17, 30)
    state = replay.state()
    assert state.over
    assert state.debrief is not None
    assert ("claim", 1) in state.debrief.counts.skipped
    assert state.debrief.here.opened == 31


def test_a_post_the_script_does_not_have_is_refused(
    hall: Store, head: Actor, script: DrillScript
) -> None:
    with pytest.raises(errors.BadInput) as refused:
        drill.begin(head, script, frozenset({"window:99"}))
    assert refused.value.reason == "post"
