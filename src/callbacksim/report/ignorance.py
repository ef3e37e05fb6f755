"""How sure a forecast is: what chance does to a figure and what guesses do; which inputs were drawn, from where."""

from __future__ import annotations

from typing import Any

from rich.cells import cell_len

from callbacksim.report.findings import Findings
from callbacksim.report.layout import heading, paragraph, row, said, table
from callbacksim.report.promises import kept_text, state, target_result
from callbacksim.report.texts import ENGLISH, Texts
from callbacksim.report.words import DAYS, UNDEFINED, Writer, bare_share, by, clock, number
from callbacksim.scenario.uncertain import Kept, Unknown
from callbacksim.study.estimates import Estimate, normal_quantile
from callbacksim.study.targets import verdicts
from callbacksim.study.uncertain import TIMED, Spread, Uncertain

_WIDTHS = {"en": (22, 9, 10, 33), "zh": (18, 12, 12, 32)}


def sure_sentence(found: Findings) -> str:
    """``The finish is uncertain by ± 0.1 h by chance, by ± 9.0 h by what we do not know (38 guesses).``

    Empty where no inputs were drawn, and where the horizon cut off all runs: the verdict says so already.
    """
    if found.uncertain is None:
        return ""
    spread = found.uncertain.spread("ledger_finish" if found.ledger_alone else "finish")
    if spread.parts.chance.mean is None:
        return ""
    chance, ignorance = _margins(found, spread)
    guesses = found.say.counted("guess", len(found.uncertain.inputs))
    if spread.late:  # how much larger it is these runs do not tell
        late, runs = found.say.number(spread.late), found.say.counted("run", spread.runs)
        return found.say(
            "unsure.sentence_late", chance=chance, ignorance=ignorance, guesses=guesses, late=late, runs=runs
        )
    if _unclear(spread):
        most = _plus_minus(found, spread, spread.parts.ignorance.high)
        return found.say("unsure.sentence_unclear", chance=chance, ignorance=most, guesses=guesses)
    return found.say("unsure.sentence", chance=chance, ignorance=ignorance, guesses=guesses)


def sure_section(found: Findings) -> list[str]:
    """The section of the screen; empty where no input was drawn."""
    unsure, say = found.uncertain, found.say
    if unsure is None:
        return []
    level = say.whole_share(found.scenario.study.confidence)
    lines = heading(say("unsure.heading"), say("unsure.sets", sets=say.counted("set", len(unsure.sets))))
    rows = [(say(f"unsure.{one.figure}"), *_margins(found, one), _range(found, one)) for one in unsure.spreads()]
    head = ("", *(say(f"unsure.head_{name}") for name in ("chance", "unknown", "range")))
    lines += [type(line)(f"  {line}") for line in table(head, rows, _WIDTHS[say.language])]
    open_ = say("unsure.spans_open") if any(map(_unclear, unsure.spreads())) else ""
    text = say.sentences([*_drawn(unsure, say), say("unsure.spans", level=level), open_, _late(unsure, say)])
    lines += paragraph(text, indent=2)
    for verdict in verdicts(unsure.study):
        limit = say.limit(verdict.name, verdict.limit)
        text = say("unsure.kept", limit=limit, kept=kept_text(verdict, say))
        lines += row(say(f"promised.{verdict.name}"), state(verdict.met, say).split()[0], text)
    return lines


def inputs_details(found: Findings) -> list[str]:
    """Every input that was drawn, with the scenario's value and the range, and the guesses that were not."""
    unsure, say = found.uncertain, found.say
    if unsure is None:
        return []
    lines = heading(say("unsure.inputs"), say("unsure.value_and_range"))
    for one in unsure.inputs:
        lines += said(one.path, input_text(one, say), label_width=46)
    if unsure.kept:
        lines += heading(say("unsure.not_drawn"), say("unsure.value_and_why"))
    for other in unsure.kept:
        why = say("unsure.because", value=figures_of(other.value), why=say.translated(other.why, "reason"))
        lines += said(other.path, why, label_width=46)
    return lines


def input_text(one: Unknown, say: Texts = ENGLISH) -> str:
    """``0.469, 0.2–0.7``, and where the range is from if it is the scenario's own."""
    ends = say.between(figures_of(one.low), figures_of(one.high))
    whose = [*(["[uncertain]"] if one.given else []), *([say("unsure.by_log")] if one.told else [])]
    return say.clauses([figures_of(one.value), ends, *whose])


def figures_of(value: float) -> str:
    """A number of an input as it is written: at most four figures."""
    return f"{value:.4g}".replace("-", "−")


def uncertain_result(unsure: Uncertain) -> dict[str, Any]:
    """What `run --uncertain --json` adds."""
    return {
        "sets": len(unsure.sets),
        "redrawn": unsure.redrawn,
        "adapted": unsure.adapted,
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
        "from": "log" if one.told else "uncertain" if one.given else "plausible",
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
    """Chance and ignorance as ±; of an ignorance that is not clearly above 0 how large it may be."""
    chance, ignorance = (_plus_minus(found, spread, one.mean) for one in (spread.parts.chance, spread.parts.ignorance))
    if _unclear(spread):
        most = _plus_minus(found, spread, spread.parts.ignorance.high)
        return chance, found.say.between("0", most.removeprefix("± "))
    return chance, ignorance


def _unclear(spread: Spread) -> bool:
    """Whether these sets leave open that what is not known does nothing to the figure."""
    return spread.parts.ignorance.low == 0 and bool(spread.parts.ignorance.high)


def _plus_minus(found: Findings, spread: Spread, sd: float | None) -> str:
    """A standard deviation as the ± of a normal law."""
    if sd is None:
        return UNDEFINED
    z = normal_quantile(found.scenario.study.confidence)
    return f"± {amount(spread.figure, spread.unit, z * sd, found.say)}"


def amount(figure: str, unit: str, value: float, say: Texts = ENGLISH) -> str:
    """A spread in its unit: hours, or minutes where it is short; shares in points."""
    if figure in TIMED:
        short = value < 1.5
        text = number(60 * value) if short else number(value, 1 if value < 100 else 0)
        return f"{text} {say.unit('min' if short else 'h')}"
    if unit.startswith("¥"):
        return say.money(value)
    if unit.startswith("share"):
        return f"{number(100 * value, 1)} {say('unsure.pt')}"
    if unit == "percentage points":
        return f"{number(value, 1)} {say('unsure.pt')}"
    return number(value, 0 if value >= 10 else 1)


def _range(found: Findings, spread: Spread) -> str:
    """Where nine of ten campaigns lie, by quantiles."""
    low, high, say = spread.low.mean, spread.high.mean, found.say
    if spread.figure in ("finish", "ledger_finish"):
        ends = [say("unsure.never") if end is None else _short(found, end, say) for end in (low, high)]
        text = " – ".join(ends)
        return text if cell_len(text) <= _WIDTHS[say.language][-1] else "–".join(ends)
    write = _writer(spread, say)
    return UNDEFINED if low is None or high is None else say.between(write(low), write(high)) + _sign(spread, say)


def _short(found: Findings, hours: float, say: Texts) -> str:
    """``Tue 8 Jul 16:53``, ``7月8日 16:53``."""
    at = by(found.date(hours))
    day = say.short_day(at)
    return f"{day if say.chinese else f'{DAYS[at.weekday()]} {day}'} {clock(at)}"


def _writer(spread: Spread, say: Texts) -> Writer:
    if spread.unit.startswith("¥"):
        return say.money
    if spread.unit.startswith("share"):
        return bare_share
    return lambda value: number(value, 1 if spread.unit == "percentage points" else 0)


def _sign(spread: Spread, say: Texts) -> str:
    if spread.unit.startswith("share"):
        return "%" if say.chinese else " %"
    return f" {say('unsure.pt')}" if spread.unit == "percentage points" else ""


def _drawn(unsure: Uncertain, say: Texts) -> list[str]:
    own, kept = sum(one.given for one in unsure.inputs), len(unsure.kept)
    first = say(
        "unsure.drawn",
        drawn=say.counted("guess_is", len(unsure.inputs)),
        named=say("unsure.of_own", n=own) if own else "",
        kept=say("unsure.others_not", others=say.counted("other_guess", kept)) if kept else "",
    )
    told = sum(one.told for one in unsure.inputs)
    weighed = say("unsure.weighed", n=told) if told else ""
    again = say("unsure.again", sets=say.counted("set", unsure.redrawn)) if unsure.redrawn else ""
    adapted = say("unsure.gave_way", sets=say.counted("set", unsure.adapted)) if unsure.adapted else ""
    return [first, weighed, again, adapted]


def _late(unsure: Uncertain, say: Texts) -> str:
    late = max((one.late for one in unsure.spreads()), default=0)
    return say("unsure.late", late=late, runs=2 * len(unsure.sets)) if late else ""
