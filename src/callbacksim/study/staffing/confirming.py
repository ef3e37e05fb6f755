"""Plans put to the test on fresh replications, after they were chosen by others.

What a search likes best was chosen by the very replications that speak for it. So it is confirmed on others: the j-th
test may be wrong with probability α/2^j, all of them together with α = 1 - confidence, whatever was chosen, and why,
and for how long. A target that is not truly met must pass its own test, so that no correction for several targets is
needed (an intersection-union test: Berger, Technometrics 24, 1982).
"""

from __future__ import annotations

from dataclasses import dataclass

from callbacksim.study.staffing.planruns import PlanRuns, Run, runs_to_pass, verdicts
from callbacksim.study.staffing.plans import Plan
from callbacksim.study.targets import Verdict

POWER = 0.9
"""A test is as long as it takes to be passed with this probability, if what was seen of the plan is true."""


@dataclass(frozen=True)
class Confirmed:
    """Fresh replications of a plan, from `first` on, and what they say at the level of this test."""

    first: int
    runs: tuple[Run, ...]
    verdicts: tuple[Verdict, ...]


class Confirmations:
    """The tests of a search, one after the other; none shares a replication with the search or with another test."""

    def __init__(self, trials: PlanRuns, first: int, usual: int) -> None:
        """From the replication `first` on; a test takes `usual` replications at most, or twice as many."""
        self.trials = trials
        self.count = 0  # tests that came to their end
        self.alpha = 1 - trials.scenario.study.confidence
        self.first = first
        self.usual, self.longest = usual, 2 * usual
        self.fresh: dict[Plan, list[Run]] = {}  # of earlier tests

    def put(self, plan: Plan, *, long: bool) -> Confirmed:
        """The next test, of a plan: the usual length at most, or a long one."""
        self.alpha /= 2
        most = self.longest if long else self.usual
        n = self._length(plan, self.alpha, most) or most
        first, self.first = self.first, self.first + n
        runs = self.trials.fresh(plan, first, first + n)
        self.count += 1
        found = verdicts(self.trials.asked, runs, self.trials.scenario, 1 - self.alpha)
        self.fresh.setdefault(plan, []).extend(runs)
        return Confirmed(first, tuple(runs), found)

    def hopeful(self, plan: Plan) -> bool:
        """Whether the next test is likely to be passed, if all that was seen of the plan is true."""
        return self._length(plan, self.alpha / 2, self.longest) is not None

    def _length(self, plan: Plan, alpha: float, most: int) -> int | None:
        """As many replications as the target that is kept most seldom needs; None: more than `most`."""
        asked, wanted = self.trials.asked, self.trials.scenario.targets.probability
        seen = [*self.trials.runs.get(plan, []), *self.fresh.get(plan, [])]
        least = min((sum(run.kept[i] is True for run in seen) + 1) / (len(seen) + 2) for i in range(len(asked)))
        return runs_to_pass(least, wanted, 1 - alpha, 1 - (1 - POWER) / len(asked), most)
