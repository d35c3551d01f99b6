"""``safeport policies``: the policies that ``--policy`` takes, and the effect of each."""

import argparse

from api.cli.arguments import add_json, add_language
from api.cli.layout import folded


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_language(parser)
    add_json(parser)
    parser.set_defaults(answer=answer, fields={})


def answer(options: argparse.Namespace) -> int:
    """List and print."""
    from api.document import dump
    from api.documents.profiles import policy_document
    from api.house import known_policy
    from geodata.policies import policy_names

    documents = [policy_document(known_policy(name)) for name in policy_names()]
    if options.json:
        print(dump({"policies": documents}))
        return 0
    for document in documents:
        effects: dict[str, str] = document["effect"]  # type: ignore[assignment]
        print("\n".join([str(document["name"]), *folded(effects[options.lang], "  ")]))
    return 0
