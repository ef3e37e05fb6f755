"""Pages of runs that are out of the ordinary: cut off by the horizon, of one run, without call-backs, of many plans."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pages import Element, numbers_of, read_page

SMALL = """\
title = "A small campaign 小样"
[register]
rows = 120
contacts = 100
unusable = 3
[robot]
lines = 2
[questionnaire.items]
problems = 0.2
[plans.a]
robot.lines = 3
[plans.b]
robot.lines = 4
[plans.c]
robot.lines = 5
[plans.d]
robot.lines = 6
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "small.toml").write_text(SMALL, encoding="utf-8")
    return tmp_path


def page_of(cli: Any, home: Path, command: str, *options: object) -> Element:
    """The page that a command writes of the small campaign."""
    ended = cli(command, home / "small.toml", "--jobs", "1", *options, "--report", home / "page.html", "--force")
    assert ended.status == 0, ended.err
    return read_page((home / "page.html").read_text(encoding="utf-8"))


def figure_of(page: Element, kind: str) -> Element:
    return next(one for one in page.all("figure") if one.all("svg")[0].attributes["data-kind"] == kind)


def test_of_runs_that_the_horizon_cuts_off_the_page_says_how_many(home: Path, cli: Any) -> None:
    """The last case of some runs is begun within three days, that of others is not: these have no bar."""
    options = ("-n", "6", "--set", "study.horizon_days=3", "--out", home / "out")
    page = page_of(cli, home, "run", *options)
    ends = pd.read_csv(home / "out" / "replications.csv")["ledger_finish"]
    cut = int((ends == float("inf")).sum())
    assert 0 < cut < 6
    note = figure_of(page, "ledger_finish").all("figcaption")[0].text()
    assert f"{cut} of 6 runs are not done by the horizon, Thu 10 July 00:00, and have no bar." in note


def test_where_no_run_is_done_the_page_says_so_in_words(home: Path, cli: Any) -> None:
    page = page_of(cli, home, "run", "-n", "3", "--set", "study.horizon_days=1")
    finish = page.all("section", id="finish")[0]
    assert "Not before the horizon, Tue 8 July 00:00, in any of 3 runs: calls and call-backs done." in finish.text()
    tiles = page.all("dl", class_="tiles")[0].text()
    assert "not by the horizon in 3 of 3 runs" in tiles
    assert finish.all("svg") == []


def test_a_single_run_is_not_the_first_of_several(home: Path, cli: Any) -> None:
    page = page_of(cli, home, "run", "-n", "1", "--set", "robot.lines=1", "--set", "agents.count=1")
    assert "first of" not in page.text()
    question = page.all("p", class_="question")[0].text()
    assert question.startswith("With 1 line and 1 person for call-backs, and 100 contacts to call from")
    assert not re.search(r"\b1 (lines|people|cases|runs)\b", page.all("main")[0].text())


def test_a_stage_that_nothing_reaches_is_a_heading_alone(home: Path, cli: Any) -> None:
    none = ("--set", "recognition.unclear=0", "--set", "recognition.sensitivity=0")
    page = page_of(cli, home, "run", "-n", "2", *none)
    drawn = figure_of(page, "flow")
    words = [one.text() for one in drawn.all("svg")[0].all("text")]
    assert "sent to people: 0 contacts" in words
    assert "handled" not in words
    assert any("handled" in cell.text() for cell in drawn.all("td"))  # its number stands in the table
    assert "No problem case reached a department." in page.all("section", id="ledger")[0].text()
    assert not page.all("section", id="people")[0].all("svg")


def test_lines_are_never_busier_than_they_are_open(home: Path, cli: Any) -> None:
    """Calls that run beyond the window are no part of its time."""
    busy = ("--set", "robot.lines=1", "--set", "calendar.windows=[['09:00', '09:30']]")
    page = page_of(cli, home, "run", "-n", "1", *busy)
    table = next(one for one in page.all("table") if one.all("caption")[0].text() == "Day by day")
    shares = [float(row.all("td")[-1].attributes["data-sort"]) for row in table.all("tbody")[0].all("tr")]
    assert 0.9 < max(shares) <= 1


def test_a_page_does_not_say_where_a_register_lies(home: Path, cli: Any) -> None:
    (home / "r.csv").write_text("电话\n" + "".join(f"138001380{at:02d}\n" for at in range(40)), encoding="utf-8")
    (home / "small.toml").write_text('[register]\nfile = "r.csv"\n[robot]\nlines = 2\n', encoding="utf-8")
    page_of(cli, home, "run", "-n", "2")
    html = (home / "page.html").read_text(encoding="utf-8")
    assert str(home) not in html
    assert "r.csv" in html


def test_the_page_of_a_comparison_holds_the_first_plan_against_calling_by_hand(home: Path, cli: Any) -> None:
    page = page_of(cli, home, "compare", "--plan", "base", "--plan", "a", "-n", "3")
    ended = cli("run", home / "small.toml", "-n", "3", "--jobs", "1", "--json")
    by_hand = json.loads(ended.out)["measures"]["manual_cost"]["mean"]
    rows = {row.all("th")[0].text(): row for row in figure_of(page, "cost").all("tbody")[0].all("tr")}
    shown = [row for words, row in rows.items() if "overtime, by hand instead" in words]
    assert [float(row.all("td")[0].attributes["data-sort"]) for row in shown] == [by_hand]


def test_of_many_plans_the_table_has_the_values_alone(home: Path, cli: Any) -> None:
    two = page_of(cli, home, "compare", "--plan", "base", "--plan", "a", "-n", "2")
    five = page_of(cli, home, "compare", "-n", "2")
    for page, plans, noted in ((two, 2, True), (five, 5, False)):
        table = page.all("section", id="plans")[0].all("table")[0]
        assert len(table.all("thead")[0].all("th")) == plans + 2
        cost = next(row for row in table.all("tbody")[0].all("tr") if row.all("th")[0].text() == "cost")
        cells = cost.all("td")[:plans]
        assert [bool(cell.all("span", class_="ends")) for cell in cells] == [noted] * plans
        assert all(len(numbers_of(cell.text())) == (3 if noted else 1) for cell in cells)
