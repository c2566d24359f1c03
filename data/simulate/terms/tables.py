"""The contract tables of behaviour: events, applications, credits."""

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from data.simulate.pool.sections import DAY_US, Sections, section_id
from data.simulate.terms.diary import PAGES, end_us
from data.simulate.terms.term import TermResult
from data.vocab import EVENT_TYPES, SURFACES

RULE_VERSION = "credit-bank-2024"
TIME = pl.Datetime("us", "UTC")
DASHES = (8, 13, 18, 23)
"""Where a uuid's text has its dashes."""


def event_rows(
    log: pl.DataFrame,
    planned: Sections,
    learners: pl.Series,
    courses: pl.Series,
    page: str,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """The contract table ``events`` from a term's rows of the log.

    Args:
        log: rows of ``Log.take``.
        planned: the term's sections.
        learners: learner ids.
        courses: course ids.
        page: policy of lists that a model drove.
        rng: draws the event ids.
    """
    section = log["section"] - planned.first
    list_id = pl.concat_str(pl.lit("list-"), "learner", pl.lit(f"-{planned.number}"))
    return log.select(
        uuids(log.height, rng).alias("event_id"),
        learners.gather(log["learner"]).alias("learner_id"),
        courses.gather(planned.course).gather(section).alias("course_id"),
        section_ids(planned).gather(section).alias("section_id"),
        _named(log["kind"], EVENT_TYPES).alias("type"),
        pl.col("at").cast(TIME).alias("occurred_at"),
        pl.col("value").fill_nan(None).cast(pl.Float64),
        _named(log["surface"], SURFACES).alias("surface"),
        pl.when(pl.col("listed") > 0).then(list_id).alias("list_id"),
        pl.when(pl.col("position") > 0).then("position").alias("position"),
        pl.col("propensity").fill_nan(None),
        _gathered(pl.Series([*PAGES, page]), log["uniform"]).alias("policy"),
    )


def application_rows(result: TermResult, planned: Sections, learners: pl.Series) -> pl.DataFrame:
    """The contract table ``applications`` of one term, in the order of time."""
    made = result.applications
    rows = pl.DataFrame(
        {
            "learner_id": learners.gather(made.learner),
            "section_id": section_ids(planned).gather(made.section),
            "choice_rank": made.rank,
            "submitted_at": pl.Series(made.at).cast(TIME),
        }
    )
    return rows.sort("submitted_at", "learner_id", "choice_rank")


def credit_rows(
    result: TermResult,
    planned: Sections,
    hours: NDArray[np.int64],
    learners: pl.Series,
) -> pl.DataFrame:
    """The contract table ``credits`` of one term: a week after completion, sixteen hours each."""
    done = result.outcome.completed if result.outcome else np.zeros(len(result.left), dtype=bool)
    section = result.seats.section[done]
    length = hours[planned.course[section]].astype(np.float64)
    return pl.DataFrame(
        {
            "learner_id": learners.gather(result.seats.learner[done]),
            "section_id": section_ids(planned).gather(section),
            "hours": length,
            "credits": np.round(length / 16, 1),
            "awarded_at": pl.Series(end_us(planned, section) + 7 * DAY_US).cast(TIME),
        }
    ).with_columns(pl.lit(RULE_VERSION).alias("rule_version"))


def section_ids(planned: Sections) -> pl.Series:
    """The ids of the term's sections."""
    numbers = range(planned.first, planned.first + len(planned))
    return pl.Series([section_id(number) for number in numbers])


def uuids(n: int, rng: np.random.Generator) -> pl.Series:
    """Random version-4 uuids as text, n of them."""
    raw = np.frombuffer(rng.bytes(16 * n), dtype=np.uint8).reshape(n, 16).copy()
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    nibbles = np.stack([raw >> 4, raw & 15], axis=2).reshape(n, 32)
    digits = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)[nibbles]
    text = np.full((n, 36), ord("-"), dtype=np.uint8)
    text[:, [place for place in range(36) if place not in DASHES]] = digits
    ends = np.arange(0, 36 * n + 1, 36, dtype=np.int64)
    # the bytes are the column: no Python string is made for any of the millions of ids
    buffers = [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(text.tobytes())]
    array = pa.Array.from_buffers(pa.large_string(), n, buffers)
    return pl.Series(array)


def _named(index: pl.Series, names: tuple[str, ...]) -> pl.Series:
    """Indices as a closed vocabulary; negative ones are null."""
    return _gathered(pl.Series(names, dtype=pl.Enum(names)), index)


def _gathered(names: pl.Series, index: pl.Series) -> pl.Series:
    """The names by index; null where it is negative."""
    return names.gather(index.set(index < 0, None).cast(pl.UInt32))
