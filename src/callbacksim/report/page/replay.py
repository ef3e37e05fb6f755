"""The campaign played again at a slider's speed: how things stood at each moment, some hundred of them."""

from __future__ import annotations

import json

import numpy as np

from callbacksim.campaign.outcomes import INTERVIEWED, Item
from callbacksim.report.page.blocks import Gauge, Replay, Section
from callbacksim.report.page.record import Record
from callbacksim.report.texts import Texts
from callbacksim.study.measuring.loads import capacity_at
from callbacksim.study.measuring.timeline import Ints, backlog, bins

MOMENTS = 400
"""At most so many: the page stays small however large the campaign."""


def replay(record: Record, say: Texts) -> Section | None:
    """The section of the replay; None where nobody is called."""
    attempts, escalations = record.tables["attempts"], record.tables["escalations"]
    if not len(attempts["start"]):
        return None
    last = int(max(attempts["free"].max(), escalations["settled_at"].max(initial=0)))
    moments = bins(int(attempts["start"].min()), last, MOMENTS)
    gauges = _gauges(record, say, moments)
    whens = [say.day(at.date()) + f" {at:%H:%M}" for at in map(record.times.datetime, moments.tolist())]
    frames = json.dumps({"at": whens, "gauges": [gauge.values for gauge in gauges]}, ensure_ascii=False)
    lead = say("replay.lead_once") if record.runs == 1 else say("replay.lead", runs=say.number(record.runs))
    block = Replay(say("replay.title"), frames, gauges, [(str(n), say("replay.speed", n=n)) for n in (1, 2, 5)])
    return Section("replay", say("section.replay"), lead, [block])


def _gauges(record: Record, say: Texts, moments: Ints) -> list[Gauge]:
    attempts, escalations, cases = (record.tables[name] for name in ("attempts", "escalations", "cases"))
    manual = record.mode == "manual"
    done = attempts["end"][np.isin(attempts["outcome"], INTERVIEWED)]
    sent = (cases["item"] == Item.PROBLEM) & (cases["received"] >= 0)
    lines = capacity_at(record.tables["lines"], moments)
    found = [
        _gauge("callers" if manual else "lines", backlog(attempts["start"], attempts["free"], moments), say, lines),
        _gauge("due", backlog(attempts["due"], attempts["start"], moments), say),
        _gauge("interviews", np.searchsorted(np.sort(done), moments, side="right"), say),
        _gauge("escalations", backlog(escalations["ready"], escalations["settled_at"], moments), say),
        _gauge("cases", backlog(cases["received"][sent], cases["end"][sent], moments), say),
    ]
    return [gauge for gauge in found if gauge.name != "escalations" or not manual]


def _gauge(name: str, values: Ints, say: Texts, of: Ints | None = None) -> Gauge:
    most = max(1, int(values.max(initial=0)), 0 if of is None else int(of.max(initial=0)))
    return Gauge(name, say(f"replay.{name}"), most, values.tolist())
