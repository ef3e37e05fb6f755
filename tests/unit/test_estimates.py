"""Intervals against published values, hand computation and repeated studies with a known truth."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import bdtr, ndtri

from callbacksim.study import estimates
from callbacksim.study.estimates import Estimate, prediction, prediction_needs

INF = math.inf
NAN = math.nan

FALSE_ALARM = 1e-6
"""A coverage test fails by chance at most this often; the seeds are fixed, so it either fails always or never."""

STUDIES = 1000


def least_covered(confidence: float, error: float) -> int:
    """The smallest k that Binomial(STUDIES, confidence) does not reach with probability above ``error``."""
    return int(np.searchsorted(bdtr(np.arange(STUDIES + 1.0), STUDIES, confidence), error, side="right"))


def most_covered(confidence: float, error: float) -> int:
    return STUDIES - least_covered(1 - confidence, error)


def test_the_band_is_the_binomial_one():
    k = least_covered(0.9, FALSE_ALARM)
    assert bdtr(k - 1, STUDIES, 0.9) <= FALSE_ALARM < bdtr(k, STUDIES, 0.9)


# --- means -----------------------------------------------------------------------------------------------------------


def test_mean_law_example():
    # Law (2015), example 4.26: ten observations, 90 % interval 1.34 ± 0.24.
    e = estimates.mean([1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09], 0.90)
    assert e.mean == pytest.approx(1.34, abs=0.005)
    assert e.half_width == pytest.approx(0.24, abs=0.005)
    assert (e.n, e.kind, e.confidence) == (10, "mean", 0.90)


def test_mean_by_hand():
    # Sum 40, squares about 5 sum to 32, t(7, 0.975) = 2.3646 (tables).
    e = estimates.mean([2, 4, 4, 4, 5, 5, 7, 9], 0.95)
    assert e.mean == 5
    assert e.low == pytest.approx(5 - 2.364624 * math.sqrt(32 / 7 / 8), abs=1e-6)
    assert e.high == pytest.approx(5 + 2.364624 * math.sqrt(32 / 7 / 8), abs=1e-6)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.0], Estimate(3.0, None, None, 1, "mean", 0.95)),
        (3.0, Estimate(3.0, None, None, 1, "mean", 0.95)),
        ([], Estimate(None, None, None, 0, "mean", 0.95)),
        ([NAN, NAN], Estimate(None, None, None, 0, "mean", 0.95, 2)),
        ([NAN, 3.0], Estimate(3.0, None, None, 1, "mean", 0.95, 1)),
        ([1.0, INF], Estimate(None, None, None, 2, "mean", 0.95)),
        ([0.1] * 10, Estimate(0.1, 0.1, 0.1, 10, "mean", 0.95)),
    ],
)
def test_mean_at_the_edges(values, expected):
    assert estimates.mean(values, 0.95) == expected


def test_mean_leaves_nan_out_and_says_so():
    found = estimates.mean([1, NAN, 2, 3], 0.9)
    assert found == replace(estimates.mean([1, 2, 3], 0.9), left_out=1)
    assert (found.n, found.left_out) == (3, 1)


def test_mean_does_not_depend_on_order():
    x = np.random.default_rng(1).lognormal(size=200)
    a, b = estimates.mean(x, 0.95), estimates.mean(np.concatenate((x[:1], x[:0:-1])), 0.95)
    assert a == b


def test_plain_floats_come_out_of_arrays():
    x = np.arange(10, dtype=np.int64)
    for e in (
        estimates.mean(x, 0.95),
        estimates.quantile(x, 0.5, 0.9),
        estimates.paired_difference(x, x[::-1], 0.95),
        estimates.proportion(np.int64(3), np.int64(7), 0.95),
    ):
        assert [type(v) for v in (e.mean, e.low, e.high)] == [float] * 3
        assert type(e.n) is int
    assert type(estimates.variance_saved(x, x[::-1])) is float
    assert type(estimates.runs_needed(x, 0.95)) is int


def test_t_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(20250707)
    covered = 0
    for sample in rng.normal(7.0, 3.0, size=(STUDIES, 8)):
        covered += not estimates.mean(sample, 0.9).excludes(7.0)
    # Exact for normal samples: outside this band with probability FALSE_ALARM at most.
    assert least_covered(0.9, FALSE_ALARM / 2) <= covered <= most_covered(0.9, FALSE_ALARM / 2)


def test_relative_half_widths_are_those_of_each_beginning_of_the_sample():
    rng = np.random.default_rng(3)
    for sample in (rng.normal(50, 9, 40), rng.binomial(4, 0.3, 40).astype(float), 1e9 + rng.normal(0, 1e-3, 40)):
        sample[[3, 17]] = NAN
        found = estimates.relative_half_widths(sample, 0.9)
        for n in range(1, 41):
            e = estimates.mean(sample[:n], 0.9)
            wanted = NAN if e.half_width is None or e.mean is None else e.half_width / abs(e.mean)
            assert found[n - 1] == pytest.approx(wanted, rel=1e-6, nan_ok=True), n


def test_relative_half_widths_of_nothing_of_constants_and_of_what_is_cut_off():
    def found(*sample):
        return estimates.relative_half_widths(sample, 0.95).tolist()

    assert found(7.1, 7.1, 7.1)[1:] == found(0, 0, 0)[1:] == [0, 0]
    assert found(-1, 1)[1] == INF
    assert np.isnan(found(1, 2, INF, 2)).tolist() == [True, False, True, True]
    assert np.isnan(found(NAN, NAN)).all()


# --- shares ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (81, 263, 0.2527, 0.3676),  # Newcombe, Statistics in Medicine 17 (1998), table I, method 5
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0000, 0.1684),
        (1, 29, 0.0009, 0.1776),
        (682, 925, 0.7076683, 0.7654066),  # the example of R's binom.test, after Conover (1971)
    ],
)
def test_clopper_pearson_published(k, n, low, high):
    e = estimates.proportion(k, n, 0.95)
    assert e.mean == k / n
    assert e.low == pytest.approx(low, abs=5.1e-5)
    assert e.high == pytest.approx(high, abs=5.1e-5)
    assert (e.n, e.kind, e.confidence) == (n, "probability", 0.95)


def test_clopper_pearson_at_the_ends_in_closed_form():
    none, all_ = estimates.proportion(0, 10, 0.95), estimates.proportion(10, 10, 0.95)
    assert (none.mean, none.low, all_.mean, all_.high) == (0.0, 0.0, 1.0, 1.0)
    assert none.high == pytest.approx(1 - 0.025 ** (1 / 10), rel=1e-12)
    assert all_.low == pytest.approx(0.025 ** (1 / 10), rel=1e-12)
    assert estimates.proportion(0, 0, 0.95) == Estimate(None, None, None, 0, "probability", 0.95)


def test_clopper_pearson_ends_solve_the_defining_equations():
    e = estimates.proportion(7, 30, 0.9)
    assert bdtr(7.0, 30, e.high) == pytest.approx(0.05, rel=1e-9)
    assert 1 - bdtr(6.0, 30, e.low) == pytest.approx(0.05, rel=1e-9)


def test_clopper_pearson_never_covers_less_than_nominal():
    # Exactly, by summing the probabilities of the counts whose interval holds p.
    intervals = [estimates.proportion(k, 25, 0.9) for k in range(26)]
    for p in np.linspace(0.005, 0.995, 199):
        held = sum(
            math.comb(25, k) * p**k * (1 - p) ** (25 - k) for k, e in enumerate(intervals) if not e.excludes(float(p))
        )
        assert held >= 0.9 - 1e-12


def test_clopper_pearson_covers_in_simulated_studies():
    rng = np.random.default_rng(12345)
    counts = rng.binomial(60, 0.07, size=STUDIES)
    covered = sum(not estimates.proportion(k, 60, 0.95).excludes(0.07) for k in counts)
    assert covered >= least_covered(0.95, FALSE_ALARM)  # conservative: only too low is wrong


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5), (0.5, 5), (0, -1)])
def test_impossible_counts_are_refused(k, n):
    with pytest.raises(ValueError, match="successes"):
        estimates.proportion(k, n, 0.95)
    with pytest.raises(ValueError, match="successes"):
        estimates.proportion(k, n, 0.95)


# --- quantiles -------------------------------------------------------------------------------------------------------


def test_median_ranks_published():
    # Tables of the sign test (Conover; Hollander & Wolfe): the 95 % interval of a median.
    ranks = {6: (1, 6), 10: (2, 9), 20: (6, 15), 25: (8, 18), 50: (18, 33), 100: (40, 61)}
    for n, (low, high) in ranks.items():
        e = estimates.quantile(np.arange(1, n + 1), 0.5, 0.95)
        assert (e.low, e.high) == (low, high), n
        assert e.mean == (n + 1) // 2  # of two in the middle the lower one: half of the sample does not exceed it
        assert (e.n, e.kind) == (n, "quantile")


def test_five_values_cannot_bound_a_median_at_95_percent():
    # The coverage of (min, max) is 1 - 2/2^5 = 0.9375.
    assert estimates.quantile([1, 2, 3, 4, 5], 0.5, 0.95) == Estimate(3.0, None, None, 5, "quantile", 0.95)
    assert estimates.quantile([1, 2, 3, 4, 5], 0.5, 0.93) == Estimate(3.0, 1.0, 5.0, 5, "quantile", 0.93)


def test_ninety_percent_quantile_needs_36_values_for_an_upper_end():
    # The largest bounds the quantile from above unless all n lie below: 0.9^n <= 0.025 first at n = 36.
    assert estimates.quantile(range(35), 0.9, 0.95).high is None
    assert estimates.quantile(range(36), 0.9, 0.95).high == 35


def test_ranks_are_innermost_and_keep_their_error():
    for n in (1, 2, 7, 30, 61):
        for p in (0.05, 0.3, 0.5, 0.8, 0.95):
            for confidence in (0.5, 0.8, 0.95, 0.99):
                tail = (1 - confidence) / 2
                mass = [math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(n + 1)]
                lows = [i for i in range(1, n + 1) if sum(mass[:i]) <= tail]
                highs = [i for i in range(1, n + 1) if sum(mass[i:]) <= tail]
                e = estimates.quantile(range(1, n + 1), p, confidence)
                assert e.low == (max(lows) if lows else None)
                assert e.high == (min(highs) if highs else None)


def test_point_is_the_inverse_of_the_empirical_distribution():
    x = np.random.default_rng(3).normal(size=23)
    for n in (1, 2, 9, 20, 23):
        for p in (0.05, 0.1, 0.25, 0.5, 0.75, 0.95):
            expected = np.quantile(x[:n], p, method="inverted_cdf")
            assert estimates.quantile(x[:n], p, 0.9).mean == pytest.approx(expected, rel=1e-12)
    assert estimates.quantile(range(1, 101), 0.07, 0.9).mean == 7.0  # 0.07 * 100 > 7 in binary


def test_censored_values_leave_what_they_must_open():
    finish = [10, 11, 12, 13, 14, 15, 16, INF, INF, INF]
    e = estimates.quantile(finish, 0.5, 0.95)
    assert (e.mean, e.low, e.high) == (14.0, 11.0, None)  # ranks 2 and 9: the ninth is beyond the horizon
    e = estimates.quantile(finish, 0.9, 0.8)
    assert (e.mean, e.high) == (None, None)
    # P(B <= 7) = 0.0702 <= 0.1 < P(B <= 8): rank 8 is beyond the horizon, so the last finish is what is known.
    assert e.low == 16.0
    assert estimates.quantile([INF] * 9, 0.5, 0.9) == Estimate(None, None, None, 9, "quantile", 0.9)
    assert estimates.quantile([NAN], 0.5, 0.9) == Estimate(None, None, None, 0, "quantile", 0.9)


def test_quantile_refuses_nonsense():
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        estimates.quantile([1, 2], 1.0, 0.9)
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        estimates.quantile([1, 2], 0.0, 0.9)
    with pytest.raises(ValueError, match=r"^a value is minus infinity; only \+inf, not reached by the horizon"):
        estimates.quantile([-INF, 2], 0.5, 0.9)


@pytest.mark.parametrize("p", [0.5, 0.8, 0.95])
def test_quantile_interval_covers_at_least_as_often_as_it_says(p):
    rng = np.random.default_rng([7, int(100 * p)])
    truth = math.exp(float(ndtri(p)))
    covered = sum(
        not estimates.quantile(sample, p, 0.9).excludes(truth) for sample in rng.lognormal(size=(STUDIES, 60))
    )
    assert covered >= least_covered(0.9, FALSE_ALARM)


# --- comparisons -----------------------------------------------------------------------------------------------------


def test_paired_difference_is_the_mean_of_differences():
    a, b = [5.0, 7.0, 9.0, 6.0], [4.0, 7.0, 5.0, 5.0]
    # Differences 1, 0, 4, 1: mean 1.5, squares about it 9, t(3, 0.975) = 3.1824 (tables).
    e = estimates.paired_difference(a, b, 0.95)
    assert e.mean == 1.5
    assert e.half_width == pytest.approx(3.182446 * math.sqrt(9 / 3 / 4), abs=1e-6)
    assert (e.n, e.kind) == (4, "difference")


def test_identical_plans_differ_by_exactly_nothing():
    x = np.random.default_rng(2).lognormal(size=30)
    assert estimates.paired_difference(x, x.copy(), 0.95) == Estimate(0.0, 0.0, 0.0, 30, "difference", 0.95)
    assert estimates.paired_difference([0.1], [0.1], 0.95) == Estimate(0.0, None, None, 1, "difference", 0.95)


def test_paired_difference_at_the_edges():
    pairs = estimates.paired_difference([1, NAN, 3, 4], [1, 2, NAN, 2], 0.95)
    assert (pairs.n, pairs.left_out) == (2, 2)
    unidentified = Estimate(None, None, None, 2, "difference", 0.95)
    assert estimates.paired_difference([INF, 1], [INF, 1], 0.95) == unidentified
    assert estimates.paired_difference([2, 1], [INF, 1], 0.95) == unidentified
    assert estimates.paired_difference([INF, 1], [2, 1], 0.95) == unidentified
    assert estimates.paired_difference(3.0, 1.0, 0.95) == Estimate(2.0, None, None, 1, "difference", 0.95)
    with pytest.raises(ValueError, match="one of each per replication"):
        estimates.paired_difference([1, 2], [1], 0.95)


def test_differences_of_counts_do_not_wrap_around():
    # As 8-bit counts 3 − 5 would be 254; as numbers it is −2, and 1 − 1 is 0: mean −1.
    few, many = np.array([3, 1], dtype=np.uint8), np.array([5, 1], dtype=np.uint8)
    assert estimates.paired_difference(few, many, 0.95).mean == -1.0
    assert estimates.paired_difference([3, 1], many, 0.95).mean == -1.0


def test_bonferroni():
    assert estimates.bonferroni(0.95, 1) == 0.95
    assert estimates.bonferroni(0.95, 5) == pytest.approx(0.99)
    with pytest.raises(ValueError, match="at least one"):
        estimates.bonferroni(0.95, 0)


def test_variance_saved():
    x = [1.0, 2.0, 4.0, 9.0]
    assert estimates.variance_saved(x, x) == 1.0
    assert estimates.variance_saved(x, [v + 3 for v in x]) == 1.0
    assert estimates.variance_saved(x, [-v for v in x]) == pytest.approx(-1.0)
    assert estimates.variance_saved(x, [5.0] * 4) == pytest.approx(0.0)
    assert estimates.variance_saved([1, 1], [2, 2]) == 0.0
    # Var a = 1, Var b = 1, differences -1, 1, 0 with variance 1.
    assert estimates.variance_saved([1, 3, 2], [2, 2 - 0.0, 2]) == pytest.approx(0.0)
    assert estimates.variance_saved([0, 1, 2], [0, 2, 1]) == pytest.approx(0.5)
    assert estimates.variance_saved([0, 0.1, 0.2], [0, 0.2, 0.1]) == pytest.approx(0.5), "whatever the unit"
    assert math.isnan(estimates.variance_saved([1], [1]))
    assert math.isnan(estimates.variance_saved([1, INF], [1, 2]))


def test_runs_needed_is_where_the_t_interval_first_excludes_zero():
    differences = [0.5, -1.0, 2.0, 1.5, -0.5, 1.0]
    centre, sd = np.mean(differences), np.std(differences, ddof=1)
    n = estimates.runs_needed(differences, 0.95)

    def margin(k: int) -> float:
        return estimates.t_quantile(k - 1, 0.95) * sd / math.sqrt(k)

    assert n is not None
    assert margin(n) < centre <= margin(n - 1)
    # Mean 0.583, sd 1.158: the normal answer (1.96·1.158/0.583)² = 15.1, a few more for t.
    assert 16 <= n <= 20


@pytest.mark.parametrize(("centre", "n"), [(13.0, 2), (12.0, 3), (2.9, 4), (2.0, 5), (1.6, 6), (1.4, 7)])
def test_runs_needed_by_the_table_of_t(centre, n):
    # centre − 1 and centre + 1 have s = √2. t(n − 1)·√2/√n from tables, n = 2 … 7: 12.706, 3.513, 2.250, 1.756, 1.484,
    # 1.308; the smallest n whose bound lies below the centre is needed.
    bounds = {2: 12.706, 3: 3.513, 4: 2.250, 5: 1.756, 6: 1.484, 7: 1.308}
    assert n == min(k for k, bound in bounds.items() if bound < centre)
    assert estimates.runs_needed([centre - 1, centre + 1], 0.95) == n


def test_runs_needed_at_the_edges():
    assert estimates.runs_needed([2.0, 2.0, 2.0], 0.95) == 2
    assert estimates.runs_needed([1.0, 1.0], 0.95) == 2
    assert estimates.runs_needed([1.0, -1.0], 0.95) is None
    assert estimates.runs_needed([1.0], 0.95) is None
    assert estimates.runs_needed([1.0, INF], 0.95) is None
    assert estimates.runs_needed([1e6 + 1e-3, -1e6], 0.95) is None


# --- the survey and what is given ------------------------------------------------------------------------------------


def test_finite_population_margin():
    # 0.5 and a large population: the familiar 385 interviews for ± 5 points.
    assert estimates.finite_population_margin(0.5, 385, 10**9, 0.95) == pytest.approx(0.05, abs=1e-4)
    # Half the population: the variance is halved.
    whole = 1.959964 * math.sqrt(0.2 * 0.8 / 99)
    assert estimates.finite_population_margin(0.2, 100, 200, 0.95) == pytest.approx(whole / math.sqrt(2), rel=1e-6)


def test_finite_population_margin_at_the_edges():
    assert estimates.finite_population_margin(0.4, 50, 50, 0.95) == 0.0
    assert estimates.finite_population_margin(1.0, 1, 1, 0.95) == 0.0
    assert math.isnan(estimates.finite_population_margin(1.0, 1, 9, 0.95))
    assert math.isnan(estimates.finite_population_margin(NAN, 0, 0, 0.95))
    assert estimates.finite_population_margin(1.0, 20, 90, 0.95) == 0.0
    assert estimates.finite_population_margin(0.0, 20, 90, 0.95) == 0.0
    # Two of four are enough for a spread: 0.25 / 1, halved.
    assert estimates.finite_population_margin(0.5, 2, 4, 0.95) == pytest.approx(1.959964 * math.sqrt(0.125), rel=1e-6)
    with pytest.raises(ValueError, match="interviewed of"):
        estimates.finite_population_margin(0.5, 11, 10, 0.95)
    with pytest.raises(ValueError, match="a share lies"):
        estimates.finite_population_margin(1.5, 5, 10, 0.95)


def test_given_says_what_chance_would_have_done():
    e = estimates.given(84, 9844, confidence=0.95)
    assert (e.mean, e.kind, e.n) == (84.0, "given", 9844)
    assert round(e.half_width or 0) == 18  # "84 (fixed by the scenario; at this rate 84 ± 18)"
    assert estimates.given(84, confidence=0.95) == Estimate(84.0, None, None, 0, "given", 0.95)
    # 50 of 100: 1.959964 × sqrt(50 × 0.5) = 9.79982 either way; 99 of 100: ± 1.95, cut at 100.
    e = estimates.given(50, 100, confidence=0.95)
    assert (e.low, e.high) == (pytest.approx(40.20018, abs=1e-5), pytest.approx(59.79982, abs=1e-5))
    assert (e.n, e.kind, e.confidence) == (100, "given", 0.95)
    assert estimates.given(99, 100, confidence=0.95).high == 100.0
    assert estimates.given(1, 100, confidence=0.95).low == 0.0
    assert estimates.given(0, 0, confidence=0.95).half_width == 0.0
    with pytest.raises(ValueError, match="given value"):
        estimates.given(5, 4, confidence=0.95)


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.1, NAN])
def test_confidence_is_a_fraction(confidence):
    for call in (
        lambda: estimates.mean([1, 2], confidence),
        lambda: estimates.proportion(1, 2, confidence),
        lambda: estimates.quantile([1, 2], 0.5, confidence),
        lambda: estimates.paired_difference([1, 2], [1, 2], confidence),
        lambda: estimates.bonferroni(confidence, 2),
        lambda: estimates.runs_needed([1, 2], confidence),
        lambda: estimates.finite_population_margin(0.5, 5, 10, confidence),
    ):
        with pytest.raises(ValueError, match="confidence"):
            call()


def test_open_ends_exclude_nothing():
    assert not Estimate(1.0, None, None, 1, "mean", 0.95).excludes(99)
    assert Estimate(1.0, 0.5, None, 9, "quantile", 0.95).excludes(0.4)
    assert not Estimate(1.0, 0.5, None, 9, "quantile", 0.95).excludes(1e9)
    # The ends belong to the interval.
    assert [Estimate(1.0, 0.5, 1.5, 9, "mean", 0.95).excludes(v) for v in (0.49, 0.5, 1.5, 1.51)] == [1, 0, 0, 1]
    assert Estimate(1.0, None, None, 1, "mean", 0.95).half_width is None
    assert Estimate(1.0, 0.5, None, 9, "quantile", 0.95).half_width is None
    assert Estimate(1.0, None, 1.5, 9, "quantile", 0.95).half_width is None


def test_an_interval_is_cut_to_where_the_figure_can_lie():
    wide = Estimate(0.1, -0.2, 1.4, 9, "mean", 0.95)
    assert estimates.within(wide, 0, 1) == Estimate(0.1, 0.0, 1.0, 9, "mean", 0.95)
    assert estimates.within(wide, 0, INF) == Estimate(0.1, 0.0, 1.4, 9, "mean", 0.95)
    # Also where the whole interval lies outside: both ends come to the nearer bound.
    assert estimates.within(Estimate(1.0, 1.2, 1.4, 9, "mean", 0.95), 0, 1).low == 1.0
    assert estimates.within(Estimate(0.1, -0.3, -0.2, 9, "mean", 0.95), 0, 1).high == 0.0
    open_ended = Estimate(0.1, None, None, 1, "mean", 0.95)
    assert estimates.within(open_ended, 0, 1) == open_ended


def test_root_mean_square_has_the_chi_square_interval() -> None:
    # Ten errors of size 2: chi-square with 10 degrees of freedom has its 2.5 % and 97.5 % points at 3.247 and 20.483.
    found = estimates.root_mean_square([2.0, -2.0] * 5, 0.95)
    assert found.mean == 2.0
    assert found.low == pytest.approx(2 * (10 / 20.483) ** 0.5, rel=1e-4)
    assert found.high == pytest.approx(2 * (10 / 3.247) ** 0.5, rel=1e-4)
    assert (found.n, found.kind, found.confidence) == (10, "mean", 0.95)
    assert estimates.root_mean_square([math.nan], 0.95) == Estimate(None, None, None, 0, "mean", 0.95)
    assert estimates.root_mean_square([1.0, INF], 0.95) == Estimate(None, None, None, 2, "mean", 0.95)


@pytest.mark.parametrize(("share", "least"), [(0.9, 19), (0.8, 9), (0.95, 39), (0.5, 3)])
def test_a_prediction_needs_so_many_values(share: float, least: int) -> None:
    # Between the least and the greatest of n values a new one falls with probability (n - 1)/(n + 1).
    assert prediction_needs(share) == least
    assert prediction(np.arange(float(least)), share).low is not None
    assert prediction(np.arange(float(least - 1)), share).low is None


def test_a_prediction_holds_one_more_value_as_often_as_it_says() -> None:
    # Of 19 values and a new one each order is as likely: outside all 19 it falls with 2/20.
    nineteen = prediction(np.arange(19.0), 0.9)
    assert (nineteen.mean, nineteen.low, nineteen.high, nineteen.n) == (9, 0, 18, 19)
    # Of 39 the second and the last but one: 36/40.
    assert (prediction(np.arange(39.0), 0.9).low, prediction(np.arange(39.0), 0.9).high) == (1, 37)
    # 20 values: 19/21 is more than asked for, 17/21 too little.
    assert (prediction(np.arange(20.0), 0.9).low, prediction(np.arange(20.0), 0.9).high) == (0, 19)
    few = prediction(np.arange(18.0), 0.9)
    # The median is the smallest value that half do not exceed.
    assert (few.mean, few.low, few.high) == (8, None, None)
    late = prediction([*np.arange(18.0), math.inf, math.nan], 0.9)
    assert (late.low, late.high, late.n) == (0, None, 19)
    assert prediction([], 0.9).mean is None


def test_a_spread_leaves_out_as_many_below_as_above() -> None:
    table = np.array([[value, -value] for value in np.random.default_rng(3).permutation(40)], dtype=np.float64)
    low, median, high = estimates.spread(table, 0.9)
    assert (low.tolist(), median.tolist(), high.tolist()) == ([2, -37], [19, -20], [37, -2])
    low, _, high = estimates.spread(table[:5], 0.9)
    assert (low[0], high[0]) == (table[:5, 0].min(), table[:5, 0].max())
    with pytest.raises(ValueError, match="no replications"):
        estimates.spread(table[:0], 0.9)
