"""Values made once and kept for a while, of which one can ask whether they are there."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class RecentValues(Generic[Value]):
    """What a function returned for the arguments asked for last; for any number of threads.

    `functools.lru_cache` does not say whether it has a value. Two threads that ask for the same one at the same time
    both make it, and one of the two is kept.

    Parameters
    ----------
    make : callable
    most : int
        Values kept.
    """

    def __init__(self, make: Callable[..., Value], most: int) -> None:
        self._make = make
        self._most = most
        self._lock = Lock()
        self._kept: dict[tuple[Hashable, ...], Value] = {}

    def has(self, *arguments: Hashable) -> bool:
        """Whether the value for these arguments is there."""
        return arguments in self._kept

    def of(self, *arguments: Hashable) -> Value:
        """The value for these arguments."""
        with self._lock:
            if arguments in self._kept:
                # The one asked for last stands last.
                value = self._kept[arguments] = self._kept.pop(arguments)
                return value
        made = self._make(*arguments)
        with self._lock:
            value = self._kept.setdefault(arguments, made)
            if len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
        return value
