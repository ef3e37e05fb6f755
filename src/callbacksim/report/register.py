"""What `init`, `dedupe` and `make-register` say of a register."""

from __future__ import annotations

from collections.abc import Mapping

from callbacksim.frame.drafting import ROLE_NAMES, Inspection
from callbacksim.frame.frame import Counts, Frame
from callbacksim.report.layout import fitted, heading, padded, paragraph, row, titled
from callbacksim.report.words import plain, share

SHOWN = (("phone", 15), ("name", 32), ("industry", 18), ("area", 12))


def inspection_screen(inspection: Inspection, scenario: str) -> list[str]:
    """The recognised headings, five rows, and what can be called; the numbers are masked."""
    lines = titled(plain(inspection.file))
    for role, headings in inspection.headings.items():
        lines += row(ROLE_NAMES[role], "", plain(" + ".join(headings)))
    lines += heading("THE FIRST ROWS 前几行")
    rows = [[fitted(plain(one.get(key, "")), width) for key, width in SHOWN] for one in inspection.sample]
    lines += ["  " + line for line in _left(rows)]
    lines += counts_lines(inspection.counts, inspection.rejected_by_reason)
    lines += paragraph(
        f"Written 已写入: {plain(scenario)}. Next: callbacksim check {plain(scenario)}, then callbacksim run "
        f"{plain(scenario)}."
    )
    return lines


def _left(rows: list[list[str]]) -> list[str]:
    return [" ".join(padded(cell, width) for cell, (_, width) in zip(one, SHOWN, strict=True)).rstrip() for one in rows]


def counts_lines(counts: Counts, reasons: Mapping[str, int]) -> list[str]:
    """Rows to contacts, with shares."""

    def part(count: int) -> str:
        return share(count / counts.rows)

    lines = heading("ROWS AND CONTACTS 行与联系人")
    lines += row("rows 行数", f"{counts.rows:,}")
    lines += row("− duplicates 重复号码", f"{counts.duplicates:,}", part(counts.duplicates), indent=1)
    lines += row("− no usable number 无效号码", f"{counts.rejected:,}", part(counts.rejected), indent=1)
    for reason, count in reasons.items():
        lines += row("", "", f"{count:,}: {plain(reason)}")
    lines += row("− on a do-not-call list 免打扰", f"{counts.excluded:,}", part(counts.excluded), indent=1)
    return [*lines, *row("= contacts 联系人", f"{counts.contacts:,}", part(counts.contacts)), ""]


def cleaning_screen(frame: Frame, register: str, written: list[str]) -> list[str]:
    """What `dedupe` did."""
    lines = titled(plain(register))
    lines += counts_lines(frame.counts, frame.rejected_by_reason)
    return [*lines, *paragraph(f"Written 已写入: {', '.join(map(plain, written))}.")]
