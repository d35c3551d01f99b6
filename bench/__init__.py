"""Figures as ratios against peers, measured in one run. Never part of the tests."""
