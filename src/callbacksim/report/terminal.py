"""Standard output and standard error: the result on one, warnings and progress on the other."""

from __future__ import annotations

import logging
import math
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO

from callbacksim.report.layout import terminal_text, text_of
from callbacksim.report.texts import ENGLISH, Texts
from callbacksim.study.experiment import Progress

SHOWN_AFTER_SECONDS = 1.0
A_BLINK_SECONDS = 0.2
A_LINE_EVERY_SECONDS = 10.0


def show(lines: Iterable[str]) -> None:
    """Print the result, headings in bold where a terminal can."""
    sys.stdout.write(terminal_text(lines) if _styled(sys.stdout) else text_of(lines))
    sys.stdout.flush()


def show_text(text: str) -> None:
    """Print text that is ready, to the last character; a text that a program reads must be whole in any encoding."""
    sys.stdout.write(text)
    sys.stdout.flush()


def warn(lines: Iterable[str]) -> None:
    """Print what does not belong to the result."""
    for line in lines:
        sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _styled(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


@contextmanager
def progress(what: str, say: Texts = ENGLISH) -> Iterator[Progress]:
    """A bar with the expected end on a terminal, a line now and then elsewhere and where a terminal cannot move back.

    Nothing for what takes a second.
    """
    with _heard(say):
        if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            with _bar(what) as told:
                yield told
        else:
            yield _lines(what, say)


class _Said(logging.Handler):
    """Says what the workers log, in a language."""

    def __init__(self, say: Texts) -> None:
        super().__init__(logging.WARNING)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        """One line on standard error."""
        warn([self._say.translated(record.getMessage(), "warning")])


@contextmanager
def _heard(say: Texts) -> Iterator[None]:
    log, handler = logging.getLogger("callbacksim"), _Said(say)
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


@contextmanager
def _bar(what: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Bar(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(what, total=None)
    begun = time.monotonic()
    started = False

    def told(done: int, total: int) -> None:
        nonlocal started
        if not started and time.monotonic() - begun > SHOWN_AFTER_SECONDS:
            bar.start()
            started = True
        bar.update(task, completed=done, total=total)

    try:
        yield told
    finally:
        if started:
            bar.stop()


def _lines(what: str, say: Texts) -> Progress:
    last = since = time.monotonic()
    before, begun = 0, math.inf

    def told(done: int, total: int) -> None:
        nonlocal last, since, before, begun
        now = time.monotonic()
        begun = min(begun, now)
        if now - begun < A_BLINK_SECONDS:  # what a journal holds comes at once, and says nothing of the rest
            since, before = now, done
        elif now - last >= A_LINE_EVERY_SECONDS and before < done < total:
            left = (now - since) / (done - before) * (total - done)  # at the pace so far: the last line's own jumps
            last = now
            warn([say("terminal.progress", what=what, done=done, total=total, left=f"{left:.0f}")])

    return told
