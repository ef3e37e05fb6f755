"""The public face: what `import callbacksim` offers to notebooks and other programs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.campaign.trace import Trace
from callbacksim.frame.calllog.options import Reading, reading_of
from callbacksim.frame.calllog.reading import read_call_log
from callbacksim.frame.frame import Frame, frame_of
from callbacksim.report.texts import Language
from callbacksim.scenario import files
from callbacksim.scenario.canonical import inline
from callbacksim.scenario.merging import plain
from callbacksim.scenario.schema import Scenario
from callbacksim.study import compare as comparing
from callbacksim.study import sweep as sweeping
from callbacksim.study.calibrating import calibration as calibrating
from callbacksim.study.calibrating.calibration import Calibration
from callbacksim.study.compare import Comparison
from callbacksim.study.continuing import Running, stands
from callbacksim.study.drivers import drivers as drivers  # as it is, too
from callbacksim.study.experiment import Progress, Study
from callbacksim.study.experiment import replicate as replicate  # as it is: nothing to add for notebooks
from callbacksim.study.rostering.roster import roster as roster
from callbacksim.study.setting import setting
from callbacksim.study.staffing.staff import staff as staff
from callbacksim.study.sweep import Sweep
from callbacksim.study.trials import run_one
from callbacksim.study.uncertain import uncertain as uncertain  # as it is, too
from callbacksim.study.workers import Jobs

AS_IT_STANDS = "base"
"""The name under which `compare` knows the scenario without any plan."""


def load(path: Path | str, plan: str | None = None, overrides: Sequence[str] = ()) -> Scenario:
    """The scenario in a file, under a plan if one is named, with ``"a.b=c"`` overrides.

    The path counts from the current directory, files that the scenario names from its own. Raises `Refused` with all
    that is wrong, each as ``file:line: field: what is wrong; what would be right``.
    """
    return files.load(path, plan=plan, overrides=overrides)


def build_frame(scenario: Scenario) -> Frame:
    """The register of a scenario and the contacts it becomes, the same in every replication.

    Raises `Refused` where the register cannot be read, or none of its rows is a contact.
    """
    return frame_of(scenario)


def simulate(
    scenario: Scenario,
    seed: int | None = None,
    replication: int = 0,
    model: type[Campaign] = Campaign,
    frame: Frame | None = None,
) -> Trace:
    """One replication, as the trace of everything that happened.

    The same scenario, seed (the scenario's by default), replication and model give the same trace, to the
    millisecond. `frame` saves building it again; `model` is a subclass of `Campaign`. Raises `Refused` for registers
    that cannot be read and for exact counts that the calls do not give.
    """
    where = setting(scenario, build_frame(scenario) if frame is None else frame)
    return run_one(where, scenario.study.seed if seed is None else seed, replication, model)


def compare(
    scenario: Scenario,
    plans: Sequence[str] | None = None,
    n: int | None = None,
    *,
    seed: int | None = None,
    jobs: Jobs = None,
    progress: Progress | None = None,
    model: type[Campaign] = Campaign,
) -> Comparison:
    """Plans of a scenario against the first one named, the same people in each (common random numbers).

    ``"base"`` is the scenario as it stands; without `plans` all of its plans are held against that. `n` replications
    and `seed` are by default the scenario's. Raises `Refused` as `simulate`, and for a plan that there is not.
    """
    names = [AS_IT_STANDS, *scenario.plans] if plans is None else list(plans)
    if len(names) == 1 and names != [AS_IT_STANDS]:
        names = [AS_IT_STANDS, *names]
    chosen = named([(name, planned(scenario, name)) for name in names])
    return comparing.compare(chosen, n, seed=seed, jobs=jobs, progress=progress, model=model)


def calibrate(
    log: Path | str,
    scenario: Scenario,
    *,
    columns: Mapping[str, str] | None = None,
    statuses: Mapping[str, str] | None = None,
    only: Mapping[str, str] | None = None,
    utc: bool = False,
    utc_offset: str = "+08:00",
    sheet: str | None = None,
    frame: Frame | None = None,
) -> Calibration:
    """A scenario fitted to a call log (CSV, TSV, Excel, a run's attempts), in `result`. Raises `Refused`.

    ``columns`` names headings of the log that are not recognised (``{"number": "被叫"}``), ``statuses`` what its words
    mean (``{"未接": "no_answer", "TEST": "skip"}``), ``only`` what stands in a column of the rows that count
    (``{"campaign": "survey"}``), ``utc`` that its times are GMT.
    """
    reading = _reading(columns, statuses, only, utc, utc_offset, sheet)
    read = read_call_log(log, scenario.calendar.start, reading)
    if frame is None and (scenario.segments or read.by_contact or scenario.register_.file):
        frame = build_frame(scenario)
    return calibrating.calibrate(read, scenario, frame)


def sweep(
    scenario: Scenario,
    vary: Mapping[str, Iterable[object]],
    n: int | None = None,
    *,
    seed: int | None = None,
    jobs: Jobs = None,
    progress: Progress | None = None,
) -> Sweep:
    """Every combination of the values of some fields, on the same people (common random numbers), as a tidy table.

    ``vary`` names fields as a scenario file does, with the values of each::

        cs.sweep(scenario, {"robot.lines": range(20, 81, 10), "agents.count": [1, 2, 3]}).dataframe()

    The last field changes fastest. `n` replications of each plan, and `seed`, are by default the scenario's; its own
    plans play no part. Raises `Refused` for fields and values that cannot be and for more than 500 plans, `ValueError`
    where nothing is varied.
    """
    axes = [sweeping.Axis(field, tuple(_written(value) for value in vary[field])) for field in vary]
    if not axes or not all(axis.values for axis in axes):
        raise ValueError("name at least one field, and at least one value of each")
    plans = sweeping.grid_of(lambda overrides: files.with_overrides(scenario, overrides), axes)
    return sweeping.sweep(axes, plans, n, seed=seed, jobs=jobs, progress=progress)


def _written(value: object) -> str:
    """A value as an override has it; numpy's numbers are numbers too."""
    try:
        return str(inline(plain(value.item() if isinstance(value, np.generic) else value)).as_string())
    except ValueError:
        raise ValueError(f"{value!r} is no value of a field: numbers, texts, dates and lists of them are") from None


def write_page(
    study: Study,
    target: Path | str,
    *,
    of: Path | str,
    plan: str | None = None,
    overrides: Sequence[str] = (),
    language: Language = "en",
) -> Path:
    """The study as one HTML page to hand on, what ``run --report`` writes; the path of it. It replaces an older one.

    `of`, `plan` and `overrides` are what `load` was given for the scenario: the page tells them, and is refused
    (`ValueError`) where they give another one, for a model of one's own, and for the rest of a running campaign. With
    ``replicate(…, extras=True, courses=True)`` it has the what-ifs and the days over all runs, too. `language` is
    ``"en"`` or ``"zh"``. Raises `Refused`.
    """
    from callbacksim.report import handout  # only here: whoever wants no page need not wait for what draws it

    handout.write_page(handout.study_sheet(study, of, plan, overrides, language), Path(target), language)
    return Path(target)


def write_figures(
    study: Study,
    directory: Path | str,
    *,
    of: Path | str,
    plan: str | None = None,
    overrides: Sequence[str] = (),
    language: Language = "en",
) -> list[Path]:
    """Every picture of the study's page as SVG and PNG in a directory; the files' paths.

    All else as `write_page`, `ValueError` and `Refused` too.
    """
    from callbacksim.report import handout

    return handout.write_figures(handout.study_sheet(study, of, plan, overrides, language), Path(directory))


def _reading(
    columns: Mapping[str, str] | None,
    statuses: Mapping[str, str] | None,
    only: Mapping[str, str] | None,
    utc: bool,
    utc_offset: str,
    sheet: str | None,
) -> Reading:
    """How a log is to be read, as the command line would say it."""
    named = [[f"{name}={value}" for name, value in (pairs or {}).items()] for pairs in (columns, statuses, only)]
    return reading_of(named[0], named[1], utc, utc_offset, sheet, named[2])


def after(
    log: Path | str,
    scenario: Scenario,
    n: int | None = None,
    *,
    at: dt.datetime | str | None = None,
    until_now: Scenario | None = None,
    seed: int | None = None,
    jobs: Jobs = None,
    progress: Progress | None = None,
    columns: Mapping[str, str] | None = None,
    statuses: Mapping[str, str] | None = None,
    only: Mapping[str, str] | None = None,
    utc: bool = False,
    utc_offset: str = "+08:00",
    sheet: str | None = None,
    frame: Frame | None = None,
) -> Study:
    """The rest of a running campaign: replications that go on from where its log stands `at` a moment (its end).

    The study's figures are of past and future together. `until_now` is the scenario as it ran so far, where another
    plan follows. The log, and `columns` to `sheet`, are as of `calibrate`; a directory that `run` wrote tells of the
    people and the ledger, too. Raises `Refused` for a log that does not fit and what cannot be continued.
    """
    frame = build_frame(scenario) if frame is None else frame
    where = begun(
        log, scenario, at=at, until_now=until_now, columns=columns, statuses=statuses, only=only, utc=utc,
        utc_offset=utc_offset, sheet=sheet, frame=frame,
    )  # fmt: skip
    return replicate(scenario, n, seed=seed, jobs=jobs, progress=progress, frame=frame, standing=where.standing)


def begun(
    log: Path | str,
    scenario: Scenario,
    *,
    at: dt.datetime | str | None = None,
    until_now: Scenario | None = None,
    columns: Mapping[str, str] | None = None,
    statuses: Mapping[str, str] | None = None,
    only: Mapping[str, str] | None = None,
    utc: bool = False,
    utc_offset: str = "+08:00",
    sheet: str | None = None,
    frame: Frame | None = None,
) -> Running:
    """Where a running campaign stands by its log, for `uncertain(scenario, begun=…)`.

    Everything is as of `after`, which raises `Refused` likewise.
    """
    reading = _reading(columns, statuses, only, utc, utc_offset, sheet)
    frame = build_frame(scenario) if frame is None else frame
    moment = at.isoformat(sep=" ") if isinstance(at, dt.datetime) else at
    return stands(Path(log), scenario, frame, until_now or scenario, moment, reading, "scenario")


def planned(scenario: Scenario, name: str) -> Scenario:
    """The scenario under one of its plans, or as it stands for ``"base"`` (unless a plan bears that name)."""
    if name == AS_IT_STANDS and name not in scenario.plans:
        return scenario.model_copy(update={"plans": {}})
    return files.with_plan(scenario, name)


def named(scenarios: Sequence[tuple[str, Scenario]]) -> dict[str, Scenario]:
    """Scenarios by name; a name that comes again gets a number: ``lean``, ``lean (2)``."""
    found: dict[str, Scenario] = {}
    for name, scenario in scenarios:
        unique, times = name, 1
        while unique in found:
            times += 1
            unique = f"{name} ({times})"
        found[unique] = scenario
    return found
