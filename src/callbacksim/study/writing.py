"""How numbers are written, wherever they are shown: on screens, in files, in notebooks."""

from __future__ import annotations

import math

from callbacksim.study.estimates import Estimate

UNDEFINED = "—"


def number(value: float | None, decimals: int = 0) -> str:
    """``1,234`` or ``−3.5``; ``—`` for a figure that is not defined."""
    if value is None or not math.isfinite(value):
        return UNDEFINED
    rounded = round(value, decimals)
    text = f"{abs(rounded):,.{decimals}f}"
    return f"−{text}" if rounded < 0 else text


def fitting(estimate: Estimate) -> int:
    """Decimals that suit a figure: no more than its interval, or else its size, can carry."""
    if estimate.mean is None:
        return 0
    width = estimate.half_width or 0.0
    if abs(estimate.mean) >= 1000:
        return 0
    if width > 0:
        return max(0, min(3, 1 - math.floor(math.log10(width))))
    if float(estimate.mean).is_integer():
        return 0
    return 0 if abs(estimate.mean) >= 100 else 1 if abs(estimate.mean) >= 10 else 2
