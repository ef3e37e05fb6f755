"""Plans under trial: replications of each as they are asked for, and what they say of its targets.

A plan is looked at after 10 replications, after as many as can be sure if all keep the targets, and after twice and
four times as many (`looks`); some once more, after 16 times as many, where no plan would be sure otherwise (`further`).
At each look a target's exact one-sided bounds are held against what is wanted; the error probability is divided among
the looks, so that the word of a plan is wrong with probability 1 - confidence at most.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.frame.frame import Frame
from callbacksim.scenario.schema import Scenario
from callbacksim.study.estimates import one_sided
from callbacksim.study.experiment import Interrupted, Progress, Study, replicate_all
from callbacksim.study.figures import Figures
from callbacksim.study.journal import Journal
from callbacksim.study.measuring.measures import moment_of
from callbacksim.study.staffing.plans import Plan
from callbacksim.study.targets import Target, Verdict, targets
from callbacksim.study.workers import Jobs

FIRST_LOOK = 10
"""So many replications tell of a plan that is clearly too small."""
LOOKS = 5
"""Looks at a plan in the search, at most."""
FURTHER = 4
"""The last look is at so many times the replications of the one before it."""
Events = Sequence[bool | None]


@dataclass(frozen=True)
class Run:
    """What one replication says of a plan: its targets, its cost in ¥ (infinite where it did not end), its calls."""

    kept: tuple[bool | None, ...]
    cost: float
    calls_cost: float  # connected minutes and rent of the lines
    dialled: float  # when the last line was free, ms; infinite where calls were cut off
    need: float  # people at work whom the tightest deadline of call-backs demands
    finish: float = math.inf  # when all was done, ms; infinite where it was not


def run_of(figures: Figures, asked: Sequence[Target]) -> Run:
    """What is needed of a replication."""
    measures = figures.measures
    return Run(
        kept=tuple(target.kept(figures) for target in asked),
        cost=measures["cost"] if math.isfinite(measures["finish"]) else math.inf,
        calls_cost=measures["robot_cost"] + measures["line_cost"],
        dialled=moment_of(measures["dialling_finish"]),
        need=0.0 if math.isnan(measures["people_at_work"]) else measures["people_at_work"],
        finish=moment_of(measures["finish"]),
    )


class PlanRuns:
    """The replications of every plan that was asked for; replication r of each meets the same people."""

    def __init__(
        self,
        scenario: Scenario,
        frame: Frame,
        seed: int,
        jobs: Jobs,
        progress: Progress | None,
        model: type[Campaign] = Campaign,
        journal: Journal | None = None,
    ) -> None:
        self.scenario = scenario
        self.frame = frame
        self.seed = seed
        self.jobs = jobs
        self.progress = progress
        self.model = model
        self.journal = journal
        self.asked = targets(scenario)
        self.runs: dict[Plan, list[Run]] = {}
        self.replications = 0  # of all plans
        self.to_come = 0  # about so many more, for the progress

    def first(self, plan: Plan, n: int) -> Sequence[Run]:
        """The first n replications of a plan, or those that there are, if more."""
        have = self.runs.setdefault(plan, [])
        self._simulate(plan, len(have), n, have)
        return have

    def fresh(self, plan: Plan, first: int, last: int) -> list[Run]:
        """Replications `first` up to `last`, without it."""
        runs: list[Run] = []
        self._simulate(plan, first, last, runs)
        return runs

    def _simulate(self, plan: Plan, first: int, last: int, to: list[Run]) -> None:
        """Replications `first` up to `last`, or to an interrupt, added `to` a list."""
        if first >= last:
            return
        done = self.replications

        def told(now: int, batch: int) -> None:
            if self.progress is not None:
                self.progress(done + now, done + batch + self.to_come)

        def add(study: Study) -> None:
            self.replications += len(study.figures)
            to.extend(run_of(figures, self.asked) for figures in study.figures)

        try:
            (study,) = replicate_all(
                [plan.of(self.scenario)], last, first=first, seed=self.seed, jobs=self.jobs, progress=told,
                frames=[self.frame], model=self.model, journal=self.journal,
            )  # fmt: skip
        except Interrupted as interrupted:
            add(interrupted.studies[0])
            raise
        add(study)


def looks(wanted: float, confidence: float, most: int | None) -> tuple[int, ...]:
    """After how many replications a plan is looked at; at most `most`, if given."""
    enough = surely_in_looks(wanted, confidence)
    sizes = sorted({min(FIRST_LOOK, enough), enough, 2 * enough, 4 * enough})
    if most is None:
        return tuple(sizes)
    return (*(size for size in sizes if size < most), most)


def further(sizes: Sequence[int], most: int | None) -> int | None:
    """After how many replications a plan may be looked at once more; None where at most so many are wanted."""
    return FURTHER * sizes[-1] if most is None else None


def surely(wanted: float, confidence: float) -> int:
    """The fewest replications whose exact lower bound reaches `wanted` if every one keeps the target.

    That is the smallest n with wanted^n <= 1 - confidence.
    """
    return math.ceil(math.log(1 - confidence) / math.log(wanted) - 1e-9)


def surely_in_looks(wanted: float, confidence: float) -> int:
    """The fewest replications by which a search, with its `LOOKS` looks at a plan, can be sure of it."""
    return surely(wanted, 1 - (1 - confidence) / LOOKS)


def verdict(target: Target, events: Events, wanted: float, confidence: float) -> Verdict:
    """A target held against events; where a run does not tell, the lower bound counts it as lost, the upper as kept."""
    kept, unknown = sum(event is True for event in events), sum(event is None for event in events)
    low = one_sided(kept, len(events), confidence)
    high = one_sided(kept + unknown, len(events), confidence)
    point = None if unknown else low.mean
    return Verdict(target.name, target.limit, replace(low, mean=point, high=high.high), wanted)


def verdicts(
    asked: Sequence[Target], runs: Sequence[Run], scenario: Scenario, confidence: float
) -> tuple[Verdict, ...]:
    """Every target of a plan, judged by these replications."""
    wanted = scenario.targets.probability
    return tuple(verdict(target, [run.kept[i] for run in runs], wanted, confidence) for i, target in enumerate(asked))


def all_met(found: Sequence[Verdict]) -> bool | None:
    """True: all surely; False: some surely not; None: not to be told."""
    mets = [one.met for one in found]
    return False if False in mets else None if None in mets else True


def passes(n: int, wanted: float, confidence: float) -> int:
    """The fewest of n replications that must keep a target for its lower bound to reach `wanted`; n + 1 if none do."""
    from scipy.special import bdtrc

    # The exact lower bound of k of n reaches p if and only if P(B >= k) <= 1 - confidence for B ~ Binomial(n, p).
    low, high = 0, n + 1
    while low < high:
        k = (low + high) // 2
        if k > 0 and float(bdtrc(k - 1, n, wanted)) <= 1 - confidence:
            high = k
        else:
            low = k + 1
    return low


def runs_to_pass(p: float, wanted: float, confidence: float, power: float, most: int) -> int | None:
    """About how many replications show with probability `power` that a target kept with probability p is met.

    None where more than `most` would be needed.
    """
    from scipy.special import bdtrc

    n = surely(wanted, confidence)
    while n <= most:
        if float(bdtrc(passes(n, wanted, confidence) - 1, n, p)) >= power:
            return n
        n = max(n + 1, math.ceil(1.05 * n))
    return None


def runs_to_settle(found: Verdict, confidence: float, most: int = 1_000_000) -> int | None:
    """About how many replications in all would tell of a target, one way or the other, if what was seen is true."""
    p = found.probability.mean
    if p is None or found.met is not None or p == found.wanted:
        return None
    if p > found.wanted:
        return runs_to_pass(p, found.wanted, confidence, 0.5, most)
    return runs_to_pass(1 - p, 1 - found.wanted, confidence, 0.5, most)


def mean_cost(runs: Sequence[Run], n: int) -> float:
    """Mean cost of the first n replications; infinite if one of them did not end."""
    return math.fsum(run.cost for run in runs[:n]) / n
