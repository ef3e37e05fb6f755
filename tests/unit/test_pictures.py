"""Pictures' small parts: axes that can be read, steps without needless corners, differences in words."""

from __future__ import annotations

from itertools import pairwise

import pytest

from callbacksim.report.page.flow import Part, Stage, _shown
from callbacksim.report.page.money import _hours
from callbacksim.report.page.svg import corners, nice_ticks, readable_ticks, text_width
from callbacksim.report.texts import Texts
from callbacksim.study.estimates import Estimate

ENGLISH, CHINESE = Texts("en"), Texts("zh")


@pytest.mark.parametrize("span", [0.0, 1e-6, 3e-4, 0.0013, 0.02, 0.3, 1.0, 7.0])
@pytest.mark.parametrize("first", [0.0, 0.79, -0.4])
def test_no_two_values_of_an_axis_are_written_alike(first: float, span: float) -> None:
    for write in (ENGLISH.share, ENGLISH.whole_share, ENGLISH.points, ENGLISH.money):
        ticks = readable_ticks(first, first + span, write, 6)
        words = [write(tick) for tick in ticks]
        assert len(set(words)) == len(words) >= 2
        assert ticks[0] <= first + 1e-9
        assert ticks[-1] >= first + span - 1e-9
        assert first or ticks[0] == 0  # an axis that begins at 0 does not go below it


def test_the_steps_of_an_axis_are_written_whole() -> None:
    """A step of 0.25 would be written 0.2 and 0.8 with one decimal."""
    for high in range(1, 400):
        steps = {round(b - a, 9) for a, b in pairwise(nice_ticks(0, high / 100, 6))}
        (step,) = steps
        assert f"{step:.0e}"[0] in "125"


def test_steps_turn_only_where_they_change() -> None:
    assert corners([0, 1, 2, 3, 4], [5, 5, 2, 2]) == [(0, 5), (2, 5), (2, 2), (4, 2)]


def test_chinese_is_wide_and_digits_are_wider_than_a_blank() -> None:
    assert text_width("线路", 12) == 24
    assert text_width("W", 12) > text_width("0", 12) > text_width(" ", 12)


@pytest.mark.parametrize(
    ("mean", "low", "high", "english", "chinese"),
    [
        (25.9, 19.6, 32.2, "25.9 h later (19.6–32.2)", "推迟 25.9 小时 （19.6–32.2）"),
        (-0.9, -1.9, 0.0, "0.9 h earlier (0.0–1.9)", "提前 0.9 小时 （0.0–1.9）"),
        (-0.03, -0.1, 0.04, "the same, to 0.1 h", "相差不到 0.1 小时"),
        (0.0, 0.0, 0.0, "the same", "相同"),
    ],
)
def test_a_change_of_the_finish_has_the_interval_of_just_that(
    mean: float, low: float, high: float, english: str, chinese: str
) -> None:
    change = Estimate(mean, low, high, 10, "difference", 0.95)
    assert _hours(change, ENGLISH) == english
    assert _hours(change, CHINESE) == chinese


def test_what_is_nothing_has_no_part_in_a_bar() -> None:
    stage = Stage("escalated", 0.0, "0", "contacts", (Part("handled", 0.0, "0", "1"),))
    assert list(_shown(stage)) == []


def test_words_with_their_chinese_behind_them_are_of_one_language_on_a_page() -> None:
    assert (ENGLISH.own("all day 全天"), CHINESE.own("all day 全天")) == ("all day", "全天")
    assert (ENGLISH.own("09:00–12:00"), CHINESE.own("09:00–12:00")) == ("09:00–12:00", "09:00–12:00")
