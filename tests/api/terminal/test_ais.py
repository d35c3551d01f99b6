"""Targets from AIS. Messages are made by pyais's encoder and, for one, taken from the standard's own examples."""

from math import isnan

import pytest
from pyais.encode import encode_dict

from api.terminal.nmea0183 import NmeaDecoder
from api.terminal.observations import Target


def said(**message):
    return [text.encode() for text in encode_dict(message, talker_id="AI", sentence_type="VDM")]


@pytest.fixture
def decoder():
    return NmeaDecoder()


def test_a_position_report(decoder):
    (line,) = said(msg_type=1, mmsi=232999001, lon=1.52, lat=51.05, speed=18.0, course=300.0, heading=299)
    (target,) = decoder.decode(line)
    assert target.mmsi == "232999001"
    assert (target.lon, target.lat, target.sog_kn, target.cog_deg) == pytest.approx(
        (1.52, 51.05, 18.0, 300.0), abs=1e-4
    )
    assert target.heading_deg == 299.0
    assert target.kind == "vessel"


def test_what_is_not_available_is_not_a_number(decoder):
    (line,) = said(msg_type=1, mmsi=232999001, lon=1.52, lat=51.05, speed=102.3, course=360.0, heading=511)
    (target,) = decoder.decode(line)
    assert all(isnan(value) for value in (target.sog_kn, target.cog_deg, target.heading_deg))


def test_a_target_without_position_and_name_is_none(decoder):
    (line,) = said(msg_type=1, mmsi=232999001, lon=181.0, lat=91.0)
    assert decoder.decode(line) == ()


def test_a_name_in_two_sentences_whichever_comes_between(decoder):
    first, second = said(msg_type=5, mmsi=232999001, shipname="SYNTHETIC FERRY")
    (report,) = said(msg_type=1, mmsi=227999002, lon=1.4, lat=50.9)
    assert decoder.decode(first) == ()
    assert len(decoder.decode(report)) == 1
    (named,) = decoder.decode(second)
    assert (named.mmsi, named.name) == ("232999001", "SYNTHETIC FERRY")
    assert isnan(named.lon)


def test_a_part_that_is_missing_gives_nothing_and_is_forgotten(decoder):
    first, second = said(msg_type=5, mmsi=232999001, shipname="SYNTHETIC FERRY")
    # A later part of an older message never joins the first of a new one.
    assert decoder.decode(second) == ()
    assert decoder.decode(first) == ()
    assert decoder.decode(first) == ()
    assert decoder.decode(second)[0].name == "SYNTHETIC FERRY"


@pytest.mark.parametrize(
    ("kind", "mmsi", "wanted"),
    [
        (9, 111232501, "sar_aircraft"),
        (4, 2320001, "base_station"),
        (1, 970011234, "distress"),
        (18, 232999001, "vessel"),
    ],
)
def test_kinds(decoder, kind, mmsi, wanted):
    (line,) = said(msg_type=kind, mmsi=mmsi, lon=1.52, lat=51.05)
    assert decoder.decode(line)[0].kind == wanted
    assert len(decoder.decode(line)[0].mmsi) == 9


def test_own_ship_is_no_target(decoder):
    (line,) = encode_dict(
        {"msg_type": 1, "mmsi": 232999001, "lon": 1.52, "lat": 51.05}, talker_id="AI", sentence_type="VDO"
    )
    assert decoder.decode(line.encode()) == ()
    assert decoder.counts.sentences == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"!AIVDM,1,1,,A,13N=8FOP2l06u76M=Q1cf9H1P000,0*2E", "checksum"),
        (b"!AIVDM,1,1,,A,13N=8FOP2l", "frame"),
        (b"!AIVDM,1,1,,A,,0*26", "unreadable"),
    ],
)
def test_damage_is_counted(decoder, line, reason):
    assert decoder.decode(line) == ()
    assert decoder.counts.dropped == {reason: 1}


def test_a_real_sentence_of_the_field(decoder):
    # Class A position of a ship off Alaska, printed in many manuals.
    (target,) = decoder.decode(b"!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*5C")
    assert isinstance(target, Target)
    assert target.mmsi == "366053209"
    assert (target.lon, target.lat) == pytest.approx((-122.341618, 37.802118), abs=1e-5)
