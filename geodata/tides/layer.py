"""The tides layer of the pack: the stations, and how each port's tide follows from one of them."""

from typing import Any

from geodata.register import RegisterRow
from geodata.tides.ports import NO_BASIS, by_difference, by_levels, port_tide, read_differences, read_levels
from geodata.tides.stations import read_stations, stations_from


def tides_layer(rows: list[RegisterRow], assumed: dict[str, Any]) -> dict[str, Any]:
    """The layer for a register.

    Parameters
    ----------
    rows : list of RegisterRow
    assumed : dict
        The section ``tides`` of ``assumptions.toml``.

    Raises
    ------
    PackError
        The stations cannot be read, are not all under the one licence, or lack one a port names.
    """
    layer = read_stations()
    stations = stations_from(layer)
    differences, levels = read_differences(), read_levels()
    at_station = {
        row.facts["tide_station"]: levels.get(str(row.facts["id"]))
        for row in rows if row.facts["tide_basis"] == "station"
    }  # fmt: skip
    ports = []
    for row in rows:
        port = str(row.facts["id"])
        tide = by_levels(port_tide(row, stations, assumed), levels.get(port), at_station.get(row.facts["tide_station"]))
        tide = by_difference(tide, differences.get(port))
        # NaN has no place in JSON: without a basis there is only that.
        ports.append({"id": port, **({"station": None} if tide is NO_BASIS else tide._asdict())})
    return {**layer, "ports": ports}
