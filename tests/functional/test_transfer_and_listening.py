"""Live transfer and listening, written out by hand from the rules; times are those of `helpers.TINY`.

An answered call takes 60 s of a line; a person talks 300 s and writes for 100 s, whether the contact was called back or
handed over. Everybody here holds a problem, and the robot hears it, unless a test says otherwise.
"""

from __future__ import annotations

from typing import Any

import pytest

from callbacksim.campaign.trace import Trace
from callbacksim.scenario.schema import Scenario
from callbacksim.study.measuring.measures import measures
from helpers import (
    KINDS,
    ORDINARY,
    PROBLEM,
    at,
    calls,
    clock,
    constant,
    escalations,
    lines_of,
    people,
    run,
    setting_of,
    starts,
    tiny,
    tries,
)


def live(patience: float = 30, **changes: Any) -> Scenario:
    """A tiny campaign with transfer; `agents` may hold further fields."""
    agents = {"transfer": {"live": True, "patience": constant(patience)}, **changes.pop("agents", {})}
    return tiny(agents=agents, segments=KINDS, **changes)


def holders(n: int) -> Any:
    return people(n, [PROBLEM] * n)


def transfers(trace: Trace) -> list[str]:
    """contact ready start free end, in the order in which they were offered."""
    columns = [trace.transfers[name].tolist() for name in ("contact", "ready", "start", "free", "end")]
    return [f"{contact} {' '.join(map(clock, times))}" for contact, *times in zip(*columns, strict=True)]


def line_free(trace: Trace) -> list[str]:
    return [clock(free) for free in trace.attempts["free"]]


# --- live transfer ---------------------------------------------------------------------------------------------------


def test_the_line_is_held_until_the_talk_ends_and_the_person_until_it_is_written_up() -> None:
    trace = run(live(), holders(2))
    assert transfers(trace) == lines_of(
        """
        0 09:01:00 09:01:00 09:06:00 09:07:40
        1 09:07:00 -        09:07:30 -
        """
    )
    # The second call waits for the line, not for the person; its caller hangs up after 30 s and is called back at once.
    assert calls(trace) == lines_of(
        """
        0 1 complete 00:00:00 09:00:00 09:01:00 0m
        1 1 complete 00:00:00 09:06:00 09:07:00 0m
        """
    )
    assert line_free(trace) == ["09:06:00", "09:07:30"]
    assert tries(trace) == ["1 1 reached 09:07:30 09:07:40 09:14:20 0m"]
    assert escalations(trace) == lines_of(
        """
        0 item 0 09:01:00 09:01:00 09:07:40 handled 0
        1 item 0 09:07:30 09:07:40 09:14:20 handled 1
        """
    )


@pytest.mark.parametrize(
    ("patience", "second", "called_back"),
    [
        (400, "1 09:01:00 - 09:07:40 -", ["1 1 reached 09:07:40 09:07:40 09:14:20 0m"]),
        (400.001, "1 09:01:00 09:07:40 09:12:40 09:14:20", []),
    ],
)
def test_patience_that_ends_in_the_millisecond_in_which_a_person_frees_has_ended(
    patience: float, second: str, called_back: list[str]
) -> None:
    # Two lines: both callers are offered at 09:01:00, the only person is free again 400 s later. Whoever hangs up is
    # called back in that very millisecond: all that ends comes first, then whoever is due starts.
    trace = run(live(patience, robot={"lines": 2}), holders(2))
    assert transfers(trace) == ["0 09:01:00 09:01:00 09:06:00 09:07:40", second]
    assert tries(trace) == called_back


def test_a_caller_goes_before_every_call_back() -> None:
    """Dialogues end 09:01:00, 09:04:20, 09:07:40. 1 hangs up at 09:04:50; at 09:07:40 the person takes 2, not 1."""
    trace = run(live(30, robot={"lines": 3, "calls_per_second": 0.005}), holders(3))
    assert transfers(trace) == lines_of(
        """
        0 09:01:00 09:01:00 09:06:00 09:07:40
        1 09:04:20 -        09:04:50 -
        2 09:07:40 09:07:40 09:12:40 09:14:20
        """
    )
    assert tries(trace) == ["1 1 reached 09:04:50 09:14:20 09:21:00 0m"]


def test_nobody_is_handed_over_while_the_roster_is_closed() -> None:
    trace = run(live(agents={"roster": [["09:01", "09:02"], ["10:00", "12:00"]]}, robot={"lines": 1}), holders(2))
    # 0 ends as the roster opens, at 09:01:00: handed over. Its line is free at 09:06:00, when the roster is closed.
    assert transfers(trace) == ["0 09:01:00 09:01:00 09:06:00 09:07:40"]
    assert line_free(trace) == ["09:06:00", "09:07:00"]
    assert tries(trace) == ["1 1 reached 09:07:00 10:00:00 10:06:40 0m"]
    closing = run(live(agents={"roster": [["08:00", "09:01"], ["10:00", "12:00"]]}), holders(1))
    assert transfers(closing) == []  # [08:00, 09:01) is closed at 09:01:00


def test_nobody_is_handed_over_where_nobody_is_on_duty() -> None:
    trace = run(live(agents={"count": 0}), holders(1))
    assert transfers(trace) == []
    assert line_free(trace) == ["09:01:00"]


def test_callers_without_patience_hang_up_unless_somebody_is_free() -> None:
    """A patience of 0 is one millisecond, the least duration: 0 is taken over at once, 1 hangs up.

    Who never waits is lost as in Erlang B, whose recursion is written out here: both are offered within the 60 s of
    calls and would take 400 s each, so 13.3 erlangs, of which the default share must not be lost.
    """
    scenario, contacts = live(0, robot={"lines": 2}), holders(2)
    found = measures(run(scenario, contacts), setting_of(scenario, contacts))
    assert (found["transfers"], found["abandoned"]) == (2, 1)
    erlangs, lost, servers = 2 / 60 * 400, 1.0, 0
    while lost > 1 - scenario.agents.transfer.share:
        servers += 1
        lost = erlangs * lost / (servers + erlangs * lost)
    assert found["people_at_work"] == servers


def test_a_shared_number_is_engaged_until_its_line_is_free() -> None:
    trace = run(live(robot={"lines": 2}), people([0, 0], [PROBLEM, ORDINARY]))
    assert starts(trace) == [(0, "09:00:00"), (1, "09:06:00")]


def test_figures_of_transfers() -> None:
    """One person, two lines, patience of 500 s: 0 is taken over at once, 1 after 400 s, 2 and 3 after 440 s.

    2 and 3 are dialled when the lines are free: 2 at 09:06:00 (talk of 0 ends), offered 09:07:00; 3 at 09:12:40
    (talk of 1 ends), offered 09:13:40. The person takes 1 at 09:07:40 until 09:14:20, then 2 (who waits 440 s) until
    09:21:00, then 3 (440 s). So nobody hangs up; in time (within 20 s) is one of four.
    """
    scenario, contacts = live(500, robot={"lines": 2}), holders(4)
    trace = run(scenario, contacts)
    found = measures(trace, setting_of(scenario, contacts))
    assert transfers(trace) == lines_of(
        """
        0 09:01:00 09:01:00 09:06:00 09:07:40
        1 09:01:00 09:07:40 09:12:40 09:14:20
        2 09:07:00 09:14:20 09:19:20 09:21:00
        3 09:13:40 09:21:00 09:26:00 09:27:40
        """
    )
    assert (found["transfers"], found["abandoned"], found["transferred_in_time"]) == (4, 0, 0.25)
    assert found["transfer_wait"] == (0 + 400 + 440 + 440) / 4
    assert found["finish"] == at("09:27:40") / at("01:00")
    assert found["dialling_finish"] == at("09:26:00") / at("01:00")
    assert found["agent_hours"] == pytest.approx(4 * 400 / 3600)
    # The lines are busy until they are free: 0 and 1 from 09:00, 2 from 09:06, 3 from 09:12:40.
    busy = 6 * 60 + (12 * 60 + 40) + (13 * 60 + 20) + (13 * 60 + 20)
    assert found["line_occupancy"] == pytest.approx(busy / (2 * 26 * 60))
    # Started minutes of connected time: 50 s of dialogue, the wait and 300 s of talk: 350, 750, 790 and 790 s.
    assert found["robot_minutes"] == 6 + 13 + 14 + 14
    # Nobody was called back, so no share of them was in time.
    assert found["called_back_in_time"] != found["called_back_in_time"]


def test_who_hung_up_counts_as_not_in_time_and_waits_as_a_call_back_from_then_on() -> None:
    scenario, contacts = live(30, agents={"within_minutes": 0.1}), holders(2)
    found = measures(run(scenario, contacts), setting_of(scenario, contacts))
    # The first test's trace: 0 at once; 1 hangs up at 09:07:30 and is called back 10 s later, not within 6 s.
    assert (found["abandoned"], found["abandoned_share"], found["transferred_in_time"]) == (1, 0.5, 0.5)
    assert found["wait_mean"] == pytest.approx(10 / 60)
    assert found["called_back_in_time"] == 0


# --- listening -------------------------------------------------------------------------------------------------------

DEAF: dict[str, Any] = {"sensitivity": 0}  # the robot hears no item


def listening(**changes: Any) -> Scenario:
    """All recordings are listened to for two minutes each, and every item is found."""
    ears = {"share": 1, "count": 1, "listening": constant(2), "finds": 1, **changes.pop("listeners", {})}
    return tiny(recognition=DEAF, listeners=ears, segments=KINDS, **changes)


def recordings(trace: Trace) -> list[str]:
    columns = (trace.recordings[name].tolist() for name in ("contact", "found", "ready", "start", "end"))
    return [f"{c} {'found' if f else 'nothing'} {' '.join(map(clock, t))}" for c, f, *t in zip(*columns, strict=True)]


def test_an_item_found_on_a_recording_is_called_back() -> None:
    trace = run(listening(), people(3, [ORDINARY, PROBLEM, ORDINARY]))
    assert recordings(trace) == lines_of(
        """
        0 nothing 09:01:00 09:01:00 09:03:00
        1 found   09:02:00 09:03:00 09:05:00
        2 nothing 09:03:00 09:05:00 09:07:00
        """
    )
    assert escalations(trace) == ["1 listened 0 09:05:00 09:05:00 09:11:40 handled 1"]
    assert len(trace.cases["contact"]) == 1


def test_listeners_have_hours_of_their_own() -> None:
    scenario = listening(listeners={"roster": [["14:00", "14:03"]], "weekdays": ["Tue"]})
    contacts = people(3, [ORDINARY, PROBLEM, ORDINARY])
    trace = run(scenario, contacts)
    # Two begin within three minutes; the second runs on; the third is heard a week later, beyond the five days.
    assert recordings(trace) == lines_of(
        """
        0 nothing 09:01:00 1d14:00:00 1d14:02:00
        1 found   09:02:00 1d14:02:00 1d14:04:00
        2 nothing 09:03:00 - -
        """
    )
    found = measures(trace, setting_of(scenario, contacts))
    assert found["finish"] == float("inf")
    assert (found["recordings"], found["found_on_recordings"]) == (2, 1)
    assert found["listener_hours"] == pytest.approx(4 / 60)


def test_who_listens_is_paid_for_whole_shifts_up_to_the_finish() -> None:
    scenario = listening(
        listeners={"count": 2, "roster": [["09:00", "12:00"]], "shrinkage": 0.25},
        costs={"listener_hour": 30, "agent_hour": 0, "line_month": 0, "robot_minute": 0},
    )
    contacts = people(1, [ORDINARY])
    found = measures(run(scenario, contacts), setting_of(scenario, contacts))
    assert found["listener_cost"] == found["cost"] == pytest.approx(2 * 3 * 30 / 0.75)


def test_what_was_flagged_is_not_listened_to_and_nothing_is_found_where_nothing_is() -> None:
    scenario = tiny(listeners={"share": 1, "finds": 1}, segments=KINDS)  # the robot hears every item
    trace = run(scenario, people(3, [ORDINARY, PROBLEM, ORDINARY]))
    assert trace.recordings["contact"].tolist() == [0, 2]
    assert not trace.recordings["found"].any()
