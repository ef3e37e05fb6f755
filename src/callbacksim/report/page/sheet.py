"""A page before it is written: its head and its sections; and the one file that it becomes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from callbacksim import __version__
from callbacksim.report.directory import Run
from callbacksim.report.page.blocks import Section
from callbacksim.report.page.svg import tag
from callbacksim.report.texts import Texts


@dataclass(frozen=True)
class Sheet:
    """What a page says: its title, the question in a sentence, where it comes from, its sections in order."""

    title: str
    question: str
    about: Markup
    sections: Sequence[Section]


def written(sheet: Sheet, say: Texts) -> str:
    """The whole page as HTML, in one file that needs nothing else."""
    script = _asset("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    html: str = _template().render(
        say=say,
        title=sheet.title,
        question=sheet.question,
        about=sheet.about,
        sections=sheet.sections,
        version=__version__,
        style=Markup(_asset("page.css")),
        script=Markup(script),
        script_hash=f"sha256-{digest}",
    )
    return html


def title_of(run: Run) -> str:
    """What the campaign is called: its title, failing that its file's name."""
    return str(run["title"]) or Path(str(run["file"])).name


def about(run: Run, runs: str, say: Texts) -> Markup:
    """Where the page comes from; names and overrides are marked as not to be translated. `runs`: how often."""
    plan = _named(say("page.plan"), plan=run["plan"]) if run["plan"] else ""
    sets = _named(say("page.sets"), sets=say.listed(list(run["set"]))) if run["set"] else ""
    text = Markup(say("page.about"))
    return text.format(file=_name(Path(str(run["file"])).name), plan=plan, sets=sets, runs=runs, seed=run["seed"])


def _named(text: str, **names: str) -> Markup:
    return Markup(text).format(**{key: _name(name) for key, name in names.items()})


def _name(text: str) -> Markup:
    return tag("span", text, translate="no")


@cache
def _template() -> Any:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["whole"] = lambda text: text.replace(" %", "\u00a0%")  # a figure is not parted from its sign
    environment.filters["dotted"] = _dotted
    return environment.from_string(_asset("page.html.j2"))


def _dotted(path: str) -> Markup:
    """A text in which a field's path may go on in the next line after a dot."""
    return Markup(".<wbr>").join(path.split("."))


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
