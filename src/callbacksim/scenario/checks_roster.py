"""Contradictions in what a roster may be made of: shifts, and the limits of those who work them."""

from __future__ import annotations

from collections.abc import Iterator

from callbacksim.scenario.calendar import HOUR, days_of, open_times
from callbacksim.scenario.checks_calendar import EARLIEST, LATEST
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.wording import Finding, Path

_PATTERNS: Path = ("roster", "patterns")
_HOURS: Path = ("roster", "hours_a_week")
_LEAST: Path = ("roster", "least")
_CALENDAR: tuple[Path, ...] = tuple(("calendar", name) for name in ("start", "weekdays", "holidays", "closed", "open"))


def _patterns(scenario: Scenario) -> Iterator[Finding]:
    """Shifts that nobody can ever be put on would be accepted and ignored."""
    calendar, days, most = scenario.calendar, scenario.study.horizon_days, scenario.roster.hours_a_week
    for name, pattern in scenario.roster.patterns.items():
        path: Path = (*_PATTERNS, name)
        if any(opens >= closes for opens, closes in pattern.roster):
            continue
        hours = open_times(pattern.roster, [0]).total() / HOUR
        if hours > most:
            wrong = f"the shift has {hours:g} paid hours, and nobody may work more than {most:g} a week"
            yield Finding((*path, "roster"), wrong, "write a shorter shift, or raise roster.hours_a_week", (_HOURS,))
        if EARLIEST <= calendar.start <= LATEST and pattern.weekdays and not days_of(pattern, scenario):
            wrong = f"the shift falls on none of the {days} days from {calendar.start} on"
            right = "name other days, or leave the shift out"
            yield Finding((*path, "weekdays"), wrong, right, (*_CALENDAR, ("study", "horizon_days")))


def _people(scenario: Scenario) -> Iterator[Finding]:
    roster = scenario.roster
    if roster.people is not None and roster.least > roster.people:
        wrong = f"at least {roster.least} on a shift, and there are at most {roster.people} people"
        yield Finding(_LEAST, wrong, f"write at most {roster.people}", (("roster", "people"),))


ROSTER_CHECKS = (_patterns, _people)
