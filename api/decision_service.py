"""The composition root: opens the pack once and hands out what every interface needs."""

import gc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import isnan
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from api.compiling import listen
from api.encounter import EncounterIn
from api.recent_values import RecentValues
from api.suggest import did_you_mean, fold
from engine.decide import decide, warm_search
from engine.errors import InvalidAsk, UnknownName
from engine.kernels.streams import has_tide
from engine.model import Ask, Decision, LivePicture, Vessel, World
from engine.policy import Policy
from engine.ports import Port
from engine.routes import lies_in_deep_water
from geodata.pack import DEFAULT_PACK, Pack, read_pack
from geodata.policies import DEFAULT_POLICY, policy_names, read_policy
from geodata.streams.net import StreamAtlas, atlas_from, no_atlas, streams_at
from geodata.tides.blocks import block_start_s
from geodata.tides.tables import TideTables, tide_cache
from geodata.vessels import vessel_named, vessels_from
from geodata.world import world_from
from geodata.zoned_worlds import ZonedWorlds, outlines_of

if TYPE_CHECKING:
    from api.store.port_snapshot import Freshness, PortsSnapshot
    from geodata.forecast.cube import Cube

listen()


@dataclass(frozen=True, slots=True, eq=False)
class DecisionService:
    """Everything opened at start.

    Attributes
    ----------
    pack : Pack
    world : World
        Without tides and streams: those belong to a date, see `world_at`.
    vessels : dict of Vessel
        Profiles by id.
    tides : TideTables
    cube : Cube or None
        The forecast the world has, with what its file says of itself; None without one.
    atlas : StreamAtlas
        Tidal streams of the pack.
    zoned : ZonedWorlds
        Worlds that keep out of zones drawn while it runs.
    """

    pack: Pack
    world: World
    vessels: dict[str, Vessel]
    tides: TideTables
    cube: "Cube | None" = None
    atlas: StreamAtlas = field(default_factory=no_atlas)
    zoned: ZonedWorlds = field(default_factory=ZonedWorlds)

    def ask(self, encounter: EncounterIn, now_s: float, policy: Policy | None = None) -> Ask:
        """The engine's ask for an encounter.

        Raises
        ------
        UnknownName
            The vessel profile or the policy does not exist.
        """
        profile = encounter.vessel.named_profile
        named = None if profile is None else self.vessel(profile)
        policy = policy or policy_named(encounter.policy)
        strangers = policy.designated and policy.designated - {port.id for port in self.world.ports}
        if strangers:
            raise InvalidAsk(
                "policy.designated",
                f"names {sorted(strangers)[0][:40]!r}, which is no port.",
                "See 'safeport ports' or /v1/ports.",
            )
        return encounter.to_ask(self.vessels, named, policy, now_s)

    def world_at(self, at_s: float) -> World:
        """The world with tides and streams of a time, epoch seconds; the same object for all times of one block."""
        return _WORLDS_ON_DATES.of(self.world, self.tides, self.atlas, block_start_s(at_s))

    def is_quick(self, ask: Ask, ports: "PortsSnapshot | None" = None) -> bool:
        """Whether `decide` is known to take some milliseconds, when asked for settled ports only.

        So it is where she lies in water deep enough for her: from a bank, ways lead off on all sides, and for a ship
        of great draught they are looked for over many banks to ports that are none for her. Nothing may have to be made
        first, tides of another month or water without a zone, nor other positions or ways round a sea too high for her
        be looked for.

        Parameters
        ----------
        ask : Ask
        ports : PortsSnapshot, optional
            As for `decide`.
        """
        return (
            not ask.position_accuracy_m > 0.0
            and (self.cube is None or isnan(ask.vessel.max_hs_m) or "max_hs_m" in ask.vessel.assumed)
            and _WORLDS_ON_DATES.has(self.world, self.tides, self.atlas, block_start_s(ask.at_s))
            and (ports is None or not ports.zones_in_force(ask.at_s))
            and lies_in_deep_water(self.world, ask.vessel, ask.policy.limits, ask.lon, ask.lat)
        )

    def decide(
        self,
        ask: Ask,
        ports: "PortsSnapshot | None" = None,
        encounter_id: str | None = None,
        *,
        every_port: bool = True,
    ) -> Decision:
        """`engine.decide.decide` in this service's world, with the tides of the time asked for.

        Parameters
        ----------
        ask : Ask
        ports : PortsSnapshot, optional
            What ports reported and what is held; without it no live feed is connected.
        encounter_id : str, optional
            Encounter of the store that is decided for: its own reservations are places it has.
        every_port : bool
            As for `engine.decide.decide`.
        """
        if ports is None:
            world = self.world_at(ask.at_s)
        else:
            world = self.world_seeing(ports, ask.at_s, ask.policy.limits, encounter_id)
        return decide(ask, world, every_port=every_port)

    def world_seeing(
        self, ports: "PortsSnapshot", at_s: float, limits: "Freshness", encounter_id: str | None = None
    ) -> World:
        """`world_at` with what ports reported, and routes that keep out of the zones in force; see `avoiding`."""
        return with_port_reports(self.avoiding(ports, at_s).world_at(at_s), ports, at_s, limits, encounter_id)

    def avoiding(self, ports: "PortsSnapshot", at_s: float) -> "DecisionService":
        """The same service, whose routes keep out of the exclusion zones in force at a time.

        The first time for each set of zones it takes some seconds, in which others that ask for it wait.

        Parameters
        ----------
        ports : PortsSnapshot
            What the control room knew; zones are in it.
        at_s : float
            [s]
        """
        zones = outlines_of(ports.zones_in_force(at_s))
        return replace(self, world=self.zoned.at(self.world, self.pack, zones)) if zones else self

    def with_forecast(self, file: Path) -> "DecisionService":
        """The same service with a forecast: a cube, or a file of one of the formats that can be made into one.

        Raises
        ------
        SafeportError
            The file is missing, damaged or not a forecast.
        """
        from geodata.forecast import forecast_cache, open_forecast

        cube = open_forecast(file, forecast_cache())
        identity = {**self.world.identity, "forecast": cube.identity}
        return replace(self, world=replace(self.world, forecast=cube.forecast, identity=identity), cube=cube)

    def with_exclusions(self, zones: Path) -> "DecisionService":
        """The same service, with routes that keep out of the exclusion zones of a GeoJSON file; takes seconds.

        Raises
        ------
        InvalidAsk
            The file cannot be read, or a feature is not an area.
        """
        from geodata.exclusions import read_exclusion_zones, rebuild_without_zones

        return replace(self, world=rebuild_without_zones(self.world, self.pack, read_exclusion_zones(zones)))

    def with_overlay(self, file: Path) -> "DecisionService":
        """The same service, with an operator's own facts of the ports over the register's, and places of their own.

        Raises
        ------
        InvalidAsk
            The file cannot be read, breaks the form of the register, speaks of an unknown port, or puts a place off
            the water.
        """
        from geodata.build import read_assumptions
        from geodata.overlay import overlay_world, own_tides
        from geodata.register import read_overlay

        overlay = read_overlay(file)
        world = overlay_world(self.world, overlay)
        world, tides = own_tides(world, overlay, self.tides.stations, read_assumptions()["tides"])
        return replace(self, world=world, tides=self.tides.with_ports(tides) if tides else self.tides)

    def port(self, name: str) -> Port:
        """Port by id or UN/LOCODE in any case, or by its whole name in English or French.

        Raises
        ------
        UnknownName
        """
        wanted = name.strip()
        for port in self.world.ports:
            if port.id == wanted.lower() or (port.unlocode is not None and port.unlocode == wanted.upper()):
                return port
        called = [port for port in self.world.ports if fold(wanted) in (fold(port.name_en), fold(port.name_fr))]
        if len(called) == 1:
            return called[0]
        ids = {name: port.id for port in self.world.ports for name in (port.id, port.name_en, port.name_fr)}
        remedy = f"{did_you_mean(wanted, ids, ids)}'safeport ports' and /v1/ports list ids and UN/LOCODEs."
        raise UnknownName("port", f"there is no port {wanted[:40]!r}.", remedy)

    def vessel(self, name: str) -> Vessel:
        """Vessel by the name of its profile.

        Raises
        ------
        UnknownName
        """
        try:
            return vessel_named(self.vessels, name)
        except UnknownName as unknown:
            remedy = f"{did_you_mean(name, self.vessels)}{unknown.remedy}"
            raise UnknownName(unknown.field, unknown.problem, remedy) from None


def with_port_reports(
    world: World, ports: "PortsSnapshot", at_s: float, limits: "Freshness", encounter_id: str | None = None
) -> World:
    """A world with what ports reported, as it stands at a time.

    Parameters
    ----------
    world : World
    ports : PortsSnapshot
    at_s : float
        [s]
    limits : Freshness
        How old a report may be: those of a policy.
    encounter_id : str, optional
        Encounter decided for: its own reservations are places it has.
    """
    has_own = any(kept["encounter_id"] == encounter_id for kept in ports.content["reserved"])
    # Most encounters have no places of their own, and see one world.
    own_id = encounter_id if has_own else None
    return _with_port_reports(world, ports, at_s, limits, own_id)  # type: ignore[arg-type] # limits are a named tuple


# Requests of one second see one world, and so does what the engine keeps by world.
@lru_cache(maxsize=8)
def _with_port_reports(
    world: World, ports: "PortsSnapshot", at_s: float, limits: "Freshness", encounter_id: str | None
) -> World:
    from api.store.port_snapshot import live_picture

    live = _shared_picture(live_picture(ports, [port.id for port in world.ports], at_s, limits, encounter_id))
    port_status = ports.status_input(at_s)
    identity = {**world.identity, "port_status": None if port_status is None else port_status._asdict()}
    return replace(world, live=live, identity=identity)


_PICTURES: dict[bytes, LivePicture] = {}
_MOST_PICTURES = 8


def _shared_picture(live: LivePicture) -> LivePicture:
    """The same object for equal pictures, so that what the engine knows by one is found again in the next second."""
    known = b"".join(column.tobytes() for column in live)
    while len(_PICTURES) >= _MOST_PICTURES and known not in _PICTURES:
        _PICTURES.pop(next(iter(list(_PICTURES))), None)
    return _PICTURES.setdefault(known, live)


def policy_named(name: str) -> Policy:
    """A policy that comes with the program.

    Raises
    ------
    UnknownName
    """
    try:
        return known_policy(name)
    except UnknownName as unknown:
        remedy = f"{did_you_mean(name, policy_names())}{unknown.remedy}"
        raise UnknownName(unknown.field, unknown.problem, remedy) from None


@lru_cache(maxsize=32)
def known_policy(name: str) -> Policy:
    """A policy that comes with the program, read once."""
    return read_policy(name)


def open_decision_service(folder: Path = DEFAULT_PACK) -> DecisionService:
    """Open the pack.

    Raises
    ------
    PackError
        It is missing, damaged, or of another format.
    """
    pack = read_pack(folder)
    vessels = vessels_from(pack.tables["vessels"])  # type: ignore[arg-type]
    world = world_from(pack)
    # The depth classes have the trees, each until it has grown its own tables: 17 MB that nobody looks at again.
    del pack.arrays["trees"]
    return DecisionService(pack, world, vessels, TideTables(pack, tide_cache()), atlas=atlas_from(pack))


def _world_on_date(world: World, tables: TideTables, atlas: StreamAtlas, block_s: float) -> World:
    tides, identity = tables.at(block_s)
    streams = streams_at(atlas, tables, tuple(port.id for port in world.ports), block_s)
    inputs = {**world.identity, "tides": identity, "streams": atlas.identity if has_tide(streams) else None}
    return replace(world, tides=tides, streams=streams, identity=inputs)


_WORLDS_ON_DATES = RecentValues(_world_on_date, most=8)


def warm_up(service: DecisionService) -> None:
    """Run every compiled path once, so that no request pays for it: each depth class, a free passage, a document."""
    from api.documents.decision import decision_document, to_json
    from engine.routes import passage_between

    ports = service.world.ports
    # Each takes a fifth of a second of compiled code, two at a time on two cores.
    with ThreadPoolExecutor() as threads:
        for _ in threads.map(lambda depth_class: depth_class.tables, service.world.depth_classes):
            pass
    for depth_class in service.world.depth_classes:
        passage_between(service.world, depth_class.tables, ports[0].approach, ports[-1].approach)
    at_s = time()
    world = service.world_at(at_s)
    for name in ("unknown", "rnli-severn"):
        ask = Ask(*ports[0].approach, at_s, service.vessels[name], known_policy(DEFAULT_POLICY))
        # Brief: the whole of it takes 140 ms more and runs no other compiled path.
        to_json(decision_document(service.decide(ask, every_port=False), "brief"))
        warm_search(ask, world)
    # What is open now stays: a document makes thousands of small objects, and each collection would walk the world too.
    gc.collect()
    gc.freeze()
