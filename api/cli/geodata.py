"""``safeport geodata``: build the pack from its sources, verify one, or hand it to a GIS."""

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path

from api.cli.arguments import Once, instant, pack_folder
from api.cli.console import status_line
from engine.errors import InvalidAsk, PackError
from geodata.survey import DATUMS, SIGNS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the sub-commands."""
    commands = parser.add_subparsers(dest="geodata_command", metavar="COMMAND", required=True)
    build = commands.add_parser("build", help="build the pack; needs the 'build' extra")
    build.add_argument("--coast", action=Once, metavar="FILE", help="clipped OSM land polygons; else roaring-landmask")
    build.add_argument("--streams", action=Once, metavar="DIR", help="tidal stream atlas; else as in the built-in pack")
    build.add_argument("--out", action=Once, metavar="DIR", help="where the pack goes; else the built-in pack's place")
    build.add_argument("--built-at", action=Once, metavar="T", help="time recorded in the manifest; now if left out")
    build.set_defaults(run=run_build)
    verify = commands.add_parser("verify", help="hash and load every layer of a pack")
    verify.add_argument("folder", nargs="?", metavar="DIR", help="pack to verify; the built-in one if left out")
    survey = commands.add_parser("survey", help="a pack with the depths of a survey; needs the 'survey' extra")
    survey.add_argument("file", metavar="FILE", help="gridded depths: CF NetCDF or GeoTIFF")
    survey.add_argument("--out", action=Once, metavar="DIR", required=True, help="where the new pack goes")
    for name in ("source", "licence", "edition"):
        survey.add_argument(f"--{name}", action=Once, metavar="TEXT", required=True, help=f"{name} of the survey")
    survey.add_argument("--datum", action=Once, choices=DATUMS, help="what depths count from, where the file is silent")
    survey.add_argument("--positive", action=Once, choices=SIGNS, help="which way figures grow, where it is silent")
    survey.add_argument("--units", action=Once, metavar="UNIT", help="m, where the file is silent")
    survey.add_argument("--crs", action=Once, metavar="CODE", help="such as EPSG:32631, where the file is silent")
    survey.add_argument(
        "--variable", action=Once, metavar="NAME", help="variable of a NetCDF file, or band of a GeoTIFF"
    )
    survey.add_argument("--pack", action=Once, metavar="DIR", help="pack to refine; the built-in one if left out")
    survey.add_argument("--built-at", action=Once, metavar="T", help="time recorded in the manifest; now if left out")
    survey.set_defaults(run=run_survey, fields={"file": "FILE"})
    export = commands.add_parser("export", help="write a pack as a GeoPackage; needs the 'build' extra")
    export.add_argument("file", metavar="FILE", help="a .gpkg that does not exist yet")
    export.add_argument("--pack", action=Once, metavar="DIR", help="pack to export; the built-in one if left out")
    export.set_defaults(run=run_export)
    verify.set_defaults(run=run_verify, fields={"--pack": "DIR"})


def run_build(options: argparse.Namespace) -> int:
    """Build the pack, a line for each step."""
    at_s = time.time() if options.built_at is None else instant("--built-at", options.built_at)
    coast = None if options.coast is None else Path(options.coast)
    if coast is not None and not coast.exists():
        raise InvalidAsk("--coast", "there is no such file.", "Name a file of OSM land polygons, or leave it out.")

    from geodata.pack import DEFAULT_PACK

    try:
        from geodata.build import build_pack

        folder = Path(options.out) if options.out else DEFAULT_PACK
        atlas = None if options.streams is None else Path(options.streams)
        build_pack(folder, coast, datetime.fromtimestamp(at_s, UTC), atlas=atlas)
    except ModuleNotFoundError as error:
        raise _not_installed("geodata build", error) from error
    return 0


def run_export(options: argparse.Namespace) -> int:
    """Write the pack's ports, banks, lanes, ranges, regions and coast as layers of one file."""
    folder = pack_folder(options.pack)
    target = Path(options.file)
    if target.suffix != ".gpkg" or target.exists():
        raise InvalidAsk("FILE", "is not a new .gpkg file.", "Name one that does not exist yet.")

    from geodata.pack import DEFAULT_PACK, read_pack

    try:
        from geodata.export import export_pack

        for line in export_pack(read_pack(folder or DEFAULT_PACK), target):
            print(line)
    except ModuleNotFoundError as error:
        raise _not_installed("geodata export", error) from error
    return 0


def run_survey(options: argparse.Namespace) -> int:
    """Write a pack with the survey's depths, and say what it covers and what stays as it was."""
    at_s = time.time() if options.built_at is None else instant("--built-at", options.built_at)
    folder = pack_folder(options.pack)
    target = Path(options.out)
    if target.exists():
        raise InvalidAsk("--out", "exists already.", "Name a folder that does not exist yet.")

    from geodata.pack import DEFAULT_PACK, read_pack
    from geodata.survey.grid import Stated, read_grid

    stated = Stated(options.variable, options.datum, options.positive, options.units, options.crs)
    try:
        from geodata.survey.refine import Provenance, refine_pack

        grid = read_grid(Path(options.file), stated)
        provenance = Provenance(options.source, options.licence, options.edition)
        manifest, banks, ports = refine_pack(
            read_pack(folder or DEFAULT_PACK), grid, provenance, target, datetime.fromtimestamp(at_s, UTC)
        )
    except ModuleNotFoundError as error:
        raise _not_installed("geodata survey", error, "survey") from error
    for title, found in (("bank", banks), ("way into", ports)):
        for item in found:
            if item.is_covered:
                was = "blank" if item.was_m != item.was_m else f"{item.was_m:.1f} m"
                print(f"{title} {item.name}: {was} -> {item.now_m:.1f} m ({item.note})")
    kept = sum(not item.is_covered for item in banks), sum(not item.is_covered for item in ports)
    print(f"as they were, not covered: {kept[0]} outlines of banks, {kept[1]} ways into ports")
    for item in (*banks, *ports):
        if not item.is_covered and not item.note.startswith(("outside", "no track")):
            print(f"  {item.name}: {item.note}")
    print(status_line("OK", f"{manifest['id']}; use it with --pack {target}"))
    return 0


def _not_installed(command: str, error: ModuleNotFoundError, extra: str = "build") -> PackError:
    return PackError(
        command, f"needs {error.name}, which is not installed.", f"Install it with: pip install 'safeport[{extra}]'."
    )


def run_verify(options: argparse.Namespace) -> int:
    """Verify a pack and print what it holds."""
    folder = pack_folder(options.folder)

    from api.cli.print_tables import pack_lines
    from geodata.pack import DEFAULT_PACK, read_manifest
    from geodata.world import load_world

    world = load_world(folder or DEFAULT_PACK)
    for line in pack_lines(read_manifest(folder or DEFAULT_PACK)):
        print(line)
    print(status_line("OK", f"every layer matches its SHA-256 and loads; {len(world.ports)} ports"))
    return 0
