"""The engine and its sessions, bound to the database that `DATABASE_URL` names at import."""

import os
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

__all__ = ["DatabaseSession", "SessionFactory", "engine", "open_session"]

engine = create_engine(os.environ["DATABASE_URL"])
SessionFactory = sessionmaker(engine)


def open_session() -> Iterator[Session]:
    """Yield a session for one request; what the request does not commit is rolled back."""
    with SessionFactory() as session:
        yield session


DatabaseSession = Annotated[Session, Depends(open_session)]
