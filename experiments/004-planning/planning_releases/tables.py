"""The tables about people that a term releases, counted from a simulated city's snapshot.

Counts are of records, as an office's own statistics would be; how the planner shapes them is
tested elsewhere. Every margin is among the rows.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import polars as pl

from data.city import City
from data.privacy.suppression import Dimension, Tabulation, bands, divisions, with_margins
from features.asof import known
from features.divisions import CODE_DIGITS, LEVEL_DIGITS

GROUPS: Final = {
    "under 18": ("<14", "14-17"),
    "18-59": ("18-24", "25-34", "35-44", "45-59"),
    "60+": ("60-69", "70-79", "80+"),
}
HOMES: Final = divisions(kind="partial")
"""Of some learners only the town or the district is known."""
NEAR_KM: Final = {"near_30": 5.0, "near_15": 1.2}
"""Straight kilometres to the nearest class that stand for half an hour and a quarter."""
KM_PER_DEGREE: Final = 111.2


def tables_of(city: City, moment: datetime, months: int) -> list[Tabulation]:
    """All tables of a term's release, as of a moment.

    Args:
        city: a snapshot.
        moment: nothing later is counted.
        months: of jobseekers, up to the moment.
    """
    applications = _applications(city, moment)
    return [
        _jobseekers(city, moment, months),
        _by_town(applications),
        _of_seniors(applications),
        _coverage(city, moment),
    ]


def _jobseekers(city: City, moment: datetime, months: int) -> Tabulation:
    """Jobseekers by district, skill and month; the stock of one month says nothing of the next."""
    seekers = known(city, "jobseekers", moment).filter(pl.col("skill_id").is_not_null())
    skills = city.read("skills").select("skill_id", "parent_id").drop_nulls()
    last = seekers.select(pl.col("month").unique()).collect()["month"].sort().tail(months)
    frame = seekers.filter(pl.col("month").is_in(last.to_list())).collect()
    frame = frame.group_by("month", "division_code", "skill_id").agg(pl.col("seekers").sum())
    skill = Dimension("skill_id", parents=dict(skills.iter_rows()))
    month = Dimension("month", kind="apart")
    return with_margins(
        Tabulation("jobseekers", frame, (divisions(), skill, month), count="seekers")
    )


def _applications(city: City, moment: datetime) -> pl.DataFrame:
    """Applications of the last term, each with its town, category, slot and age band."""
    sections = city.scan("sections").select("section_id", "course_id", "term", "starts_on", "slots")
    last = sections.sort("starts_on").last().select("term")
    first = pl.col("slots").list.first().fill_null("online").alias("slot")
    offered = sections.join(last, on="term").select("section_id", "course_id", first)
    courses = city.scan("courses").select("course_id", pl.col("category").cast(pl.String))
    learners = known(city, "learners", moment).select(
        "learner_id",
        pl.col("home_division_code").alias("division_code"),
        pl.col("age_band").cast(pl.String),
    )
    return (
        known(city, "applications", moment)
        .select("learner_id", "section_id")
        .join(offered, on="section_id")
        .join(courses, on="course_id")
        .join(learners.drop_nulls("division_code"), on="learner_id")
        .with_columns(_cut(pl.col("division_code"), 9))
        .collect()
    )


def _by_town(applications: pl.DataFrame) -> Tabulation:
    dims = (HOMES, Dimension("category"), Dimension("slot"), bands("age_band", GROUPS))
    return Tabulation(
        "applications",
        _counted(applications, dims),
        dims,
        count="applications",
        contributors="persons",
    )


def _of_seniors(applications: pl.DataFrame) -> Tabulation:
    """Applications of people from 60 by town: the same people as in the wider table."""
    seniors = applications.filter(pl.col("age_band").is_in(GROUPS["60+"]))
    return Tabulation(
        "senior applications",
        _counted(seniors, (HOMES,)),
        (HOMES,),
        count="applications",
        contributors="persons",
        where={"age_band": "60+"},
    )


def _coverage(city: City, moment: datetime) -> Tabulation:
    """Learners by village, age and need, and how many of them have a class near their home."""
    people = _near(city, known(city, "learners", moment).collect())
    needs = pl.col("needs").list.concat(pl.lit(["all"]))
    people = people.with_columns(needs.alias("need")).explode("need")
    dims = (HOMES, bands("age_band", GROUPS), Dimension("need", kind="overlaps"))
    counts: dict[str, Any] = {name: pl.col(name).sum() for name in NEAR_KM}
    frame = _rolled(people, dims[:2]).group_by("division_code", "age_band", "need")
    table = frame.agg(pl.len().alias("learners"), **counts).sort(
        "division_code", "age_band", "need"
    )
    shares = [(pl.col(name) / pl.col("learners")).alias(f"{name}_share") for name in NEAR_KM]
    return Tabulation(
        "coverage",
        table.with_columns(shares),
        dims,
        count="learners",
        parts={"near_30": "learners", "near_15": "near_30"},
        derived={f"{name}_share": ("learners", name) for name in NEAR_KM},
    )


def _near(city: City, learners: pl.DataFrame) -> pl.DataFrame:
    """Learners with a known home, and whether a venue is near it."""
    venues = city.read("venues").select("lon", "lat").drop_nulls()
    homes = learners.select(
        "learner_id",
        pl.col("home_division_code").alias("division_code"),
        pl.col("age_band").cast(pl.String),
        pl.col("needs").cast(pl.List(pl.String)),
        lon="home_lon",
        lat="home_lat",
    ).drop_nulls(["division_code", "lon", "lat"])
    east = (pl.col("lon") - pl.col("lon_right")) * KM_PER_DEGREE * pl.col("lat").radians().cos()
    north = (pl.col("lat") - pl.col("lat_right")) * KM_PER_DEGREE
    nearest = (
        homes.lazy()
        .join(venues.lazy(), how="cross")
        .group_by("learner_id")
        .agg((east.pow(2) + north.pow(2)).sqrt().min().alias("km"))
        .collect()
    )
    near = [(pl.col("km") <= most).alias(name) for name, most in NEAR_KM.items()]
    return homes.join(nearest, on="learner_id").with_columns(near)


def _counted(records: pl.DataFrame, dims: tuple[Dimension, ...]) -> pl.DataFrame:
    """Records and distinct learners of every cell and margin."""
    place = [dim.column for dim in dims]
    counts = [pl.len().alias("applications"), pl.col("learner_id").n_unique().alias("persons")]
    return _rolled(records, dims).group_by(place).agg(counts).sort(place)


def _rolled(records: pl.DataFrame, dims: tuple[Dimension, ...]) -> pl.DataFrame:
    """Each record once for every value around its own, on all dimensions."""
    for dim in dims:
        chains = pl.DataFrame(list(_around(records[dim.column].unique(), dim)), orient="row")
        chains.columns = [dim.column, "around"]
        rolled = records.join(chains, on=dim.column).with_columns(
            pl.col("around").alias(dim.column)
        )
        records = rolled.drop("around")
    return records


def _around(values: pl.Series, dim: Dimension) -> Iterator[tuple[str, str]]:
    for value in values:
        chain = dim.chain(value)
        # Everybody of all divisions is the city, which has a code of its own.
        for around in chain if dim.by_code else [*chain, dim.total]:
            yield value, around


def _cut(code: pl.Expr, digits: int) -> pl.Expr:
    """A division's code cut to a level."""
    if digits not in LEVEL_DIGITS:
        message = f"no level has {digits} digits; they are {LEVEL_DIGITS}"
        raise ValueError(message)
    return code.str.slice(0, digits).str.pad_end(CODE_DIGITS, "0")


def hidden_shares(tables: Mapping[str, pl.DataFrame]) -> dict[str, float]:
    """The share of rows held back, by table."""
    return {
        name: round(float(frame["suppressed"].mean() or 0.0), 4) for name, frame in tables.items()
    }
