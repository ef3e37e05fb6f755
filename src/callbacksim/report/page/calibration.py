"""The page of `calibrate`: answers seen against answers fitted, every fitted field, what the log cannot tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from callbacksim.report.calibration import about_log, cell_label, kept_words
from callbacksim.report.page.assumptions import again, short
from callbacksim.report.page.blocks import Block, Cell, Figure, Grid, Line, Listing, Section, number_cell, plain_grid
from callbacksim.report.page.charts import Chart, IntervalRow, Series, TimeAxis, intervals, over_time
from callbacksim.report.page.sheet import Sheet
from callbacksim.report.page.svg import legend
from callbacksim.report.parameters import value
from callbacksim.report.texts import Language, Texts
from callbacksim.report.words import UNDEFINED, bare_share, number
from callbacksim.study.calibrating import calls
from callbacksim.study.calibrating.calibration import Calibration, Fitted
from callbacksim.study.calibrating.lawfit import Held, LawFit
from callbacksim.study.estimates import Estimate, proportion

MOST = 40
"""Segments that are drawn; the table has all."""


def calibration_sheet(found: Calibration, file: str, language: Language, command: Sequence[str]) -> Sheet:
    """The page before it is written; `file` is the scenario that was fitted."""
    say = Texts(language)
    sections = [
        _answer(found, say),
        *([_answers(found, say)] if any(found.cells.values()) else []),
        *([_durations(found, say)] if any(law.held for law in found.laws.values()) else []),
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


def _durations(found: Calibration, say: Texts) -> Section:
    """How long calls rang and talks took, measured and by the fitted laws."""
    fits = [(one, found.laws[one.path]) for one in found.fitted if one.path in found.laws]
    figures = [_law(one, fit, fit.held, say) for one, fit in fits if fit.held is not None]
    return Section("durations", say("section.durations"), say("fitting.durations_lead"), figures)


def _law(one: Fitted, fit: LawFit, held: Held, say: Texts) -> Figure:
    """Durations by their length: bars for what was measured, a line for what the law gives of as many."""
    title = say("fitting.seconds", what=say(f"duration.{one.keys[-1]}"))
    *edges, last = held.edges
    ends = [*edges, last, 2 * last - edges[-1]]  # the last bar is for all that is longer
    spans = [f"{begin:g}–{end:g}" for begin, end in pairwise(held.edges)] + [f"> {last:g}"]
    shown = len(spans) - (held.seen[-1] == 0 and held.expected[-1] < 0.5)
    every = -(-shown // 12)
    ticks = [(_place(at), f"{at:g}") for at in ends[: shown + 1][::every] if at <= last]
    axis = TimeAxis([_place(at) for at in ends[: shown + 1]], ticks, spans[:shown])
    bars = [Series("1", say("fitting.measured"), held.seen[:shown])]
    lines = [Series("2", say("fitting.by_law"), held.expected[:shown])]
    chosen = say("calibrate.quantiles") if fit.unfit else say(f"law.{fit.law.law}")
    note = say("fitting.law_note", law=chosen, n=say.number(fit.n))
    says = say("fitting.law_says", n=say.number(fit.n), mean=say.number(fit.mean.mean, 1))
    chart = Chart(
        title, says, f"law-{one.keys[-2]}-{one.keys[-1]}", lambda v: say.number(v, 1).removesuffix(".0"),
        say("unit.calls"), 150,
    )  # fmt: skip
    rows: list[Line] = [
        [span, (say.number(seen), float(seen)), (say.number(expected, 1), expected)]
        for span, seen, expected in list(zip(spans, held.seen, held.expected, strict=True))[:shown]
    ]
    keys = legend([("1", bars[0].words), ("line-2", lines[0].words)])
    table = plain_grid(title, [say("unit.seconds"), bars[0].words, lines[0].words], rows)
    return Figure(title, over_time(chart, axis, bars, lines), keys, note, table)


def _place(seconds: float) -> int:
    return round(1000 * seconds)


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
        lines: list[Line] = [[say.own(one.what), (f"{one.p:.2g}", one.p), _needed(one.needed, say)] for one in tests]
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
