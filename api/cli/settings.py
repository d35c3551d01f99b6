"""``safeport settings``: what can be set, what it is when nobody sets it, and what it means."""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options: there are none."""
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:  # noqa: ARG001
    """Print the table. Values in use are not in it: they may be secret."""
    from api.settings import settings_table

    print(settings_table(), end="")
    return 0
