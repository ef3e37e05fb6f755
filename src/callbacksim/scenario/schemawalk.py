"""The schema seen from a path: what kind of value belongs there, with which bounds, unit and default."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from callbacksim.scenario import schema
from callbacksim.scenario.wording import Path, dotted, show

Bounds = Mapping[str, float]


@dataclass(frozen=True)
class Place:
    """What belongs at a path: the type, its constraints, and the field it is (or is part of)."""

    kind: Any
    constraints: tuple[Any, ...] = ()
    field: FieldInfo | None = None


def section_of(annotation: Any) -> type[BaseModel] | None:
    """The model of a field that is itself a section, else None."""
    kind = _bare(annotation)[0]
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def model_in_mapping(annotation: Any) -> type[BaseModel] | None:
    """The model of the values of a field that maps names to models, else None."""
    kind = _bare(annotation)[0]
    return section_of(get_args(kind)[1]) if _is_mapping(kind) else None


def _bare(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """The type below Annotated and Optional, and the constraints on the way."""
    constraints: tuple[Any, ...] = ()
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *more = get_args(annotation)
            for one in more:
                constraints += tuple(one.metadata) if isinstance(one, FieldInfo) else (one,)
        elif is_union(annotation) and type(None) in get_args(annotation):
            annotation = Union[tuple(one for one in get_args(annotation) if one is not type(None))]  # noqa: UP007
        else:
            return annotation, constraints


def is_union(kind: Any) -> bool:
    """Whether a type is a choice among types."""
    return get_origin(kind) in (Union, types.UnionType)


def _is_mapping(kind: Any) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def is_law(kind: Any) -> bool:
    """Whether a type is the choice among the laws."""
    return is_union(kind) and all("law" in getattr(one, "model_fields", ()) for one in get_args(kind))


def place_at(path: Path, tree: Any) -> Place | None:
    """What belongs at ``path``; the tree decides between laws. None where the schema has nothing."""
    place: Place | None = Place(schema.Scenario)
    for part in path:
        model = model_at(place, tree)
        if model is not None:
            field = fields_of(model).get(str(part))
            place = None if field is None else placed(field)
        elif place is not None:
            place = _member(place, part)
        if place is None:
            return None
        tree = _below(tree, part)
    return place


def placed(field: FieldInfo) -> Place:
    """The place that a field is."""
    return _placed(field.annotation, tuple(field.metadata), field)


def _placed(annotation: Any, constraints: tuple[Any, ...], field: FieldInfo | None) -> Place:
    kind, more = _bare(annotation)
    return Place(kind, constraints + more, field)


def _member(place: Place, part: str | int) -> Place | None:
    inner = get_args(place.kind)
    if _is_mapping(place.kind):
        return _placed(inner[1], (), None)
    if get_origin(place.kind) is tuple and isinstance(part, int):
        return _placed(inner[0] if inner[-1] is ... or part >= len(inner) else inner[part], (), None)
    return None


def _below(tree: Any, part: str | int) -> Any:
    if isinstance(tree, Mapping):
        return tree.get(part)
    return tree[part] if isinstance(tree, list | tuple) and isinstance(part, int) and part < len(tree) else None


def model_at(place: Place | None, tree: Any) -> type[BaseModel] | None:
    """The model that a table at this place is read with, else None."""
    if place is None:
        return None
    if section := section_of(place.kind):
        return section
    if not is_union(place.kind):
        return None
    models = [one for one in get_args(place.kind) if section_of(one)]
    if is_law(place.kind):
        name = tree.get("law") if isinstance(tree, Mapping) else None
        models = [one for one in models if get_args(one.model_fields["law"].annotation) == (name,)]
    return models[0] if models else None


def fields_of(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """The fields of a model by the names a file uses."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def field_names() -> list[str]:
    """Every field of the sections as a planner writes it: ``robot.lines``."""

    def walk(model: type[BaseModel], path: tuple[str, ...]) -> list[str]:
        names: list[str] = []
        for name, field in fields_of(model).items():
            section = section_of(field.annotation)
            names += walk(section, (*path, name)) if section else [dotted((*path, name))]
        return names

    return walk(schema.Scenario, ())


def bounds(place: Place) -> Bounds:
    """The narrowest ``ge``, ``gt``, ``le``, ``lt`` that hold at a place."""
    found: dict[str, float] = {}
    for one in place.constraints:
        for name in ("ge", "gt", "le", "lt"):
            limit = getattr(one, name, None)
            if limit is not None:
                found[name] = (max if name[0] == "g" else min)(limit, found.get(name, limit))
    if "gt" in found and found["gt"] >= found.get("ge", found["gt"]):
        found.pop("ge", None)
    if "lt" in found and found["lt"] <= found.get("le", found["lt"]):
        found.pop("le", None)
    return found


def default_of(place: Place) -> Any:
    """The default of the field, None when it has none (or is part of a field only)."""
    if place.field is None:
        return None
    default = place.field.get_default(call_default_factory=True)
    return None if default is PydanticUndefined else default


def words_of(kind: Any) -> tuple[str, ...]:
    """The words of a choice of words."""
    return tuple(str(one) for one in get_args(kind)) if get_origin(kind) is Literal else ()


def short(place: Place) -> str:
    """What belongs there in two or three words, for "X is text, not …"."""
    kind = place.kind
    simple = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
    simple |= {dt.date: "a date", dt.datetime: "a date with a time"}
    if kind in simple:
        return "a time of day" if kind is str and _patterned(place, ":") else simple[kind]
    if is_law(kind):
        return "a law"
    if is_union(kind):
        return "a table of counts"
    if words_of(kind):
        return "one of the words"
    return "a list" if get_origin(kind) is tuple else "a table"


def long(place: Place) -> str:
    """What belongs there, said so that it can be typed: with bounds, unit and default or an example."""
    kind = place.kind
    if kind in (int, float):
        return short(place) + _range(bounds(place)) + _aside(place)
    if kind is bool:
        return "true or false" + _aside(place)
    if kind is str:
        return 'a time of day such as "09:00"' if _patterned(place, ":") else "text in quotes"
    if words := words_of(kind):
        return " or ".join((", ".join(map(show, words[:-1])), show(words[-1]))) if len(words) > 1 else show(words[0])
    return _EXAMPLES.get(kind) or _compound(place)


_EXAMPLES: Mapping[Any, str] = {
    dt.date: "a date without quotes such as 2025-07-07",
    dt.datetime: "a date with a time, without quotes, such as 2025-07-31T18:00:00",
}


def _compound(place: Place) -> str:
    kind = place.kind
    if is_law(kind):
        return 'a law such as { law = "lognormal", mean = 60, sd = 36 }'
    if is_union(kind):
        return '"none" or counts such as { escalations = 84, problems = 15, suggestions = 35 }'
    if get_origin(kind) is tuple:
        return f"a list such as {_list_example(kind)}"
    if section := section_of(kind):
        return f"a table with the fields {', '.join(fields_of(section))}"
    return "a table of names and values"


def _list_example(kind: Any) -> str:
    inner = [_placed(one, (), None) for one in get_args(kind) if one is not ...]
    first = inner[0]
    if get_origin(first.kind) is tuple:
        return '[["09:00", "12:00"], ["14:00", "18:00"]]'
    if first.kind is str and _patterned(first, ":"):
        return '["09:00", "12:00"]'
    if first.kind is float:
        return "[2, 4, 14, 45, 35]" if len(inner) == 5 else "[1, 2]"
    if first.kind is int:
        return "[10, 60, 10]"
    if words := words_of(first.kind):
        return "[" + ", ".join(map(show, words[:3])) + "]"
    if section := section_of(first.kind):
        return "[{ " + ", ".join(f"{name} = …" for name in list(fields_of(section))[:3]) + " }]"
    return "[2025-10-01]" if first.kind is dt.date else '["…"]'


def _patterned(place: Place, mark: str) -> bool:
    return any(mark in (getattr(one, "pattern", None) or "") for one in place.constraints)


def _range(limits: Bounds) -> str:
    words = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}
    said = {name: f"{words[name]} {number(limit)}" for name, limit in limits.items()}
    low, high = said.get("ge", said.get("gt", "")), said.get("le", said.get("lt", ""))
    if low.startswith("above") and high.startswith("to"):
        high = f"up {high}"
    if low and high.startswith("below"):
        high = f"and {high}" if low.startswith("above") else f"to {high}"
    return "".join(f" {part}" for part in (low, high) if part)


def _aside(place: Place) -> str:
    extra = place.field.json_schema_extra if place.field else None
    unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
    default = default_of(place)
    parts = [unit] if unit else []
    if default is not None:
        parts.append(f"default {show(default) if isinstance(default, bool) else number(default)}")
    return f" ({'; '.join(parts)})" if parts else ""


def number(value: float) -> str:
    """A number without a needless decimal point: ``1`` for 1.0."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else str(value)
