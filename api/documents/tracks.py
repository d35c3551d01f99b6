"""Routes of a decision for charts and plotters: GeoJSON features, and the recommended one as GPX."""

from collections.abc import Mapping
from typing import Any

from gpxpy.gpx import GPX, GPXRoute, GPXRoutePoint

from api.documents.language import BOTH, languages_of
from api.text.catalogue import load_groups
from api.text.messages import WORDING
from engine.codes import Code

Json = dict[str, Any]

_ROUTE_NAME = load_groups("sentences")["directed"]["route_name"]
_PROPERTIES = ("status", "distance_nm", "time_to_landing_min", "eta_at", "bearing_deg", "over_banks")


def limits_of_use(lang: str) -> str:
    """What every file with a route says of itself, ``en`` or ``fr``."""
    return " ".join(WORDING[code].text.of(lang) for code in (Code.ADVISORY_ONLY, Code.NOT_FOR_NAVIGATION))


def geojson_of(document: Mapping[str, Any], limit: int, lang: str) -> Json:
    """The encounter and the routes to the first ports as a FeatureCollection, RFC 7946.

    Parameters
    ----------
    document : dict
        Of `api.documents.decision.whole_document`, cut to `limit` candidates or more.
    limit : int
        Routes at most.
    lang : str
        Of what the file says of itself; `both` for one after the other.

    Returns
    -------
    dict
        A port without a way to sail has a null geometry. The decision's name, outcome and headline stand beside the
        features.
    """
    position = {
        "type": "Feature", "geometry": document["encounter"]["position"],
        "properties": {"role": "encounter", "at": document["decided_at"]},
    }  # fmt: skip
    routes = [
        {
            "type": "Feature",
            "geometry": candidate["route"],
            "properties": {
                "role": "recommended" if rank == 1 and document["recommended"] is not None else "candidate",
                "rank": rank, "port_id": candidate["port"]["id"], "name": candidate["port"]["name"],
                **{name: candidate[name] for name in _PROPERTIES},
            },
        }
        for rank, candidate in enumerate(document["candidates"][:limit], 1)
    ]  # fmt: skip
    return {
        "type": "FeatureCollection",
        "features": [position, *routes],
        **{name: document[name] for name in ("decision_id", "outcome", "headline")},
        "notice": " ".join(limits_of_use(language) for language in languages_of(lang)),
        **({"direction": document["direction"]} if "direction" in document else {}),
    }


def gpx_of(document: Mapping[str, Any], lang: str) -> str:
    """The recommended route as GPX 1.1; without a recommended port, a file that says so and has no route.

    Parameters
    ----------
    document : dict
        Of `api.documents.decision.whole_document`, cut to one candidate or more.
    lang : str
        Of the texts; `both` counts as English.
    """
    lang = "en" if lang == BOTH else lang
    gpx = GPX()
    gpx.creator = "safeport"
    gpx.name = document["decision_id"]
    direction = document.get("direction")
    # Where there is a direction the headline begins with it.
    gpx.description = f"{document['headline'][lang]} {limits_of_use(lang)}"
    best = document["recommended"]
    if best is not None and best["route"] is not None:
        name = best["port"]["name"][lang]
        told = " ".join([*_over_banks(document, best, lang), limits_of_use(lang)])
        if direction is not None:
            told = f"{direction['sentence'][lang]} {told}"
        # A plotter shows the name alone.
        title = _ROUTE_NAME.of(lang).format(port=name) if direction is not None and direction["differs"] else name
        route = GPXRoute(name=title, description=told)
        points = best["route"]["coordinates"]
        for number, (lon, lat) in enumerate(points):
            label = name if number == len(points) - 1 else f"{number:02d}"
            route.points.append(GPXRoutePoint(latitude=lat, longitude=lon, name=label))
        gpx.routes.append(route)
    return str(gpx.to_xml(version="1.1"))


def _over_banks(document: Mapping[str, Any], candidate: Mapping[str, Any], lang: str) -> list[str]:
    """What is said of the banks that a route leads over: whoever steers by it must know the hour."""
    if not candidate["over_banks"]:
        return []
    return [notice["text"][lang] for notice in document["notices"] if notice["code"] == Code.BANK_CROSSED.name]
