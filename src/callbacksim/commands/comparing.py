"""``callbacksim compare``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from callbacksim.api import AS_IT_STANDS, named
from callbacksim.commands.output import kept, print_json, promised, shared_warnings
from callbacksim.commands.reporting import Page, may_write_page, write_page_of_plans
from callbacksim.commands.source import Chance, Source, inputs_of, located
from callbacksim.report import terminal
from callbacksim.report.comparison import best_lines, comparison_screen
from callbacksim.report.findings import findings
from callbacksim.report.promises import target_result
from callbacksim.report.results import as_text, comparison_result
from callbacksim.report.texts import Language, Texts
from callbacksim.report.words import listed
from callbacksim.scenario.files import load
from callbacksim.scenario.places import place
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.wording import meant, show
from callbacksim.study import compare as comparing
from callbacksim.study.compare import Comparison
from callbacksim.study.experiment import Progress
from callbacksim.study.selection import Selection
from callbacksim.study.sequential import MOST
from callbacksim.study.targets import verdicts


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
    may_write_page(page, read, force)
    chosen = list(zip(_at_one_level(loaded).items(), sources, strict=True))
    with (
        located([(source, scenario) for (_, scenario), (_, source) in chosen]),
        terminal.progress(say("compare.progress"), say) as told,
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
        findings(comparison.studies[name], source.file, source.plan, source.sets, say=say)
        for (name, _), (_, source) in chosen
    ]
    of_best = None if selection is None or best is None or within is None else (best, within, selection)
    result = as_text(comparison_result(comparison, {name: s.file for (name, _), (_, s) in chosen}, of_best))
    if as_json:
        print_json(result)
    else:
        chosen_lines = [] if of_best is None else best_lines(comparison, found, *of_best)
        terminal.show([*comparison_screen(comparison, found), *chosen_lines])
    terminal.warn(shared_warnings(dict(zip(comparison.studies, (one.warnings for one in found), strict=True)), say))
    terminal.warn(_unused(loaded, chance, say))
    command = _again(files, plans, sets, comparison)
    write_page_of_plans(page, json.loads(result), found[0], command)
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
