"""Numbers as documents have them."""

from math import isfinite


def json_number(value: float, decimals: int) -> float | int | None:
    """A number fit for JSON: rounded, whole numbers without a point, unknown and endless as null."""
    number = float(value)
    if not isfinite(number):
        return None
    return round(number) if decimals == 0 else round(number, decimals)
