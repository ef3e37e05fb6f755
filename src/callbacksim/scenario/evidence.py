"""How a field of the scenario states its unit, its plausible range and the evidence for its default.

Tags: ``S`` sourced, ``V`` vendor marketing, ``K`` textbook knowledge, ``A`` an assumption of ours,
``C`` computed by us, ``given`` the planner's own decision. ``docs/parameters.md`` explains the source keys.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

Tag = Literal["S", "V", "K", "A", "C", "given"]


def known(
    default: Any,
    text: str,
    *,
    unit: str = "",
    plausible: tuple[float, float] | None = None,
    tag: Tag = "given",
    source: str = "",
    **bounds: Any,
) -> Any:
    """A field with its default, meaning, unit, plausible range, evidence tag and source; ``...``: required."""
    evidence: dict[str, Any] = {
        "unit": unit,
        "plausible": list(plausible) if plausible else None,
        "tag": tag,
        "source": source,
    }
    kind = {"default_factory": default} if callable(default) else {"default": default}
    return Field(
        **kind,
        description=text,
        json_schema_extra={key: value for key, value in evidence.items() if value},
        **bounds,
    )
