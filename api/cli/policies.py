"""``safeport policies``: the policies that ``--policy`` takes, and the effect of each."""

import argparse

from api.cli.arguments import add_json, add_language
from api.cli.console import wrap


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_language(parser)
    add_json(parser)
    parser.set_defaults(run=run, fields={})


def run(options: argparse.Namespace) -> int:
    """List and print."""
    from api.decision_service import known_policy
    from api.documents.decision import to_json
    from api.documents.profiles import policy_document
    from geodata.policies import policy_names

    documents = [policy_document(known_policy(name)) for name in policy_names()]
    if options.json:
        print(to_json({"policies": documents}))
        return 0
    for document in documents:
        effects: dict[str, str] = document["effect"]  # type: ignore[assignment]
        print("\n".join([str(document["name"]), *wrap(effects[options.lang], "  ")]))
    return 0
