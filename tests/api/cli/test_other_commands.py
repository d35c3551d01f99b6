"""``distance``, ``ports``, ``doctor``, ``geodata``, ``serve``, and packs that are not as they left the build."""

import json
import re
import shutil

import pytest

from api.cli.console import WIDTH
from geodata.pack import DEFAULT_PACK


def test_distance(safeport):
    document = json.loads(safeport("distance", "GBDVR", "calais", "--json").out)
    assert 20.0 < document["straight_line_nm"] <= document["distance_nm"] < 26.0
    assert document["route"]["type"] == "LineString"
    text = safeport("distance", "GBDVR", "calais")
    assert text.code == 0
    assert text.out.startswith(f"{document['between_landings_nm']:.1f} nm by water, from landing to landing.")
    assert f"{document['distance_nm']:.1f} nm by water" in text.out
    assert "Not for navigation" in text.out
    french = safeport("distance", "GBDVR", "calais", "--lang", "fr").out
    assert f"{document['distance_nm']:.1f} M par mer".replace(".", ",") in french


@pytest.mark.parametrize(
    ("arguments", "field", "text"),
    [
        (("dover", "clais"), "TO", "Did you mean 'calais'?"),
        (("51 60N 1 15E", "dover"), "FROM", "60 minutes"),
        (("-1.2,50.0", "dover"), "FROM", "exchanged"),
        (("dover", "51.2,1.0"), "TO", "on land"),
        (("dover", "calais", "--draught-m", "nan"), "--draught-m", "between"),
        (("dover",), "TO", "missing"),
        (("51", "03N", "1", "15E"), "1", "quotes"),
    ],
)
def test_distance_refusals(safeport, arguments, field, text):
    ran = safeport("distance", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"{field}: ")
    assert text in ran.err


@pytest.mark.parametrize("language", ["en", "fr"])
def test_ports_table(safeport, service, language):
    ran = safeport("ports", "--lang", language)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert [line.split()[0] for line in lines[1 : lines.index("")]] == sorted(port.id for port in service.world.ports)
    assert "  ?" in ran.out


def test_ports_near_and_by_country(safeport):
    ran = safeport("ports", "--near", "51", "03N", "1", "15E", "--country", "fr", "--json")
    ports = json.loads(ran.out)["ports"]
    assert {port["country"] for port in ports} == {"FR"}
    miles = [port["straight_line_nm"] for port in ports]
    assert miles == sorted(miles)
    table = safeport("ports", "--near", "51 03N 1 15E", "--lang", "fr").out
    assert max(map(len, table.splitlines())) <= WIDTH


def test_ports_near_within_and_so_many(safeport):
    near = ("ports", "--near", "51 03N 1 15E", "--json")
    whole = json.loads(safeport(*near).out)["ports"]
    few = json.loads(safeport(*near, "--limit", "3").out)["ports"]
    assert few == whole[:3]
    within = json.loads(safeport(*near, "--within", "15").out)["ports"]
    assert [port["straight_line_nm"] <= 15 for port in whole] == [port in within for port in whole]
    assert 3 < len(within) < len(whole)
    named = json.loads(safeport("ports", "--name", "SAINTE MARY", "--json").out)["ports"]
    assert [port["id"] for port in named] == ["st-marys-scilly"]
    assert safeport("ports", "--name", "atlantis").out == "No port of the register is like that.\n"
    assert "\n1 port. " in safeport("ports", "--near", "51 03N 1 15E", "--limit", "1").out


def test_one_port_shows_its_whole_row(safeport, service):
    ran = safeport("ports", "GBDVR")
    assert ran.code == 0
    shown = {line.split()[0] for line in ran.out.splitlines() if not line.startswith(" ")}
    assert {"approach_depth_m", "gate_kind", "name_fr", "landing_point"} <= shown
    assert json.loads(safeport("ports", "dover", "--json").out)["id"] == "dover"
    blank = next(port for port in service.world.ports if port.vhf is None)
    assert "vhf                    ?" in safeport("ports", blank.id).out


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("atlantis",), "ID"),
        (("--country", "XX"), "--country"),
        (("--near", "51 60N 1E"), "--near"),
        (("--within", "5"), "--within"),
        (("--near", "51N 1E", "--within", "-1"), "--within"),
        (("--limit", "0"), "--limit"),
        (("--kind", "castle"), "--kind"),
    ],
)
def test_ports_refusals(safeport, arguments, field):
    ran = safeport("ports", *arguments)
    assert ran.code == 2
    assert ran.err.startswith(f"{field}: ")


def test_doctor_is_well(safeport):
    ran = safeport("doctor")
    assert ran.code == 0, ran.out
    marks = [line.split()[0] for line in ran.out.splitlines() if not line.startswith(" ")]
    assert marks == ["OK"] * 6
    assert "ODbL-1.0" in ran.out
    assert "decision in" in ran.out
    assert "replay of" in ran.out


def test_geodata_verify(safeport):
    ran = safeport("geodata", "verify")
    assert ran.code == 0
    assert "coast" in ran.out
    assert "matches its SHA-256" in ran.out
    assert max(map(len, ran.out.splitlines())) <= WIDTH


def test_geodata_refusals(safeport, tmp_path):
    for arguments, field in (
        (("verify", str(tmp_path / "none")), "DIR"),
        (("build", "--coast", str(tmp_path / "none.shp")), "--coast"),
        (("build", "--built-at", "2026-11-22T12:00:00"), "--built-at"),
        ((), "command"),
    ):
        ran = safeport("geodata", *arguments)
        assert ran.code == 2, ran
        assert ran.err.startswith(f"{field}: "), ran.err


def test_geodata_build_passes_its_options_on(safeport, tmp_path, monkeypatch):
    import geodata.build

    seen = []
    monkeypatch.setattr(geodata.build, "build_pack", lambda *arguments, atlas: seen.append((*arguments, atlas)))
    coast = tmp_path / "coast.geojson"
    coast.touch()
    ran = safeport(
        "geodata", "build", "--coast", str(coast), "--out", str(tmp_path), "--built-at", "2026-11-22T12:00:00Z",
        "--streams", str(tmp_path),
    )  # fmt: skip
    assert ran.code == 0, ran.err
    folder, source, built_at, atlas = seen[0]
    assert (folder, source, built_at.isoformat()) == (tmp_path, coast, "2026-11-22T12:00:00+00:00")
    assert atlas == tmp_path


def test_geodata_build_names_the_missing_extra(safeport, tmp_path, monkeypatch):
    import geodata.build

    def missing(*_, **__):
        raise ModuleNotFoundError("No module named 'roaring_landmask'", name="roaring_landmask")

    monkeypatch.setattr(geodata.build, "build_pack", missing)
    ran = safeport("geodata", "build", "--out", str(tmp_path))
    assert ran.code == 1
    assert "roaring_landmask" in ran.err
    assert "safeport[build]" in ran.err


@pytest.mark.parametrize(
    ("option", "value"),
    [("--port", "99999"), ("--port", "http"), ("--host", "192.0.2.1"), ("--pack", "/nowhere/at/all")],
)
def test_serve_refusals(safeport, option, value):
    ran = safeport("serve", option, value)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"{option}: ")


@pytest.fixture
def pack(tmp_path):
    return shutil.copytree(DEFAULT_PACK, tmp_path / "pack")


def _flip(pack):
    path = pack / "mesh.npz.xz"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _cut(pack):
    path = pack / "coast.npz.xz"
    path.write_bytes(path.read_bytes()[:1000])


def _drop(pack):
    (pack / "zones.json").unlink()


def _other_format(pack):
    path = pack / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**manifest, "format": 999}), encoding="utf-8")


def _cut_manifest(pack):
    path = pack / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8")[:200], encoding="utf-8")


def _no_manifest(pack):
    (pack / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("damage", "text"),
    [
        (_flip, "layer mesh is damaged"),
        (_cut, "layer coast is damaged"),
        (_drop, "layer zones is missing"),
        (_other_format, "format 999"),
        (_cut_manifest, "manifest.json is damaged"),
        (_no_manifest, "no manifest.json"),
    ],
)
def test_a_damaged_pack_fails_with_its_reason(safeport, example, pack, damage, text):
    damage(pack)
    for arguments in ((*example, "--pack", str(pack)), ("geodata", "verify", str(pack))):
        ran = safeport(*arguments)
        assert (ran.code, ran.out) == (1, "")
        assert text in ran.err
        assert ran.err.count("\n") == 1
    sick = safeport("doctor", "--pack", str(pack))
    assert sick.code == 1
    assert "FAIL geodata pack: " in sick.out


def test_a_whole_copy_of_the_pack_answers_alike(safeport, example, pack):
    assert safeport(*example, "--pack", str(pack)).out == safeport(*example).out


def test_vessels_and_policies_are_listed(safeport, service):
    documents = json.loads(safeport("vessels", "--json").out)["vessels"]
    assert [document["profile"] for document in documents] == sorted(service.vessels)
    text = safeport("vessels", "--lang", "fr").out
    assert all(name in text for name in service.vessels)
    assert max(map(len, text.splitlines())) <= WIDTH
    policies = json.loads(safeport("policies", "--json").out)["policies"]
    listed = safeport("policies").out
    assert all(
        policy["name"] in listed and policy["effect"]["en"][:40] in " ".join(listed.split()) for policy in policies
    )


def test_a_command_misspelled_is_named(safeport):
    ran = safeport("decid")
    assert (ran.code, ran.out) == (2, "")
    assert "Did you mean 'decide'?" in ran.err


def test_exchanged_numbers_to_count_from_are_noticed(safeport):
    for arguments, option in ((("ports", "--near", "1.25,51.05"), "--near"), (("stream", "1.25,51.05"), "POSITION")):
        ran = safeport(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"{option}: ")
        assert "look exchanged" in ran.err
    assert "write latitude first" in safeport("decide", "--position", "1.25,51.05").err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("decide", "--position", "51N 1E", "--lang", "fr", "--persons", "many"),
         "--persons : 'many' n'est pas un nombre de personnes. Écrire 60, 55-60, ou 55+ pour au moins autant"),
        (("decide", "--lang=fr"), "--position : manque. '--help' indique ce qu'il faut."),
        (("decide", "--lang", "fr", "--draft", "2"),
         "--draft : n'est pas une option de cette commande. Est-ce '--draught-m' ? '--help' donne les options."),
        (("decide", "--position", "51 03N 1 15E", "--lang", "fr", "--vessel", "rnli-sevren"),
         "--vessel : il n'y a pas de profil 'rnli-sevren'. Est-ce 'rnli-severn' ? Profils : "),
        (("ports", "Atlantis", "--lang", "fr"),
         "ID : il n'y a pas de port 'Atlantis'. 'safeport ports' et /v1/ports donnent les identifiants et codes "
         "UN/LOCODE."),
        (("distance", "dover", "51 75N 1 00E", "--lang", "fr"),
         "TO : La latitude a 60 minutes ou plus. Vérifier les minutes : elles vont de 0 à 59."),
        (("vessels", "--lang", "en", "--lang", "fr", "x"), "x : n'était pas attendu."),
        (("vessels", "--lang", "fr", "--lang", "en", "x"), "x: was not expected."),
    ],
)  # fmt: skip
def test_refusals_are_in_french(safeport, arguments, line):
    ran = safeport(*arguments)
    assert ran.code == 2
    assert line in ran.err.strip()


def test_a_problem_document_of_the_command_line_is_in_french(safeport):
    asked = ("decide", "--position", "51 03.0N 001 15.0E", "--persons", "-3", "--json")
    english, french = (json.loads(safeport(*asked, *more).err) for more in ((), ("--lang", "fr")))
    for same in ("type", "status", "code", "instance", "exit_code"):
        assert english[same] == french[same]
    assert (english["title"], french["title"]) == ("A field is wrong", "Un champ est erroné")
    assert french["detail"].startswith("--persons : est inférieur à 0. Vérifier le nombre")
    (error,), (plain,) = french["errors"], english["errors"]
    assert (error["pointer"], error["code"], error["option"]) == (plain["pointer"], plain["code"], plain["option"])
    assert error["detail"].startswith("est inférieur à 0.")
    assert plain["detail"].startswith("is below 0.")


def test_after_two_dashes_no_language_is_asked_for(safeport):
    assert "is missing" in safeport("decide", "--", "--lang", "fr").err


def test_a_stream_a_port_and_vessels_are_french_in_french(safeport):
    ran = safeport("stream", "50 58N 001 30E", "--from", "2022-01-13T05:00Z", "--hours", "1", "--lang", "fr")
    assert re.search(r"05h00 UTC  [0-9],[0-9] nd  [0-9]{3}° vrai  atlas", ran.out)
    text = " ".join(ran.out.split())
    assert "d'après la pleine mer de Calais ; vitesses avec un doute de" in text
    assert "courants de marée des côtes de France et de la Manche" in text
    assert not {"kn", "taux", "derived,", "calais", "streams"} & set(text.split())
    ran = safeport("stream", "50 58N 001 30E", "--from", "2022-01-13T05:00Z", "--hours", "1")
    assert re.search(r"0500 UTC  [0-9][.][0-9] kn  [0-9]{3} T  atlas", ran.out)
    header = safeport("vessels", "--lang", "fr").out.splitlines()[0].split()
    assert {"nd", "long."} <= set(header)
    assert not {"kn", "LOA"} & set(header)
    assert "[publié: " in safeport("ports", "dover", "--lang", "fr").out
    assert "[published: " in safeport("ports", "dover").out
