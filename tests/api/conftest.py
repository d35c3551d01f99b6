"""Logging is a process's own: whatever a test starts of it is put back."""

import logging

import pytest

from api import logs


@pytest.fixture(autouse=True)
def logging_put_back():
    """The service sets up logging for its whole process; a test has to leave it as it was."""
    root = logging.getLogger()
    names = (*logs.OURS, *logs.SERVER)
    handlers, level = list(root.handlers), root.level
    kept = {
        name: (list(item.handlers), item.propagate, item.level) for name in names if (item := logging.getLogger(name))
    }
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, (theirs, propagates, was) in kept.items():
        library = logging.getLogger(name)
        library.handlers[:], library.propagate = theirs, propagates
        library.setLevel(was)
