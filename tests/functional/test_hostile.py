"""What a hostile tester found: each stays refused, told or hidden, as it must be."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from callbacksim.commands import running

REGISTER = "[register]\nrows = 60\ncontacts = 50\n"
HEADINGS = "编号,企业名称,联系电话\n"


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def workbook(*sheets: dict[str, Any]) -> bytes:
    """A workbook of sheets, each given as its cells."""
    book = openpyxl.Workbook()
    for at, cells in enumerate(sheets):
        sheet = book.active if at == 0 else book.create_sheet()
        for place, value in cells.items():
            sheet[place] = value
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


ROWS = {"A1": "企业名称", "B1": "联系电话", "A2": "甲", "B2": 13800138000}


# --- registers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelt",
    ["13800138000", "138 0013 8000", "138-0013-8000", "１３８００１３８０００", "+86 13800138000", "0086-138-00138000"],
)
def test_a_number_within_a_name_or_identifier_is_masked_by_every_command(cli: Any, tmp_path: Path, spelt: str) -> None:
    register = written(tmp_path / "r.csv", f"{HEADINGS}{spelt},甲 {spelt} 3楼,13800138000\n7,乙,13800138000\n")
    out, new, results = tmp_path / "out", tmp_path / "new.toml", tmp_path / "results"
    ended = [
        cli("dedupe", register, "--out", out),
        cli("init", new, "--register", register),
        cli("run", new, "-n", "1", "--out", results),
    ]
    assert [one.status for one in ended] == [0, 0, 0]
    files = [*out.iterdir(), results / "audit.csv", results / "screen.txt"]
    said = "".join([*(one.out + one.err for one in ended), *(file.read_text(encoding="utf-8") for file in files)])
    assert spelt not in said
    assert "138****8000 3楼" in (out / "contacts.csv").read_text(encoding="utf-8-sig")
    shown = cli("dedupe", register, "--out", tmp_path / "shown", "--show-numbers")
    assert shown.status == 0
    assert spelt in (tmp_path / "shown" / "contacts.csv").read_text(encoding="utf-8-sig")


def test_a_cell_at_the_end_of_a_sheet_does_not_end_the_process(cli: Any, tmp_path: Path) -> None:
    register = written(tmp_path / "r.xlsx", workbook({**ROWS, "XFD1048576": "x"}))
    ended = cli("dedupe", register, "--out", tmp_path / "out")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == (
        f"{register}:1: register.file: a sheet is too large to be read: it reaches to cell XFD1048576; "
        "clear the cells far from the register, or save it as CSV\n"
    )


def test_empty_cells_however_far_do_no_harm(cli: Any, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(ROWS)))
    book.active["XFD1048576"].font = openpyxl.styles.Font(bold=True)
    register = tmp_path / "r.xlsx"
    book.save(register)
    assert cli("dedupe", register, "--out", tmp_path / "out").status == 0


def test_a_second_sheet_is_not_passed_over_in_silence(cli: Any, tmp_path: Path) -> None:
    register = written(tmp_path / "r.xlsx", workbook(ROWS, {}, {"A1": "丙"}))
    ended = cli("dedupe", register, "--out", tmp_path / "out")
    assert ended.status == 0
    assert ended.err == (
        f'warning: {register}: sheet "Sheet" is read, not "Sheet2"; choose another with sheet in [register] or '
        '--sheet 只读取工作表 "Sheet"\n'
    )


# --- scenarios and options ------------------------------------------------------------------------------------


def test_a_promise_at_the_end_of_time(cli: Any, tmp_path: Path) -> None:
    scenario = written(tmp_path / "x.toml", f"{REGISTER}[targets]\nfinish_by = 9999-12-31T23:59:59\n")
    ended = cli("check", scenario)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == (
        f"{scenario}:5: targets.finish_by: 9999-12-31T23:59:59 is no date of a campaign; "
        "write a time up to 2199-12-31\n"
    )


def test_a_link_to_nowhere_is_not_advised_to_name_itself(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "gone.toml").symlink_to(tmp_path / "never.toml")
    ended = cli("check", tmp_path / "gone.toml")
    assert ended.status == 2
    assert ended.err.endswith(":1: file: it links to a file that is gone; name a scenario file that exists\n")
    scenario = written(tmp_path / "x.toml", 'extends = "gone.toml"\n')
    assert cli("check", scenario).err.endswith(
        ':1: extends: there is no file "gone.toml"; name a file that exists, relative to this one\n'
    )


@pytest.mark.parametrize("option", [("-n", "1000000000000"), ("--jobs", "1000000")])
def test_more_than_any_machine_holds_is_refused_at_once(cli: Any, tmp_path: Path, option: tuple[str, str]) -> None:
    ended = cli("run", written(tmp_path / "x.toml", REGISTER), *option)
    assert (ended.status, ended.out) == (2, "")
    assert option[0] in ended.err


def test_memory_that_does_not_suffice_is_said(cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(*_args: object, **_named: object) -> None:
        raise MemoryError

    monkeypatch.setattr(running, "replicate", greedy)
    ended = cli("run", written(tmp_path / "x.toml", REGISTER), "-n", "1")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("the memory does not suffice; ")


def test_the_first_day_of_a_new_scenario_is_one_that_it_can_have(cli: Any, tmp_path: Path) -> None:
    register = written(tmp_path / "r.csv", f"{HEADINGS}1,甲,13800138000\n")
    ended = cli("init", tmp_path / "new.toml", "--register", register, "--start", "0001-01-01")
    wrong = "0001-01-01 is no date of a campaign; write a date from 1990-01-01 to 2100-12-31"
    assert (ended.status, ended.err) == (2, f"--start:1: start: {wrong}\n")
    assert not (tmp_path / "new.toml").exists()


# --- directories and streams ----------------------------------------------------------------------------------


def test_a_file_in_place_of_the_directory_cannot_be_forced(cli: Any, tmp_path: Path) -> None:
    ended = cli("run", written(tmp_path / "x.toml", REGISTER), "-n", "1", "--out", written(tmp_path / "file", "x"))
    assert ended.status == 2
    assert ended.err.endswith(":1: --out: it is not a directory; name a directory\n")


def test_a_name_too_long_reaches_the_terminal_without_its_control_characters(cli: Any, tmp_path: Path) -> None:
    scenario = written(tmp_path / "x.toml", REGISTER)
    ended = cli("run", scenario, "-n", "1", "--out", tmp_path / ("\x1b[31m" + "x" * 300))
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.removesuffix("\n").isprintable()
    assert ":1: file: " in ended.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize(
    ("redirected", "arguments", "status"),
    [(">&-", "check x.toml", 0), ("2>&-", "check none.toml", 2), ("2>/dev/full", "check none.toml", 2)],
)
def test_streams_that_are_closed_or_full(tmp_path: Path, redirected: str, arguments: str, status: int) -> None:
    written(tmp_path / "x.toml", REGISTER)
    line = f'"{sys.executable}" -m callbacksim {arguments} {redirected}'
    ended = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (status, b"", b"")


FULL = "No space left on device; make room, or name a place you may write to\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", ["check x.toml", "run x.toml -n 1 --json", "check --schema"])
def test_a_full_disk_under_the_screen_is_said(tmp_path: Path, arguments: str) -> None:
    written(tmp_path / "x.toml", REGISTER)
    line = f'"{sys.executable}" -m callbacksim {arguments} > /dev/full'
    ended = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, timeout=60, check=False, text=True)
    assert (ended.returncode, ended.stderr) == (2, FULL)


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
@pytest.mark.parametrize("arguments", ["check x.toml", "check x.toml --resolved", "check --schema"])
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path, arguments: str) -> None:
    written(tmp_path / "x.toml", REGISTER)
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "callbacksim", *arguments.split()]
    ended = subprocess.run(command, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_names_with_spaces_and_chinese_characters_on_a_terminal_that_knows_neither(tmp_path: Path) -> None:
    where = tmp_path / "my 名单"
    where.mkdir()
    register = written(where / "名 单.csv", f"{HEADINGS}1,甲,13800138000\n")
    written(where / "方 案.toml", '[register]\nfile = "名 单.csv"\n')
    environment = {**os.environ, "LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    for arguments in (
        ["run", "方 案.toml", "-n", "1", "--out", "结 果"],
        ["dedupe", str(register), "--out", "清 单"],
        ["init", "新 的.toml", "--register", "名 单.csv"],
        ["check", "新 的.toml"],
    ):
        command = [sys.executable, "-m", "callbacksim", *arguments]
        ended = subprocess.run(command, cwd=where, env=environment, capture_output=True, timeout=60, check=False)
        assert ended.returncode == 0, ended.stderr
        assert (ended.stdout + ended.stderr).isascii()
    names = {path.name for path in where.iterdir()}
    assert names == {"名 单.csv", "方 案.toml", "结 果", "清 单", "新 的.toml"}


@pytest.mark.skipif(sys.platform != "linux", reason="names that are any bytes")
def test_a_directory_whose_name_is_no_text(tmp_path: Path) -> None:
    where = os.fsencode(tmp_path) + b"/\xff"
    os.mkdir(where)  # noqa: PTH102 (its name is bytes)
    written(Path(os.fsdecode(where)) / "x.toml", '[register]\nfile = "r.csv"\n')
    command = [sys.executable, "-m", "callbacksim", "check", "x.toml"]
    ended = subprocess.run(command, cwd=where, capture_output=True, timeout=60, check=False)
    wrong = b"the path has bytes that are no characters in UTF-8; rename the directory or file that has them"
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, b"", b"x.toml:2: register.file: " + wrong + b"\n")


@pytest.mark.parametrize("command", ["dedupe", "run", "make-register"])
def test_a_directory_that_may_not_be_written_to(
    cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    register = written(tmp_path / "r.csv", f"{HEADINGS}1,甲,13800138000\n")
    scenario = written(tmp_path / "x.toml", REGISTER)
    (tmp_path / "shut").mkdir()
    real = Path.open

    def denied(path: Path, mode: str = "r", *more: Any, **named: Any) -> Any:
        # The superuser may write everywhere, so the system's answer is played.
        if "r" not in mode and path.parent.name == "shut":
            raise PermissionError(13, "Permission denied")
        return real(path, mode, *more, **named)

    monkeypatch.setattr(Path, "open", denied)
    of = {"dedupe": register, "run": scenario, "make-register": scenario}[command]
    out = tmp_path / "shut" / "new.csv" if command == "make-register" else tmp_path / "shut"
    ended = cli(command, of, "--out", out, *(["-n", "1"] if command == "run" else []))
    assert (ended.status, ended.out) == (2, "")
    (line,) = ended.err.splitlines()
    assert line.startswith(f"{tmp_path}/shut") and "(Permission denied); " in line
    assert list((tmp_path / "shut").iterdir()) == []


LONG = "[register]\nrows = 3000\ncontacts = 2500\n"


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_terminated_run_takes_its_workers_with_it(tmp_path: Path) -> None:
    written(tmp_path / "x.toml", LONG)
    command = [sys.executable, "-m", "callbacksim", "run", "x.toml", "-n", "100000", "--jobs", "2"]
    running = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(6)
    running.terminate()
    out, err = running.communicate(timeout=30)  # it waits for the workers too, which hold the same streams
    assert running.returncode == 130
    assert re.fullmatch(rb"interrupted(: [\d,]+ of 100,000 replications)?", err.splitlines()[-1]), err
    assert not out or b" runs, 95 % intervals" in out  # what was finished is an answer


# --- comparisons ----------------------------------------------------------------------------------------------


def test_no_plan_takes_the_name_of_the_file_as_it_stands_in_a_comparison(cli: Any, tmp_path: Path) -> None:
    scenario = written(tmp_path / "x.toml", f"{REGISTER}[plans.base]\nrobot.lines = 3\n")
    ended = cli("compare", scenario, "-n", "1")
    assert (ended.status, ended.out) == (2, "")
    wrong = "base is the file as it stands, not a plan, in a comparison; give the plan another name"
    assert ended.err == f"{scenario}:4: plans.base: {wrong}\n"


def test_what_a_plan_says_of_chance_is_not_dropped_in_silence(cli: Any, tmp_path: Path) -> None:
    plan = "[plans.x]\nstudy.seed = 5\nstudy.replications = 7\nstudy.confidence = 0.9\n"
    same, other = written(tmp_path / "x.toml", REGISTER + plan), "[plans.x]\nrobot.order = 'register'\n"
    ended = cli("compare", same, "-n", "3", "--json")
    assert [line for line in ended.err.splitlines() if "not used" in line] == [
        f"warning: study.{field} of x is not used: all plans have that of base" for field in ("seed", "confidence")
    ]
    plans = json.loads(ended.out)["plans"]
    assert plans["x"]["measures"] == plans["base"]["measures"]  # the same level, too
    silent = cli("compare", written(tmp_path / "y.toml", REGISTER + other), "-n", "1")
    assert "not used" not in silent.err


@pytest.mark.parametrize(
    ("table", "entry", "field"),
    [
        ("robot", "calls_per_second = 1e-320", "robot.calls_per_second"),
        ("agents", "most_busy = 1e-300", "agents.most_busy"),
        ("agents", 'talk = { law = "gamma", mean = 1e-300, sd = 1e7 }', "agents.talk.mean"),
    ],
)
def test_a_number_too_small_to_be_computed_with(cli: Any, tmp_path: Path, table: str, entry: str, field: str) -> None:
    scenario = written(tmp_path / "x.toml", f"{REGISTER}[{table}]\n{entry}\n")
    ended = cli("run", scenario, "-n", "1")
    assert (ended.status, ended.out) == (2, "")
    (line,) = ended.err.splitlines()
    assert line.startswith(f"{scenario}:5: {field}: 1e-")
    assert line.endswith(" is too near to 0 to be computed with; write 0 if none is meant, else at least 1e-09")


def test_a_number_in_a_column_of_areas_is_masked_on_every_screen(tmp_path: Path) -> None:
    register = tmp_path / "r.csv"
    register.write_text(
        "企业名称,联系电话,区域\n甲公司,13800138000,13800138000\n乙店,13900139000,东\n", encoding="utf-8"
    )
    scenario = tmp_path / "s.toml"
    scenario.write_text(f'[register]\nfile = "{register.name}"\n', encoding="utf-8")
    for option in ("--details", "--json"):
        command = [sys.executable, "-m", "callbacksim", "run", str(scenario), "-n", "1", option]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
        assert "138****8000" in done.stdout
        assert "13800138000" not in done.stdout + done.stderr
