"""The screen of `calibrate`: what was fitted, answers seen and fitted side by side, what the log cannot tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from callbacksim.report.calibration_file import was
from callbacksim.report.layout import WIDTH, heading, paragraph, row, table, titled, wrapped
from callbacksim.report.words import bare_share, between, counted, full_day, number, plain, share
from callbacksim.scenario.calendar import DAY
from callbacksim.study.calibration import Calibration, Fitted
from callbacksim.study.calibration_calls import Cell

_BAR = 34
_SEEN, _FITTED = "=", "|"
_SHARES = ("base", "not_in_service", "reachable", "complete", "partial", "break_off", "opt_out", "unclear")
_FAILURES = ("no_answer", "busy", "voicemail", "rejected")
_NAMES = {
    "base": "Answer a first call 接通率",
    "reachable": "Ever answer 可接通",
    "propensity_sd": "How far numbers differ (sd)",
    "retry_multiplier": "Factor of each further call",
    "not_in_service": "Out of service 空号",
    "no_answer": "No answer 无人接听",
    "busy": "Busy 占线",
    "voicemail": "Voicemail 语音信箱",
    "rejected": "Rejected, switched off 拒接",
    "complete": "Complete 完整",
    "partial": "Partial 部分",
    "break_off": "Broken off 中断",
    "opt_out": "Never again 不再来电",
    "unclear": "Flagged without an item 误转",
    "early": "Refused, broken off 拒访",
    "answered": "Answered 接听",
}
_SIDES = {"attempt": "Attempt 第几次", "hour": "Hour 时段", "weekday": "Weekday 星期", "segment": "Segment 分类"}


def calibration_screen(found: Calibration, file: str, out: str) -> list[str]:
    """The lines of the screen, at most 80 cells wide."""
    return [
        *titled(plain(found.scenario.title) or plain(file)),
        *paragraph(_about(found)),
        *_who_answers(found),
        *_stories(found),
        *_pictures(found),
        *_shares(found),
        *_laws(found),
        *_not_told(found),
        "",
        *paragraph(f"Written: {plain(out)}, which extends {plain(file)}; was: what {plain(file)} says."),
    ]


def calibration_result(found: Calibration, file: str, out: str) -> dict[str, Any]:
    """What `calibrate --json` prints."""
    log, answers = found.log, found.answers
    return {
        "scenario": file,
        "written": out,
        "confidence": found.confidence,
        "log": {
            "file": log.file,
            "format": log.format,
            "kind": log.kind,
            "rows": log.rows,
            "used": len(log.who),
            "left_out": dict(log.left_out),
            "numbers": log.people,
        },
        "fitted": [
            {
                "field": one.path,
                "value": one.value,
                "low": one.low,
                "high": one.high,
                "n": one.n,
                "of": one.of,
                "method": one.method,
                "was": one.was,
            }
            for one in found.fitted
        ],
        "uncertain": dict(found.ranges),
        "tests": [
            {"what": t.what, "statistic": t.statistic, "freedom": t.freedom, "p": t.p, "needed": t.needed}
            for t in (answers.tests if answers else ())
        ],
        "stories": [{"what": s.what, "behind": s.behind} for s in (answers.stories if answers else ())],
        "answers": {
            side: [{"label": c.label, "calls": c.calls, "answered": c.answered, "expected": c.expected} for c in cells]
            for side, cells in found.cells.items()
        },
        "kept": [{"what": one.what, "why": one.why} for one in found.kept],
        "warnings": list(found.warnings),
    }


def _about(found: Calibration) -> str:
    log = found.log
    if log.kind == "per contact":
        return f"{plain(log.file)} ({log.format}): one row a contact, {counted(len(log.who), 'contact')}."
    first, last = (log.first_day + dt.timedelta(days=int(ms) // DAY) for ms in (log.start[0], log.start[-1]))
    days = full_day(first) if first == last else f"{full_day(first)} to {full_day(last)}"
    calls = counted(len(log.who), "call")
    return f"{plain(log.file)} ({log.format}): {calls} to {counted(log.people, 'number')}, {days}."


def _figure(one: Fitted) -> list[str]:
    name = one.keys[-1]
    scale = 0.01 if name in _FAILURES else 1.0
    percent = name in _SHARES or name in _FAILURES

    def write(value: float) -> str:
        return bare_share(scale * value) if percent else number(value, 2)

    note = "" if one.low is None or one.high is None else f"({between(write(one.low), write(one.high))})"
    if one.low is None and not one.unsure:
        note = one.method
    old = "" if name in _FAILURES else f"was {share(one.was) if percent else number(one.was, 2)}"
    text = share(scale * one.value) if percent else number(one.value, 2)
    return row(_NAMES.get(name, name), text, "; ".join(filter(None, (note, old))))


def _who_answers(found: Calibration) -> list[str]:
    wanted = ("base", "reachable", "propensity_sd", "retry_multiplier", "not_in_service")
    lines = [line for name in wanted for one in _of(found, ("answering", name)) for line in _figure(one)]
    tests = found.answers.tests if found.answers else ()
    for test in tests:
        verdict = "matters" if test.needed else "not needed"
        lines += row(test.what, "", f"{verdict} beside these (p = {test.p:.2g})", indent=1)
    for one in found.fitted:
        if one.keys[-2] in ("hour_index", "weekday_index") or one.keys[-1] == "answer_factor":
            lines += _level(one)
    return [*heading("WHO ANSWERS 接听"), *lines] if lines else []


def _level(one: Fitted) -> list[str]:
    label = f"{one.keys[-1]}:00" if one.keys[-2] == "hour_index" else one.keys[-1]
    label = f"factor of {plain(one.keys[1])}" if one.keys[-1] == "answer_factor" else f"index of {label}"
    decimals = 2 if one.keys[-1] == "answer_factor" else 0
    low, high = (number(end, decimals) for end in (one.low, one.high))
    return row(label, number(one.value, decimals), f"({low}–{high}); was {number(one.was, decimals)}", indent=1)


def _stories(found: Calibration) -> list[str]:
    stories = found.answers.stories if found.answers else ()
    if not stories:
        return []
    best = min(stories, key=lambda one: one.behind)
    lines = [line for one in stories for line in row(one.what, "best" if one is best else f"+{one.behind:.1f}")]
    return [*heading("WHY ANSWERS FALL WITH THE ATTEMPT", "behind the best (AIC)"), *lines]


def _pictures(found: Calibration) -> list[str]:
    lines: list[str] = []
    for side, cells in found.cells.items():
        if side in ("attempt", "hour") or len(cells) > 1:
            lines += ["", *_picture(_SIDES[side], cells)]
    note = f"{_SEEN} seen  {_FITTED} fitted"
    return [*heading("ANSWERED, SEEN AND FITTED 实测与拟合", note), *lines[1:]] if lines else []


def _picture(title: str, cells: Sequence[Cell]) -> list[str]:
    """A bar for what was seen and a mark for what was fitted, all on one scale."""
    rates = [(cell.answered / cell.calls, cell.expected / cell.calls) for cell in cells]
    top = max(max(pair) for pair in rates) or 1.0
    rows = []
    for cell, (seen, fitted) in zip(cells, rates, strict=True):
        bar, mark = (_SEEN * round(_BAR * seen / top)).ljust(_BAR + 1), round(_BAR * fitted / top)
        picture = bar[:mark] + _FITTED + bar[mark + 1 :]
        rows.append((plain(cell.label), f"{cell.calls:,}", share(seen), share(fitted), " " + picture.rstrip()))
    lines = table((title, "calls", "seen", "fitted", ""), [(*one[:4], "") for one in rows], (15, 7, 8, 8, 1))
    return [lines[0], *(f"{line.ljust(41)}{one[4]}" for line, one in zip(lines[1:], rows, strict=True))]


def _shares(found: Calibration) -> list[str]:
    names = [("answering", name) for name in _FAILURES]
    names += [("questionnaire", name) for name in ("complete", "partial", "break_off", "opt_out")]
    lines = [line for keys in (*names, ("recognition", "unclear")) for one in _of(found, keys) for line in _figure(one)]
    return [*heading("WHAT COMES OF CALLS 呼叫结果", "of the unanswered; of the answers"), *lines] if lines else []


def _laws(found: Calibration) -> list[str]:
    lines: list[str] = []
    for one in found.fitted:
        law = found.laws.get(one.path)
        if law is not None:
            kind = "Talk" if one.keys[-2] == "talk" else "Ring"
            name = _NAMES.get(one.keys[-1], one.keys[-1])
            measured = law.mean
            ends = "" if measured.low is None or measured.low == measured.high else _ends(measured.low, measured.high)
            chosen = "measured quantiles (no law fits)" if law.unfit else law.law.law
            note = f"{ends}{chosen}, n = {law.n:,}; was {was(one)}"
            lines += row(f"{kind}: {name}", number(measured.mean, 1), note)
    return [*heading("HOW LONG 时长", "mean seconds"), *lines] if lines else []


def _ends(low: float, high: float | None) -> str:
    return f"({number(low, 1)}–{number(high, 1)}); "


def _not_told(found: Calibration) -> list[str]:
    lines = [line for one in found.kept for line in _hanging(f"{plain(one.what)}: {plain(one.why)}")]
    return [*heading("WHAT THE LOG DOES NOT TELL 无法识别", "left as it was"), *lines]


def _hanging(text: str) -> list[str]:
    return wrapped(text, WIDTH, "  ", "      ")


def _of(found: Calibration, keys: tuple[str, ...]) -> list[Fitted]:
    return [one for one in found.fitted if one.keys == keys]
