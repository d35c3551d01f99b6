"""Opening the service while the service already answers: not yet, open, or why not."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from anyio import to_thread

from api.decision_service import DecisionService, open_decision_service, warm_up
from api.http.problems import Starting
from engine.errors import PackError, SafeportError

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
"""How often the forecast file is looked at. [s]"""


SETTLE_S = 2.0
"""How long the end of the service waits for a service that is being opened. [s]"""


class Startup:
    """The service, once it is open and warm.

    Parameters
    ----------
    pack : Path
        Folder of the pack.
    service : DecisionService, optional
        A service that is open and warm already.
    forecast : Path, optional
        Forecast to answer with; looked at every `LOOK_EVERY_S`, and taken over when the file has been replaced.
    overlay : Path, optional
        An operator's own facts of ports.
    """

    def __init__(
        self,
        pack: Path,
        service: DecisionService | None = None,
        forecast: Path | None = None,
        overlay: Path | None = None,
    ) -> None:
        self._pack = pack
        self._overlay = overlay
        self._service = service
        self._forecast = forecast
        self._watch: asyncio.Task[None] | None = None
        self._task: asyncio.Task[DecisionService] | None = None
        self.on_forecast: Callable[[DecisionService], None] | None = None
        """Called when a forecast has been taken over."""
        self.warm_up: Callable[[DecisionService], None] | None = None
        """What is run once before the service is ready; every compiled path there is where nobody chose less."""
        self.is_forecast_to_come = False
        """Whether the file need not be there at first: it is taken over once it is."""
        self.forecast_refused = False
        """Whether the forecast file found last could not be used; the log says why."""

    def begin(self) -> None:
        """Start opening in a thread, if there is no service yet."""
        if self._service is None:
            self._task = asyncio.create_task(to_thread.run_sync(self._opened, abandon_on_cancel=True))
            self._task.add_done_callback(_report)
        if self._forecast is not None:
            self._watch = asyncio.create_task(self._watched(self._forecast))

    async def aclose(self) -> None:
        """Wait a little until the service is open or could not be opened, and watch no more.

        Compiling takes minutes and cannot be stopped: a service that is to end does not wait for that.
        """
        if self._watch is not None:
            self._watch.cancel()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=SETTLE_S)

    async def _watched(self, file: Path) -> None:
        """Take over a forecast that has replaced the one in use; one that cannot be read changes nothing."""
        seen = _stamp(file)
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            stamp = _stamp(file)
            if stamp == seen or stamp is None:
                continue
            try:
                # Decisions under way keep the world they began with.
                self._service = await to_thread.run_sync(self.service().with_forecast, file)
                self.forecast_refused = False
                _log.info("forecast taken over", extra={"forecast_id": _forecast_id(self._service)})
                if self.on_forecast is not None:
                    self.on_forecast(self._service)
            except Starting:
                continue
            except PackError:
                # There is no service to take it over, and why not is said elsewhere.
                continue
            except Exception as refused:  # noqa: BLE001 - whatever a file does to its reader, the next one is looked at
                self.forecast_refused = True
                _log.error("the forecast in use stays: %s", refusal_of(refused), exc_info=_unexpected(refused))
            seen = stamp

    def _opened(self) -> DecisionService:
        service = open_decision_service(self._pack)
        if self._overlay is not None:
            service = service.with_overlay(self._overlay)
        if self._forecast is not None and not (self.is_forecast_to_come and not self._forecast.exists()):
            try:
                service = service.with_forecast(self._forecast)
            except Exception as refused:  # noqa: BLE001 - no file may keep the service from answering
                # An answer without a forecast beats none; a better file is taken over as soon as it is there.
                self.forecast_refused = True
                _log.error("serving without a forecast: %s", refusal_of(refused), exc_info=_unexpected(refused))
        (self.warm_up or warm_up)(service)
        return service

    def service(self) -> DecisionService:
        """The service.

        Raises
        ------
        Starting
            It is not open yet.
        PackError
            It could not be opened.
        """
        if self._service is not None:
            return self._service
        if self._task is None or not self._task.done():
            raise Starting("The geodata pack is being opened. Try again in a second.", {"Retry-After": "1"})
        failure = self._task.exception()
        if failure is None:
            self._service = self._task.result()
            return self._service
        if isinstance(failure, PackError):
            raise PackError(failure.field, failure.problem, failure.remedy)
        raise PackError("geodata pack", "could not be opened.", "The log of the service says why.") from failure


def refusal_of(failure: Exception) -> str:
    """What is said of a forecast that cannot be used: its refusal, or that nobody expected what it did."""
    if isinstance(failure, SafeportError):
        return str(failure)
    return "the forecast file could not be read, in a way the program did not expect. Make it anew."


def _unexpected(failure: Exception) -> Exception | None:
    return None if isinstance(failure, SafeportError) else failure


def _forecast_id(service: DecisionService) -> str:
    forecast = service.world.identity["forecast"]
    return str(forecast.get("id", "")) if isinstance(forecast, dict) else ""


def _stamp(file: Path) -> tuple[int, int, int] | None:
    """What changes when a file is replaced; None while there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _report(task: "asyncio.Task[DecisionService]") -> None:
    if task.cancelled():
        # The service ended before it was open.
        return
    failure = task.exception()
    if failure is None:
        service = task.result()
        _log.info("ready", extra={"geodata_id": service.pack.manifest["id"], "forecast_id": _forecast_id(service)})
    else:
        unexpected = failure if not isinstance(failure, PackError) else None
        _log.error("%s", failure, exc_info=unexpected)
