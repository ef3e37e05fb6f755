"""What the figures say, in sentences: the verdict, what binds, what another plan would change, how far to trust it."""

from __future__ import annotations

import math

from callbacksim.report.findings import Findings, ProbeEffect
from callbacksim.report.texts import ENGLISH, Texts
from callbacksim.report.words import UNDEFINED, Writer, bare_share, number
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
    return found.say.sentences([_finished(found), _promise(found), _reached(found), _satisfied(found)])


def _of_the_ledger(found: Findings) -> str:
    resolved, done = found.known("resolved_share"), found.half_by("ledger_finish").mean
    satisfied, say = found.known("look_back_satisfied_share"), found.say
    sentences = [say("telling.ledger")]
    if resolved is None or resolved.mean is None:
        return say.sentences([*sentences, say("verdict.no_case")])
    sentences += [say("verdict.resolved", share=say.share(resolved.mean))]
    if satisfied is not None and satisfied.mean is not None:
        sentences += [say("verdict.look_back", share=say.share(satisfied.mean))]
    if done is None:
        late = found.unreached("ledger_finish")
        return say.sentences(
            [*sentences, say("telling.ledger_open", horizon=_horizon(found), cut=late, runs=_runs(found))]
        )
    key = "ledger_done" if found.runs > 1 else "ledger_done_once"
    return say.sentences([*sentences, say(f"telling.{key}", at=say.full_moment(found.date(done)))])


def _promise(found: Findings) -> str:
    promised, kept, say = found.scenario.targets.finish_by, found.known("finish_by_target"), found.say
    if promised is None or kept is None or kept.mean is None:
        return ""
    if found.runs == 1:
        return say(f"telling.{'kept' if kept.mean else 'missed'}_once", date=say.moment(promised))
    return say("telling.promise", date=say.moment(promised), probability=probability(kept, say))


def _finished(found: Findings) -> str:
    say, cut = found.say, found.unfinished_runs
    what = say("verdict.calls" if found.manual else "verdict.calls_and_back")
    half, late = found.estimate("finish_median").mean, found.estimate("finish_p95").mean
    if half is None:
        return say("telling.not_finished", what=what, horizon=_horizon(found), cut=cut, runs=_runs(found))
    at = say.full_moment(found.date(half))
    if found.runs == 1:
        return say("verdict.finished_once", what=what, when=at)
    if late is None:
        return say("telling.half_finished", what=what, half=at, cut=cut, runs=_runs(found))
    return say("telling.finished", what=what, half=at, late=say.moment(found.date(late)))


def _horizon(found: Findings) -> str:
    return found.say.full_moment(found.times.datetime(found.times.horizon))


def _runs(found: Findings) -> str:
    return found.say.counted("run", found.runs)


def _reached(found: Findings) -> str:
    interviews, contacts = found.estimate("interviews").mean, found.funnel["contacts"].mean
    part, say = found.estimate("interview_share").mean, found.say
    if interviews is None or part is None:
        return ""
    return say("telling.reached", interviews=number(interviews), contacts=number(contacts), share=say.share(part))


def _satisfied(found: Findings) -> str:
    survey, truth = found.estimate("satisfied").mean, found.estimate("true_satisfied_businesses").mean
    say = found.say
    if survey is None:
        return say("verdict.nobody_heard")
    if truth is None:
        return say("verdict.found_satisfied", found=say.share(survey))
    return say("verdict.satisfied", found=say.share(survey), truth=say.share(truth))


def precise(found: Findings) -> str:
    """How far the replications went for the precision that was asked for; empty where none was."""
    precision, say = found.precision, found.say
    if precision is None:
        return ""
    wanted, limits = say.whole_share(precision.wanted), precision.open
    names = [one for one in precision.relative if one not in precision.without]
    told = {"runs": _runs(found), "wanted": wanted, "names": say.listed([_named(one, say) for one in names])}
    said = []
    if limits:
        (name, widest), *_ = limits.items()
        end = say("telling.cap", n=number(precision.most)) if found.wanted is None else say("telling.interrupt")
        reached = (
            say("telling.half_width", share=say.whole_share(float(f"{widest:.2g}")))
            if math.isfinite(widest)
            else say("telling.mean_zero")
        )
        said.append(say("telling.not_precise", end=end, wanted=wanted, name=_named(name, say), reached=reached))
    elif names and found.wanted is None:
        said.append(say("telling.precise" if precision.reached else "telling.others_precise", **told))
    if precision.without:
        without = say.listed([_named(one, say) for one in precision.without])
        said.append(say("telling.no_mean", names=without, wanted=wanted))
    return say.sentences(said)


def _named(figure: str, say: Texts) -> str:
    return say.figure(figure) if say.chinese else figure


def trust(found: Findings) -> str:
    """Whether the margin that the survey would print can be believed."""
    holds, margin, say = found.estimate("claim_holds"), found.estimate("claimed_margin").mean, found.say
    if margin is None:
        return say("survey.no_margin")
    printed = say("trust.margin", margin=number(margin, 1))
    if holds.mean is None or holds.low is None or holds.high is None:
        return say("trust.scripted", margin=printed)
    if found.runs == 1:
        return say("trust.one_run", margin=printed)
    share, low, high = map(bare_whole, (holds.mean, holds.low, holds.high))
    said = {"margin": printed, "within": say("trust.within", share=share, low=low, high=high)}
    level = found.scenario.study.confidence
    if holds.high < level:
        return say("trust.wrong", **said, level=say.whole_share(level))
    if holds.low > level:
        return say("trust.wide", **said)
    key = "unsure" if holds.high - holds.low > TOO_WIDE else "holds"
    return say(f"trust.{key}", **said, level=say.whole_share(level))


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
    say, scenario = found.say, found.scenario
    part = say("trust.most" if sizes[first] > sum(sizes.values()) / 2 else "trust.largest")
    if first == "recognition_error":
        return say("trust.misheard", part=part, share=say.whole_share(scenario.recognition.misheard))
    if first == "nonresponse_error":
        if scenario.answering.seldom:
            return say("trust.seldom", part=part, share=say.whole_share(scenario.answering.seldom))
        return say("trust.segments", part=part)
    return ""


def bare_whole(value: float) -> str:
    """A share in whole per cent without the sign."""
    return number(100 * value)


def binds(found: Findings) -> str:
    """What holds the campaign up: where the calling hours go, what ends last, and what would change the finish."""
    hours = _calling_hours(found)
    if not found.manual and not found.scenario.robot.lines:
        return found.say("binds.no_line")
    if not hours:
        return found.say("binds.nobody")
    return found.say.sentences([hours, _last_to_end(found), _what_helps(found)])


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
    say, parts = found.say, []
    for name, one in _shares(found).items():
        what = say("binds.bound_by_people" if found.manual and name == "bound_by_lines" else f"binds.{name}")
        parts.append(say("binds.part", what=what, share=say.share(one.mean or 0.0), interval=interval_of(one, say)))
    return say("binds.hours", parts=say.parts(parts)) if parts else ""


def _last_to_end(found: Findings) -> str:
    """What the finish waits for, in how many of the runs that finished."""
    parts = {
        "last_people": found.ended_by("finish_by_people"),
        "last_listeners": found.ended_by("finish_by_listeners"),
    }
    shares = {what: part.mean for what, part in parts.items() if part.mean}
    n, say = parts["last_people"].n, found.say
    if found.manual or not n:
        return ""
    if not shares or max(shares.values()) == 1:
        what = say(f"binds.{next(iter(shares), 'last_calls')}")
        return say("binds.waits_always" if n > 1 else "binds.waits", what=what)
    said = say.listed(
        [say("binds.waits_in", what=say(f"binds.{what}"), share=bare_whole(part)) for what, part in shares.items()]
    )
    other = say("binds.else_calls") if sum(shares.values()) < 1 else ""
    if n == found.runs:
        return say("binds.waits_of", parts=said, other=other)
    return say("binds.waits_of_finished", parts=said, n=number(n), other=other)


def _what_helps(found: Findings) -> str:
    """What binds is what would finish earlier if there were more of it: the same people with more lines, or people."""
    lines, person, say = _effect(found, "robot.lines", "more"), _effect(found, "agents.count", "more"), found.say
    if lines is None or person is None:
        return ""
    if lines.finish.mean is None or person.finish.mean is None:
        return say("binds.cannot_say")
    ears = _effect(found, "listeners.count", "more")
    if ears is not None and _earlier(ears.finish):
        return say("binds.listeners", would=_would(ears, say))
    if _earlier(lines.finish):
        both = [lines, person] if _earlier(person.finish) else [lines]
        return say("binds.lines", would=say.parts(_would(one, say) for one in both))
    more = say.what_if(lines.probe.what)
    if _earlier(person.finish):
        return say("binds.people", would=_would(person, say), lines=more, clearly=_clearly(lines, say))
    pace = next(iter(_shares(found)), "") == "bound_by_pace"
    clearly = _clearly(lines, say) or _clearly(person, say)
    so_many = say.counted("line", int(lines.probe.what.partition(" ")[0]))
    neither = say("binds.neither", lines=so_many, clearly=clearly)
    fewer = _effect(found, "robot.lines", "fewer")
    if fewer is None or fewer.finish.mean is None or clear(fewer.finish):
        delayed = fewer is not None and (fewer.finish.mean or 0.0) > 0
        delay = _of_fewer(fewer, "delay", say) if fewer is not None and delayed else ""
        waits = say("binds.wait_pace" if pace else "binds.wait_gaps")
        return say("binds.waiting", neither=neither, waits=waits, delay=delay)
    changes = _of_fewer(fewer, "change", say)
    if (found.ended_by("finish_by_people").mean or 0.0) > 0.5:
        return say("binds.not_lines", changes=changes, neither=neither)
    return say("binds.pace_not_lines" if pace else "binds.gaps_not_lines", changes=changes, neither=neither)


def _effect(found: Findings, field: str, way: str) -> ProbeEffect | None:
    """The what-if that changes this field this way."""
    return next(
        (one for one in found.effects if one.probe.overrides.startswith(f"{field}=") and one.probe.what.endswith(way)),
        None,
    )


def _would(effect: ProbeEffect, say: Texts) -> str:
    return say("binds.would", what=say.what_if(effect.probe.what), change=change_of_finish(effect.finish, say))


def _of_fewer(effect: ProbeEffect, verb: str, say: Texts) -> str:
    """``10 lines fewer change nothing``, ``; 1 line fewer delays it``."""
    what, verb = say.what_if(effect.probe.what), f"{verb}s" if effect.probe.what.startswith("1 ") else verb
    if verb.startswith("delay"):
        return say(f"binds.{verb}", what=what)
    if is_zero(effect.finish):
        return say(f"binds.{verb}_nothing", what=what)
    n = effect.finish.n
    runs = say("binds.so_many_runs", n=n) if n > 1 else say("binds.one_run")
    return say(f"binds.{verb}_unseen", what=what, runs=runs)


def _earlier(change: Estimate) -> bool:
    return clear(change) and (change.mean or 0.0) < -WORTH_WAITING


def _clearly(effect: ProbeEffect, say: Texts) -> str:
    """`` clearly`` where these runs rule out neither gain nor loss, `` noticeably`` where a gain is tiny."""
    if is_zero(effect.finish):
        return ""
    if not clear(effect.finish):
        return say("binds.clearly")
    return say("binds.noticeably") if (effect.finish.mean or 0.0) < 0 else ""


def clear(change: Estimate) -> bool:
    """Whether a difference has a direction: beyond chance, or seen in the one run there is."""
    if change.mean is None or is_zero(change):
        return False
    return change.n == 1 or change.excludes(0)


def interval_of(estimate: Estimate, say: Texts) -> str:
    """The interval of a share with a blank before it where the language has one, or nothing."""
    text = say.bounds(estimate, bare_share)
    return f" {text}" if text and not say.chinese else text


def what_if(effect: ProbeEffect, say: Texts) -> str:
    """``finish 20.1 h later (17.0–23.2)``, and what becomes of the call-backs in time."""
    finish = change_of_finish(effect.finish, say)
    in_time = change_in_time(effect.in_time, say)
    if in_time is None:
        return finish
    same = effect.finish.mean is not None and not clear(effect.finish)
    return say.parts([say("change.finish_same") if same else finish, in_time])


def change_of_finish(change: Estimate, say: Texts) -> str:
    """``finish 20.1 h later (17.0–23.2)``, or that no difference is clear, or none that could be written."""
    if change.mean is None:
        return say("change.unknown")
    write, unit = say.lasting(change)
    if not clear(change):
        return say("change.none")
    if unwritten(change.mean, write):
        return say("change.finish_same")
    way = "later" if change.mean > 0 else "earlier"
    return say(f"change.{way}", time=write(abs(change.mean)), unit=unit, sizes=sizes(change, write, say))


def change_in_time(change: Estimate, say: Texts) -> str | None:
    """``12 points fewer called back in time (4–20)``; None where no difference is clear, or none worth a figure."""
    if change.mean is None or not clear(change) or unwritten(change.mean, bare_whole):
        return None
    way = "more" if change.mean > 0 else "fewer"
    return say(f"change.{way}", points=bare_whole(abs(change.mean)), sizes=sizes(change, bare_whole, say))


def is_zero(change: Estimate) -> bool:
    """Whether every run shows exactly no difference."""
    return change.mean == 0 and change.low in (0, None) and change.high in (0, None)


def unwritten(value: float, write: Writer) -> bool:
    """Whether a value is so small that it is written as 0."""
    return not any(digit in write(abs(value)) for digit in "123456789")


def sizes(change: Estimate, write: Writer, say: Texts = ENGLISH) -> str:
    """The ends of a difference whose direction has been said: sizes, the smaller first."""
    if change.low is None or change.high is None:
        return say("change.no_interval")
    if math.isclose(change.low, change.high, rel_tol=1e-9):  # sums of cents, in another order, differ in the last digit
        return say("said.every_run")
    low, high = sorted((abs(change.low), abs(change.high)))
    return say("said.interval", ends=say.between(write(low), write(high)))


def probability(estimate: Estimate, say: Texts = ENGLISH) -> str:
    """``0.93 (0.90–0.95)``: two decimals, more for what is neither 0 nor 1 and would be written so."""
    if estimate.mean is None:
        return UNDEFINED
    if estimate.low is None or estimate.high is None:
        return _near(estimate.mean)
    return say.sentences(
        [_near(estimate.mean), say("said.interval", ends=f"{_near(estimate.low)}–{_near(estimate.high)}")]
    )


def _near(value: float) -> str:
    decimals = next((n for n in (2, 3) if value in (0, 1) or 0 < round(value, n) < 1), 4)
    return number(value, decimals)


def cut_short(done: int, wanted: int | None, say: Texts, what: str = "replication") -> str:
    """That an interrupted study rests on fewer runs than it was to have; empty for one that ended."""
    if wanted is None:
        return ""
    if done == wanted:
        return say("progress.partial_beside", runs=say.counted(what, done))
    return say("progress.partial", done=say.number(done), runs=say.counted(what, wanted))
