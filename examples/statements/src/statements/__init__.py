"""Bank statements: read them, leave out what is known, match and categorise the rest."""

from statements.camt import read_camt
from statements.categories import Rule, categorise
from statements.csv_export import Profile, read_csv
from statements.duplicates import fingerprint, without_known
from statements.errors import IncompleteStatementError, StatementError
from statements.formats import read_statement, sniff
from statements.iban import is_iban, parse_iban
from statements.matching import Match, OpenItem, match_items
from statements.models import Statement, Transaction
from statements.mt940 import read_mt940

__all__ = [
    "IncompleteStatementError",
    "Match",
    "OpenItem",
    "Profile",
    "Rule",
    "Statement",
    "StatementError",
    "Transaction",
    "categorise",
    "fingerprint",
    "is_iban",
    "match_items",
    "parse_iban",
    "read_camt",
    "read_csv",
    "read_mt940",
    "read_statement",
    "sniff",
    "without_known",
]
