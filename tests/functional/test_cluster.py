"""`--cluster`: a real scheduler and real workers on loopback give the very numbers that one process gives."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import pytest

from callbacksim import load, replicate
from callbacksim.scenario.problems import Refused
from callbacksim.study import cluster as clusters
from callbacksim.study import workers
from callbacksim.study.cluster import Cluster, connected

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="workers are stopped by signals")
LONGEST_SECONDS = 90
SCHEDULER = "from distributed.cli.dask_scheduler import main; main()"
WORKER = "from distributed.cli.dask_worker import main; main()"
KILLING = """
# Replications by a cluster, one of whose workers is killed as soon as anything is done; and by this process alone.
import os, signal, sys
import callbacksim
from callbacksim.study.cluster import Cluster

file, address, worker = sys.argv[1:]
scenario = callbacksim.load(file)
kill = lambda done, of: done == 1 and os.kill(int(worker), signal.SIGKILL)
cluster = callbacksim.replicate(scenario, 60, jobs=Cluster(address), progress=kill)
alone = callbacksim.replicate(scenario, 60, jobs=1)
print("the same" if cluster.replications().equals(alone.replications()) else "not the same")
"""
ALONE = """
# Both workers are killed as soon as anything is done: dask itself would wait for ever.
import os, signal, sys
import callbacksim
from callbacksim.scenario.problems import Refused
from callbacksim.study import cluster
cluster.PATIENCE_SECONDS = 2

file, address, *pids = sys.argv[1:]
kill = lambda done, of: done == 1 and [os.kill(int(pid), signal.SIGKILL) for pid in pids]
try:
    callbacksim.replicate(callbacksim.load(file), 400, jobs=cluster.Cluster(address), progress=kill)
except Refused as refused:
    print(refused)
"""
COMMAND = "from callbacksim.start import main; main()"


@dataclass(frozen=True)
class Farm:
    """A scheduler and its workers."""

    address: str
    workers: list[subprocess.Popen[bytes]]


def begun(code: str, *arguments: str | Path) -> subprocess.Popen[bytes]:
    """A Python process of its own, silent."""
    command = [sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    """A scheduler on a free port of loopback, and two workers of one thread each."""
    told = tmp_path / "scheduler.json"
    local = ("--host", "127.0.0.1", "--no-dashboard")
    processes = [begun(SCHEDULER, *local, "--port", "0", "--scheduler-file", told)]
    try:
        wait_for(told.is_file)
        wait_for(lambda: bool(told.read_text(encoding="utf-8")))
        address = str(json.loads(told.read_text(encoding="utf-8"))["address"])
        single = ("--nthreads", "1", "--no-nanny", "--local-directory", tmp_path)
        processes += [begun(WORKER, address, *local, *single) for _ in range(2)]
        yield Farm(address, processes[1:])
    finally:
        for process in processes:
            process.kill()
            process.wait()


def wait_for(ready: Any) -> None:
    """Until it is so, or the test has failed."""
    until = time.monotonic() + LONGEST_SECONDS
    while not ready():
        assert time.monotonic() < until, "the scheduler does not come up"
        time.sleep(0.05)


def both_there(farm: Farm) -> None:
    """Until both workers have come to the scheduler (asked from outside: its client would warn in here)."""
    code = "import sys; from distributed import Client; Client(sys.argv[1]).wait_for_workers(2, timeout=80)"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code, farm.address], check=True, timeout=LONGEST_SECONDS)


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-c", COMMAND, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=LONGEST_SECONDS)


def test_a_cluster_gives_the_bytes_of_one_process(farm: Farm, small: Path) -> None:
    both_there(farm)
    alone, cluster = (
        run("run", small, "-n", 12, *how, "--json") for how in (("--jobs", 1), ("--cluster", farm.address))
    )
    assert alone.returncode == 0, alone.stderr
    assert (cluster.returncode, cluster.stdout) == (0, alone.stdout), cluster.stderr


def test_what_a_dead_worker_had_in_hand_another_does(farm: Farm, small: Path) -> None:
    both_there(farm)
    command = [sys.executable, "-W", "ignore", "-c", KILLING, small, farm.address, str(farm.workers[0].pid)]
    ended = subprocess.run(list(map(str, command)), capture_output=True, encoding="utf-8", timeout=LONGEST_SECONDS)
    assert (ended.returncode, ended.stdout) == (0, "the same\n"), ended.stderr
    assert "a worker of the cluster went; the others do the work" in ended.stderr


def test_when_all_workers_went_nobody_is_waited_for(farm: Farm, small: Path) -> None:
    both_there(farm)
    pids = [worker.pid for worker in farm.workers]
    command = [sys.executable, "-W", "ignore", "-c", ALONE, small, farm.address, *pids]
    ended = subprocess.run(list(map(str, command)), capture_output=True, encoding="utf-8", timeout=LONGEST_SECONDS)
    assert ended.stdout == (
        f"--cluster:1: --cluster: all workers at {farm.address} went; start some, and give the same command again\n"
    ), ended.stderr
    assert "Traceback" not in ended.stderr


def test_no_cluster_is_said_in_a_line(cli: Any, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "PATIENCE_SECONDS", 1)
    ended = cli("run", small, "--cluster", "tcp://127.0.0.1:9")
    assert ended.status == 2
    assert ended.err.splitlines()[-1] == (
        "--cluster:1: --cluster: no scheduler answers at tcp://127.0.0.1:9; "
        "start one, dask scheduler, and name it as tcp://HOST:PORT"
    )
    both = cli("run", small, "--cluster", "tcp://127.0.0.1:9", "--jobs", 2)
    assert both.status == 2
    assert "leave --jobs out" in both.err


def test_without_dask_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Refused) as caught, connected(Cluster("tcp://127.0.0.1:9")):
        pass
    assert str(caught.value) == (
        "--cluster:1: --cluster: dask is not installed; install callbacksim with its extra: callbacksim[cluster]"
    )


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({}, "has no workers; start some: dask worker tcp://h:1"),
        ({"tcp://w:1": ConnectionResetError("gone")}, "has no workers; start some: dask worker tcp://h:1"),
        ({"tcp://w:1": "0.0.1"}, "workers have another callbacksim: 0.0.1; install callbacksim"),
        ({"tcp://w:1": ModuleNotFoundError("No module named 'callbacksim'")}, "workers have another callbacksim: No"),
    ],
)
def test_workers_that_would_give_other_numbers_are_refused(told: dict[str, Any], message: str) -> None:
    class Asked:
        def run(self, _function: Any, on_error: str) -> dict[str, Any]:
            assert on_error == "return"
            return told

    with pytest.raises(Refused) as caught:
        clusters._same_version(Asked(), "tcp://h:1")
    assert message in str(caught.value)


@pytest.mark.parametrize("losses", [1, 3])
def test_results_that_went_with_their_worker_are_asked_for_again(
    small: Path, losses: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    class Losing:
        """In place of joblib's pool: carries out here, and loses what comes after the first portion, so many times."""

        def __init__(self, **_: Any) -> None: ...

        def __call__(self, calls: Any) -> Iterator[Any]:
            asked.append(0)
            for at, (function, arguments, _) in enumerate(calls):
                if len(asked) <= losses and at == (1 if losses == 1 else 0):
                    raise CancelledError
                asked[-1] += 1
                yield function(*arguments)

    class Two:
        def nthreads(self) -> dict[str, int]:
            return {"tcp://a:1": 1, "tcp://b:1": 1}

    monkeypatch.setattr(workers, "connected", lambda _: nullcontext(Two()))
    monkeypatch.setattr(joblib, "Parallel", Losing)
    monkeypatch.setattr(joblib, "parallel_config", lambda **_: nullcontext())
    scenario = load(small)
    if losses == workers.LOSSES:  # and nothing came in between
        with pytest.raises(Refused, match="the workers at tcp://s:1 end again and again"):
            replicate(scenario, 40, jobs=Cluster("tcp://s:1"))
        return
    assert (
        replicate(scenario, 40, jobs=Cluster("tcp://s:1"))
        .replications()
        .equals(replicate(scenario, 40, jobs=1).replications())
    )
    # 40 trials in portions of three (two workers, eight portions each): one portion came, then the other 37 trials.
    assert asked == [1, 13]
