"""A folder that appears whole or not at all."""

import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from data.errors import DataError


def replaced(out: Path, fill: Callable[[Path], None], *, force: bool) -> None:
    """Fill a new folder and put it in place by one rename; a failure leaves nothing behind.

    Args:
        out: where the folder shall be.
        fill: writes into the folder it is given.
        force: replace a folder that holds something.

    Raises:
        DataError: ``out`` is a file, or holds something and force is off.
    """
    _refuse_occupied(out, force=force)
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = out.with_name(f".{out.name}.{uuid4().hex}")
    fresh.mkdir()
    try:
        fill(fresh)
        _swap(fresh, out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _refuse_occupied(out: Path, *, force: bool) -> None:
    if out.exists() and not out.is_dir():
        message = f"{out} is a file; --out names a folder"
        raise DataError(message)
    if out.is_dir() and any(out.iterdir()) and not force:
        message = f"{out} is not empty; choose another folder or add --force to replace it"
        raise DataError(message)


def _swap(fresh: Path, out: Path) -> None:
    """The new folder takes the old one's place."""
    old = out.with_name(f".{out.name}.{uuid4().hex}")
    if out.exists():
        out.rename(old)
    try:
        fresh.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)
