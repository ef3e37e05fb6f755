"""The Python in the documents runs: every ```python block, in order, a document's blocks in one namespace.

`cs.load` is given a small register in these tests, so that examples can be written for the real scenario files.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

import callbacksim as cs
from callbacksim import api
from callbacksim.scenario.schema import Scenario

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("docs/quickstart.md", "docs/own-register.md", "docs/choosing-a-plan.md", "docs/extending.md", "README.md")
SMALL = ("register.rows=900", "register.contacts=700", "recognition.unclear=0.1")
"""A register of which a replication takes a few hundredths of a second, and some escalations all the same."""
PICTURES = ("house.png", "flow.svg", "finish.svg")
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(document: str) -> list[tuple[int, str]]:
    """(line of the first line, code) of a document's Python blocks."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return [(text[: found.start(1)].count("\n") + 1, found.group(1)) for found in BLOCK.finditer(text)]


def load_small(path: Path | str, plan: str | None = None, overrides: Sequence[str] = ()) -> Scenario:
    return api.load(path, plan, (*SMALL, *overrides))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_python_in_documents_runs(document: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(cs, "load", load_small)
    namespace: dict[str, object] = {"__name__": "__main__"}  # as in a script or a notebook: classes go to workers
    for line, code in blocks(document):
        tree = ast.increment_lineno(ast.parse(code), line - 1)
        exec(compile(tree, str(ROOT / document), "exec"), namespace)


def test_there_is_something_to_run():
    assert len(blocks("docs/extending.md")) >= 7
    assert blocks("README.md")


@pytest.mark.parametrize("document", ["README.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))])
def test_files_that_documents_name_exist(document: str):
    text = (ROOT / document).read_text(encoding="utf-8")
    rooms = ("scenario", "frame", "campaign", "study", "report")
    for name in re.findall(r"`((?:[\w-]+/)+[\w.-]+\.(?:py|toml|md))`", text):
        inside = ROOT / "src" / "callbacksim" / name if name.split("/")[0] in rooms else ROOT / name
        assert inside.exists(), f"{document} names {name}"
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)\)", text):
        if link.startswith("pictures/"):  # made when the site is built
            assert link.removeprefix("pictures/") in PICTURES, f"{document} shows {link}"
        else:
            assert ((ROOT / document).parent / link).exists(), f"{document} links {link}"
