"""A picture of the page as an SVG file that needs nothing else: no style sheet, no font, no page around it.

Title, legend and note, which the page writes around a picture, are drawn with it; all text is outlines, its words kept
in ``aria-label``.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from callbacksim.report.figures.glyphs import outline, width
from callbacksim.report.figures.look import colour, look
from callbacksim.report.page.blocks import Figure
from callbacksim.report.page.charts import CLOSING, OPENING
from callbacksim.report.page.svg import Legend, short

WIDE = 480.0
"""So wide is a file, in units in which its text is 12 high."""
CENTIMETRES = 12.0
"""So wide is it on paper, its text 8.5 points high; in a column of 8.5 cm these are 6 points, on a slide 24."""
MARGIN = 14.0
TITLE, KEYS, NOTE = 14.0, 12.0, 11.0
LINE = 1.35
BOLD = 600
THICKER = 0.034
"""By so much of its size the lines of bold text are thicker."""
KEPT = (
    "x", "y", "width", "height", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "d", "points", "transform",
    "fill", "fill-opacity", "opacity", "stroke", "stroke-width",
)  # fmt: skip
"""What an element of the page says of itself; the rest speaks to a browser."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PIECE = re.compile(rf"\s+|[{OPENING}]*(?:[^\s⺀-\U0010ffff]+|[^\s{OPENING}])|.")


def standalone(figure: Figure, about: str) -> Element:
    """The file's root element; `about`: what stands above the title, so that the picture can stand alone."""
    inside = WIDE - 2 * MARGIN
    chart = ElementTree.fromstring(_NOT_XML.sub("\ufffd", figure.svg.draw(inside)))
    _, _, chart_wide, chart_high = (float(one) for one in chart.attrib["viewBox"].split())
    root = Element("svg")
    for of in ("title", "desc"):
        SubElement(root, of).text = chart.findtext(of)
    ground = SubElement(root, "rect", x="0", y="0", fill=colour("paper"))
    y = MARGIN - 4
    for line in wrapped(about, NOTE, inside):
        y += NOTE * LINE
        root.append(_text(line, MARGIN, y - 2, NOTE, colour("dim")))
    y += 2
    for line in wrapped(figure.title, TITLE, inside):
        y += TITLE * LINE
        root.append(_text(line, MARGIN, y - 4, TITLE, colour("ink"), bold=True))
    y = _legend(root, figure.legend, y + 4, inside)
    drawn = SubElement(root, "g", transform=f"translate({short(MARGIN)} {short(y)})")
    drawn.extend(_drawn(chart))
    y += chart_high * inside / chart_wide
    for at, line in enumerate(wrapped(figure.note, NOTE, inside)):
        y += NOTE * LINE + (6 if at == 0 else 0)
        root.append(_text(line, MARGIN, y, NOTE, colour("dim")))
    high = y + MARGIN
    ground.set("width", short(WIDE))
    ground.set("height", short(high))
    root.attrib |= {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {short(WIDE)} {short(high)}",
        "width": f"{CENTIMETRES:g}cm",
        "height": f"{high * CENTIMETRES / WIDE:.3f}cm",
        "role": "img",
    }
    return root


def wrapped(words: str, size: float, room: float) -> list[str]:
    """A text in lines that fit: Western words stay whole, Chinese breaks anywhere but before its punctuation."""
    lines, line = [], ""
    for piece in _PIECE.findall(_NOT_XML.sub("\ufffd", words)):
        if line and piece not in CLOSING and width((line + piece).rstrip(), size) > room:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _legend(root: Element, legend: Legend, y: float, room: float) -> float:
    """The legend under `y`, as many of its keys in a row as fit; where it ends."""
    if not legend.entries:
        return y
    x, y = MARGIN, y + KEYS * LINE
    for class_, words in legend.entries:
        words = _NOT_XML.sub("\ufffd", words)
        wide = 16 + width(words, KEYS)
        if x > MARGIN and x + wide > MARGIN + room:
            x, y = MARGIN, y + KEYS * LINE + 2
        root.append(_key(class_, x, y - 9))
        root.append(_text(words, x + 16, y, KEYS, colour("ink")))
        x += wide + 16
    return y + 8


def _key(class_: str, x: float, y: float) -> Element:
    """The sign before the words of a legend: a piece of line, a diamond, a dot, a patch."""
    kind, _, which = class_.partition("-")
    if kind == "line":
        of = look("line", "mark promise") if which == "promise" else look("polyline", f"line l-{which}")
        ends = {"x1": short(x), "y1": short(y + 5), "x2": short(x + 12), "y2": short(y + 5)}
        return Element("line", {**ends, "stroke": of["stroke"], "stroke-width": "3"})
    if kind == "other":
        points = f"M{short(x + 5)} {short(y - 1)}l5 6l-5 6l-5 -6z"
        return Element("path", {"d": points, **look("path", "other")})
    if kind in ("dot", "hollow"):
        of = look("circle", "hollow" if kind == "hollow" else f"dot f-{which}")
        return Element("circle", {"cx": short(x + 5), "cy": short(y + 5), "r": "5", **of})
    of = look("rect", f"shade {class_}" if class_ in ("open", "holiday") else class_) or look("rect", f"f-{class_}")
    edge = {} if class_.isdigit() else {"stroke": colour("rule")}
    of = {**edge, **of, "fill": of["fill"].replace("transparent", "none")}
    return Element("rect", {"x": short(x), "y": short(y), "width": "10", "height": "10", **of})


def _drawn(chart: Element) -> list[Element]:
    """What is in the page's picture, each element with its own look."""
    found = []
    for element in chart:
        if element.tag in ("title", "desc"):
            continue
        classes = element.get("class", "")
        properties = look(element.tag, classes)
        if element.tag == "text":
            found.append(_lettered(element, properties))
            continue
        if properties.get("fill") == "transparent":
            if "stroke" not in properties:  # it only answers to the pointer
                continue
            properties["fill"] = "none"
        kept = {key: value for key, value in element.attrib.items() if key in KEPT}
        copy = Element(element.tag, kept | properties)
        copy.extend(_drawn(element))
        found.append(copy)
    return found


def _lettered(element: Element, properties: dict[str, str]) -> Element:
    words, size = "".join(element.itertext()), float(properties["font-size"])
    x, y = float(element.get("x", "0")), float(element.get("y", "0"))
    wide = width(words, size)
    x -= {"middle": wide / 2, "end": wide}.get(element.get("text-anchor", "start"), 0.0)
    bold = float(properties.get("font-weight", 400)) >= BOLD
    return _text(words, x, y, size, properties["fill"], bold)


def _text(words: str, x: float, y: float, size: float, fill: str, bold: bool = False) -> Element:
    thicker = {"stroke": fill, "stroke-width": f"{THICKER * size:.2f}", "stroke-linejoin": "round"} if bold else {}
    path = {"d": outline(words, size, x, y).path, "fill": fill, **thicker}
    return Element("path", {"aria-label": words, **path})
