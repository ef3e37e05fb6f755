"""Who carries trials out: this process, others of this machine, or a cluster. The numbers are always the same."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.study.cluster import (
    PATIENCE_SECONDS,
    Cluster,
    connected,
    given_up_when_nobody_works,
    lost_with_a_worker,
    threads,
    workers,
)
from callbacksim.study.figures import Floats
from callbacksim.study.journal import Journal
from callbacksim.study.setting import Setting
from callbacksim.study.trials import Trial, identity_of, name_of, outcome

Jobs = int | Cluster | None
"""So many processes of this machine, or a cluster; None: one process a core."""
WORTH_A_POOL_SECONDS = 1.5
"""Starting worker processes costs about a second; shorter studies stay in this one."""
A_PORTION_SECONDS = 0.25
"""Short trials are sent in portions of about so much work: sending one costs about a millisecond."""
A_WORKERS_PORTIONS = 8
"""Into so many portions for each of its workers a cluster's work is divided, that all end at about the same time."""
A_LOOK_EVERY_SECONDS = 0.25
"""So often a worker process looks whether the one that began it is still there."""
LOSSES = 3
"""So often in a row worker processes may be lost before a single portion is done."""
Portion = list[tuple[int, Floats]]
log = logging.getLogger(__name__)


def carried_out(
    trials: Mapping[int, Trial],
    plans: Sequence[Setting],
    seed: int,
    model: type[Campaign],
    jobs: Jobs,
    journal: Journal | None = None,
) -> Iterator[tuple[int, Floats]]:
    """(place, numbers) of each trial, by its place, in the order in which they end.

    What the `journal` holds comes first and is not done again; all else goes in, and is on the disk once it is flushed.
    Raises `Refused` as a trial does, and where workers are lost again and again.
    """
    if journal is None:
        yield from _done(trials, plans, seed, model, jobs)
        return
    identities: dict[int, str] = {}
    places: dict[str, list[int]] = {}  # equal names, equal numbers: such trials are done once
    for place, trial in trials.items():
        if trial.plan not in identities:
            where = plans[trial.plan]
            identities[trial.plan] = identity_of(where.scenario, where.register_sha256, where.standing)
        places.setdefault(name_of(trial, identities[trial.plan], seed, model), []).append(place)
    left = {}
    for name, same in places.items():
        numbers = journal.take(name)
        if numbers is None:
            left[same[0]] = name
        else:
            yield from ((place, numbers) for place in same)
    for first, numbers in _done({place: trials[place] for place in left}, plans, seed, model, jobs):
        journal.add(left[first], numbers)
        yield from ((place, numbers) for place in places[left[first]])


def _done(
    trials: Mapping[int, Trial], plans: Sequence[Setting], seed: int, model: type[Campaign], jobs: Jobs
) -> Iterator[tuple[int, Floats]]:
    """(place, numbers) of each trial, done now."""
    left = dict(trials)
    if isinstance(jobs, Cluster):
        yield from _by_cluster(left, plans, seed, model, jobs)
        return
    begun = time.perf_counter()
    for done, (place, trial) in enumerate(trials.items()):
        each = (time.perf_counter() - begun) / max(done, 1)
        if done and each * len(left) > WORTH_A_POOL_SECONDS and (cores := jobs or cores_at_hand()) > 1:
            yield from _by_workers(left, plans, seed, model, each, cores)
            return
        yield place, outcome(plans[trial.plan], seed, trial, model)
        del left[place]


def cores_at_hand() -> int:
    """The cores that this process may use: fewer than the machine has in a container, or where it is bound to some."""
    from joblib import cpu_count

    return cpu_count()


def _by_cluster(
    left: dict[int, Trial], plans: Sequence[Setting], seed: int, model: type[Campaign], cluster: Cluster
) -> Iterator[tuple[int, Floats]]:
    """All of it, by the workers of a cluster; what a lost one had in hand, or had done and not sent, is done again."""
    from joblib import Parallel, delayed, parallel_config

    losses = 0
    with connected(cluster) as client:
        while left:
            at_first = workers(client)
            if not at_first:
                wrong, right = f"all workers at {cluster.address} went", "start some, and give the same command again"
                raise Refused(Problem("--cluster", 1, "--cluster", wrong, right))
            if losses == LOSSES:
                wrong = f"the workers at {cluster.address} end again and again, perhaps for want of memory"
                raise Refused(Problem("--cluster", 1, "--cluster", wrong, "look into their logs, or use --jobs"))
            size = max(1, -(-len(left) // (A_WORKERS_PORTIONS * threads(client))))
            try:
                with parallel_config(backend="dask", client=client, wait_for_workers_timeout=PATIENCE_SECONDS):
                    pool = Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch="4*n_jobs")
                    coming = pool(delayed(_portion)(*portion, seed, model) for portion in _portions(left, plans, size))
                    with given_up_when_nobody_works(client), _left_quietly(coming):
                        for portion in coming:
                            losses = 0
                            for place, numbers in portion:
                                del left[place]
                                yield place, numbers
            except lost_with_a_worker() as error:
                log.debug("%r", error)
                losses += 1
            there = workers(client)
            if there and (gone := at_first - there):
                which = "a worker" if len(gone) == 1 else f"{len(gone)} workers"
                log.warning("%s of the cluster went; the others do the work", which)


def _by_workers(
    left: dict[int, Trial],
    plans: Sequence[Setting],
    seed: int,
    model: type[Campaign],
    each: float,
    processes: int,
) -> Iterator[tuple[int, Floats]]:
    """What is left, by other processes; what a lost one had in hand is done again."""
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import BrokenProcessPool  # type: ignore[import-untyped]

    losses = 0
    while left:
        size = max(1, min(round(A_PORTION_SECONDS / max(each, 1e-6)), -(-len(left) // (4 * processes))))
        pool = Parallel(
            n_jobs=processes, backend="loky", return_as="generator_unordered", batch_size=1, pre_dispatch="4*n_jobs",
            initializer=_ended_with, initargs=(os.getpid(),),
        )  # fmt: skip
        try:
            with ExitStack() as leaving:
                with _begun_deaf():
                    coming = pool(delayed(_portion)(*portion, seed, model) for portion in _portions(left, plans, size))
                    leaving.enter_context(_left_quietly(coming))
                for portion in coming:
                    losses = 0
                    for place, numbers in portion:
                        del left[place]
                        yield place, numbers
        except BrokenProcessPool:
            losses += 1
            if losses == LOSSES:
                wrong = "worker processes end again and again, perhaps for want of memory"
                raise Refused(Problem("--jobs", 1, "--jobs", wrong, "try fewer, --jobs 1")) from None
            log.warning("a worker process was lost; its trials are done again")


@contextmanager
def _left_quietly(coming: Any) -> Iterator[None]:
    """Whoever is interrupted need not hear that results come which nobody waits for any more."""
    try:
        yield
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            coming.close()


def _portions(
    left: Mapping[int, Trial], plans: Sequence[Setting], size: int
) -> Iterator[tuple[list[tuple[int, Trial]], dict[int, Setting]]]:
    """Trials that are sent together, with the settings that they need."""
    waiting = list(left.items())
    for begin in range(0, len(waiting), size):
        portion = waiting[begin : begin + size]
        yield portion, {trial.plan: plans[trial.plan] for _, trial in portion}


def _portion(
    trials: Sequence[tuple[int, Trial]], plans: Mapping[int, Setting], seed: int, model: type[Campaign]
) -> Portion:
    return [(place, outcome(plans[trial.plan], seed, trial, model)) for place, trial in trials]


def _ended_with(parent: int) -> None:
    """In a worker process: it ends with the one that began it, which may be killed and then can tell nobody.

    Left alone it would hold the terminal or the pipe, memory and shared files for minutes.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(A_LOOK_EVERY_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _begun_deaf() -> Iterator[None]:
    """Processes begun in this block never hear what asks this one to end; what comes meanwhile waits for its end.

    At a terminal it goes to all of them; the one that waits for the results ends the others, which would only tell,
    each for itself, where they were.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    from joblib.externals.loky.backend import resource_tracker as lokys  # type: ignore[import-untyped]

    for tracker in (resource_tracker, lokys):  # begun later, they would lift the mask
        tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_workers() -> None:
    """Worker processes of this machine do not outlive whoever waited for them."""
    if "joblib.externals.loky" in sys.modules:
        from joblib.externals.loky import reusable_executor  # type: ignore[import-untyped]

        # Asking for the executor could make a new one; the one there is must go.
        if reusable_executor._executor is not None:
            reusable_executor._executor.shutdown(wait=True, kill_workers=True)
