"""`callbacksim run`: its JSON adds up, is the same however it is computed, and its ends are as promised."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from callbacksim.study import workers

FUNNEL = {
    "rows", "rejected", "duplicates", "excluded", "contacts", "attempts", "answered", "interviewed", "broken_off",
    "exhausted", "not_in_service", "unfinished", "escalated", "handled", "unreachable", "escalations_unfinished",
    "opted_out", "problems", "suggestions", "forwarded", "resolved", "missed",
}  # fmt: skip


def _numbers(value: object) -> list[float]:
    if isinstance(value, dict):
        return [x for one in value.values() for x in _numbers(one)]
    if isinstance(value, list):
        return [x for one in value for x in _numbers(one)]
    return [value] if isinstance(value, float) else []


def test_json_has_what_was_promised_and_adds_up(cli: Any, small: Path) -> None:
    ended = cli("run", small, "-n", 3, "--json")
    assert ended.status == 0
    found = json.loads(ended.out)
    assert set(found) >= {"scenario", "seed", "engine", "replications", "funnel", "survey", "measures"}
    assert (found["engine"], found["seed"], found["replications"]) == ("simpy", 1, 3)
    assert found["scenario"]["title"] == "A small campaign 小样"
    funnel = found["funnel"]
    assert not FUNNEL - set(funnel)
    assert funnel["rows"] == funnel["contacts"] + funnel["duplicates"] + funnel["rejected"] + funnel["excluded"]
    became = ("interviewed", "broken_off", "exhausted", "not_in_service", "opted_out", "unfinished")
    assert funnel["contacts"] == sum(funnel[key] for key in became)
    assert funnel["escalated"] == sum(funnel[key] for key in ("handled", "unreachable", "escalations_unfinished"))
    for entry in (*found["measures"].values(), *found["survey"].values()):
        assert "unit" in entry
        assert {"mean", "low", "high"} <= set(entry) or "value" in entry
    assert all(abs(x) != float("inf") and x == x for x in _numbers(found))


def test_given_counts_are_values_and_missed_is_null(cli: Any, small: Path) -> None:
    exact = [
        f"--set=recognition.exact.{key}={n}" for key, n in (("escalations", 9), ("problems", 3), ("suggestions", 4))
    ]
    found = json.loads(cli("run", small, "-n", 2, "--json", *exact).out)
    assert found["measures"]["escalations"]["value"] == 9
    assert found["funnel"]["escalated"] == 9
    assert found["funnel"]["missed"] is None
    screen = cli("run", small, "-n", 2, *exact).out
    assert "9  given (at this rate 9 ±" in screen
    assert "not identified" in screen


def test_the_same_bytes_twice_and_whatever_the_processes(
    cli: Any, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "WORTH_A_POOL_SECONDS", 0.0)
    first = cli("run", small, "-n", 3, "--json", "--jobs", 1)
    assert first.out == cli("run", small, "-n", 3, "--json", "--jobs", 1).out
    assert first.out == cli("run", small, "-n", 3, "--json", "--jobs", 2).out


def test_plan_and_override_reach_the_campaign(cli: Any, small: Path) -> None:
    plain = json.loads(cli("run", small, "-n", 1, "--json").out)
    lean = json.loads(cli("run", small, "-n", 1, "--json", "--plan", "lean").out)
    set_ = json.loads(cli("run", small, "-n", 1, "--json", "--set", "robot.lines=3").out)
    assert lean["scenario"]["plan"] == "lean"
    assert lean["measures"] == set_["measures"] != plain["measures"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "none.toml"], "none.toml:1: file: there is no such file"),
        (["run", "{}", "--plan", "leen"], 'did you mean "lean"?'),
        (["run", "{}", "--set", "robot.linse=3"], "--set:1: robot.linse: unknown field; did you mean robot.lines?"),
        (["run", "{}", "-n", "0"], "--replications"),
        (["run", "{}", "--seed", "-1"], "--seed"),
        (["run", "{}", "--seed", str(2**63)], "--seed"),
        (["run", "{}", "--jobs", "0"], "--jobs"),
        (["run"], "Missing argument"),
        (["rum", "{}"], "Did you mean 'run'?"),
    ],
)
def test_what_is_refused_ends_with_2_and_says_so_on_stderr(
    cli: Any, small: Path, arguments: list[str], said: str
) -> None:
    ended = cli(*(one.format(small) for one in arguments))
    assert ended.status == 2
    assert ended.out == ""
    assert said in ended.err
    assert "Traceback" not in ended.err


def test_counts_that_cannot_be_kept_are_said_at_their_line(cli: Any, small: Path) -> None:
    text = small.read_text(encoding="utf-8")
    small.write_text(text + "\n[recognition.exact]\nescalations = 249\nproblems = 1\nsuggestions = 1\n", "utf-8")
    line = text.count("\n") + 3
    ended = cli("run", small, "-n", 1)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"{small}:{line}: recognition.exact.escalations: exactly 249 escalations")
    extending = small.with_name("more.toml")
    extending.write_text('extends = "small.toml"\n[plans.p]\nrobot.lines = 7\n', encoding="utf-8")
    assert cli("run", extending, "-n", 1, "--plan", "p").err.startswith(f"{small}:{line}: ")
    assert cli("run", small, "-n", 1, "--set", "recognition.exact.escalations=248").err.startswith("--set:1: ")


def test_warnings_go_to_stderr_and_into_the_json(cli: Any, small: Path) -> None:
    windows = '--set=calendar.windows=[["09:00", "12:00"], ["18:00", "20:00"]]'
    ended = cli("run", small, "-n", 1, "--json", windows)
    assert any("18–19 h, 19–20 h" in warning for warning in json.loads(ended.out)["warnings"])
    assert "18–19 h, 19–20 h" in ended.err


def test_manual_mode_has_a_screen(cli: Any, small: Path) -> None:
    ended = cli("run", small, "-n", 2, "--set", "study.mode=manual", "--details")
    assert ended.status == 0
    text = " ".join(ended.out.split())
    assert "10 people telephone" in text
    assert "manual mode: people hear everything" in text


def test_dates_have_their_intervals_as_dates(cli: Any, small: Path) -> None:
    """Seven runs: the median lies between the first and the last with 1 − 2·2⁻⁷, and 95 % has no upper end yet."""
    found = json.loads(cli("run", small, "-n", 7, "--json").out)
    finish, measures = found["finish"], found["measures"]
    for name in ("median", "p95"):
        for end, key in (("mean", name), ("low", f"{name}_low"), ("high", f"{name}_high")):
            hours, at = measures[f"finish_{name}"][end], finish[key]
            assert (at is None) == (hours is None)
            if hours is not None:
                moment = dt.datetime(2025, 7, 7) + dt.timedelta(hours=hours)
                assert abs((dt.datetime.fromisoformat(at) - moment).total_seconds()) <= 1
    assert finish["median_low"] <= finish["median"] <= finish["median_high"] and finish["p95_high"] is None


def test_the_horizon_is_said(cli: Any, small: Path) -> None:
    ended = cli("run", small, "-n", 2, "--set", "study.horizon_days=1")
    assert "not finished by the horizon, Tue 8 July 2025 00:00, in 2 of 2 runs" in " ".join(ended.out.split())
    assert "in 2 of 2 runs" in ended.err


def _command(*arguments: object, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "callbacksim", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        start_new_session=True,
    )


def _ended(group: int) -> bool:
    """Whether the last process of a group ends within some seconds."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.2)
    return False


@pytest.mark.parametrize("seconds", [2.5, 5])
def test_an_interrupt_ends_with_130_and_the_answer_so_far_if_there_is_one(small: Path, seconds: float) -> None:
    process = _command("run", small, "-n", 3000, "--jobs", 2)
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    came = re.fullmatch(r"interrupted(: ([\d,]+) of 3,000 replications)?", err.decode().splitlines()[-1])
    assert came is not None, err
    if int((came[2] or "0").replace(",", "")) < 2:  # one run has no spread to say how sure it is
        assert out == b""
    else:
        assert f"{came[2]} runs" in out.decode()
    assert _ended(process.pid), "no worker outlives the command"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_narrow_terminal_is_no_reason_to_fail(small: Path, encoding: str) -> None:
    process = _command("run", small, "-n", 1, PYTHONIOENCODING=encoding)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"Calls and call-backs are finished by" in out
    process = _command("run", small, "-n", 1, "--json", PYTHONIOENCODING=encoding)
    out, _ = process.communicate(timeout=60)
    assert json.loads(out)["scenario"]["title"] == "A small campaign 小样"


def test_a_closed_pipe_ends_quietly(small: Path) -> None:
    process = _command("run", small, "-n", 1, "--details")
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert b"Traceback" not in (err := process.stderr.read())
    assert b"Broken" not in err
    assert process.wait(timeout=60) == 0
    process.stderr.close()


def test_help_is_quick_and_has_examples() -> None:
    begun = time.perf_counter()
    process = _command("run", "--help")
    out, _ = process.communicate(timeout=30)
    assert time.perf_counter() - begun < 2.0, "help must not pay for pandas"
    assert b"Examples:" in out
    imported = subprocess.run(
        [sys.executable, "-c", "import sys, callbacksim.cli; print(*sorted(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not {"pandas", "scipy", "simpy", "numpy"} & set(imported)


def test_no_command_is_help_and_the_version_is_the_package_s(cli: Any) -> None:
    assert "Commands:" in cli().out
    assert cli().status == 0
    from importlib.metadata import version

    assert cli("--version").out == f"callbacksim {version('callbacksim')}\n"


def test_strict_ends_with_one_unless_every_target_is_met(cli: Any, small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    runs = ("-n", "30", "--set", "targets.finish_by=2025-08-05T12:00:00", "--strict")
    assert cli("run", small, *runs).status == 0
    missed = cli("run", small, *runs, "--set", "targets.cost=1", "--out", out)
    assert missed.status == 1
    assert missed.err.splitlines()[-1] == "targets not met: cost is missed"
    # The same command shows what is there, and judges it again.
    again = cli("run", small, *runs, "--set", "targets.cost=1", "--out", out, "--json")
    assert again.status == 1
    found = {one["name"]: one for one in json.loads(again.out)["targets"]}
    assert (found["finish_by"]["met"], found["cost"]["met"]) == (True, False)
    assert (found["cost"]["probability"], found["cost"]["lower"], found["cost"]["wanted"]) == (0, 0, 0.9)
    assert found["finish_by"]["lower"] == pytest.approx(0.05 ** (1 / 30))


def test_strict_without_targets_is_refused(cli: Any, small: Path) -> None:
    text = small.read_text(encoding="utf-8").replace("finish_by = 2025-07-09T12:00:00", "")
    small.write_text(text, encoding="utf-8")
    ended = cli("run", small, "--strict")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == (
        f"{small}:1: targets: --strict asks whether targets are met, and there are none; "
        "name what was promised, for example finish_by, or leave --strict out\n"
    )


def test_plans_are_held_to_their_targets(cli: Any, small: Path) -> None:
    ended = cli(
        "compare", small, "--plan", "lean", "--plan", "generous", "-n", 30, "--strict", "--json",
        "--set", "targets.cost=3000", "--set", "targets.finish_by=2025-08-05T12:00:00",
    )  # fmt: skip
    plans = json.loads(ended.out)["plans"]
    met = {name: [one["met"] for one in plan["targets"]] for name, plan in plans.items()}
    assert met["lean"] == [True, True]
    assert met["generous"] == [True, False]
    assert ended.status == 1
    assert "targets not met: generous: cost is missed" in ended.err


def test_a_precision_takes_as_many_runs_as_it_takes(cli: Any, small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = cli("run", small, "--precision", "0.05", "--json", "--out", out)
    found = json.loads(first.out)
    assert found["precision"]["reached"] is True
    assert found["replications"] >= 10
    cost = found["measures"]["cost"]
    assert (cost["high"] - cost["low"]) / 2 <= 0.05 / 1.05 * cost["mean"] + 1e-9
    assert cli("run", small, "--precision", "0.05", "--json", "--out", out).out == first.out
    other = cli("run", small, "--precision", "0.04", "--out", out)
    assert (other.status, "other settings (precision)" in other.err) == (2, True)
    capped = " ".join(cli("run", small, "--precision", "0.0001", "--most", 12).out.split())
    assert "The cap of 12 runs came before a precision of 0.01 %" in capped


@pytest.mark.parametrize(
    "arguments",
    [("--precision", "2"), ("--precision", "0.02", "-n", "5"), ("--most", "50")],
)
def test_a_precision_that_cannot_be_is_refused(cli: Any, small: Path, arguments: tuple[str, ...]) -> None:
    ended = cli("run", small, *arguments)
    assert ended.status == 2
    assert "Invalid value for --" in ended.err
