"""Public holidays and make-up working days by country, from the libraries that know them.

China's come from the State Council's notices as `chinesecalendar` has them; every other country's from `holidays`,
which is also held against them. Both take time to import, so nothing is imported before a date is asked for.
"""

from __future__ import annotations

import datetime as dt
import difflib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from callbacksim.scenario.wording import listing, show

if TYPE_CHECKING:
    from holidays import HolidayBase

NONE, CHINA = "none", "CN"
DayKind = Literal["ordinary", "holiday", "make-up"]


@dataclass(frozen=True)
class PublicDays:
    """A year of a country's calendar."""

    off: frozenset[dt.date]  # public holidays
    worked: frozenset[dt.date]  # weekend days worked in their stead
    estimated: frozenset[dt.date] = frozenset()  # of the holidays, those whose date is reckoned and not announced
    known: bool = True  # else the calendar does not cover the year


NO_DAYS = PublicDays(frozenset(), frozenset())


def known_country(code: str) -> str:
    """The code if it is "CN", "none", a country ("DE") or a part of one ("DE-BY") that has a calendar.

    `ValueError` for any other, in two parts: what is wrong; what would be right.
    """
    if code in (NONE, CHINA):
        return code
    country, dash, part = code.partition("-")
    parts = _countries().get(country)
    if parts is None:
        # A part is kept where only the country is misspelt: "de-BY" was meant to be "DE-BY".
        hint = _near(country, _by_any_name(), dash + part)
        raise ValueError(f'{show(code)} is no country; {hint}write "CN", "none", or a country such as "DE" or "DE-BY"')
    if dash and part not in parts:
        hint = _near(part, {one.lower(): f"{country}-{one}" for one in parts})
        has = (
            f"write {show(country)}, with or without one of {listing(parts, 40)}" if parts else f"write {show(country)}"
        )
        raise ValueError(f"{show(code)} is no part of {country} that has holidays of its own; {hint}{has}")
    return code


def _near(word: str, codes: Mapping[str, str], behind: str = "") -> str:
    """``did you mean "DE" or "DK"? Else `` for up to three of the codes whose names are nearest, if any is near."""
    near = difflib.get_close_matches(word[:60].lower(), codes, n=3, cutoff=0.5)
    said = list(dict.fromkeys(show(codes[name] + ("" if codes[name] == NONE else behind)) for name in near))
    return f"did you mean {' or '.join(said)}? Else " if said else ""


@lru_cache
def _countries() -> dict[str, list[str]]:
    """The parts of every country that has a calendar, by its two letters."""
    import holidays

    return dict(holidays.list_supported_countries(include_aliases=False))


@lru_cache
def _by_any_name() -> dict[str, str]:
    """The two letters of a country by all that it may be called, in lower case: de, deu, germany."""
    from holidays.registry import COUNTRIES

    names = {name.replace("_", " "): codes[1] for name, codes in COUNTRIES.items()}
    aliases = {alias.lower(): codes[1] for codes in COUNTRIES.values() for alias in codes[1:]}
    return {NONE: NONE, **names, **aliases}


def public_kind(date: dt.date, code: str) -> DayKind:
    """What the country's calendar says of a date; `code` as in `known_country`."""
    days = public_days(code, date.year)
    return "holiday" if date in days.off else "make-up" if date in days.worked else "ordinary"


@lru_cache(maxsize=1024)
def public_days(code: str, year: int) -> PublicDays:
    """A year of the country's calendar; no days where it has none for that year."""
    if code == NONE:
        return NO_DAYS
    if code != CHINA:
        return _by_holidays(code, year)
    if is_published(year):
        return _by_notice(year)
    # Not published yet: the fixed feasts are known, the make-up days are not.
    return PublicDays(_by_holidays(CHINA, year).off, frozenset(), known=False)


def is_published(year: int) -> bool:
    """Whether the State Council's holiday notice of the year is known."""
    import chinese_calendar

    try:
        chinese_calendar.is_holiday(dt.date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def _by_notice(year: int) -> PublicDays:
    import chinese_calendar

    off, worked = set(), set()
    for date in _dates(year):
        holiday, name = chinese_calendar.get_holiday_detail(date)
        if holiday and name is not None:
            off.add(date)
        elif not holiday and date.weekday() >= 5:
            worked.add(date)
    return PublicDays(frozenset(off), frozenset(worked))


def _by_holidays(code: str, year: int) -> PublicDays:
    country, told = _calendar_of(code, year)
    known = country.start_year <= year <= country.end_year and not told
    # Weekend days worked for the next New Year lie in the old year.
    following, _ = _calendar_of(code, year + 1)
    marks = _estimated_marks(country)
    off = {date: name for date, name in (country + following).items() if date.year == year}
    worked = country.weekend_workdays | following.weekend_workdays
    return PublicDays(
        frozenset(off),
        frozenset(date for date in worked if date.year == year),
        frozenset(date for date, name in off.items() if any(mark in name for mark in marks)),
        known,
    )


def _calendar_of(code: str, year: int) -> tuple[HolidayBase, bool]:
    """The country's calendar of the year, and whether the library warns that it knows too little of it."""
    import holidays

    country, _, part = code.partition("-")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        return holidays.country_holidays(country, subdiv=part or None, years=year), bool(told)


def _estimated_marks(country: HolidayBase) -> list[str]:
    """What stands behind the name of a feast whose date is reckoned, not announced (lunar calendars)."""
    labels = (getattr(country, name, None) for name in ("estimated_label", "observed_estimated_label"))
    return [country.tr(label).replace("%s", "").strip(" ()（）") for label in labels if label]


def disagreements(year: int) -> list[dt.date]:
    """The days of a published year on which the two sources differ about whether people in China work."""
    ours, theirs = _by_notice(year), _by_holidays(CHINA, year)

    def is_worked(date: dt.date, days: PublicDays) -> bool:
        return date in days.worked or (date.weekday() < 5 and date not in days.off)

    return [date for date in _dates(year) if is_worked(date, ours) != is_worked(date, theirs)]


def _dates(year: int) -> list[dt.date]:
    first = dt.date(year, 1, 1)
    return [first + dt.timedelta(days=n) for n in range((dt.date(year + 1, 1, 1) - first).days)]
