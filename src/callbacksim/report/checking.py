"""The screen of `check`: what a scenario is, in a few lines, before anything is simulated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from callbacksim.campaign.casework import intake_days
from callbacksim.frame.frame import Frame
from callbacksim.report.findings import warnings_of
from callbacksim.report.layout import paragraph, said, titled
from callbacksim.report.promises import asks
from callbacksim.report.texts import ENGLISH, Texts
from callbacksim.report.words import number, plain
from callbacksim.scenario.calendar import DAY, HOUR, Timetable, day_kind, timetable
from callbacksim.scenario.schema import (
    WEEKDAYS,
    WORKDAYS,
    Agents,
    Calendar,
    Group,
    InterviewTalk,
    Scenario,
    Windows,
)
from callbacksim.study.erlang import throughput_bound

DAYS_SHOWN = 10
WIDE, NARROW = 26, 12
"""Cells for the labels, in English and in Chinese."""


def check_screen(
    scenario: Scenario,
    frame: Frame,
    file: str,
    plan: str | None,
    sets: Sequence[str] = (),
    idle: Sequence[str] = (),
    say: Texts = ENGLISH,
) -> list[str]:
    """The lines of the screen, at most 80 cells wide; `idle` are warnings of what changes nothing."""
    title = f" — {plain(scenario.title)}" if scenario.title else ""
    alone = scenario.study.mode == "ledger"
    return [
        *titled(f"{say('plan.of_file', file=plain(file), plan=say.plan(plan, sets))}{title}"),
        *(_line(say, "register", say("check.no_register")) if alone else _register(scenario, frame, say)),
        *_calendar(scenario, say),
        *([] if alone else _capacity(scenario, frame, say)),
        *_questions(scenario, say),
        *([] if alone else _sent(scenario, say)),
        *_ledger(scenario, say),
        *_rest(scenario, say),
        *(line for one in (*warnings_of(scenario, frame), *idle) for line in paragraph(say.warned(one))),
    ]


def _line(say: Texts, label: str, text: str) -> list[str]:
    return said(say(f"check.{label}") if label else "", text, label_width=NARROW if say.chinese else WIDE)


def _register(scenario: Scenario, frame: Frame, say: Texts) -> list[str]:
    counts = frame.counts
    source = say("check.made_up") if scenario.register_.file is None else plain(scenario.register_.file)
    rows = say(
        "check.rows",
        rows=say.counted("row", counts.rows),
        contacts=say.counted("contact", counts.contacts),
        duplicates=say.counted("duplicate", counts.duplicates),
        rejected=say.number(counts.rejected),
        excluded=say.number(counts.excluded),
    )
    return [*_line(say, "register", source), *_line(say, "", rows)]


def _calendar(scenario: Scenario, say: Texts) -> list[str]:
    times, calendar = timetable(scenario), scenario.calendar
    alone = scenario.study.mode == "ledger"
    hours = times.office.clipped(times.horizon) if alone else times.calling
    windows_on, windows = ({}, scenario.ledger.office) if alone else (calendar.windows_on, calendar.windows)
    days = sorted({int(begin) // DAY for begin in hours.begin})
    dates = [calendar.start + dt.timedelta(days=one) for one in days[:DAYS_SHOWN]]
    shown = say.joined(
        say.day(date) if i == 0 or dates[i - 1].month != date.month else say.day_alone(date)
        for i, date in enumerate(dates)
    )
    count = say.counted("office_day" if alone else "calling_day", len(days))
    last = dates[-1] if dates else calendar.start
    special = _special(calendar, last, say) or say("check.no_holidays", day=say.day(last))
    if calendar.holidays not in ("CN", "none"):
        special = say("check.country", code=calendar.holidays, days=special)
    horizon = say.full_moment(times.datetime(times.horizon))
    lines = [
        *_line(
            say, "first_day", say("check.windows", day=say.full_day(calendar.start), windows=_windows(windows, say))
        ),
        *(line for one, other in windows_on.items() for line in _line(say, "", _on(one, other, say))),
        *_line(
            say,
            "office_days" if alone else "calling_days",
            say("check.more_days" if len(days) > DAYS_SHOWN else "check.all_days", days=shown, count=count),
        ),
        *_line(say, "holidays", special),
        *_line(say, "horizon", say("check.horizon_is", at=horizon, days=scenario.study.horizon_days)),
    ]
    if scenario.targets.finish_by is not None:
        lines += _line(say, "promised", say.full_moment(scenario.targets.finish_by))
    others = [say.promise(name, limit) for name, limit in asks(scenario.targets)]
    if others:
        sure = say.whole_share(scenario.targets.probability)
        lines += _line(say, "targets", say("check.all_targets", targets=say.listed(others), sure=sure))
    return lines


def _windows(windows: Windows, say: Texts) -> str:
    return say.listed([f"{begin}–{end}" for begin, end in windows])


def _on(weekday: str, windows: Windows, say: Texts) -> str:
    return say("check.on", weekday=say.weekday(weekday), windows=_windows(windows, say) or say("check.no_calls"))


def _special(calendar: Calendar, last: dt.date, say: Texts) -> str:
    """Days up to the last that are not what their weekday says: ``1–8 October no work, Sat 11 October worked``."""
    dates = [calendar.start + dt.timedelta(days=after) for after in range((last - calendar.start).days + 1)]
    kinds = [(date, day_kind(date, calendar)) for date in dates]
    found = []
    for kind, group in groupby(kinds, key=lambda pair: pair[1]):
        days = [date for date, _ in group]
        if kind == "make-up":
            found += [say("check.worked", day=say.day(date)) for date in days]
        elif kind == "holiday" and any(WEEKDAYS[date.weekday()] in calendar.weekdays for date in days):
            first, until = say.day(days[0]), say.day(days[-1])
            off = say("check.days_off", first=first, last=until) if len(days) > 1 else say("check.day_off", first=first)
            found.append(off)
    return say.joined(found)


def _capacity(scenario: Scenario, frame: Frame, say: Texts) -> list[str]:
    times, manual = timetable(scenario), scenario.study.mode == "manual"
    servers = scenario.manual.agents if manual else scenario.robot.lines
    who = say.counted("telephones" if manual else "line", servers)
    dialling = times.roster.within(times.calling) if manual else times.calling
    each, total = _hours(dialling.total()), _hours(servers * dialling.total())
    lines = _line(
        say,
        "manual" if manual else "lines",
        say("check.manual_hours" if manual else "check.line_hours", who=who, each=each, all=total),
    )
    if not manual:
        lines += _outages(scenario, times, say)
        lines += _people(scenario, times, say)
    hold = expected_hold(scenario)
    pace = 0.0 if manual else scenario.robot.calls_per_second
    if not servers or hold <= 0:
        return [*lines, *_line(say, "at_most", say("check.no_callers" if manual else "check.no_lines"))]
    bound = throughput_bound(servers, hold, pace) * 3600
    by_lines = servers / hold * 3600
    limit = ("people" if manual else "lines") if not pace or by_lines <= pace * 3600 else "pace"
    contacts = frame.counts.contacts
    return [
        *lines,
        *_line(
            say,
            "at_most",
            say(
                "check.bound_manual" if manual else "check.bound",
                bound=number(bound),
                hold=number(hold),
                who=who,
                pace=say.counted("call_a_second", pace, f"{pace:g}") if pace else "",
                limit=say(f"check.limit_{limit}"),
                calls=say.counted("first_call", contacts),
                lasting=_lasting(contacts / bound, say),
            ),
        ),
    ]


def _outages(scenario: Scenario, times: Timetable, say: Texts) -> list[str]:
    """Each outage, and what all of them together take away."""
    outages = scenario.robot.outages
    lines = []
    for place, outage in enumerate(outages):
        lost = say("check.all_lines") if outage.lines is None else say.counted("line", outage.lines)
        begin, end = say.full_moment(outage.from_), say.full_moment(outage.until)
        text = say("check.outage", lines=lost, begin=begin, end=end)
        lines += _line(say, "outages" if place == 0 else "", text)
    if outages:
        gone = scenario.robot.lines * times.calling.total() - times.lines.total()
        lines += _line(say, "", say("check.line_hours_lost", hours=_hours(gone)))
    return lines


def _people(scenario: Scenario, times: Timetable, say: Texts) -> list[str]:
    """The roster of those who call back, and of each group; together where there is more than one."""
    groups: list[tuple[str, Agents | Group]] = [("", scenario.agents), *scenario.agents.groups.items()]
    lines = []
    for (name, group), team in zip(groups, times.teams, strict=True):
        text = say(
            "check.people_hours",
            whose=say("check.group", name=plain(name)) if name else "",
            who=say.counted("person", team.count),
            each=_hours(team.at_work.total()),
            roster=_roster(group, say),
            all=_hours(team.count * team.at_work.total()),
        )
        lines += _line(say, "" if name else "call_backs", text)
    if len(groups) > 1:
        people, there = _hours(times.people.total()), _hours(times.roster.total())
        lines += _line(say, "", say("check.together", people=people, there=there))
    return lines


def _roster(group: Agents | Group, say: Texts) -> str:
    """``09:00–18:00 without 12:00–13:00, Sat, Sun``."""
    hours = _windows(group.roster, say)
    if group.breaks:
        hours = say("check.without", roster=hours, breaks=_windows(group.breaks, say))
    if isinstance(group, Group) and group.dates:
        return say("check.roster_on", roster=hours, days=_dates(group.dates, say))
    if group.weekdays != WORKDAYS:
        return say("check.roster_on", roster=hours, days=say.joined(map(say.weekday, group.weekdays)))
    return hours


def _dates(dates: Sequence[dt.date], say: Texts) -> str:
    """``Mon 7 July``, or the first, the last and how many."""
    if len(dates) < 3:
        return say.listed([say.day(date) for date in sorted(dates)])
    return say("check.dates", n=len(dates), first=say.day(min(dates)), last=say.day(max(dates)))


def _lasting(hours: float, say: Texts) -> str:
    """``2.4 h``, and minutes under an hour."""
    return say("check.hours", n=number(hours, 1)) if hours >= 1 else say("check.minutes", n=number(max(60 * hours, 1)))


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


def _questions(scenario: Scenario, say: Texts) -> list[str]:
    """The dialogue as the robot reads it out; nothing for the short form, which has no questions."""
    lines = []
    for place, question in enumerate(scenario.questionnaire.questions, start=1):
        asked, only = question.ask_if, ""
        if asked is not None:
            heard = say.either(say(f"check.{one}") if one in ("yes", "no") else plain(one) for one in asked.heard)
            only = say("check.only_after", question=plain(asked.question), answers=heard)
        fixed = question.kind in ("score", "yes_no")
        options = say.joined(map(plain, question.options))
        text = say(
            "check.question",
            place=place,
            text=plain(question.text),
            id=plain(question.id),
            answers=say(f"check.{question.kind}") if fixed else options or say("check.anything"),
            seconds=f"{question.seconds:g}",
            only=only,
        )
        lines += _line(say, "questions" if place == 1 else "", text)
    return lines


def _sent(scenario: Scenario, say: Texts) -> list[str]:
    exact, recognition = scenario.recognition.exact, scenario.recognition
    if scenario.study.mode == "manual":
        sent = say("check.sent_to_nobody")
    elif scenario.script.calls is not None:
        sent = say("check.scripted", file=plain(scenario.script.calls))
    elif exact == "none":
        sensitivity, unclear = say.share(recognition.sensitivity), say.share(recognition.unclear)
        sent = say("check.by_share", sensitivity=sensitivity, unclear=unclear)
    else:
        sent = say("check.exactly", contacts=say.counted("contact", exact.escalations))
    if exact != "none" and (scenario.study.mode == "manual" or scenario.script.calls is None):
        problems, suggestions = say.counted("problem", exact.problems), say.counted("suggestion", exact.suggestions)
        items = say("check.items", problems=problems, suggestions=suggestions)
        sent = say("check.sent_and", sent=sent, items=items)
    return [*_line(say, "sent", sent), *_live(scenario, say), *_listeners(scenario, say)]


def _live(scenario: Scenario, say: Texts) -> list[str]:
    """Live transfer, where callers are handed over."""
    transfer = scenario.agents.transfer
    if not transfer.live or scenario.study.mode != "callback":
        return []
    return _line(say, "transfer", say("check.live", seconds=number(transfer.patience.mean_value())))


def _listeners(scenario: Scenario, say: Texts) -> list[str]:
    """People who listen to recordings, where there are any."""
    listeners = scenario.listeners
    if not listeners.share or scenario.study.mode != "callback":
        return []
    text = say(
        "check.listening",
        share=say.share(listeners.share),
        who=say.counted("listener", listeners.count),
        each=_hours(timetable(scenario).listeners.at_work.total()),
        minutes=f"{listeners.listening.mean_value():.3g}",
        finds=say.share(listeners.finds),
    )
    return _line(say, "recordings", text)


def _ledger(scenario: Scenario, say: Texts) -> list[str]:
    """What is on the ledger besides the survey's own: reports from elsewhere, clerks, look-back."""
    ledger, times = scenario.ledger, timetable(scenario)
    lines = []
    if ledger.intake != "none":
        first, end = (times.datetime(ms).date() for ms in intake_days(ledger.intake, times))
        problems, last = say.counted("problem", ledger.intake.reports), end - dt.timedelta(days=1)
        text = say("check.intake", problems=problems, first=say.day(first), last=say.day(last))
        lines += _line(say, "reports", text)
    if ledger.clerks != "none":
        minutes = f"{ledger.clerks.screening.mean_value():.3g}"
        text = say("check.screening", clerks=say.counted("clerk", ledger.clerks.count), minutes=minutes)
        lines += _line(say, "clerks", text)
    if scenario.study.mode == "ledger":
        of = [
            say("check.department", name=plain(name), staff=number(one.staff), days=one.due_days)
            for name, one in ledger.departments.items()
        ]
        lines += _line(say, "departments", say("check.all_departments", departments=say.parts(of)))
    if ledger.look_back != "none":
        after, most = ledger.look_back.after_days, ledger.look_back.reopen_most
        again = say("check.reopened", times=say.counted("time", most)) if most else say("check.never_reopened")
        text = say("check.look_back_is", days=say.counted("working_day", after), again=again)
        lines += _line(say, "look_back", text)
    return lines


def _rest(scenario: Scenario, say: Texts) -> list[str]:
    study = scenario.study
    runs = say("check.runs_are", runs=say.counted("replication", study.replications), seed=study.seed)
    plans = say.listed([plain(name) for name in scenario.plans])
    return [*_line(say, "runs", runs), *(_line(say, "plans", plans) if plans else [])]
