"""The physics of calls and call-backs against uniforms written by hand (`Written`): every result follows from them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from callbacksim.campaign.outcomes import Disposition, Flag, Outcome
from callbacksim.campaign.rules import Call, Physics, Recording, Transfer, Try, final_disposition
from callbacksim.campaign.script import (
    PLANS_OWN,
    UNSCRIPTED,
    Lines,
    Script,
    ScriptedCall,
    ScriptedRecording,
    ScriptedTransfer,
    ScriptedTry,
)
from callbacksim.scenario.calendar import timetable
from callbacksim.scenario.problems import Refused
from helpers import Written, at, constant, people, tiny

# Contacts 2 and 3 share number 2; a fifth row is nobody's contact. So three numbers, five rows, four contacts.
FOUR = people([0, 1, 2, 2], segments=[0, 0, 1, 1], extra_rows=1)
NOBODYS = 0.5
NINE, TEN, ELEVEN = at("09:00"), at("10:00"), at("11:00")


def rows(*contacts: float) -> list[float]:
    """Draws of rows: those of the four contacts, and of the row that is none."""
    return [*contacts, NOBODYS]


TRUTH = {
    ("in service", 0): [0.5, 0.5, 0.5],
    ("seldom", 0): [0.5, 0.5, 0.5],
    ("propensity", 0): [0.5, 0.5, 0.5],
    ("score", 0): rows(0.5, 0.5, 0.5, 0.5),
    ("problem", 0): rows(0.5, 0.5, 0.5, 0.5),
    ("suggestion", 0): rows(0.5, 0.5, 0.5, 0.5),
}


def physics(
    written: dict[tuple[str, int], list[float]] | None = None, script: Script = UNSCRIPTED, **changes: Any
) -> Physics:
    scenario = tiny(**({"segments": {"others": {"kind": "company"}}} | changes))
    return Physics(scenario, FOUR, timetable(scenario), Written(0, 6, TRUTH | (written or {})), script)


def evenly(low: float, high: float) -> dict[str, Any]:
    return {"law": "uniform", "low": low, "high": high}


def interview(attempt: int, result: list[float], talk: list[float]) -> dict[tuple[str, int], list[float]]:
    """The draws of everybody's interview at an attempt; all is understood and nothing misheard."""
    sure = {f"{stream}/satisfaction": rows(0.5, 0.5, 0.5, 0.5) for stream in ("misheard", "heard as")}
    asked = {f"understood/satisfaction/{asking}": rows(0.5, 0.5, 0.5, 0.5) for asking in (0, 1)}
    return {(stream, attempt): u for stream, u in ({"result": result, "talk": talk} | sure | asked).items()}


# --- calls -----------------------------------------------------------------------------------------------------------

ANSWERING = {
    "base": 0.5,
    "most": 0.9,
    "not_in_service": 0.1,
    "hour_index": {"10": 150, "11": 200},
    "retry_multiplier": 0.5,
    "no_answer": 1,
    "busy": 1,
    "ring": {
        "answered": evenly(10, 20),
        "no_answer": evenly(20, 40),
        "busy": constant(5),
        "voicemail": constant(20),
        "rejected": constant(15),
        "not_in_service": evenly(4, 8),
    },
}
FORM = {
    "complete": 0.6,
    "partial": 0.4,
    "talk": {"complete": evenly(40, 60), "partial": evenly(30, 40), "early": constant(8)},
}


def test_a_call_is_answered_below_the_rate_of_its_hour_and_of_its_number_in_the_row() -> None:
    made = physics(
        {
            ("in service", 0): [0.09, 0.1, 0.5],  # contact 0 is out of service
            ("answer", 1): [0, 0.49, 0.5],
            ("answer", 2): [0, 0.24, 0.25],
            ("answer", 3): [0, 0.9, 0.12],
            **{("failure", nth): [0.2, 0.2, 0.7] for nth in (1, 2, 3)},
            **{("ring", nth): [0.25, 0.5, 0.75] for nth in (1, 2, 3)},
            **{("jitter", nth): [0, 0, 0] for nth in (1, 2, 3)},
            **interview(1, rows(0, 0.59, 0.61, 0.1), rows(0, 0.5, 0.2, 0.3)),
            **interview(2, rows(0, 0.1, 0.1, 0.9), rows(0, 0.1, 0.2, 0.3)),
        },
        answering=ANSWERING,
        questionnaire=FORM,
        robot={"attempts": 2},
    )
    # Out of service: 4 + 4 × 0.25 s. Number 1 answers below 0.5, number 2, at 0.5 sharp, only from ten on: busy, 5 s.
    assert made.call(0, 1, 1, NINE) == Call(Outcome.NOT_IN_SERVICE, 5_000, 0, 0)
    assert made.call(1, 1, 1, NINE) == Call(Outcome.COMPLETE, 15_000, 50_000, 0)
    assert type(made.call(1, 1, 1, NINE).wrap_up) is int, "times are whole milliseconds"
    assert made.call(2, 1, 1, NINE) == made.call(2, 1, 1, TEN - 1) == Call(Outcome.BUSY, 5_000, 0, 0)
    assert made.call(2, 1, 1, TEN) == Call(Outcome.PARTIAL, 17_500, 32_000, 0)
    assert made.call(3, 1, 1, TEN) == Call(Outcome.COMPLETE, 17_500, 46_000, 0), "a row of its own, the same number"
    # The second call to a number at half the rate, whichever of its contacts' attempts it is.
    assert made.call(1, 2, 2, NINE) == Call(Outcome.COMPLETE, 15_000, 42_000, 0)
    assert made.call(3, 1, 2, NINE) == Call(Outcome.BUSY, 5_000, 0, 0)
    assert made.call(3, 2, 2, TEN) == Call(Outcome.PARTIAL, 17_500, 33_000, 0)
    # Only the shared number can get a third call: 0.5 / 4 = 0.125.
    assert made.call(3, 2, 3, NINE) == Call(Outcome.PARTIAL, 17_500, 33_000, 0)


def test_no_call_is_answered_more_often_than_the_scenario_allows() -> None:
    def answered(most: float) -> bool:
        written = {
            ("answer", 1): [0.9, 0, 0],
            ("failure", 1): [0.2] * 3,
            ("ring", 1): [0.5] * 3,
            ("jitter", 1): [0] * 3,
        }
        written |= interview(1, rows(0, 0, 0, 0), rows(0, 0, 0, 0))
        made = physics(written, answering=ANSWERING | {"not_in_service": 0, "most": most}, questionnaire=FORM)
        return made.call(0, 1, 1, ELEVEN).outcome == Outcome.COMPLETE  # the rate is 0.5 × 2

    assert (answered(0.9), answered(0.91)) == (False, True)


def test_a_person_who_calls_writes_up_what_was_said() -> None:
    made = physics(
        {
            ("answer", 1): [0, 0, 0],
            ("failure", 1): [0, 0, 0],
            ("ring", 1): [0, 0, 0],
            ("jitter", 1): [0, 0, 0],
            ("manual wrap-up", 1): rows(0, 0.25, 0.5, 1),
            **interview(1, rows(0, 0, 0, 0), rows(0, 0, 0, 0)),
        },
        study={"mode": "manual"},
        manual={"wrap_up": evenly(40, 80)},
    )
    assert [made.call(contact, 1, 1, NINE).wrap_up for contact in range(4)] == [40_000, 50_000, 60_000, 80_000]


def test_the_gap_after_each_outcome() -> None:
    gaps = {"no_answer": 60, "busy": 5, "voicemail": 20, "rejected": 10, "refusal": 90}

    def gap(outcome: Outcome, **robot: Any) -> int | None:
        return physics(robot={"attempts": 3, "jitter_minutes": 0, "retry_minutes": gaps} | robot).retry_gap(
            0, outcome, robot.get("attempt", 1), 1
        )

    expected = {Outcome.NO_ANSWER: 60, Outcome.BUSY: 5, Outcome.VOICEMAIL: 20, Outcome.REJECTED: 10}
    for outcome in Outcome:
        minutes = expected.get(outcome)
        assert gap(outcome) == (None if minutes is None else minutes * 60_000), outcome
    assert gap(Outcome.REFUSAL, retry_refusals=True) == gap(Outcome.BREAK_OFF, retry_break_offs=True) == 90 * 60_000
    assert gap(Outcome.BREAK_OFF, retry_refusals=True) is gap(Outcome.REFUSAL, retry_break_offs=True) is None


def test_the_last_attempt_has_no_gap_and_the_others_have_the_jitter_of_their_call() -> None:
    drawn = {(stream, 2): [0.5] * 3 for stream in ("answer", "failure", "ring")}
    made = physics(drawn | {("jitter", 2): [0, 0.5, 0.25]}, robot={"attempts": 3, "jitter_minutes": 4})
    # An hour and 4 minutes × the draw of the number's second call, whichever attempt to the contact it was.
    assert made.retry_gap(1, Outcome.NO_ANSWER, 2, 2) == 62 * 60_000
    assert made.retry_gap(3, Outcome.NO_ANSWER, 1, 2) == 61 * 60_000
    assert made.retry_gap(1, Outcome.NO_ANSWER, 3, 2) is None
    assert made.retry_gap(1, Outcome.COMPLETE, 1, 2) is None


def test_the_next_call_is_due_after_the_gap_in_another_slot_and_within_the_days_cap() -> None:
    gap = at("00:10")
    plain, slots = physics(), physics(robot={"other_slot": True})
    assert plain.retry_due(NINE, at("09:01"), gap, 9) == at("09:11")
    assert slots.retry_due(NINE, at("09:01"), gap, 9) == at("12:00"), "the morning's slot must end first"
    assert slots.retry_due(NINE, at("09:01"), at("05:00"), 9) == at("14:01")
    capped = physics(robot={"attempts_per_day": 2})
    assert capped.retry_due(NINE, at("09:01"), gap, 1) == at("09:11")
    assert capped.retry_due(NINE, at("09:01"), gap, 2) == capped.retry_due(NINE, at("09:01"), gap, 3) == at("00:00", 1)
    assert capped.retry_due(at("17:00", 1), at("17:01", 1), at("07:00"), 2) == at("00:01", 2), "another day by then"
    assert capped.within_day_cap(at("09:00", 2), 2, 2) == at("00:00", 3)


def test_who_is_equally_ready_is_called_in_the_order_of_the_register_or_at_random() -> None:
    assert physics().rank == [0, 1, 2, 3]
    assert physics({("rank", 0): rows(0.3, 0.1, 0.9, 0.2)}, robot={"order": "random"}).rank == [2, 0, 3, 1]


# --- recognition -----------------------------------------------------------------------------------------------------

# Contact 0 holds a problem and a suggestion, 1 a suggestion alone, 2 and 3 (whose segment has other shares) nothing.
HOLDING = {("problem", 0): rows(0.49, 0.5, 0.9, 0.9), ("suggestion", 0): rows(0.19, 0.19, 0.9, 0.9)}
ITEMS = {"items": {"problems": 0.5, "suggestions": 0.2}}
RATES = {"sensitivity": 0.8, "unclear": 0.3}
FLAGS = {("flag", 0): rows(0.79, 0.8, 0.29, 0.3)}


def test_an_item_is_flagged_by_the_sensitivity_and_none_by_the_unclear_rate() -> None:
    made = physics(HOLDING | FLAGS, questionnaire=ITEMS, recognition=RATES)
    assert [made.flagged(contact, 1) for contact in range(4)] == [
        (Flag.ITEM, 0),
        (Flag.NONE, 0),
        (Flag.UNCLEAR, 1),
        (Flag.NONE, 0),
    ]
    both = physics(HOLDING | {("flag", 0): rows(0.79, 0.79, 0.29, 0.29)}, questionnaire=ITEMS, recognition=RATES)
    assert [both.flagged(contact, 1)[0] for contact in range(4)] == [Flag.ITEM] * 2 + [Flag.UNCLEAR] * 2


@pytest.mark.parametrize(
    "changes",
    [
        {"study": {"mode": "manual"}, "recognition": RATES},
        {"recognition": RATES | {"exact": {"escalations": 1, "problems": 1, "suggestions": 0}}},
    ],
)
def test_people_flag_nobody_nor_does_a_robot_whose_flags_are_counted(changes: dict[str, Any]) -> None:
    made = physics(HOLDING, questionnaire=ITEMS, **changes)
    assert [made.flagged(contact, 1) for contact in range(4)] == [(Flag.NONE, 0)] * 4


def test_the_satisfaction_that_was_heard() -> None:
    drawn = interview(1, rows(0, 0, 0, 0), rows(0, 0, 0, 0)) | interview(2, rows(0, 0, 0, 0), rows(0, 0, 0, 0))
    # At the second attempt contact 1 is understood neither at once nor when asked again.
    drawn |= {(f"understood/satisfaction/{asking}", 2): rows(0.5, 0.1, 0.5, 0.5) for asking in (0, 1)}
    made = physics(
        drawn,
        questionnaire={"satisfaction": {"scores": [0, 0, 0, 1, 0]}},
        recognition={"reprompts": 1, "not_understood": 0.2},
    )
    assert [made.recorded(contact, 1) for contact in range(4)] == [4, 4, 4, 4]
    assert [made.recorded(contact, 2) for contact in range(4)] == [4, 0, 4, 4]


def exact(escalations: int = 2, problems: int = 1, suggestions: int = 1) -> dict[str, Any]:
    return {"exact": {"escalations": escalations, "problems": problems, "suggestions": suggestions}}


def test_exact_counts_take_the_smallest_draws() -> None:
    made = physics(
        {
            ("flag", 0): rows(0.3, 0.1, 0.9, 0.2),
            ("problem", 0): rows(0.3, 0.1, 0.2, 0.9),
            ("suggestion", 0): rows(0.3, 0.1, 0.9, 0.2),
        },
        recognition=exact(problems=2),
    )
    assert made.exactly_flagged(np.array([0, 2, 3]), []).tolist() == [0, 3]
    assert made.exactly_flagged(np.array([2, 3]), []).tolist() == [2, 3]
    problems, suggestions = made.exact_items(np.array([0, 2, 3]))
    assert (problems.tolist(), suggestions.tolist()) == ([0, 2], [3])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (exact(escalations=3), "exactly 3 escalations are asked for, but only 2 contacts were interviewed"),
        (exact(problems=3), "exactly 3 problems are asked for, but only 2 escalations were handled"),
        (exact(suggestions=3), "exactly 3 suggestions are asked for, but only 2 escalations were handled"),
    ],
)
def test_exact_counts_that_cannot_be_reached_are_refused(asked: dict[str, Any], said: str) -> None:
    made, two = physics(recognition=asked), np.array([0, 3])
    with pytest.raises(Refused) as refused:
        if asked["exact"]["escalations"] > 2:
            made.exactly_flagged(two, [])
        made.exact_items(two)
    assert [str(problem) for problem in refused.value.problems] == [
        f"scenario:1: recognition.exact.{said.split()[2]}: {said} (replication 6); "
        "ask for fewer, or give the campaign more answers, time or people"
    ]


def test_exact_items_of_interviews_by_people_are_refused_in_their_words() -> None:
    made = physics(recognition=exact(problems=3), study={"mode": "manual"})
    with pytest.raises(Refused, match="asked for, but only 2 contacts were interviewed"):
        made.exact_items(np.array([0, 3]))


def test_the_class_of_an_escalation_without_a_reason_is_drawn_by_the_share_that_was_heard() -> None:
    # In the common segment 1 − 0.5 × 0.8 = 0.6 hold an item, in the other 1 − 0 × 0.8 = 1; of these four contacts 0.8.
    # Heard are 0.8 × 0.8 = 0.64, unclear 0.3 × 0.2 = 0.06: 0.64 / 0.7 = 0.9143 of the flags have an item.
    made = physics(
        HOLDING | {("class", 0): rows(0.9142, 0.9143, 0.1, 0.95)},
        questionnaire=ITEMS,
        recognition=RATES | exact(),
        segments={"all": {"kind": "company", "problems": 1}},
    )
    assert [made.exact_class(contact, 1) for contact in range(4)] == [0, 1, 0, 1]


def test_without_any_flags_by_the_rates_every_escalation_counts_as_heard() -> None:
    made = physics({("class", 0): rows(0, 0.5, 0.9, 0.9999)}, recognition={"sensitivity": 0, "unclear": 0} | exact())
    assert [made.exact_class(contact, 1) for contact in range(4)] == [0] * 4
    seldom = physics(
        {("class", 0): rows(0, 0.5, 0.9, 0.9999)}, recognition={"sensitivity": 0, "unclear": 0.01} | exact()
    )
    assert [seldom.exact_class(contact, 1) for contact in range(4)] == [1] * 4


def test_what_comes_of_listening_to_recordings() -> None:
    made = physics(
        HOLDING
        | {
            ("listened", 0): rows(0.39, 0.1, 0.1, 0.4),
            ("listening", 0): rows(0.5, 0, 1, 0.5),
            ("found on recording", 0): rows(0.49, 0.5, 0.1, 0.1),
        },
        questionnaire=ITEMS,
        listeners={"share": 0.4, "listening": evenly(2, 4), "finds": 0.5},
    )
    # Contact 0's and 1's items can be found, below 0.5; 2 holds none; nobody listens to 3. Two to four minutes each.
    assert [made.recording(contact) for contact in range(4)] == [
        Recording(180_000, True),
        Recording(120_000, False),
        Recording(240_000, False),
        None,
    ]


# --- people ----------------------------------------------------------------------------------------------------------

AGENTS = {
    "reach": 0.8,
    "reach_index": {"10": 50},
    "tries": 3,
    "retry_minutes": 60,
    "ring": evenly(10, 30),
    "talk": evenly(100, 200),
    "wrap_up": evenly(0, 100),
}
REACHING = {
    ("reach", 1): rows(0.795, 0.805, 0.8, 0.39),
    ("reach", 2): rows(0.9, 0.79, 0.81, 0.4),
    ("reach", 3): rows(0.9, 0.9, 0.82, 0.9),
    ("agent ring", 1): rows(0, 0.25, 0.5, 0.75),
    ("agent ring", 2): rows(0.5, 0.5, 0, 1),
    ("agent ring", 3): rows(0.5, 0.5, 1, 0.5),
    ("agent talk", 0): rows(0, 0.5, 0.5, 1),
    ("agent wrap-up", 0): rows(0.5, 0.2, 0.2, 0.1),
}


def test_a_call_back_reaches_below_the_rate_of_its_hour() -> None:
    made = physics(REACHING, agents=AGENTS)
    assert made.call_back(0, 1, at("09:30", 1)) == Try(True, 150_000), "100 s of talk, 50 s to write it up"
    assert made.call_back(1, 1, NINE) == Try(False, 15_000), "10 + 20 × 0.25 s"
    assert made.call_back(2, 1, NINE) == Try(False, 20_000), "0.8 is not below 0.8"
    # At ten, of any day, half as many are reached.
    assert made.call_back(0, 1, at("10:59:59", 2)) == Try(False, 10_000)
    assert made.call_back(3, 1, TEN) == Try(True, 210_000)
    assert made.call_back(3, 2, TEN) == Try(False, 30_000)
    assert made.call_back(3, 2, ELEVEN) == Try(True, 210_000)


def test_the_gap_between_tries() -> None:
    made = physics(agents=AGENTS | {"retry_minutes": 0.5})
    assert [made.try_gap(0, turn) for turn in (1, 2, 3, 4)] == [30_000, 30_000, None, None]


def test_the_work_of_an_escalation_is_its_tries_until_it_is_reached() -> None:
    made = physics(REACHING, agents=AGENTS)
    # 0 at once; 1 after 15 s of ringing, 150 + 20 s; 2 never: 20 + 10 + 30 s. The hour does not matter.
    assert [made.work(contact) for contact in range(4)] == [150_000, 185_000, 60_000, 210_000]


def test_a_person_takes_over_during_the_call() -> None:
    transfer = {"live": True, "patience": evenly(0, 60)}
    made = physics(REACHING | {("patience", 0): rows(0.5, 0.25, 0.1, 1)}, agents=AGENTS | {"transfer": transfer})
    assert [made.transfer(contact) for contact in range(4)] == [
        Transfer(30_000, 100_000, 50_000),
        Transfer(15_000, 150_000, 20_000),
        Transfer(6_000, 150_000, 20_000),
        Transfer(60_000, 200_000, 10_000),
    ]


# --- scripts: what was, in place of what is drawn --------------------------------------------------------------------


def script(turn: str, rows: dict[tuple[int, int], Any]) -> Lines[Any]:
    return Lines("log.csv", "script.it", turn, rows, dict.fromkeys(rows, 2))


LOG = script(
    "attempt",
    {
        (0, 1): ScriptedCall(Outcome.COMPLETE, 7_000, 90_000, 5_000, 0, Flag.ITEM, 0, 3),
        (0, 2): ScriptedCall(Outcome.PARTIAL, 8_000, 80_000, 4_000, 0, Flag.NONE, 0, 2),
        (1, 1): ScriptedCall(Outcome.NO_ANSWER, 33_000, 0, 0, 120_000, Flag.NONE, 0, None),
        (1, 2): ScriptedCall(Outcome.PARTIAL, 9_000, 40_000, 6_000, PLANS_OWN, Flag.UNCLEAR, 1, None),
        (2, 1): ScriptedCall(Outcome.BUSY, 4_000, 0, 0, PLANS_OWN, Flag.NONE, 0, None),
        (2, 2): ScriptedCall(Outcome.BUSY, 4_000, 0, 0, 60_000, Flag.NONE, 0, None),
        (3, 1): ScriptedCall(Outcome.COMPLETE, 1_000, 70_000, 0, 0, Flag.NONE, 0, 0),
    },
)


def test_a_scripted_call_is_what_it_was() -> None:
    made = physics(script=Script(calls=LOG), robot={"attempts": 2, "jitter_minutes": 3})
    assert made.call(0, 1, 1, NINE) == Call(Outcome.COMPLETE, 7_000, 90_000, 0), "a robot has nothing to write up"
    assert made.call(1, 2, 5, TEN) == Call(Outcome.PARTIAL, 9_000, 40_000, 0), "whichever call to the number it is"
    by_hand = physics(script=Script(calls=LOG), study={"mode": "manual"})
    assert by_hand.call(0, 1, 1, NINE) == Call(Outcome.COMPLETE, 7_000, 90_000, 5_000)
    # The log's gap, or the plan's five minutes after a busy line, both without jitter; none after the last call.
    assert made.retry_gap(1, Outcome.NO_ANSWER, 1, 1) == 120_000
    assert made.retry_gap(2, Outcome.BUSY, 1, 1) == 300_000
    assert made.retry_gap(2, Outcome.BUSY, 2, 1) is made.retry_gap(0, Outcome.COMPLETE, 1, 1) is None
    patient = physics(script=Script(calls=LOG), robot={"attempts": 3, "jitter_minutes": 3})
    assert patient.retry_gap(2, Outcome.BUSY, 2, 1) == 60_000, "each call has a gap of its own"
    with pytest.raises(Refused, match="the script has no row for contact 3, attempt 2"):
        made.call(3, 2, 2, NINE)


def test_a_scripted_interview_is_flagged_and_heard_as_it_was() -> None:
    drawn = interview(2, rows(0, 0, 0, 0), rows(0, 0, 0, 0))
    made = physics(drawn, Script(calls=LOG), questionnaire={"satisfaction": {"scores": [0, 0, 0, 1, 0]}})
    assert [made.flagged(0, 1), made.flagged(1, 2), made.flagged(3, 1)] == [(1, 0), (2, 1), (0, 0)]
    # Heard was 3, and nothing; where the log does not say, it is drawn.
    assert (made.recorded(0, 1), made.recorded(3, 1), made.recorded(1, 2)) == (3, 0, 4)
    assert made.recorded(0, 2) == 2
    assert (made.exact_class(0, 1), made.exact_class(1, 2)) == (0, 1)
    by_hand = physics(script=Script(calls=LOG), study={"mode": "manual"})
    assert by_hand.flagged(1, 2) == (Flag.NONE, 0), "people hear everything themselves"


def test_a_script_says_itself_who_is_flagged_and_must_flag_as_many_as_are_asked_for() -> None:
    interviewed, attempts = np.array([0, 1, 3]), [1, 2, 2, 1]
    found = physics(script=Script(calls=LOG), recognition=exact(2)).exactly_flagged(interviewed, attempts)
    assert (found.tolist(), found.dtype) == ([0, 1], np.int64)
    nobody = physics(script=Script(calls=LOG), recognition=exact(0)).exactly_flagged(interviewed[2:], attempts)
    assert (nobody.tolist(), nobody.dtype) == ([], np.int64)
    with pytest.raises(Refused) as refused:
        physics(script=Script(calls=LOG), recognition=exact(3)).exactly_flagged(interviewed, attempts)
    assert [str(problem) for problem in refused.value.problems] == [
        "scenario:1: recognition.exact.escalations: exactly 3 escalations are asked for, and the script flags 2; "
        'write that number, or recognition.exact = "none"'
    ]


def test_a_scripted_call_back_is_what_it_was() -> None:
    people = script(
        "try",
        {
            (0, 1): ScriptedTry(False, 21_000, 90_000),
            (0, 2): ScriptedTry(True, 300_000, PLANS_OWN),
            (0, 4): ScriptedTry(True, 999_000, 0),  # beyond the plan's tries
            (1, 1): ScriptedTry(False, 25_000, PLANS_OWN),
        },
    )
    made = physics(script=Script(people=people), agents=AGENTS)
    assert made.call_back(0, 1, NINE) == Try(False, 21_000)
    assert made.call_back(0, 2, TEN) == Try(True, 300_000)
    assert [made.try_gap(0, 1), made.try_gap(0, 2), made.try_gap(1, 1)] == [90_000, 3_600_000, 3_600_000]
    assert made.try_gap(1, 3) is None
    assert [made.work(0), made.work(1), made.work(2)] == [321_000, 25_000, 0]


def test_scripted_transfers_and_recordings_are_what_they_were() -> None:
    handed = script("", {(1, 1): ScriptedTransfer(12_000, 200_000, 40_000)})
    listened = script("", {(0, 1): ScriptedRecording(95_000, True), (2, 1): ScriptedRecording(80_000, False)})
    made = physics(script=Script(transfers=handed, recordings=listened))
    assert made.transfer(1) == Transfer(12_000, 200_000, 40_000)
    heard = [made.recording(contact) for contact in (0, 1, 2)]
    assert heard == [Recording(95_000, True), None, Recording(80_000, False)]
    with pytest.raises(Refused, match="the script has no row for contact 2;"):
        made.transfer(2)


# --- what becomes of a contact ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "disposition"),
    [
        (Outcome.COMPLETE, Disposition.COMPLETE),
        (Outcome.PARTIAL, Disposition.PARTIAL),
        (Outcome.BREAK_OFF, Disposition.BROKEN_OFF),
        (Outcome.REFUSAL, Disposition.BROKEN_OFF),
        (Outcome.OPT_OUT, Disposition.OPTED_OUT),
        (Outcome.NO_ANSWER, Disposition.EXHAUSTED),
        (Outcome.BUSY, Disposition.EXHAUSTED),
        (Outcome.VOICEMAIL, Disposition.EXHAUSTED),
        (Outcome.REJECTED, Disposition.EXHAUSTED),
        (Outcome.NOT_IN_SERVICE, Disposition.NOT_IN_SERVICE),
    ],
)
def test_the_last_call_says_what_becomes_of_a_contact(outcome: Outcome, disposition: Disposition) -> None:
    assert final_disposition(outcome, False) is disposition
    silent = disposition is Disposition.EXHAUSTED
    assert final_disposition(outcome, True) is (Disposition.BROKEN_OFF if silent else disposition)
