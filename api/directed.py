"""What a decision says of a direction in force: where a centre sends them is the answer, whatever is advised."""

from collections.abc import Sequence
from typing import Any, cast

from api.board import QuickDecision, fails_hard
from api.documents.bilingual import Bilingual
from api.documents.decision_types import DirectionInForce
from api.position import parse_time
from api.text.catalogue import load_groups
from api.text.contractions import spoken_with_names
from api.text.sentences import port_name, utc_clock
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


def _sentence(decision: Decision, direction: dict[str, Any], language: str, differs: bool, is_conflict: bool) -> str:
    port = next((k for k, port in enumerate(decision.world.ports) if port.id == direction["port_id"]), None)
    kinds = ["differs" if differs else "agrees", *(["conflict"] if is_conflict else [])]
    text = " ".join(_TEXTS[kind].of(language) for kind in kinds).format(
        centre=direction["centre"],
        port=direction["place"] or direction["port_id"] if port is None else port_name(decision, port, language),
        clock=utc_clock(parse_time(direction["directed_at"]), language),
        role=_BY[direction["by"]["role"]].of(language),
    )
    return spoken_with_names(text, language)
