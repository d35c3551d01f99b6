"""AIS (ITU-R M.1371) to targets: positions and names of the vessels around, by `pyais`.

They are drawn so that the master knows the chart by what is seen from the bridge. No decision looks at them.
"""

import re
from collections.abc import Mapping
from math import nan

from api.terminal.decoding import Counts
from api.terminal.observations import Observation, Target, is_on_earth

_FRAME = re.compile(
    rb"!([A-Z]{2})(VDM|VDO),([1-9]),([1-9]),([0-9]?),([AB12]?),([\x20-\x7d]*),([0-5])\*([0-9A-Fa-f]{2})"
)
_MOST_WAITING = 32
"""Messages of which a part is still missing. A later part of an older one will not come any more."""

_POSITIONS = frozenset({1, 2, 3, 4, 9, 18, 19, 21, 27})
_NAMES = frozenset({5, 19, 21, 24})
_KIND = {4: "base_station", 9: "sar_aircraft", 21: "aid_to_navigation"}
_DISTRESS = ("970", "972", "974")
"""SART, man overboard and EPIRB."""


class AisAssembler:
    """Sentences of one source, put together where a message needs two.

    Parameters
    ----------
    counts : Counts
    """

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._waiting: dict[tuple[bytes, bytes], dict[int, bytes]] = {}

    def decode(self, sentence: bytes) -> tuple[Observation, ...]:
        """Target of a sentence that completes a message; none for parts, own ship and other messages."""
        frame = _FRAME.fullmatch(sentence)
        if frame is None:
            return self._counts.drop("frame")
        value = 0
        for byte in sentence[1:-3]:
            value ^= byte
        if value != int(frame[9], 16):
            return self._counts.drop("checksum")
        if frame[2] == b"VDO":
            # Our own ship as our own transponder has her: no target, and less than what the receiver says.
            self._counts.sentences += 1
            return ()
        parts = self._whole(int(frame[3]), int(frame[4]), (frame[5], frame[6]), sentence)
        if parts is None:
            self._counts.sentences += 1
            return ()
        # Here, because half the vessels have no AIS and each start would wait for it.
        import pyais
        from pyais.exceptions import AISBaseException

        try:
            message = pyais.decode(*parts)
        except (AISBaseException, ValueError, IndexError, KeyError, TypeError):
            return self._counts.drop("unreadable")
        self._counts.sentences += 1
        return target_of(message.asdict())

    def _whole(self, count: int, number: int, key: tuple[bytes, bytes], sentence: bytes) -> tuple[bytes, ...] | None:
        if count == 1:
            return (sentence,)
        if number == 1:
            self._waiting.pop(key, None)
        held = self._waiting.setdefault(key, {})
        held[number] = sentence
        if len(held) < count:
            while len(self._waiting) > _MOST_WAITING:
                del self._waiting[next(iter(self._waiting))]
            return None
        del self._waiting[key]
        return tuple(held[index] for index in sorted(held))


def target_of(message: Mapping[str, object]) -> tuple[Observation, ...]:
    """The target of a decoded message; values the standard calls not available are NaN."""
    kind, mmsi = int(str(message["msg_type"])), str(message["mmsi"]).zfill(9)
    if kind not in _POSITIONS | _NAMES:
        return ()
    lon, lat = _number(message.get("lon")), _number(message.get("lat"))
    if not is_on_earth(lon, lat):
        lon = lat = nan
    name = str(message.get("name") or message.get("shipname") or "").strip("@ ")
    name = "".join(character for character in name if character.isprintable())[:34]
    if lon != lon and not name:
        return ()
    sog_kn, cog_deg, heading_deg = (_number(message.get(field)) for field in ("speed", "course", "heading"))
    # Aircraft fly at up to 1022 kn by the standard, ships at up to 102.2.
    is_distress = mmsi.startswith(_DISTRESS)
    return (
        Target(
            mmsi, lon, lat,
            sog_kn if sog_kn < (1023.0 if kind == 9 else 102.3) else nan,
            cog_deg if cog_deg < 360.0 else nan,
            heading_deg if heading_deg < 360.0 else nan,
            name, "distress" if is_distress else _KIND.get(kind, "vessel"),
        ),
    )  # fmt: skip


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else nan
