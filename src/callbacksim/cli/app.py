"""The program, its help, and how its commands end."""

from __future__ import annotations

import functools
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any, ParamSpec

import typer
from typer.core import TyperCommand

from callbacksim import __version__

P = ParamSpec("P")


UNMET, REFUSED, INTERRUPTED = 1, 2, 130
ASKED_TO_END = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)


class PlainCommand(TyperCommand):
    """Arguments go by their names in the help, without braces and types."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The words of the usage line."""
        return [re.sub(r"^\{(.+)\}(?:\.\.\.)?$", r"\1", piece) for piece in super().collect_usage_pieces(ctx)]

    def get_help(self, ctx: Any) -> str:
        """The whole help."""
        return re.sub(r"(?m)^(  [A-Z]\S*) <[^<>]+>(?=  )", r"\1", super().get_help(ctx))


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """The command with its ends: what is refused and interrupted is said in plain lines, without a traceback."""

    @functools.wraps(command)
    def ending(*args: P.args, **kwargs: P.kwargs) -> None:
        from callbacksim.scenario.problems import Refused

        try:
            from callbacksim import commands  # noqa: F401 (what takes time, while nothing can be left half done)

            _interruptible()
            command(*args, **kwargs)
        except Refused as refused:
            say(*map(str, refused.problems))
            raise typer.Exit(REFUSED) from None
        except KeyboardInterrupt as interrupt:
            with _deaf_meanwhile():
                end_workers()
                say(_interrupted(str(kwargs.get("language", "en")), *map(str, interrupt.args)))
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            let_go_of_stdout()
            raise typer.Exit(0) from None
        except MemoryError:
            say("the memory does not suffice; make the register or the number of replications smaller")
            raise typer.Exit(REFUSED) from None
        except OSError as error:
            where = f"{error.filename}:1: file: " if error.filename else ""
            say(f"{where}{error.strerror or error}; make room, or name a place you may write to")
            raise typer.Exit(REFUSED) from None

    return ending


def _interrupted(language: str, *came: str) -> str:
    from callbacksim.report.texts import Texts

    texts = Texts("zh" if language == "zh" else "en")
    return texts("progress.interrupted_at", came=came[0]) if came else texts("progress.interrupted")


def end(well: bool) -> None:
    """Status 1 where what was asked for is not met."""
    if not well:
        raise typer.Exit(UNMET)


def say(*lines: str) -> None:
    """Lines on standard error, no control character of others' names in them; the status must not hang on them."""
    with suppress(OSError):
        for line in lines:
            sys.stderr.write("".join(c if c.isprintable() else "\ufffd" for c in line) + "\n")


def end_workers() -> None:
    """Worker processes do not outlive the command."""
    if "joblib" in sys.modules:
        from callbacksim.study import workers

        workers.end_workers()


def deaf() -> dict[int, Any]:
    """From here on nothing asks this process to end any more; how each signal was answered before."""
    with suppress(ValueError):  # in a thread of somebody's program signals are theirs
        return {number: signal.signal(number, signal.SIG_IGN) for number in ASKED_TO_END}
    return {}


@contextmanager
def _deaf_meanwhile() -> Iterator[None]:
    """What is being cleaned up and said is not interrupted by a second Ctrl-C."""
    before = deaf()
    try:
        yield
    finally:
        for number, answered in before.items():
            signal.signal(number, answered)


def _interruptible() -> None:
    """From here on Ctrl-C is an exception, after which there is something to clean up (see `callbacksim.start`)."""
    with suppress(ValueError):  # in a thread of somebody's program signals are theirs
        for number in ASKED_TO_END:
            if signal.getsignal(number) not in (signal.SIG_IGN, signal.SIG_DFL, None):
                signal.signal(number, signal.default_int_handler)


def let_go_of_stdout() -> None:
    """Whoever read the output has gone: what is still in the buffer must not be tried again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"callbacksim {__version__}")
        raise typer.Exit


@app.callback()
def callbacksim(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001 (its callback does it)
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Simulate call-back survey campaigns 智能语音回访仿真: register, calls, ledger.

    \b
    callbacksim init my.toml --register 名单.xlsx   a scenario for your register
    callbacksim check my.toml                       what the scenario is
    callbacksim run my.toml                         what will happen
    callbacksim compare my.toml --plan A --plan B   which plan is better
    callbacksim sweep my.toml --vary FIELD=1,2,3    every combination
    callbacksim staff my.toml                       the least that keeps [targets]
    callbacksim drivers my.toml                     which guess to measure first
    callbacksim roster my.toml                      who is on duty when
    callbacksim calibrate LOG my.toml --out NEW     numbers from a call log
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
