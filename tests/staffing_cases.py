"""Small staffing questions, made at random and tight, and the whole grid as a judge of what `staff` answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from callbacksim.frame.frame import frame_of
from callbacksim.scenario.files import load
from callbacksim.scenario.laws import Lognormal, Uniform
from callbacksim.scenario.schema import Category, Clerks, Department, Scenario
from callbacksim.study.estimates import one_sided, paired_difference
from callbacksim.study.experiment import replicate_all
from callbacksim.study.staffing.planruns import Run, run_of
from callbacksim.study.staffing.plans import Plan
from callbacksim.study.staffing.staff import StaffingAnswer
from callbacksim.study.targets import targets

SCENARIOS = Path(__file__).parent.parent / "scenarios"
LINES = range(1, 5)
PEOPLE = range(1, 4)
DEPARTMENT = "政务服务局"
JUDGES_FROM = 100_000
"""Replications that no search has seen."""


def question(number: int) -> Scenario:
    """A campaign of a day or so, dates and wages drawn by its number: sometimes lines are dear, sometimes people."""
    draw = np.random.default_rng(20250707 + number)
    contacts = int(draw.integers(60, 120))
    hours = float(draw.choice([3.0, 4.5, 6.0, 8.0, 11.0]))
    gap = int(draw.integers(20, 60))
    by = dt.datetime(2025, 7, 7, 9) + dt.timedelta(hours=hours)
    overrides = [
        f"register.rows={contacts + 20}",
        f"register.contacts={contacts}",
        'calendar.windows=[["09:00", "12:00"], ["12:30", "20:00"]]',
        'agents.roster=[["09:00", "12:00"], ["12:30", "16:00"], ["16:00", "20:00"]]',
        f'questionnaire.talk.complete={{law="lognormal", mean={draw.choice([60.0, 200.0, 400.0])}, sd=60.0}}',
        "robot.other_slot=false",
        "robot.calls_per_second=0",
        f"robot.retry_minutes={{no_answer={gap}, busy={gap}, voicemail={gap}, rejected={gap}}}",
        f"questionnaire.items.problems={draw.uniform(0.1, 0.35):.3f}",
        f"agents.within_minutes={int(draw.choice([15, 30, 60]))}",
        f"agents.retry_minutes={int(draw.integers(10, 40))}",
        f"costs.line_month={draw.choice([30.0, 150.0, 600.0])}",
        f"costs.agent_hour={draw.choice([20.0, 50.0, 90.0])}",
        f"targets.finish_by={by.isoformat()}",
        f"targets.called_back_in_time={draw.choice([0.8, 0.9])}",
        "targets.probability=0.8",
        "study.horizon_days=5",
    ]
    scenario = load(SCENARIOS / "gaoxin-forecast.toml", overrides=overrides)
    # What the district promises besides is no part of these questions.
    ceiling = draw.uniform(1000, 4000) if draw.random() < 0.3 else None
    asked = {"cost": None if ceiling is None else round(ceiling), "satisfaction_error": None, "missed": None}
    return scenario.model_copy(update={"targets": scenario.targets.model_copy(update=asked)})


def wider_question(number: int) -> Scenario:
    """A question in which listeners, clerks or a department's staff are searched for besides, by turns.

    Listeners send late escalations; clerks and departments must settle problems by the next working day.
    """
    draw = np.random.default_rng(20250708 + number)
    scenario = question(number)
    changes: dict[str, object] = {}
    search: dict[str, object] = {"lines": (2, 4, 2), "agents": (1, 3)}
    ledger = scenario.ledger
    if number % 4 in (0, 3):
        minutes = float(draw.uniform(4, 16))
        heard = {"share": 0.8, "listening": Lognormal(law="lognormal", mean=minutes, sd=minutes / 2)}
        rostered = {"roster": scenario.agents.roster, "shrinkage": 0.0}
        changes["listeners"] = scenario.listeners.model_copy(update={**heard, **rostered})
        search["listeners"] = (1, 3)
    if number % 4 in (1, 3):
        minutes = float(draw.uniform(15, 60))
        clerks = Clerks(screening=Lognormal(law="lognormal", mean=minutes, sd=minutes / 2), shrinkage=0.0)
        ledger = ledger.model_copy(update={"clerks": clerks})
        search["clerks"] = (1, 2) if number % 4 == 3 else (1, 3)
    if number % 4 == 2:
        search["departments"] = {DEPARTMENT: (1, 4)}
    if number % 4:
        hours = float(draw.uniform(1, 4)) if number % 4 == 2 else 0.2
        handling = Lognormal(law="lognormal", mean=hours, sd=hours / 2)
        # All cases are one department's; its staff is what is searched for, or more than enough.
        department = Department(staff=50, handling=handling, due_days=1)
        ledger = ledger.model_copy(
            update={
                "departments": {DEPARTMENT: department},
                "categories": {"all": Category(department=DEPARTMENT)},
                "forwarding": Uniform(law="uniform", low=0.1, high=0.5),
                "misrouted": 0.0,
            }
        )
        changes["targets"] = scenario.targets.model_copy(update={"on_time": float(draw.choice([0.7, 0.8, 0.9]))})
    return scenario.model_copy(
        update={**changes, "ledger": ledger, "search": scenario.search.model_copy(update=search)}
    )


@dataclass(frozen=True)
class Whole:
    """Every plan of the grid in the same, many, fresh replications."""

    scenario: Scenario
    runs: dict[Plan, list[Run]]

    def keeps(self, plan: Plan, error: float) -> bool | None:
        """Whether all targets are kept often enough (True), some is not (False), each said with so small an error."""
        runs, asked = self.runs[plan], targets(self.scenario)
        wanted = self.scenario.targets.probability
        bounds = [one_sided(sum(run.kept[i] is True for run in runs), len(runs), 1 - error) for i in range(len(asked))]
        if any(bound.high is not None and bound.high < wanted for bound in bounds):
            return False
        return True if all(bound.low is not None and bound.low >= wanted for bound in bounds) else None

    def truly_keeps(self, plan: Plan) -> bool:
        """Whether every target is kept in at least the wanted share of all these replications."""
        runs, wanted = self.runs[plan], self.scenario.targets.probability
        return all(sum(run.kept[i] is True for run in runs) >= wanted * len(runs) for i in range(len(runs[0].kept)))

    def nearer(self, plan: Plan, other: Plan, error: float) -> bool:
        """Whether a plan keeps some target surely oftener than another, where more are wanted, and none more seldom."""
        wanted, surely = self.scenario.targets.probability, False
        for ours, theirs in zip(self._kept(plan), self._kept(other), strict=True):
            n, m = len(self.runs[plan]), len(self.runs[other])
            if min(ours / n, wanted) < min(theirs / m, wanted):
                return False
            low, high = one_sided(ours, n, 1 - error).low, one_sided(theirs, m, 1 - error).high
            surely |= low is not None and high is not None and min(low, wanted) > high
        return surely

    def _kept(self, plan: Plan) -> list[int]:
        return [
            sum(kept is True for kept in target) for target in zip(*(run.kept for run in self.runs[plan]), strict=True)
        ]

    def cheaper(self, plan: Plan, other: Plan, error: float) -> bool:
        """Whether a plan surely costs less than another, by paired replications."""
        apart = paired_difference(
            [run.cost for run in self.runs[plan]], [run.cost for run in self.runs[other]], 1 - error
        )
        return apart.high is not None and apart.high < 0


def whole_grid(scenario: Scenario, n: int, jobs: int | None = 1, plans: Sequence[Plan] = ()) -> Whole:
    """The full grid by brute force, or some of its plans."""
    frame = frame_of(scenario)
    plans = plans or [Plan(lines, agents) for lines in LINES for agents in PEOPLE]
    studies = replicate_all(
        [plan.of(scenario) for plan in plans], JUDGES_FROM + n, first=JUDGES_FROM, jobs=jobs,
        frames=[frame] * len(plans),
    )  # fmt: skip
    asked = targets(scenario)
    return Whole(
        scenario,
        {plan: [run_of(one, asked) for one in study.figures] for plan, study in zip(plans, studies, strict=True)},
    )


def faults(found: StaffingAnswer, whole: Whole, error: float) -> list[str]:
    """What the full grid has against an answer; what it says itself to be unclear is no fault."""
    told = {one.plan for one in found.unclear} | {rival.plan for rival, _ in found.rivals}
    wrong = []
    if found.plan is None and found.nearest is not None:
        near = found.nearest.plan
        wrong += [f"{plan} is nearer than {near}" for plan in whole.runs if whole.nearer(plan, near, error)]
    if found.plan is not None and whole.keeps(found.plan, error) is False:
        wrong.append(f"{found.plan} does not keep its targets")
    for plan in whole.runs:
        good = whole.keeps(plan, error) is True and plan not in told
        if good and found.plan is None:
            wrong.append(f"{plan} keeps all targets and was not found")
        elif good and found.plan is not None and whole.cheaper(plan, found.plan, error):
            wrong.append(f"{plan} keeps all targets and is cheaper than {found.plan}")
    return wrong
