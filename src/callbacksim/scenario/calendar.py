"""Windows, rosters and outages on the campaign's clock: whole milliseconds since the first day's midnight."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from callbacksim.scenario.countries import DayKind, public_kind
from callbacksim.scenario.schema import (
    WEEKDAYS,
    WORKDAYS,
    Agents,
    Calendar,
    Group,
    Listeners,
    Outage,
    Pattern,
    Scenario,
    Weekday,
    Windows,
)

Ints = NDArray[np.int64]
SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# Cases run on after the horizon; deadlines of up to a year of working days must still find their date.
OFFICE_MARGIN_DAYS = 800
NO_TIMES: Ints = np.zeros(0, dtype=np.int64)
NEVER = 2**47  # later than any calendar, and still a part of a queue key


@dataclass(frozen=True)
class OpenTimes:
    """When something is open: disjoint intervals [begin, end) in ms, in order, touching ones joined.

    It is also a working-time clock: `elapsed` counts only open time.
    """

    begin: Ints
    end: Ints

    @cached_property
    def _before(self) -> Ints:
        """Open time before each interval, and after the last one: shape (intervals + 1,)."""
        return np.concatenate([[0], np.cumsum(self.end - self.begin)]).astype(np.int64)

    def total(self) -> int:
        """All open time, in ms."""
        return int(self._before[-1])

    def elapsed(self, time: Ints | int) -> Ints:
        """Open time from 0 to each time, in ms."""
        at = np.asarray(time, dtype=np.int64)
        if not len(self.begin):
            return np.zeros_like(at)
        i = np.searchsorted(self.begin, at, side="right") - 1
        inside = np.where(i < 0, 0, np.minimum(at, self.end[np.maximum(i, 0)]) - self.begin[np.maximum(i, 0)])
        return np.asarray(self._before[np.maximum(i, 0)] + inside, dtype=np.int64)

    def after(self, time: int, work: int) -> int:
        """The first moment at which `work` ms of open time have passed; NEVER if the calendar ends first."""
        if work <= 0:
            return time
        wanted = int(self.elapsed(time)) + work
        i = int(np.searchsorted(self._before, wanted, side="left")) - 1
        if i >= len(self.begin):
            return NEVER
        return int(self.begin[i] + wanted - self._before[i])

    def close_after(self, time: int) -> int:
        """When the interval that holds `time` closes; `time` itself where nothing is open."""
        i = int(np.searchsorted(self.begin, time, side="right")) - 1
        return int(self.end[i]) if i >= 0 and time < self.end[i] else time

    def clipped(self, horizon: int) -> OpenTimes:
        """The same, closed for good at `horizon` ms."""
        keep = self.begin < horizon
        return OpenTimes(self.begin[keep], np.minimum(self.end[keep], horizon))

    def within(self, other: OpenTimes) -> OpenTimes:
        """Open where both are open."""
        return together(self.steps(1), other.steps(1)).open(2)

    def without(self, other: OpenTimes) -> OpenTimes:
        """Open where this is and the other is not."""
        return together(self.steps(1), other.steps(-1)).open()

    def steps(self, capacity: int) -> CapacitySteps:
        """So much capacity while open, 0 otherwise."""
        times = np.stack([self.begin, self.end], axis=1).reshape(-1)
        return CapacitySteps(times, np.tile(np.array([capacity, 0], dtype=np.int64), len(self.begin)))


@dataclass(frozen=True)
class CapacitySteps:
    """How many may serve: from `time[i]` (ms, strictly rising) on `capacity[i]`, before the first one 0."""

    time: Ints
    capacity: Ints

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """(time, capacity) of each step."""
        return zip(self.time.tolist(), self.capacity.tolist(), strict=True)

    def at(self, time: Ints | int) -> Ints:
        """Capacity at each time."""
        i = np.searchsorted(self.time, np.asarray(time, dtype=np.int64), side="right")
        return np.concatenate([[0], self.capacity]).astype(np.int64)[i]

    def most(self) -> int:
        """The largest capacity of all; 0 where there is none."""
        return max(0, int(self.capacity.max(initial=0)))

    def least(self) -> int:
        """The smallest capacity while there is any."""
        return int(self.capacity[self.capacity > 0].min(initial=self.most()))

    def total(self) -> int:
        """Capacity times time, in ms of one server, up to the last step."""
        return int((self.capacity[:-1] * np.diff(self.time)).sum())

    def open(self, least: int = 1) -> OpenTimes:
        """When there is at least so much; what never ends is left out."""
        enough = zip(self.time.tolist(), self.time.tolist()[1:], (self.capacity >= least).tolist(), strict=False)
        return joined((begin, end) for begin, end, is_open in enough if is_open)

    def at_least(self, floor: int) -> CapacitySteps:
        """The same, never below the floor."""
        return CapacitySteps(self.time, np.maximum(self.capacity, floor))


def together(*parts: CapacitySteps) -> CapacitySteps:
    """The sum of all capacities; a step only where it changes."""
    times = np.unique(np.concatenate([NO_TIMES, *(part.time for part in parts)]))
    capacity = sum((part.at(times) for part in parts), start=np.zeros(len(times), dtype=np.int64))
    changes = np.diff(capacity, prepend=0) != 0
    return CapacitySteps(times[changes], capacity[changes])


def joined(intervals: Iterable[tuple[int, int]]) -> OpenTimes:
    """Sorted intervals as `OpenTimes`; those that touch become one."""
    out: list[list[int]] = []
    for begin, end in intervals:
        if out and begin <= out[-1][1]:
            out[-1][1] = max(end, out[-1][1])
        else:
            out.append([begin, end])
    return OpenTimes(np.array([b for b, _ in out], dtype=np.int64), np.array([e for _, e in out], dtype=np.int64))


def clock_ms(text: str) -> int:
    """``"09:30"`` as ms since midnight; ``"24:00"`` is the end of the day."""
    hours, minutes = text.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE


def open_times(windows: Sequence[tuple[str, str]], days: Iterable[int]) -> OpenTimes:
    """The daily windows on these days (counted from the first day)."""
    daily = sorted((clock_ms(a), clock_ms(b)) for a, b in windows)
    return joined((day * DAY + begin, day * DAY + end) for day in sorted(days) for begin, end in daily)


def day_kind(date: dt.date, calendar: Calendar) -> DayKind:
    """A public holiday (or a `closed` day), a make-up working day (or an `open` one), or neither."""
    if date in calendar.open:
        return "make-up"
    if date in calendar.closed:
        return "holiday"
    return public_kind(date, calendar.holidays)


def is_worked(date: dt.date, calendar: Calendar, weekdays: Sequence[Weekday]) -> bool:
    """Whether people with these weekdays work on the date; a make-up day counts as a Monday-to-Friday day."""
    kind = day_kind(date, calendar)
    if kind == "make-up":
        return date in calendar.open or WEEKDAYS[date.weekday()] in weekdays or not set(weekdays).isdisjoint(WORKDAYS)
    return kind == "ordinary" and WEEKDAYS[date.weekday()] in weekdays


def windows_of(date: dt.date, calendar: Calendar) -> Windows:
    """The calling windows of a calling day."""
    # A make-up day stands in for a working day of any name: what its own weekday has is not meant for it.
    if public_kind(date, calendar.holidays) == "make-up":
        return calendar.windows
    return calendar.windows_on.get(WEEKDAYS[date.weekday()], calendar.windows)


@dataclass(frozen=True)
class Team:
    """People with the same hours: paid for whole shifts, at work in them but for the breaks."""

    count: int
    shifts: OpenTimes
    at_work: OpenTimes
    wage: float | None = None  # ¥ for a paid hour; None: as everybody


@dataclass(frozen=True)
class Timetable:
    """Everything a replication needs to know of the calendar."""

    start: dt.date
    horizon: int
    calling: OpenTimes  # the windows, outages or not
    roster: OpenTimes  # when somebody of the people is at work
    lines: CapacitySteps  # of those who make the calls: lines, or people who telephone
    people: CapacitySteps  # of those who call back
    teams: tuple[Team, ...]  # all who are paid by the hour, in manual mode those who telephone
    listeners: Team  # who listen to recordings
    office: OpenTimes
    office_days: Ints
    office_close: int

    def due(self, received: int, working_days: int) -> int:
        """Office close of the n-th working day after the day of receipt, in ms (that day itself does not count).

        NEVER if the calendar ends first.
        """
        first = int(np.searchsorted(self.office_days, received // DAY, side="right"))
        if first + working_days > len(self.office_days):
            return NEVER
        return int(self.office_days[first + working_days - 1]) * DAY + self.office_close

    def office_opens(self, after: int, working_days: int) -> int:
        """Opening of the office on the n-th working day after the day of `after` (ms); NEVER if the calendar ends."""
        closes = self.due(after, working_days)
        if closes == NEVER:
            return NEVER
        return int(self.office.begin[np.searchsorted(self.office.begin, closes - self.office_close)])

    def midnight(self, date: dt.date) -> int:
        """The beginning of a day, in ms."""
        return (date - self.start).days * DAY

    def datetime(self, ms: float) -> dt.datetime:
        """Local date and time of a moment on the campaign's clock, to the millisecond."""
        return dt.datetime.combine(self.start, dt.time()) + dt.timedelta(milliseconds=round(ms))

    def ms(self, moment: dt.datetime) -> int:
        """A local date and time on the campaign's clock."""
        return (moment - dt.datetime.combine(self.start, dt.time())) // dt.timedelta(milliseconds=1)


def spliced(before: Timetable, after: Timetable, at: int) -> Timetable:
    """The hours and capacities of one calendar up to a moment (ms), of another from it on; same first day.

    Listeners, offices and horizon are those of the second.
    """
    past, rest = OpenTimes(np.array([0]), np.array([at])), OpenTimes(np.array([at]), np.array([NEVER]))

    def hours(one: OpenTimes, two: OpenTimes) -> OpenTimes:
        return together(one.within(past).steps(1), two.within(rest).steps(1)).open()

    def capacity(one: CapacitySteps, two: CapacitySteps) -> CapacitySteps:
        early, late = one.time < at, two.time > at
        times = np.concatenate([one.time[early], [at], two.time[late]])
        return CapacitySteps(times, np.concatenate([one.capacity[early], [two.at(at)], two.capacity[late]]))

    def staff(teams: Sequence[Team], when: OpenTimes) -> list[Team]:
        return [Team(team.count, team.shifts.within(when), team.at_work.within(when)) for team in teams]

    return replace(
        after,
        calling=hours(before.calling, after.calling),
        roster=hours(before.roster, after.roster),
        lines=capacity(before.lines, after.lines),
        people=capacity(before.people, after.people),
        teams=(*staff(before.teams, past), *staff(after.teams, rest)),
    )


def timetable(scenario: Scenario) -> Timetable:
    """The scenario's calendar on the campaign's clock; calling and roster end at the horizon."""
    calendar, days = scenario.calendar, scenario.study.horizon_days
    office_days = worked_days(calendar, WORKDAYS, days + OFFICE_MARGIN_DAYS)
    calling = calling_times(scenario)
    groups: tuple[Agents | Group, ...] = (scenario.agents, *scenario.agents.groups.values())
    called_back = tuple(team_of(group, scenario) for group in groups)
    manual = scenario.study.mode == "manual"
    roster = roster_of(called_back, whoever=manual)
    if manual:
        shifts = together(*(team.shifts.steps(1) for team in called_back)).open()
        teams: tuple[Team, ...] = (Team(scenario.manual.agents, shifts, roster),)
        lines = roster.within(calling).steps(scenario.manual.agents)
    else:
        teams, lines = called_back, line_steps(scenario, calling)
    return Timetable(
        start=calendar.start,
        horizon=days * DAY,
        calling=calling,
        roster=roster,
        lines=lines,
        people=together(*(team.at_work.steps(team.count) for team in called_back)),
        teams=teams,
        listeners=team_of(scenario.listeners, scenario),
        office=open_times(scenario.ledger.office, office_days),
        office_days=np.array(office_days, dtype=np.int64),
        office_close=max(clock_ms(end) for _, end in scenario.ledger.office),
    )


def worked_days(calendar: Calendar, weekdays: Sequence[Weekday], days: int) -> list[int]:
    """Of the first so many days those that people with these weekdays work, counted from 0."""
    return [day for day in range(days) if is_worked(calendar.start + dt.timedelta(days=day), calendar, weekdays)]


def calling_times(scenario: Scenario) -> OpenTimes:
    """The calling windows up to the horizon."""
    calendar, days = scenario.calendar, scenario.study.horizon_days
    by_windows: dict[Windows, list[int]] = {}
    for day in worked_days(calendar, calendar.weekdays, days):
        by_windows.setdefault(windows_of(calendar.start + dt.timedelta(days=day), calendar), []).append(day)
    return together(*(open_times(windows, on).steps(1) for windows, on in by_windows.items())).open()


def team_of(group: Agents | Group | Listeners, scenario: Scenario) -> Team:
    """When the people of a group have their shifts, and when they are at work, up to the horizon."""
    days = days_of(group, scenario)
    shifts = open_times(group.roster, days)
    wage = group.wage if isinstance(group, Group) else None
    return Team(group.count, shifts, shifts.without(open_times(group.breaks, days)), wage)


def days_of(group: Agents | Group | Listeners | Pattern, scenario: Scenario) -> list[int]:
    """The days up to the horizon that people with this roster work, counted from 0; dates that are named as named."""
    calendar, days = scenario.calendar, scenario.study.horizon_days
    if isinstance(group, Group) and group.dates:
        return [day for date in sorted(group.dates) if 0 <= (day := (date - calendar.start).days) < days]
    return worked_days(calendar, group.weekdays, days)


def roster_of(teams: Sequence[Team], *, whoever: bool) -> OpenTimes:
    """When somebody is at work: of the groups that have people; of all where none has, and where `whoever` is."""
    manned = [team for team in teams if team.count > 0]
    return together(*(team.at_work.steps(1) for team in (teams if whoever or not manned else manned))).open()


def line_steps(scenario: Scenario, calling: OpenTimes) -> CapacitySteps:
    """The robot's lines: those of the windows less those that are lost; outages at the same time add up."""
    lines = scenario.robot.lines
    lost = (
        (outage_times(outage, scenario.calendar).within(calling), lines if outage.lines is None else outage.lines)
        for outage in scenario.robot.outages
    )
    return together(calling.steps(lines), *(hours.steps(-count) for hours, count in lost)).at_least(0)


def outage_times(outage: Outage, calendar: Calendar) -> OpenTimes:
    """From when until when, on the campaign's clock."""
    midnight = dt.datetime.combine(calendar.start, dt.time())
    begin, end = ((moment - midnight) // dt.timedelta(milliseconds=1) for moment in (outage.from_, outage.until))
    return joined([(begin, end)] if begin < end else [])
