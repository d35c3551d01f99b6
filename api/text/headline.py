"""The first line of an answer: the port, the time, or why there is none and whom to ask."""

from math import isfinite

from api.text.catalogue import Text, load_groups
from api.text.clocks import clock
from api.text.contractions import spoken_with_names
from api.text.finding_sentences import CODE, RULES, both_languages, first_channel, port_name
from api.text.messages import WORDING
from api.text.notice_sentences import unconfirming_code, unknown_thing
from api.text.quantities import COUNT, MILES, MINUTES, format_quantity, minutes_text
from engine.codes import Code, Rule, Status, Verdict, Weight
from engine.kernels.geodesy import initial_course_deg
from engine.model import Decision
from engine.request_context import care_delay_s
from engine.units import MINUTE_S

_HEADLINE = load_groups("sentences")["headline"]

# numpy compares with a plain integer thirty times faster than with a member of an IntEnum.
_UNCONFIRMED = int(Status.UNCONFIRMED)
_CAUTION = int(Status.CAUTION)
_FAIL = int(Verdict.FAIL)
_HARD = int(Weight.HARD)


def eta_s(decision: Decision, port: int) -> float:
    """Time of arrival at the landing to the nearest minute, epoch seconds; infinite or NaN where there is none. [s]"""
    minutes = (decision.ask.at_s + float(decision.time_s[port])) / MINUTE_S
    return round(minutes) * MINUTE_S if isfinite(minutes) else minutes


def bearing_deg(decision: Decision, port: int) -> float:
    """True bearing of the landing from the position. [deg]"""
    return float(initial_course_deg(decision.ask.lon, decision.ask.lat, *decision.world.ports[port].landing))


IN_HEADLINE = frozenset({Code.RESCUE_INCOMPLETE, Code.RESCUE_STATE_UNKNOWN, Code.NO_PORT_CONFIRMED, Code.NO_PORT_FIT})
"""Notices that the headline says; what it asks about first is `Code.UNCONFIRMED_NEARER`."""


def headline(decision: Decision) -> Text:
    """The answer in one line: what to do, and who decides."""
    return both_languages(lambda language: headline_sentence(decision, language))


def headline_sentence(decision: Decision, language: str, *, for_information: bool = False) -> str:
    """The answer in one line, in one language.

    Parameters
    ----------
    decision : Decision
    language : str
    for_information : bool
        Whether people are directed elsewhere: it advises nothing then.
    """
    centres = decision.coordination.centres
    centre = centres[0].name if centres else "MRCC"
    codes = {notice.code for notice in decision.notices}
    best = decision.recommended
    first = int(decision.order[0])
    question = _HEADLINE["question"].of(language) if Code.RESCUE_STATE_UNKNOWN in codes else ""
    if best is None:
        kind = "unconfirmed" if decision.status[first] == _UNCONFIRMED else "none"
        parts = {"call": _HEADLINE["call"].of(language).format(centre=centre)}
        if kind == "none":
            parts["why"] = why_none_fits(decision, language)
    else:
        kind = "for_information" if for_information else "advice"
        kind = "information" if Code.RESCUE_INCOMPLETE in codes else kind
        parts = {
            "lead": lead_words(decision, language) if for_information else _lead(decision, language),
            "care": _time_ashore(decision, best, language),
            "eta": clock(eta_s(decision, best), language, decision.world.ports[best].country),
            "confirm": _HEADLINE["confirm"].of(language).format(centre=centre),
        }  # fmt: skip
    port = first if best is None else best
    text = question + _HEADLINE[kind].of(language).format(
        port=port_name(decision, port, language),
        distance=format_quantity(float(decision.distance_m[port]), MILES, language),
        bearing=f"{round(bearing_deg(decision, port)) % 360:03d}",
        minutes=minutes_text(float(decision.time_s[port]), language),
        **parts,
    )
    return spoken_with_names(text, language)


def reason_for_all(decision: Decision) -> tuple[Rule, Code] | None:
    """The rule and its finding that exclude every port, where one does: what the vessel carries before all others."""
    if decision.status[int(decision.order[0])] != Status.EXCLUDED:
        return None
    excludes = (decision.verdict == _FAIL) & (decision.weight == _HARD)
    same = excludes.all(axis=0) & (decision.code == decision.code[0]).all(axis=0)
    for rule in (Rule.R_RTE_06, *RULES):
        if same[rule]:
            return rule, CODE[int(decision.code[0, rule])]
    return None


def why_none_fits(decision: Decision, language: str) -> str:
    """What keeps every port from being fit, to follow that none is; empty where ports differ in it."""
    reason = reason_for_all(decision)
    if reason is None:
        return ""
    rule, code = reason
    if code == Code.LOAD_OVER_MAX:
        measured, limit = (float(figures[0, rule]) for figures in (decision.measured, decision.limit))
        return _HEADLINE["overloaded"].of(language).format(
            persons=format_quantity(measured, COUNT, language), limit=format_quantity(limit, COUNT, language)
        )  # fmt: skip
    general = WORDING[code].of_any_port.of(language).rstrip(".")
    return _HEADLINE["because"].of(language).format(reason=general[0].lower() + general[1:])


_VESSEL_UNKNOWNS = frozenset({Code.DRAUGHT_UNKNOWN, Code.VESSEL_SIZE_DOUBTFUL, Code.RANGE_DOUBTFUL})
"""What is not known of the vessel: no harbour can be asked about it."""


def asked_first(decision: Decision) -> tuple[int, Code, bool] | None:
    """The much nearer unconfirmed port to ask about first.

    Returns
    -------
    tuple or None
        The port, what is not known, and whether its harbour can say it.
    """
    nearer = next((notice for notice in decision.notices if notice.code == Code.UNCONFIRMED_NEARER), None)
    if nearer is None:
        return None
    asked = int(nearer.facts["port"])  # type: ignore[call-overload]
    code = unconfirming_code(decision, asked)
    return asked, code, code not in _VESSEL_UNKNOWNS


def _lead(decision: Decision, language: str) -> str:
    """What a recommended port is, or which much nearer one to ask about first."""
    first = asked_first(decision)
    if first is None:
        return lead_words(decision, language)
    asked, code, by_harbour = first
    return (
        _HEADLINE["ask" if by_harbour else "check"]
        .of(language)
        .format(
            asked=port_name(decision, asked, language),
            vhf=first_channel(decision.world.ports[asked].vhf, "16"),
            asked_minutes=minutes_text(float(decision.time_s[asked]), language),
            why=unknown_thing(code).of(language),
        )
    )


def lead_words(decision: Decision, language: str) -> str:
    """What the recommended port is: nearest, soonest to care, or first by the policy's penalties."""
    if decision.ranked_by_care:
        return _HEADLINE["care"].of(language)
    best = decision.recommended
    fit = decision.status <= _CAUTION
    is_nearest = best is None or not (decision.plain_key_s[fit] < decision.plain_key_s[best]).any()
    return _HEADLINE["nearest" if is_nearest else "ranked"].of(language)


def _time_ashore(decision: Decision, port: int, language: str) -> str:
    """The drive to the hospital, where ports are ordered by it."""
    if not decision.ranked_by_care:
        return ""
    care_s = time_ashore_s(decision, port)
    return _HEADLINE["to_hospital"].of(language).format(minutes=format_quantity(care_s, MINUTES, language))


def time_ashore_s(decision: Decision, port: int) -> float:
    """From a landing to care. [s]"""
    return float(care_delay_s(decision.ask.policy, decision.world)[port])
