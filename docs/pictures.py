"""The pictures of the site, made from the project: figures of a small study, and the rooms that design.md lists."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")  # before pyplot: no screen is needed

import matplotlib.pyplot as plt

import callbacksim as cs
from callbacksim.report.directory import run_of
from callbacksim.report.figures import figures
from callbacksim.report.findings import findings
from callbacksim.report.page import Record, record_of, sheet_of

ROOT = Path(__file__).parent.parent
ROOM = re.compile(r"^(\w+)/ {2,}(.+?) {2,}(.+)$", re.MULTILINE)
"""A line of design.md's list of rooms: the room, what it asks, what is in it."""
SHOWN = ("flow", "finish")
"""Of the figures of a run those that the site has."""
STYLE = {"figure.dpi": 110, "axes.spines.top": False, "axes.spines.right": False, "font.size": 10}


def draw(directory: Path) -> list[Path]:
    """Draw all pictures into the directory; the paths of what was written."""
    directory.mkdir(parents=True, exist_ok=True)
    figure = house()
    figure.savefig(directory / "house.png")
    plt.close(figure)
    written = [directory / "house.png"]
    for picture in figures(sheet_of(record())):
        if picture.name in SHOWN:
            written.append(directory / f"{picture.name}.svg")
            written[-1].write_text(picture.svg, encoding="utf-8")
    assert len(written) == 1 + len(SHOWN)
    return written


def record() -> Record:
    """A forecast in twenty runs, as `callbacksim run -n 20 --figures` has it."""
    file = str(ROOT / "scenarios" / "gaoxin-forecast.toml")
    study = cs.replicate(cs.load(file), n=20, extras=True)
    run = run_of(study.scenario, study.frame, file, None, (), study.seed, 20, show_numbers=False)
    return record_of(findings(study, file, None), run)


@mpl.rc_context(STYLE)
def house() -> plt.Figure:
    """The five rooms, in the order in which data goes through them."""
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    rooms = ROOM.findall(text.split("```", 2)[1])  # the first block
    assert len(rooms) == 5 and all((ROOT / "src" / "callbacksim" / room).is_dir() for room, _, _ in rooms)
    fig, ax = plt.subplots(figsize=(9, 3.6), layout="constrained")
    for level, (room, question, what) in enumerate(rooms):
        ax.barh(level, 10, height=0.62, color="C0", alpha=0.12, edgecolor="C0")
        ax.text(0.2, level, f"{room}/", va="center", family="monospace", weight="bold")
        ax.text(2.0, level, question, va="center", style="italic")
        ax.text(4.3, level, what, va="center")
        if level:
            ax.annotate("", (5, level - 0.31), (5, level - 0.69), arrowprops={"arrowstyle": "->", "color": "0.3"})
    ax.set(xlim=(0, 10), ylim=(4.5, -0.5))
    ax.axis("off")
    return fig
