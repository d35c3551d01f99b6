"""Tables as spreadsheets keep them: typed dates are read, counts of days are refused by name, nothing is left out."""

import zipfile
from datetime import date, datetime, time

import pytest

from api.replay.ingest.column_map import read_column_map
from api.replay.ingest.reading import fingerprint, open_source
from api.replay.ingest.spreadsheet import cell_text
from engine.errors import InvalidAsk

BOOK = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{sheets}</sheets></workbook>"""
STYLES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>"""
TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"""
RELATIONS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{entries}</Relationships>"""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

FIVE = 44574 + 5 / 24
"""13 January 2022, five in the morning, as a spreadsheet counts."""

LOCAL_MAP = """name = "local"
extends = "encounters"
[time]
order = "dmy"
zone = "Europe/Paris"
"""


def cell(value):
    """A cell of a sheet; a pair is a number shown as a date."""
    if isinstance(value, tuple):
        return f'<c s="1"><v>{value[0]!r}</v></c>'
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c><v>{value!r}</v></c>"


def write_xlsx(path, **sheets):
    """A workbook as small as one can be, by the standard (ECMA-376)."""
    with zipfile.ZipFile(path, "w") as file:
        entries = "".join(f'<sheet name="{name}" sheetId="{k}" r:id="r{k}"/>' for k, name in enumerate(sheets, 1))
        file.writestr("[Content_Types].xml", TYPES)
        file.writestr(
            "_rels/.rels",
            RELATIONS.format(
                entries=f'<Relationship Id="r0" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
            ),
        )
        file.writestr("xl/workbook.xml", BOOK.format(sheets=entries))
        file.writestr(
            "xl/_rels/workbook.xml.rels",
            RELATIONS.format(
                entries="".join(
                    f'<Relationship Id="r{k}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{k}.xml"/>'
                    for k in range(1, len(sheets) + 1)
                )
                + f'<Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/>'
            ),
        )
        file.writestr("xl/styles.xml", STYLES)
        for k, rows in enumerate(sheets.values(), 1):
            body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
            file.writestr(
                f"xl/worksheets/sheet{k}.xml",
                '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
                f"{body}</sheetData></worksheet>",
            )
    return path


HEAD = ["encounter_id", "lon", "lat", "time", "persons"]


def test_cells_are_read_as_a_csv_file_would_have_them(tmp_path, conformed):
    own = tmp_path / "own.toml"
    own.write_text(LOCAL_MAP)
    path = write_xlsx(tmp_path / "a.xlsx", Log=[
        HEAD,
        ["typed", 1.245, 51.045, (FIVE,), 30],
        ["written", "1.245", "51.045", "13/01/2022 05:00", "30"],
        ["", "", "", "", ""],
        ["counted", 1.245, 51.045, FIVE, 30],
        ["wide", 1.245, 51.045, (FIVE,), 30, "more"],
    ], Notes=[["nobody reads this"]])  # fmt: skip
    encounters, rejects, count = conformed(path, str(own))
    assert count == 4
    assert [(row["encounter_id"], row["row"], row["persons_max"]) for row in encounters] == [
        ("typed", 0, 30), ("written", 1, 30),
    ]  # fmt: skip
    # Paris is an hour ahead in winter.
    assert {row["time"].isoformat() for row in encounters} == {"2022-01-13T04:00:00+00:00"}
    assert all(row["reading_notes"] == "ZONE_ASSUMED" for row in encounters)
    assert rejects == {3: "TIME_SERIAL", 4: "ROW_MALFORMED"}


def test_what_a_workbook_is_and_what_of_it_is_not_read(tmp_path):
    rows = [HEAD, *[["a", 1.2, 51.0, "2022-01-13T05:00:00Z", 3]] * 7]
    path = write_xlsx(tmp_path / "a.xlsx", First=rows, Second=rows, Empty=[])
    source = open_source(path, read_column_map())
    assert source.columns == tuple(HEAD)
    assert source.sheets_not_read == ("Second",)
    assert fingerprint(source).rows == 7
    assert [chunk.num_rows for chunk in source.chunks(3)] == [3, 3, 1]


def test_books_that_cannot_be_read_are_refused_by_name(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(InvalidAsk, match=r"a\.xlsx is no spreadsheet"):
        open_source(tmp_path / "a.xlsx", read_column_map())
    with pytest.raises(InvalidAsk, match="has no cells"):
        open_source(write_xlsx(tmp_path / "b.xlsx", Empty=[]), read_column_map())
    with pytest.raises(InvalidAsk, match="input: "):
        open_source(tmp_path / "none.xlsx", read_column_map())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2022, 1, 13, 5, 0, 0, 400), "2022-01-13T05:00:00"),  # noqa: DTZ001 - as a spreadsheet has it
        (date(2022, 1, 13), "2022-01-13"),
        (time(5, 30), "05:30:00"),
        (30.0, "30"),
        (51.045, "51.045"),
        (True, "true"),
        ("", ""),
    ],
)
def test_cells_as_text(value, text):
    assert cell_text(value) == text
