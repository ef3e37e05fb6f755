"""``callbacksim sweep``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from callbacksim.commands.keeping import SPREAD, came, kept_in
from callbacksim.commands.output import may_write, print_json
from callbacksim.commands.reporting import Page, may_write_page, write_page_of_sweep
from callbacksim.commands.source import Chance, Source, inputs_of, located
from callbacksim.report import terminal
from callbacksim.report.directory import run_of
from callbacksim.report.grid import sweep_result, sweep_screen
from callbacksim.report.results import as_text
from callbacksim.report.studydir import names_of, study_of, write_study
from callbacksim.report.texts import Language, Texts
from callbacksim.scenario.files import load
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.wholefile import csv_bytes, write_whole
from callbacksim.study import sweep as sweeping
from callbacksim.study.experiment import Interrupted, build_frames
from callbacksim.study.sweep import axis_of

TABLE = "plans"
"""What `--out` writes as a table: every figure of every plan."""


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
    out: Path | None = None,
) -> None:
    """`callbacksim sweep`: a grid of plans on the same people. Raises Refused."""
    axes = [axis_of(text, place) for place, text in enumerate(vary, start=1)]
    say, scenario = Texts(language), source.load()
    wanted, own = None, [] if out is None else [out / name for name in names_of([TABLE])]
    read = inputs_of(source, scenario)

    def varied(overrides: Sequence[str]) -> Scenario:
        one = _varied(source, overrides)
        if csv is not None:
            may_write(csv, inputs_of(source, one), force)  # a file that is read may be what is varied
        may_write_page(page, [*inputs_of(source, one), *([] if csv is None else [csv]), *own], force)
        read.extend(inputs_of(source, one))
        return one

    if csv is not None:
        may_write(csv, inputs_of(source, scenario), force)
    may_write_page(page, [*inputs_of(source, scenario), *([] if csv is None else [csv]), *own], force)
    with located([(source, scenario)]):
        plans = sweeping.grid_of(varied, axes)
        frames = build_frames(plans)
        common = plans[0].study
        runs = common.replications if chance.replications is None else chance.replications
        seed = common.seed if chance.seed is None else chance.seed
        same = study_of(
            "sweep", {str(at): plan for at, plan in enumerate(plans)}, frames, [f"--vary {one}" for one in vary],
            file=source.file, plan=source.plan, sets=source.sets, seed=seed, runs=runs,
        )  # fmt: skip
        with (
            kept_in(out, same, read, names_of([TABLE]), force, say) as journal,
            terminal.progress(say("grid.progress"), say) as told,
        ):
            try:
                found = sweeping.sweep(
                    axes, plans, runs, seed=seed, jobs=chance.jobs, progress=told, frames=frames, journal=journal
                )
            except Interrupted as interrupted:
                wanted = runs
                done = min(len(study.figures) for study in interrupted.studies)
                if done < SPREAD:
                    raise KeyboardInterrupt(came(done, runs, out, say)) from None
                found = sweeping.swept(axes, interrupted.studies)
            screen = sweep_screen(found, source.file, scenario.title, say, wanted)
            result = as_text(sweep_result(found, wanted))
            if out is not None and wanted is None:
                write_study(out, same, screen, result, {TABLE: found.dataframe()}, language)
    if csv is not None and wanted is None:
        frame = found.dataframe()
        write_whole(csv, csv_bytes(list(frame.columns), frame.itertuples(index=False)), "--csv")
    if as_json:
        print_json(result)
    else:
        terminal.show(screen)
    if wanted is not None:
        raise KeyboardInterrupt(came(len(found.points[0].study.figures), wanted, out, say))
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
