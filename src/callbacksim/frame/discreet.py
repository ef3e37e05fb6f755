"""Telephone numbers as files and screens show them: masked wherever they stand, unless asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from callbacksim.frame.frame import Frame
from callbacksim.frame.phones import dialled, mask

_DIGITS = re.compile(r"\d+")
_MOST_GROUPS = 16  # people write a number in groups; more than its digits it cannot have
_FEWEST_DIGITS = 7  # no number that belongs to somebody has fewer
Discreet = Callable[[str], str]


def discreet(frame: Frame, show_numbers: bool) -> Discreet:
    """A function for the user's text (names, identifiers): the register's own numbers in it are masked."""
    if show_numbers:
        return lambda text: text
    known = {number.removeprefix("+86").removeprefix("+"): number for number in frame.numbers}
    return lru_cache(maxsize=1 << 12)(lambda text: _masked(text, known))


def all_shown(frame: Frame, show_numbers: bool) -> Mapping[str, str]:
    """Each number of the register (and '') as :func:`shown` writes it."""
    return {"": "", **{number: shown(number, show_numbers) for number in frame.numbers}}


def shown(number: str, show_numbers: bool) -> str:
    """An E.164 number as people dial it, or masked unless it may be shown; '' stays ''."""
    return (dialled(number) if show_numbers else mask(number)) if number else ""


def _masked(text: str, known: Mapping[str, str]) -> str:
    groups = list(_DIGITS.finditer(text))
    if sum(group.end() - group.start() for group in groups) < _FEWEST_DIGITS:
        return text
    kept, done, first = [], 0, 0
    while first < len(groups):
        for last in range(min(len(groups), first + _MOST_GROUPS) - 1, first - 1, -1):
            number = _number("".join(group[0] for group in groups[first : last + 1]), known)
            if number is not None:
                kept += [text[done : groups[first].start()], mask(number)]
                done, first = groups[last].end(), last
                break
        first += 1
    return "".join([*kept, text[done:]])


def _number(digits: str, known: Mapping[str, str]) -> str | None:
    """The register's number that is meant by these digits (full-width ones too), however it is dialled, or None."""
    plain = digits if digits.isascii() else "".join(str(int(digit)) for digit in digits)
    ways = (plain, plain.removeprefix("0"), plain.removeprefix("00").removeprefix("86"))
    return next((known[way] for way in ways if way in known), None)
