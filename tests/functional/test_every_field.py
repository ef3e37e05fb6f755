"""No key is accepted and then ignored: each field of the schema is changed, and what it promises to change changes.

Every leaf of the schema has one entry in `CHANGES`: a shipped scenario, the one field that is changed in it, and the
part of the output in which that must be seen. A new field without an entry fails. The outputs are those of a small
version of the scenario (`small`), never the scenario echoed back; only the title and the texts of questions, which
are nothing but text, are looked for on the screens.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin

import openpyxl
import pytest

from callbacksim.campaign.trace import Trace
from callbacksim.frame.cleaning import write_cleaning
from callbacksim.frame.frame import build
from callbacksim.report.checking import check_screen
from callbacksim.report.findings import findings
from callbacksim.report.screen import run_screen
from callbacksim.scenario import laws
from callbacksim.scenario.checks import contradictions
from callbacksim.scenario.files import load, with_plan
from callbacksim.scenario.merging import plain
from callbacksim.scenario.schema import Scenario
from callbacksim.scenario.schemawalk import fields_of, is_law, is_union, model_in_mapping, placed, section_of
from callbacksim.study.experiment import Study, replicate
from callbacksim.study.rostering.roster import Level, rostered_duty, workload
from callbacksim.study.rostering.shifts import persons
from callbacksim.study.staffing.staff import staff
from callbacksim.study.summary import summarise, summarise_survey
from callbacksim.study.targets import verdicts
from callbacksim.study.uncertain import uncertain

Changes = Mapping[str, Any]  # dotted place: value; `ABSENT` takes the place away
SCENARIOS = Path(__file__).parents[2] / "scenarios"
ABSENT = object()


# --- the schema's leaves ---------------------------------------------------------------------------------------------


def leaves(model: Any, above: tuple[str, ...] = ()) -> Iterator[str]:
    """Every field that holds a value; ``*`` stands for a name that the planner gives, or for a place in a list."""
    for name, info in fields_of(model).items():
        kind, here = placed(info).kind, (*above, name)
        in_list = section_of(get_args(kind)[0]) if get_origin(kind) is tuple else None
        inner = section_of(kind) or model_in_mapping(kind) or in_list
        several = () if section_of(kind) else ("*",)
        optional = inner is not None and type(None) in get_args(info.annotation)
        choices = [one for one in get_args(kind) if section_of(one)] if is_union(kind) and not is_law(kind) else []
        if inner is None or optional:
            yield ".".join(here)
        if inner is not None:
            yield from leaves(inner, (*here, *several))
        for choice in choices:
            yield from leaves(choice, here)


def law_leaves() -> Iterator[str]:
    """Every parameter of every law, as ``law:lognormal.mean``."""
    for law in get_args(get_args(laws.Law)[0]):
        name = get_args(law.model_fields["law"].annotation)[0]
        for parameter in law.model_fields:
            if parameter == "parts":
                yield from (f"law:{name}.parts.{part}" for part in laws.Part.model_fields)
            elif parameter != "law":
                yield f"law:{name}.{parameter}"


LEAVES = [*leaves(Scenario), *law_leaves()]


# --- small scenarios -------------------------------------------------------------------------------------------------

REGISTER = """编号,别号,企业名称,简称,类型,性质,行业,门类,区域,街道,法定代表人,经办人,联系电话,备用电话
A1,B1,甲公司,甲,企业,个体工商户,制造业,甲类,东区,一街,张三,赵一,13800138000,13700137001
A2,B2,乙商行,乙,个体工商户,企业,餐饮业,乙类,西区,二街,李四,钱二,13900139000,13700137002
A3,B3,丙公司,丙,企业,企业,零售业,乙类,东区,一街,王五,孙三,13900139000,13700137003
A4,B4,丁公司,丁,企业,个体工商户,制造业,丙类,北区,三街,赵六,周四,13600136000,13700137004
"""
FILES = {
    "register.csv": REGISTER,
    "longer.csv": REGISTER + "A5,B5,戊公司,戊,企业,企业,制造业,甲类,东区,一街,吴七,李五,13500135000,13700137005\n",
    "do-not-call.txt": "13600136000\n",
    # Scripts for the three contacts of the register above: the first is flagged, called back and never reached.
    "calls.csv": """contact,attempt,outcome,ring,talk,flag
0,1,complete,9000,50000,item
1,1,partial,9000,50000,none
2,1,refusal,9000,5000,none
""",
    "people.csv": "contact,try,reached,hold\n" + "".join(f"0,{turn},0,20000\n" for turn in range(1, 6)),
    "transfers.csv": "contact,patience,talk,wrap_up\n0,60000,77000,7000\n",
    "recordings.csv": "contact,hold,found\n1,60000,1\n",
}
SCRIPTED: Changes = {"script.calls": "calls.csv"}
# The register of the file above in place of the made-up one; everybody answers, so that four contacts show something.
OWN: Changes = {
    "register.rows": ABSENT,
    "register.contacts": ABSENT,
    "register.file": "register.csv",
    "answering.base": 1.0,
    "answering.most": 1.0,
}
# What every scenario has here in place of its own, so that a run takes some milliseconds and yet shows everything: a
# few hundred contacts, so few lines and people that they are busy, so many items that departments have work.
SMALL: Changes = {
    "register.rows": 600,
    "register.contacts": 480,
    "robot.lines": 3,
    "agents.count": 1,
    "manual.agents": 6,
    "questionnaire.items.problems": 0.2,
    "questionnaire.items.suggestions": 0.2,
    "recognition.unclear": 0.1,
    "study.replications": 2,
    "study.seed": 7,
}
SMALL_OF: Mapping[str, Changes] = {
    "gaoxin": {
        "recognition.exact.escalations": 60,
        "recognition.exact.problems": 15,
        "recognition.exact.suggestions": 20,
    },
    "few-lines": {"robot.lines": 1},
    # One industry of all is cut off from the households, so that industries and areas have something to divide.
    "evening-windows": {"segments.companies.problems": 0.3, "segments.companies.suggestions": 0.3},
}


@dataclass(frozen=True)
class Change:
    """One field changed: `to` in the small `scenario` (with `given` in both) must be seen in `seen_in`.

    `seen_in` is a part of `PARTS`, or one figure of it: ``measures.agent_cost``.
    """

    seen_in: str
    to: Changes
    scenario: str = "gaoxin-forecast"
    given: Changes = field(default_factory=dict)
    plan: str | None = None


def small(scenario: str, *changes: Changes) -> dict[str, Any]:
    """The shipped scenario as a tree, made small (see `SMALL`), with the changes."""
    tree = plain(load(SCENARIOS / f"{scenario}.toml"))
    for some in (SMALL, SMALL_OF.get(scenario, {}), *changes):
        for place, value in some.items():
            put(tree, place.split("."), value)
    return dict(tree)


def put(tree: Any, place: list[str], value: Any) -> None:
    """Set, or take away, the value at a place; tables on the way are made."""
    *above, last = place
    for part in above:
        tree = tree[int(part)] if isinstance(tree, list) else tree.setdefault(part, {})
    if value is ABSENT:
        tree.pop(last, None)
    else:
        # A copy, because later changes may go below what is put here.
        tree[int(last) if isinstance(tree, list) else last] = deepcopy(value)


# --- what comes out --------------------------------------------------------------------------------------------------


def columns(trace: Trace, table: str, names: tuple[str, ...]) -> list[list[int]]:
    return [getattr(trace, table)[name].tolist() for name in names]


def entries(study: Study) -> dict[str, object]:
    found = {**summarise(study), **summarise_survey(study)}
    return {name: (entry.estimate.mean, entry.estimate.low, entry.estimate.high) for name, entry in found.items()}


def cleaned(study: Study, directory: Path) -> list[str]:
    """What `dedupe` writes: the contacts and the audit of every row."""
    contacts, audit, _ = write_cleaning(study.frame, directory / "cleaned")
    return [contacts.read_text(encoding="utf-8-sig"), audit.read_text(encoding="utf-8-sig")]


def rostered(study: Study) -> list[object]:
    """The first roster that is made for the scenario: who is on duty, the weeks of each person, the cost."""
    scenario = study.scenario
    load = workload(scenario, study.frame, 2, 7)
    duty = rostered_duty(scenario, load, Level(1.0, 1.0))
    of_people = [[[load.shifts[at].day for at in tour.shifts] for tour in one] for one in persons(duty, 6)]
    return [[(s.pattern, s.day) for s in load.shifts], duty.people.tolist(), of_people, duty.cost]


def staffed(study: Study) -> object:
    """What `staff` looked at, and how often; only where few runs can be sure."""
    if study.scenario.targets.probability > 0.5:
        return None
    found = staff(study.scenario, n=7, jobs=1, frame=study.frame)
    return [(one.plan.counts(), one.runs, one.cost) for one in found.tried]


# Each part leaves out what merely repeats the scenario: the gap in a call's record, the lines on the screen.
PARTS: Mapping[str, Callable[[Study, Path], Any]] = {
    "calls": lambda s, _: columns(s.trace(), "attempts", ("contact", "attempt", "outcome", "start", "end")),
    "tries": lambda s, _: columns(s.trace(), "tries", ("contact", "try", "reached", "start", "end")),
    "escalations": lambda s, _: columns(s.trace(), "escalations", ("contact", "flag", "first_start", "settled")),
    "cases": lambda s, _: columns(s.trace(), "cases", tuple(s.trace().cases)),
    "lookbacks": lambda s, _: columns(s.trace(), "lookbacks", tuple(s.trace().lookbacks)),
    "contacts": lambda s, _: columns(s.trace(), "contacts", ("number", "businesses", "segment", "disposition")),
    "truth": lambda s, _: columns(s.trace(), "contacts", ("score", "seldom", "problems", "suggestions")),
    "heard": lambda s, _: columns(s.trace(), "contacts", ("heard",)),
    "measures": lambda s, _: s.figures[0].measures,
    "funnel": lambda s, _: s.figures[0].funnel,
    "survey": lambda s, _: s.figures[0].survey,
    "cells": lambda s, _: s.figures[0].cells,
    "summary": lambda s, _: entries(s),
    "roster": lambda s, _: rostered(s),
    "targets": lambda s, _: [(v.name, v.met, v.probability) for v in verdicts(s)],
    "register": lambda s, _: s.frame.rows.to_dict("list"),
    "cleaned": cleaned,
    "screen": lambda s, _: run_screen(findings(s, "file.toml", None)),
    "drawn": lambda s, _: uncertain(s.scenario, 1, jobs=1, frame=s.frame).sets,
    "check": lambda s, _: check_screen(s.scenario, s.frame, "file.toml", None),
    "staffing": lambda s, _: staffed(s),
}


def studied(tree: Mapping[str, Any], plan: str | None, directory: Path) -> Study:
    """The small scenario, checked as `load` would, and run in this process."""
    scripts = {name: str(directory / file) for name, file in tree["script"].items()}
    scenario = Scenario.model_validate({**tree, "script": scripts})
    assert contradictions(scenario) == []
    scenario = with_plan(scenario, plan) if plan else scenario
    return replicate(scenario, jobs=1, frame=build(scenario.register_, scenario.segments, directory))


def seen(study: Study, seen_in: str, directory: Path) -> Any:
    part, _, figure = seen_in.partition(".")
    found = PARTS[part](study, directory)
    # As text, in which an undefined figure (NaN) equals itself.
    return repr(found[figure] if figure else found)


# --- one change for each leaf ----------------------------------------------------------------------------------------


def law(name: str, **parameters: Any) -> dict[str, Any]:
    return {"law": name, **parameters}


LONG = law("constant", value=77)
# Somebody is always on the telephone when one of these shifts ends.
SHORT_SHIFTS: Changes = {"agents.roster": [["09:30", "09:45"], ["10:00", "10:15"], ["10:30", "12:00"]]}
MONDAY = dt.date(2025, 7, 7)
SPREAD = {"own": {"kind": "company"}}  # a segment to be changed, where a scenario has none

HURRIED: Changes = {"ledger.departments.政务服务局.due_days": 1, "ledger.departments.政务服务局.staff": 1}
# One plan, and seven replications that can be sure of every second one.
ONE_PLAN: Changes = {
    "targets.probability": 0.5,
    "targets.on_time": 0.0,
    "search": {"lines": [3, 3], "agents": [1, 1]},
    "listeners.share": 0.2,
    "ledger.clerks": {},
}

REGISTER_CHANGES = {
    "register.rows": Change("funnel.duplicates", {"register.rows": 601}),
    "register.contacts": Change("funnel.contacts", {"register.contacts": 481}),
    "register.unusable": Change("funnel.rejected", {"register.unusable": 5}),
    "register.households": Change("cells", {"register.households": 0.3}),
    "register.seed": Change("register", {"register.seed": 1}),
    "register.file": Change("funnel.rows", {"register.file": "longer.csv"}, given=OWN),
    "register.sheet": Change(
        "funnel.rows", {"register.sheet": "longer"}, given={**OWN, "register.file": "register.xlsx"}
    ),
    "register.columns.phone": Change("funnel.duplicates", {"register.columns.phone": ["备用电话"]}, given=OWN),
    "register.columns.id": Change("cleaned", {"register.columns.id": "别号"}, given=OWN),
    "register.columns.name": Change("cleaned", {"register.columns.name": "简称"}, given=OWN),
    "register.columns.kind": Change("cells", {"register.columns.kind": "性质"}, given=OWN),
    "register.columns.industry": Change("cells", {"register.columns.industry": "门类"}, given=OWN),
    "register.columns.area": Change("cells", {"register.columns.area": "街道"}, given=OWN),
    "register.columns.person": Change("cleaned", {"register.columns.person": "经办人"}, given=OWN),
    "register.dedupe": Change("measures.numbers_called_for_several", {"register.dedupe": True}, "no-dedupe"),
    "register.representative": Change("cells", {"register.representative": "company"}),
    "register.exclude": Change("funnel.excluded", {"register.exclude": ["do-not-call.txt"]}, given=OWN),
}

CALENDAR_CHANGES = {
    "calendar.start": Change("calls", {"calendar.start": MONDAY + dt.timedelta(days=2)}),
    "calendar.windows": Change("calls", {"calendar.windows": [["10:00", "12:00"]]}),
    "calendar.windows_on": Change("calls", {"calendar.windows_on": {"Mon": [["10:00", "12:00"]]}}),
    "calendar.weekdays": Change("calls", {"calendar.weekdays": ["Tue", "Wed"]}),
    # The day before the national holiday: the retries wait for its end, or for the next morning.
    "calendar.holidays": Change(
        "calls",
        {"calendar.holidays": "none"},
        given={"calendar.start": dt.date(2025, 9, 30), "targets.finish_by": ABSENT},
    ),
    "calendar.closed": Change("calls", {"calendar.closed": [MONDAY]}),
    "calendar.open": Change(
        "calls",
        {"calendar.open": [dt.date(2025, 7, 12)]},
        given={"calendar.start": dt.date(2025, 7, 11), "targets.finish_by": ABSENT},
    ),
}


def outage_with(name: str, value: Any) -> Change:
    """An outage on the first morning, one of its fields changed."""
    outage = {"from": dt.datetime(2025, 7, 7, 9, 10), "until": dt.datetime(2025, 7, 7, 10), "lines": 2}
    return Change("calls", {f"robot.outages.0.{name}": value}, given={"robot.outages": [outage]})


def group_with(name: str, value: Any) -> Change:
    """A further group of people who call back, one of its fields changed."""
    group = {"count": 1, "roster": [["09:00", "10:00"]], "weekdays": ["Mon"], "breaks": [["09:30", "09:40"]]}
    seen_in = "measures.agent_cost" if name == "wage" else "tries"
    return Change(seen_in, {f"agents.groups.further.{name}": value}, given={"agents.groups": {"further": group}})


def pattern_with(name: str, value: Any) -> Change:
    """Shifts to choose from, one field of one of them changed."""
    morning = {"roster": [["09:00", "13:00"]], "weekdays": ["Mon", "Tue", "Wed"], "breaks": [["10:30", "10:45"]]}
    patterns = {"morning": morning, "day": {"roster": [["09:00", "18:00"]]}}
    return Change("roster", {f"roster.patterns.morning.{name}": value}, given={"roster.patterns": patterns})


ROBOT_CHANGES = {
    "robot.lines": Change("measures.bound_by_lines", {"robot.lines": 2}, "few-lines"),
    "robot.calls_per_second": Change("calls", {"robot.calls_per_second": 0.05}),
    "robot.attempts": Change("calls", {"robot.attempts": 2}),
    "robot.attempts_per_day": Change("calls", {"robot.attempts_per_day": 1}, "no-dedupe"),
    **{
        f"robot.retry_minutes.{outcome}": Change("calls", {f"robot.retry_minutes.{outcome}": 600.0})
        for outcome in ("no_answer", "busy", "voicemail", "rejected")
    },
    "robot.retry_minutes.refusal": Change(
        "calls", {"robot.retry_minutes.refusal": 30.0}, given={"robot.retry_refusals": True}
    ),
    "robot.jitter_minutes": Change("calls", {"robot.jitter_minutes": 240.0}),
    "robot.other_slot": Change("calls", {"robot.other_slot": False}),
    "robot.retries": Change("calls", {"robot.retries": "before"}, "few-lines", {"robot.other_slot": False}),
    "robot.order": Change("calls", {"robot.order": "random"}),
    "robot.retry_refusals": Change("calls", {"robot.retry_refusals": True}),
    "robot.retry_break_offs": Change("calls", {"robot.retry_break_offs": True}),
    "robot.quota": Change("funnel.unfinished", {"robot.quota": 50}),
    "robot.outages.*.from": outage_with("from", dt.datetime(2025, 7, 7, 9, 2)),
    "robot.outages.*.until": outage_with("until", dt.datetime(2025, 7, 7, 11)),
    "robot.outages.*.lines": outage_with("lines", 1),
}

ANSWERING_CHANGES = {
    "answering.base": Change("calls", {"answering.base": 0.4}),
    "answering.not_in_service": Change("funnel.not_in_service", {"answering.not_in_service": 0.1}),
    **{
        f"answering.{outcome}": Change("calls", {f"answering.{outcome}": 60.0})
        for outcome in ("no_answer", "busy", "voicemail", "rejected")
    },
    "answering.hour_index": Change("calls", {"answering.hour_index.9": 50.0}),
    "answering.weekday_index": Change("calls", {"answering.weekday_index.Mon": 50.0}),
    "answering.retry_multiplier": Change("calls", {"answering.retry_multiplier": 0.5}, "silent-critics"),
    "answering.reachable": Change("calls", {"answering.reachable": 0.6}),
    "answering.propensity_sd": Change("calls", {"answering.propensity_sd": 0.2}),
    "answering.most": Change("calls", {"answering.most": 0.3}),
    "answering.seldom": Change("truth", {"answering.seldom": 0.2}, "silent-critics"),
    "answering.seldom_factor": Change("calls", {"answering.seldom_factor": 0.9}, "silent-critics"),
    **{
        f"answering.ring.{outcome}": Change("calls", {f"answering.ring.{outcome}": LONG})
        for outcome in ("answered", "no_answer", "busy", "rejected", "voicemail", "not_in_service")
    },
}

QUESTIONNAIRE_CHANGES = {
    "questionnaire.complete": Change("funnel.complete", {"questionnaire.complete": 0.4}),
    "questionnaire.partial": Change("funnel.partial", {"questionnaire.partial": 0.05}),
    "questionnaire.break_off": Change("calls", {"questionnaire.break_off": 0.2}),
    "questionnaire.opt_out": Change("funnel.opted_out", {"questionnaire.opt_out": 0.1}),
    **{
        f"questionnaire.talk.{result}": Change("calls", {f"questionnaire.talk.{result}": LONG})
        for result in ("complete", "partial", "early")
    },
    "questionnaire.satisfaction.scores": Change("truth", {"questionnaire.satisfaction.scores": [5, 5, 20, 40, 30]}),
    "questionnaire.satisfaction.nonresponse_gap": Change(
        "survey.nonresponse_error", {"questionnaire.satisfaction.nonresponse_gap": 5.0}, "silent-critics"
    ),
    "questionnaire.items.problems": Change("truth", {"questionnaire.items.problems": 0.1}),
    "questionnaire.items.suggestions": Change("truth", {"questionnaire.items.suggestions": 0.1}),
    "questionnaire.items.each": Change("cases", {"questionnaire.items.each": 2.0}),
    "questionnaire.opening_seconds": Change("calls", {"questionnaire.opening_seconds": 20.0}, "dialogue"),
    "questionnaire.tempo_sd": Change("calls", {"questionnaire.tempo_sd": 0.6}, "dialogue"),
    "questionnaire.partial_from": Change("calls", {"questionnaire.partial_from": 0.9}, "dialogue"),
}


def question(name: str, seen_in: str, place: int, value: Any, **given: Any) -> dict[str, Change]:
    """A field of the dialogue's question at this place (from 0); `given` are fields of the same question."""
    at = f"questionnaire.questions.{place}"
    both = {f"{at}.{one}": v for one, v in given.items()}
    return {f"questionnaire.questions.*.{name}": Change(seen_in, {f"{at}.{name}": value}, "dialogue", both)}


QUESTION_CHANGES = {
    # Chance is addressed by the question's id: another id is another question to the same people.
    **question("id", "calls", 1, "another"),
    **question("text", "check", 1, "您满意吗？"),
    # The kind decides what can be answered, so the options go with it: here the 92 % now say no.
    "questionnaire.questions.*.kind": Change(
        "calls",
        {"questionnaire.questions.0.kind": "choice", "questionnaire.questions.0.options": ["no", "yes"]},
        "dialogue",
    ),
    **question("seconds", "calls", 1, 30.0),
    **question("options", "calls", 3, ["没有", "行政执法", "融资", "政务服务"]),
    **question("shares", "calls", 3, [5, 5, 5, 85]),
    **question("required", "calls", 4, True),
    **question("break_off", "calls", 1, 0.5),
    **question("ask_if", "calls", 4, ABSENT),
    **question("ask_if.question", "calls", 4, "operating", ask_if={"question": "visited", "heard": ["yes"]}),
    **question("ask_if.heard", "calls", 4, ["融资"]),
    "questionnaire.questions.*.satisfaction": Change(
        "survey.mean_score",
        {"questionnaire.questions.1.satisfaction": False, "questionnaire.questions.2.satisfaction": True},
        "dialogue",
        {"questionnaire.questions.2.kind": "score", "questionnaire.questions.2.shares": ABSENT},
    ),
}

RECOGNITION_CHANGES = {
    "recognition.sensitivity": Change("escalations", {"recognition.sensitivity": 0.9}, "poor-recognition"),
    "recognition.unclear": Change("escalations", {"recognition.unclear": 0.3}, "poor-recognition"),
    "recognition.misheard": Change("heard", {"recognition.misheard": 0.3}, "poor-recognition"),
    "recognition.not_understood": Change("heard", {"recognition.not_understood": 0.4}, "poor-recognition"),
    "recognition.reprompts": Change("heard", {"recognition.reprompts": 0}, "poor-recognition"),
    "recognition.exact": Change(
        "funnel.escalated", {"recognition.exact": {"escalations": 30, "problems": 3, "suggestions": 4}}
    ),
    "recognition.exact.escalations": Change("funnel.escalated", {"recognition.exact.escalations": 61}, "gaoxin"),
    "recognition.exact.problems": Change("funnel.problems", {"recognition.exact.problems": 16}, "gaoxin"),
    "recognition.exact.suggestions": Change("funnel.suggestions", {"recognition.exact.suggestions": 21}, "gaoxin"),
}

LIVE: Changes = {"agents.transfer.live": True, "agents.talk": law("constant", value=20)}
LISTENING: Changes = {"listeners.share": 0.5, "recognition.sensitivity": 0.3}
AGENTS_CHANGES = {
    "agents.count": Change("tries", {"agents.count": 2}),
    "agents.roster": Change("tries", {"agents.roster": [["10:00", "12:00"]]}),
    "agents.weekdays": Change("tries", {"agents.weekdays": ["Tue", "Thu"]}),
    "agents.breaks": Change("tries", {"agents.breaks": [["09:15", "09:45"]]}),
    "agents.groups.*.count": group_with("count", 2),
    "agents.groups.*.roster": group_with("roster", [["09:00", "09:50"]]),
    "agents.groups.*.weekdays": group_with("weekdays", ["Tue"]),
    "agents.groups.*.breaks": group_with("breaks", []),
    "agents.groups.*.dates": Change(
        "tries",
        {"agents.groups.further.dates": [MONDAY + dt.timedelta(days=1)]},
        given={"agents.groups": {"further": {"count": 1, "roster": [["09:00", "10:00"]]}}},
    ),
    "agents.groups.*.wage": group_with("wage", 99.0),
    "roster.patterns.*.roster": pattern_with("roster", [["09:00", "12:00"]]),
    "roster.patterns.*.weekdays": pattern_with("weekdays", ["Tue"]),
    "roster.patterns.*.breaks": pattern_with("breaks", [["09:30", "12:30"]]),
    "roster.patterns.*.wage": pattern_with("wage", 500.0),
    # Half a day each is cheaper; with so few people those for a whole day are needed.
    "roster.people": Change(
        "roster",
        {"roster.people": 3},
        given={
            "roster.patterns": {
                "morning": {"roster": [["09:00", "12:00"]]},
                "afternoon": {"roster": [["14:00", "18:00"]]},
                "day": {"roster": [["09:00", "18:00"]], "wage": 60.0},
            }
        },
    ),
    "roster.least": Change("roster", {"roster.least": 4}),
    "roster.days_in_a_row": Change("roster", {"roster.days_in_a_row": 1}),
    "roster.hours_a_week": Change("roster", {"roster.hours_a_week": 8.0}),
    "agents.reach": Change("tries", {"agents.reach": 0.5}),
    "agents.reach_index": Change("tries", {"agents.reach_index": {"9": 30.0}}),
    "agents.tries": Change("funnel.unreachable", {"agents.tries": 1}),
    "agents.retry_minutes": Change("tries", {"agents.retry_minutes": 600.0}),
    "agents.ring": Change("tries", {"agents.ring": LONG}),
    "agents.talk": Change("tries", {"agents.talk": LONG}),
    "agents.wrap_up": Change("tries", {"agents.wrap_up": LONG}),
    "agents.queue": Change("tries", {"agents.queue": "first_come"}, "poor-recognition"),
    "agents.within_minutes": Change("measures.called_back_in_time", {"agents.within_minutes": 10.0}),
    "agents.shrinkage": Change("measures.agent_cost", {"agents.shrinkage": 0.2}),
    "agents.most_busy": Change("measures.people_employed", {"agents.most_busy": 0.3}),
    "agents.transfer.live": Change("measures.transfers", {"agents.transfer.live": True}),
    "agents.transfer.patience": Change("measures.abandoned", {"agents.transfer.patience": LONG}, given=LIVE),
    "agents.transfer.within_seconds": Change(
        "measures.transferred_in_time", {"agents.transfer.within_seconds": 0.0}, given=LIVE
    ),
    "agents.transfer.share": Change("measures.people_at_work", {"agents.transfer.share": 0.99}, given=LIVE),
    "listeners.share": Change("measures.recordings", {"listeners.share": 0.3}),
    "listeners.count": Change("measures.listener_cost", {"listeners.count": 2}, given=LISTENING),
    "listeners.roster": Change("measures.listener_cost", {"listeners.roster": [["10:00", "12:00"]]}, given=LISTENING),
    "listeners.weekdays": Change("measures.listener_cost", {"listeners.weekdays": ["Tue"]}, given=LISTENING),
    "listeners.breaks": Change("measures.finish", {"listeners.breaks": [["09:00", "11:59"]]}, given=LISTENING),
    "listeners.listening": Change("measures.listener_hours", {"listeners.listening": LONG}, given=LISTENING),
    "listeners.finds": Change("measures.found_on_recordings", {"listeners.finds": 0.1}, given=LISTENING),
    "listeners.shrinkage": Change("measures.listener_cost", {"listeners.shrinkage": 0.5}, given=LISTENING),
    "manual.agents": Change("calls", {"manual.agents": 5}, "manual-only"),
    **{
        f"manual.talk.{result}": Change("calls", {f"manual.talk.{result}": LONG}, "manual-only")
        for result in ("complete", "partial", "early")
    },
    "manual.wrap_up": Change("calls", {"manual.wrap_up": LONG}, "manual-only"),
}

CLERKS: Changes = {"ledger.clerks": {"count": 1}}
LOOK_BACK: Changes = {"ledger.look_back": {"after_days": 10}, "study.horizon_days": 60}
INTAKE: Changes = {"ledger.intake": {"reports": 20}}
LEDGER_CHANGES = {
    "ledger.office": Change("cases", {"ledger.office": [["10:00", "12:00"]]}),
    "ledger.valid": Change("funnel.screened_out", {"ledger.valid": 0.5}),
    "ledger.forwarding": Change("cases", {"ledger.forwarding": law("constant", value=3)}),
    "ledger.misrouted": Change("measures.misrouted", {"ledger.misrouted": 0.5}),
    "ledger.return_within": Change(
        "cases", {"ledger.return_within": law("constant", value=3)}, given={"ledger.misrouted": 0.5}
    ),
    "ledger.clerks": Change("cases", {"ledger.clerks": {}}),
    "ledger.clerks.count": Change("cases", {"ledger.clerks.count": 0}, given=CLERKS),
    "ledger.clerks.screening": Change("measures.clerk_hours", {"ledger.clerks.screening": LONG}, given=CLERKS),
    "ledger.clerks.shrinkage": Change("measures.clerk_cost", {"ledger.clerks.shrinkage": 0.2}, given=CLERKS),
    "ledger.look_back": Change("lookbacks", {"ledger.look_back": {}}),
    "ledger.look_back.after_days": Change("lookbacks", {"ledger.look_back.after_days": 12}, given=LOOK_BACK),
    "ledger.look_back.reached": Change("lookbacks", {"ledger.look_back.reached": 0.5}, given=LOOK_BACK),
    "ledger.look_back.satisfied": Change("lookbacks", {"ledger.look_back.satisfied": 0.6}, given=LOOK_BACK),
    "ledger.look_back.satisfied_unresolved": Change(
        "lookbacks",
        {"ledger.look_back.satisfied_unresolved": 1.0},
        given={**LOOK_BACK, "ledger.departments.政务服务局.resolved": 0.5},
    ),
    "ledger.look_back.reopen_most": Change(
        "measures.reopened",
        {"ledger.look_back.reopen_most": 0},
        given={**LOOK_BACK, "ledger.look_back.satisfied": 0.5},
    ),
    "ledger.intake": Change("funnel.intake", {"ledger.intake": {"reports": 20}}),
    "ledger.intake.reports": Change("funnel.intake", {"ledger.intake.reports": 30}, given=INTAKE),
    "ledger.intake.first": Change("cases", {"ledger.intake.first": MONDAY + dt.timedelta(days=2)}, given=INTAKE),
    "ledger.intake.last": Change("cases", {"ledger.intake.last": MONDAY + dt.timedelta(days=2)}, given=INTAKE),
    "ledger.categories.*.share": Change("cases", {"ledger.categories.融资需求.share": 90.0}),
    "ledger.categories.*.department": Change("cases", {"ledger.categories.融资需求.department": "政务服务局"}),
    "ledger.departments.*.staff": Change("cases", {"ledger.departments.政务服务局.staff": 1}),
    "ledger.departments.*.handling": Change("cases", {"ledger.departments.政务服务局.handling": LONG}),
    "ledger.departments.*.due_days": Change("cases", {"ledger.departments.政务服务局.due_days": 2}),
    "ledger.departments.*.resolved": Change("funnel.resolved", {"ledger.departments.政务服务局.resolved": 0.5}),
}

OTHER_CHANGES = {
    "title": Change("screen", {"title": "Another title"}),
    "costs.agent_hour": Change("measures.agent_cost", {"costs.agent_hour": 60.0}),
    "costs.overtime": Change("measures.overtime_cost", {"costs.overtime": 2.0}, given=SHORT_SHIFTS),
    "costs.clerk_hour": Change("measures.clerk_cost", {"costs.clerk_hour": 60.0}, given=CLERKS),
    "costs.listener_hour": Change("measures.listener_cost", {"costs.listener_hour": 60.0}, given=LISTENING),
    "costs.robot_minute": Change("measures.robot_cost", {"costs.robot_minute": 0.3}),
    "costs.line_month": Change("measures.line_cost", {"costs.line_month": 100.0}),
    "targets.called_back_in_time": Change(
        "targets", {"targets.called_back_in_time": 0.99}, given={"targets.called_back_in_time": 0.01}
    ),
    "targets.cost": Change("targets", {"targets.cost": 1.0}, given={"targets.cost": 1e6}),
    "targets.satisfaction_error": Change(
        "targets", {"targets.satisfaction_error": 0.0}, given={"targets.satisfaction_error": 99.0}
    ),
    "targets.missed": Change("targets", {"targets.missed": 0}, given={"targets.missed": 10_000}),
    # Every case is on time in a share of 0 of the cases; half a day is too short for all of them.
    "targets.on_time": Change("targets", {"targets.on_time": 1.0}, given={"targets.on_time": 0.0, **HURRIED}),
    # Kept in both runs, so surely in 22 % (0.05 to the half).
    "targets.probability": Change("targets", {"targets.probability": 0.2}, given={"targets.cost": 1e6}),
    "targets.finish_by": Change("summary.finish_by_target", {"targets.finish_by": dt.datetime(2025, 7, 7, 10)}),
    "search.lines": Change("staffing", {"search.lines": [2, 3]}, given=ONE_PLAN),
    "search.agents": Change("staffing", {"search.agents": [2, 2]}, given=ONE_PLAN),
    "search.listeners": Change("staffing", {"search.listeners": [1, 3, 2]}, given=ONE_PLAN),
    "search.clerks": Change("staffing", {"search.clerks": [1, 2]}, given=ONE_PLAN),
    "search.departments": Change("staffing", {"search.departments": {"政务服务局": [1, 2]}}, given=ONE_PLAN),
    "study.mode": Change("calls", {"study.mode": "callback"}, "manual-only"),
    "study.seed": Change("calls", {"study.seed": 8}),
    "study.replications": Change("summary.attempts", {"study.replications": 3}),
    "study.horizon_days": Change("funnel.unfinished", {"study.horizon_days": 1}),
    "study.not_in_service_as": Change("measures.rr1", {"study.not_in_service_as": "NE"}),
    "study.silent_as": Change("measures.rr5", {"study.silent_as": "NC"}),
    "study.confidence": Change("survey.claimed_margin", {"study.confidence": 0.9}),
    "uncertain": Change("drawn", {"uncertain": {"answering.base": (0.4, 0.5)}}),
    "plans": Change("calls", {"plans.lean.robot.lines": 1}, plan="lean"),
}

SCRIPT_CHANGES = {
    "script.calls": Change("calls", SCRIPTED, given=OWN),
    "script.people": Change("tries", {"script.people": "people.csv"}, given={**OWN, **SCRIPTED}),
    "script.transfers": Change(
        "measures.agent_hours",
        {"script.transfers": "transfers.csv"},
        given={**OWN, **SCRIPTED, "agents.transfer.live": True},
    ),
    "script.recordings": Change(
        "measures.found_on_recordings", {"script.recordings": "recordings.csv"}, given={**OWN, **SCRIPTED}
    ),
}

SEGMENT_CHANGES = {
    "segments.*.kind": Change(
        "contacts", {"segments.households.kind": "company"}, "evening-windows", {"segments.companies": ABSENT}
    ),
    "segments.*.industry": Change("contacts", {"segments.companies.industry": ["制造业"]}, "evening-windows"),
    "segments.*.area": Change("contacts", {"segments.companies.area": ["东区"]}, "evening-windows"),
    "segments.*.answer_factor": Change("calls", {"segments.households.answer_factor": 0.5}, "evening-windows"),
    "segments.*.hour_index": Change("calls", {"segments.households.hour_index.9": 30.0}, "evening-windows"),
    "segments.*.scores": Change("truth", {"segments.companies.scores": [9, 9, 20, 30, 32]}, "evening-windows"),
    "segments.*.problems": Change("truth", {"segments.companies.problems": 0.1}, "evening-windows"),
    "segments.*.suggestions": Change("truth", {"segments.companies.suggestions": 0.1}, "evening-windows"),
}


def of_law(name: str, before: Changes, **after: Any) -> dict[str, Change]:
    """Each parameter of a law, as the talk time of complete interviews."""
    at = "questionnaire.talk.complete"
    given = {at: law(name, **before)}
    return {f"law:{name}.{one}": Change("calls", {f"{at}.{one}": value}, given=given) for one, value in after.items()}


def of_part(parameter: str, value: float) -> dict[str, Change]:
    at = "questionnaire.talk.complete"
    given = {at: law("mixture", parts=[{"weight": 1, "low": 5, "high": 20}, {"weight": 1, "low": 40, "high": 60}])}
    return {f"law:mixture.parts.{parameter}": Change("calls", {f"{at}.parts.1.{parameter}": value}, given=given)}


LAW_CHANGES = {
    **of_law("constant", {"value": 30}, value=40),
    **of_law("uniform", {"low": 20, "high": 40}, low=30, high=60),
    **of_law("exponential", {"mean": 30}, mean=40),
    **of_law("lognormal", {"mean": 30, "sd": 20}, mean=40, sd=30),
    **of_law("gamma", {"mean": 30, "sd": 20}, mean=40, sd=30),
    **of_law("quantiles", {"p": [0, 0.5, 1], "x": [5, 40, 300]}, p=[0, 0.7, 1], x=[5, 50, 300]),
    **of_law("table", {"values": [10, 30, 90], "weights": [1, 1, 1]}, values=[10, 40, 90], weights=[1, 1, 3]),
    **of_part("weight", 3),
    **of_part("low", 50),
    **of_part("high", 90),
}

CHANGES: Mapping[str, Change] = {
    **REGISTER_CHANGES,
    **CALENDAR_CHANGES,
    **ROBOT_CHANGES,
    **ANSWERING_CHANGES,
    **QUESTIONNAIRE_CHANGES,
    **QUESTION_CHANGES,
    **RECOGNITION_CHANGES,
    **AGENTS_CHANGES,
    **LEDGER_CHANGES,
    **OTHER_CHANGES,
    **SCRIPT_CHANGES,
    **SEGMENT_CHANGES,
    **LAW_CHANGES,
}


# --- the tests -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the registers and the do-not-call list of `FILES` are."""
    where = tmp_path_factory.mktemp("registers")
    for name, text in FILES.items():
        (where / name).write_text(text, encoding="utf-8")
    book = openpyxl.Workbook()
    book.active.title = "register"
    for sheet in (book.active, book.create_sheet("longer")):
        for row in csv.reader(FILES[f"{sheet.title}.csv"].splitlines()):
            sheet.append(row)
    book.save(where / "register.xlsx")
    return where


@cache
def unchanged(scenario: str, given: str, plan: str | None, directory: Path) -> Study:
    """The small scenario before the change; shared by all fields that start from the same one."""
    return studied(small(scenario, _GIVEN[given]), plan, directory)


_GIVEN = {repr(change.given): change.given for change in CHANGES.values()}


def test_every_field_of_the_schema_has_a_change_and_nothing_else_has() -> None:
    assert sorted(CHANGES) == sorted(LEAVES)
    assert len(LEAVES) == len(set(LEAVES)) > 150


@pytest.mark.parametrize("leaf", CHANGES)
def test_the_change_is_of_that_field_alone(leaf: str) -> None:
    """The entry for a field changes this very field: names and places in lists are the stars of the leaf."""
    for place in CHANGES[leaf].to:
        if leaf == "questionnaire.questions.*.kind" and place.endswith(".options"):
            continue  # a kind without its options would be refused
        if leaf.startswith("law:"):
            of_a_law = place.removeprefix("questionnaire.talk.complete.").replace("parts.1.", "parts.")
            assert leaf.endswith(f".{of_a_law}")
        elif leaf in ("plans", "answering.hour_index", "answering.weekday_index", "segments.*.hour_index"):
            assert _fits(place.split(".")[: leaf.count(".") + 1], leaf)
        else:
            assert _fits(place.split("."), leaf)


def _fits(place: list[str], leaf: str) -> bool:
    parts = leaf.split(".")
    return len(place) == len(parts) and all(b in ("*", a) for a, b in zip(place, parts, strict=True))


@pytest.mark.parametrize("leaf", CHANGES)
def test_a_changed_field_changes_what_comes_out(leaf: str, directory: Path) -> None:
    change = CHANGES[leaf]
    before = unchanged(change.scenario, repr(change.given), change.plan, directory)
    after = studied(small(change.scenario, change.given, change.to), change.plan, directory)
    assert seen(after, change.seen_in, directory) != seen(before, change.seen_in, directory)


def test_the_same_scenario_gives_the_same_everywhere(directory: Path) -> None:
    """Without this the test above would prove nothing: no part changes of itself."""
    first, second = (studied(small("gaoxin-forecast"), None, directory) for _ in range(2))
    assert [seen(first, part, directory) for part in PARTS] == [seen(second, part, directory) for part in PARTS]
