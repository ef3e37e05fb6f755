"""How far a figure spreads, and whose doing that is: interval arithmetic of variances, beside `estimates`.

Two runs of each of m drawn sets of inputs, under different chance, tell chance and ignorance apart (one-way analysis
of variance with random effects; Law of total variance, Var Y = E[Var(Y | inputs)] + Var(E[Y | inputs])). What two
runs under the same inputs have in common are the inputs, so their covariance is Var(E[Y | inputs]); half their mean
squared difference is E[Var(Y | inputs)]. Both are unbiased, whatever the laws.

Sources: Searle, Casella & McCulloch, Variance Components (1992) §3.5–3.6; Miller, Biometrika 61 (1974), the jackknife;
Efron & Tibshirani, An Introduction to the Bootstrap (1993) §13.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callbacksim.study.estimates import Estimate, normal_quantile, t_quantile

Floats = NDArray[np.float64]
FEWEST = 3
"""Fewer sets of inputs say nothing of how sure a variance is."""


@dataclass(frozen=True)
class Split:
    """A figure's spread by cause, as standard deviations in its unit; `share` is ignorance's part of the variance."""

    chance: Estimate
    ignorance: Estimate
    share: float | None
    sets: int

    def margins(self, confidence: float) -> tuple[float | None, float | None]:
        """(chance, ignorance) as the ± of a normal law at this level."""
        z = normal_quantile(confidence)
        first, second = (None if one.mean is None else z * one.mean for one in (self.chance, self.ignorance))
        return first, second


def split(first: ArrayLike, second: ArrayLike, confidence: float) -> Split:
    """The spread of a figure by cause; ``first[i]`` and ``second[i]`` are two runs of set i under different chance.

    A set with a NaN is left out; an infinite value, or fewer than two sets, leaves nothing identified, fewer than
    `FEWEST` no interval. Intervals are those of the jackknife over the sets: of chance on the logarithm, of ignorance
    too where its variance is clearly above 0, else from 0. A negative estimate of a variance is said as 0.
    """
    a, b = (np.asarray(one, dtype=np.float64).reshape(-1) for one in (first, second))
    if len(a) != len(b):
        raise ValueError(f"{len(a)} first and {len(b)} second runs; every set of inputs has one of each")
    both = ~(np.isnan(a) | np.isnan(b))
    a, b = a[both], b[both]
    m = len(a)
    if m < 2 or not (np.isfinite(a).all() and np.isfinite(b).all()):
        nothing = Estimate(None, None, None, m, "mean", confidence)
        return Split(nothing, nothing, None, m)
    within, between = _components(a, b)
    without = np.array([_components(np.delete(a, i), np.delete(b, i)) for i in range(m)]) if m >= FEWEST else None
    ends = [(None, None)] * 2 if without is None else [
        _ends(whole, left_out, confidence) for whole, left_out in zip((within, between), without.T, strict=True)
    ]  # fmt: skip
    chance, ignorance = (
        Estimate(math.sqrt(max(variance, 0.0)), low, high, m, "mean", confidence)
        for variance, (low, high) in zip((within, between), ends, strict=True)
    )
    total = within + max(between, 0.0)
    return Split(chance, ignorance, max(between, 0.0) / total if total > 0 else None, m)


def _components(a: Floats, b: Floats) -> tuple[float, float]:
    """(E[Var], Var[E]) of pairs: half the mean squared difference, and the covariance that treats both alike."""
    middle = (a + b) / 2
    within = float(np.mean((a - b) ** 2)) / 2
    between = float(np.var(middle, ddof=1)) - within / 2 if len(a) > 1 else 0.0
    return within, between


def _ends(variance: float, left_out: Floats, confidence: float) -> tuple[float, float]:
    """The ends of a standard deviation from the jackknife of its variance."""
    m = len(left_out)
    t = t_quantile(m - 1, confidence)

    def error(values: Floats) -> float:
        return math.sqrt((m - 1) / m * float(np.sum((values - values.mean()) ** 2)))

    spread = error(left_out)
    if variance - t * spread <= 0 or left_out.min() <= 0:
        return 0.0, math.sqrt(max(variance, 0.0) + t * spread)
    logs = np.log(left_out)
    margin = math.exp(t * error(logs) / 2)
    return math.sqrt(variance) / margin, math.sqrt(variance) * margin


RESAMPLED = 2000
"""Bootstrap samples behind the interval of a total effect."""


def total_effects(base: ArrayLike, changed: ArrayLike, confidence: float, seed: int) -> tuple[Estimate, ...]:
    """Total-order indices of Sobol', one for each column of `changed`, by Jansen's estimator (1999).

    ``base[r]`` is the model at a random point; ``changed[r, i]`` at the same point with input i alone drawn anew. The
    index is E[(base − changed)²] ÷ (2 Var Y), with the variance of all values together, since each is the model at a
    random point. Intervals are bootstrap percentiles over the rows, which are independent. ``ValueError`` for fewer
    than two rows, values that are not finite or that do not vary.
    """
    a, b = np.asarray(base, dtype=np.float64), np.asarray(changed, dtype=np.float64)
    if b.ndim != 2 or a.shape != b.shape[:1] or len(a) < 2 or not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError(f"rows {a.shape} and {b.shape}: at least two, each with all its runs, all finite")
    every = np.column_stack([a, b])
    every = every - every.mean()  # so that squares lose no digits
    squares, sums, apart = (every**2).mean(axis=1), every.mean(axis=1), (a[:, None] - b) ** 2 / 2
    if not squares.any():
        raise ValueError("the values do not vary: nothing has an effect")
    n = len(a)
    drawn = np.random.Generator(np.random.Philox(key=seed)).multinomial(n, np.full(n, 1 / n), RESAMPLED)
    weights = np.vstack([np.ones(n), drawn]) / n
    variance = weights @ squares - (weights @ sums) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (weights @ apart) / variance[:, None]
    point, samples = found[0], found[1:][np.isfinite(found[1:]).all(axis=1)]
    low, high = np.quantile(samples, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return tuple(
        Estimate(float(p), float(min(lo, p)), float(max(hi, p)), n, "mean", confidence)
        for p, lo, hi in zip(point, low, high, strict=True)
    )
