"""Start and end of the ``safeport`` command: options in, exit code out, never a traceback.

Exit codes: 0 answered (also when no port is fit), 2 bad input, 1 failed.
"""

import atexit
import os
import sys
import traceback
from collections.abc import Sequence

from api.cli import (
    audit,
    completion,
    db,
    decide,
    distance,
    doctor,
    forecast,
    geodata,
    keys,
    plan,
    policies,
    ports,
    register,
    replay,
    serve,
    settings,
    stream,
    terminal,
    tide,
    vessels,
)
from api.cli.arguments import Parser, language_typed, protect_negative_numbers, refuse_unknown_options
from api.cli.errors import failure_text, problem_text, refusal_line
from api.cli.messages import WORDS
from api.compiling import show_compiling
from api.replay.errors import SchedulerLost
from api.signals import ended_by_signals
from api.store.errors import SchemaMismatch, StoreBusy, StoreUnavailable
from engine import ENGINE_VERSION
from engine.errors import DownloadFailed, PackError, SafeportError

ANSWERED, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

COMMANDS = {
    "decide": (decide, "nearest port fit to receive these people, and why no nearer one"),
    "plan": (plan, "joint plan of a mass rescue: many encounters over the ports there are"),
    "replay": (replay, "past encounters in bulk: a table in, a folder of decisions out"),
    "distance": (distance, "water distance between two positions or ports"),
    "ports": (ports, "the port register, or one port of it"),
    "vessels": (vessels, "vessel profiles: what --vessel takes"),
    "policies": (policies, "policies: what --policy takes, and the effect of each"),
    "register": (register, "check the register: what is missing, implausible or out of date"),
    "tide": (tide, "predicted tide at a port: heights, high and low waters"),
    "stream": (stream, "tidal stream at a position"),
    "forecast": (forecast, "make, show or fetch a forecast cube"),
    "doctor": (doctor, "check this installation"),
    "geodata": (geodata, "build or verify the geodata pack"),
    "serve": (serve, "answer over HTTP"),
    "terminal": (terminal, "onboard terminal: follows the vessel and answers with no link"),
    "keys": (keys, "give vessels and services keys, and take them away"),
    "db": (db, "make, check, back up, restore or move the control room's memory"),
    "audit": (audit, "verify the audit trail, replay a decision, sign the end of the chain"),
    "completion": (completion, "print a script for completion in bash, zsh or fish"),
    "settings": (settings, "list the settings of the service, with their defaults"),
}
"""Every command: the module that declares and answers it, and what it is for."""


def run() -> int:
    """Entry point of the installed command."""
    for output in (sys.stdout, sys.stderr):
        # The document is UTF-8 whatever the terminal's locale; a name with an accent never breaks an answer.
        output.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    show_compiling(sys.stderr)
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has read enough (``| head``); the interpreter's own flush at exit would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ANSWERED
    if code not in (ANSWERED, INTERRUPTED) and "pyarrow" in sys.modules:
        _end_at_once(code)
    return code


def _end_at_once(code: int) -> None:
    """End the process without taking the interpreter apart, once all that is registered for the end is done.

    A table that is refused may still be read ahead by a thread of Arrow. Where that comes back into Python while it
    ends, the process is ended by a signal, until Python 3.14.
    """
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main(arguments: Sequence[str]) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str
        What was typed after ``safeport``.

    Returns
    -------
    int
        Exit code.
    """
    fields: dict[str, str] = {}
    language = language_typed(arguments)
    try:
        whole = parser()
        refuse_unknown_options(whole, arguments)
        options = whole.parse_args(protect_negative_numbers(arguments))
        fields = options.fields
        with ended_by_signals():
            return int(options.run(options))
    except SystemExit as end:
        # --help and --version end this way.
        return int(end.code or 0)
    except (PackError, DownloadFailed, SchedulerLost, StoreUnavailable, StoreBusy, SchemaMismatch) as error:
        return _failed(_refusal(error, fields, FAILED, arguments, language))
    except SafeportError as error:
        print(_refusal(error, fields, BAD_INPUT, arguments, language), file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last handler: whatever went wrong is one line and exit code 1
        what = f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
        line = WORDS["failed"].of(language).format(what=what)
        return _failed(failure_text(error, line, FAILED) if "--json" in arguments else line)


def _refusal(
    error: SafeportError, fields: dict[str, str], code: int, arguments: Sequence[str], language: str
) -> str:  # fmt: skip
    """One line for people, or for ``--json`` one problem document; an option that is wrong may stand before it."""
    if "--json" in arguments:
        return problem_text(error, fields, code, language)
    return refusal_line(error, fields, language)


def _failed(line: str) -> int:
    if os.environ.get("SAFEPORT_DEBUG", "").lower() in ("1", "true", "yes", "on"):
        traceback.print_exc()
    print(line, file=sys.stderr)
    return FAILED


def parser() -> Parser:
    """All commands and their options."""
    whole = Parser(
        prog="safeport",
        description="Which port is the nearest one fit to receive these people from this vessel now. "
        "It advises; the coordination centre and the master decide.",
        epilog="'safeport COMMAND --help' lists the options of a command.",
    )
    whole.add_argument("-V", "--version", action="version", version=f"safeport {ENGINE_VERSION}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    for name, (module, purpose) in COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.")
        command.set_defaults(run=None, fields={})
        module.add_arguments(command)
    return whole
