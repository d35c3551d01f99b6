"""What to know about a plan beside it."""

from collections import Counter
from collections.abc import Callable

from api.plan.messages import NOTICE, OVER_LIMIT, URGENCY
from api.plan.propose import Boat, Proposal
from api.plan.solver.budget import budget_for
from api.plan.solver.makespan import PROVEN_MIN
from api.plan.summary import (
    fit_for,
    gap_words,
    greedy_without,
    join_texts,
    left_out_text,
    name_of,
    overloads,
    proven,
    search_ended,
    urgent_later_than_in_turn,
)
from api.text.catalogue import Text
from api.text.locale import number_text
from engine.codes import Status


def notices_of(proposal: Proposal) -> list[tuple[str, Text]]:
    """What to know about the plan, codes in a fixed sequence."""
    best = proposal.best
    parts = () if best is None else best.landing.parts
    boats = {row: proposal.boats[k] for row, k in enumerate(proposal.planned)}
    used = sorted({proposal.ports[part.port] for part in parts})
    notices: list[tuple[str, Text]] = [("PROPOSAL_ONLY", NOTICE["PROPOSAL_ONLY"][1])]

    def say(code: str, which: list[Text], **fields: object) -> None:
        if which:
            notices.append((code, NOTICE[code][1].fill(which=join_texts(which), **fields)))

    def boat_and_port(boat: Boat, port: int) -> Text:
        name = name_of(proposal, port)
        return Text(f"{name.en} ({boat.id})", f"{name.fr} ({boat.id})")

    notices += [("ENCOUNTER_REFUSED", left_out_text(encounter)) for encounter in proposal.left_out]
    say("NOBODY_LEFT", [Text(name, name) for name in proposal.request.empty_encounters])
    unconfirmed = [
        boat_and_port(boats[part.boat], proposal.ports[part.port]) for part in parts
        if boats[part.boat].decision.status[proposal.ports[part.port]] == int(Status.UNCONFIRMED)
    ]  # fmt: skip
    say("PORT_UNCONFIRMED_USED", unconfirmed)
    say("PLACES_ASSUMED_UNLIMITED", [name_of(proposal, p) for p in used if "places" in proposal.figures[p].assumed])
    say(
        "LANDING_RATE_ASSUMED",
        [name_of(proposal, p) for p in used if "persons_per_hour" in proposal.figures[p].assumed],
        rate=f"{proposal.request.persons_per_hour_without_figures or 0.0:g}",
    )
    say("NEARER_WITHOUT_FIGURES", _nearer_without_figures(proposal, boat_and_port))
    say(
        "PERSONS_ASSUMED",
        [Text(*2 * (f"{boat.persons:g} ({boat.id})",)) for boat in proposal.boats if not boat.persons_known],
    )
    for k in overloads(proposal):
        notices.append(("VESSEL_OVER_LIMIT", overload_text(proposal, k)))
    say("URGENT_WEIGH_MORE", [
        Text(f"{boat.id} x{boat.weight:g} ({word.en})", f"{boat.id} x{boat.weight:g} ({word.fr})")
        for boat in proposal.boats if boat.weight > 1.0 for word in (URGENCY[boat.ask.medical.name.lower()],)
    ])  # fmt: skip
    say(
        "URGENT_LATER_THAN_IN_TURN",
        [Text(*2 * (f"{boat.id} {planned:.0f} min / {turn:.0f} min",))
         for boat, planned, turn in urgent_later_than_in_turn(proposal)],
        without=greedy_without(proposal),
    )  # fmt: skip
    often = Counter(part.boat for part in parts)
    say("LOAD_SHARED", [Text(boats[row].id, boats[row].id) for row, count in sorted(often.items()) if count > 1])
    weighed = [boats[part.boat].id for part in parts if abs(part.safety_min - part.end_min) > PROVEN_MIN]
    say("WEIGHED_BY_POLICY", [Text(name, name) for name in dict.fromkeys(weighed)])
    if not proven(proposal):
        gaps = gap_words(proposal)
        notices.append(("NOT_PROVEN_BEST", NOTICE["NOT_PROVEN_BEST"][1].fill(worst=gaps[0], total=gaps[1])))
        if search_ended(proposal) == "time_limit":
            limit_s = budget_for(len(proposal.boats), proposal.request.time_limit_s).limit_s
            notices.append(("TIME_LIMIT", NOTICE["TIME_LIMIT"][1].fill(limit=f"{limit_s:g}")))
    notices.append(("EACH_HAS_ITS_DECISION", NOTICE["EACH_HAS_ITS_DECISION"][1]))
    return notices


def overload_text(proposal: Proposal, k: int) -> Text:
    """What to know of an encounter with more people than its vessel can carry."""
    boat, load = proposal.boats[k], overloads(proposal)[k]
    texts = [
        OVER_LIMIT["load_assumed" if "max_persons" in boat.ask.vessel.assumed else "load"].fill(
            boat=boat.id, persons=boat.persons, too_many=load.too_many, limit=load.limit
        ),
        *([OVER_LIMIT["share"].fill(which=join_texts(
            OVER_LIMIT["share_item"].fill(boat=other.id, persons=persons, distance=number_text(f"{distance_nm:.1f}"))
            for other, persons, distance_nm in load.shares
        ))] if load.shares else []),
        *([OVER_LIMIT["share_more"].fill(persons=load.still_too_many)] if load.still_too_many else []),
    ]  # fmt: skip
    return Text("".join(text.en for text in texts), "".join(text.fr for text in texts))


def _nearer_without_figures(proposal: Proposal, named: Callable[[Boat, int], Text]) -> list[Text]:
    """Of each encounter, the nearest fit port left out for want of figures, where it is nearer than any with them."""
    found = []
    for boat in proposal.boats:
        fit = fit_for(boat, unconfirmed=False)
        best, own = boat.nearest(fit & ~boat.usable), boat.nearest(boat.usable)
        if best is not None and own is not None and boat.decision.key_s[best] < boat.decision.key_s[own]:
            found.append(named(boat, best))
    return found
