"""``callbacksim run``."""

from __future__ import annotations

import json
from pathlib import Path

from callbacksim.commands.output import kept, print_json, promised
from callbacksim.commands.source import Chance, Source, framed, inputs_of, located
from callbacksim.frame.frame import Frame
from callbacksim.report import terminal
from callbacksim.report.details import details_screen
from callbacksim.report.directory import Earlier, gone_if_empty, prepared, run_of, write_run
from callbacksim.report.findings import findings
from callbacksim.report.promises import target_result
from callbacksim.report.results import as_text, result
from callbacksim.report.screen import run_screen, warning_lines
from callbacksim.scenario.schema import Scenario
from callbacksim.study.experiment import Progress, Study, replicate
from callbacksim.study.sequential import MOST, Precision, replicate_until
from callbacksim.study.targets import verdicts


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
        promised({"": scenario}, source.file)
    frame = framed(source, scenario)
    runs = scenario.study.replications if chance.replications is None else chance.replications
    runs = runs if chance.precision is None else chance.most or MOST
    seed = scenario.study.seed if chance.seed is None else chance.seed
    same = run_of(scenario, frame, source.file, source.plan, source.sets, seed, runs, show_numbers, chance.precision)
    with gone_if_empty(out):
        earlier = None if out is None else prepared(out, same, inputs_of(source, scenario), force)
        if earlier is not None:
            _show_again(earlier, details, as_json)
            return not strict or kept({"": json.loads(earlier.result)["targets"]})
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
    return not strict or kept({"": [target_result(verdict) for verdict in verdicts(study)]})


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


def _show_again(earlier: Earlier, details: bool, as_json: bool) -> None:
    """What the same run printed when it was written."""
    if as_json:
        print_json(earlier.result)
    else:
        terminal.show_text(earlier.screen + (earlier.details if details else ""))
    terminal.warn(earlier.warnings.splitlines())
