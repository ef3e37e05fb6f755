"""The site of the documents: what can be said of it without building it. `make docs` builds it, strictly."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import callbacksim as cs

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "reference.rst").read_text(encoding="utf-8")
sys.path.insert(0, str(ROOT / "docs"))
from faults import faults  # noqa: E402 (a program beside the documents)

PUBLIC = [name for name in cs.__all__ if name != "__version__"]


@pytest.mark.parametrize("name", cs.__all__)
def test_every_public_name_is_in_the_reference(name: str) -> None:
    assert re.search(rf"^\.\. (auto\w+|py:data):: callbacksim\.{name}\b", REFERENCE, re.MULTILINE)


@pytest.mark.parametrize("path", re.findall(r":: callbacksim\.([\w.]+\.\w+)", REFERENCE))
def test_what_the_reference_names_is_there(path: str) -> None:
    module, _, name = f"callbacksim.{path}".rpartition(".")
    try:
        home = __import__(f"{module}.{name}", fromlist=["x"])
    except ModuleNotFoundError:
        home = getattr(__import__(module, fromlist=["x"]), name)
    assert home.__doc__


def members(name: str) -> Iterator[tuple[str, object]]:
    """A public name, and of a class its own public methods and properties."""
    thing = getattr(cs, name)
    yield name, thing
    if inspect.isclass(thing):
        for member, value in vars(thing).items():
            kinds = isinstance(value, classmethod | staticmethod | property) or inspect.isfunction(value)
            if kinds and not member.startswith("_"):
                yield f"{name}.{member}", value


@pytest.mark.parametrize("name", PUBLIC)
def test_everything_public_says_what_it_is_and_has_types(name: str) -> None:
    for full, thing in members(name):
        said = inspect.getdoc(thing) or ""
        assert said.rstrip().endswith((".", ":", "。")) or "::" in said, full
        function = getattr(thing, "__func__", getattr(thing, "fget", thing))
        if inspect.isfunction(function):
            hints = function.__annotations__
            assert "return" in hints, full
            named = [one for one in inspect.signature(function).parameters if one not in ("self", "cls")]
            assert set(named) <= hints.keys(), full


@pytest.mark.parametrize("name", [name for name in PUBLIC if name[0].islower()])
def test_a_function_that_can_refuse_says_so(name: str) -> None:
    assert "Refused" in (getattr(cs, name).__doc__ or "")


def site(directory: Path, page: str, sheet: str = "") -> Path:
    """A site of two pages and a sheet."""
    (directory / "reference.html").write_text('<h1 id="top">R</h1><dl id="callbacksim.load"></dl>', encoding="utf-8")
    (directory / "a b.html").write_text(page, encoding="utf-8")
    (directory / "site.css").write_text(sheet, encoding="utf-8")
    return directory


def test_a_sound_site_has_no_faults(tmp_path: Path) -> None:
    page = (
        '<link rel="stylesheet" href="site.css?v=1"><p id="here">'
        '<a href="#here"></a><a href="reference.html#top"></a><a href="a%20b.html"></a><a href="https://example.org"></a>'
    )
    assert faults(site(tmp_path, page, "a { background: url(x.png) }"), ["callbacksim.load"]) == []


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ('<a href="none.html">', "a b.html: none.html leads nowhere"),
        ('<a href="reference.html#nowhere">', "a b.html: reference.html#nowhere leads to no place of that page"),
        ('<a href="#nowhere">', "a b.html: #nowhere leads to no place of that page"),
        ('<img src="none.png" alt="words">', "a b.html: none.png leads nowhere"),
        ('<img src="site.css">', "a b.html: a picture without words"),
        ('<script src="https://example.org/x.js">', "a b.html: loads https://example.org/x.js from elsewhere"),
        ('<link href="//example.org/x.css">', "a b.html: loads //example.org/x.css from elsewhere"),
    ],
)
def test_a_fault_of_a_page_is_found(page: str, fault: str, tmp_path: Path) -> None:
    assert faults(site(tmp_path, page), []) == [fault]


def test_a_sheet_from_elsewhere_and_a_missing_entry_are_found(tmp_path: Path) -> None:
    found = faults(site(tmp_path, "", "@font-face { src: url('https://example.org/f.woff') }"), ["callbacksim.lost"])
    assert found == ["site.css: loads https://example.org/f.woff", "reference: no entry for callbacksim.lost"]
