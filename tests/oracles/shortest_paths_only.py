"""Every port looked at from a position on the shortest paths, no way round looked for."""

import numpy as np

from engine.decision_rows import allocate_rows
from engine.evaluate import SHOWN
from engine.evaluate_encounters import Found, evaluate_encounters
from engine.evaluation import NO_VARIANTS, SearchGoal
from engine.request_context import RequestContext


def evaluate_on_shortest_paths(context: RequestContext, *, exhaustive: bool) -> Found:
    """What is found from the position asked for, closely for every port or as far as the answer needs."""
    ask, world = context.ask, context.world
    goal = SearchGoal(
        first=SHOWN, every_port=True, exhaustive=exhaustive, may_detour=False, keeps=True, variants=NO_VARIANTS
    )
    return evaluate_encounters(
        context.inputs, context.encounter, context.rows_at(np.array([ask.lon]), np.array([ask.lat])),
        np.zeros(1, np.int64), context.patches.nothing(world.water), goal, allocate_rows(1),
    )  # fmt: skip
