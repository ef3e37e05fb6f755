"""``callbacksim calibrate``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from callbacksim.commands.output import may_write, print_json
from callbacksim.commands.reporting import Page, may_write_page, write_page_of_calibration
from callbacksim.commands.source import Source, inputs_of, located
from callbacksim.frame.calllog.options import Reading
from callbacksim.frame.calllog.reading import read_call_log, time_warning, year_warning
from callbacksim.frame.frame import frame_of
from callbacksim.report import terminal
from callbacksim.report.calibration import calibration_result, calibration_screen
from callbacksim.report.calibration_file import fitted_toml
from callbacksim.report.layout import paragraph
from callbacksim.report.results import as_text
from callbacksim.report.texts import Language, Texts
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.wholefile import write_whole
from callbacksim.study.calibrating.calibration import calibrate as fit


def calibrate(
    log: Path,
    source: Source,
    out: Path,
    reading: Reading,
    language: Language,
    *,
    force: bool,
    as_json: bool,
    page: Page | None = None,
    asked: Sequence[str] = (),
) -> None:
    """`callbacksim calibrate`: a scenario fitted to a call log, as a file that extends it. Raises Refused.

    `asked`: how the log is to be read, as it was typed.
    """
    say, scenario = Texts(language), source.load()
    extends = _beside(Path(source.file), out)
    may_write(out, [log, *inputs_of(source, scenario)], force)
    may_write_page(page, [log, out, *inputs_of(source, scenario)], force)
    read = read_call_log(log, scenario.calendar.start, reading)
    with located([(source, scenario)]):
        frame = frame_of(scenario) if scenario.segments or read.by_contact or scenario.register_.file else None
        found = fit(read, scenario, frame)
        text = fitted_toml(found, extends)
    write_whole(out, text)
    doubts = (year_warning(read), time_warning(read, scenario.calendar, reading))
    noticed = [*read.warnings, *(one for one in doubts if one)]
    if as_json:
        print_json(as_text(calibration_result(found, source.file, str(out), noticed)))
    else:
        terminal.show(calibration_screen(found, source.file, str(out), say))
    terminal.warn(line for one in (*noticed, *found.warnings) for line in paragraph(say.warned(one)))
    command = ["callbacksim", "calibrate", log.name, Path(source.file).name, "--out", out.name, *asked]
    write_page_of_calibration(page, found, source.file, command)


def _beside(scenario: Path, out: Path) -> str:
    """The scenario's name as the new file extends it. Raises Refused unless it lies in its directory or below."""
    relative = Path(os.path.relpath(scenario.resolve(), out.resolve().parent))
    if relative.is_absolute() or ".." in relative.parts:
        right = f"name a file in {scenario.resolve().parent} or above: a scenario extends what lies beside or below it"
        raise Refused(Problem("--out", 1, "out", f"{out} does not lie beside {scenario}", right))
    return relative.as_posix()
