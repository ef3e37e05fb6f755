"""The command line of ``roster``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from callbacksim.cli.app import PlainCommand, app, end, guarded
from callbacksim.cli.options import (
    ClusterOption,
    FiguresOption,
    FileArgument,
    ForceOption,
    JobsOption,
    JsonOption,
    LanguageOption,
    PlanOption,
    ReportOption,
    SeedOption,
    SetOption,
    StrictOption,
    hands,
    page_of,
)


@app.command(
    cls=PlainCommand,
    short_help="Put people on shifts 排班: the cheapest that does.",
    epilog="\b\nExamples:\n  callbacksim roster gaoxin.toml"
    "\n  callbacksim roster my.toml --set targets.called_back_in_time=0.9 --strict"
    "\n  callbacksim roster gaoxin.toml --out with-roster.toml --csv roster.csv"
    "\n  callbacksim roster gaoxin.toml --report roster.html",
)
@guarded
def roster(
    file: FileArgument,
    plan: PlanOption = None,
    sets: SetOption = None,
    replications: Annotated[
        int | None,
        typer.Option(
            "-n",
            "--replications",
            metavar="N",
            min=1,
            max=1_000_000,
            help="Replications for trying, and as many new ones for judging (default: 100, or study.replications).",
        ),
    ] = None,
    seed: SeedOption = None,
    jobs: JobsOption = None,
    cluster: ClusterOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Also write a scenario with the roster, ready to be run."),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Also write who is on duty when, tidy.")
    ] = None,
    report: ReportOption = None,
    figures: FiguresOption = None,
    force: ForceOption = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
    strict: StrictOption = False,
) -> None:
    """Put people on shifts 排班: the cheapest roster, checked by simulation.

    The shifts and their limits stand in [roster]; without it they are made from the calling windows.
    """
    from callbacksim import commands

    source = commands.Source(str(file), plan, tuple(sets or ()))
    chance = commands.Chance(replications, seed, hands(jobs, cluster))
    page = page_of(report, figures, language)
    end(
        commands.roster(
            source, chance, language, out=out, csv=csv, force=force, as_json=as_json, strict=strict, page=page
        )
    )
