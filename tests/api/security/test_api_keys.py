"""API keys: what they look like, when they are valid, how soon a change is noticed."""

import hashlib
import logging
import re
import threading

import pytest

from api.security.api_keys import Keys
from api.security.identity import Identity, IdentityUnavailable, IdentityUnknown, Reason
from api.security.roles import AccessRole
from api.store.commands import Actor, Role
from api.store.errors import RoleNeeded, StoreUnavailable
from api.store.store import open_store

REMEMBER_S = 2.0


@pytest.fixture
def keys(store, clock, wall):
    return Keys(store, REMEMBER_S, clock, wall)


@pytest.fixture
def made(keys, admin):
    return keys.create("RNLI Severn", AccessRole.CREW, admin)


@pytest.fixture
def refused(run):
    """Why a key is refused."""

    def reason(keys, text, may_look_up=True):
        with pytest.raises(IdentityUnknown) as caught:
            run(keys.identify(text, may_look_up))
        return caught.value.reason

    return reason


def key_id(made):
    return made.document["key_id"]


def test_a_key_opens_as_its_unit(run, keys, made):
    crew = Identity("unit:RNLI Severn", frozenset({AccessRole.CREW}), "RNLI Severn")
    assert run(keys.identify(made.text, True)) == crew


def test_a_key_has_256_random_bits_and_the_store_only_their_digest(store, keys, made, admin):
    found = re.fullmatch(r"sp_([0-9a-f]{12})_([0-9a-f]{64})", made.text)
    assert found[1] == key_id(made)
    kept = store.key(key_id(made))
    assert kept.secret_sha256 == hashlib.sha256(found[2].encode()).digest()
    assert found[2] not in repr(kept)
    texts = {keys.create("x", AccessRole.VIEWER, admin).text.rpartition("_")[2] for _ in range(50)}
    assert len(texts) == 50


@pytest.mark.parametrize("change", [
    lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"),
    lambda text: text[:16] + "0" * 64,
    lambda text: text[:16] + hashlib.sha256(text[16:].encode()).hexdigest(),
])  # fmt: skip
def test_another_secret_does_not_open(refused, keys, made, change):
    assert refused(keys, change(made.text)) is Reason.KEY_WRONG_SECRET


@pytest.mark.parametrize("text", ["sp_", "sp_0_0", "sp_" + "0" * 12 + "_" + "A" * 64, "sp_" + "0" * 12 + "_" + "0" * 65,
                                  "sp_" + "0" * 12 + "_" + "0" * 64 + "\n", "SP_" + "0" * 12 + "_" + "0" * 64,
                                  "sp_" + "٠" * 12 + "_" + "0" * 64])  # fmt: skip
def test_what_is_not_written_as_a_key_is_not_looked_up(refused, keys, text):
    assert refused(keys, text) is Reason.KEY_MALFORMED


def test_an_id_nobody_has_does_not_open(refused, keys, made):
    assert refused(keys, "sp_" + "0" * 12 + made.text[15:]) is Reason.KEY_UNKNOWN


def test_a_key_ends_at_its_expiry(run, refused, keys, admin, wall):
    made = keys.create("x", AccessRole.CREW, admin, wall() + 60)
    wall.now_s += 59.999
    run(keys.identify(made.text, True))
    wall.now_s += 0.001
    assert refused(keys, made.text) is Reason.KEY_EXPIRED


def test_after_rotation_both_secrets_open_until_the_overlap_ends(run, refused, keys, made, admin, wall):
    new = keys.rotate(key_id(made), admin, 60.0)
    assert new.text != made.text
    assert run(keys.identify(new.text, True)) == run(keys.identify(made.text, True))
    wall.now_s += 59.999
    run(keys.identify(made.text, True))
    wall.now_s += 0.001
    assert refused(keys, made.text) is Reason.KEY_EXPIRED
    run(keys.identify(new.text, True))


def test_rotation_without_overlap_ends_the_old_secret_though_it_was_remembered(run, refused, keys, made, admin):
    run(keys.identify(made.text, True))
    new = keys.rotate(key_id(made), admin, 0.0)
    assert refused(keys, made.text) is Reason.KEY_WRONG_SECRET
    run(keys.identify(new.text, True))


def test_a_key_revoked_by_this_process_is_refused_at_once(run, refused, keys, made, admin):
    run(keys.identify(made.text, True))
    keys.revoke(key_id(made), admin, "stolen")
    assert refused(keys, made.text) is Reason.KEY_REVOKED


def test_a_key_revoked_by_another_process_is_refused_no_later_than_stated(
    run, refused, store, keys, made, admin, clock
):
    run(keys.identify(made.text, True))
    Keys(store, REMEMBER_S).revoke(key_id(made), admin)
    clock.now_s += REMEMBER_S - 0.001
    run(keys.identify(made.text, True))
    clock.now_s += 0.001
    assert refused(keys, made.text) is Reason.KEY_REVOKED


def test_both_secrets_of_a_revoked_key_end(refused, keys, made, admin):
    new = keys.rotate(key_id(made), admin, 60.0)
    keys.revoke(key_id(made), admin)
    assert {refused(keys, text) for text in (made.text, new.text)} == {Reason.KEY_REVOKED}


def test_what_was_read_before_a_revocation_is_not_remembered_after_it(run, refused, store, keys, made, admin):
    reading, may_go_on = threading.Event(), threading.Event()
    plain = store.key

    def slow(name):
        found = plain(name)
        reading.set()
        may_go_on.wait(20)
        return found

    store.key = slow
    try:
        at_work = threading.Thread(target=lambda: keys._looked_up(key_id(made)))
        at_work.start()
        reading.wait(20)
        keys.revoke(key_id(made), admin)
        may_go_on.set()
        at_work.join()
    finally:
        store.key = plain
    assert refused(keys, made.text) is Reason.KEY_REVOKED


def test_an_id_of_no_key_is_not_looked_up_where_too_much_was_wrong(run, refused, keys, made, clock, monkeypatch):
    looked_up, listed = [], []
    item, all_of_them = keys._store.key, keys._store.keys
    monkeypatch.setattr(keys._store, "key", lambda key_id: (looked_up.append(key_id), item(key_id))[1])
    monkeypatch.setattr(keys._store, "keys", lambda: (listed.append(1), all_of_them())[1])
    for number in range(100):
        made_up = f"sp_{number:012x}_{'0' * 64}"
        assert refused(keys, made_up, may_look_up=False) is Reason.KEY_NOT_LOOKED_UP
    assert (looked_up, len(listed)) == ([], 1)


def test_a_valid_key_never_seen_opens_where_too_much_was_wrong(run, keys, made, clock):
    assert run(keys.identify(made.text, may_look_up=False)).principal
    clock.now_s += 100 * REMEMBER_S
    assert run(keys.identify(made.text, may_look_up=False)).principal


def test_a_key_another_process_makes_opens_there_as_soon_as_one_may_be_remembered(run, refused, keys, admin, clock):
    assert refused(keys, f"sp_{'0' * 12}_{'0' * 64}", may_look_up=False) is Reason.KEY_NOT_LOOKED_UP
    elsewhere = Keys(keys._store, REMEMBER_S, clock).create("new", AccessRole.CREW, admin)
    assert refused(keys, elsewhere.text, may_look_up=False) is Reason.KEY_NOT_LOOKED_UP
    clock.now_s += REMEMBER_S
    assert run(keys.identify(elsewhere.text, may_look_up=False)).principal


def test_where_the_store_cannot_be_read_nobody_can_tell(run, tmp_path, admin, clock):
    store = open_store(f"sqlite:{tmp_path}/other.db", create=True)
    keys = Keys(store, REMEMBER_S, clock)
    made = keys.create("x", AccessRole.CREW, admin)
    store.close()
    with pytest.raises(IdentityUnavailable):
        run(keys.identify(made.text, True))


def test_only_an_admin_makes_keys(keys, made):
    for role in (Role.CONTROLLER, Role.CREW, Role.VIEWER):
        with pytest.raises(RoleNeeded):
            keys.create("x", AccessRole.ADMIN, Actor(role, "x"))
        with pytest.raises(RoleNeeded):
            keys.rotate(key_id(made), Actor(role, "x"), 0.0)


def test_memory_is_bounded(run, keys, admin, monkeypatch):
    monkeypatch.setattr("api.security.api_keys._MOST_REMEMBERED", 3)
    for number in range(6):
        run(keys.identify(keys.create(f"unit {number}", AccessRole.CREW, admin).text, True))
    assert len(keys._remembered) == 3


def test_no_secret_is_in_the_store_the_log_or_a_repr(run, store, keys, made, admin, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    new = keys.rotate(key_id(made), admin, 60.0)
    run(keys.identify(new.text, True))
    with pytest.raises(IdentityUnknown):
        run(keys.identify(new.text[:-1] + "x", True))
    secrets = [made.text.rpartition("_")[2], new.text.rpartition("_")[2]]
    shown = f"{made!r} {new!r} {store.keys()!r} {store.audit()} {store.events(0)} {caplog.text}"
    store.close()
    on_disk = b"".join(file.read_bytes() for file in tmp_path.glob("store.db*"))
    # The control: what may be found is found.
    assert key_id(made) in shown
    assert key_id(made).encode() in on_disk
    for secret in secrets:
        assert secret not in shown
        assert secret.encode() not in on_disk
        assert bytes.fromhex(secret) not in on_disk


def test_a_refused_command_says_no_secret(keys, store, admin, monkeypatch):
    monkeypatch.setattr("secrets.token_hex", lambda count: "ab" * count)
    keys.create("x", AccessRole.CREW, admin)
    with pytest.raises(Exception, match="exists already") as caught:
        keys.create("x", AccessRole.CREW, admin)
    assert "ab" * 32 not in repr(caught.value)
    assert not isinstance(caught.value, StoreUnavailable)


def test_a_key_seen_lately_serves_while_the_store_is_away_and_no_other(run, store, clock, wall, admin, monkeypatch):
    keys = Keys(store, REMEMBER_S, clock, wall, keep_s=60.0)
    made, never = (keys.create(unit, AccessRole.CREW, admin) for unit in ("RNLI Severn", "RNLI Shannon"))
    run(keys.identify(made.text, True))
    asked = []

    def away(key_id):
        asked.append(key_id)
        raise StoreUnavailable("store", "failed.", "See the log.")

    monkeypatch.setattr(store, "key", away)
    clock.now_s += REMEMBER_S
    for _ in range(3):
        assert run(keys.identify(made.text, True)).duty == "RNLI Severn"
    assert len(asked) == 1, "a store that is away is not asked for every request"
    with pytest.raises(IdentityUnavailable):
        run(keys.identify(never.text, True))
    with pytest.raises(IdentityUnknown):
        run(keys.identify(made.text[:-1] + ("0" if made.text[-1] != "0" else "1"), True))
    clock.now_s += 60.0
    with pytest.raises(IdentityUnavailable):
        run(keys.identify(made.text, True))


def test_a_store_that_hangs_is_not_waited_for_by_a_key_seen_lately(run, store, clock, wall, admin, monkeypatch):
    keys = Keys(store, REMEMBER_S, clock, wall, keep_s=60.0, wait_s=0.05)
    made = keys.create("RNLI Severn", AccessRole.CREW, admin)
    run(keys.identify(made.text, True))
    answers, back = threading.Event(), []
    plain = store.key

    def slow(key_id):
        assert answers.wait(30.0)
        back.append(key_id)
        return plain(key_id)

    monkeypatch.setattr(store, "key", slow)
    clock.now_s += REMEMBER_S

    async def asked():
        try:
            return await keys.identify(made.text, True), list(back)
        finally:
            answers.set()

    known, came_back_before = run(asked())
    assert (known.duty, came_back_before) == ("RNLI Severn", [])


def test_what_this_process_revoked_does_not_serve_while_the_store_is_away(run, store, clock, wall, admin, monkeypatch):
    keys = Keys(store, REMEMBER_S, clock, wall, keep_s=60.0)
    made = keys.create("RNLI Severn", AccessRole.CREW, admin)
    run(keys.identify(made.text, True))
    keys.revoke(key_id(made), admin)

    def away(_):
        raise StoreUnavailable("store", "failed.", "See the log.")

    monkeypatch.setattr(store, "key", away)
    with pytest.raises(IdentityUnavailable):
        run(keys.identify(made.text, True))
