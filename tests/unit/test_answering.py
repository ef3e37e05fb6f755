"""Who answers and when, by hand; the law of answer propensity against its own definition and scipy's beta law."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from callbacksim.campaign.answering import beta_shape, draw_calls, hourly_rates, personal_factor, propensity
from callbacksim.campaign.outcomes import Outcome
from callbacksim.campaign.truth import Truth
from callbacksim.scenario.calendar import timetable
from callbacksim.scenario.checks import contradictions
from helpers import Written, constant, people, run, tiny

# A fine regular grid of uniforms: means over it are integrals over the law, to about one in its size.
GRID = (np.arange(200_000) + 0.5) / 200_000


def law(**answering: float) -> np.ndarray:
    return propensity(tiny(answering=answering), GRID)


def test_numbers_that_do_not_differ_have_propensity_one() -> None:
    assert (law(base=0.4) == 1).all()


def test_a_reachable_share_answers_in_place_of_all() -> None:
    own = law(base=0.3, reachable=0.6)
    assert (own == 0).mean() == pytest.approx(0.4, abs=1e-5)
    assert np.unique(own).tolist() == [0, pytest.approx(1 / 0.6)]
    assert own.mean() == pytest.approx(1, abs=1e-5)


def test_beta_propensities_have_the_mean_and_the_spread_that_are_asked_for() -> None:
    own = 0.4 * law(base=0.4, propensity_sd=0.2)
    assert (own.mean(), own.std()) == (pytest.approx(0.4, abs=1e-4), pytest.approx(0.2, abs=1e-4))
    # Mean 0.4 and sd 0.2: a + b = 0.24/0.04 - 1 = 5, so beta(2, 3).
    assert beta_shape(0.4, 0.2) == (pytest.approx(2), pytest.approx(3))
    for p in (0.1, 0.5, 0.9):
        assert np.quantile(own, p) == pytest.approx(stats.beta(2, 3).ppf(p), abs=1e-4)


def test_both_together_keep_the_mean_of_all() -> None:
    own = 0.3 * law(base=0.3, reachable=0.6, propensity_sd=0.1)
    assert own.mean() == pytest.approx(0.3, abs=1e-4)
    assert own[own > 0].mean() == pytest.approx(0.5, abs=1e-4)
    assert own[own > 0].std() == pytest.approx(0.1, abs=1e-4)


def test_where_nobody_answers_numbers_do_not_differ() -> None:
    assert (law(base=0, propensity_sd=0.2) == 1).all()
    assert (law(base=0, reachable=0.5) == 1).all()


def evenly(low: float, high: float) -> dict[str, object]:
    return {"law": "uniform", "low": low, "high": high}


# Four failures in the ratio 4 : 2 : 1 : 1, so the draws are cut at 0.5, 0.75 and 0.875.
FAILING = tiny(
    answering={
        "no_answer": 4,
        "busy": 2,
        "voicemail": 1,
        "rejected": 1,
        "retry_multiplier": 0.5,
        "ring": {
            "answered": evenly(10, 20),
            "no_answer": evenly(20, 40),
            "busy": constant(5),
            "voicemail": evenly(0, 10),
            "rejected": constant(15),
            "not_in_service": evenly(4, 8),
        },
    },
    robot={"jitter_minutes": 2},
)
THIRD = Written(
    written={
        ("answer", 3): [0.9, 0.8, 0.7, 0.6, 0.5],
        ("failure", 3): [0, 0.5, 0.7499, 0.75, 0.875],
        ("ring", 3): [0.5, 0.1, 0.2, 0.25, 0.3],
        ("jitter", 3): [0, 0.5, 0.25, 0.75, 0.9],
    }
)


def test_the_draws_of_a_call() -> None:
    calls = draw_calls(FAILING, 5, THIRD, 3, None)
    assert calls.multiplier == 0.25
    assert calls.answer == [0.9, 0.8, 0.7, 0.6, 0.5]
    assert calls.failure == [Outcome.NO_ANSWER, Outcome.BUSY, Outcome.BUSY, Outcome.VOICEMAIL, Outcome.REJECTED]
    # One draw says how long it rings, whatever comes of it: 20 + 20 × 0.5 s; 5 s; 10 × 0.25 s; 15 s.
    assert calls.failure_ring == [30_000, 5_000, 5_000, 2_500, 15_000]
    assert calls.ring == [15_000, 11_000, 12_000, 12_500, 13_000]
    assert calls.dead_ring == [6_000, 4_400, 4_800, 5_000, 5_200]
    assert calls.jitter == [0, 60_000, 30_000, 90_000, 108_000]


def test_the_draws_of_those_alone_that_can_get_so_many_calls_are_the_same() -> None:
    calls = draw_calls(FAILING, 5, THIRD, 3, np.array([1, 3]))
    assert calls.answer == {1: 0.8, 3: 0.6}
    assert calls.failure == {1: Outcome.BUSY, 3: Outcome.VOICEMAIL}
    assert (calls.failure_ring, calls.dead_ring) == ({1: 5_000, 3: 2_500}, {1: 4_400, 3: 5_000})
    assert (calls.ring, calls.jitter) == ({1: 11_000, 3: 12_500}, {1: 60_000, 3: 90_000})


def test_answer_rates_by_segment_weekday_and_hour() -> None:
    scenario = tiny(
        answering={"base": 0.4, "hour_index": {"0": 50, "9": 150}, "weekday_index": {"Tue": 80, "Sat": 200}},
        segments={
            "shops": {"kind": "company", "hour_index": {"10": 120}},
            "others": {"kind": "household"},
        },
        study={"horizon_days": 5},
    )
    common, own, without = hourly_rates(scenario, timetable(scenario))
    # Five days from Monday, and one more for calls that last beyond them. Tuesday is hours 24 to 47, Saturday 120 on.
    assert len(common) == len(own) == len(without) == 6 * 24
    assert [common[hour] for hour in (0, 1, 9, 10)] == pytest.approx([0.2, 0.4, 0.6, 0.4])
    assert [common[hour] for hour in (23, 24, 25, 33, 47, 48, 49)] == pytest.approx(
        [0.4, 0.16, 0.32, 0.48, 0.32, 0.2, 0.4]
    )
    assert [common[120 + hour] for hour in (0, 1, 9, 23)] == pytest.approx([0.4, 0.8, 1.2, 0.8])
    assert [own[hour] for hour in (0, 9, 10, 24, 34)] == pytest.approx([0.4, 0.4, 0.48, 0.32, 0.384])
    assert without == common


def test_what_a_contact_is_multiplied_by_for_good() -> None:
    scenario = tiny(
        answering={"base": 0.3, "reachable": 0.6, "seldom": 0.5, "seldom_factor": 0.25},
        segments={"shops": {"kind": "company", "answer_factor": 1.2}},
    )
    # Contacts 0 and 3 share a number; it and number 2 are reachable (0.4 or more), number 1 is not.
    contacts = people([0, 1, 2, 0], segments=[0, 0, 1, 1])
    nothing = np.zeros(4, dtype=np.int64)
    truth = Truth(
        in_service=np.ones(4, dtype=bool),
        seldom=np.array([True, False, True, False]),
        expected=np.ones(4),
        score=nothing,
        business_score=nothing,
        problems=nothing,
        suggestions=nothing,
    )
    draws = Written(written={("propensity", 0): [0.4, 0.39, 0.9]})
    found = personal_factor(scenario, contacts, truth, draws)
    assert found.tolist() == pytest.approx([0.25 / 0.6, 0, 1.2 * 0.25 / 0.6, 1.2 / 0.6])


def test_response_by_attempt_falls_because_those_left_over_seldom_answer() -> None:
    """60 % reachable at 0.23 a call (base 0.138): the share ever answered after k calls is 0.6 × (1 − 0.77^k).

    4,000 numbers: each share has a standard error of at most 0.008, so 0.03 is beyond 3.7 of them (p < 0.001 in all).
    """
    answering = {"base": 0.138, "reachable": 0.6, "retry_multiplier": 1}
    scenario = tiny(
        robot={"lines": 4000, "attempts": 9},
        answering=answering,
        questionnaire={"complete": 1},
        study={"horizon_days": 30},
    )
    attempts = run(scenario, people(4000)).attempts
    live = attempts["outcome"] == Outcome.COMPLETE
    for calls in (1, 3, 5, 9):
        reached = (live & (attempts["attempt"] <= calls)).sum() / 4000
        assert reached == pytest.approx(0.6 * (1 - 0.77**calls), abs=0.03)


@pytest.mark.parametrize(
    ("answering", "said"),
    [
        ({"base": 0.5, "reachable": 0.4}, "0.4 of the numbers are ever answered, and base = 0.5 of all first calls"),
        (
            {"base": 0.3, "reachable": 0.6, "propensity_sd": 0.49999},
            "",  # sqrt(0.5 × 0.5) is more
        ),
        (
            {"base": 0.1, "propensity_sd": 0.31},
            "a share with mean 0.1 (base ÷ reachable) cannot have a standard deviation of 0.31",
        ),
        ({"base": 0.5, "reachable": 0.5, "propensity_sd": 0.1}, "a share with mean 1 (base ÷ reachable)"),
    ],
)
def test_laws_that_cannot_be_are_contradictions(answering: dict[str, float], said: str) -> None:
    found = contradictions(tiny(answering=answering))
    assert [finding.wrong[: len(said)] for finding in found] == ([said] if said else [])
