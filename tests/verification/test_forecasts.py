"""Forecasts of the rest of a running campaign, from logs made by the simulator: they hold as often as they say.

Each log is a campaign with truths of its own, cut at noon of its second day; 19 replications of its rest follow. If
they are drawn from where the log leaves things, the true finish is one more of the same kind: it lies within all 19
with probability 18/20, and each of its 20 ranks among them is as likely as the others. So it is where the inputs are
not known but drawn: the truth from their ranges, each replication from where the log leaves them (Cook, Gelman and
Rubin 2006).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.learned import learn
from callbacksim.campaign.outcomes import INTERVIEWED
from callbacksim.campaign.simpy_engine import Campaign, simulate
from callbacksim.campaign.standing import cut
from callbacksim.campaign.tracelog import Log
from callbacksim.scenario.calendar import timetable
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.uncertain import unknowns, with_values
from callbacksim.study.estimates import prediction
from callbacksim.study.measuring.measures import finish_ms
from callbacksim.study.weighed import weigh
from helpers import at, people, tiny

RUNS = 19
NOON = at("12:00", day=1)
ERROR = 0.001
"""How likely a test here fails though all is right."""
ALIKE: dict[str, Any] = {}
REACHABLE = {"reachable": 0.6}
LAWFUL = {"reachable": 0.8, "propensity_sd": 0.2, "seldom": 0.3, "seldom_factor": 0.4}


def lognormal(mean: float, sd: float) -> dict[str, Any]:
    return {"law": "lognormal", "mean": mean, "sd": sd}


def scenario(answering: dict[str, Any]) -> Scenario:
    """One line and one person for three days; retries at other hours, jitter, every kind of failure."""
    return tiny(
        robot={
            "lines": 1, "attempts": 6, "attempts_per_day": 2, "jitter_minutes": 30, "order": "random",
            "retry_minutes": {"no_answer": 120, "busy": 15, "voicemail": 90, "rejected": 60},
        },
        answering={
            "base": 0.3, "busy": 1, "voicemail": 1, "rejected": 1, "not_in_service": 0.05,
            "hour_index": {"9": 80, "10": 120, "14": 70, "16": 130}, **answering,
        },
        questionnaire={
            "complete": 0.6, "partial": 0.1, "break_off": 0.1, "opt_out": 0.05,
            "talk": {"complete": lognormal(90, 50), "partial": lognormal(60, 30), "early": lognormal(12, 6)},
            "items": {"problems": 0.2, "suggestions": 0.1},
        },
        recognition={"sensitivity": 0.8, "unclear": 0.15, "misheard": 0.05},
        agents={
            "count": 1, "reach": 0.7, "tries": 3, "retry_minutes": 90,
            "talk": lognormal(300, 200), "wrap_up": lognormal(100, 50),
        },
        study={"horizon_days": 20},
    )  # fmt: skip


def ranks(answering: dict[str, Any], logs: int, *, informed: bool = True, calls_only: bool = False) -> list[int]:
    """How many of the forecast's runs of each log end before the campaign truly did."""
    plan, contacts = scenario(answering), people(250)
    times, found = timetable(plan), []
    for log in range(logs):
        truth = simulate(plan, contacts, 1000 + log)
        standing = cut(truth, NOON)
        if calls_only:
            standing = replace(standing, people=None, ledger=None)
        learned = learn(plan, contacts, times, standing)
        finishes = []
        for run in range(RUNS):
            draws = learned.draws(5_000_000 + log, run) if informed else Draws(5_000_000 + log, run)
            finishes.append(finish_ms(Campaign(plan, contacts, times, draws, standing=standing).run()))
        rank = int(np.sum(np.array(finishes) < finish_ms(truth)))
        interval = prediction(finishes, 0.9)
        assert interval.low is not None
        assert interval.high is not None
        assert (0 < rank < RUNS) == (interval.low < finish_ms(truth) <= interval.high)
        found.append(rank)
    return found


def within(found: list[int]) -> int:
    """Logs whose true finish lies between the earliest and the latest of the runs."""
    return sum(0 < rank < RUNS for rank in found)


def band(logs: int) -> tuple[float, float]:
    """How many of so many logs may lie within their intervals, by chance in all but `ERROR` of the cases."""
    low, high = stats.binom(logs, (RUNS - 1) / (RUNS + 1)).ppf([ERROR / 2, 1 - ERROR / 2])
    return float(low), float(high)


def even(found: list[int]) -> float:
    """p-value of the hypothesis that all ranks are as likely (in five groups of four)."""
    return float(stats.chisquare(np.bincount(np.array(found) // 4, minlength=5)).pvalue)


def test_a_forecast_holds_where_numbers_differ_and_the_naive_one_does_not() -> None:
    low, high = band(30)
    assert low <= within(ranks(REACHABLE, 30)) <= high
    assert within(ranks(REACHABLE, 30, informed=False)) < low


@pytest.mark.slow
@pytest.mark.parametrize("answering", [ALIKE, REACHABLE, LAWFUL], ids=["alike", "reachable", "lawful"])
def test_two_hundred_forecasts_hold_as_often_as_they_say(answering: dict[str, Any]) -> None:
    found = ranks(answering, 200)
    low, high = band(200)
    assert low <= within(found) <= high
    assert even(found) > ERROR


@pytest.mark.slow
def test_they_hold_where_the_log_knows_the_calls_alone() -> None:
    found = ranks(REACHABLE, 200, calls_only=True)
    low, high = band(200)
    assert low <= within(found) <= high
    assert even(found) > ERROR


@pytest.mark.slow
@pytest.mark.parametrize("answering", [REACHABLE, LAWFUL], ids=["reachable", "lawful"])
def test_those_that_forget_who_is_left_over_do_not(answering: dict[str, Any]) -> None:
    found = ranks(answering, 200, informed=False)
    assert within(found) < band(200)[0]
    # They take the left over for fresh people: the truth comes too early among their runs.
    assert np.mean(found) < RUNS / 2


GUESSES = {
    "answering.base": (0.15, 0.55), "answering.reachable": (0.6, 1.0), "answering.not_in_service": (0.02, 0.15),
    "questionnaire.complete": (0.3, 0.7), "recognition.unclear": (0.05, 0.4), "agents.reach": (0.3, 0.9),
}  # fmt: skip


def ranks_of_guesses(logs: int, figure: str) -> list[int]:
    """How many of the runs of each log lie below what was true, where neither truth nor runs know the inputs."""
    plan, contacts = scenario({"base": 0.3, "reachable": 0.8}), people(200)
    plan = plan.model_copy(update={"uncertain": {**{one.path: "known" for one in unknowns(plan)[0]}, **GUESSES}})
    inputs, times, found = unknowns(plan)[0], timetable(plan), []
    assert {one.path for one in inputs} == set(GUESSES)

    def told(trace: Any) -> float:
        if figure == "finish":
            return float(finish_ms(trace))
        return float(np.isin(trace.attempts["outcome"], INTERVIEWED).sum())

    for log in range(logs):
        chance = np.random.default_rng(log)
        true = with_values(plan, {one.path: one.flat(float(chance.random())) for one in inputs})
        truth = simulate(true, contacts, 1000 + log)
        standing = cut(truth, NOON)
        read = Log((), standing.attempts, standing.recorded, standing.people, standing.recordings, standing.ledger)
        leaves = weigh(plan, contacts, times, read, standing, inputs)
        assert leaves.paths == set(GUESSES)
        runs = []
        for run in range(RUNS):
            drawn = with_values(plan, leaves.drawn(7_000_000 + log, run))
            draws = learn(drawn, contacts, times, standing).draws(5_000_000 + log, run)
            runs.append(told(Campaign(drawn, contacts, times, draws, standing=standing).run()))
        # Equal numbers of interviews are put in order by chance.
        below, same = (int(np.sum(one)) for one in (np.array(runs) < told(truth), np.array(runs) == told(truth)))
        found.append(below + int(chance.integers(same + 1)))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("figure", ["finish", "interviews"])
def test_forecasts_hold_where_the_inputs_are_guesses_that_the_log_weighs(figure: str) -> None:
    found = ranks_of_guesses(120, figure)
    low, high = band(120)
    assert low <= within(found) <= high
    assert even(found) > ERROR
