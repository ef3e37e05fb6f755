"""The command line of ``staff``."""

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
    OutOption,
    PlanOption,
    ReportOption,
    SeedOption,
    SetOption,
    hands,
    page_of,
)


def _span(name: str, what: str) -> object:
    return typer.Option(name, metavar="A:B:STEP", help=f"{what} to look at, as 10:60:10 or 1:12 (default: [search]).")


@app.command(
    cls=PlainCommand,
    short_help="Find the cheapest plan that keeps the promises 配员.",
    epilog="\b\nExamples:\n  callbacksim staff gaoxin-forecast.toml"
    "\n  callbacksim staff gaoxin-forecast.toml --lines 10:30:5 --agents 1:6"
    "\n  callbacksim staff gaoxin-forecast.toml --csv plans.csv --json"
    "\n  callbacksim staff gaoxin-forecast.toml --report plan.html"
    "\n  callbacksim staff gaoxin-forecast.toml --out out/staff   (killed: goes on)"
    "\n\nEnds with status 1 where no plan within the bounds meets every one of [targets].",
)
@guarded
def staff(
    file: FileArgument,
    plan: PlanOption = None,
    sets: SetOption = None,
    lines: Annotated[str | None, _span("--lines", "Lines")] = None,
    agents: Annotated[str | None, _span("--agents", "People who call back")] = None,
    listeners: Annotated[str | None, _span("--listeners", "Listeners")] = None,
    clerks: Annotated[str | None, _span("--clerks", "Clerks")] = None,
    most: Annotated[
        int | None,
        typer.Option(
            "-n",
            "--replications",
            metavar="N",
            min=1,
            max=1_000_000,
            help="Most replications of a plan in the search (default: four times as many as can be sure).",
        ),
    ] = None,
    seed: SeedOption = None,
    jobs: JobsOption = None,
    cluster: ClusterOption = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Also write every plan of the grid.")
    ] = None,
    out: OutOption = None,
    report: ReportOption = None,
    figures: FiguresOption = None,
    language: LanguageOption = "en",
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Find the cheapest plan 配员: so many lines and people that every one of [targets] is met."""
    from callbacksim import commands

    well = commands.staff(
        commands.Source(str(file), plan, tuple(sets or ())),
        {"lines": lines, "agents": agents, "listeners": listeners, "clerks": clerks},
        commands.Chance(most, seed, hands(jobs, cluster)),
        csv=csv,
        force=force,
        as_json=as_json,
        page=page_of(report, figures, language),
        language=language,
        out=out,
    )
    end(well)
