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
        ``format``, ``id``, ``sha256`` of the whole, ``built_at``, ``area`` and the ``layers`` with file, digest,
        source, licence and edition.
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
    whole = hashlib.sha256("".join(f"{name}{entry['sha256']}" for name, entry in sorted(entries.items())).encode())
    manifest = {"format": PACK_FORMAT, "sha256": whole.hexdigest(), **identity, "layers": entries}
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    (fresh / "manifest.json").write_text(text + "\n", encoding="utf-8")
    # A build cut short leaves the old pack as it was.
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return manifest


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
        manifest = json.loads(path.read_text(encoding="utf-8"))
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
    return manifest  # type: ignore[no-any-return]


def read_pack(folder: Path = DEFAULT_PACK) -> Pack:
    """Read and verify a pack; every byte is hashed before anything is parsed.

    Raises
    ------
    PackError
        Missing, damaged, truncated, or of another format; names the layer.
    """
    manifest = read_manifest(folder)
    arrays: dict[str, dict[str, np.ndarray]] = {}
    tables: dict[str, object] = {}
    seen = []
    for name, entry in sorted(manifest["layers"].items()):  # type: ignore[attr-defined]
        path = folder / Path(str(entry["file"])).name
        try:
            data = path.read_bytes()
        except OSError:
            raise PackError("geodata pack", f"layer {name} is missing.", _REBUILD) from None
        digest = hashlib.sha256(data).hexdigest()
        if digest != entry["sha256"]:
            raise PackError("geodata pack", f"layer {name} is damaged: its SHA-256 does not match.", _REBUILD)
        seen.append(f"{name}{digest}")
        if path.suffix == ".xz":
            with np.load(io.BytesIO(lzma.decompress(data)), allow_pickle=False) as stored:
                arrays[name] = {key: stored[key] for key in stored.files}
        else:
            tables[name] = json.loads(data)
    if hashlib.sha256("".join(seen).encode()).hexdigest() != manifest["sha256"]:
        raise PackError("geodata pack", "its layers do not belong together.", _REBUILD)
    return Pack(manifest, arrays, tables)
