"""Broken and hostile registers, as users have them: each is refused by the commands with the message it must give.

What `tests/unit/test_register.py` looks at part by part is here told as a user sees it: status 2, every problem on a
line of its own in the form ``file:line: field: what is wrong; what would be right``, nothing on stdout, no file left.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

PROBLEM = re.compile(r"^[^\n]+?:\d+: register\.[a-z.]+: [^;\n]+; [^\n]+$")
HEADINGS = "企业名称,联系电话\n"
GOOD = f"{HEADINGS}甲公司,13800138000\n乙商行,13900139000\n"


def workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def archive(name: str) -> bytes:
    """A zip that is no workbook."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as zipped:
        zipped.writestr(name, "<x/>")
    return content.getvalue()


WORKBOOK = workbook(["企业名称", "联系电话"], ["甲", 13800138000])

EMPTY = "1: register.file: the file is empty; give a file with headings and rows"
NO_TEXT = "1: register.file: the file holds no text; give a file with headings and rows"
NO_ROWS = "1: register.file: there are no rows; give rows below the headings"
NOT_TEXT = "register.file: the file is not text; save the file as CSV UTF-8 (or GB18030)"
NEITHER = "register.file: the characters are neither UTF-8 nor GB18030; save the file as CSV UTF-8 (or GB18030)"
TWICE = "1: register.columns.phone: several columns are headed '电话'; give each its own heading"
SLIPPED = (
    "register.file: the row has 3 cells for 2 headings; put cells that contain the separator in quotation marks "
    '("…"), or name the further column'
)
NOT_A_BOOK = (
    "1: register.file: the file is not an Excel workbook, or its beginning is lost; save it again as an Excel "
    "workbook (.xlsx) or as CSV"
)
DAMAGED = (
    "1: register.file: the workbook is damaged or is not one; open it in a spreadsheet and save it again as .xlsx "
    "or CSV"
)
NO_HEADINGS = (
    "1: register.file: the first line holds a telephone number, not headings; put a line of headings above the rows"
)


def no_phone(headings: str) -> str:
    return (
        f"1: register.columns.phone: no column of telephone numbers is recognised among: {headings}; head it 联系电话 "
        'or phone, or name it: phone = "…" in [register.columns]'
    )


def unread(line: int, why: str) -> str:
    return (
        f"{line}: register.file: the row that begins here cannot be read ({why}); close every quotation mark, and "
        'double those within a cell ("")'
    )


def nobody(rows: int, why: str, line: int = 2) -> str:
    return (
        f"{line}: register.file: none of the {rows} rows is a contact: {why}; check which column holds the telephone "
        "numbers ([register.columns] phone) and the do-not-call lists"
    )


# What is wrong: (name of the file, its content, the whole message after the file's name).
BROKEN: dict[str, tuple[str, str | bytes, str]] = {
    # Nothing there.
    "nothing": ("r.csv", b"", EMPTY),
    "a byte-order mark": ("r.csv", b"\xef\xbb\xbf", EMPTY),
    "blanks": ("r.csv", b" \r\n\n\t", EMPTY),
    "commas": ("r.csv", ",,,\n,,\n", NO_TEXT),
    "an empty sheet": ("r.xlsx", workbook(), NO_TEXT),
    "headings alone": ("r.csv", HEADINGS, NO_ROWS),
    "headings and blank rows": ("r.csv", f"{HEADINGS},\n , \n", NO_ROWS),
    "headings alone in a workbook": ("r.xlsx", workbook(["企业名称", "联系电话"]), NO_ROWS),
    # Headings.
    "no telephone": ("r.csv", "企业名称,区域\n甲,东区\n", no_phone("企业名称, 区域")),
    "no headings": ("r.csv", "甲,13800138000\n乙,13900139000\n", NO_HEADINGS),
    "a heading twice": ("r.csv", "电话,名称,电话\n13800138000,甲,13900139000\n", TWICE),
    "headings as long as books": (
        "r.csv",
        ",".join([f"{'名' * 100_000}{i}" for i in range(14)]) + "\n甲\n",
        no_phone(", ".join(["名" * 59 + "…"] * 12)),
    ),
    "a cell of ten megabytes": (
        "r.csv",
        f'{HEADINGS}"{"1" * 10_000_000}",13800138000\n',
        unread(2, "field larger than field limit (131072)"),
    ),
    "a line without end": (
        "r.csv",
        HEADINGS + "," * (1 << 24),
        "2: register.file: the line has more than 16,777,216 characters; end every row with a line break",
    ),
    "lines without end": (
        "r.csv",
        HEADINGS + "\n" * 5_000_001,
        "5000001: register.file: the register goes on beyond 5,000,000 lines or 33,554,432 cells; "
        "give only the rows and columns to call, or several registers",
    ),
    "a heading twice among others": ("r.csv", "电话,名称,手机,电话\n13800138000,甲,1,1\n", TWICE),
    # Rows.
    "a slipped row": ("r.csv", f"{HEADINGS}甲,13800138000\n乙,13900139000,x\n", f"3: {SLIPPED}"),
    "a row as wide as a street": (
        "r.csv",
        HEADINGS + ",".join(["a"] * 20_000),
        f"2: {SLIPPED.replace('3 cells', '20000 cells')}",
    ),
    "an open quotation mark": (
        "r.csv",
        f'{HEADINGS}甲,13800138000\n"乙,13900139000\n丙,13600136000\n',
        unread(3, "unexpected end of data"),
    ),
    "a quotation mark that swallows the file": (
        "r.csv",
        f'{HEADINGS}甲,"' + "x\n" * 5_000,
        unread(2, "unexpected end of data"),
    ),
    "text after a quotation": ("r.csv", f'{HEADINGS}"甲"x,13800138000\n', unread(2, "',' expected after '\"'")),
    "an endless cell": ("r.csv", HEADINGS + "1" * 200_000, unread(2, "field larger than field limit (131072)")),
    "an endless line": ("r.csv", "x" * 3_000_000, unread(1, "field larger than field limit (131072)")),
    # Characters.
    "damaged characters": ("r.csv", GOOD.encode().replace("乙".encode(), b"\xe4\xb9\xff"), f"3: {NEITHER}"),
    "no known characters": ("r.csv", b"name,phone\nx\xff\xff,1\n", f"2: {NEITHER}"),
    "a zero byte": ("r.csv", b"name,phone\n\0\0,1\n", f"2: {NOT_TEXT}"),
    "half of UTF-16": (
        "r.csv",
        b"\xff\xfea\0b",
        "1: register.file: the file is not whole UTF-16 text; save the file as CSV UTF-8 (or GB18030)",
    ),
    "UTF-16 without its mark": ("r.csv", GOOD.encode("utf-16-le"), f"1: {NOT_TEXT}"),
    "UTF-32": (
        "r.csv",
        GOOD.encode("utf-32"),
        "1: register.file: the file is UTF-32, or not text; save the file as CSV UTF-8 (or GB18030)",
    ),
    # Files of another kind.
    "a scenario": ("r.csv", "[register]\nrows = 12\ncontacts = 10\n", no_phone("[register]")),
    "JSON": ("r.json", '[\n"13800138000"\n]\n', no_phone("[")),
    "a PDF": ("r.pdf", b"%PDF-1.7\n1 0 obj\n", no_phone("%PDF-1.7")),
    "a picture": ("r.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", f"3: {NOT_TEXT}"),
    "a packed file": ("r.csv", gzip.compress(GOOD.encode(), mtime=0), f"1: {NOT_TEXT}"),
    "an empty archive": ("r.zip", b"PK\x05\x06" + bytes(18), f"1: {NOT_TEXT}"),
    "the beginning of an archive": ("r.csv", b"PK\x03\x04", DAMAGED),
    "a text document": ("r.docx", archive("word/document.xml"), DAMAGED),
    "an old workbook of nothing": ("r.xls", b"\xd0\xcf\x11\xe0" + bytes(600), DAMAGED),
    "half of a workbook": ("r.xlsx", WORKBOOK[: len(WORKBOOK) // 2], DAMAGED),
    "a workbook without its sheet": ("r.xlsx", WORKBOOK.replace(b"sheet1", b"sheetX"), DAMAGED),
    "a web page called a workbook": ("r.xls", "<html></html>", NOT_A_BOOK),
    "a CSV called a workbook": ("r.xlsx", GOOD, NOT_A_BOOK),
    # Numbers that are none.
    "no numbers": ("r.csv", f"{HEADINGS}甲,\n乙,\n", nobody(2, "no number given 未填号码 (2)")),
    "short numbers": (
        "r.csv",
        f"{HEADINGS}甲,110\n乙,10086\n",
        nobody(2, "short or service number 短号或服务号码 (2)"),
    ),
    "numbers that a spreadsheet has spoilt": (
        "r.csv",
        f"{HEADINGS}甲,1.38E+10\n乙,1.39E+10\n",
        nobody(2, "digits lost in scientific notation 科学计数法丢失位数 (2)"),
    ),
    "masked numbers": ("r.csv", f"{HEADINGS}甲,138****8000\n", nobody(1, "digits hidden by asterisks 号码已遮蔽 (1)")),
    "numbers without area code": (
        "r.csv",
        f"{HEADINGS}甲,88886666\n",
        nobody(1, "landline without area code 固定电话缺少区号 (1)"),
    ),
    "numbers of noughts and ones": (
        "r.csv",
        f"{HEADINGS}甲,00000000000\n乙,11111111111\n",
        nobody(2, "no number given 未填号码 (1), no such number 不存在的号码 (1)"),
    ),
    "a formula for a number": (
        "r.csv",
        f"{HEADINGS}=cmd|' /C calc'!A0,=1+1\n",
        nobody(1, "letters or signs in it 含有字母或符号 (1)"),
    ),
    "a script for a number": (
        "r.csv",
        f"{HEADINGS}<script>alert(1)</script>,javascript:alert(1)\n",
        nobody(1, "letters or signs in it 含有字母或符号 (1)"),
    ),
    "an error of a spreadsheet": (
        "r.xlsx",
        workbook(["企业名称", "联系电话"], [], ["甲", "#N/A"]),
        nobody(1, "no number given 未填号码 (1)", line=3),
    ),
}


def written(directory: Path, name: str, content: str | bytes) -> Path:
    path = directory / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def scenario_of(directory: Path, register: str, *more: str) -> Path:
    """A scenario on a register file; JSON's quotation marks are TOML's."""
    lines = ["[register]", f"file = {json.dumps(register, ensure_ascii=False)}", *more]
    return written(directory, "scenario.toml", "\n".join(lines) + "\n")


def refused(cli: Any, *arguments: object) -> list[str]:
    """The lines of the refusal."""
    ended = cli(*arguments)
    assert ended.status == 2
    assert ended.out == ""
    assert "Traceback" not in ended.err
    lines: list[str] = ended.err.splitlines()
    assert lines and all(PROBLEM.match(line) for line in lines)
    return lines


def test_the_form_of_a_problem_is_told_from_other_lines() -> None:
    assert PROBLEM.match("r.csv:3: register.file: it is wrong; mend it")
    assert not PROBLEM.match("Traceback (most recent call last):")
    assert not PROBLEM.match("r.csv: register.file: it is wrong; mend it")
    assert len(BROKEN) >= 40


@pytest.mark.parametrize(("name", "content", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_register_is_refused_by_dedupe_and_by_run(
    cli: Any, tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    path, out = written(tmp_path, name, content), tmp_path / "out"
    assert refused(cli, "dedupe", path, "--out", out) == [f"{path}:{message}"]
    scenario = scenario_of(tmp_path, name)
    assert refused(cli, "run", scenario, "-n", "1", "--out", out) == [f"{path}:{message}"]
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([name, "scenario.toml"])


# init writes a scenario that runs, so it refuses whatever cannot be run, with the same words.
@pytest.mark.parametrize(
    "kind", ["nothing", "no telephone", "a slipped row", "UTF-32", "half of a workbook", "masked numbers"]
)
def test_a_broken_register_is_refused_by_init(cli: Any, tmp_path: Path, kind: str) -> None:
    name, content, message = BROKEN[kind]
    path = written(tmp_path, name, content)
    assert refused(cli, "init", tmp_path / "new.toml", "--register", path) == [f"{path}:{message}"]
    assert not (tmp_path / "new.toml").exists()


def test_every_slipped_row_is_named_up_to_twenty(cli: Any, tmp_path: Path) -> None:
    path = written(tmp_path, "r.csv", HEADINGS + "甲,1,2\n" * 30)
    lines = refused(cli, "dedupe", path, "--out", tmp_path / "out")
    assert lines[:20] == [f"{path}:{line}: {SLIPPED}" for line in range(2, 22)]
    assert len(lines) == 21 and "and 10 more row(s) like these" in lines[20]


NOT_THERE = {
    "nothing there": ("none.csv", "there is no such file; check the name; it counts from the scenario's directory"),
    "a directory": ("there", "it is a directory; give a readable CSV or Excel file"),
    "a pipe": ("pipe", "it is not a plain file; give a readable CSV or Excel file"),
    "a device": ("device", "it is not a plain file; give a readable CSV or Excel file"),
    "a circle of links": (
        "a",
        "it cannot be read (Too many levels of symbolic links); give a readable CSV or Excel file",
    ),
    "a name beyond measure": ("x" * 300, "it cannot be read (File name too long); give a readable CSV or Excel file"),
}


@pytest.mark.parametrize(("name", "message"), NOT_THERE.values(), ids=NOT_THERE)
def test_what_is_no_file_is_refused_and_never_waited_for(cli: Any, tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "there").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    path = tmp_path / name
    of_command = message.replace("the scenario's directory", "the current directory")
    assert refused(cli, "dedupe", path, "--out", tmp_path / "out") == [f"{path}:1: register.file: {of_command}"]
    scenario = scenario_of(tmp_path, name)
    assert refused(cli, "run", scenario) == [f"{path}:1: register.file: {message}"]


def columns_and_lists() -> dict[str, tuple[tuple[str, ...], list[str]]]:
    """Lines under [register] for a good register.csv, and the messages, each with the file it is about."""
    no_column = "no column of r.csv is headed"
    nearest = "did you mean '联系电话'?"
    return {
        "a heading misspelt": (
            ('columns.phone = "联系电活"',),
            [f"scenario.toml:3: register.columns.phone: {no_column} '联系电活'; {nearest}"],
        ),
        "two headings that are not there": (
            ('columns.phone = "联系电活"', 'columns.area = "Kreis"'),
            [
                f"scenario.toml:3: register.columns.phone: {no_column} '联系电活'; {nearest}",
                f"scenario.toml:4: register.columns.area: {no_column} 'Kreis'; the file has: 企业名称, 联系电话",
            ],
        ),
        "a heading misspelt and no do-not-call list": (
            ('columns.phone = "联系电活"', 'exclude = ["none.txt", "empty.txt"]'),
            [
                f"scenario.toml:3: register.columns.phone: {no_column} '联系电活'; {nearest}",
                "none.txt:1: register.exclude: there is no such file; check the name; it counts from the scenario's "
                "directory",
                "empty.txt:1: register.exclude: the file is empty; give a file with headings and rows",
            ],
        ),
        "names for numbers": (
            ('columns.phone = "企业名称"',),
            [f"r.csv:{nobody(2, 'letters or signs in it 含有字母或符号 (2)')}"],
        ),
        "no do-not-call list": (
            ('exclude = ["none.txt"]',),
            [
                "none.txt:1: register.exclude: there is no such file; check the name; it counts from the scenario's "
                "directory"
            ],
        ),
        "an empty do-not-call list": (
            ('exclude = ["empty.txt"]',),
            ["empty.txt:1: register.exclude: the file is empty; give a file with headings and rows"],
        ),
        "a do-not-call list that is no text": (
            ('exclude = ["zero.txt"]',),
            [f"zero.txt:1: {NOT_TEXT}".replace("register.file", "register.exclude")],
        ),
        "a do-not-call list that is a directory": (
            ('exclude = ["."]',),
            [":1: register.exclude: it is a directory; give a readable CSV or Excel file"],
        ),
        "everybody on the do-not-call list": (
            ('exclude = ["all.txt"]',),
            [f"r.csv:{nobody(2, 'do-not-call list 免打扰名单: all.txt (2)')}"],
        ),
    }


@pytest.mark.parametrize(("lines", "messages"), columns_and_lists().values(), ids=columns_and_lists())
def test_headings_and_lists_that_cannot_be(
    cli: Any, tmp_path: Path, lines: tuple[str, ...], messages: list[str]
) -> None:
    for name, content in (
        ("r.csv", GOOD),
        ("empty.txt", ""),
        ("zero.txt", b"\0\0"),
        ("all.txt", "13800138000\n13900139000\n"),
    ):
        written(tmp_path, name, content)
    scenario = scenario_of(tmp_path, "r.csv", *lines)
    expected = [f"{tmp_path}{message}" if message[0] == ":" else f"{tmp_path}/{message}" for message in messages]
    assert refused(cli, "run", scenario, "-n", "1") == expected


HOSTILE = {
    "signs that turn text round": f"{HEADINGS}\u202e甲\x07,13800138000\n",
    "a formula for a name": f"{HEADINGS}=1+1,13800138000\n",
    "a title above the headings": f"高新区名单,\n\n{HEADINGS}甲,13800138000\n",
    "an old computer's line ends": f"{HEADINGS}甲,13800138000\n".replace("\n", "\r"),
    "a number among unusable ones": f"{HEADINGS}甲,无\n乙,110\n丙,+86 138 0013 8000\n",
    "an error beside a number": f"{HEADINGS}甲,无/13800138000\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_odd_but_usable_is_used(cli: Any, tmp_path: Path, text: str) -> None:
    path, out = written(tmp_path, "r.csv", text), tmp_path / "out"
    ended = cli("dedupe", path, "--out", out)
    assert ended.status == 0
    assert json.loads((out / "counts.json").read_text(encoding="utf-8"))["contacts"] == 1
    contacts = (out / "contacts.csv").read_text(encoding="utf-8-sig")
    # No spreadsheet evaluates a cell of ours, no control character reaches a terminal.
    assert not re.search(r"(^|,)[=+@-]", contacts, re.MULTILINE)
    assert all(line.isprintable() for line in ended.out.splitlines())


def test_a_chain_of_shared_numbers_is_one_contact_and_no_recursion(cli: Any, tmp_path: Path) -> None:
    """Row i shares one number with row i - 1 and another with row i + 1, ten thousand times."""
    rows = [f"甲,{13800000000 + i} {13800000001 + i}\n" for i in range(10_000)]
    path, out = written(tmp_path, "r.csv", HEADINGS + "".join(rows)), tmp_path / "out"
    assert cli("dedupe", path, "--out", out).status == 0
    counts = json.loads((out / "counts.json").read_text(encoding="utf-8"))
    assert (counts["rows"], counts["contacts"], counts["duplicates"]) == (10_000, 1, 9_999)


@pytest.mark.parametrize("kind", ["no telephone", "half of a workbook"])
def test_the_real_command_ends_with_2_and_no_traceback(tmp_path: Path, kind: str) -> None:
    name, content, message = BROKEN[kind]
    path = written(tmp_path, name, content)
    command = [sys.executable, "-m", "callbacksim", "dedupe", str(path), "--out", str(tmp_path / "out")]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, env=environment, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", f"{path}:{message}\n")
