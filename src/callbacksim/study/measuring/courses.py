"""How the days of a replication went, counted on a grid of time; and of many replications a band around the median.

A course is small whatever the campaign's size: each of its parts has a grid of its own, the finest of round bins of
which at most `MOST` are needed, and finer grids fit into coarser ones. So courses of different length are brought onto
one grid exactly, and a study keeps those of its first `KEPT` replications.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.outcomes import INTERVIEWED, LIVE, CaseStatus, Item
from callbacksim.campaign.trace import Table, Trace
from callbacksim.scenario.calendar import DAY, HOUR, NEVER, Timetable
from callbacksim.scenario.schema import Scenario
from callbacksim.study.estimates import spread
from callbacksim.study.measuring.timeline import backlog, bins, busy, counted, waits

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

KEPT = 100
"""Courses are kept of so many replications, the first: a band needs no more."""
MOST = 160
"""Bins of a part, at most."""
SHARE = 0.9
"""Of the replications at least so many lie in a band, at each moment."""
SERIES = {
    "calls": ("calls", "answers", "interviews", "in_use"),
    "people": ("waiting", "worked"),
    "ledger": ("received", "settled", "due"),
}
"""The series of each part: counts by bin (`worked`: hours), but for the mean number of lines `in_use` within a bin and
those `waiting` for people at its beginning."""
STATES = ("in_time", "late", "unresolved", "open", "settled", "days")
"""Of each department: problem cases by what became of them, how many were settled, in how many days all together."""
WAITS = 12
"""Bars of waits up to twice the promise; two more are for the longer ones and for those who were never tried."""


@dataclass(frozen=True)
class Part:
    """Series on one grid: `values[i, j]` is the i-th series between begin + j·width and begin + (j + 1)·width (ms)."""

    begin: int
    width: int
    values: Floats


@dataclass(frozen=True)
class Course:
    """How one replication went: parts by name (one in which nothing happened is left out), and fixed tables.

    `waits`: contacts by the wait for their first call-back, shape (WAITS + 2,); `departments`: see `STATES`, shape
    (departments, 6).
    """

    parts: Mapping[str, Part]
    waits: Floats
    departments: Floats


@dataclass(frozen=True)
class Spread:
    """Numbers over replications: at each place the mean, the median, and the ends between which `SHARE` lie."""

    low: tuple[float, ...]
    median: tuple[float, ...]
    high: tuple[float, ...]
    mean: tuple[float, ...]


@dataclass(frozen=True)
class Band(Spread):
    """A series over replications; place j is what holds from edges[j] to edges[j + 1] (ms)."""

    edges: tuple[int, ...]


@dataclass(frozen=True)
class OverRuns:
    """What the courses of `runs` replications say together: bands by series, tables flattened by their rows."""

    runs: int
    bands: Mapping[str, Band]
    waits: Spread
    departments: Spread


def tables_of(trace: Trace) -> dict[str, Table]:
    """The tables of a trace from which its course is counted."""
    return {name: getattr(trace, name) for name in ("attempts", "tries", "transfers", "escalations", "cases")}


def course_of(tables: Mapping[str, Table], times: Timetable, scenario: Scenario) -> Course:
    """The course of one replication, from its trace's tables."""
    parts = {
        "calls": _calls(tables["attempts"]),
        "people": _people(tables),
        "ledger": _ledger(tables["cases"]),
    }
    return Course(
        parts={name: part for name, part in parts.items() if part is not None},
        waits=_waits(tables["escalations"], times, scenario.agents.within_minutes),
        departments=departments(tables["cases"], len(scenario.ledger.departments)),
    )


def _calls(attempts: Table) -> Part | None:
    start, outcome, free = attempts["start"], attempts["outcome"], attempts["free"]
    if not len(start):
        return None
    edges = bins(int(start.min()), int(free.max()), MOST)
    live, interviewed = np.isin(outcome, LIVE), np.isin(outcome, INTERVIEWED)
    return _part(
        edges,
        counted(start, edges),
        counted(start[live], edges),
        counted(start[interviewed], edges),
        busy(start, free, edges),
    )


def work(tables: Mapping[str, Table]) -> tuple[Ints, Ints]:
    """When people began and ended each piece of work on call-backs and callers who were handed over."""
    tries, transfers = tables["tries"], tables["transfers"]
    taken = transfers["start"] >= 0
    begin = np.concatenate([tries["start"], transfers["start"][taken]])
    return begin, np.concatenate([tries["end"], transfers["end"][taken]])


def _people(tables: Mapping[str, Table]) -> Part | None:
    ready, settled = tables["escalations"]["ready"], tables["escalations"]["settled_at"]
    if not len(ready):
        return None
    begin, end = work(tables)
    edges = bins(int(ready.min()), int(max(ready.max(), settled.max(), end.max(initial=0))), MOST)
    edges = np.append(edges, 2 * edges[-1] - edges[-2])  # in the last bin stands what waits when all is over
    return _part(edges, backlog(ready, settled, edges[:-1]), busy(begin, end, edges) * np.diff(edges) / HOUR)


def _ledger(cases: Table) -> Part | None:
    received, ended, due = moments(cases)
    if not len(received):
        return None
    last = max(int(one.max(initial=0)) for one in (received, ended, due))
    edges = bins(int(received.min()), last + 1, MOST)  # a case may be due on the stroke of an hour
    return _part(edges, *(counted(one, edges) for one in (received, ended, due)))


def moments(cases: Table) -> tuple[Ints, Ints, Ints]:
    """When the problem cases were received by their departments, settled, and due."""
    sent = sent_to_departments(cases)
    received, ended, due = (cases[name][sent] for name in ("received", "end", "due"))
    return received, ended[ended >= 0], due[(due >= 0) & (due < NEVER)]


def sent_to_departments(cases: Table) -> NDArray[np.bool_]:
    """Which items are problems that reached a department."""
    found: NDArray[np.bool_] = (cases["item"] == Item.PROBLEM) & (cases["received"] >= 0)
    return found


def departments(cases: Table, n: int) -> Floats:
    """What became of the problem cases of each of `n` departments: a row each, columns as `STATES`."""
    sent, status, in_time = sent_to_departments(cases), cases["status"], cases["end"] <= cases["due"]
    resolved, settled = status == CaseStatus.RESOLVED, cases["end"] >= 0
    days = (cases["end"] - cases["forwarded"]) / DAY
    which = (resolved & in_time, resolved & ~in_time, status == CaseStatus.CLOSED_UNRESOLVED, status == CaseStatus.OPEN)
    columns = [(one, None) for one in (*which, settled)] + [(settled, days)]
    found = np.zeros((n, len(STATES)))
    for at, (one, weights) in enumerate(columns):
        of = sent & one
        found[:, at] = np.bincount(
            cases["department"][of], minlength=n, weights=None if weights is None else weights[of]
        )
    return found.round(3)


def wait_width(within_minutes: float) -> float:
    """Open minutes of a bar of waits: a whole part of the promise, so that no bar holds both sides of it."""
    return within_minutes / 6 if within_minutes > 0 else 10.0


def _waits(escalations: Table, times: Timetable, within_minutes: float) -> Floats:
    """Contacts by the open minutes until they were first tried: up to each bar's upper end, the end included."""
    minutes, never = waits(escalations, times.roster)
    bar = np.ceil(minutes / wait_width(within_minutes) - 1e-9).astype(np.int64).clip(1, WAITS + 1) - 1
    return np.append(np.bincount(bar, minlength=WAITS + 1), never).astype(np.float64)


def _part(edges: Ints, *series: Ints | Floats) -> Part:
    return Part(int(edges[0]), int(edges[1] - edges[0]), np.array(series, dtype=np.float64).round(3))


# --- as numbers ------------------------------------------------------------------------------------------------------


def packed(course: Course) -> Floats:
    """A course as numbers, to be kept in a row: each part's begin, width and length, then its series; the tables."""
    found: list[Floats] = []
    for name, series in SERIES.items():
        part = course.parts.get(name) or Part(0, 0, np.empty((len(series), 0)))
        found += [np.array([part.begin, part.width, part.values.shape[1]], dtype=np.float64), part.values.ravel()]
    return np.concatenate([*found, course.waits, course.departments.ravel()])


def unpacked(numbers: Floats) -> Course:
    """The inverse of `packed`."""
    parts, at = {}, 0
    for name, series in SERIES.items():
        begin, width, n = map(int, numbers[at : at + 3])
        end = at + 3 + n * len(series)
        if n:
            parts[name] = Part(begin, width, numbers[at + 3 : end].reshape(len(series), n))
        at = end
    after = at + WAITS + 2
    return Course(parts, numbers[at:after], numbers[after:].reshape(-1, len(STATES)))


# --- over replications -----------------------------------------------------------------------------------------------


def over_runs(courses: Sequence[Course]) -> OverRuns:
    """What the courses of some replications of one plan (one at least) say together."""
    bands: dict[str, Band] = {}
    for part, names in SERIES.items():
        grids = [one.parts[part] for one in courses if part in one.parts]
        if not grids:
            continue
        edges = _common(grids)
        for at, name in enumerate(names):
            on = _by_hour_or_day(edges) if name == "worked" else edges
            rows = np.array([_on_grid(one.parts.get(part), at, name, on) for one in courses])
            if part == "ledger":
                rows = rows.cumsum(axis=1)
            bands[name] = Band(**vars(_spread(rows)), edges=tuple(on.tolist()))
    waited, settled = (np.array([getattr(one, name).ravel() for one in courses]) for name in ("waits", "departments"))
    return OverRuns(len(courses), bands, _spread(waited), _spread(settled))


def _common(grids: Sequence[Part]) -> Ints:
    """The edges of the finest grid that holds them all."""
    last = max(one.begin + one.width * one.values.shape[1] for one in grids)
    return bins(min(one.begin for one in grids), last, MOST)


def _by_hour_or_day(edges: Ints) -> Ints:
    """Hours of work are counted by the hour; by the day where there are many days."""
    width = int(edges[1] - edges[0])
    width = max(width, HOUR if edges[-1] - edges[0] <= 4 * DAY else DAY)
    return np.arange(edges[0] // width, -(-edges[-1] // width) + 1, dtype=np.int64) * width


def _on_grid(part: Part | None, series: int, name: str, edges: Ints) -> Floats:
    """One series on a grid at least as coarse as its own; nothing before it begins and after it ends."""
    if part is None:
        return np.zeros(len(edges) - 1)
    width, values = int(edges[1] - edges[0]), part.values[series]
    if name == "waiting":
        at = (edges[:-1] - part.begin) // part.width
        return np.where(at < 0, 0.0, values[at.clip(0, len(values) - 1)])
    place = (part.begin + part.width * np.arange(len(values)) - edges[0]) // width
    sums = np.bincount(place, weights=values, minlength=len(edges) - 1)
    return np.asarray(sums * (part.width / width if name == "in_use" else 1.0))


def _spread(rows: Floats) -> Spread:
    low, median, high = spread(rows, SHARE)
    return Spread(*(tuple(one.round(3).tolist()) for one in (low, median, high, rows.mean(axis=0))))


NEEDED = math.ceil(2 / (1 - SHARE) - 1e-9)
"""With fewer replications a band goes from the lowest to the highest."""
