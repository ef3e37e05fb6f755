"""Tiny campaigns by hand, as in `test_hand_traces`: outages, windows by weekday, groups with breaks, overtime.

An answered call takes 60 s, a call-back that reaches 6 min 40 s; Monday 2025-07-07 is the first day.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from callbacksim.campaign.trace import Trace
from callbacksim.scenario.schema import Scenario
from callbacksim.study.measuring.measures import measures
from helpers import KINDS, PROBLEM, SILENT, at, calls, lines_of, people, run, setting_of, starts, tiny, tries


def outage(begins: str, ends: str, lines: int | None = None) -> dict[str, Any]:
    """An outage on the first day."""
    return {
        "from": dt.datetime.fromisoformat(f"2025-07-07T{begins}"),
        "until": dt.datetime.fromisoformat(f"2025-07-07T{ends}"),
        "lines": lines,
    }


# --- outages ---------------------------------------------------------------------------------------------------------


def test_in_an_outage_nobody_is_called_and_calls_in_progress_finish() -> None:
    # Two lines. Contacts 2 and 3 are on the telephone when all lines go at 9:01:30; 4 and 5 wait until 9:03.
    scenario = tiny(robot={"lines": 2, "outages": [outage("09:01:30", "09:03:00")]})
    trace = run(scenario, people(6))
    assert calls(trace) == lines_of(
        """
        0 1 complete 00:00:00 09:00:00 09:01:00 0m
        1 1 complete 00:00:00 09:00:00 09:01:00 0m
        2 1 complete 00:00:00 09:01:00 09:02:00 0m
        3 1 complete 00:00:00 09:01:00 09:02:00 0m
        4 1 complete 00:00:00 09:03:00 09:04:00 0m
        5 1 complete 00:00:00 09:03:00 09:04:00 0m
        """
    )
    # 90 s without lines: of two lines over 4 min, two times 150 s; held in it are 4 × 60 s and two times 30 s.
    found = measures(trace, setting_of(scenario, people(6)))
    assert found["line_occupancy"] == pytest.approx(1.0)
    assert found["line_overrun"] == pytest.approx(2 * 30 / 60)
    assert found["throughput"] == pytest.approx(6 / (150 / 3600))


def test_an_outage_of_one_line_leaves_the_others() -> None:
    scenario = tiny(robot={"lines": 2, "outages": [outage("09:00:30", "09:02:30", 1)]})
    expected = ["09:00:00", "09:00:00", "09:01:00", "09:02:00", "09:02:30", "09:03:00"]
    assert [start for _, start in starts(run(scenario, people(6)))] == expected


def test_an_outage_does_not_close_the_window_for_another_slot() -> None:
    # Called at 9:00 in vain; in another slot is after 12:00, the end of the window, not 9:10, the begin of the outage.
    scenario = tiny(
        robot={"attempts": 2, "other_slot": True, "outages": [outage("09:10:00", "10:00:00")]}, segments=KINDS
    )
    trace = run(scenario, people(1, [SILENT]))
    assert [start for _, start in starts(trace)] == ["09:00:00", "14:00:00"]
    assert trace.attempts["due"].tolist() == [0, at("12:00")]


def test_by_hand_an_outage_of_the_robots_lines_is_none() -> None:
    scenario = tiny(robot={"outages": [outage("00:00:00", "23:00:00")]}, study={"mode": "manual"})
    assert starts(run(scenario, people(1))) == [(0, "09:00:00")]


# --- windows by weekday ----------------------------------------------------------------------------------------------


def test_a_make_up_saturday_has_the_windows_of_a_working_day() -> None:
    # One call fits a day. From Friday 13 February 2026; Saturday 14 is worked for the Spring Festival of 15 to 23.
    calendar = {
        "start": dt.date(2026, 2, 13),
        "weekdays": ["Fri", "Sat", "Tue"],
        "windows": [["09:00", "09:01"]],
        "windows_on": {"Sat": [["11:00", "11:01"]], "Tue": [["10:00", "10:01"]]},
    }
    on_cn = tiny(calendar={**calendar, "holidays": "CN"}, study={"horizon_days": 16})
    # Tuesday 24 is the first calling day afterwards, then Friday 27 and Saturday 28, a make-up day again.
    expected = ["09:00:00", "1d09:00:00", "11d10:00:00", "14d09:00:00", "15d09:00:00"]
    assert [start for _, start in starts(run(on_cn, people(6)))] == expected
    every_week = tiny(calendar=calendar, study={"horizon_days": 9})
    expected = ["09:00:00", "1d11:00:00", "4d10:00:00", "7d09:00:00", "8d11:00:00"]
    assert [start for _, start in starts(run(every_week, people(6)))] == expected


# --- groups and breaks -----------------------------------------------------------------------------------------------


def test_a_break_takes_people_out_and_who_is_serving_finishes() -> None:
    # Interviews end at 9:01, 9:02, 9:03. One person, whose break begins at 9:05: the first call-back runs into it until
    # 9:07:40, the second waits for its end at 9:20. A second person, from 9:10, takes it meanwhile.
    agents = {"count": 1, "breaks": [["09:05", "09:20"]]}
    scenario = tiny(agents=agents, segments=KINDS)
    assert tries(run(scenario, people(3, [PROBLEM] * 3))) == lines_of(
        """
        0 1 reached 09:01:00 09:01:00 09:07:40 0m
        1 1 reached 09:02:00 09:20:00 09:26:40 0m
        2 1 reached 09:03:00 09:26:40 09:33:20 0m
        """
    )
    late = {"count": 1, "roster": [["09:10", "12:00"]]}
    with_late = tiny(agents={**agents, "groups": {"late": late}}, segments=KINDS)
    assert tries(run(with_late, people(3, [PROBLEM] * 3))) == lines_of(
        """
        0 1 reached 09:01:00 09:01:00 09:07:40 0m
        1 1 reached 09:02:00 09:10:00 09:16:40 0m
        2 1 reached 09:03:00 09:16:40 09:23:20 0m
        """
    )


def test_waiting_is_measured_while_somebody_is_at_work() -> None:
    # Ready at 9:02, tried at 9:20: 3 minutes until the break at 9:05, none of the 15 in it.
    alone = tiny(agents={"breaks": [["09:05", "09:20"]], "within_minutes": 3}, segments=KINDS)
    found = _figures(alone, [PROBLEM] * 2)
    assert found["wait_mean"] == pytest.approx((0 + 3) / 2)
    assert found["called_back_in_time"] == 1
    # With a colleague from 9:10: 3 minutes, and none of the 5 without anybody.
    late = {"late": {"count": 1, "roster": [["09:10", "12:00"]]}}
    found = _figures(
        tiny(agents={"breaks": [["09:05", "09:20"]], "groups": late}, segments=KINDS),
        [PROBLEM] * 3,
    )
    # The third is ready at 9:03 and tried at 9:16:40: 2 minutes, and 6:40 from 9:10 on.
    assert found["wait_mean"] == pytest.approx((0 + 3 + 2 + 6 + 40 / 60) / 3)


def _trace(scenario: Scenario, kinds: list[int]) -> Trace:
    return run(scenario, people(len(kinds), kinds))


def _figures(scenario: Scenario, kinds: list[int]) -> dict[str, float]:
    return measures(_trace(scenario, kinds), setting_of(scenario, people(len(kinds), kinds)))


# --- what people are paid --------------------------------------------------------------------------------------------

# Called at 11:58, interviewed at 11:59; the call-back runs from then to 12:05:40.
LATE: dict[str, Any] = {
    "calendar": {"windows": [["11:58", "12:00"]]},
    "segments": KINDS,
    "costs": {"agent_hour": 60.0, "overtime": 1.5},
}


def test_work_beyond_the_shift_is_overtime() -> None:
    found = _figures(tiny(**LATE, agents={"roster": [["09:00", "12:00"]]}), [PROBLEM])
    # 5 min 40 s at ¥60 an hour and half as much again; the shift itself is 3 h ÷ 0.7.
    assert found["agent_overrun"] == pytest.approx(340 / 60)
    assert found["overtime_cost"] == pytest.approx(340 / 60 * 1.5)
    assert found["agent_cost"] == pytest.approx(3 * 60 / 0.7)
    parts = ("robot_cost", "line_cost", "agent_cost", "overtime_cost")
    assert found["cost"] == pytest.approx(sum(found[name] for name in parts))


def test_working_on_into_a_break_is_no_overtime_because_breaks_are_paid() -> None:
    found = _figures(tiny(**LATE, agents={"roster": [["09:00", "13:00"]], "breaks": [["12:00", "12:30"]]}), [PROBLEM])
    assert found["agent_overrun"] == pytest.approx(340 / 60)
    assert found["overtime_cost"] == 0
    assert found["agent_cost"] == pytest.approx(4 * 60 / 0.7)


def test_who_is_relieved_works_no_overtime() -> None:
    groups = {"noon": {"count": 1, "roster": [["12:00", "13:00"]]}}
    found = _figures(tiny(**LATE, agents={"roster": [["09:00", "12:00"]], "groups": groups}), [PROBLEM])
    assert found["agent_overrun"] == found["overtime_cost"] == 0
    # Both shifts have begun by 12:05:40, so both are paid.
    assert found["agent_cost"] == pytest.approx((3 + 1) * 60 / 0.7)


def test_each_group_is_paid_for_its_own_shifts() -> None:
    # Done at 9:07:40: the morning shifts have begun, 3 h of one and 2 h of each of four; the evening's have not.
    groups = {
        "early": {"count": 4, "roster": [["08:00", "10:00"]], "breaks": [["08:30", "09:00"]]},
        "evening": {"count": 9, "roster": [["18:00", "20:00"]]},
        "tuesday": {"count": 9, "roster": [["08:00", "10:00"]], "weekdays": ["Tue"]},
    }
    agents = {"roster": [["09:00", "12:00"], ["14:00", "18:00"]], "groups": groups}
    found = _figures(tiny(agents=agents, segments=KINDS, costs={"agent_hour": 60.0}), [PROBLEM])
    assert found["agent_cost"] == pytest.approx((3 + 4 * 2) * 60 / 0.7)
    assert found["overtime_cost"] == 0
    # From 9:01 to 9:07:40 one of five is busy.
    assert found["agent_occupancy"] == pytest.approx(1 / 5)


def test_a_group_works_on_its_dates_a_sunday_too_for_a_wage_of_its_own() -> None:
    # Interviewed on Friday 11 July at 11:59, when nobody is there; on Sunday 13 July somebody is, for ¥90 an hour.
    sunday = {"count": 1, "roster": [["09:00", "11:00"]], "dates": [dt.date(2025, 7, 13)], "wage": 90.0}
    agents = {"count": 0, "groups": {"sunday": sunday, "monday": {"count": 1, "roster": [["09:00", "12:00"]]}}}
    agents["groups"]["monday"]["weekdays"] = ["Mon"]
    late = {**LATE, "calendar": {**LATE["calendar"], "start": dt.date(2025, 7, 11)}}
    scenario = tiny(**late, agents=agents)
    assert tries(_trace(scenario, [PROBLEM])) == lines_of("0 1 reached 11:59:00 2d09:00:00 2d09:06:40 0m")
    # Monday's shift has not begun when all is done on Sunday.
    assert _figures(scenario, [PROBLEM])["agent_cost"] == pytest.approx(2 * 90 / 0.7)


def test_by_hand_work_beyond_the_shift_is_overtime_and_work_beyond_the_window_is_not() -> None:
    # Rings 10 s, talks 240 s, writes for 60 s: from 11:58 to 12:03:10.
    by_hand: dict[str, Any] = {**LATE, "study": {"mode": "manual"}, "manual": {"agents": 1}}
    found = _figures(tiny(**by_hand, agents={"roster": [["09:00", "12:00"]]}), [PROBLEM])
    assert found["overtime_cost"] == pytest.approx(190 / 60 * 1.5)
    assert found["agent_cost"] == pytest.approx(3 * 60 / 0.7)
    longer = _figures(tiny(**by_hand, agents={"roster": [["09:00", "13:00"]]}), [PROBLEM])
    assert longer["overtime_cost"] == 0
    assert longer["agent_cost"] == pytest.approx(4 * 60 / 0.7)


def test_by_hand_the_shifts_of_all_groups_are_paid_as_one() -> None:
    groups = {"noon": {"count": 7, "roster": [["11:00", "13:00"]], "breaks": [["11:30", "11:40"]]}}
    by_hand: dict[str, Any] = {**LATE, "study": {"mode": "manual"}, "manual": {"agents": 2}}
    found = _figures(tiny(**by_hand, agents={"roster": [["09:00", "12:00"]], "groups": groups}), [PROBLEM])
    # From 9 to 13, two people who telephone, whatever the groups count.
    assert found["agent_cost"] == pytest.approx(2 * 4 * 60 / 0.7)
    assert found["overtime_cost"] == 0
