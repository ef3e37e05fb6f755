"""What a questionnaire calls complete: all required questions are through, whoever hangs up after them."""

from __future__ import annotations

from typing import Any

import pytest

from helpers import became, people, run, tiny


def question(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "text": name, "kind": "score", "seconds": 10.0, "break_off": 0.0, **fields}


MEASURED = question("measured", satisfaction=True)
LEFT = {"break_off": 1.0}  # everybody hangs up here


@pytest.mark.parametrize(
    ("questions", "result"),
    [
        ([MEASURED, question("more")], "complete"),
        ([MEASURED, question("more", **LEFT)], "partial"),
        ([MEASURED, question("more", required=False, **LEFT)], "complete"),
        # A required question lies behind the optional one: it was never put.
        ([MEASURED, question("more", required=False, **LEFT), question("last")], "partial"),
        # Asked of nobody, because nobody was heard to say so: it cannot be missing.
        ([MEASURED, question("more", ask_if={"question": "measured", "heard": ["1"]}, **LEFT)], "complete"),
        # One of three required questions is less than half.
        ([MEASURED, question("more", **LEFT), question("last")], "broken_off"),
        ([{**MEASURED, **LEFT}, question("more", required=False)], "broken_off"),
    ],
)
def test_who_hangs_up_where(questions: list[dict[str, Any]], result: str) -> None:
    form = {"questions": questions, "satisfaction": {"scores": [0, 0, 0, 0, 1]}}
    assert set(became(run(tiny(questionnaire=form, robot={"lines": 5}), people(5)))) == {result}
