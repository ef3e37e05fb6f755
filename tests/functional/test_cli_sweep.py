"""`callbacksim sweep`: a grid of plans on the same people, as a map, a tidy table and JSON."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from callbacksim.scenario.problems import Refused
from callbacksim.study.sweep import axis_of
from pages import read_page


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("robot.lines=20:80:20", ("20", "40", "60", "80")),
        ("robot.lines=80:20:-30", ("80", "50", "20")),
        ("agents.reach=0.1:0.35:0.1", ("0.1", "0.2", "0.3")),
        ("agents.count=1,2, 3,2", ("1", "2", "3")),
        ('robot.order="random","register"', ('"random"', '"register"')),
        ("robot.order=random, register", ("random", "register")),
        (
            'agents.talk={law="constant", value=100}, {law="uniform", low=1, high=2}',
            ('{law = "constant", value = 100}', '{law = "uniform", low = 1, high = 2}'),
        ),
        (
            'calendar.windows=[["09:00", "12:00"]],[["14:00", "18:00"]]',
            ('[["09:00", "12:00"]]', '[["14:00", "18:00"]]'),
        ),
    ],
)
def test_values_are_a_range_or_a_list(text: str, values: tuple[str, ...]) -> None:
    assert axis_of(text, 1).values == values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("robot.lines", '--vary:2: --vary: "robot.lines" is not FIELD=VALUES; write for example robot.lines=20:80:10'),
        (
            "robot.lines=1:5",
            '--vary:2: --vary: "robot.lines=1:5" is no list and no range; write FIRST:LAST:STEP, for example 20:80:10',
        ),
        (
            "robot.lines=5:1:1",
            '--vary:2: --vary: "robot.lines=5:1:1" has no values, or more than 500; '
            "write FIRST:LAST:STEP, for example 20:80:10",
        ),
        (
            "robot.lines=1:1000:1",
            '--vary:2: --vary: "robot.lines=1:1000:1" has no values, or more than 500; '
            "write FIRST:LAST:STEP, for example 20:80:10",
        ),
    ],
)
def test_what_is_no_axis_is_refused(text: str, message: str) -> None:
    with pytest.raises(Refused) as caught:
        axis_of(text, 2)
    assert str(caught.value) == message


def test_every_plan_is_what_run_says_of_it(cli: Any, small: Path, tmp_path: Path) -> None:
    table = tmp_path / "grid.csv"
    ended = cli(
        "sweep", small, "--vary", "robot.lines=3,6", "--vary", "agents.count=1,2", "-n", 3, "--json", "--csv", table
    )
    found = json.loads(ended.out)
    assert [plan["set"] for plan in found["plans"]] == [
        {"robot.lines": lines, "agents.count": count} for lines in (3, 6) for count in (1, 2)
    ]
    assert found["axes"][0] == {"field": "robot.lines", "values": [3, 6]}
    alone = json.loads(cli("run", small, "-n", 3, "--json", "--set", "robot.lines=6", "--set", "agents.count=1").out)
    of_grid = found["plans"][2]["measures"]
    for name in ("finish", "cost", "interviews", "called_back_in_time"):
        assert of_grid[name] == alone["measures"][name]
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    row = next(row for row in rows if (row["robot.lines"], row["agents.count"], row["figure"]) == ("6", "1", "cost"))
    assert float(row["mean"]) == pytest.approx(alone["measures"]["cost"]["mean"])
    assert cli("sweep", small, "--vary", "robot.lines=3", "-n", 2, "--csv", table).status == 2  # it is there already


def test_two_fields_make_a_map_of_kept_targets(cli: Any, small: Path) -> None:
    arguments = ("--vary", "robot.lines=1,6", "--vary", "agents.count=1,2,3", "-n", 4)
    asked = ("targets.finish_by=2025-08-01T18:00:00", "targets.cost=1500")
    out = cli("sweep", small, *arguments, *(part for one in asked for part in ("--set", one))).out
    part = out.split("RUNS THAT KEEP EVERY TARGET")[1].split("COST")[0].splitlines()
    assert part[1].split() == ["robot.lines", "1", "2", "3"]
    # One person costs two days' shifts, ¥1,000; every further one as much again, so that only one is within ¥1,500.
    for line, lines in zip(part[2:4], ("1", "6"), strict=True):
        assert line.split() == [lines, "100.0", "%", "0.0", "%", "0.0", "%"]
    assert all(len(line) <= 80 for line in out.splitlines())
    without = small.read_text(encoding="utf-8").replace("finish_by = 2025-07-09T12:00:00", "")
    small.write_text(without, encoding="utf-8")
    assert "HALF OF THE RUNS DONE BY" in cli("sweep", small, *arguments).out


def test_one_field_makes_a_table(cli: Any, small: Path) -> None:
    out = cli("sweep", small, "--vary", "robot.lines=3:9:3", "-n", 2).out
    lines = out.split("PLANS 方案")[1].splitlines()
    assert lines[1].split()[0] == "robot.lines"
    assert [line.split()[0] for line in lines[2:5]] == ["3", "6", "9"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--vary", "robot.lines=3,4", "--vary", "robot.lines=5"), "--vary:1: robot.lines: it is varied twice"),
        (("--vary", "robot.lines=1:100:1", "--vary", "agents.count=1:6:1"), "the grid has 600 plans"),
        (("--vary", "robot.lanes=1,2"), "--vary:1: robot.lanes: unknown field; did you mean robot.lines?"),
        (("--vary", "robot.lines=many"), 'robot.lines: "many" is text, not a whole number'),
    ],
)
def test_a_grid_that_cannot_be_is_refused(cli: Any, small: Path, arguments: tuple[str, ...], said: str) -> None:
    ended = cli("sweep", small, *arguments)
    assert ended.status == 2
    assert said in ended.err


@pytest.mark.parametrize(
    ("axis", "why"),
    [
        ("study.seed=1,2", "they meet the same people equally often"),
        ("study.replications=2,3", "they meet the same people equally often"),
        ("study.confidence=0.9,0.99", "their intervals are of one level"),
    ],
)
def test_what_all_plans_have_in_common_cannot_be_varied(cli: Any, small: Path, axis: str, why: str) -> None:
    """It would be accepted and change no figure."""
    field = axis.partition("=")[0]
    ended = cli("sweep", small, "--vary", "robot.lines=3,6", "--vary", axis)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == (
        f"--vary:2: {field}: {field} is the same for all plans of a grid: {why}; set it once: --set {field}=…\n"
    )


def test_a_table_does_not_take_the_place_of_a_file_that_is_varied(cli: Any, small: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    for path in (one, two):
        path.write_text("contact,attempt,outcome,ring,talk\n", encoding="utf-8")
    before = two.read_bytes()
    ended = cli("sweep", small, "--vary", f"script.calls={one},{two}", "--csv", two, "--force")
    assert ended.status == 2
    assert ended.err == f"{two}:1: file: this is what the command reads; name another file\n"
    assert two.read_bytes() == before


@pytest.mark.parametrize("vary", [("robot.lines=1,6",), ("robot.lines=1,6", "agents.count=1,2")])
def test_what_the_horizon_cuts_off_is_not_said_to_be_cheap(cli: Any, small: Path, vary: tuple[str, ...]) -> None:
    """With one line 250 contacts are not done on the first day, so that more is to be paid than by then."""
    arguments = [part for one in vary for part in ("--vary", one)]
    ended = cli("sweep", small, *arguments, "-n", 3, "--set", "study.horizon_days=1")
    costs = ended.out.split("COST")[-1] if len(vary) > 1 else ended.out.split("PLANS")[1]
    rows = {line.split()[0]: line for line in costs.splitlines() if line.split()[:1] in (["1"], ["6"])}
    assert "> ¥" in rows["1"]
    said = " ".join(costs.split())
    assert "not finished by the horizon" in said and "of 3 runs): the cost up to then." in said
    assert all(len(line) <= 80 for line in ended.out.splitlines())
    assert ">" not in cli("sweep", small, *arguments, "-n", 3).out


def test_a_table_that_could_not_be_written_is_refused_before_anything_is_simulated(cli: Any, small: Path) -> None:
    """Not after it: a search of ten minutes would end with nothing on the screen."""
    for target, wrong in (
        (small.parent, "it is a directory; name a file, in it for example"),
        (Path("/dev/null"), "it is not a plain file; name a file"),
        (
            small.with_name("nowhere") / "grid.csv",
            "its directory is not there; name a file in a directory that is there",
        ),
    ):
        for command in (("sweep", small, "--vary", "robot.lines=3,4"), ("staff", small), ("roster", small)):
            ended = cli(*command, "--csv", target, "--force")
            assert (ended.status, ended.out, ended.err) == (2, "", f"{target}:1: file: {wrong}\n")


def test_a_map_is_turned_where_the_second_field_has_too_many_values(cli: Any, small: Path) -> None:
    """Two lines, and one to nine people at ¥1,000 each: nine do not stand abreast, two do."""
    sets = ("--set", "targets.finish_by=2025-08-01T18:00:00", "--set", "targets.cost=1500")
    wide = cli("sweep", small, "--vary", "robot.lines=2,6", "--vary", "agents.count=1:9:1", "-n", 2, *sets).out
    rows = [line.split() for line in wide.split("RUNS THAT KEEP")[1].split("COST")[0].splitlines()[1:11]]
    assert rows[:3] == [["agents.count", "2", "6"], ["1", "100.0", "%", "100.0", "%"], ["2", "0.0", "%", "0.0", "%"]]
    assert [row[0] for row in rows[1:]] == [str(people) for people in range(1, 10)]
    assert all(len(line) <= 80 for line in wide.splitlines())


def test_of_a_ledger_by_itself_stands_when_it_is_done_and_what_is_on_time(cli: Any, tmp_path: Path) -> None:
    """Nobody calls there, so the finish of the calls and the call-backs in time are nobody's."""
    file = tmp_path / "ledger.toml"
    file.write_text(
        'calendar.start = 2025-07-07\nstudy = { mode = "ledger", replications = 5, horizon_days = 60 }\n'
        "ledger.intake = { reports = 8, last = 2025-07-08 }\nledger.clerks = { count = 1 }\n",
        encoding="utf-8",
    )
    report = ("--report", tmp_path / "page.html")
    rows = cli("sweep", file, "--vary", "ledger.clerks.count=1,2", "--jobs", 1, *report).out.splitlines()
    page = read_page((tmp_path / "page.html").read_text(encoding="utf-8"))
    [table] = [one for one in page.all("table") if one.all("caption")[0].text() == "Every plan of the grid"]
    plans = [row.text() for row in table.all("tbody")[0].all("tr")]
    head = next(at for at, row in enumerate(rows) if "half done by" in row)
    assert "on time" in rows[head]
    for clerks, row, plan in zip((1, 2), rows[head + 1 :], plans, strict=False):
        sets = ("--set", f"ledger.clerks.count={clerks}", "--jobs", 1)
        single = cli("run", file, *sets).out
        found = json.loads(cli("run", file, *sets, "--json").out)["measures"]
        done = next(line for line in single.splitlines() if "全部办结" in line)
        half = done.split("办结")[1].split("(")[0].strip()  # as in "Tue 15 July 09:07"
        assert half and half in row and f"{100 * found['on_time_share']['mean']:.1f} %" in row, (half, row)
        assert half in plan and f"{100 * found['on_time_share']['mean']:.1f} %" in plan, (half, plan)
