"""Properties of every campaign, over generated small ones (see `generated`), and of the draws behind them."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import fields
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import invariants
from callbacksim.campaign import simpy_engine
from callbacksim.campaign.draws import Draws
from callbacksim.campaign.outcomes import Outcome, Source
from callbacksim.campaign.simpy_engine import Campaign, simulate
from callbacksim.campaign.trace import Trace
from callbacksim.frame.frame import Contacts, nobody
from callbacksim.scenario.calendar import HOUR
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import Intake, Scenario
from callbacksim.scenario.schema import Study as StudySection
from callbacksim.study.measuring.measures import funnel
from generated import Small, small
from helpers import SEED, at, people, run, setting_of, tiny

COMMON = settings(deadline=None, max_examples=60)


def same(a: Trace, b: Trace) -> bool:
    """Whether two traces are equal, column by column, byte by byte."""
    tables = ("attempts", "tries", "transfers", "recordings", "escalations", "cases", "rounds", "lookbacks", "contacts")
    return all(
        getattr(a, table)[name].tobytes() == column.tobytes()
        for table in tables
        for name, column in getattr(b, table).items()
    )


@settings(deadline=None, max_examples=120)
@given(small())
def test_every_law_holds(case: Small) -> None:
    trace = run(case.scenario, case.contacts, seed=case.seed)
    invariants.check(case.scenario, case.contacts, trace, case.seed)


@pytest.mark.slow
@settings(deadline=None, max_examples=2500)
@given(small())
def test_every_law_holds_at_length(case: Small) -> None:
    trace = run(case.scenario, case.contacts, seed=case.seed)
    invariants.check(case.scenario, case.contacts, trace, case.seed)


@COMMON
@given(small(modes=("ledger",)), st.integers(1, 6))
def test_the_laws_of_the_ledger_hold_where_it_is_studied_by_itself(case: Small, reports: int) -> None:
    alone = case.scenario.ledger.model_copy(update={"intake": Intake(reports=reports)})
    scenario, contacts = case.scenario.model_copy(update={"ledger": alone}), nobody().contacts
    trace = run(scenario, contacts, seed=case.seed)
    for law in (
        invariants.departments_work_in_office_hours,
        invariants.clerks_work_in_office_hours,
        invariants.rounds_and_look_backs_belong_together,
        invariants.the_intake_comes_in_in_office_hours,
        invariants.every_figure_exists_and_is_within_its_bounds,
    ):
        law(scenario, contacts, trace, case.seed)
    counts = funnel(trace, setting_of(scenario, contacts))
    get = {name: count or 0 for name, count in counts.items()}
    assert get["intake"] + get["intake_screened_out"] == reports
    assert get["intake"] == get["resolved"] + get["closed_unresolved"] + get["open"]
    tables = ("attempts", "tries", "escalations", "contacts", "lines", "people")
    assert not any(len(column) for table in tables for column in getattr(trace, table).values())
    # The same reports meet the same fate beside a survey, but for the queues.
    beside = run(scenario.model_copy(update={"study": callback(scenario)}), case.contacts, seed=case.seed)
    mine = beside.cases["source"] == Source.INTAKE
    for name in ("number", "category", "department", "heard"):
        assert (beside.cases[name][mine] == trace.cases[name]).all()


def callback(scenario: Scenario) -> StudySection:
    return scenario.study.model_copy(update={"mode": "callback"})


@COMMON
@given(
    small(modes=("callback",), transfer=False, listening=False), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2)
)
def test_the_laws_hold_with_exact_counts(case: Small, escalations: int, problems: int, suggestions: int) -> None:
    exact = {"escalations": escalations, "problems": min(problems, escalations), "suggestions": suggestions}
    recognition = case.scenario.recognition.model_validate({"exact": exact})
    scenario = case.scenario.model_copy(update={"recognition": recognition})
    try:
        trace = run(scenario, case.contacts, seed=case.seed)
    except Refused:
        interviewed = run(case.scenario, case.contacts, seed=case.seed).contacts["heard"] > 0
        # Refused only where the interviewed are too few, or the handled (who are at most as many).
        assert escalations + problems + suggestions > 0 or not interviewed.any()
        return
    invariants.check(scenario, case.contacts, trace, case.seed)
    assert len(trace.escalations["contact"]) == escalations
    of_survey = trace.cases["item"][trace.cases["source"] == Source.SURVEY]
    assert np.bincount(of_survey, minlength=2).tolist() == [exact["problems"], suggestions]


@COMMON
@given(small(transfer=False))
def test_same_seed_same_trace_and_the_calls_do_not_depend_on_the_people(case: Small) -> None:
    first = run(case.scenario, case.contacts, seed=case.seed)
    assert same(first, run(case.scenario, case.contacts, seed=case.seed))
    nobody = case.scenario.agents.model_copy(update={"count": 0})
    without = run(case.scenario.model_copy(update={"agents": nobody}), case.contacts, seed=case.seed)
    assert all((first.attempts[name] == without.attempts[name]).all() for name in first.attempts)


@COMMON
@given(small())
def test_the_order_among_kinds_in_a_millisecond_changes_nothing(case: Small) -> None:
    plain = run(case.scenario, case.contacts, seed=case.seed)
    # Among these, each kind comes before and after every other one.
    orders = ((1, 2, 3, 4, 5), (2, 4, 1, 3, 5), (3, 5, 1, 4, 2), (5, 4, 3, 2, 1))
    for turns in orders:
        with patch.multiple(
            simpy_engine, **dict(zip(("PEOPLE", "CLERKS", "DEPARTMENTS", "LINES", "LISTENERS"), turns, strict=True))
        ):
            other = run(case.scenario, case.contacts, seed=case.seed)
        assert same(plain, other), turns


class DrawsMore(Campaign):
    """A model that draws from streams of its own before and during the run."""

    def open_lines(self) -> None:
        self.draws.uniforms("weather", 1000)
        super().open_lines()

    def hang_up(self, *args: Any) -> None:
        self.draws.uniforms("mood", 10, len(self.calls))
        super().hang_up(*args)


@COMMON
@given(small())
def test_a_new_stream_and_other_replications_change_nothing(case: Small) -> None:
    plain = run(case.scenario, case.contacts, seed=case.seed)
    simulate(case.scenario, case.contacts, case.seed, 1)
    assert same(plain, run(case.scenario, case.contacts, DrawsMore, seed=case.seed))


@given(st.integers(0, 2**62), st.integers(0, 10**6), st.text(max_size=8), st.integers(0, 50), st.integers(0, 50))
@settings(deadline=None, max_examples=100)
def test_a_longer_register_keeps_the_draws_of_the_shorter(
    seed: int, replication: int, stream: str, short: int, more: int
) -> None:
    draws = Draws(seed, replication)
    assert (draws.uniforms(stream, short + more)[:short] == draws.uniforms(stream, short)).all()


def test_draws_with_different_addresses_differ_and_are_uniform() -> None:
    addresses = [(s, r, name, turn) for s in (1, 2) for r in (0, 1) for name in ("a", "b") for turn in (0, 1)]
    drawn = [Draws(s, r).uniforms(name, 4000, turn) for s, r, name, turn in addresses]
    assert len({block.tobytes() for block in drawn}) == len(addresses)
    # 64,000 uniforms: the mean's sd is 0.00114, 6 sd is beyond one in 10^8; correlations of pairs have sd 0.0158.
    assert abs(np.concatenate(drawn).mean() - 0.5) < 6 * 0.2887 / np.sqrt(64_000)
    correlations = np.corrcoef(drawn)[np.triu_indices(len(drawn), 1)]
    assert abs(correlations).max() < 6 / np.sqrt(4000)


def first_calls(trace: Trace, contacts: Contacts) -> dict[int, tuple[int, int]]:
    """Outcome group and ring of the first call to every number."""
    a = trace.attempts
    return {
        int(contacts.number[a["contact"][i]]): (
            Outcome.COMPLETE if a["outcome"][i] <= Outcome.OPT_OUT else int(a["outcome"][i]),
            int(a["ring"][i]),
        )
        for i in range(len(a["contact"]))
        if a["nth"][i] == 1
    }


@COMMON
@given(st.lists(st.integers(0, 4), min_size=1, max_size=12), st.integers(0, 2**32))
def test_with_and_without_dedupe_a_number_behaves_the_same(numbers: list[int], seed: int) -> None:
    """The same register deduplicated by hand: rows keep their places, numbers their indices."""
    every = people(numbers, all_numbers=5)
    kept = [numbers.index(number) for number in dict.fromkeys(numbers)]
    kept.sort()
    rows = np.array(kept, dtype=np.int64)
    merged = Contacts(
        row=rows,
        number=every.number[rows],
        businesses=np.array([numbers.count(numbers[i]) for i in kept]),
        segment=every.segment[rows],
        business_row=every.row,
        business_contact=np.array([[numbers[k] for k in kept].index(n) for n in numbers], dtype=np.int64),
        business_segment=every.segment,
        rows=len(numbers),
        numbers=5,
    )
    ring = {name: {"law": "uniform", "low": 1, "high": 20} for name in ("answered", "no_answer", "not_in_service")}
    scenario = tiny(answering={"base": 0.5, "not_in_service": 0.3, "busy": 1, "ring": ring}, robot={"lines": 20})
    with_all, with_one = run(scenario, every, seed=seed), run(scenario, merged, seed=seed)
    assert first_calls(with_all, every) == first_calls(with_one, merged)
    # The truth of a business is its row's.
    assert (with_all.contacts["score"][rows] == with_one.contacts["score"]).all()
    assert (with_all.businesses["score"] == with_one.businesses["score"]).all()


@COMMON
@given(small(shared=False, modes=("callback",), transfer=False), st.integers(1, 5))
def test_more_rows_leave_the_others_draws_unchanged(case: Small, more: int) -> None:
    """Lines for everybody, no pace, no quota: then nobody's fate hangs on the others."""
    robot = case.scenario.robot.model_copy(update={"lines": 50, "calls_per_second": 0.0, "quota": 0})
    scenario = case.scenario.model_copy(update={"robot": robot})
    n = len(case.contacts.row)
    few, many = (run(scenario, people(k), seed=case.seed) for k in (n, n + more))
    calls = {r["contact"]: [] for r in invariants.rows_of(few.attempts)}
    for contact in range(n):
        mine, same_one = (
            [r for r in invariants.rows_of(trace.attempts) if r["contact"] == contact] for trace in (few, many)
        )
        assert mine == same_one
    assert set(calls) <= set(range(n))
    # A register that merely has more rows and numbers (rejected, excluded) changes nothing at all.
    padded = run(scenario, people(n, extra_rows=more, all_numbers=n + more), seed=case.seed)
    assert all((few.attempts[name] == padded.attempts[name]).all() for name in few.attempts)


class TenLinesLost(Campaign):
    """The example of the engine's own documentation."""

    def open_lines(self) -> None:
        super().open_lines()
        self.env.process(self.strike())

    def strike(self) -> Generator[Any, Any, None]:
        yield self.env.timeout(10 * HOUR)
        self.lines.withdraw(10)


@pytest.mark.parametrize("pace", [0, 5])
def test_ten_lines_lost_at_ten_shift_the_trace_after_ten_and_not_before(pace: float) -> None:
    scenario = tiny(robot={"lines": 12, "calls_per_second": pace}, answering={"base": 0.5})
    contacts = people(2000)
    before, after = run(scenario, contacts), run(scenario, contacts, TenLinesLost)

    def early(trace: Trace) -> list[tuple[int, int]]:
        a = trace.attempts
        return sorted((int(s), int(c)) for s, c in zip(a["start"], a["contact"], strict=True) if s < at("10:00"))

    assert early(before) == early(after)
    assert len(early(before)) > 500
    # From ten on at most the two that are left start calls; those at work have finished within a minute.
    a = after.attempts
    late = [r for r in invariants.rows_of(a) if r["end"] > at("10:01")]
    assert invariants.most_at_once(late) == 2
    assert invariants.most_at_once(invariants.rows_of(a)) == 12
    assert a["end"].max() > before.attempts["end"].max()
    assert len(a["contact"]) == len(before.attempts["contact"]) == 2000
    # Who answers is the same: only when has changed (a flat hour index).
    assert (before.contacts["disposition"] == after.contacts["disposition"]).all()


def test_a_trace_has_the_documented_columns() -> None:
    names = {field.name for field in fields(run(tiny(), people(1), seed=SEED))}
    assert {"attempts", "tries", "escalations", "cases", "contacts"} <= names
