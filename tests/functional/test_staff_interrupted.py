"""`staff` on Ctrl-C: what is known by then, with its honest status; or one line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from callbacksim.scenario.files import load
from callbacksim.study.staffing.search import NOT_REACHED
from callbacksim.study.staffing.staff import SearchInterrupted, staff
from stopping import interrupts

FEW = ("--set", "register.rows=60", "--set", "register.contacts=50")
LOOSE = ("--set", "targets.finish_by=2025-08-01T18:00:00", "--set", "targets.probability=0.5")
COMMAND = ("staff", "small.toml", *FEW, *LOOSE, "--lines", "2:4", "--agents", "1:2", "--jobs", "1")
KILLED = """
import os, sys
from callbacksim.start import main
from callbacksim.study import workers
done, outcome = 0, workers.outcome
def counted(*given):
    global done
    if done == {after}:
        os.kill(os.getpid(), {number})
    done += 1
    return outcome(*given)
workers.outcome = counted
main()
"""


@pytest.fixture(autouse=True)
def here(small: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of the small scenario, where we are."""
    monkeypatch.chdir(small.parent)
    return small.parent


@pytest.fixture
def whole(cli: Any) -> dict[str, Any]:
    """The answer that nobody interrupts."""
    ended = cli(*COMMAND, "--json")
    assert ended.status == 0, ended.err
    found: dict[str, Any] = json.loads(ended.out)
    assert found["partial"] is None and found["one_less"]
    return found


def stages(whole: dict[str, Any]) -> tuple[int, int]:
    """After how many replications the search had ended, and the confirmation (of the one plan that was put to it)."""
    assert whole["confirmations"] == 1
    less = sum(one["saves"]["replications"] for one in whole["one_less"])
    confirmed = whole["replications"] - less
    return confirmed - whole["confirmed_on"]["runs"], confirmed


def test_at_any_moment_it_says_what_is_known_and_no_more(
    cli: Any, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    searched, confirmed = stages(whole)
    for after in (0, 5, searched - 1, searched, confirmed - 1, confirmed, whole["replications"] - 1):
        with monkeypatch.context() as patched:
            interrupts(patched, after)
            ended = cli(*COMMAND, "--json")
        assert ended.status == 130
        assert ended.err.endswith(f" of 6 plans looked at, {after} runs\n")
        if after <= 5:  # five runs, each as wanted or not, are sure of nothing at 95 % in so many looks
            assert ended.out == ""
            continue
        found = json.loads(ended.out)
        stage = "search" if after < searched else "confirmation" if after < confirmed else "one_less"
        assert (found["partial"]["stage"], found["replications"]) == (stage, after)
        assert found["partial"]["confirmed"] == (found["plan"] is not None) == (stage == "one_less")
        if stage == "confirmation":
            assert found["partial"]["candidate"]["plan"] == whole["plan"]
            assert (found["cost"], found["confirmed_on"], found["confirmations"]) == (None, None, 0)
            assert all(target["met"] is True for target in found["targets"])
            assert found["frontier"] == [
                {**one, "found": "best so far"} if one["plan"] == whole["plan"] else one for one in whole["frontier"]
            ]
        elif stage == "one_less":
            told = ("plan", "cost", "targets", "confirmed_on", "confirmations", "frontier", "unclear", "fewest")
            assert [found[name] for name in told] == [whole[name] for name in told]
            assert found["one_less"] == whole["one_less"][: len(found["one_less"])] != whole["one_less"]


def test_the_best_so_far_is_surely_good_and_what_was_not_reached_is_said_to_be_so(
    cli: Any, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted when the first column's plan is known: cheaper ones may be among those that were not reached."""
    searched, _ = stages(whole)
    interrupts(monkeypatch, searched // 2)
    found = json.loads(cli(*COMMAND, "--json").out)
    states = {one["found"] for one in found["frontier"]}
    best = [one for one in found["frontier"] if one["found"] == "best so far"]
    assert f"not simulated: {NOT_REACHED}" in states and "chosen" not in states
    assert [one["plan"] for one in best] == [found["partial"]["candidate"]["plan"]]
    assert best[0]["met"] is True and best[0]["targets"] == found["targets"]
    assert all(best[0]["cost"] <= one["cost"] for one in found["frontier"] if one["met"] is True)
    assert (found["fewest"], found["unclear"]) == ([], [])  # the search had not asked yet


@pytest.mark.parametrize(("language", "said"), [("en", "not confirmed"), ("zh", "尚未经全新仿真验证")])
def test_the_screen_says_that_it_is_not_confirmed(
    cli: Any, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch, here: Path, language: str, said: str
) -> None:
    searched, _ = stages(whole)
    interrupts(monkeypatch, searched // 2)
    ended = cli(*COMMAND, "--lang", language, "--csv", "plans.csv", "--report", "plan.html")
    assert ended.status == 130
    assert said in " ".join(ended.out.split()) and max(map(len, ended.out.splitlines())) <= 80
    assert {"en": "interrupted: ", "zh": "已中断："}[language] in ended.err.splitlines()[-1]
    # A table or a page would stand for a search that has ended.
    assert [path.name for path in here.iterdir()] == ["small.toml"]


def test_without_a_good_plan_so_far_the_nearest_is_named(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four looks (7, 14, 28, 112 runs), each at 1 - 0.05/4, and a target that no run keeps.

    None of seven: 1 - 0.0125^(1/7) = 0.465, surely less than the half that is wanted; none of six: 0.518.
    """
    dear = (*COMMAND, "--set", "targets.cost=1")
    with monkeypatch.context() as patched:
        interrupts(patched, 6)
        ended = cli(*dear)
        assert (ended.status, ended.out, ended.err) == (130, "", "interrupted: 1 of 6 plans looked at, 6 runs\n")
    with monkeypatch.context() as patched:
        interrupts(patched, 7)
        found = json.loads(cli(*dear, "--json").out)
    assert (found["plan"], found["partial"]["candidate"], found["evaluated"]) == (None, None, 1)
    assert [found["nearest"]] == [one["plan"] for one in found["frontier"] if one["runs"] == 7]
    assert [target["met"] for target in found["targets"] if target["name"] == "cost"] == [False]
    interrupts(monkeypatch, 7)
    screen = " ".join(cli(*dear).out.split())
    assert "No plan so far surely meets every target; the nearest so far is" in screen


def test_python_has_the_answer_so_far(whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    _, confirmed = stages(whole)
    sets = [text for text in (*FEW, *LOOSE) if text != "--set"]
    interrupts(monkeypatch, confirmed)
    with pytest.raises(SearchInterrupted) as stopped:
        staff(load("small.toml", overrides=sets), lines=range(2, 5), agents=range(1, 3), jobs=1)
    answer = stopped.value.answer
    assert answer.plan is not None and answer.plan.counts() == whole["plan"]
    assert (answer.interrupted, answer.candidate) == ("one less", None)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_real_signal_does_so_too(whole: dict[str, Any], name: str) -> None:
    searched, confirmed = stages(whole)
    code = KILLED.format(after=(searched + confirmed) // 2, number=int(getattr(signal, name)))
    ended = subprocess.run(
        [sys.executable, "-c", code, *COMMAND], capture_output=True, encoding="utf-8", check=False, timeout=120
    )
    assert ended.returncode == 130, ended.stderr
    assert "Traceback" not in ended.stderr and "interrupted: " in ended.stderr.splitlines()[-1]
    assert "the test on fresh runs was not finished" in " ".join(ended.stdout.split())
