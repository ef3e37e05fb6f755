"""What the figures say, in sentences: the verdict, what binds, what another plan would change, how far to trust it."""

from __future__ import annotations

from callbacksim.report.findings import Findings, ProbeEffect
from callbacksim.report.words import (
    Writer,
    bare_share,
    figure,
    full_moment,
    interval,
    lasting,
    moment,
    number,
    percent,
    share,
)
from callbacksim.study.estimates import Estimate


def verdict(found: Findings) -> str:
    """The whole campaign in one paragraph."""
    return f"{_finished(found)} {_reached(found)} {_satisfied(found)}".strip()


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
    if survey is None or truth is None:
        return "Nobody answers the question of satisfaction."
    return f"{share(survey)} are found satisfied; the truth is {share(truth)}."


def trust(found: Findings) -> str:
    """Whether the margin that the survey would print can be believed."""
    holds, margin = found.estimate("claim_holds"), found.estimate("claimed_margin").mean
    if holds.mean is None or margin is None or holds.low is None or holds.high is None:
        return "The survey has no margin to print."
    level = found.scenario.study.confidence
    said = f"in {number(100 * holds.mean)} % of the runs ({bare_whole(holds.low)}–{bare_whole(holds.high)})"
    margin_text = f"The survey would print ± {number(margin, 1)} points"
    if found.runs == 1:
        return f"{margin_text}; whether the truth lies within it cannot be said from one run."
    if holds.high < level:
        return f"{margin_text}, and be wrong: the truth lies within it {said}, not in {percent(level)}."
    if holds.low > level:
        return f"{margin_text}; the truth lies within it {said}: wider than it need be."
    return f"{margin_text}; the truth lies within it {said}, as {percent(level)} promises or near it."


def bare_whole(value: float) -> str:
    """A share in whole per cent without the sign."""
    return number(100 * value)


def binds(found: Findings) -> str:
    """What holds the calls up, in a sentence."""
    shares = {
        "lines": found.estimate("bound_by_lines"),
        "pace": found.estimate("bound_by_pace"),
        "gaps": found.estimate("bound_by_gaps"),
    }
    known = {name: one.mean for name, one in shares.items() if one.mean is not None}
    if not known:
        return "Nobody is called, so nothing binds."
    who = "people" if found.manual else "lines"
    words = {
        "lines": f"all {who} are busy",
        "pace": "calls wait for the pace (calls_per_second)",
        "gaps": "nobody is due (retry gaps, other slot)",
    }
    if found.manual:
        known.pop("pace", None)
    first = max(known, key=lambda name: known[name])
    head = {
        "lines": f"The {who} bind",
        "pace": f"The pace of the calls binds, not the {who}",
        "gaps": f"The retry gaps bind, not the {who}",
    }
    order = sorted(known, key=lambda name: -known[name])
    parts = [f"{words[name]} {bare_share(known[name])} %{interval_of(shares[name])}" for name in order]
    return f"{head[first]}: of the calling hours, {'; '.join(parts)}."


def interval_of(estimate: Estimate) -> str:
    """The interval of a share with a blank before it, or nothing."""
    text = interval(estimate, bare_share)
    return f" {text}" if text else ""


NO_CHANGE = "no clear difference"


def what_if(effect: ProbeEffect) -> str:
    """``finish 20.1 h later (17.0–23.2)``, and what becomes of the call-backs in time."""
    finish = change_of_finish(effect.finish)
    in_time = change_in_time(effect.in_time)
    if finish == NO_CHANGE and in_time is None and effect.probe.what.endswith("fewer"):
        return f"changes nothing that {_runs_of(effect.finish)} can show"
    return "; ".join(text for text in (finish, in_time) if text)


def _runs_of(change: Estimate) -> str:
    return f"{change.n} runs" if change.n > 1 else "one run"


def change_of_finish(change: Estimate) -> str:
    """``finish 20.1 h later (17.0–23.2)``, or that no difference is clear."""
    if change.mean is None:
        return "cannot be said: some runs end at the horizon"
    write, unit = lasting(change)
    if is_zero(change) or (change.n > 1 and not change.excludes(0)):
        return NO_CHANGE
    way = "later" if change.mean > 0 else "earlier"
    return f"finish {write(abs(change.mean))} {unit} {way} {sizes(change, write)}"


def change_in_time(change: Estimate) -> str | None:
    """``12 points fewer called back in time (4–20)``; None where no difference is clear."""
    if change.mean is None or is_zero(change) or (change.n > 1 and not change.excludes(0)):
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


def target(found: Findings) -> str | None:
    """``93.3 % (77.9–99.2)`` for the promised date, None where none was promised."""
    if "finish_by_target" not in found.entries:
        return None
    return figure(found.estimate("finish_by_target"), share, bare_share)
