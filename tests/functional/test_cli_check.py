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


def test_outages_groups_and_windows_by_weekday_are_told(cli: Any, small: Path) -> None:
    hours = """
[calendar]
windows_on = { Fri = [["09:00", "12:00"]], Mon = [] }
[[robot.outages]]
from = 2025-07-08T11:00:00
until = 2025-07-08T16:00:00
lines = 4
[[robot.outages]]
from = 2025-07-08T12:30:00
until = 2025-07-08T13:30:00
[agents]
breaks = [["10:30", "10:45"]]
[agents.groups."晚班\\u001b[31m"]
count = 3
roster = [["17:00", "20:00"]]
weekdays = ["Tue"]
[study]
horizon_days = 5
"""
    small.write_text(small.read_text(encoding="utf-8") + hours, encoding="utf-8")
    out = cli("check", small).out
    text = " ".join(out.split())
    assert "on Fri: 09:00–12:00 on Mon: no calls" in text
    assert "calling days 外呼日 Tue 8 July, Wed 9, Thu 10, Fri 11 (4 calling days in all)" in text
    # Three days of 7 h and a morning of 3; of four lines the hours from 11 to 12 and from 14 to 16 are lost.
    assert "6 lines × 24 h = 144 line hours" in text
    assert "4 lines from Tue 8 July 2025 11:00 until Tue 8 July 2025 16:00" in text
    assert "all lines from Tue 8 July 2025 12:30" in text
    assert "12 line hours of the windows are lost" in text
    # Five days of 6 h 45 min, and Tuesday evening: from 17 to 18 h two shifts, one open hour.
    assert "2 people × 33.8 h (09:00–12:00 and 14:00–18:00 without 10:30–10:45) = 67.5 people hours" in text
    assert "3 people × 3 h (17:00–20:00, Tue) = 9 people hours" in text
    assert "together 76.5 people hours, somebody is there 35.8 h" in text
    assert "warning: robot.outages#2 meets no calling window, so it changes nothing" in text
    assert "\x1b" not in out and all(cell_len(line) <= 80 for line in out.splitlines())
    run = " ".join(cli("run", small, "-n", "1").out.split())
    assert "6 lines with 2 outages, 5 people for call-backs" in run
    assert "the roster has 2 to 5" in run


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


def test_a_script_that_run_would_refuse_is_refused(cli: Any, small: Path) -> None:
    missing = cli("check", small, "--set", "script.calls=nowhere.csv")
    assert missing.status == 2
    assert "script.calls: there is no such file" in missing.err


def test_parts_without_effect_are_warned_of(cli: Any, small: Path) -> None:
    ended = cli("run", small, "-n", 1, "--set", "study.mode=manual", "--set", "agents.transfer.live=true")
    assert "agents.transfer has no effect in manual mode" in " ".join(ended.err.split())
