"""The commands: parse, call one function, print. What they do is `callbacksim.commands`."""

from callbacksim.cli import studies, calibrate, roster, report, preparing  # noqa: I001 (the order of the commands in the help)
from callbacksim.cli.app import app
from callbacksim.cli.console import main

__all__ = ["app", "calibrate", "main", "preparing", "report", "roster", "studies"]
