"""Chance and ignorance apart: by hand, and over many studies whose truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from callbacksim.study.variances import split

INF, NAN = math.inf, math.nan


def test_two_sets_by_hand() -> None:
    # Pairs (1, 3), (5, 7): half the mean squared difference is 2. The set means 2, 6 have variance 8; of it 2/2 is
    # chance. As an analysis of variance: MS between = 2 · 8 = 16, MS within = 2, (16 − 2)/2 = 7.
    found = split([1, 5], [3, 7], 0.95)
    assert found.chance.mean == pytest.approx(math.sqrt(2))
    assert found.ignorance.mean == pytest.approx(math.sqrt(7))
    assert found.share == pytest.approx(7 / 9)
    assert found.chance.low is None and found.sets == 2


def test_the_order_within_a_pair_does_not_matter() -> None:
    assert split([1, 5, 2], [3, 7, 2], 0.9) == split([3, 5, 2], [1, 7, 2], 0.9)


def test_inputs_that_do_all_and_inputs_that_do_nothing() -> None:
    every = split([1, 2, 3, 4], [1, 2, 3, 4], 0.95)
    assert every.chance.mean == 0 and every.chance.high == 0 and every.share == 1
    assert every.ignorance.mean == pytest.approx(math.sqrt(5 / 3))
    none = split([1, 2, 1, 2], [2, 1, 2, 1], 0.95)
    assert none.ignorance.mean == 0 and none.ignorance.low == 0 and none.share == 0
    same = split([3, 3, 3], [3, 3, 3], 0.95)
    assert same.chance.mean == 0 and same.ignorance.high == 0 and same.share is None


def test_what_is_not_defined_is_left_out_and_what_is_endless_has_no_spread() -> None:
    assert split([1, NAN, 5], [3, 4, 7], 0.95).sets == 2
    assert split([1, NAN, 5], [3, 4, 7], 0.95).ignorance.mean == pytest.approx(math.sqrt(7))
    assert split([1, INF], [3, 7], 0.95).chance.mean is None
    assert split([1], [2], 0.95).chance.mean is None
    with pytest.raises(ValueError, match="2 first and 1 second"):
        split([1, 2], [1], 0.95)


@pytest.mark.parametrize(("ignorance", "chance"), [(3.0, 1.0), (1.0, 1.0), (0.0, 1.0)])
def test_intervals_hold_about_as_often_as_they_say(ignorance: float, chance: float) -> None:
    """300 studies of 40 sets. Were the coverage 0.90, fewer than 255 of them would hold with probability 0.002."""
    random = np.random.default_rng(20250707)
    held = [0, 0]
    for _ in range(300):
        sets = random.normal(0, ignorance, 40)
        found = split(sets + random.normal(0, chance, 40), sets + random.normal(0, chance, 40), 0.95)
        for at, (one, truth) in enumerate(((found.chance, chance), (found.ignorance, ignorance))):
            assert one.low is not None and one.high is not None
            held[at] += one.low <= truth <= one.high
    assert min(held) >= 255


def test_chance_that_depends_on_the_inputs_is_averaged() -> None:
    """Spread grows with the input: E[Var] = E[(1 + x)²] = 1 + 1 + 1/3 for x uniform on 0 … 1; Var(E) = 25/12."""
    random = np.random.default_rng(5)
    x = random.random(4000)
    first, second = (5 * x + (1 + x) * random.normal(size=4000) for _ in range(2))
    found = split(first, second, 0.999)
    for one, truth in ((found.chance, math.sqrt(7 / 3)), (found.ignorance, 5 / math.sqrt(12))):
        assert one.low is not None and one.high is not None and one.low <= truth <= one.high  # fails once in 1,000
