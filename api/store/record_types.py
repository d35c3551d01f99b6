"""What answers about records have in common; each subject's own stand beside what makes them."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

At = Annotated[str, Field(description="RFC 3339 in UTC, to the millisecond.")]
MaybeAt = Annotated[str | None, Field(description="RFC 3339 in UTC, to the millisecond.")]


class ActedBy(TypedDict):
    """In what capacity somebody acted; never who they are."""

    role: str
    duty: str


class PlacesDocument(TypedDict):
    """Places by kind of need; null where nobody has said."""

    total: int
    families: int | None
    medical: int | None


class PlacesLeft(TypedDict):
    """Places neither occupied nor held; null where none were reported, below zero where a port is short."""

    total: int | None
    families: int | None
    medical: int | None


class PersonsByNeed(TypedDict):
    """People by kind of need; families and medical are among the total."""

    total: int
    families: int
    medical: int
