"""Foreign files to a cube, read in a process of their own that can be killed, starve or crash without harm."""

import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.errors import ForecastRefused
from geodata.cache import cache_home
from geodata.forecast.cube import CUBE_FORMAT, Cube, is_cube, open_cube, put_in_place
from geodata.forecast.grid import Box
from geodata.forecast.settings import ForecastLimits, read_settings
from geodata.pack import DEFAULT_PACK, read_manifest

_AGAIN = "Get the file again."


def pack_area(pack: Path = DEFAULT_PACK) -> Box:
    """West, south, east and north side of a pack's area. [deg]"""
    area: Any = read_manifest(pack)["area"]
    return float(area["west"]), float(area["south"]), float(area["east"]), float(area["north"])


def forecast_cache() -> Path:
    """Folder in which cubes made of raw files are kept; it may not exist."""
    return cache_home() / "forecasts"


def ingest(files: Sequence[Path], out: Path, limits: ForecastLimits | None = None, area: Box | None = None) -> Cube:
    """Make a cube of forecast files and open it.

    Parameters
    ----------
    files : sequence of Path
        GRIB, CF NetCDF or Open-Meteo JSON, in any mixture and order.
    out : Path
        Where the cube goes. Whatever stands there stays untouched until the new one is whole and verified.
    limits : ForecastLimits, optional
        What reading may cost; that of the source file if left out.
    area : tuple, optional
        West, south, east, north; the built-in pack's if left out. [deg]

    Raises
    ------
    ForecastRefused
        A file is missing, too large, damaged, or holds nothing usable; names it and why.
    """
    limits = limits or read_settings().limits
    _check(files, out, limits)
    fresh = out.with_name(f".{out.name}.{secrets.token_hex(6)}")
    job = {
        "files": [str(path.resolve()) for path in files], "out": str(fresh.resolve()),
        "box": list(area or pack_area()), "limits": asdict(limits),
    }  # fmt: skip
    try:
        _read_apart(job, limits, files)
        cube = open_cube(fresh)
        put_in_place(fresh, out)
    except OSError as error:
        raise ForecastRefused(out.name, f"cannot be written ({error.strerror}).", "Check folder and space.") from None
    finally:
        # The process leaves its own half-written file behind when it is killed.
        for path in out.parent.glob(f".{fresh.name}*"):
            with suppress(OSError):
                path.unlink()
        with suppress(OSError):
            fresh.unlink()
    return cube


def open_forecast(path: Path, cache_folder: Path) -> Cube:
    """Open a cube, or make one of a raw forecast file first and keep it.

    Parameters
    ----------
    path : Path
        A cube, or one GRIB, NetCDF or Open-Meteo JSON file.
    cache_folder : Path
        Where cubes made of raw files are kept, by the SHA-256 of the file; made when missing. The latest few stay.

    Raises
    ------
    ForecastRefused
        Missing, or cannot be used; names the file and why.
    """
    limits = read_settings().limits
    _check([path], None, limits)
    if is_cube(path):
        return open_cube(path)
    area = pack_area()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    digest.update(json.dumps([CUBE_FORMAT, area, asdict(read_settings())], sort_keys=True).encode())
    kept = cache_folder / f"{digest.hexdigest()[:32]}.cube"
    if kept.is_file():
        # A cube that no longer opens is simply made again.
        with suppress(ForecastRefused, OSError):
            cube = open_cube(kept)
            kept.touch()
            return cube
    try:
        cache_folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ForecastRefused(
            path.name, f"needs a folder to be made ready in, which cannot be written ({error.strerror}).",
            "Make a cube of it with 'safeport forecast ingest'.",
        ) from None  # fmt: skip
    cube = ingest([path], kept, limits, area)
    _tidy(cache_folder)
    return cube


def _tidy(folder: Path) -> None:
    """Remove all but the latest cubes."""
    with suppress(OSError):
        cubes = sorted(folder.glob("*.cube"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in cubes[read_settings().kept_in_cache :]:
            path.unlink(missing_ok=True)


def _check(files: Sequence[Path], out: Path | None, limits: ForecastLimits) -> None:
    if not 0 < len(files) <= limits.files:
        raise ForecastRefused("FILE", f"{len(files)} files are named.", f"Name 1 to {limits.files}.")
    for path in files:
        if not path.is_file():
            raise ForecastRefused(path.name, "there is no such file.", "Check its name.")
        try:
            size = path.stat().st_size
            with path.open("rb"):
                pass
        except OSError as error:
            raise ForecastRefused(path.name, f"cannot be read ({error.strerror}).", "Check its rights.") from None
        if size == 0:
            raise ForecastRefused(path.name, "is empty.", _AGAIN)
        if size > limits.input_bytes:
            raise ForecastRefused(
                path.name, f"has {size:,} bytes; at most {limits.input_bytes:,} are read.", "Cut it to the area."
            )
    if out is not None and not out.parent.is_dir():
        raise ForecastRefused(out.name, "its folder does not exist.", "Make the folder first.")
    if out is not None and any(out.resolve() == path.resolve() for path in files):
        raise ForecastRefused(out.name, "is one of the files to read.", "Name another place for the cube.")


def _read_apart(job: dict[str, Any], limits: ForecastLimits, files: Sequence[Path]) -> None:
    """Run the reading process and turn however it ends into nothing or one refusal."""
    root = Path(__file__).resolve().parents[len(__package__.split("."))]
    # Nothing of the caller's environment but what finding Python and this program needs; one thread, because every
    # further one reserves memory that the limit counts.
    environment = {
        "PATH": os.defpath, "PYTHONPATH": str(root), "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "NUMBA_DISABLE_JIT": "1", "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    command = [sys.executable, "-P", "-m", f"{__package__}.sandbox"]
    try:
        ended = subprocess.run(  # noqa: S603 - our own module, and the job goes in as data
            command, input=json.dumps(job).encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=limits.wall_s, check=False, env=environment,
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        answers = _answers(late.stdout or b"")
        raise ForecastRefused(
            _at(answers, files), f"took longer than {limits.wall_s:g} s to read; the reader was stopped.", _AGAIN
        ) from None
    answers = _answers(ended.stdout)
    for answer in answers:
        if "refused" in answer:
            raise ForecastRefused(*(str(part)[:600] for part in answer["refused"]))
        if "failed" in answer:
            raise ForecastRefused(_at(answers, files), str(answer["failed"])[:300], _AGAIN)
    if ended.returncode != 0 or not any("made" in answer for answer in answers):
        raise ForecastRefused(_at(answers, files), f"the reader {_ending(ended.returncode, limits)}.", _AGAIN)


def _answers(output: bytes) -> list[dict[str, Any]]:
    found = []
    for line in output[:1_000_000].splitlines():
        with suppress(ValueError):
            answer = json.loads(line)
            if isinstance(answer, dict):
                found.append(answer)
    return found


def _at(answers: list[dict[str, Any]], files: Sequence[Path]) -> str:
    """Name of the file that was being read."""
    return str(next((answer["reading"] for answer in reversed(answers) if "reading" in answer), files[0].name))


def _ending(code: int, limits: ForecastLimits) -> str:
    if code == -signal.SIGXCPU or code == -signal.SIGKILL:
        return f"was stopped: more than {limits.cpu_s} s of computing, or no memory left"
    if code < 0:
        return f"crashed ({signal.Signals(-code).name})"
    return f"ended with code {code}"
