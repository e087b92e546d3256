"""What a forecast cannot be made from."""

__all__ = ["ForecastError"]


class ForecastError(ValueError):
    """Too little history, or a setting outside its range."""
