"""The process that reads foreign files: bounded in memory, time and output, and alone.

Started by `geodata.forecast.ingest` as ``python -m geodata.forecast.sandbox`` with a job as JSON on standard input. It
answers with JSON lines: ``{"reading": name}`` before each file, then ``{"made": header}`` or ``{"refused": ...}``.
Nothing here may be trusted by the process that started it but those lines and the file it wrote, which is verified.
"""

import hashlib
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any


def main() -> int:
    """Do the job on standard input; exit code 0 when it was answered, refused or not."""
    job = json.loads(sys.stdin.buffer.read())
    _bound(job["limits"])
    answer = _only_answers()
    try:
        header = _make(job, answer)
    except MemoryError:
        answer.write(json.dumps({"failed": "needs more memory than it is given."}) + "\n")
    except Exception as error:  # noqa: BLE001 - whatever a foreign file provokes becomes one refusal
        answer.write(json.dumps(_refusal(error)) + "\n")
    else:
        answer.write(json.dumps({"made": header["id"]}) + "\n")
    answer.flush()
    # Libraries that a damaged file has confused are not asked to tidy up.
    os._exit(0)


def _bound(limits: dict[str, Any]) -> None:
    """Set what the kernel enforces, before any library is loaded."""
    for what, most in (
        (resource.RLIMIT_AS, int(limits["memory_bytes"])),
        (resource.RLIMIT_CPU, int(limits["cpu_s"])),
        (resource.RLIMIT_FSIZE, int(limits["cube_bytes"])),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))


def _only_answers() -> Any:
    """A stream for the answers; libraries that print find nobody listening."""
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.dup2(nowhere, sys.stderr.fileno())
    return answer


def _make(job: dict[str, Any], answer: Any) -> dict[str, Any]:
    from engine.errors import ForecastRefused
    from geodata.forecast.cf_conventions import Unreadable
    from geodata.forecast.cube import write_cube
    from geodata.forecast.merge import merge
    from geodata.forecast.settings import ForecastLimits, read_settings

    limits = ForecastLimits(**job["limits"])
    west, south, east, north = (float(side) for side in job["box"])
    layers, sources, left = [], [], limits.decoded_bytes
    for place in job["files"]:
        path = Path(place)
        answer.write(json.dumps({"reading": path.name}) + "\n")
        answer.flush()
        try:
            kind, found = _read(path, (west, south, east, north), limits, read_settings().points)
        except Unreadable as error:
            raise ForecastRefused(path.name, error.problem, error.remedy) from None
        if not found.layers:
            raise ForecastRefused(path.name, *_nothing_of_ours(kind, found))
        left -= sum(layer.values.nbytes for layer in found.layers)
        if left < 0:
            raise ForecastRefused(
                path.name, f"brings the values to more than {limits.decoded_bytes:,} bytes.", "Leave files out."
            )
        layers += found.layers
        sources.append({
            "file": path.name, "bytes": path.stat().st_size, "sha256": _digest(path), "kind": kind,
            "left_out": found.lines(),
        })  # fmt: skip
    return write_cube(Path(job["out"]), merge(layers, limits), sources)


def _nothing_of_ours(kind: str, found: Any) -> tuple[str, str]:
    """What a file without a usable variable has instead, and what would be needed: problem and remedy."""
    from geodata.forecast.layers import join_names

    met = "; ".join(found.lines()[:4]) or "it has no fields at all"
    if found.left_out:
        # Known by name, but spread, probability, mean or member: another file is needed, not another name.
        remedy = "Ask for points at sea, or another model." if kind == "Open-Meteo JSON" else (
            "Name the deterministic or control forecast, of single moments.")  # fmt: skip
        return f"holds nothing that can be used. Left out: {met}.", remedy
    if kind == "NetCDF":
        name = next(iter(found.unknown), "NAME").split(" (")[0]
        return (
            f"holds nothing that can be used. Met: {join_names(found.unknown) or 'no fields'}. Looked for: CF standard "
            "names of waves, wind, visibility and current.",
            f"Name what it is: ncatted -a standard_name,{name[:40]},o,c,sea_surface_wave_significant_height FILE.",
        )
    looked_for = {
        "GRIB": "swh, mwd, mwp, shts, 10u and 10v, 10si and 10wdir, vis, currents 10 1 2 and 10 1 3 and their like",
    }.get(kind, "wave_height, wind_speed_10m, visibility, ocean_current_velocity and their like, under 'hourly'")
    return (
        f"holds nothing that can be used. Met: {join_names(found.unknown) or 'no fields'}. Looked for: {looked_for}.",
        "Name a file of waves, wind, visibility or current.",
    )


def _read(path: Path, box: tuple[float, float, float, float], limits: Any, points: Any) -> tuple[str, Any]:
    """What kind of file it is by its first bytes, and what it holds."""
    from geodata.forecast.cf_conventions import Unreadable

    with path.open("rb") as file:
        start = file.read(512)
    if start.startswith(b"GRIB"):
        from geodata.forecast.grib import read_grib

        return "GRIB", read_grib(path, box, limits)
    if start.startswith((b"CDF\x01", b"CDF\x02", b"CDF\x05", b"\x89HDF\r\n\x1a\n")):
        from geodata.forecast.netcdf import read_netcdf

        return "NetCDF", read_netcdf(path, box, limits)
    if start.lstrip()[:1] in (b"{", b"["):
        if path.stat().st_size > limits.json_bytes:
            raise Unreadable(f"is larger than {limits.json_bytes:,} bytes.", "Ask for fewer points or hours.")
        from geodata.forecast.open_meteo import read_open_meteo

        return "Open-Meteo JSON", read_open_meteo(path, box, limits, points)
    raise Unreadable("is neither GRIB, NetCDF nor Open-Meteo JSON.", "Name a forecast file.")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refusal(error: Exception) -> dict[str, Any]:
    from engine.errors import ForecastRefused

    if isinstance(error, ForecastRefused):
        return {"refused": [error.field, error.problem, error.remedy]}
    # What a library says of it is of no file and in one language.
    return {"failed": f"cannot be read ({type(error).__name__})."}


if __name__ == "__main__":
    sys.exit(main())
