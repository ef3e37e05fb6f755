"""Outcome rates against the published worked example and the definitions."""

import pytest

from callbacksim.study.measuring.aapor import CODES, RATE_NAMES, Dispositions, eligibility, rates

EXAMPLE = Dispositions(I=4, P=2, R=1, NC=1, O=1, UH=1, UO=1, NE=1)


def test_published_example():
    # The worked example of ropensci/outcomerate, e = 0.9, to three digits.
    expected = {
        **dict(
            zip(("RR1", "RR2", "RR3", "RR4", "RR5", "RR6"), (0.364, 0.545, 0.370, 0.556, 0.444, 0.667), strict=True)
        ),
        **dict(zip(("COOP1", "COOP2", "COOP3", "COOP4"), (0.500, 0.750, 0.571, 0.857), strict=True)),
        **dict(zip(("REF1", "REF2", "REF3"), (0.091, 0.093, 0.111), strict=True)),
        **dict(zip(("CON1", "CON2", "CON3"), (0.727, 0.741, 0.889), strict=True)),
    }
    got = rates(EXAMPLE, e=0.9)
    assert tuple(got) == RATE_NAMES == tuple(expected)
    assert got == pytest.approx(expected, abs=5.1e-4)


def test_default_e_is_the_eligible_share_of_the_known():
    assert eligibility(EXAMPLE) == 9 / 10
    assert rates(EXAMPLE) == rates(EXAMPLE, e=0.9)


def test_e_between_its_extremes():
    # e = 1 takes every unknown case for eligible, e = 0 none.
    got = rates(EXAMPLE, e=1)
    assert (got["RR3"], got["RR4"], got["REF2"], got["CON2"]) == (got["RR1"], got["RR2"], got["REF1"], got["CON1"])
    got = rates(EXAMPLE, e=0)
    assert (got["RR3"], got["RR4"], got["REF2"], got["CON2"]) == (got["RR5"], got["RR6"], got["REF3"], got["CON3"])
    with pytest.raises(ValueError, match="between 0 and 1"):
        rates(EXAMPLE, e=1.1)


def test_zero_denominators_are_not_defined():
    assert set(rates(Dispositions()).values()) == {None}
    silent = rates(Dispositions(UH=5))
    assert (silent["RR1"], silent["RR3"], silent["RR5"], silent["COOP1"], silent["CON1"]) == (
        0.0,
        None,
        None,
        None,
        0.0,
    )
    dead = rates(Dispositions(UO=3, NE=2))  # e = 0: nothing eligible is known, so no denominator
    assert (dead["RR1"], dead["RR3"]) == (0.0, None)


def test_out_of_service_as_ineligible_raises_the_response_rate():
    unknown = rates(Dispositions(I=30, R=20, UH=40, UO=10))
    ineligible = rates(Dispositions(I=30, R=20, UH=40, NE=10))
    assert (unknown["RR1"], ineligible["RR1"]) == (0.3, 30 / 90)


def test_counts_add_up():
    assert (EXAMPLE.interviewed, EXAMPLE.eligible, EXAMPLE.unknown, EXAMPLE.total) == (6, 9, 2, 12)
    with pytest.raises(ValueError, match="NC is -1"):
        Dispositions(NC=-1)


def test_codes_sit_in_the_group_of_their_first_digit():
    groups = {"1": {"I", "P"}, "2": {"R", "NC", "O"}, "3": {"UH", "UO"}, "4": {"NE"}}
    for code, meaning in CODES.items():
        assert meaning.group in groups[code[0]]
        assert meaning.name and meaning.name_zh
    assert {
        code: CODES[code].group for code in ("1.1", "1.2", "2.11", "2.12", "2.2", "2.3", "3.12", "3.13", "4.3")
    } == {
        "1.1": "I",
        "1.2": "P",
        "2.11": "R",
        "2.12": "R",
        "2.2": "NC",
        "2.3": "O",
        "3.12": "UH",
        "3.13": "UH",
        "4.3": "NE",
    }
