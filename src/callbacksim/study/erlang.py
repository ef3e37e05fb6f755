"""Closed forms of queueing: what lines and people can carry before anything is simulated.

Arrivals are Poisson with ``arrivals_per_second``, handling is exponential with mean ``handling_seconds``; their
product is the offered load in erlangs. Erlang B: who finds all servers busy is lost. Erlang C: waits for ever.
Erlang A: waits with exponential patience. Times are in seconds, probabilities in 0 … 1. Bad arguments raise
``ValueError``.

Sources: Erlang (1917); Cooper, Introduction to Queueing Theory (2nd ed., 1981) ch. 3; Halfin & Whitt, Operations
Research 29 (1981); Garnett, Mandelbaum & Reiman, M&SOM 4 (2002); Zeltyn & Mandelbaum, Queueing Systems 51 (2005),
for the wait in Erlang A (after Baccelli & Hebuterne 1981).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NEGLIGIBLE = 45.0
"""Terms of a sum below exp(-45) = 3e-20 of its largest are dropped: far under a double's precision."""

MOST_STATES = 20_000_000
"""The longest queue that Erlang A will tabulate."""


def erlang_b(servers: int, erlangs: float) -> float:
    """P(all servers busy) when who finds them busy is lost: B0 = 1, Bn = aBn₋₁/(n + aBn₋₁)."""
    _check(servers, erlangs)
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = erlangs * blocked / (n + erlangs * blocked)
    return blocked


def erlang_c(servers: int, erlangs: float) -> float:
    """P(an arrival waits) when everybody waits: cB/(c − a(1 − B)); 1 when the load is too much (a >= c)."""
    _check(servers, erlangs)
    if erlangs >= servers:
        # Nobody arrives where there is nobody to serve: no one waits.
        return 0.0 if erlangs == 0 else 1.0
    blocked = erlang_b(servers, erlangs)
    return servers * blocked / (servers - erlangs * (1 - blocked))


def wait_exceeds(servers: int, arrivals_per_second: float, handling_seconds: float, seconds: float) -> float:
    """Erlang C: P(wait > ``seconds``) = C·exp(−(cμ − λ)t). 1 when the load cannot be carried."""
    erlangs = _load(arrivals_per_second, handling_seconds)
    waits = erlang_c(servers, erlangs)
    if seconds < 0:
        return 1.0
    if erlangs >= servers:
        return waits
    return waits * math.exp(-(servers - erlangs) * seconds / handling_seconds)


def mean_wait(servers: int, arrivals_per_second: float, handling_seconds: float) -> float:
    """Erlang C: mean wait in seconds over all arrivals, C/(cμ − λ) (ASA). Infinite when overloaded."""
    erlangs = _load(arrivals_per_second, handling_seconds)
    waits = erlang_c(servers, erlangs)
    if erlangs >= servers:
        return math.inf if waits else 0.0
    return waits * handling_seconds / (servers - erlangs)


def service_level(servers: int, arrivals_per_second: float, handling_seconds: float, within_seconds: float) -> float:
    """Erlang C: P(wait <= ``within_seconds``). 0 when the load cannot be carried."""
    return 1 - wait_exceeds(servers, arrivals_per_second, handling_seconds, within_seconds)


@dataclass(frozen=True)
class ErlangA:
    """The stationary queue with abandonment (M/M/c + M), as made by `erlang_a`."""

    servers: int
    arrivals_per_second: float
    handling_seconds: float
    patience_seconds: float
    abandoned: float
    """P(an arrival gives up)."""
    waits: float
    """P(an arrival finds every server busy)."""
    mean_wait: float
    """Mean seconds in queue over all arrivals, served or not."""
    log_one_free: float
    """log P(exactly one server is free, nobody queues); the law of the wait needs it."""

    def service_level(self, within_seconds: float) -> float:
        """P(served, and within ``within_seconds``) over all arrivals: who gives up counts as failed.

        The wait V of a caller of endless patience has the density λ·π(c−1)·exp(λ(1 − e^(−θv))/θ − cμv), v > 0 (Zeltyn &
        Mandelbaum 2005). A caller is served in time if V <= t and patience lasts: ∫₀ᵗ e^(−θv) f(v) dv, plus those who
        need not wait.
        """
        if self.arrivals_per_second == 0:
            return 1.0
        if self.servers == 0 or within_seconds < 0:
            return 0.0
        if math.isinf(self.patience_seconds):
            return service_level(self.servers, self.arrivals_per_second, self.handling_seconds, within_seconds)
        # Time in units of the mean handling time: mu = 1, lambda = erlangs.
        erlangs = self.arrivals_per_second * self.handling_seconds
        theta = self.handling_seconds / self.patience_seconds
        # Patience has run out for all but exp(-45) of the callers after 45 of its means.
        until = min(within_seconds / self.handling_seconds, NEGLIGIBLE / theta)

        def log_density(v: Floats) -> Floats:
            growth = -erlangs * np.expm1(-theta * v) / theta - (self.servers + theta) * v
            return np.asarray(math.log(erlangs) + self.log_one_free + growth, dtype=np.float64)

        # The exponent changes by at most about erlangs + servers + theta per unit of time: over one panel by about 1.
        panels = min(max(math.ceil(until * (erlangs + self.servers + theta)), 1), 200_000)
        return min(1.0, 1 - self.waits + _integral_of_exp(log_density, until, panels))


def erlang_a(servers: int, arrivals_per_second: float, handling_seconds: float, patience_seconds: float) -> ErlangA:
    """Erlang A: who waits gives up after an exponential time with mean ``patience_seconds`` (inf: Erlang C, never).

    The number in system is a birth–death chain, tabulated in logarithms so that neither large loads nor rare states
    under- or overflow: up at λ, down at min(n, c)μ + max(n − c, 0)θ. P(abandon) = θE[Q]/λ; the mean wait is E[Q]/λ
    (Little); arrivals see the chain as it is (PASTA). ``ValueError`` for endless patience with a load that cannot
    be carried.
    """
    erlangs = _load(arrivals_per_second, handling_seconds)
    _check(servers, erlangs)
    if not patience_seconds > 0:
        raise ValueError(f"patience is {patience_seconds!r} s; it must be positive (inf: nobody gives up)")
    system = (servers, arrivals_per_second, handling_seconds, patience_seconds)
    if erlangs == 0:
        return ErlangA(*system, abandoned=0.0, waits=0.0, mean_wait=0.0, log_one_free=-math.inf)
    if math.isinf(patience_seconds):
        if erlangs >= servers:
            raise ValueError(f"{servers} servers never catch up with {erlangs:g} erlangs when nobody gives up")
        waits = erlang_c(servers, erlangs)
        # P(c - 1 busy) = P(c busy)·c/a, and P(c busy) = P(wait)·(1 - a/c).
        one_free = math.log(waits * (1 - erlangs / servers) * servers / erlangs) if waits > 0 else -math.inf
        return ErlangA(
            *system,
            abandoned=0.0,
            waits=waits,
            mean_wait=mean_wait(servers, arrivals_per_second, handling_seconds),
            log_one_free=one_free,
        )
    theta = handling_seconds / patience_seconds
    log_p = _log_birth_death(servers, erlangs, theta)
    p = np.exp(log_p)
    queue = float(np.arange(len(p) - servers) @ p[servers:])
    return ErlangA(
        *system,
        abandoned=theta * queue / erlangs,
        waits=float(p[servers:].sum()),
        mean_wait=queue / erlangs * handling_seconds,
        log_one_free=float(log_p[servers - 1]) if servers > 0 else -math.inf,
    )


def square_root_staffing(erlangs: float, beta: float) -> int:
    """⌈R + β√R⌉ servers for an offered load of R erlangs (Halfin & Whitt 1981); never below 0."""
    _check(0, erlangs)
    return max(0, math.ceil(erlangs + beta * math.sqrt(erlangs)))


def halfin_whitt_delay(beta: float) -> float:
    """P(wait) for many servers at R + β√R of them: [1 + βΦ(β)/φ(β)]⁻¹ (Halfin & Whitt 1981). 1 for β <= 0."""
    if beta <= 0:
        return 1.0
    phi = math.exp(-beta * beta / 2) / math.sqrt(2 * math.pi)
    if phi == 0:
        return 0.0
    return 1 / (1 + beta * (1 + math.erf(beta / math.sqrt(2))) / 2 / phi)


def smallest_servers(
    arrivals_per_second: float,
    handling_seconds: float,
    within_seconds: float,
    level: float,
    patience_seconds: float = math.inf,
) -> int:
    """The fewest servers with which at least the share ``level`` is served within ``within_seconds``.

    Erlang C when patience is endless (the default), else Erlang A with abandoned calls counted as failed. ``level``
    lies strictly between 0 and 1 (no number of servers makes it certain). No arrivals need 0 servers.
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level!r}; a service level lies strictly between 0 and 1")
    if not within_seconds >= 0:
        raise ValueError(f"within is {within_seconds!r} s; it must not be negative")

    def good(servers: int) -> bool:
        if math.isinf(patience_seconds):
            return service_level(servers, arrivals_per_second, handling_seconds, within_seconds) >= level
        queue = erlang_a(servers, arrivals_per_second, handling_seconds, patience_seconds)
        return queue.service_level(within_seconds) >= level

    if good(0):
        return 0
    # The level rises with the servers: double until it is reached, then bisect.
    below, above = 0, 1
    while not good(above):
        below, above = above, 2 * above
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (below, middle) if good(middle) else (middle, above)
    return above


def throughput_bound(lines: int, mean_hold_seconds: float, calls_per_second: float) -> float:
    """Calls per second that ``lines`` can start at most in the long run: min(CPS, L/E[hold]).

    It holds whatever the distributions.
    ``mean_hold_seconds`` is ring + talk over all calls; ``calls_per_second`` is the pace, 0 for none.
    """
    if lines < 0 or not mean_hold_seconds > 0 or not calls_per_second >= 0:
        raise ValueError(
            f"lines {lines!r}, hold {mean_hold_seconds!r} s, pace {calls_per_second!r}: hold > 0, others >= 0"
        )
    by_lines = lines / mean_hold_seconds
    return min(calls_per_second, by_lines) if calls_per_second > 0 else by_lines


def _log_birth_death(servers: int, erlangs: float, theta: float) -> Floats:
    """log P(n in system), n = 0 … last, with μ = 1; last is where the rest of the sum is negligible. theta > 0."""
    # Up to here the chain may still rise; beyond it every ratio of neighbours is below 1.
    crest = max(erlangs, servers + max(0.0, (erlangs - servers) / theta))
    last = math.ceil(crest) + servers + 100
    while last <= MOST_STATES:
        n = np.arange(1, last + 1, dtype=np.float64)
        down = np.minimum(n, servers) + np.maximum(n - servers, 0) * theta
        log_p = np.concatenate(([0.0], np.cumsum(math.log(erlangs) - np.log(down))))
        log_p -= log_p.max()
        ratio = erlangs / float(down[-1])
        # Past the end the terms fall at least geometrically; n-weighted sums as well, with one more factor.
        if ratio < 1 and log_p[-1] - 2 * math.log1p(-ratio) + math.log(last) < -NEGLIGIBLE:
            return np.asarray(log_p - math.log(float(np.exp(log_p).sum())), dtype=np.float64)
        last *= 2
    raise ValueError(f"{servers} servers, {erlangs:g} erlangs and so much patience make a queue too long to tabulate")


def _integral_of_exp(log_f: Callable[[Floats], Floats], until: float, panels: int) -> float:
    """∫ exp(log_f) from 0 to ``until`` by Gauss–Legendre with 10 nodes in each of equal panels."""
    if until <= 0:
        return 0.0
    nodes, weights = np.polynomial.legendre.leggauss(10)
    width = until / panels
    at = (np.arange(panels)[:, None] + (nodes[None, :] + 1) / 2) * width
    return float((np.exp(log_f(at)) @ weights).sum() * width / 2)


def _load(arrivals_per_second: float, handling_seconds: float) -> float:
    if not (arrivals_per_second >= 0 and handling_seconds > 0):
        raise ValueError(f"{arrivals_per_second!r} arrivals/s of {handling_seconds!r} s: arrivals >= 0, handling > 0")
    return arrivals_per_second * handling_seconds


def _check(servers: int, erlangs: float) -> None:
    if servers < 0 or not (erlangs >= 0 and math.isfinite(erlangs)):
        raise ValueError(f"{servers!r} servers, {erlangs!r} erlangs: both are finite and not negative")
