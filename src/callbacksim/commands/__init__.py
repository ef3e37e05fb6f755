"""What each command does: read, call one function, print. The parsing is `callbacksim.cli`."""

from callbacksim.commands.calibrating import calibrate
from callbacksim.commands.checking import check, schema
from callbacksim.commands.comparing import compare
from callbacksim.commands.continuing import Continued
from callbacksim.commands.driving import drivers
from callbacksim.commands.registers import dedupe, init, make_register
from callbacksim.commands.reporting import Page, report
from callbacksim.commands.rostering import roster
from callbacksim.commands.running import run
from callbacksim.commands.source import Chance, Source
from callbacksim.commands.staffing import staff
from callbacksim.commands.sweeping import sweep

__all__ = [
    "Chance", "Continued", "Page", "Source", "calibrate", "check", "compare", "dedupe", "drivers", "init",
    "make_register", "report", "roster", "run", "schema", "staff", "sweep",
]  # fmt: skip
