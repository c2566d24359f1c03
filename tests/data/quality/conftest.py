"""Fixtures: one file's rows as text, completed by a row that holds its contract."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from data.quality import Judged, Reading, judge, quarantine
from data.sources.raw import ROW, RawTable, no_rejected

NOW = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)

GOOD: Mapping[str, Mapping[str, str]] = {
    "divisions": {"division_code": "330106000000", "name": "西湖区", "level": "district"},
    "courses": {
        "course_id": "c-1",
        "title": "八段锦",
        "institution_id": "i-1",
        "programme": "night_school",
        "category": "health",
        "hours": "16",
        "language": "zh",
        "prerequisites": "[]",
    },
    "sections": {
        "section_id": "s-1",
        "course_id": "c-1",
        "venue_id": "v-1",
        "term": "2025秋",
        "mode": "offline",
        "slots": '["3E"]',
        "starts_on": "2025-09-15",
        "ends_on": "2025-12-15",
        "capacity": "20",
        "apply_opens_at": "2025-08-25T10:00:00+08:00",
        "apply_closes_at": "2025-09-10T10:00:00+08:00",
        "rule": "first_come",
        "price_fen": "20000",
        "state": "applying",
        "enrolled": "0",
    },
    "learners": {
        "learner_id": "l-1",
        "age_band": "25-34",
        "needs": "[]",
        "goal_skills": "[]",
        "consent_personalisation": "true",
        "consent_labour_profile": "false",
        "registered_at": "2025-01-01T00:00:00Z",
    },
    "events": {
        "event_id": "e-1",
        "learner_id": "l-1",
        "course_id": "c-1",
        "type": "view",
        "occurred_at": "2025-08-01T00:00:00Z",
    },
    "targets": {
        "target_id": "t-1",
        "indicator": "覆盖率",
        "value": "0.8",
        "unit": "share",
        "due_on": "2027-12-31",
        "clause": "3.1",
        "definition_version": "1",
    },
    "vacancies": {"month": "2025-07-01", "vacancies": "10"},
}
"""A row of text that holds its contract, by table."""


class Outcome:
    """What became of a file's rows, in terms a test asks for."""

    def __init__(self, judged: Judged) -> None:
        self.judged = judged
        self.kept = judged.rows
        self.refused = quarantine(
            judged.raw.table, judged.raw.file, judged.raw.frame, judged.faults
        )

    def values(self, column: str) -> list[Any]:
        """The kept cells of a column."""
        return self.kept.get_column(column).to_list()

    def rules(self) -> list[tuple[int, str | None, str]]:
        """Row (from 1), column and rule of each refused row."""
        return self.refused.select("row", "column", "rule").rows()


@pytest.fixture(scope="session")
def judge_frame() -> Callable[..., Outcome]:
    """Judges a frame of contract-named columns; ``__row`` is added."""

    def run(table: str, frame: pl.DataFrame, reading: Reading | None = None) -> Outcome:
        numbered = frame.with_columns(pl.int_range(1, frame.height + 1, dtype=pl.Int64).alias(ROW))
        raw = RawTable(table, f"{table}.csv", numbered, no_rejected(), ())
        return Outcome(judge(raw, reading or Reading(NOW)))

    return run


@pytest.fixture(scope="session")
def judge_rows(judge_frame: Callable[..., Outcome]) -> Callable[..., Outcome]:
    """Judges partial rows of text: ``judge_rows("events", [{"value": "x"}])``."""

    def run(
        table: str, rows: Sequence[Mapping[str, str | None]], reading: Reading | None = None
    ) -> Outcome:
        key = next(iter(GOOD[table]))
        complete = [
            {**GOOD[table], **({key: f"id-{place}"} if "_id" in key else {}), **row}
            for place, row in enumerate(rows)
        ]
        columns = dict.fromkeys(name for row in complete for name in row)
        texts = [{name: row.get(name) for name in columns} for row in complete]
        frame = pl.DataFrame(texts, schema=dict.fromkeys(columns, pl.String))
        return judge_frame(table, frame, reading)

    return run
