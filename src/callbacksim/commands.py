"""What each command does: read, call one function, print. The parsing is `callbacksim.cli`."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from callbacksim.api import AS_IT_STANDS, named, planned
from callbacksim.campaign.script import read_script, scripts_of
from callbacksim.frame.cleaning import write_cleaning
from callbacksim.frame.drafting import draft, inspect
from callbacksim.frame.frame import Frame, clean, frame_of
from callbacksim.frame.synthetic import register_csv
from callbacksim.report import terminal
from callbacksim.report.checking import check_screen
from callbacksim.report.comparison import best_lines, comparison_screen
from callbacksim.report.details import details_screen
from callbacksim.report.directory import Earlier, gone_if_empty, prepared, run_of, write_run
from callbacksim.report.findings import findings
from callbacksim.report.forethought import idle_changes, impossible_counts
from callbacksim.report.grid import sweep_result, sweep_screen
from callbacksim.report.promises import target_result, unmet
from callbacksim.report.register import cleaning_screen, inspection_screen
from callbacksim.report.results import as_text, comparison_result, result
from callbacksim.report.screen import run_screen, warning_lines
from callbacksim.report.words import listed, plain
from callbacksim.scenario.canonical import json_schema, to_toml
from callbacksim.scenario.checks_calendar import EARLIEST, LATEST
from callbacksim.scenario.files import load
from callbacksim.scenario.places import NOWHERE, files_of, place, relocated
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import ExactCounts, Scenario
from callbacksim.scenario.wholefile import csv_bytes, write_whole
from callbacksim.scenario.wording import meant, show
from callbacksim.study import compare as comparing
from callbacksim.study import sweep as sweeping
from callbacksim.study.compare import Comparison
from callbacksim.study.experiment import Progress, Study, replicate
from callbacksim.study.selection import Selection
from callbacksim.study.sequential import MOST, Precision, replicate_until
from callbacksim.study.sweep import axis_of
from callbacksim.study.targets import targets, verdicts

CLEANED = ("contacts.csv", "audit.csv", "counts.json")


@dataclass(frozen=True)
class Source:
    """Which scenario: its file as it was typed, a plan, overrides."""

    file: str
    plan: str | None = None
    sets: tuple[str, ...] = ()

    def load(self) -> Scenario:
        """The scenario. Raises Refused."""
        return load(self.file, plan=self.plan, overrides=self.sets)


@dataclass(frozen=True)
class Chance:
    """How it is put to chance: replications, seed, processes; None is the scenario's own, or all cores."""

    replications: int | None
    seed: int | None
    jobs: int | None
    precision: float | None = None  # replicate until the means are that precise …
    most: int | None = None  # … but not more often than this


@contextmanager
def located(sources: Sequence[tuple[Source, Scenario]]) -> Iterator[None]:
    """What is refused while the campaign runs is said at the scenario's own file and line."""
    try:
        yield
    except Refused as refused:
        source = next((source for source, scenario in sources if _asked_by(scenario, refused)), sources[0][0])
        raise relocated(refused, source.file, source.plan, source.sets) from None


def _asked_by(scenario: Scenario, refused: Refused) -> bool:
    """Whether this scenario fixes the very count that could not be kept, or names the heading that is not there."""
    exact, columns = scenario.recognition.exact, scenario.register_.columns
    for problem in refused.problems:
        above, _, name = problem.field.rpartition(".")
        if above == "register.columns":
            named = getattr(columns, name, None) or ()
            if any(
                f" headed {heading!r}" in problem.wrong for heading in ((named,) if isinstance(named, str) else named)
            ):
                return True
        elif problem.field == "register.sheet":
            if scenario.register_.sheet is not None:
                return True
        elif isinstance(exact, ExactCounts) and f"exactly {getattr(exact, name, None)} " in problem.wrong:
            return True
    return False


def framed(source: Source, scenario: Scenario) -> Frame:
    """The register of a scenario. Raises Refused at the scenario's lines, also for counts beyond the register."""
    with located([(source, scenario)]):
        frame = frame_of(scenario)
        if problems := impossible_counts(scenario, frame):
            raise Refused(problems)
    return frame


def run(
    source: Source,
    chance: Chance,
    *,
    out: Path | None,
    force: bool,
    details: bool,
    as_json: bool,
    show_numbers: bool,
    strict: bool,
) -> bool:
    """`callbacksim run`; whether all is well: with `strict`, only if every target is met. Raises Refused."""
    scenario = source.load()
    if strict:
        _promised({"": scenario}, source.file)
    frame = framed(source, scenario)
    runs = scenario.study.replications if chance.replications is None else chance.replications
    runs = runs if chance.precision is None else chance.most or MOST
    seed = scenario.study.seed if chance.seed is None else chance.seed
    same = run_of(scenario, frame, source.file, source.plan, source.sets, seed, runs, show_numbers, chance.precision)
    with gone_if_empty(out):
        earlier = None if out is None else prepared(out, same, inputs_of(source, scenario), force)
        if earlier is not None:
            _show_again(earlier, details, as_json)
            return not strict or _kept({"": json.loads(earlier.result)["targets"]})
        with located([(source, scenario)]), terminal.progress("simulating 仿真") as told:
            study, precision = _replicated(scenario, runs, seed, chance, frame, told)
        found = findings(study, source.file, source.plan, source.sets, precision)
        if out is not None:
            write_run(out, found, same)
    if as_json:
        print_json(as_text(result(found)))
    else:
        terminal.show([*run_screen(found), *(details_screen(found) if details else ())])
    terminal.warn(warning_lines(found))
    return not strict or _kept({"": [target_result(verdict) for verdict in verdicts(study)]})


def _replicated(
    scenario: Scenario, runs: int, seed: int, chance: Chance, frame: Frame, told: Progress
) -> tuple[Study, Precision | None]:
    """So many replications, or as many as the precision takes that was asked for."""
    if chance.precision is None:
        study = replicate(scenario, runs, seed=seed, jobs=chance.jobs, progress=told, frame=frame, extras=True)
        return study, None
    return replicate_until(
        scenario, chance.precision, most=runs, seed=seed, jobs=chance.jobs, progress=told, frame=frame, extras=True
    )


def _promised(plans: Mapping[str, Scenario], file: str) -> None:
    """Without targets nothing can be kept strictly. Raises Refused."""
    without = [name for name, scenario in plans.items() if not targets(scenario)]
    if without:
        of = f" in {listed([plain(name) for name in without])}" if without != [""] else ""
        right = "name what was promised, for example finish_by, or leave --strict out"
        raise Refused(
            Problem(file, 1, "targets", f"--strict asks whether targets are met, and there are none{of}", right)
        )


def _kept(of_plans: Mapping[str, Sequence[Mapping[str, Any]]]) -> bool:
    """Whether all targets are met; what is not is said."""
    bad = unmet(of_plans)
    if bad:
        terminal.warn([f"targets not met: {bad}"])
    return not bad


def _show_again(earlier: Earlier, details: bool, as_json: bool) -> None:
    """What the same run printed when it was written."""
    if as_json:
        print_json(earlier.result)
    else:
        terminal.show_text(earlier.screen + (earlier.details if details else ""))
    terminal.warn(earlier.warnings.splitlines())


def inputs_of(source: Source, scenario: Scenario) -> list[Path]:
    """Every file that a run reads: no output may take its place."""
    register = scenario.register_
    return [
        *map(Path, files_of(source.file)),
        *map(Path, (*([register.file] if register.file else []), *register.exclude)),
        *map(Path, scripts_of(scenario.script)),
    ]


def compare(
    files: Sequence[str],
    plans: Sequence[str],
    sets: tuple[str, ...],
    chance: Chance,
    *,
    as_json: bool,
    strict: bool,
    best: str | None = None,
    within: float | None = None,
) -> bool:
    """`callbacksim compare`: the plans of one file, or several files, the first against all others.

    Whether all is well: with `strict`, only if every target of every plan is met. Raises Refused.
    """
    sources = _compared(files, plans, sets)
    loaded = named([(name, source.load()) for name, source in sources])
    if strict:
        _promised(loaded, sources[0][1].file)
    chosen = list(zip(_at_one_level(loaded).items(), sources, strict=True))
    with (
        located([(source, scenario) for (_, scenario), (_, source) in chosen]),
        terminal.progress("comparing 比较") as told,
    ):
        comparison = comparing.compare(
            {name: scenario for (name, scenario), _ in chosen},
            chance.replications,
            seed=chance.seed,
            jobs=chance.jobs,
            progress=told,
        )
        selection = None if best is None or within is None else _best(comparison, best, within, chance, told)
    found = [
        findings(comparison.studies[name], source.file, source.plan, source.sets) for (name, _), (_, source) in chosen
    ]
    of_best = None if selection is None or best is None or within is None else (best, within, selection)
    if as_json:
        files_of_plans = {name: s.file for (name, _), (_, s) in chosen}
        print_json(as_text(comparison_result(comparison, files_of_plans, of_best)))
    else:
        chosen_lines = [] if of_best is None else best_lines(comparison, *of_best)
        terminal.show([*comparison_screen(comparison, found), *chosen_lines])
    terminal.warn(_shared_warnings(dict(zip(comparison.studies, (one.warnings for one in found), strict=True))))
    terminal.warn(_unused(loaded, chance))
    judged = {name: [target_result(one) for one in verdicts(study)] for name, study in comparison.studies.items()}
    return not strict or _kept(judged)


def sweep(source: Source, vary: Sequence[str], chance: Chance, *, csv: Path | None, force: bool, as_json: bool) -> None:
    """`callbacksim sweep`: a grid of plans on the same people. Raises Refused."""
    axes = [axis_of(text, place) for place, text in enumerate(vary, start=1)]
    scenario = source.load()

    def varied(overrides: Sequence[str]) -> Scenario:
        one = _varied(source, overrides)
        if csv is not None:
            _may_write(csv, inputs_of(source, one), force)  # a file that is read may be what is varied
        return one

    if csv is not None:
        _may_write(csv, inputs_of(source, scenario), force)
    with located([(source, scenario)]), terminal.progress("sweeping 扫描") as told:
        found = sweeping.sweep(
            varied,
            axes,
            chance.replications,
            seed=chance.seed,
            jobs=chance.jobs,
            progress=told,
        )
    if csv is not None:
        frame = found.dataframe()
        write_whole(csv, csv_bytes(list(frame.columns), frame.itertuples(index=False)), "--csv")
    if as_json:
        print_json(as_text(sweep_result(found)))
    else:
        terminal.show(sweep_screen(found, source.file, scenario.title))


def _best(comparison: Comparison, figure: str, within: float, chance: Chance, told: Progress) -> Selection:
    """The best plan by a figure. Raises Refused where it cannot be told."""
    can = comparing.compared(list(comparison.studies.values()))
    if figure not in can:
        near = meant(figure, can)
        right = f"did you mean {show(near)}?" if near else f"name one of {listed(can)}"
        raise Refused(Problem("--best", 1, "--best", f"{show(figure)} is not compared here", right))
    try:
        return comparing.best_of(comparison, figure, within, most=MOST, jobs=chance.jobs, progress=told)
    except ValueError as error:
        raise Refused(
            Problem("--best", 1, "--best", f"{error}".split(":")[0], "name another figure, or more runs")
        ) from None


def _varied(source: Source, overrides: Sequence[str]) -> Scenario:
    """The scenario at one point of a grid; what is wrong with its values is said of ``--vary``. Raises Refused."""
    given = len(source.sets)
    try:
        return load(source.file, plan=source.plan, overrides=[*source.sets, *overrides])
    except Refused as refused:
        raise Refused(
            replace(problem, file="--vary", line=problem.line - given)
            if problem.file == "--set" and problem.line > given
            else problem
            for problem in refused.problems
        ) from None


def _at_one_level(plans: dict[str, Scenario]) -> dict[str, Scenario]:
    """The plans with the first one's confidence: a screen has intervals of one level."""
    level = {"confidence": next(iter(plans.values())).study.confidence}
    return {
        name: plan.model_copy(update={"study": plan.study.model_copy(update=level)}) for name, plan in plans.items()
    }


def _unused(plans: dict[str, Scenario], chance: Chance) -> list[str]:
    """What a later plan says of chance and cannot have: all plans meet the same people equally often."""
    (first, base), *others = plans.items()
    asked = {"replications": chance.replications, "seed": chance.seed, "confidence": None}
    return [
        f"warning: study.{field} of {plain(name)} is not used: all plans have that of {plain(first)}"
        for name, scenario in others
        for field, given in asked.items()
        if given is None and getattr(scenario.study, field) != getattr(base.study, field)
    ]


def _shared_warnings(by_plan: dict[str, tuple[str, ...]]) -> list[str]:
    """Each warning once, with the plans that it holds for unless it holds for all."""
    lines = []
    for warning in dict.fromkeys(one for warnings in by_plan.values() for one in warnings):
        of = [plain(name) for name, warnings in by_plan.items() if warning in warnings]
        lines.append(f"warning: {'' if len(of) == len(by_plan) else f'{listed(of)}: '}{plain(warning)}")
    return lines


def _compared(files: Sequence[str], plans: Sequence[str], sets: tuple[str, ...]) -> list[tuple[str, Source]]:
    """(name, source) of the plans to compare, the base first. Raises Refused for fewer than two."""
    if len(files) > 1:
        each = plans or [AS_IT_STANDS]
        return [
            (Path(file).stem if plan == AS_IT_STANDS else f"{Path(file).stem} {plan}", _planned(file, plan, sets))
            for file in files
            for plan in each
        ]
    (file,) = files
    if not plans:
        plans = [AS_IT_STANDS, *load(file, overrides=sets).plans]
        if len(plans) == 1:
            wrong, right = "it has no plans to compare", "add tables such as [plans.lean], or name a second file"
            raise Refused(Problem(file, 1, "plans", wrong, right))
    elif len(plans) == 1:
        plans = [AS_IT_STANDS, *plans]
    return [(plan, _planned(file, plan, sets)) for plan in plans]


def _planned(file: str, plan: str, sets: tuple[str, ...]) -> Source:
    if plan == AS_IT_STANDS and AS_IT_STANDS in load(file, overrides=sets).plans:
        where, line = place(f"plans.{plan}", file, None, sets)
        wrong = f"{plan} is the file as it stands, not a plan, in a comparison"
        raise Refused(Problem(where, line, f"plans.{plan}", wrong, "give the plan another name"))
    return Source(file, None if plan == AS_IT_STANDS else plan, sets)


def check(source: Source, *, resolved: bool) -> None:
    """`callbacksim check`."""
    scenario = source.load()
    if resolved:
        terminal.show_text(to_toml(scenario))
        return
    frame = framed(source, scenario)
    with located([(source, scenario)]):
        read_script(scenario.script, frame.counts.contacts)
    if source.plan is None:
        plans = {name: (changes, planned(scenario, name)) for name, changes in scenario.plans.items()}
    else:
        whole = load(source.file, overrides=source.sets)
        plans = {source.plan: (whole.plans[source.plan], scenario)}
    idle = idle_changes(scenario, plans, source.sets)
    terminal.show(check_screen(scenario, frame, source.file, source.plan, source.sets, idle))


def schema() -> None:
    """`callbacksim check --schema`."""
    print_json(json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n")


def init(new: Path, register: Path, start: str | None, sheet: str | None, *, force: bool) -> None:
    """`callbacksim init`."""
    first = _next_monday(dt.date.today()) if start is None else _date(start)
    _may_write(new, [register], force)
    with _of_option():
        inspection = inspect(register, sheet)
    write_whole(new, draft(inspection, register, new, first), "NEW.toml")
    terminal.show(inspection_screen(inspection, str(new)))
    terminal.warn(f"warning: {plain(warning)}" for warning in inspection.warnings)


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


def _may_write(target: Path, inputs: Sequence[Path], force: bool) -> None:
    """Raises Refused if the file is there, unless `force`; and in any case if it is what the command reads."""
    if target.resolve() in {path.resolve() for path in inputs}:
        raise Refused(Problem(str(target), 1, "file", "this is what the command reads", "name another file"))
    if target.exists() and not force:
        raise Refused(Problem(str(target), 1, "file", "the file is already there", "name a new one, or add --force"))


def dedupe(register: Path, out: Path, sheet: str | None, *, force: bool, show_numbers: bool) -> None:
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
    terminal.show(cleaning_screen(frame, str(register), [str(path) for path in written]))
    terminal.warn(f"warning: {plain(warning)}" for warning in frame.warnings)


def _cleaned_before(out: Path, frame: Frame) -> bool:
    """Whether the directory holds what this command wrote of the same register, and nothing else."""
    try:
        counts = json.loads((out / "counts.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    alone = {path.name for path in out.iterdir()} <= set(CLEANED)
    return alone and isinstance(counts, dict) and counts.get("sha256") == frame.sha256


def make_register(source: Source, out: Path, *, force: bool) -> None:
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
    _may_write(out, inputs_of(source, scenario), force)
    with located([(source, scenario)]):
        frame = frame_of(scenario)
    write_whole(out, register_csv(frame.rows))
    terminal.show(cleaning_screen(frame, f"{source.file}: made-up register", [str(out)]))


def print_json(text: str) -> None:
    """One JSON object on standard output, escaped where the terminal does not know every character."""
    if (sys.stdout.encoding or "").lower().replace("-", "") != "utf8":
        text = json.dumps(json.loads(text), indent=2) + "\n"
    terminal.show_text(text)
