"""The notebooks run, show what they showed, and define nothing that belongs in the library."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import nbformat
import pytest

from notebook_runs import NOTEBOOKS, executed, notebooks

LONGEST_FUNCTION = 5
OWN_MODELS = ("06-trust-it.ipynb", "07-extend-the-model.ipynb")
"""The notebooks that have classes of their own; a rule there has up to twelve lines."""
LONGEST_RULE = 12
LARGEST = 300 * 1024
NAMES = [path.name for path in notebooks()]


def committed(name: str) -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOKS / name, as_version=4)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def texts(cell: nbformat.NotebookNode) -> list[str]:
    """What the outputs of a cell say, pictures apart."""
    shown = [output.get("data", {}) | {"text": output.get("text", "")} for output in cell.outputs]
    found = [data.get(kind, "") for data in shown for kind in ("text", "text/plain", "text/html")]
    return [text for text in found if text and not text.startswith("<Figure size")]


def test_the_notebooks_are_here():
    assert [
        "01-first-campaign.ipynb",
        "02-comparing-plans.ipynb",
        "03-how-many-people.ipynb",
        "04-from-a-pilot.ipynb",
        "05-your-own-register.ipynb",
        *OWN_MODELS,
    ] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_run_from_top_to_bottom_shows_what_the_file_shows(name: str):
    again = executed(NOTEBOOKS / name)  # raises where a cell fails
    for now, kept in zip(code_cells(again), code_cells(committed(name)), strict=True):
        assert texts(now) == texts(kept), f"{name} is out of date; run: python tests/notebook_runs.py\n{kept.source}"


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_has_run_in_order_without_an_error(name: str):
    cells = code_cells(committed(name))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        kinds = {output.output_type for output in cell.outputs}
        assert "error" not in kinds, cell.source
        assert not any(output.get("name") == "stderr" for output in cell.outputs), cell.source
        assert cell.outputs, cell.source


@pytest.mark.parametrize("name", NAMES)
def test_notebooks_define_nothing_that_belongs_in_the_library(name: str):
    for cell in code_cells(committed(name)):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.ClassDef):
                assert name in OWN_MODELS and ast.unparse(node.bases[0]) in ("cs.Campaign", "cs.Physics"), cell.source
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                longest = LONGEST_RULE if name in OWN_MODELS else LONGEST_FUNCTION
                assert (node.end_lineno or node.lineno) - node.lineno + 1 <= longest, cell.source


@pytest.mark.parametrize("name", NAMES)
def test_files_are_small_and_name_no_machine(name: str):
    path = NOTEBOOKS / name
    text = path.read_text(encoding="utf-8")
    assert path.stat().st_size < LARGEST
    assert committed(name).metadata.keys() == {"kernelspec", "language_info"}
    for trace_of_machine in (str(Path.home()) + os.sep, str(NOTEBOOKS.parent) + os.sep, "site-packages", "/tmp/"):
        assert trace_of_machine not in re.sub(r'"image/png": "[^"]*"', "", text), trace_of_machine


@pytest.mark.parametrize("name", NAMES)
def test_no_notebook_shows_a_full_number(name: str):
    shown = re.sub(r'"image/png": "[^"]*"', "", (NOTEBOOKS / name).read_text(encoding="utf-8"))
    assert not re.search(r"(?<![\d.])1[3-9]\d(?:[ -]?\d){8}(?!\d)", shown)
