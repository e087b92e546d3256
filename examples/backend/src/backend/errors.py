"""What the ledger refuses, with the HTTP status that says so."""

__all__ = ["ConflictError", "LedgerError", "NotFoundError", "RefusedError"]


class LedgerError(Exception):
    """A request that cannot be done; ``slug`` names the reason for programs."""

    status = 400

    def __init__(self, slug: str, message: str) -> None:
        super().__init__(message)
        self.slug = slug


class NotFoundError(LedgerError):
    """The thing asked for does not exist."""

    status = 404


class ConflictError(LedgerError):
    """The request does not fit what the books hold by now."""

    status = 409


class RefusedError(LedgerError):
    """The request is well formed, yet makes no sense."""

    status = 422
