"""Small words for messages: how paths and values are shown, and what somebody may have meant."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]

WIDTH = 60
_PLAIN_KEY = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class Finding:
    """Something wrong with the field at ``path``.

    ``wrong`` says what, ``right`` what would be right; ``touches`` are the other fields that were looked at, so that
    a finding that rests on a value already refused can be left out.
    """

    path: Path
    wrong: str
    right: str
    touches: tuple[Path, ...] = ()


def dotted(path: Path) -> str:
    """A path as a planner writes it: ``robot.lines``, ``ledger.departments."A.B".staff``, ``windows#2`` (from 1)."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"#{part + 1}"
        else:
            key = part if _PLAIN_KEY.fullmatch(part) and len(part) <= WIDTH else show(part)
            text += f".{key}" if text else key
    return text


def show(value: object) -> str:
    """A value as TOML would write it, in one printable line of at most :data:`WIDTH` characters."""
    text = "".join(c if c.isprintable() else "�" for c in _toml(value))
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def _toml(value: object, depth: int = 0) -> str:
    if depth > 4:
        return "…"
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return '"' + value[: 2 * WIDTH].replace("\\", "\\\\").replace('"', '\\"') + '"'
        case int():
            # Python refuses to write out an integer of more than 4300 digits.
            digits = value.bit_length() * 3 // 10
            return str(value) if digits < 300 else f"a number of about {digits} digits"
        case float() | None:
            return repr(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case list() | tuple():
            return "[" + ", ".join(_toml(one, depth + 1) for one in value[:WIDTH]) + "]"
        case dict():
            pairs = (f"{dotted((str(key),))} = {_toml(one, depth + 1)}" for key, one in list(value.items())[:WIDTH])
            return "{ " + ", ".join(pairs) + " }"
    return type(value).__name__


def kind_of(value: object) -> str:
    """What kind of value this is, in a planner's words."""
    match value:
        case bool():
            return "a truth value"
        case int():
            return "a whole number"
        case float():
            return "a number with a decimal point"
        case str():
            return "text"
        case dt.datetime():
            return "a date with a time"
        case dt.date():
            return "a date"
        case dt.time():
            return "a time without quotes"
        case list() | tuple():
            return "a list"
        case dict():
            return "a table"
    return "not a value a scenario can hold"


def meant(word: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The candidate nearest to what was written, whatever its case, or None."""
    if len(word) > 200:
        return None
    by_lower = {candidate.lower(): candidate for candidate in candidates}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[near[0]] if near else None


def listing(words: Iterable[str], most: int = 20) -> str:
    """``a, b, c``; a long list is cut."""
    every = list(words)
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")
