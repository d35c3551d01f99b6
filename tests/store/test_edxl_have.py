"""EDXL-HAVE 2.0 out and in, and XML that means harm."""

from contextlib import suppress
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.store.edxl_have import LARGEST_BYTES, NAMESPACE, Facility, origin_of, read_have, standing, write_have
from api.store.errors import BadExchange
from api.store.ports import Places, ReportCapacity, SetPortStatus
from api.store.reservations import Hold, Persons

NOW = 1_700_000_000.0
DOVER = Facility("dover", 'Dover & <Eastern> "Docks"', 1.317, 51.1141)


def have(inside, namespace=NAMESPACE, head=""):
    return f'<?xml version="1.0"?>{head}<h:HAVE xmlns:h="{namespace}">{inside}</h:HAVE>'.encode()


def facility(inside="", port="dover"):
    information = f"<h:facilityInformation><h:facilityID>{port}</h:facilityID></h:facilityInformation>"
    return f"<h:facility>{information}{inside}</h:facility>"


def service(name, baseline, available):
    return (
        f"<h:serviceList><h:serviceListItem><h:serviceName>{name}</h:serviceName><h:capacity>"
        f"<h:availableCount>{available}</h:availableCount><h:baselineCount>{baseline}</h:baselineCount>"
        "</h:capacity></h:serviceListItem></h:serviceList>"
    )


def test_what_goes_out_comes_in_again(store, officer):
    store.do(SetPortStatus("dover", "restricted", "one berth <only> & slow"), officer, NOW)
    store.do(ReportCapacity("dover", Places(100, 20, 5), Persons(30, 10, 2)), officer, NOW)
    written = write_have([DOVER], {"dover": store.port("dover", NOW)})
    (read,) = read_have(written)
    assert read.port_id == "dover"
    assert (read.status, read.comment) == ("restricted", "one berth <only> & slow")
    assert (read.places, read.occupied) == (Places(100, 20, 5), Persons(30, 10, 2))
    for command in read.commands(NOW + 60):
        store.do(command, officer, NOW + 60)
    assert store.port("dover", NOW + 60)["places_left"] == {"total": 70, "families": 10, "medical": 3}
    assert b"51.114100 1.317000" in written


def test_what_is_held_goes_out_as_not_available(store, officer, controller):
    store.do(ReportCapacity("dover", Places(100)), officer, NOW)
    store.do(Hold("dover", "A", Persons(40), NOW + 60), controller, NOW)
    (read,) = read_have(write_have([DOVER], {"dover": store.port("dover", NOW)}))
    assert read.occupied.total == 40


def test_a_report_that_ran_out_does_not_go_out_as_one_that_stands(store, officer):
    """HAVE has no word for it, and green would tell others to send people there."""
    store.do(SetPortStatus("dover", "open", "", expires_s=NOW + 60), officer, NOW)
    store.do(ReportCapacity("dover", Places(100)), officer, NOW)

    def read(at):
        port = standing(store.port("dover", at), at, 3_600.0)
        (found,) = read_have(write_have([DOVER], {"dover": port}))
        return found.status, found.places

    assert read(NOW + 59) == ("open", Places(100))
    assert read(NOW + 60) == (None, Places(100))
    assert read(NOW + 3_600) == (None, Places(100))
    assert read(NOW + 3_601) == (None, None)
    # The control: left as it is, it goes out green.
    (found,) = read_have(write_have([DOVER], {"dover": store.port("dover", NOW + 60)}))
    assert found.status == "open"


def test_a_document_says_which_store_wrote_it(store, officer):
    assert store.identity() == ""
    store.do(SetPortStatus("dover", "open", ""), officer, NOW)
    first = store.identity()
    store.do(SetPortStatus("dover", "closed", "gale"), officer, NOW + 1)
    assert store.identity() == first == store.audit()[0]["hash"]
    assert origin_of(write_have([DOVER], {}, first)) == first
    assert origin_of(write_have([DOVER], {})) is None
    for data in ('store="x"', f'store="{first}" more', f'store="{first[:-1]}"', "y" * 5_000):
        assert origin_of(have(facility(), head=f"<?safeport {data}?>")) is None
    # Only before the root: inside it anybody's text could say so.
    assert origin_of(have(f'<?safeport store="{first}"?>' + facility())) is None


def test_a_port_that_never_reported_goes_out_with_its_name_only():
    (read,) = read_have(write_have([DOVER], {}))
    assert read.commands() == []


@pytest.mark.parametrize("namespace", [NAMESPACE, "urn:oasis:names:tc:emergency:EDXL:HAVE:2.0"])
def test_both_spellings_of_the_namespace_are_read(namespace):
    inside = "<h:facilityColourStatus><h:colourCode><h:Value> Red </h:Value></h:colourCode></h:facilityColourStatus>"
    assert read_have(have(facility(inside), namespace))[0].status == "closed"


def test_an_unknown_colour_and_half_a_count_say_nothing():
    inside = "<h:facilityColourStatus><h:colourCode><h:Value>puce</h:Value></h:colourCode></h:facilityColourStatus>"
    (read,) = read_have(have(facility(inside + service("places", 10, ""))))
    assert (read.status, read.places, read.commands()) == (None, None, [])


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
HOSTILE = {
    "entities that multiply": have(facility("&b;"), head=BOMB),
    "an entity from a file": have(facility("&x;"), head='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "an entity from the network": have("&x;", head='<!DOCTYPE x [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]>'),
    "a parameter entity": have("", head='<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'),
    "a document type of its own": have("", head="<!DOCTYPE HAVE>"),
    "a document type from elsewhere": have("", head='<!DOCTYPE HAVE SYSTEM "file:///etc/passwd">'),
    "an entity nobody declared": have(facility("&nothing;")),
    "deep nesting": have("<a>" * 10_000 + "</a>" * 10_000),
    "many elements": have("<a/>" * 60_000),
    "a long text": have(facility(f"<h:x>{'y' * 5_000}</h:x>")),
    "too many bytes": have("x" * LARGEST_BYTES),
    "nothing": b"",
    "no XML": b"\x00\x01\x02",
    "an encoding nobody knows": b'<?xml version="1.0" encoding="klingon"?><a/>',
    "bytes that are no UTF-8": b'<?xml version="1.0"?><a>\xff\xfe</a>',
    "another root": b"<html/>",
    "version 1.0": have(facility(), "urn:oasis:names:tc:emergency:EDXL:HAVE:1.0"),
    "no id": have("<h:facility/>"),
    "a count with a sign": have(facility(service("places", "10", "-1"))),
    "a count with letters": have(facility(service("places", "1e3", "1"))),
    "a count in other digits": have(facility(service("places", "١٠", "1"))),
    "a count too long": have(facility(service("places", "9" * 500, "1"))),
    "more available than there are": have(facility(service("places", "10", "11"))),
    "two roots": b"<a/><b/>",
    "cut short": have(facility())[:-9],
}


@pytest.mark.parametrize("document", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_documents_are_refused_in_few_words(document):
    with pytest.raises(BadExchange) as refused:
        read_have(document)
    assert len(str(refused.value)) < 300


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 300))
def test_bytes_put_anywhere_are_read_or_refused(noise, place):
    document = have(facility(service("places", 10, 5)))
    with suppress(BadExchange):
        read_have(document[:place] + noise + document[place:])


def test_a_port_id_of_another_kind_is_refused_when_it_is_used(store, officer):
    (read,) = read_have(have(facility(service("places", 10, 5), "'; DROP TABLE port_status; --")))
    with pytest.raises(ValueError, match="not an id"):
        store.do(read.commands()[0], officer, NOW)


# -- what others write -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "reported_s"),
    [
        (have(facility("<h:lastUpdateTime>2023-11-14T20:00:00Z</h:lastUpdateTime>")), 1_699_992_000.0),
        (have(facility("<h:LastUpdateTime>2023-11-14T21:00:00+01:00</h:LastUpdateTime>")), 1_699_992_000.0),
        (have(f"<h:lastUpdateTime>2023-11-14T20:00:00Z</h:lastUpdateTime>{facility()}"), 1_699_992_000.0),
        (
            have(
                "<h:reportingPeriod><h:fromDateTime>2023-11-14T18:00:00Z</h:fromDateTime>"
                f"<h:toDateTime>2023-11-14T20:00:00Z</h:toDateTime></h:reportingPeriod>{facility()}"
            ),
            1_699_992_000.0,
        ),
        (have(facility()), None),
    ],
)
def test_an_old_document_does_not_count_as_of_now(document, reported_s):
    (report,) = read_have(document)
    assert report.reported_s == reported_s


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(BadExchange, match="no zone"):
        read_have(have(facility("<h:lastUpdateTime>2023-11-14T20:00:00</h:lastUpdateTime>")))


def test_what_goes_out_says_since_when_and_comes_in_as_old_as_it_is(store, officer):
    store.do(SetPortStatus("dover", "open", ""), officer, NOW - 7200.0)
    (report,) = read_have(write_have([DOVER], {"dover": store.port("dover", NOW)}))
    assert report.reported_s == NOW - 7200.0
    assert report.commands()[0].reported_s == NOW - 7200.0


@pytest.mark.parametrize(
    ("colour", "code"),
    [("green", None), ("red", None), ("black", "COLOUR_NOT_A_STATUS"), ("grey", "COLOUR_NOT_A_STATUS")],
)
def test_a_colour_that_is_no_status_has_a_code(colour, code):
    inside = (
        '<h:facilityColourStatus xmlns:c="urn:oasis:names:tc:emergency:edxl:ct:1.0"><h:colourCode>'
        f"<c:Value>{colour}</c:Value></h:colourCode></h:facilityColourStatus>"
    )
    (report,) = read_have(have(facility(inside)))
    assert report.unused_code == code
    assert read_have(have(facility()))[0].unused_code == "NOTHING_TO_TAKE"


@pytest.mark.parametrize("attribute", ["a{}='1'", "h:a{}='1'", "xmlns:n{}='u'"])
def test_a_hundred_thousand_attributes_are_refused_at_once(attribute):
    attributes = " ".join(attribute.format(number) for number in range(100_000))
    start = thread_time()
    with pytest.raises(BadExchange, match=r"too long|too large"):
        read_have(have(f"<h:facility {attributes}/>"))
    assert thread_time() - start < 1.0
