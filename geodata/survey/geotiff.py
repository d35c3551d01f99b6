"""Gridded depths from GeoTIFF."""

from pathlib import Path

import numpy as np

from geodata.survey.grid import (
    DATUM_ATTRIBUTES,
    DepthGrid,
    Stated,
    choose_datum,
    choose_sign,
    grid_from,
    parse_crs,
    refusal,
    require_metres,
    require_size,
)


def read_geotiff(path: Path, stated: Stated) -> DepthGrid:
    """Read the first band.

    Tags of the file or of the band may say ``positive`` and ``vertical_datum``; a GeoTIFF has no other place for them.

    Raises
    ------
    InvalidAsk
        As `geodata.survey.grid.read_grid`.
    """
    import rasterio
    from rasterio.errors import RasterioIOError

    try:
        source = rasterio.open(path)
    except RasterioIOError:
        raise refusal(path, "cannot be read as GeoTIFF.", "Check the file.") from None
    with source:
        if source.count != 1 and stated.variable is None:
            raise refusal(path, f"has {source.count} bands.", "Name one with --variable, from 1.")
        band = 1 if stated.variable is None else int(stated.variable) if stated.variable.isdigit() else 0
        if not 1 <= band <= source.count:
            raise refusal(path, f"has no band {str(stated.variable)[:12]!r}.", f"Name one of 1 to {source.count}.")
        require_size(path, source.width * source.height)
        shape = source.transform
        if shape.is_identity:
            raise refusal(path, "does not say where it lies.", "Georeference it first.")
        if shape.b != 0.0 or shape.d != 0.0:
            raise refusal(path, "is turned against its axes.", "Resample it to a regular grid.")
        if stated.crs is None and source.crs is None:
            raise refusal(path, "does not say what its coordinates are.", "Give --crs, such as EPSG:4326.")
        crs = parse_crs(path, stated.crs or source.crs.to_wkt())
        tags = {name.lower(): text for name, text in {**source.tags(), **source.tags(band)}.items()}
        require_metres(path, source.units[band - 1] or tags.get("units"), stated)
        down = choose_sign(path, tags.get("positive"), stated)
        datum = choose_datum(
            path, next((tags[name] for name in DATUM_ATTRIBUTES if tags.get(name)), None), None, stated
        )
        values = source.read(band, masked=True).astype(np.float64)
        values = np.ma.filled(values, np.nan) * source.scales[band - 1] + source.offsets[band - 1]
        x = shape.c + shape.a * (np.arange(source.width) + 0.5)
        y = shape.f + shape.e * (np.arange(source.height) + 0.5)
    return grid_from(path, down * values, x, y, crs, datum)
