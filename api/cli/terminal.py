"""``safeport terminal``: the onboard terminal."""

import argparse
import gc
from pathlib import Path

from api.cli.arguments import Once, add_pack, number, pack_folder, whole_number
from engine.errors import InvalidAsk

FIELDS = {"port": "--port", "source": "--source", "state": "--state", "vessel": "--vessel", "speed": "--speed",
          "plotter": "--plotter", "centre": "--centre",
          "burst-out": "--burst-out", "burst-in": "--burst-in"}  # fmt: skip
MOST_SPEED = 60.0
DEFAULT_PORT = 8010


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--demo", action="store_true", help="follow a recorded track, without a boat")
    parser.add_argument("--speed", action=Once, metavar="N", help="how many times faster --demo runs; 1 if left out")
    parser.add_argument("--source", action="append", default=[], metavar="URL",
                        help="where own position comes from: tcp://HOST:PORT, udp://HOST:PORT, serial:///dev/ttyUSB0, "
                        "signalk://HOST:PORT, gpsd://HOST:PORT; again for others, the best one first")  # fmt: skip
    parser.add_argument("--plotter", action=Once, metavar="URL",
                        help="where routes go on a press: tcp://, udp:// or serial://; none if left out")  # fmt: skip
    parser.add_argument("--centre", action=Once, metavar="URL",
                        help="control room that gets reports and directs: https://HOST:PORT")  # fmt: skip
    parser.add_argument("--key", action=Once, metavar="FILE", help="file with the vessel's key for --centre")
    parser.add_argument("--burst-out", action=Once, metavar="DIR",
                        help="folder where a satellite modem's program finds short bursts to send, *.sbd")  # fmt: skip
    parser.add_argument("--burst-in", action=Once, metavar="DIR", help="folder where it puts those that came")
    parser.add_argument("--vessel", action=Once, metavar="PROFILE", help="own ship; 'safeport vessels' lists profiles")
    parser.add_argument("--port", action=Once, metavar="N", help="TCP port on 127.0.0.1; 8010 if left out")
    parser.add_argument("--state", action=Once, metavar="DIR", help="folder of what is kept through a power cut")
    parser.add_argument("--forecast", action=Once, metavar="FILE",
                        help="forecast to answer with; taken over again whenever the file is replaced")  # fmt: skip
    add_pack(parser)
    parser.set_defaults(run=run, fields=FIELDS)


def run(options: argparse.Namespace) -> int:
    """Run until stopped."""
    port = whole_number("--port", options.port)
    speed = number("--speed", options.speed)
    if speed is not None and not options.demo:
        raise InvalidAsk("--speed", "goes with --demo only.", "Add --demo, or leave it out.")
    if speed is not None and not 1.0 <= speed <= MOST_SPEED:
        raise InvalidAsk("--speed", f"is not between 1 and {MOST_SPEED:g}.", "Write for instance 10.")
    if options.demo and options.source:
        raise InvalidAsk("--demo", "follows its own track, and no source beside it.", "Leave one of the two out.")
    forecast = None if options.forecast is None else Path(options.forecast)
    if forecast is not None and not forecast.is_file():
        raise InvalidAsk("--forecast", "there is no such file.", "Make one with 'safeport forecast ingest'.")
    folder = pack_folder(options.pack)
    # What is read from here on stays: to look again and again whether it could go takes a tenth of the start.
    gc.disable()
    try:
        _start(options, DEFAULT_PORT if port is None else port, speed, forecast, folder)
    finally:
        gc.enable()
    return 0


def _start(
    options: argparse.Namespace, port: int, speed: float | None, forecast: Path | None, folder: Path | None
) -> None:
    from api.encounter import VesselIn
    from api.logs import start_logging
    from api.settings import read_settings
    from api.terminal.link.centre import CentreClient
    from api.terminal.link.modem_folder import ModemFolder
    from api.terminal.run import default_state_folder, run_terminal
    from api.terminal.source_spec import SourceSpec, parse_plotter, parse_sources
    from geodata.pack import DEFAULT_PACK

    settings = read_settings(access=False)
    start_logging(settings.log_format, settings.log_level)
    sources = parse_sources(options.source)
    plotter = None if options.plotter is None else parse_plotter(options.plotter)
    centre = None if options.centre is None else CentreClient(options.centre, read_key(options.key))
    if options.demo and centre is not None and not centre.is_local:
        raise InvalidAsk("--demo", "would report to a control room what never happened.", "Leave out --centre.")
    folders = [None if name is None else Path(name) for name in (options.burst_out, options.burst_in)]
    modem = None if folders == [None, None] else ModemFolder(*folders)
    if options.demo and modem is not None and modem.out is not None:
        raise InvalidAsk("--demo", "would report by satellite what never happened.", "Leave out --burst-out.")
    if options.vessel is not None:
        refuse_unknown_vessel(options.vessel, folder or DEFAULT_PACK)
    if options.demo:
        sources = (SourceSpec("demo-1", "demo", 1, "", 0, speed or 1.0),)
    state = default_state_folder(options.demo) if options.state is None else Path(options.state)
    vessel = None if options.vessel is None else VesselIn(profile=options.vessel[:64])
    run_terminal(
        sources,
        state,
        port,
        vessel,
        forecast,
        folder or DEFAULT_PACK,
        speed or 1.0,
        plotter,
        centre,
        modem,
    )


def read_key(file: str | None) -> str | None:
    """The vessel's key; None where no file was named.

    Raises
    ------
    InvalidAsk
    """
    if file is None:
        return None
    try:
        text = Path(file).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        raise InvalidAsk("--key", "cannot be read.", "Name the file that 'safeport keys create' wrote.") from None
    if not text or any(character.isspace() for character in text):
        raise InvalidAsk("--key", "holds no key.", "It is one line that begins with sp_.")
    return text


def refuse_unknown_vessel(name: str, pack: Path) -> None:
    """Refuse a profile that the pack does not have, before anything is opened.

    Raises
    ------
    UnknownName
    """
    import orjson

    from geodata.vessels import vessel_named, vessels_from

    try:
        vessels = vessels_from(orjson.loads((pack / "vessels.json").read_bytes()))
    except (OSError, ValueError, KeyError, StopIteration):
        # What is wrong with a pack is said by whoever opens it.
        return
    vessel_named(vessels, name)
