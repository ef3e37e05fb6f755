"""What each command does: read, call one function, print. The parsing is `callbacksim.cli`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from callbacksim.frame.frame import build
from callbacksim.report import terminal
from callbacksim.report.details import details_screen
from callbacksim.report.findings import findings
from callbacksim.report.results import as_text, result
from callbacksim.report.screen import run_screen, warning_lines
from callbacksim.scenario.files import load
from callbacksim.scenario.places import relocated
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.study.experiment import replicate


@dataclass(frozen=True)
class Source:
    """Which scenario: its file as it was typed, a plan, overrides."""

    file: str
    plan: str | None = None
    sets: tuple[str, ...] = ()

    def load(self) -> Scenario:
        """The scenario. Raises Refused."""
        return load(self.file, plan=self.plan, overrides=self.sets)


@dataclass(frozen=True)
class Chance:
    """How it is put to chance: replications, seed, processes; None is the scenario's own, or all cores."""

    replications: int | None
    seed: int | None
    jobs: int | None


@contextmanager
def located(source: Source) -> Iterator[None]:
    """What is refused while the campaign runs is said at the scenario's own file and line."""
    try:
        yield
    except Refused as refused:
        raise relocated(refused, source.file, source.plan, source.sets) from None


def run(
    source: Source,
    chance: Chance,
    *,
    out: Path | None,
    force: bool,
    details: bool,
    as_json: bool,
    show_numbers: bool,
) -> None:
    """`callbacksim run`."""
    scenario = source.load()
    frame = build(scenario.register_, scenario.segments)
    with located(source), terminal.progress("simulating 仿真") as told:
        study = replicate(
            scenario,
            chance.replications,
            seed=chance.seed,
            jobs=chance.jobs,
            progress=told,
            frame=frame,
            extras=True,
        )
    found = findings(study, source.file, source.plan)
    if as_json:
        print_json(result(found))
    else:
        terminal.show([*run_screen(found), *(details_screen(found) if details else ())])
    terminal.warn(warning_lines(found))


def print_json(value: object) -> None:
    """One JSON object on standard output, escaped where the terminal does not know every character."""
    text = as_text(value)
    if (sys.stdout.encoding or "").lower().replace("-", "") != "utf8":
        text = json.dumps(json.loads(text), indent=2) + "\n"
    terminal.show_text(text)
