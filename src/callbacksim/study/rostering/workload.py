"""What a roster must be able to do: the work of call-backs and transfers, half hour by half hour, over replications.

Every call-back must begin within `agents.within_minutes` of open time, and so must each further try, because whoever
is due first is called first: with equal limits first-come is earliest-due-first. Work may thus be moved within its
limit, and people needed in each half hour by itself would be too many. What binds are windows: the work that is ready
at or after s and due by d must fit into the time of those at work from s to d (Baruah, Rosier & Howell, Real-Time
Systems 2, 1990). In each replication that is another amount; the roster is to have room for a quantile of them.

The replications have people enough, so that nobody waits: then readiness depends on the calls alone. Open time is
whenever any of the shifts could be worked; a roster that is open for less counts waits more mildly, never more
strictly. Work is put into half hours by where it becomes ready and where it is due.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.trace import Trace
from callbacksim.scenario.calendar import (
    DAY,
    MINUTE,
    NEVER,
    SECOND,
    OpenTimes,
    clock_ms,
    days_of,
    open_times,
)
from callbacksim.scenario.schema import Group, Pattern, Scenario
from callbacksim.study.erlang import smallest_servers
from callbacksim.study.measuring.measures import finish_ms
from callbacksim.study.rostering.shifts import Demand, Shift, windows_of
from callbacksim.study.setting import Setting

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
SLOT = 30 * MINUTE
ENOUGH = 10_000
"""People on each shift with whom nobody waits."""


@dataclass(frozen=True)
class Slots:
    """The half hours in which somebody could be at work: [begin, end) in ms, in order."""

    begin: Ints

    @property
    def end(self) -> Ints:
        """When each ends."""
        return self.begin + SLOT

    def first_from(self, ms: Ints) -> Ints:
        """The first half hour that ends after each moment; as many as there are slots where there is none."""
        return np.searchsorted(self.end, ms, side="right").astype(np.int64)

    def last_until(self, ms: Ints) -> Ints:
        """The last half hour that begins before each moment; -1 where there is none."""
        return np.searchsorted(self.begin, ms, side="left").astype(np.int64) - 1


@dataclass(frozen=True)
class Work:
    """The work of one replication: from which half hour to which it can be done, and how many minutes it takes."""

    first: Ints
    last: Ints
    minutes: Floats
    late: int  # pieces that become ready too late for the promised date, whoever is at work
    finish: int  # ms; when all is done if nobody waits; NEVER: not by the horizon
    offered: Ints  # transfers by half hour
    handling: Floats  # minutes of each transfer


@dataclass(frozen=True)
class Workload:
    """The work of all replications, and the shifts that could do it."""

    slots: Slots
    shifts: tuple[Shift, ...]
    runs: tuple[Work, ...]
    people: Ints  # whom transfers ask for throughout a half hour (Erlang A)

    @property
    def total(self) -> Floats:
        """Minutes of work in each replication."""
        return np.array([run.minutes.sum() for run in self.runs])

    def by_slot(self, which: str, quantile: float) -> Floats:
        """Minutes that are ready (`first`) or due (`last`) in each half hour, a quantile over the replications."""
        size = len(self.slots.begin)
        each = [np.bincount(getattr(run, which), weights=run.minutes, minlength=size) for run in self.runs]
        return _quantile(np.array(each), quantile)

    def required(self, quantile: float, factor: float = 1.0) -> Floats:
        """Minutes of work from half hour a to half hour b, a quantile over the replications: shape (slots, slots)."""
        size = len(self.slots.begin)
        required = np.zeros((size, size))
        due = np.zeros((len(self.runs), size))  # of what is ready at or after a
        at = [np.argsort(-run.first, kind="stable") for run in self.runs]
        done = [0] * len(self.runs)
        for a in range(size - 1, -1, -1):
            for r, run in enumerate(self.runs):
                order = at[r]
                while done[r] < len(order) and run.first[order[done[r]]] == a:
                    due[r, run.last[order[done[r]]]] += run.minutes[order[done[r]]]
                    done[r] += 1
            required[a, a:] = _quantile(np.cumsum(due[:, a:], axis=1), quantile) * factor
        return required

    def demand(self, quantile: float, factor: float, most_busy: float) -> Demand:
        """What a roster must give: each window its work, and over all days nobody busier than can be kept up."""
        required = self.required(quantile, factor)
        if len(required):
            required[0, -1] /= most_busy
        return Demand(windows_of(required), self.people)


def _quantile(values: Floats, share: float) -> Floats:
    """The smallest value that at least the share of the rows does not exceed, column by column."""
    return np.asarray(np.quantile(values, share, axis=0, method="inverted_cdf"), dtype=np.float64)


# --- shifts ------------------------------------------------------------------------------------------------------


def patterns_of(scenario: Scenario) -> Mapping[str, Pattern]:
    """The shifts to choose from; without any, the calling windows: all day, and each part for itself."""
    if scenario.roster.patterns:
        return scenario.roster.patterns
    windows, weekdays = scenario.calendar.windows, scenario.calendar.weekdays
    parts = windows if len(windows) > 1 else _halves(*windows[0])
    named = {"all day 全天": windows, **{f"{begin}–{end}": ((begin, end),) for begin, end in parts}}
    return {name: Pattern(roster=roster, weekdays=weekdays) for name, roster in named.items()}


def _halves(begin: str, end: str) -> tuple[tuple[str, str], ...]:
    """A window cut in two at the half hour in its middle; not at all if it has less than two hours."""
    opens, closes = clock_ms(begin), clock_ms(end)
    if closes - opens < 4 * SLOT:
        return ()
    middle = (opens + closes) // 2 // SLOT * SLOT // MINUTE
    cut = f"{middle // 60:02}:{middle % 60:02}"
    return (begin, cut), (cut, end)


def unlimited(scenario: Scenario) -> Scenario:
    """The same campaign with so many people on every shift that nobody waits for them."""
    groups = {
        name: Group(count=ENOUGH, roster=one.roster, weekdays=one.weekdays, breaks=one.breaks)
        for name, one in patterns_of(scenario).items()
    }
    agents = scenario.agents.model_copy(update={"count": 0, "groups": groups})
    return scenario.model_copy(update={"agents": agents})


def slots_of(open_hours: OpenTimes) -> Slots:
    """The half hours of the day in which it is open for any time."""
    spans = zip((open_hours.begin // SLOT).tolist(), (-(-open_hours.end // SLOT)).tolist(), strict=True)
    numbers = sorted({number for begin, end in spans for number in range(begin, end)})
    return Slots(np.array(numbers, dtype=np.int64) * SLOT)


def shifts_of(scenario: Scenario, slots: Slots) -> list[Shift]:
    """Every shift on every day that meets one of the half hours, day by day."""
    agents, usual = scenario.agents, scenario.costs.agent_hour
    monday = scenario.calendar.start.weekday()
    last = int(slots.end[-1] - 1) // DAY if len(slots.begin) else -1
    found = []
    for name, one in patterns_of(scenario).items():
        wage = usual if one.wage is None else one.wage
        hours = open_times(one.roster, [0]).total() / (60 * MINUTE)
        for day in days_of(one, scenario):
            if day <= last:
                at_work = open_times(one.roster, [day]).without(open_times(one.breaks, [day]))
                minutes = (at_work.elapsed(slots.end) - at_work.elapsed(slots.begin)) / MINUTE
                week, weekday = divmod(monday + day, 7)
                found.append(Shift(name, day, week, weekday, hours, wage * hours / (1 - agents.shrinkage), minutes))
    return sorted(found, key=lambda shift: shift.day)


# --- work --------------------------------------------------------------------------------------------------------


def work_of(trace: Trace, where: Setting, slots: Slots) -> Work:
    """What people had to do in a replication of the `unlimited` scenario, and by when."""
    scenario, roster = where.scenario, where.times.roster
    limit = round(scenario.agents.within_minutes * MINUTE)
    tries, transfers = trace.tries, trace.transfers
    taken = transfers["start"] >= 0
    handling = (transfers["end"] - transfers["start"])[taken]
    ready = np.concatenate([tries["due"], transfers["ready"][taken]])
    hold = np.concatenate([tries["hold"], handling])
    slack = np.concatenate([np.full(len(tries["due"]), limit), np.zeros(len(handling), dtype=np.int64)])
    # Begun within the limit is done within the limit and its own length.
    due = np.array(
        [roster.after(r, s + h) for r, s, h in zip(ready.tolist(), slack.tolist(), hold.tolist(), strict=True)],
        dtype=np.int64,
    )
    first, last = slots.first_from(ready), slots.last_until(due)
    promised = scenario.targets.finish_by
    late = 0
    if promised is not None:
        by = slots.last_until(np.array([where.times.ms(promised)]))[0]
        late = int(np.count_nonzero((first > by) & (first < len(slots.begin))))
        last = np.where(first <= by, np.minimum(last, by), last)
    inside = (first < len(slots.begin)) & (last >= first)
    finish = finish_ms(trace)
    return Work(
        first=first[inside],
        last=last[inside],
        minutes=hold[inside] / MINUTE,
        late=late,
        finish=NEVER if np.isinf(finish) else int(finish),
        offered=np.bincount(
            np.minimum(slots.first_from(transfers["ready"]), len(slots.begin)), minlength=len(slots.begin) + 1
        )[:-1],
        handling=handling / MINUTE,
    )


def workload_of(scenario: Scenario, slots: Slots, runs: list[Work]) -> Workload:
    """The replications' work together, up to the end of the last day on which any is due."""
    last = max((int(run.last.max(initial=-1)) for run in runs), default=-1)
    if last >= 0:
        last = int(slots.last_until(np.array([(slots.begin[last] // DAY + 1) * DAY]))[0])
    kept = Slots(slots.begin[: last + 1])
    offered = np.array([run.offered[: last + 1] for run in runs]).reshape(len(runs), last + 1)
    handling = np.concatenate([run.handling for run in runs]) if runs else np.zeros(0)
    return Workload(kept, tuple(shifts_of(scenario, kept)), tuple(runs), _transfer_people(scenario, offered, handling))


def _transfer_people(scenario: Scenario, offered: Ints, handling: Floats) -> Ints:
    """The fewest people in each half hour who take over the asked share of its callers in time (Erlang A)."""
    wanted = scenario.agents.transfer
    patience = max(wanted.patience.mean_value(), 1 / SECOND)
    people = np.zeros(offered.shape[1], dtype=np.int64)
    for slot in np.flatnonzero(offered.sum(axis=0)):
        rate = float(offered[:, slot].mean()) / (SLOT / SECOND)
        seconds = float(handling.mean()) * 60
        people[slot] = smallest_servers(rate, seconds, wanted.within_seconds, wanted.share, patience)
    return people
