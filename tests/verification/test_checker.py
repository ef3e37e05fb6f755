"""The engine against an independent simulator, record by record, on generated campaigns of all kinds."""

from __future__ import annotations

import numpy as np
import pytest
from checker import Checker
from hypothesis import given, settings

from callbacksim.campaign.trace import ATTEMPTS, TRIES, Table
from generated import Small, small
from helpers import KINDS, people, run, tiny


def records(table: Table, names: tuple[str, ...]) -> list[tuple[int, ...]]:
    return sorted(zip(*(table[name].tolist() for name in names), strict=True))


def assert_same(case: Small) -> None:
    trace = run(case.scenario, case.contacts, seed=case.seed)
    checker = Checker(case.scenario, case.contacts, case.seed)
    checker.run()
    assert records(trace.attempts, ATTEMPTS) == sorted(checker.calls)
    assert records(trace.tries, TRIES) == sorted(checker.tries)


@settings(deadline=None, max_examples=250)
@given(small())
def test_every_record_is_that_of_the_checker(case: Small) -> None:
    assert_same(case)


@pytest.mark.slow
@settings(deadline=None, max_examples=5000)
@given(small())
def test_every_record_is_that_of_the_checker_at_length(case: Small) -> None:
    assert_same(case)


def test_a_larger_campaign_is_that_of_the_checker() -> None:
    """Two hundred contacts on shared numbers, five lines, default laws of durations."""
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
        recognition={"unclear": 0.1},
        agents={"count": 2, "reach": 0.6, "roster": [["09:00", "10:00"], ["15:00", "16:00"]]},
        segments=KINDS,
    )
    generator = np.random.default_rng(3)
    contacts = people(generator.integers(0, 150, 200).tolist(), generator.integers(0, 5, 200).tolist())
    assert_same(Small(scenario, contacts, 5))
