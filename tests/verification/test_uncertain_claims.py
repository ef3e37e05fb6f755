"""What the README says of input uncertainty, to the figure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import callbacksim as cs

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_readme_tells_chance_from_ignorance_as_the_program_does() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    said = re.search(
        r"the interviews are uncertain by ± ([\d,]+) by chance and by ± ([\d,]+) by what is not known", text
    )
    assert said is not None
    margins = (
        cs.uncertain(cs.load(ROOT / "scenarios" / "gaoxin-forecast.toml")).spread("interviews").parts.margins(0.95)
    )
    assert [f"{one:,.0f}" for one in margins if one is not None] == list(said.groups())


@pytest.mark.slow
def test_the_readme_names_the_guesses_that_lead() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    error = re.search(r"error hangs on `([\w.]+)` most", text)
    missed = re.search(r"the problems missed on `([\w.]+)`", text)
    assert error is not None and missed is not None
    found = cs.drivers(cs.load(ROOT / "scenarios" / "gaoxin-forecast.toml"))
    leaders = {one.figure: one.first.input.path for one in found.rankings if one.first is not None}
    assert (leaders["error"], leaders["missed"]) == (error[1], missed[1])
    assert found.runs <= 1500
