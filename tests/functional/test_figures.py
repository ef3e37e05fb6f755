"""`--figures DIR`: the page's pictures as files, read as any viewer reads them: without fonts and without a browser."""

from __future__ import annotations

import io
import json
import re
import socket
import struct
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import matplotlib.image
import numpy as np
import pytest

from callbacksim.report.figures import figures
from callbacksim.report.figures.glyphs import UNKNOWN, outline, unknown, width
from callbacksim.report.figures.look import look
from callbacksim.report.figures.standalone import standalone, wrapped
from callbacksim.report.page import read_record, sheet_of
from callbacksim.report.page.blocks import Figure
from callbacksim.report.page.charts import Chart, Whole, in_two, wholes
from callbacksim.report.texts import LANGUAGES, catalogue, fields, meanings, sources
from callbacksim.study.summary import WORDS
from drawn import SVG, boxes, clashes, svgs, words_of
from pages import read_page

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
[plans.generous]
robot.lines = 12
agents.count = 4
"""
INERT = {"svg", "title", "desc", "g", "rect", "line", "path", "polyline", "polygon", "circle"}
"""Elements that need nothing and do nothing."""
RARE = "𠮷م"
"""A Hanzi of no common table, and a letter that is not Chinese."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, cli: Any) -> Path:
    """Two plans with the figures of both languages, and the page of the same."""
    home = tmp_path_factory.mktemp("figures")
    (home / "small.toml").write_text(SMALL, encoding="utf-8")
    run = ("run", home / "small.toml", "-n", "4", "--jobs", "1", "--out", home / "out", "--figures", home / "en")
    told = cli(*run, "--report", home / "run.html")
    assert told.status == 0, told.err
    (home / "told").write_text(told.err, encoding="utf-8")
    assert cli("report", home / "out", "--figures", home / "zh", "--lang", "zh").status == 0
    return home


def test_every_picture_of_the_page_is_there_as_svg_and_png(ran: Path) -> None:
    page = read_page((ran / "run.html").read_text(encoding="utf-8"))
    drawn = page.all("svg", class_="chart")
    for language in LANGUAGES:
        names = {path.stem for path in (ran / language).iterdir()}
        assert {path.name for path in (ran / language).iterdir()} == {f"{n}.{e}" for n in names for e in ("svg", "png")}
        assert len(names) == len(drawn)
    assert {"flow", "finish", "days-lines", "people-waits", "outcomes-hours", "ledger-departments", "cost"} <= names
    titles = {one.findtext(f"{SVG}title") for one in svgs(ran / "en").values()}
    assert titles == {one.all("title")[0].text() for one in drawn}


def test_what_was_written_is_said_with_what_it_shows(ran: Path) -> None:
    told = (ran / "told").read_text(encoding="utf-8")
    assert f"each as .svg and .png: {ran / 'en'}\n" in told
    for name, root in svgs(ran / "en").items():
        assert re.search(rf"^  {name} +{re.escape(root.findtext(f'{SVG}title') or '?')}$", told, re.MULTILINE), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_svg_needs_nothing_else_and_does_nothing(ran: Path, language: str) -> None:
    for name, root in svgs(ran / language).items():
        for one in root.iter():
            assert one.tag.removeprefix(SVG) in INERT, name
            assert not {key for key in one.attrib if key in ("class", "style", "href", "src") or key.startswith("on")}
            assert not [value for value in one.attrib.values() if "url(" in value or "var(" in value]
            if one.tag.removeprefix(SVG) in INERT - {"svg", "title", "desc", "g"}:
                assert one.get("fill") or one.get("stroke"), (name, one.attrib)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_lie_upon_others_or_outside(ran: Path, language: str) -> None:
    assert {name: bad for name, root in svgs(ran / language).items() if (bad := clashes(root))} == {}


def test_words_upon_others_would_be_found() -> None:
    def written(x: float, y: float) -> Element:
        return Element("path", {"aria-label": "线路", "d": outline("线路", 12, x, y).path})

    root = Element("svg", viewBox="0 0 100 40")
    root.extend([written(10, 30), written(40, 30)])
    assert clashes(root) == []
    root.append(written(30, 25))
    root.append(written(80, 30))
    assert clashes(root) == [("线路",), ("线路", "线路"), ("线路", "线路")]


def test_a_png_is_its_svg_drawn_on_white_with_406_dots_to_an_inch(ran: Path) -> None:
    for name, root in svgs(ran / "zh").items():
        data = (ran / "zh" / f"{name}.png").read_bytes()
        wide, high = struct.unpack(">II", data[16:24])
        at = data.index(b"pHYs")
        dots, unit = struct.unpack(">I", data[at + 4 : at + 8])[0], data[at + 12]
        _, _, drawn_wide, drawn_high = (float(one) for one in root.attrib["viewBox"].split())
        assert (wide, unit) == (1920, 1)
        assert high == pytest.approx(wide * drawn_high / drawn_wide, abs=2)
        assert dots * 0.0254 == pytest.approx(406.4, abs=0.1)
        assert float(root.attrib["width"].removesuffix("cm")) == pytest.approx(wide / dots * 100, rel=0.02)
        picture = matplotlib.image.imread(io.BytesIO(data))[..., :3]
        assert (picture[[0, 0, -1, -1], [0, -1, 0, -1]] == 1).all(), name
        ink = (picture < 0.9).any(axis=2)
        assert 0.01 < ink.mean() < 0.6, name
        some = (picture[::5, ::5] * 255).astype(np.int64) @ np.array([65536, 256, 1])
        assert len(np.unique(some)) > 20, name
        for words, (left, top, right, bottom) in boxes(root):
            box = [round(one * wide / drawn_wide) for one in (left, top, right, bottom)]
            assert ink[box[1] : box[3] + 1, box[0] : box[2] + 1].any(), (name, words)


def test_the_numbers_are_the_pages(ran: Path) -> None:
    page = read_page((ran / "run.html").read_text(encoding="utf-8"))
    drawn = svgs(ran / "en")
    flow = {one.text() for one in page.all("section", id="flow")[0].all("text")}
    assert flow <= set(words_of(drawn["flow"]))
    assert len(flow) > 10
    (errors,) = (one for one in page.all("svg") if one.attributes.get("data-kind") == "errors")
    said = {one.text() for one in errors.all("text", class_="value")}
    assert said <= set(words_of(drawn["satisfaction-errors"]))
    cost = len(page.all("section", id="cost")[0].all("rect"))
    assert len([one for one in drawn["cost"].find(f"{SVG}g") or [] if one.tag == f"{SVG}rect"]) == cost > 1


def test_every_text_of_the_program_can_be_drawn() -> None:
    said = [*catalogue().items(), *fields().items(), *meanings().items(), *sources()["says"].items()]
    said += [(name, (one.english, one.chinese)) for name, one in WORDS.items()]
    said += [(path.name, path.read_text(encoding="utf-8")) for path in SCENARIOS.glob("*.toml")]
    assert {key: bad for key, texts in said if (bad := unknown("".join(texts)))} == {}
    characters = {one for _, texts in said for one in "".join(texts) if not one.isspace()}
    assert len(characters) > 600
    sign = outline(UNKNOWN, 12).path
    assert [one for one in characters - {UNKNOWN} if outline(one, 12).path in ("", sign)] == []


def test_the_characters_of_the_common_tables_can_be_drawn() -> None:
    double = [bytes([high, low]) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF)]
    simplified = {one for pair in double if (one := pair.decode("gb2312", "ignore"))}
    assert len(simplified) == 6763
    assert unknown("".join(sorted(simplified)) + "堃喆垚玥 €£é–—−±") == ""


def test_text_is_as_long_as_its_glyphs() -> None:
    """A Hanzi is a square; digits of this font are 0.555 of one wide."""
    assert width("高新区", 10) == pytest.approx(30)
    assert width("2025", 100) == pytest.approx(222)
    assert outline("高新区", 10).width == pytest.approx(30)
    assert width("a\u200bb", 10) == width("ab", 10)


def test_lines_are_broken_between_words_and_between_hanzi_but_not_before_a_full_stop() -> None:
    assert wrapped("aaaa bbbb cccc", 10, width("aaaa bbbb", 10)) == ["aaaa bbbb", "cccc"]
    assert wrapped("高新区企业。", 10, 51) == ["高新区企业。"]
    assert wrapped("高新区企业回访。", 10, 31) == ["高新区", "企业回", "访。"]
    assert wrapped("高新区（企业）", 10, 41) == ["高新区", "（企业）"]
    assert wrapped("", 10, 50) == []


def test_a_label_before_a_row_takes_a_second_line_broken_where_it_reads_on() -> None:
    """A Latin letter is reckoned 6.72 wide here, a Hanzi 12."""
    assert in_two("lines", 40) == ("lines", "")
    assert in_two("lines in use", 60) == ("lines in", "use")
    assert in_two("unbreakable", 40) == ("unbre", "akable")
    assert in_two("完成的比例（简式）", 72) == ("完成的比例", "（简式）")
    assert in_two("完成的比例，简式", 61) == ("完成的比", "例，简式")
    assert in_two("", 0) == ("", "")


def test_control_characters_of_a_name_do_not_break_a_picture() -> None:
    rows = [Whole("bell \x07 and\x00", [("1", "part\x1b", 1.0)], "\ufffe")]
    root = standalone(Figure("title \x08", wholes(Chart("t\x02", "s", "k", str), rows)), "about \x03")
    assert "bell \ufffd and\ufffd" in words_of(ElementTree.fromstring(ElementTree.tostring(root)))


def test_colours_are_those_of_the_light_page() -> None:
    """By hand from page.css: `.f-2` is `--c2`, below it a rule with two classes prevails over one with one."""
    assert look("rect", "bar f-2")["fill"] == "#c4570f"
    assert look("line", "mark promise") == {"stroke": "#a82233", "stroke-width": "2", "stroke-dasharray": "none"}
    assert look("rect", "shade open")["fill"] == "#e3eefa"
    assert look("text", "tick") == {"fill": "#545d69", "font-size": "12"}


def test_the_same_command_gives_the_same_bytes(ran: Path, tmp_path: Path, cli: Any) -> None:
    again = ("run", ran / "small.toml", "-n", "4", "--jobs", "2", "--figures", tmp_path / "again")
    assert cli(*again).status == 0
    for path in (ran / "en").iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


def test_neither_network_nor_another_program_is_used(ran: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("something outside is asked for")

    for where, name in ((socket, "socket"), (socket, "create_connection"), (subprocess, "Popen")):
        monkeypatch.setattr(where, name, refused)
    assert len(figures(sheet_of(read_record(ran / "out"), "zh"))) > 10


def test_plans_are_drawn_each_against_the_first(tmp_path: Path, cli: Any) -> None:
    (tmp_path / "small.toml").write_text(SMALL, encoding="utf-8")
    ended = cli("compare", tmp_path / "small.toml", "-n", "3", "--jobs", "1", "--figures", tmp_path / "f")
    assert ended.status == 0, ended.err
    drawn = svgs(tmp_path / "f")
    titles = [drawn[f"plans-differences-{at}"].findtext(f"{SVG}title") for at in (1, 2)]
    assert ["lean" in str(titles[0]), "generous" in str(titles[1])] == [True, True]
    assert {name: bad for name, root in drawn.items() if (bad := clashes(root))} == {}


def test_names_of_others_are_text_only_and_what_cannot_be_drawn_is_said(tmp_path: Path, cli: Any) -> None:
    hostile = "</svg><script>alert(1)</script>\"'&" + RARE
    quoted = json.dumps(hostile + "\u202e", ensure_ascii=False)
    (tmp_path / "s.toml").write_text(
        f"""title = {quoted}
[register]
rows = 60
contacts = 50
[questionnaire.items]
problems = 1.0
[ledger.departments.{quoted}]
[ledger.categories.'x']
share = 1
department = {quoted}
""",
        encoding="utf-8",
    )
    ended = cli("run", tmp_path / "s.toml", "-n", "2", "--jobs", "1", "--figures", tmp_path / "f")
    assert ended.status == 0, ended.err
    for root in svgs(tmp_path / "f").values():
        assert {one.tag.removeprefix(SVG) for one in root.iter()} <= INERT
    names = words_of(svgs(tmp_path / "f")["ledger-departments"])
    assert any(hostile in one for one in names)
    assert "𠮷 (U+20BB7)" in ended.err
    assert "(U+0645)" in ended.err
    assert ended.err.count("the figures' font does not have") == 1
    assert outline("𠮷", 12).path == outline(UNKNOWN, 12).path


def test_a_directory_with_something_in_it_is_kept_unless_forced(ran: Path, tmp_path: Path, cli: Any) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "flow.svg").write_text("old", encoding="utf-8")
    refused = cli("report", ran / "out", "--figures", tmp_path)
    assert refused.status == 2
    assert f"{tmp_path}:1: --figures: the directory is not empty; name a new one, or add --force" in refused.err
    assert (tmp_path / "flow.svg").read_text(encoding="utf-8") == "old"
    assert cli("report", ran / "out", "--figures", tmp_path, "--force").status == 0
    assert (tmp_path / "flow.svg").read_bytes() == (ran / "en" / "flow.svg").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"notes.txt", *(path.name for path in (ran / "en").iterdir())}
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_what_cannot_be_written_is_refused_before_anything_is_simulated(tmp_path: Path, cli: Any) -> None:
    (tmp_path / "small.toml").write_text(SMALL, encoding="utf-8")
    for command in ("run", "compare"):
        ended = cli(command, tmp_path / "small.toml", "-n", "900000", "--figures", tmp_path / "small.toml")
        assert ended.status == 2
        assert "small.toml:1: --figures: it is not a directory; name a directory" in ended.err
    below = cli("run", tmp_path / "small.toml", "-n", "900000", "--figures", tmp_path / "small.toml" / "f")
    assert (below.status, below.out) == (2, "")


def test_figures_alone_leave_the_page_out(ran: Path) -> None:
    assert not (ran / "out" / "report.html").exists()
