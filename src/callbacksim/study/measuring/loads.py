"""How busy a station was: counts of overlapping intervals against a capacity that changes over time."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.outcomes import Disposition
from callbacksim.campaign.trace import Table, Trace
from callbacksim.scenario.calendar import OpenTimes, joined

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Load:
    """A station between its first start and its last end; times in ms, but for `busy` and `capacity`: server ms."""

    busy: float  # ∫ min(busy, capacity)
    overrun: float  # ∫ of those who run on beyond the capacity
    capacity: float  # ∫ capacity
    open: float  # time with any capacity

    @property
    def occupancy(self) -> float:
        """Busy share; NaN where there was no capacity."""
        return self.busy / self.capacity if self.capacity else math.nan

    @property
    def servers(self) -> float:
        """Mean capacity while open; NaN where it never was."""
        return self.capacity / self.open if self.open else math.nan


def load(starts: Ints, ends: Ints, steps: Table) -> Load:
    """The load of work [start, end) on a station with these capacity steps (time, capacity)."""
    if not len(starts):
        return Load(0.0, 0.0, 0.0, 0.0)
    points = _points(int(starts.min()), int(ends.max()), starts, ends, steps["time"])
    lasting = np.diff(points)
    busy, capacity = overlapping(starts, ends, points)[:-1], capacity_at(steps, points)[:-1]
    within = np.minimum(busy, capacity)
    return Load(
        busy=float((lasting * within).sum()),
        overrun=float((lasting * (busy - within)).sum()),
        capacity=float((lasting * capacity).sum()),
        open=float(lasting[capacity > 0].sum()),
    )


def open_hours(steps: Table) -> OpenTimes:
    """When a station had any capacity."""
    times, capacity = steps["time"].tolist(), steps["capacity"].tolist()
    return joined((a, b) for a, b, c in zip(times, times[1:], capacity, strict=False) if c > 0)


def capacity_at(steps: Table, points: Ints) -> Ints:
    """Capacity at each point; 0 before the first step."""
    i = np.searchsorted(steps["time"], points, side="right")
    return np.concatenate([[0], steps["capacity"]]).astype(np.int64)[i]


def overlapping(begins: Ints, ends: Ints, points: Ints) -> Ints:
    """How many of the intervals [begin, end) hold at each point."""
    begun = np.searchsorted(np.sort(begins), points, side="right")
    return np.asarray(begun - np.searchsorted(np.sort(ends), points, side="right"), dtype=np.int64)


def _points(first: int, last: int, *times: Ints) -> Ints:
    """All different moments from `first` to `last` at which something changes, both included."""
    found = np.concatenate([*times, [first, last]])
    found = np.sort(found[(found >= first) & (found <= last)])
    return np.asarray(found[np.diff(found, prepend=first - 1) > 0], dtype=np.int64)


@dataclass(frozen=True)
class Binding:
    """What held the calls up: shares of the open time from first start to last end; they add up to 1."""

    lines: float  # all lines busy
    pace: float  # a line free and somebody due who could be called
    engaged: float  # a line free, but all who are due share a number that is in a call
    gaps: float  # nobody due


def binding(trace: Trace) -> Binding:
    """What held the calls up in this replication; NaN where nothing was ever called."""
    attempts, steps = trace.attempts, trace.lines
    if not len(attempts["start"]):
        return Binding(math.nan, math.nan, math.nan, math.nan)
    last = int(attempts["free"].max())
    ready, held = _waiting(trace, last)
    points = _points(int(attempts["start"].min()), last, *attempts_of(attempts), *ready, *held, steps["time"])
    lasting, at = np.diff(points), points[:-1]
    capacity = capacity_at(steps, at)
    total = float(lasting[capacity > 0].sum())
    if not total:
        return Binding(math.nan, math.nan, math.nan, math.nan)
    full = overlapping(*attempts_of(attempts), at) >= capacity
    somebody = overlapping(*ready, at) > 0
    engaged = overlapping(*held, at) > 0

    def share(which: NDArray[np.bool_]) -> float:
        return float(lasting[which & (capacity > 0)].sum()) / total

    return Binding(
        lines=share(full),
        pace=share(~full & somebody),
        engaged=share(~full & ~somebody & engaged),
        gaps=share(~full & ~somebody & ~engaged),
    )


def work_of_people(trace: Trace, manual: bool) -> tuple[Ints, Ints]:
    """Begin and end of all that people did: calls in manual mode, else call-backs and transfers that were answered."""
    if manual:
        return trace.attempts["start"], trace.attempts["end"]
    tries, transfers = trace.tries, trace.transfers
    taken = transfers["start"] >= 0
    begin = np.concatenate([tries["start"], transfers["start"][taken]])
    return begin, np.concatenate([tries["end"], transfers["end"][taken]])


def attempts_of(attempts: Table) -> tuple[Ints, Ints]:
    """When the calls held their lines: from the start until the line is free."""
    return attempts["start"], attempts["free"]


Intervals = tuple[Ints, Ints]


def _waiting(trace: Trace, last: int) -> tuple[Intervals, Intervals]:
    """When contacts were due and not called: (their number free, their number in a call of ours)."""
    attempts, contacts = trace.attempts, trace.contacts
    # Besides those who were called in the end: whoever never was, or waited for a retry that did not come.
    left = (contacts["disposition"] == Disposition.UNFINISHED) | (contacts["attempts"] == 0)
    gone = np.where(contacts["final_at"] >= 0, contacts["final_at"], last)[left]
    begin = np.concatenate([attempts["due"], contacts["due"][left]])
    end = np.concatenate([attempts["start"], np.maximum(gone, contacts["due"][left])])
    number = contacts["number"][np.concatenate([attempts["contact"], np.flatnonzero(left)])]
    several = np.bincount(contacts["number"]) > 1
    shared = several[number]
    calls = several[contacts["number"][attempts["contact"]]]
    free, held = _split(
        zip(number[shared].tolist(), begin[shared].tolist(), end[shared].tolist(), strict=True),
        zip(
            contacts["number"][attempts["contact"]][calls].tolist(),
            attempts["start"][calls].tolist(),
            attempts["free"][calls].tolist(),
            strict=True,
        ),
    )
    return (np.concatenate([begin[~shared], free[0]]), np.concatenate([end[~shared], free[1]])), held


def _split(
    waiting: Iterable[tuple[int, int, int]], calls: Iterable[tuple[int, int, int]]
) -> tuple[Intervals, Intervals]:
    """(number, begin, end) of waiting and of calls -> when somebody waits for a free number, and for an engaged one."""
    changes: dict[int, list[tuple[int, int, int]]] = {}
    for number, begin, end in waiting:
        changes.setdefault(number, []).extend(((begin, 1, 0), (end, -1, 0)))
    for number, begin, end in calls:
        changes.setdefault(number, []).extend(((begin, 0, 1), (end, 0, -1)))
    free: list[tuple[int, int]] = []
    held: list[tuple[int, int]] = []
    for moments in changes.values():
        moments.sort()
        waits = in_call = before = 0
        for time, wait, call in moments:
            if time > before and waits:
                (held if in_call else free).append((before, time))
            waits, in_call, before = waits + wait, in_call + call, time
    return _columns(free), _columns(held)


def _columns(intervals: list[tuple[int, int]]) -> Intervals:
    pairs = np.array(intervals, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
