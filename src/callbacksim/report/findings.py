"""A study made ready to be shown: every figure as an estimate, the funnel over the replications, the warnings."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from callbacksim.frame.discreet import discreet
from callbacksim.frame.frame import Frame
from callbacksim.report.texts import ENGLISH, Texts
from callbacksim.report.words import listed, plain
from callbacksim.scenario.calendar import DAY, HOUR, CapacitySteps, Timetable, calling_times, timetable
from callbacksim.scenario.cautions import calendar_warnings
from callbacksim.scenario.schema import WEEKDAYS, Scenario
from callbacksim.study.after import After
from callbacksim.study.estimates import Estimate, mean, paired_difference, proportion, quantile, within
from callbacksim.study.experiment import Probe, Study
from callbacksim.study.figures import Floats, answer_counts, cell_counts, sample
from callbacksim.study.measuring.ledger import AGES
from callbacksim.study.measuring.measures import can_have
from callbacksim.study.measuring.survey import SMALL_CELL
from callbacksim.study.sequential import Precision
from callbacksim.study.summary import Entry, evenings, summarise, summarise_funnel, summarise_survey, values
from callbacksim.study.uncertain import Uncertain


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
    precision: Precision | None = None  # where replications went on until the means were precise enough
    sets: tuple[str, ...] = ()  # overrides ("robot.lines=10") laid over the file and the plan
    uncertain: Uncertain | None = None  # the same under drawn inputs, where that was asked for
    after: After | None = None  # where the study is of the rest of a running campaign
    wanted: int | None = None  # replications that it was to have, where it was interrupted
    say: Texts = ENGLISH  # the language in which it is told; the warnings are kept in English, as `--json` has them

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
    def ledger_alone(self) -> bool:
        """Whether nobody is called, and the ledger is studied by itself."""
        return self.scenario.study.mode == "ledger"

    @property
    def ledger_told(self) -> bool:
        """Whether the ledger has more to tell than the survey's items: clerks, look-back, reports from elsewhere."""
        ledger = self.scenario.ledger
        return any(part != "none" for part in (ledger.clerks, ledger.look_back, ledger.intake))

    @property
    def answers(self) -> dict[tuple[str, str], Estimate]:
        """Share of each option among the answers to a question, by (question, option), over the replications."""
        figures, confidence = self.study.figures, self.scenario.study.confidence
        return {
            (one.question, one.option): _share(_ratio(*answer_counts(figures, at).T), confidence)
            for at, one in enumerate(figures[0].answers)
        }

    @property
    def codes(self) -> dict[str, Estimate]:
        """Contacts by final AAPOR code, over the replications."""
        figures, confidence = self.study.figures, self.scenario.study.confidence
        return {
            code: within(mean(sample(figures, "codes", code), confidence), 0, math.inf) for code in figures[0].codes
        }

    @property
    def evenings(self) -> dict[dt.datetime, Estimate]:
        """The finish as a distribution over the ends of days' work; empty for one run, and where nobody is called."""
        return evenings(self.study) if self.runs > 1 and not self.ledger_alone else {}

    @property
    def unfinished_runs(self) -> int:
        """Replications that the horizon cut off."""
        return self.unreached("finish")

    def ended_by(self, figure: str) -> Estimate:
        """Share of the runs that finished in which this was the last to end; no trials where nothing tells."""
        first = self.study.figures[0]
        runs = values(self.study, figure) if figure in first.measures else []
        told = [run for run in runs if not math.isnan(run)]
        return proportion(round(sum(told)), len(told), self.scenario.study.confidence)

    def unreached(self, finish: str) -> int:
        """Replications in which the horizon came before this finish."""
        return sum(math.isinf(hours) for hours in values(self.study, finish))

    def half_by(self, finish: str) -> Estimate:
        """When half of the runs have reached a finish, with the interval of the median."""
        return quantile(values(self.study, finish), 0.5, self.scenario.study.confidence)

    def known(self, name: str) -> Estimate | None:
        """A figure of the campaign that has a mean, or None."""
        entry = self.entries.get(name)
        return None if entry is None or entry.estimate.mean is None else entry.estimate

    def ledger_has(self, name: str) -> bool:
        """Whether a figure of the ledger is to be shown: its clerks, its look-back are there, there are open cases."""
        if name.startswith("open_"):
            return any(self.estimate(age).mean for age in AGES)
        return can_have(self.scenario, name)

    def estimate(self, name: str) -> Estimate:
        """A figure of the campaign or of the survey by name."""
        return (self.entries.get(name) or self.survey[name]).estimate

    def date(self, hours: float) -> dt.datetime:
        """The local date and time of so many hours since the first day's midnight."""
        return self.times.datetime(hours * HOUR)


def findings(
    study: Study,
    file: str,
    plan: str | None,
    sets: tuple[str, ...] = (),
    precision: Precision | None = None,
    uncertain: Uncertain | None = None,
    after: After | None = None,
    wanted: int | None = None,
    say: Texts = ENGLISH,
) -> Findings:
    """Everything that is to be said of a study of the scenario in `file`, under `plan` if one was named.

    `wanted`: the replications that it was to have, where it was interrupted. `say`: the language of its screens.
    """
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
        warnings=(
            *(() if wanted is None else [_cut_short(study, wanted)]),
            *warnings_of(study.scenario, study.frame),
            *_warnings_of_runs(study, entries, cells),
        ),
        precision=precision,
        sets=sets,
        uncertain=uncertain,
        after=after,
        wanted=wanted,
        say=say,
    )


def _cut_short(study: Study, wanted: int) -> str:
    """What an interrupt left: never a selection of the quick ones."""
    runs = len(study.figures)
    of = f"the first {runs:,} of {wanted:,}" if runs < wanted else f"all {wanted:,}"
    return f"interrupted: these are {of} replications; what-ifs that were not finished are left out"


def _cells(study: Study) -> tuple[CellFigures, ...]:
    confidence = study.scenario.study.confidence
    found = []
    own_words = discreet(study.frame, show_numbers=False)  # a column may hold what its heading does not say
    for at, cell in enumerate(study.figures[0].cells):
        heard, satisfied, truly = cell_counts(study.figures, at).T
        found.append(
            CellFigures(
                dimension=cell.dimension,
                label=own_words(cell.label),
                contacts=cell.contacts,
                answers=within(mean(heard, confidence), 0, math.inf),
                satisfied=_share(_ratio(satisfied, heard), confidence),
                truth=_share(truly / cell.contacts, confidence),
            )
        )
    return tuple(found)


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Part ÷ whole in every replication; NaN where there is no whole."""
    return np.divide(part, whole, out=np.full_like(part, math.nan), where=whole > 0)


def _share(sample: Floats, confidence: float) -> Estimate:
    return within(mean(sample, confidence), 0, 1)


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
    if scenario.study.mode == "ledger":
        return found
    found += [f"register: {warning}" for warning in frame.warnings]
    found += _hours_without_index(scenario, frame)
    called = {WEEKDAYS[date.weekday()] for date in _calling_dates(scenario)}
    unnamed = [name for name in WEEKDAYS if name in called and name not in scenario.answering.weekday_index]
    if unnamed:
        found.append(
            f"answering.weekday_index says nothing of {', '.join(unnamed)}, which are calling days: 100 counts"
        )
    answering = scenario.answering
    if answering.retry_multiplier < 1 and (answering.reachable < 1 or answering.propensity_sd):
        found.append(
            "answers fall with the attempt twice over: since numbers differ (answering.reachable, propensity_sd), and "
            f"by answering.retry_multiplier = {answering.retry_multiplier:g}; write 1 for it, or let numbers be alike"
        )
    found += _idle_parts(scenario)
    manual, exact = scenario.study.mode == "manual", scenario.recognition.exact != "none"
    if manual and exact:
        found.append(
            "people hear everything, so in manual mode nobody is sent to people: recognition.exact.escalations is "
            "not used, problems and suggestions are as given"
        )
    return found


def _idle_parts(scenario: Scenario) -> Iterable[str]:
    """What is written and does nothing in this mode or plan."""
    manual, live = scenario.study.mode == "manual", scenario.agents.transfer.live
    if manual and live:
        yield "people who telephone hear everything themselves: agents.transfer has no effect in manual mode"
    if manual and scenario.listeners.share:
        yield "people who telephone hear everything themselves: listeners have no effect in manual mode"
    if scenario.script.transfers is not None and not live:
        yield "script.transfers has no effect: nobody is handed over (agents.transfer.live is false)"


def at_work(people: CapacitySteps, say: Texts = ENGLISH) -> str:
    """How many are at work: ``2``, or ``1 to 3`` where it changes."""
    least, most = say.number(people.least()), say.number(people.most())
    return most if least == most else say("screen.to", low=least, high=most)


def _hours_without_index(scenario: Scenario, frame: Frame) -> Iterable[str]:
    """The calling hours that count 100 for somebody on the register: a segment's own hours replace the common ones."""
    hours = sorted(_calling_hours(scenario))
    present = set(frame.contacts.segment.tolist())
    common = [] if 0 not in present else ["contacts of no segment"] if scenario.segments else ["everybody"]
    for at, (name, segment) in enumerate(scenario.segments.items(), 1):
        if at not in present:
            continue
        if segment.hour_index is None:
            common.append(f"segment {plain(name)}")
        elif missing := [hour for hour in hours if str(hour) not in segment.hour_index]:
            yield _silent_on(f"segments.{plain(name)}.hour_index", missing, f"segment {plain(name)}")
    missing = [hour for hour in hours if str(hour) not in scenario.answering.hour_index]
    if common and missing:
        yield _silent_on("answering.hour_index", missing, listed(common))


def _silent_on(field: str, hours: list[int], whom: str) -> str:
    said = ", ".join(f"{hour}–{hour + 1} h" for hour in hours)
    to = "" if whom == "everybody" else f" for {whom}"
    return f"{field} says nothing of {said}, which lie in the calling windows: they count 100{to}"


def _calling_dates(scenario: Scenario) -> list[dt.date]:
    days = {begin // DAY for begin in calling_times(scenario).begin.tolist()}
    return [scenario.calendar.start + dt.timedelta(days=day) for day in sorted(days)]


def _calling_hours(scenario: Scenario) -> set[int]:
    calling = calling_times(scenario)
    spans = zip(calling.begin.tolist(), calling.end.tolist(), strict=True)
    return {hour % 24 for begin, end in spans for hour in range(begin // HOUR, -(-end // HOUR))}


def _warnings_of_runs(study: Study, entries: Mapping[str, Entry], cells: tuple[CellFigures, ...]) -> list[str]:
    found = []
    scenario = study.scenario
    if scenario.study.mode == "ledger":
        late = sum(math.isinf(finish) for finish in values(study, "ledger_finish"))
        if not late:
            return []
        return [
            "not all is settled and looked back on by the horizon "
            f"(study.horizon_days = {scenario.study.horizon_days}) in {late} of {len(study.figures)} runs: "
            "the figures are those up to then"
        ]
    cut = sum(math.isinf(finish) for finish in values(study, "finish"))
    if cut:
        found.append(
            f"not finished by the horizon (study.horizon_days = {scenario.study.horizon_days}) in {cut} of "
            f"{len(study.figures)} runs: its figures are those up to then"
        )
    need = entries["people_at_work"].estimate.mean or 0.0
    people = timetable(scenario).people
    if scenario.study.mode == "callback" and need > people.least():
        found.append(
            f"to call back in time {need:.1f} people are needed at work at the busiest time; the roster has "
            f"{at_work(people)}"
        )
    small = sum(cell.small for cell in cells)
    if small:
        found.append(f"{small} of {len(cells)} cells of the survey have fewer than {SMALL_CELL} answers (--details)")
    return found
