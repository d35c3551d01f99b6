"""The plan's own texts by what they are for. It proposes; no word of it promises or commands."""

from api.text.catalogue import Text, load_entries, load_groups

_TEXTS = load_groups("plan")

HEADLINE = _TEXTS["headline"]

REASON = _TEXTS["reason"]
"""Why people of an encounter have no place in the plan."""

SENTENCE = _TEXTS["sentence"]

URGENCY = {"none": Text("", ""), **_TEXTS["urgency"]}

OVER_LIMIT = _TEXTS["over_limit"]
"""Of an encounter with more people than its vessel can carry."""

LABEL = _TEXTS["label"]

NOTICE = {
    code: (entry["level"], Text(entry["en"], entry["fr"])) for code, entry in load_entries("plan_notices").items()
}
"""Level and text of what to know about a plan."""
