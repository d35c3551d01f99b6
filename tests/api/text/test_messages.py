"""Every code speaks both languages, cites its clause, and neither promises nor commands."""

import re
from string import Formatter

import pytest

from api.text.messages import FIELDS, RULE_TITLE, WORDING
from engine.codes import Code, Rule
from tests.oracles.forbidden_words import BANNED_EN, BANNED_FR

ABSENT_SOURCES = [
    Code.NO_STATUS_FEED,
    Code.NO_CAPACITY_FEED,
    Code.NO_RECEPTION_FEED,
    Code.WX_MISSING,
    Code.TIDE_MISSING,
]
NOTICES = [*ABSENT_SOURCES, *(code for code in Code if 500 <= code < 900)]

SAMPLE_EN = {
    "port": "SAINT-VALERY-EN-CAUX",
    "measured": "12.4 nm",
    "limit": "60 persons",
    "count": "2",
    "detail": "Dover Strait NE",
    "vhf": "72",
}
SAMPLE_FR = SAMPLE_EN | {"measured": "12,4 M", "limit": "60 personnes", "detail": "Pas-de-Calais NE"}


def fields_of(template: str) -> list[str]:
    """Names of the fields of a template, sorted; an index or a format specification shows up as a foreign name."""
    parts = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(template) if name is not None]
    return sorted(name + (spec or "") + (conversion or "") for name, spec, conversion in parts)


def banned_in(text: str, patterns: tuple[re.Pattern[str], ...]) -> list[str]:
    """Banned words found in a text."""
    return [found.group() for pattern in patterns if (found := pattern.search(text))]


def french_spacing_faults(text: str) -> list[str]:
    """High punctuation that does not stand between spaces, as French sets it."""
    return re.findall(r"[^ ][:;?!]|[:;?!](?! |$)", text)


def test_every_code_and_nothing_else_has_wording():
    assert set(WORDING) == set(Code)


def test_entries_follow_the_order_of_the_codes():
    assert list(WORDING) == list(Code)


@pytest.mark.parametrize("code", Code, ids=lambda code: code.name)
class TestWordingOf:
    def test_both_texts_and_citation_are_there(self, code):
        wording = WORDING[code]
        assert all(text and text == text.strip() for text in (*wording.text, wording.citation))
        assert wording.text.en != wording.text.fr

    def test_fields_are_allowed_and_the_same_in_both_languages(self, code):
        wording = WORDING[code].text
        assert set(fields_of(wording.en)) <= FIELDS
        assert fields_of(wording.en) == fields_of(wording.fr)

    def test_fits_the_console(self, code):
        wording = WORDING[code].text
        assert len(wording.en.format(**SAMPLE_EN)) <= 160
        assert len(wording.fr.format(**SAMPLE_FR)) <= 160
        assert max(len(wording.en), len(wording.fr)) <= 110

    def test_plain_punctuation(self, code):
        wording = WORDING[code].text
        for text in wording:
            assert not set(text) & set("\N{EM DASH}\N{EN DASH}\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\n\t")
            assert "  " not in text
            assert text.endswith((".", "?", "{detail}"))
        assert french_spacing_faults(wording.fr) == []

    def test_capital_at_the_start(self, code):
        for text in WORDING[code].text:
            assert text[0].isupper() or text.startswith("{port}")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{port} is safe.", "safe"),
        ("It is UNSAFE to enter.", "UNSAFE"),
        ("Water is guaranteed.", "guaranteed"),
        ("The master must go.", "must"),
        ("By order of the MRCC.", "order"),
        ("Instructed to land.", "Instructed"),
        ("It is certain.", "certain"),
        ("Vessel cleared to enter.", "cleared"),
        ("Migrants on board.", "Migrants"),
    ],
)
def test_the_english_check_bites(text, word):
    assert banned_in(text, BANNED_EN) == [word]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{port} est un port sûr.", "sûr"),
        ("Route sûre.", "sûre"),
        ("Place garantie.", "garantie"),
        ("Le capitaine doit partir.", "doit"),
        ("Sur ordre du CROSS.", "ordre"),
        ("Instruction : débarquer.", "Instruction"),
        ("Arrivée certaine.", "certaine"),
        ("Clandestins à bord.", "Clandestins"),
    ],
)
def test_the_french_check_bites(text, word):
    assert banned_in(text, BANNED_FR) == [word]


def test_place_of_safety_may_be_said():
    assert banned_in("Survivors delivered to a place of safety.", BANNED_EN) == []
    assert banned_in("Personnes conduites en lieu sûr. Mesures prises sur le pont.", BANNED_FR) == []


def test_field_check_bites():
    assert fields_of("{port} {depth:.1f} {0}") == ["0", "depth.1f", "port"]


def test_french_spacing_check_bites():
    assert french_spacing_faults("Marée: inconnue") == ["e:"]
    assert french_spacing_faults("Marée :inconnue") == [":"]


def test_citation_is_a_known_instrument():
    known = re.compile(r"(?:seamanship|SOLAS V/|SAR Convention |MSC\.167\(78\) |COLREG |FAL\.3/Circ\.|IAMSAR )")
    for code, wording in WORDING.items():
        assert all(known.match(part) for part in wording.citation.split("; ")), code.name


@pytest.mark.parametrize("instrument", ["COLREG", "IAMSAR", "SOLAS V/34 ", "SAR Convention 1.3.2", "MSC.167(78) 6.15"])
def test_clauses_nobody_has_read_say_so(instrument):
    parts = {part for wording in WORDING.values() for part in wording.citation.split("; ")}
    found = [part for part in parts if part.startswith(instrument)]
    assert found
    assert all(part.endswith(" (unverified)") for part in found)


@pytest.mark.parametrize("rule", Rule, ids=lambda rule: rule.id)
def test_every_rule_has_a_short_title(rule):
    title = RULE_TITLE[rule]
    for text, banned in ((title.en, BANNED_EN), (title.fr, BANNED_FR)):
        assert 2 <= len(text.replace(",", "").split()) <= 5
        assert text[0].isupper()
        assert banned_in(text, banned) == []


def test_titles_tell_rules_apart():
    assert len({title.en for title in RULE_TITLE.values()}) == len(Rule)
    assert len({title.fr for title in RULE_TITLE.values()}) == len(Rule)


def test_each_notice_and_nothing_else_has_a_level():
    levels = {code: wording.level for code, wording in WORDING.items() if wording.level is not None}
    assert set(levels) == set(NOTICES)
    assert set(levels.values()) == {"information", "caution", "warning"}


@pytest.mark.parametrize("code", NOTICES, ids=lambda code: code.name)
def test_notice_on_the_whole_answer_names_no_port(code):
    assert not {"port", "vhf"} & set(fields_of(WORDING[code].text.en))


@pytest.mark.parametrize(
    ("code", "level"),
    [
        (Code.ADVISORY_ONLY, "information"),
        (Code.RESCUE_INCOMPLETE, "warning"),
        (Code.MED_TIME_CRITICAL, "warning"),
        (Code.NO_PORT_CONFIRMED, "warning"),
        (Code.NO_PORT_FIT, "warning"),
        (Code.NEAR_TIE, "caution"),
        (Code.UNCONFIRMED_NEARER, "caution"),
        (Code.POS_UNCERTAIN_CHANGES_ANSWER, "caution"),
    ],
)
def test_level_of_notices_that_change_what_is_done(code, level):
    assert WORDING[code].level == level
