"""The composition root: opens the pack once and hands out what every door needs."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from api.encounter import EncounterIn
from engine.decide import decide
from engine.errors import UnknownName
from engine.model import Ask, Decision, Port, Vessel, World
from engine.policy import Policy
from geodata.pack import DEFAULT_PACK, Pack, read_pack
from geodata.policies import read_policy
from geodata.vessels import vessel_named, vessels_from
from geodata.world import world_from


@dataclass(frozen=True, slots=True, eq=False)
class House:
    """Everything opened at start.

    Attributes
    ----------
    pack : Pack
    world : World
    vessels : dict of Vessel
        Profiles by id.
    """

    pack: Pack
    world: World
    vessels: dict[str, Vessel]

    def ask(self, encounter: EncounterIn, now_s: float, policy: Policy | None = None) -> Ask:
        """The engine's ask for an encounter.

        Raises
        ------
        UnknownName
            The vessel profile or the policy does not exist.
        """
        profile = encounter.vessel.profile
        named = None if profile is None else vessel_named(self.vessels, profile)
        return encounter.to_ask(self.vessels, named, policy or known_policy(encounter.policy), now_s)

    def decide(self, ask: Ask) -> Decision:
        """`engine.decide.decide` in this house's world."""
        return decide(ask, self.world)

    def avoiding(self, zones: Path) -> "House":
        """The same house, with routes that keep out of the exclusion zones of a GeoJSON file; takes seconds.

        Raises
        ------
        InvalidAsk
            The file cannot be read, or a feature is not an area.
        """
        from geodata.exclusions import read_exclusion_zones, world_avoiding

        return replace(self, world=world_avoiding(self.world, self.pack, read_exclusion_zones(zones)))

    def port(self, name: str) -> Port:
        """Port by id or UN/LOCODE, in any case.

        Raises
        ------
        UnknownName
        """
        wanted = name.strip()
        for port in self.world.ports:
            if port.id == wanted.lower() or (port.unlocode is not None and port.unlocode == wanted.upper()):
                return port
        raise UnknownName("port", f"there is no port {wanted[:40]!r}.", "'safeport ports' lists ids and UN/LOCODEs.")


@lru_cache(maxsize=32)
def known_policy(name: str) -> Policy:
    """A policy that comes with the program, read once."""
    return read_policy(name)


def open_house(folder: Path = DEFAULT_PACK) -> House:
    """Open the pack.

    Raises
    ------
    PackError
        It is missing, damaged, or of another format.
    """
    pack = read_pack(folder)
    return House(pack, world_from(pack), vessels_from(pack.tables["vessels"]))  # type: ignore[arg-type]


def warm(house: House) -> None:
    """Run every compiled path once, so that no request pays for it: each depth class, and a free passage."""
    from engine.sea_route import passage_between

    for depth_class in house.world.depth_classes:
        tables = depth_class.tables
    port = house.world.ports[0]
    passage_between(house.world, tables, port.approach, house.world.ports[-1].approach)
    for name, vessel in house.vessels.items():
        if name in ("unknown", "rnli-severn"):
            house.decide(Ask(*port.approach, 0.0, vessel, known_policy("nearest-time")))
