"""A screen in two languages: what is left in English, its numbers, its width."""

from __future__ import annotations

import re
from collections.abc import Collection

from rich.cells import cell_len

from callbacksim.scenario.files import load

SAME = frozenset({
    "callbacksim", "check", "run",  # what is typed
    "AAPOR", "AIC", "Erlang", "Jansen",  # names of methods
})  # fmt: skip
"""Words of letters that are the same in Chinese."""
_FIELD = re.compile(r"[a-z_]+(?:[._][a-z_0-9#]+)+|--[a-z-]+")  # robot.lines, --sheet
_DATES = re.compile(
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2}\b"
    r"(?: (?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec))?(?: \d{4})?\b"
    r"|(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日(?:周.)?|周[一二三四五六日] \d{1,2}\b"
)


def english_left(screen: str, names: Collection[str] = ()) -> set[str]:
    """Words of three letters and more that are neither fields, nor in `names` (the user's own), nor the same anyway."""
    return set(re.findall(r"[A-Za-z]{3,}", _FIELD.sub(" ", _without(screen, names)))) - SAME


def numbers(screen: str, names: Collection[str] = ()) -> list[str]:
    """The numbers of a screen in their order, those of dates and of names left out."""
    return re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", _DATES.sub(" ", " ".join(_without(screen, names).split())))


def _without(screen: str, names: Collection[str]) -> str:
    """The screen without names, which may be broken over lines."""
    for name in sorted(names, key=len, reverse=True):
        spelled = r"\s*".join(map(re.escape, "".join(name.split())))
        screen = re.sub(f"(?<![A-Za-z]){spelled}(?![A-Za-z])", " ", screen) if spelled else screen
    return screen


def widest(screen: str) -> int:
    """The cells of its longest line."""
    return max(cell_len(line) for line in screen.splitlines())


def names_in(file: str) -> tuple[str, ...]:
    """What the user has named in a scenario: the file, its title, plans, segments, questions, groups, scripts."""
    scenario = load(file)
    questions = [question.id for question in scenario.questionnaire.questions]
    paths = (file, scenario.script.calls or file)
    return (*paths, scenario.title, *scenario.plans, *scenario.segments, *scenario.agents.groups, *questions)
