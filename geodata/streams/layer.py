"""The streams layer of the pack: all files of the atlas as one net of triangles.

The files of the atlas do not overlap: where a finer one covers the water, the coarser ones have no points. So one net
joins them, fine where they are fine, and is left out where points are farther apart than in their own file.
"""

from itertools import combinations

import numpy as np
import shapely

from engine.errors import PackError
from geodata.streams.atlas import AtlasFile

LAYER = "streams"

REFERENCES = {
    "Boulogne-sur-Mer": "boulogne", "Brest": "brest", "Calais": "calais", "Cherbourg": "cherbourg",
    "Dunkerque": "dunkerque-est", "Le Havre": "le-havre", "Paimpol": "paimpol", "Roscoff": "roscoff-bloscon",
    "Saint-Malo": "saint-malo",
}  # fmt: skip
"""Port of the register at which each reference of the atlas is."""

SHRINK = float(np.cos(np.radians(50.25)))
"""Degrees of longitude are this much shorter than those of latitude, near enough to draw triangles by."""

_KM_A_DEGREE = 111.2

_SAMPLES = np.array([(i, j, 6 - i - j) for i in range(7) for j in range(7 - i)]) / 6.0
"""Places in a triangle, by the weights of its corners, at which its share of land is taken."""


def streams_layer(atlas: list[AtlasFile], land: shapely.Geometry, assumed: dict[str, float]) -> dict[str, np.ndarray]:
    """The layer of an atlas.

    Parameters
    ----------
    atlas : list of AtlasFile
    land : shapely.Geometry
        Longitude and latitude. [deg]
    assumed : dict
        The section ``streams`` of ``assumptions.toml``.

    Returns
    -------
    dict of ndarray
        Points in steps of 1e-6 degree, their rates and the number of their file; triangles; and of each file its name,
        the port it counts from, whether from low water, and the doubt of its rates.

    Raises
    ------
    PackError
        A file counts from a port that is not known here.
    """
    strange = sorted({atla.reference for atla in atlas} - set(REFERENCES))
    if strange:
        raise PackError("streams", f"no port is known for reference {strange[0]!r}.", "Add it to REFERENCES.")
    unlike = [_first_of_each(atla.positions) for atla in atlas]
    spacing_km = np.array([_spacing_km(item.positions[kept]) for item, kept in zip(atlas, unlike, strict=True)])
    points = np.vstack([item.positions[kept] for item, kept in zip(atlas, unlike, strict=True)])
    number = np.repeat(np.arange(len(atlas)), [kept.sum() for kept in unlike])
    triangles = triangles_of(points, assumed["longest_edge"] * spacing_km[number])
    triangles = triangles[_land_share(points[triangles], land) <= assumed["most_land_share"]]
    return {
        "points": np.round(points.T * 1e6).astype(np.int32),
        "rates": np.vstack([item.rates[kept] for item, kept in zip(atlas, unlike, strict=True)]),
        "number": number.astype(np.int8),
        "triangles": triangles.T.astype(np.int16),
        "name": np.array([atla.name for atla in atlas]),
        "reference": np.array([REFERENCES[atla.reference] for atla in atlas]),
        "from_low": np.array([atla.from_low for atla in atlas]),
        "doubt": np.where(spacing_km > assumed["wide_km"], assumed["doubt_wide"], assumed["doubt"]),
    }


def _flat(positions: np.ndarray) -> np.ndarray:
    return positions * (SHRINK, 1.0)


def _first_of_each(positions: np.ndarray) -> np.ndarray:
    """Which points are not there a second time."""
    kept = np.zeros(len(positions), np.bool_)
    kept[np.unique(positions.round(6), axis=0, return_index=True)[1]] = True
    return kept


def _spacing_km(positions: np.ndarray) -> float:
    """Distance from a point to its nearest neighbour, at the median. [km]"""
    # Imported here, like all that only a build needs.
    from scipy.spatial import cKDTree

    flat = _flat(positions)
    return float(np.median(cKDTree(flat).query(flat, k=2)[0][:, 1])) * _KM_A_DEGREE


def triangles_of(positions: np.ndarray, longest_km: np.ndarray) -> np.ndarray:
    """Delaunay triangles of points, shape (m, 3), counter-clockwise, without those with too long an edge.

    Parameters
    ----------
    positions : ndarray of float64, shape (n, 2)
        Longitude and latitude. [deg]
    longest_km : ndarray of float64, shape (n,)
        An edge may be as long as either of its ends allows. [km]
    """
    from scipy.spatial import Delaunay

    flat = _flat(positions)
    triangles = Delaunay(flat).simplices
    a, b, c = (flat[triangles[:, k]] for k in range(3))
    turn = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    triangles[turn < 0.0] = triangles[turn < 0.0][:, ::-1]
    kept = np.abs(turn) > 1e-9
    for i, j in combinations(range(3), 2):
        first, second = triangles[:, i], triangles[:, j]
        edge_km = np.linalg.norm(flat[first] - flat[second], axis=1) * _KM_A_DEGREE
        kept &= edge_km <= np.maximum(longest_km[first], longest_km[second])
    chosen: np.ndarray = triangles[kept].astype(np.int32)
    return chosen


def _land_share(corners: np.ndarray, land: shapely.Geometry) -> np.ndarray:
    """Share of land in triangles given by their corners, shape (m, 3, 2). [deg]"""
    shapely.prepare(land)
    places = np.einsum("sk,mkc->msc", _SAMPLES, corners)
    share: np.ndarray = shapely.contains_xy(land, places[..., 0], places[..., 1]).mean(axis=1)
    return share
