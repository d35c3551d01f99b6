"""Conversions at the edge of the engine; inside it everything is metres, seconds and metres per second."""

NAUTICAL_MILE_M = 1852.0
KNOT_MS = NAUTICAL_MILE_M / 3600.0
MINUTE_S = 60.0
HOUR_S = 3600.0
DAY_S = 24.0 * HOUR_S
