"""What stands in a cell of a call log: a time or a length of time, as switches and spreadsheets write them."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from callbacksim.frame.calllog.options import offset_minutes
from callbacksim.scenario.calendar import DAY, HOUR, MINUTE, SECOND

_CLOCK = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]+|(?<=日)|(?=[上下]午))(上午|下午)?\s*"
    r"(\d{1,2})[:时](\d{2})(?:[:分](?:(\d{2})秒?(?:[.,](\d{1,9}))?)?)?\s*([AP]\.?M\.?)?\s*(Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})")
_EPOCH = re.compile(r"(\d{10}|\d{13})(?:\.0+)?")
_SERIAL = re.compile(r"\d{5}\.\d{1,15}")  # days since the end of 1899, as a spreadsheet counts them
_SERIAL_ZERO = dt.datetime(1899, 12, 30, tzinfo=dt.UTC)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T\s]+\d{1,2}:\d{2}(?::\d{2})?(?:\s*[AaPp][Mm])?)?")
_TIME = re.compile(r"(?:上午|下午)?\s*\d{1,2}[:时]\d{2}(?:[:分].*)?", re.IGNORECASE)
_MIDNIGHT = re.compile(r"[T\s]+0?0:00(?::00)?(?:\.0+)?")
_NEGATIVE = re.compile(r"-\d{1,7}(?:\.\d{1,6})?")
_SECONDS = re.compile(r"(\d{1,7}|[1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d{1,6}))?\s*(?:s|秒)?", re.IGNORECASE)
_HOURS = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})")
_UNITS = re.compile(
    r"(?=\d)(?:(\d{1,3})\s*(?:小时|时|h)\s*)?(?:(\d{1,4})\s*(?:分钟|分|min|m)\s*)?(?:(\d{1,5})\s*(?:秒钟|秒|s))?",
    re.IGNORECASE,
)


class Unread(Exception):  # noqa: N818 (it is caught where the cell's place is known)
    """A cell that cannot be read: what would be right."""


class Moment(NamedTuple):
    """A time as a cell has it: ms since midnight of 1 January 1970 on its own clock, and how far that is ahead of GMT.

    ``ahead`` (minutes) is None where the cell does not say.
    """

    ms: int
    ahead: int | None


def moment(text: str) -> Moment:
    """The time in a cell. Raises Unread."""
    if epoch := _EPOCH.fullmatch(text):
        return Moment(int(epoch[1]) * (SECOND if len(epoch[1]) == 10 else 1), 0)
    if _SERIAL.fullmatch(text):
        seconds = round(float(text) * (DAY // SECOND))
        return Moment(_since_1970(_SERIAL_ZERO + dt.timedelta(seconds=seconds)), None)
    if compact := _COMPACT.fullmatch(text):
        return Moment(_since_1970(_clock(*map(int, compact.groups()))), None)
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise Unread("write it as 2025-07-07 09:30:00")
    year, month, day, before, hour, minute, second, fraction, behind, offset = found.groups()
    clock = _clock(int(year), int(month), int(day), _hour(int(hour), before or behind), int(minute), int(second or 0))
    ms = _since_1970(clock) + int((fraction or "").ljust(3, "0")[:3])
    ahead = None if offset is None else 0 if offset.upper() == "Z" else offset_minutes(offset)
    return Moment(ms, ahead)


def _hour(hour: int, half: str | None) -> int:
    """The hour from 0, where ``half`` says which half of the day it is in (12 is the first of each)."""
    if half is None:
        return hour
    late = half == "下午" or half[0] in "Pp"
    if not late and hour > 12:
        raise Unread("there is no such day or hour")
    return hour % 12 + 12 * late if hour <= 12 else hour


def _clock(year: int, month: int, day: int, hour: int, minute: int, second: int) -> dt.datetime:
    try:
        return dt.datetime(year, month, day, hour, minute, min(second, 59), tzinfo=dt.UTC)
    except ValueError:
        raise Unread("there is no such day or hour") from None


def _since_1970(clock: dt.datetime) -> int:
    if not 2000 <= clock.year < 2100:
        raise Unread("the year must lie between 2000 and 2099")
    return round(clock.timestamp()) * SECOND


def on_day(day: str, text: str) -> str:
    """The time in a cell whose date stands in another one; the cell as it is where it has a date of its own."""
    return f"{_MIDNIGHT.sub('', day)} {text}" if day and _TIME.fullmatch(text) else text


def is_moment(text: str) -> bool:
    """Whether a cell looks like a time."""
    return any(form.fullmatch(text) for form in (_CLOCK, _COMPACT, _EPOCH, _SERIAL))


def is_date(text: str) -> bool:
    """Whether a cell looks like a date or a time, be it of another custom: nobody's number stands there."""
    return bool(_CLOCK.fullmatch(text) or _DATE.fullmatch(text))


def length(text: str) -> int | None:
    """A length in ms, below 0 where the cell has one below 0; None where it is none."""
    if plain := _SECONDS.fullmatch(text):
        return int(plain[1].replace(",", "")) * SECOND + int((plain[2] or "").ljust(3, "0")[:3])
    if parts := _HOURS.fullmatch(text) or _UNITS.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in parts.groups())
        return hours * HOUR + minutes * MINUTE + seconds * SECOND
    return round(float(text) * SECOND) if _NEGATIVE.fullmatch(text) else None


def is_length(text: str) -> bool:
    """Whether a cell is a number of seconds, even one that no call can last."""
    return bool(_SECONDS.fullmatch(text) or _NEGATIVE.fullmatch(text))
