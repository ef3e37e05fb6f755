"""The screen of `drivers`: what to measure first, and for each figure the inputs as a tornado of text."""

from __future__ import annotations

from typing import Any

from rich.cells import cell_len

from callbacksim.report.ignorance import amount, figures_of, input_result, not_drawn_result
from callbacksim.report.layout import heading, paragraph, table, titled
from callbacksim.report.texts import ENGLISH
from callbacksim.report.words import UNDEFINED, counted, listed, number, percent, plain
from callbacksim.study.drivers import Drivers, Effect, Ranking
from callbacksim.study.estimates import Estimate

ROWS = 8
"""The inputs that a figure shows; the others are named together."""
SIDE = 6
"""Cells of a bar on either side of the file's value."""
WORTH = 0.05
"""A total effect below this is not worth a sentence."""
_PATH = 27
_WIDTHS = (_PATH, 15, 9, 10, 2 * SIDE + 1)


def drivers_screen(found: Drivers, file: str) -> list[str]:
    """The lines of the screen, at most 80 cells wide."""
    title = plain(found.scenario.title) or plain(file)
    lines = [
        *titled(title),
        *paragraph(
            f"{plain(file)}: {counted(len(found.inputs), 'guess', 'guesses')} varied over {found.runs:,} runs, "
            f"{percent(found.scenario.study.confidence)} intervals, seed {found.seed}."
        ),
        "",
        *paragraph(" ".join(advice(found))),
    ]
    for ranking in found.rankings:
        lines += _figure(ranking)
    return [*lines, *_notes(found)]


def advice(found: Drivers) -> list[str]:
    """What to measure first, in sentences: overall, then where a figure has another answer."""
    if found.first is None:
        return ["Nothing that was varied does anything to these figures: there is nothing to measure first."]
    first = found.first.path
    mine = [one for one in found.rankings if one.first is not None and one.first.input.path == first]
    sentences = [f"Measure first: {plain(first)} ({plain(found.first.meaning)}).", _why(found, first)]
    for ranking in found.rankings:
        if ranking in mine or ranking.first is None:
            continue
        share = ranking.first.total
        if share is not None and (share.mean or 0.0) >= WORTH:
            rival = f"{plain(ranking.first.input.path)}, {share_text(share)}"
            sentences.append(f"For {_name(ranking.figure)}: {rival}{_unsure(ranking)}.")
    chancy = [one for one in found.rankings if one.first is not None and _mostly_chance(one)]
    if chancy:
        names = listed([_name(one.figure) for one in chancy])
        sentences.append(f"Chance does more than any single guess to {names}: measuring changes that little.")
    return sentences


def share_text(estimate: Estimate) -> str:
    """A share of the variance: ``62 % (48–75)``."""
    if estimate.mean is None or estimate.low is None or estimate.high is None:
        return UNDEFINED
    low, high = (number(100 * end) for end in (estimate.low, estimate.high))
    return f"{number(100 * estimate.mean)} % ({low}–{high})"


def drivers_result(found: Drivers, file: str) -> dict[str, Any]:
    """What `drivers --json` prints."""
    return {
        "file": file,
        "title": found.scenario.title,
        "seed": found.seed,
        "confidence": found.scenario.study.confidence,
        "runs": found.runs,
        "pairs": found.pairs,
        "rows": found.rows,
        "lost": found.lost,
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


def _why(found: Drivers, path: str) -> str:
    """``Its total effect is 62 % (48–75) of what is uncertain of finish, 71 % (60–80) of cost.``"""
    parts = [
        f"{share_text(effect.total)} of {_name(ranking.figure)}"
        for ranking in found.rankings
        for effect in ranking.effects
        if effect.input.path == path and effect.total is not None and (effect.total.mean or 0.0) >= WORTH
    ]
    return f"So much of the variance is left while it is not known: {listed(parts)}." if parts else ""


def _unsure(ranking: Ranking) -> str:
    """That the runs do not tell the first from the second."""
    ranked = [one for one in ranking.effects if one.total is not None]
    if len(ranked) < 2 or ranked[0].total is None or ranked[1].total is None:
        return ""
    first, second = ranked[0].total, ranked[1].total
    near = first.low is not None and second.high is not None and first.low < second.high
    return f" (or {plain(ranked[1].input.path)}, {share_text(second)}: their intervals overlap)" if near else ""


def _mostly_chance(ranking: Ranking) -> bool:
    first = ranking.first
    return first is not None and first.total is not None and (ranking.chance.mean or 0.0) > (first.total.mean or 0.0)


def _name(figure: str) -> str:
    """``finish``: the English of a figure's words."""
    return "".join(c for c in ENGLISH(f"unsure.{figure}") if ord(c) < 128).strip()


def _figure(ranking: Ranking) -> list[str]:
    shown = [one for one in ranking.effects if one.total is not None][:ROWS]
    spread = amount(ranking.figure, ranking.unit, ranking.sd)
    lines = heading(ENGLISH(f"unsure.{ranking.figure}").upper(), f"standard deviation {spread}")
    longest = max((one.swing for one in shown), default=0.0)
    rows = [
        (
            _fitted(plain(one.input.path)),
            "" if one.total is None else share_text(one.total),
            _change(ranking, one.lowest),
            _change(ranking, one.highest),
            _bar(one, longest),
        )
        for one in shown
    ]
    rows.append((f"{'chance 偶然'}", share_text(ranking.chance), "", "", ""))
    lines += [
        type(line)(f"  {line}")
        for line in table(("", "total effect", "at lowest", "at highest", " low <|> high"), rows, _WIDTHS)
    ]
    if ranking.late:
        lines += paragraph(f"{ranking.late} runs reached the horizon and count as finished then.", indent=2)
    return lines


def _change(ranking: Ranking, change: Estimate) -> str:
    """A difference with its sign; marked where its interval holds 0."""
    if change.mean is None:
        return UNDEFINED
    size = amount(ranking.figure, ranking.unit, abs(change.mean))
    sign = "" if not size.strip("0. ptminh¥") else "−" if change.mean < 0 else "+"
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


def _fitted(path: str) -> str:
    """The end of a path that is too long, which says most."""
    while cell_len(path) > _PATH:
        path = "…" + path[2:]
    return path


def _notes(found: Drivers) -> list[str]:
    lines = heading("HOW THIS WAS FOUND 方法")
    lines += paragraph(
        "Total effect 总效应: the part of the variance that is left while this guess is not known, though all others, "
        f"and chance, were ({found.rows} random sets, each guess drawn anew by itself; Jansen's estimator). What two "
        "do together counts for both, so the parts may add up to more than 100 %. "
        f"At lowest, highest: that guess alone at the ends of its range, from the file's values on "
        f"({counted(found.pairs, 'paired run')}; ? where the interval holds 0).",
        indent=2,
    )
    if found.lost:
        lines += paragraph(f"{counted(found.lost, 'set')} could not give the exact counts and are left out.", indent=2)
    if found.left_out:
        names = listed([plain(path) for path in found.left_out])
        lines += paragraph(f"Left out after the first runs, since they do next to nothing: {names}.", indent=2)
    if found.kept:
        others = listed([f"{plain(one.path)} ({plain(one.why)})" for one in found.kept])
        lines += paragraph(f"Not varied: {others}.", indent=2)
    ranges = listed(
        [f"{plain(one.path)} {figures_of(one.low)} to {figures_of(one.high)}" for one in found.inputs if one.given]
    )
    return [*lines, *(paragraph(f"Ranges of [uncertain]: {ranges}.", indent=2) if ranges else ())]
