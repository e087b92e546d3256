"""What is wrong with a key or a value of `[tool.moonpool]`, in one voice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moonpool.errors import MoonpoolError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SEE", "check_keys", "config_error"]

SEE = "see docs/configuration.md for the keys"


def config_error(message: str, hint: str) -> MoonpoolError:
    """The error for a setting that cannot be meant."""
    return MoonpoolError(message, hint=hint, slug="configuration")


def check_keys(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    """Raise MoonpoolError for a key that nobody reads, naming the one that was probably meant."""
    for key in table:
        if key not in known:
            import difflib  # Costs a millisecond that only a wrong key should cost.

            close = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean `{close[0]}`?" if close else f"known keys: {', '.join(known)}"
            raise config_error(f"found the unknown key `{key}` in {where}", hint)
