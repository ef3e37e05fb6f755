"""What a planner must know of a scenario's dates before anything is run: no mistakes, but unsure or of no use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from callbacksim.scenario.calendar import calling_times, outage_times
from callbacksim.scenario.countries import CHINA, disagreements, is_published, public_days
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.wording import listing


def calendar_warnings(scenario: Scenario) -> list[str]:
    """Years of which too little is known, days on which the sources differ, outages that meet no window."""
    days = [scenario.calendar.start + dt.timedelta(days=n) for n in range(scenario.study.horizon_days)]
    years = range(days[0].year, days[-1].year + 1)
    if scenario.calendar.holidays == CHINA:
        found = [*_not_published(years), *_disagreed(scenario, days, years)]
    else:
        found = [*_unknown(scenario, years), *_estimated(scenario, days)]
    return [*found, *_idle_outages(scenario)]


def _not_published(years: Iterable[int]) -> Iterator[str]:
    for year in years:
        if not is_published(year):
            yield (
                f"the public holidays and make-up working days of {year} are not published yet: "
                "fixed feasts only, weekends as usual; set calendar.closed and calendar.open when they are"
            )


def _disagreed(scenario: Scenario, days: list[dt.date], years: Iterable[int]) -> Iterator[str]:
    decided = {*scenario.calendar.closed, *scenario.calendar.open}
    doubtful = {date for year in years if is_published(year) for date in disagreements(year)}
    if at_odds := [date for date in days if date in doubtful - decided]:
        yield (
            f"calendar.holidays: the two sources on China's holidays differ about {_dates(at_odds)}; the one that has "
            "the State Council's notices is followed: look them up and set calendar.closed or calendar.open"
        )


def _unknown(scenario: Scenario, years: Iterable[int]) -> Iterator[str]:
    code = scenario.calendar.holidays
    for year in years:
        days = public_days(code, year)
        if not days.known:
            kept = f"those that follow from fixed rules are kept ({len(days.off)})" if days.off else "none is kept"
            yield (
                f"calendar.holidays: the calendar of {code} does not cover {year}, so of that year's holidays {kept}; "
                "set calendar.closed"
            )


def _estimated(scenario: Scenario, days: list[dt.date]) -> Iterator[str]:
    calendar = scenario.calendar
    decided = {*calendar.closed, *calendar.open}
    reckoned = [d for d in days if d not in decided and d in public_days(calendar.holidays, d.year).estimated]
    if reckoned:
        yield (
            f"calendar.holidays: in {calendar.holidays} the holidays on {_dates(reckoned)} are estimated (a lunar "
            "calendar): they may be announced for other days; set calendar.closed and calendar.open when they are"
        )


def _idle_outages(scenario: Scenario) -> Iterator[str]:
    by_robot = scenario.study.mode == "callback"
    calling = calling_times(scenario) if by_robot and scenario.robot.outages else None
    for place, outage in enumerate(scenario.robot.outages, start=1):
        if calling and not outage_times(outage, scenario.calendar).within(calling).total():
            yield f"robot.outages#{place} meets no calling window, so it changes nothing"


def _dates(days: Iterable[dt.date]) -> str:
    return listing(day.isoformat() for day in days)
