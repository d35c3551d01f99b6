"""The few words of the command line's own, in both languages; what rules and notices say is in `api.text.messages`."""

from api.text.catalogue import load_texts
from api.text.singular import with_singulars

WORDS = load_texts("command_line")


def word(key: str, language: str, **fields: object) -> str:
    """A word or sentence in ``en`` or ``fr``, its fields filled in."""
    return with_singulars(WORDS[key].of(language).format(**fields))
