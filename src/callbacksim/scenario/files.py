"""Scenario files: TOML with ``extends``, named plans and ``--set``, to a checked and frozen :class:`Scenario`.

Layers are laid over each other, the later ones winning: the file at the end of the ``extends`` chain … the file
itself (and the defaults for what they all leave out), the chosen plan, each ``--set``. Whatever is wrong anywhere, in
a plan that was not chosen too, is refused at once, each with the file and line it stands in.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from callbacksim.scenario.checks import contradictions
from callbacksim.scenario.locate import line_of, lines
from callbacksim.scenario.merging import anchored, depth_of, fill, holds, merge, parse_override, plain, without
from callbacksim.scenario.messages import explain
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.reading import Tree, read
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.wording import Finding, Path, dotted, kind_of, listing, meant, show

MOST_EXTENDS = 20
MOST_PLANS = 200
MOST_PROBLEMS = 500
# Stands in for a register that is missing, so that everything else can be looked at.
_SOME_REGISTER: Tree = {"register": {"rows": 1, "contacts": 1}}


@dataclass(frozen=True)
class Layer:
    """Values laid over those below, and where they stand: ``text`` at ``prefix``, or the one line of an option."""

    label: str
    tree: Tree
    text: str = ""
    prefix: Path = ()
    option: int | None = None

    @cached_property
    def _lines(self) -> Mapping[Path, int]:
        return lines(self.text)

    def line(self, path: Path) -> int:
        """The line of the value at a path of the tree, or of what is nearest around it."""
        return self.option if self.option is not None else line_of(self._lines, (*self.prefix, *path))


@dataclass(frozen=True)
class _Checked:
    """What came of a tree: a scenario, or what is wrong."""

    scenario: Scenario | None
    findings: tuple[Finding, ...]


def load(path: FilePath | str, *, plan: str | None = None, overrides: Sequence[str] = ()) -> Scenario:
    """The scenario in a file, under a plan if one is named, with ``a.b=c`` overrides last.

    With a plan the result's ``plans`` is empty: what it means does not depend on plans that were not chosen. Without
    one they are kept, and hold the overrides too, so that :func:`with_plan` gives what ``load`` with that plan gives.
    Paths in ``register`` become absolute. Raises Refused with everything that is wrong, sorted by file and line.
    """
    files = _chain(FilePath(path))
    sets, problems = _overrides(overrides)
    base = merge(fill(_laid({}, files), Scenario), _laid({}, sets))
    checked = _check(base)
    problems += [_located(finding, [*files, *sets], base) for finding in checked.findings]
    plans, of_plans = _plans(files)
    problems += of_plans
    chosen = checked.scenario
    for name, layers in plans.items():
        tree = merge(merge(fill(_laid({}, files), Scenario), _laid({}, layers)), _laid({}, sets))
        under = _check(tree)
        known = {(finding.path, finding.wrong) for finding in checked.findings}
        new = [finding for finding in under.findings if (finding.path, finding.wrong) not in known]
        problems += [_of_plan(name, finding, files, layers, sets, tree) for finding in new]
        chosen = under.scenario if name == plan else chosen
    if plan is not None and plan not in plans and not _named(files, plan):
        problems.append(_no_plan(f"{files[-1].label}", plan, list(plans)))
    if problems or chosen is None:
        raise Refused(_sorted(problems))
    if plan is not None:
        return chosen
    kept = {name: _with_overrides(_laid({}, layers), sets) for name, layers in plans.items()}
    return chosen.model_copy(update={"plans": kept})


def with_plan(scenario: Scenario, name: str) -> Scenario:
    """The scenario with the changes of one of its plans, its own ``plans`` emptied. Raises Refused."""
    if name not in scenario.plans:
        raise Refused(_no_plan("scenario", name, list(scenario.plans)))
    base = {key: value for key, value in plain(scenario).items() if key != "plans"}
    checked = _check(merge(base, plain(scenario.plans[name])))
    if checked.scenario is None:
        raise Refused(
            Problem("scenario", 1, dotted(("plans", name, *finding.path)), finding.wrong, finding.right)
            for finding in checked.findings
        )
    return checked.scenario


def with_overrides(scenario: Scenario, overrides: Sequence[str]) -> Scenario:
    """The scenario with ``a.b=c`` overrides, its own ``plans`` emptied. Raises Refused with all that is wrong."""
    sets, problems = _overrides(overrides)
    base = {key: value for key, value in plain(scenario).items() if key != "plans"}
    tree = merge(base, _laid({}, sets))
    checked = _check(tree)
    problems += [_located(finding, [Layer("scenario", base), *sets], tree) for finding in checked.findings]
    if problems or checked.scenario is None:
        raise Refused(_sorted(problems))
    return checked.scenario


# --- reading the files --------------------------------------------------------------------------------------


def _chain(path: FilePath) -> list[Layer]:
    """The file and those it extends, the last of the chain first. ``plans`` are still inside."""
    chain: list[Layer] = []
    seen: list[str] = []
    while True:
        label = str(path)
        text, tree = read(path, label)
        if not tree:
            right = "a scenario needs at least a table [register] with rows and contacts, or with file, or extends"
            raise Refused(Problem(label, 1, "file", "the file is empty", right))
        own = {key: value for key, value in tree.items() if key != "extends"}
        chain.insert(0, Layer(label, _anchored_all(own, path.parent), text))
        seen.append(os.path.realpath(path))
        if "extends" not in tree:
            return chain
        path = _extended(path, tree["extends"], line_of(lines(text), ("extends",)), seen)


def _extended(path: FilePath, named: object, line: int, seen: Sequence[str]) -> FilePath:
    """The file that ``extends`` in ``path`` names. Raises Refused."""

    def refuse(wrong: str, right: str) -> Refused:
        return Refused(Problem(str(path), line, "extends", wrong, right))

    if not isinstance(named, str):
        raise refuse(f"{show(named)} is {kind_of(named)}, not text", 'write a file name such as "gaoxin.toml"')
    if not named or "\0" in named:
        raise refuse(f"{show(named)} is no file name", 'write a file name such as "gaoxin.toml"')
    if FilePath(named).is_absolute() or ".." in FilePath(named).parts:
        right = "name a file in the same directory or below it"
        raise refuse(f"{show(named)} leads out of the directory of this file", right)
    base = path.parent / named
    if os.path.realpath(base) in seen:
        raise refuse(f"{show(named)} extends this file in turn", "let the chain end in a file without extends")
    if len(seen) > MOST_EXTENDS:
        raise refuse(f"more than {MOST_EXTENDS} files extend each other", "join some of them")
    if not os.path.exists(base):  # noqa: PTH110 (unlike Path.exists, False for a name that is too long)
        others = {one.name for one in base.parent.glob("*.toml")} - {path.name, base.name}
        near = meant(base.name, sorted(others))
        right = f"did you mean {show(near)}?" if near else "name a file that exists, relative to this one"
        raise refuse(f"there is no file {show(named)}", right)
    return base


def _anchored_all(tree: Tree, directory: FilePath) -> Tree:
    """Paths of the register made absolute, in the file's own tables and in its plans."""
    tree = anchored(tree, directory)
    plans = tree.get("plans")
    if not isinstance(plans, Mapping):
        return tree
    own = {name: anchored(plan, directory) if isinstance(plan, Mapping) else plan for name, plan in plans.items()}
    return {**tree, "plans": own}


def _overrides(texts: Sequence[str]) -> tuple[list[Layer], list[Problem]]:
    """One layer for each ``--set``, and what is wrong with their form."""
    layers: list[Layer] = []
    problems: list[Problem] = []
    for place, text in enumerate(texts, start=1):
        try:
            tree = parse_override(text, place)
        except Refused as refused:
            problems += refused.problems
        else:
            layers.append(Layer("--set", anchored(tree, FilePath.cwd()), option=place))
    return layers, problems


def _laid(under: Tree, layers: Iterable[Layer]) -> Tree:
    for layer in layers:
        own = {key: value for key, value in layer.tree.items() if key != "plans" or layer.prefix}
        under = merge(under, own)
    return under


# --- plans --------------------------------------------------------------------------------------------------


def _plans(files: Sequence[Layer]) -> tuple[dict[str, list[Layer]], list[Problem]]:
    """The layers of every plan (a file extends the plans of its base too), and plans that are none."""
    plans: dict[str, list[Layer]] = {}
    problems: list[Problem] = []
    for file in files:
        tables = file.tree.get("plans", {})
        if not isinstance(tables, Mapping):
            wrong = f"{show(tables)} is {kind_of(tables)}, not a table"
            problems.append(_problem(file, ("plans",), wrong, "write tables such as [plans.lean]"))
            continue
        for name, changes in tables.items():
            path = ("plans", name)
            if not isinstance(changes, Mapping):
                wrong, right = f"{show(changes)} is {kind_of(changes)}, not a table", f"write [{dotted(path)}]"
                problems.append(_problem(file, path, wrong, f"{right} and below it fields such as robot.lines = 10"))
            elif not 1 <= len(name) <= 200:
                problems.append(_problem(file, path, "no name for a plan", "name it with 1 to 200 characters"))
            else:
                problems += [
                    _problem(file, (*path, key), f"a plan cannot hold {key}", "write fields such as robot.lines = 10")
                    for key in ("plans", "extends")
                    if key in changes
                ]
                own = {key: value for key, value in changes.items() if key not in ("plans", "extends")}
                plans.setdefault(name, []).append(Layer(file.label, own, file.text, path))
    if len(plans) > MOST_PLANS:
        wrong = f"there are {len(plans)} plans"
        return {}, [*problems, _problem(files[-1], ("plans",), wrong, f"keep at most {MOST_PLANS} in one file")]
    return plans, problems


def _problem(layer: Layer, path: Path, wrong: str, right: str) -> Problem:
    return Problem(layer.label, layer.line(path), dotted(path), wrong, right)


def _named(files: Sequence[Layer], name: str) -> bool:
    """Whether some file has an entry of this name among its plans, if only a broken one that is refused anyway."""
    return any(isinstance(file.tree.get("plans"), Mapping) and name in file.tree["plans"] for file in files)


def _no_plan(label: str, name: str, names: Sequence[str]) -> Problem:
    near = meant(name, names)
    has = f"the plans are {listing(names)}" if names else "this scenario has no plans"
    right = f"did you mean {show(near)}? {has[:1].upper()}{has[1:]}" if near else has
    return Problem(label, 1, "plans", f"there is no plan {show(name)}", right)


def _with_overrides(plan: Tree, sets: Sequence[Layer]) -> Tree:
    """A plan that an override has the last word over: laid on where the plan changes the same table or value."""
    for layer in sets:
        path = _path_of(layer.tree)
        if depth_of(plan, path) >= len(path) - 1:
            plan = merge(plan, layer.tree)
    return plan


def _path_of(tree: Any) -> Path:
    """The path of the only value in the tree of an override (a table as value counts as its last key)."""
    path: Path = ()
    while isinstance(tree, Mapping) and len(tree) == 1:
        key, tree = next(iter(tree.items()))
        path += (key,)
    return path


# --- checking -----------------------------------------------------------------------------------------------


def _check(tree: Tree) -> _Checked:
    """Validate and look for contradictions; with broken values, among the others."""
    findings: list[Finding] = []
    dropped: set[Path] = set()
    scenario: Scenario | None = None
    # Each round drops what was broken; a value may leave its table incomplete, which the next round drops, and so on.
    for rounds in range(6):
        try:
            scenario = Scenario.model_validate(tree)
            break
        except ValidationError as error:
            found = explain(error, tree)
            findings += found if rounds == 0 else []
            for finding in found:
                dropped |= {finding.path, *finding.touches}
                path = _cut(tree, finding.path)
                dropped.add(path)
                tree = {**without(tree, path), **(_SOME_REGISTER if path == ("register",) else {})}
    if scenario is not None:
        findings += [one for one in contradictions(scenario) if not _rests_on(one, dropped)]
    return _Checked(None if findings else scenario, tuple(findings))


def _cut(tree: Tree, path: Path) -> Path:
    """What to take away for a broken value: a list whole, and for something missing its table."""
    whole = next((path[:depth] for depth, part in enumerate(path) if isinstance(part, int)), path)
    return whole if len(whole) == 1 or holds(tree, whole) else whole[: max(depth_of(tree, whole), 1)]


def _rests_on(finding: Finding, dropped: Iterable[Path]) -> bool:
    looked_at = (finding.path, *finding.touches)
    return any(one[: len(path)] == path[: len(one)] for one in looked_at for path in dropped)


# --- saying where -------------------------------------------------------------------------------------------


def _topmost(layers: Sequence[Layer], path: Path) -> Layer | None:
    return next((layer for layer in reversed(layers) if holds(layer.tree, path)), None)


def _place(layers: Sequence[Layer], path: Path, tree: Tree) -> tuple[Layer, Path] | None:
    """The layer that has the last word on the value at ``path``, or on the nearest table around it that is written."""
    for depth in range(depth_of(tree, path), 0, -1):
        if layer := _topmost(layers, path[:depth]):
            return layer, path[:depth]
    return None


def _located(finding: Finding, layers: Sequence[Layer], tree: Tree) -> Problem:
    """A finding where its field stands; if the field has its default, where one that it clashes with stands."""
    written = next((path for path in (finding.path, *finding.touches) if _topmost(layers, path)), finding.path)
    file = next(layer for layer in reversed(layers) if layer.option is None)
    layer, path = _place(layers, written, tree) or (file, ())
    return Problem(layer.label, layer.line(path) if path else 1, dotted(finding.path), finding.wrong, finding.right)


def _of_plan(
    name: str, finding: Finding, files: Sequence[Layer], layers: Sequence[Layer], sets: Sequence[Layer], tree: Tree
) -> Problem:
    """A finding that only this plan brings: at the plan's own line, else at the plan's heading, naming the field."""
    found = _place([*files, *layers, *sets], finding.path, tree)
    if found and found[0] in layers:
        field = dotted(("plans", name, *finding.path))
        return Problem(found[0].label, found[0].line(found[1]), field, finding.wrong, finding.right)
    touched = next((path for path in finding.touches if _topmost(layers, path)), ())
    layer = _topmost(layers, touched) or layers[-1]
    field, wrong = dotted(("plans", name, *touched)), f"with this plan, {dotted(finding.path)}: {finding.wrong}"
    return Problem(layer.label, layer.line(touched), field, wrong, finding.right)


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    ordered = sorted(set(problems))
    if len(ordered) <= MOST_PROBLEMS:
        return ordered
    last, more = ordered[MOST_PROBLEMS - 1], len(ordered) - MOST_PROBLEMS
    rest = Problem(last.file, last.line, "file", f"there are {more} more problems", "mend these first")
    return [*ordered[:MOST_PROBLEMS], rest]
