"""``callbacksim roster``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from callbacksim.commands.output import kept, may_write, print_json, promised
from callbacksim.commands.reporting import Page, may_write_page, write_page_of_roster
from callbacksim.commands.source import Chance, Source, framed, inputs_of, located
from callbacksim.report import roster as reporting
from callbacksim.report import terminal
from callbacksim.report.directory import run_of
from callbacksim.report.promises import target_result
from callbacksim.report.results import as_text
from callbacksim.report.texts import Language, Texts
from callbacksim.scenario.canonical import toml_of
from callbacksim.scenario.files import load
from callbacksim.scenario.merging import changes, plain
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.wholefile import csv_bytes, write_whole
from callbacksim.study.rostering import roster as rostering
from callbacksim.study.rostering.roster import COLUMNS, Roster, rows_of


def roster(
    source: Source,
    chance: Chance,
    language: Language,
    *,
    out: Path | None,
    csv: Path | None,
    force: bool,
    as_json: bool,
    strict: bool,
    page: Page | None = None,
) -> bool:
    """`callbacksim roster`; whether all is well: with `strict`, only if every target is met. Raises Refused."""
    say, scenario = Texts(language), source.load()
    if strict:
        promised({"": scenario}, source.file)
    for target in (out, csv):
        if target is not None:
            may_write(target, inputs_of(source, scenario), force)
    may_write_page(page, [*inputs_of(source, scenario), *(one for one in (out, csv) if one is not None)], force)
    frame = framed(source, scenario)
    with located([(source, scenario)]), terminal.progress(say("roster.progress"), say) as told:
        found = rostering.roster(
            scenario, chance.replications, seed=chance.seed, jobs=chance.jobs, progress=told, frame=frame
        )
    if csv is not None:
        write_whole(csv, csv_bytes(list(COLUMNS), rows_of(found)), "--csv")
    if out is not None:
        write_whole(out, scenario_text(found, source, out))
    if as_json:
        print_json(as_text(reporting.roster_result(found, source.file, source.plan, source.sets)))
    else:
        terminal.show(reporting.roster_screen(found, source.file, source.plan, source.sets, say))
    if page is not None:
        n, seed = len(found.check.figures), found.check.seed
        same = run_of(scenario, frame, source.file, source.plan, source.sets, seed, n, show_numbers=False)
        write_page_of_roster(page, found, same, source.command("roster", "-n", str(n), "--seed", str(seed)))
    return not strict or kept({"": [target_result(verdict) for verdict in found.verdicts]}, say)


def scenario_text(found: Roster, source: Source, target: Path) -> str:
    """A scenario file at `target` with the roster for its people, plan and overrides laid in; it extends the source.

    Where it cannot (the source lies elsewhere, or does not stand without its overrides) it says everything itself.
    """
    rostered = plain(found.rostered)
    for group in rostered["agents"]["groups"].values():
        if group.get("dates"):  # in place of days of the week
            del group["weekdays"]
    base = Path(os.path.relpath(Path(source.file).resolve(), target.resolve().parent))
    tree: Mapping[str, Any] = rostered
    if ".." not in base.parts:
        with suppress(Refused):
            tree = {"extends": base.as_posix(), **changes(plain(load(source.file)), rostered)}
    return "\n".join([*reporting.about_file(found, source.file), "", toml_of(tree)])
