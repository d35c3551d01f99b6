import pytest

from api.port_search import fold
from api.suggest import did_you_mean


@pytest.mark.parametrize(
    ("typed", "said"),
    [("dovr", "Did you mean 'dover'? "), ("DOVERR", "Did you mean 'dover'? "), ("zz", ""), ("", ""), ("x" * 9999, "")],
)
def test_only_a_close_name_is_meant(typed, said):
    assert did_you_mean(typed, ["dover", "calais", "rye"]) == said


@pytest.mark.parametrize(
    ("one", "other"),
    [("Saint-Malo", "st malo"), ("Tréguier", "TREGUIER"), ("St. Mary's", "st marys"), ("Sainte-Anne", "Ste Anne")],
)
def test_names_are_the_same_however_they_are_written(one, other):
    assert fold(one) == fold(other)
