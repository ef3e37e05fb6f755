"""The console script: quiet under Ctrl-C (SIGTERM, SIGHUP) from its first moment on, before what takes time."""

import os
import signal

INTERRUPTED = 130


def main() -> None:
    """Import the commands and run one. Ends with status 0, 2 (refused) or 130 (interrupted)."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # A wish that it be ignored is kept.
        if number is not None and signal.getsignal(number) in (signal.default_int_handler, signal.SIG_DFL):
            # Nothing is begun yet. An exception in the midst of an import might come out of it as another one.
            signal.signal(number, _end_at_once)
    from callbacksim.cli import main as run

    run()


def _end_at_once(*_: object) -> None:
    os.write(2, b"interrupted\n")
    os._exit(INTERRUPTED)
