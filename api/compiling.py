"""On a new machine the first answer and the first replay wait for the compiler; whoever waits is told.

Numba compiles what no cache on this machine holds yet. The command line has that shown, the service does not.
"""

from time import monotonic
from typing import Any, TextIO

START = (
    "Compiling for this machine, only this once: some three minutes before a first answer, one more for all else.\n"
    "Compilation pour cette machine, une seule fois : environ trois minutes avant une première réponse, une de plus "
    "pour tout le reste."
)
EVERY_S = 10.0
"""How often it is said how far it has come. [s]"""

_shown_on: TextIO | None = None
_is_listening = False


def show_compiling(stream: TextIO | None) -> None:
    """Say on a stream what is compiled from now on, or nowhere. Loads nothing: most commands never compile."""
    global _shown_on
    _shown_on = stream


def listen() -> None:
    """Hear of every function that numba compiles; called where numba has been loaded anyway."""
    global _is_listening
    from numba.core import event

    progress = Progress()

    class Listener(event.Listener):
        def on_start(self, _: Any) -> None:
            progress.begin()

        def on_end(self, _: Any) -> None:
            progress.end()

    if not _is_listening:
        _is_listening = True
        event.register("numba:compile", Listener())  # type: ignore[no-untyped-call]


class Progress:
    """How far compiling has come; one call within another counts as it ends."""

    def __init__(self) -> None:
        self._started_s: float | None = None
        self._said_s = 0.0
        self._ready = 0

    def begin(self) -> None:
        """A function is about to be compiled."""
        if _shown_on is not None and self._started_s is None:
            self._started_s = self._said_s = monotonic()
            print(START, file=_shown_on, flush=True)

    def end(self) -> None:
        """It has been."""
        if _shown_on is None or self._started_s is None:
            return
        self._ready += 1
        now_s = monotonic()
        if now_s - self._said_s >= EVERY_S:
            self._said_s = now_s
            print(f"… {self._ready} ({now_s - self._started_s:.0f} s)", file=_shown_on, flush=True)
