"""How good are the tests? Every mutant of seven modules against the fast tests; `make mutation` runs it.

A mutant is a module with one small change (`<` for `<=`, + for −, an argument left out). It is *killed* when a test
fails; one that survives shows something no test looks at. Everything happens in a copy below `build/`.
"""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPY = ROOT / "build" / "mutation"
MODULES: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]["only_mutate"]
# How the tests ended for a mutant: one failed, or it used up its time (as many times over as the tests take).
FAILED, ENDLESS = (1, 3), (-24, 24, 36, 152, 255)


def plain(source: str) -> str:
    """The same module with its properties made by assignment: the tool leaves decorated functions alone."""
    lines = source.splitlines()
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    functions = [node for owner in classes for node in owner.body if isinstance(node, ast.FunctionDef)]
    for node in reversed(functions):
        names = [one.id for one in node.decorator_list if isinstance(one, ast.Name)]
        if names in (["property"], ["cached_property"]):
            assert node.end_lineno
            lines.insert(node.end_lineno, f"\n    {node.name} = {names[0]}({node.name})")
            del lines[node.decorator_list[0].lineno - 1]
    return "\n".join(lines) + "\n"


def copied() -> None:
    """The project anew in its copy, the modules to mutate as `plain` writes them."""
    shutil.rmtree(COPY, ignore_errors=True)
    for name in ("src", "tests", "scenarios", "docs"):
        shutil.copytree(ROOT / name, COPY / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", COPY)
    for module in MODULES:
        path = COPY / module
        path.write_text(plain(path.read_text("utf-8")), "utf-8")


def endings(module: str) -> list[int]:
    """How the tests ended for each mutant of a module."""
    found = json.loads((COPY / "mutants" / f"{module}.meta").read_text("utf-8"))
    return list(found["exit_code_by_key"].values())


def line(name: str, codes: list[int]) -> str:
    """Mutants, killed, of them for want of an end, survived, score."""
    endless = sum(code in ENDLESS for code in codes)
    killed = sum(code in FAILED for code in codes) + endless
    share = f"{100 * killed / len(codes):.1f}%"
    return f"{name:36}{len(codes):8}{killed:8}{endless:9}{len(codes) - killed:10}{share:>8}"


def main() -> int:
    copied()
    subprocess.run([sys.executable, "-m", "mutmut", "run", "--max-children", "2"], cwd=COPY, check=True)
    every = {module: endings(module) for module in MODULES}
    tried = [code for codes in every.values() for code in codes]
    print(f"{'':36}{'mutants':>8}{'killed':>8}{'endless':>9}{'survived':>10}{'score':>8}")
    for module, codes in every.items():
        print(line(module, codes))
    print(line("all", tried))
    print(f"Mutation score: {100 * sum(code in FAILED + ENDLESS for code in tried) / len(tried):.0f} %")
    print(f"The survivors: cd {COPY.relative_to(ROOT)} && mutmut results; mutmut show NAME")
    return 0


if __name__ == "__main__":
    sys.exit(main())
