"""The command lines of ``run``, ``compare`` and ``sweep``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from callbacksim.cli.app import PlainCommand, app, end, guarded
from callbacksim.cli.options import (
    ClusterOption,
    ColumnOption,
    FiguresOption,
    FileArgument,
    ForceOption,
    JobsOption,
    JsonOption,
    LanguageOption,
    NumbersOption,
    OffsetOption,
    OnlyOption,
    OutOption,
    PlanOption,
    ReportOption,
    RunsOption,
    SeedOption,
    SetOption,
    SheetOption,
    StatusOption,
    StrictOption,
    UtcOption,
    hands,
    page_of,
)


@app.command(
    cls=PlainCommand,
    short_help="Simulate one plan 仿真: what will happen, and what it costs.",
    epilog="\b\nExamples:\n  callbacksim run gaoxin.toml"
    "\n  callbacksim run gaoxin.toml --plan lean --set agents.count=3"
    "\n  callbacksim run gaoxin.toml -n 5000 --out out/long   (killed: goes on)"
    "\n  callbacksim run gaoxin.toml --json > result.json"
    "\n  callbacksim run gaoxin.toml --precision 0.02 --strict\n  callbacksim run gaoxin.toml --uncertain"
    "\n  callbacksim run gaoxin.toml --after calls.csv --at '2025-07-08 12:00'",
)
@guarded
def run(
    file: FileArgument,
    plan: PlanOption = None,
    sets: SetOption = None,
    replications: RunsOption = None,
    seed: SeedOption = None,
    jobs: JobsOption = None,
    cluster: ClusterOption = None,
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
    uncertain: Annotated[
        bool, typer.Option("--uncertain", help="Also draw what is guessed from its range: chance and ignorance apart.")
    ] = False,
    report: ReportOption = None,
    figures: FiguresOption = None,
    language: LanguageOption = "en",
    after: Annotated[
        Path | None,
        typer.Option("--after", metavar="LOG", help="Forecast the rest of a campaign from its log 接续."),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="… as of then: '2025-07-08 12:00' (default: its end).")
    ] = None,
    columns: ColumnOption = None,
    statuses: StatusOption = None,
    only: OnlyOption = None,
    utc: UtcOption = False,
    utc_offset: OffsetOption = "+08:00",
    sheet: SheetOption = None,
) -> None:
    """Simulate one plan 仿真: funnel, finish, satisfaction, people, lines and cost."""
    from callbacksim import commands
    from callbacksim.frame.calllog.options import reading_of

    if precision is not None and not 0 < precision < 1:
        raise typer.BadParameter(f"{precision:g} is no share between 0 and 1", param_hint="--precision")
    if precision is not None and replications is not None:
        raise typer.BadParameter("it finds the number of replications itself; leave -n out", param_hint="--precision")
    if most is not None and precision is None:
        raise typer.BadParameter("it belongs to --precision", param_hint="--most")
    if at is not None and after is None:
        raise typer.BadParameter("it belongs to --after", param_hint="--at")
    if (columns or statuses or only or utc or utc_offset != "+08:00" or sheet is not None) and after is None:
        hint = "--column, --status, --only, --utc, --utc-offset, --sheet"
        raise typer.BadParameter("they belong to --after", param_hint=hint)
    reading = reading_of(columns or (), statuses or (), utc, utc_offset, sheet, only or ())
    well = commands.run(
        commands.Source(str(file), plan, tuple(sets or ())),
        commands.Chance(replications, seed, hands(jobs, cluster), precision, most, uncertain),
        out=out,
        force=force,
        details=details,
        as_json=as_json,
        show_numbers=show_numbers,
        strict=strict,
        page=page_of(report, figures, language),
        after=None if after is None else commands.Continued(after, at, reading),
        language=language,
    )
    end(well)


@app.command(
    cls=PlainCommand,
    short_help="Compare plans on the same people 方案比较.",
    epilog="\b\nExamples:\n  callbacksim compare gaoxin.toml      (all its plans against the file itself)"
    "\n  callbacksim compare gaoxin.toml --plan lean --plan generous"
    "\n  callbacksim compare gaoxin.toml --plan base --plan lean -n 100"
    "\n  callbacksim compare few-lines.toml evening-windows.toml"
    "\n  callbacksim compare gaoxin.toml --best cost --within 100     (in ¥)"
    "\n  callbacksim compare gaoxin.toml -n 2000 --out out/plans   (killed: goes on)",
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
    cluster: ClusterOption = None,
    as_json: JsonOption = False,
    strict: StrictOption = False,
    best: Annotated[
        str | None, typer.Option("--best", metavar="FIGURE", help="Choose the best plan by a figure: cost, finish …")
    ] = None,
    within: Annotated[
        float | None, typer.Option("--within", metavar="X", help="A difference below X does not matter for --best.")
    ] = None,
    report: ReportOption = None,
    figures: FiguresOption = None,
    language: LanguageOption = "en",
    out: OutOption = None,
    force: ForceOption = False,
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
        commands.Chance(replications, seed, hands(jobs, cluster)),
        as_json=as_json,
        strict=strict,
        best=best,
        within=within,
        page=page_of(report, figures, language),
        force=force,
        language=language,
        out=out,
    )
    end(well)


@app.command(
    cls=PlainCommand,
    short_help="Try a grid of plans 参数扫描: every combination.",
    epilog="\b\nExamples:\n  callbacksim sweep my.toml --vary robot.lines=10,20 --vary agents.count=1,2,3"
    "\n  callbacksim sweep gaoxin.toml --vary robot.lines=10:40:10 --csv grid.csv"
    "\n  callbacksim sweep my.toml --vary agents.count=1:6:1 --report grid.html"
    "\n  callbacksim sweep my.toml --vary agents.count=1:6:1 -n 500 --out out/grid",
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
    cluster: ClusterOption = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Also write every figure of every plan, tidy.")
    ] = None,
    report: ReportOption = None,
    figures: FiguresOption = None,
    language: LanguageOption = "en",
    out: OutOption = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Try a grid of plans 参数扫描 on the same people: which keep their targets, and what each costs."""
    from callbacksim import commands

    source = commands.Source(str(file), plan, tuple(sets or ()))
    chance = commands.Chance(replications, seed, hands(jobs, cluster))
    page = page_of(report, figures, language)
    commands.sweep(source, vary, chance, csv=csv, force=force, as_json=as_json, page=page, language=language, out=out)
