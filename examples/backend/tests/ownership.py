"""A table that tells which process made the tables of a database, and so who may write to it."""

from sqlalchemy import Column, Integer, MetaData, Table

__all__ = ["OWNERS"]

# Its own metadata, so that the clean-up behind each test leaves its row alone.
OWNERS = Table("test_owner", MetaData(), Column("pid", Integer, primary_key=True))
