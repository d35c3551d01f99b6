"""On a new machine the first answer and the first replay wait for the compiler; whoever waits is told.

Numba compiles what no cache on this machine holds yet. The command line has that shown, the service does not.
"""

from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any, TextIO

START = (
    "Compiling for this machine, only this once: a minute or two before a first answer, half as long for all else.\n"
    "Compilation pour cette machine, une seule fois : une à deux minutes avant une première réponse, la moitié pour "
    "tout le reste."
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
    """How far compiling has come; one call within another counts as it ends.

    A single function may take a minute and more, so a thread of its own tells while any is compiled.
    """

    def __init__(self) -> None:
        self._started_s: float | None = None
        self._under_way = 0
        self._ready = 0
        self._teller: Thread | None = None
        self._lock = Lock()

    def begin(self) -> None:
        """A function is about to be compiled."""
        if _shown_on is None:
            return
        with self._lock:
            if self._started_s is None:
                self._started_s = monotonic()
                print(START, file=_shown_on, flush=True)
            self._under_way += 1
            if self._teller is None:
                self._teller = Thread(target=self._tell, daemon=True)
                self._teller.start()

    def end(self) -> None:
        """It has been."""
        with self._lock:
            # What began before anybody asked is not counted.
            if self._under_way > 0:
                self._under_way -= 1
                self._ready += 1

    def _tell(self) -> None:
        while True:
            sleep(EVERY_S)
            with self._lock:
                if self._under_way == 0 or _shown_on is None or self._started_s is None:
                    self._teller = None
                    return
                print(f"… {self._ready} ({monotonic() - self._started_s:.0f} s)", file=_shown_on, flush=True)
