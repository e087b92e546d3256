"""What can be wrong with a statement that a bank sent."""

__all__ = ["IncompleteStatementError", "StatementError"]


class StatementError(ValueError):
    """A file that cannot be read; the message says where."""


class IncompleteStatementError(StatementError):
    """A statement whose transactions do not lead from its opening to its closing balance."""
