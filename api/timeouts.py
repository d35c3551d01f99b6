"""Waiting for something no longer than it is worth."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")

_UNDER_WAY: set[asyncio.Future[Any]] = set()
"""Kept from being forgotten: the event loop alone holds a task only weakly."""


async def wait_at_most(work: Awaitable[T], wait_s: float) -> T:
    """Result of some work, if it comes soon; what takes longer goes on, and nobody hears of it.

    A thread cannot be stopped, so a plain time limit would wait for it all the same.

    Raises
    ------
    TimeoutError
    """
    task = asyncio.ensure_future(work)
    # From the beginning: whoever waits may be cancelled, and the work goes on then too.
    _UNDER_WAY.add(task)
    task.add_done_callback(_forget)
    done, _ = await asyncio.wait({task}, timeout=wait_s)
    if not done:
        raise TimeoutError
    return task.result()


def _forget(task: "asyncio.Future[Any]") -> None:
    _UNDER_WAY.discard(task)
    if not task.cancelled():
        # Looked at, so that nobody is warned of a failure that was answered for long ago.
        task.exception()
