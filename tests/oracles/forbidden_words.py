"""Words no text of ours may use: they promise, command, or speak of who the people are."""

import re


def _patterns(*sources: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(source, re.IGNORECASE) for source in sources)


BANNED_EN = _patterns(
    r"\b(?:un)?safe(?:ly|r|st)?\b",
    r"\bguarant\w*",
    r"\b(?:must|shall)\b",
    r"\border(?:s|ed|ing)?\b",
    r"\binstruct\w*",
    r"\bcertain(?:ly|ty)?\b",
    r"\bcleared\b",
    r"\b(?:migrant|refugee|asylum|national|nationality|illegal|clandestine|irregular)\w*",
)
"""In English; ``safety`` is allowed."""

BANNED_FR = _patterns(
    r"(?<!lieu )(?<!lieux )\bsûre?s?\b",
    r"\bsûrement\b",
    r"\bgaranti\w*",
    r"\bd(?:oit|oivent|ois|evez|evons|evra|evront|evrait)\b",
    r"\bord(?:re|res|onn\w*)\b",
    r"\binstruct\w*",
    r"\bcertain(?:e|s|es|ement)?\b",
    r"\b(?:migrant|réfugié|asile|nationalité|illégal|clandestin|irréguli)\w*",
)
"""In French; ``lieu sûr``, the term for a place of safety, is allowed."""
