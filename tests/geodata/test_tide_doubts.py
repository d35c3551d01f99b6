"""What is claimed of times of tide, against published tables that had no part in it."""

import csv
import io
from datetime import UTC, datetime

import numpy as np
import pytest

from geodata.csv_tables import SOURCES
from geodata.tides.measure import (
    DAYS,
    FROM_S,
    current_rules,
    difference_rows,
    inside,
    measure_ports,
    off_s,
    station_turns,
)
from geodata.tides.ports import DIFFERENCE_FILE, NO_BASIS, by_difference, by_levels, read_differences, read_levels
from geodata.tides.predict import DAY_S, extremes, predicted_heights, stand_around
from geodata.tides.published import read_published
from geodata.tides.stations import Stations


def epoch(*date):
    return datetime(*date, tzinfo=UTC).timestamp()


@pytest.fixture(scope="module")
def rules():
    return current_rules()


@pytest.fixture(scope="module")
def measured(rules):
    stations, by_rule = rules
    return measure_ports(by_rule, station_turns(stations, FROM_S, DAYS), read_published())


LANGSTONE_2026 = ["01 09:20", "01 21:51", "02 10:20", "02 22:48", "03 11:14", "03 23:38", "04 12:01", "05 00:24",
                  "05 12:46", "06 01:08", "06 13:31"]  # fmt: skip
"""High waters of January 2026 on the publisher's own page for Langstone Harbour."""


def test_the_published_fit_is_read_as_its_publisher_does():
    place = next(place for place in read_published() if place.place == "Langstone Harbour")
    page_s = [datetime.strptime(f"2026-01-{text}Z", "%Y-%m-%d %H:%M%z").timestamp() for text in LANGSTONE_2026]
    found_s = place.fitted_high_waters(page_s[0] - 3600.0, page_s[-1] + 3600.0)
    assert np.abs(found_s - page_s).max() <= 90.0


def test_nine_in_ten_held_back_tides_lie_inside_what_is_claimed(measured):
    assert len(measured) >= 100
    own = [item for item in measured if not item.is_near]
    assert len(own) >= 74
    for item in own:
        assert inside(item.high_off_min, item.high_min) >= 0.9, item.port
        assert inside(item.low_off_min, item.low_min) >= 0.9, item.port


def test_control_ten_minutes_for_all_would_not_be_true(measured):
    false = {item.port for item in measured if inside(item.high_off_min, 10.0) < 0.9}
    assert {"portsmouth", "harwich", "felixstowe", "teignmouth", "west-bay", "langstone", "bembridge"} <= false


def test_the_table_of_differences_is_what_measuring_gives(measured):
    with (SOURCES / DIFFERENCE_FILE).open(encoding="utf-8") as file:
        text = file.read()
    rows = difference_rows(measured)
    made = io.StringIO()
    writer = csv.DictWriter(made, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    assert made.getvalue() == text


NEWQUAY_2026 = """11 05:37 3.06 11:43 4.68 18:29 3.18|12 00:43 4.68 07:23 3.13 13:29 4.66 20:09 3.02|13 02:14 4.95
08:45 2.76 14:48 5.01 21:13 2.56|14 03:13 5.43 09:39 2.24 15:38 5.47 21:58 2.04|15 03:56 5.92 10:20 1.71 16:17 5.91
22:35 1.55|16 04:32 6.35 10:57 1.24 16:52 6.29 23:09 1.12|17 05:07 6.70 11:30 0.84 17:26 6.61 23:43 0.78"""
"""High and low waters of Newquay from neaps to springs, 11 to 17 February 2026, UTC: Admiralty predictions (port 0546)
as github.com/oliverehjarvis-web/tide-times quotes them. They had no part in any figure."""


def test_an_admiralty_table_of_a_secondary_port_lies_inside_what_is_claimed(rules):
    stations, by_rule = rules
    rule = by_difference(by_rule["newquay"], read_differences()["newquay"])
    assert rule.basis == "secondary"
    station = next(station for station in stations.stations if station.id == rule.station)
    start_s = epoch(2026, 2, 10)
    alone = Stations(stations.source, stations.constituents, (station,))
    series = predicted_heights(alone, start_s, 9 * 288 + 1)[0]
    turns = extremes(series, start_s)
    at_s = start_s + 300.0 * np.arange(len(series))
    late_min, off_m = {"high": [], "low": []}, []
    for day in NEWQUAY_2026.replace("\n", " ").split("|"):
        number, *cells = day.split()
        for clock, metres in zip(cells[::2], cells[1::2], strict=True):
            published_s = epoch(2026, 2, int(number), *map(int, clock.split(":")))
            kind = "high" if float(metres) > 4.0 else "low"
            ours_s = turns.high_s if kind == "high" else turns.low_s
            late_min[kind].append(float(off_s(ours_s + rule.time_shift_s, np.array([published_s]))[0]) / 60.0)
            height = np.interp(published_s - rule.time_shift_s, at_s, series)
            off_m.append(rule.height_factor * height + rule.height_shift_m - float(metres))
    assert len(off_m) == 27
    assert np.mean(np.abs(late_min["high"]) <= rule.time_uncertainty_s / 60.0) >= 0.9
    assert np.mean(np.abs(late_min["low"]) <= rule.low_time_uncertainty_s / 60.0) >= 0.9
    assert np.mean(np.abs(off_m) <= rule.height_uncertainty_m) >= 0.9


def test_every_port_with_a_tide_says_how_sure_its_times_are(rules):
    stations, by_rule = rules
    differences = read_differences()
    flat = {station.id: station.high_flat_min for station in stations.stations}
    for port, rule in by_rule.items():
        tide = by_difference(rule, differences.get(port))
        if tide.station is None:
            assert tide is NO_BASIS
            continue
        assert 10 * 60.0 <= tide.time_uncertainty_s <= 160 * 60.0, port
        assert tide.low_time_uncertainty_s > 0.0
        assert (tide.doubt_basis == "rule") == (port not in differences)
        if tide.doubt_basis == "rule":
            assert tide.time_uncertainty_s >= 60.0 * flat[tide.station]


def test_the_rule_for_stations_covers_what_is_measured_at_those_that_have_a_table(rules, measured):
    stations, by_rule = rules
    flat = {station.id: station.high_flat_min for station in stations.stations}
    at_stations = [item for item in measured if by_rule[item.port].basis == "station"]
    assert len(at_stations) >= 14
    assert sum(item.high_min <= flat[by_rule[item.port].station] + 1.0 for item in at_stations) >= 12


def test_a_stand_is_halved():
    """Two humps of a known distance, the later one by a little the higher."""
    at_s = 300.0 * np.arange(2 * 288 + 1)
    tide = 3.0 + 2.0 * np.cos(2.0 * np.pi * (at_s - 43200.0) / 44712.0)
    humps = [(-4500.0, 0.50), (4500.0, 0.55)]
    series = tide + sum(height * np.exp(-(((at_s - 43200.0 - off) / 2400.0) ** 2)) for off, height in humps)
    ordinary, standing = extremes(series, 0.0), extremes(series, 0.0, stand_m=0.6)
    nearest = ordinary.high_s[np.argmin(np.abs(ordinary.high_s - 43200.0))]
    assert nearest - 43200.0 > 3000.0
    assert np.abs(standing.high_s - 43200.0).min() < 400.0
    top = int(np.argmax(series[100:200])) + 100
    first, last = stand_around(series, top, 300.0, 0.6)
    assert series[first] >= series[top] - 0.6 > series[first - 1]
    assert series[last] >= series[top] - 0.6 > series[last + 1]
    assert np.array_equal(ordinary.low_s, standing.low_s)


def test_a_stand_makes_the_published_hour_of_the_solent(rules, measured):
    """The highest point wanders along the stand: without the middle of it Portsmouth is worse by a third."""
    stations, _ = rules
    station = next(station for station in stations.stations if "portsmouth" in station.id)
    place = next(item.published for item in measured if item.port == "portsmouth")
    start_s = FROM_S + 365.0 * DAY_S
    series = predicted_heights(
        Stations(stations.source, stations.constituents, (station,)), start_s - DAY_S, 122 * 288 + 1
    )[0]
    published_s = place.high_waters(start_s, start_s + 120.0 * DAY_S)
    spread = [
        np.std(off_s(extremes(series, start_s - DAY_S, stand_m=stand_m).high_s, published_s))
        for stand_m in (0.0, station.stand_m)
    ]
    assert spread[1] < 0.75 * spread[0]


def test_published_levels_of_a_station_become_those_of_its_port(rules):
    _, by_rule = rules
    levels = read_levels()
    granville = by_levels(by_rule["granville"], levels["granville"], levels["saint-malo"])
    for k in range(2):
        ours_m = granville.height_factor * levels["saint-malo"][k] + granville.height_shift_m
        assert ours_m == pytest.approx(levels["granville"][k], abs=0.02)
    assert by_levels(by_rule["saint-malo"], levels["saint-malo"], levels["saint-malo"]) == by_rule["saint-malo"]
    assert by_levels(by_rule["granville"], None, levels["saint-malo"]) == by_rule["granville"]
