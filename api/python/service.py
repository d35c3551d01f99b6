"""Questions of an analyst to the engine: answers as command line and HTTP give them, as documents and data frames."""

import time as clocks
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from api.decision_service import DecisionService, known_policy, open_decision_service, policy_named
from api.documents.decision import DEFAULT_LIMIT, View, decision_document, port_document
from api.documents.distance import DistanceDocument, depth_class_of, distance_document
from api.documents.profiles import policy_document, vessel_document
from api.documents.tide import DEFAULT_HOURS, tide_document
from api.exchanged import in_form
from api.python.asking import Position, Time, check_presentation, encounter_of, instant_of, is_file, lon_lat
from api.python.routes import routes_of
from api.python.tables import WGS_84, chunk_of, frame_of, positions_of
from api.replay.batch import replay_batch
from api.replay.ingest.column_map import read_column_map
from api.replay.ingest.normalize import normalize
from api.replay.run import CHUNK_ROWS
from api.replay.worker import names_known
from api.replay.world_by_time import WorldsByTime
from api.stream import DEFAULT_HOURS as STREAM_HOURS
from api.stream import stream_document
from engine.decide import decide
from engine.errors import PositionRefused
from engine.kernels.reach import reach_ports
from engine.kernels.snap import ENCLOSED, ON_LAND
from engine.policy import Policy
from engine.units import NAUTICAL_MILE_M
from geodata.pack import DEFAULT_PACK
from geodata.policies import policy_names, read_policy_file

Document = dict[str, Any]


class Service:
    """Everything opened once; made by `safeport.open_service`.

    Its answers depend on what it was opened with and what it is asked, and on nothing else: the same question gives
    the same answer, and a table gives row by row what single questions give.
    """

    def __init__(self, service: DecisionService, worlds: WorldsByTime) -> None:
        self._service = service
        self._worlds = worlds

    def __repr__(self) -> str:
        geodata: Any = self._service.world.identity["geodata"]
        return f"<safeport.Service, {geodata['id']}, {len(self._service.world.ports)} ports>"

    def decide(
        self,
        position: Position,
        *,
        time: Time | None = None,
        persons: int | tuple[int, int] | None = None,
        vessel: str | Mapping[str, Any] | None = None,
        policy: str | Path | None = None,
        view: View = "brief",
        lang: str = "en",
        limit: int = DEFAULT_LIMIT,
        **details: Any,
    ) -> Document:
        """Decide one encounter.

        Parameters
        ----------
        position : str, Point or (float, float)
            As people write it, latitude first (``"51 03.0N 001 15.0E"``); or a shapely point, or a pair of longitude
            and latitude. [deg]
        time : str or datetime, optional
            With a zone: RFC 3339, or a datetime or Timestamp that has one. Now when left out.
        persons : int or (int, int), optional
            How many people, or at least and at most. [persons]
        vessel : str or mapping, optional
            Name of a profile, or figures by the names of the encounter body: ``{"speed_kn": 20, "draught_m": 1.2}``,
            with ``"profile"`` where they replace those of a profile. A cautious vessel when left out.
        policy : str or Path, optional
            Name of a policy, or a ``.toml`` file.
        view : {"brief", "full", "line"}
            What a person or a page needs; every port with every finding; one sentence.
        lang : {"en", "fr", "both"}
            Language of the texts.
        limit : int
            Ports listed in the brief view.
        **details
            Anything else of the encounter body by its name there, for instance ``medical`` or ``aboard_since``.

        Returns
        -------
        dict
            The decision document, as ``POST /v1/decisions`` answers it.

        Raises
        ------
        InvalidAsk, UnknownName, PositionRefused
            Something of the encounter is wrong; the text names it, what is wrong and what to do.
        """
        check_presentation(view, lang, limit)
        own = read_policy_file(Path(str(policy))) if is_file(policy) else None
        name = None if policy is None or own is not None else str(policy)
        encounter = encounter_of(position, time, persons, vessel, name, details)
        ask = self._service.ask(encounter, clocks.time(), own)
        try:
            decision = decide(ask, self._worlds(ask.at_s))
        except PositionRefused as refused:
            raise in_form(refused, "written" if isinstance(position, str) else "pair") from None
        return decision_document(decision, view, lang, limit)

    def replay(
        self,
        encounters: Any,
        *,
        policy: str | Path | None = None,
        columns: str | Path | None = None,
        routes: bool = False,
    ) -> geopandas.GeoDataFrame:
        """Decide a table of encounters, row for row, by the compiled engine for columns.

        Parameters
        ----------
        encounters : GeoDataFrame, DataFrame, pyarrow.RuleTable or anything with ``__arrow_c_stream__``
            Positions are the points of the geometry, in any coordinate system, or columns ``lon`` and ``lat``. Columns
            are those of ``safeport replay``: ``time``, ``persons`` or ``persons_min`` and ``persons_max``,
            ``vessel_profile`` or figures, ``medical``, ``policy`` and others; what is left out is not known. Of columns
            that nothing was read from and that look like one of them there is a warning.
        policy : str or Path, optional
            Judges every row, whatever it says itself.
        columns : str or Path, optional
            Column map of a foreign table: name of one that comes with the program, or a ``.toml`` file.
        routes : bool
            Whether to draw the way to each recommended port, too: slower by far.

        Returns
        -------
        GeoDataFrame
            A row for each row of the input, under the same index; the geometry is the position. Columns are those of
            ``decisions.parquet``. ``decision_outcome`` is ``suitable``, ``unconfirmed``, ``none``, ``refused`` (a
            position that cannot be answered for) or ``rejected`` (no encounter); ``refusal`` says why, by code.
            With `routes` a column ``route`` of LineStrings, WGS 84, None where no port is recommended.

        Raises
        ------
        InvalidAsk, UnknownName
            The table has no column for position or time, or a name is not known.
        """
        policies, chosen = self._policies(policy)
        known = names_known(self._service, policies, chosen)
        table, index, column_map = chunk_of(encounters, read_column_map(str(columns) if columns else "encounters"))
        decided, rejects, asked = [], [], []
        for start in range(0, max(table.num_rows, 1), CHUNK_ROWS):
            conformed = normalize(table.slice(start, CHUNK_ROWS), column_map, known)
            decided.append(replay_batch(conformed.encounters, self._worlds, self._service.vessels, policies))
            asked.append(conformed.encounters)
            rejects.append(conformed.rejects)
        frame = frame_of(table, index, asked, decided, rejects)
        if routes:
            lines = routes_of(frame, pa.concat_tables(asked), self._worlds, self._service.vessels, policies)
            frame["route"] = geopandas.GeoSeries(lines, frame.index, crs=WGS_84)
        return frame

    def distance(self, start: Position, end: Position, *, draught_m: float | None = None) -> DistanceDocument:
        """Distance by water between two places.

        Parameters
        ----------
        start, end : str, Point or (float, float)
            A port by id or UN/LOCODE, or a position as `decide` takes it.
        draught_m : float, optional
            Keeps the route off banks this draught cannot cross. [m]

        Returns
        -------
        dict
            ``distance_nm`` (None when water does not lead there), ``straight_line_nm``, ``between_landings_nm`` (of
            two ports) and ``route``, a GeoJSON LineString. Not for navigation.
        """
        return distance_document(self._service, _text_of(start), _text_of(end), draught_m)

    def distances(self, positions: Any, *, draught_m: float | None = None) -> pd.DataFrame:
        """Distance by water from each of many positions to the landing of every port.

        Parameters
        ----------
        positions : GeoDataFrame, GeoSeries, or array of float, shape (n, 2)
            Points in any coordinate system; or longitudes and latitudes. [deg]
        draught_m : float, optional
            As for `distance`. [m]

        Returns
        -------
        DataFrame of float
            A row for each position, under the same index, and a column for each port, by id. [nm] NaN where water
            does not lead there, and all over the row of a position that is on land or outside the area.
        """
        world = self._service.world
        depth_class = depth_class_of(world, draught_m)
        lon, lat, index = positions_of(positions)
        miles = np.full((len(lon), len(world.ports)), np.nan)
        west, south, east, north = world.box
        for row in np.flatnonzero((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)):
            reach = reach_ports(world.water, depth_class, lon[row], lat[row])
            if reach.kind not in (ON_LAND, ENCLOSED):
                length_m = reach.distance_m + np.where(np.isfinite(reach.harbour_m), reach.harbour_m, 0.0)
                miles[row] = np.where(np.isfinite(length_m), length_m / NAUTICAL_MILE_M, np.nan)
        return pd.DataFrame(miles, index, [port.id for port in world.ports])

    def ports(self) -> geopandas.GeoDataFrame:
        """The port register: a row for each port, under its id, with every fact there is of it.

        Returns
        -------
        GeoDataFrame
            The geometry is the landing point. Columns are those of the register (``docs/register.md``); None is not
            known.
        """
        documents = [port_document(port) for port in self._service.world.ports]
        rows = [
            {
                "unlocode": document["unlocode"],
                "name": document["name"]["en"],
                "name_fr": document["name"]["fr"],
                "country": document["country"],
                "vhf": document["vhf"],
                **document["facts"],
            }
            for document in documents
        ]
        landings = shapely.points([port.landing for port in self._service.world.ports])
        index = pd.Index([port.id for port in self._service.world.ports], name="port")
        return geopandas.GeoDataFrame(rows, index=index, geometry=landings, crs=WGS_84)

    def tide(self, port: str, *, start: Time | None = None, hours: int = DEFAULT_HOURS) -> pd.DataFrame:
        """Predicted heights of tide at a port, every ten minutes.

        Parameters
        ----------
        port : str
            Id or UN/LOCODE.
        start : str or datetime, optional
            With a zone. Now when left out.
        hours : int
            How long. [h]

        Returns
        -------
        DataFrame
            ``height_m`` above chart datum by time in UTC, surge apart; no rows where there is no prediction. Its
            ``attrs`` have ``extremes`` (a DataFrame of high and low waters), ``station``, ``basis``, ``datum``,
            ``uncertainty_m``, ``uncertainty_min``, ``uncertainty_low_min``, ``source`` and ``notice``.
        """
        start_s = clocks.time() // 60.0 * 60.0 if start is None else instant_of("start", start)
        document: Mapping[str, Any] = tide_document(self._service, port, start_s, hours)
        heights, extremes = (_by_time(document[name]) for name in ("heights", "extremes"))
        heights.attrs = {
            "extremes": extremes,
            **{name: document[name] for name in ("station", "basis", "datum", "uncertainty_m", "uncertainty_min",
                                                 "uncertainty_low_min", "source")},
            "notice": document["notice"]["en"],
        }  # fmt: skip
        return heights

    def stream(self, position: Position, *, start: Time | None = None, hours: int = STREAM_HOURS) -> pd.DataFrame:
        """Tidal stream at a position, every half hour.

        Parameters
        ----------
        position : str, pair or Point
            As for `decide`.
        start : str or datetime, optional
            With a zone. Now when left out.
        hours : int
            How long. [h]

        Returns
        -------
        DataFrame
            ``rate_kn``, ``towards_deg`` (the way the water goes), ``doubt_share`` and ``source`` by time in UTC; NaN
            where it is not known. Its ``attrs`` have ``area``, ``atlas`` and ``notice``.
        """
        start_s = clocks.time() // 60.0 * 60.0 if start is None else instant_of("start", start)
        document: Mapping[str, Any] = stream_document(self._service, lon_lat(position), start_s, hours)
        rates = _by_time(document["streams"])
        rates.attrs = {"area": document["area"], "atlas": document["atlas"], "notice": document["notice"]["en"]}
        return rates

    def vessels(self) -> pd.DataFrame:
        """Vessel profiles, by the name that `decide` takes; NaN is not known, ``assumed`` names assumed figures."""
        return _by_name("profile", [vessel_document(vessel) for vessel in self._service.vessels.values()])

    def policies(self) -> pd.DataFrame:
        """Policies that come with the program, by name: what each ranks by, and its effect in a sentence."""
        return _by_name("name", [policy_document(known_policy(name)) for name in policy_names()])

    def _policies(self, policy: str | Path | None) -> tuple[dict[str, Policy], str | None]:
        """Policies by name, and the one that judges every row."""
        policies = {name: known_policy(name) for name in policy_names()}
        if policy is None:
            return policies, None
        policy_file = read_policy_file(Path(policy)) if is_file(policy) else policy_named(str(policy))
        return {**policies, policy_file.name: policy_file}, policy_file.name


def open_service(
    pack: str | Path | None, forecasts: Sequence[str | Path], overlay: str | Path | None, avoid: str | Path | None
) -> Service:
    """As `api.python.open_service`."""
    service = open_decision_service(DEFAULT_PACK if pack is None else Path(pack))
    if overlay is not None:
        service = service.with_overlay(Path(overlay))
    if avoid is not None:
        service = service.with_exclusions(Path(avoid))
    return Service(service, WorldsByTime(service, [Path(file) for file in forecasts]))


def _text_of(place: Position) -> str:
    """A place as `api.documents.distance` reads it."""
    if isinstance(place, str):
        return place.strip()
    lon, lat = lon_lat(place)
    return f"{lat:.9f},{lon:.9f}"


def _by_time(rows: list[Document]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(rows[0]) if rows else ["at", "height_m"])
    return frame.assign(at=pd.to_datetime(frame["at"], utc=True)).set_index("at")


def _by_name(name: str, documents: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Documents as rows; texts in English."""
    texts = [
        {key: value["en"] if isinstance(value, dict) else value for key, value in document.items()}
        for document in documents
    ]
    return pd.DataFrame(texts).set_index(name).sort_index()
