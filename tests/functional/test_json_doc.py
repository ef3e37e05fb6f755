"""docs/json.md: every key that a command prints at the top is described, and every key described is printed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "json.md"
# How each command is asked, so that every part of its object is there. {small} is a small scenario.
ASKED: dict[str, tuple[str, ...]] = {
    "run": ("run", "{small}", "--precision", "0.9", "--most", "10", "--uncertain"),
    "compare": (
        "compare",
        "{small}",
        "--plan",
        "base",
        "--plan",
        "lean",
        "-n",
        "10",
        "--best",
        "cost",
        "--within",
        "9e9",
    ),
    "drivers": ("drivers", "{small}", "-n", "380"),
    "roster": ("roster", "{small}", "-n", "2"),
    "sweep": ("sweep", "{small}", "--vary", "robot.lines=3,6", "-n", "2"),
    "staff": ("staff", "{small}", "--lines", "3:4", "--agents", "1:2", "--set", "targets.probability=0.5"),
    "calibrate": ("calibrate", "{log}", "{small}", "--out", "{out}", "--force"),
}
ALSO = ("--set", "targets.finish_by=2025-08-01T18:00:00", "--json")


def described() -> dict[str, list[str]]:
    """The paths of keys by command, as the page has them."""
    found: dict[str, list[str]] = {}
    for part in re.split(r"(?m)^## ", PAGE.read_text(encoding="utf-8"))[1:]:
        command = re.match(r"`(\S+) --json`", part)
        assert command, f"docs/json.md: a section for no command: {part[:40]!r}"
        rows = re.findall(r"(?m)^\| (`.+?) \|", part)
        found[command[1]] = [key for row in rows for key in re.findall(r"`([^`]+)`", row)]
    return found


def at(value: Any, path: str) -> Iterator[Any]:
    """Everything that a path such as ``plans.*.targets[].met`` leads to; KeyError where a name is missing."""
    if not path:
        yield value
        return
    step = re.match(r"\.?(\*|\w+)|\[\]", path)
    assert step, path
    rest = path[step.end() :]
    if step[0] == "[]":
        each = value
    elif step[1] == "*":
        each = value.values()
    else:
        each = [value[step[1]]]
    for one in each:
        yield from at(one, rest)


@pytest.mark.parametrize("command", described())
def test_the_page_describes_what_is_printed(command: str, cli: Any, small: Path) -> None:
    (small.parent / "planned.toml").write_text(
        f'extends = "{small.name}"\n[plans.lean]\nrobot.lines = 2\n', encoding="utf-8"
    )
    log = small.parent / "log.csv"
    rows = [
        f"1380013{i % 60:04d},2025-07-0{7 + i // 60} 09:{i % 60:02d}:00,{(i % 3 and 'busy') or 'complete'}"
        for i in range(180)
    ]
    log.write_text("callee,start,status\n" + "\n".join(rows) + "\n", encoding="utf-8")
    names = {"small": small.parent / "planned.toml", "log": log, "out": small.parent / "fitted.toml"}
    ended = cli(*(one.format(**names) for one in ASKED[command]), *(ALSO if command != "calibrate" else ALSO[-1:]))
    printed = json.loads(ended.out)
    paths = described()[command]
    missing = [path for path in paths if not found_at(printed, path)]
    assert missing == []
    assert set(printed) == {re.split(r"[.\[]", path)[0] for path in paths}


def found_at(printed: Any, path: str) -> bool:
    """Whether a path leads to something, in every element on the way (an empty list has nothing to contradict it)."""
    try:
        list(at(printed, path))
    except KeyError:
        return False
    return True


def test_a_wrong_path_is_noticed() -> None:
    printed = {"plans": {"a": {"targets": [{"met": None}]}}}
    assert found_at(printed, "plans.*.targets[].met")
    assert not found_at(printed, "plans.*.targets[].kept")
    assert not found_at(printed, "plan")
