"""How many people the deadlines demand, before anything is searched or simulated.

Call-backs wait: they need not be served at once but by a due time, and only while the roster is open. Staffing them
is *deadline staffing*, not a queueing formula: whoever is served first (earliest due first is best), the work of
the jobs that are both ready and due within an interval must fit into the capacity of that interval. This is the
demand-bound criterion of real-time scheduling (Baruah, Rosier & Howell, Real-Time Systems 2, 1990; Dertouzos 1974
for the optimality of earliest-due-first).

The number is a *lower bound* on people at work: it treats the work as freely divisible among them, knows the
arrivals beforehand and loses no time. It is exact for one person who may put a job aside for a
more urgent one. The simulation decides; this says where to begin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

Millis = NDArray[np.int64]


@dataclass(frozen=True)
class DeadlineNeed:
    """What the tightest interval demands. Times in milliseconds since midnight of the first day, as in the trace."""

    people: int
    """Smallest whole number of people at work whenever the roster is open; 0 for no work."""
    impossible: int
    """Jobs with work but no open time between ready and due: no number of people helps; ``people`` leaves them out."""
    from_ms: int | None
    """The interval that binds, from here (a ready time) …"""
    until_ms: int | None
    """… to here (a due time); None when nothing needs doing."""
    work_ms: int
    """Work that is ready and due within it …"""
    open_ms: int
    """… and the open roster time there: people = ⌈work/open⌉."""


def deadline_staffing(
    ready_ms: ArrayLike, due_ms: ArrayLike, work_ms: ArrayLike, steps_time: ArrayLike, steps_open: ArrayLike
) -> DeadlineNeed:
    """The smallest c that gives every interval the capacity for the work that is due in it.

    For all s < d: c × open roster time of [s, d] >= work of all jobs that are ready at or after s and due at or
    before d.

    Jobs (n of each, whole milliseconds): ``ready_ms``, ``due_ms`` >= ready (ready plus a limit of *open roster
    time*) and ``work_ms`` >= 0, the whole time it takes one person. Roster: from ``steps_time[i]`` until the next
    step it is open if ``steps_open[i]`` is not 0 (how many are on duty does not matter: that is the question),
    closed before the first step, and the last step lasts for ever. Only intervals that begin at a ready time and
    end at a due time can bind. They are compared in whole numbers in *open-time coordinates*, where the roster has
    no gaps and capacity is a plain difference. O(n²) time, O(n) memory.

    ``ValueError`` for arrays that do not fit, a job due before it is ready, negative work, or steps that do not rise.
    """
    ready, due, work = _whole(ready_ms, "ready"), _whole(due_ms, "due"), _whole(work_ms, "work")
    if not len(ready) == len(due) == len(work):
        raise ValueError(f"{len(ready)} ready times, {len(due)} due times, {len(work)} works: one of each per job")
    if (due < ready).any() or (work < 0).any():
        raise ValueError("a job is due before it is ready, or its work is negative")
    start = open_time(ready, steps_time, steps_open)
    end = open_time(due, steps_time, steps_open)
    possible = (end > start) & (work > 0)
    impossible = int(np.count_nonzero((end == start) & (work > 0)))
    ready, due, work, start, end = (x[possible] for x in (ready, due, work, start, end))
    if not len(work):
        return DeadlineNeed(0, impossible, None, None, 0, 0)

    ends, end_at = np.unique(end, return_inverse=True)
    demand = np.zeros(
        len(ends), dtype=np.int64
    )  # work due at each end, of the jobs ready at or after the current start
    best = (0, 0.0, 0, 0, 0, 0)  # people, people before rounding, start, end, work, open
    order = np.argsort(-start, kind="stable")
    starts, first = np.unique(-start[order], return_index=True)  # from the latest start to the earliest
    for i, jobs in enumerate(np.split(order, first[1:])):
        s = -int(starts[i])
        np.add.at(demand, end_at[jobs], work[jobs])
        after = int(np.searchsorted(ends, s, side="right"))
        length = ends[after:] - s
        # Jobs that end at or before s would have to start there too: `possible` has excluded them.
        inside = np.cumsum(demand[after:])
        people = -(-inside // length)
        most = int(people.max())
        exact = np.where(people == most, inside / length, -1.0)
        k = int(np.argmax(exact))
        if (most, float(exact[k])) > best[:2]:
            best = (most, float(exact[k]), s, int(ends[after + k]), int(inside[k]), int(length[k]))
    most, _, s, d, inside_work, open_ms = best
    return DeadlineNeed(
        people=most,
        impossible=impossible,
        from_ms=int(ready[start == s].min()),
        until_ms=int(due[end == d].max()),
        work_ms=inside_work,
        open_ms=open_ms,
    )


def open_time(at_ms: ArrayLike, steps_time: ArrayLike, steps_open: ArrayLike) -> Millis:
    """Milliseconds for which the roster has been open before each time: a clock that runs only while it is open."""
    at, times = _whole(at_ms, "time"), _whole(steps_time, "step")
    is_open = (np.asarray(steps_open).reshape(-1) != 0).astype(np.int64)
    if len(times) != len(is_open) or (np.diff(times) <= 0).any():
        raise ValueError("the roster needs one entry per step and strictly rising times")
    if not len(times):
        return np.zeros(len(at), dtype=np.int64)
    before = np.concatenate(([0], np.cumsum(np.diff(times) * is_open[:-1])))
    step = np.searchsorted(times, at, side="right") - 1
    held = np.maximum(step, 0)
    return np.where(step < 0, 0, before[held] + (at - times[held]) * is_open[held]).astype(np.int64)


def people_to_employ(at_work: int, max_occupancy: float, shrinkage: float) -> int:
    """People on the payroll for ``at_work`` of them serving: ⌈at_work ÷ max_occupancy ÷ (1 − shrinkage)⌉.

    ``max_occupancy`` (0 < x <= 1) is the busy share that is bearable, ``shrinkage`` (0 <= x < 1) the share of paid
    time spent away. Reckoned in decimal fractions as written, and rounded up once, so that 17 ÷ 0.85 is 20 and not
    21.
    """
    if at_work < 0 or not 0 < max_occupancy <= 1 or not 0 <= shrinkage < 1:
        raise ValueError(
            f"{at_work!r} at work, occupancy {max_occupancy!r}, shrinkage {shrinkage!r}: "
            "at work >= 0, 0 < occupancy <= 1, 0 <= shrinkage < 1"
        )
    return math.ceil(at_work / Fraction(str(float(max_occupancy))) / (1 - Fraction(str(float(shrinkage)))))


def _whole(values: ArrayLike, what: str) -> Millis:
    array = np.asarray(values).reshape(-1)
    if array.size and array.dtype.kind not in "iu":
        raise ValueError(f"{what} times are {array.dtype}; whole milliseconds are needed")
    return array.astype(np.int64)
