"""French names in sentences, as they are spoken."""

import pytest

from api.text.catalogue import Text
from api.text.contractions import with_contractions


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("marée de OSTENDE, à 3,1 M", "marée d'OSTENDE, à 3,1 M"),
        ("la pleine mer de Étaples", "la pleine mer d'Étaples"),
        ("MARÉE À LE HAVRE, 24 h", "MARÉE AU HAVRE, 24 h"),
        ("Demander d'abord à LE TRÉPORT", "Demander d'abord au TRÉPORT"),
        ("à destination de Le Conquet", "à destination du Conquet"),
        ("débarqués à Les Sables", "débarqués aux Sables"),
        ("jusqu'à Le Crotoy", "jusqu'au Crotoy"),
        ("plus proche que Ouistreham", "plus proche qu'Ouistreham"),
        # Neither a name nor a vowel that is heard.
        ("marée de HONFLEUR", "marée de HONFLEUR"),
        ("de YARMOUTH à DOUVRES", "de YARMOUTH à DOUVRES"),
        ("Historique de e-7", "Historique de e-7"),
        ("distance de 8 M", "distance de 8 M"),
        ("hors de ses heures autour de la pleine mer", "hors de ses heures autour de la pleine mer"),
        ("mode Approche", "mode Approche"),
    ],
)
def test_words_before_a_name(written, spoken):
    assert with_contractions(written) == spoken


def test_a_text_is_filled_in_as_it_is_spoken():
    text = Text("tide of {port}", "marée de {port}").fill(port=Text("Ostend", "Ostende"))
    assert text == Text("tide of Ostend", "marée d'Ostende")
