"""A page read as a reader's program sees it: its text, its attributes, its tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "img", "link", "input", "hr", "wbr"}
UNSEEN = {"script", "style"}


@dataclass
class Element:
    """An element with its attributes and what is inside."""

    name: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def text(self, names: bool = True) -> str:
        """The text of it and of all below; without `names` what is marked as not to be translated is left out."""
        if self.name in UNSEEN or (not names and self.attributes.get("translate") == "no"):
            return ""
        return "".join(one if isinstance(one, str) else one.text(names) for one in self.children)

    def all(self, name: str = "", **attributes: str) -> list[Element]:
        """Every element below with this name and these attributes (``data_part`` for ``data-part``)."""
        found = []
        for one in self.children:
            if isinstance(one, Element):
                asked = {key.replace("_", "-").rstrip("-"): value for key, value in attributes.items()}
                if (not name or one.name == name) and asked.items() <= one.attributes.items():
                    found.append(one)
                found += one.all(name, **attributes)
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read_page(html: str) -> Element:
    """The whole page; AssertionError where an element is not closed by its own end."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [reader.root], [one.name for one in reader.open]
    return reader.root


def numbers_of(text: str) -> list[float]:
    """Every number in a text."""
    return [float(one.replace(",", "")) for one in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]


ALLOWED = {"AAPOR", "RR", "REF", "CON", "COOP", "AI", "CSV", "Excel", "callbacksim", "Erlang"}
CODES = {"CN", "DE", "BY", "UO", "NE", "UH", "NC", "windows", "none", "groups", "reach"}
COLUMNS = {"contact", "attempt", "outcome", "ring", "talk", "try", "reached", "hold", "patience", "found", "listened"}
"""What is the same in Chinese: names, codes and columns of a file; and fields with a dot or an underscore."""


def english_words(page: Element) -> set[str]:
    """English words on a page that are neither names of somebody's nor codes."""
    said = [page.text(names=False)]
    for one in page.all():
        if one.attributes.get("translate") != "no":
            said += [one.attributes.get(key, "") for key in ("aria-label", "data-tip", "title", "alt")]
    fields = re.compile(r"[a-z_]+[._][a-z_.#0-9]+")
    words = {word for text in said for word in re.findall(r"[A-Za-z]{2,}", fields.sub("", text))}
    return words - ALLOWED - CODES - COLUMNS
