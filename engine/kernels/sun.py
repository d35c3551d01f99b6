"""Whether it is day: the sun's altitude, good to a tenth of a degree, which is half a minute of time here.

References
----------
Astronomical Almanac, low-precision formulas for the Sun (0.01 degree between 1950 and 2050).
"""

from math import asin, cos, degrees, radians, sin

from engine.kernels.jit import leaf_kernel
from engine.units import DAY_S

_J2000_S = 946_728_000.0
"""2000-01-01T12:00:00Z. [epoch s]"""

SUNRISE_DEG = -0.833
"""Altitude of the sun's centre when its upper edge is seen on the horizon. [deg]"""


@leaf_kernel
def sun_altitude_deg(lon_deg, lat_deg, at_s):
    """Altitude of the sun's centre above the horizon, refraction left out. [deg]

    Parameters
    ----------
    lon_deg, lat_deg : float
        WGS 84. [deg]
    at_s : float
        [epoch s]
    """
    days = (at_s - _J2000_S) / DAY_S
    anomaly = radians(357.528 + 0.9856003 * days)
    mean_longitude_deg = 280.460 + 0.9856474 * days
    longitude = radians(mean_longitude_deg + 1.915 * sin(anomaly) + 0.020 * sin(2.0 * anomaly))
    obliquity = radians(23.439 - 0.0000004 * days)
    declination = asin(sin(obliquity) * sin(longitude))
    # The equation of time as the difference of mean longitude and right ascension, by series.
    y = (1.0 - cos(obliquity)) / (1.0 + cos(obliquity))
    ahead_deg = degrees(y * sin(2.0 * longitude) - 0.5 * y * y * sin(4.0 * longitude))
    ahead_deg -= 1.915 * sin(anomaly) + 0.020 * sin(2.0 * anomaly)
    hour_angle = radians(360.0 * (at_s % DAY_S) / DAY_S - 180.0 + lon_deg + ahead_deg)
    latitude = radians(lat_deg)
    return degrees(asin(sin(latitude) * sin(declination) + cos(latitude) * cos(declination) * cos(hour_angle)))
