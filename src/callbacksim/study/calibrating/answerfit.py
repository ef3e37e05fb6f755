"""Maximum likelihood for who answers: differences between numbers first, then whether hour, weekday, segment and
attempt still matter.

Without that order a log is misread: those who are called often are those who seldom answer, so the answer rate falls
with the attempt though no call was answered less for being a retry.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from callbacksim.study.calibrating.propensity import ALL_ALIKE, Floats, Group, Ints, Own, Sequences, log_likelihood

Part = Literal["base", "reachable", "sd", "multiplier"]
_MEAN = (1e-5, 0.9995)
_REACHABLE = (0.02, 1.0)
_MOST_ALIKE = 0.95
_EFFECT = 3.0  # no level is answered more than e³ times as often as another
_STARTS = ((1.0, 0.02), (0.6, 0.02), (1.0, 0.3), (0.75, 0.15))


@dataclass(frozen=True, eq=False)
class Effect:
    """What may matter beside the number: a level for each call (-1: held at the scenario's).

    A level's factor multiplies the scenario's. ``weight`` says how the levels are kept to scale: with it, the weighted
    mean of the factors is 1; without, the factor of the first level is.
    """

    name: Literal["hour", "weekday", "segment", "attempt"]
    labels: tuple[str, ...]
    level: Ints
    weight: Floats | None

    def centred(self, free: Floats) -> tuple[Floats, Floats]:
        """Log factors of all levels from those of all but the first, and the share each has in the scale."""
        whole = np.concatenate([[0.0], free])
        if self.weight is None:
            return whole, np.zeros(len(whole))
        shares = self.weight * np.exp(whole)
        return whole - math.log(shares.sum() / self.weight.sum()), shares / shares.sum()


@dataclass(frozen=True, eq=False)
class Problem:
    """The calls and what is known of them: per call the log of the scenario's own factor; the cap; latent groups.

    ``multipliers``: between which numbers the factor of each further call is looked for.
    """

    calls: Sequences
    log_factor: Floats
    most: float
    groups: Sequence[Group] = ALL_ALIKE
    effects: tuple[Effect, ...] = ()
    multipliers: tuple[float, float] = (0.05, 1.5)


@dataclass(frozen=True, eq=False)
class Fit:
    """A maximum of the likelihood. ``effects``: log factors by level of each effect that is in it."""

    own: Own
    multiplier: float
    effects: Mapping[str, Floats]
    log_likelihood: float
    free: int = 0
    vector: Floats = field(default_factory=lambda: np.zeros(0), repr=False)

    def value(self, part: Part) -> float:
        """One of its numbers as the scenario has it."""
        return {
            "base": self.own.base,
            "reachable": self.own.reachable,
            "sd": self.own.sd,
            "multiplier": self.multiplier,
        }[part]


@dataclass(frozen=True)
class _Shape:
    """Which numbers are free; the others are fixed: of base, reachable, sd, alike, multiplier."""

    fixed: Mapping[str, float]
    multipliers: tuple[float, float]

    def names(self) -> list[str]:
        free = []
        if "base" not in self.fixed:
            free.append("mean")
        if "reachable" not in self.fixed:
            free.append("reachable")
        if not {"sd", "alike"} & set(self.fixed):
            free.append("alike")
        if "multiplier" not in self.fixed:
            free.append("multiplier")
        return free

    def bounds(self) -> list[tuple[float, float]]:
        low, high = _MEAN
        if self.fixed.get("sd", 0.0) > 0:
            # mean × (1 − mean) must leave room for so large a spread.
            half = math.sqrt(max(0.25 - self.fixed["sd"] ** 2 / _MOST_ALIKE, 0.0))
            low, high = max(low, 0.5 - half), min(high, 0.5 + half)
        mean = (_logit(low), _logit(high))
        least = max(_REACHABLE[0], self.fixed.get("base", 0.0) / _MEAN[1])
        every = {
            "mean": mean,
            "reachable": (min(least, 1.0), 1.0),
            "alike": (0.0, _MOST_ALIKE),
            "multiplier": self.multipliers,
        }
        return [every[name] for name in self.names()]

    def unpacked(self, vector: Floats) -> tuple[Own, float]:
        at = dict(zip(self.names(), vector.tolist(), strict=True))
        reachable = self.fixed.get("reachable", at.get("reachable", 1.0))
        mean = self.fixed["base"] / reachable if "base" in self.fixed else 1 / (1 + math.exp(-at["mean"]))
        mean = min(mean, _MEAN[1])
        if "sd" in self.fixed:
            alike = min(self.fixed["sd"] ** 2 / (mean * (1 - mean)), _MOST_ALIKE)
        else:
            alike = self.fixed.get("alike", at.get("alike", 0.0))
        return Own(mean, reachable, alike), self.fixed.get("multiplier", at.get("multiplier", 1.0))

    def packed(self, own: Own, multiplier: float) -> Floats:
        every = {"mean": _logit(own.mean), "reachable": own.reachable, "alike": own.alike, "multiplier": multiplier}
        return np.array([every[name] for name in self.names()])


def fit(problem: Problem, fixed: Mapping[str, float], near: Fit | None = None, *, anywhere: bool = False) -> Fit:
    """The maximum of the likelihood with some numbers fixed: climbed from several starts, from one near, or both."""
    shape = _Shape(fixed, problem.multipliers)
    bounds = shape.bounds()
    sizes = [len(effect.labels) - 1 for effect in problem.effects]
    starts = [_start(problem, shape, one) for one in _neighbours(near, shape)] if near is not None else []
    if anywhere or not starts:
        rate = float((problem.calls.weight @ problem.calls.answered) / problem.calls.weight.sum())
        known = float(np.average(np.exp(problem.log_factor), weights=problem.calls.weight))
        base = min(max(rate / known, 1e-4), 0.95)
        spread = _STARTS if {"reachable", "alike"} & set(shape.names()) else _STARTS[:1]
        for reachable, alike in spread:
            own = Own(min(base / reachable, 0.95), reachable, alike)
            starts.append(np.concatenate([shape.packed(own, 1.0), np.zeros(sum(sizes))]))
    every = [*bounds, *[(-_EFFECT, _EFFECT)] * sum(sizes)]
    best: tuple[float, Floats] | None = None
    for start in starts:
        value, vector = _climbed(problem, shape, start, every)
        if best is None or value > best[0] + 1e-7:
            best = value, vector
    assert best is not None
    return _fit(problem, shape, best[1], best[0])


def profile(
    problem: Problem, fixed: Mapping[str, float], best: Fit, part: Part, confidence: float, together: int = 1
) -> tuple[float, float]:
    """The interval of one number by profile likelihood: all values that the log does not speak against.

    With ``together`` = k it is an end of the region that holds k numbers at once. An end at the edge of what is
    possible is that edge.
    """
    from scipy.stats import chi2

    drop = float(chi2.ppf(confidence, together))
    edges = {
        "base": (1e-4, 0.999),
        "reachable": (max(_REACHABLE[0], 1e-3), 1.0),
        "sd": (0.0, math.sqrt(_MOST_ALIKE * 0.25)),
        "multiplier": problem.multipliers,
    }[part]
    centre = best.value(part)

    def root(direction: int, edge: float) -> float:
        """Where the signed root of the deviance, close to a straight line, crosses that of the quantile."""
        near = best

        def beyond(value: float) -> float:
            nonlocal near
            found = fit(problem, {**fixed, part: value}, near)
            near = found
            return math.sqrt(max(2 * (best.log_likelihood - found.log_likelihood), 0.0)) - math.sqrt(drop)

        if abs(edge - centre) < 1e-9:
            return edge
        inside, step = centre, max(abs(centre) * 0.1, 0.01)
        below, above = -math.sqrt(drop), 0.0
        while True:
            outside = centre + direction * step
            outside = min(outside, edge) if direction > 0 else max(outside, edge)
            above = beyond(outside)
            if above > 0:
                break
            if outside == edge:
                return edge
            inside, below = outside, above
            step *= 2 if above < -0.5 * math.sqrt(drop) else 1.5
        for _ in range(30):
            guess = inside + (outside - inside) * min(max(-below / (above - below), 0.05), 0.95)
            found = beyond(guess)
            if abs(found) < 0.003 or abs(outside - inside) < 1e-6:
                return guess
            if found > 0:
                outside, above = guess, found
            else:
                inside, below = guess, found
        return (inside + outside) / 2

    return root(-1, edges[0]), root(1, edges[1])


def effect_errors(problem: Problem, fixed: Mapping[str, float], best: Fit) -> dict[str, Floats]:
    """Standard errors of the log factors by the observed information, everything else free."""
    shape = _Shape(fixed, problem.multipliers)
    bounds = shape.bounds()
    structural = best.vector[: len(bounds)]
    inner = [i for i, (low, high) in enumerate(bounds) if low + 1e-4 < structural[i] < high - 1e-4]
    kept = [*inner, *range(len(bounds), len(best.vector))]
    size = len(kept)
    information = np.zeros((size, size))
    for row, at in enumerate(kept):
        step = np.zeros(len(best.vector))
        step[at] = 1e-3
        up, down = (_value(problem, shape, best.vector + sign * step, 1e-5)[1] for sign in (1, -1))
        information[row] = (up - down)[kept] / 2e-3
    covariance = np.linalg.pinv(-(information + information.T) / 2)
    errors: dict[str, Floats] = {}
    at = len(inner)
    for effect in problem.effects:
        free = len(effect.labels) - 1
        vector = best.vector[len(bounds) + (at - len(inner)) :][:free]
        _, shares = effect.centred(vector)
        # The centred log factor of level l is its own minus the scale's, which moves by each level's share in it.
        slopes = np.vstack([np.zeros(free), np.eye(free)]) - shares[None, 1:]
        part = covariance[at : at + free, at : at + free]
        errors[effect.name] = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", slopes, part, slopes), 0.0))
        at += free
    return errors


def log_factors(problem: Problem, found: Fit) -> Floats:
    """Per call, the log of everything that its number's own probability is multiplied by."""
    total = problem.log_factor + math.log(found.multiplier) * (problem.calls.nth - 1)
    for effect in problem.effects:
        total = total + _by_call(effect, found.effects[effect.name])
    return np.asarray(total, dtype=np.float64)


def without(problem: Problem, name: str) -> Problem:
    """The problem with one effect held at the scenario's values."""
    return replace(problem, effects=tuple(effect for effect in problem.effects if effect.name != name))


def by_attempt(problem: Problem, fewest: int) -> Effect:
    """A factor of its own for every attempt; later ones of fewer than so many calls share that of the one before."""
    nth = problem.calls.nth
    held = np.bincount(nth, weights=problem.calls.weight)
    last = int(np.flatnonzero(held >= fewest).max(initial=1))
    level = np.minimum(nth, last) - 1
    return Effect("attempt", tuple(str(k + 1) for k in range(last)), level, None)


def added_rank(problem: Problem, effect: Effect, beside: Effect) -> int:
    """How many contrasts between the levels of an effect are left when `beside` and the other effects are known."""

    def columns(one: Effect) -> Floats:
        return np.asarray(one.level[:, None] == np.arange(len(one.labels))[None, :], dtype=np.float64)

    others = [columns(one) for one in (*without(problem, effect.name).effects, beside)]
    known = np.hstack([np.ones((len(effect.level), 1)), *others])
    every = np.unique(np.hstack([known, columns(effect)]), axis=0)
    return int(np.linalg.matrix_rank(every) - np.linalg.matrix_rank(every[:, : known.shape[1]]))


def _neighbours(near: Fit, shape: _Shape) -> list[Fit]:
    """The fit that is near and, where both ways for numbers to differ are open, the others that answer as often.

    Few reachable and a wide spread look much alike: from one to the other the way leads through a valley.
    """
    if "reachable" not in shape.names():
        return [near]
    base, alike = near.own.base, near.own.alike
    others = [(1.0, max(alike, 0.15)), (max(0.7, 1.05 * base), min(alike, 0.05))]
    return [near, *(replace(near, own=Own(min(base / share, 0.99), share, rho)) for share, rho in others)]


@contextmanager
def one_thread() -> Iterator[None]:
    """Linear algebra on one thread.

    Matrices of a dozen rows are shared out among the cores in more time than they take (a fit took five times as
    long); and sums of parts would differ in the last digit by the number of cores.
    """
    import scipy.optimize  # noqa: F401 (its library must be there to be told)
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        yield


def _start(problem: Problem, shape: _Shape, near: Fit) -> Floats:
    structural = shape.packed(near.own, near.multiplier)
    rest = [np.asarray(near.effects.get(e.name, np.zeros(len(e.labels)))) for e in problem.effects]
    return np.concatenate([structural, *[values[1:] - values[0] for values in rest]])


def _climbed(
    problem: Problem, shape: _Shape, start: Floats, bounds: Sequence[tuple[float, float]]
) -> tuple[float, Floats]:
    from scipy.optimize import minimize

    low, high = np.array([b[0] for b in bounds]), np.array([b[1] for b in bounds])

    def downhill(vector: Floats) -> tuple[float, Floats]:
        value, slope = _value(problem, shape, vector, 1e-6)
        return -value, -slope

    if not len(start):
        return downhill(start)[0] * -1, start
    found = minimize(
        downhill, np.clip(start, low, high), jac=True, method="L-BFGS-B", bounds=bounds,
        options={"maxiter": 200, "ftol": 1e-10, "gtol": 1e-4},
    )  # fmt: skip
    return float(-found.fun), np.asarray(found.x, dtype=np.float64)


def _value(problem: Problem, shape: _Shape, vector: Floats, step: float) -> tuple[float, Floats]:
    """Log-likelihood and its slope by everything that is free."""
    names = shape.names()
    structural, rest = vector[: len(names)], vector[len(names) :]
    total = problem.log_factor
    centred: list[tuple[Effect, Floats]] = []
    at = 0
    for effect in problem.effects:
        free = rest[at : at + len(effect.labels) - 1]
        factors, shares = effect.centred(free)
        total = total + _by_call(effect, factors)
        centred.append((effect, shares))
        at += len(free)
    steps = problem.calls.nth - 1

    def value(structure: Floats) -> tuple[float, Floats]:
        own, multiplier = shape.unpacked(structure)
        return log_likelihood(problem.calls, own, total + math.log(multiplier) * steps, problem.most, problem.groups)

    here, by_call = value(structural)
    slope = np.zeros(len(vector))
    for i, name in enumerate(names):
        if name == "multiplier":
            slope[i] = float(by_call @ steps) / shape.unpacked(structural)[1]
            continue
        # Towards the inside where there is an edge.
        edge = shape.bounds()[i][1]
        move = step if structural[i] + step <= edge else -step
        moved = structural.copy()
        moved[i] += move
        slope[i] = (value(moved)[0] - here) / move
    at = len(names)
    for effect, shares in centred:
        known = effect.level >= 0
        sums = np.bincount(effect.level[known], weights=by_call[known], minlength=len(effect.labels))
        slope[at : at + len(sums) - 1] = sums[1:] - sums.sum() * shares[1:]
        at += len(sums) - 1
    return here, slope


def _fit(problem: Problem, shape: _Shape, vector: Floats, value: float) -> Fit:
    own, multiplier = shape.unpacked(vector[: len(shape.names())])
    effects: dict[str, Floats] = {}
    at = len(shape.names())
    for effect in problem.effects:
        free = vector[at : at + len(effect.labels) - 1]
        effects[effect.name] = effect.centred(free)[0]
        at += len(free)
    return Fit(own, multiplier, effects, value, len(vector), vector)


def _by_call(effect: Effect, factors: Floats) -> Floats:
    return np.where(effect.level >= 0, factors[np.maximum(effect.level, 0)], 0.0)


def _logit(p: float) -> float:
    inside = min(max(p, 1e-9), 1 - 1e-9)
    return math.log(inside / (1 - inside))
