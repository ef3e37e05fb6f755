"""The bench campaign as a textbook would write it: a process for each contact, a Resource for lines and people."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import simpy

CONTACTS, LINES, PEOPLE, ATTEMPTS = 9844, 60, 3, 4
ANSWERED, ESCALATED, RETRY_SECONDS = 0.45, 0.0095, 7200.0


@dataclass(frozen=True)
class Summary:
    """What a replication says: seconds, counts and shares."""

    attempts: int
    escalations: int
    makespan: float
    mean_wait: float
    p95_wait: float
    occupancy: float


def replication(seed: int) -> Summary:
    """One replication: drawing, running, a record of every attempt and escalation, and the summary."""
    rng = np.random.default_rng(seed)
    env = simpy.Environment()
    lines = simpy.Resource(env, LINES)
    people = simpy.Resource(env, PEOPLE)
    attempts: list[tuple[int, int, bool, float, float]] = []
    escalations: list[tuple[int, float, float, float]] = []

    def contact(i: int) -> simpy.events.ProcessGenerator:
        for attempt in range(1, ATTEMPTS + 1):
            with lines.request() as line:
                yield line
                start = env.now
                answered = rng.random() < ANSWERED
                yield env.timeout(rng.uniform(8, 30) + (lognormal(rng, 60, 30) if answered else 0.0))
                attempts.append((i, attempt, answered, start, env.now))
            if answered:
                if rng.random() < ESCALATED:
                    env.process(call_back(i))
                return
            if attempt < ATTEMPTS:
                yield env.timeout(RETRY_SECONDS)

    def call_back(i: int) -> simpy.events.ProcessGenerator:
        ready = env.now
        with people.request() as person:
            yield person
            start = env.now
            yield env.timeout(lognormal(rng, 300, 150))
            escalations.append((i, ready, start, env.now))

    for i in range(CONTACTS):
        env.process(contact(i))
    env.run()
    made = np.array(attempts)
    sent = np.array(escalations).reshape(-1, 4)
    waits = sent[:, 2] - sent[:, 1]
    last = made[:, 4].max()
    return Summary(
        attempts=len(made),
        escalations=len(sent),
        makespan=float(max(last, sent[:, 3].max(initial=0))),
        mean_wait=float(waits.mean()) if len(waits) else math.nan,
        p95_wait=float(np.quantile(waits, 0.95)) if len(waits) else math.nan,
        occupancy=float((made[:, 4] - made[:, 3]).sum() / (LINES * last)),
    )


def lognormal(rng: np.random.Generator, mean: float, sd: float) -> float:
    """A log-normal duration with this mean and standard deviation."""
    variance = math.log1p((sd / mean) ** 2)
    return float(rng.lognormal(math.log(mean) - variance / 2, math.sqrt(variance)))
