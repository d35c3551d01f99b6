"""Logs: one line an event, as JSON or as text, on standard error; everything the program and its libraries say.

A line never holds a position, a query, a body or a key. Who logs keeps to it; two guards stand here, because what an
exception says of itself may repeat what was sent: of one that nobody foresaw only its class and the places in the
code are written, never its message.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

MOST_FRAMES = 20

OURS = ("safeport", "api", "geodata", "engine")
"""First words of the names of the program's own loggers: the level chosen is theirs."""

SERVER = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")
"""Loggers of the server, which say what they say through ours."""


def start_logging(form: str = "text", level: str = "info", stream: TextIO | None = None) -> None:
    """Send everything logged in this process to standard error; what was set up before is replaced.

    Parameters
    ----------
    form : {'text', 'json'}
    level : {'debug', 'info', 'warning', 'error'}
    stream : TextIO, optional
        Standard error when left out.
    """
    renderer: Any = structlog.processors.JSONRenderer(sort_keys=True)
    if form == "text":
        renderer = structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            ],
            processors=[_without_message, structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries tell of their everyday doings with addresses and queries in them: of those only what is wrong is heard.
    root.setLevel(max(logging.WARNING, getattr(logging, level.upper())))
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())
    for name in SERVER:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(logging.NOTSET)


def _without_message(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Of an exception its class and where it came from, without what it says."""
    failure = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if failure is True:
        failure = sys.exc_info()
    if isinstance(failure, tuple):
        failure = failure[1]
    if isinstance(failure, BaseException):
        chain, seen = [], set()
        while failure is not None and id(failure) not in seen:
            seen.add(id(failure))
            frames = traceback.extract_tb(failure.__traceback__)[-MOST_FRAMES:]
            where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
            chain.append({"error": type(failure).__qualname__, "where": where})
            failure = failure.__cause__ or (None if failure.__suppress_context__ else failure.__context__)
        event["failure"] = chain
    return event
