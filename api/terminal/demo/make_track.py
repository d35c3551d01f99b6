"""Makes `track.nmea`: half an hour of a lifeboat that never was, along real water routes.

Out of Dover to people in a boat, seven minutes beside them, and back. Positions, sentences and targets are synthetic;
nothing was recorded from anybody. Run from the root: ``python -m api.terminal.demo.make_track``.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from math import isfinite
from pathlib import Path

from pyais.encode import encode_dict

from api.decision_service import DecisionService, open_decision_service
from api.documents.distance import distance_document
from api.terminal.navigation import KNOT_MS, distance_m, move_along
from api.terminal.nmea0183 import checksum_of
from api.terminal.transports import DEMO_TRACK, RECORDED_EVERY_S
from engine.kernels.geodesy import initial_course_deg

CASUALTY = "51 04.0N 001 24.5E"
BEGIN_S = datetime(2026, 6, 1, 4, 0, tzinfo=UTC).timestamp()
CRUISE_KN, HARBOUR_KN, HARBOUR_M = 22.0, 8.0, 900.0
BESIDE_S = 420.0

TARGETS = (
    # Number and name (invented), position, speed, course.
    (232_999_001, "SYNTHETIC FERRY", 1.52, 51.05, 18.0, 300.0),
    (227_999_002, "SYNTHETIQUE CARGO", 1.40, 50.98, 13.5, 41.0),
    (244_999_003, "SYNTHETIC TANKER", 1.30, 51.00, 11.0, 222.0),
)


def main(file: Path) -> None:
    """Write the track."""
    blocks = [b"\n".join(block) for block in blocks_of(open_decision_service())]
    file.write_bytes(b"\n\n".join(blocks) + b"\n")


def blocks_of(service: DecisionService) -> Iterator[list[bytes]]:
    """Sentences of the track, those of one moment together."""
    for count, (lon, lat, sog_kn, cog_deg) in enumerate(track_of(service)):
        at = datetime.fromtimestamp(BEGIN_S + count * RECORDED_EVERY_S, UTC)
        place = f"{_angle(lat, 2, 'NS')},{_angle(lon, 3, 'EW')}"
        block = [
            sentence(f"GPRMC,{at:%H%M%S}.00,A,{place},{sog_kn:.1f},{cog_deg:.1f},{at:%d%m%y},,,A"),
            sentence(f"HEHDT,{cog_deg:.1f},T"),
        ]
        if count % 5 == 0:
            block.append(sentence(f"GPGGA,{at:%H%M%S}.00,{place},1,09,0.9,4.0,M,45.0,M,,"))
            block.append(sentence(f"GPZDA,{at:%H%M%S}.00,{at:%d},{at:%m},{at:%Y},00,00"))
        if count % 15 == 3:
            block += _targets(count * RECORDED_EVERY_S, with_names=count % 45 == 3)
        yield block


def track_of(service: DecisionService) -> Iterator[tuple[float, float, float, float]]:
    """Position, speed and course each `RECORDED_EVERY_S`: out, beside the boat, and back."""
    route = distance_document(service, "dover", CASUALTY)["route"]
    assert isinstance(route, dict)  # noqa: S101
    out = [(float(lon), float(lat)) for lon, lat in route["coordinates"]]
    last = 0.0
    for lon, lat, sog_kn, cog_deg in run(out, from_harbour=True):
        last = cog_deg
        yield lon, lat, sog_kn, cog_deg
    lon, lat = out[-1]
    for _ in range(int(BESIDE_S / RECORDED_EVERY_S)):
        yield lon, lat, 0.3, last
    yield from run(out[::-1], from_harbour=False)


def run(track: list[tuple[float, float]], from_harbour: bool) -> Iterator[tuple[float, float, float, float]]:
    """Along a track, slowly near the harbour end of it."""
    legs = [(a, b, distance_m(*a, *b)) for a, b in pairwise(track) if a != b]
    whole_m = sum(length_m for *_, length_m in legs)
    gone_m = 0.0
    while gone_m < whole_m:
        harbour_m = gone_m if from_harbour else whole_m - gone_m
        sog_kn = HARBOUR_KN if harbour_m < HARBOUR_M else CRUISE_KN
        left_m = gone_m
        for start, end, length_m in legs:
            if left_m < length_m:
                course_deg = float(initial_course_deg(*start, *end)) % 360.0
                yield (*move_along(*start, course_deg, left_m), sog_kn, course_deg)
                break
            left_m -= length_m
        gone_m += sog_kn * KNOT_MS * RECORDED_EVERY_S


def _targets(at_s: float, with_names: bool) -> Iterator[bytes]:
    for mmsi, name, lon, lat, speed, course in TARGETS:
        there = move_along(lon, lat, course, speed * KNOT_MS * at_s)
        report: dict[str, str | int | float | bytes | bool] = {
            "msg_type": 1, "mmsi": mmsi, "lon": there[0], "lat": there[1], "speed": speed, "course": course,
            "heading": int(course),
        }  # fmt: skip
        messages = [encode_dict(report, talker_id="AI", sentence_type="VDM")]
        if with_names:
            messages.append(
                encode_dict({"msg_type": 5, "mmsi": mmsi, "shipname": name}, talker_id="AI", sentence_type="VDM")
            )
        yield from (text.encode() for message in messages for text in message)


def sentence(content: str) -> bytes:
    """A sentence with its frame and checksum."""
    return f"${content}*{checksum_of(content.encode()):02X}".encode()


def _angle(value: float, width: int, letters: str) -> str:
    """Degrees and minutes as sentences have them, to a thousandth of a minute."""
    assert isfinite(value)  # noqa: S101
    thousandths = round(abs(value) * 60_000.0)
    minutes = thousandths % 60_000
    return f"{thousandths // 60_000:0{width}d}{minutes // 1000:02d}.{minutes % 1000:03d},{letters[value < 0.0]}"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEMO_TRACK)
