"""Where a field of a loaded scenario was written, for problems that only show when the campaign runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from callbacksim.scenario.locate import line_of, lines
from callbacksim.scenario.merging import holds
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.reading import read

NOWHERE = "scenario"
"""The file that a problem names when whoever found it knows of no files."""


def relocated(refused: Refused, path: Path | str, plan: str | None, overrides: Sequence[str]) -> Refused:
    """The same problems, those of the scenario at the file and line where their field stands."""

    def moved(problems: Iterable[Problem]) -> list[Problem]:
        found = []
        for problem in problems:
            if problem.file == NOWHERE:
                file, line = place(problem.field, path, plan, overrides)
                problem = replace(problem, file=file, line=line)
            found.append(problem)
        return found

    return Refused(moved(refused.problems))


def place(field: str, path: Path | str, plan: str | None, overrides: Sequence[str]) -> tuple[str, int]:
    """File and line of the field (dotted, of plain keys): the last that has a say, else the file's first line."""
    wanted = tuple(field.split("."))
    for at in range(len(overrides), 0, -1):
        key = overrides[at - 1].split("=", 1)[0].strip()
        if field == key or field.startswith(f"{key}."):
            return "--set", at
    chain = _texts(Path(path))
    own = () if plan is None else (("plans", plan, *wanted),)
    for prefixed in (*own, wanted):
        for depth in range(len(prefixed), len(prefixed) - len(wanted), -1):
            for label, text, tree in chain:
                if holds(tree, prefixed[:depth]):
                    return label, line_of(lines(text), prefixed[:depth])
    return chain[0][0], 1


def _texts(path: Path) -> list[tuple[str, str, dict[str, object]]]:
    """(name, text, tree) of the file and of those it extends; all of them have been read before."""
    found = []
    while True:
        text, tree = read(path, str(path))
        found.append((str(path), text, dict(tree)))
        base = tree.get("extends")
        if not isinstance(base, str):
            return found
        path = path.parent / base


def files_of(path: Path | str) -> list[str]:
    """The scenario file and those it extends."""
    return [label for label, _, _ in _texts(Path(path))]
