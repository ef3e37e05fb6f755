"""What was promised, held against the replications: met, missed, or not to be told from so many runs.

A target is an event in each replication. It is met if its probability is at least `targets.probability`, and that is
certain at the study's level: the one-sided exact lower bound (Clopper & Pearson 1934) reaches it. It is missed if the
one-sided upper bound lies below. Otherwise these runs do not tell.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from callbacksim.scenario.calendar import timetable
from callbacksim.scenario.schema import Scenario
from callbacksim.study.estimates import Estimate, one_sided
from callbacksim.study.experiment import Study
from callbacksim.study.figures import Figures
from callbacksim.study.measuring.measures import moment_of

Limit = dt.datetime | float
EQUAL = 1e-9
"""So much apart sums of yuan and shares are the same number, added up in another order."""


@dataclass(frozen=True)
class Target:
    """One promise: its field in ``[targets]``, its limit, and the event in one replication (None: not identified)."""

    name: str
    limit: Limit
    kept: Callable[[Figures], bool | None]


@dataclass(frozen=True)
class Verdict:
    """A target over the replications; `probability` has one-sided bounds as its ends, None where not identified."""

    name: str
    limit: Limit
    probability: Estimate
    wanted: float

    @property
    def met(self) -> bool | None:
        """True: surely kept often enough; False: surely not; None: these runs do not tell, or nothing can."""
        low, high = self.probability.low, self.probability.high
        if low is None or high is None:
            return None
        return True if low >= self.wanted else False if high < self.wanted else None


def targets(scenario: Scenario) -> tuple[Target, ...]:
    """The targets that a scenario names, in the order of its fields."""
    asked = scenario.targets
    found = {
        "finish_by": (asked.finish_by, None if asked.finish_by is None else _finished_by(scenario, asked.finish_by)),
        "called_back_in_time": (asked.called_back_in_time, _at_least("called_back_in_time", asked.called_back_in_time)),
        "cost": (asked.cost, _cost(asked.cost)),
        "satisfaction_error": (asked.satisfaction_error, _error(asked.satisfaction_error)),
        "missed": (asked.missed, _missed(asked.missed)),
        "on_time": (asked.on_time, _on_time(asked.on_time)),
    }
    return tuple(
        Target(name, limit, kept) for name, (limit, kept) in found.items() if limit is not None and kept is not None
    )


def verdicts(study: Study) -> tuple[Verdict, ...]:
    """Every target of the study's scenario, judged."""
    return tuple(judged(target, study.figures, study.scenario) for target in targets(study.scenario))


def judged(target: Target, figures: Sequence[Figures], scenario: Scenario) -> Verdict:
    """A target held against replications."""
    events = [target.kept(one) for one in figures]
    known = [event for event in events if event is not None]
    confidence = scenario.study.confidence
    judgeable = known if len(known) == len(events) else []
    probability = one_sided(sum(judgeable), len(judgeable), confidence)
    return Verdict(target.name, target.limit, probability, scenario.targets.probability)


def _finished_by(scenario: Scenario, limit: dt.datetime) -> Callable[[Figures], bool | None]:
    times = timetable(scenario)
    ms = times.ms(limit)

    def kept(figures: Figures) -> bool | None:
        finish = moment_of(figures.measures["finish"])
        # Cut off by a horizon before the promised date: nothing tells when it would have been done.
        return None if math.isinf(finish) and ms > times.horizon else finish <= ms

    return kept


def _at_least(figure: str, limit: float | None) -> Callable[[Figures], bool | None] | None:
    if limit is None:
        return None
    # Where nobody is to be called back, nobody waits too long.
    return lambda figures: math.isnan(figures.measures[figure]) or figures.measures[figure] >= limit - EQUAL


def _on_time(limit: float | None) -> Callable[[Figures], bool | None] | None:
    if limit is None:
        return None

    def kept(figures: Figures) -> bool | None:
        share = figures.measures["on_time_share"]
        if math.isnan(share):  # no case was settled or due: where there is none, none is late, else it is not known
            return None if figures.funnel["open"] else True
        return share >= limit - EQUAL

    return kept


def _cost(limit: float | None) -> Callable[[Figures], bool | None] | None:
    if limit is None:
        return None

    def kept(figures: Figures) -> bool | None:
        if figures.measures["cost"] > limit + EQUAL:
            return False
        # What the horizon cut off goes on costing.
        return None if math.isinf(figures.measures["finish"]) else True

    return kept


def _error(limit: float | None) -> Callable[[Figures], bool | None] | None:
    if limit is None:
        return None

    def kept(figures: Figures) -> bool | None:
        error = figures.survey["error"]
        if math.isnan(error):
            return None if figures.survey["respondents"] > 0 else False  # nobody heard is no survey at all
        return abs(error) <= limit + EQUAL

    return kept


def _missed(limit: int | None) -> Callable[[Figures], bool | None] | None:
    if limit is None:
        return None

    def kept(figures: Figures) -> bool | None:
        missed = figures.measures["missed"]
        return None if math.isnan(missed) else missed <= limit

    return kept
