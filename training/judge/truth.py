"""The truth folder: what is true of a city, in plain Parquet, the simulator's or anyone's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

from training.judge.errors import JudgeError
from training.judge.files import Kinds, check_unique, read_table

SUBFOLDER: Final = "truth"
"""A city's folder keeps its truth here."""

PROBABILITY: Final = "apply_probability"

TEXT, NUMBER = pl.String, pl.Float64

REQUIRED: Final = MappingProxyType[str, Kinds](
    {
        "learners": {"learner_id": TEXT},
        "sections": {"section_id": TEXT},
        "applications": {"learner_id": TEXT, "section_id": TEXT, "choice_rank": pl.Int64},
        "gaps": {"division_code": TEXT, "skill_id": TEXT, "month": TEXT, "gap": NUMBER},
    }
)
"""Tables beside the probabilities, each with the columns without which it says nothing."""

OPTIONAL: Final = MappingProxyType[str, Kinds](
    {
        "learners": {
            **dict.fromkeys(("age_band", "district_code", "access_need", "history"), TEXT),
            **dict.fromkeys(("lon", "lat"), NUMBER),
        },
        "sections": {
            **dict.fromkeys(("institution_id", "tier", "district_code"), TEXT),
            **dict.fromkeys(("capacity", "past_enrolments", "lon", "lat"), NUMBER),
            "is_new": pl.Boolean,
        },
        "applications": {"priority": pl.Int64},
        "gaps": {"kind": TEXT},
    }
)
"""Columns that open more parts of a judgement; the parts they open are absent without them."""

KEYS: Final = MappingProxyType(
    {
        "learners": ("learner_id",),
        "sections": ("section_id",),
        "applications": ("learner_id", "section_id"),
        "gaps": ("division_code", "skill_id", "month"),
    }
)


@dataclass(frozen=True, slots=True)
class Truth:
    """A truth folder.

    Attributes:
        folder: where its tables lie.
    """

    folder: Path

    def path(self, table: str) -> Path:
        """The file of a table, there or not."""
        return self.folder / f"{table}.parquet"

    def required(self, table: str) -> pl.DataFrame:
        """A table that the judgement can't do without.

        Raises:
            JudgeError: it isn't there, or breaks its contract.
        """
        path = self.path(table)
        if not path.is_file():
            raise JudgeError(self.lacking(table))
        found = read_table(path, REQUIRED[table], OPTIONAL[table])
        check_unique(found, KEYS[table], path, "one key")
        return found

    def optional(self, table: str) -> pl.DataFrame | None:
        """A table, or None where the folder doesn't hold it."""
        return self.required(table) if self.path(table).is_file() else None

    def lacking(self, table: str) -> str:
        """That a table isn't there, and what is."""
        there = sorted(path.name for path in self.folder.glob("*.parquet"))
        return f"{self.folder} has no {table}.parquet; it has {there}"


def open_truth(folder: Path) -> Truth:
    """The truth at a folder, or in its sub-folder ``truth``.

    Raises:
        JudgeError: there is no such folder.
    """
    if not folder.is_dir():
        message = f"there is no folder {folder}; expected a truth, or a city that holds one"
        raise JudgeError(message)
    inner = folder / SUBFOLDER
    return Truth(inner if inner.is_dir() else folder)


class Known:
    """The optional tables of a truth, and what could not be judged for want of them."""

    def __init__(self, tables: Mapping[str, pl.DataFrame | None]) -> None:
        self._tables = {name: table for name, table in tables.items() if table is not None}
        self.notes: list[str] = []

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self._tables[name]

    def __contains__(self, name: str) -> bool:
        return name in self._tables

    def tells(self, part: str, **needs: Sequence[str]) -> bool:
        """Whether the truth holds what a part of the judgement needs; else a note says what not.

        Args:
            part: what the part is called.
            needs: the columns needed, by table.
        """
        for name, columns in needs.items():
            if name not in self:
                self.notes.append(f"no {part}: the truth has no {name}.parquet")
                return False
            missing = [column for column in columns if column not in self[name].columns]
            if missing:
                lacks = f"{name}.parquet of the truth lacks {', '.join(missing)}"
                self.notes.append(f"no {part}: {lacks}")
                return False
        return True
