"""Sentences read, and damaged ones dropped and counted. They are put together by hand, as the standard has them."""

from math import isnan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.terminal.nmea0183 import NmeaDecoder
from api.terminal.observations import Heading, Motion, NoFix, Position, ReceiverTime
from tests.api.terminal.sentences import AT_S, LAT, LON, RMC, framed


@pytest.fixture
def decoder():
    return NmeaDecoder()


def test_rmc_gives_time_place_and_motion(decoder):
    clock, position, motion = decoder.decode(RMC)
    assert clock == ReceiverTime(AT_S)
    assert (position.lon, position.lat, position.at_s) == pytest.approx((LON, LAT, AT_S))
    assert motion == Motion(22.4, 123.5)
    assert (decoder.counts.sentences, decoder.counts.dropped.total()) == (1, 0)


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("GPHDT,274.1,T", Heading(274.1)),
        ("GPTHS,274.1,A", Heading(274.1)),
        ("HEHDT,360.0,T", Heading(0.0)),
        ("GPVTG,123.5,T,,M,22.4,N,41.5,K,A", Motion(22.4, 123.5)),
        ("GPVTG,123.5,T,,M,22.4,N,41.5,K", Motion(22.4, 123.5)),
        ("GPZDA,143000.00,22,11,2026,00,00", ReceiverTime(AT_S)),
    ],
)
def test_each_kind_of_sentence(decoder, content, wanted):
    assert decoder.decode(framed(content)) == (wanted,)


def test_speed_in_kilometres_where_knots_are_missing(decoder):
    (motion,) = decoder.decode(framed("GPVTG,123.5,T,,M,,N,37.04,K,A"))
    assert motion.sog_kn == pytest.approx(20.0)


def test_a_vessel_that_lies_still_has_no_course(decoder):
    (motion,) = decoder.decode(framed("GPVTG,,T,,M,0.1,N,0.2,K,A"))
    assert motion.sog_kn == 0.1
    assert isnan(motion.cog_deg)


@pytest.mark.parametrize("kind", ["GPGGA,143001.00,{},1,09,0.9,4.0,M,45.0,M,,", "GPGLL,{},143001.00,A,A"])
def test_positions_without_a_date_have_that_of_the_last_dated_sentence(decoder, kind):
    text = kind.format("5107.300,N,00120.800,E")
    (undated,) = decoder.decode(framed(text))
    assert isnan(undated.at_s)
    decoder.decode(RMC)
    (dated,) = decoder.decode(framed(text))
    assert dated.at_s == AT_S + 1.0
    assert (dated.lon, dated.lat) == pytest.approx((LON, LAT))


def test_midnight_between_two_sentences_of_one_second(decoder):
    decoder.decode(framed("GPRMC,235959.00,A,5107.300,N,00120.800,E,0.0,,311226,,,A"))
    (position,) = decoder.decode(framed("GPGGA,000000.00,5107.300,N,00120.800,E,1,09,0.9,4.0,M,45.0,M,,"))
    assert position.at_s == 1_798_761_600.0


def test_accuracy_follows_from_dilution(decoder):
    good, bad = (
        decoder.decode(framed(f"GPGGA,143001.00,5107.300,N,00120.800,E,1,09,{hdop},4.0,M,45.0,M,,"))[0]
        for hdop in ("0.8", "6.0")
    )
    assert good.accuracy_m < 10.0 < bad.accuracy_m


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        # Status V, however good the rest looks.
        ("GPRMC,143000.00,V,5107.300,N,00120.800,E,22.4,123.5,221126,,,N", "no_fix"),
        ("GPGLL,5107.300,N,00120.800,E,143001.00,V,N", "no_fix"),
        ("GPGLL,5107.300,N,00120.800,E", "no_fix"),
        ("GPGGA,143001.00,5107.300,N,00120.800,E,0,00,99.9,,M,,M,,", "no_fix"),
        # The receiver's own dead reckoning, typed by hand, a simulator.
        ("GPRMC,143000.00,A,5107.300,N,00120.800,E,22.4,123.5,221126,,,E", "no_fix"),
        ("GPGGA,143001.00,5107.300,N,00120.800,E,6,09,0.9,4.0,M,45.0,M,,", "no_fix"),
        ("GPRMC,143000.00,A,5107.300,N,00120.800,E,22.4,123.5,221126,,,S", "simulated"),
        ("GPGGA,143001.00,5107.300,N,00120.800,E,8,09,0.9,4.0,M,45.0,M,,", "simulated"),
    ],
)
def test_what_is_no_fix_is_said_to_be_none(decoder, content, reason):
    assert decoder.decode(framed(content)) == (NoFix(),)
    assert decoder.counts.dropped == {reason: 1}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (RMC[:-2] + b"00", "checksum"),
        (RMC[:-3], "frame"),
        (RMC[:40], "frame"),
        (b"\xff\xfe\x00garbage", "frame"),
        (b"$" + b"A" * 400, "frame"),
        (framed("ZZRMC,143000.00,A,5107.300,N,00120.800,E,22.4,123.5,221126,,,A"), "talker"),
        (framed("GPRMC,143000.00,A"), "unreadable"),
        (framed("GPGGA"), "frame"),
        (framed("GPRMC,143000.00,A,5160.000,N,00120.800,E,22.4,123.5,221126,,,A"), "position"),
        (framed("GPRMC,143000.00,A,5107.300,,00120.800,E,22.4,123.5,221126,,,A"), "position"),
        (framed("GPRMC,143000.00,A,5107.300,E,00120.800,N,22.4,123.5,221126,,,A"), "position"),
        (framed("GPRMC,143000.00,A,0000.000,N,00000.000,E,22.4,123.5,221126,,,A"), "position"),
        (framed("GPRMC,143000.00,A,9107.300,N,00120.800,E,22.4,123.5,221126,,,A"), "position"),
        (framed("GPRMC,143000.00,A,,,,,22.4,123.5,221126,,,A"), "position"),
        (framed("GPZDA,143000.00,32,13,2026,00,00"), "unreadable"),
        (framed("GPZDA,,,,,00,00"), "unreadable"),
    ],
)
def test_what_is_damaged_is_dropped_and_counted(decoder, line, reason):
    assert decoder.decode(line) == ()
    assert decoder.counts.dropped == {reason: 1}
    assert decoder.counts.sentences == 0


@pytest.mark.parametrize(
    "content", ["GPGSV,3,1,11,03,03,111,00", "PGRME,15.0,M,45.0,M,25.0,M", "WIMWV,214.8,R,0.1,K,A"]
)
def test_what_nobody_here_needs_is_no_error(decoder, content):
    assert decoder.decode(framed(content)) == ()
    assert (decoder.counts.sentences, decoder.counts.dropped.total()) == (1, 0)


def test_a_tag_block_in_front_changes_nothing(decoder):
    assert len(decoder.decode(b"\\s:rx,c:1427835612*59\\" + RMC)) == 3


def test_empty_lines_are_nothing(decoder):
    assert decoder.decode(b"\r\n") == ()
    assert decoder.counts.dropped.total() == 0


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200), st.integers(0, 90), st.integers(0, 255))
def test_nothing_that_is_sent_raises_or_becomes_a_place_that_is_none(noise, at, byte):
    decoder = NmeaDecoder()
    damaged = RMC[:at] + bytes([byte]) + RMC[at + 1 :]
    for line in (noise, damaged, b"!" + noise, RMC[: at + 1]):
        before = decoder.counts.sentences + decoder.counts.dropped.total()
        for found in decoder.decode(line):
            if isinstance(found, Position):
                assert abs(found.lat) <= 90.0
                assert (found.lon, found.lat) != (0.0, 0.0)
        after = decoder.counts.sentences + decoder.counts.dropped.total()
        assert after - before <= 1


@settings(deadline=None, max_examples=200)
@given(st.integers(0, len(RMC) - 1), st.integers(1, 255))
def test_one_wrong_byte_is_never_believed(at, change):
    damaged = RMC[:at] + bytes([RMC[at] ^ change]) + RMC[at + 1 :]
    if damaged.upper() != RMC and damaged.strip() != RMC:
        assert not [found for found in NmeaDecoder().decode(damaged) if isinstance(found, Position)]


@given(st.floats(-89.99, 89.99), st.floats(-179.99, 179.99))
def test_a_position_comes_out_as_it_went_in(lat, lon):
    def angle(value, width, letters):
        minutes = round(abs(value) * 60_000)
        return f"{minutes // 60_000:0{width}d}{minutes % 60_000 / 1000:06.3f},{letters[value < 0]}"

    text = f"GPGLL,{angle(lat, 2, 'NS')},{angle(lon, 3, 'EW')},143001.00,A,A"
    found = NmeaDecoder().decode(framed(text))
    if max(abs(lat), abs(lon)) < 1e-5:
        assert found == ()
    elif max(abs(lat), abs(lon)) > 1e-3:
        assert (found[0].lon, found[0].lat) == pytest.approx((lon, lat), abs=1e-5)
        assert isnan(found[0].at_s)
