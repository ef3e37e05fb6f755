"""How numbers differ for good: the law of answer propensity, against its own definition and scipy's beta law."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from callbacksim.campaign.answering import beta_shape, propensity
from callbacksim.campaign.outcomes import Outcome
from callbacksim.scenario.checks import contradictions
from helpers import people, run, tiny

# A fine regular grid of uniforms: means over it are integrals over the law, to about one in its size.
GRID = (np.arange(200_000) + 0.5) / 200_000


def law(**answering: float) -> np.ndarray:
    return propensity(tiny(answering=answering), GRID)


def test_numbers_that_do_not_differ_have_propensity_one() -> None:
    assert (law(base=0.4) == 1).all()


def test_a_reachable_share_answers_in_place_of_all() -> None:
    own = law(base=0.3, reachable=0.6)
    assert (own == 0).mean() == pytest.approx(0.4, abs=1e-5)
    assert np.unique(own).tolist() == [0, pytest.approx(1 / 0.6)]
    assert own.mean() == pytest.approx(1, abs=1e-5)


def test_beta_propensities_have_the_mean_and_the_spread_that_are_asked_for() -> None:
    own = 0.4 * law(base=0.4, propensity_sd=0.2)
    assert (own.mean(), own.std()) == (pytest.approx(0.4, abs=1e-4), pytest.approx(0.2, abs=1e-4))
    # Mean 0.4 and sd 0.2: a + b = 0.24/0.04 - 1 = 5, so beta(2, 3).
    assert beta_shape(0.4, 0.2) == (pytest.approx(2), pytest.approx(3))
    for p in (0.1, 0.5, 0.9):
        assert np.quantile(own, p) == pytest.approx(stats.beta(2, 3).ppf(p), abs=1e-4)


def test_both_together_keep_the_mean_of_all() -> None:
    own = 0.3 * law(base=0.3, reachable=0.6, propensity_sd=0.1)
    assert own.mean() == pytest.approx(0.3, abs=1e-4)
    assert own[own > 0].mean() == pytest.approx(0.5, abs=1e-4)
    assert own[own > 0].std() == pytest.approx(0.1, abs=1e-4)


def test_response_by_attempt_falls_because_those_left_over_seldom_answer() -> None:
    """60 % reachable at 0.23 a call (base 0.138): the share ever answered after k calls is 0.6 × (1 − 0.77^k).

    4,000 numbers: each share has a standard error of at most 0.008, so 0.03 is beyond 3.7 of them (p < 0.001 in all).
    """
    answering = {"base": 0.138, "reachable": 0.6, "retry_multiplier": 1}
    scenario = tiny(
        robot={"lines": 4000, "attempts": 9},
        answering=answering,
        questionnaire={"complete": 1},
        study={"horizon_days": 30},
    )
    attempts = run(scenario, people(4000)).attempts
    live = attempts["outcome"] == Outcome.COMPLETE
    for calls in (1, 3, 5, 9):
        reached = (live & (attempts["attempt"] <= calls)).sum() / 4000
        assert reached == pytest.approx(0.6 * (1 - 0.77**calls), abs=0.03)


@pytest.mark.parametrize(
    ("answering", "said"),
    [
        ({"base": 0.5, "reachable": 0.4}, "0.4 of the numbers are ever answered, and base = 0.5 of all first calls"),
        (
            {"base": 0.3, "reachable": 0.6, "propensity_sd": 0.49999},
            "",  # sqrt(0.5 × 0.5) is more
        ),
        (
            {"base": 0.1, "propensity_sd": 0.31},
            "a share with mean 0.1 (base ÷ reachable) cannot have a standard deviation of 0.31",
        ),
        ({"base": 0.5, "reachable": 0.5, "propensity_sd": 0.1}, "a share with mean 1 (base ÷ reachable)"),
    ],
)
def test_laws_that_cannot_be_are_contradictions(answering: dict[str, float], said: str) -> None:
    found = contradictions(tiny(answering=answering))
    assert [finding.wrong[: len(said)] for finding in found] == ([said] if said else [])
