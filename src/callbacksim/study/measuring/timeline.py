"""What one replication did when: a trace's tables counted by bins of time, by hour of the day, by number of the call.

Everything is counted from the tables alone (of a `Trace`, or read from a directory); times in whole ms since the first
day's midnight, as there.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.outcomes import Handover, Outcome
from callbacksim.campaign.trace import Table
from callbacksim.scenario.calendar import DAY, HOUR, MINUTE, OpenTimes

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Tables = Mapping[str, Table]

BIN_WIDTHS = (15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, DAY, 7 * DAY, 28 * DAY)


def bins(first: int, last: int, most: int = 160) -> Ints:
    """Edges of bins from `first` to `last` (ms): of the finest width with at most so many, on round times."""
    width = next((one for one in BIN_WIDTHS if (last - first) / one <= most), BIN_WIDTHS[-1])
    begin = first // width * width
    return np.arange(begin, max(last, begin + 1) + width, width, dtype=np.int64)[
        : (max(last, begin + 1) - begin - 1) // width + 2
    ]


def counted(times: Ints, edges: Ints) -> Ints:
    """How many of the times fall into each bin [edge, next edge)."""
    at = np.searchsorted(edges, times, side="right") - 1
    return np.bincount(at[(at >= 0) & (at < len(edges) - 1)], minlength=len(edges) - 1).astype(np.int64)


def busy(begins: Ints, ends: Ints, edges: Ints) -> Floats:
    """Mean number of the intervals [begin, end) that hold within each bin."""
    return np.diff(_held(ends=ends, begins=begins, at=edges)) / np.diff(edges)


def _held(begins: Ints, ends: Ints, at: Ints) -> Floats:
    """∫ of how many hold, from the beginning to each moment."""
    return _passed(begins, at) - _passed(ends, at)


def _passed(moments: Ints, at: Ints) -> Floats:
    """Σ (t − moment) over the moments before each t."""
    order = np.sort(moments)
    sums = np.concatenate([[0], np.cumsum(order)]).astype(np.float64)
    before = np.searchsorted(order, at, side="right")
    return np.asarray(before * at.astype(np.float64) - sums[before])


def capacity(steps: Table, edges: Ints) -> Floats:
    """Mean capacity of a station within each bin, from its steps (time, capacity)."""
    time, height = steps["time"], steps["capacity"]
    change = np.diff(height, prepend=0)
    # A step up by k is k servers that begin; one down, k that end.
    integral = np.zeros(len(edges), dtype=np.float64)
    for moment, by in zip(time.tolist(), change.tolist(), strict=True):
        integral += by * np.maximum(edges - moment, 0)
    return np.asarray(np.diff(integral) / np.diff(edges))


def open_share(times: OpenTimes, edges: Ints) -> Floats:
    """How much of each bin is open, 0 to 1."""
    return np.asarray(np.diff(times.elapsed(edges)) / np.diff(edges))


def backlog(ready: Ints, settled: Ints, at: Ints) -> Ints:
    """How many are ready and not settled at each moment; -1 in `settled` is never."""
    begun = np.searchsorted(np.sort(ready), at, side="right")
    ended = np.searchsorted(np.sort(settled[settled >= 0]), at, side="right")
    return np.asarray(begun - ended, dtype=np.int64)


def by_hour(attempts: Table) -> Ints:
    """Calls by the hour of the day at which they started and what came of them: shape (24, outcomes)."""
    return _table(attempts["start"] % DAY // HOUR, attempts["outcome"], 24)


def by_attempt(attempts: Table) -> Ints:
    """Calls by their number and what came of them: shape (most attempts, outcomes); row 0 are the first calls."""
    most = int(attempts["attempt"].max(initial=0))
    return _table(attempts["attempt"] - 1, attempts["outcome"], most)


def _table(rows: Ints, outcomes: Ints, height: int) -> Ints:
    width = len(Outcome)
    return np.bincount(rows * width + outcomes, minlength=height * width).reshape(height, width).astype(np.int64)


def waits(escalations: Table, roster: OpenTimes) -> tuple[Floats, int]:
    """Open minutes until the first call-back of those who were tried, and how many never were.

    Who was taken over during the call waits for nobody.
    """
    back = escalations["transfer"] != Handover.ANSWERED
    ready, first = escalations["ready"][back], escalations["first_start"][back]
    tried = first >= 0
    minutes = (roster.elapsed(first[tried]) - roster.elapsed(ready[tried])) / MINUTE
    return np.asarray(minutes, dtype=np.float64), int((~tried).sum())
