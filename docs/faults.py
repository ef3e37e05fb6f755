"""What is wrong with a built site: reads its pages as a browser would, without one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """What a page refers to, what it loads, and where it can be jumped to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.without_words = 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        elif tag == "link" and "href" in found:
            self.loads.append(found["href"])
        elif "src" in found:
            self.loads.append(found["src"])
        self.without_words += tag == "img" and not found.get("alt")


def faults(site: Path, names: Sequence[str]) -> list[str]:
    """Links that lead nowhere, files from elsewhere, pictures without words, names that the reference has not."""
    pages = {path.resolve(): Page(path) for path in site.rglob("*.html")}
    found = []
    for path, page in pages.items():
        name = path.relative_to(site.resolve())
        found += [f"{name}: loads {url} from elsewhere" for url in page.loads if urlsplit(url).netloc]
        found += [f"{name}: a picture without words"] * page.without_words
        for link in [*page.links, *page.loads]:
            url = urlsplit(link)
            if url.scheme or url.netloc:
                continue
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            if not target.exists():
                found.append(f"{name}: {link} leads nowhere")
            elif url.fragment and target in pages and unquote(url.fragment) not in pages[target].anchors:
                found.append(f"{name}: {link} leads to no place of that page")
    for sheet in site.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        found += [f"{sheet.name}: loads {url}" for url in re.findall(r"""url\(["']?(https?:[^)"']*)""", text)]
    entries = pages[(site / "reference.html").resolve()].anchors
    return found + [f"reference: no entry for {name}" for name in names if name not in entries]
