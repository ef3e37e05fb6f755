"""The county of 100,000 market entities: that people and not lines decide when it is finished.

A county takes seconds a replication, so the claim at the head of its file is checked on a fifth of it: a fifth of the
rows, contacts, lines, starts per second, people of every group and listeners. Work and hands shrink alike, so that
work per line and per person is the same; only that fifteen people share a queue better than three is not. (`make
verify` runs the county as it is.) Plans are paired on the same seeds; bounds are those of paired t intervals at 99.9
%.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import cache
from pathlib import Path

from callbacksim.frame.frame import Frame, build
from callbacksim.scenario.files import load, with_plan
from callbacksim.scenario.schema import Scenario
from callbacksim.study.estimates import mean, paired_difference
from callbacksim.study.measuring.measures import measures
from callbacksim.study.measuring.survey import cells
from callbacksim.study.setting import Setting, setting
from callbacksim.study.trials import run_one

COUNTY = Path(__file__).parents[2] / "scenarios" / "county-100k.toml"
RUNS, CONFIDENCE = 10, 0.999
FIFTH = 5
# Beyond so many standard deviations a normal variable lies with probability .001.
NORMAL = 3.29


def fifth(scenario: Scenario) -> Scenario:
    """A fifth of everything that there is a number of."""
    whole, agents = scenario.register_, scenario.agents
    assert whole.rows is not None and whole.contacts is not None
    numbers = (whole.rows, whole.contacts, scenario.robot.lines, agents.count, scenario.listeners.count)
    assert not any(n % FIFTH for n in (*numbers, *(group.count for group in agents.groups.values())))
    robot = {"lines": scenario.robot.lines // FIFTH, "calls_per_second": scenario.robot.calls_per_second / FIFTH}
    groups = {name: group.model_copy(update={"count": group.count // FIFTH}) for name, group in agents.groups.items()}
    register = {"rows": whole.rows // FIFTH, "contacts": whole.contacts // FIFTH}
    listeners = {"count": scenario.listeners.count // FIFTH}
    return scenario.model_copy(
        update={
            "register_": whole.model_copy(update=register),
            "robot": scenario.robot.model_copy(update=robot),
            "agents": agents.model_copy(update={"count": agents.count // FIFTH, "groups": groups}),
            "listeners": scenario.listeners.model_copy(update=listeners),
        }
    )


@cache
def county() -> Scenario:
    return load(COUNTY)


@cache
def frame() -> Frame:
    small = fifth(county())
    return build(small.register_, small.segments)


def under(plan: str | None) -> Setting:
    return setting(fifth(with_plan(county(), plan) if plan else county()), frame())


@cache
def figures(plan: str | None) -> list[dict[str, float]]:
    """The figures of each replication."""
    where = under(plan)
    return [measures(run_one(where, county().study.seed, r), where) for r in range(RUNS)]


def values(plan: str | None, figure: str) -> list[float]:
    return [one[figure] for one in figures(plan)]


def earlier(plan: str, figure: str) -> tuple[float, float]:
    """By how many hours the plan is earlier than the county as it stands: the ends of the interval."""
    found = paired_difference(values(None, figure), values(plan, figure), CONFIDENCE)
    assert found.low is not None and found.high is not None
    return found.low, found.high


def test_it_is_as_large_as_it_says() -> None:
    register = county().register_
    assert (register.rows, register.contacts) == (100_000, 80_000)
    assert county().recognition.unclear == 0.05 and county().listeners.share > 0
    assert {name for name, group in county().agents.groups.items() if group.breaks} == {"early", "late"}


def test_a_group_of_lines_more_ends_the_calls_a_night_earlier_and_the_campaign_hardly() -> None:
    low, _ = earlier("lines", "dialling_finish")
    assert low > 15  # from the window's end to the next morning
    low, high = earlier("lines", "finish")
    assert low > -3 and high < 3


def test_a_group_of_people_more_ends_the_campaign_many_hours_earlier_and_the_calls_not_at_all() -> None:
    assert earlier("people", "dialling_finish") == (0, 0)
    low, _ = earlier("people", "finish")
    assert low > 12


def test_the_people_are_busy_after_the_calls_have_ended() -> None:
    waited = paired_difference(values(None, "finish"), values(None, "dialling_finish"), CONFIDENCE)
    assert waited.low is not None and waited.low > 12
    busy = mean(values(None, "agent_occupancy"), CONFIDENCE)
    assert busy.low is not None and busy.low > 0.85
    assert min(values(None, "people_at_work")) > fifth(county()).agents.everybody


def test_areas_answer_differently() -> None:
    """Interviews per contact in park and harbour town against the one area without a factor (error .001 each)."""
    where, contacts, heard = under(None), Counter[str](), Counter[str]()
    for replication in range(3):
        for cell in cells(run_one(where, county().study.seed, replication), where):
            contacts[cell.label] += cell.contacts
            heard[cell.label] += cell.heard

    def above(one: str, other: str) -> float:
        """By how many standard deviations a larger share of the one is interviewed."""
        p, q = heard[one] / contacts[one], heard[other] / contacts[other]
        return (p - q) / math.sqrt(p * (1 - p) / contacts[one] + q * (1 - q) / contacts[other])

    assert above("东湖街道", "创业园区") > NORMAL
    assert above("临港镇", "东湖街道") > NORMAL
