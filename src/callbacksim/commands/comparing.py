"""``callbacksim compare``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from callbacksim.api import AS_IT_STANDS, named
from callbacksim.commands.keeping import SPREAD, came, kept_in
from callbacksim.commands.output import kept, print_json, promised, shared_warnings
from callbacksim.commands.reporting import Page, may_write_page, write_page_of_plans
from callbacksim.commands.source import Chance, Source, inputs_of, located
from callbacksim.report import terminal
from callbacksim.report.comparison import best_lines, comparison_screen
from callbacksim.report.findings import findings
from callbacksim.report.layout import paragraph
from callbacksim.report.promises import target_result
from callbacksim.report.results import as_text, comparison_result
from callbacksim.report.studydir import names_of, study_of, write_study
from callbacksim.report.texts import Language, Texts
from callbacksim.report.words import listed, plain
from callbacksim.scenario.files import load
from callbacksim.scenario.places import place
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.wording import meant, show
from callbacksim.study import compare as comparing
from callbacksim.study.compare import Comparison
from callbacksim.study.experiment import Interrupted, Progress, build_frames, called_by_hand
from callbacksim.study.journal import Journal
from callbacksim.study.selection import Selection
from callbacksim.study.sequential import MOST
from callbacksim.study.targets import verdicts

TABLES = ("plans", "differences")
"""What `--out` writes as tables: each plan's figures, and what they are less than the first plan's."""


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
    page: Page | None = None,
    force: bool = False,
    language: Language = "en",
    out: Path | None = None,
) -> bool:
    """`callbacksim compare`: the plans of one file, or several files, the first against all others.

    Whether all is well: with `strict`, only if every target of every plan is met. Raises Refused.
    """
    say, sources = Texts(language), _compared(files, plans, sets)
    loaded = named([(name, source.load()) for name, source in sources])
    if strict:
        promised(loaded, sources[0][1].file)
    read = [
        path
        for (_, source), scenario in zip(sources, loaded.values(), strict=True)
        for path in inputs_of(source, scenario)
    ]
    own = [] if out is None else [out / name for name in names_of(TABLES)]
    may_write_page(page, [*read, *own], force)
    chosen = list(zip(_at_one_level(loaded).items(), sources, strict=True))
    level = dict(one for one, _ in chosen)
    selection = wanted = None
    with located([(source, scenario) for (_, scenario), (_, source) in chosen]):
        frames = build_frames(list(level.values()))
        runs, seed = _chance(level, chance)
        options = [*map(plain, map(_name, files)), *(f"--plan {one}" for one in plans)]
        options += [] if best is None else [f"--best {best}", f"--within {within}"]
        first = sources[0][1]
        same = study_of(
            "compare", level, frames, options, file=first.file, plan=first.plan, sets=sets, seed=seed, runs=runs
        )
        with (
            kept_in(out, same, read, names_of(TABLES), force, say) as journal,
            terminal.progress(say("compare.progress"), say) as told,
        ):
            try:
                comparison = comparing.compare(
                    level, runs, seed=seed, jobs=chance.jobs, progress=told, frames=frames, courses=True,
                    journal=journal,
                )  # fmt: skip
            except Interrupted as interrupted:
                wanted = runs
                comparison = _partial(interrupted, list(level), out, say)
            if best is not None and within is not None and wanted is None:
                try:
                    selection = _best(comparison, best, within, chance, told, journal)
                except Interrupted:  # the comparison is whole, only the best is not told
                    wanted = runs
            found = [
                findings(comparison.studies[name], source.file, source.plan, source.sets, say=say)
                for (name, _), (_, source) in chosen
            ]
            of_best = None if selection is None or best is None or within is None else (best, within, selection)
            of_files = {name: s.file for (name, _), (_, s) in chosen}
            result = as_text(comparison_result(comparison, of_files, of_best, wanted))
            screen = comparison_screen(comparison, found, wanted)
            screen += [] if of_best is None else best_lines(comparison, found, *of_best)
            if out is not None and wanted is None:
                tables = dict(zip(TABLES, (comparison.figures(), comparison.dataframe()), strict=True))
                write_study(out, same, screen, result, tables, language)
    if as_json:
        print_json(result)
    else:
        terminal.show(screen)
    warned = shared_warnings(dict(zip(comparison.studies, (one.warnings for one in found), strict=True)), say)
    terminal.warn(line for one in (*warned, *_unused(loaded, chance, say)) for line in paragraph(one))
    if page is not None:
        with terminal.progress(say("compare.progress"), say) as told:
            study = called_by_hand(found[0].study, jobs=chance.jobs, progress=told)
        base = findings(study, first.file, first.plan, first.sets, say=say)
        write_page_of_plans(page, json.loads(result), base, _again(files, plans, sets, comparison))
    if wanted is not None:
        raise KeyboardInterrupt(came(len(found[0].study.figures), wanted, out, say))
    judged = {name: [target_result(one) for one in verdicts(study)] for name, study in comparison.studies.items()}
    return not strict or kept(judged, say)


def _again(files: Sequence[str], plans: Sequence[str], sets: Sequence[str], comparison: Comparison) -> list[str]:
    """The command that gives the same comparison again, wherever the files lie."""
    first = comparison.studies[comparison.base]
    return [
        "callbacksim", "compare", *(Path(file).name for file in files),
        *(word for plan in plans for word in ("--plan", plan)), *(word for one in sets for word in ("--set", one)),
        "-n", str(len(first.figures)), "--seed", str(first.seed),
    ]  # fmt: skip


def _name(file: str) -> str:
    return Path(file).name


def _chance(plans: Mapping[str, Scenario], chance: Chance) -> tuple[int, int]:
    """Replications and seed: as asked for, or the first plan's."""
    study = next(iter(plans.values())).study
    runs = study.replications if chance.replications is None else chance.replications
    return runs, study.seed if chance.seed is None else chance.seed


def _partial(interrupted: Interrupted, names: Sequence[str], out: Path | None, say: Texts) -> Comparison:
    """The replications that all plans have. Raises KeyboardInterrupt where these have no spread."""
    done = min(len(study.figures) for study in interrupted.studies)
    if done < SPREAD:
        raise KeyboardInterrupt(came(done, interrupted.wanted, out, say))
    return Comparison.of(dict(zip(names, interrupted.studies, strict=True)))


def _best(
    comparison: Comparison, figure: str, within: float, chance: Chance, told: Progress, journal: Journal | None
) -> Selection:
    """The best plan by a figure. Raises Refused where it cannot be told."""
    can = comparing.compared(list(comparison.studies.values()))
    if figure not in can:
        near = meant(figure, can)
        right = f"did you mean {show(near)}?" if near else f"name one of {listed(can)}"
        raise Refused(Problem("--best", 1, "--best", f"{show(figure)} is not compared here", right))
    try:
        return comparing.best_of(
            comparison, figure, within, most=MOST, jobs=chance.jobs, progress=told, journal=journal
        )
    except ValueError as error:
        raise Refused(
            Problem("--best", 1, "--best", f"{error}".split(":")[0], "name another figure, or more runs")
        ) from None


def _at_one_level(plans: dict[str, Scenario]) -> dict[str, Scenario]:
    """The plans with the first one's confidence: a screen has intervals of one level."""
    level = {"confidence": next(iter(plans.values())).study.confidence}
    return {
        name: plan.model_copy(update={"study": plan.study.model_copy(update=level)}) for name, plan in plans.items()
    }


def _unused(plans: dict[str, Scenario], chance: Chance, say: Texts) -> list[str]:
    """What a later plan says of chance and cannot have: all plans meet the same people equally often."""
    (first, base), *others = plans.items()
    asked = {"replications": chance.replications, "seed": chance.seed, "confidence": None}
    return [
        say.warned(f"study.{field} of {name} is not used: all plans have that of {first}")
        for name, scenario in others
        for field, given in asked.items()
        if given is None and getattr(scenario.study, field) != getattr(base.study, field)
    ]


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
