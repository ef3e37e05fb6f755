"""Total-order indices on functions whose indices are published, and their intervals."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from callbacksim.study.variances import total_effects

Floats = NDArray[np.float64]
PI = math.pi


def ishigami(x: Floats) -> Floats:
    """sin x1 + 7 sin² x2 + 0.1 x3⁴ sin x1 on −π … π (Ishigami & Homma 1990)."""
    x = PI * (2 * x - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def sobol_g(x: Floats) -> Floats:
    """Π (|4x − 2| + a)/(1 + a) with a = 0, 1, 4.5, 9, 99, 99, 99, 99 (Saltelli & Sobol' 1995)."""
    a = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])
    return np.prod((np.abs(4 * x - 2) + a) / (1 + a), axis=1)


def together(x: Floats) -> Floats:
    """(x1 − ½)(x2 − ½): neither does anything alone."""
    return (x[:, 0] - 0.5) * (x[:, 1] - 0.5)


def sampled(model: Callable[[Floats], Floats], inputs: int, rows: int, seed: int) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    a, b = random.random((rows, inputs)), random.random((rows, inputs))
    changed = []
    for at in range(inputs):
        moved = a.copy()
        moved[:, at] = b[:, at]
        changed.append(model(moved))
    return model(a), np.column_stack(changed)


# Published: Saltelli et al. (2008), Global Sensitivity Analysis, §4; for the product, all of the variance is shared.
PUBLISHED = [
    (ishigami, (0.5576, 0.4424, 0.2437)),
    (sobol_g, (0.7871, 0.2422, 0.0343, 0.0105, 0.0001, 0.0001, 0.0001, 0.0001)),
    (together, (1.0, 1.0)),
]


@pytest.mark.parametrize(("model", "wanted"), PUBLISHED, ids=["Ishigami", "G", "product"])
def test_published_indices(model: Callable[[Floats], Floats], wanted: tuple[float, ...]) -> None:
    """Standard errors at 4,000 rows are below 0.03; 0.09 is three of them."""
    found = total_effects(*sampled(model, len(wanted), 4000, 3), 0.95, 1)
    assert [one.mean for one in found] == pytest.approx(wanted, abs=0.09)


def test_the_intervals_hold_about_as_often_as_they_say() -> None:
    """100 studies of 64 rows. Were the coverage 0.85, fewer than 73 would hold with probability 0.001."""
    held = np.zeros(3)
    for seed in range(100):
        found = total_effects(*sampled(ishigami, 3, 64, 1000 + seed), 0.95, seed)
        ends = [(one.low or 0.0, one.high or 0.0) for one in found]
        held += [low <= truth <= high for (low, high), truth in zip(ends, PUBLISHED[0][1], strict=True)]
    assert held.min() >= 73


def test_by_hand() -> None:
    """Rows (0; 2, 0) and (4; 4, 0): all six values have mean 5/3 and variance 36/6 − 25/9 = 29/9."""
    found = total_effects([0, 4], [[2, 0], [4, 0]], 0.95, 1)
    # Mean squared differences: (4 + 0)/2 = 2 and (0 + 16)/2 = 8, halved 1 and 4.
    assert [one.mean for one in found] == pytest.approx([9 / 29, 36 / 29])
    assert found[0].n == 2


def test_an_input_without_effect_has_exactly_none() -> None:
    a = np.random.default_rng(1).random(20)
    (none,) = total_effects(a, a[:, None], 0.95, 1)
    assert (none.mean, none.low, none.high) == (0, 0, 0)


def test_what_cannot_be_ranked_is_refused() -> None:
    for base, changed in (([1], [[2]]), ([1, 2], [[1], [math.inf]]), ([1, 2, 3], [[1], [2]])):
        with pytest.raises(ValueError, match="at least two"):
            total_effects(base, changed, 0.95, 1)
    with pytest.raises(ValueError, match="do not vary"):
        total_effects([1, 1], [[1], [1]], 0.95, 1)
