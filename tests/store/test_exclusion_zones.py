"""Waters are closed, said anew and opened again, and nobody's change is lost."""

import pytest

from api.store.errors import ChangedMeanwhile, InvalidValue, NotFound, RoleNeeded, WrongState
from api.store.exclusion_zones import LARGEST_KM2, MOST_ZONES, DrawZone, EditZone, EndZone
from api.store.integrity import check

NOW = 1_700_000_000.0
SQUARE = ((1.3, 51.0), (1.4, 51.0), (1.4, 51.1), (1.3, 51.1))


def drawn(store, actor, name="Vega", **more):
    return store.do(DrawZone(name, "wreck", SQUARE, **more), actor, NOW).document


def test_a_zone_is_drawn_edited_and_ended_and_never_forgotten(store, controller):
    zone = drawn(store, controller)
    assert zone["outline"]["coordinates"] == [[*map(list, SQUARE), list(SQUARE[0])]]
    assert (zone["from_at"], zone["to_at"], zone["ended"]) == (None, None, None)
    edit = EditZone(
        "Vega 2", "it drifts", SQUARE[:3], to_s=NOW + 900, zone_id=zone["zone_id"], expected_version=zone["version"]
    )
    edited = store.do(edit, controller, NOW + 1).document
    assert (edited["name"], edited["made"], edited["to_at"]) == ("Vega 2", zone["made"], "2023-11-14T22:28:20.000Z")
    ended = store.do(EndZone(zone["zone_id"], "marked"), controller, NOW + 2).document
    assert (ended["ended"]["reason"], store.zones(NOW + 3), store.zone(zone["zone_id"])) == ("marked", [], ended)
    assert [event.kind for event in store.events(0)] == ["zone.drawn", "zone.edited", "zone.ended"]
    assert check(store.database).problems == ()


def test_a_zone_is_in_force_between_its_times(store, controller):
    drawn(store, controller, from_s=NOW + 600, to_s=NOW + 1_200)
    before, within = store.zones(NOW), store.zones(NOW + 600)
    assert ([zone["in_force"] for zone in before], [zone["in_force"] for zone in within]) == ([False], [True])
    assert store.zones(NOW + 1_200) == []
    seen = store.ports(NOW)
    assert [len(seen.zones_in_force(NOW + after)) for after in (599.9, 600, 1_199.9, 1_200)] == [0, 1, 1, 0]


def test_a_kept_snapshot_hears_of_zones_and_of_their_end(store, controller):
    without = store.ports_since(None, NOW)
    assert "exclusion_zones" not in without.snapshot.content
    drawn(store, controller, to_s=NOW + 60)
    kept = store.ports_since(without, NOW)
    assert [zone["name"] for zone in kept.snapshot.content["exclusion_zones"]] == ["Vega"]
    assert store.ports_since(kept, NOW + 59) is not kept or kept.until_ms == (NOW + 60) * 1_000
    assert store.ports_since(kept, NOW + 60).snapshot == without.snapshot


def test_an_edit_of_what_somebody_else_has_changed_is_refused(store, controller):
    zone = drawn(store, controller)
    zone_id, version = zone["zone_id"], zone["version"]
    store.do(EditZone("Vega", "it drifts", SQUARE, zone_id=zone_id, expected_version=version), controller, NOW)
    for late in (
        EditZone("mine", "mine", SQUARE, zone_id=zone_id, expected_version=version),
        EndZone(zone_id, "over", version),
    ):
        with pytest.raises(ChangedMeanwhile):
            store.do(late, controller, NOW)
    assert store.zone(zone_id)["reason"] == "it drifts"


@pytest.mark.parametrize(
    "outline",
    [
        SQUARE[:2],
        (SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]),
        ((1.0, 51.0), (1.1, 51.0), (1.2, 51.0)),
        ((0.0, 50.0), (2.0, 50.0), (2.0, 51.0), (0.0, 51.0)),
        ((1.3, 51.0), (1.4, 51.0), (1.4, 91.0)),
        ((1.3, 51.0), (1.4, 51.0), (1.4, float("nan"))),
    ],
    ids=["two corners", "crosses itself", "a line", "too large", "off the globe", "no number"],
)
def test_what_is_no_area_is_refused(store, controller, outline):
    with pytest.raises(InvalidValue):
        store.do(DrawZone("Vega", "wreck", outline), controller, NOW)
    assert store.zones(NOW) == []


def test_the_largest_area_is_judged_on_the_ground(store, controller):
    """A square of 70 km is 4,900 km2 whatever its latitude."""
    assert LARGEST_KM2 == 5_000
    high, wide = 70 / 111.2, 70 / (111.2 * 0.6293)
    box = ((0.0, 50.7), (wide, 50.7), (wide, 50.7 + high), (0.0, 50.7 + high))
    store.do(DrawZone("large", "exercise", box), controller, NOW)
    larger = tuple((lon * 1.05, lat) for lon, lat in box)
    with pytest.raises(InvalidValue):
        store.do(DrawZone("larger", "exercise", larger), controller, NOW)


def test_what_cannot_be_is_refused(store, controller, officer):
    zone = drawn(store, controller)
    ended = drawn(store, controller, "Old")["zone_id"]
    store.do(EndZone(ended, "over"), controller, NOW)
    for command, error in (
        (DrawZone(" VEGA ", "again", SQUARE), WrongState),
        (DrawZone("", "no name", SQUARE), InvalidValue),
        (DrawZone("b", "", SQUARE), InvalidValue),
        (DrawZone("b", "over already", SQUARE, to_s=NOW), InvalidValue),
        (DrawZone("b", "backwards", SQUARE, from_s=NOW + 9, to_s=NOW + 8), InvalidValue),
        (EditZone("b", "again", SQUARE, zone_id=ended), WrongState),
        (EndZone(ended, "again"), WrongState),
        (EndZone(zone["zone_id"], " "), InvalidValue),
        (EndZone("z-99", "over"), NotFound),
    ):
        with pytest.raises(error):
            store.do(command, controller, NOW)
    with pytest.raises(RoleNeeded):
        store.do(EndZone(zone["zone_id"], "over"), officer, NOW)
    # Its own name is no other zone's; that of one that has ended is free again.
    store.do(EditZone("vega", "nearer", SQUARE, zone_id=zone["zone_id"]), controller, NOW)
    drawn(store, controller, "Old")


def test_there_is_an_end_to_how_many_there_are(store, controller):
    for number in range(MOST_ZONES):
        drawn(store, controller, f"zone {number}")
    with pytest.raises(WrongState):
        drawn(store, controller, "one more")


def test_a_zone_changed_behind_the_programs_back_is_found(store, controller):
    drawn(store, controller)
    store.database.write_alone(lambda tx: tx.run("UPDATE exclusion_zone SET to_ms = 1700000900000"))
    assert any("exclusion zone" in problem for problem in check(store.database).problems)
