"""The likelihood of who answered which call, under the very model by which the simulator lets people answer.

A number's own probability is 0 with probability 1 − `reachable`, else beta-distributed; the call's is that times what
the hour, the weekday, the segment and the attempt make of it, capped. Nobody sees the own probability, so it is
integrated out over each number's whole sequence of calls. Which calls were made at all depends on earlier outcomes
only, so the selection (who is called again, the cap, who was not reached in time) needs no model of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_NODES = 16
_ALIKE = 1e-6  # below this correlation numbers do not differ
_SMALL = 1e-300


class Group(NamedTuple):
    """A latent group of numbers: its share, and the factor on its answer probabilities."""

    share: float
    factor: float


ALL_ALIKE = (Group(1.0, 1.0),)


class Own(NamedTuple):
    """How own probabilities are spread: `mean` of those reachable, the share `reachable`, and `alike`, the correlation
    sd² ÷ (mean × (1 − mean)) of two calls to a reachable number: 0 where numbers do not differ."""

    mean: float
    reachable: float
    alike: float

    @property
    def base(self) -> float:
        """The answer probability of a first call to anybody."""
        return self.mean * self.reachable

    @property
    def sd(self) -> float:
        """Standard deviation of the own probability of the reachable."""
        return float(np.sqrt(self.alike * self.mean * (1 - self.mean)))


@dataclass(frozen=True, eq=False)
class Sequences:
    """The calls of all numbers, each number's one after the other in time; equal numbers are there once.

    ``first``: where each number's calls begin; ``count``: how many numbers are like it. Per call: ``cell`` (its kind,
    see :func:`sequences`), ``nth`` (from 1), ``answered``.
    """

    first: Ints
    count: Floats
    cell: Ints
    nth: Ints
    answered: Bools

    @property
    def weight(self) -> Floats:
        """How many real calls each call stands for."""
        return self.count[self.of]

    @property
    def of(self) -> Ints:
        """The number (in `first`) of each call."""
        sizes = np.diff(np.append(self.first, len(self.cell)))
        return np.repeat(np.arange(len(self.first)), sizes)


def sequences(number: Ints, start: Ints, cell: Ints, answered: Bools) -> Sequences:
    """Calls (any order) as sequences of numbers; ``cell`` is a whole number for each kind of call."""
    order = np.lexsort((start, number))
    by_number, cells, heard = number[order], cell[order], answered[order]
    begins = np.flatnonzero(np.diff(by_number, prepend=by_number[:1] - 1))
    codes = (cells * 2 + heard).astype(np.int64)
    kinds: dict[bytes, int] = {}
    for chunk in np.split(codes, begins[1:]):
        key = chunk.tobytes()
        kinds[key] = kinds.get(key, 0) + 1
    parts = [np.frombuffer(key, dtype=np.int64) for key in sorted(kinds)]
    sizes = np.array([len(part) for part in parts], dtype=np.int64)
    flat = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    return Sequences(
        first=first,
        count=np.array([kinds[key] for key in sorted(kinds)], dtype=np.float64),
        cell=flat // 2,
        nth=np.arange(len(flat)) - np.repeat(first, sizes) + 1,
        answered=(flat % 2).astype(bool),
    )


def log_likelihood(
    calls: Sequences, own: Own, log_factor: Floats, most: float, groups: Sequence[Group] = ALL_ALIKE
) -> tuple[float, Floats]:
    """The log-likelihood, and its derivative by each call's ``log_factor`` (what its probability is multiplied by)."""
    q, weights = beta_nodes(own.mean, own.alike)
    silent = ~np.logical_or.reduceat(calls.answered, calls.first)
    likelihood = np.where(silent, 1 - own.reachable, 0.0)
    slope = np.zeros(len(calls.cell))
    of = calls.of
    for group in groups:
        raw = np.exp(log_factor)[:, None] * (group.factor * q)[None, :]
        p = np.clip(np.minimum(raw, most), _SMALL, 1 - 1e-12)
        each = np.where(calls.answered[:, None], np.log(p), np.log1p(-p))
        joint = np.exp(np.add.reduceat(each, calls.first, axis=0)) * (group.share * own.reachable * weights)[None, :]
        likelihood = likelihood + joint.sum(axis=1)
        by_call = np.where(raw < most, np.where(calls.answered[:, None], 1.0, -p / (1 - p)), 0.0)
        slope += (joint[of] * by_call).sum(axis=1)
    likelihood = np.maximum(likelihood, _SMALL)
    total = float(calls.count @ np.log(likelihood))
    return total, slope * (calls.count / likelihood)[of]


def predicted(
    calls: Sequences, own: Own, log_factor: Floats, most: float, groups: Sequence[Group] = ALL_ALIKE
) -> Floats:
    """Each call's probability to be answered, given what came of the number's earlier calls."""
    q, weights = beta_nodes(own.mean, own.alike)
    of = calls.of
    now = np.zeros(len(of))
    silent = np.cumsum(calls.answered) - np.cumsum(calls.answered)[calls.first][of] + calls.answered[calls.first][of]
    before = np.where(silent - calls.answered == 0, 1 - own.reachable, 0.0)
    for group in groups:
        raw = np.exp(log_factor)[:, None] * (group.factor * q)[None, :]
        p = np.clip(np.minimum(raw, most), _SMALL, 1 - 1e-12)
        each = np.where(calls.answered[:, None], np.log(p), np.log1p(-p))
        total = np.cumsum(each, axis=0)
        earlier = total - each - (total - each)[calls.first][of]
        joint = np.exp(earlier) * (group.share * own.reachable * weights)[None, :]
        before = before + joint.sum(axis=1)
        now += (joint * p).sum(axis=1)
    return now / np.maximum(before, _SMALL)


def beta_nodes(mean: float, alike: float) -> tuple[Floats, Floats]:
    """Nodes and weights of Gauss quadrature under the beta law: exact for polynomials up to degree 31."""
    from scipy.linalg import eigh_tridiagonal

    if alike < _ALIKE:
        return np.array([mean]), np.ones(1)
    size = 1 / alike - 1
    a, b = mean * size, (1 - mean) * size
    # Golub & Welsch (1969): the nodes are eigenvalues of the Jacobi polynomials' recurrence, on [-1, 1].
    n = np.arange(1, _NODES)
    low, high = a - 1, b - 1
    total = low + high
    diagonal = np.empty(_NODES)
    diagonal[0] = (low - high) / (total + 2)
    diagonal[1:] = (low**2 - high**2) / ((2 * n + total) * (2 * n + total + 2))
    square = 4 * n * (n + low) * (n + high) / ((2 * n + total) ** 2 * (2 * n + total + 1))
    square[1:] *= (n[1:] + total) / (2 * n[1:] + total - 1)
    nodes, vectors = eigh_tridiagonal(diagonal, np.sqrt(square))
    return np.clip((nodes + 1) / 2, 0.0, 1.0), np.asarray(vectors[0] ** 2, dtype=np.float64)
