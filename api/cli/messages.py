"""The few words of the command line's own, in both languages; what rules and notices say is in `api.text.messages`."""

from api.text.catalogue import fill_in, load_texts

WORDS = load_texts("command_line")


def word(key: str, language: str, **fields: object) -> str:
    """A word or sentence in ``en`` or ``fr``, its fields filled in."""
    return fill_in(WORDS[key].of(language), language, fields)
