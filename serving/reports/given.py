"""Tables that other verbs wrote, read for a report: checked, and cut to one district."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from data.errors import XuepeiError
from serving.reports.words import Label


class Part(NamedTuple):
    """What a report can be given from a file.

    Attributes:
        key: its name, that of the verb's option.
        title: the section's heading.
        verb: what writes such a file.
        needs: columns it must have.
        shown: columns of the page, those that are there.
    """

    key: str
    title: Label
    verb: str
    needs: tuple[str, ...]
    shown: tuple[str, ...]


PARTS: Final[Mapping[str, Part]] = {
    part.key: part
    for part in (
        Part(
            "gaps",
            Label("技能缺口", "Skill gaps"),
            "gaps",
            ("division_code", "skill_id", "gap"),
            ("skill", "gap", "gap_low", "gap_high", "probability", "need", "seekers", "cause",
             "note"),
        ),
        Part(
            "coverage",
            Label("学习圈覆盖", "Circles"),
            "coverage",
            ("division_code", "persons", "covered", "share"),
            ("name", "circle", "band", "persons", "covered", "uncovered", "share", "nearest_min"),
        ),
        Part(
            "targets",
            Label("规划目标", "Targets of the plan"),
            "targets",
            ("indicator", "value"),
            ("clause", "value", "target", "unit", "expected", "change", "status", "due_on",
             "missing"),
        ),
        Part(
            "interest",
            Label("想学未得", "Wanted and not got"),
            "interest",
            ("division_code", "wanted"),
            ("name", "category", "slot", "age_band", "programme", "applications", "admitted",
             "lost", "wanted", "per_seat"),
        ),
        Part(
            "plan",
            Label("开班建议", "What to open"),
            "plan",
            ("course_id",),
            ("title", "venue_name", "slots", "capacity", "applicants", "applicants_low",
             "applicants_high", "gap_closed", "unit_cost", "cost", "residents_in_circle",
             "rivals_3km", "teacher_source"),
        ),
    )
}  # fmt: skip
"""By key, in the order of the report."""

TEXTS: Final = (
    "division_code", "district_code", "town_code", "skill_id", "course_id", "venue_id", "term",
    "target_id", "teacher_id",
)  # fmt: skip
"""Ids of digits that a reader of CSV must not take for numbers."""

READERS: Final[Mapping[str, Callable[[Path], pl.DataFrame]]] = {
    ".csv": lambda path: pl.read_csv(
        path, schema_overrides=dict.fromkeys(TEXTS, pl.String), infer_schema_length=None
    ),
    ".json": lambda path: pl.read_json(path, infer_schema_length=None),
    ".parquet": pl.read_parquet,
}

PLACES: Final = ("division_code", "district_code", "town_code")


def read_given(path: Path, key: str | None = None) -> pl.DataFrame:
    """A table that another verb wrote.

    Args:
        path: .csv, .json or .parquet.
        key: which part it is for, of ``PARTS``; its columns are then checked.

    Raises:
        XuepeiError: the file can't be read, or lacks a column.
    """
    if path.suffix not in READERS:
        message = f"{path} should end in one of {', '.join(READERS)}"
        raise XuepeiError(message)
    try:
        frame = READERS[path.suffix](path)
    except (OSError, pl.exceptions.PolarsError) as error:
        message = f"{path} can't be read as a table: {error}"
        raise XuepeiError(message) from error
    needs = PARTS[key].needs if key else ()
    missing = [name for name in needs if name not in frame.columns]
    if missing:
        message = (
            f"{path} lacks {missing}; expected a table of `xuepei {key}`, with the columns "
            f"{list(needs)} among others; it has {frame.columns}"
        )
        raise XuepeiError(message)
    return frame


def inside(frame: pl.DataFrame, district: str) -> pl.DataFrame:
    """The rows of a district and of what lies in it; the whole table where no row has a place."""
    column = next((name for name in PLACES if name in frame.columns), None)
    if column is None:
        return frame
    return frame.filter(pl.col(column).cast(pl.String).str.starts_with(district[:6]))


def with_names(frame: pl.DataFrame, names: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Names beside ids, where the table has the ids alone.

    Args:
        frame: any table.
        names: by the column of ids: two columns, the ids and the names under what they are called.
    """
    for column, named in names.items():
        called = named.columns[1]
        if column in frame.columns and called not in frame.columns:
            ids = frame.with_columns(pl.col(column).cast(pl.String))
            frame = ids.join(named, on=column, how="left", maintain_order="left")
    return frame
