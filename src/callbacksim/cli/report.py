"""The command line of ``report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from callbacksim.cli.app import PlainCommand, app, guarded
from callbacksim.cli.options import ForceOption, LanguageOption


@app.command(
    cls=PlainCommand,
    short_help="Write a run as one page to hand on 报告.",
    epilog="\b\nExamples:\n  callbacksim run gaoxin.toml --out results\n  callbacksim report results"
    "\n  callbacksim report results --lang zh --out 报告.html"
    "\n  callbacksim report results --figures figures",
)
@guarded
def report(
    directory: Annotated[Path, typer.Argument(help="What `run --out DIR` wrote.", metavar="DIR", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.html", help="The page (default: DIR/report.html).")
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option("--figures", metavar="DIR", help="Every picture as SVG and PNG; the page only if --out is named."),
    ] = None,
    language: LanguageOption = "en",
    force: ForceOption = False,
) -> None:
    """Write a run as one page to hand on 报告: any browser opens it, offline."""
    from callbacksim import commands

    commands.report(directory, out, language, force=force, figures=figures)
