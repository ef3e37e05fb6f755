"""Law's sequential procedure, against the rule worked through by hand on the replications themselves."""

from __future__ import annotations

import datetime as dt
import math
import statistics

import pytest
from scipy import stats

from callbacksim.scenario.schema import Scenario
from callbacksim.study.experiment import replicate
from callbacksim.study.sequential import FIRST, OF_THE_LEDGER, replicate_until
from callbacksim.study.summary import values
from helpers import tiny

FIGURES = ("interviews", "cost")


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Forty contacts of whom about half are interviewed."""
    made = tiny(answering={"base": 0.5}, robot={"lines": 5}, study={"horizon_days": 2})
    return made.model_copy(update={"register_": made.register_.model_copy(update={"rows": 40, "contacts": 40})})


def relative_half_width(sample: list[float]) -> float:
    n = len(sample)
    return float(stats.t.ppf(0.975, n - 1)) * statistics.stdev(sample) / math.sqrt(n) / statistics.mean(sample)


@pytest.mark.parametrize("wanted", [0.2, 0.06, 0.04])
def test_it_stops_at_the_first_replication_at_which_all_are_precise(scenario: Scenario, wanted: float) -> None:
    study, precision = replicate_until(scenario, wanted, figures=FIGURES, jobs=1)
    n = len(study.figures)
    samples = [values(study, name) for name in FIGURES]
    limit = wanted / (1 + wanted)
    assert precision.reached
    assert all(relative_half_width(sample) <= limit for sample in samples)
    for fewer in range(FIRST, n):
        assert any(relative_half_width(sample[:fewer]) > limit for sample in samples)
    assert [*precision.relative.values()] == pytest.approx([relative_half_width(sample) for sample in samples])
    assert (precision.open, precision.without) == ({}, ())


def test_a_finer_precision_takes_more_and_begins_with_the_same(scenario: Scenario) -> None:
    coarse, _ = replicate_until(scenario, 0.08, figures=FIGURES, jobs=1)
    fine, _ = replicate_until(scenario, 0.04, figures=FIGURES, jobs=1)
    plain = replicate(scenario, n=len(fine.figures), jobs=1)
    assert FIRST <= len(coarse.figures) < len(fine.figures)
    # As text, in which an undefined figure (NaN) equals itself.
    assert repr(fine.figures) == repr(plain.figures)
    assert repr(fine.figures[: len(coarse.figures)]) == repr(coarse.figures)


def test_the_cap_is_said_where_it_comes_first(scenario: Scenario) -> None:
    study, precision = replicate_until(scenario, 0.001, most=13, figures=FIGURES, jobs=1)
    assert (len(study.figures), precision.reached, precision.most) == (13, False, 13)
    assert precision.open == {"interviews": precision.relative["interviews"]}
    assert 0 < precision.relative["cost"] <= 0.001 / 1.001


def test_what_the_horizon_cuts_off_has_no_mean_and_is_not_waited_for(scenario: Scenario) -> None:
    cut = scenario.model_copy(update={"robot": scenario.robot.model_copy(update={"lines": 0})})
    study, precision = replicate_until(cut, 0.5, most=500, figures=("finish", "cost"), jobs=1)
    assert (len(study.figures), precision.reached) == (FIRST, False)
    assert (precision.without, precision.open) == (("finish",), {})
    # The others go on until they are precise all the same: of five calls at a minute each few days hold all.
    short = tiny(
        answering={"base": 0.5}, register={"rows": 40, "contacts": 40}, study={"horizon_days": 1},
        calendar={"windows": [["09:00", "09:30"]]},
    )  # fmt: skip
    alone, _ = replicate_until(short, 0.03, most=500, figures=("interviews",), jobs=1)
    study, precision = replicate_until(short, 0.03, most=500, figures=("finish", "interviews"), jobs=1)
    assert FIRST < len(study.figures) == len(alone.figures) < 500
    assert (precision.reached, precision.without, precision.open) == (False, ("finish",), {})


def test_what_no_replication_defines_is_not_waited_for(scenario: Scenario) -> None:
    silent = scenario.model_copy(update={"answering": scenario.answering.model_copy(update={"base": 0.0})})
    study, precision = replicate_until(silent, 0.1, most=500, jobs=1)
    assert (len(study.figures), precision.reached, precision.without) == (FIRST, False, ("satisfied",))


@pytest.mark.parametrize("clerks", ["none", {}])
def test_a_ledger_by_itself_is_precise_in_its_own_figures(clerks: str | dict[str, object]) -> None:
    ledger = Scenario.model_validate({
        "study": {"mode": "ledger", "horizon_days": 90},
        "ledger": {"intake": {"reports": 40, "last": dt.date(2025, 7, 11)}, "clerks": clerks},
    })  # fmt: skip
    study, precision = replicate_until(ledger, 0.1, most=500, jobs=1)
    assert tuple(precision.relative) == tuple(n for n in OF_THE_LEDGER if n != "clerk_cost" or clerks != "none")
    assert (precision.reached, len(study.figures) < 500) == (True, True)


def test_what_cannot_be_asked_for(scenario: Scenario) -> None:
    for wanted, most in ((0.0, 100), (1.0, 100), (0.1, FIRST - 1)):
        with pytest.raises(ValueError, match="0 < precision < 1"):
            replicate_until(scenario, wanted, most=most)
