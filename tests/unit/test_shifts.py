"""Shifts at the least cost: weeks solved by hand, and small programmes against every roster there is."""

from __future__ import annotations

from itertools import combinations, permutations, product

import numpy as np
import pytest

from callbacksim.study.rostering.shifts import (
    Demand,
    Limits,
    Shift,
    Tour,
    Window,
    cheapest,
    fewest_places,
    persons,
    shortest_of,
    tours_of,
    windows_of,
)


def shift(pattern: str, day: int, minutes: list[float], hours: float = 8.0, cost: float = 1.0) -> Shift:
    return Shift(pattern, day, day // 7, day % 7, hours, cost, np.array(minutes, dtype=np.float64))


def week(days: int = 7) -> list[Shift]:
    """One shift a day, one slot a day."""
    return [shift("day", day, [30.0 * (day == slot) for slot in range(days)]) for day in range(days)]


def asked(people: list[int]) -> Demand:
    return Demand((), np.array(people, dtype=np.int64))


# --- a week by hand --------------------------------------------------------------------------------------------------


def test_the_post_office_week_takes_23_people() -> None:
    """Five days on, two days off: the post office problem (Winston, Operations Research, ch. 3.5; after Baker 1974).

    By hand: whoever works five days in a row (Sunday is followed by Monday) is off on two days in a row, and every two
    such days hold at least one of Monday, Wednesday, Thursday, Saturday. So everybody works at most three of these
    four, whose demand is 17 + 15 + 19 + 16 = 67: 67/3 = 22.3 people at least, hence 23.
    """
    demand = asked([17, 13, 15, 19, 14, 16, 11])
    tours = [Tour(tuple((begin + n) % 7 for n in range(5))) for begin in range(7)]
    duty = cheapest(week(), tours, demand, Limits())
    assert duty is not None
    assert duty.places == sum(count for _, count in duty.tours) == 23
    assert duty.cost == duty.bound == pytest.approx(23 * 5)
    assert duty.relaxed == pytest.approx(67 / 3 * 5)
    assert (duty.people >= demand.people).all()
    assert duty.people.sum() == 23 * 5


def test_two_people_on_every_day_are_three_who_work_five() -> None:
    """Forty hours, shifts of eight: fourteen days of work, five at most for each, so three people, for example
    Mon–Fri, Wed–Sun, and Mon, Tue, Sat, Sun."""
    shifts = week()
    duty = cheapest(shifts, tours_of(shifts, 6, 40), asked([2] * 7), Limits())
    assert duty is not None
    assert (duty.people == 2).all()
    assert (duty.places, duty.cost) == (3, 14)


def test_half_hours_by_hand_with_a_break() -> None:
    """Eight half hours from 9 to 13. Early is 9–12 with a break at 10:30, late is 10–13; one person is needed
    throughout. From 9 to 10 only early is there, at 10:30 only late, from 12 to 13 only late: one of each, ¥5. At 11,
    where both are there anyway, a second person costs nothing; at 10:30 it takes a second one on the late shift."""
    early = shift("early", 0, [30, 30, 30, 0, 30, 30, 0, 0], cost=2)
    late = shift("late", 0, [0, 0, 30, 30, 30, 30, 30, 30], cost=3)
    shifts = [early, late]
    tours = tours_of(shifts, 6, 40)

    def found(people: list[int]) -> tuple[list[int], float]:
        duty = cheapest(shifts, tours, asked(people), Limits())
        assert duty is not None
        return duty.people.tolist(), duty.cost

    assert found([1] * 8) == ([1, 1], 5)
    assert found([1, 1, 1, 1, 2, 1, 1, 1]) == ([1, 1], 5)
    assert found([1, 1, 1, 2, 1, 1, 1, 1]) == ([1, 2], 8)


def test_work_that_can_wait_takes_fewer_people() -> None:
    """90 minutes that are ready at nine and due at eleven: at once they are three people's, in their window one's."""
    shifts = [shift("morning", 0, [30] * 4)]
    tours = tours_of(shifts, 6, 40)
    waits = cheapest(shifts, tours, Demand((Window(0, 3, 90),), np.zeros(4, dtype=np.int64)), Limits())
    at_once = cheapest(shifts, tours, Demand((Window(0, 0, 90),), np.zeros(4, dtype=np.int64)), Limits())
    assert waits is not None
    assert at_once is not None
    assert (waits.people.tolist(), at_once.people.tolist()) == ([1], [3])
    assert waits.relaxed == pytest.approx(0.75)


def test_of_equally_cheap_shifts_those_with_most_room_and_then_fewest_people() -> None:
    """Half an hour's work in an hour: the short shift and the long one cost the same, and twice the work fits into the
    long one. An hour's work: two half shifts at half the price are as roomy as the long one, which takes one person."""
    demand = Demand((Window(0, 1, 60),), np.zeros(2, dtype=np.int64))
    short, long = shift("short", 0, [30, 0]), shift("long", 0, [30, 30])
    found = cheapest(
        [short, long], tours_of([short, long], 6, 40), Demand((Window(0, 1, 30),), demand.people), Limits()
    )
    assert found is not None
    assert (found.people.tolist(), found.room) == ([0, 1], pytest.approx(2))
    halves = [shift("am", 0, [30, 0], cost=0.5), shift("pm", 0, [0, 30], cost=0.5), long]
    found = cheapest(halves, tours_of(halves, 6, 40), demand, Limits())
    assert found is not None
    assert (found.people.tolist(), found.places, found.cost) == ([0, 0, 1], 1, 1)


def test_at_least_so_many_on_a_shift_or_nobody() -> None:
    """Short shifts at ¥1 need two people, the long one at ¥3 covers both: alone it is cheaper than 2 + 2."""
    shifts = [shift("am", 0, [30, 0]), shift("pm", 0, [0, 30]), shift("day", 0, [30, 30], cost=3)]
    tours = tours_of(shifts, 6, 40)
    apart = cheapest(shifts, tours, asked([1, 1]), Limits())
    together = cheapest(shifts, tours, asked([1, 1]), Limits(least=2))
    assert apart is not None
    assert together is not None
    assert (apart.people.tolist(), apart.cost) == ([1, 1, 0], 2)
    assert (together.people.tolist(), together.cost) == ([2, 2, 0], 4)


def test_too_few_people_and_what_would_do() -> None:
    """Three hours of work within an hour: two people do two of them, three would do."""
    shifts = [shift("day", 0, [30] * 4)]
    tours = tours_of(shifts, 6, 40)
    demand = Demand((Window(0, 3, 60), Window(1, 2, 180)), np.zeros(4, dtype=np.int64))
    assert cheapest(shifts, tours, demand, Limits(people=2)) is None
    short = shortest_of(shifts, tours, demand, Limits(people=2))
    assert short is not None
    assert (short[0], short[1]) == (Window(1, 2, 180), pytest.approx(60))
    assert fewest_places(shifts, tours, demand, Limits(people=2)) == 3
    assert shortest_of(shifts, tours, demand, Limits(people=3)) is None


def test_nothing_to_do_takes_nobody() -> None:
    shifts = week()
    for some, demand in (([], asked([])), (shifts, asked([0] * 7))):
        idle = cheapest(some, tours_of(some, 6, 40), demand, Limits())
        assert idle is not None
        assert (idle.places, idle.cost, idle.people.sum(), idle.tours) == (0, 0, 0, ())
    assert cheapest([], [], Demand((Window(0, 0, 1.0),), np.zeros(1, dtype=np.int64)), Limits()) is None


# --- tours and weeks -------------------------------------------------------------------------------------------------


def test_tours_keep_to_runs_and_hours() -> None:
    """Forty hours are five days of eight at most; two in a row are the sets without three neighbours, one by one."""
    shifts = week()
    found = {tour.shifts for tour in tours_of(shifts, 2, 40)}
    by_hand = {
        days
        for size in range(1, 6)
        for days in combinations(range(7), size)
        if not any({day, day + 1, day + 2} <= set(days) for day in range(5))
    }
    assert found == by_hand
    tour = next(one for one in tours_of(shifts, 6, 40) if one.shifts == (0, 1, 4, 6))
    assert (tour.head, tour.tail) == (2, 1)


@pytest.mark.parametrize("number", range(12))
def test_people_for_two_weeks_are_as_many_as_rest_days_ask_for(number: int) -> None:
    """Tours that are fixed in both weeks: the fewest people with whom nobody works more than three days in a row,
    against every way of giving the second week's tours to the first week's people."""
    chance = np.random.default_rng(number)
    limit = 3
    days = [tuple(sorted(chance.choice(7, size=chance.integers(1, 4), replace=False))) for _ in range(4)]
    days = [one for one in days if not any({d, d + 1, d + 2, d + 3} <= set(one) for d in range(7))]
    places = [(f"p{at}", 7 * (at % 2) + int(day)) for at, one in enumerate(days) for day in one]
    shifts = [
        shift(name, day, [30.0 * (slot == at) for slot in range(len(places))]) for at, (name, day) in enumerate(places)
    ]
    tours = [
        next(tour for tour in tours_of(shifts, limit, 99) if len(tour.shifts) == len(one) and
             shifts[tour.shifts[0]].pattern == f"p{at}")
        for at, one in enumerate(days)
    ]  # fmt: skip
    duty = cheapest(shifts, tours, asked([1] * len(places)), Limits(days_in_a_row=limit))
    assert duty is not None
    weeks = [[tour for tour in tours if tour.week == one] for one in (0, 1)]

    def fits(people: int) -> bool:
        first, second = ([*one, *[None] * (people - len(one))] for one in weeks)
        return any(
            all(a is None or b is None or a.tail + b.head <= limit for a, b in zip(first, order, strict=True))
            for order in permutations(second)
        )

    fewest = next(n for n in range(max(map(len, weeks)), 9) if fits(n))
    assert duty.places == fewest
    worked = persons(duty, limit)
    assert len(worked) == fewest
    assert sorted(tour.shifts for person in worked for tour in person) == sorted(tour.shifts for tour in tours)
    for person in worked:
        on = {shifts[at].day for tour in person for at in tour.shifts}
        assert not any(set(range(day, day + limit + 1)) <= on for day in range(14))


# --- windows ---------------------------------------------------------------------------------------------------------


def test_windows_that_follow_from_others_are_left_out() -> None:
    """Work of 10 in each of two slots and 5 that may be done in either: 10, 10 and 25; without the 5 nothing new."""
    required = np.array([[10.0, 25.0], [0.0, 10.0]])
    assert windows_of(required) == (Window(0, 0, 10), Window(1, 1, 10), Window(0, 1, 25))
    assert windows_of(np.array([[10.0, 20.0], [0.0, 10.0]])) == (Window(0, 0, 10), Window(1, 1, 10))


@pytest.mark.parametrize("number", range(20))
def test_windows_left_out_change_nothing(number: int) -> None:
    """Capacities that satisfy the windows that are kept satisfy all."""
    chance = np.random.default_rng(number)
    slots = 6
    required = np.triu(np.cumsum(chance.integers(0, 9, (slots, slots)), axis=1)).astype(float)
    kept = windows_of(required)
    for _ in range(300):
        before = np.concatenate([[0], np.cumsum(chance.integers(0, 30, slots))])
        every = all(before[b + 1] - before[a] >= required[a, b] for a in range(slots) for b in range(a, slots))
        assert every == all(before[one.last + 1] - before[one.first] >= one.minutes for one in kept)


# --- every roster there is -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(60))
def test_nothing_is_cheaper_than_the_cheapest(number: int) -> None:
    """Two patterns, one day or two, random work, minimums and limits: against all rosters of up to three a tour."""
    chance = np.random.default_rng(number)
    days, slots = int(chance.integers(1, 3)), 4
    shifts = []
    for name in ("one", "two"):
        of_day = 30.0 * chance.integers(0, 2, slots // 2)
        for day in range(days):
            minutes = np.zeros(slots)
            minutes[2 * day : 2 * day + 2] = of_day
            shifts.append(Shift(name, day, 0, day, 8.0, float(chance.integers(1, 6)), minutes))
    ends = [tuple(sorted(chance.integers(0, 2 * days, 2).tolist())) for _ in range(3)]
    windows = tuple(Window(a, b, float(chance.integers(1, 90))) for a, b in ends)
    people = np.array([*chance.integers(0, 2, 2 * days), *[0] * (slots - 2 * days)], dtype=np.int64)
    limits = Limits(
        people=int(chance.integers(1, 6)) if chance.random() < 0.5 else None, least=int(chance.integers(1, 3))
    )
    tours = tours_of(shifts, int(chance.integers(1, 3)), 40)

    best = np.inf
    minutes = np.array([one.minutes for one in shifts])
    most = minutes.max(axis=0)
    for counts in product(range(4), repeat=len(tours)):
        on = np.zeros(len(shifts), dtype=np.int64)
        for tour, count in zip(tours, counts, strict=True):
            on[list(tour.shifts)] += count
        cost = float(sum(n * one.cost for n, one in zip(on.tolist(), shifts, strict=True)))
        if cost >= best or (limits.people is not None and sum(counts) > limits.people):
            continue
        if any(0 < n < limits.least for n in on.tolist()):
            continue
        there = on @ minutes
        throughout = on @ ((minutes == most) & (minutes > 0))
        if all(there[w.first : w.last + 1].sum() >= w.minutes for w in windows) and (throughout >= people).all():
            best = cost

    duty = cheapest(shifts, tours, Demand(windows, people), limits)
    assert (duty is None) == np.isinf(best)
    if duty is not None:
        assert duty.cost == duty.bound == pytest.approx(best)
        assert duty.relaxed <= duty.cost + 1e-9
        assert limits.people is None or duty.places <= limits.people
