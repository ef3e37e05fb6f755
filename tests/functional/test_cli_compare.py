"""`callbacksim compare`: paired differences, exactly 0 for identical plans, on a screen of 80 columns."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from callbacksim.report.comparison import comparison_screen
from callbacksim.report.findings import findings
from callbacksim.study.compare import Comparison, differences
from callbacksim.study.estimates import t_quantile
from callbacksim.study.experiment import replicate
from helpers import tiny


@pytest.mark.parametrize("plans", [("base", "same"), ("lean", "lean"), ("base", "base")])
def test_identical_plans_differ_by_exactly_nothing(cli: Any, small: Path, plans: tuple[str, str]) -> None:
    options = [part for plan in plans for part in ("--plan", plan)]
    found = json.loads(cli("compare", small, *options, "-n", 3, "--json").out)
    (second,) = found["differences"]
    assert second == (f"{plans[1]} (2)" if plans[0] == plans[1] else plans[1])
    for one in found["differences"][second].values():
        assert (one["difference"], one["low"], one["high"]) in ((0, 0, 0), (None, None, None))
    screen = cli("compare", small, *options, "-n", 3).out
    assert f"{second} is exactly the same as {plans[0]}." in screen


def test_all_plans_of_a_file_against_it_as_it_stands(cli: Any, small: Path) -> None:
    found = json.loads(cli("compare", small, "-n", 2, "--json").out)
    assert list(found["plans"]) == ["base", "lean", "same", "generous"]
    assert list(found["differences"]) == ["lean", "same", "generous"]
    assert found["differences"]["lean"]["line_cost"]["difference"] == -270
    for plan in found["plans"].values():
        assert {"measures", "survey", "funnel", "funnel_mean"} <= set(plan)
        assert plan["funnel_replication"] == 0


def test_differences_from_several_plans_hold_together(cli: Any, small: Path) -> None:
    two = [part for plan in ("base", "lean") for part in ("--plan", plan)]
    alone, several = (
        json.loads(cli("compare", small, *options, "-n", 4, "--json").out)
        for options in (two, [*two, "--plan", "generous"])
    )
    assert (alone["differences_confidence"], several["differences_confidence"]) == (0.95, pytest.approx(0.975))
    narrow, wide = (found["differences"]["lean"]["line_occupancy"] for found in (alone, several))
    ratio = t_quantile(3, 0.975) / t_quantile(3, 0.95)
    assert wide["high"] - wide["low"] == pytest.approx(ratio * (narrow["high"] - narrow["low"]))
    said = "for each figure, the differences from 2 plans hold together at 95 %"
    assert said in " ".join(cli("compare", small, *two, "--plan", "generous", "-n", 2).out.split())
    assert "hold together" not in cli("compare", small, *two, "-n", 2).out


def test_what_a_plan_does_not_have_is_neither_different_nor_the_same() -> None:
    study = replicate(tiny(), n=2, jobs=1)
    without = tuple(replace(f, measures={**f.measures, "people_employed": math.nan}) for f in study.figures)
    studies = {"robot": study, "by hand": replace(study, figures=without)}
    comparison = Comparison(studies, tuple(differences(studies, list(studies))))
    assert math.isfinite(study.figures[0].measures["people_employed"])
    screen = comparison_screen(comparison, [findings(one, "a.toml", None) for one in studies.values()])
    (row,) = (line for line in screen if "people to employ" in line)
    assert row.split()[-2:] == ["0", "—"]
    assert not any("is exactly the same as" in line for line in screen)


def test_runs_that_lack_a_figure_settle_nothing_and_more_of_them_are_needed() -> None:
    """Ten pairs with a wait, alone and among twenty without: of the runs to come a third will have one."""
    waits = [1.0, -0.5, 2.0, 0.0, -1.0, 1.5, 0.5, -0.5, 1.0, 0.2]

    def settle(waits: list[float]) -> int:
        study = replicate(tiny(), n=len(waits), jobs=1)
        studies = {
            name: replace(
                study,
                figures=tuple(
                    replace(f, measures={**f.measures, "wait_mean": times * wait})
                    for f, wait in zip(study.figures, waits, strict=True)
                ),
            )
            for name, times in (("none", 0.0), ("some", 1.0))
        }
        found = next(one for one in differences(studies, list(studies)) if one.measure == "wait_mean")
        assert (found.estimate.n, found.estimate.left_out) == (10, len(waits) - 10)
        assert found.runs_to_settle is not None
        return found.runs_to_settle

    assert settle([*waits, *[math.nan] * 20]) == 3 * settle(waits) > 3


def test_one_plan_is_held_against_the_file_and_the_first_named_is_the_base(cli: Any, small: Path) -> None:
    assert json.loads(cli("compare", small, "--plan", "lean", "-n", 1, "--json").out)["base"] == "base"
    found = json.loads(cli("compare", small, "--plan", "lean", "--plan", "base", "-n", 1, "--json").out)
    assert (found["base"], list(found["differences"])) == ("lean", ["base"])


def test_files_are_compared_by_name(cli: Any, small: Path) -> None:
    other = small.with_name("other.toml")
    other.write_text('extends = "small.toml"\nrobot.lines = 3\n', encoding="utf-8")
    found = json.loads(cli("compare", small, other, "-n", 2, "--json").out)
    assert list(found["plans"]) == ["small", "other"]
    lean = json.loads(cli("compare", small, "--plan", "base", "--plan", "lean", "-n", 2, "--json").out)
    assert found["differences"]["other"] == lean["differences"]["lean"]


def test_a_plan_means_the_same_in_run_and_compare(cli: Any, small: Path) -> None:
    compared = json.loads(cli("compare", small, "--plan", "lean", "-n", 2, "--json").out)["plans"]["lean"]
    alone = json.loads(cli("run", small, "--plan", "lean", "-n", 2, "--json").out)
    assert compared["identity"] == alone["scenario"]["identity"]
    assert compared["survey"] == alone["survey"]
    # `run` calls the same people by hand, too; `compare` leaves that undefined.
    by_hand = {"manual_hours", "hours_saved", "manual_cost"}
    assert {name for name, entry in compared["measures"].items() if entry != alone["measures"][name]} <= by_hand
    assert compared["measures"].keys() == alone["measures"].keys()


def test_the_screen_fits_and_speaks_in_sentences(cli: Any, small: Path) -> None:
    # Three lines fewer for a month at ¥90; whose overtime is less depends on the run.
    out = cli("compare", small, "-n", 4, "--set", "costs.overtime=0").out
    assert all(cell_len(line) <= 80 for line in out.splitlines())
    assert "lean is cheaper by ¥270" in out
    assert "exactly the same" in out
    assert "lean AGAINST base" in out


def test_a_file_without_plans_is_refused(cli: Any, small: Path) -> None:
    alone = small.with_name("alone.toml")
    alone.write_text("[register]\nrows = 30\ncontacts = 20\n", encoding="utf-8")
    ended = cli("compare", alone)
    assert (ended.status, ended.out) == (2, "")
    assert "it has no plans to compare" in ended.err
    assert cli("compare", small, "--plan", "leen").status == 2


def test_plans_that_hand_over_or_listen_are_compared_by_that(cli, small) -> None:
    text = small.read_text(encoding="utf-8") + (
        "\n[plans.live]\nagents.transfer.live = true\n\n[plans.ears]\nlisteners.share = 0.5\n"
    )
    small.write_text(text, encoding="utf-8")
    ended = cli("compare", small, "--plan", "base", "--plan", "live", "--plan", "ears", "-n", 2)
    assert ended.status == 0
    for words in ("taken over in time 接续", "hung up before 转接放弃", "recordings heard 抽听", "listeners 抽听费用"):
        assert words in ended.out
    # A plan that does not hand over has no such share, and no difference from it.
    row = next(line for line in ended.out.splitlines() if "hung up before" in line)
    assert row.split()[3:] == ["转接放弃", "—", *row.split()[5:]] and "%" in row


def test_what_pairing_saved_and_what_would_settle_it_are_said(cli, small) -> None:
    """Lines cost the same in every run of both plans: nothing to save; a difference with a direction is settled."""
    ended = cli("compare", small, "--plan", "lean", "--plan", "generous", "-n", 6, "--json")
    found = json.loads(ended.out)["differences"]["generous"]
    assert found["line_cost"]["variance_saved"] == 0
    assert found["line_cost"]["runs_to_settle"] is None
    unclear = {name: one for name, one in found.items() if one["low"] is not None and one["low"] < 0 < one["high"]}
    assert unclear and all(one["runs_to_settle"] is None or one["runs_to_settle"] >= 1 for one in unclear.values())
    screen = " ".join(cli("compare", small, "--plan", "lean", "--plan", "generous", "-n", 6).out.split())
    settled = [one["runs_to_settle"] for one in unclear.values() if one["runs_to_settle"]]
    assert settled and any(f"about {n:,} more run{'s' * (n > 1)} would settle it" in screen for n in settled)
    assert "Meeting the same people saved so much of the differences' variance" in screen


def test_the_best_plan_is_chosen_with_a_guarantee(cli, small) -> None:
    """Rent and people alone make the lean plan the cheapest by far: hundreds of ¥ against the ¥10 that matter."""
    arguments = ("compare", small, "--plan", "base", "--plan", "lean", "--plan", "generous", "-n", 10)
    found = json.loads(cli(*arguments, "--best", "cost", "--within", 10, "--json").out)["best"]
    assert (found["plan"], found["certain"], found["left"]) == ("lean", True, ["lean"])
    assert found["means"]["lean"] == min(found["means"].values())
    screen = " ".join(cli(*arguments, "--best", "cost", "--within", 10).out.split())
    assert "By cost, lean is the best or within ¥10 of it, with probability 95 % or more (runs: base 10," in screen
    # More interviews are better, and fewer lines give more of them here: none is clearly ahead by five.
    more = json.loads(cli(*arguments, "--best", "interviews", "--within", 5, "--json").out)["best"]
    assert more["means"][more["plan"]] == max(more["means"][name] for name in more["left"])
    assert json.loads(cli(*arguments, "--json").out)["best"] is None


def test_a_best_that_cannot_be_told_is_refused(cli, small) -> None:
    unknown = cli("compare", small, "-n", 10, "--best", "costs", "--within", 10)
    assert (unknown.status, unknown.err) == (
        2,
        '--best:1: --best: "costs" is not compared here; did you mean "cost"?\n',
    )
    cut = cli("compare", small, "-n", 10, "--best", "finish", "--within", 1, "--set", "study.horizon_days=1")
    assert cut.status == 2
    assert "a figure is not defined, or cut off, in some replication" in cut.err
    for alone in (("--best", "cost"), ("--within", "3"), ("--best", "cost", "--within", "0")):
        assert cli("compare", small, *alone).status == 2


def test_the_sentence_says_what_differs_what_does_not_and_what_would_settle_it(cli, small) -> None:
    """Rent and nothing else: ¥10 more for 6 lines. Fewer lines: cheaper, not clearly later; a single one: later."""
    text = (
        small.read_text(encoding="utf-8") + "\n[plans.rent]\ncosts.line_month = 100\n\n[plans.slow]\nrobot.lines = 1\n"
    )
    small.write_text(text, encoding="utf-8")
    asked = ("compare", small, "--plan", "base", "--plan", "rent", "--plan", "lean", "--plan", "slow", "-n", 6)
    said = " ".join(cli(*asked).out.split())
    assert (
        "rent is dearer by ¥60.00 (in every run) than base; exactly the same in finish and called back in time." in said
    )
    found = json.loads(cli(*asked, "--json").out)["differences"]
    assert found["rent"]["finish"]["difference"] == found["rent"]["called_back_in_time"]["difference"] == 0
    for plan, word in (("lean", "no clear difference in finish"), ("slow", "slower by")):
        (sentence,) = (one for one in said.split(". ") if one.startswith(f"{plan} is"))
        assert word in sentence and "cheaper by" in sentence
        more = found[plan]["finish"]["runs_to_settle"]
        assert more is None or more >= 100 or f"in finish: about {more} more run" in sentence


def test_a_difference_too_small_to_be_written_is_said_to_be_small() -> None:
    """Half a second to two seconds earlier: the mean and both ends of its interval are written 0.0 minutes."""
    study = replicate(tiny(), n=4, jobs=1)
    moved = tuple(
        replace(
            f, measures={**f.measures, "finish": f.measures["finish"] - (1 + at) / 8e3, "cost": f.measures["cost"] + 7}
        )
        for at, f in enumerate(study.figures)
    )
    studies = {"a": study, "b": replace(study, figures=moved)}
    comparison = Comparison(studies, tuple(differences(studies, list(studies))))
    screen = comparison_screen(comparison, [findings(one, "a.toml", None) for one in studies.values()])
    said = " ".join(" ".join(screen).split())
    assert "b is dearer by ¥7.00 (in every run) than a; hardly any difference in finish." in said
    assert "hardly any difference: 0.0 min earlier (0.0–0.0)" in said
    assert "faster" not in said


def test_the_same_plan_twice_is_told_apart_by_nobody_and_at_once(cli, small) -> None:
    """Two plans that never differ: either is the best, and no further replication is needed to say so."""
    ended = cli(
        "compare", small, "--plan", "base", "--plan", "same", "-n", 10, "--best", "cost", "--within", 5, "--json"
    )
    best = json.loads(ended.out)["best"]
    assert (best["plan"], best["certain"], set(best["replications"].values())) == ("base", True, {10})


def test_warnings_fit_and_none_is_lost(cli, small) -> None:
    ended = cli("compare", small, "-n", 2, "--set", "study.horizon_days=1", "--set", "agents.within_minutes=2")
    assert all(cell_len(line) <= 80 for line in ended.err.splitlines())
    assert "not finished by the horizon (study.horizon_days = 1)" in " ".join(ended.err.split())
