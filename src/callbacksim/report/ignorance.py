"""How sure a forecast is: what chance does to a figure and what guesses do; which inputs were drawn, from where."""

from __future__ import annotations

from typing import Any

from callbacksim.report.findings import Findings
from callbacksim.report.layout import heading, paragraph, row, said, table
from callbacksim.report.promises import kept_text, state, target_result
from callbacksim.report.texts import ENGLISH
from callbacksim.report.words import UNDEFINED, Writer, bare_share, between, counted, moment, money, number, percent
from callbacksim.scenario.uncertain import Kept, Unknown
from callbacksim.study.estimates import Estimate
from callbacksim.study.targets import verdicts
from callbacksim.study.uncertain import TIMED, Spread, Uncertain

NAMES = {
    "finish": "finish 完成",
    "ledger_finish": "last case settled 办结",
    "cost": "cost 费用",
    "interviews": "interviews 有效回访",
    "called_back_in_time": "called back 及时回访",
    "escalations": "sent to people 转人工",
    "people_at_work": "people needed 需在岗",
    "satisfied": "found satisfied 满意率",
    "error": "survey error 总误差",
    "missed": "problems missed 漏识别",
    "resolved_share": "resolved 解决率",
    "look_back_satisfied_share": "satisfied after 回头看",
    "overdue": "late cases 超期件",
    "clerk_cost": "clerks 审核费用",
}
_WIDTHS = (22, 9, 10, 33)


def sure_sentence(found: Findings) -> str:
    """``The finish is uncertain by ± 0.1 h by chance and by ± 9.0 h by what we do not know.``"""
    if found.uncertain is None:
        return ""
    name = "ledger_finish" if found.ledger_alone else "finish"
    spread = found.uncertain.spread(name)
    chance, ignorance = _margins(found, spread)
    guesses = counted(len(found.uncertain.inputs), "guess", "guesses")
    return f"The finish is uncertain by {chance} by chance, by {ignorance} by what we do not know ({guesses})."


def sure_section(found: Findings) -> list[str]:
    """The section of the screen; empty where no input was drawn."""
    unsure = found.uncertain
    if unsure is None:
        return []
    level = percent(found.scenario.study.confidence)
    lines = heading("HOW SURE 不确定性", f"{counted(len(unsure.sets), 'set')} of inputs, two runs each")
    rows = [(NAMES[one.figure], *_margins(found, one), _range(found, one)) for one in unsure.spreads()]
    head = ("", "by chance", "unknown", "nine campaigns of ten lie in")
    lines += [type(line)(f"  {line}") for line in table(head, rows, _WIDTHS)]
    lines += paragraph(f"{_drawn(unsure)} ± spans {level} of a normal law.{_late(unsure)}", indent=2)
    for verdict in verdicts(unsure.study):
        text = f"{ENGLISH.limit(verdict.name, verdict.limit)}, guesses drawn: {kept_text(verdict)}"
        lines += row(ENGLISH(f"promised.{verdict.name}"), state(verdict.met).split()[0], text)
    return lines


def inputs_details(found: Findings) -> list[str]:
    """Every input that was drawn, with the scenario's value and the range, and the guesses that were not."""
    unsure = found.uncertain
    if unsure is None:
        return []
    lines = heading("INPUTS DRAWN 抽取的参数", "the file's value, lowest to highest")
    for one in unsure.inputs:
        lines += said(one.path, input_text(one), label_width=46)
    if unsure.kept:
        lines += heading("GUESSES NOT DRAWN 未抽取", "the file's value, and why")
    for other in unsure.kept:
        lines += said(other.path, f"{figures_of(other.value)}; {other.why}", label_width=46)
    return lines


def input_text(one: Unknown) -> str:
    """``0.469, 0.2–0.7``, and where the range is from if it is the scenario's own."""
    ends = between(figures_of(one.low), figures_of(one.high))
    whose = ", [uncertain]" if one.given else ""
    return f"{figures_of(one.value)}, {ends}{whose}"


def figures_of(value: float) -> str:
    """A number of an input as it is written: at most four figures."""
    return f"{value:.4g}".replace("-", "−")


def uncertain_result(unsure: Uncertain) -> dict[str, Any]:
    """What `run --uncertain --json` adds."""
    return {
        "sets": len(unsure.sets),
        "redrawn": unsure.redrawn,
        "inputs": [input_result(one) for one in unsure.inputs],
        "not_drawn": [not_drawn_result(one) for one in unsure.kept],
        "figures": {one.figure: _spread_result(one) for one in unsure.spreads()},
        "targets": [target_result(verdict) for verdict in verdicts(unsure.study)],
    }


def input_result(one: Unknown) -> dict[str, Any]:
    """An input in JSON."""
    return {
        "field": one.path,
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "unit": one.unit,
        "logarithmic": one.logarithmic,
        "from": "uncertain" if one.given else "plausible",
    }


def not_drawn_result(one: Kept) -> dict[str, Any]:
    """A guess that was not drawn in JSON."""
    return {"field": one.path, "value": one.value, "why": one.why}


def _spread_result(one: Spread) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "chance": _sd(one.parts.chance),
        "ignorance": _sd(one.parts.ignorance),
        "ignorance_share": one.parts.share,
        "median": one.median.mean,
        "p5": one.low.mean,
        "p95": one.high.mean,
        "late": one.late,
    }


def _sd(estimate: Estimate) -> dict[str, Any]:
    return {"sd": estimate.mean, "low": estimate.low, "high": estimate.high}


def _margins(found: Findings, spread: Spread) -> tuple[str, str]:
    chance, ignorance = spread.parts.margins(found.scenario.study.confidence)
    return tuple(
        UNDEFINED if one is None else f"± {amount(spread.figure, spread.unit, one)}" for one in (chance, ignorance)
    )  # type: ignore[return-value]


def amount(figure: str, unit: str, value: float) -> str:
    """A spread in its unit: hours, or minutes where it is short; shares in points."""
    if figure in TIMED:
        return f"{number(60 * value)} min" if value < 1.5 else f"{number(value, 1 if value < 100 else 0)} h"
    if unit.startswith("¥"):
        return money(value)
    if unit.startswith("share"):
        return f"{number(100 * value, 1)} pt"
    if unit == "percentage points":
        return f"{number(value, 1)} pt"
    return number(value, 0 if value >= 10 else 1)


def _range(found: Findings, spread: Spread) -> str:
    """Where nine of ten campaigns lie, by quantiles."""
    low, high = spread.low.mean, spread.high.mean
    if spread.figure in ("finish", "ledger_finish"):
        ends = ["never" if end is None else _short(moment(found.date(end))) for end in (low, high)]
        return " – ".join(ends)
    write = _writer(spread)
    return UNDEFINED if low is None or high is None else between(write(low), write(high)) + _sign(spread)


def _short(date: str) -> str:
    """``Tue 8 Jul 16:53``."""
    day, number_, month, clock = date.split()
    return f"{day} {number_} {month[:3]} {clock}"


def _writer(spread: Spread) -> Writer:
    if spread.unit.startswith("¥"):
        return money
    if spread.unit.startswith("share"):
        return bare_share
    return lambda value: number(value, 1 if spread.unit == "percentage points" else 0)


def _sign(spread: Spread) -> str:
    return " %" if spread.unit.startswith("share") else " pt" if spread.unit == "percentage points" else ""


def _drawn(unsure: Uncertain) -> str:
    own = sum(one.given for one in unsure.inputs)
    named = f", {own} from [uncertain]" if own else ""
    kept = f"; {counted(len(unsure.kept), 'other guess', 'other guesses')} not" if unsure.kept else ""
    again = (
        f" {counted(unsure.redrawn, 'set')} could not give the exact counts and were drawn anew."
        if unsure.redrawn
        else ""
    )
    first = f"{counted(len(unsure.inputs), 'guess is', 'guesses are')} drawn from their plausible ranges{named}{kept}"
    return f"{first} (--details lists them).{again}"


def _late(unsure: Uncertain) -> str:
    late = max((one.late for one in unsure.spreads()), default=0)
    if not late:
        return ""
    runs = 2 * len(unsure.sets)
    return f" {late} of {runs} runs reached the horizon and count as finished then: the spread is larger than that."
