"""The map and the frontier of `staff` on answers made by hand: what stands where, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from callbacksim.report.staffmap import fewest_people, staffing_map
from callbacksim.report.texts import ENGLISH, Texts
from callbacksim.scenario.files import load
from callbacksim.study.staffing.frontier import frontier
from callbacksim.study.staffing.plans import Grid, Plan
from callbacksim.study.staffing.search import CALLS_TOO_LATE, NOT_REACHED, TOO_DEAR, TOO_FEW, TOO_SLOW, Tried
from callbacksim.study.staffing.staff import StaffingAnswer

CHINESE = Texts("zh")
FOUND: Mapping[str, tuple[bool | None, str]] = {
    "@": (True, ""), "+": (True, ""), "-": (False, ""), "?": (None, ""), "x": (True, ""),
    "<": (None, TOO_FEW), "$": (None, TOO_DEAR), "!": (None, CALLS_TOO_LATE), "~": (None, TOO_SLOW),
    ".": (None, NOT_REACHED),
}  # fmt: skip


def answer(rows: Sequence[str], lines: Sequence[int] = (), listeners: int | None = None) -> StaffingAnswer:
    """An answer whose map, the most people on top, looks like this."""
    lines = lines or range(1, len(rows[0]) + 1)
    people = range(len(rows), 0, -1)
    made = [
        (sign, Plan(column, row, listeners))
        for row, signs in zip(people, rows, strict=True)
        for column, sign in zip(lines, signs, strict=True)
    ]
    tried = [
        Tried(
            plan,
            0 if FOUND[sign][1] else 40,
            (),
            FOUND[sign][0],
            None if FOUND[sign][1] else 100.0 * plan.lines + 10 * plan.agents,
            FOUND[sign][1],
            sign == "x",
        )
        for sign, plan in made
    ]
    grid = Grid(tuple(lines), tuple(sorted(people)), None if listeners is None else (listeners,))
    chosen = next((plan for sign, plan in made if sign == "@"), None)
    scenario = load(Path(__file__).parents[2] / "scenarios" / "gaoxin-forecast.toml")
    return StaffingAnswer(scenario, 1, grid, chosen, None, (), None, 1, (), tuple(tried), 400)


def body(lines: Sequence[str]) -> list[str]:
    """Without the empty line and the heading."""
    return [str(line) for line in lines[2:]]


def test_each_plan_has_its_sign_and_the_legend_names_those_that_occur() -> None:
    assert body(staffing_map(answer(["!$+", "~@?", "<x-"], lines=[10, 20, 30]), ENGLISH)) == [
        "      10  20  30",
        "  3    !   $   +",
        "  2    ~   @   ?",
        "  1    <   x   -",
        "  @ chosen; + met; ? unclear; - missed; x met in the search, not on fresh runs.",
        "  Not simulated: < even more people were too few; $ cannot be cheaper; ! calls",
        "  alone end too late; ~ not even one call to everybody in time.",
    ]
    assert body(staffing_map(answer(["@"]), ENGLISH)) == ["      1", "  1   @", "  @ chosen."]


def test_without_a_plan_the_nearest_is_marked() -> None:
    assert body(staffing_map(answer(["-", "<"]), ENGLISH))[-2:] == [
        "  @ nearest, misses.",
        "  Not simulated: < even more people were too few.",
    ]
    assert "  @ nearest, unclear." in body(staffing_map(answer(["?", "<"]), ENGLISH))


def test_of_an_interrupted_search_the_best_so_far_is_marked_and_no_frontier_is_drawn() -> None:
    whole = answer(["..", "-+"])
    best = next(one for one in whole.tried if one.met)
    found = replace(whole, interrupted="search", candidate=best)
    assert body(staffing_map(found, ENGLISH)) == [
        "      1  2",
        "  2   .  .",
        "  1   -  @",
        "  @ best so far, not confirmed; - missed.",
        "  Not simulated: . not reached.",
    ]
    assert fewest_people(found, ENGLISH) == []  # fewer people may do, and were not asked


def test_what_else_was_searched_for_is_as_in_the_plan() -> None:
    two = answer(["+@"], listeners=3)
    other = tuple(replace(one, plan=replace(one.plan, listeners=2), met=False) for one in two.tried)
    both = replace(two, tried=(*other, *two.tried), grid=replace(two.grid, listeners=(2, 3)))
    lines = body(staffing_map(both, ENGLISH))
    assert lines[1] == "  1   +  @" and "  With 3 listeners." in lines


@pytest.mark.parametrize("columns", [24, 25, 38, 39, 75, 76, 77, 78, 300])
@pytest.mark.parametrize("say", [ENGLISH, CHINESE])
def test_a_large_grid_is_condensed_then_cut_and_says_so(columns: int, say: Texts) -> None:
    rows = ["$" * columns] * 40
    rows[20] = "-" * (columns - 3) + "@$$"  # 20 people
    found = answer(rows, lines=range(1, columns + 1))
    lines = [str(line) for line in staffing_map(found, say)]
    assert max(map(cell_len, lines)) <= 80
    (chosen,) = (line for line in lines[3:] if line[2:5] == "20 ")
    assert chosen.count("@") == 1
    # Each number ends above its own column: counted from the plan's, which is the third from the right.
    width, at = (len(chosen) - 1 - chosen.index("@")) // 2, chosen.index("@")
    for word in re.finditer(r"\d+", lines[2]):
        assert at - (word.end() - 1) == width * (columns - 2 - int(word[0]))
    if say is ENGLISH:
        words = f"drawn are {min(columns, 75)} of {columns} numbers of lines and 24 of 40 of people"
        assert words in " ".join(" ".join(lines).split())


def test_signs_are_ascii_in_both_languages() -> None:
    found = answer(["!$+", "~@?", "<x-"])
    assert [str(line) for line in staffing_map(found, ENGLISH)[2:]] == [
        line.encode("ascii").decode() for line in map(str, staffing_map(found, ENGLISH)[2:])
    ]
    assert [str(line) for line in staffing_map(found, CHINESE)[2:6]] == [
        str(line) for line in staffing_map(found, ENGLISH)[2:6]
    ]


def test_the_frontier_has_the_fewest_people_for_each_number_of_lines() -> None:
    found = answer(["$+++$!", "$+@x$!", "-?<-$!"])
    told = frontier(found)
    assert [(one.lines, one.state, one.one and one.one.plan.agents) for one in told] == [
        (1, "none", None), (2, "surely", 2), (3, "surely", 2), (4, "surely", 3), (5, "none", None), (6, "none", None),
    ]  # fmt: skip
    assert [[fewer.plan.agents for fewer in one.fewer] for one in told] == [[], [1], [], [2], [], []]
    assert body(fewest_people(found, ENGLISH)) == [
        "      lines  people  cost  every target",
        "  -       1                missed with 1; more cannot be cheaper",
        "  +       2       2  ¥220  surely kept; unclear with 1",
        "  @       3       2  ¥320  chosen: surely kept",
        "  +       4       3  ¥430  surely kept; unclear with 2",
        "  $       5                not looked for: cannot be cheaper",
        "  !       6                missed: the calls alone end too late",
    ]


def test_lines_with_which_nothing_is_sure_are_unclear() -> None:
    (unclear, rejected, missed) = frontier(answer(["???", "x?-", "-x-"][::-1]))
    assert (unclear.state, unclear.one and unclear.one.plan.agents) == ("unclear", 1)
    assert (rejected.state, rejected.one and rejected.one.plan.agents) == ("unclear", 1)
    assert (missed.state, missed.one and missed.one.plan.agents) == ("unclear", 1)
    words = body(fewest_people(answer(["--", "x?"]), ENGLISH))[1:]
    assert [line[27:] for line in words] == ["met in the search, not on fresh runs", "unclear"]


def test_a_long_frontier_is_cut_around_the_plan_and_says_so() -> None:
    lines = fewest_people(answer(["$" * 50 + "@" + "$" * 9]), ENGLISH)
    assert lines[1].endswith("in the search; 24 of 60") and len(lines) == 3 + 24
    assert any(line.startswith("  @") for line in lines)
