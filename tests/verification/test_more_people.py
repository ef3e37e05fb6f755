"""The lines alike, is one person more ever worse? Measured, where the search for staff relies on it.

Each kind of campaign is generated several times, with crowded call-backs, and replicated with one to five people on
common random numbers. People change but two of the figures behind the targets that bisection goes by: when all is done,
and who is called back in time. A replication counts as *worse* if some step up makes one of them worse by anything at
all: with an unlucky limit a target would be lost. It counts as *lost* if a target is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from callbacksim.frame.frame import frame_of
from callbacksim.scenario.laws import Lognormal
from callbacksim.scenario.schema import Group, Scenario
from callbacksim.study.estimates import one_sided, paired_difference
from callbacksim.study.experiment import Study, replicate_all
from callbacksim.study.staffing.plans import Plan, more_people_help
from callbacksim.study.staffing.search import IN_THE_WAY
from callbacksim.study.targets import targets
from staffing_cases import question

PEOPLE = range(1, 6)
LINES = 12
"""So many that escalations come in a crowd."""
SCENARIOS = 6
RUNS = 20
LEVEL = 0.999
"""Of each bound. Two are of shares, 96 of means that could be wrong on one side: 0.05 for all of them."""
LOST, WORSE = 0.01, 0.04
"""What docs/model.md says: in a smaller share of replications some step up loses a target, or is worse at all."""
Floats = np.ndarray[Any, np.dtype[np.float64]]
OF_CALLS = ("dialling_finish", "robot_cost", "line_cost", "interviews", "attempts", "missed")
Change = Mapping[str, Mapping[str, Any]]


def changed(scenario: Scenario, change: Change) -> Scenario:
    """The scenario with other values in some sections."""
    return scenario.model_copy(
        update={name: getattr(scenario, name).model_copy(update=dict(values)) for name, values in change.items()}
    )


LONG = Lognormal(law="lognormal", mean=1200, sd=1200)
IMPATIENT = {"reach": 0.3, "tries": 8, "retry_minutes": 10.0, "within_minutes": 30.0}
KINDS: dict[str, Change] = {
    "plain": {},
    "first come": {"agents": {"queue": "first_come"}},
    "breaks": {"agents": {"breaks": (("10:00", "10:20"), ("13:00", "15:30"), ("17:30", "18:00"))}},
    "long talks": {"agents": {"talk": LONG, "reach": 0.5, "tries": 2}},
    "many retries": {"agents": {"reach": 0.3, "tries": 8, "retry_minutes": 15.0}},
    "retries overtake": {"agents": IMPATIENT, "recognition": {"unclear": 0.4}},
    "retries overtake, first come": {"agents": {**IMPATIENT, "queue": "first_come"}, "recognition": {"unclear": 0.4}},
    "short shifts": {"agents": {"roster": (("11:30", "12:00"), ("19:30", "20:00")), "reach": 0.5}},
    "retries on another day": {"agents": {"reach": 0.5, "retry_minutes": 600.0, "tries": 3}},
    "a second group": {
        "agents": {"groups": {"g": Group(count=1, roster=(("10:00", "11:00"), ("16:00", "17:00")))}, "reach": 0.5}
    },
    "listeners": {"listeners": {"share": 0.8, "count": 2}},
    "shared numbers": {"register_": {"dedupe": False}},
}


@dataclass(frozen=True)
class Steps:
    """Replications with one person more each: [p, r] is replication r with p + 1 people."""

    kept: np.ndarray[Any, np.dtype[np.bool_]]  # [p, r, i] of target i
    finish: Floats
    in_time: Floats  # the share called back in time; where nobody is to be called back, 1

    @property
    def lost(self) -> int:
        """Replications in which some step up loses some target."""
        return int((self.kept[:-1] & ~self.kept[1:]).any(axis=(0, 2)).sum())

    @property
    def gained(self) -> int:
        """Replications in which some step up wins some target."""
        return int((~self.kept[:-1] & self.kept[1:]).any(axis=(0, 2)).sum())

    @property
    def worse(self) -> int:
        """Replications in which some step up ends later, or calls fewer back in time."""
        later, fewer = np.diff(self.finish, axis=0) > 1e-9, np.diff(self.in_time, axis=0) < -1e-12
        return int((later | fewer).any(axis=0).sum())


def crowded(number: int, kind: str) -> Scenario:
    """Many call-backs in little time, with every promise that bisection goes by."""
    made = question(number)
    items = made.questionnaire.items.model_copy(update={"problems": 0.5})
    promised = {"satisfaction_error": 15.0, "missed": 3, "cost": None}
    scenario = changed(made, {"questionnaire": {"items": items}, "targets": promised})
    if kind == "listeners":
        scenario = changed(scenario, {"listeners": {"roster": scenario.agents.roster}})
    return changed(scenario, KINDS[kind])


def studies(scenario: Scenario) -> list[Study]:
    """The campaign with one to five people, the same replications each."""
    frame = frame_of(scenario)
    plans = [Plan(LINES, people).of(scenario) for people in PEOPLE]
    return replicate_all(plans, RUNS, frames=[frame] * len(plans))


def steps(scenario: Scenario, found: list[Study]) -> Steps:
    """What becomes of the targets that bisection goes by."""
    asked = [target for target in targets(scenario) if target.name not in IN_THE_WAY]
    kept = [[[target.kept(one) is True for target in asked] for one in study.figures] for study in found]
    finish, in_time = (
        np.array([[one.measures[name] for one in study.figures] for study in found])
        for name in ("finish", "called_back_in_time")
    )
    assert np.isfinite(finish).all()
    return Steps(np.array(kept), finish, np.nan_to_num(in_time, nan=1.0))


def together(several: list[Steps]) -> Steps:
    """The replications of several campaigns of a kind."""
    return Steps(
        np.concatenate([one.kept for one in several], axis=1),
        np.concatenate([one.finish for one in several], axis=1),
        np.concatenate([one.in_time for one in several], axis=1),
    )


@pytest.mark.slow
def test_with_the_lines_alike_one_person_more_is_hardly_ever_worse() -> None:
    """Over all kinds, in a bounded share of replications; in the mean, in no kind; and never by way of the calls."""
    lost = worse = 0
    for kind in KINDS:
        several = []
        for number in range(SCENARIOS):
            scenario = crowded(number, kind)
            assert more_people_help(scenario)
            found = studies(scenario)
            for name in OF_CALLS:
                first, *others = ([one.measures[name] for one in study.figures] for study in found)
                assert all(np.array_equal(first, other, equal_nan=True) for other in others), (kind, name)
            first, *others = ([one.survey["error"] for one in study.figures] for study in found)
            assert all(np.array_equal(first, other, equal_nan=True) for other in others), kind
            several.append(steps(scenario, found))
        seen = together(several)
        assert seen.gained >= SCENARIOS * RUNS // 4, kind  # people matter here: else nothing would be shown
        for fewer, more in pairwise(range(len(PEOPLE))):
            later = paired_difference(seen.finish[more], seen.finish[fewer], LEVEL)
            in_time = paired_difference(seen.in_time[more], seen.in_time[fewer], LEVEL)
            assert later.low is not None and later.low <= 0, kind  # not surely later in the mean
            assert in_time.high is not None and in_time.high >= 0, kind
        lost, worse = lost + seen.lost, worse + seen.worse
    runs = len(KINDS) * SCENARIOS * RUNS
    for count, most in ((lost, LOST), (worse, WORSE)):
        bound = one_sided(count, runs, LEVEL).high
        assert bound is not None and bound <= most, (lost, worse, runs)
