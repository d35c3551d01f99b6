"""``safeport tide``: text and document, limits, ports without a tide, and the same bytes over HTTP."""

import json
import re
from datetime import datetime
from itertools import pairwise

import pytest

from api.cli.console import WIDTH


def tide(safeport, *arguments):
    ran = safeport("tide", *arguments, "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def instant(text):
    return datetime.fromisoformat(text).timestamp()


def test_a_day_at_dover(safeport):
    document = tide(safeport, "GBDVR", "--from", "2026-03-20T12:00:00Z")
    assert document["port"]["id"] == "dover"
    assert document["code"] is None
    assert document["basis"] == "station"
    assert document["station"]["licence"] == "CC-BY-4.0"
    assert document["datum"] == "chart datum"
    assert document["surge_included"] is False
    assert (document["uncertainty_m"], document["uncertainty_basis"]) == (0.15, "measured")
    assert 10 <= document["uncertainty_min"] <= 20
    assert document["uncertainty_low_min"] > document["uncertainty_min"]
    times = [instant(height["at"]) for height in document["heights"]]
    assert len(times) == 145
    assert {b - a for a, b in pairwise(times)} == {600.0}
    assert [extreme["kind"] for extreme in document["extremes"]] == ["low", "high", "low"]
    high = document["extremes"][1]
    assert high["height_m"] == pytest.approx(7.1, abs=0.15)
    assert max(height["height_m"] for height in document["heights"][6 * 6 : 18 * 6]) <= high["height_m"] + 0.005
    assert {"en", "fr"} == document["notice"].keys()


def test_a_month_over_block_boundaries_has_every_tide_once(safeport):
    document = tide(safeport, "dover", "--from", "2026-04-01T00:05:00Z", "--hours", "744")
    assert len(document["heights"]) == 744 * 6 + 1
    kinds = [extreme["kind"] for extreme in document["extremes"]]
    assert all(a != b for a, b in pairwise(kinds))
    times = [instant(extreme["at"]) for extreme in document["extremes"]]
    gaps = [b - a for a, b in pairwise(times)]
    assert min(gaps) > 4 * 3600
    assert max(gaps) < 8.5 * 3600
    assert len(document["tables"]) == 2
    heights = [height["height_m"] for height in document["heights"]]
    # Not even at springs does it rise faster than 2.5 m an hour.
    assert max(abs(b - a) for a, b in pairwise(heights)) < 0.42


def test_a_secondary_port_says_so(safeport):
    document = tide(safeport, "folkestone", "--from", "2026-03-20T12:00:00Z")
    assert document["basis"] == "secondary"
    assert document["station"]["name"] == "Dover"
    assert document["uncertainty_m"] > 0.15
    text = safeport("tide", "folkestone", "--from", "2026-03-20T12:00:00Z").out
    assert "Secondary port, from Dover" in text


def test_a_port_without_a_basis_is_answered_as_unknown(safeport):
    document = tide(safeport, "london", "--from", "2026-03-20T12:00:00Z")
    assert document["code"] == "TIDE_UNKNOWN"
    assert document["heights"] == document["extremes"] == document["tables"] == []
    assert document["station"] is document["basis"] is document["uncertainty_m"] is None
    ran = safeport("tide", "london")
    assert ran.code == 0
    assert "Tide not known here" in ran.out


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("port", ["dover", "rye", "london", "swanage"])
def test_text_fits_eighty_columns(safeport, port, language):
    ran = safeport("tide", port, "--from", "2026-07-01T12:00:00Z", "--hours", "48", "--lang", language)
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= WIDTH
    assert (
        ("surcote" in ran.out or "inconnue" in ran.out) if language == "fr" else "surge" in ran.out or "not" in ran.out
    )


def test_text_names_both_waters_in_utc_and_local_time(safeport):
    text = safeport("tide", "dover", "--from", "2026-07-01T12:00:00Z").out
    assert "high water" in text
    assert "low water" in text
    assert re.search(r"\d{4} UTC \(\d{4} in the UK\)", text)
    french = safeport("tide", "dover", "--from", "2026-07-01T12:00:00Z", "--lang", "fr").out
    assert "pleine mer" in french
    assert re.search(r"(\d\d)h\d\d UTC \(\d\dh\d\d au Royaume-Uni\)", french)
    assert "MARÉE À DOUVRES" in french


def test_an_hour_without_a_turn_says_so(safeport):
    text = safeport("tide", "dover", "--from", "2026-03-20T16:00:00Z", "--hours", "1").out
    assert "No high or low water in this time." in text


def test_now_is_the_default(safeport):
    document = tide(safeport, "dover", "--hours", "1")
    assert len(document["heights"]) == 7
    assert document["heights"][0]["at"].endswith(":00Z")


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("atlantis",), "PORT"),
        ((), "PORT"),
        (("dover", "--hours", "0"), "--hours"),
        (("dover", "--hours", "745"), "--hours"),
        (("dover", "--hours", "1.5"), "--hours"),
        (("dover", "--from", "2026-03-20T12:00:00"), "--from"),
        (("dover", "--from", "yesterday"), "--from"),
    ],
)
def test_refusals(safeport, arguments, field):
    ran = safeport("tide", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"{field}: "), ran.err


def test_where_the_tide_stands_both_high_waters_are_named(safeport):
    """Southampton over a month: some tides have two, within the stand, and the higher of them is the tide's height."""
    document = tide(safeport, "southampton", "--from", "2026-01-01T00:00:00Z", "--hours", "744")
    stands = [turn for turn in document["extremes"] if turn["kind"] == "high"]
    assert all(turn["stand"]["from"] < turn["at"] < turn["stand"]["to"] for turn in stands)
    double = [turn for turn in stands if len(turn["stand"]["peaks"]) == 2]
    assert len(double) >= 5
    for turn in double:
        first, second = turn["stand"]["peaks"]
        assert turn["stand"]["from"] <= first["at"] < second["at"] <= turn["stand"]["to"]
        assert turn["height_m"] == max(first["height_m"], second["height_m"])
    assert all(turn["stand"] is None for turn in document["extremes"] if turn["kind"] == "low")
    at = double[0]["at"]
    text = safeport("tide", "southampton", "--from", at[:11] + "00:00:00Z", "--hours", "24").out
    assert "first high water" in text
    assert "second high water" in text


def test_no_cell_is_cut_and_the_source_is_in_the_language(safeport):
    for place in ("southampton", "alderney-braye", "dover", "cowes"):
        for lang in ("en", "fr"):
            told = safeport("tide", place, "--lang", lang).out
            assert "…" not in told
            assert ("fit of" in told) <= (lang == "en")
