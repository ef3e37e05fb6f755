"""Contradictions: values that are each fine and cannot hold together.

Every check is a small pure function from the scenario to findings; :func:`contradictions` runs them all. A finding
names every field it looked at, so that a caller whose file has broken values can leave out what rests on them.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any

from callbacksim.scenario.checks_calendar import CALENDAR_CHECKS
from callbacksim.scenario.checks_ledger import LEDGER_CHECKS
from callbacksim.scenario.checks_roster import ROSTER_CHECKS
from callbacksim.scenario.checks_search import SEARCH_CHECKS
from callbacksim.scenario.checks_survey import SURVEY_CHECKS
from callbacksim.scenario.merging import plain
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.uncertain import contradictions_of_ranges
from callbacksim.scenario.wording import Finding, Path, show

_LAST_PROMISE = dt.date(2199, 12, 31)
# What is divided by one of these leaves the range of floating-point numbers where it is nearer to 0.
_DIVISORS = ("calls_per_second", "most_busy", "mean", "sd")
_LEAST = 1e-9

_REGISTER: Path = ("register",)
_ROWS: Path = ("register", "rows")
_CONTACTS: Path = ("register", "contacts")
_FILE: Path = ("register", "file")
_MODE: Path = ("study", "mode")
_EXACT: Path = ("recognition", "exact")


def contradictions(scenario: Scenario) -> list[Finding]:
    """Everything in the scenario that cannot hold together, in the order of its sections."""
    return [
        finding
        for check in (*_CHECKS, *ROSTER_CHECKS, *SURVEY_CHECKS, *LEDGER_CHECKS, *SEARCH_CHECKS)
        for finding in check(scenario)
    ]


def _register(scenario: Scenario) -> Iterator[Finding]:
    register = scenario.register_
    rows, contacts, usable = register.rows, register.contacts, (register.rows or 0) - register.unusable
    sized = rows is not None or contacts is not None
    if scenario.study.mode == "ledger":  # nobody is called: see `checks_ledger`
        return
    if register.file is not None and sized:
        right = "keep file for a real register, or rows and contacts for a made-up one"
        yield Finding(_FILE, "a register is a file or made up, not both", right, (_ROWS, _CONTACTS))
    elif register.file is None and not sized:
        right = "give rows and contacts for a made-up register, or file for a real one"
        yield Finding(_REGISTER, "there is no register", right, (_ROWS, _CONTACTS, _FILE, _MODE))
    elif register.file is None and contacts is None:
        yield Finding(_ROWS, "rows without contacts", f"add contacts, at most {max(usable, 1)}", (_CONTACTS, _FILE))
    elif register.file is None and rows is None:
        yield Finding(_CONTACTS, "contacts without rows", f"add rows, at least {contacts}", (_ROWS, _FILE))
    if rows is not None and contacts is not None and contacts > usable:
        have = f"{rows} rows" + (f" without {register.unusable} unusable ones" if register.unusable else "")
        right = f"every contact needs a row of its own: write at most {usable}" if usable > 0 else "write more rows"
        yield Finding(_CONTACTS, f"{contacts} contacts do not fit in {have}", right, (_ROWS, ("register", "unusable")))
    if register.file is None and register.columns != type(register.columns)():
        right = "give the file they belong to, or leave columns out"
        yield Finding(("register", "columns"), "columns are headings of a file, and there is none", right, (_FILE,))
    if register.file is None and register.sheet is not None:
        right = "give the workbook that it belongs to, or leave sheet out"
        yield Finding(("register", "sheet"), "a sheet is part of a file, and there is none", right, (_FILE,))


def _outcomes(scenario: Scenario) -> Iterator[Finding]:
    answering, short_form = scenario.answering, scenario.questionnaire
    failures = ("no_answer", "busy", "voicemail", "rejected")
    if not any(getattr(answering, name) for name in failures):
        paths = tuple(("answering", name) for name in failures)
        wrong = "no_answer, busy, voicemail and rejected are all 0, so a call without an answer has no outcome"
        yield Finding(paths[0], wrong, "give at least one of them a weight above 0", paths[1:])
    results = ("complete", "partial", "break_off", "opt_out")
    total = sum(getattr(short_form, name) for name in results)
    if total > 1 + 1e-9:
        first, *others = (("questionnaire", name) for name in results)
        wrong = f"complete, partial, break_off and opt_out add up to {total:.6g}"
        yield Finding(first, wrong, "let them add up to 1 at most, the rest refuse", tuple(others))


def _exact(scenario: Scenario) -> Iterator[Finding]:
    exact, contacts = scenario.recognition.exact, scenario.register_.contacts
    if exact == "none":
        return
    escalations, wanted = exact.escalations, (*_EXACT, "escalations")
    if contacts is not None and escalations > contacts:
        wrong = f"{escalations} escalations, and there are only {contacts} contacts to interview"
        yield Finding(wanted, wrong, f"write at most {contacts}", (_CONTACTS,))
    quota = scenario.robot.quota
    if scenario.study.mode == "callback" and quota and escalations > quota:
        wrong = f"{escalations} escalations, and robot.quota stops the calls at {quota} interviews"
        yield Finding(wanted, wrong, f"write at most {quota}, or raise the quota", (("robot", "quota"), _MODE))
    for name, count in (("problems", exact.problems), ("suggestions", exact.suggestions)):
        if count > escalations:
            wrong = f"{count} {name} from {escalations} escalations, and a contact called back gives at most one"
            yield Finding((*_EXACT, name), wrong, f"write at most {escalations}", (wanted,))
    if scenario.study.mode == "callback" and escalations:
        yield from _nobody(scenario, escalations, exact.problems + exact.suggestions)


def _exact_only(scenario: Scenario) -> Iterator[Finding]:
    """What exact counts cannot be had together with: who is sent to people is known only after all calls."""
    if scenario.recognition.exact == "none" or scenario.study.mode == "manual":
        return
    right = 'write recognition.exact = "none" and give rates, or '
    if scenario.agents.transfer.live:
        live: Path = ("agents", "transfer", "live")
        wrong = "with exact counts nobody knows during a call whether it is one of those sent to people"
        yield Finding(live, wrong, right + "live = false", (_EXACT, _MODE))
    if scenario.listeners.share:
        share: Path = ("listeners", "share")
        wrong = "recordings are listened to, but with exact counts it is not known what the robot missed"
        yield Finding(share, wrong, right + "share = 0", (_EXACT, _MODE))


def _propensity(scenario: Scenario) -> Iterator[Finding]:
    """A law of answer propensity that cannot be: its mean is base ÷ reachable."""
    answering = scenario.answering
    base, share, sd = answering.base, answering.reachable, answering.propensity_sd
    reachable: Path = ("answering", "reachable")
    spread: Path = ("answering", "propensity_sd")
    if base > share:
        wrong = f"{share:.6g} of the numbers are ever answered, and base = {base:.6g} of all first calls"
        yield Finding(reachable, wrong, f"write at least {base:.6g}, or a smaller base", (("answering", "base"),))
        return
    mean = base / share
    most = math.sqrt(mean * (1 - mean))
    if sd >= most > 0 or (sd and not most):
        wrong = f"a share with mean {mean:.6g} (base ÷ reachable) cannot have a standard deviation of {sd:.6g}"
        right = f"write less than {most:.6g}" if most else "write 0"
        yield Finding(spread, wrong, right, (("answering", "base"), reachable))


def _nobody(scenario: Scenario, escalations: int, items: int) -> Iterator[Finding]:
    """Exact counts above 0 where nobody can be interviewed, or nobody called back."""
    answering, short_form, agents = scenario.answering, scenario.questionnaire, scenario.agents
    no_interview: tuple[tuple[bool, str, tuple[Path, ...]], ...] = (
        (scenario.robot.lines == 0, "robot.lines is 0", (("robot", "lines"),)),
        (answering.base == 0, "answering.base is 0", (("answering", "base"),)),
        (answering.most == 0, "answering.most is 0", (("answering", "most"),)),
        (answering.not_in_service == 1, "answering.not_in_service is 1", (("answering", "not_in_service"),)),
        (
            not short_form.questions and short_form.complete + short_form.partial == 0,
            "questionnaire.complete and partial are 0",
            (("questionnaire", "complete"), ("questionnaire", "partial"), ("questionnaire", "questions")),
        ),
    )
    for impossible, why, paths in no_interview:
        if impossible:
            wrong = f"{escalations} escalations, and nobody is ever interviewed because {why}"
            yield Finding((*_EXACT, "escalations"), wrong, "write 0, or make interviews possible", (*paths, _MODE))
    no_call_back: tuple[tuple[bool, str, Path], ...] = (
        (agents.everybody == 0, "agents.count is 0", ("agents", "count")),
        (agents.reach == 0, "agents.reach is 0", ("agents", "reach")),
    )
    for impossible, why, path in no_call_back:
        if impossible and items:
            wrong = f"{items} problems and suggestions, and nobody is ever called back because {why}"
            yield Finding(_EXACT, wrong, "write 0 for both, or make call-backs possible", (path, _MODE))


def _targets(scenario: Scenario) -> Iterator[Finding]:
    by, start = scenario.targets.finish_by, scenario.calendar.start
    if by is None:
        return
    path: Path = ("targets", "finish_by")
    if by.tzinfo is not None:
        local = by.replace(tzinfo=None).isoformat()
        yield Finding(path, f"{show(by)} has a time zone", f"all times are local: write {local}")
    elif by.date() < start:
        wrong = f"{show(by)} is before the first day {start}"
        yield Finding(path, wrong, "write a later time", (("calendar", "start"),))
    elif by.date() > _LAST_PROMISE:
        yield Finding(path, f"{show(by)} is no date of a campaign", f"write a time up to {_LAST_PROMISE}")


def _near_zero(scenario: Scenario) -> Iterator[Finding]:
    values = {key: value for key, value in plain(scenario).items() if key != "plans"}
    for path, value in _fractions((), values):
        if path[-1] in _DIVISORS and 0 < value < _LEAST:
            wrong = f"{show(value)} is too near to 0 to be computed with"
            yield Finding(path, wrong, f"write 0 if none is meant, else at least {_LEAST:g}")


def _fractions(path: Path, value: Any) -> Iterator[tuple[Path, float]]:
    """Every number with a decimal point in a tree, and where it is."""
    if isinstance(value, float):
        yield path, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _fractions((*path, key), one)
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _fractions((*path, place), one)


_CHECKS = (
    _near_zero,
    _register,
    *CALENDAR_CHECKS,
    _outcomes,
    _propensity,
    _exact,
    _exact_only,
    _targets,
    contradictions_of_ranges,
)
