"""One page to hand on: everything a run found, in a file that a browser opens without a network."""

from callbacksim.report.page.build import page, sheet_of
from callbacksim.report.page.record import READ, Record, read_record, record_of
from callbacksim.report.page.sheet import Sheet, written

__all__ = ["READ", "Record", "Sheet", "page", "read_record", "record_of", "sheet_of", "written"]
