"""Positions and times as people type them: one meaning or a refusal."""

import re

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from api.position import (
    MAX_ECHO_CHARS,
    InvalidPosition,
    InvalidTime,
    format_position,
    format_time,
    parse_position,
    parse_time,
    parse_time_as_typed,
)

TENTH_SECOND_DEG = 0.1 / 3600.0
HALF_TENTH_MINUTE_DEG = 0.05 / 60.0


def dm(degrees: int, minutes: float) -> float:
    """Degrees and minutes as degrees."""
    return degrees + minutes / 60.0


LAT, LON = dm(51, 7.3), dm(1, 20.8)

DEGREES_AND_MINUTES = [
    "51 07.3N 001 20.8E",
    "51°07.3'N 1°20.8'E",
    "51°07.3'N 001°20.8'E",
    "51 07.3 N, 001 20.8 E",
    "51 07.3 N,001 20.8 E",
    "51 07.3N;001 20.8E",
    "51 07.3N ; 001 20.8E",
    "51 07.3N / 001 20.8E",
    "51-07.3N/001-20.8E",
    "51 07.3N001 20.8E",
    "N51 07.3 E001 20.8",
    "N 51 07.3 E 001 20.8",
    "N51 07.3, E001 20.8",
    "N51 07.3; E001 20.8",
    "N51°07.3' E1°20.8'",
    "N51°07.3'E1°20.8'",
    "N 51° 07.3' E 001° 20.8'",
    "51-07.3N 001-20.8E",
    "51-07.3N, 1-20.8E",
    "N51-07.3 E001-20.8",
    "51-07.3'N 001-20.8'E",
    "51 7.3N 1 20.8E",
    "51° 7.3' N 1° 20.8' E",
    "51 ° 07.3 ' N 1 ° 20.8 ' E",
    "51°07.3N 1°20.8E",
    "51° 07.3N 1° 20.8E",
    "51 07.3'N 001 20.8'E",
    "5107.3N 00120.8E",
    "5107.3N, 00120.8E",
    "5107.3 N 00120.8 E",
    "5107.3'N 00120.8'E",
    "5107.3N 001 20.8E",
    "N5107.3 E00120.8",
    "5107.30N 00120.80E",
    "5107,3N 00120,8E",
    "51 07,3N 001 20,8E",
    "51 07,3 N, 001 20,8 E",
    "51°07,3'N 1°20,8'E",
    "N51 07,3 E001 20,8",
    "N51 07,3, E001 20,8",
    "51 07.300N 001 20.800E",
    "51 07.3n 001 20.8e",
    "n51 07.3 e001 20.8",
    "  51 07.3N   001 20.8E  ",
    "\t51 07.3N\n001 20.8E\r\n",
    "51\N{NO-BREAK SPACE}07.3N\N{NARROW NO-BREAK SPACE}001\N{THIN SPACE}20.8E",
    "51°07.3\N{PRIME}N 1°20.8\N{PRIME}E",
    "51°07.3\N{RIGHT SINGLE QUOTATION MARK}N 1°20.8\N{RIGHT SINGLE QUOTATION MARK}E",
    "51º07.3\N{LEFT SINGLE QUOTATION MARK}N 1º20.8\N{ACUTE ACCENT}E",
    "51\N{RING ABOVE}07.3`N 1\N{RING ABOVE}20.8`E",
    "1°20.8'E 51°07.3'N",
    "001 20.8E 51 07.3N",
    "E001 20.8 N51 07.3",
    "E001 20.8, N51 07.3",
    "1°20.8'E51°07.3'N",
    "00120.8E 5107.3N",
]

DEGREES_MINUTES_SECONDS = [
    "51°07'18\"N 001°20'48\"E",
    "51°07'18\"N 1°20'48\"E",
    "51°07'18\"N, 1°20'48\"E",
    "51° 07' 18\" N 1° 20' 48\" E",
    "51°07'18''N 1°20'48''E",
    "51°07\N{PRIME}18\N{DOUBLE PRIME}N 1°20\N{PRIME}48\N{DOUBLE PRIME}E",
    "51°07\N{RIGHT SINGLE QUOTATION MARK}18\N{RIGHT DOUBLE QUOTATION MARK}N 1°20'48\N{LEFT DOUBLE QUOTATION MARK}E",
    "51 07 18N 001 20 48E",
    "51 07 18.0N 001 20 48.0E",
    "51 07 18,0N 001 20 48,0E",
    "51-07-18N 001-20-48E",
    "N51 07 18 E001 20 48",
    "N51°07'18\" E001°20'48\"",
    "N51°07'18\"E001°20'48\"",
    "51°7'18\"N 1°20'48\"E",
    "1°20'48\"E 51°07'18\"N",
]

DECIMAL_DEGREES = [
    "51.1217,1.3467",
    "51.1217, 1.3467",
    "51.1217 ,1.3467",
    "51.1217 , 1.3467",
    "51.1217;1.3467",
    "51.1217; 1.3467",
    "51.1217 1.3467",
    "51.1217   1.3467",
    "+51.1217,+1.3467",
    "+51.1217 +1.3467",
    "51.1217°, 1.3467°",
    "51.1217° 1.3467°",
    "51.1217N 1.3467E",
    "51.1217 N 1.3467 E",
    "51.1217N,1.3467E",
    "51.1217°N 1.3467°E",
    "51.1217° N, 1.3467° E",
    "N51.1217 E1.3467",
    "N 51.1217, E 1.3467",
    "1.3467E 51.1217N",
    "E1.3467 N51.1217",
    "51,1217 N 1,3467 E",
    "51,1217N 1,3467E",
    "51,1217 N, 1,3467 E",
    "51,1217N,1,3467E",
    "51,1217°N ; 1,3467°E",
    "N51,1217 E1,3467",
    "N51,1217, E1,3467",
    "051.1217, 001.3467",
]

ELSEWHERE = [
    ("50 40.0N 001 30.0W", dm(50, 40), -1.5),
    ("5040.0N 00130.0W", dm(50, 40), -1.5),
    ("50.5,-1.5", 50.5, -1.5),
    ("50.5, -1.5", 50.5, -1.5),
    ("50.5 -1.5", 50.5, -1.5),
    ("50.5;-1.5", 50.5, -1.5),
    ("50.5,\N{MINUS SIGN}1.5", 50.5, -1.5),
    ("-33.9, 18.4", -33.9, 18.4),
    ("-33.9 -18.4", -33.9, -18.4),
    ("33 54.0S 018 24.0E", -33.9, 18.4),
    ("S33 54.0 W018 24.0", -33.9, -18.4),
    ("51,-1", 51.0, -1.0),
    ("51, 1", 51.0, 1.0),
    ("51; 1", 51.0, 1.0),
    ("51;1", 51.0, 1.0),
    ("51.5,1", 51.5, 1.0),
    ("51,1.5", 51.0, 1.5),
    ("51°, 1°", 51.0, 1.0),
    ("51N 1E", 51.0, 1.0),
    ("51N1W", 51.0, -1.0),
    ("51°N 1°E", 51.0, 1.0),
    ("51 00.0N 000 00.0E", 51.0, 0.0),
    ("51 00.0N 000 00.0W", 51.0, 0.0),
    ("51.0, 0", 51.0, 0.0),
    ("0, 1.5", 0.0, 1.5),
    ("0N 1E", 0.0, 1.0),
    ("50 59.999N 001 59.999E", dm(50, 59.999), dm(1, 59.999)),
    ("50 59 59.9N 001 59 59.9E", 50 + 3599.9 / 3600, 1 + 3599.9 / 3600),
    ("90 00.0N 180 00.0E", 90.0, 180.0),
    ("90.0, 180.0", 90.0, 180.0),
    ("-90, -180", -90.0, -180.0),
    ("51.0N 120.8E", 51.0, 120.8),
    ("51 07N 001 20E", dm(51, 7), dm(1, 20)),
    ("5107N 00120E", dm(51, 7), dm(1, 20)),
    ("51°07'N 1°20'E", dm(51, 7), dm(1, 20)),
]

ACCEPTED = [
    *((text, LAT, LON) for text in DEGREES_AND_MINUTES),
    *((text, LAT, LON) for text in DEGREES_MINUTES_SECONDS),
    *((text, 51.1217, 1.3467) for text in DECIMAL_DEGREES),
    *ELSEWHERE,
]

# Refused texts and a word of the problem that a person is told.
REFUSED = [
    ("", "empty"),
    ("   ", "empty"),
    ("\n\t", "empty"),
    ("51 07.3N 001 20.8E" + " " * 80, "80 characters"),
    ("5" * 81, "80 characters"),
    # One number, or none.
    ("51.1217", "one number"),
    ("51", "one number"),
    ("-51.1217", "one number"),
    ("51.1217,", "one number"),
    (",51.1217", "one number"),
    ("51.1217N", "one hemisphere"),
    ("51 07.3N", "one hemisphere"),
    ("N", "one hemisphere"),
    ("NE", "no number"),
    ("N E", "no number"),
    ("N51 1E", "no number"),
    ("51N E", "no number"),
    (",", "not a pair"),
    ("+", "not a pair"),
    # A comma is never guessed.
    ("51,12,1,34", "comma"),
    ("51,1217,1,3467", "comma"),
    ("51,1217 1,3467", "comma"),
    ("51,12;1,34", "comma"),
    ("51,12 ; 1,34", "comma"),
    ("51,12, 1,34", "comma"),
    ("51,1", "comma"),
    ("51,12", "comma"),
    ("51,1217", "comma"),
    ("51.12,1,34", "comma"),
    ("1.3,51,1", "comma"),
    ("51,1217N 1.3467E", "comma and point"),
    ("51.1217N 1,3467E", "comma and point"),
    ("51,07.3N 001,20.8E", "comma and point"),
    ("51,07,3N 001,20,8E", "not a latitude"),
    ("51, 1217N 1, 3467E", "not a latitude"),
    ("51,12,1,34 N E", "not a latitude"),
    # Degrees and minutes without letters.
    ("51 07.3", "hemisphere"),
    ("51 07", "hemisphere"),
    ("51 1", "hemisphere"),
    ("51 1.3467", "hemisphere"),
    ("51 -1.3467", "hemisphere"),
    ("51 07.3 001 20.8", "hemisphere"),
    ("51 07.3, 001 20.8", "hemisphere"),
    ("51 07.3, -001 20.8", "hemisphere"),
    ("51°07.3' 001°20.8'", "hemisphere"),
    ("51°07.3', 1°20.8'", "hemisphere"),
    ("51°07'18\" 1°20'48\"", "hemisphere"),
    ("51°07.3'", "hemisphere"),
    ("51.5° 07.3'", "hemisphere"),
    ("51 07 18 001 20 48", "hemisphere"),
    ("51-07.3 001-20.8", "hemisphere"),
    ("5107.3 00120.8", "not a pair"),
    ("5107.3,00120.8", "not a pair"),
    # Only one letter, too many letters, letters astray.
    ("51 07.3N 001 20.8", "one hemisphere"),
    ("51 07.3 001 20.8E", "one hemisphere"),
    ("51.1217N 1.3467", "one hemisphere"),
    ("N51 07.3 001 20.8E", "not a latitude"),
    ("N51 07.3N E001 20.8E", "letter"),
    ("51N 1E 2W", "letter"),
    ("51N 1E E", "letter"),
    ("51NN 1E", "letter"),
    ("51 N07.3 001 20.8E", "not a longitude"),
    ("NE 51 1", "no number"),
    ("51 O7.3N OO1 20.8E", "letter"),
    # Two of a kind.
    ("51N 52N", "two latitudes"),
    ("51N 52S", "two latitudes"),
    ("N51 07.3 S52 07.3", "two latitudes"),
    ("1E 2W", "two longitudes"),
    # Minutes and seconds.
    ("51 60.0N 001 20.8E", "60 minutes"),
    ("51 60N 001 20.8E", "60 minutes"),
    ("51 07.3N 001 60.0E", "60 minutes"),
    ("51 99.9N 001 20.8E", "60 minutes"),
    ("51°75.0'N 1°20.8'E", "60 minutes"),
    ("5160.0N 00120.8E", "60 minutes"),
    ("5107.3N 00175.0E", "60 minutes"),
    ("51-60N 001-20E", "60 minutes"),
    ("51°60'00\"N 1°20'48\"E", "60 minutes"),
    ("51°07'60\"N 1°20'48\"E", "60 seconds"),
    ("51 07 60.0N 001 20 48E", "60 seconds"),
    ("51 07 18N 001 20 99E", "60 seconds"),
    ("51 100.0N 001 20.8E", "not a latitude"),
    ("51 007.3N 001 20.8E", "not a latitude"),
    ("51.5° 07.3'N 1°20.8'E", "not a latitude"),
    ("51.5 07.3N 001 20.8E", "not a latitude"),
    ("51 07.3N 001.5 20.8E", "not a longitude"),
    ("51 07.3 18N 001 20.8E", "not a latitude"),
    ("51°07.5'18\"N 1°20'48\"E", "not a latitude"),
    ("51 07 18 5N 001 20.8E", "not a latitude"),
    ("51' 07.3°N 1°20.8'E", "not a latitude"),
    ('51"N 1"E', "not a latitude"),
    ("07.3'N 20.8'E", "not a latitude"),
    ("51..5N 1E", "not a latitude"),
    ("51.N 1.E", "not a latitude"),
    (".5N .5E", "not a latitude"),
    ("51 .5N 1E", "not a latitude"),
    ("51 07.3N,, 001 20.8E", "not a longitude"),
    ("51 07.3N ;, 001 20.8E", "not a longitude"),
    # Digits run together that could be cut in two places.
    ("510N 1E", "beyond 90"),
    ("5107.3N 0120.8E", "digits run together"),
    ("5107.3N 1200.8E", "digits run together"),
    ("05107.3N 00120.8E", "digits run together"),
    ("5107.3N 000120.8E", "digits run together"),
    # Two notations in one position: a lost digit or a space too many reads as degrees.
    ("5107.3N 020.8E", "alike"),
    ("51 07.3N 20.8E", "alike"),
    ("51 07.3N 00 1 20.8E", "alike"),
    ("51 07.3N 1.3467E", "alike"),
    ("51 07.3N 1E", "alike"),
    ("51N 001 20.8E", "alike"),
    ("51 07 18N 001 20.8E", "alike"),
    ("51 07 18N 1.3467E", "alike"),
    # Out of range.
    ("90 00.1N 001 20.8E", "beyond 90"),
    ("91N 1E", "beyond 90"),
    ("90.0001, 1.5", "cannot be a latitude"),
    ("51N 181E", "beyond 180"),
    ("51 07.3N 180 00.1W", "beyond 180"),
    ("51N 999E", "beyond 180"),
    ("51.5, 180.5", "beyond 180"),
    ("51.5, -181", "beyond 180"),
    ("120.8, 51.5", "cannot be a latitude"),
    ("-120.8, 51.5", "cannot be a latitude"),
    ("95.5 51.5", "cannot be a latitude"),
    ("95.5, 95.5", "beyond 90"),
    ("200.5, 51.5", "beyond 90"),
    # Signs.
    ("-51 07.3N 001 20.8E", "sign"),
    ("+51 07.3N 001 20.8E", "sign"),
    ("51 07.3N -001 20.8E", "sign"),
    ("51.1217N -1.3467E", "sign"),
    ("51.1217N, -1.3467W", "sign"),
    ("N-51.1217 E1.3467", "sign"),
    ("N51.1217 E+1.3467", "sign"),
    ("51 -07.3N 001 20.8E", "sign"),
    ("51°-07.3'N 1°20.8'E", "sign"),
    ("51 07 -18N 001 20 48E", "sign"),
    ("51--07.3N 001-20.8E", "sign"),
    ("\N{MINUS SIGN}51 07.3N 001 20.8E", "sign"),
    ("--51.5, 1.5", "not a pair"),
    ("51.5, 1.5-", "not a pair"),
    ("51.5-1.5", "not a pair"),
    # Not numbers.
    ("nan, nan", "not part"),
    ("NaN 1.5", "not part"),
    ("inf, 1.5", "not part"),
    ("51.5, -inf", "not part"),
    ("5.1e1, 1.3", "exponent"),
    ("51.5, 1.3E0", "exponent"),
    ("5.1e1N 1.3E", "exponent"),
    ("5e1 1n", "exponent"),
    ("51.E5, 1", "exponent"),
    ("0x33, 1", "not part"),
    ("51_0.5, 1.5", "not part"),
    ("1/2, 1", "hemisphere"),
    ("dover", "not part"),
    ("lat 51.5 lon 1.5", "not part"),
    ("51.5, 1.5 # here", "not part"),
    ("51.5, 1.5, 10.0", "hemisphere"),
    ("51.5, 1.5, 10", "hemisphere"),
    ("51.5,,1.5", "not a pair"),
    ("51.5;;1.5", "not a pair"),
    ("51.5/1.5", "not a pair"),
    ("51.5\N{EN DASH}1.5", "not a pair"),
    ("\N{ARABIC-INDIC DIGIT FIVE}\N{ARABIC-INDIC DIGIT ONE}.5, 1.5", "not part"),
    ("\N{FULLWIDTH DIGIT FIVE}1.5, 1.5", "not part"),
    ("51\N{LATIN SMALL LETTER SHARP S} 1E", "not part"),
    ("51.5\N{ZERO WIDTH SPACE}, 1.5", "not part"),
    ("51.5, 1.5\x00", "not part"),
    ("\ud800", "not part"),
    # A receiver without a fix.
    ("0,0", "without a fix"),
    ("0, 0", "without a fix"),
    ("0;0", "without a fix"),
    ("0.0,0.0", "without a fix"),
    ("0.0 0.0", "without a fix"),
    ("-0.0, 0.0", "without a fix"),
    ("0N 0E", "without a fix"),
    ("00 00.0N 000 00.0E", "without a fix"),
    ("0000.0S 00000.0W", "without a fix"),
]


def test_the_tables_are_large_and_without_doubles():
    texts = [text for text, *_ in (*ACCEPTED, *REFUSED)]
    assert len(texts) >= 200
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(("text", "lat", "lon"), ACCEPTED)
def test_accepted(text, lat, lon):
    assert parse_position(text) == pytest.approx((lon, lat), abs=1e-9)


@pytest.mark.parametrize(("text", "problem"), REFUSED)
def test_refused(text, problem):
    with pytest.raises(InvalidPosition) as caught:
        parse_position(text)
    assert problem in caught.value.problem
    assert_short_sentences(caught.value)


def assert_short_sentences(error: InvalidPosition | InvalidTime) -> None:
    for sentence in (error.problem, error.remedy):
        assert sentence.endswith(".")
        assert len(sentence) <= 110
    assert str(error) == f"{error.problem} {error.remedy}"


def test_swapped_pair_is_told_to_swap():
    with pytest.raises(InvalidPosition) as caught:
        parse_position("120.8, 51.5")
    assert "Swap" in caught.value.remedy


def test_zero_has_no_sign():
    assert str(parse_position("51 00.0N 000 00.0W")) == "(0.0, 51.0)"
    assert str(parse_position("51.0, -0.0")) == "(0.0, 51.0)"


def test_no_more_than_forty_characters_are_echoed():
    text = "51.5/" + "7" * 75
    with pytest.raises(InvalidPosition) as caught:
        parse_position(text)
    assert "7" * 20 in caught.value.problem
    assert "7" * MAX_ECHO_CHARS not in caught.value.problem


def test_control_characters_are_not_echoed():
    with pytest.raises(InvalidPosition) as caught:
        parse_position("51.5\x1b[31m, 1.5")
    assert caught.value.problem.isprintable()


def test_errors_are_value_errors():
    assert issubclass(InvalidPosition, ValueError)
    assert issubclass(InvalidTime, ValueError)


@settings(max_examples=1000, deadline=None)
@given(st.text(max_size=100))
def test_arbitrary_text_is_read_or_refused(text):
    check_read_or_refused(text)


@settings(max_examples=3000, deadline=None)
@given(st.text(alphabet="0123456789NSEWOnseo °'\"+-.,;/\N{PRIME}\N{DOUBLE PRIME}", max_size=40))
def test_text_of_the_right_characters_is_read_or_refused(text):
    check_read_or_refused(text)


@settings(max_examples=2000, deadline=None)
@given(
    st.sampled_from([text for text, *_ in ACCEPTED]),
    st.integers(0, 80),
    st.integers(0, 3),
    st.text(alphabet="0159NEWO °'\"+-.,; ", max_size=2),
)
def test_a_slip_of_the_finger_is_read_or_refused(text, at, dropped, typed):
    check_read_or_refused(text[:at] + typed + text[at + dropped :])


def check_read_or_refused(text: str) -> None:
    try:
        lon, lat = parse_position(text)
    except InvalidPosition as refusal:
        assert_short_sentences(refusal)
    else:
        assert -180.0 <= lon <= 180.0
        assert -90.0 <= lat <= 90.0
        assert (lon, lat) != (0.0, 0.0)


LONGITUDES = st.floats(-180.0, 180.0)
LATITUDES = st.floats(-90.0, 90.0)


@settings(max_examples=1000, deadline=None)
@given(LONGITUDES, LATITUDES)
@example(179.99999, 89.99999)
@example(-0.9999999, 50.9999999)
@example(1.0, -0.0001)
def test_written_position_reads_back_within_half_a_tenth_of_a_minute(lon, lat):
    text = format_position(lon, lat)
    assert re.fullmatch(r"[0-9]{2}°[0-5][0-9]\.[0-9]'[NS] [01][0-9]{2}°[0-5][0-9]\.[0-9]'[EW]", text)
    assume(max(abs(lon), abs(lat)) > 2 * HALF_TENTH_MINUTE_DEG)
    assert parse_position(text) == pytest.approx((lon, lat), abs=HALF_TENTH_MINUTE_DEG + 1e-9)


@settings(max_examples=500, deadline=None)
@given(LONGITUDES, LATITUDES)
def test_writing_twice_changes_nothing(lon, lat):
    assume(max(abs(lon), abs(lat)) > 2 * HALF_TENTH_MINUTE_DEG)
    text = format_position(lon, lat)
    assert format_position(*parse_position(text)) == text


@settings(max_examples=500, deadline=None)
@given(st.integers(-90 * 36000, 90 * 36000), st.integers(-180 * 36000, 180 * 36000))
def test_seconds_and_decimal_degrees_agree(lat_tenths, lon_tenths):
    """Two spellings of one position, in tenths of a second, read as one."""
    assume(lat_tenths or lon_tenths)
    spelled = f"{sexagesimal(lat_tenths, 'NS')} {sexagesimal(lon_tenths, 'EW')}"
    decimal = f"{lat_tenths / 36000:.9f}, {lon_tenths / 36000:.9f}"
    assert parse_position(spelled) == pytest.approx(parse_position(decimal), abs=TENTH_SECOND_DEG / 100)


def sexagesimal(tenths: int, letters: str) -> str:
    minutes, rest = divmod(abs(tenths), 600)
    return f"{minutes // 60}°{minutes % 60:02d}'{rest // 10:02d}.{rest % 10}\"{letters[tenths < 0]}"


@pytest.mark.parametrize(
    ("lon", "lat", "text"),
    [
        (LON, LAT, "51°07.3'N 001°20.8'E"),
        (-1.5, 50.5, "50°30.0'N 001°30.0'W"),
        (1.99999, 50.99999, "51°00.0'N 002°00.0'E"),
        (-0.00001, -0.00001, "00°00.0'N 000°00.0'E"),
        (-0.5, -0.5, "00°30.0'S 000°30.0'W"),
        (180.0, 90.0, "90°00.0'N 180°00.0'E"),
        (-180.0, -90.0, "90°00.0'S 180°00.0'W"),
        (179.99999, 89.99999, "90°00.0'N 180°00.0'E"),
        (0.0, 51.0, "51°00.0'N 000°00.0'E"),
    ],
)
def test_written_position(lon, lat, text):
    assert format_position(lon, lat) == text


@pytest.mark.parametrize(
    ("lon", "lat"), [(float("nan"), 51.0), (1.0, float("nan")), (float("inf"), 51.0), (181.0, 51.0), (1.0, -90.1)]
)
def test_what_is_no_position_is_not_written(lon, lat):
    with pytest.raises(ValueError, match="a position needs"):
        format_position(lon, lat)


@pytest.mark.parametrize(
    ("text", "epoch_s"),
    [
        ("1970-01-01T00:00:00Z", 0.0),
        ("2026-11-22T14:30:00Z", 1795357800.0),
        ("2026-11-22t14:30:00z", 1795357800.0),
        ("2026-11-22 14:30:00Z", 1795357800.0),
        (" 2026-11-22T14:30:00Z\n", 1795357800.0),
        ("2026-11-22T15:30:00+01:00", 1795357800.0),
        ("2026-11-22T09:00:00-05:30", 1795357800.0),
        ("2026-11-22T14:30:00+00:00", 1795357800.0),
        ("2026-11-22T14:30:00-00:00", 1795357800.0),
        ("2026-11-22T14:30:00.5Z", 1795357800.5),
        ("2026-11-22T14:30:00.25+00:00", 1795357800.25),
        ("2024-02-29T00:00:00Z", 1709164800.0),
        ("2100-12-31T23:59:59Z", 4133980799.0),
        ("2101-01-01T00:30:00+01:00", 4133979000.0),
    ],
)
def test_time_accepted(text, epoch_s):
    assert parse_time(text) == epoch_s


def test_long_fraction_stays_in_its_second():
    assert 4133980799.0 < parse_time("2100-12-31T23:59:59.99999999999999999999Z") < 4133980800.0


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "RFC 3339"),
        ("now", "RFC 3339"),
        ("1795357800", "RFC 3339"),
        ("2026-11-22", "RFC 3339"),
        ("2026-11-22T14:30Z", "RFC 3339"),
        ("2026-11-22T14Z", "RFC 3339"),
        ("14:30:00Z", "RFC 3339"),
        ("22/11/2026 14:30:00Z", "RFC 3339"),
        ("20261122T143000Z", "RFC 3339"),
        ("2026-11-22T14:30:00+0100", "RFC 3339"),
        ("2026-11-22T14:30:00+01", "RFC 3339"),
        ("2026-11-22T14:30:00 Z", "RFC 3339"),
        ("2026-11-22T14:30:00,5Z", "RFC 3339"),
        ("2026-11-22T14:30:00.Z", "RFC 3339"),
        ("2026-11-22T14:30:00 UTC", "RFC 3339"),
        ("2026-11-22T14:30:00BST", "RFC 3339"),
        ("+2026-11-22T14:30:00Z", "RFC 3339"),
        ("2026-W47-7T14:30:00Z", "RFC 3339"),
        ("\N{FULLWIDTH DIGIT TWO}026-11-22T14:30:00Z", "RFC 3339"),
        ("2026-11-22T14:30:00", "no zone"),
        ("2026-11-22 14:30:00.5", "no zone"),
        ("2026-11-22T14:30:60Z", "Leap"),
        ("2016-12-31T23:59:60Z", "Leap"),
        ("2026-11-22T14:30:61Z", "calendar"),
        ("2026-11-22T14:60:00Z", "calendar"),
        ("2026-11-22T24:00:00Z", "calendar"),
        ("2026-13-01T00:00:00Z", "calendar"),
        ("2026-00-01T00:00:00Z", "calendar"),
        ("2026-02-29T00:00:00Z", "calendar"),
        ("2026-11-31T00:00:00Z", "calendar"),
        ("0000-01-01T00:00:00Z", "calendar"),
        ("2026-11-22T14:30:00+24:00", "calendar"),
        ("2026-11-22T14:30:00+01:60", "calendar"),
        ("1969-12-31T23:59:59Z", "before 1970"),
        ("1970-01-01T00:00:00+01:00", "before 1970"),
        ("0001-01-01T00:00:00+23:59", "before 1970"),
        ("2101-01-01T00:00:00Z", "after 2100"),
        ("9999-12-31T23:59:59-23:59", "after 2100"),
        ("2026-11-22T14:30:00." + "0" * 60 + "Z", "64 characters"),
    ],
)
def test_time_refused(text, problem):
    with pytest.raises(InvalidTime) as caught:
        parse_time(text)
    assert problem in caught.value.problem
    assert_short_sentences(caught.value)


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=80), st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.?Z")))
def test_arbitrary_time_is_read_or_refused(text):
    try:
        assert 0.0 <= parse_time(text) < 4133980800.0
    except InvalidTime as refusal:
        assert_short_sentences(refusal)


@given(st.integers(0, 4133980799))
def test_written_time_reads_back(epoch_s):
    assert parse_time(format_time(epoch_s)) == epoch_s


@pytest.mark.parametrize(
    ("epoch_s", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (0.999, "1970-01-01T00:00:00Z"),
        (1795357800.9999, "2026-11-22T14:30:00Z"),
        (4133980799.9, "2100-12-31T23:59:59Z"),
    ],
)
def test_written_time_rounds_down(epoch_s, text):
    assert format_time(epoch_s) == text


@pytest.mark.parametrize("epoch_s", [-1.0, 4133980800.0, float("nan"), float("inf")])
def test_what_is_no_instant_is_not_written(epoch_s):
    with pytest.raises(ValueError, match="an instant lies"):
        format_time(epoch_s)


# -- official forms of both coasts, and the letter O -----------------------------------------------------------------

OUEST = [
    ("50 40.0N 001 30.0O", dm(50, 40), -1.5),
    ("50°40,0'N 1°30,0'O", dm(50, 40), -1.5),
    ("N50 40.0 O001 30.0", dm(50, 40), -1.5),
    ("50,5 N 1,5 O", 50.5, -1.5),
    ("50.5n 1.5o", 50.5, -1.5),
    ("001 30.0O 50 40.0N", dm(50, 40), -1.5),
]


@pytest.mark.parametrize(("text", "lat", "lon"), OUEST)
def test_the_letter_o_is_west_in_french_alone(text, lat, lon):
    assert parse_position(text, french=True) == pytest.approx((lon, lat), abs=1e-12)
    with pytest.raises(InvalidPosition, match="oost, Ost"):
        parse_position(text)


OFFICIAL = [
    "51°07'.3N 001°20'.8E",
    "51°07'.3N, 001°20'.8E",
    "51° 07'.3 N 001° 20'.8 E",
    "51°07'\N{MIDDLE DOT}3N 001°20'\N{MIDDLE DOT}8E",
    "51°07\N{MIDDLE DOT}3'N 001°20\N{MIDDLE DOT}8'E",
    "51-07,3N - 001-20,8E",
    "51-07.3N - 001-20.8E",
    "51-07,3N \N{EN DASH} 001-20,8E",
    "510718N 0012048E",
    "510718N0012048E",
    "N510718 E0012048",
    "51:07:18N 001:20:48E",
    "5107.300,N,00120.800,E",
    "(51.121666667, 1.346666667)",
    "51°07.3' Nord 001°20.8' Est",
    "51 07.3 North 001 20.8 East",
    "51°07.3'N 001°20.8' Oost",
    "Lat 51°07.3'N Long 001°20.8'E",
]


@pytest.mark.parametrize("text", OFFICIAL)
def test_official_forms_of_both_coasts_are_read(text):
    assert parse_position(text) == pytest.approx((dm(1, 20.8), dm(51, 7.3)), abs=2e-9)


def test_the_word_ouest_is_west_whatever_the_language():
    assert parse_position("51°07,3' Nord 001°20,8' Ouest") == pytest.approx((-dm(1, 20.8), dm(51, 7.3)))


@pytest.mark.parametrize(
    "text",
    ["510760N 0012048E", "51°60'.3N 001°20'.8E", "51071N 0012048E", "5107.3N 0012048E", "(51.1, 1.3", "51.1 - 1.3"],
)
def test_neighbours_of_the_official_forms_stay_refused(text):
    with pytest.raises(InvalidPosition):
        parse_position(text)


@given(st.integers(0, 89), st.integers(0, 599), st.integers(0, 179), st.integers(0, 599), st.data())
def test_every_official_form_gives_the_same_position(lat, lat_tenths, lon, lon_tenths, data):
    (a, b), (c, d) = divmod(lat_tenths, 10), divmod(lon_tenths, 10)
    north, east = data.draw(st.sampled_from("NS")), data.draw(st.sampled_from("EW"))
    forms = [
        f"{lat:02d}°{a:02d}'.{b}{north} {lon:03d}°{c:02d}'.{d}{east}",
        f"{lat:02d}°{a:02d}'\N{MIDDLE DOT}{b}{north} {lon:03d}°{c:02d}'\N{MIDDLE DOT}{d}{east}",
        f"{lat:02d}-{a:02d},{b}{north} - {lon:03d}-{c:02d},{d}{east}",
        f"{lat:02d}{a:02d}{6 * b:02d}{north} {lon:03d}{c:02d}{6 * d:02d}{east}",
        f"{lat:02d}{a:02d}.{b}00,{north},{lon:03d}{c:02d}.{d}00,{east}",
    ]
    if lat == lat_tenths == lon == lon_tenths == 0:
        return
    expected = (dm(lon, c + d / 10) * (1 if east == "E" else -1), dm(lat, a + b / 10) * (1 if north == "N" else -1))
    for form in forms:
        assert parse_position(form) == pytest.approx(expected, abs=1e-9)


NOW_S = 1642050011.5
"""2022-01-13 05:00:11.5 UTC."""


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("now", "2022-01-13T05:00:11Z"),
        (" NOW ", "2022-01-13T05:00:11Z"),
        ("0500Z", "2022-01-13T05:00:00Z"),
        ("0459z", "2022-01-13T04:59:00Z"),
        ("05:00Z", "2022-01-13T05:00:00Z"),
        ("05:00:30 UTC", "2022-01-13T05:00:30Z"),
        ("05h30 UTC", "2022-01-13T05:30:00Z"),
        ("0600+01:00", "2022-01-13T05:00:00Z"),
        ("0600+0100", "2022-01-13T05:00:00Z"),
        ("0030+0200", "2022-01-12T22:30:00Z"),
        ("2359Z", "2022-01-12T23:59:00Z"),
        ("1640Z", "2022-01-13T16:40:00Z"),
        ("1720Z", "2022-01-12T17:20:00Z"),
        ("2022-01-13T05:00Z", "2022-01-13T05:00:00Z"),
        ("2022-01-13t05:00z", "2022-01-13T05:00:00Z"),
        ("2022-01-13 05:00Z", "2022-01-13T05:00:00Z"),
        ("2022-01-13  0500 UTC", "2022-01-13T05:00:00Z"),
        ("2022-01-13T05:00:00Z", "2022-01-13T05:00:00Z"),
        ("2022-01-13T05:00:00.5+01:00", "2022-01-13T04:00:00Z"),
        ("-10min", "2022-01-13T04:50:11Z"),
        ("\u221210 min", "2022-01-13T04:50:11Z"),
        ("+2h", "2022-01-13T07:00:11Z"),
        ("+1.5h", "2022-01-13T06:30:11Z"),
        ("+1h30", "2022-01-13T06:30:11Z"),
        ("-1h30min", "2022-01-13T03:30:11Z"),
        ("-0min", "2022-01-13T05:00:11Z"),
    ],
)
def test_times_as_typed(typed, taken):
    assert format_time(parse_time_as_typed(typed, NOW_S)) == taken


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("0500", "no zone"),
        ("05:00", "no zone"),
        ("2022-01-13T05:00", "no zone"),
        ("2022-01-13T05:00:00", "no zone"),
        ("0500BST", "is not a time"),
        ("0500Z CET", "is not a time"),
        ("2500Z", "'2500Z' is not on the calendar or clock"),
        ("0560Z", "not on the calendar or clock"),
        ("2022-02-30 05:00Z", "not on the calendar or clock"),
        ("1700Z", "nearly as long ago as it is ahead"),
        ("1705Z", "nearly as long ago as it is ahead"),
        ("500Z", "is not a time"),
        ("10min", "is not a time"),
        ("-10", "is not a time"),
        ("-10m", "is not a time"),
        ("+", "is not a time"),
        ("", "is not a time"),
        ("yesterday", "is not a time"),
        ("\u0660\u0665\u0660\u0660Z", "is not a time"),
        ("-99999min", "is not a time"),
        ("9" * 99, "more than"),
    ],
)
def test_times_as_typed_that_could_be_several_are_refused(typed, text):
    with pytest.raises(InvalidTime) as refused:
        parse_time_as_typed(typed, NOW_S)
    assert text in refused.value.problem
    assert len(refused.value.problem) < 120
    assert refused.value.remedy
    if "zone" in text or "not a time" in text:
        assert "0500Z" in refused.value.remedy


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_refused(text):
    try:
        read = format_time(parse_time_as_typed(text, NOW_S))
    except InvalidTime as wrong:
        read = str(wrong)
    assert read
    assert "\n" not in read
