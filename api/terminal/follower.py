"""Follows the vessel: sources in tasks that come back by themselves, into one navigation state.

Everything here runs on one event loop; what is decided of what comes is decided in `navigation` and `clock`.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from math import isfinite, nan
from typing import Any

from api.terminal.clock import Clocks, Reading, observe_clock, read_clock
from api.terminal.decoding import Decoder
from api.terminal.gpsd import GpsdDecoder
from api.terminal.navigation import DEFAULT_LIMITS, Estimate, FixLimits, Navigation, Quality, estimate, observe
from api.terminal.nmea0183 import NmeaDecoder
from api.terminal.observations import Observation, Position, ReceiverTime, Target
from api.terminal.signalk import SignalkDecoder
from api.terminal.source_spec import SourceSpec
from api.terminal.targets import Targets, observe_target
from api.terminal.ticks import Ticks
from api.terminal.transports import SourceLost, chunks_of, lines_of

_log = logging.getLogger("safeport.terminal")

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0
"""Between two tries of a source that can't be had. [s]"""
OLD_S = 3.0
"""[A] A position that says it was measured longer ago than this is taken for as old as it says. [s]"""
OTHER_DAY_S = 86_400.0


class SourceStatus:
    """One source as it stands.

    Attributes
    ----------
    state : str
        ``connecting``, ``open``, ``lost``.
    why : str
        Why it was lost, in English, for the log and the state.
    """

    def __init__(self, spec: SourceSpec) -> None:
        self.spec = spec
        self.decoder: Decoder = decoder_of(spec)
        self.state = "connecting"
        self.why = ""
        self.last_s = nan
        self.shift_s = nan
        """What a recorded track's times are moved by, so that it happens now. [s]"""


def decoder_of(spec: SourceSpec) -> Decoder:
    """Reader of what a source of this kind sends."""
    match spec.kind:
        case "gpsd":
            return GpsdDecoder()
        case "signalk":
            return SignalkDecoder()
    return NmeaDecoder()


class Follower:
    """The vessel's position, time and surroundings, from all sources.

    Parameters
    ----------
    specs : tuple of SourceSpec
    ticks : Ticks
    navigation : Navigation
        What was known before the last end.
    earliest_s : float
        No time before this is possible. [s]
    """

    def __init__(
        self, specs: tuple[SourceSpec, ...], ticks: Ticks, navigation: Navigation | None = None, earliest_s: float = 0.0
    ) -> None:
        self.ticks = ticks
        self.navigation = navigation or Navigation()
        self.clocks = Clocks(earliest_s)
        self.targets: Targets = {}
        self.limits = DEFAULT_LIMITS
        self.sources = {spec.id: SourceStatus(spec) for spec in specs}
        self.on_change: Callable[[], None] = lambda: None
        """Called whenever something came."""
        self._tasks: list[asyncio.Task[None]] = []

    def follow_speed(self, speed_kn: float) -> None:
        """Question positions that a vessel of this speed can't have reached. [kn]"""
        # Half as fast again and a strong stream: a following sea, and a profile that is not quite hers.
        most_kn = 1.5 * speed_kn + 8.0 if isfinite(speed_kn) else DEFAULT_LIMITS.most_speed_kn
        self.limits = FixLimits(most_speed_kn=most_kn)

    def begin(self) -> None:
        """Start following every source."""
        self._tasks = [asyncio.create_task(self._follow(status)) for status in self.sources.values()]

    async def aclose(self) -> None:
        """Stop following."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _follow(self, status: SourceStatus) -> None:
        wait_s = FIRST_WAIT_S
        while True:
            status.state, status.shift_s = "connecting", nan
            try:
                async for line in lines_of(chunks_of(status.spec)):
                    if status.state != "open":
                        status.state, status.why, wait_s = "open", "", FIRST_WAIT_S
                        _log.info("source open", extra={"source": status.spec.id})
                    self.receive(status.spec.id, line)
            except SourceLost as lost:
                status.why = str(lost)
            except Exception:  # noqa: BLE001 - one source that fails in a new way must not end the others
                status.why = "failed in a way the program did not expect"
                _log.exception("source failed", extra={"source": status.spec.id})
            if status.state == "open" or status.spec.kind != "demo":
                _log.warning("source %s %s", status.spec.id, status.why)
            status.state = "lost"
            self.on_change()
            await asyncio.sleep(wait_s / self.ticks.speed)
            wait_s = min(2.0 * wait_s, LONGEST_WAIT_S)

    def receive(self, source: str, line: bytes) -> None:
        """Take in a line of a source."""
        status = self.sources[source]
        now_s = self.ticks.steady_s()
        observations = status.decoder.decode(line)
        if observations:
            status.last_s = now_s
        for observation in observations:
            self._take(status, observation, now_s)
        if observations:
            self.on_change()

    def _take(self, status: SourceStatus, observation: Observation, now_s: float) -> None:
        spec = status.spec
        if spec.kind == "demo":
            observation = self._moved_to_now(status, observation)
        match observation:
            case ReceiverTime():
                self.clocks = observe_clock(self.clocks, spec.id, spec.priority, observation.utc_s, now_s)
            case Target():
                self.targets = observe_target(self.targets, observation, now_s)
            case _:
                measured_s = self._measured_s(observation, now_s)
                self.navigation = observe(
                    self.navigation, spec.id, spec.priority, observation, now_s, self.limits, measured_s
                )

    def _moved_to_now(self, status: SourceStatus, observation: Observation) -> Observation:
        """An observation of a recorded track as if it were made now."""
        if isinstance(observation, ReceiverTime):
            if not isfinite(status.shift_s):
                status.shift_s = self.ticks.system_s() - observation.utc_s
            return ReceiverTime(observation.utc_s + status.shift_s)
        if isinstance(observation, Position) and isfinite(observation.at_s):
            return observation._replace(at_s=observation.at_s + status.shift_s)
        return observation

    def _measured_s(self, observation: Observation, now_s: float) -> float | None:
        """Steady count at which a position was measured, where it says so and the time is known. [s]"""
        if not isinstance(observation, Position) or not isfinite(observation.at_s):
            return None
        reading = self.clock()
        ago_s = reading.utc_s - observation.at_s
        # Of another day it is no delay, but another clock, which `clock` speaks of.
        return now_s - ago_s if reading.trusted and OLD_S < ago_s < OTHER_DAY_S else None

    def clock(self) -> Reading:
        """What time it is."""
        return read_clock(self.clocks, self.ticks.steady_s(), self.ticks.system_s())

    def estimate(self) -> Estimate:
        """Where she is."""
        found = estimate(self.navigation, self.ticks.steady_s(), self.limits)
        if found.quality is Quality.GOOD and self.clock().why == "clock_doubt":
            # A receiver of another day may be a recording that somebody left running.
            return found._replace(quality=Quality.QUESTIONED, why="other_day")
        return found

    def set_earliest(self, earliest_s: float) -> None:
        """No time before this is possible any more. [s]"""
        self.clocks = replace(self.clocks, earliest_s=max(earliest_s, self.clocks.earliest_s))

    def status_documents(self) -> list[dict[str, Any]]:
        """The sources, for the state."""
        now_s, now = self.ticks.steady_s(), self.clock().utc_s
        found = []
        for status in self.sources.values():
            age_s = now_s - status.last_s
            counts = status.decoder.counts
            found.append(
                {
                    "id": status.spec.id, "kind": status.spec.kind, "priority": status.spec.priority,
                    "state": "silent" if status.state == "open" and not age_s <= self.limits.takeover_s
                    else status.state,
                    "why": status.why or None, "sentences": counts.sentences,
                    "dropped": sum(counts.dropped.values()), "dropped_by_reason": dict(sorted(counts.dropped.items())),
                    "last_utc_s": now - age_s if isfinite(age_s) else None,
                    "age_s": round(age_s, 1) if isfinite(age_s) else None,
                }
            )  # fmt: skip
        return found
