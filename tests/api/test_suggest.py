import pytest

from api.cli.main import main
from api.suggest import did_you_mean, fold
from api.text.singular import with_singulars


@pytest.mark.parametrize(
    ("typed", "text"),
    [("dovr", "Did you mean 'dover'? "), ("DOVERR", "Did you mean 'dover'? "), ("zz", ""), ("", ""), ("x" * 9999, "")],
)
def test_only_a_close_name_is_meant(typed, text):
    assert did_you_mean(typed, ["dover", "calais", "rye"]) == text


@pytest.mark.parametrize(
    ("first", "other"),
    [("Saint-Malo", "st malo"), ("Tréguier", "TREGUIER"), ("St. Mary's", "st marys"), ("Sainte-Anne", "Ste Anne")],
)
def test_names_are_the_same_however_they_are_written(first, other):
    assert fold(first) == fold(other)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("braye", "'alderney-braye'"),
        ("Dunkirk", "'dunkerque-est' or 'dunkerque-ouest'"),
        ("saint malo", "'saint-malo'"),
        ("St Marys", "'st-marys-scilly'"),
        ("Le Havre port", "'le-havre'"),
        ("HARWCH", "'harwich'"),
        ("atlantis", ""),
        ("port", ""),
        ("la", ""),
    ],
)
def test_a_port_is_meant_by_part_of_its_name_too(service, typed, text):
    ids = {name: port.id for port in service.world.ports for name in (port.id, port.name_en, port.name_fr)}
    assert did_you_mean(typed, ids, ids) == (f"Did you mean {text}? " if text else "")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("--draught", "--draught-m"), ("--draft", "--draught-m"), ("--length", "--loa-m"), ("--hs", "--max-hs-m"),
        ("--pos", "--position"), ("-persons", "--persons"), ("\u2013persons", "--persons"), ("--Persons", "--persons"),
        ("--fix_age", "--fix-age-s"), ("--vesel", "--vessel"), ("--lattitude", ""), ("--p", ""),
    ],
)  # fmt: skip
def test_an_option_is_named_itself_and_the_one_meant(capsys, typed, meant):
    assert main(["decide", typed, "3"]) == 2
    text = capsys.readouterr().err
    assert text.startswith(f"{typed}: is no option of this command. ")
    assert (f"Did you mean '{meant}'?" in text) if meant else ("Did you mean" not in text)


def test_a_command_that_does_not_exist_is_named_before_its_options(capsys):
    assert main(["decidde", "--position", "x"]) == 2
    assert capsys.readouterr().err.startswith("command: there is no command 'decidde'. Did you mean 'decide'?")
    # What follows an option may be its value.
    assert main(["keys", "--nam", "x"]) == 2
    assert capsys.readouterr().err.startswith("--nam: is no option of this command.")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1 persons", "1 person"), ("of 1 encounters to 1 ports.", "of 1 encounter to 1 port."),
        ("21 persons", "21 persons"), ("10 personnes", "10 personnes"),
        ("2 001 persons", "2 001 persons"), ("1,001 persons", "1,001 persons"), ("0.1 ports", "0.1 ports"),
        ("2\u202f1 ports", "2\u202f1 ports"), ("2 positions refusées", "2 positions refusées"),
        ("4 boats, 1 positions refused, 1 ports", "4 boats, 1 position refused, 1 port"),
        ("sans, 1 positions refusées, 0 lignes rejetées ;", "sans, 1 position refusée, 0 ligne rejetée ;"),
        ("1 personnes", "1 personne"), ("0 personnes", "0 personne"), ("0 persons", "0 persons"),
        ("Dans 1 autres, 0 réponses", "Dans 1 autre, 0 réponse"), ("In 1 answers, 1 days", "In 1 answer, 1 day"),
        ("10 réponses, 0 ports, 20 jours", "10 réponses, 0 ports, 20 jours"),
    ],
)  # fmt: skip
def test_one_of_them_is_singular(text, read):
    assert with_singulars(text) == read
