"""What `dedupe` leaves behind: the contacts, the audit of every row, and the counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from callbacksim.frame.discreet import Discreet, all_shown, discreet
from callbacksim.frame.frame import Frame
from callbacksim.frame.register import text_lines
from callbacksim.scenario.wholefile import csv_bytes, make_directory, write_whole

# Headings in both languages; `callbacksim.frame.headings` recognises those of a register when the file is read again.
CONTACT_HEADINGS = {
    "contact": "contact 序号",
    "row": "row 名单行",
    "id": "id 编号",
    "name": "name 名称",
    "kind": "kind 主体类型",
    "industry": "industry 行业",
    "area": "area 区域",
    "person": "person 联系人",
    "number": "number 联系电话",
    "businesses": "businesses 主体数",
}
AUDIT_HEADINGS = {
    "row": "row 名单行",
    "id": "id 编号",
    "status": "status 状态",
    "of": "of 归并至",
    "reason": "reason 原因",
    "number": "number 联系电话",
    "line": "line 文件行",
}
OWN_WORDS = ("id", "name", "kind", "industry", "area", "person")


def write_cleaning(frame: Frame, directory: Path | str, show_numbers: bool = False) -> tuple[Path, Path, Path]:
    """Write contacts.csv, audit.csv and counts.json into ``directory`` (made if need be); returns their paths.

    Numbers are masked unless ``show_numbers``, those within names and identifiers too. Rows and contacts count
    from 1. Raises Refused where nothing can be written.
    """
    out = make_directory(directory)
    contacts, audit, counts = (out / name for name in ("contacts.csv", "audit.csv", "counts.json"))
    own_words, shown = discreet(frame, show_numbers), all_shown(frame, show_numbers)
    write_whole(contacts, csv_bytes(list(CONTACT_HEADINGS.values()), _contact_lines(frame, own_words, shown)))
    write_whole(audit, csv_bytes(list(AUDIT_HEADINGS.values()), _audit_lines(frame, own_words, shown)))
    write_whole(counts, counts_json(frame))
    return contacts, audit, counts


def counts_json(frame: Frame) -> str:
    """The counts of a frame, the rejected rows by reason, its identity and its warnings, as JSON."""
    whole = {
        **asdict(frame.counts),
        "rejected_by_reason": frame.rejected_by_reason,
        "numbers": len(frame.numbers),
        "sha256": frame.sha256,
        "warnings": list(frame.warnings),
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def audit_csv(frame: Frame, show_numbers: bool = False) -> bytes:
    """What became of every row, as CSV."""
    lines = _audit_lines(frame, discreet(frame, show_numbers), all_shown(frame, show_numbers))
    return csv_bytes(list(AUDIT_HEADINGS.values()), lines)


def _contact_lines(frame: Frame, own_words: Discreet, shown: Mapping[str, str]) -> Iterable[Sequence[object]]:
    contacts = frame.contacts
    rows = text_lines(frame.rows.iloc[contacts.row], OWN_WORDS)
    places = zip(contacts.row.tolist(), contacts.number.tolist(), contacts.businesses.tolist(), rows, strict=True)
    for i, (row, number, businesses, texts) in enumerate(places, start=1):
        yield i, row + 1, *map(own_words, texts), shown[frame.numbers[number]], businesses


def _audit_lines(frame: Frame, own_words: Discreet, shown: Mapping[str, str]) -> Iterable[Sequence[object]]:
    for row, name, status, of, reason, number, line in text_lines(frame.audit, list(AUDIT_HEADINGS)):
        yield row, own_words(name), status, own_words(of), reason, shown[number], line
