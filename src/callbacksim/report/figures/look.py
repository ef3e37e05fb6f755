"""How the page looks on paper, for files without a style sheet: what its own says of an element of a picture.

The sheet is our own and simple: a picture's rules name an element or classes, perhaps below ``svg``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

PROPERTIES = (
    "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-opacity",
    "opacity", "font-size", "font-weight", "text-anchor",
)  # fmt: skip
_AT_RULE = re.compile(r"@[^{}]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SELECTOR = re.compile(r"(?:(svg) )?([a-z]+)?((?:\.[\w-]+)*)")
_VARIABLE = re.compile(r"var\(--([\w-]+)\)")


@dataclass(frozen=True)
class Rule:
    """What holds for elements with this name ("": any) and all these classes; the later in `weight` prevails."""

    name: str
    classes: frozenset[str]
    weight: tuple[int, int, int]
    says: tuple[tuple[str, str], ...]


def look(name: str, classes: str) -> dict[str, str]:
    """The properties of an element of a picture, by its name and its classes, in the colours of the light page."""
    have = frozenset(classes.split())
    found: dict[str, str] = {}
    for rule in rules():
        if rule.name in ("", name) and rule.classes <= have:
            found |= dict(rule.says)
    return found


def colour(name: str) -> str:
    """A colour of the light page, by its name there."""
    return _variables()[name]


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule for elements of pictures, in the order in which they prevail."""
    found = []
    for at, (selectors, block) in enumerate(_RULE.findall(_sheet())):
        says = tuple((key, value) for key, value in _declared(block, _variables()).items() if key in PROPERTIES)
        for selector in selectors.split(","):
            known = _SELECTOR.fullmatch(selector.strip())
            if known and says and (known[2] or known[3]):
                classes = frozenset(known[3].split(".")[1:])
                weight = (len(classes), bool(known[1]) + bool(known[2]), at)
                found.append(Rule(known[2] or "", classes, weight, says))
    return tuple(sorted(found, key=lambda rule: rule.weight))


def _declared(block: str, variables: Mapping[str, str]) -> dict[str, str]:
    pairs = (one.partition(":") for one in block.split(";") if ":" in one)
    return {
        key.strip(): _VARIABLE.sub(lambda found: variables[found[1]], value.strip()).removesuffix("px")
        for key, _, value in pairs
    }


@cache
def _variables() -> Mapping[str, str]:
    root = next(block for selector, block in _RULE.findall(_sheet()) if selector.strip() == ":root")
    return {key.removeprefix("--"): value for key, value in _declared(root, {}).items() if key.startswith("--")}


@cache
def _sheet() -> str:
    """The style sheet without what holds for dark screens, small ones and printers."""
    return _AT_RULE.sub("", resources.files("callbacksim.report.page").joinpath("page.css").read_text(encoding="utf-8"))
