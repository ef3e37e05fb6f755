"""How targets are said: met, missed or unclear, with the probability and its lower bound."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from callbacksim.report.layout import heading, row
from callbacksim.report.texts import ENGLISH, Texts
from callbacksim.report.words import plain
from callbacksim.scenario.schema import Targets
from callbacksim.study.targets import Limit, Verdict

NAMES = ("finish_by", "called_back_in_time", "cost", "satisfaction_error", "missed", "on_time")
STATES = {True: "met", False: "missed", None: "unclear"}


def state(met: bool | None, say: Texts = ENGLISH) -> str:
    """``met 达标``, ``未达标``."""
    return say(f"promised.is_{STATES[met]}")


def targets_section(verdicts: Sequence[Verdict], say: Texts = ENGLISH) -> list[str]:
    """The section of a screen: one target a row."""
    if not verdicts:
        return []
    note = say("promised.wanted", share=say.whole_share(verdicts[0].wanted))
    lines = heading(say("promised.heading"), note)
    for verdict in verdicts:
        # How often the promised date is kept stands at the head.
        kept = kept_text(verdict, say, told=verdict.name == "finish_by")
        said = say("promised.said", limit=say.limit(verdict.name, verdict.limit), kept=kept)
        lines += row(say(f"promised.{verdict.name}"), state(verdict.met, say).split()[0], said)
    return lines


def kept_text(verdict: Verdict, say: Texts = ENGLISH, *, told: bool = False) -> str:
    """How often a target is kept, and the bound that decides; `told`: how often stands elsewhere."""
    estimate = verdict.probability
    if estimate.mean is None or estimate.low is None or estimate.high is None:
        return say("promised.not_identified")
    bounds = []
    if verdict.met is not False and estimate.low > 0:
        bounds.append(say("promised.or_more", share=say.share(estimate.low)))
    if verdict.met is not True and estimate.high < 1:
        bounds.append(say("promised.or_less", share=say.share(estimate.high)))
    kept = [] if told and bounds else [say("promised.kept", share=say.share(estimate.mean))]
    return say.clauses([*kept, *bounds])


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


def unmet(of_plans: Mapping[str, Sequence[Mapping[str, Any]]], say: Texts = ENGLISH) -> str:
    """What keeps ``--strict`` from ending well, in one line; empty if every target of every plan is met."""
    parts = []
    for plan, found in of_plans.items():
        bad = say.listed(
            [
                say("promised.field_is", field=one["name"], state=state(one["met"], say).split()[0])
                for one in found
                if one["met"] is not True
            ]
        )
        if bad:
            parts.append(say("promised.of_plan", plan=plain(plan), bad=bad) if plan else bad)
    return say.parts(parts)


def asks(targets: Targets) -> list[tuple[str, Limit]]:
    """The targets that are named, with their limits."""
    named = {name: getattr(targets, name) for name in NAMES}
    return [(name, limit) for name, limit in named.items() if limit is not None]
