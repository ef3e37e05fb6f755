"""Reading one TOML file from disk, with every way in which that can fail said in plain words."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, NoReturn

from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.wording import meant, show

Tree = Mapping[str, Any]

MOST_BYTES = 2_000_000
MOST_DEPTH = 30
# tomllib takes quadratic time over one key of very many parts.
_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){60}""")
_LONG_NUMBER = re.compile(r"[0-9_]{4000}")

_CURES = (
    ("cannot overwrite", "give each key once, and a table either as one value or key by key"),
    ("cannot declare", "open each table once, with all its keys below it"),
    ("cannot mutate", "open each table once, with all its keys below it"),
    ("invalid statement", 'put a name with other characters than a–z, 0–9, _ and - in quotes: "金融办"'),
    (
        "invalid initial character for a key",
        'end an inline table without a comma, and put names such as "金融办" in quotes',
    ),
    ("expected '=' after a key", 'write key = value with a plain =, and names such as "金融办" in quotes'),
    ("invalid value", 'put text and times in plain double quotes: "text", "09:00"; a number, true or false without'),
    ("invalid date", "write a date that exists as 2025-07-07"),
    (
        "expected newline",
        "write one key = value a line, numbers without leading zero and without unit, comments after #",
    ),
    ("unterminated string", "close the text with a quotation mark"),
    ("illegal character", "close the text with a quotation mark on the same line, without control characters"),
    ("unescaped '\\'", "write a path with / or in single quotes: 'C:\\names.xlsx'"),
    ("unclosed array", "separate the elements by commas, put times in quotes, and close the list with ]"),
    ("unclosed inline table", "keep { … } on one line, separate its keys by commas and close it with }"),
    (
        "at the end of a table declaration",
        'write the name of a table as [robot], other names in quotes: [plans."精简"]',
    ),
)


def read(path: FilePath, label: str) -> tuple[str, Tree]:
    """The text and the TOML tree of a file; ``label`` is the file's name in messages. Raises Refused."""
    text = _text(_bytes(path, label), label)
    return text, _parse(text, label)


def _refuse(label: str, line: int, wrong: str, right: str) -> NoReturn:
    raise Refused(Problem(label, line, "file", wrong, right))


def _bytes(path: FilePath, label: str) -> bytes:
    try:
        about = path.stat()
        # Asked before opening: to open a pipe would wait for its writer.
        if stat.S_ISDIR(about.st_mode):
            _refuse(label, 1, "this is a directory", "name a scenario file in it, ending in .toml")
        if not stat.S_ISREG(about.st_mode):
            _refuse(label, 1, "this is not a regular file", "name a scenario file, ending in .toml")
        if about.st_size > MOST_BYTES:
            _refuse(label, 1, f"the file has {about.st_size:,} bytes", f"a scenario has at most {MOST_BYTES:,} bytes")
        return path.read_bytes()
    except FileNotFoundError:
        near = meant(path.name, _neighbours(path))
        hint = f"did you mean {show(near)}?" if near else "name a scenario file that exists"
        _refuse(label, 1, "it links to a file that is gone" if path.is_symlink() else "there is no such file", hint)
    except PermissionError:
        _refuse(label, 1, "no permission to read the file", "ask its owner, or copy it to where you may read it")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        _refuse(label, 1, f"the file cannot be read ({reason})", "name a scenario file, ending in .toml")


def _neighbours(path: FilePath) -> list[str]:
    try:
        others = (entry.name for entry in os.scandir(path.parent) if entry.name != path.name)
        return sorted(name for name in others if name.endswith(".toml"))
    except OSError:
        return []


def _text(raw: bytes, label: str) -> str:
    try:
        return raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        _refuse(label, line, f"the file is not UTF-8 text{_guess(raw)}", "save it as UTF-8")


def _guess(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return " (it looks like UTF-16)"
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return " (it looks like GB18030 or GBK)"


def _parse(text: str, label: str) -> Tree:
    if long := _LONG_KEY.search(text):
        line = text.count("\n", 0, long.start()) + 1
        _refuse(label, line, "a key has more than 60 parts", "name a field such as robot.lines")
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        _refuse(label, *_syntax(str(error), text))
    except RecursionError:
        _refuse(label, 1, "lists or tables stand too deep in each other", "a scenario has at most five levels")
    except ValueError:  # an integer of more digits than Python reads
        long = _LONG_NUMBER.search(text)
        line = text.count("\n", 0, long.start()) + 1 if long else 1
        _refuse(label, line, "a number has thousands of digits", "write a number a scenario can hold")
    if _depth(tree) > MOST_DEPTH:
        _refuse(label, 1, "lists or tables stand too deep in each other", "a scenario has at most five levels")
    return tree


def _syntax(message: str, text: str) -> tuple[int, str, str]:
    """Line, what is wrong and what would be right, from tomllib's message."""
    what, _, where = message.rpartition(" (at ")
    what = re.sub(r"\('(.*?)',?\)", lambda keys: f"[{keys[1]}]".replace("', '", "."), what)
    place = re.match(r"line (\d+)", where)
    line = int(place[1]) if place else text.rstrip().count("\n") + 1
    there = text.split("\n")[line - 1].strip()
    cure = next((cure for key, cure in _CURES if key in what.lower()), "write key = value, one a line, below [tables]")
    return line, f"not TOML: {what[:1].lower()}{what[1:]}" + (f", in {show(there)}" if there else ""), cure


def _depth(tree: Tree) -> int:
    """Levels of tables and lists, counted without recursion: dotted keys can be deeper than Python's stack."""
    level: list[object] = [tree]
    depth = 0
    while level and depth <= MOST_DEPTH:
        below: list[object] = []
        for value in level:
            below += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        level, depth = [value for value in below if isinstance(value, dict | list)], depth + 1
    return depth
