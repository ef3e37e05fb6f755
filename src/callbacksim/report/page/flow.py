"""The flow picture: from the register to the ledger, each stage a whole whose kept part opens into the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from callbacksim.report.page.blocks import Figure, Section, plain_grid
from callbacksim.report.page.charts import clipped
from callbacksim.report.page.record import Record
from callbacksim.report.page.svg import TOP, Drawing, picture, rect, short, tag, text, text_width
from callbacksim.report.texts import Texts
from callbacksim.report.words import apportioned

STEP, BAR, LABEL = 112.0, 24.0, 36.0
"""Heights: of a stage whose labels stand in one row, of its bar, of each further row."""
NOTHING = 30.0
"""Height of a stage that nothing reached."""


@dataclass(frozen=True)
class Part:
    """A part of a stage: its name in the result's funnel, its mean, its value as printed, its class."""

    name: str
    mean: float
    printed: str
    class_: str


@dataclass(frozen=True)
class Stage:
    """A whole and its parts, which add up to it as printed; `kept` is the part that the next stage is made of."""

    name: str
    total: float
    printed: str
    unit: str
    parts: tuple[Part, ...]
    kept: str = ""


def flow(record: Record, say: Texts) -> Section:
    """The section of the funnel."""
    found = stages(record, say)
    title = say("flow.title")
    says = say("flow.says", stages=say.listed([f"{say(f'stage.{s.name}')} {s.printed}" for s in found]))
    rows: list[list[str | tuple[str, float | None]]] = []
    for stage in found:
        rows.append([say(f"stage.{stage.name}"), "", (stage.printed, stage.total), ""])
        for part in stage.parts:
            share = part.mean / stage.total if stage.total else 0.0
            interval = say.interval(record.stage(part.name), lambda value: say.number(value, 0))
            note = "" if part.name in DERIVED else interval
            rows.append(
                [
                    say(f"stage.{stage.name}"),
                    say(f"stage.{part.name}"),
                    (part.printed, part.mean),
                    f"{say.share(share)} {note}".strip(),
                ]
            )
    heads = [say(f"flow.head_{name}") for name in ("stage", "part", "number", "share")]
    note = say("flow.note_one" if record.runs == 1 else "flow.note", runs=say.number(record.runs))
    if record.mode != "ledger" and record.stage("true_problems").mean is None:
        note = say.sentences([note, say("flow.not_identified")])
    table = plain_grid(title, heads, rows)
    drawn = Drawing("flow", partial(_drawn, found, title, says, say))
    return Section("flow", say("section.flow"), say("flow.lead"), [Figure(title, drawn, note=note, table=table)])


DERIVED = ("not_escalated",)
"""Parts that are reckoned here from two stages of the result."""


def stages(record: Record, say: Texts) -> list[Stage]:
    """The stages that this run has, in order."""
    means = {name: found["mean"] for name, found in record.result["funnel_mean"].items() if found["mean"] is not None}
    means = {name: float(value) for name, value in means.items()}

    def stage(name: str, unit: str, parts: Sequence[tuple[str, str]], kept: str = "") -> Stage:
        values = [means.get(part, 0.0) for part, _ in parts]
        total = sum(values)
        whole = all(value.is_integer() for value in values)
        decimals = 0 if whole or total >= 1000 else 1
        printed = apportioned(values, total, decimals) if values else []
        return Stage(
            name,
            total,
            say.number(total, 0 if round(total, 6).is_integer() else decimals),
            unit,
            tuple(
                Part(part, value, say.number(shown, decimals), class_)
                for (part, class_), value, shown in zip(parts, values, printed, strict=True)
            ),
            kept,
        )

    if record.mode == "ledger":
        reports = (("intake", "1"), ("intake_screened_out", "5"))
        return [stage("reports", "items", reports, "intake"), stage("cases", "items", CASES)]
    means["not_escalated"] = means["interviewed"] - means["escalated"]
    found = [stage("rows", "rows", REGISTER, "contacts"), stage("contacts", "contacts", CONTACTS, "interviewed")]
    if record.mode == "callback":
        found.append(stage("interviewed", "contacts", INTERVIEWED, "escalated"))
        found.append(stage("escalated", "contacts", ESCALATED))
    found.append(stage("ledger", "items", (*CASES, ("suggestions", "3"))))
    if "true_problems" in means:
        found.append(stage("true_problems", "items", TRUE_PROBLEMS))
    return found


REGISTER = (("contacts", "1"), ("duplicates", "5"), ("rejected", "4"), ("excluded", "6"))
CONTACTS = (
    ("interviewed", "1"), ("broken_off", "2"), ("exhausted", "5"), ("not_in_service", "4"), ("opted_out", "6"),
    ("unfinished", "7"),
)  # fmt: skip
INTERVIEWED = (("escalated", "1"), ("not_escalated", "5"))
ESCALATED = (("handled", "1"), ("unreachable", "2"), ("escalations_unfinished", "7"))
CASES = (("resolved", "1"), ("closed_unresolved", "2"), ("open", "7"))
TRUE_PROBLEMS = (
    ("problems", "1"), ("screened_out", "4"), ("lost_in_call_backs", "6"), ("missed", "2"), ("never_interviewed", "5"),
)  # fmt: skip


def _drawn(found: Sequence[Stage], title: str, says: str, say: Texts, width: float) -> Markup:
    parts: list[Markup] = []
    top = TOP + 8.0
    for at, stage in enumerate(found):
        total = say(
            "flow.total", stage=say(f"stage.{stage.name}"), number=stage.printed, unit=say(f"count.{stage.unit}")
        )
        parts.append(text(0, top, total, "head"))
        if not stage.total:  # nothing came so far: its heading says so
            top += NOTHING
            continue
        labels = [_label(part, stage, say) for part in _shown(stage)]
        columns = _columns(labels, width)
        below = top + STEP + LABEL * (-(-len(labels) // columns) - 1)
        parts += _bar(stage, top + 8, below - 14 if at + 1 < len(found) else None, say, width)
        parts += _labels(stage, labels, columns, top + 8 + BAR + 9, width)
        top = below
    return picture(width, top - 28, title, says, *parts, kind="flow")


def _shown(stage: Stage) -> Sequence[Part]:
    return [part for part in stage.parts if part.mean > 0]


def _label(part: Part, stage: Stage, say: Texts) -> tuple[str, str]:
    """What a part is called, and its number with its share."""
    return say(f"stage.{part.name}"), f"{part.printed} · {say.share(part.mean / stage.total)}"


def _columns(labels: Sequence[tuple[str, str]], width: float) -> int:
    """In how many columns the labels of a bar stand, so that none is cut and the rows are about as long."""
    widest = 24 + max(text_width(words) for label in labels for words in label)
    fitting = max(1, int(width // widest))
    rows = -(-len(labels) // fitting)
    return -(-len(labels) // rows) if rows > 1 else max(len(labels), min(4, fitting))


def _labels(
    stage: Stage, labels: Sequence[tuple[str, str]], columns: int, top: float, width: float
) -> Iterator[Markup]:
    room = width / columns
    for at, (part, (words, value)) in enumerate(zip(_shown(stage), labels, strict=True)):
        x, y = room * (at % columns), top + LABEL * (at // columns)
        yield rect(x, y, 9, 9, f"f-{part.class_}")
        yield text(x + 14, y + 9, clipped(words, room - 18), "label")
        yield text(x + 14, y + 25, value, "value")


def _bar(stage: Stage, top: float, end: float | None, say: Texts, width: float) -> list[Markup]:
    """The whole with its parts; the kept one opens into the next stage, which begins at `end`."""
    parts, left = [], 0.0
    for part in _shown(stage):
        share = part.mean / stage.total
        long = share * width
        tip = f"{say(f'stage.{part.name}')}: {part.printed}\n{say.share(share)}"
        drawn = max(long - 1, 1.5)
        bar = rect(min(left, width - drawn), top, drawn, BAR, f"bar f-{part.class_}", tip)
        parts.append(tag("g", bar, data_stage=stage.name, data_part=part.name, data_value=repr(part.mean)))
        if end is not None and part.name == stage.kept:
            below = top + BAR + 1
            corners = [(left, below), (left + max(drawn, 1.5), below), (width, end), (0.0, end)]
            points = " ".join(f"{short(x)},{short(y)}" for x, y in corners)
            parts.insert(0, tag("polygon", points=points, class_="opens"))
        left += long
    return parts
