"""Distances that others have published, within 3 %.

Two customs are about. Pilot books and pleasure sailors count from harbour entrance to harbour entrance: that is our
passage between approach points. Some tables count from quay to quay: that is our distance between landings. Which one a
source keeps is told by the figures themselves, as the two differ by the harbour legs, 1 to 4 miles: Boulogne alone has
1.8 behind its breakwater. No figure fits neither.
"""

import pytest

from api.documents.distance import distance_document
from engine.units import NAUTICAL_MILE_M

MARINA = "boulogne-marina.com, Boulogne marina's own page of distances, in docs of the project's domain notes"
ENTRANCES, QUAYS = "entrances", "quays"

PUBLISHED = [
    ("FRBOL", "FRCQF", 19.0, ENTRANCES, MARINA),
    ("FRBOL", "FRDPE", 52.0, ENTRANCES, MARINA),
    ("FRBOL", "GBDVR", 26.0, QUAYS, MARINA),
    ("FRBOL", "FRDKK", 42.0, QUAYS, MARINA),
    ("GBDVR", "FRCQF", 21.0, ENTRANCES, "thetechy.life/how-far-is-france-from-england-by-boat: 21 nautical miles"),
    ("FRDPE", "saint-valery-en-caux", 15.0, ENTRANCES,
     "moteurboat.com/navigation/manche/saint-valery-en-caux.html: 15 milles à l'ouest de Dieppe"),
    ("FRLEH", "FRCER", 70.0, ENTRANCES, "floki.be, blog Bretagne nord, 2021-06-07: 70 milles nautiques, planned"),
    ("FRLEH", "saint-vaast-la-hougue", 53.0, ENTRANCES, "floki.be, blog Bretagne nord, 2021-06-07: 53 milles, planned"),
    ("JESTH", "FRSML", 38.0, QUAYS, "ladymartina.com, cruising log 2003, St Helier to St Malo: 38 miles"),
]  # fmt: skip


def nautical_miles(service, start, end, custom):
    document = distance_document(service, start, end)
    return document["between_landings_nm" if custom == QUAYS else "distance_nm"]


@pytest.mark.parametrize(("start", "end", "published_nm", "custom", "source"), PUBLISHED)
def test_published_distance_within_three_per_cent(service, start, end, published_nm, custom, source):
    assert nautical_miles(service, start, end, custom) == pytest.approx(published_nm, rel=0.03), source


@pytest.mark.parametrize(("start", "end", "published_nm", "custom", "source"), PUBLISHED)
def test_landings_are_apart_by_approaches_and_harbour_legs(service, start, end, published_nm, custom, source):
    world = service.world
    legs = sum(world.columns.harbour_leg_m[world.ports.index(service.port(name))] for name in (start, end))
    between = nautical_miles(service, start, end, ENTRANCES)
    assert nautical_miles(service, start, end, QUAYS) == pytest.approx(between + legs / NAUTICAL_MILE_M, abs=0.02)
