"""What a running campaign's log says and changes: how far it is, and the forecast before and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from callbacksim.campaign.runlog import words
from callbacksim.report.findings import Findings
from callbacksim.report.layout import heading, paragraph, row, said
from callbacksim.report.sentences import change_of_finish, clear
from callbacksim.report.texts import Texts
from callbacksim.report.words import UNDEFINED, bare_share, counted, counts, fitting, number, plain
from callbacksim.study.after import SHARE, After, Change, SoFar
from callbacksim.study.estimates import Estimate, prediction_needs

_FIGURES = ("dialling_finish", "interviews", "escalations", "called_back_in_time", "cost")


def log_sentence(found: Findings) -> str:
    """``It goes on 接续 from the log run.csv as of Tue 8 July 2025 12:00.`` Empty without a log."""
    after = found.after
    if after is None:
        return ""
    name = plain(after.log.files[0]) if len(after.log.files) == 1 else plain(after.name)
    return found.say("after.goes_on", name=name, at=found.say.full_moment(found.times.datetime(after.standing.at)))


def moved_sentence(found: Findings) -> str:
    """``The finish moves from Thu 10 July 15:00 to Fri 11 July 10:30.`` Empty without a log."""
    after, say = found.after, found.say
    if after is None:
        return ""
    study = found.study if after.unchanged is None else after.unchanged
    first = _moved(found, after.changes(study)["finish"])
    if after.unchanged is None:
        return first
    named = plain(found.plan) if found.plan is not None else say("after.the_changes")
    other = change_of_finish(after.changes(found.study, after.unchanged)["finish"].moved, say)
    return say.sentences([first, say("after.from_now_on", plan=named, change=other)])


def _moved(found: Findings, change: Change) -> str:
    say = found.say
    if change.before.mean is None and change.after.mean is None:
        return say("after.never")
    was, is_ = (
        say("after.beyond") if one.mean is None else say.moment(found.date(one.mean))
        for one in (change.before, change.after)
    )
    stays = None not in (change.before.mean, change.after.mean, change.moved.mean) and not clear(change.moved)
    return say("after.stays" if stays else "after.moves", was=was, now=is_)


def so_far_section(found: Findings) -> list[str]:
    """How the campaign stands; the parts add up to the contacts, the calls to the log's."""
    after, say = found.after, found.say
    if after is None:
        return []
    now, at = after.so_far, found.times.datetime(after.standing.at)
    lines = heading(say("after.so_far", at=say.moment(at)), say("after.counted"))
    lines += row(say("after.contacts"), number(now.contacts))
    always = ("interviewed", "waiting", "not_called")
    for name in (
        "interviewed", "broken_off", "not_in_service", "opted_out", "exhausted", "on_the_line", "waiting", "not_called",
    ):  # fmt: skip
        count = getattr(now, name)
        if count or name in always:
            lines += row(say(f"after.{name}"), number(count), _due(after, say) if name == "waiting" else "", indent=1)
    lines += row(say("after.calls"), number(now.calls), _rows(after, say))
    if now.call_backs is None:
        return [*lines, *paragraph(say("after.no_call_backs"), indent=2)]
    desk = now.call_backs
    lines += row(
        say("after.escalated"), number(desk.escalated), say("after.so_many", tries=say.counted("try", desk.tries))
    )
    for name in ("handled", "unreachable", "in_hand", "waiting"):
        lines += row(say(f"after.desk_{name}"), number(getattr(desk, name)), indent=1)
    return lines + _ledger(now, say)


def _ledger(now: SoFar, say: Texts) -> list[str]:
    ledger = now.ledger
    if ledger is None:
        return []
    lines = row(say("after.items"), number(ledger.items))
    for name in ("screened_out", "with_clerks", "on_the_way", "suggestions", "settled"):
        if count := getattr(ledger, name):
            lines += row(say(f"after.{name}"), number(count), indent=1)
    for name, count in ledger.open.items():
        if count:
            lines += row(say("after.open", name=plain(name)), number(count), indent=1)
    if ledger.overdue:
        lines += row(say("after.overdue"), number(ledger.overdue), indent=1)
    return lines


def _due(after: After, say: Texts) -> str:
    names = ("due_now", "due_today", "due_later")
    counts_of = {name: getattr(after.so_far, name) for name in names}
    return say.listed([say(f"after.{name}", n=number(count)) for name, count in counts_of.items() if count])


def _rows(after: After, say: Texts) -> str:
    log = after.log
    left = {"unmatched": log.unmatched, "earlier": log.earlier, "later": after.later, "further": log.further}
    said = [say(f"after.{name}", n=number(count)) for name, count in left.items() if count]
    return say("after.left_out", rows=say.listed(said)) if said else ""


def forecast_section(found: Findings) -> list[str]:
    """Each figure by the plan and after the log, with the interval of a run; what another plan would do from now on."""
    after, say = found.after, found.say
    if after is None:
        return []
    changes = after.changes(found.study if after.unchanged is None else after.unchanged)
    least = prediction_needs(SHARE)
    few = changes["finish"].after.n < least
    note = say("after.brackets_need", n=least) if few else say("after.brackets", share=say.whole_share(SHARE))
    lines = heading(say("after.forecast"), note)
    lines += _said(say("after.by_plan"), _date(found, changes["finish"].before))
    lines += _said(say("after.by_log"), _date(found, changes["finish"].after))
    lines += _said(say("after.moved_by"), change_of_finish(changes["finish"].moved, say))
    if after.unchanged is not None:
        other = after.changes(found.study, after.unchanged)["finish"]
        named = say("after.changed") if found.plan is None else say("after.with_plan", plan=plain(found.plan))
        lines += _said(named, _date(found, other.after))
        lines += _said(say("after.that_is"), change_of_finish(other.moved, say))
        changes = after.changes(found.study)
    for name in _FIGURES:
        change = changes[name]
        if change.after.mean is not None or change.before.mean is not None:
            write = _writer(found, name, change)
            lines += _said(say(f"after.{name}"), f"{write(change.before)} → {write(change.after)}")
    return lines


def _said(label: str, text: str) -> list[str]:
    return said(label, text, label_width=33)


def _date(found: Findings, one: Estimate) -> str:
    say = found.say
    if one.mean is None:
        return say("after.beyond") if one.n else UNDEFINED
    at = say.moment(found.date(one.mean))
    if one.low is None:
        return at
    if one.high is None:
        return say("when.or_later", at=at, low=say.moment(found.date(one.low)))
    return say("when.span", at=at, span=say.span(found.date(one.low), found.date(one.high)))


def _writer(found: Findings, name: str, change: Change) -> Any:
    say = found.say
    if name == "dialling_finish":
        return lambda one: UNDEFINED if one.mean is None else say.moment(found.date(one.mean))
    plain_number = counts(min(fitting(change.before), fitting(change.after), 1))
    write = {"called_back_in_time": say.share, "cost": say.money}.get(name, plain_number)
    ends = {"called_back_in_time": bare_share}.get(name, write)

    def text(one: Estimate) -> str:
        if one.mean is None:
            return UNDEFINED
        if one.low is None or one.high is None:
            return str(write(one.mean))
        return say.sentences([write(one.mean), say("said.interval", ends=say.between(ends(one.low), ends(one.high)))])

    return text


def log_warnings(found: Findings) -> list[str]:
    """What the log leaves open, and what is taken in its place."""
    after = found.after
    if after is None:
        return []
    tells, log = words(after.log), after.log
    said = [*log.warnings, *(found.uncertain.doubts if found.uncertain else ())]
    if log.unmatched:
        said.append(f"the log: {counted(log.unmatched, 'call is', 'calls are')} to nobody on the register: not counted")
    if log.earlier:
        calls = counted(log.earlier, "call begins", "calls begin")
        said.append(
            f"the log: {calls} before the campaign's first day: not counted; if it began then, set calendar.start"
        )
    if log.unexplained:
        said.append(
            f"the log does not say why {counted(log.unexplained, 'call')} went unanswered: they are taken for no "
            "answer, so numbers out of service among them are called again"
        )
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
            "earlier": after.log.earlier,
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
