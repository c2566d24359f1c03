"""How well what is taught matches what is asked for, by area and programme (供需匹配度).

    degree = 1 - 1/2 sum_k |d_k - s_k|

d_k is the share of kind k (a skill, a category) in what is asked for, s_k its share in the seats
of the same area and programme: 1 where both are shared out alike, 0 where nobody asks for what
is taught. METHODS section 4. How much is taught doesn't enter: it says whether the mix is right.
"""

from datetime import datetime, timedelta
from typing import Final

import polars as pl

from data.city import City
from data.privacy.suppression import Dimension, Tabulation, divisions, suppress
from data.privacy.tens import tens
from features.asof import city_day, in_utc, known
from features.divisions import CODE_DIGITS, district_of
from features.taught import taught_sections
from recsys.planning.indicators.grounds import YEAR_DAYS

KEY: Final = ("division_code", "programme")
CITY_DIGITS: Final = 4
VOCATIONAL: Final = "vocational"
DEMAND_MONTHS: Final = 12


def matching_degree(demand: pl.DataFrame, seats: pl.DataFrame) -> pl.DataFrame:
    """The degree of every area and programme that both frames tell.

    Args:
        demand: division_code, programme, kind, amount (any unit, of one area and programme the
            same), and persons (registered people behind the area and programme; null: none are).
        seats: division_code, programme, kind, amount.

    Returns:
        division_code, programme, degree (0 to 1, null where either side is empty), demand and
        seats (sums of the amounts), persons; by division and programme.
    """
    both = _shares(demand, "demand").join(
        _shares(seats, "seats"), on=[*KEY, "kind"], how="full", coalesce=True
    )
    apart = (pl.col("demand_share").fill_null(0.0) - pl.col("seats_share").fill_null(0.0)).abs()
    told = (pl.col("demand").fill_null(0.0).sum() > 0) & (pl.col("seats").fill_null(0.0).sum() > 0)
    degrees = (
        both.sort(*KEY, "kind")
        .group_by(KEY, maintain_order=True)
        .agg(
            pl.when(told).then(1 - apart.sum() / 2).round(6).alias("degree"),
            pl.col("demand").sum(),
            pl.col("seats").sum(),
        )
    )
    behind = demand.group_by(KEY).agg(pl.col("persons").max())
    return degrees.join(behind, on=list(KEY), how="left").sort(KEY)


def released(degrees: pl.DataFrame) -> pl.DataFrame:
    """Degrees as they may be shown: applications of few residents are held back, and their degree.

    Others are told in tens and their degree in hundredths: a year's applications less those of its
    terms, which other tables tell exactly, may be few people's.

    Args:
        degrees: of ``matching_degree``, where ``demand`` counts applications of registered people.

    Returns:
        The rows with nulls for what is held back, and ``suppressed``.
    """
    told = suppress([tabulation(degrees)]).frame("matching")
    rough = told.with_columns(
        pl.col("degree").round(2), tens("demand"), tens("persons").cast(pl.Int64)
    )
    return rough.sort(KEY)


def tabulation(degrees: pl.DataFrame) -> Tabulation:
    """What is known of the people behind ``degrees``, as ``released`` has it."""
    counted = degrees.with_columns(pl.col("demand", "persons").fill_null(0))
    return Tabulation(
        "matching",
        counted.with_columns(behind="persons"),
        (divisions("division_code"), Dimension("programme", kind="partial")),
        "demand",
        derived={"degree": ("demand",), "persons": ("demand",)},
        contributors="behind",
    )


def category_wishes(city: City, moment: datetime) -> pl.DataFrame:
    """What residents applied for in the year before, by category; vocational training apart.

    One row per district of the applicants' homes (and the whole city), programme and category:
    amount counts applications, persons the people who made any in the area and programme.
    Without the table ``applications`` they are the events of type apply.
    """
    since = in_utc(moment) - timedelta(days=YEAR_DAYS)
    made = _applications(city, moment).filter(pl.col("at") >= since)
    courses = known(city, "courses", moment).select("course_id", "programme", "category")
    sections = known(city, "sections", moment).select("section_id", "course_id")
    homes = known(city, "learners", moment).select(
        "learner_id", division_code=district_of("home_division_code")
    )
    wishes = (
        made.unique(["learner_id", "section_id"])
        .join(sections, on="section_id")
        .join(courses, on="course_id")
        .join(homes, on="learner_id")
        .filter(pl.col("programme") != VOCATIONAL, pl.col("division_code").is_not_null())
        .select(
            "division_code",
            "learner_id",
            pl.col("programme").cast(pl.String),
            pl.col("category").cast(pl.String).alias("kind"),
        )
        .collect()
    )
    rows = _with_city(wishes)
    amounts = rows.group_by(*KEY, "kind").agg(pl.len().cast(pl.Float64).alias("amount"))
    persons = rows.group_by(KEY).agg(
        pl.col("learner_id").n_unique().cast(pl.Int64).alias("persons")
    )
    return amounts.join(persons, on=list(KEY)).sort(*KEY, "kind")


def category_seats(city: City, moment: datetime) -> pl.DataFrame:
    """Seats of the sections of the year before, by category; vocational training apart.

    One row per district (and the whole city), programme and category; an online section is of
    its school's district.
    """
    rows = taught_sections(city, moment, days=YEAR_DAYS).select(
        pl.col("district_code").alias("division_code"),
        pl.col("programme").cast(pl.String),
        pl.col("category").cast(pl.String).alias("kind"),
        pl.col("capacity").cast(pl.Float64).alias("amount"),
    )
    return _summed(rows.filter(pl.col("programme") != VOCATIONAL))


def skill_seats(city: City, moment: datetime) -> pl.DataFrame:
    """Seats of vocational sections of the year before by skill, each seat once.

    A section's seats are shared among the skills of its course by their weight.
    """
    taught = (
        known(city, "course_skills", moment).select("course_id", "skill_id", "weight").collect()
    )
    weight = pl.col("weight") / pl.col("weight").sum().over("course_id")
    shares = taught.filter(pl.col("weight") > 0).with_columns(weight.alias("weight"))
    sections = taught_sections(city, moment, days=YEAR_DAYS)
    rows = (
        sections.filter(pl.col("programme").cast(pl.String) == VOCATIONAL)
        .join(shares, on="course_id")
        .select(
            pl.col("district_code").alias("division_code"),
            pl.lit(VOCATIONAL).alias("programme"),
            pl.col("skill_id").alias("kind"),
            (pl.col("capacity") * pl.col("weight")).alias("amount"),
        )
    )
    return _summed(rows)


def skill_demand(table: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """What employers asked for in the twelve months before, by skill.

    Args:
        table: of ``xuepei demand``: month, division_code, skill_id, vacancies.
        moment: the cut-off; months not over by then are left out.
    """
    over = pl.col("month").dt.offset_by("1mo") <= pl.lit(city_day(in_utc(moment)))
    known_months = table.filter(over)
    last = known_months.select(pl.col("month").max().dt.offset_by(f"-{DEMAND_MONTHS}mo")).item()
    recent = known_months.filter(pl.col("month") > last)
    return (
        recent.group_by("division_code", kind="skill_id")
        .agg(pl.col("vacancies").sum().alias("amount"))
        .with_columns(
            pl.lit(VOCATIONAL).alias("programme"), pl.lit(None, dtype=pl.Int64).alias("persons")
        )
        .select(*KEY, "kind", "amount", "persons")
        .sort(*KEY, "kind")
    )


def matching_of_city(
    city: City, moment: datetime, demand: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The matching degree of every district and of the city, by programme.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.
        demand: a table of ``xuepei demand``; without it vocational training isn't told.

    Returns:
        The columns of ``matching_degree`` and ``suppressed``: residents' applications are held
        back where they tell of fewer than ten people; vacancies are no people's data.
    """
    found = released(matching_degree(category_wishes(city, moment), category_seats(city, moment)))
    if demand is None:
        return found
    skills = matching_degree(skill_demand(demand, moment), skill_seats(city, moment))
    return pl.concat([found, skills.with_columns(suppressed=pl.lit(value=False))]).sort(KEY)


def _shares(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """The amounts and their shares of the area and programme."""
    total = pl.col("amount").sum().over(KEY)
    share = pl.when(total > 0).then(pl.col("amount") / total)
    return rows.select(*KEY, "kind", pl.col("amount").alias(name), share.alias(f"{name}_share"))


def _summed(rows: pl.DataFrame) -> pl.DataFrame:
    """Amounts by district, and by city, in a settled order so that floats add up alike."""
    both = _with_city(rows.filter(pl.col("division_code").is_not_null()))
    amounts = both.sort(*KEY, "kind", "amount").group_by(*KEY, "kind", maintain_order=True)
    return amounts.agg(pl.col("amount").sum())


def _with_city(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of districts, and all of them again under their city's code."""
    city = pl.col("division_code").str.slice(0, CITY_DIGITS).str.pad_end(CODE_DIGITS, "0")
    return pl.concat([rows, rows.with_columns(city)])


def _applications(city: City, moment: datetime) -> pl.LazyFrame:
    """learner_id, section_id, at."""
    if city.has("applications"):
        rows = known(city, "applications", moment)
        return rows.select("learner_id", "section_id", at="submitted_at")
    applied = known(city, "events", moment).filter(
        pl.col("type") == "apply", pl.col("section_id").is_not_null()
    )
    return applied.select("learner_id", "section_id", at="occurred_at")
