"""``callbacksim report``; ``--report FILE.html`` and ``--figures DIR`` of the commands that simulate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from callbacksim.commands.output import may_write, may_write_into
from callbacksim.report import terminal
from callbacksim.report.directory import FILES, Run, run_of
from callbacksim.report.findings import Findings, findings
from callbacksim.report.texts import Texts
from callbacksim.report.words import plain
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.wholefile import make_directory, write_whole
from callbacksim.study.calibrating.calibration import Calibration
from callbacksim.study.drivers import Drivers
from callbacksim.study.experiment import Study
from callbacksim.study.rostering.roster import Roster
from callbacksim.study.staffing.staff import StaffingAnswer
from callbacksim.study.sweep import Sweep

if TYPE_CHECKING:
    from callbacksim.report.page import Sheet

Language = Literal["en", "zh"]
MOST_SAID = 10
"""So many characters that the font does not have are named."""


@dataclass(frozen=True)
class Page:
    """What is to be handed on: the page in a file, its language, its pictures in a directory."""

    file: Path | None
    language: Language = "en"
    figures: Path | None = None


def report(directory: Path, target: Path | None, language: Language, *, force: bool, figures: Path | None) -> None:
    """`callbacksim report`: the page of a run that `--out` wrote into a directory, its pictures as files, or both.

    Raises Refused.
    """
    from callbacksim.report.page import READ, read_record, sheet_of

    file = directory / "report.html" if target is None and figures is None else target
    asked = Page(file, language, figures)
    record = read_record(directory)
    may_write_page(asked, [directory / name for name in (*READ, *FILES)], force)
    sheet = sheet_of(record, language)
    if _written(asked, sheet):
        terminal.show_text(f"{plain(str(file))}\n")
    terminal.show(_drawn(asked, sheet))


def may_write_page(asked: Page | None, inputs: Sequence[Path], force: bool) -> None:
    """Raises Refused before anything is simulated, where page or pictures could not be written in the end."""
    if asked is None:
        return
    if asked.file is not None:
        may_write(asked.file, inputs, force)
    if asked.figures is not None:
        may_write_into(asked.figures, force, "--figures")


def write_page_of_run(asked: Page | None, found: Findings, run: Run) -> None:
    """What is to be handed on of a run that has just been made."""
    if asked is not None:
        from callbacksim.report.page import record_of, sheet_of

        _told(asked, sheet_of(record_of(found, run), asked.language))


def write_page_of_directory(asked: Page | None, directory: Path) -> None:
    """What is to be handed on of the same run, made earlier."""
    if asked is not None:
        from callbacksim.report.page import read_record, sheet_of

        _told(asked, sheet_of(read_record(directory), asked.language))


def write_page_of_plans(
    asked: Page | None, comparison: Mapping[str, Any], base: Findings, command: Sequence[str]
) -> None:
    """What is to be handed on of a comparison: the plans side by side, then the first one in full."""
    if asked is not None:
        from callbacksim.report.page import record_of, sheet_of

        frame, seed = base.study.frame, base.study.seed
        run = run_of(base.scenario, frame, base.file, base.plan, base.sets, seed, base.runs, show_numbers=False)
        _told(asked, sheet_of(record_of(base, run), asked.language, comparison, command))


def write_page_of_staff(
    asked: Page | None, found: StaffingAnswer, study: Study | None, run: Run, command: Sequence[str]
) -> None:
    """What is to be handed on of a search for staff; `study` is of its plan, or of the nearest."""
    if asked is not None:
        from callbacksim.report.page import record_of
        from callbacksim.report.page.staffing import staffing_sheet

        record = None if study is None else record_of(findings(study, str(run["file"]), run["plan"]), run)
        _told(asked, staffing_sheet(found, record, run, asked.language, command))


def write_page_of_drivers(asked: Page | None, found: Drivers, run: Run, command: Sequence[str]) -> None:
    """What is to be handed on of what drives the figures."""
    if asked is not None:
        from callbacksim.report.page.drivers import drivers_sheet

        _told(asked, drivers_sheet(found, run, asked.language, command))


def write_page_of_calibration(asked: Page | None, found: Calibration, file: str, command: Sequence[str]) -> None:
    """What is to be handed on of a scenario fitted to a log; `file` is the scenario that was fitted."""
    if asked is not None:
        from callbacksim.report.page.calibration import calibration_sheet

        _told(asked, calibration_sheet(found, file, asked.language, command))


def write_page_of_roster(asked: Page | None, found: Roster, run: Run, command: Sequence[str]) -> None:
    """What is to be handed on of a roster."""
    if asked is not None:
        from callbacksim.report.page.roster import roster_sheet

        _told(asked, roster_sheet(found, run, asked.language, command))


def write_page_of_sweep(asked: Page | None, found: Sweep, scenario: Scenario, run: Run, command: Sequence[str]) -> None:
    """What is to be handed on of a grid of plans; `scenario` is that of which fields are varied."""
    if asked is not None:
        from callbacksim.report.page.sweep import sweep_sheet

        _told(asked, sweep_sheet(found, scenario, run, asked.language, command))


def _told(asked: Page, sheet: Sheet) -> None:
    if _written(asked, sheet):
        terminal.warn([Texts(asked.language)("progress.page", file=plain(str(asked.file)))])
    terminal.warn(_drawn(asked, sheet))


def _written(asked: Page, sheet: Sheet) -> bool:
    """Whether the page was asked for, and so is there now."""
    if asked.file is None:
        return False
    from callbacksim.report.page import written

    write_whole(asked.file, written(sheet, Texts(asked.language)), "--report")
    return True


def _drawn(asked: Page, sheet: Sheet) -> list[str]:
    """The pictures as files, if they are asked for, and what is said of them."""
    if asked.figures is None:
        return []
    from callbacksim.report.figures import figures

    say, pictures = Texts(asked.language), figures(sheet)
    directory = make_directory(asked.figures, "--figures")
    for picture in pictures:
        write_whole(directory / f"{picture.name}.svg", picture.svg, "--figures")
        write_whole(directory / f"{picture.name}.png", picture.png, "--figures")
    terminal.warn(_unknown("".join(picture.unknown for picture in pictures), say))
    longest = max((len(picture.name) for picture in pictures), default=0)
    named = [f"  {picture.name:{longest}}  {plain(picture.title)}" for picture in pictures]
    return [say("figures.written", directory=plain(str(directory))), *named]


def _unknown(characters: str, say: Texts) -> list[str]:
    if not characters:
        return []
    said = [f"{plain(one)} (U+{ord(one):04X})" for one in dict.fromkeys(characters)]
    if len(said) > MOST_SAID:
        said[MOST_SAID:] = [say("figures.others", n=len(said) - MOST_SAID)]
    return [say("figures.unknown", characters=say.listed(said))]
