"""The console script: quiet under Ctrl-C from its first moment on, before anything is imported that takes time."""

import os
import signal

INTERRUPTED = 130


def main() -> None:
    """Import the commands and run one. Ends with status 0, 2 (refused) or 130 (interrupted)."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Nothing is begun yet. An exception in the midst of an import might come out of it as another one.
        signal.signal(signal.SIGINT, _end_at_once)
    from callbacksim.cli import main as run

    run()


def _end_at_once(*_: object) -> None:
    os.write(2, b"interrupted\n")
    os._exit(INTERRUPTED)
