"""Figures kept under var/ by what they were measured with: nothing of other code is read back."""

import hashlib
import json
import shutil
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
PRODUCT: Final = tuple(
    ROOT / name for name in ("data", "features", "recsys", "training", "serving")
)
"""All packages of the product: what moves the figures of its verbs."""


def sources_in(*places: Path) -> Iterator[Path]:
    """The files among some places, and all Python and TOML files within the folders among them."""
    for place in places:
        if place.is_dir():
            yield from sorted([*place.rglob("*.py"), *place.rglob("*.toml")])
        else:
            yield place


def kept_folder(experiment: str, settings: Mapping[str, Any], sources: Iterable[Path]) -> Path:
    """The folder of the figures measured with just these settings and this code.

    Args:
        experiment: its name, a folder under var/experiments.
        settings: what moves the figures, as JSON can hold it.
        sources: the files whose change may move them.
    """
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for source in sources:
        digest.update(source.read_bytes())
    folder = ROOT / "var" / "experiments" / experiment / digest.hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def keep(file: Path, row: Any) -> None:
    """Write a row of figures; whoever reads the file finds it whole or not at all."""
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(row, indent=2, ensure_ascii=False), encoding="utf-8")
    draft.replace(file)


@contextmanager
def scratch(folder: Path, name: str) -> Generator[Path]:
    """An empty folder of this name for what is made on the way; removed afterwards."""
    place = folder / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
