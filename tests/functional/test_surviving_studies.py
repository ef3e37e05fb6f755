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

from callbacksim.report.directory import JOURNAL
from stopping import stopped

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and locks of POSIX")
SMALL = "[register]\nrows = 300\ncontacts = 250\n[robot]\nlines = 6\n[plans.lean]\nrobot = { lines = 3 }\n"
COMPARE = ("compare", "small.toml", "-n", "20", "--jobs", "1")
SWEEP = ("sweep", "small.toml", "--vary", "robot.lines=3,6", "-n", "20", "--jobs", "1")
FEW = ("--set", "register.rows=60", "--set", "register.contacts=50")
LOOSE = ("--set", "targets.finish_by=2025-08-01T18:00:00", "--set", "targets.probability=0.5")
STAFF = ("staff", "small.toml", *FEW, *LOOSE, "--lines", "2:4", "--agents", "1:2", "--jobs", "1")
BUDGET = 800
DRIVERS = ("drivers", "small.toml", *FEW, "-n", str(BUDGET), "--jobs", "1")
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


@pytest.mark.parametrize("command", [COMPARE, SWEEP, STAFF], ids=lambda command: command[0])
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
    ended, first = stopped(cli, monkeypatch, 15, *command, "--out", "out", "--json")
    found = json.loads(ended.out)
    # Fifteen trials of two plans: seven replications of each, and one that has no other half.
    assert (ended.status, found["partial"], found["replications"]) == (130, {"finished": 7, "wanted": 20}, 7)
    assert ended.err.endswith("interrupted: 7 of 20 replications; the same command goes on from there\n")
    seven = json.loads(cli(*command, "-n", "7", "--json").out)
    assert {**found, "partial": None} == seven
    assert [path.name for path in (here / "out").iterdir()] == [JOURNAL]
    ended, then = stopped(cli, monkeypatch, None, *command, "--out", "out")
    assert (ended.status, len(first), len(then)) == (0, 15, 40 - 15)
    assert json.loads((here / "out" / "answer.json").read_text(encoding="utf-8"))["partial"] is None
    # Finished, it simulates nothing any more.
    again, nothing = stopped(cli, monkeypatch, None, *command, "--out", "out")
    assert (again.out, len(nothing)) == (ended.out, 0)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("after", [0, 3])
def test_fewer_than_two_pairs_are_no_answer(cli: Any, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    ended, _ = stopped(cli, monkeypatch, after, *COMPARE)
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


def test_a_search_goes_on_where_it_was_interrupted(cli: Any, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, runs = stopped(cli, monkeypatch, None, *STAFF)
    ended, first = stopped(cli, monkeypatch, len(runs) // 2, *STAFF, "--out", "out")
    assert (ended.status, ended.err.splitlines()[-1][-37:]) == (130, "; the same command goes on from there")
    assert [path.name for path in (here / "out").iterdir()] == [JOURNAL]
    ended, then = stopped(cli, monkeypatch, None, *STAFF, "--out", "out")
    assert (ended.status, ended.out, len(first) + len(then)) == (0, whole.out, len(runs))
    assert (here / "out" / "plans.csv").exists()


@pytest.mark.usefixtures("here")
def test_drivers_rank_by_the_rows_that_are_whole(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, runs = stopped(cli, monkeypatch, None, *DRIVERS, "--json")
    early, _ = stopped(cli, monkeypatch, 3, *DRIVERS)
    assert (early.status, early.out, early.err) == (130, "", f"interrupted: 3 of {BUDGET} runs\n")
    # Where the file's value is an end of its range, a run of the first pass is the same as another: with a journal it
    # is done once. The last runs, of the second pass, are all different.
    kept, once = stopped(cli, monkeypatch, None, *DRIVERS, "--out", "whole", "--json")
    assert kept.out == whole.out and len(once) <= len(runs)
    ended, first = stopped(cli, monkeypatch, len(once) - 5, *DRIVERS, "--out", "out", "--json")
    found, all_ = json.loads(ended.out), json.loads(whole.out)
    assert (ended.status, found["partial"]) == (130, {"finished": len(runs) - 5, "wanted": max(BUDGET, len(runs) - 5)})
    assert found["rows"] == all_["rows"] - 1 and found["left_out"] == all_["left_out"]
    for figure, ranked in found["figures"].items():
        chance = ranked["chance"]
        assert chance["low"] <= chance["mean"] <= chance["high"], figure
    ended, then = stopped(cli, monkeypatch, None, *DRIVERS, "--out", "out", "--json")
    assert (ended.status, ended.out, len(first) + len(then)) == (0, whole.out, len(once))


@pytest.mark.usefixtures("here")
def test_inputs_that_were_drawn_are_not_drawn_again(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = ("run", "small.toml", *FEW, "-n", "6", "--jobs", "1", "--json")
    _, before = stopped(cli, monkeypatch, None, *plain)
    whole, all_ = stopped(cli, monkeypatch, None, *plain, "--uncertain")
    assert len(all_) == len(before) + 2 * 6  # a set of inputs each, simulated twice
    ended, first = stopped(cli, monkeypatch, len(before) + 7, *plain, "--uncertain", "--out", "out")
    assert (ended.status, len(first)) == (130, len(before) + 7)
    assert ended.err.endswith("interrupted: 3 of 6 sets; the same command goes on from there\n")
    found = json.loads(ended.out)
    three = json.loads(cli("run", "small.toml", *FEW, "-n", "3", "--uncertain", "--json").out)
    assert found["partial"] == {"finished": 6, "wanted": 6} and found["uncertain"] == three["uncertain"]
    ended, then = stopped(cli, monkeypatch, None, *plain, "--uncertain", "--out", "out")
    assert (ended.status, ended.out, len(then)) == (0, whole.out, 5)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("command", "after", "said"),
    [
        (("run", "small.toml", "-n", "20", "--jobs", "1"), 7, "Interrupted: this rests on 7 of 20 replications."),
        (COMPARE, 15, "Interrupted: this rests on 7 of 20 replications."),
        (SWEEP, 15, "Interrupted: this rests on 7 of 20 replications."),
    ],
    ids=["run", "compare", "sweep"],
)
def test_the_screen_itself_says_that_it_is_partial(
    cli: Any, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], after: int, said: str
) -> None:
    ended, _ = stopped(cli, monkeypatch, after, *command)
    assert ended.status == 130 and said in " ".join(ended.out.split())
    assert "Interrupted" not in cli(*command).out
