"""From the register to the ledger, so that a reader sees it add up: what goes in comes out, at every stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callbacksim.report.findings import Findings
from callbacksim.report.words import UNDEFINED, Writer, apportioned, counts, given_text, interval, number, share
from callbacksim.study.estimates import Estimate


@dataclass(frozen=True)
class Stage:
    """One line of the funnel: how deep, its sign in the sum, its words, its figure as text and what is said of it."""

    indent: int
    words: str
    value: str
    note: str = ""


CONTACTS_BECOME = (
    ("interviewed", "interviewed 有效回访"),
    ("broken_off", "refused or broken off 拒访或中断"),
    ("exhausted", "never answered 多次未接通"),
    ("not_in_service", "number not in service 空号停机"),
    ("opted_out", "asked not to be called 拒绝再访"),
    ("unfinished", "unfinished 未完成"),
)
ESCALATIONS_BECOME = (
    ("handled", "handled 已处理"),
    ("unreachable", "not reached 未能联系"),
    ("escalations_unfinished", "unfinished 未完成"),
)
PROBLEMS_BECOME = (
    ("resolved", "resolved 已解决"),
    ("closed_unresolved", "closed, not resolved 未解决办结"),
    ("open", "still open 办理中"),
)
TRUE_PROBLEMS = (
    ("problems", "on the ledger 已入台账"),
    ("screened_out", "screened out 审核剔除"),
    ("lost_in_call_backs", "lost in call-backs 回访中流失"),
    ("missed", "missed by the robot 漏识别"),
    ("never_interviewed", "never interviewed 未访到"),
)


def stages(found: Findings) -> list[Stage]:
    """The whole funnel, means over the replications with their intervals."""
    if found.ledger_alone:
        return _reports(found)
    return [*_register(found), *_contacts(found), *_escalations(found), *_ledger(found), *_truth(found)]


def _reports(found: Findings) -> list[Stage]:
    """A ledger by itself: what came in, and what became of it."""
    parts = (("intake", "on the ledger 已入台账"), ("intake_screened_out", "screened out 审核剔除"))
    total = sum(found.funnel[key].mean or 0.0 for key, _ in parts)
    on_ledger, screened_out = _parts(found, parts, total)
    return [
        Stage(0, "reports 其他渠道", number(total)),
        Stage(1, *on_ledger[1:]),
        *(
            Stage(2, words, text, note)
            for _, words, text, note in _parts(found, PROBLEMS_BECOME, _printed(on_ledger[2]))
        ),
        Stage(1, *screened_out[1:]),
        Stage(0, "forwarded 转办", _number(found.funnel["forwarded"])),
    ]


def _printed(text: str) -> float:
    return float(text.replace(",", ""))


def _register(found: Findings) -> list[Stage]:
    def fixed(key: str) -> str:
        return number(found.funnel[key].mean)

    return [
        Stage(0, "rows of the register 名单", fixed("rows")),
        Stage(1, "− no usable number 无效号码", fixed("rejected")),
        Stage(1, "− duplicates 重复号码", fixed("duplicates")),
        Stage(1, "− on a do-not-call list 免打扰", fixed("excluded")),
    ]


def _contacts(found: Findings) -> list[Stage]:
    total = found.funnel["contacts"].mean or 0.0
    lines = [Stage(0, "= contacts 联系人", number(total), "= the six below")]
    for key, words, text, note in _parts(found, CONTACTS_BECOME, total):
        part = found.funnel[key].mean or 0.0
        printed = _printed(text)
        note = f"{note}  {share(part / total)}" if note and total else note or share(part / total)
        lines.append(Stage(1, words, text, note.strip()))
        if key == "interviewed":
            pair = (("complete", "complete 完整"), ("partial", "partial 部分"))
            lines += [Stage(2, w, t, n) for _, w, t, n in _parts(found, pair, printed, _decimals(total, found.runs))]
    return lines


def _escalations(found: Findings) -> list[Stage]:
    if found.manual:
        return [Stage(0, "sent to people 转人工", UNDEFINED, "manual mode: people hear everything")]
    total = found.funnel["escalated"]
    return [
        _headed(found, "escalations", "sent to people 转人工", total),
        *(Stage(1, words, text, note) for _, words, text, note in _parts(found, ESCALATIONS_BECOME, total.mean or 0.0)),
    ]


def _ledger(found: Findings) -> list[Stage]:
    problems, suggestions = found.funnel["problems"], found.funnel["suggestions"]
    forwarded, cases = found.funnel["forwarded"], problems.mean or 0.0
    lines = [_headed(found, "problems", "problems on the ledger 台账问题", problems)]
    if found.scenario.ledger.intake != "none":
        reports = found.funnel["intake"]
        cases += reports.mean or 0.0
        lines += [
            Stage(0, "+ reports from elsewhere 其他渠道", _number(reports), interval(reports, _writer(reports))),
            Stage(
                0, "= problem cases 问题件", counts(0 if cases.is_integer() else _decimals(cases, found.runs))(cases)
            ),
        ]
    return [
        *lines,
        *(Stage(1, words, text, note) for _, words, text, note in _parts(found, PROBLEMS_BECOME, cases)),
        _headed(found, "suggestions", "suggestions 意见建议", suggestions),
        Stage(
            0,
            "all of them forwarded 转办" if len(lines) > 1 else "both forwarded 转办",
            _number(forwarded),
            interval(forwarded, _writer(forwarded)),
        ),
    ]


def _truth(found: Findings) -> list[Stage]:
    held = found.funnel["true_problems"]
    if held.mean is None:
        exact = found.scenario.recognition.exact != "none"
        why = "the scenario fixes the counts" if exact else "a script says who is flagged"
        return [Stage(0, "true problems missed 漏识别", UNDEFINED, f"not identified: {why}")]
    return [
        Stage(0, "true problems 真实问题", _number(held), interval(held, _writer(held))),
        *(Stage(1, words, text, note) for _, words, text, note in _parts(found, TRUE_PROBLEMS, held.mean)),
    ]


def _headed(found: Findings, measure: str, words: str, count: Estimate) -> Stage:
    given = found.estimate(measure)
    if given.kind == "given":
        return Stage(0, words, number(given.mean), given_text(given))
    return Stage(0, words, _number(count), interval(count, _writer(count)))


def _parts(
    found: Findings, parts: Sequence[tuple[str, str]], total: float, decimals: int | None = None
) -> list[tuple[str, str, str, str]]:
    """(key, words, text, interval) of parts that add up to the total as printed."""
    whole = all(_same_whole(found.funnel[key]) for key, _ in parts)
    decimals = 0 if whole else _decimals(total, found.runs) if decimals is None else decimals
    means = apportioned([found.funnel[key].mean or 0.0 for key, _ in parts], total, decimals)
    write = counts(decimals)
    return [
        (key, words, write(mean), interval(found.funnel[key], write))
        for (key, words), mean in zip(parts, means, strict=True)
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
