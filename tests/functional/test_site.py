"""The site of the documents: what can be said of it without building it. `make docs` builds it, strictly."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import callbacksim as cs

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "reference.rst").read_text(encoding="utf-8")
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
