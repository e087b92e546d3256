"""What can be wrong with a figure; all of it is a ValueError to those who do not care which."""

__all__ = [
    "CoreError",
    "CurrencyMismatchError",
    "MissingRateError",
    "NotationError",
    "PrecisionError",
    "UnbalancedEntryError",
    "UnknownCurrencyError",
]


class CoreError(ValueError):
    """The family of everything below."""


class UnknownCurrencyError(CoreError):
    """A code that the registry of currencies does not hold."""


class CurrencyMismatchError(CoreError):
    """Two currencies in one sum."""


class PrecisionError(CoreError):
    """An amount with more decimals than its currency has."""


class NotationError(CoreError):
    """A text that is not a number in the notation expected."""


class UnbalancedEntryError(CoreError):
    """Debits that do not equal the credits."""


class MissingRateError(CoreError):
    """No exchange rate on or before the day asked for."""
