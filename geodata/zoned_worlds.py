"""Worlds whose routes keep out of exclusion zones that come and go while a service runs: each made once, and kept.

To triangulate the water anew takes a second, and the trees of each depth class three more. Whoever asks first waits for
the triangulation and for the trees it needs; those that nobody has asked for grow a little later, in a thread of their
own, and take no processor from whoever waits.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import inf
from threading import Lock, Timer

import shapely

from engine.errors import InvalidAsk
from engine.model import World
from geodata.exclusions import ExclusionZone, ExclusionZones, has_trees, rebuild_without_zones, release_trees
from geodata.pack import Pack

MOST_WATERS = 2
"""Kept, each with trees of 70 MB a depth class: what holds, and what is about to. Others give their trees back."""

GROW_AFTER_S = 10.0
"""[A] Trees that nobody has asked for grow so long after the water was cut. [s]"""

MOST_WORLDS = 8
"""Worlds kept on these waters: one a forecast."""

Outlines = tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
"""Name and corners (longitude, latitude) of each zone. [deg]"""


class ZonedWorlds:
    """Worlds by the zones they keep out of; for any number of threads.

    Attributes
    ----------
    grow_after_s : float
        `GROW_AFTER_S`; infinite where nobody asks for other depth classes, and their memory is better spared. [s]
    """

    def __init__(self) -> None:
        self.grow_after_s = GROW_AFTER_S
        self._lock = Lock()
        self._waters: dict[_Key, _Kept] = {}
        self._worlds: dict[_Key, _Kept] = {}

    def at(self, world: World, pack: Pack, zones: Outlines) -> World:
        """A world that keeps out of zones; the same object for the same world and zones while it is kept.

        Parameters
        ----------
        world : World
            Without zones.
        pack : Pack
            The pack it came from.
        zones : tuple
            Name and corners of each.

        Returns
        -------
        World
            ``identity["exclusion_zones"]`` names the zones. Where none of them closes water, or they cross each other
            too often to be cut out, it is the same water, and they stand under ``not_avoided``.
        """
        if not zones:
            return world
        kept = self._kept(self._worlds, MOST_WORLDS, (id(world), zones), world)
        with kept.lock:
            if kept.made is None:
                water = self._water(world, pack, zones)
                identity = {**world.identity, "exclusion_zones": water.identity["exclusion_zones"]}
                kept.made = replace(
                    world, water=water.water, depth_classes=water.depth_classes, avoided=water.avoided,
                    not_avoided=water.not_avoided, identity=identity,
                )  # fmt: skip
            return kept.made

    def is_ready(self, world: World, zones: Outlines, needed_depth_m: float) -> bool:
        """Whether `at` answers at once, and the trees of a depth class have grown. [m]"""
        if not zones:
            return True
        with self._lock:
            kept = self._waters.get((id(world.water), zones))
        return kept is not None and kept.made is not None and has_trees(kept.made, needed_depth_m)

    def _water(self, world: World, pack: Pack, zones: Outlines) -> World:
        """A world of which only the water counts: the same for every forecast."""
        key = (id(world.water), zones)
        kept = self._kept(self._waters, MOST_WATERS, key, world)
        with kept.lock:
            if kept.made is None:
                kept.made = _rebuild(world, pack, zones)
                if kept.made.depth_classes is not world.depth_classes and self.grow_after_s < inf:
                    later = Timer(self.grow_after_s, self._grow, (key,))
                    later.daemon = True
                    later.start()
            return kept.made

    def _grow(self, key: "_Key") -> None:
        """Grow the trees of a water that nobody has asked for yet, unless it made room meanwhile."""
        kept = self._waters.get(key)
        if kept is not None and kept.made is not None:
            for known in kept.made.depth_classes:
                known.tables  # noqa: B018 - grown when first looked at

    def _kept(self, store: "dict[_Key, _Kept]", most: int, key: "_Key", base: World) -> "_Kept":
        """What is kept under a key, perhaps still to be made; the one asked for longest ago makes room."""
        with self._lock:
            kept = store.pop(key, None) or _Kept(base)
            while len(store) >= most:
                gone = store.pop(next(iter(store))).made
                # Worlds on it may still stand in somebody's hands.
                if gone is not None and store is self._waters:
                    release_trees(gone)
            store[key] = kept
            return kept


@dataclass(slots=True)
class _Kept:
    """A world made of another one, which is kept beside it: while it is, nothing else has its id."""

    base: World
    made: World | None = None
    lock: Lock = field(default_factory=Lock)


_Key = tuple[int, Outlines]


def _rebuild(world: World, pack: Pack, zones: Outlines) -> World:
    drawn = ExclusionZones()
    for name, corners in zones:
        drawn.add(ExclusionZone(name, shapely.Polygon(corners)))
    try:
        return rebuild_without_zones(world, pack, drawn)
    except InvalidAsk:
        digest = hashlib.sha256(b"".join(shapely.to_wkb(outline) for outline in drawn.outlines)).hexdigest()
        idle = {"names": [], "sha256": digest, "zones": [], "not_avoided": list(drawn.names)}
        return replace(world, not_avoided=drawn.names, identity={**world.identity, "exclusion_zones": idle})


def outlines_of(zones: Sequence[dict[str, object]]) -> Outlines:
    """Zones as a store's snapshot has them, as a key."""
    return tuple(
        (str(zone["name"]), tuple((lon, lat) for lon, lat in zone["outline"]))  # type: ignore[attr-defined]
        for zone in zones
    )
