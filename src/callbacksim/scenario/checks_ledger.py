"""Contradictions in the ledger: categories without departments, dates without office days, wages without clerks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from pydantic import BaseModel

from callbacksim.scenario.schema import WORKDAYS, Costs, Scenario
from callbacksim.scenario.wording import Finding, Path, listing, meant, show

_CATEGORIES: Path = ("ledger", "categories")
_DEPARTMENTS: Path = ("ledger", "departments")
_INTAKE: Path = ("ledger", "intake")
_AFTER: Path = ("ledger", "look_back", "after_days")
_CLERKS: Path = ("ledger", "clerks")
_WAGE: Path = ("costs", "clerk_hour")
_MODE: Path = ("study", "mode")
_START: Path = ("calendar", "start")
_HORIZON: Path = ("study", "horizon_days")
_WORKED: tuple[Path, ...] = (_START, _HORIZON, *(("calendar", name) for name in ("holidays", "closed", "open")))


def _departments(scenario: Scenario) -> Iterator[Finding]:
    categories, departments = scenario.ledger.categories, scenario.ledger.departments
    if not departments:
        right = 'add at least one such as [ledger.departments."政务服务局"]'
        yield Finding(_DEPARTMENTS, "there is no department to rectify anything", right)
    if not categories:
        right = 'add at least one such as [ledger.categories."政务服务"] with its department'
        yield Finding(_CATEGORIES, "there is no category, so no item can be forwarded", right)
    elif not any(category.share for category in categories.values()):
        yield Finding(_CATEGORIES, "all shares are 0", "give at least one category a share above 0")
    for name, category in categories.items():
        if departments and category.department not in departments:
            near = meant(category.department, departments)
            wrong = f"there is no department {show(category.department)}"
            right = f"did you mean {show(near)}?" if near else f"name one of {listing(map(show, departments), 8)}"
            yield Finding((*_CATEGORIES, name, "department"), wrong, right, (_DEPARTMENTS,))


def _clerks(scenario: Scenario) -> Iterator[Finding]:
    if scenario.ledger.clerks == "none" and scenario.costs.clerk_hour != Costs().clerk_hour:
        right = "add a table [ledger.clerks], or leave clerk_hour out"
        yield Finding(_WAGE, "there are no clerks to be paid", right, (_CLERKS,))


def _look_back(scenario: Scenario) -> Iterator[Finding]:
    asked = scenario.ledger.look_back
    # What is settled on the first day is looked back on first.
    if asked != "none" and sum(_worked(scenario)[1:]) < asked.after_days:
        wrong = f"{asked.after_days} working days after the first day the horizon is past, so nobody is ever asked"
        yield Finding(_AFTER, wrong, "write fewer days, or a longer study.horizon_days", _WORKED)


def _intake(scenario: Scenario) -> Iterator[Finding]:
    intake = scenario.ledger.intake
    if intake == "none":
        return
    begin = scenario.calendar.start
    end = begin + dt.timedelta(days=scenario.study.horizon_days - 1)
    first, last = intake.first or begin, intake.last or end
    for name, date in (("first", first), ("last", last)):
        if not begin <= date <= end:
            wrong = f"{date} is not among the days that are simulated, {begin} to {end}"
            right = "name one of them, or another calendar.start or study.horizon_days"
            yield Finding((*_INTAKE, name), wrong, right, (_START, _HORIZON))
            return
    if last < first:
        wrong = f"the last day {last} is before the first, {first}"
        yield Finding((*_INTAKE, "last"), wrong, "write the earlier day first", ((*_INTAKE, "first"),))
    elif not any(_worked(scenario)[(first - begin).days : (last - begin).days + 1]):
        wrong = f"from {first} to {last} the office is never open, so nothing can come in"
        right = "let first to last hold a working day"
        yield Finding(_INTAKE, wrong, right, ((*_INTAKE, "first"), (*_INTAKE, "last"), *_WORKED))


# What a ledger by itself makes use of, by table; all else is about calls, and would be ignored.
_OF_USE = {
    "calendar": ("start", "holidays", "closed", "open"),
    "costs": ("clerk_hour",),
    "study": ("mode", "seed", "replications", "horizon_days", "confidence"),
}
_WHOLE = ("title", "ledger", "uncertain", "plans")


def _alone(scenario: Scenario) -> Iterator[Finding]:
    """A ledger by itself: something must come in, and what is about calls has no effect."""
    if scenario.study.mode != "ledger":
        return
    if scenario.ledger.intake == "none":
        wrong = "the ledger is studied by itself, and nothing comes in"
        yield Finding(_INTAKE, wrong, "add a table [ledger.intake] with reports", (_MODE,))
    for name, field in Scenario.model_fields.items():
        if name in _WHOLE:
            continue
        key = field.alias or name
        section, usual = getattr(scenario, name), field.get_default(call_default_factory=True)
        if key in _OF_USE and isinstance(section, BaseModel):
            fields = [one for one in type(section).model_fields if one not in _OF_USE[key]]
            changed: list[Path] = [(key, one) for one in fields if getattr(section, one) != getattr(usual, one)]
        else:
            changed = [(key,)] if section != usual else []
        for path in changed:
            wrong = "nobody is called where the ledger is studied by itself, so this has no effect"
            yield Finding(path, wrong, 'leave it out, or write study.mode = "callback"', (_MODE,))


def _worked(scenario: Scenario) -> list[bool]:
    """For each day up to the horizon, whether the office works."""
    from callbacksim.scenario.calendar import worked_days  # the holiday tables take time to import

    days = scenario.study.horizon_days
    worked = set(worked_days(scenario.calendar, WORKDAYS, days))
    return [day in worked for day in range(days)]


LEDGER_CHECKS = (_departments, _clerks, _look_back, _intake, _alone)
