"""What a run's page says, section by section, held against the files of the same run: its result and its trace."""

from __future__ import annotations

import datetime as dt
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pages import Element, numbers_of, read_page

SMALL = """\
title = "A small campaign 小样"
[register]
rows = 300
contacts = 250
unusable = 3
[robot]
lines = 4
[questionnaire.items]
problems = 0.2
suggestions = 0.1
[recognition]
misheard = 0.05
[targets]
finish_by = 2025-07-09T12:00:00
called_back_in_time = 0.5
cost = 10
"""
RUNS = 8
START = dt.datetime(2025, 7, 7)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory, cli: Any) -> Path:
    """The directory of a run, with its page."""
    home = tmp_path_factory.mktemp("numbers")
    (home / "small.toml").write_text(SMALL, encoding="utf-8")
    options = ("-n", RUNS, "--jobs", "1", "--out", home / "out", "--report", home / "out.html")
    ended = cli("run", home / "small.toml", *options)
    assert ended.status == 0, ended.err
    return home / "out"


@pytest.fixture(scope="module")
def page(out: Path) -> Element:
    return read_page(out.with_suffix(".html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def result(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return found


def trace(out: Path, table: str) -> pd.DataFrame:
    return pd.read_csv(out / "trace" / f"{table}.csv", encoding="utf-8-sig")


def section(page: Element, name: str) -> Element:
    return page.all("section", id=name)[0]


def figure(page: Element, kind: str) -> Element:
    return next(one for one in page.all("figure") if one.all("svg")[0].attributes["data-kind"] == kind)


def rows(table: Element) -> dict[str, list[Element]]:
    """The rows of a table by what stands first in them."""
    return {row.all("th")[0].text(): row.all("td") for row in table.all("tbody")[0].all("tr")}


def value(cell: Element) -> float | None:
    return float(cell.attributes["data-sort"]) if "data-sort" in cell.attributes else None


def moment(hours: float) -> str:
    """Done by then: the minute that has begun counts as passed."""
    at = START + dt.timedelta(minutes=math.ceil(round(hours * 3_600_000) / 60_000))
    return f"{at:%a} {at.day} {at:%B %H:%M}"


def test_it_reads_from_the_answer_to_how_to_have_it_again(page: Element) -> None:
    assert [one.attributes["id"] for one in page.all("section")] == [
        "answer", "flow", "finish", "satisfaction", "days", "replay", "people", "outcomes", "ledger", "cost", "what-if",
        "assumptions", "reproduce",
    ]  # fmt: skip
    links = [one.attributes["href"] for one in page.all("nav")[0].all("a")]
    assert links == [f"#{one.attributes['id']}" for one in page.all("section")]


def test_the_verdict_is_the_result_and_says_how_sure_it_is(page: Element, result: dict[str, Any]) -> None:
    measures, survey = result["measures"], result["survey"]
    lead = section(page, "answer").all("p", class_="lead")[0].text().replace("\u00a0", " ")
    half, late = measures["finish_median"]["mean"], measures["finish_p95"]["mean"]
    assert lead.startswith(f"Calls and call-backs are finished by {moment(half)[:-6]} 2025 {moment(half)[-5:]} in half")
    assert f"by {moment(late)} in 95 %." in lead
    # Kept in all eight runs: the exact lower end p has p^8 = 2.5 %.
    assert measures["finish_by_target"]["mean"] == 1
    least = f"({100 * 0.025 ** (1 / RUNS):.1f}–100.0)"
    assert f"The promised date, Wed 9 July 12:00, is kept in every run {least}." in lead
    interviews, share = measures["interviews"]["mean"], measures["interview_share"]["mean"]
    assert f"{interviews:.0f} of 250 contacts ({100 * share:.1f} %) are interviewed." in lead
    found, truth = survey["satisfied"]["mean"], survey["true_satisfied_businesses"]["mean"]
    assert f"{100 * found:.1f} % are found satisfied; the truth is {100 * truth:.1f} %." in lead
    assert f"This rests on {RUNS} runs" in lead
    assert "95 % interval" in lead


def lead(page: Element, name: str) -> str:
    """The sentences at the head of a section."""
    return next(one for one in section(page, name).all("p") if one.attributes.get("class") == "lead").text()


def test_what_a_section_says_at_its_head_carries_intervals(page: Element, result: dict[str, Any]) -> None:
    def ends(found: dict[str, Any], size: float = 1) -> list[float]:
        return [found[key] * size for key in ("low", "high")]

    measures, survey = result["measures"], result["survey"]
    money = [end for name in ("cost", "cost_per_interview", "manual_cost") for end in ends(measures[name])]
    for said, all_ends in (
        (lead(page, "cost"), [*money, *ends(measures["hours_saved"])]),
        (lead(page, "satisfaction"), ends(survey["claim_holds"], 100)),
        (figure(page, "waits").text(), ends(measures["called_back_in_time"], 100)),
    ):
        numbers = numbers_of(said)
        for end in all_ends:  # amounts of 100 and more are written whole
            assert any(abs(number - end) <= (0.51 if end >= 100 else 0.06) for number in numbers), (end, said)


def test_promises_are_judged_as_in_the_result(page: Element, result: dict[str, Any]) -> None:
    states = {True: "met", False: "missed", None: "unclear: too few runs to tell"}
    table = section(page, "answer").all("table")[0]
    shown = [
        (value(row.all("td")[1]), value(row.all("td")[2]), row.all("td")[-1].text())
        for row in table.all("tbody")[0].all("tr")
    ]
    assert shown == [(one["probability"], pytest.approx(one["lower"]), states[one["met"]]) for one in result["targets"]]
    assert {one["met"] for one in result["targets"]} == {False, None}


def test_the_finish_is_a_distribution_with_the_promised_date_marked(page: Element, out: Path) -> None:
    ends = pd.read_csv(out / "replications.csv")["finish"]
    drawn = figure(page, "finish")
    bins = rows(drawn.all("table")[0])
    assert sum(value(cells[0]) or 0 for cells in bins.values()) == RUNS == len(ends)
    bars = [one for one in drawn.all("rect") if one.attributes["class"].startswith("bar")]
    assert len(bars) == len(bins)
    marks = {
        one.attributes["data-tip"]: float(one.attributes["x1"])
        for one in drawn.all("line")
        if "data-tip" in one.attributes
    }
    assert marks.keys() == {"half", "95 %", "promised"}
    # The promise lies on the axis where its time lies between the others'.
    times = np.sort(ends.to_numpy())
    half, late, promise = times[(RUNS - 1) // 2], times[-1], 60.0
    slope = (marks["promised"] - marks["half"]) / (promise - half)
    assert marks["95 %"] == pytest.approx(marks["half"] + slope * (late - half), abs=0.2)
    assert "The promised date is Wed 9 July 12:00." in drawn.all("figcaption")[0].text()


def test_satisfaction_stands_beside_its_errors_which_add_up(page: Element, result: dict[str, Any]) -> None:
    names = ("sampling_error", "nonresponse_error", "recognition_error", "shared_number_error", "error")
    shown = [value(cells[0]) for cells in rows(figure(page, "errors").all("table")[0]).values()]
    assert shown == [result["survey"][name]["mean"] for name in names]
    assert sum(shown[:-1]) == pytest.approx(shown[-1])
    for dimension in ("kind", "industry", "area"):
        cells = {one["label"]: one for one in result["cells"] if one["dimension"] == dimension}
        table = rows(figure(page, f"cells-{dimension}").all("table")[0])
        words = {"company": "companies", "household": "self-employed households"}
        assert table.keys() == {words.get(label, label) for label in cells}
        for label, one in cells.items():
            contacts, answers, found, truth = map(value, table[words.get(label, label)])
            assert (contacts, answers) == (one["contacts"], one["answers"]["mean"])
            assert (found, truth) == (one["satisfied"]["mean"], one["true_satisfied"]["mean"])
        assert sum(value(row[0]) or 0 for row in table.values()) == 250


def test_lines_and_people_stand_against_their_capacity(page: Element, out: Path) -> None:
    """Beside the bands the first run's hours of work, and what there was of lines and people, from its tables."""
    for kind, table, unit in (("lines", "lines", 15), ("work", "people", 60)):
        shown = rows(figure(page, kind).all("table")[0])
        steps = trace(out, table)
        for words, cells in shown.items():
            day, hour = words.rsplit(" ", 1)
            begin = (int(day.split()[1]) - 7) * 86_400_000 + int(hour[:2]) * 3_600_000 + int(hour[3:5]) * 60_000
            moments = np.arange(begin, begin + unit * 60_000, 60_000)
            place = np.searchsorted(steps["time"].to_numpy(), moments, side="right") - 1
            mean = np.where(place >= 0, steps["capacity"].to_numpy()[place.clip(0)], 0).mean()
            assert value(cells[-1]) == pytest.approx(mean * unit / (15 if kind == "lines" else 60)), (kind, words)
    tries = trace(out, "tries")
    worked = (tries["end"] - tries["start"]).sum() / 3_600_000
    assert sum(value(cells[1]) or 0 for cells in rows(figure(page, "work").all("table")[0]).values()) == pytest.approx(
        worked, abs=0.01
    )


def test_the_backlog_and_the_waits_are_those_of_call_backs(page: Element, out: Path, result: dict[str, Any]) -> None:
    people = trace(out, "escalations")
    shown = rows(figure(page, "backlog").all("table")[0])
    for words, cells in shown.items():
        day, hour = words.rsplit(" ", 1)
        at = (int(day.split()[1]) - 7) * 86_400_000 + int(hour[:2]) * 3_600_000 + int(hour[3:5]) * 60_000
        waiting = ((people["ready"] <= at) & ~people["settled_at"].between(0, at)).sum()
        assert value(cells[1]) == waiting, words
    in_time = sum(
        value(cells[0]) or 0
        for words, cells in rows(figure(page, "waits").all("table")[0]).items()
        if numbers_of(words) and numbers_of(words)[-1] <= 120 and ">" not in words
    )
    sent = result["funnel_mean"]["escalated"]["mean"]
    assert in_time / sent == pytest.approx(result["measures"]["called_back_in_time"]["mean"], abs=0.1)


def test_the_ledger_has_its_departments_and_deadlines(page: Element, out: Path) -> None:
    cases = trace(out, "cases")
    sent = cases[(cases["item"] == "problem") & (cases["received"] >= 0)]
    due = int(sent["due"].between(0, 2**47 - 1).sum())
    last = list(rows(figure(page, "course").all("table")[0]).values())[-1]
    assert [value(last[at]) for at in (1, 3, 5)] == [len(sent), int((sent["end"] >= 0).sum()), due]
    for cells in rows(figure(page, "departments").all("table")[0]).values():
        assert value(cells[-1]) in (5, 7, 15)  # working days that a department has
        assert sum(value(cell) or 0 for cell in cells[1:5]) == pytest.approx(value(cells[0]))


def test_the_cost_adds_up_and_stands_against_calling_by_hand(page: Element, result: dict[str, Any]) -> None:
    measures = result["measures"]
    table = {words: value(cells[0]) for words, cells in rows(figure(page, "cost").all("table")[0]).items()}
    parts = [measures[name]["mean"] for name in ("robot_cost", "line_cost", "agent_cost", "overtime_cost")]
    assert list(table.values())[:4] == parts
    assert table["cost"] == measures["cost"]["mean"] == pytest.approx(sum(parts))
    assert measures["manual_cost"]["mean"] in table.values()
    bars = figure(page, "cost").all("svg")[0]
    long = [float(one.attributes["width"]) for one in bars.all("rect") if one.attributes["class"] == "bar f-5"]
    whole = (
        sum(float(one.attributes["width"]) + 1 for one in bars.all("rect") if one.attributes["class"] != "under")
        - long[0]
        - 1
    )
    assert long[0] / whole == pytest.approx(measures["manual_cost"]["mean"] / measures["cost"]["mean"], rel=0.03)


def test_the_replay_is_the_trace_at_each_moment(page: Element, out: Path) -> None:
    calls, people, cases = (trace(out, name) for name in ("attempts", "escalations", "cases"))
    replay = page.all("div", class_="replay")[0]
    frames = json.loads(replay.attributes["data-frames"])
    names = [one.attributes["data-gauge"] for one in replay.all("div") if "data-gauge" in one.attributes]
    gauges = dict(zip(names, frames["gauges"], strict=True))
    assert gauges.keys() == {"lines", "due", "interviews", "escalations", "cases"}
    first = int(calls["start"].min()) // 900_000 * 900_000
    assert frames["at"][0] == moment(first / 3_600_000)
    sent = cases[(cases["item"] == "problem") & (cases["received"] >= 0)]
    for at in range(0, len(frames["at"]), 7):
        when = first + 900_000 * at
        assert gauges["lines"][at] == ((calls["start"] <= when) & (calls["free"] > when)).sum()
        assert gauges["due"][at] == ((calls["due"] <= when) & (calls["start"] > when)).sum()
        done = calls["outcome"].isin(["complete", "partial"]) & (calls["end"] <= when)
        assert gauges["interviews"][at] == done.sum()
        assert gauges["escalations"][at] == ((people["ready"] <= when) & ~people["settled_at"].between(0, when)).sum()
        assert gauges["cases"][at] == ((sent["received"] <= when) & ~sent["end"].between(0, when)).sum()
