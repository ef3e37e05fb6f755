"""Input uncertainty: replications under drawn inputs, and what of their spread is chance, what ignorance.

Replication r has a set of inputs of its own, drawn by addresses (`Draws`: seed, replication, ``uncertain/FIELD``), so
that no other draw moves, the number of processes does not matter, and plans meet the same set in the same replication.
Each set is simulated twice, under different chance: once under that of replication r, once under that of replication
r + `AGAIN`, which nothing else uses. The first runs alone are a sample of campaigns as they may turn out (a set and a
chance each); the pairs tell chance and ignorance apart (`variances.split`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.frame.frame import Frame
from callbacksim.scenario.calendar import HOUR, spliced, timetable
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.uncertain import Kept, Unknown, clash, unknowns, with_values
from callbacksim.study.continuing import Running
from callbacksim.study.estimates import Estimate, quantile
from callbacksim.study.experiment import Halfway, Progress, Study, build_frames, each
from callbacksim.study.figures import Figures
from callbacksim.study.journal import Journal
from callbacksim.study.measuring.measures import can_have
from callbacksim.study.setting import Setting, setting
from callbacksim.study.summary import WORDS, values
from callbacksim.study.variances import Split, split
from callbacksim.study.weighed import Weighed, weigh
from callbacksim.study.workers import Jobs

if TYPE_CHECKING:
    import pandas as pd

AGAIN = 1_000_000
"""Beyond the most replications that a study may have."""
MOST_REDRAWN = 20
"""So often a set is drawn anew that cannot give the scenario's exact counts."""
SHOWN = (
    "finish", "ledger_finish", "cost", "interviews", "called_back_in_time", "escalations", "people_at_work",
    "satisfied", "error", "missed", "resolved_share", "look_back_satisfied_share", "overdue",
)  # fmt: skip
"""The figures whose spread is told apart."""
RANGE = (0.05, 0.95)
"""Between these quantiles nine of ten campaigns lie."""
TIMED = ("finish", "ledger_finish")
"""Figures that the horizon may cut off."""


@dataclass(frozen=True)
class Spread:
    """One figure under drawn inputs: its spread by cause, and the quantiles `RANGE` of single campaigns.

    `late` of its `runs` were cut off by the horizon; they count as finished there, so their spread is larger than it
    says. Where all were, the parts are not identified.
    """

    figure: str
    unit: str
    parts: Split
    low: Estimate
    median: Estimate
    high: Estimate
    late: int
    runs: int


@dataclass(frozen=True, repr=False)
class Uncertain:
    """Replications under drawn inputs. `study.figures[r]` and `again[r]` are the two runs of `sets[r]`, as drawn.

    In `adapted` of the sets something that was drawn had to give way, since it cannot hold together (`with_values`).
    """

    study: Study
    again: tuple[Figures, ...]
    inputs: tuple[Unknown, ...]
    kept: tuple[Kept, ...]
    sets: tuple[Mapping[str, float], ...]
    redrawn: int = field(default=0)  # sets that could not give the exact counts, and were drawn anew
    adapted: int = field(default=0)
    doubts: tuple[str, ...] = ()  # what a log says against the ranges

    def spread(self, figure: str) -> Spread:
        """A figure's spread, by cause."""
        scenario = self.study.scenario
        first, second = (values(study, figure) for study in (self.study, replace(self.study, figures=self.again)))
        runs = len(first) + len(second)
        late = sum(map(math.isinf, [*first, *second]))
        if figure in TIMED and late < runs:  # of runs that all end at the horizon nothing can be told
            end = horizon_hours(scenario)
            first, second = ([min(one, end) for one in runs] for runs in (first, second))
        level = scenario.study.confidence
        whole = values(self.study, figure)
        low, median, high = (quantile(whole, p, level) for p in (RANGE[0], 0.5, RANGE[1]))
        return Spread(figure, WORDS[figure].unit, split(first, second, level), low, median, high, late, runs)

    def spreads(self) -> tuple[Spread, ...]:
        """Every figure that is told apart and that this scenario can have."""
        found = [self.spread(name) for name in SHOWN if can_have(self.study.scenario, name)]
        return tuple(one for one in found if one.parts.sets)

    def dataframe(self) -> pd.DataFrame:
        """One row a figure: standard deviations by cause with their intervals, and where nine of ten campaigns lie."""
        import pandas as pd

        rows = [
            {
                "figure": one.figure,
                "chance": one.parts.chance.mean,
                "chance_low": one.parts.chance.low,
                "chance_high": one.parts.chance.high,
                "ignorance": one.parts.ignorance.mean,
                "ignorance_low": one.parts.ignorance.low,
                "ignorance_high": one.parts.ignorance.high,
                "ignorance_share": one.parts.share,
                "p5": one.low.mean,
                "median": one.median.mean,
                "p95": one.high.mean,
                "unit": one.unit,
            }
            for one in self.spreads()
        ]
        return pd.DataFrame(rows).set_index("figure")

    def inputs_frame(self) -> pd.DataFrame:
        """The inputs as they were drawn: one row a replication, one column a field."""
        import pandas as pd

        return pd.DataFrame(self.sets, columns=[one.path for one in self.inputs], dtype=float).rename_axis(
            "replication"
        )

    def __repr__(self) -> str:
        runs, inputs = len(self.sets), len(self.inputs)
        return f"<Uncertain: {runs:,} set{'s' * (runs != 1)} of {inputs} inputs, two runs each, seed {self.study.seed}>"

    def _repr_html_(self) -> str:
        return self.dataframe().to_html(float_format="{:,.3f}".format)


def drawn(inputs: Sequence[Unknown], seed: int, replication: int, turn: int = 0) -> dict[str, float]:
    """The set of inputs of a replication, the `turn`-th that was drawn for it."""
    draws = Draws(seed, replication)
    return {one.path: one.at(float(draws.uniforms(f"uncertain/{one.path}", 1, turn)[0])) for one in inputs}


def horizon_hours(scenario: Scenario) -> float:
    """The horizon in hours since the first day's midnight."""
    return timetable(scenario).horizon / HOUR


def placed_at(where: Setting, scenario: Scenario) -> Setting:
    """The setting of a scenario that differs in inputs only, so that contacts and script are the same.

    Of a running campaign the past is as it was, and teaches what it does if the inputs are these.
    """
    times, standing = timetable(scenario), where.standing
    if standing is not None:
        times = spliced(standing.before or timetable(where.scenario), times, standing.at)
    return replace(where, scenario=scenario, times=times, learned=None)


def uncertain(
    scenario: Scenario,
    n: int | None = None,
    *,
    seed: int | None = None,
    jobs: Jobs = None,
    progress: Progress | None = None,
    frame: Frame | None = None,
    model: type[Campaign] = Campaign,
    journal: Journal | None = None,
    begun: Running | None = None,
) -> Uncertain:
    """`n` sets of inputs (the scenario's number of replications by default), each simulated twice.

    With `begun` they are runs of the rest of a running campaign, and inputs of which its log tells are drawn from where
    it leaves them (`callbacksim.study.weighed`). A set that cannot give the scenario's exact counts is drawn anew. What
    the `journal` holds is not done again. Raises `Refused` if nothing is uncertain, if `MOST_REDRAWN` sets in a row
    cannot give the exact counts, and as `replicate` does; `DrawingInterrupted` on Ctrl-C.
    """
    n = scenario.study.replications if n is None else n
    seed = scenario.study.seed if seed is None else seed
    inputs, kept = unknowns(scenario)
    if not inputs:
        raise Refused(Problem("scenario", 1, "uncertain", "no input is uncertain", "give one a range in [uncertain]"))
    (frame,) = build_frames([scenario]) if frame is None else [frame]
    standing = None if begun is None else begun.standing
    base = setting(scenario, frame, standing=standing)
    told = (
        Weighed() if begun is None else weigh(scenario, frame.contacts, base.times, begun.log, begun.standing, inputs)
    )
    untold, shown = [one for one in inputs if one.path not in told.paths], told.inputs(inputs)
    sets: dict[int, dict[str, float]] = {}
    runs: dict[int, tuple[Figures, Figures]] = {}
    redrawn = 0

    def drawn_so_far(whole: int) -> Uncertain:
        figures = tuple(runs[r][0] for r in range(whole))
        study = Study(scenario, frame, seed, figures, model=model, standing=standing)
        again, used = (tuple(runs[r][1] for r in range(whole)), tuple(sets[r] for r in range(whole)))
        adapted = sum(clash(scenario, one) for one in used)
        return Uncertain(study, again, shown, kept, used, redrawn, adapted, told.doubts)

    for turn in range(MOST_REDRAWN):
        open_ = [r for r in range(n) if r not in runs]
        if not open_:
            break
        redrawn += len(open_) if turn else 0
        sets |= {r: drawn(untold, seed, r, turn) | told.drawn(seed, r, turn) for r in open_}
        wheres = [placed_at(base, with_values(scenario, sets[r])) for r in open_]
        tasks = [(where, r + by) for where, r in zip(wheres, open_, strict=True) for by in (0, AGAIN)]
        found: Sequence[Figures | None]
        stopped = False
        try:
            found = each(tasks, seed, jobs=jobs, progress=progress, model=model, journal=journal)
        except Halfway as halfway:
            stopped, found = True, halfway.found
        for r, first, second in zip(open_, found[::2], found[1::2], strict=False):
            if first is not None and second is not None:
                runs[r] = first, second
        if stopped:
            whole = next(r for r in range(n + 1) if r not in runs)
            raise DrawingInterrupted(drawn_so_far(whole)) from None
    if len(runs) < n:
        wrong = f"{MOST_REDRAWN} sets of inputs in a row cannot give these counts"
        right = 'give rates (recognition.exact = "none"), or narrower ranges in [uncertain]'
        raise Refused(Problem("scenario", 1, "recognition.exact", wrong, right))
    return drawn_so_far(n)


class DrawingInterrupted(KeyboardInterrupt):
    """Ctrl-C in the midst of `uncertain`; `answer` has the sets that were finished without a gap, if any."""

    def __init__(self, answer: Uncertain) -> None:
        super().__init__()
        self.answer = answer
