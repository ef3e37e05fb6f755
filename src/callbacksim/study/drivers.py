"""Which guess to go and measure first: the inputs of a scenario ranked by what they do to its figures.

Two passes, on the inputs of `unknowns`:

1. *One at a time*: every input at the lowest and the highest end of its range, all others at the file's values, as
   paired differences from the file's values under the same draws.
2. *Total effect*: the total-order index of Sobol', E[Var(Y | all other inputs and chance)] ÷ Var Y, by Jansen's
   estimator on a radial design (Saltelli et al. 2010): row r is a set A of inputs (that of `--uncertain`'s replication
   r) under the chance of replication r; for each input one more run with that input alone drawn anew; and one run of
   set A under other chance. Given its draws the simulator is a function, so chance is an input like the others, and
   no noise has to be told from effects.

Inputs that do next to nothing in the first pass and in the first rows of the second are left out of the rest (a
change at the file's values alone would not do: an input may matter only where another has moved).

Sources: Jansen, Computer Physics Communications 117 (1999); Saltelli, Annoni, Azzini, Campolongo, Ratto & Tarantola,
Computer Physics Communications 181 (2010).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.frame.frame import Frame
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.uncertain import Kept, Unknown, clash, unknowns, with_values
from callbacksim.study.cards import drivers_card
from callbacksim.study.estimates import Estimate, paired_difference, within
from callbacksim.study.experiment import Halfway, Progress, build_frames, each
from callbacksim.study.figures import Figures
from callbacksim.study.journal import Journal
from callbacksim.study.measuring.measures import can_have
from callbacksim.study.setting import Setting, setting
from callbacksim.study.summary import WORDS
from callbacksim.study.uncertain import AGAIN, TIMED, drawn, horizon_hours, placed_at
from callbacksim.study.variances import total_effects
from callbacksim.study.workers import Jobs

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
RUNS = 1500
"""The runs that are spent unless another number is asked for."""
FIGURES = ("finish", "cost", "error", "missed")
OF_THE_LEDGER = ("ledger_finish", "clerk_cost", "overdue", "look_back_satisfied_share")
"""The figures that inputs are ranked for."""
PAIRS = 10
"""At most so many replications of the first pass: paired, so few of them say much."""
FIRST_ROWS = 6
"""Rows of the second pass with all inputs, before those that do nothing are left out."""
FEWEST_ROWS = 10
"""Fewer rows say nothing of how sure an index is."""
NOTHING = 0.1
"""An input none of whose effects reaches this part of a figure's standard deviation does next to nothing to it."""


@dataclass(frozen=True)
class Effect:
    """What an input does to a figure.

    `lowest` and `highest` are differences from the file's values with the input at the ends of its range, in the
    figure's unit; `total` is its total effect, a share of the variance (None: left out, it does next to nothing).
    """

    input: Unknown
    lowest: Estimate
    highest: Estimate
    total: Estimate | None

    @property
    def swing(self) -> float:
        """The larger of the two differences, without its sign."""
        return max(abs(one.mean or 0.0) for one in (self.lowest, self.highest))


@dataclass(frozen=True)
class Ranking:
    """The inputs for one figure, those with the largest total effect first; `late` runs the horizon cut off."""

    figure: str
    unit: str
    sd: float
    chance: Estimate
    effects: tuple[Effect, ...]
    late: int

    @property
    def first(self) -> Effect | None:
        """The input with the largest total effect, if any has one."""
        return next((one for one in self.effects if one.total is not None and one.total.mean), None)


@dataclass(frozen=True, repr=False)
class Drivers:
    """The inputs ranked for each figure, and how that was found."""

    scenario: Scenario
    seed: int
    inputs: tuple[Unknown, ...]
    kept: tuple[Kept, ...]  # guesses that were not varied
    left_out: tuple[str, ...]  # varied, and found to do next to nothing
    rankings: tuple[Ranking, ...]
    pairs: int  # replications of the first pass
    rows: int  # of the second
    lost: int  # rows that could not give the exact counts
    runs: int
    wanted: int | None = None  # runs that it was to have, where it was interrupted
    adapted: int = 0  # rows in whose set something gave way, since it cannot hold together (`with_values`)

    def ranking(self, figure: str) -> Ranking:
        """The inputs ranked for a figure. KeyError if there is no such ranking."""
        return {one.figure: one for one in self.rankings}[figure]

    @property
    def first(self) -> Unknown | None:
        """The input to measure first: the largest total effect on average over the figures."""
        sums: dict[str, float] = {}
        for one in (effect for ranking in self.rankings for effect in ranking.effects if effect.total is not None):
            sums[one.input.path] = sums.get(one.input.path, 0.0) + (one.total.mean or 0.0 if one.total else 0.0)
        best = max(sums, key=lambda path: sums[path], default=None)
        return next((one for one in self.inputs if one.path == best and sums[one.path] > 0), None)

    def dataframe(self) -> pd.DataFrame:
        """One row a figure and input: the differences at both ends, the total effect, each with its interval."""
        import pandas as pd

        return pd.DataFrame([row for ranking in self.rankings for row in _rows(ranking)])

    def __repr__(self) -> str:
        return f"<Drivers: {len(self.inputs)} inputs, {self.runs:,} runs, seed {self.seed}>"

    def _repr_html_(self) -> str:
        return drivers_card(self)


def _rows(ranking: Ranking) -> list[dict[str, object]]:
    def ends(name: str, one: Estimate | None) -> dict[str, object]:
        mean, low, high = (None, None, None) if one is None else (one.mean, one.low, one.high)
        return {name: mean, f"{name}_low": low, f"{name}_high": high}

    none = Estimate(None, None, None, 0, "difference", ranking.chance.confidence)
    of_chance = {"figure": ranking.figure, "input": "chance", "from": None, "to": None}
    return [
        *(
            {
                "figure": ranking.figure,
                "input": one.input.path,
                "from": one.input.low,
                "to": one.input.high,
                **ends("lowest", one.lowest),
                **ends("highest", one.highest),
                **ends("total", one.total),
                "unit": ranking.unit,
            }
            for one in ranking.effects
        ),
        {
            **of_chance,
            **ends("lowest", none),
            **ends("highest", none),
            **ends("total", ranking.chance),
            "unit": ranking.unit,
        },
    ]


class _Runs:
    """Runs of a scenario under sets of inputs, as rows of the ranked figures; counts them for the progress."""

    def __init__(
        self, scenario: Scenario, frame: Frame, seed: int, model: type[Campaign], jobs: Jobs, budget: int,
        progress: Progress | None, journal: Journal | None,
    ) -> None:  # fmt: skip
        self.base: Setting = setting(scenario, frame)
        self.figures = figures_of(scenario)
        self.seed, self.model, self.jobs, self.budget, self.progress = seed, model, jobs, budget, progress
        self.journal = journal
        self.done = 0
        self.end = horizon_hours(scenario)
        self.late = dict.fromkeys(self.figures, 0)

    def of(self, asked: Sequence[tuple[Mapping[str, float], int]]) -> Floats:
        """The figures (columns) of each (set of values, replication): NaN where one cannot be had.

        Raises `_Cut` on Ctrl-C, with those that were finished.
        """

        def told(done: int, _: int) -> None:
            if self.progress is not None:
                self.progress(self.done + done, max(self.budget, self.done + len(asked)))

        scenario = self.base.scenario
        runs = [(placed_at(self.base, with_values(scenario, values)), r) for values, r in asked]
        try:
            found = each(runs, self.seed, jobs=self.jobs, progress=told, model=self.model, journal=self.journal)
        except Halfway as halfway:
            self.done += len(halfway.found)
            raise _Cut(self._rows(halfway.found)) from None
        self.done += len(asked)
        return self._rows(found)

    def _rows(self, found: Sequence[Figures | None]) -> Floats:
        rows = [[self._value(one, name) for name in self.figures] for one in found]
        return np.array(rows, dtype=np.float64).reshape(len(found), len(self.figures))

    def _value(self, figures: Figures | None, name: str) -> float:
        if figures is None:
            return math.nan
        value = (figures.survey if name in figures.survey else figures.measures)[name]
        if math.isinf(value):
            self.late[name] += 1
        return min(value, self.end) if name in TIMED else value


class _Cut(KeyboardInterrupt):
    """Ctrl-C in the midst of runs; `rows` are those that were finished without a gap."""

    def __init__(self, rows: Floats) -> None:
        super().__init__()
        self.rows = rows


class RankingInterrupted(KeyboardInterrupt):
    """Ctrl-C in the midst of `drivers`, `done` of `wanted` runs; `answer` ranks by them where there are enough."""

    def __init__(self, answer: Drivers | None, done: int, wanted: int) -> None:
        super().__init__()
        self.answer, self.done, self.wanted = answer, done, wanted


def figures_of(scenario: Scenario) -> tuple[str, ...]:
    """The figures that inputs of this scenario are ranked for."""
    wanted = OF_THE_LEDGER if scenario.study.mode == "ledger" else FIGURES
    return tuple(name for name in wanted if can_have(scenario, name))


def fewest_runs(inputs: int) -> int:
    """The runs that so many inputs take at least."""
    return 2 * (2 * inputs + 1) + FEWEST_ROWS * (inputs + 2)


def drivers(
    scenario: Scenario,
    runs: int = RUNS,
    *,
    seed: int | None = None,
    jobs: Jobs = None,
    progress: Progress | None = None,
    frame: Frame | None = None,
    model: type[Campaign] = Campaign,
    journal: Journal | None = None,
) -> Drivers:
    """The uncertain inputs of a scenario ranked by what they do to its figures, with about `runs` runs in all.

    Raises `Refused` if nothing is uncertain, for fewer runs than the inputs take (`fewest_runs`), and as `replicate`
    does; sets that cannot give the scenario's exact counts are left out and counted. What the `journal` holds is not
    done again. Raises `RankingInterrupted` on Ctrl-C.
    """
    seed = scenario.study.seed if seed is None else seed
    inputs, kept = unknowns(scenario)
    if not inputs:
        raise Refused(Problem("scenario", 1, "uncertain", "no input is uncertain", "give one a range in [uncertain]"))
    if runs < fewest_runs(len(inputs)):
        wrong = f"{runs} runs are too few for {len(inputs)} inputs"
        raise Refused(Problem("--runs", 1, "--runs", wrong, f"write at least {fewest_runs(len(inputs))}"))
    (frame,) = build_frames([scenario]) if frame is None else [frame]
    model_runs = _Runs(scenario, frame, seed, model, jobs, runs, progress, journal)
    try:
        return _searched(model_runs, inputs, kept)
    except _Cut:
        raise RankingInterrupted(None, model_runs.done, runs) from None


def _searched(runs: _Runs, inputs: tuple[Unknown, ...], kept: tuple[Kept, ...]) -> Drivers:
    """Both passes."""
    pairs = max(2, min(PAIRS, runs.budget // (4 * (2 * len(inputs) + 1))))
    ends = _one_at_a_time(runs, inputs, pairs)
    first = _radial(runs, inputs, inputs, range(FIRST_ROWS))
    matters = _mattering(ends, first)
    left = [one for one, does in zip(inputs, matters, strict=True) if does]
    rows = FIRST_ROWS + max(FEWEST_ROWS - FIRST_ROWS, (runs.budget - runs.done) // (len(left) + 2))
    cut = False
    try:
        rest = _radial(runs, inputs, left, range(FIRST_ROWS, rows))
    except _Cut as stopped:
        cut, whole_rows = True, len(stopped.rows) // (2 + len(left))
        rest = stopped.rows[: whole_rows * (2 + len(left))].reshape(whole_rows, 2 + len(left), len(runs.figures))
    design = np.concatenate([first[:, [0, 1, *(2 + at for at, does in enumerate(matters) if does)]], rest])
    whole = ~np.isnan(design[:, :, 0]).any(axis=1)
    wanted = max(runs.budget, runs.done)
    found = Drivers(
        scenario=runs.base.scenario,
        seed=runs.seed,
        inputs=inputs,
        kept=kept,
        left_out=tuple(one.path for one, does in zip(inputs, matters, strict=True) if not does),
        rankings=tuple(
            ranking
            for at, name in enumerate(runs.figures)
            if (ranking := _ranked(name, inputs, left, ends[..., at], design[..., at], runs)) is not None
        ),
        pairs=pairs,
        rows=int(whole.sum()),
        lost=int((~whole).sum()),
        runs=runs.done,
        wanted=wanted if cut else None,
        adapted=sum(clash(runs.base.scenario, drawn(inputs, runs.seed, int(r))) for r in np.flatnonzero(whole)),
    )
    if cut:
        raise RankingInterrupted(found if found.rankings else None, runs.done, wanted)
    return found


def _one_at_a_time(runs: _Runs, inputs: Sequence[Unknown], pairs: int) -> Floats:
    """Figures at the file's values and at both ends of every input: shape (1 + 2 × inputs, pairs, figures)."""
    points: list[Mapping[str, float]] = [{}, *({one.path: end} for one in inputs for end in (one.low, one.high))]
    found = runs.of([(values, r) for values in points for r in range(pairs)])
    return found.reshape(len(points), pairs, -1)


def _radial(runs: _Runs, inputs: Sequence[Unknown], moved: Sequence[Unknown], rows: range) -> Floats:
    """Rows of the design: set A, set A under other chance, set A with each moved input drawn anew.

    Shape (rows, 2 + moved, figures).
    """
    asked: list[tuple[Mapping[str, float], int]] = []
    for r in rows:
        a = drawn(inputs, runs.seed, r)
        again = Draws(runs.seed, r)
        asked += [(a, r), (a, r + AGAIN)]
        asked += [({**a, one.path: one.at(float(again.uniforms(f"drivers/{one.path}", 1)[0]))}, r) for one in moved]
    return runs.of(asked).reshape(len(rows), 2 + len(moved), -1)


def _mattering(ends: Floats, first: Floats) -> list[bool]:
    """Which inputs do something to some figure, at the file's values or elsewhere."""
    every = first.reshape(-1, first.shape[-1])
    spread = np.array([_spread(column) for column in every.T])
    apart = np.abs(ends[1:] - ends[:1]).reshape(-1, 2 * ends.shape[1], ends.shape[2])
    elsewhere = np.abs(first[:, 2:] - first[:, :1]).transpose(1, 0, 2)
    effects = np.nan_to_num(np.concatenate([apart, elsewhere], axis=1))
    return [bool(one) for one in (effects > NOTHING * spread).any(axis=(1, 2))]


def _share(index: Estimate) -> Estimate:
    return within(replace(index, mean=min(index.mean or 0.0, 1.0)), 0.0, 1.0)


def _spread(values: Floats) -> float:
    """The standard deviation of what is defined; exactly 0 where nothing varies."""
    known = values[~np.isnan(values)]
    return float(known.std(ddof=1)) if len(known) > 1 and np.ptp(known) else 0.0


def _ranked(
    name: str, inputs: Sequence[Unknown], left: Sequence[Unknown], ends: Floats, design: Floats, runs: _Runs
) -> Ranking | None:
    """The inputs ranked for one figure; None where it is not defined, or never varies."""
    confidence = runs.base.scenario.study.confidence
    usable = design[~np.isnan(design).any(axis=1)]
    spread = _spread(usable.reshape(-1))
    if len(usable) < FEWEST_ROWS or not spread:
        return None
    # An index lies between 0 and 1; of a sample it may not.
    totals = [_share(one) for one in total_effects(usable[:, 0], usable[:, 1:], confidence, runs.seed)]
    of_input = dict(zip((one.path for one in left), totals[1:], strict=True))
    effects = [
        Effect(
            one,
            paired_difference(ends[1 + 2 * at], ends[0], confidence),
            paired_difference(ends[2 + 2 * at], ends[0], confidence),
            of_input.get(one.path),
        )
        for at, one in enumerate(inputs)
    ]
    effects.sort(key=lambda one: (-1.0 if one.total is None else one.total.mean or 0.0, one.swing), reverse=True)
    return Ranking(name, WORDS[name].unit, spread, totals[0], tuple(effects), runs.late[name])
