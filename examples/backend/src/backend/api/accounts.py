"""Accounts over HTTP."""

from typing import Annotated

from core import AccountType
from fastapi import APIRouter, Query, status
from sqlalchemy import select

from backend import audit
from backend.books import base_text
from backend.database import DatabaseSession
from backend.errors import ConflictError
from backend.ledger.accounts import account_by_code, balance_of, create_account, remove_account
from backend.models import Account
from backend.pagination import Cursor, Limit, Page, page_of
from backend.schemas import AccountChange, AccountIn, AccountOut

__all__ = ["router"]

router = APIRouter(prefix="/accounts", tags=["accounts"])


@router.post("", status_code=status.HTTP_201_CREATED)
def create(
    body: AccountIn, session: DatabaseSession, actor: audit.Actor = "anonymous"
) -> AccountOut:
    """Add an account to the chart."""
    account = create_account(session, body.code, body.name, body.type, body.parent)
    audit.record(session, actor, "create", f"account/{account.code}", name=body.name)
    answer = AccountOut.model_validate(account)
    session.commit()
    return answer


@router.get("")
def find(
    session: DatabaseSession,
    kind: Annotated[AccountType | None, Query(alias="type")] = None,
    words: Annotated[str | None, Query(alias="q", min_length=1)] = None,
    archived: bool = False,
    after: Cursor = 0,
    limit: Limit = 50,
) -> Page[AccountOut]:
    """List accounts in the order of creation; archived ones only when asked for."""
    query = select(Account).where(Account.archived == archived)
    if kind is not None:
        query = query.where(Account.type == kind)
    if words is not None:
        query = query.where(Account.name.icontains(words, autoescape=True))
    return page_of(session, query, Account.id, AccountOut.model_validate, after, limit)


@router.get("/{code}")
def show(code: str, session: DatabaseSession) -> AccountOut:
    """Return one account."""
    return AccountOut.model_validate(account_by_code(session, code))


@router.get("/{code}/children")
def children(code: str, session: DatabaseSession) -> list[AccountOut]:
    """Return the accounts right below one, by code."""
    parent = account_by_code(session, code)
    query = select(Account).where(Account.parent_id == parent.id).order_by(Account.code)
    return [AccountOut.model_validate(account) for account in session.scalars(query)]


@router.get("/{code}/group-balance")
def group_balance(code: str, session: DatabaseSession) -> dict[str, str]:
    """Return the debit-positive balance of an account and everything below it."""
    return {"balance": base_text(_balance_of_group(session, account_by_code(session, code)))}


def _balance_of_group(session: DatabaseSession, account: Account) -> int:
    below = session.scalars(select(Account).where(Account.parent_id == account.id)).all()
    return balance_of(session, account) + sum(_balance_of_group(session, one) for one in below)


@router.patch("/{code}")
def change(
    code: str, body: AccountChange, session: DatabaseSession, actor: audit.Actor = "anonymous"
) -> AccountOut:
    """Rename, archive or revive an account."""
    account = account_by_code(session, code)
    if body.archived and balance_of(session, account):
        raise ConflictError("account-has-balance", f"account `{code}` has a balance")
    changes = body.model_dump(exclude_none=True)
    for name, value in changes.items():
        setattr(account, name, value)
    audit.record(session, actor, "change", f"account/{code}", **changes)
    answer = AccountOut.model_validate(account)
    session.commit()
    return answer


@router.delete("/{code}", status_code=status.HTTP_204_NO_CONTENT)
def remove(code: str, session: DatabaseSession, actor: audit.Actor = "anonymous") -> None:
    """Remove an account that was never used."""
    remove_account(session, account_by_code(session, code))
    audit.record(session, actor, "remove", f"account/{code}")
    session.commit()
