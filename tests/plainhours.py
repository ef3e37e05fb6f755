"""When calls, call-backs and listening may start, reckoned plainly from the scenario's fields alone.

For small campaigns only: the calendars here know weekdays, closed and open days, and no country's holidays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from callbacksim.scenario.schema import Agents, Group, Listeners, Scenario

MINUTE, DAY = 60_000, 86_400_000
NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
Span = tuple[int, int]


def spans(windows: Iterable[tuple[str, str]], day: int) -> list[Span]:
    """The windows on a day (from 0) in ms."""

    def ms(clock: str) -> int:
        return day * DAY + (int(clock[:2]) * 60 + int(clock[3:])) * MINUTE

    return [(ms(a), ms(b)) for a, b in windows]


def is_worked(scenario: Scenario, weekdays: Iterable[str], day: int) -> bool:
    """Whether those who work on these days of the week do so on a day; `closed` and `open` have the last word."""
    calendar, date = scenario.calendar, scenario.calendar.start + dt.timedelta(days=day)
    assert calendar.holidays == "none"
    if day >= scenario.study.horizon_days or date in calendar.closed:
        return False
    return date in calendar.open or NAMES[date.weekday()] in weekdays


def windows_on(scenario: Scenario, day: int) -> list[Span]:
    """The calling windows of a day."""
    calendar = scenario.calendar
    if not is_worked(scenario, calendar.weekdays, day):
        return []
    own = {str(name): one for name, one in calendar.windows_on.items()}
    return spans(own.get(NAMES[(calendar.start + dt.timedelta(days=day)).weekday()], calendar.windows), day)


def windows(scenario: Scenario) -> list[Span]:
    """All calling windows; those that touch are one."""
    found = sorted(span for day in range(scenario.study.horizon_days) for span in windows_on(scenario, day))
    joined: list[Span] = []
    for begin, end in found:
        joined = [*joined[:-1], (joined[-1][0], end)] if joined and joined[-1][1] == begin else [*joined, (begin, end)]
    return joined


def groups(scenario: Scenario) -> Sequence[Agents | Group]:
    return [scenario.agents, *scenario.agents.groups.values()]


def is_at_work(scenario: Scenario, group: Agents | Group | Listeners, t: int) -> bool:
    day = t // DAY
    shifts, breaks = spans(group.roster, day), spans(group.breaks, day)
    return is_worked(scenario, group.weekdays, day) and inside(shifts, t) and not inside(breaks, t)


def inside(hours: Iterable[Span], t: int) -> bool:
    return any(begin <= t < end for begin, end in hours)


def people_at(scenario: Scenario, t: int) -> int:
    """People who may begin a call-back at t."""
    return sum(group.count for group in groups(scenario) if is_at_work(scenario, group, t))


def listeners_at(scenario: Scenario, t: int) -> int:
    """People who may begin to listen to a recording at t."""
    return scenario.listeners.count if is_at_work(scenario, scenario.listeners, t) else 0


def lines_at(scenario: Scenario, t: int) -> int:
    """Lines (in manual mode people) on which a call may begin at t."""
    if not inside(windows_on(scenario, t // DAY), t):
        return 0
    if scenario.study.mode == "manual":
        somebody = any(is_at_work(scenario, group, t) for group in groups(scenario))
        return scenario.manual.agents if somebody else 0
    now = dt.datetime.combine(scenario.calendar.start, dt.time()) + dt.timedelta(milliseconds=t)
    lost = [o.lines for o in scenario.robot.outages if o.from_ <= now < o.until]
    return 0 if None in lost else max(0, scenario.robot.lines - sum(n for n in lost if n is not None))


def moments(scenario: Scenario) -> list[int]:
    """Every time at which one of the capacities may change."""
    midnight = dt.datetime.combine(scenario.calendar.start, dt.time())
    found = {t for span in windows(scenario) for t in span}
    for day in range(scenario.study.horizon_days):
        for group in (*groups(scenario), scenario.listeners):
            found |= {t for span in spans((*group.roster, *group.breaks), day) for t in span}
    for outage in scenario.robot.outages:
        found |= {(moment - midnight) // dt.timedelta(milliseconds=1) for moment in (outage.from_, outage.until)}
    return sorted(t for t in found if t >= 0)
