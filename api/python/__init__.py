"""Which port is the nearest one fit to receive people rescued at sea, for Python and notebooks.

``open_service`` opens everything once; its methods decide, measure, predict and replay, without a server. Installed,
this is what ``import safeport`` gives. ``docs/python.md`` has examples of all of it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine import ENGINE_VERSION
from engine.errors import ForecastRefused, InvalidAsk, PackError, PositionRefused, SafeportError, UnknownName

if TYPE_CHECKING:
    from api.python.service import Service

__all__ = [
    "ForecastRefused",
    "InvalidAsk",
    "PackError",
    "PositionRefused",
    "SafeportError",
    "UnknownName",
    "__version__",
    "open_service",
]

__version__ = ENGINE_VERSION


def open_service(
    *,
    pack: str | Path | None = None,
    forecasts: str | Path | Sequence[str | Path] = (),
    overlay: str | Path | None = None,
    avoid: str | Path | None = None,
) -> "Service":
    """Open the geodata, once, and whatever is to be laid over them.

    The very first call on a machine compiles for some minutes; what is compiled is kept.

    Parameters
    ----------
    pack : str or Path, optional
        Folder of a geodata pack; the one that comes with the program when left out.
    forecasts : str, Path or sequence of them
        Cubes made by ``safeport forecast``, or GRIB, NetCDF or Open-Meteo files. For each encounter the one is taken
        that was to be had at its time; without any, times are for calm water.
    overlay : str or Path, optional
        CSV file of your own facts of ports.
    avoid : str or Path, optional
        GeoJSON file of temporary exclusion zones; routes keep out of them.

    Returns
    -------
    Service

    Raises
    ------
    PackError, ForecastRefused, InvalidAsk
        A file is missing, damaged or not what it should be; the text says which, and what to do.

    Examples
    --------
    >>> import safeport
    >>> service = safeport.open_service()
    >>> service.decide("51 03.0N 001 15.0E", time="2022-01-13T05:00:00Z")["recommended"]["port"]["id"]
    'folkestone'
    """
    from api.python.service import open_service as open_all

    files = [forecasts] if isinstance(forecasts, str | Path) else list(forecasts)
    return open_all(pack, files, overlay, avoid)
