"""Reading the atlas, the layer, and what is published of rates and turns."""

from datetime import UTC, datetime

import numpy as np
import pytest
import shapely

from engine.errors import PackError
from engine.kernels.streams import atlas_stream_at
from engine.units import HOUR_S, KNOT_MS
from geodata.streams.atlas import read_atlas
from geodata.streams.layer import streams_layer, triangles_of
from geodata.streams.net import area_of, atlas_from, coefficients, no_atlas, streams_at

ASSUMED = {"longest_edge": 1.8, "most_land_share": 0.4, "wide_km": 10.0, "doubt": 0.15, "doubt_wide": 0.3}


def point(lat, lon, first, second):
    """A point of a file: springs and neaps, the same rate east and north each hour."""
    lines = ["".join(f"{rate:3d}" for rate in [tide] * 13) for tide in (first, second)]
    return f"{lat} {lon}\n" + "".join(f"{line}*{line}\t\n" for line in lines)


def write(folder, text, name="TEST_1"):
    (folder / name).write_text(text, encoding="latin-1")
    return folder


def test_a_file_is_read_as_it_is_meant(tmp_path):
    text = "Le Havre.BM    \n" + point(" 4930.000", "  -15.500", -99, 12) + point(" 5000.600", " 130.000", 5, -3)
    (atla,) = read_atlas(write(tmp_path, text))
    assert (atla.reference, atla.from_low) == ("Le Havre", True)
    assert atla.positions == pytest.approx(np.array([(-15.5 / 60.0, 49.5), (1.5, 50.01)]))
    assert atla.rates[:, 3].tolist() == [[-99, -99, 12, 12], [5, 5, -3, -3]]


@pytest.mark.parametrize(
    "text",
    ["Brest\n", "Brest\nnonsense\n", "Brest\n 4930.000 -15.500\n", "Brest\n" + point(" 4930.0", " 10.0", 5, 4)[:-30]],
)
def test_a_file_of_another_form_is_refused_by_name(tmp_path, text):
    with pytest.raises(PackError, match="TEST_1"):
        read_atlas(write(tmp_path, text))


def test_an_unknown_reference_and_an_empty_folder_are_refused(tmp_path):
    with pytest.raises(PackError):
        read_atlas(tmp_path)
    atlas = read_atlas(
        write(tmp_path, "Atlantis\n" + point(" 4930.0", " 10.0", 5, 4) + point(" 4931.0", " 10.0", 5, 4))
    )
    with pytest.raises(PackError, match="Atlantis"):
        streams_layer(atlas, shapely.Polygon(), ASSUMED)


def test_the_net_leaves_out_land_and_what_lies_too_far_apart(tmp_path):
    places = [(49.5 + 0.1 * j, 0.15 * i) for j in range(4) for i in range(4)] + [(50.9, 3.0)]
    text = "Brest\n" + "".join(
        point(f"{int(lat) * 100 + (lat % 1) * 60:.3f}", f"{(lon // 1) * 100 + (lon % 1) * 60:.3f}", 5, 4)
        for lat, lon in places
    )
    layer = streams_layer(read_atlas(write(tmp_path, text)), shapely.box(0.3, 49.0, 1.0, 49.7), ASSUMED)
    corners = (layer["points"].T / 1e6)[layer["triangles"].T]
    assert len(corners) == 18 - 4
    assert corners[..., 0].max() < 1.0
    assert not shapely.contains_xy(shapely.box(0.3, 49.0, 1.0, 49.7), *corners.mean(axis=1).T).any()


def test_triangles_turn_one_way_and_keep_to_the_longest_edge():
    positions = np.random.default_rng(3).uniform((-1.0, 49.0), (1.0, 51.0), (60, 2))
    triangles = triangles_of(positions, np.full(60, 40.0))
    a, b, c = (positions[triangles[:, k]] for k in range(3))
    assert ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0] > 0.0).all()


@pytest.fixture(scope="module")
def atlas(service):
    """That of the pack."""
    return atlas_from(service.pack)


def dated(service, atlas, *day):
    """Its streams on a day, epoch of that noon, and the number of the port of St Helier."""
    at_s = datetime(*day, 12, tzinfo=UTC).timestamp()
    ids = tuple(port.id for port in service.world.ports)
    return streams_at(atlas, service.tides, ids, at_s), at_s, ids


def rates(streams, lon, lat, times_s):
    """Rate and direction at each time. [kn], [deg]"""
    flow = np.array([atlas_stream_at(streams, lon, lat, at_s)[:2] for at_s in times_s])
    return np.hypot(*flow.T) / KNOT_MS, np.degrees(np.arctan2(flow[:, 0], flow[:, 1])) % 360.0


def over_springs_and_neaps(service, atlas, lon, lat):
    """Greatest rates at a place brought to coefficients 95 and 45, and the streams as they are."""
    streams, at_s, _ = dated(service, atlas, 2026, 3, 20)
    times_s = at_s + 600.0 * np.arange(6 * 25)
    found = []
    for share in (1.0, 0.0):
        found.append(rates(streams._replace(springs=np.full(streams.springs.shape, share)), lon, lat, times_s)[0].max())
    return found


@pytest.mark.parametrize(
    ("lon", "lat", "springs", "neaps", "within"),
    [
        # 5.4 miles 082 degrees from South Foreland: 2.3 and 1.3 kn (visitmyharbour.com/articles/3171).
        ((1.513,), (51.153,), 2.3, 1.3, 0.35),
        # Alderney Race: 9.7 and 5.8 kn (D. Wells, Yachting Monthly, November 2017, p. 34).
        (np.arange(-2.08, -1.92, 0.02), np.arange(49.66, 49.78, 0.02), 9.7, 5.8, 0.25),
    ],
)
def test_greatest_rates_agree_with_published_ones(service, atlas, lon, lat, springs, neaps, within):
    found = [over_springs_and_neaps(service, atlas, east, north) for east in lon for north in lat]
    assert np.nanmax(found, axis=0) == pytest.approx([springs, neaps], rel=within)


def test_the_stream_off_south_foreland_turns_when_published(service, atlas):
    """North-going from 2 h before high water at Dover, toward 035; south-going from 4 h after it, toward 214."""
    streams, at_s, ids = dated(service, atlas, 2026, 3, 20)
    tides = service.world_at(at_s).tides
    dover = ids.index("dover")
    highs = tides.high_water_s[tides.station[dover]]
    high_s = highs[np.isfinite(highs) & (highs > at_s)][0]
    for hours, toward in ((1.0, 35.0), (7.0, 214.0)):
        rate, direction = rates(streams, 1.513, 51.153, [high_s + hours * HOUR_S])
        assert rate[0] > 1.0
        assert abs((direction[0] - toward + 180.0) % 360.0 - 180.0) < 30.0
    for turn_h in (-2.0, 4.0):
        slack = min(
            np.arange(-1.5, 1.51, 0.25),
            key=lambda shift: rates(streams, 1.513, 51.153, [high_s + (turn_h + shift) * HOUR_S])[0][0],
        )
        assert abs(slack) <= 0.75


def test_the_race_of_alderney_turns_when_published(service, atlas):
    """North-north-east from 2 h 10 before high water at St Helier, back from 4 h 05 after (tidelines.org.uk)."""
    streams, at_s, ids = dated(service, atlas, 2026, 3, 20)
    tides = service.world_at(at_s).tides
    helier = ids.index("st-helier")
    highs = tides.high_water_s[tides.station[helier]] + tides.time_shift_s[helier]
    high_s = highs[np.isfinite(highs) & (highs > at_s)][0]
    for turn_h, toward in ((-13.0 / 6.0, 25.0), (4.0 + 1.0 / 12.0, 205.0)):
        rate, direction = rates(streams, -2.05, 49.72, [high_s + (turn_h + 2.5) * HOUR_S])
        assert rate[0] > 3.0
        assert abs((direction[0] - toward + 180.0) % 360.0 - 180.0) < 30.0
        slack = min(
            np.arange(-1.5, 1.51, 0.25),
            key=lambda shift: rates(streams, -2.05, 49.72, [high_s + (turn_h + shift) * HOUR_S])[0][0],
        )
        assert abs(slack) <= 0.75


def test_coefficients_run_from_about_twenty_to_about_120(service):
    """Published ones lie between 20 and 120; 95 is a mean spring and 45 a mean neap tide."""
    brest = [port.id for port in service.world.ports].index("brest")
    found = np.concatenate(
        [
            coefficients(service.tides, brest, datetime(2015, month, 15, tzinfo=UTC).timestamp())[1]
            for month in range(1, 13)
        ]
    )
    assert 18.0 < found.min() < 35.0
    assert 112.0 < found.max() < 122.0
    # 21 March 2015, the tide of the century: 119 published.
    high_s, coefficient = coefficients(service.tides, brest, datetime(2015, 3, 21, tzinfo=UTC).timestamp())
    day = datetime(2015, 3, 21, tzinfo=UTC).timestamp()
    assert coefficient[(high_s >= day) & (high_s < day + 86400.0)].max() == pytest.approx(119.0, abs=3.0)


def test_where_no_file_covers_the_water_nothing_is_said(service, atlas):
    streams, at_s, ids = dated(service, atlas, 2026, 3, 20)
    # The Thames, Lyme Bay's shore, the North Sea, and a place on land.
    for lon, lat in ((0.9, 51.5), (-3.0, 50.69), (3.5, 51.9), (-1.0, 49.1)):
        assert np.isnan(atlas_stream_at(streams, lon, lat, at_s)[0])
        assert area_of(atlas, lon, lat) is None
    assert area_of(atlas, 1.45, 51.0)[0] == "PAS_DE_CALAIS_557"
    assert area_of(atlas, -4.6, 48.33)[0] == "RADE_BREST_560"
    assert streams_at(no_atlas(), service.tides, ids, at_s).turn_s.size == 0
