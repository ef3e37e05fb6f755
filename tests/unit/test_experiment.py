"""Replications: the same whatever the number of processes, the same people in every plan, prefixes stay."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from callbacksim.campaign.simpy_engine import CallsOnly
from callbacksim.frame.frame import Frame, build
from callbacksim.scenario.schema import Scenario
from callbacksim.study import workers
from callbacksim.study.compare import COMPARED, compare
from callbacksim.study.experiment import Study, replicate, replicate_all, what_ifs
from callbacksim.study.figures import Figures, columns_of, figures_of
from callbacksim.study.setting import setting
from callbacksim.study.trials import Trial, name_of, run_one
from helpers import tiny


def scenario(**changes: Any) -> Scenario:
    """Thirty contacts of forty rows, with chance in everything."""
    register = {"rows": 40, "contacts": 30, "unusable": 2, **changes.pop("register", {})}
    chance: dict[str, Any] = {
        "robot": {"lines": 3, "attempts": 3, "calls_per_second": 1},
        "answering": {"base": 0.5, "not_in_service": 0.1, "seldom": 0.3},
        "questionnaire": {"complete": 0.6, "partial": 0.2, "items": {"problems": 0.2, "suggestions": 0.2}},
        "recognition": {"unclear": 0.1, "misheard": 0.1},
        "agents": {"count": 2, "reach": 0.7},
    }
    return tiny(register=register, **{k: {**chance.get(k, {}), **changes.get(k, {})} for k in {**chance, **changes}})


@pytest.fixture(scope="module")
def frame() -> Frame:
    plain = scenario()
    return build(plain.register_, plain.segments)


def said(study: Study) -> str:
    """All figures, to the last digit (text, because an undefined figure is not equal to itself)."""
    return repr((study.figures, study.manual, study.probes))


def test_one_process_and_two_say_the_same(frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = replicate(scenario(), 5, jobs=1, frame=frame, extras=True)
    # Two processes from the second trial on, however short the study is.
    monkeypatch.setattr(workers, "WORTH_A_POOL_SECONDS", -1.0)
    heard: list[tuple[int, int]] = []
    together = replicate(
        scenario(), 5, jobs=2, frame=frame, extras=True, progress=lambda done, n: heard.append((done, n))
    )
    assert said(alone) == said(together)
    assert [done for done, _ in heard] == list(range(1, heard[-1][1] + 1))


def test_no_more_processes_are_begun_than_this_one_may_have_cores() -> None:
    """Joblib knows containers, bound processes and the limit that a user sets; the machine's own number knows none."""
    asked = "from callbacksim.study.workers import cores_at_hand; print(cores_at_hand())"
    allowed = {**os.environ, "LOKY_MAX_CPU_COUNT": "1"}
    ended = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, env=allowed)
    assert ended.stdout == "1\n"


def test_more_replications_keep_the_first_ones(frame: Frame) -> None:
    three, six = (replicate(scenario(), n, jobs=1, frame=frame) for n in (3, 6))
    assert repr(three.figures) == repr(six.figures[:3])
    assert [f.replication for f in six.figures] == list(range(6))
    assert len({repr(f.measures) for f in six.figures}) == 6


def test_the_seed_counts_and_the_scenarios_is_the_default(frame: Frame) -> None:
    default = replicate(scenario(), 2, jobs=1, frame=frame)
    assert default.seed == 1
    assert said(default) == said(replicate(scenario(study={"seed": 1}), 2, jobs=1, frame=frame))
    assert said(default) != said(replicate(scenario(), 2, seed=2, jobs=1, frame=frame))
    assert len(replicate(scenario(study={"replications": 4}), jobs=1, frame=frame).figures) == 4


def test_a_trace_can_be_had_again(frame: Frame) -> None:
    study = replicate(scenario(), 2, jobs=1, frame=frame)
    for r, figures in enumerate(study.figures):
        assert len(study.trace(r).attempts["contact"]) == figures.measures["attempts"]


def test_a_frame_is_built_where_none_is_given(frame: Frame) -> None:
    assert said(replicate(scenario(), 1, jobs=1)) == said(replicate(scenario(), 1, jobs=1, frame=frame))


def test_identical_plans_differ_by_exactly_nothing() -> None:
    comparison = compare({"a": scenario(), "b": scenario()}, 4, jobs=1)
    # There are no clerks, no look-back calls, no transfers and no listeners here.
    absent = {"look_back_satisfied_share", "reopened", "clerk_occupancy", "clerk_cost"}
    absent |= {"transferred_in_time", "abandoned_share", "recordings", "found_on_recordings", "listener_cost"}
    assert [d.measure for d in comparison.differences] == [name for name in COMPARED if name not in absent]
    for difference in comparison.differences:
        estimate = difference.estimate
        undefined = estimate.mean is None or math.isnan(estimate.mean)
        assert undefined or (estimate.mean, estimate.low, estimate.high) == (0, 0, 0), difference


def test_plans_meet_the_same_people(frame: Frame) -> None:
    """More lines change when, not who: with a flat hour index the interviews are the same."""
    few, many = replicate_all(
        [scenario(robot={"lines": 2, "attempts": 3}), scenario(robot={"lines": 9, "attempts": 3})],
        4,
        jobs=1,
        frames=[frame, frame],
    )
    for a, b in zip(few.figures, many.figures, strict=True):
        assert a.survey["true_satisfied"] == b.survey["true_satisfied"]
        assert (a.funnel["interviewed"], a.funnel["attempts"]) == (b.funnel["interviewed"], b.funnel["attempts"])
        assert a.measures["dialling_finish"] >= b.measures["dialling_finish"]


def test_a_comparison_needs_two_plans() -> None:
    with pytest.raises(ValueError, match="at least two plans"):
        compare({"a": scenario()}, 1)


def test_a_model_of_ones_own_is_used(frame: Frame) -> None:
    calls_only = replicate(scenario(), 2, jobs=1, frame=frame, model=CallsOnly)
    assert [f.funnel["escalated"] for f in calls_only.figures] == [0, 0]
    assert [f.funnel["attempts"] for f in calls_only.figures] == [
        f.funnel["attempts"] for f in replicate(scenario(), 2, jobs=1, frame=frame).figures
    ]


def test_what_ifs_are_the_nearest_plans() -> None:
    def changes(lines: int, people: int) -> list[str]:
        return [text for _, text, _ in what_ifs(scenario(robot={"lines": lines}, agents={"count": people}))]

    assert changes(20, 2) == ["robot.lines=10", "robot.lines=30", "agents.count=1", "agents.count=3"]
    assert changes(1, 1) == ["robot.lines=2", "agents.count=2"]


def test_extras_are_the_manual_hours_and_the_probes(frame: Frame) -> None:
    study = replicate(scenario(), 3, jobs=1, frame=frame, extras=True)
    assert len(study.manual) == 3 and min(hours for hours, _ in study.manual) > 0
    assert [probe.overrides for probe in study.probes] == [
        "robot.lines=2",
        "robot.lines=4",
        "agents.count=1",
        "agents.count=3",
    ]
    assert all(len(probe.finish) == 3 for probe in study.probes)
    by_hand = replicate(scenario(study={"mode": "manual"}), 3, jobs=1, frame=frame, extras=True)
    assert by_hand.manual == () and by_hand.probes == ()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"study": {"mode": "manual"}},
        {"recognition": {"exact": {"escalations": 2, "problems": 1, "suggestions": 1}}},
        {"listeners": {"share": 0.5, "count": 1}},
        {"questionnaire": {"complete": 1, "partial": 0, "items": {"problems": 0, "suggestions": 0}}},
    ],
)
def test_a_row_of_numbers_holds_all_figures(frame: Frame, changes: dict[str, Any]) -> None:
    where = setting(scenario(**changes), frame)
    columns = columns_of(where)
    for r in range(2):
        figures = figures_of(run_one(where, 1, r), where, r)
        row = columns.row(figures)
        assert len(row) == columns.begins[-1]
        # Text, because an undefined figure is not equal to itself; a table's order is that of the columns.
        assert in_order(columns.figures(row)) == in_order(figures)


def in_order(figures: Figures) -> list[str]:
    tables = (sorted(figures.funnel.items()), sorted(figures.measures.items()), sorted(figures.survey.items()))
    return [repr(part) for part in (figures.replication, *tables, figures.cells, figures.codes, figures.answers)]


def test_a_table_that_has_other_names_is_no_row(frame: Frame) -> None:
    where = setting(scenario(), frame)
    figures = figures_of(run_one(where, 1, 0), where, 0)
    with pytest.raises(KeyError, match="new"):
        columns_of(where).row(replace(figures, measures={**figures.measures, "new": 1.0}))
    with pytest.raises(KeyError, match="finish"):
        columns_of(where).row(
            replace(figures, measures={("old" if k == "finish" else k): v for k, v in figures.measures.items()})
        )


def test_a_trial_s_name_hangs_on_all_that_its_numbers_do() -> None:
    trial = Trial(0, 3)
    names = [
        name_of(trial, "a", 1),
        name_of(replace(trial, replication=4), "a", 1),
        name_of(replace(trial, kind="probe"), "a", 1),
        name_of(trial, "b", 1),
        name_of(trial, "a", 2),
        name_of(trial, "a", 1, CallsOnly),
    ]
    assert len(set(names)) == len(names)
    # Which place the plan has among others changes nothing.
    assert name_of(replace(trial, plan=7), "a", 1) == names[0]
