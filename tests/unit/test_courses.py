"""Courses: counted on a grid, brought onto coarser ones exactly, and over replications a band around the median."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from callbacksim.campaign.outcomes import CaseStatus, Handover, Item, Outcome
from callbacksim.scenario.calendar import DAY, HOUR, MINUTE, NEVER, timetable
from callbacksim.scenario.schema import Scenario
from callbacksim.study import experiment
from callbacksim.study.experiment import replicate, replicate_all
from callbacksim.study.measuring.courses import (
    KEPT,
    MOST,
    NEEDED,
    Course,
    Part,
    course_of,
    over_runs,
    packed,
    tables_of,
    unpacked,
)
from callbacksim.study.measuring.timeline import BIN_WIDTHS
from callbacksim.study.sequential import replicate_until
from helpers import tiny

Tables = dict[str, dict[str, np.ndarray]]


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def nothing() -> Tables:
    """The tables of a replication in which nothing happens."""
    columns = {
        "attempts": ("start", "free", "outcome"),
        "tries": ("start", "end"),
        "transfers": ("start", "end"),
        "escalations": ("ready", "settled_at", "first_start", "transfer"),
        "cases": ("item", "received", "forwarded", "due", "end", "status", "department"),
    }
    return {table: {name: ints() for name in names} for table, names in columns.items()}


def scenario() -> Scenario:
    return tiny(
        ledger={
            "departments": {"a": {}, "b": {}},
            "categories": {"x": {"share": 0.5, "department": "a"}, "y": {"share": 0.5, "department": "b"}},
        },
        agents={"within_minutes": 60},
    )


def course(**tables: dict[str, np.ndarray]) -> Course:
    plan = scenario()
    return course_of(nothing() | tables, timetable(plan), plan)


def called(*calls: tuple[int, int, Outcome]) -> dict[str, np.ndarray]:
    start, free, outcome = (ints(*column) for column in zip(*calls, strict=True))
    return {"start": start, "free": free, "outcome": outcome}


def test_a_course_is_counted_by_hand() -> None:
    nine = 9 * HOUR
    found = course(
        attempts=called(
            (nine, nine + MINUTE, Outcome.NO_ANSWER),
            (nine + MINUTE, nine + 16 * MINUTE, Outcome.COMPLETE),
            (nine + 15 * MINUTE, nine + 30 * MINUTE, Outcome.REFUSAL),
        ),
        escalations={
            "ready": ints(nine + 16 * MINUTE, nine + 20 * MINUTE),
            "settled_at": ints(nine + 40 * MINUTE, -1),
            "first_start": ints(nine + 26 * MINUTE, -1),
            "transfer": ints(Handover.NOT_OFFERED, Handover.NOT_OFFERED),
        },
        tries={"start": ints(nine + 26 * MINUTE), "end": ints(nine + 41 * MINUTE)},
        cases={
            "item": ints(Item.PROBLEM, Item.PROBLEM, Item.SUGGESTION, Item.PROBLEM),
            "received": ints(nine, nine + 10 * MINUTE, nine, -1),
            "forwarded": ints(nine, nine + 10 * MINUTE, nine, -1),
            "due": ints(nine + DAY, nine + HOUR, -1, NEVER),
            "end": ints(nine + 12 * HOUR, nine + 2 * HOUR, -1, -1),
            "status": ints(CaseStatus.RESOLVED, CaseStatus.RESOLVED, CaseStatus.FORWARDED, CaseStatus.OPEN),
            "department": ints(0, 1, 0, 0),
        },
    )
    calls, people, ledger = (found.parts[name] for name in ("calls", "people", "ledger"))
    assert (calls.begin, calls.width) == (nine, 15 * MINUTE)
    assert calls.values.tolist() == [[2, 1], [1, 1], [1, 0], [1, pytest.approx(16 / 15, abs=1e-3)]]
    # Who waits is counted at the beginning of a quarter: none at 9:15, two at 9:30; one, never settled, from 9:45 on.
    assert people.begin == nine + 15 * MINUTE
    assert people.values[0].tolist() == [0, 2, 1]
    assert people.values[1].tolist() == [pytest.approx(4 / 60, abs=1e-3), pytest.approx(11 / 60, abs=1e-3), 0]
    assert ledger.values.sum(axis=1).tolist() == [2, 2, 2]
    # One was first tried after ten open minutes, the first of twelve bars of ten; one never was.
    assert found.waits.tolist() == [1] + [0] * 12 + [1]
    # Of a: one resolved in time after half a day; of b: one late after 1 h 50 min.
    assert found.departments.tolist() == [[1, 0, 0, 0, 1, 0.5], [0, 1, 0, 0, 1, pytest.approx(110 / 1440, abs=1e-3)]]


def test_each_bin_width_fits_into_the_next() -> None:
    assert all(wide % narrow == 0 for narrow, wide in pairwise(BIN_WIDTHS))


def test_a_course_is_of_bounded_size_and_is_read_back() -> None:
    rng = np.random.default_rng(1)
    start = np.sort(rng.integers(0, 90 * DAY, 5000))
    one = course(attempts=called(*((int(at), int(at) + MINUTE, Outcome.COMPLETE) for at in start)))
    assert one.parts["calls"].values.shape[1] <= MOST + 2
    again = unpacked(packed(one))
    assert packed(again).tolist() == packed(one).tolist()
    assert again.parts.keys() == {"calls"}
    assert unpacked(packed(course())).parts == {}


def test_courses_of_different_length_are_brought_onto_one_grid_exactly() -> None:
    """What a short run counted by the quarter of an hour is what would have been counted by the day."""
    rng = np.random.default_rng(2)

    def run(days: int, n: int) -> dict[str, Any]:
        start = np.sort(rng.integers(9 * HOUR, 9 * HOUR + days * DAY, n))
        ready = start[rng.random(n) < 0.3]
        settled = ready + rng.integers(1, 5 * HOUR, len(ready))
        settled[::7] = -1
        calls = {"start": start, "free": start + rng.integers(1, 5 * MINUTE, n), "outcome": rng.integers(0, 10, n)}
        people = {"ready": ready, "settled_at": settled, "first_start": settled, "transfer": 0 * ready}
        return {"attempts": calls, "escalations": people, "tries": {"start": ready, "end": ready + 10 * MINUTE}}

    runs = [run(1, 400), run(30, 3000)]
    found = over_runs([course(**one) for one in runs])
    assert [course(**one).parts["calls"].width for one in runs] == [15 * MINUTE, DAY]
    assert found.runs == 2
    for name in ("calls", "interviews", "in_use", "waiting", "worked"):
        edges = np.array(found.bands[name].edges)
        rows = []
        for one in runs:
            calls, people, tries = one["attempts"], one["escalations"], one["tries"]
            interviewed = np.isin(calls["outcome"], (0, 1))
            held, on = (calls, "free") if name == "in_use" else (tries, "end")
            rows.append(
                [
                    {
                        "calls": ((calls["start"] >= a) & (calls["start"] < b)).sum(),
                        "interviews": (interviewed & (calls["start"] >= a) & (calls["start"] < b)).sum(),
                        "waiting": (people["ready"] <= a).sum()
                        - ((people["settled_at"] >= 0) & (people["settled_at"] <= a)).sum(),
                    }.get(name, np.clip(np.minimum(held[on], b) - np.maximum(held["start"], a), 0, None).sum())
                    / {"in_use": b - a, "worked": HOUR}.get(name, 1)
                    for a, b in pairwise(edges)
                ]
            )
        # Rounded to 0.001 in each quarter of an hour, of which a day has 96.
        assert found.bands[name].low == pytest.approx(np.min(rows, axis=0), abs=0.05), name
        assert found.bands[name].high == pytest.approx(np.max(rows, axis=0), abs=0.05), name


def test_what_is_added_up_stays_after_the_last_case() -> None:
    def received(*at: int) -> Course:
        return Course({"ledger": Part(0, 15 * MINUTE, np.array([at, (0,) * len(at), (0,) * len(at)], float))}, W, D)

    found = over_runs([received(1, 1), received(0, 0, 0, 5), Course({}, W, D)]).bands["received"]
    assert (found.low, found.median, found.high) == ((0, 0, 0, 0), (0, 0, 0, 2), (1, 2, 2, 5))
    assert found.mean[-1] == pytest.approx(7 / 3, abs=1e-3)


W, D = np.zeros(14), np.zeros((2, 6))


def waited(n: float) -> Course:
    return Course({}, np.append(W[:-1], n), D)


def test_nine_of_ten_lie_in_a_band_and_of_few_all() -> None:
    few = over_runs([waited(n) for n in range(NEEDED - 1)]).waits
    assert (few.low[-1], few.median[-1], few.high[-1]) == (0, 9, 18)
    enough = over_runs([waited(n) for n in range(NEEDED)]).waits
    assert (enough.low[-1], enough.median[-1], enough.high[-1]) == (1, 9, 18)
    many = over_runs([waited(n) for n in range(100)]).waits
    assert (many.low[-1], many.median[-1], many.high[-1], many.mean[-1]) == (5, 49, 94, 49.5)


# --- in studies ------------------------------------------------------------------------------------------------------


def plan(**changes: Any) -> Scenario:
    chance = {
        "robot": {"lines": 3, "attempts": 2},
        "answering": {"base": 0.5},
        "questionnaire": {"items": {"problems": 0.3, "suggestions": 0.2}},
        "recognition": {"unclear": 0.1},
    }
    return tiny(register={"rows": 40, "contacts": 30}, **{**chance, **changes})


def text(courses: Any) -> list[list[float]]:
    return [packed(one).tolist() for one in courses]


def test_the_courses_of_a_study_are_those_of_its_traces() -> None:
    study = replicate(plan(), 3, jobs=1, courses=True)
    times = timetable(study.scenario)
    assert text(study.courses) == text(course_of(tables_of(study.trace(r)), times, study.scenario) for r in range(3))
    assert repr(study.figures) == repr(replicate(plan(), 3, jobs=1).figures)
    assert replicate(plan(), 3, jobs=1).courses == ()


def test_only_the_first_replications_courses_are_kept_and_only_the_first_plan_s(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert KEPT == 100
    monkeypatch.setattr(experiment, "KEPT", 3)
    one, other = replicate_all([plan(), plan(robot={"lines": 1})], 5, jobs=1, courses=True)
    assert (len(one.figures), len(one.courses), len(other.figures), other.courses) == (5, 3, 5, ())


def test_a_precise_study_has_the_courses_of_its_replications() -> None:
    study, _ = replicate_until(plan(), 0.4, most=40, jobs=1, courses=True)
    assert len(study.courses) == len(study.figures) >= 10
    assert text(study.courses) == text(replicate(plan(), len(study.figures), jobs=1, courses=True).courses)
