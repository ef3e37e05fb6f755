"""`staff` against the full grid by brute force, and how often its plan truly meets its targets."""

from __future__ import annotations

import pytest
from scipy import stats

from callbacksim.scenario.files import load
from callbacksim.scenario.laws import Lognormal
from callbacksim.scenario.schema import Scenario
from callbacksim.study.staffing.staff import staff
from staffing_cases import LINES, PEOPLE, SCENARIOS, faults, question, whole_grid, wider_question

ERROR = 1e-4
"""Of each word of the judge: 20 questions of 12 plans are judged wrongly with probability 0.05 at most."""
QUESTIONS = 20
WIDER = 8
SEARCHES = 60


@pytest.mark.slow
def test_the_full_grid_has_nothing_against_any_answer() -> None:
    more_lines_win = without = 0
    for number in range(QUESTIONS):
        scenario = question(number)
        if number % 5 == 4:  # nobody is called and called back within an hour
            moved = {"finish_by": scenario.targets.finish_by.replace(hour=9, minute=20)}  # type: ignore[union-attr]
            scenario = scenario.model_copy(update={"targets": scenario.targets.model_copy(update=moved)})
        found = staff(scenario, lines=LINES, agents=PEOPLE, jobs=None)
        whole = whole_grid(scenario, 120, jobs=None)
        assert faults(found, whole, ERROR) == [], number
        without += found.plan is None
        chosen = found.plan
        more_lines_win += chosen is not None and any(
            plan.lines < chosen.lines and plan.agents >= chosen.agents and whole.keeps(plan, ERROR) is True
            for plan in whole.runs
        )
    assert without >= 3 and more_lines_win >= 1


def _screened_too_long(scenario: Scenario) -> Scenario:
    """To look at a report takes a clerk longer than it may take in all: no number of clerks keeps the dates."""
    ledger = scenario.ledger
    assert ledger.clerks is not None
    slow = ledger.clerks.model_copy(update={"screening": Lognormal(law="lognormal", mean=600.0, sd=60.0)})
    return scenario.model_copy(update={"ledger": ledger.model_copy(update={"clerks": slow})})


@pytest.mark.slow
def test_nor_where_listeners_clerks_and_departments_are_searched_for() -> None:
    """8 questions of 18, 24 and 36 plans, 192 in all: two words each, judged wrongly with probability 0.04 at most.

    The chosen plans are held against 1,000 further replications: at a confidence of 0.95 more untrue ones than the
    0.999 point of Binomial(8, 0.05) are an error of the search, and by chance in one of a thousand.
    """
    untrue = without = more_wins = 0
    for number in range(WIDER):
        scenario = wider_question(number)
        if number == 5:
            scenario = _screened_too_long(scenario)
        found = staff(scenario, jobs=None)
        whole = whole_grid(scenario, 240, jobs=None, plans=found.grid.plans())
        assert faults(found, whole, ERROR) == [], number
        if found.plan is None:  # more people, and more clerks, are no sure help to the dates: every plan was looked at
            without += 1
            continue
        assert found.evaluated < len(found.grid)
        untrue += not whole_grid(scenario, 1000, jobs=None, plans=[found.plan]).truly_keeps(found.plan)
        fewest = found.grid.plans()[0].counts()
        beside = [name for name in fewest if name not in ("lines", "agents")]
        more_wins += any(found.plan.counts()[name] > fewest[name] for name in beside)
    assert without == 1 and more_wins >= 2  # the questions are no formality
    assert untrue <= stats.binom.ppf(0.999, WIDER, 0.05)


@pytest.mark.slow
def test_the_forecast_s_own_targets_are_attainable_by_a_third_of_its_grid() -> None:
    found = staff(load(SCENARIOS / "gaoxin-forecast.toml"), jobs=None)
    assert found.plan is not None
    assert {one.name for one in found.targets} == {
        "finish_by",
        "called_back_in_time",
        "cost",
        "satisfaction_error",
        "missed",
    }
    assert all(one.met is True for one in found.targets)
    assert 3 * found.evaluated <= len(found.grid)


@pytest.mark.slow
def test_the_chosen_plan_truly_meets_its_targets_as_often_as_promised() -> None:
    """Searches with other seeds; the truth by 1,000 fresh replications of each plan that was ever chosen.

    With confidence 0.8 a plan that does not truly meet its targets may be chosen in a fifth of the searches: more than
    the 0.999 point of Binomial(60, 0.2) is an error of the search, and by chance in one of a thousand.
    """
    scenario = question(0)
    scenario = scenario.model_copy(update={"study": scenario.study.model_copy(update={"confidence": 0.8})})
    chosen = [staff(scenario, lines=LINES, agents=PEOPLE, seed=1000 + s, jobs=None).plan for s in range(SEARCHES)]
    whole = whole_grid(scenario, 1000, jobs=None, plans=[plan for plan in set(chosen) if plan is not None])
    untrue = sum(plan is not None and not whole.truly_keeps(plan) for plan in chosen)
    assert sum(plan is not None for plan in chosen) >= SEARCHES // 2
    assert untrue <= stats.binom.ppf(0.999, SEARCHES, 0.2)
