"""`make bench`: the bench campaign on our SimPy model and on the textbook's, interleaved; prints a ratio."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from idiomatic import Summary, replication

from callbacksim.campaign.draws import Draws
from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.frame.frame import build
from callbacksim.scenario.calendar import HOUR
from callbacksim.scenario.files import load
from callbacksim.study.measuring.measures import measures
from callbacksim.study.setting import Setting, setting

ROUNDS = 7
CAMPAIGN = Path(__file__).with_name("bench.toml")


def ours(where: Setting, seed: int) -> Summary:
    """One replication on our model, from drawing to the figures."""
    trace = Campaign(where.scenario, where.contacts, where.times, Draws(seed, 0)).run()
    figures = measures(trace, where)
    return Summary(
        attempts=round(figures["attempts"]),
        escalations=round(figures["escalations"]),
        makespan=figures["finish"] * HOUR / 1000,
        mean_wait=figures["wait_mean"] * 60,
        p95_wait=figures["wait_p95"] * 60,
        occupancy=figures["line_occupancy"],
    )


def main() -> None:
    scenario = load(CAMPAIGN)
    where = setting(scenario, build(scenario.register_, scenario.segments))
    times: dict[str, list[float]] = {"idiomatic": [], "ours": []}
    results: dict[str, list[Summary]] = {"idiomatic": [], "ours": []}
    for seed in range(ROUNDS + 1):
        for name, run in (("idiomatic", replication), ("ours", lambda s: ours(where, s))):
            begun = time.perf_counter()
            result = run(seed)
            if seed:  # the first round warms up
                times[name].append(time.perf_counter() - begun)
                results[name].append(result)
    for name, found in results.items():
        mean = {field: statistics.mean(getattr(r, field) for r in found) for field in Summary.__dataclass_fields__}
        print(
            f"{name:9}  {1000 * statistics.median(times[name]):6.0f} ms a replication (median of {ROUNDS})   "
            f"attempts {mean['attempts']:,.0f}  escalations {mean['escalations']:.0f}  "
            f"makespan {mean['makespan']:,.0f} s  wait {mean['mean_wait']:.0f} s (95 %: {mean['p95_wait']:.0f} s)  "
            f"occupancy {mean['occupancy']:.3f}"
        )
    ratios = sorted(a / b for a, b in zip(times["idiomatic"], times["ours"], strict=True))
    print(f"ratio idiomatic / ours: {statistics.median(ratios):.2f} (pairs {ratios[0]:.2f} to {ratios[-1]:.2f})")


if __name__ == "__main__":
    main()
