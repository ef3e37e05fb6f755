"""The pilot's log in scenarios/replay-script: replayed as it was to the second, and under another plan.

`started` and `ended` in the log are not read by the program. Here they are also reckoned by a clock that goes from
second to second and shares nothing with the program, so that the log is not held against its own maker alone.
"""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import callbacksim as cs
from callbacksim.campaign.outcomes import Outcome
from callbacksim.campaign.trace import Trace
from callbacksim.scenario.files import load
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import Scenario

REPLAY = Path(__file__).parents[2] / "scenarios" / "replay-script.toml"
LOG = REPLAY.with_suffix("")
MIDNIGHT = dt.datetime(2025, 7, 7)
HOUR = 3600  # all times here are whole seconds from the first midnight
TWO_DAYS = range(48 * HOUR)
GAPS_MINUTES = {
    None: {"no_answer": 120, "busy": 120, "voicemail": 120, "rejected": 120},
    "swift": {"no_answer": 60, "busy": 15, "voicemail": 60, "rejected": 60},
}
Times = dict[tuple[int, int], tuple[int, int]]  # (contact, attempt or try) -> (start, end)


class Plan(NamedTuple):
    """What the event list needs to know, written down from the file and the defaults it inherits."""

    lines: int
    people: int
    gap: dict[str, int]
    other_slot: bool
    try_gap: int


PLANS = {
    None: Plan(2, 1, GAPS_MINUTES[None], True, 120),
    "swift": Plan(4, 2, GAPS_MINUTES["swift"], False, 60),
}


def rows(name: str) -> list[dict[str, str]]:
    with (LOG / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def seconds(text: str) -> int:
    return round((dt.datetime.fromisoformat(text) - MIDNIGHT).total_seconds())


def logged(name: str, turn: str) -> Times:
    return {
        (int(row["contact"]), int(row[turn])): (seconds(row["started"]), seconds(row["ended"])) for row in rows(name)
    }


def closing(t: int) -> int | None:
    """When the window that is open at t closes; None where none is (9–12, 14–18, on Monday and on Tuesday)."""
    hour = t % (24 * HOUR) / HOUR
    end = 12 if 9 <= hour < 12 else 18 if 14 <= hour < 18 else None
    return None if end is None else t - t % (24 * HOUR) + end * HOUR


def event_list(plan: Plan) -> tuple[Times, Times]:
    """Calls and call-backs by the rules, second by second: first whatever ends, then people, then at most one call."""
    log = {(int(row["contact"]), int(row["attempt"])): row for row in rows("calls")}
    tried = {(int(row["contact"]), int(row["try"])): row for row in rows("people")}
    waiting = {(0, 0, contact): 1 for contact in range(80)}  # (retry?, due, contact): attempt
    to_call_back: dict[tuple[int, int, int], int] = {}  # (unclear?, due, contact): try
    calls: Times = {}
    call_backs: Times = {}
    for t in TWO_DAYS:
        for (contact, attempt), (start, end) in calls.items():
            if end != t:
                continue
            row = log[contact, attempt]
            if row["outcome"] in plan.gap and attempt < 3:
                due = t + plan.gap[row["outcome"]] * 60
                closes = closing(start)
                assert closes is not None
                waiting[1, max(due, closes) if plan.other_slot else due, contact] = attempt + 1
            elif row["flag"]:
                to_call_back[int(row["flag"] == "unclear"), t, contact] = 1
        for (contact, turn), (_, end) in call_backs.items():
            if end == t and tried[contact, turn]["reached"] == "0":
                [flag] = [row["flag"] for (who, _), row in log.items() if who == contact and row["flag"]]
                to_call_back[int(flag == "unclear"), t + plan.try_gap * 60, contact] = turn + 1
        if closing(t) is None:
            continue
        due_now = sorted(key for key in to_call_back if key[1] <= t)
        for key in due_now[: plan.people - busy(call_backs, t)]:
            turn = to_call_back.pop(key)
            call_backs[key[2], turn] = t, t + int(tried[key[2], turn]["hold"]) // 1000
        ready = min((key for key in waiting if key[1] <= t), default=None)
        if ready is not None and busy(calls, t) < plan.lines:
            attempt = waiting.pop(ready)
            row = log[ready[2], attempt]
            calls[ready[2], attempt] = t, t + (int(row["ring"]) + int(row["talk"])) // 1000
    assert not waiting and not to_call_back
    return calls, call_backs


def busy(work: Times, t: int) -> int:
    return sum(start <= t < end for start, end in work.values())


@cache
def scenario(plan: str | None) -> Scenario:
    return load(REPLAY, plan=plan)


@cache
def replayed(plan: str | None) -> Trace:
    return cs.simulate(scenario(plan))


def simulated(plan: str | None) -> tuple[Times, Times]:
    trace = replayed(plan)

    def times(table: dict[str, list[int]], turn: str) -> Times:
        keys = zip(table["contact"], table[turn], strict=True)
        spans = [(start / 1000, end / 1000) for start, end in zip(table["start"], table["end"], strict=True)]
        return dict(zip(keys, spans, strict=True))

    as_lists = [{name: column.tolist() for name, column in table.items()} for table in (trace.attempts, trace.tries)]
    return times(as_lists[0], "attempt"), times(as_lists[1], "try")


def test_as_it_was_every_call_and_call_back_has_the_logs_own_times() -> None:
    log = logged("calls", "attempt"), logged("people", "try")
    assert (len(log[0]), len(log[1])) == (150, 11)
    assert simulated(None) == log


@pytest.mark.parametrize("plan", PLANS)
def test_the_times_are_those_of_an_event_list(plan: str | None) -> None:
    assert simulated(plan) == event_list(PLANS[plan])


@pytest.mark.parametrize("plan", [None, "swift", "lean", "generous"])
def test_under_every_plan_the_same_comes_of_every_call(plan: str | None) -> None:
    calls, tries = replayed(plan).attempts, replayed(plan).tries
    names = [Outcome(one).name.lower() for one in calls["outcome"].tolist()]
    came = zip(*(calls[c].tolist() for c in ("contact", "attempt", "ring", "talk")), names, strict=True)
    columns = ("contact", "attempt", "ring", "talk")
    assert sorted(came) == sorted((*(int(row[c]) for c in columns), row["outcome"]) for row in rows("calls"))
    columns = ("contact", "try", "reached", "hold")
    came_back = zip(*(tries[column].tolist() for column in columns), strict=True)
    assert sorted(came_back) == sorted(tuple(int(row[c]) for c in columns) for row in rows("people"))


def last_end(plan: str | None) -> float:
    return max(end for times in simulated(plan) for _, end in times.values())


def test_another_plan_is_done_on_the_same_day() -> None:
    as_it_was, swift = last_end(None), last_end("swift")
    assert as_it_was == 24 * HOUR + seconds("2025-07-07 09:12:59")
    assert swift == seconds("2025-07-07 11:16:46")
    assert as_it_was - swift == 21 * HOUR + 56 * 60 + 13


def test_every_run_is_the_same_and_the_ledger_is_the_pilots() -> None:
    study = cs.replicate(scenario(None), n=3)
    for figures in study.figures:
        assert figures.measures["finish"] * HOUR == pytest.approx(last_end(None))
        assert (figures.funnel["escalated"], figures.funnel["handled"]) == (7, 7)
        assert (figures.funnel["problems"], figures.funnel["suggestions"]) == (1, 3)


def test_a_plan_that_calls_more_often_than_the_log_is_refused() -> None:
    """Contacts who were called three times in vain have no fourth row."""
    with pytest.raises(Refused, match=r"the script has no row for contact \d+, attempt 4"):
        cs.simulate(load(REPLAY, overrides=["robot.attempts=4", "robot.attempts_per_day=4"]))


def test_the_log_holds_nothing_personal() -> None:
    """Contacts are places on the register; no cell is long enough for a telephone number but the times of day."""
    for name in ("calls", "people"):
        for row in rows(name):
            assert max(len(cell) for column, cell in row.items() if column not in ("started", "ended")) <= 14
            assert not any(cell.isdigit() and len(cell) >= 7 for cell in row.values())
