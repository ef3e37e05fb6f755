"""From people needed to shifts: the cheapest roster for the work of many replications, tried on others.

Three disjoint sets of replications, so that nothing is judged by what it was made from: the first says what work there
is (`workload`), rosters for it are found (`shifts`) and tried on the second, more amply each time until the targets
are surely kept there; the one that is chosen is then judged on the third, whatever comes out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING

import numpy as np

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.frame.frame import Frame, frame_of
from callbacksim.scenario.calendar import days_of, open_times
from callbacksim.scenario.places import NOWHERE
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Group, Scenario, Windows
from callbacksim.study.estimates import one_sided
from callbacksim.study.experiment import Progress, Study, replicate_all
from callbacksim.study.rostering.shifts import (
    SECONDS,
    Demand,
    Duty,
    Limits,
    cheapest,
    fewest_places,
    persons,
    shortest_of,
    tours_of,
)
from callbacksim.study.rostering.workload import (
    Floats,
    Workload,
    patterns_of,
    slots_of,
    unlimited,
    work_of,
    workload_of,
)
from callbacksim.study.setting import setting
from callbacksim.study.targets import Verdict, verdicts
from callbacksim.study.workers import Jobs

if TYPE_CHECKING:
    import pandas as pd

WORK_RUNS = 30
"""Replications that say what work there is; rosters that are too scarce are found out by trying."""
RUNS = 100
"""Replications for trying and for judging, unless the scenario has more; fewer are seldom sure of 0.9."""
MOST_TRIED = 6
"""Different rosters that are tried before the one that kept the targets most often is judged as it is."""
OF_PEOPLE = ("finish_by", "called_back_in_time")
"""The targets that more people on duty can help to keep."""


@dataclass(frozen=True)
class Level:
    """How amply a roster is made: room for this quantile of the work of the replications, times a factor."""

    quantile: float
    factor: float


@dataclass(frozen=True)
class Tried:
    """A roster that was found, and how it did on the replications for trying."""

    level: Level
    duty: Duty
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, repr=False)
class Roster:
    """A roster: who is on duty when, what it costs, what it was made from, and how it does on fresh replications."""

    scenario: Scenario
    rostered: Scenario  # the scenario with the roster in place of its people
    workload: Workload
    tried: tuple[Tried, ...]
    check: Study  # of `rostered`, on replications that nothing else has seen
    chosen: int = -1  # which of those tried

    @property
    def level(self) -> Level:
        """How amply it was made."""
        return self.tried[self.chosen].level

    @property
    def duty(self) -> Duty:
        """Who is on duty."""
        return self.tried[self.chosen].duty

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Every target, judged on the fresh replications."""
        return verdicts(self.check)

    @property
    def paid_hours(self) -> float:
        """Hours of all shifts, those of people who are away included."""
        hours = np.array([shift.hours for shift in self.workload.shifts])
        return float(self.duty.people @ hours) / (1 - self.scenario.agents.shrinkage)

    @property
    def duty_minutes(self) -> Floats:
        """Minutes of people at work in each half hour."""
        minutes = np.zeros(len(self.workload.slots.begin))
        for shift, people in zip(self.workload.shifts, self.duty.people.tolist(), strict=True):
            minutes += people * shift.minutes
        return minutes

    @property
    def work_bound(self) -> float:
        """¥ for the work alone, every minute of it at the cheapest shift's price and nobody ever without work."""
        at_work = [(shift.cost, shift.minutes.sum()) for shift in self.workload.shifts if shift.minutes.sum() > 0]
        demand = self.workload.required(self.level.quantile, self.level.factor)
        return float(demand[0, -1]) * min(cost / minutes for cost, minutes in at_work) if at_work else 0.0

    @property
    def busy(self) -> float | None:
        """Share of the time at work that the mean work of the replications fills; None where nobody is on duty."""
        minutes = float(self.duty_minutes.sum())
        return float(self.workload.total.mean()) / minutes if minutes else None

    def date(self, day: int) -> dt.date:
        """The date of a day counted from the first."""
        return self.scenario.calendar.start + dt.timedelta(days=day)

    def persons(self) -> list[list[tuple[dt.date, str]]]:
        """For each place the days and shifts of one person."""
        shifts = self.workload.shifts
        weeks = persons(self.duty, self.scenario.roster.days_in_a_row)
        return [
            [(self.date(shifts[at].day), shifts[at].pattern) for tour in person for at in tour.shifts]
            for person in weeks
        ]

    def dataframe(self) -> pd.DataFrame:
        """One row a shift with people on it: date, weekday, shift, hours, people at work, paid hours, cost."""
        import pandas as pd

        return pd.DataFrame(rows_of(self), columns=list(COLUMNS))

    def half_hours(self) -> pd.DataFrame:
        """One row a half hour: begin, people on duty, and the work that is ready and due in it, in people."""
        import pandas as pd

        begin = [dt.datetime.combine(self.date(0), dt.time()) + dt.timedelta(milliseconds=int(ms))
                 for ms in self.workload.slots.begin]  # fmt: skip
        ready, due = (self.workload.by_slot(which, self.level.quantile) / 30 for which in ("first", "last"))
        return pd.DataFrame({"begin": begin, "duty": self.duty_minutes / 30, "ready": ready, "due": due})

    def __repr__(self) -> str:
        return f"<Roster: {self.duty.places} places, {self.paid_hours:,.1f} paid hours, ¥{self.duty.cost:,.0f}>"

    def _repr_html_(self) -> str:
        return self.dataframe().to_html(index=False, float_format="{:,.2f}".format)


COLUMNS = ("date", "weekday", "shift", "hours", "people", "paid_hours", "cost")


def rows_of(found: Roster) -> list[tuple[dt.date, str, str, str, int, float, float]]:
    """The rows of `Roster.dataframe`."""
    away = 1 - found.scenario.agents.shrinkage
    patterns = patterns_of(found.scenario)
    return [
        (
            found.date(shift.day),
            f"{found.date(shift.day):%a}",
            shift.pattern,
            " ".join(f"{begin}-{end}" for begin, end in patterns[shift.pattern].roster),
            people,
            people * shift.hours / away,
            people * shift.cost,
        )
        for shift, people in zip(found.workload.shifts, found.duty.people.tolist(), strict=True)
        if people
    ]


def roster(
    scenario: Scenario,
    n: int | None = None,
    *,
    seed: int | None = None,
    jobs: Jobs = None,
    progress: Progress | None = None,
    frame: Frame | None = None,
    seconds: float = SECONDS,
) -> Roster:
    """The cheapest roster from the scenario's shifts that keeps its targets, tried and judged on `n` replications each.

    `seconds` is the most that one search for a roster may take. Raises `Refused` where nobody calls back, where the
    people allowed cannot do the work, and for registers that cannot be read.
    """
    _callable_back(scenario)
    n = max(RUNS, scenario.study.replications) if n is None else n
    seed = scenario.study.seed if seed is None else seed
    frame = frame_of(scenario) if frame is None else frame
    load = workload(scenario, frame, min(n, WORK_RUNS), seed, progress)
    wanted = [name for name in OF_PEOPLE if name != "finish_by" or attainable(scenario, load)]
    tried: list[Tried] = []
    for level in levels(scenario.targets.probability):
        duty = rostered_duty(scenario, load, level, seconds)
        if tried and _same(duty, tried[-1].duty):
            tried[-1] = Tried(level, duty, tried[-1].verdicts)
            continue
        candidate = with_roster(scenario, load, duty)
        study = _studied(candidate, range(n, 2 * n), seed, jobs, progress, frame)
        tried.append(Tried(level, duty, verdicts(study)))
        if len(tried) == MOST_TRIED or _all_kept(tried[-1], wanted):
            break
    at = chosen_of(tried, wanted)
    rostered = with_roster(scenario, load, tried[at].duty)
    check = _studied(rostered, range(2 * n, 3 * n), seed, jobs, progress, frame)
    return Roster(scenario, rostered, load, tuple(tried), check, at)


def chosen_of(tried: Sequence[Tried], wanted: Container[str]) -> int:
    """The roster that surely keeps the `wanted` targets, or the first of those that keep them most often.

    Rosters get dearer; where more people keep nothing more in the same replications, they are not paid.
    """

    def seldomest(one: Tried) -> list[float]:
        return sorted(found.probability.mean or 0.0 for found in one.verdicts if found.name in wanted)

    sure = next((at for at, one in enumerate(tried) if _all_kept(one, wanted)), None)
    return max(range(len(tried)), key=lambda at: (seldomest(tried[at]), -at)) if sure is None else sure


def workload(scenario: Scenario, frame: Frame, n: int, seed: int, progress: Progress | None = None) -> Workload:
    """The work of the first `n` replications, were there always people enough. Raises `Refused`."""
    where = setting(unlimited(scenario), frame)
    slots = slots_of(where.times.roster)
    runs = []
    for replication in range(n):
        campaign = Campaign(where.scenario, where.contacts, where.times, Draws(seed, replication), where.script)
        runs.append(work_of(campaign.run(), where, slots))
        if progress is not None:
            progress(replication + 1, n)
    return workload_of(scenario, slots, runs)


def levels(probability: float) -> Iterator[Level]:
    """How amply rosters are made, one after the other: for the promised share of the replications, all, and more."""
    yield from (Level(quantile, 1.0) for quantile in (probability, (1 + probability) / 2, 1.0))
    yield from (Level(1.0, 1 + tenths / 10) for tenths in range(1, 21))


def attainable(scenario: Scenario, load: Workload) -> bool:
    """Whether the promised date could be kept often enough if nobody ever waited for people."""
    promised = scenario.targets.finish_by
    if promised is None:
        return True
    by = (promised - dt.datetime.combine(scenario.calendar.start, dt.time())) // dt.timedelta(milliseconds=1)
    kept = sum(run.finish <= by for run in load.runs)
    high = one_sided(kept, len(load.runs), scenario.study.confidence).high
    return high is None or high >= scenario.targets.probability


def rostered_duty(scenario: Scenario, load: Workload, level: Level, seconds: float = SECONDS) -> Duty:
    """The cheapest roster with room for so much work. Raises `Refused` where the people allowed do not suffice."""
    asked, demand = scenario.roster, load.demand(level.quantile, level.factor, scenario.agents.most_busy)
    tours = tours_of(load.shifts, asked.days_in_a_row, asked.hours_a_week)
    limits = Limits(asked.people, asked.least, asked.days_in_a_row)
    try:
        duty = cheapest(load.shifts, tours, demand, limits, seconds)
    except TimeoutError as error:
        right = "offer fewer shifts in roster.patterns, or allow more people"
        raise Refused(Problem(NOWHERE, 1, "roster", str(error), right)) from None
    if duty is None:
        raise Refused(_too_few(scenario, load, demand, limits, seconds))
    return duty


def _too_few(scenario: Scenario, load: Workload, demand: Demand, limits: Limits, seconds: float) -> Problem:
    """What cannot be done with the people allowed, and what would do."""
    tours = tours_of(load.shifts, scenario.roster.days_in_a_row, scenario.roster.hours_a_week)
    people = "1 person" if limits.people == 1 else f"{limits.people} people"
    wrong = f"the work cannot be done by {people} at work"
    short = shortest_of(load.shifts, tours, demand, limits, seconds)
    if short is not None:
        window, minutes = short
        begin = _clock(scenario, int(load.slots.begin[window.first]))
        end = _clock(scenario, int(load.slots.end[window.last]))
        wrong += (
            f": from {begin} to {end} there are {window.minutes / 60:.1f} hours of work that cannot wait, "
            f"and {minutes / 60:.1f} of them find nobody"
        )
    fewest = fewest_places(load.shifts, tours, demand, limits, seconds)
    right = "allow more people" if fewest is None else f"allow at least {fewest}"
    return Problem(NOWHERE, 1, "roster.people", wrong, right)


def _clock(scenario: Scenario, ms: int) -> str:
    at = dt.datetime.combine(scenario.calendar.start, dt.time()) + dt.timedelta(milliseconds=ms)
    return f"{at:%Y-%m-%d %H:%M}"


def with_roster(scenario: Scenario, load: Workload, duty: Duty) -> Scenario:
    """The scenario with these people in place of its own: a group for each pattern and number of people.

    After the last day on duty one person a day stays on call, on the shift that is longest at work, as long as there is
    anything left to do (who has nothing left is not paid, see `study.costs`). Groups that the scenario has are emptied
    and not left out, so that a file which extends it can say the same.
    """
    agents, patterns = scenario.agents, patterns_of(scenario)
    groups = {name: group.model_copy(update={"count": 0}) for name, group in agents.groups.items()}
    days: dict[tuple[str, int], list[int]] = {}
    for shift, people in zip(load.shifts, duty.people.tolist(), strict=True):
        if people:
            days.setdefault((shift.pattern, people), []).append(shift.day)
    for (name, people), worked in days.items():
        groups[_free(f"{name} × {people}", groups)] = _group(scenario, name, people, worked)
    last = max((day for worked in days.values() for day in worked), default=-1)
    longest = max(patterns, key=lambda name: _minutes_at_work(patterns[name].roster, patterns[name].breaks))
    later = [day for day in days_of(patterns[longest], scenario) if day > last]
    if later:
        groups[_free("on call 备班", groups)] = _group(scenario, longest, 1, later)
    return scenario.model_copy(update={"agents": agents.model_copy(update={"count": 0, "groups": groups})})


def _group(scenario: Scenario, pattern: str, people: int, days: Sequence[int]) -> Group:
    one = patterns_of(scenario)[pattern]
    dates = tuple(scenario.calendar.start + dt.timedelta(days=day) for day in days)
    return Group(count=people, roster=one.roster, dates=dates, breaks=one.breaks, wage=one.wage)


def _free(name: str, taken: Container[str]) -> str:
    """The name, with a number if it is taken."""
    return next(one for one in chain([name], (f"{name} ({n})" for n in count(2))) if one not in taken)


def _minutes_at_work(roster: Windows, breaks: Windows) -> int:
    return open_times(roster, [0]).without(open_times(breaks, [0])).total()


def _studied(scenario: Scenario, runs: range, seed: int, jobs: Jobs, progress: Progress | None, frame: Frame) -> Study:
    return replicate_all(
        [scenario], runs.stop, first=runs.start, seed=seed, jobs=jobs, progress=progress, frames=[frame]
    )[0]


def _all_kept(one: Tried, wanted: Container[str]) -> bool:
    return all(_kept(verdict) for verdict in one.verdicts if verdict.name in wanted)


def _kept(verdict: Verdict) -> bool:
    """Surely kept often enough, or as surely as so many runs can tell."""
    return verdict.met is True or verdict.probability.mean == 1


def _same(one: Duty, other: Duty) -> bool:
    return bool((one.people == other.people).all())


def _callable_back(scenario: Scenario) -> None:
    """Raises `Refused` where no people call back."""
    mode = scenario.study.mode
    if mode != "callback":
        what = "people telephone in place of the robot" if mode == "manual" else "nobody is called"
        wrong = f"a roster is for those who call back, and in mode {mode!r} {what}"
        raise Refused(Problem(NOWHERE, 1, "study.mode", wrong, 'write study.mode = "callback"'))
