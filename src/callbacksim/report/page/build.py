"""The page of a run: made of a record (and of a comparison, where there is one)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callbacksim.report.page.answer import answer, question
from callbacksim.report.page.assumptions import assumptions, reproduce
from callbacksim.report.page.blocks import Section
from callbacksim.report.page.days import days, outcomes
from callbacksim.report.page.finish import finish
from callbacksim.report.page.flow import flow
from callbacksim.report.page.ledger import ledger
from callbacksim.report.page.money import cost, what_ifs
from callbacksim.report.page.people import people
from callbacksim.report.page.plans import plans
from callbacksim.report.page.record import Record
from callbacksim.report.page.replay import replay
from callbacksim.report.page.satisfaction import satisfaction
from callbacksim.report.page.sheet import Sheet, about, title_of, written
from callbacksim.report.page.standing import standing, standing_sentence
from callbacksim.report.page.sure import sentence, sure
from callbacksim.report.texts import Language, Texts


def page(
    record: Record,
    language: Language = "en",
    comparison: Mapping[str, Any] | None = None,
    command: Sequence[str] = (),
) -> str:
    """The whole page as HTML; `comparison` is what `compare --json` prints, its first plan the record's.

    `command` gives it again; without one it is that of the run.
    """
    return written(sheet_of(record, language, comparison, command), Texts(language))


def sheet_of(
    record: Record,
    language: Language = "en",
    comparison: Mapping[str, Any] | None = None,
    command: Sequence[str] = (),
) -> Sheet:
    """The page before it is written."""
    say = Texts(language)
    runs = say("page.one_run" if record.runs == 1 else "page.runs", runs=say.number(record.runs))
    run = {**record.run, "seed": record.result["seed"], "title": record.scenario.title}
    found = sections(record, say, comparison, command)
    return Sheet(title_of(run), question(record, say), about(run, runs, say), found)


def sections(
    record: Record, say: Texts, comparison: Mapping[str, Any] | None = None, command: Sequence[str] = ()
) -> list[Section]:
    """Every section that this run has something for, in the order in which it is read."""
    found = [
        answer(record, say, say.sentences([sentence(record, say), standing_sentence(record, say)])),
        standing(record, say),
        None if comparison is None else plans(comparison, record.scenario.calendar.start, say),
        *course(record, say),
        sure(record, say),
        assumptions(record.scenario, say),
        reproduce(record, say, command),
    ]
    return [section for section in found if section is not None]


def course(record: Record, say: Texts) -> list[Section]:
    """How one plan goes, from the register to the cost; what there is nothing of is left out."""
    called = record.mode != "ledger"
    found = [
        flow(record, say),
        finish(record, say),
        satisfaction(record, say) if called else None,
        days(record, say) if called else None,
        replay(record, say) if called else None,
        people(record, say) if record.mode == "callback" else None,
        outcomes(record, say) if called else None,
        ledger(record, say),
        cost(record, say),
        what_ifs(record, say),
    ]
    return [section for section in found if section is not None]
