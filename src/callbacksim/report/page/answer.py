"""The answer before everything else: the question in a sentence, the verdict, the figures to remember, the promises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from callbacksim.report.page.blocks import Block, Cell, Grid, Listing, Prose, Section, Tile, Tiles, number_cell
from callbacksim.report.page.finish import dates_between
from callbacksim.report.page.record import Record
from callbacksim.report.texts import Texts
from callbacksim.report.words import UNDEFINED


def question(record: Record, say: Texts) -> str:
    """What was asked, in a sentence."""
    scenario = record.scenario
    start = say.full_day(scenario.calendar.start)
    if record.mode == "ledger":
        departments = say.counted("department", len(scenario.ledger.departments))
        return say("question.ledger", departments=departments, start=start)
    called = record.stage("contacts").mean or 0.0
    contacts = say.counted("contact", called, say.number(called))
    if record.mode == "manual":
        return say(
            "question.manual", people=say.counted("person", scenario.manual.agents), contacts=contacts, start=start
        )
    lines, people = say.counted("line", scenario.robot.lines), say.counted("agent", scenario.agents.everybody)
    return say("question.callback", lines=lines, people=people, contacts=contacts, start=start)


def verdict(record: Record, say: Texts) -> str:
    """The whole campaign in one paragraph."""
    if record.mode == "ledger":
        return say.sentences([say("verdict.ledger"), _resolved(record, say), _ledger_done(record, say)])
    return say.sentences(
        [_finished(record, say), _promise(record, say), _reached(record, say), _satisfied(record, say)]
    )


def confidence(record: Record, say: Texts) -> str:
    """How sure that is."""
    if record.runs == 1:
        return say("verdict.one_run")
    level = say.whole_share(record.result["confidence"])
    return say("verdict.sure", runs=say.number(record.runs), level=level)


def answer(record: Record, say: Texts, further: str = "") -> Section:
    """The first section; `further` is a sentence after the verdict."""
    blocks: list[Block] = [Tiles(_tiles(record, say))]
    if targets := record.result["targets"]:
        blocks.append(judged(targets, say("target.caption"), say))
    if warnings := _warnings(record, say):
        blocks += [Prose(say("answer.mind"), class_="mind"), Listing(warnings, "warnings")]
    lead = say.sentences([verdict(record, say), further, confidence(record, say)])
    return Section("answer", say("section.answer"), lead, blocks)


def _finished(record: Record, say: Texts) -> str:
    what = say("verdict.calls" if record.mode == "manual" else "verdict.calls_and_back")
    half, late = record.mean("finish_median"), record.mean("finish_p95")
    cut = sum(value == float("inf") for value in record.values("finish"))
    runs = say.number(record.runs)
    if half is None:
        horizon = say.full_moment(record.times.datetime(record.times.horizon))
        return say("verdict.cut_off", what=what, horizon=horizon, cut=say.number(cut), runs=runs)
    if record.runs == 1:
        return say("verdict.finished_once", what=what, when=say.full_moment(record.date(half)))
    if late is None:
        when = say.full_moment(record.date(half))
        return say("verdict.half_finished", what=what, half=when, cut=say.number(cut), runs=runs)
    return say(
        "verdict.finished", what=what, half=say.full_moment(record.date(half)), late=say.moment(record.date(late))
    )


def _promise(record: Record, say: Texts) -> str:
    promised, kept = record.scenario.targets.finish_by, record.mean("finish_by_target")
    if promised is None or kept is None:
        return ""
    date, ends = say.moment(promised), say.said("finish_by_target", record.estimate("finish_by_target"))[1]
    if kept in (0, 1):
        return say(f"verdict.promise_{'kept' if kept else 'missed'}", date=date, ends=ends)
    return say("verdict.promise", date=date, share=say.share(kept), ends=ends)


def _reached(record: Record, say: Texts) -> str:
    interviews, share = record.mean("interviews"), record.mean("interview_share")
    if interviews is None or share is None:
        return ""
    contacts = say.number(record.stage("contacts").mean)
    return say("verdict.reached", interviews=say.number(interviews), contacts=contacts, share=say.share(share))


def _satisfied(record: Record, say: Texts) -> str:
    found, truth = record.mean("satisfied"), record.mean("true_satisfied_businesses")
    if found is None:
        return say("verdict.nobody_heard")
    if truth is None:
        return say("verdict.found_satisfied", found=say.share(found))
    return say("verdict.satisfied", found=say.share(found), truth=say.share(truth))


def _resolved(record: Record, say: Texts) -> str:
    resolved, satisfied = record.mean("resolved_share"), record.mean("look_back_satisfied_share")
    if resolved is None:
        return say("verdict.no_case")
    text = say("verdict.resolved", share=say.share(resolved))
    return text if satisfied is None else say.sentences([text, say("verdict.look_back", share=say.share(satisfied))])


def _ledger_done(record: Record, say: Texts) -> str:
    done = sorted(record.values("ledger_finish"))
    late = sum(value == float("inf") for value in done)
    if not done or late:
        return say("verdict.ledger_open", cut=say.number(late), runs=say.number(record.runs))
    return say("verdict.ledger_done", when=say.full_moment(record.date(done[(len(done) - 1) // 2])))


def _tiles(record: Record, say: Texts) -> list[Tile]:
    names = ("resolved_share", "on_time_share", "overdue", "case_days", "cost")
    if record.mode != "ledger":
        names = ("interview_share", "satisfied", "called_back_in_time", "people_employed", "cost")
    tiles = [_finish_tile(record, say)] if record.mode != "ledger" else []
    for name in names:
        value, note = say.said(name, record.estimate(name))
        if value != UNDEFINED:
            tiles.append(Tile(say(f"tile.{name}"), value, note))
    return tiles


def _finish_tile(record: Record, say: Texts) -> Tile:
    late = record.estimate("finish_p95")
    words = say("tile.finish_once" if record.runs == 1 else "tile.finish")
    if late.mean is None:
        cut = sum(value == float("inf") for value in record.values("finish"))
        return Tile(words, UNDEFINED, say("tile.cut_off", cut=say.number(cut), runs=say.number(record.runs)))
    notes = [dates_between(record, say, late)]
    if record.mean("finish_by_target") is not None:
        share, ends = say.said("finish_by_target", record.estimate("finish_by_target"))
        notes.append(say("tile.promise", share=share, ends=ends))
    return Tile(words, say.moment(record.date(late.mean)), say.sentences(notes))


STATES = {True: "met", False: "missed", None: "unclear"}


def judged(targets: Sequence[Mapping[str, Any]], caption: str, say: Texts) -> Grid:
    """Promises held against the runs, one a row."""
    rows = []
    for one in targets:
        state = STATES[one["met"]]
        low, kept = _float(one["lower"]), _float(one["probability"])
        said = UNDEFINED if kept is None else say.share(kept)
        rows.append(
            [
                Cell(say(f"target.{one['name']}")),
                Cell(_limit(str(one["name"]), one["limit"], say)),
                number_cell(said, kept),
                number_cell(UNDEFINED if low is None else say.share(low), low),
                number_cell(say.share(_float(one["wanted"])), _float(one["wanted"])),
                Cell(say(f"target.{state}" if state != "missed" else "target.missed_"), class_=f"state {state}"),
            ]
        )
    heads = [say(f"target.head_{name}") for name in ("promise", "limit", "kept", "surely", "wanted", "state")]
    return Grid(caption, heads, rows)


def _limit(name: str, limit: object, say: Texts) -> str:
    if name == "finish_by":
        return say.moment(dt.datetime.fromisoformat(str(limit)))
    value = _float(limit)
    if name in ("called_back_in_time", "on_time"):
        return say.share(value)
    if name == "cost":
        return say.money(value)
    return say("target.points", points=say.number(value, 1)) if name == "satisfaction_error" else say.number(value)


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _warnings(record: Record, say: Texts) -> list[tuple[str, str | None]]:
    """(text, its language where it is not the page's)."""
    found: list[tuple[str, str | None]] = []
    for warning in record.result["warnings"]:
        text = say.warning(str(warning))
        said, language = (str(warning), "en") if text is None else (text, None)
        found.append((said.removesuffix(" (--details)"), language))  # here the cells stand below
    return found
