"""The line view: one sentence for a satellite or text message, and a second one with room for the reason.

Plain ASCII, so that a message stays one part on every network. Times are UTC.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, cast

from api.documents.bilingual import Bilingual
from api.documents.decision_types import LineDocument
from api.documents.language import LANGUAGES
from api.text.catalogue import load_texts
from api.text.sentences import first_channel

SHORT_CHARS = 160
"""One part of a text message."""

LONG_CHARS = 340
"""A satellite message."""

_LINES = load_texts("short_line")


def line_of(document: Mapping[str, Any], languages: Sequence[str] = LANGUAGES) -> LineDocument:
    """The line view of a whole document.

    Parameters
    ----------
    document : dict
        Of `api.documents.decision.whole_document`, cut to two candidates or more, in these languages at least.
    languages : sequence of str
    """
    return {
        "decision_id": document["decision_id"],
        "decided_at": document["decided_at"],
        "outcome": document["outcome"],
        "line": cast(Bilingual, {lang: _short(document, lang) for lang in languages}),
        "long_line": cast(Bilingual, {lang: _long(document, lang) for lang in languages}),
    }


def _short(document: Mapping[str, Any], lang: str) -> str:
    optional = [_over(document, lang), _nearer(document, lang), (_centre(document, lang),)]
    return _fitted(_first(document, lang), optional, _word("end", lang), SHORT_CHARS)


def _long(document: Mapping[str, Any], lang: str) -> str:
    optional = [_over(document, lang), _nearer(document, lang), (_centre(document, lang),), (_next(document, lang),)]
    return _fitted(_first(document, lang), optional, _word("long_end", lang), LONG_CHARS)


def _fitted(first: str, optional: list[tuple[str, ...]], end: str, most: int) -> str:
    """What has to be said, and of the rest, in order of need, the fullest wording that still fits."""
    end = _ascii(end)
    line = _ascii(first)[: most - len(end)]
    for wordings in optional:
        fitting = (part for part in map(_ascii, wordings) if len(line) + len(part) + len(end) <= most)
        line += next(fitting, "")
    return line + end


def _first(document: Mapping[str, Any], lang: str) -> str:
    """What to do: the port recommended, or else the best unconfirmed one."""
    candidates = document["candidates"]
    if not candidates:
        return _word("none", lang)
    first = candidates[0]
    kind = first["status"]
    if any(notice["code"] == "RESCUE_INCOMPLETE" for notice in document["notices"]) and kind != "unconfirmed":
        kind = "information"
    words = _word(kind, lang, port=_name(first, lang))
    if first["time_to_landing_min"] is not None:
        eta = first["eta_at"]
        words += _word(
            "way", lang, miles=f"{first['distance_nm']:.1f}",
            bearing=f"{first['bearing_deg'] % 360:03d}", minutes=f"{first['time_to_landing_min']:.0f}",
            eta="-" if eta is None else f"{eta[11:13]}{eta[14:16]}Z",
        )  # fmt: skip
    vhf = first_channel(first["port"]["vhf"], "")
    return words + (_word("vhf", lang, vhf=vhf) if vhf else "")


def _over(document: Mapping[str, Any], lang: str) -> tuple[str, ...]:
    """Banks that the way to the first port leads over: with the water over each, or by name alone."""
    banks = document["candidates"][0]["over_banks"] if document["candidates"] else []
    if not banks:
        return ()
    names = [bank["name"][lang].upper() for bank in banks]
    depths = [f"{name} {bank['depth_m']:.1f}m" for name, bank in zip(names, banks, strict=True)]
    return tuple(_word("over", lang, banks=", ".join(parts)) for parts in (depths, names))


def _nearer(document: Mapping[str, Any], lang: str) -> tuple[str, ...]:
    """The much nearer port to ask about first: as its notice says, or by name alone."""
    notice = next((notice for notice in document["notices"] if notice["code"] == "UNCONFIRMED_NEARER"), None)
    if notice is None:
        return ()
    text: str = notice["text"][lang]
    named = [port["name"][lang] for port in document["passed_over"] if port["port_id"] in notice.get("port_ids", ())]
    return (f". {text.rstrip('.')}", *(_word("nearer", lang, port=name.upper()) for name in named))


def _next(document: Mapping[str, Any], lang: str) -> str:
    """The runner-up."""
    others = document["candidates"][1:2]
    if not others or others[0]["time_to_landing_min"] is None:
        return ""
    other = others[0]
    return _word(
        "next", lang, port=_name(other, lang), miles=f"{other['distance_nm']:.1f}",
        minutes=f"{other['time_to_landing_min']:.0f}",
    )  # fmt: skip


def _centre(document: Mapping[str, Any], lang: str) -> str:
    centres = document["coordination"]["centres"]
    return _word("call", lang, centre=centres[0]["name"]) if centres else ""


def _name(candidate: Mapping[str, Any], lang: str) -> str:
    name: str = candidate["port"]["name"][lang]
    return name.upper()


def _word(key: str, lang: str, **fields: object) -> str:
    return _LINES[key].of(lang).format(**fields)


def _ascii(text: str) -> str:
    """A text without accents."""
    return unicodedata.normalize("NFKD", text.replace("œ", "oe")).encode("ascii", "ignore").decode()
