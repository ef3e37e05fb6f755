"""`staff` on three small questions, against the full grid; the long form is in tests/verification."""

from __future__ import annotations

import datetime as dt

import pytest

from callbacksim.report.staffing import staffing_screen
from callbacksim.report.words import moment
from callbacksim.scenario.calendar import timetable
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.study.staffing.staff import staff
from staffing_cases import LINES, PEOPLE, faults, question, whole_grid, wider_question


@pytest.mark.parametrize("number", [0, 13, 15])
def test_the_full_grid_has_nothing_against_the_answer(number: int) -> None:
    """Each word of the judge is wrong with probability 0.0001, of which there are 36."""
    scenario = question(number)
    found = staff(scenario, lines=LINES, agents=PEOPLE, jobs=1)
    assert found.plan is not None and found.confirmed_on is not None
    assert faults(found, whole_grid(scenario, 45), 1e-4) == []
    assert found.evaluated <= len(found.grid) * 2 / 3
    assert found.confirmed_on[0] >= max(one.runs for one in found.tried)


@pytest.mark.parametrize("number", [4, 5], ids=["listeners", "clerks"])
def test_nor_where_others_are_searched_for(number: int) -> None:
    """Two questions of nine plans, each word wrong with probability 0.001: 0.04 for all."""
    scenario = wider_question(number)
    found = staff(scenario, lines=[2], jobs=1)
    assert found.plan is not None and len(found.plan.counts()) == 3 and len(found.grid) == 9
    assert faults(found, whole_grid(scenario, 40, plans=found.grid.plans()), 1e-3) == []


def impossible(number: int) -> Scenario:
    """A question whose date nobody can keep, twenty minutes after the first call; it begins with one person."""
    scenario = question(number)
    dated = scenario.targets.model_copy(update={"finish_by": dt.datetime(2025, 7, 7, 9, 20)})
    one = scenario.agents.model_copy(update={"count": 1})
    return scenario.model_copy(update={"targets": dated, "agents": one})


def test_where_nothing_keeps_the_date_the_nearest_keeps_the_rest() -> None:
    """Not the cheapest of those that all miss the date, nor the first that was seen to: each word wrong by 0.001."""
    scenario = impossible(9)
    found = staff(scenario, lines=LINES, agents=PEOPLE, jobs=1)
    assert found.plan is None and found.nearest is not None
    assert faults(found, whole_grid(scenario, 45), 1e-3) == []
    assert found.nearest.targets[0].name == "finish_by" and found.nearest.targets[0].met is False
    screen = " ".join(staffing_screen(found, "a.toml", ""))
    half = timetable(scenario).datetime(found.nearest.half_done or 0.0)
    assert f"(half of them done by {moment(half)})" in " ".join(screen.split())


def test_the_last_of_something_is_taken_away_too() -> None:
    """With one person and one line chosen, none at all ends nothing: both bind, and what none costs cannot be told."""
    scenario = question(0)
    asked = {"finish_by": dt.datetime(2025, 7, 10), "called_back_in_time": None, "probability": 0.5}
    found = staff(
        scenario.model_copy(update={"targets": scenario.targets.model_copy(update=asked)}),
        lines=[1], agents=[1], jobs=1,
    )  # fmt: skip
    assert found.plan is not None and found.plan.counts() == {"lines": 1, "agents": 1}
    assert [(one.resource, one.met, one.saves.mean) for one in found.less] == [
        ("lines", False, None),
        ("agents", False, None),
    ]
    screen = " ".join(" ".join(staffing_screen(found, "a.toml", "")).split())
    assert (
        "What binds: one line less breaks “all done by”; one person less breaks “all done by”." in screen
        and screen.count("its cost cannot be told: not every run ends") == 2
    )


def test_the_same_search_gives_the_same_answer() -> None:
    first, again = (staff(question(15), lines=LINES, agents=PEOPLE, jobs=1) for _ in range(2))
    assert repr(first.dataframe()) == repr(again.dataframe()) and first.plan == again.plan
    card = first._repr_html_()
    assert first.plan is not None and first.cost is not None and first.cost.mean is not None
    assert f"{first.plan.lines} lines, {first.plan.agents} agents" in card and "on fresh replications" in card
    assert f"¥{first.cost.mean:,.2f}" in card and all(one.name in card for one in first.targets)
    assert len(card) < 4_000  # an answer, whatever the size of the grid


def test_the_table_has_what_a_plan_costs_beside_how_often_its_ceiling_is_kept() -> None:
    scenario = question(0)
    dear = scenario.model_copy(update={"targets": scenario.targets.model_copy(update={"cost": 1e6})})
    found = staff(dear, lines=[2], agents=[2], jobs=1)
    (row,) = found.dataframe().to_dict("records")
    assert row["cost"] == found.tried[0].cost > 100
    assert row["cost_kept"] == 1


def test_without_targets_it_says_what_to_name() -> None:
    scenario = question(0)
    nothing = scenario.model_copy(update={"targets": type(scenario.targets)()})
    with pytest.raises(Refused, match="there are none, so any plan would do; name what was promised: finish_by"):
        staff(nothing)
