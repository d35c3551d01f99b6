"""The file of tide stations from a collection's own records: ``python -m geodata.tides.import_stations RECORDS.json``.

`RECORDS.json` is a JSON list of station records of npm ``@neaps/tide-database`` (TICON-4). Which stations are taken, by
what name and with which chart datum is in ``tide_stations.csv``: the collection calls every zero LAT, and some names
are another station's.
"""

import json
import sys
from pathlib import Path
from typing import Any

from engine.errors import PackError
from geodata.csv_tables import SOURCES, read_rows
from geodata.tides.levels import flat_turns, mean_levels
from geodata.tides.stations import LICENCE, STATION_FILE, stations_from

SOURCE = "TICON-4 (Hart-Davis et al.), tidal constants from gauges, SEANOE, in npm @neaps/tide-database 0.10.20260924"
ATTRIBUTION = "TICON-4, https://www.seanoe.org/data/00980/109129/ ({id}), CC BY 4.0"


def import_stations(records: list[dict[str, Any]], choice: list[dict[str, str]]) -> dict[str, Any]:
    """The tides layer from records of the collection and our choice of stations.

    Raises
    ------
    PackError
        A chosen station is missing, or under another licence.
    """
    by_id = {str(record["id"]): record for record in records}
    missing = [row["id"] for row in choice if row["id"] not in by_id]
    if missing:
        raise PackError("tide_stations.csv", f"names {missing[0]}, which the records lack.", "Correct the table.")
    names = sorted({str(part["name"]) for row in choice for part in by_id[row["id"]]["hc"]})
    layer: dict[str, Any] = {
        "source": SOURCE,
        "constituents": names,
        "stations": [_entry(by_id[row["id"]], row, names) for row in choice],
    }
    stations = stations_from(layer)
    for entry, levels, flat in zip(layer["stations"], mean_levels(stations), flat_turns(stations), strict=True):
        entry |= dict(zip(("mhws_m", "mhwn_m", "mlwn_m", "mlws_m"), levels.round(2).tolist(), strict=True))
        entry |= dict(zip(("high_flat_min", "low_flat_min"), flat.round().tolist(), strict=True))
    return layer


def _entry(record: dict[str, Any], row: dict[str, str], names: list[str]) -> dict[str, Any]:
    constants = {part["name"]: part for part in record["hc"]}
    blank = {"amplitude": 0.0, "phase": 0.0}
    return {
        "id": row["id"],
        "name": row["name"],
        "lon": round(float(record["lon"]), 4),
        "lat": round(float(record["lat"]), 4),
        "msl_m": round(float(record["datums"]["MSL"]) - float(row["chart_datum_m"]), 3),
        **dict.fromkeys(("mhws_m", "mhwn_m", "mlwn_m", "mlws_m", "high_flat_min", "low_flat_min"), 0.0),
        "stand_m": float(row["stand_m"] or 0.0),
        "datum": row["datum"],
        "period": f"{record['epoch']['start'][:4]}-{record['epoch']['end'][:4]}",
        "licence": LICENCE if record["license"]["type"] == LICENCE.lower() else record["license"]["type"],
        "attribution": ATTRIBUTION.format(id=record["source"]["id"]),
        "amplitude_mm": [round(1000.0 * float(constants.get(name, blank)["amplitude"])) for name in names],
        "phase_centideg": [round(100.0 * float(constants.get(name, blank)["phase"])) for name in names],
    }


def station_text(layer: dict[str, Any]) -> str:
    """The layer as JSON, a station a line."""
    stations = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in layer["stations"])
    rest = {name: value for name, value in layer.items() if name != "stations"}
    return json.dumps(rest, ensure_ascii=False)[:-1] + f', "stations": [\n{stations}\n]}}\n'


if __name__ == "__main__":
    found = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    text = station_text(import_stations(found, read_rows(SOURCES / "tide_stations.csv")))
    (SOURCES / STATION_FILE).write_text(text, encoding="utf-8")
