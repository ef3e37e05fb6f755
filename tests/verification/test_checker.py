"""The engine against an independent checker, record by record: the same outcomes must give the same times.

The outcomes are the engine's own, or tables that no engine has made.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pytest
from checker import PLANS_OWN, Call, Checker, Given, Recording, Transfer, Try
from hypothesis import given, settings
from hypothesis import strategies as st

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.outcomes import Disposition, Flag, Outcome, Settled
from callbacksim.campaign.script import (
    Lines,
    Script,
    ScriptedCall,
    ScriptedRecording,
    ScriptedTransfer,
    ScriptedTry,
)
from callbacksim.campaign.simpy_engine import simulate
from callbacksim.campaign.trace import Table, Trace
from generated import Small, small
from helpers import KINDS, people, run, tiny

CROWDED = small(modes=("callback",), crowded=True)


def records(table: Table, *names: str) -> list[tuple[int, ...]]:
    return list(zip(*(table[name].tolist() for name in names), strict=True))


def given_by(trace: Trace) -> Given:
    """What came of all calls, without any time of day."""
    calls = records(trace.attempts, "contact", "attempt", "outcome", "ring", "talk", "wrap_up", "gap", "flag", "class")
    tries = records(trace.tries, "contact", "try", "reached", "hold", "gap")
    transfers = records(trace.transfers, "contact", "patience", "talk", "wrap_up")
    recordings = records(trace.recordings, "contact", "hold", "found")
    return Given(
        {
            (contact, attempt): Call(Outcome(o).name.lower(), ring, talk, wrap_up, gap, Flag(f).name.lower(), q)
            for contact, attempt, o, ring, talk, wrap_up, gap, f, q in calls
        },
        {(contact, turn): Try(bool(reached), hold, gap) for contact, turn, reached, hold, gap in tries},
        {contact: Transfer(*rest) for contact, *rest in transfers},
        {contact: Recording(hold, bool(found)) for contact, hold, found in recordings},
    )


def assert_same_times(case: Small, outcomes: Given, trace: Trace) -> None:
    ranks = list(range(len(case.contacts.row)))
    if case.scenario.robot.order == "random":
        drawn = Draws(case.seed, 0).uniforms("rank", case.contacts.rows)[case.contacts.row]
        ranks = np.argsort(np.argsort(drawn, kind="stable"), kind="stable").tolist()
    checker = Checker(case.scenario, case.contacts.number.tolist(), ranks, outcomes)
    checker.run()
    calls = records(trace.attempts, "contact", "attempt", "nth", "due", "start", "end", "free")
    assert {(contact, attempt): tuple(times) for contact, attempt, *times in calls} == checker.calls
    tries = records(trace.tries, "contact", "try", "due", "start", "end")
    assert {(contact, turn): tuple(times) for contact, turn, *times in tries} == checker.tries
    transfers = records(trace.transfers, "contact", "ready", "start", "free", "end")
    assert {contact: tuple(times) for contact, *times in transfers} == checker.transfers
    recordings = records(trace.recordings, "contact", "ready", "start", "end")
    assert {contact: tuple(times) for contact, *times in recordings} == checker.recordings
    # Who is left over.
    left = {contact for contact in checker.waiting if case.contacts.number[contact] not in checker.opted_out}
    assert set(np.flatnonzero(trace.contacts["disposition"] == Disposition.UNFINISHED)) == left
    unsettled = trace.escalations["contact"][trace.escalations["settled"] == Settled.UNFINISHED]
    assert set(unsettled) == {contact for _, _, contact, _ in checker.call_backs}


# --- outcomes of the engine ------------------------------------------------------------------------------------------


def assert_engine_keeps_the_rules(case: Small) -> None:
    trace = run(case.scenario, case.contacts, seed=case.seed)
    assert_same_times(case, given_by(trace), trace)


@settings(max_examples=150)
@given(small())
def test_every_time_is_that_of_the_checker(case: Small) -> None:
    assert_engine_keeps_the_rules(case)


@settings(max_examples=150)
@given(CROWDED)
def test_every_time_is_that_of_the_checker_where_many_wait(case: Small) -> None:
    assert_engine_keeps_the_rules(case)


@pytest.mark.slow
@settings(max_examples=5000)
@given(small() | CROWDED)
def test_every_time_is_that_of_the_checker_at_length(case: Small) -> None:
    assert_engine_keeps_the_rules(case)


# --- outcomes of nobody's making -------------------------------------------------------------------------------------

LIVE = ("complete", "partial", "refusal", "break_off", "opt_out")
FAILED = ("no_answer", "busy", "voicemail", "rejected", "not_in_service")
GAPS = (PLANS_OWN, 0, 10_000, 60_000, 36_000_000)
# Whole rows, so that one draw decides one; interviews and failures as often as not.
INTERVIEWS = [
    Call(outcome, 10_000, talk, wrap_up, PLANS_OWN, flag, queue_class)
    for outcome, talk, wrap_up, flag, queue_class in product(
        LIVE[:2], (10_000, 50_000), (0, 20_000), ("item", "unclear", "none", "none"), (0, 1)
    )
]
OTHERS = [
    Call(outcome, ring, 10_000 if outcome in LIVE else 0, 0, gap, "none", 0)
    for outcome, ring, gap in product(LIVE[2:4] + FAILED[:4], (10_000, 30_000), GAPS)
] + [Call("opt_out", 10_000, 10_000, 0, 0, "none", 0), Call("not_in_service", 10_000, 0, 0, 0, "none", 0)]
TRIES = [Try(*row) for row in product((True, False, False), (10_000, 30_000, 300_000), GAPS)]
TRANSFERS = [
    Transfer(*row) for row in product((30_000, 10_000, 60_000, 120_000), (20_000, 60_000), (10_000, 0, 40_000))
]
RECORDINGS = [Recording(*row) for row in product((10_000, 30_000, 120_000), (True, False))]


class Scripted(NamedTuple):
    """A campaign and what came of its calls, whether or not they are ever made."""

    case: Small
    outcomes: Given


@st.composite
def scripted(draw: st.DrawFn, campaigns: st.SearchStrategy[Small]) -> Scripted:
    case = draw(campaigns)
    n, robot, agents = len(case.contacts.row), case.scenario.robot, case.scenario.agents
    call = st.one_of(st.sampled_from(INTERVIEWS), st.sampled_from(OTHERS))
    recordings = {contact: draw(st.sampled_from([*RECORDINGS, None])) for contact in range(n)}
    outcomes = Given(
        {(contact, turn): draw(call) for contact in range(n) for turn in range(1, robot.attempts + 1)},
        {(c, turn): draw(st.sampled_from(TRIES)) for c in range(n) for turn in range(1, agents.tries + 1)},
        {contact: draw(st.sampled_from(TRANSFERS)) for contact in range(n)},
        {contact: one for contact, one in recordings.items() if one is not None},
    )
    return Scripted(case, outcomes)


def script_of(outcomes: Given) -> Script:
    """The outcomes as the engine takes them."""

    def lines(name: str, turn: str, rows: Mapping[tuple[int, int], Any]) -> Lines[Any]:
        return Lines(f"{name}.csv", f"script.{name}", turn, rows, {})

    calls = {
        key: ScriptedCall(
            Outcome[c.outcome.upper()], c.ring, c.talk, c.wrap_up, c.gap, Flag[c.flag.upper()], c.queue_class, None
        )
        for key, c in outcomes.calls.items()
    }
    return Script(
        lines("calls", "attempt", calls),
        lines("people", "try", {key: ScriptedTry(*row) for key, row in outcomes.tries.items()}),
        lines("transfers", "", {(c, 1): ScriptedTransfer(*row) for c, row in outcomes.transfers.items()}),
        lines("recordings", "", {(c, 1): ScriptedRecording(*row) for c, row in outcomes.recordings.items()}),
    )


def assert_engine_follows_the_script(one: Scripted) -> None:
    case, outcomes = one
    trace = simulate(case.scenario, case.contacts, case.seed, script=script_of(outcomes))
    assert_same_times(case, outcomes, trace)


@settings(max_examples=150)
@given(scripted(small()))
def test_any_outcomes_give_the_times_of_the_checker(one: Scripted) -> None:
    assert_engine_follows_the_script(one)


@settings(max_examples=150)
@given(scripted(CROWDED))
def test_any_outcomes_give_the_times_of_the_checker_where_many_wait(one: Scripted) -> None:
    assert_engine_follows_the_script(one)


@pytest.mark.slow
@settings(max_examples=5000)
@given(scripted(small() | CROWDED))
def test_any_outcomes_give_the_times_of_the_checker_at_length(one: Scripted) -> None:
    assert_engine_follows_the_script(one)


# --- a larger one ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["callback", "manual"])
def test_a_larger_campaign_is_that_of_the_checker(mode: str) -> None:
    """Two hundred contacts on shared numbers, five lines, transfer and listening, default laws of durations."""
    scenario = tiny(
        robot={"lines": 5, "calls_per_second": 1, "attempts": 3, "attempts_per_day": 2, "other_slot": True},
        answering={
            "base": 0.4,
            "not_in_service": 0.1,
            "busy": 1,
            "voicemail": 1,
            "rejected": 1,
            "ring": {"answered": {"law": "uniform", "low": 5, "high": 20}},
        },
        questionnaire={
            "complete": 0.5,
            "partial": 0.2,
            "opt_out": 0.05,
            "talk": {"complete": {"law": "lognormal", "mean": 60, "sd": 40}},
            "items": {"problems": 0.1},
        },
        recognition={"sensitivity": 0.7, "unclear": 0.1},
        agents={
            "count": 2,
            "reach": 0.6,
            "roster": [["09:00", "10:00"], ["15:00", "16:00"]],
            "transfer": {"live": True, "patience": {"law": "exponential", "mean": 30}},
        },
        listeners={"share": 0.5, "count": 1, "finds": 1},
        segments=KINDS,
        study={"mode": mode},
    )
    generator = np.random.default_rng(3)
    contacts = people(generator.integers(0, 150, 200).tolist(), generator.integers(0, 5, 200).tolist())
    assert_engine_keeps_the_rules(Small(scenario, contacts, 5))
