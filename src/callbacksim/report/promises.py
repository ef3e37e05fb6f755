"""How targets are said: met, missed or unclear, with the probability and its lower bound."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from callbacksim.report.layout import heading, row
from callbacksim.report.words import bare_share, listed, moment, money, number, percent, plain, share
from callbacksim.scenario.schema import Targets
from callbacksim.study.targets import Limit, Verdict

WORDS = {
    "finish_by": "all done by 按期完成",
    "called_back_in_time": "called back in time 及时回访",
    "cost": "cost at most 费用不超过",
    "satisfaction_error": "survey off by at most 误差",
    "missed": "problems missed at most 漏识别",
    "on_time": "cases on time 按期办结",
}
MET = {True: "met 达标", False: "missed 未达标", None: "unclear 未定"}


def limit_text(name: str, limit: Limit) -> str:
    """A target's limit in its unit."""
    if isinstance(limit, dt.datetime):
        return moment(limit)
    if name in ("called_back_in_time", "on_time"):
        return share(limit)
    if name == "cost":
        return money(limit)
    return f"{number(limit, 1)} points" if name == "satisfaction_error" else number(limit)


def targets_section(verdicts: Sequence[Verdict]) -> list[str]:
    """The section of a screen: one target a row."""
    if not verdicts:
        return []
    lines = heading("TARGETS 目标", f"each kept with probability {percent(verdicts[0].wanted)} at least")
    for verdict in verdicts:
        # How often the promised date is kept stands at the head.
        said = f"{limit_text(verdict.name, verdict.limit)}: {kept_text(verdict, told=verdict.name == 'finish_by')}"
        lines += row(WORDS[verdict.name], MET[verdict.met].split()[0], said)
    return lines


def kept_text(verdict: Verdict, told: bool = False) -> str:
    """How often a target is kept, and the bound that decides; `told`: how often stands elsewhere."""
    estimate = verdict.probability
    if estimate.mean is None or estimate.low is None or estimate.high is None:
        return "not identified"
    bounds = []
    if verdict.met is not False and estimate.low > 0:
        bounds.append(f"surely {bare_share(estimate.low)} % or more")
    if verdict.met is not True and estimate.high < 1:
        bounds.append(f"surely {bare_share(estimate.high)} % or less")
    kept = [] if told and bounds else [f"kept in {share(estimate.mean)} of the runs"]
    return ", ".join([*kept, *bounds])


def target_result(verdict: Verdict) -> dict[str, Any]:
    """A target in JSON: probability, its one-sided lower and upper bounds, the wanted one, met (null: undecided)."""
    limit = verdict.limit.isoformat() if isinstance(verdict.limit, dt.datetime) else verdict.limit
    estimate = verdict.probability
    return {
        "name": verdict.name,
        "limit": limit,
        "probability": estimate.mean,
        "lower": estimate.low,
        "upper": estimate.high,
        "wanted": verdict.wanted,
        "met": verdict.met,
    }


def unmet(of_plans: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """What keeps ``--strict`` from ending well, in one line; empty if every target of every plan is met."""
    parts = []
    for plan, found in of_plans.items():
        bad = [f"{one['name']} is {MET[one['met']].split()[0]}" for one in found if one["met"] is not True]
        if bad:
            parts.append(f"{plain(plan)}: {listed(bad)}" if plan else listed(bad))
    return "; ".join(parts)


def asks(targets: Targets) -> list[tuple[str, Limit]]:
    """The targets that are named, with their limits."""
    named = {name: getattr(targets, name) for name in WORDS}
    return [(name, limit) for name, limit in named.items() if limit is not None]
