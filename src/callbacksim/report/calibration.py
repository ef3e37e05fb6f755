"""The screen of `calibrate`: what was fitted, answers seen and fitted side by side, what the log cannot tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from callbacksim.report.calibration_file import was
from callbacksim.report.layout import WIDTH, heading, padded, paragraph, row, table, titled, wrapped
from callbacksim.report.texts import ENGLISH, Texts
from callbacksim.report.words import bare_share, between, number, plain
from callbacksim.scenario.calendar import DAY
from callbacksim.study.calibrating.calibration import Calibration, Fitted
from callbacksim.study.calibrating.calls import Cell

_BAR = 34
_WIDTHS = (15, 7, 8, 8)
_SEEN, _FITTED = "=", "|"
_SHARES = ("base", "not_in_service", "reachable", "complete", "partial", "break_off", "opt_out", "unclear")
_FAILURES = ("no_answer", "busy", "voicemail", "rejected")


def calibration_screen(found: Calibration, file: str, out: str, say: Texts = ENGLISH) -> list[str]:
    """The lines of the screen, at most 80 cells wide."""
    return [
        *titled(plain(found.scenario.title) or plain(file)),
        *paragraph(about_log(found, say)),
        *_who_answers(found, say),
        *_stories(found, say),
        *_pictures(found, say),
        *_shares(found, say),
        *_laws(found, say),
        *_not_told(found, say),
        "",
        *paragraph(say("calibrate.written", out=plain(out), file=plain(file))),
    ]


def calibration_result(found: Calibration, file: str, out: str, warnings: Sequence[str] = ()) -> dict[str, Any]:
    """What `calibrate --json` prints; ``warnings``: those of reading the log."""
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
        "warnings": [*warnings, *found.warnings],
    }


def about_log(found: Calibration, say: Texts) -> str:
    """Which log it was: file, layout, calls, numbers, days."""
    log = found.log
    file, form = plain(log.file), say.translated(log.format, "fitted")
    if log.kind == "per contact":
        contacts = say.counted("contact", len(log.who))
        return say("calibrate.about_contacts", file=file, format=form, contacts=contacts)
    first, last = (log.first_day + dt.timedelta(days=int(ms) // DAY) for ms in (log.start[0], log.start[-1]))
    days = say.full_day(first)
    if first != last:
        days = say("calibrate.days", first=days, last=say.full_day(last))
    calls, numbers = say.counted("call", len(log.who)), say.counted("number", log.people)
    return say("calibrate.about", file=file, format=form, calls=calls, numbers=numbers, days=days)


def _figure(one: Fitted, say: Texts) -> list[str]:
    name = one.keys[-1]
    scale = 0.01 if name in _FAILURES else 1.0
    percent = name in _SHARES or name in _FAILURES

    def write(value: float) -> str:
        return bare_share(scale * value) if percent else number(value, 2)

    note = "" if one.low is None or one.high is None else _ends(write(one.low), write(one.high), say)
    why = say.translated(one.method, "fitted") if one.drawn == "known" or (one.low is None and not one.unsure) else ""
    old = "" if name in _FAILURES else say("calibrate.was", value=say.share(one.was) if percent else number(one.was, 2))
    text = say.share(scale * one.value) if percent else number(one.value, 2)
    return row(say(f"calibrate.{name}"), text, say.parts(filter(None, (note, why, old))))


def _ends(low: str, high: str, say: Texts) -> str:
    return say("said.interval", ends=between(low, high))


def _who_answers(found: Calibration, say: Texts) -> list[str]:
    wanted = ("base", "reachable", "propensity_sd", "retry_multiplier", "not_in_service")
    lines = [line for name in wanted for one in _of(found, ("answering", name)) for line in _figure(one, say)]
    tests = found.answers.tests if found.answers else ()
    for test in tests:
        verdict = say("calibrate.matters" if test.needed else "calibrate.not_needed", p=f"{test.p:.2g}")
        lines += row(say.glossed(test.what), "", verdict, indent=1)
    for one in found.fitted:
        if one.keys[-2] in ("hour_index", "weekday_index") or one.keys[-1] == "answer_factor":
            lines += _level(one, say)
    return [*heading(say("calibrate.who_answers")), *lines] if lines else []


def _level(one: Fitted, say: Texts) -> list[str]:
    factor = one.keys[-1] == "answer_factor"
    name = plain(one.keys[1]) if factor else f"{one.keys[-1]}:00" if one.keys[-2] == "hour_index" else one.keys[-1]
    if one.keys[-2] == "weekday_index":
        name = say.weekday(name)
    label = say("calibrate.factor_of" if factor else "calibrate.index_of", name=name)
    decimals = 2 if factor else 0
    low, high = (number(end, decimals) for end in (one.low, one.high))
    old = say("calibrate.was", value=number(one.was, decimals))
    ends = say("said.interval", ends=f"{low}–{high}")
    return row(label, number(one.value, decimals), say.parts([ends, old]), indent=1)


def _stories(found: Calibration, say: Texts) -> list[str]:
    stories = found.answers.stories if found.answers else ()
    if not stories:
        return []
    best = min(stories, key=lambda one: one.behind)
    lines = []
    for one in stories:
        behind = say("calibrate.best") if one is best else f"+{one.behind:.1f}"
        lines += row(say.translated(one.what, "fitted"), behind)
    return [*heading(say("calibrate.stories"), say("calibrate.behind")), *lines]


def _pictures(found: Calibration, say: Texts) -> list[str]:
    lines: list[str] = []
    for side, cells in found.cells.items():
        if side in ("attempt", "hour") or len(cells) > 1:
            lines += ["", *_picture(side, cells, say)]
    note = say("calibrate.marks", seen=_SEEN, fitted=_FITTED)
    return [*heading(say("calibrate.pictures"), note), *lines[1:]] if lines else []


def _picture(side: str, cells: Sequence[Cell], say: Texts) -> list[str]:
    """A bar for what was seen and a mark for what was fitted, all on one scale."""
    rates = [(cell.answered / cell.calls, cell.expected / cell.calls) for cell in cells]
    top = max(max(pair) for pair in rates) or 1.0
    rows, pictures = [], []
    for cell, (seen, fitted) in zip(cells, rates, strict=True):
        bar, mark = (_SEEN * round(_BAR * seen / top)).ljust(_BAR + 1), round(_BAR * fitted / top)
        label = cell_label(side, cell.label, say)
        rows.append((label, f"{cell.calls:,}", say.share(seen), say.share(fitted)))
        pictures.append((bar[:mark] + _FITTED + bar[mark + 1 :]).rstrip())
    heads = [say(f"calibrate.head_{name}") for name in (side, "calls", "seen", "fitted")]
    first, *lines = table(heads, rows, _WIDTHS)
    width = sum(_WIDTHS) + len(_WIDTHS) - 1
    return [first, *(f"{padded(line, width)} {picture}" for line, picture in zip(lines, pictures, strict=True))]


def cell_label(side: str, label: str, say: Texts) -> str:
    """What an attempt, an hour, a weekday or a segment is called."""
    return say.weekday(label) if side == "weekday" else say.translated(plain(label), "fitted")


def _shares(found: Calibration, say: Texts) -> list[str]:
    names = [("answering", name) for name in _FAILURES]
    names += [("questionnaire", name) for name in ("complete", "partial", "break_off", "opt_out")]
    lines = [
        line for keys in (*names, ("recognition", "unclear")) for one in _of(found, keys) for line in _figure(one, say)
    ]
    return [*heading(say("calibrate.shares"), say("calibrate.shares_of")), *lines] if lines else []


def _laws(found: Calibration, say: Texts) -> list[str]:
    lines: list[str] = []
    for one in found.fitted:
        law = found.laws.get(one.path)
        if law is not None:
            kind = "talk" if one.keys[-2] == "talk" else "ring"
            low, high = law.mean.low, law.mean.high
            chosen = say("calibrate.quantiles") if law.unfit else say(f"law.{law.law.law}")
            notes = [
                "" if low is None or low == high else say("said.interval", ends=f"{number(low, 1)}–{number(high, 1)}"),
                say("calibrate.law", law=chosen, n=f"{law.n:,}"),
                say("calibrate.was", value=was(one, say)),
            ]
            label = say(f"calibrate.{kind}", name=say(f"calibrate.{one.keys[-1]}"))
            lines += row(label, number(law.mean.mean, 1), say.parts(filter(None, notes)))
    return [*heading(say("calibrate.laws"), say("calibrate.seconds")), *lines] if lines else []


def _not_told(found: Calibration, say: Texts) -> list[str]:
    lines = []
    for one in found.kept:
        what, why = kept_words(one.what, say), kept_words(one.why, say)
        lines += wrapped(say("calibrate.kept", what=what, why=why), WIDTH, "  ", "      ")
    return [*heading(say("calibrate.not_told"), say("calibrate.left")), *lines]


def kept_words(text: str, say: Texts) -> str:
    """What was kept, or why: a sentence, or a list of fields or of kinds of calls that are few."""
    text = plain(text)
    items = text.split(", ")
    few = [say.translated(item, "rare") for item in items]
    said = say.translated(text, "fitted")
    return said if few == items and said != text else say.joined(few)


def _of(found: Calibration, keys: tuple[str, ...]) -> list[Fitted]:
    return [one for one in found.fitted if one.keys == keys]
