"""Targets, against events and bounds that can be written down: with 30 of 30 the one-sided bound is 0.05^(1/30)."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import pytest
from scipy import stats

from callbacksim.scenario.calendar import HOUR
from callbacksim.study.estimates import one_sided
from callbacksim.study.experiment import Study, replicate
from callbacksim.study.figures import Figures
from callbacksim.study.measuring.measures import moment_of
from callbacksim.study.summary import promised_finish
from callbacksim.study.targets import judged, targets, verdicts
from helpers import at, tiny


@pytest.fixture(scope="module")
def study() -> Study:
    scenario = tiny(study={"horizon_days": 5})
    register = scenario.register_.model_copy(update={"rows": 1, "contacts": 1})
    return replicate(scenario.model_copy(update={"register_": register}), n=30, jobs=1)


def with_figures(study: Study, asked: dict[str, Any], figures: dict[str, list[float]], n: int = 30) -> Study:
    """The study with these targets, and these figures replication by replication (repeated as needed)."""

    def one(old: Figures, i: int) -> Figures:
        given = {name: values[i % len(values)] for name, values in figures.items()}
        survey = {name: given.pop(name) for name in ("error", "respondents") if name in given}
        funnel = {name: int(given.pop(name)) for name in ("open",) if name in given}
        tables = {"funnel": {**old.funnel, **funnel}, "survey": {**old.survey, **survey}}
        return replace(old, measures={**old.measures, **given}, **tables)

    scenario = study.scenario.model_copy(
        update={"targets": study.scenario.targets.model_copy(update=asked)},
    )
    return replace(study, scenario=scenario, figures=tuple(one(f, i) for i, f in enumerate(study.figures[:n])))


def events(study: Study, asked: dict[str, Any], figures: dict[str, list[float]], n: int) -> list[bool | None]:
    changed = with_figures(study, asked, figures, n)
    (target,) = targets(changed.scenario)
    return [target.kept(one) for one in changed.figures]


def test_bounds_are_those_of_the_beta_law() -> None:
    for k, n in ((30, 30), (27, 30), (0, 12)):
        found = one_sided(k, n, 0.95)
        assert found.low == pytest.approx(stats.beta.ppf(0.05, k, n - k + 1) if k else 0)
        assert found.high == pytest.approx(stats.beta.ppf(0.95, k + 1, n - k) if k < n else 1)
    assert one_sided(30, 30, 0.95).low == pytest.approx(0.05 ** (1 / 30))
    with pytest.raises(ValueError, match=r"more than 0\.5"):
        one_sided(1, 2, 0.5)


def test_a_date_is_kept_up_to_its_very_millisecond(study: Study) -> None:
    promised = {"finish_by": dt.datetime(2025, 7, 8, 12)}  # the second day
    noon = at("12:00", 1) / HOUR
    assert events(study, promised, {"finish": [noon, noon + 1e-6, 1.0, math.inf]}, 4) == [True, False, True, False]


def test_who_ends_on_the_promised_second_has_kept_it_whatever_the_second(study: Study) -> None:
    """9:00:12 is 9 1/300 hours, and in binary that times 3,600,000 is a little more than the ms it was made of."""
    ends = [at("09:00:12"), *(at("09:00", 1) + 1000 * second for second in range(3600))]
    assert ends[0] / HOUR * HOUR > ends[0]  # or this test would be none
    assert [moment_of(end / HOUR) for end in ends] == ends
    for end in ends[:60]:
        promised = {"finish_by": dt.datetime(2025, 7, 7) + dt.timedelta(milliseconds=end)}
        changed = with_figures(study, promised, {"finish": [end / HOUR]})
        assert (verdicts(changed)[0].met, promised_finish(changed).mean) == (True, 1.0)


def test_what_the_horizon_cut_off_before_the_date_is_not_identified(study: Study) -> None:
    promised = {"finish_by": dt.datetime(2025, 8, 1)}  # beyond the five days
    assert events(study, promised, {"finish": [math.inf, 1.0]}, 2) == [None, True]


@pytest.mark.parametrize(
    ("asked", "figures", "kept"),
    [
        ({"called_back_in_time": 0.9}, {"called_back_in_time": [0.9, 0.89, math.nan]}, [True, False, True]),
        (
            {"on_time": 0.9},
            {"on_time_share": [0.9, 0.89, math.nan, math.nan], "open": [2, 0, 0, 1]},
            [True, False, True, None],  # of a case that is open and not due yet nothing is known
        ),
        ({"cost": 100.0}, {"cost": [100, 100.01, 99], "finish": [1, 1, math.inf]}, [True, False, None]),
        ({"cost": 100.0}, {"cost": [101], "finish": [math.inf]}, [False]),
        ({"cost": 0.3}, {"cost": [0.1 + 0.2, 0.31], "finish": [1]}, [True, False]),  # 0.30000000000000004
        (
            {"satisfaction_error": 1.0},
            {"error": [100 * (0.8 - 0.79)], "respondents": [5]},
            [True],
        ),  # 1 + 9e-16
        ({"satisfaction_error": 1.0}, {"error": [-1.0, 1.01, 0.3], "respondents": [5]}, [True, False, True]),
        ({"satisfaction_error": 1.0}, {"error": [math.nan, math.nan], "respondents": [5, 0]}, [None, False]),
        ({"missed": 2}, {"missed": [2, 3, math.nan]}, [True, False, None]),
    ],
)
def test_what_keeps_a_target_in_one_run(
    study: Study, asked: dict[str, Any], figures: dict[str, list[float]], kept: list[bool | None]
) -> None:
    assert events(study, asked, figures, len(kept)) == kept


@pytest.mark.parametrize(
    ("costs", "n", "met"),
    [
        ([1.0], 30, True),  # 30 of 30: surely 0.905
        ([1.0], 28, None),  # 28 of 28: surely 0.8985, not the 0.9 that is wanted
        ([1.0, 1.0, 200.0], 30, False),  # 20 of 30: at most 0.806
        ([200.0], 30, False),
        ([1.0] * 9 + [200.0], 30, None),  # 27 of 30: from 0.76 to 0.97
    ],
)
def test_met_missed_and_undecided(study: Study, costs: list[float], n: int, met: bool | None) -> None:
    changed = with_figures(study, {"cost": 100.0}, {"cost": costs, "finish": [1.0]}, n)
    (verdict,) = verdicts(changed)
    assert verdict.met is met


def test_one_run_that_tells_nothing_leaves_the_whole_undecided(study: Study) -> None:
    changed = with_figures(study, {"missed": 5}, {"missed": [1.0] * 29 + [math.nan]})
    (target,) = targets(changed.scenario)
    verdict = judged(target, changed.figures, changed.scenario)
    assert (verdict.met, verdict.probability.mean) == (None, None)


def test_without_targets_nothing_is_judged(study: Study) -> None:
    assert targets(study.scenario) == () == verdicts(study)
