"""A study made ready to be shown: every figure as an estimate, the funnel over the replications, the warnings."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

from callbacksim.frame.frame import Frame
from callbacksim.scenario.calendar import HOUR, Timetable, calendar_warnings, timetable
from callbacksim.scenario.canonical import identity
from callbacksim.scenario.schema import Scenario
from callbacksim.study.estimates import Estimate, mean, paired_difference, within
from callbacksim.study.experiment import Probe, Study
from callbacksim.study.summary import Entry, summarise, summarise_funnel, summarise_survey, values
from callbacksim.study.survey import SMALL_CELL


@dataclass(frozen=True)
class CellFigures:
    """Satisfaction in one cell of a division, over the replications."""

    dimension: str
    label: str
    contacts: int
    answers: Estimate
    satisfied: Estimate
    truth: Estimate

    @property
    def small(self) -> bool:
        """Too few answers for a share to mean much."""
        return (self.answers.mean or 0.0) < SMALL_CELL


@dataclass(frozen=True)
class ProbeEffect:
    """A what-if against the study itself, the same people in both: what changes."""

    probe: Probe
    finish: Estimate
    in_time: Estimate


@dataclass(frozen=True)
class Findings:
    """All that a screen, a page or a file says of one plan."""

    study: Study
    file: str
    plan: str | None
    entries: Mapping[str, Entry]
    survey: Mapping[str, Entry]
    funnel: Mapping[str, Estimate]  # no mean: not identified
    cells: tuple[CellFigures, ...]
    effects: tuple[ProbeEffect, ...]
    times: Timetable
    warnings: tuple[str, ...]
    sets: tuple[str, ...] = ()  # overrides ("robot.lines=10") laid over the file and the plan

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        return self.study.scenario

    @property
    def runs(self) -> int:
        """How many replications there are."""
        return len(self.study.figures)

    @property
    def manual(self) -> bool:
        """Whether people telephone in place of the robot."""
        return self.scenario.study.mode == "manual"

    @property
    def answers(self) -> dict[tuple[str, str], Estimate]:
        """Share of each option among the answers to a question, by (question, option), over the replications."""
        runs, confidence = [figures.answers for figures in self.study.figures], self.scenario.study.confidence
        return {
            (first.question, first.option): within(
                mean([run[at].heard / run[at].answers if run[at].answers else math.nan for run in runs], confidence),
                0,
                1,
            )
            for at, first in enumerate(runs[0])
        }

    @property
    def codes(self) -> dict[str, Estimate]:
        """Contacts by final AAPOR code, over the replications."""
        figures, confidence = self.study.figures, self.scenario.study.confidence
        return {code: mean([f.codes[code] for f in figures], confidence) for code in figures[0].codes}

    @property
    def unfinished_runs(self) -> int:
        """Replications that the horizon cut off."""
        return sum(math.isinf(finish) for finish in values(self.study, "finish"))

    def estimate(self, name: str) -> Estimate:
        """A figure of the campaign or of the survey by name."""
        return (self.entries.get(name) or self.survey[name]).estimate

    def date(self, hours: float) -> dt.datetime:
        """The local date and time of so many hours since the first day's midnight."""
        return self.times.datetime(hours * HOUR)


def identity_of(scenario: Scenario, frame: Frame) -> str:
    """What names the replications of this scenario with the register as it is."""
    return identity(scenario, register_sha256=frame.sha256)


def findings(study: Study, file: str, plan: str | None, sets: tuple[str, ...] = ()) -> Findings:
    """Everything that is to be said of a study of the scenario in `file`, under `plan` if one was named."""
    entries = summarise(study)
    cells = _cells(study)
    return Findings(
        study=study,
        file=file,
        plan=plan,
        entries=entries,
        survey=summarise_survey(study),
        funnel=summarise_funnel(study),
        cells=cells,
        effects=tuple(_effect(study, probe) for probe in study.probes),
        times=timetable(study.scenario),
        warnings=(*warnings_of(study.scenario, study.frame), *_warnings_of_runs(study, entries, cells)),
        sets=sets,
    )


def _cells(study: Study) -> tuple[CellFigures, ...]:
    confidence = study.scenario.study.confidence
    found = []
    for at, cell in enumerate(study.figures[0].cells):
        runs = [figures.cells[at] for figures in study.figures]
        found.append(
            CellFigures(
                dimension=cell.dimension,
                label=cell.label,
                contacts=cell.contacts,
                answers=mean([float(run.heard) for run in runs], confidence),
                satisfied=mean([run.satisfied / run.heard if run.heard else math.nan for run in runs], confidence),
                truth=mean([run.truly_satisfied / run.contacts for run in runs], confidence),
            )
        )
    return tuple(found)


def _effect(study: Study, probe: Probe) -> ProbeEffect:
    confidence = study.scenario.study.confidence
    first = len(probe.finish)
    return ProbeEffect(
        probe,
        paired_difference(probe.finish, values(study, "finish")[:first], confidence),
        paired_difference(probe.called_back_in_time, values(study, "called_back_in_time")[:first], confidence),
    )


def warnings_of(scenario: Scenario, frame: Frame) -> list[str]:
    """What the reader must know before anything is run."""
    found = list(calendar_warnings(scenario))
    found += [f"register: {warning}" for warning in frame.warnings]
    hours = _hours_without_index(scenario)
    if hours:
        said = ", ".join(f"{hour}–{hour + 1} h" for hour in hours)
        found.append(f"answering.hour_index says nothing of {said}, which lie in the calling windows: they count 100")
    unnamed = [name for name in scenario.calendar.weekdays if name not in scenario.answering.weekday_index]
    if unnamed:
        found.append(
            f"answering.weekday_index says nothing of {', '.join(unnamed)}, which are calling days: 100 counts"
        )
    manual, exact = scenario.study.mode == "manual", scenario.recognition.exact != "none"
    if manual and exact:
        found.append(
            "people hear everything, so in manual mode nobody is sent to people: recognition.exact.escalations is "
            "not used, problems and suggestions are as given"
        )
    return found


def _hours_without_index(scenario: Scenario) -> list[int]:
    hours: set[int] = set()
    for begin, end in scenario.calendar.windows:
        minutes = [int(clock[:2]) * 60 + int(clock[3:]) for clock in (begin, end)]
        hours |= set(range(minutes[0] // 60, -(-minutes[1] // 60)))
    return sorted(hour for hour in hours if str(hour) not in scenario.answering.hour_index)


def _warnings_of_runs(study: Study, entries: Mapping[str, Entry], cells: tuple[CellFigures, ...]) -> list[str]:
    found = []
    scenario = study.scenario
    cut = sum(math.isinf(finish) for finish in values(study, "finish"))
    if cut:
        found.append(
            f"not finished by the horizon (study.horizon_days = {scenario.study.horizon_days}) in {cut} of "
            f"{len(study.figures)} runs: its figures are those up to then"
        )
    need = entries["people_at_work"].estimate.mean or 0.0
    if scenario.study.mode == "callback" and need > scenario.agents.count:
        found.append(
            f"to call back in time {need:.1f} people are needed at work at the busiest time; agents.count is "
            f"{scenario.agents.count}"
        )
    small = sum(cell.small for cell in cells)
    if small:
        found.append(f"{small} of {len(cells)} cells of the survey have fewer than {SMALL_CELL} answers (--details)")
    return found
