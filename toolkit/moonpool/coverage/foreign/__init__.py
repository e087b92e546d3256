"""Coverage that other tools measured, of any language: lcov and Cobertura files as plain counts."""

from __future__ import annotations

from moonpool.coverage.foreign.hits import HitCounts, file_numbers
from moonpool.coverage.foreign.inputs import Inputs, read_inputs
from moonpool.coverage.foreign.lcov import record
from moonpool.coverage.foreign.share import (
    ForeignShare,
    foreign_shares,
    read_foreign_shares,
    write_foreign_shares,
)

__all__ = [
    "ForeignShare",
    "HitCounts",
    "Inputs",
    "file_numbers",
    "foreign_shares",
    "read_foreign_shares",
    "read_inputs",
    "record",
    "write_foreign_shares",
]
