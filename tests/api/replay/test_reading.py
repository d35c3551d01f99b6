"""Rows in, rows out: nothing is dropped, and the limits are those of the encounter body."""

import csv
import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from api.encounter import EncounterIn
from api.replay.batch import body_of
from api.replay.ingest.column_map import read_column_map, zone_named
from api.replay.ingest.normalize import MALFORMED, ROW, normalize
from api.replay.ingest.reading import open_source, rechunk
from api.replay.ingest.timestamps import instants_of_local
from engine.errors import InvalidAsk
from tests.synthetic.encounters import encounters_table

SLOW = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])

CELLS = {
    "encounter_id": st.sampled_from(["a", "", "été", '"', "x,y", "two\nlines"]),
    "lon": st.sampled_from(["1.3", " 1.3 ", "+1.3", "1,3", "", "nan", "1e400", "181", "0", "-0", "x", "1.3°"]),
    "lat": st.sampled_from(["51", "51.", ".5", "0", "", "91", "inf", "fifty"]),
    "time": st.sampled_from(
        ["2022-01-13T05:00:00Z", "2022-01-13 05:00:00.25+01:00", "2022-01-13T05:00:00", "2022-01-13", "yesterday", "",
         "2022-02-30T05:00:00Z", "2022-01-13T05:00:60Z", "2022-01-13T24:00:00Z", "1969-12-31T23:59:59Z",
         "2101-01-01T00:00:00Z", "2022-01-13T05:00:00+25:00", "2022-01-13T05:00Z", "13/01/2022 05:00"]
    ),
    "persons": st.sampled_from(["30", "30.0", "", "-1", "0", "10001", "30.5", "many", "1e3"]),
    "persons_recovered": st.sampled_from(["", "3", "31", "x"]),
    "persons_in_water": st.sampled_from(["", "yes", "False", "perhaps"]),
    "medical": st.sampled_from(["", "none", "CRITICAL", "dead"]),
    "aboard_since": st.sampled_from(["", "2022-01-13T04:00:00Z", "2022-01-14T04:00:00Z", "noon"]),
    "vessel_profile": st.sampled_from(["", "rnli-severn", "titanic"]),
    "speed_kn": st.sampled_from(["", "20", "0.1", "fast"]),
    "policy": st.sampled_from(["", "nearest-distance", "best"]),
    "observed_port": st.sampled_from(["", "GBDVR", "Atlantis"]),
}  # fmt: skip


@SLOW
@given(
    rows=st.lists(st.fixed_dictionaries(CELLS), max_size=30),
    broken=st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["one", "a,b", "," * 40, "   "])), max_size=4),
    size=st.sampled_from([1, 7, 1000]),
)
def test_counts_add_up_whatever_the_cells_hold(conformed, tmp_path, rows, broken, size):
    path = tmp_path / "dirty.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(CELLS)
        expected, bad = [], set()
        for k, row in enumerate(rows):
            for _, line in [item for item in broken if item[0] == k]:
                file.write(f"{line}\r\n")
                bad.add(len(expected))
                expected.append(None)
            writer.writerow(row.values())
            expected.append(row)
    encounters, rejects, count = conformed(path, rows=size)
    decided = [entry["row"] for entry in encounters]
    assert count == len(expected)
    assert decided == sorted(decided)
    assert sorted([*decided, *rejects]) == list(range(len(expected)))
    assert {row for row, codes in rejects.items() if codes == "ROW_MALFORMED"} == bad
    for encounter in encounters:
        # What gets through is what the encounter's own model takes.
        EncounterIn.model_validate(body_of(encounter))
        assert expected[encounter["row"]]["encounter_id"].strip() == (encounter["encounter_id"] or "")


NUMBERS = st.one_of(
    st.none(), st.floats(-200.0, 200.0), st.sampled_from([0.0, 0.5, 30.0, 80.0, 90.0, 180.0, float("inf")])
)
COUNTS = st.one_of(st.none(), st.integers(-2, 10_002))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(-3_000_000, 4_136_000_000).map(lambda at_s: EPOCH + timedelta(seconds=at_s))
TYPED = {
    "lon": (pa.float64(), NUMBERS), "lat": (pa.float64(), NUMBERS), "time": (pa.timestamp("us", "UTC"), INSTANTS),
    "position_accuracy_m": (pa.float64(), NUMBERS), "persons_min": (pa.int64(), COUNTS),
    "persons_max": (pa.int64(), COUNTS), "persons_recovered": (pa.int64(), COUNTS),
    "persons_in_water": (pa.bool_(), st.sampled_from([None, True, False])),
    "medical": (pa.string(), st.sampled_from(["none", "urgent", "critical", "other"])),
    "vessel_profile": (pa.string(), st.sampled_from([None, "unknown", "titanic"])),
    "speed_kn": (pa.float64(), NUMBERS), "draught_m": (pa.float64(), NUMBERS), "loa_m": (pa.float64(), NUMBERS),
    "survivor_capacity": (pa.int64(), COUNTS),
}  # fmt: skip


@SLOW
@given(rows=st.lists(st.fixed_dictionaries({name: values for name, (_, values) in TYPED.items()}), max_size=20))
def test_columns_refuse_exactly_what_the_model_of_the_body_refuses(known, rows):
    columns = {name: pa.array([row[name] for row in rows], kind) for name, (kind, _) in TYPED.items()}
    chunk = pa.table({**columns, ROW: pa.array(range(len(rows)), pa.int64()), MALFORMED: pa.array([False] * len(rows))})
    done = normalize(chunk, read_column_map(), known)
    accepted = set(done.encounters["row"].to_pylist())
    for k, row in enumerate(rows):
        assert (k in accepted) == model_takes(row, known), row


def model_takes(row, known):
    if row["lon"] is None or row["lat"] is None or (row["persons_min"] is None) != (row["persons_max"] is None):
        return False
    try:
        EncounterIn.model_validate(body_of({**row, "policy": "nearest-time"}))
    except ValidationError:
        return False
    return row["vessel_profile"] is None or row["vessel_profile"] in known.vessels


def test_a_cell_in_another_encoding_is_that_rows_trouble(conformed, tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes(b"encounter_id,lon,lat,time\n\xe9t\xe9,1,50,2022-01-13T05:00:00Z\nb,1,50,2022-01-13T05:00:00Z\n")
    encounters, rejects, _ = conformed(path)
    assert [encounter["encounter_id"] for encounter in encounters] == ["b"]
    assert rejects == {0: "TEXT_NOT_READABLE"}
    own = tmp_path / "own.toml"
    own.write_text('name = "own"\nextends = "encounters"\nencoding = "latin-1"\n')
    encounters, rejects, _ = conformed(path, str(own))
    assert [encounter["encounter_id"] for encounter in encounters] == ["été", "b"]
    assert rejects == {}


def test_a_quotation_mark_never_closed_is_no_silent_loss(conformed, tmp_path):
    path = tmp_path / "quote.csv"
    row = "b,1,50,2022-01-13T05:00:00Z\n"
    path.write_text("encounter_id,lon,lat,time\n" + row * 3 + '"a,1,50,2022-01-13T05:00:00Z\n' + row * 5)
    with pytest.raises(InvalidAsk, match="row 3, counted from 0, runs over several lines"):
        conformed(path)
    # So long that the reader gives up first.
    path.write_text("encounter_id,lon,lat,time\n" + row * 3 + '"a,1,50,2022-01-13T05:00:00Z\n' + row * 500_000)
    with pytest.raises(InvalidAsk, match="quotation mark"):
        conformed(path)


def test_geojson_rows_are_counted_whatever_stands_in_their_place(conformed, tmp_path):
    point = {"type": "Point", "coordinates": [1.3, 51.0]}
    good = {"type": "Feature", "geometry": point, "properties": {"time": "2022-01-13T05:00:00Z", "persons": 30}}
    line = {"type": "LineString", "coordinates": []}
    odd = {"type": "Point", "coordinates": ["1.3", None]}
    features = [good, None, {**good, "geometry": None}, {**good, "geometry": line}, {**good, "geometry": odd},
                {**good, "type": "Thing"}, good]  # fmt: skip
    path = tmp_path / "some.geojson"
    path.write_text(json.dumps({"bbox": [1, 2, 3, 4], "name": "features", "features": features, "type": "x"}, indent=2))
    encounters, rejects, count = conformed(path, rows=2)
    assert count == 7
    assert [encounter["row"] for encounter in encounters] == [0, 6]
    assert (encounters[0]["lon"], encounters[0]["persons_max"]) == (1.3, 30)
    assert rejects == {
        1: "ROW_MALFORMED",
        2: "POSITION_MISSING",
        3: "POSITION_FORM",
        4: "POSITION_MISSING",
        5: "ROW_MALFORMED",
    }
    lines = tmp_path / "lines.geojson"
    lines.write_text("\n".join(json.dumps(feature) for feature in features))
    assert conformed(lines)[1] == rejects
    cut = tmp_path / "cut.geojson"
    cut.write_text(path.read_text()[:-40])
    with pytest.raises(InvalidAsk, match="ends in the middle"):
        conformed(cut)


GOOD = '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [1.3, 51]}, "properties": {}}'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f'{{"features": [{GOOD}]}}\n{{"features": [{GOOD}]}}', "goes on after"),
        (f'{{"features": [{GOOD}], "features": [{GOOD}]}}', "goes on after"),
        ('{"features": []} {}', "goes on after"),
        (f'{{"features": [{GOOD}]}} rubbish', "goes on after"),
        (f'{{"features": [{GOOD}]', "ends in the middle"),
        (f'{{"features": [{GOOD}], "type"', "ends in the middle"),
        ('{"features": []', "ends in the middle"),
    ],
)
def test_no_feature_behind_a_collection_is_lost_silently(conformed, tmp_path, text, problem):
    path = tmp_path / "more.geojson"
    path.write_text(text)
    with pytest.raises(InvalidAsk, match=problem):
        conformed(path)


def test_columns_of_types_that_cannot_be_read_are_each_rows_trouble(conformed, tmp_path):
    count = 3
    columns = {
        "lon": [1.3] * count, "lat": [51.0] * count,
        "time": pa.array([datetime(2022, 1, 13, 5, tzinfo=UTC)] * count, pa.timestamp("ms", "UTC")),
    }  # fmt: skip
    path = tmp_path / "types.parquet"
    for strange in (
        pa.array([bytes(16), None, bytes(16)], pa.binary(16)),
        pa.array([bytes(16), None, bytes(16)], pa.uuid()),
        pa.array([["a"], None, []], pa.list_(pa.string())),
    ):
        pq.write_table(pa.table({**columns, "encounter_id": strange}), path)
        encounters, rejects, _ = conformed(path)
        assert rejects == {0: "TEXT_NOT_READABLE", 2: "TEXT_NOT_READABLE"}
        assert [encounter["row"] for encounter in encounters] == [1]
    frame_like = pa.table({
        **columns, "speed_kn": pa.array(["12", None, "13.5"], pa.string_view()),
        "persons_in_water": [1.0, float("nan"), 0.0],
    })  # fmt: skip
    pq.write_table(frame_like, path)
    encounters, rejects, _ = conformed(path)
    assert rejects == {}
    assert [encounter["speed_kn"] for encounter in encounters] == [12.0, None, 13.5]
    assert [encounter["persons_in_water"] for encounter in encounters] == [True, None, False]


def test_what_may_be_a_thousand_in_a_table_with_decimal_commas_is_refused(conformed, tmp_path):
    own = tmp_path / "comma.toml"
    own.write_text('name = "comma"\nextends = "encounters"\ndecimal_comma = true\n')
    path = tmp_path / "comma.csv"
    head = "lon,lat,time,persons,position_accuracy_m\n"
    at = "2022-01-13T05:00:00Z"
    path.write_text(f'{head}1.300,51.000,{at},1.000,\n"1,3",51.5,{at},30,1.500\n"1,3",51.5,{at},30.0,"1,5"\n')
    encounters, rejects, _ = conformed(path, str(own))
    assert rejects == {0: "PERSONS_FORM", 1: "POSITION_ACCURACY_FORM"}
    assert (encounters[0]["lon"], encounters[0]["persons_max"], encounters[0]["position_accuracy_m"]) == (1.3, 30, 1.5)
    encounters, rejects, _ = conformed(path)
    assert encounters[0]["persons_max"] == 1


@pytest.mark.parametrize("comma", [False, True])
def test_a_position_in_one_cell_is_read_as_it_is_written(conformed, tmp_path, comma):
    own = tmp_path / "own.toml"
    own.write_text(
        f'extends = "encounters"\ndelimiter = ";"\ndecimal_comma = {str(comma).lower()}\n'
        'position = { column = "position", order = "lat lon" }\n'
    )
    path = tmp_path / "positions.csv"
    written = ["51 03.0N 001 27.0E", "50 52.5N 1 30E", "50 52 30N 001 30 00E", "50°52.5'N 1°30'E", "W 1 30 N 50 52.5",
               "50,875 1,5" if comma else "50.875 1.5", "50 52.5 1 30", "somewhere north of Elba"]  # fmt: skip
    path.write_text("position;time\n" + "".join(f"{cell};2022-01-13T05:00:00Z\n" for cell in written))
    encounters, rejects, _ = conformed(path, str(own))
    found = [(encounter["lat"], encounter["lon"]) for encounter in encounters]
    assert found == [(51.05, 1.45), *[(50.875, 1.5)] * 3, (50.875, -1.5), (50.875, 1.5)]
    # Without letters nobody could say how many of the numbers are degrees.
    assert rejects == {6: "POSITION_FORM", 7: "POSITION_FORM"}


def test_several_ports_observed_are_each_looked_up(conformed, tmp_path):
    path = tmp_path / "ports.csv"
    at = "2022-01-13T05:00:00Z"
    path.write_text(
        f"lon,lat,time,observed_port\n1.3,51,{at},Dover | GBRMG\n1.3,51,{at},Dover|Atlantis\n1.3,51,{at},\n"
    )
    encounters, rejects, _ = conformed(path)
    assert rejects == {}
    assert [encounter["observed_port"] for encounter in encounters] == ["dover|ramsgate", "dover|Atlantis", None]
    noted = [encounter["reading_notes"] for encounter in encounters]
    assert "OBSERVED_PORT_NOT_IN_REGISTER" in noted[1]
    assert not any("OBSERVED_PORT_NOT_IN_REGISTER" in (noted[k] or "") for k in (0, 2))


def test_geojson_longer_than_a_block(conformed, tmp_path):
    points = [(round(0.3 + k * 1e-5, 5), 50.5) for k in range(12_000)]
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": point},
         "properties": {"time": "2022-01-13T05:00:00Z", "encounter_id": k}}
        for k, point in enumerate(points)
    ]  # fmt: skip
    path = tmp_path / "long.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert path.stat().st_size > 1_500_000
    encounters, rejects, _ = conformed(path, rows=5000)
    assert [(encounter["lon"], encounter["lat"]) for encounter in encounters] == points
    assert rejects == {}


def test_geoparquet_positions_come_from_the_geometry(conformed, tmp_path):
    table = encounters_table(50).to_pandas()
    frame = geopandas.GeoDataFrame(
        table.drop(columns=["lon", "lat"]),
        geometry=geopandas.points_from_xy(table["lon"], table["lat"]),
        crs="OGC:CRS84",
    )
    frame.loc[7, "geometry"] = shapely.LineString([(0, 0), (1, 1)])
    frame.loc[9, "geometry"] = None
    frame.loc[11, "geometry"] = shapely.Point()
    path = tmp_path / "points.parquet"
    frame.to_parquet(path)
    encounters, rejects, _ = conformed(path, rows=20)
    assert rejects == {7: "POSITION_FORM", 9: "POSITION_MISSING", 11: "POSITION_MISSING"}
    kept = [k for k in range(50) if k not in rejects]
    assert [encounter["lon"] for encounter in encounters] == table["lon"][kept].tolist()
    frame.set_crs("EPSG:4326", allow_override=True).to_parquet(path)
    assert len(conformed(path)[0]) == 47
    frame.set_crs("EPSG:2154", allow_override=True).to_parquet(path)
    with pytest.raises(InvalidAsk, match="not in WGS 84"):
        conformed(path)


def test_naive_times_of_a_parquet_file_are_refused(conformed, tmp_path):
    path = tmp_path / "naive.parquet"
    at = datetime(2022, 1, 13, 5, tzinfo=UTC)
    columns = {"lon": [1.3, 1.3], "lat": [51.0, 51.0]}
    pq.write_table(pa.table({**columns, "time": pa.array([at, at], pa.timestamp("us"))}), path)
    assert conformed(path)[1] == {0: "TIME_NAIVE", 1: "TIME_NAIVE"}
    pq.write_table(pa.table({**columns, "time": pa.array([at, None], pa.timestamp("ns", "Europe/Paris"))}), path)
    encounters, rejects, _ = conformed(path)
    assert encounters[0]["time"] == at
    assert rejects == {1: "TIME_MISSING"}
    pq.write_table(pa.table({**columns, "time": pa.array([at.date(), at.date()])}), path)
    assert conformed(path)[1] == {0: "TIME_WITHOUT_CLOCK", 1: "TIME_WITHOUT_CLOCK"}


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.csv", "", "empty or damaged"),
        ("a.csv", "lon,lat\n1,2\n", "has no time"),
        ("a.csv", "time,lat\n1,2\n", "has no position"),
        ("a.csv", "time,lon,lat,lat\n1,2,3,4\n", "twice"),
        ("a.doc", "x", "no format known"),
        ("a.xlsx", "x", "no spreadsheet, or is damaged"),
        ("a.csv", "when,lat,lat\n1,2,3\n", "2 problems: .*'lat' twice.*no position and no time"),
        ("a.parquet", "x", "empty or damaged"),
    ],
)
def test_an_input_that_is_no_table_of_encounters_is_refused(tmp_path, name, text, problem):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InvalidAsk, match=problem):
        open_source(path, read_column_map())


def test_an_input_that_is_not_there_is_refused(tmp_path):
    for name in ("a.csv", "a.parquet", "a.geojson"):
        with pytest.raises(InvalidAsk, match="cannot be read"):
            open_source(tmp_path / name, read_column_map())


@pytest.mark.parametrize("zone", ["Europe/London", "Europe/Paris", "Australia/Lord_Howe", "UTC"])
def test_local_clocks_agree_with_the_time_zone_database(zone):
    start = datetime(2021, 1, 1)  # noqa: DTZ001
    shown = [start + timedelta(minutes=10 * k) for k in range(365 * 144)]
    local_s = np.array([(item - datetime(1970, 1, 1)) // timedelta(seconds=1) for item in shown])  # noqa: DTZ001
    earlier_s, later_s = instants_of_local(local_s, zone_named(zone))
    place = zone_named(zone)
    for k in range(0, len(shown), 7):
        assert earlier_s[k] == shown[k].replace(tzinfo=place).timestamp()
        assert later_s[k] == shown[k].replace(tzinfo=place, fold=1).timestamp()
    assert (np.count_nonzero(earlier_s < later_s) > 0) == (zone != "UTC")


@given(lengths=st.lists(st.integers(0, 9), max_size=12), size=st.integers(1, 8))
def test_chunks_have_one_length_and_keep_the_order(lengths, size):
    whole = list(range(sum(lengths)))
    edges = np.cumsum([0, *lengths])
    tables = (pa.table({"n": whole[a:b]}) for a, b in pairwise(edges))
    chunks = [chunk["n"].to_pylist() for chunk in rechunk(tables, size)]
    assert [n for chunk in chunks for n in chunk] == whole
    assert all(len(chunk) == size for chunk in chunks[:-1])
    assert all(chunks)


@pytest.fixture(scope="module")
def long_file(tmp_path_factory):
    """A file of many row groups that does not shrink when it is compressed."""
    path, draw = tmp_path_factory.mktemp("long") / "long.parquet", np.random.default_rng(1)
    names = ("lon", "lat", "position_accuracy_m", "speed_kn")
    schema = pa.schema([("time", pa.string()), *((name, pa.float64()) for name in names)])
    with pq.ParquetWriter(path, schema) as writer:
        for _ in range(24):
            columns = {name: draw.random(50_000) for name in names}
            writer.write_table(pa.table({"time": ["2024-01-01T00:00:00Z"] * 50_000, **columns}))
    return path


def most_held(chunks):
    """Greatest growth of what Arrow holds while a stream is read. [bytes]"""
    before, most = pa.total_allocated_bytes(), 0
    for _ in chunks:
        most = max(most, pa.total_allocated_bytes() - before)
    return most


def test_reading_a_long_file_holds_a_few_chunks_of_it(long_file):
    source = open_source(long_file, read_column_map())
    assert most_held(source.chunks(25_000)) < long_file.stat().st_size / 3


def test_that_guard_would_notice_reading_ahead(long_file, monkeypatch):
    monkeypatch.setattr("api.replay.ingest.reading.stream_parquet", lambda path: pq.ParquetFile(path, pre_buffer=True))
    source = open_source(long_file, read_column_map())
    assert most_held(source.chunks(25_000)) > long_file.stat().st_size


def test_all_that_is_wrong_with_a_map_is_told_at_once(tmp_path):
    path = tmp_path / "map.toml"
    path.write_text(
        'name = 7\ndelimiter = ";;"\nspeed = 1\nposition = "here"\n'
        '[columns]\nlatitude = "lat"\nlon = 4\n[time]\nzone = "Europe/Kent"\n'
    )
    with pytest.raises(InvalidAsk) as refused:
        read_column_map(str(path))
    assert refused.value.field == "map"
    assert refused.value.problem.startswith("7 problems:")
    for entry in ("name", "delimiter", "speed", "position", "columns.latitude", "columns.lon", "time.zone"):
        assert f"map.{entry} is" in refused.value.problem
    assert refused.value.remedy.count("Put it in quotes.") == 1


def test_a_single_fault_of_a_map_names_its_entry(tmp_path):
    path = tmp_path / "map.toml"
    path.write_text('[time]\norder = "ydm"\n')
    with pytest.raises(InvalidAsk) as refused:
        read_column_map(str(path))
    assert refused.value.field == "map.time.order"


def test_columns_that_a_map_names_and_a_table_lacks_are_told(tmp_path):
    path = tmp_path / "map.toml"
    path.write_text(
        'name = "x"\n[columns]\nlat = "Y"\nlon = ["X", "x"]\nvessel_profile = ["Bot", "Bott"]\nmedical = "medical"\n'
    )
    table = tmp_path / "table.csv"
    table.write_text("Y,x,time,Boat\n51,1.4,2025-01-01T10:00:00Z,rnli-severn\n")
    source = open_source(table, read_column_map(str(path)))
    assert source.lacking == ("vessel_profile = Bot or Bott",)
    assert source.unused == ("Boat",)


@pytest.mark.parametrize("written", ["2022-01-13 05:00:00 UTC", "2022-01-13 05:00 GMT", "2022-01-13T05:00UTC"])
def test_a_time_with_its_zone_in_letters_is_read(conformed, tmp_path, written):
    path = tmp_path / "times.csv"
    path.write_text(f"lon,lat,time\n1.3,51,{written}\n1.3,51,{written.replace('T', 'S')[:-3]}CET\n")
    encounters, rejects, _ = conformed(path)
    assert [encounter["time"] for encounter in encounters] == [datetime(2022, 1, 13, 5, tzinfo=UTC)]
    # Other letters are not those of one zone the world over.
    assert rejects == {1: "TIME_FORM"}
