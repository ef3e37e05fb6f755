"""The console script: streams, signals, and a status at the end."""

from __future__ import annotations

import codecs
import io
import os
import signal
import sys
import threading
from pathlib import Path

from callbacksim.cli.app import INTERRUPTED, app, let_go_of_stdout, say

LIKENESS = {"–": "-", "—": "-", "−": "-", "×": "x", "…": "~", "±": "~"}


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """What a terminal that knows ASCII or Latin-1 only gets in place of a character: a likeness, else ``?``."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(LIKENESS.get(c, "?") for c in error.object[error.start : error.end]), error.end


def _end_as_if_interrupted() -> None:
    """Whoever ends this process otherwise than by Ctrl-C would leave its workers behind, idle for good."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # nohup's wish is kept
            signal.signal(number, signal.default_int_handler)


def _of_thread(failed: threading.ExceptHookArgs) -> None:
    """A pool that is torn down under its own manager may trip over it; what fails in earnest comes as a result."""
    if failed.thread is None or failed.thread.name != "ExecutorManagerThread":
        threading.__excepthook__(failed)


def main() -> None:
    """The console script. Ends with status 0, 2 (refused) or 130 (interrupted)."""
    threading.excepthook = _of_thread
    _end_as_if_interrupted()
    # For processes begun by this one: the pool's tracker would tell of an interrupted pool, after cleaning up.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")
    codecs.register_error("callbacksim.nearest", _nearest)
    # A stream that the caller has closed is not there at all; what is written to it is not wanted.
    nowhere = Path(os.devnull).open("w")  # noqa: SIM115 (until the process ends)
    sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="callbacksim.nearest")
    try:
        app()
    except KeyboardInterrupt:  # before a command could begin
        say("interrupted")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        let_go_of_stdout()
