"""No full number of a register on any screen or in any file, whatever command, unless somebody says --show-numbers."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

MOBILES = [f"13{i % 10}{70000000 + 7919 * i}" for i in range(60)]
LANDLINES = [f"0371{60000000 + 104729 * i}" for i in range(20)]
FOREIGN = ["0085223456789"]
NUMBERS = [*MOBILES, *LANDLINES, *FOREIGN]
SCENARIO = """\
title = "Whose numbers 谁的号码"
[register]
file = "名单.csv"
exclude = ["免打扰.txt"]
[questionnaire.items]
problems = 0.4
suggestions = 0.4
[recognition]
unclear = 0.2
[plans.lean]
robot.lines = 3
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """A register whose numbers stand in every column, as registers have them, and a list of those not to call."""
    with (tmp_path / "名单.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["编号", "企业名称", "主体类型", "行业", "区域", "法定代表人", "手机", "固定电话"])
        for i, number in enumerate(NUMBERS):
            other = NUMBERS[(i + 1) % len(NUMBERS)] if i % 9 == 0 else ""
            spelt = f"{number[:3]} {number[3:7]} {number[7:]}"
            writer.writerow(
                [number if i % 5 == 0 else i, f"店{spelt}", "个体", f"业{number}" if i % 20 == 0 else "餐饮",
                 f"区{number}" if i % 25 == 0 else "东区", f"张 {number}", number, other]
            )  # fmt: skip
    (tmp_path / "免打扰.txt").write_text(f"{NUMBERS[3]}\n{NUMBERS[30]}\n", encoding="utf-8")
    path = tmp_path / "x.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def text_of(path: Path) -> str:
    """All text of a file, unpacked if it is a workbook or a table of columns."""
    if path.suffix == ".parquet":
        return str(pd.read_parquet(path).to_csv())
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return path.read_text(encoding="utf-8")


def full_numbers(text: str) -> set[str]:
    """The numbers of the register that stand in a text, whatever separates their digits."""
    bare = re.sub(r"(?<=\d)[ -](?=\d)", "", text)
    ways = {number: {number, number.removeprefix("0"), number.removeprefix("00")} for number in NUMBERS}
    return {number for number, spelt in ways.items() if any(way in bare for way in spelt)}


def test_a_full_number_would_be_found() -> None:
    assert full_numbers(f"x {MOBILES[0][:3]} {MOBILES[0][3:7]} {MOBILES[0][7:]} y") == {MOBILES[0]}
    assert full_numbers(f"+86{LANDLINES[1].removeprefix('0')}") == {LANDLINES[1]}
    assert full_numbers("137****0000 0371-****0000 +852****6789") == set()


def test_no_command_says_or_writes_a_full_number(cli: Any, scenario: Path, tmp_path: Path) -> None:
    own = {scenario, tmp_path / "名单.csv", tmp_path / "免打扰.txt"}
    commands: list[list[object]] = [
        ["run", scenario, "-n", 2, "--details"],
        ["run", scenario, "-n", 2, "--json"],
        ["run", scenario, "-n", 2, "--out", tmp_path / "run", "--details"],
        ["compare", scenario, "-n", 2],
        ["compare", scenario, "-n", 2, "--json"],
        ["check", scenario],
        ["check", scenario, "--resolved"],
        ["dedupe", tmp_path / "名单.csv", "--out", tmp_path / "cleaned"],
        ["init", tmp_path / "new.toml", "--register", tmp_path / "名单.csv"],
    ]
    for command in commands:
        ended = cli(*command)
        assert ended.status == 0, ended.err
        assert full_numbers(ended.out + ended.err) == set(), command
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path not in own]
    assert len(written) > 20
    assert {path: full_numbers(text_of(path)) for path in written if full_numbers(text_of(path))} == {}


def test_with_show_numbers_they_are_in_the_files_that_are_about_contacts_and_on_no_screen(
    cli: Any, scenario: Path, tmp_path: Path
) -> None:
    ran = cli("run", scenario, "-n", 1, "--out", tmp_path / "run", "--show-numbers")
    cleaned = cli("dedupe", tmp_path / "名单.csv", "--out", tmp_path / "cleaned", "--show-numbers")
    assert full_numbers(ran.out + ran.err + cleaned.out + cleaned.err) == set()
    assert full_numbers(text_of(tmp_path / "run" / "ledger.xlsx"))
    # Every ninth row shares the number of the next, which it stands for; two are not to be called.
    dialled = {number for i, number in enumerate(NUMBERS) if i % 9 != 1}
    assert full_numbers(text_of(tmp_path / "cleaned" / "contacts.csv")) == dialled
    assert full_numbers(text_of(tmp_path / "run" / "audit.csv")) >= dialled - {NUMBERS[3], NUMBERS[30]}


@pytest.mark.parametrize("wrong", ["甲,x,13800138001,1\n", '甲,"13800138001\n'])
def test_no_refusal_says_a_number(cli: Any, tmp_path: Path, wrong: str) -> None:
    register = tmp_path / "r.csv"
    register.write_text(f"企业名称,区域,备注\n{wrong}", encoding="utf-8")
    ended = cli("dedupe", register, "--out", tmp_path / "out")
    assert ended.status == 2
    assert "13800138001" not in ended.err
