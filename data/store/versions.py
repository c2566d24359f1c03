"""Earlier versions: going back to one, and letting the oldest go."""

import shutil
from pathlib import Path
from typing import Final

from data.errors import StoreError
from data.store.layout import UNFINISHED, VERSIONS, current_version, exclusive, switch
from data.store.manifest import Manifest, load_manifest

KEEP_VERSIONS: Final = 5
"""How many versions stay on disk unless told otherwise, the one in force included."""


def undo(path: Path) -> Manifest:
    """Return to the version before the one in force, byte for byte; the undone one is removed.

    Args:
        path: the snapshot's folder.

    Returns:
        The manifest of the version now in force.

    Raises:
        StoreError: there is no snapshot, or no version before.
    """
    with exclusive(path):
        version = current_version(path)
        if version is None:
            message = f"no snapshot at {path}, so nothing to undo"
            raise StoreError(message)
        parent = load_manifest(version).parent
        if parent is None or not (path / VERSIONS / parent).is_dir():
            kept = "was the first import" if parent is None else "is the oldest one kept"
            message = f"nothing to undo at {path}: the version in force {kept}"
            raise StoreError(message)
        restored = load_manifest(path / VERSIONS / parent)
        switch(path, parent)
        remove_version(version)
        return restored


def lineage(path: Path) -> list[str]:
    """The ids on disk that lead to the version in force, newest first."""
    ids: list[str] = []
    version = current_version(path)
    while version is not None and version.is_dir() and version.name not in ids:
        ids.append(version.name)
        parent = load_manifest(version).parent
        version = path / VERSIONS / parent if parent else None
    return ids


def prune(path: Path, keep: int = KEEP_VERSIONS) -> None:
    """Remove the versions that are older than the newest ``keep``, or that nothing leads to."""
    kept = set(lineage(path)[: max(keep, 1)])
    for version in (path / VERSIONS).iterdir():
        if version.name not in kept:
            remove_version(version)


def remove_version(version: Path) -> None:
    """Remove a version's folder; one that was half removed is no version any more."""
    gone = version.with_name(f"{UNFINISHED}{version.name}")
    version.rename(gone)
    shutil.rmtree(gone)
