"""Who answers: the likelihood against sums by hand and scipy's beta law; fits against logs whose truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from callbacksim.study.calibrating.answerfit import Effect, Problem, effect_errors, fit, log_factors, profile
from callbacksim.study.calibrating.propensity import (
    Group,
    Own,
    Sequences,
    beta_nodes,
    log_likelihood,
    predicted,
    sequences,
)


def of_calls(*numbers: str) -> Sequences:
    """``"001"``: a number that answered its third call. All calls are of one kind."""
    number = np.repeat(np.arange(len(numbers)), [len(one) for one in numbers])
    heard = np.array([mark == "1" for one in numbers for mark in one])
    return sequences(number, np.arange(len(number)), np.zeros_like(number), heard)


def alone(calls: Sequences, factor: float = 1.0, most: float = 1.0) -> Problem:
    return Problem(calls, np.full(len(calls.cell), math.log(factor)), most)


@pytest.mark.parametrize(("mean", "alike"), [(0.4, 0.2), (0.1, 0.9), (0.5, 1e-4), (0.02, 0.3)])
def test_the_nodes_integrate_under_the_beta_law(mean: float, alike: float) -> None:
    nodes, weights = beta_nodes(mean, alike)
    a, both = mean * (1 / alike - 1), 1 / alike - 1
    moment = 1.0
    for power in range(25):
        assert weights @ nodes**power == pytest.approx(moment, rel=1e-6)
        moment *= (a + power) / (both + power)  # of the beta law, the next one from the last


def test_equal_numbers_are_counted_not_repeated() -> None:
    calls = of_calls("001", "1", "001", "000")
    assert len(calls.first) == 3 and sorted(calls.count.tolist()) == [1, 1, 2]
    assert calls.weight.sum() == 3 + 1 + 3 + 3 and calls.weight @ calls.answered == 3


def test_calls_of_a_number_are_put_in_the_order_of_time() -> None:
    number, start = np.array([0, 0, 0]), np.array([30, 10, 20])
    calls = sequences(number, start, np.array([5, 7, 6]), np.array([True, False, False]))
    assert calls.cell.tolist() == [7, 6, 5] and calls.answered.tolist() == [False, False, True]


def test_the_likelihood_by_hand() -> None:
    # 60 % reachable, each call 1/4. "01": 0.6 × 3/4 × 1/4; "00": 0.4 + 0.6 × (3/4)².
    own = Own(0.25, 0.6, 0.0)
    found = log_likelihood(of_calls("01", "00"), own, np.zeros(4), 1.0)[0]
    assert found == pytest.approx(math.log(0.6 * 3 / 16) + math.log(0.4 + 0.6 * 9 / 16))
    assert (own.base, own.sd) == (pytest.approx(0.15), 0)


def test_the_likelihood_of_differing_numbers_is_that_of_polya_s_urn() -> None:
    # Beta(2, 3): no, no, yes has chance 3/5 × 4/6 × 2/7 = 24/210, two noes 12/30.
    own = Own(0.4, 1.0, 1 / 6)  # a + b = 5 = 1/alike − 1
    found = log_likelihood(of_calls("001", "00"), own, np.zeros(5), 1.0)[0]
    assert found == pytest.approx(math.log(24 / 210) + math.log(12 / 30))


def test_the_cap_and_a_latent_group() -> None:
    # Probability 0.8, cut at 0.5; a fifth of the numbers have a quarter of 0.8.
    groups = (Group(0.8, 1.0), Group(0.2, 0.25))
    found = log_likelihood(of_calls("1"), Own(0.8, 1.0, 0.0), np.zeros(1), 0.5, groups)[0]
    assert found == pytest.approx(math.log(0.8 * 0.5 + 0.2 * 0.2))


def test_the_slope_is_the_change_of_the_likelihood() -> None:
    rng = np.random.default_rng(7)
    number = np.repeat(np.arange(40), 3)
    calls = sequences(number, np.arange(120), rng.integers(0, 4, 120), rng.random(120) < 0.3)
    factors = np.array([0.0, 0.1, -0.2, 0.3])[calls.cell]
    own, groups = Own(0.5, 0.7, 0.3), (Group(0.9, 1.0), Group(0.1, 0.4))
    value, slope = log_likelihood(calls, own, factors, 0.8, groups)
    for at in (0, 7, 50):
        moved = factors.copy()
        moved[at] += 1e-6
        change = (log_likelihood(calls, own, moved, 0.8, groups)[0] - value) / 1e-6
        assert slope[at] == pytest.approx(change, rel=1e-4, abs=1e-5)


def test_what_is_predicted_call_by_call_multiplies_to_the_likelihood() -> None:
    calls = of_calls("001", "01", "000", "1", "0", "010")
    own, groups = Own(0.3, 0.7, 0.2), (Group(0.8, 1.0), Group(0.2, 0.5))
    chance = predicted(calls, own, np.zeros(len(calls.cell)), 1.0, groups)
    each = np.where(calls.answered, chance, 1 - chance)
    assert calls.weight @ np.log(each) == pytest.approx(
        log_likelihood(calls, own, np.zeros(len(calls.cell)), 1.0, groups)[0]
    )
    # A first call to anybody: 0.7 × 0.3, for a fifth of them half of that.
    assert chance[calls.nth == 1] == pytest.approx(0.21 * 0.9)


def test_alike_numbers_are_a_binomial_and_the_interval_is_that_of_its_likelihood() -> None:
    """60 of 200 single calls: only the base is told. Its profile is the binomial likelihood's, solved here apart."""
    calls = of_calls(*["1"] * 60, *["0"] * 140)
    held = {"reachable": 1.0, "alike": 0.0, "multiplier": 1.0}
    best = fit(alone(calls, factor=0.5), held)
    assert best.own.base == pytest.approx(0.6, abs=1e-4)  # the scenario's own index halves it
    low, high = profile(alone(calls), held, fit(alone(calls), held), "base", 0.95)

    def deviance(p: float) -> float:
        return 2 * (60 * math.log(0.3 / p) + 140 * math.log(0.7 / (1 - p)))

    assert (deviance(low), deviance(high)) == (pytest.approx(3.841, abs=0.02), pytest.approx(3.841, abs=0.02))
    assert low < 0.3 < high


def test_a_national_survey_is_told_by_people_who_differ_not_by_calls_that_tire() -> None:
    """A Swedish labour survey's response: 12.8 % at one call, 32.8 at 3, 44.3 at 5, 54.6 at 9, 60.4 at 25.

    Published reading: about 60 % reachable, each call answered with .23. Between the published points every call has
    the same chance; 10,000 numbers.
    """
    reached = np.interp(np.arange(26), [0, 1, 3, 5, 9, 25], [0, 0.128, 0.328, 0.443, 0.546, 0.604])
    rows = [row for k in range(25) for row in ["0" * k + "1"] * round(10_000 * (reached[k + 1] - reached[k]))]
    problem = alone(of_calls(*rows, *["0" * 25] * (10_000 - len(rows))))
    alike = {"reachable": 1.0, "alike": 0.0}
    people, free = fit(problem, {"multiplier": 1.0, "alike": 0.0}), fit(problem, {"multiplier": 1.0})
    tired, same = fit(problem, alike), fit(problem, {**alike, "multiplier": 1.0})
    assert people.own.reachable == pytest.approx(0.60, abs=0.03)
    assert people.own.mean == pytest.approx(0.23, abs=0.04)
    assert people.log_likelihood > same.log_likelihood + 1000
    # A spread among the reachable too tells the tail, and the fall with it better than calls that tire.
    assert free.log_likelihood > tired.log_likelihood + 10


def test_a_better_maximum_far_away_is_found() -> None:
    """With a factor for each call free, the climb from afar ends on a lower top than that of people who differ."""
    rows, left = [], 10_000
    for attempt, hazard in enumerate((0.128, 0.122, 0.090, 0.061, 0.038, 0.003)):
        answered = round(left * hazard)
        rows += ["0" * attempt + "1"] * answered
        left -= answered
    problem = alone(of_calls(*rows, *["000000"] * left))
    people = fit(problem, {"multiplier": 1.0})
    assert fit(problem, {}, people, anywhere=True).log_likelihood >= people.log_likelihood


def test_an_hour_that_is_answered_more_is_found_beside_the_differences() -> None:
    """Expected counts in place of chance: the fit of counts that are exactly the model's is the model."""
    rows, cells, hearing = [], [], []
    own = Own(0.5, 0.6, 0.0)
    factors = {0: 0.8, 1: 1.2}
    at = 0
    for first in (0, 1):
        for second in (0, 1):
            p, q = (own.mean * factors[cell] for cell in (first, second))
            chances = {"1": 0.6 * p, "01": 0.6 * (1 - p) * q, "00": 0.4 + 0.6 * (1 - p) * (1 - q)}
            for marks, chance in chances.items():
                for _ in range(round(4000 * chance)):
                    rows += [at] * len(marks)
                    cells += [first, second][: len(marks)]
                    hearing += [mark == "1" for mark in marks]
                    at += 1
    calls = sequences(np.array(rows), np.arange(len(rows)), np.array(cells), np.array(hearing))
    scale = np.bincount(calls.cell, weights=calls.weight).astype(float)
    problem = Problem(calls, np.zeros(len(calls.cell)), 0.99, effects=(Effect("hour", ("9", "14"), calls.cell, scale),))
    found = fit(problem, {"multiplier": 1.0})
    ratio = math.exp(found.effects["hour"][1] - found.effects["hour"][0])
    assert ratio == pytest.approx(1.5, rel=0.01)
    assert found.own.reachable == pytest.approx(0.6, abs=0.01)
    # The factors' mean over the calls is 1, and the base goes with it.
    assert scale @ np.exp(found.effects["hour"]) / scale.sum() == pytest.approx(1)
    assert np.exp(log_factors(problem, found)).min() * found.own.mean == pytest.approx(0.4, rel=0.01)
    error = effect_errors(problem, {"multiplier": 1.0}, found)["hour"]
    assert (error > 0).all() and (error < 0.03).all()


def test_calls_that_tire_are_found_where_there_is_no_other_way_to_tell_it() -> None:
    """Alike numbers whose every further call is answered half as often, seven calls: mixtures cannot fall so fast."""
    rows, left = [], 20_000.0
    for attempt in range(7):
        answered = left * 0.5 * 0.5**attempt
        rows += ["0" * attempt + "1"] * round(answered)
        left -= answered
    problem = alone(of_calls(*rows, *["0" * 7] * round(left)))
    people, both = fit(problem, {"multiplier": 1.0}), fit(problem, {})
    assert 2 * (both.log_likelihood - people.log_likelihood) > 3.84
    assert both.multiplier < 0.75
