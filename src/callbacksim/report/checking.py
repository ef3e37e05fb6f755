"""The screen of `check`: what a scenario is, in a few lines, before anything is simulated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from callbacksim.campaign.casework import intake_days
from callbacksim.frame.frame import Frame
from callbacksim.report.findings import warnings_of
from callbacksim.report.layout import paragraph, said, titled
from callbacksim.report.promises import WORDS, asks, limit_text
from callbacksim.report.screen import plan_name
from callbacksim.report.words import counted, day, full_day, full_moment, listed, number, percent, plain, share
from callbacksim.scenario.calendar import DAY, HOUR, Timetable, day_kind, timetable
from callbacksim.scenario.schema import (
    WEEKDAYS,
    WORKDAYS,
    Agents,
    Calendar,
    ExactCounts,
    Group,
    InterviewTalk,
    Scenario,
    Windows,
)
from callbacksim.study.erlang import throughput_bound

DAYS_SHOWN = 10
WIDE = 26


def check_screen(
    scenario: Scenario, frame: Frame, file: str, plan: str | None, sets: Sequence[str] = (), idle: Sequence[str] = ()
) -> list[str]:
    """The lines of the screen, at most 80 cells wide; `idle` are warnings of what changes nothing."""
    title = f" — {plain(scenario.title)}" if scenario.title else ""
    alone = scenario.study.mode == "ledger"
    return [
        *titled(f"{plain(file)}, {plan_name(plan, sets)}{title}"),
        *(
            _line("register 名单", "none: the ledger by itself, nobody is called")
            if alone
            else _register(scenario, frame)
        ),
        *_calendar(scenario),
        *([] if alone else _capacity(scenario, frame)),
        *_questions(scenario),
        *([] if alone else _sent(scenario)),
        *_ledger(scenario),
        *_rest(scenario),
        *(line for one in (*warnings_of(scenario, frame), *idle) for line in paragraph(f"warning: {plain(one)}")),
    ]


def _line(label: str, text: str) -> list[str]:
    return said(label, text, label_width=WIDE)


def _register(scenario: Scenario, frame: Frame) -> list[str]:
    counts = frame.counts
    source = "made up" if scenario.register_.file is None else plain(scenario.register_.file)
    return [
        *_line("register 名单", source),
        *_line(
            "",
            f"{counted(counts.rows, 'row')} = {counted(counts.contacts, 'contact')} + "
            f"{counted(counts.duplicates, 'duplicate')} + "
            f"{counts.rejected:,} without a usable number + {counts.excluded:,} on a do-not-call list",
        ),
    ]


def _calendar(scenario: Scenario) -> list[str]:
    times, calendar = timetable(scenario), scenario.calendar
    alone = scenario.study.mode == "ledger"
    hours = times.office.clipped(times.horizon) if alone else times.calling
    windows_on, windows = ({}, scenario.ledger.office) if alone else (calendar.windows_on, calendar.windows)
    days = sorted({int(begin) // DAY for begin in hours.begin})
    dates = [calendar.start + dt.timedelta(days=one) for one in days[:DAYS_SHOWN]]
    in_all = f"{counted(len(days), 'office day' if alone else 'calling day')} in all"
    more = f" … {in_all}" if len(days) > DAYS_SHOWN else f" ({in_all})"
    last = dates[-1] if dates else calendar.start
    lines = [
        *_line(
            "first day 开始",
            f"{full_day(calendar.start)}, {listed([_window(one) for one in windows])} local time",
        ),
        *(line for one, other in windows_on.items() for line in _line("", _on(one, other))),
        *_line(
            "office days 工作日" if alone else "calling days 外呼日",
            ", ".join(_short(date, i, dates) for i, date in enumerate(dates)) + more,
        ),
    ]
    special = _special(calendar, last)
    whose = "" if calendar.holidays in ("CN", "none") else f"{calendar.holidays}: "
    lines += _line("holidays 节假日", f"{whose}{special or f'none up to {day(last)}'}")
    horizon = full_moment(times.datetime(times.horizon))
    lines += _line("horizon 截止", f"{horizon}, after {scenario.study.horizon_days} days: nothing starts any more")
    if scenario.targets.finish_by is not None:
        lines += _line("promised 期限", full_moment(scenario.targets.finish_by))
    others = [f"{WORDS[name].rsplit(' ', 1)[0]} {limit_text(name, limit)}" for name, limit in asks(scenario.targets)]
    if others:
        sure = percent(scenario.targets.probability)
        lines += _line("targets 目标", f"{listed(others)}; each with probability {sure} at least")
    return lines


def _window(window: tuple[str, str]) -> str:
    return f"{window[0]}–{window[1]}"


def _on(weekday: str, windows: Windows) -> str:
    return f"on {weekday}: {listed([_window(one) for one in windows]) or 'no calls'}"


def _short(date: dt.date, at: int, dates: list[dt.date]) -> str:
    """``Mon 7 July``, and without the month where the one before has it."""
    return day(date) if at == 0 or dates[at - 1].month != date.month else " ".join(day(date).split(" ")[:2])


def _special(calendar: Calendar, last: dt.date) -> str:
    """Days up to the last that are not what their weekday says: ``1–8 October no work, Sat 11 October worked``."""
    dates = [calendar.start + dt.timedelta(days=after) for after in range((last - calendar.start).days + 1)]
    kinds = [(date, day_kind(date, calendar)) for date in dates]
    found = []
    for kind, group in groupby(kinds, key=lambda pair: pair[1]):
        days = [date for date, _ in group]
        if kind == "make-up":
            found += [f"{day(date)} worked" for date in days]
        elif kind == "holiday" and any(WEEKDAYS[date.weekday()] in calendar.weekdays for date in days):
            until = f" – {day(days[-1])}" if len(days) > 1 else ""
            found.append(f"{day(days[0])}{until} no work")
    return ", ".join(found)


def _capacity(scenario: Scenario, frame: Frame) -> list[str]:
    times, manual = timetable(scenario), scenario.study.mode == "manual"
    servers = scenario.manual.agents if manual else scenario.robot.lines
    who = counted(servers, "person who telephones", "people who telephone") if manual else counted(servers, "line")
    dialling = times.roster.within(times.calling) if manual else times.calling
    lines = _line(
        "people 人工模式" if manual else "lines 线路",
        f"{who} × {_hours(dialling.total())} h = {_hours(servers * dialling.total())} "
        f"{'people' if manual else 'line'} hours up to the horizon",
    )
    if not manual:
        lines += _outages(scenario, times)
        lines += _people(scenario, times)
    hold = expected_hold(scenario)
    pace = 0.0 if manual else scenario.robot.calls_per_second
    if servers and hold > 0:
        bound = throughput_bound(servers, hold, pace) * 3600
        by_lines = servers / hold * 3600
        limit = f"the {'people' if manual else 'lines'}" if not pace or by_lines <= pace * 3600 else "the pace"
        pace_text = f" and {pace:g} call{'s' * (pace != 1)} a second" if pace else ""
        contacts = frame.counts.contacts
        lines += _line(
            "at most 外呼上限",
            f"{number(bound)} calls an hour: a first call holds {'a person' if manual else 'a line'} about "
            f"{number(hold)} s, with {who}{pace_text}; {limit} would bind. "
            f"{counted(contacts, 'first call')} {'take' if contacts != 1 else 'takes'} {_lasting(contacts / bound)} "
            "or more",
        )
    else:
        lines += _line("at most 外呼上限", f"no calls: there are no {'people who telephone' if manual else 'lines'}")
    return lines


def _outages(scenario: Scenario, times: Timetable) -> list[str]:
    """Each outage, and what all of them together take away."""
    outages = scenario.robot.outages
    lines = []
    for place, outage in enumerate(outages):
        lost = "all lines" if outage.lines is None else counted(outage.lines, "line")
        text = f"{lost} from {full_moment(outage.from_)} until {full_moment(outage.until)}"
        lines += _line("outages 线路中断" if place == 0 else "", text)
    if outages:
        gone = scenario.robot.lines * times.calling.total() - times.lines.total()
        lines += _line("", f"{_hours(gone)} line hours of the windows are lost")
    return lines


def _people(scenario: Scenario, times: Timetable) -> list[str]:
    """The roster of those who call back, and of each group; together where there is more than one."""
    groups: list[tuple[str, Agents | Group]] = [("", scenario.agents), *scenario.agents.groups.items()]
    lines = []
    for (name, group), team in zip(groups, times.teams, strict=True):
        who = f"{plain(name)}: " if name else ""
        pauses = f" without {listed([_window(one) for one in group.breaks])}" if group.breaks else ""
        hours = f"({listed([_window(one) for one in group.roster])}{pauses})"
        if isinstance(group, Group) and group.dates:
            hours = f"{hours[:-1]}, {_dates(group.dates)})"
        elif group.weekdays != WORKDAYS:
            hours = f"{hours[:-1]}, {', '.join(group.weekdays)})"
        at_work = _hours(team.count * team.at_work.total())
        text = f"{who}{counted(team.count, 'person', 'people')} × {_hours(team.at_work.total())} h {hours} = {at_work}"
        lines += _line("" if name else "call-backs 人工回访", f"{text} people hours")
    if len(groups) > 1:
        lines += _line(
            "",
            f"together {_hours(times.people.total())} people hours, somebody is there {_hours(times.roster.total())} h",
        )
    return lines


def _dates(dates: Sequence[dt.date]) -> str:
    """``Mon 7 July``, or the first, the last and how many."""
    if len(dates) < 3:
        return listed([day(date) for date in sorted(dates)])
    return f"{len(dates)} days from {day(min(dates))} to {day(max(dates))}"


def _lasting(hours: float) -> str:
    """``2.4 h``, and minutes under an hour."""
    return f"{number(hours, 1)} h" if hours >= 1 else f"{number(max(60 * hours, 1))} min"


def _hours(ms: int) -> str:
    """Hours, with a decimal only where they are not whole."""
    return number(ms / HOUR, 1 if ms % HOUR else 0)


def expected_hold(scenario: Scenario) -> float:
    """Seconds that a first call holds a line on average, at the base rate of answering, from the laws' means."""
    answering, manual = scenario.answering, scenario.study.mode == "manual"
    ring = answering.ring
    weights = (answering.no_answer, answering.busy, answering.voicemail, answering.rejected)
    laws = (ring.no_answer, ring.busy, ring.voicemail, ring.rejected)
    silent = sum(w * law.mean_value() for w, law in zip(weights, laws, strict=True)) / (sum(weights) or 1.0)
    wrap_up = scenario.manual.wrap_up.mean_value() if manual else 0.0
    live = ring.answered.mean_value() + _talk(scenario) + wrap_up
    in_service = answering.base * live + (1 - answering.base) * silent
    dead = answering.not_in_service
    return dead * ring.not_in_service.mean_value() + (1 - dead) * in_service


def _talk(scenario: Scenario) -> float:
    form = scenario.questionnaire
    if form.questions and scenario.study.mode != "manual":
        # Everybody stays to the end and is asked everything: a little long.
        return form.opening_seconds + sum(question.seconds for question in form.questions)
    talk: InterviewTalk = scenario.manual.talk if scenario.study.mode == "manual" else form.talk
    early = max(0.0, 1 - form.complete - form.partial)
    return (
        form.complete * talk.complete.mean_value()
        + form.partial * talk.partial.mean_value()
        + early * talk.early.mean_value()
    )


def _questions(scenario: Scenario) -> list[str]:
    """The dialogue as the robot reads it out; nothing for the short form, which has no questions."""
    lines = []
    for place, question in enumerate(scenario.questionnaire.questions, start=1):
        asked = question.ask_if
        heard = " or ".join(map(plain, asked.heard)) if asked else ""
        only = f", only after {plain(asked.question)}: {heard}" if asked else ""
        answers = {"score": "1 to 5", "yes_no": "yes or no"}.get(question.kind) or ", ".join(
            map(plain, question.options)
        )
        about = f"{plain(question.id)}: {answers or 'anything'}; {question.seconds:g} s{only}"
        text = f"{place}. {plain(question.text)} ({about})"
        lines += _line("questions 问卷" if place == 1 else "", text)
    return lines


def _items(exact: ExactCounts) -> str:
    return f"exactly {counted(exact.problems, 'problem')} and {counted(exact.suggestions, 'suggestion')}"


def _sent(scenario: Scenario) -> list[str]:
    exact, recognition = scenario.recognition.exact, scenario.recognition
    if scenario.study.mode == "manual":
        sent = "nobody: the people who telephone hear everything themselves"
        if exact != "none":
            sent += f"; {_items(exact)}"
    elif scenario.script.calls is not None:
        sent = f"those whom the script flags ({plain(scenario.script.calls)})"
    elif exact == "none":
        sent = f"{share(recognition.sensitivity)} of those with an item, {share(recognition.unclear)} of the others"
    else:
        sent = f"exactly {counted(exact.escalations, 'contact')}; {_items(exact)}"
    return [*_line("sent to people 转人工", sent), *_live(scenario), *_listeners(scenario)]


def _live(scenario: Scenario) -> list[str]:
    """Live transfer, where callers are handed over."""
    transfer = scenario.agents.transfer
    if not transfer.live or scenario.study.mode != "callback":
        return []
    patience = f"a caller waits {number(transfer.patience.mean_value())} s on average"
    return _line("transfer 实时转接", f"during the call while somebody is on duty; {patience}, then is called back")


def _listeners(scenario: Scenario) -> list[str]:
    """People who listen to recordings, where there are any."""
    listeners = scenario.listeners
    if not listeners.share or scenario.study.mode != "callback":
        return []
    team = timetable(scenario).listeners
    who = f"{counted(listeners.count, 'listener')} × {_hours(team.at_work.total())} h"
    each = f"{listeners.listening.mean_value():.3g} minutes each, {share(listeners.finds)} of items found"
    return _line("recordings 录音抽听", f"{share(listeners.share)} of what is not flagged; {who}; {each}")


def _ledger(scenario: Scenario) -> list[str]:
    """What is on the ledger besides the survey's own: reports from elsewhere, clerks, look-back."""
    ledger, times = scenario.ledger, timetable(scenario)
    lines = []
    if ledger.intake != "none":
        first, last = (times.datetime(ms).date() for ms in intake_days(ledger.intake, times))
        until = day(last - dt.timedelta(days=1))
        text = f"{counted(ledger.intake.reports, 'problem')}, {day(first)} – {until}, in office hours"
        lines += _line("reports 其他渠道", text)
    if ledger.clerks != "none":
        each = f"{ledger.clerks.screening.mean_value():.3g} office minutes an item"
        lines += _line("clerks 审核", f"{counted(ledger.clerks.count, 'clerk')}, {each}")
    if scenario.study.mode == "ledger":
        of = [f"{plain(name)} {one.staff:,} at work, due in {one.due_days}" for name, one in ledger.departments.items()]
        lines += _line("departments 承办部门", f"{'; '.join(of)} working days")
    if ledger.look_back != "none":
        after, most = ledger.look_back.after_days, ledger.look_back.reopen_most
        again = f"reopened {counted(most, 'time')} at most" if most else "never reopened"
        lines += _line("look-back 回头看", f"{counted(after, 'working day')} after a case was settled; {again}")
    return lines


def _rest(scenario: Scenario) -> list[str]:
    study = scenario.study
    lines = _line("runs 仿真", f"{counted(study.replications, 'replication')}, seed {study.seed}")
    if scenario.plans:
        lines += _line("plans 方案", listed([plain(name) for name in scenario.plans]))
    return lines
