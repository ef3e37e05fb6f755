"""A study's funnel as estimates: from the counts of its replications alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pytest

from callbacksim.api import build_frame
from callbacksim.study.estimates import mean
from callbacksim.study.experiment import Figures, Study
from callbacksim.study.summary import funnel_frame, summarise_funnel
from helpers import tiny


def study(funnels: Sequence[Mapping[str, int | None]]) -> Study:
    """A study of which only the funnels matter."""
    figures = tuple(Figures(r, dict(funnel), {}, {}, ()) for r, funnel in enumerate(funnels))
    return Study(scenario=tiny(), frame=build_frame(tiny()), seed=1, figures=figures)


def test_each_stage_has_its_mean_and_interval_in_the_funnels_order():
    found = summarise_funnel(study([{"contacts": 100, "interviewed": 40}, {"contacts": 100, "interviewed": 46}]))
    assert list(found) == ["contacts", "interviewed"]
    assert (found["contacts"].mean, found["contacts"].low, found["contacts"].high) == (100, 100, 100)
    assert found["interviewed"] == mean([40, 46], 0.95)


def test_a_count_is_never_below_none():
    found = summarise_funnel(study([{"missed": 0}, {"missed": 1}]))["missed"]
    assert (found.mean, found.low) == (0.5, 0.0)


def test_what_is_not_identified_has_no_mean():
    assert summarise_funnel(study([{"missed": None}, {"missed": None}]))["missed"].mean is None
    table = funnel_frame(study([{"missed": None, "rows": 7}, {"missed": None, "rows": 7}]))
    assert table.loc["rows"].tolist() == pytest.approx([7, 7, 7])
    assert all(math.isnan(value) for value in table.loc["missed"])
