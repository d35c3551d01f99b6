"""Tables as spreadsheets and exports write them: headers, clocks, letters. Rows are made up; the forms are not."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.replay.ingest.column_map import read_column_map
from api.replay.ingest.foreign_times import counted_s, plain_times
from api.replay.ingest.reading import open_source
from engine.errors import InvalidAsk

FIVE = datetime(2022, 1, 13, 5, tzinfo=UTC)


def table(tmp_path, text, name="rows.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(conformed, path, column_map="encounters"):
    encounters, rejects, _ = conformed(path, column_map)
    return encounters, list(rejects.values())


@pytest.mark.parametrize(
    "text",
    [
        "encounter_id,time,lat,lon\na,2022-01-13T05:00:00Z,51.05,1.30\n",
        " Encounter_ID , TIME,Lat ,LON\na,2022-01-13T05:00:00Z,51.05,1.30\n",
        "sep=;\nencounter_id;time;lat;lon\na;2022-01-13T05:00:00Z;51.05;1.30\n",
        "\ufeffsep=;\r\nencounter_id;time;lat;lon\r\na;2022-01-13T05:00:00Z;51.05;1.30\r\n",
        "encounter_id,time,lat,lon\na,2022-01-13T05:00:00Z,51 03.0N,001 18.0E\n",
        "encounter_id,time,lat,lon\na,2022-01-13T05:00:00Z,51.05N,1.30E\n",
        "encounter_id,time,lat,lon\na,1642050000000,51.05,1.30\n",
        "encounter_id,time,lat,lon\na,1642050000,51.05,1.30\n",
        "encounter_id,time,lat,lon\na,2022-01-13 05:00Z,51.05,1.30\n",
        "encounter_id,time,lat,lon\na,2022-01-13T05:00Z,51.05,1.30\n",
        "encounter_id,time,lat,lon\na,2022-01-13T06:00:00+0100,51.05,1.30\n",
        "encounter_id,time,lat,lon\na,2022-01-13 06:00+01,51.05,1.30\n",
    ],
)
def test_one_row_in_every_form_is_the_row(tmp_path, conformed, text):
    encounters, rejects = read(conformed, table(tmp_path, text))
    assert rejects == []
    (row,) = encounters
    assert row["time"] == FIVE
    assert (row["lat"], row["lon"]) == pytest.approx((51.05, 1.30))


@pytest.mark.parametrize("clock", ["2022-01-13 05:00", "2022-01-13T05:00:00"])
def test_a_time_without_a_zone_is_told_so(tmp_path, conformed, clock):
    _, rejects = read(conformed, table(tmp_path, f"encounter_id,time,lat,lon\na,{clock},51.05,1.30\n"))
    assert "TIME_NAIVE" in rejects[0]


@pytest.mark.parametrize("clock", ["2022-01-13 05:00:00 CET", "2022-01-13T05:00:00 UTC+1", "2022-01-13T05:00:00BST"])
def test_a_zone_by_its_letters_is_not_utc(tmp_path, conformed, clock):
    encounters, rejects = read(conformed, table(tmp_path, f"encounter_id,time,lat,lon\na,{clock},51.05,1.30\n"))
    assert encounters == []
    assert "TIME_FORM" in rejects[0]


@pytest.mark.parametrize("cells", ["51 03.0N,001 18.0O", "51 63.0N,001 18.0E", "001 18.0E,51 03.0N"])
def test_cells_with_letters_that_are_no_position_are_rejected(tmp_path, conformed, cells):
    encounters, rejects = read(
        conformed, table(tmp_path, f"encounter_id,time,lat,lon\na,2022-01-13T05:00:00Z,{cells}\n")
    )
    assert encounters == []
    assert "POSITION_FORM" in rejects[0]


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        ("encounter_id,time,latitude,longitude", 'columns = { lon = "longitude", lat = "latitude" }'),
        ("id,time,Coordinates", 'position = { column = "Coordinates", order = "lat lon" }'),
        ("id,Date and time,lat,lon", 'time = { column = "Date and time" }'),
        ("id;time;lat;lon", 'delimiter = ";"'),
    ],
)
def test_what_is_missing_is_told_with_the_line_of_a_map_that_fits(tmp_path, header, lines):
    path = table(tmp_path, f"{header}\n" + "x" + "\n")
    with pytest.raises(InvalidAsk) as refusal:
        open_source(path, read_column_map())
    assert header[:12] in refusal.value.problem.replace(", ", ",").replace("'", "")
    assert refusal.value.remedy.endswith(lines)
    own = tmp_path / "own.toml"
    own.write_text(f'name = "own"\nextends = "encounters"\n{lines}\n')
    assert open_source(path, read_column_map(str(own))).columns


def test_two_columns_that_differ_in_capitals_alone_are_refused(tmp_path):
    path = table(tmp_path, "encounter_id,TIME,Time,lat,lon\na,1,2,3,4\n")
    with pytest.raises(InvalidAsk, match="Rename one"):
        open_source(path, read_column_map())


# -- the incident table of IOM ---------------------------------------------------------------------------------------

IOM = '"Main ID","Incident Date","Number of Survivors",Coordinates\n'
OLDER = '"Web ID","Reported Date","Number of Survivors","Location Coordinates"\n'


@pytest.mark.parametrize(
    ("header", "written", "day"),
    [
        (IOM, "Tue, 01/27/2026 - 12:00", (2026, 1, 27)),
        (IOM, "Fri, 02/13/2026 - 12:00", (2026, 2, 13)),
        (IOM, "Mon, 01/12/2026 - 12:00", (2026, 1, 12)),
        (IOM, "Tue, 12/01/2026 - 12:00", (2026, 12, 1)),
        (IOM, "2022-01-13", (2022, 1, 13)),
        (IOM, "2022-01-13 00:00:00", (2022, 1, 13)),
        (OLDER, "October 31, 2020", (2020, 10, 31)),
        (OLDER, "2018-03-09", (2018, 3, 9)),
    ],
)
def test_both_editions_are_read_and_the_clock_is_marked_as_assumed(tmp_path, conformed, header, written, day):
    path = table(tmp_path, f'{header}x1,"{written}",30,"51.02, 1.60"\n')
    encounters, rejects = read(conformed, path, "iom-missing-migrants")
    assert rejects == []
    (row,) = encounters
    assert row["time"] == datetime(*day, 12, tzinfo=UTC)
    assert "CLOCK_ASSUMED" in row["reading_notes"]


def test_a_weekday_that_fits_neither_way_is_refused(tmp_path, conformed):
    path = table(tmp_path, f'{IOM}x1,"Sun, 01/27/2026 - 12:00",30,"51.02, 1.60"\n')
    encounters, rejects = read(conformed, path, "iom-missing-migrants")
    assert encounters == []
    assert "TIME_FORM" in rejects[0]


@given(st.dates(date(2014, 1, 1), date(2030, 1, 1)), st.sampled_from(["ymd", "dmy", "mdy"]))
def test_a_weekday_tells_the_month_from_the_day(at, order):
    forms = {"ymd": "%Y-%m-%d", "dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}
    american, day_first = at.strftime("%a, %m/%d/%Y - 12:00"), at.strftime("%a, %d/%m/%Y - 12:00")
    for text in {american} if order != "dmy" else {day_first}:
        assert plain_times(pa.array([text]), order, ("12:00",)).to_pylist() == [at.strftime(forms[order])]


@given(st.integers(1_000_000_000, 4_100_000_000))
def test_counts_since_1970_are_seconds_or_milliseconds_by_their_length(at_s):
    found, counted = counted_s(pa.array([str(at_s), f"{at_s}000", "2022", None]))
    assert found.tolist() == [at_s, at_s, 0, 0]
    assert counted.tolist() == [True, True, False, False]


# -- damage ----------------------------------------------------------------------------------------------------------


def test_damaged_parquet_is_refused_by_the_name_of_the_file(tmp_path, conformed):
    import pyarrow.parquet as pq

    path = tmp_path / "rows.parquet"
    rows = pa.table({"encounter_id": ["a"] * 500, "time": [FIVE] * 500, "lat": [51.0] * 500, "lon": [1.3] * 500})
    pq.write_table(rows, path, use_dictionary=False, compression="zstd")
    whole = bytearray(path.read_bytes())
    whole[60:400] = bytes(340)
    path.write_bytes(whole)
    with pytest.raises(InvalidAsk, match=r"rows\.parquet"):
        read(conformed, path)
