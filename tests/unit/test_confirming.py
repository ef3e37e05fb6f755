"""The search for staff and its confirmation on plans whose truth is written down: coins in place of campaigns."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from scipy import stats

from callbacksim.frame.frame import frame_of
from callbacksim.scenario.schema import Scenario
from callbacksim.study.staffing.confirming import Confirmations
from callbacksim.study.staffing.planruns import PlanRuns, Run, further, looks, surely
from callbacksim.study.staffing.plans import Grid, Plan, beforehand
from callbacksim.study.staffing.search import Search
from callbacksim.study.staffing.staff import Course, StaffingAnswer
from staffing_cases import question

GRID = Grid(lines=(1, 2), agents=(1, 2, 3))
WANTED, CONFIDENCE = 0.8, 0.9


class Coins(PlanRuns):
    """Replications of plans that keep the one target with a known probability, and cost 100 a line and 30 a person.

    Replication r of every plan has the same draw, as campaigns have the same people.
    """

    def __init__(self, scenario: Scenario, truth: Mapping[Plan, float], seed: int) -> None:
        super().__init__(scenario, frame_of(scenario), seed, 1, None)
        self.truth = truth
        self.draws = np.random.default_rng(seed).random(100_000)

    def _simulate(self, plan: Plan, first: int, last: int, to: list[Run]) -> None:
        if first >= last:
            return
        cost = 100.0 * plan.lines + 30.0 * plan.agents
        kept = self.draws[first:last] < self.truth.get(plan, 0.0)
        self.replications += last - first
        to += [Run((bool(one),), cost, 0.0, 0.0, 0.0, 1.0) for one in kept]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    asked = question(0)
    promised = {"finish_by": None, "cost": None, "called_back_in_time": 0.9, "probability": WANTED}
    return asked.model_copy(
        update={
            "targets": asked.targets.model_copy(update=promised),
            "study": asked.study.model_copy(update={"confidence": CONFIDENCE}),
        }
    )


@pytest.fixture(scope="module")
def known(scenario: Scenario) -> dict[Plan, object]:
    """What is known of the plans before anything is simulated; it takes longer than the coins."""
    return {plan: beforehand(plan.of(scenario), frame_of(scenario)) for plan in GRID.plans()}


def searched(scenario: Scenario, known: dict[Plan, object], truth: Mapping[Plan, float], seed: int) -> StaffingAnswer:
    sizes = looks(WANTED, CONFIDENCE, None)
    trials = Coins(scenario, truth, seed)
    search = Search(trials, GRID, sizes, surely(WANTED, 1 - (1 - CONFIDENCE) / 5), further(sizes, None))
    search.beforehand = dict(known)  # type: ignore[arg-type]
    course = Course(trials, search)
    course.run()
    return course.answer()


def truths(*values: float) -> dict[Plan, float]:
    return dict(zip(GRID.plans(), values, strict=True))


@pytest.mark.parametrize(
    "truth",
    [
        truths(0.5, 0.79, 0.79, 0.6, 0.79, 0.79),  # none is good, four nearly are
        truths(0.1, 0.3, 0.78, 0.2, 0.79, 0.95),  # one is, the dearest
        truths(0.79, 0.85, 0.9, 0.79, 0.9, 0.99),
    ],
)
def test_what_is_chosen_is_good_at_least_as_often_as_promised(
    scenario: Scenario, known: dict[Plan, object], truth: dict[Plan, float]
) -> None:
    """At confidence 0.9 a plan that is not good may be chosen in a tenth of 200 searches: more than the 0.9999 point of
    that binomial law is an error, by chance in one of 10,000."""
    found = [searched(scenario, known, truth, seed).plan for seed in range(200)]
    untrue = sum(plan is not None and truth[plan] < WANTED for plan in found)
    assert untrue <= stats.binom.ppf(0.9999, 200, 0.1)


def test_a_plan_that_is_good_by_little_is_found_more_often_than_not(
    scenario: Scenario, known: dict[Plan, object]
) -> None:
    """0.87 where 0.8 is wanted. The looks of a search alone, and one test, are sure of it in one search of five."""
    truth = truths(0.3, 0.5, 0.7, 0.4, 0.6, 0.87)
    answers = [searched(scenario, known, truth, seed) for seed in range(100)]
    found = [one for one in answers if one.plan == Plan(2, 3)]
    # Were it found in half of all searches only, fewer than 30 of 100 would be seen once in 40,000.
    assert stats.binom.cdf(30, 100, 0.5) < 1 / 20_000
    assert len(found) > 30


def test_tests_share_no_replication_and_no_error(scenario: Scenario) -> None:
    """The first test has half of the error probability, the second a quarter, and it begins where the first ended."""
    plan = Plan(1, 1)
    trials = Coins(scenario, dict.fromkeys(GRID.plans(), 0.9), 1)
    trials.first(plan, 100)
    tests = Confirmations(trials, 100, 200)
    one, two = tests.put(plan, long=False), tests.put(plan, long=True)
    assert (one.first, two.first) == (100, 100 + len(one.runs)) and tests.count == 2
    for test, level in ((one, 0.95), (two, 0.975)):
        kept, n = sum(run.kept[0] is True for run in test.runs), len(test.runs)
        (verdict,) = test.verdicts
        assert verdict.probability.low == pytest.approx(stats.beta.ppf(1 - level, kept, n - kept + 1))
    assert len(one.runs) <= 200 and len(two.runs) <= 400
