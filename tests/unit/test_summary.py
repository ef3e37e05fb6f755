"""A study's funnel as estimates, from the counts of its replications alone; a trace's tables with dates."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import pytest

from callbacksim.api import replicate
from callbacksim.report.texts import ENGLISH, LANGUAGES, Texts
from callbacksim.study.estimates import mean
from callbacksim.study.experiment import Study
from callbacksim.study.summary import MOMENTS, dated_frame, funnel_frame, means_frame, summarise, summarise_funnel
from callbacksim.study.writing import number
from helpers import KINDS, PROBLEM, SILENT, at, people, run, tiny


def study(funnels: Sequence[Mapping[str, int | None]]) -> Study:
    """A study of which only the funnels matter."""
    real = replicate(tiny(), n=len(funnels), jobs=1)
    return replace(real, figures=tuple(replace(f, funnel=dict(g)) for f, g in zip(real.figures, funnels, strict=True)))


def test_each_stage_has_its_mean_and_interval_in_the_funnels_order():
    found = summarise_funnel(study([{"contacts": 100, "interviewed": 40}, {"contacts": 100, "interviewed": 46}]))
    assert list(found) == ["contacts", "interviewed"]
    assert (found["contacts"].mean, found["contacts"].low, found["contacts"].high) == (100, 100, 100)
    assert found["interviewed"] == mean([40, 46], 0.95)


def test_a_count_is_never_below_none():
    found = summarise_funnel(study([{"missed": 0}, {"missed": 1}]))["missed"]
    assert (found.mean, found.low) == (0.5, 0.0)


def with_measures(study: Study, **measures: Sequence[float]) -> Study:
    """The study with these figures, one a replication."""
    figures = [
        replace(f, measures={**f.measures, **{name: values[at] for name, values in measures.items()}})
        for at, f in enumerate(study.figures)
    ]
    return replace(study, figures=tuple(figures))


def test_what_is_so_in_each_run_or_in_none_is_not_thereby_sure():
    """The last to end is a call-back, in 4 of 4 runs: at least 0.025^(1/4) = 0.398 of all; two were cut off."""
    found = summarise(with_measures(replicate(tiny(), n=6, jobs=1), finish_by_people=[1, 1, math.nan, 1, 1, math.nan]))
    people = found["finish_by_people"].estimate
    assert (people.kind, people.n, people.mean, people.high) == ("probability", 4, 1, 1)
    assert people.low == pytest.approx(0.025**0.25)


def test_runs_without_a_figure_are_counted():
    runs = with_measures(replicate(tiny(), n=4, jobs=1), wait_mean=[3, math.nan, 3, math.nan], case_days=[1, 2, 3, 4])
    waits, days = (summarise(runs)[name].estimate for name in ("wait_mean", "case_days"))
    assert (waits.n, waits.left_out, waits.mean) == (2, 2, 3)
    assert (days.n, days.left_out) == (4, 0)
    assert [ENGLISH.bounds(one, number) for one in (waits, days)] == ["(in each of 2 runs)", "(0–5)"]
    wider = replace(days, left_out=3)
    assert [Texts(language).bounds(wider, number) for language in LANGUAGES] == ["(0–5 in 4 runs)", "（0–5，4 次仿真）"]


def test_what_is_not_identified_has_no_mean():
    assert summarise_funnel(study([{"missed": None}, {"missed": None}]))["missed"].mean is None
    table = funnel_frame(study([{"missed": None, "rows": 7}, {"missed": None, "rows": 7}]))
    assert table.loc["rows"].tolist() == pytest.approx([7, 7, 7])
    assert all(math.isnan(value) for value in table.loc["missed"])


def test_dates_stand_where_milliseconds_did_and_never_is_no_date():
    trace = run(tiny(segments=KINDS, robot={"lines": 2}), people(2, [PROBLEM, SILENT]))
    first_day = dt.date(2025, 7, 7)
    attempts = dated_frame(trace, "attempts", first_day)
    assert attempts["start"].tolist() == [pd.Timestamp("2025-07-07 09:00")] * 2
    assert attempts["outcome"].tolist() == trace.dataframe("attempts")["outcome"].tolist()
    cases = dated_frame(trace, "cases", first_day)
    assert cases["heard"].tolist() == [pd.Timestamp("2025-07-07") + pd.Timedelta(milliseconds=at("09:07:40"))]
    for table, columns in MOMENTS.items():
        assert set(columns) <= set(getattr(trace, table)), table
        assert all(pd.api.types.is_datetime64_dtype(dated_frame(trace, table, first_day)[c]) for c in columns)


def test_a_moment_that_never_came_is_no_date():
    trace = run(tiny(segments=KINDS, agents={"count": 0}), people(1, [PROBLEM]))
    assert dated_frame(trace, "escalations", dt.date(2025, 7, 7))["first_start"].isna().all()


def test_a_figure_of_ones_own_gets_its_interval():
    found = means_frame(pd.DataFrame({"calls": [10.0, 14.0], "late": [math.nan, math.nan]}), 0.95)
    expected = mean([10, 14], 0.95)
    assert found.loc["calls"].tolist() == [expected.mean, expected.low, expected.high]
    assert found.loc["late"].isna().all()
