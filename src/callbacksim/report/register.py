"""What `init`, `dedupe` and `make-register` say of a register."""

from __future__ import annotations

from collections.abc import Mapping

from callbacksim.frame.drafting import ROLE_NAMES, Inspection
from callbacksim.frame.frame import Counts, Frame
from callbacksim.report.layout import fitted, heading, padded, paragraph, row, titled
from callbacksim.report.texts import ENGLISH, Texts
from callbacksim.report.words import plain

SHOWN = (("phone", 15), ("name", 32), ("industry", 18), ("area", 12))


def inspection_screen(inspection: Inspection, scenario: str, say: Texts = ENGLISH) -> list[str]:
    """The recognised headings, five rows, and what can be called; the numbers are masked."""
    lines = titled(plain(inspection.file))
    for role, headings in inspection.headings.items():
        lines += row(say.glossed(ROLE_NAMES[role]), "", plain(" + ".join(headings)))
    lines += heading(say("register.first_rows"))
    rows = [[fitted(plain(one.get(key, "")), width) for key, width in SHOWN] for one in inspection.sample]
    lines += ["  " + line for line in _left(rows)]
    lines += counts_lines(inspection.counts, inspection.rejected_by_reason, say)
    return [*lines, *paragraph(say("register.drafted", file=plain(scenario)))]


def _left(rows: list[list[str]]) -> list[str]:
    return [" ".join(padded(cell, width) for cell, (_, width) in zip(one, SHOWN, strict=True)).rstrip() for one in rows]


def counts_lines(counts: Counts, reasons: Mapping[str, int], say: Texts) -> list[str]:
    """Rows to contacts, with shares."""

    def part(count: int) -> str:
        return say.share(count / counts.rows)

    lines = heading(say("register.counts"))
    lines += row(say("register.rows"), f"{counts.rows:,}")
    lines += row(say("register.duplicates"), f"{counts.duplicates:,}", part(counts.duplicates), indent=1)
    lines += row(say("register.rejected"), f"{counts.rejected:,}", part(counts.rejected), indent=1)
    for reason, count in reasons.items():
        lines += row("", "", say("register.reason", n=f"{count:,}", reason=plain(say.glossed(reason))))
    lines += row(say("register.excluded"), f"{counts.excluded:,}", part(counts.excluded), indent=1)
    return [*lines, *row(say("register.contacts"), f"{counts.contacts:,}", part(counts.contacts)), ""]


def cleaning_screen(frame: Frame, register: str, written: list[str], say: Texts = ENGLISH) -> list[str]:
    """What `dedupe` did."""
    lines = titled(plain(register))
    lines += counts_lines(frame.counts, frame.rejected_by_reason, say)
    return [*lines, *paragraph(say("register.written", files=say.joined(map(plain, written))))]
