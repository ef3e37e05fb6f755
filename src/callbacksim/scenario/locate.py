"""Where in a scenario file a value stands: from paths to line numbers.

A light scanner over text that ``tomllib`` has already accepted: it only has to know where keys, tables and list
elements begin, so it copes with dotted and quoted keys, inline tables, lists over many lines and arrays of tables.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Mapping

from callbacksim.scenario.wording import Path

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*+")
_SPACE = re.compile(r"[ \t]*+")
_KEY_PART = re.compile(r"""[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'""")
# Long strings first: they begin like short ones. A scalar may hold one space, between a date and its time.
_SCALAR = re.compile(
    r'''"""(?:[^"\\]|\\[\s\S]|"(?!""))*+"{3,5}'''
    r"""|'''(?:[^']|'(?!''))*+'{3,5}"""
    r'''|"(?:[^"\\\n]|\\.)*+"'''
    r"""|'[^'\n]*+'"""
    r"""|[^\s,\]}#]++(?: \d\d:\d\d[^\s,\]}#]*+)?"""
)


def lines(text: str) -> Mapping[Path, int]:
    """The line (from 1) of every table, key and list element of a TOML document that parses.

    Path parts are keys and places in lists (from 0). A table has the line of its header or, without one, of the first
    key that makes it.
    """
    return _Scanner(text).run()


def line_of(found: Mapping[Path, int], path: Path) -> int:
    """The line of the value at ``path``, else of the nearest table or list around it, else 1."""
    for depth in range(len(path), 0, -1):
        if path[:depth] in found:
            return found[path[:depth]]
    return 1


class _Scanner:
    """One pass over one text; ``found`` fills up on the way."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.breaks = [match.start() for match in re.finditer("\n", text)]
        self.found: dict[Path, int] = {}
        self.tables: dict[Path, int] = {}  # arrays of tables and how many elements each has so far

    def run(self) -> Mapping[Path, int]:
        table: Path = ()
        at = self._skip(_BLANK, 0)
        while at < len(self.text):
            at, table = self._header(at) if self.text[at] == "[" else (self._pair(at, table), table)
            at = self._skip(_BLANK, at)
        return self.found

    def _line(self, at: int) -> int:
        return bisect_left(self.breaks, at) + 1

    def _skip(self, what: re.Pattern[str], at: int) -> int:
        match = what.match(self.text, at)
        return match.end() if match else at

    def _note(self, path: Path, line: int) -> None:
        for depth in range(1, len(path)):
            self.found.setdefault(path[:depth], line)
        self.found[path] = line

    def _keys(self, at: int) -> tuple[tuple[str, ...], int]:
        keys: list[str] = []
        while True:
            match = _KEY_PART.match(self.text, self._skip(_SPACE, at))
            if match is None:
                return tuple(keys), len(self.text)
            keys.append(next(iter(tomllib.loads(f"{match[0]} = 0"))))
            at = self._skip(_SPACE, match.end())
            if not self.text.startswith(".", at):
                return tuple(keys), at
            at += 1

    def _inside(self, keys: tuple[str, ...]) -> Path:
        """The path that a header means: a name of an array of tables stands for its last element."""
        path: Path = ()
        for key in keys:
            path += (key,)
            if path in self.tables:
                path += (self.tables[path] - 1,)
        return path

    def _header(self, at: int) -> tuple[int, Path]:
        line, many = self._line(at), self.text.startswith("[[", at)
        keys, end = self._keys(at + 1 + many)
        path = self._inside(keys[:-1]) + keys[-1:] if many else self._inside(keys)
        if many:
            self.found.setdefault(path, line)
            place = self.tables.get(path, 0)
            self.tables[path] = place + 1
            path += (place,)
        self._note(path, line)
        return end + 1 + many, path

    def _pair(self, at: int, table: Path) -> int:
        keys, end = self._keys(at)
        path = table + keys
        self._note(path, self._line(at))
        return self._value(self._skip(_SPACE, end + 1), path)

    def _value(self, at: int, path: Path) -> int:
        if self.text.startswith("{", at):
            return self._members(at + 1, path)
        if self.text.startswith("[", at):
            return self._elements(at + 1, path)
        match = _SCALAR.match(self.text, at)
        return match.end() if match else len(self.text)

    def _members(self, at: int, path: Path) -> int:
        at = self._skip(_BLANK, at)
        while at < len(self.text) and self.text[at] != "}":
            at = self._comma(self._pair(at, path))
        return at + 1

    def _elements(self, at: int, path: Path) -> int:
        at, place = self._skip(_BLANK, at), 0
        while at < len(self.text) and self.text[at] != "]":
            element = (*path, place)
            self._note(element, self._line(at))
            at, place = self._comma(self._value(at, element)), place + 1
        return at + 1

    def _comma(self, at: int) -> int:
        at = self._skip(_BLANK, at)
        return self._skip(_BLANK, at + 1) if self.text.startswith(",", at) else at
