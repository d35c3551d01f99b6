"""The terminal put together: who follows, what is kept, what is answered from. Routes ask it and nothing else."""

import asyncio
import base64
import logging
from collections.abc import Callable
from dataclasses import replace
from math import inf, isfinite, nan
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from anyio import to_thread

from api.decision_service import DecisionService, warm_up
from api.encounter import AS_KNOWN, EncounterIn, VesselIn
from api.http.problems import Starting
from api.http.startup import Startup
from api.position import format_time, parse_time
from api.store.deltas import Parts
from api.store.errors import StoreError
from api.store.port_deltas import snapshot_of
from api.store.port_snapshot import PortsSnapshot
from api.store.validation import canonical
from api.terminal.bodies import MedicalIn, OwnVesselIn, PersonsAboardIn
from api.terminal.errors import TerminalRefusal
from api.terminal.follower import Follower
from api.terminal.link.bursts import DOWN_FOR_S, Bursts
from api.terminal.link.courier import Courier
from api.terminal.messages import sentence
from api.terminal.navigation import Fix, Navigation, Quality, SourceView
from api.terminal.own_decision import Answered, Own, answer_encounter
from api.terminal.own_ship import vessel_of
from api.terminal.plotter.hand_over import HandOver
from api.terminal.source_spec import SourceSpec
from api.terminal.state_file import StateFile
from api.terminal.zones import AHEAD_S, ZonesAboard, picture_with
from engine.errors import PackError, SafeportError
from engine.units import KNOT_MS
from geodata.forecast.cutout import write_cutout

T = TypeVar("T")

_log = logging.getLogger("safeport.terminal")

KEEP_EVERY_S = 10.0
"""How often the fix and the time are kept. [s]"""

TIDES_AHEAD_S = 3_600.0
"""How long before its time the next block of tides is made. [s]"""

ZONES_EVERY_S = 2.0
"""How often it is looked whether a zone has to be worked in. [s]"""

MOST_REMEMBERED = 20
"""Decisions held in memory for the routes that may be asked for after them."""


class Terminal:
    """One onboard terminal.

    Parameters
    ----------
    startup : Startup
        The pack, once it is open.
    keeper : StateFile
    follower : Follower
    vessel : VesselIn, optional
        Own ship, where she was named at the start; otherwise the one that was kept.
    is_demo : bool
        Whether it follows a recorded track.
    plotter : SourceSpec, optional
        Where routes go on a press.
    courier : Courier, optional
        Who carries messages to the control room.
    cube_file : Path, optional
        Where the forecast that comes over the link is written; none is fetched without it.
    bursts : Bursts, optional
        What goes by satellite modem while the link is down.
    """

    def __init__(
        self,
        startup: Startup,
        keeper: StateFile,
        follower: Follower,
        vessel: VesselIn | None = None,
        is_demo: bool = False,
        plotter: SourceSpec | None = None,
        courier: Courier | None = None,
        cube_file: Path | None = None,
        bursts: Bursts | None = None,
    ) -> None:
        self.startup, self.keeper, self.follower, self.is_demo = startup, keeper, follower, is_demo
        kept = keeper.value("vessel")
        self.vessel = OwnVesselIn(profile=vessel or VesselIn()) if kept is None else OwnVesselIn.model_validate(kept)
        if vessel is not None and self.vessel.profile != vessel:
            self.vessel = OwnVesselIn(name=self.vessel.name, profile=vessel)
        self.persons = PersonsAboardIn.model_validate(keeper.value("persons") or {})
        self.medical = MedicalIn(medical=keeper.value("medical")).medical
        """How the worst off of the people are; None until somebody has said."""
        self.trouble: StoreError | None = None
        """Why nothing can be kept just now; None while all is well."""
        self.changed = asyncio.Event()
        self.hand_over = HandOver(follower, plotter)
        self._answers: dict[str, Answered] = {}
        self.courier = courier
        self.direction: dict[str, Any] | None = keeper.value("direction")
        self.withdrawn: dict[str, Any] | None = keeper.value("withdrawn")
        """How the direction that held last was withdrawn; None once another one is given."""
        if courier is not None:
            courier.on_withdrawal = self._direction_withdrawn
            courier.on_direction, courier.on_ports, courier.on_change = self._directed, self._ports_told, self.tell
            courier.on_zones = self._zones_told
        ports = keeper.value("ports")
        self.ports: PortsSnapshot | None = None if ports is None else snapshot_of(ports["ports"])
        self.ports_s: float | None = None if ports is None else float(ports["at_s"])
        """When the control room last told what ports report, UTC. [s]"""
        if ports is not None and courier is not None:
            courier.ports, courier.ports_version = ports["ports"], str(ports["version"])
        self.zones = ZonesAboard()
        zones = keeper.value("zones")
        if zones is not None:
            self.zones.hear(zones["parts"], float(zones["at_s"]))
            if courier is not None:
                courier.zones, courier.zones_version = zones["parts"], str(zones["version"])
        self.bursts, self._bursting = bursts, None if bursts is None else asyncio.Lock()
        if bursts is not None:
            bursts.written = int(keeper.value("burst_written") or 0)
        self._cube_file = cube_file
        if courier is not None and cube_file is not None:
            courier.position, courier.on_cutout = self._forecast_position, self._take_cutout
            cutout = keeper.value("cutout")
            if cutout is not None and cube_file.exists():
                courier.cutout = base64.b64decode(cutout)
        self._restore()
        self._tasks: list[asyncio.Task[None]] = []
        follower.on_change = self.tell

    def begin(self) -> None:
        """Start following and keeping."""
        self.follower.begin()
        if self.courier is not None:
            self.courier.begin()
        self._tasks = [asyncio.create_task(self._keep_on()), asyncio.create_task(self._watch_zones())]

    async def aclose(self) -> None:
        """Stop, and keep what is known."""
        if self.courier is not None:
            await self.courier.aclose()
        await self.hand_over.stop()
        await self.follower.aclose()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._keep_track()

    def service(self) -> DecisionService:
        """The pack, open.

        Raises
        ------
        Starting, PackError
        """
        return self.startup.service()

    def service_if_open(self) -> DecisionService | None:
        """The pack, or None while it is not open or can't be."""
        try:
            return self.startup.service()
        except (Starting, PackError):
            return None

    def own(self) -> Own:
        """What the terminal knows by itself, now."""
        reading = self.follower.clock()
        zones = self.zones.view(self.service_if_open(), self.vessel.profile, reading.utc_s)
        ports = picture_with(self.ports, zones)
        return Own(self.follower.estimate(), reading, self.vessel, self.persons, ports, zones, self.medical)

    def tell(self) -> None:
        """Something changed: whoever waits for the state looks again."""
        self.changed.set()
        self.changed = asyncio.Event()

    async def set_vessel(self, vessel: OwnVesselIn) -> None:
        """Own ship is another one from here on; kept when this returns.

        Raises
        ------
        SafeportError
            The profile is not known, or it can't be kept.
        """
        vessel_of(self.service(), vessel.profile)
        await self.keep(lambda: self.keeper.set_values(vessel=vessel.model_dump(mode="json", exclude_none=True)))
        self.vessel = vessel
        self.tell()

    async def set_persons(self, persons: PersonsAboardIn) -> None:
        """Who is aboard; kept when this returns."""
        await self.keep(lambda: self.keeper.set_values(persons=persons.model_dump(mode="json")))
        self.persons = persons
        self.tell()

    async def set_medical(self, told: MedicalIn) -> None:
        """How the people are: answers go by it at once, also where it can't be kept; kept when this returns."""
        self.medical = told.medical
        self.tell()
        await self.keep(lambda: self.keeper.set_values(medical=told.medical))

    async def answer_of(self, digest: str) -> Answered:
        """A decision that was made here: remembered, or made again of what is kept.

        Raises
        ------
        TerminalRefusal
            It is not kept, or comes out differently by now: the pack or the forecast is another one.
        """
        known = self._answers.get(digest)
        if known is None:
            body = await self.keep(lambda: self.keeper.decision(digest))
            if body is not None:
                encounter = EncounterIn.model_validate_json(body, context=AS_KNOWN)
                service, own = self.service(), self.own()
                known = await to_thread.run_sync(lambda: answer_encounter(service, encounter, own))
        if known is None or known.sha256 != digest:
            text = sentence("no_decision")
            assert text is not None  # noqa: S101
            raise TerminalRefusal(404, "NO_DECISION", text)
        return known

    async def keep_decision(self, answered: Answered) -> bool:
        """Whether a decision could be kept: one that could not is answered all the same."""
        self._answers[answered.sha256] = answered
        while len(self._answers) > MOST_REMEMBERED:
            del self._answers[next(iter(self._answers))]
        decision_id = str(answered.view("en")["decision_id"])
        at_ms = round(self.follower.clock().utc_s * 1000.0)
        try:
            await self.keep(
                lambda: self.keeper.add_decision(decision_id, answered.sha256, at_ms, canonical(answered.encounter))
            )
        except StoreError as failure:
            _log.error("a decision was not kept: %s", failure)
            return False
        return True

    async def tell_centre(self, answered: Answered) -> None:
        """Queue a decision for the control room, where one was named; it learns which port was shown aboard."""
        if self.courier is None or self.courier.state == "off":
            return
        body = {
            "decision_id": answered.document["decision_id"], "encounter": answered.encounter,
            "outcome": answered.document["outcome"], **told_of(answered),
        }  # fmt: skip
        try:
            await self.courier.queue("decision", body, self.now())
        except StoreError as failure:
            _log.error("a decision was not queued: %s", failure)

    def _ports_told(self, ports: Parts, version: str) -> None:
        """What ports report, as the control room has it now."""
        self.ports, self.ports_s = snapshot_of(ports), self.follower.clock().utc_s
        try:
            self.keeper.set_values(ports={"version": version, "at_s": self.ports_s, "ports": ports})
        except StoreError as failure:
            _log.error("what ports report was not kept: %s", failure)
        self.tell()

    def _zones_told(self, zones: Parts, version: str) -> None:
        """Exclusion zones, as the control room has them now."""
        told_s = self.follower.clock().utc_s
        self.zones.hear(zones, told_s)
        try:
            self.keeper.set_values(zones={"version": version, "at_s": told_s, "parts": zones})
        except StoreError as failure:
            _log.error("exclusion zones were not kept: %s", failure)
        self.tell()

    async def work_in_zones(self) -> None:
        """Have answers keep out of the zones in force, and of those that soon are, beside everything else."""
        service = self.service_if_open()
        if service is None:
            return
        own, now_s = self.vessel.profile, self.follower.clock().utc_s
        # The present last: it is what answers go by.
        for at_s in (now_s + AHEAD_S, now_s):
            if not self.zones.is_worked_in(service, own, at_s):
                await to_thread.run_sync(self.zones.work_in, service, own, at_s)
                self.tell()

    async def _watch_zones(self) -> None:
        while True:
            try:
                await self.work_in_zones()
            except Exception:  # noqa: BLE001 - answers say which zones they don't keep out of; the next try may
                _log.exception("a zone was not worked in")
                await asyncio.sleep(AHEAD_S)
            await asyncio.sleep(ZONES_EVERY_S)

    def _forecast_position(self) -> tuple[float, float] | None:
        """Where the forecast is wanted for: own fix, as long as it is known at all."""
        estimate = self.follower.estimate()
        return None if estimate.quality in (Quality.NONE, Quality.STALE) else (estimate.lon, estimate.lat)

    def _take_cutout(self, cutout: bytes) -> None:
        """Write the cube of a cut-out, for the opening to take over, and keep what the next one is packed against.

        Raises
        ------
        ForecastRefused
        """
        assert self._cube_file is not None  # noqa: S101
        try:
            write_cutout(self._cube_file, cutout)
            self.keeper.set_values(cutout=base64.b64encode(cutout).decode())
        except OSError as failure:
            _log.error("the forecast was not kept: %s", failure.strerror)
        except StoreError as failure:
            _log.error("the forecast was not kept: %s", failure)

    def _directed(self, standing: dict[str, Any]) -> None:
        """The centre has directed: it is the answer from here on, shown at once and kept."""
        directed, before = standing["direction"], self.direction
        acknowledged_at = None
        if before is not None and before["id"] == str(directed["sequence"]):
            if before["encounter_id"] is not None or directed["encounter_id"] is None:
                return
            # It came by burst, which names no encounter; now the link says the rest of it.
            acknowledged_at = before["acknowledged_at"]
        elif before is not None and int(before["id"]) > int(directed["sequence"]):
            # A burst that comes late does not take the newer one away.
            return
        withdrawn = self.withdrawn
        if directed["encounter_id"] is None and withdrawn is not None and directed["sequence"] < int(withdrawn["id"]):
            # Nor does it bring back what was withdrawn after it.
            return
        self.withdrawn = None
        self.direction = {
            "id": str(directed["sequence"]), "acknowledged_at": acknowledged_at, "received_at": self.now(), **directed,
            "codes": standing["codes"], "conflicts": standing["conflicts"], "engine": standing["engine"],
        }  # fmt: skip
        try:
            self.keeper.set_values(direction=self.direction, withdrawn=None)
        except StoreError as failure:
            _log.error("a direction was not kept: %s", failure)
        self.hand_over.mark_directed(directed["port_id"])
        self.tell()

    def _direction_withdrawn(self, withdrawal: dict[str, Any]) -> None:
        """Nothing is directed any more: no direction is the answer from here on, which is shown at once and kept."""
        sequence, held, before = int(withdrawal["sequence"]), self.direction, self.withdrawn
        acknowledged_at, received_at = None, self.now()
        if before is not None and int(before["id"]) == sequence:
            if before["encounter_id"] is not None or withdrawal["encounter_id"] is None:
                return
            # It came by burst, which names no encounter; now the link says the rest of it.
            acknowledged_at, received_at = before["acknowledged_at"], before["received_at"]
        elif before is not None and int(before["id"]) > sequence:
            # A burst that comes late.
            return
        if held is not None and int(held["id"]) > sequence:
            # A burst brought a newer one meanwhile.
            return
        # A burst names no encounter: it is about the one that was reported from here.
        encounters = {withdrawal["encounter_id"], held["encounter_id"] if held is not None else None} - {None}
        if len(encounters) < 2:
            self.direction = None
        self.withdrawn = {
            "id": str(sequence), "acknowledged_at": acknowledged_at, "received_at": received_at, **withdrawal,
        }  # fmt: skip
        try:
            self.keeper.set_values(direction=self.direction, withdrawn=self.withdrawn)
        except StoreError as failure:
            _log.error("the withdrawal of a direction was not kept: %s", failure)
        self.hand_over.mark_withdrawn(withdrawal["port_id"])
        self.tell()

    async def acknowledge(self, direction_id: str) -> None:
        """The master has seen the direction, or that it was withdrawn: kept, and told to the control room.

        Parameters
        ----------
        direction_id : str
            `id` of the direction or of the withdrawal.

        Raises
        ------
        TerminalRefusal
            There is neither of that name.
        StoreError
        """
        if self.withdrawn is not None and self.withdrawn["id"] == direction_id:
            await self._acknowledge_withdrawal(self.withdrawn)
            return
        if self.direction is None or self.direction["id"] != direction_id:
            text = sentence("no_direction")
            assert text is not None  # noqa: S101
            raise TerminalRefusal(404, "NO_DIRECTION", text)
        if self.direction["acknowledged_at"] is None:
            known = {**self.direction, "acknowledged_at": self.now()}
            await self.keep(lambda: self.keeper.set_values(direction=known))
            self.direction = known
            if self.courier is not None:
                body = {"direction": int(direction_id), "encounter_id": known["encounter_id"]}
                await self.courier.queue("direction_acknowledged", body, self.now())
        self.tell()

    async def _acknowledge_withdrawal(self, withdrawn: dict[str, Any]) -> None:
        if withdrawn["acknowledged_at"] is None:
            known = {**withdrawn, "acknowledged_at": self.now()}
            await self.keep(lambda: self.keeper.set_values(withdrawn=known))
            self.withdrawn = known
            if self.courier is not None:
                # Of a kind that control rooms of every edition take: one they don't know would hold up all after it.
                body = {"direction": known["direction"], "withdrawal": known["sequence"],
                        "encounter_id": known["encounter_id"]}  # fmt: skip
                await self.courier.queue("direction_acknowledged", body, self.now())
        self.tell()

    def now(self) -> str:
        """The time, as messages have it."""
        return format_time(self.follower.clock().utc_s)

    async def keep(self, work: Callable[[], T]) -> T:
        """Do something with the file, off the event loop, and remember whether it can be written.

        Raises
        ------
        StoreError
        """
        try:
            done = await to_thread.run_sync(work)
        except StoreError as failure:
            self.trouble = failure
            self.tell()
            raise
        self.trouble = None
        return done

    async def _keep_on(self) -> None:
        is_warm = False
        while True:
            try:
                is_warm = is_warm or await self._warm_rest()
                await self.prepare_tides()
                self._follow_own_speed()
                await self._keep_track()
                await self.exchange_bursts()
            except Exception:  # noqa: BLE001 - see below
                # What is kept must go on being kept, whatever went wrong once.
                _log.exception("keeping failed in a way the program did not expect")
            await asyncio.sleep(KEEP_EVERY_S if is_warm else 1.0)

    async def _warm_rest(self) -> bool:
        """Whether the pack is open; then whatever another vessel may need is warmed, after own ship can be answered."""
        service = self.service_if_open()
        if service is None:
            return False
        await to_thread.run_sync(warm_up, service)
        return True

    async def prepare_tides(self) -> None:
        """Have the tides of the next block ready before their time: to make them takes seconds, once in thirty days."""
        service = self.service_if_open()
        if service is not None:
            await to_thread.run_sync(service.world_at, self.follower.clock().utc_s + TIDES_AHEAD_S)

    async def exchange_bursts(self) -> None:
        """Send by modem what has waited for the link too long, and take in what came that way."""
        bursts, courier = self.bursts, self.courier
        if bursts is None or courier is None or self._bursting is None:
            return
        is_down = courier.state != "up" and self.follower.ticks.steady_s() - courier.since_s >= DOWN_FOR_S
        own = self.own()
        newest = next(reversed(self._answers.values()), None)
        chosen = None if newest is None else told_of(newest)
        async with self._bursting:
            try:
                if is_down or courier.state == "off":
                    waiting = await self.keep(courier.outbox.waiting)
                    if await to_thread.run_sync(lambda: bursts.send(waiting, own, chosen)):
                        await self.keep(lambda: self.keeper.set_values(burst_written=bursts.written))
                        self.tell()
                await to_thread.run_sync(lambda: bursts.receive(self._directed, self._direction_withdrawn))
            except OSError as failure:
                _log.error("bursts: the modem's folder cannot be used (%s)", failure.strerror)

    def _follow_own_speed(self) -> None:
        service = self.service_if_open()
        if service is None:
            return
        built = str(service.pack.manifest["built_at"])
        self.follower.set_earliest(parse_time(built))
        try:
            self.follower.follow_speed(vessel_of(service, self.vessel.profile).speed_ms / KNOT_MS)
        except SafeportError as refused:
            # A profile that this version no longer has: everything else goes on.
            _log.error("own ship's profile is not known: %s", refused)

    async def _keep_track(self) -> None:
        reading, fix = self.follower.clock(), self.follower.navigation.fix
        if not reading.trusted or self.follower.ticks.speed != 1.0:
            # A time nobody believes, or that of a demonstration that runs ahead, is none to keep anything under.
            return
        values: dict[str, Any] = {"clock": {"utc_s": reading.utc_s}}
        if fix is not None and isfinite(fix.at_s):
            estimate = self.follower.estimate()
            values["fix"] = {
                "lon": fix.lon, "lat": fix.lat, "source": fix.source,
                "utc_s": reading.utc_s - (self.follower.ticks.steady_s() - fix.at_s),
                "sog_kn": estimate.sog_kn if isfinite(estimate.sog_kn) else None,
                "cog_deg": estimate.cog_deg if isfinite(estimate.cog_deg) else None,
            }  # fmt: skip
        try:
            await self.keep(lambda: self.keeper.set_values(**values))
        except StoreError as failure:
            _log.error("the fix was not kept: %s", failure)

    def _restore(self) -> None:
        """Take up where it ended: the last fix, as old as the clock says, or of unknown age where that is behind."""
        clock, kept = self.keeper.value("clock"), self.keeper.value("fix")
        if clock is not None:
            self.follower.set_earliest(float(clock["utc_s"]))
        if kept is None or clock is None:
            return
        now_s, system_s = self.follower.ticks.steady_s(), self.follower.ticks.system_s()
        age_s = system_s - float(kept["utc_s"]) if system_s >= float(clock["utc_s"]) else inf
        fix = Fix(float(kept["lon"]), float(kept["lat"]), now_s - max(age_s, 0.0), str(kept["source"]))
        sog_kn, cog_deg = (nan if kept[name] is None else float(kept[name]) for name in ("sog_kn", "cog_deg"))
        # Its priority is that of nobody: whatever speaks now is followed at once.
        view = SourceView(99, motion_at_s=fix.at_s, sog_kn=sog_kn, cog_deg=cog_deg)
        self.follower.navigation = replace(Navigation(fix=fix), sources=MappingProxyType({"before": view}))


def told_of(answered: Answered) -> dict[str, Any]:
    """Which port a decision showed first, in how many minutes, and the digest of the answer."""
    first = answered.document["recommended"] or next(iter(answered.document["candidates"]), None)
    return {
        "sha256": answered.sha256,
        "port_id": None if first is None else first["port"]["id"],
        "minutes": None if first is None else first["time_to_landing_min"],
    }
