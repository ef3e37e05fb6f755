"""Reading registers as people send them, and refusing what cannot be read: where, what, what would be right."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl
import pytest

from callbacksim.frame import tables
from callbacksim.frame.register import Listing, read_exclusion, read_register
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.schema import Columns

CSV = (
    "编号,企业名称,类型,行业,区域,法定代表人,联系电话\n"
    "A1,甲公司,企业,制造业,东区,张三,13800138000\n"
    "A2,乙店,个体工商户,餐饮,西区,李四,010-88886666\n"
)


def written(directory: Path, content: str | bytes, name: str = "r.csv", encoding: str = "utf-8") -> Path:
    path = directory / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def problems_of(path: Path, columns: Columns | None = None) -> list[Problem]:
    with pytest.raises(Refused) as refused:
        read_register(path, columns)
    return list(refused.value.problems)


def assert_as_csv(listing: Listing) -> None:
    assert listing.rows.to_dict("list") == {
        "id": ["A1", "A2"],
        "name": ["甲公司", "乙店"],
        "kind": ["company", "household"],
        "industry": ["制造业", "餐饮"],
        "area": ["东区", "西区"],
        "person": ["张三", "李四"],
        "phone": ["13800138000", "010-88886666"],
    }
    assert listing.lines.tolist() == [2, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_delimiters_and_line_ends(tmp_path: Path, encoding: str, delimiter: str, end: str) -> None:
    text = CSV.replace(",", delimiter).replace("\n", end)
    assert_as_csv(read_register(written(tmp_path, text, encoding=encoding)))


def test_a_workbook_reads_like_the_csv(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in CSV.splitlines():
        book.active.append([int(cell) if cell.startswith("138") else cell for cell in line.split(",")])
    book.create_sheet("其他").append(["x"])
    book.save(tmp_path / "名单.xlsx")
    assert_as_csv(read_register(tmp_path / "名单.xlsx"))
    (tmp_path / "名单.xlsx").rename(tmp_path / "named.csv")
    assert_as_csv(read_register(tmp_path / "named.csv"))


def test_a_title_above_the_headings_and_empty_lines_keep_line_numbers(tmp_path: Path) -> None:
    listing = read_register(written(tmp_path, "高新区名单,\n\n名称,电话\n甲,13800138000\n,\n\n乙,02188886666\n"))
    assert listing.lines.tolist() == [4, 7]
    assert listing.rows["id"].tolist() == ["1", "2"]
    assert len(listing.warnings) == 1 and "1 line(s) above" in listing.warnings[0]


def test_a_workbook_with_empty_rows_keeps_row_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in ([], ["名称", "电话"], [], ["甲", 13800138000.0]):
        book.active.append(line)
    book.save(tmp_path / "r.xlsx")
    listing = read_register(tmp_path / "r.xlsx")
    assert listing.lines.tolist() == [4]
    assert listing.rows["phone"].tolist() == ["13800138000"]


def test_leading_zeros_formulas_and_marks_stay_as_they_are(tmp_path: Path) -> None:
    listing = read_register(
        written(tmp_path, "编号,名称,电话\n007,=1+1,'+8613800138000\n008,\u202e甲\x07,02188886666\n")
    )
    assert listing.rows["id"].tolist() == ["007", "008"]
    assert listing.rows["name"].tolist() == ["=1+1", "\u202e甲\x07"]
    assert listing.rows["phone"].tolist() == ["+8613800138000", "02188886666"]


def test_cells_with_quotes_commas_and_line_ends(tmp_path: Path) -> None:
    listing = read_register(written(tmp_path, '名称,电话\n"甲, ""乙""\n丙",13800138000\n丁,02188886666\n'))
    assert listing.rows["name"].tolist() == ['甲, "乙"\n丙', "丁"]
    assert listing.lines.tolist() == [2, 4]


def test_short_rows_are_filled_and_empty_cells_beyond_the_headings_are_nothing(tmp_path: Path) -> None:
    listing = read_register(written(tmp_path, "电话,名称,区域,,\n13800138000\n02188886666,乙,东区,,,\n"))
    assert listing.rows["name"].tolist() == ["", "乙"]


def test_several_telephone_columns_are_all_read(tmp_path: Path) -> None:
    listing = read_register(written(tmp_path, "手机,名称,固定电话\n13800138000,甲,02188886666\n,乙,02188886666\n"))
    assert listing.rows["phone"].tolist() == ["13800138000; 02188886666", "02188886666"]
    assert listing.headings["phone"] == ("手机", "固定电话")


def test_named_headings_go_before_recognised_ones(tmp_path: Path) -> None:
    path = written(tmp_path, "标题\n呼叫目标,电话,甲方,名称\n13800138000,02188886666,李,某公司\n")
    listing = read_register(path, Columns(phone=("呼叫目标",), name="甲方"))
    assert listing.rows["phone"].tolist() == ["13800138000"]
    assert listing.rows["name"].tolist() == ["李"]
    assert read_register(path, Columns(phone=(" 电　话 ",))).rows["phone"].tolist() == ["02188886666"]


def test_a_heading_that_is_not_there_is_named_with_its_neighbour(tmp_path: Path) -> None:
    path = written(tmp_path, CSV)
    found = problems_of(path, Columns(phone=("联系电活",), area="街道"))
    assert [(p.line, p.field) for p in found] == [(1, "register.columns.phone"), (1, "register.columns.area")]
    assert "联系电活" in found[0].wrong and "did you mean '联系电话'?" in found[0].right


def test_no_telephone_column(tmp_path: Path) -> None:
    [problem] = problems_of(written(tmp_path, "名称,区域\n甲,东\n"))
    assert (problem.line, problem.field) == (1, "register.columns.phone")
    assert "名称, 区域" in problem.wrong


def test_a_file_without_headings_loses_no_business(tmp_path: Path) -> None:
    [problem] = problems_of(written(tmp_path, "甲,13800138000\n乙,02188886666\n"))
    assert problem.field == "register.file" and "headings" in problem.wrong


def test_the_same_heading_twice(tmp_path: Path) -> None:
    [problem] = problems_of(written(tmp_path, "电话,名称,电话\n13800138000,甲,02188886666\n"))
    assert problem.field == "register.columns.phone" and "several columns" in problem.wrong
    assert len(read_register(written(tmp_path, "电话,备注,备注\n13800138000,,\n")).rows) == 1


def test_slipped_rows_are_named_each(tmp_path: Path) -> None:
    found = problems_of(written(tmp_path, "名称,电话\n甲,13800138000\n乙,1,2\n丙,13800138000,x,y\n"))
    assert [p.line for p in found] == [3, 4]
    assert "3 cells for 2 headings" in found[0].wrong
    many = problems_of(written(tmp_path, "名称,电话\n" + "乙,1,2\n" * 50))
    assert len(many) == 21 and "30 more" in many[-1].wrong


def test_an_open_quotation_mark_does_not_swallow_the_file(tmp_path: Path) -> None:
    [problem] = problems_of(written(tmp_path, '名称,电话\n甲,13800138000\n"乙,13800138000\n丙,13800138000\n'))
    assert problem.line == 3 and "quotation" in problem.right


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n \n", b",,,\n,,\n"])
def test_empty_files(tmp_path: Path, content: bytes) -> None:
    assert problems_of(written(tmp_path, content))[0].field == "register.file"


def test_headings_without_rows(tmp_path: Path) -> None:
    assert "no rows" in problems_of(written(tmp_path, "名称,电话\n"))[0].wrong


def test_wrong_encodings_are_refused_with_the_line(tmp_path: Path) -> None:
    damaged = CSV.encode().replace("乙店".encode(), b"\xe4\xb9\xff" + "店".encode())
    [problem] = problems_of(written(tmp_path, damaged))
    assert problem.line == 3 and "UTF-8" in problem.wrong
    assert "neither UTF-8 nor GB18030" in problems_of(written(tmp_path, b"name,phone\nx\xff\xff,1\n"))[0].wrong
    assert "not text" in problems_of(written(tmp_path, b"name,phone\n\0\0\0,1\n"))[0].wrong
    assert "UTF-16" in problems_of(written(tmp_path, b"\xff\xfeabc"))[0].wrong


def test_damaged_workbooks_are_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["名称", "电话"])
    book.save(tmp_path / "r.xlsx")
    whole = (tmp_path / "r.xlsx").read_bytes()
    for content in (
        whole[: len(whole) // 2],
        whole[:10],
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0" + bytes(600),
        b"<html></html>",
    ):
        assert problems_of(written(tmp_path, content, "t.xlsx"))[0].field == "register.file"


def test_what_is_no_plain_file_is_refused_and_never_opened(tmp_path: Path) -> None:
    assert "no such file" in problems_of(tmp_path / "none.csv")[0].wrong
    assert "directory" in problems_of(tmp_path)[0].wrong
    os.mkfifo(tmp_path / "pipe.csv")
    assert "plain file" in problems_of(tmp_path / "pipe.csv")[0].wrong
    assert problems_of(Path("a\0b"))[0].field == "register.file"
    assert problems_of(tmp_path / ("x" * 4000))[0].field == "register.file"


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, CSV)

    def denied(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    # The superuser may read everything, so the system's answer is played.
    monkeypatch.setattr(Path, "read_bytes", denied)
    assert "Permission denied" in problems_of(path)[0].wrong


def test_files_beyond_measure_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = openpyxl.Workbook()
    book.active.append(["电话"])
    for _ in range(2000):
        book.active.append(["13800138000"])
    book.save(tmp_path / "r.xlsx")
    size = (tmp_path / "r.xlsx").stat().st_size
    monkeypatch.setattr(tables, "MOST_BYTES", size)
    assert "unpacks to more" in problems_of(tmp_path / "r.xlsx")[0].wrong
    monkeypatch.setattr(tables, "MOST_BYTES", size - 1)
    assert "larger than" in problems_of(tmp_path / "r.xlsx")[0].wrong


def test_repeated_identifiers_are_said(tmp_path: Path) -> None:
    listing = read_register(written(tmp_path, "编号,电话\n1,13800138000\n1,02188886666\n"))
    assert "1 row(s) repeat" in listing.warnings[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("l.txt", "# 免打扰\n13800138000\n010-88886666转8\n"),
        ("l.csv", "姓名,电话,日期\n张,13800138000,20250101\n李,010-88886666,20250102\n"),
        ("l.csv", "13800138000,张\n010-88886666,李\n"),
        ("l.txt", "13800138000;010-88886666\n"),
    ],
)
def test_do_not_call_lists(tmp_path: Path, name: str, content: str) -> None:
    exclusion = read_exclusion([(written(tmp_path, content, name), f"lists/{name}")])
    assert exclusion.listed == {"+8613800138000": name, "+861088886666": name}
    assert exclusion.warnings == ()


def test_a_do_not_call_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in (["号码"], [13800138000]):
        book.active.append(line)
    book.save(tmp_path / "l.xlsx")
    assert list(read_exclusion([(tmp_path / "l.xlsx", "l.xlsx")]).listed) == ["+8613800138000"]


def test_unreadable_lines_of_a_do_not_call_list_are_counted(tmp_path: Path) -> None:
    first = written(tmp_path, "13800138000\n95588\nabc\n", "a.txt")
    second = written(tmp_path, "13800138000\n13900139000\n", "b.txt")
    exclusion = read_exclusion([(first, "a.txt"), (second, "b.txt")])
    assert exclusion.listed == {"+8613800138000": "a.txt", "+8613900139000": "b.txt"}
    assert len(exclusion.warnings) == 1 and "2 of 3" in exclusion.warnings[0]
    with pytest.raises(Refused) as refused:
        read_exclusion([(tmp_path / "none.txt", "none.txt")])
    assert refused.value.problems[0].field == "register.exclude"
