"""Compiled functions on plain floats and arrays; they import numpy and numba and nothing else of this project."""
