"""Points in columns: well-known binary to numbers and back, and the metadata that makes a Parquet file GeoParquet.

References
----------
GeoParquet specification 1.1.0, https://geoparquet.org/releases/v1.1.0/
OGC 06-103r4, Simple feature access, 8.2: well-known binary.
"""

import json

import numpy as np
import pyarrow as pa
import shapely

from engine.errors import InvalidAsk

_POINT_BYTES = 21
_LITTLE_ENDIAN_POINT = np.frombuffer(b"\x01\x01\x00\x00\x00", np.uint8)
_WGS_84 = {"CRS84", "4326"}


def wkb_points(lon: np.ndarray, lat: np.ndarray) -> pa.Array:
    """Points as well-known binary.

    Parameters
    ----------
    lon, lat : ndarray of float64, shape (n,)
        WGS 84. [deg]

    Returns
    -------
    Array of binary, length n
    """
    count = len(lon)
    content = np.empty((count, _POINT_BYTES), np.uint8)
    content[:, :5] = _LITTLE_ENDIAN_POINT
    content[:, 5:] = np.column_stack([lon, lat]).astype("<f8").view(np.uint8).reshape(count, 16)
    ends = (np.arange(count + 1) * _POINT_BYTES).astype(np.int32)
    return pa.Array.from_buffers(pa.binary(), count, [None, pa.py_buffer(ends), pa.py_buffer(content.tobytes())])


def points_of(cells: pa.Array) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Longitude, latitude, and whether a cell holds something that is no point.

    Parameters
    ----------
    cells : Array
        Well-known binary, or pairs of x and y.

    Returns
    -------
    lon, lat : ndarray of float64
        NaN where there is no geometry, an empty point, or something else.
    wrong : ndarray of bool
    """
    if pa.types.is_struct(cells.type):
        lon, lat = (pa.compute.struct_field(cells, axis).to_numpy(zero_copy_only=False) for axis in "xy")
        return lon, lat, np.zeros(len(cells), np.bool_)
    raw = cells.to_numpy(zero_copy_only=False)
    shapes = shapely.from_wkb(raw, on_invalid="ignore")
    given = cells.is_valid().to_numpy(zero_copy_only=False)
    wrong = given & (shapely.get_type_id(shapes) != shapely.GeometryType.POINT)
    # An empty point has no coordinates to ask for.
    shapes[shapely.is_empty(shapes)] = None
    return shapely.get_x(shapes), shapely.get_y(shapes), wrong


def point_column(schema: pa.Schema) -> str:
    """The column a GeoParquet file calls its geometry; empty where the file is plain Parquet.

    Raises
    ------
    InvalidAsk
        Its coordinates are not longitude and latitude in WGS 84, or in no encoding known here.
    """
    metadata = (schema.metadata or {}).get(b"geo")
    if metadata is None:
        return ""
    try:
        geo = json.loads(metadata)
        name = str(geo["primary_column"])
        column = geo["columns"][name]
        encoding, crs = str(column["encoding"]).lower(), column.get("crs", "absent")
        code = "CRS84" if crs == "absent" else str(crs["id"]["code"])
    except (ValueError, KeyError, TypeError):
        raise InvalidAsk("input", "its geo metadata name no geometry or no coordinate system.",
                         "Write it again as GeoParquet 1.0 in WGS 84.") from None  # fmt: skip
    if code not in _WGS_84:
        raise InvalidAsk("input", f"its coordinates are in {code[:20]}, not in WGS 84.", "Convert it to EPSG:4326.")
    if encoding not in ("wkb", "point") or name not in schema.names:
        raise InvalidAsk("input", f"its geometry is encoded as {encoding[:20]}.", "Write points as WKB.")
    return name


def geo_metadata(box: tuple[float, float, float, float] | None) -> bytes:
    """The ``geo`` entry of a file whose column ``geometry`` holds points in WGS 84, longitude first.

    Parameters
    ----------
    box : tuple of float or None
        West, south, east, north; None for no points. [deg]
    """
    # Without "crs" the standard means OGC:CRS84: WGS 84, longitude first.
    column: dict[str, object] = {"encoding": "WKB", "geometry_types": ["Point"]}
    if box is not None:
        column["bbox"] = list(box)
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    return json.dumps(geo, sort_keys=True).encode()
