"""Ending by a signal as by an exception: what is open is closed first, then the process ends as the signal says."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals whose default is to end the process on the spot. SIGINT is an exception already."""


class Ended(BaseException):
    """A signal asked this process to end. No `Exception`: nobody but `ended_by_signals` has anything to do with it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Unwind at SIGTERM and SIGHUP, then end by that signal, so that whoever sent it sees that it did.

    A signal that is ignored stays ignored (``nohup``), and one that somebody handles already stays theirs.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    mine = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL]
    process = os.getpid()

    def end(number: int, _: FrameType | None) -> None:
        if os.getpid() != process:
            # A helper that was forked has nothing of ours to close.
            os._exit(128 + number)
        # Once: what is being closed is not interrupted by a second one.
        signal.signal(number, signal.SIG_IGN)
        raise Ended(number)

    for number in mine:
        signal.signal(number, end)
    try:
        yield
    except Ended as ended:
        if ended.number not in mine:
            raise
        signal.signal(ended.number, signal.SIG_DFL)
        signal.raise_signal(ended.number)
    finally:
        for number in mine:
            signal.signal(number, signal.SIG_DFL)
