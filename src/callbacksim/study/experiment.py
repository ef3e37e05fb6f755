"""Studies: replications with seeds fixed beforehand, the same result whatever the number of processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from callbacksim.campaign.script import UNSCRIPTED, Script
from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.campaign.standing import Standing
from callbacksim.campaign.trace import Trace
from callbacksim.frame.frame import Frame, frame_of
from callbacksim.scenario.schema import Scenario
from callbacksim.study.cards import study_card
from callbacksim.study.figures import Figures, Floats, Replications, columns_of
from callbacksim.study.journal import Journal
from callbacksim.study.measuring.courses import KEPT, Course, unpacked
from callbacksim.study.setting import Setting, setting
from callbacksim.study.trials import Kind, Trial, run_one
from callbacksim.study.workers import Jobs, carried_out, end_workers

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int], None]
"""Called with (trials done, trials in all)."""
LONGEST_DAYS = 730
"""The longest horizon that a scenario may have: what is asked of calling by hand is how long it takes, not whether."""
MOST_PROBES = 10
"""Replications for each what-if of a run, calling by hand among them: paired, so few of them say much."""


@dataclass(frozen=True, repr=False)
class Study:
    """All replications of one plan; `figures[r]` is replication r.

    It shows itself as a table of the figures that matter most; `dataframe`, `funnel` and `replications` have them all.
    `manual` and `probes` are there if `replicate` was asked for extras.
    """

    scenario: Scenario
    frame: Frame
    seed: int
    figures: Sequence[Figures]
    manual: tuple[tuple[float, float], ...] = ()  # (hours, cost) if called by hand, in the first replications
    probes: tuple[Probe, ...] = ()
    model: type[Campaign] = field(default=Campaign, repr=False)
    standing: Standing | None = field(default=None, repr=False)  # of a running campaign: these are runs of its rest
    courses: tuple[Course, ...] = field(default=(), repr=False)  # of the first replications, where they were asked for

    def trace(self, replication: int = 0) -> Trace:
        """The whole trace of one replication, run again (the same draws give the same trace)."""
        where = setting(self.scenario, self.frame, standing=self.standing)
        return run_one(where, self.seed, replication, self.model)

    def dataframe(self) -> pd.DataFrame:
        """All figures: one row a figure, with mean, low, high, unit and meaning."""
        from callbacksim.study.summary import summary_frame

        return summary_frame(self)

    def funnel(self) -> pd.DataFrame:
        """The funnel: one row a stage, with mean, low and high."""
        from callbacksim.study.summary import funnel_frame

        return funnel_frame(self)

    def replications(self) -> pd.DataFrame:
        """Every figure of every replication: one row a replication."""
        from callbacksim.study.summary import replications_frame

        return replications_frame(self)

    def __repr__(self) -> str:
        contacts, runs = self.frame.counts.contacts, len(self.figures)
        return f"<Study: {runs:,} replication{'s' * (runs != 1)}, seed {self.seed}, {contacts:,} contacts>"

    def _repr_html_(self) -> str:
        return study_card(self)


@dataclass(frozen=True)
class Probe:
    """A what-if under the same draws: `finish[i]`, in hours, belongs to replication i, as in the study itself."""

    what: str
    overrides: str
    finish: tuple[float, ...]
    called_back_in_time: tuple[float, ...]


def replicate(
    scenario: Scenario,
    n: int | None = None,
    *,
    seed: int | None = None,
    jobs: Jobs = None,
    progress: Progress | None = None,
    frame: Frame | None = None,
    model: type[Campaign] = Campaign,
    extras: bool = False,
    courses: bool = False,
    standing: Standing | None = None,
    journal: Journal | None = None,
) -> Study:
    """`n` replications (the scenario's number by default) from `seed` (the scenario's by default).

    With a `standing` they are replications of the rest of a running campaign. `extras` adds the manual campaign
    under the same draws (without a standing) and a few what-ifs (see `Probe`), `courses` how the days of the first
    replications went. What the `journal` holds is not done again. Raises `Refused` for registers that cannot be read
    and for exact counts that the calls do not give, `Interrupted` on Ctrl-C.
    """
    frames = None if frame is None else [frame]
    return replicate_all(
        [scenario], n, seed=seed, jobs=jobs, progress=progress, frames=frames, model=model, extras=extras,
        courses=courses, standing=standing, journal=journal,
    )[0]  # fmt: skip


def replicate_all(
    scenarios: Sequence[Scenario],
    n: int | None = None,
    *,
    first: int = 0,
    seed: int | None = None,
    jobs: Jobs = None,
    progress: Progress | None = None,
    frames: Sequence[Frame] | None = None,
    model: type[Campaign] = Campaign,
    extras: bool = False,
    courses: bool = False,
    standing: Standing | None = None,
    journal: Journal | None = None,
) -> list[Study]:
    """Several plans with common random numbers: replication r of each meets the same people.

    Replications `first` (from 0) up to n, without it; `courses` are those of the first plan.
    """
    study = scenarios[0].study
    n = study.replications if n is None else n
    seed = study.seed if seed is None else seed
    frames = build_frames(scenarios) if frames is None else frames
    begun = _Begun(scenarios, frames, first, n, extras, courses, standing)
    coming = carried_out(dict(enumerate(begun.trials)), begun.settings, seed, model, jobs, journal)
    try:
        for done, (place, numbers) in enumerate(coming, 1):
            begun.add(begun.trials[place], numbers)
            if progress is not None:
                progress(done, len(begun.trials))
    except KeyboardInterrupt:
        end_workers()
        raise Interrupted(begun.studies(seed, model), n) from None
    finally:
        if journal is not None:
            journal.flush()
    return begun.studies(seed, model)


def called_by_hand(
    study: Study, *, jobs: Jobs = None, progress: Progress | None = None, journal: Journal | None = None
) -> Study:
    """A study with what its first replications would have been if people had called everybody; `extras` has it, too.

    The same study where there is nothing to hold against that, or it is known. Raises KeyboardInterrupt on Ctrl-C.
    """
    scenario = study.scenario
    where = setting(scenario, study.frame)
    if study.manual or scenario.study.mode != "callback" or where.script.calls is not None or study.standing:
        return study
    few = min(len(study.figures), MOST_PROBES)
    trials = {r: Trial(0, r, "manual") for r in range(few)}
    plan = [setting(by_hand(scenario), study.frame, UNSCRIPTED)]
    found: dict[int, tuple[float, float]] = {}
    try:
        for done, (r, numbers) in enumerate(carried_out(trials, plan, study.seed, study.model, jobs, journal), 1):
            found[r] = (float(numbers[0]), float(numbers[1]))
            if progress is not None:
                progress(done, few)
    except KeyboardInterrupt:
        end_workers()
        raise
    finally:
        if journal is not None:
            journal.flush()
    return replace(study, manual=tuple(found[r] for r in range(few)))


class Interrupted(KeyboardInterrupt):
    """Ctrl-C in the midst of studies that were to have so many replications as `wanted` says.

    `studies` have those that were finished without a gap, the same in each plan (there may be none). However long a
    trial takes, it is never left out for it: what ended behind an unfinished one does not count.
    """

    def __init__(self, studies: Sequence[Study], wanted: int) -> None:
        super().__init__()
        self.studies, self.wanted = tuple(studies), wanted


class _Begun:
    """Studies while their trials come in, in whatever order."""

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        frames: Sequence[Frame],
        first: int,
        n: int,
        extras: bool,
        courses: bool,
        standing: Standing | None,
    ) -> None:
        self._plans = range(len(scenarios))
        self._frames, self._first, self._standing = list(frames), first, standing
        self.settings = [setting(one, frame, standing=standing) for one, frame in zip(scenarios, frames, strict=True)]
        self.trials = [
            Trial(plan, r, "course" if courses and plan == 0 and r < KEPT else "figures")
            for r in range(first, n)
            for plan in self._plans
        ]
        self._courses: dict[int, Course] = {}
        self._few = min(n, MOST_PROBES)
        self._manual: dict[int, int] = {}  # which of the settings is a plan called by hand
        self._what_ifs: list[tuple[int, str, str, int]] = []  # plan, words, overrides, which of the settings
        for plan in self._plans if extras else ():
            self._look_beside(plan)
        self._columns = [columns_of(self.settings[plan]) for plan in self._plans]
        self._tables = [np.empty((n - first, columns.begins[-1])) for columns in self._columns]
        self._done = np.zeros((len(self._plans), n - first), dtype=bool)
        self._pairs: dict[int, dict[int, tuple[float, float]]] = {}

    def _look_beside(self, plan: int) -> None:
        where = self.settings[plan]
        if where.scenario.study.mode != "callback":
            return
        # A script, or the log so far, says what came of the robot's calls, not of people's.
        if where.script.calls is None and self._standing is None:
            self._manual[plan] = self._few_trials(plan, "manual", by_hand(where.scenario), UNSCRIPTED)
        for words, overrides, changed in what_ifs(where.scenario):
            at = self._few_trials(plan, "probe", changed, where.script)
            self._what_ifs.append((plan, words, overrides, at))

    def _few_trials(self, plan: int, kind: Kind, scenario: Scenario, script: Script) -> int:
        """The place of a new setting that is replicated a few times."""
        at, frame = len(self.settings), self._frames[plan]
        self.trials += [Trial(at, r, kind) for r in range(self._few)]
        self.settings.append(setting(scenario, frame, script, self._standing))
        self._frames.append(frame)
        return at

    def add(self, trial: Trial, numbers: Floats) -> None:
        """The numbers of a trial."""
        if trial.kind in ("figures", "course"):
            width = self._columns[trial.plan].begins[-1]
            if trial.kind == "course":
                self._courses[trial.replication] = unpacked(numbers[width:])
            self._tables[trial.plan][trial.replication - self._first] = numbers[:width]
            self._done[trial.plan, trial.replication - self._first] = True
        elif len(numbers):
            of_plan = self._pairs.setdefault(trial.plan, {})
            of_plan[trial.replication] = (float(numbers[0]), float(numbers[1]))

    def studies(self, seed: int, model: type[Campaign]) -> list[Study]:
        """The studies as far as they have come: the replications that all plans have, without a gap."""
        whole = int(np.logical_and.accumulate(self._done.all(axis=0)).sum())
        return [
            Study(
                scenario=self.settings[plan].scenario,
                frame=self._frames[plan],
                seed=seed,
                figures=Replications(self._columns[plan], self._tables[plan][:whole]),
                manual=tuple(self._beside(self._manual.get(plan, -1), whole)),
                probes=tuple(
                    Probe(words, overrides, *zip(*pairs, strict=True))
                    for of, words, overrides, at in self._what_ifs
                    # A what-if that cannot be run in every replication says nothing.
                    if of == plan and len(pairs := self._beside(at, whole)) == self._few
                ),
                model=model,
                standing=self._standing,
                courses=tuple(self._first_courses(whole)) if plan == 0 else (),
            )
            for plan in self._plans
        ]

    def _first_courses(self, whole: int) -> Iterator[Course]:
        """The courses that were asked for, of the replications that are there."""
        return (self._courses[r] for r in sorted(self._courses) if r < self._first + whole)

    def _beside(self, at: int, whole: int) -> list[tuple[float, float]]:
        """What calling by hand or a what-if says: in order, up to the first gap, of the replications that are there."""
        found = sorted(self._pairs.get(at, {}).items())
        return [pair for place, (r, pair) in enumerate(found) if r == place < self._first + whole]


def each(
    runs: Sequence[tuple[Setting, int]],
    seed: int,
    *,
    jobs: Jobs = None,
    progress: Progress | None = None,
    model: type[Campaign] = Campaign,
    journal: Journal | None = None,
) -> list[Figures | None]:
    """The figures of every (setting, replication): `each([(where, r)], seed)` is replication r of `where`.

    None where a run cannot keep the setting's exact counts. What the `journal` holds is not done again. Raises
    `Halfway` on Ctrl-C.
    """
    plans = [where for where, _ in runs]
    trials = {at: Trial(at, replication, "possible") for at, (_, replication) in enumerate(runs)}
    found: dict[int, Figures | None] = {}
    try:
        for done, (at, numbers) in enumerate(carried_out(trials, plans, seed, model, jobs, journal), 1):
            found[at] = columns_of(plans[at]).figures(numbers) if len(numbers) else None
            if progress is not None:
                progress(done, len(runs))
    except KeyboardInterrupt:
        end_workers()
        whole = next(at for at in range(len(runs) + 1) if at not in found)
        raise Halfway([found[at] for at in range(whole)]) from None
    finally:
        if journal is not None:
            journal.flush()
    return [found[at] for at in range(len(runs))]


class Halfway(KeyboardInterrupt):
    """Ctrl-C in the midst of `each`: `found` is the beginning of its answer, as far as there is no gap."""

    def __init__(self, found: Sequence[Figures | None]) -> None:
        super().__init__()
        self.found = tuple(found)


def what_ifs(scenario: Scenario) -> Iterator[tuple[str, str, Scenario]]:
    """(words, overrides, scenario) of the nearest other plans: fewer and more lines, one person less and more.

    Where recordings are listened to, one listener more, too.
    """
    lines, people = scenario.robot.lines, scenario.agents.count
    step = 10 if lines > 10 else max(1, lines // 2)
    for change in (-step, step):
        if lines + change >= 1:
            robot = scenario.robot.model_copy(update={"lines": lines + change})
            words = f"{step} line{'s' * (step > 1)} {'fewer' if change < 0 else 'more'}"
            yield words, f"robot.lines={lines + change}", scenario.model_copy(update={"robot": robot})
    if scenario.listeners.share:
        listeners = scenario.listeners.model_copy(update={"count": scenario.listeners.count + 1})
        text = f"listeners.count={listeners.count}"
        yield "one listener more", text, scenario.model_copy(update={"listeners": listeners})
    for change in (-1, 1):
        if people + change >= 1:
            agents = scenario.agents.model_copy(update={"count": people + change})
            words = f"one person {'fewer' if change < 0 else 'more'}"
            yield words, f"agents.count={people + change}", scenario.model_copy(update={"agents": agents})


def build_frames(scenarios: Sequence[Scenario]) -> list[Frame]:
    """One frame for each scenario; scenarios with the same register share theirs."""
    built: list[tuple[Scenario, Frame]] = []
    frames = []
    for scenario in scenarios:
        same = (f for s, f in built if _asks_for(s) == _asks_for(scenario))
        frame = next(same, None) or frame_of(scenario)
        built.append((scenario, frame))
        frames.append(frame)
    return frames


def _asks_for(scenario: Scenario) -> tuple[object, ...]:
    """What a frame depends on."""
    return scenario.register_, scenario.segments, scenario.study.mode == "ledger"


def by_hand(scenario: Scenario) -> Scenario:
    """The same campaign if people called everybody, with time enough to finish it."""
    study = scenario.study.model_copy(update={"mode": "manual", "horizon_days": LONGEST_DAYS})
    recognition = scenario.recognition.model_copy(update={"exact": "none"})
    return scenario.model_copy(update={"study": study, "recognition": recognition})
