"""``--out DIR`` while a command is at work: the directory is its own, and what its trials say is kept there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from callbacksim.report import terminal
from callbacksim.report.claim import claimed, gone_if_empty
from callbacksim.report.directory import Run, prepared_to_stay
from callbacksim.report.texts import Texts
from callbacksim.study.journal import Journal

SPREAD = 2
"""Fewer replications have no spread, and so no interval."""


@contextmanager
def kept_in(
    out: Path | None, study: Run, inputs: Sequence[Path], names: Sequence[str], force: bool, say: Texts
) -> Iterator[Journal | None]:
    """The journal of a study in its directory, if one is asked for, where `names` are to be. Raises Refused."""
    if out is None:
        yield None
        return
    with gone_if_empty(out), claimed(out):
        journal = prepared_to_stay(out, study, inputs, names, force)
        tell_of(journal, say)
        yield journal


def tell_of(journal: Journal, say: Texts) -> None:
    """What a journal holds already is said."""
    if journal.lost:
        terminal.warn([say("progress.lost", file=journal.path)])
    if journal.held:
        terminal.warn([say("progress.continued", trials=say.counted("trial", journal.held))])


def came(done: int, wanted: int, out: Path | None, say: Texts, what: str = "replication") -> str:
    """How far an interrupted study came: `what` is finished, of those that were wanted."""
    return say("progress.came", done=say.number(done), runs=say.counted(what, wanted), on=goes_on(out, say))


def goes_on(out: Path | None, say: Texts) -> str:
    """That the same command goes on, where it does."""
    return "" if out is None else say("progress.goes_on")
