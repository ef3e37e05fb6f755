"""The command line of ``drivers``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from callbacksim.cli.app import PlainCommand, app, guarded
from callbacksim.cli.options import (
    ClusterOption,
    FiguresOption,
    FileArgument,
    ForceOption,
    JobsOption,
    JsonOption,
    LanguageOption,
    OutOption,
    PlanOption,
    ReportOption,
    SeedOption,
    SetOption,
    hands,
    page_of,
)


@app.command(
    cls=PlainCommand,
    short_help="Rank the guesses 敏感性: what to measure first.",
    epilog="\b\nExamples:\n  callbacksim drivers gaoxin.toml\n  callbacksim drivers gaoxin.toml --plan lean --runs 4000"
    "\n  callbacksim drivers gaoxin.toml --set 'uncertain.\"agents.talk\"=[330,400]'"
    "\n  callbacksim drivers gaoxin.toml --csv drivers.csv --report drivers.html",
)
@guarded
def drivers(
    file: FileArgument,
    plan: PlanOption = None,
    sets: SetOption = None,
    runs: Annotated[
        int,
        typer.Option("-n", "--runs", metavar="N", min=1, max=1_000_000, help="About so many runs in all; more: surer."),
    ] = 1500,
    seed: SeedOption = None,
    jobs: JobsOption = None,
    cluster: ClusterOption = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Also write every effect on every figure, tidy.")
    ] = None,
    out: OutOption = None,
    report: ReportOption = None,
    figures: FiguresOption = None,
    language: LanguageOption = "en",
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Rank the guesses 敏感性: which one to measure first, for finish, cost, satisfaction error, missed problems."""
    from callbacksim import commands

    source = commands.Source(str(file), plan, tuple(sets or ()))
    commands.drivers(
        source,
        runs=runs,
        seed=seed,
        jobs=hands(jobs, cluster),
        csv=csv,
        force=force,
        as_json=as_json,
        page=page_of(report, figures, language),
        language=language,
        out=out,
    )
