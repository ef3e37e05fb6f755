"""``callbacksim staff``."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from callbacksim.commands.keeping import goes_on, kept_in
from callbacksim.commands.output import may_write, print_json
from callbacksim.commands.reporting import Page, may_write_page, write_page_of_staff
from callbacksim.commands.source import Chance, Source, framed, inputs_of, located
from callbacksim.frame.frame import Frame
from callbacksim.report import terminal
from callbacksim.report.directory import run_of
from callbacksim.report.results import as_text
from callbacksim.report.staffing import staffing_result, staffing_screen
from callbacksim.report.studydir import names_of, study_of, write_study
from callbacksim.report.texts import Language, Texts
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.wholefile import csv_bytes, write_whole
from callbacksim.scenario.wording import show
from callbacksim.study.experiment import replicate
from callbacksim.study.journal import Journal
from callbacksim.study.staffing import staff as staffing
from callbacksim.study.staffing.bounds import refused
from callbacksim.study.staffing.planruns import surely_in_looks
from callbacksim.study.staffing.staff import SearchInterrupted, StaffingAnswer

TABLE = "plans"
"""What `--out` writes as a table: every plan of the grid, as `--csv`."""
MANY_RUNS = 1000
"""A search of which each likely plan takes so many replications says so before it begins."""
_SPAN = re.compile(r"(\d{1,6})(?::(\d{1,6})(?::([1-9]\d{0,5}))?)?")


def staff(
    source: Source,
    spans: Mapping[str, str | None],
    chance: Chance,
    *,
    csv: Path | None,
    force: bool,
    as_json: bool,
    page: Page | None = None,
    language: Language = "en",
    out: Path | None = None,
) -> bool:
    """`callbacksim staff`; whether a plan was found. Raises Refused.

    An interrupted search shows what it could tell by then; it writes no table and no page.
    """
    say, scenario = Texts(language), source.load()
    asked, read = _asked(spans, scenario), inputs_of(source, scenario)
    own = [] if out is None else [out / name for name in names_of([TABLE])]
    if csv is not None:
        may_write(csv, read, force)
    may_write_page(page, [*read, *own, *([] if csv is None else [csv])], force)
    frame = framed(source, scenario)
    begun, same = time.monotonic(), _study(source, scenario, frame, spans, chance)
    least = surely_in_looks(scenario.targets.probability, scenario.study.confidence)
    if least >= MANY_RUNS and scenario.study.mode == "callback":
        wanted = f"{100 * scenario.targets.probability:.10g}"
        terminal.warn([say("staffing.takes", wanted=wanted, runs=say.number(least))])
    with located([(source, scenario)]), kept_in(out, same, read, names_of([TABLE]), force, say) as journal:
        found = _searched(scenario, asked, chance, frame, journal, say)
        far = None if found.interrupted is None else _came(found, out, say)
        if far is not None and not found.tells:
            raise KeyboardInterrupt(far)
        table, result = found.dataframe(), as_text(staffing_result(found, source.file))
        screen = staffing_screen(found, source.file, scenario.title, say)
        if out is not None and far is None:
            write_study(out, same, screen, result, {TABLE: table}, language)
    if csv is not None and far is None:
        write_whole(csv, csv_bytes(list(table.columns), table.itertuples(index=False)), "--csv")
    if as_json:
        print_json(result)
    else:
        terminal.show(screen)
    if far is not None:
        raise KeyboardInterrupt(far)
    terminal.warn([say("staffing.searched", seconds=f"{time.monotonic() - begun:.0f}")])
    _write_page(page, found, source, spans, chance, frame)
    return found.plan is not None


def _study(
    source: Source, scenario: Scenario, frame: Frame, spans: Mapping[str, str | None], chance: Chance
) -> dict[str, Any]:
    """What makes a search the same as another one."""
    options = [f"--{name} {text}" for name, text in spans.items() if text is not None]
    seed = scenario.study.seed if chance.seed is None else chance.seed
    same = study_of(
        "staff", {"": scenario}, [frame], options, file=source.file, plan=source.plan, sets=source.sets, seed=seed,
        runs=0,
    )  # fmt: skip
    return {**same, "replications": chance.replications}  # the most of a plan; null: as many as may be needed


def _searched(
    scenario: Scenario,
    asked: Mapping[str, range | None],
    chance: Chance,
    frame: Frame,
    journal: Journal | None,
    say: Texts,
) -> StaffingAnswer:
    """The answer; where it is interrupted, what could be told by then."""
    with terminal.progress(say("staffing.progress"), say) as told:
        try:
            return staffing.staff(
                scenario,
                lines=asked["lines"],
                agents=asked["agents"],
                listeners=asked["listeners"],
                clerks=asked["clerks"],
                n=chance.replications,
                seed=chance.seed,
                jobs=chance.jobs,
                progress=told,
                frame=frame,
                journal=journal,
            )
        except SearchInterrupted as interrupted:
            return interrupted.answer


def _came(found: StaffingAnswer, out: Path | None, say: Texts) -> str:
    """How far an interrupted search came."""
    plans, runs = say.counted("plan", len(found.grid)), say.counted("run", found.replications)
    return say("staffing.came", n=say.number(found.evaluated), plans=plans, runs=runs) + goes_on(out, say)


def _write_page(
    page: Page | None,
    found: StaffingAnswer,
    source: Source,
    spans: Mapping[str, str | None],
    chance: Chance,
    frame: Frame,
) -> None:
    """The page, if one is asked for: the answer, then a run of the plan, or of the nearest where there is none."""
    if page is None:
        return
    shown = found.plan or (None if found.nearest is None else found.nearest.plan)
    study = None
    if shown is not None:
        say = Texts(page.language)
        with terminal.progress(say("progress.simulating"), say) as told:
            scenario, n = shown.of(found.scenario), found.scenario.study.replications
            study = replicate(
                scenario, n, seed=found.seed, jobs=chance.jobs, progress=told, frame=frame, extras=True, courses=True
            )
    options = [
        *(word for name, text in spans.items() if text is not None for word in (f"--{name}", text)),
        *(() if chance.replications is None else ("-n", str(chance.replications))),
        "--seed", str(found.seed),
    ]  # fmt: skip
    run = run_of(
        found.scenario, frame, source.file, source.plan, source.sets, found.seed, found.replications, show_numbers=False
    )
    write_page_of_staff(page, found, study, run, source.command("staff", *options))


def _asked(spans: Mapping[str, str | None], scenario: Scenario) -> dict[str, range | None]:
    """The values to look at, where they are given. Raises Refused for all that cannot be, at its option."""
    asked: dict[str, range | None] = {}
    problems: list[Problem] = []
    for name, text in spans.items():
        try:
            asked[name] = None if text is None else span_of(text, f"--{name}")
        except Refused as wrong:
            problems += wrong.problems
    for problem in refused(scenario, asked):
        option = f"--{problem.field.removeprefix('search.')}"
        problems.append(replace(problem, file=option, field=option))
    if problems:
        raise Refused(problems)
    return asked


def span_of(text: str, option: str) -> range:
    """``10:60:10``, ``1:12`` or ``4``. Raises Refused."""
    fitted = _SPAN.fullmatch(text.strip())
    if fitted:
        first, last, step = (int(part) for part in (fitted[1], fitted[2] or fitted[1], fitted[3] or 1))
        if last >= first:
            return range(first, last + 1, step)
        wrong = f"it ends at {last}, before it begins at {first}"
        raise Refused(Problem(option, 1, option, wrong, f"write {last}:{first}"))
    wrong = f"{show(text)} is no range of whole numbers"
    raise Refused(Problem(option, 1, option, wrong, "write FEWEST:MOST or FEWEST:MOST:STEP, for example 10:60:10"))
