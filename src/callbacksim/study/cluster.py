"""Other machines that carry trials out: the workers of a dask scheduler, reached through joblib."""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from callbacksim import __version__
from callbacksim.scenario.problems import Problem, Refused

PATIENCE_SECONDS = 10
"""So long a scheduler may take to answer, and so long its workers may all be away."""
A_LOOK_EVERY_SECONDS = 0.5


@dataclass(frozen=True)
class Cluster:
    """In place of a number of processes: the scheduler at this address, as ``tcp://10.0.0.5:8786``."""

    address: str


@contextmanager
def connected(cluster: Cluster) -> Iterator[Any]:
    """A client of the scheduler, with at least one worker that has this version of callbacksim. Raises Refused."""
    try:
        from distributed import Client
    except ImportError:
        raise _refused("dask is not installed", "install callbacksim with its extra: callbacksim[cluster]") from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of other versions of dask; what matters is asked below
        try:
            client = Client(cluster.address, timeout=PATIENCE_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, TimeoutError):
            wrong = f"no scheduler answers at {cluster.address}"
            raise _refused(wrong, "start one, dask scheduler, and name it as tcp://HOST:PORT") from None
    with client:
        _same_version(client, cluster.address)
        yield client


def threads(client: Any) -> int:
    """How many trials its workers can carry out at a time."""
    return sum(client.nthreads().values())


def workers(client: Any) -> frozenset[str]:
    """The addresses of its workers."""
    return frozenset(client.nthreads())


def lost_with_a_worker() -> tuple[type[Exception], ...]:
    """What a result raises that went with its worker, or that one lost worker after another had in hand."""
    from concurrent.futures import CancelledError

    from distributed import KilledWorker

    return CancelledError, KilledWorker


@contextmanager
def given_up_when_nobody_works(client: Any) -> Iterator[None]:
    """In this block what was asked for is cancelled once there has been no worker for `PATIENCE_SECONDS`.

    dask itself would wait for ever for one to come.
    """
    from distributed import Future

    over = threading.Event()

    def watch() -> None:
        seen = time.monotonic()
        while not over.wait(A_LOOK_EVERY_SECONDS):
            if workers(client):
                seen = time.monotonic()
            elif time.monotonic() - seen > PATIENCE_SECONDS:
                client.cancel([Future(key, client) for key in list(client.futures)])
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _same_version(client: Any, address: str) -> None:
    """All workers have what this process has, or the numbers might be others."""
    told = client.run(_version, on_error="return")
    there = [one for one in told.values() if not isinstance(one, OSError)]  # who went meanwhile needs no version
    if not there:
        raise _refused(f"the scheduler at {address} has no workers", f"start some: dask worker {address}")
    other = {str(one) for one in there if one != __version__}
    if other:
        right = f"install callbacksim {__version__} on every worker"
        raise _refused(f"workers have another callbacksim: {sorted(other)[0]}", right)


def _version() -> str:
    """The version where it is called."""
    return __version__


def _refused(wrong: str, right: str) -> Refused:
    return Refused(Problem("--cluster", 1, "--cluster", wrong, right))
