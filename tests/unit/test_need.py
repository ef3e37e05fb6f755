"""Deadline staffing against a slow enumeration and against actually doing the work, earliest due first."""

import heapq
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbacksim.study.measuring.need import DeadlineNeed, deadline_staffing, open_time, people_to_employ

HOUR = 3_600_000

jobs_and_rosters = st.tuples(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 20), st.integers(0, 12)), max_size=10),
    st.lists(st.tuples(st.integers(0, 35), st.integers(0, 3)), max_size=6, unique_by=lambda step: step[0]),
)


def is_open(t: int, roster: list[tuple[int, int]]) -> bool:
    """Whether the roster is open during [t, t + 1), told without any arithmetic on cumulated time."""
    state = 0
    for at, capacity in sorted(roster):
        if at <= t:
            state = capacity
    return state > 0


def need_of(jobs: list[tuple[int, int, int]], roster: list[tuple[int, int]]) -> DeadlineNeed:
    steps = sorted(roster)
    ready = [r for r, _, _ in jobs]
    due = [r + window for r, window, _ in jobs]
    return deadline_staffing(ready, due, [w for _, _, w in jobs], [t for t, _ in steps], [c for _, c in steps])


def edf_keeps_every_deadline(jobs: list[tuple[int, int, int]], roster: list[tuple[int, int]], people: int) -> bool:
    """Work off the jobs millisecond by millisecond, ``people`` units in each open one, earliest due first."""
    arrivals = sorted((r, r + window, work) for r, window, work in jobs if work)
    waiting: list[list[int]] = []
    for t in range(60):
        while arrivals and arrivals[0][0] <= t:
            _, due, work = arrivals.pop(0)
            heapq.heappush(waiting, [due, work])
        left = people if is_open(t, roster) else 0
        while left and waiting:
            done = min(left, waiting[0][1])
            left -= done
            waiting[0][1] -= done
            if waiting[0][1] == 0:
                heapq.heappop(waiting)
        if any(due <= t + 1 for due, _ in waiting):
            return False
    return not waiting and not arrivals


def can_be_done(job: tuple[int, int, int], roster: list[tuple[int, int]]) -> bool:
    ready, window, work = job
    return work == 0 or any(is_open(t, roster) for t in range(ready, ready + window))


@settings(deadline=None, max_examples=300)
@given(jobs_and_rosters)
def test_against_every_interval(case):
    jobs, roster = case
    possible = [job for job in jobs if can_be_done(job, roster)]
    expected = 0
    for s in {r for r, _, _ in possible}:
        for d in {r + window for r, window, _ in possible}:
            work = sum(w for r, window, w in possible if r >= s and r + window <= d)
            capacity = sum(is_open(t, roster) for t in range(s, d))
            if work:
                expected = max(expected, -(-work // capacity))
    got = need_of(jobs, roster)
    assert got.people == expected
    assert got.impossible == len(jobs) - len(possible)


@settings(deadline=None, max_examples=200)
@given(jobs_and_rosters)
def test_enough_for_earliest_due_first_and_one_fewer_is_not(case):
    jobs, roster = case
    possible = [job for job in jobs if can_be_done(job, roster)]
    people = need_of(jobs, roster).people
    assert edf_keeps_every_deadline(possible, roster, people)
    assert people == 0 or not edf_keeps_every_deadline(possible, roster, people - 1)


@settings(deadline=None, max_examples=200)
@given(jobs_and_rosters)
def test_the_binding_interval_explains_the_number(case):
    jobs, roster = case
    got = need_of(jobs, roster)
    if got.people == 0:
        assert (got.from_ms, got.until_ms, got.work_ms, got.open_ms) == (None, None, 0, 0)
        return
    s, d = got.from_ms, got.until_ms
    assert s is not None and d is not None
    assert got.open_ms == sum(is_open(t, roster) for t in range(s, d))
    inside = [job for job in jobs if can_be_done(job, roster) and job[0] >= s and job[0] + job[1] <= d]
    assert got.work_ms == sum(w for _, _, w in inside)
    assert got.people == -(-got.work_ms // got.open_ms)


def test_by_hand():
    # Open 9–12 and 14–18. Twelve jobs of half an hour come at 11 and are due within two open hours, at 15: six
    # hours of work, two open hours, three people. Had the noon rest counted, two would have seemed enough.
    n = 12
    times, is_on = [9 * HOUR, 12 * HOUR, 14 * HOUR, 18 * HOUR], [2, 0, 2, 0]
    got = deadline_staffing([11 * HOUR] * n, [15 * HOUR] * n, [HOUR // 2] * n, times, is_on)
    assert got == DeadlineNeed(3, 0, 11 * HOUR, 15 * HOUR, 6 * HOUR, 2 * HOUR)


def test_a_peak_binds_and_not_the_day():
    # Four hours of work spread over the day need one person; two more hours due within one hour need two.
    ready = [h * HOUR for h in (9, 11, 13, 15)] + [16 * HOUR] * 4
    due = [h * HOUR for h in (11, 13, 15, 17)] + [17 * HOUR] * 4
    work = [HOUR] * 4 + [HOUR // 2] * 4
    got = deadline_staffing(ready, due, work, [9 * HOUR, 18 * HOUR], [1, 0])
    assert (got.people, got.from_ms, got.until_ms) == (2, 16 * HOUR, 17 * HOUR)


def test_jobs_that_nobody_can_do_are_counted():
    got = deadline_staffing([20 * HOUR, HOUR], [21 * HOUR, 10 * HOUR], [1000, HOUR], [9 * HOUR, 18 * HOUR], [1, 0])
    assert (got.people, got.impossible) == (1, 1)
    assert deadline_staffing([5], [9], [2], [], []) == DeadlineNeed(0, 1, None, None, 0, 0)
    assert deadline_staffing([], [], [], [0], [1]) == DeadlineNeed(0, 0, None, None, 0, 0)


def test_exact_where_floats_are_not():
    # One millisecond of work more than two people can do in some thirty thousand years.
    length = 10**15
    assert deadline_staffing([0], [length], [2 * length], [0], [1]).people == 2
    assert deadline_staffing([0], [length], [2 * length + 1], [0], [1]).people == 3


def test_two_thousand_jobs_are_quick():
    rng = np.random.default_rng(4)
    ready = rng.integers(0, 40 * HOUR, 2000)
    began = time.perf_counter()
    deadline_staffing(ready, ready + 2 * HOUR, rng.integers(1, HOUR // 2, 2000), [0], [1])
    assert time.perf_counter() - began < 5


def test_open_time_stands_still_while_closed():
    assert open_time([0, 9, 10, 12, 15, 20, 22, 99], [10, 15, 20, 25], [1, 0, 3, 0]).tolist() == [
        0,
        0,
        0,
        2,
        5,
        5,
        7,
        10,
    ]
    assert open_time([0, 50], [10], [1]).tolist() == [0, 40]
    assert open_time([5], [], []).tolist() == [0]


def test_people_to_employ():
    assert people_to_employ(2, 0.85, 0.30) == 4  # 3.36
    assert people_to_employ(17, 0.85, 0.0) == 20  # 20.000000000000004 in binary
    assert people_to_employ(7, 1.0, 0.3) == 10
    assert people_to_employ(0, 0.85, 0.3) == 0
    assert people_to_employ(3, 1, 0) == 3
    for bad in ((-1, 0.8, 0.3), (1, 0.0, 0.3), (1, 1.1, 0.3), (1, 0.8, 1.0), (1, 0.8, -0.1)):
        with pytest.raises(ValueError, match="occupancy"):
            people_to_employ(*bad)


@pytest.mark.parametrize(
    ("jobs", "steps", "words"),
    [
        (([1], [2, 3], [1]), ([0], [1]), "one of each"),
        (([5], [4], [1]), ([0], [1]), "before it is ready"),
        (([5], [6], [-1]), ([0], [1]), "negative"),
        (([5.5], [6], [1]), ([0], [1]), "whole milliseconds"),
        (([5], [6], [1]), ([3, 3], [1, 0]), "rising"),
        (([5], [6], [1]), ([3, 4], [1]), "one entry per step"),
    ],
)
def test_what_does_not_fit_is_refused(jobs, steps, words):
    with pytest.raises(ValueError, match=words):
        deadline_staffing(*jobs, *steps)
