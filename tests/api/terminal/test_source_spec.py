"""What may follow ``--source``."""

import pytest

from api.terminal.source_spec import SourceSpec, parse_sources
from engine.errors import InvalidAsk


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("tcp://10.0.0.5:2000", SourceSpec("tcp-1", "tcp", 1, "10.0.0.5", 2000)),
        ("tcp://plotter", SourceSpec("tcp-1", "tcp", 1, "plotter", 10_110)),
        ("udp://:10110", SourceSpec("udp-1", "udp", 1, "127.0.0.1", 10_110)),
        ("udp://0.0.0.0:2000?priority=3", SourceSpec("udp-1", "udp", 3, "0.0.0.0", 2000)),  # noqa: S104
        ("serial:///dev/ttyUSB0", SourceSpec("serial-1", "serial", 1, "/dev/ttyUSB0", 4_800)),
        ("serial:///dev/ttyAMA0?baud=38400", SourceSpec("serial-1", "serial", 1, "/dev/ttyAMA0", 38_400)),
        ("signalk://[::1]:3000", SourceSpec("signalk-1", "signalk", 1, "::1", 3_000)),
        ("gpsd://localhost", SourceSpec("gpsd-1", "gpsd", 1, "localhost", 2_947)),
    ],
)
def test_one_source(text, wanted):
    assert parse_sources([text]) == (wanted,)


def test_priorities_follow_the_order():
    specs = parse_sources(["tcp://a", "gpsd://b", "tcp://c?priority=1"])
    assert [(spec.id, spec.priority) for spec in specs] == [("tcp-1", 1), ("gpsd-2", 2), ("tcp-3", 1)]


@pytest.mark.parametrize(
    "text",
    [
        "", "plotter:2000", "http://a", "demo://", "tcp://", "tcp://a:99999", "tcp://a:x", "tcp://a/path", "serial://",
        "serial://dev/ttyUSB0", "serial:///dev/ttyUSB0?baud=12", "tcp://a?baud=4800", "tcp://a?priority=0",
        "tcp://a?priority=x", "tcp://a?priority=1&nonsense", "tcp://[::1",
    ],
)  # fmt: skip
def test_what_is_no_source_is_refused_with_what_to_write(text):
    with pytest.raises(InvalidAsk) as refused:
        parse_sources([text])
    assert refused.value.field == "source"
    assert "://" in refused.value.remedy


def test_one_place_twice_is_refused():
    with pytest.raises(InvalidAsk):
        parse_sources(["tcp://a:1", "tcp://a:1"])
