"""The pages of studies of many plans: what they say is what the command prints, and the command they name gives it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

import callbacksim as cs
from callbacksim.report.tracefiles import table_files
from callbacksim.scenario.uncertain import unknowns
from drawn import SVG, clashes, svgs
from pages import Element, english_words, read_page

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
finish_by = 2025-07-08T12:00:00
called_back_in_time = 0.8
probability = 0.5
[study]
replications = 8
"""
GRID = ("--lines", "2:4", "--agents", "1:3")
NEVER = ("--set", "targets.finish_by=2025-07-07T09:00:01")


def again(page: Element, home: Path) -> list[str]:
    """The arguments of the command that the page says gives it again, its file found at home."""
    name, *words = shlex.split(page.all("section", id="reproduce")[0].all("code")[0].text())
    assert name == "callbacksim"
    return [str(home / word) if word.endswith(".toml") else word for word in words]


def table_of(page: Element, section: str, at: int = 0) -> list[dict[str, Element]]:
    """The rows of a section's table, each by its headings."""
    table = page.all("section", id=section)[0].all("table")[at]
    heads = [head.text() for head in table.all("thead")[0].all("th")]
    rows = [[*row.all("th"), *row.all("td")] for row in table.all("tbody")[0].all("tr")]
    return [dict(zip(heads, row, strict=True)) for row in rows]


def value(cell: Element) -> float | None:
    """The number that a cell is sorted by."""
    return float(cell.attributes["data-sort"]) if "data-sort" in cell.attributes else None


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("studies")
    (home / "small.toml").write_text(SMALL, encoding="utf-8")
    return home


def figures(home: Path, study: str, language: str) -> tuple[object, ...]:
    """The option that draws the English page's pictures as files, too."""
    return ("--figures", home / study) if language == "en" else ()


@pytest.fixture(scope="module")
def staffed(home: Path, cli: Any) -> tuple[dict[str, Any], Element, Element]:
    """What `staff --json` says, and its page in both languages."""
    found = []
    for language in ("en", "zh"):
        page = home / f"staff-{language}.html"
        options = ("--jobs", "1", "--json", "--report", page, "--lang", language, *figures(home, "staff", language))
        ended = cli("staff", home / "small.toml", *GRID, *options)
        assert ended.status == 0, ended.err
        found.append(read_page(page.read_text(encoding="utf-8")))
    return json.loads(ended.out), found[0], found[1]


def test_the_page_of_staff_names_the_plan_its_cost_and_its_targets(
    staffed: tuple[dict[str, Any], Element, Element],
) -> None:
    result, page, _ = staffed
    tiles = {
        one.all("dt")[0].text(): one.all("strong")[0].text() for one in page.all("dl", class_="tiles")[0].all("div")
    }
    assert tiles["lines"] == str(result["plan"]["lines"])
    assert tiles["people who call back"] == str(result["plan"]["agents"])
    assert tiles["cost"] == f"¥{result['cost']['mean']:,.0f}"
    rows = table_of(page, "answer")
    shown = [(value(row["kept in so many runs"]), value(row["surely at least"])) for row in rows]
    assert shown == [(one["probability"], pytest.approx(one["lower"])) for one in result["targets"]]
    assert [row["judged"].text() for row in rows] == ["met", "met"]


def test_every_plan_of_the_grid_has_its_cell_on_the_map(staffed: tuple[dict[str, Any], Element, Element]) -> None:
    result, page, _ = staffed
    drawn = page.all("svg", data_kind="map")[0]
    cells = [one for one in drawn.all("rect") if "data-tip" in one.attributes]
    assert len(cells) == len(result["frontier"]) == int(drawn.attributes["data-columns"]) * 3 == 9
    tips = {one.attributes["data-tip"].split("\n")[0]: one.attributes for one in cells}
    words = [one.text() for one in drawn.all("text")]
    for one in result["frontier"]:
        lines, people = one["plan"]["lines"], one["plan"]["agents"]
        cell = tips[f"{lines} lines and {people} {'person' if people == 1 else 'people'}"]
        if not one["runs"]:
            assert "unknown" in cell["class"]
            assert "not simulated" in cell["data-tip"]
            continue
        worst = min(target["probability"] for target in one["targets"])
        quarters = 4 if worst >= 0.5 else 1 if worst >= 0.25 else 0  # wanted: 0.5
        assert f"h-{quarters}" in cell["class"].split()
        assert any(text.endswith(f"{100 * worst:.1f} %") for text in words)
        assert f"cost: ¥{one['cost']:,.0f}" in cell["data-tip"]
    assert sum("not simulated" in one.attributes["data-tip"] for one in cells) == 9 - result["evaluated"]
    # In the table the same, the chosen plan among them.
    rows = table_of(page, "map")
    chosen = [row for row in rows if row["found"].text() == "chosen"]
    assert [(value(row["lines"]), value(row["people who call back"])) for row in chosen] == [
        (result["plan"]["lines"], result["plan"]["agents"])
    ]
    assert len(drawn.all("rect", class_="chosen")) == 1


def test_where_more_is_searched_for_every_combination_has_a_map_that_can_be_opened(home: Path, cli: Any) -> None:
    """Clerks, too: the map at the plan's own number stands open, the others are closed until somebody opens them."""
    on_time = SMALL.replace("probability = 0.5", "probability = 0.5\non_time = 0.5")
    (home / "clerks.toml").write_text(on_time + "[ledger.clerks]\n[search]\nclerks = [1, 3]\n", encoding="utf-8")
    page = home / "clerks.html"
    options = ("--lines", "3:4", "--agents", "1:2", "--jobs", "1", "--json", "--report", page)
    ended = cli("staff", home / "clerks.toml", *options)
    assert ended.status == 0, ended.err
    result = json.loads(ended.out)
    section = read_page(page.read_text(encoding="utf-8")).all("section", id="map")[0]
    headings = [figure.all("h3")[0].text() for figure in section.all("figure")]
    clerks = result["plan"]["clerks"]
    ran = {one["plan"]["clerks"] for one in result["frontier"] if one["runs"]}
    assert headings[0].endswith(f"with {clerks} clerk{'s' * (clerks > 1)}")
    assert len(headings) == len(ran) > 1
    folded = section.all("details", class_="folded")
    assert [one.all("summary")[0].text() for one in folded] == headings[1:]
    for figure in section.all("figure"):
        cells = [one for one in figure.all("rect") if "data-tip" in one.attributes]
        plans = [one for one in result["frontier"] if f"{one['plan']['clerks']} clerk" in figure.all("h3")[0].text()]
        assert len(cells) == len(plans) == 4
        assert sum("not simulated" in one.attributes["data-tip"] for one in cells) == sum(not p["runs"] for p in plans)


def test_one_less_and_what_was_looked_at_are_those_of_the_result(
    staffed: tuple[dict[str, Any], Element, Element],
) -> None:
    result, page, _ = staffed
    rows = table_of(page, "one-less")
    told = [
        (t["probability"], t["lost"], one["saves"]["difference"]) for one in result["one_less"] for t in one["targets"]
    ]
    shown = [(value(row["kept"]), value(row["runs lost by it"]), value(row["saves"])) for row in rows]
    assert shown == [pytest.approx(one) for one in told]
    seen = sorted((one["cost"], one["runs"]) for one in result["frontier"] if one["runs"])
    assert [(value(row["cost"]), value(row["runs"])) for row in table_of(page, "frontier")] == seen


def test_the_plan_is_shown_as_a_run_of_it(
    staffed: tuple[dict[str, Any], Element, Element], home: Path, cli: Any
) -> None:
    result, page, _ = staffed
    sets = [f"--set=robot.lines={result['plan']['lines']}", f"--set=agents.count={result['plan']['agents']}"]
    ended = cli("run", home / "small.toml", *sets, "--json", "--jobs", "1")
    means = {name: one["mean"] for name, one in json.loads(ended.out)["funnel_mean"].items()}
    drawn = {
        one.attributes["data-part"]: float(one.attributes["data-value"])
        for one in page.all("g")
        if "data-part" in one.attributes
    }
    assert len(drawn) > 6
    assert {name: means[name] for name in drawn if name != "not_escalated"} == {
        name: value for name, value in drawn.items() if name != "not_escalated"
    }


def test_the_chinese_page_of_staff_is_chinese(staffed: tuple[dict[str, Any], Element, Element]) -> None:
    assert english_words(staffed[2]) == set()
    assert english_words(staffed[1]) > {"cheapest", "plan"}


def test_where_no_plan_keeps_the_promises_the_page_says_which_fails_and_the_nearest(home: Path, cli: Any) -> None:
    for language in ("en", "zh"):
        target = home / f"none-{language}.html"
        ended = cli(
            "staff", home / "small.toml", *GRID, *NEVER, "--jobs", "1", "--json", "--report", target, "--lang", language
        )
        assert ended.status == 1
        page = read_page(target.read_text(encoding="utf-8"))
        result = json.loads(ended.out)
        lead = page.all("section", id="answer")[0].all("p")[0].text()
        if language == "en":
            near = result["nearest"]
            people = f"{near['agents']} {'person' if near['agents'] == 1 else 'people'}"
            assert lead.startswith("No plan within these bounds keeps every promise.")
            assert f"The nearest is {near['lines']} lines and {people}: “all done by the date” is kept in 0.0" in lead
            assert table_of(page, "answer")[0]["judged"].text() == "missed"
            assert not page.all("section", id="one-less")
            assert page.all("section", id="plan")[0].all("h2")[0].text() == "The nearest plan in full"
        else:
            assert english_words(page) == set()


def test_the_command_on_the_page_gives_the_page_again(
    staffed: tuple[dict[str, Any], Element, Element], home: Path, cli: Any
) -> None:
    result, page, _ = staffed
    ended = cli(*again(page, home), "--jobs", "1", "--json", "--report", home / "again.html")
    assert {**json.loads(ended.out), "scenario": None} == {**result, "scenario": None}
    assert (home / "again.html").read_bytes() == (home / "staff-en.html").read_bytes()


def test_the_page_of_staff_replaces_nothing(home: Path, cli: Any) -> None:
    before = (home / "small.toml").read_bytes()
    over = cli("staff", home / "small.toml", *GRID, "--report", home / "small.toml", "--force")
    both = cli("staff", home / "small.toml", *GRID, "--csv", home / "x.csv", "--report", home / "x.csv")
    assert [one.status for one in (over, both)] == [2, 2]
    assert "this is what the command reads" in over.err
    assert (home / "small.toml").read_bytes() == before


FEW = ("answering.base", "questionnaire.talk.complete", "recognition.misheard", "recognition.sensitivity")


@pytest.fixture(scope="module")
def driven(home: Path, cli: Any) -> tuple[dict[str, Any], Element, Element]:
    """What `drivers --json` says with four guesses, and its page in both languages."""
    known = [one.path for one in unknowns(cs.load(home / "small.toml"))[0] if one.path not in FEW]
    lines = "".join(f'"{path}" = "known"\n' for path in known)
    (home / "few.toml").write_text(f"{SMALL}\n[uncertain]\n{lines}", encoding="utf-8")
    found = []
    for language in ("en", "zh"):
        page = home / f"drivers-{language}.html"
        options = ("-n", "120", "--jobs", "1", "--json", "--report", page, "--lang", language)
        ended = cli("drivers", home / "few.toml", *options, *figures(home, "drivers", language))
        assert ended.status == 0, ended.err
        found.append(read_page(page.read_text(encoding="utf-8")))
    return json.loads(ended.out), found[0], found[1]


def test_what_drives_the_result_is_ranked_as_in_the_result(driven: tuple[dict[str, Any], Element, Element]) -> None:
    result, page, _ = driven
    assert f"({result['measure_first']})" in page.all("section", id="answer")[0].all("p")[0].text()
    for figure, found in result["figures"].items():
        rows = table_of(page, f"drivers-{figure}")
        assert [row["field"].text() for row in rows] == [*(one["field"] for one in found["ranking"]), "chance"]
        totals = [None if one["total"] is None else one["total"]["mean"] for one in found["ranking"]]
        assert [value(row["total effect"]) for row in rows] == [*totals, found["chance"]["mean"]]
        ends = {row["field"].text(): row for row in table_of(page, f"drivers-{figure}", 1)}
        for one in found["ranking"]:
            row = ends[one["field"]]
            moved = (value(row["change at the lowest"]), value(row["change at the highest"]))
            assert moved == (one["lowest"]["mean"], one["highest"]["mean"])


def test_a_longer_bar_is_a_larger_effect(driven: tuple[dict[str, Any], Element, Element]) -> None:
    result, page, _ = driven
    drawn = page.all("section", id="drivers-cost")[0].all("svg", data_kind="totals")[0]
    bars = [float(one.attributes["width"]) for one in drawn.all("rect") if "bar" in one.attributes.get("class", "")]
    found = result["figures"]["cost"]
    totals = [one["total"]["mean"] for one in found["ranking"] if one["total"] and one["total"]["high"] >= 0.005]
    scale = bars[0] / totals[0]
    assert bars == pytest.approx([max(scale * total, 1) for total in (*totals, found["chance"]["mean"])], abs=0.2)


def test_the_chinese_page_of_drivers_is_chinese(driven: tuple[dict[str, Any], Element, Element]) -> None:
    assert english_words(driven[2]) - {"Jansen"} == set()


def test_the_command_on_the_page_of_drivers_gives_it_again(
    driven: tuple[dict[str, Any], Element, Element], home: Path, cli: Any
) -> None:
    ended = cli(*again(driven[1], home), "--jobs", "1", "--json", "--report", home / "drivers-again.html")
    assert json.loads(ended.out) == driven[0]
    assert (home / "drivers-again.html").read_bytes() == (home / "drivers-en.html").read_bytes()


VARIED = ("--vary", "robot.lines=2,4", "--vary", "agents.count=1,2,3", "-n", "6")


@pytest.fixture(scope="module")
def swept(home: Path, cli: Any) -> tuple[dict[str, Any], Element, Element]:
    """What `sweep --json` says of two fields, and its page in both languages."""
    found = []
    for language in ("en", "zh"):
        page = home / f"sweep-{language}.html"
        options = ("--json", "--report", page, "--lang", language, *figures(home, "sweep", language))
        ended = cli("sweep", home / "small.toml", *VARIED, *options)
        assert ended.status == 0, ended.err
        found.append(read_page(page.read_text(encoding="utf-8")))
    return json.loads(ended.out), found[0], found[1]


def test_the_maps_of_a_sweep_are_those_of_the_result(swept: tuple[dict[str, Any], Element, Element]) -> None:
    result, page, _ = swept
    kept = page.all("svg", data_kind="sweep-kept")[0]
    cost = page.all("svg", data_kind="sweep-cost")[0]
    for drawn, write in (
        (kept, lambda plan: f"{100 * plan['all_kept']['mean']:.1f} %"),
        (cost, lambda plan: f"¥{plan['measures']['cost']['mean']:,.0f}"),
    ):
        tips = [one.attributes["data-tip"] for one in drawn.all("rect") if "data-tip" in one.attributes]
        assert len(tips) == 6
        for tip, plan in zip(tips, result["plans"], strict=True):
            values = plan["set"]
            assert tip.startswith(f"robot.lines = {values['robot.lines']}, agents.count = {values['agents.count']}\n")
            assert f": {write(plan)}" in tip
    rows = table_of(page, "grid")
    told = [(plan["measures"]["cost"]["mean"], plan["measures"]["interviews"]["mean"]) for plan in result["plans"]]
    assert [(value(row["cost"]), value(row["finished interviews"])) for row in rows] == told


def test_a_sweep_of_one_field_has_a_row_a_plan(home: Path, cli: Any) -> None:
    target = home / "one.html"
    ended = cli("sweep", home / "small.toml", *VARIED[:2], "-n", "2", "--json", "--report", target)
    page = read_page(target.read_text(encoding="utf-8"))
    plans = json.loads(ended.out)["plans"]
    rows = table_of(page, "map", 1)
    assert [(row["robot.lines"].text(), value(row["cost"])) for row in rows] == [
        (f"robot.lines = {lines}", plan["measures"]["cost"]["mean"]) for lines, plan in zip((2, 4), plans, strict=True)
    ]


def test_the_chinese_page_of_a_sweep_is_chinese(swept: tuple[dict[str, Any], Element, Element]) -> None:
    assert english_words(swept[2]) == set()


def test_the_command_on_the_page_of_a_sweep_gives_it_again(
    swept: tuple[dict[str, Any], Element, Element], home: Path, cli: Any
) -> None:
    ended = cli(*again(swept[1], home), "--json", "--report", home / "sweep-again.html")
    assert json.loads(ended.out) == swept[0]
    assert (home / "sweep-again.html").read_bytes() == (home / "sweep-en.html").read_bytes()


@pytest.fixture(scope="module")
def rostered(home: Path, cli: Any) -> tuple[dict[str, Any], Element, Element]:
    """What `roster --json` says, and its page in both languages."""
    found = []
    for language in ("en", "zh"):
        page = home / f"roster-{language}.html"
        options = ("-n", "8", "--jobs", "1", "--json", "--report", page, "--lang", language)
        options += figures(home, "roster", language)
        ended = cli("roster", home / "small.toml", *options)
        assert ended.status == 0, ended.err
        found.append(read_page(page.read_text(encoding="utf-8")))
    return json.loads(ended.out), found[0], found[1]


def test_the_page_of_a_roster_shows_who_is_on_duty_and_the_work(
    rostered: tuple[dict[str, Any], Element, Element],
) -> None:
    result, page, _ = rostered
    # Every shift with people on it, day by day.
    shown = sum(value(cell) or 0 for row in table_of(page, "duty") for cell in list(row.values())[1:])
    assert shown == sum(one["people"] for one in result["shifts"]) > 0
    # People on duty and work, half hour by half hour: the same sums as in the result (in people times half hours).
    rows = table_of(page, "duty", 1)
    for head, name in (("people on duty", "duty"), ("work that becomes ready, in people", "ready")):
        told = sum(one[name] for one in result["half_hours"])
        assert sum(value(row[head]) or 0 for row in rows) == pytest.approx(told, abs=0.01 * len(rows))
    shifts = [int(value(row["shifts"]) or 0) for row in table_of(page, "persons")]
    assert shifts == [len(person) for person in result["persons"]]
    costs = {row["what"].text(): value(row["amount"]) for row in table_of(page, "judged", 1)}
    assert list(costs.values()) == [result["cost"][name] for name in ("shifts", "divisible", "work")]


def test_the_chinese_page_of_a_roster_is_chinese(rostered: tuple[dict[str, Any], Element, Element]) -> None:
    assert english_words(rostered[2]) == set()


def test_the_command_on_the_page_of_a_roster_gives_it_again(
    rostered: tuple[dict[str, Any], Element, Element], home: Path, cli: Any
) -> None:
    ended = cli(*again(rostered[1], home), "--jobs", "1", "--json", "--report", home / "roster-again.html")
    assert json.loads(ended.out) == rostered[0]
    assert (home / "roster-again.html").read_bytes() == (home / "roster-en.html").read_bytes()


@pytest.fixture(scope="module")
def fitted(home: Path, cli: Any) -> tuple[dict[str, Any], Element, Element]:
    """What `calibrate --json` says of a log of a run, and its page in both languages."""
    trace = cs.simulate(cs.load(home / "small.toml"), seed=3)
    (home / "log.csv").write_bytes(table_files(trace, "attempts")[1])
    found = []
    for language in ("en", "zh"):
        page = home / f"calibrate-{language}.html"
        options = ("--json", "--force", "--report", page, "--lang", language, *figures(home, "calibrate", language))
        ended = cli("calibrate", home / "log.csv", home / "small.toml", "--out", home / "fitted.toml", *options)
        assert ended.status == 0, ended.err
        found.append(read_page(page.read_text(encoding="utf-8")))
    return json.loads(ended.out), found[0], found[1]


def test_the_chinese_page_of_a_calibration_is_chinese(fitted: tuple[dict[str, Any], Element, Element]) -> None:
    assert english_words(fitted[2]) <= {"AIC"}


STUDIES = [
    ("staff", "staffed"),
    ("drivers", "driven"),
    ("sweep", "swept"),
    ("roster", "rostered"),
    ("calibrate", "fitted"),
]


@pytest.mark.parametrize(("study", "which"), STUDIES)
def test_the_figures_of_a_study_are_its_pages_and_can_be_read(
    study: str, which: str, home: Path, request: pytest.FixtureRequest
) -> None:
    page: Element = request.getfixturevalue(which)[1]
    drawn = svgs(home / study)
    assert len(drawn) >= 2
    titles = sorted(one.all("title")[0].text() for one in page.all("svg", class_="chart"))
    assert sorted(root.findtext(f"{SVG}title") or "" for root in drawn.values()) == titles
    assert {name: bad for name, root in drawn.items() if (bad := clashes(root))} == {}
    dots = {name: (home / study / f"{name}.png").read_bytes()[:8] for name in drawn}
    assert set(dots.values()) == {b"\x89PNG\r\n\x1a\n"}


HOSTILE, IMAGE = "</script><b>名", '"><img src=x onerror=alert(1)>'


def test_hostile_names_are_text_on_the_pages_of_studies(tmp_path: Path, cli: Any) -> None:
    """A title, a department whose people are searched for, a shift, and a value that is varied."""
    promised = SMALL.replace("probability = 0.5", "probability = 0.5\non_time = 0.1")
    scenario = promised.replace('title = "A small campaign 小样"', f"title = '{HOSTILE}{IMAGE}'") + (
        f"[ledger.departments.'{HOSTILE}{IMAGE}']\nstaff = 2\n"
        f"[ledger.categories.'{IMAGE}']\nshare = 1\ndepartment = '{HOSTILE}{IMAGE}'\n"
        f"[search.departments]\n'{HOSTILE}{IMAGE}' = [1, 2]\n"
        f"[roster.patterns.'{HOSTILE}{IMAGE}']\nroster = [['09:00', '18:00']]\n"
    )
    (tmp_path / "s.toml").write_text(scenario, encoding="utf-8")
    vary = f"title='{HOSTILE}','{IMAGE}'"
    for command in (
        ("staff", tmp_path / "s.toml", "--lines", "3:4", "--agents", "1:2"),
        ("roster", tmp_path / "s.toml", "-n", "3"),
        ("sweep", tmp_path / "s.toml", "-n", "2", "--vary", vary, "--vary", "robot.lines=2,3"),
    ):
        page = tmp_path / f"{command[0]}.html"
        ended = cli(*command, "--jobs", "1", "--report", page)
        assert ended.status == 0, ended.err
        html = page.read_text(encoding="utf-8")
        read = read_page(html)
        assert read.all("h1")[0].text() == HOSTILE + IMAGE
        assert sum(HOSTILE in one.text() for one in (*read.all("th"), *read.all("td"), *read.all("text"))) > 0
        assert not read.all("img") and not read.all("b")
        assert html.count("</script>") == 1
