"""The journal of a long study: what its trials said, appended in whole batches, so that none is ever done twice.

A line is a checksum and a JSON object: first the run, then batches of trials by name. A batch is written at once and
is on the disk before the next begins, so whatever ends the process can tear the last line only; that one is done again.
Numbers are written so that they are read back to the last bit.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from callbacksim.scenario.problems import Problem, Refused
from callbacksim.study.figures import Floats

BATCH_SECONDS = 1.0
BATCH_TRIALS = 1000
"""A batch is written after so long, or when it has so many trials: that much is lost at most."""
KIND = "callbacksim.trials"
_CHECKSUM = 16
_TORN = re.compile(rb"[0-9a-f]{0,16}|[0-9a-f]{16} [^\n]*")


def run_in(path: Path) -> dict[str, Any] | None:
    """The run that the journal at `path` is of; None where there is none, or it was torn before its first line ended.

    Raises Refused for a file that is no journal.
    """
    try:
        with path.open("rb") as stream:
            head = stream.readline()
    except FileNotFoundError:
        return None
    content = _content(head)
    if content is None and not _TORN.fullmatch(head):
        right = "remove it, or add --force"
        raise Refused(Problem(str(path), 1, "--out", "it is no journal of trials, or it was changed", right))
    run = None if content is None else content.get(KIND)
    return run if isinstance(run, dict) else None


class Journal:
    """The journal at `path` of a run, continued if it is there; nothing is written before the first batch."""

    def __init__(self, path: Path, run: Mapping[str, Any]) -> None:
        self.path = path
        self.lost = 0  # batches that were torn or damaged
        self._run = run
        self._batch: dict[str, list[float]] = {}
        self._written = time.monotonic()
        self._held: dict[str, Floats] = {}
        self._whole = 0  # bytes up to the end of the last line that is whole
        for content in self._lines():
            if content is None:
                self.lost += 1
            else:
                batch = content.get("trials", {})
                self._held |= {name: np.array(numbers, dtype=np.float64) for name, numbers in batch.items()}
        self.held = len(self._held)
        """Trials that need not be done again."""

    def _lines(self) -> Iterator[dict[str, Any] | None]:
        """What the lines hold; None for one that is not whole."""
        with suppress(FileNotFoundError), self.path.open("rb") as stream:
            for line in stream:
                if line.endswith(b"\n"):
                    self._whole += len(line)
                yield _content(line)

    def take(self, name: str) -> Floats | None:
        """What the trial of this name said, if it was done; it is handed out once."""
        return self._held.pop(name, None)

    def add(self, name: str, numbers: Floats) -> None:
        """Write down what a trial said, now or with the next batch. Raises Refused where the disk takes no more."""
        self._batch[name] = numbers.tolist()
        if len(self._batch) >= BATCH_TRIALS or time.monotonic() - self._written >= BATCH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Bring all that was added to the disk. Raises Refused where that cannot be."""
        batch, self._batch = self._batch, {}
        self._written = time.monotonic()
        if not batch:
            return
        try:
            with self.path.open("ab") as stream:
                whole = min(self._whole, stream.tell())  # less, if somebody has taken it away
                stream.truncate(whole)  # what is torn goes: by an earlier process, or by an interrupt in this one
                head: list[dict[str, Any]] = [] if whole else [{KIND: dict(self._run)}]
                stream.write(b"".join(map(_line, [*head, {"trials": batch}])))
                stream.flush()
                os.fsync(stream.fileno())
                self._whole = stream.tell()
        except OSError as error:
            wrong = f"cannot be written ({error.strerror or error})"
            right = "make room, and give the same command again: what is finished is kept"
            raise Refused(Problem(str(self.path), 1, "--out", wrong, right)) from error


def _line(content: Mapping[str, Any]) -> bytes:
    text = json.dumps(content, separators=(",", ":")).encode()
    return _checksum(text) + b" " + text + b"\n"


def _content(line: bytes) -> dict[str, Any] | None:
    """What a line holds; None where it is not whole."""
    checksum, _, text = line.rstrip(b"\n").partition(b" ")
    if not line.endswith(b"\n") or checksum != _checksum(text):
        return None
    with suppress(ValueError):
        content = json.loads(text)
        return content if isinstance(content, dict) else None
    return None


def _checksum(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:_CHECKSUM].encode()
