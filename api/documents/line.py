"""The line view: one sentence for a satellite or text message, and a second one with room for the reason.

Plain ASCII, so that a message stays one part on every network. Times are UTC.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from api.documents.bilingual import Bilingual
from api.documents.decision_types import LineDocument
from api.documents.language import LANGUAGES
from api.text.catalogue import load_groups, load_texts
from api.text.finding_sentences import first_channel
from api.text.fitting import fewer_names, fit_by_weight
from api.text.messages import WORDING
from engine.codes import Code

SHORT_CHARS = 160
"""One part of a text message."""

LONG_CHARS = 340
"""A satellite message."""

_WORDINGS_BESIDE_DOUBTS = 2
"""Of the wordings of what to do, the fullest ones: for a doubt the minutes are left out, but not the bearing."""

_LINES = load_texts("short_line")
_QUESTION = load_groups("sentences")["headline"]["question"]


class Lead(NamedTuple):
    """What stands first where a centre has directed: who, where to, when, and whether a hard rule fails there."""

    centre: str
    place: str
    clock: str
    is_conflict: bool


def line_of(
    document: Mapping[str, Any], languages: Sequence[str] = LANGUAGES, leads: Mapping[str, Lead] | None = None
) -> LineDocument:
    """The line view of a whole document.

    Parameters
    ----------
    document : dict
        Of `api.documents.decision.whole_document`, cut to two candidates or more, in these languages at least.
    languages : sequence of str
    leads : mapping of str to Lead, optional
        By language, where a direction is in force: the rest is for information then.
    """
    if leads is None:
        lines = {lang: (_short(document, lang), _long(document, lang)) for lang in languages}
    else:
        lines = {
            lang: (
                _directed(document, leads[lang], lang, SHORT_CHARS), _directed(document, leads[lang], lang, LONG_CHARS)
            )
            for lang in languages
        }  # fmt: skip
    return {
        "decision_id": document["decision_id"],
        "decided_at": document["decided_at"],
        "outcome": document["outcome"],
        "line": cast(Bilingual, {lang: short for lang, (short, _) in lines.items()}),
        "long_line": cast(Bilingual, {lang: long for lang, (_, long) in lines.items()}),
    }


def _short(document: Mapping[str, Any], lang: str) -> str:
    return _fitted(document, lang, _word("end", lang), SHORT_CHARS, [_over(document, lang)])


def _long(document: Mapping[str, Any], lang: str) -> str:
    return _fitted(document, lang, _word("long_end", lang), LONG_CHARS, [_over(document, lang), _next(document, lang)])


def _directed(document: Mapping[str, Any], lead: Lead, lang: str, most: int) -> str:
    """Who directed to where, and as far as there is room what is known beside it."""
    told = _word("directed_conflict", lang) if lead.is_conflict else ""
    end = _word("end", lang)
    bare = _word("directed", lang, centre="", place="", clock=lead.clock)
    room = most - len(_ascii(bare + told + end))
    # Both may be long names that people typed: each has half the room at least.
    centre, place = _ascii(lead.centre), _ascii(lead.place)
    place = place[: max(room // 2, room - len(centre))]
    first = _word("directed", lang, centre=centre[: room - len(place)], place=place, clock=lead.clock) + told
    incomplete = any(notice["code"] == "RESCUE_INCOMPLETE" for notice in document["notices"])
    optional = [(_word("rescue_incomplete", lang),) if incomplete else (), _for_information(document, lang)]
    return _with_what_fits(first, [*optional, (_centre(document, lang),)], end, most)


def _for_information(document: Mapping[str, Any], lang: str) -> tuple[str, ...]:
    """The port that would be advised: with the way to it, or by name alone."""
    candidates = document["candidates"]
    if not candidates:
        return ()
    port = _word("for_information", lang, port=_name(candidates[0], lang))
    return (port + _way(candidates[0], lang), port)


def _with_what_fits(first: str, optional: list[tuple[str, ...]], end: str, most: int) -> str:
    """What has to be said, and of the rest, in order of need, the fullest wording that still fits."""
    end = _ascii(end)
    line = _ascii(first)[: most - len(end)]
    for wordings in optional:
        fitting = (part for part in map(_ascii, wordings) if len(line) + len(part) + len(end) <= most)
        line += next(fitting, "")
    return line + end


def _fitted(
    document: Mapping[str, Any], lang: str, end: str, most: int, least_weighty: list[tuple[str, ...]]
) -> str:  # fmt: skip
    """What has to be said, and of the rest, by weight, what fits; no part is cut."""
    closing = f"{_centre(document, lang)}{end}"
    firsts = [_ascii(first) for first in _firsts(document, lang)]
    if len(firsts[-1]) + len(closing) > most:
        closing = f"{_centre(document, lang)}."
    closing = _ascii(closing)
    fitting = [first for first in firsts[:_WORDINGS_BESIDE_DOUBTS] if len(first) + len(closing) <= most]
    room = most - len(closing) - len((fitting or firsts)[-1])
    nearer = _nearer(document, lang)
    left = room - len(_ascii(nearer[-1])) if nearer else room
    weighty = [nearer, *_doubts(document, lang, left), *least_weighty]
    parts = [tuple(map(_ascii, wordings)) for wordings in weighty if wordings]
    chosen, _ = fit_by_weight(parts, lambda told, _left_out: sum(map(len, told)) <= room)
    told = "".join(chosen).replace("?. ", "? ")
    first = next((first for first in firsts if len(first) + len(told) + len(closing) <= most), firsts[-1])
    return first + told + closing


def _firsts(document: Mapping[str, Any], lang: str) -> list[str]:
    """What to do, from the fullest wording to the shortest: the port recommended, or else the best unconfirmed one."""
    asks = any(notice["code"] == "RESCUE_STATE_UNKNOWN" for notice in document["notices"])
    question = _word("question", lang) if asks else ""
    candidates = document["candidates"]
    if not candidates:
        # With the reason, and whom to call.
        return [question + document["headline"][lang].removeprefix(_QUESTION.of(lang)).rstrip(".")]
    first = candidates[0]
    kind = first["status"]
    if any(notice["code"] == "RESCUE_INCOMPLETE" for notice in document["notices"]) and kind != "unconfirmed":
        kind = "information"
    port = question + _word(kind, lang, port=_name(first, lang))
    vhf = first_channel(first["port"]["vhf"], "")
    channel = _word("vhf", lang, vhf=vhf) if vhf else ""
    if first["time_to_landing_min"] is None:
        return [port + channel]
    keys = ("way",) if first["eta_at"] is None else ("way", "way_brief", "way_least")
    ways = [_way(first, lang, key) for key in keys]
    return [port + way + channel for way in ways]


def _doubts(document: Mapping[str, Any], lang: str, room: int) -> list[tuple[str, ...]]:
    """What may turn the answer, the weightiest first: position, zones, persons, a near tie, vessel."""
    details = {notice["code"]: _detail(notice, lang) for notice in document["notices"]}
    doubts: list[tuple[str, ...]] = []
    if "POS_UNCERTAIN_CHANGES_ANSWER" in details:
        fewer = fewer_names(details["POS_UNCERTAIN_CHANGES_ANSWER"].split(", "))
        named = [_word(key, lang, ports=ports) for key in ("position", "position_brief") for ports in fewer]
        # Without the name of another port only where not even one fits.
        fitting = tuple(wording for wording in named if len(_ascii(wording)) <= room)
        doubts.append(fitting or (_word("position_bare", lang),))
    if "POS_STALE" in details or "POS_DEAD_RECKONED" in details:
        age_min = document["encounter"]["position_age_s"] / 60.0
        doubts.append((_word("age", lang, age=f"{age_min / 60.0:.0f}h" if age_min >= 120.0 else f"{age_min:.0f}min"),))
    if "POS_IN_ZONE" in details:
        doubts.append((_word("in_zone", lang),))
    if "POS_ON_BANK" in details:
        doubts.append((_word("on_bank", lang),))
    names = {port["port_id"]: port["name"][lang].upper() for port in document["passed_over"]}
    cut_off = [
        names[port] for notice in document["notices"] if notice["code"] == "ZONES_AVOIDED"
        for port in notice.get("port_ids", ()) if port in names
    ]  # fmt: skip
    if cut_off:
        doubts.append(tuple(_word("cut_off", lang, ports=ports) for ports in fewer_names(cut_off)))
    if "POB_UNKNOWN" in details:
        doubts.append(tuple(_word(key, lang, count=details["POB_UNKNOWN"]) for key in ("persons", "persons_brief")))
    if "NEAR_TIE" in details and len(document["candidates"]) > 1:
        doubts.append((_word("tie", lang, port=_name(document["candidates"][1], lang)),))
    if "VESSEL_PROFILE_UNKNOWN" in details:
        doubts.append((_word("vessel", lang),))
    return doubts


def _detail(notice: Mapping[str, Any], lang: str) -> str:
    """What a notice has in place of the field of its template."""
    before, _, after = WORDING[Code[notice["code"]]].text.of(lang).partition("{")
    told: str = notice["text"][lang]
    return told.removeprefix(before).removesuffix(after.partition("}")[2])


def _way(candidate: Mapping[str, Any], lang: str, key: str = "way") -> str:
    """How far it is and when she is there; nothing where no way is known."""
    if candidate["time_to_landing_min"] is None:
        return ""
    eta = candidate["eta_at"]
    return _word(
        key, lang, miles=f"{candidate['distance_nm']:.1f}",
        bearing=f"{candidate['bearing_deg'] % 360:03d}", minutes=f"{candidate['time_to_landing_min']:.0f}",
        eta="-" if eta is None else hour_of(eta),
    )  # fmt: skip


def hour_of(instant: str) -> str:
    """Hour and minute of an RFC 3339 instant in UTC, as messages write them."""
    return f"{instant[11:13]}{instant[14:16]}Z"


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


def _next(document: Mapping[str, Any], lang: str) -> tuple[str, ...]:
    """The runner-up."""
    others = document["candidates"][1:2]
    if not others or others[0]["time_to_landing_min"] is None:
        return ()
    other = others[0]
    told = _word(
        "next", lang, port=_name(other, lang), miles=f"{other['distance_nm']:.1f}",
        minutes=f"{other['time_to_landing_min']:.0f}",
    )  # fmt: skip
    return (told,)


def _centre(document: Mapping[str, Any], lang: str) -> str:
    """Who to call; where no port is fit, the headline says it."""
    centres = document["coordination"]["centres"] if document["candidates"] else []
    return _word("call", lang, centre=centres[0]["name"]) if centres else ""


def _name(candidate: Mapping[str, Any], lang: str) -> str:
    name: str = candidate["port"]["name"][lang]
    return name.upper()


def _word(key: str, lang: str, **fields: object) -> str:
    return _LINES[key].of(lang).format(**fields)


def _ascii(text: str) -> str:
    """A text without accents."""
    return unicodedata.normalize("NFKD", text.replace("œ", "oe")).encode("ascii", "ignore").decode()
