"""Opening the house while the door already answers: not yet, open, or why not."""

import asyncio
import logging
from pathlib import Path

from anyio import to_thread

from api.house import House, open_house, warm
from api.http.problems import Starting
from engine.errors import PackError

_log = logging.getLogger(__name__)


class Opening:
    """The house, once it is open and warm.

    Parameters
    ----------
    pack : Path
        Folder of the pack.
    house : House, optional
        A house that is open and warm already.
    """

    def __init__(self, pack: Path, house: House | None = None) -> None:
        self._pack = pack
        self._house = house
        self._task: asyncio.Task[House] | None = None

    def begin(self) -> None:
        """Start opening in a thread, if there is no house yet."""
        if self._house is None:
            self._task = asyncio.create_task(to_thread.run_sync(_opened, self._pack))
            self._task.add_done_callback(_report)

    async def settled(self) -> None:
        """Wait until the house is open or could not be opened."""
        if self._task is not None:
            await asyncio.wait([self._task])

    def house(self) -> House:
        """The house.

        Raises
        ------
        Starting
            It is not open yet.
        PackError
            It could not be opened.
        """
        if self._house is not None:
            return self._house
        if self._task is None or not self._task.done():
            raise Starting("The geodata pack is being opened. Try again in a second.", {"Retry-After": "1"})
        failure = self._task.exception()
        if failure is None:
            self._house = self._task.result()
            return self._house
        if isinstance(failure, PackError):
            raise PackError(failure.field, failure.problem, failure.remedy)
        raise PackError("geodata pack", "could not be opened.", "The log of the service says why.") from failure


def _opened(pack: Path) -> House:
    house = open_house(pack)
    warm(house)
    return house


def _report(task: "asyncio.Task[House]") -> None:
    failure = task.exception()
    if failure is not None:
        unexpected = failure if not isinstance(failure, PackError) else None
        _log.error("%s", failure, exc_info=unexpected)
