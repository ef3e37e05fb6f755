"""Build the site of the documents into a directory: ``python docs/build.py build/site``. A warning fails.

The pages are the project's own documents. What is made when they are built is made in a copy: the table of
parameters (from the schema) and the pictures (from small runs). No network is used, to build or to read.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from faults import faults
from pictures import draw
from sphinx.cmd.build import main as sphinx

import callbacksim as cs
from callbacksim.report.parameters import parameters_markdown

DOCS = Path(__file__).parent
ROOMS = re.compile(r"^```\nscenario/ .*?^```$", re.MULTILINE | re.DOTALL)
"""The list of rooms, in whose place the site has a picture."""


def prepare(source: Path) -> None:
    """The documents, with what is made of the project."""
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(
        DOCS, source, ignore=shutil.ignore_patterns("*.pyc", "__pycache__", "build.py", "faults.py", "pictures.py")
    )
    (source / "parameters.md").write_text(parameters_markdown(), encoding="utf-8")
    draw(source / "pictures")
    design = source / "design.md"
    picture = "![The five rooms, in the order in which data goes through them](pictures/house.png)"
    shown, times = ROOMS.subn(picture, design.read_text(encoding="utf-8"))
    assert times == 1
    design.write_text(shown, encoding="utf-8")


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
    wrong = faults(out, [f"callbacksim.{name}" for name in cs.__all__])
    print("\n".join(wrong) or f"{out / 'index.html'}: {len(list(out.rglob('*.html')))} pages, every link resolves")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1] if len(sys.argv) > 1 else "build/site")))
