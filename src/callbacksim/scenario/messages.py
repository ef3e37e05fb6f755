"""What pydantic found, in a planner's words: where, what is wrong, what would be right."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast, get_args

from pydantic import ValidationError

from callbacksim.scenario.merging import holds, value_at
from callbacksim.scenario.reading import Tree
from callbacksim.scenario.schemawalk import (
    Place,
    bounds,
    default_of,
    field_names,
    fields_of,
    is_law,
    is_union,
    long,
    model_at,
    number,
    place_at,
    short,
    words_of,
)
from callbacksim.scenario.wording import Finding, Path, dotted, kind_of, listing, meant, show

Error = Mapping[str, Any]

# Guessing what was meant costs time; after so many unknown fields nobody reads on.
MOST_GUESSES = 100
_RANGES = {
    "greater_than_equal": ("ge", "below"),
    "greater_than": ("gt", "not above"),
    "less_than_equal": ("le", "above"),
    "less_than": ("lt", "not below"),
}


def explain(error: ValidationError, tree: Tree) -> list[Finding]:
    """Every error once, in the order of the schema; ``tree`` is what was validated."""
    findings: dict[tuple[Path, str], Finding] = {}
    unknown = 0
    for one in cast(Sequence[Error], error.errors(include_url=False)):
        path = _path(one, tree)
        if path is None or _enough(one):
            continue
        unknown += one["type"] == "extra_forbidden"
        finding = _finding(one, path, tree, guess=unknown <= MOST_GUESSES)
        findings.setdefault((finding.path, finding.wrong), finding)
    return list(findings.values())


def _enough(error: Error) -> bool:
    """Whether a list is called too short only because what is wrong with its elements is said besides."""
    return error["type"] == "too_short" and len(error["input"]) >= int(error["ctx"]["min_length"])


def _path(error: Error, tree: Tree) -> Path | None:
    """Pydantic's place without the names of branches and of key checks; None for a branch that was not meant."""
    path: Path = ()
    entered: Path | None = None
    loc = error["loc"]
    for index, part in enumerate(loc):
        place = place_at(path, tree)
        if place and entered != path and is_union(place.kind):
            entered = path
            table = isinstance(value_at(tree, path), Mapping)
            if not is_law(place.kind) and table == str(part).startswith("literal"):
                return None
        elif not (part == "[key]" and _is_key(error) and index == len(loc) - 1):
            path += (part,)
    return path


def _is_key(error: Error) -> bool:
    """Whether the error is about the name of an entry, not about its value."""
    loc = error["loc"]
    return len(loc) > 1 and loc[-1] == "[key]" and error["input"] == loc[-2] and error["type"] != "extra_forbidden"


def _finding(error: Error, path: Path, tree: Tree, guess: bool) -> Finding:
    kind, value, place = error["type"], error["input"], place_at(path, tree)
    if kind == "extra_forbidden":
        return _unknown(path, tree, guess)
    if place and kind in ("too_short", "too_long") and Ellipsis in get_args(place.kind):
        most, word = (
            (error["ctx"]["min_length"], "fewer") if kind == "too_short" else (error["ctx"]["max_length"], "more")
        )
        return Finding(path, f"the list has {_counted(len(value))}, {word} than {most}", f"write {long(place)}")
    if kind in ("missing", "too_long"):
        return _missing(path, tree, place)
    if kind == "value_error":
        wrong, _, right = str(error["ctx"]["error"]).partition("; ")
        return Finding(path, wrong, right or "see docs/parameters.md")
    if kind == "union_tag_not_found":
        return Finding(path, "the law has no name", f"add law = {_laws(place)}")
    if kind == "union_tag_invalid":
        near = meant(str(error["ctx"]["tag"]), _law_names(place))
        return Finding((*path, "law"), f"{show(value.get('law'))} is no law", _hint(near, _laws(place)))
    if _is_key(error):
        return _key(path, str(path[-1]), error)
    return Finding(path, *(_plain(error, value, place) if place else (str(error["msg"]), "see docs/parameters.md")))


def _plain(error: Error, value: Any, place: Place) -> tuple[str, str]:
    """What is wrong with a single value and what would be right."""
    kind, ctx = error["type"], error.get("ctx", {})
    if kind in _RANGES:
        name, word = _RANGES[kind]
        return f"{show(value)} is {word} {number(ctx[name])}", f"write {long(place)}"
    if kind == "literal_error" and isinstance(value, str) and words_of(place.kind):
        return f"{show(value)} is not possible here", _hint(meant(value, words_of(place.kind)), long(place))
    if kind == "string_pattern_mismatch":
        return f"{show(value)} is not a time of day", f"write {_clock(value)}"
    if kind == "string_too_short":
        return "the text is empty", "write at least one character, or leave the field out"
    if kind == "string_too_long":
        return f"the text has {len(value)} characters", f"write at most {ctx['max_length']}"
    if kind == "string_unicode":
        return "the path has bytes that are no characters in UTF-8", "rename the directory or file that has them"
    if kind == "finite_number":
        return f"{show(value)} is not a finite number", f"write {long(place)}"
    if kind == "literal_error" and not words_of(place.kind):
        return f'{show(value)} is neither "none" nor a table of counts', f"write {long(place)}"
    return f"{show(value)} is {kind_of(value)}, not {short(place)}", f"write {_example(value, place)}"


def _clock(value: str) -> str:
    digits = re.fullmatch(r"\s*(\d{1,2})[:：.h点]?(\d\d)?\s*分?", value)
    hour, minute = (int(digits[1]), int(digits[2] or 0)) if digits else (24, 1)
    if hour < 24 and minute < 60:
        return f'"{hour:02}:{minute:02}"'
    return 'hours and minutes with two digits each, "00:00" to "24:00", such as "09:00"'


def _example(value: Any, place: Place) -> str:
    """The value turned into what belongs there if it can be, else the default, else the form."""
    converted = _converted(value, place)
    example = default_of(place) if converted is None else converted
    if place.kind in (int, float) and example is not None:
        return f"{short(place)} such as {number(example)}"
    if place.kind is dt.date and converted is not None:
        return f"the date without quotes and time: {converted}"
    if place.kind is str and not isinstance(value, list | dict):
        if isinstance(value, dt.time):
            return f'it in quotes: "{value:%H:%M}"'
        if short(place) == "a time of day":
            return _clock(show(value))
        return f'it in quotes: "{show(value)}"'
    return long(place)


def _converted(value: Any, place: Place) -> Any:
    try:
        if place.kind is dt.date:
            return value.date() if isinstance(value, dt.datetime) else dt.date.fromisoformat(value)
        if place.kind is int and isinstance(value, float | str):
            candidate: float = round(float(value))
        elif place.kind is float and isinstance(value, str):
            percent = value.strip().endswith(("%", "％"))
            candidate = float(value.strip().rstrip("%％")) / (100 if percent else 1)
        else:
            return None
    except (ValueError, TypeError, OverflowError):
        return None
    return candidate if _allowed(candidate, place) else None


def _allowed(value: float, place: Place) -> bool:
    limits = bounds(place)
    return (
        limits.get("ge", value) <= value <= limits.get("le", value)
        and ("gt" not in limits or value > limits["gt"])
        and ("lt" not in limits or value < limits["lt"])
    )


def _missing(path: Path, tree: Tree, place: Place | None) -> Finding:
    if isinstance(path[-1], int) and not holds(tree, path):
        path = path[:-1]
    if holds(tree, path):  # a list of a fixed length
        around = cast(Place, place_at(path, tree))
        given, needed = len(value_at(tree, path)), len(get_args(around.kind))
        return Finding(path, f"the list has {_counted(given)}, not {needed}", f"write {long(around)}")
    return Finding(path, "missing", f"write {long(place)}" if place else "see docs/parameters.md")


def _counted(elements: int) -> str:
    return "1 element" if elements == 1 else f"{elements} elements"


def _key(path: Path, key: str, error: Error) -> Finding:
    """A name that cannot stand in this table."""
    kind = error["type"]
    if kind == "string_pattern_mismatch":
        hour = key.lstrip("0") or "0"
        fits = key.isascii() and hour.isdigit() and len(hour) < 3 and int(hour) < 24
        hint = f"write {hour}" if fits else "write a whole hour from 0 to 23"
        return Finding(path, f"{show(key)} is not an hour of the day as written here", f"{hint} (no leading zero)")
    if kind == "literal_error":
        words = tuple(re.findall(r"'([^']*)'", str(error["ctx"]["expected"])))
        return Finding(path, f"{show(key)} is not possible here", _hint(meant(key, words), _or(words)))
    if kind == "string_too_short":
        return Finding(path, "the name is empty", "give it a name")
    if kind == "string_too_long":
        return Finding(path, f"the name has {len(key)} characters", f"write at most {error['ctx']['max_length']}")
    return Finding(path, f"{show(key)} cannot be a name here", "give it a name in letters")


def _unknown(path: Path, tree: Tree, guess: bool) -> Finding:
    word, parent = str(path[-1]), path[:-1]
    model = model_at(place_at(parent, tree), value_at(tree, parent))
    names = [*(fields_of(model) if model else ()), *(() if parent else ("extends",))]
    near = meant(word, names) if guess else None
    if near:
        meant_path = (*parent, near)
        return Finding(path, "unknown field", f"did you mean {dotted(meant_path)}?", (meant_path,))
    elsewhere = _elsewhere(word) if guess else None
    if elsewhere:
        return Finding(path, "unknown field", f"did you mean {elsewhere}?", (tuple(elsewhere.split(".")),))
    around = f"[{dotted(parent)}] has" if parent else "a scenario has"
    return Finding(path, "unknown field", f"{around} {listing(names)}")


def _elsewhere(word: str) -> str | None:
    """A field of this name, or nearly, in another table: a key that slipped under a wrong heading."""
    by_name: dict[str, str] = {}
    for name in field_names():
        by_name.setdefault(name.rpartition(".")[2], name)
    near = meant(word, by_name, cutoff=0.85)
    return by_name[near] if near else None


def _hint(near: str | None, choices: str) -> str:
    return f"did you mean {show(near)}? It is one of {choices}" if near else f"write {choices}"


def _or(words: Sequence[str]) -> str:
    return ", ".join(map(show, words[:-1])) + (" or " if len(words) > 1 else "") + show(words[-1])


def _law_names(place: Place | None) -> list[str]:
    laws = get_args(place.kind) if place else ()
    return [str(get_args(one.model_fields["law"].annotation)[0]) for one in laws]


def _laws(place: Place | None) -> str:
    return _or(_law_names(place))
