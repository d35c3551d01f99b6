"""Reading hand-drawn features: GeoJSON files of the sources and of operators."""

import json
from pathlib import Path

import shapely

from engine.errors import PackError


def read_features(path: Path) -> list[tuple[dict[str, object], shapely.Geometry]]:
    """Properties and geometry of every feature of a GeoJSON file, WGS 84.

    Raises
    ------
    PackError
        The file is missing, not GeoJSON, or holds an invalid geometry; names the feature.
    """
    try:
        collection = json.loads(path.read_text(encoding="utf-8"))
        features = collection["features"]
    except (OSError, ValueError, KeyError) as error:
        raise PackError(
            path.name, f"cannot be read ({type(error).__name__}).", "Restore it from the repository."
        ) from error
    read = []
    for feature in features:
        geometry = shapely.from_geojson(json.dumps(feature["geometry"]))
        if not geometry.is_valid:
            raise PackError(
                path.name, f"feature {feature['properties'].get('id')} is not a valid polygon.", "Redraw it."
            )
        read.append((feature["properties"], geometry))
    return read
