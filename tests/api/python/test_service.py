"""Python for analysts: the same answers as command line and HTTP, row by row as well as one by one."""

import warnings
from datetime import UTC, datetime

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely

from api.cli.main import main
from engine.errors import InvalidAsk, PositionRefused
from engine.units import NAUTICAL_MILE_M

FOLKESTONE = "51 03.0N 001 15.0E"
AT = "2022-01-13T05:00:00Z"
ROWS = 300


@pytest.fixture(scope="module")
def encounters():
    """Encounters in the Strait of Dover: seeded, several vessels, some on land, one of the rows no encounter."""
    draw = np.random.default_rng(20220113)
    points = geopandas.points_from_xy(draw.uniform(0.6, 2.2, ROWS), draw.uniform(50.2, 51.4, ROWS), crs="EPSG:4326")
    frame = {
        "encounter_id": [f"e{k}" for k in range(ROWS)],
        "time": pd.Timestamp(AT) + pd.to_timedelta(draw.integers(0, 48, ROWS), unit="h"),
        "persons": draw.integers(1, 60, ROWS),
        "vessel_profile": draw.choice(["rnli-severn", "rnli-atlantic-85", "snsm-ctt"], ROWS),
        "medical": draw.choice(["none", "urgent"], ROWS),
    }
    index = pd.Index(np.arange(ROWS) * 7 + 3, name="case")
    return geopandas.GeoDataFrame(frame, geometry=points, index=index)


@pytest.fixture(scope="module")
def replayed(service, encounters):
    return service.replay(encounters, routes=True)


def test_a_decision_is_the_document_of_the_command_line(service, capsys):
    import json

    main(["decide", "--position", FOLKESTONE, "--time", AT, "--vessel", "rnli-severn", "--persons", "30", "--json"])
    theirs = json.loads(capsys.readouterr().out)
    assert service.decide(FOLKESTONE, time=AT, vessel="rnli-severn", persons=30) == theirs


@pytest.mark.parametrize("position", [FOLKESTONE, (1.25, 51.05), shapely.Point(1.25, 51.05), np.array([1.25, 51.05])])
@pytest.mark.parametrize("time", [AT, datetime(2022, 1, 13, 5, tzinfo=UTC), pd.Timestamp("2022-01-13 06:00+01:00")])
def test_positions_and_times_as_python_has_them(service, position, time):
    document = service.decide(position, time=time, persons=np.int64(30))
    assert document["encounter"]["position"]["coordinates"] == [1.25, 51.05]
    assert document["decided_at"] == AT


def test_every_row_is_the_single_decision(service, encounters, replayed):
    assert list(replayed.index) == list(encounters.index)
    assert list(replayed["encounter_id"]) == list(encounters["encounter_id"])
    outcomes = set()
    for key, row in encounters.iterrows():
        answer = replayed.loc[key]
        outcomes.add(answer["decision_outcome"])
        asked = {"time": row["time"], "persons": row["persons"], "vessel": row["vessel_profile"],
                 "medical": row["medical"]}  # fmt: skip
        if answer["decision_outcome"] == "refused":
            with pytest.raises(PositionRefused) as refused:
                service.decide(row.geometry, **asked)
            assert answer["refusal"] == refused.value.code.name
            assert answer["route"] is None
            continue
        single = service.decide(row.geometry, **asked, view="full", lang="en")
        assert answer["decision_outcome"] == single["outcome"]
        best = single["recommended"]
        if best is None:
            assert pd.isna(answer["port"])
            continue
        assert answer["port"] == best["port"]["id"]
        assert round(answer["distance_m"] / NAUTICAL_MILE_M, 2) == best["distance_nm"]
        there = shapely.get_coordinates(answer["route"])
        assert there == pytest.approx(np.array(best["route"]["coordinates"]), abs=6e-6)
    assert outcomes >= {"suitable", "refused"}


def test_any_table_gives_the_same(service, encounters, replayed):
    wanted = replayed.drop(columns=["route"]).reset_index(drop=True)
    plain = pd.DataFrame(encounters.drop(columns="geometry")).assign(
        lon=encounters.geometry.x, lat=encounters.geometry.y
    )
    for table in (
        plain,
        pa.table(plain.reset_index(drop=True)),
        pa.table(encounters.to_arrow(index=False)),
        encounters.to_crs(2154),
    ):
        found = service.replay(table).reset_index(drop=True)
        if table is not plain and isinstance(table, geopandas.GeoDataFrame):
            assert (found["port"].fillna("-") == wanted["port"].fillna("-")).mean() > 0.99
            continue
        pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(wanted))


def test_a_row_that_is_no_encounter_stays_and_says_why(service, encounters):
    few = encounters.iloc[:4].copy()
    few["persons"] = [3.0, -1.0, np.nan, 2.5]
    few["time"] = few["time"].astype(str)
    few.loc[few.index[2], "time"] = "2022-01-13T05:00:00"
    found = service.replay(few)
    assert list(found["decision_outcome"] == "rejected") == [False, True, True, True]
    assert list(found["refusal"])[1:] == ["PERSONS_RANGE", "TIME_NAIVE", "PERSONS_FORM"]
    assert list(found["encounter_id"]) == list(few["encounter_id"])
    assert found.geometry.geom_equals(few.geometry).all()


def test_columns_that_nothing_is_read_from_are_warned_of(service, encounters):
    few = encounters.iloc[:3].rename(columns={"vessel_profile": "vessel"}).assign(remark="calm")
    with pytest.warns(UserWarning, match=r'nothing from vessel, remark\. .* vessel_profile = "vessel" \}'):
        found = service.replay(few)
    assert found["vessel_profile"].isna().all()


def test_columns_that_say_nothing_of_ours_are_nobodys_business(service, encounters):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        service.replay(encounters.iloc[:3].assign(remark="calm", weather="fine"))


def test_a_row_lies_where_its_geometry_is_whatever_its_columns_hold(service, encounters, replayed):
    found = service.replay(encounters.assign(lon=-5.0, lat=50.0))
    assert found.geometry.geom_equals(encounters.geometry).all()
    assert (found["port"].fillna("-") == replayed["port"].fillna("-")).all()


def test_an_empty_table_is_an_empty_table(service, encounters):
    assert len(service.replay(encounters.iloc[:0], routes=True)) == 0


def test_a_policy_judges_every_row(service, encounters, tmp_path):
    found = service.replay(encounters.iloc[:20], policy="nearest-distance")
    assert set(found["policy"]) == {"nearest-distance"}


def test_distances_are_those_of_a_single_one(service, encounters):
    miles = service.distances(encounters.iloc[:20], draught_m=2.0)
    assert list(miles.index) == list(encounters.index[:20])
    afloat = miles["dover"].dropna().index
    assert 0 < len(afloat) < 20
    for key in afloat[:5]:
        single = service.distance(encounters.geometry[key], "dover", draught_m=2.0)
        assert round(miles.loc[key, "dover"], 2) == single["distance_nm"]
    pairs = service.distances(np.array([[1.25, 51.05], [-70.0, 40.0]]))
    assert pairs.loc[0, "dover"] == pytest.approx(5.6, abs=0.01)
    assert pairs.loc[1].isna().all()


def test_register_profiles_and_policies_are_frames(service):
    ports = service.ports()
    assert ports.crs == "EPSG:4326"
    assert ports.loc["dover", "unlocode"] == "GBDVR"
    assert ports.loc["dover"].geometry.distance(shapely.Point(1.32, 51.12)) < 0.02
    assert "rnli-severn" in service.vessels().index
    assert service.policies().loc["nearest-time", "effect"].startswith("Ranks")


def test_tide_is_a_frame_by_time(service):
    tide = service.tide("GBDVR", start=AT, hours=13)
    assert len(tide) == 13 * 6 + 1
    assert tide.index[0] == pd.Timestamp(AT)
    assert set(tide.attrs["extremes"]["kind"]) == {"high", "low"}
    assert "Not for navigation" in tide.attrs["notice"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"time": datetime(2022, 1, 13, 5)}, "time"),  # noqa: DTZ001 - a naive one is what is refused
        ({"time": "2022-01-13T05:00:00"}, "time"),
        ({"persons": 3, "persons_recovered": 5}, "persons_recovered"),
        ({"vessel": "rnli-sevrn"}, "vessel"),
        ({"vessel": {"speed_kn": 900}}, "vessel.speed_kn"),
        ({"policy": "nearest"}, "policy"),
        ({"nationality": "x"}, "nationality"),
        ({"persons": -1}, "persons"),
        ({"persons": "5"}, "persons"),
        ({"persons": (2, 2.5)}, "persons"),
        ({"view": "LINE"}, "view"),
        ({"view": None}, "view"),
        ({"lang": "de"}, "lang"),
        ({"limit": 0}, "limit"),
        ({"limit": "2"}, "limit"),
    ],
)
def test_refusals_name_the_field(service, safeport, wrong, field):
    with pytest.raises(safeport.SafeportError) as refused:
        service.decide(FOLKESTONE, **{"time": AT, **wrong})
    assert refused.value.field == field
    assert refused.value.remedy


@pytest.mark.parametrize("position", ["51 60.0N 001 15.0E", (1.0,), None, shapely.Point()])
def test_what_is_no_position_is_refused(service, safeport, position):
    with pytest.raises(safeport.InvalidAsk, match=r"^position: "):
        service.decide(position, time=AT)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda frame: frame.drop(columns="time"), "time"),
        (lambda frame: pd.DataFrame(frame.drop(columns="geometry")), "position"),
        (lambda frame: frame.set_crs(None, allow_override=True), "no coordinate system"),
        (lambda frame: frame.assign(persons=[{}, 3]), "several types"),
        (lambda frame: [1, 2], "no table"),
    ],
)
def test_tables_that_cannot_be_read_are_refused(service, safeport, encounters, change, text):
    with pytest.raises(safeport.InvalidAsk, match=text):
        service.replay(change(encounters.iloc[:2]))


@pytest.mark.parametrize("persons", [0, (0, 0)])
def test_nobody_is_refused_as_everywhere(service, persons):
    with pytest.raises(InvalidAsk, match="nobody is to be landed") as refused:
        service.decide(FOLKESTONE, time=AT, persons=persons)
    assert refused.value.field == "persons"
    assert "leave it out if not known" in refused.value.remedy
    least, most = persons if isinstance(persons, tuple) else (persons, persons)
    rows = pd.DataFrame({"lon": [1.25], "lat": [51.05], "time": [AT], "persons_min": [least], "persons_max": [most]})
    (row,) = service.replay(rows).to_dict("records")
    assert (row["decision_outcome"], row["refusal"]) == ("rejected", "PERSONS_NOBODY")
    # At least none of them is another matter.
    assert service.decide(FOLKESTONE, time=AT, persons=(0, 5))["recommended"] is not None


@pytest.mark.parametrize(
    ("position", "order"), [("1.25,51.05", "write latitude first"), ((51.05, 1.25), "a pair is (lon")]
)
def test_exchanged_numbers_are_told_in_the_form_they_were_given_in(service, position, order):
    with pytest.raises(PositionRefused) as refused:
        service.decide(position, time=AT)
    assert order in refused.value.remedy
