"""Small campaigns for hypothesis: few lines, coarse times on a 10 s grid, tiny windows, shift ends, shared numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from hypothesis import strategies as st

from callbacksim.frame.frame import Contacts
from callbacksim.scenario.schema import Scenario
from helpers import constant, merged, people, tiny

# Minutes within one hour, so that windows, shifts and office hours meet, miss and touch one another.
SPANS = (
    [["09:00", "09:03"], ["09:04", "09:07"]],
    [["09:00", "09:02"], ["09:02", "09:04"], ["23:58", "24:00"]],
    [["00:00", "00:02"], ["09:01", "09:12"]],
    [["09:00", "09:30"]],
)
# Pauses, each within one of the spans above or outside them, where it changes nothing.
PAUSES = ([], [], [["09:01", "09:02"]], [["09:05", "09:06"], ["23:58", "23:59"]])
OUTAGES = (
    (),
    (),
    (("2025-07-07T09:01", "2025-07-07T09:05:10", None),),
    (("2025-07-07T09:00:30", "2025-07-08T09:02", 1), ("2025-07-08T09:01", "2025-07-08T09:04", 2)),
)
GRID_HOUR = 1 / 360  # ten seconds in hours


class Small(NamedTuple):
    """A scenario, its contacts and the seed of its chance."""

    scenario: Scenario
    contacts: Contacts
    seed: int


def seconds(*tens: int) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from([constant(10 * ten) for ten in tens])


def in_minutes(law: dict[str, Any]) -> dict[str, Any]:
    """A constant law of seconds, in minutes."""
    return constant(law["value"] / 60)


def minutes() -> st.SearchStrategy[float]:
    return st.sampled_from([0, 0.5, 1, 2, 5, 600])


def shares() -> st.SearchStrategy[float]:
    return st.sampled_from([0, 0.3, 0.7, 1])


def likely() -> st.SearchStrategy[float]:
    return st.sampled_from([0.7, 1, 0.9, 1, 0.8, 1, 0.3, 0])


def outage(begins: str, ends: str, lines: int | None) -> dict[str, Any]:
    return {"from": dt.datetime.fromisoformat(begins), "until": dt.datetime.fromisoformat(ends), "lines": lines}


def robots() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "lines": st.sampled_from([2, 1, 3, 4, 3, 2, 1, 2, 3, 0]),
            "calls_per_second": st.sampled_from([0, 0.1, 3, 0.05]),
            "attempts": st.integers(1, 4),
            "attempts_per_day": st.integers(0, 3),
            "retry_minutes": st.fixed_dictionaries(
                {name: minutes() for name in ("no_answer", "busy", "voicemail", "rejected", "refusal")}
            ),
            "jitter_minutes": st.sampled_from([0, 0, 3]),
            "other_slot": st.booleans(),
            "retries": st.sampled_from(["after", "with", "before"]),
            "order": st.sampled_from(["register", "random"]),
            "retry_refusals": st.booleans(),
            "retry_break_offs": st.booleans(),
            "quota": st.sampled_from([0, 0, 0, 2]),
            "outages": st.sampled_from(OUTAGES).map(lambda several: [outage(*one) for one in several]),
        }
    )


def answerings() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "base": st.sampled_from([0.6, 0.8, 1, 0.9, 0.3, 0.7, 1, 0]),
            "not_in_service": st.sampled_from([0, 0.1, 0, 0.2, 0, 0.3, 0, 1]),
            "busy": st.sampled_from([0, 1]),
            "voicemail": st.sampled_from([0, 1]),
            "seldom": st.sampled_from([0, 0.5]),
            "retry_multiplier": st.sampled_from([0.5, 1]),
            "ring": st.fixed_dictionaries(
                {"answered": seconds(1, 2), "no_answer": seconds(1, 3, 9), "busy": seconds(1)}
            ),
        }
    )


def questionnaires() -> st.SearchStrategy[dict[str, Any]]:
    results = st.sampled_from(
        [
            (1, 0, 0, 0),
            (0.5, 0.2, 0.1, 0.1),
            (0.2, 0.1, 0.3, 0.3),
            (0.7, 0.2, 0, 0.05),
            (0.9, 0, 0.1, 0),
            (0, 0, 0.5, 0),
        ],
    ).map(lambda r: dict(zip(("complete", "partial", "break_off", "opt_out"), r, strict=True)))
    talk = st.fixed_dictionaries({"complete": seconds(1, 5, 40), "partial": seconds(3), "early": seconds(1)})
    items = st.fixed_dictionaries(
        {"problems": likely(), "suggestions": st.sampled_from([0, 0.4]), "each": st.sampled_from([1, 2])}
    )
    return st.builds(lambda r, t, i: {**r, "talk": t, "items": i}, results, talk, items)


def pools() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "count": st.sampled_from([1, 2, 1, 3, 1, 2, 0]),
            "roster": st.sampled_from(SPANS),
            "breaks": st.sampled_from(PAUSES),
            "groups": st.one_of(st.just({}), st.fixed_dictionaries({"further": further()})),
            "reach": likely(),
            "tries": st.integers(1, 3),
            "retry_minutes": st.sampled_from([0, 1, 3, 700]),
            "ring": seconds(1, 2),
            "talk": seconds(2, 30),
            "wrap_up": seconds(1),
            "queue": st.sampled_from(["items_first", "first_come"]),
        }
    )


def transfers() -> st.SearchStrategy[dict[str, Any]]:
    """Live transfer; patience often ends with somebody's talk or wrap-up."""
    return st.fixed_dictionaries(
        {"live": st.sampled_from([True, False]), "patience": seconds(1, 3, 2, 9, 30), "within_seconds": st.just(10)}
    )


def ears() -> st.SearchStrategy[dict[str, Any]]:
    """People who listen to recordings."""
    return st.fixed_dictionaries(
        {
            "share": st.sampled_from([1, 0.5, 0]),
            "count": st.sampled_from([1, 2, 1, 0]),
            "roster": st.sampled_from(SPANS),
            "breaks": st.sampled_from(PAUSES),
            "weekdays": st.sampled_from([["Mon", "Tue"], ["Tue", "Wed", "Thu"]]),
            "listening": seconds(1, 3, 12).map(in_minutes),
            "finds": likely(),
        }
    )


def further() -> st.SearchStrategy[dict[str, Any]]:
    """A further group of people."""
    return st.fixed_dictionaries(
        {
            "count": st.sampled_from([1, 2, 1, 2, 0]),
            "roster": st.sampled_from(SPANS),
            "breaks": st.sampled_from(PAUSES),
            "weekdays": st.sampled_from([["Mon", "Tue"], ["Tue", "Wed", "Thu"]]),
        }
    )


def ledgers() -> st.SearchStrategy[dict[str, Any]]:
    hours = st.sampled_from([constant(GRID_HOUR), constant(0.05), constant(0.3)])
    department = st.fixed_dictionaries(
        {"staff": st.integers(0, 2), "handling": hours, "due_days": st.integers(1, 2), "resolved": shares()}
    )
    clerks = st.fixed_dictionaries({"count": st.integers(0, 2), "screening": seconds(1, 6, 18).map(in_minutes)})
    look_back = st.fixed_dictionaries(
        {
            "after_days": st.integers(1, 2),
            "reached": likely(),
            "satisfied": likely(),
            "satisfied_unresolved": shares(),
            "reopen_most": st.integers(0, 2),
        }
    )
    intake = st.fixed_dictionaries({"reports": st.integers(1, 6)})
    return st.fixed_dictionaries(
        {
            "clerks": st.just("none") | clerks,
            "look_back": st.just("none") | look_back,
            "intake": st.just("none") | intake,
            "office": st.sampled_from(SPANS),
            "valid": shares(),
            "forwarding": hours,
            "misrouted": shares(),
            "return_within": hours,
            "departments": st.fixed_dictionaries({"A": department, "B": department}),
            "categories": st.just({"x": {"share": 1, "department": "A"}, "y": {"share": 1, "department": "B"}}),
        }
    )


def frames(shared: bool = True) -> st.SearchStrategy[Contacts]:
    if not shared:
        return st.sampled_from([6, 9, 3, 1]).map(people)
    sizes = st.sampled_from([8, 12, 10, 5, 3, 1])
    return sizes.flatmap(lambda n: st.lists(st.integers(0, 7), min_size=n, max_size=n)).map(people)


def crowds() -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    """What makes callers, call-backs and recordings wait for the same people at the same moments."""
    return st.fixed_dictionaries(
        {
            "calendar": st.fixed_dictionaries({"windows": st.sampled_from([SPANS[3], SPANS[0]])}),
            "robot": st.fixed_dictionaries(
                {
                    "lines": st.sampled_from([4, 2, 3]),
                    "calls_per_second": st.sampled_from([0, 0.1]),
                    "quota": st.just(0),
                    "outages": st.just([]),
                }
            ),
            "answering": st.fixed_dictionaries({"base": st.sampled_from([1, 0.8]), "not_in_service": st.just(0)}),
            "questionnaire": st.fixed_dictionaries({"complete": st.sampled_from([1, 0.8]), "partial": st.just(0)}),
            "recognition": st.fixed_dictionaries({"sensitivity": st.sampled_from([1, 0.7, 0.4])}),
            "agents": st.fixed_dictionaries(
                {
                    "count": st.sampled_from([1, 2, 1]),
                    "roster": st.sampled_from([SPANS[3], SPANS[0], SPANS[2]]),
                    "talk": seconds(2, 6),
                    "wrap_up": seconds(1, 2, 4),
                    "transfer": st.fixed_dictionaries(
                        {"live": st.sampled_from([True, True, False]), "patience": seconds(3, 6, 2, 1, 8, 12)}
                    ),
                }
            ),
            "listeners": st.fixed_dictionaries({"share": st.just(1), "count": st.just(1), "finds": st.just(1)}),
        }
    )


@st.composite
def small(
    draw: st.DrawFn,
    *,
    shared: bool = True,
    modes: tuple[str, ...] = ("callback", "callback", "manual"),
    transfer: bool = True,
    listening: bool = True,
    crowded: bool | None = None,
) -> Small:
    """Any small campaign; without transfer nothing downstream delays a call. `crowded`: as `crowds` says, or not."""
    parts: dict[str, Any] = {
        "calendar": {
            "windows": draw(st.sampled_from(SPANS)),
            "windows_on": draw(st.sampled_from([{}, {}, {"Tue": SPANS[2]}, {"Mon": SPANS[1], "Tue": []}])),
            "weekdays": ["Mon", "Tue", "Thu"],
            "closed": draw(st.sampled_from([[], [], [dt.date(2025, 7, 8)]])),
            "open": draw(st.sampled_from([[], [], [dt.date(2025, 7, 9)]])),
        },
        "robot": draw(robots()),
        "answering": draw(answerings()),
        "questionnaire": draw(questionnaires()),
        "recognition": {"sensitivity": draw(likely()), "unclear": draw(shares())},
        "agents": draw(pools()) | {"transfer": draw(transfers())},
        "listeners": draw(ears()),
        "manual": {"agents": draw(st.sampled_from([1, 2, 3, 0]))},
        "ledger": draw(ledgers()),
        "study": {"mode": draw(st.sampled_from(modes)), "horizon_days": draw(st.integers(1, 4))},
    }
    if crowded or (crowded is None and draw(st.booleans())):
        parts = merged(parts, draw(crowds()))
    if not transfer:
        parts["agents"].pop("transfer")
    if not listening:
        parts.pop("listeners")
    return Small(tiny(**parts), draw(frames(shared)), draw(st.integers(0, 2**32)))
