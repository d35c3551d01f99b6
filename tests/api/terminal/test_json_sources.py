"""gpsd and Signal K: what they send, and everything else."""

import json
from math import isnan, pi

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.terminal.gpsd import GpsdDecoder
from api.terminal.observations import Heading, Motion, NoFix, Position, ReceiverTime
from api.terminal.signalk import SignalkDecoder
from tests.api.terminal.sentences import AT_S

NOW = "2026-11-22T14:30:00.000Z"


def sent(decoder, **message):
    return decoder.decode(json.dumps(message).encode())


def delta(context, timestamp=NOW, **values):
    pairs = [{"path": path.replace("__", "."), "value": value} for path, value in values.items()]
    return {"context": context, "updates": [{"timestamp": timestamp, "values": pairs}]}


def test_tpv():
    found = sent(
        GpsdDecoder(), **{"class": "TPV", "mode": 3, "time": NOW, "lat": 51.1, "lon": 1.3, "speed": 10.0, "track": 90.0,
                          "eph": 4.0, "heading": 88.0}
    )  # fmt: skip
    assert found == (
        ReceiverTime(AT_S), Position(1.3, 51.1, AT_S, 4.0), Motion(pytest.approx(19.438, abs=1e-3), 90.0), Heading(88.0)
    )  # fmt: skip


@pytest.mark.parametrize("mode", [0, 1, None])
def test_tpv_without_a_fix(mode):
    assert sent(GpsdDecoder(), **{"class": "TPV", "mode": mode, "lat": 51.1, "lon": 1.3}) == (NoFix(),)


def test_tpv_of_a_simulator():
    decoder = GpsdDecoder()
    assert sent(decoder, **{"class": "TPV", "mode": 3, "status": 8, "lat": 51.1, "lon": 1.3}) == (NoFix(),)
    assert decoder.counts.dropped == {"simulated": 1}


def test_gpsd_tells_of_vessels_around():
    (target,) = sent(
        GpsdDecoder(), **{"class": "AIS", "type": 1, "mmsi": 232999001, "lon": 1.5, "lat": 51.0, "speed": 12.0,
                          "course": 40.0, "heading": 511}
    )  # fmt: skip
    assert (target.mmsi, target.lon, target.sog_kn) == ("232999001", 1.5, 12.0)
    assert isnan(target.heading_deg)


def test_what_else_gpsd_says_is_no_error():
    decoder = GpsdDecoder()
    assert sent(decoder, **{"class": "VERSION", "release": "3.25"}) == ()
    assert decoder.counts.sentences == 1


def test_own_ship_in_si_units():
    decoder = SignalkDecoder()
    sent(decoder, name="server", self="vessels.urn:mrn:imo:mmsi:232999009")
    message = delta(
        "vessels.urn:mrn:imo:mmsi:232999009", navigation__position={"longitude": 1.3, "latitude": 51.1},
        navigation__speedOverGround=10.0, navigation__courseOverGroundTrue=pi / 2, navigation__headingTrue=pi,
        navigation__datetime=NOW,
    )  # fmt: skip
    assert sent(decoder, **message) == (
        ReceiverTime(AT_S), Position(1.3, 51.1, AT_S), Motion(pytest.approx(19.438, abs=1e-3), 90.0), Heading(180.0)
    )  # fmt: skip


def test_a_course_that_comes_alone():
    (motion,) = sent(SignalkDecoder(), **delta("vessels.self", navigation__courseOverGroundTrue=pi))
    assert isnan(motion.sog_kn)
    assert motion.cog_deg == 180.0


def test_other_vessels_are_targets_and_never_own_ship():
    decoder = SignalkDecoder()
    context = "vessels.urn:mrn:imo:mmsi:227999002"
    (placed,) = sent(decoder, **delta(context, navigation__position={"longitude": 1.3, "latitude": 51.1}))
    assert (placed.mmsi, placed.lon) == ("227999002", 1.3)
    message = {"context": context, "updates": [{"values": [{"path": "", "value": {"name": "SYNTHETIQUE"}}]}]}
    assert sent(decoder, **message)[0].name == "SYNTHETIQUE"
    assert sent(decoder, **delta("vessels.urn:mrn:signalk:uuid:x", navigation__speedOverGround=1.0)) == ()


@pytest.mark.parametrize("position", [None, {"longitude": 0.0, "latitude": 0.0}, {"longitude": "1", "latitude": 51}, 7])
def test_positions_that_are_none(position):
    decoder = SignalkDecoder()
    assert sent(decoder, **delta("vessels.self", navigation__position=position)) == ()
    assert decoder.counts.dropped == {"position": 1}


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(["class", "mode", "lat", "lon", "time", "speed", "track", "type", "mmsi", "context", "updates",
                         "self", "values", "path", "value", "status", "eph"])  # fmt: skip

telling = st.sampled_from(["TPV", "AIS", 3, "vessels.self", [{"values": [7]}]])


@settings(deadline=None)
@given(
    st.dictionaries(names, values | st.sampled_from(["TPV", "AIS", 3, "vessels.self", [{"values": [7]}]])), st.binary()
)
def test_nothing_that_is_sent_raises(message, noise):
    for decoder in (GpsdDecoder(), SignalkDecoder()):
        for data in (json.dumps(message).encode(), noise, b"[" * 50_000):
            for found in decoder.decode(data):
                if isinstance(found, Position):
                    assert abs(found.lat) <= 90.0
