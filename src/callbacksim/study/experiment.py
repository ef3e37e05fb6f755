"""Replications: trials with seeds fixed beforehand, on all cores, with the same result whatever their number."""

from __future__ import annotations

import math
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.script import UNSCRIPTED
from callbacksim.campaign.simpy_engine import CallsOnly, Campaign
from callbacksim.campaign.trace import Trace
from callbacksim.frame.frame import Frame, frame_of
from callbacksim.scenario.calendar import HOUR
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import Scenario
from callbacksim.study.dispositions import final_codes
from callbacksim.study.measures import finish_ms, funnel, measures
from callbacksim.study.setting import Setting, setting
from callbacksim.study.survey import Answer, Cell, answers, cells, survey

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int], None]
"""Called with (trials done, trials in all)."""
WORTH_A_POOL_SECONDS = 1.5
"""Starting worker processes costs about a second; shorter studies stay in this one."""
LONGEST_DAYS = 730
"""The longest horizon that a scenario may have: what is asked of calling by hand is how long it takes, not whether."""
MOST_PROBES = 10
"""Replications for each what-if of a run, calling by hand among them: paired, so few of them say much."""


@dataclass(frozen=True)
class Figures:
    """What one replication of one plan says."""

    replication: int
    funnel: dict[str, int | None]
    measures: dict[str, float]
    survey: dict[str, float]
    cells: tuple[Cell, ...]
    codes: dict[str, int]  # contacts by final AAPOR code
    answers: tuple[Answer, ...]


@dataclass(frozen=True, repr=False)
class Study:
    """All replications of one plan; `figures[r]` is replication r."""

    scenario: Scenario
    frame: Frame
    seed: int
    figures: tuple[Figures, ...]
    manual: tuple[tuple[float, float], ...] = ()  # (hours, cost) if called by hand, in the first replications
    probes: tuple[Probe, ...] = ()
    model: type[Campaign] = field(default=Campaign, repr=False)

    def trace(self, replication: int = 0) -> Trace:
        """The whole trace of one replication, run again (the same draws give the same trace)."""
        return run_one(setting(self.scenario, self.frame), self.seed, replication, self.model)

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
        return self.dataframe().to_html(float_format="{:,.3f}".format)


@dataclass(frozen=True)
class Probe:
    """A what-if under the same draws: `finish[i]`, in hours, belongs to replication i, as in the study itself."""

    what: str
    overrides: str
    finish: tuple[float, ...]
    called_back_in_time: tuple[float, ...]


def run_one(where: Setting, seed: int, replication: int, model: type[Campaign] = Campaign) -> Trace:
    """One replication of a setting."""
    return model(where.scenario, where.contacts, where.times, Draws(seed, replication), where.script).run()


@dataclass(frozen=True)
class _Task:
    """A trial that any process can do: pure, its seed fixed beforehand."""

    plan: int
    replication: int
    what: str  # "figures", "manual", "probe", or "each": figures, None where the exact counts cannot be kept


def replicate(
    scenario: Scenario,
    n: int | None = None,
    *,
    seed: int | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    frame: Frame | None = None,
    model: type[Campaign] = Campaign,
    extras: bool = False,
) -> Study:
    """`n` replications (the scenario's number by default) from `seed` (the scenario's by default).

    `extras` adds the manual campaign under the same draws and a few what-ifs (see `Probe`). Raises `Refused` for
    registers that cannot be read and for exact counts that the calls do not give.
    """
    frames = None if frame is None else [frame]
    return replicate_all(
        [scenario], n, seed=seed, jobs=jobs, progress=progress, frames=frames, model=model, extras=extras
    )[0]


def replicate_all(
    scenarios: Sequence[Scenario],
    n: int | None = None,
    *,
    first: int = 0,
    seed: int | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    frames: Sequence[Frame] | None = None,
    model: type[Campaign] = Campaign,
    extras: bool = False,
) -> list[Study]:
    """Several plans with common random numbers: replication r of each meets the same people.

    Replications `first` (from 0) up to n, without it.
    """
    study = scenarios[0].study
    n = study.replications if n is None else n
    seed = study.seed if seed is None else seed
    frames = build_frames(scenarios) if frames is None else frames
    plans = [setting(scenario, frame) for scenario, frame in zip(scenarios, frames, strict=True)]
    tasks = [_Task(plan, r, "figures") for r in range(first, n) for plan in range(len(plans))]
    probed: list[list[tuple[str, str, int]]] = [[] for _ in plans]
    manual: dict[int, int] = {}  # which of the plans is another one called by hand
    if extras:
        for plan, where in enumerate(list(plans)):
            if where.scenario.study.mode != "callback":
                continue
            if where.script.calls is None:  # a script says what came of the robot's calls, not of people's
                manual[plan] = len(plans)
                plans.append(setting(by_hand(where.scenario), frames[plan], UNSCRIPTED))
                tasks += [_Task(manual[plan], r, "manual") for r in range(min(n, MOST_PROBES))]
            for what, text, changed in what_ifs(where.scenario):
                probed[plan].append((what, text, len(plans)))
                plans.append(setting(changed, frames[plan], where.script))
                tasks += [_Task(len(plans) - 1, r, "probe") for r in range(min(n, MOST_PROBES))]
    results = dict(zip(tasks, _carry_out(tasks, plans, seed, model, jobs, progress), strict=True))

    def of(plan: int, what: str) -> list[object]:
        return [results[task] for task in tasks if task.plan == plan and task.what == what]

    return [
        Study(
            scenario=scenario,
            frame=frames[plan],
            seed=seed,
            figures=tuple(x for x in of(plan, "figures") if isinstance(x, Figures)),
            manual=tuple(x for x in of(manual.get(plan, -1), "manual") if isinstance(x, tuple)),
            probes=tuple(
                Probe(what, text, *zip(*pairs, strict=True))
                for what, text, at in probed[plan]
                # A what-if that cannot be run in every replication says nothing.
                if len(pairs := [x for x in of(at, "probe") if isinstance(x, tuple)]) == min(n, MOST_PROBES)
            ),
            model=model,
        )
        for plan, scenario in enumerate(scenarios)
    ]


def each(
    runs: Sequence[tuple[Setting, int]],
    seed: int,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
    model: type[Campaign] = Campaign,
) -> list[Figures | None]:
    """The figures of every (setting, replication): `each([(where, r)], seed)` is replication r of `where`.

    None where a run cannot keep the setting's exact counts.
    """
    tasks = [_Task(at, replication, "each") for at, (_, replication) in enumerate(runs)]
    found = _carry_out(tasks, [where for where, _ in runs], seed, model, jobs, progress)
    return [one if isinstance(one, Figures) else None for one in found]


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


def _carry_out(
    tasks: Sequence[_Task],
    plans: Sequence[Setting],
    seed: int,
    model: type[Campaign],
    jobs: int | None,
    progress: Progress | None,
) -> list[object]:
    import time

    results: list[object] = []
    begun = time.perf_counter()
    cores = jobs or os.cpu_count() or 1

    def done(result: object) -> None:
        results.append(result)
        if progress is not None:
            progress(len(results), len(tasks))

    for i, task in enumerate(tasks):
        left = (time.perf_counter() - begun) / max(i, 1) * (len(tasks) - i)
        if cores > 1 and i >= 1 and left > WORTH_A_POOL_SECONDS:
            break
        done(_trial(plans[task.plan], seed, task, model))
    rest = tasks[len(results) :]
    if rest:
        from joblib import Parallel, delayed

        pool = Parallel(n_jobs=cores, return_as="generator", batch_size=1, pre_dispatch="4*n_jobs")
        with _begun_deaf_to_interrupts():
            coming = pool(delayed(_trial)(plans[task.plan], seed, task, model) for task in rest)
        for result in coming:
            done(result)
    return results


@contextmanager
def _begun_deaf_to_interrupts() -> Iterator[None]:
    """Processes begun in this block never see an interrupt.

    At a terminal it goes to all of them; the one that waits for the results ends the others, which would only tell,
    each for itself, where they were.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _trial(where: Setting, seed: int, task: _Task, model: type[Campaign]) -> object:
    """A trial, as a pure function of its arguments."""
    if task.what == "manual":
        return _called_by_hand(where, seed, task.replication)
    if task.what == "probe":
        return _probed(where, seed, task.replication, model)
    try:
        trace = run_one(where, seed, task.replication, model)
    except Refused:
        if task.what == "each":
            return None
        raise
    return Figures(
        replication=task.replication,
        funnel=funnel(trace, where),
        measures=measures(trace, where),
        survey=survey(trace, where),
        cells=cells(trace, where),
        codes=final_codes(trace),
        answers=answers(trace, where),
    )


def _probed(where: Setting, seed: int, replication: int, model: type[Campaign]) -> tuple[float, float] | None:
    """(finish in hours, called back in time) of a what-if; None where the scenario's counts or script forbid it."""
    try:
        trace = run_one(where, seed, replication, model)
    except Refused:
        return None
    return finish_ms(trace) / HOUR, measures(trace, where)["called_back_in_time"]


def by_hand(scenario: Scenario) -> Scenario:
    """The same campaign if people called everybody, with time enough to finish it."""
    study = scenario.study.model_copy(update={"mode": "manual", "horizon_days": LONGEST_DAYS})
    recognition = scenario.recognition.model_copy(update={"exact": "none"})
    return scenario.model_copy(update={"study": study, "recognition": recognition})


def _called_by_hand(where: Setting, seed: int, replication: int) -> tuple[float, float]:
    """(hours on the telephone, cost in ¥) if people had called everybody; NaN where even two years do not suffice."""
    found = measures(run_one(where, seed, replication, CallsOnly), where)
    if math.isinf(found["finish"]):
        return math.nan, math.nan
    return found["agent_hours"], found["agent_cost"] + found["overtime_cost"]
