"""Speed in waves goes by a vessel's class, else by her length."""

from dataclasses import replace

import pytest

from engine.request_context import speed_table_for


@pytest.mark.parametrize(
    ("vessel", "table"),
    [
        ("rnli-severn", "lifeboat"),
        ("rnli-atlantic-85", "rib"),
        ("ukbf-ctv", "ctv"),
        ("vcsm-20m", "patrol"),
        ("abeille", "tug"),
        ("merchant-ship", "coaster"),
        ("psp-flamant", "ship"),
        ("unknown", "craft"),
    ],
)
def test_a_profile_has_the_table_of_its_class(service, vessel, table):
    assert speed_table_for(service.vessels[vessel], service.world.speed_tables).name == table


@pytest.mark.parametrize(
    ("loa_m", "table"), [(8.0, "craft"), (40.0, "craft"), (41.0, "ship"), (139.0, "ferry"), (float("nan"), "craft")]
)
def test_without_a_class_it_goes_by_length(service, loa_m, table):
    vessel = replace(service.vessels["unknown"], loa_m=loa_m)
    assert speed_table_for(vessel, service.world.speed_tables).name == table


def test_a_sea_costs_a_small_open_boat_more_than_a_catamaran_and_that_more_than_a_lifeboat(service):
    tables = {table.name: dict(zip(table.hs_m, table.share, strict=True)) for table in service.world.speed_tables}
    assert tables["rib"][2.0] < tables["ctv"][2.0] < tables["lifeboat"][2.0] < tables["ferry"][2.0]
