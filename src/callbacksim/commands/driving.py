"""``callbacksim drivers``."""

from __future__ import annotations

from pathlib import Path

from callbacksim.commands.output import may_write, print_json
from callbacksim.commands.reporting import Page, may_write_page, write_page_of_drivers
from callbacksim.commands.source import Source, framed, inputs_of, located
from callbacksim.report import terminal
from callbacksim.report.directory import run_of
from callbacksim.report.drivers import drivers_result, drivers_screen
from callbacksim.report.results import as_text
from callbacksim.report.texts import Language, Texts
from callbacksim.scenario.wholefile import csv_bytes, write_whole
from callbacksim.study import drivers as driving
from callbacksim.study.workers import Jobs


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
) -> None:
    """`callbacksim drivers`: the guesses ranked by what they do to the figures. Raises Refused."""
    say, scenario = Texts(language), source.load()
    if csv is not None:
        may_write(csv, inputs_of(source, scenario), force)
    may_write_page(page, [*inputs_of(source, scenario), *([] if csv is None else [csv])], force)
    frame = framed(source, scenario)
    with located([(source, scenario)]), terminal.progress(say("tornado.progress"), say) as told:
        found = driving.drivers(scenario, runs, seed=seed, jobs=jobs, progress=told, frame=frame)
    if csv is not None:
        table = found.dataframe()
        write_whole(csv, csv_bytes(list(table.columns), table.itertuples(index=False)), "--csv")
    if as_json:
        print_json(as_text(drivers_result(found, source.file)))
    else:
        terminal.show(drivers_screen(found, source.file, say))
    if page is not None:
        file, plan, sets, seed = source.file, source.plan, source.sets, found.seed
        same = run_of(scenario, frame, file, plan, sets, seed, found.runs, show_numbers=False)
        write_page_of_drivers(page, found, same, source.command("drivers", "-n", str(runs), "--seed", str(seed)))
