"""Figures as ratios against peers, measured in one run. Never part of the tests."""

import os

# A user's Python keeps the byte code of what it imports; without it every process that is timed would compile it anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
