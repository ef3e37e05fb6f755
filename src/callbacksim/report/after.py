"""What a running campaign's log says and changes: how far it is, and the forecast before and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from callbacksim.campaign.runlog import words
from callbacksim.report.findings import Findings
from callbacksim.report.layout import heading, paragraph, row, said
from callbacksim.report.sentences import change_of_finish, clear
from callbacksim.report.words import (
    UNDEFINED,
    bare_share,
    between,
    counted,
    counts,
    fitting,
    full_moment,
    listed,
    moment,
    money,
    number,
    percent,
    plain,
    share,
    span,
)
from callbacksim.study.after import SHARE, After, Change, SoFar
from callbacksim.study.estimates import Estimate

_WORDS = {
    "dialling_finish": "robot calls done 外呼完成",
    "interviews": "finished interviews 有效回访",
    "escalations": "sent to people 转人工",
    "called_back_in_time": "called back in time 及时回访率",
    "cost": "cost 总费用",
}


def log_sentence(found: Findings) -> str:
    """``It goes on from run.csv 接续, which stops at Tue 8 July 2025 12:00.`` Empty without a log."""
    after = found.after
    if after is None:
        return ""
    name = plain(after.log.files[0]) if len(after.log.files) == 1 else plain(after.name)
    return f" It goes on 接续 from the log {name} as of {full_moment(found.times.datetime(after.standing.at))}."


def moved_sentence(found: Findings) -> str:
    """``The finish moves from Thu 10 July 15:00 to Fri 11 July 10:30.`` Empty without a log."""
    after = found.after
    if after is None:
        return ""
    study = found.study if after.unchanged is None else after.unchanged
    first = _moved(found, after.changes(study)["finish"])
    if after.unchanged is None:
        return first
    named = plain(found.plan) if found.plan is not None else "the changes"
    other = change_of_finish(after.changes(found.study, after.unchanged)["finish"].moved)
    return f"{first} With {named} from now on: {other}."


def _moved(found: Findings, change: Change) -> str:
    before, now = change.before.mean, change.after.mean
    if before is None and now is None:
        return "Half of the runs do not finish by the horizon, before the log as after it."
    if before is None or now is None:
        was = "beyond the horizon" if before is None else moment(found.date(before))
        is_ = "beyond the horizon" if now is None else moment(found.date(now))
        return f"The finish moves from {was} to {is_}."
    was, is_ = moment(found.date(before)), moment(found.date(now))
    if change.moved.mean is not None and not clear(change.moved):
        return f"The finish stays about where it was: {was} by the plan, {is_} after the log."
    return f"The finish moves from {was} to {is_}."


def so_far_section(found: Findings) -> list[str]:
    """How the campaign stands; the parts add up to the contacts, the calls to the log's."""
    after = found.after
    if after is None:
        return []
    now, at = after.so_far, found.times.datetime(after.standing.at)
    lines = heading(f"SO FAR 目前进度 (up to {moment(at)})", "counted, not simulated")
    lines += row("contacts on the register 联系人", number(now.contacts))
    parts = (
        ("interviewed 有效回访", now.interviewed, ""),
        ("refused or broken off 拒访", now.broken_off, ""),
        ("not in service 空号停机", now.not_in_service, ""),
        ("opted out 拒绝再访", now.opted_out, ""),
        ("all calls used, no answer 未接通", now.exhausted, ""),
        ("on the line 通话中", now.on_the_line, ""),
        ("to be called again 待重呼", now.waiting, _due(after)),
        ("not called yet 未呼叫", now.not_called, ""),
    )
    for label, count, note in parts:
        if count or label.startswith(("interviewed", "to be called", "not called")):
            lines += row(label, number(count), note, indent=1)
    lines += row("calls made 外呼次数", number(now.calls), _rows(after))
    if now.call_backs is None:
        return [*lines, *paragraph("The log says nothing of call-backs 人工回访.", indent=2)]
    desk = now.call_backs
    lines += row("sent to people 转人工", number(desk.escalated), f"{counted(desk.tries, 'try', 'tries')} so far")
    for label, count in (
        ("reached 已回访", desk.handled),
        ("not to be reached 联系不上", desk.unreachable),
        ("in hand 回访中", desk.in_hand),
        ("open 待回访", desk.waiting),
    ):
        lines += row(label, number(count), indent=1)
    return lines + _ledger(now)


def _ledger(now: SoFar) -> list[str]:
    ledger = now.ledger
    if ledger is None:
        return []
    lines = row("items on the ledger 台账", number(ledger.items))
    for label, count in (
        ("screened out 审核剔除", ledger.screened_out),
        ("with the clerks 待审核", ledger.with_clerks),
        ("on the way to departments 转办中", ledger.on_the_way),
        ("suggestions received 建议已转", ledger.suggestions),
        ("settled 已办结", ledger.settled),
    ):
        if count:
            lines += row(label, number(count), indent=1)
    for name, count in ledger.open.items():
        if count:
            lines += row(f"open: {plain(name)}", number(count), indent=1)
    if ledger.overdue:
        lines += row("of these past the due date 超期", number(ledger.overdue), indent=1)
    return lines


def _due(after: After) -> str:
    now = after.so_far
    parts = ((now.due_now, "now"), (now.due_today, "later this day"), (now.due_later, "after it"))
    said = [f"{number(count)} due {when}" for count, when in parts if count]
    return listed(said)


def _rows(after: After) -> str:
    left = (
        (after.log.unmatched, "to nobody on the register"),
        (after.later, "begun only later"),
        (after.log.further, "after a finished interview"),
    )
    said = [f"{number(count)} {why}" for count, why in left if count]
    return f"not counted: {listed(said)}" if said else ""


def forecast_section(found: Findings) -> list[str]:
    """Each figure by the plan and after the log, with the interval of a run; what another plan would do from now on."""
    after = found.after
    if after is None:
        return []
    lines = heading("FORECAST 预测", f"in brackets: where {percent(SHARE)} of the runs lie")
    changes = after.changes(found.study if after.unchanged is None else after.unchanged)
    lines += _said("all done, by the plan 原计划", _date(found, changes["finish"].before))
    lines += _said("all done, after the log 接续后", _date(found, changes["finish"].after))
    lines += _said("moved by 变动", change_of_finish(changes["finish"].moved))
    if after.unchanged is not None:
        other = after.changes(found.study, after.unchanged)["finish"]
        named = f"with {plain(found.plan)} 改后" if found.plan is not None else "with the changes 改后"
        lines += _said(f"… {named}", _date(found, other.after))
        lines += _said("… that is", change_of_finish(other.moved))
        changes = after.changes(found.study)
    for name, label in _WORDS.items():
        change = changes[name]
        if change.after.mean is not None or change.before.mean is not None:
            write = _writer(found, name, change)
            lines += _said(label, f"{write(change.before)} → {write(change.after)}")
    return lines


def _said(label: str, text: str) -> list[str]:
    return said(label, text, label_width=33)


def _date(found: Findings, one: Estimate) -> str:
    if one.mean is None:
        return "beyond the horizon" if one.n else UNDEFINED
    text = moment(found.date(one.mean))
    if one.low is None:
        return text
    if one.high is None:
        return f"{text} ({moment(found.date(one.low))} or later)"
    return f"{text} ({span(found.date(one.low), found.date(one.high))})"


def _writer(found: Findings, name: str, change: Change) -> Any:
    if name == "dialling_finish":
        return lambda one: UNDEFINED if one.mean is None else moment(found.date(one.mean))
    plain_number = counts(min(fitting(change.before), fitting(change.after), 1))
    write = {"called_back_in_time": share, "cost": money}.get(name, plain_number)
    ends = {"called_back_in_time": bare_share}.get(name, write)

    def text(one: Estimate) -> str:
        if one.mean is None:
            return UNDEFINED
        if one.low is None or one.high is None:
            return write(one.mean)
        return f"{write(one.mean)} ({between(ends(one.low), ends(one.high))})"

    return text


def log_warnings(found: Findings) -> list[str]:
    """What the log leaves open, and what is taken in its place."""
    after = found.after
    if after is None:
        return []
    tells, log = words(after.log), after.log
    said = list(log.warnings)
    if log.unmatched:
        said.append(f"the log: {counted(log.unmatched, 'call is', 'calls are')} to nobody on the register: not counted")
    if not tells["results"]:
        said.append(
            f"the log does not tell what came of answered calls: those with {number(log.assumed_seconds)} s of talk or "
            "more are taken for finished interviews, the others for refusals"
        )
    if found.manual:
        return said
    if not tells["flags"]:
        said.append("the log does not tell who was sent to people: drawn by [recognition] for the interviews so far")
    if not tells["people"]:
        said.append(
            "the log tells nothing of call-backs: they are taken to have gone as the plan has it, simulated from the "
            "interviews so far; give a directory with tries.csv where they are known"
        )
    return said


def after_result(found: Findings) -> dict[str, Any] | None:
    """What `run --json` says under ``after``."""
    after = found.after
    if after is None:
        return None
    return {
        "log": list(after.log.files),
        "sha256": after.standing.sha256,
        "at": found.times.datetime(after.standing.at).isoformat(timespec="seconds"),
        "calls": {
            "used": after.so_far.calls,
            "no_contact": after.log.unmatched,
            "later": after.later,
            "after_interview": after.log.further,
        },
        "tells": dict(words(after.log)),
        "so_far": asdict(after.so_far),
        "share": SHARE,
        "forecast": _changes(found, after.changes(found.study)),
        "unchanged": None if after.unchanged is None else _changes(found, after.changes(after.unchanged)),
        "from_now_on": None
        if after.unchanged is None
        else _changes(found, after.changes(found.study, after.unchanged)),
    }


def _changes(found: Findings, changes: Mapping[str, Change]) -> dict[str, Any]:
    def interval(name: str, one: Estimate) -> dict[str, Any]:
        ends: dict[str, Any] = {"median": one.mean, "low": one.low, "high": one.high}
        if name in ("finish", "dialling_finish"):
            ends = {
                key: None if hours is None else found.date(hours).isoformat(timespec="seconds")
                for key, hours in ends.items()
            }
        return ends

    return {
        name: {
            "before": interval(name, change.before),
            "after": interval(name, change.after),
            "moved": {"mean": change.moved.mean, "low": change.moved.low, "high": change.moved.high},
        }
        for name, change in changes.items()
    }
