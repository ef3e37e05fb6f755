"""What is wrong with ``[search]``, said whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from callbacksim.scenario.files import load
from callbacksim.scenario.problems import Refused

FILE = Path(__file__).parents[2] / "scenarios" / "gaoxin-forecast.toml"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("search.lines=[9, 3]", "search.lines: it ends at 3, before it begins at 9; write [3, 9]"),
        ("search.agents=[1, 3, 0]", "search.agents: a step of 0 leads nowhere; write [1, 3], or a step of at least 1"),
        ("search.agents=[1, 20000]", "search.agents: 20000 is too large; write at most 10000"),
        (
            "search.listeners=[1, 2]",
            "search.listeners: nobody listens to recordings; give listeners.share, or leave it out",
        ),
        ("search.clerks=[1, 2]", "search.clerks: there are no clerks; add a table [ledger.clerks], or leave it out"),
    ],
)
def test_a_range_without_sense_is_refused(override: str, message: str) -> None:
    with pytest.raises(Refused) as caught:
        load(FILE, overrides=[override])
    assert [str(problem) for problem in caught.value.problems] == [f"--set:1: {message}"]
