"""Closed forms against published tables, other formulas for the same thing, and limits."""

import math

import numpy as np
import pytest
from scipy.linalg import expm

from callbacksim.study import erlang

# 100 calls in 30 minutes of 3 minutes each: 10 erlangs (the example of pyworkforce's documentation).
RATE, HANDLING = 100 / 1800, 180.0


def test_erlang_b_tables():
    # A table's 8.108 erlangs on 15 lines at 1 % blocking holds to its last digit.
    assert erlang.erlang_b(15, 8.1075) < 0.01 < erlang.erlang_b(15, 8.1085)
    assert erlang.erlang_b(10, 5.0) == pytest.approx(0.018385, abs=5e-7)
    assert erlang.erlang_b(0, 3.0) == 1.0
    assert erlang.erlang_b(4, 0.0) == 0.0


def test_erlang_b_is_the_truncated_poisson_law():
    a, c = 6.5, 9
    terms = [a**n / math.factorial(n) for n in range(c + 1)]
    assert erlang.erlang_b(c, a) == pytest.approx(terms[-1] / sum(terms), rel=1e-13)


def test_erlang_c_published():
    assert erlang.service_level(14, RATE, HANDLING, 20) == pytest.approx(0.8883500191794669, rel=1e-12)
    assert erlang.erlang_c(14, 10.0) == pytest.approx(0.1741319335950498, rel=1e-12)
    assert erlang.smallest_servers(RATE, HANDLING, 20, 0.8) == 14
    assert erlang.service_level(13, RATE, HANDLING, 20) < 0.8


def test_erlang_c_with_one_server_is_m_m_1():
    rate, handling = 0.8 / 60, 60.0
    assert erlang.erlang_c(1, 0.8) == pytest.approx(0.8)
    assert erlang.mean_wait(1, rate, handling) == pytest.approx(0.8 * 60 / 0.2)
    assert erlang.wait_exceeds(1, rate, handling, 90) == pytest.approx(0.8 * math.exp(-0.2 * 90 / 60))


def test_mean_wait_is_the_integral_of_its_tail():
    t = np.linspace(0, 4000, 400_001)
    tail = np.array([erlang.wait_exceeds(14, RATE, HANDLING, s) for s in t[::100]])
    assert np.trapezoid(tail, t[::100]) == pytest.approx(erlang.mean_wait(14, RATE, HANDLING), rel=1e-4)


def test_erlang_c_overloaded_or_idle():
    assert erlang.erlang_c(10, 10.0) == 1.0
    assert erlang.mean_wait(10, RATE, HANDLING) == math.inf
    assert erlang.service_level(10, RATE, HANDLING, 1e9) == 0.0
    assert erlang.erlang_c(0, 0.0) == 0.0
    assert erlang.mean_wait(0, 0.0, HANDLING) == 0.0
    assert erlang.service_level(3, 0.0, HANDLING, 0) == 1.0
    assert erlang.wait_exceeds(14, RATE, HANDLING, -1) == 1.0


def test_erlang_a_published():
    q = erlang.erlang_a(13, RATE, HANDLING, 300)
    assert q.abandoned == pytest.approx(0.024963, abs=5.1e-7)
    assert q.waits == pytest.approx(0.225797, abs=5.1e-7)
    assert q.mean_wait / 60 == pytest.approx(0.124817, abs=5.1e-7)


@pytest.mark.parametrize(("servers", "erlangs"), [(1, 0.3), (5, 8.0), (12, 10.0), (300, 280.0), (40, 2.0)])
def test_erlang_a_with_patience_like_handling_is_poisson(servers, erlangs):
    # theta = mu: the number in system is that of M/M/infinity.
    q = erlang.erlang_a(servers, erlangs / 60, 60.0, 60.0)
    n = np.arange(0, 2000)
    p = np.exp(n * math.log(erlangs) - erlangs - np.array([math.lgamma(k + 1) for k in n]))
    assert q.waits == pytest.approx(p[servers:].sum(), rel=1e-10)
    assert q.abandoned == pytest.approx((np.maximum(n - servers, 0) @ p) / erlangs, rel=1e-10)


@pytest.mark.parametrize(
    ("servers", "erlangs", "patience"),
    [(1, 5.0, 30.0), (3, 3.5, 90.0), (20, 18.0, 10.0), (200, 260.0, 400.0), (1, 5000.0, 60.0), (5, 4.9, 60000.0)],
)
def test_erlang_a_balances_flows(servers, erlangs, patience):
    # What is not abandoned is served: the wait's law (an integral) and the chain (a sum) must agree.
    q = erlang.erlang_a(servers, erlangs / 60, 60.0, patience)
    assert q.service_level(1e12) == pytest.approx(1 - q.abandoned, rel=1e-9)
    assert q.service_level(0) == pytest.approx(1 - q.waits, abs=1e-14)
    assert q.abandoned == pytest.approx(q.mean_wait / patience, rel=1e-12)


def test_erlang_a_service_level_by_another_road():
    # Who arrives behind k waiting moves up when any server frees or any of the k gives up, or gives up himself:
    # an absorbing chain, solved with a matrix exponential, weighted with the stationary law.
    servers, erlangs, handling, patience, within = 3, 3.5, 60.0, 90.0, 20.0
    mu, theta, most = 1 / handling, 1 / patience, 80
    p = [1.0]
    for n in range(1, servers + most + 1):
        p.append(p[-1] * erlangs * mu / (min(n, servers) * mu + max(n - servers, 0) * theta))
    p = np.array(p) / sum(p)
    q = np.zeros((most + 2, most + 2))  # states: 0 … most ahead, then served
    for k in range(most + 1):
        ahead = servers * mu + k * theta
        q[k, k - 1 if k > 0 else most + 1] = ahead
        q[k, k] = -ahead - theta
    served = expm(q * within)[: most + 1, most + 1]
    expected = p[:servers].sum() + p[servers:] @ served
    got = erlang.erlang_a(servers, erlangs / handling, handling, patience).service_level(within)
    assert got == pytest.approx(expected, rel=1e-9)


def test_erlang_a_tends_to_erlang_c():
    patient, endless = (erlang.erlang_a(14, RATE, HANDLING, p) for p in (1e10, math.inf))
    assert endless.abandoned == 0.0
    assert patient.waits == pytest.approx(endless.waits, rel=1e-6)
    assert patient.mean_wait == pytest.approx(endless.mean_wait, rel=1e-5)
    assert patient.log_one_free == pytest.approx(endless.log_one_free, rel=1e-6)
    assert endless.service_level(20) == erlang.service_level(14, RATE, HANDLING, 20)
    with pytest.raises(ValueError, match="never catch up"):
        erlang.erlang_a(10, RATE, HANDLING, math.inf)
    with pytest.raises(ValueError, match="too long to tabulate"):
        erlang.erlang_a(1, 1.0, 100.0, 1e9)


def test_erlang_a_without_servers_or_arrivals():
    q = erlang.erlang_a(0, RATE, HANDLING, 30.0)
    assert (q.abandoned, q.waits) == (pytest.approx(1.0), pytest.approx(1.0))
    assert q.mean_wait == pytest.approx(30.0)
    assert q.service_level(20) == 0.0
    q = erlang.erlang_a(2, 0.0, HANDLING, 30.0)
    assert (q.abandoned, q.waits, q.mean_wait, q.service_level(0)) == (0.0, 0.0, 0.0, 1.0)


def test_smallest_servers_is_the_smallest():
    for patience in (math.inf, 300.0, 30.0):
        c = erlang.smallest_servers(RATE, HANDLING, 20, 0.9, patience)

        def level(servers: int, patience: float = patience) -> float:
            if math.isinf(patience):
                return erlang.service_level(servers, RATE, HANDLING, 20)
            return erlang.erlang_a(servers, RATE, HANDLING, patience).service_level(20)

        assert level(c - 1) < 0.9 <= level(c)
    assert erlang.smallest_servers(0.0, HANDLING, 20, 0.9) == 0


def test_square_root_staffing():
    assert erlang.square_root_staffing(100.0, 1.0) == 110
    assert erlang.square_root_staffing(10.0, 0.5) == 12  # 10 + 1.58
    assert erlang.square_root_staffing(1.0, -5.0) == 0


def test_halfin_whitt_is_the_limit_of_erlang_c():
    # Tables: beta = 1 gives 0.2234.
    assert erlang.halfin_whitt_delay(1.0) == pytest.approx(0.2234, abs=5e-5)
    assert erlang.halfin_whitt_delay(0.0) == 1.0
    assert erlang.halfin_whitt_delay(50.0) == 0.0
    assert erlang.erlang_c(10_000 + 100, 10_000.0) == pytest.approx(erlang.halfin_whitt_delay(1.0), abs=0.002)


def test_throughput_bound():
    assert erlang.throughput_bound(20, 40.0, 1.0) == 0.5
    assert erlang.throughput_bound(80, 40.0, 1.0) == 1.0
    assert erlang.throughput_bound(80, 40.0, 0.0) == 2.0
    assert erlang.throughput_bound(0, 40.0, 1.0) == 0.0


@pytest.mark.parametrize(
    "call",
    [
        lambda: erlang.erlang_b(-1, 1.0),
        lambda: erlang.erlang_c(1, -1.0),
        lambda: erlang.erlang_c(1, math.nan),
        lambda: erlang.mean_wait(1, 1.0, 0.0),
        lambda: erlang.erlang_a(1, 1.0, 1.0, 0.0),
        lambda: erlang.smallest_servers(1.0, 1.0, 1.0, 1.0),
        lambda: erlang.smallest_servers(1.0, 1.0, -1.0, 0.5),
        lambda: erlang.throughput_bound(1, 0.0, 1.0),
        lambda: erlang.square_root_staffing(-1.0, 1.0),
    ],
)
def test_nonsense_is_refused(call):
    with pytest.raises(ValueError, match=r"\S"):
        call()
