"""The screen: 80 columns, sums that add up as printed, intervals on what chance touches."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from callbacksim.report.layout import fitted, wrapped
from callbacksim.report.texts import ENGLISH
from callbacksim.report.words import (
    apportioned,
    between,
    moment,
    money,
    number,
    points,
    share,
    span,
)
from callbacksim.scenario.schema import Scenario
from callbacksim.study.estimates import Estimate, given, mean

# Within a day nothing is finished; what is promised must lie before the horizon.
CUT = ["-n", "2", "--set", "study.horizon_days=1", "--set", "targets.finish_by=2025-07-07T18:00:00"]


@pytest.mark.parametrize("options", [["-n", "1"], ["-n", "4"], CUT])
def test_no_line_is_wider_than_80_cells(cli: Any, small: Path, options: list[str]) -> None:
    ended = cli("run", small, "--details", *options)
    assert all(cell_len(line) <= 80 for line in (ended.out + ended.err).splitlines())


def _count(out: str, words: str) -> float:
    line = next(line for line in out.splitlines() if line.strip().startswith(words))
    found = re.search(r" ([\d,.]+)(  |$)", line)
    assert found, line
    return float(found[1].replace(",", ""))


@pytest.mark.parametrize("runs", [1, 4])
def test_the_funnel_adds_up_as_printed(cli: Any, small: Path, runs: int) -> None:
    out = cli("run", small, "-n", runs).out
    contacts = _count(out, "= contacts")
    became = ("interviewed", "refused or", "never answered", "number not", "asked not", "unfinished")
    assert sum(_count(out, words) for words in became) == pytest.approx(contacts)
    gone = sum(_count(out, words) for words in ("− no usable", "− duplicates", "− on a"))
    assert _count(out, "rows of") - gone == contacts
    assert _count(out, "complete") + _count(out, "partial") == pytest.approx(_count(out, "interviewed"))


def test_what_chance_touches_has_its_interval(cli: Any, small: Path) -> None:
    out = cli("run", small, "-n", 4).out
    for words in ("interviewed", "found by the survey", "busy share of the lines", "call charges"):
        line = next(line for line in out.splitlines() if line.strip().startswith(words))
        assert re.search(r"\(.+–.+\)", line), line
    assert "one run, so no intervals" in cli("run", small, "-n", 1).out


def test_the_screen_says_what_a_planner_asks(cli: Any, small: Path) -> None:
    out = " ".join(cli("run", small, "-n", 3).out.split())
    assert "Calls and call-backs are finished by Tue 8 July 2025" in out
    assert "in half of the runs" in out
    assert re.search(
        r"By the promised date, Wed 9 July 12:00, they are with probability [01]\.\d\d \([\d.]+–[\d.]+\)", out
    )
    assert out.count("with probability") == 1 + len(re.findall(r"收工", out)) + out.count("each kept with probability")
    assert "Of the calling hours, nobody is due (retry gaps, other slot)" in out
    assert "Not lines: 3 lines fewer change nothing" in out
    assert "the call-backs end last, yet neither 3 lines nor one person more would" in out
    assert ", median" in out and ", mean" not in out
    assert "3 lines fewer:" in out
    assert "By hand instead" in out
    for heading in ("名单到台账", "何时完成", "满意度", "人员与线路", "台账", "费用"):
        assert heading in out


def test_costs_up_to_the_horizon_say_so(cli: Any, small: Path) -> None:
    out = cli("run", small, *CUT).out
    assert next(line for line in out.splitlines() if line.startswith("COST")).endswith(
        "up to the horizon in 2 of 2 runs"
    )
    assert "last case settled 台账办结 not by the horizon in 2 of 2 runs" in " ".join(out.split())
    assert "up to the horizon" not in cli("run", small, "-n", 2).out


def test_few_runs_cannot_tell_whether_a_promise_is_kept(cli: Any, small: Path) -> None:
    out = " ".join(cli("run", small, "-n", 2).out.split())
    assert "(16–100): whether that is the promised 95 % cannot be told from so few runs." in out


def test_rates_that_are_equal_say_why(cli: Any, small: Path) -> None:
    note = "RR3, RR4, REF2, CON2 equal RR1, RR2, REF1, CON1: nothing is known to be ineligible (e = 1)."
    assert note in " ".join(cli("run", small, "-n", 2, "--details").out.split())
    known = cli("run", small, "-n", 2, "--details", "--set", "study.not_in_service_as=NE").out
    assert note not in " ".join(known.split())


def test_the_funnel_of_one_replication_and_its_means(cli: Any, small: Path) -> None:
    found = json.loads(cli("run", small, "-n", 3, "--json").out)
    assert found["funnel_replication"] == 0
    assert list(found["funnel_mean"]) == list(found["funnel"])
    interviewed, measured = found["funnel_mean"]["interviewed"], found["measures"]["interviews"]
    assert interviewed == {key: measured[key] for key in ("mean", "low", "high")}


def test_titles_cannot_command_the_terminal(cli: Any, small: Path) -> None:
    text = small.read_text(encoding="utf-8").replace("A small campaign 小样", "[red]\\u001b[2J\\u202e" + "长" * 100)
    small.write_text(text, encoding="utf-8")
    ended = cli("run", small, "-n", 1)
    assert "[red]" in ended.out
    assert not {"\x1b", "\u202e"} & set(ended.out + ended.err)
    assert all(cell_len(line) <= 80 for line in (ended.out + cli("check", small).out).splitlines())


def test_numbers_as_written() -> None:
    assert (number(12244.4), number(-0.04, 1), number(-3.5, 1), number(None)) == ("12,244", "0.0", "−3.5", "—")
    assert (share(0.4441), points(0.44), points(-0.04), money(1.294), money(-5686)) == (
        "44.4 %", "+0.4", "0.0", "¥1.29", "−¥5,686",
    )  # fmt: skip
    assert between("−2.1", "+0.3") == "−2.1 to +0.3"


def test_estimates_as_written() -> None:
    assert ENGLISH.measured(mean([4.0, 4.0, 4.0], 0.95), number) == "4 (in every run)"
    assert ENGLISH.bounds(mean([4.0], 0.95), number) == "(from one run)"
    assert ENGLISH.measured(mean([], 0.95), number) == "—"
    assert ENGLISH.bounds(Estimate(1, 1, None, 30, "quantile", 0.95), number) == "(1 or more)"
    assert ENGLISH.given(given(84, 4356, confidence=0.95)) == "given (at this rate 84 ± 18)"


def test_dates_are_done_by_the_minute_that_follows() -> None:
    from callbacksim.scenario.calendar import HOUR, timetable

    times = timetable(Scenario.model_validate({"register": {"rows": 10, "contacts": 10}}))
    assert moment(times.datetime(40 * HOUR + 1)) == "Tue 8 July 16:01"
    assert span(times.datetime(40 * HOUR), times.datetime(41 * HOUR)) == "16:00–17:00"
    assert span(times.datetime(40 * HOUR), times.datetime(65 * HOUR)) == "Tue 8 July 16:00 – Wed 9 July 17:00"


def test_apportioned_parts_add_up() -> None:
    assert sum(apportioned([1 / 3, 1 / 3, 1 / 3], 1, 1)) == pytest.approx(1.0)
    assert apportioned([2.5, 2.5], 5, 0) == [2, 3]
    assert apportioned([1.6, 0.45, 0.45], 2.5, 0) == [2, 0, 0]
    assert apportioned([1.6, 0.0, 1.0], 2.4, 0) == [2, 0, 0]


def test_text_keeps_its_width_and_its_units() -> None:
    for width in (10, 20, 33):
        for line in wrapped("满意率为 81.1 % (78–83), 不含 " + "长" * 40, width):
            assert cell_len(line) <= width
    assert wrapped("about 81.1 %", 11) == ["about", "81.1 %"]
    assert cell_len(fitted("智能语音回访", 7)) <= 7
