"""A grid of plans on the same people: every combination of some fields' values, as one tidy table."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

from callbacksim.frame.frame import Frame
from callbacksim.scenario.canonical import inline
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.wording import show
from callbacksim.study.cards import sweep_card
from callbacksim.study.estimates import Estimate, proportion, quantile
from callbacksim.study.experiment import Progress, Study, replicate_all
from callbacksim.study.journal import Journal
from callbacksim.study.measuring.measures import can_have
from callbacksim.study.summary import summarise, summarise_survey, values
from callbacksim.study.targets import targets
from callbacksim.study.workers import Jobs

if TYPE_CHECKING:
    import pandas as pd

MOST_PLANS = 500
COMMON = {
    "study.seed": "they meet the same people equally often",
    "study.replications": "they meet the same people equally often",
    "study.confidence": "their intervals are of one level",
}
"""What all plans of a grid have in common; varied, it would be accepted and have no effect on any of their figures."""
_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_HALF_RANGE = re.compile(r"[\d.+\-e]*:[\d.+\-e:]*")
_RANGE = re.compile(rf"({_NUMBER}):({_NUMBER}):({_NUMBER})")


@dataclass(frozen=True)
class Axis:
    """A field and the values that it takes, as texts that an override understands."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Point:
    """One plan of the grid: the value of each axis, and its study."""

    values: tuple[str, ...]
    study: Study

    @property
    def ledger_alone(self) -> bool:
        """Whether it is a ledger by itself: its end is the ledger's, and nobody is called or called back."""
        return self.study.scenario.study.mode == "ledger"

    @property
    def ends(self) -> list[float]:
        """Hours until each run was done; infinite where the horizon cut it off."""
        return values(self.study, "ledger_finish" if self.ledger_alone else "finish")

    @property
    def half_done(self) -> Estimate:
        """Hours until half of the runs are done."""
        return quantile(self.ends, 0.5, self.study.scenario.study.confidence)

    @property
    def kept(self) -> Estimate | None:
        """Share of the runs that keep every target; None without targets, or where a run does not tell."""
        asked = targets(self.study.scenario)
        events = [[target.kept(one) for target in asked] for one in self.study.figures]
        if not asked or any(event is None for run in events for event in run):
            return None
        return proportion(sum(all(run) for run in events), len(events), self.study.scenario.study.confidence)


@dataclass(frozen=True, repr=False)
class Sweep:
    """All plans of a grid, in its order: the last axis changes fastest."""

    axes: tuple[Axis, ...]
    points: tuple[Point, ...]

    def _repr_html_(self) -> str:
        return sweep_card(self)

    def __repr__(self) -> str:
        fields = ", ".join(axis.field for axis in self.axes)
        return (
            f"<Sweep of {fields}: {len(self.points)} plans, {len(self.points[0].study.figures)} replications of each>"
        )

    def dataframe(self) -> pd.DataFrame:
        """One row a plan and figure: the axes' values, figure, mean, low, high, unit."""
        import pandas as pd

        rows = [
            {
                **dict(zip((axis.field for axis in self.axes), point.values, strict=True)),
                "figure": name,
                "mean": entry.estimate.mean,
                "low": entry.estimate.low,
                "high": entry.estimate.high,
                "unit": entry.unit,
            }
            for point in self.points
            for name, entry in {**summarise(point.study), **summarise_survey(point.study)}.items()
            if can_have(point.study.scenario, name)
        ]
        return pd.DataFrame(rows)


def axis_of(text: str, place: int) -> Axis:
    """``robot.lines=20:80:10`` (both ends included) or ``agents.count=1,2,3``, the `place`-th. Raises Refused."""
    field, equals, values = (part.strip() for part in text.partition("="))
    if not field or not equals or not values:
        wrong = f"{show(text)} is not FIELD=VALUES"
        raise Refused(Problem("--vary", place, "--vary", wrong, "write for example robot.lines=20:80:10"))
    if fitted := _RANGE.fullmatch(values):
        return Axis(field, _steps(*map(Decimal, fitted.groups()), text=text, place=place))
    if _HALF_RANGE.fullmatch(values):
        wrong = f"{show(text)} is no list and no range"
        raise Refused(Problem("--vary", place, "--vary", wrong, "write FIRST:LAST:STEP, for example 20:80:10"))
    return Axis(field, tuple(dict.fromkeys(_listed(values))))


def _steps(first: Decimal, last: Decimal, step: Decimal, *, text: str, place: int) -> tuple[str, ...]:
    if step == 0 or (last - first) / step < 0 or (last - first) / step >= MOST_PLANS:
        wrong = f"{show(text)} has no values, or more than {MOST_PLANS}"
        raise Refused(Problem("--vary", place, "--vary", wrong, "write FIRST:LAST:STEP, for example 20:80:10"))
    return tuple(str(first + step * at) for at in range(int((last - first) / step) + 1))


def _listed(values: str) -> list[str]:
    """The values between commas: TOML values, or failing that plain texts."""
    try:
        return [inline(value).as_string() for value in tomllib.loads(f"values = [{values}]")["values"]]
    except ValueError:
        return [part.strip() for part in values.split(",")]


def grid_of(load: Callable[[Sequence[str]], Scenario], axes: Sequence[Axis]) -> list[Scenario]:
    """Every plan of the grid, the last axis changing fastest; `load` gives the scenario under some overrides.

    Raises `Refused` for a field that is varied twice, more than `MOST_PLANS` plans, and what `load` refuses.
    """
    fields = [axis.field for axis in axes]
    plans = _combinations(axes)
    common = next((field for field in fields if field in COMMON), None)
    if common is not None:
        wrong = f"{common} is the same for all plans of a grid: {COMMON[common]}"
        raise Refused(Problem("--vary", fields.index(common) + 1, common, wrong, f"set it once: --set {common}=…"))
    twice = sorted({field for field in fields if fields.count(field) > 1})
    if twice:
        raise Refused(Problem("--vary", 1, twice[0], "it is varied twice", "name each field once"))
    if len(plans) > MOST_PLANS:
        wrong = f"the grid has {len(plans):,} plans"
        raise Refused(Problem("--vary", 1, "--vary", wrong, f"at most {MOST_PLANS}: fewer values, or fewer fields"))
    return [load([f"{field}={value}" for field, value in zip(fields, plan, strict=True)]) for plan in plans]


def _combinations(axes: Sequence[Axis]) -> list[tuple[str, ...]]:
    return list(product(*(axis.values for axis in axes)))


def sweep(
    axes: Sequence[Axis],
    scenarios: Sequence[Scenario],
    n: int | None = None,
    *,
    seed: int | None = None,
    jobs: Jobs = None,
    progress: Progress | None = None,
    frames: Sequence[Frame] | None = None,
    journal: Journal | None = None,
) -> Sweep:
    """Simulate every plan of the grid (see `grid_of`) on the same people. Raises as `replicate_all` does."""
    studies = replicate_all(scenarios, n, seed=seed, jobs=jobs, progress=progress, frames=frames, journal=journal)
    return swept(axes, studies)


def swept(axes: Sequence[Axis], studies: Sequence[Study]) -> Sweep:
    """The grid of studies that have been run, in its order."""
    return Sweep(tuple(axes), tuple(Point(*point) for point in zip(_combinations(axes), studies, strict=True)))
