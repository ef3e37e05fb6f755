"""``callbacksim init``, ``dedupe`` and ``make-register``."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from callbacksim.commands.output import may_write
from callbacksim.commands.source import Source, inputs_of, located
from callbacksim.frame.cleaning import write_cleaning
from callbacksim.frame.drafting import draft, inspect
from callbacksim.frame.frame import Frame, clean, frame_of
from callbacksim.frame.synthetic import register_csv
from callbacksim.report import terminal
from callbacksim.report.register import cleaning_screen, inspection_screen
from callbacksim.report.texts import Language, Texts
from callbacksim.scenario.checks_calendar import EARLIEST, LATEST
from callbacksim.scenario.places import NOWHERE, place
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.wholefile import write_whole
from callbacksim.scenario.wording import show

CLEANED = ("contacts.csv", "audit.csv", "counts.json")


def init(new: Path, register: Path, start: str | None, sheet: str | None, language: Language, *, force: bool) -> None:
    """`callbacksim init`."""
    first = _next_monday(dt.date.today()) if start is None else _date(start)
    may_write(new, [register], force)
    with _of_option():
        inspection = inspect(register, sheet)
    write_whole(new, draft(inspection, register, new, first), "NEW.toml")
    say = Texts(language)
    terminal.show(inspection_screen(inspection, str(new), say))
    terminal.warn(map(say.warned, inspection.warnings))


@contextmanager
def _of_option() -> Iterator[None]:
    """What a scenario would be told about its sheet, the option is told: there is no scenario yet."""
    try:
        yield
    except Refused as refused:
        raise Refused(
            replace(problem, file="--sheet", field="sheet") if problem.file == NOWHERE else problem
            for problem in refused.problems
        ) from None


def _next_monday(today: dt.date) -> dt.date:
    return today + dt.timedelta(days=7 - today.weekday())


def _date(text: str) -> dt.date:
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        raise Refused(Problem("--start", 1, "start", f"{show(text)} is no date", "write it as 2025-07-07")) from None
    if not EARLIEST <= date <= LATEST:
        right = f"write a date from {EARLIEST} to {LATEST}"
        raise Refused(Problem("--start", 1, "start", f"{date} is no date of a campaign", right))
    return date


def dedupe(
    register: Path, out: Path, sheet: str | None, language: Language, *, force: bool, show_numbers: bool
) -> None:
    """`callbacksim dedupe`."""
    with _of_option():
        frame = clean(register, sheet=sheet)
    for name in CLEANED:
        if (out / name).resolve() == register.resolve():
            raise Refused(Problem(str(out), 1, "--out", f"{name} there is the register", "name another directory"))
    if not force and out.is_dir() and any(out.iterdir()) and not _cleaned_before(out, frame):
        wrong = "the directory is not empty and holds no cleaning of this register"
        raise Refused(Problem(str(out), 1, "--out", wrong, "name a new one, or add --force"))
    written = write_cleaning(frame, out, show_numbers)
    say = Texts(language)
    terminal.show(cleaning_screen(frame, str(register), [str(path) for path in written], say))
    terminal.warn(map(say.warned, frame.warnings))


def _cleaned_before(out: Path, frame: Frame) -> bool:
    """Whether the directory holds what this command wrote of the same register, and nothing else."""
    try:
        counts = json.loads((out / "counts.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    alone = {path.name for path in out.iterdir()} <= set(CLEANED)
    return alone and isinstance(counts, dict) and counts.get("sha256") == frame.sha256


def make_register(source: Source, out: Path, language: Language, *, force: bool) -> None:
    """`callbacksim make-register`."""
    scenario = source.load()
    if scenario.study.mode == "ledger":
        file, line = place("study.mode", source.file, source.plan, source.sets)
        wrong, right = "the ledger is studied by itself, without a register", 'name a scenario of mode "callback"'
        raise Refused(Problem(file, line, "study.mode", wrong, right))
    if scenario.register_.file is not None:
        file, line = place("register.file", source.file, source.plan, source.sets)
        wrong, right = "this scenario has a register of its own", "give rows and contacts in place of file"
        raise Refused(Problem(file, line, "register.file", wrong, right))
    may_write(out, inputs_of(source, scenario), force)
    with located([(source, scenario)]):
        frame = frame_of(scenario)
    write_whole(out, register_csv(frame.rows))
    say = Texts(language)
    terminal.show(cleaning_screen(frame, say("register.made_up", file=source.file), [str(out)], say))
