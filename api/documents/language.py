"""The texts of a document in the languages asked for: each text is an object with ``en``, ``fr`` or both."""

LANGUAGES = ("en", "fr")
BOTH = "both"


def languages_of(lang: str) -> tuple[str, ...]:
    """Languages asked for: ``en``, ``fr`` or ``both``."""
    return LANGUAGES if lang == BOTH else (lang,)


def in_language(node: object, lang: str) -> object:
    """A document with its texts in one language.

    Parameters
    ----------
    node : object
        Of JSON types; not changed.
    lang : str
        ``en``, ``fr``, or ``both`` for the document as it is.
    """
    if lang == BOTH:
        return node
    if isinstance(node, dict):
        if node and node.keys() <= {"en", "fr"}:
            return {lang: node[lang]}
        return {name: in_language(value, lang) for name, value in node.items()}
    if isinstance(node, list) and node and isinstance(node[0], dict):
        return [in_language(value, lang) for value in node]
    return node
