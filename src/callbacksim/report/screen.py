"""The screen of `run`: one plan, from the first row of the register to the last case, for a planner."""

from __future__ import annotations

from collections.abc import Sequence

from callbacksim.report.after import forecast_section, log_sentence, log_warnings, moved_sentence, so_far_section
from callbacksim.report.findings import Findings, at_work
from callbacksim.report.funnel import stages
from callbacksim.report.ignorance import sure_section, sure_sentence
from callbacksim.report.layout import heading, paragraph, row, said, titled
from callbacksim.report.promises import targets_section
from callbacksim.report.sentences import binds, main_error, precise, probability, trust, verdict, what_if
from callbacksim.report.words import (
    UNDEFINED,
    Writer,
    bare_share,
    counted,
    counts,
    figure,
    fitting,
    full_day,
    interval,
    listed,
    moment,
    money,
    number,
    percent,
    plain,
    points,
    share,
    span,
)
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
    return [line for warning in warnings for line in paragraph(f"warning: {plain(warning)}")]


def plan_name(plan: str | None, sets: Sequence[str] = ()) -> str:
    """What a plan is called on a screen, with the overrides laid over it."""
    changed = [f"with {', '.join(map(plain, sets))}"] if sets else []
    named = [f"plan {plain(plan)}"] if plan is not None else []
    return " ".join([*named, *changed]) or "as it stands"


def _head(found: Findings) -> list[str]:
    scenario = found.scenario
    title = plain(scenario.title) or plain(found.file)
    level = percent(scenario.study.confidence)
    runs = f"{found.runs:,} runs, {level} intervals" if found.runs > 1 else "one run, so no intervals"
    who = _who(scenario)
    first = titled(title)
    first_day = full_day(scenario.calendar.start)
    given = f"{_scripted(scenario)}{log_sentence(found)}"
    said_of_all = (verdict(found), moved_sentence(found), sure_sentence(found), precise(found))
    about = f"{plain(found.file)}, {plan_name(found.plan, found.sets)}: {who}, from {first_day}."
    return [
        *first,
        *paragraph(f"{about} Simulated 仿真: {runs}, seed {found.study.seed}.{given}"),
        "",
        *paragraph(" ".join(filter(None, said_of_all))),
    ]


def _who(scenario: Scenario) -> str:
    """Who is at work: ``20 lines, 2 people for call-backs``."""
    if scenario.study.mode == "manual":
        return counted(scenario.manual.agents, "person telephones", "people telephone")
    if scenario.study.mode == "callback":
        people = counted(scenario.agents.everybody, "person", "people")
        return f"{counted(scenario.robot.lines, 'line')}{_lost(scenario)}, {people} for call-backs"
    clerks = scenario.ledger.clerks
    screened = "" if clerks == "none" else f"{counted(clerks.count, 'clerk')}, "
    return f"{screened}{counted(len(scenario.ledger.departments), 'department')}"


def _lost(scenario: Scenario) -> str:
    outages = len(scenario.robot.outages)
    return f" with {counted(outages, 'outage')}" if outages else ""


def _scripted(scenario: Scenario) -> str:
    """What is given in tables and not drawn."""
    words = {"calls": "calls", "people": "call-backs", "transfers": "transfers", "recordings": "recordings"}
    given = [words[name] for name in words if getattr(scenario.script, name) is not None]
    if not given:
        return ""
    return f" What came of {listed(given)} is given by a script 脚本: only what is not scripted varies between runs."


def _funnel(found: Findings) -> list[str]:
    note = f"mean of {found.runs:,} runs" if found.runs > 1 else "one run"
    what = "WHAT BECAME OF THE REPORTS 台账" if found.ledger_alone else "FROM THE REGISTER TO THE LEDGER 从名单到台账"
    lines = heading(what, note)
    for stage in stages(found):
        lines += row(stage.words, stage.value, stage.note, indent=stage.indent)
    return lines


def _date(found: Findings, estimate: Estimate) -> str:
    """A finish as a date, with the interval of the date."""
    if estimate.mean is None:
        if found.unfinished_runs:
            earliest = "" if estimate.low is None else f", not before {moment(found.date(estimate.low))}"
            return f"not finished by the horizon in {found.unfinished_runs} of {found.runs} runs{earliest}"
        return UNDEFINED
    text = moment(found.date(estimate.mean))
    if estimate.low is not None and estimate.high is not None:
        if estimate.low == estimate.high and estimate.n > 1:
            return f"{text} (in every run)"
        return f"{text} ({span(found.date(estimate.low), found.date(estimate.high))})"
    if estimate.low is not None:
        return f"{text} ({moment(found.date(estimate.low))} or later)"
    return f"{text} (too few runs for an interval)" if found.runs > 1 else text


def _when(found: Findings) -> list[str]:
    if found.ledger_alone:
        done = "settled and looked back on" if found.ledger_has("looked_back") else "settled"
        return heading(f"WHEN 何时办结 ({done})") + said("all done 全部办结", _median_date(found, "ledger_finish"))
    done = "calls" if found.manual else "calls and call-backs"
    lines = heading(f"WHEN 何时完成 ({done} done)")
    if found.runs > 1:
        lines += said("half of the runs by 中位", _date(found, found.estimate("finish_median")))
        lines += said("95 % of the runs by", _date(found, found.estimate("finish_p95")))
        for at, estimate in found.evenings.items():
            if at != found.scenario.targets.finish_by:  # of the promised date the verdict tells
                lines += said(
                    "end of a day's work 收工", f"{moment(at)}: done with probability {probability(estimate)}"
                )
    else:
        lines += said("done by 完成", _date(found, found.estimate("finish_median")))
    if not found.manual:
        lines += said("robot calls alone 外呼", _median_date(found, "dialling_finish"))
    settled = "settled, looked back 办结" if found.ledger_has("looked_back") else "last case settled 台账办结"
    return lines + said(settled, _median_date(found, "ledger_finish"))


def _targets(found: Findings) -> list[str]:
    return targets_section(verdicts(found.study))


def _median_date(found: Findings, name: str) -> str:
    """The date by which half of the runs have come so far: a mean of dates may fall into a night."""
    estimate, late = found.half_by(name), found.unreached(name)
    if not estimate.n:
        return "no cases"
    missed = f"not by the horizon in {late} of {estimate.n} runs"
    if estimate.mean is None:
        return missed if found.runs > 1 else "not by the horizon"
    text = _date(found, estimate)
    return f"{text}, median{f'; {missed}' if late else ''}" if found.runs > 1 else text


def _satisfaction(found: Findings) -> list[str]:
    answers, satisfied = found.estimate("respondents"), found.estimate("satisfied")
    lines = heading("SATISFACTION 满意度 (a score of 4 or 5)")
    lines += row("found by the survey 调查满意率", *_two(satisfied, share, bare_share))
    lines += row(
        "truth of the businesses 真实满意率", *_two(found.estimate("true_satisfied_businesses"), share, bare_share)
    )
    lines += row("answers to the question 有效回答", *_two(answers))
    if satisfied.mean is None:
        return lines
    if found.estimate("error").mean is None:  # the answers are a log's, and know nothing of the truth that is drawn
        return [*lines, *paragraph(trust(found), indent=2)]
    lines += row("survey minus truth 总误差", *_points(found.estimate("error")))
    for name, words in (
        ("sampling_error", "sampling 抽样误差"),
        ("nonresponse_error", "who answers 无应答误差"),
        ("recognition_error", "misheard 识别误差"),
        ("shared_number_error", "shared numbers 共号误差"),
    ):
        value, note = _points(found.estimate(name))
        size = found.estimate("sampling_error_size").mean
        if name == "sampling_error" and size is not None and found.runs > 1:
            note = f"{note}; ± {number(size, 1)} in a typical run"
        lines += row(words, value, note, indent=1)
    words = f"{trust(found)} {main_error(found)}".strip()
    return [*lines, *paragraph(words, indent=2)]


def _points(estimate: Estimate) -> tuple[str, str]:
    value, note = _two(estimate, points)
    return value, f"points {note}".rstrip()


def _two(estimate: Estimate, write: Writer | None = None, bare: Writer | None = None) -> tuple[str, str]:
    """A figure for the number's column and its interval for the note."""
    write = write or counts(fitting(estimate))
    if estimate.mean is None:
        return UNDEFINED, ""
    return write(estimate.mean), interval(estimate, bare or write)


def _people_and_lines(found: Findings) -> list[str]:
    agents = found.scenario.agents
    who = "people" if found.manual else "lines"
    lines = heading("PEOPLE AND LINES 人员与线路")
    lines += row(f"busy share of the {who} 利用率", *_two(found.estimate("line_occupancy"), share, bare_share))
    if not found.manual:
        lines += row("busy share of the people 利用率", *_two(found.estimate("agent_occupancy"), share, bare_share))
        lines += _transfers(found)
        value, note = _two(found.estimate("called_back_in_time"), share, bare_share)
        of = "of those called back, " if found.known("transfers") is not None else ""
        within = f"{of}first tried within {agents.within_minutes:g} open minutes"
        lines += row("called back in time 及时回访率", value, f"{note} {within}".strip())
        lines += row("minutes until the first call-back", *_two(found.estimate("wait_mean")))
        value, note = _two(found.estimate("people_at_work"))
        lines += row(
            "people at work needed 需在岗", value, f"{note} the roster has {at_work(found.times.people)}".strip()
        )
        value, note = _two(found.estimate("people_employed"))
        busy = f"if busy at most {percent(agents.most_busy)} and away {percent(agents.shrinkage)}"
        lines += row("people to employ for them 需配备", value, f"{note} {busy}".strip())
        lines += _listening(found)
    lines += paragraph(binds(found), indent=2)
    for effect in found.effects:
        lines += said(f"{effect.probe.what}:", what_if(effect))
    return lines


def _transfers(found: Findings) -> list[str]:
    """Callers handed over during the call, if that is asked for."""
    if found.known("transfers") is None:
        return []
    within = f"within {found.scenario.agents.transfer.within_seconds:g} s"
    value, note = _two(found.estimate("transferred_in_time"), share, bare_share)
    return [
        *row("handed over during the call 转接", *_two(found.estimate("transfers"))),
        *row("hung up before that 转接放弃", *_two(found.estimate("abandoned_share"), share, bare_share), indent=1),
        *row("taken over in time 及时接续", value, f"{note} {within}".strip(), indent=1),
    ]


def _listening(found: Findings) -> list[str]:
    """People who listen to recordings, if there are any."""
    if found.known("recordings") is None:
        return []
    value, note = _two(found.estimate("recordings"))
    listeners = counted(found.scenario.listeners.count, "listener")
    return [
        *row("recordings listened to 抽听", value, f"{note} {listeners}".strip()),
        *row("items found on them 抽听发现", *_two(found.estimate("found_on_recordings")), indent=1),
        *row("busy share of the listeners", *_two(found.estimate("listener_occupancy"), share, bare_share), indent=1),
    ]


def _ledger(found: Findings) -> list[str]:
    lines = heading("LEDGER 台账 (problem cases)")
    if not (found.funnel["forwarded"].mean or 0):
        return [*lines, "  nothing was forwarded"]
    for name, words in (
        ("response_share", "taken up 响应率"),
        ("resolved_share", "resolved 解决率"),
        ("look_back_satisfied_share", "satisfied, looked back on 满意率"),
        ("on_time_share", "settled by the due date 按期办结率"),
    ):
        if found.ledger_has(name):
            lines += row(words, *_two(found.estimate(name), share, bare_share))
    lines += row("late, or open past the date 超期件", *_two(found.estimate("overdue"), counts(1)))
    lines += row("days from forwarded to settled", *_two(found.estimate("case_days"), counts(1)))
    for name, words in (
        ("looked_back", "look-back calls 回头看"),
        ("reopened", "reopened after them 重办件"),
        ("open_to_5_days", "open at the horizon, up to 5 days"),
        ("open_5_to_15_days", "… 5 to 15 days 在办"),
        ("open_over_15_days", "… for longer 超15天在办"),
    ):
        if found.ledger_has(name):
            lines += row(words, *_two(found.estimate(name), counts(1)))
    return lines + _clerks(found)


def _clerks(found: Findings) -> list[str]:
    clerks = found.scenario.ledger.clerks
    if clerks == "none":
        return []
    lines = row("busy share of the clerks 利用率", *_two(found.estimate("clerk_occupancy"), share, bare_share))
    value, note = _two(found.estimate("clerk_hours"))
    lines += row("hours of clerks 审核工时", value, f"{note} {counted(clerks.count, 'clerk')}".strip())
    return lines + row("office minutes until screened", *_two(found.estimate("clerk_wait")))


def cut_off(found: Findings) -> str:
    """What must be said of costs that go on after the last moment that was simulated."""
    if not found.unfinished_runs:
        return ""
    return f"up to the horizon in {found.unfinished_runs} of {found.runs} run{'s' * (found.runs > 1)}"


def _cost(found: Findings) -> list[str]:
    lines = heading("COST 费用", cut_off(found))
    if found.ledger_alone:
        if not found.ledger_has("clerk_cost"):
            return [*lines, "  nobody's pay is counted: there are no clerks"]
        return lines + row("clerks, whole office hours 审核", *_two(found.estimate("clerk_cost"), money), indent=0)
    for name, words in (
        ("robot_cost", "call charges 外呼费用"),
        ("line_cost", "rent of the lines 线路租金"),
        ("agent_cost", "people, whole shifts 人工费用"),
        ("overtime_cost", "people, overtime 加班费用"),
        *((("listener_cost", "listeners, whole shifts 抽听"),) if found.known("listener_cost") else ()),
        *((("clerk_cost", "clerks, whole office hours 审核"),) if found.ledger_has("clerk_cost") else ()),
        ("cost", "= together 合计"),
        ("cost_per_interview", "for each interview 每份"),
    ):
        lines += row(words, *_two(found.estimate(name), money), indent=0)
    if found.known("manual_hours") is not None and found.estimate("interviews").mean:
        runs = found.estimate("manual_hours").n
        of = f" (mean of the first {runs} runs)" if found.runs > runs else ""
        lines += paragraph(
            f"By hand instead 全人工: {figure(found.estimate('manual_hours'), counts(0))} hours on the telephone, "
            f"{figure(found.estimate('manual_cost'), money)} of paid time; the robot saves "
            f"{figure(found.estimate('hours_saved'), counts(0))} hours of people's work{of}.",
            indent=2,
        )
    return lines
