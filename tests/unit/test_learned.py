"""What a log teaches, against Bayes by hand: who is left over, what was truly meant, who holds an item."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from callbacksim.campaign.answering import propensity
from callbacksim.campaign.casework import Casework
from callbacksim.campaign.draws import Draws
from callbacksim.campaign.learned import learn
from callbacksim.campaign.outcomes import CaseStatus, Flag, Item, Outcome, Source
from callbacksim.campaign.standing import Ledger, People, Standing
from callbacksim.campaign.trace import (
    ATTEMPTS,
    CASES,
    ESCALATIONS,
    LOOKBACKS,
    RECORDINGS,
    ROUNDS,
    TRANSFERS,
    TRIES,
    table,
)
from callbacksim.campaign.truth import Truth, draw_truth, score_shares
from callbacksim.scenario.calendar import DAY, HOUR, timetable
from callbacksim.scenario.schema import Scenario
from helpers import people, tiny

N = 40_000
"""Numbers with the same history: a share of them is known to within 0.01 (four standard errors at one half)."""
CLOSE = 0.0101


def history(outcomes: list[Outcome], flag: int = 0, contacts: int = N, **more: Any) -> Standing:
    """Everybody was called at nine on each of the first days, with these outcomes."""
    rows = [
        (c, day + 1, outcome, 10_000, 0, 0, 0, flag, 0, 0, start, start + 10_000, day + 1, start + 10_000)
        for day, outcome in enumerate(outcomes)
        for start in [day * DAY + 9 * HOUR]
        for c in range(contacts)
    ]
    return Standing(at=(len(outcomes) - 1) * DAY + 10 * HOUR, attempts=table(ATTEMPTS, rows), **more)


def draws(scenario: Scenario, standing: Standing, contacts: int = N) -> Draws:
    return learn(scenario, people(contacts), timetable(scenario), standing).draws(3, 0)


def truth(scenario: Scenario, standing: Standing) -> Truth:
    return draw_truth(scenario, people(N), draws(scenario, standing))


@pytest.mark.parametrize("k", [1, 2, 5])
def test_who_never_answered_is_less_and_less_likely_to_be_reachable(k: int) -> None:
    scenario = tiny(answering={"base": 0.3, "reachable": 0.6})  # those reachable answer half of the calls
    own = propensity(scenario, draws(scenario, history([Outcome.NO_ANSWER] * k)).uniforms("propensity", N))
    likely = 0.6 * 0.5**k / (0.6 * 0.5**k + 0.4)
    assert (own > 0).mean() == pytest.approx(likely, abs=CLOSE)
    assert set(np.unique(own).tolist()) == {0.0, 1 / 0.6}


def test_who_has_answered_once_is_reachable() -> None:
    scenario = tiny(answering={"base": 0.3, "reachable": 0.6})
    own = propensity(scenario, draws(scenario, history([Outcome.REFUSAL])).uniforms("propensity", N))
    assert (own > 0).all()


@pytest.mark.parametrize(("answers", "silences"), [(0, 3), (2, 0), (1, 2)])
def test_the_beta_law_learns_as_beta_laws_do(answers: int, silences: int) -> None:
    # Mean 0.4 and sd 0.2 are beta(2, 3); answers and silences add to its two parameters.
    scenario = tiny(answering={"base": 0.4, "propensity_sd": 0.2})
    outcomes = [Outcome.REFUSAL] * answers + [Outcome.NO_ANSWER] * silences
    own = 0.4 * propensity(scenario, draws(scenario, history(outcomes)).uniforms("propensity", N))
    a, b = 2 + answers, 3 + silences
    assert own.mean() == pytest.approx(a / (a + b), abs=0.004)
    assert own.std() == pytest.approx((a * b / (a + b + 1)) ** 0.5 / (a + b), abs=0.004)


def test_hours_count_in_what_silence_says() -> None:
    # At nine everybody reachable answers with 0.1 only: silence says little.
    scenario = tiny(answering={"base": 0.3, "reachable": 0.6, "hour_index": {"9": 20}})
    own = propensity(scenario, draws(scenario, history([Outcome.BUSY])).uniforms("propensity", N))
    assert (own > 0).mean() == pytest.approx(0.54 / 0.94, abs=CLOSE)


def test_the_group_that_seldom_answers_is_larger_among_the_silent() -> None:
    scenario = tiny(answering={"base": 0.5, "seldom": 0.3, "seldom_factor": 0.4})
    silent = truth(scenario, history([Outcome.NO_ANSWER, Outcome.VOICEMAIL])).seldom
    assert silent.mean() == pytest.approx(0.3 * 0.8**2 / (0.3 * 0.8**2 + 0.7 * 0.5**2), abs=CLOSE)
    spoken = truth(scenario, history([Outcome.REFUSAL])).seldom
    assert spoken.mean() == pytest.approx(0.3 * 0.2 / (0.3 * 0.2 + 0.7 * 0.5), abs=CLOSE)


def test_numbers_that_rang_are_in_service_and_dead_ones_are_not() -> None:
    scenario = tiny(answering={"not_in_service": 0.5})
    assert truth(scenario, history([Outcome.NO_ANSWER])).in_service.all()
    assert not truth(scenario, history([Outcome.NOT_IN_SERVICE])).in_service.any()
    # Half of the contacts were not called: nothing is known of them.
    of_all = truth(scenario, history([Outcome.NO_ANSWER], contacts=N // 2)).in_service
    assert of_all[N // 2 :].mean() == pytest.approx(0.5, abs=CLOSE * 2**0.5)
    plain = Draws(3, 0).uniforms("in service", N)
    assert (of_all[N // 2 :] == (plain[N // 2 :] >= 0.5)).all()


def test_a_score_that_was_heard_is_mostly_the_true_one() -> None:
    scores = [1, 1, 2, 4, 2]
    scenario = tiny(
        questionnaire={"satisfaction": {"scores": scores}}, recognition={"misheard": 0.2}, answering={"seldom": 0}
    )
    score = truth(scenario, history([Outcome.COMPLETE], recorded=dict.fromkeys(range(N), 2))).score
    likely = np.array(scores) / 10 * np.where(np.arange(1, 6) == 2, 0.8, 0.05)
    assert np.bincount(score, minlength=6)[1:] / N == pytest.approx(likely / likely.sum(), abs=CLOSE)


def test_an_answer_tells_of_the_group_too() -> None:
    scenario = tiny(
        questionnaire={"satisfaction": {"scores": [0, 0, 40, 60, 0], "nonresponse_gap": 30}},
        answering={"base": 1, "seldom": 0.5, "seldom_factor": 1},
    )
    # The others are satisfied with 0.6 - 0.15, the group with 0.6 + 0.15; all are heard rightly.
    learned = truth(scenario, history([Outcome.COMPLETE], recorded=dict.fromkeys(range(N), 4)))
    assert (learned.score == 4).all()
    assert learned.seldom.mean() == pytest.approx(0.75 / (0.75 + 0.45), abs=CLOSE)


@pytest.mark.parametrize(
    ("flag", "problem", "suggestion"),
    # Not flagged: missed with 0.3, or nothing there with 0.9; something is there with 1 - 0.8 x 0.7 = 0.44.
    [
        (Flag.ITEM, 0.2 / 0.44, 0.3 / 0.44),
        (Flag.UNCLEAR, 0, 0),
        (Flag.NONE, 0.2 * 0.3 / (0.44 * 0.3 + 0.56 * 0.9), 0.3 * 0.3 / (0.44 * 0.3 + 0.56 * 0.9)),
        (Flag.FIXED, 0.2 * 0.7 / (0.44 * 0.7 + 0.56 * 0.1), 0.3 * 0.7 / (0.44 * 0.7 + 0.56 * 0.1)),
    ],
)
def test_flags_tell_of_items(flag: Flag, problem: float, suggestion: float) -> None:
    scenario = tiny(
        questionnaire={"items": {"problems": 0.2, "suggestions": 0.3}},
        recognition={"sensitivity": 0.7, "unclear": 0.1},
    )
    learned = truth(scenario, history([Outcome.COMPLETE], flag))
    assert (learned.problems > 0).mean() == pytest.approx(problem, abs=CLOSE)
    assert (learned.suggestions > 0).mean() == pytest.approx(suggestion, abs=CLOSE)


@pytest.mark.parametrize(("found", "likely"), [(1, 1), (0, 0.2 * 0.3 * 0.25 / (0.2 * 0.3 * 0.25 + 0.8))])
def test_so_does_what_listeners_found(found: int, likely: float) -> None:
    scenario = tiny(
        questionnaire={"items": {"problems": 0.2, "suggestions": 0}},
        recognition={"sensitivity": 0.7, "unclear": 0},
        listeners={"share": 1, "finds": 0.75},
    )
    heard = table(RECORDINGS, [(c, 1000, found, 9 * HOUR, 9 * HOUR + 20_000, 9 * HOUR + 21_000) for c in range(N)])
    learned = truth(scenario, history([Outcome.COMPLETE], recordings=heard))
    assert (learned.problems > 0).mean() == pytest.approx(likely, abs=CLOSE)


def test_whom_people_have_talked_to_holds_what_the_ledger_has() -> None:
    # Three problems of contact 0, one suggestion of contact 1, nothing of contact 2; contact 3 was not reached.
    case = (0, 0, 0, -1, -1, -1, -1, -1, -1, -1, CaseStatus.OPEN, 0)  # category … rounds
    cases = [(0, Source.SURVEY, Item.PROBLEM, n, *case) for n in range(3)]
    cases += [(1, Source.SURVEY, Item.SUGGESTION, 0, *case)]
    called = [(c, 1, c < 3, 1000, 0, 0, 9 * HOUR, 9 * HOUR + 1000) for c in range(4)]
    so_far = People(table(ESCALATIONS, []), table(TRIES, called), table(TRANSFERS, []))
    ledger = Ledger(table(CASES, cases), table(ROUNDS, []), table(LOOKBACKS, []))
    scenario = tiny(questionnaire={"items": {"problems": 0.5, "suggestions": 0.5, "each": 2}})
    standing = history([Outcome.COMPLETE], Flag.ITEM, contacts=4, people=so_far, ledger=ledger)
    problems, suggestions = np.zeros((2, 200, 4))
    for replication in range(200):
        learned = learn(scenario, people(4), timetable(scenario), standing).draws(3, replication)
        held = draw_truth(scenario, people(4), learned)
        problems[replication], suggestions[replication] = held.problems, held.suggestions
    assert (problems[:, :3] == [3, 0, 0]).all()
    assert (suggestions[:, :3] == [0, 1, 0]).all()
    assert len(np.unique(problems[:, 3])) > 3


def test_reports_that_have_not_come_in_yet_are_to_come() -> None:
    # Offices are open 7 h on each of five days; at 10:00 on the second day 8 of 35 h are over.
    scenario = tiny(ledger={"intake": {"reports": N}})
    case = (0, 0, 0, -1, -1, -1, -1, -1, -1, -1, CaseStatus.OPEN, 0)
    ledger = Ledger(
        table(CASES, [(-1, Source.INTAKE, Item.PROBLEM, n, *case) for n in range(10)]),
        table(ROUNDS, []),
        table(LOOKBACKS, []),
    )
    nothing = People(table(ESCALATIONS, []), table(TRIES, []), table(TRANSFERS, []))
    standing = history([Outcome.NO_ANSWER] * 2, contacts=3, people=nothing, ledger=ledger)
    learned = learn(scenario, people(3), timetable(scenario), standing).draws(3, 0)
    arrivals = np.array(Casework(scenario, people(3), timetable(scenario), learned).arrivals())[10:]
    assert arrivals.min() >= DAY + 10 * HOUR
    assert (arrivals < 3 * DAY).mean() == pytest.approx((3 * 7 - 8) / (35 - 8), abs=CLOSE)


def test_what_the_scenario_holds_to_be_impossible_teaches_nothing() -> None:
    never = tiny(answering={"base": 0.5, "reachable": 0.5, "hour_index": {"9": 0}})
    own = propensity(never, draws(never, history([Outcome.REFUSAL])).uniforms("propensity", N))
    assert (own > 0).mean() == pytest.approx(0.5, abs=CLOSE)
    holds_none = tiny(questionnaire={"items": {"problems": 0, "suggestions": 0}})
    assert not truth(holds_none, history([Outcome.COMPLETE], Flag.ITEM)).problems.any()


def test_shares_of_scores_are_those_that_are_drawn() -> None:
    scenario = tiny(
        questionnaire={"satisfaction": {"scores": [1, 2, 3, 4, 5], "nonresponse_gap": 20}}, answering={"seldom": 0.4}
    )
    drawn = draw_truth(scenario, people(4 * N), Draws(8, 0))
    for group in (0, 1):
        scores = drawn.score[drawn.seldom == bool(group)]
        counted = [(scores == score).mean() for score in (5, 4, 3, 2, 1)]
        assert counted == pytest.approx(score_shares(scenario)[0, group].tolist(), abs=CLOSE)
