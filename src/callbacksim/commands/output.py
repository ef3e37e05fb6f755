"""Where what a command found goes: files that may be written, standard output, a status."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from callbacksim.report import terminal
from callbacksim.report.promises import unmet
from callbacksim.report.texts import ENGLISH, Texts
from callbacksim.report.words import listed, plain
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.study.targets import targets


def may_write(target: Path, inputs: Sequence[Path], force: bool) -> None:
    """Raises Refused for what could not be written in the end: better before hours of simulation than after them.

    That is a file that is there, unless `force`, what the command reads, and what is no file or lies nowhere.
    """

    def refused(wrong: str, right: str) -> Refused:
        return Refused(Problem(str(target), 1, "file", wrong, right))

    if target.resolve() in {path.resolve() for path in inputs}:
        raise refused("this is what the command reads", "name another file")
    if target.is_dir():
        raise refused("it is a directory", "name a file, in it for example")
    if target.exists() and not target.is_file():
        raise refused("it is not a plain file", "name a file")
    if target.exists() and not force:
        raise refused("the file is already there", "name a new one, or add --force")
    if not target.absolute().parent.is_dir():
        raise refused("its directory is not there", "name a file in a directory that is there")
    if not os.access(target.absolute().parent, os.W_OK | os.X_OK):
        raise refused("nothing can be written into its directory", "name a file in a directory you may write to")


def may_write_into(directory: Path, force: bool, field: str) -> None:
    """Raises Refused where files could not be written into this directory, or some are there, unless `force`."""

    def refused(wrong: str, right: str) -> Refused:
        return Refused(Problem(str(directory), 1, field, wrong, right))

    there = next(one for one in (directory.absolute(), *directory.absolute().parents) if one.exists())
    if not there.is_dir():
        raise refused("it is not a directory", "name a directory")
    if not os.access(there, os.W_OK | os.X_OK):
        raise refused("nothing can be written into it", "name a directory you may write to")
    if not force and directory.is_dir() and any(directory.iterdir()):
        raise refused("the directory is not empty", "name a new one, or add --force")


def print_json(text: str) -> None:
    """One JSON object on standard output, escaped where the terminal does not know every character."""
    if (sys.stdout.encoding or "").lower().replace("-", "") != "utf8":
        text = json.dumps(json.loads(text), indent=2) + "\n"
    terminal.show_text(text)


def promised(plans: Mapping[str, Scenario], file: str) -> None:
    """Without targets nothing can be kept strictly. Raises Refused."""
    without = [name for name, scenario in plans.items() if not targets(scenario)]
    if without:
        of = f" in {listed([plain(name) for name in without])}" if without != [""] else ""
        right = "name what was promised, for example finish_by, or leave --strict out"
        raise Refused(
            Problem(file, 1, "targets", f"--strict asks whether targets are met, and there are none{of}", right)
        )


def kept(of_plans: Mapping[str, Sequence[Mapping[str, Any]]], say: Texts = ENGLISH) -> bool:
    """Whether all targets are met; what is not is said."""
    bad = unmet(of_plans, say)
    if bad:
        terminal.warn([say("promised.not_met", bad=bad)])
    return not bad


def shared_warnings(by_plan: Mapping[str, tuple[str, ...]], say: Texts = ENGLISH) -> list[str]:
    """Each warning once, with the plans that it holds for unless it holds for all."""
    lines = []
    for warning in dict.fromkeys(one for warnings in by_plan.values() for one in warnings):
        of = [plain(name) for name, warnings in by_plan.items() if warning in warnings]
        lines.append(say.warned(warning, [] if len(of) == len(by_plan) else of))
    return lines
