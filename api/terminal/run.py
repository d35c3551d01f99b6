"""Running the terminal on this machine: loopback only, until it is stopped."""

import gc
import logging
import os
import sys
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from api.encounter import VesselIn
from api.http.serve import Server, listener_on, server_config
from api.settings import read_settings
from api.signals import ended_by_signals
from api.terminal.app import create_terminal
from api.terminal.follower import Follower
from api.terminal.link.bursts import Bursts
from api.terminal.link.centre import CentreClient
from api.terminal.link.courier import Courier
from api.terminal.link.modem_folder import ModemFolder
from api.terminal.link.outbox import Outbox, own_key
from api.terminal.source_spec import SourceSpec
from api.terminal.state_file import StateFile
from api.terminal.ticks import Ticks
from geodata.pack import DEFAULT_PACK

_log = logging.getLogger("safeport.terminal")

CUBE_FILE = "forecast.cube"
"""Forecast that came over the link, in the folder of what is kept."""

DEMO_VESSEL = "rnli-severn"
"""Own ship of a demonstration until another one is chosen."""


def default_state_folder(is_demo: bool) -> Path:
    """Where the terminal keeps what it knows; a demonstration keeps its own apart."""
    root = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "safeport"
    return root / ("terminal-demo" if is_demo else "terminal")


def run_terminal(
    sources: tuple[SourceSpec, ...], state: Path, port: int, vessel: VesselIn | None = None,
    forecast: Path | None = None, pack: Path = DEFAULT_PACK, speed: float = 1.0,
    plotter: SourceSpec | None = None, centre: CentreClient | None = None, modem: ModemFolder | None = None,
) -> None:  # fmt: skip
    """Answer the page until stopped by SIGINT or SIGTERM.

    Prints one line with the address once connections are accepted.

    Parameters
    ----------
    sources : tuple of SourceSpec
    state : Path
        Folder of what is kept.
    port : int
        TCP port on 127.0.0.1; 0 lets the system choose.
    vessel : VesselIn, optional
    forecast, pack : Path
    speed : float
        How many times faster than the clock a demonstration runs.
    plotter : SourceSpec, optional
        Where routes go on a press.
    centre : CentreClient, optional
        The control room; without one messages wait.
    modem : ModemFolder, optional
        Folders of the program that drives a satellite modem.

    Raises
    ------
    SafeportError
    """
    settings = read_settings(access=False, host="127.0.0.1", port=port)
    is_demo = any(spec.kind == "demo" for spec in sources)
    with ended_by_signals(), ExitStack() as opened:
        listener = opened.enter_context(listener_on("127.0.0.1", port))
        keeper = opened.enter_context(closing(StateFile(state)))
        if is_demo and vessel is None and keeper.value("vessel") is None:
            vessel = VesselIn(profile=DEMO_VESSEL)
        follower = Follower(sources, Ticks(speed))
        key = own_key(state)
        courier = Courier(Outbox(keeper, key), centre, follower.ticks.steady_s)
        # A forecast named by hand is the one to answer with; otherwise the control room's, as far as it comes.
        cube_file = state / CUBE_FILE if forecast is None and centre is not None else None
        app = create_terminal(
            keeper,
            follower,
            None,
            pack,
            settings,
            forecast,
            vessel,
            is_demo,
            plotter,
            courier,
            cube_file,
            None if modem is None else Bursts(modem, key),
        )
        # All that was read stays: no collection need walk over it.
        gc.freeze()
        gc.enable()
        with suppress(KeyboardInterrupt):
            number = listener.getsockname()[1]
            sys.stdout.write(f"safeport terminal on http://127.0.0.1:{number}/terminal\n")
            sys.stdout.flush()
            _log.info("started", extra={"port": number, "sources": [spec.id for spec in sources]})
            Server(server_config(app, settings), app, 0.0).run(sockets=[listener])
