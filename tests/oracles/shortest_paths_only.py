"""Every port looked at from a position on the shortest paths, no way round looked for."""

import numpy as np

from engine.branch_and_bound import NO_VARIANTS
from engine.decision_rows import allocate_rows
from engine.evaluate import SHOWN, SearchGoal, no_detours
from engine.evaluate_encounters import Found, evaluate_encounters
from engine.request_context import RequestContext, region_tables_of


def evaluate_on_shortest_paths(context: RequestContext, *, exhaustive: bool) -> Found:
    """What is found from the position asked for, closely for every port or as far as the answer needs."""
    ask, world = context.ask, context.world
    places, patch_table = context.patches.nothing(world.water, context.depth_class)
    return evaluate_encounters(
        context.inputs, context.encounter, region_tables_of(world),
        context.rows_at(np.array([ask.lon]), np.array([ask.lat])), np.zeros(1, np.int64), places, patch_table,
        no_detours(), SearchGoal(SHOWN, True, exhaustive), True, True, NO_VARIANTS, allocate_rows(1),
    )  # fmt: skip
