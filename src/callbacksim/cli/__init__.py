"""The commands: parse, call one function, print. What they do is `callbacksim.commands`."""

from callbacksim.cli import studies, staff, drivers, calibrate, roster, report, preparing  # noqa: I001 (order of the help)
from callbacksim.cli.app import app
from callbacksim.cli.console import main

__all__ = ["app", "calibrate", "drivers", "main", "preparing", "report", "roster", "staff", "studies"]
