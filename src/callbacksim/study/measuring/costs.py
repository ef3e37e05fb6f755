"""What a campaign costs, from its trace: connected minutes, rent of the lines, people for whole shifts and overtime."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.outcomes import LIVE, Outcome
from callbacksim.campaign.trace import Table, Trace
from callbacksim.scenario.calendar import DAY, HOUR, MINUTE, Team, together
from callbacksim.study.measuring.ledger import clerk_cost
from callbacksim.study.measuring.loads import load, work_of_people
from callbacksim.study.setting import Setting

Ints = NDArray[np.int64]


def costs(trace: Trace, setting: Setting, finish: float, interviews: float) -> dict[str, float]:
    """All costs in ¥ of one replication that ended at `finish` (ms; infinite: at the horizon)."""
    scenario, attempts, paid = setting.scenario, trace.attempts, setting.scenario.costs
    until = setting.times.horizon if math.isinf(finish) else finish
    manual = scenario.study.mode == "manual"
    minutes = 0.0 if manual else float(connected_minutes(attempts).sum())
    lines = 0 if manual else scenario.robot.lines
    robot = minutes * paid.robot_minute
    months = _started_months(setting.times.start, int(attempts["free"].max())) if len(attempts["free"]) else 0
    rent = lines * months * paid.line_month
    teams = setting.times.teams
    agents = wages(teams, until, paid.agent_hour) / (1 - scenario.agents.shrinkage)
    overtime = overtime_hours(teams, *work_of_people(trace, manual)) * paid.agent_hour * paid.overtime
    clerks, listeners = clerk_cost(trace, setting, until), _listeners(trace, setting, until)
    total = robot + rent + agents + overtime + sum(cost for cost in (clerks, listeners) if not math.isnan(cost))
    return {
        "robot_minutes": minutes,
        "robot_cost": robot,
        "line_cost": rent,
        "agent_cost": agents,
        "overtime_cost": overtime,
        "clerk_cost": clerks,
        "listener_cost": listeners,
        "cost": total,
        "cost_per_interview": total / interviews if interviews else math.nan,
    }


def _listeners(trace: Trace, setting: Setting, until: float) -> float:
    """Whole shifts and overtime of those who listen; NaN where nobody does."""
    recordings, scenario = trace.recordings, setting.scenario
    if not setting.listens:
        return math.nan
    heard, teams = recordings["start"] >= 0, (setting.times.listeners,)
    hours = paid_hours(teams, until) / (1 - scenario.listeners.shrinkage)
    beyond = overtime_hours(teams, recordings["start"][heard], recordings["end"][heard])
    return (hours + beyond * scenario.costs.overtime) * scenario.costs.listener_hour


def connected_minutes(attempts: Table) -> Ints:
    """Started minutes of connected time of each call: live answers with what follows on the line; a voicemail's one."""
    talk = -(-(attempts["talk"] + attempts["free"] - attempts["end"]) // MINUTE)
    return np.where(attempts["outcome"] == Outcome.VOICEMAIL, 1, np.where(np.isin(attempts["outcome"], LIVE), talk, 0))


def paid_hours(teams: Iterable[Team], until: float) -> float:
    """Hours of everybody's whole shifts that begin before `until` (ms), breaks within them included."""
    lasting = ((team.count, (team.shifts.end - team.shifts.begin)[team.shifts.begin < until]) for team in teams)
    return sum(count * float(hours.sum()) for count, hours in lasting) / HOUR


def wages(teams: Iterable[Team], until: float, usual: float) -> float:
    """¥ for everybody's whole shifts that begin before `until` (ms), at the usual wage unless a team has its own."""
    return sum(paid_hours((team,), until) * (usual if team.wage is None else team.wage) for team in teams)


def overtime_hours(teams: Iterable[Team], begin: Ints, end: Ints) -> float:
    """Hours of work [begin, end) beyond the shifts: who works on into a break is paid for it anyway."""
    shifts = together(*(team.shifts.steps(team.count) for team in teams))
    return load(begin, end, {"time": shifts.time, "capacity": shifts.capacity}).overrun / HOUR


def _started_months(start: dt.date, until: int) -> int:
    """Months begun from the first day to `until` (ms), counted from day to same day of the next month."""
    last = start + dt.timedelta(days=max(until - 1, 0) // DAY)
    whole = (last.year - start.year) * 12 + last.month - start.month
    return whole + (1 if last.day >= start.day else 0)
