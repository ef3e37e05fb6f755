"""Which inputs are guesses, how a guess is drawn from its range, and what gives way when drawn values clash."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from callbacksim.scenario.checks import contradictions
from callbacksim.scenario.files import load
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.uncertain import Unknown, clash, unknowns, with_values
from callbacksim.study.uncertain import drawn
from helpers import constant, tiny

SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml"))


def unknown(value: float, low: float, high: float, *, logarithmic: bool = False, whole: bool = False) -> Unknown:
    return Unknown("x", ("x",), "", "", value, low, high, logarithmic, whole, given=True)


def names(scenario: Scenario) -> list[str]:
    return [one.path for one in unknowns(scenario)[0]]


def why(scenario: Scenario) -> dict[str, str]:
    return {one.path: one.why for one in unknowns(scenario)[1]}


# --- the law of a guess ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("u", "x"),
    # A triangle from 0 to 1 with its top at 0.25: F = x²/0.25 up to there, 1 − (1 − x)²/0.75 above.
    [(0.0, 0.0), (0.0625 / 0.25, 0.25), (0.04, 0.1), (1 - 0.25 / 0.75, 0.5), (1.0, 1.0)],
)
def test_a_guess_is_triangular_around_the_files_value(u: float, x: float) -> None:
    assert unknown(0.25, 0, 1).at(u) == pytest.approx(x)


def test_a_value_at_the_end_of_its_range_is_still_the_likeliest() -> None:
    assert [unknown(0, 0, 1).at(u) for u in (0, 0.75, 1)] == pytest.approx([0, 0.5, 1])
    assert [unknown(1, 0, 1).at(u) for u in (0, 0.25, 1)] == pytest.approx([0, 0.5, 1])


def test_scale_like_inputs_are_triangular_on_the_logarithm() -> None:
    one = unknown(10, 1, 100, logarithmic=True)
    assert [one.at(u) for u in (0, 0.5, 1)] == pytest.approx([1, 10, 100])
    assert one.at(0.125) == pytest.approx(math.sqrt(10))  # half-way up the rising side: F = 1/2 · (1/2)²


def test_whole_numbers_stay_whole_and_every_one_of_the_range_comes() -> None:
    one = unknown(2, 1, 3, whole=True)
    values = [one.at(u) for u in np.linspace(0, 1, 1001)]
    assert sorted(set(values)) == [1, 2, 3]
    # A triangle from 0.5 to 3.5 with its top at 2: below 1.5 lies 1/2 · (1/1.5)² = 2/9.
    assert values.count(1) / 1001 == pytest.approx(2 / 9, abs=0.002)


def test_durations_and_money_and_wide_shares_are_on_the_logarithm_others_are_not() -> None:
    scale = {one.path: one.logarithmic for one in unknowns(load(SHIPPED[0].parent / "gaoxin-forecast.toml"))[0]}
    assert scale["agents.talk"] and scale["costs.agent_hour"] and scale["answering.voicemail"]
    assert scale["recognition.misheard"]  # 0.005 to 0.1
    assert not scale["answering.base"] and not scale["recognition.sensitivity"] and not scale["agents.reach"]


# --- what is a guess -------------------------------------------------------------------------------------------------


def test_assumptions_with_a_range_are_guesses_and_decisions_are_not() -> None:
    scenario = load(SHIPPED[0].parent / "gaoxin-forecast.toml")
    found = names(scenario)
    assert "answering.base" in found and "agents.talk" in found and "recognition.misheard" in found
    assert not [path for path in found if path.startswith(("robot.", "study.", "targets.", "register."))]
    assert "questionnaire.items.problems" not in found  # computed from the report: tag C
    assert "costs.line_month" not in found  # sourced


def test_what_is_known_or_has_no_effect_is_not_drawn_and_says_why() -> None:
    scenario = tiny(answering={"base": 0.5}, uncertain={"answering.base": "known"})
    assert "answering.base" not in names(scenario)
    assert why(scenario)["answering.base"] == "known, says [uncertain]"
    assert why(scenario)["listeners.finds"] == "nobody listens to recordings"
    assert why(scenario)["answering.not_in_service"] == "its value lies outside its plausible range, 0.01 to 0.1"


def test_the_scenarios_own_range_comes_before_the_plausible_one_and_may_name_any_input() -> None:
    scenario = tiny(uncertain={"answering.base": (0.8, 1), "robot.lines": (1, 3), "recognition.unclear": (0, 0.2)})
    found = {one.path: one for one in unknowns(scenario)[0]}
    assert (found["answering.base"].low, found["answering.base"].high, found["answering.base"].given) == (0.8, 1, True)
    assert found["robot.lines"].whole
    assert {"answering.base", "robot.lines", "recognition.unclear"} <= set(found)


def test_a_value_outside_the_scenarios_own_range_stands_as_it_is() -> None:
    scenario = tiny(uncertain={"answering.base": (0.3, 0.6)})
    assert why(scenario)["answering.base"] == "its value lies outside its range in [uncertain], 0.3 to 0.6"


def test_the_plausible_range_of_the_robots_talk_is_not_that_of_people_who_telephone() -> None:
    scenario = tiny(study={"mode": "manual"})
    assert not [path for path in names(scenario) if path.startswith("manual.talk")]


# --- a set becomes a scenario ----------------------------------------------------------------------------------------


def test_a_law_is_stretched_whole() -> None:
    scenario = tiny(
        agents={
            "talk": {"law": "lognormal", "mean": 300, "sd": 120},
            "wrap_up": {"law": "uniform", "low": 1, "high": 3},
        },
        questionnaire={"talk": {"complete": {"law": "quantiles", "p": [0, 0.5, 1], "x": [0, 10, 40]}}},
    )
    # The quantiles' mean: (0 + 10)/2 · 1/2 + (10 + 40)/2 · 1/2 = 15.
    new = with_values(scenario, {"agents.talk": 600, "agents.wrap_up": 1, "questionnaire.talk.complete": 30})
    assert new.agents.talk.model_dump() == {"law": "lognormal", "mean": 600, "sd": 240}
    assert new.agents.wrap_up.model_dump() == {"law": "uniform", "low": 0.5, "high": 1.5}
    assert new.questionnaire.talk.complete.model_dump() == {"law": "quantiles", "p": (0, 0.5, 1), "x": (0, 20, 80)}


def test_results_that_add_up_to_more_than_all_shrink_alike_but_what_is_known_stays() -> None:
    scenario = tiny(questionnaire={"complete": 0.5, "partial": 0.2, "break_off": 0.1})
    asked = with_values(scenario, {"questionnaire.complete": 0.9, "questionnaire.partial": 0.6}).questionnaire
    # Of 1, break_off keeps 0.1; the two drawn share 0.9 as 0.9 : 0.6.
    assert (asked.complete, asked.partial, asked.break_off) == pytest.approx((0.54, 0.36, 0.1))
    assert clash(scenario, {"questionnaire.complete": 0.9, "questionnaire.partial": 0.6})
    assert not clash(scenario, {"questionnaire.complete": 0.6, "questionnaire.partial": 0.3})


def test_a_gap_in_satisfaction_that_cannot_be_becomes_the_nearest_that_can() -> None:
    scenario = tiny(questionnaire={"satisfaction": {"scores": [5.0, 0.0, 0.0, 0.0, 95.0]}})
    drawn_ = {"answering.seldom": 0.5, "questionnaire.satisfaction.nonresponse_gap": 20.0}
    # Those who seldom answer would be satisfied to 0.95 + 0.2 · 0.5 = 1.05; a gap of 10 points gives exactly 1.
    assert with_values(scenario, drawn_).questionnaire.satisfaction.nonresponse_gap == pytest.approx(10)
    assert with_values(scenario, {**drawn_, "answering.seldom": 0.0}).questionnaire.satisfaction.nonresponse_gap == 0


def test_whoever_answers_is_ever_answered_and_no_law_is_spread_too_far() -> None:
    scenario = tiny(answering={"base": 0.5, "reachable": 0.8, "propensity_sd": 0.3})
    answering = with_values(scenario, {"answering.base": 0.7, "answering.reachable": 0.6}).answering
    assert (answering.base, answering.reachable, answering.propensity_sd) == (0.7, 0.7, 0.0)
    answering = with_values(scenario, {"answering.base": 0.76}).answering
    assert answering.propensity_sd == pytest.approx(0.99 * math.sqrt(0.95 * 0.05))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_no_drawn_set_is_contradictory(path: Path) -> None:
    scenario = load(path)
    inputs, _ = unknowns(scenario)
    chance = np.random.default_rng(11)
    for _ in range(40):
        ends = {one.path: one.at(float(chance.choice([0, 1, chance.random()]))) for one in inputs}
        assert contradictions(with_values(scenario, ends)) == []


# --- addresses -------------------------------------------------------------------------------------------------------


def test_draws_are_addressed_by_seed_replication_and_field() -> None:
    scenario = tiny(uncertain={"answering.base": (0.5, 1), "agents.reach": (0.5, 1), "agents.talk": (100, 500)})
    more = tiny(uncertain={**scenario.uncertain, "robot.lines": (1, 3)}, robot={"lines": 2})
    inputs, others = unknowns(scenario)[0], unknowns(more)[0]
    sets = [drawn(inputs, 7, r) for r in range(3)]
    assert [one.items() <= drawn(others, 7, r).items() for r, one in enumerate(sets)] == [True] * 3
    assert len({one["answering.base"] for one in [*sets, drawn(inputs, 8, 0), drawn(inputs, 7, 0, turn=1)]}) == 5
    assert len({*sets[0].values()}) == len(inputs)


def test_a_range_is_for_a_constant_law_too() -> None:
    scenario = tiny(uncertain={"agents.ring": (5, 40)}, agents={"ring": constant(20)})
    assert with_values(scenario, {"agents.ring": 35.0}).agents.ring.mean_value() == pytest.approx(35)
