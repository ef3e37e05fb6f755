"""The best of several plans with a guarantee: Kim and Nelson's fully sequential procedure on paired differences.

If the best plan is better than every other by at least `delta`, it is chosen with probability `confidence` or more;
otherwise one within `delta` of it is a good choice as well. Plans that fall clearly behind are dropped, so most
replications go to those that are close. The first stage's variances are those of the *differences*, so plans that
meet the same people need few replications (Kim & Nelson, ACM TOMACS 11(3), 2001, with c = 1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Sample = Callable[[Sequence[int], int, int], Mapping[int, Sequence[float]]]
"""The figure of some plans (by number) in replications first (from 0) up to last, without it."""
BATCH = 10


@dataclass(frozen=True)
class Selection:
    """What was chosen: `best` is a plan's number; `certain` is False where the cap came before one was left."""

    best: int
    certain: bool
    left: tuple[int, ...]  # plans that were not dropped
    replications: tuple[int, ...]  # of each plan, when it was dropped or all ended
    means: tuple[float, ...]  # over them


def select_best(
    sample: Sample,
    plans: int,
    delta: float,
    confidence: float,
    *,
    largest: bool = False,
    first: int = BATCH,
    most: int = 10_000,
) -> Selection:
    """The plan with the smallest (or `largest`) mean; a difference below `delta` > 0 does not matter.

    `first` replications of all plans are the first stage. Raises `ValueError` for what cannot be: fewer than two
    plans or first replications, `delta` not above 0, a confidence not between 1/plans and 1, values not finite.
    """
    if plans < 2 or first < 2 or not delta > 0 or not 1 / plans < confidence < 1 or most < first:
        raise ValueError(
            f"{plans} plans, first {first}, most {most}, delta {delta!r}, confidence {confidence!r}: at least two "
            "plans and first replications, no fewer at most, delta above 0, confidence between 1/plans and 1"
        )
    sign = -1.0 if largest else 1.0
    seen = {plan: sign * _finite(values) for plan, values in sample(range(plans), 0, first).items()}
    h2 = _h_squared(plans, confidence, first)
    spread = {pair: float(np.var(seen[pair[0]] - seen[pair[1]], ddof=1)) for pair in combinations(range(plans), 2)}
    left, used, r = list(range(plans)), [first] * plans, first
    while True:
        for plan in left:
            used[plan] = r
        left = _survivors(left, seen, spread, h2, delta, r)
        if len(left) == 1 or r >= most:
            break
        r += 1
        if r > len(seen[left[0]]):
            last = min(r - 1 + BATCH, most)
            more = sample(left, r - 1, last)
            seen |= {plan: np.concatenate([seen[plan], sign * _finite(more[plan])]) for plan in left}
    means = tuple(float(sign * seen[plan][: used[plan]].mean()) for plan in range(plans))
    best = min(left, key=lambda plan: (sign * means[plan], plan))
    return Selection(best, len(left) == 1, tuple(left), tuple(used), means)


def _h_squared(plans: int, confidence: float, first: int) -> float:
    eta = (float((2 * (1 - confidence) / (plans - 1)) ** (-2 / (first - 1))) - 1) / 2
    return 2 * eta * (first - 1)


def _survivors(
    left: Sequence[int],
    seen: Mapping[int, Floats],
    spread: Mapping[tuple[int, int], float],
    h2: float,
    delta: float,
    r: int,
) -> list[int]:
    """Who is not behind anybody by more than the triangle that narrows as replications come in.

    Where a triangle has come to its point nothing more is waited for: of two that are equal there, the first stays.
    """
    means = {plan: float(seen[plan][:r].mean()) for plan in left}

    def stays(one: int, other: int) -> bool:
        s2 = spread[min(one, other), max(one, other)]
        slack = max(0.0, delta / (2 * r) * (h2 * s2 / delta**2 - r))
        equal = means[one] == means[other]
        return (slack > 0 or one < other) if equal else means[one] <= means[other] + slack

    return [one for one in left if all(stays(one, other) for other in left if other != one)]


def _finite(values: Sequence[float]) -> Floats:
    found = np.asarray(values, dtype=np.float64)
    if not np.isfinite(found).all():
        raise ValueError("a figure is not defined, or cut off, in some replication: no best plan can be told by it")
    return found
