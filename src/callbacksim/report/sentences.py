"""What the figures say, in sentences: the verdict, what binds, what another plan would change, how far to trust it."""

from __future__ import annotations

import math

from callbacksim.report.findings import Findings, ProbeEffect
from callbacksim.report.words import (
    UNDEFINED,
    Writer,
    bare_share,
    full_moment,
    interval,
    lasting,
    listed,
    moment,
    number,
    percent,
    share,
)
from callbacksim.study.estimates import Estimate

TOO_WIDE = 0.3
"""An interval of a share wider than this tells a reader nothing, even where the promised level lies within it."""
WORTH_WAITING = 1 / 60
"""Hours: a finish that is earlier by less binds nothing, however sure it is."""
WORTH_SAYING = 0.0005
"""A share of the calling hours below this is printed as 0.0 %."""


def verdict(found: Findings) -> str:
    """The whole campaign in one paragraph."""
    if found.ledger_alone:
        return _of_the_ledger(found)
    sentences = (_finished(found), _promise(found), _reached(found), _satisfied(found))
    return " ".join(sentence for sentence in sentences if sentence)


def _of_the_ledger(found: Findings) -> str:
    resolved, done = found.known("resolved_share"), found.half_by("ledger_finish").mean
    satisfied = found.known("look_back_satisfied_share")
    sentences = ["Nobody is called: the ledger by itself."]
    if resolved is None or resolved.mean is None:
        return f"{sentences[0]} No case reaches its department."
    sentences += [f"{share(resolved.mean)} of the cases that reach their departments are resolved."]
    if satisfied is not None and satisfied.mean is not None:
        sentences += [f"{share(satisfied.mean)} of those reached by the last look-back call are satisfied."]
    if done is None:
        horizon = full_moment(found.times.datetime(found.times.horizon))
        late = found.unreached("ledger_finish")
        return " ".join([*sentences, f"Not all is done by the horizon, {horizon}, in {late} of {_runs(found)}."])
    half = "half of the runs" if found.runs > 1 else "the one run there is"
    return " ".join([*sentences, f"All is done by {full_moment(found.date(done))} in {half}."])


def _promise(found: Findings) -> str:
    promised, kept = found.scenario.targets.finish_by, found.known("finish_by_target")
    if promised is None or kept is None or kept.mean is None:
        return ""
    if found.runs == 1:
        return f"The promised date, {moment(promised)}, is {'kept' if kept.mean else 'missed'} in that run."
    return f"By the promised date, {moment(promised)}, they are with probability {probability(kept)}."


def _finished(found: Findings) -> str:
    what = "Calls" if found.manual else "Calls and call-backs"
    half, late = found.estimate("finish_median").mean, found.estimate("finish_p95").mean
    if half is None:
        horizon = full_moment(found.times.datetime(found.times.horizon))
        return f"{what} are not finished by the horizon, {horizon}, in {found.unfinished_runs} of {_runs(found)}."
    if found.runs == 1:
        return f"{what} are finished by {full_moment(found.date(half))} in the one run there is."
    first = f"{what} are finished by {full_moment(found.date(half))} in half of the runs"
    if late is None:
        return f"{first}, but in {found.unfinished_runs} of {_runs(found)} not by the horizon."
    return f"{first}, by {moment(found.date(late))} in 95 %."


def _runs(found: Findings) -> str:
    return f"{found.runs:,} run{'s' * (found.runs > 1)}"


def _reached(found: Findings) -> str:
    interviews, contacts = found.estimate("interviews").mean, found.funnel["contacts"].mean
    part = found.estimate("interview_share").mean
    if interviews is None or part is None:
        return ""
    return f"{number(interviews)} of {number(contacts)} contacts ({share(part)}) are interviewed."


def _satisfied(found: Findings) -> str:
    survey, truth = found.estimate("satisfied").mean, found.estimate("true_satisfied_businesses").mean
    if survey is None:
        return "Nobody answers the question of satisfaction."
    if truth is None:
        return f"{share(survey)} are found satisfied."
    return f"{share(survey)} are found satisfied; the truth is {share(truth)}."


def precise(found: Findings) -> str:
    """How far the replications went for the precision that was asked for; empty where none was."""
    precision = found.precision
    if precision is None:
        return ""
    name, widest = precision.widest
    wanted = percent(precision.wanted)
    if precision.reached:
        return f"{_runs(found)} make every mean precise to {wanted} ({listed(list(precision.relative))})."
    end = f"The cap of {precision.most:,} runs" if found.wanted is None else "The interrupt"
    if math.isnan(widest):
        return f"{end} came first: {name} has no mean that could be precise to {wanted}."
    reached = f"its half-width is {percent(widest)} of it" if math.isfinite(widest) else "its mean is 0"
    return f"{end} came before a precision of {wanted}: {name} is the widest, {reached}."


def trust(found: Findings) -> str:
    """Whether the margin that the survey would print can be believed."""
    holds, margin = found.estimate("claim_holds"), found.estimate("claimed_margin").mean
    if margin is None:
        return "The survey has no margin to print."
    if holds.mean is None or holds.low is None or holds.high is None:
        return f"The survey would print ± {number(margin, 1)} points; what is true is not known of scripted answers."
    level = found.scenario.study.confidence
    said = f"in {number(100 * holds.mean)} % of the runs ({bare_whole(holds.low)}–{bare_whole(holds.high)})"
    margin_text = f"The survey would print ± {number(margin, 1)} points"
    if found.runs == 1:
        return f"{margin_text}; whether the truth lies within it cannot be said from one run."
    if holds.high < level:
        return f"{margin_text}, and be wrong: the truth lies within it {said}, not in {percent(level)}."
    if holds.low > level:
        return f"{margin_text}; the truth lies within it {said}: wider than it need be."
    if holds.high - holds.low > TOO_WIDE:
        unsure = f"whether that is the promised {percent(level)} cannot be told from so few runs"
        return f"{margin_text}; the truth lies within it {said}: {unsure}."
    return f"{margin_text}; the truth lies within it {said}, as {percent(level)} promises or near it."


def main_error(found: Findings) -> str:
    """Where most of the survey's error comes from, if it is an assumption's doing; empty if it is not.

    An error that every run repeats must be larger than what chance does to a typical one.
    """
    of = {name: found.estimate(name) for name in ("recognition_error", "nonresponse_error", "shared_number_error")}
    sizes = {name: abs(one.mean) for name, one in of.items() if one.mean is not None}
    sizes["sampling_error"] = found.estimate("sampling_error_size").mean or 0.0
    first = max(sizes, key=lambda name: sizes[name])
    if first not in of or not clear(of[first]):
        return ""
    part = "Most" if sizes[first] > sum(sizes.values()) / 2 else "The largest part"
    if first == "recognition_error":
        misheard = percent(found.scenario.recognition.misheard)
        return f"{part} of the error is mishearing (recognition.misheard = {misheard}, an assumption)."
    if first == "nonresponse_error":
        seldom = found.scenario.answering.seldom
        why = f"answering.seldom = {percent(seldom)}, an assumption" if seldom else "segments answer differently"
        return f"{part} of the error is who answers ({why})."
    return ""


def bare_whole(value: float) -> str:
    """A share in whole per cent without the sign."""
    return number(100 * value)


def binds(found: Findings) -> str:
    """What holds the campaign up: where the calling hours go, what ends last, and what would change the finish."""
    hours = _calling_hours(found)
    if not found.manual and not found.scenario.robot.lines:
        return "There is no line, so nobody is called."
    if not hours:
        return "Nobody is called, so nothing binds."
    return " ".join(text for text in (hours, _last_to_end(found), _what_helps(found)) if text)


def _shares(found: Findings) -> dict[str, Estimate]:
    """What the calling hours are spent on, the largest share first."""
    pace = () if found.manual else ("bound_by_pace",)
    names = ("bound_by_lines", *pace, "bound_by_gaps", "bound_by_engaged")
    shares = {name: one for name in names if (one := found.known(name)) is not None}
    engaged = shares.get("bound_by_engaged")
    if engaged is not None and (engaged.mean or 0.0) <= WORTH_SAYING:
        del shares["bound_by_engaged"]
    return dict(sorted(shares.items(), key=lambda pair: -(pair[1].mean or 0.0)))


def _calling_hours(found: Findings) -> str:
    """Facts, no more: busy lines are no reason to rent others where the call-backs end last."""
    words = {
        "bound_by_lines": f"all {'people' if found.manual else 'lines'} are busy",
        "bound_by_pace": "calls wait for the pace (calls_per_second)",
        "bound_by_gaps": "nobody is due (retry gaps, other slot)",
        "bound_by_engaged": "whoever is due has a number that is in a call",
    }
    shares = _shares(found)
    parts = [f"{words[name]} {share(one.mean or 0.0)}{interval_of(one)}" for name, one in shares.items()]
    return f"Of the calling hours, {'; '.join(parts)}." if parts else ""


def _last_to_end(found: Findings) -> str:
    """What the finish waits for, in how many of the runs that finished."""
    parts = {
        "last call-backs": found.ended_by("finish_by_people"),
        "last recordings": found.ended_by("finish_by_listeners"),
    }
    shares = {what: part.mean for what, part in parts.items() if part.mean}
    n = parts["last call-backs"].n
    if found.manual or not n:
        return ""
    if not shares or max(shares.values()) == 1:
        what = next(iter(shares), "robot calls")
        return f"The finish waits for the {what}{' in every run' if n > 1 else ''}."
    of = "the runs" if n == found.runs else f"the {n:,} runs that finished"
    said = " and ".join(f"for the {what} in {number(100 * part)} %" for what, part in shares.items())
    return f"The finish waits {said} of {of}{', else for robot calls' if sum(shares.values()) < 1 else ''}."


def _what_helps(found: Findings) -> str:
    """What binds is what would finish earlier if there were more of it: the same people with more lines, or people."""
    lines, person = _effect(found, "robot.lines", "more"), _effect(found, "agents.count", "more")
    if lines is None or person is None:
        return ""
    if lines.finish.mean is None or person.finish.mean is None:
        return "What would finish it earlier cannot be said: some runs end at the horizon."
    ears = _effect(found, "listeners.count", "more")
    if ears is not None and _earlier(ears.finish):
        return f"Listeners bind: {ears.probe.what} would {change_of_finish(ears.finish)}."
    more, one = (f"{effect.probe.what} would {change_of_finish(effect.finish)}" for effect in (lines, person))
    if _earlier(lines.finish):
        return f"Lines bind: {more}{f'; {one}' if _earlier(person.finish) else ''}."
    if _earlier(person.finish):
        return f"People bind: {one}; {lines.probe.what} would not{_clearly(lines)}."
    pace = next(iter(_shares(found)), "") == "bound_by_pace"
    clearly = _clearly(lines) or _clearly(person)
    neither = f"{lines.probe.what.removesuffix(' more')} nor one person more would{clearly} finish it earlier"
    fewer = _effect(found, "robot.lines", "fewer")
    if fewer is None or fewer.finish.mean is None or clear(fewer.finish):
        waits = "the pace (calls_per_second)" if pace else "retry gaps and windows"
        delayed = fewer is not None and (fewer.finish.mean or 0.0) > 0
        delay = f"; {fewer.probe.what} {_verb(fewer, 'delay')} it" if fewer is not None and delayed else ""
        return f"Neither {neither}: what remains is waiting for {waits}{delay}."
    nothing = "nothing" if is_zero(fewer.finish) else f"nothing that {_runs_of(fewer.finish)} can show"
    changes = f"{fewer.probe.what} {_verb(fewer, 'change')} {nothing}"
    if (found.ended_by("finish_by_people").mean or 0.0) > 0.5:
        return f"Not lines: {changes}; the call-backs end last, yet neither {neither}."
    binding = "The pace" if pace else "Retry gaps"
    return f"{binding}, not lines: {changes}; neither {neither}."


def _effect(found: Findings, field: str, way: str) -> ProbeEffect | None:
    """The what-if that changes this field this way."""
    return next(
        (one for one in found.effects if one.probe.overrides.startswith(f"{field}=") and one.probe.what.endswith(way)),
        None,
    )


def _verb(effect: ProbeEffect, verb: str) -> str:
    return f"{verb}s" if effect.probe.what.startswith("1 ") else verb


def _earlier(change: Estimate) -> bool:
    return clear(change) and (change.mean or 0.0) < -WORTH_WAITING


def _clearly(effect: ProbeEffect) -> str:
    """`` clearly`` where these runs rule out neither gain nor loss, `` noticeably`` where a gain is tiny."""
    if is_zero(effect.finish):
        return ""
    if not clear(effect.finish):
        return " clearly"
    return " noticeably" if (effect.finish.mean or 0.0) < 0 else ""


def clear(change: Estimate) -> bool:
    """Whether a difference has a direction: beyond chance, or seen in the one run there is."""
    if change.mean is None or is_zero(change):
        return False
    return change.n == 1 or change.excludes(0)


def interval_of(estimate: Estimate) -> str:
    """The interval of a share with a blank before it, or nothing."""
    text = interval(estimate, bare_share)
    return f" {text}" if text else ""


NO_CHANGE = "no clear difference"


def what_if(effect: ProbeEffect) -> str:
    """``finish 20.1 h later (17.0–23.2)``, and what becomes of the call-backs in time."""
    finish = change_of_finish(effect.finish)
    in_time = change_in_time(effect.in_time)
    if in_time is None:
        return finish
    return f"{'finish much the same' if finish == NO_CHANGE else finish}; {in_time}"


def _runs_of(change: Estimate) -> str:
    return f"{change.n} runs" if change.n > 1 else "one run"


def change_of_finish(change: Estimate) -> str:
    """``finish 20.1 h later (17.0–23.2)``, or that no difference is clear."""
    if change.mean is None:
        return "cannot be said: some runs end at the horizon"
    write, unit = lasting(change)
    if not clear(change):
        return NO_CHANGE
    way = "later" if change.mean > 0 else "earlier"
    return f"finish {write(abs(change.mean))} {unit} {way} {sizes(change, write)}"


def change_in_time(change: Estimate) -> str | None:
    """``12 points fewer called back in time (4–20)``; None where no difference is clear."""
    if change.mean is None or not clear(change):
        return None
    way = "more" if change.mean > 0 else "fewer"
    ends = sizes(change, lambda x: number(100 * x))
    return f"{number(100 * abs(change.mean))} points {way} called back in time {ends}"


def is_zero(change: Estimate) -> bool:
    """Whether every run shows exactly no difference."""
    return change.mean == 0 and change.low in (0, None) and change.high in (0, None)


def sizes(change: Estimate, write: Writer) -> str:
    """The ends of a difference whose direction has been said: sizes, the smaller first."""
    if change.low is None or change.high is None:
        return "(one run: no interval)"
    if change.low == change.high:
        return "(in every run)"
    low, high = sorted((abs(change.low), abs(change.high)))
    return f"({write(low)}–{write(high)})"


def probability(estimate: Estimate) -> str:
    """``0.93 (0.90–0.95)``: two decimals, more for what is neither 0 nor 1 and would be written so."""
    if estimate.mean is None:
        return UNDEFINED
    ends = "" if estimate.low is None or estimate.high is None else f" ({_near(estimate.low)}–{_near(estimate.high)})"
    return f"{_near(estimate.mean)}{ends}"


def _near(value: float) -> str:
    decimals = next((n for n in (2, 3) if value in (0, 1) or 0 < round(value, n) < 1), 4)
    return number(value, decimals)
