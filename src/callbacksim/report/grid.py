"""The screen of `sweep`: a map of the grid where it has one or two fields, and what each plan comes to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rich.cells import cell_len

from callbacksim.report.layout import heading, paragraph, table, titled
from callbacksim.report.promises import target_result
from callbacksim.report.results import estimate_result
from callbacksim.report.words import UNDEFINED, bare_share, counted, listed, moment, money, plain, share
from callbacksim.scenario.calendar import HOUR, timetable
from callbacksim.study.estimates import Estimate
from callbacksim.study.summary import Entry, summarise, summarise_survey
from callbacksim.study.sweep import Point, Sweep
from callbacksim.study.targets import verdicts

ACROSS = 8
"""Columns of a map that fit abreast."""


def sweep_screen(found: Sweep, file: str, title: str) -> list[str]:
    """The lines of the screen, at most 80 cells wide."""
    first = found.points[0].study
    runs = counted(len(first.figures), "run")
    fields = listed([plain(axis.field) for axis in found.axes])
    lines = [
        *titled(plain(title) or plain(file)),
        *paragraph(
            f"{plain(file)}: {counted(len(found.points), 'plan')} over {fields}, {runs} each on the same people, "
            f"seed {first.seed}."
        ),
    ]
    if len(found.axes) == 2 and len(found.axes[1].values) <= ACROSS:
        return [*lines, *_map(found), *_costs(found)]
    return [*lines, *_plans(found)]


def _map(found: Sweep) -> list[str]:
    """Rows: the first field; columns: the second; in the cells the share of runs that keep every target."""
    if all(point.kept is None for point in found.points):
        halves = [_half_done(point) for point in found.points]
        cells = [_half(point) for point in found.points]
        first = timetable(found.points[0].study.scenario)
        return [
            *_grid(found, "HALF OF THE RUNS DONE BY 完成时间（中位数）", cells),
            *_least_sure(found, halves, lambda hours: moment(first.datetime(hours * HOUR))),
        ]
    return [
        *_grid(found, "RUNS THAT KEEP EVERY TARGET 达标概率", [_kept(point) for point in found.points]),
        *_least_sure(found, [point.kept for point in found.points], share),
    ]


def _costs(found: Sweep) -> list[str]:
    costs = [summarise(point.study)["cost"].estimate for point in found.points]
    cells = [UNDEFINED if cost.mean is None else money(cost.mean) for cost in costs]
    return [*_grid(found, "COST 费用 (mean)", cells), *_least_sure(found, costs, money)]


def _kept(point: Point) -> str:
    kept = point.kept
    return UNDEFINED if kept is None or kept.mean is None else f"{bare_share(kept.mean)} %"


def _least_sure(
    found: Sweep, estimates: Sequence[Estimate | None], write: Callable[[float], str], what: str = "them"
) -> list[str]:
    """How far the cells above can be trusted: the widest of their intervals."""
    ends = [(one.low, one.high) for one in estimates if one is not None]
    known = [(low, high) for low, high in ends if low is not None and high is not None]
    if not known:
        return []
    low, high = max(known, key=lambda pair: pair[1] - pair[0])
    level = share(found.points[0].study.scenario.study.confidence)
    return paragraph(f"Least sure of {what}: {write(low)} to {write(high)} ({level} interval).", indent=2)


def _grid(found: Sweep, words: str, cells: Sequence[str]) -> list[str]:
    down, across = found.axes
    columns = len(across.values)
    rows = [
        [plain(value), *cells[at * columns : (at + 1) * columns]]  # the second field changes fastest
        for at, value in enumerate(down.values)
    ]
    head = [plain(down.field), *map(plain, across.values)]
    return [*heading(words, f"across: {plain(across.field)}"), *_fitted(head, rows)]


def _plans(found: Sweep) -> list[str]:
    rows = []
    for point in found.points:
        entries = {**summarise(point.study), **summarise_survey(point.study)}
        rows.append(
            [
                *map(plain, point.values),
                _half(point),
                _written(entries["called_back_in_time"], share),
                _written(entries["cost"], money),
                _kept(point),
            ]
        )
    head = [*(plain(axis.field) for axis in found.axes), "half done by", "in time", "cost", "targets kept"]
    shares = _least_sure(found, [point.kept for point in found.points], share, "the targets kept")
    costs = _least_sure(found, [summarise(point.study)["cost"].estimate for point in found.points], money, "the costs")
    return [*heading("PLANS 方案"), *_fitted(head, rows), *(shares or costs)]


def _fitted(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table whose columns are as wide as what stands in them, set in a little."""
    widths = [max(map(cell_len, column)) + 1 for column in zip(head, *rows, strict=True)]
    return [type(line)(f"  {line}") for line in table(head, rows, widths)]


def _half_done(point: Point) -> Estimate:
    """Hours until half of the runs are done."""
    return summarise(point.study)["finish_median"].estimate


def _half(point: Point) -> str:
    half = _half_done(point).mean
    if half is None:
        return UNDEFINED
    return moment(timetable(point.study.scenario).datetime(half * HOUR))


def _written(entry: Entry, write: Any) -> str:
    return UNDEFINED if entry.estimate.mean is None else write(entry.estimate.mean)


def sweep_result(found: Sweep) -> dict[str, Any]:
    """What `sweep --json` prints: the axes, and of each plan its values, targets and figures."""
    fields = [axis.field for axis in found.axes]
    return {
        "axes": [{"field": axis.field, "values": list(axis.values)} for axis in found.axes],
        "seed": found.points[0].study.seed,
        "replications": len(found.points[0].study.figures),
        "plans": [
            {
                "set": dict(zip(fields, point.values, strict=True)),
                "targets": [target_result(verdict) for verdict in verdicts(point.study)],
                "all_kept": None if point.kept is None else estimate_result(point.kept, "share of runs"),
                "measures": {name: entry.as_json() for name, entry in summarise(point.study).items()},
                "survey": {name: entry.as_json() for name, entry in summarise_survey(point.study).items()},
            }
            for point in found.points
        ],
    }
