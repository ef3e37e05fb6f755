"""A scenario written out: its canonical TOML, its identity, and the JSON Schema that editors use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.items import InlineTable, Table

from callbacksim.scenario.merging import plain
from callbacksim.scenario.schema import Scenario

_UNSEEN = ("title", "plans")
_UNSEEN_STUDY = ("replications", "confidence")
# Names in these tables are laid out in the file's order: the first segment that fits counts, and a draw walks along
# the categories and departments. In every other table order means nothing.
_ORDERED = (("segments",), ("ledger", "categories"), ("ledger", "departments"))
# The elements of lists are written whole, so what they need stays needed; anything else may come from a base file.
_WHOLE = ("Question", "AskIf", "Part")


def to_toml(scenario: Scenario) -> str:
    """Every field, defaults too, as TOML that loads back equal; what is None is left out."""
    document = tomlkit.document()
    _write(document, plain(scenario))
    return tomlkit.dumps(document)


def _write(table: Table | tomlkit.TOMLDocument, values: Mapping[str, Any]) -> None:
    # Values first: in TOML a key below a heading belongs to that heading.
    for key, value in values.items():
        if not _opens_table(value):
            table.add(key, _inline(value))
    for key, value in values.items():
        if _opens_table(value):
            below = tomlkit.table()
            _write(below, value)
            table.add(key, below)


def _opens_table(value: Any) -> bool:
    return isinstance(value, Mapping) and not isinstance(value.get("law"), str)


def _inline(value: Any) -> Any:
    if isinstance(value, Mapping):
        table: InlineTable = tomlkit.inline_table()
        for key, one in value.items():
            table.add(key, _inline(one))
        return table
    if isinstance(value, list):
        array = tomlkit.array()
        for one in value:
            array.append(_inline(one))
        return array.multiline(any(isinstance(one, Mapping) for one in value))
    return tomlkit.item(value)


def identity(scenario: Scenario, *, register_sha256: str = "") -> str:
    """A SHA-256 (hex) of all that changes what a replication gives: equal identities, equal replications.

    Title, plans, number of replications and confidence are left out, and so are file paths: the caller gives the hash
    of what those files hold. The seed is in: a replication is named by identity and number.
    """
    tree = {key: value for key, value in plain(scenario).items() if key not in _UNSEEN}
    tree["study"] = {key: value for key, value in tree["study"].items() if key not in _UNSEEN_STUDY}
    tree["register"] = {key: value for key, value in tree["register"].items() if key not in ("file", "exclude")}
    for *above, name in _ORDERED:
        holder = tree[above[0]] if above else tree
        holder[name] = list(holder[name].items())
    content = {"scenario": tree, "register": register_sha256}
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, default=lambda value: value.isoformat())
    return hashlib.sha256(text.encode()).hexdigest()


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file for editors: nothing is required, since a file may extend another."""
    schema = Scenario.model_json_schema(by_alias=True)
    for name, model in schema["$defs"].items():
        _relax(model, whole=name in _WHOLE)
    phone = schema["$defs"]["Columns"]["properties"]["phone"]
    # One heading may stand without brackets.
    phone["anyOf"] = [phone["items"], {"type": phone.pop("type"), "items": phone.pop("items")}]
    _relax(schema, whole=False)
    fields = schema["properties"]
    plans = fields.pop("plans")
    schema["$defs"]["Plan"] = {
        "title": "Plan",
        "description": "changes to any field",
        "type": "object",
        "additionalProperties": False,
        "properties": dict(fields),
    }
    fields["plans"] = {**plans, "additionalProperties": {"$ref": "#/$defs/Plan"}}
    fields["extends"] = {
        "title": "Extends",
        "description": "scenario file that this one changes, relative to it",
        "type": "string",
        "minLength": 1,
    }
    return {"$schema": "http://json-schema.org/draft-07/schema#", **schema}


def _relax(node: Any, whole: bool) -> None:
    """Take away what is required, in place; with nothing required several laws may fit, so any of them may."""
    if isinstance(node, dict):
        if not whole:
            node.pop("required", None)
        if "oneOf" in node:
            node["anyOf"] = node.pop("oneOf")
            node.pop("discriminator", None)
        for key, value in node.items():
            if key not in ("default", "plausible"):
                _relax(value, whole)
    elif isinstance(node, list):
        for value in node:
            _relax(value, whole)
