"""Where a running campaign stands by its log, and which campaigns cannot be continued."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from callbacksim.campaign.runlog import read_log, standing_of
from callbacksim.campaign.standing import Standing
from callbacksim.campaign.tracelog import Log
from callbacksim.frame.calllog.options import Reading
from callbacksim.frame.frame import Frame
from callbacksim.scenario.calendar import HOUR, Timetable, timetable
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Scenario

PLANS_OWN = ("robot", "agents", "listeners", "manual", "calendar")
"""What a plan chooses: changes to these hold from now on. All else describes the world, and holds for the past too."""


FEWEST_CALLS = 30
LEFT = 0.05
"""So large a share of the contacts must wait for a first call for the pace so far to be asked for."""
SLOWEST = 0.7
"""Calls that go at least so fast as the plan has it, and not faster than that turned round, are taken for its own."""


@dataclass(frozen=True)
class Running:
    """A campaign that is under way: `base` is what ran so far, `changed` whether another plan follows."""

    log: Log
    standing: Standing
    later: int
    base: Scenario
    changed: bool


def stands(
    log: Path, scenario: Scenario, frame: Frame, stood: Scenario, at: str | None, reading: Reading | None, file: str
) -> Running:
    """Where the campaign stands by its log, at a moment (the log's end, if None is named).

    `stood` is the scenario as it ran so far; only what a plan chooses (`PLANS_OWN`) is taken from it. `file` is where
    the scenario is from. Raises Refused for what cannot be continued.
    """
    if problems := _cannot(scenario, file):
        raise Refused(problems)
    parts = {name: getattr(stood, name) for name in PLANS_OWN}
    if stood.calendar.start != scenario.calendar.start:
        parts["calendar"] = scenario.calendar
    base = scenario.model_copy(update=parts)
    told = read_log(log, frame, scenario, reading)
    moment = _moment(at, scenario, told, str(log))
    changed = any(getattr(base, name) != getattr(scenario, name) for name in PLANS_OWN)
    times = timetable(base)
    standing, later = standing_of(told, moment, times if changed else None)
    if doubt := pace_doubt(base, times, standing, len(frame.contacts.row)):
        told = replace(told, warnings=(*told.warnings, doubt))
    return Running(told, standing, later, base, changed)


def pace_doubt(scenario: Scenario, times: Timetable, standing: Standing, contacts: int) -> str:
    """What to say where calls went much slower, or faster, than the plan's lines and pace make them; '' else.

    While contacts wait for their first call no line of the plan is ever idle. So the calls from the first to the last,
    by open hours, are as many as the bound of throughput has for calls of their length, and the rest will go on like
    that only if the plan is what is really there. '' also where too little is told: few contacts left, few calls, less
    than an hour, no lengths, people who telephone.
    """
    calls = standing.attempts
    start, hold = calls["start"], calls["free"] - calls["start"]
    waiting = contacts - len(np.unique(calls["contact"]))
    if scenario.study.mode == "manual" or len(start) < FEWEST_CALLS or waiting < LEFT * contacts:
        return ""
    if (calls["ring"] == 0).mean() > 0.5:
        return ""
    first, last = int(start.min()), int(start.max())
    hours = float(times.calling.elapsed(last) - times.calling.elapsed(first)) / HOUR
    ends = np.append(times.lines.time[1:], times.horizon)
    there = np.clip(np.minimum(ends, last) - np.maximum(times.lines.time, first), 0, None) @ times.lines.capacity
    if hours < 1 or not there:
        return ""
    made = (len(start) - 1) / hours
    lines = float(there) / HOUR / hours
    planned = lines * HOUR / float(hold.mean())
    if scenario.robot.calls_per_second:
        planned = min(planned, scenario.robot.calls_per_second * 3600)
    if SLOWEST <= made / planned <= 1 / SLOWEST:
        return ""
    return (
        f"the log: {made:,.0f} calls an open hour so far, and the plan's lines and pace would make {planned:,.0f} of "
        "that length 外呼速度与方案不符: the rest is forecast at the plan's pace; set robot.lines and "
        "robot.calls_per_second to what is there"
    )


def _cannot(scenario: Scenario, file: str) -> list[Problem]:
    """Why a campaign of this scenario cannot be continued from a log."""
    found = []
    if scenario.study.mode == "ledger":
        right = "leave --after out"
        found.append(Problem(file, 1, "study.mode", "nobody is called, so there is no campaign to continue", right))
    if scenario.recognition.exact != "none":
        wrong = "exact counts are those of a campaign that is over; --after continues one that is running"
        found.append(Problem(file, 1, "recognition.exact", wrong, 'leave --after out, or write exact = "none"'))
    scripts = [name for name, path in scenario.script if path is not None]
    if scripts:
        wrong = f"what comes of {', '.join(scripts)} is given in tables, and --after simulates what is to come"
        found.append(Problem(file, 1, "script", wrong, "leave --after or [script] out"))
    return found


def _moment(at: str | None, scenario: Scenario, log: Log, file: str) -> int:
    """The moment (ms) from which is forecast: as asked for, or just after the last thing that the log tells."""
    times = timetable(scenario)
    starts = log.attempts["start"]
    ends = times.datetime(times.horizon)
    span = f"the campaign runs from {scenario.calendar.start} to {ends:%Y-%m-%d %H:%M} (study.horizon_days)"
    if len(starts) and starts.min() < 0:
        first = times.datetime(float(starts.min()))
        right = f"{span}; set calendar.start to the day on which it began"
        raise Refused(Problem(file, 1, "--after", f"a call of the log begins on {first:%Y-%m-%d %H:%M}", right))
    if at is None:
        end = log.last + 1
        if end > times.horizon:
            wrong = f"the log goes on to {times.datetime(end):%Y-%m-%d %H:%M}, and {span}"
            raise Refused(
                Problem(file, 1, "--after", wrong, "raise study.horizon_days, or name an earlier moment: --at")
            )
        return max(end, 0)
    try:
        moment = times.ms(dt.datetime.fromisoformat(at).replace(tzinfo=None))
    except ValueError:
        raise Refused(Problem("--at", 1, "--at", "this is no moment", 'write it as --at "2025-07-08 12:00"')) from None
    if not 0 <= moment < times.horizon:
        raise Refused(Problem("--at", 1, "--at", f"{at} lies outside: {span}", "name a moment within"))
    return moment
