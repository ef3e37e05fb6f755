"""What a fresh reader of the product stumbled over, each once."""

from __future__ import annotations

import io
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from callbacksim.report import directory, terminal

LINES = "robot.lines=7"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_overrides_are_named_wherever_the_plan_is(cli: Any, small: Path, tmp_path: Path) -> None:
    import openpyxl

    out = tmp_path / "out"
    ended = cli("run", small, "-n", 1, "--set", LINES, "--out", out)
    assert f"with {LINES}:" in " ".join(ended.out.split())
    assert "as it stands" not in ended.out
    assert f"with {LINES}" in _text(out / "summary.md").replace("\\", "")
    assert json.loads(_text(out / "summary.json"))["scenario"]["set"] == [LINES]
    assert json.loads(_text(out / "provenance.json"))["run"]["set"] == [LINES]
    book = openpyxl.load_workbook(out / "ledger.xlsx")
    assert all(f"with {LINES}: run 1 of 1 第 1 次仿真" in sheet["A2"].value for sheet in book)
    assert f"plan lean with {LINES}" in " ".join(cli("check", small, "--plan", "lean", "--set", LINES).out.split())


def test_manual_mode_sends_nobody_to_people_and_has_no_lines(cli: Any, small: Path) -> None:
    manual = ["--set", "study.mode=manual"]
    text = " ".join(cli("check", small, *manual).out.split())
    assert "nobody: the people who telephone hear everything themselves" in text
    assert "plan lean changes only robot.lines: this has no effect in manual mode" in text
    assert "plan generous changes only robot.lines and agents.count: these have no effect" in text
    assert "plan lean changes only" in " ".join(cli("check", small, "--plan", "lean", *manual).out.split())
    assert "--set robot.lines: this has no effect" in " ".join(cli("check", small, *manual, "--set", LINES).out.split())
    assert "no effect" not in cli("check", small).out
    group = [
        "--set",
        'agents.groups.late={count=1, roster=[["09:00", "12:00"]]}',
        "--set",
        "agents.groups.late.count=2",
    ]
    text = " ".join(cli("check", small, *manual, *group).out.split())
    assert "--set agents.groups.late.count: this has no effect in manual mode" in text
    outage = ["--set", "robot.outages=[{from=2025-07-07T09:00:00, until=2025-07-07T12:00:00}]"]
    text = " ".join(cli("check", small, *manual, *outage).out.split())
    assert "--set robot.outages: this has no effect in manual mode" in text and "outages 线路中断" not in text


def test_check_refuses_counts_above_the_contacts_of_the_file(cli: Any, small: Path) -> None:
    register = small.with_name("r.csv")
    cli("make-register", small, "--out", register)
    exact = "[recognition.exact]\nescalations = 251\nproblems = 1\nsuggestions = 1\n"
    own = small.with_name("own.toml")
    own.write_text(f'[register]\nfile = "r.csv"\n{exact}', encoding="utf-8")
    for command in (["check"], ["run", "-n", 1]):
        ended = cli(*command, own)
        assert (ended.status, ended.out) == (2, "")
        assert ended.err.startswith(f"{own}:4: recognition.exact.escalations: exactly 251 ")
        assert "only 250 contacts" in ended.err


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (["--seed", "2"], "it had other settings (seed)"),
        (["--set", LINES], "it had other settings (--set)"),
        (["--show-numbers"], "it was made without --show-numbers"),
    ],
)
def test_how_another_run_differs_is_said_in_words(
    cli: Any, small: Path, tmp_path: Path, other: list[str], said: str
) -> None:
    cli("run", small, "-n", 1, "--out", tmp_path / "out")
    assert said in cli("run", small, "-n", 1, *other, "--out", tmp_path / "out").err


def test_the_same_file_by_another_path_is_the_same_run(cli: Any, small: Path, tmp_path: Path) -> None:
    first = cli("run", small, "-n", 1, "--out", tmp_path / "out")
    (tmp_path / "sub").mkdir()
    again = cli("run", tmp_path / "sub" / ".." / small.name, "-n", 1, "--out", tmp_path / "out")
    assert again == first
    other = small.with_name("other.toml")
    other.write_bytes(small.read_bytes())
    assert "made from another file" in cli("run", other, "-n", 1, "--out", tmp_path / "out").err


def test_a_directory_that_takes_nothing_is_refused_at_once(
    cli: Any, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A superuser may write anywhere.
    monkeypatch.setattr(directory.os, "access", lambda _, mode: mode == os.R_OK)
    ended = cli("run", small, "-n", 1, "--out", tmp_path / "out")
    assert ended.err.startswith(f"{tmp_path / 'out'}:1: --out: nothing can be written into it; ")
    assert not (tmp_path / "out").exists()


def test_an_interrupt_leaves_no_empty_directory(
    cli: Any, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("callbacksim.commands.running.replicate", interrupted)
    (tmp_path / "mine").mkdir()
    for name in ("new/out", "mine"):
        assert cli("run", small, "-n", 1, "--out", tmp_path / name).status == 130
    assert not (tmp_path / "new").exists()
    assert (tmp_path / "mine").exists(), "what was there stays"


def test_the_trace_says_its_units_and_has_every_table(cli: Any, small: Path, tmp_path: Path) -> None:
    import pandas as pd

    from callbacksim.report.tracefiles import COLUMNS, LENGTHS, MOMENTS

    out = tmp_path / "out"
    cli("run", small, "-n", 1, "--out", out)
    said = _text(out / "trace" / "README.txt")
    assert "=DATE(2025,7,7)+A2/86400000" in said
    assert all(cell_len(line) <= 80 for line in said.splitlines())
    for table, columns in COLUMNS.items():
        assert tuple(pd.read_csv(out / "trace" / f"{table}.csv").columns) == columns
    assert {column for columns in COLUMNS.values() for column in columns} >= MOMENTS | LENGTHS


def test_paths_in_a_scenario_that_was_written_are_said_to_be_local(cli: Any, small: Path, tmp_path: Path) -> None:
    cli("make-register", small, "--out", tmp_path / "r.csv")
    own = tmp_path / "own.toml"
    own.write_text('[register]\nfile = "r.csv"\n', encoding="utf-8")
    cli("run", own, "-n", 1, "--out", tmp_path / "out")
    assert _text(tmp_path / "out" / "scenario.toml").startswith("# The paths of files are those of the machine")
    assert cli("check", tmp_path / "out" / "scenario.toml").status == 0


def test_one_of_a_kind_is_singular(cli: Any, small: Path) -> None:
    one = ["--set", "robot.lines=1", "--set", "agents.count=1"]
    checked = " ".join(cli("check", small, *one).out.split())
    assert "1 line × 154 h" in checked
    assert "1 person × 154 h" in checked
    assert " min or more" in " ".join(cli("check", small, "--set", "robot.lines=200").out.split())
    assert "1 line, 1 person for call-backs" in " ".join(cli("run", small, "-n", 1, *one).out.split())


def test_a_study_and_a_trace_print_as_a_line(small: Path) -> None:
    import callbacksim

    study = callbacksim.replicate(callbacksim.load(small), 1, jobs=1)
    assert repr(study) == "<Study: 1 replication, seed 1, 250 contacts>"
    assert repr(study.trace()).startswith("<Trace of replication 0: 250 contacts, ")


def _workbook(path: Path, **sheets: list[list[str]]) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("first", [[], [["企业名称", "联系电话"]]])
def test_an_empty_first_sheet_is_passed_over_and_one_without_rows_names_the_others(
    cli: Any, tmp_path: Path, first: list[list[str]]
) -> None:
    rows = [["企业名称", "联系电话"], ["甲", "13800138000"]]
    book = _workbook(tmp_path / "r.xlsx", 说明=first, 名单=rows)
    ended = cli("init", tmp_path / "x.toml", "--register", book)
    if not first:  # it holds nothing at all
        assert (ended.status, ended.err) == (0, "")
    else:
        assert ended.err == (
            f'{book}:1: register.file: sheet "说明" has no rows; choose one of "名单" with sheet in [register] or '
            "--sheet, or give rows below headings\n"
        )
    explained = _workbook(tmp_path / "e.xlsx", 说明=[["本表为名单"], ["见下页"]], 名单=rows)
    ended = cli("init", tmp_path / "y.toml", "--register", explained)
    assert ended.err == (
        f"{explained}:1: register.columns.phone: no column of telephone numbers is recognised among: 本表为名单; "
        'head it 联系电话 or phone, or name it: phone = "…" in [register.columns]; '
        'or choose another sheet than "说明": "名单", with sheet or --sheet\n'
    )


def test_a_register_that_init_does_not_find_counts_from_here(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    ended = cli("init", tmp_path / "sub" / "y.toml", "--register", "nofile.csv")
    assert ended.err.startswith("nofile.csv:1: ")
    assert "it counts from the current directory" in ended.err


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_a_dumb_terminal_gets_lines_in_place_of_a_bar(monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(terminal, "SHOWN_AFTER_SECONDS", -1.0)
    monkeypatch.setattr(terminal, "A_LINE_EVERY_SECONDS", 0.0)
    monkeypatch.setattr(terminal, "A_BLINK_SECONDS", 0.0)
    monkeypatch.setenv("TERM", term)
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    with terminal.progress("simulating") as told:
        told(1, 2)
        told(2, 2)
    assert ("\x1b" in screen.getvalue()) == (term == "xterm")
    assert ("simulating: 1 of 2, about" in screen.getvalue()) == (term == "dumb")


def test_what_a_journal_holds_says_nothing_of_how_long_the_rest_takes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Five hundred come at once; then ten in ten seconds, and twenty in the next ten: at that pace 470 take 313."""
    clock = iter([0.0, 3.0, 3.1, 13.1, 23.1])
    monkeypatch.setattr(terminal.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(terminal, "A_LINE_EVERY_SECONDS", 10.0)
    with terminal.progress("simulating") as told:
        for done in (400, 500, 510, 530):
            told(done, 1000)
    assert capsys.readouterr().err.splitlines() == [
        "simulating: 510 of 1000, about 490 s left",
        "simulating: 530 of 1000, about 313 s left",
    ]


def test_help_has_plain_names_and_whole_sentences(cli: Any) -> None:
    overview = cli("--help").out
    assert "..." not in overview.partition("Commands:")[2]
    assert all(cell_len(line) <= 80 for line in overview.splitlines())
    commands = re.findall(r"(?m)^  ([a-z-]+)  ", overview.partition("Commands:")[2])
    assert {"run", "compare", "staff", "calibrate", "make-register"} < set(commands)
    for command in commands:
        said = cli(command, "--help").out
        assert all(cell_len(line) <= 80 for line in said.splitlines()), said
        assert not set("{}<>") & set(said.partition("Examples:")[0].replace("<=x<=", ""))
    assert "compare [OPTIONS] FILE…\n" in cli("compare", "--help").out
    for name in ("--replications N ", "--seed SEED", "--jobs N", "--plan PLAN"):
        assert name in cli("run", "--help").out
