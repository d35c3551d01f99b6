"""An operator's own facts of ports, laid over the register of an opened world."""

from dataclasses import replace

from engine.model import Port, World
from geodata.register import Overlay, RegisterRow, columns_from, port_from, with_overlay


def overlay_world(world: World, overlay: Overlay) -> World:
    """The world with an operator's facts in place of the register's; routes and tides stay as they are.

    Raises
    ------
    InvalidAsk
        The overlay speaks of a port the register does not have, or leaves a tidal window without hours.
    """
    rows = [_row(port, float(leg_m)) for port, leg_m in zip(world.ports, world.columns.harbour_leg_m, strict=True)]
    rows = with_overlay(rows, overlay)
    return replace(
        world,
        ports=tuple(port_from(row) for row in rows),
        columns=columns_from(rows),
        identity={**world.identity, "overlay": {"sha256": overlay.sha256}},
    )


def _row(port: Port, leg_m: float) -> RegisterRow:
    """A port as a row of the register again."""
    return RegisterRow(port.facts, port.evidence, port.harbour_leg, leg_m)
