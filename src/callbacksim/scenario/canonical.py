"""A scenario written out: its canonical TOML, its identity, and the JSON Schema that editors use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.items import InlineTable, Table

from callbacksim.scenario.merging import FILES, plain
from callbacksim.scenario.schema import Scenario

_UNSEEN = ("title", "plans")
_UNSEEN_STUDY = ("replications", "confidence")
# Names in these tables are laid out in the file's order: the first segment that fits counts, and a draw walks along
# the categories and departments. In every other table order means nothing.
_ORDERED = (("segments",), ("ledger", "categories"), ("ledger", "departments"))
# The elements of lists are written whole, so what they need stays needed; anything else may come from a base file.
_WHOLE = ("Question", "AskIf", "Part")
_DRAFT = "http://json-schema.org/draft-07/schema#"


def to_toml(scenario: Scenario) -> str:
    """Every field, defaults too, as TOML that loads back equal; what is None is left out."""
    return toml_of(plain(scenario))


def toml_of(tree: Mapping[str, Any]) -> str:
    """A scenario's tree, or a part of one, as TOML."""
    document = tomlkit.document()
    _write(document, tree)
    return tomlkit.dumps(document)


def _write(table: Table | tomlkit.TOMLDocument, values: Mapping[str, Any]) -> None:
    # Values first: in TOML a key below a heading belongs to that heading.
    for key, value in values.items():
        if not _opens_table(value):
            table.add(key, inline(value))
    for key, value in values.items():
        if _opens_table(value):
            below = tomlkit.table()
            _write(below, value)
            table.add(key, below)


def _opens_table(value: Any) -> bool:
    return isinstance(value, Mapping) and not isinstance(value.get("law"), str)


def inline(value: Any) -> Any:
    """A value as a TOML item that fits on the right of one key."""
    if isinstance(value, Mapping):
        table: InlineTable = tomlkit.inline_table()
        for key, one in value.items():
            table.add(key, inline(one))
        return table
    if isinstance(value, list):
        array = tomlkit.array()
        for one in value:
            array.append(inline(one))
        return array.multiline(any(isinstance(one, Mapping) for one in value))
    return tomlkit.item(value)


def identity(scenario: Scenario, *, register_sha256: str = "", script_sha256: str = "", log_sha256: str = "") -> str:
    """A SHA-256 (hex) of all that changes what a replication gives: equal identities, equal replications.

    Title, plans, number of replications and confidence are left out, and so are file paths: the caller gives the hash
    of what those files hold, and of the log from which a running campaign is continued. The seed is in: a replication
    is named by identity and number.
    """
    tree = {key: value for key, value in plain(scenario).items() if key not in _UNSEEN}
    tree["study"] = {key: value for key, value in tree["study"].items() if key not in _UNSEEN_STUDY}
    for section, name in FILES:
        tree.get(section, {}).pop(name, None)
    for *above, name in _ORDERED:
        holder = tree[above[0]] if above else tree
        holder[name] = list(holder[name].items())
    content = {"scenario": tree, "register": register_sha256, "script": script_sha256}
    content |= {"log": log_sha256} if log_sha256 else {}
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, default=lambda value: value.isoformat())
    return hashlib.sha256(text.encode()).hexdigest()


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7, which editors know best) of a scenario file.

    Nothing is required, since a file may extend another; only the elements of lists must be whole.
    """
    schema = Scenario.model_json_schema(by_alias=True)
    definitions = schema.pop("$defs")
    phone = definitions["Columns"]["properties"]["phone"]
    # One heading may stand without brackets.
    phone["anyOf"] = [phone["items"], {"type": phone.pop("type"), "items": phone.pop("items")}]
    # A sheet may be given by its place.
    definitions["Register"]["properties"]["sheet"]["anyOf"].insert(1, {"type": "integer", "minimum": 1})
    definitions = {name: _draft7(model, whole=name in _WHOLE) for name, model in definitions.items()}
    fields = _draft7(schema, whole=False)["properties"]
    plans = fields.pop("plans")
    table = {"type": "object", "additionalProperties": False}
    definitions["Plan"] = {**table, "title": "Plan", "description": "changes to any field", "properties": dict(fields)}
    extends = {"type": "string", "minLength": 1, "description": "scenario file that this one changes, relative to it"}
    fields["extends"] = {"title": "Extends", **extends}
    fields["plans"] = {**plans, "additionalProperties": {"$ref": "#/$defs/Plan"}}
    about = {"title": schema["title"], "description": schema["description"]}
    return {"$schema": _DRAFT, **about, **table, "properties": fields, "$defs": definitions}


def _draft7(node: Any, whole: bool) -> Any:
    """The node in the terms of draft 7 and without what is required (unless it is to be whole).

    With nothing required several laws may fit a table without a name, so any of them may.
    """
    if isinstance(node, list):
        return [_draft7(value, whole) for value in node]
    if not isinstance(node, dict):
        return node
    out: dict[str, Any] = {}
    for key, value in node.items():
        if key == "required" and isinstance(value, list):  # and not a field of that name
            out |= {key: value} if whole else {}
        elif key == "prefixItems":
            out |= {"items": _draft7(value, whole), "additionalItems": False}
        elif key == "oneOf":
            out["anyOf"] = _draft7(value, whole)
        elif key in ("default", "plausible"):
            out[key] = value
        elif key == "$ref" and len(node) > 1:  # draft 7 overlooks whatever stands beside a reference
            out["allOf"] = [{key: value}]
        elif key != "discriminator":
            out[key] = _draft7(value, whole)
    return out
