"""The cheapest plan that keeps every target: a search over lines and people, and a confirmation on fresh replications.

The search goes column by column (all but the people alike), the column that could be cheapest first. In a column the
fewest people that surely keep the targets are found by bisection, where more people can be taken for no worse
(`more_people_help`); the cost target is no part of that, since people cost. What cannot be cheaper than the best plan
so far is not simulated (`least_cost`), nor are people in a column whose calls alone end too late. Lines are no order:
more of them send escalations faster, so every column stands for itself.

What the search likes best was chosen by the very replications that speak for it. So it is confirmed on others: the
j-th confirmation may be wrong with probability α/2^j, all of them together with α = 1 - confidence. A target that is
not truly met must pass its own test, so that no correction for several targets is needed (an intersection–union test:
Berger, Technometrics 24, 1982). If it is not confirmed, the next best plan has its turn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.frame.frame import Frame, frame_of
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.study.bounds import grid_of
from callbacksim.study.estimates import Estimate, mean, paired_difference
from callbacksim.study.experiment import Progress
from callbacksim.study.journal import Journal
from callbacksim.study.planruns import (
    LOOKS,
    PlanRuns,
    Run,
    all_met,
    looks,
    mean_cost,
    runs_to_pass,
    runs_to_settle,
    surely,
    verdict,
    verdicts,
)
from callbacksim.study.plans import (
    Beforehand,
    Grid,
    Plan,
    beforehand,
    calls_alone,
    least_cost,
    more_people_help,
)
from callbacksim.study.targets import Verdict, targets
from callbacksim.study.workers import Jobs, end_workers

if TYPE_CHECKING:
    import pandas as pd

MOST_CONFIRMATIONS = 6
"""Plans that are tried on fresh replications before the search gives up."""
POWER = 0.9
"""A confirmation is as long as it takes to succeed with this probability, if the search was right."""
IN_THE_WAY = ("cost", "on_time")
"""Targets that more people may break: they cost, and bring the departments their cases faster."""
WITHOUT_PEOPLE = ("satisfaction_error", "missed")
"""Targets on which people who call back have no influence, the calls alike."""
TOO_FEW, TOO_DEAR, TOO_SLOW, CALLS_TOO_LATE = "too few people", "cannot be cheaper", "pace", "calls too late"
NOT_REACHED = "not reached"
"""Why a plan was not simulated where the search was interrupted."""
Stage = Literal["search", "confirmation", "one less"]


@dataclass(frozen=True)
class Tried:
    """A plan of the grid: what the search saw of it, or why it was not simulated.

    `met`: True where all targets are surely met, False where one surely is not, None: not to be told by these runs, or
    not simulated. `cost` is the mean over the runs; None where one did not end.
    """

    plan: Plan
    runs: int
    targets: tuple[Verdict, ...]
    met: bool | None
    cost: float | None
    left_out: str = ""  # one of TOO_FEW …, where runs is 0
    rejected: bool = False  # the search was for it, its confirmation was not

    @property
    def shortfall(self) -> float:
        """How far the worst target is from the wanted probability; 0 where none is."""
        gaps = [one.wanted - one.probability.mean for one in self.targets if one.probability.mean is not None]
        unknown = any(one.probability.mean is None for one in self.targets)
        return max([0.0, *gaps, 1.0 if unknown else 0.0])


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
    confirmations: int  # tries, the last one successful where there is a plan
    less: tuple[Less, ...]
    tried: tuple[Tried, ...]  # every plan of the grid
    replications: int  # of all plans, confirmation and what-ifs among them
    rivals: tuple[tuple[Tried, Estimate], ...] = ()  # plans as good, their cost minus the plan's: no clear difference
    interrupted: Stage | None = None
    candidate: Tried | None = None

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
        """Of the plans that were simulated, the one that falls least short; the cheapest of several such."""
        seen = [one for one in self.tried if one.runs]
        return min(seen, key=lambda one: (round(one.shortfall, 9), _key(one)), default=None)

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
        return tuple(sorted(found, key=_key))

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
        return self.dataframe().to_html(float_format="{:,.3f}".format)


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
    enough = surely(wanted, 1 - (1 - confidence) / LOOKS)
    if n is not None and n < enough:
        wrong = f"{n} replications cannot be sure of {100 * wanted:g} % with confidence {100 * confidence:g} %"
        raise Refused(Problem("--replications", 1, "--replications", wrong, f"ask for {enough} at least"))
    seed = scenario.study.seed if seed is None else seed
    frame = frame_of(scenario) if frame is None else frame
    given = {"lines": lines, "agents": agents, "listeners": listeners, "clerks": clerks}
    grid = grid_of(scenario, frame, seed, given, model)
    trials = PlanRuns(scenario, frame, seed, jobs, progress, model, journal)
    course = _Course(trials, _Search(trials, grid, looks(wanted, confidence, n), enough))
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


class _Course:
    """A search, its confirmations and what one less would do; what is known can be asked for at any moment."""

    def __init__(self, trials: PlanRuns, search: _Search) -> None:
        self.trials = trials
        self.search = search
        self.stage: Stage = "search"
        self.best: Plan | None = None  # what the search found, while it is put to the test and after that
        self.rejected: list[Plan] = []
        self.confirmed: tuple[int, list[Run], tuple[Verdict, ...]] | None = None  # first replication, runs, verdicts
        self.rivals: tuple[tuple[Tried, Estimate], ...] = ()
        self.less: list[Less] = []

    def run(self) -> None:
        """Search and confirm until a plan is confirmed, or there is none; then one of everything less."""
        fresh, alpha = self.search.looks[-1], 1 - self.trials.scenario.study.confidence
        while self.confirmed is None and len(self.rejected) < MOST_CONFIRMATIONS:
            self.stage, self.best = "search", None
            self.best = self.search.cheapest(self.rejected)
            if self.best is None:
                return
            self.stage, alpha = "confirmation", alpha / 2
            runs, found = _confirmed(self.trials, self.best, self.search, fresh, 1 - alpha)
            if all_met(found) is True:
                self.confirmed = fresh, runs, found
            else:
                self.rejected.append(self.best)
            fresh += len(runs)
        if self.confirmed is not None and self.best is not None:
            self.stage = "one less"
            self.rivals = self.search.rivals(self.best, self.rejected)
            first, runs, _ = self.confirmed
            self.less.extend(_less(self.trials, self.best, runs, first, self.search.looks))

    def answer(self, *, interrupted: bool = False) -> StaffingAnswer:
        """What is known; nothing is simulated for it."""
        scenario, confirmed = self.trials.scenario, self.confirmed
        tried = self.search.tried(self.rejected, reached=not (interrupted and self.stage == "search"))
        plan, cost, found, on = None, None, tuple[Verdict, ...](), None
        if confirmed is not None:
            first, runs, found = confirmed
            plan, on = self.best, (first, first + len(runs))
            cost = mean([run.cost for run in runs], scenario.study.confidence)
        return StaffingAnswer(
            scenario, self.trials.seed, self.search.grid, plan, cost, found, on,
            len(self.rejected) + (plan is not None), tuple(self.less), tried, self.trials.replications, self.rivals,
            interrupted=self.stage if interrupted else None,
            candidate=self._candidate(tried) if interrupted and plan is None else None,
        )  # fmt: skip

    def _candidate(self, tried: Sequence[Tried]) -> Tried | None:
        """What was being confirmed; else the cheapest so far that surely keeps every target in the search."""
        if self.best is not None and self.best not in self.rejected:
            return next(one for one in tried if one.plan == self.best)
        good = [one for one in tried if one.met is True and one.cost is not None and not one.rejected]
        return min(good, key=_key, default=None)


def _confirmed(
    trials: PlanRuns, plan: Plan, search: _Search, first: int, confidence: float
) -> tuple[list[Run], tuple[Verdict, ...]]:
    """A plan's fresh replications, as many as its search lets expect to be enough, and what they say."""
    seen = trials.runs[plan]
    wanted = trials.scenario.targets.probability
    least = min((sum(run.kept[i] is True for run in seen) + 1) / (len(seen) + 2) for i in range(len(trials.asked)))
    most = 2 * search.looks[-1]
    power = 1 - (1 - POWER) / len(trials.asked)
    runs = trials.fresh(plan, first, first + (runs_to_pass(least, wanted, confidence, power, most) or most))
    return runs, verdicts(trials.asked, runs, trials.scenario, confidence)


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


def cost_apart(runs: Sequence[Run], best: Sequence[Run], confidence: float) -> Estimate:
    """The cost of a plan minus that of the best, paired, over the replications that both have."""
    pairs = min(len(runs), len(best))
    return paired_difference([run.cost for run in runs[:pairs]], [run.cost for run in best[:pairs]], confidence)


def to_settle(one: Tried, confidence: float) -> int | None:
    """About how many replications in all would tell of an unclear plan; None where that says nothing."""
    found = [runs_to_settle(target, 1 - (1 - confidence) / LOOKS) for target in one.targets if target.met is None]
    known = [n for n in found if n is not None]
    return max(known) if known and len(known) == len(found) else None


class _Search:
    """The plans of a grid, looked at as far as it takes to find the cheapest that is sure."""

    def __init__(self, trials: PlanRuns, grid: Grid, looks: tuple[int, ...], enough: int) -> None:
        self.trials = trials
        self.grid = grid
        self.looks = looks
        self.enough = enough  # replications over which costs are compared, the same of every plan
        scenario = trials.scenario
        self.confidence = 1 - (1 - scenario.study.confidence) / len(looks)
        self.bisect = more_people_help(scenario)
        self.calls_alone = calls_alone(scenario)
        self.beforehand: dict[Plan, Beforehand] = {}
        self.left_out: dict[Plan, str] = {}
        self.start = scenario.agents.count

    def cheapest(self, rejected: Sequence[Plan]) -> Plan | None:
        """The cheapest plan that is surely good, but for those rejected."""
        self.left_out = {}
        best: Plan | None = None
        columns = sorted(self.grid.columns(), key=lambda one: (self._before(self._plans(one)[0]).cost, one.people))
        for at, column in enumerate(columns):
            # Where a column is new, two of its plans are likely to be looked at; then there is the confirmation.
            self.trials.to_come = 2 * self.enough * sum(not self._known_calls(one) for one in columns[at + 1 :])
            self.trials.to_come += 4 * self.enough
            for plan in self._good(column, rejected, best):
                if best is None or self._price(plan) < self._price(best):
                    best = plan
        if best is not None:
            best = self._settled(best, rejected)
        if not self.trials.runs:  # closed forms left everything out: how far off is the largest plan?
            self._decide(self.grid.plans()[-1], every=True)
        return best

    def _settled(self, best: Plan, rejected: Sequence[Plan]) -> Plan:
        """The cheapest of those that are not clearly dearer than the best, by all the replications of a search."""
        most = self.looks[-1]
        rivals = [one.plan for one, _ in self.rivals(best, rejected)]
        return min([best, *rivals], key=lambda plan: mean_cost(self.trials.first(plan, most), most)) if rivals else best

    def rivals(self, best: Plan, rejected: Sequence[Plan]) -> tuple[tuple[Tried, Estimate], ...]:
        """Other plans that are surely good and not clearly dearer than the best: their cost minus its, paired."""
        found = []
        for plan in list(self.trials.runs):
            if plan != best and plan not in rejected and self._decide(plan, every=True) is True:
                apart = cost_apart(
                    self.trials.runs[plan], self.trials.runs[best], self.trials.scenario.study.confidence
                )
                if apart.low is not None and apart.low <= 0:
                    found.append((self._tried(plan, rejected), apart))
        return tuple(sorted(found, key=lambda pair: _key(pair[0])))

    def tried(self, rejected: Sequence[Plan], *, reached: bool = True) -> tuple[Tried, ...]:
        """All plans of the grid, and what is known of them; `reached`: whether the search came to its end."""
        return tuple(self._tried(plan, rejected, reached) for plan in self.grid.plans())

    def _tried(self, plan: Plan, rejected: Sequence[Plan], reached: bool = True) -> Tried:
        runs = self.trials.runs.get(plan, [])
        if not runs:
            return Tried(plan, 0, (), None, None, self.left_out.get(plan, TOO_DEAR if reached else NOT_REACHED))
        found = verdicts(self.trials.asked, runs, self.trials.scenario, self.confidence)
        price = mean_cost(runs, len(runs))
        cost = price if math.isfinite(price) else None
        return Tried(plan, len(runs), found, all_met(found), cost, rejected=plan in rejected)

    # --- a column ------------------------------------------------------------------------------------------------

    def _good(self, column: Plan, rejected: Sequence[Plan], best: Plan | None) -> Iterator[Plan]:
        """The plans of a column that are surely good and cheaper than the best so far, or may be."""
        plans = self._possible(column, best)
        if self.bisect:
            plans = self._from_fewest(plans, best)
        for plan in plans:
            if plan in rejected:
                continue
            if self._dearer(plan, best) or self._cost_hopeless(plan):
                self.left_out.setdefault(plan, TOO_DEAR)
            elif self._late(column):
                self.left_out.setdefault(plan, CALLS_TOO_LATE)
            elif self._decide(plan, every=True) is True and math.isfinite(self._price(plan)):
                yield plan
                best = plan if best is None or self._price(plan) < self._price(best) else best

    def _possible(self, column: Plan, best: Plan | None) -> list[Plan]:
        """The plans of a column that closed forms do not exclude."""
        by = self.trials.scenario.targets.finish_by
        possible = []
        for plan in self._plans(column):
            before = self._before(plan)
            if before.too_late or (by is not None and before.earliest > before.times.ms(by)):
                self.left_out[plan] = TOO_SLOW
            elif best is not None and before.cost >= self._price(best):
                self.left_out[plan] = TOO_DEAR
            else:
                possible.append(plan)
        return possible

    def _from_fewest(self, plans: list[Plan], best: Plan | None) -> list[Plan]:
        """From the fewest people on that are surely enough for all targets but those that people break.

        Nothing if these cannot be cheaper than the best so far: the bound on the cost rises with the people.
        """
        below, above = -1, len(plans)  # not enough (by itself or by what is known), and enough
        tries = 0
        while above - below > 1:
            if self._dearer(plans[below + 1], best):
                self._leave_out(plans[: below + 1], TOO_FEW)
                self._leave_out(plans, TOO_DEAR)
                return []
            at = self._next(plans, below, above, tries)
            tries += 1
            if self._decide(plans[at], every=False) is True:
                above = at
            else:
                below = at
                if self._late(plans[at].column):
                    self._leave_out(plans, CALLS_TOO_LATE)
                    return []
        self._leave_out(plans[: max(below, 0)], TOO_FEW)
        if above < len(plans):
            self.start = plans[above].agents
        return plans[above:]

    def _next(self, plans: list[Plan], below: int, above: int, tries: int) -> int:
        """Which to try between: what the last column needed, what this one's deadlines demand, the most, the middle."""
        between = range(below + 1, above)
        if tries == 0:
            return min(between, key=lambda at: abs(plans[at].agents - self.start))
        if above == len(plans):
            need = self._need(plans[below])
            likely = next((at for at in between if plans[at].agents >= need), above - 1)
            return likely if tries == 1 else above - 1
        return above - 1 if tries == 1 else (below + above) // 2

    def _need(self, plan: Plan) -> int:
        """People at work whom the tightest deadline of nine runs in ten demands (`deadline_staffing`)."""
        needs = sorted(run.need for run in self.trials.runs[plan])
        return math.ceil(needs[math.ceil(0.9 * len(needs)) - 1])

    def _leave_out(self, plans: Sequence[Plan], why: str) -> None:
        for plan in plans:
            if plan not in self.trials.runs:
                self.left_out.setdefault(plan, why)

    # --- one plan ------------------------------------------------------------------------------------------------

    def _plans(self, column: Plan) -> list[Plan]:
        return [replace(column, agents=agents) for agents in self.grid.agents]

    def _before(self, plan: Plan) -> Beforehand:
        if plan not in self.beforehand:
            self.beforehand[plan] = beforehand(plan.of(self.trials.scenario), self.trials.frame)
        return self.beforehand[plan]

    def _decide(self, plan: Plan, *, every: bool) -> bool | None:
        """Whether a plan surely keeps its targets (`every`: also those that people may break), or surely does not."""
        asked = self.trials.asked
        chosen = [i for i, target in enumerate(asked) if every or target.name not in IN_THE_WAY]
        wanted = self.trials.scenario.targets.probability
        for n in self.looks:
            runs = self.trials.first(plan, n)[:n]
            found = [verdict(asked[i], [run.kept[i] for run in runs], wanted, self.confidence) for i in chosen]
            met = all_met(found)
            if met is False or (met is True and n >= self.enough):
                return met
        return None

    def _price(self, plan: Plan) -> float:
        return mean_cost(self.trials.first(plan, self.enough), self.enough)

    def _known_calls(self, column: Plan) -> Sequence[Run]:
        """Replications of some plan of a column; the calls of all others are the same."""
        if not self.calls_alone:
            return []
        seen = (self.trials.runs.get(plan, []) for plan in self._plans(column))
        return max(seen, key=len)

    def _bounds(self, plan: Plan) -> list[float]:
        """What a plan costs at least in each replication that is known of its column."""
        scenario, times = plan.of(self.trials.scenario), self._before(plan).times
        return [least_cost(scenario, times, run.calls_cost, run.dialled) for run in self._known_calls(plan.column)]

    def _dearer(self, plan: Plan, best: Plan | None) -> bool:
        """Whether a plan cannot be cheaper than the best so far, whatever its people achieve."""
        if best is None:
            return False
        price, bounds = self._price(best), self._bounds(plan)
        if not bounds:
            return self._before(plan).cost >= price
        if len(bounds) < self.enough and math.fsum(bounds) / len(bounds) >= price:
            # It looks so, by too few replications of its column to be held against the others'.
            known = max(self._plans(plan.column), key=lambda one: len(self.trials.runs.get(one, [])))
            self.trials.first(known, self.enough)
            bounds = self._bounds(plan)
        return len(bounds) >= self.enough and math.fsum(bounds[: self.enough]) / self.enough >= price

    def _cost_hopeless(self, plan: Plan) -> bool:
        """Whether the cost target is surely missed, whatever the people achieve."""
        target = next((one for one in self.trials.asked if one.name == "cost"), None)
        bounds = self._bounds(plan)
        if target is None or not bounds or not isinstance(target.limit, float | int):
            return False
        within = [bound <= target.limit for bound in bounds]
        return verdict(target, within, self.trials.scenario.targets.probability, self.confidence).met is False

    def _late(self, column: Plan) -> bool:
        """Whether a target is surely missed with these lines however many people there are."""
        runs, scenario = self._known_calls(column), self.trials.scenario
        if not runs:
            return False
        for i, target in enumerate(self.trials.asked):
            if target.name == "finish_by" and scenario.targets.finish_by is not None:
                limit = self._before(self._plans(column)[0]).times.ms(scenario.targets.finish_by)
                events: list[bool | None] = [run.dialled <= limit for run in runs]
            elif target.name in WITHOUT_PEOPLE:
                events = [run.kept[i] for run in runs]
            else:
                continue
            if verdict(target, events, scenario.targets.probability, self.confidence).met is False:
                return True
        return False


def _key(one: Tried) -> tuple[float, int, Plan]:
    return (math.inf if one.cost is None else one.cost, one.plan.people, one.plan)
