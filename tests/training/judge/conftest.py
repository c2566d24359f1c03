"""Truths small enough to be judged by hand.

Policy: a test writes the tables it is about with ``truth_of``; the four pairs of ``street`` are
worked out in the tests that use them.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from training.judge.truth import Truth

TruthOf = Callable[..., Truth]


@pytest.fixture
def truth_of(tmp_path: Path) -> TruthOf:
    """Writes tables, each given by its columns, into one folder."""

    def make(**tables: Mapping[str, Any] | pl.DataFrame) -> Truth:
        folder = tmp_path / "known"
        folder.mkdir(exist_ok=True)
        for name, columns in tables.items():
            pl.DataFrame(columns).write_parquet(folder / f"{name}.parquet")
        return Truth(folder)

    return make


@pytest.fixture
def lists_of(tmp_path: Path) -> Callable[..., Path]:
    """Writes lists, given as learner_id to sections in order, into a file."""

    def make(name: str = "lists.parquet", **lists: list[str]) -> Path:
        rows = [
            (learner, rank, section)
            for learner, sections in lists.items()
            for rank, section in enumerate(sections, start=1)
        ]
        frame = pl.DataFrame(rows, schema=["learner_id", "rank", "section_id"], orient="row")
        if name.endswith(".csv"):
            frame.write_csv(tmp_path / name)
        else:
            frame.write_parquet(tmp_path / name)
        return tmp_path / name

    return make


@pytest.fixture
def street() -> dict[str, dict[str, Any]]:
    """Two learners, four open sections; a can't enter s3, s4 has no seat for b."""
    return {
        "apply_probability": {
            "learner_id": ["a"] * 4 + ["b"] * 4,
            "section_id": ["s1", "s2", "s3", "s4"] * 2,
            "apply_probability": [0.5, 0.4, 0.0, 0.1, 0.2, 0.6, 0.3, 0.0],
            "barred_by": [None, None, "access", None, None, None, None, "seats"],
        },
        "learners": {
            "learner_id": ["a", "b", "c"],
            "age_band": ["25-34", "60-69", "25-34"],
            "lon": [120.0, 120.5, 120.0],
            "lat": [30.0, 30.0, 30.0],
        },
        "sections": {
            "section_id": ["s1", "s2", "s3", "s4"],
            "institution_id": ["i1", "i1", "i2", "i2"],
            "is_new": [True, False, False, False],
            "capacity": [10, 10, 10, 30],
            "past_enrolments": [10, 20, 30, 5],
            "lon": [120.0, None, 120.5, 120.1],
            "lat": [30.0, None, 30.0, 30.0],
        },
    }
