"""Before a search for a way round: how fast anything can be, and whether the sea abreast of the path may repay one."""

from math import cos, hypot, radians, sqrt

import numpy as np

from engine.kernels.forecast import waves_at
from engine.kernels.jit import inlined_kernel, leaf_kernel
from engine.kernels.passage import calm_speed_ms, sea_at, speed_through_water_ms
from engine.kernels.plane import from_plane

STRETCHES = 8
ABREAST = 3
"""Stretches of the path, and places on either side of each, at which the sea is looked at."""

EVEN_S = 900.0
"""The sea is taken as even for so long: a vessel that makes five knots needs it for a mile and a quarter. [s]"""

HALF_HOUR_S = 1800.0

SAFE = 0.99
"""The plane stretches by up to half a per cent at the edge of the area, and the sphere differs from the ellipsoid by a
third: lower bounds are taken this much lower."""


@leaf_kernel
def least_time_s(distance_m, motion, forecast):
    """Lower bound of a passage: the whole way at top speed with the strongest stream and wind behind. [s]"""
    return distance_m / top_speed_ms(motion, forecast)


@leaf_kernel
def top_speed_ms(motion, forecast):
    """No vessel of this motion is faster over the ground anywhere in a forecast. [m/s]"""
    drift_ms = forecast.strongest_current_ms + motion.wind_drift * forecast.strongest_wind_ms
    return calm_speed_ms(motion) + drift_ms


@leaf_kernel
def could_gain_s(mesh, forecast, motion, depart_s, track, usual_s, needed_s):
    """How much a way round might save at most, as far as a coarse look at the sea tells.

    No way is shorter than the shortest path, so at best a way round makes good, on each stretch, the greatest speed
    there is abreast of it, less what going there and back costs. The sea abreast is looked at in a few places, early
    and late; so this is a screen and no bound.

    Parameters
    ----------
    mesh : Mesh
    forecast : Forecast
    motion : Motion
    depart_s : float
        [s]
    track : ndarray of float64, shape (n, 2)
        The shortest path on the plane. [m]
    usual_s : float
        Its time. [s]
    needed_s : float
        A gain no greater than this is of no use: the look ends as soon as there can't be more. [s]

    Returns
    -------
    float
        0 where it can't be more than `needed_s`. [s]
    """
    whole_m = 0.0
    for k in range(1, track.shape[0]):
        whole_m += hypot(track[k, 0] - track[k - 1, 0], track[k, 1] - track[k - 1, 1])
    if whole_m == 0.0:
        return 0.0
    top_ms = top_speed_ms(motion, forecast)
    widest_m = max(whole_m, top_ms * usual_s)
    stretch_m = whole_m / STRETCHES
    least_s = 0.0
    leg = 1
    leg_start_m = 0.0
    for stretch in range(STRETCHES):
        ahead_m = whole_m - stretch * stretch_m
        if usual_s - SAFE * (least_s + ahead_m / top_ms) <= needed_s:
            return 0.0
        along_m = (stretch + 0.5) * stretch_m
        leg_m = hypot(track[leg, 0] - track[leg - 1, 0], track[leg, 1] - track[leg - 1, 1])
        while leg < track.shape[0] - 1 and leg_start_m + leg_m < along_m:
            leg_start_m += leg_m
            leg += 1
            leg_m = hypot(track[leg, 0] - track[leg - 1, 0], track[leg, 1] - track[leg - 1, 1])
        part = (along_m - leg_start_m) / leg_m
        course_x = (track[leg, 0] - track[leg - 1, 0]) / leg_m
        course_y = (track[leg, 1] - track[leg - 1, 1]) / leg_m
        x = track[leg - 1, 0] + part * leg_m * course_x
        y = track[leg - 1, 1] + part * leg_m * course_y
        # Half the width here of the ellipse of what can be reached in the usual time.
        half_m = 0.5 * sqrt(max(0.0, widest_m**2 - whole_m**2) * (1.0 - ((2.0 * along_m - whole_m) / widest_m) ** 2))
        here_lon, here_lat = from_plane(x, y, mesh.origin_lon_deg, mesh.origin_lat_deg)
        ahead_lon, ahead_lat = from_plane(
            x + 1000.0 * course_x, y + 1000.0 * course_y, mesh.origin_lon_deg, mesh.origin_lat_deg
        )
        east, north = course(here_lon, here_lat, ahead_lon, ahead_lat)
        early_s = along_m / top_ms
        late_s = max(early_s, usual_s - (whole_m - along_m) / top_ms)
        moments = 2
        if late_s - early_s < EVEN_S:
            moments = 1
            early_s = 0.5 * (early_s + late_s)
        best_ms = 0.0
        for side in range(-ABREAST, ABREAST + 1):
            # Close to the path, farther off, and at the rim: 1/16, 1/4 and the whole of the width.
            off_m = half_m * np.sign(side) * 4.0 ** (abs(side) - ABREAST)
            lon, lat = here_lon, here_lat
            share = 1.0
            if off_m != 0.0:
                lon, lat = from_plane(
                    x - off_m * course_y, y + off_m * course_x, mesh.origin_lon_deg, mesh.origin_lat_deg
                )
                share = whole_m / (hypot(along_m, off_m) + hypot(whole_m - along_m, off_m))
            for moment in range(moments):
                sea = sea_at(forecast, motion, lon, lat, depart_s + (early_s if moment == 0 else late_s))
                if not sea.hs_m > motion.max_hs_m:
                    best_ms = max(best_ms, share * _best_progress_ms(motion, sea, east, north))
        if best_ms == 0.0:
            return 0.0
        least_s += stretch_m / best_ms
    gain_s = usual_s - SAFE * least_s
    return gain_s if gain_s > needed_s else 0.0


@inlined_kernel
def _best_progress_ms(motion, sea, east, north):
    """Greatest speed along a direction over all headings; 0 beyond the speed table. [m/s]

    Steered straight along it: turning off loses more way than any sea on the bow gives back, and what sets sideways
    does not count.
    """
    speed_ms = speed_through_water_ms(motion, sea.hs_m, sea.waves_east * east + sea.waves_north * north)
    progress_ms = speed_ms + sea.drift_east_ms * east + sea.drift_north_ms * north
    return progress_ms if progress_ms > 0.0 else 0.0


@leaf_kernel
def course(lon1, lat1, lon2, lat2):
    """Unit vector east and north from one position to another on a local plane; zero for equal ones."""
    east = (lon2 - lon1) * cos(radians(0.5 * (lat1 + lat2)))
    north = lat2 - lat1
    norm = hypot(east, north)
    if norm == 0.0:
        return 0.0, 0.0
    return east / norm, north / norm


@leaf_kernel
def stays_high(forecast, motion, lon_deg, lat_deg, from_s, to_s):
    """Whether the sea at a place is above what the vessel goes into throughout, looked at every half hour.

    Parameters
    ----------
    forecast : Forecast
    motion : Motion
    lon_deg, lat_deg : float
        [deg]
    from_s, to_s : float
        [epoch s]

    Returns
    -------
    bool
        False also where the forecast does not say.
    """
    looks = int((to_s - from_s) / HALF_HOUR_S) + 1
    for k in range(looks + 1):
        hs_m, _, _, _, _ = waves_at(forecast, lon_deg, lat_deg, min(from_s + k * HALF_HOUR_S, to_s))
        if not hs_m * motion.wave_factor > motion.max_hs_m:
            return False
    return True
