"""What each rule and each of its reason codes says to a person, and what a rule measures and by whose word."""

from typing import Any, NamedTuple

from api.text.catalogue import Text, load_entries
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
    unit : str or None
        Of what it measures, where that is not what the other codes of its rule do; see `RuleEntry.unit`.
    """

    text: Text
    citation: str
    level: str | None
    general: Text | None
    short: Text | None
    unit: str | None

    @property
    def of_any_port(self) -> Text:
        """What it says of no port in particular, without figures."""
        return self.general or self.text


class RuleEntry(NamedTuple):
    """What is said of one rule.

    Attributes
    ----------
    title : Text
        Two to five words.
    unit : str or None
        Of what it measures and of its limit: a key of `api.text.quantities.UNITS`; None where it measures nothing.
    source : str or None
        Where what it looks at comes from; None where the register or a feed says so.
    source_column : str or None
        Column of the register that says so.
    facts : list of str
        Facts of the register that it looks at, each with a source of its own.
    """

    title: Text
    unit: str | None
    source: str | None
    source_column: str | None
    facts: list[str]


FIELDS = frozenset({"port", "measured", "limit", "count", "detail", "vhf"})
"""Fields a text may use: ``port`` is the name in that language in capitals, ``vhf`` the channel to ask on."""


def _wording(entry: dict[str, Any]) -> Wording:
    general, short = (
        Text(entry[f"{form}_en"], entry[f"{form}_fr"]) if f"{form}_en" in entry else None
        for form in ("general", "short")
    )
    return Wording(
        Text(entry["en"], entry["fr"]), entry["citation"], entry.get("level"), general, short, entry.get("unit")
    )


_ENTRIES = load_entries("codes")
_RULES = {rule: _ENTRIES.pop(rule.id) for rule in Rule}

WORDING: dict[Code, Wording] = {Code[name]: _wording(entry) for name, entry in _ENTRIES.items()}
"""Text and citation of every code."""

RULE_ENTRIES: dict[Rule, RuleEntry] = {
    rule: RuleEntry(
        Text(entry["en"], entry["fr"]), entry.get("unit"), entry.get("source"), entry.get("source_column"),
        entry.get("facts", []),
    )
    for rule, entry in _RULES.items()
}  # fmt: skip
RULE_TITLE: dict[Rule, Text] = {rule: entry.title for rule, entry in RULE_ENTRIES.items()}
"""Short name of every rule."""
