"""``--out DIR``: the files of one run, each whole or not there, the marker of a finished run last."""

from __future__ import annotations

import csv
import io
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from callbacksim import __version__
from callbacksim.campaign.trace import Trace
from callbacksim.frame.cleaning import AUDIT_COLUMNS
from callbacksim.frame.discreet import discreet, shown
from callbacksim.frame.frame import Frame
from callbacksim.report.details import details_screen
from callbacksim.report.findings import Findings, identity_of
from callbacksim.report.layout import text_of
from callbacksim.report.markdown import summary_page
from callbacksim.report.results import ENGINE, as_text, result
from callbacksim.report.screen import plan_name, run_screen, warning_lines
from callbacksim.report.words import plain
from callbacksim.report.workbook import ledger_workbook
from callbacksim.scenario.canonical import to_toml
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.wholefile import make_directory, safe_cell, write_whole
from callbacksim.study.summary import replications_frame

MARKER = "provenance.json"
TABLES = ("attempts", "tries", "escalations", "cases", "contacts")
FILES = (
    "screen.txt", "details.txt", "warnings.txt", "summary.json", "summary.md", "scenario.toml",
    "replications.csv", "audit.csv", "ledger.xlsx",
    *(f"trace/{table}.{kind}" for table in TABLES for kind in ("parquet", "csv")),
    MARKER,
)  # fmt: skip
LIBRARIES = (
    "simpy", "numpy", "pandas", "scipy", "faker", "pydantic", "phonenumberslite", "holidays", "chinesecalendar",
    "pyarrow", "openpyxl",
)  # fmt: skip
Run = Mapping[str, Any]


@dataclass(frozen=True)
class Earlier:
    """What a run that ended in this directory printed."""

    screen: str
    details: str
    warnings: str
    result: str


def run_of(
    scenario: Scenario, frame: Frame, file: str, plan: str | None, seed: int, runs: int, show_numbers: bool
) -> Run:
    """What makes a run the same as another one: all that its files depend on."""
    return {
        "callbacksim": __version__,
        "identity": identity_of(scenario, frame),
        "seed": seed,
        "replications": runs,
        "show_numbers": show_numbers,
        "file": plain(file),
        "plan": None if plan is None else plain(plan),
        "title": plain(scenario.title),
        "confidence": scenario.study.confidence,
    }


def prepared(directory: Path, run: Run, inputs: Sequence[Path], force: bool) -> Earlier | None:
    """The directory made sure of before anything is simulated; the earlier result where it holds this very run.

    Raises Refused if it holds anything else, unless `force`; and in any case if a file would replace an input.
    """
    _spare(directory, inputs)
    held = _held(directory)
    if not force and held is not None and held == dict(run):
        earlier = _earlier(directory)
        if earlier is not None:
            return earlier
    elif not force and directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        right = "name a new one, or add --force" if directory.is_dir() else "name a directory"
        raise Refused(Problem(str(directory), 1, "--out", _wrong(directory, held, run), right))
    make_directory(directory)
    return None


def _wrong(directory: Path, held: Run | None, run: Run) -> str:
    if not directory.is_dir():
        return "it is not a directory"
    if held is None:
        return "the directory is not empty and holds no finished run"
    other = [key for key in run if held.get(key) != run[key]]
    return f"the directory holds another run (different: {', '.join(other) or 'its form'})"


def _spare(directory: Path, inputs: Sequence[Path]) -> None:
    read = {path.resolve() for path in inputs}
    for name in FILES:
        if (directory / name).resolve() in read:
            wrong = f"{name} there is what this run reads"
            raise Refused(Problem(str(directory), 1, "--out", wrong, "name another directory"))


def _held(directory: Path) -> dict[str, Any] | None:
    try:
        held = json.loads((directory / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    run = held.get("run") if isinstance(held, dict) else None
    return run if isinstance(run, dict) else None


def _earlier(directory: Path) -> Earlier | None:
    """None where a file is missing: the run is then done again."""
    if not all((directory / name).is_file() for name in FILES):
        return None
    names = ("screen.txt", "details.txt", "warnings.txt", "summary.json")
    return Earlier(*((directory / name).read_text(encoding="utf-8") for name in names))


def write_run(directory: Path, found: Findings, run: Run) -> None:
    """All files of a run. Without its marker a directory holds no finished run, so that goes first and comes last."""
    out = make_directory(directory)
    (out / MARKER).unlink(missing_ok=True)
    trace = found.study.trace(0)
    show_numbers = bool(run["show_numbers"])
    screen = run_screen(found)
    write_whole(out / "screen.txt", text_of(screen))
    write_whole(out / "details.txt", text_of(details_screen(found)))
    write_whole(out / "warnings.txt", "".join(f"{line}\n" for line in warning_lines(found)))
    write_whole(out / "summary.json", as_text(result(found)))
    write_whole(out / "summary.md", summary_page(found))
    write_whole(out / "scenario.toml", to_toml(found.scenario))
    write_whole(out / "replications.csv", replications_frame(found.study).to_csv(lineterminator="\n"))
    write_whole(out / "audit.csv", _audit(found.study.frame, show_numbers))
    write_whole(out / "ledger.xlsx", _ledger(found, trace, show_numbers))
    make_directory(out / "trace")
    for table in TABLES:
        parquet, text = _table(trace, table)
        write_whole(out / "trace" / f"{table}.parquet", parquet)
        write_whole(out / "trace" / f"{table}.csv", text)
    write_whole(out / MARKER, as_text({"run": dict(run), "engine": ENGINE, "versions": _versions()}))


def _versions() -> dict[str, str]:
    return {
        "callbacksim": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def _ledger(found: Findings, trace: Trace, show_numbers: bool) -> bytes:
    about = f"{plain(found.file)}, {plan_name(found.plan)}: replication 0 of {found.runs:,}, seed {found.study.seed}"
    frame = found.study.frame
    return ledger_workbook(trace, frame, found.times, found.study.figures[0].funnel, about, show_numbers)


def _table(trace: Trace, table: str) -> tuple[bytes, bytes]:
    """A table of the trace as Parquet and as CSV whose text no spreadsheet evaluates."""
    frame = trace.dataframe(table)
    parquet = io.BytesIO()
    frame.to_parquet(parquet, index=False)
    rows = zip(*(frame[column].tolist() for column in frame.columns), strict=True)
    return parquet.getvalue(), csv_bytes(list(frame.columns), rows)


def _audit(frame: Frame, show_numbers: bool) -> bytes:
    own_words = discreet(frame, show_numbers)
    columns = {column: frame.audit[column].tolist() for column in AUDIT_COLUMNS}
    columns["number"] = [shown(number, show_numbers) for number in columns["number"]]
    for column in ("id", "of"):
        columns[column] = [own_words(text) for text in columns[column]]
    return csv_bytes(AUDIT_COLUMNS, zip(*columns.values(), strict=True))


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV as Chinese spreadsheets read it (UTF-8 with a mark), every text cell safe from being evaluated."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")
