"""What the survey finds, how far that is from the truth and why, and the same by kind, industry and area."""

from __future__ import annotations

from typing import Any

from callbacksim.report.page.blocks import Block, Cell, Figure, Grid, Line, Section, number_cell, plain_grid
from callbacksim.report.page.charts import Chart, IntervalRow, intervals
from callbacksim.report.page.record import Record, estimate_of
from callbacksim.report.page.svg import legend
from callbacksim.report.texts import Texts
from callbacksim.report.words import UNDEFINED, bare_share
from callbacksim.study.measuring.survey import SMALL_CELL

ERRORS = ("sampling_error", "nonresponse_error", "recognition_error", "shared_number_error", "error")
DIMENSIONS = ("kind", "industry", "area")
KINDS = ("company", "household")


def satisfaction(record: Record, say: Texts) -> Section:
    """The section of the survey."""
    blocks: list[Block] = [_figures(record, say)]
    if record.mean("error") is not None:
        blocks.append(_errors(record, say))
    cells = [cell for cell in record.result["cells"] if cell["contacts"]]
    if record.mean("satisfied") is not None:
        for dimension in DIMENSIONS:
            of = [cell for cell in cells if cell["dimension"] == dimension]
            if len(of) > 1:
                blocks.append(_cells(record, say, dimension, of))
    blocks += _answers(record, say)
    return Section("satisfaction", say("section.satisfaction"), _trust(record, say), blocks)


def _trust(record: Record, say: Texts) -> str:
    margin, holds = record.mean("claimed_margin"), record.estimate("claim_holds")
    if margin is None:
        return say("survey.no_margin")
    printed = say.number(margin, 1)
    if holds.mean is None or record.runs == 1:
        return say("survey.margin_alone", margin=printed)
    level = float(record.result["confidence"])
    wrong = holds.high is not None and holds.high < level
    key = "survey.margin_wrong" if wrong else "survey.margin"
    return say(key, margin=printed, share=say.in_words("claim_holds", holds), level=say.whole_share(level))


def _figures(record: Record, say: Texts) -> Grid:
    names = (
        "satisfied",
        "satisfied_businesses",
        "true_satisfied_businesses",
        "mean_score",
        "respondents",
        "claimed_margin",
    )
    said = {name: say.said(name, record.estimate(name)) for name in names}
    rows: list[Line] = [
        [say.figure(name), (value, record.mean(name)), say.unit_after(name), note]
        for name, (value, note) in said.items()
    ]
    heads = [say("head.figure"), say("head.value"), say("head.unit"), say("head.interval")]
    return plain_grid(say("survey.figures"), heads, rows)


def _errors(record: Record, say: Texts) -> Figure:
    title = say("survey.errors")
    rows: list[IntervalRow] = []
    table: list[Line] = []
    for name in ERRORS:
        one = record.estimate(name)
        value, note = say.said(name, one)
        words = say(f"survey.{name}")
        said = f"{value} {note}".strip()
        rows.append(IntervalRow(words, one.mean, one.low, one.high, said, class_="2" if name == "error" else "1"))
        table.append([words, (value, one.mean), note])
    size = record.mean("sampling_error_size")
    note = say("survey.typical", size=say.number(size, 1)) if size is not None and record.runs > 1 else ""
    says = say("survey.errors_say", parts=say.listed([f"{row.words} {row.said}" for row in rows]))
    chart = Chart(title, says, "errors", say.points, say("unit.percentage points"))
    heads = [say("head.error"), say("head.points"), say("head.interval")]
    return Figure(title, intervals(chart, rows, zero=True), note=note, table=plain_grid(title, heads, table))


def _cells(record: Record, say: Texts, dimension: str, cells: list[dict[str, Any]]) -> Figure:
    title = say(f"survey.by_{dimension}")
    ordered = sorted(cells, key=lambda cell: -(cell["satisfied"]["mean"] or 0.0))
    rows, table = [], []
    for cell in ordered[:MOST_CELLS]:
        found = estimate_of(cell["satisfied"], record.runs, record.result["confidence"])
        label = cell_label(dimension, str(cell["label"]), say)
        said = UNDEFINED if found.mean is None else f"{say.share(found.mean)} {say.interval(found, bare_share)}".strip()
        truth, answers = cell["true_satisfied"]["mean"], cell["answers"]["mean"]
        rows.append(
            IntervalRow(f"{label}{' *' if cell['small'] else ''}", found.mean, found.low, found.high, said, truth)
        )
        table.append(
            [
                Cell(label, name=dimension != "kind" or label == cell["label"]),
                number_cell(say.number(cell["contacts"]), cell["contacts"]),
                number_cell(say.number(answers, 0 if record.runs == 1 else 1), answers),
                number_cell(said, found.mean),
                number_cell(say.share(truth), truth),
            ]
        )
    says = say("survey.cells_say", best=rows[0].words, first=rows[0].said, worst=rows[-1].words, last=rows[-1].said)
    chart = Chart(title, says, f"cells-{dimension}", say.share)
    heads = [
        say(f"survey.{dimension}"),
        *(say(f"survey.head_{name}") for name in ("contacts", "answers", "found", "truth")),
    ]
    keys = legend([("1", say("survey.found")), ("other", say("survey.truth"))])
    drawn = intervals(chart, rows, zero=False, other=say("survey.truth"))
    notes = [say("survey.small", least=SMALL_CELL)] if any(cell["small"] for cell in ordered) else []
    if len(ordered) > MOST_CELLS:
        notes.append(say("survey.most", shown=MOST_CELLS, cells=len(ordered)))
    return Figure(title, drawn, keys, say.sentences(notes), Grid(title, heads, table))


MOST_CELLS = 40
"""More rows no reader takes in; the result's JSON has all."""


def cell_label(dimension: str, label: str, say: Texts) -> str:
    """Other people's words, but for the kinds and for what is empty."""
    if not label.strip():
        return say("survey.empty")
    return say(f"survey.{label}") if dimension == "kind" and label in KINDS else label


def _answers(record: Record, say: Texts) -> list[Block]:
    """The answers to every question of a dialogue; in the short form the scores."""
    texts = {question.id: question.text for question in record.scenario.questionnaire.questions}
    rows: list[list[Cell]] = []
    for one in record.result["answers"]:
        if one["mean"] is None:
            continue
        found = estimate_of(one, record.runs, record.result["confidence"])
        asked = texts.get(one["question"]) or ("" if one["question"] in texts else say("survey.score"))
        rows.append(
            [
                Cell(asked or one["question"], name=one["question"] in texts),
                Cell(one["option"], name=True),
                number_cell(say.share(found.mean), found.mean),
                Cell(say.interval(found, bare_share)),
            ]
        )
    heads = [say("survey.question"), say("survey.option"), say("head.share"), say("head.interval")]
    return [Grid(say("survey.answers"), heads, rows)] if rows else []
