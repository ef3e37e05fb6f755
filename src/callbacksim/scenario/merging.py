"""Trees of values: merged over each other, filled with defaults, looked into, cut; and the values of ``--set``."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.reading import MOST_DEPTH, Tree
from callbacksim.scenario.schema import Script
from callbacksim.scenario.schemawalk import model_in_mapping, section_of
from callbacksim.scenario.wording import Path, dotted, show

_BARE = re.compile(r"[^\s.\"'=\[\]{}#,]+")
_QUOTED = re.compile(r"""("(?:[^"\\\n]|\\.)*"|'[^'\n]*')""")


def merge(under: Tree, over: Tree) -> Tree:
    """``over`` laid on ``under``: tables merge key by key, anything else replaces.

    A law replaces a law of another name whole, because the parameters of one mean nothing to the other.
    """
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping) and not _other_law(below, value):
            merged[key] = merge(below, value)
        else:
            merged[key] = value
    return merged


def _other_law(under: Tree, over: Tree) -> bool:
    names = under.get("law"), over.get("law")
    return all(isinstance(name, str) for name in names) and names[0] != names[1]


def plain(value: Any) -> Any:
    """Models, tuples and mappings as dictionaries and lists, as TOML has them; None is left out."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        pairs = ((fields[name].alias or name, getattr(value, name)) for name in fields)
        return {key: plain(one) for key, one in pairs if one is not None}
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def fill(tree: Tree, model: type[BaseModel]) -> Tree:
    """The tree with the default of every field it leaves out.

    So that a plan or ``--set`` changes one thing of what ``check --resolved`` shows: one hour of the default index,
    the mean of the default law. Tables that are data (indices, categories) are not filled when the file gives them.
    """
    filled = dict(tree)
    for name, field in model.model_fields.items():
        key = field.alias or name
        value = filled.get(key)
        if key not in filled:
            default = field.get_default(call_default_factory=True)
            if default is not PydanticUndefined and default is not None:
                filled[key] = plain(default)
        elif isinstance(value, Mapping) and (section := section_of(field.annotation)):
            filled[key] = fill(value, section)
        elif isinstance(value, Mapping) and (section := model_in_mapping(field.annotation)):
            filled[key] = {
                entry: fill(one, section) if isinstance(one, Mapping) else one for entry, one in value.items()
            }
    return filled


def holds(tree: object, path: Path) -> bool:
    """Whether there is a value at ``path``."""
    return depth_of(tree, path) == len(path)


def depth_of(tree: Any, path: Path) -> int:
    """How many parts of ``path`` exist in the tree."""
    for depth, part in enumerate(path):
        in_table = isinstance(tree, Mapping) and isinstance(part, str) and part in tree
        in_list = isinstance(tree, list | tuple) and isinstance(part, int) and part < len(tree)
        if not (in_table or in_list):
            return depth
        tree = tree[part]
    return len(path)


def value_at(tree: Any, path: Path) -> Any:
    """The value at a path that the tree holds."""
    for part in path:
        tree = tree[part]
    return tree


def without(tree: Tree, path: Path) -> Tree:
    """The tree without the value at ``path`` (keys only) if it is there."""
    if not path or path[0] not in tree:
        return tree
    head, *rest = path
    key = str(head)
    if not rest:
        return {name: value for name, value in tree.items() if name != key}
    below = tree[key]
    return {**tree, key: without(below, tuple(rest))} if isinstance(below, Mapping) else tree


FILES = (("register", "file"), ("register", "exclude"), *(("script", name) for name in Script.model_fields))
"""Where a scenario names files."""


def anchored(tree: Tree, directory: FilePath) -> Tree:
    """The tree with the files it names (see `FILES`) as absolute paths, read from ``directory``."""
    for section, name in FILES:
        table = tree.get(section)
        if not isinstance(table, Mapping) or name not in table:
            continue
        named = table[name]
        paths = [_absolute(one, directory) for one in named] if isinstance(named, list) else _absolute(named, directory)
        tree = {**tree, section: {**table, name: paths}}
    return tree


def _absolute(value: object, directory: FilePath) -> object:
    # An empty text stays: it names nothing, and the schema says so.
    return os.path.abspath(directory / value) if isinstance(value, str) and value else value  # noqa: PTH100


def parse_override(text: str, place: int) -> Tree:
    """``a.b.c=VALUE`` of the ``place``-th ``--set`` as a tree; VALUE is TOML or, failing that, text. Raises Refused."""
    keys, value = _split(text)
    if not keys:
        wrong = f"{show(text)} is not FIELD=VALUE"
        raise Refused(Problem("--set", place, "--set", wrong, "write for example --set robot.lines=40"))
    if keys[0] in ("plans", "extends"):
        right = "change a field, for example --set robot.lines=40, and choose a plan with --plan NAME"
        raise Refused(Problem("--set", place, dotted(keys), f"{keys[0]} cannot be set on the command line", right))
    tree: Any = _value(value.strip())
    for key in reversed(keys):
        tree = {key: tree}
    return dict(tree)


def _split(text: str) -> tuple[tuple[str, ...], str]:
    """Keys and the text of the value; no keys when the text has not that form."""
    keys: list[str] = []
    at = len(text) - len(text.lstrip())
    while len(keys) < MOST_DEPTH:
        if quoted := _QUOTED.match(text, at):
            try:
                keys.append(next(iter(tomllib.loads(f"{quoted[0]} = 0"))))
            except tomllib.TOMLDecodeError:
                return (), ""
            at = quoted.end()
        elif bare := _BARE.match(text, at):
            keys.append(bare[0])
            at = bare.end()
        else:
            return (), ""
        at = len(text) - len(text[at:].lstrip())
        if text.startswith("=", at):
            return tuple(keys), text[at + 1 :]
        if not text.startswith(".", at):
            return (), ""
        at = len(text) - len(text[at + 1 :].lstrip())
    return (), ""


def _value(text: str) -> object:
    try:
        tree = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    # A line break in the text would begin further keys; then it was not one value.
    return tree["value"] if len(tree) == 1 else text


def changes(base: Tree, changed: Tree) -> dict[str, Any]:
    """What must be laid over `base` to get `changed` (see `merge`), which has all of its keys."""
    found: dict[str, Any] = {}
    for key, value in changed.items():
        if key not in base:
            found[key] = value
        elif isinstance(value, Mapping) and isinstance(base[key], Mapping) and not _other_law(base[key], value):
            if below := changes(base[key], value):
                found[key] = below
        elif value != base[key]:
            found[key] = value
    return found
