"""The cheapest plan that keeps every target: a search over lines and people, and a confirmation on fresh replications.

The search is `search.py`, the confirmation `confirming.py`. If a plan is not confirmed, the next best has its turn.
Plans of which the search cannot tell are put to the test, too, where they would surely be cheaper (or where nothing
else is there) and are likely to pass it: the test is what answers for a plan, not the search.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.frame.frame import Frame, frame_of
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.study.cards import staffing_card
from callbacksim.study.estimates import Estimate, mean
from callbacksim.study.experiment import Progress
from callbacksim.study.journal import Journal
from callbacksim.study.staffing.bounds import grid_of
from callbacksim.study.staffing.confirming import Confirmations, Confirmed
from callbacksim.study.staffing.planruns import (
    PlanRuns,
    Run,
    all_met,
    further,
    looks,
    surely_in_looks,
    verdicts,
)
from callbacksim.study.staffing.plans import (
    Grid,
    Plan,
)
from callbacksim.study.staffing.search import Search, Tried, by_cost, cost_apart
from callbacksim.study.targets import Verdict, targets
from callbacksim.study.workers import Jobs, end_workers

if TYPE_CHECKING:
    import pandas as pd

MOST_CONFIRMATIONS = 6
"""Tests on fresh replications before the search gives up."""
Stage = Literal["search", "confirmation", "one less"]


@dataclass(frozen=True)
class Less:
    """One of something less than the plan, on the plan's own fresh replications.

    `lost[i]`: in how many of them the plan keeps target i and this does not; `saves`: the plan's cost minus this one's.
    """

    resource: str
    plan: Plan
    targets: tuple[Verdict, ...]
    lost: tuple[int, ...]
    saves: Estimate

    @property
    def met(self) -> bool | None:
        """Whether all targets are met without it, too."""
        return all_met(self.targets)

    @property
    def breaks(self) -> tuple[str, ...]:
        """The targets that are surely missed without it."""
        return tuple(one.name for one in self.targets if one.met is False)


@dataclass(frozen=True, repr=False)
class StaffingAnswer:
    """The cheapest plan that keeps every target, or none; `targets` and `cost` are of the fresh replications.

    Where there is no plan, `nearest` is the one that falls least short. An answer that was interrupted says at which
    stage. Before the confirmation had ended it has no plan, but perhaps a `candidate`: the cheapest so far that surely
    keeps every target in the search, or the one that was being confirmed.
    """

    scenario: Scenario
    seed: int
    grid: Grid
    plan: Plan | None
    cost: Estimate | None
    targets: tuple[Verdict, ...]
    confirmed_on: tuple[int, int] | None  # the first replication, and the one after the last
    confirmations: int  # tests, the last one passed where there is a plan
    less: tuple[Less, ...]
    tried: tuple[Tried, ...]  # every plan of the grid
    replications: int  # of all plans, confirmation and what-ifs among them
    rivals: tuple[tuple[Tried, Estimate], ...] = ()  # plans as good, their cost minus the plan's: no clear difference
    interrupted: Stage | None = None
    candidate: Tried | None = None
    near: Plan | None = None  # what a search that found no plan came to, step by step

    @property
    def confidence(self) -> float:
        """At which the plan meets its targets."""
        return self.scenario.study.confidence

    @property
    def evaluated(self) -> int:
        """Plans that were simulated in the search."""
        return sum(one.runs > 0 for one in self.tried)

    @property
    def tells(self) -> bool:
        """Whether anything is sure of any plan; of an interrupted search that may be nothing yet."""
        return self.plan is not None or any(one.met is not None for one in self.tried)

    @property
    def nearest(self) -> Tried | None:
        """Of the plans that were simulated, the one that falls least short; see `Tried.distance`."""
        seen = [one for one in self.tried if one.runs and self.near in (None, one.plan)]
        return min(seen, key=lambda one: one.distance, default=None)

    @property
    def binds(self) -> tuple[tuple[str, str], ...]:
        """(resource, target): what one less of it would break."""
        return tuple((one.resource, target) for one in self.less for target in one.breaks)

    @property
    def unclear(self) -> tuple[Tried, ...]:
        """Plans that would be cheaper, and of which these replications do not tell.

        An interrupted search has not asked yet; it names those alone that were not confirmed.
        """
        best = self.plan if self.candidate is None else self.candidate.plan
        price = next((one.cost for one in self.tried if one.plan == best), None)
        dearest = math.inf if price is None else price
        asked = self.interrupted != "search"
        found = [
            one
            for one in self.tried
            if one.runs and one.plan != best and one.cost is not None and one.cost < dearest
            and ((asked and one.met is None) or one.rejected)
        ]  # fmt: skip
        return tuple(sorted(found, key=by_cost))

    def applied(self) -> Scenario:
        """The scenario with the plan. Raises ValueError where there is none."""
        if self.plan is None:
            raise ValueError("no plan keeps every target")
        return self.plan.of(self.scenario)

    def dataframe(self) -> pd.DataFrame:
        """Every plan of the grid: people, runs, mean cost in ¥, how often each target was kept, what was found."""
        import pandas as pd

        names = [target.name for target in targets(self.scenario)]
        rows = []
        for one in self.tried:
            shares = {found.name: found.probability.mean for found in one.targets}
            rows.append(
                {
                    **one.plan.counts(),
                    "runs": one.runs,
                    "cost": one.cost,
                    **{f"{name}_kept": shares.get(name) for name in names},
                    "found": self.found(one),
                }
            )
        return pd.DataFrame(rows)

    def found(self, one: Tried) -> str:
        """What was found of a plan, in words."""
        if one.plan == self.plan:
            return "chosen"
        if not one.runs:
            return f"not simulated: {one.left_out}"
        if one.rejected:
            return "not confirmed"
        if one == self.candidate:
            return "best so far"
        return {True: "met", False: "missed", None: "unclear"}[one.met]

    def __repr__(self) -> str:
        said = "no plan" if self.plan is None else ", ".join(f"{n} {name}" for name, n in self.plan.counts().items())
        return f"<StaffingAnswer: {said}; {self.evaluated} of {len(self.grid)} plans simulated>"

    def _repr_html_(self) -> str:
        return staffing_card(self)


def staff(
    scenario: Scenario,
    *,
    lines: Sequence[int] | None = None,
    agents: Sequence[int] | None = None,
    listeners: Sequence[int] | None = None,
    clerks: Sequence[int] | None = None,
    n: int | None = None,
    seed: int | None = None,
    jobs: Jobs = None,
    progress: Progress | None = None,
    frame: Frame | None = None,
    model: type[Campaign] = Campaign,
    journal: Journal | None = None,
) -> StaffingAnswer:
    """The cheapest plan over lines and people that meets every one of the scenario's targets.

    `lines`, `agents` … are the values to look at (default: those of ``[search]``; failing that, from closed forms). A
    plan is looked at in `n` replications at most (default: four times as many as can be sure). Raises `Refused` for a
    scenario without targets or without robot, for too few replications, and as `replicate` does; `SearchInterrupted` on
    Ctrl-C. What the `journal` holds is not done again.
    """
    asked = targets(scenario)
    if not asked:
        wrong, right = (
            "there are none, so any plan would do",
            "name what was promised: finish_by, called_back_in_time …",
        )
        raise Refused(Problem("scenario", 1, "targets", wrong, right))
    if scenario.study.mode != "callback":
        wrong = f"{scenario.study.mode!r} has no lines and no people who call back".replace("'", '"')
        raise Refused(Problem("scenario", 1, "study.mode", wrong, 'staff is for study.mode = "callback"'))
    confidence, wanted = scenario.study.confidence, scenario.targets.probability
    enough = surely_in_looks(wanted, confidence)
    if n is not None and n < enough:
        wrong = f"{n} replications cannot be sure of {100 * wanted:g} % with confidence {100 * confidence:g} %"
        raise Refused(Problem("--replications", 1, "--replications", wrong, f"ask for {enough} at least"))
    seed = scenario.study.seed if seed is None else seed
    frame = frame_of(scenario) if frame is None else frame
    given = {"lines": lines, "agents": agents, "listeners": listeners, "clerks": clerks}
    grid = grid_of(scenario, frame, seed, given, model)
    trials = PlanRuns(scenario, frame, seed, jobs, progress, model, journal)
    sizes = looks(wanted, confidence, n)
    course = Course(trials, Search(trials, grid, sizes, enough, further(sizes, n)))
    try:
        course.run()
    except KeyboardInterrupt:
        end_workers()
        raise SearchInterrupted(course.answer(interrupted=True)) from None
    return course.answer()


class SearchInterrupted(KeyboardInterrupt):
    """Ctrl-C in the midst of a search; `answer` is what could be told by then."""

    def __init__(self, answer: StaffingAnswer) -> None:
        super().__init__()
        self.answer = answer


class Course:
    """A search, its confirmations and what one less would do; what is known can be asked for at any moment."""

    def __init__(self, trials: PlanRuns, search: Search) -> None:
        self.trials = trials
        self.search = search
        self.stage: Stage = "search"
        self.best: Plan | None = None  # what the search found, while it is put to the test and after that
        self.rejected: list[Plan] = []
        self.tests = Confirmations(trials, search.last, 2 * search.looks[-1])
        self.confirmed: Confirmed | None = None
        self.rivals: tuple[tuple[Tried, Estimate], ...] = ()
        self.less: list[Less] = []
        self.near: Plan | None = None  # where nothing keeps every target

    def run(self) -> None:
        """Search and confirm until a plan is confirmed, or there is none; then one of everything less."""
        while self.confirmed is None and self.tests.count < MOST_CONFIRMATIONS:
            self.stage, self.best = "search", None
            chosen = self._next()
            if chosen is None:
                return
            self.stage, self.best = "confirmation", chosen.plan
            long = chosen.met is not True or chosen.plan in self.tests.fresh
            found = self.tests.put(chosen.plan, long=long)
            met = all_met(found.verdicts)
            if met is True:
                self.confirmed = found
            elif met is False or long or not self.tests.hopeful(chosen.plan):
                self.rejected.append(chosen.plan)
        if self.confirmed is not None and self.best is not None:
            self.stage = "one less"
            self.rivals = self.search.rivals(self.best, self.rejected)
            self.less.extend(
                _less(self.trials, self.best, self.confirmed.runs, self.confirmed.first, self.search.looks)
            )

    def _next(self) -> Tried | None:
        """What is put to the test: the cheapest that is sure, unless what is unclear is cheaper and likely to pass."""
        best = self.search.cheapest(self.rejected)
        tried = {one.plan: one for one in self.search.tried(self.rejected)}
        unclear = [
            one for one in tried.values()
            if one.runs and one.met is None and one.cost is not None and not one.rejected
            and (best is None or self._surely_cheaper(one.plan, best)) and self.tests.hopeful(one.plan)
        ]  # fmt: skip
        if unclear:
            return min(unclear, key=by_cost)
        if best is not None:
            return tried[best]
        for one in self.search.again(self.rejected):
            if one.met is True or (one.met is None and self.tests.hopeful(one.plan)):
                return one
        if self.rejected:
            return None
        near = self.search.nearest()
        self.near = near.plan
        return near if near.met is True and near.cost is not None else None

    def _surely_cheaper(self, plan: Plan, best: Plan) -> bool:
        runs, confidence = self.trials.runs, self.trials.scenario.study.confidence
        apart = cost_apart(runs[plan], runs[best], confidence)
        return apart.high is not None and apart.high < 0

    def answer(self, *, interrupted: bool = False) -> StaffingAnswer:
        """What is known; nothing is simulated for it."""
        scenario, confirmed = self.trials.scenario, self.confirmed
        tried = self.search.tried(self.rejected, reached=not (interrupted and self.stage == "search"))
        plan, cost, found, on = None, None, tuple[Verdict, ...](), None
        if confirmed is not None:
            plan, on = self.best, (confirmed.first, confirmed.first + len(confirmed.runs))
            found, cost = confirmed.verdicts, mean([run.cost for run in confirmed.runs], scenario.study.confidence)
        return StaffingAnswer(
            scenario, self.trials.seed, self.search.grid, plan, cost, found, on,
            self.tests.count, tuple(self.less), tried, self.trials.replications, self.rivals,
            interrupted=self.stage if interrupted else None,
            candidate=self._candidate(tried) if interrupted and plan is None else None, near=self.near,
        )  # fmt: skip

    def _candidate(self, tried: Sequence[Tried]) -> Tried | None:
        """What was being confirmed; else the cheapest so far that surely keeps every target in the search."""
        if self.best is not None and self.best not in self.rejected:
            return next(one for one in tried if one.plan == self.best)
        good = [one for one in tried if one.met is True and one.cost is not None and not one.rejected]
        return min(good, key=by_cost, default=None)


def _less(trials: PlanRuns, plan: Plan, of_plan: Sequence[Run], first: int, sizes: Sequence[int]) -> Iterator[Less]:
    """One of each resource less, on the plan's own replications from `first` on, as many as tell."""
    scenario, asked = trials.scenario, trials.asked
    sizes = [*(n for n in sizes if n < len(of_plan)), len(of_plan)]
    confidence = 1 - (1 - scenario.study.confidence) / len(sizes)
    for resource, fewer in plan.one_less():
        runs: list[Run] = []
        for n in sizes:
            runs += trials.fresh(fewer, first + len(runs), first + n)
            found = verdicts(asked, runs, scenario, confidence)
            if all_met(found) is not None:
                break
        lost = tuple(
            sum(a.kept[i] is True and b.kept[i] is not True for a, b in zip(of_plan, runs, strict=False))
            for i in range(len(asked))
        )
        yield Less(resource, fewer, found, lost, cost_apart(of_plan, runs, scenario.study.confidence))
