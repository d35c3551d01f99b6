"""The pack: what a terminal needs of the world, in a few small files with a manifest that hashes them all."""

import hashlib
import io
import json
import lzma
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.errors import PackError

PACK_FORMAT = 3
"""Raised whenever an older engine could misread a newer pack."""

DEFAULT_PACK = Path(__file__).parent / "packs" / "channel"
_REBUILD = "Rebuild it with 'safeport geodata build', or restore it from the repository."


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """A pack in memory, verified.

    Attributes
    ----------
    manifest : dict
        ``format``, ``id``, ``built_at``, ``area`` and the ``layers`` with file, digest, source, licence and edition;
        and ``sha256`` of all that, and so of every byte of the pack.
    arrays : dict of dict of ndarray
        Arrays by layer and name.
    tables : dict
        JSON content by layer.
    """

    manifest: dict[str, object]
    arrays: dict[str, dict[str, np.ndarray]]
    tables: dict[str, object]


def layer_bytes(content: object) -> tuple[str, bytes]:
    """File ending and bytes of a layer: a dict of arrays becomes ``npz.xz``, all else JSON.

    The trees of neighbouring ports repeat each other over distances that only xz's window spans: 118 kB a class
    against 1.1 MB with the deflate of an ordinary ``npz``.
    """
    if isinstance(content, dict) and content and all(isinstance(value, np.ndarray) for value in content.values()):
        buffer = io.BytesIO()
        np.savez(buffer, **content)
        return "npz.xz", lzma.compress(buffer.getvalue())
    return "json", json.dumps(content, ensure_ascii=False, indent=0, sort_keys=True, allow_nan=False).encode()


def write_pack(
    folder: Path, identity: dict[str, object], layers: dict[str, tuple[object, dict[str, str]]]
) -> dict[str, object]:
    """Write a pack and return its manifest.

    Parameters
    ----------
    folder : Path
    identity : dict
        ``id``, ``built_at``, ``area`` and whatever else describes the pack.
    layers : dict
        For each layer its content and its provenance: source, licence, edition.
    """
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    entries = {}
    for name, (content, provenance) in layers.items():
        ending, data = layer_bytes(content)
        (fresh / f"{name}.{ending}").write_bytes(data)
        entries[name] = {"file": f"{name}.{ending}", "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data),
                         **provenance}  # fmt: skip
    manifest = write_manifest(fresh, {"format": PACK_FORMAT, **identity, "layers": entries})
    # A build cut short leaves the old pack as it was.
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return manifest


def write_manifest(folder: Path, content: dict[str, object]) -> dict[str, object]:
    """Write the manifest of a pack, with the digest of all it says, and return it."""
    manifest = {**content, "sha256": manifest_digest(content)}
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
    return manifest


def manifest_digest(manifest: dict[str, object]) -> str:
    """SHA-256 of everything a manifest says but its own digest, whatever its spaces and the order of its members."""
    content = {name: value for name, value in manifest.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def read_manifest(folder: Path) -> dict[str, object]:
    """Manifest of a pack.

    Raises
    ------
    PackError
        It is missing, unreadable, or of another format.
    """
    path = folder / "manifest.json"
    if not path.is_file():
        raise PackError("geodata pack", f"no manifest.json in folder {folder.name!r}.", _REBUILD)
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_members)
        found = manifest["format"]
        {str(entry["file"]) + str(entry["sha256"]) for entry in manifest["layers"].values()}
        str(manifest["sha256"]) + str(manifest["id"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise PackError("geodata pack", "manifest.json is damaged.", _REBUILD) from None
    if found != PACK_FORMAT:
        raise PackError(
            "geodata pack", f"is of format {str(found)[:20]}; this program reads format {PACK_FORMAT}.",
            "Use the pack that came with this program, or rebuild it with 'safeport geodata build'.",
        )  # fmt: skip
    if manifest_digest(manifest) != manifest["sha256"]:
        raise PackError("geodata pack", "manifest.json is damaged: its SHA-256 does not match.", _REBUILD)
    return manifest  # type: ignore[no-any-return]


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def read_pack(folder: Path = DEFAULT_PACK) -> Pack:
    """Read and verify a pack: its manifest as a whole, and every layer before it is parsed.

    Raises
    ------
    PackError
        Missing, damaged, truncated, or of another format; names the layer.
    """
    manifest = read_manifest(folder)
    arrays: dict[str, dict[str, np.ndarray]] = {}
    tables: dict[str, object] = {}
    for name, entry in sorted(manifest["layers"].items()):  # type: ignore[attr-defined]
        path = folder / Path(str(entry["file"])).name
        try:
            data = path.read_bytes()
        except OSError:
            raise PackError("geodata pack", f"layer {name} is missing.", _REBUILD) from None
        if hashlib.sha256(data).hexdigest() != entry["sha256"]:
            raise PackError("geodata pack", f"layer {name} is damaged: its SHA-256 does not match.", _REBUILD)
        if path.suffix == ".xz":
            with np.load(io.BytesIO(lzma.decompress(data)), allow_pickle=False) as stored:
                arrays[name] = {key: stored[key] for key in stored.files}
        else:
            tables[name] = json.loads(data)
    return Pack(manifest, arrays, tables)
