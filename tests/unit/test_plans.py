"""Plans of a grid, and what is said of them before they are simulated: bounds by hand, and never above what comes."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

from callbacksim.frame.frame import frame_of
from callbacksim.scenario.calendar import timetable
from callbacksim.scenario.schema import Scenario
from callbacksim.study.estimates import proportion
from callbacksim.study.experiment import replicate
from callbacksim.study.staffing.plans import Grid, Plan, beforehand, calls_alone, earliest, least_cost, more_people_help
from helpers import at, constant, tiny

LAWS = ("answered", "no_answer", "busy", "rejected", "voicemail", "not_in_service")


def campaign(contacts: int, **changes: object) -> Scenario:
    """So many contacts, every ring ten seconds, one window from nine to ten."""
    made = tiny(
        answering={"ring": {name: constant(10) for name in LAWS}},
        calendar={"windows": [("09:00", "10:00")], "start": dt.date(2025, 7, 7)},
    )
    register = made.register_.model_copy(update={"rows": contacts, "contacts": contacts})
    robot = made.robot.model_copy(update={"calls_per_second": 0.0, **changes})
    return made.model_copy(update={"register_": register, "robot": robot})


def test_a_plan_says_how_many_of_each():
    plan = Plan(20, 3, listeners=1, departments=(("A", 2),))
    assert plan.counts() == {"lines": 20, "agents": 3, "listeners": 1, "departments.A": 2}
    assert plan.people == 6
    assert [(name, less.counts()[name]) for name, less in plan.one_less()] == [
        ("lines", 19), ("agents", 2), ("listeners", 0), ("departments.A", 1),
    ]  # fmt: skip
    assert [name for name, _ in Plan(1, 0).one_less()] == ["lines"]  # of nothing nothing can be taken


def test_a_plan_changes_a_scenario_and_nothing_else():
    before = campaign(10)
    scenario = before.model_copy(update={"ledger": before.ledger.model_copy(update={"clerks": "none"})})
    after = Plan(7, 4, listeners=2, departments=(("A", 9),)).of(scenario)
    assert (after.robot.lines, after.agents.count, after.listeners.count) == (7, 4, 2)
    assert after.ledger.departments["A"].staff == 9
    back = Plan(before.robot.lines, before.agents.count, listeners=before.listeners.count).of(after)
    assert back.robot == before.robot and back.agents == before.agents and back.listeners == before.listeners
    assert back.model_copy(update={"ledger": before.ledger}) == before


def test_a_grid_has_every_combination_once():
    grid = Grid((1, 2), (1, 2, 3), clerks=(1, 2), departments=(("甲", (1, 2)), ("乙", (4,))))
    plans = grid.plans()
    assert len(plans) == len(set(plans)) == len(grid) == 2 * 3 * 2 * 2
    assert plans[0] == Plan(1, 1, None, 1, (("甲", 1), ("乙", 4)))
    assert len({plan.column for plan in plans}) == 8


@pytest.mark.parametrize(
    ("contacts", "lines", "pace", "expected"),
    [
        # Two lines, ten seconds a ring: two at nine, two more every ten seconds. The eighth starts at 09:00:30.
        (8, 2, 0.0, at("09:00:30")),
        # One call every twenty seconds: the fourth starts at 09:01:00 at the earliest; two at once were allowed for.
        (4, 2, 0.05, at("09:00:40")),
        # 1 + 360 calls of ten seconds fit into the hour; the next one waits for Tuesday.
        (361, 1, 0.0, at("10:00:00")),
        (400, 1, 0.0, at("09:06:20", day=1)),
    ],
)
def test_the_last_first_call_cannot_start_before(contacts: int, lines: int, pace: float, expected: int):
    scenario = campaign(contacts, lines=lines, calls_per_second=pace)
    frame = frame_of(scenario)
    assert len(set(frame.contacts.number.tolist())) == contacts
    # A duration is rounded to the millisecond, so a ring counts a millisecond less: an hour of calls gains 0.4 s.
    found = earliest(scenario, frame, timetable(scenario))
    assert expected - 500 <= found <= expected


def test_where_not_everybody_need_be_called_nothing_is_known():
    scenario = campaign(400, lines=1, quota=5)
    assert earliest(scenario, frame_of(scenario), timetable(scenario)) == 0.0
    assert math.isinf(earliest(campaign(4, lines=0), frame_of(campaign(4)), timetable(campaign(4))))


def busy_campaign(lines: int, people: int) -> Scenario:
    """Two hundred contacts of whom many are called back, on two short days."""
    made = campaign(200, lines=lines)
    items = made.questionnaire.items.model_copy(update={"problems": 0.3})
    return made.model_copy(
        update={
            "questionnaire": made.questionnaire.model_copy(update={"items": items}),
            "agents": made.agents.model_copy(update={"count": people}),
        }
    )


def test_calls_are_the_same_however_many_people_there_are():
    """The ground of every bound: with the lines alike, people change no call, no minute and no month."""
    studies = [replicate(busy_campaign(2, people), 5, jobs=1) for people in (1, 2, 5)]
    names = ("dialling_finish", "robot_cost", "line_cost", "interviews", "attempts", "escalations", "missed")
    figures = [[[one.measures[name] for name in names] for one in study.figures] for study in studies]
    assert np.array_equal(figures[0], figures[1], equal_nan=True)
    assert np.array_equal(figures[0], figures[2], equal_nan=True)
    assert calls_alone(busy_campaign(2, 1))


def test_no_plan_costs_less_than_its_bounds():
    for lines in (1, 2, 4):
        seen = replicate(busy_campaign(lines, 1), 6, jobs=1).figures
        for people in (1, 2, 3):
            scenario = busy_campaign(lines, people)
            study = replicate(scenario, 6, jobs=1)
            before = beforehand(scenario, study.frame)
            for one, known in zip(study.figures, seen, strict=True):
                if math.isinf(one.measures["finish"]):
                    continue
                calls = known.measures["robot_cost"] + known.measures["line_cost"]
                dialled = known.measures["dialling_finish"] * 3_600_000
                assert before.earliest <= dialled
                assert before.cost <= least_cost(scenario, before.times, calls, dialled) + 1e-9
                assert least_cost(scenario, before.times, calls, dialled) <= one.measures["cost"] + 1e-9


def test_where_the_hour_decides_who_is_reached_one_person_more_can_break_a_promise():
    """Two call-backs at 09:01, 0.4 of all tries reach before ten and all later; whom a try does not reach waits a day.

    One person: if the first is reached, it takes past noon, and then the second is reached for certain: done by 20:00
    with probability 0.4. Two people try both at 09:01: 0.4² = 0.16.
    """
    later = {str(hour): 250.0 for hour in range(10, 21)}
    two = tiny(
        register={"rows": 2, "contacts": 2},
        robot={"lines": 2},
        questionnaire={"items": {"problems": 1}},
        agents={
            "reach": 0.4,
            "reach_index": later,
            "retry_minutes": 720,
            "roster": [["09:00", "21:00"]],
            "talk": constant(12_600),
        },
    )
    assert not more_people_help(two)
    runs, by = 300, 20.0  # hours since midnight
    for people, truth in ((1, 0.4), (2, 0.16)):
        agents = two.agents.model_copy(update={"count": people})
        study = replicate(two.model_copy(update={"agents": agents}), runs, jobs=1)
        kept = sum(one.measures["finish"] <= by for one in study.figures)
        found = proportion(kept, runs, 0.9999)
        assert found.low is not None and found.high is not None
        assert found.low <= truth <= found.high


def test_where_more_people_may_do_harm_nothing_is_taken_for_granted():
    plain = campaign(10)
    live = plain.agents.model_copy(update={"transfer": plain.agents.transfer.model_copy(update={"live": True})})
    hours = plain.agents.model_copy(update={"reach_index": {"9": 50.0}})
    assert more_people_help(plain)
    assert not more_people_help(plain.model_copy(update={"agents": live}))
    assert not more_people_help(plain.model_copy(update={"agents": hours}))
