"""The console script: streams, signals, and a status at the end."""

from __future__ import annotations

import codecs
import io
import os
import sys
import threading
from pathlib import Path

from callbacksim.cli.app import INTERRUPTED, app, deaf, end_workers, let_go_of_stdout, say

LIKENESS = {"–": "-", "—": "-", "−": "-", "×": "x", "…": "~", "±": "~"}


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """What a terminal that knows ASCII or Latin-1 only gets in place of a character: a likeness, else ``?``."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(LIKENESS.get(c, "?") for c in error.object[error.start : error.end]), error.end


def _of_thread(failed: threading.ExceptHookArgs) -> None:
    """A pool that is torn down under its own manager may trip over it; what fails in earnest comes as a result."""
    if failed.thread is None or failed.thread.name != "ExecutorManagerThread":
        threading.__excepthook__(failed)


def main() -> None:
    """The console script. Ends with status 0, 2 (refused) or 130 (interrupted)."""
    threading.excepthook = _of_thread
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
    finally:
        deaf()  # all is said: an impatient Ctrl-C must not change how it ended
        end_workers()  # idle ones would be waited for
        # Python keeps in mind that an interrupt came out of a text that it evaluated (a dataclass is one), and after
        # `python -m` would end by the signal, whatever the status. The next text takes its place.
        eval("0")
