"""What people read: eighty columns, no promise or command, both languages, colour only where it is seen."""

import io
import random
import re

import pytest

from api.cli.console import WIDTH, Style
from api.cli.render import decision_text
from api.encounter import EncounterIn
from engine.errors import PositionRefused
from tests.oracles.forbidden_words import BANNED_EN, BANNED_FR

BANNED = {"en": BANNED_EN, "fr": BANNED_FR}


def _encounters(service, count):
    """Random encounters afloat: seeded, over the whole area, every profile and policy."""
    draw = random.Random(20220113)  # noqa: S311 - a seeded draw, no secret
    west, south, east, north = service.world.box
    policies = ("nearest-time", "nearest-distance", "medical-first", "srr-state-preferred", "designated-only")
    while count:
        body = {
            "position": {"type": "Point", "coordinates": [draw.uniform(west, east), draw.uniform(south, north)]},
            "time": f"2022-{draw.randint(1, 12):02d}-13T{draw.randint(0, 23):02d}:45:00Z",
            "persons": draw.choice([None, 3, {"min": 55, "max": 60}, 400]),
            "persons_in_water": draw.choice([None, True, False]),
            "persons_recovered": draw.choice([None, 3]),
            "medical": draw.choice(["none", "urgent", "critical"]),
            "vessel": draw.choice(
                [{"profile": draw.choice(sorted(service.vessels))}, {"draught_m": 12.0}, {"range_nm": 5.0}]
            ),
            "position_accuracy_m": draw.choice([None, 9000.0]),
            "position_age_s": draw.choice([None, 9000.0]),
            "policy": draw.choice(policies),
        }
        try:
            yield service.decide(service.ask(EncounterIn.model_validate(body), 0.0))
        except PositionRefused:
            continue
        count -= 1


@pytest.fixture(scope="module")
def decisions(service):
    return list(_encounters(service, 30))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_random_answers_hold_the_page(decisions, language):
    for decision in decisions:
        text = decision_text(decision, language, 4, Style())
        assert max(map(len, text.splitlines())) <= WIDTH, text
        assert not re.search(r"\bnan\b|\binf\b|None|[{}]|\033", text), text
        assert not [banned.pattern for banned in BANNED[language] if banned.search(text)], text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_passed_over_port_takes_three_lines_at_most(decisions, language):
    for decision in decisions:
        blocks = decision_text(decision, language, 4, Style()).split("\n\n")
        for block in (block for block in blocks if block.startswith(("WHY", "POURQUOI"))):
            ports = re.split(r"\n(?=[*+?x] )", block)[1:]
            # What follows indented by two is the paragraph on all the others.
            lines = [re.split(r"\n  (?! )", port)[0].count("\n") + 1 for port in ports]
            assert ports
            assert max(lines) <= 3, block


def test_both_languages_say_the_same_numbers(decisions):
    for decision in decisions:
        english, french = (decision_text(decision, language, 4, Style()) for language in ("en", "fr"))
        first = decision.order[0]
        minutes = f"{decision.time_s[first] / 60:.0f} min"
        assert (minutes in english) == (minutes in french)


class _Terminal(io.StringIO):
    def isatty(self):
        return True


def test_colour_only_on_a_terminal_that_wants_it(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert Style.of(_Terminal()).on
    assert not Style.of(io.StringIO()).on
    monkeypatch.setenv("NO_COLOR", "1")
    assert not Style.of(_Terminal()).on
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not Style.of(_Terminal()).on


def test_colour_adds_nothing_but_colour(decisions):
    for decision in decisions[:5]:
        coloured = decision_text(decision, "en", 4, Style(on=True))
        assert "\033[" in coloured
        assert re.sub(r"\033\[\d+m", "", coloured) == decision_text(decision, "en", 4, Style())
