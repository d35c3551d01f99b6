"""The pack that ships: whole, small, from where it says; and what a damaged one is told."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import shapely

from engine.errors import PackError
from geodata.build import coast_layer
from geodata.coast import read_osm_land, read_patches
from geodata.drawn_waters import carve, read_drawn_waters
from geodata.pack import DEFAULT_PACK, PACK_FORMAT, manifest_digest, read_manifest, read_pack
from geodata.shoreline import BEYOND_DEG, _beyond_the_box, coast_rings
from geodata.world import load_world

LAYERS = {"coast", "mesh", "trees", "ports", "zones", "speed", "tides", "streams", "beyond", "centres", "vessels"}
COAST = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "channel_land_osm.geojson"


@pytest.fixture
def copy(tmp_path):
    folder = tmp_path / "pack"
    shutil.copytree(DEFAULT_PACK, folder)
    return folder


def rewrite(folder, change, signed=False):
    """Change a manifest, as damage does, or signed anew as a builder would."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)
    if signed:
        manifest["sha256"] = manifest_digest(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def test_pack_is_under_six_megabytes_with_nothing_else_in_its_folder():
    manifest = read_manifest(DEFAULT_PACK)
    named = {entry["file"] for entry in manifest["layers"].values()} | {"manifest.json"}
    assert {path.name for path in DEFAULT_PACK.iterdir()} == named
    assert sum(path.stat().st_size for path in DEFAULT_PACK.iterdir()) < 6_000_000


def test_manifest_says_where_every_layer_comes_from():
    manifest = read_manifest(DEFAULT_PACK)
    assert manifest["format"] == PACK_FORMAT
    assert set(manifest["layers"]) == LAYERS
    for name, entry in manifest["layers"].items():
        for key in ("source", "licence", "edition"):
            assert str(entry[key]).strip(), (name, key)
        data = (DEFAULT_PACK / entry["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"]
        assert len(data) == entry["bytes"]


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_a_flipped_byte_names_the_layer(copy, layer):
    path = copy / read_manifest(copy)["layers"][layer]["file"]
    data = bytearray(path.read_bytes())
    random = np.random.default_rng(len(layer))
    for place in random.integers(0, len(data), 5):
        data[place] ^= 1 << int(random.integers(0, 8))
        path.write_bytes(data)
        with pytest.raises(PackError, match=f"layer {layer} is damaged"):
            read_pack(copy)


@pytest.mark.parametrize("layer", sorted(LAYERS))
@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_a_truncated_file_names_the_layer(copy, layer, share):
    path = copy / read_manifest(copy)["layers"][layer]["file"]
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(PackError, match=f"layer {layer} is damaged"):
        read_pack(copy)


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_a_missing_layer_is_named(copy, layer):
    (copy / read_manifest(copy)["layers"][layer]["file"]).unlink()
    with pytest.raises(PackError, match=f"layer {layer} is missing"):
        read_pack(copy)


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_a_layer_struck_from_the_manifest_is_noticed(copy, layer):
    rewrite(copy, lambda manifest: manifest["layers"].pop(layer))
    with pytest.raises(PackError):
        load_world(copy)


def leaves(value, path=()):
    """Ways to everything in a manifest that is not made of something else."""
    if isinstance(value, dict | list):
        for step, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, step))
    else:
        yield path


EVERY_FIELD = sorted(leaves(json.loads((DEFAULT_PACK / "manifest.json").read_text(encoding="utf-8"))), key=str)


@pytest.mark.parametrize("path", EVERY_FIELD, ids=lambda path: ".".join(map(str, path)))
def test_any_field_of_the_manifest_changed_or_left_out_is_noticed(copy, path):
    for change in (lambda value: value + (0.1 if isinstance(value, float) else 1), None):

        def edit(manifest, change=change):
            for step in path[:-1]:
                manifest = manifest[step]
            value = manifest.pop(path[-1])
            if change is not None:
                edited = value + "x" if isinstance(value, str) else change(value)
                manifest.insert(path[-1], edited) if isinstance(manifest, list) else manifest.update({path[-1]: edited})

        manifest = (copy / "manifest.json").read_bytes()
        rewrite(copy, edit)
        with pytest.raises(PackError):
            read_pack(copy)
        (copy / "manifest.json").write_bytes(manifest)


def test_any_bit_of_the_manifest_flipped_is_noticed(copy):
    path = copy / "manifest.json"
    data = path.read_bytes()
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        with pytest.raises(PackError):
            read_manifest(copy)


def test_a_manifest_said_otherwise_is_the_same(copy):
    """Negative control: order and spaces say nothing."""
    path = copy / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(dict(reversed(manifest.items()))), encoding="utf-8")
    assert read_pack(copy).manifest == manifest


def test_a_member_twice_is_refused(copy):
    """Whichever was read, another program may read the other."""
    path = copy / "manifest.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("{", '{"id": "other", ', 1), encoding="utf-8")
    with pytest.raises(PackError, match="damaged"):
        read_pack(copy)


@pytest.mark.parametrize("number", [0, PACK_FORMAT - 1, PACK_FORMAT + 1, "2", None, "a" * 500])
def test_another_format_is_refused(copy, number):
    rewrite(copy, lambda manifest: manifest.update(format=number))
    with pytest.raises(PackError, match="of format") as refusal:
        read_pack(copy)
    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "3", '{"format": 1}', "\xff", '{"format": 1, "layers": [], "sha256": "", "id": ""}',
             '{"format": 1, "layers": {"coast": "coast.npz.xz"}, "sha256": "", "id": ""}',
             '{"format": 1, "layers": {"coast": {}}, "sha256": "", "id": ""}'],
)  # fmt: skip
def test_a_damaged_manifest_is_a_pack_error(copy, text):
    (copy / "manifest.json").write_text(text, encoding="latin-1")
    with pytest.raises(PackError):
        read_pack(copy)


def test_no_pack_at_all(tmp_path):
    with pytest.raises(PackError, match=r"no manifest\.json"):
        read_pack(tmp_path / "nowhere")


def test_a_manifest_may_not_point_outside_the_pack(copy):
    (copy.parent / "centres.json").write_text("[]")
    rewrite(copy, lambda manifest: manifest["layers"]["centres"].update(file="../centres.json"), signed=True)
    assert read_pack(copy).tables["centres"]


@pytest.fixture(scope="module")
def osm_land():
    if not COAST.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{COAST.name} is not beside the checkout, and CI must compare the coast with its source")
        pytest.skip(f"{COAST.name} is not beside the checkout; it comes from the package roaring-landmask")
    origin = (-1.0, 50.25)
    carved = carve(read_osm_land(COAST, (-7.0, 48.0, 5.0, 52.5)), read_drawn_waters(origin), origin)
    return shapely.union(carved, read_patches())


def test_the_coast_is_osm_land_and_the_patches_unsimplified(osm_land):
    stored = read_pack().arrays["coast"]
    expected = coast_layer(osm_land)
    assert np.array_equal(stored["ring_length"], expected["ring_length"])
    assert np.array_equal(stored["steps"], expected["steps"])
    # Said without the code that wrote it: the same points to half of 1e-6 degree.
    found = np.vstack(coast_rings(read_pack()))
    assert np.abs(found - shapely.get_coordinates(shapely.get_rings(shapely.get_parts(osm_land)))).max() < 5.1e-7


def turned(ring, start):
    """The same closed ring from another vertex on."""
    open_ring = np.roll(ring[:-1], start, axis=0)
    return np.vstack([open_ring, open_ring[:1]])


def test_rings_carried_beyond_the_box_hold_the_same_land_inside_it():
    box = (0.0, 0.0, 1.0, 1.0)
    west = np.array([[0.0, 0.2], [0.3, 0.25], [0.3, 0.4], [0.0, 0.5], [0.0, 0.2]])
    corner = np.array([[0.8, 1.0], [0.7, 0.8], [1.0, 0.7], [1.0, 1.0], [0.8, 1.0]])
    island = np.array([[0.5, 0.5], [0.6, 0.5], [0.6, 0.6], [0.5, 0.5]])
    touching = np.array([[0.5, 0.0], [0.55, 0.1], [0.45, 0.1], [0.5, 0.0]])
    for start in range(4):
        rings = [turned(west, start), turned(corner, start)]
        carried = [shapely.Polygon(_beyond_the_box(ring, box)) for ring in rings]
        assert all(polygon.is_valid for polygon in carried)
        inside = shapely.intersection(shapely.union_all(carried), shapely.box(*box))
        expected = shapely.union_all([shapely.Polygon(west), shapely.Polygon(corner)])
        assert inside.symmetric_difference(expected).area < 1e-12
        assert carried[0].bounds[0] == -BEYOND_DEG
        assert carried[1].bounds[2:] == (1.0 + BEYOND_DEG, 1.0 + BEYOND_DEG)
        beyond = shapely.MultiPoint([(-0.1, 0.3), (1.1, 1.1), (0.9, 1.1), (1.1, 0.9)])
        assert shapely.union_all(carried).contains(beyond)
    assert np.array_equal(_beyond_the_box(island, box), island)
    assert shapely.Polygon(_beyond_the_box(touching, box)).buffer(0).area == pytest.approx(0.005, rel=1e-9)
