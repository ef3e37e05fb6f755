"""The screen of `drivers`: what to measure first, and for each figure the inputs as a tornado of text."""

from __future__ import annotations

from typing import Any

from rich.cells import cell_len

from callbacksim.report.ignorance import amount, figures_of, input_result, not_drawn_result
from callbacksim.report.layout import heading, paragraph, table, titled
from callbacksim.report.results import partial
from callbacksim.report.sentences import cut_short
from callbacksim.report.texts import ENGLISH, Texts
from callbacksim.report.words import UNDEFINED, number, plain
from callbacksim.study.drivers import Drivers, Effect, Ranking
from callbacksim.study.estimates import Estimate

ROWS = 8
"""The inputs that a figure shows; the others are named together."""
SIDE = 6
"""Cells of a bar on either side of the file's value."""
WORTH = 0.05
"""A total effect below this is not worth a sentence."""
_WIDTHS = {"en": (27, 15, 9, 10, 2 * SIDE + 1), "zh": (23, 15, 11, 12, 2 * SIDE + 1)}


def drivers_screen(found: Drivers, file: str, say: Texts = ENGLISH) -> list[str]:
    """The lines of the screen, at most 80 cells wide."""
    about = say(
        "tornado.about",
        file=plain(file),
        guesses=say.counted("guess", len(found.inputs)),
        runs=say.number(found.runs),
        level=say.whole_share(found.scenario.study.confidence),
        seed=found.seed,
    )
    lines = [
        *titled(plain(found.scenario.title) or plain(file)),
        *paragraph(say.sentences([about, cut_short(found.runs, found.wanted, say, "run")])),
        "",
        *paragraph(say.sentences(advice(found, say))),
    ]
    for ranking in found.rankings:
        lines += _figure(ranking, say)
    return [*lines, *_notes(found, say)]


def advice(found: Drivers, say: Texts = ENGLISH) -> list[str]:
    """What to measure first, in sentences: overall, then where a figure has another answer."""
    if found.first is None:
        return [say("tornado.nothing")]
    first = found.first.path
    meaning = say.known_field(first) if say.chinese else plain(found.first.meaning)
    mine = [one for one in found.rankings if one.first is not None and one.first.input.path == first]
    sentences = [say("tornado.first", path=plain(first), meaning=meaning), _why(found, first, say)]
    for ranking in found.rankings:
        if ranking in mine or ranking.first is None:
            continue
        share = ranking.first.total
        if share is not None and (share.mean or 0.0) >= WORTH:
            sentences.append(
                say(
                    "tornado.rival",
                    figure=_name(ranking.figure, say),
                    path=plain(ranking.first.input.path),
                    share=share_text(share, say),
                    unsure=_unsure(ranking, say),
                )
            )
    chancy = [one for one in found.rankings if one.first is not None and _mostly_chance(one)]
    if chancy:
        sentences.append(say("tornado.chancy", figures=say.listed([_name(one.figure, say) for one in chancy])))
    return sentences


def share_text(estimate: Estimate, say: Texts = ENGLISH) -> str:
    """A share of the variance: ``62 % (48–75)``."""
    if estimate.mean is None or estimate.low is None or estimate.high is None:
        return UNDEFINED
    mean, low, high = (number(100 * one) for one in (estimate.mean, estimate.low, estimate.high))
    return say("tornado.share", share=mean, low=low, high=high)


def drivers_result(found: Drivers, file: str) -> dict[str, Any]:
    """What `drivers --json` prints."""
    return {
        "file": file,
        "title": found.scenario.title,
        "seed": found.seed,
        "confidence": found.scenario.study.confidence,
        "partial": partial(found.runs, found.wanted),
        "runs": found.runs,
        "pairs": found.pairs,
        "rows": found.rows,
        "lost": found.lost,
        "adapted": found.adapted,
        "measure_first": None if found.first is None else found.first.path,
        "inputs": [input_result(one) for one in found.inputs],
        "left_out": list(found.left_out),
        "not_varied": [not_drawn_result(one) for one in found.kept],
        "figures": {
            one.figure: {
                "unit": one.unit,
                "sd": one.sd,
                "late": one.late,
                "chance": _ends(one.chance),
                "ranking": [
                    {
                        "field": effect.input.path,
                        "total": None if effect.total is None else _ends(effect.total),
                        "lowest": _ends(effect.lowest),
                        "highest": _ends(effect.highest),
                    }
                    for effect in one.effects
                ],
            }
            for one in found.rankings
        },
    }


def _ends(estimate: Estimate) -> dict[str, Any]:
    return {"mean": estimate.mean, "low": estimate.low, "high": estimate.high}


def _why(found: Drivers, path: str, say: Texts) -> str:
    """``So much of the variance is left while it is not known: 62 % (48–75) of finish, 71 % (60–80) of cost.``"""
    parts = [
        say("tornado.why_part", share=share_text(effect.total, say), figure=_name(ranking.figure, say))
        for ranking in found.rankings
        for effect in ranking.effects
        if effect.input.path == path and effect.total is not None and (effect.total.mean or 0.0) >= WORTH
    ]
    return say("tornado.why", parts=say.listed(parts)) if parts else ""


def _unsure(ranking: Ranking, say: Texts) -> str:
    """That the runs do not tell the first from the second."""
    ranked = [one for one in ranking.effects if one.total is not None]
    if len(ranked) < 2 or ranked[0].total is None or ranked[1].total is None:
        return ""
    first, second = ranked[0].total, ranked[1].total
    near = first.low is not None and second.high is not None and first.low < second.high
    path, share = plain(ranked[1].input.path), share_text(second, say)
    return say("tornado.unsure", path=path, share=share) if near else ""


def _mostly_chance(ranking: Ranking) -> bool:
    first = ranking.first
    return first is not None and first.total is not None and (ranking.chance.mean or 0.0) > (first.total.mean or 0.0)


def _name(figure: str, say: Texts) -> str:
    """``finish``: a figure's words without the Chinese behind them, in Chinese without the unit."""
    words = say(f"unsure.{figure}")
    return words.partition("（")[0] if say.chinese else "".join(c for c in words if ord(c) < 128).strip()


def _figure(ranking: Ranking, say: Texts) -> list[str]:
    shown = [one for one in ranking.effects if one.total is not None][:ROWS]
    spread = amount(ranking.figure, ranking.unit, ranking.sd, say)
    lines = heading(say(f"unsure.{ranking.figure}").upper(), say("tornado.deviation", spread=spread))
    longest = max((one.swing for one in shown), default=0.0)
    widths = _WIDTHS[say.language]
    rows = [
        (
            _fitted(plain(one.input.path), widths[0]),
            "" if one.total is None else share_text(one.total, say),
            _change(ranking, one.lowest, say),
            _change(ranking, one.highest, say),
            _bar(one, longest),
        )
        for one in shown
    ]
    rows.append((say("tornado.chance"), share_text(ranking.chance, say), "", "", ""))
    heads = ("", *(say(f"tornado.head_{name}") for name in ("total", "lowest", "highest", "bar")))
    lines += [type(line)(f"  {line}") for line in table(heads, rows, widths)]
    if ranking.late:
        lines += paragraph(say("tornado.late", n=ranking.late), indent=2)
    return lines


def _change(ranking: Ranking, change: Estimate, say: Texts) -> str:
    """A difference with its sign; marked where its interval holds 0."""
    if change.mean is None:
        return UNDEFINED
    size = amount(ranking.figure, ranking.unit, abs(change.mean), say)
    sign = "" if not any(digit in size for digit in "123456789") else "−" if change.mean < 0 else "+"
    unclear = "" if change.mean == 0 or change.excludes(0) else "?"
    return f"{sign}{size}{unclear}"


def _bar(effect: Effect, longest: float) -> str:
    """``  <<<|>>>>>>  ``: how far the figure moves at the lowest (<) and the highest (>) value, smaller to the left."""
    cells = [" "] * SIDE + ["|"] + [" "] * SIDE
    moves = sorted(
        (("<", effect.lowest.mean or 0.0), (">", effect.highest.mean or 0.0)), key=lambda one: abs(one[1]), reverse=True
    )
    for mark, move in moves:  # the shorter one last, so that both are seen on one side
        length = round(SIDE * abs(move) / longest) if longest else 0
        for step in range(1, length + 1):
            cells[SIDE + (step if move > 0 else -step)] = mark
    return "".join(cells)


def _fitted(path: str, width: int) -> str:
    """The end of a path that is too long, which says most."""
    while cell_len(path) > width:
        path = "…" + path[2:]
    return path


def _notes(found: Drivers, say: Texts) -> list[str]:
    lines = heading(say("tornado.method"))
    effects = say("tornado.effects", rows=found.rows, pairs=say.counted("paired_run", found.pairs))
    lines += paragraph(effects, indent=2)
    if found.lost:
        lines += paragraph(say("tornado.lost", sets=say.counted("set", found.lost)), indent=2)
    if found.adapted:
        lines += paragraph(say("unsure.gave_way", sets=say.counted("set", found.adapted)), indent=2)
    if found.left_out:
        names = say.listed([plain(path) for path in found.left_out])
        lines += paragraph(say("tornado.left_out", names=names), indent=2)
    if found.kept:
        others = say.listed(
            [
                say("tornado.because", path=plain(one.path), why=say.translated(plain(one.why), "reason"))
                for one in found.kept
            ]
        )
        lines += paragraph(say("tornado.not_varied", others=others), indent=2)
    ranges = [
        say("tornado.range", path=plain(one.path), low=figures_of(one.low), high=figures_of(one.high))
        for one in found.inputs
        if one.given
    ]
    return [*lines, *(paragraph(say("tornado.ranges", ranges=say.listed(ranges)), indent=2) if ranges else ())]
