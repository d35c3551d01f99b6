"""Everyday names of ports: one, several, or outside the register; never a kind of place."""

import pytest

from api.replay.ingest.port_names import PortNames


@pytest.fixture(scope="module")
def names(service):
    return PortNames(service.world.ports)


def test_every_id_full_name_and_code_is_its_port_alone(service, names):
    for port in service.world.ports:
        for name in filter(None, (port.id, port.name_en.upper(), port.name_fr.upper(), port.unlocode)):
            owners = {
                other.id
                for other in service.world.ports
                if name.lower() in (other.name_en.lower(), other.name_fr.lower(), (other.unlocode or "").lower())
            }
            assert set(names.candidates(name)) <= owners | {port.id}, name
            assert names.candidates(name), name


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("DUNKERQUE", ("dunkerque-est", "dunkerque-ouest")),
        ("Dunkirk", ("dunkerque-est", "dunkerque-ouest")),
        ("Port de Calais", ("calais",)),
        ("port of RAMSGATE", ("ramsgate",)),
        ("Boulogne", ("boulogne",)),
        ("St Malo", ("saint-malo",)),
        ("Fécamp", ("fecamp",)),
        ("HARWICH", ("harwich", "harwich-international")),
        ("harwich", ("harwich",)),
        ("Le Havre", ("le-havre",)),
        ("RYE", ("rye",)),
        ("Tug Haven", ("dover",)),
        ("Lowestoft", ()),
        ("jersey", ()),
        ("Port", ()),
        ("le", ()),
        ("Commercial harbour", ()),
        ("", ()),
    ],
)
def test_everyday_names(names, text, ports):
    assert names.candidates(text) == ports


def test_a_table_gets_candidates_and_says_so(tmp_path, conformed):
    path = tmp_path / "a.csv"
    head = "encounter_id,lon,lat,time,observed_port,directed_port\n"
    rows = ["DUNKERQUE,", "Lowestoft,", "dover|ramsgate,", ",Dunkirk|dover"]
    path.write_text(head + "".join(f"{k},1.4,51.0,2022-01-13T05:00:00Z,{cells}\n" for k, cells in enumerate(rows)))
    encounters, rejects, _ = conformed(path)
    assert rejects == {}
    assert [row["observed_port"] for row in encounters] == [
        "dunkerque-est|dunkerque-ouest", "Lowestoft", "dover|ramsgate", None,
    ]  # fmt: skip
    assert encounters[3]["directed_port"] == "dunkerque-est|dunkerque-ouest|dover"
    assert [row["reading_notes"] for row in encounters] == [
        "OBSERVED_PORT_SEVERAL", "OBSERVED_PORT_NOT_IN_REGISTER", None, "OBSERVED_PORT_SEVERAL",
    ]  # fmt: skip
