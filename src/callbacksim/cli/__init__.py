"""The commands: parse, call one function, print. What they do is `callbacksim.commands`."""

from callbacksim.cli import studies, roster, report, preparing  # noqa: I001 (the order of the commands in the help)
from callbacksim.cli.app import app
from callbacksim.cli.console import main

__all__ = ["app", "main", "preparing", "report", "roster", "studies"]
