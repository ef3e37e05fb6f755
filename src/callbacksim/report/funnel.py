"""From the register to the ledger, so that a reader sees it add up: what goes in comes out, at every stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callbacksim.report.findings import Findings
from callbacksim.report.words import UNDEFINED, Writer, apportioned, counts, number
from callbacksim.study.estimates import Estimate


@dataclass(frozen=True)
class Stage:
    """One line of the funnel: how deep, its sign in the sum, its words, its figure as text and what is said of it."""

    indent: int
    words: str
    value: str
    note: str = ""


CONTACTS_BECOME = ("interviewed", "broken_off", "exhausted", "not_in_service", "opted_out", "unfinished")
ESCALATIONS_BECOME = ("handled", "unreachable", "escalations_unfinished")
PROBLEMS_BECOME = ("resolved", "closed_unresolved", "open")
TRUE_PROBLEMS = ("problems", "screened_out", "lost_in_call_backs", "missed", "never_interviewed")


def stages(found: Findings) -> list[Stage]:
    """The whole funnel, means over the replications with their intervals."""
    if found.ledger_alone:
        return _reports(found)
    return [*_register(found), *_contacts(found), *_escalations(found), *_ledger(found), *_truth(found)]


def _reports(found: Findings) -> list[Stage]:
    """A ledger by itself: what came in, and what became of it."""
    parts, say = ("intake", "intake_screened_out"), found.say
    total = sum(found.funnel[key].mean or 0.0 for key in parts)
    on_ledger, screened_out = _parts(found, parts, total)
    return [
        Stage(0, say("funnel.reports"), number(total)),
        Stage(1, *on_ledger[1:]),
        *(
            Stage(2, words, text, note)
            for _, words, text, note in _parts(found, PROBLEMS_BECOME, _printed(on_ledger[2]))
        ),
        Stage(1, *screened_out[1:]),
        Stage(0, say("funnel.forwarded"), _number(found.funnel["forwarded"])),
    ]


def _printed(text: str) -> float:
    return float(text.replace(",", ""))


def _register(found: Findings) -> list[Stage]:
    def stage(indent: int, key: str) -> Stage:
        return Stage(indent, found.say(f"funnel.{key}"), number(found.funnel[key].mean))

    return [stage(0, "rows"), *(stage(1, key) for key in ("rejected", "duplicates", "excluded"))]


def _contacts(found: Findings) -> list[Stage]:
    total, say = found.funnel["contacts"].mean or 0.0, found.say
    lines = [Stage(0, say("funnel.contacts"), number(total), say("funnel.six"))]
    for key, words, text, note in _parts(found, CONTACTS_BECOME, total):
        part = found.funnel[key].mean or 0.0
        printed = _printed(text)
        note = f"{note}  {say.share(part / total)}" if note and total else note or say.share(part / total)
        lines.append(Stage(1, words, text, note.strip()))
        if key == "interviewed":
            pair = _parts(found, ("complete", "partial"), printed, _decimals(total, found.runs))
            lines += [Stage(2, w, t, n) for _, w, t, n in pair]
    return lines


def _escalations(found: Findings) -> list[Stage]:
    words = found.say("funnel.escalated")
    if found.manual:
        return [Stage(0, words, UNDEFINED, found.say("funnel.by_hand"))]
    total = found.funnel["escalated"]
    return [
        _headed(found, "escalations", words, total),
        *(Stage(1, words, text, note) for _, words, text, note in _parts(found, ESCALATIONS_BECOME, total.mean or 0.0)),
    ]


def _ledger(found: Findings) -> list[Stage]:
    problems, suggestions = found.funnel["problems"], found.funnel["suggestions"]
    cases, say = problems.mean or 0.0, found.say
    lines = [_headed(found, "problems", say("funnel.on_ledger"), problems)]
    if found.scenario.ledger.intake != "none":
        reports = found.funnel["intake"]
        cases += reports.mean or 0.0
        decimals = 0 if cases.is_integer() else _decimals(cases, found.runs)
        lines += [_counted(found, "from_elsewhere", reports), Stage(0, say("funnel.cases"), counts(decimals)(cases))]
    return [
        *lines,
        *(Stage(1, words, text, note) for _, words, text, note in _parts(found, PROBLEMS_BECOME, cases)),
        _headed(found, "suggestions", say("funnel.suggestions"), suggestions),
        _counted(found, "all_forwarded" if len(lines) > 1 else "both_forwarded", found.funnel["forwarded"]),
    ]


def _truth(found: Findings) -> list[Stage]:
    held = found.funnel["true_problems"]
    if held.mean is None:
        why = "fixed_counts" if found.scenario.recognition.exact != "none" else "scripted_flags"
        return [Stage(0, found.say("funnel.true_missed"), UNDEFINED, found.say(f"funnel.{why}"))]
    return [
        _counted(found, "true_problems", held),
        *(Stage(1, words, text, note) for _, words, text, note in _parts(found, TRUE_PROBLEMS, held.mean)),
    ]


def _counted(found: Findings, key: str, count: Estimate) -> Stage:
    return Stage(0, found.say(f"funnel.{key}"), _number(count), found.say.bounds(count, _writer(count)))


def _headed(found: Findings, measure: str, words: str, count: Estimate) -> Stage:
    given = found.estimate(measure)
    if given.kind == "given":
        return Stage(0, words, number(given.mean), found.say.given(given))
    return Stage(0, words, _number(count), found.say.bounds(count, _writer(count)))


def _parts(
    found: Findings, parts: Sequence[str], total: float, decimals: int | None = None
) -> list[tuple[str, str, str, str]]:
    """(key, words, text, interval) of parts that add up to the total as printed."""
    whole = all(_same_whole(found.funnel[key]) for key in parts)
    decimals = 0 if whole else _decimals(total, found.runs) if decimals is None else decimals
    means = apportioned([found.funnel[key].mean or 0.0 for key in parts], total, decimals)
    write = counts(decimals)
    return [
        (key, found.say(f"funnel.{key}"), write(mean), found.say.bounds(found.funnel[key], write))
        for key, mean in zip(parts, means, strict=True)
    ]


def _decimals(total: float, runs: int) -> int:
    return 0 if runs == 1 or total >= 1000 else 1 if total >= 10 else 2


def _same_whole(count: Estimate) -> bool:
    """Whether every run has the same whole number."""
    return count.mean is not None and count.low == count.high and float(count.mean).is_integer()


def _number(count: Estimate) -> str:
    return _writer(count)(count.mean) if count.mean is not None else UNDEFINED


def _writer(count: Estimate) -> Writer:
    return counts(0 if _same_whole(count) else _decimals(count.mean or 0.0, count.n))
