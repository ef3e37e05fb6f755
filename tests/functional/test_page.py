"""The page, read without a browser: its numbers are the run's, its words are of one language, names are text."""

from __future__ import annotations

import json
import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import callbacksim
from callbacksim.report.parameters import walk
from callbacksim.report.texts import LANGUAGES, catalogue, fields, meanings, sources
from callbacksim.scenario.sources import SOURCES, keys_in
from callbacksim.study.summary import WORDS
from pages import Element, english_words, numbers_of, read_page

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SMALL = """\
title = "A small campaign 小样"
[register]
rows = 300
contacts = 250
unusable = 3
[robot]
lines = 6
[questionnaire.items]
problems = 0.1
suggestions = 0.1
[targets]
finish_by = 2025-07-09T12:00:00
[plans.lean]
robot.lines = 3
[plans.same]
robot.lines = 6
[plans.generous]
robot.lines = 12
agents.count = 4
"""
HOSTILE = "</script><b>名"
IMAGE = '"><img src=x onerror=alert(1)>'


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, cli: Any) -> Path:
    """A run of a small campaign with its page, in a directory."""
    home = tmp_path_factory.mktemp("page")
    (home / "small.toml").write_text(SMALL, encoding="utf-8")
    ended = cli(
        "run", home / "small.toml", "-n", "4", "--jobs", "1", "--out", home / "out", "--report", home / "run.html"
    )
    assert ended.status == 0, ended.err
    assert cli("report", home / "out", "--out", home / "zh.html", "--lang", "zh").status == 0
    return home


@pytest.fixture(scope="module")
def english(ran: Path) -> Element:
    return read_page((ran / "run.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def chinese(ran: Path) -> Element:
    return read_page((ran / "zh.html").read_text(encoding="utf-8"))


def test_the_page_of_a_directory_is_the_page_of_the_run(ran: Path, cli: Any) -> None:
    assert cli("report", ran / "out").status == 0
    assert (ran / "out" / "report.html").read_bytes() == (ran / "run.html").read_bytes()
    (ran / "out" / "report.html").unlink()


def test_the_funnel_is_that_of_the_result(ran: Path, english: Element) -> None:
    result = json.loads((ran / "out" / "summary.json").read_text(encoding="utf-8"))
    means = {name: one["mean"] for name, one in result["funnel_mean"].items()}
    drawn = {
        (g.attributes["data-stage"], g.attributes["data-part"]): float(g.attributes["data-value"])
        for g in english.all("g")
        if "data-part" in g.attributes
    }
    assert {part for _, part in drawn} >= {"contacts", "duplicates", "rejected", "interviewed", "escalated", "handled"}
    for (stage, part), value in drawn.items():
        expected = means["interviewed"] - means["escalated"] if part == "not_escalated" else means[part]
        assert value == expected, (stage, part)
    assert sum(value for (stage, _), value in drawn.items() if stage == "rows") == means["rows"]
    assert sum(value for (stage, _), value in drawn.items() if stage == "contacts") == pytest.approx(means["contacts"])


def test_as_printed_the_parts_of_every_stage_add_up(english: Element) -> None:
    table = next(
        t for t in english.all("table") if t.all("caption")[0].text() == "Flow from the register to the ledger"
    )
    sums: dict[str, float] = {}
    totals: dict[str, float] = {}
    for row in table.all("tbody")[0].all("tr"):
        stage, part, number = (cell.text().strip() for cell in (*row.all("th"), *row.all("td")[:2]))
        (value,) = numbers_of(number)
        if part:
            sums[stage] = sums.get(stage, 0) + value
        else:
            totals[stage] = value
    assert len(totals) >= 5
    assert {stage: round(value, 6) for stage, value in sums.items()} == totals


def test_the_days_are_those_of_the_trace(ran: Path, english: Element) -> None:
    calls = pd.read_csv(ran / "out" / "trace" / "attempts.csv", encoding="utf-8-sig")
    live = calls["outcome"].isin(["complete", "partial", "break_off", "refusal", "opt_out"])
    day = calls["start"] // 86_400_000
    caption = "Day by day: the first of 4 runs"
    table = next(t for t in english.all("table") if t.all("caption")[0].text() == caption)
    rows = [[numbers_of(td.text()) for td in row.all("td")] for row in table.all("tbody")[0].all("tr")]
    assert [row[1] for row in rows] == [[n] for n in calls.groupby(day).size().tolist()]
    assert [row[2] for row in rows] == [[n] for n in live.groupby(day).sum().tolist()]


def test_hours_and_attempts_are_those_of_the_trace(ran: Path, english: Element) -> None:
    calls = pd.read_csv(ran / "out" / "trace" / "attempts.csv", encoding="utf-8-sig")
    for caption, column in (
        ("By hour of the day", calls["start"] % 86_400_000 // 3_600_000),
        ("By number of the call", calls["attempt"]),
    ):
        table = next(t for t in english.all("table") if t.all("caption")[0].text() == caption)
        rows = table.all("tbody")[0].all("tr")
        found = [int(row.all("td")[0].attributes["data-sort"].split(".")[0]) for row in rows]
        assert [n for n in found if n] == calls.groupby(column).size().tolist()


def test_another_seed_has_other_numbers(ran: Path, cli: Any, english: Element) -> None:
    ended = cli("run", ran / "small.toml", "-n", "4", "--jobs", "1", "--seed", "99", "--report", ran / "other.html")
    assert ended.status == 0
    other = read_page((ran / "other.html").read_text(encoding="utf-8"))
    for kind in ("finish", "calls", "lines", "hours", "flow"):
        of = [
            page.all("svg", data_kind=kind)[0].text()
            + str([e.attributes for e in page.all("svg", data_kind=kind)[0].all("rect")])
            for page in (english, other)
        ]
        assert of[0] != of[1], kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_has_marks_words_and_a_heading(language: str, english: Element, chinese: Element) -> None:
    page = english if language == "en" else chinese
    charts = page.all("svg")
    assert len(charts) >= 14
    for chart in charts:
        marks = [one for one in chart.all() if one.name in ("rect", "circle", "path") and "data-tip" in one.attributes]
        assert marks, chart.attributes["data-kind"]
        assert len(chart.all("title")[0].text()) > 3
        assert chart.attributes["role"] == "img"
        assert chart.attributes["aria-label"].startswith(chart.all("title")[0].text())
    levels = [int(one.name[1]) for one in page.all() if re.fullmatch("h[1-6]", one.name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_nothing_is_left_in_english_on_the_chinese_page(chinese: Element) -> None:
    assert chinese.all("html")[0].attributes["lang"] == "zh-CN"
    assert english_words(chinese) == set()


def test_english_that_is_left_would_be_found(english: Element) -> None:
    assert english_words(english) > {"interviewed", "contacts", "finished", "calls"}


def test_the_chinese_page_has_the_same_numbers(english: Element, chinese: Element) -> None:
    for name in ("flow", "outcomes", "people"):
        of = [
            sorted(td.attributes.get("data-sort", "") for td in page.all("section", id=name)[0].all("td"))
            for page in (english, chinese)
        ]
        assert of[0] == of[1]
        assert len(of[0]) > 5


def test_the_page_has_what_is_a_segment_s_own_and_has_no_default(cli: Any, tmp_path: Path) -> None:
    file, page = tmp_path / "own.toml", tmp_path / "own.html"
    file.write_text(
        'register = { rows = 30, contacts = 30 }\nledger.look_back = "none"\n'
        'segments.all = { kind = "company", problems = 0.25, scores = [1, 2, 3, 4, 5], hour_index = { 9 = 50 } }\n',
        encoding="utf-8",
    )
    assert cli("run", file, "-n", 2, "--jobs", 1, "--report", page).status == 0
    html = page.read_text(encoding="utf-8").replace("<wbr>", "")
    assert all(f"segments.all.{name}" in html for name in ("problems", "scores", "hour_index"))


def test_every_text_is_there_in_both_languages_with_the_same_places() -> None:
    for key, (first, second) in catalogue().items():
        assert first.strip() and second.strip(), key
        places = [sorted(set(re.findall(r"\{(\w+)\}", text))) for text in (first, second)]
        assert places[0] == places[1], key
    assert all(measure.english and measure.chinese for measure in WORDS.values())


def test_every_field_unit_and_source_has_its_chinese() -> None:
    rows = [row for part in walk() for row in part.rows]
    assert set(meanings()) == set(fields()), "report/texts/fields.toml: one line for each field of the schema"
    units = {row.unit for row in rows} | {measure.unit for measure in WORDS.values()}
    assert {f"unit.{unit}" for unit in units if unit} <= set(catalogue()), "report/texts/units.toml"
    assert {key for row in rows for key in keys_in(row.source)} <= set(sources()["says"]), "report/texts/sources.toml"
    assert set(sources()["says"]) <= set(SOURCES)
    parts = {path.split(".")[0] for path in meanings()} - {"title", "plans"}
    assert {f"part.{part}" for part in parts} <= set(catalogue()), "report/texts/page.toml, [part]"


def test_every_assumption_stands_on_the_page_with_its_value(english: Element) -> None:
    section = english.all("section", id="assumptions")[0]
    shown = {row.all("th")[0].text(): row.all("td")[1].text() for row in section.all("tr") if row.all("td")}
    assert shown["robot.lines"] == "6"
    assert shown["ledger.departments.金融办.due_days"] == "15"
    top = {path.split(".")[0] for path in meanings()} - {"title", "plans", "segments", "uncertain"}
    assert {path.split(".")[0] for path in shown} >= top - {"script"}


def test_hostile_names_are_text(tmp_path: Path, cli: Any) -> None:
    rows = "".join(f"{IMAGE.replace(chr(34), chr(34) * 2)},1380013{at:04d},{HOSTILE}{at % 2}\n" for at in range(40))
    register = "名称,电话,所属行业\n" + "".join(
        f'"{line.split(",")[0]}",{line.split(",", 1)[1]}\n' for line in rows.splitlines()
    )
    (tmp_path / "r.csv").write_text(register, encoding="utf-8")
    scenario = f"""title = '{HOSTILE}{IMAGE}'
[register]
file = "r.csv"
columns = {{ name = "名称", phone = "电话", industry = "所属行业" }}
[ledger.departments.'{HOSTILE}']
[ledger.categories.'{IMAGE}']
share = 1
department = '{HOSTILE}'
[questionnaire.items]
problems = 1.0
[plans.'{HOSTILE}']
robot.lines = 3
"""
    (tmp_path / "s.toml").write_text(scenario, encoding="utf-8")
    ended = cli(
        "compare", tmp_path / "s.toml", "-n", "2", "--jobs", "1", "--report", tmp_path / "p.html", "--lang", "zh"
    )
    assert ended.status == 0, ended.err
    html = (tmp_path / "p.html").read_text(encoding="utf-8")
    page = read_page(html)
    assert HOSTILE + IMAGE in page.all("h1")[0].text()
    assert any(HOSTILE in td.text() for td in (*page.all("td"), *page.all("th")))
    assert not page.all("img")
    assert not page.all("b")
    assert len(page.all("script")) == 1
    assert html.count("</script>") == 1
    assert not re.search(r"1380013\d{4}", html)


def test_a_page_never_takes_the_place_of_what_is_read_or_was_written(ran: Path, cli: Any) -> None:
    before = (ran / "small.toml").read_bytes(), (ran / "run.html").read_bytes()
    over = cli("run", ran / "small.toml", "-n", "1", "--report", ran / "small.toml", "--force")
    again = cli("run", ran / "small.toml", "-n", "1", "--report", ran / "run.html")
    nowhere = cli("run", ran / "small.toml", "-n", "1", "--report", ran / "no" / "run.html")
    marker = cli("report", ran / "out", "--out", ran / "out" / "summary.json", "--force")
    assert [one.status for one in (over, again, nowhere, marker)] == [2, 2, 2, 2]
    assert "this is what the command reads" in over.err
    assert "add --force" in again.err
    assert "its directory is not there" in nowhere.err
    assert "this is what the command reads" in marker.err
    assert ((ran / "small.toml").read_bytes(), (ran / "run.html").read_bytes()) == before


def test_a_directory_that_holds_no_run_is_refused(tmp_path: Path, ran: Path, cli: Any) -> None:
    missing, empty = cli("report", tmp_path / "none"), cli("report", tmp_path)
    assert (missing.status, empty.status) == (2, 2)
    assert "it is not a directory; name a directory that `callbacksim run FILE --out DIR` has written" in missing.err
    assert "it holds no summary.json" in empty.err
    summary = ran / "out" / "summary.json"
    whole = summary.read_text(encoding="utf-8")
    try:
        summary.write_text(whole[:100], encoding="utf-8")
        torn = cli("report", ran / "out", "--out", tmp_path / "p.html")
    finally:
        summary.write_text(whole, encoding="utf-8")
    assert torn.status == 2
    assert "summary.json:1: DIR: it cannot be read" in torn.err
    assert not (tmp_path / "p.html").exists()


@pytest.mark.parametrize(
    "scenario", ["hotline-lookback", "manual-only", "live-transfer", "dialogue", "replay-script", "no-dedupe"]
)
def test_every_kind_of_campaign_has_a_page_in_both_languages(scenario: str, tmp_path: Path, cli: Any) -> None:
    small = ["--set", "register.rows=300", "--set", "register.contacts=250"]
    sets = [] if scenario in ("hotline-lookback", "replay-script") else small
    for language in LANGUAGES:
        target = tmp_path / f"{language}.html"
        ended = cli(
            "run",
            SCENARIOS / f"{scenario}.toml",
            "-n",
            "1",
            "--jobs",
            "1",
            *sets,
            "--report",
            target,
            "--lang",
            language,
        )
        assert ended.status == 0, ended.err
        page = read_page(target.read_text(encoding="utf-8"))
        assert len(page.all("section")) >= 6
        assert len(page.all("svg")) >= 3
        if language == "zh":
            told = {"dialogue": {"Name", "ok"}}.get(scenario, set())
            assert english_words(page) - told == set()
            assert not page.all("li", lang="en")


def test_chance_and_ignorance_stand_apart_where_guesses_were_drawn(ran: Path, cli: Any) -> None:
    pages = {}
    for language in LANGUAGES:
        target = ran / f"sure-{language}.html"
        sure = ("run", ran / "small.toml", "-n", "4", "--jobs", "1", "--uncertain", "--json", "--report", target)
        ended = cli(*sure, "--lang", language)
        assert ended.status == 0, ended.err
        pages[language] = read_page(target.read_text(encoding="utf-8"))
    drawn = json.loads(ended.out)["uncertain"]
    section = pages["en"].all("section", id="sure")[0]
    inputs = section.all("table")[-1].all("tbody")[0].all("tr")
    assert [row.all("th")[0].text() for row in inputs] == [one["field"] for one in drawn["inputs"]]
    figures = section.all("table")[0].all("tbody")[0].all("tr")
    shown = [tuple(float(td.attributes["data-sort"]) for td in row.all("td")[:2]) for row in figures]
    told = [(one["chance"]["sd"], one["ignorance"]["sd"]) for one in drawn["figures"].values()]
    assert shown == [pytest.approx(pair) for pair in told]
    assert english_words(pages["zh"]) == set()


def test_plans_stand_side_by_side_as_paired_differences(ran: Path, cli: Any) -> None:
    ended = cli("compare", ran / "small.toml", "-n", "3", "--jobs", "1", "--json", "--report", ran / "plans.html")
    assert ended.status == 0
    result = json.loads(ended.out)
    page = read_page((ran / "plans.html").read_text(encoding="utf-8"))
    drawn = page.all("svg", data_kind="differences")
    assert len(drawn) == len(result["differences"]) == 3
    lean = next(t for t in page.all("table") if t.all("caption")[0].text().startswith("lean against base"))
    cells = {
        row.all("th")[0].text(): float(row.all("td")[0].attributes["data-sort"])
        for row in lean.all("tbody")[0].all("tr")
    }
    for figure in ("finish", "cost", "interviews"):
        assert cells[WORDS[figure].english] == pytest.approx(result["differences"]["lean"][figure]["difference"])
    same = next(t for t in page.all("table") if t.all("caption")[0].text().startswith("same against base"))
    assert {row.all("td")[2].text() for row in same.all("tbody")[0].all("tr")} == {"exactly the same"}


def test_a_running_campaign_says_where_it_stands(ran: Path, cli: Any) -> None:
    at = ("--after", ran / "out" / "trace", "--at", "2025-07-07 10:00")
    pages = {}
    for language in LANGUAGES:
        more = ("--out", ran / "after", "--report", ran / f"after-{language}.html", "--lang", language, "--json")
        ended = cli("run", ran / "small.toml", "-n", "2", "--jobs", "1", *at, *more)
        assert ended.status == 0, ended.err
        pages[language] = read_page((ran / f"after-{language}.html").read_text(encoding="utf-8"))
    assert cli("report", ran / "after").status == 0
    assert (ran / "after" / "report.html").read_bytes() == (ran / "after-en.html").read_bytes()
    so_far = json.loads(ended.out)["after"]["so_far"]
    section = pages["en"].all("section", id="standing")[0]
    shown = [float(row.all("td")[0].attributes["data-sort"]) for row in section.all("tbody")[0].all("tr")]
    names = ("contacts", "interviewed", "broken_off", "not_in_service", "opted_out", "exhausted", "on_the_line")
    assert shown == [so_far[name] for name in (*names, "waiting", "not_called", "calls")]
    assert shown[0] == sum(shown[1:-1])
    assert english_words(pages["zh"]) == set()


def test_every_chart_has_its_numbers_as_a_table(english: Element) -> None:
    for figure in english.all("figure"):
        drawn = figure.all("svg")[0]
        (table,) = figure.all("table")
        assert table.all("caption")[0].text() == drawn.all("title")[0].text()
        assert len(table.all("tbody")[0].all("tr")) >= 1
        assert any("data-sort" in cell.attributes for cell in table.all("td")), drawn.attributes["data-kind"]


SAID = {
    **dict.fromkeys(("calls", "lines", "backlog", "work", "course"), "Line: the median of 4 runs."),
    "waits": "Bars: the mean of 4 runs;",
    "departments": "Means of 4 runs.",
    **dict.fromkeys(("hours", "attempts"), "This is how the first of 4 runs went; other runs differ."),
}
"""What pictures of what happens say they are of."""


def test_a_picture_of_the_days_says_of_which_runs_it_is(english: Element) -> None:
    notes = {
        figure.all("svg")[0].attributes["data-kind"]: "".join(one.text() for one in figure.all("figcaption"))
        for figure in english.all("figure")
    }
    assert {kind for kind in SAID if kind in notes and SAID[kind] in notes[kind]} == set(SAID)


def rows_of(page: Element, kind: str) -> dict[str, list[str]]:
    """The rows of a picture's table, by what stands first in them."""
    figure = next(one for one in page.all("figure") if one.all("svg")[0].attributes["data-kind"] == kind)
    rows = figure.all("table")[0].all("tbody")[0].all("tr")
    return {row.all("th")[0].text(): [cell.text() for cell in row.all("td")] for row in rows}


def test_bands_are_of_all_replications_recomputed_from_their_traces(ran: Path, english: Element) -> None:
    """Calls by the quarter of an hour of each of the four runs: the median, and from the lowest to the highest."""
    scenario, width = callbacksim.load(ran / "small.toml"), 900_000
    counts = pd.DataFrame(
        {
            r: (callbacksim.simulate(scenario, replication=r).dataframe("attempts")["start"] // width).value_counts()
            for r in range(4)
        }
    ).fillna(0)
    days = {7: "Mon 7 July", 8: "Tue 8 July", 9: "Wed 9 July"}
    expected = {}
    for at, row in counts.astype(int).iterrows():
        begin = pd.Timestamp("2025-07-07") + pd.Timedelta(int(at) * width, unit="ms")
        words = f"{days[begin.day]} {begin:%H:%M}–{begin + pd.Timedelta(minutes=15):%H:%M}"
        low, median, _, high = sorted(row)
        expected[words] = [f"{median} ({low}–{high})", str(row[0])]
    shown = {words: cells[:2] for words, cells in rows_of(english, "calls").items()}
    assert shown == expected
    assert len(shown) == 4


def test_the_first_run_beside_the_bands_is_that_of_the_trace(ran: Path, english: Element) -> None:
    calls = pd.read_csv(ran / "out" / "trace" / "attempts.csv", encoding="utf-8-sig")
    cases = pd.read_csv(ran / "out" / "trace" / "cases.csv", encoding="utf-8-sig")
    people = pd.read_csv(ran / "out" / "trace" / "escalations.csv", encoding="utf-8-sig")

    def column(kind: str, at: int) -> list[float]:
        return [numbers_of(cells[at])[0] for cells in rows_of(english, kind).values()]

    assert sum(column("calls", 1)) == len(calls)
    live = calls["outcome"].isin(["complete", "partial", "break_off", "refusal", "opt_out"])
    assert sum(column("calls", 3)) == live.sum()
    assert sum(column("calls", 5)) == calls["outcome"].isin(["complete", "partial"]).sum()
    # The mean of the lines in use over a bin times its width is the time that calls held them.
    held = (calls["free"] - calls["start"]).sum()
    assert 900_000 * sum(column("lines", 1)) == pytest.approx(held, rel=0.01)
    assert max(column("backlog", 1)) <= len(people)
    sent = cases[(cases["item"] == "problem") & (cases["received"] >= 0)]
    assert [column("course", at)[-1] for at in (1, 3)] == [len(sent), (sent["end"] >= 0).sum()]


def test_departments_and_waits_are_means_over_the_replications(ran: Path, english: Element) -> None:
    scenario = callbacksim.load(ran / "small.toml")
    traces = [callbacksim.simulate(scenario, replication=r) for r in range(4)]
    cases = pd.concat(trace.dataframe("cases") for trace in traces)
    sent = cases[(cases["item"] == "problem") & (cases["received"] >= 0)]
    expected = (sent["department"].value_counts() / 4).to_dict()
    shown = {name: numbers_of(cells[0])[0] for name, cells in rows_of(english, "departments").items()}
    assert shown == pytest.approx(expected, abs=0.051)
    waits = [numbers_of(cells[0])[0] for cells in rows_of(english, "waits").values()]
    sent_to_people = sum(len(trace.escalations["contact"]) for trace in traces) / 4
    assert sum(waits) == pytest.approx(sent_to_people, abs=0.05 * len(waits))


def test_a_single_run_has_no_band(ran: Path, cli: Any) -> None:
    ended = cli("run", ran / "small.toml", "-n", "1", "--jobs", "1", "--report", ran / "single.html")
    assert ended.status == 0
    page = read_page((ran / "single.html").read_text(encoding="utf-8"))
    assert "median" not in page.all("section", id="days")[0].text()
    assert page.all("polyline", class_="once") == []
    assert all(re.fullmatch(r"[\d,]+", cell) for cells in rows_of(page, "calls").values() for cell in cells)


def again(page: Element, home: Path) -> list[str]:
    """The arguments of the command that the page says gives it again, its file found at home."""
    name, *words = shlex.split(page.all("section", id="reproduce")[0].all("code")[0].text())
    assert name == "callbacksim"
    return [str(home / word) if word.endswith(".toml") else word for word in words]


@pytest.mark.parametrize(
    "asked",
    [
        ("run", "-n", "3"),
        ("run", "-n", "2", "--plan", "lean", "--set", "title='a b; c'", "--set", "agents.count=3", "--seed", "7"),
        ("run", "--precision", "0.5", "--most", "12"),
        ("run", "-n", "3", "--uncertain"),
        ("compare", "-n", "2", "--plan", "base", "--plan", "generous", "--set", "robot.attempts=2"),
    ],
)
def test_the_command_on_the_page_gives_the_same_numbers_and_identity(
    asked: tuple[str, ...], ran: Path, tmp_path: Path, cli: Any
) -> None:
    command, *options = asked
    first = cli(command, ran / "small.toml", *options, "--json", "--jobs", "1", "--report", tmp_path / "first.html")
    page = read_page((tmp_path / "first.html").read_text(encoding="utf-8"))
    second = cli(*again(page, ran), "--json", "--jobs", "1", "--report", tmp_path / "second.html")
    assert (first.status, second.status) == (0, 0)
    results = [json.loads(one.out) for one in (first, second)]
    if command == "run":
        facts = page.all("section", id="reproduce")[0].all("table")[0]
        shown = {row.all("th")[0].text(): row.all("td")[0].text() for row in facts.all("tbody")[0].all("tr")}
        assert shown["identity of scenario and register"] == results[1]["scenario"]["identity"]
        assert shown["seed"] == str(results[1]["seed"])
    assert results[0] == results[1]
    assert (tmp_path / "first.html").read_bytes() == (tmp_path / "second.html").read_bytes()


def test_a_page_does_not_grow_with_the_contacts(ran: Path, cli: Any) -> None:
    more = ("--set", "register.rows=6000", "--set", "register.contacts=5000", "--set", "robot.lines=60")
    ended = cli("run", ran / "small.toml", "-n", "2", "--jobs", "1", *more, "--report", ran / "large.html")
    assert ended.status == 0
    sizes = [(ran / name).stat().st_size for name in ("run.html", "large.html")]
    assert sizes[1] < 1.2 * sizes[0] < 400_000
