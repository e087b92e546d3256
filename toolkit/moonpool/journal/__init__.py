"""What happened in each run, as it happened: one append-only file per controller."""

from moonpool.journal.folder import last_journals, prune
from moonpool.journal.reader import Entry, read_journal
from moonpool.journal.writer import VERSION, Journal

__all__ = ["VERSION", "Entry", "Journal", "last_journals", "prune", "read_journal"]
