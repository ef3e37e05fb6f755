"""``--out DIR``: the files of one run, each whole or not there, the marker of a finished run last.

Until then a journal holds what its trials said, and by its first line the directory is known as this run's.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from callbacksim import __version__
from callbacksim.campaign.script import scripts_of
from callbacksim.campaign.standing import Standing
from callbacksim.campaign.trace import Trace
from callbacksim.frame.cleaning import audit_csv
from callbacksim.frame.frame import Frame
from callbacksim.report.bands import FILE as BANDS
from callbacksim.report.bands import bands_text
from callbacksim.report.details import details_screen
from callbacksim.report.findings import Findings
from callbacksim.report.layout import text_of
from callbacksim.report.markdown import summary_page
from callbacksim.report.results import ENGINE, as_text, result
from callbacksim.report.screen import run_screen, warning_lines
from callbacksim.report.texts import ENGLISH, LANGUAGES, Language, Texts
from callbacksim.report.tracefiles import TABLES, about_trace, table_files
from callbacksim.report.words import listed, plain
from callbacksim.report.workbook import ledger_workbook
from callbacksim.scenario.canonical import to_toml
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.wholefile import BESIDE, make_directory, write_whole
from callbacksim.study.journal import Journal, run_in
from callbacksim.study.summary import replications_frame
from callbacksim.study.trials import identity_of


def in_language(name: str, language: Language) -> str:
    """A file's name: as it is in English, ``screen.zh.txt`` in Chinese, so that a directory holds both."""
    return name if language == "en" else name.replace(".", f".{language}.")


MARKER = "provenance.json"
JOURNAL = "trials.journal"
TOLD = ("screen.txt", "details.txt", "warnings.txt", "summary.md")
"""Files that are told, once in each language: ``screen.txt``, ``screen.zh.txt``."""
FILES = (
    *(in_language(name, language) for language in LANGUAGES for name in TOLD),
    "summary.json", "scenario.toml",
    "replications.csv", BANDS, "audit.csv", "ledger.xlsx",
    *(f"trace/{table}.{kind}" for table in TABLES for kind in ("parquet", "csv")),
    "trace/README.txt",
    MARKER,
)  # fmt: skip
LIBRARIES = (
    "simpy", "numpy", "pandas", "scipy", "faker", "pydantic", "phonenumberslite", "holidays", "chinesecalendar",
    "pyarrow", "openpyxl",
)  # fmt: skip
PATHS = "# The paths of files are those of the machine it was run on 文件路径属于运行时所用的机器\n"
SETTINGS = {
    "plan": "plan",
    "set": "--set",
    "seed": "seed",
    "replications": "number of runs",
    "precision": "precision",
    "uncertain": "--uncertain",
    "confidence": "confidence",
    "title": "title",
    "options": "options",
}
Run = Mapping[str, Any]


@dataclass(frozen=True)
class Earlier:
    """What a run that ended in this directory printed."""

    screen: str
    details: str
    warnings: str
    result: str


def run_of(
    scenario: Scenario,
    frame: Frame,
    file: str,
    plan: str | None,
    sets: Sequence[str],
    seed: int,
    runs: int,
    show_numbers: bool,
    precision: float | None = None,
    uncertain: bool = False,
    standing: Standing | None = None,
) -> Run:
    """What makes a run the same as another one: all that its files depend on."""
    return {
        "callbacksim": __version__,
        "command": "run",
        "identity": identity_of(scenario, frame.sha256, standing),
        "log": None if standing is None else standing.sha256,
        "seed": seed,
        "replications": runs,
        "precision": precision,
        "uncertain": uncertain,
        "show_numbers": show_numbers,
        "file": plain(file),
        "plan": None if plan is None else plain(plan),
        "set": [plain(one) for one in sets],
        "title": plain(scenario.title),
        "confidence": scenario.study.confidence,
    }


def prepared(
    directory: Path, run: Run, inputs: Sequence[Path], force: bool, language: Language = "en"
) -> Earlier | None:
    """The directory made sure of before anything is simulated; the earlier result where it holds this very run.

    Where this run was begun there and not ended, it may go on (see `begun_in`). Raises Refused if the directory holds
    anything else, unless `force`; and in any case if a file would replace an input.
    """
    _spare(directory, inputs, FILES)
    held = _held(directory)
    unfinished = run_in(directory / JOURNAL) if directory.is_dir() and not force else None
    if not force and held is not None and _wherever(held) == _wherever(run):
        earlier = _earlier(directory, language)
        if earlier is not None:
            if _continues(directory, unfinished, run):  # its journal was all that was still to go
                with suppress(OSError):
                    (directory / JOURNAL).unlink()
            return earlier
    else:
        _taken(directory, held, unfinished, run, force)
    _made(directory)
    return None


def prepared_to_stay(directory: Path, run: Run, inputs: Sequence[Path], names: Sequence[str], force: bool) -> Journal:
    """The journal of a command that keeps it beside its files `names`: the one that is there, or a new one.

    Finished or not, the same command goes on in its directory. Raises Refused as `prepared` does.
    """
    _spare(directory, inputs, names)
    unfinished = run_in(directory / JOURNAL) if directory.is_dir() and not force else None
    held = _held(directory)
    if unfinished is not None and held is not None and _wherever(held) == _wherever(run):
        held = None  # what differs, if anything, is what the journal was begun with
    _taken(directory, held, unfinished, run, force)
    _made(directory)
    return begun_in(directory, run)


def _taken(directory: Path, held: Run | None, unfinished: Run | None, run: Run, force: bool) -> None:
    """Raises Refused where the directory holds anything but the beginnings of this run, unless `force`."""
    if not force and not _continues(directory, unfinished, run) and _occupied(directory):
        right = "name a new one, or add --force" if directory.is_dir() else "name a directory"
        raise Refused(Problem(str(directory), 1, "--out", _wrong(directory, held, unfinished, run), right))


def _made(directory: Path) -> None:
    make_directory(directory)
    if not os.access(directory, os.W_OK | os.X_OK):
        right = "name a directory you may write to"
        raise Refused(Problem(str(directory), 1, "--out", "nothing can be written into it", right))


def begun_in(directory: Path, run: Run) -> Journal:
    """The journal of this run in a directory that is `prepared` for it: the one that is there, or a new one."""
    path = directory / JOURNAL
    try:
        same = _continues(directory, run_in(path), run)
    except Refused:
        same = False
    if not same:
        path.unlink(missing_ok=True)
    return Journal(path, {**run, "versions": versions()})


def _continues(directory: Path, unfinished: Run | None, run: Run) -> bool:
    """Whether the journal that is there is this run's, or was torn before it said whose it is."""
    if unfinished is None:
        return (directory / JOURNAL).exists()
    return _wherever({**unfinished, "versions": None}) == _wherever({**run, "versions": None}) and (
        unfinished.get("versions") == versions()
    )


def _occupied(directory: Path) -> bool:
    return directory.exists() and (not directory.is_dir() or any(directory.iterdir()))


def _wherever(run: Run) -> dict[str, Any]:
    """The run by its file's name only: its identity says what the file holds, whichever path leads to it."""
    return {**run, "file": Path(str(run.get("file"))).name}


def _wrong(directory: Path, held: Run | None, unfinished: Run | None, run: Run) -> str:
    if not directory.is_dir():
        return "it is not a directory"
    if held is None and unfinished is None:
        return "the directory is not empty and holds no finished run"
    differences = list(_differences(_wherever(held or unfinished or {}), _wherever(run)))
    if not differences and held is None:
        return f"the directory holds this run unfinished, begun with {listed(_other_versions(unfinished or {}))}"
    if not differences:
        return "the directory holds this run, but not the whole of it"
    return f"the directory holds another run{'' if held else ', unfinished'}: {listed(differences)}"


def _other_versions(unfinished: Run) -> list[str]:
    """What this run was begun with and is not here: numbers might differ in the last digit."""
    theirs, ours = unfinished.get("versions"), versions()
    theirs = theirs if isinstance(theirs, dict) else {}
    return [
        f"{name} {plain(str(theirs.get(name)))} (here {version})"
        for name, version in ours.items()
        if theirs.get(name) != version
    ]


def _differences(held: Run, run: Run) -> Iterator[str]:
    """What was otherwise in the run that is there."""
    other = {key for key in run if held.get(key) != run[key]}
    if "file" in other:
        yield f"it was made from another file ({plain(str(held['file']))})"
    if "command" in other:
        yield f"it was made by the command {plain(str(held.get('command')))}"
    if "callbacksim" in other:
        yield f"it was made by callbacksim {plain(str(held.get('callbacksim')))}"
    settings = [words for key, words in SETTINGS.items() if key in other]
    if settings:
        yield f"it had other settings ({', '.join(settings)})"
    if "show_numbers" in other:
        yield f"it was made {'with' if held.get('show_numbers') else 'without'} --show-numbers"
    if "identity" in other and not other & {"file", "plan", "set", "seed"}:
        yield "its scenario or its register was changed since"


def _spare(directory: Path, inputs: Sequence[Path], names: Sequence[str]) -> None:
    read = {path.resolve() for path in inputs}
    for name in (*names, JOURNAL):
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


def _earlier(directory: Path, language: Language) -> Earlier | None:
    """None where a file is missing: the run is then done again."""
    if not all((directory / name).is_file() for name in FILES):
        return None
    told = (in_language(name, language) for name in ("screen.txt", "details.txt", "warnings.txt"))
    return Earlier(*((directory / name).read_text(encoding="utf-8") for name in (*told, "summary.json")))


def write_run(directory: Path, found: Findings, run: Run) -> None:
    """All files of a run. Without its marker a directory holds no finished run, so that goes first and comes last.

    What the journal held is in the files then, and it goes.
    """
    out = make_directory(directory)
    sweep_away(out)
    (out / MARKER).unlink(missing_ok=True)
    trace = found.study.trace(0)
    show_numbers = bool(run["show_numbers"])
    for language in LANGUAGES:
        for name, told in zip(TOLD, _told(replace(found, say=Texts(language))), strict=True):
            write_whole(out / in_language(name, language), told)
    write_whole(out / "summary.json", as_text(result(found)))
    write_whole(out / "scenario.toml", _scenario(found.scenario))
    write_whole(out / "replications.csv", replications_frame(found.study).to_csv(lineterminator="\n"))
    write_whole(out / BANDS, bands_text(found.study, trace))
    write_whole(out / "audit.csv", audit_csv(found.study.frame, show_numbers))
    write_whole(out / "ledger.xlsx", _ledger(found, trace, show_numbers))
    make_directory(out / "trace")
    for table in TABLES:
        parquet, text = table_files(trace, table)
        write_whole(out / "trace" / f"{table}.parquet", parquet)
        write_whole(out / "trace" / f"{table}.csv", text)
    write_whole(out / "trace" / "README.txt", about_trace(found.scenario.calendar.start))
    write_whole(out / MARKER, as_text({"run": dict(run), "engine": ENGINE, "versions": versions()}))
    (out / JOURNAL).unlink(missing_ok=True)


def _told(found: Findings) -> Iterator[str]:
    """What is in the files that are told, in the order of their names."""
    yield text_of(run_screen(found))
    yield text_of(details_screen(found))
    yield "".join(f"{line}\n" for line in warning_lines(found))
    yield summary_page(found)


def sweep_away(directory: Path) -> None:
    """Files that were begun beside their place by a process that did not live to move them there."""
    for place in (directory, directory / "trace"):
        for path in place.glob(".*.tmp"):
            if BESIDE.fullmatch(path.name):
                path.unlink(missing_ok=True)


def versions() -> dict[str, str]:
    """This program and what it is built on, with their versions."""
    return {
        "callbacksim": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def _scenario(scenario: Scenario) -> str:
    register = scenario.register_
    named = register.file or register.exclude or scripts_of(scenario.script)
    return (PATHS if named else "") + to_toml(scenario)


def _ledger(found: Findings, trace: Trace, show_numbers: bool) -> bytes:
    of = f"run 1 of {found.runs:,} 第 1 次仿真, seed {found.study.seed}"
    about = f"{plain(found.file)}, {ENGLISH.plan(found.plan, found.sets)}: {of}"
    frame = found.study.frame
    return ledger_workbook(trace, frame, found.times, found.study.figures[0].funnel, about, show_numbers)
