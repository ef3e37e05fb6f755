"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from callbacksim.commands import Page
    from callbacksim.study.workers import Jobs

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


ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster", metavar="ADDRESS", help="Let a dask scheduler's workers do it: tcp://HOST:PORT. Same result."
    ),
]


JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object instead of the screen.")]


ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite what an earlier command wrote.")]


OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Also write the answer into DIR; killed, the same command goes on 续跑."),
]


NumbersOption = Annotated[
    bool, typer.Option("--show-numbers", help="Write telephone numbers in full (default: masked).")
]


SheetOption = Annotated[
    str | None,
    typer.Option("--sheet", metavar="SHEET", help="Sheet of a workbook, by name or number (default: first filled)."),
]


StrictOption = Annotated[bool, typer.Option("--strict", help="End with status 1 unless every one of [targets] is met.")]


ColumnOption = Annotated[
    list[str] | None,
    typer.Option(
        "--column", metavar="ROLE=HEADING", help="A column of the log: number=被叫, start=3 (its place). Repeatable."
    ),
]


StatusOption = Annotated[
    list[str] | None,
    typer.Option("--status", metavar="WORD=OUTCOME", help="What a word of the log means: FAILED=skip. Repeatable."),
]


OnlyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--only", metavar="HEADING=VALUE", help="Only rows with this in that column: campaign=survey. Repeatable."
    ),
]


UtcOption = Annotated[bool, typer.Option("--utc", help="The log's times are GMT.")]


OffsetOption = Annotated[
    str, typer.Option("--utc-offset", metavar="+HH:MM", help="How far local time is ahead of GMT.")
]


ReportOption = Annotated[
    Path | None, typer.Option("--report", metavar="FILE.html", help="Also write one page to hand on, for a browser.")
]


FiguresOption = Annotated[
    Path | None, typer.Option("--figures", metavar="DIR", help="Also write every picture of the page as SVG and PNG.")
]


LanguageOption = Annotated[
    Literal["en", "zh"], typer.Option("--lang", metavar="en|zh", help="Language: English, 中文.")
]


def page_of(file: Path | None, figures: Path | None, language: Literal["en", "zh"]) -> Page | None:
    """The page that is asked for, the directory of its pictures, or both."""
    from callbacksim.commands import Page

    return None if file is None and figures is None else Page(file, language, figures)


def hands(jobs: int | None, cluster: str | None) -> Jobs:
    """Who carries it out: so many processes, or a cluster; not both."""
    if cluster is None:
        return jobs
    from callbacksim.study.cluster import Cluster

    if jobs is not None:
        raise typer.BadParameter("the cluster has as many workers as it has; leave --jobs out", param_hint="--cluster")
    return Cluster(cluster)
