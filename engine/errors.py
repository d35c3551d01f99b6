"""Exceptions of this project. An unfit port or a missing figure is never one of them.

::

    SafeportError
    ├── InvalidAsk (ValueError)        a field of the request is wrong: which, how, what to do
    │   └── PositionRefused            the position cannot be answered for: off the map, on land, enclosed
    ├── UnknownName (LookupError)      a vessel profile, policy or port that does not exist
    ├── ForecastRefused (ValueError)   a forecast file holds nothing usable, is damaged, or asks for too much
    ├── DownloadFailed (RuntimeError)  a forecast could not be fetched
    └── PackError (RuntimeError)       the geodata pack is missing, damaged or of another version
"""

from engine.codes import Code


class SafeportError(Exception):
    """Base of the tree.

    Parameters
    ----------
    field : str
        Dotted name of the field or file that is wrong.
    problem : str
        What is wrong with it; never echoes more than a few characters of input.
    remedy : str
        What to do about it.
    """

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        super().__init__(f"{field}: {problem} {remedy}")
        self.field = field
        self.problem = problem
        self.remedy = remedy


class InvalidAsk(SafeportError, ValueError):
    """A field of the request is wrong."""


class PositionRefused(InvalidAsk):
    """The position is well formed but cannot be answered for; `code` says why."""

    def __init__(self, code: Code, problem: str, remedy: str) -> None:
        super().__init__("position", problem, remedy)
        self.code = code


class UnknownName(SafeportError, LookupError):
    """A name that nothing carries."""


class PackError(SafeportError, RuntimeError):
    """The geodata pack cannot be used."""


class ForecastRefused(SafeportError, ValueError):
    """A forecast file cannot be used; the field is its name."""


class DownloadFailed(SafeportError, RuntimeError):
    """A forecast could not be fetched; the field is the host or the source."""
