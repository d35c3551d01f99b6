"""An operator's own survey: gridded depths that refine banks and the ways into ports."""

DATUMS = ("chart", "lat", "msl")
"""What depths may be counted from: chart datum, lowest astronomical tide (taken for it), mean sea level."""

SIGNS = ("down", "up")
"""Which way the figures of a file may grow."""
