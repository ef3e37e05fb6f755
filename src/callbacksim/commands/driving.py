"""``callbacksim drivers``."""

from __future__ import annotations

from pathlib import Path

from callbacksim.commands.keeping import came, kept_in
from callbacksim.commands.output import may_write, print_json
from callbacksim.commands.reporting import Page, may_write_page, write_page_of_drivers
from callbacksim.commands.source import Source, framed, inputs_of, located
from callbacksim.report import terminal
from callbacksim.report.directory import run_of
from callbacksim.report.drivers import drivers_result, drivers_screen
from callbacksim.report.results import as_text
from callbacksim.report.studydir import names_of, study_of, write_study
from callbacksim.report.texts import Language, Texts
from callbacksim.scenario.wholefile import csv_bytes, write_whole
from callbacksim.study import drivers as driving
from callbacksim.study.drivers import RankingInterrupted
from callbacksim.study.workers import Jobs

TABLE = "effects"
"""What `--out` writes as a table: every effect on every figure, as `--csv`."""


def drivers(
    source: Source,
    *,
    runs: int,
    seed: int | None,
    jobs: Jobs,
    csv: Path | None,
    force: bool,
    as_json: bool,
    page: Page | None = None,
    language: Language = "en",
    out: Path | None = None,
) -> None:
    """`callbacksim drivers`: the guesses ranked by what they do to the figures. Raises Refused.

    An interrupted one ranks by what was finished, if that is enough; it writes no table and no page.
    """
    say, scenario = Texts(language), source.load()
    read, far = inputs_of(source, scenario), None
    own = [] if out is None else [out / name for name in names_of([TABLE])]
    if csv is not None:
        may_write(csv, read, force)
    may_write_page(page, [*read, *own, *([] if csv is None else [csv])], force)
    frame, seed = framed(source, scenario), scenario.study.seed if seed is None else seed
    file, plan, sets = source.file, source.plan, source.sets
    same = study_of("drivers", {"": scenario}, [frame], [], file=file, plan=plan, sets=sets, seed=seed, runs=runs)
    with located([(source, scenario)]), kept_in(out, same, read, names_of([TABLE]), force, say) as journal:
        with terminal.progress(say("tornado.progress"), say) as told:
            try:
                found = driving.drivers(
                    scenario, runs, seed=seed, jobs=jobs, progress=told, frame=frame, journal=journal
                )
            except RankingInterrupted as interrupted:
                far = came(interrupted.done, interrupted.wanted, out, say, "run")
                if interrupted.answer is None:
                    raise KeyboardInterrupt(far) from None
                found = interrupted.answer
        table, result = found.dataframe(), as_text(drivers_result(found, source.file))
        screen = drivers_screen(found, source.file, say)
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
    if page is not None:
        same = run_of(scenario, frame, file, plan, sets, seed, found.runs, show_numbers=False)
        write_page_of_drivers(page, found, same, source.command("drivers", "-n", str(runs), "--seed", str(seed)))
