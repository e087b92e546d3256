"""Bank statements: what they bring is kept, and booked when someone says against which account."""

from collections.abc import Sequence

from core import AccountType, Money, currency
from sqlalchemy import select
from sqlalchemy.orm import Session
from statements import Rule, categorise, read_statement, sniff, without_known

from backend.errors import ConflictError, NotFoundError, RefusedError
from backend.ledger.posting import Draft, DraftLine, post
from backend.models import Account, BankTransaction, JournalEntry, StatementImport

__all__ = ["RULES", "book", "import_statement", "transaction_by_id"]

RULES: Sequence[Rule] = (
    Rule("customer", r"invoice|\bRE-\d", "in"),
    Rule("rent", r"\brent\b", "out"),
    Rule("energy", r"\b(power|gas|water)\b", "out"),
    Rule("salary", r"\b(salary|wages)\b", "out"),
    Rule("bank fee", r"\b(fee|charges)\b", "out"),
)


def import_statement(session: Session, account: Account, text: str) -> StatementImport:
    """Keep the transactions of a statement that are new for the account.

    Raises RefusedError when the account cannot have statements, StatementError when the text cannot
    be read.
    """
    if account.type not in (AccountType.ASSET, AccountType.LIABILITY):
        raise RefusedError("no-bank-account", f"`{account.code}` is of type {account.type}")
    statement = read_statement(text, account.code)
    query = select(BankTransaction.fingerprint).where(BankTransaction.account_id == account.id)
    known = set(session.scalars(query))
    new = without_known(statement.transactions, known)
    done = StatementImport(
        account_id=account.id,
        format=sniff(text),
        new=len(new),
        known=len(statement.transactions) - len(new),
    )
    session.add(done)
    session.flush()
    for mark, transaction in new:
        session.add(
            BankTransaction(
                import_id=done.id,
                account_id=account.id,
                fingerprint=mark,
                booked_on=transaction.booked_on,
                amount=transaction.amount.minor,
                currency=transaction.amount.currency.code,
                counterparty=transaction.counterparty,
                purpose=transaction.purpose,
                category=categorise(transaction, RULES),
            )
        )
    session.flush()
    return done


def transaction_by_id(session: Session, transaction_id: int) -> BankTransaction:
    """Return a transaction and lock it, or raise NotFoundError."""
    transaction = session.get(BankTransaction, transaction_id, with_for_update=True)
    if transaction is None:
        raise NotFoundError("no-such-transaction", f"there is no transaction {transaction_id}")
    return transaction


def book(session: Session, transaction: BankTransaction, against: Account) -> JournalEntry:
    """Write the entry of a transaction, or raise ConflictError when it has one."""
    if transaction.entry_id is not None:
        raise ConflictError("already-booked", f"transaction {transaction.id} was booked before")
    bank = session.get_one(Account, transaction.account_id)
    amount = Money(transaction.amount, currency(transaction.currency)).amount
    text = f"{transaction.counterparty}: {transaction.purpose}".strip(": ")
    lines = (DraftLine(bank.code, amount), DraftLine(against.code, -amount))
    entry = post(session, Draft(transaction.booked_on, text, transaction.currency, lines))
    transaction.entry_id = entry.id
    return entry
