"""What a command works on: a scenario as it was typed, and how it is put to chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from callbacksim.campaign.script import scripts_of
from callbacksim.frame.frame import Frame, frame_of
from callbacksim.report.forethought import impossible_counts
from callbacksim.scenario.files import load
from callbacksim.scenario.places import files_of, relocated
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import ExactCounts, Scenario
from callbacksim.study.workers import Jobs


@dataclass(frozen=True)
class Source:
    """Which scenario: its file as it was typed, a plan, overrides."""

    file: str
    plan: str | None = None
    sets: tuple[str, ...] = ()

    def load(self) -> Scenario:
        """The scenario. Raises Refused."""
        return load(self.file, plan=self.plan, overrides=self.sets)

    def command(self, name: str, *options: str) -> list[str]:
        """The command that does it again, wherever the file lies."""
        plan = () if self.plan is None else ("--plan", self.plan)
        sets = (word for one in self.sets for word in ("--set", one))
        return ["callbacksim", name, Path(self.file).name, *plan, *sets, *options]


@dataclass(frozen=True)
class Chance:
    """How it is put to chance: replications, seed, processes; None is the scenario's own, or all cores."""

    replications: int | None
    seed: int | None
    jobs: Jobs
    precision: float | None = None  # replicate until the means are that precise …
    most: int | None = None  # … but not more often than this
    uncertain: bool = False  # also under drawn inputs


@contextmanager
def located(sources: Sequence[tuple[Source, Scenario]]) -> Iterator[None]:
    """What is refused while the campaign runs is said at the scenario's own file and line."""
    try:
        yield
    except Refused as refused:
        source = next((source for source, scenario in sources if _asked_by(scenario, refused)), sources[0][0])
        raise relocated(refused, source.file, source.plan, source.sets) from None


def _asked_by(scenario: Scenario, refused: Refused) -> bool:
    """Whether this scenario fixes the very count that could not be kept, or names the heading that is not there."""
    exact, columns = scenario.recognition.exact, scenario.register_.columns
    for problem in refused.problems:
        above, _, name = problem.field.rpartition(".")
        if above == "register.columns":
            named = getattr(columns, name, None) or ()
            if any(
                f" headed {heading!r}" in problem.wrong for heading in ((named,) if isinstance(named, str) else named)
            ):
                return True
        elif problem.field == "register.sheet":
            if scenario.register_.sheet is not None:
                return True
        elif isinstance(exact, ExactCounts) and f"exactly {getattr(exact, name, None)} " in problem.wrong:
            return True
    return False


def framed(source: Source, scenario: Scenario) -> Frame:
    """The register of a scenario. Raises Refused at the scenario's lines, also for counts beyond the register."""
    with located([(source, scenario)]):
        frame = frame_of(scenario)
        if problems := impossible_counts(scenario, frame):
            raise Refused(problems)
    return frame


def inputs_of(source: Source, scenario: Scenario) -> list[Path]:
    """Every file that a run reads: no output may take its place."""
    register = scenario.register_
    return [
        *map(Path, files_of(source.file)),
        *map(Path, (*([register.file] if register.file else []), *register.exclude)),
        *map(Path, scripts_of(scenario.script)),
    ]
