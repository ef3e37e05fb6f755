"""Which law of the scenario fits measured durations, by Akaike's criterion, and its numbers with intervals.

A switch writes whole seconds: the likelihood is then that of the second, not of the instant. Where no law fits (a
chi-squared test at 1 %), the measured quantiles are the law.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callbacksim.scenario.laws import Constant, Exponential, Gamma, Law, Lognormal, Quantiles, Uniform
from callbacksim.study.estimates import Estimate, mean

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FEWEST = 20
_SECOND = 1000
_UNFIT = 0.01
_BARS = 24
_WIDEST = 6.0  # on the logarithm
_GRID = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


@dataclass(frozen=True)
class Number:
    """A number of a law with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Held:
    """Measured durations against the law: bars from ``edges[i]`` to ``edges[i + 1]`` seconds, a last one for the rest.

    ``seen`` were measured, ``expected`` are what the law gives of as many: one number more than there are edges, less
    one. What is shorter than the first edge counts in the first bar.
    """

    edges: tuple[float, ...]
    seen: tuple[int, ...]
    expected: tuple[float, ...]


@dataclass(frozen=True)
class LawFit:
    """The law that fits ``n`` durations best, in seconds; ``numbers`` are those of its parameters that have intervals.

    ``behind``: by how much the criterion of the other laws is larger; ``unfit``: none fits, so the law is empirical;
    ``held``: how it holds against what was measured, None where all are of one length.
    """

    law: Law
    n: int
    mean: Estimate
    numbers: Mapping[str, Number]
    behind: Mapping[str, float]
    held: Held | None = None
    unfit: bool = False


@dataclass(frozen=True, eq=False)
class _Sample:
    """Durations in seconds, each value once, and how finely they were measured."""

    x: Floats
    weight: Floats
    n: int
    half: float  # half of the resolution
    coarse: bool


def fit_law(durations_ms: Ints, confidence: float) -> LawFit | None:
    """The law of measured durations (ms); None for fewer than 20."""
    if len(durations_ms) < FEWEST:
        return None
    seconds = durations_ms / _SECOND
    average = mean(seconds, confidence)
    if (durations_ms == durations_ms[0]).all():
        return LawFit(Constant(law="constant", value=float(seconds[0])), len(seconds), average, {}, {})
    coarse = bool((durations_ms % _SECOND == 0).all())
    x, weight = np.unique(seconds, return_counts=True)
    sample = _Sample(x, weight.astype(np.float64), len(seconds), 0.5 if coarse else 0.0005, coarse)
    fits = {name: family(sample) for name, family in _FAMILIES.items()}
    best = min(fits, key=lambda name: fits[name][0])
    behind = {name: fits[name][0] - fits[best][0] for name in fits if name != best and fits[name] is not _IMPOSSIBLE}
    law = fits[best][1]
    if _p_value(sample, law) < _UNFIT:
        grid = _GRID if sample.n >= 100 else _GRID[::2]
        values = np.maximum.accumulate(np.quantile(seconds, grid)).round(3)
        empirical = Quantiles(law="quantiles", p=tuple(grid), x=tuple(values.tolist()))
        return LawFit(empirical, sample.n, average, {}, behind | {best: 0.0}, _held(sample, empirical), unfit=True)
    law = _rounded(law)
    return LawFit(law, sample.n, average, _numbers(sample, law, confidence), behind, _held(sample, law))


def _rounded(law: Law) -> Law:
    """The law with its numbers to four significant digits: no log knows more."""
    tree = {
        key: float(f"{value:.4g}") if isinstance(value, float) else value for key, value in law.model_dump().items()
    }
    return type(law).model_validate(tree)


# --- the families ------------------------------------------------------------------------------------------------


_IMPOSSIBLE = math.inf, Constant(law="constant", value=0.0)
_LARGEST = 1e7  # seconds: what a law of the scenario may have for a number


def _uniform(sample: _Sample) -> tuple[float, Law]:
    low, high = float(sample.x[0]), float(sample.x[-1])
    width = high - low + 2 * sample.half
    return 4 + 2 * sample.n * math.log(width / (2 * sample.half)), Uniform(law="uniform", low=low, high=high)


def _exponential(sample: _Sample) -> tuple[float, Law]:
    average = float(sample.x @ sample.weight) / sample.n
    law = Exponential(law="exponential", mean=max(average, 1e-3))
    return 2 - 2 * _likelihood(sample, lambda x: -np.expm1(-np.maximum(x, 0) / average)), law


def _lognormal(sample: _Sample) -> tuple[float, Law]:
    value, average, sd = _two(sample, lognormal_likelihood)
    if not 0 < max(average, sd) <= _LARGEST:
        return _IMPOSSIBLE
    return 4 - 2 * value, Lognormal(law="lognormal", mean=average, sd=sd)


def _gamma(sample: _Sample) -> tuple[float, Law]:
    value, average, sd = _two(sample, gamma_likelihood)
    if not 0 < max(average, sd) <= _LARGEST:
        return _IMPOSSIBLE
    return 4 - 2 * value, Gamma(law="gamma", mean=average, sd=sd)


_FAMILIES: Mapping[str, Callable[[_Sample], tuple[float, Law]]] = {
    "uniform": _uniform,
    "exponential": _exponential,
    "lognormal": _lognormal,
    "gamma": _gamma,
}


def lognormal_likelihood(sample: _Sample, average: float, sd: float) -> float:
    """Log-likelihood of the log-normal law with this mean and standard deviation."""
    from scipy.special import ndtr

    variance = math.log1p((sd / average) ** 2)
    centre, spread = math.log(average) - variance / 2, math.sqrt(variance)
    if sample.coarse:
        return _likelihood(
            sample, lambda x: np.asarray(ndtr((np.log(np.maximum(x, 1e-9)) - centre) / spread), dtype=np.float64)
        )
    logs = np.log(np.maximum(sample.x, 1e-3))
    z = (logs - centre) / spread
    total = sample.weight @ (-0.5 * z * z - logs) - sample.n * (math.log(spread) + 0.5 * math.log(2 * math.pi))
    return float(total) + sample.n * math.log(2 * sample.half)


def gamma_likelihood(sample: _Sample, average: float, sd: float) -> float:
    """Log-likelihood of the gamma law with this mean and standard deviation."""
    from scipy.special import gammainc, gammaln

    shape, scale = (average / sd) ** 2, sd**2 / average
    if sample.coarse:
        return _likelihood(sample, lambda x: np.asarray(gammainc(shape, np.maximum(x, 0) / scale), dtype=np.float64))
    x = np.maximum(sample.x, 1e-3)
    total = sample.weight @ ((shape - 1) * np.log(x) - x / scale)
    total -= sample.n * (float(gammaln(shape)) + shape * math.log(scale))
    return float(total) + sample.n * math.log(2 * sample.half)


def _likelihood(sample: _Sample, below: Callable[[Floats], Floats]) -> float:
    """Log-likelihood of rounded durations, from the law's distribution function."""
    chance = below(sample.x + sample.half) - below(sample.x - sample.half)
    return float(sample.weight @ np.log(np.maximum(chance, 1e-300)))


def _two(sample: _Sample, likelihood: Callable[[_Sample, float, float], float]) -> tuple[float, float, float]:
    """Maximum over mean and standard deviation: log-likelihood, mean, sd."""
    from scipy.optimize import minimize

    average, sd = _moments(sample)

    def unlikely(logs: Floats) -> float:
        return -likelihood(sample, math.exp(float(logs[0])), math.exp(float(logs[1])))

    start = np.array([math.log(average), math.log(sd)], dtype=np.float64)
    found: Any = minimize(unlikely, start, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-6})
    return float(-found.fun), math.exp(found.x[0]), math.exp(found.x[1])


def _moments(sample: _Sample) -> tuple[float, float]:
    average = max(float(sample.x @ sample.weight) / sample.n, 1e-3)
    variance = float(sample.weight @ (sample.x - average) ** 2) / sample.n
    return average, max(math.sqrt(variance), 1e-3)


# --- how well, and how surely ------------------------------------------------------------------------------------


def _p_value(sample: _Sample, law: Law) -> float:
    """Chi-squared test of fit over classes that the law fills about equally."""
    from scipy.stats import chi2

    classes = int(min(max(sample.n // 10, 4), 20))
    inner = law.quantile(np.arange(1, classes) / classes)
    if sample.coarse:
        inner = np.floor(inner) + 0.5  # between two seconds, where no rounding is in doubt
    edges = np.unique(inner)
    expected = np.diff(np.concatenate([[0.0], _distribution(law, edges), [1.0]])) * sample.n
    held = np.bincount(np.searchsorted(edges, sample.x), weights=sample.weight, minlength=len(edges) + 1)
    # The ends of a uniform law are found much faster than other numbers: they cost the test nothing.
    parameters = 0 if isinstance(law, Uniform) else len(type(law).model_fields) - 1
    kept = expected > 0.5
    freedom = int(kept.sum()) - 1 - parameters
    if freedom < 1:
        return 1.0
    return float(chi2.sf((((held - expected) ** 2)[kept] / expected[kept]).sum(), freedom))


def _distribution(law: Law, x: Floats) -> Floats:
    """The law's distribution function, from its quantiles."""
    grid = np.linspace(1e-6, 1 - 1e-6, 20_001)
    return np.interp(x, law.quantile(grid), grid, left=0.0, right=1.0)


def _held(sample: _Sample, law: Law) -> Held:
    """Bars of one width, a round one, up to the longest of 99 in a hundred durations."""
    longest = float(np.repeat(sample.x, sample.weight.astype(np.int64))[math.ceil(0.99 * sample.n) - 1])
    span = longest - float(sample.x[0])
    bars = min(max(math.sqrt(sample.n), 6), _BARS)
    width = max(_round_above(span / bars), 1.0 if sample.coarse else 0.001)
    first = math.floor(float(sample.x[0]) / width) * width
    count = math.floor((longest - first) / width + 1e-9) + 2
    edges = np.round(first + width * np.arange(count, dtype=np.float64), 6)
    # Whole seconds are rounded ones: a bar from 10 on holds what took 9.5 s or more.
    below = _distribution(law, edges - (sample.half if sample.coarse else 0.0))
    below[0] = 0.0
    place = np.searchsorted(edges, sample.x, side="right") - 1
    return Held(
        edges=tuple(edges.tolist()),
        seen=tuple(np.bincount(place, weights=sample.weight, minlength=len(edges)).astype(int).tolist()),
        expected=tuple((np.diff(np.append(below, 1.0)) * sample.n).round(2).tolist()),
    )


def _round_above(value: float) -> float:
    """The least of … 1, 2, 5, 10, 20, 50 … that is no smaller."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-9)))
    return next(power * one for one in (1, 2, 5, 10) if power * one >= value * (1 - 1e-9))


def _numbers(sample: _Sample, law: Law, confidence: float) -> dict[str, Number]:
    from scipy.stats import chi2

    n, tail = sample.n, (1 - confidence) / 2
    if isinstance(law, Exponential):
        # 2 × sum ÷ mean has the chi-squared law with 2n degrees of freedom.
        total = 2 * n * law.mean
        return {
            "mean": Number(law.mean, total / float(chi2.ppf(1 - tail, 2 * n)), total / float(chi2.ppf(tail, 2 * n)))
        }
    if isinstance(law, Uniform):
        # Given the smallest, the range is the largest of n − 1 uniforms, and the same from the other end.
        reach = (law.high - law.low + 2 * sample.half) * (1 - confidence) ** (-1 / (n - 1))
        low, high = max(law.high + sample.half - reach, 0.0), law.low - sample.half + reach
        return {"low": Number(law.low, low, law.low), "high": Number(law.high, law.high, high)}
    if isinstance(law, Lognormal | Gamma):
        likelihood = lognormal_likelihood if isinstance(law, Lognormal) else gamma_likelihood
        drop = float(chi2.ppf(confidence, 1)) / 2
        best = likelihood(sample, law.mean, law.sd)
        of_mean = _profile(lambda a, b: likelihood(sample, a, b), law.mean, law.sd, best - drop)
        of_sd = _profile(lambda a, b: likelihood(sample, b, a), law.sd, law.mean, best - drop)
        return {"mean": Number(law.mean, *of_mean), "sd": Number(law.sd, *of_sd)}
    return {}


def _profile(
    likelihood: Callable[[float, float], float], value: float, other: float, least: float
) -> tuple[float, float]:
    """Where the likelihood of one number, at the best of the other, falls to `least`: below and above."""
    from scipy.optimize import brentq, minimize_scalar

    def beyond(log_value: float) -> float:
        found = minimize_scalar(
            lambda v: -likelihood(math.exp(log_value), math.exp(v)),
            bounds=(math.log(other) - 2, math.log(other) + 2),
            method="bounded",
            options={"xatol": 1e-6},
        )
        return float(least + found.fun)

    ends = []
    for sign in (-1, 1):
        step = 0.05
        while beyond(math.log(value) + sign * step) < 0:
            step *= 2
            if step > _WIDEST:
                break
        if step > _WIDEST:  # the likelihood hardly falls
            ends.append(value * math.exp(sign * step))
            continue
        at: Any = brentq(lambda s, sign=sign: beyond(math.log(value) + sign * s), 0.0, step, xtol=1e-5)
        ends.append(value * math.exp(sign * at))
    return ends[0], ends[1]
