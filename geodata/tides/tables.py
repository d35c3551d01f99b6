"""Tides of all ports for a date: what makes a `World` dated."""

from copy import copy
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

import numpy as np

from engine.errors import PackError
from engine.kernels.mesh import NOWHERE
from engine.kernels.tides import Tides, no_tides
from geodata.cache import cache_home
from geodata.pack import Pack
from geodata.tides.blocks import BLOCK_DAYS, TideBlock, block_start_s, tide_table
from geodata.tides.ports import NO_BASIS, PortTide
from geodata.tides.predict import DAY_S, FIRST_YEAR, LAST_YEAR, STEP_S
from geodata.tides.stations import Stations, stations_from

_HELD = 4
"""Blocks held in memory, a megabyte and a half each."""

_FIRST_S = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp()
_LAST_S = datetime(LAST_YEAR, 1, 1, tzinfo=UTC).timestamp()


class TideTables:
    """Tides of the ports of one pack, block by block.

    Parameters
    ----------
    pack : Pack
    folder : Path or None
        Where tables are kept between runs; None keeps none.

    Attributes
    ----------
    stations : Stations
    ports : tuple of PortTide
        In the order of the pack's ports.

    Raises
    ------
    PackError
        The pack lacks its tides layer.
    """

    def __init__(self, pack: Pack, folder: Path | None = None) -> None:
        try:
            layer: dict = pack.tables["tides"]  # type: ignore[assignment,type-arg]
            rows: list[dict[str, object]] = pack.tables["ports"]  # type: ignore[assignment]
            self.stations: Stations = stations_from(layer)
            named = {entry["id"]: _port_tide(entry) for entry in layer["ports"]}
            self.ports: tuple[PortTide, ...] = tuple(named[row["id"]] for row in rows)
            self._edition = str(pack.manifest["layers"]["tides"]["sha256"])  # type: ignore[index]
        except (KeyError, TypeError, ValueError) as error:
            raise PackError(
                "geodata pack",
                "does not hold the tides this program needs.",
                "Rebuild it with 'safeport geodata build'.",
            ) from error
        self._folder = folder
        self._held: dict[float, tuple[TideBlock, Tides, dict[str, object]]] = {}
        self._lock = Lock()

    def with_ports(self, more: tuple[PortTide, ...]) -> "TideTables":
        """Tables of the same stations for these ports after those of the pack."""
        wider = copy(self)
        wider.ports = (*self.ports, *more)
        wider._held = {}
        wider._lock = Lock()
        return wider

    def at(self, at_s: float) -> tuple[Tides, dict[str, object] | None]:
        """Tides of the block that holds a time, and what they are; the same objects for every time of one block.

        Parameters
        ----------
        at_s : float
            Epoch. [s]

        Returns
        -------
        Tides
            With no station at any port outside the years that have a tide.
        dict or None
            ``id``, ``sha256``, ``source``, ``from``, ``to`` and ``surge_included``; None outside those years.
        """
        found = self._block(at_s)
        return (no_tides(len(self.ports)), None) if found is None else found[1:]

    def table(self, at_s: float) -> TideBlock | None:
        """Table of the stations for the block that holds a time; None outside the years that have a tide."""
        found = self._block(at_s)
        return None if found is None else found[0]

    def _block(self, at_s: float) -> tuple[TideBlock, Tides, dict[str, object]] | None:
        if not _FIRST_S <= at_s < _LAST_S:
            return None
        block_s = block_start_s(at_s)
        with self._lock:
            if block_s not in self._held:
                table = tide_table(self.stations, self._edition, block_s, self._folder)
                if len(self._held) >= _HELD:
                    self._held.pop(next(iter(self._held)))
                self._held[block_s] = (table, self._tides(table), self._identity(table, block_s))
            return self._held[block_s]

    def _tides(self, table: TideBlock) -> Tides:
        number = {station.id: k for k, station in enumerate(self.stations.stations)}

        def figures(name: str) -> np.ndarray:
            return np.array([getattr(port, name) for port in self.ports], np.float64)

        return Tides(
            start_s=table.start_s,
            step_s=STEP_S,
            height_m=table.height_m,
            high_water_s=table.high_s,
            station=np.array([number.get(port.station or "", NOWHERE) for port in self.ports], np.int32),
            time_shift_s=figures("time_shift_s"),
            height_factor=figures("height_factor"),
            height_shift_m=figures("height_shift_m"),
            height_uncertainty_m=figures("height_uncertainty_m"),
            time_uncertainty_s=figures("time_uncertainty_s"),
        )

    def _identity(self, table: TideBlock, block_s: float) -> dict[str, object]:
        start = datetime.fromtimestamp(block_s, UTC)
        return {
            "id": f"ticon-4-{start:%Y-%m-%d}",
            "sha256": table.sha256,
            "source": self.stations.source,
            "from": _rfc3339(table.start_s),
            "to": _rfc3339(table.start_s + (table.height_m.shape[1] - 1) * STEP_S),
            "surge_included": False,
        }


def tides_for(pack: Pack, at_s: float, folder: Path | None = None) -> tuple[Tides, dict[str, object] | None]:
    """Tides of a pack's ports for the block that holds a time; who asks more than once keeps a `TideTables`.

    Parameters
    ----------
    pack : Pack
    at_s : float
        Epoch. [s]
    folder : Path or None
        Where tables are kept between runs.
    """
    return TideTables(pack, folder).at(at_s)


def tide_cache() -> Path:
    """Folder where tide tables are kept between runs."""
    return cache_home() / "tides"


def block_end_s(at_s: float) -> float:
    """Epoch at which the block that holds a time ends. [s]"""
    return block_start_s(at_s) + BLOCK_DAYS * DAY_S


def _port_tide(entry: dict[str, object]) -> PortTide:
    if entry["station"] is None:
        return NO_BASIS
    return PortTide(**{name: entry[name] for name in PortTide._fields})  # type: ignore[arg-type]


def _rfc3339(epoch_s: float) -> str:
    return datetime.fromtimestamp(epoch_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
