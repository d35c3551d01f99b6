"""A value in the key of a cache that is equal to itself alone: tuples of arrays can be neither hashed nor compared."""

from typing import Generic, TypeVar

_Value = TypeVar("_Value")


class IdentityKey(Generic[_Value]):
    """Stands for a value in the key of a cache, and keeps it alive as long as the entry.

    Parameters
    ----------
    value : object
    """

    def __init__(self, value: _Value) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdentityKey) and self.value is other.value
