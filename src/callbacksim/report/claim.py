"""A directory that one process at a time writes into."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.wholefile import make_directory

try:
    import fcntl
except ImportError:  # a system that has no such locks
    fcntl = None  # type: ignore[assignment]


@contextmanager
def gone_if_empty(directory: Path | None) -> Iterator[None]:
    """A directory (and those around it) that is made in this block and left empty goes again, however that ends."""
    made = [] if directory is None else [one for one in (directory, *directory.parents) if not os.path.exists(one)]  # noqa: PTH110 (asks for no permission)
    try:
        yield
    finally:
        for one in made:
            with suppress(OSError, ValueError):
                one.rmdir()


@contextmanager
def claimed(directory: Path | None) -> Iterator[None]:
    """The directory, made if need be, is this process's own in this block; what ends the process frees it.

    Raises Refused where another one is at work in it. What is there and is no directory is left to others to judge.
    """
    if directory is None or fcntl is None or (directory.exists() and not directory.is_dir()):
        yield
        return
    make_directory(directory)
    held = None
    try:
        # A file system without locks, or a directory that cannot be read, is used without.
        with suppress(OSError):
            held = os.open(directory, os.O_RDONLY)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                right = "wait until it has ended, or name another one"
                raise Refused(
                    Problem(str(directory), 1, "--out", "another callbacksim is at work in it", right)
                ) from None
        yield
    finally:
        if held is not None:
            os.close(held)
