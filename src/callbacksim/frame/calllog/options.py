"""How a call log is to be read, where it does not say so itself: the words of the command line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from callbacksim.frame.calllog.formats import ROLES, Ended, Meaning, Role, word
from callbacksim.frame.tables import refuse
from callbacksim.scenario.problems import Problem, Refused
from callbacksim.scenario.wording import meant, show

T = TypeVar("T")
CHINA = 8 * 60


@dataclass(frozen=True)
class Reading:
    """How a log is to be read, where its headings do not say it.

    ``columns``: the heading, or the place from 1, of a role. ``statuses``: what a word for the end of a call means;
    None: no call. ``utc``: its times are GMT. ``utc_offset``: local time is so many minutes ahead of GMT. ``only``: by
    heading, or place from 1, the values (in lower case) of the rows that count; the others are another campaign's.
    """

    columns: Mapping[Role, str] = field(default_factory=dict)
    statuses: Mapping[str, Meaning] = field(default_factory=dict)
    utc: bool = False
    utc_offset: int = CHINA
    sheet: str | None = None
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def reading_of(
    columns: Sequence[str],
    statuses: Sequence[str],
    utc: bool,
    utc_offset: str,
    sheet: str | None,
    only: Sequence[str] = (),
) -> Reading:
    """The options of a command line as it has them. Raises Refused with all that is wrong."""
    problems: list[Problem] = []

    def read(parse: Callable[[], T], otherwise: T) -> T:
        try:
            return parse()
        except Refused as refused:
            problems.extend(refused.problems)
            return otherwise

    found = Reading(
        columns=read(lambda: column_mapping(columns), {}),
        statuses=read(lambda: status_mapping(statuses), {}),
        utc=utc,
        utc_offset=read(lambda: offset_minutes(utc_offset), CHINA),
        sheet=sheet,
        only=read(lambda: values_that_count(only), {}),
    )
    if problems:
        raise Refused(problems)
    return found


def column_mapping(texts: Sequence[str]) -> dict[Role, str]:
    """``["number=被叫", "start=3"]`` of ``--column``. Raises Refused."""
    pairs = _pairs(texts, "--column", "number=被叫")
    problems = []
    for at, (name, _) in enumerate(pairs, start=1):
        if name not in ROLES:
            near = meant(name, ROLES)
            right = f"did you mean {near}?" if near else f"name one of {', '.join(ROLES)}"
            problems.append(Problem("--column", at, "column", f"{show(name)} is nothing that a log tells", right))
    if problems:
        raise Refused(problems)
    return {role: heading for name, heading in pairs for role in ROLES if role == name}


def status_mapping(texts: Sequence[str]) -> dict[str, Meaning]:
    """``["FAILED=not_in_service", "TEST=skip"]`` of ``--status``; ``"=skip"`` of empty cells. Raises Refused."""
    found: dict[str, Meaning] = {}
    problems = []
    words = [ended.name.lower() for ended in Ended]
    for at, (status, meaning) in enumerate(_pairs(texts, "--status", "FAILED=not_in_service", nameless=True), start=1):
        if meaning.lower() == "skip":
            found[word(status)] = None
        elif meaning.lower() in words:
            found[word(status)] = Ended[meaning.upper()]
        else:
            right = f"write one of {', '.join(words)}, or skip"
            problems.append(Problem("--status", at, "status", f"{show(meaning)} is no outcome", right))
    if problems:
        raise Refused(problems)
    return found


def values_that_count(texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """``["campaign=survey", "campaign=pilot"]`` of ``--only``, by heading. Raises Refused."""
    found: dict[str, tuple[str, ...]] = {}
    for heading, value in _pairs(texts, "--only", "campaign=survey"):
        found[heading] = (*found.get(heading, ()), value.casefold())
    return found


def offset_minutes(text: str) -> int:
    """Minutes that ``+08:00`` is ahead of GMT. Raises Refused."""
    match = re.fullmatch(r"([+-])(\d{2}):?(\d{2})", text.strip())
    minutes = int(match[2]) * 60 + int(match[3]) if match else 10_000
    if match is None or int(match[3]) > 59 or minutes > 14 * 60:
        raise refuse("--utc-offset", 1, "offset", f"{show(text)} is no offset from GMT", "write it as +08:00")
    return -minutes if match[1] == "-" else minutes


def _pairs(texts: Sequence[str], option: str, example: str, *, nameless: bool = False) -> list[tuple[str, str]]:
    pairs = [(left.strip(), right.strip()) for left, _, right in (text.partition("=") for text in texts)]
    problems = [
        Problem(option, at, option.removeprefix("--"), f"{show(text)} is not NAME=VALUE", f"write it as {example}")
        for at, (text, (left, right)) in enumerate(zip(texts, pairs, strict=True), start=1)
        if not right or not (left or (nameless and text.strip().startswith("=")))
    ]
    if problems:
        raise Refused(problems)
    return pairs
