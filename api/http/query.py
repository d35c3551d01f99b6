"""Positions and times as queries write them."""

from api.position import InvalidPosition, InvalidTime, parse_position, parse_time
from engine.errors import InvalidAsk


def position_in(field: str, text: str) -> tuple[float, float]:
    """Longitude and latitude of a position. [deg]

    Raises
    ------
    InvalidAsk
        It is none; names the field.
    """
    try:
        return parse_position(text)
    except InvalidPosition as wrong:
        raise InvalidAsk(field, wrong.problem, wrong.remedy) from None


def instant_in(field: str, text: str) -> float:
    """Epoch of a time. [s]

    Raises
    ------
    InvalidAsk
        It is none; names the field.
    """
    try:
        return parse_time(text)
    except InvalidTime as wrong:
        raise InvalidAsk(field, wrong.problem, wrong.remedy) from None
