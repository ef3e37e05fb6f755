"""Workbooks of several sheets: which one is read, how another is chosen, and workbooks made to end the reader."""

from __future__ import annotations

import io
import json
import struct
import time
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

HEADINGS = ["企业名称", "联系电话"]
NUMBERS = ("13800138000", "13900139000", "13600136000", "13700137000")
CHOOSE = "choose another with sheet in [register] or --sheet"
TOO_LARGE = (
    "the workbook takes more than 4 GiB of memory or 10 minutes to be read; clear the cells far from the register, or "
    "save it as CSV"
)


def workbook(path: Path, **sheets: int) -> Path:
    """Sheets with so many rows of a register each; 0 is a sheet of nothing."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in [HEADINGS, *([f"店{i}", number] for i, number in enumerate(NUMBERS[:rows]))] if rows else []:
            sheet.append(row)
    book.save(path)
    return path


def contacts(out: Path) -> int:
    counts: dict[str, int] = json.loads((out / "counts.json").read_text(encoding="utf-8"))
    return counts["contacts"]


def archive(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, part in parts.items():
            zipped.writestr(name, part)
    return content.getvalue()


# --- which sheet ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "rows"), [((), 1), (("--sheet", "乙"), 2), (("--sheet", "3"), 3), (("--sheet", "2"), 4)]
)
def test_a_sheet_is_chosen_by_name_before_place_and_is_the_first_filled_by_default(
    cli: Any, tmp_path: Path, chosen: tuple[str, ...], rows: int
) -> None:
    book = workbook(tmp_path / "r.xlsx", 空=0, 甲=1, 乙=2, 丙=3) if rows < 3 else None
    # A sheet whose name is a number goes before the sheet at that place.
    book = book or workbook(tmp_path / "r.xlsx", 甲=1, 乙=2, 丙=3, **{"2": 4})
    ended = cli("dedupe", book, "--out", tmp_path / "out", *chosen)
    assert (ended.status, contacts(tmp_path / "out")) == (0, rows)
    several = f'warning: {book}: sheet "甲" is read, not "乙", "丙"; {CHOOSE} 只读取工作表 "甲"\n'
    assert ended.err == ("" if chosen else several)


@pytest.mark.parametrize("sheet", ['"乙"', "2", '"2"'])
def test_a_scenario_chooses_the_sheet(cli: Any, tmp_path: Path, sheet: str) -> None:
    workbook(tmp_path / "r.xlsx", 甲=1, 乙=2)
    scenario = tmp_path / "x.toml"
    scenario.write_text(f'[register]\nfile = "r.xlsx"\nsheet = {sheet}\n', encoding="utf-8")
    ended = cli("run", scenario, "-n", 1, "--json")
    assert json.loads(ended.out)["funnel"]["contacts"] == 2
    assert "is read" not in ended.err


def test_init_writes_the_sheet_that_it_was_told(cli: Any, tmp_path: Path) -> None:
    book = workbook(tmp_path / "r.xlsx", 甲=1, 乙=2)
    assert cli("init", tmp_path / "x.toml", "--register", book, "--sheet", "乙").status == 0
    assert 'sheet = "乙"' in (tmp_path / "x.toml").read_text(encoding="utf-8")
    assert json.loads(cli("run", tmp_path / "x.toml", "-n", 1, "--json").out)["funnel"]["contacts"] == 2


HAS = 'the workbook has: "名单甲", "乙"'
NO_SHEET = {
    "unknown": ("r.xlsx", "丁", f'r.xlsx has no sheet "丁"; {HAS}'),
    "nearly": ("r.xlsx", "名单", f'r.xlsx has no sheet "名单"; did you mean "名单甲"? {HAS}'),
    "a place beyond": ("r.xlsx", "3", f'r.xlsx has no sheet "3"; {HAS}'),
    "a place beyond measure": (
        "r.xlsx",
        "9" * 80,
        f'r.xlsx has no sheet "{"9" * 58}…; the workbook has: "名单甲", "乙"',
    ),
    "nought": ("r.xlsx", "0", f'r.xlsx has no sheet "0"; {HAS}'),
    "a text file": ("r.csv", "1", "r.csv is no workbook and has no sheets; leave sheet out"),
}


@pytest.mark.parametrize(("name", "sheet", "message"), NO_SHEET.values(), ids=NO_SHEET)
def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(
    cli: Any, tmp_path: Path, name: str, sheet: str, message: str
) -> None:
    workbook(tmp_path / "r.xlsx", 名单甲=1, 乙=2)
    (tmp_path / "r.csv").write_text(f"{','.join(HEADINGS)}\n甲,{NUMBERS[0]}\n", encoding="utf-8")
    register, out = tmp_path / name, tmp_path / "out"
    for command in (["dedupe", register, "--out", out], ["init", out, "--register", register]):
        ended = cli(*command, "--sheet", sheet)
        assert (ended.status, ended.out, ended.err) == (2, "", f"--sheet:1: sheet: {message}\n")
    scenario = tmp_path / "x.toml"
    scenario.write_text(f'[register]\nfile = "{name}"\nsheet = "{sheet}"\n', encoding="utf-8")
    ended = cli("run", scenario, "-n", 1)
    assert (ended.status, ended.out, ended.err) == (2, "", f"{scenario}:3: register.sheet: {message}\n")
    assert not out.exists()


# --- workbooks made to end the reader -------------------------------------------------------------------------

ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="A"><table:table-row table:number-rows-repeated="{rows}">
<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}"><text:p>{text}</text:p>
</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def ods(rows: int, columns: int, text: str) -> bytes:
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/></manifest:manifest>'
    )
    content = ODS.replace("\n", " ").replace("> <", "><").format(rows=rows, columns=columns, text=text)
    return archive(
        {"mimetype": ODS_TYPE.encode(), "content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()}
    )


def xlsb(*cells: tuple[int, int, str]) -> bytes:
    """A binary workbook of one sheet of text cells, each as (row, column, text) from 0."""

    def record(kind: int, body: bytes = b"") -> bytes:
        head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
        return head + bytes([len(body)]) + body

    def text(value: str) -> bytes:
        return struct.pack("<I", len(value)) + value.encode("utf-16-le")

    sheet = record(129) + record(148, struct.pack("<4I", 0, 1 << 20, 0, 1 << 14)) + record(145)
    for row, column, value in cells:
        sheet += record(0, struct.pack("<I", row) + bytes(13)) + record(6, struct.pack("<II", column, 0) + text(value))
    sheet += record(146) + record(130)
    bundle = struct.pack("<II", 0, 1) + text("rId1") + text("A")
    book = record(131) + record(143) + record(156, bundle) + record(144) + record(132)
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.bin"/></Relationships>'
    )
    return archive(
        {"xl/workbook.bin": book, "xl/_rels/workbook.bin.rels": relations.encode(), "xl/worksheets/sheet1.bin": sheet}
    )


REGISTER = ((0, 0, "企业名称"), (0, 1, "联系电话"), (1, 0, "甲"), (1, 1, NUMBERS[0]))
FAR = (1_048_575, 16_383, "x")


@pytest.mark.parametrize(
    ("name", "content"), [("r.ods", ods(3_000, 12_000, "甲")), ("r.xlsb", xlsb(*REGISTER, FAR))], ids=["ods", "xlsb"]
)
def test_a_sheet_that_no_memory_holds_is_refused(cli: Any, tmp_path: Path, name: str, content: bytes) -> None:
    register = tmp_path / name
    register.write_bytes(content)
    assert len(content) < 5_000
    ended = cli("dedupe", register, "--out", tmp_path / "out")
    assert (ended.status, ended.out, ended.err) == (2, "", f"{register}:1: register.file: {TOO_LARGE}\n")


def test_the_same_workbooks_without_the_far_cells_are_read(cli: Any, tmp_path: Path) -> None:
    """So that the refusals above are of what is far, not of how the files are made."""
    (tmp_path / "r.xlsb").write_bytes(xlsb(*REGISTER))
    assert cli("dedupe", tmp_path / "r.xlsb", "--out", tmp_path / "out").status == 0
    assert contacts(tmp_path / "out") == 1
    (tmp_path / "r.ods").write_bytes(ods(3, 2, NUMBERS[0]))
    assert "the first line holds a telephone number" in cli("dedupe", tmp_path / "r.ods", "--out", tmp_path / "o").err


@pytest.mark.parametrize("tag", [b"<c ", b'r="A1" ', b"<c r ", b'<c r="A1"', b"<" + b"c" * 100])
def test_a_sheet_of_tags_that_never_end_is_looked_over_once(cli: Any, tmp_path: Path, tag: bytes) -> None:
    """A megabyte for which a pattern that goes back would take hours."""
    register = tmp_path / "r.xlsx"
    sheet = b"<worksheet><sheetData><c " + tag * (1_000_000 // len(tag))
    register.write_bytes(archive({"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": sheet}))
    begun = time.monotonic()
    ended = cli("dedupe", register, "--out", tmp_path / "out")
    assert time.monotonic() - begun < 20
    assert (ended.status, ended.out) == (2, "")
    assert ": register.file: the workbook is damaged or is not one; " in ended.err


def inflating(megabytes: int, stated: int | None = None) -> bytes:
    """A workbook with a part of zeros, which may say of itself that it is smaller than it is."""
    content = archive({"[Content_Types].xml": b"<Types/>", "xl/sharedStrings.xml": bytes(megabytes << 20)})
    if stated is not None:
        content = content.replace(struct.pack("<I", megabytes << 20), struct.pack("<I", stated))
    return content


BOMBS = {
    "by its directory": (inflating(1025), "the workbook unpacks to more than 1 GiB; give the register only"),
    "by what comes out": (
        inflating(300, stated=100),
        "the workbook is damaged or is not one; open it in a spreadsheet and save it again as .xlsx or CSV",
    ),
}


@pytest.mark.parametrize(("content", "message"), BOMBS.values(), ids=BOMBS)
def test_a_small_file_that_would_unpack_to_gigabytes(cli: Any, tmp_path: Path, content: bytes, message: str) -> None:
    register = tmp_path / "r.xlsx"
    register.write_bytes(content)
    assert len(content) < 2_000_000
    begun = time.monotonic()
    ended = cli("dedupe", register, "--out", tmp_path / "out")
    assert time.monotonic() - begun < 20
    assert (ended.status, ended.out, ended.err) == (2, "", f"{register}:1: register.file: {message}\n")
