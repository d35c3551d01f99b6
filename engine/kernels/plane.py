"""Gnomonic projection: great circles are straight lines, so a straight leg on the plane is the shortest one.

The sphere carries geodetic latitudes unchanged. Against the WGS 84 geodesic a straight leg bows by less than
5 m over 200 km in the Channel box (measured, see ``docs/adr/0002``); lengths never come from this plane.

References
----------
J. P. Snyder, "Map Projections: A Working Manual", USGS Professional Paper 1395 (1987), section 22.
"""

from math import asin, atan2, cos, degrees, radians, sin, sqrt

from engine.kernels.jit import leaf_kernel

SPHERE_RADIUS_M = 6371008.8

LATTICE_M = 0.0625
"""Vertices and query points are rounded to this step. It is a power of two and the plane is less than
2^20 m across, so coordinate differences take 24 bits, their products 48, and every orientation test
between lattice points is exact in double precision: no epsilon anywhere."""


@leaf_kernel
def length_of(dx, dy):
    """Length of a vector; `hypot` guards against overflow too, which nothing here comes near, and takes far longer."""
    return sqrt(dx * dx + dy * dy)


@leaf_kernel
def to_plane(lon_deg, lat_deg, origin_lon_deg, origin_lat_deg):
    """Project a position.

    Parameters
    ----------
    lon_deg, lat_deg : float
        Position, WGS 84; must lie in the hemisphere of the origin. [deg]
    origin_lon_deg, origin_lat_deg : float
        Point of tangency. [deg]

    Returns
    -------
    tuple of float
        x (east) and y (north) on the plane, rounded to `LATTICE_M`. [m]
    """
    lam = radians(lon_deg - origin_lon_deg)
    phi = radians(lat_deg)
    phi0 = radians(origin_lat_deg)
    cos_c = sin(phi0) * sin(phi) + cos(phi0) * cos(phi) * cos(lam)
    x = SPHERE_RADIUS_M * cos(phi) * sin(lam) / cos_c
    y = SPHERE_RADIUS_M * (cos(phi0) * sin(phi) - sin(phi0) * cos(phi) * cos(lam)) / cos_c
    return round(x / LATTICE_M) * LATTICE_M, round(y / LATTICE_M) * LATTICE_M


@leaf_kernel
def from_plane(x_m, y_m, origin_lon_deg, origin_lat_deg):
    """Position of a point of the plane; the inverse of `to_plane` but for its rounding.

    Parameters
    ----------
    x_m, y_m : float
        Point on the plane. [m]
    origin_lon_deg, origin_lat_deg : float
        Point of tangency. [deg]

    Returns
    -------
    tuple of float
        Longitude and latitude, WGS 84. [deg]
    """
    rho = length_of(x_m, y_m)
    if rho == 0.0:
        return origin_lon_deg, origin_lat_deg
    phi0 = radians(origin_lat_deg)
    c = atan2(rho, SPHERE_RADIUS_M)
    lat = asin(cos(c) * sin(phi0) + y_m * sin(c) * cos(phi0) / rho)
    lon = atan2(x_m * sin(c), rho * cos(phi0) * cos(c) - y_m * sin(phi0) * sin(c))
    return origin_lon_deg + degrees(lon), degrees(lat)


@leaf_kernel
def orientation(ax, ay, bx, by, cx, cy):
    """Twice the signed area of a triangle: positive when c lies left of the line from a to b. [m2]

    Exact for lattice points of a plane less than 2^20 m across (`LATTICE_M`).
    """
    return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
