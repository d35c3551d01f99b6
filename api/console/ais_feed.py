"""AIS of the units around: last positions and short tracks. Drawn only: never decided on, never stored."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from math import isfinite
from typing import Any

from api.position import format_time
from api.terminal.ais import AisAssembler
from api.terminal.decoding import Counts
from api.terminal.observations import Target
from api.terminal.source_spec import SourceSpec, parse_sources
from api.terminal.targets import Targets, TargetView, observe_target, shown_targets
from api.terminal.transports import SourceLost, chunks_of, lines_of
from engine.errors import InvalidAsk

_log = logging.getLogger(__name__)

TRACK_S = 1_800.0
"""How far back tracks go. [s]"""

TRACK_EVERY_S = 60.0
"""[A] A track has no more than one position in so long. [s]"""

SILENT_S = 60.0
"""[A] A feed from which no vessel was heard for so long is lost, whatever else it says. [s]"""

AGAIN_S = 5.0
"""[A] A feed that was lost is looked for again after so long. [s]"""

Json = dict[str, Any]


def parse_feed(text: str) -> SourceSpec:
    """Where AIS comes from: ``HOST:PORT``, ``tcp://HOST:PORT`` or ``udp://HOST:PORT``.

    Raises
    ------
    InvalidAsk
    """
    remedy = "Write HOST:PORT or udp://HOST:PORT."
    try:
        (spec,) = parse_sources([text if "://" in text else f"tcp://{text}"])
    except InvalidAsk as wrong:
        raise InvalidAsk("ais", wrong.problem, remedy) from None
    if spec.kind not in ("tcp", "udp"):
        raise InvalidAsk("ais", "is of a kind that brings no AIS here.", remedy)
    return spec


class AisFeed:
    """What a feed has said lately.

    Parameters
    ----------
    spec : SourceSpec or None
        None where no feed is connected: then nothing is known.
    clock : callable
        [s]
    """

    def __init__(self, spec: SourceSpec | None, clock: Callable[[], float] = time.time) -> None:
        self._spec = spec
        self._clock = clock
        self._assembler = AisAssembler(Counts())
        self._targets: Targets = {}
        self._tracks: dict[str, deque[tuple[float, float, float]]] = {}
        self._heard_s: float | None = None
        self._lost_s: float | None = None
        self._is_loss_logged = False

    @property
    def is_connected(self) -> bool:
        """Whether there is to be a feed."""
        return self._spec is not None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen while the context lasts."""
        if self._spec is None:
            yield
            return
        task = asyncio.create_task(self._listen(self._spec))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _listen(self, spec: SourceSpec) -> None:
        # Until the first vessel is heard.
        self._lost_s = self._clock()
        while True:
            try:
                async for line in lines_of(chunks_of(spec)):
                    self.hear(line)
            except SourceLost as lost:
                if not self._is_loss_logged:
                    _log.warning("the AIS feed %s; it is looked for every %g s", lost, AGAIN_S)
                    self._is_loss_logged = True
                self._lost_s = self._lost_s or self._clock()
            await asyncio.sleep(AGAIN_S)

    def hear(self, line: bytes) -> None:
        """Take in one sentence; what cannot be read is passed over."""
        now_s = self._clock()
        # Some put a tag block before the sentence (IEC 61162-450).
        found = self._assembler.decode(line[max(line.find(b"!"), 0) :].strip())
        for target in found:
            if isinstance(target, Target):
                self._heard_s, self._lost_s, self._is_loss_logged = now_s, None, False
                self._targets = observe_target(self._targets, target, now_s)
                self._follow(target, now_s)

    def _follow(self, target: Target, now_s: float) -> None:
        if not isfinite(target.lon):
            return
        track = self._tracks.setdefault(target.mmsi, deque())
        if not track or now_s - track[-1][0] >= TRACK_EVERY_S:
            track.append((now_s, target.lon, target.lat))
        while track and now_s - track[0][0] > TRACK_S:
            track.popleft()
        if len(self._tracks) > len(self._targets):
            self._tracks = {mmsi: kept for mmsi, kept in self._tracks.items() if mmsi in self._targets}

    @property
    def heard_at(self) -> str | None:
        """When a vessel was last heard; None before the first."""
        return _written(self._heard_s)

    @property
    def lost_since(self) -> str | None:
        """Since when the feed is lost; None while vessels are heard, and where there is none."""
        is_silent = self._heard_s is not None and self._clock() - self._heard_s > SILENT_S
        return _written(self._lost_s or (self._heard_s if is_silent else None))

    def document(self) -> Json:
        """Everything a chart needs; positions and tracks longitude first, oldest first. [deg, kn]"""
        now_s = self._clock()
        return {
            "at": format_time(now_s), "connected": self.is_connected, "heard_at": self.heard_at,
            "lost_since": self.lost_since,
            "vessels": [self._vessel(view) for view in shown_targets(self._targets, now_s)],
        }  # fmt: skip

    def _vessel(self, view: TargetView) -> Json:
        target = view.target
        track = self._tracks.get(target.mmsi, ())
        return {
            "mmsi": target.mmsi, "name": target.name or None, "kind": target.kind,
            "position": [round(target.lon, 5), round(target.lat, 5)], "at": format_time(view.at_s),
            "sog_kn": _known(target.sog_kn), "cog_deg": _known(target.cog_deg),
            "track": [[round(lon, 4), round(lat, 4)] for _, lon, lat in track],
        }  # fmt: skip


def _known(figure: float) -> float | None:
    return round(figure, 1) if isfinite(figure) else None


def _written(at_s: float | None) -> str | None:
    return None if at_s is None else format_time(at_s)
