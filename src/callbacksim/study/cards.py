"""What a study, a comparison and a staffing answer show of themselves in a notebook: the answer, in a dozen lines."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.showing import card, counted
from callbacksim.study.estimates import Estimate
from callbacksim.study.measuring.ledger import ALONE
from callbacksim.study.measuring.measures import can_have
from callbacksim.study.summary import WORDS, summarise, summarise_survey, unit_of_difference
from callbacksim.study.writing import UNDEFINED, fitting, number

if TYPE_CHECKING:  # they show themselves by these cards
    from callbacksim.study.calibrating.calibration import Calibration
    from callbacksim.study.compare import Comparison
    from callbacksim.study.drivers import Drivers
    from callbacksim.study.experiment import Study
    from callbacksim.study.staffing.staff import StaffingAnswer
    from callbacksim.study.sweep import Sweep

SHOWN = (
    "finish_median", "finish_p95", "finish_by_target", "interviews", "interview_share", "satisfied",
    "true_satisfied_businesses", "escalations", "called_back_in_time", "problems", "line_occupancy", "agent_occupancy",
    "cost", "cost_per_interview",
)  # fmt: skip
"""The figures that a study shows; a ledger by itself shows its own."""
COMPARED = (
    "finish", "interviews", "satisfied", "error", "escalations", "called_back_in_time", "line_occupancy",
    "agent_occupancy", "ledger_finish", "resolved_share", "on_time_share", "cost", "cost_per_interview",
)  # fmt: skip
"""The figures that a comparison shows."""
SWEPT = ("finish_median", "called_back_in_time", "cost")
"""The figures that a grid shows of each plan."""
INPUTS, FITTED, PLANS = 3, 14, 40
"""So many inputs a figure, so many fitted fields, and so many plans of a grid, are shown."""
Writer = Callable[[float], str]


def study_card(study: Study) -> str:
    """The study as a small table: a figure, its mean and its interval (HTML, every text escaped)."""
    entries = {**summarise(study), **summarise_survey(study)}
    names = [name for name in shown(study.scenario) if entries[name].estimate.mean is not None]
    rows = [(words(name), *_figure(study, name, entries[name].estimate)) for name in names]
    confidence = f"{100 * study.scenario.study.confidence:g} % interval"
    more = "all figures: study.dataframe(); the funnel: study.funnel(); by replication: study.replications()"
    return card(_runs(study, "of"), ("", "mean", confidence, "unit"), rows, more)


def comparison_card(comparison: Comparison) -> str:
    """The plans as a small table: the first as it is, each other one by its paired differences from it."""
    (base, study), *others = comparison.studies.items()
    entries = {**summarise(study), **summarise_survey(study)}
    differences = {(one.measure, one.plan): one.estimate for one in comparison.differences}
    rows = []
    for name in (name for name in COMPARED if any(measure == name for measure, _ in differences)):
        point, _, unit = _figure(study, name, entries[name].estimate)
        against = [_difference(name, differences[name, plan]) for plan, _ in others]
        rows.append((words(name), point, *against, unit or unit_of_difference(name)))
    confidence = f"{100 * comparison.differences_confidence:g} %"
    more = (
        f"{base}: mean; the others: difference from it on the same people with its {confidence} interval, * if that is "
        "clear of zero (of shares in points). All figures: comparison.dataframe(); means: comparison.table()"
    )
    columns = ("", base, *(f"{plan} − {base}" for plan, _ in others), "unit")
    return card(_runs(study, "of each plan,"), columns, rows, more)


def staffing_card(found: StaffingAnswer) -> str:
    """The plan, its cost and each promise as a small table; without a plan the nearest, as the search saw it."""
    shown = found.candidate or found.nearest
    confidence = f"{100 * found.confidence:g} %"
    plan, targets = (found.plan, found.targets) if shown is None or found.plan else (shown.plan, shown.targets)
    rows = []
    if plan is not None:
        state = "on fresh replications" if found.plan else "best so far" if found.candidate else "nearest, not enough"
        rows.append(("plan 方案", ", ".join(f"{n} {name}" for name, n in plan.counts().items()), state))
    if found.cost is not None and found.cost.mean is not None:
        write = _written(found.cost, percent=False)
        rows.append(("cost 费用", f"¥{write(found.cost.mean)}", _interval(found.cost, write)))
    for one in targets:
        share, low = one.probability.mean, one.probability.low
        sure = "" if low is None else f"surely {number(100 * low, 1)} % or more"
        met = {True: "met", False: "missed", None: "undecided"}[one.met]
        rows.append((one.name, UNDEFINED if share is None else f"kept in {number(100 * share, 1)} %", f"{met}; {sure}"))
    wanted = f"{100 * found.scenario.targets.probability:g} %"
    head = f"{found.evaluated} of {counted(len(found.grid), 'plan')}, {counted(found.replications, 'replication')}"
    more = (
        f"each target is to be kept with probability {wanted}, and that is to be sure at {confidence}; "
        "every plan: answer.dataframe(); the scenario with the plan: answer.applied"
    )
    return card(f"{head}, seed {found.seed}", ("", "", f"{confidence} interval"), rows, more)


def sweep_card(found: Sweep) -> str:
    """Each plan of a grid: half of its runs done, called back in time, cost, runs that keep every target."""
    rows = []
    for point in found.points[:PLANS]:
        entries = {**summarise(point.study), **summarise_survey(point.study)}
        told = [" ".join(_told(point.study, name, entries[name].estimate)) for name in SWEPT]
        share = point.kept
        write = _written(share, percent=True) if share is not None else str
        kept = UNDEFINED if share is None or share.mean is None else f"{write(share.mean)} ({_interval(share, write)})"
        rows.append((*point.values, *told, kept))
    rest = len(found.points) - len(rows)
    more = f"and {counted(rest, 'plan')} more; " if rest else ""
    columns = (*(axis.field for axis in found.axes), *map(words, SWEPT), "all targets kept")
    head = f"{counted(len(found.points), 'plan')}, {_runs(found.points[0].study, 'of each,')}"
    return card(head, columns, rows, f"{more}every figure with its interval: dataframe()")


def drivers_card(found: Drivers) -> str:
    """For each figure the guesses that leave most of its variance while they are not known."""
    confidence = f"{100 * found.scenario.study.confidence:g} %"
    rows = []
    for ranking in found.rankings:
        ranked = [(one.input.path, one.total) for one in ranking.effects if one.total is not None and one.total.mean]
        for at, (path, total) in enumerate([*ranked[:INPUTS], ("chance", ranking.chance)]):
            write = _written(total, percent=True)
            point = UNDEFINED if total.mean is None else write(total.mean)
            ends = "" if total.low is None or total.high is None else f"{write(total.low)} – {write(total.high)}"
            rows.append((words(ranking.figure) if at == 0 else "", path, point, ends))
    first = "nothing does anything" if found.first is None else f"measure first: {found.first.path}"
    head = f"{first}; {counted(len(found.inputs), 'input')} varied in {counted(found.runs, 'run')}, seed {found.seed}"
    more = "total effect: the share of a figure's variance that is left while all but this is known; all: dataframe()"
    return card(head, ("", "input", "total effect", f"{confidence} interval"), rows, more)


def calibration_card(found: Calibration) -> str:
    """What was fitted, with its interval and how much it rests on; what the log cannot tell."""
    rows = []
    for one in found.fitted[:FITTED]:
        value = one.value["law"] if isinstance(one.value, Mapping) else one.value
        written = value if isinstance(value, str) else f"{value:.4g}"
        ends = "" if one.low is None or one.high is None else f"{one.low:.4g} – {one.high:.4g}"
        rows.append((one.path, written, ends, f"{one.n:,} {one.of}"))
    rest = len(found.fitted) - len(rows)
    more = [f"and {counted(rest, 'field')} more" if rest else "", f"{counted(len(found.kept), 'field')} not told by it"]
    more += ["all: dataframe(); the scenario: result"]
    head = f"{counted(len(found.fitted), 'field')} fitted to {counted(len(found.log.who), 'row')}"
    return card(
        head, ("", "value", f"{100 * found.confidence:g} % interval", "from"), rows, "; ".join(filter(None, more))
    )


def shown(scenario: Scenario) -> Sequence[str]:
    """The figures that a study of this scenario shows, by name."""
    return [name for name in ALONE if can_have(scenario, name)] if scenario.study.mode == "ledger" else SHOWN


def words(name: str) -> str:
    """A figure's name in both languages."""
    return f"{WORDS[name].english} {WORDS[name].chinese}"


def _runs(study: Study, of: str) -> str:
    what = "the ledger" if study.scenario.study.mode == "ledger" else counted(study.frame.counts.contacts, "contact")
    return f"{counted(len(study.figures), 'replication')} {of} {what}, seed {study.seed}"


def _figure(study: Study, name: str, estimate: Estimate) -> tuple[str, str, str]:
    """Point, interval and unit, as text."""
    unit = WORDS[name].unit
    if unit.startswith("hours since"):
        write, unit = _dates(study.scenario), ""
    else:
        write = _written(estimate, _percent(unit))
    point = UNDEFINED if estimate.mean is None else write(estimate.mean)
    return point, _interval(estimate, write), unit


def _told(study: Study, name: str, estimate: Estimate) -> tuple[str, str]:
    """A figure's point, and its interval in brackets."""
    point, ends, _ = _figure(study, name, estimate)
    return point, f"({ends})" if ends else ""


def _difference(name: str, estimate: Estimate) -> str:
    """``−4.1 (−4.2 to −4.0) *``: with its sign, marked where the interval is clear of zero."""
    if estimate.mean is None:
        return UNDEFINED
    size = _written(estimate, _percent(unit_of_difference(name)))

    def write(value: float) -> str:
        text = size(value)
        return f"+{text}" if value > 0 and text.strip("0.% ") else text

    point = write(estimate.mean).removesuffix(" %")
    if estimate.low is None or estimate.high is None:
        return point
    if estimate.low == estimate.high:
        return f"{point} in every run"
    ends = f"{write(estimate.low)} to {write(estimate.high)}".replace(" %", "")
    return f"{point} ({ends}){' *' if estimate.excludes(0) else ''}"


def _interval(estimate: Estimate, write: Writer) -> str:
    low, high = estimate.low, estimate.high
    if estimate.kind == "given":
        return "given"
    if low is not None and high is not None:
        return "in every run" if low == high else f"{write(low)} – {write(high)}"
    if low is not None:
        return f"{write(low)} or more"
    return "" if high is None else f"{write(high)} or less"


def _percent(unit: str) -> bool:
    return unit.startswith("share") or unit == "probability"


def _written(estimate: Estimate, percent: bool) -> Writer:
    """Shares in per cent; other figures with as many decimals as the interval can carry."""
    if percent:
        return lambda value: f"{number(100 * value, 1)} %"
    decimals = 0 if estimate.kind == "given" else fitting(estimate)
    return lambda value: number(value, decimals)


def _dates(scenario: Scenario) -> Writer:
    """Hours since the first day's midnight as a date and a time, the minute begun counted as passed."""
    midnight = dt.datetime.combine(scenario.calendar.start, dt.time())
    return lambda hours: f"{midnight + dt.timedelta(minutes=math.ceil(60 * hours)):%a %Y-%m-%d %H:%M}"
