"""From rows to contacts, worked out by hand; what is written, and that nothing is evaluated or half there."""

from __future__ import annotations

import csv
import json
import os
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacksim.frame.cleaning import write_cleaning
from callbacksim.frame.frame import Counts, Frame, build, clean
from callbacksim.scenario.problems import Refused
from callbacksim.scenario.schema import Columns, Register, Segment
from callbacksim.scenario.wholefile import plain_cell, safe_cell, write_whole

ROWS = """编号,名称,类型,行业,区域,电话
a,甲店,个体,餐饮,东,13800138000
b,乙公司,企业,制造,东,138-0013-8000/010-88886666
c,丙公司,企业,餐饮,西,95588
d,丁公司,企业,制造,西,01088886666转8
e,戊店,个体,餐饮,东,13900139000
f,己店,个体,制造,西,13700137000
"""


def frame_of(directory: Path, **register: object) -> Frame:
    (directory / "r.csv").write_text(ROWS, encoding="utf-8")
    segments = {
        "firms": Segment(kind="company"),
        "food": Segment(industry=("餐饮",), area=("东", "北")),
        "all food": Segment(industry=("餐饮",)),
    }
    return build(Register(file="r.csv", **register), segments, directory)  # type: ignore[arg-type]


def test_contacts_by_hand(tmp_path: Path) -> None:
    frame = frame_of(tmp_path)
    assert frame.counts == Counts(6, 3, 2, 1, 0)
    assert frame.numbers == ("+8613800138000", "+861088886666", "+8613900139000", "+8613700137000")
    contacts = frame.contacts
    assert contacts.row.tolist() == [0, 4, 5]
    assert contacts.number.tolist() == [0, 2, 3]
    assert contacts.businesses.tolist() == [3, 1, 1]
    assert contacts.segment.tolist() == [2, 2, 0]
    assert contacts.business_row.tolist() == [0, 1, 3, 4, 5]
    assert contacts.business_contact.tolist() == [0, 0, 0, 1, 2]
    assert contacts.business_segment.tolist() == [2, 1, 1, 2, 0]
    assert (contacts.rows, contacts.numbers) == (6, 4)
    assert frame.audit["status"].tolist() == ["kept", "duplicate", "rejected", "duplicate", "kept", "kept"]
    assert frame.audit["of"].tolist() == ["", "a", "", "a", "", ""]
    assert frame.audit["number"].tolist()[:3] == ["+8613800138000", "+8613800138000", ""]
    assert frame.audit["line"].tolist() == [2, 3, 4, 5, 6, 7]
    assert frame.rejected_by_reason == {"short or service number 短号或服务号码": 1}


def test_a_company_may_stand_for_the_contact(tmp_path: Path) -> None:
    contacts = frame_of(tmp_path, representative="company").contacts
    assert contacts.row.tolist() == [1, 4, 5]
    assert contacts.number.tolist() == [0, 2, 3]
    assert contacts.segment.tolist() == [1, 2, 0]


def test_numbers_keep_their_index_with_and_without_dedupe_and_exclusion(tmp_path: Path) -> None:
    (tmp_path / "dnc.txt").write_text("010 8888 6666\n")
    whole, alone = frame_of(tmp_path), frame_of(tmp_path, dedupe=False)
    excluded = frame_of(tmp_path, exclude=("dnc.txt",))
    assert whole.numbers == alone.numbers == excluded.numbers
    assert alone.counts == Counts(6, 5, 0, 1, 0)
    assert alone.contacts.row.tolist() == [0, 1, 3, 4, 5]
    assert alone.contacts.number.tolist() == [0, 0, 1, 2, 3]
    assert excluded.counts == Counts(6, 2, 0, 1, 3)
    assert excluded.contacts.number.tolist() == [2, 3]
    assert "another number" in excluded.audit["reason"][0]
    assert excluded.audit["reason"][1].endswith("dnc.txt")
    assert frame_of(tmp_path, exclude=("dnc.txt",), dedupe=False).counts == Counts(6, 3, 0, 1, 2)


def test_the_identity_is_that_of_the_rows_and_the_excluded_numbers(tmp_path: Path) -> None:
    (tmp_path / "dnc.txt").write_text("13900139000\n")
    (tmp_path / "same.txt").write_text("+86 139 0013 9000\n")
    first = frame_of(tmp_path)
    assert first.sha256 == frame_of(tmp_path, dedupe=False).sha256
    excluded = frame_of(tmp_path, exclude=("dnc.txt",)).sha256
    assert excluded != first.sha256
    assert excluded == frame_of(tmp_path, exclude=("same.txt",)).sha256


def test_contacts_travel_to_workers(tmp_path: Path) -> None:
    contacts = frame_of(tmp_path).contacts
    again = pickle.loads(pickle.dumps(contacts))
    assert again.row.tolist() == contacts.row.tolist()
    assert all(getattr(again, name).dtype == "int64" for name in ("row", "number", "businesses", "segment"))
    assert len(pickle.dumps(contacts)) < 3000


def test_nobody_left_is_refused_with_the_reasons(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("电话\n95588\n无\n12345\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        clean(tmp_path / "r.csv")
    assert "short or service number 短号或服务号码 (2)" in refused.value.problems[0].wrong


def test_counts_add_up_or_do_not_exist() -> None:
    with pytest.raises(ValueError, match="add up"):
        Counts(rows=3, contacts=1, duplicates=1, rejected=0, excluded=0)


PHONES = st.sampled_from(["13800138000", "138 0013 8000", "13900139000/13700137000", "13700137000", "95588", "无", "x"])


@given(st.lists(PHONES, min_size=1, max_size=30), st.booleans())
def test_rows_are_conserved_and_one_row_moves_one_total(
    tmp_path_factory: pytest.TempPathFactory, phones: list[str], dedupe: bool
) -> None:
    path = tmp_path_factory.mktemp("r") / "r.csv"

    def counts(more: list[str]) -> Counts:
        cells = ["15000150000", *phones, *more]
        path.write_text("名称,电话\n" + "".join(f"甲{i},{cell}\n" for i, cell in enumerate(cells)), encoding="utf-8")
        return build(Register(file=str(path), dedupe=dedupe), {}).counts

    before = counts([])
    assert before.rows == before.contacts + before.duplicates + before.rejected
    assert counts(["18600186000"]).contacts == before.contacts + 1
    known = counts(["＋８６ 150-0015-0000"])
    assert (known.contacts, known.duplicates) == (
        (before.contacts, before.duplicates + 1) if dedupe else (before.contacts + 1, 0)
    )
    assert counts(["-"]).rejected == before.rejected + 1


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        # Headings are in both languages, the English word first.
        return [{heading.split(" ")[0]: cell for heading, cell in row.items()} for row in csv.DictReader(stream)]


def test_cleaning_writes_contacts_audit_and_counts(tmp_path: Path) -> None:
    frame = frame_of(tmp_path)
    contacts, audit, counts = write_cleaning(frame, tmp_path / "out" / "deep")
    assert [(c["contact"], c["row"], c["id"], c["number"], c["businesses"]) for c in read(contacts)] == [
        ("1", "1", "a", "138****8000", "3"),
        ("2", "5", "e", "139****9000", "1"),
        ("3", "6", "f", "137****7000", "1"),
    ]
    assert [(a["status"], a["of"], a["number"]) for a in read(audit)][1:3] == [
        ("duplicate", "a", "138****8000"),
        ("rejected", "", ""),
    ]
    found = json.loads(counts.read_text(encoding="utf-8"))
    assert (found["rows"], found["contacts"], found["duplicates"], found["rejected"], found["excluded"]) == (
        6,
        3,
        2,
        1,
        0,
    )
    assert sorted(path.name for path in contacts.parent.iterdir()) == ["audit.csv", "contacts.csv", "counts.json"]
    assert "13800138000" not in contacts.read_text(encoding="utf-8") + audit.read_text(encoding="utf-8")
    shown, _, _ = write_cleaning(frame, tmp_path / "out" / "deep", show_numbers=True)
    # No plus, which a spreadsheet would evaluate.
    assert read(shown)[0]["number"] == "13800138000"


def test_hostile_cells_are_not_evaluated(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("编号,名称,电话\n@x,=1+1,13800138000\n-2,+cmd|x,13800138000\n", encoding="utf-8")
    contacts, audit, _ = write_cleaning(clean(tmp_path / "r.csv"), tmp_path / "out")
    assert (read(contacts)[0]["id"], read(contacts)[0]["name"]) == ("'@x", "'=1+1")
    assert (read(audit)[1]["id"], read(audit)[1]["of"]) == ("'-2", "'@x")


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\ta", "\ra", " =1", "\u202e=1", "＝1", "\u3000@x"])
def test_safe_cells(text: str) -> None:
    assert safe_cell(text) == "'" + text
    assert plain_cell(safe_cell(text)) == text


def test_plain_cells_stay() -> None:
    assert safe_cell("甲-乙") == "甲-乙" and safe_cell("") == ""
    assert safe_cell("a\x1b[2J") == "a\ufffd[2J"
    assert plain_cell("'quoted'") == "'quoted'"


def test_files_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    write_whole(target, "一")
    write_whole(target, b"two")
    assert target.read_bytes() == b"two"
    os.mkfifo(tmp_path / "pipe")
    for wrong in (
        tmp_path,
        tmp_path / "none" / "x.csv",
        target / "y",
        tmp_path / "pipe",
        Path("a\0b"),
        tmp_path / ("x" * 300),
    ):
        with pytest.raises(Refused) as refused:
            write_whole(wrong, "x", "--out")
        assert refused.value.problems[0].field == "--out"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pipe", "x.csv"]
    with pytest.raises(Refused):
        write_cleaning(frame_of(tmp_path), target)


@pytest.mark.parametrize("columns", [None, Columns(phone=("手机", "固定电话", "电话2"))])
def test_numbers_of_several_columns_link_rows_and_the_first_usable_one_is_dialled(
    tmp_path: Path, columns: Columns | None
) -> None:
    path = tmp_path / "r.csv"
    path.write_text(
        "企业名称,手机,固定电话,区域,电话2\n"
        "甲,138****8000,010-88886666,东,13800138000\n"  # the first column has none that can be dialled
        "乙,13900139000,,东,\n"
        "丙,,,西,13800138000\n"  # linked to 甲 by the third column
        "丁,13900139000/13700137000,02188886666,西,无\n",  # linked to 乙 by the first
        encoding="utf-8",
    )
    frame = clean(path, columns)
    assert frame.contacts.row.tolist() == [0, 1]
    assert [frame.numbers[number] for number in frame.contacts.number.tolist()] == ["+861088886666", "+8613900139000"]
    assert frame.audit["status"].tolist() == ["kept", "kept", "duplicate", "duplicate"]
    assert frame.numbers == ("+861088886666", "+8613800138000", "+8613900139000", "+8613700137000", "+862188886666")
