"""The answer as it is read out on the radio: numbers digit by digit, units in full.

References
----------
IMO resolution A.918(22), Standard Marine Communication Phrases, 5.2: numbers are spoken in separate digits.
"""

from math import isfinite

from api.text.catalogue import Text, load_texts
from api.text.contractions import spoken_with_names
from api.text.finding_sentences import first_channel
from api.text.headline import asked_first, bearing_deg, eta_s, lead_words, time_ashore_s, why_none_fits
from api.text.notice_sentences import unknown_thing
from engine.codes import Code, Status
from engine.model import Decision
from engine.units import DAY_S, HOUR_S, MINUTE_S, NAUTICAL_MILE_M

_DIGITS = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "fr": ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"),
}
_POINT = {"en": "decimal", "fr": "virgule"}

_LINES = load_texts("speech")


def spoken_headline(decision: Decision) -> Text:
    """The headline in words that can be read out."""
    return Text(spoken_sentence(decision, "en"), spoken_sentence(decision, "fr"))


def digits(number: str, language: str) -> str:
    """A number as its digits are spoken: ``12.4`` is one two decimal four."""
    words = _DIGITS[language]
    return " ".join(words[int(sign)] if sign.isdigit() else _POINT[language] for sign in number if sign not in " -")


def spoken_sentence(decision: Decision, language: str, *, for_information: bool = False) -> str:
    """The headline in words that can be read out, in one language.

    Parameters
    ----------
    decision : Decision
    language : str
    for_information : bool
        Whether people are directed elsewhere: it advises nothing then.
    """
    codes = {notice.code for notice in decision.notices}
    best = decision.recommended
    port = int(decision.order[0]) if best is None else best
    centres = decision.coordination.centres
    centre = centres[0].name if centres else "MRCC"
    confirm = _LINES["confirm"].of(language).format(centre=centre, vhf=digits("16", language))
    question = _LINES["question"].of(language) if Code.RESCUE_STATE_UNKNOWN in codes else ""
    advice = "for_information" if for_information else "advice"
    if best is None and decision.status[port] != Status.UNCONFIRMED:
        return question + _LINES["none"].of(language).format(why=why_none_fits(decision, language)) + confirm
    opening = "unconfirmed" if best is None else "incomplete" if Code.RESCUE_INCOMPLETE in codes else advice
    text = question + _LINES[opening].of(language)
    asked = None if best is None or for_information else asked_first(decision)
    if asked is not None:
        other, code, by_harbour = asked
        text += (
            _LINES["ask"]
            .of(language)
            .format(
                asked=_name(decision, other, language),
                vhf=digits(first_channel(decision.world.ports[other].vhf, "16") if by_harbour else "16", language),
                minutes=_minutes(float(decision.time_s[other]), language),
                why=unknown_thing(code).of(language),
            )
        )
    elif best is not None:
        lead = lead_words(decision, language)
        text += f"{lead[:1].upper()}{lead[1:].rstrip(',')}, "
    text += (
        _LINES["port"]
        .of(language)
        .format(
            port=_name(decision, port, language),
            miles=digits(f"{decision.distance_m[port] / NAUTICAL_MILE_M:.1f}", language),
            bearing=digits(f"{round(bearing_deg(decision, port)) % 360:03d}", language),
        )
    )
    arrival_s = eta_s(decision, port)
    if isfinite(arrival_s):
        of_day_s = arrival_s % DAY_S
        clock = f"{int(of_day_s // HOUR_S):02d}{int(of_day_s % HOUR_S // MINUTE_S):02d}"
        text += (
            _LINES["arrival"]
            .of(language)
            .format(minutes=_minutes(float(decision.time_s[port]), language), clock=digits(clock, language))
        )
    else:
        text += _LINES["no_time"].of(language)
    if decision.ranked_by_care and best is not None:
        text += _LINES["care"].of(language).format(minutes=_minutes(time_ashore_s(decision, port), language))
    return spoken_with_names(text + confirm, language)


def spoken_direction(centre: str, port: str, language: str) -> str:
    """Who directed to where, as the first thing that is read out."""
    return spoken_with_names(_LINES["directed"].of(language).format(centre=centre, port=port), language)


def _name(decision: Decision, port: int, language: str) -> str:
    named = decision.world.ports[port]
    return named.name_fr if language == "fr" else named.name_en


def _minutes(time_s: float, language: str) -> str:
    return digits(f"{time_s / MINUTE_S:.0f}", language) if isfinite(time_s) else "?"
