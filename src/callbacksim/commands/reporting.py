"""``callbacksim report``, and ``--report FILE.html`` of the commands that simulate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from callbacksim.commands.output import may_write
from callbacksim.report import terminal
from callbacksim.report.directory import FILES, Run, run_of
from callbacksim.report.findings import Findings, findings
from callbacksim.report.words import plain
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.wholefile import write_whole
from callbacksim.study.drivers import Drivers
from callbacksim.study.experiment import Study
from callbacksim.study.staffing import StaffingAnswer

Language = Literal["en", "zh"]


@dataclass(frozen=True)
class Page:
    """A page that is asked for: its file and its language."""

    file: Path
    language: Language = "en"


def report(directory: Path, target: Path | None, language: Language, *, force: bool) -> None:
    """`callbacksim report`: the page of a run that `--out` wrote into a directory. Raises Refused."""
    from callbacksim.report.page import READ, page, read_record

    asked = Page(directory / "report.html" if target is None else target, language)
    record = read_record(directory)
    may_write_page(asked, [directory / name for name in (*READ, *FILES)], force)
    _written(asked, page(record, language))
    terminal.show_text(f"{plain(str(asked.file))}\n")


def may_write_page(asked: Page | None, inputs: Sequence[Path], force: bool) -> None:
    """Raises Refused before anything is simulated, where the page could not be written in the end."""
    if asked is None:
        return
    may_write(asked.file, inputs, force)
    if not asked.file.absolute().parent.is_dir():
        right = "name a file in a directory that is there"
        raise Refused(Problem(str(asked.file), 1, "--report", "its directory is not there", right))


def write_page_of_run(asked: Page | None, found: Findings, run: Run) -> None:
    """The page of a run that has just been made, if one is asked for."""
    if asked is not None:
        from callbacksim.report.page import page, record_of

        _told(asked, page(record_of(found, run), asked.language))


def write_page_of_directory(asked: Page | None, directory: Path) -> None:
    """The page of the same run, made earlier, if one is asked for."""
    if asked is not None:
        from callbacksim.report.page import page, read_record

        _told(asked, page(read_record(directory), asked.language))


def write_page_of_plans(
    asked: Page | None, comparison: Mapping[str, Any], base: Findings, command: Sequence[str]
) -> None:
    """The page of a comparison, if one is asked for: the plans side by side, then the first one in full."""
    if asked is not None:
        from callbacksim.report.page import page, record_of

        frame, seed = base.study.frame, base.study.seed
        run = run_of(base.scenario, frame, base.file, base.plan, base.sets, seed, base.runs, show_numbers=False)
        _told(asked, page(record_of(base, run), asked.language, comparison, command))


def write_page_of_staff(
    asked: Page | None, found: StaffingAnswer, study: Study | None, run: Run, command: Sequence[str]
) -> None:
    """The page of a search for staff, if one is asked for; `study` is of its plan, or of the nearest."""
    if asked is not None:
        from callbacksim.report.page import record_of
        from callbacksim.report.page.staffing import staffing_page

        record = None if study is None else record_of(findings(study, str(run["file"]), run["plan"]), run)
        _told(asked, staffing_page(found, record, run, asked.language, command))


def write_page_of_drivers(asked: Page | None, found: Drivers, run: Run, command: Sequence[str]) -> None:
    """The page of what drives the figures, if one is asked for."""
    if asked is not None:
        from callbacksim.report.page.drivers import drivers_page

        _told(asked, drivers_page(found, run, asked.language, command))


def _told(asked: Page, text: str) -> None:
    _written(asked, text)
    terminal.warn([f"the page 报告: {plain(str(asked.file))}"])


def _written(asked: Page, text: str) -> None:
    write_whole(asked.file, text, "--report")
