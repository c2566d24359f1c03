"""Postings as published, turned into postings that can be counted and compared.

Texts repeat: a million postings hold a few thousand ways to write pay and place. Each distinct
text is read once, and the reading is joined back.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

import polars as pl

from data.tables import TABLES
from data.vocab import EDUCATION_LEVELS, EXPERIENCE_LEVELS
from features.divisions import district_of
from features.errors import FeatureError
from features.postings.area import CITY, AreaReader
from features.postings.employer import employer_key, hires_for_others, in_the_trade
from features.postings.headcount import headcount_in_text, read_headcount
from features.postings.salary import Salary, read_salary

REDIVIDED: Final = date(2021, 4, 9)
"""The day from which 余杭 no longer held 临平; older texts mean the districts of old."""

PARSED: Final = pl.Schema(
    {
        "posting_id": pl.String(),
        "source": pl.String(),
        "title": pl.String(),
        "company": pl.String(),
        "employer_key": pl.String(),
        "division_code": pl.String(),
        "district_code": pl.String(),
        "elsewhere": pl.Boolean(),
        "salary_low": pl.Float64(),
        "salary_high": pl.Float64(),
        "salary_months": pl.Int64(),
        "salary_unit": pl.String(),
        "salary_raw": pl.String(),
        "headcount": pl.Int64(),
        "experience": pl.Enum(EXPERIENCE_LEVELS),
        "education": pl.Enum(EDUCATION_LEVELS),
        "agency": pl.Boolean(),
        "posted_on": pl.Date(),
        "refreshed_on": pl.Date(),
        "closed_on": pl.Date(),
        "description": pl.String(),
        "tags": pl.List(pl.String()),
    }
)
"""The columns of ``parse_postings``: docs/postings.md says what null means in each."""


def parse_postings(
    postings: pl.LazyFrame | pl.DataFrame, divisions: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Read pay, place, headcount, employer and agency of postings.

    What a posting gives in a column of its own wins over its texts; a text only refines a code
    of the whole city. A place in another city has no code and ``elsewhere`` true.

    Args:
        postings: rows of the contract ``postings``.
        divisions: rows of the contract ``divisions``; its towns are then read from area texts.

    Returns:
        One row per posting, in their order, with the columns of ``PARSED``.

    Raises:
        FeatureError: a column of the contract is missing.
    """
    rows = postings.lazy().collect()
    _check(rows)
    reader = AreaReader(divisions)
    read = (
        rows.pipe(_with_salaries)
        .pipe(_with_headcounts)
        .pipe(_with_areas, reader)
        .pipe(_with_employers)
    )
    return read.select(pl.col(name).cast(dtype) for name, dtype in PARSED.items())


def _check(rows: pl.DataFrame) -> None:
    missing = [name for name in TABLES["postings"].columns() if name not in rows.columns]
    if missing:
        message = f"postings lack {missing}; they have {rows.columns}"
        raise FeatureError(message)


def _with_salaries(rows: pl.DataFrame) -> pl.DataFrame:
    readings = _by_text(rows["salary_raw"], read_salary, _SALARY)
    return rows.join(readings, on="salary_raw", how="left", maintain_order="left")


def _with_headcounts(rows: pl.DataFrame) -> pl.DataFrame:
    """The column where given, else what title or description say."""
    said = rows.select(
        said=pl.when(pl.col("headcount").is_null()).then(
            headcount_in_text(pl.col("title"), pl.col("description"))
        )
    )["said"]
    readings = _by_text(said, lambda text: (read_headcount(text),), {"persons": pl.Int64()})
    persons = said.to_frame().join(readings, on="said", how="left", maintain_order="left")
    return rows.with_columns(headcount=pl.coalesce("headcount", persons["persons"]))


def _with_areas(rows: pl.DataFrame, reader: AreaReader) -> pl.DataFrame:
    """The deepest division known; a text refines the city's code and nothing else."""
    old = rows["posted_on"] < REDIVIDED
    texts = pl.DataFrame({"area_text": rows["area_text"], "old": old})
    told = texts.unique().drop_nulls()
    read = [reader.read(text, before_2021=before) for text, before in told.iter_rows()]
    readings = told.hstack(pl.DataFrame(read, schema=_AREA, orient="row"))
    area = texts.join(readings, on=["area_text", "old"], how="left", maintain_order="left")
    given = pl.when(pl.col("division_code") != CITY).then("division_code")
    elsewhere = pl.when(pl.col("division_code").is_null()).then("read_elsewhere").otherwise(False)
    return (
        rows.hstack(area.select(list(_AREA)))
        .with_columns(
            division_code=pl.coalesce(given, "read_code", "division_code"), elsewhere=elsewhere
        )
        .with_columns(district_code=district_of("division_code"))
    )


def _with_employers(rows: pl.DataFrame) -> pl.DataFrame:
    """What a name tells is found once a name."""
    company = pl.col("company")
    names = rows.select(company.unique()).with_columns(
        employer_key=employer_key(company), by_name=in_the_trade(company)
    )
    told = rows.join(names, on="company", how="left", maintain_order="left")
    columns = (pl.col(name) for name in ("agency", "company", "by_name", "title", "description"))
    return told.with_columns(agency=hires_for_others(*columns))


def _by_text(
    texts: pl.Series, read: Callable[[str], Sequence[object]], schema: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """Each distinct text beside its reading."""
    told = texts.unique().drop_nulls()
    readings = pl.DataFrame([read(text) for text in told], schema=dict(schema), orient="row")
    return told.to_frame().hstack(readings)


_SALARY: Final = {f"salary_{name}": PARSED[f"salary_{name}"] for name in Salary._fields}
_AREA: Final = {"read_code": pl.String(), "read_elsewhere": pl.Boolean()}
