"""Tidal streams: an atlas by hour of the tide, as a layer of the pack, and the tides it is read by."""
