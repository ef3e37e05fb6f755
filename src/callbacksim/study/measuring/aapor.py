"""The outcome rates of a survey, after AAPOR's Standard Definitions.

Every contact ends with one final disposition. Their counts, and an assumption about how many of the cases of
unknown eligibility are eligible, give the response, cooperation, refusal and contact rates that surveys publish.

Source: American Association for Public Opinion Research, Standard Definitions: Final Dispositions of Case Codes and
Outcome Rates for Surveys (9th ed., 2016), telephone surveys.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

Group = Literal["I", "P", "R", "NC", "O", "UH", "UO", "NE"]


@dataclass(frozen=True)
class Code:
    """A final disposition code: its name in both languages and the group of the rates that it counts in."""

    name: str
    name_zh: str
    group: Group


CODES: dict[str, Code] = {
    "1.1": Code("complete interview", "完整完成", "I"),
    "1.2": Code("partial interview", "部分完成", "P"),
    "2.11": Code("refusal", "拒访", "R"),
    "2.12": Code("break-off", "中途挂断", "R"),
    "2.2": Code("non-contact", "未接触到受访者", "NC"),
    "2.3": Code("other, eligible", "其他(合格)", "O"),
    "3.11": Code("not attempted", "未拨打", "UH"),
    "3.12": Code("busy", "占线", "UH"),
    "3.13": Code("no answer", "无人接听", "UH"),
    "3.14": Code("answering device", "语音信箱或电话助理", "UH"),
    "3.15": Code("technical barrier", "技术障碍", "UH"),
    "3.9": Code("other, unknown eligibility", "其他(合格性未知)", "UO"),
    "4.2": Code("fax or data line", "传真或数据线路", "NE"),
    "4.3": Code("non-working number", "空号或停机", "NE"),
    "4.5": Code("wrong type of entity", "非调查对象类型", "NE"),
    "4.7": Code("no eligible respondent", "无合格受访者", "NE"),
    "4.8": Code("quota filled", "配额已满", "NE"),
}
"""Code -> meaning. The group is the standard's own; a study may count a code elsewhere, and says so.

Silent numbers of a trusted register may be NC; a number out of service may be UO, for it does not prove that the
*entity* is gone.
"""

RATE_NAMES = (
    *(f"RR{i}" for i in range(1, 7)),
    *(f"COOP{i}" for i in range(1, 5)),
    *(f"REF{i}" for i in range(1, 4)),
    *(f"CON{i}" for i in range(1, 4)),
)
"""The sixteen rates, in the order in which `rates` returns them."""


@dataclass(frozen=True)
class Dispositions:
    """How many contacts ended in each group; every contact is counted once.

    ``ValueError`` for a negative count.
    """

    I: int = 0  # noqa: E741 - the standard's own letter: complete interviews
    P: int = 0
    """partial interviews"""
    R: int = 0
    """refusals and break-offs"""
    NC: int = 0
    """non-contacts known to be eligible"""
    O: int = 0  # noqa: E741 - the standard's own letter: other, eligible
    UH: int = 0
    """unknown whether there is an entity at the number"""
    UO: int = 0
    """unknown, other"""
    NE: int = 0
    """not eligible"""

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 0:
                raise ValueError(f"{field.name} is {getattr(self, field.name)}; a count is not negative")

    @property
    def interviewed(self) -> int:
        """I + P."""
        return self.I + self.P

    @property
    def eligible(self) -> int:
        """D, the cases known to be eligible: (I + P) + (R + NC + O)."""
        return self.I + self.P + self.R + self.NC + self.O

    @property
    def unknown(self) -> int:
        """U, the cases of unknown eligibility: UH + UO."""
        return self.UH + self.UO

    @property
    def total(self) -> int:
        """All contacts: D + U + NE."""
        return self.eligible + self.unknown + self.NE


def eligibility(d: Dispositions) -> float | None:
    """The default e: the eligible share among the cases whose eligibility is known, D/(D + NE). None when none is."""
    return _over(d.eligible, d.eligible + d.NE)


def rates(d: Dispositions, e: float | None = None) -> dict[str, float | None]:
    """All sixteen rates by name, each a fraction of 1, or None where the denominator is zero.

    ``e`` is the share taken for eligible among the cases of unknown eligibility; None: `eligibility`. Where that is
    undefined too (nothing known), RR3, RR4, REF2 and CON2 are None. ``ValueError`` for e outside 0 … 1.
    """
    if e is not None and not 0 <= e <= 1:
        raise ValueError(f"e is {e!r}; the eligible share of the unknown cases lies between 0 and 1")
    share = eligibility(d) if e is None else e
    everyone = d.eligible + d.unknown
    estimated = 0.0 if share is None else d.eligible + share * d.unknown
    known = d.eligible
    contacted = d.interviewed + d.R + d.O
    able = d.interviewed + d.R
    values = (
        *(_over(top, base) for base in (everyone, estimated, known) for top in (d.I, d.interviewed)),
        *(_over(top, base) for base in (contacted, able) for top in (d.I, d.interviewed)),
        *(_over(d.R, base) for base in (everyone, estimated, known)),
        *(_over(contacted, base) for base in (everyone, estimated, known)),
    )
    return dict(zip(RATE_NAMES, values, strict=True))


def _over(top: float, base: float) -> float | None:
    return top / base if base > 0 else None
