"""The search through a grid of plans for the cheapest that surely keeps every target.

It goes column by column (all but the people alike), the column that could be cheapest first. In a column the
fewest people that surely keep the targets are found by bisection, where more people can be taken for no worse
(`more_people_help`); the cost target is no part of that, since people cost. What cannot be cheaper than the best plan
so far is not simulated (`least_cost`), nor are people in a column whose calls alone end too late. Lines are no order:
more of them send escalations faster, so every column stands for itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from callbacksim.scenario.calendar import HOUR
from callbacksim.study.estimates import Estimate, paired_difference
from callbacksim.study.staffing.planruns import (
    LOOKS,
    PlanRuns,
    Run,
    all_met,
    mean_cost,
    runs_to_settle,
    verdict,
    verdicts,
)
from callbacksim.study.staffing.plans import (
    Beforehand,
    Grid,
    Plan,
    beforehand,
    calls_alone,
    least_cost,
    more_people_help,
)
from callbacksim.study.targets import Verdict

IN_THE_WAY = ("cost", "on_time")
"""Targets that more people may break: they cost, and bring the departments their cases faster."""
WITHOUT_PEOPLE = ("satisfaction_error", "missed")
"""Targets on which people who call back have no influence, the calls alike."""
TOO_FEW, TOO_DEAR, TOO_SLOW, CALLS_TOO_LATE = "too few people", "cannot be cheaper", "pace", "calls too late"
MOST_COLUMNS = 12
"""Columns in which the nearest plan is looked for where none keeps every target."""
MOST_AGAIN = 4
"""Plans that are looked at once more where none is sure."""
Distance = tuple[tuple[float, ...], float, tuple[float, int, Plan]]
NOT_REACHED = "not reached"
"""Why a plan was not simulated where the search was interrupted."""


@dataclass(frozen=True)
class Tried:
    """A plan of the grid: what the search saw of it, or why it was not simulated.

    `met`: True where all targets are surely met, False where one surely is not, None: not to be told by these runs, or
    not simulated. `cost` is the mean over the runs; None where one did not end. `half_done`: ms by which half of the
    runs had ended; None where fewer did.
    """

    plan: Plan
    runs: int
    targets: tuple[Verdict, ...]
    met: bool | None
    cost: float | None
    left_out: str = ""  # one of TOO_FEW …, where runs is 0
    rejected: bool = False  # the search was for it, its confirmation was not
    half_done: float | None = None

    @property
    def gaps(self) -> tuple[float, ...]:
        """How far each target is from the wanted probability, the farthest first; 0 where it is not, 1: not known."""
        found = (1.0 if (p := one.probability.mean) is None else max(0.0, one.wanted - p) for one in self.targets)
        return tuple(sorted((round(gap, 9) for gap in found), reverse=True))

    @property
    def distance(self) -> Distance:
        """What a plan must have less of to be nearer: gaps; its end in begun hours, if it never keeps the date; cost.

        A date that is never kept is missed by all such plans alike: the nearer one ends sooner.
        """
        never = any(one.name == "finish_by" and one.probability.mean == 0 for one in self.targets)
        late = _begun_hours(math.inf if self.half_done is None else self.half_done) if never else 0.0
        return self.gaps, late, by_cost(self)

    @property
    def shortfall(self) -> float:
        """How far the worst target is from the wanted probability; 0 where none is."""
        return max(self.gaps, default=0.0)


def cost_apart(runs: Sequence[Run], best: Sequence[Run], confidence: float) -> Estimate:
    """The cost of a plan minus that of the best, paired, over the replications that both have."""
    pairs = min(len(runs), len(best))
    return paired_difference([run.cost for run in runs[:pairs]], [run.cost for run in best[:pairs]], confidence)


def to_settle(one: Tried, confidence: float) -> int | None:
    """About how many replications in all would tell of an unclear plan; None where that says nothing."""
    found = [runs_to_settle(target, 1 - (1 - confidence) / LOOKS) for target in one.targets if target.met is None]
    known = [n for n in found if n is not None]
    return max(known) if known and len(known) == len(found) else None


class Search:
    """The plans of a grid, looked at as far as it takes to find the cheapest that is sure."""

    def __init__(
        self, trials: PlanRuns, grid: Grid, looks: tuple[int, ...], enough: int, further: int | None = None
    ) -> None:
        self.trials = trials
        self.grid = grid
        self.looks = looks
        self.further = further
        self.enough = enough  # replications over which costs are compared, the same of every plan
        scenario = trials.scenario
        self.confidence = 1 - (1 - scenario.study.confidence) / (len(looks) + (further is not None))
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

    def nearest(self) -> Tried:
        """Where no plan was found that keeps every target: the one that falls least short.

        What was no good for the search may still be nearer. So the columns are gone through once more, the one that
        could be nearest first, until no other could be nearer, `MOST_COLUMNS` of them at most. What is not clear of
        a plan then is looked at as often as in the search; so it may be found to keep every target after all.
        """
        seen = [one for one in self.tried(()) if one.runs]
        if not all(one.shortfall for one in seen):  # some are only not sure
            return min(seen, key=lambda one: one.distance)
        columns = [one for one in self.grid.columns() if any(self.trials.runs.get(plan) for plan in self._plans(one))]
        near: list[Tried] = []
        for column in sorted(columns, key=self._at_best)[:MOST_COLUMNS]:
            if any(self._at_best(column) >= one.distance for one in near):
                break
            near.append(self._nearest_in(column))
        for plan in list(self.trials.runs):
            self._decide(plan, every=True)
        again = [self._tried(one.plan, ()) for one in near]
        return min(again, key=lambda one: (one.met is not True, one.distance))

    def _at_best(self, column: Plan) -> Distance:
        """No plan of a column is nearer than this: as if its people kept all that they have an influence on."""
        calls, asked, scenario = self._known_calls(column), self.trials.asked, self.trials.scenario
        plans, wanted = self._plans(column), scenario.targets.probability
        if not calls:
            return (0.0,) * len(asked), 0.0, (0.0, 0, plans[0])
        gaps, late = [0.0] * len(asked), 0.0
        for i, target in enumerate(asked):
            if target.name in WITHOUT_PEOPLE:
                kept = sum(run.kept[i] is True for run in calls)
            elif target.name == "finish_by" and scenario.targets.finish_by is not None:
                limit = self._before(plans[0]).times.ms(scenario.targets.finish_by)
                kept = sum(run.dialled <= limit for run in calls)
                late = 0.0 if kept else _begun_hours(_half(run.dialled for run in calls))
            else:
                continue
            gaps[i] = round(max(0.0, wanted - kept / len(calls)), 9)
        bounds = self._bounds(plans[0])
        return tuple(sorted(gaps, reverse=True)), late, (math.fsum(bounds) / len(bounds), 0, plans[0])

    def _nearest_in(self, column: Plan) -> Tried:
        """The nearest plan of a column: from the best seen, or what its deadlines demand, up and down the people."""
        plans = self._plans(column)
        here = min(
            (self._tried(plan, ()) for plan in plans if self.trials.runs.get(plan)), key=lambda one: one.distance
        )
        need = self._need(here.plan)
        beside = [next((plan for plan in plans if plan.agents >= need), plans[-1])]
        here = self._seen(here.plan, self.enough)
        while here.shortfall > 0:
            gaps, at = self._seen(here.plan, self.looks[0]).gaps, plans.index(here.plan)
            beside += [plans[i] for i in (at - 1, at + 1) if 0 <= i < len(plans)]
            close = [plan for plan in beside if self._seen(plan, self.looks[0]).gaps <= gaps]
            nearer = min([here, *(self._seen(plan, self.enough) for plan in close)], key=lambda one: one.distance)
            if nearer.plan == here.plan:
                break
            here, beside = nearer, []
        return self._tried(here.plan, ())

    def _seen(self, plan: Plan, n: int) -> Tried:
        """A plan by its first n replications."""
        return self._judged(plan, self.trials.first(plan, n)[:n])

    def again(self, rejected: Sequence[Plan]) -> Iterator[Tried]:
        """Where no plan is sure: a few of which it is not known are looked at once more, the cheapest first."""
        likely = [one for one in self.tried(rejected) if one.met is None and one.runs and not one.rejected]
        likely = [one for one in likely if one.cost is not None and not one.shortfall]
        for one in sorted(likely, key=by_cost)[: MOST_AGAIN if self.further is not None else 0]:
            self.trials.first(one.plan, self.further or 0)
            yield self._tried(one.plan, rejected)

    @property
    def last(self) -> int:
        """The replication after the last that a search may use."""
        return max(self.looks[-1], self.further or 0)

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
        return tuple(sorted(found, key=lambda pair: by_cost(pair[0])))

    def tried(self, rejected: Sequence[Plan], *, reached: bool = True) -> tuple[Tried, ...]:
        """All plans of the grid, and what is known of them; `reached`: whether the search came to its end."""
        return tuple(self._tried(plan, rejected, reached) for plan in self.grid.plans())

    def _tried(self, plan: Plan, rejected: Sequence[Plan], reached: bool = True) -> Tried:
        runs = self.trials.runs.get(plan, [])
        if not runs:
            return Tried(plan, 0, (), None, None, self.left_out.get(plan, TOO_DEAR if reached else NOT_REACHED))
        return replace(self._judged(plan, runs), rejected=plan in rejected)

    def _judged(self, plan: Plan, runs: Sequence[Run]) -> Tried:
        """What replications say of a plan."""
        found = verdicts(self.trials.asked, runs, self.trials.scenario, self.confidence)
        price = mean_cost(runs, len(runs))
        ended = _half(run.finish for run in runs)
        return Tried(
            plan, len(runs), found, all_met(found), price if math.isfinite(price) else None,
            half_done=ended if math.isfinite(ended) else None,
        )  # fmt: skip

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


def _half(moments: Iterable[float]) -> float:
    """By when half of them have come."""
    rising = sorted(moments)
    return rising[math.ceil(len(rising) / 2) - 1]


def _begun_hours(ms: float) -> float:
    return float(math.ceil(ms / HOUR)) if math.isfinite(ms) else math.inf


def by_cost(one: Tried) -> tuple[float, int, Plan]:
    return (math.inf if one.cost is None else one.cost, one.plan.people, one.plan)
