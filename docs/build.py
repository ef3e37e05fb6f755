"""Build the site of the documents into a directory: ``python docs/build.py build/site``. A warning fails.

The pages are the project's own documents. What is made when they are built is made in a copy: the table of
parameters (from the schema) and the pictures (from small runs). No network is used, to build or to read.
"""

from __future__ import annotations

import re
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pictures import draw
from sphinx.cmd.build import main as sphinx

import callbacksim as cs
from callbacksim.report.parameters import parameters_markdown

DOCS = Path(__file__).parent
ROOMS = re.compile(r"^```\nscenario/ .*?^```$", re.MULTILINE | re.DOTALL)
"""The list of rooms, in whose place the site has a picture."""


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


def prepare(source: Path) -> None:
    """The documents, with what is made of the project."""
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(DOCS, source, ignore=shutil.ignore_patterns("*.pyc", "__pycache__", "build.py", "pictures.py"))
    (source / "parameters.md").write_text(parameters_markdown(), encoding="utf-8")
    draw(source / "pictures")
    design = source / "design.md"
    picture = "![The five rooms, in the order in which data goes through them](pictures/house.png)"
    shown, times = ROOMS.subn(picture, design.read_text(encoding="utf-8"))
    assert times == 1
    design.write_text(shown, encoding="utf-8")


def faults(site: Path) -> list[str]:
    """Links that lead nowhere, files from elsewhere, pictures without words, public names without an entry."""
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
        found += [f"{sheet.name}: loads {url}" for url in re.findall(r"url\(['\"]?(https?:[^)]*)\)", text)]
    entries = pages[(site / "reference.html").resolve()].anchors
    return found + [f"reference: no entry for {name}" for name in cs.__all__ if f"callbacksim.{name}" not in entries]


def build(out: Path) -> int:
    """Build and check; 0 if nothing is wrong."""
    source = out.parent / f"{out.name}-source"
    prepare(source)
    shutil.rmtree(out, ignore_errors=True)
    status = sphinx(
        ["-q", "-W", "--keep-going", "-E", "-b", "html", "-d", str(source / "_build"), str(source), str(out)]
    )
    if status:
        return status
    wrong = faults(out)
    print("\n".join(wrong) or f"{out / 'index.html'}: {len(list(out.rglob('*.html')))} pages, every link resolves")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1] if len(sys.argv) > 1 else "build/site")))
