"""Telephone numbers as files and screens show them: masked wherever they stand, unless asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from callbacksim.frame.frame import Frame
from callbacksim.frame.phones import mask

_DIGITS = re.compile(r"\d{7,}")
Discreet = Callable[[str], str]


def discreet(frame: Frame, show_numbers: bool) -> Discreet:
    """A function for the user's text (names, identifiers): the register's own numbers in it are masked."""
    if show_numbers:
        return lambda text: text
    known: dict[str, str] = {}
    for number in frame.numbers:
        national = number.removeprefix("+86").removeprefix("+")
        known |= {national: mask(number), f"0{national}": mask(number), f"86{national}": mask(number)}

    @cache
    def masked(text: str) -> str:
        return _DIGITS.sub(lambda found: known.get(found[0], found[0]), text)

    return masked


def shown(number: str, show_numbers: bool) -> str:
    """An E.164 number, masked unless it may be shown; '' stays ''."""
    return number if show_numbers or not number else mask(number)
