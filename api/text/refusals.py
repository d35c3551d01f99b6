"""What is refused, and what to do about it, in the language of whoever reads it.

The English sentence, as the code words it, is the key of its own translation (``refusals.toml``), as in gettext; what
the code fills in stands in braces. Nothing but the text is looked at, so that no refusal has to know its languages.

References
----------
GNU gettext 0.22, manual, 4.3: entire sentences, and fields in place of what is filled in.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from string import Formatter
from typing import Any, NamedTuple

from api.text.locale import localize_number
from api.text.singular import with_singulars

_FRENCH = "fr"
_NUMBER = r"[-+]?[0-9][0-9.,]*(?:e[-+]?[0-9]+)?"
_NUMBERS = (
    "before", "columns", "count", "east", "first", "high", "hours", "least", "left", "limit", "line", "low", "metres",
    "most", "north", "number", "second", "seconds", "size", "south", "tolerance", "west",
)  # fmt: skip
_LEADS = {"echo": "'.*' ", "file": "(?:[^'\":.]|[.](?! ))+? ", "where": "[0-9°'.NSEW ]+ "}
"""What a field that a text may begin with, or may not, holds where it does."""
_MAP_LINE = r"(?:delimiter|columns|position|time) = (?:\"[^\"]*\"|\{(?:[^\"}]|\"(?:\\.|[^\"\\])*\")*\})"
"""A line of a column map as `api.replay.ingest.match_headers` proposes it, whatever stands in its quotes."""
_BLANK_NAME = '"NAME"'
"""Where a line of a column map leaves a name to be filled in."""
_FORMS = {
    **_LEADS,
    "afloat": "[0-9°'.NSEW ]+",
    "row": "[^']+",
    "other": "[A-Za-z0-9_-]+",
    "expected": "'.*'",
    "map_line": _MAP_LINE,
    "met": ".+",
    "named": "['\"].*['\"]",
    "names": "['\"].*['\"]",
    "next_line": _MAP_LINE,
    "other_named": "['\"].*['\"]",
    "others": "[^.]+",
    "pattern": "[^ ]+",
    "roles": "[a-z_0-9]+(?:, [a-z_0-9]+)*",
    "sha256": "[0-9a-f]+",
    "sign": "'[^']+'|\"'\"",
    "sought": "(?:(?!; looked for: ).)+",
    **dict.fromkeys(_NUMBERS, _NUMBER),
}
"""What a field of that name may hold; another one anything at all."""
_AND_MORE = re.compile(" and ([0-9]+) more$")
_QUOTED_OR = re.compile("(?<=['\"]) or (?=['\"])")
_ENDS = re.compile(r"(?<=[.?!]) ")
_GROUPED = re.compile(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:[.][0-9]+)?")
"""A number of ours with its thousands set apart, which a comma would make a decimal of in French."""
_MOST_SENTENCES = 12


class _Pattern(NamedTuple):
    """Sentences of one template.

    Attributes
    ----------
    form : re.Pattern
    french : str
        Template of the translation.
    weight : (int, int)
        Characters before the first field, and in all; the greater of two is the more specific one.
    """

    form: re.Pattern[str]
    french: str
    weight: tuple[int, int]


class _Catalogue(NamedTuple):
    """The file, made ready for looking texts up.

    Attributes
    ----------
    whole : dict of str
        French by English, of what has no field.
    patterns : tuple of _Pattern
        Of what has, the most specific first.
    words, phrases : dict of dict
        French of what a field holds, by the field's name: all that it may hold, and what it often does.
    """

    whole: dict[str, str]
    patterns: tuple[_Pattern, ...]
    words: dict[str, dict[str, str]]
    phrases: dict[str, dict[str, str]]


def translate_refusal(text: str, language: str) -> str:
    """The problem, the remedy or the title of a refusal in a language.

    Parameters
    ----------
    text : str
        In English, as the code words it: one sentence or several.
    language : str
        ``fr``; in any other one the text stays as it is.

    Returns
    -------
    str
        The text as it is, where it or any sentence of it has no translation: half of a text is of no use to anybody.
    """
    if language != _FRENCH:
        return text
    catalogue = _catalogue()
    translated = _sentence(text, catalogue)
    if translated is None:
        translated = _sentences(text, catalogue)
    return text if translated is None else translated


def refusal_detail(problem: str, remedy: str, language: str) -> str:
    """What is wrong and what to do about it, both in ``en`` or ``fr``; in English where either has no French."""
    told = [translate_refusal(text, language) for text in (problem, remedy)]
    is_whole = all(text != english for text, english in zip(told, (problem, remedy), strict=True) if english)
    return " ".join(text for text in (told if is_whole else (problem, remedy)) if text)


def refusal_sentence(field: str, problem: str, remedy: str, language: str) -> str:
    """``field: problem remedy`` in ``en`` or ``fr``, where a space stands before the colon."""
    detail = refusal_detail(problem, remedy, language)
    if language != _FRENCH:
        return f"{field}: {detail}"
    return f"{_catalogue().phrases['field'].get(field, field)} : {detail}"


def listed_refusals(refusals: Sequence[tuple[str, str, str]], language: str) -> tuple[str, str]:
    """Several refusals as one, numbered; in English where any of them has no French.

    Parameters
    ----------
    refusals : sequence of (str, str, str)
        Field, problem and remedy of each; the field empty where it is what the whole is about.
    language : str
        ``en`` or ``fr``.

    Returns
    -------
    problem, remedy : str
        A remedy that several have stands once.
    """
    told = [(field, translate_refusal(problem, language), translate_refusal(remedy, language))
            for field, problem, remedy in refusals]  # fmt: skip
    is_french = language == _FRENCH and all(
        french != english for whole, each in zip(told, refusals, strict=True)
        for french, english in zip(whole[1:], each[1:], strict=True)
    )  # fmt: skip
    if not is_french:
        told = list(refusals)
    subject, problems = ("il", "problèmes :") if is_french else ("It", "problems:")
    listed = " ".join(
        f"({number}) {field or subject} {problem}" for number, (field, problem, _) in enumerate(told, start=1)
    )
    return f"{len(told)} {problems} {listed}", " ".join(dict.fromkeys(remedy for _, _, remedy in told))


def _sentences(text: str, catalogue: _Catalogue) -> str | None:
    """A text put together of sentences; None where any of them has no translation."""
    ends = [end.start() for end in _ENDS.finditer(text)][:_MOST_SENTENCES]
    # The longest first: what is echoed may look like the end of a sentence.
    for end in reversed(ends):
        first = _sentence(text[:end], catalogue)
        if first is not None:
            rest = text[end + 1 :]
            following = _sentence(rest, catalogue) or _sentences(rest, catalogue)
            return None if following is None else f"{first} {following}"
    return None


def _sentence(text: str, catalogue: _Catalogue) -> str | None:
    whole = catalogue.whole.get(text)
    if whole is not None:
        return whole
    for pattern in catalogue.patterns:
        found = pattern.form.fullmatch(text)
        if found:
            values = {name: _value(name, value, catalogue) for name, value in found.groupdict().items()}
            if None in values.values():
                continue
            french = pattern.french.format_map(values)
            # What was typed is repeated as it was.
            return with_singulars(french) if values.keys() <= set(_NUMBERS) else french
    return None


def _value(name: str, value: str, catalogue: _Catalogue) -> str | None:
    """What a field holds, in French where it is a word of ours; None of a refusal that has no translation."""
    if name == "refusal":
        return _held_refusal(value, catalogue)
    if name in catalogue.words:
        return " ou ".join(catalogue.words[name][word] for word in value.split(" or "))
    if name in ("names", "expected"):
        return _QUOTED_OR.sub(" ou ", value)
    if name in _NUMBERS and _GROUPED.fullmatch(value):
        return localize_number(value, _FRENCH)
    if name == "met":
        value = _AND_MORE.sub(r" et \1 de plus", value)
    if name in ("map_line", "next_line"):
        return value.replace(_BLANK_NAME, '"NOM"')
    return catalogue.phrases.get(name, {}).get(value, value)


def _held_refusal(text: str, catalogue: _Catalogue) -> str | None:
    """A refusal that another one tells of, with or without what it is of: ``file: problem``."""
    translated = _sentence(text, catalogue) or _sentences(text, catalogue)
    if translated is not None:
        return translated
    field, colon, problem = text.partition(": ")
    translated = (_sentence(problem, catalogue) or _sentences(problem, catalogue)) if colon else None
    return None if translated is None else f"{field} : {translated}"


@cache
def _catalogue() -> _Catalogue:
    """Read when French is first asked for."""
    from api.text.catalogue import load_entries

    entries: dict[str, dict[str, Any]] = load_entries("refusals")
    whole: dict[str, str] = {}
    patterns = []
    for english, french in _variants(entries["texts"] | entries["titles"]):
        pieces = list(Formatter().parse(english))
        if all(name is None for _, name, _, _ in pieces):
            whole[english.format()] = french.format()
        else:
            patterns.append(_pattern(pieces, french, entries["words"]))
    patterns.sort(key=lambda pattern: pattern.weight, reverse=True)
    return _Catalogue(whole, tuple(patterns), entries["words"], entries["phrases"])


def _variants(entries: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Entries, and once more without what a text may begin with."""
    for english, french in entries.items():
        yield english, french
        lead = next((f"{{{name}}}" for name in _LEADS if english.startswith(f"{{{name}}}")), None)
        if lead is not None:
            yield english.removeprefix(lead), french.removeprefix(lead).removeprefix(": ")


def _pattern(pieces: list[Any], french: str, words: dict[str, dict[str, str]]) -> _Pattern:
    form, literals = "", []
    for literal, name, _, _ in pieces:
        literals.append(len(literal))
        form += re.escape(literal)
        if name is not None:
            form += f"(?P<{name}>{_form_of(name, words)})"
    return _Pattern(re.compile(form, re.DOTALL), french, (literals[0], sum(literals)))


def _form_of(name: str, words: dict[str, dict[str, str]]) -> str:
    if name in words:
        word = "|".join(map(re.escape, words[name]))
        return f"(?:{word})(?: or (?:{word}))*"
    return _FORMS.get(name, ".+?")
