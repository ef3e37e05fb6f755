"""The survey's figures and its four errors, from four contacts written by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from callbacksim.campaign.outcomes import Disposition
from callbacksim.campaign.trace import Trace
from callbacksim.study.measuring.survey import CATALOGUE, Cell, answers, cells, survey
from callbacksim.study.setting import Cells
from helpers import people, run, setting_of, tiny
from traces import hand_trace, person

# Heard 5, 4, 2 and nothing; truly 5, 3, 2, 4. The last two seldom answer, and are less often satisfied.
FOUR = (
    person(0, Disposition.COMPLETE, score=5, heard=5, businesses=2),
    person(1, Disposition.COMPLETE, score=3, heard=4),
    person(2, Disposition.PARTIAL, score=2, heard=2, seldom=1),
    person(3, Disposition.EXHAUSTED, score=4, seldom=1, businesses=2),
)
WHERE = setting_of(tiny(), people(4))


def trace() -> Trace:
    return hand_trace(
        contacts=FOUR, expected=np.array([0.9, 0.9, 0.6, 0.6]), business_score=np.array([5, 1, 3, 2, 4, 1])
    )


def test_what_the_survey_finds() -> None:
    found = survey(trace(), WHERE)
    assert found["respondents"] == 3
    assert found["satisfied"] == pytest.approx(2 / 3)
    # Weighted by 2, 1 and 1 businesses.
    assert found["satisfied_businesses"] == pytest.approx(3 / 4)
    assert found["mean_score"] == pytest.approx(11 / 3)
    assert (found["seldom_interviewed"], found["seldom_contacts"]) == pytest.approx((1 / 3, 1 / 2))


def test_the_truth() -> None:
    found = survey(trace(), WHERE)
    assert found["true_satisfied"] == 0.5
    assert found["true_satisfied_businesses"] == pytest.approx(2 / 6)
    assert found["true_mean_score"] == 3.5


def test_the_error_and_its_four_parts() -> None:
    found = survey(trace(), WHERE)
    # Heard 2 of 3, truly 1 of 3 of these; expected 0.8 of the heard, 0.75 of all; truly 1/2 of contacts, 1/3 of firms.
    assert found["recognition_error"] == pytest.approx(100 / 3)
    assert found["nonresponse_error"] == pytest.approx(5)
    assert found["sampling_error"] == pytest.approx(100 * (1 / 3 - 1 / 2) - 5)
    assert found["shared_number_error"] == pytest.approx(100 / 6)
    assert found["error"] == pytest.approx(100 / 3)
    parts = ("recognition_error", "nonresponse_error", "sampling_error", "shared_number_error")
    assert found["error"] == pytest.approx(sum(found[part] for part in parts))


def test_the_printed_margin_and_whether_it_holds() -> None:
    found = survey(trace(), WHERE)
    margin = 1.959963984540054 * math.sqrt((2 / 3) * (1 / 3) / 2 * (1 - 3 / 4))
    assert found["claimed_margin"] == pytest.approx(100 * margin)
    # It is 1/3 off and claims 0.3267.
    assert found["claim_holds"] == 0
    wider = setting_of(tiny(study={"confidence": 0.99}), people(4))
    assert survey(trace(), wider)["claim_holds"] == 1


def test_one_answer_has_no_margin_and_none_has_no_figure() -> None:
    silent = [person(i, Disposition.EXHAUSTED, score=4) for i in range(4)]
    one = survey(hand_trace(contacts=[FOUR[0], *silent[1:]]), WHERE)
    assert one["satisfied"] == 1 and math.isnan(one["claimed_margin"]) and math.isnan(one["claim_holds"])
    none = survey(hand_trace(contacts=silent), WHERE)
    assert none["respondents"] == 0 and none["true_satisfied"] == 1
    assert math.isnan(none["satisfied"]) and math.isnan(none["error"])
    assert set(none) | {"sampling_error_size"} == set(CATALOGUE)


def test_everybody_heard_right_has_no_error_at_all() -> None:
    all_heard = [person(i, Disposition.COMPLETE, score=s, heard=s) for i, s in enumerate((5, 3, 2, 4))]
    found = survey(hand_trace(contacts=all_heard, business_score=np.array([5, 3, 2, 4])), WHERE)
    assert (found["error"], found["claimed_margin"], found["claim_holds"]) == (0, 0, 1)


def test_cells() -> None:
    divided = replace(WHERE, cells=(Cells("kind", np.array([0, 1, 1, 1]), ("company", "household")),))
    assert cells(trace(), divided) == (
        Cell("kind", "company", contacts=1, heard=1, satisfied=1, truly_satisfied=1),
        Cell("kind", "household", contacts=3, heard=2, satisfied=1, truly_satisfied=1),
    )


def test_answers_are_those_heard_in_the_final_interviews() -> None:
    # Everybody answers, completes and is heard right; all are fully satisfied and would choose b.
    questions = [
        {"id": "s", "text": "?", "kind": "score", "seconds": 1, "break_off": 0, "satisfaction": True},
        {
            "id": "c",
            "text": "?",
            "kind": "choice",
            "options": ["a", "b"],
            "shares": [0, 1],
            "seconds": 1,
            "break_off": 0,
        },
    ]
    scenario = tiny(
        questionnaire={"questions": questions, "satisfaction": {"scores": [0, 0, 0, 0, 1]}, "opt_out": 0},
    )
    trace = run(scenario, people(4))
    found = {(a.question, a.option): (a.heard, a.answers) for a in answers(trace, setting_of(scenario, people(4)))}
    assert found[("c", "a")] == (0, 4) and found[("c", "b")] == (4, 4)
    assert found[("s", "5")] == (4, 4) and found[("s", "1")] == (0, 4)
