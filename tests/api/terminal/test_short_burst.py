"""Short bursts: what goes in comes out, within the modem's limits, and nothing damaged is believed."""

import struct
from contextlib import suppress
from math import isnan, nan

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from api.security.signed_messages import public_bytes, terminal_name
from api.terminal.link.short_burst import (
    MEDICAL,
    MOST_DOWN,
    MOST_UP,
    QUALITY,
    Down,
    NotABurst,
    Up,
    decode_down,
    decode_up,
    encode_down,
    encode_up,
)

KEY = Ed25519PrivateKey.generate()
NAME = terminal_name(public_bytes(KEY))
count = st.none() | st.integers(0, 65_534)
texts = st.text(st.characters(codec="utf-8"), max_size=300)
names = st.text("abcdefghijklmnopqrstuvwxyz-0123456789", max_size=40)
seconds = st.integers(0, 2**32 - 1)
places = st.just((nan, nan)) | st.tuples(st.floats(-180, 180), st.floats(-90, 90))
ups = st.builds(
    lambda place, **fields: Up(lon=place[0], lat=place[1], **fields), places,
    terminal=st.just(NAME), number=seconds, sent_s=seconds,
    quality=st.sampled_from(QUALITY), age_s=count, persons_min=count, persons_max=count, recovered=count,
    in_water=st.none() | st.booleans(), medical=st.sampled_from(MEDICAL), port_id=names, minutes=count,
    digest=st.binary(min_size=8, max_size=8), text=texts, is_encounter=st.booleans(),
)  # fmt: skip
sequences = st.integers(1, 2**32 - 1)
directions = st.builds(Down, seconds, seconds, seconds, names, names, names, texts, st.just(0))
withdrawals = st.builds(Down, seconds, sequences, seconds, names, names, st.just(""), texts, sequences)
downs = directions | withdrawals


@settings(deadline=None, max_examples=300)
@given(ups)
def test_what_goes_up_comes_out(burst):
    data = encode_up(burst, KEY)
    assert len(data) <= MOST_UP
    found = decode_up(data)
    for field in Up._fields:
        sent, came = getattr(burst, field), getattr(found, field)
        if field == "text":
            assert came == sent or (came.endswith("…") and sent.startswith(came[:-1]) and len(data) > MOST_UP - 8)
        elif field in ("lon", "lat"):
            assert (isnan(sent) and isnan(came)) or came == pytest.approx(sent, abs=1e-7)
        else:
            assert came == sent, field


@settings(deadline=None, max_examples=300)
@given(downs)
def test_what_comes_down_comes_out(burst):
    data = encode_down(burst)
    assert len(data) <= MOST_DOWN
    found = decode_down(data)
    assert found._replace(text="") == burst._replace(text="")
    assert found.text == burst.text or (found.text.endswith("…") and burst.text.startswith(found.text[:-1]))


@settings(deadline=None, max_examples=200)
@given(ups, st.integers(0, 10_000), st.integers(1, 255))
def test_one_wrong_byte_is_never_believed(burst, at, change):
    data = bytearray(encode_up(burst, KEY))
    data[at % len(data)] ^= change
    with pytest.raises(NotABurst):
        decode_up(bytes(data))


@given(ups)
def test_whose_it_is_follows_from_the_key_in_it(burst):
    other = Ed25519PrivateKey.generate()
    found = decode_up(encode_up(burst, other))
    assert found.terminal == terminal_name(public_bytes(other)) != NAME
    # Another's key put in its place no longer fits the signature.
    data = bytearray(encode_up(burst, KEY))
    data[1:33] = public_bytes(other)
    with pytest.raises(NotABurst):
        decode_up(bytes(data))


FLAGS_AT = 58
"""Byte of a burst up where medical state, people in the water and kind of message stand."""


def test_no_medical_need_is_something_else_than_nobody_has_said():
    none, unsaid = (encode_up(Up(NAME, 7, 0, medical=medical), KEY) for medical in ("none", None))
    assert decode_up(none).medical == "none"
    assert decode_up(unsaid).medical is None
    # What terminals before this sent for either of the two, and what they could not send.
    assert (unsaid[FLAGS_AT] & 3, none[FLAGS_AT] & 3) == (0, 3)


def test_nobody_is_something_else_than_nobody_has_said():
    for counted in (0, None):
        burst = Up(NAME, 7, 0, persons_min=counted, persons_max=counted, recovered=counted, in_water=None)
        found = decode_up(encode_up(burst, KEY))
        assert (found.persons_min, found.persons_max, found.recovered) == (counted,) * 3


def test_a_terminal_that_knows_of_no_withdrawal_reads_that_nothing_is_directed():
    burst = Down(0, 412, 1_795_357_800, "ramsgate", "MRCC DOVER", "", "No tug for her.", 417)
    data = encode_down(burst)
    assert decode_down(data) == burst
    version, answers, direction, _ = struct.unpack_from(">BIII", data)
    assert (version, answers, direction) == (2, 0, 0)


@given(st.binary(max_size=400))
def test_noise_is_refused_or_is_a_burst_by_chance(data):
    with pytest.raises(NotABurst):
        decode_up(data)
    with suppress(NotABurst):
        assert encode_down(decode_down(data)) == data


def test_a_full_report_fits_with_a_hundred_and_sixty_letters_of_text():
    burst = Up(NAME, 7, 1_795_357_800, 1.45, 51.0, "good", 3, 50, 60, 12, True, "urgent",
               "dunkirk-west", 95, bytes(8), "x" * 160)  # fmt: skip
    assert decode_up(encode_up(burst, KEY)).text == "x" * 160


def test_what_does_not_fit_is_refused_and_not_bent():
    with pytest.raises(ValueError, match="below zero"):
        encode_up(Up(NAME, 7, 0, persons_min=-1), KEY)
    with pytest.raises(ValueError, match="longer"):
        encode_down(Down(1, port_id="p" * 41))
