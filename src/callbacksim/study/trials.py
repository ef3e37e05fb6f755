"""Trials: what any process can do, a pure function of its arguments, and the name under which it is done only once."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from callbacksim import __version__
from callbacksim.campaign.script import fingerprint
from callbacksim.campaign.simpy_engine import CallsOnly, Campaign
from callbacksim.campaign.standing import Standing
from callbacksim.campaign.trace import Trace
from callbacksim.scenario.calendar import HOUR
from callbacksim.scenario.canonical import identity
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.study.figures import Floats, columns_of, figures_of
from callbacksim.study.measuring.courses import course_of, packed, tables_of
from callbacksim.study.measuring.measures import finish_ms, measures
from callbacksim.study.setting import Setting

Kind = Literal["figures", "course", "possible", "manual", "probe"]
"""What a trial says: all figures; these, and behind them its course; all figures, or nothing where the plan's exact
counts cannot be kept; (hours, cost) if people had called everybody; (finish in hours, called back in time) of a
what-if, or nothing."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A replication of one of some plans (by its place), its seed fixed beforehand."""

    plan: int
    replication: int
    kind: Kind = "figures"


def run_one(where: Setting, seed: int, replication: int, model: type[Campaign] = Campaign) -> Trace:
    """One replication of a setting."""
    plan = where.scenario, where.contacts, where.times, where.draws(seed, replication), where.script
    return (model(*plan) if where.standing is None else model(*plan, where.standing)).run()


def outcome(where: Setting, seed: int, trial: Trial, model: type[Campaign] = Campaign) -> Floats:
    """What a trial says, as numbers: a row of `columns_of(where)`, or what its kind says; empty for nothing."""
    try:
        if trial.kind == "manual":
            return _called_by_hand(where, seed, trial.replication)
        trace = run_one(where, seed, trial.replication, model)
    except Refused:
        if trial.kind in ("probe", "possible"):
            return np.empty(0)
        raise
    if trial.kind == "probe":
        return np.array([finish_ms(trace) / HOUR, measures(trace, where)["called_back_in_time"]])
    row = columns_of(where).row(figures_of(trace, where, trial.replication))
    if trial.kind == "course":
        return np.concatenate([row, packed(course_of(tables_of(trace), where.times, where.scenario))])
    return row


def _called_by_hand(where: Setting, seed: int, replication: int) -> Floats:
    """NaN where even two years do not suffice."""
    found = measures(run_one(where, seed, replication, CallsOnly), where)
    if math.isinf(found["finish"]):
        return np.array([math.nan, math.nan])
    return np.array([found["agent_hours"], found["agent_cost"] + found["overtime_cost"]])


def identity_of(scenario: Scenario, register_sha256: str, standing: Standing | None = None) -> str:
    """What names the replications of this scenario with the register, the scripts and the log so far as they are."""
    log = "" if standing is None else standing.sha256
    return identity(
        scenario, register_sha256=register_sha256, script_sha256=fingerprint(scenario.script), log_sha256=log
    )


def name_of(trial: Trial, plan: str, seed: int, model: type[Campaign] = Campaign) -> str:
    """A hash (hex) of all that a trial's numbers depend on; `plan` is its plan's identity.

    Equal names, equal numbers: what is done under a name need never be done again.
    """
    content = {
        "callbacksim": __version__,
        "kind": trial.kind,
        "model": f"{model.__module__}.{model.__qualname__}",
        "plan": plan,
        "replication": trial.replication,
        "seed": seed,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]
