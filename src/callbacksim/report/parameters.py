"""``docs/parameters.md``, made from the schema: ``python -m callbacksim.report.parameters > docs/parameters.md``.

Every field with its meaning, unit, default, the range that is allowed, the range that is plausible, and the evidence.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from callbacksim.scenario import laws, schema
from callbacksim.scenario.schemawalk import (
    Bounds,
    Place,
    bounds,
    fields_of,
    is_law,
    is_union,
    model_in_mapping,
    number,
    placed,
    section_of,
    words_of,
)
from callbacksim.scenario.sources import SOURCES, keys_in

TAGS = {
    "S": "sourced",
    "V": "vendor's claim, weak",
    "K": "textbook",
    "A": "assumption of ours",
    "C": "computed by us",
    "given": "yours",
}
# Why a choice of the planner's has the default it has, where that is not plain from the field.
REASONS: Mapping[str, str] = {
    "register.seed": "any number does; fixed, so that every plan meets the same register",
    "register.dedupe": "the reported campaign removed repeated numbers",
    "register.representative": "the register's own order",
    "agents.groups.dates": "by the week, unless a roster names them",
    "roster.least": "one person may be alone",
    "robot.quota": "off, since everybody on the register is to be called",
    "questionnaire.questions.required": "a question is there to be answered",
    "questionnaire.questions.satisfaction": "only one question can be the survey's",
    "recognition.exact": "a forecast has rates; counts are for replaying a report",
    "ledger.clerks": "how many there are was not reported",
    "ledger.departments": "those that answer for the categories",
    "ledger.look_back": "the reported campaign tells of none",
    "ledger.intake": "the survey's own items alone",
    "uncertain": "every guess has its plausible range; what you know better only you can say",
    "study.mode": "the campaign that was reported",
    "study.seed": "any number does",
    "study.replications": "intervals of a mean narrow slowly beyond this",
    "study.horizon_days": "far beyond any plausible end",
    "study.confidence": "customary",
}


@dataclass(frozen=True)
class Row:
    """One field as the document shows it."""

    path: str
    meaning: str
    unit: str
    default: Any
    allowed: str
    plausible: str
    tag: str
    source: str


@dataclass(frozen=True)
class Part:
    """One table of the scenario file: its heading, what it is for, its fields."""

    heading: str
    depth: int
    about: str
    rows: tuple[Row, ...]


def parameters_markdown() -> str:
    """The whole document."""
    parts = list(walk())
    rows = [row for part in parts for row in part.rows]
    return "\n".join([*_opening(), *(line for part in parts for line in _part(part)), *_laws(), *_sources(rows)])


def walk() -> Iterator[Part]:
    """Every table of a scenario file, in the schema's order."""
    top = {name: (field, _table_at(name, field)) for name, field in fields_of(schema.Scenario).items()}
    rows = tuple(_row(name, field, _default_of(field)) for name, (field, table) in top.items() if table is None)
    yield Part("The file itself", 2, "What stands above every table.", rows)
    for name, (field, table) in top.items():
        if table is not None:
            yield from _tables(table, _row(name, field, _default_of(field)), str(field.description or ""), 2)


@dataclass(frozen=True)
class _Table:
    """What a field opens: one table of this model, or tables of it that have names or numbers."""

    model: type[BaseModel]
    heading: str
    single: bool


def _table_at(path: str, field: FieldInfo) -> _Table | None:
    """The table(s) that a field opens; None where it is a value."""
    kind = placed(field).kind
    if section := section_of(field.annotation):
        return _Table(section, f"`[{path}]`", single=True)
    if model := model_in_mapping(field.annotation):
        return _Table(model, f"`[{path}.NAME]`", single=False)
    if is_union(kind) and not is_law(kind):
        choice = next((section_of(one) for one in get_args(kind) if section_of(one)), None)
        return None if choice is None else _Table(choice, f"`[{path}]`", single=False)
    if get_origin(kind) is tuple and (model := section_of(get_args(kind)[0])):
        return _Table(model, f"`[[{path}]]`", single=False)
    return None


def _tables(table: _Table, holder: Row, words: str, depth: int) -> Iterator[Part]:
    """A table and those below it. What the field that holds it says of the evidence goes before its own."""
    rows: list[Row] = []
    inner: list[tuple[_Table, Row]] = []
    for name, field in fields_of(table.model).items():
        default = getattr(holder.default, name) if isinstance(holder.default, BaseModel) else _default_of(field)
        row = _row(f"{holder.path}.{name}", field, default)
        if holder.tag != "given":
            row = replace(row, plausible="", tag=holder.tag, source=holder.source)
        below = _table_at(row.path, field)
        if below is not None:
            inner.append((below, row))
        if below is None or not below.single or default is None:
            rows.append(row)
    yield Part(f"{table.heading} {words}".strip(), depth, _about(table.model), tuple(rows))
    for below, row in inner:
        yield from _tables(below, row, "", depth + 1)


def _default_of(field: FieldInfo) -> Any:
    """The default, `PydanticUndefined` where the field must be given."""
    return field.get_default(call_default_factory=True)


def _about(model: type[BaseModel]) -> str:
    text = " ".join((model.__doc__ or "").split())
    words, _, rest = text.partition(": ")
    told = rest if rest and not words.isascii() else text
    return (told[:1].upper() + told[1:]).replace("``", "`")


def _row(path: str, field: FieldInfo, default: Any) -> Row:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    plausible = extra.get("plausible")
    ends = [_grouped(float(str(end))) for end in plausible] if isinstance(plausible, list) else []
    return Row(
        path=path,
        meaning=field.description or "",
        unit=str(extra.get("unit", "")),
        default=default,
        allowed=allowed(placed(field)),
        plausible=" – ".join(ends),
        tag=str(extra.get("tag", "given")),
        source=str(extra.get("source", "")),
    )


def allowed(place: Place) -> str:
    """What may be written there."""
    kind = place.kind
    if words := words_of(kind):
        return ", ".join(f"`{value(word)}`" for word in words)
    if kind in (int, float):
        return f"{'whole number' if kind is int else 'number'}{_range(bounds(place))}"
    if kind is str:
        return _text(place)
    if is_law(kind):
        return "law"
    if is_union(kind) and "known" in words_of(get_args(kind)[-1]):
        return '`[lowest, highest]` or `"known"`'
    if is_union(kind):
        return '`"none"` or a table'
    if get_origin(kind) is tuple:
        return _list(get_args(kind))
    if get_args(kind):
        key, inner = (_inner(one) for one in get_args(kind))
        value_alone = get_origin(inner.kind) in (None, tuple) or is_union(inner.kind)
        tables = section_of(inner.kind) or model_in_mapping(inner.kind) or not value_alone
        return "tables by name" if tables else f"{allowed(key)} = {allowed(inner)}"
    return _SIMPLE.get(kind, "table")


_SIMPLE: Mapping[Any, str] = {
    bool: "`true`, `false`",
    dt.date: "date",
    dt.datetime: "date and time",
}


def _inner(annotation: Any) -> Place:
    return placed(FieldInfo.from_annotation(annotation))


def _text(place: Place) -> str:
    patterns = [str(getattr(one, "pattern", None) or "") for one in place.constraints]
    if any(":" in pattern for pattern in patterns):
        return '`"HH:MM"`'
    return "hour 0–23" if any(patterns) else "text"


def _list(inner: Sequence[Any]) -> str:
    first = _inner(inner[0])
    if inner[-1] is not ... and len(inner) > 2:
        return f"list of {len(inner)}: {allowed(first)}"
    if inner[-1] is not ...:
        return f"[{', '.join(allowed(_inner(one)) for one in inner)}]"
    return "list of tables" if section_of(first.kind) else f"list of {allowed(first)}"


def _range(limits: Bounds) -> str:
    words = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}
    return "".join(f" {word} {_grouped(limits[name])}" for name, word in words.items() if name in limits)


def _grouped(limit: float) -> str:
    if limit == 2**63:
        return "2⁶³"
    text = f"{int(limit):,}" if float(limit).is_integer() else number(limit)
    return text.replace("-", "−")


def value(what: Any) -> str:
    """A value as a scenario file writes it."""
    match what:
        case bool():
            return "true" if what else "false"
        case int() | float():
            return number(what)
        case str():
            return f'"{what}"'
        case dt.date():
            return what.isoformat()
        case tuple() | list():
            return f"[{', '.join(map(value, what))}]"
        case BaseModel():
            return value({name: one for name, one in what if name in what.model_fields_set})
        case Mapping():
            inside = ", ".join(f"{name} = {value(one)}" for name, one in what.items())
            return f"{{ {inside} }}" if inside else "{}"
    raise TypeError(type(what).__name__)


def _opening() -> list[str]:
    return [
        "# Parameters",
        "",
        "<!-- Made from the schema: python -m callbacksim.report.parameters > docs/parameters.md -->",
        "",
        "Every field that a scenario file can hold. What a file leaves out has its default. *Allowed* is what is",
        "accepted at all; *plausible* is what we would believe without further evidence: a value outside is not",
        "refused, but have a reason for it. Shares are written as 0.45, not 45.",
        "",
        "*Evidence* says what the default rests on. Most numbers were not reported by anybody; do not take them for",
        "measurements because they stand in a table.",
        "",
        *(f"- **{'yours' if tag == 'given' else tag}** {_explained(tag, words)}" for tag, words in TAGS.items()),
    ]


def _explained(tag: str, words: str) -> str:
    return "a decision or a fact of your campaign, not evidence" if tag == "given" else words


def _part(part: Part) -> list[str]:
    return [
        "",
        f"{'#' * part.depth} {part.heading}",
        "",
        part.about,
        "",
        *(_table(part.rows) if part.rows else []),
    ]


HEAD = ("Field", "Meaning", "Unit", "Default", "Allowed", "Plausible", "Evidence")


def _table(rows: Sequence[Row]) -> list[str]:
    return [
        f"| {' | '.join(HEAD)} |",
        f"|{'---|' * len(HEAD)}",
        *(f"| {' | '.join(cell.replace('|', '/') for cell in _cells(row))} |" for row in rows),
    ]


def _cells(row: Row) -> tuple[str, ...]:
    name = row.path.rsplit(".", 1)[-1]
    return (f"`{name}`", row.meaning, row.unit, _default(row.default), row.allowed, row.plausible, _evidence(row))


def _default(default: Any) -> str:
    if default is PydanticUndefined:
        return "(required)"
    return "—" if default in (None, "", (), {}) else f"`{value(default)}`"


def _evidence(row: Row) -> str:
    if row.tag == "given":
        reason = REASONS.get(row.path, "")
        return f"yours: {reason}" if reason else "yours"
    return f"{row.tag}: {row.source}" if row.source else row.tag


def _laws() -> list[str]:
    lines = ["", "## Laws", "", "A duration that varies is written as a law, in the unit of its field.", ""]
    lines += ["| Law | Written | Meaning |", "|---|---|---|"]
    for law in get_args(get_args(laws.Law)[0]):
        name = get_args(law.model_fields["law"].annotation)[0]
        lines.append(f"| {name} | `{EXAMPLES[name]}` | {_about(law)} |")
    return lines


EXAMPLES = {
    "constant": '{ law = "constant", value = 30 }',
    "uniform": '{ law = "uniform", low = 2, high = 5 }',
    "exponential": '{ law = "exponential", mean = 30 }',
    "lognormal": '{ law = "lognormal", mean = 60, sd = 36 }',
    "gamma": '{ law = "gamma", mean = 60, sd = 36 }',
    "quantiles": '{ law = "quantiles", p = [0, 0.5, 1], x = [5, 40, 300] }',
    "table": '{ law = "table", values = [20, 40, 90], weights = [1, 2, 1] }',
    "mixture": '{ law = "mixture", parts = [{ weight = 7, low = 6, high = 10 }, { weight = 3, low = 18, high = 22 }] }',
}


def _sources(rows: Sequence[Row]) -> list[str]:
    used: dict[str, list[str]] = {}
    for row in rows:
        for key in keys_in(row.source):
            used.setdefault(key, []).append(row.path)
    lines = ["", "## Sources", "", "| Key | Where | What is taken from it | For |", "|---|---|---|---|"]
    for key, source in SOURCES.items():
        if key in used:
            lines.append(f"| {key} | {source.where} | {source.says} | {', '.join(f'`{path}`' for path in used[key])} |")
    rest = [f"- {key}: {source.says} ({source.where})" for key, source in SOURCES.items() if key not in used]
    return [*lines, "", "Read, but no default rests on them:", "", *rest, ""]


if __name__ == "__main__":
    # Windows' own encoding has no Chinese, and its line ends are not the file's.
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write(parameters_markdown())
