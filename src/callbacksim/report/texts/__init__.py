"""Every word that the page says, in English and Chinese, and how each language writes figures and dates.

``*.toml`` here is the catalogue: ``key = ["English", "中文"]``, grouped in tables; ``{name}`` is filled in. The names
of figures are those of `callbacksim.study.summary.WORDS`.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

from callbacksim.report import words
from callbacksim.report.parameters import walk
from callbacksim.report.words import UNDEFINED, Writer, writers
from callbacksim.scenario.sources import REPORTED, SOURCES
from callbacksim.study.estimates import Estimate
from callbacksim.study.summary import WORDS, Entry

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
PARTS = (
    "page", "studies", "units", "warnings", "counted", "terminal", "check", "register", "roster", "calibrate",
    "sweep", "run", "compare", "drivers", "staff", "staffmap",
)  # fmt: skip
"""The files of the catalogue."""
_WEEKDAYS = "一二三四五六日"
_DAY = re.compile(rf"\b(?:{'|'.join(words.DAYS)})\b")
_GLOSS = re.compile("[\u3400-\u9fff].*")
_LEADING = re.compile("^[\u3400-\u9fff]+: ")


@cache
def catalogue() -> Mapping[str, tuple[str, str]]:
    """Every text by its key (``table.key``): (English, Chinese)."""
    found: dict[str, tuple[str, str]] = {}
    for part in PARTS:
        for table, texts in _toml(part).items():
            for key, (english, chinese) in texts.items():
                found[f"{table}.{key}"] = (english, chinese)
    return found


@cache
def fields() -> Mapping[str, str]:
    """What each field of the scenario means, in Chinese, by its path; in English the schema says it."""
    found: dict[str, str] = _toml("fields")["field"]
    return found


@cache
def meanings() -> Mapping[str, str]:
    """What each field of the scenario means, in English."""
    return {row.path: row.meaning for part in walk() for row in part.rows}


@cache
def sources() -> Mapping[str, Mapping[str, str]]:
    """The sources in Chinese: what they say, where that is not a name, and what one of them is called."""
    found: dict[str, dict[str, str]] = _toml("sources")
    return found


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Texts:
    """What is said in one language."""

    language: Language

    @property
    def chinese(self) -> bool:
        """Whether this is Chinese."""
        return self.language == "zh"

    def __call__(self, key: str, **values: object) -> str:
        """The text of this key, its places filled in. Raises KeyError for a key that is not in the catalogue."""
        template = catalogue()[key][LANGUAGES.index(self.language)]
        return template.format(**values) if values else template

    def known(self, key: str) -> str | None:
        """The text of this key, None where the catalogue has none."""
        return self(key) if key in catalogue() else None

    def figure(self, name: str) -> str:
        """What a figure is called."""
        return WORDS[name].chinese if self.chinese else WORDS[name].english

    def unit(self, unit: str) -> str:
        """A unit of a figure or of a field."""
        return (self.known(f"unit.{unit}") or unit) if unit else ""

    def unit_after(self, name: str) -> str:
        """The unit as it follows a figure of this name; none where the sign is written with the figure."""
        unit = WORDS[name].unit
        signed = unit.startswith(("share", "probability", "¥", "hours since")) or unit == "score 1-5"
        return "" if signed else self.unit(unit)

    def field(self, path: str) -> str:
        """What a field of the scenario means."""
        if self.chinese:
            return fields().get(path, meanings()[path])  # a new field that nobody has translated yet
        return _LEADING.sub("", meanings()[path]).replace("`", "")

    def known_field(self, path: str) -> str:
        """What the field at a path means, names of groups, departments … in the path left out; empty for an unknown."""
        parts = path.replace("#", ".").split(".")
        for first in range(len(parts), 0, -1):
            for last in range(len(parts), first - 1, -1):
                generic = ".".join((*parts[:first], *parts[last:]))
                if generic in meanings():
                    return self.field(generic)
        return ""

    def source(self, key: str) -> str:
        """What is taken from a source."""
        return sources()["says"].get(key, SOURCES[key].says) if self.chinese else SOURCES[key].says

    def place(self, key: str) -> str:
        """Where a source stands."""
        return sources()["where"].get(key, SOURCES[key].where) if self.chinese else SOURCES[key].where

    def keys(self, text: str) -> str:
        """Keys of sources as a field names them."""
        return (
            text.replace(REPORTED, sources()["name"][REPORTED]).replace("United States", "美国")
            if self.chinese
            else text
        )

    def number(self, value: float | None, decimals: int = 0) -> str:
        """``1,234``."""
        return words.number(value, decimals)

    def counted(self, what: str, count: float, written: str | None = None) -> str:
        """``1 line``, ``1,200 lines``, ``1,200 条线路``: one of the table ``counted``; `written`: the number if odd."""
        one, _, many = self(f"counted.{what}").partition("|")
        template = one if count == 1 or not many else many
        return template.format(n=f"{count:,}" if written is None else written)

    def share(self, value: float | None) -> str:
        """``44.4 %``, in Chinese without the blank."""
        return UNDEFINED if value is None else self._tight(words.share(value))

    def whole_share(self, value: float) -> str:
        """``95 %``."""
        return self._tight(words.percent(value))

    def money(self, value: float | None) -> str:
        """``¥5,686``; in Chinese ``5,686元``."""
        if value is None:
            return UNDEFINED
        text = words.money(value)
        return f"{text.replace('¥', '')}元" if self.chinese else text

    def points(self, value: float | None) -> str:
        """``+0.4``."""
        return UNDEFINED if value is None else words.points(value)

    def day(self, date: dt.date) -> str:
        """``Tue 8 July``, ``7月8日周二``."""
        return f"{date.month}月{date.day}日周{_WEEKDAYS[date.weekday()]}" if self.chinese else words.day(date)

    def day_alone(self, date: dt.date) -> str:
        """``Tue 8``, ``8日周二``: beside others of its month."""
        return f"{date.day}日周{_WEEKDAYS[date.weekday()]}" if self.chinese else words.day_alone(date)

    def weekday(self, name: str) -> str:
        """``Tue``, ``周二``: a day of the week as the scenario names it."""
        return f"周{_WEEKDAYS[words.DAYS.index(name)]}" if self.chinese else name

    def full_day(self, date: dt.date) -> str:
        """The same with its year."""
        return f"{date.year}年{self.day(date)}" if self.chinese else words.full_day(date)

    def short_day(self, date: dt.date) -> str:
        """``8 Jul``, ``7月8日``: for an axis."""
        return f"{date.month}月{date.day}日" if self.chinese else f"{date.day} {words.MONTHS[date.month - 1][:3]}"

    def moment(self, at: dt.datetime) -> str:
        """``Tue 8 July 16:17``, the minute begun counted as passed."""
        by = words.by(at)
        return f"{self.day(by)} {by:%H:%M}" if self.chinese else words.moment(at)

    def full_moment(self, at: dt.datetime) -> str:
        """The same with its year."""
        by = words.by(at)
        return f"{self.full_day(by)} {by:%H:%M}" if self.chinese else words.full_moment(at)

    def interval(self, estimate: Estimate, write: Writer) -> str:
        """``(4,350–4,390)``, or what there is in place of an interval."""
        low, high = estimate.low, estimate.high
        if estimate.mean is None:
            return ""
        if estimate.kind == "given":
            spread = 0.0 if low is None else max(estimate.mean - low, 0.0)
            return self("said.given", spread=self.number(spread))
        if low is not None and high is not None:
            if low == high:
                return self._always(estimate)
            return self._ends(estimate, self.between(write(low), write(high)))
        if low is not None:
            return self("said.or_more", end=write(low))
        if high is not None:
            return self("said.or_less", end=write(high))
        return self("said.one_run") if estimate.n == 1 else ""

    def bounds(self, estimate: Estimate, write: Writer) -> str:
        """The interval of a screen: what is given has none, and only what is the same in every run says so."""
        low, high = estimate.low, estimate.high
        if low is not None and high is not None:
            if low == high and estimate.kind in ("mean", "difference"):
                return self._always(estimate)
            return self._ends(estimate, self.between(write(low), write(high)))
        if low is not None:
            return self("said.or_more", end=write(low))
        if high is not None:
            return self("said.or_less", end=write(high))
        return self("said.one_run") if estimate.n == 1 and estimate.mean is not None else ""

    def _always(self, estimate: Estimate) -> str:
        """That it is the same in every run that has it."""
        if estimate.n < 2:
            return ""
        return self("said.each_of", n=self.number(estimate.n)) if estimate.left_out else self("said.every_run")

    def _ends(self, estimate: Estimate, ends: str) -> str:
        """The ends of an interval, and how many runs have the figure where not all have."""
        if estimate.left_out:
            return self("said.interval_of", ends=ends, n=self.number(estimate.n))
        return self("said.interval", ends=ends)

    def between(self, low: str, high: str) -> str:
        """Two ends with an en dash, or with a word where a sign would be mistaken for it."""
        ends = words.between(low.removesuffix("元") if high.endswith("元") else low, high)
        return ends.replace(" to ", " 至 ") if self.chinese else ends

    def given(self, estimate: Estimate) -> str:
        """Fixed by the scenario, with the spread that chance would have given."""
        if estimate.low is None or estimate.mean is None:
            return self("screen.given")
        spread = max(estimate.mean - estimate.low, 0)
        return self("screen.given_at", n=self.number(estimate.mean), spread=self.number(spread))

    def measured(self, estimate: Estimate, write: Writer, bare: Writer | None = None, unit: str = "") -> str:
        """A figure with its interval, or marked as given: ``44.4 % (44.1–44.8)``, ``12 (11–13) hours``."""
        if estimate.mean is None:
            return UNDEFINED
        value = write(estimate.mean)
        ends = self.given(estimate) if estimate.kind == "given" else self.bounds(estimate, bare or write)
        if self.chinese:
            return f"{value} {self.unit(unit)}".rstrip() + ends
        return " ".join(part for part in (value, ends, unit) if part)

    def beside(self, *notes: str) -> str:
        """Notes one after the other: ``(1.2–1.4) the roster has 2``."""
        return ("，" if self.chinese else " ").join(note for note in notes if note)

    def span(self, low: dt.datetime, high: dt.datetime) -> str:
        """``16:02–16:31`` on one day, else both moments in full."""
        if words.by(low).date() == words.by(high).date():
            return words.span(low, high)
        return f"{self.moment(low)} 至 {self.moment(high)}" if self.chinese else words.span(low, high)

    def lasting(self, change: Estimate) -> tuple[Writer, str]:
        """How a time in hours is best written, and its unit: minutes where even the interval is short."""
        write, unit = words.lasting(change)
        return write, self.unit(unit)

    def what_if(self, what: str) -> str:
        """``10 lines fewer``, ``减少 10 条线路``: what a what-if changes."""
        number, _, rest = what.partition(" ")
        template = self.known(f"what_if.{rest.replace(' ', '_')}") if self.chinese else None
        if template is None:
            return what
        return template.format(n=number) if number.isdigit() else template.replace(" {n} ", "一")

    def writer(self, entry: Entry) -> tuple[Writer, Writer]:
        """How a figure of this unit is written, and the ends of its interval."""
        write, bare = writers(entry)
        if write is words.share:
            return self.share, bare
        return (self.money, self.money) if write is words.money else (write, bare)

    def said(self, name: str, estimate: Estimate) -> tuple[str, str]:
        """A figure and its interval."""
        write, bare = self.writer(Entry(name, estimate, WORDS[name].unit))
        if estimate.mean is None:
            return UNDEFINED, ""
        return write(estimate.mean), self.interval(estimate, bare)

    def in_words(self, name: str, estimate: Estimate) -> str:
        """A figure and its interval within a sentence: ``¥5,733 (¥5,701–¥5,764)``."""
        write, bare = self.writer(Entry(name, estimate, WORDS[name].unit))
        return self.measured(estimate, write, bare)

    def glossed(self, text: str) -> str:
        """Of ``no number given 未填号码``, words with their Chinese behind them, the Chinese alone in Chinese."""
        gloss = _GLOSS.search(text) if self.chinese else None
        return gloss[0] if gloss else text

    def own(self, text: str) -> str:
        """Of such words those of the language alone, as a page has them."""
        return self.glossed(text) if self.chinese else _GLOSS.sub("", text).rstrip()

    def listed(self, items: Sequence[str]) -> str:
        """``a, b and c``; ``a、b、c``."""
        return "、".join(items) if self.chinese else words.listed(items)

    def closed(self, text: str) -> str:
        """A sentence with names in it: no blanks between Chinese words."""
        return re.sub("(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", text) if self.chinese else text

    def joined(self, items: Iterable[str]) -> str:
        """``a, b, c``; ``a、b、c``."""
        return ("、" if self.chinese else ", ").join(items)

    def either(self, items: Iterable[str]) -> str:
        """``a or b``; ``a或b``."""
        return ("或" if self.chinese else " or ").join(items)

    def clauses(self, items: Iterable[str]) -> str:
        """``a, b``; ``a，b``: parts of a sentence."""
        return ("，" if self.chinese else ", ").join(items)

    def parts(self, items: Iterable[str]) -> str:
        """``a; b``, where the parts have commas of their own."""
        return ("；" if self.chinese else "; ").join(items)

    def plan(self, plan: str | None, sets: Sequence[str] = ()) -> str:
        """What a plan is called, with the overrides laid over it."""
        changed = [self("plan.changed", sets=self.joined(map(words.plain, sets)))] if sets else []
        named = [self("plan.named", plan=words.plain(plan))] if plan is not None else []
        return " ".join([*named, *changed]) or self("plan.as_it_stands")

    def promise(self, name: str, limit: float | dt.datetime) -> str:
        """A target and its limit: ``cost at most ¥20,000``."""
        return self(f"promise.{name}", limit=self.limit(name, limit))

    def limit(self, name: str, limit: float | dt.datetime) -> str:
        """A target's limit in its unit."""
        if isinstance(limit, dt.datetime):
            return self.moment(limit)
        if name in ("called_back_in_time", "on_time"):
            return self.share(limit)
        if name == "cost":
            return self.money(limit)
        return (
            self("target.points", points=self.number(limit, 1)) if name == "satisfaction_error" else self.number(limit)
        )

    def sentences(self, items: Sequence[str]) -> str:
        """Sentences one after the other."""
        return ("" if self.chinese else " ").join(item for item in items if item)

    def warning(self, text: str) -> str | None:
        """A warning in this language; None where the catalogue does not know it."""
        return self._found(text, "warning")

    def translated(self, text: str, table: str) -> str:
        """What one of the rooms below says, by the texts of a table; as it is where the table does not know it."""
        return self._found(text, table) or text

    def _found(self, text: str, table: str) -> str | None:
        if not self.chinese:
            return text
        for key, (english, chinese) in catalogue().items():
            if key.startswith(f"{table}.") and (found := _pattern(english).fullmatch(text)):
                return chinese.format(**{name: self._inside(name, part) for name, part in found.groupdict().items()})
        return None

    def warned(self, text: str, plans: Sequence[str] = ()) -> str:
        """A line that begins with the word, of some plans; in English where the catalogue does not know the warning."""
        said = words.plain(self.warning(text) or text)
        return self(
            "terminal.warning", text=self("terminal.of_plans", plans=self.listed(plans), text=said) if plans else said
        )

    def _inside(self, name: str, text: str) -> str:
        """What fills a place of a sentence: lists, percentages and days of the week as this language has them."""
        if name == "warning":
            return self.warning(text) or text
        if name == "file":
            return text
        if name == "reasons":
            return self.joined(map(self.glossed, text.split(", ")))
        if name == "rings":
            text = re.sub(r"[a-z_]+", lambda ring: self.known(f"calibrate.{ring[0]}") or ring[0], text)
        if name == "there":
            text = text.replace(" to ", " 至 ")
        if name == "days":
            text = re.sub(_DAY, lambda day: self.weekday(day[0]), text)
        return re.sub(r"(?<=\d) (?=[%h])", "", text.replace(" and ", "、").replace(", ", "、"))

    def _tight(self, text: str) -> str:
        return text.replace(" %", "%") if self.chinese else text


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """A template as a pattern that finds what filled it."""
    parts = re.split(r"\{(\w+)\}", template)
    found = ""
    for at, part in enumerate(parts):
        again = part in parts[1:at:2]
        found += (f"(?P={part})" if again else f"(?P<{part}>.+?)") if at % 2 else re.escape(part)
    return re.compile(found)


ENGLISH = Texts("en")
