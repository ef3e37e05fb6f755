"""What a trace did when, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from callbacksim.scenario.calendar import DAY, HOUR, MINUTE
from callbacksim.study.measuring.timeline import backlog, bins, busy, by_attempt, by_hour, capacity, counted


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_bins_hold_every_moment_on_round_times() -> None:
    edges = bins(9 * HOUR + 1, 17 * HOUR)
    assert edges[0] == 9 * HOUR
    assert set(np.diff(edges)) == {15 * MINUTE}
    assert edges[-2] < 17 * HOUR <= edges[-1]


@pytest.mark.parametrize(("days", "width"), [(1, 15 * MINUTE), (3, 30 * MINUTE), (6, HOUR), (20, 4 * HOUR), (100, DAY)])
def test_bins_grow_wide_where_there_would_be_too_many(days: int, width: int) -> None:
    edges = bins(0, days * DAY)
    assert set(np.diff(edges)) == {width}
    assert len(edges) - 1 <= 160


def test_one_moment_has_one_bin() -> None:
    assert bins(HOUR, HOUR).tolist() == [HOUR, HOUR + 15 * MINUTE]


def test_a_moment_on_an_edge_belongs_to_the_bin_that_it_opens() -> None:
    assert counted(ints(0, 9, 10, 19, 20, 30), ints(0, 10, 20)).tolist() == [2, 2]


def test_how_many_are_at_work_is_a_mean_over_the_bin() -> None:
    # One from 0 to 10, another from 5 to 15: 15 ms of work in the first ten, 5 in the second.
    assert busy(ints(0, 5), ints(10, 15), ints(0, 10, 20)).tolist() == [1.5, 0.5]


def test_capacity_is_a_mean_over_the_bin() -> None:
    # Four from 5 on, one from 15 on, none from 18 on.
    steps = {"time": ints(5, 15, 18), "capacity": ints(4, 1, 0)}
    assert capacity(steps, ints(0, 10, 20, 30)).tolist() == [2.0, 2.3, 0.0]


def test_whoever_is_never_settled_stays_in_the_backlog() -> None:
    assert backlog(ints(0, 5, 8), ints(6, -1, 9), ints(0, 5, 6, 8, 9, 100)).tolist() == [1, 2, 1, 2, 1, 1]


def test_calls_are_counted_by_their_hour_and_number() -> None:
    attempts = {
        "start": ints(9 * HOUR, DAY + 9 * HOUR + 1, DAY + 10 * HOUR),
        "attempt": ints(1, 2, 2),
        "outcome": ints(5, 0, 9),
    }
    hours = by_hour(attempts)
    assert hours.shape == (24, 10)
    assert (hours[9, 5], hours[9, 0], hours[10, 9], hours.sum()) == (1, 1, 1, 3)
    calls = by_attempt(attempts)
    assert calls.shape == (2, 10)
    assert (calls[0, 5], calls[1, 0], calls[1, 9], calls.sum()) == (1, 1, 1, 3)
