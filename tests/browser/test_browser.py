"""The page in a real browser, offline: what it asks for, what it draws, who can read it. Run by `make test-page`."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import callbacksim as cs
from callbacksim.cli import app
from callbacksim.report.tracefiles import table_files

pytestmark = pytest.mark.browser
SCENARIOS = Path(__file__).parents[2] / "scenarios"
HOSTILE = "</script><b>名"
IMAGE = '"><img src=x onerror=alert(1)>'
BASELINE_MOST_BYTES = 1_500_000
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
RUNS = 6


def command(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.stderr
    return result.stdout


@dataclass
class Opened:
    """A page that is open, what it asked for and what it complained of."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium: the system's own."""
    sync_api = pytest.importorskip("playwright.sync_api")
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "no chromium here: install it (Debian: apt install chromium), or name one: CHROMIUM=/path/to/it"
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages that are looked at: the baseline in both languages, another seed, plans, hostile names."""
    home = tmp_path_factory.mktemp("pages")
    gaoxin = SCENARIOS / "gaoxin.toml"
    command("run", gaoxin, "-n", RUNS, "--out", home / "out", "--report", home / "en.html")
    command("report", home / "out", "--out", home / "zh.html", "--lang", "zh")
    command("run", gaoxin, "-n", RUNS, "--seed", 4, "--out", home / "other", "--report", home / "other.html")
    small = ["--set", "register.rows=600", "--set", "register.contacts=500", "--set", "recognition.exact='none'"]
    command("compare", gaoxin, "-n", 4, *small, "--report", home / "plans.html")
    command("run", SCENARIOS / "hotline-lookback.toml", "-n", 2, "--report", home / "ledger.html", "--lang", "zh")
    few = ["--set", "register.rows=600", "--set", "register.contacts=500"]
    promised = ["--set", "targets.called_back_in_time=0.8", "--set", "targets.probability=0.5"]
    promised += ["--set", "targets.satisfaction_error=8"]  # the district's 2.5 points are not to be had of so few
    forecast = SCENARIOS / "gaoxin-forecast.toml"
    command("staff", forecast, *few, *promised, "--lines", "4:12:4", "--agents", "1:4", "--report", home / "staff.html")
    command("drivers", forecast, *few, "-n", 400, "--report", home / "drivers.html", "--lang", "zh")
    command("roster", forecast, *few, "-n", 10, "--report", home / "roster.html", "--lang", "zh")
    grid = ["--vary", "robot.lines=4,8", "--vary", "agents.count=1,2,3", "-n", 4]
    command("sweep", forecast, *few, *grid, "--report", home / "sweep.html")
    pilot = cs.simulate(cs.load(forecast, overrides=few[1::2]), seed=3)
    (home / "log.csv").write_bytes(table_files(pilot, "attempts")[1])
    register = "[register]\nrows = 600\ncontacts = 500\nunusable = 0\n"
    (home / "fit.toml").write_text(f"title = '试点 pilot'\n{register}", encoding="utf-8")
    fitted = ("--out", home / "fitted.toml", "--report", home / "calibrate.html", "--lang", "zh")
    command("calibrate", home / "log.csv", home / "fit.toml", *fitted)
    rows = [(f'"{HOSTILE}"' if at % 2 else '"' + IMAGE.replace('"', '""') + '"') for at in range(60)]
    lines = [f"{name},1380013{at:04d},{name},{name}" for at, name in enumerate(rows)]
    (home / "r.csv").write_text("名称,电话,所属行业,区域\n" + "\n".join(lines) + "\n", encoding="utf-8")
    (home / "hostile.toml").write_text(
        f"title = '{HOSTILE}{IMAGE}'\n[register]\nfile = 'r.csv'\n"
        "columns = { name = '名称', phone = '电话', industry = '所属行业', area = '区域' }\n"
        "[questionnaire.items]\nproblems = 1.0\n"
        f"[ledger.departments.'{HOSTILE}']\n[ledger.categories.'{IMAGE}']\nshare = 1\ndepartment = '{HOSTILE}'\n"
        f"[plans.'{IMAGE}']\nrobot.lines = 3\n",
        encoding="utf-8",
    )
    command("compare", home / "hostile.toml", "-n", 2, "--report", home / "hostile.html")
    return home


def opened(browser: Any, file: Path, scheme: str = "light", width: int = 1100) -> Opened:
    context = browser.new_context(offline=True, color_scheme=scheme, viewport={"width": width, "height": 900})
    found = Opened(context.new_page())
    found.page.on("request", lambda request: found.requests.append(request.url))
    found.page.on("console", lambda said: found.complaints.append(said.text) if said.type == "error" else None)
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    found.page.on("dialog", lambda dialog: found.complaints.append(f"dialog {dialog.message}"))
    found.page.goto(file.as_uri())
    return found


ALL = ("en", "zh", "plans", "ledger", "hostile", "staff", "drivers", "sweep", "roster", "calibrate")


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_asked_for_and_nothing_complained_of(name: str, browser: Any, pages: Path) -> None:
    found = opened(browser, pages / f"{name}.html")
    found.page.wait_for_load_state("load")
    assert found.requests == [(pages / f"{name}.html").as_uri()]
    assert found.complaints == []


@pytest.mark.parametrize("name", ALL)
def test_every_chart_has_drawn_marks(name: str, browser: Any, pages: Path) -> None:
    page = opened(browser, pages / f"{name}.html").page
    drawn = page.evaluate(
        """() => [...document.querySelectorAll("svg.chart")].map(svg => [svg.dataset.kind,
        [...svg.querySelectorAll(".bar, .dot, .other, .spread")].filter(mark => {
            const box = mark.getBoundingClientRect(), fill = getComputedStyle(mark).fill;
            return box.width > 0 && box.height > 0 && fill !== "none" && fill !== "rgba(0, 0, 0, 0)";
        }).length])"""
    )
    assert len(drawn) >= 2
    assert [kind for kind, marks in drawn if marks == 0] == []


@pytest.mark.parametrize("name", ALL)
def test_no_words_of_a_chart_lie_upon_others_or_outside(name: str, browser: Any, pages: Path) -> None:
    page = opened(browser, pages / f"{name}.html").page
    clashes = page.evaluate(
        """() => [...document.querySelectorAll("svg.chart")].flatMap(svg => {
        const frame = svg.getBoundingClientRect();
        const words = [...svg.querySelectorAll("text")].map(one => [one.textContent, one.getBoundingClientRect()]);
        const bad = words.filter(([, b]) => b.left < frame.left - 1 || b.right > frame.right + 1 ||
            b.top < frame.top - 1 || b.bottom > frame.bottom + 2).map(([text]) => [svg.dataset.kind, "outside", text]);
        words.forEach(([text, a], i) => words.slice(i + 1).forEach(([other, b]) => {
            if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
                Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3) bad.push([svg.dataset.kind, text, other]);
        }));
        return bad; })"""
    )
    assert clashes == []


def test_the_funnel_is_the_runs(browser: Any, pages: Path) -> None:
    means = json.loads((pages / "out" / "summary.json").read_text(encoding="utf-8"))["funnel_mean"]
    page = opened(browser, pages / "en.html").page
    parts = page.eval_on_selector_all(
        "[data-part]", "all => all.map(one => [one.dataset.part, Number(one.dataset.value)])"
    )
    assert {name for name, _ in parts} >= {"contacts", "interviewed", "escalated", "handled", "resolved", "suggestions"}
    for name, value in parts:
        if name != "not_escalated":
            assert value == means[name]["mean"], name


def test_another_seed_has_the_numbers_of_its_own_trace(browser: Any, pages: Path) -> None:
    told = []
    for name, directory in (("en", "out"), ("other", "other")):
        calls = pd.read_csv(pages / directory / "trace" / "attempts.csv", encoding="utf-8-sig")
        page = opened(browser, pages / f"{name}.html").page
        rows = page.eval_on_selector_all(
            "#days > .scroll > table.sortable tbody tr",
            "all => all.map(tr => [...tr.cells].map(td => td.dataset.sort))",
        )
        by_day = calls.groupby(calls["start"] // 86_400_000)
        table = [[float(row[2]), float(row[5])] for row in rows]
        done = calls["outcome"].isin(["complete", "partial"]).groupby(calls["start"] // 86_400_000).sum()
        assert table == [[float(n), float(d)] for n, d in zip(by_day.size(), done, strict=True)]
        told.append(table)
    assert told[0] != told[1]


def test_hostile_names_are_text(browser: Any, pages: Path) -> None:
    found = opened(browser, pages / "hostile.html")
    assert found.page.locator("h1").inner_text() == HOSTILE + IMAGE
    assert found.page.locator("img").count() == 0
    assert found.page.locator("b").count() == 0
    assert found.page.locator("th", has_text=HOSTILE).count() > 0
    assert found.complaints == []


def test_charts_answer_to_the_pointer_and_to_the_keyboard(browser: Any, pages: Path) -> None:
    page = opened(browser, pages / "en.html").page
    bin_ = page.locator("svg[data-kind=calls] .ghost").first
    bin_.scroll_into_view_if_needed()
    bin_.hover()
    pointed = page.locator("#tip").inner_text()
    assert "interviews: " in pointed
    assert "first run" in pointed
    page.mouse.move(1, 1)
    assert page.locator("#tip").is_hidden()
    page.locator("svg[data-kind=calls]").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#tip").inner_text() == pointed
    assert page.locator("#told").text_content() == pointed


@pytest.mark.parametrize("name", ["en", "staff", "drivers", "sweep", "roster", "calibrate"])
def test_every_chart_answers_to_the_keyboard(name: str, browser: Any, pages: Path) -> None:
    page = opened(browser, pages / f"{name}.html").page
    for chart in page.locator("svg.chart").all():
        told = []
        chart.focus()
        for key in ("ArrowRight", "ArrowRight", "End", "Escape"):
            page.keyboard.press(key)
            told.append(page.locator("#told").text_content())
        marks = chart.evaluate("one => [...one.querySelectorAll('[data-tip]:not(.shade)')].map(m => m.dataset.tip)")
        assert told[:2] == [marks[0], marks[min(1, len(marks) - 1)]]
        assert page.locator("#tip").is_hidden()


def test_on_the_map_the_arrows_go_from_row_to_row(browser: Any, pages: Path) -> None:
    page = opened(browser, pages / "staff.html").page
    page.locator("svg[data-kind=map]").focus()
    told = []
    for key in ("ArrowRight", "ArrowDown", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
        told.append((page.locator("#told").text_content() or "").split("\n")[0])
    assert told == ["4 lines and 4 people", "4 lines and 3 people", "8 lines and 3 people", "8 lines and 4 people"]


def test_the_cells_of_a_map_tell_their_words_to_the_pointer(browser: Any, pages: Path) -> None:
    page = opened(browser, pages / "staff.html").page
    drawn = page.locator("svg[data-kind=map]")
    drawn.scroll_into_view_if_needed()
    for cell in drawn.locator(".cell").all():
        box = cell.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)  # where its words stand
        assert page.locator("#tip").inner_text() == cell.get_attribute("data-tip")


def test_tables_sort_by_number_and_back(browser: Any, pages: Path) -> None:
    page = opened(browser, pages / "en.html").page
    table = page.locator("#reproduce table.fields")
    head = table.locator("thead th").nth(2)
    numbers = "rows => rows.map(row => row.cells[2].dataset.sort).filter(one => one !== undefined).map(Number)"
    for way in ("ascending", "descending"):
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == way
        found = table.locator("tbody tr").evaluate_all(numbers)
        assert len(found) > 20
        assert found == sorted(found, reverse=way == "descending")


def test_light_and_dark_differ_and_the_button_changes_them(browser: Any, pages: Path) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    light, dark = (opened(browser, pages / "en.html", scheme).page for scheme in ("light", "dark"))
    seen = [page.evaluate(paper) for page in (light, dark)]
    assert seen[0] != seen[1]
    light.locator("#theme").click()
    assert light.evaluate(paper) == seen[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["en", "zh", "plans", "staff", "drivers", "sweep", "roster", "calibrate"])
def test_axe_finds_nothing_serious(name: str, scheme: str, browser: Any, pages: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = opened(browser, pages / f"{name}.html", scheme).page
    # Tables that are closed are read, too.
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = axe.Axe().run(page).response["violations"]
    bad = [
        (one["id"], one["impact"], [node["target"] for node in one["nodes"][:3]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert bad == []


def test_on_a_telephone_nothing_but_charts_and_tables_is_wider_than_the_screen(browser: Any, pages: Path) -> None:
    for name in ALL:
        page = opened(browser, pages / f"{name}.html", width=380).page
        assert page.evaluate("document.documentElement.scrollWidth") <= 380, name


@pytest.mark.parametrize("name", ["en", "staff", "drivers", "sweep", "roster", "calibrate"])
def test_it_prints_on_a4(name: str, browser: Any, pages: Path, tmp_path: Path) -> None:
    """Nothing is wider than the paper, and no chart and no row of a table is higher than a sheet of it."""
    page = opened(browser, pages / f"{name}.html", "dark").page
    page.emulate_media(media="print")
    width, height = (round(mm / 25.4 * 96) for mm in (210 - 28, 297 - 28))  # A4 less its margins
    page.set_viewport_size({"width": width, "height": 1000})
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    cut = page.evaluate(
        """([w, h]) => [...document.querySelectorAll("svg, table, figure, tr")].filter(one => {
        const box = one.getBoundingClientRect();
        return box.right > w + 2 || (one.tagName !== "TABLE" && box.height > h);
        }).map(one => one.outerHTML.slice(0, 90))""",
        [width, height],
    )
    assert cut == []
    kept = page.evaluate("[...document.querySelectorAll('figure, tr')].map(one => getComputedStyle(one).breakInside)")
    assert set(kept) == {"avoid"}
    # A button is not painted where a table's headings are repeated on the next sheet; its words alone are.
    heads = page.evaluate("[...document.querySelectorAll('th button')].map(one => getComputedStyle(one).display)")
    assert set(heads) == {"contents"}
    page.pdf(path=str(tmp_path / "page.pdf"), format="A4", prefer_css_page_size=True)
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


def test_the_baseline_is_small(pages: Path) -> None:
    for name in ("en", "zh", "staff", "drivers", "sweep"):
        assert (pages / f"{name}.html").stat().st_size < BASELINE_MOST_BYTES


def test_the_replay_shows_how_things_stood(browser: Any, pages: Path) -> None:
    calls = pd.read_csv(pages / "out" / "trace" / "attempts.csv", encoding="utf-8-sig")
    page = opened(browser, pages / "en.html").page
    first, quarter = int(calls["start"].min()) // 900_000 * 900_000, 900_000
    slider = page.locator(".replay input")
    for at in (5, 40, int(slider.get_attribute("max") or 0)):
        slider.evaluate("(one, at) => { one.value = at; one.dispatchEvent(new Event('input')); }", at)
        moment = first + at * quarter
        shown = {
            name: int(page.locator(f"[data-gauge={name}] .value").inner_text().replace(",", ""))
            for name in ("lines", "interviews", "due")
        }
        begun = calls["start"] <= moment
        done = calls["outcome"].isin(["complete", "partial"]) & (calls["end"] <= moment)
        assert shown == {
            "lines": int((begun & (calls["free"] > moment)).sum()),
            "interviews": int(done.sum()),
            "due": int(((calls["due"] <= moment) & ~begun).sum()),
        }
    page.locator(".replay .play").click()
    for _ in range(100):  # at most ten seconds
        if int(slider.input_value()) > 2:
            break
        page.wait_for_timeout(100)
    assert int(slider.input_value()) > 2
    page.locator(".replay .play").click()
    assert page.locator(".replay .play").inner_text() == "Play"
