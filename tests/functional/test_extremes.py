"""The ends of the scale: nothing there, everything at once, cut in the middle. All laws hold and nothing breaks."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest

import invariants
from callbacksim.campaign.outcomes import CaseStatus
from callbacksim.campaign.trace import Trace
from callbacksim.frame.frame import Contacts
from callbacksim.scenario.schema import Scenario
from callbacksim.study.measuring.measures import funnel, measures
from callbacksim.study.measuring.survey import survey
from helpers import (
    BOTH,
    KINDS,
    PROBLEM,
    SEED,
    at,
    became,
    calls,
    cases,
    constant,
    lines_of,
    people,
    run,
    setting_of,
    tiny,
)

MODES = pytest.mark.parametrize("mode", ["callback", "manual"])


def sound(scenario: Scenario, contacts: Contacts) -> Trace:
    """The trace, after every law has been checked on it."""
    trace = run(scenario, contacts)
    invariants.check(scenario, contacts, trace, SEED)
    return trace


def figures(scenario: Scenario, contacts: Contacts) -> tuple[dict[str, int | None], dict[str, float]]:
    trace, where = sound(scenario, contacts), setting_of(scenario, contacts)
    return funnel(trace, where), measures(trace, where)


@MODES
def test_no_lines_and_nobody_to_telephone(mode: str) -> None:
    scenario = tiny(robot={"lines": 0}, manual={"agents": 0}, study={"mode": mode})
    counts, found = figures(scenario, people(3))
    assert (counts["unfinished"], counts["attempts"]) == (3, 0)
    assert math.isinf(found["finish"]) and math.isnan(found["line_occupancy"])
    assert math.isnan(survey(run(scenario, people(3)), setting_of(scenario, people(3)))["satisfied"])


@MODES
def test_no_answers(mode: str) -> None:
    counts, found = figures(tiny(answering={"base": 0}, robot={"attempts": 3}, study={"mode": mode}), people(4))
    assert (counts["exhausted"], counts["attempts"], counts["answered"], counts["interviewed"]) == (4, 12, 0, 0)
    assert found["interview_share"] == 0
    assert math.isnan(found["called_back_in_time"]) and math.isnan(found["cost_per_interview"])


@MODES
def test_everybody_answers_completes_and_is_flagged(mode: str) -> None:
    items = {"problems": 1, "suggestions": 1}
    scenario = tiny(questionnaire={"items": items}, recognition={"unclear": 1}, study={"mode": mode})
    counts, _ = figures(scenario, people(9))
    assert (counts["interviewed"], counts["attempts"]) == (9, 9)
    assert (counts["problems"], counts["suggestions"], counts["missed"]) == (9, 9, 0)
    assert counts["escalated"] == (9 if mode == "callback" else 0)


def test_nothing_is_recognised() -> None:
    scenario = tiny(questionnaire={"items": {"problems": 1}}, recognition={"sensitivity": 0})
    counts, _ = figures(scenario, people(5))
    assert (counts["true_problems"], counts["missed"], counts["escalated"], counts["problems"]) == (5, 5, 0, 0)


@MODES
def test_one_contact(mode: str) -> None:
    counts, found = figures(tiny(study={"mode": mode}), people(1))
    assert counts["interviewed"] == 1
    assert found["line_occupancy"] == 1
    assert found["finish"] == pytest.approx(at("09:01" if mode == "callback" else "09:05:10") / 3_600_000)


def test_all_numbers_out_of_service() -> None:
    counts, found = figures(tiny(answering={"not_in_service": 1}, robot={"attempts": 4}), people([0, 0, 1]))
    assert (counts["not_in_service"], counts["attempts"]) == (3, 3)
    assert found["rr1"] == 0 and math.isnan(found["rr5"])


def test_a_department_without_staff_leaves_its_cases_open() -> None:
    nobody = {"A": {"staff": 0, "handling": constant(2), "due_days": 2, "resolved": 1}}
    scenario = tiny(ledger={"departments": nobody}, segments=KINDS)
    contacts = people(2, [PROBLEM, BOTH])
    counts, found = figures(scenario, contacts)
    assert (counts["problems"], counts["open"], counts["resolved"], counts["forwarded"]) == (2, 2, 0, 3)
    assert (found["on_time_share"], found["overdue"], found["resolved_share"]) == (0, 2, 0)
    assert math.isinf(found["ledger_finish"]) and not math.isinf(found["finish"])


def test_nobody_calls_back() -> None:
    counts, found = figures(tiny(agents={"count": 0}, segments=KINDS), people(2, [PROBLEM] * 2))
    assert (counts["escalated"], counts["escalations_unfinished"], counts["lost_in_call_backs"]) == (2, 2, 2)
    assert found["called_back_in_time"] == 0
    assert math.isinf(found["finish"]) and not math.isinf(found["dialling_finish"])


def test_people_who_are_never_on_duty() -> None:
    """A library user may skip the checks of files, which refuse such a roster."""
    scenario = tiny(agents={"weekdays": ["Sat"]}, segments=KINDS, study={"horizon_days": 3})
    counts, found = figures(scenario, people(1, [PROBLEM]))
    assert counts["escalations_unfinished"] == 1
    assert found["people_at_work"] == 0 and found["called_back_in_time"] == 0


def test_the_horizon_in_mid_call_and_mid_call_back() -> None:
    # Midnight ends the only day. 23:59:00 and 23:59:50 start and finish; the call-back that began runs on, too.
    scenario = tiny(
        calendar={"windows": [["23:59", "24:00"]]},
        agents={"roster": [["23:00", "24:00"]], "reach": 1},
        questionnaire={"talk": {"complete": constant(40)}},
        segments=KINDS,
        study={"horizon_days": 1},
    )
    trace = sound(scenario, people(3, [PROBLEM] * 3))
    assert calls(trace) == lines_of(
        """
        0 1 complete 00:00:00 23:59:00 23:59:50   0m
        1 1 complete 00:00:00 23:59:50 1d00:00:40 0m
        """
    )
    assert became(trace) == ["complete", "complete", "unfinished"]
    assert trace.tries["start"].tolist() == [at("23:59:50")] and trace.tries["end"].tolist() == [at("00:06:30", 1)]
    # The clerk forwards what was heard (running work), but no department starts after the horizon.
    assert cases(trace) == ["0 problem A 1d00:06:30 1d10:00:00 1d10:00:00 3d17:00:00 - - open"]


def test_a_horizon_before_the_first_window() -> None:
    scenario = tiny(calendar={"start": dt.date(2025, 7, 5)}, study={"horizon_days": 2})  # Saturday, Sunday
    counts, found = figures(scenario, people(3))
    assert (counts["unfinished"], counts["attempts"]) == (3, 0)
    assert found["agent_cost"] == 0


def test_no_pace_starts_as_many_as_there_are_lines_at_once() -> None:
    trace = sound(tiny(robot={"lines": 50, "calls_per_second": 0}), people(80))
    assert np.unique(trace.attempts["start"], return_counts=True)[1].tolist() == [50, 30]


def test_durations_of_zero_become_a_millisecond() -> None:
    nothing = {name: constant(0) for name in ("answered", "no_answer", "not_in_service")}
    scenario = tiny(answering={"base": 0, "ring": nothing}, robot={"attempts": 3, "retry_minutes": {"no_answer": 0}})
    trace = sound(scenario, people(1))
    assert trace.attempts["start"].tolist() == [at("09:00") + k for k in range(3)]


def test_an_opt_out_counts_even_if_no_line_comes_to_say_it() -> None:
    # The window closes with the call that opts out; the business behind the same number is never dialled again.
    scenario = tiny(
        calendar={"windows": [["09:00", "09:01"]]},
        questionnaire={"complete": 0, "opt_out": 1, "talk": {"early": constant(50)}},
        study={"horizon_days": 1},
    )
    trace = sound(scenario, people([0, 0]))
    assert became(trace) == ["opted_out", "opted_out"]
    assert not math.isinf(measures(trace, setting_of(scenario, people([0, 0])))["finish"])


@pytest.mark.parametrize("hours", [3900, 9000])
def test_a_calendar_that_ends_before_the_case(hours: float) -> None:
    """Forwarded after almost two years with a due date beyond the calendar, and never forwarded at all."""
    department = {"A": {"staff": 1, "handling": constant(2), "due_days": 250, "resolved": 1}}
    scenario = tiny(ledger={"forwarding": constant(hours), "departments": department}, segments=KINDS)
    trace = run(scenario, people(1, [BOTH]))
    status = {int(i): CaseStatus(s) for i, s in zip(trace.cases["item"], trace.cases["status"], strict=True)}
    assert status == {0: CaseStatus.OPEN, 1: CaseStatus.FORWARDED if hours == 3900 else CaseStatus.OPEN}
    assert (trace.cases["forwarded"] >= 0).all() == (hours == 3900)
    measures(trace, setting_of(scenario, people(1, [BOTH])))


@pytest.mark.parametrize("field", ["no_answer", "busy", "voicemail", "rejected"])
def test_a_gap_beyond_the_horizon(field: str) -> None:
    weights: dict[str, Any] = dict.fromkeys(("no_answer", "busy", "voicemail", "rejected"), 0) | {field: 1}
    scenario = tiny(answering={"base": 0, **weights}, robot={"attempts": 2, "retry_minutes": {field: 60 * 24 * 31}})
    assert became(sound(scenario, people(2))) == ["unfinished"] * 2
