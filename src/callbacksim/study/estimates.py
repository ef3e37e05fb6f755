"""Interval arithmetic, all of it: what a sample says about a mean, a share, a quantile or a difference.

Every figure of a report that carries an uncertainty gets it here. A *sample* is one number per replication (or,
for a share, counts). Functions take lists or arrays of numbers and hand back plain floats.

Conventions, the same everywhere:

- ``confidence`` is two-sided, strictly between 0 and 1; the error probability is split evenly between the ends.
- NaN is "not defined in this replication" (a share of no calls): such entries are left out, ``n`` counts the rest.
- ``+inf`` is "not reached by the horizon" (a censored finish): a mean or a difference is then not identified; quantiles
  still are, as long as the order statistics they need are finite.
- ``None`` for an end means "no bound on this side"; ``None`` for a point means "not identified". No field is ever NaN
  or infinite, so an estimate can be written to JSON as it stands.

Sources: Law, Simulation Modeling and Analysis (5th ed., 2015) §4.5, §9.4, §10.2 (means, quantiles, paired
comparison); Clopper & Pearson, Biometrika 26 (1934); David & Nagaraja, Order Statistics
(3rd ed., 2003) §7.1; Cochran, Sampling Techniques (3rd ed., 1977) §3.2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

# scipy.special is imported where it is used: it takes a third of a second, and not every command needs an interval.

Floats = NDArray[np.float64]

MOST_RUNS = 10**9
"""Above this many replications a difference counts as unmeasurable (see `runs_needed`)."""


@dataclass(frozen=True)
class Estimate:
    """A point and its interval. ``mean`` is the point estimate whatever the kind; units are those of the sample.

    ``n`` is the size of the sample behind it: replications, pairs of replications, or trials of a share. Beside these a
    mean or a difference says how many it has ``left_out``: what is said of it is said of the others.
    """

    mean: float | None
    low: float | None
    high: float | None
    n: int
    kind: Literal["mean", "quantile", "probability", "difference", "prediction", "given"]
    confidence: float
    left_out: int = 0

    @property
    def half_width(self) -> float | None:
        """Half the length of the interval; None when an end is open."""
        if self.low is None or self.high is None:
            return None
        return (self.high - self.low) / 2

    def excludes(self, value: float) -> bool:
        """Whether the interval rules ``value`` out. An open end rules out nothing; no interval, neither."""
        return (self.low is not None and value < self.low) or (self.high is not None and value > self.high)


def mean(values: ArrayLike, confidence: float) -> Estimate:
    """Mean of a sample with its Student t interval (Law 2015, §4.5).

    One value gives no interval; an empty sample or one with an infinite value gives no mean either.
    """
    _check_confidence(confidence)
    sample = _defined(values)
    return replace(_t_estimate(sample, confidence, "mean"), left_out=np.size(values) - len(sample))


def relative_half_widths(values: ArrayLike, confidence: float) -> Floats:
    """Half-width ÷ |mean| of the t interval of the first n values, for n = 1, 2, …: what a sequential rule looks at.

    NaN where the first n give no interval (fewer than two that are defined, or an infinite one among them). Where the
    mean is 0: 0 if the half-width is, too, else infinite.
    """
    from scipy.special import stdtrit

    _check_confidence(confidence)
    x = np.asarray(values, dtype=np.float64).reshape(-1)
    n = np.cumsum(~np.isnan(x), dtype=np.float64)
    finite = np.isfinite(x)
    origin = float(x[finite][0]) if finite.any() else 0.0  # so that a constant sample has exactly no variance
    shifted = np.where(finite, x - origin, 0.0)
    sums, squares = np.cumsum(shifted), np.cumsum(shifted**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.maximum(squares - sums**2 / n, 0.0) / (n - 1)
        half = stdtrit(n - 1, (1 + confidence) / 2) * np.sqrt(variance / n)
        relative: Floats = np.where(half == 0, 0.0, half / np.abs(origin + sums / n))
    relative[(n < 2) | np.logical_or.accumulate(np.isinf(x))] = np.nan
    return relative


def paired_difference(a: ArrayLike, b: ArrayLike, confidence: float) -> Estimate:
    """Mean of ``a[i] - b[i]`` with its Student t interval (paired t, Law 2015, §10.2.1).

    ``a[i]`` and ``b[i]`` belong to the same replication of two plans under common random numbers. A pair with a NaN is
    left out; a pair with an infinite value leaves the difference unidentified, even when both are infinite: two plans
    cut at the same horizon may differ by anything. Identical finite arrays give exactly 0, 0, 0 (one pair: 0 and no
    interval).
    """
    _check_confidence(confidence)
    first, second = _pairs(a, b)
    left_out = np.size(a) - len(first)
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        return Estimate(None, None, None, len(first), "difference", confidence, left_out)
    return replace(_t_estimate(first - second, confidence, "difference"), left_out=left_out)


def proportion(successes: int, n: int, confidence: float) -> Estimate:
    """Share of successes with the exact interval of Clopper & Pearson (1934): coverage never below ``confidence``.

    No trials: neither point nor interval. ``ValueError`` unless 0 <= successes <= n.
    """
    from scipy.special import betaincinv

    _check_confidence(confidence)
    k, n = _check_counts(successes, n)
    if n == 0:
        return Estimate(None, None, None, 0, "probability", confidence)
    tail = (1 - confidence) / 2
    low = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, tail))
    high = 1.0 if k == n else float(betaincinv(k + 1, n - k, 1 - tail))
    return Estimate(k / n, low, high, n, "probability", confidence)


def one_sided(successes: int, n: int, confidence: float) -> Estimate:
    """Share of successes between its exact one-sided bounds: each holds by itself with ``confidence`` (above 0.5).

    The ends are those of the two-sided interval (`proportion`) at the level 2 × confidence - 1.
    """
    _check_confidence(confidence)
    if confidence <= 0.5:
        raise ValueError(f"confidence is {confidence!r}; a one-sided bound needs more than 0.5")
    return proportion(successes, n, 2 * confidence - 1)


def prediction(values: ArrayLike, share: float) -> Estimate:
    """Where one more value of the same kind falls with probability `share` or more, and the median.

    Of n values and a new one each order is as likely, so between x(i) and x(n+1-i) it falls with probability
    (n + 1 - 2i)/(n + 1); i is the largest that is enough. No interval where there are too few values; an end that is
    infinite, not reached by the horizon, is None. NaN is left out.
    """
    _check_confidence(share)
    x = np.sort(_defined(values))
    n = len(x)
    if not n:
        return Estimate(None, None, None, 0, "prediction", share)
    point = _finite(_sample_quantile(x, 0.5))
    i = math.floor((n + 1) * (1 - share) / 2 + 1e-9)
    if i < 1:
        return Estimate(point, None, None, n, "prediction", share)
    return Estimate(point, _finite(float(x[i - 1])), _finite(float(x[n - i])), n, "prediction", share)


def prediction_needs(share: float) -> int:
    """The fewest values of which :func:`prediction` has an interval: the least n with (n - 1)/(n + 1) >= share."""
    _check_confidence(share)
    return math.ceil(2 / (1 - share) - 1e-6) - 1


def quantile(values: ArrayLike, p: float, confidence: float) -> Estimate:
    """The ``p``-quantile with its distribution-free interval from order statistics.

    With B ~ Binomial(n, p), x(i) lies above the quantile with probability at most P(B <= i-1) and below it with at most
    P(B >= i); the ends are the innermost order statistics for which each of these is at most (1 - confidence)/2, so the
    coverage is never below ``confidence``, whatever the distribution (David & Nagaraja 2003, §7.1).

    Values may be ``+inf``. An end is None, unbounded, when n is too small for any order statistic to bound that side;
    an infinite upper end is None too, an infinite lower end becomes the largest finite value. The point is the smallest
    value that at least the share p of the sample does not exceed (so the lower of two middle values for a median), None
    when it is infinite: then "not reached by the horizon", and ``low``, where there is one, is what can be said.
    ``ValueError`` unless 0 < p < 1 and for a value of minus infinity.
    """
    from scipy.special import bdtr

    _check_confidence(confidence)
    if not 0 < p < 1:
        raise ValueError(f"p is {p!r}; a quantile's p lies strictly between 0 and 1")
    x = np.sort(_defined(values))
    n = len(x)
    if n == 0:
        return Estimate(None, None, None, 0, "quantile", confidence)
    if x[0] == -math.inf:
        raise ValueError("a value is minus infinity; only +inf, not reached by the horizon, has a meaning here")
    tail = (1 - confidence) / 2
    # at_most[i] = P(B <= i), i = 0 … n; nondecreasing, so both ends are found by one search each.
    at_most = np.asarray(bdtr(np.arange(n + 1, dtype=float), n, p), dtype=float)
    lower = int(np.searchsorted(at_most, tail, side="right"))  # how many i have P(B <= i) <= tail: the rank of the end
    # P(B >= rank) = P(N - B <= n - rank) with success probability 1 - p: no cancellation near 1.
    mirrored = np.asarray(bdtr(np.arange(n + 1, dtype=float), n, 1 - p), dtype=float)
    upper = n + 1 - int(np.searchsorted(mirrored, tail, side="right"))
    point = _sample_quantile(x, p)
    # A lower end beyond the horizon moves to the last value within it: wider, so it still covers, and it can be said.
    lower = min(lower, int(np.count_nonzero(np.isfinite(x))))
    low = float(x[lower - 1]) if lower >= 1 else None
    high = float(x[upper - 1]) if upper <= n else None
    # At confidences far below one half the two searches may cross the point; widening keeps the coverage.
    low = None if low is None else min(low, point)
    high = None if high is None else max(high, point)
    return Estimate(_finite(point), _finite(low), _finite(high), n, "quantile", confidence)


def spread(rows: Floats, share: float) -> tuple[Floats, Floats, Floats]:
    """Of each column its ends and its median: ``(low, median, high)`` of a table with one row a replication.

    As many values lie below ``low`` as above ``high``, as many as may, so that at least ``share`` of them lie between,
    the ends included: the lowest and the highest of fewer than 2/(1 - share) replications. The ends are values that
    were seen; they say how replications spread, not how well anything is known. ``ValueError`` for a table without
    rows.
    """
    _check_confidence(share)
    n = len(rows)
    if n == 0:
        raise ValueError("no replications, so no spread")
    ordered = np.sort(rows, axis=0)
    outside = math.floor(n * (1 - share) / 2 + 1e-9)
    return ordered[outside], ordered[(n - 1) // 2], ordered[n - 1 - outside]


def given(value: float, trials: int | None = None, *, confidence: float) -> Estimate:
    """A figure that the scenario fixes, so that no replication can vary it.

    With ``trials`` (and ``value`` successes among them) the ends are what chance would have allowed had the count
    not been fixed: value ± z·sqrt(value·(1 − value/trials)), kept within 0 … trials; so "50 ± 14" is said. Without,
    no ends.
    """
    z = normal_quantile(confidence)
    if trials is None:
        return Estimate(float(value), None, None, 0, "given", confidence)
    if not 0 <= value <= trials:
        raise ValueError(f"the given value {value!r} does not lie between 0 and its {trials!r} trials")
    margin = z * math.sqrt(value * (1 - value / trials)) if trials else 0.0
    return Estimate(
        float(value), max(0.0, value - margin), min(float(trials), value + margin), trials, "given", confidence
    )


def within(estimate: Estimate, lowest: float, highest: float) -> Estimate:
    """The estimate with its interval cut to where the figure can lie at all (a share in 0 … 1, a count from 0)."""

    def cut(x: float | None) -> float | None:
        return None if x is None else min(max(x, lowest), highest)

    return replace(estimate, low=cut(estimate.low), high=cut(estimate.high))


def root_mean_square(values: ArrayLike, confidence: float) -> Estimate:
    """The size of an error around zero: √mean(x²), with the chi-square interval of normal errors.

    n·rms²/χ² with n degrees of freedom, since the mean is known to be 0. NaN entries are left out; one value gives
    an interval, too.
    """
    from scipy.special import chdtri

    sample = _defined(values)
    n = len(sample)
    if n == 0 or not np.isfinite(sample).all():
        return Estimate(None, None, None, n, "mean", confidence)
    square = math.fsum(x * x for x in sample.tolist()) / n
    outside = (1 - confidence) / 2
    low, high = (math.sqrt(n * square / float(chdtri(n, tail))) for tail in (outside, 1 - outside))
    return Estimate(math.sqrt(square), low, high, n, "mean", confidence)


def bonferroni(confidence: float, k: int) -> float:
    """Confidence for each of ``k`` intervals so that all hold together with ``confidence`` (Law 2015, §9.7)."""
    _check_confidence(confidence)
    if k < 1:
        raise ValueError(f"k is {k}; there is at least one comparison")
    return 1 - (1 - confidence) / k


def finite_population_margin(p: float, n: int, N: int, confidence: float) -> float:  # noqa: N803 - the survey's own letters
    """The ± of a share ``p`` found among ``n`` interviewed of a population of ``N`` (Cochran 1977, eq. 3.8 and 3.19).

    z·sqrt(p(1 − p)/(n − 1)·(1 − n/N)). Everybody interviewed (n = N ≥ 1) is a census: 0, also for n = 1. Otherwise
    fewer than two interviews leave the spread unknown: NaN, "not defined". ``ValueError`` for n > N, negative n, p
    outside 0 … 1.
    """
    z = normal_quantile(confidence)
    if not 0 <= n <= N:
        raise ValueError(f"{n} interviewed of {N}: the sample must lie between 0 and the population")
    if n == N and n > 0:
        return 0.0
    if n < 2:
        return math.nan
    if not 0 <= p <= 1:
        raise ValueError(f"p is {p!r}; a share lies between 0 and 1")
    return z * math.sqrt(p * (1 - p) / (n - 1) * (1 - n / N))


def variance_saved(a: ArrayLike, b: ArrayLike) -> float:
    """What pairing saved: 1 − Var(a − b)/(Var a + Var b).

    0: no better than independent runs; near 1: the plans met the same chance; negative: pairing hurt. If neither
    varies there is nothing to save: 0. NaN, "not defined", for fewer than two pairs or an infinite value.
    """
    first, second = _pairs(a, b)
    if len(first) < 2 or not (np.isfinite(first).all() and np.isfinite(second).all()):
        return math.nan
    apart = _moments(first)[1] + _moments(second)[1]
    return 1 - _moments(first - second)[1] / apart if apart > 0 else 0.0


def runs_needed(differences: ArrayLike, confidence: float) -> int | None:
    """About how many replications would make the t interval of the mean difference exclude 0.

    The smallest n >= 2 with t(n − 1)·s/√n < |mean|, taking the mean and s seen so far for true (a planning value, as in
    Law 2015, §9.4.1). None where that says nothing: fewer than two differences, an infinite one, a mean of
    exactly 0, or more than `MOST_RUNS`.
    """
    _check_confidence(confidence)
    sample = _defined(differences)
    if len(sample) < 2 or not np.isfinite(sample).all():
        return None
    centre, variance = _moments(sample)
    sd = math.sqrt(variance)

    def enough(n: int) -> bool:
        return t_quantile(n - 1, confidence) * sd / math.sqrt(n) < abs(centre)

    if centre == 0 or not enough(MOST_RUNS):
        return None
    # t(n-1)/sqrt(n) falls in n: bisect between "not enough" and "enough".
    below, above = 1, MOST_RUNS
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (below, middle) if enough(middle) else (middle, above)
    return above


def t_quantile(freedom: int, confidence: float) -> float:
    """The two-sided Student t factor: P(|T| <= t) = confidence with ``freedom`` >= 1 degrees of freedom."""
    from scipy.special import stdtrit

    _check_confidence(confidence)
    return float(stdtrit(freedom, (1 + confidence) / 2))


def normal_quantile(confidence: float) -> float:
    """The two-sided normal factor z: P(|Z| <= z) = confidence, 1.96 at 0.95."""
    from scipy.special import ndtri

    _check_confidence(confidence)
    return float(ndtri((1 + confidence) / 2))


def _t_estimate(sample: Floats, confidence: float, kind: Literal["mean", "difference"]) -> Estimate:
    n = len(sample)
    if n == 0 or not np.isfinite(sample).all():
        return Estimate(None, None, None, n, kind, confidence)
    centre, variance = _moments(sample)
    if n == 1:
        return Estimate(centre, None, None, 1, kind, confidence)
    margin = t_quantile(n - 1, confidence) * math.sqrt(variance / n)
    return Estimate(centre, centre - margin, centre + margin, n, kind, confidence)


def _moments(sample: Floats) -> tuple[float, float]:
    """Mean and sample variance (0 for one value) of finite values.

    Sums are taken about the first value and exactly (fsum), so a constant sample has exactly its value
    for mean and exactly 0 for variance, and the order of the replications does not matter to the last digit.
    """
    n = len(sample)
    origin = float(sample[0])
    shifted = sample - origin
    offset = math.fsum(shifted) / n
    squares = math.fsum((shifted - offset) ** 2)
    return origin + offset, squares / (n - 1) if n > 1 else 0.0


def _sample_quantile(x: Floats, p: float) -> float:
    """The smallest value of a sorted sample (not empty) that at least the share p does not exceed.

    Always a value that was seen: half-way between two days' finishes nobody is at work.
    """
    position = math.ceil(len(x) * p - 1e-9)  # 0.07 * 100 is not 7 in binary
    return float(x[min(max(position, 1), len(x)) - 1])


def _defined(values: ArrayLike) -> Floats:
    """The sample as a flat float array without its NaNs."""
    sample = np.asarray(values, dtype=np.float64).reshape(-1)
    return sample[~np.isnan(sample)]


def _pairs(a: ArrayLike, b: ArrayLike) -> tuple[Floats, Floats]:
    """Two samples of equal length without the pairs in which either is NaN."""
    first = np.asarray(a, dtype=np.float64).reshape(-1)
    second = np.asarray(b, dtype=np.float64).reshape(-1)
    if len(first) != len(second):
        raise ValueError(f"{len(first)} values against {len(second)}; pairs need one of each per replication")
    both = ~(np.isnan(first) | np.isnan(second))
    return first[both], second[both]


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence!r}; it lies strictly between 0 and 1, for instance 0.95")


def _check_counts(successes: int, n: int) -> tuple[int, int]:
    if successes != int(successes) or n != int(n) or not 0 <= successes <= n:
        raise ValueError(f"{successes!r} successes of {n!r}: whole numbers, successes between 0 and n")
    return int(successes), int(n)
