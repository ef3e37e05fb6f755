"""``--out``: whole files, only our own, masked, safe to open, and the same run again is the same result."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from callbacksim.report.directory import FILES, JOURNAL, MARKER
from callbacksim.scenario.files import load

HOSTILE = (
    '=HYPERLINK("http://x.invalid","x")',
    "[bold]loud[/bold]",
    "\x1b[31mred",
    "</script>|<b>",
    "+1+1",
    "@SUM(A1)",
)


def _files(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def _register(path: Path) -> list[str]:
    numbers = [f"138{10000000 + 7919 * i}" for i in range(200)]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["企业名称", "联系电话"])
    for i, number in enumerate(numbers):
        name = HOSTILE[i % len(HOSTILE)] if i % 7 else f"店 {number}"
        writer.writerow([name, number])
    path.write_text(text.getvalue(), encoding="utf-8")
    return numbers


@pytest.fixture
def hostile(tmp_path: Path) -> tuple[Path, list[str]]:
    numbers = _register(tmp_path / "r.csv")
    scenario = tmp_path / "hostile.toml"
    scenario.write_text(
        'title = "\\u001b[31m <b>|[bold]"\n[register]\nfile = "r.csv"\n[questionnaire.items]\nproblems = 0.3\n'
        "suggestions = 0.3\n"
        '[ledger.categories."=1+1"]\ndepartment = "@dept"\n[ledger.departments."@dept"]\nstaff = 1\n',
        encoding="utf-8",
    )
    return scenario, numbers


def test_all_files_and_nothing_else(cli: Any, small: Path, tmp_path: Path) -> None:
    before = _files(tmp_path)
    out = tmp_path / "out"
    ended = cli("run", small, "-n", 2, "--out", out)
    assert ended.status == 0
    assert set(_files(out)) == set(FILES)
    assert {name: data for name, data in _files(tmp_path).items() if not name.startswith("out/")} == before
    assert (out / "screen.txt").read_text(encoding="utf-8") == ended.out
    assert json.loads((out / "summary.json").read_text(encoding="utf-8")) == json.loads(
        cli("run", small, "-n", 2, "--json").out
    )
    assert load(out / "scenario.toml").robot == load(small).robot
    assert "SIMULATED DATA 模拟数据" in (out / "summary.md").read_text(encoding="utf-8")
    kept = json.loads((out / MARKER).read_text(encoding="utf-8"))
    assert {"run", "versions", "engine"} <= set(kept)
    assert kept["run"]["seed"] == 1


def test_the_trace_tables_agree(cli: Any, small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    cli("run", small, "-n", 1, "--out", out)
    funnel = json.loads((out / "summary.json").read_text(encoding="utf-8"))["funnel"]
    for table, count in (("contacts", "contacts"), ("attempts", "attempts"), ("escalations", "escalated")):
        parquet = pd.read_parquet(out / "trace" / f"{table}.parquet")
        text = pd.read_csv(out / "trace" / f"{table}.csv")
        assert len(parquet) == len(text) == funnel[count]
        assert list(parquet.columns) == list(text.columns)
    assert len(pd.read_csv(out / "audit.csv")) == funnel["rows"]


def test_same_run_again_is_the_same_result_without_simulating(
    cli: Any, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    first = cli("run", small, "-n", 2, "--out", out, "--details")
    files = _files(out)
    monkeypatch.setattr("callbacksim.commands.running.replicate", None)
    again = cli("run", small, "-n", 2, "--out", out, "--details")
    assert again == first
    assert cli("run", small, "-n", 2, "--out", out, "--json").out == (out / "summary.json").read_text(encoding="utf-8")
    assert _files(out) == files


def test_the_same_bytes_in_another_directory(cli: Any, small: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        cli("run", small, "-n", 2, "--out", tmp_path / name)
    assert _files(tmp_path / "a") == _files(tmp_path / "b")


@pytest.mark.parametrize(
    "other", [["--seed", "2"], ["-n", "3"], ["--show-numbers"], ["--plan", "lean"], ["--set", "robot.lines=7"]]
)
def test_another_run_s_directory_is_refused_unless_forced(
    cli: Any, small: Path, tmp_path: Path, other: list[str]
) -> None:
    out = tmp_path / "out"
    cli("run", small, "-n", "2", "--out", out)
    files = _files(out)
    options = other if "-n" in other else ["-n", "2", *other]
    ended = cli("run", small, *options, "--out", out)
    assert (ended.status, ended.out) == (2, "")
    assert "the directory holds another run" in ended.err
    assert _files(out) == files
    assert cli("run", small, *options, "--out", out, "--force").status == 0
    assert _files(out)[MARKER] != files[MARKER]


def test_a_foreign_directory_keeps_what_is_in_it(cli: Any, small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "letter.txt").write_text("mine")
    assert cli("run", small, "-n", 1, "--out", out).status == 2
    assert _files(out) == {"letter.txt": b"mine"}
    assert cli("run", small, "-n", 1, "--out", out, "--force").status == 0
    assert (out / "letter.txt").read_text() == "mine"
    assert cli("run", small, "-n", 1, "--out", out / "letter.txt").status == 2


def test_an_input_is_never_overwritten(cli: Any, small: Path, tmp_path: Path) -> None:
    own = tmp_path / "scenario.toml"
    own.write_bytes(small.read_bytes())
    ended = cli("run", own, "-n", 1, "--out", tmp_path, "--force")
    assert ended.status == 2
    assert own.read_bytes() == small.read_bytes()


@pytest.mark.parametrize("at", range(0, len(FILES), 4))
def test_a_write_that_fails_leaves_whole_files_and_no_marker(
    cli: Any, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    out, real, done = tmp_path / "out", os.replace, []

    def failing(source: Any, target: Any) -> None:
        if len(done) == at:
            raise OSError(28, "No space left on device")
        done.append(target)
        real(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", failing)
        ended = cli("run", small, "-n", 1, "--out", out)
    assert (ended.status, ended.out) == (2, "")
    assert "No space left on device" in ended.err
    left = _files(out)
    assert MARKER not in left
    assert not [name for name in left if name.endswith(".tmp")]
    assert left.pop(JOURNAL)
    assert cli("run", small, "-n", 1, "--out", tmp_path / "whole").status == 0
    whole = _files(tmp_path / "whole")
    assert all(whole[name] == data for name, data in left.items())
    # What was simulated is kept, so the same command goes on; any other one is refused.
    assert cli("run", small, "-n", 2, "--out", out).status == 2
    assert cli("run", small, "-n", 1, "--out", out).status == 0
    assert _files(out) == whole


def test_numbers_are_masked_everywhere_unless_asked_for(
    cli: Any, hostile: tuple[Path, list[str]], tmp_path: Path
) -> None:
    scenario, numbers = hostile
    ended = cli("run", scenario, "-n", 1, "--out", tmp_path / "out", "--details")
    assert ended.status == 0

    def found(directory: Path) -> int:
        texts = [data.decode("utf-8", "replace") for name, data in _files(directory).items() if "xlsx" not in name]
        book = openpyxl.load_workbook(directory / "ledger.xlsx")
        texts += [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
        everything = "\n".join([*texts, ended.out, ended.err])
        return sum(number in everything for number in numbers)

    assert found(tmp_path / "out") == 0
    cli("run", scenario, "-n", 1, "--out", tmp_path / "full", "--show-numbers")
    assert found(tmp_path / "full") == len(numbers)


def test_hostile_text_is_only_text(cli: Any, hostile: tuple[Path, list[str]], tmp_path: Path) -> None:
    scenario, _ = hostile
    out = tmp_path / "out"
    ended = cli("run", scenario, "-n", 1, "--out", out, "--details")
    assert "\x1b" not in ended.out + ended.err
    book = openpyxl.load_workbook(out / "ledger.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert not [cell.value for cell in cells if cell.data_type == "f" or cell.value[0] in "=+-@"]
    assert any("HYPERLINK" in cell.value for cell in cells)
    for path in (out / "audit.csv", *(out / "trace").glob("*.csv")):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            assert not [cell for cell in row if cell[:1] in ("=", "+", "@")], path
            assert not [cell for cell in row if cell.startswith("-") and not re.fullmatch(r"-\d+(\.\d+)?", cell)]
    page = (out / "summary.md").read_text(encoding="utf-8")
    assert "<b>" not in page
    assert "\x1b" not in page


def test_the_ledger_is_a_workbook_for_a_clerk(cli: Any, small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    cli("run", small, "-n", 1, "--out", out)
    book = openpyxl.load_workbook(out / "ledger.xlsx")
    assert book.sheetnames == ["台账 Ledger", "漏斗 Funnel", "每日 Days"]
    for sheet in book:
        assert sheet["A1"].value == "SIMULATED DATA 模拟数据"
        assert sheet.freeze_panes == "A4"
        assert sheet.auto_filter.ref.startswith("A3:")
    ledger = book["台账 Ledger"]
    heads = [cell.value for cell in ledger[3]]
    assert {"案件号 Case", "市场主体 Business", "承办部门 Department", "办理期限 Due", "状态 Status"} <= set(heads)
    received = ledger.cell(4, heads.index("接收时间 Received") + 1)
    assert received.is_date
    assert {"主体类型 Kind of business", "事项类型 Type of item"} <= set(heads)
    rows = [dict(zip(heads, row, strict=True)) for row in ledger.iter_rows(min_row=4, values_only=True)]
    assert [row["案件号 Case"] for row in rows] == [f"C{i:05d}" for i in range(1, len(rows) + 1)]
    moments = [row["接收时间 Received"] for row in rows if row["接收时间 Received"]]
    assert moments == sorted(moments)
    assert [bool(row["接收时间 Received"]) for row in rows] == [True] * len(moments) + [False] * (
        len(rows) - len(moments)
    )
    suggestions = [row for row in rows if "Suggestion" in row["事项类型 Type of item"]]
    assert suggestions
    assert not [row for row in suggestions if row["办理期限 Due"]]
    funnel = json.loads((out / "summary.json").read_text(encoding="utf-8"))["funnel"]
    assert ledger.max_row - 3 == funnel["problems"] + funnel["suggestions"] + funnel["screened_out"]
    days = book["每日 Days"]
    assert sum(row[2] for row in days.iter_rows(min_row=4, values_only=True)) == funnel["attempts"]
