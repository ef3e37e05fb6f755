"""Contradictions in time: windows, weekdays, dates, rosters with their breaks, outages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from callbacksim.scenario.calendar import (
    OpenTimes,
    calling_times,
    clock_ms,
    is_worked,
    open_times,
    roster_of,
    team_of,
)
from callbacksim.scenario.schema import Agents, Group, Listeners, Outage, Scenario, Weekday
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
_MODE: Path = ("study", "mode")
_CALENDAR: tuple[Path, ...] = tuple(("calendar", name) for name in ("start", "weekdays", "holidays", "closed", "open"))
_HORIZON: Path = ("study", "horizon_days")


def _hours(scenario: Scenario) -> Iterator[Finding]:
    yield from _windows(_WINDOWS, scenario.calendar.windows, "nobody is ever called")
    for day, windows in scenario.calendar.windows_on.items():
        if windows:  # none: nobody is called on that day of the week
            yield from _windows((*_WINDOWS_ON, day), windows, "nobody is called")
    for path, group in _rosters(scenario):
        without = "nobody ever listens" if path == _LISTENERS else "nobody is ever called back"
        yield from _windows((*path, "roster"), group.roster, without)
        if group.breaks:
            yield from _windows((*path, "breaks"), group.breaks, "")
    yield from _windows(("ledger", "office"), scenario.ledger.office, "no case is ever worked on")


def _of_agents(scenario: Scenario) -> tuple[Agents | Group, ...]:
    """The rosters of those who call back."""
    return scenario.agents, *scenario.agents.groups.values()


def _rosters(scenario: Scenario) -> Iterator[tuple[Path, Agents | Group | Listeners]]:
    """The rosters of the agents, of their groups and of the listeners, each with its place."""
    yield _AGENTS, scenario.agents
    for name, group in scenario.agents.groups.items():
        yield (*_GROUPS, name), group
    yield _LISTENERS, scenario.listeners


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
    elif calendar.weekdays and not any(_days(scenario, calendar.weekdays)):
        days = scenario.study.horizon_days
        wrong = f"none of the {days} days from {calendar.start} on is a calling day"
        right = "name another start or more weekdays, a longer study.horizon_days, or days in calendar.open"
        yield Finding(_CALLING, wrong, right, (*_CALENDAR, _HORIZON))
    for place, day in enumerate(calendar.closed):
        if day in calendar.open:
            wrong = f"{day} is both closed and open"
            right = "keep it in one of the two lists"
            yield Finding(("calendar", "closed", place), wrong, right, (("calendar", "open"),))


def _days(scenario: Scenario, weekdays: Sequence[Weekday]) -> Iterator[bool]:
    """For each day up to the horizon, whether people with these weekdays work."""
    for day in range(scenario.study.horizon_days):
        yield is_worked(scenario.calendar.start + dt.timedelta(days=day), scenario.calendar, weekdays)


def _roster(scenario: Scenario) -> Iterator[Finding]:
    calendar, agents, days = scenario.calendar, scenario.agents, scenario.study.horizon_days
    weekdays = [group.weekdays for group in _of_agents(scenario)]
    if not EARLIEST <= calendar.start <= LATEST or not all(weekdays):
        return
    called = list(_days(scenario, calendar.weekdays))
    at_work = [list(_days(scenario, one)) for one in weekdays]
    if any(called) and not any(is_called and any(works) for is_called, *works in zip(called, *at_work, strict=True)):
        days_of = ", ".join(dict.fromkeys(day for one in weekdays for day in one))
        wrong = f"the roster ({days_of}) never meets a calling day ({', '.join(calendar.weekdays)})"
        right = "put people on at least one calling day"
        yield Finding(_ROSTER_DAYS, wrong, right, (*_CALENDAR, _HORIZON, _GROUPS))
    for name, works in zip(agents.groups, at_work[1:], strict=True):
        if not any(works):
            wrong = f"the group is at work on none of the {days} days from {calendar.start} on"
            right = "name other days, or leave the group out"
            yield Finding((*_GROUPS, name, "weekdays"), wrong, right, (*_CALENDAR, _HORIZON))


def _no_hours(scenario: Scenario) -> Iterator[Finding]:
    """Calling days without any window; in manual mode windows and rosters that never meet."""
    if any(finding for check in (_hours, _breaks, _weekdays, _dates, _roster) for finding in check(scenario)):
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


CALENDAR_CHECKS = (_hours, _breaks, _weekdays, _dates, _roster, _no_hours, _outages)
