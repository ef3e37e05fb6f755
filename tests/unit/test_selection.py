"""Kim and Nelson's procedure on the (s, S) inventory problem of Koenig and Law, whose five mean costs are published.

Demand of each of 30 periods is Poisson(25); stock begins at S; where it is below s at the start of a period, it is
filled up to S for 32 + 3 an item; holding costs 1, lacking 5 an item and period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from scipy import stats

from callbacksim.study.selection import Selection, select_best

POLICIES = ((20, 40), (20, 80), (40, 60), (40, 100), (60, 100))
PUBLISHED = (114.176, 112.742, 130.550, 130.699, 147.382)


def cost(policy: tuple[int, int], demand: np.ndarray) -> np.ndarray:
    """Mean cost a period of each row of demands, shape (replications, 30)."""
    low, full = policy
    stock = np.full(len(demand), float(full))
    total = np.zeros(len(demand))
    for period in demand.T:
        short = stock < low
        total += np.where(short, 32 + 3 * (full - stock), 0.0)
        stock = np.where(short, full, stock) - period
        total += np.where(stock >= 0, stock, -5 * stock)
    return total / demand.shape[1]


def problem(seed: int, *, same_demand: bool) -> object:
    """A sampler: all policies face the same demand (common random numbers), or each its own."""
    shared = np.random.default_rng(seed).poisson(25, (4000, 30))

    def sample(plans: Sequence[int], first: int, last: int) -> Mapping[int, Sequence[float]]:
        own = {p: shared if same_demand else np.random.default_rng((seed, p)).poisson(25, (4000, 30)) for p in plans}
        return {p: cost(POLICIES[p], own[p][first:last]).tolist() for p in plans}

    return sample


def chosen(seed: int, *, same_demand: bool = True, **more: object) -> Selection:
    return select_best(problem(seed, same_demand=same_demand), 5, 1.0, 0.95, **more)


def test_the_problem_is_the_published_one() -> None:
    """50,000 replications: each mean within 4 standard errors of the published one (p < 0.0004 in all)."""
    demand = np.random.default_rng(11).poisson(25, (50_000, 30))
    for policy, published in zip(POLICIES, PUBLISHED, strict=True):
        costs = cost(policy, demand)
        # The published means have three decimals and an error of their own.
        assert abs(costs.mean() - published) < 4 * costs.std() / 50_000**0.5 + 0.02


def test_the_best_is_chosen_at_least_as_often_as_promised() -> None:
    """(20, 80) is better by 1.43, more than 1: right with probability 0.95 or more. Below 86 of 100: p < 0.0003."""
    right = sum(chosen(seed).best == 1 for seed in range(100))
    assert stats.binom.cdf(85, 100, 0.95) < 0.0003
    assert right >= 86


def test_meeting_the_same_demand_takes_fewer_replications() -> None:
    shared = [sum(chosen(seed).replications) for seed in range(20)]
    apart = [sum(chosen(seed, same_demand=False).replications) for seed in range(20)]
    assert stats.ttest_ind(shared, apart, equal_var=False, alternative="less").pvalue < 0.001


def test_plans_far_behind_are_dropped_early() -> None:
    found = chosen(3)
    assert found.certain and found.left == (found.best,)
    assert max(found.replications[2:]) < min(found.replications[:2])
    assert found.means[4] == pytest.approx(147, abs=3)


def test_one_difference_by_hand() -> None:
    """Two plans, differences 1, 3: S² = 2, n₀ = 2, h² = 2·½·((2·0.05)^−2 − 1)·1 = 99.

    After r = 2 the slack is max(0, δ/4·(99·2/δ² − 2)): with δ = 8, 8/4·(3.09 − 2) = 2.19 >= the mean difference of 2,
    so both stay; with δ = 9, 9/4·(2.444 − 2) = 1 < 2, so the worse one goes.
    """

    def sample(plans: Sequence[int], first: int, last: int) -> Mapping[int, Sequence[float]]:
        values = {0: [10.0, 10.0], 1: [11.0, 13.0]}
        return {plan: values[plan][first:last] for plan in plans}

    assert select_best(sample, 2, 8.0, 0.95, first=2, most=2).left == (0, 1)
    dropped = select_best(sample, 2, 9.0, 0.95, first=2, most=2)
    assert (dropped.left, dropped.certain, dropped.best) == ((0,), True, 0)
    assert select_best(sample, 2, 9.0, 0.95, first=2, most=2, largest=True).best == 1


def test_plans_that_do_not_differ_are_told_apart_at_once() -> None:
    """S² = 0, so the triangle is at its point from the start: either is within delta of the best."""
    same = select_best(lambda plans, first, last: {p: [5.0] * (last - first) for p in plans}, 3, 1.0, 0.9, most=40)
    assert (same.best, same.certain, same.left, same.replications) == (0, True, (0,), (10, 10, 10))


def test_equal_means_wait_until_the_triangle_has_come_to_its_point() -> None:
    """Differences ±1 by turns: S² = 10/9, n₀ = 10, h² = 9·(0.1^(−2/9) − 1) = 6.01; N = h²·S²/δ² = 6.68/δ².

    With δ = 1 that lies below n₀, and the first ten suffice, equal as they are. With δ = 0.5 the slack after r is
    0.25·(26.7 − r)/r. The means are equal at every even r; at an odd one plan 1 is ahead by 1/r, more than the slack
    where r > 22.7: at 23.
    """

    def sample(plans: Sequence[int], first: int, last: int) -> Mapping[int, Sequence[float]]:
        apart = [0.0, 1.0] * 20
        values = {0: [1.0 - value for value in apart], 1: apart}
        return {plan: values[plan][first:last] for plan in plans}

    wide, narrow = (select_best(sample, 2, delta, 0.95, first=10, most=40) for delta in (1.0, 0.5))
    assert (wide.certain, wide.best, wide.replications) == (True, 0, (10, 10))
    assert (narrow.certain, narrow.best, narrow.replications) == (True, 1, (23, 23))


def test_what_cannot_be_selected() -> None:
    def sample(plans: Sequence[int], first: int, last: int) -> Mapping[int, Sequence[float]]:
        return {plan: [float("inf")] * (last - first) for plan in plans}

    with pytest.raises(ValueError, match="cut off"):
        select_best(sample, 2, 1.0, 0.95)
    for plans, delta, confidence in ((1, 1.0, 0.95), (2, 0.0, 0.95), (2, 1.0, 0.5), (2, 1.0, 1.0)):
        with pytest.raises(ValueError, match="at least two"):
            select_best(sample, plans, delta, confidence)
