"""`import callbacksim`: the functions that notebooks use."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

import callbacksim as cs


def test_load_simulate_replicate_compare(small: Path) -> None:
    scenario = cs.load(small)
    trace = cs.simulate(scenario, seed=3)
    assert isinstance(trace, cs.Trace)
    assert len(trace.contacts["contact"]) == cs.build_frame(scenario).counts.contacts == 250
    study = cs.replicate(scenario, n=2, seed=3)
    assert isinstance(study, cs.Study)
    assert (study.trace(0).attempts["start"] == trace.attempts["start"]).all()
    comparison = cs.compare(scenario, plans=["base", "same", "lean"], n=2)
    assert list(comparison.studies) == ["base", "same", "lean"]
    assert {d.estimate.mean for d in comparison.differences if d.plan == "same"} <= {0.0, None}
    assert list(cs.compare(scenario, n=1).studies) == ["base", "lean", "same", "generous"]
    assert list(cs.compare(scenario, plans=["lean"], n=1).studies) == ["base", "lean"]


def test_a_model_of_one_s_own(small: Path) -> None:
    class NoLines(cs.Campaign):
        def open_lines(self) -> None:
            super().open_lines()
            self.lines.withdraw(6)

    trace = cs.simulate(cs.load(small, overrides=["study.horizon_days=2"]), model=NoLines)
    assert len(trace.attempts["start"]) == 0


def test_names(small: Path) -> None:
    assert set(cs.__all__) <= set(dir(cs))
    with pytest.raises(AttributeError):
        _ = cs.nonsense
    with pytest.raises(cs.Refused):
        cs.load(small, plan="leen")


def test_nothing_is_dialled_or_sent(cli: Any, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that writes everything it can opens no connection."""

    def connects(*_: Any) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", connects)
    monkeypatch.setattr(socket.socket, "connect_ex", connects)
    with socket.socket() as one, pytest.raises(AssertionError):
        one.connect(("127.0.0.1", 9))
    assert cli("run", small, "-n", 2, "--jobs", 1, "--out", tmp_path / "out").status == 0
