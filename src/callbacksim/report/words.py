"""How figures, dates and other people's text are written: one place, so that every screen and file says it alike."""

from __future__ import annotations

import datetime as dt
import math
import shlex
from collections.abc import Callable, Sequence

from callbacksim.study.estimates import Estimate
from callbacksim.study.summary import Entry
from callbacksim.study.writing import UNDEFINED as UNDEFINED
from callbacksim.study.writing import fitting as fitting
from callbacksim.study.writing import number as number

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
Writer = Callable[[float], str]


def plain(text: str) -> str:
    """Other people's text for a terminal: one line, nothing that a terminal obeys."""
    return "".join(c if c.isprintable() else "�" for c in text)


def shell_word(text: str) -> str:
    """A word of a command, quoted for a shell; what a terminal would obey is written out: pages are copied from."""
    if text.isprintable():
        return shlex.quote(text)
    return "$'" + "".join(c if c.isprintable() and c not in "\\'" else _written_out(c) for c in text) + "'"


def _written_out(character: str) -> str:
    """A character as bash and zsh have it within ``$'…'``; a byte of a name that is no text, as that byte."""
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how Python keeps such bytes
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 and not 0x80 <= ord(character) < 0x100 else f"\\U{code:08x}"


def counts(decimals: int) -> Writer:
    """Writes with this many decimals."""
    return lambda value: number(value, decimals)


def counted(count: int, one: str, many: str = "") -> str:
    """``1 line``, ``1,200 lines``; the plural is given where it is not the word with an s."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def about(count: int) -> int:
    """A whole number that is only about so large: two figures of it."""
    return round(count, 2 - len(str(count))) if count >= 100 else count


def share(value: float) -> str:
    """A share as ``44.4 %``."""
    return f"{number(100 * value, 1)} %"


def bare_share(value: float) -> str:
    """A share without its sign, for the ends of an interval: ``44.4``."""
    return number(100 * value, 1)


def points(value: float) -> str:
    """Percentage points with their sign: ``+0.4``."""
    text = number(value, 1)
    return f"+{text}" if value > 0 and text.strip("0.") else text


def money(value: float) -> str:
    """``¥5,686``; small amounts with fen, ``¥1.29``."""
    sign, amount = ("−" if value < 0 else ""), abs(value)
    return f"{sign}¥{number(amount, 2 if amount < 100 else 0)}"


def between(low: str, high: str) -> str:
    """Two ends with an en dash, or with ``to`` where a sign would be mistaken for it."""
    return f"{low} to {high}" if any(end[:1] in "+−" for end in (low, high)) else f"{low}–{high}"


def apportioned(parts: Sequence[float], total: float, decimals: int) -> list[float]:
    """The parts rounded so that they add up to the rounded total.

    The first, which is named elsewhere too, is rounded by itself; among the others what is left over goes to the
    largest remainders.
    """
    scale = 10**decimals
    first = round(parts[0], decimals)
    units = [part * scale for part in parts[1:]]
    down = [math.floor(unit + 1e-9) for unit in units]
    left = round((round(total, decimals) - first) * scale) - sum(down)
    order = sorted(range(len(units)), key=lambda i: down[i] - units[i], reverse=left < 0)
    for i in [i for i in order if left > 0 or down[i] > 0][: abs(left)]:
        down[i] += 1 if left > 0 else -1
    return [first, *(unit / scale for unit in down)]


def day(date: dt.date) -> str:
    """``Tue 8 July``."""
    return f"{DAYS[date.weekday()]} {date.day} {MONTHS[date.month - 1]}"


def day_alone(date: dt.date) -> str:
    """``Tue 8``."""
    return f"{DAYS[date.weekday()]} {date.day}"


def full_day(date: dt.date) -> str:
    """``Tue 8 July 2025``."""
    return f"{day(date)} {date.year}"


def moment(at: dt.datetime) -> str:
    """``Tue 8 July 16:17``, the minute begun counted as passed: done *by* then."""
    return f"{day(by(at))} {clock(at)}"


def full_moment(at: dt.datetime) -> str:
    """``Tue 8 July 2025 16:17``."""
    return f"{full_day(by(at))} {clock(at)}"


def clock(at: dt.datetime) -> str:
    """``16:17``, the minute begun counted as passed."""
    return f"{by(at):%H:%M}"


def span(low: dt.datetime, high: dt.datetime) -> str:
    """``16:02–16:31`` on one day, else ``Tue 8 July 16:02 – Wed 9 July 11:05``."""
    if by(low).date() == by(high).date():
        return f"{clock(low)}–{clock(high)}"
    return f"{moment(low)} – {moment(high)}"


def by(at: dt.datetime) -> dt.datetime:
    """The next whole minute, unless it is one: done *by* then."""
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + dt.timedelta(minutes=1)


def writers(entry: Entry) -> tuple[Writer, Writer]:
    """How a figure of this unit is written, and the ends of its interval."""
    if entry.unit.startswith(("share", "probability")):
        return share, bare_share
    if entry.unit.startswith("¥"):
        return money, money
    if entry.unit == "percentage points" and entry.name not in ("claimed_margin", "sampling_error_size"):
        return points, points
    write = counts(fitting(entry.estimate))
    return write, write


def lasting(change: Estimate) -> tuple[Writer, str]:
    """How a time in hours is best written, and its unit: minutes where even the interval is short."""
    longest = max(abs(x) for x in (change.mean, change.low, change.high, 0.0) if x is not None)
    if longest < 1.5:
        return (lambda hours: number(60 * hours, 0 if longest > 0.15 else 1)), "min"
    return counts(1), "h"


def listed(words: Sequence[str]) -> str:
    """``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def percent(confidence: float) -> str:
    """A confidence as ``95 %``."""
    return f"{100 * confidence:g} %"
