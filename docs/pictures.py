"""The pictures of the site, made from the project as it is: of a small study, and of the rooms that design.md lists."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")  # before pyplot: no screen is needed

import matplotlib.pyplot as plt
import pandas as pd

import callbacksim as cs

ROOT = Path(__file__).parent.parent
ROOM = re.compile(r"^(\w+)/ {2,}(.+?) {2,}(.+)$", re.MULTILINE)
"""A line of design.md's list of rooms: the room, what it asks, what is in it."""
STAGES = {
    "rows": "rows of the register",
    "contacts": "contacts",
    "interviewed": "interviewed",
    "escalated": "sent to people",
    "handled": "handled by people",
    "problems": "problems on the ledger",
    "resolved": "problems resolved",
}
STYLE = {"figure.dpi": 110, "axes.spines.top": False, "axes.spines.right": False, "font.size": 10}


def draw(directory: Path) -> list[Path]:
    """Draw all pictures into the directory; the paths of what was written."""
    directory.mkdir(parents=True, exist_ok=True)
    study = cs.replicate(cs.load(ROOT / "scenarios" / "gaoxin-forecast.toml"), n=20)
    figures = {"house.png": house(), "funnel.png": funnel(study), "finish.png": finish(study)}
    for name, figure in figures.items():
        figure.savefig(directory / name)
        plt.close(figure)
    return [directory / name for name in figures]


@mpl.rc_context(STYLE)
def house() -> plt.Figure:
    """The five rooms, in the order in which data goes through them."""
    rooms = ROOM.findall((ROOT / "docs" / "design.md").read_text(encoding="utf-8"))
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


@mpl.rc_context(STYLE)
def funnel(study: cs.Study) -> plt.Figure:
    """From the register to the ledger: means over the replications."""
    means = study.funnel().loc[list(STAGES), "mean"]
    fig, ax = plt.subplots(figsize=(9, 3.4), layout="constrained")
    ax.barh(range(len(means)), means, height=0.62, color="C0", alpha=0.75)
    for level, mean in enumerate(means):
        ax.text(mean * 1.15, level, f"{mean:,.0f}" if mean >= 100 else f"{mean:,.1f}", va="center")
    ax.set_yticks(range(len(means)), STAGES.values())
    ax.set(xscale="log", xlim=(1, 60_000), xlabel="count, each step of the scale ten times as many")
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.invert_yaxis()
    return fig


@mpl.rc_context(STYLE)
def finish(study: cs.Study) -> plt.Figure:
    """The share of replications that are done by each moment, and the promised date."""
    start = pd.Timestamp(study.scenario.calendar.start)
    done = start + pd.to_timedelta(study.replications()["finish"].sort_values(), unit="h")
    share = [(i + 1) / len(done) for i in range(len(done))]
    fig, ax = plt.subplots(figsize=(9, 3.2), layout="constrained")
    ax.step([start, *done, start + pd.Timedelta(days=3)], [0, *share, 1], where="post", color="C0", lw=1.5)
    ax.plot(done, share, "o", color="C0", ms=5)
    promised = pd.Timestamp(study.scenario.targets.finish_by)
    ax.axvline(promised, color="C3")
    ax.text(promised - pd.Timedelta(minutes=20), 0.5, "promised", color="C3", ha="right")
    ax.set(
        xlim=(start + pd.Timedelta(hours=33), promised + pd.Timedelta(hours=2)),
        ylim=(0, 1.08),
        ylabel="share of runs done",
    )
    ax.xaxis.set_major_locator(mpl.dates.HourLocator(byhour=range(0, 24, 6)))
    ax.xaxis.set_major_formatter(mpl.dates.DateFormatter("%a %H:%M"))
    return fig
