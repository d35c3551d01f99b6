"""What an analyst writes in Python to what the service takes: positions, times and the encounter body."""

from collections.abc import Mapping
from datetime import datetime
from numbers import Integral
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import shapely
from pydantic import ValidationError

from api.cli.errors import refused_by_model
from api.documents.decision import VIEWS
from api.documents.language import BOTH, LANGUAGES
from api.encounter import EncounterIn
from api.position import InvalidPosition, InvalidTime, parse_position, parse_time
from engine.errors import InvalidAsk

Position: TypeAlias = str | shapely.Point | tuple[float, float]
Time: TypeAlias = str | datetime

ZONED = "Write '2022-01-13T05:00:00Z', or a datetime with its zone."


def encounter_of(
    position: Position,
    time: Time | None,
    persons: int | tuple[int, int] | None,
    vessel: str | Mapping[str, Any] | None,
    policy: str | None,
    details: Mapping[str, Any],
) -> EncounterIn:
    """The encounter, checked by the model of the encounter body and so by its rules.

    Raises
    ------
    InvalidAsk
    """
    counts = persons if isinstance(persons, tuple) else (persons,)
    if persons is not None and not all(isinstance(count, Integral) and count >= 0 for count in counts):
        raise InvalidAsk("persons", "is no number of people.", "Write 30, or (25, 30) for at least and at most.")
    body: dict[str, Any] = {
        "position": {"type": "Point", "coordinates": list(lon_lat(position))},
        "time": None if time is None else time_text("time", time),
        "persons": persons,
        "vessel": {"profile": vessel} if isinstance(vessel, str) else vessel,
        "policy": policy,
        **details,
    }
    if isinstance(persons, tuple):
        body["persons"] = dict(zip(("min", "max"), persons, strict=True))
    given = {
        name: time_text(name, value) if isinstance(value, datetime) else _plain(value)
        for name, value in body.items()
        if value is not None
    }
    try:
        return EncounterIn.model_validate(given)
    except ValidationError as error:
        raise refused_by_model(error) from None


def check_presentation(view: object, lang: object, limit: object) -> None:
    """Refuse a view, a language or a number of ports that no document has.

    Raises
    ------
    InvalidAsk
    """
    for name, value, known in (("view", view, VIEWS), ("lang", lang, (*LANGUAGES, BOTH))):
        if value not in known:
            raise InvalidAsk(name, "is none there is.", f"Write {' or '.join(known)}.")
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise InvalidAsk("limit", "is no number of ports.", "Write a whole number from 1.")


def lon_lat(position: Position) -> tuple[float, float]:
    """Longitude and latitude of a position, however it is written. [deg]

    Raises
    ------
    InvalidAsk
    """
    if isinstance(position, str):
        try:
            return parse_position(position)
        except InvalidPosition as wrong:
            raise InvalidAsk("position", wrong.problem, wrong.remedy) from None
    if isinstance(position, shapely.Point) and not position.is_empty:
        return float(position.x), float(position.y)
    try:
        lon, lat = map(float, position)
    except (TypeError, ValueError):
        raise InvalidAsk(
            "position", "is no position.", "Write '51 03.0N 001 15.0E', or (longitude, latitude)."
        ) from None
    return lon, lat


def time_text(field: str, time: Time) -> str:
    """A time in RFC 3339.

    Raises
    ------
    InvalidAsk
        It has no zone, or is no time.
    """
    if isinstance(time, str):
        return time
    if not isinstance(time, datetime):
        raise InvalidAsk(field, "is no time.", ZONED)
    if time.tzinfo is None:
        raise InvalidAsk(field, "has no zone, and the two shores differ by an hour.", ZONED)
    return time.isoformat()


def instant_of(field: str, time: Time) -> float:
    """Epoch seconds of a time. [s]

    Raises
    ------
    InvalidAsk
    """
    try:
        return parse_time(time_text(field, time))
    except InvalidTime as wrong:
        raise InvalidAsk(field, wrong.problem, wrong.remedy) from None


def is_file(policy: str | Path | None) -> bool:
    """Whether a policy is a file of one's own, rather than the name of one that comes with the program."""
    return isinstance(policy, Path) or (policy is not None and policy.endswith(".toml"))


def _plain(value: Any) -> Any:
    """A value without numpy's types, which a model that takes nothing for anything else would refuse."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    return value
