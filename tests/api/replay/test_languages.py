"""A report says the same in English and in French, and none of the one is left in the other."""

import json
import re
from html import unescape
from pathlib import Path
from string import Formatter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from api.replay.analysis.compare import compare_runs
from api.replay.analysis.monte_carlo import CHANCES
from api.replay.analysis.observed_ports import BY_DOUBT, BY_FINDING, BY_NEAR_TIE, BY_RECORD, HISTORY, write_history
from api.replay.analysis.result_reader import read_run
from api.replay.ingest.rejects import NOTE_CODES, NOTE_TEXTS, REJECT_CODES, REJECT_TEXTS
from api.replay.reports.comparison_report import write_comparison_report
from api.replay.reports.locale import ENGLISH, FRENCH, WORDS
from api.replay.reports.reasons import sentence_of
from api.replay.reports.report import write_report
from api.text.locale import BOUND_SPACE, THIN_SPACE
from engine.codes import HARD_CODES, Code
from tests.api.replay.folders import folder
from tests.api.replay.test_report import ROWS, page
from tests.api.text.test_messages import french_spacing_faults
from tests.oracles.forbidden_words import BANNED_EN, BANNED_FR

PACKAGE = Path("api/replay")
FINDINGS = [code.name for code in Code if code < 500]
REFUSALS = ["POS_ON_LAND", "POS_OUT_OF_AREA", "POS_ENCLOSED"]

ENGLISH_WORDS = {
    "above", "and", "are", "at", "below", "between", "by", "each", "every", "for", "found", "from", "given", "half",
    "has", "have", "in", "is", "it", "its", "landed", "landing", "no", "none", "not", "of", "people", "rows", "that",
    "the", "these", "they", "this", "those", "to", "was", "were", "what", "when", "where", "which", "who", "with",
}  # fmt: skip
"""Words of English sentences that no French one holds."""


def visible(html):
    """What a reader sees or is read out: texts, titles and labels, but for names of files, columns and codes."""
    html = re.sub(r"<(style|script|code)[^>]*>.*?</\1>", " ", html, flags=re.DOTALL)
    labels = " ".join(re.findall(r'aria-label="([^"]*)"', html))
    return unescape(re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " | ", html)) + labels)


NAMES = ("CC BY", "The Stade")
"""Names of a licence and of a place, the same in every language."""


def english_left(html):
    text = visible(html)
    for name in NAMES:
        text = text.replace(name, "")
    return sorted(set(re.findall(r"[a-z]+", text.lower())) & ENGLISH_WORDS)


def figures(html):
    """Every number a reader sees, in order, however it is written."""
    # On the map a longer name may find no room.
    html = re.sub(r'<svg class="map".*?</svg>', "", html, flags=re.DOTALL)
    text = re.sub(f"[{THIN_SPACE},.](?=[0-9])", "", visible(html))
    return re.findall(r"[0-9]+", text)


@pytest.fixture
def everything(tmp_path):
    """A replay with all that a report can show."""
    counts = {"rows": 9, "decided": 6, "rejected": 3, "reject_codes": {"TIME_MISSING": 2, "POSITION_FORM": 1},
              "notes": {"CLOCK_ASSUMED": 1}}  # fmt: skip
    meaning = {code: text for code, text in (REJECT_CODES | NOTE_CODES).items()
               if code in ("TIME_MISSING", "POSITION_FORM", "CLOCK_ASSUMED")}  # fmt: skip
    rows = [
        {**ROWS[0], "observed_port": "calais", "encounter_id": None, "time_to_landing_s": 4.0e6, "distance_m": 2.5e6},
        *ROWS[1:],
        {**ROWS[3], "nearer_passed_over": 40, "passed_over_code": "CAP_FULL"},
    ]
    out = folder(
        tmp_path / "run", rows, counts=counts, meaning=meaning,
        forecasts=[{"id": "SYNTHETIC", "run_at": "2024-01-01T00:00:00Z", "sha256": "f" * 64}],
    )  # fmt: skip
    told = [
        {"difference": "same"},
        {"difference": "explained", "code": "NEAR_TIE"},
        {"difference": "explained", "code": "GATE_CLOSED"},
        {"difference": "unexplained", "later_min": 12.5, "farther_nm": 1234.5},
    ]
    lines = [{"row": k, "port": "dover", "observed_port": "calais", **row} for k, row in enumerate(told)]
    write_history(out / "history.csv", [pa.Table.from_pylist(lines, HISTORY)], {})
    likely = [{"row": 0, "likeliest_1_probability": 0.9, "ambiguity_bits": 0.25, "draws_afloat": 10},
              {"row": 1, "draws_afloat": 0}]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(likely, CHANCES), out / "chances.parquet")
    (out / "chances.json").write_text('{"draws": 10000, "seed": 4}', encoding="utf-8")
    (out / "occupancy.csv").write_text(
        "hour,port,places,most_taken\n2024-08-01T06:00Z,dover,40,20\n2024-08-01T09:00Z,calais,1500,1500\n",
        encoding="utf-8",
    )
    facts = {"stay_h": 12.5, "unplaced_encounters": 1, "unplaced_persons": 30}
    (out / "sequence.json").write_text(json.dumps(facts), encoding="utf-8")
    return out


def test_no_english_is_left_in_a_french_report(everything):
    html = page(write_report(everything, language="fr"))
    assert '<html lang="fr">' in html
    assert english_left(html) == []
    assert "Douvres" in html
    assert "août" in html
    assert "Accès fermé à l'arrivée" in visible(html)


def test_that_guard_would_notice(everything):
    html = page(write_report(everything))
    assert set(english_left(html)) >= {"the", "and", "of", "landing", "rows"}
    assert english_left('<svg aria-label="Places taken over the time"></svg>') == ["the"]


def test_both_languages_show_the_same_figures(everything):
    english, french = (page(write_report(everything, language=language)) for language in ("en", "fr"))
    assert sorted(figures(english)) == sorted(figures(french))
    assert len(figures(english)) > 100


def test_a_french_comparison(everything, tmp_path):
    other = folder(tmp_path / "b", [{"port": "calais", "time_to_landing_s": 900.0}] * 6, policy_for_all=None)
    first, second = read_run(everything), read_run(other)
    comparison = compare_runs(first, second)
    pages = {
        language: page(write_comparison_report(tmp_path, comparison, first, second, language=language))
        for language in ("fr", "en")
    }
    assert english_left(pages["fr"]) == []
    assert "Différent entre les deux : politique, prévisions." in visible(pages["fr"]).replace(BOUND_SPACE, " ")
    assert "the" in english_left(pages["en"])
    assert sorted(figures(pages["fr"])) == sorted(figures(pages["en"]))


@pytest.mark.parametrize("key", WORDS)
def test_a_sentence_has_the_same_fields_and_marks_in_both_languages(key):
    english, french = WORDS[key]
    assert english.strip() == english != ""
    assert french.strip() == french != ""
    fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (english, french)]
    assert fields[0] == fields[1]
    marks = [re.findall(r"<[^>]+>", text) for text in (english, french)]
    assert marks[0] == marks[1]
    assert french_spacing_faults(re.sub(r"<[^>]+>", "", french).replace(" ;", " ; ").replace("  ", " ")) == []
    assert not [banned.pattern for banned in BANNED_EN if banned.search(english)]
    assert not [banned.pattern for banned in BANNED_FR if banned.search(french)]


def test_every_sentence_is_used():
    sources = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*") if path.suffix in (".py", ".html")]
    text = "\n".join(source for source in sources if "WORDS: dict" not in source)
    made = {"compare_earlier_none", "compare_later_none", *(key for key in WORDS if key.startswith("limit_")),
            *(key for key in WORDS if key.startswith("outcome_")),
            *(f"history_{way}" for way in (BY_FINDING, BY_NEAR_TIE, BY_RECORD, BY_DOUBT))}  # fmt: skip
    assert [key for key in WORDS if not re.search(f"[\"']{key}[\"']", text) and key not in made] == []


def test_what_reading_codes_mean_is_there_in_french():
    for text in (meaning.fr for meaning in (REJECT_TEXTS | NOTE_TEXTS).values()):
        assert not text.endswith(".")
        assert french_spacing_faults(text.replace("10 000", "")) == []


@pytest.mark.parametrize("code", sorted({*FINDINGS, *REFUSALS, *(code.name for code in HARD_CODES)}))
@pytest.mark.parametrize("locale", [ENGLISH, FRENCH], ids=lambda locale: locale.language)
def test_what_a_code_says_of_ports_in_general_has_no_figures(code, locale):
    sentence = sentence_of(code, locale).replace(BOUND_SPACE, " ")
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert not re.search(r"[{}]|\s[.,]|,\.|:\.|\bVHF\b", sentence), sentence
    if locale.is_french:
        assert french_spacing_faults(sentence) == []


def test_what_is_filled_in_is_escaped():
    assert FRENCH.say("bar", what="<b>", count="&") == f"&lt;b&gt;{BOUND_SPACE}: &amp;"
