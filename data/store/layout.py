"""Where things lie in a snapshot's folder, and who may change it."""

import fcntl
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from data.errors import StoreError

VERSIONS: Final = "versions"
CURRENT: Final = "current"
MANIFEST: Final = "manifest.json"
ACCOUNT: Final = "import.json"
QUARANTINE: Final = "quarantine"
LOCK: Final = ".lock"
UNFINISHED: Final = ".unfinished-"
"""Leads the names of folders and links that were never switched to."""


@contextmanager
def exclusive(path: Path) -> Generator[None]:
    """Hold a snapshot's folder alone, and clear what a killed import left in it.

    The lock is the system's: it ends with the process, however that ends.

    Args:
        path: the snapshot's folder; created if need be.

    Raises:
        StoreError: another import is at work there, or the folder holds something else.
    """
    _refuse_other_use(path)
    (path / VERSIONS).mkdir(parents=True, exist_ok=True)
    with (path / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"{path}: another import is at work there; try again when it has ended"
            raise StoreError(message) from error
        clear_unfinished(path)
        yield


def _refuse_other_use(path: Path) -> None:
    """A file, or a folder whose ``current`` is no link, isn't ours to change."""
    if path.exists() and not path.is_dir():
        message = f"{path} is a file; a snapshot is a folder"
        raise StoreError(message)
    current = path / CURRENT
    if current.exists() and not current.is_symlink():
        message = f"{current} is no link; {path} isn't a snapshot's folder"
        raise StoreError(message)


def clear_unfinished(path: Path) -> None:
    """Remove folders and links of imports that never ended, and versions nobody reached."""
    for rest in [*path.glob(f"{UNFINISHED}*"), *(path / VERSIONS).glob(f"{UNFINISHED}*")]:
        _remove(rest)


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    else:
        shutil.rmtree(path)


def current_version(path: Path) -> Path | None:
    """The folder of the version in force; None before the first import."""
    link = path / CURRENT
    return path / link.readlink() if link.is_symlink() else None


def switch(path: Path, version_id: str) -> None:
    """Make a version the one in force, by one rename."""
    # the outer links may dangle until the first switch: they go through `current`
    _link(path / ACCOUNT, f"{CURRENT}/{ACCOUNT}")
    _link(path / QUARANTINE, f"{CURRENT}/{QUARANTINE}")
    _link(path / CURRENT, f"{VERSIONS}/{version_id}")
    sync_folder(path)


def _link(link: Path, target: str) -> None:
    """A relative link, replaced atomically."""
    if link.exists() and not link.is_symlink():
        message = f"{link} is no link; the folder holds something else than a snapshot"
        raise StoreError(message)
    temporary = link.with_name(f"{UNFINISHED}{link.name}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)


def sync_folder(path: Path) -> None:
    """Make a folder's entries durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make a file's bytes durable."""
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())
