"""Tiny campaigns whose whole trace is written out by hand from the rules, one for each rule.

Times are those of `helpers.TINY`: an answered call takes 60 s, an unanswered one 30 s, a call-back that reaches 6 min
40 s, one that does not 20 s. Windows 09–12 and 14–18, Monday 2025-07-07 first, no holidays, all gaps 60 minutes.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.outcomes import Item, Outcome
from callbacksim.scenario.problems import Refused
from helpers import (
    BOTH,
    KINDS,
    ORDINARY,
    PROBLEM,
    SEED,
    SILENT,
    SUGGESTION,
    at,
    became,
    calls,
    cases,
    constant,
    escalations,
    lines_of,
    people,
    run,
    starts,
    tiny,
    tries,
)

NOBODY_ANSWERS: dict[str, Any] = {"base": 0}


# --- pace ------------------------------------------------------------------------------------------------------------


def test_the_pace_is_a_whole_gap_rounded_up() -> None:
    # 3 calls a second: ceil(1000/3) = 334 ms from start to start, though lines are free.
    trace = run(tiny(robot={"lines": 9, "calls_per_second": 3}), people(4))
    assert calls(trace) == lines_of(
        """
        0 1 complete 00:00:00 09:00:00     09:01:00     0m
        1 1 complete 00:00:00 09:00:00.334 09:01:00.334 0m
        2 1 complete 00:00:00 09:00:00.668 09:01:00.668 0m
        3 1 complete 00:00:00 09:00:01.002 09:01:01.002 0m
        """
    )


@pytest.mark.parametrize(
    ("per_second", "gap"), [(1, 1000), (0.1, 10_000), (7, 143), (1000, 1), (10_000, 1), (2.5, 400)]
)
def test_the_gap_of_the_pace(per_second: float, gap: int) -> None:
    trace = run(tiny(robot={"lines": 3, "calls_per_second": per_second}), people(3))
    assert trace.attempts["start"].tolist() == [at("09:00") + k * gap for k in range(3)]


def test_a_pause_saves_no_credit() -> None:
    # All three are due at 12:00 (other slot) and wait for 14:00: after five hours without a call still 10 s apart.
    robot = {"lines": 3, "calls_per_second": 0.1, "attempts": 2, "other_slot": True}
    trace = run(tiny(robot=robot, answering=NOBODY_ANSWERS), people(3))
    assert calls(trace) == lines_of(
        """
        0 1 no_answer 00:00:00 09:00:00 09:00:30 60m
        1 1 no_answer 00:00:00 09:00:10 09:00:40 60m
        2 1 no_answer 00:00:00 09:00:20 09:00:50 60m
        0 2 no_answer 12:00:00 14:00:00 14:00:30 0m
        1 2 no_answer 12:00:00 14:00:10 14:00:40 0m
        2 2 no_answer 12:00:00 14:00:20 14:00:50 0m
        """
    )


def test_the_pace_is_kept_over_lines_that_are_short() -> None:
    # Pace 20 s, two lines, 60 s each: the lines bind from the third call on, then both.
    trace = run(tiny(robot={"lines": 2, "calls_per_second": 0.05}), people(5))
    assert starts(trace) == [(0, "09:00:00"), (1, "09:00:20"), (2, "09:01:00"), (3, "09:01:20"), (4, "09:02:00")]


# --- windows ---------------------------------------------------------------------------------------------------------


def test_no_call_starts_at_closing_and_the_running_one_finishes() -> None:
    # Calls of 119.999 s. The second starts in the last millisecond of the window and runs on for two minutes.
    trace = run(
        tiny(
            calendar={"windows": [["09:00", "09:02"], ["09:10", "09:12"]]},
            questionnaire={"talk": {"complete": constant(109.999)}},
        ),
        people(3),
    )
    assert calls(trace) == lines_of(
        """
        0 1 complete 00:00:00 09:00:00     09:01:59.999 0m
        1 1 complete 00:00:00 09:01:59.999 09:03:59.998 0m
        2 1 complete 00:00:00 09:10:00     09:11:59.999 0m
        """
    )


def test_a_line_that_frees_exactly_at_closing_starts_nothing() -> None:
    trace = run(tiny(calendar={"windows": [["09:00", "09:02"], ["09:10", "09:11"]]}), people(4))
    assert calls(trace) == lines_of(
        """
        0 1 complete 00:00:00 09:00:00   09:01:00   0m
        1 1 complete 00:00:00 09:01:00   09:02:00   0m
        2 1 complete 00:00:00 09:10:00   09:11:00   0m
        3 1 complete 00:00:00 1d09:00:00 1d09:01:00 0m
        """
    )


def test_overrun_occupies_the_line_in_the_next_window() -> None:
    # The call of 9:01 runs to 9:11: the line is not free when the second window opens at 9:10.
    trace = run(
        tiny(
            calendar={"windows": [["09:00", "09:02"], ["09:10", "10:00"]]},
            questionnaire={"talk": {"complete": constant(590)}},
        ),
        people(2),
    )
    assert starts(trace) == [(0, "09:00:00"), (1, "09:10:00")]
    assert calls(trace)[1] == "1 1 complete 00:00:00 09:10:00 09:20:00 0m"


def test_a_retry_that_falls_due_outside_waits_for_the_next_window_and_keeps_its_ready_time() -> None:
    # Both are ready outside the windows; at 14:00 the earlier ready time goes first, though its rank is the later one.
    scenario = tiny(
        calendar={"windows": [["11:30", "12:00"], ["14:00", "18:00"]]},
        robot={"attempts": 2},
        answering={"base": 0, "rejected": 0},
    )
    assert calls(run(scenario, people(2))) == lines_of(
        """
        0 1 no_answer 00:00:00 11:30:00 11:30:30 60m
        1 1 no_answer 00:00:00 11:30:30 11:31:00 60m
        0 2 no_answer 12:30:30 14:00:00 14:00:30 0m
        1 2 no_answer 12:31:00 14:00:30 14:01:00 0m
        """
    )


def test_a_retry_in_another_slot_is_due_when_the_window_closes() -> None:
    # Ten minutes' gap would allow 9:10:30; the slot closes at 12:00. The gap is recorded before the slot rule.
    scenario = tiny(
        robot={"attempts": 3, "other_slot": True, "retry_minutes": {"no_answer": 10}}, answering=NOBODY_ANSWERS
    )
    assert calls(run(scenario, people(1))) == lines_of(
        """
        0 1 no_answer 00:00:00 09:00:00   09:00:30   10m
        0 2 no_answer 12:00:00 14:00:00   14:00:30   10m
        0 3 no_answer 18:00:00 1d09:00:00 1d09:00:30 0m
        """
    )


def test_a_gap_longer_than_the_slot_counts_in_full() -> None:
    scenario = tiny(
        robot={"attempts": 2, "other_slot": True, "retry_minutes": {"no_answer": 330}}, answering=NOBODY_ANSWERS
    )
    assert calls(run(scenario, people(1))) == lines_of(
        """
        0 1 no_answer 00:00:00 09:00:00 09:00:30 330m
        0 2 no_answer 14:30:30 14:30:30 14:31:00 0m
        """
    )


def test_the_slot_is_that_of_the_start_when_a_call_runs_over_closing() -> None:
    # Started 11:59:45, ended 12:00:15: not before its own window closed, so the gap of 10 min decides: 12:10:15.
    scenario = tiny(
        calendar={"windows": [["11:59", "12:00"], ["12:05", "18:00"]]},
        robot={"attempts": 2, "other_slot": True, "retry_minutes": {"no_answer": 10}},
        answering={"base": 0, "ring": {"no_answer": constant(45)}},
    )
    assert calls(run(scenario, people(2))) == lines_of(
        """
        0 1 no_answer 00:00:00 11:59:00 11:59:45 10m
        1 1 no_answer 00:00:00 11:59:45 12:00:30 10m
        0 2 no_answer 12:09:45 12:09:45 12:10:30 0m
        1 2 no_answer 12:10:30 12:10:30 12:11:15 0m
        """
    )


def test_the_slot_is_that_of_the_start_even_if_the_call_ends_in_the_next() -> None:
    # Started in the first slot, ended in the second: the first has closed long ago, so only the gap counts.
    scenario = tiny(
        calendar={"windows": [["09:00", "09:01"], ["09:02", "12:00"]]},
        robot={"attempts": 2, "other_slot": True, "retry_minutes": {"no_answer": 10}},
        answering={"base": 0, "ring": {"no_answer": constant(150)}},
    )
    assert calls(run(scenario, people(1))) == lines_of(
        """
        0 1 no_answer 00:00:00 09:00:00 09:02:30 10m
        0 2 no_answer 09:12:30 09:12:30 09:15:00 0m
        """
    )


# --- caps ------------------------------------------------------------------------------------------------------------


def test_a_contact_at_the_daily_cap_is_due_next_midnight() -> None:
    scenario = tiny(robot={"attempts": 4, "attempts_per_day": 2}, answering=NOBODY_ANSWERS)
    trace = run(scenario, people(1))
    assert calls(trace) == lines_of(
        """
        0 1 no_answer 00:00:00   09:00:00   09:00:30   60m
        0 2 no_answer 10:00:30   10:00:30   10:01:00   60m
        0 3 no_answer 1d00:00:00 1d09:00:00 1d09:00:30 60m
        0 4 no_answer 1d10:00:30 1d10:00:30 1d10:01:00 0m
        """
    )
    assert became(trace) == ["exhausted"]


def test_the_daily_cap_is_the_numbers_and_a_first_call_can_be_put_off_by_it() -> None:
    # Two businesses share a number that may be rung once a day. Monday: 0. Then both are due on Tuesday 0:00.
    # Retries after first calls: 1 goes first; retries with them: equal ready times, so the rank decides: 0.
    def order(retries: str) -> list[tuple[int, str]]:
        robot = {"attempts": 2, "attempts_per_day": 1, "retries": retries}
        return starts(run(tiny(robot=robot, answering=NOBODY_ANSWERS), people([0, 0])))

    assert order("after") == [(0, "09:00:00"), (1, "1d09:00:00"), (0, "2d09:00:00"), (1, "3d09:00:00")]
    assert order("with") == [(0, "09:00:00"), (0, "1d09:00:00"), (1, "2d09:00:00"), (1, "3d09:00:00")]
    assert order("before") == [(0, "09:00:00"), (0, "1d09:00:00"), (1, "2d09:00:00"), (1, "3d09:00:00")]


def test_a_call_that_ends_after_midnight_leaves_the_next_days_calls_free() -> None:
    # Cap 1 a day; the call of 23:59:50 ends on Tuesday; a minute later is another day.
    scenario = tiny(
        calendar={"windows": [["00:00", "01:00"], ["23:59", "24:00"]]},
        robot={"attempts": 3, "attempts_per_day": 1, "retry_minutes": {"no_answer": 1}},
        answering={"base": 0, "ring": {"no_answer": constant(90)}},
        study={"horizon_days": 3},
    )
    # Contact 0: Monday 0:00:00, Tuesday 0:00 (capped), Wednesday. Contact 1 the same behind it, one line.
    assert calls(run(scenario, people(1))) == lines_of(
        """
        0 1 no_answer 00:00:00   00:00:00   00:01:30   1m
        0 2 no_answer 1d00:00:00 1d00:00:00 1d00:01:30 1m
        0 3 no_answer 2d00:00:00 2d00:00:00 2d00:01:30 0m
        """
    )
    late = tiny(
        calendar={"windows": [["23:59", "24:00"]]},
        robot={"attempts": 2, "attempts_per_day": 1, "retry_minutes": {"no_answer": 1}},
        answering={"base": 0, "ring": {"no_answer": constant(90)}},
    )
    # 24:00 touches no window of the next day; ended 0:00:30, due 0:01:30 on Tuesday, not Wednesday midnight.
    assert calls(run(late, people(1))) == lines_of(
        """
        0 1 no_answer 00:00:00   23:59:00   1d00:00:30 1m
        0 2 no_answer 1d00:01:30 1d23:59:00 2d00:00:30 0m
        """
    )


# --- who is next -----------------------------------------------------------------------------------------------------

FIVE_ONE_LINE = {"attempts": 2, "retry_minutes": {"no_answer": 1}}


def test_retries_after_first_calls() -> None:
    # Ready again one minute after the end: 9:01:30, 9:02:00, 9:02:30, 9:03:00, 9:03:30.
    trace = run(tiny(robot={**FIVE_ONE_LINE, "retries": "after"}, answering=NOBODY_ANSWERS), people(5))
    assert calls(trace) == lines_of(
        """
        0 1 no_answer 00:00:00 09:00:00 09:00:30 1m
        1 1 no_answer 00:00:00 09:00:30 09:01:00 1m
        2 1 no_answer 00:00:00 09:01:00 09:01:30 1m
        3 1 no_answer 00:00:00 09:01:30 09:02:00 1m
        4 1 no_answer 00:00:00 09:02:00 09:02:30 1m
        0 2 no_answer 09:01:30 09:02:30 09:03:00 0m
        1 2 no_answer 09:02:00 09:03:00 09:03:30 0m
        2 2 no_answer 09:02:30 09:03:30 09:04:00 0m
        3 2 no_answer 09:03:00 09:04:00 09:04:30 0m
        4 2 no_answer 09:03:30 09:04:30 09:05:00 0m
        """
    )


def test_retries_before_first_calls() -> None:
    trace = run(tiny(robot={**FIVE_ONE_LINE, "retries": "before"}, answering=NOBODY_ANSWERS), people(5))
    assert calls(trace) == lines_of(
        """
        0 1 no_answer 00:00:00 09:00:00 09:00:30 1m
        1 1 no_answer 00:00:00 09:00:30 09:01:00 1m
        2 1 no_answer 00:00:00 09:01:00 09:01:30 1m
        0 2 no_answer 09:01:30 09:01:30 09:02:00 0m
        1 2 no_answer 09:02:00 09:02:00 09:02:30 0m
        2 2 no_answer 09:02:30 09:02:30 09:03:00 0m
        3 1 no_answer 00:00:00 09:03:00 09:03:30 1m
        4 1 no_answer 00:00:00 09:03:30 09:04:00 1m
        3 2 no_answer 09:04:30 09:04:30 09:05:00 0m
        4 2 no_answer 09:05:00 09:05:00 09:05:30 0m
        """
    )


def test_random_order_is_the_order_of_the_rank_draws() -> None:
    trace = run(tiny(robot={"order": "random"}), people(6))
    drawn = Draws(SEED, 0).uniforms("rank", 6)
    assert [contact for contact, _ in starts(trace)] == sorted(range(6), key=lambda c: drawn[c])


def test_all_that_ends_in_a_millisecond_is_over_before_anybody_starts() -> None:
    # Both lines free at 9:01:00, 0's first. The pace lets one call start: the retry of 1, ready that very millisecond.
    scenario = tiny(
        robot={
            "lines": 2,
            "calls_per_second": 0.05,
            "attempts": 2,
            "retries": "before",
            "retry_minutes": {"no_answer": 0},
        },
        answering={"ring": {"no_answer": constant(40)}},
        segments=KINDS,
    )
    assert calls(run(scenario, people(3, [ORDINARY, SILENT, ORDINARY]))) == lines_of(
        """
        0 1 complete  00:00:00 09:00:00 09:01:00 0m
        1 1 no_answer 00:00:00 09:00:20 09:01:00 0m
        1 2 no_answer 09:01:00 09:01:00 09:01:40 0m
        2 1 complete  00:00:00 09:01:20 09:02:20 0m
        """
    )


def test_a_quota_reached_in_a_millisecond_is_reached_for_all_its_lines() -> None:
    # The second interview ends in the same millisecond as the first: the line that frees first starts nothing either.
    assert len(calls(run(tiny(robot={"lines": 2, "quota": 2}), people(4)))) == 2


def test_an_end_and_a_due_time_in_one_millisecond_come_before_the_start() -> None:
    # 9:01:30: the line frees (from contact 2) and contact 0 falls due, with retries first it is called that very ms.
    trace = run(tiny(robot={**FIVE_ONE_LINE, "retries": "before"}, answering=NOBODY_ANSWERS), people(4))
    assert (0, "09:01:30") in starts(trace)
    assert (3, "09:01:30") not in starts(trace)


# --- what comes of a call --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "seconds", "gap"), [("no_answer", 30, 60), ("busy", 5, 5), ("voicemail", 20, 20), ("rejected", 15, 10)]
)
def test_each_failure_has_its_ring_and_its_gap(kind: str, seconds: int, gap: int) -> None:
    weights = dict.fromkeys(("no_answer", "busy", "voicemail", "rejected"), 0) | {kind: 1}
    trace = run(tiny(robot={"attempts": 2}, answering={"base": 0, **weights}), people(1))
    end = at("09:00") + seconds * 1000
    assert trace.attempts["end"].tolist() == [end, end + gap * 60_000 + seconds * 1000]
    assert trace.attempts["due"].tolist() == [0, end + gap * 60_000]
    assert set(trace.attempts["outcome"].tolist()) == {Outcome[kind.upper()]}


def test_a_number_out_of_service_is_final_at_the_first_call() -> None:
    trace = run(tiny(robot={"attempts": 5}, answering={"not_in_service": 1}), people(2))
    assert calls(trace) == lines_of(
        """
        0 1 not_in_service 00:00:00 09:00:00 09:00:08 0m
        1 1 not_in_service 00:00:00 09:00:08 09:00:16 0m
        """
    )
    assert became(trace) == ["not_in_service"] * 2


@pytest.mark.parametrize(
    ("shares", "outcome", "talk", "end"),
    [
        ({"complete": 1}, "complete", 50, "complete"),
        ({"complete": 0, "partial": 1}, "partial", 35, "partial"),
        ({"complete": 0, "break_off": 1}, "break_off", 8, "broken_off"),
        ({"complete": 0, "opt_out": 1}, "opt_out", 8, "opted_out"),
        ({"complete": 0}, "refusal", 8, "broken_off"),
    ],
)
def test_each_result_of_a_live_answer(shares: dict[str, Any], outcome: str, talk: int, end: str) -> None:
    trace = run(tiny(robot={"attempts": 3}, questionnaire=shares), people(1))
    assert trace.attempts["outcome"].tolist() == [Outcome[outcome.upper()]]
    assert trace.attempts["talk"].tolist() == [talk * 1000]
    assert became(trace) == [end]


def test_a_refusal_is_called_again_if_the_scenario_says_so() -> None:
    # Refuses at 9 o'clock (18 s), 90 minutes later at 10:30 nobody answers: a refusal in the end all the same.
    scenario = tiny(
        robot={"attempts": 2, "retry_refusals": True},
        questionnaire={"complete": 0},
        answering={"hour_index": {"10": 0}},
    )
    trace = run(scenario, people(1))
    assert calls(trace) == lines_of(
        """
        0 1 refusal   00:00:00 09:00:00 09:00:18 90m
        0 2 no_answer 10:30:18 10:30:18 10:30:48 0m
        """
    )
    assert became(trace) == ["broken_off"]
    assert trace.contacts["refused"].tolist() == [1]
    # Break-offs are another field: they stay final.
    only_break_offs = tiny(robot={"attempts": 2, "retry_break_offs": True}, questionnaire={"complete": 0})
    assert len(calls(run(only_break_offs, people(1)))) == 1


def test_a_break_off_is_called_again_if_the_scenario_says_so() -> None:
    scenario = tiny(robot={"attempts": 2, "retry_break_offs": True}, questionnaire={"complete": 0, "break_off": 1})
    assert calls(run(scenario, people(1))) == lines_of(
        """
        0 1 break_off 00:00:00 09:00:00 09:00:18 90m
        0 2 break_off 10:30:18 10:30:18 10:30:36 0m
        """
    )


def test_answering_depends_on_the_hour_of_the_start() -> None:
    # Nobody answers before 10; the call of 10:00:30 is answered.
    trace = run(tiny(robot={"attempts": 2}, answering={"hour_index": {"9": 0}}), people(1))
    assert calls(trace) == lines_of(
        """
        0 1 no_answer 00:00:00 09:00:00 09:00:30 60m
        0 2 complete  10:00:30 10:00:30 10:01:30 0m
        """
    )


def test_answering_depends_on_the_weekday_and_the_segment() -> None:
    scenario = tiny(
        robot={"attempts": 2, "attempts_per_day": 1}, answering={"weekday_index": {"Mon": 0}}, segments=KINDS
    )
    assert calls(run(scenario, people(2, [ORDINARY, SILENT]))) == lines_of(
        """
        0 1 no_answer 00:00:00   09:00:00   09:00:30   60m
        1 1 no_answer 00:00:00   09:00:30   09:01:00   60m
        0 2 complete  1d00:00:00 1d09:00:00 1d09:01:00 0m
        1 2 no_answer 1d00:00:00 1d09:01:00 1d09:01:30 0m
        """
    )


def test_live_answers_are_those_whose_draw_is_below_the_probability() -> None:
    # base 0.5, retries × 0.6, index 80 at 10 o'clock: 0.5 at the first call, 0.5 × 0.8 × 0.6 = 0.24 at the second.
    scenario = tiny(
        robot={"attempts": 2, "lines": 40},
        answering={"base": 0.5, "retry_multiplier": 0.6, "hour_index": {"10": 80}},
    )
    trace = run(scenario, people(40))
    first, second = (Draws(SEED, 0).uniforms("answer", 40, nth) for nth in (1, 2))
    expected = [
        "complete" if a < 0.5 else "complete" if b < 0.24 else "exhausted" for a, b in zip(first, second, strict=True)
    ]
    assert became(trace) == expected


def test_the_answer_probability_is_capped() -> None:
    scenario = tiny(answering={"base": 1, "most": 0.3, "hour_index": {"9": 500}}, robot={"lines": 50})
    drawn = Draws(SEED, 0).uniforms("answer", 50, 1)
    assert became(run(scenario, people(50))) == ["complete" if u < 0.3 else "exhausted" for u in drawn]


def test_jitter_lengthens_the_gap_by_an_addressed_draw() -> None:
    trace = run(tiny(robot={"attempts": 2, "jitter_minutes": 30}, answering=NOBODY_ANSWERS), people(1))
    jitter = round(Draws(SEED, 0).uniforms("jitter", 1, 1)[0] * 30 * 60_000)
    assert trace.attempts["gap"].tolist() == [3_600_000 + jitter, 0]
    assert trace.attempts["due"].tolist() == [0, at("10:00:30") + jitter]


# --- shared numbers --------------------------------------------------------------------------------------------------


def test_one_number_is_never_in_two_calls() -> None:
    # Two lines, 0 and 1 share a number: 2 goes first, 1 as soon as the number is free.
    trace = run(tiny(robot={"lines": 2}), people([0, 0, 1, 2]))
    assert calls(trace) == lines_of(
        """
        0 1 complete 00:00:00 09:00:00 09:01:00 0m
        2 1 complete 00:00:00 09:00:00 09:01:00 0m
        1 1 complete 00:00:00 09:01:00 09:02:00 0m
        3 1 complete 00:00:00 09:01:00 09:02:00 0m
        """
    )
    assert trace.attempts["nth"][np.argsort(trace.attempts["contact"])].tolist() == [1, 2, 1, 1]


def test_an_opt_out_silences_the_number_for_all_who_share_it() -> None:
    trace = run(tiny(questionnaire={"complete": 0, "opt_out": 1}), people([0, 0, 1]))
    assert calls(trace) == lines_of(
        """
        0 1 opt_out 00:00:00 09:00:00 09:00:18 0m
        2 1 opt_out 00:00:00 09:00:18 09:00:36 0m
        """
    )
    assert became(trace) == ["opted_out"] * 3
    assert trace.contacts["attempts"].tolist() == [1, 0, 1]


def test_a_shared_number_has_one_in_service_state_and_its_own_count_of_calls() -> None:
    trace = run(tiny(answering={"not_in_service": 1}), people([0, 0]))
    assert became(trace) == ["not_in_service"] * 2
    # The answering draw is that of the number's second call, the factor of the retry multiplier too.
    scenario = tiny(answering={"base": 1, "most": 1, "retry_multiplier": 0})
    assert became(run(scenario, people([0, 0]))) == ["complete", "exhausted"]


# --- stop rules ------------------------------------------------------------------------------------------------------


def test_a_quota_stops_starts_and_lets_running_calls_finish() -> None:
    # Pace 20 s, three lines. The second interview ends at 9:01:20; 2 and 3 are still talking and finish.
    trace = run(tiny(robot={"lines": 3, "calls_per_second": 0.05, "quota": 2}), people(6))
    assert calls(trace) == lines_of(
        """
        0 1 complete 00:00:00 09:00:00 09:01:00 0m
        1 1 complete 00:00:00 09:00:20 09:01:20 0m
        2 1 complete 00:00:00 09:00:40 09:01:40 0m
        3 1 complete 00:00:00 09:01:00 09:02:00 0m
        """
    )
    assert became(trace) == ["complete"] * 4 + ["unfinished"] * 2
    assert trace.quota_reached


# --- people ----------------------------------------------------------------------------------------------------------


def test_unreachable_after_all_tries() -> None:
    trace = run(tiny(agents={"reach": 0}, segments=KINDS), people(1, [PROBLEM]))
    assert tries(trace) == lines_of(
        """
        0 1 missed 09:01:00 09:01:00 09:01:20 60m
        0 2 missed 10:01:20 10:01:20 10:01:40 60m
        0 3 missed 11:01:40 11:01:40 11:02:00 0m
        """
    )
    assert escalations(trace) == ["0 item 0 09:01:00 09:01:00 11:02:00 unreachable 3"]
    assert cases(trace) == []


def test_reach_by_the_hour_and_the_gap_of_a_call_back() -> None:
    trace = run(
        tiny(agents={"reach": 0.8, "reach_index": {"9": 0, "10": 125}}, segments=KINDS), people(1, [SUGGESTION])
    )
    assert tries(trace) == lines_of(
        """
        0 1 missed  09:01:00 09:01:00 09:01:20 60m
        0 2 reached 10:01:20 10:01:20 10:08:00 0m
        """
    )
    assert escalations(trace) == ["0 item 0 09:01:00 09:01:00 10:08:00 handled 2"]


def queue_scenario(queue: str) -> list[str]:
    """One person; 0 and 1 are unclear (interviews end 9:01, 9:02), 2 holds an item (9:03)."""
    scenario = tiny(agents={"queue": queue}, recognition={"unclear": 1}, segments=KINDS)
    return tries(run(scenario, people(3, [ORDINARY, ORDINARY, PROBLEM])))


def test_items_are_called_back_first() -> None:
    assert queue_scenario("items_first") == lines_of(
        """
        0 1 reached 09:01:00 09:01:00 09:07:40 0m
        2 1 reached 09:03:00 09:07:40 09:14:20 0m
        1 1 reached 09:02:00 09:14:20 09:21:00 0m
        """
    )


def test_first_come_first_called_back() -> None:
    assert queue_scenario("first_come") == lines_of(
        """
        0 1 reached 09:01:00 09:01:00 09:07:40 0m
        1 1 reached 09:02:00 09:07:40 09:14:20 0m
        2 1 reached 09:03:00 09:14:20 09:21:00 0m
        """
    )


def test_a_shift_that_ends_starts_no_call_back_and_the_running_one_finishes() -> None:
    # 9:07:40 is within the shift, the call-back runs over its end by 4:20; the next is Tuesday's.
    scenario = tiny(agents={"roster": [["09:00", "09:10"]]}, segments=KINDS)
    assert tries(run(scenario, people(3, [PROBLEM] * 3))) == lines_of(
        """
        0 1 reached 09:01:00 09:01:00   09:07:40   0m
        1 1 reached 09:02:00 09:07:40   09:14:20   0m
        2 1 reached 09:03:00 1d09:00:00 1d09:06:40 0m
        """
    )


def test_missed_and_unclear_flags_follow_their_draws() -> None:
    scenario = tiny(recognition={"sensitivity": 0.6, "unclear": 0.3}, robot={"lines": 60}, segments=KINDS)
    segment = [PROBLEM, ORDINARY] * 30
    trace = run(scenario, people(60, segment))
    drawn = Draws(SEED, 0).uniforms("flag", 60)
    expected = {
        (c, "item" if segment[c] == PROBLEM else "unclear")
        for c in range(60)
        if drawn[c] < (0.6 if segment[c] == PROBLEM else 0.3)
    }
    assert {tuple(line.split()[:2]) for line in escalations(trace)} == {(str(c), why) for c, why in expected}


# --- exact counts ----------------------------------------------------------------------------------------------------


def test_exact_counts_take_the_smallest_draws() -> None:
    exact = {"escalations": 4, "problems": 2, "suggestions": 3}
    scenario = tiny(recognition={"exact": exact}, robot={"lines": 4}, agents={"count": 4})
    trace = run(scenario, people(10))
    draws = Draws(SEED, 0)
    flag, problem, suggestion = (draws.uniforms(stream, 10) for stream in ("flag", "problem", "suggestion"))
    flagged = sorted(range(10), key=lambda c: flag[c])[:4]
    # Four lines in register order: contact c's interview ends 9:01 + c // 4 minutes.
    assert [line.split()[:4] for line in escalations(trace)] == [
        [str(c), "fixed", "0", f"09:0{1 + c // 4}:00"] for c in sorted(flagged)
    ]
    on_ledger = {(line.split()[0], line.split()[1]) for line in cases(trace)}
    assert on_ledger == {(str(c), "problem") for c in sorted(flagged, key=lambda c: problem[c])[:2]} | {
        (str(c), "suggestion") for c in sorted(flagged, key=lambda c: suggestion[c])[:3]
    }
    # Nobody knows what else was held.
    assert set(trace.contacts["problems"].tolist()) == {-1}


def test_exact_items_come_of_the_handled_only() -> None:
    # Reached are those whose draw of the only try is below one half; the smallest problem draws among them.
    exact = {"escalations": 8, "problems": 2, "suggestions": 0}
    scenario = tiny(recognition={"exact": exact}, agents={"count": 8, "tries": 1, "reach": 0.5})
    trace = run(scenario, people(8))
    draws = Draws(SEED, 0)
    reached = [c for c in range(8) if draws.uniforms("reach", 8, 1)[c] < 0.5]
    problem = draws.uniforms("problem", 8)
    assert {line.split()[0] for line in cases(trace)} == {str(c) for c in sorted(reached, key=lambda c: problem[c])[:2]}


def test_exact_class_is_drawn_without_regard_to_the_truth() -> None:
    # At these rates half of the flags would be unclear: 0.5 × 1 of item holders, 0.5 × 1 of the others.
    scenario = tiny(
        recognition={"exact": {"escalations": 12, "problems": 0, "suggestions": 0}, "sensitivity": 1, "unclear": 1},
        questionnaire={"items": {"problems": 0.5}},
    )
    drawn = Draws(SEED, 0).uniforms("class", 12)
    assert [int(line.split()[2]) for line in escalations(run(scenario, people(12)))] == [int(u >= 0.5) for u in drawn]


@pytest.mark.parametrize(
    ("exact", "words"),
    [
        ({"escalations": 4, "problems": 0, "suggestions": 0}, ("4 escalations", "only 3 contacts were interviewed")),
        ({"escalations": 3, "problems": 3, "suggestions": 0}, ("3 problems", "only 0 escalations were handled")),
    ],
)
def test_exact_counts_that_the_calls_do_not_give_are_refused_with_both_numbers(
    exact: dict[str, int], words: tuple[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        run(tiny(recognition={"exact": exact}, agents={"reach": 0}), people(3))
    assert all(word in str(refused.value) for word in words)


# --- ledger ----------------------------------------------------------------------------------------------------------


def test_a_due_date_runs_over_the_national_holiday_and_the_make_up_saturday() -> None:
    # Tuesday 2025-09-30. 1–8 October are off, Saturday 11 October is worked. Heard 9:07:40, one office hour: received
    # 10:07:40. Two working days: Thursday 9 (day 9), Friday 10 (day 10). Ten hours of work: 1:52:20 till noon, 4 in the
    # afternoon, 3 on Thursday morning, the last 1:07:40 from 13:00 on.
    department = {"A": {"staff": 1, "handling": constant(10), "due_days": 2, "resolved": 1}}
    calendar = {"start": dt.date(2025, 9, 30), "holidays": "CN"}
    scenario = tiny(calendar=calendar, ledger={"departments": department}, segments=KINDS)
    assert cases(run(scenario, people(1, [PROBLEM]))) == [
        "0 problem A 09:07:40 10:07:40 10:07:40 10d17:00:00 10:07:40 9d14:07:40 resolved"
    ]
    longer = {"A": {**department["A"], "due_days": 3}}
    on_saturday = tiny(calendar=calendar, ledger={"departments": longer}, segments=KINDS)
    assert run(on_saturday, people(1, [PROBLEM])).cases["due"].tolist() == [at("17:00", 11)]


def test_calls_pause_over_the_holiday_and_go_on_on_the_make_up_saturday() -> None:
    # Once a day from Tuesday 30 September: then Thursday 9, Friday 10, Saturday 11 (worked), Monday 13 October.
    scenario = tiny(
        calendar={"start": dt.date(2025, 9, 30), "holidays": "CN"},
        robot={"attempts": 5, "attempts_per_day": 1},
        answering=NOBODY_ANSWERS,
        study={"horizon_days": 20},
    )
    assert calls(run(scenario, people(1))) == lines_of(
        """
        0 1 no_answer 00:00:00    09:00:00    09:00:30    60m
        0 2 no_answer 1d00:00:00  9d09:00:00  9d09:00:30  60m
        0 3 no_answer 10d00:00:00 10d09:00:00 10d09:00:30 60m
        0 4 no_answer 11d00:00:00 11d09:00:00 11d09:00:30 60m
        0 5 no_answer 12d00:00:00 13d09:00:00 13d09:00:30 0m
        """
    )


def test_a_department_with_one_worker_takes_the_earliest_due_first() -> None:
    # Heard 9:07:40 and 9:14:20. The second waits until 13:07:40: 1:52:20 of two hours before noon, 7:40 after one.
    trace = run(tiny(segments=KINDS), people(2, [PROBLEM, BOTH]))
    assert cases(trace) == lines_of(
        """
        0 problem    A 09:07:40 10:07:40 10:07:40 2d17:00:00 10:07:40 13:07:40 resolved
        1 problem    A 09:14:20 10:14:20 10:14:20 2d17:00:00 13:07:40 15:07:40 resolved
        1 suggestion A 09:14:20 10:14:20 10:14:20 2d17:00:00 -        -        forwarded
        """
    )


def test_work_on_a_case_rests_at_night() -> None:
    department = {"A": {"staff": 1, "handling": constant(8), "due_days": 1, "resolved": 0}}
    # From 10:07:40: 1:52:20 + 4:00 on Monday, 2:07:40 on Tuesday morning.
    assert cases(run(tiny(ledger={"departments": department}, segments=KINDS), people(1, [PROBLEM]))) == [
        "0 problem A 09:07:40 10:07:40 10:07:40 1d17:00:00 10:07:40 1d11:07:40 closed_unresolved"
    ]


def test_a_misrouted_case_is_sent_back_and_its_days_count_from_receipt() -> None:
    # Wrong first, back after two office hours: 10:07:40 + 1:52:20 till noon + 7:40 after one.
    two = {name: {"staff": 1, "handling": constant(2), "due_days": 2, "resolved": 1} for name in ("A", "B")}
    trace = run(tiny(ledger={"misrouted": 1, "departments": two}, segments=KINDS), people(1, [PROBLEM]))
    assert cases(trace) == ["0 problem A 09:07:40 10:07:40 13:07:40 2d17:00:00 13:07:40 15:07:40 resolved"]


def test_a_single_department_is_never_the_wrong_one() -> None:
    trace = run(tiny(ledger={"misrouted": 1}, segments=KINDS), people(1, [PROBLEM]))
    assert cases(trace) == ["0 problem A 09:07:40 10:07:40 10:07:40 2d17:00:00 10:07:40 13:07:40 resolved"]


def test_the_clerk_screens_problems_never_suggestions() -> None:
    trace = run(tiny(ledger={"valid": 0}, segments=KINDS), people(1, [BOTH]))
    assert cases(trace) == lines_of(
        """
        0 problem    A 09:07:40 -        -        -          - - screened_out
        0 suggestion A 09:07:40 10:07:40 10:07:40 2d17:00:00 - - forwarded
        """
    )


def test_what_is_heard_in_the_evening_is_forwarded_in_office_hours() -> None:
    # Heard 17:07:40 (call at 17:00), an hour later in office time is Tuesday 10:00; due two days after Tuesday.
    scenario = tiny(calendar={"windows": [["17:00", "18:00"]]}, agents={"roster": [["17:00", "18:00"]]}, segments=KINDS)
    assert cases(run(scenario, people(1, [SUGGESTION]))) == [
        "0 suggestion A 17:07:40 1d10:00:00 1d10:00:00 3d17:00:00 - - forwarded"
    ]


# --- people only -----------------------------------------------------------------------------------------------------


def test_manual_mode_has_people_for_lines_wraps_up_and_hears_items_directly() -> None:
    # Two people, on duty 9:20–10:00, windows from 9:30: both start at 9:30 without any pace. An answered call takes
    # 10 + 240 + 60 = 310 s, an unanswered one 30 s. The robot's lines and pace do not matter. Nothing is escalated.
    scenario = tiny(
        study={"mode": "manual"},
        robot={"lines": 0, "calls_per_second": 0.001},
        manual={"agents": 2},
        agents={"roster": [["09:20", "10:00"]]},
        calendar={"windows": [["09:30", "12:00"]]},
        recognition={"sensitivity": 0, "unclear": 1},
        segments=KINDS,
    )
    trace = run(scenario, people(4, [PROBLEM, SILENT, ORDINARY, ORDINARY]))
    assert calls(trace) == lines_of(
        """
        0 1 complete  00:00:00 09:30:00 09:35:10 0m
        1 1 no_answer 00:00:00 09:30:00 09:30:30 0m
        2 1 complete  00:00:00 09:30:30 09:35:40 0m
        3 1 complete  00:00:00 09:35:10 09:40:20 0m
        """
    )
    assert trace.attempts["wrap_up"].tolist() == [60_000, 0, 60_000, 60_000]  # in the order of the starts
    assert escalations(trace) == [] and tries(trace) == []
    assert cases(trace) == ["0 problem A 09:35:10 10:35:10 10:35:10 2d17:00:00 10:35:10 13:35:10 resolved"]


def test_manual_mode_stops_where_the_shift_ends() -> None:
    scenario = tiny(study={"mode": "manual"}, agents={"roster": [["09:00", "09:05"]]})
    assert starts(run(scenario, people(2))) == [(0, "09:00:00"), (1, "1d09:00:00")]


def test_people_and_robot_meet_the_same_answers() -> None:
    change: dict[str, Any] = {"answering": {"base": 0.5, "not_in_service": 0.2}, "questionnaire": {"complete": 0.4}}
    robot = run(tiny(**change), people(30))
    by_hand = run(tiny(**change, study={"mode": "manual"}), people(30))
    assert became(robot) == became(by_hand)


def test_manual_exact_counts_come_of_the_interviewed() -> None:
    exact = {"escalations": 0, "problems": 2, "suggestions": 1}
    trace = run(tiny(study={"mode": "manual"}, recognition={"exact": exact}), people(6))
    assert np.bincount(trace.cases["item"], minlength=2).tolist() == [2, 1]
    problem = Draws(SEED, 0).uniforms("problem", 6)
    found = trace.cases["contact"][trace.cases["item"] == Item.PROBLEM]
    assert sorted(found.tolist()) == sorted(np.argsort(problem)[:2].tolist())


# --- the dialogue ----------------------------------------------------------------------------------------------------

TWO_QUESTIONS: list[dict[str, Any]] = [
    {"id": "score", "text": "How satisfied?", "kind": "score", "seconds": 8, "break_off": 0, "satisfaction": True},
    {"id": "more", "text": "Anything else?", "kind": "yes_no", "seconds": 4, "break_off": 0},
]


def dialogue(
    questions: list[dict[str, Any]], recognition: dict[str, Any] | None = None, **form: Any
) -> tuple[Outcome, int, int]:
    """Outcome, talk in ms and score heard of one contact, greeted for six seconds."""
    laid = {"questions": questions, "opening_seconds": 6, "tempo_sd": 0, **form}
    trace = run(tiny(questionnaire=laid, recognition=recognition or {}), people(1))
    return Outcome(trace.attempts["outcome"][0]), int(trace.attempts["talk"][0]), int(trace.contacts["heard"][0])


def with_break_off(first: float, second: float) -> list[dict[str, Any]]:
    return [{**TWO_QUESTIONS[0], "break_off": first}, {**TWO_QUESTIONS[1], "break_off": second}]


def test_a_dialogue_that_is_heard_out() -> None:
    outcome, talk, heard = dialogue(TWO_QUESTIONS)
    assert (outcome, talk) == (Outcome.COMPLETE, 18_000)
    assert 1 <= heard <= 5


def test_breaking_off_after_enough_answers_is_partial_after_too_few_a_break_off() -> None:
    # Half of the required answers; hung up half-way through the second question: 6 + 8 + 2 s.
    assert dialogue(with_break_off(0, 1), partial_from=0.5)[:2] == (Outcome.PARTIAL, 16_000)
    assert dialogue(with_break_off(0, 1), partial_from=0.6) == (Outcome.BREAK_OFF, 16_000, 0)


def test_hanging_up_at_the_first_question_is_a_refusal() -> None:
    assert dialogue(with_break_off(1, 0)) == (Outcome.REFUSAL, 10_000, 0)


def test_an_answer_not_understood_is_asked_again() -> None:
    # Never understood, one reprompt: every question is asked twice, nothing is heard.
    assert dialogue(TWO_QUESTIONS, {"not_understood": 1, "reprompts": 1}) == (Outcome.COMPLETE, 30_000, 0)


def test_a_question_is_left_out_where_its_condition_was_not_heard() -> None:
    asked_if = [*TWO_QUESTIONS, {**TWO_QUESTIONS[1], "id": "why", "ask_if": {"question": "more", "heard": ["yes"]}}]
    yes, no = ([{**asked_if[0]}, {**asked_if[1], "shares": shares}, asked_if[2]] for shares in ([1, 0], [0, 1]))
    assert dialogue(yes)[:2] == (Outcome.COMPLETE, 22_000)
    assert dialogue(no)[:2] == (Outcome.COMPLETE, 18_000)


def test_a_misheard_score_is_another_one() -> None:
    trace = run(tiny(recognition={"misheard": 1}, robot={"lines": 50}), people(50))
    which = Draws(SEED, 0).uniforms("heard as/satisfaction", 50, 1)
    # The true option counted on by 1 to 4 places, each as likely, cyclically.
    expected = (trace.contacts["score"] - 1 + 1 + np.floor(which * 4).astype(int)) % 5 + 1
    assert trace.contacts["heard"].tolist() == expected.tolist()
    assert (trace.contacts["heard"] != trace.contacts["score"]).all()
