"""``safeport forecast``: make a cube of forecast files, say what is in one, or fetch one."""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli.arguments import Once, add_json, number, quote, whole_number
from engine.errors import InvalidAsk

if TYPE_CHECKING:
    from geodata.forecast.cube import Cube

DEFAULT_OUT = "forecast.cube"
DEFAULT_HOURS = 48


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the sub-commands."""
    commands = parser.add_subparsers(dest="forecast_command", metavar="COMMAND", required=True)
    make = commands.add_parser("ingest", help="make a cube of GRIB, CF NetCDF or Open-Meteo JSON files")
    make.add_argument("files", nargs="+", metavar="FILE", help="forecast files, in any mixture and order")
    make.add_argument("--out", action=Once, metavar="CUBE", help=f"where the cube goes; {DEFAULT_OUT} if left out")
    add_json(make)
    make.set_defaults(run=run_ingest)
    info = commands.add_parser("info", help="say what a cube or a foreign forecast file holds and what is missing")
    info.add_argument("file", metavar="FILE", help="a cube, every byte of which is verified, or a file to make one of")
    add_json(info)
    info.set_defaults(run=run_info)
    get = commands.add_parser("fetch", help="download a forecast and make a cube of it")
    get.add_argument("--source", action=Once, metavar="NAME", required=True, help="open-meteo or ecmwf")
    get.add_argument("--area", action=Once, metavar="W,S,E,N", help="sides in degrees; the pack's area if left out")
    get.add_argument("--hours", action=Once, metavar="H", help=f"how far ahead; {DEFAULT_HOURS} if left out")
    get.add_argument("--out", action=Once, metavar="CUBE", help=f"where the cube goes; {DEFAULT_OUT} if left out")
    get.add_argument("--server", action=Once, metavar="URL", help="a server on this machine instead, for tests")
    add_json(get)
    get.set_defaults(
        run=run_fetch, fields={"area": "--area", "hours": "--hours", "source": "--source", "server": "--server"}
    )


def run_ingest(options: argparse.Namespace) -> int:
    """Make a cube and say what is in it."""
    from geodata.forecast.ingest import ingest

    out = Path(options.out or DEFAULT_OUT)
    cube = ingest([Path(name) for name in options.files], out)
    _print(cube, out, options.json)
    return 0


def run_info(options: argparse.Namespace) -> int:
    """Verify a cube, or read a foreign file as a decision would, and say what is in it."""
    from geodata.forecast.ingest import forecast_cache, open_forecast

    path = Path(options.file)
    _print(open_forecast(path, forecast_cache()), path, options.json)
    return 0


def run_fetch(options: argparse.Namespace) -> int:
    """Download a forecast, make a cube of it in the isolated process, and say what is in it."""
    import tempfile

    from geodata.forecast.fetch import Wanted, fetch
    from geodata.forecast.ingest import ingest, pack_area

    hours = whole_number("--hours", options.hours)
    wanted = Wanted(
        pack_area() if options.area is None else _area(options.area), DEFAULT_HOURS if hours is None else hours,
        time.time(),
    )  # fmt: skip
    out = Path(options.out or DEFAULT_OUT)
    if not out.parent.is_dir():
        raise InvalidAsk("--out", "its folder does not exist.", "Make the folder first.")
    with tempfile.TemporaryDirectory(prefix="safeport-") as folder:
        files = fetch(
            options.source, wanted, Path(folder), server=options.server,
            say=lambda line: print(line, file=sys.stderr, flush=True),
        )  # fmt: skip
        cube = ingest(files, out, area=wanted.area)
    _print(cube, out, options.json)
    return 0


def _area(text: str) -> tuple[float, float, float, float]:
    sides = [number("--area", part.strip()) for part in text.strip().split(",")]
    if len(sides) != 4 or any(side is None for side in sides):
        raise InvalidAsk(
            "--area", f"{quote(text.strip())} is not four numbers.", "Write west,south,east,north: -7,48,5,52.5."
        )
    west, south, east, north = (float(side) for side in sides if side is not None)
    return west, south, east, north


def _print(cube: "Cube", path: Path, as_json: bool) -> None:
    from api.cli.forecast_text import forecast_lines
    from api.documents.forecast import forecast_document

    size = path.stat().st_size
    if as_json:
        document = {"file": path.name, "bytes": size, **forecast_document(cube, time.time())}
        print(json.dumps(document, ensure_ascii=False, indent=1))
        return
    for line in forecast_lines(cube, path.name, size, time.time()):
        print(line)
