"""What the figures say: what binds is what would help, most of an error is what chance cannot explain."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from callbacksim.frame.frame import build
from callbacksim.report.findings import Findings, ProbeEffect, findings, warnings_of
from callbacksim.report.sentences import binds, main_error, what_if
from callbacksim.report.texts import ENGLISH
from callbacksim.study.estimates import Estimate
from callbacksim.study.experiment import Probe, Study, replicate
from callbacksim.study.measuring.survey import Cell
from helpers import tiny

RUNS = 6


@pytest.fixture(scope="module")
def study() -> Study:
    return replicate(tiny(), n=RUNS, jobs=1)


def given(study: Study, **measures: float | list[float]) -> Study:
    """The study with these figures: one for all replications, or one each."""

    def of(value: float | list[float], at: int) -> float:
        return value[at] if isinstance(value, list) else value

    figures = [
        replace(f, measures={**f.measures, **{name: of(value, at) for name, value in measures.items()}})
        for at, f in enumerate(study.figures)
    ]
    return replace(study, figures=tuple(figures))


FIELDS = {"person": "agents.count", "listener": "listeners.count", "lines": "robot.lines"}
SOONER, LATER, UNCLEAR, NOTHING, UNKNOWN = (-4.5, -5, -4), (3, 2, 4), (0.1, -1, 1.2), (0, 0, 0), (None, None, None)


def said(study: Study, effects: Mapping[str, tuple[float | None, ...]], **measures: float | list[float]) -> str:
    """What binds, under what-ifs with these changes of the finish."""
    known = given(
        study,
        **{"bound_by_lines": 0.6, "bound_by_pace": 0.1, "bound_by_gaps": 0.3, "bound_by_engaged": 0.0, **measures},
    )
    found = findings(known, "a.toml", None)
    none = Estimate(0, 0, 0, RUNS, "difference", 0.95)
    return binds(
        replace(
            found,
            effects=tuple(
                ProbeEffect(
                    Probe(what, f"{FIELDS[what.split()[1]]}=1", (), ()),
                    Estimate(*change, RUNS, "difference", 0.95),
                    none,
                )
                for what, change in effects.items()
            ),
        )
    )


def effects(fewer: Any, more: Any, person: Any) -> dict[str, Any]:
    return {"10 lines fewer": fewer, "10 lines more": more, "one person fewer": LATER, "one person more": person}


def test_busy_lines_that_nobody_waits_for_do_not_bind(study: Study) -> None:
    text = said(study, effects(LATER, UNCLEAR, NOTHING), finish_by_people=[1, 1, 1, 1, 1, 0])
    assert text == (
        "Of the calling hours, all lines are busy 60.0 % (in every run); nobody is due (retry gaps, other slot) 30.0 % "
        "(in every run); calls wait for the pace (calls_per_second) 10.0 % (in every run). The finish waits for the "
        "last call-backs in 83 % of the runs, else for robot calls. Neither 10 lines nor one person more would clearly "
        "finish it earlier: what remains is waiting for retry gaps and windows; 10 lines fewer delay it."
    )


def test_what_would_help_binds(study: Study) -> None:
    lines = said(study, effects(LATER, SOONER, UNCLEAR))
    assert "Lines bind: 10 lines more would finish 4.5 h earlier (4.0–5.0)." in lines
    people = said(study, effects(NOTHING, NOTHING, SOONER))
    assert "People bind: one person more would finish 4.5 h earlier (4.0–5.0); 10 lines more would not." in people


def test_where_fewer_lines_change_nothing_it_is_the_gaps_or_the_pace(study: Study) -> None:
    nothing = effects(NOTHING, NOTHING, NOTHING)
    gaps = said(study, nothing)
    end = "10 lines fewer change nothing; neither 10 lines nor one person more would finish it earlier."
    assert gaps.endswith(f"Retry gaps, not lines: {end}")
    assert said(study, nothing, bound_by_pace=0.8).endswith(f"The pace, not lines: {end}")
    assert "waiting for the pace" in said(study, effects(LATER, NOTHING, NOTHING), bound_by_pace=0.8)
    assert "change nothing that 6 runs can show" in said(study, effects(UNCLEAR, NOTHING, NOTHING))


def test_a_gain_of_half_a_minute_binds_nothing(study: Study) -> None:
    tiny_gain = (-0.008, -0.009, -0.007)
    text = said(study, effects(LATER, tiny_gain, NOTHING))
    assert "Neither 10 lines nor one person more would noticeably finish it earlier" in text


@pytest.mark.parametrize(
    ("finish", "in_time", "words"),
    [
        ((-1e-5, -2e-5, -5e-6), (0.0, 0.0, 0.0), "finish much the same"),  # 36 thousandths of a second
        ((-1e-5, -2e-5, -5e-6), (0.004, 0.002, 0.006), "finish much the same"),  # and 0.4 points
        (
            (-1e-5, -2e-5, -5e-6),
            (-0.2, -0.3, -0.1),
            "finish much the same; 20 points fewer called back in time (10–30)",
        ),
        ((-0.1, -0.12, -0.08), (0.004, 0.002, 0.006), "finish 6.0 min earlier (4.8–7.2)"),
        ((-0.1, -0.1, -0.1 - 1e-15), (0.0, 0.0, 0.0), "finish 6.0 min earlier (in every run)"),
    ],
)
def test_what_would_be_written_as_nothing_is_not_said_to_be_something(
    finish: tuple[float, ...], in_time: tuple[float, ...], words: str
) -> None:
    one, two = (Estimate(mean, low, high, 8, "difference", 0.95) for mean, low, high in (finish, in_time))
    assert what_if(ProbeEffect(Probe("10 lines more", "robot.lines=30", (), ()), one, two), ENGLISH) == words


def test_where_call_backs_end_last_gaps_are_not_blamed(study: Study) -> None:
    text = said(study, effects(UNCLEAR, UNCLEAR, UNCLEAR), finish_by_people=1)
    assert text.endswith(
        "Not lines: 10 lines fewer change nothing that 6 runs can show; the call-backs end last, yet neither 10 lines "
        "nor one person more would clearly finish it earlier."
    )


def test_what_is_cut_off_or_unknown_is_not_concluded(study: Study) -> None:
    assert "cannot be said: some runs end at the horizon" in said(study, effects(LATER, UNKNOWN, NOTHING))
    assert said(study, {}, finish_by_people=math.nan).endswith("10.0 % (in every run).")
    part = said(study, {}, finish_by_people=[1, 0, math.nan, math.nan, math.nan, math.nan])
    assert "the last call-backs in 50 % of the 2 runs that finished" in part
    assert said(study, {}, finish_by_people=0).endswith("The finish waits for the robot calls in every run.")


def test_the_last_to_end_may_be_a_recording(study: Study) -> None:
    always = said(study, {}, finish_by_people=0, finish_by_listeners=1)
    assert always.endswith("The finish waits for the last recordings in every run.")
    mixed = said(study, {}, finish_by_people=[1, 1, 1, 0, 0, 0], finish_by_listeners=[0, 0, 0, 1, 0, 0])
    assert mixed.endswith(
        "The finish waits for the last call-backs in 50 % and for the last recordings in 17 % of the runs, else for "
        "robot calls."
    )
    bound = said(study, {**effects(NOTHING, NOTHING, NOTHING), "one listener more": SOONER}, finish_by_listeners=1)
    assert bound.endswith("Listeners bind: one listener more would finish 4.5 h earlier (4.0–5.0).")


def test_a_study_without_the_newer_measures_is_shown_all_the_same(study: Study) -> None:
    newer = ("finish_by_people", "bound_by_engaged")
    old = [replace(f, measures={k: v for k, v in f.measures.items() if k not in newer}) for f in study.figures]
    found = findings(study, "a.toml", None)
    entries = {name: entry for name, entry in found.entries.items() if name not in newer}
    assert "The finish waits" not in binds(replace(found, study=replace(study, figures=tuple(old)), entries=entries))


def test_the_half_of_the_runs_is_a_moment_at_which_something_ended(study: Study) -> None:
    found = findings(given(study, ledger_finish=[41.0, 41.0, 41.5, 58.0, 59.0, math.inf]), "a.toml", None)
    assert found.half_by("ledger_finish").mean == 41.5
    assert found.unreached("ledger_finish") == 1
    assert findings(given(study, ledger_finish=math.nan), "a.toml", None).half_by("ledger_finish").n == 0


def surveyed(study: Study, recognition: float, nonresponse: float, sampling: float) -> Findings:
    signs = [sampling * (-1) ** at for at in range(RUNS)]
    changed = {"recognition_error": recognition, "nonresponse_error": nonresponse, "shared_number_error": 0.1}
    figures = [
        replace(f, survey={**f.survey, **changed, "sampling_error": sign})
        for f, sign in zip(study.figures, signs, strict=True)
    ]
    return findings(replace(study, figures=tuple(figures)), "a.toml", None)


def test_the_largest_error_is_named_with_its_assumption(study: Study) -> None:
    misheard = replace(study, scenario=tiny(recognition={"misheard": 0.02}))
    assert main_error(surveyed(misheard, -1.5, 0.1, 0.3)) == (
        "Most of the error is mishearing (recognition.misheard = 2 %, an assumption)."
    )
    seldom = replace(study, scenario=tiny(answering={"seldom": 0.3}))
    assert main_error(surveyed(seldom, -1.5, 2.0, 0.3)) == (
        "Most of the error is who answers (answering.seldom = 30 %, an assumption)."
    )
    assert main_error(surveyed(misheard, -1.5, 1.4, 0.3)).startswith("The largest part of the error is mishearing")


def test_an_error_smaller_than_chance_is_not_most_of_it(study: Study) -> None:
    assert main_error(surveyed(study, -1.5, 0.1, 2.0)) == ""
    assert main_error(surveyed(study, 0.0, 0.0, 0.0)) == ""


def test_no_interval_leaves_what_is_possible(study: Study) -> None:
    cells = [Cell("kind", "company", 2, heard, heard, 2 * at % 4) for at, heard in enumerate((0, 1, 0, 0, 1, 0))]
    codes = [{"1.1": at // 5} for at in range(RUNS)]
    figures = [replace(f, cells=(cell,), codes=code) for f, cell, code in zip(study.figures, cells, codes, strict=True)]
    found = findings(replace(study, figures=tuple(figures)), "a.toml", None)
    (cell,) = found.cells
    assert cell.answers.low == 0 and found.codes["1.1"].low == 0
    assert cell.truth.low is not None and cell.truth.high is not None
    assert 0 <= cell.truth.low <= cell.truth.high <= 1


HOURS = {str(hour): 100 for hour in (9, 10, 11, 14, 15, 16, 17)}
SHORT = {hour: index for hour, index in HOURS.items() if hour != "9"}


def hours_warned(common: Mapping[str, int], segments: Mapping[str, Any]) -> list[str]:
    scenario = tiny(
        register={"rows": 30, "contacts": 30},
        answering={"hour_index": common},
        segments=segments,
        calendar={"start": dt.date(2025, 7, 7)},
    )
    frame = build(scenario.register_, scenario.segments)
    return [warning for warning in warnings_of(scenario, frame) if "hour_index" in warning]


def test_hours_without_an_index_are_those_of_whom_they_concern() -> None:
    says = "says nothing of 9–10 h, which lie in the calling windows: they count 100"
    assert hours_warned(HOURS, {}) == []
    assert hours_warned(SHORT, {}) == [f"answering.hour_index {says}"]
    own = {kind: {"kind": kind, "hour_index": HOURS} for kind in ("company", "household")}
    assert hours_warned(SHORT, own) == []
    short = {**own, "company": {"kind": "company", "hour_index": SHORT}}
    assert hours_warned(HOURS, short) == [f"segments.company.hour_index {says} for segment company"]
    common = {**own, "company": {"kind": "company"}}
    assert hours_warned(SHORT, common) == [f"answering.hour_index {says} for segment company"]
    nobody = {**own, "absent": {"industry": ["nothing of the kind"], "hour_index": SHORT}}
    assert hours_warned(SHORT, nobody) == []


def test_only_hours_and_days_that_are_called_need_an_index() -> None:
    """Windows of one weekday only, and a make-up Saturday, which is no calling day by its name."""
    answering = {"hour_index": {"10": 100}, "weekday_index": {"Fri": 100}}
    calendar = {"start": dt.date(2026, 2, 13), "holidays": "CN", "weekdays": ["Fri"], "windows": [["10:00", "11:00"]]}
    frame = build(tiny().register_, {})

    def said(days: int, **more: Any) -> str:
        return " ".join(
            warnings_of(
                tiny(calendar={**calendar, **more}, answering=answering, study={"horizon_days": days}),
                frame,
            )
        )

    assert said(1) == ""
    assert "weekday_index says nothing of Sat, which are calling days" in said(2)
    assert said(2, holidays="none") == ""
    assert "says nothing of 8–9 h" in said(1, windows_on={"Fri": [["08:30", "09:00"]]})
