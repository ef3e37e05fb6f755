"""The screen of `run`: one plan, from the first row of the register to the last case, for a planner."""

from __future__ import annotations

from callbacksim.report.after import forecast_section, log_sentence, log_warnings, moved_sentence, so_far_section
from callbacksim.report.findings import Findings, at_work
from callbacksim.report.funnel import stages
from callbacksim.report.ignorance import sure_section, sure_sentence
from callbacksim.report.layout import heading, paragraph, row, said, titled
from callbacksim.report.promises import targets_section
from callbacksim.report.sentences import binds, cut_short, main_error, precise, probability, trust, verdict, what_if
from callbacksim.report.texts import Texts
from callbacksim.report.words import UNDEFINED, Writer, bare_share, counts, fitting, number, plain
from callbacksim.scenario.schema import Scenario
from callbacksim.study.estimates import Estimate
from callbacksim.study.targets import verdicts


def run_screen(found: Findings) -> list[str]:
    """The lines of the screen, at most 80 cells wide; warnings apart (`warning_lines`)."""
    running = (so_far_section, forecast_section)
    parts = (_head, *running, _funnel, _when, _targets, sure_section, _satisfaction, _people_and_lines, _ledger, _cost)
    about_calls = (_satisfaction, _people_and_lines)
    return [line for part in parts if part not in about_calls or not found.ledger_alone for line in part(found)]


def warning_lines(found: Findings) -> list[str]:
    """The warnings, each begun with the word."""
    warnings = (*log_warnings(found), *found.warnings)
    return [line for warning in warnings for line in paragraph(found.say.warned(warning))]


def _head(found: Findings) -> list[str]:
    scenario, say = found.scenario, found.say
    level = say.whole_share(scenario.study.confidence)
    runs = say("screen.runs", runs=say.counted("run", found.runs), level=level)
    about = say(
        "screen.about",
        file=plain(found.file),
        plan=say.plan(found.plan, found.sets),
        who=_who(scenario, say),
        day=say.full_day(scenario.calendar.start),
        runs=runs if found.runs > 1 else say("screen.one_run"),
        seed=found.study.seed,
    )
    said_of_all = (
        cut_short(found.runs, found.wanted, say),
        verdict(found),
        moved_sentence(found),
        sure_sentence(found),
        precise(found),
    )
    return [
        *titled(plain(scenario.title) or plain(found.file)),
        *paragraph(say.sentences([about, _scripted(scenario, say), log_sentence(found)])),
        "",
        *paragraph(say.sentences(said_of_all)),
    ]


def _who(scenario: Scenario, say: Texts) -> str:
    """Who is at work: ``20 lines, 2 people for call-backs``."""
    if scenario.study.mode == "manual":
        return say.counted("calling", scenario.manual.agents)
    if scenario.study.mode == "callback":
        lines, people = say.counted("line", scenario.robot.lines), say.counted("person", scenario.agents.everybody)
        outages = len(scenario.robot.outages)
        if outages:
            lines = say("screen.lines_with", lines=lines, outages=say.counted("outage", outages))
        return say("screen.callback", lines=lines, people=people)
    clerks, departments = scenario.ledger.clerks, say.counted("department", len(scenario.ledger.departments))
    if clerks == "none":
        return departments
    return say("screen.ledger", clerks=say.counted("clerk", clerks.count), departments=departments)


def _scripted(scenario: Scenario, say: Texts) -> str:
    """What is given in tables and not drawn."""
    names = ("calls", "people", "transfers", "recordings")
    given = [say(f"screen.script_{name}") for name in names if getattr(scenario.script, name) is not None]
    return say("screen.scripted", what=say.listed(given)) if given else ""


def _funnel(found: Findings) -> list[str]:
    say = found.say
    note = say("screen.mean_of", n=number(found.runs)) if found.runs > 1 else say("screen.of_one")
    lines = heading(say("screen.reports" if found.ledger_alone else "screen.funnel"), note)
    for stage in stages(found):
        lines += row(stage.words, stage.value, stage.note, indent=stage.indent)
    return lines


def _date(found: Findings, estimate: Estimate) -> str:
    """A finish as a date, with the interval of the date."""
    say, low, high = found.say, estimate.low, estimate.high
    if estimate.mean is None:
        if found.unfinished_runs:
            earliest = "" if low is None else say("when.not_before", at=say.moment(found.date(low)))
            return say("when.not_by_horizon_in", cut=found.unfinished_runs, runs=found.runs, earliest=earliest)
        return UNDEFINED
    at = say.moment(found.date(estimate.mean))
    if low is not None and high is not None:
        if low == high and estimate.n > 1:
            return say("when.every_run", at=at)
        return say("when.span", at=at, span=say.span(found.date(low), found.date(high)))
    if low is not None:
        return say("when.or_later", at=at, low=say.moment(found.date(low)))
    return say("when.too_few", at=at) if found.runs > 1 else at


def _when(found: Findings) -> list[str]:
    say = found.say
    if found.ledger_alone:
        title = "when.looked_back" if found.ledger_has("looked_back") else "when.settled"
        return heading(say(title)) + said(say("when.all_done"), _median_date(found, "ledger_finish"))
    lines = heading(say("when.calls" if found.manual else "when.calls_and_back"))
    if found.runs > 1:
        lines += said(say("when.half"), _date(found, found.estimate("finish_median")))
        lines += said(say("when.late"), _date(found, found.estimate("finish_p95")))
        for at, estimate in found.evenings.items():
            if at != found.scenario.targets.finish_by:  # of the promised date the verdict tells
                text = say("when.evening_is", at=say.moment(at), probability=probability(estimate, say))
                lines += said(say("when.evening"), text)
    else:
        lines += said(say("when.done"), _date(found, found.estimate("finish_median")))
    if not found.manual:
        lines += said(say("when.calls_alone"), _median_date(found, "dialling_finish"))
    settled = "when.last_look_back" if found.ledger_has("looked_back") else "when.last_case"
    return lines + said(say(settled), _median_date(found, "ledger_finish"))


def _targets(found: Findings) -> list[str]:
    return targets_section(verdicts(found.study), found.say)


def _median_date(found: Findings, name: str) -> str:
    """The date by which half of the runs have come so far: a mean of dates may fall into a night."""
    estimate, late, say = found.half_by(name), found.unreached(name), found.say
    if not estimate.n:
        return say("when.no_cases")
    missed = say("when.missed_in", late=late, n=estimate.n)
    if estimate.mean is None:
        return missed if found.runs > 1 else say("when.missed")
    at = _date(found, estimate)
    if found.runs == 1:
        return at
    return say("when.median_missed", at=at, missed=missed) if late else say("when.median", at=at)


def _satisfaction(found: Findings) -> list[str]:
    answers, satisfied, say = found.estimate("respondents"), found.estimate("satisfied"), found.say
    lines = heading(say("trust.heading"))
    lines += row(say("trust.satisfied"), *_share(satisfied, say))
    lines += row(say("trust.truth"), *_share(found.estimate("true_satisfied_businesses"), say))
    lines += row(say("trust.answers"), *_two(answers, say))
    if satisfied.mean is None:
        return lines
    if found.estimate("error").mean is None:  # the answers are a log's, and know nothing of the truth that is drawn
        return [*lines, *paragraph(trust(found), indent=2)]
    lines += row(say("trust.error"), *_points(found.estimate("error"), say))
    for name in ("sampling_error", "nonresponse_error", "recognition_error", "shared_number_error"):
        value, note = _points(found.estimate(name), say)
        size = found.estimate("sampling_error_size").mean
        if name == "sampling_error" and size is not None and found.runs > 1:
            note = say("trust.typical", note=note, size=number(size, 1))
        lines += row(say(f"trust.{name}"), value, note, indent=1)
    return [*lines, *paragraph(say.sentences([trust(found), main_error(found)]), indent=2)]


def _points(estimate: Estimate, say: Texts) -> tuple[str, str]:
    value, note = _two(estimate, say, say.points)
    return value, say.sentences([say("screen.points"), note])


def _share(estimate: Estimate, say: Texts) -> tuple[str, str]:
    return _two(estimate, say, say.share, bare_share)


def _two(estimate: Estimate, say: Texts, write: Writer | None = None, bare: Writer | None = None) -> tuple[str, str]:
    """A figure for the number's column and its interval for the note."""
    write = write or counts(fitting(estimate))
    if estimate.mean is None:
        return UNDEFINED, ""
    return write(estimate.mean), say.bounds(estimate, bare or write)


def _people_and_lines(found: Findings) -> list[str]:
    agents, say = found.scenario.agents, found.say
    lines = heading(say("work.heading"))
    busy = "work.caller_occupancy" if found.manual else "work.line_occupancy"
    lines += row(say(busy), *_share(found.estimate("line_occupancy"), say))
    if not found.manual:
        lines += row(say("work.agent_occupancy"), *_share(found.estimate("agent_occupancy"), say))
        lines += _transfers(found)
        value, note = _share(found.estimate("called_back_in_time"), say)
        within = say("work.first_tried", minutes=f"{agents.within_minutes:g}")
        if found.known("transfers") is not None:
            within = say("work.of_called_back", within=within)
        lines += row(say("work.in_time"), value, say.beside(note, within))
        lines += row(say("work.wait"), *_two(found.estimate("wait_mean"), say))
        value, note = _two(found.estimate("people_at_work"), say)
        roster = say("work.roster", people=at_work(found.times.people, say))
        lines += row(say("work.needed"), value, say.beside(note, roster))
        value, note = _two(found.estimate("people_employed"), say)
        shares = {"busy": say.whole_share(agents.most_busy), "away": say.whole_share(agents.shrinkage)}
        lines += row(say("work.employ"), value, say.beside(note, say("work.busy", **shares)))
        lines += _listening(found)
    lines += paragraph(binds(found), indent=2)
    for effect in found.effects:
        lines += said(say("work.what_if", what=say.what_if(effect.probe.what)), what_if(effect, say))
    return lines


def _transfers(found: Findings) -> list[str]:
    """Callers handed over during the call, if that is asked for."""
    if found.known("transfers") is None:
        return []
    say = found.say
    within = say("work.seconds", seconds=f"{found.scenario.agents.transfer.within_seconds:g}")
    value, note = _share(found.estimate("transferred_in_time"), say)
    return [
        *row(say("work.transfers"), *_two(found.estimate("transfers"), say)),
        *row(say("work.abandoned"), *_share(found.estimate("abandoned_share"), say), indent=1),
        *row(say("work.taken_over"), value, say.beside(note, within), indent=1),
    ]


def _listening(found: Findings) -> list[str]:
    """People who listen to recordings, if there are any."""
    if found.known("recordings") is None:
        return []
    say = found.say
    value, note = _two(found.estimate("recordings"), say)
    listeners = say.counted("listener", found.scenario.listeners.count)
    return [
        *row(say("work.recordings"), value, say.beside(note, listeners)),
        *row(say("work.found_on"), *_two(found.estimate("found_on_recordings"), say), indent=1),
        *row(say("work.listener_occupancy"), *_share(found.estimate("listener_occupancy"), say), indent=1),
    ]


def _ledger(found: Findings) -> list[str]:
    say = found.say
    lines = heading(say("cases.heading"))
    if not (found.funnel["forwarded"].mean or 0):
        return [*lines, f"  {say('cases.nothing')}"]
    for name in ("response_share", "resolved_share", "look_back_satisfied_share", "on_time_share"):
        if found.ledger_has(name):
            lines += row(say(f"cases.{name}"), *_share(found.estimate(name), say))
    for name in (
        "overdue", "case_days", "looked_back", "reopened", "open_to_5_days", "open_5_to_15_days", "open_over_15_days",
    ):  # fmt: skip
        if name in ("overdue", "case_days") or found.ledger_has(name):
            lines += row(say(f"cases.{name}"), *_two(found.estimate(name), say, counts(1)))
    return lines + _clerks(found)


def _clerks(found: Findings) -> list[str]:
    clerks, say = found.scenario.ledger.clerks, found.say
    if clerks == "none":
        return []
    lines = row(say("cases.clerk_occupancy"), *_share(found.estimate("clerk_occupancy"), say))
    value, note = _two(found.estimate("clerk_hours"), say)
    lines += row(say("cases.clerk_hours"), value, say.beside(note, say.counted("clerk", clerks.count)))
    return lines + row(say("cases.clerk_wait"), *_two(found.estimate("clerk_wait"), say))


def cut_off(found: Findings) -> str:
    """What must be said of costs that go on after the last moment that was simulated."""
    if not found.unfinished_runs:
        return ""
    key = "spent.horizon" if found.runs > 1 else "spent.horizon_one"
    return found.say(key, cut=found.unfinished_runs, runs=found.runs)


def _cost(found: Findings) -> list[str]:
    say = found.say
    lines = heading(say("spent.heading"), cut_off(found))
    if found.ledger_alone:
        if not found.ledger_has("clerk_cost"):
            return [*lines, f"  {say('spent.nobody')}"]
        return lines + row(say("spent.clerk_cost"), *_two(found.estimate("clerk_cost"), say, say.money))
    for name in (
        "robot_cost", "line_cost", "agent_cost", "overtime_cost", "listener_cost", "clerk_cost", "cost",
        "cost_per_interview",
    ):  # fmt: skip
        if _spent(found, name):
            lines += row(say(f"spent.{name}"), *_two(found.estimate(name), say, say.money))
    if found.known("manual_hours") is not None and found.estimate("interviews").mean:
        runs = found.estimate("manual_hours").n
        text = say(
            "spent.by_hand",
            hours=say.measured(found.estimate("manual_hours"), counts(0), unit="hours"),
            cost=say.measured(found.estimate("manual_cost"), say.money),
            saved=say.measured(found.estimate("hours_saved"), counts(0), unit="hours"),
            of=say("spent.of_first", n=runs) if found.runs > runs else "",
        )
        lines += paragraph(text, indent=2)
    return lines


def _spent(found: Findings, name: str) -> bool:
    """Whether a cost is to be shown: that of listeners and clerks only where there are any."""
    if name == "listener_cost":
        return found.known(name) is not None
    return name != "clerk_cost" or found.ledger_has(name)
