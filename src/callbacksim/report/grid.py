"""The screen of `sweep`: a map of the grid where it has one or two fields, and what each plan comes to."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Sequence
from typing import Any

from callbacksim.report.layout import heading, paragraph, snug, titled
from callbacksim.report.promises import target_result
from callbacksim.report.results import estimate_result, partial
from callbacksim.report.sentences import cut_short
from callbacksim.report.texts import ENGLISH, Texts
from callbacksim.report.words import UNDEFINED, plain
from callbacksim.scenario.calendar import HOUR, timetable
from callbacksim.study.estimates import Estimate
from callbacksim.study.summary import summarise, summarise_survey
from callbacksim.study.sweep import Point, Sweep
from callbacksim.study.targets import verdicts

ACROSS = 8
"""Columns of a map that fit abreast."""


def sweep_screen(found: Sweep, file: str, title: str, say: Texts = ENGLISH, wanted: int | None = None) -> list[str]:
    """The lines of the screen, at most 80 cells wide. `wanted`: as of `sweep_result`."""
    first = found.points[0].study
    about = say(
        "grid.about",
        file=plain(file),
        plans=say.counted("plan", len(found.points)),
        fields=say.listed([plain(axis.field) for axis in found.axes]),
        runs=say.counted("run", len(first.figures)),
        seed=first.seed,
    )
    cut = cut_short(len(first.figures), wanted, say)
    lines = [*titled(plain(title) or plain(file)), *paragraph(say.sentences([about, cut]))]
    if len(found.axes) == 2 and min(len(axis.values) for axis in found.axes) <= ACROSS:
        return [*lines, *_map(found, say), *_costs(found, say)]
    return [*lines, *_plans(found, say)]


def _map(found: Sweep, say: Texts) -> list[str]:
    """Rows: the first field; columns: the second, unless that is too many; cells: runs that keep every target."""
    if all(point.kept is None for point in found.points):
        halves = [point.half_done for point in found.points]
        cells = [_half(point, say) for point in found.points]
        first = timetable(found.points[0].study.scenario)
        return [
            *_grid(found, "grid.halves", cells, say),
            *_least_sure(found, halves, lambda hours: say.moment(first.datetime(hours * HOUR)), say),
        ]
    return [
        *_grid(found, "grid.kept", [_kept(point, say) for point in found.points], say),
        *_least_sure(found, [point.kept for point in found.points], say.share, say),
    ]


def _costs(found: Sweep, say: Texts) -> list[str]:
    costs = [_cost(point) for point in found.points]
    if all(one.mean is None for one in costs):  # nobody's pay is counted
        return []
    cells = [_cost_text(point, say) for point in found.points]
    return [*_grid(found, "grid.costs", cells, say), *_least_sure(found, costs, say.money, say), *_cut(found, say)]


def _cost(point: Point) -> Estimate:
    return summarise(point.study)["cost"].estimate


def _cost_text(point: Point, say: Texts) -> str:
    """Mean cost; of what the horizon cut off only that it is more than so much."""
    text = say.money(_cost(point).mean)
    return f"> {text}" if _unfinished(point) else text


def _unfinished(point: Point) -> int:
    """Runs that were not done by the horizon."""
    return sum(math.isinf(value) for value in point.ends)


def _cut(found: Sweep, say: Texts) -> list[str]:
    """What the mark of a cost means, where there is one."""
    cut = [_unfinished(point) for point in found.points]
    if not any(cut):
        return []
    plans, runs = say.counted("plan", sum(n > 0 for n in cut)), say.counted("run", len(found.points[0].study.figures))
    return paragraph(say("grid.cut", plans=plans, most=say.number(max(cut)), runs=runs), indent=2)


def _kept(point: Point, say: Texts) -> str:
    return say.share(None if point.kept is None else point.kept.mean)


def _least_sure(
    found: Sweep, estimates: Sequence[Estimate | None], write: Callable[[float], str], say: Texts, what: str = ""
) -> list[str]:
    """How far the cells above can be trusted: the widest of their intervals."""
    ends = [(one.low, one.high) for one in estimates if one is not None]
    known = [(low, high) for low, high in ends if low is not None and high is not None]
    if not known:
        return []
    low, high = max(known, key=lambda pair: pair[1] - pair[0])
    level = say.share(found.points[0].study.scenario.study.confidence)
    return paragraph(say(f"grid.least_sure{what}", low=write(low), high=write(high), level=level), indent=2)


def _grid(found: Sweep, words: str, cells: Sequence[str], say: Texts) -> list[str]:
    down, across = found.axes
    columns = len(across.values)
    table = [cells[at * columns : (at + 1) * columns] for at in range(len(down.values))]
    if columns > ACROSS:  # the second field changes fastest, and has too many values to stand abreast
        down, across, table = across, down, [list(column) for column in zip(*table, strict=True)]
    rows = [[plain(value), *line] for value, line in zip(down.values, table, strict=True)]
    head = [plain(down.field), *map(plain, across.values)]
    return [*heading(say(words), say("grid.across", field=plain(across.field))), *snug(head, rows)]


def _plans(found: Sweep, say: Texts) -> list[str]:
    rows = []
    for point in found.points:
        entries = {**summarise(point.study), **summarise_survey(point.study)}
        rows.append(
            [
                *map(plain, point.values),
                _half(point, say),
                say.share(entries["on_time_share" if point.ledger_alone else "called_back_in_time"].estimate.mean),
                _cost_text(point, say),
                _kept(point, say),
            ]
        )
    in_time = "on_time" if found.points[0].ledger_alone else "in_time"
    words = (say(f"grid.head_{name}") for name in ("half", in_time, "cost", "kept"))
    head = [*(plain(axis.field) for axis in found.axes), *words]
    shares = _least_sure(found, [point.kept for point in found.points], say.share, say, "_kept")
    costs = _least_sure(found, [_cost(point) for point in found.points], say.money, say, "_costs")
    return [*heading(say("grid.plans")), *snug(head, rows), *(shares or costs), *_cut(found, say)]


def _half(point: Point, say: Texts) -> str:
    half = point.half_done.mean
    if half is None:
        return UNDEFINED
    return say.moment(timetable(point.study.scenario).datetime(half * HOUR))


def _value(text: str) -> float | bool | str:
    """A value of an axis as JSON has it: a number as a number; what is none, or no plain one, as it was written."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    return value if isinstance(value, (bool, int, float)) and math.isfinite(value) else text


def sweep_result(found: Sweep, wanted: int | None = None) -> dict[str, Any]:
    """What `sweep --json` prints: the axes, and of each plan its values, targets and figures.

    `wanted`: the replications that each was to have, where it was interrupted.
    """
    fields = [axis.field for axis in found.axes]
    return {
        "axes": [{"field": axis.field, "values": [_value(one) for one in axis.values]} for axis in found.axes],
        "seed": found.points[0].study.seed,
        "replications": len(found.points[0].study.figures),
        "partial": partial(len(found.points[0].study.figures), wanted),
        "plans": [
            {
                "set": dict(zip(fields, map(_value, point.values), strict=True)),
                "targets": [target_result(verdict) for verdict in verdicts(point.study)],
                "all_kept": None if point.kept is None else estimate_result(point.kept, "share of runs"),
                "measures": {name: entry.as_json() for name, entry in summarise(point.study).items()},
                "survey": {name: entry.as_json() for name, entry in summarise_survey(point.study).items()},
            }
            for point in found.points
        ],
    }
