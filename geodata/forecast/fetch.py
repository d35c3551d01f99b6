"""Forecasts over the network: Open-Meteo's marine and weather interfaces, and ECMWF's open data.

Both only bring files; `geodata.forecast.ingest` reads them like any others.

References
----------
Open-Meteo, "Marine Weather API" and "Weather Forecast API"; data CC BY 4.0, free use not commercial.
ECMWF, "Open data: real-time forecasts from IFS and AIFS"; CC BY 4.0. Beside each GRIB file lies an index: one JSON
object a line, with ``param``, ``_offset`` and ``_length`` of each message.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import numpy as np

from engine.errors import DownloadFailed, InvalidAsk
from geodata.forecast.download import Downloads, is_loopback
from geodata.forecast.grid import Box
from geodata.forecast.open_meteo import ASKED
from geodata.forecast.settings import ForecastSettings, read_settings

SOURCES = ("open-meteo", "ecmwf")
MOST_HOURS = 240
_SIX_HOURLY_FROM_H = 144

_MARINE = ("wave_height", "wave_direction", "wave_period", "ocean_current_velocity", "ocean_current_direction")
_WEATHER = ("wind_speed_10m", "wind_direction_10m", "wind_gusts_10m", "visibility")
_WAVE = ("swh", "mwd", "mwp")
_OPER = ("10u", "10v", "10fg")
_MUST = frozenset({"swh", "10u", "10v"})
_JSON = ("application/json",)
_INDEX = ("application/octet-stream", "binary/octet-stream", "application/json", "application/x-ndjson", "text/plain")
_GRIB = (
    "application/octet-stream",
    "binary/octet-stream",
    "application/grib",
    "application/x-grib",
    "application/wmo-grib",
)
_LATER = "Try again later; an older cube stays usable until it has grown too old."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to fetch.

    Attributes
    ----------
    area : tuple
        West, south, east, north. [deg]
    hours : int
        How far ahead. [h]
    now_s : float
        Time of asking. [epoch s]
    """

    area: Box
    hours: int
    now_s: float


def fetch(
    source: str, wanted: Wanted, folder: Path, *, server: str | None = None, settings: ForecastSettings | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> list[Path]:  # fmt: skip
    """Download a forecast into a folder and return the files.

    Parameters
    ----------
    source : str
        ``open-meteo`` or ``ecmwf``.
    wanted : Wanted
    folder : Path
        An empty folder.
    server : str, optional
        Base address on this machine instead of the source's own; anything but loopback is refused.
    settings : ForecastSettings, optional
    say : callable
        Told what is being done, a line at a time.

    Raises
    ------
    InvalidAsk
        Area, hours or server make no sense.
    DownloadFailed
        The source cannot be reached in time, or answers something else.
    """
    settings = settings or read_settings()
    west, south, east, north = wanted.area
    if not (-180.0 <= west < east <= 180.0 and -90.0 <= south < north <= 90.0):
        raise InvalidAsk("area", "is not west, south, east, north.", "Write it as -7,48,5,52.5.")
    if not 1 <= wanted.hours <= MOST_HOURS:
        raise InvalidAsk("hours", f"is not between 1 and {MOST_HOURS}.", "48 is usual.")
    if server is not None:
        settings = _redirected(settings, server)
    if source == "open-meteo":
        return _open_meteo(wanted, folder, settings, server is not None, say)
    if source == "ecmwf":
        return _ecmwf(wanted, folder, settings, server is not None, say)
    raise InvalidAsk("source", f"there is no source {source[:20]!r}.", f"Sources: {', '.join(SOURCES)}.")


def _redirected(settings: ForecastSettings, server: str) -> ForecastSettings:
    parts = urlsplit(server)
    if not is_loopback(parts.hostname or "") or parts.scheme != "http":
        raise InvalidAsk("server", "is not an http address on this machine.", "It is for tests: http://127.0.0.1:8080")
    base = server.rstrip("/")
    return replace(
        settings,
        open_meteo=replace(settings.open_meteo, marine=f"{base}/v1/marine", forecast=f"{base}/v1/forecast"),
        ecmwf=replace(settings.ecmwf, base=base),
    )


def _open_meteo(
    wanted: Wanted, folder: Path, settings: ForecastSettings, loopback: bool, say: Callable[[str], None]
) -> list[Path]:  # fmt: skip
    """The marine and the weather interface, each asked for a lattice of points."""
    ours = settings.open_meteo
    downloads = Downloads((ours.marine, ours.forecast), settings.fetch, loopback=loopback)
    points = _lattice(wanted.area, ours.step_deg)
    files = []
    for name, base, variables in (("marine", ours.marine, _MARINE), ("weather", ours.forecast, _WEATHER)):
        locations: list[dict[str, Any]] = []
        for start in range(0, len(points), ours.points_a_request):
            chunk = points[start : start + ours.points_a_request]
            say(f"open-meteo {name}: points {start + 1} to {start + len(chunk)} of {len(points)}")
            locations += _locations(downloads, base, variables, chunk, wanted.hours, ours.response_bytes)
        path = folder / f"open-meteo-{name}.json"
        path.write_text(json.dumps(locations), encoding="utf-8")
        files.append(path)
    return files


def _lattice(area: Box, step: float) -> list[tuple[float, float]]:
    """Points that cover an area, west to east and south to north, both sides included."""
    west, south, east, north = area
    columns = np.linspace(west, east, max(2, round((east - west) / step) + 1))
    rows = np.linspace(south, north, max(2, round((north - south) / step) + 1))
    return [(round(float(lon), 4), round(float(lat), 4)) for lat in rows for lon in columns]


def _locations(
    downloads: Downloads, base: str, variables: Sequence[str], points: Sequence[tuple[float, float]], hours: int,
    most_bytes: int,
) -> list[dict[str, Any]]:  # fmt: skip
    query = urlencode(
        {
            "latitude": ",".join(f"{lat:g}" for _, lat in points),
            "longitude": ",".join(f"{lon:g}" for lon, _ in points),
            "hourly": ",".join(variables),
            "forecast_hours": hours + 1,
            "timeformat": "unixtime",
            "timezone": "GMT",
            "wind_speed_unit": "ms",
            "cell_selection": "sea",
        },
        safe=",",
    )
    answer = downloads.get(f"{base}?{query}", most_bytes, _JSON)
    host = urlsplit(base).hostname or "open-meteo"
    if answer.status == 404:
        raise DownloadFailed(host, "does not know the address.", "Check the source file.")
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise DownloadFailed(host, "sends something that is not JSON.", _LATER) from None
    found = body if isinstance(body, list) else [body]
    if len(found) != len(points) or not all(isinstance(location, dict) and "hourly" in location for location in found):
        raise DownloadFailed(host, f"does not answer for all {len(points)} points.", _LATER)
    for location, (lon, lat) in zip(found, points, strict=True):
        location[ASKED] = {"longitude": lon, "latitude": lat}
    return found


def _ecmwf(
    wanted: Wanted, folder: Path, settings: ForecastSettings, loopback: bool, say: Callable[[str], None]
) -> list[Path]:  # fmt: skip
    """Messages of the wave and the atmospheric stream of the latest run that has them all."""
    ours = settings.ecmwf
    downloads = Downloads((ours.base,), settings.fetch, loopback=loopback)
    run = datetime.fromtimestamp(wanted.now_s - 3600.0 * ours.ready_after_h, UTC)
    run = run.replace(hour=run.hour // 6 * 6, minute=0, second=0, microsecond=0)
    for _ in range(ours.runs_tried):
        steps = _steps(wanted, run, ours.step_h)
        # The last step is published last: when it is there, all are.
        if _index(downloads, ours.base, run, steps[-1], "wave", ours.index_bytes) is not None and (
            _index(downloads, ours.base, run, steps[-1], "oper", ours.index_bytes) is not None
        ):
            return _ecmwf_run(downloads, settings, run, steps, folder, say)
        say(f"ecmwf: the run of {run:%Y-%m-%d %H}Z is not complete yet")
        run -= timedelta(hours=6)
    raise DownloadFailed(
        urlsplit(ours.base).hostname or "ecmwf", f"has no run with {wanted.hours} h ahead.", "Ask for fewer hours."
    )


def _steps(wanted: Wanted, run: datetime, step_h: int) -> list[int]:
    """Steps of a run, in hours since it began, that span from now to the hours wanted; 6-hourly beyond 144 h."""
    begun_h = (wanted.now_s - run.timestamp()) / 3600.0
    first = int(begun_h // step_h) * step_h
    last = ceil((begun_h + wanted.hours) / step_h) * step_h
    if last > _SIX_HOURLY_FROM_H:
        last = ceil(last / 6) * 6
    return [step for step in range(first, last + 1, step_h) if step <= _SIX_HOURLY_FROM_H or step % 6 == 0]


def _ecmwf_run(
    downloads: Downloads, settings: ForecastSettings, run: datetime, steps: Sequence[int], folder: Path,
    say: Callable[[str], None],
) -> list[Path]:  # fmt: skip
    ours = settings.ecmwf
    files = []
    for stream, parameters in (("wave", _WAVE), ("oper", _OPER)):
        path = folder / f"ecmwf-{run:%Y%m%d%H}-{stream}.grib2"
        with path.open("wb") as file:
            for step in steps:
                say(f"ecmwf {run:%Y-%m-%d %H}Z {stream}: step {step} h of {steps[-1]} h")
                index = _index(downloads, ours.base, run, step, stream, ours.index_bytes) or {}
                missing = sorted(_MUST & set(parameters) - set(index))
                if missing:
                    raise DownloadFailed(
                        urlsplit(ours.base).hostname or "ecmwf", f"has no {missing[0]} at step {step} h.", _LATER
                    )
                for parameter in parameters:
                    if parameter in index:
                        file.write(_message(downloads, _address(ours.base, run, step, stream, "grib2"),
                                            index[parameter], ours.message_bytes))  # fmt: skip
        files.append(path)
    return files


def _address(base: str, run: datetime, step: int, stream: str, ending: str) -> str:
    return f"{base}/{run:%Y%m%d}/{run:%H}z/ifs/0p25/{stream}/{run:%Y%m%d%H}0000-{step}h-{stream}-fc.{ending}"


def _index(
    downloads: Downloads, base: str, run: datetime, step: int, stream: str, most_bytes: int
) -> dict[str, tuple[int, int]] | None:
    """Where the messages of a step stand: first byte and length by parameter; None when the step is not there."""
    answer = downloads.get(_address(base, run, step, stream, "index"), most_bytes, _INDEX)
    if answer.status == 404:
        return None
    found = {}
    try:
        for line in answer.body.decode("utf-8").splitlines():
            if not line.strip():
                continue
            entry = json.loads(line)
            if entry.get("levtype", "sfc") == "sfc" and entry.get("type", "fc") == "fc":
                found[str(entry["param"])] = (int(entry["_offset"]), int(entry["_length"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DownloadFailed(
            urlsplit(base).hostname or "ecmwf", "sends an index that cannot be read.", _LATER
        ) from None
    if any(start < 0 or length <= 0 for start, length in found.values()):
        raise DownloadFailed(urlsplit(base).hostname or "ecmwf", "sends an index that makes no sense.", _LATER)
    return found


def _message(downloads: Downloads, url: str, span: tuple[int, int], most_bytes: int) -> bytes:
    """One GRIB message."""
    host = urlsplit(url).hostname or "ecmwf"
    if span[1] > most_bytes:
        raise DownloadFailed(host, f"names a message of {span[1]:,} bytes; at most {most_bytes:,} are taken.", _LATER)
    answer = downloads.get(url, most_bytes, _GRIB, span)
    if answer.status == 404 or not (answer.body.startswith(b"GRIB") and answer.body.endswith(b"7777")):
        raise DownloadFailed(host, "sends something that is no GRIB message.", _LATER)
    return answer.body
