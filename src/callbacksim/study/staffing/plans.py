"""Plans of a staffing grid: how many lines, people and others, and what can be said of a plan before it is simulated.

Nothing here is estimated. A plan is left out only where the campaign cannot help it:

- *Pace.* Every number is called at least once before all is done, a call holds its line at least as long as the
  shortest ring, and lines start no more calls than min(pace, lines ÷ shortest ring) a second (`throughput_bound`) and
  one each when a window opens. So the last first call cannot start before `earliest`.
- *Cost.* Whoever calls pays a month's rent of every line at least. People, listeners and clerks are paid for every
  shift that begins before the end, and the end is never before the last call's. What the calls cost does not depend on
  people, as long as nobody is handed over during a call (`calls_alone`): after one plan of a column (all but the
  people alike) is simulated, the calls of all others of that column are known, replication by replication.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from callbacksim.frame.frame import Frame
from callbacksim.scenario.calendar import SECOND, Timetable, timetable
from callbacksim.scenario.schema import Clerks, Scenario
from callbacksim.study.erlang import throughput_bound
from callbacksim.study.measuring.costs import paid_hours
from callbacksim.study.measuring.ledger import whole_hours


@dataclass(frozen=True, order=True)
class Plan:
    """How many of each there are; None, or no departments: as the scenario has them."""

    lines: int
    agents: int
    listeners: int | None = None
    clerks: int | None = None
    departments: tuple[tuple[str, int], ...] = ()

    def of(self, scenario: Scenario) -> Scenario:
        """The scenario with so many lines and people."""
        changes: dict[str, object] = {
            "robot": scenario.robot.model_copy(update={"lines": self.lines}),
            "agents": scenario.agents.model_copy(update={"count": self.agents}),
        }
        if self.listeners is not None:
            changes["listeners"] = scenario.listeners.model_copy(update={"count": self.listeners})
        ledger: dict[str, object] = {}
        if self.clerks is not None and isinstance(scenario.ledger.clerks, Clerks):
            ledger["clerks"] = scenario.ledger.clerks.model_copy(update={"count": self.clerks})
        if self.departments:
            staffed = {
                name: scenario.ledger.departments[name].model_copy(update={"staff": staff})
                for name, staff in self.departments
            }
            ledger["departments"] = {**scenario.ledger.departments, **staffed}
        if ledger:
            changes["ledger"] = scenario.ledger.model_copy(update=ledger)
        return scenario.model_copy(update=changes)

    @property
    def column(self) -> Plan:
        """All but the people who call back."""
        return replace(self, agents=0)

    @property
    def people(self) -> int:
        """Everybody who is searched for."""
        departments = sum(staff for _, staff in self.departments)
        return self.agents + (self.listeners or 0) + (self.clerks or 0) + departments

    def counts(self) -> dict[str, int]:
        """How many of each, by name: only what is searched for."""
        named = {"lines": self.lines, "agents": self.agents, "listeners": self.listeners, "clerks": self.clerks}
        departments = {f"departments.{name}": staff for name, staff in self.departments}
        return {**{name: count for name, count in named.items() if count is not None}, **departments}

    def one_less(self) -> Iterator[tuple[str, Plan]]:
        """Each resource that there is any of, and the plan with one of it less."""
        for name in ("lines", "agents", "listeners", "clerks"):
            count = getattr(self, name)
            if count:
                yield name, replace(self, **{name: count - 1})
        for at, (name, staff) in enumerate(self.departments):
            if staff:
                fewer = (*self.departments[:at], (name, staff - 1), *self.departments[at + 1 :])
                yield f"departments.{name}", replace(self, departments=fewer)


@dataclass(frozen=True)
class Grid:
    """The values of each resource, rising; None, or no departments: not searched for."""

    lines: tuple[int, ...]
    agents: tuple[int, ...]
    listeners: tuple[int, ...] | None = None
    clerks: tuple[int, ...] | None = None
    departments: tuple[tuple[str, tuple[int, ...]], ...] = ()

    def __len__(self) -> int:
        several = [self.lines, self.agents, self.listeners or (0,), self.clerks or (0,)]
        return math.prod(len(values) for values in (*several, *(values for _, values in self.departments)))

    def columns(self) -> list[Plan]:
        """Every combination of all but the people who call back."""
        staffs = product(*([(name, value) for value in values] for name, values in self.departments))
        others = product(self.lines, self.listeners or (None,), self.clerks or (None,), list(staffs))
        return [Plan(lines, 0, listeners, clerks, staff) for lines, listeners, clerks, staff in others]

    def plans(self) -> list[Plan]:
        """Every plan, the people changing fastest."""
        return [replace(column, agents=agents) for column in self.columns() for agents in self.agents]


def calls_alone(scenario: Scenario) -> bool:
    """Whether the calls go the same way however many people call back: not where callers are handed over."""
    return not scenario.agents.transfer.live


def more_people_help(scenario: Scenario) -> bool:
    """Whether more people can be taken for no worse, the lines alike (docs/model.md says how far that is true).

    Not with live transfer, where more people hold more lines, nor where an earlier try may meet a worse hour.
    """
    return calls_alone(scenario) and len(set(scenario.agents.reach_index.values())) == 0


def earliest(scenario: Scenario, frame: Frame, times: Timetable) -> float:
    """A moment (ms) before which the last of the first calls cannot start; infinite if the windows never suffice."""
    robot, rings = scenario.robot, scenario.answering.ring
    numbers = len(np.unique(frame.contacts.number))
    if robot.quota or scenario.script.calls is not None or not numbers:
        return 0.0  # not everybody need be called, or rings are what a table says
    if not robot.lines:
        return math.inf
    laws = (rings.answered, rings.no_answer, rings.busy, rings.rejected, rings.voicemail, rings.not_in_service)
    shortest = min(float(law.quantile(np.array([0.0]))[0]) for law in laws) - 1 / SECOND  # a duration is rounded
    rate = throughput_bound(robot.lines, max(shortest, 1 / SECOND), robot.calls_per_second) / SECOND
    left = float(numbers)
    for begin, end in zip(times.calling.begin.tolist(), times.calling.end.tolist(), strict=True):
        within = robot.lines + rate * (end - begin)
        if within >= left:
            return float(begin + max(0.0, (left - robot.lines) / rate))
        left -= within
    return math.inf


def least_cost(scenario: Scenario, times: Timetable, calls: float, until: float) -> float:
    """A bound on the cost in ¥ of a campaign whose calls cost `calls` and that does not end before `until` (ms)."""
    paid, agents, listeners, clerks = scenario.costs, scenario.agents, scenario.listeners, scenario.ledger.clerks
    until = min(until, times.horizon)
    people = paid_hours(times.teams, until) * paid.agent_hour / (1 - agents.shrinkage)
    if listeners.share:
        people += paid_hours((times.listeners,), until) * paid.listener_hour / (1 - listeners.shrinkage)
    if isinstance(clerks, Clerks):
        people += clerks.count * whole_hours(times.office, until) * paid.clerk_hour / (1 - clerks.shrinkage)
    return calls + people


@dataclass(frozen=True)
class Beforehand:
    """What is known of a plan before anything of its column is simulated."""

    times: Timetable
    earliest: float  # ms; see `earliest`
    cost: float  # ¥ at least

    @property
    def too_late(self) -> bool:
        """Whether the windows do not suffice for one call to each number."""
        return math.isinf(self.earliest) or self.earliest >= self.times.horizon


def beforehand(scenario: Scenario, frame: Frame) -> Beforehand:
    """The bounds of one plan."""
    times = timetable(scenario)
    first = earliest(scenario, frame, times)
    rent = scenario.robot.lines * scenario.costs.line_month if frame.counts.contacts else 0.0
    return Beforehand(times, first, least_cost(scenario, times, rent, first if math.isfinite(first) else 0.0))


def values_of(span: Sequence[int]) -> tuple[int, ...]:
    """``[10, 60, 10]`` as 10, 20 … 60; without a step, by 1."""
    first, last, *step = span
    return tuple(range(first, last + 1, *step))


def departments_of(spans: Mapping[str, Sequence[int]]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The values of each department's staff."""
    return tuple((name, values_of(span)) for name, span in spans.items())
