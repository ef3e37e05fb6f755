"""`import callbacksim`: the functions that notebooks use."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import numpy as np
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


def test_models_of_one_s_own_are_compared_pair_by_pair(small: Path) -> None:
    class TwoLess(cs.Campaign):
        def open_lines(self) -> None:
            super().open_lines()
            self.lines.withdraw(2)

    scenario = cs.load(small)
    frame = cs.build_frame(scenario)
    as_it_is, fewer = (cs.replicate(scenario, 3, frame=frame, model=model) for model in (cs.Campaign, TwoLess))
    found = cs.Comparison.of({"as it is": as_it_is, "two less": fewer})
    figures = found.dataframe().set_index("figure")
    own = fewer.replications()["line_occupancy"] - as_it_is.replications()["line_occupancy"]
    assert figures.loc["line_occupancy", "difference"] == pytest.approx(own.mean())
    assert (own < 0).all() or (own > 0).all()
    # Four lines in place of six are what the plan of four lines is, but for the rent.
    four = cs.replicate(cs.load(small, overrides=["robot.lines=4"]), 3, frame=frame)
    assert list(four.replications()["finish"]) == list(fewer.replications()["finish"])


def test_a_grid_is_every_combination_and_each_is_what_replicate_says(small: Path) -> None:
    scenario = cs.load(small)
    found = cs.sweep(scenario, {"robot.lines": np.array([4, 8]), "agents.queue": ["first_come", "items_first"]}, n=2)
    assert [point.values for point in found.points] == [
        ("4", '"first_come"'), ("4", '"items_first"'), ("8", '"first_come"'), ("8", '"items_first"'),
    ]  # fmt: skip
    alone = cs.replicate(cs.load(small, overrides=["robot.lines=8"]), 2).dataframe()
    table = found.dataframe()
    chosen = table[(table["robot.lines"] == "8") & (table["figure"] == "cost")]
    assert chosen["mean"].tolist()[1] == alone.loc["cost", "mean"]
    shown = found._repr_html_()
    assert "4 plans" in shown and "robot.lines" in shown and "items_first" in shown


def test_a_grid_that_cannot_be_is_refused(small: Path) -> None:
    scenario = cs.load(small)
    with pytest.raises(ValueError, match="at least one"):
        cs.sweep(scenario, {})
    with pytest.raises(ValueError, match="at least one"):
        cs.sweep(scenario, {"robot.lines": []})
    with pytest.raises(ValueError, match="None is no value"):
        cs.sweep(scenario, {"robot.lines": [None]})
    with pytest.raises(cs.Refused) as refused:
        cs.sweep(scenario, {"robot.lin": [1], "agents.count": [-1]})
    assert "did you mean robot.lines?" in str(refused.value) and "agents.count" in str(refused.value)


def test_what_is_no_pair_is_not_compared(small: Path) -> None:
    scenario = cs.load(small)
    study = cs.replicate(scenario, 2)
    others = {
        "seed": cs.replicate(scenario, 2, seed=9),
        "replications": cs.replicate(scenario, 1),
        "people": cs.replicate(cs.load(small, overrides=["register.rows=299"]), 2),
    }
    for other in others.values():
        with pytest.raises(ValueError, match="not the same people"):
            cs.Comparison.of({"one": study, "other": other})
    with pytest.raises(ValueError, match="at least two"):
        cs.Comparison.of({"one": study})


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


def test_a_page_from_python_is_the_page_of_the_command(cli: Any, small: Path, tmp_path: Path) -> None:
    sets = ["robot.lines=5"]
    study = cs.replicate(cs.load(small, plan="lean", overrides=sets), 3, seed=9, extras=True, courses=True)
    page = cs.write_page(study, tmp_path / "ours.html", of=small, plan="lean", overrides=sets, language="zh")
    command = ["run", small, "--plan", "lean", "--set", *sets, "-n", 3, "--seed", 9, "--lang", "zh"]
    ended = cli(*command, "--report", tmp_path / "theirs.html", "--figures", tmp_path / "theirs")
    assert ended.status == 0
    assert page.read_bytes() == (tmp_path / "theirs.html").read_bytes()
    files = cs.write_figures(study, tmp_path / "ours", of=small, plan="lean", overrides=sets, language="zh")
    theirs = sorted((tmp_path / "theirs").iterdir())
    assert sorted(file.name for file in files) == [file.name for file in theirs]
    assert all(file.read_bytes() == (tmp_path / "ours" / file.name).read_bytes() for file in theirs)


def test_a_page_that_could_not_be_had_again_is_not_written(small: Path, tmp_path: Path) -> None:
    class Own(cs.Campaign):
        pass

    scenario, target = cs.load(small), tmp_path / "page.html"
    study = cs.replicate(scenario, 2)
    with pytest.raises(ValueError, match="not the scenario of this study"):
        cs.write_page(study, target, of=small, plan="lean")
    with pytest.raises(ValueError, match="model of one's own"):
        cs.write_page(cs.replicate(scenario, 2, model=Own), target, of=small)
    with pytest.raises(cs.Refused):
        cs.write_page(study, tmp_path / "nowhere" / "page.html", of=small)
    assert list(tmp_path.glob("*.html")) == []
