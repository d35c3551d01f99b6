"""The report counts what is in the folder, needs nothing else, and says when figures do not add up."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from api.replay.analysis.aggregate import Aggregate, Spread, aggregate_run
from api.replay.reports.charts import draw_times
from api.replay.reports.locale import ENGLISH, FRENCH
from api.replay.reports.reasons import sentence_of
from api.replay.reports.report import _density_classes, write_report
from engine.codes import HARD_CODES
from engine.errors import InvalidAsk
from tests.api.replay.folders import folder, written

PORTS = ("calais", "dover", "ramsgate")
BOX = (-7.0, 48.0, 5.0, 52.5)
HOUR_MS = 3_600_000

ROWS = [
    {"port": "dover", "time_to_landing_s": 600.0, "distance_m": 2000.0, "straight_line_m": 1000.0},
    {"port": "dover", "time_to_landing_s": 1234.0, "near_tie": True, "nearer_passed_over": 1,
     "passed_over_code": "GATE_CLOSED", "passed_over_port": "ramsgate"},
    {"port": "calais", "time_to_landing_s": 4000.0, "wait_s": 300.0, "srr": "FR", "band": True,
     "nearer_passed_over": 2, "passed_over_code": "KIND_BEACH_HUMAN_ONLY", "time": 1_700_000_000_000 + 5 * HOUR_MS},
    {"decision_outcome": "unconfirmed", "port_status": None, "tide_basis": None, "srr": "FR"},
    {"decision_outcome": "refused", "refusal": "POS_ON_LAND", "lon": 0.5, "lat": 51.2, "port_status": None,
     "tide_basis": None, "persons": None, "srr": None, "near_tie": None, "nearer_passed_over": None, "band": None},
]  # fmt: skip


@pytest.fixture
def made(tmp_path):
    return folder(tmp_path / "run", ROWS)


def page(path):
    return path.read_text(encoding="utf-8")


def words(html):
    """What a reader sees, without tags, styles and scripts."""
    html = re.sub(r"<(style|script)>.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " "))


def test_counts_are_those_counted_by_hand(made):
    tally = aggregate_run(made / "decisions.parquet", PORTS, BOX)
    assert tally.rows == 5
    assert tally.outcomes == {"suitable": 3, "unconfirmed": 1, "refused": 1}
    assert tally.refusals == {"POS_ON_LAND": 1}
    assert tally.codes == {"GATE_CLOSED": 1, "KIND_BEACH_HUMAN_ONLY": 1}
    assert tally.regions == {"UK": 2, "FR": 2}
    assert (tally.near_ties, tally.in_band, tally.passing_over, tally.waiting) == (1, 1, 2, 1)
    assert tally.with_tide == 3
    assert tally.by_port_minute.sum(axis=1).tolist() == [1, 2, 0]
    assert np.flatnonzero(tally.by_minute).tolist() == [10, 21, 67]
    assert tally.persons_by_port.tolist() == [10.0, 20.0, 0.0]
    assert (tally.water_m, tally.straight_m) == (2000.0, 1000.0)
    assert tally.fine.sum() == 5
    assert tally.flow.sum() == 3
    assert tally.by_hour.sum() == 5
    assert len(tally.singles) == 5


def test_percentiles_are_those_of_numpy():
    minutes = np.random.default_rng(3).gamma(3.0, 15.0, 997).astype(int)
    spread = Spread.of(np.bincount(minutes, minlength=2881))
    expected = [int(np.percentile(minutes, share, method="inverted_cdf")) for share in (50, 90, 99)]
    assert [spread.p50, spread.p90, spread.p99] == expected
    assert (spread.count, spread.longest) == (997, int(minutes.max()))
    assert Spread.of(np.zeros(5, np.int64)) == Spread(0, None, None, None, None)


def test_parts_counted_one_by_one_are_the_whole(tmp_path):
    table = written(ROWS)
    item, many = Aggregate(PORTS, BOX), Aggregate(PORTS, BOX)
    item.add(table.combine_chunks().to_batches()[0])
    for k in range(len(ROWS)):
        many.add(table.slice(k, 1).combine_chunks().to_batches()[0])
    for name in ("by_port_minute", "fine", "flow", "by_hour", "persons_by_port", "flow_lon"):
        assert np.allclose(getattr(item, name), getattr(many, name)), name
    assert item.outcomes == many.outcomes
    assert item.singles == many.singles


def test_words_stored_as_dictionaries_count_the_same(made):
    table = written(ROWS)
    plain, coded = Aggregate(PORTS, BOX), Aggregate(PORTS, BOX)
    plain.add(table.combine_chunks().to_batches()[0])
    for name in ("port", "decision_outcome", "passed_over_code"):
        place = table.column_names.index(name)
        table = table.set_column(place, name, table[name].combine_chunks().dictionary_encode())
    coded.add(table.combine_chunks().to_batches()[0])
    assert (plain.by_port_minute == coded.by_port_minute).all()
    assert plain.codes == coded.codes
    assert plain.outcomes == coded.outcomes


def test_the_report_says_what_was_counted(made):
    text = words(page(write_report(made)))
    assert "past.csv" in text
    assert "5 rows read: 3 encounters with a port, 1 without, 1 position refused, 0 rows rejected" in text
    assert "75.0 % of encounters with an answer have a port recommended (3 of 4). Not among them: 1 position " in text
    assert "these add up" in text
    assert "Entrance to the port closed at arrival" in text
    assert "Advice worked out afterwards" in text
    assert "OpenStreetMap contributors" in text
    assert "No forecast was connected" in text
    assert "surge" in text.lower()


@pytest.mark.parametrize(
    ("streams", "told", "not_told"),
    [
        ({"source": "SHOM", "edition": "2005"}, ("The tidal stream of the atlas is in them", "atlas, edition 2005"),
         ("calm water", "sea or stream")),
        (None, ("for calm water, without wind, sea or stream",), ("The tidal stream of the atlas", "edition")),
    ],
)  # fmt: skip
def test_the_report_says_which_stream_the_times_hold(tmp_path, streams, told, not_told):
    text = words(page(write_report(folder(tmp_path / "run", ROWS, streams=streams))))
    assert all(sentence in text for sentence in told)
    assert not any(sentence in text for sentence in not_told)


def test_a_replay_that_wrote_no_stream_down_is_not_said_to_have_had_none(made):
    text = words(page(write_report(made)))
    assert "No forecast was connected: times are for no wind and no sea." in text
    assert "stream of the atlas" not in text
    assert "calm water" not in text


def test_figures_that_do_not_add_up_are_called_out(tmp_path):
    counts = {"rows": 7, "decided": 5, "rejected": 1, "reject_codes": {"TIME_MISSING": 1}, "notes": {}}
    text = words(page(write_report(folder(tmp_path / "run", ROWS, counts=counts))))
    assert "do not add up" in text
    counts = {**counts, "rows": 6}
    text = words(page(write_report(folder(tmp_path / "run", ROWS, counts=counts, meaning={"TIME_MISSING": "no time"}))))
    assert "these add up" in text
    assert "No time." in text


class Needs(HTMLParser):
    """Everything a page would ask another place for."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            outside = name in ("src", "srcset", "data", "poster", "action") or (
                name in ("href", "xlink:href") and not (value or "").startswith("#")
            )
            if outside or tag in ("iframe", "link", "object", "embed", "base"):
                self.found.append((tag, name, value))


def needs(html):
    parser = Needs()
    parser.feed(html)
    return parser.found + re.findall(
        r"url\((?!#)[^)]*\)|@import|fetch\(|XMLHttpRequest|https?://(?!www\.w3\.org)", html
    )


def test_nothing_is_asked_of_the_network(made):
    assert needs(page(write_report(made))) == []


def test_that_guard_would_notice():
    assert needs('<img src="https://example.org/a.png">')
    assert needs("<style>@import 'a.css'</style>")
    assert needs('<link rel="stylesheet" href="a.css">')


def test_a_hostile_name_stays_text(tmp_path):
    rows = [{**ROWS[0], "encounter_id": '"><script>alert(1)</script>'}]
    manifest = {"input": {"name": "<b>x</b>.csv", "sha256": "a" * 64, "bytes": 1}}
    html = page(write_report(folder(tmp_path / "run", rows, **manifest)))
    assert html.count("<script>") == 1
    assert "alert(1)</script>" not in html
    assert "<b>x</b>" not in html


def test_tags_are_closed_and_ids_are_used_once(made):
    html = page(write_report(made))
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    for tag in ("svg", "table", "section", "figure", "text", "title", "g", "tr", "td"):
        assert len(re.findall(rf"<{tag}[\s>]", html)) == html.count(f"</{tag}>"), tag


def test_a_replay_of_nothing_still_has_a_report(tmp_path):
    text = words(page(write_report(folder(tmp_path / "run", []))))
    assert "no encounters" in text
    assert "these add up" in text


def test_many_encounters_become_squares_and_the_file_stays_small(tmp_path):
    rng = np.random.default_rng(5)
    rows = [
        {"port": PORTS[k % 2], "time_to_landing_s": float(s), "lon": float(lon), "lat": float(lat)}
        for k, (lon, lat, s) in enumerate(
            zip(rng.uniform(-2, 2, 3000), rng.uniform(49.8, 51.2, 3000), rng.uniform(300, 9000, 3000), strict=True)
        )
    ]
    path = write_report(folder(tmp_path / "run", rows))
    html = page(path)
    assert "encounters in a square" in words(html)
    assert 'class="enc"' not in html
    assert path.stat().st_size < 600_000


def test_a_port_observed_elsewhere_is_drawn(tmp_path):
    rows = [{**ROWS[0], "observed_port": "calais"}, {**ROWS[0], "observed_port": "ramsgate|dover"}]
    html = page(write_report(folder(tmp_path / "run", rows)))
    assert html.count('class="observed" x1=') == 1


def test_the_frame_holds_ports_observed_often_and_names_the_others(tmp_path):
    near = {"port": "dover", "lon": 1.4, "lat": 51.1, "time_to_landing_s": 600.0}
    rows = [{**near, "observed_port": "boulogne"}] * 40 + [{**near, "observed_port": "cherbourg"}]
    html = page(write_report(folder(tmp_path / "run", rows)))
    height = float(re.search(r'<svg class="map" viewBox="0 0 1000 ([0-9]+)"', html)[1])
    ends = [float(y) for y in re.findall(r'class="observed" x1="[^"]*" y1="[^"]*" x2="[^"]*" y2="([^"]*)"', html)]
    assert sum(0.0 < y < height for y in ends) == 40
    assert re.search(r'<text class="name"[^>]*>Boulogne', html)
    assert "Ports observed outside the frame: Cherbourg" in words(html)


@pytest.mark.parametrize("locale", [ENGLISH, FRENCH], ids=lambda locale: locale.language)
@pytest.mark.parametrize("minutes", [(39, 50, 55), (10, 11, 12), (50, 52, 58), (5, 40, 59), (30, 30, 30)])
def test_no_line_of_a_percentile_runs_through_a_label(locale, minutes):
    by_minute = np.zeros(61, np.int64)
    # Half, nine tenths and ninety-nine hundredths of 100 answers.
    for minute, count in zip((*minutes, 60), (50, 40, 9, 1), strict=True):
        by_minute[minute] += count
    svg, _ = draw_times(by_minute, Spread.of(by_minute), locale)
    lines = [(float(x), float(y)) for x, y in re.findall(r'<path class="percentile" d="M([0-9.]+) ([0-9.]+)V', svg)]
    labels = re.findall(r'<text class="percentile" x="([^"]*)" y="([^"]*)" text-anchor="(start|end)">([^<]*)<', svg)
    assert len(lines) == len(labels) == 3
    for at, y, anchor, text in labels:
        wide = 7.0 * len(text) * (1.0 if anchor == "start" else -1.0)
        begin, end = sorted((float(at), float(at) + wide))
        assert 0.0 <= begin < end <= 1000.0
        assert not [x for x, top in lines if begin < x < end and top < float(y)]


def test_a_folder_that_is_no_replay_is_refused(tmp_path):
    with pytest.raises(InvalidAsk, match="no finished replay"):
        write_report(tmp_path)
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(InvalidAsk, match="damaged"):
        write_report(tmp_path)


@pytest.mark.parametrize("code", sorted(code.name for code in HARD_CODES))
def test_every_hard_code_has_a_sentence_without_figures(code):
    sentence = sentence_of(code)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert not re.search(r"[{}]|\s[.,:]|,\.|:\.", sentence)


def test_a_code_nobody_knows_is_shown_as_it_is():
    assert sentence_of("NO_SUCH_CODE") == "NO_SUCH_CODE"


def test_answers_without_a_port_are_told_apart_from_ports_passed_over(tmp_path):
    nobody = {**ROWS[3], "nearer_passed_over": 40, "passed_over_code": "CAP_FULL"}
    text = words(page(write_report(folder(tmp_path / "run", [*ROWS, nobody]))))
    assert "In 2 answers at least one place, be it a beach, is nearer than the recommended port" in text
    assert "In 1 more no port is recommended at all." in text
    assert "Not enough places at the port." in text


JUDGED = [
    {"port": "dover", "time_to_landing_s": 600.0, "persons": 10.0, "nearer_passed_over": 2,
     "passed_over_code": "KIND_BEACH_HUMAN_ONLY", "passed_over_harbour_code": "GATE_CLOSED", "minutes_given_up": 4.0},
    {"port": "dover", "time_to_landing_s": 1200.0, "persons": 30.0, "nearer_passed_over": 1,
     "passed_over_code": "GATE_CLOSED", "passed_over_harbour_code": "GATE_CLOSED", "minutes_given_up": 8.0},
    {"port": "calais", "time_to_landing_s": 600.0, "persons": 5.0, "nearer_passed_over": 1,
     "passed_over_code": "KIND_BEACH_HUMAN_ONLY", "time": 1_705_000_000_000},
    {"decision_outcome": "none", "port_status": None, "tide_basis": None, "passed_over_code": "KIND_BEACH_HUMAN_ONLY",
     "against_every_harbour": "LOAD_OVER_MAX", "nearer_passed_over": 3, "passed_over_harbour_code": "LOAD_OVER_MAX"},
]  # fmt: skip


def test_harbours_passed_over_are_counted_apart_from_beaches_and_cost_minutes(tmp_path):
    made = folder(tmp_path / "run", JUDGED, every_port_judged=True)
    tally = aggregate_run(made / "decisions.parquet", PORTS, BOX)
    (gate,) = tally.given_up.values()
    assert (gate.answers, gate.known, gate.minutes, gate.person_minutes) == (2, 2, 12.0, 4.0 * 10 + 8.0 * 30)
    assert tally.against_every == {"LOAD_OVER_MAX": 1}
    assert {name: (m.landings, m.persons, m.person_minutes) for name, m in tally.months.items()} == {
        "2023-11": (2, 40.0, 10 * 10 + 20 * 30), "2024-01": (1, 5.0, 50.0),
    }  # fmt: skip
    text = words(page(write_report(made)))
    assert "Answers without a port: 1. Where one finding excludes every harbour alike" in text
    assert text.index("LOAD_OVER_MAX") < text.index("GATE_CLOSED")
    assert "In 2 of 3 answers with a port at least one harbour is nearer" in text
    assert "In 1 more, only beaches" in text
    assert "KIND_BEACH_HUMAN_ONLY" not in text
    assert "Nov 2023 2 40 700 Dec 2023 0 0 0 Jan 2024 1 5 50" in text
    assert "Minutes below zero" not in text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_minutes_below_zero_are_explained_and_none_is_minus_nothing(tmp_path, language):
    note = {"en": "Minutes below zero", "fr": "Des minutes sous zéro"}[language]
    for minutes, shown, explained in ((-0.2, "0 0", False), (-6.0, "-6 -12", True)):
        row = {**JUDGED[0], "minutes_given_up": minutes, "persons": 2.0}
        made = folder(tmp_path / f"run{minutes}", [row], every_port_judged=True)
        text = words(page(write_report(made, language=language)))
        assert f"GATE_CLOSED 1 {shown}" in text
        assert (note in text) == explained


def test_the_classes_of_the_density_are_ranges_without_a_gap():
    classes = [text for _, text in _density_classes((1, 2, 3, 4, 6), ENGLISH)]
    assert classes == ["1", "2", "3", "4 to 5", "6 or more"]
