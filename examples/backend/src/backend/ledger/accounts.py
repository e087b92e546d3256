"""The chart of accounts: creating, renaming, archiving and removing."""

from core import AccountType
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from backend.errors import ConflictError, NotFoundError, RefusedError
from backend.models import Account, BankTransaction, Budget, JournalLine

__all__ = ["account_by_code", "balance_of", "create_account", "is_used", "remove_account"]


def account_by_code(session: Session, code: str) -> Account:
    """Return an account, or raise NotFoundError."""
    account = session.scalar(select(Account).where(Account.code == code))
    if account is None:
        raise NotFoundError("no-such-account", f"there is no account `{code}`")
    return account


def create_account(
    session: Session, code: str, name: str, kind: AccountType, parent_code: str | None
) -> Account:
    """Add an account to the chart; it is of its parent's type.

    Raises ConflictError when the code is taken, RefusedError when the parent is of another type.
    """
    if session.scalar(select(exists().where(Account.code == code))):
        raise ConflictError("account-exists", f"there is an account `{code}` already")
    parent = account_by_code(session, parent_code) if parent_code else None
    if parent is not None and parent.type != kind:
        raise RefusedError(
            "wrong-parent", f"`{parent.code}` is of type {parent.type}, found {kind}"
        )
    account = Account(code=code, name=name, type=kind, parent=parent)
    session.add(account)
    session.flush()
    return account


def is_used(session: Session, account: Account) -> bool:
    """Whether anything refers to the account."""
    references = (
        JournalLine.account_id == account.id,
        BankTransaction.account_id == account.id,
        Budget.account_id == account.id,
        Account.parent_id == account.id,
    )
    return any(session.scalar(select(exists().where(reference))) for reference in references)


def remove_account(session: Session, account: Account) -> None:
    """Remove an account that was never used, or raise ConflictError."""
    if is_used(session, account):
        raise ConflictError("account-used", f"account `{account.code}` is used; archive it instead")
    session.delete(account)


def balance_of(session: Session, account: Account) -> int:
    """Return the debit-positive balance in minor units of the books' currency."""
    amounts = select(JournalLine.base_amount).where(JournalLine.account_id == account.id)
    return sum(session.scalars(amounts))
