"""Policy files: what they may say, and what is refused by the name of its entry."""

import pytest

from engine.codes import Code, Weight
from engine.errors import InvalidAsk, UnknownName
from engine.units import KNOT_MS
from geodata.policies import policy_names, read_policy, read_policy_file


def policy_of(tmp_path, text, name='name = "own"'):
    path = tmp_path / "own.toml"
    path.write_text(f'extends = "nearest-time"\n{name}\n{text}\n', encoding="utf-8")
    return read_policy_file(path)


def test_an_own_policy_changes_what_it_names_and_keeps_the_rest(tmp_path):
    policy = policy_of(tmp_path, '[limits]\nharbour_speed_kn = 4\n[weights]\nLOCK_QUEUE = "hard"')
    assert policy.limits.harbour_speed_ms == pytest.approx(4 * KNOT_MS)
    assert policy.limits.near_tie_s == read_policy("nearest-time").limits.near_tie_s
    assert policy.weights[Code.LOCK_QUEUE] == Weight.HARD


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[limits]\nspeed_cap_with_survivors_kn = 0", "policy.limits.speed_cap_with_survivors_ms"),
        ("[limits]\nspeed_uncertainty_share = 1", "policy.limits.speed_uncertainty_share"),
        ("[limits]\nrange_reserve_share = 3", "policy.limits.range_reserve_share"),
        ("[limits]\nrange_reserve_share = -0.1", "policy.limits.range_reserve_share"),
        ("[limits]\nrange_reserve_share = nan", "policy.limits.range_reserve_share"),
        ('[limits]\nharbour_speed_kn = "six"', "policy.limits.harbour_speed_kn"),
        ("[limits]\nharbor_speed_kn = 6", "policy.limits"),
        ('weigh_srr_state = "yes"', "policy.weigh_srr_state"),
        ('key = "beauty"', "policy.key"),
        ("designated = [1]", "policy.designated"),
        ("colour = 1", "policy.colour"),
        ('[weights]\nROUTE_NONE = "info"', "policy.weights.ROUTE_NONE"),
        ('[weights]\nDRAFT_EXCEEDED = "soft"', "policy.weights.DRAFT_EXCEEDED"),
        ('[weights]\nNO_SUCH_CODE = "soft"', "policy.weights"),
        ('[weights]\nLOCK_QUEUE = "loud"', "policy.weights.LOCK_QUEUE"),
        ("[care_delay_min]\nclinic = 5", "policy.care_delay_min"),
        ("[urgency_weight]\nsevere = 5", "policy.urgency_weight"),
        ("[urgency_weight]\nurgent = 0.5", "policy.urgency_weight"),
        ("[urgency_weight]\nurgent = 101", "policy.urgency_weight"),
        ("limits = 3", "policy.limits"),
        ("this is not toml", "policy"),
    ],
)
def test_a_wrong_entry_is_refused_by_its_name(tmp_path, text, field):
    with pytest.raises(InvalidAsk) as refused:
        policy_of(tmp_path, text)
    assert refused.value.field == field
    assert refused.value.remedy


def test_a_policy_of_ones_own_carries_its_own_name(tmp_path):
    with pytest.raises(InvalidAsk, match="name"):
        policy_of(tmp_path, "", name="")


def test_names_that_nothing_carries(tmp_path):
    with pytest.raises(UnknownName, match="nearest-time"):
        read_policy("cheapest")
    path = tmp_path / "x.toml"
    path.write_text('extends = "nothing"\nname = "x"', encoding="utf-8")
    with pytest.raises(InvalidAsk, match="extends"):
        read_policy_file(path)
    with pytest.raises(InvalidAsk, match="cannot be read"):
        read_policy_file(tmp_path / "missing.toml")


def test_the_digest_follows_the_file_and_what_it_extends(tmp_path):
    first = policy_of(tmp_path, "[limits]\nharbour_speed_kn = 4").sha256
    two = policy_of(tmp_path, "[limits]\nharbour_speed_kn = 5").sha256
    assert first != two
    assert len({read_policy(name).sha256 for name in policy_names()}) == len(policy_names())
