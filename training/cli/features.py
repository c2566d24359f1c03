"""``xuepei features``: the feature frames of a snapshot at a moment, as files."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

import polars as pl
import typer

from data.city import City
from data.cli.console import print_json, print_table, progress
from data.cli.moments import read_moment
from data.errors import XuepeiError
from data.store import open_snapshot
from features.course import course_features
from features.history import learner_history
from features.interactions import course_interactions
from features.learner import learner_features
from features.section import section_features
from training.cli.options import AsJson, AsOf, Snapshot

app = typer.Typer(add_completion=False)

Feature = Callable[[City, datetime], pl.DataFrame]

FRAMES: Final[Mapping[str, Feature]] = MappingProxyType(
    {
        "learners": learner_features,
        "courses": course_features,
        "sections": section_features,
        "interactions": course_interactions,
        "history": learner_history,
    }
)
"""Each frame becomes ``<name>.parquet``."""


@app.command("features")
def write_features(
    snapshot: Snapshot,
    as_of: AsOf,
    target: Annotated[Path, typer.Option("--out", help="Folder of the files; replaced whole.")],
    as_json: AsJson = False,
) -> dict[str, Any]:
    """Write the feature tables of a moment as Parquet: nothing later is in them."""
    moment, city = read_moment(as_of), open_snapshot(snapshot)
    check_target(target)
    with progress() as bar:
        task = bar.add_task("features", total=len(FRAMES))
        rows = _write(city, moment, target, lambda: bar.advance(task))
    result = {"out": str(target), "as_of": moment.isoformat(), "rows": rows}
    if as_json:
        print_json(result)
    else:
        print_table(str(target), [{"table": name, "rows": n} for name, n in rows.items()])
    return result


def check_target(target: Path) -> None:
    """Only a folder of features is replaced.

    Raises:
        XuepeiError: the place holds anything else.
    """
    if not target.exists():
        return
    ours = {f"{name}.parquet" for name in FRAMES}
    if not target.is_dir() or {item.name for item in target.iterdir()} - ours:
        message = f"{target} holds other things than feature tables; nothing was written"
        raise XuepeiError(message)


def _write(city: City, moment: datetime, target: Path, done: Callable[[], None]) -> dict[str, int]:
    """All files or none: a folder beside the target is filled, then renamed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        rows: dict[str, int] = {}
        for name, feature in FRAMES.items():
            frame = feature(city, moment)
            frame.write_parquet(part / f"{name}.parquet")
            rows[name] = frame.height
            done()
        _replace(part, target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return rows


def _replace(part: Path, target: Path) -> None:
    part.chmod(0o755)
    aside = part.with_name(f"{part.name}.old")
    if target.exists():
        target.replace(aside)
    part.replace(target)
    shutil.rmtree(aside, ignore_errors=True)
