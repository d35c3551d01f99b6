"""``forecast ingest``, ``info`` and ``fetch``: what is printed, and the exit code of each kind of failure."""

import json
import threading

import pytest

from api.cli.console import WIDTH
from geodata.forecast import open_cube
from tests.synthetic.cubes import START_S, synthetic_cube
from tests.synthetic.files import CF, TIMES_S, grib_messages, only, synthetic_sea, write_grib, write_netcdf

SEA = synthetic_sea()


@pytest.fixture
def cube(tmp_path):
    return synthetic_cube(tmp_path / "a.cube", waves=(1.0, 0.6, 0.8, 6.0), current=(0.3, -0.4))


def test_ingest_makes_a_cube_and_says_what_is_in_it(safeport, tmp_path):
    waves = write_netcdf(tmp_path / "waves.nc", only(SEA, "hs", "wave_from", "period"))
    wind = write_grib(tmp_path / "wind.grib2", only(SEA, "wind_east", "wind_north"))
    out = tmp_path / "made.cube"
    ran = safeport("forecast", "ingest", str(waves), str(wind), "--out", str(out))
    assert (ran.code, ran.err) == (0, "")
    assert max(map(len, ran.out.splitlines())) <= WIDTH
    for text in (open_cube(out).identity["id"], "11-22 00:00Z", "0.5 x 0.5", "27 x 12", "height in m", "waves.nc",
                 "Not in it: visibility, current.", "OK   made.cube matches its SHA-256"):  # fmt: skip
        assert text in ran.out


def test_ingest_json_is_one_document(safeport, tmp_path):
    waves = write_netcdf(tmp_path / "waves.nc", only(SEA, "hs"))
    ran = safeport("forecast", "ingest", str(waves), "--out", str(tmp_path / "made.cube"), "--json")
    document = json.loads(ran.out)
    assert document["sha256"] == open_cube(tmp_path / "made.cube").identity["sha256"]
    assert document["groups"]["waves"]["units"] == {"height": "m"}
    assert document["sources"][0]["file"] == "waves.nc"
    assert document["age_s"] is not None


def test_info(safeport, cube):
    document = json.loads(safeport("forecast", "info", str(cube), "--json").out)
    assert document["run_at"] == "2026-11-22T00:00:00Z"
    assert document["strongest_current_ms"] == 0.5
    assert document["groups"]["current"]["grid"]["columns"] == 49
    text = safeport("forecast", "info", str(cube))
    assert text.code == 0
    assert max(map(len, text.out.splitlines())) <= WIDTH
    assert "Oldest model run 2026-11-22T00:00:00Z, age" in text.out
    assert "note: SYNTHETIC." in text.out


def test_info_reads_a_foreign_file_and_says_what_a_decision_can_use_of_one_step(safeport, tmp_path):
    path = write_netcdf(tmp_path / "one.nc", {"hs": SEA["hs"][:1]}, times_s=TIMES_S[:1])
    text = safeport("forecast", "info", str(path))
    assert text.code == 0
    entry = " ".join(text.out.split())
    assert "waves: one time step only, 2026-11-22T00:00:00Z." in entry
    assert "area: 47.5N to 53N" in entry
    assert "missing: wave_from, period." in entry
    assert "Not in it: wind, visibility, current." in entry
    document = json.loads(safeport("forecast", "info", str(path), "--json").out)
    assert document["absent"] == ["wind", "visibility", "current"]
    assert document["groups"]["waves"]["missing"] == ["wave_from", "period"]
    assert document["groups"]["waves"]["area"]["north"] == 53.0


def test_what_is_left_out_is_said(safeport, tmp_path):
    plain = grib_messages(only(SEA, "hs"))
    spread = grib_messages(only(SEA, "hs"), keys={"productDefinitionTemplateNumber": 2, "derivedForecast": 4})
    (tmp_path / "both.grib2").write_bytes(b"".join([*plain, *spread]))
    ran = safeport("forecast", "ingest", str(tmp_path / "both.grib2"), "--out", str(tmp_path / "a.cube"))
    assert "left out: swh: spread of an ensemble (4 times)" in ran.out


def test_swell_only_is_said(safeport, tmp_path):
    names = {**CF, "hs": ("swell", "sea_surface_swell_wave_significant_height", "m")}
    path = write_netcdf(tmp_path / "swell.nc", only(SEA, "hs"), names=names, run_s=None)
    ran = safeport("forecast", "ingest", str(path), "--out", str(tmp_path / "a.cube"))
    assert "note: states swell only: the whole sea is higher." in ran.out
    assert "Model run not stated" in ran.out


@pytest.mark.parametrize(
    ("data", "text"), [(b"GRIB", "damaged"), (b"what", "neither GRIB"), (b"", "is empty"), (b"CDF\x01", "damaged")]
)
def test_bad_content_is_bad_input_that_names_the_file(safeport, tmp_path, cube, data, text):
    (tmp_path / "bad.grib2").write_bytes(data)
    before = cube.read_bytes()
    ran = safeport("forecast", "ingest", str(tmp_path / "bad.grib2"), "--out", str(cube))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("bad.grib2: ")
    assert text in ran.err
    assert ran.err.count("\n") == 1
    assert cube.read_bytes() == before


def test_a_damaged_cube_is_bad_input(safeport, cube):
    cube.write_bytes(cube.read_bytes()[:-9])
    ran = safeport("forecast", "info", str(cube))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "a.cube: is cut short, or longer than it says. Make it again with 'safeport forecast ingest'.\n"
    assert safeport("forecast", "info", "nowhere.cube").code == 2


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("ingest",), "FILE"),
        (("info",), "FILE"),
        (("fetch",), "--source"),
        (("fetch", "--source", "smoke-signals"), "--source"),
        (("fetch", "--source", "ecmwf", "--hours", "0"), "--hours"),
        (("fetch", "--source", "ecmwf", "--hours", "soon"), "--hours"),
        (("fetch", "--source", "ecmwf", "--area", "1,2,3"), "--area"),
        (("fetch", "--source", "ecmwf", "--area", "5,48,-7,52"), "--area"),
        (("fetch", "--source", "ecmwf", "--area", "-7,48,5,nan"), "--area"),
        (("fetch", "--source", "ecmwf", "--server", "http://example.org"), "--server"),
        (("fetch", "--source", "ecmwf", "--out", "nowhere/a.cube"), "--out"),
    ],
)
def test_refusals_name_the_option(safeport, arguments, field):
    ran = safeport("forecast", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"{field}: ")


def test_fetch_goes_through_the_same_reader(safeport, tmp_path):
    from tests.geodata.forecast.test_fetch import Server, open_meteo

    server = Server()
    server.answer = open_meteo
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        ran = safeport(
            "forecast", "fetch", "--source", "open-meteo", "--area", "0,50,2,51", "--hours", "3", "--server",
            server.base, "--out", str(tmp_path / "a.cube"), "--json",
        )  # fmt: skip
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert ran.code == 0, ran.err
    document = json.loads(ran.out)
    assert set(document["groups"]) == {"waves", "wind", "visibility", "current"}
    assert document["run_at"] is None
    assert open_cube(tmp_path / "a.cube").forecast.waves.times_s[0] == START_S


def test_a_network_failure_is_a_failure_and_leaves_the_cube(safeport, cube):
    before = cube.read_bytes()
    ran = safeport(
        "forecast", "fetch", "--source", "ecmwf", "--server", "http://127.0.0.1:1", "--out", str(cube), "--hours", "3"
    )
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("127.0.0.1: cannot be reached")
    assert cube.read_bytes() == before


@pytest.mark.parametrize(
    ("language", "entry"), [("en", "Forecast has one time step only: waves"), ("fr", "une seule échéance : vagues")]
)
def test_a_decision_at_the_hour_of_a_single_step_says_that_it_is_one(safeport, tmp_path, language, entry):
    path = write_netcdf(tmp_path / "one.nc", {"hs": SEA["hs"][:1]}, times_s=TIMES_S[:1])
    ran = safeport(
        "decide", "--position", "50.95,1.40", "--vessel", "rnli-severn", "--persons", "20",
        "--time", "2026-11-22T00:00:00Z", "--forecast", str(path), "--lang", language,
    )  # fmt: skip
    assert ran.code == 0
    text = " ".join(ran.out.split())
    assert entry in text
    assert "(2026-11-22 00:00Z)" in text
    assert "Forecast does not cover this place and time" not in text
