"""The scenario that `calibrate` writes: it extends another, and every value stands below its evidence."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import tomlkit

from callbacksim.report.texts import ENGLISH, Texts
from callbacksim.report.words import plain
from callbacksim.scenario.canonical import inline
from callbacksim.scenario.merging import plain as as_tree
from callbacksim.scenario.merging import value_at
from callbacksim.scenario.wording import show
from callbacksim.study.calibrating.calibration import Calibration, Fitted

_WIDTH = 116
_INDICES = ("hour_index", "weekday_index")


def fitted_toml(found: Calibration, extends: str) -> str:
    """The text of a scenario that lays what was fitted over the scenario in the file ``extends``."""
    log = found.log
    document = tomlkit.document()
    rows, numbers = ENGLISH.counted("row", len(log.who)), ENGLISH.counted("number", log.people)
    head = (
        f"Fitted by `callbacksim calibrate` to {plain(log.file)} ({log.format}): {rows} about {numbers}. Intervals are "
        f"at {100 * found.confidence:g} %. What is not here stays as it is in {plain(extends)}; see `callbacksim "
        "calibrate` for what the log cannot tell."
    )
    for line in textwrap.wrap(head, _WIDTH):
        document.add(tomlkit.comment(line))
    document.add("extends", inline(extends))
    tables: dict[tuple[str, ...], Any] = {}
    for one in _in_order(found):
        table = _table(document, tables, one.keys[:-1])
        for line in textwrap.wrap(_evidence(one), _WIDTH):
            table.add(tomlkit.comment(line))
        table.add(one.keys[-1], inline(one.value))
    for keys, table in tables.items():
        if keys[-1] in _INDICES:  # a file's index is taken whole, so the other entries stand here too
            index = value_at(as_tree(found.result), keys)
            for key, value in index.items():
                if key not in table:
                    table.add(key, inline(value))
    if found.ranges:
        ranges = tomlkit.table()
        ranges.add(
            tomlkit.comment(
                "For `run --uncertain` and `drivers`: between what each may lie if the others are as written"
            )
        )
        ranges.add(
            tomlkit.comment("(of laws their means); the intervals above are wider where numbers stand for each other.")
        )
        for path, ends in found.ranges.items():
            ranges.add(path, inline(_ends(ends)))
        document.add("uncertain", ranges)
    return tomlkit.dumps(document)


def _ends(ends: Any) -> Any:
    return list(ends) if isinstance(ends, tuple) else ends


def _in_order(found: Calibration) -> list[Fitted]:
    """Values before tables, tables together: a key below a heading belongs to that heading."""
    order = {one.keys[:-1]: i for i, one in reversed(list(enumerate(found.fitted)))}
    first = {one.keys[0]: i for i, one in reversed(list(enumerate(found.fitted)))}
    return sorted(found.fitted, key=lambda one: (first[one.keys[0]], len(one.keys), order[one.keys[:-1]]))


def _table(document: tomlkit.TOMLDocument, tables: dict[tuple[str, ...], Any], keys: tuple[str, ...]) -> Any:
    if not keys:
        return document
    if keys not in tables:
        above = _table(document, tables, keys[:-1])
        table = tomlkit.table()
        above.add(keys[-1], table)
        tables[keys] = above[keys[-1]]
    return tables[keys]


def _evidence(one: Fitted) -> str:
    interval = "" if one.low is None or one.high is None else f" {one.low:.5g} to {one.high:.5g};"
    of = one.of.removesuffix("s") if one.n == 1 else one.of
    return f"{one.n:,} {of};{interval} {plain(one.method)}; was {was(one)}"


def was(one: Fitted, say: Texts = ENGLISH) -> str:
    """The scenario's own value, a law by its name and numbers."""
    if not isinstance(one.was, Mapping):
        return f"{one.was:g}" if isinstance(one.was, float) else show(one.was)
    numbers = [(key, value) for key, value in one.was.items() if isinstance(value, int | float)]
    law, written = say(f"law.{one.was['law']}"), say.joined(f"{say(f'law.{key}')} {value:g}" for key, value in numbers)
    return say("law.with", law=law, numbers=written) if numbers else law
