"""What each reason code and each rule says to a person; the texts stand in ``codes.toml`` and ``rules.toml``."""

from typing import Any, NamedTuple

from api.text.catalogue import Text, load_entries, load_texts
from engine.codes import Code, Rule


class Wording(NamedTuple):
    """What one code says.

    Attributes
    ----------
    text : Text
        Template, with the same fields in both languages.
    citation : str
        Clause that carries the rule; ``seamanship`` where no convention does.
    level : str or None
        How loud a notice is: ``information``, ``caution`` or ``warning``; None of codes that are no notice.
    general : Text or None
        The same of no port and without figures, for reports on many; None where the template is that already.
    short : Text or None
        What is not known, in two or three words; None of codes that do not say so.
    """

    text: Text
    citation: str
    level: str | None
    general: Text | None
    short: Text | None


FIELDS = frozenset({"port", "measured", "limit", "count", "detail", "vhf"})
"""Fields a text may use: ``port`` is the name in that language in capitals, ``vhf`` the channel to ask on."""


def _wording(entry: dict[str, Any]) -> Wording:
    general, short = (
        Text(entry[f"{form}_en"], entry[f"{form}_fr"]) if f"{form}_en" in entry else None
        for form in ("general", "short")
    )
    return Wording(Text(entry["en"], entry["fr"]), entry["citation"], entry.get("level"), general, short)


WORDING: dict[Code, Wording] = {Code[name]: _wording(entry) for name, entry in load_entries("codes").items()}
"""Text and citation of every code."""

_RULES = {rule.id: rule for rule in Rule}
RULE_TITLE: dict[Rule, Text] = {_RULES[name]: title for name, title in load_texts("rules").items()}
"""Short name of every rule."""
