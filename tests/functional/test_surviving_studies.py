"""`compare` and `sweep` with `--out`: killed or interrupted, the same command goes on and ends the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.report.directory import JOURNAL
from callbacksim.study import workers
from callbacksim.study.setting import Setting
from callbacksim.study.trials import Trial, outcome

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and locks of POSIX")
SMALL = "[register]\nrows = 300\ncontacts = 250\n[robot]\nlines = 6\n[plans.lean]\nrobot = { lines = 3 }\n"
COMPARE = ("compare", "small.toml", "-n", "20", "--jobs", "1")
SWEEP = ("sweep", "small.toml", "--vary", "robot.lines=3,6", "-n", "20", "--jobs", "1")
CODE = "import callbacksim.study.journal as j; j.BATCH_SECONDS = 0.05; from callbacksim.start import main; main()"


def files(directory: Path) -> dict[str, bytes]:
    """The answer: what was done in which batch is the journal's own."""
    return {path.name: path.read_bytes() for path in directory.iterdir() if path.name != JOURNAL}


def batches(journal: Path) -> int:
    """The whole batches in a journal, after its first line; one that is there may still be empty."""
    return max(journal.read_bytes().count(b"\n") - 1, 0) if journal.exists() else 0


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of a small scenario, where we are."""
    (tmp_path / "small.toml").write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def interrupted(cli: Any, monkeypatch: pytest.MonkeyPatch, after: int | None, *command: str) -> tuple[Any, int]:
    """The command, interrupted after so many trials, and how many it carried out."""
    done = 0

    def counted(where: Setting, seed: int, trial: Trial, model: type[Campaign]) -> Any:
        nonlocal done
        if done == after:
            raise KeyboardInterrupt
        done += 1
        return outcome(where, seed, trial, model)

    with monkeypatch.context() as patched:
        patched.setattr(workers, "outcome", counted)
        return cli(*command), done


@pytest.mark.parametrize("command", [COMPARE, SWEEP])
def test_killed_it_goes_on_and_ends_the_same(cli: Any, here: Path, command: tuple[str, ...]) -> None:
    whole = cli(*command, "--out", "whole")
    assert whole.status == 0, whole.err
    process = subprocess.Popen([sys.executable, "-c", CODE, *command, "--out", "out"], stdout=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while not batches(here / "out" / JOURNAL):
        assert time.monotonic() < end
        time.sleep(0.005)
    process.kill()
    process.wait()
    ended = cli(*command, "--out", "out")
    assert (ended.status, ended.out) == (0, whole.out)
    assert ended.err.startswith("continued: ")
    assert files(here / "out") == files(here / "whole")


@pytest.mark.parametrize("command", [COMPARE, SWEEP])
def test_an_interrupt_leaves_what_all_plans_have(
    cli: Any, here: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    ended, first = interrupted(cli, monkeypatch, 15, *command, "--out", "out", "--json")
    found = json.loads(ended.out)
    # Fifteen trials of two plans: seven replications of each, and one that has no other half.
    assert (ended.status, found["partial"], found["replications"]) == (130, {"finished": 7, "wanted": 20}, 7)
    assert ended.err.endswith("interrupted: 7 of 20 replications; the same command goes on from there\n")
    seven = json.loads(cli(*command, "-n", "7", "--json").out)
    assert {**found, "partial": None} == seven
    assert [path.name for path in (here / "out").iterdir()] == [JOURNAL]
    ended, then = interrupted(cli, monkeypatch, None, *command, "--out", "out")
    assert (ended.status, first, then) == (0, 15, 40 - 15)
    assert json.loads((here / "out" / "answer.json").read_text(encoding="utf-8"))["partial"] is None
    # Finished, it simulates nothing any more.
    again, nothing = interrupted(cli, monkeypatch, None, *command, "--out", "out")
    assert (again.out, nothing) == (ended.out, 0)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("after", [0, 3])
def test_fewer_than_two_pairs_are_no_answer(cli: Any, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    ended, _ = interrupted(cli, monkeypatch, after, *COMPARE)
    assert (ended.status, ended.out, ended.err) == (130, "", f"interrupted: {after // 2} of 20 replications\n")


def test_another_study_is_refused_in_a_line(cli: Any, here: Path) -> None:
    assert cli(*SWEEP, "--out", "out").status == 0
    before = files(here / "out")
    for command, said in (
        (COMPARE, "it was made by the command sweep"),
        ((*SWEEP, "--seed", "7"), "it had other settings (seed)"),
        (("sweep", "small.toml", "--vary", "robot.lines=3,7", "-n", "20"), "it had other settings (options)"),
        (("run", "small.toml", "-n", "20"), "it was made by the command sweep"),
    ):
        ended = cli(*command, "--out", "out")
        assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
        assert f"the directory holds another run: {said}" in ended.err
    assert files(here / "out") == before
