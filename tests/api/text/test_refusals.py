"""Refusals in French: every text the code refuses with has its own, and nothing that was typed is taken for one."""

import re
import tomllib
from itertools import count, product
from string import Formatter

import pytest

from api.exchanged import in_form
from api.field_errors import field_errors
from api.http.problems import KINDS, MOST_ERRORS, _count
from api.replay.ingest.match_headers import missing_columns
from api.suggest import did_you_mean
from api.text.catalogue import load_entries
from api.text.refusals import _catalogue, _variants, listed_refusals, refusal_sentence, translate_refusal
from engine.codes import Code
from engine.errors import PositionRefused
from engine.routes import CHECK_ORDER, LOOKS_EXCHANGED
from tests.oracles.refusal_texts import ROOT, modules, refusal_classes, refusal_texts, sentences_in

ADMINISTRATION = (
    "api/cli/audit.py", "api/cli/db.py", "api/cli/doctor.py", "api/cli/forecast.py", "api/cli/geodata.py",
    "api/cli/keys.py", "api/cli/register.py", "api/cli/serve.py", "api/cli/settings.py",
    "api/cli/terminal.py", "api/console/ais_feed.py", "api/forecast_pieces.py", "api/http/background.py",
    "api/http/serve.py", "api/python/", "api/security/jwks.py", "api/security/tokens.py",
    "api/settings.py", "api/store/audit", "api/store/backup.py", "api/store/clock.py", "api/store/integrity.py",
    "api/store/schema.py", "api/terminal/link/", "api/terminal/source_spec.py", "api/terminal/state_file.py",
    "api/web/", "engine/kernels/", "geodata/build.py", "geodata/coast.py", "geodata/drawn_features.py",
    "geodata/forecast/cf_", "geodata/forecast/cutout.py", "geodata/forecast/download.py", "geodata/forecast/fetch.py",
    "geodata/forecast/grib.py", "geodata/forecast/merge.py", "geodata/forecast/netcdf",
    "geodata/forecast/open_meteo.py", "geodata/forecast/sandbox.py", "geodata/harbour_legs.py",
    "geodata/regions.py", "geodata/register.py", "geodata/streams/atlas.py", "geodata/streams/layer.py",
    "geodata/survey/", "geodata/tides/import_stations.py", "geodata/tides/ports.py", "geodata/tides/stations.py",
)  # fmt: skip
"""Modules, by the beginning of their path, whose refusals only who runs the program meets: they stay English."""

AT_THE_START = {
    "is on, and there is neither a store with keys nor an issuer of tokens.",
    "Name a store (SAFEPORT_STORE) or an issuer (SAFEPORT_TOKEN_ISSUER).",
    "does not rise from zero.", "Correct speed_in_waves.csv.",
}  # fmt: skip
"""Of other modules, what is said when the service starts or the pack is built."""

ENTRIES = load_entries("refusals")
NUMBERS = count(7001)
WORDS = {
    "axis": ["latitude", "longitude"], "axes[0]": ["latitude", "longitude"], "unit": ["minutes", "seconds"],
    "what": ["encounters", "ports"], "state": ["confirmed"], "kept.state": ["held", "released"],
    "' or '.join(states)": ["held", "held or confirmed"], "allowed": ["controller", "controller or port_officer"],
    "self.role.value": ["crew"], "place": ["feature 7001"],
    "' and no '.join(lacking)": ["position", "time", "position and no time"], "UNCERTAINTY.name": ["uncertainty.toml"],
    "_ending(ended.returncode, limits)": [
        "was stopped: more than 7001 s of computing, or no memory left", "crashed (7001)", "ended with code 7001",
    ],
}  # fmt: skip
"""What stands in the braces of the code that is a word of ours; in any other there is something made up."""
ENGLISH_KEPT = {"persons", "max", "survivor_capacity", "port_id", "place", "1", "0", "persons_per_hour_without_figures"}
"""Names and figures of the code itself that a brace of the catalogue may take in."""


def filled(template):
    """Every text that a template of the code may be, with the values made up for it."""
    pieces = list(Formatter().parse(template))
    names = [name for _, name, _, _ in pieces if name is not None]
    is_quoted = [conversion == "r" for _, name, _, conversion in pieces if name is not None]
    made = [WORDS.get(name) or [made_up(name, quoted)] for name, quoted in zip(names, is_quoted, strict=True)]
    for values in product(*made):
        given = iter(values)
        text = "".join(literal + ("" if name is None else next(given)) for literal, name, _, _ in pieces)
        yield text, [value for name, value in zip(names, values, strict=True) if name not in WORDS]


def made_up(name, is_quoted):
    """Something typed or counted for a brace of the code."""
    if name.startswith(("did_you_mean(", "_option_meant(")):
        return did_you_mean("dover", ["dover"])
    if name.endswith("remedy"):
        return "Check it."
    number = str(next(NUMBERS))
    return f"'{number}'" if is_quoted or name.startswith("quote(") else number


def texts_of_the_code():
    """Templates of all that may be met in French, from the syntax of the code."""
    classes = refusal_classes()
    found = set()
    for path in modules():
        name = str(path.relative_to(ROOT))
        if not name.startswith(ADMINISTRATION):
            # The option of a forecast file, and a position read back, hold the text of somebody else.
            found |= {text for text in refusal_texts(path, classes) if ".problem}" not in text}
    for name in ("api/http/problems.py", "api/field_errors.py", "api/terminal/routes.py"):
        # Here texts stand in tables. {:.15g} and {min_length} are braces to fill, {...} and {"min": 55} are none.
        for text in sentences_in(ROOT / name) - described(name):
            escaped = text.replace("{", "{{").replace("}", "}}").replace("{{expected}}", "{expected!r}")
            found.add(re.sub(r"\{\{(:\.15g|[a-z_]+)\}\}", "{number}", escaped))
    return found - AT_THE_START


def described(name):
    """Sentences of the description of the service, which are no refusals."""
    return {text for text in sentences_in(ROOT / name) if text.startswith(("JSON pointer", "Stable;"))}


@pytest.fixture(scope="module")
def code_texts():
    return texts_of_the_code()


def entries_used(text):
    """English of the entries that a text is made of, and what their braces took in."""
    catalogue = _catalogue()
    for piece in [text, *re.split(r"(?<=[.?!]) ", text)]:
        if piece in catalogue.whole:
            yield piece, {}
            continue
        found = next(
            (pattern.form.fullmatch(piece) for pattern in catalogue.patterns if pattern.form.fullmatch(piece)), None
        )
        if found:
            yield found.re.pattern, found.groupdict()


def faults_of(template):
    """What is wrong with the French of a template of the code."""
    for text, values in filled(template):
        french = translate_refusal(text, "fr")
        if french == text:
            yield f"no French: {text}"
            continue
        for value in values:
            if re.sub(r" (or|ou) ", "", value).strip(" ?") not in french and not value.startswith(
                ("Did you mean", "Check it")
            ):
                yield f"{value} is lost: {french}"
        for _, taken in entries_used(text):
            for held in taken.values():
                if not is_made_up(held, text):
                    yield f"a brace took in {held!r} of {text}"


def is_made_up(held, text):
    """Whether a brace of the catalogue took in nothing but what was made up, a word of ours or a name."""
    words = {word for values in WORDS.values() for value in values for word in value.split()} | ENGLISH_KEPT | {"or"}
    left = [word.strip("'\"., ") for word in held.split()]
    return all(not word or word in words or re.fullmatch(r"(?:7\d\d\d)+Z?|dover", word) for word in left)


def test_every_text_has_french_of_its_own_that_keeps_what_is_filled_in(code_texts):
    assert len(code_texts) > 500
    assert {text: faults for text in sorted(code_texts) if (faults := list(faults_of(text)))} == {}
    # What is not there is found missing, and what is found by a brace that takes in a sentence of the code.
    assert list(faults_of("is of no use to {name}."))
    assert not is_made_up("open elsewhere", "is open elsewhere.")


def test_titles_and_counts_of_problem_documents_have_their_french():
    titles = {kind.title for kind in KINDS.values()}
    assert titles == ENTRIES["titles"].keys()
    counts = [_count(1), _count(2), _count(MOST_ERRORS + 1)]
    french = [translate_refusal(text, "fr") for text in counts]
    assert french == [
        "Un champ est erroné : voir errors.", "2 champs sont erronés : voir errors.",
        f"{MOST_ERRORS + 1} champs sont erronés ; les {MOST_ERRORS} premiers sont donnés.",
    ]  # fmt: skip


def test_no_entry_is_left_over(code_texts):
    written = {
        *code_texts, _count(1), _count(2), _count(MOST_ERRORS + 1), did_you_mean("dover", ["dover"]).strip(),
        "names no port.",
        # Cut by the code: a time as it is typed at a command line has more forms than one.
        "'7001' is not a time.",
        # Put together of texts of somebody else, or by a process that reads a foreign file.
        "line 7001: is empty.", "a worker cannot do this: is empty.",
        "is neither GRIB, NetCDF nor Open-Meteo JSON.", "Name a forecast file.",
        # No sentences, but lines to copy.
        *(remedy_of_columns(lacking) for lacking in ({"time": ["time"]}, {"position": ["lon"], "time": ["time"]})),
    }  # fmt: skip
    used = {entry for template in written for text, _ in filled(template) for entry, _ in entries_used(text)}
    assert unused(ENTRIES["texts"], used) == []
    assert unused({"is never said.": "", "is never {said}.": ""}, used) == ["is never said.", "is never {said}."]


def remedy_of_columns(lacking):
    """The lines of a column map that are proposed for a table."""
    return missing_columns(lacking, (), "").remedy.replace("{", "{{").replace("}", "}}")


def unused(entries, used):
    """Entries that no text of the code is found by, with what it may begin with or without."""
    forms = {pattern.french: pattern.form.pattern for pattern in _catalogue().patterns}
    return [
        english for english, french in entries.items()
        if not any(each.format_map(Blank()) in used or forms.get(told) in used
                   for each, told in _variants({english: french}))
    ]  # fmt: skip


class Blank(dict):
    """Nothing in any brace."""

    def __missing__(self, name):
        return f"{{{name}}}"


TYPED = ("echo", "name", "named", "key", "column", "list", "file")
"""Braces of the catalogue that may hold what somebody typed."""


def sample(english):
    """A text of an entry."""
    values = {name: word_for(name) for _, name, _, _ in Formatter().parse(english) if name}
    return english.format_map(values), values


def word_for(name):
    words = ENTRIES["words"].get(name)
    return next(iter(words)) if words else typed_as(name, "" if name == "where" else "81")


def typed_as(name, text):
    """A text as it stands in a brace of that name."""
    return {
        "echo": f"'{text}' ",
        "file": f"{text} ",
        "named": f"'{text}'",
        "names": f"'{text}'",
        "expected": f"'{text}'",
        "other_named": f"'{text}'",
        "sign": "','",
        "map_line": 'time = { column = "x" }',
        "next_line": 'columns = { lon = "x", lat = "y" }',
    }.get(name, text)


def test_what_was_typed_neither_chooses_nor_breaks_a_pattern():
    entries = ENTRIES["texts"]
    with_braces = [english for english in entries if any(name for _, name, _, _ in Formatter().parse(english))]
    hostile = [sample(english)[0] for english in with_braces]
    hostile += [
        "is missing.",
        "is missing",
        "lies on land, more than 81 m",
        "x' is not a number.",
        "Did you mean 'x'? ",
        "{name}",
        r"\1(?P<x>",
        "a\nb",
        "'",
        "é" * 300,
        ". . . ",
    ]
    tried = 0
    for english in with_braces:
        _, values = sample(english)
        for field in values.keys() & set(TYPED):
            # A file whose name has quotes or a colon, or ends a sentence, is refused in English.
            for typed in (text for text in hostile if field != "file" or not re.search("['\":]|[.]( |$)", text)):
                given = values | {field: typed_as(field, typed)}
                told = translate_refusal(english.format_map(given), "fr")
                assert told == entries[english].format_map(in_french(given)), english
                tried += 1
    assert tried > 5_000


def in_french(values):
    words = ENTRIES["words"]
    return {name: words.get(name, {}).get(value, value) for name, value in values.items()}


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("is 7.", "is 7."),
        ("is held.", "est réservée."),
        ("is held already.", "est déjà réservée."),
        ("is open.", "est ouvert."),
        ("is open elsewhere.", "est ouverte ailleurs."),
        ("This takes one that is held or confirmed.", "Il en faut une réservée ou confirmée."),
        ("'Both' is not one of its values.", "'Both' n'est pas une des valeurs admises."),
        ("Did you mean 'dover' or 'deal'? Profiles: a, b.", "Est-ce 'dover' ou 'deal' ? Profils : a, b."),
        # Nobody translated the second sentence, so that the first stays too.
        ("Check it. Then do as the Romans do.", "Check it. Then do as the Romans do."),
        ("Write it as {...}.", "L'écrire sous la forme {...}."),
        ("the file cannot be read (Permission denied).", "le fichier est illisible (accès refusé)."),
        ("the file cannot be read (Odd failure).", "le fichier est illisible (Odd failure)."),
        ("zones.json feature 3 has a ring that is not closed.", "zones.json objet 3 : un contour n'est pas fermé."),
        ("zones.json is no GeoJSON, or ends in the middle.", "zones.json n'est pas du GeoJSON, ou s'arrête au milieu."),
        ("", ""),
    ],
)  # fmt: skip
def test_the_most_specific_entry_is_taken(english, french):
    assert translate_refusal(english, "fr") == french
    assert translate_refusal(english, "en") == english
    assert translate_refusal(english, "both") == english


def test_a_refusal_is_in_one_language_throughout():
    assert refusal_sentence("--x", "is missing.", "Add it.", "fr") == "--x : manque. L'ajouter."
    assert refusal_sentence("--x", "is missing.", "Add it.", "en") == "--x: is missing. Add it."
    # Nobody translated the one, or the other.
    assert refusal_sentence("--x", "is missing.", "Do odd things.", "fr") == "--x : is missing. Do odd things."
    assert refusal_sentence("--x", "is odd.", "Add it.", "fr") == "--x : is odd. Add it."


def test_several_refusals_are_listed_in_one_language():
    wrong = [
        ("", "is empty.", "Add it."),
        ("map.zone", "is no text.", "Put it in quotes."),
        ("", "is below 1.", "Add it."),
    ]
    assert listed_refusals(wrong, "en") == (
        "3 problems: (1) It is empty. (2) map.zone is no text. (3) It is below 1.", "Add it. Put it in quotes.",
    )  # fmt: skip
    assert listed_refusals(wrong, "fr") == (
        "3 problèmes : (1) il est vide. (2) map.zone n'est pas un texte. (3) il est inférieur à 1.",
        "L'ajouter. Le mettre entre guillemets.",
    )
    # Nobody translated one of them.
    for odd in (("", "is odd.", "Add it."), ("", "is empty.", "Do odd things.")):
        assert listed_refusals([*wrong, odd], "fr") == listed_refusals([*wrong, odd], "en")


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("line 3: there is no port 'dovr'.", "ligne 3 : il n'y a pas de port 'dovr'."),
        ("line 3: is odd.", "line 3: is odd."),
        ("a worker cannot do this: a.cube: is empty.", "refus d'un poste de calcul : a.cube : est vide."),
        ("a worker cannot do this: is empty. Add it.", "refus d'un poste de calcul : est vide. L'ajouter."),
        ("a worker cannot do this: a.cube: is odd.", "a worker cannot do this: a.cube: is odd."),
        ("a worker cannot do this: boom", "a worker cannot do this: boom"),
    ],
)  # fmt: skip
def test_a_refusal_within_another_is_in_its_language(english, french):
    assert translate_refusal(english, "fr") == french


HOSTILE_COLUMNS = ("a and b", 'q" } and time = { column = "NAME', ", with 'y' between them", "; looked for: x", "c\\")


@pytest.mark.parametrize("delimiter", ["", ",", "\t", "'"])
@pytest.mark.parametrize(
    "columns", [(), ("a", "b"), tuple("abcdefghijklmnopqrs"), HOSTILE_COLUMNS, ("latitude", "Long"), ("date", "hour")]
)
def test_columns_that_are_missing_are_told_in_french(columns, delimiter):
    for lacking in ({"position": ["lon", "lat"]}, {"time": ["time"]}, {"position": ["lon", "lat"], "time": ["time"]}):
        refusal = missing_columns(lacking, columns, delimiter)
        problem, remedy = (translate_refusal(text, "fr") for text in (refusal.problem, refusal.remedy))
        assert re.match("n'a (pas de position|pas d'heure|ni position ni heure)[.] Colonnes lues : ", problem)
        assert problem.endswith(f" ; cherchées : {', '.join(name for names in lacking.values() for name in names)}.")
        assert ("séparées par" in problem) == bool(delimiter)
        assert ("et 3 de plus" in problem) == (len(columns) == 19)
        assert ("Colonnes lues : aucune" in problem) == (not columns)
        # The lines are still those of a map, with a name to be filled in or those of the table.
        english, french = (text.partition("extends = ")[2] for text in (refusal.remedy, remedy))
        assert "Une table des colonnes de " in remedy
        assert [tomllib.loads(line) for line in map_lines(french, "et", "NOM")] == [
            tomllib.loads(line) for line in map_lines(english, "and", "NAME")
        ]


def map_lines(text, conjunction, blank):
    """Lines of a column map that stand in one, with the name that is to be filled in made the same."""
    lines = re.split(rf" {conjunction} (?=(?:columns|delimiter|position|time) = )", f"extends = {text}")
    return [line.replace(f'"{blank}"', '"?"') for line in lines]


def test_remedies_for_numbers_exchanged_have_their_french_in_every_form():
    for text, form in product((LOOKS_EXCHANGED, CHECK_ORDER), ("written", "geojson", "pair")):
        remedy = in_form(PositionRefused(Code.POS_OUT_OF_AREA, "", text), form).remedy
        assert translate_refusal(remedy, "fr") != remedy


def test_a_field_error_of_every_kind_has_its_french():
    naive = ValueError("'x' is not a time in RFC 3339 form. Write it as 2026-11-22T14:30:00Z.")
    found = [
        {"type": "literal_error", "loc": ("a",), "ctx": {"expected": "'x', 'y' or 'z'"}},
        {"type": "too_short", "loc": ("a",), "ctx": {"min_length": 3}},
        {"type": "greater_than_equal", "loc": ("a",), "ctx": {"ge": -0.5}},
        {"type": "less_than", "loc": ("a",), "ctx": {"lt": 1e6}},
        {"type": "value_error", "loc": ("time",), "ctx": {"error": naive}},
        {"type": "string_pattern_mismatch", "loc": ("a",), "ctx": {"pattern": "^[0-9a-f.]{64}$"}},
    ]  # fmt: skip
    told = [
        (translate_refusal(wrong.problem, "fr"), translate_refusal(wrong.remedy, "fr")) for wrong in field_errors(found)
    ]
    assert told == [
        ("n'est pas une des valeurs admises.", "Écrire 'x', 'y' ou 'z'."),
        ("a moins de 3 éléments.", "En donner 3 ou plus."),
        ("est inférieur à -0.5.", "Vérifier le nombre ; omettre si inconnu."),
        ("n'est pas inférieur à 1000000.", "Vérifier le nombre ; omettre si inconnu."),
        ("n'est pas une heure au format RFC 3339.", "Écrire 2026-11-22T14:30:00Z."),
        ("n'a pas la forme attendue.", "L'écrire selon le motif ^[0-9a-f.]{64}$."),
    ]


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("has 426,975 km2, more than 5,000.", "fait 426\u202f975 km2, plus que 5\u202f000."),
        ("is larger than 1,048,576 bytes.", "dépasse 1\u202f048\u202f576 octets."),
        ("has fewer items than 1.", "a moins de 1 élément."),
        ("has fewer items than 21.", "a moins de 21 éléments."),
        # What was typed stays as it was typed, and a decimal mark of ours is none of thousands.
        ("'1,000' is not a number.", "'1,000' n'est pas un nombre."),
        ("is below 0.5.", "est inférieur à 0.5."),
    ],
)
def test_a_number_is_written_as_french_has_it(english, french):
    assert translate_refusal(english, "fr") == french
