"""A study made in Python, as the page and the pictures that `run` makes of the same scenario file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from callbacksim.campaign.simpy_engine import Campaign
from callbacksim.report.directory import run_of
from callbacksim.report.figures import figures
from callbacksim.report.findings import findings
from callbacksim.report.page import Sheet, record_of, sheet_of, written
from callbacksim.report.texts import Language, Texts
from callbacksim.scenario.files import load
from callbacksim.scenario.wholefile import make_directory, write_whole
from callbacksim.study.experiment import Study
from callbacksim.study.trials import identity_of


def study_sheet(study: Study, of: Path | str, plan: str | None, overrides: Sequence[str], language: Language) -> Sheet:
    """The page of a study of the scenario in the file `of`, under a plan and overrides, before it is written.

    A page says how to have the same again, so this must be true. Raises `ValueError` where that file, plan and
    overrides are not what was simulated, and for what no command gives: a model of one's own, the rest of a
    running campaign (`run --after LOG --report`).
    """
    if study.model is not Campaign:
        raise ValueError("a page tells the command that gives the same again, and no command runs a model of one's own")
    if study.standing is not None:
        raise ValueError("the rest of a running campaign has its page by `callbacksim run FILE --after LOG --report`")
    sha256, scenario = study.frame.sha256, load(of, plan=plan, overrides=overrides)
    same_register = scenario.register_.file == study.scenario.register_.file  # an identity holds no paths
    if not same_register or identity_of(scenario, sha256) != identity_of(study.scenario, sha256):
        raise ValueError(f"{of} with this plan and these overrides is not the scenario of this study")
    runs = len(study.figures)
    run = run_of(study.scenario, study.frame, str(of), plan, overrides, study.seed, runs, show_numbers=False)
    return sheet_of(record_of(findings(study, str(of), plan, tuple(overrides)), run), language)


def write_page(sheet: Sheet, target: Path, language: Language) -> None:
    """The page in one file, whole or not at all. Raises Refused."""
    write_whole(target, written(sheet, Texts(language)), "page")


def write_figures(sheet: Sheet, directory: Path) -> list[Path]:
    """Every picture of the page as SVG and PNG; the files' paths. Raises Refused."""
    make_directory(directory, "figures")
    files = []
    for picture in figures(sheet):
        for ending, content in (("svg", picture.svg), ("png", picture.png)):
            files.append(directory / f"{picture.name}.{ending}")
            write_whole(files[-1], content, "figures")
    return files
