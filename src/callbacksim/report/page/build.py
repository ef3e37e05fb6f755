"""The page: one file that needs nothing else, made of a record (and of a comparison, where there is one)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from callbacksim import __version__
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
from callbacksim.report.page.standing import standing, standing_sentence
from callbacksim.report.page.sure import sentence, sure
from callbacksim.report.page.svg import tag
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
    say = Texts(language)
    script = _asset("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    title = record.scenario.title or Path(str(record.run["file"])).name
    html: str = _template().render(
        say=say,
        title=title,
        question=question(record, say),
        about=_about(record, say),
        sections=sections(record, say, comparison, command),
        version=__version__,
        style=Markup(_asset("page.css")),
        script=Markup(script),
        script_hash=f"sha256-{digest}",
    )
    return html


def sections(
    record: Record, say: Texts, comparison: Mapping[str, Any] | None = None, command: Sequence[str] = ()
) -> list[Section]:
    """Every section that this run has something for, in the order in which it is read."""
    called = record.mode != "ledger"
    found = [
        answer(record, say, say.sentences([sentence(record, say), standing_sentence(record, say)])),
        standing(record, say),
        None if comparison is None else plans(comparison, record.scenario.calendar.start, say),
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
        sure(record, say),
        assumptions(record, say),
        reproduce(record, say, command),
    ]
    return [section for section in found if section is not None]


def _about(record: Record, say: Texts) -> Markup:
    """Where the page comes from; names and overrides are marked as not to be translated."""
    run = record.run
    plan = _named(say("page.plan"), plan=run["plan"]) if run["plan"] else ""
    sets = _named(say("page.sets"), sets=say.listed(list(run["set"]))) if run["set"] else ""
    runs = say("page.one_run" if record.runs == 1 else "page.runs", runs=say.number(record.runs))
    seed = record.result["seed"]
    about = Markup(say("page.about"))
    return about.format(file=_name(Path(str(run["file"])).name), plan=plan, sets=sets, runs=runs, seed=seed)


def _named(text: str, **names: str) -> Markup:
    return Markup(text).format(**{key: _name(name) for key, name in names.items()})


def _name(text: str) -> Markup:
    return tag("span", text, translate="no")


@cache
def _template() -> Any:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_asset("page.html.j2"))


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
