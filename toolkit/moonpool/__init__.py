"""Parallel pytest by default for moon monorepos.

PYTEST_DONT_REWRITE: `moonpool test` imports this package before pytest could rewrite its asserts.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
