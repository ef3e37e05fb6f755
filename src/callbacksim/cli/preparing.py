"""The command lines of ``check``, ``init``, ``dedupe`` and ``make-register``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from callbacksim.cli.app import PlainCommand, app, guarded
from callbacksim.cli.options import (
    FileArgument,
    ForceOption,
    LanguageOption,
    NumbersOption,
    PlanOption,
    SetOption,
    SheetOption,
)


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
    language: LanguageOption = "en",
) -> None:
    """Check a scenario 检查: its dates, hours, people and bounds, or everything that is wrong with it."""
    from callbacksim import commands

    if schema:
        commands.schema()
    elif file is None:
        raise typer.BadParameter("name a scenario file, or ask for --schema", param_hint="FILE")
    else:
        commands.check(commands.Source(str(file), plan, tuple(sets or ())), language, resolved=resolved)


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
    language: LanguageOption = "en",
    force: ForceOption = False,
) -> None:
    """Draft a scenario for your register 新建方案: its headings, and what is in it."""
    from callbacksim import commands

    commands.init(new, register, start, sheet, language, force=force)


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
    language: LanguageOption = "en",
    force: ForceOption = False,
    show_numbers: NumbersOption = False,
) -> None:
    """Clean a register 名单查重: one contact a number, and what became of each row."""
    from callbacksim import commands

    commands.dedupe(register, out, sheet, language, force=force, show_numbers=show_numbers)


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
    language: LanguageOption = "en",
    force: ForceOption = False,
) -> None:
    """Write a scenario's made-up register as a file 生成模拟名单."""
    from callbacksim import commands

    commands.make_register(commands.Source(str(file), plan, tuple(sets or ())), out, language, force=force)
