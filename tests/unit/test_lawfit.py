"""Laws of measured durations: which is chosen, what its numbers are, how sure they are."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from callbacksim.scenario.laws import (
    Constant,
    Exponential,
    Gamma,
    Lognormal,
    Mixture,
    Part,
    Quantiles,
    Uniform,
    milliseconds,
)
from callbacksim.study.calibrating.lawfit import fit_law

# A regular grid of uniforms: a sample that has the law's own quantiles, without chance.
GRID = (np.arange(400) + 0.5) / 400
LAWS = [
    Lognormal(law="lognormal", mean=60, sd=36),
    Gamma(law="gamma", mean=60, sd=36),
    Exponential(law="exponential", mean=30),
    Uniform(law="uniform", low=3, high=15),
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.law)
@pytest.mark.parametrize("whole_seconds", [False, True])
def test_the_law_that_made_them_is_found(law: Lognormal | Gamma | Exponential | Uniform, whole_seconds: bool) -> None:
    ms = milliseconds(law, GRID)
    found = fit_law((ms + 500) // 1000 * 1000 if whole_seconds else ms, 0.95)
    assert found is not None and not found.unfit
    assert found.law.law == law.law or found.behind[law.law] < 2  # an exponential law is a gamma law too
    assert found.law.mean_value() == pytest.approx(law.mean_value(), rel=0.02)
    assert min(found.behind.values()) >= 0 and found.n == 400


def test_the_interval_of_an_exponential_mean_is_exact() -> None:
    ms = milliseconds(Exponential(law="exponential", mean=30), GRID)
    found = fit_law(ms, 0.9)
    assert found is not None
    total = 2 * ms.sum() / 1000
    low, high = (total / stats.chi2.ppf(p, 800) for p in (0.95, 0.05))
    if isinstance(found.law, Exponential):
        assert found.numbers["mean"].low == pytest.approx(low, rel=1e-3)
        assert found.numbers["mean"].high == pytest.approx(high, rel=1e-3)


def test_a_lognormal_mean_has_about_the_interval_of_its_large_sample() -> None:
    """Variance of the log mean's estimate: s²/n + s⁴/(2n), with s² = log(1 + 0.36)."""
    found = fit_law(milliseconds(LAWS[0], GRID), 0.95)
    assert found is not None
    s2 = np.log(1.36)
    half = 1.96 * np.sqrt(s2 / 400 + s2**2 / 800)
    number = found.numbers["mean"]
    assert np.log(number.high / number.low) / 2 == pytest.approx(half, rel=0.05)
    assert number.low < number.value < number.high


def test_equal_durations_are_constant_and_few_are_nothing() -> None:
    found = fit_law(np.full(20, 30_000), 0.95)
    assert found is not None and found.law == Constant(law="constant", value=30)
    assert fit_law(np.full(19, 30_000), 0.95) is None


def test_where_no_law_fits_the_measured_quantiles_are_the_law() -> None:
    two = Mixture(law="mixture", parts=(Part(weight=0.7, low=6, high=10), Part(weight=0.3, low=18, high=22)))
    found = fit_law(milliseconds(two, GRID), 0.95)
    assert found is not None and found.unfit and isinstance(found.law, Quantiles)
    for p, x in zip(found.law.p, found.law.x, strict=True):
        if p == 0.7:  # the step from one part to the other
            continue
        assert x == pytest.approx(float(two.quantile(np.array([p]))[0]), abs=0.1)


@pytest.mark.parametrize("whole_seconds", [False, True])
def test_the_bars_hold_every_duration_against_the_law(whole_seconds: bool) -> None:
    ms = milliseconds(LAWS[1], GRID)
    ms = (ms + 500) // 1000 * 1000 if whole_seconds else ms
    found = fit_law(ms, 0.95)
    assert found is not None and found.held is not None and isinstance(found.law, Gamma)
    edges, seconds = found.held.edges, ms / 1000
    assert len(edges) == len(found.held.seen) == len(found.held.expected) >= 10
    assert list(found.held.seen) == [
        ((seconds >= a) & (seconds < b)).sum() for a, b in zip(edges, (*edges[1:], np.inf), strict=True)
    ]
    assert sum(found.held.seen[:-1]) >= 0.99 * 400
    # The gamma law's own distribution function, of another library; whole seconds begin half a second earlier.
    law = stats.gamma(a=(found.law.mean / found.law.sd) ** 2, scale=found.law.sd**2 / found.law.mean)
    below = law.cdf(np.array(edges) - 0.5 * whole_seconds)
    below[0] = 0
    assert found.held.expected == pytest.approx(np.diff(np.append(below, 1)) * 400, abs=0.05)


def test_durations_of_one_length_have_no_bars() -> None:
    found = fit_law(np.full(50, 30_000), 0.95)
    assert found is not None and found.held is None
