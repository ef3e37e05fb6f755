"""Run the notebooks. As a program it keeps what they show: ``python tests/notebook_runs.py``."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
SECONDS = 240
"""A cell that takes longer is stuck; the whole of a notebook takes well under a minute on an idle core."""
# No version of Python, nothing of the machine: a notebook that is run again elsewhere stays the same file.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebooks() -> list[Path]:
    """The notebooks, in order."""
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def executed(path: Path) -> nbformat.NotebookNode:
    """The notebook as it is after a run from top to bottom, in its own directory. Raises on an error in a cell."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    where = {"metadata": {"path": str(NOTEBOOKS)}}
    NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", resources=where, record_timing=False).execute()
    notebook.metadata = nbformat.from_dict(METADATA)
    return notebook


if __name__ == "__main__":
    for notebook_path in notebooks():
        nbformat.write(executed(notebook_path), notebook_path)
        print(notebook_path.name)
