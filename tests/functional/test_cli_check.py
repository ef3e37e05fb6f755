"""`callbacksim check`: the scenario in a few lines, in full, as a schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.cells import cell_len

from callbacksim.scenario.files import load


def test_dates_hours_and_bounds(cli: Any, small: Path) -> None:
    out = cli("check", small).out
    text = " ".join(out.split())
    assert "300 rows = 250 contacts + 47 duplicates + 3 without a usable number" in text
    assert "Mon 7 July 2025, 09:00–12:00 and 14:00–18:00" in text
    assert "6 lines × 154 h = 924 line hours" in text
    assert "2 people × 154 h" in text
    assert "calls an hour: a first call holds a line about 35 s" in text
    assert "lean, same and generous" in text
    assert all(cell_len(line) <= 80 for line in out.splitlines())


def test_holidays_and_make_up_days_have_their_weekday(cli: Any, small: Path) -> None:
    text = " ".join(
        cli(
            "check", small, "--set", "calendar.start=2025-09-29", "--set", "targets.finish_by=2025-10-20T12:00:00"
        ).out.split()
    )
    assert "Wed 1 October – Wed 8 October no work, Sat 11 October worked" in text
    assert "Mon 29 September, Tue 30, Thu 9 October, Fri 10, Sat 11" in text


def test_the_plan_is_looked_at(cli: Any, small: Path) -> None:
    assert "12 lines × 154 h" in cli("check", small, "--plan", "generous").out


def test_resolved_loads_back_equal(cli: Any, small: Path) -> None:
    resolved = small.with_name("resolved.toml")
    resolved.write_text(cli("check", small, "--plan", "lean", "--resolved").out, encoding="utf-8")
    assert load(resolved) == load(small, plan="lean")


def test_schema(cli: Any) -> None:
    assert "robot" in json.loads(cli("check", "--schema").out)["properties"]


def test_no_file_and_a_broken_file_are_refused(cli: Any, small: Path) -> None:
    assert cli("check").status == 2
    small.write_text("[register]\nrows = 10\ncontacts = 20\n[robot]\nlinse = 3\n", encoding="utf-8")
    ended = cli("check", small)
    assert (ended.status, ended.out) == (2, "")
    assert len(ended.err.splitlines()) == 2


def test_manual_mode_and_no_lines(cli: Any, small: Path) -> None:
    assert "people who telephone" in cli("check", small, "--set", "study.mode=manual").out
    assert cli("check", small, "--set", "robot.lines=0").status in (0, 2)
