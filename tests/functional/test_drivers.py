"""`callbacksim drivers`: the guesses ranked by what they do, one at a time and in total."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len

import callbacksim as cs
from callbacksim.report.drivers import advice, drivers_screen, share_text
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.uncertain import unknowns
from callbacksim.study.drivers import FEWEST_ROWS, fewest_runs
from callbacksim.study.estimates import Estimate
from helpers import constant, tiny

FEW = fewest_runs(25)
TALK, RING = "questionnaire.talk.complete", "answering.ring.answered"


def alone(ranges: dict[str, tuple[float, float]], **scenario: Any) -> Scenario:
    """The tiny scenario in which these inputs and no others are uncertain."""
    others = [one.path for one in unknowns(tiny(**scenario))[0] if one.path not in ranges]
    return tiny(**scenario, uncertain={**dict.fromkeys(others, "known"), **ranges})


@pytest.fixture
def few(small: Path) -> Path:
    """The small campaign with four guesses, the others known."""
    doubtful = ("answering.base", TALK, "recognition.misheard", "recognition.sensitivity")
    known = [one.path for one in unknowns(cs.load(small))[0] if one.path not in doubtful]
    text = "\n[uncertain]\n" + "".join(f'"{path}" = "known"\n' for path in known)
    small.write_text(small.read_text(encoding="utf-8") + text, encoding="utf-8")
    return small


def variance(scenario: Scenario, path: str) -> float:
    """The variance of an input over its range, from 100,000 evenly spaced uniforms."""
    (one,) = (one for one in unknowns(scenario)[0] if one.path == path)
    return float(np.var([one.at(u) for u in (np.arange(100_000) + 0.5) / 100_000]))


def test_one_input_that_does_all_is_found_and_those_that_do_nothing_are_left_out() -> None:
    """One contact answers at 9:00, rings 10 s and talks for a constant 50 s; nobody is sent to people."""
    scenario = alone(
        {TALK: (20, 200), "agents.talk": (200, 400), "agents.wrap_up": (60, 200), "ledger.valid": (0.5, 1)}
    )
    found = cs.drivers(scenario, 400, jobs=1)
    finish = found.ranking("finish")
    assert found.first is not None and found.first.path == TALK
    assert found.left_out == ("agents.talk", "agents.wrap_up", "ledger.valid")
    first, *others = finish.effects
    assert first.input.path == TALK and first.total is not None
    assert first.total.low is not None and first.total.high is not None
    assert first.total.low <= 1 <= first.total.high
    assert (first.lowest.mean, first.lowest.low) == pytest.approx(((20 - 50) / 3600,) * 2)
    assert (first.highest.mean, first.highest.high) == pytest.approx(((200 - 50) / 3600,) * 2)
    assert finish.chance.mean == 0
    assert [(one.total, one.swing) for one in others] == [(None, 0)] * 3
    assert "missed" not in {one.figure for one in found.rankings}  # nobody holds a problem


def test_two_inputs_share_what_they_do_as_their_variances() -> None:
    """The finish is 9:00 + ring + talk, so each total effect is its own variance over the sum of both.

    At 99.9 % an interval misses about once in some hundreds (percentiles of a bootstrap are somewhat short).
    """
    scenario = alone(
        {TALK: (20, 200), RING: (5, 90)},
        answering={"ring": {"answered": constant(10)}},
        study={"confidence": 0.999},
    )
    found = cs.drivers(scenario, 600, jobs=1).ranking("finish")
    of = {one.input.path: one.total for one in found.effects}
    talk, ring = variance(scenario, TALK), variance(scenario, RING)
    for path, wanted in ((TALK, talk / (talk + ring)), (RING, ring / (talk + ring))):
        total = of[path]
        assert total is not None and total.low is not None and total.high is not None
        assert total.low <= wanted <= total.high
        assert total.high - total.low < 0.6


def test_each_input_moves_what_it_can_move_by_as_much_as_arithmetic_says() -> None:
    """100 contacts answer with b, hold a problem with 1/2, which is heard with s; people cost w an hour.

    Missed is binomial (100, b/2 · (1 − s)): 5 at b = 0.5, s = 0.8, so 10 at s = 0.6; 3 and 7 at b = 0.3 and 0.7. Of a
    share m misheard as any other of five scores, where 7 of 10 score 4 or 5, m · (0.7 · 3/4 − 0.3 · 2/4) are lost.
    Total effects of missed, counted on who is missed in one run and not in the other: E[(Y − Y')²] ÷ 2 Var Y, by 2
    million draws of b and s of our own. At 99.9 % one of the eight intervals misses about once in a hundred.
    """
    base, heard, wage = "answering.base", "recognition.sensitivity", "costs.agent_hour"
    misheard = "recognition.misheard"
    scenario = alone(
        {base: (0.3, 0.7), heard: (0.6, 0.99), misheard: (0.0, 0.2), wage: (30, 80)},
        register={"rows": 100, "contacts": 100, "unusable": 0}, answering={"base": 0.5}, costs={"overtime": 0},
        questionnaire={"items": {"problems": 0.5}, "satisfaction": {"scores": [10, 10, 10, 35, 35]}},
        recognition={"sensitivity": 0.8, "misheard": 0.05}, study={"confidence": 0.999, "horizon_days": 30},
    )  # fmt: skip
    found = cs.drivers(scenario, 360, jobs=1)
    moved = {r.figure: {one.input.path: one for one in r.effects} for r in found.rankings}
    nothing = {
        figure: {path for path, one in effects.items() if one.total is not None and one.total.high == one.swing == 0}
        for figure, effects in moved.items()
    }
    assert nothing == {
        "finish": {misheard, wage}, "cost": {misheard}, "error": {heard, wage}, "missed": {misheard, wage},
    }  # fmt: skip

    def holds(one: Estimate | None, truth: float) -> bool:
        return one is not None and one.low is not None and one.high is not None and one.low <= truth <= one.high

    missed, error, cost = moved["missed"], moved["error"][misheard], moved["cost"][wage]
    assert holds(missed[heard].lowest, 5) and holds(missed[heard].highest, -4.75)
    assert holds(missed[base].lowest, -2) and holds(missed[base].highest, 2)
    assert holds(error.lowest, 100 * 0.05 * 0.375) and holds(error.highest, -100 * 0.15 * 0.375)
    # The same hours, at ¥50 and ¥30 or ¥80 each.
    assert cost.lowest.mean is not None and cost.lowest.mean < 0
    assert cost.highest.mean == pytest.approx(-1.5 * cost.lowest.mean)
    draws = np.random.default_rng(1)
    b, again, s, other = (draws.triangular(*ends, 2_000_000) for ends in 2 * [(0.3, 0.5, 0.7)] + 2 * [(0.6, 0.8, 0.99)])
    share = b / 2 * (1 - s)
    whole = np.mean(100 * share * (1 - share)) + np.var(100 * share)

    def total(apart: Any) -> float:
        return float(np.mean(100 * apart * (1 - apart) + (100 * apart) ** 2) / 2 / whole)

    assert holds(missed[heard].total, total(b / 2 * abs(s - other)))
    assert holds(missed[base].total, total(abs(b - again) / 2 * (1 - s)))
    assert holds(found.ranking("missed").chance, float(np.mean(100 * share * (1 - share)) / whole))


def test_sets_in_which_something_gives_way_are_counted_and_said() -> None:
    """Complete and partial add up to more than 1 in every set, beside 0.02 of break-offs."""
    scenario = alone(
        {"questionnaire.complete": (0.55, 0.6), "questionnaire.partial": (0.44, 0.9)},
        register={"rows": 40, "contacts": 40}, answering={"base": 0.5},
        questionnaire={"complete": 0.55, "partial": 0.44, "break_off": 0.01},
    )  # fmt: skip
    found = cs.drivers(scenario, 100, jobs=1)
    assert found.adapted == found.rows
    assert f"In {found.rows} sets values that cannot hold together" in " ".join(drivers_screen(found, "x.toml"))


def test_chance_is_one_of_those_ranked() -> None:
    """With a fixed input of no effect all is chance: its total effect is 1, up to the sample."""
    scenario = alone({TALK: (49, 51)}, register={"rows": 100, "contacts": 100}, answering={"base": 0.5})
    found = cs.drivers(scenario, 400, jobs=1).ranking("finish")
    assert found.chance.mean is not None and found.chance.low is not None and found.chance.high is not None
    assert found.chance.low <= 1 <= found.chance.high


def test_an_input_that_matters_only_where_another_has_moved_is_not_left_out(small: Path) -> None:
    """At the file's values nobody answers seldom, so the gap in satisfaction does nothing there."""
    found = cs.drivers(cs.load(small), FEW)
    gap = next(one for one in found.ranking("error").effects if one.input.path.endswith("nonresponse_gap"))
    assert gap.swing == 0 and gap.total is not None and (gap.total.mean or 0) > 0
    assert "answering.seldom" not in found.left_out
    assert {"finish", "cost", "error", "missed"} == {one.figure for one in found.rankings}
    shown = [effect for one in found.rankings for effect in one.effects if effect.total is not None]
    assert len({effect.input.path for effect in shown}) + len(found.left_out) == len(found.inputs) == 25
    assert found.rows >= FEWEST_ROWS
    for ranking in found.rankings:
        totals = [one.total.mean or 0.0 for one in ranking.effects if one.total is not None]
        assert totals == sorted(totals, reverse=True)


def test_the_number_of_processes_changes_nothing() -> None:
    scenario = alone({TALK: (20, 200), "answering.base": (0.3, 0.9)}, answering={"base": 0.5})
    one, two = (cs.drivers(scenario, 60, jobs=jobs).dataframe() for jobs in (1, 2))
    assert one.equals(two)
    assert repr(cs.drivers(scenario, 60, jobs=1)).startswith("<Drivers: 2 inputs, ")


def test_sets_that_cannot_give_the_exact_counts_are_left_out_and_counted() -> None:
    exact = {"exact": {"escalations": 40, "problems": 5, "suggestions": 5}}
    scenario = alone(
        {"answering.base": (0.1, 0.9), TALK: (20, 200)},
        register={"rows": 100, "contacts": 100}, answering={"base": 0.5}, recognition=exact, robot={"lines": 50},
    )  # fmt: skip
    found = cs.drivers(scenario, 400, jobs=1)
    assert found.lost > 0 and found.rows >= FEWEST_ROWS
    effect = next(one for one in found.ranking("cost").effects if one.input.path == "answering.base")
    assert effect.lowest.mean is None  # ten of a hundred answer: 40 cannot be sent to people
    assert effect.highest.mean is not None
    assert "could not give the exact counts" in " ".join(drivers_screen(found, "x.toml"))


def test_the_screen_answers_in_words_first(cli: Any, few: Path) -> None:
    out = cli("drivers", few, "-n", 150).out
    flat = " ".join(out.split())
    assert all(cell_len(line) <= 80 for line in out.splitlines()), max(out.splitlines(), key=cell_len)
    assert flat.index("Measure first: ") < flat.index("FINISH 完成")
    assert "So much of the variance is left while it is not known: " in flat
    for heading in ("FINISH 完成", "COST 费用", "SURVEY ERROR 总误差", "PROBLEMS MISSED 漏识别", "chance 偶然"):
        assert heading in flat
    assert "answering.reachable (off: retry_multiplier stands for it)" in flat[flat.index("Not varied: ") :]


def test_json_and_the_table_say_the_same(cli: Any, few: Path, tmp_path: Path) -> None:
    table = tmp_path / "drivers.csv"
    found = json.loads(cli("drivers", few, "-n", 150, "--json", "--csv", table).out)
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    first = found["figures"]["cost"]["ranking"][0]
    row = next(one for one in rows if one["figure"] == "cost" and one["input"] == first["field"])
    assert float(row["total"]) == pytest.approx(first["total"]["mean"])
    assert float(row["highest_low"]) == pytest.approx(first["highest"]["low"])
    assert {one["input"] for one in rows if one["figure"] == "cost"} == {
        "chance",
        *(i["field"] for i in found["inputs"]),
    }
    assert cli("drivers", few, "-n", 150, "--csv", table).status == 2  # it is there already


def test_too_few_runs_and_nothing_uncertain_are_refused(cli: Any, small: Path) -> None:
    ended = cli("drivers", small, "-n", 100)
    assert ended.status == 2
    assert f"--runs:1: --runs: 100 runs are too few for 25 inputs; write at least {FEW}" in ended.err
    with pytest.raises(Refused, match="no input is uncertain"):
        cs.drivers(alone({}), 100)


def test_nothing_to_measure_is_said() -> None:
    found = cs.drivers(alone({"agents.talk": (200, 400)}), 100, jobs=1)
    assert found.rankings == () and found.first is None
    assert advice(found) == [
        "Nothing that was varied does anything to these figures: there is nothing to measure first."
    ]


def test_a_ledger_by_itself_has_its_own_figures() -> None:
    """Ten cases, each its own: what is not accepted is not worked on, so the share accepted moves what is late."""
    scenario = cs.load(Path(__file__).parents[2] / "scenarios" / "hotline-lookback.toml")
    found = cs.drivers(scenario, fewest_runs(5), jobs=1)
    assert {one.figure for one in found.rankings} <= {
        "ledger_finish", "clerk_cost", "overdue", "look_back_satisfied_share",
    }  # fmt: skip
    satisfied = found.ranking("look_back_satisfied_share")
    assert satisfied.first is not None and satisfied.first.input.path.startswith("ledger.look_back.satisfied")


def test_indices_are_shares_and_fit_their_columns() -> None:
    """A handful of rows may give an index above 1; it is cut, and what is written of it is not cut off."""
    scenario = alone({"costs.agent_hour": (30, 80), "answering.base": (0.4, 0.6)}, answering={"base": 0.5},
                     register={"rows": 30, "contacts": 30})  # fmt: skip
    found = cs.drivers(scenario, fewest_runs(2), jobs=1)
    shares = [one.chance for one in found.rankings]
    shares += [effect.total for one in found.rankings for effect in one.effects if effect.total is not None]
    assert all(0 <= (one.low or 0) <= (one.mean or 0) <= (one.high or 0) <= 1 for one in shares)
    out = "\n".join(drivers_screen(found, "x.toml"))
    assert [share_text(one) for one in shares if share_text(one) not in out] == []
