"""One page to hand on: everything a run found, in a file that a browser opens without a network."""

from callbacksim.report.page.build import page
from callbacksim.report.page.record import READ, Record, read_record, record_of

__all__ = ["READ", "Record", "page", "read_record", "record_of"]
