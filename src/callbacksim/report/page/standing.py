"""Where a running campaign stands, by its log; and how the forecast has moved since the first day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from callbacksim.report.page.blocks import Block, Grid, Line, Section, plain_grid
from callbacksim.report.page.record import Record
from callbacksim.report.texts import Texts
from callbacksim.report.words import UNDEFINED
from callbacksim.study.estimates import Estimate

SO_FAR = (
    "contacts", "interviewed", "broken_off", "not_in_service", "opted_out", "exhausted", "on_the_line", "waiting",
    "not_called", "calls",
)  # fmt: skip


def standing(record: Record, say: Texts) -> Section | None:
    """The section of a campaign that has begun; None where none was continued."""
    after = record.result.get("after")
    if after is None:
        return None
    so_far: list[Line] = [
        [say(f"standing.{name}"), (say.number(after["so_far"][name]), after["so_far"][name])] for name in SO_FAR
    ]
    heads = [say("head.figure"), say("head.value")]
    blocks: list[Block] = [
        plain_grid(say("standing.so_far"), heads, so_far),
        _moved(after["forecast"], say("standing.forecast"), say),
    ]
    if after["from_now_on"] is not None:
        blocks.append(_moved(after["from_now_on"], say("standing.from_now_on"), say))
    share = say.whole_share(float(after["share"]))
    return Section("standing", say("section.standing"), say("standing.lead", at=_at(after, say), share=share), blocks)


def standing_sentence(record: Record, say: Texts) -> str:
    """That the forecast goes on from a log; empty where it does not."""
    after = record.result.get("after")
    return (
        ""
        if after is None
        else say("standing.sentence", at=_at(after, say), calls=say.number(after["so_far"]["calls"]))
    )


def continued(record: Record) -> list[str]:
    """What a command needs to go on from the same log."""
    after = record.result.get("after")
    if after is None:
        return []
    log = Path(after["log"][0])
    return [
        "--after",
        log.name if len(after["log"]) == 1 else log.parent.name,
        "--at",
        str(after["at"]).replace("T", " "),
    ]


def _at(after: Mapping[str, Any], say: Texts) -> str:
    return say.full_moment(dt.datetime.fromisoformat(after["at"]))


def _moved(changes: Mapping[str, Any], caption: str, say: Texts) -> Grid:
    rows: list[Line] = []
    for name, change in changes.items():
        before, now = (_said(name, change[which], say) for which in ("before", "after"))
        moved = change["moved"]["mean"]
        hours = (
            ""
            if moved is None or not isinstance(change["after"]["median"], str)
            else say("standing.hours", hours=_signed(moved, say))
        )
        rows.append([say.figure(name), before, now, (hours or _difference(name, moved, say), moved)])
    heads = [say("head.figure"), *(say(f"standing.head_{key}") for key in ("before", "after", "moved"))]
    return plain_grid(caption, heads, rows)


def _signed(value: float, say: Texts) -> str:
    return f"{'+' if value > 0 else ''}{say.number(value, 1)}"


def _difference(name: str, moved: float | None, say: Texts) -> str:
    if moved is None:
        return UNDEFINED
    text = say.said(name, Estimate(abs(moved), None, None, 2, "difference", 0.9))[0]
    return f"{'−' if moved < 0 else '+' if moved > 0 else ''}{text}"


def _said(name: str, found: Mapping[str, Any], say: Texts) -> str:
    """The median and the interval into which a run falls."""
    ends = [found[key] for key in ("median", "low", "high")]
    if any(isinstance(end, str) for end in ends):
        said = [say.moment(dt.datetime.fromisoformat(end)) if end else UNDEFINED for end in ends]
    else:
        said = [say.said(name, Estimate(end, None, None, 2, "mean", 0.9))[0] for end in ends]
    return f"{said[0]} {say('standing.range', low=said[1], high=said[2])}"
