"""What all of it rests on: every assumption with value, range and evidence; and how to have the same page again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from callbacksim.report.page.blocks import Block, Cell, Grid, Prose, Section, number_cell
from callbacksim.report.page.record import Record
from callbacksim.report.page.standing import continued
from callbacksim.report.parameters import Row, value, walk
from callbacksim.report.texts import Texts
from callbacksim.report.words import UNDEFINED, shell_word
from callbacksim.scenario.merging import plain
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.sources import SOURCES, keys_in
from callbacksim.study.summary import WORDS

UNSAID = ("title", "plans")
"""Said elsewhere on the page."""
LONGEST = 400
"""Characters of a value; a longer one (a list of questions) ends with an ellipsis."""


def assumptions(scenario: Scenario, say: Texts) -> Section:
    """The section of all fields, a table for each part of the scenario, and of the sources."""
    rows = {row.path: row for part in walk() for row in part.rows}
    by_part: dict[str, list[list[Cell]]] = {}
    used: set[str] = set()
    for path, row, given in leaves(plain(scenario), rows):
        if row.path.split(".")[0] in UNSAID:
            continue
        by_part.setdefault(row.path.split(".")[0], []).append(_row(path, row, given, say))
        used |= set(keys_in(row.source))
    heads = [say(f"assume.head_{name}") for name in ("field", "meaning", "value", "unit", "plausible", "evidence")]
    blocks: list[Block] = [
        Grid(say.known(f"part.{part}") or part, heads, cells, class_="fields") for part, cells in by_part.items()
    ]
    sources = [
        [Cell(say.keys(key), name=True), Cell(say.source(key)), Cell(say.place(key), name=True)]
        for key in SOURCES
        if key in used
    ]
    source_heads = [say(f"assume.head_{name}") for name in ("key", "says", "where")]
    blocks.append(Grid(say("assume.sources"), source_heads, sources, class_="fields"))
    return Section("assumptions", say("section.assumptions"), say("assume.lead"), blocks)


def leaves(
    tree: Mapping[str, Any], rows: Mapping[str, Row], path: str = "", generic: str = ""
) -> Iterator[tuple[str, Row, Any]]:
    """(path, field, value) of every value of a scenario; names of groups, departments … stand in the path alone."""
    for key, below in tree.items():
        here = f"{path}.{key}" if path else key
        field = f"{generic}.{key}" if generic else key
        if any(name.startswith(f"{field}.") for name in rows):
            yield from _below(below, rows, here, field)
        elif field in rows:
            yield here, rows[field], below
        elif isinstance(below, Mapping):
            yield from leaves(below, rows, here, generic)


def _below(below: Any, rows: Mapping[str, Row], here: str, field: str) -> Iterator[tuple[str, Row, Any]]:
    """A table, tables by name, a list of tables, or "none" in the place of a table."""
    if isinstance(below, Mapping):
        yield from leaves(below, rows, here, field)
    elif isinstance(below, list) and below and all(isinstance(one, Mapping) for one in below):
        for at, one in enumerate(below, start=1):
            yield from leaves(one, rows, f"{here}#{at}", field)
    elif field in rows and below not in ([], None):
        yield here, rows[field], below


FILES = ("register.file", "register.exclude", "script.")
"""Fields that name files: where these lie on somebody's machine is nobody's business who is handed the page."""


def _row(path: str, row: Row, given: Any, say: Texts) -> list[Cell]:
    if path.startswith(FILES):
        given = [Path(one).name for one in given] if isinstance(given, list) else given and Path(given).name
    text = value(given)
    changed = row.default is not PydanticUndefined and _plain(row.default) != given
    outside = _outside(row, given)
    evidence, default = say(f"tag.{row.tag}"), ""
    if row.source and not changed:
        evidence = f"{evidence}: {say.keys(row.source)}"
    if changed and row.tag != "given":
        default = "" if row.default is None else short(value(_plain(row.default)))  # a segment has none of its own
        evidence = say("assume.changed") if default else say("tag.given")
    plausible = f"{row.plausible} {say('assume.outside')}" if outside else row.plausible
    return [
        Cell(path, name=True, class_="code"),
        Cell(say.field(row.path)),
        Cell(short(text), float(given) if isinstance(given, int | float) else None, name=True, class_="code"),
        Cell(say.unit(row.unit)),
        Cell(plausible, class_="outside" if outside else ""),
        Cell(evidence, code=default),
    ]


def short(text: str) -> str:
    """A value that may be long."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _plain(default: Any) -> Any:
    """A default as the scenario's plain tree has it."""
    if isinstance(default, BaseModel):
        return plain(default)
    if isinstance(default, tuple | list):
        return [_plain(one) for one in default]
    if isinstance(default, Mapping):
        return {key: _plain(one) for key, one in default.items()}
    return default


def _outside(row: Row, given: Any) -> bool:
    ends = [float(end.replace("−", "-").replace(",", "")) for end in row.plausible.split(" – ") if end]
    return len(ends) == 2 and isinstance(given, int | float) and not ends[0] <= given <= ends[1]


def reproduce(record: Record, say: Texts, command: Sequence[str] = ()) -> Section:
    """The section of how to have the same again, and of every figure."""
    level, identity = float(record.result["confidence"]), str(record.result["scenario"]["identity"])
    facts = [*facts_of(record.result["seed"], record.runs, level, identity, record.versions, say)]
    return again(command or _command(record), facts, say, [_every_figure(record, say)])


def again(command: Sequence[str], facts: list[list[Cell]], say: Texts, further: Sequence[Block] = ()) -> Section:
    """The section of how to have the same again: the command, what names the result, and further tables."""
    blocks: list[Block] = [
        Prose(" ".join(map(shell_word, command)), code=True),
        Grid(say("again.facts"), [say("again.what"), say("head.value")], facts),
        *further,
    ]
    return Section("reproduce", say("section.reproduce"), say("again.lead"), blocks)


def _command(record: Record) -> list[str]:
    """The command that gives the run again, wherever its file lies."""
    run = record.run
    command = ["callbacksim", "run", Path(str(run["file"])).name]
    command += ["--plan", run["plan"]] if run["plan"] else []
    command += [word for one in run["set"] for word in ("--set", one)]
    precise = record.result.get("precision")
    if precise is None:
        command += ["-n", str(record.runs)]
    else:
        command += ["--precision", f"{precise['wanted']:g}", "--most", str(precise["most"])]
    command += ["--uncertain"] if record.result.get("uncertain") is not None else []
    return [*command, *continued(record), "--seed", str(record.result["seed"])]


def facts_of(
    seed: int, runs: int, confidence: float, identity: str, versions: Mapping[str, str], say: Texts
) -> Iterator[list[Cell]]:
    """What names a result: seed, runs, level, identity, versions."""
    yield [Cell(say("again.seed")), Cell(str(seed), name=True)]
    yield [Cell(say("again.runs")), Cell(say.number(runs))]
    yield [Cell(say("again.level")), Cell(say.whole_share(confidence))]
    yield [Cell(say("again.identity")), Cell(identity, name=True, class_="code")]
    yield [Cell(say("again.versions")), Cell(", ".join(f"{name} {of}" for name, of in versions.items()), name=True)]


def _every_figure(record: Record, say: Texts) -> Grid:
    rows = []
    for name in (*record.result["measures"], *record.result["survey"]):
        if name not in WORDS:
            continue
        value_text, note = say.said(name, record.estimate(name))
        if value_text == UNDEFINED:
            continue
        rows.append(
            [
                Cell(name, name=True, class_="code"),
                Cell(say.figure(name)),
                number_cell(value_text, record.mean(name)),
                Cell(say.unit_after(name)),
                Cell(note),
            ]
        )
    heads = [say("head.name"), say("head.figure"), say("head.value"), say("head.unit"), say("head.interval")]
    return Grid(say("again.figures"), heads, rows, class_="fields")
