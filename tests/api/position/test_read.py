"""Positions as people type them: one meaning or a refusal."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.position import MAX_ECHO_CHARS, InvalidPosition, InvalidTime, parse_position
from tests.api.position.conftest import LAT, LON, assert_short_sentences, dm

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
