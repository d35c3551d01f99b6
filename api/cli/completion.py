"""``safeport completion``: a script with which a shell completes commands, options, and names of ports and profiles."""

import argparse
from typing import Any

from api.cli.arguments import add_pack, pack_folder
from api.encounter_fields import ENCOUNTER_FIELDS

SHELLS = ("bash", "zsh", "fish")
INSTALL = """where the script goes:
  bash: safeport completion bash > ~/.local/share/bash-completion/completions/safeport
  zsh:  safeport completion zsh > ~/.zfunc/_safeport, with ~/.zfunc in fpath
  fish: safeport completion fish > ~/.config/fish/completions/safeport.fish"""

_FILES = frozenset({"FILE", "INPUT", "CUBE"})
_FOLDERS = frozenset({"DIR", "FOLDER"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("shell", choices=SHELLS, help="bash, zsh or fish")
    add_pack(parser)
    parser.epilog = INSTALL
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.set_defaults(run=run, fields={})


def run(options: argparse.Namespace) -> int:
    """Print the script."""
    folder = pack_folder(options.pack)

    import shtab

    from api.cli.main import parser
    from geodata.pack import DEFAULT_PACK, read_pack
    from geodata.policies import policy_names

    tables: Any = read_pack(folder or DEFAULT_PACK).tables
    ports = sorted(str(row["id"]) for row in tables["ports"])
    values = {
        **dict.fromkeys(("id", "port", "start", "end"), ports),
        "vessel": sorted(str(row["id"]) for row in tables["vessels"]),
        "policy": policy_names(),
        "country": sorted({str(row["country"]) for row in tables["ports"]}),
        "kind": sorted({str(row["kind"]) for row in tables["ports"]}),
        "medical": ["none", "urgent", "critical"],
        **{name: ["yes", "no"] for name, field in ENCOUNTER_FIELDS.items() if field.holds is bool},
    }
    whole = parser()
    _offer(whole, values)
    print(shtab.complete(whole, options.shell))
    return 0


def _offer(parser: argparse.ArgumentParser, values: dict[str, list[str]]) -> None:
    """Give arguments the values a shell is to offer; the parser is good for nothing else afterwards.

    Parameters
    ----------
    parser : ArgumentParser
    values : dict of list of str
        By the name an argument is kept under. Those of files and folders are left to the shell.
    """
    import shtab

    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _offer(command, values)
        elif action.metavar in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.metavar in _FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif action.choices is None and action.metavar is not None:
            # A tide begins at a time, and a distance at a port: both are kept as the start of something.
            action.choices = None if action.metavar == "T" else values.get(action.dest)
