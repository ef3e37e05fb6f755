"""`callbacksim staff`: the plan, its status, its JSON and table, and what is refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from callbacksim.study.staffing.planruns import surely

LOOSE = ("--set", "targets.finish_by=2025-08-01T18:00:00", "--set", "targets.probability=0.5")
GRID = ("--lines", "3:4", "--agents", "1:2")


def test_every_plan_of_the_grid_is_accounted_for(cli: Any, small: Path, tmp_path: Path) -> None:
    table = tmp_path / "plans.csv"
    ended = cli("staff", small, *LOOSE, *GRID, "--json", "--csv", table)
    found = json.loads(ended.out)
    assert ended.status == 0
    assert set(found["plan"]) == {"lines", "agents"}
    assert all(target["met"] is True and target["lower"] >= 0.5 for target in found["targets"])
    assert found["cost"]["low"] <= found["cost"]["mean"] <= found["cost"]["high"]
    assert found["grid"] == len(found["frontier"]) == 4
    assert [one["lines"] for one in found["fewest"]] == [3, 4]
    assert found["plan"] in [one["plan"] for one in found["fewest"] if one["state"] == "surely"]
    assert found["evaluated"] == sum(one["runs"] > 0 for one in found["frontier"])
    # The replications that confirm took no part in the search.
    assert found["confirmed_on"]["first"] >= max(one["runs"] for one in found["frontier"])
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert [(int(row["lines"]), int(row["agents"])) for row in rows] == [(3, 1), (3, 2), (4, 1), (4, 2)]
    assert sum(row["found"] == "chosen" for row in rows) == 1


def test_the_screen_fits_and_names_the_plan(cli: Any, small: Path) -> None:
    ended = cli("staff", small, *LOOSE, *GRID)
    assert ended.status == 0
    assert "The cheapest plan that meets every target:" in ended.out and "of 4 plans were simulated" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80
    assert "MAP OF PLANS 方案图" in ended.out and "FEWEST PEOPLE FOR EACH NUMBER OF LINES" in ended.out


def test_without_a_plan_the_status_is_1_and_the_nearest_is_named(cli: Any, small: Path) -> None:
    ended = cli("staff", small, *GRID, "--set", "targets.finish_by=2025-07-07T09:00:01", "--json")
    found = json.loads(ended.out)
    assert (ended.status, found["plan"], found["cost"]) == (1, None, None)
    assert found["nearest"] is not None
    assert [target["met"] for target in found["targets"] if target["name"] == "finish_by"] == [False]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--lines", "9:3"),
            "--lines:1: --lines: it ends at 3, before it begins at 9; write 3:9",
        ),
        (
            ("--agents", "1.5"),
            '--agents:1: --agents: "1.5" is no range of whole numbers; '
            "write FEWEST:MOST or FEWEST:MOST:STEP, for example 10:60:10",
        ),
        (
            ("-n", "5", *GRID, "--set", "targets.cost=1"),
            "--replications:1: --replications: 5 replications cannot be sure of 90 % with confidence 95 %; "
            f"ask for {surely(0.9, 0.99)} at least",
        ),
        (
            ("--agents", "1:x", "--clerks", "1:3", "--listeners", "2"),
            '--agents:1: --agents: "1:x" is no range of whole numbers; '
            "write FEWEST:MOST or FEWEST:MOST:STEP, for example 10:60:10\n"
            "--listeners:1: --listeners: nobody listens to recordings; give listeners.share, or leave it out\n"
            "--clerks:1: --clerks: there are no clerks; add a table [ledger.clerks], or leave it out",
        ),
        (
            (*GRID, "--set", "search.lines=[1]"),
            "search.lines: the list has 1 element, fewer than 2; write a list such as [10, 60, 10]",
        ),
        (
            (*GRID, "--set", "search.lines=[1,2,3,4]"),
            "search.lines: the list has 4 elements, more than 3; write a list such as [10, 60, 10]",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused(cli: Any, small: Path, arguments: tuple[str, ...], message: str) -> None:
    ended = cli("staff", small, *arguments)
    assert ended.status == 2
    assert message in ended.err


@pytest.mark.parametrize(("wanted", "said"), [("0.9999", "simulated 46,050 times at least"), ("0.99", None)])
def test_a_promise_that_takes_very_many_replications_is_said_to(
    cli: Any, small: Path, wanted: str, said: str | None
) -> None:
    """0.9999^n <= 0.01 from n = ln 0.01 / ln 0.9999 = 46,049.4 on; the search itself is refused here, by -n 10."""
    promise = ("--set", f"targets.probability={wanted}", "--set", "targets.cost=1")
    ended = cli("staff", small, *GRID, *promise, "-n", "10")
    assert ended.status == 2
    assert (said in ended.err) if said else ("times at least" not in ended.err)


def test_so_many_replications_can_be_sure() -> None:
    """The smallest n with 0.9^n <= 0.05 is 29 (0.9^28 = 0.0523, 0.9^29 = 0.0471)."""
    assert surely(0.9, 0.95) == 29
