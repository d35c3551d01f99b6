"""The tides layer of the pack: the stations, and how each port's tide follows from one of them."""

from typing import Any

from geodata.register import RegisterRow
from geodata.tides.ports import NO_BASIS, port_tide
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
    ports = []
    for row in rows:
        tide = port_tide(row, stations, assumed)
        # NaN has no place in JSON: without a basis there is only that.
        ports.append({"id": row.facts["id"], **({"station": None} if tide is NO_BASIS else tide._asdict())})
    return {**layer, "ports": ports}
