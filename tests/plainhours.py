"""When calls and call-backs may start, reckoned plainly from the scenario's fields, with nothing of the program.

For small campaigns only: the calendars here know weekdays and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from callbacksim.scenario.schema import Agents, Group, Scenario

MINUTE, DAY = 60_000, 86_400_000
NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
Span = tuple[int, int]


def spans(windows: Iterable[tuple[str, str]], day: int) -> list[Span]:
    """The windows on a day (from 0) in ms."""

    def ms(clock: str) -> int:
        return day * DAY + (int(clock[:2]) * 60 + int(clock[3:])) * MINUTE

    return [(ms(a), ms(b)) for a, b in windows]


def weekday(scenario: Scenario, day: int) -> str:
    assert scenario.calendar.holidays == "none" and not scenario.calendar.closed and not scenario.calendar.open
    return NAMES[(scenario.calendar.start + dt.timedelta(days=day)).weekday()]


def windows(scenario: Scenario) -> list[Span]:
    """The calling windows; those that touch are one."""
    calendar, found = scenario.calendar, []
    own = {str(name): one for name, one in calendar.windows_on.items()}
    for day in range(scenario.study.horizon_days):
        name = weekday(scenario, day)
        if name in calendar.weekdays:
            found += spans(own.get(name, calendar.windows), day)
    joined: list[Span] = []
    for begin, end in sorted(found):
        joined = [*joined[:-1], (joined[-1][0], end)] if joined and joined[-1][1] == begin else [*joined, (begin, end)]
    return joined


def groups(scenario: Scenario) -> Sequence[Agents | Group]:
    return [scenario.agents, *scenario.agents.groups.values()]


def is_at_work(scenario: Scenario, group: Agents | Group, t: int) -> bool:
    day = t // DAY
    if day >= scenario.study.horizon_days or weekday(scenario, day) not in group.weekdays:
        return False
    shifts, breaks = spans(group.roster, day), spans(group.breaks, day)
    return inside(shifts, t) and not inside(breaks, t)


def inside(hours: Iterable[Span], t: int) -> bool:
    return any(begin <= t < end for begin, end in hours)


def people_at(scenario: Scenario, t: int) -> int:
    """People who may begin a call-back at t."""
    return sum(group.count for group in groups(scenario) if is_at_work(scenario, group, t))


def lines_at(scenario: Scenario, t: int) -> int:
    """Lines (in manual mode people) on which a call may begin at t."""
    if not inside(windows(scenario), t):
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
        for group in groups(scenario):
            found |= {t for span in spans((*group.roster, *group.breaks), day) for t in span}
    for outage in scenario.robot.outages:
        found |= {(moment - midnight) // dt.timedelta(milliseconds=1) for moment in (outage.from_, outage.until)}
    return sorted(t for t in found if t >= 0)
