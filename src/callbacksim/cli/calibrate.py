"""The command line of ``calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from callbacksim.cli.app import PlainCommand, app, guarded
from callbacksim.cli.options import (
    ColumnOption,
    FiguresOption,
    FileArgument,
    ForceOption,
    JsonOption,
    LanguageOption,
    OffsetOption,
    OnlyOption,
    ReportOption,
    SheetOption,
    StatusOption,
    UtcOption,
    page_of,
)


@app.command(
    cls=PlainCommand,
    short_help="Fit a scenario to a call log 标定: rates, laws, intervals.",
    epilog="\b\nExamples:\n  callbacksim calibrate Master.csv gaoxin.toml --out fitted.toml"
    "\n  callbacksim calibrate 外呼.xlsx my.toml --out new.toml --column number=被叫"
    "\n  callbacksim calibrate log.csv my.toml --out new.toml --only campaign=a"
    "\n  callbacksim run fitted.toml",
)
@guarded
def calibrate(
    log: Annotated[Path, typer.Argument(help="The call log: CSV, TSV, Excel.", metavar="LOG", show_default=False)],
    file: FileArgument,
    out: Annotated[Path, typer.Option("--out", metavar="FITTED.toml", help="The scenario to write; it extends FILE.")],
    columns: ColumnOption = None,
    statuses: StatusOption = None,
    only: OnlyOption = None,
    utc: UtcOption = False,
    utc_offset: OffsetOption = "+08:00",
    sheet: SheetOption = None,
    report: ReportOption = None,
    figures: FiguresOption = None,
    language: LanguageOption = "en",
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Fit a scenario to a call log 标定: a pilot's few hundred calls, or day one."""
    from callbacksim import commands
    from callbacksim.frame.calllog.options import reading_of

    reading = reading_of(columns or (), statuses or (), utc, utc_offset, sheet, only or ())
    asked = [
        *(word for one in columns or () for word in ("--column", one)),
        *(word for one in statuses or () for word in ("--status", one)),
        *(word for one in only or () for word in ("--only", one)),
        *(["--utc"] if utc else []),
        *(["--utc-offset", utc_offset] if utc_offset != "+08:00" else []),
        *(["--sheet", sheet] if sheet is not None else []),
    ]
    page = page_of(report, figures, language)
    source = commands.Source(str(file))
    commands.calibrate(log, source, out, reading, language, force=force, as_json=as_json, page=page, asked=asked)
