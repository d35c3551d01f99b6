"""What a replay fails of though nothing that was typed is wrong."""

from engine.errors import SafeportError


class SchedulerLost(SafeportError, RuntimeError):
    """A Dask scheduler has gone, or cannot keep a worker; what is finished is on disk."""
