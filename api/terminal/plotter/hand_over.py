"""One press, one route out: to the plotter, as files, to Signal K; and steering until it is stopped or she is there."""

import asyncio
import logging
from collections.abc import Mapping
from math import isfinite
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from api.terminal.errors import TerminalRefusal
from api.terminal.follower import Follower
from api.terminal.messages import sentence
from api.terminal.navigation import Quality
from api.terminal.plotter.files import gpx_file, rtz_file, signalk_course, signalk_route
from api.terminal.plotter.output import PlotterLost, send_sentences
from api.terminal.plotter.route import Route, route_of
from api.terminal.plotter.sentences import route_sentences, steering_sentences
from api.terminal.plotter.steering import Steering, steer
from api.terminal.source_spec import SourceSpec

_log = logging.getLogger("safeport.terminal")

STEER_EVERY_S = 1.0


class HandOver:
    """Routes out of one terminal.

    Parameters
    ----------
    follower : Follower
    plotter : SourceSpec or None
        Where sentences go; None where nobody said, and then none are sent.
    """

    def __init__(self, follower: Follower, plotter: SourceSpec | None = None) -> None:
        self._follower = follower
        self._plotter = plotter
        self._steered: tuple[Route, str, str] | None = None
        self._steering: Steering | None = None
        self._task: asyncio.Task[None] | None = None
        self._trouble = ""
        self._is_withdrawn = False

    async def hand_over(self, document: Mapping[str, Any], port_id: str, digest: str, to: str, steering: bool) -> Any:
        """Send or make what was asked for.

        Raises
        ------
        TerminalRefusal, SafeportError
        """
        route = route_of(document, port_id)
        if to == "plotter":
            return await self._to_plotter(route, port_id, digest, steering)
        name = f"safeport-{port_id}"
        if to == "gpx":
            return _file(f"{name}.gpx", "application/gpx+xml", gpx_file(document, port_id, "both"))
        if to == "rtz":
            return _file(f"{name}.rtz", "application/xml", rtz_file(route))
        route_id = str(uuid5(NAMESPACE_URL, f"safeport:{digest}:{port_id}"))
        return {"to": to, "route_id": route_id, "route": signalk_route(route), "course": signalk_course(route_id)}

    async def _to_plotter(self, route: Route, port_id: str, digest: str, steering: bool) -> dict[str, Any]:
        sentences = route_sentences(route)
        if self._plotter is None:
            raise _refused(409, "NO_PLOTTER", "no_plotter")
        try:
            await send_sentences(self._plotter, sentences)
        except PlotterLost as lost:
            _log.warning("the plotter was not reached: %s", lost)
            raise _refused(502, "PLOTTER_LOST", "plotter_lost") from None
        await self.stop()
        if steering:
            self._steered, self._trouble = (route, port_id, digest), ""
            self._task = asyncio.create_task(self._steer(route, self._plotter))
        return {"to": "plotter", "sentences": sentences, "steering": steering}

    async def stop(self) -> None:
        """Steer no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._task, self._steered, self._steering, self._is_withdrawn = None, None, None, False

    def mark_withdrawn(self, port_id: str | None) -> None:
        """A direction to a port was withdrawn: said of a route steered there, which goes on until a press stops it."""
        if self._steered is not None and self._steered[1] == port_id:
            self._is_withdrawn = True

    def mark_directed(self, port_id: str | None) -> None:
        """A direction to a port was given: a route steered there is as it should be."""
        if self._steered is not None and self._steered[1] == port_id:
            self._is_withdrawn = False

    def document(self) -> dict[str, Any] | None:
        """What is being steered along, for the state; null where nothing is."""
        if self._steered is None:
            return None
        route, port_id, digest = self._steered
        now = self._steering
        return {
            "port_id": port_id, "digest": digest, "name": route.name, "waypoints": len(route.waypoints),
            "leg": None if now is None else now.leg,
            "xte_nm": None if now is None else round(now.xte_nm, 2),
            "range_nm": None if now is None else round(now.range_nm, 2),
            "bearing_deg": None if now is None else round(now.bearing_deg) % 360,
            "has_arrived": now is not None and now.has_arrived,
            "direction_withdrawn": self._is_withdrawn,
            "trouble": sentence(self._trouble),
        }  # fmt: skip

    async def _steer(self, route: Route, plotter: SourceSpec) -> None:
        """Once a second what to steer; nothing where the fix is no good: an autopilot must not follow a guess."""
        leg = 1
        while self._steering is None or not self._steering.has_arrived:
            fix = self._follower.estimate()
            if fix.quality is Quality.GOOD and isfinite(fix.lon):
                self._steering = steer(route, leg, fix.lon, fix.lat, fix.sog_kn, fix.cog_deg)
                leg = self._steering.leg
                try:
                    await send_sentences(plotter, steering_sentences(self._steering), 0.0)
                    self._trouble = ""
                except PlotterLost:
                    self._trouble = "plotter_lost"
            else:
                self._trouble = "not_steered"
            await asyncio.sleep(STEER_EVERY_S / self._follower.ticks.speed)


def _file(name: str, media_type: str, content: str) -> dict[str, Any]:
    return {"to": name.rpartition(".")[2], "file_name": name, "media_type": media_type, "content": content}


def _refused(status: int, code: str, key: str) -> TerminalRefusal:
    text = sentence(key)
    assert text is not None  # noqa: S101
    return TerminalRefusal(status, code, text)
