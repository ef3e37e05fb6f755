"""`run --uncertain`: inputs are drawn, one set a replication; chance and ignorance stand apart."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

import callbacksim as cs
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.uncertain import unknowns
from callbacksim.study.experiment import replicate
from callbacksim.study.summary import values
from callbacksim.study.uncertain import AGAIN
from helpers import tiny

HUNDRED = {"rows": 100, "contacts": 100}


def alone(scenario: dict[str, Any], **ranges: Any) -> Scenario:
    """The tiny scenario in which these inputs and no others are drawn; ``__`` stands for a point."""
    told = {path.replace("__", "."): limits for path, limits in ranges.items()}
    others = [one.path for one in unknowns(tiny(**scenario))[0] if one.path not in told]
    return tiny(**scenario, uncertain={**dict.fromkeys(others, "known"), **told})


def test_an_input_that_does_all_leaves_nothing_to_chance() -> None:
    """One contact answers at 9:00, rings 10 s, talks as long as drawn: the finish is the input and nothing else."""
    found = cs.uncertain(alone({}, questionnaire__talk__complete=(20, 200)), 60, jobs=1)
    finishes, talks = values(found.study, "finish"), [one["questionnaire.talk.complete"] for one in found.sets]
    assert finishes == pytest.approx([9 + (10 + talk) / 3600 for talk in talks], abs=1e-6)
    parts = found.spread("finish").parts
    assert parts.chance.mean == 0 and parts.share == 1
    mean = sum(talks) / 60
    assert parts.ignorance.mean == pytest.approx(math.sqrt(sum((x - mean) ** 2 for x in talks) / 59) / 3600, abs=1e-7)


def test_the_split_of_a_binomial_with_a_drawn_share_is_that_of_the_textbook() -> None:
    """Of 100 contacts called once X are interviewed, binomial with the drawn share p.

    p is triangular on [0.2, 0.8] with its top at 0.5: mean 0.5, variance 0.6²/24 = 0.015. So E[Var X] = 100 ·
    (0.25 − 0.015) = 23.5, Var(E X) = 100² · 0.015 = 150. At 99.9 % each interval misses about once in a few hundred.
    """
    scenario = alone(
        {"register": HUNDRED, "answering": {"base": 0.5}, "robot": {"lines": 50}, "study": {"confidence": 0.999}},
        answering__base=(0.2, 0.8),
    )
    parts = cs.uncertain(scenario, 150, jobs=1).spread("interviews").parts
    for one, truth in ((parts.chance, math.sqrt(23.5)), (parts.ignorance, math.sqrt(150))):
        assert one.low is not None and one.high is not None
        assert one.low <= truth <= one.high
        assert one.high < 2 * truth  # an interval that says something


def test_the_first_run_of_a_set_meets_the_people_of_its_replication_and_the_second_others() -> None:
    scenario = alone({"register": HUNDRED, "answering": {"base": 0.5}}, agents__talk=(200, 400))
    found = cs.uncertain(scenario, 4, jobs=1)
    plain = replicate(scenario, 4, jobs=1)  # talk of call-backs moves no call
    assert values(found.study, "answered") == values(plain, "answered")
    assert [one.replication for one in found.again] == [AGAIN + r for r in range(4)]
    assert [one.measures["answered"] for one in found.again] != values(plain, "answered")


def test_the_sets_are_the_same_for_every_plan_and_number_of_processes_and_runs(small: Path) -> None:
    scenario = cs.load(small)
    one, two = cs.uncertain(scenario, 3, jobs=1), cs.uncertain(scenario, 2, jobs=2)
    assert one.sets[:2] == two.sets
    # As text, in which an undefined figure (NaN) equals itself.
    assert repr([*one.study.figures[:2], *one.again[:2]]) == repr([*two.study.figures, *two.again])
    assert cs.uncertain(cs.load(small, plan="lean"), 3, jobs=1).sets == one.sets


def test_a_set_that_cannot_give_the_exact_counts_is_drawn_anew() -> None:
    exact = {"exact": {"escalations": 40, "problems": 5, "suggestions": 5}}
    scenario = alone(
        {"register": HUNDRED, "answering": {"base": 0.5}, "recognition": exact, "robot": {"lines": 50}},
        answering__base=(0.1, 0.9),
    )
    found = cs.uncertain(scenario, 8, jobs=1)
    assert found.redrawn > 0  # P(p < 0.4) is 0.28
    assert {f.measures["escalations"] for f in (*found.study.figures, *found.again)} == {40}
    never = alone(
        {
            "register": HUNDRED,
            "answering": {"base": 0.5},
            "recognition": {"exact": {**exact["exact"], "escalations": 100}},
        },
        answering__base=(0.1, 0.6),
    )
    with pytest.raises(Refused, match="20 sets of inputs in a row cannot give these counts"):
        cs.uncertain(never, 2, jobs=1)


def test_runs_cut_off_by_the_horizon_count_as_finished_then_and_are_counted() -> None:
    scenario = alone(
        {"study": {"horizon_days": 1}, "register": HUNDRED, "calendar": {"windows": [["09:00", "10:00"]]}},
        questionnaire__talk__complete=(20, 200),
    )
    # 100 calls of 10 + talk seconds on one line fit into the hour up to a talk of 26 s.
    found = cs.uncertain(scenario, 20, jobs=1).spread("finish")
    assert 0 < found.late <= 40 and found.parts.ignorance.mean is not None
    assert found.high.mean is None


def test_where_the_horizon_cuts_off_runs_the_verdict_does_not_claim_to_know_the_spread(cli: Any, small: Path) -> None:
    def said(*sets: str) -> tuple[str, Any]:
        line = ["run", small, "-n", 10, "--uncertain", *(part for one in sets for part in ("--set", one))]
        return " ".join(cli(*line).out.split()), json.loads(cli(*line, "--json").out)["uncertain"]

    always, drawn = said(
        "robot.lines=0", "study.horizon_days=2"
    )  # nobody is ever called: every run ends at the horizon
    assert "The finish is uncertain" not in always and "± 0 min" not in always
    assert drawn["figures"]["finish"]["late"] == 20 == 2 * drawn["sets"]
    assert drawn["figures"]["finish"]["chance"] == {"sd": None, "low": None, "high": None}
    some, drawn = said("robot.lines=20", "robot.other_slot=false", "study.horizon_days=1")
    late = drawn["figures"]["finish"]["late"]
    assert 0 < late < 20 and f"or by more: {late} of 20 runs reached the horizon." in some


def test_the_screen_says_both_and_details_list_the_inputs(cli: Any, small: Path) -> None:
    out = " ".join(cli("run", small, "-n", 5, "--uncertain", "--details").out.split())
    assert "The finish is uncertain by ± " in out and " by chance" in out and " what we do not know" in out
    assert "HOW SURE 不确定性 5 sets of inputs, two runs each" in out
    assert "guesses are drawn from their plausible ranges; 8 other guesses not (--details lists them)." in out
    assert "answering.base 0.469, 0.2–0.7" in out
    assert "listeners.finds 0.8; nobody listens to recordings" in out
    assert "guesses drawn: kept in" in out
    assert all(len(line) <= 80 for line in cli("run", small, "-n", 2, "--uncertain").out.splitlines())


def only(small: Path, path: str, low: float, high: float) -> None:
    """The scenario file with this one input drawn."""
    known = [one.path for one in unknowns(cs.load(small))[0] if one.path != path]
    table = [*(f'"{one}" = "known"' for one in known), f'"{path}" = [{low}, {high}]']
    small.write_text(small.read_text(encoding="utf-8") + "\n[uncertain]\n" + "\n".join(table), encoding="utf-8")


def test_what_clearly_does_something_is_told_as_a_spread(cli: Any, small: Path) -> None:
    only(small, "questionnaire.talk.complete", 20, 600)
    once = ("--set", "robot.lines=1", "--set", "robot.attempts=1", "--set", "agents.tries=1")
    out = " ".join(cli("run", small, *once, "-n", 12, "--uncertain").out.split())
    assert re.search(r"by ± [\d.]+ (h|min) by chance, by ± [\d.]+ h by what we do not know \(1 guess\)", out)


def test_what_may_do_nothing_is_told_by_how_much_at_most(cli: Any, small: Path) -> None:
    """An estimate of 0 for a variance is no proof of it: ± 0 would claim one."""
    only(small, "recognition.misheard", 0.005, 0.1)  # the finish does not hang on it
    ended = cli("run", small, "-n", 12, "--uncertain")
    out = " ".join(ended.out.split())
    most = re.search(r"by chance; what we do not know \(1 guess\) does no more to it than ± ([\d.]+ (?:h|min))\.", out)
    assert most and float(most[1].split()[0]) > 0
    assert f" 0–{most[1]} " in out and "From 0: not clearly more than nothing." in out
    assert all(len(line) <= 80 for line in ended.out.splitlines())


def test_sets_in_which_something_gives_way_are_counted(cli: Any, small: Path) -> None:
    """Complete and partial with 0.6 and 0.4 to 0.9: together more than 0.9, beside break-offs of 0.1, in every set."""
    text = '\n[uncertain]\n"questionnaire.complete" = [0.55, 0.6]\n"questionnaire.partial" = [0.4, 0.9]\n'
    changes = ("--set", "questionnaire.partial=0.41", "--set", "questionnaire.break_off=0.02")
    small.write_text(small.read_text(encoding="utf-8") + text, encoding="utf-8")
    ended = cli("run", small, *changes, "-n", 4, "--uncertain", "--json")
    assert json.loads(ended.out)["uncertain"]["adapted"] == 4
    said = "In 4 sets values that cannot hold together gave way."
    assert said in " ".join(cli("run", small, *changes, "-n", 4, "--uncertain").out.split())
    assert said not in cli("run", small, "-n", 2, "--set", "uncertain={}", "--uncertain").out


def test_drawing_changes_nothing_of_the_run_itself(cli: Any, small: Path) -> None:
    without, drawn = (json.loads(cli("run", small, "-n", 3, "--json", *more).out) for more in ((), ("--uncertain",)))
    assert without.pop("uncertain") is None
    found = drawn.pop("uncertain")
    assert without == drawn
    assert found["sets"] == 3 and len(found["inputs"]) > 20
    assert {one["field"] for one in found["inputs"]} & {one["field"] for one in found["not_drawn"]} == set()


def test_what_the_planner_knows_is_not_drawn(cli: Any, small: Path) -> None:
    ranges = '\n[uncertain]\n"answering.base" = [0.45, 0.48]\n"agents.reach" = "known"\n'
    small.write_text(small.read_text(encoding="utf-8") + ranges, encoding="utf-8")
    found = json.loads(cli("run", small, "-n", 2, "--json", "--uncertain").out)["uncertain"]
    (base,) = (one for one in found["inputs"] if one["field"] == "answering.base")
    assert (base["low"], base["high"], base["from"]) == (0.45, 0.48, "uncertain")
    assert {"field": "agents.reach", "value": 0.8, "why": "known, says [uncertain]"} in found["not_drawn"]


def test_with_targets_strict_asks_for_drawn_inputs_too(cli: Any, small: Path) -> None:
    ended = cli("run", small, "-n", 2, "--uncertain", "--strict")
    assert ended.status == 1
    assert "targets not met: finish_by is unclear; guesses drawn: finish_by is unclear" in ended.err


def test_a_directory_of_another_kind_of_run_is_not_touched(cli: Any, small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = cli("run", small, "-n", 2, "--uncertain", "--out", out)
    assert cli("run", small, "-n", 2, "--uncertain", "--out", out).out == first.out
    assert "it had other settings (--uncertain)" in cli("run", small, "-n", 2, "--out", out).err


def test_nothing_uncertain_is_said(cli: Any, small: Path) -> None:
    known = [one.path for one in unknowns(cs.load(small))[0]]
    text = "\n[uncertain]\n" + "".join(f'"{path}" = "known"\n' for path in known)
    small.write_text(small.read_text(encoding="utf-8") + text, encoding="utf-8")
    ended = cli("run", small, "-n", 2, "--uncertain")
    assert ended.status == 2
    assert "uncertain: no input is uncertain; give one a range in [uncertain]" in ended.err


def test_a_notebook_shows_the_table(small: Path) -> None:
    found = cs.uncertain(cs.load(small), 2, jobs=1)
    assert repr(found) == "<Uncertain: 2 sets of 25 inputs, two runs each, seed 1>"
    frame = found.dataframe()
    assert list(frame.loc["finish"].index[:2]) == ["chance", "chance_low"]
    assert "ignorance" in found._repr_html_()
    assert found.inputs_frame().shape == (2, 25)


# --- the finish as a distribution ------------------------------------------------------------------------------------


def test_the_promised_date_is_told_once_as_a_probability_and_once_as_a_verdict(cli: Any, small: Path) -> None:
    """The interval is Clopper and Pearson's, held against their definition."""
    found = json.loads(cli("run", small, "-n", 30, "--json").out)
    promised = found["finish"]["promised"]
    assert promised["date"] == "2025-07-09T12:00:00"
    # Clopper–Pearson by its definition: at the lower end, so many or more are kept with probability 2.5 %.
    kept, low = round(promised["probability"] * 30), promised["low"]
    more = sum(math.comb(30, k) * low**k * (1 - low) ** (30 - k) for k in range(kept, 31))
    assert more == pytest.approx(0.025)
    assert found["measures"]["finish_by_target"]["low"] == low
    out = cli("run", small, "-n", 30).out
    assert " ".join(out.split()).count("Wed 9 July 12:00") == 2


def test_without_a_promise_the_ends_of_work_tell_the_distribution(cli: Any, small: Path) -> None:
    text = small.read_text(encoding="utf-8").replace("[targets]\nfinish_by = 2025-07-09T12:00:00\n", "")
    small.write_text(text, encoding="utf-8")
    ended = json.loads(cli("run", small, "-n", 10, "--json").out)
    assert ended["finish"]["promised"] is None
    by = ended["finish"]["by"]
    assert [one["date"][11:] for one in by] == ["18:00:00"] * len(by) and 1 <= len(by) <= 3
    shares = [one["probability"] for one in by]
    assert shares == sorted(shares) and shares[0] >= 0.1 and shares[-1] >= 0.9
    assert "done with probability" in " ".join(cli("run", small, "-n", 10).out.split())


def test_the_table_in_the_model_page_is_one(small: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "model.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"```toml\n(\[uncertain\].*?)```", page, re.DOTALL)
    small.write_text(small.read_text(encoding="utf-8") + "\n" + table, encoding="utf-8")
    drawn, kept = unknowns(cs.load(small))
    # The file's talk of 360 s lies within 330 to 400, its base of 0.469 in 0.41 to 0.48.
    assert [one.path for one in drawn if one.given] == ["answering.base", "recognition.unclear", "agents.talk"]
    assert "questionnaire.talk.complete" in [one.path for one in kept]
