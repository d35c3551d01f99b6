"""Tides: constants, the predictor against another one and against published figures, tables, ports."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import PackError
from engine.kernels.tides import height_at, high_water_near
from geodata.build import read_assumptions
from geodata.csv_tables import SOURCES, read_rows
from geodata.pack import read_pack
from geodata.register import read_register
from geodata.tides import blocks
from geodata.tides.blocks import block_start_s, tide_table
from geodata.tides.import_stations import import_stations, station_text
from geodata.tides.layer import tides_layer
from geodata.tides.ports import leave_one_out
from geodata.tides.predict import DAY_S, NOT_USED, PERIGEE_TURNS, UTIDE_NAME, extremes, predicted_heights
from geodata.tides.stations import LICENCE, STATION_FILE, Station, Stations, read_stations, stations_from
from geodata.tides.tables import TideTables, tides_for

RECORDS = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "tide_stations_channel.json"
HOUR_S = 3600.0


@pytest.fixture(scope="module")
def stations():
    return stations_from(read_stations())


@pytest.fixture(scope="module")
def assumed():
    return read_assumptions()["tides"]


@pytest.fixture(scope="module")
def pack():
    return read_pack()


def epoch(*date):
    return datetime(*date, tzinfo=UTC).timestamp()


def only(stations, part):
    found = [station for station in stations.stations if part in station.id]
    return Stations(stations.source, stations.constituents, (found[0],))


def cut_down(stations, names):
    """The same stations with these constituents and no others."""
    kept = [stations.constituents.index(name) for name in names]
    fewer = tuple(
        Station(**{
            **{name: getattr(station, name) for name in Station.__dataclass_fields__},
            "amplitude_m": station.amplitude_m[kept], "phase_deg": station.phase_deg[kept],
        })
        for station in stations.stations
    )  # fmt: skip
    return Stations(stations.source, tuple(names), fewer)


def reconstructed(item, constituents, at_s):
    """Heights by `utide.reconstruct`, which takes nodal factors and arguments at every single time."""
    from utide import reconstruct
    from utide.harmonics import const
    from utide.utilities import Bunch

    names = [str(name).strip() for name in const.name]
    used = [k for k, name in enumerate(constituents) if name not in NOT_USED and name not in PERIGEE_TURNS]
    index = np.array([names.index(UTIDE_NAME.get(constituents[k], constituents[k])) for k in used])
    options = Bunch(twodim=False, nodiagn=True, nodsatlint=False, nodsatnone=False, gwchlint=False, gwchnone=False,
                    prefilt=[], notrend=True)  # fmt: skip
    at_days = 719163.0 + np.asarray(at_s) / DAY_S
    aux = Bunch(opt=options, reftime=at_days[0], lat=item.lat, frq=const.freq[index], lind=index)
    coefficients = Bunch(name=[names[k] for k in index], A=item.amplitude_m[used], g=item.phase_deg[used],
                         mean=item.msl_m, slope=0.0, aux=aux)  # fmt: skip
    found = reconstruct(at_days, coefficients, epoch="python", verbose=False, min_SNR=0.0, min_PE=0.0)
    return np.asarray(found.h)


@pytest.mark.parametrize("year", [1905, 1950, 1999, 2026, 2090, 2195])
@pytest.mark.parametrize("part", ["dover-dov", "le_havre", "southampton", "saint_malo", "cadzand"])
def test_heights_are_those_of_utide(stations, part, year):
    """Apart from the three constituents whose year starts elsewhere, which have a test of their own."""
    item = only(stations, part)
    ordinary = cut_down(item, [name for name in item.constituents if name not in PERIGEE_TURNS])
    start_s = epoch(year, 3, 7)
    ours = predicted_heights(ordinary, start_s, 36 * 288 + 1)[0]
    at_s = start_s + 300.0 * np.arange(len(ours))
    theirs = reconstructed(ordinary.stations[0], ordinary.constituents, at_s[::7])
    assert np.abs(ours[::7] - theirs).max() < 0.005


def test_one_constituent_is_a_cosine(stations):
    """S2 has no node: it turns once in twelve hours and stands at its phase at midnight."""
    alone = cut_down(only(stations, "dover"), ["S2"])
    start_s = epoch(2026, 6, 1)
    heights = predicted_heights(alone, start_s, 2 * 288 + 1)[0]
    hours = np.arange(len(heights)) / 12.0
    station = alone.stations[0]
    closed = station.msl_m + station.amplitude_m[0] * np.cos(np.radians(30.0 * hours - station.phase_deg[0]))
    # f and u of S2 are not quite one and nought.
    assert np.abs(heights - closed).max() < 0.004 * station.amplitude_m[0] + 1e-6


@pytest.mark.parametrize(("name", "first", "last"), [("SA", (10, 10), (12, 5))])
@pytest.mark.parametrize("part", ["dover", "newlyn", "brest", "dunkerque"])
def test_the_sea_stands_highest_in_autumn(stations, part, name, first, last):
    """Published seasonal changes of level in the Channel are highest from October to December; by the argument of
    ``utide`` as it is they would be so in August."""
    alone = cut_down(only(stations, part), [name])
    heights = predicted_heights(alone, epoch(2025, 1, 1), 365 * 24 + 1, 3600.0)[0]
    peak = datetime.fromtimestamp(epoch(2025, 1, 1) + HOUR_S * int(np.argmax(heights)), UTC)
    assert first <= (peak.month, peak.day) <= last


def test_what_utide_lacks_is_small(stations):
    for station in stations.stations:
        lost = {n: a for n, a in zip(stations.constituents, station.amplitude_m, strict=True) if n in NOT_USED}
        assert set(lost) == NOT_USED
        # In quadrature: seven unrelated cosines.
        assert np.sqrt(sum(a * a for a in lost.values()) / 2.0) < 0.03, station.id


def test_dover_springs_and_ranges_as_published(stations):
    """Tide tables: MHWS 6.8, MLWS 0.8, HAT 7.4 m. The greatest range of March 2026 is on the 21st, two days after new
    moon; at springs high water falls near noon and midnight."""
    item = only(stations, "dover")
    assert item.stations[0].mhws_m == pytest.approx(6.8, abs=0.1)
    start_s = epoch(2026, 3, 1)
    heights = predicted_heights(item, start_s, 31 * 288 + 1)[0]
    turns = extremes(heights, start_s)
    at_s = start_s + 300.0 * np.arange(len(heights))
    high, low = np.interp(turns.high_s[:-1], at_s, heights), np.interp(turns.low_s, at_s, heights)
    greatest = int(np.argmax(high - low))
    assert (high - low)[greatest] == pytest.approx(6.53, abs=0.10)
    assert (high - low).min() == pytest.approx(2.06, abs=0.10)
    assert datetime.fromtimestamp(turns.high_s[greatest], UTC).day == 21
    assert datetime.fromtimestamp(turns.high_s[greatest], UTC).hour in {23, 0, 11, 12}
    years = predicted_heights(item, epoch(2010, 1, 1), 19 * 365 * 24 + 1, 3600.0)[0]
    assert years.max() == pytest.approx(7.44, abs=0.15)


UKHO_DOVER_2002 = {"high": [(12, 1, 6.696)], "low": [(7, 15, 0.962), (19, 38, 1.017)]}
"""Dover on 1 January 2002, hours and minutes UTC and metres above chart datum: the UK Hydrographic Office's own sample
of its prediction files, "Format 13", published on gov.uk in March 2015 (attachment 413017)."""


def test_dover_on_a_day_of_springs_as_the_hydrographic_office_predicts_it(stations):
    start_s = epoch(2002, 1, 1)
    heights = predicted_heights(only(stations, "dover"), start_s - DAY_S, 3 * 288 + 1)[0]
    at_s = start_s - DAY_S + 300.0 * np.arange(len(heights))
    turns = extremes(heights, start_s - DAY_S)
    off_min, off_m = [], []
    for kind, turns_s in (("high", turns.high_s), ("low", turns.low_s)):
        for hour, minute, height_m in UKHO_DOVER_2002[kind]:
            published_s = start_s + hour * HOUR_S + minute * 60.0
            nearest_s = turns_s[np.argmin(np.abs(turns_s - published_s))]
            off_min.append((nearest_s - published_s) / 60.0)
            off_m.append(np.interp(nearest_s, at_s, heights) - height_m)
    assert abs(off_min[0]) < 10.0
    # Low water turns slowly: its time is no measure of a prediction, its height is.
    assert max(map(abs, off_min)) < 15.0
    assert np.sqrt(np.mean(np.square(off_m))) < 0.15


def test_high_water_springs_are_those_of_the_register(stations):
    """Published MHWS against that from the constants, above chart datum: this is what a wrong zero would spoil."""
    by_id = {station.id: station.mhws_m for station in stations.stations}
    apart = {
        str(row.facts["id"]): by_id[str(row.facts["tide_station"])] - row.figure("mhws_m")
        for row in read_register()
        if row.facts["tide_basis"] == "station" and row.facts["mhws_m"] is not None
    }
    assert len(apart) >= 25
    assert max(map(abs, apart.values())) < 0.30, apart
    assert abs(float(np.mean(list(apart.values())))) < 0.15


def test_a_tide_with_two_high_waters_counts_once(stations):
    """Southampton and Le Havre: about 705 tides a year whatever their shape; Portland's double low water likewise."""
    for part in ("southampton", "le_havre", "weymouth", "swanage", "bournemouth", "dover"):
        item = only(stations, part)
        start_s = epoch(2026, 1, 1)
        heights = predicted_heights(item, start_s, 365 * 288 + 1)[0]
        turns = extremes(heights, start_s)
        assert 704 <= len(turns.high_s) <= 706, part
        assert len(turns.low_s) == len(turns.high_s) - 1
        assert np.diff(turns.high_s).min() > 7.7 * HOUR_S
        assert np.diff(turns.high_s).max() < 20.0 * HOUR_S
        assert (turns.low_s > turns.high_s[:-1]).all()
        assert (turns.low_s < turns.high_s[1:]).all()


def test_southampton_does_have_two_maxima_and_the_higher_is_kept(stations):
    heights = predicted_heights(only(stations, "southampton"), epoch(2026, 1, 1), 365 * 288 + 1)[0]
    tops = np.flatnonzero((heights[1:-1] >= heights[:-2]) & (heights[1:-1] > heights[2:])) + 1
    turns = extremes(heights, 0.0)
    assert len(tops) >= len(turns.high_s) + 150
    for at_s in turns.high_s:
        near = tops[np.abs(tops * 300.0 - at_s) < 4.0 * HOUR_S]
        assert heights[round(at_s / 300.0)] == pytest.approx(heights[near].max(), abs=0.002)


@settings(deadline=None, max_examples=50)
@given(first_s=st.floats(0.0, 40000.0), amplitude=st.floats(0.2, 6.0))
def test_a_turning_point_is_found_to_a_few_seconds(first_s, amplitude):
    at_s = 300.0 * np.arange(3 * 288 + 1)
    heights = 4.0 + amplitude * np.cos(2.0 * np.pi * (at_s - first_s) / 44712.0)
    turns = extremes(heights, 0.0)
    expected = first_s + 44712.0 * np.arange(10.0)
    assert np.abs(expected[None, :] - turns.high_s[:, None]).min(axis=1).max() < 5.0
    assert np.abs(expected[None, :] + 22356.0 - turns.low_s[:, None]).min(axis=1).max() < 5.0


def test_every_station_of_the_pack_may_be_passed_on(pack):
    layer = pack.tables["tides"]
    assert len(layer["stations"]) >= 30
    for entry in layer["stations"]:
        assert entry["licence"] == LICENCE
        assert "seanoe" in entry["attribution"]
        assert "cmems" not in entry["id"]


def test_control_a_station_under_another_licence_stops_the_build(tmp_path):
    layer = json.loads((SOURCES / STATION_FILE).read_text(encoding="utf-8"))
    layer["stations"][3]["licence"] = "cc-by-nc-4.0"
    (tmp_path / STATION_FILE).write_text(json.dumps(layer), encoding="utf-8")
    with pytest.raises(PackError, match=r"cc-by-nc-4\.0"):
        read_stations(tmp_path)
    (tmp_path / STATION_FILE).write_text("{", encoding="utf-8")
    with pytest.raises(PackError, match="cannot be read"):
        read_stations(tmp_path)


@pytest.mark.skipif(not RECORDS.exists(), reason="the collection's records are not on this machine")
def test_the_source_file_is_what_the_collection_gives():
    records = json.loads(RECORDS.read_text(encoding="utf-8"))
    choice = read_rows(SOURCES / "tide_stations.csv")
    assert station_text(import_stations(records, choice)) == (SOURCES / STATION_FILE).read_text(encoding="utf-8")
    with pytest.raises(PackError, match="nc"):
        import_stations(records, [{**choice[0], "id": "ticon/oostendetg-oos-bel-cmems"}])


def test_a_table_is_the_prediction_to_the_millimetre(stations):
    item = only(stations, "dover")
    table = tide_table(item, "edition", block_start_s(epoch(2026, 3, 20)), None)
    assert table.height_m.dtype == np.float32
    exact = predicted_heights(item, table.start_s, table.height_m.shape[1])
    assert np.abs(table.height_m - exact).max() < 0.0006
    assert np.isfinite(table.high_s[0, :60]).all()
    assert (np.diff(table.high_s[0][np.isfinite(table.high_s[0])]) > 0).all()


def test_blocks_go_on_where_the_last_one_ended(stations):
    """The days two tables share are the same in both, high waters included."""
    three = Stations(stations.source, stations.constituents, stations.stations[:3])
    block_s = block_start_s(epoch(2026, 3, 20))
    first = tide_table(three, "edition", block_s, None)
    then = tide_table(three, "edition", block_s + blocks.BLOCK_DAYS * DAY_S, None)
    shared = round((then.start_s - first.start_s) / 300.0)
    overlap = first.height_m.shape[1] - shared
    assert overlap == 6 * 288 + 1
    # A height on the edge between two millimetres may be rounded either way.
    assert np.abs(first.height_m[:, shared:] - then.height_m[:, :overlap]).max() <= 0.0011
    end_s = first.start_s + (first.height_m.shape[1] - 1) * 300.0
    for mine, theirs in ((first.high_s, then.high_s), (first.low_s, then.low_s)):
        for a, b in zip(mine, theirs, strict=True):
            late, early = a[(a >= then.start_s) & (a <= end_s)], b[b <= end_s]
            assert len(late) == len(early)
            assert np.abs(late - early).max() <= 1.0


def test_a_table_is_made_once_and_then_read(stations, tmp_path, monkeypatch):
    item = only(stations, "dover")
    block_s = block_start_s(epoch(2026, 3, 20))
    made = tide_table(item, "edition", block_s, tmp_path)
    monkeypatch.setattr(blocks, "predicted_heights", None)
    read = tide_table(item, "edition", block_s, tmp_path)
    assert read.sha256 == made.sha256
    for name in ("height_m", "high_s", "low_s"):
        assert np.array_equal(getattr(read, name), getattr(made, name))
        assert getattr(read, name).flags.writeable
        assert getattr(read, name).flags.c_contiguous


def test_another_edition_has_another_table(stations, tmp_path):
    item = only(stations, "dover")
    for edition in ("one", "two"):
        tide_table(item, edition, block_start_s(0.0), tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "folder"])
def test_a_damaged_table_is_made_anew(stations, tmp_path, damage):
    item = only(stations, "dover")
    block_s = block_start_s(epoch(2026, 3, 20))
    made = tide_table(item, "edition", block_s, tmp_path)
    (path,) = tmp_path.iterdir()
    data = bytearray(path.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    elif damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(data[:1000] if damage == "cut" else b"")
    assert tide_table(item, "edition", block_s, tmp_path).sha256 == made.sha256
    if damage != "folder":
        assert path.read_bytes()[:32] != bytes(32)
        assert blocks._read(path).sha256 == made.sha256
    assert [entry.suffix for entry in tmp_path.iterdir()] == [".npz"]


def test_a_cache_that_cannot_be_written_costs_time_only(stations, tmp_path):
    (tmp_path / "file").touch()
    item = only(stations, "dover")
    table = tide_table(item, "edition", block_start_s(0.0), tmp_path / "file" / "tides")
    assert np.isfinite(table.height_m).all()


def test_only_so_many_tables_are_kept(stations, tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "_KEPT_FILES", 2)
    for k in range(4):
        tide_table(only(stations, "dover"), "edition", k * 30 * DAY_S, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_tides_of_a_date(pack):
    at_s = epoch(2026, 3, 21)
    tides, identity = tides_for(pack, at_s)
    ids = [row["id"] for row in pack.tables["ports"]]
    assert len(tides.station) == len(ids)
    dover = ids.index("dover")
    # High water at midnight between the 20th and the 21st.
    assert height_at(tides, dover, at_s) > 6.8
    assert abs(high_water_near(tides, dover, at_s) - at_s) < HOUR_S
    assert identity["from"] <= "2026-03-21T00:00:00Z" <= identity["to"]
    assert identity["surge_included"] is False
    assert "TICON-4" in identity["source"]
    assert len(identity["sha256"]) == 64
    london = ids.index("london")
    assert np.isnan(height_at(tides, london, at_s))
    assert np.isnan(tides.height_uncertainty_m[london])


def test_one_block_gives_one_object(pack, tmp_path):
    tables = TideTables(pack, tmp_path)
    block_s = block_start_s(epoch(2026, 3, 21))
    assert tables.at(block_s)[0] is tables.at(block_s + 29.9 * DAY_S)[0]
    assert tables.at(block_s)[0] is not tables.at(block_s + 30.0 * DAY_S)[0]


@pytest.mark.parametrize("at_s", [epoch(1899, 12, 31), epoch(2200, 1, 1), np.nan, np.inf])
def test_no_tide_for_dates_far_away(pack, at_s):
    tides, identity = tides_for(pack, at_s)
    assert identity is None
    assert (tides.station == -1).all()


@pytest.mark.parametrize("at_s", [epoch(1900, 1, 1), epoch(2199, 12, 31)])
def test_a_tide_for_any_date_between(pack, at_s):
    tides, identity = tides_for(pack, at_s)
    assert identity is not None
    assert np.isfinite(height_at(tides, [row["id"] for row in pack.tables["ports"]].index("dover"), at_s))


def test_the_pack_has_the_tides_of_its_register(pack, assumed):
    assert pack.tables["tides"] == json.loads(json.dumps(tides_layer(read_register(), assumed)))


def test_a_station_the_file_lacks_is_named(stations, assumed):
    rows = [row for row in read_register() if row.facts["id"] == "dover"]
    rows[0].facts["tide_station"] = "ticon/atlantis"
    with pytest.raises(PackError, match=r"dover\.tide_station"):
        tides_layer(rows, assumed)


@pytest.mark.parametrize(
    ("port", "station", "earliest_min", "latest_min"),
    [
        # Tide tables' time differences, mean of springs and neaps, give or take the uncertainty claimed.
        ("folkestone", "dover", -20, -5), ("falmouth", "devonport", -50, -20), ("le-treport", "dieppe", 0, 10),
        ("vlissingen", "cadzand", 5, 35), ("st-peter-port", "st_helier", 0, 15), ("fecamp", "dieppe", -70, -15),
    ],
)  # fmt: skip
def test_secondary_ports_come_out_as_in_tide_tables(pack, port, station, earliest_min, latest_min):
    tables = TideTables(pack)
    rule = tables.ports[[row["id"] for row in pack.tables["ports"]].index(port)]
    assert station in rule.station
    assert rule.basis == "secondary"
    spare_s = rule.time_uncertainty_s
    assert 60.0 * earliest_min - spare_s <= rule.time_shift_s <= 60.0 * latest_min + spare_s


def test_claimed_uncertainties_cover_what_leaving_out_each_station_shows(stations, assumed):
    found = leave_one_out(stations, assumed, epoch(2020, 1, 1), 366)
    for known, half_m in ((True, 0.40), (False, 0.48)):
        told = [item for item in found if item.springs_known is known]
        assert len(told) == 26
        assert sum(item.height_m <= item.rule.height_uncertainty_m for item in told) >= 23
        assert sum(item.time_s <= item.rule.time_uncertainty_s for item in told) >= 23
        assert np.median([item.height_m for item in told]) < half_m
        assert np.median([item.time_s for item in told]) < 22 * 60.0


def test_a_station_port_claims_less_than_a_secondary_one(pack):
    tables = TideTables(pack)
    at_station = [rule for rule in tables.ports if rule.basis == "station"]
    secondary = [rule for rule in tables.ports if rule.basis == "secondary"]
    assert len(at_station) >= 30
    assert len(secondary) >= 100
    assert max(rule.height_uncertainty_m for rule in at_station) < min(rule.height_uncertainty_m for rule in secondary)
