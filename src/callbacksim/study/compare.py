"""Plans against each other: the same people in each (common random numbers), so the differences are paired."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.frame.frame import Frame
from callbacksim.scenario.schema import Scenario
from callbacksim.study.cards import comparison_card
from callbacksim.study.estimates import Estimate, bonferroni, paired_difference, runs_needed, variance_saved
from callbacksim.study.experiment import Progress, Study, replicate_all
from callbacksim.study.journal import Journal
from callbacksim.study.measuring.measures import can_have
from callbacksim.study.selection import Selection, select_best
from callbacksim.study.summary import WORDS, summarise, summarise_survey, unit_of_difference, values
from callbacksim.study.workers import Jobs

if TYPE_CHECKING:
    import pandas as pd

COMPARED = (
    "finish",
    "dialling_finish",
    "throughput",
    "interviews",
    "attempts",
    "line_occupancy",
    "agent_hours",
    "agent_occupancy",
    "called_back_in_time",
    "wait_mean",
    "transferred_in_time",
    "abandoned_share",
    "recordings",
    "found_on_recordings",
    "people_employed",
    "escalations",
    "missed",
    "ledger_finish",
    "response_share",
    "resolved_share",
    "look_back_satisfied_share",
    "on_time_share",
    "overdue",
    "case_days",
    "reopened",
    "clerk_occupancy",
    "satisfied",
    "error",
    "claimed_margin",
    "robot_cost",
    "line_cost",
    "agent_cost",
    "overtime_cost",
    "listener_cost",
    "clerk_cost",
    "cost",
    "cost_per_interview",
)


TELLING = 5
"""Fewer replications say nothing of a variance that could be planned with."""


@dataclass(frozen=True)
class Difference:
    """A figure of one plan minus that of the first plan, paired replication by replication.

    `variance_saved`: what meeting the same people saved of the difference's variance (1: all, 0: none, NaN: not
    defined). `runs_to_settle`: about how many replications more would give the difference a direction, taking what was
    seen for true; None where it has one, or where that says nothing.
    """

    plan: str
    measure: str
    estimate: Estimate
    unit: str
    variance_saved: float = math.nan
    runs_to_settle: int | None = None


@dataclass(frozen=True, repr=False)
class Comparison:
    """Studies with common random numbers, by plan's name, and their differences from the first."""

    studies: dict[str, Study]
    differences: tuple[Difference, ...]

    @classmethod
    def of(cls, studies: Mapping[str, Study]) -> Comparison:
        """Studies that have been run, by name, the first against the others: for models of one's own.

        Raises `ValueError` for fewer than two, and where they are not pairs: another seed, other replications or other
        people on the register.
        """
        if len(studies) < 2:
            raise ValueError("a comparison needs at least two plans")
        if len({_pairing(study) for study in studies.values()}) > 1:
            raise ValueError("the studies differ in seed, replications or contacts, so they are not the same people")
        return cls(dict(studies), tuple(differences(studies, list(studies))))

    @property
    def base(self) -> str:
        """The plan the others are held against."""
        return next(iter(self.studies))

    @property
    def differences_confidence(self) -> float:
        """Level of the interval of each difference, so that those of a figure, one a plan, hold together."""
        return together(list(self.studies.values()))

    def dataframe(self) -> pd.DataFrame:
        """The differences as a tidy table: plan, figure, difference, low, high, unit."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "plan": d.plan,
                    "figure": d.measure,
                    "meaning": WORDS[d.measure].english,
                    "difference": d.estimate.mean,
                    "low": d.estimate.low,
                    "high": d.estimate.high,
                    "unit": d.unit,
                    "variance saved": d.variance_saved,
                    "runs to settle": d.runs_to_settle,
                }
                for d in self.differences
            ]
        )

    def figures(self) -> pd.DataFrame:
        """The plans as a tidy table: plan, figure, mean, low, high, unit."""
        import pandas as pd

        names = compared(list(self.studies.values()))
        entries = {plan: {**summarise(study), **summarise_survey(study)} for plan, study in self.studies.items()}
        return pd.DataFrame(
            [
                {
                    "plan": plan,
                    "figure": name,
                    "mean": of_plan[name].estimate.mean,
                    "low": of_plan[name].estimate.low,
                    "high": of_plan[name].estimate.high,
                    "unit": of_plan[name].unit,
                }
                for plan, of_plan in entries.items()
                for name in names
            ]
        )

    def table(self) -> pd.DataFrame:
        """The plans side by side: one row a figure, one column a plan (means)."""
        import pandas as pd

        columns = {name: {**summarise(study), **summarise_survey(study)} for name, study in self.studies.items()}
        names = compared(list(self.studies.values()))
        return pd.DataFrame(
            {plan: {name: entries[name].estimate.mean for name in names} for plan, entries in columns.items()}
        )

    def __repr__(self) -> str:
        runs = len(self.studies[self.base].figures)
        plans = ", ".join(map(repr, self.studies))
        return f"<Comparison of {plans}: {runs:,} replication{'s' * (runs != 1)} of each>"

    def _repr_html_(self) -> str:
        return comparison_card(self)


def compare(
    plans: dict[str, Scenario],
    n: int | None = None,
    *,
    seed: int | None = None,
    jobs: Jobs = None,
    progress: Progress | None = None,
    model: type[Campaign] = Campaign,
    frames: Sequence[Frame] | None = None,
    courses: bool = False,
    journal: Journal | None = None,
) -> Comparison:
    """Run the plans on the same people and take paired differences from the first one.

    `n` and `seed` are by default those of the first plan; with `courses` its study has them. Raises `ValueError` for
    fewer than two plans.
    """
    if len(plans) < 2:
        raise ValueError("a comparison needs at least two plans")
    found = replicate_all(
        list(plans.values()), n, seed=seed, jobs=jobs, progress=progress, model=model, frames=frames, courses=courses,
        journal=journal,
    )  # fmt: skip
    studies = dict(zip(plans, found, strict=True))
    return Comparison(studies, tuple(differences(studies, list(plans))))


def _pairing(study: Study) -> tuple[object, ...]:
    """What two studies must have in common to be subtracted replication by replication."""
    rows, numbers = study.frame.contacts.rows, study.frame.contacts.numbers
    return study.seed, tuple(one.replication for one in study.figures), rows, numbers


def together(studies: Sequence[Study]) -> float:
    """The first plan's level shared out among the plans held against it (Bonferroni)."""
    return bonferroni(studies[0].scenario.study.confidence, max(1, len(studies) - 1))


def compared(studies: Sequence[Study]) -> list[str]:
    """The figures that are compared: those that some plan can give."""
    return [name for name in COMPARED if any(can_have(study.scenario, name) for study in studies)]


def differences(studies: Mapping[str, Study], names: Sequence[str]) -> list[Difference]:
    """Every compared figure of the later plans minus that of the first; for each figure the intervals hold together."""
    base = studies[names[0]]
    confidence = together([studies[name] for name in names])
    found, measures = [], compared([studies[name] for name in names])
    for name in names[1:]:
        for measure in measures:
            ours, theirs = values(studies[name], measure), values(base, measure)
            estimate = paired_difference(ours, theirs, confidence)
            found.append(
                Difference(
                    name,
                    measure,
                    estimate,
                    unit_of_difference(measure),
                    variance_saved(ours, theirs) if len(ours) >= TELLING else math.nan,
                    _more_runs(ours, theirs, estimate, confidence),
                )
            )
    return found


def _more_runs(ours: Sequence[float], theirs: Sequence[float], difference: Estimate, confidence: float) -> int | None:
    if difference.n < TELLING or difference.mean is None or difference.low is None or difference.excludes(0):
        return None
    wanted = runs_needed([a - b for a, b in zip(ours, theirs, strict=True)], confidence)
    # Where only some of the runs have the figure, so will only some of those to come.
    each = 1 + difference.left_out / difference.n
    return None if wanted is None else max(math.ceil((wanted - difference.n) * each), 1)


MORE_IS_BETTER = (
    "throughput", "interviews", "called_back_in_time", "transferred_in_time", "found_on_recordings", "response_share",
    "resolved_share", "look_back_satisfied_share", "on_time_share",
)  # fmt: skip
"""Of the compared figures; of all others less is better."""


def best_of(
    comparison: Comparison,
    figure: str,
    delta: float,
    *,
    most: int = 1000,
    jobs: Jobs = None,
    progress: Progress | None = None,
    journal: Journal | None = None,
) -> Selection:
    """The best plan by one figure, with the guarantee of `select_best`; a difference below `delta` does not matter.

    The comparison's replications are the first stage; further ones are run for the plans that are close. Raises
    `ValueError` as `select_best` does.
    """
    studies = list(comparison.studies.values())
    first = len(studies[0].figures)

    def sample(plans: Sequence[int], begin: int, end: int) -> dict[int, list[float]]:
        if end <= first:
            return {plan: values(studies[plan], figure)[begin:end] for plan in plans}
        further = replicate_all(
            [studies[plan].scenario for plan in plans], end, first=begin, seed=studies[0].seed, jobs=jobs,
            progress=progress, frames=[studies[plan].frame for plan in plans], model=studies[0].model, journal=journal,
        )  # fmt: skip
        return {plan: values(study, figure) for plan, study in zip(plans, further, strict=True)}

    confidence = studies[0].scenario.study.confidence
    largest = figure in MORE_IS_BETTER
    return select_best(sample, len(studies), delta, confidence, largest=largest, first=first, most=max(most, first))
