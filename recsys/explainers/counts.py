"""Counts behind sentences; none about fewer people than can hide each of them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import polars as pl

from data.city import City
from data.vocab import CITY_TIME
from features.asof import known
from features.learner import learner_features
from features.section import section_features

K_ANONYMOUS: Final = 10
"""Fewest people whose number may be told."""

TAKING: Final = ("apply", "enrol")
"""Events by which somebody chose a course."""

ADVERTISED_DAYS: Final = 182
"""Days back to which a job advertisement is counted."""

GROUPS: Final = ("age_low", "district_code")
"""What people may have in common."""

KINDS: Final = ("category", "programme")
"""What courses may have in common."""

Groups = Mapping[tuple[str, str | int], int]
"""People by course and group."""


def takers(city: City, as_of: datetime) -> pl.DataFrame:
    """One row per learner and course chosen: with the learner's group and the course's kind.

    Learners whose history may not be used are not in it.
    """
    chosen = known(city, "events", as_of).filter(pl.col("type").is_in(TAKING))
    pairs = chosen.select("learner_id", "course_id").unique()
    kinds = known(city, "courses", as_of).select(
        "course_id", pl.col(KINDS).cast(pl.String), "institution_id"
    )
    return (
        pairs.join(_people(city, as_of).lazy(), on="learner_id")
        .join(kinds, on="course_id", how="left")
        .collect(engine="streaming")
    )


def by_group(taken: pl.DataFrame, group: str) -> Groups:
    """People by course and value of a group."""
    counted = taken.drop_nulls(group).group_by("course_id", group).len().filter(_large("len"))
    return MappingProxyType({(course, value): n for course, value, n in counted.iter_rows()})


def by_course(taken: pl.DataFrame) -> Mapping[str, int]:
    """People by course."""
    counted = taken.group_by("course_id").len().filter(_large("len"))
    return MappingProxyType(dict(counted.iter_rows()))


def favoured(taken: pl.DataFrame) -> Mapping[tuple[str, str, str | int], int]:
    """What groups choose more often than all learners do.

    Returns:
        People of the group who chose it, by ``course`` or kind, its value, and the group's.
    """
    found: dict[tuple[str, str, str | int], int] = {}
    for kind in ("course_id", *KINDS):
        for group in GROUPS:
            rows = _favoured(taken.drop_nulls(kind), kind, group).iter_rows()
            found |= {(kind.removesuffix("_id"), value, of): n for value, of, n in rows}
    return MappingProxyType(found)


def _favoured(taken: pl.DataFrame, kind: str, group: str) -> pl.DataFrame:
    """Value of the kind, value of the group, people: where the group's share is the larger."""
    people = pl.col("learner_id").n_unique()
    everybody = taken["learner_id"].n_unique()
    both = taken.drop_nulls(group).group_by(kind, group).agg(both=people)
    of_group = taken.drop_nulls(group).group_by(group).agg(of_group=people)
    of_kind = taken.group_by(kind).agg(of_kind=people)
    joined = both.join(of_group, on=group).join(of_kind, on=kind).filter(_large("both"))
    # Whole numbers: both / of_group > of_kind / everybody, without rounding.
    more = pl.col("both").cast(pl.Int64) * everybody > pl.col("of_kind").cast(pl.Int64) * pl.col(
        "of_group"
    )
    return joined.filter(more).select(kind, group, "both")


def joined(city: City, as_of: datetime) -> pl.DataFrame:
    """Who joined a course in a section that is over by now, and whether they finished it.

    Returns:
        learner_id, course_id, institution_id, finished; a row per learner and course.
    """
    today = as_of.astimezone(CITY_TIME).date()
    over = known(city, "sections", as_of).filter(pl.col("ends_on") < today)
    events = known(city, "events", as_of)
    enrolled = events.filter(pl.col("type") == "enrol").join(
        over.select("section_id"), on="section_id", how="semi"
    )
    completed = events.filter(pl.col("type") == "complete").select("learner_id", "course_id")
    courses = known(city, "courses", as_of).select("course_id", "institution_id")
    return (
        enrolled.select("learner_id", "course_id")
        .unique()
        .join(_people(city, as_of).lazy(), on="learner_id", how="semi")
        .join(
            completed.unique().with_columns(finished=True),
            on=["learner_id", "course_id"],
            how="left",
        )
        .join(courses, on="course_id", how="left")
        .with_columns(pl.col("finished").fill_null(value=False))
        .collect(engine="streaming")
    )


def shares(past: pl.DataFrame, key: str) -> pl.DataFrame:
    """By key: how many people joined, and how many percent of them finished, rounded down."""
    people = pl.col("learner_id").n_unique()
    counted = (
        past.drop_nulls(key)
        .group_by(key)
        .agg(people=people, whole=pl.len(), done=pl.col("finished").sum())
    )
    percent = pl.col("done").cast(pl.Int64) * 100 // pl.col("whole").cast(pl.Int64)
    return counted.filter(_large("people")).select(key, "people", percent=percent)


def ratings(city: City, as_of: datetime) -> pl.DataFrame:
    """course_id, people, mean: of each learner's mean rating of each course."""
    rated = known(city, "events", as_of).filter(pl.col("type") == "rate")
    each = rated.group_by("learner_id", "course_id").agg(pl.col("value").mean())
    counted = (
        each.join(_people(city, as_of).lazy(), on="learner_id", how="semi")
        .group_by("course_id")
        .agg(people=pl.len(), mean=pl.col("value").mean())
    )
    return counted.filter(_large("people")).collect(engine="streaming")


def held(city: City, as_of: datetime) -> frozenset[str]:
    """Courses of which a section began before the day and wasn't cancelled."""
    today = as_of.astimezone(CITY_TIME).date()
    sections = section_features(city, as_of)
    begun = (pl.col("starts_on") < today) & (pl.col("state").cast(pl.String) != "cancelled")
    return frozenset(sections.filter(begun)["course_id"].to_list())


def advertised(city: City, as_of: datetime, skills: pl.DataFrame) -> Mapping[str, int]:
    """Recent job advertisements that name each skill among their tags, by name or alias."""
    if not city.has("postings"):
        return MappingProxyType({})
    since = as_of.astimezone(CITY_TIME).date() - timedelta(days=ADVERTISED_DAYS)
    recent = known(city, "postings", as_of).filter(pl.col("posted_on") >= since)
    tags = recent.select("posting_id", name="tags").explode("name").drop_nulls()
    names = skills.select(
        "skill_id", name=pl.concat_list("name", pl.col("aliases").fill_null([]))
    ).explode("name")
    lower = pl.col("name").str.to_lowercase()
    named = tags.with_columns(lower).join(names.lazy().with_columns(lower), on="name")
    counted = named.group_by("skill_id").agg(pl.col("posting_id").n_unique())
    return MappingProxyType(dict(counted.collect(engine="streaming").iter_rows()))


def _people(city: City, as_of: datetime) -> pl.DataFrame:
    """The learners whose history may be used, with their groups."""
    learners = learner_features(city, as_of).filter("personalised")
    return learners.select("learner_id", *GROUPS)


def _large(column: str) -> pl.Expr:
    return pl.col(column) >= K_ANONYMOUS
