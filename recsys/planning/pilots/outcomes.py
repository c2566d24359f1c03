"""What a pilot might move, by district and term, from figures that may be released."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from data.city import City
from features.asof import known
from features.catchment import VOCATIONAL_MIN, catchment
from features.places import residents
from features.reach import reach
from features.section import section_features
from features.terms import NOT_HELD
from recsys.errors import QueryError

VOCATIONAL: Final = "vocational"
PER: Final = 10_000
PANEL: Final = ("division_code", "term", "outcome", "value")


class Outcome(NamedTuple):
    """A figure of a district and a term, and how it is read."""

    name: str
    zh: str
    en: str
    share: bool = False
    """Whether it is a share, shown in per cent and compared in percentage points."""
    better: int = 1
    """1 where more is better, -1 where less is, 0 where neither."""


OUTCOMES: Final = (
    Outcome("enrolments_per_10000", "每万居民职业培训入学人次", "vocational enrolments per 10,000"),
    Outcome("completion_rate", "完课率", "completion rate", share=True),
    Outcome("fill_rate", "满班率", "fill rate", share=True),
    Outcome("applications_per_seat", "每学位报名人次", "applications per seat", better=0),
    Outcome("seats_per_10000", "每万居民职业培训学位", "vocational seats per 10,000"),
    Outcome(
        "reach_per_10000",
        "每万居民30分钟可及学位",
        "vocational seats within 30 minutes per 10,000",
    ),
    Outcome("gap_per_10000", "每万居民技能缺口", "skill gap per 10,000", better=-1),
    Outcome("matching_degree", "供需匹配度", "matching degree", share=True),
)
"""All that are known; a panel may bring others under names of its own."""


def outcome_named(name: str) -> Outcome:
    """The outcome of that name; one that isn't known is called by it."""
    return next((each for each in OUTCOMES if each.name == name), Outcome(name, name, name))


def outcomes(
    programmes: pl.DataFrame,
    at_home: pl.DataFrame,
    population: pl.DataFrame,
    programme: str = VOCATIONAL,
) -> pl.DataFrame:
    """Outcomes that the tables of terms tell.

    Args:
        programmes: division_code, term, programme, seats, fill_rate, applications_per_seat,
            completion_rate.
        at_home: division_code (of homes), term, programme, enrolled.
        population: district_code, population.
        programme: whose figures.

    Returns:
        division_code, term, outcome, value (null unknown or held back); districts only.
    """
    people = population.select(division_code="district_code", people=pl.col("population"))
    per_head = PER / pl.col("people")
    here = _of(programmes, programme, "seats").join(people, on="division_code")
    homes = _of(at_home, programme, "enrolled").join(people, on="division_code")
    wide = here.with_columns(seats_per_10000=pl.col("seats") * per_head)
    rates = ("completion_rate", "fill_rate", "applications_per_seat", "seats_per_10000")
    taken = homes.with_columns(enrolments_per_10000=pl.col("enrolled") * per_head)
    return pl.concat([_long(wide, rates), _long(taken, ["enrolments_per_10000"])]).sort(PANEL[:3])


def _of(table: pl.DataFrame, programme: str, counted: str) -> pl.DataFrame:
    """One programme's rows; a district that tells of others alone had none of it."""
    keys = ["division_code", "term"]
    own = table.filter(pl.col("programme").cast(pl.String) == programme)
    told = table.select(keys).unique(maintain_order=True)
    missing = told.join(own, on=keys, how="anti").with_columns(pl.lit(0, pl.Int64).alias(counted))
    return pl.concat([own, missing], how="diagonal")


def _long(wide: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    rows = wide.unpivot(names, index=["division_code", "term"], variable_name="outcome")
    return rows.select(*PANEL[:3], pl.col("value").cast(pl.Float64))


def reach_outcome(
    city: City,
    moment: datetime,
    terms: Sequence[str],
    holding: Sequence[str],
    programme: str = VOCATIONAL,
) -> pl.DataFrame:
    """Seats within 30 minutes of home for 10,000 residents, by district and term.

    Seats are shared among all who reach them (``features.catchment``), and a district's figure is
    the mean over its residents.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.
        terms: which terms.
        holding: districts whose sections are in the snapshot. Of others nothing is known: that
            nothing within reach is listed doesn't mean that there is none.
        programme: whose seats.

    Returns:
        division_code, term, outcome, value.

    Raises:
        CutOffError: the moment has no offset from UTC.
    """
    homes = residents(city, moment).filter(pl.col("district_code").is_not_null())
    sections = section_features(city, moment).filter(
        ~pl.col("state").cast(pl.String).is_in(NOT_HELD),
        pl.col("programme").cast(pl.String) == programme,
        pl.col("term").is_in(list(terms)),
        pl.col("lon").is_not_null(),
    )
    sites = sections.group_by("venue_id", "lon", "lat").len().sort("venue_id", "lon", "lat")
    if homes.is_empty() or sites.is_empty():
        return pl.DataFrame(schema=dict(zip(PANEL, [pl.String] * 3 + [pl.Float64], strict=True)))
    measured = known(city, "travel_times", moment).collect()
    minutes = reach(homes, sites, cut_min=VOCATIONAL_MIN, measured=measured)
    people = homes["population"].to_numpy().astype(np.float64)
    spread = catchment(minutes, people, VOCATIONAL_MIN).spread(_seats(sections, sites, terms))
    found = _mean_access(homes, np.asarray(spread), terms)
    return found.filter(pl.col("division_code").is_in(list(holding)))


def _seats(
    sections: pl.DataFrame, sites: pl.DataFrame, terms: Sequence[str]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """(sites, terms) seats."""
    counted = sections.group_by("venue_id", "lon", "lat", "term").agg(pl.col("capacity").sum())
    columns = [
        sites.join(counted.filter(pl.col("term") == term), on=["venue_id", "lon", "lat"],
                   how="left", maintain_order="left")["capacity"].fill_null(0)
        for term in terms
    ]  # fmt: skip
    return np.column_stack([column.to_numpy() for column in columns]).astype(np.float64)


def _mean_access(
    homes: pl.DataFrame,
    spread: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    terms: Sequence[str],
) -> pl.DataFrame:
    """Seats that fall to a district's residents, for 10,000 of them."""
    shares = homes.select("district_code", "population").with_columns(
        pl.Series(term, spread[:, number]) for number, term in enumerate(terms)
    )
    per_head = [(pl.col(term).sum() / pl.col("population").sum() * PER) for term in terms]
    wide = shares.group_by(division_code="district_code").agg(per_head)
    long = wide.unpivot(list(terms), index="division_code", variable_name="term")
    named = long.with_columns(outcome=pl.lit("reach_per_10000"))
    return named.select(PANEL).sort(PANEL[:3])


def gap_outcome(gaps: pl.DataFrame, terms: pl.DataFrame, population: pl.DataFrame) -> pl.DataFrame:
    """The skill gap for 10,000 residents, from tables of gaps of several months.

    A month belongs to the last term that has begun by its end. Months of a term are averaged.

    Args:
        gaps: month, division_code, skill_id, gap (persons a month).
        terms: term, starts_on.
        population: district_code, population.

    Returns:
        division_code, term, outcome, value.
    """
    monthly = gaps.group_by("month", "division_code").agg(pl.col("gap").sum()).sort("month")
    begun = terms.select("term", "starts_on").sort("starts_on")
    dated = monthly.with_columns(ends=pl.col("month").dt.month_end()).join_asof(
        begun, left_on="ends", right_on="starts_on", strategy="backward"
    )
    people = population.select(division_code="district_code", people=pl.col("population"))
    told = dated.filter(pl.col("term").is_not_null()).join(people, on="division_code")
    mean = (pl.col("gap").mean() / pl.col("people").first() * PER).alias("value")
    return (
        told.group_by("division_code", "term")
        .agg(mean)
        .with_columns(outcome=pl.lit("gap_per_10000"))
        .select(PANEL)
        .sort(PANEL[:3])
    )


def check_panel(panel: pl.DataFrame) -> pl.DataFrame:
    """A panel of outcomes as others bring it, in the columns of ``PANEL``.

    Raises:
        QueryError: a column is missing, or a district has two values of one outcome and term.
    """
    missing = [name for name in PANEL if name not in panel.columns]
    if missing:
        message = f"the outcomes lack {missing}; expected the columns {list(PANEL)}"
        raise QueryError(message)
    rows = panel.select(
        *(pl.col(name).cast(pl.String) for name in PANEL[:3]), pl.col("value").cast(pl.Float64)
    )
    twice = rows.filter(rows.select(PANEL[:3]).is_duplicated())
    if twice.height:
        message = f"the outcomes have two values for {twice.select(PANEL[:3]).row(0)}"
        raise QueryError(message)
    return rows
