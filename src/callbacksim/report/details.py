"""`run --details`: everything else that was measured, for whoever knows the trade's words."""

from __future__ import annotations

from callbacksim.report.findings import CellFigures, Findings
from callbacksim.report.ignorance import inputs_details
from callbacksim.report.layout import heading, paragraph, row, said, table
from callbacksim.report.texts import Texts
from callbacksim.report.words import bare_share, counts, fitting, number, plain
from callbacksim.study.estimates import Estimate
from callbacksim.study.measuring import aapor
from callbacksim.study.measuring.dispositions import group_of
from callbacksim.study.measuring.survey import SMALL_CELL
from callbacksim.study.summary import told

DIVISIONS = ("kind", "industry", "area")


def details_screen(found: Findings) -> list[str]:
    """The lines of the details, at most 80 cells wide."""
    if found.ledger_alone:
        return [*inputs_details(found), *_every_figure(found)]
    parts = (inputs_details, _dispositions, _rates, _answers, _cells, _every_figure)
    return [line for part in parts for line in part(found)]


def _dispositions(found: Findings) -> list[str]:
    say, total = found.say, found.funnel["contacts"].mean or 0.0
    lines = heading(say("details.dispositions"))
    for code, estimate in found.codes.items():
        words = aapor.CODES[code]
        name = words.name_zh if say.chinese else f"{words.name} {words.name_zh}"
        part = say.share((estimate.mean or 0.0) / total) if total else ""
        note = say.bounds(estimate, counts(fitting(estimate)))
        lines += row(f"{code:<5}{name}", number(estimate.mean, fitting(estimate)), f"{note}  {part}".strip())
    study = found.scenario.study
    silent = say(f"details.silent_{study.silent_as}")
    dead = say(f"details.dead_{study.not_in_service_as}")
    return [*lines, *paragraph(say("details.counted_as", silent=silent, dead=dead), indent=2)]


def _rates(found: Findings) -> list[str]:
    lines = heading(found.say("details.rates"))
    for name in aapor.RATE_NAMES:
        lines += row(name, *_share(found, found.estimate(name.lower())))
    return [*lines, *_eligibility(found)]


def _share(found: Findings, estimate: Estimate) -> tuple[str, str]:
    return found.say.share(estimate.mean), found.say.bounds(estimate, bare_share)


def _label(cell: CellFigures, say: Texts) -> str:
    """A cell's name: the kinds are ours, industries and areas are the register's."""
    known = say.known(f"details.{cell.label}") if cell.dimension == "kind" else None
    return known or plain(cell.label)


def _eligibility(found: Findings) -> list[str]:
    """Why rates that look for the eligible are those that do not: nobody is known to be ineligible."""
    study = found.scenario.study
    ineligible = sum(one.mean or 0.0 for code, one in found.codes.items() if group_of(code, study) == "NE")
    return [] if ineligible else paragraph(found.say("details.same"), indent=2)


def _answers(found: Findings) -> list[str]:
    lines = heading(found.say("details.answers"))
    texts = {question.id: question.text for question in found.scenario.questionnaire.questions}
    asked = None
    for (question, option), estimate in found.answers.items():
        if question != asked:
            lines += paragraph(plain(texts[question]) if texts else found.say("details.score"), indent=2)
            asked = question
        ours = found.say.known(f"details.option_{option}")  # where the questionnaire names no options of its own
        lines += row(f"  {ours or plain(option)}", *_share(found, estimate))
    return lines


def _cells(found: Findings) -> list[str]:
    say = found.say
    lines = heading(say("details.cells"), say("details.small", least=SMALL_CELL))
    heads = [say(f"details.head_{name}") for name in ("contacts", "answers", "satisfied", "truth")]
    widths = (28, 8, 8, 24, 8)
    for dimension in DIVISIONS:
        rows = [
            (
                f"{'* ' if cell.small else '  '}{_label(cell, say)}",
                number(cell.contacts),
                number(cell.answers.mean, 0 if found.runs == 1 else 1),
                say.measured(cell.satisfied, say.share, bare_share),
                say.share(cell.truth.mean),
            )
            for cell in found.cells
            if cell.dimension == dimension
        ]
        lines += table((say(f"details.{dimension}"), *heads), rows, widths)
    return lines


def _every_figure(found: Findings) -> list[str]:
    say = found.say
    lines = heading(say("details.figures"))
    for entry in told(found.study, {**found.entries, **found.survey}).values():
        if found.ledger_alone and not entry.estimate.n:
            continue  # no clerks, no look-back: not there
        value = say.measured(entry.estimate, *say.writer(entry), plain_unit(entry.unit))
        lines += said(entry.name, say("details.figure", value=value, meaning=say.figure(entry.name)), label_width=29)
    return lines


def plain_unit(unit: str) -> str:
    """The unit as it follows a figure: none where the sign is written with the figure."""
    if unit.startswith(("share of ", "probability", "¥")) or unit == "share":
        return ""
    if unit.endswith("percentage points"):
        return "points"
    return {"hours since the first day's midnight": "h", "score 1-5": ""}.get(unit, unit)
