"""Objects show themselves in a notebook: small, true, and other people's text is only text."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import callbacksim as cs
from callbacksim.campaign.outcomes import Disposition
from callbacksim.campaign.trace import TABLES
from callbacksim.scenario.showing import LONGEST, card, text
from callbacksim.study.summary import WORDS

ROOT = Path(__file__).parents[2]
TAGS = {"div", "p", "b", "small", "table", "thead", "tbody", "tr", "th", "td"}
LARGEST = 8_000
HOSTILE = (
    "</script><b>x</b>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "&lt;i&gt;",
    "a\u202eb\x1b[31m",
)


class Read(HTMLParser):
    """The rows of a card as a reader sees them, and its tags; complains of a tag that is not closed in its turn."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data
        if self.open and self.open[-1] in ("th", "td"):
            self.rows[-1][-1] += data


def read(shown: object) -> Read:
    html = shown._repr_html_()  # type: ignore[attr-defined]
    assert len(html) < LARGEST
    found = Read(html)
    assert set(found.tags) <= TAGS and found.attributes <= {"style"}
    return found


@pytest.fixture
def scenario(small: Path) -> cs.Scenario:
    return cs.load(small)


def test_a_scenario_shows_its_decisions(scenario: cs.Scenario) -> None:
    found = read(scenario)
    assert "A small campaign 小样" in found.words
    rows = dict(found.rows)
    assert rows["register 名单"] == "made up, 300 rows, 250 contacts"
    assert rows["first day 首日"] == "Mon 2025-07-07, calls 09:00–12:00, 14:00–18:00"
    assert rows["lines 线路"] == "6 lines, 1 call starts a second at most"
    assert rows["people for call-backs 人工回访"] == "2 people"
    assert rows["promised for 期限"] == "Wed 2025-07-09 12:00"
    assert rows["plans 方案"] == "lean, same, generous"


def test_a_register_s_file_is_named_and_the_machine_is_not(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('register.file = "名单.csv"\n', encoding="utf-8")
    found = read(cs.load(tmp_path / "mine.toml"))
    assert dict(found.rows)["register 名单"] == "名单.csv"
    assert str(tmp_path) not in found.words


@pytest.mark.parametrize("name", ["hotline-lookback", "manual-only", "replay-script", "dialogue", "county-100k"])
def test_every_kind_of_scenario_shows_itself(name: str) -> None:
    assert len(read(cs.load(ROOT / "scenarios" / f"{name}.toml")).rows) >= 4


def test_a_frame_shows_its_counts_and_no_number(scenario: cs.Scenario) -> None:
    frame = cs.build_frame(scenario)
    shown = [int(count.replace(",", "")) for _, count in read(frame).rows]
    assert shown == [300, 3, 47, 0, 250]
    assert shown[0] - sum(shown[1:4]) == shown[4]
    assert not any(number.removeprefix("+86") in f"{frame!r}{frame._repr_html_()}" for number in frame.numbers)


def test_a_trace_shows_what_became_of_everybody(scenario: cs.Scenario) -> None:
    trace = cs.simulate(scenario)
    shown = {word: int(count) for word, count in read(trace).rows[1:]}
    words = trace.dataframe("contacts")["disposition"].value_counts()
    assert shown == {one.name.lower().replace("_", " "): words[one.name.lower()] for one in Disposition}
    assert sum(shown.values()) == 250


def test_the_tables_that_a_trace_names_are_all_it_has(scenario: cs.Scenario) -> None:
    trace = cs.simulate(scenario)
    assert all(isinstance(trace.dataframe(table), pd.DataFrame) for table in TABLES)
    held = {name for name, value in vars(trace).items() if isinstance(value, dict)}
    assert set(TABLES) == held | {"interviews"}


def test_a_study_shows_its_figures_as_the_table_has_them(scenario: cs.Scenario) -> None:
    study = cs.replicate(scenario, n=4, seed=5)
    found = read(study)
    rows = {row[0].split(" 有效回访")[0]: row[1:] for row in found.rows[1:]}
    assert found.rows[0] == ["", "mean", "95 % interval", "unit"]
    assert "4 replications of 250 contacts, seed 5" in found.words
    figures = study.dataframe()
    mean, interval, unit = rows["finished interviews"][:3]
    share = figures.loc["interview_share"]  # of two rows with these words the second
    assert (mean, unit) == (f"{100 * share['mean']:.1f} %", "share of contacts")
    assert interval == f"{100 * share['low']:.1f} % – {100 * share['high']:.1f} %"
    finish = np.sort(study.replications()["finish"])[1]  # the smallest that half of four do not exceed
    at = pd.Timestamp("2025-07-07") + pd.Timedelta(hours=finish).ceil("min")
    assert found.rows[1][1] == f"{at:%a %Y-%m-%d %H:%M}"


def test_what_the_scenario_fixes_is_given() -> None:
    small = ["register.rows=2500", "register.contacts=2000"]
    study = cs.replicate(cs.load(ROOT / "scenarios/gaoxin.toml", overrides=small), n=2)
    rows = {row[0]: row[1:] for row in read(study).rows}
    assert rows["sent to people 转人工"] == ["84", "given", "contacts"]
    assert rows["problems on the ledger 问题"] == ["15", "given", "items"]


def test_a_comparison_shows_the_first_plan_and_differences_from_it(scenario: cs.Scenario) -> None:
    comparison = cs.compare(scenario, plans=["base", "lean", "same"], n=5)
    assert repr(comparison) == "<Comparison of 'base', 'lean', 'same': 5 replications of each>"
    found = read(comparison)
    assert found.rows[0] == ["", "base", "lean − base", "same − base", "unit"]
    rows = {row[0]: row[1:] for row in found.rows}
    assert all(row[3].endswith(" in every run") and row[3].strip("0.") == " in every run" for row in found.rows[1:])
    difference = comparison.dataframe().query("plan == 'lean' and figure == 'line_occupancy'").iloc[0]
    mean, low, high = (100 * difference[name] for name in ("difference", "low", "high"))
    assert low > 0  # half the lines are busier
    assert rows["busy share of the lines 线路利用率"][1] == f"+{mean:.1f} (+{low:.1f} to +{high:.1f}) *"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_names_that_mean_harm_are_text(hostile: str, scenario: cs.Scenario) -> None:
    lean = scenario.plans["lean"]
    named = scenario.model_copy(update={"title": hostile, "plans": {hostile: lean}})
    seen = "".join(c if c.isprintable() else "�" for c in hostile)
    for shown in (named, cs.compare(named, n=1)):
        assert seen in read(shown).words


def test_long_text_is_cut_and_every_cell_is_escaped() -> None:
    assert text("x" * 500) == "x" * (LONGEST - 1) + "…"
    found = Read(card("<h>", ("<c>",), [("<r>", "<v>")], "<m>"))
    assert set(found.tags) <= TAGS
    assert found.rows == [["<c>"], ["<r>", "<v>"]]
    assert found.words.startswith("<h>") and found.words.endswith("<m>")


def test_a_ranking_shows_the_first_of_each_figure(small: Path) -> None:
    found = cs.drivers(cs.load(small, overrides=["register.rows=60", "register.contacts=50"]), 700, jobs=1)
    shown = read(found)
    assert found.first is not None and f"measure first: {found.first.path}" in shown.words
    for ranking in found.rankings:
        at = next(i for i, row in enumerate(shown.rows) if row[0].startswith(WORDS[ranking.figure].english))
        first, chance = ranking.first, ranking.chance
        assert first is not None and first.total is not None and first.total.mean is not None
        assert shown.rows[at][1:3] == [first.input.path, f"{100 * first.total.mean:.1f} %"]
        of_chance = next(row for row in shown.rows[at:] if row[1] == "chance")
        assert chance.mean is not None and of_chance[2] == f"{100 * chance.mean:.1f} %"


def test_a_calibration_shows_what_it_fitted_and_how_much_it_rests_on(
    cli: Any, small: Path, scenario: cs.Scenario, tmp_path: Path
) -> None:
    assert cli("run", small, "-n", 1, "--out", tmp_path / "ran").status == 0
    found = cs.calibrate(tmp_path / "ran" / "trace" / "attempts.csv", scenario)
    shown = read(found)
    assert len(repr(found)) < 100  # not the whole log
    base = found["answering.base"]
    row = next(row for row in shown.rows if row[0] == "answering.base")
    assert row[1:] == [f"{base.value:.4g}", f"{base.low:.4g} – {base.high:.4g}", f"{base.n:,} {base.of}"]
    assert f"{len(found.kept)} field" in shown.words and "dataframe()" in shown.words
