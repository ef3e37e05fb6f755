"""The screen of `sweep`: a map of the grid where it has one or two fields, and what each plan comes to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len

from callbacksim.report.layout import heading, paragraph, table, titled
from callbacksim.report.promises import target_result
from callbacksim.report.words import UNDEFINED, bare_share, counted, listed, moment, money, plain, share
from callbacksim.scenario.calendar import HOUR, timetable
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
        return _grid(found, "HALF OF THE RUNS DONE BY 完成时间（中位数）", [_half(point) for point in found.points])
    cells = [UNDEFINED if point.kept is None else f"{bare_share(point.kept)} %" for point in found.points]
    return _grid(found, "RUNS THAT KEEP EVERY TARGET 达标概率", cells)


def _costs(found: Sweep) -> list[str]:
    means = [summarise(point.study)["cost"].estimate.mean for point in found.points]
    return _grid(found, "COST 费用 (mean)", [UNDEFINED if mean is None else money(mean) for mean in means])


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
                UNDEFINED if point.kept is None else f"{bare_share(point.kept)} %",
            ]
        )
    head = [*(plain(axis.field) for axis in found.axes), "half done by", "in time", "cost", "targets kept"]
    return [*heading("PLANS 方案"), *_fitted(head, rows)]


def _fitted(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table whose columns are as wide as what stands in them, set in a little."""
    widths = [max(map(cell_len, column)) + 1 for column in zip(head, *rows, strict=True)]
    return [type(line)(f"  {line}") for line in table(head, rows, widths)]


def _half(point: Point) -> str:
    half = summarise(point.study)["finish_median"].estimate.mean
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
                "all_kept": point.kept,
                "measures": {name: entry.as_json() for name, entry in summarise(point.study).items()},
                "survey": {name: entry.as_json() for name, entry in summarise_survey(point.study).items()},
            }
            for point in found.points
        ],
    }
