"""How sure it is where guesses were drawn, too: what chance does to a figure and what we do not know does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callbacksim.report.page.answer import judged
from callbacksim.report.page.blocks import Block, Cell, Figure, Grid, Line, Section, number_cell, plain_grid
from callbacksim.report.page.charts import Chart, Whole, wholes
from callbacksim.report.page.record import Record
from callbacksim.report.page.svg import legend
from callbacksim.report.texts import Texts
from callbacksim.report.words import UNDEFINED
from callbacksim.study.estimates import Estimate, normal_quantile
from callbacksim.study.summary import WORDS


def sure(record: Record, say: Texts) -> Section | None:
    """The section of chance and ignorance, where `--uncertain` drew the inputs."""
    drawn = record.result.get("uncertain")
    if drawn is None:
        return None
    blocks: list[Block] = [_parts(record, drawn, say)]
    if drawn["targets"]:
        blocks.append(judged(drawn["targets"], say("sure.targets"), say))
    blocks.append(_inputs(drawn, say))
    lead = say("sure.lead", sets=say.number(drawn["sets"]), guesses=say.number(len(drawn["inputs"])))
    return Section("sure", say("section.sure"), lead, blocks)


def sentence(record: Record, say: Texts) -> str:
    """How far chance and ignorance each move the finish; empty where no inputs were drawn."""
    drawn = record.result.get("uncertain")
    name = "ledger_finish" if record.mode == "ledger" else "finish"
    found = None if drawn is None else drawn["figures"].get(name)
    if drawn is None or found is None or found["chance"]["sd"] is None or found["ignorance"]["sd"] is None:
        return ""
    level = float(record.result["confidence"])
    chance, ignorance = (_margin(name, found[part]["sd"], level, say) for part in ("chance", "ignorance"))
    guesses, parts = say.number(len(drawn["inputs"])), {"chance": chance, "ignorance": ignorance}
    if found["late"]:
        late, runs = say.number(found["late"]), say.number(2 * drawn["sets"])
        return say("sure.sentence_late", **parts, guesses=guesses, late=late, runs=runs)
    return say("sure.sentence", **parts, guesses=guesses)


def _parts(record: Record, drawn: Mapping[str, Any], say: Texts) -> Figure:
    """Of each figure's variance the part that is chance and the part that is ignorance; ± and the range in a table."""
    level = float(record.result["confidence"])
    rows, table = [], list[Line]()
    for name, found in drawn["figures"].items():
        share, words = found["ignorance_share"], say.figure(name)
        chance, ignorance = (_margin(name, found[part]["sd"], level, say) for part in ("chance", "ignorance"))
        if share is not None:
            parts = [("1", say("sure.chance"), 1 - share), ("2", say("sure.ignorance"), share)]
            rows.append(Whole(words, parts, f"{say.share(share)}"))
        ends = say(
            "sure.range", low=_value(record, name, found["p5"], say), high=_value(record, name, found["p95"], say)
        )
        table.append([words, (chance, found["chance"]["sd"]), (ignorance, found["ignorance"]["sd"]), ends])
    title = say("sure.title")
    says = say("sure.says", parts=say.listed([f"{row.words} {row.said}" for row in rows]))
    keys = legend([("1", say("sure.chance")), ("2", say("sure.ignorance"))])
    heads = [say("head.figure"), say("sure.by_chance"), say("sure.by_ignorance"), say("sure.nine_of_ten")]
    drawing = wholes(Chart(title, says, "sure", say.share), rows, column=300, said=80, shares=True)
    grid = plain_grid(title, heads, table)
    return Figure(title, drawing, keys, say("sure.note"), grid, say("sure.spans", level=say.whole_share(level)))


def _margin(name: str, sd: float | None, level: float, say: Texts) -> str:
    """``± 0.4 hours``: so many standard deviations as the level of a normal law spans."""
    if sd is None:
        return UNDEFINED
    unit, half = WORDS[name].unit, normal_quantile(level) * sd
    if unit.startswith("hours since"):
        return f"± {say.number(half, 1)} {say('unit.hours')}"
    if unit.startswith(("share", "probability")):
        return f"± {say.number(100 * half, 1)} {say('plans.points')}"
    if unit.startswith("¥"):
        return f"± {say.money(half)}"
    return f"± {say.number(half, 1 if half < 100 else 0)} {say.unit_after(name)}".rstrip()


def _value(record: Record, name: str, value: float | None, say: Texts) -> str:
    if value is None:
        return UNDEFINED
    if WORDS[name].unit.startswith("hours since"):
        return say.moment(record.date(value))
    return say.said(name, Estimate(value, None, None, 2, "quantile", 0.9))[0]


def _inputs(drawn: Mapping[str, Any], say: Texts) -> Grid:
    """Every input that was drawn, the file's value and the ends."""
    rows = [
        [
            Cell(one["field"], name=True, class_="code"),
            Cell(say.known_field(one["field"])),
            *(number_cell(f"{one[key]:.4g}".replace("-", "−"), one[key]) for key in ("value", "low", "high")),
            Cell(say(f"sure.from_{one['from']}")),
        ]
        for one in drawn["inputs"]
    ]
    heads = [
        say("assume.head_field"),
        say("assume.head_meaning"),
        *(say(f"sure.head_{key}") for key in ("value", "low", "high", "from")),
    ]
    return Grid(say("sure.inputs"), heads, rows, class_="fields")
