"""What a reason code says of ports in general: the sentence of its wording without the figures of one case."""

import re

from api.replay.locale import ENGLISH, Locale
from api.replay.record_rules import RULE_SENTENCES
from api.text.messages import WORDING
from engine.codes import Code

_IN_WORDS_EN = (
    (": state it, or ask harbour on VHF {vhf}", ""),
    ("are for {limit}, vessel {measured}", "are for smaller vessels"),
    ("{port} {detail}:", "Port may open too late to wait for, or closes near arrival:"),
    ("Age of the forecast for {port}: {measured}", "Forecast for the port is old or of unknown age"),
    ("{measured} as far as known, limit {limit};", "over the limit as far as known;"),
    ("{port}", "the port"),
    ("{vhf}", "16"),
    ("from {measured} away", "from elsewhere"),
    ("the {limit} assumed", "the limit assumed"),
)
_FIGURES_EN = (
    r", \{measured\} from water \(tolerance \{limit\}\)",
    r"[:,]? ?(?:about |of |depth )?\{measured\}(?: (?:free for|to run|of|needed))?",
    r",? ?(?:limit|needed|usable range|for|from)? ?\{limit\}(?: with margin)?",
    r" ?\(?\{(?:detail|count)\}\)?",
)
_IN_WORDS_FR = (
    ("{port} : {detail},", "ouverture peut-être trop tardive, ou fermeture vers l'arrivée,"),
    ("âge de la prévision {measured}", "prévision ancienne ou d'âge inconnu"),
    (
        "mer de {measured} sur la partie connue de la route, limite {limit}",
        "mer au-delà de la limite sur la partie connue",
    ),
    (" ; l'indiquer ou demander au port en VHF {vhf}", ""),
    ("prévus pour {limit}, navire de {measured}", "prévus pour de plus petits navires"),
    (", {limit} requis", ""),
    ("à proximité{detail}", "à proximité"),
    ("tout près{detail}", "tout près"),
    ("éloigné, {measured} à parcourir", "éloigné"),
    ("{vhf}", "16"),
    ("navire de {measured} inconnu", "navire de cette taille inconnu"),
    ("prise à {measured} de là", "prise ailleurs"),
    ("au-dessus des {limit} supposés pour le navire", "au-dessus de la limite supposée du navire"),
)
_FIGURES_FR = (
    r"^\{port\} : ",
    r", à \{measured\} de l'eau \(tolérance \{limit\}\)",
    r", (?:environ )?\{measured\}(?: de profondeur)? pour \{limit\}(?: requis| au plus)?(?: avec marge)?",
    r", \{measured\} à parcourir, distance franchissable utile \{limit\}",
    r" : \{measured\}, limite \{limit\}",
    r", dangereuses(?= à partir de \{limit\})",
    r" à partir de \{limit\}",
    r" (?:de|à) \{measured\}",
    r" : \{count\} \(\{detail\}\)",
    r" \(\{detail\}\)",
    r" : \{detail\}",
)
_WHAT_TO_DO_EN = re.compile(r"[:.,] (?:ask|check|confirm|inform|call) [^.]*\.", re.IGNORECASE)
_WHAT_TO_DO_FR = re.compile(
    r"(?:,| ;|\.| :) (?:l'|la |le )?"
    r"(?:demander|vérifier|confirmer|appeler|informer|consulter|comparer|éviter|reprendre)\b[^.]*\.",
    re.IGNORECASE,
)
"""What a crew would do about it; nobody is at sea in a replay."""


def sentence_of(code_name: str, locale: Locale = ENGLISH) -> str:
    """What a code says, of any port and without figures; the bare name of a code that is not known here."""
    if code_name in RULE_SENTENCES:
        return locale.of(*RULE_SENTENCES[code_name])
    try:
        wording = WORDING[Code[code_name]]
    except KeyError:
        return code_name
    return locale.of(_english(wording.text.en), _french(wording.text.fr))


def _english(text: str) -> str:
    for figure, word in _IN_WORDS_EN:
        text = text.replace(figure, word)
    for figure in _FIGURES_EN:
        text = re.sub(figure, "", text)
    text = re.sub(r"\s+([.,:])", r"\1", text).replace(":.", ".").strip()
    text = _WHAT_TO_DO_EN.sub(".", text)
    return text[0].upper() + text[1:]


def _french(text: str) -> str:
    for figure, word in _IN_WORDS_FR:
        text = text.replace(figure, word)
    for figure in _FIGURES_FR:
        text = re.sub(figure, "", text)
    text = text.replace("{port}", "le port").strip()
    text = _WHAT_TO_DO_FR.sub(".", text)
    return text[0].upper() + text[1:]
