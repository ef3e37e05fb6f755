"""The commands: parse, call one function, print."""

from __future__ import annotations

import codecs
import functools
import io
import os
import re
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, ParamSpec

import typer
from typer.core import TyperCommand

from callbacksim import __version__

P = ParamSpec("P")
UNMET, REFUSED, INTERRUPTED = 1, 2, 130
LIKENESS = {"–": "-", "—": "-", "−": "-", "×": "x", "…": "~", "±": "~"}

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


FileArgument = Annotated[Path, typer.Argument(help="The scenario file (TOML).", metavar="FILE", show_default=False)]
PlanOption = Annotated[str | None, typer.Option("--plan", metavar="PLAN", help="Use one of the file's [plans.NAME].")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Override a field: robot.lines=40. Repeatable.")
]
RunsOption = Annotated[
    int | None,
    typer.Option(
        "-n", "--replications", metavar="N", min=1, max=1_000_000, help="Replications (default: study.replications)."
    ),
]
SeedOption = Annotated[
    int | None,
    typer.Option("--seed", metavar="SEED", min=0, max=2**63 - 1, help="Seed of all chance (default: study.seed)."),
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs", metavar="N", min=1, max=256, help="Processes (default: one a core). The result is always the same."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object instead of the screen.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite what an earlier command wrote.")]
NumbersOption = Annotated[
    bool, typer.Option("--show-numbers", help="Write telephone numbers in full (default: masked).")
]


SheetOption = Annotated[
    str | None,
    typer.Option("--sheet", metavar="SHEET", help="Sheet of a workbook, by name or number (default: first filled)."),
]


StrictOption = Annotated[bool, typer.Option("--strict", help="End with status 1 unless every one of [targets] is met.")]


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
            _say(*map(str, refused.problems))
            raise typer.Exit(REFUSED) from None
        except KeyboardInterrupt:
            _end_workers()
            _say("interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            _let_go_of_stdout()
            raise typer.Exit(0) from None
        except MemoryError:
            _say("the memory does not suffice; make the register or the number of replications smaller")
            raise typer.Exit(REFUSED) from None
        except OSError as error:
            where = f"{error.filename}:1: file: " if error.filename else ""
            _say(f"{where}{error.strerror or error}; make room, or name a place you may write to")
            raise typer.Exit(REFUSED) from None

    return ending


def _say(*lines: str) -> None:
    """Lines on standard error, no control character of others' names in them; the status must not hang on them."""
    with suppress(OSError):
        for line in lines:
            sys.stderr.write("".join(c if c.isprintable() else "\ufffd" for c in line) + "\n")


def _end_workers() -> None:
    """Worker processes do not outlive the command."""
    if "joblib.externals.loky" in sys.modules:
        from joblib.externals.loky import reusable_executor  # type: ignore[import-untyped]

        # Asking for the executor could make a new one; the one there is must go.
        if reusable_executor._executor is not None:
            reusable_executor._executor.shutdown(wait=True, kill_workers=True)


def _of_thread(failed: threading.ExceptHookArgs) -> None:
    """A pool that is torn down under its own manager may trip over it; what fails in earnest comes as a result."""
    if failed.thread is None or failed.thread.name != "ExecutorManagerThread":
        threading.__excepthook__(failed)


def _let_go_of_stdout() -> None:
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
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(
    cls=PlainCommand,
    short_help="Simulate one plan 仿真: what will happen, and what it costs.",
    epilog="\b\nExamples:\n  callbacksim run gaoxin.toml"
    "\n  callbacksim run gaoxin.toml --plan lean --set agents.count=3"
    "\n  callbacksim run gaoxin.toml -n 100 --out results/gaoxin\n  callbacksim run gaoxin.toml --json > result.json"
    "\n  callbacksim run gaoxin.toml --precision 0.02 --strict",
)
@guarded
def run(
    file: FileArgument,
    plan: PlanOption = None,
    sets: SetOption = None,
    replications: RunsOption = None,
    seed: SeedOption = None,
    jobs: JobsOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Also write the ledger, a summary, the trace … into DIR."),
    ] = None,
    force: ForceOption = False,
    details: Annotated[
        bool, typer.Option("--details", help="Also AAPOR rates, backlog, survey cells and every figure.")
    ] = False,
    as_json: JsonOption = False,
    show_numbers: NumbersOption = False,
    strict: StrictOption = False,
    precision: Annotated[
        float | None,
        typer.Option("--precision", metavar="SHARE", help="Replicate until every mean is within this share: 0.02."),
    ] = None,
    most: Annotated[
        int | None,
        typer.Option("--most", metavar="N", min=10, max=1_000_000, help="… but at most so often (default: 1000)."),
    ] = None,
) -> None:
    """Simulate one plan 仿真: funnel, finish, satisfaction, people, lines and cost."""
    from callbacksim import commands

    if precision is not None and not 0 < precision < 1:
        raise typer.BadParameter(f"{precision:g} is no share between 0 and 1", param_hint="--precision")
    if precision is not None and replications is not None:
        raise typer.BadParameter("it finds the number of replications itself; leave -n out", param_hint="--precision")
    if most is not None and precision is None:
        raise typer.BadParameter("it belongs to --precision", param_hint="--most")
    well = commands.run(
        commands.Source(str(file), plan, tuple(sets or ())),
        commands.Chance(replications, seed, jobs, precision, most),
        out=out,
        force=force,
        details=details,
        as_json=as_json,
        show_numbers=show_numbers,
        strict=strict,
    )
    _end(well)


def _end(well: bool) -> None:
    """Status 1 where what was asked for is not met."""
    if not well:
        raise typer.Exit(UNMET)


@app.command(
    cls=PlainCommand,
    short_help="Compare plans on the same people 方案比较.",
    epilog="\b\nExamples:\n  callbacksim compare gaoxin.toml      (all its plans against the file itself)"
    "\n  callbacksim compare gaoxin.toml --plan lean --plan generous"
    "\n  callbacksim compare gaoxin.toml --plan base --plan lean -n 100"
    "\n  callbacksim compare few-lines.toml evening-windows.toml"
    "\n  callbacksim compare gaoxin.toml --best cost --within 100     (in ¥)",
)
@guarded
def compare(
    files: Annotated[list[Path], typer.Argument(help="One scenario file or several.", metavar="FILE…")],
    plans: Annotated[
        list[str] | None,
        typer.Option("--plan", metavar="PLAN", help="A plan; the first is the base. 'base' is the file as it stands."),
    ] = None,
    sets: SetOption = None,
    replications: RunsOption = None,
    seed: SeedOption = None,
    jobs: JobsOption = None,
    as_json: JsonOption = False,
    strict: StrictOption = False,
    best: Annotated[
        str | None, typer.Option("--best", metavar="FIGURE", help="Choose the best plan by a figure: cost, finish …")
    ] = None,
    within: Annotated[
        float | None, typer.Option("--within", metavar="X", help="A difference below X does not matter for --best.")
    ] = None,
) -> None:
    """Compare plans on the same people 方案比较: differences from the first, with intervals."""
    from callbacksim import commands

    if (best is None) != (within is None):
        raise typer.BadParameter("--best FIGURE and --within X belong together", param_hint="--best")
    if within is not None and not 0 < within < float("inf"):
        raise typer.BadParameter(f"{within:g} is not above 0", param_hint="--within")
    well = commands.compare(
        [str(file) for file in files],
        plans or [],
        tuple(sets or ()),
        commands.Chance(replications, seed, jobs),
        as_json=as_json,
        strict=strict,
        best=best,
        within=within,
    )
    _end(well)


@app.command(
    cls=PlainCommand,
    short_help="Try a grid of plans 参数扫描: every combination.",
    epilog="\b\nExamples:\n  callbacksim sweep gaoxin.toml --vary robot.lines=10:40:10 --vary agents.count=1,2,3"
    "\n  callbacksim sweep gaoxin.toml --vary robot.lines=10:40:10 --csv grid.csv",
)
@guarded
def sweep(
    file: FileArgument,
    vary: Annotated[
        list[str],
        typer.Option("--vary", metavar="FIELD=VALUES", help="FIRST:LAST:STEP, or values with commas. Repeatable."),
    ],
    plan: PlanOption = None,
    sets: SetOption = None,
    replications: RunsOption = None,
    seed: SeedOption = None,
    jobs: JobsOption = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Also write every figure of every plan, tidy.")
    ] = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Try a grid of plans 参数扫描 on the same people: which keep their targets, and what each costs."""
    from callbacksim import commands

    source = commands.Source(str(file), plan, tuple(sets or ()))
    chance = commands.Chance(replications, seed, jobs)
    commands.sweep(source, vary, chance, csv=csv, force=force, as_json=as_json)


@app.command(
    cls=PlainCommand,
    short_help="Check a scenario 检查: what it is, or all that is wrong.",
    epilog="\b\nExamples:\n  callbacksim check gaoxin.toml --plan lean\n  callbacksim check gaoxin.toml --resolved"
    "\n  callbacksim check --schema > schema.json",
)
@guarded
def check(
    file: Annotated[Path | None, typer.Argument(help="The scenario file (TOML).", metavar="FILE")] = None,
    plan: PlanOption = None,
    sets: SetOption = None,
    resolved: Annotated[bool, typer.Option("--resolved", help="Print every field, defaults too, as TOML.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of scenario files.")] = False,
) -> None:
    """Check a scenario 检查: its dates, hours, people and bounds, or everything that is wrong with it."""
    from callbacksim import commands

    if schema:
        commands.schema()
    elif file is None:
        raise typer.BadParameter("name a scenario file, or ask for --schema", param_hint="FILE")
    else:
        commands.check(commands.Source(str(file), plan, tuple(sets or ())), resolved=resolved)


@app.command(
    cls=PlainCommand,
    short_help="Draft a scenario for your register 新建方案.",
    epilog="\b\nExample:\n  callbacksim init my.toml --register 名单.xlsx --start 2025-09-01",
)
@guarded
def init(
    new: Annotated[Path, typer.Argument(help="The scenario file to write.", metavar="NEW.toml", show_default=False)],
    register: Annotated[Path, typer.Option("--register", metavar="FILE", help="Your register: CSV or Excel.")],
    start: Annotated[
        str | None, typer.Option("--start", metavar="DATE", help="First day, as 2025-07-07 (default: next Monday).")
    ] = None,
    sheet: SheetOption = None,
    force: ForceOption = False,
) -> None:
    """Draft a scenario for your register 新建方案: its headings, and what is in it."""
    from callbacksim import commands

    commands.init(new, register, start, sheet, force=force)


@app.command(
    cls=PlainCommand,
    short_help="Clean a register 名单查重: one contact for each number.",
    epilog="\b\nExample:\n  callbacksim dedupe 名单.csv --out cleaned",
)
@guarded
def dedupe(
    register: Annotated[Path, typer.Argument(help="The register: CSV or Excel.", metavar="REGISTER")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="For contacts.csv, audit.csv and counts.json.")],
    sheet: SheetOption = None,
    force: ForceOption = False,
    show_numbers: NumbersOption = False,
) -> None:
    """Clean a register 名单查重: one contact a number, and what became of each row."""
    from callbacksim import commands

    commands.dedupe(register, out, sheet, force=force, show_numbers=show_numbers)


@app.command(
    "make-register",
    cls=PlainCommand,
    short_help="Write a made-up register as a file 生成模拟名单.",
    epilog="\b\nExample:\n  callbacksim make-register gaoxin.toml --out register.csv",
)
@guarded
def make_register(
    file: FileArgument,
    out: Annotated[Path, typer.Option("--out", metavar="REGISTER.csv", help="The CSV file to write.")],
    plan: PlanOption = None,
    sets: SetOption = None,
    force: ForceOption = False,
) -> None:
    """Write a scenario's made-up register as a file 生成模拟名单."""
    from callbacksim import commands

    commands.make_register(commands.Source(str(file), plan, tuple(sets or ())), out, force=force)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """What a terminal that knows ASCII or Latin-1 only gets in place of a character: a likeness, else ``?``."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(LIKENESS.get(c, "?") for c in error.object[error.start : error.end]), error.end


def _interruptible() -> None:
    """From here on Ctrl-C is an exception, after which there is something to clean up (see `callbacksim.start`)."""
    with suppress(ValueError):  # in a thread of somebody's program signals are theirs
        if signal.getsignal(signal.SIGINT) not in (signal.SIG_IGN, None):
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _end_as_if_interrupted() -> None:
    """Whoever ends this process otherwise than by Ctrl-C would leave its workers behind, idle for good."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # nohup's wish is kept
            signal.signal(number, signal.default_int_handler)


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
        _say("interrupted")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        _let_go_of_stdout()
