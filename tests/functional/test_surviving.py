"""Long studies that are interrupted, killed or torn: nothing finished is done twice, and the end is the same."""

from __future__ import annotations

import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.report.directory import JOURNAL, versions
from callbacksim.scenario.files import load
from callbacksim.scenario.problems import Refused
from callbacksim.study import experiment, journal, workers
from callbacksim.study.setting import Setting
from callbacksim.study.trials import Trial, outcome
from stopping import Trials, stopped

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and locks of POSIX")
SMALL = """\
[register]
rows = 300
contacts = 250
[robot]
lines = 6
"""
RUN = ("run", "small.toml", "-n", "40", "--jobs", "1", "--out", "out")


def files(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def started(small: Path, *command: str, **more: Any) -> subprocess.Popen[str]:
    # Batches of a twentieth of a second: enough of them in a short study.
    code = "import callbacksim.study.journal as j; j.BATCH_SECONDS = 0.05; from callbacksim.start import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *command],
        cwd=small.parent, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more,
    )  # fmt: skip


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def done(journal: Path) -> int:
    """Trials that stand in a journal."""
    lines = journal.read_bytes().splitlines(keepends=True) if journal.exists() else []
    batches = [json.loads(line[17:]) for line in lines if line.endswith(b"\n")]
    return sum(len(batch.get("trials", ())) for batch in batches)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The scenario file of a campaign that takes a moment."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def once(cli: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the run gives that nobody interrupts."""
    directory = tmp_path_factory.mktemp("whole")
    (directory / "small.toml").write_text(SMALL, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(directory)
        assert cli(*RUN).status == 0
    return files(directory / "out")


@pytest.fixture
def whole(once: dict[str, bytes], small: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The same, to be compared with what comes about in the directory of the scenario, where we are from now on."""
    monkeypatch.chdir(small.parent)
    return once


def test_killed_at_any_moment_it_goes_on_and_ends_the_same(small: Path, whole: dict[str, bytes]) -> None:
    out, moments = small.parent / "out", random.Random(4)
    # So many trials must stand in the journal before the next SIGKILL comes, some milliseconds later.
    for stand in (1, 1, 12, 30):
        process = started(small, *RUN)
        until(lambda stand=stand: done(out / JOURNAL) >= stand or (out / "screen.txt").exists())  # type: ignore[misc]
        time.sleep(moments.random() / 20)
        process.kill()
        process.communicate()
    # And when the results are being written.
    process = started(small, *RUN)
    until(lambda: (out / "summary.json").exists() or process.poll() is not None)
    process.kill()
    process.communicate()
    (out / f".{'0' * 16}.tmp").write_bytes(b"half of a file")
    before = done(out / JOURNAL)
    process = started(small, *RUN)
    printed, said = process.communicate()
    assert process.returncode == 0, said
    assert f"continued: {before} trials had been finished\n" in said
    assert files(out) == whole
    assert printed == (out / "screen.txt").read_text(encoding="utf-8")


@pytest.fixture
def stop(cli: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Any, Trials]]:
    """The command, interrupted after so many trials (not at all for None)."""
    return partial(stopped, cli, monkeypatch)


def test_killed_at_work_it_leaves_no_process_behind(small: Path) -> None:
    """Idle workers would live on for minutes, and hold the pipe that is read here to its end."""
    process = started(small, "run", "small.toml", "-n", "100000", "--jobs", "2", "--out", "out")
    until(lambda: done(small.parent / "out" / JOURNAL) >= 20)
    process.kill()
    process.communicate(timeout=100)


def test_what_is_finished_is_not_done_again(small: Path, whole: dict[str, bytes], stop: Any) -> None:
    ended, first = stop(25, *RUN)
    assert ended.status == 130
    assert ended.err.endswith("interrupted: 25 of 40 replications; the same command goes on from there\n")
    assert set(files(small.parent / "out")) == {JOURNAL}
    ended, then = stop(None, *RUN)
    assert (ended.status, ended.err.partition("\n")[0]) == (0, "continued: 25 trials had been finished")
    # Forty replications, ten by hand and ten of each of four what-ifs, each once.
    assert (len(first.done), len(then.done), len({*first.done, *then.done})) == (25, 90 - 25, 90)
    assert files(small.parent / "out") == whole


def test_a_run_for_precision_goes_on_too(cli: Any, small: Path, stop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small.parent)
    command = ("run", "small.toml", "--precision", "0.02", "--jobs", "1", "--out")
    assert cli(*command, "whole").status == 0
    n = json.loads((small.parent / "whole" / "summary.json").read_text(encoding="utf-8"))["replications"]
    ended, first = stop(10 + 50 + 2, *command, "out")  # the first ten, the what-ifs, and two more
    assert n > 12
    assert "interrupted: these are the first 12 of 1,000 replications" in " ".join(ended.err.split())
    assert "The interrupt came before a precision of 2 %" in " ".join(ended.out.split())
    ended, then = stop(None, *command, "out")
    assert ended.status == 0
    assert not {*first.done} & {*then.done}
    assert files(small.parent / "out") == files(small.parent / "whole")


def test_an_interrupt_leaves_the_answer_so_far(cli: Any, small: Path, stop: Any) -> None:
    """Of the replications without a gap: the same figures as a run of so many, but for the what-ifs."""
    command = ("run", str(small), "--jobs", "1", "--json")
    ended, _ = stop(17, *command, "-n", "30")
    assert ended.status == 130
    assert ended.err.endswith("interrupted: 17 of 30 replications\n")
    partial, plain = json.loads(ended.out), json.loads(cli(*command, "-n", "17").out)
    assert partial["partial"] == {"finished": 17, "wanted": 30}
    assert partial["warnings"][0] == (
        "interrupted: these are the first 17 of 30 replications; what-ifs that were not finished are left out"
    )
    assert (partial["replications"], partial["probes"], plain["partial"]) == (17, [], None)
    beside = ("manual_hours", "manual_cost", "hours_saved")
    for one in (partial, plain):
        for name in beside:
            del one["measures"][name]
        for key in ("partial", "probes", "warnings"):
            del one[key]
    assert partial == plain


def test_what_ifs_that_were_finished_stay(stop: Any, small: Path) -> None:
    command = ("run", str(small), "-n", "12", "--jobs", "1", "--json")
    ended, _ = stop(12 + 10 + 10 + 4, *command)  # all runs, all by hand, one what-if, and four runs of the next
    found = json.loads(ended.out)
    assert found["partial"] == {"finished": 12, "wanted": 12}
    assert [probe["set"] for probe in found["probes"]] == ["robot.lines=3"]
    assert found["measures"]["manual_hours"]["n"] == 10
    assert "interrupted: these are all 12 replications; what-ifs" in found["warnings"][0]


@pytest.mark.parametrize("after", [0, 1])
def test_fewer_than_two_replications_are_no_answer(stop: Any, small: Path, after: int) -> None:
    ended, _ = stop(after, "run", str(small), "-n", "30", "--jobs", "1")
    assert (ended.status, ended.out, ended.err) == (130, "", f"interrupted: {after} of 30 replications\n")


def test_what_ended_behind_a_gap_does_not_count(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A replication that takes long must not be left out for it: that would be a choice by what comes of it."""
    scenario = load(small)

    def coming(trials: Any, plans: Any, seed: int, model: Any, *_: Any) -> Any:
        for place in (1, 0, 2, 5, 4):
            yield place, outcome(plans[0], seed, trials[place], model)
        raise KeyboardInterrupt

    monkeypatch.setattr(experiment, "carried_out", coming)
    with pytest.raises(experiment.Interrupted) as stopped:
        experiment.replicate(scenario, 6)
    [study] = stopped.value.studies
    assert [figures.replication for figures in study.figures] == [0, 1, 2]
    assert stopped.value.wanted == 6


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_real_signal_ends_with_the_answer_so_far(small: Path, number: int) -> None:
    process = started(
        small, "run", "small.toml", "-n", "100000", "--out", "out", "--jobs", "2",
        env={**os.environ, "LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    )  # fmt: skip
    until(lambda: done(small.parent / "out" / JOURNAL) >= 20)
    process.send_signal(number)
    printed, said = process.communicate(timeout=60)
    assert process.returncode == 130
    last = said.splitlines()[-1]
    found = re.fullmatch(r"interrupted: (\d+) of 100,000 replications; the same command goes on from there", last)
    assert found, said
    assert "Traceback" not in said
    assert f"{found[1]} runs, 95 % intervals" in " ".join(printed.split())
    assert done(small.parent / "out" / JOURNAL) >= int(found[1]) >= 2


def test_a_batch_that_an_interrupt_tears_does_not_spoil_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tears(file: int) -> None:
        os.ftruncate(file, os.fstat(file).st_size - 20)
        raise KeyboardInterrupt

    kept = journal.Journal(tmp_path / "x.journal", {"seed": 1})
    for name in ("a", "b", "c"):
        kept.add(name, np.ones(9))
        if name == "b":
            with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
                patched.setattr(os, "fsync", tears)
                kept.flush()
        else:
            kept.flush()
    again = journal.Journal(tmp_path / "x.journal", {"seed": 1})
    assert (again.lost, again.held) == (0, 2)
    assert all(again.take(name) is not None for name in ("a", "c"))


def torn(path: Path) -> None:
    """As a power failure leaves it: the last line ends in its midst."""
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(b"\n", 0, -1) + 200])


def test_a_torn_batch_is_said_and_done_again(
    small: Path, whole: dict[str, bytes], stop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "BATCH_TRIALS", 10)
    monkeypatch.setattr(journal, "BATCH_SECONDS", 1e9)
    stop(25, *RUN)  # batches of 10, 10 and 5
    torn(small.parent / "out" / JOURNAL)
    ended, asked = stop(45 - 20, *RUN)
    assert ended.err.splitlines()[:2] == [
        f"{Path('out') / JOURNAL}: a batch was not whole; its trials are done again",
        "continued: 20 trials had been finished",
    ]
    assert (0, "course") not in {trial[2:] for trial in asked.done}
    assert (20, "course") in {trial[2:] for trial in asked.done}
    # What was torn has gone, so what came after it is whole.
    ended, asked = stop(None, *RUN)
    assert ended.err.splitlines()[0] == "continued: 45 trials had been finished"
    assert len(asked.done) == 45
    assert files(small.parent / "out") == whole


@pytest.mark.parametrize("bytes_left", [0, 5, 16, 17, 100])
def test_a_journal_torn_in_its_first_line_is_begun_again(
    small: Path, whole: dict[str, bytes], stop: Any, bytes_left: int
) -> None:
    stop(3, *RUN)
    path = small.parent / "out" / JOURNAL
    path.write_bytes(path.read_bytes()[:bytes_left])
    ended, asked = stop(None, *RUN)
    assert (ended.status, len(asked.done)) == (0, 90)
    assert files(small.parent / "out") == whole


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"callbacksim": "0.0.9"}, "the directory holds another run, unfinished: it was made by callbacksim 0.0.9; "),
        ({"seed": 7}, "the directory holds another run, unfinished: it had other settings (seed); "),
        ({"identity": "f" * 64}, "unfinished: its scenario or its register was changed since; "),
        ({"versions": {**versions(), "numpy": "1.0"}}, "holds this run unfinished, begun with numpy 1.0 (here "),
    ],
)
def test_another_run_s_journal_is_refused_unless_forced(
    small: Path, whole: dict[str, bytes], stop: Any, change: dict[str, Any], said: str
) -> None:
    stop(3, *RUN)
    path = small.parent / "out" / JOURNAL
    head, _, rest = path.read_bytes().partition(b"\n")
    run = {**json.loads(head[17:])[journal.KIND], **change}
    path.write_bytes(journal._line({journal.KIND: run}) + rest)
    before = path.read_bytes()
    ended, asked = stop(None, *RUN)
    assert (ended.status, ended.out, asked.done) == (2, "", [])
    assert said in ended.err
    assert ended.err.count("\n") == 1
    assert path.read_bytes() == before
    ended, asked = stop(None, *RUN, "--force")
    assert (ended.status, len(asked.done)) == (0, 90)
    assert files(small.parent / "out") == whole


def test_a_file_that_is_no_journal_stays(small: Path, stop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small.parent)
    path = small.parent / "out" / JOURNAL
    path.parent.mkdir()
    path.write_text("dear diary\n")
    ended, _ = stop(None, *RUN)
    right = "remove it, or add --force"
    assert ended.err == f"{Path('out') / JOURNAL}:1: --out: it is no journal of trials, or it was changed; {right}\n"
    assert path.read_text() == "dear diary\n"


def test_two_at_once_are_one_too_many(cli: Any, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small.parent)
    process = started(small, "run", "small.toml", "-n", "100000", "--out", "out", "--jobs", "1")
    until(lambda: (small.parent / "out" / JOURNAL).exists())
    ended = cli("run", "small.toml", "-n", "100000", "--out", "out", "--force")
    process.kill()
    process.communicate()
    right = "wait until it has ended, or name another one"
    assert ended.err == f"out:1: --out: another callbacksim is at work in it; {right}\n"
    assert ended.status == 2
    # Whoever is killed holds nothing any more.
    assert cli("run", "small.toml", "-n", "1", "--out", "out", "--force").status == 0


def test_a_full_disk_is_said_and_what_was_finished_is_kept(small: Path, whole: dict[str, bytes], stop: Any) -> None:
    limit = 20_000  # a journal of ninety trials is longer

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = started(small, *RUN, preexec_fn=full)
    printed, said = process.communicate(timeout=60)
    path = Path("out") / JOURNAL
    assert (process.returncode, printed) == (2, "")
    right = "make room, and give the same command again: what is finished is kept"
    assert said == f"{path}:1: --out: cannot be written (File too large); {right}\n"
    kept = done(small.parent / path)
    assert 0 < kept < 90
    ended, asked = stop(None, *RUN)
    assert (ended.status, len(asked.done)) == (0, 90 - kept)
    assert files(small.parent / "out") == whole


def test_a_directory_taken_away_in_the_midst_is_said(cli: Any, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small.parent)
    out = small.parent / "out"

    def moved(where: Setting, seed: int, trial: Trial, model: type[Campaign]) -> Any:
        if trial.replication == 3 and out.exists():
            out.rename(small.parent / "elsewhere")
        return outcome(where, seed, trial, model)

    monkeypatch.setattr(workers, "outcome", moved)
    ended = cli(*RUN)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"{Path('out') / JOURNAL}:1: --out: cannot be written (No such file or directory); ")
    assert ended.err.count("\n") == 1


def test_a_lost_worker_is_replaced_and_said(
    small: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    scenario = load(small)
    alone = experiment.replicate(scenario, 40, jobs=1)
    monkeypatch.setattr(workers, "WORTH_A_POOL_SECONDS", -1.0)
    monkeypatch.setattr(workers, "A_PORTION_SECONDS", 0.0)
    killed: list[int] = []

    def told(done: int, _: int) -> None:
        from joblib.externals.loky import reusable_executor

        if done == 8 and not killed:
            killed.append(next(iter(reusable_executor._executor._processes)))
            os.kill(killed[0], signal.SIGKILL)

    together = experiment.replicate(scenario, 40, jobs=2, progress=told)
    assert killed
    assert caplog.messages == ["a worker process was lost; its trials are done again"]
    assert repr(together.figures) == repr(alone.figures)


def test_workers_that_are_lost_again_and_again_are_given_up(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WORTH_A_POOL_SECONDS", -1.0)
    monkeypatch.setattr(workers, "LOSSES", 2)
    monkeypatch.setattr(workers, "_portion", dies)
    with pytest.raises(Refused, match="worker processes end again and again, perhaps for want of memory; try fewer"):
        experiment.replicate(load(small), 6, jobs=2)


def dies(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
