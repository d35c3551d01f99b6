"""Tides: published harmonic constants, the heights they predict, and what that says about each port."""
