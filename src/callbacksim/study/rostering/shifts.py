"""Shifts that cover a demand at the least cost: a mixed-integer programme over whole people and their weeks.

Set covering with shifts (Dantzig, Operations Research 2, 1954) whose columns are *tours*, the shifts that one person
works in a week (Baker, Omega 2, 1974; Burns & Carter, Management Science 31, 1985), solved by HiGHS. The rows are
windows of time in which a certain amount of work must be done (`Window`), which is more than people in each half
hour: work that can wait may be done in any part of its window.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SECONDS = 60.0
"""How long one programme may take."""
_TINY = 1e-6
_OPTIMAL, _STOPPED, _INFEASIBLE = 0, 1, 2


@dataclass(frozen=True)
class Shift:
    """A pattern on one day. `minutes[t]` is how long somebody on it is at work in slot t."""

    pattern: str
    day: int  # from the first day of the calendar
    week: int  # Monday to Sunday, from 0
    weekday: int  # 0 is Monday
    hours: float  # paid
    cost: float  # ¥ for one person at work
    minutes: Floats


@dataclass(frozen=True)
class Tour:
    """The shifts (their places) that one person works in a week."""

    shifts: tuple[int, ...]
    week: int = 0
    head: int = 0  # days in a row from Monday on
    tail: int = 0  # days in a row up to Sunday


@dataclass(frozen=True)
class Window:
    """From slot `first` to slot `last`, both included, people must be at work for `minutes` together."""

    first: int
    last: int
    minutes: float


@dataclass(frozen=True)
class Demand:
    """What a roster must give: minutes in windows, and `people[t]` at work throughout slot t."""

    windows: tuple[Window, ...]
    people: Ints


@dataclass(frozen=True)
class Limits:
    """What a roster must keep to, besides the tours there are."""

    people: int | None = None  # places for people at work
    least: int = 1  # on a shift with anybody on it
    days_in_a_row: int = 6  # also from one week to the next


@dataclass(frozen=True)
class Duty:
    """Who is on duty: people on each shift, and how many work each tour."""

    people: Ints  # by shift
    tours: tuple[tuple[Tour, int], ...]
    places: int  # people at work who suffice for all weeks
    cost: float
    bound: float  # ¥; no roster is cheaper: proven
    relaxed: float  # ¥ if people could be divided
    room: float = 1.0  # so many times the work of every window would fit


def tours_of(shifts: Sequence[Shift], days_in_a_row: int, hours_a_week: float) -> list[Tour]:
    """Every week that a person may work: one pattern, any days, no longer run and no more paid hours than allowed."""
    found = []
    for week, pattern in sorted({(shift.week, shift.pattern) for shift in shifts}, key=lambda one: one[0]):
        own = [at for at, shift in enumerate(shifts) if (shift.week, shift.pattern) == (week, pattern)]
        for size in range(1, len(own) + 1):
            for chosen in combinations(own, size):
                days = {shifts[at].weekday for at in chosen}
                hours = sum(shifts[at].hours for at in chosen)
                if _longest_run(days) <= days_in_a_row and hours <= hours_a_week + _TINY:
                    head = next(n for n in range(8) if n not in days)
                    tail = next(n for n in range(8) if 6 - n not in days)
                    found.append(Tour(chosen, week, head, tail))
    return found


def _longest_run(days: set[int]) -> int:
    best = run = 0
    for day in range(7):
        run = run + 1 if day in days else 0
        best = max(best, run)
    return best


def windows_of(required: Floats) -> tuple[Window, ...]:
    """The windows that say anything: `required[a, b]` minutes from slot a to slot b (both included, a <= b).

    Left out is what follows from the others: a window that asks for no more than two that it can be cut into.
    """
    slots = len(required)
    implied = np.zeros_like(required)  # the most that the windows within a window ask for together
    found = [Window(t, t, float(required[t, t])) for t in range(slots) if required[t, t] > _TINY]
    at = np.arange(slots)
    implied[at, at] = required[at, at]
    for length in range(1, slots):
        a = np.arange(slots - length)
        b = a + length
        cut = np.max([implied[a, a + k] + implied[a + k + 1, b] for k in range(length)], axis=0)
        asked = required[a, b]
        found += [Window(int(i), int(i) + length, float(asked[i])) for i in np.flatnonzero(asked > cut + _TINY)]
        implied[a, b] = np.maximum(asked, cut)
    return tuple(found)


def cheapest(
    shifts: Sequence[Shift], tours: Sequence[Tour], demand: Demand, limits: Limits, seconds: float = SECONDS
) -> Duty | None:
    """The cheapest roster; among equally cheap ones one with the most room, then with the fewest people.

    None if there is none.

    `Duty.bound` lies below `Duty.cost` where the time did not suffice to prove that nothing is cheaper. Raises
    `TimeoutError` if it did not even suffice to find a roster.
    """
    programme = _Programme(shifts, tours, demand, limits)
    if not programme.columns:
        return None if demand.windows or demand.people.any() else Duty(np.zeros(len(shifts), np.int64), (), 0, 0, 0, 0)
    found = programme.solve(programme.costs, seconds)
    if found is None:
        return None
    values, bound = found
    cost = float(programme.costs @ values)
    room = programme.roomiest(cost, seconds)
    fewest = programme.fewest(cost, room, seconds)
    if fewest is not None:
        values = fewest
    relaxed = programme.solve(programme.costs, seconds, whole=False)
    worked = np.rint(values[: len(tours)]).astype(np.int64)
    people = np.zeros(len(shifts), dtype=np.int64)
    for tour, count in zip(tours, worked.tolist(), strict=True):
        people[list(tour.shifts)] += count
    return Duty(
        people=people,
        tours=tuple((tour, count) for tour, count in zip(tours, worked.tolist(), strict=True) if count),
        places=round(float(values[programme.places])),
        cost=float(people @ np.array([shift.cost for shift in shifts])),
        bound=min(bound, cost),
        relaxed=min(relaxed[1], cost) if relaxed else 0.0,
        room=room,
    )


def fewest_places(
    shifts: Sequence[Shift], tours: Sequence[Tour], demand: Demand, limits: Limits, seconds: float = SECONDS
) -> int | None:
    """The fewest people at work with whom there is any roster at all; None if there is none with any number."""
    programme = _Programme(shifts, tours, demand, replace(limits, people=None))
    found = programme.solve(programme.one_each, seconds)
    return None if found is None else round(float(found[0][programme.places]))


def shortest_of(
    shifts: Sequence[Shift], tours: Sequence[Tour], demand: Demand, limits: Limits, seconds: float = SECONDS
) -> tuple[Window, float] | None:
    """Where no roster suffices: the window that the best one misses by most, and by how many minutes; None: nowhere."""
    programme = _Programme(shifts, tours, Demand((), np.zeros_like(demand.people)), limits)
    covered = _cover(shifts, demand.windows) @ programme.on_shift
    missing = len(demand.windows)
    if not missing:
        return None
    rows = np.hstack([covered, np.zeros((missing, programme.columns - covered.shape[1])), np.eye(missing)])
    found = programme.solve(
        np.concatenate([np.zeros(programme.columns), np.ones(missing)]),
        seconds,
        more=[(rows, np.array([window.minutes for window in demand.windows]), np.full(missing, np.inf))],
    )
    if found is None:
        return None
    short = found[0][programme.columns :]
    worst = int(np.argmax(short))
    return (demand.windows[worst], float(short[worst])) if short[worst] > _TINY else None


def persons(duty: Duty, days_in_a_row: int) -> list[list[Tour]]:
    """The tours of each person, week by week, so that nobody works more days in a row from one week to the next.

    Whoever ends a week with the longest run begins the next one with the shortest.
    """
    people: list[list[Tour]] = [[] for _ in range(duty.places)]
    for week in sorted({tour.week for tour, _ in duty.tours}):
        tours = sorted(
            (tour for tour, n in duty.tours for _ in range(n) if tour.week == week), key=lambda one: one.head
        )

        def run(person: list[Tour], week: int = week) -> int:
            return person[-1].tail if person and person[-1].week == week - 1 else 0

        # Those with the longest runs stay at home, as far as there are too many people.
        order = sorted(people, key=run, reverse=True)[len(people) - len(tours) :]
        for person, tour in zip(order, tours, strict=True):
            if run(person) + tour.head > days_in_a_row:
                raise ValueError("more days in a row than allowed: the roster was made for other limits")
            person.append(tour)
    return people


def _cover(shifts: Sequence[Shift], windows: Sequence[Window]) -> Floats:
    """Minutes that one person on each shift is at work in each window: shape (windows, shifts)."""
    before = np.array([np.concatenate([[0.0], np.cumsum(shift.minutes)]) for shift in shifts])
    first, last = (np.array([getattr(one, name) for one in windows], dtype=np.int64) for name in ("first", "last"))
    return np.asarray((before[:, last + 1] - before[:, first]).T, dtype=np.float64)


Rows = tuple[Floats, Floats, Floats]


class _Programme:
    """Columns: people on each tour, places, and whether a shift has anybody (only if `least` asks)."""

    def __init__(self, shifts: Sequence[Shift], tours: Sequence[Tour], demand: Demand, limits: Limits) -> None:
        self.shifts, self.tours, self.demand, self.limits = shifts, tours, demand, limits
        self.manned = len(shifts) if limits.least > 1 else 0
        self.places = len(tours)
        self.columns = len(tours) + 1 + self.manned if tours else 0
        self.on_shift = np.zeros((len(shifts), len(tours)))
        for at, tour in enumerate(tours):
            self.on_shift[list(tour.shifts), at] = 1
        of_tours = np.array([shift.cost for shift in shifts]) @ self.on_shift if shifts else np.zeros(0)
        self.costs = np.concatenate([of_tours, np.zeros(1 + self.manned)])
        self.one_each = np.concatenate([np.zeros(len(tours)), [1.0], np.zeros(self.manned)])

    def solve(
        self, costs: Floats, seconds: float, *, whole: bool = True, more: Sequence[Rows] = ()
    ) -> tuple[Floats, float] | None:
        """The best values and a proven bound of the objective; None if there are none. Further columns: continuous."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        further = len(costs) - self.columns
        rows = [
            LinearConstraint(np.hstack([matrix, np.zeros((len(matrix), len(costs) - matrix.shape[1]))]), low, high)
            for matrix, low, high in (*self._rows(), *more)
            if len(matrix)
        ]
        most = np.full(len(costs), np.inf)
        if self.limits.people is not None:
            most[: self.places + 1] = self.limits.people
        most[self.places + 1 : self.columns] = 1
        result = milp(
            costs,
            integrality=np.concatenate([np.full(self.columns, int(whole)), np.zeros(further)]),
            bounds=Bounds(0, most),
            constraints=rows,
            options={"time_limit": seconds, "mip_rel_gap": 0.0},
        )
        if result.status == _INFEASIBLE:
            return None
        if result.x is None or result.status not in (_OPTIMAL, _STOPPED):
            raise TimeoutError(f"no roster was found in {seconds:g} seconds")
        bound = getattr(result, "mip_dual_bound", None)
        return np.asarray(result.x), float(result.fun if bound is None or not whole else bound)

    def roomiest(self, cost: float, seconds: float) -> float:
        """So many times the work of every window fits into a roster of this cost; 1 where the time does not suffice."""
        windows = self.demand.windows
        if not windows:
            return 1.0
        cover, asked = self._windows()
        blank = np.zeros((len(asked), self.columns - cover.shape[1]))
        rows = np.hstack([cover, blank, -asked.reshape(-1, 1)]), np.zeros(len(asked)), np.full(len(asked), np.inf)
        found = self._within(np.concatenate([np.zeros(self.columns), [-1.0]]), cost, seconds, [rows])
        return 1.0 if found is None else max(1.0, float(found[self.columns]))

    def fewest(self, cost: float, room: float, seconds: float) -> Floats | None:
        """Values of this cost and room with the fewest people; None where the time does not suffice."""
        rows: list[Rows] = []
        if self.demand.windows:
            cover, asked = self._windows()
            rows.append((cover, asked * room - _TINY, np.full(len(asked), np.inf)))
        return self._within(self.one_each, cost, seconds, rows)

    def _within(self, objective: Floats, cost: float, seconds: float, more: Sequence[Rows]) -> Floats | None:
        """The best values that cost no more than this; None where the time does not suffice."""
        dearest = self.costs.reshape(1, -1), np.array([-np.inf]), np.array([cost + _TINY])
        try:
            found = self.solve(objective, seconds, more=[dearest, *more])
        except TimeoutError:
            return None
        return None if found is None else found[0]

    def _windows(self) -> tuple[Floats, Floats]:
        """(minutes of one person on each tour in each window, minutes asked for)."""
        windows = self.demand.windows
        return _cover(self.shifts, windows) @ self.on_shift, np.array([window.minutes for window in windows])

    def _rows(self) -> Iterator[Rows]:
        """(matrix, lowest, highest) of what must hold."""
        people = self.demand.people
        if self.demand.windows:
            cover, asked = self._windows()
            yield cover, asked, np.full(len(asked), np.inf)
        slots = np.flatnonzero(people)
        if len(slots):
            yield self._throughout(slots) @ self.on_shift, people[slots].astype(np.float64), np.full(len(slots), np.inf)
        yield from self._weeks()
        if self.manned:
            yield from self._least()

    def _throughout(self, slots: Ints) -> Floats:
        """Whether somebody on a shift is at work for as much of the slot as anybody can be: (slots, shifts)."""
        minutes = np.array([shift.minutes[slots] for shift in self.shifts]).T
        return np.asarray((minutes > 0) & (minutes >= minutes.max(axis=1, keepdims=True) - _TINY), dtype=np.float64)

    def _weeks(self) -> Iterator[Rows]:
        """Places suffice in each week, and from one to the next nobody has too long a run.

        A run of k days from Monday must fall to somebody whose week has ended with a run of at most the limit - k; as
        these are nested, it is enough that there are so many people for each k (Hall's condition).
        """
        weeks = sorted({tour.week for tour in self.tours})
        of_week = {week: np.array([tour.week == week for tour in self.tours]) for week in weeks}
        heads, tails = (np.array([getattr(tour, name) for tour in self.tours]) for name in ("head", "tail"))
        rows = [of_week[week].astype(np.float64) for week in weeks]
        for week in weeks:
            if week + 1 in of_week:
                for k in range(1, self.limits.days_in_a_row + 1):
                    begins = of_week[week + 1] & (heads >= k)
                    ended = of_week[week] & (tails > self.limits.days_in_a_row - k)
                    if begins.any() and ended.any():
                        rows.append((begins | ended).astype(np.float64))
        matrix = np.hstack([np.array(rows), np.full((len(rows), 1), -1.0)])
        yield matrix, np.full(len(rows), -np.inf), np.zeros(len(rows))

    def _least(self) -> Iterator[Rows]:
        """On a shift there are at least so many people, or nobody."""
        count = len(self.shifts)
        none = np.zeros((count, 1))
        least = np.hstack([self.on_shift, none, -self.limits.least * np.eye(count)])
        yield least, np.zeros(count), np.full(count, np.inf)
        most = np.hstack([self.on_shift, none, -np.diag(self._most())])
        yield most, np.full(count, -np.inf), np.zeros(count)

    def _most(self) -> Floats:
        """People on each shift beyond which more of them help nobody."""
        windows, people = self.demand.windows, self.demand.people
        enough = np.full(len(self.shifts), float(max(self.limits.least, int(people.max(initial=0)))))
        if windows:
            cover = _cover(self.shifts, windows)
            asked = np.array([window.minutes for window in windows]).reshape(-1, 1)
            alone = np.ceil(np.divide(asked, cover, out=np.zeros_like(cover), where=cover > _TINY) - _TINY)
            enough = np.maximum(enough, alone.max(axis=0))
        return np.asarray(enough, dtype=np.float64)
