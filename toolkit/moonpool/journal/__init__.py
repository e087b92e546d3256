"""What happened in each run, as it happened: one append-only file per controller."""

from moonpool.journal.folder import last_journals, prune
from moonpool.journal.reader import Entry, read_journal
from moonpool.journal.writer import VERSION, Journal, is_held

__all__ = ["VERSION", "Entry", "Journal", "is_held", "last_journals", "prune", "read_journal"]
