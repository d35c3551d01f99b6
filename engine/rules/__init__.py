"""The rules: small pure functions, one finding each, grouped as a master asks.

A rule earns its ``PASS`` by a comparison that NaN cannot satisfy; everything it was not told is ``UNKNOWN``.
"""
