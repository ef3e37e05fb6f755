"""``callbacksim run``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from callbacksim.campaign.standing import Standing
from callbacksim.commands.continuing import Continued, running
from callbacksim.commands.keeping import SPREAD, came, tell_of
from callbacksim.commands.output import kept, print_json, promised
from callbacksim.commands.reporting import Page, may_write_page, write_page_of_directory, write_page_of_run
from callbacksim.commands.source import Chance, Source, framed, inputs_of, located
from callbacksim.frame.frame import Frame
from callbacksim.report import terminal
from callbacksim.report.claim import claimed, gone_if_empty
from callbacksim.report.details import details_screen
from callbacksim.report.directory import FILES, Earlier, Run, begun_in, prepared, run_of, write_run
from callbacksim.report.findings import findings
from callbacksim.report.results import as_text, result
from callbacksim.report.screen import run_screen, warning_lines
from callbacksim.report.texts import Language, Texts
from callbacksim.scenario.schema import Scenario
from callbacksim.study.after import After, so_far
from callbacksim.study.continuing import Running
from callbacksim.study.experiment import Interrupted, Progress, Study, replicate
from callbacksim.study.journal import Journal
from callbacksim.study.sequential import MOST, Precision, precise_figures, relative, replicate_until
from callbacksim.study.uncertain import DrawingInterrupted, uncertain


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
    page: Page | None = None,
    after: Continued | None = None,
    language: Language = "en",
) -> bool:
    """`callbacksim run`; whether all is well: with `strict`, only if every target is met. Raises Refused.

    `after`: the log of a running campaign, of which the rest is forecast.
    """
    say, scenario = Texts(language), source.load()
    if strict:
        promised({"": scenario}, source.file)
    frame = framed(source, scenario)
    runs = scenario.study.replications if chance.replications is None else chance.replications
    runs = runs if chance.precision is None else chance.most or MOST
    seed = scenario.study.seed if chance.seed is None else chance.seed
    begun = None if after is None else running(source, scenario, frame, after)
    standing = None if begun is None else begun.standing
    inputs = [*inputs_of(source, scenario), *([] if begun is None else map(Path, begun.log.files))]
    asked = (show_numbers, chance.precision, chance.uncertain, standing)
    same = run_of(scenario, frame, source.file, source.plan, source.sets, seed, runs, *asked)
    own = [] if out is None else [out / name for name in FILES]
    may_write_page(page, [*inputs, *own], force)
    with gone_if_empty(out), claimed(out):
        earlier = None if out is None else prepared(out, same, inputs, force, language)
        if out is not None and earlier is not None:
            _show_again(earlier, details, as_json)
            write_page_of_directory(page, out)
            return not strict or kept(_judged(json.loads(earlier.result), say), say)
        journal = None if out is None else _journal(out, same, say)
        known = unsure = wanted = far = None
        with located([(source, scenario)]), terminal.progress(say("progress.simulating"), say) as told:
            try:
                study, precision = _replicated(scenario, runs, seed, chance, frame, told, standing, journal)
            except Interrupted as interrupted:
                study, precision = _partial(interrupted, chance, runs, out, say)
                wanted, far = runs, came(len(study.figures), runs, out, say)
            n = len(study.figures)
            if begun is not None and after is not None and far is None:
                try:
                    known = _after(after, begun, study, chance, told, journal)
                except Interrupted:  # the forecast of the rest is whole, only what it was before is not told
                    wanted, far = n, came(n, n, out, say)
        if chance.uncertain and far is None:
            with located([(source, scenario)]), terminal.progress(say("progress.drawing"), say) as told:
                try:
                    unsure = uncertain(
                        scenario,
                        n,
                        seed=seed,
                        jobs=chance.jobs,
                        progress=told,
                        frame=frame,
                        journal=journal,
                        begun=begun,
                    )
                except DrawingInterrupted as interrupted:
                    sets = len(interrupted.answer.sets)
                    unsure = interrupted.answer if sets >= SPREAD else None
                    wanted, far = n, came(sets, n, out, say, "set")
        found = findings(study, source.file, source.plan, source.sets, precision, unsure, known, wanted, say)
        if out is not None and far is None:
            write_run(out, found, same)
    printed = result(found)
    if as_json:
        print_json(as_text(printed))
    else:
        terminal.show([*run_screen(found), *(details_screen(found) if details else ())])
    terminal.warn(warning_lines(found))
    write_page_of_run(page, found, same)
    if far is not None:
        raise KeyboardInterrupt(far)
    return not strict or kept(_judged(printed, say), say)


def _judged(printed: Mapping[str, Any], say: Texts) -> dict[str, Any]:
    """The targets of a result; where inputs were drawn, they are to be kept then too."""
    drawn = printed["uncertain"]
    return {"": printed["targets"], **({} if drawn is None else {say("unsure.guesses_drawn"): drawn["targets"]})}


def _replicated(
    scenario: Scenario,
    runs: int,
    seed: int,
    chance: Chance,
    frame: Frame,
    told: Progress,
    standing: Standing | None,
    journal: Journal | None,
) -> tuple[Study, Precision | None]:
    """So many replications, or as many as the precision takes that was asked for."""
    if chance.precision is None:
        study = replicate(
            scenario, runs, seed=seed, jobs=chance.jobs, progress=told, frame=frame, extras=True, courses=True,
            standing=standing, journal=journal,
        )  # fmt: skip
        return study, None
    return replicate_until(
        scenario, chance.precision, most=runs, seed=seed, jobs=chance.jobs, progress=told, frame=frame, extras=True,
        courses=True, standing=standing, journal=journal,
    )  # fmt: skip


def _after(
    asked: Continued, begun: Running, study: Study, chance: Chance, told: Progress, journal: Journal | None
) -> After:
    """The forecasts beside that of the rest: from the first day, and after the log if nothing were changed."""
    n, frame, seed = len(study.figures), study.frame, study.seed

    def forecast(standing: Standing | None) -> Study:
        return replicate(
            begun.base, n, seed=seed, jobs=chance.jobs, progress=told, frame=frame, standing=standing, journal=journal
        )

    before = forecast(None)
    unchanged = forecast(begun.standing) if begun.changed else None
    now = so_far(study.scenario, frame, begun.standing, seed)
    return After(str(asked.log), begun.log, begun.standing, begun.later, now, before, unchanged)


def _journal(out: Path, run: Run, say: Texts) -> Journal:
    """The journal of a run in its directory; what it holds already is said."""
    journal = begun_in(out, run)
    tell_of(journal, say)
    return journal


def _partial(
    interrupted: Interrupted, chance: Chance, runs: int, out: Path | None, say: Texts
) -> tuple[Study, Precision | None]:
    """What can be said of the replications that were finished. Raises KeyboardInterrupt where two are not."""
    [study] = interrupted.studies
    if len(study.figures) < SPREAD:
        raise KeyboardInterrupt(came(len(study.figures), runs, out, say))
    if chance.precision is None:
        return study, None
    so_far = relative(study, precise_figures(study.scenario))
    return study, Precision(chance.precision, runs, reached=False, relative=so_far)


def _show_again(earlier: Earlier, details: bool, as_json: bool) -> None:
    """What the same run printed when it was written."""
    if as_json:
        print_json(earlier.result)
    else:
        terminal.show_text(earlier.screen + (earlier.details if details else ""))
    terminal.warn(earlier.warnings.splitlines())
