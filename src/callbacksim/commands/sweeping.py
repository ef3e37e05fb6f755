"""``callbacksim sweep``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from callbacksim.commands.output import may_write, print_json
from callbacksim.commands.reporting import Page, may_write_page, write_page_of_sweep
from callbacksim.commands.source import Chance, Source, inputs_of, located
from callbacksim.report import terminal
from callbacksim.report.directory import run_of
from callbacksim.report.grid import sweep_result, sweep_screen
from callbacksim.report.results import as_text
from callbacksim.report.texts import Language, Texts
from callbacksim.scenario.files import load
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.wholefile import csv_bytes, write_whole
from callbacksim.study import sweep as sweeping
from callbacksim.study.sweep import axis_of


def sweep(
    source: Source,
    vary: Sequence[str],
    chance: Chance,
    *,
    csv: Path | None,
    force: bool,
    as_json: bool,
    page: Page | None = None,
    language: Language = "en",
) -> None:
    """`callbacksim sweep`: a grid of plans on the same people. Raises Refused."""
    axes = [axis_of(text, place) for place, text in enumerate(vary, start=1)]
    say, scenario = Texts(language), source.load()

    def varied(overrides: Sequence[str]) -> Scenario:
        one = _varied(source, overrides)
        if csv is not None:
            may_write(csv, inputs_of(source, one), force)  # a file that is read may be what is varied
        may_write_page(page, [*inputs_of(source, one), *([] if csv is None else [csv])], force)
        return one

    if csv is not None:
        may_write(csv, inputs_of(source, scenario), force)
    may_write_page(page, [*inputs_of(source, scenario), *([] if csv is None else [csv])], force)
    with located([(source, scenario)]), terminal.progress(say("grid.progress"), say) as told:
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
        terminal.show(sweep_screen(found, source.file, scenario.title, say))
    if page is not None:
        study = found.points[0].study
        varied_of = run_of(
            study.scenario, study.frame, source.file, source.plan, source.sets, study.seed, len(study.figures), False
        )
        words = [word for one in vary for word in ("--vary", one)]
        options = [*words, "-n", str(len(study.figures)), "--seed", str(study.seed)]
        write_page_of_sweep(page, found, scenario, varied_of, source.command("sweep", *options))


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
