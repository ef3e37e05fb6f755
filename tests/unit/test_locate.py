"""From a path to the line it stands on."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from callbacksim.scenario.locate import line_of, lines
from callbacksim.scenario.wording import Path

DOCUMENT = '''\
# a comment with = and [brackets]
title = "a # b" # and more
plain.dotted."key.with dots" = 1

[robot]
lines = 20
  [robot.retry_minutes]   # indented
  busy = 1.5
['ledger'.departments."金融办"]
staff = 0
handling = { law = "uniform", low = 1, "high" = 2 }

[calendar]
windows = [
  ["09:00", "12:00"], # morning
  [
    "14:00",
    "18:00",
  ],
]
start = 2025-07-07 09:00:00
text = """
[not.a.table]
key = 1 \\""" quoted ""
"""
raw = \'\'\'
x = 'y'
\'\'\'\'
after = true

[[questions]]
id = "A"
[[questions]]
id = "B"
[questions.ask_if]
heard = ["1"]
[[questions.more]]
x = 1
'''

WHERE: dict[Path, int] = {
    ("title",): 2,
    ("plain",): 3,
    ("plain", "dotted", "key.with dots"): 3,
    ("robot",): 5,
    ("robot", "lines"): 6,
    ("robot", "retry_minutes"): 7,
    ("robot", "retry_minutes", "busy"): 8,
    ("ledger",): 9,
    ("ledger", "departments", "金融办"): 9,
    ("ledger", "departments", "金融办", "staff"): 10,
    ("ledger", "departments", "金融办", "handling", "high"): 11,
    ("calendar", "windows"): 14,
    ("calendar", "windows", 0): 15,
    ("calendar", "windows", 0, 1): 15,
    ("calendar", "windows", 1): 16,
    ("calendar", "windows", 1, 0): 17,
    ("calendar", "windows", 1, 1): 18,
    ("calendar", "start"): 21,
    ("calendar", "text"): 22,
    ("calendar", "raw"): 26,
    ("calendar", "after"): 29,
    ("questions",): 31,
    ("questions", 0, "id"): 32,
    ("questions", 1): 33,
    ("questions", 1, "id"): 34,
    ("questions", 1, "ask_if"): 35,
    ("questions", 1, "ask_if", "heard", 0): 36,
    ("questions", 1, "more", 0, "x"): 38,
}


@pytest.mark.parametrize(("path", "line"), WHERE.items(), ids=str)
def test_every_way_of_writing_a_key_is_found(path: Path, line: int) -> None:
    assert lines(DOCUMENT)[path] == line


def test_windows_line_ends_count_once() -> None:
    assert lines("a = 1\r\n\r\nb = 2\r\n")[("b",)] == 3


def test_a_table_opened_after_its_subtable_has_the_line_of_its_heading() -> None:
    assert lines("[a.b]\nx = 1\n[a]\ny = 1\n")[("a",)] == 3


def test_what_is_not_there_has_the_line_of_the_table_around_it() -> None:
    found = lines(DOCUMENT)
    assert line_of(found, ("robot", "retry_minutes", "voicemail")) == 7
    assert line_of(found, ("calendar", "windows", 5)) == 14
    assert line_of(found, ("costs", "agent_hour")) == 1
    assert line_of(found, ()) == 1


def paths(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every path of a tree with its value."""
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, one in value.items():
            yield from paths(one, (*path, key))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from paths(one, (*path, place))


KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6)
SCALARS = st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=12) | st.dates() | st.floats(allow_nan=False)
TREES = st.dictionaries(
    KEYS,
    st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)),
    max_size=5,
)


@given(TREES)
def test_every_value_of_any_document_has_a_line_that_names_it(tree: dict[str, Any]) -> None:
    text = tomlkit.dumps(tree)
    parsed = tomllib.loads(text)
    found = lines(text)
    written = text.split("\n")
    for path, value in paths(parsed):
        line = found[path]
        assert 1 <= line <= len(written)
        if isinstance(value, int) and not isinstance(value, bool):
            assert str(value) in written[line - 1]
