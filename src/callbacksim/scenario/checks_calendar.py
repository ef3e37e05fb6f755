"""Contradictions in time: windows, weekdays, dates, rosters with their breaks, outages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from callbacksim.scenario.calendar import (
    OpenTimes,
    calling_times,
    clock_ms,
    days_of,
    open_times,
    roster_of,
    team_of,
    worked_days,
)
from callbacksim.scenario.schema import WORKDAYS, Agents, Group, Listeners, Outage, Pattern, Scenario
from callbacksim.scenario.wording import Finding, Path, show

EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2100, 12, 31)

_WINDOWS: Path = ("calendar", "windows")
_WINDOWS_ON: Path = ("calendar", "windows_on")
_CALLING: Path = ("calendar", "weekdays")
_AGENTS: Path = ("agents",)
_ROSTER: Path = ("agents", "roster")
_ROSTER_DAYS: Path = ("agents", "weekdays")
_GROUPS: Path = ("agents", "groups")
_LISTENERS: Path = ("listeners",)
_PATTERNS: Path = ("roster", "patterns")
_MODE: Path = ("study", "mode")
_CALENDAR: tuple[Path, ...] = tuple(("calendar", name) for name in ("start", "weekdays", "holidays", "closed", "open"))
_HORIZON: Path = ("study", "horizon_days")


def _hours(scenario: Scenario) -> Iterator[Finding]:
    yield from _windows(_WINDOWS, scenario.calendar.windows, "nobody is ever called")
    for day, windows in scenario.calendar.windows_on.items():
        if windows:  # none: nobody is called on that day of the week
            yield from _windows((*_WINDOWS_ON, day), windows, "nobody is called")
    for path, group in _rosters(scenario):
        yield from _windows((*path, "roster"), group.roster, _WITHOUT.get(str(path[0]), "nobody is ever called back"))
        if group.breaks:
            yield from _windows((*path, "breaks"), group.breaks, "")
    yield from _windows(("ledger", "office"), scenario.ledger.office, "no case is ever worked on")


_WITHOUT = {"listeners": "nobody ever listens", "roster": "nobody can be put on it"}


def _of_agents(scenario: Scenario) -> tuple[Agents | Group, ...]:
    """The rosters of those who call back."""
    return scenario.agents, *scenario.agents.groups.values()


def _rosters(scenario: Scenario) -> Iterator[tuple[Path, Agents | Group | Listeners | Pattern]]:
    """The rosters of the agents, of their groups and of the listeners, and the shifts to choose from, with places."""
    yield _AGENTS, scenario.agents
    for name, group in scenario.agents.groups.items():
        yield (*_GROUPS, name), group
    yield _LISTENERS, scenario.listeners
    for name, pattern in scenario.roster.patterns.items():
        yield (*_PATTERNS, name), pattern


def _windows(path: Path, windows: Sequence[tuple[str, str]], without: str) -> Iterator[Finding]:
    if not windows:
        yield Finding(path, f"the list is empty, so {without}", 'write at least one window such as ["09:00", "12:00"]')
    ordered: list[tuple[str, str, int]] = []
    for place, (opens, closes) in enumerate(windows):
        if opens >= closes:
            wrong = f"{opens} to {closes} closes before it opens" if opens > closes else f"{opens} to {closes} is empty"
            right = "write the earlier time first (a window ends on its day, at 24:00 at most)"
            yield Finding((*path, place), wrong, right)
        else:
            ordered.append((opens, closes, place))
    ordered.sort()
    latest = 0  # of the windows so far, the one that closes last: a long one may overlap several
    for here, (opens, closes, place) in enumerate(ordered[1:], start=1):
        before = ordered[latest]
        if opens < before[1]:
            later = max(place, before[2])
            wrong = f"{opens} to {closes} overlaps {before[0]} to {before[1]}"
            yield Finding((*path, later), wrong, "join the two windows or move one; they may touch")
        if closes > before[1]:
            latest = here


def _breaks(scenario: Scenario) -> Iterator[Finding]:
    """A break outside the shifts would be accepted and ignored; breaks that leave nothing of them mean nobody."""
    for path, group in _rosters(scenario):
        breaks, roster = (*path, "breaks"), (*path, "roster")
        if not group.breaks or [*_windows(breaks, group.breaks, ""), *_windows(roster, group.roster, "")]:
            continue
        shifts = open_times(group.roster, [0])
        for place, (begins, ends) in enumerate(group.breaks):
            if shifts.close_after(clock_ms(begins)) < clock_ms(ends):
                wrong = f"{begins} to {ends} does not lie within a shift"
                right = "a break is part of a shift; between two shifts nobody is at work anyway"
                yield Finding((*breaks, place), wrong, right, (roster,))
        if not shifts.without(open_times(group.breaks, [0])).total():
            yield Finding(breaks, "the breaks leave nothing of the shifts", "write shorter ones", (roster,))


def _weekdays(scenario: Scenario) -> Iterator[Finding]:
    calendar = scenario.calendar
    rosters = [((*path, "weekdays"), group.weekdays) for path, group in _rosters(scenario)]
    for path, days in ((_CALLING, calendar.weekdays), *rosters):
        if not days:
            yield Finding(path, "the list is empty", 'write at least one day such as ["Mon", "Tue"]')
        for place, day in enumerate(days):
            if day in days[:place]:
                yield Finding((*path, place), f"{show(day)} stands here twice", "write each day once")
    for day in calendar.windows_on:
        if calendar.weekdays and day not in calendar.weekdays:
            wrong = f"{day} is no calling day ({', '.join(calendar.weekdays)})"
            right = "add the day to calendar.weekdays, or leave its windows out"
            yield Finding((*_WINDOWS_ON, day), wrong, right, (_CALLING,))


def _dates(scenario: Scenario) -> Iterator[Finding]:
    calendar = scenario.calendar
    if not EARLIEST <= calendar.start <= LATEST:
        wrong = f"{calendar.start} is no date of a campaign"
        yield Finding(("calendar", "start"), wrong, f"write a date from {EARLIEST} to {LATEST}")
    elif calendar.weekdays and not worked_days(calendar, calendar.weekdays, scenario.study.horizon_days):
        days = scenario.study.horizon_days
        wrong = f"none of the {days} days from {calendar.start} on is a calling day"
        right = "name another start or more weekdays, a longer study.horizon_days, or days in calendar.open"
        yield Finding(_CALLING, wrong, right, (*_CALENDAR, _HORIZON))
    for place, day in enumerate(calendar.closed):
        if day in calendar.open:
            wrong = f"{day} is both closed and open"
            right = "keep it in one of the two lists"
            yield Finding(("calendar", "closed", place), wrong, right, (("calendar", "open"),))


def _roster(scenario: Scenario) -> Iterator[Finding]:
    calendar, agents, days = scenario.calendar, scenario.agents, scenario.study.horizon_days
    groups = _of_agents(scenario)
    if not EARLIEST <= calendar.start <= LATEST or not all(group.weekdays for group in groups):
        return
    called = set(worked_days(calendar, calendar.weekdays, days))
    at_work = [days_of(group, scenario) for group in groups]
    if called and called.isdisjoint(day for worked in at_work for day in worked):
        days_named = ", ".join(dict.fromkeys(day for one in groups for day in one.weekdays))
        wrong = f"the roster ({days_named}) never meets a calling day ({', '.join(calendar.weekdays)})"
        right = "put people on at least one calling day"
        yield Finding(_ROSTER_DAYS, wrong, right, (*_CALENDAR, _HORIZON, _GROUPS))
    for (name, group), worked in zip(agents.groups.items(), at_work[1:], strict=True):
        if not worked and not group.dates:
            wrong = f"the group is at work on none of the {days} days from {calendar.start} on"
            right = "name other days, or leave the group out"
            yield Finding((*_GROUPS, name, "weekdays"), wrong, right, (*_CALENDAR, _HORIZON))


def _group_dates(scenario: Scenario) -> Iterator[Finding]:
    """Dates of a group: each once, among the days that are simulated, and not beside days of the week."""
    calendar, days = scenario.calendar, scenario.study.horizon_days
    if not EARLIEST <= calendar.start <= LATEST:
        return
    last = calendar.start + dt.timedelta(days=days - 1)
    for name, group in scenario.agents.groups.items():
        path: Path = (*_GROUPS, name, "dates")
        if group.dates and group.weekdays != WORKDAYS:
            wrong = "dates say already on which days the group is at work"
            yield Finding((*_GROUPS, name, "weekdays"), wrong, "keep either weekdays or dates", (path,))
        for place, date in enumerate(group.dates):
            if date in group.dates[:place]:
                yield Finding((*path, place), f"{date} stands here twice", "write each date once")
            elif not calendar.start <= date <= last:
                wrong = f"{date} is not among the days that are simulated, {calendar.start} to {last}"
                right = "name one of them, or another calendar.start or study.horizon_days"
                yield Finding((*path, place), wrong, right, (("calendar", "start"), _HORIZON))
            elif date in calendar.closed:
                wrong = f"{date} is a day without any work"
                right = "leave it out, here or in calendar.closed"
                yield Finding((*path, place), wrong, right, (("calendar", "closed"),))


def _no_hours(scenario: Scenario) -> Iterator[Finding]:
    """Calling days without any window; in manual mode windows and rosters that never meet."""
    others = (_hours, _breaks, _weekdays, _dates, _roster, _group_dates)
    if any(finding for check in others for finding in check(scenario)):
        return
    calling = calling_times(scenario)
    if not calling.total():
        wrong = "none of the calling days has a window, so nobody is ever called"
        yield Finding(_WINDOWS_ON, wrong, "give one of them a window", (_WINDOWS, *_CALENDAR, _HORIZON))
    elif scenario.study.mode == "manual" and not _open_roster(scenario).within(calling).total():
        wrong = "in manual mode people call in the windows, and the roster never meets one"
        touches = (_WINDOWS, _WINDOWS_ON, _GROUPS, _MODE, *_CALENDAR, _HORIZON)
        yield Finding(_ROSTER, wrong, "let a shift overlap one of calendar.windows", touches)


def _open_roster(scenario: Scenario) -> OpenTimes:
    return roster_of([team_of(group, scenario) for group in _of_agents(scenario)], whoever=True)


def _outages(scenario: Scenario) -> Iterator[Finding]:
    for place, outage in enumerate(scenario.robot.outages):
        yield from _outage(("robot", "outages", place), outage, scenario)


def _outage(path: Path, outage: Outage, scenario: Scenario) -> Iterator[Finding]:
    start = scenario.calendar.start
    ends = (("from", outage.from_), ("until", outage.until))
    zoned = [(name, moment) for name, moment in ends if moment.tzinfo is not None]
    for name, moment in zoned:
        local = moment.replace(tzinfo=None).isoformat()
        yield Finding((*path, name), f"{show(moment)} has a time zone", f"all times are local: write {local}")
    if zoned:
        return
    if outage.until <= outage.from_:
        wrong = f"{show(outage.until)} is not after {show(outage.from_)}"
        yield Finding((*path, "until"), wrong, "write the earlier time as from", ((*path, "from"),))
    elif EARLIEST <= start <= LATEST:
        first = dt.datetime.combine(start, dt.time())
        last = first + dt.timedelta(days=scenario.study.horizon_days)
        if outage.until <= first or outage.from_ >= last:
            wrong = f"{show(outage.from_)} to {show(outage.until)} lies outside the campaign's days"
            right = f"write times from {start} to the end of {last.date() - dt.timedelta(days=1)}, or leave it out"
            yield Finding(path, wrong, right, (("calendar", "start"), _HORIZON))


CALENDAR_CHECKS = (_hours, _breaks, _weekdays, _dates, _roster, _group_dates, _no_hours, _outages)
