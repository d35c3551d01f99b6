"""What is read out says what the headline says."""

import re

import pytest

from api.encounter import EncounterIn
from api.text.headline import headline
from api.text.speech import digits, spoken_headline
from tests.oracles.forbidden_words import BANNED_EN, BANNED_FR

AT_S = 1_795_957_200.0


@pytest.mark.parametrize(
    ("number", "en", "fr"),
    [
        ("12.4", "one two decimal four", "un deux virgule quatre"),
        ("074", "zero seven four", "zéro sept quatre"),
        ("16", "one six", "un six"),
    ],
)
def test_numbers_are_spoken_digit_by_digit(number, en, fr):
    assert digits(number, "en") == en
    assert digits(number, "fr") == fr


@pytest.mark.parametrize("medical", ["none", "critical"])
@pytest.mark.parametrize("recovered", [8, 2, None])
def test_speech_names_port_time_and_centre_of_the_headline(service, medical, recovered):
    encounter = EncounterIn.model_validate({
        "position": {"type": "Point", "coordinates": [1.36, 51.05]}, "time": "2026-11-29T13:00:00Z", "persons": 8,
        "persons_recovered": recovered, "vessel": {"profile": "rnli-severn"}, "medical": medical,
    })  # fmt: skip
    decision = service.decide(service.ask(encounter, AT_S))
    spoken, line = spoken_headline(decision), headline(decision)
    named = decision.world.ports[decision.recommended]
    assert named.name_en in spoken.en
    assert named.name_fr in spoken.fr
    minutes = re.search(r"(\d+) min", line.en).group(1)
    assert digits(minutes, "en") in spoken.en
    assert digits(minutes, "fr") in spoken.fr
    assert decision.coordination.centres[0].name in spoken.en
    assert not re.search(r"\d", spoken.en.replace(decision.coordination.centres[0].name, ""))
    assert ("to hospital" in spoken.en) == (medical == "critical")
    assert not any(pattern.search(spoken.en) for pattern in BANNED_EN)
    assert not any(pattern.search(spoken.fr) for pattern in BANNED_FR)
