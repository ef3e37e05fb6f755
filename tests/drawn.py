"""Pictures in SVG files, read as a viewer reads them: where their words stand, and whether they can be read."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from fontTools.pens.boundsPen import ControlBoundsPen
from fontTools.svgLib.path import parse_path

SVG = "{http://www.w3.org/2000/svg}"


def words_of(root: Element) -> list[str]:
    """Every text of a picture."""
    return [one.attrib["aria-label"] for one in root.iter() if "aria-label" in one.attrib]


def svgs(directory: Path) -> dict[str, Element]:
    """The pictures of a directory by their names."""
    return {path.stem: ElementTree.parse(path).getroot() for path in sorted(directory.glob("*.svg"))}


def boxes(root: Element) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Every text of a picture with the box around its ink: left, top, right, bottom; in the picture's units."""
    found: list[tuple[str, tuple[float, float, float, float]]] = []

    def seek(element: Element, right: float, down: float) -> None:
        moved = re.fullmatch(r"translate\(([\d.]+) ([\d.]+)\)", element.get("transform", ""))
        x, y = (float(moved[1]), float(moved[2])) if moved else (0.0, 0.0)
        if element.get("d") and "aria-label" in element.attrib:
            pen = ControlBoundsPen(None)
            parse_path(element.attrib["d"], pen)
            left, top, end, bottom = pen.bounds
            box = left + right + x, top + down + y, end + right + x, bottom + down + y
            found.append((element.attrib["aria-label"], box))
        for one in element:
            seek(one, right + x, down + y)

    seek(root, 0, 0)
    return found


def clashes(root: Element) -> list[tuple[str, ...]]:
    """Texts that lie upon each other or leave the picture."""
    _, _, wide, high = (float(one) for one in root.attrib["viewBox"].split())
    found = boxes(root)
    bad: list[tuple[str, ...]] = [(t,) for t, (a, b, c, d) in found if a < 0 or b < 0 or c > wide or d > high]
    for (one, a), (other, b) in combinations(found, 2):
        if min(a[2], b[2]) - max(a[0], b[0]) > 0.5 and min(a[3], b[3]) - max(a[1], b[1]) > 0.5:
            bad.append((one, other))
    return bad
