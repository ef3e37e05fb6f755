"""Replicate until the means are precise enough: Law's sequential procedure, with a cap and an honest word.

A figure is precise enough when the half-width of its t interval is at most γ/(1 + γ) of its mean (Law, Simulation
Modeling and Analysis, 5th ed., §9.4.1: the adjustment makes the *actual* relative error at most γ). The rule is
looked at after every replication from `FIRST` on, in their order, so the answer depends neither on the size of the
batches nor on the number of processes. A figure that has no mean, and however many replications came would have none,
is not waited for: one that the horizon has cut off, or that no replication so far defines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.campaign.standing import Standing
from callbacksim.frame.frame import Frame
from callbacksim.scenario.schema import Scenario
from callbacksim.study.estimates import relative_half_widths
from callbacksim.study.experiment import Interrupted, Progress, Study, build_frames, replicate_all
from callbacksim.study.figures import joined
from callbacksim.study.journal import Journal
from callbacksim.study.measuring.measures import can_have
from callbacksim.study.summary import values
from callbacksim.study.workers import Jobs

FIRST = 10
"""Fewer replications say too little about their own spread."""
MOST = 1000
"""The cap, unless another is asked for."""
PRECISE = ("finish", "cost", "interviews", "satisfied")
"""The figures whose means are to be precise, unless others are asked for."""
OF_THE_LEDGER = ("ledger_finish", "clerk_cost", "resolved_share", "case_days")
"""Those of a ledger by itself; the second where there are clerks."""


@dataclass(frozen=True)
class Precision:
    """How far the rule came: relative half-widths ÷ the mean, and whether all are within `wanted`."""

    wanted: float
    most: int
    reached: bool
    relative: dict[str, float]  # NaN: the figure has no mean (censored, not identified)

    @property
    def without(self) -> tuple[str, ...]:
        """The figures that have no mean."""
        return tuple(name for name, one in self.relative.items() if math.isnan(one))

    @property
    def open(self) -> dict[str, float]:
        """The figures that have a mean which is not precise enough, the widest first, and their relative half-width."""
        limit = enough(self.wanted)
        found = {name: one for name, one in self.relative.items() if one > limit}
        return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def enough(wanted: float) -> float:
    """The relative half-width at which a mean's actual relative error is `wanted` at most."""
    return wanted / (1 + wanted)


def precise_figures(scenario: Scenario) -> tuple[str, ...]:
    """The figures whose means are to be precise."""
    names = OF_THE_LEDGER if scenario.study.mode == "ledger" else PRECISE
    return tuple(name for name in names if can_have(scenario, name))


def replicate_until(
    scenario: Scenario,
    wanted: float,
    *,
    most: int = MOST,
    figures: Sequence[str] | None = None,
    seed: int | None = None,
    jobs: Jobs = None,
    progress: Progress | None = None,
    frame: Frame | None = None,
    model: type[Campaign] = Campaign,
    extras: bool = False,
    courses: bool = False,
    standing: Standing | None = None,
    journal: Journal | None = None,
) -> tuple[Study, Precision]:
    """Replications until every figure's mean is within the relative error `wanted` (0 < wanted < 1), at most `most`.

    The figures are `precise_figures` unless others are named. The replications are those that `replicate` gives, as
    many as it takes; `extras`, `courses`, `standing` and `journal` as there. Raises `ValueError` for a `wanted` or
    `most` that cannot be, `Refused` and `Interrupted` as `replicate` does.
    """
    if not 0 < wanted < 1 or most < FIRST:
        raise ValueError(
            f"precision {wanted!r} with at most {most!r}: 0 < precision < 1, at least {FIRST} replications"
        )
    frames = build_frames([scenario]) if frame is None else [frame]
    figures = precise_figures(scenario) if figures is None else figures
    study: Study | None = None
    looked_at = FIRST
    while True:
        done = 0 if study is None else len(study.figures)
        try:
            more = replicate_all(
                [scenario], min(most, max(looked_at, done + 1)), first=done, seed=seed, jobs=jobs, progress=progress,
                frames=frames, model=model, extras=extras and study is None, courses=courses,
                standing=standing, journal=journal,
            )[0]  # fmt: skip
        except Interrupted as interrupted:
            raise Interrupted([_longer(study, interrupted.studies[0])], most) from None
        study = _longer(study, more)
        if (n := _settled(study, wanted, figures)) is not None:
            study = replace(study, figures=study.figures[:n], courses=study.courses[:n])
        if n is not None or len(study.figures) >= most:
            found = relative(study, figures)
            return study, Precision(wanted, most, all(one <= enough(wanted) for one in found.values()), found)
        looked_at = _projected(study, wanted, figures)


def _longer(study: Study | None, more: Study) -> Study:
    """The study with the replications that come next."""
    if study is None:
        return more
    return replace(study, figures=joined(study.figures, more.figures), courses=(*study.courses, *more.courses))


def relative(study: Study, figures: Sequence[str]) -> dict[str, float]:
    """Half-width ÷ |mean| of each figure; 0 where both are 0, infinite where only the mean is, NaN where undefined."""
    level = study.scenario.study.confidence
    return {name: float(relative_half_widths(values(study, name), level)[-1]) for name in figures}


def _settled(study: Study, wanted: float, figures: Sequence[str]) -> int | None:
    """The smallest number of replications from `FIRST` on at which each figure is precise, or not waited for."""
    level, settled = study.scenario.study.confidence, np.ones(len(study.figures), dtype=bool)
    for name in figures:
        sample = np.array(values(study, name))
        cut_off = np.logical_or.accumulate(np.isinf(sample))
        nowhere = np.logical_and.accumulate(np.isnan(sample))
        settled &= (relative_half_widths(sample, level) <= enough(wanted)) | cut_off | nowhere
    settled[: FIRST - 1] = False
    return int(settled.argmax()) + 1 if settled.any() else None


def _projected(study: Study, wanted: float, figures: Sequence[str]) -> int:
    """About how many replications it takes: half-widths fall with the root of their number."""
    n = len(study.figures)
    widest = max((one for one in relative(study, figures).values() if not math.isnan(one)), default=math.inf)
    if not math.isfinite(widest):
        return 2 * n
    return min(max(math.ceil(n * (widest / enough(wanted)) ** 2), n + 1), 2 * n)
