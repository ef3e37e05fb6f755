"""Replicate until the means are precise enough: Law's sequential procedure, with a cap and an honest word.

A figure is precise enough when the half-width of its t interval is at most γ/(1 + γ) of its mean (Law, Simulation
Modeling and Analysis, 5th ed., §9.4.1: the adjustment makes the *actual* relative error at most γ). The rule is
looked at after every replication from `FIRST` on, in their order, so the answer depends neither on the size of the
batches nor on the number of processes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.campaign.standing import Standing
from callbacksim.frame.frame import Frame
from callbacksim.scenario.schema import Scenario
from callbacksim.study.estimates import mean
from callbacksim.study.experiment import Interrupted, Progress, Study, build_frames, replicate_all
from callbacksim.study.figures import joined
from callbacksim.study.journal import Journal
from callbacksim.study.summary import values
from callbacksim.study.workers import Jobs

FIRST = 10
"""Fewer replications say too little about their own spread."""
MOST = 1000
"""The cap, unless another is asked for."""
PRECISE = ("finish", "cost", "interviews", "satisfied")
"""The figures whose means are to be precise, unless others are asked for."""


@dataclass(frozen=True)
class Precision:
    """How far the rule came: relative half-widths ÷ the mean, and whether all are within `wanted`."""

    wanted: float
    most: int
    reached: bool
    relative: dict[str, float]  # NaN: the figure has no mean (censored, not identified)

    @property
    def widest(self) -> tuple[str, float]:
        """The figure that is furthest from precise, and its relative half-width."""
        return max(self.relative.items(), key=lambda pair: math.inf if math.isnan(pair[1]) else pair[1])


def replicate_until(
    scenario: Scenario,
    wanted: float,
    *,
    most: int = MOST,
    figures: Sequence[str] = PRECISE,
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

    The replications are those that `replicate` gives, as many as it takes; `extras`, `courses`, `standing`
    and `journal` as there. Raises `ValueError` for a `wanted` or `most` that cannot be, `Refused` and `Interrupted` as
    `replicate` does.
    """
    if not 0 < wanted < 1 or most < FIRST:
        raise ValueError(
            f"precision {wanted!r} with at most {most!r}: 0 < precision < 1, at least {FIRST} replications"
        )
    frames = build_frames([scenario]) if frame is None else [frame]
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
        enough = _enough(study, wanted, figures)
        if enough is not None:
            study = replace(study, figures=study.figures[:enough], courses=study.courses[:enough])
        if enough is not None or len(study.figures) >= most:
            return study, Precision(wanted, most, enough is not None, relative(study, figures))
        looked_at = _projected(study, wanted, figures)


def _longer(study: Study | None, more: Study) -> Study:
    """The study with the replications that come next."""
    if study is None:
        return more
    return replace(study, figures=joined(study.figures, more.figures), courses=(*study.courses, *more.courses))


def relative(study: Study, figures: Sequence[str], n: int | None = None) -> dict[str, float]:
    """Half-width ÷ |mean| of each figure over the first n replications; 0 where both are 0, NaN where undefined."""
    found = {}
    for name in figures:
        estimate = mean(values(study, name)[:n], study.scenario.study.confidence)
        half = estimate.half_width
        if estimate.mean is None or half is None:
            found[name] = math.nan
        else:
            found[name] = half / abs(estimate.mean) if estimate.mean else (0.0 if half == 0 else math.inf)
    return found


def _enough(study: Study, wanted: float, figures: Sequence[str]) -> int | None:
    """The smallest number of replications from `FIRST` on at which the rule is met; None if it is not."""
    limit = wanted / (1 + wanted)
    counts = range(FIRST, len(study.figures) + 1)
    return next((n for n in counts if all(one <= limit for one in relative(study, figures, n).values())), None)


def _projected(study: Study, wanted: float, figures: Sequence[str]) -> int:
    """About how many replications it takes: half-widths fall with the root of their number."""
    n, limit = len(study.figures), wanted / (1 + wanted)
    widest = max(relative(study, figures).values(), key=lambda one: math.inf if math.isnan(one) else one)
    if not math.isfinite(widest):
        return 2 * n
    return min(max(math.ceil(n * (widest / limit) ** 2), n + 1), 2 * n)
