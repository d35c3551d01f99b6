"""What a decision says of a direction in force: where a centre sends them is the answer, whatever is advised."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from api.board import QuickDecision, fails_hard
from api.documents.bilingual import Bilingual
from api.documents.decision_types import DirectionInForce
from api.documents.line import Lead, hour_of
from api.position import parse_time
from api.text.catalogue import load_groups
from api.text.clocks import utc_clock
from api.text.contractions import spoken_with_names
from api.text.finding_sentences import port_name
from api.text.headline import headline_sentence
from api.text.speech import spoken_direction, spoken_sentence
from engine.model import Decision

_GROUPS = load_groups("sentences")
_TEXTS, _BY = _GROUPS["directed"], _GROUPS["directed_by"]


def direction_in_force(decision: Decision, direction: dict[str, Any], languages: Sequence[str]) -> DirectionInForce:
    """A direction beside the decision made for the same encounter.

    Parameters
    ----------
    decision : Decision
        With every port judged: a centre may direct to any.
    direction : dict
        Of `api.store.directions.latest_direction`.
    languages : sequence of str
        Of the sentence.
    """
    best = decision.recommended
    port_id = direction["port_id"]
    is_conflict = fails_hard(QuickDecision.of(decision), port_id)
    differs = best is None or decision.world.ports[best].id != port_id
    stated = {name: direction[name] for name in ("port_id", "place", "centre", "code", "text", "directed_at")}
    document = stated | {
        "role": direction["by"]["role"],
        "duty": direction["by"]["duty"],
        "differs": differs,
        "codes": ["RCC_DIRECTED", *(["RCC_PORT_CONFLICT"] if is_conflict else [])],
        "sentence": cast(
            Bilingual, {lang: _sentence(decision, direction, lang, differs, is_conflict) for lang in languages}
        ),
    }
    return cast(DirectionInForce, document)


def directed_headline(
    decision: Decision, direction: DirectionInForce, languages: Sequence[str]
) -> dict[str, Bilingual]:  # fmt: skip
    """Headline and speech of a decision beside a direction: they begin with who directed to where.

    Where it names another port that one is told for information, and nothing is advised.
    """
    differs = direction["differs"]
    headline = {
        lang: f"{direction['sentence'][lang]} {headline_sentence(decision, lang, for_information=differs)}"  # type: ignore[literal-required]
        for lang in languages
    }
    speech = {
        lang: spoken_direction(direction["centre"], directed_place(decision, direction, lang), lang)
        + spoken_sentence(decision, lang, for_information=differs)
        for lang in languages
    }
    return {"headline": cast(Bilingual, headline), "speech": cast(Bilingual, speech)}


def leads_of(decision: Decision, direction: DirectionInForce, languages: Sequence[str]) -> dict[str, Lead]:
    """What a message begins with, by language."""
    return {
        lang: Lead(
            direction["centre"], directed_place(decision, direction, lang), hour_of(direction["directed_at"]),
            "RCC_PORT_CONFLICT" in direction["codes"],
        )
        for lang in languages
    }  # fmt: skip


def directed_place(decision: Decision, direction: Mapping[str, Any], language: str) -> str:
    """The port directed to by its name, or the place as the centre named it."""
    port = next((k for k, port in enumerate(decision.world.ports) if port.id == direction["port_id"]), None)
    if port is None:
        return str(direction["place"] or direction["port_id"])
    return port_name(decision, port, language)


def _sentence(decision: Decision, direction: dict[str, Any], language: str, differs: bool, is_conflict: bool) -> str:
    kinds = ["differs" if differs else "agrees", *(["conflict"] if is_conflict else [])]
    text = " ".join(_TEXTS[kind].of(language) for kind in kinds).format(
        centre=direction["centre"],
        port=directed_place(decision, direction, language),
        clock=utc_clock(parse_time(direction["directed_at"]), language),
        role=_BY[direction["by"]["role"]].of(language),
    )
    return spoken_with_names(text, language)
