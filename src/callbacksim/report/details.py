"""`run --details`: everything else that was measured, for whoever knows the trade's words."""

from __future__ import annotations

from callbacksim.report.findings import Findings
from callbacksim.report.ignorance import inputs_details
from callbacksim.report.layout import heading, paragraph, row, said, table
from callbacksim.report.words import (
    UNDEFINED,
    bare_share,
    counts,
    figure,
    fitting,
    interval,
    number,
    plain,
    share,
    writers,
)
from callbacksim.study import aapor
from callbacksim.study.dispositions import group_of
from callbacksim.study.summary import WORDS, Entry, told
from callbacksim.study.survey import SMALL_CELL

DIVISIONS = {"kind": "kind 主体类型", "industry": "industry 行业", "area": "area 区域"}


def details_screen(found: Findings) -> list[str]:
    """The lines of the details, at most 80 cells wide."""
    if found.ledger_alone:
        return [*inputs_details(found), *_every_figure(found)]
    parts = (inputs_details, _dispositions, _rates, _answers, _cells, _every_figure)
    return [line for part in parts for line in part(found)]


def _dispositions(found: Findings) -> list[str]:
    lines = heading("FINAL DISPOSITIONS 最终结果 (AAPOR codes)")
    total = found.funnel["contacts"].mean or 0.0
    for code, estimate in found.codes.items():
        words = aapor.CODES[code]
        part = share((estimate.mean or 0.0) / total) if total else ""
        note = interval(estimate, counts(fitting(estimate)))
        label = f"{code:<5}{words.name} {words.name_zh}"
        lines += row(label, number(estimate.mean, fitting(estimate)), f"{note}  {part}".strip())
    study = found.scenario.study
    silent = "unknown eligibility (UH)" if study.silent_as == "UH" else "non-contacts (NC)"
    dead = "unknown eligibility (UO)" if study.not_in_service_as == "UO" else "not eligible (NE)"
    return [*lines, *paragraph(f"Silent contacts count as {silent}, numbers out of service as {dead}.", indent=2)]


def _rates(found: Findings) -> list[str]:
    lines = heading("AAPOR RATES 回访率指标")
    for name in aapor.RATE_NAMES:
        estimate = found.estimate(name.lower())
        value = UNDEFINED if estimate.mean is None else share(estimate.mean)
        lines += row(name, value, interval(estimate, bare_share))
    return [*lines, *_eligibility(found)]


def _eligibility(found: Findings) -> list[str]:
    """Why rates that look for the eligible are those that do not: nobody is known to be ineligible."""
    study = found.scenario.study
    ineligible = sum(one.mean or 0.0 for code, one in found.codes.items() if group_of(code, study) == "NE")
    if ineligible:
        return []
    same = "RR3, RR4, REF2, CON2 equal RR1, RR2, REF1, CON1: nothing is known to be ineligible (e = 1)."
    return paragraph(same, indent=2)


def _answers(found: Findings) -> list[str]:
    lines = heading("ANSWERS AS HEARD 问卷回答")
    texts = {question.id: question.text for question in found.scenario.questionnaire.questions}
    asked = None
    for (question, option), estimate in found.answers.items():
        if question != asked:
            lines += paragraph(plain(texts.get(question, question)), indent=2)
            asked = question
        value = UNDEFINED if estimate.mean is None else share(estimate.mean)
        lines += row(f"  {plain(option)}", value, interval(estimate, bare_share))
    return lines


def _cells(found: Findings) -> list[str]:
    lines = heading("SATISFACTION BY CELL 分组满意率", f"* fewer than {SMALL_CELL} answers: too few to tell")
    widths = (28, 8, 8, 24, 8)
    for dimension, words in DIVISIONS.items():
        rows = [
            (
                f"{'* ' if cell.small else '  '}{plain(cell.label)}",
                number(cell.contacts),
                number(cell.answers.mean, 0 if found.runs == 1 else 1),
                figure(cell.satisfied, share, bare_share),
                UNDEFINED if cell.truth.mean is None else share(cell.truth.mean),
            )
            for cell in found.cells
            if cell.dimension == dimension
        ]
        lines += table((words, "contacts", "answers", "found satisfied", "truth"), rows, widths)
    return lines


def _every_figure(found: Findings) -> list[str]:
    lines = heading("EVERY FIGURE 全部指标")
    for entry in told(found.study, {**found.entries, **found.survey}).values():
        if found.ledger_alone and not entry.estimate.n:
            continue  # no clerks, no look-back: not there
        text, unit = written(entry), plain_unit(entry.unit)
        unit = f" {unit}" if unit and text != UNDEFINED else ""
        lines += said(entry.name, f"{text}{unit}: {WORDS[entry.name].english}", label_width=29)
    return lines


def written(entry: Entry) -> str:
    """A figure with its interval, as its unit is best written."""
    return figure(entry.estimate, *writers(entry))


def plain_unit(unit: str) -> str:
    """The unit as it follows a figure: none where the sign is written with the figure."""
    if unit.startswith(("share of ", "probability", "¥")) or unit == "share":
        return ""
    if unit.endswith("percentage points"):
        return "points"
    return {"hours since the first day's midnight": "h", "score 1-5": ""}.get(unit, unit)
