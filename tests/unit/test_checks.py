"""Contradictions, seen as a function of a scenario (their messages in full: tests/functional/test_broken_scenarios)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacksim.scenario.checks import contradictions
from callbacksim.scenario.merging import merge
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.wording import dotted

SCORE = {"id": "S", "text": "?", "kind": "score", "satisfaction": True}


def scenario(**sections: Any) -> Scenario:
    return Scenario.model_validate(merge({"register": {"rows": 100, "contacts": 80}}, sections))


def found(**sections: Any) -> list[str]:
    """Paths of what is found, in order."""
    return [dotted(finding.path) for finding in contradictions(scenario(**sections))]


def wrongs(**sections: Any) -> list[str]:
    return [finding.wrong for finding in contradictions(scenario(**sections))]


def ask(*questions: dict[str, Any]) -> dict[str, Any]:
    return {"questions": [{"id": "Q", "text": "?", "kind": "yes_no", **question} for question in questions]}


def test_the_defaults_do_not_contradict_each_other() -> None:
    assert found() == []


def test_touching_windows_are_fine_and_one_long_window_overlaps_several() -> None:
    assert found(calendar={"windows": [["12:00", "24:00"], ["09:00", "12:00"]]}) == []
    windows = [["08:00", "20:00"], ["09:00", "10:00"], ["11:00", "12:00"], ["20:00", "21:00"]]
    assert found(calendar={"windows": windows}) == ["calendar.windows#2", "calendar.windows#3"]


def minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


CLOCKS = st.integers(0, 24 * 4).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")


@given(st.lists(st.tuples(CLOCKS, CLOCKS), min_size=1, max_size=5))
def test_windows_are_refused_exactly_when_two_share_a_minute_or_one_has_none(windows: list[tuple[str, str]]) -> None:
    spans = [range(minutes(a), minutes(b)) for a, b in windows]
    every = [minute for span in spans for minute in span]
    fine = all(len(span) > 0 for span in spans) and len(set(every)) == len(every)
    office = [list(window) for window in windows]
    assert (found(ledger={"office": office}) == []) == fine


@pytest.mark.parametrize(
    ("register", "paths"),
    [
        ({"rows": 100, "contacts": 100}, []),
        ({"rows": 100, "contacts": 100, "unusable": 1}, ["register.contacts"]),
        ({"rows": 5, "contacts": 5, "unusable": 5}, ["register.contacts"]),
        ({"rows": 5}, ["register.rows"]),
        ({"contacts": 5}, ["register.contacts"]),
        ({}, ["register"]),
        ({"file": "a.csv"}, []),
        ({"file": "a.csv", "columns": {"phone": "电话"}}, []),
        ({"file": "a.csv", "contacts": 3}, ["register.file"]),
        ({"columns": {"phone": "电话"}}, ["register", "register.columns"]),
    ],
)
def test_a_register_is_a_file_or_made_up(register: dict[str, Any], paths: list[str]) -> None:
    assert [dotted(one.path) for one in contradictions(Scenario.model_validate({"register": register}))] == paths


def test_an_open_day_makes_a_campaign_of_holidays_possible() -> None:
    holidays: dict[str, Any] = {"start": dt.date(2025, 10, 1)}
    assert found(calendar=holidays, study={"horizon_days": 7}) == ["calendar.weekdays"]
    assert found(calendar={**holidays, "holidays": "none"}, study={"horizon_days": 7}) == []
    assert found(calendar={**holidays, "open": [dt.date(2025, 10, 4)]}, study={"horizon_days": 7}) == []


def test_a_weekend_campaign_meets_a_weekday_roster_only_on_a_make_up_day() -> None:
    weekend = {"start": dt.date(2025, 7, 7), "weekdays": ["Sat", "Sun"]}
    assert found(calendar=weekend) == ["agents.weekdays"]
    assert found(calendar=weekend, agents={"weekdays": ["Sun"]}) == []
    # 28 September 2025, a Sunday, was worked in place of a holiday.
    assert found(calendar={**weekend, "start": dt.date(2025, 9, 15)}, study={"horizon_days": 14}) == []


@pytest.mark.parametrize("year", [1989, 2101])
def test_a_start_that_no_calendar_knows(year: int) -> None:
    assert found(calendar={"start": dt.date(year, 7, 7)}) == ["calendar.start"]


def test_call_backs_outside_the_windows_are_fine_but_not_manual_calls() -> None:
    evening = {"roster": [["19:00", "21:00"]]}
    assert found(agents=evening) == []
    assert found(agents=evening, study={"mode": "manual"}) == ["agents.roster"]


def test_shares_may_add_up_to_exactly_one() -> None:
    assert found(questionnaire={"complete": 0.7, "partial": 0.1, "break_off": 0.1, "opt_out": 0.1}) == []
    assert found(questionnaire={"complete": 0.7, "partial": 0.1, "break_off": 0.1, "opt_out": 0.11}) == [
        "questionnaire.complete"
    ]


@given(st.floats(0.01, 0.99), st.floats(-100, 100).filter(bool), st.lists(st.integers(1, 9), min_size=5, max_size=5))
def test_a_gap_is_refused_exactly_when_a_group_would_leave_0_to_1(seldom: float, gap: float, scores: list[int]) -> None:
    overall = sum(scores[3:]) / sum(scores)
    shares = (overall + gap / 100 * (1 - seldom), overall - gap / 100 * seldom)
    if any(min(abs(share), abs(1 - share)) < 1e-6 for share in shares):
        return
    paths = found(
        answering={"seldom": seldom}, questionnaire={"satisfaction": {"scores": scores, "nonresponse_gap": gap}}
    )
    possible = all(0 <= share <= 1 for share in shares)
    assert paths == ([] if possible else ["questionnaire.satisfaction.nonresponse_gap"])


@pytest.mark.parametrize("seldom", [0.0, 1.0])
def test_a_gap_needs_two_groups(seldom: float) -> None:
    assert found(answering={"seldom": seldom}, questionnaire={"satisfaction": {"nonresponse_gap": 5.0}}) == [
        "questionnaire.satisfaction.nonresponse_gap"
    ]


COUNTS = {"escalations": 8, "problems": 1, "suggestions": 1}


@pytest.mark.parametrize(
    "sections",
    [
        {"robot": {"lines": 0}},
        {"answering": {"base": 0}},
        {"answering": {"most": 0}},
        {"answering": {"not_in_service": 1}},
        {"questionnaire": {"complete": 0, "partial": 0}},
    ],
)
def test_exact_escalations_need_interviews(sections: dict[str, Any]) -> None:
    assert found(recognition={"exact": COUNTS}, **sections) == ["recognition.exact.escalations"]
    assert found(recognition={"exact": dict.fromkeys(COUNTS, 0)}, **sections) == []
    # People only: nothing is escalated, and the counts wait for the next plan.
    assert found(recognition={"exact": COUNTS}, study={"mode": "manual"}, **sections) == []


def test_exact_problems_need_people() -> None:
    for agents in ({"count": 0}, {"reach": 0}):
        assert found(recognition={"exact": COUNTS}, agents=agents) == ["recognition.exact"]
        assert found(recognition={"exact": {**COUNTS, "problems": 0, "suggestions": 0}}, agents=agents) == []


def test_exact_escalations_of_a_file_cannot_be_compared_with_its_contacts() -> None:
    tree = {"register": {"file": "a.csv"}, "recognition": {"exact": {**COUNTS, "escalations": 1000}}}
    assert contradictions(Scenario.model_validate(tree)) == []


def test_departments_and_categories() -> None:
    ledger = {"departments": {"A": {}}, "categories": {"x": {"department": "A"}, "y": {"department": "Q"}}}
    assert found(ledger=ledger) == ["ledger.categories.y.department"]
    assert found(ledger={"departments": {}, "categories": {}}) == ["ledger.departments", "ledger.categories"]


@pytest.mark.parametrize(
    ("earlier", "later", "reached"),
    [
        ({}, {"kind": "company"}, False),
        ({"kind": "company"}, {}, True),
        ({"kind": "company"}, {"kind": "company"}, False),
        ({"kind": "company"}, {"kind": "household"}, True),
        ({"industry": ["a", "b"]}, {"industry": ["b"]}, False),
        ({"industry": ["a"]}, {"industry": ["a", "b"]}, True),
        ({"industry": ["a"]}, {"area": ["a"]}, True),
        ({"area": ["a"]}, {"area": ["a"], "kind": "company"}, False),
        ({"area": ["a"], "kind": "company"}, {"area": ["a"]}, True),
    ],
)
def test_the_first_segment_that_fits_counts(earlier: dict[str, Any], later: dict[str, Any], reached: bool) -> None:
    assert (found(segments={"A": earlier, "B": later}) == []) == reached


def test_a_sound_questionnaire() -> None:
    questions = ask(
        SCORE,
        {"id": "T", "kind": "choice", "options": ["a", "b"], "shares": [1, 3]},
        {"id": "U", "shares": [0, 1], "ask_if": {"question": "S", "heard": ["1", "2"]}},
        {"id": "V", "kind": "score", "shares": [1, 1, 1, 1, 1], "ask_if": {"question": "T", "heard": ["a"]}},
        {"id": "W", "kind": "open", "ask_if": {"question": "U", "heard": ["no"]}, "required": False},
    )
    assert found(questionnaire=questions) == []


@pytest.mark.parametrize(
    ("question", "path", "wrong"),
    [
        ({"kind": "choice", "options": ["a"]}, "options", "a choice among 1 options"),
        ({"kind": "choice", "options": ["a", "a"]}, "options", "an option stands here twice"),
        ({"kind": "open", "options": ["a"]}, "options", 'a question of kind "open" has its answers already'),
        ({"kind": "score", "shares": [1, 1]}, "shares", "2 shares for 5 answers (1, 2, 3, 4, 5)"),
        ({"shares": [0, 0]}, "shares", "all shares are 0"),
        ({"ask_if": {"question": "Q", "heard": ["yes"]}}, "ask_if.question", '"Q" is this question itself'),
        ({"ask_if": {"question": "Z", "heard": ["yes"]}}, "ask_if.question", '"Z" is asked later'),
        ({"ask_if": {"question": "O", "heard": ["yes"]}}, "ask_if.question", '"O" is an open question'),
        ({"ask_if": {"question": "s", "heard": ["1"]}}, "ask_if.question", 'there is no question "s"'),
        ({"ask_if": {"question": "S", "heard": []}}, "ask_if.heard", "the list is empty, so this is never asked"),
        ({"ask_if": {"question": "S", "heard": ["0"]}}, "ask_if.heard#1", '"0" is no answer to "S"'),
    ],
)
def test_an_unsound_question(question: dict[str, Any], path: str, wrong: str) -> None:
    questions = ask(SCORE, {"id": "O", "kind": "open"}, question, {"id": "Z"})
    assert found(questionnaire=questions) == [f"questionnaire.questions#3.{path}"]
    assert wrongs(questionnaire=questions) == [wrong]


def test_satisfaction_is_measured_once_by_a_score_of_its_own() -> None:
    here = "questionnaire.questions"
    assert found(questionnaire=ask({})) == [here]
    assert found(questionnaire=ask({"satisfaction": True})) == [f"{here}#1.kind"]
    assert found(questionnaire=ask(SCORE, {**SCORE, "id": "T"})) == [f"{here}#2.satisfaction"]
    assert found(questionnaire=ask({**SCORE, "shares": [1, 1, 1, 1, 1]})) == [f"{here}#1.shares"]
    assert wrongs(questionnaire=ask({**SCORE, "required": False})) == ["no question is required"]
    assert found(questionnaire=ask(SCORE, {**SCORE, "satisfaction": False})) == [f"{here}#2.id"]
    assert wrongs(questionnaire=ask({"ask_if": {"question": "X", "heard": ["1"]}}, SCORE)) == [
        'there is no question "X"'
    ]


def test_the_end_of_the_first_day_is_not_before_it() -> None:
    assert found(targets={"finish_by": dt.datetime(2025, 7, 7)}) == []
    assert found(targets={"finish_by": dt.datetime(2025, 7, 6, 23, 59)}) == ["targets.finish_by"]
    assert found(targets={"finish_by": dt.datetime(2025, 7, 9, tzinfo=dt.UTC)}) == ["targets.finish_by"]
