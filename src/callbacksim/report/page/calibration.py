"""The page of `calibrate`: answers seen against answers fitted, every fitted field, what the log cannot tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from callbacksim.report.calibration import about_log, cell_label, kept_words
from callbacksim.report.page.assumptions import again, short
from callbacksim.report.page.blocks import Block, Cell, Figure, Grid, Line, Listing, Section, number_cell, plain_grid
from callbacksim.report.page.charts import Chart, IntervalRow, intervals
from callbacksim.report.page.sheet import Sheet
from callbacksim.report.page.svg import legend
from callbacksim.report.parameters import value
from callbacksim.report.texts import Language, Texts
from callbacksim.report.words import UNDEFINED, bare_share, number
from callbacksim.study import calibration_calls as calls
from callbacksim.study.calibration import Calibration, Fitted
from callbacksim.study.estimates import Estimate, proportion

MOST = 40
"""Segments that are drawn; the table has all."""


def calibration_sheet(found: Calibration, file: str, language: Language, command: Sequence[str]) -> Sheet:
    """The page before it is written; `file` is the scenario that was fitted."""
    say = Texts(language)
    sections = [
        _answer(found, say),
        *([_answers(found, say)] if found.cells else []),
        _fitted(found, say),
        _not_told(found, say),
        again(command, _facts(found, say), say),
    ]
    title = found.scenario.title or Path(file).name
    return Sheet(title, say("fitting.question"), _about(found, say), sections)


def _about(found: Calibration, say: Texts) -> Markup:
    """Which log it was, by its file's name alone."""
    return escape(about_log(replace(found, log=replace(found.log, file=Path(found.log.file).name)), say))


def _answer(found: Calibration, say: Texts) -> Section:
    sure = sum(one.low is not None for one in found.fitted)
    lead = [say("fitting.lead", fields=say.number(len(found.fitted)), sure=say.number(sure))]
    worst = _furthest(found, say)
    if worst is not None:
        seen, expected, label = worst
        lead.append(say("fitting.furthest", label=label, seen=say.share(seen), fitted=say.share(expected)))
    warned = [(say.warned(one), None) for one in found.warnings]
    blocks: list[Block] = [Listing(warned, "warnings")] if warned else []
    return Section("answer", say("section.answer"), say.sentences(lead), blocks)


def _furthest(found: Calibration, say: Texts) -> tuple[float, float, str] | None:
    """Where the fit lies outside the interval of what was seen: the share seen, that fitted, and where."""
    outside = []
    for side, cells in found.cells.items():
        for cell in cells:
            seen, fitted = _seen(found, cell), cell.expected / cell.calls
            if seen.low is not None and seen.high is not None and not seen.low <= fitted <= seen.high:
                outside.append((abs((seen.mean or 0.0) - fitted), seen.mean or 0.0, fitted, side, cell.label))
    if not outside:
        return None
    _, mean, fitted, side, label = max(outside)
    return mean, fitted, cell_label(side, label, say)


def _seen(found: Calibration, cell: calls.Cell) -> Estimate:
    """The share that was answered, with its interval as if calls were independent."""
    return proportion(cell.answered, cell.calls, found.confidence)


# --- seen and fitted -------------------------------------------------------------------------------------------------


def _answers(found: Calibration, say: Texts) -> Section:
    figures = [_side(found, side, cells, say) for side, cells in found.cells.items() if cells]
    return Section("answers", say("section.answers"), say("fitting.answers_lead"), figures)


def _side(found: Calibration, side: str, cells: Sequence[calls.Cell], say: Texts) -> Figure:
    """The share answered as a point with its interval, what was fitted as a diamond."""
    rows, table = [], []
    for cell in cells:
        seen, fitted = _seen(found, cell), cell.expected / cell.calls
        label = cell_label(side, cell.label, say)
        said = f"{say.share(seen.mean)} {say.interval(seen, bare_share)}".strip()
        rows.append(IntervalRow(label, seen.mean, seen.low, seen.high, said, fitted))
        table.append(
            [
                Cell(label, name=side == "segment"),
                number_cell(say.number(cell.calls), cell.calls),
                number_cell(said, seen.mean),
                number_cell(say.share(fitted), fitted),
            ]
        )
    title = say(f"fitting.by_{side}")
    says = say("fitting.side_says", first=f"{rows[0].words} {rows[0].said}", last=f"{rows[-1].words} {rows[-1].said}")
    chart = Chart(title, says, f"fitted-{side}", say.whole_share)
    keys = legend([("1", say("fitting.seen")), ("other", say("fitting.fitted"))])
    drawn = intervals(chart, rows[:MOST], zero=False, other=say("fitting.fitted"))
    heads = [say(f"fitting.head_{name}") for name in (side, "calls", "seen", "fitted")]
    return Figure(title, drawn, keys, "", Grid(title, heads, table))


# --- what was fitted -------------------------------------------------------------------------------------------------


def _fitted(found: Calibration, say: Texts) -> Section:
    rows = [_row(found, one, say) for one in found.fitted]
    heads = [
        say("assume.head_field"), say("assume.head_meaning"),
        *(say(f"fitting.head_{name}") for name in ("value", "interval", "was", "n")),
    ]  # fmt: skip
    blocks: list[Block] = [Grid(say("fitting.table"), heads, rows, class_="fields")]
    tests = found.answers.tests if found.answers else ()
    if tests:
        lines: list[Line] = [
            [say.glossed(one.what), (f"{one.p:.2g}", one.p), _needed(one.needed, say)] for one in tests
        ]
        heads = [say(f"fitting.head_{name}") for name in ("test", "p", "needed")]
        blocks.append(plain_grid(say("fitting.tests"), heads, lines))
    return Section("fitted", say("section.fitted"), say("fitting.fitted_lead"), blocks)


def _needed(needed: bool, say: Texts) -> str:
    return say("fitting.needed" if needed else "fitting.not_needed")


def _row(found: Calibration, one: Fitted, say: Texts) -> list[Cell]:
    law = found.laws.get(one.path)
    low, high = (one.low, one.high) if law is None else (law.mean.low, law.mean.high)
    ends = "" if low is None or high is None else f"{_figures(low)} – {_figures(high)}"
    return [
        Cell(one.path, name=True, class_="code"),
        Cell(say.known_field(one.path)),
        Cell(short(_written(one.value)), _float(one.value), name=True, class_="code"),
        Cell(ends if law is None or not ends else say("fitting.mean", ends=ends)),
        Cell(short(_written(one.was)), _float(one.was), name=True, class_="code"),
        number_cell(say.number(one.n), one.n),
    ]


def _written(given: Any) -> str:
    """A fitted value as its file has it, in so many figures as matter; a law as a table."""
    if isinstance(given, float):
        return _figures(given)
    if isinstance(given, Mapping):
        return value({key: round(of, 4) if isinstance(of, float) else of for key, of in given.items()})
    return UNDEFINED if given is None else value(given)


def _figures(given: float) -> str:
    return f"{given:.4g}".replace("-", "−") if abs(given) < 1e4 else number(given)


def _float(given: Any) -> float | None:
    return float(given) if isinstance(given, int | float) else None


def _not_told(found: Calibration, say: Texts) -> Section:
    rows = [[kept_words(one.what, say), kept_words(one.why, say)] for one in found.kept]
    heads = [say("fitting.head_kept"), say("fitting.head_why")]
    blocks: list[Block] = [plain_grid(say("fitting.kept"), heads, rows)] if rows else []
    return Section("not-told", say("section.not_told"), say("fitting.not_told_lead"), blocks)


def _facts(found: Calibration, say: Texts) -> list[list[Cell]]:
    log = found.log
    facts = [("rows", log.rows), ("used", len(log.who)), ("numbers", log.people)]
    return [[Cell(say(f"fitting.{name}")), number_cell(say.number(n), n)] for name, n in facts]
