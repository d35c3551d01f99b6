"""What a reason code says of ports in general: the sentence of its wording without the figures of one case."""

import re

from engine.vocab import Code
from engine.wording import WORDING

_FIGURES = (
    r", \{measured\} from water \(tolerance \{limit\}\)",
    r"[:,]? ?(?:about |of |depth )?\{measured\}(?: (?:free for|to run|of|needed))?",
    r",? ?(?:limit|needed|usable range|for|from)? ?\{limit\}(?: with margin)?",
    r" ?\(?\{(?:detail|count)\}\)?",
)
_WHAT_TO_DO = re.compile(r"[:.] (?:ask|check|confirm|inform|call) [^.]*\.", re.IGNORECASE)
"""What a crew would do about it; nobody is at sea in a replay."""


def sentence_of(code_name: str) -> str:
    """What a code says, of any port and without figures; the bare name of a code that is not known here."""
    try:
        text = WORDING[Code[code_name]].en
    except KeyError:
        return code_name
    text = text.replace("{port}", "the port").replace("{vhf}", "16")
    for figure in _FIGURES:
        text = re.sub(figure, "", text)
    text = re.sub(r"\s+([.,:])", r"\1", text).replace(":.", ".").strip()
    text = _WHAT_TO_DO.sub(".", text)
    return text[0].upper() + text[1:]
