"""A simulated city on disk: contract tables, and the truth apart from them."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import polars as pl

from data.simulate.files.dirt import Dirty
from data.simulate.files.forms import CSV_TABLES
from data.simulate.presets import SimulationError

GBK_TABLE: Final = "sections"
"""The table whose file is in GBK when the city has one."""

TRUTH: Final = "truth"
"""The folder that only the judge may read; the import never does."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What the files of ``truth/`` say.

    Attributes:
        as_of: the instant at which training is cut and lists are made.
        apply_probability: learner_id, section_id, apply_probability.
        facts: parameters, seed and the exact account of the dirt.
    """

    as_of: datetime
    apply_probability: pl.DataFrame
    facts: Mapping[str, Any]


def replaced(out: Path, fill: Callable[[Path], None], *, force: bool) -> None:
    """Fill a new folder and put it in place by one rename; a failure leaves nothing behind.

    Args:
        out: where the folder shall be.
        fill: writes into the folder it is given.
        force: replace a folder that holds something.

    Raises:
        SimulationError: ``out`` is a file, or holds something and force is off.
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


def file_facts(dirt: Mapping[str, Dirty], *, gbk: bool) -> dict[str, Any]:
    """What each file holds, by table: rows, encoding, rows to be refused by rule, old codes."""
    return {
        table: {
            "file": file_name(table),
            "encoding": encoding(table, gbk=gbk),
            "rows": rows.frame.height,
            "quarantined": sum(rows.bad.values()),
            "bad": dict(rows.bad),
            "old_codes": dict(rows.old_codes),
        }
        for table, rows in dirt.items()
    }


def file_name(table: str) -> str:
    """The table's file."""
    return f"{table}.{'csv' if table in CSV_TABLES else 'parquet'}"


def encoding(table: str, *, gbk: bool) -> str | None:
    """The encoding of a CSV table; None for Parquet."""
    if table not in CSV_TABLES:
        return None
    return "gbk" if gbk and table == GBK_TABLE else "utf-8"


def write_tables(folder: Path, dirt: Mapping[str, Dirty], *, gbk: bool) -> None:
    """One file per table."""
    for table, rows in dirt.items():
        path, code = folder / file_name(table), encoding(table, gbk=gbk)
        if code is None:
            rows.frame.write_parquet(path)
        else:
            path.write_bytes(rows.frame.write_csv().encode(code))


def write_truth(folder: Path, truth: Truth) -> None:
    """The three files of ``truth/``."""
    folder.mkdir()
    (folder / "as_of.txt").write_text(truth.as_of.isoformat() + "\n", encoding="utf-8")
    truth.apply_probability.write_parquet(folder / "apply_probability.parquet")
    text = json.dumps(truth.facts, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / "facts.json").write_text(text + "\n", encoding="utf-8")


def _refuse_occupied(out: Path, *, force: bool) -> None:
    if out.exists() and not out.is_dir():
        message = f"{out} is a file; --out names a folder"
        raise SimulationError(message)
    if out.is_dir() and any(out.iterdir()) and not force:
        message = f"{out} is not empty; choose another folder or add --force to replace it"
        raise SimulationError(message)


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
