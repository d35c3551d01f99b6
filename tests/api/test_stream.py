"""Tidal stream at a position, by every interface: the document, the command line, HTTP, Python."""

import json

import numpy as np
import pytest

from api.cli.main import main
from api.position import parse_time
from api.python import open_service
from api.stream import stream_document
from engine.errors import InvalidAsk

FROM = "2026-03-20T12:00:00Z"
STRAIT = (1.45, 51.0)


def test_the_document_has_rates_source_and_doubt(service_with_streams):
    document = stream_document(service_with_streams, STRAIT, parse_time(FROM), 13)
    assert document["code"] is None
    assert len(document["streams"]) == 27
    rates = [stream["rate_kn"] for stream in document["streams"]]
    assert 3.0 < max(rates) < 4.0
    assert min(rates) < 0.8
    assert {stream["source"] for stream in document["streams"]} == {"atlas"}
    assert document["area"] == {
        "name": "PAS_DE_CALAIS_557", "reference": "calais", "reference_water": "high", "doubt_share": 0.15,
    }  # fmt: skip
    assert document["atlas"]["edition"] == "2005"


def test_where_nothing_covers_the_place_it_is_unknown_not_slack(service_with_streams):
    document = stream_document(service_with_streams, (3.5, 51.9), parse_time(FROM), 1)
    assert document["code"] == "STREAM_UNKNOWN"
    assert document["area"] is None
    assert all(stream["rate_kn"] is None for stream in document["streams"])
    with pytest.raises(InvalidAsk):
        stream_document(service_with_streams, STRAIT, 0.0, 0)


def test_without_an_atlas_nothing_is_known(service):
    document = stream_document(service, STRAIT, parse_time(FROM), 1)
    assert (document["code"], document["atlas"]) == ("STREAM_UNKNOWN", None)


def test_the_command_line_prints_it_in_both_languages_and_as_json(capsys, service_with_streams):
    assert main(["stream", "51 00N 001 27E", "--from", FROM, "--hours", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == stream_document(service_with_streams, STRAIT, parse_time(FROM), 1)
    assert main(["stream", "51 00N 001 27E", "--from", FROM, "--hours", "1"]) == 0
    text = capsys.readouterr().out
    assert "1200 UTC  3.2 kn  045 T" in text
    assert "high water of Calais" in text
    assert main(["stream", "51 00N 001 27E", "--from", FROM, "--hours", "1", "--lang", "fr"]) == 0
    assert "12h00 UTC  3,2 nd  045° vrai" in capsys.readouterr().out
    assert main(["stream", "nowhere"]) == 2


def test_python_has_it_as_a_frame():
    frame = open_service().stream("51 00N 001 27E", start=FROM, hours=2)
    assert list(frame.columns) == ["rate_kn", "towards_deg", "doubt_share", "source"]
    assert len(frame) == 5
    assert np.isclose(frame["rate_kn"].iloc[0], 3.2, atol=0.1)
    assert frame.attrs["area"]["reference"] == "calais"
